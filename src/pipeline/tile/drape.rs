//! Flat shapes laid on the drawn ground, cut along its cells where it bends.

use super::cells::{Share, shares};
use super::clip::{along_cells, cross, inside, within};
use super::grid::CELLS;
use super::ground::Surface;
use super::mesh::{Extent, MeshBuilder};
use super::palette::Rgba;
use super::shore::{bounds_of, clipped, rectangle, triangulated};
use crate::base::Bounds2;
use crate::formats::gltf::TileMesh;
use geo::{BooleanOps, Contains, Coord, MultiPolygon, Polygon};

/// Where the ground bends less than this under a piece, the piece is one triangle; well below the lifts of [`lift`].
const FLAT_WITHIN_M: f64 = 0.015;
const OVERLAP_STEPS: f64 = 3.0;

/// Heights above the drawn ground, metres: what lies on what, from below. Each step is more than the ground may bend under one piece.
pub mod lift {
    /// Land cover, parks, flood zones.
    pub const COVER: f64 = 0.02;
    pub const PAVEMENT: f64 = 0.04;
    /// Zones, parcels and whatever else is decided about the land.
    pub const ZONE: f64 = 0.0575;
    pub const CASING: f64 = 0.075;
    pub const JUNCTION: f64 = 0.11;
    pub const PATH: f64 = 0.145;
    pub const MINOR_ROAD: f64 = 0.18;
    pub const ROAD: f64 = 0.215;
    pub const MAJOR_ROAD: f64 = 0.25;
    pub const TRACK: f64 = 0.29;
    /// Outlines and marks of areas.
    pub const OUTLINE: f64 = 0.36;
}

/// One tile's cloth: everything laid belongs to its mesh.
pub struct Drape<'a> {
    pub surface: &'a Surface<'a>,
    rect: Bounds2,
    /// The tile and a hair more, so that rounded neighbours leave no crack.
    pub window: Bounds2,
    /// Seen from afar, small differences of depth drown in rounding: everything rises with the level's tolerance.
    pub rise: f64,
    pub mesh: MeshBuilder<'a>,
}

impl<'a> Drape<'a> {
    /// `step_m` is the lattice that the tile's positions are rounded to.
    pub fn new(
        surface: &'a Surface<'a>,
        rect: &Bounds2,
        step_m: f64,
        tolerance_m: f64,
        mesh: MeshBuilder<'a>,
    ) -> Self {
        Self {
            surface,
            rect: *rect,
            window: rect.grown(OVERLAP_STEPS * step_m),
            rise: 1.0 + tolerance_m,
            mesh,
        }
    }

    fn bend_m(&self) -> f64 {
        FLAT_WITHIN_M * self.rise
    }

    /// What was laid, without the cuts along cells between which the ground does not bend.
    pub fn finish(self) -> (TileMesh, Extent) {
        let bend_m = self.bend_m();
        self.mesh.finish_within(bend_m)
    }

    /// Lays triangles at a lift; what lies outside the tile belongs to the neighbours.
    pub fn lay(
        &mut self,
        triangles: impl Iterator<Item = [[f64; 2]; 3]>,
        lift_m: f64,
        colour: &dyn Fn([f64; 2]) -> Rgba,
        feature: u32,
    ) {
        let lift_m = lift_m * self.rise;
        let bend_m = self.bend_m();
        let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
        for triangle in triangles {
            pieces.clear();
            along_cells(triangle, self.surface.cell(), &self.window, |_, _| true, |piece| {
                pieces.push(piece.to_vec())
            });
            if pieces.len() > 1 && self.is_flat(&triangle, &pieces, bend_m) {
                self.fan(&inside(triangle, &self.window), lift_m, colour, feature);
            } else {
                // Cells reach over the window's rim; what lies there is the neighbour's.
                for piece in pieces.drain(..) {
                    self.fan(&within(piece, &self.window), lift_m, colour, feature);
                }
            }
        }
    }

    /// Lays an outline at a lift: whole cells as the ground's own triangles, what its edges cross cut to it.
    pub fn cover(&mut self, outline: &Polygon<f64>, lift_m: f64, colour: Rgba, feature: u32) {
        let rings = std::iter::once(outline.exterior()).chain(outline.interiors());
        let edges: Vec<[[f64; 2]; 2]> = rings
            .flat_map(|ring| ring.lines())
            .filter_map(|line| clipped([[line.start.x, line.start.y], [line.end.x, line.end.y]], &self.rect))
            .collect();
        let cell = self.surface.cell();
        let shares = shares(&self.rect, cell, &edges, |at| outline.contains(&Coord { x: at[0], y: at[1] }));
        let has_whole_cells = shares.contains(&Share::Inside);
        let paint = |_: [f64; 2]| colour;
        if !has_whole_cells || self.surface.is_plane(self.bend_m()) {
            for part in cut_to(outline, &self.window) {
                self.lay(triangulated(&part).into_iter(), lift_m, &paint, feature);
            }
            return;
        }
        self.whole_cells(&shares, lift_m * self.rise, colour, feature);
        if !shares.contains(&Share::Crossed) {
            return;
        }
        let first = [0, 1].map(|k| (self.rect.min[k] / cell).round() as i64);
        // What hangs over the rim goes with the cell beside it.
        let crossed = |column: i64, row: i64| {
            let [column, row] = [column - first[0], row - first[1]].map(|at| at.clamp(0, i64::from(CELLS) - 1) as usize);
            shares.get(row * CELLS as usize + column) == Some(&Share::Crossed)
        };
        let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
        for part in cut_to(outline, &self.window) {
            for triangle in triangulated(&part) {
                along_cells(triangle, cell, &self.window, crossed, |piece| pieces.push(piece.to_vec()));
            }
        }
        for piece in pieces {
            self.fan(&within(piece, &self.window), lift_m * self.rise, &paint, feature);
        }
    }

    /// The two triangles of each cell that lies inside; at the tile's border they reach to the window's.
    fn whole_cells(&mut self, shares: &[Share], height_m: f64, colour: Rgba, feature: u32) {
        const NODES: usize = CELLS as usize + 1;
        let cell = self.surface.cell();
        let corner = self.rect.min.map(|at| (at / cell).round());
        let window = self.window;
        let mut known: Vec<Option<u32>> = vec![None; NODES * NODES];
        for (index, _) in shares.iter().enumerate().filter(|(_, share)| **share == Share::Inside) {
            let (column, row) = (index % CELLS as usize, index / CELLS as usize);
            let mut vertex = |dc: usize, dr: usize| {
                let place = [column + dc, row + dr];
                let slot = place[1] * NODES + place[0];
                if let Some(vertex) = known.get(slot).copied().flatten() {
                    return vertex;
                }
                // Counted from the plane's corner, so that neighbours compute the very same bits.
                let at = [0, 1].map(|k| match place[k] {
                    0 => window.min[k],
                    place if place + 1 == NODES => window.max[k],
                    place => (corner[k] + place as f64) * cell,
                });
                let vertex = self.vertex(at, height_m, colour, feature);
                if let Some(slot) = known.get_mut(slot) {
                    *slot = Some(vertex);
                }
                vertex
            };
            let [south_west, south_east, north_east, north_west] = [vertex(0, 0), vertex(1, 0), vertex(1, 1), vertex(0, 1)];
            self.mesh.triangle(south_west, south_east, north_east);
            self.mesh.triangle(south_west, north_east, north_west);
        }
    }

    fn vertex(&mut self, at: [f64; 2], height_m: f64, colour: Rgba, feature: u32) -> u32 {
        let place = [at[0], at[1], self.surface.height(at) + height_m];
        self.mesh.vertex(place, self.surface.normal(at), colour, feature)
    }

    /// Does the drawn ground under a triangle keep to the plane through its corners?
    fn is_flat(&self, triangle: &[[f64; 2]; 3], pieces: &[Vec<[f64; 2]>], bend_m: f64) -> bool {
        let [a, b, c] = *triangle;
        let area = cross(a, b, c);
        if area.abs() < 1e-6 {
            return false;
        }
        let [za, zb, zc] = triangle.map(|at| self.surface.height(at));
        pieces.iter().flatten().all(|at| {
            let plane =
                (cross(*at, b, c) * za + cross(*at, c, a) * zb + cross(*at, a, b) * zc) / area;
            (plane - self.surface.height(*at)).abs() <= bend_m
        })
    }

    fn fan(
        &mut self,
        polygon: &[[f64; 2]],
        lift_m: f64,
        colour: &dyn Fn([f64; 2]) -> Rgba,
        feature: u32,
    ) {
        let indices: Vec<u32> = polygon
            .iter()
            .map(|at| self.vertex(*at, lift_m, colour(*at), feature))
            .collect();
        if let Some((&first, rest)) = indices.split_first() {
            for pair in rest.windows(2) {
                self.mesh.triangle(first, pair[0], pair[1]);
            }
        }
    }
}

/// The part of an outline inside a rectangle.
fn cut_to(outline: &Polygon<f64>, window: &Bounds2) -> MultiPolygon<f64> {
    let bounds = bounds_of(outline);
    if (0..2).all(|k| bounds.min[k] >= window.min[k] && bounds.max[k] <= window.max[k]) {
        return MultiPolygon(vec![outline.clone()]);
    }
    outline.intersection(&rectangle(window))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Report;
    use crate::geodesy::LonLat;
    use crate::pipeline::tile::grid::{Grid, Plane, TileKey};
    use crate::pipeline::tile::ground::Ground;
    use crate::pipeline::tile::mesh::TileFrame;
    use crate::region::{HeightGrid, Region};
    use geo::{Area, LineString};
    use proptest::prelude::*;
    use std::f64::consts::TAU;

    const SIDE_M: f64 = 1_024.0;

    /// What a cloth over an outline covers in a tile: its area in the plane, its vertices' heights above the drawn ground and their normals' slants.
    fn covered(outline: &Polygon<f64>, key: TileKey, hill_m: f64) -> (f64, Vec<f64>, usize) {
        let to_lonlat = |p: [f64; 2]| Some(LonLat { lon_deg: 2.0 + p[0] / 75_500.0, lat_deg: 47.0 + p[1] / 111_200.0 });
        let extent = Bounds2 { min: [0.0; 2], max: [SIDE_M; 2] };
        let plane = Plane::around(&extent, 1.0, &to_lonlat, &|_| 0.0).unwrap();
        let height = |i: usize| hill_m * ((i % 260) as f64 * 0.31).sin() * ((i / 260) as f64 * 0.17).cos();
        let terrain = HeightGrid { origin: [-10.0, 1_034.0], cell_m: 4.0, columns: 260, rows: 260, values: (0..67_600).map(|i| height(i) as f32).collect() };
        let ground = Ground::new(&Region { terrain: Some(terrain), ..Region::default() }, &extent, &mut Report::default());
        let grid = Grid::new(SIDE_M);
        let rect = grid.rect(key);
        let surface = Surface::new(&ground, &plane, &grid, key.level, &rect);
        let mesh = MeshBuilder::new("test", TileFrame::new(&plane, &grid, key, 0.0));
        let mut cloth = Drape::new(&surface, &rect, 1e-3, 0.0, mesh);
        cloth.cover(outline, 1.0, [1, 2, 3, 255], 0);
        let (mesh, _) = cloth.finish();
        // The mesh's axes are east, up and south of the tile's middle.
        let corners: Vec<[f64; 2]> = mesh.positions.iter().map(|p| [f64::from(p[0]), -f64::from(p[2])]).collect();
        let area = mesh.indices.as_chunks::<3>().0.iter().map(|t| 0.5 * cross(corners[t[0] as usize], corners[t[1] as usize], corners[t[2] as usize]));
        let middle = rect.centre();
        let above = mesh.positions.iter().zip(&corners).map(|(p, at)| f64::from(p[1]) - surface.height([middle[0] + at[0], middle[1] + at[1]])).collect();
        (area.sum(), above, mesh.indices.len() / 3)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// A cloth covers what its outline has in the tile, once, and lies on the ground that is drawn there, hilly or flat.
        #[test]
        fn covers_its_outline_on_the_drawn_ground(
            centre in prop::array::uniform2(0.0..SIDE_M),
            radius in 20.0..900.0f64,
            waves in 2u32..9,
            hole in prop::bool::ANY,
            hilly in prop::bool::ANY,
            place in prop::array::uniform2(0u32..4),
        ) {
            let ring = |radius: f64, waves: u32| -> LineString<f64> {
                (0..160).map(|i| {
                    let angle = TAU * f64::from(i) / 160.0;
                    let away = radius * (1.0 + 0.3 * (f64::from(waves) * angle).sin());
                    (centre[0] + away * angle.cos(), centre[1] + away * angle.sin())
                }).collect()
            };
            let holes = if hole { vec![ring(0.4 * radius, 3)] } else { Vec::new() };
            let outline = Polygon::new(ring(radius, waves), holes);
            let key = TileKey { level: 2, x: place[0], y: place[1] };
            let (area, above, _) = covered(&outline, key, if hilly { 20.0 } else { 0.0 });
            let wanted = outline.intersection(&rectangle(&Grid::new(SIDE_M).rect(key))).unsigned_area();
            // It may hang over the tile's rim by three steps of a millimetre, and the plane is a fraction of a thousandth off the mesh's metres.
            let rim = 4.0 * 256.0 * 3.5e-3;
            prop_assert!(area >= wanted * 0.999 - 0.01 && area <= wanted * 1.001 + rim, "{area} for {wanted}");
            // Places are told in half millimetres here, and the ground falls 5 in 1 at the steepest.
            prop_assert!(above.iter().all(|h| (h - 1.0).abs() < 0.05), "{above:?}");
        }
    }

    #[test]
    fn whole_cells_are_two_triangles_and_flat_land_needs_few() {
        let all = rectangle(&Bounds2 { min: [-9.0; 2], max: [SIDE_M + 9.0; 2] });
        let key = TileKey { level: 2, x: 1, y: 1 };
        assert_eq!(covered(&all, key, 20.0).2, 2 * (CELLS * CELLS) as usize);
        assert!(covered(&all, key, 0.0).2 <= 4);
    }
}
