//! PMTiles version 3: a pyramid of tiles in one file that is read in pieces.
//!
//! Source: protomaps "PMTiles" specification, version 3. Nothing here reads: whoever does asks for the ranges that [`Archive`] names.

use super::protobuf::varint;
use super::{Fault, packed};
use std::borrow::Cow;

/// Bytes of the header.
pub const HEADER_BYTES: usize = 127;
/// The header and the root directory lie in the first so many bytes.
pub const HEAD_BYTES: usize = 16_384;
/// Largest directory, unpacked.
pub const MAX_DIRECTORY_BYTES: usize = 64 << 20;
/// Most entries of one directory.
const MAX_ENTRIES: usize = 4 << 20;
/// Largest tile, packed.
pub const MAX_TILE_BYTES: u64 = 64 << 20;
/// The root and three directories below it; the specification wants two at most.
pub const MAX_DEPTH: u32 = 4;
/// Deepest level whose tiles have a number in 64 bits.
pub const MAX_LEVEL: u32 = 31;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    Unknown,
    None,
    Gzip,
    Brotli,
    Zstd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Unknown,
    Mvt,
    Png,
    Jpeg,
    Webp,
    Avif,
    /// MapLibre Tile, which is no MVT.
    Mlt,
}

/// A part of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub offset: u64,
    pub length: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    pub root: Span,
    pub metadata: Span,
    pub leaves: Span,
    pub tiles: Span,
    /// How many places have a tile; 0 is unknown.
    pub addressed: u64,
    /// How many entries of tiles the directories have; 0 is unknown.
    pub entries: u64,
    /// How many contents are different; 0 is unknown.
    pub contents: u64,
    /// Tiles lie in the order of their numbers.
    pub clustered: bool,
    pub internal: Compression,
    pub compression: Compression,
    pub kind: Kind,
    pub levels: [u8; 2],
    /// West, south, east, north, degrees.
    pub bounds_deg: [f64; 4],
}

impl Header {
    /// # Errors
    /// `pmtiles-magic`, `pmtiles-version`, `pmtiles-short`, `pmtiles-range`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        if !bytes.starts_with(b"PMTiles") {
            let start = String::from_utf8_lossy(bytes.get(..7).unwrap_or(bytes))
                .escape_default()
                .to_string();
            return Err(Fault::new("pmtiles-magic", "", start));
        }
        let bytes: &[u8; HEADER_BYTES] = bytes
            .first_chunk()
            .ok_or_else(|| Fault::new("pmtiles-short", "header", bytes.len()))?;
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
        if byte(7) != 3 {
            return Err(Fault::new("pmtiles-version", "", byte(7)));
        }
        let long = |at: usize| {
            bytes
                .get(at..at + 8)
                .and_then(|eight| eight.try_into().ok())
                .map_or(0, u64::from_le_bytes)
        };
        let degrees = |at: usize| {
            bytes
                .get(at..at + 4)
                .and_then(|four| four.try_into().ok())
                .map_or(0.0, |four| f64::from(i32::from_le_bytes(four)) / 1e7)
        };
        let span = |at: usize| Span {
            offset: long(at),
            length: long(at + 8),
        };
        let header = Self {
            root: span(8),
            metadata: span(24),
            leaves: span(40),
            tiles: span(56),
            addressed: long(72),
            entries: long(80),
            contents: long(88),
            clustered: byte(96) == 1,
            internal: Compression::of(byte(97)),
            compression: Compression::of(byte(98)),
            kind: Kind::of(byte(99)),
            levels: [byte(100), byte(101)],
            bounds_deg: [102, 106, 110, 114].map(degrees),
        };
        for (name, span) in [
            ("root", header.root),
            ("metadata", header.metadata),
            ("leaves", header.leaves),
            ("tiles", header.tiles),
        ] {
            if span.offset.checked_add(span.length).is_none() {
                return Err(Fault::new(
                    "pmtiles-range",
                    name,
                    format!("{} + {}", span.offset, span.length),
                ));
            }
        }
        Ok(header)
    }
}

impl Compression {
    fn of(byte: u8) -> Self {
        match byte {
            1 => Self::None,
            2 => Self::Gzip,
            3 => Self::Brotli,
            4 => Self::Zstd,
            _ => Self::Unknown,
        }
    }

    /// The bytes inside, `limit` at most.
    ///
    /// # Errors
    /// `pmtiles-packed` for broken bytes or more of them inside.
    pub fn unpack(self, bytes: &[u8], limit: usize) -> Result<Vec<u8>, Fault> {
        let plain = match self {
            Self::None => Ok(bytes.to_vec()),
            Self::Gzip => packed::gzip(bytes, limit),
            Self::Brotli => packed::brotli(bytes, limit),
            Self::Zstd => packed::zstd(bytes, limit),
            // Nobody has said anything: packed as it looks, like protomaps' own reader.
            Self::Unknown => packed::unpacked(bytes, limit).map(Cow::into_owned),
        };
        plain.map_err(|why| Fault::new("pmtiles-packed", "", why))
    }
}

impl Kind {
    fn of(byte: u8) -> Self {
        match byte {
            1 => Self::Mvt,
            2 => Self::Png,
            3 => Self::Jpeg,
            4 => Self::Webp,
            5 => Self::Avif,
            6 => Self::Mlt,
            _ => Self::Unknown,
        }
    }
}

/// A run of tiles with one content, or a directory of tiles from a number on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub first: u64,
    /// 0 is a directory.
    pub run: u32,
    /// From the start of the tiles, or of the leaves.
    pub offset: u64,
    pub length: u32,
}

/// Entries in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    pub entries: Vec<Entry>,
}

impl Directory {
    /// Reads a directory that is unpacked already.
    ///
    /// # Errors
    /// `pmtiles-directory`, `pmtiles-limit`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let mut left = bytes;
        let mut next = |name: &str| {
            varint(&mut left).ok_or_else(|| Fault::new("pmtiles-directory", name, bytes.len()))
        };
        let count = next("count")?;
        // Each entry takes four bytes at least.
        if count > MAX_ENTRIES as u64 || count.saturating_mul(4) > bytes.len() as u64 {
            return Err(Fault::new("pmtiles-limit", "count", count));
        }
        let mut entries = vec![
            Entry {
                first: 0,
                run: 0,
                offset: 0,
                length: 0
            };
            count as usize
        ];
        let mut number = 0_u64;
        let bad = |name: &str, value: u64| Fault::new("pmtiles-directory", name, value);
        for (place, entry) in entries.iter_mut().enumerate() {
            let step = next("tile")?;
            if place > 0 && step == 0 {
                return Err(bad("tile", number));
            }
            number = number.checked_add(step).ok_or_else(|| bad("tile", step))?;
            entry.first = number;
        }
        for entry in &mut entries {
            let run = next("run")?;
            entry.run = u32::try_from(run).map_err(|_| bad("run", run))?;
        }
        for entry in &mut entries {
            let length = next("length")?;
            entry.length = u32::try_from(length)
                .ok()
                .filter(|length| *length > 0)
                .ok_or_else(|| bad("length", length))?;
        }
        let mut end = None;
        for entry in &mut entries {
            // 0 is "where the one before ends".
            entry.offset = match (next("offset")?, end) {
                (0, Some(end)) => end,
                (0, None) => return Err(bad("offset", 0)),
                (offset, _) => offset - 1,
            };
            end = entry.offset.checked_add(u64::from(entry.length));
            if end.is_none() {
                return Err(bad("offset", entry.offset));
            }
        }
        Ok(Self { entries })
    }

    /// The entry that a tile's number leads to: a run that holds it, or the directory that may.
    pub fn find(&self, number: u64) -> Option<&Entry> {
        let after = self.entries.partition_point(|entry| entry.first <= number);
        let entry = self.entries.get(after.checked_sub(1)?)?;
        (entry.run == 0 || number - entry.first < u64::from(entry.run)).then_some(entry)
    }
}

/// What is known of an archive: its header and its root directory.
#[derive(Clone, Debug, PartialEq)]
pub struct Archive {
    pub header: Header,
    pub root: Directory,
}

/// Where a tile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Nowhere,
    Tile(Span),
    /// Read this directory ([`Archive::leaf`]) and ask again there.
    Leaf(Span),
}

impl Archive {
    /// From the beginning of the file, [`HEAD_BYTES`] of it or all there are.
    ///
    /// # Errors
    /// As [`Header::parse`], [`Directory::parse`] and [`Compression::unpack`].
    pub fn open(head: &[u8]) -> Result<Self, Fault> {
        let header = Header::parse(head)?;
        let end = header.root.offset.saturating_add(header.root.length);
        let root = usize::try_from(header.root.offset)
            .ok()
            .zip(usize::try_from(end).ok());
        let root = root
            .and_then(|(from, to)| head.get(from..to))
            .ok_or_else(|| Fault::new("pmtiles-short", "root", end))?;
        let root = Directory::parse(&header.internal.unpack(root, MAX_DIRECTORY_BYTES)?)?;
        Ok(Self { header, root })
    }

    /// A directory from its bytes in the file.
    ///
    /// # Errors
    /// As [`Directory::parse`] and [`Compression::unpack`].
    pub fn leaf(&self, bytes: &[u8]) -> Result<Directory, Fault> {
        Directory::parse(&self.header.internal.unpack(bytes, MAX_DIRECTORY_BYTES)?)
    }

    /// Where a directory of this archive has a tile.
    ///
    /// # Errors
    /// `pmtiles-range` for what lies outside its part of the file, `pmtiles-limit` for a tile too large.
    pub fn place(&self, directory: &Directory, number: u64) -> Result<Place, Fault> {
        let Some(entry) = directory.find(number) else {
            return Ok(Place::Nowhere);
        };
        let part = if entry.run == 0 {
            self.header.leaves
        } else {
            self.header.tiles
        };
        let length = u64::from(entry.length);
        let inside = entry
            .offset
            .checked_add(length)
            .is_some_and(|end| end <= part.length);
        if !inside {
            return Err(Fault::new(
                "pmtiles-range",
                number.to_string(),
                format!("{} + {length}", entry.offset),
            ));
        }
        if length > MAX_TILE_BYTES {
            return Err(Fault::new("pmtiles-limit", number.to_string(), length));
        }
        let span = Span {
            offset: part.offset + entry.offset,
            length,
        };
        Ok(if entry.run == 0 {
            Place::Leaf(span)
        } else {
            Place::Tile(span)
        })
    }

    /// A tile's bytes as they are in the file, with something that reads ranges; `None` where there is no tile.
    ///
    /// # Errors
    /// As [`Self::place`] and [`Self::leaf`]; `pmtiles-short` where a range cannot be read, `pmtiles-depth` for directories without end.
    pub fn tile(
        &self,
        number: u64,
        read: &mut dyn FnMut(Span) -> Option<Vec<u8>>,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let mut read = |span: Span| {
            read(span).ok_or_else(|| Fault::new("pmtiles-short", number.to_string(), span.offset))
        };
        let mut leaf: Option<Directory> = None;
        for _ in 0..MAX_DEPTH {
            match self.place(leaf.as_ref().unwrap_or(&self.root), number)? {
                Place::Nowhere => return Ok(None),
                Place::Tile(span) => return read(span).map(Some),
                Place::Leaf(span) => leaf = Some(self.leaf(&read(span)?)?),
            }
        }
        Err(Fault::new("pmtiles-depth", number.to_string(), MAX_DEPTH))
    }
}

/// The number of a tile: levels one after the other, along a Hilbert curve inside. `None` for tiles that do not exist.
pub fn number_of(level: u32, x: u32, y: u32) -> Option<u64> {
    if level > MAX_LEVEL
        || x.checked_shr(level).unwrap_or(0) > 0
        || y.checked_shr(level).unwrap_or(0) > 0
    {
        return None;
    }
    let (mut x, mut y) = (u64::from(x), u64::from(y));
    let mut along = 0_u64;
    for bit in (0..level).rev() {
        let side = 1_u64 << bit;
        let (right, down) = (u64::from(x & side > 0), u64::from(y & side > 0));
        along += side * side * ((3 * right) ^ down);
        (x, y) = turned(side, x, y, right, down);
    }
    Some(first_of(level) + along)
}

/// The tile that has a number: level, column and row from the north.
pub fn tile_of(number: u64) -> Option<(u32, u32, u32)> {
    let level = (0..=MAX_LEVEL)
        .rev()
        .find(|level| first_of(*level) <= number)?;
    let mut along = number - first_of(level);
    if along >> (2 * level) > 0 {
        return None;
    }
    let (mut x, mut y) = (0_u64, 0_u64);
    for bit in 0..level {
        let side = 1_u64 << bit;
        let right = (along / 2) & 1;
        let down = (along ^ right) & 1;
        (x, y) = turned(side, x, y, right, down);
        x += side * right;
        y += side * down;
        along /= 4;
    }
    Some((level, u32::try_from(x).ok()?, u32::try_from(y).ok()?))
}

/// Tiles of all levels above: `(4^level − 1) / 3`.
fn first_of(level: u32) -> u64 {
    ((1_u64 << (2 * level)) - 1) / 3
}

/// A quadrant turned so that the curve goes on in it.
fn turned(side: u64, x: u64, y: u64, right: u64, down: u64) -> (u64, u64) {
    if down == 1 {
        return (x, y);
    }
    let flipped = |at: u64| (side - 1).wrapping_sub(at) & (side - 1);
    let (x, y) = (x & (side - 1), y & (side - 1));
    if right == 1 {
        (flipped(y), flipped(x))
    } else {
        (y, x)
    }
}
