//! The one grid that all layers share, and the plane it is drawn in.
//!
//! The grid is the implicit quadtree of 3D Tiles over one longitude/latitude rectangle.
//! Everything is cut and draped in the *plane*: metres east and north of the rectangle's south-west corner, linear in longitude and latitude.
//! Tiles are exact squares there, so neighbours share their edges to the last bit; positions leave the plane exactly, vertex by vertex.
//! (Cutting in the territory's projected system was rejected: its axes are turned against the meridians, by 3.3° in Nantes.)

use crate::base::Bounds2;
use crate::geodesy::LonLat;
use std::collections::BTreeSet;

/// Cells of a tile's terrain along one side. A power of two, so that a coarse tile's vertices are also vertices of its children.
pub const CELLS: u32 = 32;

/// No level is finer than this: 2^20 tiles along a side are 1 m tiles on a territory of 1000 km.
const MAX_LEVEL: u32 = 16;

/// Leaves are about this large, so that terrain cells come near the 5 m of the usual elevation models.
const LEAF_SIDE_M: f64 = 256.0;

/// A tile refines when its error is larger than 16 pixels on the screen; at 720 lines and 45° that is at 54 times the error.
/// With a side of 24 errors, a tile is refined when the eye is nearer than 2.25 of its sides: few tiles, and no sudden change near the eye.
const SIDES_PER_ERROR: f64 = 24.0;

/// What the shapes of a level may really be off: a sixteenth of the stated error, so that the usual threshold of 16 pixels shows about one pixel of it.
const ERRORS_PER_TOLERANCE: f64 = 16.0;

/// A tile's place in the quadtree; `x` counts eastward and `y` northward, as implicit tiling of a region wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileKey {
    pub level: u32,
    pub x: u32,
    pub y: u32,
}

impl TileKey {
    pub const ROOT: Self = Self {
        level: 0,
        x: 0,
        y: 0,
    };

    pub fn children(self) -> [Self; 4] {
        [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dx, dy)| Self {
            level: self.level + 1,
            x: 2 * self.x + dx,
            y: 2 * self.y + dy,
        })
    }

    /// The tile of a coarser level, or of its own, that it lies in; `None` for finer levels.
    pub fn ancestor(self, level: u32) -> Option<Self> {
        let up = self.level.checked_sub(level)?;
        Some(Self {
            level,
            x: self.x.checked_shr(up).unwrap_or(0),
            y: self.y.checked_shr(up).unwrap_or(0),
        })
    }

    pub fn parent(self) -> Option<Self> {
        (self.level > 0).then(|| Self {
            level: self.level - 1,
            x: self.x / 2,
            y: self.y / 2,
        })
    }
}

/// A square of `side_m`, split in four `levels - 1` times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    pub side_m: f64,
    /// The finest level's number; the root is 0.
    pub finest: u32,
}

impl Grid {
    pub fn new(side_m: f64) -> Self {
        let finest = (side_m / LEAF_SIDE_M).log2().ceil();
        Self {
            side_m,
            finest: finest.clamp(1.0, f64::from(MAX_LEVEL)) as u32,
        }
    }

    /// Metres along one side of a tile of this level.
    pub fn tile_side(&self, level: u32) -> f64 {
        self.side_m / f64::from(1u32 << level.min(31))
    }

    /// Metres along one side of a terrain cell of this level.
    pub fn cell(&self, level: u32) -> f64 {
        self.tile_side(level) / f64::from(CELLS)
    }

    /// The geometric error that the tileset states for this level, in metres.
    pub fn error(&self, level: u32) -> f64 {
        self.tile_side(level) / SIDES_PER_ERROR
    }

    /// How far shapes of this level may be simplified, in metres.
    pub fn tolerance(&self, level: u32) -> f64 {
        self.error(level) / ERRORS_PER_TOLERANCE
    }

    /// The tile's square in the plane.
    pub fn rect(&self, key: TileKey) -> Bounds2 {
        let side = self.tile_side(key.level);
        let (x, y) = (f64::from(key.x), f64::from(key.y));
        Bounds2 {
            min: [x * side, y * side],
            max: [(x + 1.0) * side, (y + 1.0) * side],
        }
    }

    /// The tile of a level that holds a point; points outside count to the nearest tile.
    pub fn tile_at(&self, level: u32, point: [f64; 2]) -> TileKey {
        let side = self.tile_side(level);
        let last = f64::from((1u32 << level.min(31)) - 1);
        let index = |value: f64| (value / side).floor().clamp(0.0, last) as u32;
        TileKey {
            level,
            x: index(point[0]),
            y: index(point[1]),
        }
    }

    /// All tiles of a level that touch a rectangle.
    pub fn tiles_in(&self, level: u32, bounds: &Bounds2) -> Vec<TileKey> {
        if bounds.is_empty() {
            return Vec::new();
        }
        let low = self.tile_at(level, bounds.min);
        let high = self.tile_at(level, bounds.max);
        (low.y..=high.y)
            .flat_map(|y| (low.x..=high.x).map(move |x| TileKey { level, x, y }))
            .collect()
    }
}

impl Grid {
    /// The same square with leaves twice as large.
    pub fn coarser(self) -> Self {
        Self {
            finest: self.finest.saturating_sub(1).max(1),
            ..self
        }
    }

    /// The tiles of a level that lie along a line, or within `reach_m` of it: those of its box would be its length squared.
    pub fn tiles_along(
        &self,
        level: u32,
        points: impl IntoIterator<Item = [f64; 2]>,
        reach_m: f64,
    ) -> BTreeSet<TileKey> {
        let side = self.tile_side(level);
        let most = f64::from(4u32 << level.min(29));
        let mut tiles = BTreeSet::new();
        let mut piece = Bounds2::EMPTY;
        let mut last: Option<[f64; 2]> = None;
        for at in points {
            let from = last.unwrap_or(at);
            let (dx, dy) = (at[0] - from[0], at[1] - from[1]);
            let steps = (dx.hypot(dy) / side).ceil().clamp(1.0, most) as u32;
            let mut before = from;
            for step in 1..=steps {
                let share = f64::from(step) / f64::from(steps);
                let here = [from[0] + share * dx, from[1] + share * dy];
                let longer = piece.union(Bounds2::of([before, here]));
                if !piece.is_empty() && longer.size().iter().any(|size| *size > side) {
                    tiles.extend(self.tiles_in(level, &piece.grown(reach_m)));
                    piece = Bounds2::of([before, here]);
                } else {
                    piece = longer;
                }
                before = here;
            }
            last = Some(at);
        }
        if !piece.is_empty() {
            tiles.extend(self.tiles_in(level, &piece.grown(reach_m)));
        }
        tiles
    }
}

/// Why no plane could be laid over a territory.
#[derive(Clone, Debug, PartialEq)]
pub struct NoPlane {
    /// The point, in the territory's system, that has no longitude and latitude (or none that leads back).
    pub point: [f64; 2],
}

/// The plane: metres east and north of the root's south-west corner.
///
/// The way back to the sources' system and the geoid are kept on a coarse lattice and interpolated;
/// over its few hundred metres a map projection bends by millimetres and the geoid by less.
#[derive(Clone, Debug)]
pub struct Plane {
    west_deg: f64,
    south_deg: f64,
    metres_per_deg_lon: f64,
    metres_per_deg_lat: f64,
    side_m: f64,
    /// Nodes along one side of the lattice.
    nodes: usize,
    /// `[x, y, undulation]` at the nodes, row by row from the south.
    lattice: Vec<[f64; 3]>,
}

/// Lattice nodes are at most this far apart.
const LATTICE_M: f64 = 400.0;
const MAX_NODES: usize = 513;

impl Plane {
    /// Lays a square plane around `bounds` (in the sources' system), `margin_m` wider on each side.
    ///
    /// # Errors
    /// When the system cannot be turned into longitude and latitude there.
    pub fn around(
        bounds: &Bounds2,
        margin_m: f64,
        to_lonlat: &dyn Fn([f64; 2]) -> Option<LonLat>,
        undulation_m: &dyn Fn(LonLat) -> f64,
    ) -> Result<Self, NoPlane> {
        let lonlat_of = |point: [f64; 2]| to_lonlat(point).ok_or(NoPlane { point });
        let outline = outline_points(bounds);
        let mut degrees = Bounds2::EMPTY;
        for point in outline {
            let at = lonlat_of(point)?;
            degrees.add([at.lon_deg, at.lat_deg]);
        }
        let middle = degrees.centre();
        let (metres_per_deg_lon, metres_per_deg_lat) = metres_per_degree(middle[1]);
        let size = degrees.size();
        let side_m = (size[0] * metres_per_deg_lon).max(size[1] * metres_per_deg_lat)
            + 2.0 * margin_m.max(1.0);
        let nodes = ((side_m / LATTICE_M).ceil() as usize + 1).clamp(2, MAX_NODES);
        let mut plane = Self {
            west_deg: middle[0] - 0.5 * side_m / metres_per_deg_lon,
            south_deg: middle[1] - 0.5 * side_m / metres_per_deg_lat,
            metres_per_deg_lon,
            metres_per_deg_lat,
            side_m,
            nodes,
            lattice: Vec::with_capacity(nodes * nodes),
        };
        let mut guess = bounds.centre();
        for row in 0..nodes {
            for column in 0..nodes {
                let share = |i: usize| side_m * i as f64 / (nodes - 1) as f64;
                let wanted = plane.lonlat([share(column), share(row)]);
                guess = plane.invert(wanted, guess, &lonlat_of)?;
                plane
                    .lattice
                    .push([guess[0], guess[1], undulation_m(wanted)]);
            }
        }
        Ok(plane)
    }

    pub fn side_m(&self) -> f64 {
        self.side_m
    }

    pub fn lonlat(&self, at: [f64; 2]) -> LonLat {
        LonLat {
            lon_deg: self.west_deg + at[0] / self.metres_per_deg_lon,
            lat_deg: self.south_deg + at[1] / self.metres_per_deg_lat,
        }
    }

    pub fn from_lonlat(&self, at: LonLat) -> [f64; 2] {
        [
            (at.lon_deg - self.west_deg) * self.metres_per_deg_lon,
            (at.lat_deg - self.south_deg) * self.metres_per_deg_lat,
        ]
    }

    /// The same place in the sources' system.
    pub fn source(&self, at: [f64; 2]) -> [f64; 2] {
        let [x, y, _] = self.interpolate(at);
        [x, y]
    }

    /// Height of the geoid above the ellipsoid, metres.
    pub fn undulation_m(&self, at: [f64; 2]) -> f64 {
        self.interpolate(at)[2]
    }

    fn interpolate(&self, at: [f64; 2]) -> [f64; 3] {
        let last = (self.nodes - 1) as f64;
        let place = |value: f64| {
            let share = value / self.side_m * last;
            // Beyond the rim the outermost patch goes on straight.
            let cell = share.floor().clamp(0.0, last - 1.0);
            (cell as usize, share - cell)
        };
        let ((c, fc), (r, fr)) = (place(at[0]), place(at[1]));
        let node = |row: usize, column: usize| self.lattice[row * self.nodes + column];
        let (a, b, d, e) = (node(r, c), node(r, c + 1), node(r + 1, c), node(r + 1, c + 1));
        std::array::from_fn(|k| {
            let south = a[k] + fc * (b[k] - a[k]);
            let north = d[k] + fc * (e[k] - d[k]);
            south + fr * (north - south)
        })
    }

    /// Newton's method on the projection with a Jacobian by differences: a handful of steps suffice since it is nearly linear.
    fn invert(
        &self,
        wanted: LonLat,
        guess: [f64; 2],
        lonlat_of: &dyn Fn([f64; 2]) -> Result<LonLat, NoPlane>,
    ) -> Result<[f64; 2], NoPlane> {
        const STEP: f64 = 10.0;
        let target = self.from_lonlat(wanted);
        let mut at = guess;
        for _ in 0..20 {
            let here = self.from_lonlat(lonlat_of(at)?);
            let miss = [target[0] - here[0], target[1] - here[1]];
            if miss[0].hypot(miss[1]) < 1e-5 {
                return Ok(at);
            }
            let east = self.from_lonlat(lonlat_of([at[0] + STEP, at[1]])?);
            let north = self.from_lonlat(lonlat_of([at[0], at[1] + STEP])?);
            let (a, b) = ((east[0] - here[0]) / STEP, (north[0] - here[0]) / STEP);
            let (c, d) = ((east[1] - here[1]) / STEP, (north[1] - here[1]) / STEP);
            let determinant = a * d - b * c;
            if determinant.abs() < 1e-9 {
                break;
            }
            at = [
                at[0] + (d * miss[0] - b * miss[1]) / determinant,
                at[1] + (a * miss[1] - c * miss[0]) / determinant,
            ];
        }
        Err(NoPlane { point: at })
    }
}

/// Corners and edge middles: a rectangle of a projected system is bent in degrees.
fn outline_points(bounds: &Bounds2) -> Vec<[f64; 2]> {
    let share = |k: usize, i: usize| bounds.min[k] + bounds.size()[k] * 0.25 * i as f64;
    (0..=4)
        .flat_map(|i| (0..=4).map(move |j| (i, j)))
        .map(|(i, j)| [share(0, i), share(1, j)])
        .collect()
}

/// Metres of a degree of longitude and of latitude on the GRS 80 ellipsoid.
fn metres_per_degree(lat_deg: f64) -> (f64, f64) {
    const A: f64 = 6_378_137.0;
    const F: f64 = 1.0 / 298.257_222_101;
    let e2 = F * (2.0 - F);
    let (sin, cos) = lat_deg.to_radians().sin_cos();
    let w2 = 1.0 - e2 * sin * sin;
    let prime_vertical = A / w2.sqrt();
    let meridian = A * (1.0 - e2) / (w2 * w2.sqrt());
    (
        (prime_vertical * cos).to_radians(),
        meridian.to_radians(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane() -> Plane {
        // A made-up projection, turned and bent a little, around Nantes.
        let to_lonlat = |p: [f64; 2]| {
            let (x, y) = (p[0] - 355_000.0, p[1] - 6_689_000.0);
            Some(LonLat {
                lon_deg: -1.55 + (x * 0.998 - y * 0.06) / 75_500.0 + x * y * 1e-13,
                lat_deg: 47.21 + (y * 0.998 + x * 0.06) / 111_200.0 - x * x * 1e-13,
            })
        };
        let bounds = Bounds2 {
            min: [354_000.0, 6_688_000.0],
            max: [356_500.0, 6_690_000.0],
        };
        Plane::around(&bounds, 6_000.0, &to_lonlat, &|_| 48.0).unwrap()
    }

    #[test]
    fn the_way_back_is_the_way_there() {
        let plane = plane();
        for at in [[10.0, 20.0], [7_123.4, 6_000.1], [14_000.0, 13_777.0]] {
            let source = plane.source(at);
            let (x, y) = (source[0] - 355_000.0, source[1] - 6_689_000.0);
            let lonlat = LonLat {
                lon_deg: -1.55 + (x * 0.998 - y * 0.06) / 75_500.0 + x * y * 1e-13,
                lat_deg: 47.21 + (y * 0.998 + x * 0.06) / 111_200.0 - x * x * 1e-13,
            };
            let back = plane.from_lonlat(lonlat);
            assert!((back[0] - at[0]).hypot(back[1] - at[1]) < 0.02, "{back:?} {at:?}");
        }
    }

    #[test]
    fn children_tile_their_parent() {
        let grid = Grid::new(15_000.0);
        assert_eq!(grid.finest, 6);
        let parent = TileKey { level: 3, x: 5, y: 2 };
        let union = parent
            .children()
            .iter()
            .fold(Bounds2::EMPTY, |sum, key| sum.union(grid.rect(*key)));
        assert_eq!(union, grid.rect(parent));
        assert!(parent.children().iter().all(|c| c.parent() == Some(parent)));
    }

    #[test]
    fn a_line_has_the_tiles_it_crosses_and_not_those_of_its_box() {
        let grid = Grid::new(60_000.0);
        let tiles = grid.tiles_along(grid.finest, [[10.0, 10.0], [59_000.0, 59_000.0]], 20.0);
        let across = (60_000.0 / grid.tile_side(grid.finest)) as usize;
        assert!(tiles.len() >= across - 10 && tiles.len() < 6 * across, "{}", tiles.len());
        for i in 0..1_000 {
            let at = 10.0 + 58.99 * f64::from(i);
            assert!(tiles.contains(&grid.tile_at(grid.finest, [at, at])), "{at}");
        }
    }

    #[test]
    fn points_outside_belong_to_the_rim() {
        let grid = Grid::new(1_000.0);
        let key = grid.tile_at(grid.finest, [-5.0, 99_999.0]);
        assert_eq!((key.x, key.y), (0, (1 << grid.finest) - 1));
    }
}
