//! Traces, pipes, wires and what stands, painted into one tile.

use super::{HIGH_V, LOW_LINES_UP_TO_M, Line, MIDDLE_V, POINTS_UP_TO_M, is_high, within};
use crate::base::Bounds2;
use crate::pipeline::tile::charging::USUAL_POINTS;
use crate::pipeline::tile::drape::{Drape, lift};
use crate::pipeline::tile::machines;
use crate::pipeline::tile::palette::Rgba;
use crate::pipeline::tile::ribbon::{self, Axis, End, Ribbon};
use crate::pipeline::tile::scene::Scene;
use crate::pipeline::tile::stroke::Drawing;
use crate::region::simplify::Simplify;
use crate::region::utility::{Accuracy, Conduit, Fixture, FixtureKind, Lay, Utility};
use geo::LineString;
use std::f64::consts::TAU;

/// Dashes and pipes in the earth are drawn up to this tolerance.
const DETAIL_UP_TO_M: f64 = 1.3;
/// Narrower traces would not be seen, metres.
const NARROWEST_M: f64 = 0.45;
/// Traces of lines above low voltage, metres: broader than those they feed.
const MIDDLE_WIDTH_M: f64 = 0.7;
const HIGH_WIDTH_M: f64 = 1.0;
/// Sides of pipes and wires.
const PIPE_SIDES: usize = 8;
const WIRE_SIDES: usize = 4;
const WIRE_RADIUS_M: f64 = 0.06;
/// A wire hangs by so much of its span, and never deeper than this, metres.
const SAG: f64 = 0.03;
const DEEPEST_SAG_M: f64 = 9.0;
/// Bundles of a high line are so far from its middle, metres.
const BUNDLE_M: f64 = 5.0;
/// Pieces of one span.
const SPAN_PIECES: usize = 8;
/// Pieces of one line in one tile: dashes of a line across a region.
const MAX_DASHES: usize = 20_000;

/// Paints one tile.
pub(super) struct Painter<'a> {
    pub(super) scene: &'a Scene<'a>,
    pub(super) rect: Bounds2,
    pub(super) tolerance: f64,
    pub(super) cloth: Drape<'a>,
}

impl Painter<'_> {
    pub(super) fn line(&mut self, line: &Line, conduit: &Conduit, feature: u32) {
        let own = conduit.colour.map(|[r, g, b]| [r, g, b, 255]);
        let colour = own.unwrap_or_else(|| colour(conduit.utility));
        match conduit.lay {
            Lay::Overhead { height_m } => self.wire(
                &line.points,
                wire_height_m(conduit, height_m),
                is_high(conduit),
                feature,
            ),
            Lay::Ground | Lay::Underground { .. } => {
                self.trace(&line.points, conduit, colour, feature);
                if let Lay::Underground {
                    depth_m: Some(depth),
                } = conduit.lay
                    && self.tolerance <= DETAIL_UP_TO_M
                {
                    let radius = 0.5 * conduit.diameter_m.unwrap_or(0.1).max(0.1);
                    self.pipe(&line.points, depth, radius, colour, feature);
                }
            }
        }
    }

    /// A ribbon on the ground.
    fn trace(&mut self, points: &[[f64; 2]], conduit: &Conduit, colour: Rgba, feature: u32) {
        let narrowest = match conduit.voltage_v {
            Some(volts) if volts >= HIGH_V => HIGH_WIDTH_M,
            Some(volts) if volts >= MIDDLE_V => MIDDLE_WIDTH_M,
            _ => NARROWEST_M,
        };
        let width = conduit.diameter_m.unwrap_or(0.0).clamp(narrowest, 3.0);
        let width = if conduit.utility == Utility::Transit {
            1.2
        } else {
            width
        };
        // As wide as a pixel of its level, within reason: it is also seen from near by.
        let half = 0.5 * width.max(self.tolerance.min(6.0 * width));
        let plain = self.simplified(points);
        match dashes(conduit).filter(|_| self.tolerance <= DETAIL_UP_TO_M) {
            Some((dash, gap)) => {
                // Only what this tile shows is cut up. Between the dashes the line is pale, so that it is still one.
                let window = self.rect.grown(dash + gap);
                for (begins, length, colour) in [(0.0, dash, colour), (dash, gap, pale(colour))] {
                    for (from_m, piece) in dashed(&plain, [begins, length, dash + gap], &window) {
                        self.lay(&piece, from_m, half, [End::Flat; 2], colour, feature);
                    }
                }
            }
            None => self.lay(&plain, 0.0, half, [End::Round(6); 2], colour, feature),
        }
    }

    /// A stretch of a line that begins so many metres from the line's beginning.
    fn lay(&mut self, points: &[[f64; 2]], from_m: f64, half: f64, ends: [End; 2], colour: Rgba, feature: u32) {
        let near = self.rect.grown(2.0 * half + 1.0);
        for (triangles, axis) in Ribbon::new(points, half, ends).pieces() {
            if triangles.iter().any(|triangle| Bounds2::of(triangle.iter().copied()).intersects(&near)) {
                let axis = Axis { from_m: axis.from_m + from_m, ..axis };
                self.cloth.mesh.draws(Drawing::Ribbon(axis, half));
                self.cloth.lay(triangles.into_iter(), lift::TRACK + 0.05, &|_| colour, feature);
            }
        }
    }

    fn simplified(&self, points: &[[f64; 2]]) -> Vec<[f64; 2]> {
        if self.tolerance < 0.7 {
            return points.to_vec();
        }
        LineString::from(points.to_vec())
            .simplify(0.3 * self.tolerance)
            .0
            .iter()
            .map(|c| [c.x, c.y])
            .collect()
    }

    /// Is a piece this tile's to draw? Its middle tells.
    fn mine(&self, a: [f64; 3], b: [f64; 3]) -> bool {
        (0..2).all(|k| {
            let middle = 0.5 * (a[k] + b[k]);
            self.rect.min[k] <= middle && middle < self.rect.max[k]
        })
    }

    fn pipe(&mut self, points: &[[f64; 2]], depth: f64, radius: f64, colour: Rgba, feature: u32) {
        // Long sides follow the ground.
        const STEP_M: f64 = 20.0;
        let rect = self.rect;
        for (side, axis) in sides(points).filter(|(side, _)| Bounds2::of(side.iter().copied()).intersects(&rect)) {
            let flat: Vec<[f64; 3]> = side.iter().map(|p| [p[0], p[1], 0.0]).collect();
            for pair in ribbon::subdivided(&flat, STEP_M).windows(2) {
                if !self.mine(pair[0], pair[1]) {
                    continue;
                }
                self.cloth.mesh.draws(Drawing::Round(axis));
                let ends = [pair[0], pair[1]].map(|p| [p[0], p[1], self.scene.ground_at([p[0], p[1]]) - depth - radius]);
                self.tube(ends[0], ends[1], radius, PIPE_SIDES, colour, feature);
            }
        }
    }

    fn wire(&mut self, points: &[[f64; 2]], height: f64, high: bool, feature: u32) {
        const WIRE: Rgba = [104, 102, 104, 255];
        let radius = WIRE_RADIUS_M
            .max(0.12 * self.tolerance)
            .min(8.0 * WIRE_RADIUS_M);
        // As far as the bundles of a line are from its middle.
        let near = self.rect.grown(2.0 * BUNDLE_M);
        for (pair, axis) in sides(points).filter(|(pair, _)| Bounds2::of(pair.iter().copied()).intersects(&near)) {
            let ends = [pair[0], pair[1]].map(|p| [p[0], p[1], self.scene.ground_at(p) + height]);
            let (a, b) = (ends[0], ends[1]);
            let span = (b[0] - a[0]).hypot(b[1] - a[1]);
            if span < 1e-6 {
                continue;
            }
            // High lines carry a bundle on each side; lower ones are drawn as one.
            let aside = if high && self.tolerance <= POINTS_UP_TO_M {
                &[-BUNDLE_M, 0.0, BUNDLE_M][..]
            } else {
                &[0.0][..]
            };
            let normal = [(b[1] - a[1]) / span, -(b[0] - a[0]) / span];
            let sag = (SAG * span).min(DEEPEST_SAG_M).min(0.5 * height);
            let pieces = if self.tolerance > LOW_LINES_UP_TO_M {
                1
            } else {
                SPAN_PIECES
            };
            // A long span is cut further, so that each tile draws its own.
            let pieces = pieces.max((span / 200.0).ceil().min(2_000.0) as usize);
            for off in aside {
                self.cloth.mesh.draws(Drawing::Round(Axis { at: [axis.at[0] + off * normal[0], axis.at[1] + off * normal[1]], ..axis }));
                let at = |piece: usize| {
                    let t = piece as f64 / pieces as f64;
                    let hang = 4.0 * sag * t * (1.0 - t);
                    [
                        a[0] + t * (b[0] - a[0]) + off * normal[0],
                        a[1] + t * (b[1] - a[1]) + off * normal[1],
                        a[2] + t * (b[2] - a[2]) - hang,
                    ]
                };
                for piece in 0..pieces {
                    let (from, to) = (at(piece), at(piece + 1));
                    if self.mine(from, to) {
                        self.tube(from, to, radius, WIRE_SIDES, WIRE, feature);
                    }
                }
            }
        }
    }

    /// A prism from one point to another, open at its ends.
    fn tube(
        &mut self,
        a: [f64; 3],
        b: [f64; 3],
        radius: f64,
        sides: usize,
        colour: Rgba,
        feature: u32,
    ) {
        let d: [f64; 3] = std::array::from_fn(|k| b[k] - a[k]);
        let length = d.iter().map(|v| v * v).sum::<f64>().sqrt();
        let run = d[0].hypot(d[1]);
        if length < 1e-6 {
            return;
        }
        let across = if run > 1e-9 {
            [d[1] / run, -d[0] / run, 0.0]
        } else {
            [1.0, 0.0, 0.0]
        };
        let along = d.map(|v| v / length);
        let up = [
            across[1] * along[2] - across[2] * along[1],
            across[2] * along[0] - across[0] * along[2],
            across[0] * along[1] - across[1] * along[0],
        ];
        let corner = |at: [f64; 3], side: usize| -> [f64; 3] {
            let (sin, cos) = (TAU * (side % sides) as f64 / sides as f64).sin_cos();
            std::array::from_fn(|k| at[k] + radius * (cos * across[k] + sin * up[k]))
        };
        for side in 0..sides {
            let face = [
                corner(a, side),
                corner(a, side + 1),
                corner(b, side + 1),
                corner(b, side),
            ];
            self.outward(face, a, b, colour, feature);
        }
    }

    /// A face turned away from the axis between two points.
    fn outward(
        &mut self,
        face: [[f64; 3]; 4],
        a: [f64; 3],
        b: [f64; 3],
        colour: Rgba,
        feature: u32,
    ) {
        let edge = |p: [f64; 3], q: [f64; 3]| -> [f64; 3] { std::array::from_fn(|k| q[k] - p[k]) };
        let (u, v) = (edge(face[0], face[1]), edge(face[0], face[3]));
        let normal = [
            u[1] * v[2] - u[2] * v[1],
            u[2] * v[0] - u[0] * v[2],
            u[0] * v[1] - u[1] * v[0],
        ];
        let away: f64 = (0..3)
            .map(|k| {
                normal[k] * (face.iter().map(|p| p[k]).sum::<f64>() * 0.25 - 0.5 * (a[k] + b[k]))
            })
            .sum();
        let face = if away < 0.0 {
            [face[3], face[2], face[1], face[0]]
        } else {
            face
        };
        self.cloth.mesh.face(&face, &[colour; 4], feature);
    }

    /// An upright prism with a lid, wider or narrower above.
    fn column(
        &mut self,
        foot: [f64; 3],
        from_m: f64,
        to_m: f64,
        radii: [f64; 2],
        sides: usize,
        turn: f64,
        colour: Rgba,
        feature: u32,
    ) {
        let corner = |side: usize, z: f64, radius: f64| {
            let angle = TAU * ((side % sides) as f64 + 0.5) / sides as f64 - turn;
            [
                foot[0] + radius * angle.cos(),
                foot[1] + radius * angle.sin(),
                foot[2] + z,
            ]
        };
        for side in 0..sides {
            let face = [
                corner(side, from_m, radii[0]),
                corner(side + 1, from_m, radii[0]),
                corner(side + 1, to_m, radii[1]),
                corner(side, to_m, radii[1]),
            ];
            self.cloth.mesh.face(&face, &[colour; 4], feature);
        }
        let lid: Vec<[f64; 3]> = (0..sides)
            .map(|side| corner(side, to_m, radii[1]))
            .collect();
        self.cloth.mesh.face(&lid, &vec![colour; sides], feature);
    }

    pub(super) fn post(&mut self, foot: [f64; 3], turn: f64, fixture: &Fixture, feature: u32) {
        const STEEL: Rgba = [132, 132, 130, 255];
        const WOOD: Rgba = [140, 122, 102, 255];
        const BOX: Rgba = [196, 192, 184, 255];
        let mark = colour(fixture.utility);
        let is_slender = matches!(fixture.kind, FixtureKind::Tower | FixtureKind::Pole | FixtureKind::Lamp);
        self.cloth.mesh.draws(if is_slender { Drawing::Mast(foot) } else { Drawing::Object(foot) });
        let height = fixture
            .height_m
            .unwrap_or_else(|| fixture.kind.usual_height_m());
        match fixture.kind {
            FixtureKind::Tower => {
                let wide = (0.09 * height).clamp(0.8, 4.0);
                self.column(
                    foot,
                    -0.3,
                    0.6 * height,
                    [wide, 0.35 * wide],
                    4,
                    turn,
                    STEEL,
                    feature,
                );
                self.column(
                    foot,
                    0.6 * height,
                    height,
                    [0.35 * wide, 0.12 * wide],
                    4,
                    turn,
                    STEEL,
                    feature,
                );
                let (sin, cos) = turn.sin_cos();
                for (share, reach) in [(0.70, 0.22), (0.84, 0.16)] {
                    let reach = reach * height;
                    let end = |sign: f64| {
                        [
                            foot[0] + sign * reach * cos,
                            foot[1] - sign * reach * sin,
                            foot[2] + share * height,
                        ]
                    };
                    self.tube(end(-1.0), end(1.0), 0.18, WIRE_SIDES, STEEL, feature);
                }
            }
            FixtureKind::Pole => {
                self.column(foot, -0.3, height, [0.16, 0.11], 6, turn, WOOD, feature)
            }
            FixtureKind::Lamp => {
                self.column(foot, -0.2, height, [0.08, 0.06], 6, turn, STEEL, feature);
                self.column(
                    foot,
                    height,
                    height + 0.25,
                    [0.16, 0.38],
                    6,
                    turn,
                    mark,
                    feature,
                );
            }
            FixtureKind::Stop => {
                self.column(
                    foot,
                    -0.2,
                    height - 0.6,
                    [0.05, 0.05],
                    6,
                    turn,
                    STEEL,
                    feature,
                );
                self.column(
                    foot,
                    height - 0.6,
                    height,
                    [0.34, 0.34],
                    4,
                    turn,
                    mark,
                    feature,
                );
            }
            FixtureKind::Substation => {
                self.column(foot, -0.3, height, [1.9, 1.9], 4, turn, BOX, feature);
                self.column(
                    foot,
                    height,
                    height + 0.2,
                    [2.0, 2.0],
                    4,
                    turn,
                    mark,
                    feature,
                );
            }
            FixtureKind::Turbine => machines::turbine(&mut self.cloth.mesh, foot, height, fixture.diameter_m, feature),
            FixtureKind::Battery => machines::battery(&mut self.cloth.mesh, foot, turn, feature),
            FixtureKind::Charger => {
                let ground_at = |at: [f64; 2]| self.scene.ground_at(at);
                machines::charging(&mut self.cloth.mesh, [foot[0], foot[1]], &ground_at, turn, fixture.plugs.points.unwrap_or(USUAL_POINTS), feature);
            }
            FixtureKind::Plant => {
                self.column(foot, -0.3, height, [9.0, 9.0], 4, turn, BOX, feature);
                self.column(
                    foot,
                    height,
                    height + 0.4,
                    [9.3, 9.3],
                    4,
                    turn,
                    mark,
                    feature,
                );
            }
            FixtureKind::Tank => {
                self.column(foot, -0.3, height, [4.0, 4.0], 16, turn, BOX, feature);
                self.column(
                    foot,
                    height,
                    height + 0.4,
                    [4.1, 3.0],
                    16,
                    turn,
                    mark,
                    feature,
                );
            }
            FixtureKind::Valve | FixtureKind::Pump => {
                let radius = if fixture.kind == FixtureKind::Pump {
                    0.6
                } else {
                    0.3
                };
                self.column(foot, -0.1, height, [radius, radius], 8, turn, mark, feature);
            }
            FixtureKind::Node => self.column(foot, 0.0, height, [0.4, 0.4], 8, turn, mark, feature),
        }
    }
}

fn colour(utility: Utility) -> Rgba {
    match utility {
        Utility::Electricity => [196, 76, 66, 255],
        Utility::Lighting => [214, 122, 104, 255],
        Utility::Gas => [222, 190, 74, 255],
        Utility::Water => [72, 126, 186, 255],
        Utility::Sewer => [142, 104, 72, 255],
        Utility::Telecom => [86, 150, 98, 255],
        Utility::Heat => [142, 92, 158, 255],
        Utility::Transit => [64, 104, 150, 255],
    }
}

/// Lengths of a dash and of the gap after it; `None` is unbroken.
fn dashes(conduit: &Conduit) -> Option<(f64, f64)> {
    if !matches!(conduit.lay, Lay::Underground { .. }) {
        return None;
    }
    match conduit.accuracy {
        Accuracy::A => None,
        Accuracy::B => Some((8.0, 2.0)),
        Accuracy::C | Accuracy::Unstated => Some((3.0, 2.0)),
        Accuracy::Schematic => Some((1.5, 3.0)),
    }
}

/// Height of the wires at their supports, metres: as stated, or usual for the voltage.
fn wire_height_m(conduit: &Conduit, stated: Option<f64>) -> f64 {
    stated.unwrap_or(match conduit.voltage_v {
        Some(volts) if volts >= 200_000.0 => 32.0,
        Some(volts) if volts >= HIGH_V => 22.0,
        Some(volts) if volts >= 1_000.0 => 10.0,
        _ => 7.0,
    })
}

/// What lies between two dashes.
fn pale([r, g, b, alpha]: Rgba) -> Rgba {
    let [r, g, b] = [r, g, b].map(|part| ((u16::from(part) + 236) / 2) as u8);
    [r, g, b, alpha]
}

/// The sides of a line, each with its axis.
fn sides(points: &[[f64; 2]]) -> impl Iterator<Item = ([[f64; 2]; 2], Axis)> + '_ {
    points.array_windows::<2>().scan(0.0, |walked, pair| {
        let [a, b] = *pair;
        let d = [b[0] - a[0], b[1] - a[1]];
        let length = d[0].hypot(d[1]);
        let direction = if length > 0.0 { d.map(|part| part / length) } else { [0.0; 2] };
        let axis = Axis { at: a, direction, from_m: *walked };
        *walked += length;
        Some(([a, b], axis))
    })
}

/// The stretches of a line that begin `begins` metres into each period and are `dash` metres long, as far as they come near a window; each with
/// its distance from the line's beginning. The pattern runs on where it is not drawn, so it does not jump from tile to tile.
fn dashed(points: &[[f64; 2]], [begins, dash, period]: [f64; 3], window: &Bounds2) -> Vec<(f64, Vec<[f64; 2]>)> {
    let mut pieces: Vec<(f64, Vec<[f64; 2]>)> = Vec::new();
    let mut walked = 0.0;
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        let at = |s: f64| {
            let t = if length > 0.0 {
                (s - walked) / length
            } else {
                0.0
            };
            [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])]
        };
        let (from, to) = within(a, b, window);
        let (from, to) = (walked + from * length, walked + to * length);
        let mut number = ((from - begins) / period).floor();
        while number * period + begins < to && pieces.len() < MAX_DASHES {
            let (start, end) = (
                (number * period + begins).max(walked),
                (number * period + begins + dash).min(walked + length),
            );
            number += 1.0;
            if end <= start {
                continue;
            }
            // A dash goes on around a corner.
            match pieces.last_mut() {
                Some((_, last)) if start == walked && last.last() == Some(&a) => last.push(at(end)),
                _ => pieces.push((start, vec![at(start), at(end)])),
            }
        }
        walked += length;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_keep_their_pattern_whatever_the_window() {
        let line = [[0.0, 0.0], [7.0, 0.0], [7.0, 20.0]];
        let everywhere = Bounds2 {
            min: [-100.0; 2],
            max: [100.0; 2],
        };
        let all = dashed(&line, [0.0, 3.0, 5.0], &everywhere);
        let length = |(_, piece): &(f64, Vec<[f64; 2]>)| {
            piece
                .windows(2)
                .map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1]))
                .sum::<f64>()
        };
        assert_eq!(all.len(), 6);
        // The second dash goes around the corner: two metres before it and one after.
        assert_eq!(all[1], (5.0, vec![[5.0, 0.0], [7.0, 0.0], [7.0, 1.0]]));
        assert!((all.iter().map(length).sum::<f64>() - 17.0).abs() < 1e-9);
        // What lies between is the rest, and nothing twice.
        let between = dashed(&line, [3.0, 2.0, 5.0], &everywhere);
        assert!((all.iter().chain(&between).map(length).sum::<f64>() - 27.0).abs() < 1e-9);
        let part = dashed(
            &line,
            [0.0, 3.0, 5.0],
            &Bounds2 {
                min: [6.5, 7.0],
                max: [8.0, 9.0],
            },
        );
        assert!(part.iter().all(|piece| all.contains(piece)), "{part:?}");
        assert!(!part.is_empty());
    }
}
