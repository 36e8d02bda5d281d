//! Wind turbines, batteries and charging stations, drawn so that a viewer can turn the first, fill the second and bring vehicles to the third.
//!
//! Without such a viewer a turbine faces north, a battery is full and every bay is taken.

use super::mesh::MeshBuilder;
use super::palette::Rgba;
use super::stroke::Drawing;
use std::f64::consts::TAU;

const WHITE: Rgba = [236, 237, 234, 255];
const GREY: Rgba = [206, 208, 206, 255];
const RED: Rgba = [196, 62, 52, 255];
const DARK: Rgba = [46, 50, 54, 255];
const GREEN: Rgba = [64, 176, 104, 255];
const BLADES: usize = 3;
/// Stations of a blade from its root to its tip: share of the radius, chord as a share of it, and twist against the plane of the rotor.
const BLADE: [(f64, f64, f64); 5] = [(0.03, 0.045, 0.5), (0.2, 0.085, 0.28), (0.5, 0.055, 0.12), (0.85, 0.03, 0.05), (1.0, 0.006, 0.02)];
/// Thickness over chord.
const THICK: f64 = 0.22;
/// The rotor stands before the mast by so much of its radius, so that no blade meets it.
const BEFORE: f64 = 0.11;
/// A container of twenty feet: length, width, height, metres.
const CONTAINER_M: [f64; 3] = [6.06, 2.44, 2.9];
const CONTAINERS: usize = 2;
/// Between two of them.
const AISLE_M: f64 = 1.6;

/// A turbine of this hub height and rotor; what is not known of the rotor follows the hub.
pub fn turbine(mesh: &mut MeshBuilder, foot: [f64; 3], hub_m: f64, rotor_m: Option<f64>, feature: u32) {
    let radius = 0.5 * rotor_m.unwrap_or(0.85 * hub_m).min(1.9 * hub_m);
    let wide = (0.026 * hub_m).clamp(0.3, 3.5);
    let sides = 12;
    let ring = |z: f64, r: f64| -> Vec<[f64; 3]> {
        (0..sides)
            .map(|side| {
                let (sin, cos) = (TAU * f64::from(side) / f64::from(sides)).sin_cos();
                [foot[0] + r * cos, foot[1] + r * sin, foot[2] + z]
            })
            .collect()
    };
    mesh.draws(Drawing::Mast(foot));
    let body = [(-1.0, wide), (0.5 * hub_m, 0.78 * wide), (hub_m, 0.55 * wide)];
    for pair in body.windows(2) {
        let [(low, below), (high, above)] = [pair[0], pair[1]];
        hull(mesh, &ring(low, below), &ring(high, above), WHITE, feature);
    }
    mesh.draws(Drawing::Facing([foot[0], foot[1]]));
    let (length, height) = (0.24 * radius, 1.1 * wide);
    let box_at = |north: f64, half: f64, tall: f64| -> Vec<[f64; 3]> {
        [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[x, z]| [foot[0] + x * half, foot[1] + north, foot[2] + hub_m + z * tall]).to_vec()
    };
    let (front, back) = (box_at(BEFORE * radius - 0.3 * wide, 0.6 * wide, 0.5 * height), box_at(BEFORE * radius - length, 0.5 * wide, 0.42 * height));
    hull(mesh, &front, &back, GREY, feature);
    closed(mesh, &front, true, GREY, feature);
    closed(mesh, &back, false, RED, feature);
    let hub = [foot[0], foot[1], foot[2] + hub_m];
    mesh.draws(Drawing::Rotor(hub));
    let nose: Vec<[f64; 3]> = (0..8)
        .map(|side| {
            let (sin, cos) = (TAU * f64::from(side) / 8.0).sin_cos();
            [hub[0] + 0.55 * wide * cos, hub[1] + BEFORE * radius - 0.3 * wide, hub[2] + 0.55 * wide * sin]
        })
        .collect();
    let tip = [hub[0], hub[1] + BEFORE * radius + 0.8 * wide, hub[2]];
    for (at, corner) in nose.iter().enumerate() {
        let next = nose.get((at + 1) % nose.len()).unwrap_or(corner);
        mesh.face(&[*next, *corner, tip], &[WHITE; 3], feature);
    }
    for blade in 0..BLADES {
        let (sin, cos) = (TAU * blade as f64 / BLADES as f64).sin_cos();
        // A blade upright, then turned to its place: across, towards the wind, outwards.
        let place = |[across, ahead, out]: [f64; 3]| [hub[0] + across * cos + out * sin, hub[1] + BEFORE * radius + ahead, hub[2] - across * sin + out * cos];
        let section = |(share, chord, twist): (f64, f64, f64)| -> Vec<[f64; 3]> {
            let (chord, (sin, cos)) = (chord * radius, twist.sin_cos());
            [[-0.35, 0.0], [0.0, -0.5 * THICK], [0.65, 0.0], [0.0, 0.5 * THICK]]
                .map(|[x, y]| place([chord * (x * cos - y * sin), chord * (x * sin + y * cos), share * radius]))
                .to_vec()
        };
        for pair in BLADE.windows(2) {
            let colour = if pair[1].0 >= 1.0 { RED } else { WHITE };
            hull(mesh, &section(pair[0]), &section(pair[1]), colour, feature);
        }
    }
}

/// Bays that are drawn of one station, and how far one is from the next, metres.
const MOST_BAYS: u16 = 8;
const BAY_M: f64 = 2.7;
const ASPHALT: Rgba = [92, 96, 102, 255];
const POST: Rgba = [232, 236, 240, 255];
const GLASS: Rgba = [52, 60, 70, 255];
const LIT: Rgba = [58, 205, 116, 255];
const PAINTS: [Rgba; 5] = [[226, 228, 230, 255], [150, 158, 168, 255], [96, 116, 148, 255], [172, 104, 88, 255], [206, 196, 170, 255]];

/// Posts in a row, a bay before each, and in it a vehicle that is there while so many charge. `turn` is the way into the bays, clockwise from north;
/// each bay lies on the ground.
pub fn charging(mesh: &mut MeshBuilder, middle: [f64; 2], ground_at: &dyn Fn([f64; 2]) -> f64, turn: f64, points: u16, feature: u32) {
    let (sin, cos) = turn.sin_cos();
    let bays = points.clamp(1, MOST_BAYS);
    for bay in 0..bays {
        let aside = BAY_M * (f64::from(bay) - 0.5 * f64::from(bays - 1));
        let of_bay = |y: f64| [middle[0] + aside * cos + y * sin, middle[1] - aside * sin + y * cos];
        let [x, y] = of_bay(0.0);
        // The higher end tells, so that no vehicle stands in the earth.
        let foot = [x, y, ground_at(of_bay(0.0)).max(ground_at(of_bay(5.0)))];
        // Along the row, into the bay, up.
        let place = |[x, y, z]: [f64; 3]| [foot[0] + x * cos + y * sin, foot[1] - x * sin + y * cos, foot[2] + z];
        let block = |mesh: &mut MeshBuilder, half: f64, [y0, y1]: [f64; 2], [z0, z1]: [f64; 2], colour: Rgba| {
            let ring = |z: f64| -> Vec<[f64; 3]> { [[-half, y0], [half, y0], [half, y1], [-half, y1]].map(|[x, y]| place([x, y, z])).to_vec() };
            let (low, high) = (ring(z0), ring(z1));
            hull(mesh, &low, &high, colour, feature);
            closed(mesh, &high, true, colour, feature);
        };
        mesh.draws(Drawing::Object(foot));
        block(mesh, 0.46 * BAY_M, [-0.5, 5.6], [-1.0, 0.08], ASPHALT);
        block(mesh, 0.22, [-0.2, 0.2], [0.1, 1.75], POST);
        block(mesh, 0.24, [-0.22, 0.22], [1.75, 1.95], GREY);
        mesh.draws(Drawing::Present(foot[2], f64::from(bay) / f64::from(bays)));
        // The lamp, the cable, and the vehicle.
        block(mesh, 0.26, [-0.24, 0.24], [1.73, 1.99], LIT);
        block(mesh, 0.05, [0.2, 0.9], [0.72, 0.82], LIT);
        let paint = PAINTS.get(usize::from(bay) % PAINTS.len()).copied().unwrap_or(WHITE);
        block(mesh, 0.88, [0.8, 5.0], [0.3, 0.92], paint);
        block(mesh, 0.78, [1.9, 4.5], [0.92, 1.48], GLASS);
    }
}

/// Containers with gauges on their long sides.
pub fn battery(mesh: &mut MeshBuilder, foot: [f64; 3], turn: f64, feature: u32) {
    let (sin, cos) = turn.sin_cos();
    let [length, width, height] = CONTAINER_M;
    for container in 0..CONTAINERS {
        let aside = (container as f64 - 0.5 * (CONTAINERS - 1) as f64) * (width + AISLE_M);
        let place = |[x, y, z]: [f64; 3]| {
            let y = y + aside;
            [foot[0] + x * cos + y * sin, foot[1] - x * sin + y * cos, foot[2] + z]
        };
        let block = |mesh: &mut MeshBuilder, [x0, x1]: [f64; 2], half: f64, [z0, z1]: [f64; 2], colour: Rgba, lid: Rgba| {
            let ring = |z: f64| -> Vec<[f64; 3]> { [[x0, -half], [x1, -half], [x1, half], [x0, half]].map(|[x, y]| place([x, y, z])).to_vec() };
            let (low, high) = (ring(z0), ring(z1));
            hull(mesh, &low, &high, colour, feature);
            closed(mesh, &high, true, lid, feature);
        };
        mesh.draws(Drawing::Object(foot));
        block(mesh, [-0.52 * length, 0.52 * length], 0.54 * width, [-0.4, 0.15], GREY, GREY);
        block(mesh, [-0.5 * length, 0.5 * length], 0.5 * width, [0.15, height], WHITE, GREY);
        // A dark field on both sides, and before it the bars that rise.
        block(mesh, [-0.46 * length, 0.46 * length], 0.5 * width + 0.03, [0.45, height - 0.25], DARK, DARK);
        mesh.draws(Drawing::Gauge(foot[2] + 0.5));
        for bar in 0..4 {
            let from = -0.44 * length + 0.22 * length * f64::from(bar);
            block(mesh, [from + 0.02 * length, from + 0.20 * length], 0.5 * width + 0.07, [0.5, height - 0.3], GREEN, GREEN);
        }
    }
}

/// Faces between two rings of as many corners, turned outwards.
fn hull(mesh: &mut MeshBuilder, low: &[[f64; 3]], high: &[[f64; 3]], colour: Rgba, feature: u32) {
    let count = low.len().min(high.len());
    let middle = centre(low.iter().chain(high));
    for at in 0..count {
        let next = (at + 1) % count;
        if let (Some(a), Some(b), Some(c), Some(d)) = (low.get(at), low.get(next), high.get(next), high.get(at)) {
            outward(mesh, &[*a, *b, *c, *d], middle, colour, feature);
        }
    }
}

/// A ring as a face; `far` is away from the first axis it is built along.
fn closed(mesh: &mut MeshBuilder, ring: &[[f64; 3]], far: bool, colour: Rgba, feature: u32) {
    let middle = centre(ring.iter());
    // A point behind the face: below a lid, south of a front, north of a back.
    let is_flat = ring.iter().all(|corner| (corner[2] - middle[2]).abs() < 1e-6);
    let step = if far { -1.0 } else { 1.0 };
    let behind = if is_flat { [middle[0], middle[1], middle[2] + step] } else { [middle[0], middle[1] + step, middle[2]] };
    outward(mesh, ring, behind, colour, feature);
}

fn centre<'a>(corners: impl Iterator<Item = &'a [f64; 3]> + Clone) -> [f64; 3] {
    let count = corners.clone().count().max(1) as f64;
    [0, 1, 2].map(|axis: usize| corners.clone().map(|corner| corner[axis]).sum::<f64>() / count)
}

/// A face that looks away from a point.
fn outward(mesh: &mut MeshBuilder, face: &[[f64; 3]], from: [f64; 3], colour: Rgba, feature: u32) {
    let [Some(a), Some(b), Some(c)] = [0, 1, 2].map(|at| face.get(at)) else { return };
    let edge = |p: &[f64; 3], q: &[f64; 3]| -> [f64; 3] { [0, 1, 2].map(|axis: usize| q[axis] - p[axis]) };
    let (u, v) = (edge(a, b), edge(b, c));
    let normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    let middle = centre(face.iter());
    let away: f64 = (0..3).map(|axis| normal[axis] * (middle[axis] - from[axis])).sum();
    let corners: Vec<[f64; 3]> = if away < 0.0 { face.iter().rev().copied().collect() } else { face.to_vec() };
    mesh.face(&corners, &vec![colour; corners.len()], feature);
}
