//! The finest contents of a tileset on disk: what a computation works with, where a viewer would refine down to.

use crate::base::{Finding, Report, Severity};
use crate::formats::gltf::{Limits, TileContent, read};
use crate::formats::tiles3d::{Content, Refine, Subtree, Tile, TileCoord, TileSchema, Tileset, fill_template};
use crate::stream::paths;
use glam::DMat4;
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

/// Tilesets inside tilesets.
const MAX_DEPTH: usize = 16;
/// Files looked at in one tileset.
const MAX_FILES: usize = 200_000;
/// Largest file read, bytes.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// One content and where it stands.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Path relative to the territory's folder.
    pub path: String,
    pub ecef_from_tile: DMat4,
}

/// All contents that nothing finer replaces. What is broken is reported and passed over.
pub fn leaves(folder: &Path, tileset: &str, report: &mut Report) -> Vec<Leaf> {
    let mut walk = Walk {
        folder,
        report,
        leaves: Vec::new(),
        files: 0,
    };
    walk.tileset(tileset, DMat4::IDENTITY, 0);
    walk.leaves
}

/// Decodes a leaf; a broken one is reported.
pub fn content(folder: &Path, leaf: &Leaf) -> Result<TileContent, Finding> {
    let bytes = bytes(folder, &leaf.path)?;
    let mut resources = |uri: &str| bytes_of(folder, &paths::resolve(&leaf.path, uri)?);
    read::glb_with(&bytes, &Limits::default(), &mut resources)
        .map_err(|fault| fault.finding(leaf.path.clone()))
}

fn bytes_of(folder: &Path, path: &str) -> Option<Vec<u8>> {
    bytes(folder, path).ok()
}

fn bytes(folder: &Path, path: &str) -> Result<Vec<u8>, Finding> {
    let unreadable = |value: &dyn std::fmt::Display| {
        Finding::new("file-unreadable", Severity::Error, path).value(value)
    };
    let whole = folder.join(path);
    let size = std::fs::metadata(&whole)
        .map_err(|error| unreadable(&error))?
        .len();
    if size > MAX_FILE_BYTES {
        return Err(unreadable(&format!("{size} > {MAX_FILE_BYTES}")));
    }
    std::fs::read(&whole).map_err(|error| unreadable(&error))
}

struct Walk<'w> {
    folder: &'w Path,
    report: &'w mut Report,
    leaves: Vec<Leaf>,
    files: usize,
}

impl Walk<'_> {
    fn tileset(&mut self, path: &str, ecef_from_root: DMat4, depth: usize) {
        if depth >= MAX_DEPTH {
            self.report
                .push(Finding::new("tileset-depth", Severity::Warning, path).value(MAX_DEPTH));
            return;
        }
        let document = bytes(self.folder, path)
            .and_then(|bytes| Tileset::parse(&bytes).map_err(|fault| fault.finding(path)));
        match document {
            Ok(document) => self.tile(&document.root, path, ecef_from_root, Refine::Replace, depth),
            Err(finding) => self.report.push(finding),
        }
    }

    fn tile(
        &mut self,
        tile: &Tile,
        path: &str,
        ecef_from_parent: DMat4,
        inherited: Refine,
        depth: usize,
    ) {
        let own = tile
            .transform
            .map(|matrix| DMat4::from_cols_array(&matrix))
            .filter(|matrix| matrix.is_finite());
        let ecef_from_tile = own.map_or(ecef_from_parent, |own| ecef_from_parent * own);
        let refine = tile.refine.unwrap_or(inherited);
        if tile.implicit_tiling.is_some() {
            self.implicit(tile, path, ecef_from_tile, refine, depth);
            return;
        }
        if tile.children.is_empty() || refine == Refine::Add {
            for content in tile.all_contents() {
                self.content(content.uri.as_str(), path, ecef_from_tile, depth);
            }
        }
        // Explicit tiles nest no deeper than the JSON reader allowed.
        for child in &tile.children {
            self.tile(child, path, ecef_from_tile, refine, depth);
        }
    }

    fn content(&mut self, uri: &str, from: &str, ecef_from_tile: DMat4, depth: usize) {
        self.files += 1;
        if self.files > MAX_FILES {
            if self.files == MAX_FILES + 1 {
                self.report
                    .push(Finding::new("file-limit", Severity::Warning, from).value(MAX_FILES));
            }
            return;
        }
        match paths::resolve(from, uri) {
            Some(path) if paths::is_tileset(&path) => {
                self.tileset(&path, ecef_from_tile, depth + 1)
            }
            Some(path) => self.leaves.push(Leaf {
                path,
                ecef_from_tile,
            }),
            None => self.report.push(
                Finding::new("file-remote", Severity::Warning, from)
                    .object("content")
                    .value(uri),
            ),
        }
    }

    fn implicit(
        &mut self,
        tile: &Tile,
        path: &str,
        ecef_from_tile: DMat4,
        refine: Refine,
        depth: usize,
    ) {
        let Some(tiling) = &tile.implicit_tiling else {
            return;
        };
        let contents: Vec<&Content> = tile.all_contents().collect();
        let levels = tiling.subtree_levels.clamp(1, 10);
        let mut there: BTreeSet<(TileCoord, usize)> = BTreeSet::new();
        let mut queue = VecDeque::from([TileCoord::ROOT]);
        while let Some(root) = queue.pop_front() {
            let Some(file) = paths::resolve(path, &fill_template(&tiling.subtrees.uri, root))
            else {
                continue;
            };
            self.files += 1;
            if self.files > MAX_FILES {
                break;
            }
            let (folder, of) = (self.folder, file.clone());
            let mut resources = |uri: &str| bytes_of(folder, &paths::resolve(&of, uri)?);
            let subtree = bytes(self.folder, &file).and_then(|bytes| {
                Subtree::parse_with(&bytes, &TileSchema::default(), &mut resources)
                    .map_err(|fault| fault.finding(file.clone()))
            });
            let subtree = match subtree {
                Ok(subtree) => subtree,
                Err(finding) => {
                    self.report.push(finding);
                    continue;
                }
            };
            for level in 0..levels {
                for morton in 0..1u64 << (2 * level) {
                    let inner = TileCoord::from_morton(level, morton);
                    let Some(coord) = root.below(inner).filter(|coord| {
                        coord.level < tiling.available_levels && subtree.has_tile(inner)
                    }) else {
                        continue;
                    };
                    there.extend(
                        (0..contents.len())
                            .filter(|number| subtree.has_content(inner, *number))
                            .map(|number| (coord, number)),
                    );
                }
            }
            for morton in 0..1u64 << (2 * levels) {
                let inner = TileCoord::from_morton(levels, morton);
                if subtree.has_child(inner)
                    && let Some(child) = root
                        .below(inner)
                        .filter(|child| child.level < tiling.available_levels)
                {
                    queue.push_back(child);
                }
            }
        }
        // A tile is replaced by what lies below it.
        let mut replaced: BTreeSet<TileCoord> = BTreeSet::new();
        if refine == Refine::Replace {
            for (coord, _) in &there {
                let mut above = coord.parent();
                while let Some(coord) = above
                    && replaced.insert(coord)
                {
                    above = coord.parent();
                }
            }
        }
        for (coord, number) in there {
            if !replaced.contains(&coord)
                && let Some(content) = contents.get(number)
            {
                self.content(
                    &fill_template(&content.uri, coord),
                    path,
                    ecef_from_tile,
                    depth,
                );
            }
        }
    }
}
