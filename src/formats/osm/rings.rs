//! The ways of a multipolygon as rings, and the rings as polygons.
//!
//! Roles are hints that mappers forget; which ring is inside which follows from the places alone. Where several ways meet in one node,
//! every loop is cut off as soon as the walk comes back to a node it has been at, so rings that touch stay apart.

use std::collections::{HashMap, HashSet};

/// Rings of one relation; a forest with its clearings has some thousands.
pub const MAX_RINGS: usize = 20_000;

/// Steps spent in one relation on finding which ring is inside which; beyond, the box around it counts.
const MAX_STEPS: usize = 100_000_000;

/// A corner: the node's id and its place.
pub type Corner = (i64, [f64; 2]);

/// Outer ring first, then its holes, closed.
pub type Polygon = Vec<Vec<[f64; 2]>>;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assembled {
    pub polygons: Vec<Polygon>,
    /// Nodes where a line of ways ends without having closed.
    pub open_at: Vec<i64>,
    /// More rings than [`MAX_RINGS`]; the rest is left out.
    pub too_many: bool,
}

/// Joins ways to polygons.
pub fn assemble(ways: &[Vec<Corner>]) -> Assembled {
    let mut assembled = Assembled::default();
    let mut rings = Vec::new();
    close(ways, &mut rings, &mut assembled);
    assembled.polygons = nest(rings);
    assembled
}

fn close(ways: &[Vec<Corner>], rings: &mut Vec<Vec<[f64; 2]>>, assembled: &mut Assembled) {
    let mut used: Vec<bool> = ways.iter().map(|way| way.len() < 2).collect();
    // Which ways begin or end at a node.
    let mut ends: HashMap<i64, Vec<usize>> = HashMap::new();
    for (index, way) in ways.iter().enumerate() {
        if let (Some(first), Some(last)) = (way.first(), way.last()) {
            ends.entry(first.0).or_default().push(index);
            if first.0 != last.0 {
                ends.entry(last.0).or_default().push(index);
            }
        }
    }
    // The first comes first.
    ends.values_mut().for_each(|candidates| candidates.reverse());
    for start in 0..ways.len() {
        if used[start] {
            continue;
        }
        used[start] = true;
        let mut path: Vec<Corner> = Vec::new();
        // Where on the path a way's end was passed, and the same in the order of the path.
        let mut passed: HashMap<i64, usize> = HashMap::new();
        let mut order: Vec<(i64, usize)> = Vec::new();
        let mut next: Option<Vec<Corner>> = Some(ways[start].clone());
        while let Some(way) = next.take() {
            let skip = usize::from(!path.is_empty());
            if let (0, Some(first)) = (skip, way.first()) {
                passed.insert(first.0, 0);
                order.push((first.0, 0));
            }
            path.extend(way.into_iter().skip(skip));
            let Some(last) = path.last().copied() else {
                break;
            };
            if let Some(from) = passed.get(&last.0).copied() {
                let ring: Vec<[f64; 2]> = path.drain(from..).map(|corner| corner.1).collect();
                // What was passed on the ring is no longer on the path.
                while let Some((node, at)) = order.pop_if(|(_, at)| *at > from || *at >= path.len()) {
                    if passed.get(&node) == Some(&at) {
                        passed.remove(&node);
                    }
                }
                if rings.len() >= MAX_RINGS {
                    assembled.too_many = true;
                    return;
                }
                if ring.len() >= 4 {
                    rings.push(ring);
                }
                if path.is_empty() {
                    break;
                }
                path.push(last);
            }
            passed.insert(last.0, path.len() - 1);
            order.push((last.0, path.len() - 1));
            // Ways that are used up are forgotten, or a node where thousands meet would be gone through thousands of times.
            let follower = ends.get_mut(&last.0).and_then(|candidates| {
                while candidates.pop_if(|index| used[*index]).is_some() {}
                candidates.last().copied()
            });
            if let Some(index) = follower {
                used[index] = true;
                let mut way = ways[index].clone();
                if way.first().is_some_and(|first| first.0 != last.0) {
                    way.reverse();
                }
                next = Some(way);
            } else if path.len() > 1 {
                // A dead end: both ends are said, and the walk is given up.
                assembled
                    .open_at
                    .extend(path.first().map(|corner| corner.0));
                assembled.open_at.push(last.0);
            }
        }
    }
}

/// Rings inside an even number of others are outer ones, the others holes of the smallest around them.
fn nest(rings: Vec<Vec<[f64; 2]>>) -> Vec<Polygon> {
    struct Ring {
        points: Vec<[f64; 2]>,
        area: f64,
        low: [f64; 2],
        high: [f64; 2],
        depth: usize,
        /// Place of its polygon, for an outer ring.
        polygon: usize,
    }
    let mut sorted: Vec<Ring> = rings
        .into_iter()
        .map(|points| {
            let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
            for point in &points {
                for k in 0..2 {
                    low[k] = low[k].min(point[k]);
                    high[k] = high[k].max(point[k]);
                }
            }
            Ring {
                area: area(&points).abs(),
                points,
                low,
                high,
                depth: 0,
                polygon: 0,
            }
        })
        .filter(|ring| ring.area > 0.0)
        .collect();
    sorted.sort_by(|a, b| b.area.total_cmp(&a.area));
    let mut polygons: Vec<Polygon> = Vec::new();
    let mut steps = 0_usize;
    for index in 0..sorted.len() {
        let (before, rest) = sorted.split_at_mut(index);
        let Some(ring) = rest.first_mut() else { break };
        let around = before.iter().rev().find(|other| {
            if !(0..2).all(|k| other.low[k] <= ring.low[k] && ring.high[k] <= other.high[k]) {
                return false;
            }
            steps = steps.saturating_add(ring.points.len() + other.points.len());
            steps > MAX_STEPS || inside(&ring.points, &other.points)
        });
        match around {
            // The smallest around it knows how deep it lies itself.
            Some(outer) if outer.depth % 2 == 0 => {
                ring.depth = outer.depth + 1;
                ring.polygon = outer.polygon;
                if let Some(polygon) = polygons.get_mut(outer.polygon) {
                    polygon.push(ring.points.clone());
                }
            }
            around => {
                ring.depth = around.map_or(0, |hole| hole.depth + 1);
                ring.polygon = polygons.len();
                polygons.push(vec![ring.points.clone()]);
            }
        }
    }
    polygons
}

/// Whether a ring lies inside another that it does not cross: one corner or middle of a side that is not on the other's edge tells.
fn inside(ring: &[[f64; 2]], outer: &[[f64; 2]]) -> bool {
    let alone = |corner: &&[f64; 2]| !outer.contains(corner);
    let witness = match ring.first() {
        Some(first) if alone(&first) => Some(*first),
        _ => {
            // Rings that share a whole border are looked at corner by corner only once.
            let key = |[x, y]: [f64; 2]| [x.to_bits(), y.to_bits()];
            let shared: HashSet<[u64; 2]> = outer.iter().map(|corner| key(*corner)).collect();
            let middle = || ring.windows(2).next().map(|side| [0.5 * (side[0][0] + side[1][0]), 0.5 * (side[0][1] + side[1][1])]);
            ring.iter().copied().find(|corner| !shared.contains(&key(*corner))).or_else(middle)
        }
    };
    witness.is_some_and(|point| contains(outer, point))
}

/// By counting the sides to the east.
pub fn contains(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let mut inside = false;
    for side in ring.windows(2) {
        let ([x0, y0], [x1, y1]) = (side[0], side[1]);
        if (y0 > y) != (y1 > y) && x < x0 + (y - y0) / (y1 - y0) * (x1 - x0) {
            inside = !inside;
        }
    }
    inside
}

/// Twice the area would do for signs; this is the area, counter-clockwise positive.
pub fn area(ring: &[[f64; 2]]) -> f64 {
    let Some([x, y]) = ring.first().copied() else {
        return 0.0;
    };
    ring.windows(2)
        .map(|side| (side[0][0] - x) * (side[1][1] - y) - (side[1][0] - x) * (side[0][1] - y))
        .sum::<f64>()
        * 0.5
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nodes of a lattice: id 100·x + y.
    fn way(ids: &[i64]) -> Vec<Corner> {
        ids.iter()
            .map(|id| (*id, [(id / 100) as f64, (id % 100) as f64]))
            .collect()
    }

    fn areas(assembled: &Assembled) -> Vec<(usize, f64)> {
        let mut areas: Vec<_> = assembled
            .polygons
            .iter()
            .map(|p| {
                (
                    p.len() - 1,
                    area(&p[0]).abs() - p[1..].iter().map(|hole| area(hole).abs()).sum::<f64>(),
                )
            })
            .collect();
        areas.sort_by(|a, b| b.1.total_cmp(&a.1));
        areas
    }

    #[test]
    fn ways_in_any_order_and_direction_close() {
        let assembled = assemble(&[
            way(&[0, 900]),
            way(&[909, 900]),
            way(&[909, 9]),
            way(&[9, 0]),
        ]);
        assert_eq!(areas(&assembled), [(0, 81.0)]);
        assert!(assembled.open_at.is_empty());
    }

    #[test]
    fn courtyards_and_what_stands_in_them() {
        let ring = |a: i64, b: i64| way(&[101 * a, 100 * b + a, 101 * b, 100 * a + b, 101 * a]);
        let assembled = assemble(&[ring(4, 6), ring(0, 20), ring(2, 10), ring(12, 14)]);
        // The inner block stands in the first courtyard and is a polygon of its own.
        assert_eq!(areas(&assembled), [(2, 400.0 - 64.0 - 4.0), (0, 4.0)]);
    }

    #[test]
    fn rings_that_touch_in_a_node_stay_apart() {
        // Two squares share the node 505; the ways pass through it.
        let assembled = assemble(&[
            way(&[505, 5, 0, 500, 505]),
            way(&[505, 1005, 1010, 510, 505]),
        ]);
        assert_eq!(areas(&assembled), [(0, 25.0), (0, 25.0)]);
        let eight = assemble(&[
            way(&[0, 500, 505]),
            way(&[505, 1005, 1010, 510, 505]),
            way(&[505, 5, 0]),
        ]);
        assert_eq!(areas(&eight), [(0, 25.0), (0, 25.0)]);
    }

    #[test]
    fn what_does_not_close_is_said() {
        let assembled = assemble(&[way(&[0, 900]), way(&[900, 909]), way(&[300, 303, 3, 300])]);
        assert_eq!(assembled.open_at, [0, 909]);
        assert_eq!(assembled.polygons.len(), 1);
    }
}
