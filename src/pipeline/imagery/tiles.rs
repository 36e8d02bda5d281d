//! A folder of ready-made tiles: `{z}/{x}/{y}.jpg`, with a TileJSON or a `tilemapresource.xml` beside them.

use crate::formats::still::Encoding;
use crate::formats::webtiles::{MAX_LEVEL, MAX_TILEJSON_BYTES, TileJson, WebTile};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Tiles of one folder.
pub const MAX_TILES: usize = 1 << 24;
/// Entries of a folder that are looked at to tell what it is.
const LOOKED_AT: usize = 64;
/// Names under which a TileJSON lies beside its tiles.
const TILEJSON: [&str; 3] = ["tiles.json", "tilejson.json", "metadata.json"];
/// What `gdal2tiles` writes: its rows count from the south.
const TILE_MAP: &str = "tilemapresource.xml";

/// Whether a folder is a pyramid of tiles: a level, in it a column, in it a picture, all named by numbers.
pub fn is_pyramid(folder: &Path) -> bool {
    let some = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder).into_iter().flatten().flatten().take(LOOKED_AT).map(|entry| entry.path()).collect()
    };
    some(folder).iter().filter_map(|level| Some((level, number(level, MAX_LEVEL)?))).any(|(level, z)| {
        some(level).iter().filter(|column| number(column, last(z)).is_some()).any(|column| some(column).iter().any(|file| picture(file, last(z)).is_some()))
    })
}

fn last(z: u32) -> u32 {
    ((1_u64 << z.min(MAX_LEVEL)) - 1) as u32
}

/// A folder's number, where that is its name.
fn number(folder: &Path, most: u32) -> Option<u32> {
    plain(&folder.file_name()?.to_string_lossy(), most).filter(|_| folder.is_dir())
}

/// Digits only, without zeros before them: nothing else is ever an address.
fn plain(text: &str, most: u32) -> Option<u32> {
    let sound = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    sound.then(|| text.parse().ok())?.filter(|value| *value <= most)
}

/// A tile's row and encoding by its name.
fn picture(file: &Path, most: u32) -> Option<(u32, Encoding)> {
    let encoding = Encoding::from_extension(&file.extension()?.to_string_lossy())?;
    Some((plain(&file.file_stem()?.to_string_lossy(), most)?, encoding))
}

/// The tiles of a folder that lie in `wanted`, rows counted from the north, with their files.
///
/// Levels and columns outside are not even listed: a part of a pyramid costs what it holds.
pub fn list(folder: &Path, tms: bool, wanted: &dyn Fn(WebTile) -> bool, columns: &dyn Fn(u32) -> Option<(u32, u32)>) -> BTreeMap<WebTile, PathBuf> {
    let mut found = BTreeMap::new();
    for z in 0..=MAX_LEVEL {
        let Some((first, end)) = columns(z) else { continue };
        let level = folder.join(z.to_string());
        let Ok(entries) = std::fs::read_dir(&level) else { continue };
        for column in entries.flatten().map(|entry| entry.path()) {
            let Some(x) = number(&column, last(z)).filter(|x| (first..=end).contains(x)) else { continue };
            for file in std::fs::read_dir(&column).into_iter().flatten().flatten().map(|entry| entry.path()) {
                let Some((y, _)) = picture(&file, last(z)) else { continue };
                let tile = WebTile { z, x, y };
                let Some(tile) = (if tms { tile.flipped() } else { Some(tile) }) else { continue };
                if !wanted(tile) {
                    continue;
                }
                if found.len() >= MAX_TILES {
                    return found;
                }
                // Of two files of one address the first by name counts.
                match found.entry(tile) {
                    std::collections::btree_map::Entry::Vacant(free) => {
                        free.insert(file);
                    }
                    std::collections::btree_map::Entry::Occupied(mut taken) if file < *taken.get() => {
                        taken.insert(file);
                    }
                    std::collections::btree_map::Entry::Occupied(_) => {}
                }
            }
        }
    }
    found
}

/// Every tile.
pub fn all(folder: &Path, tms: bool) -> BTreeMap<WebTile, PathBuf> {
    list(folder, tms, &|_| true, &|z| Some((0, last(z))))
}

/// What the files beside the tiles say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Described {
    pub tms: bool,
    pub name: Option<String>,
    pub attribution: Option<String>,
    /// West, south, east, north in degrees.
    pub bounds: Option<[f64; 4]>,
    /// What is wrong with them: `tiles` in another projection.
    pub foreign: Option<String>,
}

/// Reads the TileJSON or the tile map beside the tiles.
pub fn described(folder: &Path) -> Described {
    let small = |path: &Path| std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() <= MAX_TILEJSON_BYTES);
    let read = |name: &str| Some(folder.join(name)).filter(|path| small(path)).and_then(|path| std::fs::read(path).ok());
    let json = TILEJSON.iter().filter_map(|name| read(name)).find_map(|bytes| TileJson::parse(&bytes).ok());
    if let Some(json) = json {
        let tms = json.is_tms();
        return Described { tms, name: json.name, attribution: json.attribution, bounds: json.bounds.filter(is_sound), foreign: None };
    }
    let Some(map) = read(TILE_MAP) else { return Described::default() };
    let map = String::from_utf8_lossy(&map).into_owned();
    let title = map.split_once("<Title>").and_then(|(_, rest)| rest.split_once("</Title>")).map(|(title, _)| title.trim().to_owned());
    let profile = map.split_once("profile=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(profile, _)| profile.to_ascii_lowercase());
    let foreign = profile.filter(|profile| !profile.contains("mercator"));
    Described { tms: true, name: title.filter(|title| !title.is_empty()), attribution: None, bounds: None, foreign }
}

fn is_sound([west, south, east, north]: &[f64; 4]) -> bool {
    [west, south, east, north].iter().all(|value| value.is_finite()) && west < east && south < north
}
