//! Hours of sun, light and air: what every yield is folded over.
//!
//! The sun's place is computed once for each hour of a site and shared by all its planes.
//! Conventions of the whole chain: SPA with ΔT 69 s, pressure of the site's altitude, 12 °C for refraction, *apparent* zenith throughout, the day of the year as a whole number in UTC.

use super::atmosphere::{absolute_air_mass, air_mass, extraterrestrial, pressure_pa};
use super::clear_sky::ineichen;
use super::decomposition::{beam_from_global, erbs};
use super::linke;
use super::sun::{SunFault, SunInstant, SunOptions};
use super::transposition::Sky;
use crate::base::Instant;

/// ΔT of the chain, s; the sun moves by 0.0003° when it is 2 s wrong.
const DELTA_T_S: f64 = 69.0;
/// Air where nobody measured: mean temperature and wind of the reference chain.
pub const DEFAULT_AIR_C: f64 = 12.0;
pub const DEFAULT_WIND_M_S: f64 = 2.0;
/// Turbidity where nobody knows better.
pub const DEFAULT_LINKE: f64 = 3.0;

/// A place on the ground: degrees and metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    pub lat: f64,
    pub lon: f64,
    pub elevation_m: f64,
}

/// Weather of one hour as far as it is known; the rest is worked out by [`skies`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// When the sun stood as for these values.
    pub at: Instant,
    pub ghi: Option<f64>,
    pub dni: Option<f64>,
    pub dhi: Option<f64>,
    pub air_c: Option<f64>,
    pub wind_m_s: Option<f64>,
}

/// One hour of sun, light and air, complete.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SkyHour {
    pub at: Instant,
    /// 0 is January.
    pub month: u8,
    pub sky: Sky,
    pub air_c: f64,
    pub wind_m_s: f64,
}

/// What the sun says of the light of some hours: measured light follows it, whatever the clouds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Doubts {
    /// Share of the light that comes while the sun is well below the horizon.
    pub by_night: f64,
    /// Share of the hours of high sun with clearly more light than there is outside the atmosphere.
    pub above_sun: f64,
    /// Light against that outside the atmosphere, over the hours of daylight; `None` without enough of them.
    pub clearness: Option<f64>,
}

/// Lower, some twilight is left of an hour in France, and little of the day's light.
const NIGHT_ZENITH_DEG: f64 = 94.0;
/// Lower suns change too much within their hour.
const HIGH_ZENITH_DEG: f64 = 75.0;
/// Broken clouds brighten an instant, never an hour, by so much.
const BRIGHTEST: f64 = 1.1;
/// Daylight hours that tell something.
const LEAST_DAYLIGHT: usize = 24;

/// Looks whether light and sun belong together: a wrong time zone, unit or step shows here.
pub fn doubts(hours: &[SkyHour]) -> Doubts {
    let top = |hour: &SkyHour| hour.sky.extraterrestrial * hour.sky.zenith.to_radians().cos().max(0.0);
    let all: f64 = hours.iter().map(|hour| hour.sky.ghi).sum();
    let dark: f64 = hours.iter().filter(|hour| hour.sky.zenith > NIGHT_ZENITH_DEG).map(|hour| hour.sky.ghi).sum();
    let high = || hours.iter().filter(|hour| hour.sky.zenith < HIGH_ZENITH_DEG);
    let above = high().filter(|hour| hour.sky.ghi > BRIGHTEST * top(hour)).count();
    let daylight = high().count();
    Doubts {
        by_night: if all > 0.0 { dark / all } else { 0.0 },
        above_sun: above as f64 / daylight.max(1) as f64,
        clearness: (daylight >= LEAST_DAYLIGHT).then(|| high().map(|hour| hour.sky.ghi).sum::<f64>() / high().map(top).sum::<f64>().max(1e-9)),
    }
}

/// How much better the light must follow a moved sun: an hour is 3.5 % at the equator, and half an hour, which is a matter of stamps, nothing.
const BETTER: f64 = 1.02;
/// So many hours are looked at; of a longer file some days.
const LOOKED_AT: usize = 1_500;

/// By how many whole hours the instants have to be moved for the light to follow the sun: 0 where it does.
///
/// # Errors
/// As [`skies`].
pub fn shift_h(site: &Site, hours: &[SkyHour]) -> Result<i32, SunFault> {
    let every = (hours.len() / LOOKED_AT).max(1) as i64;
    let some: Vec<&SkyHour> = hours.iter().filter(|hour| hour.at.0.div_euclid(86_400) % every == 0 && hour.sky.ghi > 0.0).collect();
    let fit = |shift: i32| {
        some.iter().try_fold(0.0, |sum, hour| {
            let (sky, _) = dark_sky(site, hour.at.plus_seconds(i64::from(shift) * 3600))?;
            Ok(sum + hour.sky.ghi * sky.zenith.to_radians().cos())
        })
    };
    let as_it_is = fit(0)?;
    let mut best = (as_it_is, 0);
    // Outwards, so that of equal fits the smallest shift is told.
    for shift in (1..=12).flat_map(|by| [by, -by]) {
        let found = fit(shift)?;
        if found > best.0 {
            best = (found, shift);
        }
    }
    Ok(if best.0 > BETTER * as_it_is.max(0.0) { best.1 } else { 0 })
}

/// Turbidity of a clear year.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turbidity {
    Constant(f64),
    /// From January to December.
    Monthly([f64; 12]),
}

impl Turbidity {
    /// France's monthly table, or [`DEFAULT_LINKE`] outside it.
    pub fn of_place(lat: f64, lon: f64) -> Self {
        linke::monthly(lat, lon).map_or(Self::Constant(DEFAULT_LINKE), Self::Monthly)
    }

    pub fn of_month(&self, month: u8) -> f64 {
        match self {
            Self::Constant(value) => *value,
            Self::Monthly(months) => months
                .get(usize::from(month))
                .copied()
                .unwrap_or(DEFAULT_LINKE),
        }
    }
}

/// The middle of each hour of a year, UTC: 8,760 or 8,784 instants.
pub fn hours_of_year(year: i16) -> Vec<Instant> {
    let ends = (
        Instant::from_utc(year, 1, 1, 0, 30, 0),
        Instant::from_utc(year, 12, 31, 23, 30, 0),
    );
    let (Some(first), Some(last)) = ends else {
        return Vec::new();
    };
    (first.0..=last.0).step_by(3600).map(Instant).collect()
}

/// A sky without light at an instant: sun, air mass, sunlight outside.
///
/// # Errors
/// [`SunFault`] names the input that no sun can be computed for.
pub fn dark_sky(site: &Site, at: Instant) -> Result<(Sky, u8), SunFault> {
    let options = SunOptions {
        elevation_m: site.elevation_m,
        pressure_hpa: pressure_pa(site.elevation_m) / 100.0,
        temperature_c: DEFAULT_AIR_C,
        delta_t_s: Some(DELTA_T_S),
    };
    let sun = SunInstant::new(at, options.delta_t_s)?.position(site.lat, site.lon, options)?;
    let (day, month) = day_of_year(at);
    let sky = Sky {
        zenith: sun.apparent_zenith,
        sun_azimuth: sun.azimuth,
        extraterrestrial: extraterrestrial(f64::from(day)),
        air_mass: air_mass(sun.apparent_zenith),
        ..Sky::default()
    };
    Ok((sky, month))
}

/// Days of a common year's months.
const MONTH_DAYS: [f64; 12] = [31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
/// A month of which less is there tells nothing of itself: about a week.
const LEAST_OF_MONTH: f64 = 0.2;
/// A leap day, or a day or so that is missing, makes no other month.
const ABOUT_WHOLE: f64 = 0.04;

/// What share of each month is there, years on end: by the hour of the day that is there most often, so that a file of days without their nights is whole.
fn month_shares(hours: &[SkyHour], step_h: f64) -> [f64; 12] {
    let mut counts = [[0_u32; 24]; 12];
    for hour in hours {
        let at = usize::try_from(hour.at.utc().hour).unwrap_or(0);
        if let Some(count) = counts.get_mut(usize::from(hour.month)).and_then(|month| month.get_mut(at)) {
            *count += 1;
        }
    }
    let mut shares = [0.0; 12];
    for ((share, month), days) in shares.iter_mut().zip(&counts).zip(MONTH_DAYS) {
        // Steps longer than an hour leave hours out; shorter ones come several times in one.
        *share = f64::from(month.iter().copied().max().unwrap_or(0)) * step_h.min(1.0) / days;
    }
    shares
}

/// How often each month is among some hours, for what is to be the sum of one year: 2 for two years of it, 0.5 for its first half. Months of which there is too little are 1, so that nothing is blown up from them.
pub fn month_times(hours: &[SkyHour], step_h: f64) -> [f64; 12] {
    month_shares(hours, step_h).map(|share| {
        let whole = share.round();
        if share < LEAST_OF_MONTH {
            1.0
        } else if whole >= 1.0 && (share - whole).abs() < ABOUT_WHOLE {
            whole
        } else {
            share
        }
    })
}

/// Months, January as 1, of which some hours have too little for the sum of a year.
pub fn missing_months(hours: &[SkyHour], step_h: f64) -> Vec<u8> {
    (1..).zip(month_shares(hours, step_h)).filter(|(_, share)| *share < LEAST_OF_MONTH).map(|(month, _)| month).collect()
}

/// Day from 1 and month from 0, UTC.
pub fn day_of_year(at: Instant) -> (u16, u8) {
    let date = at.utc();
    let start = Instant::from_utc(date.year, 1, 1, 0, 0, 0).unwrap_or(at);
    let day = (at.0 - start.0).div_euclid(86_400) + 1;
    (day as u16, (date.month - 1).clamp(0, 11) as u8)
}

/// A year without clouds (Ineichen and Perez), hour by hour.
///
/// # Errors
/// [`SunFault`], for a place that is none.
pub fn clear_year(site: &Site, year: i16, turbidity: &Turbidity) -> Result<Vec<SkyHour>, SunFault> {
    hours_of_year(year)
        .into_iter()
        .map(|at| clear_hour(site, at, turbidity))
        .collect()
}

/// One hour without clouds.
///
/// # Errors
/// As [`clear_year`].
pub fn clear_hour(site: &Site, at: Instant, turbidity: &Turbidity) -> Result<SkyHour, SunFault> {
    let (mut sky, month) = dark_sky(site, at)?;
    let pressure = pressure_pa(site.elevation_m);
    let light = ineichen(
        sky.zenith,
        sky.air_mass
            .map(|relative| absolute_air_mass(relative, pressure)),
        turbidity.of_month(month),
        site.elevation_m,
        sky.extraterrestrial,
    );
    (sky.ghi, sky.dni, sky.dhi) = (light.ghi, light.dni, light.dhi);
    Ok(SkyHour {
        at,
        month,
        sky,
        air_c: DEFAULT_AIR_C,
        wind_m_s: DEFAULT_WIND_M_S,
    })
}

/// Hours of a weather file, completed: a missing one of global, beam and diffuse closes the sum, a global alone is split by Erbs, air that nobody measured is [`DEFAULT_AIR_C`] and [`DEFAULT_WIND_M_S`].
///
/// # Errors
/// [`SunFault`], for a place that is none.
pub fn skies(site: &Site, hours: &[Observed]) -> Result<Vec<SkyHour>, SunFault> {
    hours
        .iter()
        .map(|hour| {
            let (mut sky, month) = dark_sky(site, hour.at)?;
            let cosine = sky.zenith.to_radians().cos().max(0.0);
            (sky.ghi, sky.dni, sky.dhi) = match (hour.ghi, hour.dni, hour.dhi) {
                (Some(ghi), Some(dni), Some(dhi)) => (ghi, dni, dhi),
                (Some(ghi), None, Some(dhi)) => (ghi, beam_from_global(ghi, dhi, sky.zenith), dhi),
                (Some(ghi), Some(dni), None) => (ghi, dni, (ghi - dni * cosine).max(0.0)),
                (None, Some(dni), Some(dhi)) => (dhi + dni * cosine, dni, dhi),
                (Some(ghi), None, None) => {
                    let (day, _) = day_of_year(hour.at);
                    let split = erbs(ghi, sky.zenith, f64::from(day));
                    (ghi, split.dni, split.dhi)
                }
                _ => (0.0, 0.0, 0.0),
            };
            Ok(SkyHour {
                at: hour.at,
                month,
                sky,
                air_c: hour.air_c.unwrap_or(DEFAULT_AIR_C),
                wind_m_s: hour.wind_m_s.unwrap_or(DEFAULT_WIND_M_S),
            })
        })
        .collect()
}
