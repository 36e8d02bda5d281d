//! What all layers of one run share: the plane, the grid, the ground, the water.

use super::grid::{Grid, NoPlane, Plane, TileKey};
use super::ground::{Ground, Surface};
use super::mesh::{Extent, TileFrame};
use super::occupied::{EVERYWHERE_LEVEL, MOST_GROUND_TILES, Occupied, OccupiedCount};
use super::part::Part;
use super::shore::{self, Shore};
use super::urban::{Urban, UrbanCount};
use crate::base::{Bounds2, Finding, Report, Severity};
use crate::formats::gltf::TileContent;
use crate::geodesy::LonLat;
use crate::region::Region;
use geo::BoundingRect;
use std::sync::Arc;

/// How far ground and water go on beyond the data.
pub const SURROUND_M: f64 = 6_000.0;

/// The finest level of ground beyond the data is this many levels above the finest.
const SURROUND_LEVELS_UP: u32 = 3;

/// So many tiles of ground are drawn at most where nothing stands on it and no relief is known.
const BARE_GROUND_TILES: f64 = 4_096.0;

/// Ground begins to fade this far beyond the data.
const HAZE_FROM_M: f64 = 800.0;

/// A tile as it was drawn.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    pub content: TileContent,
    pub extent: Option<Extent>,
    /// Full detail in whatever level: positions keep the finest lattice.
    pub finest: bool,
}

/// From the sources' system to degrees; `None` where the system does not reach.
pub type ToLonLat<'a> = &'a (dyn Fn([f64; 2]) -> Option<LonLat> + Sync);

/// What the parts of one territory share, whatever each of them holds.
#[derive(Clone, Debug)]
pub struct Stage {
    pub plane: Arc<Plane>,
    pub grid: Grid,
    pub ground: Arc<Ground>,
    pub urban: Arc<Urban>,
    /// The tiles of ground of the whole territory.
    pub ground_tiles: Arc<Vec<TileKey>>,
    /// The data's bounds in the plane.
    pub extract: Bounds2,
    /// The data's bounds in the sources' system.
    pub source_extract: Bounds2,
}

impl Stage {
    /// Of a region that is whole in memory.
    ///
    /// # Errors
    /// When there is no longitude and latitude somewhere.
    pub fn of(region: &Region, to_lonlat: ToLonLat, undulation_m: &dyn Fn(LonLat) -> f64, report: &mut Report) -> Result<Self, NoPlane> {
        let source_extract = extract_of(region);
        let (plane, extract) = plane_and_extract(&source_extract, to_lonlat, undulation_m)?;
        let ground = Ground::new(region, &source_extract, report);
        let mut urban = UrbanCount::over(&extract);
        let place = shore::placer(&plane, to_lonlat);
        region.buildings.iter().for_each(|building| urban.building(building, &place));
        region.lines.iter().for_each(|line| urban.line(line, &place));
        let mut occupied = OccupiedCount::over(&Grid::new(plane.side_m()));
        region.buildings.iter().for_each(|building| occupied.building(building, &place));
        region.lines.iter().for_each(|line| occupied.line(line, &place));
        region.trees.iter().for_each(|tree| occupied.tree(tree, &place));
        region.conduits.iter().for_each(|conduit| occupied.conduit(conduit, &place));
        region.fixtures.iter().for_each(|fixture| occupied.fixture(fixture, &place));
        let bare = region.buildings.is_empty() && region.lines.is_empty() && region.terrain.is_none();
        if bare {
            region.areas.iter().for_each(|area| occupied.area(area, &place));
        }
        let occupied = occupied.finish(region.terrain.as_ref(), &place);
        drop(place);
        let (grid, ground_tiles) = ground_of(Grid::new(plane.side_m()), &extract, &occupied, bare, report);
        Ok(Self {
            grid,
            ground_tiles: Arc::new(ground_tiles),
            plane: Arc::new(plane),
            ground: Arc::new(ground),
            urban: Arc::new(urban.finish()),
            extract,
            source_extract,
        })
    }
}

/// The finest level of the ground: the grid's own, but under a network alone (`bare`) that spans a region the ground has nothing to show.
fn finest_ground(grid: &Grid, extract: &Bounds2, bare: bool) -> u32 {
    if !bare {
        return grid.finest;
    }
    let size = extract.size();
    let tiles = |level: u32| (size[0] / grid.tile_side(level) + 1.0) * (size[1] / grid.tile_side(level) + 1.0);
    (0..=grid.finest).rev().find(|level| tiles(*level) <= BARE_GROUND_TILES).unwrap_or(0)
}

/// The plane around data with these bounds, and the bounds in it.
///
/// # Errors
/// When there is no longitude and latitude somewhere.
pub fn plane_and_extract(source_extract: &Bounds2, to_lonlat: ToLonLat, undulation_m: &dyn Fn(LonLat) -> f64) -> Result<(Plane, Bounds2), NoPlane> {
    let plane = Plane::around(source_extract, SURROUND_M, to_lonlat, undulation_m)?;
    let place = shore::placer(&plane, to_lonlat);
    let size = source_extract.size();
    let extract = Bounds2::of(
        [0.0, 0.25, 0.5, 0.75, 1.0]
            .into_iter()
            .flat_map(|s| [[s, 0.0], [s, 1.0], [0.0, s], [1.0, s]])
            .filter_map(|[s, t]| {
                place([
                    source_extract.min[0] + s * size[0],
                    source_extract.min[1] + t * size[1],
                ])
            }),
    );
    drop(place);
    Ok((plane, extract))
}

pub struct Scene<'a> {
    pub region: &'a Region,
    /// The tiles that are drawn; the region holds what they need, and what stands around it.
    pub part: Part,
    pub plane: Arc<Plane>,
    pub grid: Grid,
    pub ground: Arc<Ground>,
    /// The outlines as they are.
    pub water: Shore,
    /// The outlines of each level.
    pub shores: Vec<Shore>,
    pub urban: Arc<Urban>,
    /// The data's bounds in the plane.
    pub extract: Bounds2,
    /// The data's bounds in the sources' system.
    pub source_extract: Bounds2,
    ground_tiles: Vec<TileKey>,
    to_lonlat: ToLonLat<'a>,
}

impl<'a> Scene<'a> {
    /// The part of a territory that `region` holds.
    pub fn new(stage: Stage, region: &'a Region, part: Part, to_lonlat: ToLonLat<'a>, report: &mut Report) -> Self {
        let Stage { plane, grid, ground, urban, ground_tiles, extract, source_extract } = stage;
        let water = Shore::exact(&region.water, shore::placer(&plane, to_lonlat), report);
        let shores = shore::levels(&water, &grid);
        let ground_tiles = ground_tiles.iter().copied().filter(|key| part.holds(*key)).collect();
        Self { region, part, plane, grid, ground, water, shores, urban, extract, source_extract, ground_tiles, to_lonlat }
    }

    /// A point of the sources' system in the plane.
    pub fn place(&self, at: [f64; 2]) -> Option<[f64; 2]> {
        (self.to_lonlat)(at).map(|lonlat| self.plane.from_lonlat(lonlat))
    }

    /// Height of the ground at a point of the plane, before any level's triangles.
    pub fn ground_at(&self, at: [f64; 2]) -> f64 {
        self.ground.height(self.plane.source(at))
    }

    /// 0 within the data and a little around … 1 at the rim, where the ground loses its colour: it ends in the fog, not at an edge.
    pub fn haze(&self, at: [f64; 2]) -> f64 {
        let away = self.beyond_m(at);
        let t = ((away - HAZE_FROM_M) / (SURROUND_M - HAZE_FROM_M)).clamp(0.0, 1.0);
        t * t * (3.0 - 2.0 * t)
    }

    /// Metres beyond the data's bounds; 0 inside.
    pub fn beyond_m(&self, at: [f64; 2]) -> f64 {
        (0..2)
            .map(|k| (self.extract.min[k] - at[k]).max(at[k] - self.extract.max[k]).max(0.0))
            .fold(0.0, f64::hypot)
    }

    pub fn surface(&self, key: TileKey) -> Surface<'_> {
        self.surface_of(key.level, key)
    }

    /// The ground of another level than the tile's own.
    pub fn surface_of(&self, level: u32, key: TileKey) -> Surface<'_> {
        let rect = self.grid.rect(key);
        Surface::new(&self.ground, &self.plane, &self.grid, level, &rect)
    }

    pub fn shore(&self, level: u32) -> &Shore {
        self.shores.get(level as usize).unwrap_or(&self.water)
    }

    /// The tile's frame stands on the ground in its middle.
    pub fn frame(&self, key: TileKey) -> TileFrame<'_> {
        let middle = self.grid.rect(key).centre();
        let height_m = self.ground_at(middle) + self.plane.undulation_m(middle);
        TileFrame::new(&self.plane, &self.grid, key, height_m)
    }

    /// Whether something at this place of the plane is counted in this part.
    pub fn owns(&self, at: [f64; 2]) -> bool {
        self.part.owns(&self.grid, at)
    }

    /// The tiles of ground and water of this part: everywhere in coarse levels, in fine levels where there is something to show.
    pub fn ground_tiles(&self) -> Vec<TileKey> {
        self.ground_tiles.clone()
    }
}

/// The grid with leaves as fine as the ceiling on tiles allows, and its tiles of ground.
///
/// `bare`: there are neither buildings nor roads nor measured ground. Under networks alone the ground may stay coarser than what lies on it.
pub fn ground_of(natural: Grid, extract: &Bounds2, occupied: &Occupied, bare: bool, report: &mut Report) -> (Grid, Vec<TileKey>) {
    let mut grid = Grid { finest: finest_ground(&natural, extract, bare), ..natural };
    let tiles = loop {
        match ground_tiles(&grid, extract, occupied) {
            Some(tiles) => break tiles,
            None => grid = grid.coarser(),
        }
    };
    if bare {
        return (natural, tiles);
    }
    if grid.finest < natural.finest {
        let [wanted, got] = [natural, grid].map(|grid| grid.tile_side(grid.finest));
        report.push(Finding::new("terrain-leaves-coarser", Severity::Warning, "terrain").value(format!("{wanted:.0} m → {got:.0} m")));
    }
    (grid, tiles)
}

/// Level by level, so that a ceiling cuts all places alike; `None` once it is passed and there are coarser leaves to try.
///
/// A tile is split into all four or not at all: with replacement, a missing child would be a hole.
fn ground_tiles(grid: &Grid, extract: &Bounds2, occupied: &Occupied) -> Option<Vec<TileKey>> {
    let surround = grid.finest.saturating_sub(SURROUND_LEVELS_UP);
    let everywhere = surround.min(EVERYWHERE_LEVEL);
    let mut all = vec![TileKey::ROOT];
    let mut level = vec![TileKey::ROOT];
    while !level.is_empty() {
        let split = level.iter().filter(|key| {
            let near = occupied.near_objects(**key);
            let within = || grid.rect(**key).intersects(extract);
            key.level < everywhere
                || (key.level < surround && near)
                || (key.level < grid.finest && (near || occupied.has_finer_ground(**key)) && within())
        });
        let next: Vec<TileKey> = split.flat_map(|key| key.children()).collect();
        all.extend(&next);
        if all.len() > MOST_GROUND_TILES && grid.finest > 1 {
            return None;
        }
        level = next;
    }
    all.sort();
    Some(all)
}

/// The bounds of what was surveyed: buildings, lines, terrain and named areas, but not water or ground that goes on beyond.
fn extract_of(region: &Region) -> Bounds2 {
    let mut bounds = Bounds2::EMPTY;
    for building in &region.buildings {
        if let Some(rect) = building.footprint.bounding_rect() {
            bounds.add([rect.min().x, rect.min().y]);
            bounds.add([rect.max().x, rect.max().y]);
        }
    }
    for point in region.lines.iter().flat_map(|line| &line.points) {
        bounds.add([point[0], point[1]]);
    }
    if let (true, Some(grid)) = (bounds.is_empty(), &region.terrain) {
        let width = grid.columns.saturating_sub(1) as f64 * grid.cell_m;
        let height = grid.rows.saturating_sub(1) as f64 * grid.cell_m;
        bounds.add(grid.origin);
        bounds.add([grid.origin[0] + width, grid.origin[1] - height]);
    }
    // The grid of a whole country does not make a commune that large: networks count where there is nothing else.
    if bounds.is_empty() {
        let posts = region.fixtures.iter().map(|post| &post.at);
        for at in region.conduits.iter().flat_map(|line| &line.points).chain(posts) {
            bounds.add(*at);
        }
    }
    // A plan alone is a territory too.
    if bounds.is_empty() {
        bounds = region.areas.iter().fold(bounds, |sum, area| sum.union(area.shape.bounds()));
    }
    bounds
}
