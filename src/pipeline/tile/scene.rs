//! What all layers of one run share: the plane, the grid, the ground, the water.

use super::grid::{Grid, NoPlane, Plane, TileKey};
use super::ground::{Ground, Surface};
use super::mesh::{Heights, TileFrame};
use super::shore::{self, Shore};
use super::urban::Urban;
use crate::base::{Bounds2, Report};
use crate::formats::gltf::TileContent;
use crate::geodesy::LonLat;
use crate::region::Region;
use geo::BoundingRect;

/// How far ground and water go on beyond the data.
pub const SURROUND_M: f64 = 6_000.0;

/// The finest level of ground beyond the data is this many levels above the finest.
const SURROUND_LEVELS_UP: u32 = 3;

/// Ground begins to fade this far beyond the data.
const HAZE_FROM_M: f64 = 800.0;

/// A tile as it was drawn.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    pub content: TileContent,
    pub heights: Option<Heights>,
    /// Full detail in whatever level: positions keep the finest lattice.
    pub finest: bool,
}

/// From the sources' system to degrees; `None` where the system does not reach.
pub type ToLonLat<'a> = &'a (dyn Fn([f64; 2]) -> Option<LonLat> + Sync);

pub struct Scene<'a> {
    pub region: &'a Region,
    pub plane: Plane,
    pub grid: Grid,
    pub ground: Ground,
    /// The outlines as they are.
    pub water: Shore,
    /// The outlines of each level.
    pub shores: Vec<Shore>,
    pub urban: Urban,
    /// The data's bounds in the plane.
    pub extract: Bounds2,
    /// The data's bounds in the sources' system.
    pub source_extract: Bounds2,
    to_lonlat: ToLonLat<'a>,
}

impl<'a> Scene<'a> {
    pub fn new(
        region: &'a Region,
        to_lonlat: ToLonLat<'a>,
        undulation_m: &dyn Fn(LonLat) -> f64,
        report: &mut Report,
    ) -> Result<Self, NoPlane> {
        let source_extract = extract_of(region);
        let plane = Plane::around(&source_extract, SURROUND_M, to_lonlat, undulation_m)?;
        let grid = Grid::new(plane.side_m());
        let place = shore::placer(&plane, to_lonlat);
        let ground = Ground::new(region, &source_extract, report);
        let water = Shore::exact(&region.water, &place, report);
        let shores = shore::levels(&water, &grid);
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
        let urban = Urban::new(region, &extract, &place);
        drop(place);
        Ok(Self {
            region,
            plane,
            grid,
            ground,
            water,
            shores,
            urban,
            extract,
            source_extract,
            to_lonlat,
        })
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

    /// The tiles of ground and water: everywhere in coarse levels, in fine levels where there are data.
    ///
    /// A tile is split into all four or not at all: with replacement, a missing child would be a hole.
    pub fn ground_tiles(&self) -> Vec<TileKey> {
        let coarse = self.grid.finest.saturating_sub(SURROUND_LEVELS_UP);
        let mut all = vec![TileKey::ROOT];
        let mut open = vec![TileKey::ROOT];
        while let Some(key) = open.pop() {
            let near_data = self.grid.rect(key).intersects(&self.extract);
            if key.level < coarse || (near_data && key.level < self.grid.finest) {
                all.extend(key.children());
                open.extend(key.children());
            }
        }
        all.sort();
        all
    }
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
    // A plan alone is a territory too.
    if bounds.is_empty() {
        bounds = region.areas.iter().fold(bounds, |sum, area| sum.union(area.shape.bounds()));
    }
    bounds
}
