//! Where vertices are on the line or the object that they draw, for viewers that make lines wider and let them run.

use super::ribbon::Axis;
use crate::formats::gltf::{STROKE_FACING, STROKE_GAUGE, STROKE_OBJECT, STROKE_PRESENT, STROKE_ROTOR, STROKE_ROUND, Stroke};

/// What is being drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drawing {
    /// A piece of a ribbon: its middle and half its width.
    Ribbon(Axis, f64),
    /// A piece of a wire or pipe.
    Round(Axis),
    /// What stands at a foot.
    Object([f64; 3]),
    /// What stands tall and thin at a foot: a mast, a pole.
    Mast([f64; 3]),
    /// What faces the wind, about an upright axis.
    Facing([f64; 2]),
    /// What spins about a hub, and faces the wind with it.
    Rotor([f64; 3]),
    /// What rises from a height as something fills.
    Gauge(f64),
    /// What is there, above a height, only while more than a share is in use.
    Present(f64, f64),
}

impl Drawing {
    /// As [`Stroke`], with directions of the plane instead of those of the mesh.
    pub fn stroke(self, at: [f64; 3]) -> Stroke {
        let found = match self {
            Self::Ribbon(axis, half) => {
                let (along, off) = beside(axis, at);
                let side = if axis.direction[0] * off[1] - axis.direction[1] * off[0] > 0.0 { -1.0 } else { 1.0 };
                [axis.from_m + along, off[0], off[1], side * off[0].hypot(off[1]) / half.max(f64::MIN_POSITIVE)]
            }
            Self::Round(axis) => {
                let (along, off) = beside(axis, at);
                [axis.from_m + along, off[0], off[1], f64::from(STROKE_ROUND)]
            }
            Self::Facing(axis) => [0.0, at[0] - axis[0], at[1] - axis[1], f64::from(STROKE_FACING)],
            Self::Rotor(hub) => [at[2] - hub[2], at[0] - hub[0], at[1] - hub[1], f64::from(STROKE_ROTOR)],
            Self::Gauge(zero_m) => [at[2] - zero_m, 0.0, 0.0, f64::from(STROKE_GAUGE)],
            Self::Present(foot_m, share) => [at[2] - foot_m, share, 0.0, f64::from(STROKE_PRESENT)],
            // It may grow as wide as one likes, and no higher: what hangs on it stays where it is.
            Self::Mast(foot) => [at[2] - foot[2], at[0] - foot[0], at[1] - foot[1], f64::from(STROKE_ROUND)],
            Self::Object(foot) => [at[2] - foot[2], at[0] - foot[0], at[1] - foot[1], f64::from(STROKE_OBJECT)],
        };
        // A millimetre is enough, and equal places stay equal.
        found.map(|part| ((part * 1e3).round() / 1e3) as f32)
    }
}

/// How far along an axis a place is, and how it lies beside it.
fn beside(axis: Axis, at: [f64; 3]) -> (f64, [f64; 2]) {
    let from = [at[0] - axis.at[0], at[1] - axis.at[1]];
    let along = from[0] * axis.direction[0] + from[1] * axis.direction[1];
    (along, [from[0] - along * axis.direction[0], from[1] - along * axis.direction[1]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::tile::ribbon::{End, Ribbon};
    use proptest::prelude::*;

    proptest! {
        /// Every corner of a ribbon lies at the edge or in the middle, no further from the line than its ends, and no further along than the line is long.
        #[test]
        fn corners_know_where_they_are(points in prop::collection::vec(prop::array::uniform2(-50.0..50.0f64), 2..8), half in 0.2..2.0f64) {
            let length: f64 = points.windows(2).map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1])).sum();
            let ribbon = Ribbon::new(&points, half, [End::Round(6); 2]);
            for (triangles, axis) in ribbon.pieces() {
                for corner in triangles.iter().flatten() {
                    let [along, x, y, place] = Drawing::Ribbon(axis, half).stroke([corner[0], corner[1], 0.0]);
                    // A mitre reaches a little beyond its corner.
                    prop_assert!(f64::from(along) >= -half && f64::from(along) <= length + half, "{along} of {length}");
                    prop_assert!(place.abs() < 0.01 || (place.abs() - 1.0).abs() < 0.01, "{place}");
                    prop_assert!((f64::from(x.hypot(y)) - half * f64::from(place.abs())).abs() < 0.01);
                }
            }
        }
    }

    #[test]
    fn the_left_edge_is_negative_and_the_line_runs_on() {
        let ribbon = Ribbon::new(&[[0.0, 0.0], [10.0, 0.0], [10.0, 5.0]], 1.0, [End::Flat; 2]);
        let (_, second) = ribbon.pieces().nth(1).unwrap();
        assert_eq!(second.from_m, 10.0);
        // North is left of a line that runs east; west is left of one that runs north.
        let (_, first) = ribbon.pieces().next().unwrap();
        assert_eq!(Drawing::Ribbon(first, 1.0).stroke([4.0, 1.0, 7.0]), [4.0, 0.0, 1.0, -1.0]);
        assert_eq!(Drawing::Ribbon(second, 1.0).stroke([9.0, 3.0, 7.0]), [13.0, -1.0, 0.0, -1.0]);
        assert_eq!(Drawing::Object([1.0, 2.0, 3.0]).stroke([2.0, 4.0, 6.0]), [3.0, 1.0, 2.0, STROKE_OBJECT]);
        assert_eq!(Drawing::Mast([1.0, 2.0, 3.0]).stroke([2.0, 4.0, 6.0]), [3.0, 1.0, 2.0, STROKE_ROUND]);
    }
}
