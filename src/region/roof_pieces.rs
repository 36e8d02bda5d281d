//! A footprint parted into pieces, each under one plane of a measured roof, and the closed surface over them.
//!
//! The partition is a decision tree over the points: a piece whose points lie on several planes is cut by the line that separates them best.
//! Lines are those where two planes meet (ridges, hips, valleys) and those along the footprint's own directions (steps between roofs of different height).
//! So cuts are as few as the points ask for, and every edge is an edge that a roof can have. Growing regions into outlines of their own and smoothing
//! them was rejected: such outlines follow the points' gaps and are never straight.

mod surface;

pub use surface::surface;

use super::triangulate::{ring_area2, with_every_corner};
use super::weld::Weld;
use crate::base::polygon::cross;
use std::collections::{BTreeMap, BTreeSet};

/// `height = at[2] + slope · (p − at)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PiecePlane {
    pub at: [f64; 3],
    /// Rise per metre to the east and to the north.
    pub slope: [f64; 2],
}

impl PiecePlane {
    pub fn height(&self, p: [f64; 2]) -> f64 {
        self.at[2] + self.slope[0] * (p[0] - self.at[0]) + self.slope[1] * (p[1] - self.at[1])
    }
}

/// A part of a footprint under one plane.
#[derive(Clone, Debug, PartialEq)]
pub struct RoofPiece {
    /// Place in the roof's list of planes.
    pub plane: usize,
    /// The outer ring counter-clockwise, holes clockwise, without repeated ends. Neighbours have the same corners where they touch.
    pub rings: Vec<Vec<[f64; 2]>>,
}

/// Points nearer to a line than this lie on it, metres.
const ON_LINE_M: f64 = 1e-6;
/// Corners nearer than this are one, metres.
const WELD_M: f64 = 1e-4;
/// Planes that come so near at a corner meet there, metres.
const MEET_M: f64 = 0.03;
/// A piece is worth its cut when so many points change to the right side for it (Gini's measure, weighted).
const LEAST_GAIN: f64 = 1.5;
/// A step has to explain so much more than a line where planes meet.
const STEP_HANDICAP: f64 = 1.15;
/// Pieces on both sides of a cut have so many points and this area, m².
const LEAST_POINTS: usize = 5;
const LEAST_AREA_M2: f64 = 1.0;
/// A strip narrower than this along a cut is noise, metres.
const LEAST_WIDTH_M: f64 = 0.6;
/// Cuts tried at one piece, the best first.
const TRIES: usize = 6;
/// Pieces of one polygon.
const MOST_LEAVES: usize = 96;
/// Corners of one piece; more are no roof and cost their cube.
const MOST_CORNERS: usize = 400;

/// A point on one of the planes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Labelled {
    pub at: [f64; 2],
    pub plane: usize,
}

/// `normal · p = at`.
#[derive(Clone, Copy, Debug)]
struct Line {
    normal: [f64; 2],
    at: f64,
}

impl Line {
    fn side(&self, p: [f64; 2]) -> f64 {
        self.normal[0] * p[0] + self.normal[1] * p[1] - self.at
    }
}

/// Parts a polygon (outer ring counter-clockwise, holes clockwise, in coordinates near zero) by the planes of its points.
///
/// `None` where it has too few points, or where the pieces do not cover it exactly.
pub(super) fn part(rings: &[Vec<[f64; 2]>], planes: &[PiecePlane], points: &[Labelled]) -> Option<Vec<RoofPiece>> {
    let triangles = whole_triangles(rings)?;
    let majority = majority(points, planes.len())?;
    let lines = meetings(planes);
    let directions = directions(rings);
    let mut open = vec![Cell { convex: triangles, points: points.to_vec(), plane: majority, depth: 0 }];
    let mut leaves: Vec<Cell> = Vec::new();
    while let Some(cell) = open.pop() {
        let full = leaves.len() + open.len() >= MOST_LEAVES;
        match if full { None } else { cell.cut(planes.len(), &lines, &directions) } {
            Some([first, second]) => open.extend([first, second]),
            None => leaves.push(cell),
        }
    }
    let pieces = outlines(rings, &leaves, planes)?;
    let area2: f64 = rings.iter().map(|ring| ring_area2(ring)).sum();
    let covered2: f64 = pieces.iter().flat_map(|piece| &piece.rings).map(|ring| ring_area2(ring)).sum();
    ((covered2 - area2).abs() <= 1e-7 * area2.abs()).then_some(pieces)
}

/// Triangles over a polygon; all of it, or `None`.
fn whole_triangles(rings: &[Vec<[f64; 2]>]) -> Option<Vec<Vec<[f64; 2]>>> {
    let points: Vec<[f64; 2]> = rings.iter().flatten().copied().collect();
    with_every_corner(rings)?
        .iter()
        .map(|triangle| triangle.iter().map(|i| points.get(*i).copied()).collect())
        .collect()
}

fn majority(points: &[Labelled], planes: usize) -> Option<usize> {
    let mut counts = vec![0_usize; planes];
    for point in points {
        *counts.get_mut(point.plane)? += 1;
    }
    let best = counts.iter().enumerate().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(&a.0)))?;
    (*best.1 >= 3).then_some(best.0)
}

/// Where two planes have one height.
fn meetings(planes: &[PiecePlane]) -> Vec<Line> {
    let mut lines = Vec::new();
    for (i, first) in planes.iter().enumerate() {
        for second in planes.get(i + 1..).unwrap_or_default() {
            let along = [first.slope[0] - second.slope[0], first.slope[1] - second.slope[1]];
            let steep = along[0].hypot(along[1]);
            if steep < 0.03 {
                continue;
            }
            let normal = [along[0] / steep, along[1] / steep];
            let off = (second.height([0.0; 2]) - first.height([0.0; 2])) / steep;
            lines.push(Line { normal, at: off });
        }
    }
    lines
}

/// The directions of the outline's sides, at most two pairs at right angles, as unit normals.
pub(super) fn directions(rings: &[Vec<[f64; 2]>]) -> Vec<[f64; 2]> {
    let mut sides: Vec<(f64, f64)> = Vec::new();
    for ring in rings {
        for (i, a) in ring.iter().enumerate() {
            let Some(b) = ring.get((i + 1) % ring.len()) else { continue };
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            let length = dx.hypot(dy);
            if length > 0.5 {
                sides.push((dy.atan2(dx).rem_euclid(std::f64::consts::FRAC_PI_2), length));
            }
        }
    }
    let apart = |a: f64, b: f64| {
        let d = (a - b).abs();
        d.min(std::f64::consts::FRAC_PI_2 - d)
    };
    let near = 5.0_f64.to_radians();
    let weight = |angle: f64| sides.iter().filter(|(other, _)| apart(*other, angle) < near).map(|(_, length)| length).sum::<f64>();
    let whole: f64 = sides.iter().map(|(_, length)| length).sum();
    // The longest side of the heaviest bundle gives the direction: a mean would turn with every bay.
    let mut ranked: Vec<(f64, f64, f64)> = sides.iter().map(|(angle, length)| (weight(*angle), *length, *angle)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1)).then(a.2.total_cmp(&b.2)));
    let mut chosen: Vec<f64> = Vec::new();
    for (weight, _, angle) in ranked {
        if chosen.len() < 2 && weight > 0.15 * whole && chosen.iter().all(|known| apart(*known, angle) > 2.0 * near) {
            chosen.push(angle);
        }
    }
    chosen
        .into_iter()
        .flat_map(|angle| {
            let (sin, cos) = angle.sin_cos();
            [[cos, sin], [-sin, cos]]
        })
        .collect()
}

/// A part of the footprint while it is being cut: convex parts that lie together, and its points.
struct Cell {
    convex: Vec<Vec<[f64; 2]>>,
    points: Vec<Labelled>,
    plane: usize,
    depth: usize,
}

/// How mixed a set is: the points that a guess by shares would get wrong.
fn mixed(counts: &[usize]) -> f64 {
    let all: usize = counts.iter().sum();
    if all == 0 {
        return 0.0;
    }
    let squares: f64 = counts.iter().map(|count| (*count as f64).powi(2)).sum();
    all as f64 - squares / all as f64
}

impl Cell {
    /// The two parts of the best cut; `None` where none is worth it.
    fn cut(&self, planes: usize, lines: &[Line], directions: &[[f64; 2]]) -> Option<[Self; 2]> {
        let mut counts = vec![0_usize; planes];
        for point in &self.points {
            *counts.get_mut(point.plane)? += 1;
        }
        let before = mixed(&counts);
        if before < LEAST_GAIN || self.points.len() < 2 * LEAST_POINTS || self.depth > 40 {
            return None;
        }
        let mut candidates: Vec<(f64, Line)> = Vec::new();
        for line in lines {
            let mut left = vec![0_usize; planes];
            let mut beside = 0_usize;
            for point in self.points.iter().filter(|point| line.side(point.at) > 0.0) {
                *left.get_mut(point.plane)? += 1;
                beside += 1;
            }
            if beside < LEAST_POINTS || self.points.len() - beside < LEAST_POINTS {
                continue;
            }
            let right: Vec<usize> = counts.iter().zip(&left).map(|(all, left)| all - left).collect();
            candidates.push((STEP_HANDICAP * (before - mixed(&left) - mixed(&right)), *line));
        }
        for direction in directions {
            candidates.extend(self.best_step(*direction, &counts, before));
        }
        candidates.retain(|(gain, _)| *gain >= LEAST_GAIN);
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
        candidates.into_iter().take(TRIES).find_map(|(_, line)| self.parted(&line, planes))
    }

    /// The best place for a step at right angles to a direction: the middle between two points.
    fn best_step(&self, direction: [f64; 2], counts: &[usize], before: f64) -> Option<(f64, Line)> {
        let along = |p: [f64; 2]| direction[0] * p[0] + direction[1] * p[1];
        let mut sorted: Vec<(f64, usize)> = self.points.iter().map(|point| (along(point.at), point.plane)).collect();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let squares = |counts: &[usize]| counts.iter().map(|count| (*count as f64).powi(2)).sum::<f64>();
        let mut left = vec![0_usize; counts.len()];
        let mut right = counts.to_vec();
        let (mut left_2, mut right_2) = (0.0, squares(counts));
        let all = sorted.len();
        let mut best: Option<(f64, f64)> = None;
        for (number, pair) in sorted.windows(2).enumerate() {
            let [(here, plane), (next, _)] = pair else { continue };
            let (l, r) = (left.get_mut(*plane)?, right.get_mut(*plane)?);
            left_2 += (2 * *l + 1) as f64;
            *l += 1;
            right_2 -= (2 * *r - 1) as f64;
            *r -= 1;
            let (n, m) = (number + 1, all - number - 1);
            if n < LEAST_POINTS || m < LEAST_POINTS || next - here < 1e-6 {
                continue;
            }
            let after = all as f64 - left_2 / n as f64 - right_2 / m as f64;
            let gain = before - after;
            if best.is_none_or(|(known, _)| gain > known) {
                best = Some((gain, 0.5 * (here + next)));
            }
        }
        best.map(|(gain, at)| (gain, Line { normal: direction, at }))
    }

    fn parted(&self, line: &Line, planes: usize) -> Option<[Self; 2]> {
        let mut sides: [Vec<Vec<[f64; 2]>>; 2] = [Vec::new(), Vec::new()];
        for ring in &self.convex {
            let [over, under] = split_convex(ring, line);
            sides[0].extend(over);
            sides[1].extend(under);
        }
        let area = |rings: &[Vec<[f64; 2]>]| 0.5 * rings.iter().map(|ring| ring_area2(ring)).sum::<f64>();
        let wide = |rings: &[Vec<[f64; 2]>]| rings.iter().flatten().map(|p| line.side(*p).abs()).fold(0.0, f64::max);
        if sides.iter().any(|rings| area(rings) < LEAST_AREA_M2 || wide(rings) < LEAST_WIDTH_M) {
            return None;
        }
        let (over, under): (Vec<Labelled>, Vec<Labelled>) = self.points.iter().partition(|point| line.side(point.at) > 0.0);
        let [first, second] = sides;
        let cell = |convex, points: Vec<Labelled>| {
            let plane = majority(&points, planes).unwrap_or(self.plane);
            Self { convex, points, plane, depth: self.depth + 1 }
        };
        Some([cell(first, over), cell(second, under)])
    }
}

/// A convex ring on both sides of a line.
fn split_convex(ring: &[[f64; 2]], line: &Line) -> [Option<Vec<[f64; 2]>>; 2] {
    let mut parts: [Vec<[f64; 2]>; 2] = [Vec::new(), Vec::new()];
    let (mut over, mut under) = (false, false);
    for (i, a) in ring.iter().enumerate() {
        let Some(b) = ring.get((i + 1) % ring.len()) else { continue };
        let (da, db) = (line.side(*a), line.side(*b));
        if da >= -ON_LINE_M {
            parts[0].push(*a);
        }
        if da <= ON_LINE_M {
            parts[1].push(*a);
        }
        over |= da > ON_LINE_M;
        under |= da < -ON_LINE_M;
        if (da > ON_LINE_M && db < -ON_LINE_M) || (da < -ON_LINE_M && db > ON_LINE_M) {
            // The same bits whichever way the side is walked.
            let (p, q, dp, dq) = if (a[0], a[1]) < (b[0], b[1]) { (a, b, da, db) } else { (b, a, db, da) };
            let t = dp / (dp - dq);
            let at = [p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])];
            parts[0].push(at);
            parts[1].push(at);
        }
    }
    let [first, second] = parts;
    [over.then_some(first), under.then_some(second)]
}

impl Weld {
    fn at(&self, number: usize) -> [f64; 2] {
        self.points.get(number).copied().unwrap_or_default()
    }

    /// A ring with all known corners that lie on its sides.
    fn with_corners_on_sides(&self, ring: &[usize]) -> Vec<usize> {
        let mut full = Vec::with_capacity(ring.len() + 2);
        for (i, &a) in ring.iter().enumerate() {
            let Some(&b) = ring.get((i + 1) % ring.len()) else { continue };
            full.push(a);
            let (pa, pb) = (self.at(a), self.at(b));
            let (dx, dy) = (pb[0] - pa[0], pb[1] - pa[1]);
            let length = dx.hypot(dy);
            if length < 1e-9 {
                continue;
            }
            let mut on: Vec<(f64, usize)> = self
                .points
                .iter()
                .enumerate()
                .filter(|(index, _)| *index != a && *index != b)
                .filter_map(|(index, p)| {
                    let t = ((p[0] - pa[0]) * dx + (p[1] - pa[1]) * dy) / length;
                    let off = ((p[0] - pa[0]) * dy - (p[1] - pa[1]) * dx) / length;
                    (t > 0.0 && t < length && off.abs() < WELD_M).then_some((t, index))
                })
                .collect();
            on.sort_by(|x, y| x.0.total_cmp(&y.0));
            full.extend(on.into_iter().map(|(_, index)| index));
        }
        full
    }
}

/// The leaves as one piece for each connected part of a plane, with common corners.
fn outlines(rings: &[Vec<[f64; 2]>], leaves: &[Cell], planes: &[PiecePlane]) -> Option<Vec<RoofPiece>> {
    let mut places = Weld::new(WELD_M, 4.0 * WELD_M);
    // Corners of the outline keep their numbers; then what lies on the outline, so that nothing else moves it.
    let corners: BTreeSet<usize> = rings.iter().flatten().map(|p| places.index(*p)).collect();
    let on_outline = |p: [f64; 2]| {
        rings.iter().any(|ring| {
            ring.iter().enumerate().any(|(i, a)| {
                let Some(b) = ring.get((i + 1) % ring.len()) else { return false };
                let length = (b[0] - a[0]).hypot(b[1] - a[1]);
                let t = ((p[0] - a[0]) * (b[0] - a[0]) + (p[1] - a[1]) * (b[1] - a[1])) / length;
                cross(*a, *b, p).abs() / length < 1e-7 && t >= 0.0 && t <= length
            })
        })
    };
    let all = || leaves.iter().flat_map(|leaf| leaf.convex.iter().flatten());
    all().filter(|p| on_outline(**p)).for_each(|p| {
        places.index(*p);
    });
    let mut numbered: Vec<(usize, Vec<usize>)> = Vec::new();
    for leaf in leaves {
        for ring in &leaf.convex {
            let mut ring: Vec<usize> = ring.iter().map(|p| places.index(*p)).collect();
            ring.dedup();
            while ring.len() > 1 && ring.first() == ring.last() {
                ring.pop();
            }
            if ring.len() >= 3 {
                numbered.push((leaf.plane, ring));
            }
        }
    }
    // What two pieces of one plane share is no edge.
    let mut edges: BTreeMap<usize, BTreeSet<(usize, usize)>> = BTreeMap::new();
    for (plane, ring) in &numbered {
        let full = places.with_corners_on_sides(ring);
        let own = edges.entry(*plane).or_default();
        for (i, &a) in full.iter().enumerate() {
            let Some(&b) = full.get((i + 1) % full.len()) else { continue };
            if a != b && !own.remove(&(b, a)) && !own.insert((a, b)) {
                return None;
            }
        }
    }
    let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
    for (plane, edges) in edges {
        found.extend(traced(edges, &places)?.into_iter().map(|ring| (plane, ring)));
    }
    straighten(&mut found, &corners, &places);
    cross_steps(&mut found, planes, &mut places);
    grouped(found, &places)
}

/// Edges as simple rings, the area to the left.
fn traced(mut edges: BTreeSet<(usize, usize)>, places: &Weld) -> Option<Vec<Vec<usize>>> {
    let mut rings = Vec::new();
    while let Some((start, mut at)) = edges.pop_first() {
        let mut ring = vec![start];
        let mut from = start;
        while at != start {
            ring.push(at);
            let (p, back) = (places.at(at), places.at(from));
            let angle_of = |q: [f64; 2]| (q[1] - p[1]).atan2(q[0] - p[0]);
            let behind = angle_of(back);
            // Where two corners of the area touch, its own corner is the first clockwise from where we came.
            let next = edges
                .range((at, 0)..=(at, usize::MAX))
                .map(|(_, to)| {
                    let turn = (behind - angle_of(places.at(*to))).rem_euclid(std::f64::consts::TAU);
                    (if turn < 1e-12 { std::f64::consts::TAU } else { turn }, *to)
                })
                .min_by(|a, b| a.0.total_cmp(&b.0))?
                .1;
            edges.remove(&(at, next));
            (from, at) = (at, next);
        }
        rings.push(ring);
    }
    Some(rings)
}

/// Drops corners that lie on a straight side of every ring that has them.
fn straighten(rings: &mut [(usize, Vec<usize>)], corners: &BTreeSet<usize>, places: &Weld) {
    let mut bent: BTreeSet<usize> = corners.clone();
    for (_, ring) in rings.iter() {
        let n = ring.len();
        for (i, &at) in ring.iter().enumerate() {
            let (Some(&a), Some(&b)) = (ring.get((i + n - 1) % n), ring.get((i + 1) % n)) else { continue };
            let (pa, p, pb) = (places.at(a), places.at(at), places.at(b));
            let length = (pb[0] - pa[0]).hypot(pb[1] - pa[1]);
            let forward = (p[0] - pa[0]) * (pb[0] - p[0]) + (p[1] - pa[1]) * (pb[1] - p[1]) > 0.0;
            if !forward || cross(pa, p, pb).abs() > ON_LINE_M * length {
                bent.insert(at);
            }
        }
    }
    for (_, ring) in rings.iter_mut() {
        ring.retain(|at| bent.contains(at));
    }
}

/// Where one roof is the higher at one end of an edge and the other at the other, the edge gets the corner where they change.
fn cross_steps(rings: &mut [(usize, Vec<usize>)], planes: &[PiecePlane], places: &mut Weld) {
    let mut owner: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (plane, ring) in rings.iter() {
        for (i, &a) in ring.iter().enumerate() {
            if let Some(&b) = ring.get((i + 1) % ring.len()) {
                owner.insert((a, b), *plane);
            }
        }
    }
    let mut inserted: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for ((a, b), plane) in &owner {
        let Some(other) = owner.get(&(*b, *a)).filter(|other| *other > plane) else { continue };
        let (Some(first), Some(second)) = (planes.get(*plane), planes.get(*other)) else { continue };
        let (pa, pb) = (places.at(*a), places.at(*b));
        let (da, db) = (first.height(pa) - second.height(pa), first.height(pb) - second.height(pb));
        if da * db < 0.0 && da.abs() > MEET_M && db.abs() > MEET_M {
            let t = da / (da - db);
            let new = places.index([pa[0] + t * (pb[0] - pa[0]), pa[1] + t * (pb[1] - pa[1])]);
            if new != *a && new != *b {
                inserted.insert((*a, *b), new);
                inserted.insert((*b, *a), new);
            }
        }
    }
    for (_, ring) in rings.iter_mut() {
        let mut full = Vec::with_capacity(ring.len());
        for (i, &a) in ring.iter().enumerate() {
            full.push(a);
            if let Some(new) = ring.get((i + 1) % ring.len()).and_then(|b| inserted.get(&(a, *b))) {
                full.push(*new);
            }
        }
        *ring = full;
    }
}

/// Holes to the outer rings they lie in.
fn grouped(rings: Vec<(usize, Vec<usize>)>, places: &Weld) -> Option<Vec<RoofPiece>> {
    let mut pieces: Vec<RoofPiece> = Vec::new();
    let mut holes: Vec<(usize, Vec<[f64; 2]>)> = Vec::new();
    for (plane, ring) in rings {
        let ring: Vec<[f64; 2]> = ring.into_iter().map(|at| places.at(at)).collect();
        if ring.len() < 3 || ring.len() > MOST_CORNERS {
            return None;
        }
        if ring_area2(&ring) > 0.0 {
            pieces.push(RoofPiece { plane, rings: vec![ring] });
        } else {
            holes.push((plane, ring));
        }
    }
    for (plane, hole) in holes {
        // A hole's corner may lie on the outer ring; its own middle side cannot, for a piece that is connected.
        let inside = |ring: &[[f64; 2]]| hole.iter().filter(|p| contains(ring, **p)).count() * 2 > hole.len();
        let home = pieces
            .iter_mut()
            .filter(|piece| piece.plane == plane && piece.rings.first().is_some_and(|outer| inside(outer)))
            .min_by(|a, b| {
                let area = |piece: &RoofPiece| piece.rings.first().map_or(f64::INFINITY, |outer| ring_area2(outer));
                area(a).total_cmp(&area(b))
            })?;
        home.rings.push(hole);
    }
    Some(pieces)
}

pub(super) fn contains(ring: &[[f64; 2]], p: [f64; 2]) -> bool {
    let mut inside = false;
    for (i, a) in ring.iter().enumerate() {
        let Some(b) = ring.get((i + 1) % ring.len()) else { continue };
        if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0] - a[0]) * (p[1] - a[1]) / (b[1] - a[1]) + a[0] {
            inside = !inside;
        }
    }
    inside
}
