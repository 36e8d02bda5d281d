//! Tells tilesets and glTF files among the files of a folder, by their content; and which files are theirs.

use super::Kind;
use crate::formats::check::{self, Kind as Content};
use crate::formats::tiles3d::tileset::MAX_TILESET_BYTES;
use crate::formats::tiles3d::{Tile, Tileset};
use crate::pipeline::sources::open::start_of;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Bytes at the start of a JSON file in which one of a tileset's own words stands.
const LOOK_BYTES: usize = 64 << 10;
/// Tilesets of one folder that are looked into.
const MAX_TILESETS: usize = 4_096;
const WORDS: [&[u8]; 2] = [b"geometricError", b"boundingVolume"];

/// What was found, and what nobody else needs to look at any more.
#[derive(Debug, Default)]
pub struct Found {
    pub models: Vec<(PathBuf, Kind)>,
    /// Tiles, subtrees, inner tilesets and buffers that belong to a tileset or model.
    pub theirs: BTreeSet<PathBuf>,
}

/// Looks through a folder's files.
pub fn among(files: &[PathBuf]) -> Found {
    let mut tilesets: Vec<(PathBuf, Tileset)> = Vec::new();
    let mut found = Found::default();
    let mut gltf = Vec::new();
    for path in files {
        match kind(path) {
            Some(Content::Tileset) if tilesets.len() < MAX_TILESETS => {
                if let Some(tileset) = std::fs::read(path)
                    .ok()
                    .and_then(|bytes| Tileset::parse(&bytes).ok())
                {
                    tilesets.push((path.clone(), tileset));
                }
            }
            Some(Content::Gltf) => gltf.push(path.clone()),
            // Contents of a tileset by nature.
            Some(Content::Subtree | Content::Legacy) => {
                found.theirs.insert(path.clone());
            }
            _ => {}
        }
    }
    let mut named: BTreeSet<PathBuf> = BTreeSet::new();
    for (path, tileset) in &tilesets {
        links(&tileset.root, path, &mut named);
    }
    // One that another names is a part of it; where all name each other, the first is as good as any.
    let mut tops: Vec<&PathBuf> = tilesets
        .iter()
        .map(|(path, _)| path)
        .filter(|path| !named.contains(*path))
        .collect();
    if tops.is_empty() {
        tops.extend(tilesets.first().map(|(path, _)| path));
    }
    for (path, _) in &tilesets {
        if tops.contains(&path) {
            found.models.push((path.clone(), Kind::Tileset));
        } else {
            found.theirs.insert(path.clone());
        }
    }
    // Whatever lies below a tileset is its content, or of no use without it: templates name files that only subtrees know.
    let folders: Vec<PathBuf> = found
        .models
        .iter()
        .filter_map(|(path, _)| path.parent().map(Path::to_owned))
        .collect();
    for path in gltf {
        if named.contains(&path) || folders.iter().any(|folder| path.starts_with(folder)) {
            found.theirs.insert(path);
        } else {
            found.models.push((path, Kind::Gltf));
        }
    }
    found
}

fn kind(path: &Path) -> Option<Content> {
    let head = start_of(path, LOOK_BYTES).ok()?;
    match head.get(..4)? {
        b"glTF" | b"subt" | b"b3dm" | b"i3dm" | b"pnts" | b"cmpt" => {
            return Some(check::kind(&head));
        }
        _ => {}
    }
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&head);
    if !text.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let has = |word: &[u8]| text.windows(word.len()).any(|window| window == word);
    let is_tileset = WORDS.iter().any(|word| has(word));
    let is_gltf =
        has(b"\"asset\"") && (has(b"\"meshes\"") || has(b"\"buffers\"") || has(b"\"accessors\""));
    if !(is_tileset || is_gltf) || std::fs::metadata(path).ok()?.len() > MAX_TILESET_BYTES as u64 {
        return None;
    }
    let whole = std::fs::read(path).ok()?;
    Some(check::kind(&whole)).filter(|kind| matches!(kind, Content::Tileset | Content::Gltf))
}

fn links(root: &Tile, file: &Path, named: &mut BTreeSet<PathBuf>) {
    // Only to tell what is named: where a walk may go is the walk's question.
    let base = Path::new(if file.is_absolute() { "/" } else { "" });
    let mut stack = vec![root];
    while let Some(tile) = stack.pop() {
        named.extend(
            tile.all_contents()
                .filter_map(|content| super::walk::resolved(base, file, &content.uri)),
        );
        stack.extend(&tile.children);
    }
}
