//! One shard: read what lies in and around it, draw its tiles, say that it is done.

use super::bytes::{Bytes, Fingerprint};
use super::file::{self, CountFile, DoneFile, DoneLayer, GEOID, GROUND, PACKAGE, PLAN, PlanFile, TILES, TileFile, URBAN, VERSION, done_path};
use super::objects::attribute_name;
use super::spool::{Spool, bounds_of};
use crate::base::{Bounds2, Report};
use crate::geodesy::{Crs, Geoid, LonLat};
use crate::pipeline::clean::{Object, buildings};
use crate::pipeline::generate;
use crate::pipeline::tile::kept::KeptColumns;
use crate::pipeline::tile::grid::{Grid, TileKey};
use crate::pipeline::tile::ground::Ground;
use crate::pipeline::tile::imported::{coded, territory_of};
use crate::pipeline::tile::part::Part;
use crate::pipeline::tile::scene::{Scene, Stage, plane_and_extract};
use crate::pipeline::tile::surround::Outing;
use crate::pipeline::tile::urban::Urban;
use crate::pipeline::tile::{self, DrawnLayer};
use crate::pipeline::{ImportFault, LayerCount, Progress, Silent};
use crate::region::Region;
use crate::region::utility::{Conduit, Lay};
use crate::formats::still::Encoding;
use crate::pipeline::imagery::{self, file::PartFile};
use geo::Centroid;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What lies so near to a shard can show in it: neighbours of buildings, walls beside streets, decks of one bridge.
const HALO_M: f64 = 500.0;

/// A plan, ready to be worked on.
pub struct Loaded {
    pub plan: PlanFile,
    pub folder: PathBuf,
    pub(super) crs: Crs,
    pub(super) geoid: Geoid,
    pub(super) stage: Stage,
    pub(super) spool: Spool,
    pub(super) kept: KeptColumns,
    pub(super) outings: Vec<Outing>,
}

impl Loaded {
    /// # Errors
    /// `plan-unreadable`.
    pub fn open(folder: &Path) -> Result<Self, ImportFault> {
        let plan: PlanFile = file::read(&folder.join(PLAN))?;
        let unreadable = |name: &str, value: &dyn std::fmt::Display| ImportFault::new("plan-unreadable", folder.join(name).display(), value);
        if plan.version != VERSION {
            return Err(unreadable(PLAN, &plan.version));
        }
        let crs = Crs::from_code(&plan.crs).map_err(|fault| ImportFault::new("crs-unknown", &plan.crs, fault))?;
        let geoid = match std::fs::read(folder.join(GEOID)) {
            Ok(bytes) => Geoid::from_raf20_tiff(&bytes).map_err(|fault| ImportFault::new("geoid-unreadable", GEOID, fault))?,
            Err(_) => Geoid::approximate_france(),
        };
        let bytes_of = |name: &str| std::fs::read(folder.join(name)).map_err(|error| unreadable(name, &error));
        let ground = Ground::take(&mut Bytes::new(&bytes_of(GROUND)?)).ok_or_else(|| unreadable(GROUND, &""))?;
        let urban = Urban::take(&mut Bytes::new(&bytes_of(URBAN)?)).ok_or_else(|| unreadable(URBAN, &""))?;
        let ground_tiles = take_tiles(&mut Bytes::new(&bytes_of(TILES)?)).ok_or_else(|| unreadable(TILES, &""))?;
        let [w, s, e, n] = plan.extract;
        let source_extract = Bounds2 { min: [w, s], max: [e, n] };
        let alone = plan.models_alone();
        let to_lonlat = |at: [f64; 2]| lonlat(&crs, alone, at);
        let undulation_m = |at: LonLat| geoid.undulation_m(at);
        let (plane, extract) = plane_and_extract(&source_extract, &to_lonlat, &undulation_m)
            .map_err(|no| ImportFault::new("tile-outside-crs", crs.code(), format!("{} {}", no.point[0], no.point[1])))?;
        let grid = Grid::new(plane.side_m());
        let stage = Stage {
            grid: Grid { finest: plan.finest, ..grid },
            plane: Arc::new(plane),
            ground: Arc::new(ground),
            urban: Arc::new(urban),
            ground_tiles: Arc::new(ground_tiles),
            extract,
            source_extract,
        };
        let mut kept = KeptColumns::default();
        for (layer, name, numeric) in &plan.kept {
            kept.add(layer, attribute_name(name), *numeric);
        }
        let outings = plan.outings.iter().map(file::OutingFile::outing).collect();
        Ok(Self { spool: Spool::open(folder)?, folder: folder.to_owned(), plan, crs, geoid, stage, kept, outings })
    }

    pub fn package(&self) -> PathBuf {
        self.folder.join(PACKAGE)
    }

    /// A point of the sources' system in the plane.
    pub(super) fn place(&self, at: [f64; 2]) -> Option<[f64; 2]> {
        let lonlat = self.crs.to_lonlat(at[0], at[1]).ok()?;
        Some(self.stage.plane.from_lonlat(lonlat))
    }

    /// A rectangle of the plane in the sources' system, a little generous: it is turned there.
    fn in_source(&self, rect: &Bounds2) -> Bounds2 {
        let size = rect.size();
        let share = |k: usize, i: usize| rect.min[k] + 0.25 * size[k] * i as f64;
        Bounds2::of((0..=4).flat_map(|i| (0..=4).map(move |j| (i, j))).map(|(i, j)| self.stage.plane.source([share(0, i), share(1, j)]))).grown(10.0)
    }
}

/// A point of the territory's system, or of models alone, in degrees.
pub(super) fn lonlat(crs: &Crs, models_alone: bool, at: [f64; 2]) -> Option<LonLat> {
    if models_alone {
        return Some(LonLat { lon_deg: at[0], lat_deg: at[1] });
    }
    crs.to_lonlat(at[0], at[1]).ok()
}

/// Draws the shard of this number unless it is done already; `earlier` is a territory whose unchanged shards are taken over.
///
/// # Errors
/// `shard-unknown`, or what drawing brings.
pub fn work(loaded: &Loaded, number: usize, earlier: Option<&Path>, progress: &dyn Progress) -> Result<DoneFile, ImportFault> {
    let shard = loaded
        .plan
        .shards
        .get(number)
        .ok_or_else(|| ImportFault::new("shard-unknown", number, loaded.plan.shards.len()))?;
    let rect = loaded.stage.grid.rect(shard.key()).grown(HALO_M);
    let around = loaded.in_source(&rect);
    let mut print = Fingerprint::default();
    print.text(&loaded.plan.id);
    shard.tile.iter().for_each(|value| print.add(&value.to_le_bytes()));
    loaded.stage.ground.mark(&around, &mut print);
    loaded.stage.urban.mark(&rect, &mut print);
    let part = Part::Below(shard.key());
    for key in loaded.stage.ground_tiles.iter().filter(|key| part.holds(**key)) {
        put_tile(key, &mut |bytes| print.add(bytes));
    }
    let mut objects = Vec::new();
    for numbered in loaded.spool.within(&around)? {
        let object = loaded.spool.object(&numbered)?;
        if bounds_of(&object).intersects(&around) {
            print.add(&numbered.bytes);
            if let Object::Conduit(conduit) = &object {
                mark_supports(loaded, conduit, &around, &mut print);
            }
            objects.push(object);
        }
    }
    let key = print.hex();
    let package = loaded.package();
    let done_at = done_path(&package, Some(shard.tile));
    if let Ok(done) = file::read::<DoneFile>(&done_at) {
        if done.key == key {
            return Ok(done);
        }
        clear(&package, &done)?;
    }
    if let Some(done) = earlier.and_then(|earlier| taken_over(earlier, &package, shard.tile, &key)) {
        file::write(&done_at, &done)?;
        return Ok(done);
    }
    let done = draw(loaded, objects, part, key, progress)?;
    file::write(&done_at, &done)?;
    Ok(done)
}

/// A tile as bytes.
pub(super) fn put_tile(key: &TileKey, put: &mut dyn FnMut(&[u8])) {
    [key.level, key.x, key.y].iter().for_each(|value| put(&value.to_le_bytes()));
}

fn take_tiles(bytes: &mut Bytes) -> Option<Vec<TileKey>> {
    let mut tiles = Vec::new();
    while !bytes.is_empty() {
        tiles.push(TileKey { level: bytes.u32()?, x: bytes.u32()?, y: bytes.u32()? });
    }
    Some(tiles)
}

/// Wires hang from supports that may stand farther away than the ground that was marked.
fn mark_supports(loaded: &Loaded, conduit: &Conduit, around: &Bounds2, print: &mut Fingerprint) {
    if !matches!(conduit.lay, Lay::Overhead { .. }) {
        return;
    }
    for span in conduit.points.windows(2).filter(|span| Bounds2::of(span.iter().copied()).intersects(around)) {
        for at in span.iter().filter_map(|at| loaded.place(*at)) {
            print.add(&loaded.stage.ground.height(loaded.stage.plane.source(at)).to_le_bytes());
        }
    }
}

/// Draws a part from its objects.
pub(super) fn draw(loaded: &Loaded, objects: Vec<Object>, part: Part, key: String, progress: &dyn Progress) -> Result<DoneFile, ImportFault> {
    let tile = if let Part::Below(TileKey { level, x, y }) = part { Some([level, x, y]) } else { None };
    let mut report = Report::default();
    let mut count = LayerCount::default();
    let region = region(loaded, objects, &part, &mut count, &mut report);
    let layers = drawn(loaded, &region, part, &mut report, progress)?;
    Ok(DoneFile {
        key,
        tile,
        count: CountFile::of(&count),
        layers: layers
            .iter()
            .map(|layer| DoneLayer {
                id: layer.plan.id.to_owned(),
                features: layer.plan.features,
                datasets: layer.plan.datasets.clone(),
                tiles: layer.written.iter().map(TileFile::of).collect(),
            })
            .collect(),
        findings: file::findings_of(&report),
    })
}

/// The tiles of a part, written.
pub(super) fn drawn(loaded: &Loaded, region: &Region, part: Part, report: &mut Report, progress: &dyn Progress) -> Result<Vec<DrawnLayer>, ImportFault> {
    let to_lonlat = |at: [f64; 2]| loaded.crs.to_lonlat(at[0], at[1]).ok();
    // What is wrong with the water as a whole was said by the plan.
    let scene = Scene::new(loaded.stage.clone(), region, part, &to_lonlat, &mut Report::default());
    let territory = territory_of(&loaded.plan.declaration, &loaded.crs, region);
    tile::draw_part(&territory, &scene, &loaded.kept, Some(&loaded.outings), &loaded.package(), report, progress).map_err(|fault| coded(&fault))
}

/// Objects as a region: buildings settled by their neighbours, trees grown.
fn region(loaded: &Loaded, objects: Vec<Object>, part: &Part, count: &mut LayerCount, report: &mut Report) -> Region {
    let mut region = Region::default();
    let mut drafts = Vec::new();
    for object in objects {
        match object {
            Object::Building(draft) => drafts.push(draft),
            Object::Line(line) => region.lines.push(line),
            Object::Water(water) => region.water.push(water),
            Object::Tree(tree) => region.trees.push(tree),
            Object::Area(area) => region.areas.push(area),
            Object::Conduit(conduit) => region.conduits.push(conduit),
            Object::Fixture(fixture) => region.fixtures.push(fixture),
        }
    }
    let owns = |at: [f64; 2]| loaded.place(at).is_some_and(|at| part.owns(&loaded.stage.grid, at));
    region.buildings = buildings::settle(drafts, &|building| building.footprint.centroid().is_some_and(|at| owns([at.x(), at.y()])), count, report);
    // Above the shards no tree is seen.
    let generate = &loaded.plan.declaration.generate;
    if generate.trees && !matches!(part, Part::Above(_)) && !region.trees.iter().any(|tree| tree.generated) {
        let made = generate::trees(&region, generate.seed);
        region.trees.extend(made);
    }
    region
}

/// One shard, or one part of a pyramid, with so many threads, 0 for as many as there are cores; gives the number of its tiles.
///
/// # Errors
/// As [`work`].
pub fn work_one(loaded: &Loaded, number: usize, threads: usize, progress: &dyn Progress) -> Result<usize, ImportFault> {
    if let Some((pyramid, part)) = loaded.plan.imagery_part(number) {
        return imagery::draw::part(pyramid, part, &loaded.package(), None, progress).map(|done| done.tiles.len());
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| ImportFault::new("threads-failed", "", error))?;
    let done = pool.install(|| work(loaded, number, None, progress))?;
    Ok(done.layers.iter().map(|layer| layer.tiles.len()).sum())
}

/// All shards, as many at once as there are threads; one after the other with all threads where there are few.
///
/// # Errors
/// The first fault; what was done until then stays done.
pub fn work_all(loaded: &Loaded, earlier: Option<&Path>, threads: usize, progress: &dyn Progress) -> Result<(), ImportFault> {
    let threads = if threads == 0 { std::thread::available_parallelism().map_or(1, usize::from) } else { threads };
    let shards = loaded.plan.shards.len();
    let workers = if shards >= 2 * threads { threads } else { 1 };
    let next = AtomicUsize::new(0);
    let drawn = AtomicU64::new(0);
    let run = || -> Result<(), ImportFault> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads / workers)
            .build()
            .map_err(|error| ImportFault::new("threads-failed", "", error))?;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(shard) = loaded.plan.shards.get(number) else { return Ok(()) };
            // With one worker the tiles of its shard tell how far it is; with several the buildings of all.
            let quiet = Quiet(progress);
            let result = pool.install(|| work(loaded, number, earlier, if workers == 1 && shards == 1 { progress } else { &quiet }));
            if let Err(fault) = result {
                // The others end after the shard they are at.
                next.store(shards, Ordering::Relaxed);
                return Err(fault);
            }
            let so_far = drawn.fetch_add(shard.buildings, Ordering::Relaxed) + shard.buildings;
            if shards > 1 {
                progress.step("shards-draw", so_far, loaded.plan.buildings);
            }
        }
    };
    if workers == 1 {
        run()?;
        return imagery_parts(loaded, earlier, threads, progress);
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(run)).collect();
        running
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|_| Err(ImportFault::new("threads-failed", "", "panic"))))
            .collect::<Result<Vec<()>, ImportFault>>()
            .map(|_| ())
    })?;
    imagery_parts(loaded, earlier, threads, progress)
}

/// All parts of all pyramids, as many at once as there are threads: each draws with one.
fn imagery_parts(loaded: &Loaded, earlier: Option<&Path>, threads: usize, progress: &dyn Progress) -> Result<(), ImportFault> {
    let (first, end) = (loaded.plan.shards.len(), loaded.plan.pieces());
    if first == end {
        return Ok(());
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| ImportFault::new("threads-failed", "", error))?;
    let done = AtomicU64::new(0);
    let total = (end - first) as u64;
    progress.step("import-imagery", 0, total);
    pool.install(|| {
        (first..end).into_par_iter().try_for_each(|number| {
            let Some((pyramid, part)) = loaded.plan.imagery_part(number) else { return Ok(()) };
            imagery::draw::part(pyramid, part, &loaded.package(), earlier, progress)?;
            progress.step("import-imagery", done.fetch_add(1, Ordering::Relaxed) + 1, total);
            Ok(())
        })
    })
}

/// Passes on the wish to stop and nothing else.
struct Quiet<'a>(&'a dyn Progress);

impl Progress for Quiet<'_> {
    fn step(&self, what: &str, done: u64, total: u64) {
        Silent.step(what, done, total);
    }

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

/// The shard of an earlier territory, when it read the same: its tiles are linked, or copied where that cannot be.
fn taken_over(earlier: &Path, package: &Path, tile: [u32; 3], key: &str) -> Option<DoneFile> {
    let done: DoneFile = file::read(&done_path(earlier, Some(tile))).ok()?;
    if done.key != key {
        return None;
    }
    for layer in &done.layers {
        for tile in &layer.tiles {
            let path = tile.path(&layer.id);
            let (from, to) = (earlier.join(&path), package.join(&path));
            // A territory that somebody changed is no source of tiles.
            let whole = std::fs::metadata(&from).is_ok_and(|meta| meta.len() == tile.written().bytes);
            if !whole {
                return None;
            }
            link(&from, &to).ok()?;
        }
    }
    Some(done)
}

/// One file under a second name, or a copy where that cannot be.
pub(in crate::pipeline) fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let _ = std::fs::remove_file(to);
    if std::fs::hard_link(from, to).is_err() {
        std::fs::copy(from, to)?;
    }
    Ok(())
}

/// Puts the models and series of a plan into its territory.
///
/// # Errors
/// `write-failed`.
pub(super) fn take_ready_made(loaded: &Loaded) -> Result<(), ImportFault> {
    let package = loaded.package();
    for folder in [file::MODELS, file::SERIES].map(|name| loaded.folder.join(name)) {
        for from in all_below(&folder).0 {
            let Ok(path) = from.strip_prefix(&folder) else { continue };
            link(&from, &package.join(path)).map_err(|error| ImportFault::new("write-failed", from.display(), error))?;
        }
    }
    Ok(())
}

/// Takes away what a shard wrote from other inputs.
pub(super) fn clear(package: &Path, done: &DoneFile) -> Result<(), ImportFault> {
    remove(&done_path(package, done.tile))?;
    for layer in &done.layers {
        for tile in &layer.tiles {
            remove(&package.join(tile.path(&layer.id)))?;
        }
    }
    Ok(())
}

pub(in crate::pipeline) fn remove(path: &Path) -> Result<(), ImportFault> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(ImportFault::new("write-failed", path.display(), error)),
        _ => Ok(()),
    }
}

/// Takes away files that no finished shard answers for: left-overs of a run that was cut off.
///
/// # Errors
/// `write-failed`.
pub fn sweep(package: &Path) -> Result<(), ImportFault> {
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    for path in all_below(&package.join(file::DONE)).0 {
        if let Ok(done) = file::read::<DoneFile>(&path)
            && done.tile.is_some()
        {
            known.extend(done.layers.iter().flat_map(|layer| layer.tiles.iter().map(|tile| package.join(tile.path(&layer.id)))));
            known.insert(path);
        } else if let Ok(done) = file::read::<PartFile>(&path) {
            let paths = Encoding::ALL.iter().flat_map(|encoding| done.paths(encoding.extension()));
            known.extend(paths.map(|(tile, _)| package.join(tile)));
            known.insert(path);
        }
    }
    let (files, folders) = all_below(package);
    for path in files.iter().filter(|path| !known.contains(*path)) {
        remove(path)?;
    }
    for folder in folders.iter().rev() {
        // One with something in it stays.
        let _ = std::fs::remove_dir(folder);
    }
    Ok(())
}

/// Files and folders, each folder before those in it.
fn all_below(folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => {
                    folders.push(entry.path());
                    open.push(entry.path());
                }
                Ok(_) => files.push(entry.path()),
                Err(_) => {}
            }
        }
    }
    (files, folders)
}
