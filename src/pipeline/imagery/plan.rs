//! Pictures to pyramids: which belong together, how fine they are, and in which parts they are drawn.

use super::file::{From, PictureFile, PyramidFile, TilesFile};
use super::source::{self, Kind};
use super::{Picture, tiles};
use crate::base::{Bounds2, Dataset, Finding, Report, Severity};
use crate::formats::raster::Placement;
use crate::formats::still::{self, Encoding};
use crate::formats::territory::Name;
use crate::formats::webtiles::{self, HALF_WORLD_M, MAX_LEVEL, TILE_SIDE, WebTile};
use crate::geodesy::Crs;
use crate::pipeline::shards::bytes::Fingerprint;
use crate::pipeline::sources::declaration::id_from;
use crate::pipeline::sources::open::{crs as known_crs, start_of};
use crate::pipeline::{ImportFault, LayerCount, Progress};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Levels of one part: 32 × 32 tiles of the finest.
const PART_LEVELS: u32 = 5;
/// Levels of a part of ready-made tiles: copying is quick.
const COPIED_LEVELS: u32 = 7;
/// Parts of one pyramid: a whole region at 20 cm has a few ten thousand.
const MAX_PARTS: usize = 1 << 20;
/// Points of a picture's side at which its extent is looked for: its sides are curves in the projection.
const RIM: usize = 16;
/// A picture that was written elsewhere is read once, in pieces, to know it again.
const PRINT_BYTES: usize = 1 << 20;

/// A picture that was opened.
struct Looked {
    file: PictureFile,
    /// Metres of the projection in one pixel.
    pixel_m: f64,
    drawing: bool,
}

/// What is planned.
#[derive(Default)]
pub struct Planned {
    pub pyramids: Vec<PyramidFile>,
    pub count: LayerCount,
}

/// Looks at all pictures and lays out their pyramids; those out of archives are kept in `keep`.
///
/// # Errors
/// When the work is cancelled or a kept picture cannot be written.
pub fn plan(
    pictures: &[Picture],
    target: &Crs,
    datasets: &[Dataset],
    keep: &Path,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<Planned, ImportFault> {
    let mut planned = Planned { count: LayerCount { id: "imagery".to_owned(), ..LayerCount::default() }, ..Planned::default() };
    if keep.exists() {
        std::fs::remove_dir_all(keep).map_err(|error| ImportFault::new("write-failed", keep.display(), error))?;
    }
    let mut groups: Vec<(String, Vec<&Picture>)> = Vec::new();
    for picture in pictures {
        let group = picture.group();
        match groups.iter_mut().find(|(known, _)| *known == group) {
            Some((_, members)) => members.push(picture),
            None => groups.push((group, vec![picture])),
        }
    }
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for (_, members) in groups {
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        planned.count.read += members.len();
        let (ready, loose): (Vec<&Picture>, Vec<&Picture>) = members.into_iter().partition(|picture| picture.source.kind == Kind::Tiles);
        for picture in ready {
            match of_tiles(picture, keep, datasets, &mut ids, report)? {
                Some(pyramid) => {
                    planned.count.kept += 1;
                    planned.pyramids.push(pyramid);
                }
                None => planned.count.rejected += 1,
            }
        }
        let looked: Vec<(Report, Option<Looked>)> = loose
            .par_iter()
            .map(|picture| {
                let mut report = Report::default();
                let looked = if progress.cancelled() { None } else { look(picture, target, &mut report) };
                (report, looked)
            })
            .collect();
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        let mut found = Vec::new();
        for (picture, (more, looked)) in loose.iter().zip(looked) {
            report.merge(more);
            match looked {
                Some(mut looked) => {
                    planned.count.kept += 1;
                    if picture.unpacked {
                        looked.file.path = kept(&looked.file.path, keep)?;
                    }
                    found.push(looked);
                }
                None => planned.count.rejected += 1,
            }
        }
        if let Some(first) = loose.first()
            && !found.is_empty()
        {
            planned.pyramids.extend(of_pictures(first, found, datasets, &mut ids, report));
        }
    }
    Ok(planned)
}

/// An id that no other pyramid has.
fn fresh(wanted: &str, ids: &mut BTreeSet<String>) -> String {
    let base = id_from(wanted);
    let id = std::iter::once(base.clone()).chain((2..).map(|number| format!("{base}-{number}"))).find(|id| !ids.contains(id)).unwrap_or(base);
    ids.insert(id.clone());
    id
}

/// Name and date as declared, as the data set or the file says.
fn named(picture: &Picture, datasets: &[Dataset], stated: Option<String>) -> (Name, Option<String>) {
    let dataset = datasets.iter().find(|dataset| dataset.id == picture.dataset);
    let title = stated.or_else(|| dataset.map(|dataset| dataset.title.clone())).unwrap_or_else(|| picture.label.clone());
    let name = picture.said.name.clone().unwrap_or(Name { fr: title.clone(), en: title });
    let date = picture
        .said
        .date
        .clone()
        .or_else(|| dataset.map(|dataset| dataset.date.clone()).filter(|date| !date.is_empty()))
        .or_else(|| picture.year.clone());
    (name, date)
}

/// Opens a picture, sees where it lies and knows its bytes.
fn look(picture: &Picture, target: &Crs, report: &mut Report) -> Option<Looked> {
    let mut say = |code: &'static str, severity: Severity, object: &str, value: &dyn std::fmt::Display| {
        report.push(Finding::new(code, severity, &picture.label).object(object).value(value));
    };
    let colours = match source::open(&picture.source) {
        Ok(colours) => colours,
        Err((code, value)) => {
            say(code, Severity::Error, &picture.label, &value);
            return None;
        }
    };
    for (code, value) in colours.remarks() {
        let severity = if code == "imagery-pieces-damaged" { Severity::Error } else { Severity::Info };
        say(code, severity, &picture.label, &value);
    }
    let stated = picture.said.crs.clone().or_else(|| source::crs(&picture.source.path, colours.as_ref()));
    let (text, crs) = match stated {
        Some(text) => match known_crs(&text) {
            Ok(crs) => (text, crs),
            Err(_) => {
                say("crs-unknown", Severity::Error, &text, &Crs::EXAMPLES);
                return None;
            }
        },
        None => {
            say("crs-assumed", Severity::Warning, &picture.label, &target.code());
            (target.code().to_owned(), target.clone())
        }
    };
    let placement = colours.placement();
    let Some((bounds, pixel_m)) = extent(&placement, &crs) else {
        say("imagery-outside", Severity::Error, &picture.label, &crs.code());
        return None;
    };
    let print = match fingerprint(&picture.source.path) {
        Ok(print) => print,
        Err(error) => {
            say("imagery-unreadable", Severity::Error, &picture.label, &error);
            return None;
        }
    };
    let drawing = colours.is_drawing();
    drop(colours);
    let path = picture.source.path.canonicalize().unwrap_or_else(|_| picture.source.path.clone());
    let Placement { origin, per_column, per_row, columns, rows } = placement;
    let file = PictureFile {
        label: picture.label.clone(),
        path,
        still: picture.source.kind == Kind::Still,
        crs: text,
        place: [origin[0], origin[1], per_column[0], per_column[1], per_row[0], per_row[1]],
        size: [columns, rows],
        white: source::white(&picture.source).ok().flatten(),
        bounds_m: [bounds.min[0], bounds.min[1], bounds.max[0], bounds.max[1]],
        print,
    };
    Some(Looked { file, pixel_m, drawing })
}

/// Where a picture lies in the projection, and how large a pixel in its middle is there.
fn extent(placement: &Placement, crs: &Crs) -> Option<(Bounds2, f64)> {
    let (columns, rows) = (placement.columns as f64, placement.rows as f64);
    let place = |column: f64, row: f64| {
        let [x, y] = placement.at(column, row);
        let at = crs.to_lonlat(x, y).ok()?;
        let inside = at.lon_deg.abs() <= 180.0 && at.lat_deg.abs() <= webtiles::MAX_LATITUDE_DEG;
        inside.then(|| webtiles::from_lonlat(at.lon_deg, at.lat_deg))
    };
    let mut bounds = Bounds2::EMPTY;
    for step in 0..=RIM {
        let share = step as f64 / RIM as f64;
        let (along, down) = (share * columns - 0.5, share * rows - 0.5);
        for at in [(along, -0.5), (along, rows - 0.5), (-0.5, down), (columns - 0.5, down), (along, down)] {
            if let Some(at) = place(at.0, at.1) {
                bounds.add(at);
            }
        }
    }
    if bounds.is_empty() {
        return None;
    }
    let size = [0.25, 0.5, 0.75].into_iter().find_map(|share| {
        let (column, row) = ((share * columns).floor(), (share * rows).floor());
        let (here, right, below) = (place(column, row)?, place(column + 1.0, row)?, place(column, row + 1.0)?);
        let area = (right[0] - here[0]) * (below[1] - here[1]) - (right[1] - here[1]) * (below[0] - here[0]);
        Some(area.abs().sqrt())
    })?;
    // Between the points that were looked at a side may bend by a little.
    (size > 0.0 && size.is_finite()).then(|| (bounds.grown(size), size))
}

/// The level whose pixels are nearest in size.
fn level_of(pixel_m: f64) -> u32 {
    let world = 2.0 * HALF_WORLD_M / TILE_SIDE as f64;
    (world / pixel_m).log2().round().clamp(0.0, f64::from(MAX_LEVEL)) as u32
}

/// The finest level, up to `most`, at which all lies in one tile.
fn level_of_one(bounds: &Bounds2, most: u32) -> u32 {
    (0..=most).rev().find(|z| WebTile::at(*z, [bounds.min[0], bounds.max[1]]) == WebTile::at(*z, [bounds.max[0], bounds.min[1]])).unwrap_or(0)
}

fn of_pictures(first: &Picture, looked: Vec<Looked>, datasets: &[Dataset], ids: &mut BTreeSet<String>, report: &mut Report) -> Option<PyramidFile> {
    let finest_m = looked.iter().map(|looked| looked.pixel_m).fold(f64::INFINITY, f64::min);
    let drawing = looked.iter().all(|looked| looked.drawing);
    let white = looked.iter().filter_map(|looked| looked.file.white).max();
    let mut bounds = looked.iter().fold(Bounds2::EMPTY, |all, looked| all.union(looked.file.bounds()));
    // The world ends somewhere, even for a picture that does not.
    for k in 0..2 {
        bounds.min[k] = bounds.min[k].max(-HALF_WORLD_M);
        bounds.max[k] = bounds.max[k].min(HALF_WORLD_M);
    }
    let max_zoom = level_of(finest_m);
    let min_zoom = level_of_one(&bounds, max_zoom);
    let level = min_zoom.max(max_zoom.saturating_sub(PART_LEVELS));
    let mut parts: BTreeSet<WebTile> = BTreeSet::new();
    for looked in &looked {
        let own = looked.file.bounds();
        let (from, to) = (WebTile::at(level, [own.min[0], own.max[1]]), WebTile::at(level, [own.max[0], own.min[1]]));
        for y in from.y..=to.y {
            for x in from.x..=to.x {
                if parts.len() >= MAX_PARTS {
                    report.push(Finding::new("imagery-too-large", Severity::Error, &first.label).value(MAX_PARTS));
                    return None;
                }
                parts.insert(WebTile { z: level, x, y });
            }
        }
    }
    let (name, date) = named(first, datasets, None);
    let files = looked.into_iter().map(|looked| PictureFile { white: white.filter(|_| looked.file.white.is_some()), ..looked.file });
    Some(PyramidFile {
        id: fresh(first.said.id.as_deref().unwrap_or(first.dataset.as_str()), ids),
        name,
        dataset: first.dataset.clone(),
        date,
        min_zoom,
        max_zoom,
        side: TILE_SIDE,
        extension: if drawing { Encoding::Png } else { Encoding::Jpeg }.extension().to_owned(),
        bounds_m: [bounds.min[0], bounds.min[1], bounds.max[0], bounds.max[1]],
        parts: parts.into_iter().map(|tile| [tile.z, tile.x, tile.y]).collect(),
        from: From::Pictures(files.collect()),
    })
}

fn of_tiles(picture: &Picture, keep: &Path, datasets: &[Dataset], ids: &mut BTreeSet<String>, report: &mut Report) -> Result<Option<PyramidFile>, ImportFault> {
    let mut say = |code: &'static str, value: &dyn std::fmt::Display| {
        report.push(Finding::new(code, Severity::Error, &picture.label).object(&picture.label).value(value));
    };
    let folder = picture.source.path.canonicalize().unwrap_or_else(|_| picture.source.path.clone());
    let described = tiles::described(&folder);
    if let Some(profile) = described.foreign {
        say("imagery-tiles-projection", &profile);
        return Ok(None);
    }
    let foreign = picture.said.crs.as_deref().and_then(|text| known_crs(text).ok()).filter(|crs| crs.code() != "EPSG:3857");
    if let Some(crs) = foreign {
        say("imagery-tiles-projection", &crs.code());
        return Ok(None);
    }
    let tms = picture.said.tms.unwrap_or(described.tms);
    let all = tiles::all(&folder, tms);
    let (Some(first), Some(last)) = (all.keys().next().copied(), all.keys().next_back().copied()) else {
        say("imagery-tiles-empty", &"");
        return Ok(None);
    };
    if all.len() >= tiles::MAX_TILES {
        say("imagery-too-large", &tiles::MAX_TILES);
        return Ok(None);
    }
    let mut encodings: BTreeMap<Encoding, (usize, &PathBuf)> = BTreeMap::new();
    for file in all.values() {
        if let Some(encoding) = file.extension().and_then(|ending| Encoding::from_extension(&ending.to_string_lossy())) {
            encodings.entry(encoding).or_insert((0, file)).0 += 1;
        }
    }
    let Some((encoding, (_, example))) = encodings.into_iter().max_by_key(|(encoding, (count, _))| (*count, std::cmp::Reverse(*encoding))) else {
        return Ok(None);
    };
    const HEAD: usize = 64 << 10;
    let side = start_of(example, HEAD).ok().and_then(|bytes| still::dimensions(&bytes).ok()).map_or(TILE_SIDE, |[columns, _]| columns);
    let (coarsest, max_zoom) = (first.z, last.z);
    // Tiles that no finer one replaces: together they are what is shown.
    let leaves = all.keys().filter(|tile| !tile.children().iter().any(|child| all.contains_key(child)));
    let mut bounds = leaves.fold(Bounds2::EMPTY, |bounds, tile| bounds.union(super::mosaic::rect(*tile)));
    if let Some([west, south, east, north]) = described.bounds {
        let stated = Bounds2::of([webtiles::from_lonlat(west, south), webtiles::from_lonlat(east, north)]);
        let both = Bounds2 { min: [0, 1].map(|k| bounds.min[k].max(stated.min[k])), max: [0, 1].map(|k| bounds.max[k].min(stated.max[k])) };
        if both.is_empty() || both.size().iter().any(|size| *size <= 0.0) {
            report.push(Finding::new("imagery-tiles-bounds", Severity::Warning, &picture.label).value(format!("{west} {south} {east} {north}")));
        } else {
            bounds = both;
        }
    }
    // A point on the border between tiles belongs to both.
    let inside = bounds.grown(-1e-3 * WebTile::side_m(max_zoom));
    let min_zoom = level_of_one(&inside, max_zoom).min(coarsest);
    let level = min_zoom.max(max_zoom.saturating_sub(COPIED_LEVELS));
    let parts: BTreeSet<WebTile> = all.keys().filter(|tile| tile.z >= level).filter_map(|tile| tile.above(level)).collect();
    let (name, date) = named(picture, datasets, described.name);
    let path = if picture.unpacked { kept(&folder, keep)? } else { folder };
    Ok(Some(PyramidFile {
        id: fresh(picture.said.id.as_deref().unwrap_or(picture.dataset.as_str()), ids),
        name,
        dataset: picture.dataset.clone(),
        date,
        min_zoom,
        max_zoom,
        side,
        extension: encoding.extension().to_owned(),
        bounds_m: [bounds.min[0], bounds.min[1], bounds.max[0], bounds.max[1]],
        parts: parts.into_iter().map(|tile| [tile.z, tile.x, tile.y]).collect(),
        from: From::Tiles(TilesFile { label: picture.label.clone(), path, tms, coarsest }),
    }))
}

/// A picture out of an archive goes away with it; what is drawn later is kept with the plan.
fn kept(path: &Path, keep: &Path) -> Result<PathBuf, ImportFault> {
    let fault = |error: std::io::Error| ImportFault::new("write-failed", keep.display(), error);
    std::fs::create_dir_all(keep).map_err(fault)?;
    let number = std::fs::read_dir(keep).map_err(fault)?.count();
    let to = keep.join(number.to_string());
    let mut open = vec![(path.to_owned(), to.clone())];
    while let Some((from, to)) = open.pop() {
        if from.is_dir() {
            std::fs::create_dir_all(&to).map_err(fault)?;
            for entry in std::fs::read_dir(&from).map_err(fault)? {
                let entry = entry.map_err(fault)?;
                open.push((entry.path(), to.join(entry.file_name())));
            }
        } else if std::fs::hard_link(&from, &to).is_err() {
            std::fs::copy(&from, &to).map_err(fault)?;
        }
    }
    Ok(to.canonicalize().unwrap_or(to))
}

fn fingerprint(path: &Path) -> std::io::Result<String> {
    let mut print = Fingerprint::default();
    let mut file = std::fs::File::open(path)?;
    let mut piece = vec![0; PRINT_BYTES];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(print.hex()),
            read => print.add(piece.get(..read).unwrap_or_default()),
        }
    }
}
