//! Laying what is drawn of a vector tile on a surface: it is cut along the triangles of the surface, so that it lies on them exactly.
//!
//! The surface is the ground that is shown, as it is shown: its triangles, not heights sampled from them, for between two samples a line would
//! sink into every hill. Of ground and water it is what lies higher ([`uppermost`]). Where there is no ground, it is a sheet of facets that bends
//! with the Earth.

use super::content::mercator_between;
use super::uppermost::uppermost;
use super::{DEGREE_M, Plot};
use crate::base::polygon::cross;
use crate::formats::gltf::{TileMesh, ZUP_FROM_YUP};
use crate::geodesy::{Ecef, EnuFrame, LonLatH};
use crate::stream::bvh::Bvh;
use glam::{DMat4, DVec3, Vec3};
use std::sync::Arc;

/// Most corners of one tile that is laid; what is beyond is left out and told.
const MAX_CORNERS: usize = 1 << 20;
/// Most triangles of one tile before they are cut.
const MAX_TRIANGLES: usize = 1 << 19;
/// What lies one rank higher lies higher by this share of the tile's side.
const RANK_SHARE: f64 = 2e-5;
/// Cells along a side of the tile, for finding the triangles of the ground under a place.
const CELLS: usize = 64;
/// A triangle steeper than this (square metres of the map for each of its own) is a skirt and no ground.
const SKIRT_SHARE: f64 = 0.01;
/// A convex piece has so many corners at most: three, and one more for each of seven cuts.
const MOST_SIDES: usize = 10;

/// What is drawn of a tile before it lies anywhere: triangles in shares of the tile's sides, from west and from south.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Flat {
    triangles: Vec<Triangle>,
    tabled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Triangle {
    corners: [[f32; 2]; 3],
    colour: [u8; 3],
    /// What is drawn over what.
    rank: f32,
    /// Of the feature in the tile's table.
    row: u32,
}

impl Flat {
    pub(super) fn is_full(&self) -> bool {
        self.triangles.len() >= MAX_TRIANGLES
    }

    pub(super) fn len(&self) -> usize {
        self.triangles.len()
    }

    pub(super) fn is_tabled(&mut self, tabled: bool) {
        self.tabled = tabled;
    }

    /// One that is nothing, or lies beside the tile, is none.
    pub(super) fn add(&mut self, corners: [[f64; 2]; 3], colour: [u8; 3], rank: f64, row: u32) {
        let flat = corners.as_flattened();
        if self.is_full() || flat.iter().any(|x| !x.is_finite()) {
            return;
        }
        let beside = |axis: usize| {
            let along = corners.map(|corner| corner.get(axis).copied().unwrap_or(0.0));
            along.iter().all(|at| *at <= 0.0) || along.iter().all(|at| *at >= 1.0)
        };
        let turn = turn(corners);
        if turn == 0.0 || beside(0) || beside(1) {
            return;
        }
        let [a, b, c] = corners;
        let corners = if turn > 0.0 { [a, b, c] } else { [a, c, b] };
        self.triangles.push(Triangle { corners: corners.map(|corner| corner.map(|x| x as f32)), colour, rank: rank as f32, row });
    }

    /// In memory.
    pub fn bytes(&self) -> u64 {
        (self.triangles.len() * size_of::<Triangle>()) as u64
    }
}

/// Twice the area, positive where the corners go round to the left.
pub(super) fn turn([a, b, c]: [[f64; 2]; 3]) -> f64 {
    cross(a, b, c)
}

/// A mesh of ground that is shown, for what is laid on it.
#[derive(Debug)]
pub struct Patch {
    bvh: Arc<Bvh>,
    ecef_from_mesh: DMat4,
    /// Of each corner: longitude in degrees, the same upwards in Mercator, height above the ellipsoid in metres.
    places: Vec<[f64; 3]>,
    /// Which way the ground looks there, in the mesh.
    normals: Vec<Vec3>,
    /// West, south, east and north, as [`Self::places`] counts.
    bounds: [f64; 4],
    /// It is a surface of water.
    water: bool,
}

/// A latitude as Web Mercator has it, in radians of the equator.
fn upwards(lat_deg: f64) -> f64 {
    lat_deg.clamp(-89.9, 89.9).to_radians().tan().asinh()
}

impl Patch {
    pub fn new(bvh: Arc<Bvh>, ecef_from_mesh: DMat4) -> Self {
        let place = |position: Vec3| {
            let at = Ecef(ecef_from_mesh.transform_point3(position.as_dvec3())).to_lonlath();
            [at.lon_deg, upwards(at.lat_deg), at.height_m]
        };
        let places: Vec<[f64; 3]> = bvh.positions().map(place).collect();
        let mut bounds = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for [x, y, _] in &places {
            bounds = [bounds[0].min(*x), bounds[1].min(*y), bounds[2].max(*x), bounds[3].max(*y)];
        }
        let up = ecef_from_mesh.inverse().transform_vector3(ecef_from_mesh.w_axis.truncate()).normalize_or(DVec3::Y).as_vec3();
        let mut normals = vec![Vec3::ZERO; places.len()];
        for triangle in bvh.triangles() {
            let corner = |at: u32| bvh.position(at).unwrap_or_default();
            let [a, b, c] = triangle.map(corner);
            let normal = (b - a).cross(c - a);
            // A skirt looks aside, and the ground that it hangs on does not.
            if normal.dot(up).abs() <= SKIRT_SHARE as f32 * normal.length() {
                continue;
            }
            for at in triangle {
                if let Some(sum) = normals.get_mut(at as usize) {
                    *sum += normal;
                }
            }
        }
        Self { bvh, ecef_from_mesh, places, normals, bounds, water: false }
    }

    /// The same as a surface of water: where it covers ground, or ground it, what is laid lies on the higher of the two and not on both.
    pub fn of_water(self) -> Self {
        Self { water: true, ..self }
    }

    /// Whether some of it may lie in a tile of a pyramid.
    pub fn meets(&self, plot: &Plot) -> bool {
        let [west, south, east, north] = plot.bounds_deg();
        let [w, s, e, n] = self.bounds;
        w < east && e > west && s < upwards(north) && n > upwards(south)
    }

    /// In memory, beside the mesh itself.
    pub fn bytes(&self) -> u64 {
        (self.places.len() * (size_of::<[f64; 3]>() + size_of::<Vec3>())) as u64
    }
}

/// What came of laying a tile.
#[derive(Debug, Default)]
pub struct Laid {
    pub mesh: Option<TileMesh>,
    /// Lowest and highest height of it, metres above the ellipsoid; none where nothing lies.
    pub heights_m: Option<[f64; 2]>,
    /// Triangles that no room was left for.
    pub left_out: usize,
}

/// Lays a tile on the ground, or where none is said (not the same as none there) on a sheet at the pyramid's height.
pub fn lay(flat: &Flat, plot: &Plot, under: Option<&[Arc<Patch>]>) -> Laid {
    let surface = match under {
        None => Surface::facets(plot),
        Some(patches) => Surface::ground(plot, patches),
    };
    let mut cloth = Cloth::default();
    let [_, south, _, north] = plot.bounds_deg();
    let step_m = RANK_SHARE * (north - south) * DEGREE_M;
    let mut seen = vec![u32::MAX; surface.facets.len()];
    for (number, triangle) in flat.triangles.iter().enumerate() {
        if cloth.positions.len() >= MAX_CORNERS {
            return Laid { left_out: flat.triangles.len() - number, ..cloth.laid(&surface, flat.tabled) };
        }
        surface.under(triangle.corners.map(|corner| corner.map(f64::from)), number as u32, &mut seen, |facet| cloth.cover(facet, triangle, step_m));
    }
    cloth.laid(&surface, flat.tabled)
}

/// One triangle of a surface.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facet {
    /// In shares of the tile, to the left.
    pub at: [[f64; 2]; 3],
    /// East, up and south of the tile's middle, metres.
    pub positions: [DVec3; 3],
    normals: [Vec3; 3],
    /// Upwards by the globe.
    up: DVec3,
    heights_m: [f64; 3],
    pub water: bool,
}

impl Facet {
    /// A point to the left of each side is above nought.
    pub fn sides(&self) -> [[f64; 3]; 3] {
        let [a, b, c] = self.at;
        [[a, b], [b, c], [c, a]].map(|[from, to]| {
            let (x, y) = (to[0] - from[0], to[1] - from[1]);
            [-y, x, y * from[0] - x * from[1]]
        })
    }

    /// How much there is of each corner in a point.
    fn shares(&self, at: [f64; 2]) -> [f64; 3] {
        let ([a, b, c], whole) = (self.at, turn(self.at));
        let (second, third) = (turn([a, at, c]) / whole, turn([a, b, at]) / whole);
        [1.0 - second - third, second, third]
    }

    fn normal(&self, shares: [f64; 3]) -> Vec3 {
        self.normals.iter().zip(shares).map(|(normal, share)| *normal * share as f32).sum::<Vec3>().normalize_or(Vec3::Y)
    }

    /// A part of it.
    pub fn part(&self, at: [[f64; 2]; 3]) -> Self {
        let shares = at.map(|at| self.shares(at));
        let of = |values: [f64; 3], shares: [f64; 3]| values.iter().zip(shares).map(|(value, share)| value * share).sum::<f64>();
        Self {
            at,
            positions: shares.map(|shares| self.positions.iter().zip(shares).map(|(position, share)| *position * share).sum()),
            normals: shares.map(|shares| self.normal(shares)),
            heights_m: shares.map(|shares| of(self.heights_m, shares)),
            ..*self
        }
    }
}

/// Triangles over a tile, found by place.
struct Surface {
    frame: EnuFrame,
    facets: Vec<Facet>,
    index: Index,
}

/// Which facets may lie at a place.
pub(super) struct Index {
    /// Where the facets of each cell begin among `in_cells`, row by row from the south.
    starts: Vec<u32>,
    in_cells: Vec<u32>,
}

impl Surface {
    /// So many facets that the Earth's bend is nothing: from level 12 on a tile is flat to half a metre in four.
    fn facets(plot: &Plot) -> Self {
        let side: usize = match plot.spot.z {
            0..=3 => 16,
            4..=9 => 8,
            10..=13 => 4,
            _ => 2,
        };
        let (bounds, base_m) = (plot.bounds_deg(), plot.pyramid.base_m);
        let [lon, lat] = mercator_between(bounds, 0.5, 0.5);
        let frame = EnuFrame::at(LonLatH::new(lon, lat, base_m));
        let post = |[u, v]: [f64; 2]| {
            let [lon, lat] = mercator_between(bounds, u, v);
            from_enu(frame.enu_from_ecef.transform_point3(LonLatH::new(lon, lat, base_m).to_ecef().0))
        };
        let share = |k: usize| k as f64 / side as f64;
        let mut facets = Vec::with_capacity(2 * side * side);
        for (row, column) in (0..side).flat_map(|row| (0..side).map(move |column| (row, column))) {
            let (w, e, s, n) = (share(column), share(column + 1), share(row), share(row + 1));
            for at in [[[w, s], [e, s], [e, n]], [[w, s], [e, n], [w, n]]] {
                let positions = at.map(post);
                facets.push(Facet { at, positions, normals: [Vec3::Y; 3], up: up(&frame, positions), heights_m: [base_m; 3], water: false });
            }
        }
        Self { frame, index: Index::of(&facets), facets }
    }

    fn ground(plot: &Plot, patches: &[Arc<Patch>]) -> Self {
        let bounds = plot.bounds_deg();
        let [west, south, east, north] = [bounds[0], upwards(bounds[1]), bounds[2], upwards(bounds[3])];
        let [lon, lat] = mercator_between(bounds, 0.5, 0.5);
        let near: Vec<&Arc<Patch>> = patches.iter().filter(|patch| patch.meets(plot)).collect();
        // Positions are small numbers where the frame stands on the ground.
        let height_m = near.first().and_then(|patch| patch.places.first()).map_or(plot.pyramid.base_m, |place| place[2]);
        let frame = EnuFrame::at(LonLatH::new(lon, lat, height_m));
        let mut facets = Vec::new();
        for patch in near {
            let tile_from_mesh = frame.enu_from_ecef * patch.ecef_from_mesh;
            for triangle in patch.bvh.triangles() {
                let corner = |at: u32| {
                    let [x, y, height_m] = patch.places.get(at as usize).copied()?;
                    let position = patch.bvh.position(at)?;
                    let normal = patch.normals.get(at as usize).copied()?;
                    Some(([(x - west) / (east - west), (y - south) / (north - south)], height_m, position, normal))
                };
                let [Some(a), Some(b), Some(c)] = triangle.map(corner) else { continue };
                let at = [a.0, b.0, c.0];
                let beside = |axis: usize| at.iter().all(|at| at[axis] <= 0.0) || at.iter().all(|at| at[axis] >= 1.0);
                if beside(0) || beside(1) {
                    continue;
                }
                let of = |position: Vec3| from_enu(tile_from_mesh.transform_point3(position.as_dvec3()));
                let towards = |normal: Vec3| from_enu(tile_from_mesh.transform_vector3(normal.as_dvec3())).as_vec3().normalize_or(Vec3::Y);
                let mut facet = Facet {
                    at,
                    positions: [a, b, c].map(|corner| of(corner.2)),
                    normals: [a, b, c].map(|corner| towards(corner.3)),
                    up: DVec3::Y,
                    heights_m: [a.1, b.1, c.1],
                    water: patch.water,
                };
                if turn(facet.at) < 0.0 {
                    facet.at.swap(1, 2);
                    facet.positions.swap(1, 2);
                    facet.normals.swap(1, 2);
                    facet.heights_m.swap(1, 2);
                }
                let [p, q, r] = facet.positions;
                let (across, whole) = ((q - p).cross(r - p), turn(facet.at));
                facet.up = up(&frame, facet.positions);
                if whole > 0.0 && across.dot(facet.up).abs() > SKIRT_SHARE * across.length() {
                    facets.push(facet);
                }
            }
        }
        let facets = uppermost(facets);
        Self { frame, index: Index::of(&facets), facets }
    }

    /// Calls for each facet that may lie under a triangle, once.
    fn under(&self, corners: [[f64; 2]; 3], number: u32, seen: &mut [u32], mut each: impl FnMut(&Facet)) {
        self.index.near(corners, number, seen, |at| {
            if let Some(facet) = self.facets.get(at) {
                each(facet);
            }
        });
    }
}

impl Index {
    pub fn of(facets: &[Facet]) -> Self {
        // Counted first, then put in their places.
        let mut starts = vec![0_u32; CELLS * CELLS + 1];
        let cells_of: Vec<[usize; 4]> = facets.iter().map(|facet| cells(facet.at)).collect();
        for cell in cells_of.iter().flat_map(|range| within(*range)) {
            if let Some(count) = starts.get_mut(cell + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut next = starts.clone();
        let mut in_cells = vec![0_u32; sum as usize];
        for (number, range) in cells_of.iter().enumerate() {
            for cell in within(*range) {
                if let Some(at) = next.get_mut(cell)
                    && let Some(slot) = in_cells.get_mut(*at as usize)
                {
                    *slot = number as u32;
                    *at += 1;
                }
            }
        }
        Self { starts, in_cells }
    }

    /// Calls for the number of each facet that may lie at a triangle, once: those that have seen this `number` are passed over.
    pub fn near(&self, corners: [[f64; 2]; 3], number: u32, seen: &mut [u32], mut each: impl FnMut(usize)) {
        for cell in within(cells(corners)) {
            let (Some(start), Some(end)) = (self.starts.get(cell), self.starts.get(cell + 1)) else { continue };
            for at in self.in_cells.get(*start as usize..*end as usize).unwrap_or_default() {
                let Some(seen) = seen.get_mut(*at as usize) else { continue };
                if *seen != number {
                    *seen = number;
                    each(*at as usize);
                }
            }
        }
    }
}

/// First and last column, first and last row of the cells that a triangle may touch.
fn cells(corners: [[f64; 2]; 3]) -> [usize; 4] {
    let range = |axis: usize| {
        let along = corners.map(|corner| corner.get(axis).copied().unwrap_or(0.0));
        let cell = |at: f64| ((at * CELLS as f64).floor().max(0.0) as usize).min(CELLS - 1);
        [cell(along.into_iter().fold(f64::MAX, f64::min)), cell(along.into_iter().fold(f64::MIN, f64::max))]
    };
    let ([west, east], [south, north]) = (range(0), range(1));
    [west, east, south, north]
}

fn within([west, east, south, north]: [usize; 4]) -> impl Iterator<Item = usize> {
    (south..=north).flat_map(move |row| (west..=east).map(move |column| row * CELLS + column))
}

/// Upwards at a triangle: away from the middle of a large tile that is not the frame's.
fn up(frame: &EnuFrame, [a, b, c]: [DVec3; 3]) -> DVec3 {
    let middle = frame.ecef_from_enu.transform_point3(to_enu((a + b + c) / 3.0));
    from_enu(frame.enu_from_ecef.transform_vector3(middle)).normalize_or(DVec3::Y)
}

fn from_enu(enu: DVec3) -> DVec3 {
    DVec3::new(enu.x, enu.z, -enu.y)
}

fn to_enu(at: DVec3) -> DVec3 {
    DVec3::new(at.x, -at.z, at.y)
}

/// A convex piece.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    corners: [[f64; 2]; MOST_SIDES],
    count: usize,
}

impl Piece {
    pub fn triangle(corners: [[f64; 2]; 3]) -> Self {
        let mut piece = Self { corners: [[0.0; 2]; MOST_SIDES], count: 0 };
        corners.into_iter().for_each(|corner| piece.add(corner));
        piece
    }

    /// As a fan of triangles; none of a piece of which nothing is left.
    pub fn triangles(&self) -> impl Iterator<Item = [[f64; 2]; 3]> {
        let first = self.corners.first().copied().unwrap_or_default();
        self.corners().windows(2).skip(1).filter_map(move |pair| Some([first, *pair.first()?, *pair.get(1)?]))
    }

    pub fn corners(&self) -> &[[f64; 2]] {
        self.corners.get(..self.count).unwrap_or_default()
    }

    fn add(&mut self, corner: [f64; 2]) {
        if let Some(slot) = self.corners.get_mut(self.count) {
            *slot = corner;
            self.count += 1;
        }
    }

    /// The part where `a u + b v + c` is not below nought.
    pub fn cut(&self, [a, b, c]: [f64; 3]) -> Self {
        let side = |[u, v]: [f64; 2]| a * u + b * v + c;
        let mut kept = Self { count: 0, ..*self };
        let corners = self.corners();
        for (p, q) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            let (from, to) = (side(*p), side(*q));
            if from >= 0.0 {
                kept.add(*p);
            }
            if from * to < 0.0 {
                let share = from / (from - to);
                kept.add([p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share]);
            }
        }
        if kept.count < 3 {
            kept.count = 0;
        }
        kept
    }
}

/// What lies already.
#[derive(Default)]
struct Cloth {
    positions: Vec<[f32; 3]>,
    normals: Vec<[f32; 3]>,
    colors: Vec<[u8; 4]>,
    rows: Vec<u32>,
    indices: Vec<u32>,
    heights_m: Option<[f64; 2]>,
}

impl Cloth {
    /// The part of a triangle that lies over a facet, and in the tile, on that facet.
    fn cover(&mut self, facet: &Facet, triangle: &Triangle, step_m: f64) {
        let mut piece = facet.sides().into_iter().fold(Piece::triangle(triangle.corners.map(|corner| corner.map(f64::from))), |piece, side| piece.cut(side));
        for rim in [[1.0, 0.0, 0.0], [-1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, -1.0, 1.0]] {
            piece = piece.cut(rim);
        }
        if piece.count < 3 {
            return;
        }
        let rise = facet.up * (f64::from(triangle.rank) * step_m);
        let first = self.positions.len() as u32;
        for corner in piece.corners() {
            let shares = facet.shares(*corner);
            let [p, q, r] = facet.positions;
            self.positions.push((p * shares[0] + q * shares[1] + r * shares[2] + rise).as_vec3().to_array());
            self.normals.push(facet.normal(shares).to_array());
            let height_m: f64 = facet.heights_m.iter().zip(shares).map(|(height, share)| height * share).sum();
            self.heights_m = Some(self.heights_m.map_or([height_m; 2], |[low, high]| [low.min(height_m), high.max(height_m)]));
            let [red, green, blue] = triangle.colour;
            self.colors.push([red, green, blue, 255]);
            self.rows.push(triangle.row);
        }
        for k in 1..piece.count as u32 - 1 {
            self.indices.extend([first, first + k, first + k + 1]);
        }
    }

    fn laid(self, surface: &Surface, tabled: bool) -> Laid {
        if self.indices.is_empty() {
            return Laid::default();
        }
        let heights_m = self.heights_m.map(|[low, high]| [low - super::FLAT_M[1], high + super::FLAT_M[1]]);
        let mesh = TileMesh {
            name: "vectors".to_owned(),
            tile_from_mesh: surface.frame.ecef_from_enu * ZUP_FROM_YUP,
            normals: self.normals,
            positions: self.positions,
            colors: self.colors,
            feature_ids: if tabled { self.rows } else { Vec::new() },
            indices: self.indices,
            table: tabled.then_some(0),
            ..TileMesh::default()
        };
        Laid { mesh: Some(mesh), heights_m, left_out: 0 }
    }
}
