//! Colours of points (item 11 of LASzip, and the first three parts of item 12): red as it changed, green and blue as far as they did not follow it.

use super::coder::{Decoder, Symbols};

/// Bytes of red, green and blue.
pub const BYTES: usize = 6;

#[derive(Debug)]
struct Models {
    changes: Symbols,
    /// Lower and upper bytes of red, green and blue.
    bytes: [Symbols; 6],
}

/// The layer of a chunk.
#[derive(Debug)]
pub struct Colours<'a> {
    /// None where all points have the colour of the first.
    layer: Option<Decoder<'a>>,
    models: [Option<Box<Models>>; 4],
    last: [[u16; 3]; 4],
    current: usize,
    version: u16,
}

impl<'a> Colours<'a> {
    pub fn new(first: [u16; 3], channel: u8, layer: &'a [u8], version: u16) -> Option<Self> {
        let layer = if layer.is_empty() { None } else { Some(Decoder::new(layer)?) };
        let mut models = [None, None, None, None];
        let current = usize::from(channel & 3);
        models[current] = Some(Box::new(Models::new()));
        Some(Self { layer, models, last: [first; 4], current, version })
    }

    /// The colour of the next point. `channel` is what the reader of the point says: of the third version of the format only when it has changed, and 0 otherwise.
    pub fn next(&mut self, channel: u8) -> Option<[u16; 3]> {
        let channel = usize::from(channel & 3);
        let mut from = self.current;
        if channel != self.current {
            self.current = channel;
            let slot = self.models.get_mut(channel)?;
            if slot.is_none() {
                *slot = Some(Box::new(Models::new()));
                self.last[channel] = self.last[from];
                from = channel;
            }
            // The third version goes on from the colour of the channel before, which the fourth mended.
            if self.version >= 4 {
                from = channel;
            }
        }
        let last = self.last.get_mut(from)?;
        if let Some(decoder) = &mut self.layer {
            *last = self.models.get_mut(self.current)?.as_mut()?.next(decoder, *last)?;
        }
        Some(*last)
    }
}

impl Models {
    fn new() -> Self {
        Self { changes: Symbols::new(128), bytes: [0; 6].map(|_| Symbols::new(256)) }
    }

    fn next(&mut self, decoder: &mut Decoder, last: [u16; 3]) -> Option<[u16; 3]> {
        let changes = decoder.symbol(&mut self.changes)?;
        let [red, green, blue] = last.map(u16::to_le_bytes);
        let mut read = |part: usize, guess: u8, before: u8| {
            if changes >> part & 1 == 0 {
                return Some(before);
            }
            Some((decoder.symbol(self.bytes.get_mut(part)?)? as u8).wrapping_add(guess))
        };
        let new_red = [read(0, red[0], red[0])?, read(1, red[1], red[1])?];
        if changes >> 6 & 1 == 0 {
            // A grey one.
            return Some([u16::from_le_bytes(new_red); 3]);
        }
        let moved = |by: i32, from: u8| (by + i32::from(from)).clamp(0, 255) as u8;
        let step = |new: u8, old: u8| i32::from(new) - i32::from(old);
        let mut new = [[0_u8; 2]; 2];
        for half in 0..2 {
            let by_red = step(new_red[half], red[half]);
            let new_green = read(2 + half, moved(by_red, green[half]), green[half])?;
            let by_both = (by_red + step(new_green, green[half])) / 2;
            new[half] = [new_green, read(4 + half, moved(by_both, blue[half]), blue[half])?];
        }
        let [[green_low, blue_low], [green_high, blue_high]] = new;
        Some([new_red, [green_low, green_high], [blue_low, blue_high]].map(u16::from_le_bytes))
    }
}
