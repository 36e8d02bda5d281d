//! Walls and roofs of a building as one closed surface.
//!
//! BD TOPO gives an eave (`hauteur`) and the highest point of the roof, no roof form: [`super::roof_shape`] chooses a plausible one.
//! The walls reach below the ground, so that nothing floats on a slope.

use super::{
    Building, Usage, footprint,
    measured::RoofSource,
    roof_shape::{self, RoofKind, RoofMethod, RoofRules, RoofShape, Tents},
    skeleton::Skeleton,
    triangulate,
};
use super::weld::Weld;
use crate::base::polygon::with_holes;
use geo::{Area, Polygon};
use std::collections::HashMap;

/// What a triangle is part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Surface {
    #[default]
    Wall,
    Roof,
    Floor,
}

/// A triangle soup with flat normals: `[x, y, z]` in the region's coordinates, three points a triangle, counter-clockwise from outside.
///
/// Points that are the same place are the same numbers, so edges can be matched exactly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SurfaceMesh {
    pub triangles: Vec<([[f64; 3]; 3], Surface)>,
}

/// How buildings are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoofOptions {
    /// How far walls reach below the ground altitude, metres.
    pub foundation_m: f64,
    pub rules: RoofRules,
}

impl Default for RoofOptions {
    fn default() -> Self {
        Self {
            foundation_m: 0.5,
            rules: RoofRules::default(),
        }
    }
}

/// Points nearer than this to a straight side are dropped before building: neither seen nor safe for exact edges, metres.
const STRAIGHT_M: f64 = 0.02;
/// Points of a roof closer than this become one, metres.
const WELD_M: f64 = 1e-4;
/// A roof comes no nearer to the base of its walls, metres.
pub(super) const LEAST_WALL_M: f64 = 0.8;
/// Cuts through one piece of roof; the richest roof here has six planes.
const MAX_CUTS: usize = 12;

/// A number that follows from two others and shows nothing of either (the finalizer of SplitMix64; Steele, Lea and Flood 2014).
fn mixed(seed: u64, value: u64) -> u64 {
    let mut z = seed.rotate_left(23).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ value;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl SurfaceMesh {
    /// True when every edge is run along as often one way as the other: the surface has an inside.
    ///
    /// Every building asks, so edges are neither sorted nor kept: each adds a number of its own and takes away that of its return.
    /// The sum of an open surface is zero by chance once in 2^64.
    pub fn is_closed(&self) -> bool {
        let mut sum = 0u64;
        for (points, _) in &self.triangles {
            let [a, b, c] = points.map(|[x, y, z]| mixed(mixed(mixed(0, x.to_bits()), y.to_bits()), z.to_bits()));
            for (from, to) in [(a, b), (b, c), (c, a)] {
                sum = sum.wrapping_add(mixed(from, to)).wrapping_sub(mixed(to, from));
            }
        }
        !self.triangles.is_empty() && sum == 0
    }

    /// Signed volume in cubic metres; that of a closed surface is its content.
    pub fn volume_m3(&self) -> f64 {
        let Some(origin) = self.triangles.first().map(|(points, _)| points[0]) else {
            return 0.0;
        };
        let local = |p: [f64; 3]| [p[0] - origin[0], p[1] - origin[1], p[2] - origin[2]];
        self.triangles
            .iter()
            .map(|(points, _)| {
                let [a, b, c] = points.map(local);
                (a[0] * (b[1] * c[2] - b[2] * c[1])
                    + a[1] * (b[2] * c[0] - b[0] * c[2])
                    + a[2] * (b[0] * c[1] - b[1] * c[0]))
                    / 6.0
            })
            .sum()
    }

    /// The highest point of the roof; `None` without one.
    pub fn highest_roof_m(&self) -> Option<f64> {
        self.triangles
            .iter()
            .filter(|(_, surface)| *surface == Surface::Roof)
            .flat_map(|(points, _)| points.iter().map(|point| point[2]))
            .reduce(f64::max)
    }
}

/// A building as it is drawn, and what its record may say of its roof.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnBuilding {
    /// Walls, roof and floor, closed for each part of the footprint; the source's own surfaces where it has them.
    pub mesh: SurfaceMesh,
    /// The roof over the largest part: what was drawn, not what was tried.
    pub roof: RoofKind,
    /// How that is known.
    pub method: RoofMethod,
    /// Distance of the measured points to the roof, root mean square; `None` where nothing was measured.
    pub residual_m: Option<f64>,
    /// The highest point of the roof above the building's ground; `None` where nothing could be drawn.
    pub ridge_m: Option<f64>,
}

/// Draws a building.
///
/// The stated ridge is reached where a roof can reach it; where it cannot (a tower over part of the footprint, a neighbour's
/// wall in the survey), `ridge_m` is the lower one that is drawn.
pub fn drawn(building: &Building, options: &RoofOptions) -> DrawnBuilding {
    if let Some(surveyed) = building.surveyed.as_ref().filter(|surveyed| !surveyed.is_empty()) {
        let mesh = surveyed.mesh();
        let ridge_m = mesh.highest_roof_m().map(|top| top - building.ground_m);
        return DrawnBuilding { mesh, roof: RoofKind::Surveyed, method: RoofMethod::Surfaces, residual_m: None, ridge_m };
    }
    if let Some(measured) = &building.measured
        && let Some(mesh) = measured.mesh(building.ground_m - options.foundation_m)
    {
        let ridge_m = mesh.highest_roof_m().map(|top| top - building.ground_m);
        let method = match measured.source {
            RoofSource::Points => RoofMethod::Points,
            RoofSource::SurfaceModel => RoofMethod::SurfaceModel,
        };
        return DrawnBuilding { mesh, roof: RoofKind::Measured, method, residual_m: Some(measured.residual_m), ridge_m };
    }
    let mut mesh = SurfaceMesh::default();
    let mut largest = (RoofKind::Flat, 0.0);
    for polygon in &building.footprint {
        let Some(solid) = Solid::new(building, polygon, options) else {
            continue;
        };
        let (mut part, kind) = solid.roofed(roof_of(building, polygon, options), rise_m(building), &options.rules);
        mesh.triangles.append(&mut part.triangles);
        let area = polygon.unsigned_area();
        if area > largest.1 {
            largest = (kind, area);
        }
    }
    let ridge_m = mesh.highest_roof_m().map(|top| top - building.ground_m);
    let method = if largest.0 == RoofKind::Flat { RoofMethod::Flat } else { RoofMethod::Altitudes };
    DrawnBuilding { mesh, roof: largest.0, method, residual_m: None, ridge_m }
}

/// Walls, roof and floor of a building: the surface of [`drawn`].
pub fn building_surface(building: &Building, options: &RoofOptions) -> SurfaceMesh {
    drawn(building, options).mesh
}

/// The roof that [`building_surface`] draws over one part of the footprint.
pub fn roof_of(building: &Building, polygon: &Polygon<f64>, options: &RoofOptions) -> RoofShape {
    let origin = polygon_origin(polygon);
    let rise = rise_m(building);
    if building.usage == Usage::Sport {
        return RoofShape::Flat(roof_shape::flat_rise_m(rise, &options.rules));
    }
    let simple = roof_shape::choose(
        polygon,
        origin,
        rise,
        building.light || building.usage == Usage::Annex,
        &options.rules,
    );
    match simple {
        RoofShape::Flat(_) if !building.light => Solid::new(building, polygon, options)
            .and_then(|solid| roof_shape::over_any(&solid.rings, rise, &options.rules))
            .unwrap_or(simple),
        other => other,
    }
}

/// A coarse block: the footprint simplified within `tolerance_m`, flat at mean height; for tiles seen from afar.
pub fn block_surface(building: &Building, tolerance_m: f64) -> SurfaceMesh {
    let options = RoofOptions::default();
    let mut mesh = SurfaceMesh::default();
    let rise = roof_shape::flat_rise_m(rise_m(building), &options.rules);
    for polygon in &building.footprint {
        let simple = footprint::simplified(polygon, tolerance_m.max(0.0));
        // Courtyards narrower than the tolerance cannot be seen at this distance.
        let holes = simple
            .interiors()
            .iter()
            .filter(|hole| {
                footprint::mean_width_m(&Polygon::new((*hole).clone(), Vec::new())) > tolerance_m
            })
            .cloned()
            .collect();
        let simple = Polygon::new(simple.exterior().clone(), holes);
        if let Some(solid) = Solid::new(building, &simple, &options) {
            solid.flat(rise, &mut mesh);
        }
    }
    mesh
}

fn rise_m(building: &Building) -> f64 {
    (building.ridge_height_m - building.eave_height_m).max(0.0)
}

/// Whole metres near a polygon, so that coordinates relative to it keep their digits.
pub(super) fn polygon_origin(polygon: &Polygon<f64>) -> [f64; 2] {
    polygon
        .exterior()
        .0
        .first()
        .map_or([0.0, 0.0], |c| [c.x.floor(), c.y.floor()])
}

/// The rings of a polygon as they are built: outer counter-clockwise, holes clockwise, relative to `origin`, without repeated ends and straight corners.
pub(super) fn rings_of(polygon: &Polygon<f64>, origin: [f64; 2]) -> Option<Vec<Vec<[f64; 2]>>> {
    let mut rings = Vec::new();
    for (index, ring) in std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .enumerate()
    {
        let mut points = footprint::corners(ring, origin, STRAIGHT_M);
        let area = triangulate::ring_area2(&points);
        if points.len() < 3 || area == 0.0 {
            if index == 0 {
                return None;
            }
            continue;
        }
        if (area > 0.0) != (index == 0) {
            points.reverse();
        }
        rings.push(points);
    }
    Some(rings)
}

/// One part of a building between its base and its roof, in coordinates relative to `origin`.
struct Solid {
    origin: [f64; 2],
    /// Outer ring counter-clockwise, holes clockwise.
    rings: Vec<Vec<[f64; 2]>>,
    base_m: f64,
    eave_m: f64,
}

impl Solid {
    fn new(building: &Building, polygon: &Polygon<f64>, options: &RoofOptions) -> Option<Self> {
        let origin = polygon_origin(polygon);
        let finite = building.ground_m.is_finite()
            && building.eave_height_m.is_finite()
            && building.ridge_height_m.is_finite()
            && building.eave_height_m > 0.0;
        if !finite {
            return None;
        }
        let rings = rings_of(polygon, origin)?;
        Some(Self {
            origin,
            rings,
            base_m: building.ground_m - options.foundation_m,
            eave_m: building.ground_m + building.eave_height_m,
        })
    }

    fn place(&self, p: [f64; 2], z: f64) -> [f64; 3] {
        [p[0] + self.origin[0], p[1] + self.origin[1], z]
    }

    /// This part under a roof, and the kind that came out: what cannot be drawn cleanly as wished gets the next simpler form.
    fn roofed(&self, wished: RoofShape, rise_m: f64, rules: &RoofRules) -> (SurfaceMesh, RoofKind) {
        let mut part = SurfaceMesh::default();
        if let RoofShape::Tents(kind, tents) = &wished
            && self.tented(tents, &mut part).is_some()
            && part.is_closed()
        {
            return (part, *kind);
        }
        // What the cuts could not follow, and what is no simple form, gets the outline's own skeleton.
        let wished = match wished {
            RoofShape::Tents(..) => roof_shape::over_any(&self.rings, rise_m, rules).unwrap_or(wished),
            other => other,
        };
        let mut part = SurfaceMesh::default();
        if let RoofShape::Skeleton(skeleton, slope) = &wished
            && self.skeletal(skeleton, *slope, &mut part).is_some()
            && part.is_closed()
        {
            return (part, RoofKind::Skeleton);
        }
        // What cannot be pitched cleanly is drawn flat.
        let rise_m = match wished {
            RoofShape::Flat(rise_m) => rise_m,
            RoofShape::Tents(..) | RoofShape::Skeleton(..) => roof_shape::flat_rise_m(rise_m, rules),
        };
        let mut part = SurfaceMesh::default();
        self.flat(rise_m, &mut part);
        (part, RoofKind::Flat)
    }

    fn flat(&self, rise_m: f64, mesh: &mut SurfaceMesh) {
        let top = self.eave_m + rise_m;
        for ring in &self.rings {
            self.walls(ring, &|_| top, mesh);
        }
        let points: Vec<[f64; 2]> = self.rings.iter().flatten().copied().collect();
        for [a, b, c] in with_holes(&self.rings) {
            let [a, b, c] = [points[a], points[b], points[c]];
            self.cap(a, b, c, &|_| top, mesh);
        }
    }

    /// Roof and floor over one triangle of the plan.
    fn cap(
        &self,
        a: [f64; 2],
        b: [f64; 2],
        c: [f64; 2],
        top: &dyn Fn([f64; 2]) -> f64,
        mesh: &mut SurfaceMesh,
    ) {
        mesh.triangles.push((
            [a, b, c].map(|p| self.place(p, top(p))),
            Surface::Roof,
        ));
        mesh.triangles.push((
            [a, c, b].map(|p| self.place(p, self.base_m)),
            Surface::Floor,
        ));
    }

    fn walls(
        &self,
        ring: &[[f64; 2]],
        top: &dyn Fn([f64; 2]) -> f64,
        mesh: &mut SurfaceMesh,
    ) {
        for (i, &a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            let (a0, b0) = (self.place(a, self.base_m), self.place(b, self.base_m));
            let (a1, b1) = (self.place(a, top(a)), self.place(b, top(b)));
            mesh.triangles.push(([a0, b0, b1], Surface::Wall));
            mesh.triangles.push(([a0, b1, a1], Surface::Wall));
        }
    }

    /// Hips, valleys and gables by the outline's skeleton.
    fn skeletal(&self, skeleton: &Skeleton, slope: f64, mesh: &mut SurfaceMesh) -> Option<()> {
        let points: Vec<[f64; 2]> = skeleton.nodes.iter().map(|node| [node[0], node[1]]).collect();
        // One height for one place: the corners of the outline are the eave, exactly.
        let heights: HashMap<[u64; 2], f64> = skeleton
            .nodes
            .iter()
            .map(|node| ([node[0].to_bits(), node[1].to_bits()], self.eave_m + slope * node[2]))
            .collect();
        let top = |p: [f64; 2]| heights.get(&[p[0].to_bits(), p[1].to_bits()]).copied().unwrap_or(self.eave_m);
        for face in &skeleton.faces {
            let ring: Vec<[f64; 2]> = face.ring.iter().map(|node| points.get(*node).copied()).collect::<Option<_>>()?;
            for [a, b, c] in triangulate::clip_ears(&ring)? {
                self.cap(ring[a], ring[b], ring[c], &top, mesh);
            }
        }
        let mut side = 0;
        for ring in &self.rings {
            let mut outline = Vec::with_capacity(ring.len() + 2);
            for corner in ring {
                outline.push(*corner);
                outline.extend(
                    skeleton.gables.iter().filter(|(known, _)| *known == side).filter_map(|(_, node)| points.get(*node)),
                );
                side += 1;
            }
            self.walls(&outline, &top, mesh);
        }
        Some(())
    }

    /// A pitched roof: the plan is cut along ridges, hips and valleys, and every piece lifted to its plane.
    fn tented(&self, tents: &Tents, mesh: &mut SurfaceMesh) -> Option<()> {
        let [outline] = self.rings.as_slice() else {
            return None;
        };
        let mut pieces = Vec::new();
        cut(outline.clone(), tents, &tents.planes(), MAX_CUTS, &mut pieces)?;
        let mut weld = Weld::new(2.0 * WELD_M, 4.0 * WELD_M);
        let mut pieces: Vec<Vec<usize>> = pieces
            .iter()
            .map(|piece| weld.ring(piece))
            .filter(|piece| piece.len() >= 3)
            .collect();
        let mut outline = weld.ring(outline);
        // A cut through one piece leaves a point on its neighbour's side: every side gets all points that lie on it.
        for ring in pieces.iter_mut().chain(std::iter::once(&mut outline)) {
            *ring = weld.with_points_on_sides(ring);
        }
        let points = weld.points;
        let top = |p: [f64; 2]| self.eave_m + tents.height(p);
        if points.iter().any(|p| top(*p) < self.base_m + LEAST_WALL_M) {
            return None;
        }
        let mut area2 = 0.0;
        for piece in &pieces {
            let ring: Vec<[f64; 2]> = piece.iter().map(|i| points[*i]).collect();
            area2 += triangulate::ring_area2(&ring);
            for [a, b, c] in triangulate::clip_ears(&ring)? {
                self.cap(ring[a], ring[b], ring[c], &top, mesh);
            }
        }
        let ring: Vec<[f64; 2]> = outline.iter().map(|i| points[*i]).collect();
        let whole2 = triangulate::ring_area2(&ring);
        // Pieces that do not cover the plan exactly come from an outline the cuts could not follow.
        if (area2 - whole2).abs() > 1e-3 * whole2.abs() {
            return None;
        }
        self.walls(&ring, &top, mesh);
        Some(())
    }
}

/// Cuts a ring until the roof over every piece is one plane. `None` when the bound on cuts is reached.
fn cut(
    ring: Vec<[f64; 2]>,
    tents: &Tents,
    planes: &[roof_shape::Plane],
    cuts_left: usize,
    done: &mut Vec<Vec<[f64; 2]>>,
) -> Option<()> {
    if triangulate::ring_area2(&ring) < 1e-6 {
        return Some(());
    }
    let fits = |plane: &roof_shape::Plane, p: [f64; 2]| {
        (plane.height(p) - tents.height(p)).abs() < 1e-5
    };
    let samples = samples(&ring);
    if planes
        .iter()
        .any(|plane| samples.iter().all(|p| fits(plane, *p)))
    {
        done.push(ring);
        return Some(());
    }
    let cuts_left = cuts_left.checked_sub(1)?;
    // The first pair of planes that are both on the surface here and part this ring.
    for (i, first) in planes.iter().enumerate() {
        if !samples.iter().any(|p| fits(first, *p)) {
            continue;
        }
        for second in &planes[i + 1..] {
            if !samples.iter().any(|p| fits(second, *p)) {
                continue;
            }
            let line = roof_shape::Plane {
                east: first.east - second.east,
                north: first.north - second.north,
                at_origin: first.at_origin - second.at_origin,
            };
            let steepness = line.east.hypot(line.north);
            if steepness < 1e-9 {
                continue;
            }
            let side = |p: [f64; 2]| line.height(p) / steepness;
            let (pieces, parted) = split(&ring, &side);
            if parted {
                for piece in pieces {
                    cut(piece, tents, planes, cuts_left, done)?;
                }
                return Some(());
            }
        }
    }
    None
}

/// Points that tell whether a ring lies under one plane: corners, middles of sides, middles of triangles.
fn samples(ring: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let mut samples = ring.to_vec();
    for (i, a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        samples.push([0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])]);
    }
    for [a, b, c] in triangulate::clip_ears(ring).unwrap_or_default() {
        let (a, b, c) = (ring[a], ring[b], ring[c]);
        samples.push([(a[0] + b[0] + c[0]) / 3.0, (a[1] + b[1] + c[1]) / 3.0]);
        for (p, q) in [(a, b), (b, c), (c, a)] {
            samples.push([0.5 * (p[0] + q[0]), 0.5 * (p[1] + q[1])]);
        }
    }
    samples
}

/// Parts a simple counter-clockwise ring by a line given as a signed distance; the pieces are simple rings again, several a side where the ring is not convex.
fn split(ring: &[[f64; 2]], side: &dyn Fn([f64; 2]) -> f64) -> (Vec<Vec<[f64; 2]>>, bool) {
    // Nodes of the ring with crossings inserted; points within the weld distance count as on the line.
    let mut nodes: Vec<([f64; 2], i8)> = Vec::with_capacity(ring.len() + 4);
    let sign = |d: f64| {
        if d > WELD_M {
            1
        } else if d < -WELD_M {
            -1
        } else {
            0
        }
    };
    for (i, &a) in ring.iter().enumerate() {
        let b = ring[(i + 1) % ring.len()];
        let (da, db) = (side(a), side(b));
        nodes.push((a, sign(da)));
        if sign(da) * sign(db) < 0 {
            let t = da / (da - db);
            nodes.push((
                [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])],
                0,
            ));
        }
    }
    let has = |wanted: i8| nodes.iter().any(|node| node.1 == wanted);
    if !has(1) || !has(-1) {
        return (vec![ring.to_vec()], false);
    }
    let mut pieces = Vec::new();
    for wanted in [1, -1] {
        pieces.extend(one_side(&nodes, wanted));
    }
    (pieces, true)
}

/// The pieces of a ring on one side of the line: chains between crossings, joined along the line pair by pair.
fn one_side(nodes: &[([f64; 2], i8)], wanted: i8) -> Vec<Vec<[f64; 2]>> {
    let n = nodes.len();
    // Chains: maximal runs of nodes on the wanted side, with the line's node before and after.
    let mut chains: Vec<Vec<[f64; 2]>> = Vec::new();
    let Some(start) = (0..n).find(|&i| nodes[i].1 != wanted) else {
        return vec![nodes.iter().map(|node| node.0).collect()];
    };
    let mut current: Vec<[f64; 2]> = Vec::new();
    for step in 0..=n {
        let i = (start + step) % n;
        let (point, at) = nodes[i];
        if at == wanted {
            if current.is_empty() {
                current.push(nodes[(i + n - 1) % n].0);
            }
            current.push(point);
        } else if !current.is_empty() {
            current.push(point);
            chains.push(std::mem::take(&mut current));
        }
    }
    if chains.len() <= 1 {
        return chains;
    }
    // Ends sorted along the line close each other two by two: 0–1, 2–3 …
    let (from, to) = far_ends(&chains);
    let direction = [to[0] - from[0], to[1] - from[1]];
    let along = |p: [f64; 2]| p[0] * direction[0] + p[1] * direction[1];
    let mut ends: Vec<(f64, usize, bool)> = Vec::new();
    for (index, chain) in chains.iter().enumerate() {
        if let (Some(first), Some(last)) = (chain.first(), chain.last()) {
            ends.push((along(*first), index, true));
            ends.push((along(*last), index, false));
        }
    }
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut next = vec![usize::MAX; chains.len()];
    for pair in ends.chunks_exact(2) {
        match (pair[0], pair[1]) {
            ((_, head, true), (_, tail, false)) | ((_, tail, false), (_, head, true)) => {
                next[tail] = head;
            }
            // Two heads side by side: the ring is not simple; close each chain by itself.
            _ => return chains,
        }
    }
    let mut used = vec![false; chains.len()];
    let mut pieces = Vec::new();
    for first in 0..chains.len() {
        let mut piece = Vec::new();
        let mut at = first;
        while at < chains.len() && !used[at] {
            used[at] = true;
            piece.extend_from_slice(&chains[at]);
            at = next[at];
        }
        if piece.len() >= 3 {
            pieces.push(piece);
        }
    }
    pieces
}

fn far_ends(chains: &[Vec<[f64; 2]>]) -> ([f64; 2], [f64; 2]) {
    let ends: Vec<[f64; 2]> = chains
        .iter()
        .flat_map(|chain| chain.first().into_iter().chain(chain.last()).copied())
        .collect();
    let mut best = ([0.0; 2], [0.0; 2], -1.0);
    for (i, a) in ends.iter().enumerate() {
        for b in &ends[i + 1..] {
            let distance = (b[0] - a[0]).hypot(b[1] - a[1]);
            if distance > best.2 {
                best = (*a, *b, distance);
            }
        }
    }
    (best.0, best.1)
}

impl Weld {
    fn ring(&mut self, ring: &[[f64; 2]]) -> Vec<usize> {
        let mut indices: Vec<usize> = ring.iter().map(|p| self.index(*p)).collect();
        indices.dedup();
        while indices.len() > 1 && indices.first() == indices.last() {
            indices.pop();
        }
        indices
    }

    fn with_points_on_sides(&self, ring: &[usize]) -> Vec<usize> {
        let mut full = Vec::with_capacity(ring.len() + 2);
        for (i, &a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            full.push(a);
            let (pa, pb) = (self.points[a], self.points[b]);
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
                    (t > WELD_M && t < length - WELD_M && off.abs() < 2.0 * WELD_M)
                        .then_some((t, index))
                })
                .collect();
            on.sort_by(|x, y| x.0.total_cmp(&y.0));
            full.extend(on.into_iter().map(|(_, index)| index));
        }
        full
    }
}
