//! Parts of pyramids, drawn or copied, and what lies above them.

use super::encode::encode;
use super::file::{DrawnTile, From, PartFile, PictureFile, PyramidFile, TilesFile, part_path};
use super::mosaic::{Mosaic, rect};
use super::tiles;
use crate::base::{Finding, Report, Severity};
use crate::formats::colours::{CLEAR, Pixel, pixel, weighed};
use crate::formats::still::{self, Encoding};
use crate::formats::webtiles::{TILE_SIDE, WebTile};
use crate::pipeline::shards::bytes::Fingerprint;
use crate::pipeline::shards::file;
use crate::pipeline::{ImportFault, Progress};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Changes when the same pictures would give other tiles.
const VERSION: u32 = 1;

/// Draws a part unless it is done already; `earlier` is a territory whose unchanged parts are taken over.
///
/// # Errors
/// When a file cannot be written or the work is cancelled; a broken picture is a finding.
pub fn part(pyramid: &PyramidFile, number: usize, package: &Path, earlier: Option<&Path>, progress: &dyn Progress) -> Result<PartFile, ImportFault> {
    let tile = pyramid.part(number).ok_or_else(|| ImportFault::new("shard-unknown", number, pyramid.parts.len()))?;
    let at = [tile.z, tile.x, tile.y];
    let mut ready = BTreeMap::new();
    let key = match &pyramid.from {
        From::Pictures(pictures) => key_of(pyramid, tile, pictures),
        From::Tiles(source) => {
            ready = below(pyramid, source, tile);
            key_of_tiles(pyramid, tile, &ready)
        }
    };
    let done_at = part_path(package, &pyramid.id, at);
    if let Ok(done) = file::read::<PartFile>(&done_at) {
        if done.key == key {
            return Ok(done);
        }
        clear(package, &done)?;
    }
    if let Some(done) = earlier.and_then(|earlier| taken_over(earlier, package, pyramid, at, &key)) {
        file::write(&done_at, &done)?;
        return Ok(done);
    }
    let mut report = Report::default();
    let mut drawn = Drawn { pyramid, package, tiles: Vec::new() };
    match &pyramid.from {
        From::Pictures(pictures) => draw(pictures, tile, &mut drawn, &mut report, progress)?,
        From::Tiles(source) => copy(source, ready, tile, &mut drawn, &mut report, progress)?,
    }
    drawn.tiles.sort_by_key(DrawnTile::tile);
    let done = PartFile { key, pyramid: pyramid.id.clone(), tile: at, tiles: drawn.tiles, findings: file::findings_of(&report) };
    file::write(&done_at, &done)?;
    Ok(done)
}

fn key_of(pyramid: &PyramidFile, tile: WebTile, pictures: &[PictureFile]) -> String {
    let mut print = start(pyramid, tile);
    let rect = rect(tile);
    for picture in pictures.iter().filter(|picture| picture.bounds().intersects(&rect)) {
        print.text(&picture.print);
        print.text(&picture.crs);
        picture.place.iter().for_each(|value| print.add(&value.to_le_bytes()));
        print.add(&picture.white.unwrap_or(0).to_le_bytes());
    }
    print.hex()
}

fn key_of_tiles(pyramid: &PyramidFile, tile: WebTile, ready: &BTreeMap<WebTile, PathBuf>) -> String {
    let mut print = start(pyramid, tile);
    for (tile, path) in ready {
        [tile.z, tile.x, tile.y].iter().for_each(|value| print.add(&value.to_le_bytes()));
        print.add(&std::fs::read(path).unwrap_or_default());
    }
    print.hex()
}

fn start(pyramid: &PyramidFile, tile: WebTile) -> Fingerprint {
    let mut print = Fingerprint::default();
    for value in [VERSION, tile.z, tile.x, tile.y, pyramid.min_zoom, pyramid.max_zoom, pyramid.side as u32] {
        print.add(&value.to_le_bytes());
    }
    print.text(&pyramid.extension);
    print
}

/// The tiles of a folder in and below one tile.
fn below(pyramid: &PyramidFile, source: &TilesFile, part: WebTile) -> BTreeMap<WebTile, PathBuf> {
    tiles::list(&source.path, source.tms, &|tile| tile.above(part.z) == Some(part), &|z| {
        let levels = z.checked_sub(part.z).filter(|_| z <= pyramid.max_zoom)?;
        Some((part.x << levels, ((part.x + 1) << levels) - 1))
    })
}

/// What is written on the way.
struct Drawn<'a> {
    pyramid: &'a PyramidFile,
    package: &'a Path,
    tiles: Vec<DrawnTile>,
}

impl Drawn<'_> {
    fn path(&self, tile: WebTile, template: &str) -> PathBuf {
        self.package.join(tile.path(template))
    }

    /// Writes a tile in the pyramid's encoding, and again as PNG where a photograph cannot say that it shows nothing there.
    fn write(&mut self, tile: WebTile, pixels: &[Pixel]) -> Result<(), ImportFault> {
        if pixels.iter().all(|pixel| *pixel == CLEAR) {
            return Ok(());
        }
        let encoding = self.pyramid.encoding();
        let bytes = self.put(tile, pixels, encoding, &self.pyramid.template())?;
        let clear = encoding == Encoding::Jpeg && pixels.iter().any(|pixel| pixel[3] < 255);
        let beside = if clear { self.put(tile, pixels, Encoding::Png, &self.pyramid.clear_template())? } else { 0 };
        self.tiles.push(DrawnTile(tile.z, tile.x, tile.y, bytes, beside));
        Ok(())
    }

    fn put(&self, tile: WebTile, pixels: &[Pixel], encoding: Encoding, template: &str) -> Result<u64, ImportFault> {
        let path = self.path(tile, template);
        let bytes = encode(pixels, self.pyramid.side, encoding).map_err(|error| ImportFault::new("write-failed", path.display(), error))?;
        put_bytes(&path, &bytes)
    }

    /// The pixels of a tile that was written.
    fn read(&self, tile: WebTile) -> Option<Vec<Pixel>> {
        let read = |template: &str| {
            let bytes = std::fs::read(self.path(tile, template)).ok()?;
            let still = still::decode(&bytes).ok()?;
            (still.columns == self.pyramid.side && still.rows == self.pyramid.side).then_some(still.pixels)
        };
        let beside = if self.pyramid.encoding() == Encoding::Jpeg { read(&self.pyramid.clear_template()) } else { None };
        beside.or_else(|| read(&self.pyramid.template()))
    }
}

fn put_bytes(path: &Path, bytes: &[u8]) -> Result<u64, ImportFault> {
    let fault = |error: std::io::Error| ImportFault::new("write-failed", path.display(), error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    // A part whose file says that it is done has all its tiles; what a cut run left is written anew.
    let _ = std::fs::remove_file(path);
    std::fs::write(path, bytes).map_err(fault)?;
    Ok(bytes.len() as u64)
}

/// Tiles of coarser levels that wait for all four of their children.
#[derive(Default)]
struct Waiting(BTreeMap<WebTile, (usize, Option<Vec<Pixel>>)>);

impl Waiting {
    /// Hands a finished tile to the one above it; gives that back once its four are there.
    fn hand_up(&mut self, tile: WebTile, pixels: Option<&[Pixel]>, side: usize) -> Option<(WebTile, Option<Vec<Pixel>>)> {
        let parent = tile.parent()?;
        let (seen, sum) = self.0.entry(parent).or_default();
        *seen += 1;
        if let Some(pixels) = pixels {
            let sum = sum.get_or_insert_with(|| vec![CLEAR; side * side]);
            let corner = [(tile.x % 2) as usize * side / 2, (tile.y % 2) as usize * side / 2];
            halve(pixels, side, sum, corner);
        }
        if *seen < 4 {
            return None;
        }
        self.0.remove(&parent).map(|(_, sum)| (parent, sum))
    }
}

/// Four pixels as one, at a corner of a tile.
fn halve(from: &[Pixel], side: usize, to: &mut [Pixel], corner: [usize; 2]) {
    let half = side / 2;
    for row in 0..half {
        for column in 0..half {
            let mut sum = [0.0_f32; 4];
            for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                let found = from.get((2 * row + y) * side + 2 * column + x).copied().unwrap_or(CLEAR);
                for (sum, part) in sum.iter_mut().zip(weighed(found)) {
                    *sum += part / 4.0;
                }
            }
            if let Some(to) = to.get_mut((corner[1] + row) * side + corner[0] + column) {
                *to = pixel(sum);
            }
        }
    }
}

/// Draws a part from pictures: row by row, so that wide strips are unpacked once for each row of tiles.
fn draw(pictures: &[PictureFile], part: WebTile, drawn: &mut Drawn, report: &mut Report, progress: &dyn Progress) -> Result<(), ImportFault> {
    let levels = drawn.pyramid.max_zoom.saturating_sub(part.z);
    let count = 1_u32 << levels;
    let mut mosaic = Mosaic::over(pictures, &rect(part));
    let mut waiting = Waiting::default();
    for row in 0..count {
        for column in 0..count {
            if progress.cancelled() {
                return Err(ImportFault::new("import-cancelled", "", ""));
            }
            let tile = WebTile { z: drawn.pyramid.max_zoom, x: (part.x << levels) + column, y: (part.y << levels) + row };
            let pixels = mosaic.tile(tile, report);
            let mut finished = Some((tile, pixels));
            while let Some((tile, pixels)) = finished {
                if let Some(pixels) = &pixels {
                    drawn.write(tile, pixels)?;
                }
                finished = if tile.z > part.z { waiting.hand_up(tile, pixels.as_deref(), TILE_SIDE) } else { None };
            }
        }
        let south = rect(WebTile { z: drawn.pyramid.max_zoom, x: part.x << levels, y: (part.y << levels) + row }).min[1];
        mosaic.leave_above(south, report);
    }
    mosaic.close(report);
    Ok(())
}

/// Copies ready-made tiles byte for byte, and makes those of coarser levels that the source lacks.
fn copy(
    source: &TilesFile,
    ready: BTreeMap<WebTile, PathBuf>,
    part: WebTile,
    drawn: &mut Drawn,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<(), ImportFault> {
    // The finest first: what is missing above is made from them.
    for (tile, path) in ready.iter().rev() {
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        copy_one(source, *tile, path, drawn, report)?;
    }
    for z in (part.z..drawn.pyramid.max_zoom).rev() {
        // Levels that the source has are left as they are, with their gaps.
        if z < source.coarsest {
            let above: BTreeSet<WebTile> = drawn.tiles.iter().filter(|done| done.0 == z + 1).filter_map(|done| done.tile().parent()).collect();
            for tile in above {
                from_children(tile, drawn)?;
            }
        }
    }
    Ok(())
}

fn copy_one(source: &TilesFile, tile: WebTile, path: &Path, drawn: &mut Drawn, report: &mut Report) -> Result<(), ImportFault> {
    let mut say = |code: &'static str, value: &dyn std::fmt::Display| {
        let name = path.strip_prefix(&source.path).unwrap_or(path).display().to_string().replace('\\', "/");
        report.push(Finding::new(code, Severity::Error, &source.label).object(name).value(value));
    };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            say("imagery-tile-unreadable", &error);
            return Ok(());
        }
    };
    let side = drawn.pyramid.side;
    match still::dimensions(&bytes) {
        Ok([columns, rows]) if columns == side && rows == side => {}
        Ok([columns, rows]) => {
            say("imagery-tile-size", &format!("{columns} × {rows} ≠ {side}"));
            return Ok(());
        }
        Err(fault) => {
            say("imagery-tile-unreadable", &fault);
            return Ok(());
        }
    }
    if Encoding::of(&bytes) == Some(drawn.pyramid.encoding()) {
        let to = drawn.path(tile, &drawn.pyramid.template());
        let written = put_bytes(&to, &bytes)?;
        drawn.tiles.push(DrawnTile(tile.z, tile.x, tile.y, written, 0));
        return Ok(());
    }
    // One template, one encoding: the few that differ are written again.
    match still::decode(&bytes) {
        Ok(still) => drawn.write(tile, &still.pixels),
        Err(fault) => {
            say("imagery-tile-unreadable", &fault);
            Ok(())
        }
    }
}

/// A tile made from the four below it.
fn from_children(tile: WebTile, drawn: &mut Drawn) -> Result<(), ImportFault> {
    let side = drawn.pyramid.side;
    let mut pixels = vec![CLEAR; side * side];
    for child in tile.children() {
        if let Some(found) = drawn.read(child) {
            halve(&found, side, &mut pixels, [(child.x % 2) as usize * side / 2, (child.y % 2) as usize * side / 2]);
        }
    }
    drawn.write(tile, &pixels)
}

/// The tiles above all parts, from the parts' own uppermost.
///
/// # Errors
/// When a file cannot be written or the work is cancelled.
pub fn above(pyramid: &PyramidFile, package: &Path, report: &mut Report, progress: &dyn Progress) -> Result<Vec<DrawnTile>, ImportFault> {
    let mut drawn = Drawn { pyramid, package, tiles: Vec::new() };
    let mut level: BTreeSet<WebTile> = (0..pyramid.parts.len()).filter_map(|number| pyramid.part(number)).collect();
    let top = level.iter().map(|tile| tile.z).max().unwrap_or(0);
    let mut ready = match &pyramid.from {
        From::Tiles(source) => tiles::list(&source.path, source.tms, &|tile| tile.z < top && tile.z >= pyramid.min_zoom, &|z| (z < top && z >= pyramid.min_zoom).then_some((0, u32::MAX))),
        From::Pictures(_) => BTreeMap::new(),
    };
    for z in (pyramid.min_zoom..top).rev() {
        level = level.iter().filter_map(WebTile::parent).chain(ready.keys().copied().filter(|tile| tile.z == z)).collect();
        for tile in &level {
            if progress.cancelled() {
                return Err(ImportFault::new("import-cancelled", "", ""));
            }
            match (&pyramid.from, ready.remove(tile)) {
                (From::Tiles(source), Some(path)) => copy_one(source, *tile, &path, &mut drawn, report)?,
                (From::Tiles(source), None) if z >= source.coarsest => {}
                _ => from_children(*tile, &mut drawn)?,
            }
        }
    }
    Ok(drawn.tiles)
}

/// The part of an earlier territory, when it was drawn from the same: its tiles are linked.
fn taken_over(earlier: &Path, package: &Path, pyramid: &PyramidFile, at: [u32; 3], key: &str) -> Option<PartFile> {
    let done: PartFile = file::read(&part_path(earlier, &pyramid.id, at)).ok()?;
    if done.key != key {
        return None;
    }
    for (path, bytes) in done.paths(&pyramid.extension) {
        let (from, to) = (earlier.join(&path), package.join(&path));
        // A territory that somebody changed is no source of tiles.
        if !std::fs::metadata(&from).is_ok_and(|meta| meta.len() == bytes) {
            return None;
        }
        crate::pipeline::shards::work::link(&from, &to).ok()?;
    }
    Some(done)
}

/// Takes away what a part wrote from other pictures.
///
/// # Errors
/// `write-failed`.
pub fn clear(package: &Path, done: &PartFile) -> Result<(), ImportFault> {
    for (path, _) in Encoding::ALL.iter().flat_map(|encoding| done.paths(encoding.extension())) {
        crate::pipeline::shards::work::remove(&package.join(path))?;
    }
    crate::pipeline::shards::work::remove(&part_path(package, &done.pyramid, done.tile))
}
