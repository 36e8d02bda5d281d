//! Buildings: whole with their roofs near by, blocks from afar, each in exactly one tile of a level.

use super::demand::{Asked, Estimate};
use super::grid::{Grid, TileKey};
use super::kept::{self, Columns, Kept};
use super::mesh::MeshBuilder;
use super::palette;
use super::part::Part;
use super::scene::{Drawn, Scene};
use crate::base::{Finding, Report, Rng, Severity, Uncertainty};
use crate::formats::gltf::{Column, PropertyTable, TileContent, Values};
use crate::region::roof::{DrawnBuilding, RoofOptions, Surface, SurfaceMesh, block_surface, building_surface, drawn};
use crate::region::roof_shape::{RoofKind, RoofMethod};
use crate::region::{Building, HeightOrigin, Usage};
use geo::{Area, Centroid};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A tile with more buildings is split, down to the grid's finest level.
const MOST_IN_A_LEAF: usize = 250;

/// Up to this tolerance roofs are drawn as they are; a ridge stands some three metres above its eaves.
const ROOFS_UP_TO_M: f64 = 1.3;

/// Footprints below the square of so many tolerances are left out of coarse tiles.
const SMALLEST_TOLERANCES: f64 = 2.0;

/// Walls go this far below the drawn ground, so that no building floats on a slope.
const FOUNDATION_M: f64 = 0.8;

/// Above this height a wall has its full light.
const FOOT_M: f64 = 3.4;

/// Roofs show their use a little more than walls: seen from above, they are most of the town.
const ROOF_HINT: f64 = 1.5;

/// Which buildings each tile holds.
#[derive(Debug, Default)]
pub struct Plan {
    tiles: BTreeMap<TileKey, TilePlan>,
    kept: Vec<Kept>,
    /// By place in the region's list: the same in every level, so that a record never changes with the distance.
    roofs: BTreeMap<usize, Roofed>,
}

/// A building under its roof.
#[derive(Debug)]
struct Roofed {
    roof: DrawnRoof,
    /// Its surface, for the levels that draw it whole; where it is not kept it is made again.
    shape: Option<SurfaceMesh>,
}

/// So many triangles of surfaces are kept for a shard, 160 MB; those of further buildings are made again by each level that draws them.
const MOST_KEPT_TRIANGLES: usize = 2_000_000;

/// What the records say of a roof.
#[derive(Clone, Copy, Debug)]
struct DrawnRoof {
    kind: RoofKind,
    method: RoofMethod,
    /// Of measured points, metres.
    residual_m: Option<f64>,
    /// Highest point above the ground as it is drawn.
    ridge_m: f64,
    /// The stated one where the drawn roof does not reach it.
    stated_m: Option<f64>,
}

impl Roofed {
    /// `kept`: triangles kept so far, where some level draws buildings whole.
    fn of(building: &Building, kept: Option<&AtomicUsize>) -> Self {
        let mut drawn = drawn(building, &RoofOptions::default());
        let roof = DrawnRoof::of(building, &drawn);
        let count = drawn.mesh.triangles.len();
        let keep = building.surveyed.is_none() && kept.is_some_and(|kept| kept.fetch_add(count, Ordering::Relaxed) + count <= MOST_KEPT_TRIANGLES);
        drawn.mesh.triangles.shrink_to_fit();
        Self { roof, shape: keep.then_some(drawn.mesh) }
    }
}

impl DrawnRoof {
    fn of(building: &Building, drawn: &DrawnBuilding) -> Self {
        let stated_m = building.ridge_height_m;
        let ridge_m = drawn.ridge_m.unwrap_or(stated_m);
        Self {
            kind: drawn.roof,
            method: drawn.method,
            residual_m: drawn.residual_m,
            ridge_m,
            stated_m: (stated_m - ridge_m > REACHED_M).then_some(stated_m),
        }
    }
}

/// A drawn ridge this near to the stated one has reached it, metres.
const REACHED_M: f64 = 0.5;
/// A roof drawn so much lower than stated is worth a warning, metres: the building has more than one height.
const FAR_BELOW_M: f64 = 5.0;

#[derive(Debug)]
struct TilePlan {
    /// Places in the region's list, ascending.
    buildings: Vec<usize>,
    leaf: bool,
}

/// Smaller footprints are left out of a level, unless its tile is a leaf, square metres.
pub fn smallest_m2(grid: &Grid, level: u32) -> f64 {
    (SMALLEST_TOLERANCES * grid.tolerance(level)).powi(2)
}

impl Plan {
    /// Buildings by the middle of their footprint; those without one (nothing to draw) are in no tile.
    pub fn new(scene: &Scene, columns: &Columns) -> Self {
        let placed = scene
            .region
            .buildings
            .iter()
            .enumerate()
            .filter_map(|(index, building)| {
                let at = building.footprint.centroid()?;
                Some((index, scene.place([at.x(), at.y()])?))
            });
        let mut plan = Self { kept: kept::columns(columns, &OWN_COLUMNS), ..Self::default() };
        match &scene.part {
            Part::Above(_) => placed.for_each(|(index, at)| plan.show_above(scene, index, at)),
            Part::Whole | Part::Below(_) => {
                let root = if let Part::Below(root) = scene.part { root } else { TileKey::ROOT };
                let own: Vec<(usize, [f64; 2])> = placed.filter(|(_, at)| scene.owns(*at)).collect();
                if !own.is_empty() {
                    plan.split(scene, root, own);
                }
            }
        }
        plan.roofs = plan.roofs_of(&scene.region.buildings, !matches!(scene.part, Part::Above(_)));
        plan
    }

    /// A building in the coarse tiles above the cut: as in [`Self::split`], none of them a leaf.
    fn show_above(&mut self, scene: &Scene, index: usize, at: [f64; 2]) {
        let Some(building) = scene.region.buildings.get(index) else { return };
        let area = building.footprint.unsigned_area();
        for level in 0..=scene.grid.finest {
            let key = scene.grid.tile_at(level, at);
            if !scene.part.holds(key) {
                break;
            }
            if area >= smallest_m2(&scene.grid, level) {
                self.tiles.entry(key).or_insert(TilePlan { buildings: Vec::new(), leaf: false }).buildings.push(index);
            }
        }
    }

    fn roofs_of(&self, buildings: &[Building], near: bool) -> BTreeMap<usize, Roofed> {
        let kept = AtomicUsize::new(0);
        let planned: BTreeSet<usize> = self.tiles.values().flat_map(|tile| tile.buildings.iter().copied()).collect();
        planned
            .into_par_iter()
            .filter_map(|index| Some((index, Roofed::of(buildings.get(index)?, near.then_some(&kept)))))
            .collect()
    }

    fn split(&mut self, scene: &Scene, key: TileKey, placed: Vec<(usize, [f64; 2])>) {
        let leaf = placed.len() <= MOST_IN_A_LEAF || key.level >= scene.grid.finest;
        let smallest = smallest_m2(&scene.grid, key.level);
        let buildings = placed
            .iter()
            .map(|(index, _)| *index)
            .filter(|index| leaf || scene.region.buildings[*index].footprint.unsigned_area() >= smallest)
            .collect();
        self.tiles.insert(key, TilePlan { buildings, leaf });
        if leaf {
            return;
        }
        let mut parts: BTreeMap<TileKey, Vec<(usize, [f64; 2])>> = BTreeMap::new();
        for (index, at) in placed {
            let child = scene.grid.tile_at(key.level + 1, at);
            parts.entry(child).or_default().push((index, at));
        }
        for (child, part) in parts {
            self.split(scene, child, part);
        }
    }

    pub fn tiles(&self) -> impl Iterator<Item = TileKey> + '_ {
        self.tiles.keys().copied()
    }

    /// Buildings in leaves: each counts once.
    pub fn features(&self) -> usize {
        self.tiles.values().filter(|t| t.leaf).map(|t| t.buildings.len()).sum()
    }

    /// Counts the roofs by the way they are known, and says which stay below their stated ridge and by how much, the furthest first.
    pub fn report(&self, buildings: &[Building], report: &mut Report) {
        let leaves = self.tiles.values().filter(|tile| tile.leaf).flat_map(|tile| &tile.buildings);
        let roofs: Vec<(&Building, &DrawnRoof)> =
            leaves.filter_map(|index| Some((buildings.get(*index)?, &self.roofs.get(index)?.roof))).collect();
        for (building, roof) in &roofs {
            let code = match roof.method {
                RoofMethod::Surfaces => "roof-by-surfaces",
                RoofMethod::Points => "roof-by-points",
                RoofMethod::SurfaceModel => "roof-by-surface-model",
                RoofMethod::Altitudes => "roof-by-altitudes",
                RoofMethod::Flat => "roof-flat",
            };
            let said = match roof.residual_m {
                Some(residual_m) => format!("{}, {residual_m:.2} m", roof.kind.name()),
                None => roof.kind.name().to_owned(),
            };
            report.push(Finding::new(code, Severity::Info, building.dataset.as_str()).object(&building.id).value(said));
        }
        // What was measured needs no comparison with what a form could reach.
        let mut limited: Vec<(f64, &Building, &DrawnRoof)> = roofs
            .into_iter()
            .filter(|(_, roof)| roof.residual_m.is_none())
            .filter_map(|(building, roof)| Some((roof.stated_m? - roof.ridge_m, building, roof)))
            .collect();
        limited.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
        for (by_m, building, roof) in limited {
            let severity = if by_m > FAR_BELOW_M { Severity::Warning } else { Severity::Info };
            let (stated_m, ridge_m) = (building.ridge_height_m, roof.ridge_m);
            report.push(
                Finding::new("building-roof-limited", severity, building.dataset.as_str())
                    .object(&building.id)
                    .value(format!("{stated_m:.1} m → {ridge_m:.1} m, −{by_m:.1} m, {}", roof.kind.name())),
            );
        }
    }
}

pub fn draw(scene: &Scene, plan: &Plan, key: TileKey) -> Drawn {
    let Some(tile) = plan.tiles.get(&key) else {
        return Drawn::default();
    };
    let tolerance = scene.grid.tolerance(key.level);
    let whole = tile.leaf || tolerance <= ROOFS_UP_TO_M;
    // A leaf of few buildings may be large, but the ground around them is drawn finely.
    let surface = scene.surface_of(if tile.leaf { scene.grid.finest } else { key.level }, key);
    let mut mesh = MeshBuilder::new("buildings", scene.frame(key)).featured(0);
    let mut rows: Vec<(&Building, DrawnRoof)> = Vec::with_capacity(tile.buildings.len());
    let of_tile = tile.buildings.iter().filter_map(|i| Some((scene.region.buildings.get(*i)?, plan.roofs.get(i)?)));
    let mut places = Places::new(scene);
    for (building, roofed) in of_tile {
        let made = match &roofed.shape {
            _ if !whole => Some(block_surface(building, tolerance)),
            Some(_) => None,
            None => Some(building_surface(building, &RoofOptions::default())),
        };
        let Some(shape) = made.as_ref().or(roofed.shape.as_ref()) else { continue };
        let feature = rows.len() as u32;
        paint(&mut places, building, shape, &mut mesh, feature, tile.leaf, |at| surface.height(at));
        rows.push((building, roofed.roof));
    }
    if mesh.is_empty() {
        return Drawn::default();
    }
    let (mesh, extent) = mesh.finish();
    Drawn {
        content: TileContent {
            meshes: vec![mesh],
            tables: vec![table(&rows, &plan.kept)],
        },
        extent: Some(extent),
        finest: tile.leaf,
    }
}

/// Corners of one building in the plane. Walls, roof and floor share each of them some ten times, and the projection is dear.
struct Places<'a> {
    scene: &'a Scene<'a>,
    known: HashMap<[u64; 2], Option<[f64; 2]>, foldhash::fast::RandomState>,
}

impl<'a> Places<'a> {
    fn new(scene: &'a Scene<'a>) -> Self {
        Self { scene, known: HashMap::default() }
    }

    fn of(&mut self, at: [f64; 2]) -> Option<[f64; 2]> {
        let scene = self.scene;
        *self.known.entry(at.map(f64::to_bits)).or_insert_with(|| scene.place(at))
    }
}

/// Colours a building's triangles; its lowest points follow the drawn ground down.
fn paint(
    places: &mut Places,
    building: &Building,
    shape: &SurfaceMesh,
    mesh: &mut MeshBuilder,
    feature: u32,
    near: bool,
    drawn_ground: impl Fn([f64; 2]) -> f64,
) {
    places.known.clear();
    let look = Look::of(building);
    let foot_m = building.ground_m + FOOT_M;
    let pieces = shape.triangles.iter().flat_map(|(corners, surface)| {
        // Near by, the dark foot ends where it should, whatever the wall's height.
        let (parts, count) = if near && *surface == Surface::Wall { split(*corners, foot_m) } else { ([*corners; 3], 1) };
        parts.into_iter().take(count).map(move |part| (part, surface))
    });
    for (corners, surface) in pieces {
        // Nobody looks at a floor from below the ground; one high above it bridges a passage.
        if *surface == Surface::Floor && corners.iter().all(|corner| corner[2] <= building.ground_m + 1.0) {
            continue;
        }
        let mut placed = [[0.0; 3]; 3];
        let mut colours = [[0; 4]; 3];
        let mut complete = true;
        for ((corner, place), colour) in corners.iter().zip(&mut placed).zip(&mut colours) {
            let Some(at) = places.of([corner[0], corner[1]]) else {
                complete = false;
                break;
            };
            let at_foot = *surface == Surface::Wall && corner[2] <= building.ground_m + 0.05;
            let height = if at_foot {
                corner[2].min(drawn_ground(at) - FOUNDATION_M)
            } else {
                corner[2]
            };
            *place = [at[0], at[1], height];
            *colour = match surface {
                Surface::Wall => look.wall(corner[2] - building.ground_m),
                Surface::Roof | Surface::Floor => palette::opaque(look.roof),
            };
        }
        if complete {
            mesh.face(&placed, &colours, feature);
        }
    }
}

/// A triangle cut along a height, its parts turning the same way, and how many they are.
fn split(corners: [[f64; 3]; 3], height_m: f64) -> ([[[f64; 3]; 3]; 3], usize) {
    let above = corners.map(|corner| corner[2] > height_m);
    let Some(lone) = (0..3).find(|k| above[*k] != above[(k + 1) % 3] && above[*k] != above[(k + 2) % 3]) else {
        return ([corners; 3], 1);
    };
    let [a, b, c] = [0, 1, 2].map(|k| corners[(lone + k) % 3]);
    let cut = |p: [f64; 3], q: [f64; 3]| {
        // From below to above whichever way it is walked, so that neighbours get the same bits.
        let (p, q) = if p[2] < q[2] { (p, q) } else { (q, p) };
        let share = ((height_m - p[2]) / (q[2] - p[2])).clamp(0.0, 1.0);
        [p[0] + share * (q[0] - p[0]), p[1] + share * (q[1] - p[1]), height_m]
    };
    let (ab, ac) = (cut(a, b), cut(a, c));
    ([[a, ab, ac], [ab, b, c], [ab, c, ac]], 3)
}

struct Look {
    wall: [f64; 3],
    roof: [f64; 3],
}

impl Look {
    /// Calm and nearly white; a hint of the use, and no two neighbours quite the same.
    fn of(building: &Building) -> Self {
        let hint: [f64; 3] = match building.usage {
            Usage::Residential => [1.0, 0.0, -2.0],
            Usage::Commercial => [-2.0, 0.0, 3.0],
            Usage::Industrial => [-6.0, -3.0, 1.0],
            Usage::Agricultural => [2.0, 1.0, -5.0],
            Usage::Religious => [3.0, 0.0, -8.0],
            Usage::Sport => [-4.0, 2.0, -2.0],
            Usage::Annex => [-5.0, -5.0, -5.0],
            Usage::Unknown => [0.0; 3],
        };
        // FNV-1a of the id: the same building is the same grey in every level and every run.
        let seed = building
            .id
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        let mut rng = Rng::new(seed);
        let wall_shade = rng.range(-5.0, 5.0);
        let roof_shade = rng.range(-6.0, 4.0);
        Self {
            wall: std::array::from_fn(|k| palette::WALL[k] + hint[k] + wall_shade),
            roof: std::array::from_fn(|k| palette::ROOF[k] + ROOF_HINT * hint[k] + roof_shade),
        }
    }

    /// Walls are darker at their foot, where less of the sky is seen.
    fn wall(&self, above_ground_m: f64) -> palette::Rgba {
        let share = (above_ground_m / FOOT_M).clamp(0.0, 1.0);
        let light = palette::WALL_FOOT + share * (1.0 - palette::WALL_FOOT);
        palette::opaque(palette::scaled(self.wall, light))
    }
}

pub fn usage_name(usage: Usage) -> &'static str {
    match usage {
        Usage::Residential => "residential",
        Usage::Commercial => "commercial",
        Usage::Industrial => "industrial",
        Usage::Agricultural => "agricultural",
        Usage::Religious => "religious",
        Usage::Sport => "sport",
        Usage::Annex => "annex",
        Usage::Unknown => "unknown",
    }
}

pub fn height_origin_name(origin: HeightOrigin) -> &'static str {
    match origin {
        HeightOrigin::Source => "source",
        HeightOrigin::OtherAltitudes => "other-altitudes",
        HeightOrigin::Storeys => "storeys",
        HeightOrigin::Measured => "measured",
        HeightOrigin::Neighbours => "neighbours",
        HeightOrigin::Assumed => "assumed",
    }
}

/// The facts of buildings, one row each; the names are a contract with the viewer.
fn table(rows: &[(&Building, DrawnRoof)], kept: &[Kept]) -> PropertyTable {
    let buildings: Vec<&Building> = rows.iter().map(|(building, _)| *building).collect();
    let roof = |of: &dyn Fn(&DrawnRoof) -> f64| Values::F32(rows.iter().map(|(_, roof)| of(roof) as f32).collect());
    let text = |of: &dyn Fn(&Building) -> String| Values::Text(buildings.iter().map(|b| of(b)).collect());
    let real = |of: &dyn Fn(&Building) -> f64| Values::F32(buildings.iter().map(|b| of(b) as f32).collect());
    let count = |of: &dyn Fn(&Building) -> Option<u32>| {
        Values::U32(buildings.iter().map(|b| of(b).unwrap_or(u32::MAX)).collect())
    };
    let footprint = |b: &Building| b.footprint.unsigned_area();
    let asked: Vec<Asked> = buildings.iter().map(|building| Asked::of(building)).collect();
    let estimate = |of: &dyn Fn(&Estimate) -> f64| Values::F32(asked.iter().map(|asked| asked.estimate.as_ref().map_or(f64::NAN, of) as f32).collect());
    let columns: [_; OWN_COLUMNS.len()] = [
        ("id", text(&|b| b.id.clone())),
        ("rnb", text(&|b| b.rnb.join("/"))),
        ("usage", text(&|b| usage_name(b.usage).to_owned())),
        ("usage2", text(&|b| b.second_usage.map(usage_name).unwrap_or_default().to_owned())),
        ("dwellings", count(&|b| b.dwellings)),
        ("storeys", count(&|b| b.storeys)),
        ("year", count(&|b| b.year.and_then(|year| u32::try_from(year).ok()))),
        ("height_m", real(&|b| b.eave_height_m)),
        // What is drawn; what the source states stands beside it where that is higher, NaN elsewhere.
        ("ridge_m", roof(&|roof| roof.ridge_m)),
        ("ridge_stated_m", roof(&|roof| roof.stated_m.unwrap_or(f64::NAN))),
        ("ground_m", real(&|b| b.ground_m)),
        ("height_origin", text(&|b| height_origin_name(b.height_origin).to_owned())),
        ("roof", Values::Text(rows.iter().map(|(_, roof)| roof.kind.name()).collect())),
        ("roof_method", Values::Text(rows.iter().map(|(_, roof)| roof.method.name()).collect())),
        // NaN where nothing was measured.
        ("roof_residual_m", roof(&|roof| roof.residual_m.unwrap_or(f64::NAN))),
        ("footprint_m2", real(&footprint)),
        ("floor_area_m2", Values::F32(asked.iter().map(|asked| asked.floor_m2 as f32).collect())),
        // NaN where nothing is estimated.
        ("demand_kwh_year", estimate(&|estimate| estimate.kwh)),
        ("demand_spread", estimate(&|estimate| spread(&estimate.uncertainty))),
        ("demand_profile", Values::U32(asked.iter().map(Asked::profile).collect())),
        ("dataset", text(&|b| b.dataset.to_string())),
    ];
    PropertyTable {
        class: "building".to_owned(),
        count: buildings.len(),
        columns: columns
            .into_iter()
            .map(|(name, values)| Column {
                name: name.to_owned(),
                values,
            })
            .chain(kept.iter().map(|kept| kept.column(buildings.iter().map(|building| building.attributes.as_slice()))))
            .collect(),
    }
}

/// The share by which a value may be off.
fn spread(uncertainty: &Uncertainty) -> f64 {
    match uncertainty {
        Uncertainty::Share(share) => *share,
        _ => f64::NAN,
    }
}

/// Columns of our own; a source's column of the same name gives way.
const OWN_COLUMNS: [&str; 21] = [
    "id", "rnb", "usage", "usage2", "dwellings", "storeys", "year", "height_m", "ridge_m", "ridge_stated_m", "ground_m",
    "height_origin", "roof", "roof_method", "roof_residual_m", "footprint_m2", "floor_area_m2", "demand_kwh_year", "demand_spread", "demand_profile", "dataset",
];
