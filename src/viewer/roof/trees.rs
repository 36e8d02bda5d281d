//! The trees that take light from the selected roof: rings round their feet, and a cross on what is felled.

use crate::formats::roofbook::Record;
use crate::viewer::shapes::Shapes;
use crate::viewer::vocab::RoofFacts;
use glam::{DMat4, DVec3};
use std::f64::consts::TAU;

/// A ring round a tree's foot: its corners, how far it stands off the crown and above the ground, and half its width, metres.
const CORNERS: usize = 24;
const OFF_M: f64 = 0.3;
const ABOVE_M: f64 = 0.5;
const HALF_M: f64 = 0.14;
const STANDS: [u8; 3] = [230, 159, 0];
const FELLED: [u8; 3] = [214, 40, 40];

/// Rings and crosses, metres from `middle`.
pub(super) fn marks(out: &mut Shapes, record: &Record, facts: &RoofFacts, middle: DVec3) {
    let is_felled = |number: usize| facts.card.as_ref().and_then(|card| card.tried.trees.get(number)).is_some_and(|tree| tree.is_felled);
    for (number, tree) in record.trees.iter().enumerate() {
        let foot = DVec3::new(tree.at[0], tree.at[1], tree.foot_m) - middle;
        let (colour, reach) = (if is_felled(number) { FELLED } else { STANDS }, tree.radius_m + OFF_M);
        let corner = |place: usize| {
            let (sin, cos) = (TAU * place as f64 / CORNERS as f64).sin_cos();
            foot + DVec3::new(reach * cos, reach * sin, ABOVE_M)
        };
        (0..CORNERS).for_each(|place| out.bar(&DMat4::IDENTITY, corner(place), corner(place + 1), HALF_M, colour));
        if is_felled(number) {
            // Two crosses at right angles: one is seen from wherever somebody looks.
            let high = DVec3::Z * (tree.top_m - tree.foot_m);
            for side in [DVec3::X, DVec3::Y].map(|side| side * reach) {
                out.bar(&DMat4::IDENTITY, foot - side, foot + side + high, 1.6 * HALF_M, colour);
                out.bar(&DMat4::IDENTITY, foot + side, foot - side + high, 1.6 * HALF_M, colour);
            }
        }
    }
}
