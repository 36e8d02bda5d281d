//! Triangles under a ray, for picking and for the height of the ground.
//!
//! A plain median-split tree: built once per mesh off the main thread, some milliseconds for ten thousand triangles.
//! A wide BVH library was weighed; a tile needs a few rays a second, and this keeps a second version of the vector library out of the tree.

use glam::Vec3;

const LEAF: usize = 8;

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
    triangles: Vec<[u32; 3]>,
    positions: Vec<[f32; 3]>,
}

impl Bvh {
    /// Indices that point past the positions are left out.
    pub fn build(positions: &[[f32; 3]], indices: &[u32]) -> Self {
        let mut triangles: Vec<[u32; 3]> = indices
            .chunks_exact(3)
            .map(|t| [t[0], t[1], t[2]])
            .filter(|t| t.iter().all(|i| (*i as usize) < positions.len()))
            .collect();
        let mut bvh = Self {
            nodes: Vec::with_capacity(triangles.len() / LEAF * 2 + 1),
            triangles: Vec::new(),
            positions: positions.to_vec(),
        };
        if !triangles.is_empty() {
            bvh.split(&mut triangles, 0);
        }
        bvh.triangles = triangles;
        bvh
    }

    pub(super) fn parts(&self) -> (&[Node], &[[u32; 3]]) {
        (&self.nodes, &self.triangles)
    }

    /// A tree that was built elsewhere; `None` when its parts do not fit each other.
    pub(super) fn from_parts(nodes: Vec<Node>, triangles: Vec<[u32; 3]>, positions: Vec<[f32; 3]>) -> Option<Self> {
        let corners = triangles.iter().flatten().all(|index| (*index as usize) < positions.len());
        let ways = nodes.iter().enumerate().all(|(at, node)| {
            if node.count == 0 {
                // Children lie behind their parent, so that no ray goes round in a circle.
                node.right as usize > at + 1 && (node.right as usize) < nodes.len()
            } else {
                (node.first as usize).checked_add(node.count as usize).is_some_and(|end| end <= triangles.len())
            }
        });
        (corners && ways).then_some(Self { nodes, triangles, positions })
    }

    /// Where its corners are.
    pub fn positions(&self) -> &[[f32; 3]] {
        &self.positions
    }

    /// Places of each triangle's corners in [`Self::positions`].
    pub fn triangles(&self) -> &[[u32; 3]] {
        &self.triangles
    }

    /// Whether a ray comes near: its box, made wider on all sides.
    pub fn is_near(&self, origin: Vec3, direction: Vec3, room: f32) -> bool {
        let wider = |node: &Node| Node { min: node.min - room, max: node.max + room, ..*node };
        self.nodes.first().is_some_and(|node| enters(&wider(node), origin, direction.recip(), f32::INFINITY))
    }

    /// The nearest triangle where corners have moved from where they were: all are asked, for the tree knows them at their old places.
    pub fn nearest_moved(&self, origin: Vec3, direction: Vec3, counts: impl Fn(u32) -> bool, moved: impl Fn(u32) -> Vec3) -> Option<Hit> {
        let mut best: Option<Hit> = None;
        for triangle in &self.triangles {
            let corners = triangle.map(|index| self.corner(index) + moved(index));
            if let Some((t, shares)) = crosses(origin, direction, corners)
                && best.is_none_or(|hit| t < hit.t)
                && counts(triangle[0])
            {
                best = Some(Hit { t, vertex: triangle[0], corners: *triangle, shares });
            }
        }
        best
    }

    pub fn bytes(&self) -> usize {
        self.nodes.len() * size_of::<Node>() + self.triangles.len() * 12 + self.positions.len() * 12
    }

    pub fn triangle_count(&self) -> usize {
        self.triangles.len()
    }

    fn corner(&self, index: u32) -> Vec3 {
        Vec3::from_array(self.positions[index as usize])
    }

    fn split(&mut self, triangles: &mut [[u32; 3]], first: usize) {
        let (mut min, mut max) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        let (mut centre_min, mut centre_max) = (Vec3::INFINITY, Vec3::NEG_INFINITY);
        for triangle in triangles.iter() {
            for index in triangle {
                min = min.min(self.corner(*index));
                max = max.max(self.corner(*index));
            }
            let centre = self.centre(triangle);
            centre_min = centre_min.min(centre);
            centre_max = centre_max.max(centre);
        }
        let node = self.nodes.len();
        self.nodes.push(Node {
            min,
            max,
            first: first as u32,
            count: triangles.len() as u32,
            right: 0,
        });
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
        triangles.select_nth_unstable_by(middle, |a, b| {
            self.centre(a)[axis].total_cmp(&self.centre(b)[axis])
        });
        let (left, right) = triangles.split_at_mut(middle);
        self.nodes[node].count = 0;
        self.split(left, first);
        self.nodes[node].right = self.nodes.len() as u32;
        self.split(right, first + middle);
    }

    fn centre(&self, triangle: &[u32; 3]) -> Vec3 {
        (self.corner(triangle[0]) + self.corner(triangle[1]) + self.corner(triangle[2])) / 3.0
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
            for triangle in &self.triangles[range] {
                let corners = triangle.map(|i| self.corner(i));
                if let Some((t, shares)) = crosses(origin, direction, corners)
                    && best.is_none_or(|hit| t < hit.t)
                    && counts(triangle[0])
                {
                    best = Some(Hit {
                        t,
                        vertex: triangle[0],
                        corners: *triangle,
                        shares,
                    });
                }
            }
        }
        best
    }
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

    #[test]
    fn the_tree_finds_what_a_scan_finds() {
        let mut rng = crate::base::Rng::new(7);
        let positions: Vec<[f32; 3]> = (0..900)
            .map(|_| [0; 3].map(|_: i32| rng.range(-10.0, 10.0) as f32))
            .collect();
        let indices: Vec<u32> = (0..900).collect();
        let bvh = Bvh::build(&positions, &indices);
        for _ in 0..200 {
            let origin = Vec3::from_array([0; 3].map(|_: i32| rng.range(-20.0, 20.0) as f32));
            let direction = -origin.normalize_or(Vec3::Y);
            let scanned = indices
                .chunks_exact(3)
                .filter_map(|t| {
                    let corner = |i: usize| Vec3::from_array(positions[t[i] as usize]);
                    crosses(origin, direction, [corner(0), corner(1), corner(2)]).map(|(t, _)| t)
                })
                .min_by(f32::total_cmp);
            assert_eq!(bvh.nearest(origin, direction, |_| true).map(|hit| hit.t), scanned);
            // Moved all together, it is hit from an origin that has moved as far.
            let way = Vec3::new(0.0, 7.0, 0.0);
            let moved = bvh.nearest_moved(origin + way, direction, |_| true, |_| way).map(|hit| hit.t);
            assert_eq!(moved.is_some(), scanned.is_some());
            assert!(moved.zip(scanned).is_none_or(|(a, b)| (a - b).abs() < 1e-3));
            assert!(scanned.is_none() || bvh.is_near(origin, direction, 0.0));
        }
    }
}
