//! A flight over any territory, the same at every run: benches fly it, natively and beside other viewers.
//!
//! It hops from station to station as people do: from above the town down to the district, into a street, along it, and up again.
//! Stations lie evenly in the middle of the territory, each in another place, so that a long flight always meets new ground; the last hop leads back to the first station.

use super::Camera;

/// From one station to the next, seconds.
pub const STATION_S: f64 = 15.0;
/// No flight takes longer: a day.
pub const LONGEST_S: f64 = 86_400.0;

/// How far the eye is from what it looks at, metres.
const STREET_M: f64 = 120.0;
const DISTRICT_M: f64 = 900.0;
const TOWN_M: [f64; 2] = [2_000.0, 8_000.0];
/// The part of the territory, from its middle to its edge, in which stations lie.
const MIDDLE: f64 = 0.7;
/// No station is farther from the middle than this many times the distance from which a town is seen: hops stay flights.
const FARTHEST_HOPS: f64 = 4.0;
/// Length of the way along a street, metres.
const ALONG_M: f64 = 250.0;
/// Metres of a degree of latitude, near enough for a way through the air.
pub const METRES_PER_DEGREE: f64 = 111_200.0;

/// The heights of a flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Band {
    Town,
    District,
    Street,
}

impl Band {
    pub const ALL: [Self; 3] = [Self::Town, Self::District, Self::Street];

    /// As benches write it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Town => "town",
            Self::District => "district",
            Self::Street => "street",
        }
    }
}

/// A path of cameras over the ground of one territory.
#[derive(Clone, Debug, PartialEq)]
pub struct Flight {
    home: Camera,
    centre: [f64; 2],
    /// From the centre to the farthest stations, degrees.
    half: [f64; 2],
    town_m: f64,
    stations: u32,
    seconds: f64,
}

impl Flight {
    /// A flight of so many seconds inside the bounds `[west, south, east, north]` (degrees), over the height of the opening camera's target; a length that is none becomes that of one hop.
    pub fn over(home: Camera, bounds_lonlat: [f64; 4], seconds: f64) -> Self {
        let seconds = if seconds.is_finite() { seconds.clamp(1.0, LONGEST_S) } else { STATION_S };
        let [west, south, east, north] = bounds_lonlat;
        let centre = [0.5 * (west + east), 0.5 * (south + north)];
        let metres = [METRES_PER_DEGREE * centre[1].to_radians().cos().max(0.01), METRES_PER_DEGREE];
        let size_m = [(east - west) * metres[0], (north - south) * metres[1]];
        let town_m = size_m[0].max(size_m[1]).clamp(TOWN_M[0], TOWN_M[1]);
        let half = [0, 1].map(|axis| (0.5 * MIDDLE * size_m[axis]).clamp(0.0, FARTHEST_HOPS * town_m) / metres[axis]);
        Self {
            home,
            centre,
            half,
            town_m,
            stations: (seconds / STATION_S).round().max(1.0) as u32,
            seconds,
        }
    }

    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Where the eye is after so many seconds; the path is closed, so it goes on for ever.
    pub fn camera(&self, after_s: f64) -> Camera {
        let hops = self.hops(after_s);
        let station = hops.floor();
        let legs = LEGS.len() as f64 * (hops - station);
        let leg = (legs.floor() as usize).min(LEGS.len() - 1);
        let station = station as u32;
        let (from, to) = (self.stop(station, leg), self.stop(station, leg + 1));
        mixed(&from, &to, soft(legs - leg as f64))
    }

    /// The height at which the eye is after so many seconds.
    pub fn band(&self, after_s: f64) -> Band {
        let distance = self.camera(after_s).distance_m;
        if distance < (STREET_M * DISTRICT_M).sqrt() {
            Band::Street
        } else if distance < (DISTRICT_M * self.town_m).sqrt() {
            Band::District
        } else {
            Band::Town
        }
    }

    /// The first view at a height: where the eye can rest to be compared with the flight.
    pub fn rest(&self, band: Band) -> Camera {
        self.stop(0, LEGS.iter().position(|leg| leg.band == band).unwrap_or(0))
    }

    /// Hops since the start, in `[0, stations)`.
    fn hops(&self, after_s: f64) -> f64 {
        let hops = (after_s / self.seconds).rem_euclid(1.0) * f64::from(self.stations);
        if hops.is_finite() { hops.min(f64::from(self.stations) - 1e-9) } else { 0.0 }
    }

    fn stop(&self, station: u32, leg: usize) -> Camera {
        let (station, leg) = if leg < LEGS.len() { (station, leg) } else { (station + 1, 0) };
        let station = station % self.stations;
        // A sequence that fills a square evenly, however many points it gets (R2: powers of the plastic number).
        let share = |power: f64| 2.0 * (0.5 + f64::from(station) / 1.324_717_957_244_746_f64.powf(power)).fract() - 1.0;
        let turn = 360.0 * (f64::from(station) * 0.618_033_988_749_895).fract();
        let Some(Leg { band, along, turn: more, pitch_deg }) = LEGS.get(leg).copied() else { return self.home };
        let heading = turn.to_radians();
        let along_m = along * ALONG_M;
        let lat = self.centre[1] + share(2.0) * self.half[1] + along_m * heading.cos() / METRES_PER_DEGREE;
        let lon = self.centre[0]
            + share(1.0) * self.half[0]
            + along_m * heading.sin() / (METRES_PER_DEGREE * self.centre[1].to_radians().cos().max(0.01));
        Camera {
            target: [lon, lat, self.home.target[2]],
            distance_m: match band {
                Band::Town => self.town_m,
                Band::District => DISTRICT_M.min(self.town_m),
                Band::Street => STREET_M.min(self.town_m),
            },
            heading_deg: (turn + more).rem_euclid(360.0),
            pitch_deg,
        }
    }
}

/// One stop of a hop; the next hop begins with the first again.
#[derive(Clone, Copy)]
struct Leg {
    band: Band,
    /// Along the street, in lengths of it.
    along: f64,
    /// Away from the street's direction, degrees.
    turn: f64,
    pitch_deg: f64,
}

const LEGS: [Leg; 5] = [
    Leg { band: Band::Town, along: 0.0, turn: 0.0, pitch_deg: -50.0 },
    Leg { band: Band::District, along: 0.0, turn: 30.0, pitch_deg: -35.0 },
    Leg { band: Band::Street, along: 0.0, turn: 0.0, pitch_deg: -15.0 },
    Leg { band: Band::Street, along: 1.0, turn: 0.0, pitch_deg: -15.0 },
    Leg { band: Band::District, along: 2.0, turn: 60.0, pitch_deg: -30.0 },
];

/// Begins and ends gently.
fn soft(share: f64) -> f64 {
    let share = share.clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

fn mixed(from: &Camera, to: &Camera, share: f64) -> Camera {
    let mix = |a: f64, b: f64| a + (b - a) * share;
    let turn = (to.heading_deg - from.heading_deg + 540.0).rem_euclid(360.0) - 180.0;
    Camera {
        target: [0, 1, 2].map(|axis| mix(from.target[axis], to.target[axis])),
        distance_m: mix(from.distance_m.ln(), to.distance_m.ln()).exp(),
        heading_deg: (from.heading_deg + turn * share).rem_euclid(360.0),
        pitch_deg: mix(from.pitch_deg, to.pitch_deg),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn over(west: f64, south: f64, width: f64, height: f64, seconds: f64) -> Flight {
        let home = Camera { target: [west + 0.5 * width, south + 0.5 * height, 50.0], distance_m: 3_000.0, heading_deg: 0.0, pitch_deg: -40.0 };
        Flight::over(home, [west, south, west + width, south + height], seconds)
    }

    proptest! {
        /// Every camera can be had as it is: inside the bounds and a sane one, and no frame leaps.
        #[test]
        fn it_stays_over_the_territory_and_never_leaps(
            west in -60.0..50.0_f64, south in -40.0..50.0_f64, width in 0.01..3.0_f64, height in 0.01..3.0_f64, seconds in 1.0..2_000.0_f64, share in 0.0..1.0_f64,
        ) {
            let flight = over(west, south, width, height, seconds);
            let at = share * seconds;
            let camera = flight.camera(at);
            prop_assert!((west - 0.01..=west + width + 0.01).contains(&camera.target[0]), "{camera:?}");
            prop_assert!((south - 0.01..=south + height + 0.01).contains(&camera.target[1]), "{camera:?}");
            prop_assert!(camera.distance_m >= 15.0 && camera.distance_m <= 9_000.0 && (0.0..360.0).contains(&camera.heading_deg));
            // A thousandth of a hop further the eye has moved by little of its own distance.
            let next = flight.camera(at + 1e-3 * seconds / f64::from(flight.stations));
            let moved = (next.target[1] - camera.target[1]).abs() * METRES_PER_DEGREE;
            prop_assert!(moved < 0.1 * flight.town_m, "{moved}");
            prop_assert!((next.distance_m / camera.distance_m - 1.0).abs() < 0.05);
        }
    }

    #[test]
    fn it_is_closed_and_meets_every_height() {
        let flight = over(-1.6, 47.2, 0.05, 0.03, 90.0);
        let (first, last) = (flight.camera(0.0), flight.camera(flight.seconds() - 1e-6));
        assert!((first.target[0] - last.target[0]).abs() < 1e-6 && (first.distance_m - last.distance_m).abs() < 1e-3);
        // A lap later the same, but for the rounding of the time.
        let (once, again) = (flight.camera(1.0), flight.camera(91.0));
        assert!((once.distance_m - again.distance_m).abs() < 1e-6 && (once.heading_deg - again.heading_deg).abs() < 1e-9, "{once:?} {again:?}");
        for band in Band::ALL {
            assert!((0..90).any(|second| flight.band(f64::from(second)) == band), "{band:?}");
        }
        assert_eq!(flight.camera(f64::NAN), flight.camera(0.0));
    }

    #[test]
    fn a_long_flight_meets_new_ground() {
        let flight = over(-1.6, 47.2, 0.5, 0.3, 1_800.0);
        let stations: Vec<Camera> = (0..120).map(|station| flight.stop(station, 0)).collect();
        for (index, one) in stations.iter().enumerate() {
            for other in &stations[index + 1..] {
                let apart = (one.target[0] - other.target[0]).hypot(one.target[1] - other.target[1]);
                assert!(apart * METRES_PER_DEGREE > 200.0, "{one:?} {other:?}");
            }
        }
    }
}
