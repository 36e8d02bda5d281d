//! The fields that points of the formats 6 to 10 share (item 10 of LASzip), as far as they are drawn: place, returns, class, flags, intensity.
//!
//! Layers that nothing is drawn from (angle, user data, source, time) are passed over; of whether the time went on the first layer itself tells.

use super::coder::{Decoder, Integers, Symbols};

/// Bytes of the record.
pub const BYTES: usize = 30;
/// Layers, the first and the second of which are place and height, then class, flags and intensity.
pub const LAYERS: usize = 9;

/// By how many returns a pulse had, and which of them this is: what of the six kinds of returns it is.
/// Rows count returns 0 to 15, columns number them; combinations that make no sense have a place as well, since files have them.
const KINDS: [[u8; 16]; 16] = [
    [0, 1, 2, 3, 4, 5, 3, 4, 4, 5, 5, 5, 5, 5, 5, 5],
    [1, 0, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3],
    [2, 1, 2, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3],
    [3, 3, 4, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
    [4, 3, 4, 4, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
    [5, 3, 4, 4, 4, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
    [3, 3, 4, 4, 4, 4, 5, 4, 4, 4, 4, 4, 4, 4, 4, 4],
    [4, 3, 4, 4, 4, 4, 4, 5, 4, 4, 4, 4, 4, 4, 4, 4],
    [4, 3, 4, 4, 4, 4, 4, 4, 5, 4, 4, 4, 4, 4, 4, 4],
    [5, 3, 4, 4, 4, 4, 4, 4, 4, 5, 4, 4, 4, 4, 4, 4],
    [5, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 4, 4, 4, 4, 4],
    [5, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 4, 4, 4],
    [5, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 4, 4],
    [5, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5, 4],
    [5, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5, 5],
    [5, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 5],
];

/// What is kept of a record, in the file's whole numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub at: [i32; 3],
    pub intensity: u16,
    /// Which return of its pulse, and of how many.
    pub number: u8,
    pub returns: u8,
    /// Synthetic, key point, withheld, overlap, direction of the scan, edge of a line: bit by bit.
    pub flags: u8,
    pub channel: u8,
    pub class: u8,
    time_went_on: bool,
}

/// What one channel of a scanner has seen so far.
#[derive(Debug)]
struct Channel {
    last: Record,
    intensities: [u16; 8],
    heights: [i32; 8],
    steps: [[Median; 12]; 2],
    changes: Vec<Symbols>,
    channel: Symbols,
    returns: Vec<Option<Symbols>>,
    numbers: Vec<Option<Symbols>>,
    number_of_same_time: Symbols,
    classes: Vec<Option<Symbols>>,
    flags: Vec<Option<Symbols>>,
    x: Integers,
    y: Integers,
    z: Integers,
    intensity: Integers,
}

/// Five values, one dropped for each that comes: the middle one is near their median.
#[derive(Clone, Copy, Debug)]
struct Median {
    sorted: [i32; 5],
    drops_highest: bool,
}

/// The layers of a chunk. One without bytes is one whose field never changes.
#[derive(Debug)]
pub struct Points<'a> {
    place: Decoder<'a>,
    height: Option<Decoder<'a>>,
    class: Option<Decoder<'a>>,
    flags: Option<Decoder<'a>>,
    intensity: Option<Decoder<'a>>,
    channels: [Option<Box<Channel>>; 4],
    current: usize,
}

impl Record {
    pub fn parse(bytes: &[u8; BYTES]) -> Self {
        let whole = |at: usize| i32::from_le_bytes([0, 1, 2, 3].map(|byte| bytes[at + byte]));
        Self {
            at: [whole(0), whole(4), whole(8)],
            intensity: u16::from_le_bytes([bytes[12], bytes[13]]),
            number: bytes[14] & 15,
            returns: bytes[14] >> 4,
            flags: bytes[15] & 15 | bytes[15] >> 6 << 4,
            channel: bytes[15] >> 4 & 3,
            class: bytes[16],
            time_went_on: false,
        }
    }
}

impl<'a> Points<'a> {
    /// `layers` are those of [`LAYERS`], in order.
    pub fn new(first: Record, layers: &[&'a [u8]]) -> Option<Self> {
        let layer = |at: usize| match layers.get(at) {
            None | Some([]) => Some(None),
            Some(bytes) => Decoder::new(bytes).map(Some),
        };
        let mut channels = [None, None, None, None];
        let current = usize::from(first.channel);
        *channels.get_mut(current)? = Some(Box::new(Channel::new(first)));
        Some(Self { place: layer(0)??, height: layer(1)?, class: layer(2)?, flags: layer(3)?, intensity: layer(4)?, channels, current })
    }

    /// The next point, and whether it is of another channel than the one before.
    pub fn next(&mut self) -> Option<(Record, bool)> {
        let of = self.channels.get_mut(self.current)?.as_mut()?;
        let last = &of.last;
        let context = usize::from(last.number == 1) + 2 * usize::from(last.number >= last.returns) + 4 * usize::from(last.time_went_on);
        let changes = self.place.symbol(of.changes.get_mut(context)?)?;
        let changed = |bit: u32| changes >> bit & 1 == 1;
        if changed(6) {
            let ahead = self.place.symbol(&mut of.channel)? as usize;
            let mut last = of.last;
            self.current = (self.current + ahead + 1) % 4;
            last.channel = self.current as u8;
            last.time_went_on = false;
            let slot = self.channels.get_mut(self.current)?;
            slot.get_or_insert_with(|| Box::new(Channel::new(last))).last.channel = last.channel;
        }
        let time_went_on = changed(4);
        let of = self.channels.get_mut(self.current)?.as_mut()?;
        let mut point = of.last;
        if changed(2) {
            let model = of.returns.get_mut(usize::from(point.returns))?.get_or_insert_with(|| Symbols::new(16));
            point.returns = self.place.symbol(model)? as u8;
        }
        point.number = match changes & 3 {
            0 => point.number,
            1 => (point.number + 1) % 16,
            2 => (point.number + 15) % 16,
            _ if time_went_on => {
                let model = of.numbers.get_mut(usize::from(point.number))?.get_or_insert_with(|| Symbols::new(16));
                self.place.symbol(model)? as u8
            }
            _ => (u32::from(point.number) + self.place.symbol(&mut of.number_of_same_time)? + 2).wrapping_rem(16) as u8,
        };
        let kind = *KINDS.get(usize::from(point.returns))?.get(usize::from(point.number))?;
        let level = usize::from(point.returns.abs_diff(point.number).min(7));
        let alone = usize::from(point.returns == 1);
        // Of a pulse the only return (3), its first (2), its last (1) or one between.
        let turn = 2 * usize::from(point.number == 1) + usize::from(point.number >= point.returns);

        let step = usize::from(kind) * 2 + usize::from(time_went_on);
        let [steps_x, steps_y] = &mut of.steps;
        let (step_x, step_y) = (steps_x.get_mut(step)?, steps_y.get_mut(step)?);
        let east = of.x.next(&mut self.place, step_x.middle(), alone)?;
        step_x.add(east);
        let wide = (of.x.width() & !1).min(20) as usize;
        let north = of.y.next(&mut self.place, step_y.middle(), alone + wide)?;
        step_y.add(north);
        let [x, y, z] = point.at;
        point.at = [x.wrapping_add(east), y.wrapping_add(north), z];
        if let Some(decoder) = &mut self.height {
            let wide = (((of.x.width() + of.y.width()) / 2) & !1).min(18) as usize;
            let last = of.heights.get_mut(level)?;
            *last = of.z.next(decoder, *last, alone + wide)?;
            point.at[2] = *last;
        }
        if let Some(decoder) = &mut self.class {
            let context = usize::from(point.class & 31) * 2 + usize::from(turn == 3);
            let model = of.classes.get_mut(context)?.get_or_insert_with(|| Symbols::new(256));
            point.class = decoder.symbol(model)? as u8;
        }
        if let Some(decoder) = &mut self.flags {
            let model = of.flags.get_mut(usize::from(point.flags))?.get_or_insert_with(|| Symbols::new(64));
            point.flags = decoder.symbol(model)? as u8;
        }
        if let Some(decoder) = &mut self.intensity {
            let last = of.intensities.get_mut(turn * 2 + usize::from(time_went_on))?;
            point.intensity = of.intensity.next(decoder, i32::from(*last), turn)? as u16;
            *last = point.intensity;
        }
        point.time_went_on = time_went_on;
        of.last = point;
        Some((point, changed(6)))
    }
}

impl Channel {
    fn new(last: Record) -> Self {
        Self {
            last,
            intensities: [last.intensity; 8],
            heights: [last.at[2]; 8],
            steps: [[Median { sorted: [0; 5], drops_highest: true }; 12]; 2],
            changes: vec![Symbols::new(128); 8],
            channel: Symbols::new(3),
            returns: vec![None; 16],
            numbers: vec![None; 16],
            number_of_same_time: Symbols::new(13),
            classes: vec![None; 64],
            flags: vec![None; 64],
            x: Integers::new(32, 2),
            y: Integers::new(32, 22),
            z: Integers::new(32, 20),
            intensity: Integers::new(16, 4),
        }
    }
}

impl Median {
    fn middle(&self) -> i32 {
        self.sorted[2]
    }

    /// Puts a value in its order, in the place of the highest or the lowest in turns: of the highest as long as values come from below, of the
    /// lowest as long as they come from above.
    fn add(&mut self, value: i32) {
        let [a, b, c, d, e] = self.sorted;
        self.sorted = if self.drops_highest {
            if value < c {
                match (value < a, value < b) {
                    (true, _) => [value, a, b, c, d],
                    (false, true) => [a, value, b, c, d],
                    (false, false) => [a, b, value, c, d],
                }
            } else {
                self.drops_highest = false;
                if value < d { [a, b, c, value, d] } else { [a, b, c, d, value] }
            }
        } else if c < value {
            match (e < value, d < value) {
                (true, _) => [b, c, d, e, value],
                (false, true) => [b, c, d, value, e],
                (false, false) => [b, c, value, d, e],
            }
        } else {
            self.drops_highest = true;
            if b < value { [b, value, c, d, e] } else { [value, b, c, d, e] }
        };
    }
}
