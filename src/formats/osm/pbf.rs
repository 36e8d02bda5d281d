//! OSM PBF: blobs of at most 32 MiB, each a block of elements with its own table of texts.
//!
//! Written after the OSM wiki's description of the format. A damaged blob is passed over with a fault, since its length is known; only
//! a broken frame ends the file.

use super::{About, Each, Element, Kind, Member, Node, Passes, Relation, Tags, Wanted, Way};
use crate::formats::Fault;
use crate::formats::protobuf::{Broken, Fields, Value, repeated, zigzag};
use std::cell::Cell;
use std::io::{Read, Seek, SeekFrom};

/// The format's own bounds.
const MAX_HEADER_BYTES: u32 = 64 << 10;
const MAX_BLOB_BYTES: u64 = 32 << 20;
/// Bytes of all keys, values and roles of one block, each counted as often as it is named: a block names one long text a million times in
/// as many bytes. Real blocks of 8,000 elements have a megabyte or two.
const MAX_TEXT_BYTES: usize = 128 << 20;
/// What a reader has to understand; anything else that a file requires is refused.
const UNDERSTOOD: [&str; 2] = ["OsmSchema-V0.6", "DenseNodes"];

/// True for the first bytes of a PBF file: a header of a few bytes that names itself.
pub fn recognises(head: &[u8]) -> bool {
    head.get(..4)
        .is_some_and(|length| length.starts_with(&[0, 0]))
        && head
            .get(4..)
            .is_some_and(|rest| rest.starts_with(b"\x0A\x09OSMHeader"))
}

/// A PBF file: remembers what each blob holds, so that later passes skip what they do not need.
pub struct Pbf<R> {
    source: R,
    /// Of the blobs in order, once they have been seen.
    holds: Vec<Wanted>,
    pub about: About,
}

impl<R: Read + Seek> Pbf<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// When it is none, or the file requires what this reader does not know.
    pub fn open(source: R) -> Result<Self, Fault> {
        let mut pbf = Self {
            source,
            holds: Vec::new(),
            about: About::default(),
        };
        pbf.source
            .rewind()
            .map_err(|error| Fault::new("osm-read", "", error))?;
        let Some(frame) = frame(&mut pbf.source)? else {
            return Err(Fault::new("osm-truncated", "0", ""));
        };
        if frame.name != "OSMHeader" {
            return Err(Fault::new("osm-header", "", frame.name));
        }
        let raw = raw(&body(&mut pbf.source, &frame)?, 0)?;
        for field in Fields::new(&raw) {
            match field.map_err(|broken| message(0, broken))? {
                (4, value) => {
                    let feature = text(value.bytes());
                    if !UNDERSTOOD.contains(&feature.as_str()) {
                        return Err(Fault::new("osm-feature-required", "", feature));
                    }
                }
                (16, value) => pbf.about.writer = Some(text(value.bytes())),
                (32, value) => pbf.about.date = day(value.number()),
                _ => {}
            }
        }
        Ok(pbf)
    }
}

impl<R: Read + Seek> Passes for Pbf<R> {
    fn pass(&mut self, wanted: Wanted, each: Each) -> Result<(), Fault> {
        self.source
            .rewind()
            .map_err(|error| Fault::new("osm-read", "", error))?;
        let mut number = 0;
        while let Some(frame) = frame(&mut self.source)? {
            let known = self.holds.get(number).copied();
            let idle = known.is_some_and(|holds| !meet(holds, wanted));
            if idle || frame.name != "OSMData" {
                let over = i64::try_from(frame.length).unwrap_or(i64::MAX);
                self.source
                    .seek(SeekFrom::Current(over))
                    .map_err(|error| Fault::new("osm-read", number.to_string(), error))?;
                if known.is_none() {
                    self.holds.push(Wanted::default());
                }
                number += 1;
                continue;
            }
            let blob = body(&mut self.source, &frame)?;
            let mut holds = Wanted::default();
            let read =
                raw(&blob, number).and_then(|raw| block(&raw, number, wanted, &mut holds, each));
            // Where the pass ends in the middle of a blob, not all of it has been seen.
            if known.is_none() && !matches!(read, Ok(false)) {
                // What cannot be read holds nothing: it is said once, not in every pass.
                self.holds.push(if read.is_err() {
                    Wanted::default()
                } else {
                    holds
                });
            }
            match read {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(fault) => {
                    if !each(Err(fault)) {
                        return Ok(());
                    }
                }
            }
            number += 1;
        }
        Ok(())
    }
}

fn meet(holds: Wanted, wanted: Wanted) -> bool {
    (holds.nodes && wanted.nodes)
        || (holds.ways && wanted.ways)
        || (holds.relations && wanted.relations)
}

struct Frame {
    name: String,
    length: u64,
}

/// The header of the next blob; `None` at the end of the file.
fn frame(source: &mut impl Read) -> Result<Option<Frame>, Fault> {
    let mut length = [0; 4];
    let mut have = 0;
    while have < length.len() {
        match source.read(&mut length[have..]) {
            Ok(0) if have == 0 => return Ok(None),
            Ok(0) => return Err(Fault::new("osm-truncated", "", have)),
            Ok(count) => have += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Fault::new("osm-read", "", error)),
        }
    }
    let length = u32::from_be_bytes(length);
    if length > MAX_HEADER_BYTES {
        return Err(Fault::new("osm-blob-length", "BlobHeader", length));
    }
    let header = exactly(source, u64::from(length))?;
    let mut frame = Frame {
        name: String::new(),
        length: 0,
    };
    for field in Fields::new(&header) {
        match field.map_err(|broken| message(0, broken))? {
            (1, value) => frame.name = text(value.bytes()),
            (3, value) => frame.length = value.number(),
            _ => {}
        }
    }
    if frame.length > MAX_BLOB_BYTES {
        return Err(Fault::new("osm-blob-length", frame.name, frame.length));
    }
    Ok(Some(frame))
}

fn body(source: &mut impl Read, frame: &Frame) -> Result<Vec<u8>, Fault> {
    exactly(source, frame.length)
}

fn exactly(source: &mut impl Read, length: u64) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    source
        .take(length)
        .read_to_end(&mut bytes)
        .map_err(|error| Fault::new("osm-read", "", error))?;
    if bytes.len() as u64 != length {
        return Err(Fault::new(
            "osm-truncated",
            "",
            format!("{} / {length}", bytes.len()),
        ));
    }
    Ok(bytes)
}

/// The bytes of a blob, unpacked.
fn raw(blob: &[u8], number: usize) -> Result<Vec<u8>, Fault> {
    let fault = |code, value: String| Fault::new(code, format!("#{number}"), value);
    let (mut plain, mut packed, mut size) = (None, None, None);
    for field in Fields::new(blob) {
        match field.map_err(|broken| message(number, broken))? {
            (1, value) => plain = Some(value.bytes()),
            (2, value) => size = Some(value.number()),
            (3, value) => packed = Some(value.bytes()),
            (4, _) => return Err(fault("osm-blob-compression", "lzma".to_owned())),
            (5, _) => return Err(fault("osm-blob-compression", "bzip2".to_owned())),
            (6, _) => return Err(fault("osm-blob-compression", "lz4".to_owned())),
            (7, _) => return Err(fault("osm-blob-compression", "zstd".to_owned())),
            _ => {}
        }
    }
    if let Some(plain) = plain {
        return Ok(plain.to_vec());
    }
    let Some(packed) = packed else {
        return Ok(Vec::new());
    };
    let size = size.unwrap_or(MAX_BLOB_BYTES);
    if size > MAX_BLOB_BYTES {
        return Err(fault("osm-blob-length", size.to_string()));
    }
    let mut bytes = Vec::new();
    flate2::read::ZlibDecoder::new(packed)
        .take(MAX_BLOB_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| fault("osm-blob-damaged", error.to_string()))?;
    if bytes.len() as u64 > MAX_BLOB_BYTES {
        return Err(fault("osm-blob-length", format!("> {MAX_BLOB_BYTES}")));
    }
    Ok(bytes)
}

fn message(number: usize, broken: Broken) -> Fault {
    Fault::new("osm-message", format!("#{number}"), broken)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// `2024-05-06` of seconds since 1970.
fn day(seconds: u64) -> Option<String> {
    let instant = jiff::Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    instant.to_string().get(..10).map(str::to_owned)
}

/// What all elements of a block share.
struct Block<'a> {
    number: usize,
    texts: Vec<&'a [u8]>,
    /// What is left of [`MAX_TEXT_BYTES`].
    text_left: Cell<usize>,
    granularity: i64,
    lon_offset: i64,
    lat_offset: i64,
}

/// `false` when `each` has had enough.
fn block(
    raw: &[u8],
    number: usize,
    wanted: Wanted,
    holds: &mut Wanted,
    each: Each,
) -> Result<bool, Fault> {
    let mut block = Block {
        number,
        texts: Vec::new(),
        text_left: Cell::new(MAX_TEXT_BYTES),
        granularity: 100,
        lon_offset: 0,
        lat_offset: 0,
    };
    let mut groups = Vec::new();
    for field in Fields::new(raw) {
        match field.map_err(|broken| message(number, broken))? {
            (1, value) => {
                for field in Fields::new(value.bytes()) {
                    if let (1, value) = field.map_err(|broken| message(number, broken))? {
                        block.texts.push(value.bytes());
                    }
                }
            }
            (2, value) => groups.push(value.bytes()),
            // Plain `int32` and `int64`: negative ones are written as huge numbers.
            (17, value) => block.granularity = value.number() as i64,
            (19, value) => block.lat_offset = value.number() as i64,
            (20, value) => block.lon_offset = value.number() as i64,
            _ => {}
        }
    }
    for group in groups {
        for field in Fields::new(group) {
            let (kind, value) = field.map_err(|broken| message(number, broken))?;
            let element = match kind {
                1 => {
                    holds.nodes = true;
                    if wanted.nodes {
                        block.node(value.bytes())?.map(Element::Node)
                    } else {
                        None
                    }
                }
                2 => {
                    holds.nodes = true;
                    if wanted.nodes && !block.dense(value.bytes(), each)? {
                        return Ok(false);
                    }
                    None
                }
                3 => {
                    holds.ways = true;
                    if wanted.ways {
                        block.way(value.bytes())?.map(Element::Way)
                    } else {
                        None
                    }
                }
                4 => {
                    holds.relations = true;
                    if wanted.relations {
                        block.relation(value.bytes())?.map(Element::Relation)
                    } else {
                        None
                    }
                }
                _ => None,
            };
            if let Some(element) = element
                && !each(Ok(element))
            {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

impl Block<'_> {
    fn broken(&self, broken: Broken) -> Fault {
        message(self.number, broken)
    }

    fn text(&self, index: u64) -> Result<String, Fault> {
        let object = || format!("#{}", self.number);
        let found = usize::try_from(index).ok().and_then(|index| self.texts.get(index));
        let Some(bytes) = found else {
            return Err(Fault::new("osm-text-missing", object(), format!("{index} / {}", self.texts.len())));
        };
        // An empty text costs memory too.
        let left = self.text_left.get().checked_sub(bytes.len() + size_of::<String>());
        self.text_left.set(left.ok_or_else(|| Fault::new("osm-limit", object(), MAX_TEXT_BYTES))?);
        Ok(text(bytes))
    }

    fn tags(&self, keys: &[u64], values: &[u64]) -> Result<Tags, Fault> {
        if keys.len() != values.len() {
            return Err(Fault::new(
                "osm-count",
                format!("#{}", self.number),
                format!("{} ≠ {}", keys.len(), values.len()),
            ));
        }
        keys.iter()
            .zip(values)
            .map(|(key, value)| Ok((self.text(*key)?, self.text(*value)?)))
            .collect()
    }

    /// Degrees from the block's lattice, in a hundred-millionth where the granularity is the usual one.
    fn degrees(&self, offset: i64, value: i64) -> f64 {
        (offset as f64 + self.granularity as f64 * value as f64) * 1e-9
    }

    /// `None` for a deleted one.
    fn node(&self, bytes: &[u8]) -> Result<Option<Node>, Fault> {
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        let (mut id, mut lon, mut lat, mut visible) = (0, 0, 0, true);
        for field in Fields::new(bytes) {
            match field.map_err(|broken| self.broken(broken))? {
                (1, value) => id = value.signed(),
                (2, value) => repeated(value, &mut keys).map_err(|broken| self.broken(broken))?,
                (3, value) => repeated(value, &mut values).map_err(|broken| self.broken(broken))?,
                (4, value) => visible = self.visible(value)?,
                (8, value) => lat = value.signed(),
                (9, value) => lon = value.signed(),
                _ => {}
            }
        }
        let tags = self.tags(&keys, &values)?;
        Ok(visible.then(|| Node {
            id,
            lon_deg: self.degrees(self.lon_offset, lon),
            lat_deg: self.degrees(self.lat_offset, lat),
            tags,
        }))
    }

    fn visible(&self, info: Value) -> Result<bool, Fault> {
        let mut visible = true;
        for field in Fields::new(info.bytes()) {
            if let (6, value) = field.map_err(|broken| self.broken(broken))? {
                visible = value.number() != 0;
            }
        }
        Ok(visible)
    }

    fn dense(&self, bytes: &[u8], each: Each) -> Result<bool, Fault> {
        let [mut ids, mut lats, mut lons, mut tags, mut visible] = [const { Vec::new() }; 5];
        for field in Fields::new(bytes) {
            match field.map_err(|broken| self.broken(broken))? {
                (1, value) => repeated(value, &mut ids),
                (5, value) => {
                    for field in Fields::new(value.bytes()) {
                        if let (6, value) = field.map_err(|broken| self.broken(broken))? {
                            repeated(value, &mut visible).map_err(|broken| self.broken(broken))?;
                        }
                    }
                    Ok(())
                }
                (8, value) => repeated(value, &mut lats),
                (9, value) => repeated(value, &mut lons),
                (10, value) => repeated(value, &mut tags),
                _ => Ok(()),
            }
            .map_err(|broken| self.broken(broken))?;
        }
        if lats.len() != ids.len() || lons.len() != ids.len() {
            let value = format!("{} / {} / {}", ids.len(), lats.len(), lons.len());
            return Err(Fault::new("osm-count", format!("#{}", self.number), value));
        }
        let mut tags = tags.into_iter();
        let (mut id, mut lat, mut lon) = (0_i64, 0_i64, 0_i64);
        for (index, ((id_step, lat_step), lon_step)) in
            ids.into_iter().zip(lats).zip(lons).enumerate()
        {
            // Every value is a step from the one before.
            id = id.wrapping_add(zigzag(id_step));
            lat = lat.wrapping_add(zigzag(lat_step));
            lon = lon.wrapping_add(zigzag(lon_step));
            let mut own = Tags::new();
            // Key and value in turn, 0 after the last; without any tag in the block nothing at all.
            while let Some(key) = tags.next().filter(|key| *key != 0) {
                let value = tags.next().unwrap_or(0);
                own.push((self.text(key)?, self.text(value)?));
            }
            if visible.get(index).is_some_and(|visible| *visible == 0) {
                continue;
            }
            let node = Node {
                id,
                lon_deg: self.degrees(self.lon_offset, lon),
                lat_deg: self.degrees(self.lat_offset, lat),
                tags: own,
            };
            if !each(Ok(Element::Node(node))) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn way(&self, bytes: &[u8]) -> Result<Option<Way>, Fault> {
        let [mut keys, mut values, mut nodes, mut lats, mut lons] = [const { Vec::new() }; 5];
        let (mut id, mut visible) = (0, true);
        for field in Fields::new(bytes) {
            match field.map_err(|broken| self.broken(broken))? {
                (1, value) => id = value.number() as i64,
                (2, value) => repeated(value, &mut keys).map_err(|broken| self.broken(broken))?,
                (3, value) => repeated(value, &mut values).map_err(|broken| self.broken(broken))?,
                (4, value) => visible = self.visible(value)?,
                (8, value) => repeated(value, &mut nodes).map_err(|broken| self.broken(broken))?,
                (9, value) => repeated(value, &mut lats).map_err(|broken| self.broken(broken))?,
                (10, value) => repeated(value, &mut lons).map_err(|broken| self.broken(broken))?,
                _ => {}
            }
        }
        let tags = self.tags(&keys, &values)?;
        let (nodes, lats, lons) = (summed(nodes), summed(lats), summed(lons));
        let positions = if lats.len() == nodes.len() && lons.len() == nodes.len() {
            lons.iter()
                .zip(&lats)
                .map(|(lon, lat)| {
                    [
                        self.degrees(self.lon_offset, *lon),
                        self.degrees(self.lat_offset, *lat),
                    ]
                })
                .collect()
        } else {
            Vec::new()
        };
        Ok(visible.then_some(Way {
            id,
            nodes,
            positions,
            tags,
        }))
    }

    fn relation(&self, bytes: &[u8]) -> Result<Option<Relation>, Fault> {
        let [mut keys, mut values, mut roles, mut members, mut kinds] = [const { Vec::new() }; 5];
        let (mut id, mut visible) = (0, true);
        for field in Fields::new(bytes) {
            match field.map_err(|broken| self.broken(broken))? {
                (1, value) => id = value.number() as i64,
                (2, value) => repeated(value, &mut keys).map_err(|broken| self.broken(broken))?,
                (3, value) => repeated(value, &mut values).map_err(|broken| self.broken(broken))?,
                (4, value) => visible = self.visible(value)?,
                (8, value) => repeated(value, &mut roles).map_err(|broken| self.broken(broken))?,
                (9, value) => {
                    repeated(value, &mut members).map_err(|broken| self.broken(broken))?
                }
                (10, value) => repeated(value, &mut kinds).map_err(|broken| self.broken(broken))?,
                _ => {}
            }
        }
        if roles.len() != members.len() || kinds.len() != members.len() {
            let value = format!("{} / {} / {}", members.len(), roles.len(), kinds.len());
            return Err(Fault::new("osm-count", format!("relation/{id}"), value));
        }
        let tags = self.tags(&keys, &values)?;
        let members = summed(members)
            .into_iter()
            .zip(roles)
            .zip(kinds)
            .filter_map(|((id, role), kind)| {
                let kind = match kind {
                    0 => Kind::Node,
                    1 => Kind::Way,
                    2 => Kind::Relation,
                    _ => return None,
                };
                Some(self.text(role).map(|role| Member { kind, id, role }))
            })
            .collect::<Result<_, _>>()?;
        Ok(visible.then_some(Relation { id, members, tags }))
    }
}

/// Steps as values.
fn summed(steps: Vec<u64>) -> Vec<i64> {
    let mut value = 0_i64;
    steps
        .into_iter()
        .map(|step| {
            value = value.wrapping_add(zigzag(step));
            value
        })
        .collect()
}
