//! A region as a territory package: 3D Tiles 1.1 for each layer, series, manifest.
//!
//! | module | holds |
//! |---|---|
//! | [`grid`] | the quadtree all layers share, its errors, and the plane everything is cut in |
//! | [`ground`] | heights everywhere, and the very triangles a level draws |
//! | [`occupied`] | where there is something to show |
//! | [`shore`] | water outlines by level |
//! | [`scene`], [`part`] | what the layers of one run share; which tiles it draws |
//! | [`terrain`], [`water`], [`networks`], [`buildings`], [`trees`] | one layer each |
//! | [`areas`] | zones, parcels and outlines, one layer for each theme |
//! | [`streets`], [`surround`] | made: kerbs and pavements; roads that go on beyond the data |
//! | [`courses`], [`ribbon`], [`clip`], [`cells`], [`drape`] | lines on the ground and over water; lines with a width; cutting along terrain cells; laying on the ground |
//! | [`utilities`] | networks of electricity, gas, heat, water, sewers, telecommunication, lighting, public transport |
//! | [`mesh`], [`palette`], [`urban`] | vertices, colours |
//! | [`kept`] | columns of the sources under their own names |
//! | [`imported`] | the importer's last step |
//! | [`demand`] | what a building asks for |
//! | [`features`], [`area_demand`], [`places`] | the feature table; what is summed of it by area; where what has energy stands |
//! | [`charging`] | what charging stations draw, hour by hour |
//! | [`series`], [`package`] | load profiles; the files |
//!
//! Tiles are drawn in parallel and each on its own, so the number of threads changes nothing in the bytes.

pub mod area_demand;
pub mod charging;
pub mod areas;
pub mod buildings;
pub mod cells;
pub mod clip;
pub mod courses;
pub mod demand;
pub mod drape;
pub mod features;
pub mod grid;
pub mod ground;
pub mod imported;
pub mod kept;
pub mod mesh;
pub mod networks;
pub mod occupied;
pub mod package;
mod places;
pub mod palette;
pub mod part;
pub mod ribbon;
pub mod scene;
pub mod series;
pub mod shore;
pub mod streets;
mod machines;
mod stroke;
pub mod surround;
pub mod terrain;
pub mod trees;
pub mod urban;
pub mod utilities;
pub mod water;

pub use imported::{grow_trees, write_imported};

use crate::base::{Bounds2, Clock, Dataset, DatasetId, Finding, Instant, Nature, Report, Severity};
use crate::formats::gltf::write::Writer;
use crate::formats::territory::{GENERATED_TREES, self, HomeView, LayerKind, Manifest, Name, NamedView};
use crate::geodesy::{Crs, Geoid, LonLat};
use crate::pipeline::Progress;
use crate::region::utility::Utility;
use crate::region::{NetworkLine, Region};
use courses::Courses;
use grid::TileKey;
use kept::KeptColumns;
use mesh::Extent;
use networks::Lines;
use package::{LayerPlan, TileExtents, Written};
use rayon::prelude::*;
use part::Part;
use scene::{Drawn, Scene, Stage};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is tiled, and what the manifest says about it.
pub struct Territory<'a> {
    pub id: String,
    pub name: Name,
    pub crs: &'a Crs,
    /// Name of the heights' system: `NGF-IGN69`.
    pub vertical: String,
    pub region: &'a Region,
    pub datasets: Vec<Dataset>,
    /// Where the terrain comes from; a region does not say.
    pub terrain_dataset: Option<DatasetId>,
    /// Where generated trees come from.
    pub generated_trees_dataset: Option<DatasetId>,
    /// Where surveyed trees come from.
    pub trees_dataset: Option<DatasetId>,
    /// The opening view; composed when there is none.
    pub home: Option<HomeView>,
    pub views: Vec<NamedView>,
}

#[derive(Clone, Debug, Default)]
pub struct TileOptions {
    /// RAF20 as GeoTIFF; without it heights are approximate, and the manifest says so.
    pub geoid: Option<Vec<u8>>,
    /// 0 takes as many as the machine has.
    pub threads: usize,
}

/// What was written.
#[derive(Clone, Debug)]
pub struct TileSummary {
    pub manifest: Manifest,
    /// What had to be made up or left out while tiling.
    pub report: Report,
}

/// Why there is no package.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TileFault {
    #[error("nothing to tile: no building, line, area or terrain was kept")]
    Empty,
    #[error("no longitude and latitude for {x} {y}: {crs} does not reach there")]
    OutsideCrs { crs: String, x: f64, y: f64 },
    #[error("the geoid grid cannot be read: {0}")]
    Geoid(String),
    #[error("{layer}: {detail}")]
    Content { layer: String, detail: String },
    #[error("cannot write {path}: {detail}")]
    Write { path: String, detail: String },
    #[error("stopped as asked")]
    Cancelled,
    #[error("no threads to work with: {0}")]
    Threads(String),
}

impl TileFault {
    /// The stable code of findings and messages.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "tile-empty",
            Self::OutsideCrs { .. } => "tile-outside-crs",
            Self::Geoid(_) => "geoid-unreadable",
            Self::Content { .. } => "tile-content",
            Self::Write { .. } => "write-failed",
            Self::Cancelled => "import-cancelled",
            Self::Threads(_) => "threads-failed",
        }
    }
}

const DEMAND_DATASET: &str = "jumeau-demand";
/// What the estimated demand is told as.
pub fn demand_dataset() -> Dataset {
    Dataset {
        id: DatasetId::from(DEMAND_DATASET),
        title: "Demande d’électricité estimée par bâtiment".to_owned(),
        producer: "Jumeau".to_owned(),
        licence: "CC0 1.0".to_owned(),
        date: series::YEAR.to_string(),
        attribution: "estimation Jumeau, valeurs simulées".to_owned(),
        nature: Nature::Simulated,
    }
}

const STREETS_DATASET: &str = "jumeau-streets";
const SURROUND_DATASET: &str = "jumeau-surround";

/// Writes the whole package below `out`, which should be empty; the caller renames it when all went well.
///
/// # Errors
/// See [`TileFault`]; what was written until then stays in `out`.
pub fn write_territory(
    territory: &Territory,
    out: &Path,
    options: &TileOptions,
    progress: &dyn Progress,
) -> Result<TileSummary, TileFault> {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(options.threads)
        .build()
        .map_err(|error| TileFault::Threads(error.to_string()))?;
    pool.install(|| write_all(territory, out, options, progress))
}

type Draw<'a> = Box<dyn Fn(TileKey) -> Drawn + Sync + 'a>;

struct Job<'a> {
    plan: LayerPlan,
    tiles: Vec<TileKey>,
    draw: Draw<'a>,
}

/// A layer, and the tiles of it that were written in this run.
#[derive(Clone, Debug)]
pub struct DrawnLayer {
    pub plan: LayerPlan,
    pub written: Vec<Written>,
}

/// The geoid that the options name, or the approximation, which is said.
///
/// # Errors
/// [`TileFault::Geoid`].
pub fn geoid(bytes: Option<&[u8]>, report: &mut Report) -> Result<Geoid, TileFault> {
    match bytes {
        Some(bytes) => Geoid::from_raf20_tiff(bytes).map_err(|fault| TileFault::Geoid(fault.to_string())),
        None => {
            report.push(Finding::new("geoid-approximate", Severity::Info, "territory"));
            Ok(Geoid::approximate_france())
        }
    }
}

/// No longitude and latitude at a point.
pub fn outside(crs: &Crs, no: &grid::NoPlane) -> TileFault {
    TileFault::OutsideCrs {
        crs: crs.code().to_owned(),
        x: no.point[0],
        y: no.point[1],
    }
}

fn write_all(
    territory: &Territory,
    out: &Path,
    options: &TileOptions,
    progress: &dyn Progress,
) -> Result<TileSummary, TileFault> {
    let region = territory.region;
    let networks = !region.conduits.is_empty() || !region.fixtures.is_empty();
    let bare = region.buildings.is_empty() && region.lines.is_empty() && region.terrain.is_none();
    if bare && !networks && region.areas.is_empty() {
        return Err(TileFault::Empty);
    }
    let mut report = Report::default();
    let geoid = geoid(options.geoid.as_deref(), &mut report)?;
    let to_lonlat = |at: [f64; 2]| territory.crs.to_lonlat(at[0], at[1]).ok();
    let undulation_m = |at: LonLat| geoid.undulation_m(at);
    progress.step("tile-prepare", 0, 1);
    let stage = Stage::of(region, &to_lonlat, &undulation_m, &mut report).map_err(|no| outside(territory.crs, &no))?;
    let scene = Scene::new(stage, region, Part::Whole, &to_lonlat, &mut report);
    let mut far = utilities::Far::from(&scene.grid);
    for conduit in &region.conduits {
        far.conduit(conduit, &|at| scene.place(at));
    }
    for fixture in &region.fixtures {
        far.fixture(fixture, &|at| scene.place(at));
    }
    far.tell(&mut report);
    let columns = KeptColumns::of(region);
    let layers = draw_part(territory, &scene, &columns, None, out, &mut report, progress)?;
    let mut manifest = assemble(territory, &scene, &geoid, layers, !region.buildings.is_empty(), out)?;
    let (table, of_areas) = features::write(territory, out, progress)?;
    manifest.features = Some(table);
    area_demand::write(&of_areas, &undulation_m, out, &mut manifest)?;
    let mut stations = charging::Stations::default();
    region.fixtures.iter().for_each(|fixture| stations.note(fixture));
    stations.write(out, &mut manifest, &mut report)?;
    package::write_manifest(out, &manifest)?;
    progress.step("tile-package", 1, 1);
    Ok(TileSummary { manifest, report })
}

/// Draws the tiles of a part and writes their contents. The roads beyond the data are found here where `outings` does not bring them.
///
/// # Errors
/// See [`TileFault`].
pub fn draw_part(
    territory: &Territory,
    scene: &Scene,
    columns: &KeptColumns,
    outings: Option<&[surround::Outing]>,
    out: &Path,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<Vec<DrawnLayer>, TileFault> {
    let courses = Courses::new(scene);
    let plan = buildings::Plan::new(scene, &columns.layer(kept::BUILDINGS));
    plan.report(&scene.region.buildings, report);
    let surveyed = trees::Plan::new(scene, false);
    let generated = trees::Plan::new(scene, true);
    let streets = streets::Plan::new(scene, &courses);
    let surround = match outings {
        Some(outings) => surround::Plan::new(scene, outings),
        None => surround::Plan::new(scene, &surround::outings(scene, &courses)),
    };
    let utilities: Vec<utilities::Plan> = Utility::ALL.into_iter().map(|utility| utilities::Plan::new(scene, utility)).collect();
    let areas = areas::plans(scene, columns);
    let mut jobs = jobs(territory, scene, &courses, &plan, [&surveyed, &generated]);
    // Those of all utilities: a part that has none of a network still has the layer, and one without tiles goes in the end.
    jobs.extend(utilities.iter().map(|plan| utility_job(territory, scene, plan)));
    let ground: BTreeSet<TileKey> = scene.ground_tiles().into_iter().collect();
    jobs.extend(made_jobs(scene, &streets, &surround));
    jobs.extend(areas.iter().map(|plan| area_job(territory, scene, plan, &ground)));
    progress.step("tile-prepare", 1, 1);

    let work: Vec<(usize, TileKey)> = jobs
        .iter()
        .enumerate()
        .flat_map(|(job, j)| j.tiles.iter().map(move |key| (job, *key)))
        .filter(|(_, key)| scene.part.holds(*key))
        .collect();
    let done = AtomicUsize::new(0);
    let results: Vec<Result<Option<Written>, TileFault>> = work
        .par_iter()
        .map_init(Writer::default, |writer, (index, key)| {
            if progress.cancelled() {
                return Err(TileFault::Cancelled);
            }
            let Some(job) = jobs.get(*index) else { return Ok(None) };
            let drawn = (job.draw)(*key);
            let written = package::write_content(out, &job.plan, &scene.grid, *key, &drawn, writer);
            let so_far = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress.step("tile-draw", so_far as u64, work.len() as u64);
            written
        })
        .collect();
    let mut layers: Vec<DrawnLayer> = jobs.into_iter().map(|job| DrawnLayer { plan: job.plan, written: Vec::new() }).collect();
    for ((job, _), result) in work.iter().zip(results) {
        if let (Some(written), Some(layer)) = (result?, layers.get_mut(*job)) {
            layer.written.push(written);
        }
    }
    Ok(layers)
}

/// Writes what stands above the contents: subtrees, tilesets and series. The manifest is returned, to be completed and written.
///
/// # Errors
/// See [`TileFault`].
pub fn assemble(
    territory: &Territory,
    scene: &Scene,
    geoid: &Geoid,
    drawn: Vec<DrawnLayer>,
    has_buildings: bool,
    out: &Path,
) -> Result<Manifest, TileFault> {
    let extents = TileExtents::new(&scene.plane, &scene.grid, drawn.iter().flat_map(|layer| &layer.written));
    if extents.all().is_empty() {
        return Err(TileFault::Empty);
    }
    let bounds = region_volume(scene, extents.all());
    let mut layers = Vec::new();
    for layer in &drawn {
        // A layer without a single content is no layer.
        if !layer.written.is_empty() {
            layers.push(package::write_layer(out, &layer.plan, &scene.grid, bounds, &extents, &layer.written)?);
        }
    }
    manifest(territory, scene, geoid, layers, has_buildings, out)
}

/// A layer is what its data sets are; where one of several is made by us, the layer says so.
pub fn nature_of(datasets: &[DatasetId], known: &[Dataset], usual: Nature) -> Nature {
    let stated: Vec<Nature> = datasets
        .iter()
        .filter_map(|id| known.iter().find(|d| d.id == *id).map(|d| d.nature))
        .collect();
    match stated.first() {
        _ if stated.contains(&Nature::Made) => Nature::Made,
        Some(first) => *first,
        None => usual,
    }
}

fn jobs<'a>(
    territory: &'a Territory,
    scene: &'a Scene,
    courses: &'a Courses,
    plan: &'a buildings::Plan,
    [surveyed, generated]: [&'a trees::Plan; 2],
) -> Vec<Job<'a>> {
    let region = territory.region;
    let distinct = |ids: BTreeSet<&DatasetId>| ids.into_iter().cloned().collect::<Vec<_>>();
    let ground_tiles = scene.ground_tiles();
    let layer = |id, kind, fr: &str, en: &str, datasets: Vec<DatasetId>, usual, features: usize| LayerPlan {
        id,
        kind,
        name: Name {
            fr: fr.to_owned(),
            en: en.to_owned(),
        },
        nature: nature_of(&datasets, &territory.datasets, usual),
        attributions: attributions_of(&datasets, &territory.datasets),
        datasets,
        features: features as u64,
    };
    let terrain_data: Vec<DatasetId> = territory.terrain_dataset.iter().cloned().collect();
    let mut jobs = vec![Job {
        plan: layer("terrain", LayerKind::Terrain, "Terrain", "Ground", terrain_data, Nature::Measured, 0),
        tiles: ground_tiles.clone(),
        draw: Box::new(|key| terrain::draw(scene, key)),
    }];
    if !scene.water.pools.is_empty() {
        let data = distinct(region.water.iter().map(|w| &w.dataset).collect());
        let count = scene.water.pools.iter().filter(|pool| scene.owns(pool.bounds.centre())).count();
        jobs.push(Job {
            plan: layer("water", LayerKind::Water, "Eau", "Water", data, Nature::Measured, count),
            tiles: ground_tiles,
            draw: Box::new(|key| water::draw(scene, key)),
        });
    }
    let data = distinct(region.buildings.iter().map(|b| &b.dataset).collect());
    jobs.push(Job {
        plan: layer("buildings", LayerKind::Buildings, "Bâtiments", "Buildings", data, Nature::Measured, plan.features()),
        tiles: plan.tiles().collect(),
        draw: Box::new(|key| buildings::draw(scene, plan, key)),
    });
    for (id, lines, fr, en) in [
        ("roads", Lines::Roads, "Routes et chemins", "Roads and paths"),
        ("tram", Lines::Tracks, "Tramway et voies ferrées", "Tram and rail"),
    ] {
        let mine: Vec<_> = courses.all.iter().filter(|c| lines.holds(c.class)).collect();
        let ids: BTreeSet<usize> = mine.iter().map(|c| c.line).collect();
        // A line that runs through several parts is counted where it begins.
        let begins_here = |line: &&NetworkLine| {
            let start = line.points.first().and_then(|at| scene.place([at[0], at[1]]));
            start.is_some_and(|at| scene.owns(at))
        };
        let count = ids.iter().filter_map(|i| region.lines.get(*i)).filter(begins_here).count();
        let data = distinct(ids.iter().filter_map(|i| region.lines.get(*i)).map(|l| &l.dataset).collect());
        let mut tiles = BTreeSet::new();
        for level in 0..=scene.grid.finest {
            // Ribbons drawn wide from afar may reach into the next tile.
            let wide = 2.0 * scene.grid.tolerance(level);
            for course in &mine {
                let reach = wide + course.reach_m();
                tiles.extend(scene.grid.tiles_along(level, course.path(), reach));
            }
        }
        jobs.push(Job {
            plan: layer(id, LayerKind::Networks, fr, en, data, Nature::Measured, count),
            tiles: tiles.into_iter().collect(),
            draw: Box::new(move |key| networks::draw(scene, courses, key, lines, id)),
        });
    }
    for (id, plan, fr, en, dataset, usual) in [
        ("trees", surveyed, "Arbres", "Trees", &territory.trees_dataset, Nature::Measured),
        (GENERATED_TREES, generated, "Arbres générés", "Generated trees", &territory.generated_trees_dataset, Nature::Made),
    ] {
        let data: Vec<DatasetId> = dataset.iter().cloned().collect();
        jobs.push(Job {
            plan: layer(id, LayerKind::Trees, fr, en, data, usual, plan.features()),
            tiles: plan.tiles().collect(),
            draw: Box::new(move |key| trees::draw(scene, plan, key, id)),
        });
    }
    jobs
}

/// Whom data sets are owed to, our own among them.
pub fn attributions_of(ids: &[DatasetId], declared: &[Dataset]) -> Vec<(DatasetId, String)> {
    package::attributions(ids, declared.iter().chain(&made_datasets()))
}

/// The layer of one utility.
fn utility_job<'a>(territory: &Territory, scene: &'a Scene, plan: &'a utilities::Plan) -> Job<'a> {
    let (fr, en) = utilities::title(plan.utility);
    Job {
        plan: LayerPlan {
            id: plan.utility.id(),
            kind: LayerKind::Networks,
            name: Name { fr: fr.to_owned(), en: en.to_owned() },
            datasets: plan.datasets.clone(),
            attributions: attributions_of(&plan.datasets, &territory.datasets),
            nature: nature_of(&plan.datasets, &territory.datasets, Nature::Declared),
            features: plan.features as u64,
        },
        tiles: plan.tiles().collect(),
        draw: Box::new(move |key| utilities::draw(scene, plan, key)),
    }
}

/// What no source tells and the picture needs, in layers of their own that can be switched off.
fn made_jobs<'a>(scene: &'a Scene, streets: &'a streets::Plan, surround: &'a surround::Plan) -> [Job<'a>; 2] {
    let layer = |id, dataset: &str, fr: &str, en: &str| LayerPlan {
        id,
        kind: LayerKind::Networks,
        name: Name {
            fr: fr.to_owned(),
            en: en.to_owned(),
        },
        nature: Nature::Made,
        datasets: vec![DatasetId::from(dataset)],
        attributions: attributions_of(&[DatasetId::from(dataset)], &[]),
        features: 0,
    };
    [
        Job {
            plan: layer("streets", STREETS_DATASET, "Trottoirs générés", "Generated pavements"),
            tiles: streets.tiles().collect(),
            draw: Box::new(move |key| streets::draw(scene, streets, key)),
        },
        Job {
            plan: layer("surround", SURROUND_DATASET, "Abords générés", "Generated surroundings"),
            tiles: surround.tiles().collect(),
            draw: Box::new(move |key| surround::draw(scene, surround, key)),
        },
    ]
}

/// One theme of areas.
fn area_job<'a>(territory: &Territory, scene: &'a Scene, plan: &'a areas::Plan, ground: &BTreeSet<TileKey>) -> Job<'a> {
    let datasets: BTreeSet<&DatasetId> = plan.areas(scene).map(|area| &area.dataset).collect();
    let datasets: Vec<DatasetId> = datasets.into_iter().cloned().collect();
    let (fr, en) = areas::title(plan.theme);
    Job {
        plan: LayerPlan {
            id: plan.theme.id(),
            kind: LayerKind::Areas,
            name: Name {
                fr: fr.to_owned(),
                en: en.to_owned(),
            },
            nature: nature_of(&datasets, &territory.datasets, Nature::Declared),
            attributions: attributions_of(&datasets, &territory.datasets),
            datasets,
            features: plan.features() as u64,
        },
        tiles: plan.tiles(&scene.grid, ground),
        draw: Box::new(move |key| areas::draw(scene, plan, key)),
    }
}

/// The data sets of the layers that the tiling itself makes.
fn made_datasets() -> [Dataset; 2] {
    [
        (
            STREETS_DATASET,
            "Trottoirs et carrefours, déduits de la largeur des rues et de la distance des façades",
            "trottoirs générés",
        ),
        (
            SURROUND_DATASET,
            "Routes prolongées au-delà des données, tracé inventé",
            "abords générés",
        ),
    ]
    .map(|(id, title, attribution)| Dataset {
        id: DatasetId::from(id),
        title: title.to_owned(),
        producer: "Jumeau".to_owned(),
        licence: "CC0 1.0".to_owned(),
        date: series::YEAR.to_string(),
        attribution: attribution.to_owned(),
        nature: Nature::Made,
    })
}

/// The grid's root with the heights of everything.
fn region_volume(scene: &Scene, all: Extent) -> [f64; 6] {
    let plan = scene.grid.rect(TileKey::ROOT);
    package::region(&scene.plane, &Extent { plan, ..all })
}

fn manifest(
    territory: &Territory,
    scene: &Scene,
    geoid: &Geoid,
    layers: Vec<territory::Layer>,
    has_buildings: bool,
    out: &Path,
) -> Result<Manifest, TileFault> {
    let extract: Bounds2 = scene.extract;
    let middle = extract.centre();
    let centre = scene.plane.lonlat(middle);
    let height_m = scene.ground_at(middle) + scene.plane.undulation_m(middle);
    let (low, high) = (scene.plane.lonlat(extract.min), scene.plane.lonlat(extract.max));
    let mut datasets = territory.datasets.clone();
    let (mut axes, mut series) = (Vec::new(), Vec::new());
    let clock = Clock::at(centre.lon_deg, centre.lat_deg);
    let demand = series::Demand::new(clock);
    if let (Some((axis, one)), false) = (demand.described(DatasetId::from(DEMAND_DATASET)), !has_buildings) {
        let dataset = demand_dataset();
        package::write_series(out, &demand, &dataset)?;
        axes.push(axis);
        series.push(one);
        datasets.push(dataset);
    }
    let shown = |made: &Dataset| layers.iter().any(|layer| layer.datasets.contains(&made.id));
    datasets.extend(made_datasets().into_iter().filter(shown));
    Ok(Manifest {
        jumeau: territory::VERSION,
        id: territory.id.clone(),
        name: territory.name.clone(),
        crs: territory.crs.code().to_owned(),
        vertical: territory.vertical.clone(),
        geoid: geoid.name().to_owned(),
        bounds_lonlat: [low.lon_deg, low.lat_deg, high.lon_deg, high.lat_deg],
        origin: [centre.lon_deg, centre.lat_deg, height_m],
        timezone: clock.name(),
        home: territory.home.unwrap_or_else(|| composed(centre, height_m, &extract)),
        views: territory.views.clone(),
        layers,
        axes,
        series,
        scaled: Vec::new(),
        grids: Vec::new(),
        datasets,
        imagery: Vec::new(),
        features: None,
        search: None,
        connect: None,
        tables: Vec::new(),
        roofs: None,
    })
}

/// Three-quarter view from the south-west, near enough that the data fill the picture.
pub(super) fn composed(centre: LonLat, height_m: f64, extract: &Bounds2) -> HomeView {
    let size = extract.size();
    HomeView {
        lon: centre.lon_deg,
        lat: centre.lat_deg,
        height_m,
        distance_m: (0.8 * size[0].max(size[1])).clamp(300.0, 20_000.0),
        heading_deg: 35.0,
        pitch_deg: -24.0,
        // Mid-afternoon in June: long enough shadows, warm enough light.
        instant: Clock::at(centre.lon_deg, centre.lat_deg).instant(series::YEAR, 6, 21, 16, 30).unwrap_or(Instant(0)),
    }
}
