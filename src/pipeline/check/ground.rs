//! A terrain in quantized-mesh tiles: its description, every tile that it says is there, and every tile below these that is.

use super::MAX_FILES;
use super::walk::{Walk, resolve};
use crate::base::Severity;
use crate::formats::quantizedmesh::{Layer, Mesh, Range};
use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

/// Level, column, row from the south.
type Tile = (u32, u32, u32);

impl Walk {
    pub(super) fn ground(&mut self, bytes: &[u8], path: &Path) {
        let layer = match Layer::parse(bytes) {
            Ok(layer) => layer,
            Err(fault) => {
                let finding = fault.finding(&self.name(path));
                return self.done.report.push(finding);
            }
        };
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        if let Some(remote) = layer.tiles.iter().find(|template| template.contains("://")) {
            return self.push("file-remote", Severity::Info, path, "tiles", remote);
        }
        let file = |(level, x, y): Tile| resolve(&folder, &layer.path(level, x, y)).filter(|file| file.is_file());
        let size = |level: u32| layer.size(level);
        let stated = layer.available.as_deref().unwrap_or_default();
        let mut missing = Missing::default();
        let mut queue: VecDeque<Tile> = stated.iter().zip(0..).flat_map(|(ranges, level)| ranges.iter().flat_map(move |range| tiles(range, level, size(level)))).take(MAX_FILES).collect();
        // A few bytes may say of millions of tiles that they are there.
        let mut looks = MAX_FILES - queue.len();
        // Where nothing is stated the tops are looked for, and tiles say themselves what is below them.
        let [columns, rows] = layer.size(0);
        queue.extend((0..columns).flat_map(|x| (0..rows).map(move |y| (0, x, y))));
        let mut seen: BTreeSet<Tile> = BTreeSet::new();
        let mut is_empty = true;
        while let Some(tile) = queue.pop_front() {
            if !seen.insert(tile) {
                continue;
            }
            let (level, x, y) = tile;
            let Some(found) = file(tile) else {
                // Another layer may fill in for this one.
                if layer.parent.is_none() && layer.has(level, x, y) == Some(true) && layer.available.is_some() {
                    missing.add(layer.path(level, x, y));
                }
                continue;
            };
            is_empty = false;
            for (ranges, below) in self.piece(&found).iter().zip(level + 1..) {
                let said = ranges.iter().flat_map(|range| tiles(range, below, size(below))).take(looks).inspect(|_| looks -= 1).collect::<Vec<_>>();
                queue.extend(said.into_iter().filter(|tile| file(*tile).is_some()));
            }
            if self.full {
                break;
            }
            if looks == 0 {
                self.full = true;
                self.push("file-limit", Severity::Warning, path, "", MAX_FILES);
                break;
            }
        }
        if is_empty && missing.count == 0 && layer.parent.is_none() {
            missing.add(layer.path(0, 0, 0));
        }
        if let Some(said) = missing.said() {
            self.push("file-missing", Severity::Error, path, "available", said);
        }
    }

    /// Checks one tile; the tiles that it says are below it.
    fn piece(&mut self, file: &Path) -> Vec<Vec<Range>> {
        if !self.seen.insert(file.to_owned()) {
            return Vec::new();
        }
        let Some(bytes) = self.read(file) else { return Vec::new() };
        match Mesh::parse(&bytes) {
            Ok(mesh) => mesh.available,
            Err(fault) => {
                let finding = fault.finding(&self.name(file));
                self.done.report.push(finding);
                Vec::new()
            }
        }
    }
}

/// The tiles of a range that a level has.
fn tiles(range: &Range, level: u32, [columns, rows]: [u32; 2]) -> impl Iterator<Item = Tile> + use<> {
    let (xs, ys) = (range.start_x..=range.end_x.min(columns - 1), range.start_y..=range.end_y.min(rows - 1));
    xs.flat_map(move |x| ys.clone().map(move |y| (level, x, y)))
}

/// Tiles that are stated and not there: a description may state millions.
#[derive(Default)]
struct Missing {
    first: Option<String>,
    count: usize,
}

impl Missing {
    fn add(&mut self, path: String) {
        self.count += 1;
        self.first.get_or_insert(path);
    }

    fn said(self) -> Option<String> {
        let first = self.first?;
        Some(if self.count == 1 { first } else { format!("{first} … ({})", self.count) })
    }
}
