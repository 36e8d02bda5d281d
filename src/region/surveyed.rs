//! The surfaces a source brings itself: roof planes, walls and ground of LoD 1 or 2.
//!
//! What is drawn is what the source says, turned the right way round; what is wrong with it is said with place and value.
//! The faults carry names after those of val3dity (Ledoux 2018, "val3dity: validation of 3D GIS primitives according to the
//! international standards"): too few points (101), self-intersection of a ring (104), not planar (203), not closed (302),
//! wrong orientation (307).

use super::roof::{Surface, SurfaceMesh};
use super::triangulate;
use crate::base::polygon;
use std::collections::HashMap;

/// Points nearer than this are one point, metres: sources round to millimetres or centimetres.
const WELD_M: f64 = 0.005;
/// A point so far from its face's plane is a fault, metres.
pub const PLANAR_M: f64 = 0.05;
/// Smaller faces are neither drawn nor judged, square metres.
const SMALLEST_M2: f64 = 1e-4;
/// Faces steeper than this are walls: the vertical part of their unit normal.
const WALL_LIMIT: f64 = 0.17;
/// Rings longer than this are not tested for crossings: the test is quadratic.
const MOST_TESTED: usize = 400;

/// A building's own surfaces, every face the right way round.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Surveyed {
    pub faces: Vec<SurveyedFace>,
    /// Level of detail as the source states it: 1, 1.3, 2, 2.2.
    pub lod: f64,
    /// Every shell has an inside.
    pub closed: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SurveyedFace {
    pub surface: Surface,
    /// Outer ring counter-clockwise seen from outside, first point not repeated.
    pub rings: Vec<Vec<[f64; 3]>>,
}

/// A face as it comes: what the source says it is, if anything.
#[derive(Clone, Debug, PartialEq)]
pub struct RawFace {
    pub surface: Option<Surface>,
    pub rings: Vec<Vec<[f64; 3]>>,
}

/// What was wrong: a code and its value.
pub type SurfaceFault = (&'static str, String);

/// Turns the faces of one shell the right way round and names what is wrong with them. `solid`: the source promises a closed shell.
pub fn survey_shell(
    raw: Vec<RawFace>,
    solid: bool,
    faults: &mut Vec<SurfaceFault>,
) -> (Vec<SurveyedFace>, bool) {
    let mut faces: Vec<RawFace> = Vec::with_capacity(raw.len());
    for (index, mut face) in raw.into_iter().enumerate() {
        for ring in &mut face.rings {
            ring.retain(|p| p.iter().all(|v| v.is_finite()));
            ring.dedup_by(|a, b| near(*a, *b));
            while ring.len() > 1 && near(ring[0], ring[ring.len() - 1]) {
                ring.pop();
            }
        }
        let usable = face.rings.first().is_some_and(|ring| ring.len() >= 3);
        if !usable {
            faults.push((
                "surface-too-few-points",
                place(index, face.rings.first().and_then(|r| r.first())),
            ));
            continue;
        }
        face.rings.retain(|ring| ring.len() >= 3);
        let Some(plane) = Plane::of(&face.rings[0]).filter(|plane| plane.area_m2 >= SMALLEST_M2)
        else {
            // A bow tie has no area either, but it is no sliver.
            if let Some(plane) = face.rings[0].get(..3).and_then(Plane::of)
                && let Some(at) = crossing(&face.rings, &plane)
            {
                faults.push(("surface-ring-crossing", place(index, Some(&at))));
            }
            continue;
        };
        let off = face
            .rings
            .iter()
            .flatten()
            .map(|p| plane.distance(*p).abs())
            .fold(0.0, f64::max);
        if off > PLANAR_M {
            faults.push((
                "surface-not-planar",
                format!("{off:.2} m, {}", place(index, face.rings[0].first())),
            ));
        }
        if let Some(at) = crossing(&face.rings, &plane) {
            faults.push(("surface-ring-crossing", place(index, Some(&at))));
        }
        faces.push(face);
    }
    if faces.is_empty() {
        return (Vec::new(), false);
    }
    let edges = Edges::of(&faces);
    let open = edges.open();
    let closed = open.count == 0;
    if solid && !closed {
        faults.push((
            "solid-not-closed",
            format!("{} ({})", open.count, coordinates(open.example)),
        ));
    }
    orient(&mut faces, &edges, faults, solid);
    let lowest = faces
        .iter()
        .flat_map(|f| f.rings.iter().flatten())
        .map(|p| p[2])
        .fold(f64::INFINITY, f64::min);
    let surveyed = faces
        .into_iter()
        .filter_map(|face| {
            let normal = Plane::of(&face.rings[0])?.normal;
            let surface = face
                .surface
                .unwrap_or_else(|| classify(normal, &face.rings[0], lowest));
            Some(SurveyedFace {
                surface,
                rings: face.rings,
            })
        })
        .collect();
    (surveyed, closed)
}

impl Surveyed {
    /// The faces as triangles. A face that cannot be cut cleanly is left out, never drawn wrong.
    pub fn mesh(&self) -> SurfaceMesh {
        let mut mesh = SurfaceMesh::default();
        for face in &self.faces {
            let Some(plane) = face.rings.first().and_then(|ring| Plane::of(ring)) else {
                continue;
            };
            let flat: Vec<Vec<[f64; 2]>> = face
                .rings
                .iter()
                .map(|ring| ring.iter().map(|p| plane.flat(*p)).collect())
                .collect();
            let points: Vec<[f64; 3]> = face.rings.iter().flatten().copied().collect();
            let whole = match flat.as_slice() {
                // Without holes every point is kept, so that neighbours meet without cracks.
                [ring] if ring.len() <= 60 => triangulate::clip_ears(ring),
                _ => None,
            };
            for [a, b, c] in whole.unwrap_or_else(|| polygon::with_holes(&flat)) {
                if let (Some(a), Some(b), Some(c)) = (points.get(a), points.get(b), points.get(c)) {
                    mesh.triangles.push(([*a, *b, *c], face.surface));
                }
            }
        }
        mesh
    }

    /// Lifts everything, for surfaces that were given above the ground.
    pub fn raise(&mut self, by_m: f64) {
        for point in self.faces.iter_mut().flat_map(|face| &mut face.rings).flatten() {
            point[2] += by_m;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.faces.is_empty()
    }

    /// Eave and ridge as altitudes: the lower rim of the roofs by their area, and the highest point. `None` without a roof.
    pub fn eave_and_ridge_m(&self) -> Option<(f64, f64)> {
        let mut rims: Vec<(f64, f64)> = Vec::new();
        let mut ridge = f64::NEG_INFINITY;
        for face in self
            .faces
            .iter()
            .filter(|face| face.surface == Surface::Roof)
        {
            let Some(ring) = face.rings.first() else {
                continue;
            };
            let area = Plane::of(ring).map_or(0.0, |plane| plane.area_m2 * plane.normal[2].abs());
            let low = ring.iter().map(|p| p[2]).fold(f64::INFINITY, f64::min);
            rims.push((low, area));
            ridge = ring.iter().map(|p| p[2]).fold(ridge, f64::max);
        }
        rims.sort_by(|a, b| a.0.total_cmp(&b.0));
        let half = 0.5 * rims.iter().map(|rim| rim.1).sum::<f64>();
        let mut sum = 0.0;
        // The middle of the roofs by area: a porch does not lower the eave of the house.
        let eave = rims.iter().find(|rim| {
            sum += rim.1;
            sum >= half
        })?;
        Some((eave.0, ridge))
    }

    /// The lowest point of all.
    pub fn lowest_m(&self) -> Option<f64> {
        self.faces
            .iter()
            .flat_map(|f| f.rings.iter().flatten())
            .map(|p| p[2])
            .reduce(f64::min)
    }

    /// The faces of one kind in plan, counter-clockwise, without those that stand upright.
    pub fn plan(&self, surface: Option<Surface>) -> Vec<Vec<Vec<[f64; 2]>>> {
        self.faces
            .iter()
            .filter(|face| surface.is_none_or(|wanted| face.surface == wanted))
            .filter_map(|face| {
                let plane = Plane::of(face.rings.first()?)?;
                if plane.normal[2].abs() < 0.02 {
                    return None;
                }
                let flat: Vec<Vec<[f64; 2]>> = face
                    .rings
                    .iter()
                    .map(|ring| {
                        let mut ring: Vec<[f64; 2]> = ring.iter().map(|p| [p[0], p[1]]).collect();
                        if plane.normal[2] < 0.0 {
                            ring.reverse();
                        }
                        ring
                    })
                    .collect();
                Some(flat)
            })
            .collect()
    }
}

fn near(a: [f64; 3], b: [f64; 3]) -> bool {
    (0..3).all(|k| (a[k] - b[k]).abs() < WELD_M)
}

fn place(index: usize, at: Option<&[f64; 3]>) -> String {
    match at {
        Some(at) => format!("#{} ({})", index + 1, coordinates(*at)),
        None => format!("#{}", index + 1),
    }
}

fn coordinates(at: [f64; 3]) -> String {
    format!("{:.2} {:.2} {:.2}", at[0], at[1], at[2])
}

fn classify(normal: [f64; 3], ring: &[[f64; 3]], lowest: f64) -> Surface {
    if normal[2] > WALL_LIMIT {
        return Surface::Roof;
    }
    let at_bottom = ring.iter().all(|p| p[2] < lowest + 1.0);
    if normal[2] < -WALL_LIMIT && at_bottom {
        Surface::Floor
    } else {
        Surface::Wall
    }
}

/// The plane of a ring by Newell's sums, around its first point.
struct Plane {
    origin: [f64; 3],
    normal: [f64; 3],
    /// Two directions in the plane, right-handed with the normal.
    right: [f64; 3],
    up: [f64; 3],
    area_m2: f64,
    /// Distance of the mean point from the origin along the normal.
    offset: f64,
}

impl Plane {
    fn of(ring: &[[f64; 3]]) -> Option<Self> {
        let origin = *ring.first()?;
        let local = |p: [f64; 3]| [p[0] - origin[0], p[1] - origin[1], p[2] - origin[2]];
        let mut sum = [0.0; 3];
        let mut mean = [0.0; 3];
        for (i, p) in ring.iter().enumerate() {
            let (a, b) = (local(*p), local(ring[(i + 1) % ring.len()]));
            let c = cross(a, b);
            for k in 0..3 {
                sum[k] += c[k];
                mean[k] += a[k] / ring.len() as f64;
            }
        }
        let length = dot(sum, sum).sqrt();
        if !(length > 1e-9) {
            return None;
        }
        let normal = sum.map(|v| v / length);
        // Any direction that is not the normal's begins the basis.
        let helper = if normal[2].abs() < 0.9 {
            [0.0, 0.0, 1.0]
        } else {
            [0.0, 1.0, 0.0]
        };
        let right = cross(helper, normal);
        let length_right = dot(right, right).sqrt();
        let right = right.map(|v| v / length_right);
        let up = cross(normal, right);
        Some(Self {
            origin,
            normal,
            right,
            up,
            area_m2: 0.5 * length,
            offset: dot(mean, normal),
        })
    }

    fn local(&self, p: [f64; 3]) -> [f64; 3] {
        [
            p[0] - self.origin[0],
            p[1] - self.origin[1],
            p[2] - self.origin[2],
        ]
    }

    fn flat(&self, p: [f64; 3]) -> [f64; 2] {
        let p = self.local(p);
        [dot(p, self.right), dot(p, self.up)]
    }

    fn distance(&self, p: [f64; 3]) -> f64 {
        dot(self.local(p), self.normal) - self.offset
    }
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// Where two sides of a face's rings cross properly, seen in its plane.
fn crossing(rings: &[Vec<[f64; 3]>], plane: &Plane) -> Option<[f64; 3]> {
    let mut sides: Vec<([f64; 2], [f64; 2], [f64; 3])> = Vec::new();
    for ring in rings {
        for (i, p) in ring.iter().enumerate() {
            sides.push((plane.flat(*p), plane.flat(ring[(i + 1) % ring.len()]), *p));
        }
    }
    if sides.len() > MOST_TESTED {
        return None;
    }
    for (i, (a, b, at)) in sides.iter().enumerate() {
        for (c, d, _) in &sides[i + 1..] {
            let side = |p: [f64; 2], q: [f64; 2], r: [f64; 2]| {
                let length = (q[0] - p[0]).hypot(q[1] - p[1]).max(1e-9);
                polygon::cross(p, q, r) / length
            };
            let (s, t, u, v) = (
                side(*a, *b, *c),
                side(*a, *b, *d),
                side(*c, *d, *a),
                side(*c, *d, *b),
            );
            let parts = |x: f64, y: f64| (x > WELD_M && y < -WELD_M) || (x < -WELD_M && y > WELD_M);
            if parts(s, t) && parts(u, v) {
                return Some(*at);
            }
        }
    }
    None
}

type Corner = [i64; 3];

/// Which faces share which sides.
struct Edges {
    /// Side (smaller corner first) → faces that have it, with the direction they run along it.
    sides: HashMap<[Corner; 2], Vec<(usize, bool)>>,
    points: HashMap<Corner, [f64; 3]>,
}

struct Open {
    count: usize,
    example: [f64; 3],
}

impl Edges {
    fn of(faces: &[RawFace]) -> Self {
        let mut edges = Self {
            sides: HashMap::new(),
            points: HashMap::new(),
        };
        // Rounded places would part points on either side of a cell's border; so the first point of a neighbourhood names it.
        let mut names: HashMap<Corner, Vec<(Corner, [f64; 3])>> = HashMap::new();
        let mut name = |p: [f64; 3]| -> Corner {
            let cell = p.map(|v| (v / (4.0 * WELD_M)).floor() as i64);
            for dx in -1..=1 {
                for dy in -1..=1 {
                    for dz in -1..=1 {
                        let key = [cell[0] + dx, cell[1] + dy, cell[2] + dz];
                        if let Some((found, _)) = names
                            .get(&key)
                            .into_iter()
                            .flatten()
                            .find(|(_, q)| near(p, *q))
                        {
                            return *found;
                        }
                    }
                }
            }
            let own = p.map(|v| (v * 1e4).round() as i64);
            names.entry(cell).or_default().push((own, p));
            own
        };
        for (index, face) in faces.iter().enumerate() {
            for ring in &face.rings {
                let corners: Vec<Corner> = ring.iter().map(|p| name(*p)).collect();
                for (i, a) in corners.iter().enumerate() {
                    let b = corners[(i + 1) % corners.len()];
                    if *a == b {
                        continue;
                    }
                    edges.points.entry(*a).or_insert(ring[i]);
                    let forward = *a < b;
                    let key = if forward { [*a, b] } else { [b, *a] };
                    edges.sides.entry(key).or_default().push((index, forward));
                }
            }
        }
        edges
    }

    /// Sides that an odd number of faces have: there the surface ends.
    fn open(&self) -> Open {
        let mut open: Vec<&[Corner; 2]> = self
            .sides
            .iter()
            .filter(|(_, faces)| faces.len() % 2 == 1)
            .map(|(side, _)| side)
            .collect();
        open.sort_unstable();
        let example = open
            .first()
            .and_then(|side| self.points.get(&side[0]))
            .copied()
            .unwrap_or([0.0; 3]);
        Open {
            count: open.len(),
            example,
        }
    }
}

/// Makes neighbours agree, then whole pieces look outwards.
fn orient(faces: &mut [RawFace], edges: &Edges, faults: &mut Vec<SurfaceFault>, solid: bool) {
    let mut neighbours: Vec<Vec<(usize, bool)>> = vec![Vec::new(); faces.len()];
    for sharing in edges.sides.values() {
        // Where more than two meet, nothing follows for any pair.
        if let [(a, a_forward), (b, b_forward)] = sharing[..]
            && a != b
        {
            // Faces that agree run along their common side in opposite directions.
            let agree = a_forward != b_forward;
            neighbours[a].push((b, agree));
            neighbours[b].push((a, agree));
        }
    }
    let mut piece = vec![usize::MAX; faces.len()];
    let mut flip = vec![false; faces.len()];
    let mut pieces: Vec<Vec<usize>> = Vec::new();
    for start in 0..faces.len() {
        if piece[start] != usize::MAX {
            continue;
        }
        let number = pieces.len();
        let mut members = Vec::new();
        let mut open = vec![start];
        piece[start] = number;
        while let Some(face) = open.pop() {
            members.push(face);
            for &(other, agree) in &neighbours[face] {
                if piece[other] == usize::MAX {
                    piece[other] = number;
                    flip[other] = flip[face] ^ !agree;
                    open.push(other);
                }
            }
        }
        pieces.push(members);
    }
    let centre = middle(faces);
    let mut turned = 0;
    for members in &pieces {
        // As they stand after agreeing: which way do they look?
        let outward: f64 = members
            .iter()
            .map(|index| {
                let sign = if flip[*index] { -1.0 } else { 1.0 };
                sign * outwardness(&faces[*index], centre)
            })
            .sum();
        // The whole piece is turned where most of it looks inwards.
        let whole = outward < 0.0;
        for index in members {
            if flip[*index] ^ whole {
                turned += 1;
                faces[*index]
                    .rings
                    .iter_mut()
                    .for_each(|ring| ring.reverse());
            }
        }
    }
    if turned > 0 && solid {
        let code = if turned == faces.len() {
            "solid-inside-out"
        } else {
            "surface-orientation"
        };
        faults.push((code, format!("{turned} / {}", faces.len())));
    }
}

fn middle(faces: &[RawFace]) -> [f64; 3] {
    let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
    for p in faces.iter().flat_map(|face| face.rings.iter().flatten()) {
        for k in 0..3 {
            low[k] = low[k].min(p[k]);
            high[k] = high[k].max(p[k]);
        }
    }
    std::array::from_fn(|k| 0.5 * (low[k] + high[k]))
}

/// Positive where a face looks outwards: its share of the volume seen from the middle; roofs and grounds also by what they are.
///
/// Over a closed piece the shares add up to three times its volume, so its sign is exact wherever the middle lies.
fn outwardness(face: &RawFace, centre: [f64; 3]) -> f64 {
    let Some(plane) = face.rings.first().and_then(|ring| Plane::of(ring)) else {
        return 0.0;
    };
    let to_face = [
        plane.origin[0] - centre[0],
        plane.origin[1] - centre[1],
        plane.origin[2] - centre[2],
    ];
    let share = (dot(to_face, plane.normal) + plane.offset) * plane.area_m2;
    let known = match face.surface {
        Some(Surface::Roof) => plane.normal[2],
        Some(Surface::Floor) => -plane.normal[2],
        _ => 0.0,
    };
    share + known * plane.area_m2
}
