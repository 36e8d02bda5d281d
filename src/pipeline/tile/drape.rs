//! Flat shapes laid on the drawn ground, cut along its cells where it bends.

use super::clip::{along_cells, cross, inside, within};
use super::ground::Surface;
use super::mesh::MeshBuilder;
use super::palette::Rgba;
use crate::base::Bounds2;

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
            window: rect.grown(OVERLAP_STEPS * step_m),
            rise: 1.0 + tolerance_m,
            mesh,
        }
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
        let bend_m = FLAT_WITHIN_M * self.rise;
        let mut pieces: Vec<Vec<[f64; 2]>> = Vec::new();
        for triangle in triangles {
            pieces.clear();
            along_cells(triangle, self.surface.cell(), &self.window, |piece| {
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
            .map(|at| {
                let place = [at[0], at[1], self.surface.height(*at) + lift_m];
                self.mesh
                    .vertex(place, self.surface.normal(*at), colour(*at), feature)
            })
            .collect();
        if let Some((&first, rest)) = indices.split_first() {
            for pair in rest.windows(2) {
                self.mesh.triangle(first, pair[0], pair[1]);
            }
        }
    }
}
