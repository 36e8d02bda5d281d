//! LAZ, layered: one chunk of compressed points of the formats 6 to 10, as COPC has them, to the fields that are drawn.
//!
//! Source: LASzip's “new” compressors of LAS 1.4 (versions 3 and 4), whose fields lie in layers of their own, so that what is not drawn is not read.
//! Older compressors (formats 0 to 5) are read where files are imported, by a library; this reader serves tiles, natively and in the page: it never
//! panics, asks for no memory before bytes justify it, and its work is bounded by the number of points.
//!
//! | module | holds |
//! |---|---|
//! | [`coder`] | the arithmetic coder and its models |
//! | [`point`] | place, returns, class, flags, intensity |
//! | [`colour`] | red, green, blue |

mod coder;
mod colour;
mod point;

use super::Fault;
use colour::Colours;
use point::{Points, Record};

/// Points of one chunk; writers of octrees stay far below.
pub const MAX_POINTS: u32 = 4 << 20;
/// Items of a point: the common fields, colours, a wave, further bytes.
const MAX_ITEMS: usize = 8;
/// Chunked, with layers.
const LAYERED: u16 = 3;

/// What a point consists of, from the record that describes the compression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items(Vec<Item>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Item {
    kind: Kind,
    bytes: usize,
    version: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Point,
    Colour,
    ColourAndInfrared,
    Wave,
    Further,
}

/// One point, in the file's whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    pub at: [i32; 3],
    pub intensity: u16,
    /// Which return of its pulse, and of how many.
    pub number: u8,
    pub returns: u8,
    /// Synthetic, key point, withheld, overlap: bits 0 to 3.
    pub flags: u8,
    pub class: u8,
    /// Red, green, blue of 16 bits, where the format has colours.
    pub colour: Option<[u16; 3]>,
}

impl Echo {
    /// Deleted without being removed: never to be used.
    pub fn is_withheld(&self) -> bool {
        self.flags & 4 != 0
    }
}

impl Items {
    /// Reads the body of the record 22204 of “laszip encoded”. `record_bytes` is what the header says of a point.
    ///
    /// # Errors
    /// `laz-items` where the compression is not the layered one, or is of other points.
    pub fn parse(record: &[u8], record_bytes: u16) -> Result<Self, Fault> {
        let fault = |object: &str, value: &dyn std::fmt::Display| Fault::new("laz-items", object, value);
        let short = |at: usize| record.get(at..).and_then(|rest| rest.first_chunk::<2>()).map(|pair| u16::from_le_bytes(*pair));
        let compressor = short(0).unwrap_or(0);
        if compressor != LAYERED {
            return Err(fault("compressor", &compressor));
        }
        let count = usize::from(short(32).unwrap_or(0));
        if !(1..=MAX_ITEMS).contains(&count) {
            return Err(fault("items", &count));
        }
        let mut items = Vec::with_capacity(count);
        for index in 0..count {
            let part = |part: usize| short(34 + 6 * index + 2 * part);
            let (Some(kind), Some(bytes), Some(version)) = (part(0), part(1), part(2)) else {
                return Err(fault("items", &count));
            };
            let of = match kind {
                10 => (Kind::Point, usize::from(bytes) == point::BYTES),
                11 => (Kind::Colour, usize::from(bytes) == colour::BYTES),
                12 => (Kind::ColourAndInfrared, usize::from(bytes) == colour::BYTES + 2),
                13 => (Kind::Wave, bytes == 29),
                14 => (Kind::Further, true),
                _ => return Err(fault("item", &kind)),
            };
            if !of.1 || !(3..=4).contains(&version) {
                return Err(fault("item", &format!("{kind}: {bytes}, {version}")));
            }
            items.push(Item { kind: of.0, bytes: usize::from(bytes), version });
        }
        let sum: usize = items.iter().map(|item| item.bytes).sum();
        let first = items.first().is_some_and(|item| item.kind == Kind::Point);
        let once = items.iter().filter(|item| item.kind == Kind::Point).count() == 1;
        if !first || !once || sum != usize::from(record_bytes) {
            return Err(fault("items", &format!("{sum} ≠ {record_bytes}")));
        }
        Ok(Self(items))
    }

    pub fn have_colours(&self) -> bool {
        self.0.iter().any(|item| matches!(item.kind, Kind::Colour | Kind::ColourAndInfrared))
    }

    /// Reads `count` points, which is what somebody says of the chunk; the chunk must say the same.
    ///
    /// # Errors
    /// `laz-limit` for more points than [`MAX_POINTS`], `laz-short` for layers that are not there, `laz-count`, `laz-damaged`.
    pub fn chunk(&self, bytes: &[u8], count: u32) -> Result<Vec<Echo>, Fault> {
        if count > MAX_POINTS {
            return Err(Fault::new("laz-limit", "", count));
        }
        if count == 0 {
            return Ok(Vec::new());
        }
        let short = |object: &str| Fault::new("laz-short", object, bytes.len());
        let mut rest = bytes;
        let mut take = |length: usize, object: &str| {
            let (head, tail) = rest.split_at_checked(length).ok_or_else(|| short(object))?;
            rest = tail;
            Ok::<&[u8], Fault>(head)
        };
        let mut first = None;
        let mut first_colour = None;
        for item in &self.0 {
            let own = take(item.bytes, "point 0")?;
            match item.kind {
                Kind::Point => first = own.first_chunk().map(Record::parse),
                Kind::Colour | Kind::ColourAndInfrared if first_colour.is_none() => {
                    let parts = own.first_chunk::<6>().map(|[r, s, g, h, b, c]| [[*r, *s], [*g, *h], [*b, *c]].map(u16::from_le_bytes));
                    first_colour = parts.map(|parts| (parts, item.version));
                }
                Kind::Colour | Kind::ColourAndInfrared | Kind::Wave | Kind::Further => {}
            }
        }
        let first = first.ok_or_else(|| short("point 0"))?;
        let word = |bytes: &[u8]| bytes.first_chunk().map_or(0, |four| u32::from_le_bytes(*four));
        let said = word(take(4, "count")?);
        if said != count {
            return Err(Fault::new("laz-count", "", format!("{said} ≠ {count}")));
        }
        let mut sizes = Vec::new();
        for item in &self.0 {
            for _ in 0..item.kind.layers(item.bytes) {
                sizes.push(word(take(4, "layers")?) as usize);
            }
        }
        let mut layers = Vec::with_capacity(sizes.len());
        for (number, size) in sizes.into_iter().enumerate() {
            layers.push(take(size, &format!("layer {number}"))?);
        }
        let damaged = |at: usize| Fault::new("laz-damaged", format!("point {at}"), count);
        let mut points = Points::new(first, layers.get(..point::LAYERS).unwrap_or_default()).ok_or_else(|| damaged(0))?;
        let mut colours = match first_colour {
            None => None,
            Some((colour, version)) => {
                let before: usize = self.0.iter().take_while(|item| !matches!(item.kind, Kind::Colour | Kind::ColourAndInfrared)).map(|item| item.kind.layers(item.bytes)).sum();
                let layer = layers.get(before).copied().unwrap_or_default();
                Some(Colours::new(colour, first.channel, layer, version).ok_or_else(|| damaged(0))?)
            }
        };
        let version = self.0.first().map_or(LAYERED, |item| item.version);
        // One point takes a bit at least only where something changes: the memory follows the points that come.
        let mut echoes = Vec::with_capacity((count as usize).min(bytes.len().saturating_mul(8)));
        echoes.push(echo(&first, first_colour.map(|(colour, _)| colour)));
        for at in 1..count as usize {
            let (record, switched) = points.next().ok_or_else(|| damaged(at))?;
            let channel = if switched || version >= 4 { record.channel } else { 0 };
            let colour = match &mut colours {
                Some(colours) => Some(colours.next(channel).ok_or_else(|| damaged(at))?),
                None => None,
            };
            echoes.push(echo(&record, colour));
        }
        Ok(echoes)
    }
}

impl Kind {
    fn layers(self, bytes: usize) -> usize {
        match self {
            Self::Point => point::LAYERS,
            Self::Colour | Self::Wave => 1,
            Self::ColourAndInfrared => 2,
            Self::Further => bytes,
        }
    }
}

fn echo(record: &Record, colour: Option<[u16; 3]>) -> Echo {
    Echo {
        at: record.at,
        intensity: record.intensity,
        number: record.number,
        returns: record.returns,
        flags: record.flags & 15,
        class: record.class,
        colour,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(items: &[(u16, u16, u16)]) -> Vec<u8> {
        let mut body = vec![0; 34];
        body[0] = 3;
        body[32] = items.len() as u8;
        for (kind, bytes, version) in items {
            for part in [kind, bytes, version] {
                body.extend(part.to_le_bytes());
            }
        }
        body
    }

    #[test]
    fn the_items_must_be_those_of_the_points() {
        assert!(Items::parse(&record(&[(10, 30, 3), (12, 8, 3), (14, 2, 3)]), 40).is_ok_and(|items| items.have_colours()));
        for (items, bytes) in [(&[(10, 30, 3)][..], 34), (&[(10, 30, 2)], 30), (&[(6, 20, 2)], 20), (&[(10, 30, 3), (10, 30, 3)], 60), (&[(14, 30, 3)], 30), (&[], 0)] {
            assert_eq!(Items::parse(&record(items), bytes).unwrap_err().code, "laz-items", "{items:?}");
        }
        assert!(Items::parse(&[], 30).is_err());
    }

    proptest! {
        /// Whatever the bytes: points or a fault, soon.
        #[test]
        fn any_chunk_ends(head in prop::collection::vec(any::<u8>(), 38), layer in prop::collection::vec(any::<u8>(), 0..300), count in 1..5_000_u32) {
            let items = Items::parse(&record(&[(10, 30, 3), (12, 8, 4)]), 38).unwrap();
            let mut chunk = head;
            chunk.extend(count.to_le_bytes());
            let part = layer.len() / 11;
            for _ in 0..11 {
                chunk.extend((part as u32).to_le_bytes());
            }
            chunk.extend(&layer);
            let _ = items.chunk(&chunk, count);
            prop_assert!(items.chunk(&chunk[..40], count).is_err());
        }
    }
}
