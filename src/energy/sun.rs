//! Where the sun stands.
//!
//! Model: the Solar Position Algorithm, I. Reda and A. Andreas, Solar Energy 76 (2004) 577–589, doi 10.1016/j.solener.2003.12.003 (NREL/TP-560-34302), ±0.0003° for the years -2000 to 6000, by the crate `solar-positioning`.
//! Azimuth counts clockwise from *true* north; a map in Lambert-93 needs [`crate::geodesy::Crs::convergence_deg`] in addition.

use crate::base::Instant;
use glam::DVec3;
use solar_positioning::time::JulianDate;
use solar_positioning::{
    Horizon, Location, PreparedPositions, RefractionCorrection, SolarEvents, SolarPositions,
    delta_t,
};

/// The site's air and the earth's clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SunOptions {
    /// Height of the observer, metres; moves parallax only (a few arc seconds).
    pub elevation_m: f64,
    /// Mean yearly pressure for refraction, hPa.
    pub pressure_hpa: f64,
    /// Mean yearly temperature for refraction, °C.
    pub temperature_c: f64,
    /// Terrestrial time minus universal time; estimated from the date (Espenak and Meeus) when absent.
    pub delta_t_s: Option<f64>,
}

impl Default for SunOptions {
    /// Sea level, 1013.25 hPa and 12 °C, pvlib's conditions.
    fn default() -> Self {
        Self {
            elevation_m: 0.0,
            pressure_hpa: 1013.25,
            temperature_c: 12.0,
            delta_t_s: None,
        }
    }
}

/// Angles in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SunPosition {
    /// True (unrefracted) topocentric zenith angle, 0 overhead.
    pub zenith: f64,
    /// Zenith angle as seen, with refraction; equals `zenith` when the sun is below the horizon.
    pub apparent_zenith: f64,
    /// 90° - `zenith`.
    pub elevation: f64,
    /// Clockwise from true north, 0…360.
    pub azimuth: f64,
    /// Minutes; positive when a sundial is ahead of the clock.
    pub equation_of_time_min: f64,
}

/// The sun's course over one solar day, from one lower meridian passage to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SunEvents {
    /// Upper limb on a flat sea-level horizon, standard refraction; absent in polar day or night.
    pub sunrise: Option<Instant>,
    /// Meridian passage.
    pub transit: Option<Instant>,
    pub sunset: Option<Instant>,
}

/// Which input no sun can be computed for.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum SunFault {
    #[error("latitude {0} is not within -90…90°")]
    Latitude(f64),
    #[error("longitude {0} is not within -180…180°")]
    Longitude(f64),
    #[error("elevation {0} m is not within -500…100,000 m")]
    Elevation(f64),
    #[error("pressure {0} hPa is not within 0…2000 hPa")]
    Pressure(f64),
    #[error("temperature {0} °C is not within -273…100 °C")]
    Temperature(f64),
    #[error("ΔT of {0} s is not within ±86,400 s")]
    DeltaT(f64),
    #[error("no sun position at {0}")]
    Time(Instant),
}

impl SunFault {
    /// As its display says it in English.
    pub fn french(&self) -> String {
        match self {
            Self::Latitude(value) => format!("latitude {value} hors de -90…90°"),
            Self::Longitude(value) => format!("longitude {value} hors de -180…180°"),
            Self::Elevation(value) => format!("altitude de {value} m hors de -500…100 000 m"),
            Self::Pressure(value) => format!("pression de {value} hPa hors de 0…2000 hPa"),
            Self::Temperature(value) => format!("température de {value} °C hors de -273…100 °C"),
            Self::DeltaT(value) => format!("ΔT de {value} s hors de ±86 400 s"),
            Self::Time(at) => format!("aucune position du soleil à {at}"),
        }
    }
}

/// Position at one place and time.
pub fn position(
    at: Instant,
    lat_deg: f64,
    lon_deg: f64,
    options: SunOptions,
) -> Result<SunPosition, SunFault> {
    SunInstant::new(at, options.delta_t_s)?.position(lat_deg, lon_deg, options)
}

/// The part of the algorithm that depends on time alone: prepared once, it serves many places twenty times faster.
#[derive(Clone, Copy, Debug)]
pub struct SunInstant {
    at: Instant,
    prepared: PreparedPositions,
    equation_of_time_min: f64,
}

impl SunInstant {
    pub fn new(at: Instant, delta_t_s: Option<f64>) -> Result<Self, SunFault> {
        Self::within_second(at, 0.0, delta_t_s)
    }

    /// The same a fraction of a second after `at`.
    pub fn within_second(at: Instant, fraction_s: f64, delta_t_s: Option<f64>) -> Result<Self, SunFault> {
        let julian = julian(at, fraction_s, delta_t_s)?;
        let prepared = SolarPositions::new()
            .for_time_from_julian(julian)
            .map_err(|_| SunFault::Time(at))?;
        let equation_of_time_min = equation_of_time_min(julian, prepared.right_ascension());
        Ok(Self {
            at,
            prepared,
            equation_of_time_min,
        })
    }

    pub fn position(
        &self,
        lat_deg: f64,
        lon_deg: f64,
        options: SunOptions,
    ) -> Result<SunPosition, SunFault> {
        let site = site(lat_deg, lon_deg)?;
        let elevation_m = within(options.elevation_m, -500.0, 100_000.0)
            .ok_or(SunFault::Elevation(options.elevation_m))?;
        let pressure_hpa = within(options.pressure_hpa, 0.0, 2000.0)
            .ok_or(SunFault::Pressure(options.pressure_hpa))?;
        let temperature_c = within(options.temperature_c, -272.9, 100.0)
            .ok_or(SunFault::Temperature(options.temperature_c))?;
        // Without air nothing is refracted; the crate takes a pressure for one that is positive.
        let air = (pressure_hpa > 0.0).then(|| RefractionCorrection::new(pressure_hpa, temperature_c));
        let air = air.transpose().map_err(|_| SunFault::Pressure(pressure_hpa))?;
        let bare = self
            .prepared
            .at(site, elevation_m, None)
            .map_err(|_| SunFault::Time(self.at))?;
        let seen = self
            .prepared
            .at(site, elevation_m, air)
            .map_err(|_| SunFault::Time(self.at))?;
        Ok(SunPosition {
            zenith: bare.zenith_angle(),
            apparent_zenith: seen.zenith_angle(),
            elevation: 90.0 - bare.zenith_angle(),
            azimuth: bare.azimuth(),
            equation_of_time_min: self.equation_of_time_min,
        })
    }
}

/// Unit vector towards the sun in the local frame (x east, y true north, z up), without refraction; straight down where nothing can be computed, which reads as night.
pub fn sun_direction_enu(at: Instant, lat_deg: f64, lon_deg: f64) -> DVec3 {
    match position(at, lat_deg, lon_deg, SunOptions::default()) {
        Ok(sun) => direction_enu(sun.zenith, sun.azimuth),
        Err(_) => DVec3::NEG_Z,
    }
}

/// Unit vector of a zenith angle and an azimuth, degrees: x east, y north, z up.
pub fn direction_enu(zenith_deg: f64, azimuth_deg: f64) -> DVec3 {
    let (sin_zenith, cos_zenith) = zenith_deg.to_radians().sin_cos();
    let (sin_azimuth, cos_azimuth) = azimuth_deg.to_radians().sin_cos();
    DVec3::new(
        sin_zenith * sin_azimuth,
        sin_zenith * cos_azimuth,
        cos_zenith,
    )
}

/// Rising, meridian passage and setting of the solar day that holds the instant: the passage nearest to it, the rising before and the setting after.
///
/// A solar day needs no time zone, so it means the same in Nantes and in Nouméa; it differs from the calendar's only in the hours around midnight.
pub fn events(
    at: Instant,
    lat_deg: f64,
    lon_deg: f64,
    delta_t_s: Option<f64>,
) -> Result<SunEvents, SunFault> {
    let site = site(lat_deg, lon_deg)?;
    let julian = julian(at, 0.0, delta_t_s)?;
    let (now, delta_t) = (julian.julian_date(), julian.delta_t());
    let sky = SolarEvents::new();
    let fault = |_| SunFault::Time(at);
    // Solar days last up to 24 h 30 s, so a window of 24 hours can miss the passage by a hair.
    let (mut from, end) = (now - 0.501, now + 0.501);
    let mut transit: Option<f64> = None;
    for _ in 0..2 {
        let Some(found) = sky
            .next_transit_from_julian(from, end, site.longitude, delta_t)
            .map_err(fault)?
        else {
            break;
        };
        if transit.is_none_or(|best| (found - now).abs() < (best - now).abs()) {
            transit = Some(found);
        }
        from = found + 0.9;
        if from >= end {
            break;
        }
    }
    let Some(noon) = transit else {
        return Ok(SunEvents {
            sunrise: None,
            transit: None,
            sunset: None,
        });
    };
    let sunrise = sky
        .next_rise_from_julian(noon - 0.5, noon, site, delta_t, Horizon::SunriseSunset)
        .map_err(fault)?;
    let sunset = sky
        .next_set_from_julian(noon, noon + 0.5, site, delta_t, Horizon::SunriseSunset)
        .map_err(fault)?;
    Ok(SunEvents {
        sunrise: sunrise.map(instant),
        transit: Some(instant(noon)),
        sunset: sunset.map(instant),
    })
}

/// The Julian date of 1970-01-01T00:00Z.
const UNIX_EPOCH_JD: f64 = 2_440_587.5;

fn julian(at: Instant, fraction_s: f64, delta_t_s: Option<f64>) -> Result<JulianDate, SunFault> {
    let days = (at.0 as f64 + fraction_s) / 86_400.0;
    let delta_t_s = match delta_t_s {
        Some(given) => within(given, -86_400.0, 86_400.0).ok_or(SunFault::DeltaT(given))?,
        None => delta_t::estimate(1970.0 + days / 365.2425).map_err(|_| SunFault::Time(at))?,
    };
    JulianDate::new(UNIX_EPOCH_JD + days, delta_t_s).map_err(|_| SunFault::Time(at))
}

/// To the nearest second.
fn instant(julian_date: f64) -> Instant {
    Instant(((julian_date - UNIX_EPOCH_JD) * 86_400.0).round() as i64)
}

fn site(latitude: f64, longitude: f64) -> Result<Location, SunFault> {
    within(latitude, -90.0, 90.0).ok_or(SunFault::Latitude(latitude))?;
    within(longitude, -180.0, 180.0).ok_or(SunFault::Longitude(longitude))?;
    Ok(Location {
        latitude,
        longitude,
    })
}

/// `None` for NaN too.
fn within(value: f64, low: f64, high: f64) -> Option<f64> {
    (low..=high).contains(&value).then_some(value)
}

/// Equation of time, minutes: appendix A.1 of NREL/TP-560-34302, E = 4 (M - 0.0057183° - α + Δψ cos ε).
///
/// The crate keeps its nutation to itself, so the term Δψ cos ε is computed here.
fn equation_of_time_min(julian: JulianDate, right_ascension_deg: f64) -> f64 {
    let t = julian.julian_ephemeris_millennium();
    let mean_longitude = 280.466_456_7
        + t * (360_007.698_277_9
            + t * (0.030_320_28 + t * (1.0 / 49_931.0 - t * (1.0 / 15_300.0 + t / 2_000_000.0))));
    let century = julian.julian_ephemeris_century();
    let obliquity_deg: f64 = 23.439_291 - 0.013_004_2 * century;
    let nutation = nutation_in_longitude_deg(century) * obliquity_deg.to_radians().cos();
    let degrees = mean_longitude - 0.005_718_3 - right_ascension_deg + nutation;
    // Into ±180° before it becomes minutes: M and α each lose whole turns.
    4.0 * ((degrees + 180.0).rem_euclid(360.0) - 180.0)
}

/// Δψ of the IAU 1980 nutation (Seidelmann 1982), the terms of 0.0004'' and more: within 0.003'' of the full series, 3 µmin in the equation of time.
///
/// `t` is Julian ephemeris centuries since J2000.
fn nutation_in_longitude_deg(t: f64) -> f64 {
    // Delaunay arguments: elongation of the moon, anomalies of sun and moon, the moon's argument of latitude, its node; degrees.
    let arguments = [
        297.850_36 + t * (445_267.111_48 + t * (-0.001_914_2 + t / 189_474.0)),
        357.527_72 + t * (35_999.050_34 + t * (-0.000_160_3 - t / 300_000.0)),
        134.962_98 + t * (477_198.867_398 + t * (0.008_697_2 + t / 56_250.0)),
        93.271_91 + t * (483_202.017_538 + t * (-0.003_682_5 + t / 327_270.0)),
        125.044_52 + t * (-1_934.136_261 + t * (0.002_070_8 + t / 450_000.0)),
    ];
    let sum: f64 = NUTATION
        .iter()
        .map(|&(multiples, at_j2000, per_century)| {
            let angle: f64 = multiples
                .iter()
                .zip(arguments)
                .map(|(&m, a)| f64::from(m) * a)
                .sum();
            (at_j2000 + per_century * t) * angle.to_radians().sin()
        })
        .sum();
    sum * 1e-4 / 3600.0
}

/// Multiples of the five arguments; amplitude and its change per century in 0.0001''.
#[rustfmt::skip]
const NUTATION: &[([i8; 5], f64, f64)] = &[
    ([0, 0, 0, 0, 1], -171_996.0, -174.2), ([-2, 0, 0, 2, 2], -13_187.0, -1.6), ([0, 0, 0, 2, 2], -2_274.0, -0.2), ([0, 0, 0, 0, 2], 2_062.0, 0.2),
    ([0, 1, 0, 0, 0], 1_426.0, -3.4), ([0, 0, 1, 0, 0], 712.0, 0.1), ([-2, 1, 0, 2, 2], -517.0, 1.2), ([0, 0, 0, 2, 1], -386.0, -0.4),
    ([0, 0, 1, 2, 2], -301.0, 0.0), ([-2, -1, 0, 2, 2], 217.0, -0.5), ([-2, 0, 1, 0, 0], -158.0, 0.0), ([-2, 0, 0, 2, 1], 129.0, 0.1),
    ([0, 0, -1, 2, 2], 123.0, 0.0), ([2, 0, 0, 0, 0], 63.0, 0.0), ([0, 0, 1, 0, 1], 63.0, 0.1), ([2, 0, -1, 2, 2], -59.0, 0.0),
    ([0, 0, -1, 0, 1], -58.0, -0.1), ([0, 0, 1, 2, 1], -51.0, 0.0), ([-2, 0, 2, 0, 0], 48.0, 0.0), ([0, 0, -2, 2, 1], 46.0, 0.0),
    ([2, 0, 0, 2, 2], -38.0, 0.0), ([0, 0, 2, 2, 2], -31.0, 0.0), ([0, 0, 2, 0, 0], 29.0, 0.0), ([-2, 0, 1, 2, 2], 29.0, 0.0),
    ([0, 0, 0, 2, 0], 26.0, 0.0), ([-2, 0, 0, 2, 0], -22.0, 0.0), ([0, 0, -1, 2, 1], 21.0, 0.0), ([0, 2, 0, 0, 0], 17.0, -0.1),
    ([2, 0, -1, 0, 1], 16.0, 0.0), ([-2, 2, 0, 2, 2], -16.0, 0.1), ([0, 1, 0, 0, 1], -15.0, 0.0), ([-2, 0, 1, 0, 1], -13.0, 0.0),
    ([0, -1, 0, 0, 1], -12.0, 0.0), ([0, 0, 2, -2, 0], 11.0, 0.0), ([2, 0, -1, 2, 1], -10.0, 0.0), ([2, 0, 1, 2, 2], -8.0, 0.0),
    ([0, 1, 0, 2, 2], 7.0, 0.0), ([-2, 1, 1, 0, 0], -7.0, 0.0), ([0, -1, 0, 2, 2], -7.0, 0.0), ([2, 0, 0, 2, 1], -7.0, 0.0),
    ([2, 0, 1, 0, 0], 6.0, 0.0), ([-2, 0, 2, 2, 2], 6.0, 0.0), ([-2, 0, 1, 2, 1], 6.0, 0.0), ([2, 0, -2, 0, 1], -6.0, 0.0),
    ([2, 0, 0, 0, 1], -6.0, 0.0), ([0, -1, 1, 0, 0], 5.0, 0.0), ([-2, -1, 0, 2, 1], -5.0, 0.0), ([-2, 0, 0, 0, 1], -5.0, 0.0),
    ([0, 0, 2, 2, 1], -5.0, 0.0), ([-2, 0, 2, 0, 1], 4.0, 0.0), ([-2, 1, 0, 2, 1], 4.0, 0.0), ([0, 0, 1, -2, 0], 4.0, 0.0),
    ([-1, 0, 1, 0, 0], -4.0, 0.0), ([-2, 1, 0, 0, 0], -4.0, 0.0), ([1, 0, 0, 0, 0], -4.0, 0.0),
];
