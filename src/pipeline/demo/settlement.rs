//! How people settle: a village around a crossing with side streets like a fishbone, a hamlet along one street.
//!
//! Everything is laid out in the settlement's own axes and then bent a little, so that no street is ruled and no two villages are alike.

use crate::base::Rng;

/// Side streets are so far apart: two rows of gardens.
const BETWEEN_STREETS_M: f64 = 64.0;
/// Half the length of the cross street by half the length of the main street.
const ROUNDNESS: f64 = 0.7;

/// A street with the room for houses on both sides.
#[derive(Clone, Debug)]
pub struct Street {
    pub points: Vec<[f64; 2]>,
    pub width_m: f64,
    pub main: bool,
}

/// A place for a house: a point on a street, the way along it, and the side.
#[derive(Clone, Copy, Debug)]
pub struct Front {
    pub at: [f64; 2],
    pub along: [f64; 2],
    /// 1 left, −1 right.
    pub side: f64,
    pub street_width_m: f64,
    pub main: bool,
    /// From the settlement's centre.
    pub away_m: f64,
}

/// Where a settlement lies and how it is turned and bent.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    pub centre: [f64; 2],
    turn: f64,
    phases: [f64; 2],
    /// Half the length of the main street.
    pub reach_m: f64,
}

impl Site {
    pub fn new(centre: [f64; 2], turn: f64, reach_m: f64, rng: &mut Rng) -> Self {
        let phases = [rng.range(0.0, 6.0), rng.range(0.0, 6.0)];
        Self { centre, turn, phases, reach_m }
    }

    /// From the settlement's axes to the map.
    pub fn place(&self, u: f64, v: f64) -> [f64; 2] {
        let bent = [
            u + 9.0 * (v / 140.0 + self.phases[0]).sin(),
            v + 13.0 * (u / 170.0 + self.phases[1]).sin(),
        ];
        let (sin, cos) = self.turn.sin_cos();
        [
            self.centre[0] + bent[0] * cos - bent[1] * sin,
            self.centre[1] + bent[0] * sin + bent[1] * cos,
        ]
    }

    /// Where the roads to the east, north, west and south begin, and which way they leave.
    pub fn gates(&self) -> [([f64; 2], [f64; 2]); 4] {
        let (u, v) = (self.reach_m, ROUNDNESS * self.reach_m);
        [(u, 0.0), (0.0, v), (-u, 0.0), (0.0, -v)].map(|(u, v)| {
            let (at, inner) = (self.place(u, v), self.place(0.9 * u, 0.9 * v));
            (at, unit([at[0] - inner[0], at[1] - inner[1]]))
        })
    }

    /// An outline around everything, `margin_m` wider.
    pub fn outline(&self, margin_m: f64) -> Vec<[f64; 2]> {
        (0..48)
            .map(|k| {
                let (sin, cos) = (std::f64::consts::TAU * f64::from(k) / 48.0).sin_cos();
                self.place((self.reach_m + margin_m) * cos, (ROUNDNESS * self.reach_m + margin_m) * sin)
            })
            .collect()
    }

    fn street(&self, from: [f64; 2], to: [f64; 2], width_m: f64, main: bool) -> Street {
        let length = (to[0] - from[0]).hypot(to[1] - from[1]);
        let steps = (length / 32.0).ceil().max(1.0);
        let points = (0..=steps as usize)
            .map(|k| {
                let t = k as f64 / steps;
                self.place(from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1]))
            })
            .collect();
        Street { points, width_m, main }
    }
}

/// The reach of a village with so many buildings: with room for half as many again, since not every front can be built on.
pub fn village_reach_m(buildings: usize) -> f64 {
    // Length of all streets of a fishbone of this reach, by 0.075 houses a metre.
    let (a, b, c) = (0.002_58, 0.255, 1.5 * buildings as f64);
    ((b * b + 4.0 * a * c).sqrt() - b) / (2.0 * a) + 60.0
}

/// Two crossing main streets, and side streets along the first.
pub fn village_streets(site: &Site, rng: &mut Rng) -> Vec<Street> {
    let (u, v) = (site.reach_m, ROUNDNESS * site.reach_m);
    // Each arm begins at the crossing, so that streets meet in a shared point.
    let mut streets: Vec<Street> = [[u, 0.0], [-u, 0.0], [0.0, v], [0.0, -v]]
        .map(|end| site.street([0.0; 2], end, 6.0, true))
        .into();
    for k in 1.. {
        let at = BETWEEN_STREETS_M * f64::from(k);
        if at > u - 20.0 {
            break;
        }
        for sign in [-1.0, 1.0] {
            let at = sign * at + rng.range(-5.0, 5.0);
            let length = v * (1.0 - (at / u).powi(2)).max(0.0).sqrt();
            for side in [-1.0, 1.0] {
                let length = length * rng.range(0.75, 1.0);
                if length > 40.0 {
                    streets.push(site.street([at, 0.0], [at, side * length], 4.5, false));
                }
            }
        }
    }
    streets
}

/// One street through the middle.
pub fn hamlet_street(site: &Site) -> Street {
    site.street([-site.reach_m, 0.0], [site.reach_m, 0.0], 4.0, false)
}

/// Fronts along streets, the nearest to the centre first: settlements grow from the middle.
pub fn fronts(site: &Site, streets: &[Street], rng: &mut Rng) -> Vec<Front> {
    let mut fronts = Vec::new();
    for street in streets {
        for side in [-1.0, 1.0] {
            let mut next = rng.range(6.0, 16.0);
            let mut gone = 0.0;
            for pair in street.points.windows(2) {
                let &[a, b] = pair else { continue };
                let length = (b[0] - a[0]).hypot(b[1] - a[1]);
                while next <= gone + length {
                    let t = (next - gone) / length.max(1e-9);
                    let at = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
                    let away_m = (at[0] - site.centre[0]).hypot(at[1] - site.centre[1]);
                    fronts.push(Front {
                        at,
                        along: unit([b[0] - a[0], b[1] - a[1]]),
                        side,
                        street_width_m: street.width_m,
                        main: street.main,
                        away_m,
                    });
                    // In the middle houses stand closer.
                    next += if away_m < 90.0 { rng.range(10.5, 14.0) } else { rng.range(17.0, 25.0) };
                }
                gone += length;
            }
        }
    }
    fronts.sort_by(|a, b| a.away_m.total_cmp(&b.away_m));
    fronts
}

pub fn unit(v: [f64; 2]) -> [f64; 2] {
    let length = v[0].hypot(v[1]).max(1e-9);
    [v[0] / length, v[1] / length]
}

/// A road from one gate to another, leaving and arriving the way they point.
pub fn road_between(from: ([f64; 2], [f64; 2]), to: ([f64; 2], [f64; 2])) -> Vec<[f64; 2]> {
    let ((a, leave), (b, arrive)) = (from, to);
    let distance = (b[0] - a[0]).hypot(b[1] - a[1]);
    let pull = 0.38 * distance;
    let c = [a[0] + pull * leave[0], a[1] + pull * leave[1]];
    let d = [b[0] + pull * arrive[0], b[1] + pull * arrive[1]];
    let steps = (distance / 40.0).ceil().clamp(1.0, 500.0);
    let mut points: Vec<[f64; 2]> = (0..=steps as usize)
        .map(|k| {
            let t = k as f64 / steps;
            let s = 1.0 - t;
            let weights = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
            let sum = |axis: usize| weights.iter().zip([a, c, d, b]).map(|(w, p)| w * p[axis]).sum();
            [sum(0), sum(1)]
        })
        .collect();
    // Ends are shared points to the last bit.
    if let Some(first) = points.first_mut() {
        *first = a;
    }
    if let Some(last) = points.last_mut() {
        *last = b;
    }
    points
}
