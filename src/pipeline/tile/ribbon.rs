//! Lines with a width, as triangles in the plane.

/// Turns sharper than this (radians) get a round join instead of a mitre.
const MITRE_UP_TO: f64 = 0.7;
/// Points nearer than this are one.
const SAME_M: f64 = 0.02;

/// How a ribbon ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Flat,
    /// A half disc of so many slices.
    Round(u32),
}

/// Left and right edge of a ribbon at each of a line's points, and the slices of round joins.
#[derive(Clone, Debug, Default)]
pub struct Ribbon {
    /// For each segment: left and right at its start, left and right at its end.
    pub quads: Vec<[[f64; 2]; 4]>,
    /// The middle line of each of the quads.
    axes: Vec<Axis>,
    /// Joins and ends.
    pub fans: Vec<[[f64; 2]; 3]>,
    /// The middle of each of the fans.
    hubs: Vec<Axis>,
}

/// Where a piece of a ribbon has its middle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    pub at: [f64; 2],
    /// Of length one; nothing for joins and ends, which lie around a point.
    pub direction: [f64; 2],
    /// Metres from the beginning of the ribbon.
    pub from_m: f64,
}

impl Ribbon {
    pub fn new(points: &[[f64; 2]], half_width: f64, ends: [End; 2]) -> Self {
        let mut line: Vec<[f64; 2]> = Vec::with_capacity(points.len());
        for &point in points {
            if line
                .last()
                .is_none_or(|last| (point[0] - last[0]).hypot(point[1] - last[1]) > SAME_M)
            {
                line.push(point);
            }
        }
        let mut ribbon = Self::default();
        let directions: Vec<[f64; 2]> = line
            .windows(2)
            .map(|pair| {
                let (dx, dy) = (pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]);
                let length = dx.hypot(dy);
                [dx / length, dy / length]
            })
            .collect();
        let (Some(first), Some(last)) = (directions.first(), directions.last()) else {
            return ribbon;
        };
        let left = |d: &[f64; 2]| [-d[1] * half_width, d[0] * half_width];
        let plus = |p: [f64; 2], v: [f64; 2], sign: f64| [p[0] + sign * v[0], p[1] + sign * v[1]];
        let mut start = left(first);
        let mut walked = 0.0;
        for (index, direction) in directions.iter().enumerate() {
            let (a, b) = (line[index], line[index + 1]);
            let own = left(direction);
            let (mut end, mut next_start) = (own, own);
            if let Some(next) = directions.get(index + 1) {
                let turn = (direction[0] * next[1] - direction[1] * next[0])
                    .atan2(direction[0] * next[0] + direction[1] * next[1]);
                let after = left(next);
                if turn.abs() <= MITRE_UP_TO {
                    let half = 0.5 * turn;
                    // The mitre: the mean of both normals, stretched to reach both edges.
                    let stretch = 0.5 / (half.cos() * half.cos());
                    end = [(own[0] + after[0]) * stretch, (own[1] + after[1]) * stretch];
                    next_start = end;
                } else {
                    next_start = after;
                    let outer = if turn > 0.0 { -1.0 } else { 1.0 };
                    let slices = (turn.abs() / 0.5).ceil() as u32;
                    let from = [own[0] * outer, own[1] * outer];
                    ribbon.fan(b, walked + (b[0] - a[0]).hypot(b[1] - a[1]), from, turn, slices);
                }
            }
            ribbon.quads.push([
                plus(a, start, 1.0),
                plus(a, start, -1.0),
                plus(b, end, 1.0),
                plus(b, end, -1.0),
            ]);
            ribbon.axes.push(Axis { at: a, direction: *direction, from_m: walked });
            walked += (b[0] - a[0]).hypot(b[1] - a[1]);
            start = next_start;
        }
        if let (End::Round(slices), Some(&at)) = (ends[0], line.first()) {
            ribbon.fan(at, 0.0, left(first), std::f64::consts::PI, slices);
        }
        if let (End::Round(slices), Some(&at)) = (ends[1], line.last()) {
            let right = left(last).map(|v| -v);
            ribbon.fan(at, walked, right, std::f64::consts::PI, slices);
        }
        ribbon
    }

    /// All of it as triangles, in no particular order of their corners.
    pub fn triangles(&self) -> impl Iterator<Item = [[f64; 2]; 3]> + '_ {
        self.quads
            .iter()
            .flat_map(|[l0, r0, l1, r1]| [[*l0, *r0, *r1], [*l0, *r1, *l1]])
            .chain(self.fans.iter().copied())
    }

    /// The same, piece by piece, with the middle of each.
    pub fn pieces(&self) -> impl Iterator<Item = (Vec<[[f64; 2]; 3]>, Axis)> + '_ {
        let quads = self.quads.iter().zip(&self.axes).map(|([l0, r0, l1, r1], axis)| (vec![[*l0, *r0, *r1], [*l0, *r1, *l1]], *axis));
        quads.chain(self.fans.iter().zip(&self.hubs).map(|(fan, hub)| (vec![*fan], *hub)))
    }

    /// Slices of a disc around `centre`, from `from` turning by `angle` radians (counter-clockwise when positive).
    fn fan(&mut self, centre: [f64; 2], at_m: f64, from: [f64; 2], angle: f64, slices: u32) {
        let slices = slices.clamp(1, 16);
        let spoke = |i: u32| {
            let (sin, cos) = (angle * f64::from(i) / f64::from(slices)).sin_cos();
            [
                centre[0] + from[0] * cos - from[1] * sin,
                centre[1] + from[0] * sin + from[1] * cos,
            ]
        };
        for i in 0..slices {
            self.fans.push([centre, spoke(i), spoke(i + 1)]);
            self.hubs.push(Axis { at: centre, direction: [0.0; 2], from_m: at_m });
        }
    }
}

/// Points of a line no further apart than `step_m`; the third coordinate is interpolated too.
pub fn subdivided(points: &[[f64; 3]], step_m: f64) -> Vec<[f64; 3]> {
    const MAX_PIECES: f64 = 10_000.0;
    let mut out = Vec::with_capacity(points.len());
    out.extend(points.first());
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        let pieces = (length / step_m).ceil().clamp(1.0, MAX_PIECES) as u32;
        for piece in 1..=pieces {
            let share = f64::from(piece) / f64::from(pieces);
            out.push(std::array::from_fn(|k| a[k] + share * (b[k] - a[k])));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::tile::clip::cross;

    fn area(ribbon: &Ribbon) -> f64 {
        ribbon.triangles().map(|[a, b, c]| 0.5 * cross(a, b, c).abs()).sum()
    }

    #[test]
    fn a_straight_ribbon_is_a_rectangle() {
        let ribbon = Ribbon::new(&[[0.0, 0.0], [4.0, 0.0], [10.0, 0.0]], 2.0, [End::Flat; 2]);
        assert!((area(&ribbon) - 40.0).abs() < 1e-9);
        assert!(ribbon.fans.is_empty());
    }

    #[test]
    fn round_ends_add_a_disc() {
        let ribbon = Ribbon::new(&[[0.0, 0.0], [10.0, 0.0]], 1.0, [End::Round(16); 2]);
        assert!((area(&ribbon) - 20.0 - std::f64::consts::PI).abs() < 0.05);
        // The caps lie beyond the ends.
        assert!(ribbon.fans.iter().flatten().all(|p| p[0] <= 1e-9 || p[0] >= 10.0 - 1e-9));
    }

    #[test]
    fn a_sharp_turn_is_closed_outside() {
        let ribbon = Ribbon::new(&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]], 1.0, [End::Flat; 2]);
        // The outside of a left turn is on the right: south-east of the corner.
        assert!(ribbon.fans.iter().flatten().any(|p| p[0] > 10.5 && p[1] < -0.5));
    }

    #[test]
    fn points_in_one_place_are_no_line() {
        let ribbon = Ribbon::new(&[[1.0, 1.0], [1.0, 1.0]], 1.0, [End::Round(4); 2]);
        assert!(ribbon.triangles().next().is_none());
    }
}
