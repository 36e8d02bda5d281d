//! Lines sorted into what lies on the ground and what is carried over water or other roads, with the heights of the latter.

use super::clip::cross;
use super::ribbon::subdivided;
use super::scene::Scene;
use super::shore::Shore;
use crate::base::Bounds2;
use crate::region::LineClass;
use rstar::{AABB, RTree, RTreeObject};
use std::collections::{BTreeMap, HashSet};

/// A stretch over water shorter than this is a bank drawn too wide, no bridge.
const SHORTEST_BRIDGE_M: f64 = 3.0;
/// Own altitudes further from the ground than this are not believed.
const HIGHEST_DECK_M: f64 = 30.0;
/// A deck stays at least this far above the water.
const CLEARANCE_M: f64 = 0.8;
/// Decks are drawn in pieces of this length.
const DECK_STEP_M: f64 = 10.0;
/// Tracks this near a road's deck lie on it.
const ON_DECK_M: f64 = 12.0;
/// Rounds of the relaxation that gives heights to junctions over water.
const ROUNDS: usize = 400;

/// A stretch of one line, in the plane.
#[derive(Clone, Debug)]
pub struct Course {
    /// Its line in the region.
    pub line: usize,
    pub class: LineClass,
    pub width_m: f64,
    pub kind: Kind,
    pub bounds: Bounds2,
}

#[derive(Clone, Debug)]
pub enum Kind {
    Ground(Vec<[f64; 2]>),
    Deck(Deck),
}

/// A stretch that is carried.
#[derive(Clone, Debug)]
pub struct Deck {
    /// Plane and altitude of the carriageway.
    pub points: Vec<[f64; 3]>,
    /// Level of the water below, if there is water.
    pub water_m: Option<f64>,
    /// Lies on another deck and needs no slab of its own.
    pub rides: bool,
}

#[derive(Debug)]
pub struct Courses {
    pub all: Vec<Course>,
    index: RTree<Entry>,
}

#[derive(Debug)]
struct Entry {
    course: usize,
    bounds: Bounds2,
}

impl RTreeObject for Entry {
    type Envelope = AABB<[f64; 2]>;
    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.bounds.min, self.bounds.max)
    }
}

impl Course {
    /// Its points in the plane.
    pub fn path(&self) -> Vec<[f64; 2]> {
        match &self.kind {
            Kind::Ground(points) => points.clone(),
            Kind::Deck(deck) => deck.points.iter().map(|p| [p[0], p[1]]).collect(),
        }
    }

    /// What is drawn of it lies this near its points.
    pub fn reach_m(&self) -> f64 {
        0.5 * self.width_m + 3.0
    }

    /// Where it begins and ends.
    pub fn ends(&self) -> [Option<[f64; 2]>; 2] {
        match &self.kind {
            Kind::Ground(points) => [points.first().copied(), points.last().copied()],
            Kind::Deck(deck) => [deck.points.first(), deck.points.last()].map(|end| end.map(|p| [p[0], p[1]])),
        }
    }
}

impl Courses {
    pub fn new(scene: &Scene) -> Self {
        let mut all = Vec::new();
        let mut dry_ends: HashSet<[i64; 2]> = HashSet::new();
        for (index, line) in scene.region.lines.iter().enumerate() {
            if line.level < 0 || !line.width_m.is_finite() {
                continue;
            }
            let points: Vec<[f64; 3]> = line
                .points
                .iter()
                .filter_map(|p| scene.place([p[0], p[1]]).map(|[x, y]| [x, y, p[2]]))
                .collect();
            for stretch in stretches(&points, line.level > 0, &scene.water) {
                let kind = if stretch.carried {
                    Kind::Deck(Deck {
                        water_m: stretch.water_m,
                        points: subdivided(&stretch.points, DECK_STEP_M),
                        rides: false,
                    })
                } else {
                    let points: Vec<[f64; 2]> = stretch.points.iter().map(|p| [p[0], p[1]]).collect();
                    dry_ends.extend(points.first().map(key));
                    dry_ends.extend(points.last().map(key));
                    Kind::Ground(points)
                };
                all.push(Course {
                    line: index,
                    class: line.class,
                    width_m: line.width_m.clamp(0.5, 60.0),
                    kind,
                    bounds: Bounds2::EMPTY,
                });
            }
        }
        set_deck_heights(&mut all, scene, &dry_ends);
        let mut entries = Vec::with_capacity(all.len());
        for (course, found) in all.iter_mut().enumerate() {
            found.bounds = Bounds2::of(found.path()).grown(found.reach_m());
            entries.push(Entry {
                course,
                bounds: found.bounds,
            });
        }
        Self {
            all,
            index: RTree::bulk_load(entries),
        }
    }

    /// Courses that may touch a rectangle, in the order of the region's lines.
    pub fn near(&self, rect: &Bounds2) -> Vec<&Course> {
        let envelope = AABB::from_corners(rect.min, rect.max);
        let mut found: Vec<usize> = self
            .index
            .locate_in_envelope_intersecting(&envelope)
            .map(|entry| entry.course)
            .collect();
        found.sort_unstable();
        found.into_iter().filter_map(|index| self.all.get(index)).collect()
    }
}

struct Stretch {
    points: Vec<[f64; 3]>,
    carried: bool,
    water_m: Option<f64>,
}

fn key(at: &[f64; 2]) -> [i64; 2] {
    // A quarter of a metre: ends of one junction are equal in the sources but for rounding.
    at.map(|v| (v * 4.0).round() as i64)
}

/// Cuts a line at the water's edge.
fn stretches(points: &[[f64; 3]], raised: bool, water: &Shore) -> Vec<Stretch> {
    let plan = Bounds2::of(points.iter().map(|p| [p[0], p[1]]));
    let edges = water.banks_within(&plan.grown(1.0));
    let wet_at = |a: [f64; 3], b: [f64; 3]| {
        let middle = [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])];
        water.pool_at(middle).map(|pool| pool.level_m)
    };
    let mut out: Vec<Stretch> = Vec::new();
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let mut shares = vec![0.0, 1.0];
        for [p, q] in &edges {
            shares.extend(meeting([a[0], a[1]], [b[0], b[1]], *p, *q));
        }
        shares.sort_by(f64::total_cmp);
        shares.dedup_by(|x, y| (*x - *y).abs() < 1e-9);
        for span in shares.windows(2) {
            let at = |share: f64| std::array::from_fn(|k| a[k] + share * (b[k] - a[k]));
            let (from, to) = (at(span[0]), at(span[1]));
            let water_m = wet_at(from, to);
            match out.last_mut() {
                Some(last) if last.water_m.is_some() == water_m.is_some() => {
                    last.points.push(to);
                    last.water_m = last.water_m.or(water_m);
                }
                _ => out.push(Stretch {
                    points: vec![from, to],
                    carried: raised || water_m.is_some(),
                    water_m,
                }),
            }
        }
    }
    if raised {
        // One bridge from end to end, whatever lies below.
        let mut joined: Option<Stretch> = None;
        for next in out {
            match &mut joined {
                Some(all) => {
                    all.points.extend(next.points.into_iter().skip(1));
                    all.water_m = all.water_m.or(next.water_m);
                }
                None => joined = Some(next),
            }
        }
        return joined.into_iter().collect();
    }
    let mut merged: Vec<Stretch> = Vec::new();
    for mut next in out {
        if next.carried && length(&next.points) < SHORTEST_BRIDGE_M {
            next.carried = false;
            next.water_m = None;
        }
        match merged.last_mut() {
            Some(last) if last.carried == next.carried => {
                last.points.extend(next.points.into_iter().skip(1));
            }
            _ => merged.push(next),
        }
    }
    merged
}

/// Where `a → b` meets the segment `p → q`, as a share of `a → b`.
fn meeting(a: [f64; 2], b: [f64; 2], p: [f64; 2], q: [f64; 2]) -> Option<f64> {
    let (from, to) = (cross(p, q, a), cross(p, q, b));
    if (from < 0.0) == (to < 0.0) || (cross(a, b, p) < 0.0) == (cross(a, b, q) < 0.0) {
        return None;
    }
    let share = from / (from - to);
    share.is_finite().then_some(share)
}

fn length(points: &[[f64; 3]]) -> f64 {
    points
        .windows(2)
        .map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]))
        .sum()
}

/// Heights at the ends of decks: the bank where a deck meets the ground, the line's own altitude where it is believable,
/// and between those what a stretched string would do.
fn set_deck_heights(all: &mut [Course], scene: &Scene, dry_ends: &HashSet<[i64; 2]>) {
    struct Node {
        height: f64,
        fixed: bool,
    }
    let believable = |p: &[f64; 3], water_m: Option<f64>| {
        let ground = scene.ground_at([p[0], p[1]]);
        let low = water_m.map_or(ground - 1.0, |level| level + CLEARANCE_M);
        p[2].is_finite() && p[2] >= low && p[2] <= ground.max(low) + HIGHEST_DECK_M
    };
    let mut nodes: BTreeMap<[i64; 2], Node> = BTreeMap::new();
    let mut spans: Vec<([i64; 2], [i64; 2], f64)> = Vec::new();
    for course in all.iter() {
        let Kind::Deck(deck) = &course.kind else { continue };
        let (Some(first), Some(last)) = (deck.points.first(), deck.points.last()) else {
            continue;
        };
        for end in [first, last] {
            let at = [end[0], end[1]];
            let on_bank = dry_ends.contains(&key(&at));
            let own = believable(end, deck.water_m);
            let node = nodes.entry(key(&at)).or_insert(Node {
                height: scene.ground_at(at),
                fixed: on_bank,
            });
            if own && !node.fixed {
                node.height = end[2];
                node.fixed = true;
            }
        }
        spans.push((key(&[first[0], first[1]]), key(&[last[0], last[1]]), length(&deck.points)));
    }
    let mut joined: BTreeMap<[i64; 2], Vec<([i64; 2], f64)>> = BTreeMap::new();
    for (a, b, length) in &spans {
        let weight = 1.0 / length.max(0.5);
        joined.entry(*a).or_default().push((*b, weight));
        joined.entry(*b).or_default().push((*a, weight));
    }
    for _ in 0..ROUNDS {
        let mut change = 0.0f64;
        for (at, others) in &joined {
            if nodes.get(at).is_none_or(|node| node.fixed) || others.len() < 2 {
                continue;
            }
            let (mut sum, mut weights) = (0.0, 0.0);
            for (other, weight) in others {
                if let Some(node) = nodes.get(other) {
                    sum += weight * node.height;
                    weights += weight;
                }
            }
            if let Some(node) = nodes.get_mut(at) {
                let height = sum / weights;
                change = change.max((height - node.height).abs());
                node.height = height;
            }
        }
        if change < 1e-4 {
            break;
        }
    }
    let height_at = |p: &[f64; 3]| {
        nodes
            .get(&key(&[p[0], p[1]]))
            .map_or_else(|| scene.ground_at([p[0], p[1]]), |node| node.height)
    };
    for course in all.iter_mut() {
        let Kind::Deck(deck) = &mut course.kind else { continue };
        let (Some(&first), Some(&last)) = (deck.points.first(), deck.points.last()) else {
            continue;
        };
        let (from, to) = (height_at(&first), height_at(&last));
        let own = deck.points.iter().all(|p| believable(p, deck.water_m));
        let total = length(&deck.points).max(1e-6);
        let mut walked = 0.0;
        let mut before = first;
        for point in &mut deck.points {
            walked += (point[0] - before[0]).hypot(point[1] - before[1]);
            before = *point;
            let share = walked / total;
            let straight = from + share * (to - from);
            let height = if own {
                // The line's own shape, led to the heights of its ends.
                point[2] + (from - first[2]) + share * ((to - last[2]) - (from - first[2]))
            } else {
                straight
            };
            // Never into the water, nor into the bank where the line's own altitudes dip.
            let at = [point[0], point[1]];
            point[2] = height.max(match scene.water.pool_at(at) {
                Some(pool) => pool.level_m + CLEARANCE_M,
                None => scene.ground_at(at),
            });
        }
    }
    lay_tracks_on_decks(all);
}

/// Tracks over water lie on the road deck beside them.
fn lay_tracks_on_decks(all: &mut [Course]) {
    let is_track = |class: LineClass| matches!(class, LineClass::Tram | LineClass::Rail);
    let decks: Vec<[[f64; 3]; 2]> = all
        .iter()
        .filter(|course| !is_track(course.class))
        .filter_map(|course| match &course.kind {
            Kind::Deck(deck) => Some(deck),
            Kind::Ground(_) => None,
        })
        .flat_map(|deck| deck.points.windows(2).map(|pair| [pair[0], pair[1]]))
        .collect();
    for course in all.iter_mut().filter(|course| is_track(course.class)) {
        let Kind::Deck(deck) = &mut course.kind else { continue };
        let heights: Option<Vec<f64>> = deck
            .points
            .iter()
            .map(|point| {
                decks
                    .iter()
                    .map(|[a, b]| nearest_on(*a, *b, *point))
                    .min_by(|x, y| x.0.total_cmp(&y.0))
                    .filter(|(away, _)| *away < ON_DECK_M)
                    .map(|(_, height)| height)
            })
            .collect();
        if let Some(heights) = heights {
            for (point, height) in deck.points.iter_mut().zip(heights) {
                point[2] = height;
            }
            deck.rides = true;
        }
    }
}

/// Distance in plan to a segment, and the segment's height at the nearest point.
fn nearest_on(a: [f64; 3], b: [f64; 3], at: [f64; 3]) -> (f64, f64) {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let square = dx * dx + dy * dy;
    let share = if square > 0.0 {
        (((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / square).clamp(0.0, 1.0)
    } else {
        0.0
    };
    let (x, y) = (a[0] + share * dx, a[1] + share * dy);
    ((at[0] - x).hypot(at[1] - y), a[2] + share * (b[2] - a[2]))
}
