//! What the made networks and the roofs do through a year: hourly profiles of mean 1, and how much a year of them is.
//!
//! | row | follows |
//! |---|---|
//! | `lighting` | the sun: lamps burn while it is below −3° ([`crate::energy::load::lamp`]); nobody is assumed to switch them off at night |
//! | `tram` | trams in service by hour, weekday, Saturday, rest day; heating and cooling of the cars are in the mean |
//! | `pv-flat` … | a module field of 1 kWp in the typical year of the place ([`crate::energy::climate`]): flat roofs 10° south, pitched ones 30° |

use super::lamps;
use crate::base::{Clock, Instant};
use crate::energy::calendar::{DayKind, day_kind};
use crate::energy::climate;
use crate::energy::demand::hours_of;
use crate::energy::load::lamp::{self, Lamps};
use crate::energy::load::Steps;
use crate::energy::pv::System;
use crate::energy::transposition::Plane;
use crate::energy::weather::Site as Place;

pub const TRAM: &str = "tram";
/// kWh of a tram over a kilometre, line losses in it: 4 to 5 are published for trams of 30 to 40 m.
pub const TRAM_KWH_KM: f64 = 4.5;
/// Trams on a track in a day, the mean of a year: every five minutes by day, fewer at both ends of it.
pub const TRAMS_A_DAY: f64 = 180.0;

/// Share of a roof in plan that modules take, and kWp on a square metre of them.
pub const ROOF_SHARE: f64 = 0.5;
/// Of a pitched roof one side is taken.
pub const PITCHED_SHARE: f64 = 0.3;
pub const KWP_M2: f64 = 0.2;
/// Smaller fields are not built, kWp.
pub const LEAST_KWP: f64 = 1.0;

/// (row, tilt, azimuth)
pub const PV: [(&str, f64, f64); 4] = [("pv-flat", 10.0, 180.0), ("pv-east", 30.0, 90.0), ("pv-south", 30.0, 180.0), ("pv-west", 30.0, 270.0)];

/// A row of a profile and the kWh that its unit makes in a year.
pub struct Row {
    pub name: &'static str,
    /// Coefficients of mean 1.
    pub values: Vec<f32>,
    /// kWh of 1 kWp for the rows of the sun; 0 elsewhere.
    pub kwh_per_kwp: f64,
}

/// The rows of a year at a place; those of the sun only where its climate is known.
pub fn rows(year: i16, lat: f64, lon: f64, elevation_m: f64, clock: Clock) -> Vec<Row> {
    let hours = hours_of(year);
    let mut rows = Vec::new();
    let mut add = |name: &'static str, powers: Vec<f64>, is_pv: bool| {
        let sum: f64 = powers.iter().sum();
        if powers.len() == hours && sum > 0.0 {
            let mean = sum / hours as f64;
            let values = powers.iter().map(|kw| (kw / mean) as f32).collect();
            rows.push(Row { name, values, kwh_per_kwp: if is_pv { sum } else { 0.0 } });
        }
    };
    if let Some(steps) = Steps::of_year(year, 3600) {
        let lamps = Lamps { power_kw: 1.0, sun_below_deg: -3.0, reduced: None };
        add(lamps::PROFILE, lamp::power_kw(&lamps, &steps, lat, lon, clock).unwrap_or_default(), false);
    }
    add(TRAM, trams(year, hours, clock), false);
    if climate::covers(lat, lon)
        && let Ok(weather) = climate::typical_year(&Place { lat, lon, elevation_m }, year)
    {
        let system = System::default();
        for (name, tilt, azimuth) in PV {
            let plane = Plane::new(tilt, azimuth);
            let powers = weather.iter().map(|hour| system.output(&plane, &hour.sky, hour.air_c, hour.wind_m_s).ac_kw.max(0.0)).collect();
            add(name, powers, true);
        }
    }
    rows
}

/// Trams on the line by local hour, relative.
#[rustfmt::skip]
fn trams(year: i16, hours: usize, clock: Clock) -> Vec<f64> {
    const WEEKDAY: [f64; 24] = [0.25, 0.0, 0.0, 0.0, 0.1, 0.5, 0.8, 1.3, 1.3, 1.0, 0.95, 0.95, 1.0, 1.0, 1.0, 1.05, 1.25, 1.35, 1.25, 1.0, 0.7, 0.55, 0.45, 0.4];
    const SATURDAY: [f64; 24] = [0.35, 0.15, 0.0, 0.0, 0.1, 0.4, 0.5, 0.6, 0.75, 0.85, 0.9, 0.9, 0.95, 1.0, 1.0, 1.0, 1.0, 1.0, 0.95, 0.8, 0.6, 0.5, 0.45, 0.4];
    const REST: [f64; 24] = [0.3, 0.0, 0.0, 0.0, 0.0, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.5, 0.5, 0.55, 0.6, 0.6, 0.6, 0.6, 0.55, 0.5, 0.4, 0.35, 0.3, 0.3];
    let Some(start) = Instant::from_utc(year, 1, 1, 0, 0, 0) else { return Vec::new() };
    (0..hours)
        .map(|hour| {
            let local = clock.read(start.plus_seconds(hour as i64 * 3600));
            let table = match day_kind(local.year, local.month, local.day) {
                DayKind::Weekday => &WEEKDAY,
                DayKind::Saturday => &SATURDAY,
                DayKind::Rest => &REST,
            };
            usize::try_from(local.hour).ok().and_then(|hour| table.get(hour)).copied().unwrap_or(0.0)
        })
        .collect()
}
