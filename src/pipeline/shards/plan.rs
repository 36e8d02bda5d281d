//! The sources, read once: clean objects by place, the ground, and which tiles are drawn together.

use super::bytes::Fingerprint;
use super::file::{self, CountFile, GEOID, GROUND, MODELS, ModelsFile, OutingFile, PACKAGE, PICTURES, PLAN, PlanFile, SERIES, SERIES_WORK, Shard, TILES, URBAN, VERSION};
use super::gather::{Gathered, Reading};
use super::{ShardOptions, networks, roofs, work};
use crate::base::{Bounds2, Clock, Report, Severity};
use crate::geodesy::{Crs, Geoid, LonLat};
use crate::pipeline::clean::{self, Object, relief, roof_points, terrain::Floor};
use crate::pipeline::sources::declaration::{Declaration, Role};
use crate::pipeline::sources::{Opened, open_all};
use crate::formats::webtiles;
use crate::pipeline::imagery::{self, file::PyramidFile};
use crate::pipeline::models;
use crate::pipeline::series;
use crate::pipeline::tile::courses::Courses;
use crate::pipeline::tile::grid::{Grid, TileKey};
use crate::pipeline::tile::ground::{Ground, KnownHeights};
use crate::pipeline::tile::occupied::OccupiedCount;
use crate::pipeline::tile::part::Part;
use crate::pipeline::tile::scene::{Scene, Stage, ground_of, plane_and_extract};
use crate::pipeline::tile::surround;
use crate::pipeline::tile::urban::UrbanCount;
use crate::pipeline::tile::imported::coded;
use crate::pipeline::tile::{self, utilities};
use crate::pipeline::{ImportFault, ImportOptions, LayerCount, Progress};
use crate::region::{HeightGrid, NetworkLine, Region, WaterArea};
use geo::Centroid;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A shard spans at most so many levels: 4^7 tiles of ground.
const MOST_LEVELS: u32 = 7;
/// Tiles above shards are at least so coarse: neither trees nor pavements are drawn there, so little is read for them.
const ABOVE_TOLERANCE_M: f64 = 2.6;

/// Plans an import into `folder`; a plan of the same inputs stays as it is.
///
/// # Errors
/// An [`ImportFault`]; then there is no plan.
pub fn plan(
    sources: &[PathBuf],
    folder: &Path,
    options: &ImportOptions,
    sharding: &ShardOptions,
    progress: &dyn Progress,
) -> Result<PlanFile, ImportFault> {
    let inputs = inputs_of(sources, options, sharding);
    if let Ok(known) = file::read::<PlanFile>(&folder.join(PLAN))
        && known.version == VERSION
        && known.inputs == inputs
    {
        return Ok(known);
    }
    let failed = |error: std::io::Error| ImportFault::new("write-failed", folder.display(), error);
    std::fs::create_dir_all(folder.join(PACKAGE)).map_err(failed)?;
    // An older plan is none any more, should this one be interrupted.
    if folder.join(PLAN).exists() {
        std::fs::remove_file(folder.join(PLAN)).map_err(failed)?;
    }
    work::sweep(&folder.join(PACKAGE))?;
    match &options.geoid {
        Some(bytes) => file::write_whole(&folder.join(GEOID), bytes)?,
        None if folder.join(GEOID).exists() => std::fs::remove_file(folder.join(GEOID)).map_err(failed)?,
        None => {}
    }
    let mut report = Report::default();
    let geoid = match &options.geoid {
        Some(bytes) => Geoid::from_raf20_tiff(bytes).map_err(|fault| ImportFault::new("geoid-unreadable", "", fault))?,
        None => {
            report.push(crate::base::Finding::new("geoid-approximate", Severity::Info, "territory"));
            Geoid::approximate_france()
        }
    };
    let mut opened = open_all(sources, options, &mut report, progress)?;
    let nothing_else = opened.tables.is_empty() && opened.rasters.is_empty() && opened.models.is_empty() && opened.pictures.is_empty();
    if let (true, Some(series)) = (nothing_else, opened.series.first()) {
        return Err(ImportFault::new("import-series-alone", series.tables.first().map_or("", |table| &table.label), ""));
    }
    let mut counts: BTreeMap<Role, LayerCount> = BTreeMap::new();
    progress.step("import-terrain", 0, 1);
    let mut terrain = None;
    let mut vertical = None;
    if !opened.rasters.is_empty() {
        let Opened { declaration, target, rasters, .. } = &mut opened;
        let stated = clean::vertical(&mut declaration.vertical, target, rasters, || None);
        let count = counts.entry(Role::Terrain).or_default();
        terrain = relief::grid(rasters, &stated, &geoid, count, &mut report, progress)?.map(|relief| relief.grid);
        vertical = Some(stated);
    }
    progress.step("import-terrain", 1, 1);
    let floor = Floor::of(terrain.as_ref());
    let mut gathered = {
        let mut reader = Reading::new(folder, &floor, progress)?;
        reader.tables(&mut opened, &mut counts, &mut report)?;
        reader.finish(folder, &mut counts, &mut report)?
    };
    match vertical {
        Some(vertical) => {
            let years = roof_points::years(&opened.declaration);
            let survey = roof_points::Survey { floor: &floor, vertical: &vertical, geoid: &geoid, years: &years, progress };
            gathered.spool = roofs::measured(gathered.spool, folder, &survey, &mut opened.rasters, &mut counts, &mut report)?;
        }
        // Without rasters nothing was to be converted, and the first object tells where we are.
        None => {
            clean::vertical(&mut opened.declaration.vertical, &opened.target, &[], || gathered.first);
        }
    }
    let (gathered, made) = networks::lay(gathered, folder, terrain.as_ref(), &mut opened.declaration, &mut counts, &mut report, progress)?;
    let mut models = write_models(&opened, folder, &geoid, &mut counts, &mut report, progress)?;
    let imagery = if opened.pictures.is_empty() {
        Vec::new()
    } else {
        let Opened { pictures, target, declaration, .. } = &opened;
        let planned = imagery::plan::plan(pictures, target, &declaration.datasets, &folder.join(PICTURES), &mut report, progress)?;
        counts.entry(Role::Imagery).or_default().merge(&planned.count);
        // Pictures alone are a territory too, one without anything that stands up.
        models.bounds = models.bounds.or_else(|| bounds_lonlat(&planned.pyramids).map(|[w, s, e, n]| [w, s, e, n, 0.0, 0.0]));
        planned.pyramids
    };
    let mut counted = LayerCount { id: series::COUNTED_AS.to_owned(), ..LayerCount::default() };
    let mut written = write_series(&opened, folder, &gathered, models.bounds, &mut counted, &mut report, progress)?;
    if let Some(made) = &made {
        networks::write(made, folder, &opened.target, &mut written)?;
    }
    let with_series = !opened.series.is_empty();
    let Opened { declaration, target, .. } = opened;
    let mut file = lay_out(folder, gathered, terrain, declaration, &target, &geoid, models, imagery, sharding, inputs, counts, report, progress)?;
    file.series = written;
    if with_series {
        file.layers.push(CountFile::of(&counted));
    }
    file.id = identity(&file, geoid.name(), options.geoid.as_deref().unwrap_or_default());
    file::write(&folder.join(PLAN), &file)?;
    Ok(file)
}

/// Where all pyramids lie, degrees.
fn bounds_lonlat(pyramids: &[PyramidFile]) -> Option<[f64; 4]> {
    let all = pyramids.iter().fold(Bounds2::EMPTY, |all, pyramid| all.union(pyramid.bounds()));
    if all.is_empty() {
        return None;
    }
    let ([west, south], [east, north]) = (webtiles::to_lonlat(all.min), webtiles::to_lonlat(all.max));
    Some([west, south, east, north])
}

/// Models are read and written once, here: they belong to no tile of ours, and whoever merges may not have them.
fn write_models(
    opened: &Opened,
    folder: &Path,
    geoid: &Geoid,
    counts: &mut BTreeMap<Role, LayerCount>,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<ModelsFile, ImportFault> {
    let below = folder.join(MODELS);
    if below.exists() {
        std::fs::remove_dir_all(&below).map_err(|error| ImportFault::new("write-failed", below.display(), error))?;
    }
    if opened.models.is_empty() {
        return Ok(ModelsFile::default());
    }
    let written = models::write(&opened.models, &opened.declaration.datasets, geoid, &below, progress).map_err(|fault| coded(&fault))?;
    report.merge(written.report);
    counts.entry(Role::Models).or_default().merge(&written.count);
    Ok(ModelsFile { layers: written.layers, bounds: written.bounds })
}

/// Series are read and written once, here: they belong to no tile.
fn write_series(
    opened: &Opened,
    folder: &Path,
    gathered: &Gathered,
    models: Option<[f64; 6]>,
    count: &mut LayerCount,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<series::SeriesFile, ImportFault> {
    let below = folder.join(SERIES);
    if below.exists() {
        std::fs::remove_dir_all(&below).map_err(|error| ImportFault::new("write-failed", below.display(), error))?;
    }
    if opened.series.is_empty() && opened.scales.is_empty() {
        return Ok(series::SeriesFile::default());
    }
    let extents = [gathered.extract, gathered.network_extract, gathered.area_extract];
    let middle = extents.iter().find(|extent| !extent.is_empty()).and_then(|extent| {
        let [x, y] = extent.centre();
        opened.target.to_lonlat(x, y).ok()
    });
    let clock = match (middle, models) {
        (Some(at), _) => Clock::at(at.lon_deg, at.lat_deg),
        (None, Some([west, south, east, north, ..])) => Clock::at(0.5 * (west + east), 0.5 * (south + north)),
        (None, None) => Clock::default(),
    };
    let place = series::Place { clock, ids: &gathered.ids, datasets: &opened.declaration.datasets };
    let work = folder.join(SERIES_WORK);
    let written = series::write(&opened.series, &opened.scales, &place, &below, &work, count, report, progress);
    // What is on its way is gone by now; the folder is empty.
    let _ = std::fs::remove_dir_all(&work);
    written
}

/// A fingerprint of what the plan is made from, without reading it.
fn inputs_of(sources: &[PathBuf], options: &ImportOptions, sharding: &ShardOptions) -> String {
    let mut print = Fingerprint::default();
    print.text(env!("CARGO_PKG_VERSION"));
    let mut files: Vec<PathBuf> = Vec::new();
    for source in sources.iter().chain(&options.map) {
        let path = source.canonicalize().unwrap_or_else(|_| source.clone());
        let named = crate::pipeline::sources::files_of(&path);
        // A tileset names files beside it that nobody named here.
        files.extend(models::found::among(&named).models.iter().flat_map(|(path, kind)| models::files_of(path, *kind)));
        files.extend(named);
    }
    files.sort();
    files.dedup();
    for path in files {
        print.text(&path.display().to_string());
        if path.is_dir() {
            // A folder of tiles is one source; which tiles, how large and how old is what it is made of.
            mark_tiles(&path, &mut print);
        }
        if let Ok(meta) = std::fs::metadata(&path) {
            print.add(&meta.len().to_le_bytes());
            let changed = meta.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            print.add(&changed.map_or(0, |since| since.as_nanos()).to_le_bytes());
        }
    }
    for option in [&options.crs, &options.name] {
        print.text(option.as_deref().unwrap_or_default());
    }
    print.add(options.geoid.as_deref().unwrap_or_default());
    print.add(&sharding.most_buildings.to_le_bytes());
    print.hex()
}

fn mark_tiles(folder: &Path, print: &mut Fingerprint) {
    for (tile, path) in imagery::tiles::all(folder, false) {
        [tile.z, tile.x, tile.y].iter().for_each(|value| print.add(&value.to_le_bytes()));
        if let Ok(meta) = std::fs::metadata(&path) {
            print.add(&meta.len().to_le_bytes());
            let changed = meta.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
            print.add(&changed.map_or(0, |since| since.as_nanos()).to_le_bytes());
        }
    }
    print.text(&format!("{:?}", imagery::tiles::described(folder)));
}

/// The second look, over the clean objects: ground, built-up share, shards.
#[allow(clippy::too_many_arguments)]
fn lay_out(
    folder: &Path,
    gathered: Gathered,
    terrain: Option<HeightGrid>,
    declaration: Declaration,
    target: &Crs,
    geoid: &Geoid,
    models: ModelsFile,
    imagery: Vec<PyramidFile>,
    sharding: &ShardOptions,
    inputs: String,
    counts: BTreeMap<Role, LayerCount>,
    mut report: Report,
    progress: &dyn Progress,
) -> Result<PlanFile, ImportFault> {
    let Gathered { spool, mut extract, kept, buildings, lines, networks, network_extract, areas, area_extract, .. } = gathered;
    let bare = buildings == 0 && lines == 0 && terrain.is_none();
    let alone = bare && networks == 0 && areas == 0;
    if alone && models.bounds.is_none() {
        return Err(ImportFault::new("tile-empty", "", ""));
    }
    if let (true, Some(grid)) = (extract.is_empty(), &terrain) {
        let size = [grid.columns, grid.rows].map(|cells| cells.saturating_sub(1) as f64 * grid.cell_m);
        extract = Bounds2::of([grid.origin, [grid.origin[0] + size[0], grid.origin[1] - size[1]]]);
    }
    // The grid of a whole country does not make a commune that large: networks count where there is nothing else.
    if extract.is_empty() {
        extract = network_extract;
    }
    // A plan alone is a territory too.
    if extract.is_empty() {
        extract = area_extract;
    }
    if let (true, Some([west, south, east, north, ..])) = (alone, models.bounds) {
        extract = Bounds2::of([[west, south], [east, north]]);
    }
    let to_lonlat = |at: [f64; 2]| work::lonlat(target, alone, at);
    let undulation_m = |at: LonLat| geoid.undulation_m(at);
    let (plane, extract_in_plane) = plane_and_extract(&extract, &to_lonlat, &undulation_m)
        .map_err(|no| ImportFault::new("tile-outside-crs", target.code(), format!("{} {}", no.point[0], no.point[1])))?;
    let grid = Grid::new(plane.side_m());
    let place = |at: [f64; 2]| to_lonlat(at).map(|lonlat| plane.from_lonlat(lonlat));
    let inner = extract_in_plane.grown(-surround::RIM_M);
    let mut urban = UrbanCount::over(&extract_in_plane);
    let mut known = KnownHeights::over(&extract);
    let mut occupied = OccupiedCount::over(&grid);
    let mut leaves: HashMap<TileKey, Weight> = HashMap::new();
    let mut far = utilities::Far::from(&grid);
    let mut water: Vec<(u64, WaterArea)> = Vec::new();
    let mut rim: Vec<(u64, NetworkLine)> = Vec::new();
    let mut seen = 0_u64;
    spool.all(&mut |number, object| {
        seen += 1;
        if seen % 4_096 == 0 {
            if progress.cancelled() {
                return Err(ImportFault::new("import-cancelled", "", ""));
            }
            progress.step("plan-shards", seen, buildings + lines + networks + areas);
        }
        match object {
            Object::Building(draft) => {
                let building = &draft.building;
                urban.building(building, place);
                occupied.building(building, &place);
                if terrain.is_none() && draft.has_ground {
                    known.building(building);
                }
                if let Some(at) = building.footprint.centroid().and_then(|at| place([at.x(), at.y()])) {
                    leaves.entry(grid.tile_at(grid.finest, at)).or_default().buildings += 1;
                }
            }
            Object::Line(line) => {
                urban.line(&line, place);
                occupied.line(&line, &place);
                if terrain.is_none() {
                    known.line(&line);
                }
                let leaves_soon = line.points.iter().any(|at| place([at[0], at[1]]).is_none_or(|at| !inner.contains(at)));
                if leaves_soon {
                    rim.push((number, line));
                }
            }
            Object::Water(area) => water.push((number, area)),
            Object::Conduit(conduit) => {
                occupied.conduit(&conduit, &place);
                if let Some(at) = far.conduit(&conduit, &place) {
                    leaves.entry(grid.tile_at(grid.finest, at)).or_default().networks += 1;
                }
            }
            Object::Fixture(fixture) => {
                occupied.fixture(&fixture, &place);
                if let Some(at) = far.fixture(&fixture, &place) {
                    leaves.entry(grid.tile_at(grid.finest, at)).or_default().networks += 1;
                }
            }
            Object::Tree(tree) => occupied.tree(&tree, &place),
            Object::Area(area) => {
                if bare {
                    occupied.area(&area, &place);
                }
                let at = tile::areas::placed_bounds(&area, &place);
                if at.intersects(&grid.rect(TileKey::ROOT)) {
                    leaves.entry(grid.tile_at(grid.finest, at.centre())).or_default().areas += 1;
                }
            }
        }
        Ok(())
    })?;
    far.tell(&mut report);
    water.sort_by_key(|(number, _)| *number);
    rim.sort_by_key(|(number, _)| *number);
    let at_the_rim = Region {
        lines: rim.into_iter().map(|(_, line)| line).collect(),
        water: water.into_iter().map(|(_, area)| area).collect(),
        ..Region::default()
    };
    let occupied = occupied.finish(terrain.as_ref(), &place);
    let (grid, ground_tiles) = ground_of(grid, &extract_in_plane, &occupied, bare, &mut report);
    let ground = Ground::from_parts(terrain, known, &at_the_rim.water, &extract, &mut report);
    let urban = urban.finish();
    let mut bytes = Vec::new();
    ground.put(&mut bytes);
    file::write_whole(&folder.join(GROUND), &bytes)?;
    bytes.clear();
    urban.put(&mut bytes);
    file::write_whole(&folder.join(URBAN), &bytes)?;
    bytes.clear();
    ground_tiles.iter().for_each(|key| work::put_tile(key, &mut |part| bytes.extend(part)));
    file::write_whole(&folder.join(TILES), &bytes)?;
    let finest_ground = ground_tiles.iter().map(|key| key.level).max().unwrap_or(0);
    let shards = if alone { Vec::new() } else { shards(&grid, finest_ground, &leaves, sharding) };
    let outings = {
        let stage = Stage {
            plane: Arc::new(plane),
            grid,
            ground: Arc::new(ground),
            urban: Arc::new(urban),
            ground_tiles: Arc::new(ground_tiles),
            extract: extract_in_plane,
            source_extract: extract,
        };
        // What is wrong with water is said here once, not by every shard.
        let scene = Scene::new(stage, &at_the_rim, Part::Whole, &to_lonlat, &mut report);
        let courses = Courses::new(&scene);
        surround::outings(&scene, &courses)
    };
    Ok(PlanFile {
        version: VERSION,
        id: String::new(),
        inputs,
        crs: target.code().to_owned(),
        extract: [extract.min[0], extract.min[1], extract.max[0], extract.max[1]],
        finest: grid.finest,
        shards,
        kept: kept.all().map(|(layer, name, numeric)| (layer.to_owned(), name.to_owned(), numeric)).collect(),
        outings: outings.iter().map(OutingFile::of).collect(),
        layers: counts
            .into_iter()
            .map(|(role, count)| CountFile::of(&LayerCount { id: role.id().to_owned(), ..count }))
            .collect(),
        findings: file::findings_of(&report),
        buildings,
        bare,
        models,
        imagery,
        series: series::SeriesFile::default(),
        declaration,
    })
}

/// Of everything that all tiles depend on. Not the name of the territory, and no object: those belong to their shards.
fn identity(file: &PlanFile, geoid_name: &str, geoid: &[u8]) -> String {
    let mut print = Fingerprint::default();
    print.add(&VERSION.to_le_bytes());
    for text in [env!("CARGO_PKG_VERSION"), &file.crs, geoid_name] {
        print.text(text);
    }
    print.add(geoid);
    file.extract.iter().for_each(|value| print.add(&value.to_le_bytes()));
    print.add(&file.finest.to_le_bytes());
    let generate = &file.declaration.generate;
    print.add(&[u8::from(generate.trees), u8::from(generate.networks), u8::from(file.bare)]);
    print.add(&generate.seed.to_le_bytes());
    for part in [serde_json::to_string(&file.kept), serde_json::to_string(&file.outings)] {
        print.text(&part.unwrap_or_default());
    }
    print.hex()
}

/// What lies in a tile: it decides where shards are cut.
#[derive(Clone, Copy, Default)]
struct Weight {
    buildings: u64,
    /// Lines of networks where they begin, and points.
    networks: u64,
    /// By their middle.
    areas: u64,
}

/// Tiles that cover everything, none with more buildings (and things of networks, and areas) than asked unless it is too small to be cut.
fn shards(grid: &Grid, finest_ground: u32, leaves: &HashMap<TileKey, Weight>, sharding: &ShardOptions) -> Vec<Shard> {
    let mut sums: HashMap<TileKey, Weight> = HashMap::new();
    for (leaf, count) in leaves {
        for key in (0..=leaf.level.min(grid.finest)).filter_map(|level| leaf.ancestor(level)) {
            let sum = sums.entry(key).or_default();
            sum.buildings += count.buildings;
            sum.networks += count.networks;
            sum.areas += count.areas;
        }
    }
    let mut shards = Vec::new();
    let mut open = vec![TileKey::ROOT];
    while let Some(key) = open.pop() {
        let Weight { buildings, networks, areas } = sums.get(&key).copied().unwrap_or_default();
        let large = buildings + networks + areas > sharding.most_buildings || finest_ground.saturating_sub(key.level) > MOST_LEVELS;
        if large && grid.tolerance(key.level) > ABOVE_TOLERANCE_M && key.level < grid.finest {
            open.extend(key.children());
        } else {
            shards.push(Shard { tile: [key.level, key.x, key.y], buildings });
        }
    }
    // The heaviest first, so that the last to end is a light one.
    shards.sort_by_key(|shard| (std::cmp::Reverse(shard.buildings), shard.tile));
    shards
}
