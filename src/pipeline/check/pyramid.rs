//! Pyramids of tiles in Web Mercator: a PMTiles archive with every tile in it, a TileJSON with the tiles that stand beside it.

use super::MAX_FILES;
use super::walk::{Walk, resolve};
use crate::base::{Finding, Severity};
use crate::formats::pmtiles::{self, Archive, Compression, Directory, HEAD_BYTES, Header, Kind, MAX_DEPTH, Place, Span, tile_of};
use crate::formats::tiledescription::{self, Description, Matter, sound};
use crate::formats::webtiles::{WebTile, from_lonlat};
use crate::formats::{Fault, mvt, still, terrainrgb};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Most entries of directories looked at: few bytes make many of them.
const MAX_ENTRIES: u64 = 1 << 24;
/// Largest tile, unpacked.
const MAX_UNPACKED_BYTES: usize = 64 << 20;

/// What the tiles of a pyramid are to be read as.
#[derive(Clone, Copy)]
enum Content {
    Tiles(Matter),
    /// Not read here, or of no kind that is said.
    Unread,
}

/// An archive on its way through the check.
struct Look {
    archive: Archive,
    file: File,
    content: Content,
    /// The number after the last tile so far.
    next: u64,
    /// Where the last new content ended; none once the order was left.
    end: Option<u64>,
    /// Places with a tile, and entries of tiles.
    addressed: u64,
    tiles: u64,
    /// Where contents begin that have been looked at.
    contents: BTreeSet<u64>,
    /// Entries of all kinds.
    entries: u64,
}

/// Whether a file begins as an archive does: such a one is read in pieces, however large it is.
pub(super) fn is_archive(path: &Path) -> bool {
    let mut start = [0; 7];
    path.is_file() && File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && &start == b"PMTiles"
}

impl Walk {
    pub(super) fn archive(&mut self, path: &Path) {
        self.done.checked += 1;
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (length, mut file) = match opened {
            Ok(opened) => opened,
            Err(error) => return self.push("file-unreadable", Severity::Error, path, "", error),
        };
        let head = piece(&mut file, Span { offset: 0, length: length.min(pmtiles::HEADER_BYTES as u64) }).unwrap_or_default();
        let header = match Header::parse(&head) {
            Ok(header) => header,
            Err(fault) => return self.fault(path, "", fault),
        };
        let mut is_whole = true;
        for (name, span) in [("root", header.root), ("metadata", header.metadata), ("leaves", header.leaves), ("tiles", header.tiles)] {
            // Their sum has been looked at.
            let end = span.offset + span.length;
            if end > length {
                is_whole = false;
                self.push("pmtiles-short", Severity::Error, path, name, format!("{end} > {length}"));
            }
        }
        let root_end = header.root.offset + header.root.length;
        if root_end > HEAD_BYTES as u64 {
            self.push("pmtiles-root", Severity::Warning, path, "root", root_end);
        }
        let [low, high] = header.levels;
        if low > high || u32::from(high) > pmtiles::MAX_LEVEL {
            self.push("pmtiles-levels", Severity::Error, path, "header", format!("{low} … {high}"));
        }
        if sound(header.bounds_deg).is_none() {
            self.push("pmtiles-bounds", Severity::Warning, path, "header", format!("{:?}", header.bounds_deg));
        }
        let content = self.said(&mut file, &header, path);
        if !is_whole {
            return;
        }
        let root = piece(&mut file, header.root).ok_or_else(|| Fault::new("pmtiles-short", "root", root_end));
        let root = root.and_then(|root| header.internal.unpack(&root, pmtiles::MAX_DIRECTORY_BYTES)).and_then(|root| Directory::parse(&root));
        let root = match root {
            Ok(root) => root,
            Err(fault) => return self.fault(path, "root", fault),
        };
        let archive = Archive { header, root: root.clone() };
        let end = archive.header.clustered.then_some(0);
        let mut look = Look { archive, file, content, next: 0, end, addressed: 0, tiles: 0, contents: BTreeSet::new(), entries: 0 };
        if self.directory(&mut look, path, &root, 1) {
            let header = &look.archive.header;
            let counted = [("addressed", header.addressed, look.addressed), ("entries", header.entries, look.tiles), ("contents", header.contents, look.contents.len() as u64)];
            for (name, stated, counted) in counted {
                // 0 is unknown.
                if stated != 0 && stated != counted {
                    self.push("pmtiles-count", Severity::Warning, path, name, format!("{stated} ≠ {counted}"));
                }
            }
        }
    }

    /// What an archive says of itself, and what its tiles are.
    fn said(&mut self, file: &mut File, header: &Header, path: &Path) -> Content {
        if header.tiles.length > 0 && header.compression == Compression::Unknown {
            self.push("pmtiles-unsaid", Severity::Warning, path, "tile_compression", 0);
        }
        let metadata = match piece(file, header.metadata) {
            Some(packed) if !packed.is_empty() => match header.internal.unpack(&packed, tiledescription::MAX_BYTES) {
                Ok(metadata) => metadata,
                Err(fault) => {
                    self.fault(path, "metadata", fault);
                    Vec::new()
                }
            },
            _ => Vec::new(),
        };
        let document = serde_json::from_slice::<Map<String, Value>>(&metadata);
        if let Err(error) = &document {
            self.push("pmtiles-metadata", Severity::Warning, path, "metadata", error);
        }
        match header.kind {
            Kind::Mvt => {
                if document.as_ref().is_ok_and(|document| !document.get("vector_layers").is_some_and(Value::is_array)) {
                    self.push("pmtiles-metadata", Severity::Warning, path, "metadata", "vector_layers");
                }
                Content::Tiles(Matter::Vectors)
            }
            Kind::Png | Kind::Jpeg | Kind::Webp => Content::Tiles(tiledescription::of_pictures(&metadata).unwrap_or(Matter::Pictures)),
            kind @ (Kind::Avif | Kind::Mlt) => {
                self.push("ground-matter", Severity::Info, path, "tile_type", format!("{kind:?}"));
                Content::Unread
            }
            Kind::Unknown => {
                self.push("pmtiles-unsaid", Severity::Warning, path, "tile_type", 0);
                Content::Unread
            }
        }
    }

    /// Everything below a directory; false once something was left out.
    fn directory(&mut self, look: &mut Look, path: &Path, directory: &Directory, depth: u32) -> bool {
        look.entries += directory.entries.len() as u64;
        if look.entries > MAX_ENTRIES {
            self.push("pmtiles-limit", Severity::Warning, path, "entries", look.entries);
            return false;
        }
        let mut is_whole = true;
        for entry in &directory.entries {
            let object = address(entry.first);
            // Tiles are found by the last entry that begins before them: of two that hold one, the first is never asked.
            if entry.first < look.next {
                self.push("pmtiles-overlap", Severity::Error, path, &object, entry.first);
            }
            look.next = look.next.max(entry.first);
            match look.archive.place(directory, entry.first) {
                Err(fault) => {
                    self.fault(path, &object, fault);
                    is_whole = false;
                }
                Ok(Place::Nowhere) => {}
                Ok(Place::Leaf(_)) if depth >= MAX_DEPTH => {
                    self.fault(path, "", Fault::new("pmtiles-depth", &object, depth));
                    return false;
                }
                Ok(Place::Leaf(span)) => {
                    let leaf = piece(&mut look.file, span).ok_or_else(|| Fault::new("pmtiles-short", &object, span.offset));
                    match leaf.and_then(|leaf| look.archive.leaf(&leaf)) {
                        Ok(leaf) => is_whole &= self.directory(look, path, &leaf, depth + 1),
                        Err(fault) => {
                            self.fault(path, &object, fault);
                            is_whole = false;
                        }
                    }
                }
                Ok(Place::Tile(span)) => is_whole &= self.run(look, path, entry, span),
            }
            if self.full {
                return false;
            }
        }
        is_whole
    }

    /// A run of tiles with one content.
    fn run(&mut self, look: &mut Look, path: &Path, entry: &pmtiles::Entry, span: Span) -> bool {
        let object = address(entry.first);
        let after = entry.first.saturating_add(u64::from(entry.run));
        let levels = [entry.first, after - 1].map(|number| tile_of(number).map_or(u32::MAX, |(level, ..)| level));
        let [low, high] = look.archive.header.levels.map(u32::from);
        if levels[0] < low || levels[1] > high {
            self.push("pmtiles-level", Severity::Warning, path, &object, format!("{low} … {high}"));
        }
        look.next = after;
        look.addressed = look.addressed.saturating_add(u64::from(entry.run));
        look.tiles += 1;
        if !look.contents.insert(entry.offset) {
            return true;
        }
        match look.end {
            Some(end) if end == entry.offset => look.end = Some(end.saturating_add(u64::from(entry.length))),
            // Said once.
            Some(_) => {
                look.end = None;
                self.push("pmtiles-order", Severity::Warning, path, &object, entry.offset);
            }
            None => {}
        }
        let Content::Tiles(matter) = look.content else { return true };
        if self.done.checked >= MAX_FILES {
            self.full = true;
            self.push("file-limit", Severity::Warning, path, &object, MAX_FILES);
            return false;
        }
        self.done.checked += 1;
        let packed = piece(&mut look.file, span).ok_or_else(|| Fault::new("pmtiles-short", &object, span.offset));
        match packed.and_then(|packed| look.archive.header.compression.unpack(&packed, MAX_UNPACKED_BYTES)) {
            Ok(bytes) => self.web_tile(&bytes, matter, path, &object),
            Err(fault) => self.fault(path, &object, fault),
        }
        true
    }

    /// A TileJSON, or the `metadata.json` of an exported folder: its words, and every tile at its templates that is there below one that is.
    pub(super) fn described(&mut self, bytes: &[u8], path: &Path) {
        let description = match Description::parse(bytes) {
            Ok(description) => description,
            Err(fault) => return self.fault(path, "", fault),
        };
        let template = description.template();
        if template.contains("://") {
            return self.push("file-remote", Severity::Info, path, "tiles", template);
        }
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let file = |tile: WebTile| {
            let tile = if description.tms { tile.flipped()? } else { tile };
            resolve(&folder, &tile.path(&template)).filter(|file| file.is_file())
        };
        let [west, south, east, north] = description.bounds_deg;
        let [low, high] = description.levels;
        // A tile that only touches the rectangle lies outside.
        let inset = 1e-9 * WebTile::side_m(low);
        let [[left, top], [right, bottom]] = [from_lonlat(west, north), from_lonlat(east, south)];
        let (first, last) = (WebTile::at(low, [left + inset, top - inset]), WebTile::at(low, [right - inset, bottom + inset]));
        let tops = (first.x..=last.x).flat_map(|x| (first.y..=last.y).map(move |y| WebTile { z: low, x, y }));
        let mut found: Vec<WebTile> = tops.take(MAX_FILES).filter(|tile| file(*tile).is_some()).collect();
        if found.is_empty() {
            return self.push("file-missing", Severity::Error, path, "tiles", WebTile { z: low, ..first }.path(&template));
        }
        while let Some(tile) = found.pop() {
            let Some(place) = file(tile) else { continue };
            if !self.seen.insert(place.clone()) {
                continue;
            }
            let Some(bytes) = self.read(&place) else {
                if self.full {
                    return;
                }
                continue;
            };
            self.web_tile(&bytes, description.matter, &place, "");
            if tile.z < high {
                found.extend(tile.children().into_iter().filter(|child| file(*child).is_some()));
            }
        }
    }

    /// One tile, unpacked.
    fn web_tile(&mut self, bytes: &[u8], matter: Matter, path: &Path, object: &str) {
        let faults = match matter {
            Matter::Vectors => match mvt::Tile::parse(bytes) {
                Ok(tile) => tile.faults,
                Err(fault) => vec![fault],
            },
            Matter::Heights(rule) => terrainrgb::decode(bytes, &rule).err().into_iter().collect(),
            Matter::Pictures => still::decode(bytes).err().map(|error| Fault::new("imagery-tile-unreadable", "", error)).into_iter().collect(),
        };
        for fault in faults {
            self.fault(path, object, fault);
        }
    }

    fn fault(&mut self, path: &Path, object: &str, fault: Fault) {
        let finding: Finding = fault.finding(self.name(path));
        let object = [object, finding.object.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        self.done.report.push(finding.object(object));
    }
}

/// A part of a file; `None` where it is not there, or larger than anything that is read whole.
fn piece(file: &mut File, span: Span) -> Option<Vec<u8>> {
    if span.length > pmtiles::MAX_TILE_BYTES {
        return None;
    }
    file.seek(SeekFrom::Start(span.offset)).ok()?;
    let mut bytes = Vec::new();
    file.take(span.length).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == span.length).then_some(bytes)
}

/// A tile's level, column and row, as people write them.
fn address(number: u64) -> String {
    tile_of(number).map_or_else(|| number.to_string(), |(z, x, y)| format!("{z}/{x}/{y}"))
}
