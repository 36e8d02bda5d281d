//! Walls for surfaces that a value raises: along the outline of each feature a strip whose lower edge stays on the ground and whose upper edge goes up.
//!
//! While nothing is raised both edges lie on each other, and nothing is drawn. Where a tile was cut there is no wall: the surface goes on in the next.

use crate::formats::gltf::TileMesh;
use glam::{Vec2, Vec3};
use std::collections::HashMap;

/// Sides of one tile that get a wall: a layer of many small parcels has none rather than a tile of walls.
const MOST_SIDES: usize = 24_000;
/// Ends of sides that are looked at for one tile, so that a strange one does not take long.
const MOST_LOOKED: usize = 4_000_000;
/// Corners nearer than this are one, metres.
const GRAIN_M: f32 = 0.02;
/// So near to the edge of what a tile holds, a side was cut there; metres.
const CUT_M: f32 = 0.05;
/// And farther in wide tiles: their edges are meridians and parallels, which converge and bend by half² tan(latitude) / radius of the Earth
/// (twice that between their ends, at 51°), …
const BENT_PER_M: f32 = 4e-7;
/// … and their corners lie on a coarser lattice.
const STEP_SHARE: f32 = 1e-4;

/// Adds the walls to a mesh and answers how each vertex rises: 1 with the value, 0 not at all.
pub fn hang(mesh: &mut TileMesh) -> Vec<i8> {
    let count = mesh.positions.len();
    let mut rises = vec![1_i8; count];
    let sides = if mesh.feature_ids.len() == count { outline(mesh) } else { Vec::new() };
    if sides.len() > MOST_SIDES || u32::try_from(count + 4 * sides.len()).is_err() {
        return rises;
    }
    let has_normals = mesh.normals.len() == count;
    let has_colours = mesh.colors.len() == count;
    for [a, b] in sides {
        let (Some(from), Some(to)) = (mesh.positions.get(a as usize).copied(), mesh.positions.get(b as usize).copied()) else { continue };
        let along = Vec3::from_array(to) - Vec3::from_array(from);
        // The surface lies to the left of its side, seen from above: outside is to the right.
        let out = along.cross(Vec3::Y).normalize_or_zero().to_array();
        let first = mesh.positions.len() as u32;
        for (vertex, position, rise) in [(a, from, 0), (b, to, 0), (b, to, 1), (a, from, 1)] {
            mesh.positions.push(position);
            mesh.feature_ids.push(mesh.feature_ids.get(vertex as usize).copied().unwrap_or(0));
            if has_normals {
                mesh.normals.push(out);
            }
            if has_colours {
                mesh.colors.push(mesh.colors.get(vertex as usize).copied().unwrap_or([255; 4]));
            }
            rises.push(rise);
        }
        mesh.indices.extend([0, 1, 2, 0, 2, 3].map(|corner| first + corner));
    }
    rises
}

/// Sides of triangles that no other triangle of the same feature has, as pairs of vertices in the triangles' own direction.
fn outline(mesh: &TileMesh) -> Vec<[u32; 2]> {
    let (mut low, mut high) = (Vec3::splat(f32::INFINITY), Vec3::splat(f32::NEG_INFINITY));
    for position in &mesh.positions {
        low = low.min(Vec3::from_array(*position));
        high = high.max(Vec3::from_array(*position));
    }
    let half = [low.x, low.z, high.x, high.z].into_iter().map(f32::abs).fold(0.0, f32::max);
    let mut all = Sides::of(mesh);
    for corners in mesh.indices.chunks_exact(3) {
        let &[a, b, c] = corners else { continue };
        [[a, b], [b, c], [c, a]].into_iter().for_each(|side| all.meet(side));
    }
    // Where a side meets two shorter ones, it is two sides.
    let mut whole = Sides::of(mesh);
    split(mesh, all.alone(), GRAIN_M + half * STEP_SHARE).into_iter().for_each(|side| whole.meet(side));
    let cut_m = CUT_M + half * half * BENT_PER_M + half * STEP_SHARE;
    let is_cut = |[a, b]: &[u32; 2]| {
        let at = |vertex: &u32, axis: usize| mesh.positions.get(*vertex as usize).map_or(0.0, |position| position[axis]);
        [0, 2].into_iter().any(|axis| [low[axis], high[axis]].into_iter().any(|edge| [a, b].into_iter().all(|vertex| (at(vertex, axis) - edge).abs() < cut_m)))
    };
    let mut sides = whole.alone();
    sides.retain(|side| !is_cut(side));
    sides
}

/// Sides of triangles; one and its way back belong to neighbours, and what is met once each way is inside.
struct Sides<'m> {
    mesh: &'m TileMesh,
    met: HashMap<(u32, Corner, Corner), (i32, [u32; 2])>,
}

/// A place, seen from above, on the lattice on which corners are one: on either side of a cell's line heights may differ by a step.
type Corner = [i32; 2];

impl<'m> Sides<'m> {
    fn of(mesh: &'m TileMesh) -> Self {
        Self { mesh, met: HashMap::new() }
    }

    fn meet(&mut self, [from, to]: [u32; 2]) {
        let grain = |x: f32| (x / GRAIN_M).round() as i32;
        let corner = |vertex: u32| self.mesh.positions.get(vertex as usize).map_or([0; 2], |[x, _, z]| [grain(*x), grain(*z)]);
        let (start, end, id) = (corner(from), corner(to), feature(self.mesh, from));
        if start == end {
            return;
        }
        let way = start < end;
        let (count, ends) = self.met.entry(if way { (id, start, end) } else { (id, end, start) }).or_insert((0, [from, to]));
        *count += if way { 1 } else { -1 };
        *ends = [from, to];
    }

    /// Those without a way back. A map has no order of its own, a tile has.
    fn alone(self) -> Vec<[u32; 2]> {
        let mut sides: Vec<[u32; 2]> = self.met.into_values().filter(|(count, _)| *count != 0).map(|(_, ends)| ends).collect();
        sides.sort_unstable();
        sides
    }
}

fn feature(mesh: &TileMesh, vertex: u32) -> u32 {
    mesh.feature_ids.get(vertex as usize).copied().unwrap_or(0)
}

/// The sides in pieces, parted where the end of another side of their feature lies on them.
///
/// Along the lines of the ground's cells a piece of an area has corners that its neighbour across the line has not; they lie `near_m` off it at most.
fn split(mesh: &TileMesh, sides: Vec<[u32; 2]>, near_m: f32) -> Vec<[u32; 2]> {
    let at = |vertex: u32| mesh.positions.get(vertex as usize).map_or(Vec2::ZERO, |[x, _, z]| Vec2::new(*x, *z));
    // Ends by feature, along each axis: a side looks among those of the narrower range.
    let ends: Vec<u32> = sides.iter().map(|[from, _]| *from).collect();
    let sorted = [0, 1].map(|axis| {
        let mut ends: Vec<(u32, f32, u32)> = ends.iter().map(|vertex| (feature(mesh, *vertex), at(*vertex)[axis], *vertex)).collect();
        ends.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        ends
    });
    let mut looked = 0;
    let mut out = Vec::with_capacity(sides.len());
    for [from, to] in sides {
        let (id, start, end) = (feature(mesh, from), at(from), at(to));
        let near = [0, 1].map(|axis| {
            let (low, high) = (start[axis].min(end[axis]) - near_m, start[axis].max(end[axis]) + near_m);
            let first = sorted[axis].partition_point(|(other, place, _)| (*other, *place) < (id, low));
            let last = sorted[axis].partition_point(|(other, place, _)| (*other, *place) <= (id, high));
            sorted[axis].get(first..last).unwrap_or_default()
        });
        let near = if near[0].len() < near[1].len() { near[0] } else { near[1] };
        looked += near.len();
        let (along, length) = ((end - start).normalize_or_zero(), start.distance(end));
        let mut on: Vec<(f32, u32)> = Vec::new();
        if looked <= MOST_LOOKED {
            let places = near.iter().map(|(.., vertex)| (*vertex, at(*vertex) - start));
            on.extend(places.filter(|(_, from)| along.perp_dot(*from).abs() <= near_m).map(|(vertex, from)| (along.dot(from), vertex)).filter(|(far, _)| *far > GRAIN_M && *far < length - GRAIN_M));
        }
        on.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        on.dedup_by(|next, kept| next.0 - kept.0 <= GRAIN_M);
        let mut begin = from;
        for (_, vertex) in on {
            out.push([begin, vertex]);
            begin = vertex;
        }
        out.push([begin, to]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of two triangles beside another feature's square, in a tile that is wider than both; z points south.
    fn squares() -> TileMesh {
        let square = |x: f32| [[x, 0.0, 10.0], [x + 10.0, 0.0, 10.0], [x + 10.0, 0.0, 0.0], [x, 0.0, 0.0]];
        let far = [[-50.0, 0.0, -50.0], [60.0, 0.0, 60.0], [60.0, 0.0, 60.0]];
        TileMesh {
            positions: square(0.0).into_iter().chain(square(10.0)).chain(far).collect(),
            normals: vec![[0.0, 1.0, 0.0]; 11],
            colors: Vec::new(),
            feature_ids: [0; 4].into_iter().chain([1; 4]).chain([2; 3]).collect(),
            indices: vec![0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7],
            ..TileMesh::default()
        }
    }

    #[test]
    fn each_feature_gets_a_wall_around_it_and_none_inside() {
        let mut mesh = squares();
        let rises = hang(&mut mesh);
        // Four sides each: the one between both is two walls, for their values differ; the diagonals have none.
        assert_eq!(mesh.positions.len(), 11 + 8 * 4);
        assert_eq!(rises.len(), mesh.positions.len());
        assert_eq!(rises[..11], [1; 11]);
        assert_eq!(rises[11..].iter().filter(|rise| **rise == 0).count(), 16);
        for wall in mesh.indices[12..].chunks_exact(6) {
            let corner = |at: usize| Vec3::from_array(mesh.positions[wall[at] as usize]);
            let out = Vec3::from_array(mesh.normals[wall[0] as usize]);
            let middle = if mesh.feature_ids[wall[0] as usize] == 0 { Vec3::new(5.0, 0.0, 5.0) } else { Vec3::new(15.0, 0.0, 5.0) };
            assert!(out.dot(corner(0) - middle) > 0.0 && out.y == 0.0, "a wall looks outward");
            // Lifted, its front is outside too.
            let (a, b, c) = (corner(0), corner(1), corner(2) + Vec3::Y);
            assert!((b - a).cross(c - a).dot(out) > 0.0);
        }
    }

    #[test]
    fn where_a_tile_is_cut_there_is_no_wall() {
        let mut mesh = squares();
        mesh.positions.truncate(8);
        mesh.normals.truncate(8);
        mesh.feature_ids.truncate(8);
        // Now the squares reach the edges of what the tile holds: only the sides between them are their own.
        hang(&mut mesh);
        assert_eq!(mesh.positions.len(), 8 + 2 * 4);
    }

    #[test]
    fn a_side_beside_two_shorter_ones_is_inside() {
        // The western square has one side where the eastern one, of the same feature, has two; their corner lies a step of the lattice off it.
        let far = [[-50.0, 0.0, -50.0], [60.0, 0.0, 60.0], [60.0, 0.0, 60.0]];
        let positions = [[0.0, 0.0, 10.0], [10.0, 0.0, 10.0], [10.0, 0.0, 0.0], [0.0, 0.0, 0.0], [10.0, 0.0, 10.0], [20.0, 0.0, 10.0], [20.0, 0.0, 0.0], [10.0, 0.0, 0.0], [10.02, 0.3, 4.0]];
        let mut mesh = TileMesh {
            positions: positions.into_iter().chain(far).collect(),
            feature_ids: [0; 9].into_iter().chain([1; 3]).collect(),
            indices: vec![0, 1, 2, 0, 2, 3, 4, 5, 8, 5, 6, 8, 6, 7, 8],
            ..TileMesh::default()
        };
        hang(&mut mesh);
        // Three sides of each square.
        assert_eq!(mesh.positions.len(), 12 + 6 * 4);
        // As two features each has its whole outline: four sides, and three with one in two pieces.
        mesh.positions.truncate(12);
        mesh.feature_ids = [0; 4].into_iter().chain([2; 5]).chain([1; 3]).collect();
        mesh.indices.truncate(15);
        hang(&mut mesh);
        assert_eq!(mesh.positions.len(), 12 + (4 + 5) * 4);
    }

    #[test]
    fn the_edges_of_a_wide_tile_bend_and_are_still_cuts() {
        // Two kilometres at 47° north: the meridian in the east leans by 14 cm to either side, the parallel in the north bends.
        let leans = |z: f32| 921.3 - 1.5e-4 * z;
        let mesh = |inner: f32| TileMesh {
            positions: vec![[-inner, 0.0, 921.2], [leans(-921.0), 0.0, 921.2], [leans(0.0), 0.0, 0.0], [leans(921.0), 0.0, -921.2], [-inner, 0.0, -921.3]],
            normals: vec![[0.0, 1.0, 0.0]; 5],
            feature_ids: vec![0; 5],
            indices: vec![0, 1, 2, 0, 2, 4, 2, 3, 4],
            ..TileMesh::default()
        };
        let walls = |mut mesh: TileMesh| {
            hang(&mut mesh);
            (mesh.positions.len() - 5) / 4
        };
        assert_eq!(walls(mesh(921.4)), 0);
        // The same within a neighbour's outline: its western side is its own.
        let mut inside = mesh(500.0);
        inside.positions.extend([[-921.3, 0.0, 0.0]; 3]);
        inside.normals.extend([[0.0, 1.0, 0.0]; 3]);
        inside.feature_ids.extend([1; 3]);
        hang(&mut inside);
        assert_eq!((inside.positions.len() - 8) / 4, 1);
    }
}
