//! A region as a territory package: 3D Tiles 1.1 for each layer, series, manifest.
//!
//! | module | holds |
//! |---|---|
//! | [`grid`] | the quadtree all layers share, its errors, and the plane everything is cut in |
//! | [`ground`] | heights everywhere, and the very triangles a level draws |
//! | [`shore`] | water outlines by level |
//! | [`scene`] | what the layers of one run share |
//! | [`terrain`], [`water`], [`networks`], [`buildings`], [`trees`] | one layer each |
//! | [`areas`] | zones, parcels and outlines, one layer for each theme |
//! | [`streets`], [`surround`] | made: kerbs and pavements; roads that go on beyond the data |
//! | [`courses`], [`ribbon`], [`clip`], [`drape`] | lines on the ground and over water; lines with a width; cutting along terrain cells; laying on the ground |
//! | [`mesh`], [`palette`], [`urban`] | vertices, colours |
//! | [`kept`] | columns of the sources under their own names |
//! | [`imported`] | the importer's last step |
//! | [`features`] | the feature table |
//! | [`series`], [`package`] | load profiles; the files |
//!
//! Tiles are drawn in parallel and each on its own, so the number of threads changes nothing in the bytes.

pub mod areas;
pub mod buildings;
pub mod clip;
pub mod courses;
pub mod drape;
pub mod features;
pub mod grid;
pub mod ground;
pub mod imported;
pub mod kept;
pub mod mesh;
pub mod networks;
pub mod package;
pub mod palette;
pub mod ribbon;
pub mod scene;
pub mod series;
pub mod shore;
pub mod streets;
pub mod surround;
pub mod terrain;
pub mod trees;
pub mod urban;
pub mod water;

pub use imported::{grow_trees, write_imported};

use crate::base::{Bounds2, Dataset, DatasetId, Finding, Instant, Nature, Report, Severity};
use crate::formats::territory::{self, HomeView, LayerKind, Manifest, Name, NamedView};
use crate::geodesy::{Crs, Geoid, LonLat};
use crate::pipeline::{LayerCount, Progress};
use crate::region::Region;
use courses::Courses;
use grid::TileKey;
use mesh::Heights;
use networks::Lines;
use package::{LayerPlan, TileHeights, Written};
use rayon::prelude::*;
use scene::{Drawn, Scene};
use std::collections::{BTreeMap, BTreeSet};
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
    /// How the contents of ready-made models fared, where there were any.
    pub models: Option<LayerCount>,
}

/// Why there is no package.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TileFault {
    #[error("nothing to tile: no building, line or terrain was kept")]
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

fn write_all(
    territory: &Territory,
    out: &Path,
    options: &TileOptions,
    progress: &dyn Progress,
) -> Result<TileSummary, TileFault> {
    let region = territory.region;
    if region.buildings.is_empty() && region.lines.is_empty() && region.terrain.is_none() && region.areas.is_empty() {
        return Err(TileFault::Empty);
    }
    let mut report = Report::default();
    let geoid = match &options.geoid {
        Some(bytes) => Geoid::from_raf20_tiff(bytes).map_err(|fault| TileFault::Geoid(fault.to_string()))?,
        None => {
            report.push(Finding::new("geoid-approximate", Severity::Info, "territory"));
            Geoid::approximate_france()
        }
    };
    let to_lonlat = |at: [f64; 2]| territory.crs.to_lonlat(at[0], at[1]).ok();
    let undulation_m = |at: LonLat| geoid.undulation_m(at);
    progress.step("tile-prepare", 0, 1);
    let scene = Scene::new(region, &to_lonlat, &undulation_m, &mut report).map_err(|no| {
        TileFault::OutsideCrs {
            crs: territory.crs.code().to_owned(),
            x: no.point[0],
            y: no.point[1],
        }
    })?;
    let courses = Courses::new(&scene);
    let plan = buildings::Plan::new(&scene);
    let surveyed = trees::Plan::new(&scene, false);
    let generated = trees::Plan::new(&scene, true);
    let streets = streets::Plan::new(&scene, &courses);
    let surround = surround::Plan::new(&scene, &courses);
    let area_plans = areas::plans(&scene);
    let mut jobs = jobs(territory, &scene, &courses, &plan, [&surveyed, &generated]);
    jobs.extend(made_jobs(&scene, &streets, &surround));
    let ground = if area_plans.is_empty() { BTreeSet::new() } else { scene.ground_tiles().into_iter().collect() };
    jobs.extend(area_plans.iter().map(|plan| area_job(territory, &scene, plan, &ground)));
    progress.step("tile-prepare", 1, 1);

    let work: Vec<(usize, TileKey)> = jobs
        .iter()
        .enumerate()
        .flat_map(|(job, j)| j.tiles.iter().map(move |key| (job, *key)))
        .collect();
    let done = AtomicUsize::new(0);
    let results: Vec<Result<Option<Written>, TileFault>> = work
        .par_iter()
        .map(|(index, key)| {
            if progress.cancelled() {
                return Err(TileFault::Cancelled);
            }
            let job = &jobs[*index];
            let drawn = (job.draw)(*key);
            let written = package::write_content(out, job.plan.id, &scene.grid, *key, &drawn);
            let so_far = done.fetch_add(1, Ordering::Relaxed) + 1;
            progress.step("tile-draw", so_far as u64, work.len() as u64);
            written
        })
        .collect();
    let mut by_job: BTreeMap<usize, Vec<Written>> = BTreeMap::new();
    for ((job, _), result) in work.iter().zip(results) {
        if let Some(written) = result? {
            by_job.entry(*job).or_default().push(written);
        }
    }
    let heights = TileHeights::new(&scene.grid, by_job.values().flatten());
    if heights.all().is_empty() {
        return Err(TileFault::Empty);
    }

    let bounds = region_volume(&scene, heights.all());
    let mut layers = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        // A layer without a single content is no layer.
        if let Some(written) = by_job.get(&index) {
            layers.push(package::write_layer(out, &job.plan, &scene.grid, bounds, &heights, written)?);
        }
    }
    let mut manifest = manifest(territory, &scene, &geoid, layers, out)?;
    manifest.features = Some(features::write(territory, out, progress)?);
    package::write_manifest(out, &manifest)?;
    progress.step("tile-package", 1, 1);
    Ok(TileSummary { manifest, report, models: None })
}

fn jobs<'a>(
    territory: &'a Territory,
    scene: &'a Scene,
    courses: &'a Courses,
    plan: &'a buildings::Plan,
    [surveyed, generated]: [&'a trees::Plan; 2],
) -> Vec<Job<'a>> {
    let region = territory.region;
    // A layer is what its data sets are; where one of several is made by us, the layer says so.
    let nature = |datasets: &[DatasetId], usual: Nature| {
        let stated: Vec<Nature> = datasets
            .iter()
            .filter_map(|id| territory.datasets.iter().find(|d| d.id == *id).map(|d| d.nature))
            .collect();
        match stated.first() {
            _ if stated.contains(&Nature::Made) => Nature::Made,
            Some(first) => *first,
            None => usual,
        }
    };
    let distinct = |ids: BTreeSet<&DatasetId>| ids.into_iter().cloned().collect::<Vec<_>>();
    let ground_tiles = scene.ground_tiles();
    let layer = |id, kind, fr: &str, en: &str, datasets: Vec<DatasetId>, usual, features: usize| LayerPlan {
        id,
        kind,
        name: Name {
            fr: fr.to_owned(),
            en: en.to_owned(),
        },
        nature: nature(&datasets, usual),
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
        let count = scene.water.pools.len();
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
        let data = distinct(ids.iter().filter_map(|i| region.lines.get(*i)).map(|l| &l.dataset).collect());
        let mut tiles = BTreeSet::new();
        for level in 0..=scene.grid.finest {
            // Ribbons drawn wide from afar may reach into the next tile.
            let wide = 2.0 * scene.grid.tolerance(level);
            for course in &mine {
                tiles.extend(scene.grid.tiles_in(level, &course.bounds.grown(wide)));
            }
        }
        jobs.push(Job {
            plan: layer(id, LayerKind::Networks, fr, en, data, Nature::Measured, ids.len()),
            tiles: tiles.into_iter().collect(),
            draw: Box::new(move |key| networks::draw(scene, courses, key, lines, id)),
        });
    }
    for (id, plan, fr, en, dataset, usual) in [
        ("trees", surveyed, "Arbres", "Trees", &territory.trees_dataset, Nature::Measured),
        ("trees-generated", generated, "Arbres générés", "Generated trees", &territory.generated_trees_dataset, Nature::Made),
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
    let datasets: BTreeSet<DatasetId> = plan.areas(scene).map(|area| area.dataset.clone()).collect();
    let stated = datasets
        .iter()
        .find_map(|id| territory.datasets.iter().find(|dataset| dataset.id == *id))
        .map_or(Nature::Declared, |dataset| dataset.nature);
    let (fr, en) = areas::title(plan.theme);
    Job {
        plan: LayerPlan {
            id: plan.theme.id(),
            kind: LayerKind::Areas,
            name: Name {
                fr: fr.to_owned(),
                en: en.to_owned(),
            },
            nature: stated,
            datasets: datasets.into_iter().collect(),
            features: plan.features() as u64,
        },
        tiles: plan.tiles(&scene.grid, ground),
        draw: Box::new(move |key| areas::draw(scene, plan, key)),
    }
}

/// The data sets of the layers that the tiling itself makes.
fn made_datasets(layers: &[territory::Layer]) -> impl Iterator<Item = Dataset> + '_ {
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
    .into_iter()
    .filter(|(id, ..)| layers.iter().any(|layer| layer.datasets.contains(&DatasetId::from(*id))))
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

/// `[west, south, east, north]` in radians and the heights of everything.
fn region_volume(scene: &Scene, heights: Heights) -> [f64; 6] {
    let side = scene.plane.side_m();
    let (low, high) = (scene.plane.lonlat([0.0; 2]), scene.plane.lonlat([side; 2]));
    [
        low.lon_deg.to_radians(),
        low.lat_deg.to_radians(),
        high.lon_deg.to_radians(),
        high.lat_deg.to_radians(),
        heights.min_m,
        heights.max_m,
    ]
}

fn manifest(
    territory: &Territory,
    scene: &Scene,
    geoid: &Geoid,
    layers: Vec<territory::Layer>,
    out: &Path,
) -> Result<Manifest, TileFault> {
    let extract: Bounds2 = scene.extract;
    let middle = extract.centre();
    let centre = scene.plane.lonlat(middle);
    let height_m = scene.ground_at(middle) + scene.plane.undulation_m(middle);
    let (low, high) = (scene.plane.lonlat(extract.min), scene.plane.lonlat(extract.max));
    let mut datasets = territory.datasets.clone();
    let (mut axes, mut series) = (Vec::new(), Vec::new());
    let demand = series::Demand::new();
    if let (Some((axis, one)), false) = (demand.described(DatasetId::from(DEMAND_DATASET)), territory.region.buildings.is_empty()) {
        package::write_series(out, &demand)?;
        axes.push(axis);
        series.push(one);
        datasets.push(Dataset {
            id: DatasetId::from(DEMAND_DATASET),
            title: "Demande d’électricité estimée par bâtiment".to_owned(),
            producer: "Jumeau".to_owned(),
            licence: "CC0 1.0".to_owned(),
            date: series::YEAR.to_string(),
            attribution: "estimation Jumeau, valeurs simulées".to_owned(),
            nature: Nature::Simulated,
        });
    }
    datasets.extend(made_datasets(&layers));
    Ok(Manifest {
        jumeau: territory::VERSION,
        id: territory.id.clone(),
        name: territory.name.clone(),
        crs: territory.crs.code().to_owned(),
        vertical: territory.vertical.clone(),
        geoid: geoid.name().to_owned(),
        bounds_lonlat: [low.lon_deg, low.lat_deg, high.lon_deg, high.lat_deg],
        origin: [centre.lon_deg, centre.lat_deg, height_m],
        timezone: "Europe/Paris".to_owned(),
        home: territory.home.unwrap_or_else(|| composed(centre, height_m, &extract)),
        views: territory.views.clone(),
        layers,
        axes,
        series,
        datasets,
        features: None,
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
        instant: Instant::from_local(series::YEAR, 6, 21, 16, 30).unwrap_or(Instant(0)),
    }
}
