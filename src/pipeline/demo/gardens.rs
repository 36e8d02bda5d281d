//! Trees in gardens, as a commune's inventory has them: near enough to a house to take some of its light.

use super::commune::{Commune, distance};
use super::land::Land;

/// One house of so many has a tree in its garden.
const EVERY: usize = 3;
/// From the middle of its house, of another one and of a road, metres.
const FROM_HOUSE_M: [f64; 2] = [8.5, 13.0];
const FROM_OTHERS_M: f64 = 9.5;
const FROM_ROAD_M: f64 = 2.5;

/// A tree of an inventory.
pub struct GardenTree {
    pub at: [f64; 2],
    pub height_m: f64,
    pub crown_m: f64,
}

/// Trees of the gardens of a commune; none in a road, a house or the water.
pub fn trees(land: &Land, commune: &Commune) -> Vec<GardenTree> {
    let mut rng = crate::base::Rng::new(land.seed ^ commune.code.bytes().fold(0x6a72_6469, |sum: u64, byte| sum.wrapping_mul(31) + u64::from(byte)));
    let mut out = Vec::new();
    for (number, house) in commune.houses.iter().enumerate().filter(|(_, house)| house.dwellings > 0 && !house.light) {
        if number % EVERY != 0 {
            continue;
        }
        // To the south, where the light comes from, or as near to it as there is room.
        let away = rng.range(FROM_HOUSE_M[0], FROM_HOUSE_M[1]);
        let place = [180.0_f64, 150.0, 210.0, 120.0, 240.0].map(|azimuth| {
            let (sin, cos) = azimuth.to_radians().sin_cos();
            [house.centre[0] + away * sin, house.centre[1] + away * cos]
        });
        let (height_m, crown_m) = (rng.range(7.0, 13.0), rng.range(3.5, 6.0));
        let is_free = |at: &[f64; 2]| {
            let others = commune.houses.iter().enumerate().all(|(other, house)| other == number || distance(house.centre, *at) >= FROM_OTHERS_M);
            let river = land.river_near(*at);
            others && river.distance_m > river.half_width_m + crown_m && commune.roads.iter().all(|road| from_line(&road.points, *at) > 0.5 * road.width_m + FROM_ROAD_M)
        };
        if let Some(at) = place.into_iter().find(is_free) {
            out.push(GardenTree { at, height_m, crown_m });
        }
    }
    out
}

fn from_line(points: &[[f64; 2]], at: [f64; 2]) -> f64 {
    let from = |pair: &[[f64; 2]]| {
        let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
        let (x, y) = (bx - ax, by - ay);
        let long = (x * x + y * y).max(1e-9);
        let share = (((at[0] - ax) * x + (at[1] - ay) * y) / long).clamp(0.0, 1.0);
        (ax + share * x - at[0]).hypot(ay + share * y - at[1])
    };
    points.windows(2).map(from).fold(f64::INFINITY, f64::min)
}
