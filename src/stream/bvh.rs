//! Triangles under a ray, for picking and for the height of the ground.
//!
//! A plain median-split tree: built once per mesh off the main thread, some milliseconds for ten thousand triangles.
//! A wide BVH library was weighed; a tile needs a few rays a second, and this keeps a second version of the vector library out of the tree.

use super::narrow::Narrow;
use glam::Vec3;

/// Triangles of a leaf: a few rays a second are quick in any case, and nodes take memory.
const LEAF: usize = 32;
/// A grid of sixteen bits is fine enough where its steps are no longer: half of one is what a corner moves.
const LONGEST_STEP_M: f32 = 0.01;
/// Where a grid ends.
const GRID_END: f32 = u16::MAX as f32;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) min: Vec3,
    pub(super) max: Vec3,
    /// First triangle of a leaf, or index of the left child (the right one follows the left's subtree).
    pub(super) first: u32,
    /// Triangles of a leaf; 0 marks an inner node.
    pub(super) count: u32,
    pub(super) right: u32,
}

/// Where corners are: of a mesh as small as a tile of buildings on a grid of millimetres, in half the memory.
#[derive(Clone, Debug, PartialEq)]
enum Corners {
    Exact(Vec<[f32; 3]>),
    Grid { low: Vec3, step: Vec3, at: Vec<[u16; 3]> },
}

impl Corners {
    fn of(positions: &[[f32; 3]]) -> Self {
        let (low, high) = positions.iter().fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |(low, high), at| (low.min(Vec3::from(*at)), high.max(Vec3::from(*at))));
        let step = (high - low) / GRID_END;
        let is_fine = step.max_element() <= LONGEST_STEP_M && positions.iter().flatten().all(|value| value.is_finite());
        if !is_fine {
            return Self::Exact(positions.to_vec());
        }
        // A mesh that is flat along an axis has no steps there.
        let per_step = Vec3::select(step.cmpgt(Vec3::ZERO), step.recip(), Vec3::ZERO);
        let at = positions.iter().map(|position| ((Vec3::from(*position) - low) * per_step).round().to_array().map(|steps| steps as u16)).collect();
        Self::Grid { low, step, at }
    }

    fn len(&self) -> usize {
        match self {
            Self::Exact(positions) => positions.len(),
            Self::Grid { at, .. } => at.len(),
        }
    }

    fn get(&self, index: usize) -> Option<Vec3> {
        match self {
            Self::Exact(positions) => positions.get(index).copied().map(Vec3::from),
            Self::Grid { low, step, at } => at.get(index).map(|at| *low + *step * Vec3::from(at.map(f32::from))),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Exact(positions) => positions.len() * 12,
            Self::Grid { at, .. } => at.len() * 6,
        }
    }
}

/// A triangle hit by a ray.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// In lengths of the ray's direction.
    pub t: f32,
    /// First vertex of the triangle.
    pub vertex: u32,
    /// The triangle's vertices, and how much of the second and of the third there is in the place that was hit.
    pub corners: [u32; 3],
    pub shares: [f32; 2],
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bvh {
    nodes: Vec<Node>,
    triangles: Narrow,
    corners: Corners,
}

impl Bvh {
    /// Indices that point past the positions are left out. Metres: a mesh that is small enough has its corners on a grid of at most a centimetre.
    pub fn build(positions: &[[f32; 3]], indices: &[u32]) -> Self {
        let is_there = |triangle: &&[u32; 3]| triangle.iter().all(|index| (*index as usize) < positions.len());
        let mut triangles: Vec<[u32; 3]> = indices.as_chunks::<3>().0.iter().filter(is_there).copied().collect();
        let corners = if triangles.is_empty() { Corners::Exact(Vec::new()) } else { Corners::of(positions) };
        // Where rays will find them: each corner is asked for many times while the tree grows.
        let places: Vec<Vec3> = (0..corners.len()).filter_map(|index| corners.get(index)).collect();
        let mut nodes = Vec::with_capacity(triangles.len() / LEAF * 2 + 1);
        if !triangles.is_empty() {
            split(&mut nodes, &places, &mut triangles, 0);
        }
        nodes.shrink_to_fit();
        Self { nodes, triangles: Narrow::from(triangles.into_flattened()), corners }
    }

    pub(super) fn parts(&self) -> (&[Node], &Narrow) {
        (&self.nodes, &self.triangles)
    }

    /// A tree that was built elsewhere for these positions; `None` when its parts do not fit each other.
    pub(super) fn from_parts(nodes: Vec<Node>, triangles: Narrow, positions: &[[f32; 3]]) -> Option<Self> {
        let corners = if triangles.is_empty() { Corners::Exact(Vec::new()) } else { Corners::of(positions) };
        let is_whole = triangles.len().is_multiple_of(3) && triangles.iter().all(|index| (index as usize) < corners.len());
        let ways = nodes.iter().enumerate().all(|(at, node)| {
            if node.count == 0 {
                // Children lie behind their parent, so that no ray goes round in a circle.
                node.right as usize > at + 1 && (node.right as usize) < nodes.len()
            } else {
                (node.first as usize).checked_add(node.count as usize).is_some_and(|end| end <= triangles.len() / 3)
            }
        });
        (is_whole && ways).then_some(Self { nodes, triangles, corners })
    }

    /// Where its corners are.
    pub fn positions(&self) -> impl ExactSizeIterator<Item = Vec3> + '_ {
        (0..self.corners.len()).map(|index| self.corners.get(index).unwrap_or_default())
    }

    /// Where a corner is; `None` past the last one.
    pub fn position(&self, index: u32) -> Option<Vec3> {
        self.corners.get(index as usize)
    }

    /// Places of each triangle's corners among [`Self::positions`].
    pub fn triangles(&self) -> impl ExactSizeIterator<Item = [u32; 3]> + '_ {
        self.triangles.threes()
    }

    /// Whether a ray comes near: its box, made wider on all sides.
    pub fn is_near(&self, origin: Vec3, direction: Vec3, room: f32) -> bool {
        let wider = |node: &Node| Node { min: node.min - room, max: node.max + room, ..*node };
        self.nodes.first().is_some_and(|node| enters(&wider(node), origin, direction.recip(), f32::INFINITY))
    }

    /// The nearest triangle where corners have moved from where they were: all are asked, for the tree knows them at their old places.
    pub fn nearest_moved(&self, origin: Vec3, direction: Vec3, counts: impl Fn(u32) -> bool, moved: impl Fn(u32) -> Vec3) -> Option<Hit> {
        let mut best: Option<Hit> = None;
        for triangle in self.triangles.threes() {
            let corners = triangle.map(|index| self.corner(index) + moved(index));
            if let Some((t, shares)) = crosses(origin, direction, corners)
                && best.is_none_or(|hit| t < hit.t)
                && counts(triangle[0])
            {
                best = Some(Hit { t, vertex: triangle[0], corners: triangle, shares });
            }
        }
        best
    }

    pub fn bytes(&self) -> usize {
        self.nodes.len() * size_of::<Node>() + self.triangles.bytes() + self.corners.bytes()
    }

    /// Of a triangle that is known to be there.
    fn corner(&self, index: u32) -> Vec3 {
        self.corners.get(index as usize).unwrap_or_default()
    }

    /// The nearest triangle along a ray in the mesh's own axes, from either side, among those whose first vertex `counts`.
    pub fn nearest(&self, origin: Vec3, direction: Vec3, counts: impl Fn(u32) -> bool) -> Option<Hit> {
        let inverse = direction.recip();
        let mut best: Option<Hit> = None;
        let mut stack = Vec::with_capacity(64);
        if !self.nodes.is_empty() {
            stack.push(0u32);
        }
        while let Some(index) = stack.pop() {
            let node = &self.nodes[index as usize];
            let limit = best.map_or(f32::INFINITY, |hit| hit.t);
            if !enters(node, origin, inverse, limit) {
                continue;
            }
            if node.count == 0 {
                stack.push(node.right);
                stack.push(index + 1);
                continue;
            }
            let range = node.first as usize..(node.first + node.count) as usize;
            for triangle in range.map(|at| self.triangles.three(at)) {
                let corners = triangle.map(|i| self.corner(i));
                if let Some((t, shares)) = crosses(origin, direction, corners)
                    && best.is_none_or(|hit| t < hit.t)
                    && counts(triangle[0])
                {
                    best = Some(Hit { t, vertex: triangle[0], corners: triangle, shares });
                }
            }
        }
        best
    }
}

/// The corners of a triangle that is known to be there.
fn corners_of(places: &[Vec3], triangle: &[u32; 3]) -> [Vec3; 3] {
    triangle.map(|index| places.get(index as usize).copied().unwrap_or_default())
}

/// Adds the node of some triangles and all below it; `first` is the place of the first of them.
fn split(nodes: &mut Vec<Node>, places: &[Vec3], triangles: &mut [[u32; 3]], first: usize) {
    let centre = |triangle: &[u32; 3]| corners_of(places, triangle).into_iter().sum::<Vec3>() / 3.0;
    let (mut min, mut max) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
    let (mut centre_min, mut centre_max) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
    for triangle in triangles.iter() {
        for corner in corners_of(places, triangle) {
            min = min.min(corner);
            max = max.max(corner);
        }
        let centre = centre(triangle);
        centre_min = centre_min.min(centre);
        centre_max = centre_max.max(centre);
    }
    let node = nodes.len();
    nodes.push(Node { min, max, first: first as u32, count: triangles.len() as u32, right: 0 });
    if triangles.len() <= LEAF {
        return;
    }
    let size = centre_max - centre_min;
    let axis = if size.x >= size.y && size.x >= size.z {
        0
    } else if size.y >= size.z {
        1
    } else {
        2
    };
    let middle = triangles.len() / 2;
    triangles.select_nth_unstable_by(middle, |a, b| centre(a)[axis].total_cmp(&centre(b)[axis]));
    let (left, right) = triangles.split_at_mut(middle);
    split(nodes, places, left, first);
    let after = nodes.len() as u32;
    if let Some(node) = nodes.get_mut(node) {
        (node.count, node.right) = (0, after);
    }
    split(nodes, places, right, first + middle);
}

fn enters(node: &Node, origin: Vec3, inverse: Vec3, limit: f32) -> bool {
    let a = (node.min - origin) * inverse;
    let b = (node.max - origin) * inverse;
    let near = a.min(b).max_element();
    let far = a.max(b).min_element();
    far >= near.max(0.0) && near <= limit
}

/// Möller and Trumbore (1997), both sides.
fn crosses(origin: Vec3, direction: Vec3, [a, b, c]: [Vec3; 3]) -> Option<(f32, [f32; 2])> {
    let (ab, ac) = (b - a, c - a);
    let p = direction.cross(ac);
    let determinant = ab.dot(p);
    if determinant.abs() < 1e-12 {
        return None;
    }
    let inverse = determinant.recip();
    let s = origin - a;
    let u = s.dot(p) * inverse;
    let q = s.cross(ab);
    let v = direction.dot(q) * inverse;
    let t = ac.dot(q) * inverse;
    (u >= 0.0 && v >= 0.0 && u + v <= 1.0 && t > 0.0).then_some((t, [u, v]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scattered(rng: &mut crate::base::Rng, half_m: f64) -> Vec<[f32; 3]> {
        (0..900).map(|_| [0; 3].map(|_: i32| rng.range(-half_m, half_m) as f32)).collect()
    }

    /// The nearest hit by looking at all triangles.
    fn scan(positions: &[Vec3], origin: Vec3, direction: Vec3) -> Option<f32> {
        let triangles = positions.as_chunks::<3>().0;
        triangles.iter().filter_map(|corners| crosses(origin, direction, *corners).map(|(t, _)| t)).min_by(f32::total_cmp)
    }

    #[test]
    fn the_tree_finds_what_a_scan_finds() {
        let mut rng = crate::base::Rng::new(7);
        // On a grid, and too large for one.
        for (half_m, is_grid) in [(10.0, true), (1000.0, false)] {
            let positions = scattered(&mut rng, half_m);
            let indices: Vec<u32> = (0..900).collect();
            let bvh = Bvh::build(&positions, &indices);
            assert_eq!(matches!(bvh.corners, Corners::Grid { .. }), is_grid);
            let known: Vec<Vec3> = bvh.positions().collect();
            for _ in 0..200 {
                let origin = Vec3::from_array([0; 3].map(|_: i32| rng.range(-2.0 * half_m, 2.0 * half_m) as f32));
                let direction = -origin.normalize_or(Vec3::Y);
                let scanned = scan(&known, origin, direction);
                assert_eq!(bvh.nearest(origin, direction, |_| true).map(|hit| hit.t), scanned);
                // Moved all together, it is hit from an origin that has moved as far.
                let way = Vec3::new(0.0, 7.0, 0.0);
                let moved = bvh.nearest_moved(origin + way, direction, |_| true, |_| way).map(|hit| hit.t);
                assert_eq!(moved.is_some(), scanned.is_some());
                assert!(moved.zip(scanned).is_none_or(|(a, b)| (a - b).abs() < 1e-4 * half_m as f32));
                assert!(scanned.is_none() || bvh.is_near(origin, direction, 0.0));
            }
        }
    }

    proptest! {
        /// Half a step of the grid is all that a corner moves; without one it stays.
        #[test]
        fn corners_are_where_they_were(wide in 0.0_f64..900.0, flat in any::<bool>(), seed in any::<u64>()) {
            let mut positions = scattered(&mut crate::base::Rng::new(seed), wide);
            if flat {
                positions.iter_mut().for_each(|position| position[1] = 3.25);
            }
            let bvh = Bvh::build(&positions, &[0, 1, 2]);
            for (position, known) in positions.iter().zip(bvh.positions()) {
                let off = (Vec3::from(*position) - known).abs().max_element();
                prop_assert!(off <= 0.51 * LONGEST_STEP_M, "{off} m");
            }
        }
    }

    #[test]
    fn what_is_no_number_is_on_no_grid() {
        for odd in [f32::NAN, f32::INFINITY] {
            let bvh = Bvh::build(&[[0.0; 3], [1.0, odd, 0.0], [0.0, 0.0, 1.0]], &[0, 1, 2, 0, 1, 3]);
            assert_eq!((bvh.triangles().len(), matches!(bvh.corners, Corners::Exact(_))), (1, true));
            assert_eq!(bvh.nearest(Vec3::Y, Vec3::NEG_Y, |_| true), None);
        }
        assert_eq!(Bvh::build(&[[1.0; 3]; 5], &[]).bytes(), 0, "nobody asks for what has no triangles");
    }
}
