//! A typical year of France without any weather file: monthly sunshine and air, spread over days and hours.
//!
//! 1. Sunshine of the month at eleven stations (`assets/energy/climate-france.csv`) becomes global light by Ångström and Prescott with the coefficients of FAO Irrigation and Drainage Paper 56 (1998), equation 35: H = (0.25 + 0.50 n/N) H₀.
//! 2. The clearness H/H₀ of a place is the mean of the stations', weighted by the inverse square of the distance.
//! 3. The days of the month get different clearnesses, distributed as P. Bendt, M. Collares-Pereira and A. Rabl found (Solar Energy 27 (1981) 1–5, in the form of Herzog 1985), in a fixed mixed order; a month of equal grey days would be too diffuse.
//! 4. Within a day the light follows that of the clear sky (Ineichen, France's turbidity), hour by hour, and is split by Erbs.
//! 5. The month's sum is made exact.
//!
//! This is *statistical* light: right in its monthly sums to some 5 %, of no particular year. Measured or satellite weather is better wherever there is any.

use super::decomposition::erbs;
use super::sun::SunFault;
use super::weather::{
    DEFAULT_WIND_M_S, Site, SkyHour, Turbidity, clear_hour, day_of_year, hours_of_year,
};

static TABLE: &str = include_str!("../../assets/energy/climate-france.csv");

/// Where the climatology holds: metropolitan France and a margin.
pub fn covers(lat: f64, lon: f64) -> bool {
    (41.0..=51.5).contains(&lat) && (-5.5..=10.0).contains(&lon)
}

/// The clear-sky index that a clouded hour is held below: brighter hours exist, not brighter days.
const MAX_CLEAR_SKY_INDEX: f64 = 1.0;
/// Fitted by FAO-56 for places without their own measurements.
const ANGSTROM: (f64, f64) = (0.25, 0.50);
/// How much a day's temperature swings about its mean, K: afternoon against dawn.
const DAILY_SWING_K: f64 = 4.0;

/// A typical year at a place.
///
/// # Errors
/// [`SunFault`], for a place that is none; [`covers`] tells whether the climate is that of the place.
pub fn typical_year(site: &Site, year: i16) -> Result<Vec<SkyHour>, SunFault> {
    let turbidity = Turbidity::of_place(site.lat, site.lon);
    let mut hours: Vec<SkyHour> = hours_of_year(year)
        .into_iter()
        .map(|at| clear_hour(site, at, &turbidity))
        .collect::<Result<_, _>>()?;
    let clearness = monthly_clearness(site)?;
    let air = monthly_air(site);
    for month in 0..12u8 {
        let range = range_of(&hours, month);
        if let Some(of_month) = hours.get_mut(range) {
            cloud_month(of_month, clearness[usize::from(month)]);
        }
    }
    for hour in &mut hours {
        hour.air_c = air_at(&air, site, hour);
        hour.wind_m_s = DEFAULT_WIND_M_S;
    }
    Ok(hours)
}

fn range_of(hours: &[SkyHour], month: u8) -> std::ops::Range<usize> {
    let start = hours
        .iter()
        .position(|hour| hour.month == month)
        .unwrap_or(0);
    let count = hours.iter().filter(|hour| hour.month == month).count();
    start..start + count
}

/// Global light of the month on the horizontal as a share of what the top of the atmosphere gets, January to December.
///
/// # Errors
/// As [`typical_year`].
pub fn monthly_clearness(site: &Site) -> Result<[f64; 12], SunFault> {
    let stations = rows("sunshine");
    let mut of_station = Vec::new();
    for row in &stations {
        let mut clearness = [0.0; 12];
        for (month, slot) in clearness.iter_mut().enumerate() {
            let day_h = day_length_h(row.lat, month);
            let days = DAYS[month];
            let share = (row.values[month] / (day_h * days)).clamp(0.0, 1.0);
            *slot = ANGSTROM.0 + ANGSTROM.1 * share;
        }
        of_station.push((row.weight(site), clearness));
    }
    Ok(weighted(&of_station))
}

fn monthly_air(site: &Site) -> [f64; 12] {
    let of_station: Vec<(f64, [f64; 12])> = rows("air")
        .iter()
        .map(|row| {
            // To sea level and, at the end, up again: 6.5 K a kilometre.
            (
                row.weight(site),
                row.values.map(|t| t + 0.0065 * row.elevation_m),
            )
        })
        .collect();
    weighted(&of_station).map(|t| t - 0.0065 * site.elevation_m)
}

fn weighted(stations: &[(f64, [f64; 12])]) -> [f64; 12] {
    let total: f64 = stations.iter().map(|(weight, _)| weight).sum();
    let mut mean = [0.0; 12];
    for (weight, values) in stations {
        for (slot, value) in mean.iter_mut().zip(values) {
            *slot += weight / total * value;
        }
    }
    mean
}

/// One line of the table.
struct Row {
    lat: f64,
    lon: f64,
    elevation_m: f64,
    values: [f64; 12],
}

impl Row {
    /// Inverse square of the distance, at least 10 km.
    fn weight(&self, site: &Site) -> f64 {
        let north_km = (self.lat - site.lat) * 111.2;
        let east_km = (self.lon - site.lon) * 111.2 * site.lat.to_radians().cos();
        1.0 / (north_km * north_km + east_km * east_km).max(100.0)
    }
}

fn rows(kind: &str) -> Vec<Row> {
    TABLE
        .lines()
        .filter_map(|line| {
            let mut words = line.split(',');
            if words.next()? != kind {
                return None;
            }
            let _station = words.next()?;
            let mut numbers = words.map_while(|word| word.trim().parse::<f64>().ok());
            let (lat, lon, elevation_m) = (numbers.next()?, numbers.next()?, numbers.next()?);
            let values: Vec<f64> = numbers.collect();
            Some(Row {
                lat,
                lon,
                elevation_m,
                values: values.try_into().ok()?,
            })
        })
        .collect()
}

const DAYS: [f64; 12] = [
    31.0, 28.25, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0,
];
/// S. A. Klein's mean days of the months (Solar Energy 19 (1977) 325–329).
const MEAN_DAY: [f64; 12] = [
    17.0, 47.0, 75.0, 105.0, 135.0, 162.0, 198.0, 228.0, 258.0, 288.0, 318.0, 344.0,
];

/// Length of a day in the middle of the month, hours: FAO-56, equations 24, 25 and 34.
fn day_length_h(lat: f64, month: usize) -> f64 {
    let declination = 0.409 * (2.0 * std::f64::consts::PI / 365.0 * MEAN_DAY[month] - 1.39).sin();
    let cosine = -lat.to_radians().tan() * declination.tan();
    24.0 / std::f64::consts::PI * cosine.clamp(-1.0, 1.0).acos()
}

/// Turns a clear month into one of mixed days whose light is `clearness` of that outside the atmosphere.
fn cloud_month(hours: &mut [SkyHour], clearness: f64) {
    let outside =
        |hour: &SkyHour| hour.sky.extraterrestrial * hour.sky.zenith.to_radians().cos().max(0.0);
    let day_of = |hour: &SkyHour| day_of_year(hour.at).0;
    let Some(first) = hours.first().map(&day_of) else {
        return;
    };
    let days = hours.last().map(&day_of).unwrap_or(first) - first + 1;
    let quantiles = daily_clearness(clearness, usize::from(days));
    let (mut top, mut clear) = (vec![0.0; usize::from(days)], vec![0.0; usize::from(days)]);
    for hour in hours.iter() {
        let day = usize::from(day_of(hour) - first);
        top[day] += outside(hour);
        clear[day] += hour.sky.ghi;
    }
    let index: Vec<f64> = top
        .iter()
        .zip(&clear)
        .zip(&quantiles)
        .map(|((top, clear), k)| {
            if *clear > 0.0 {
                (k * top / clear).min(MAX_CLEAR_SKY_INDEX)
            } else {
                0.0
            }
        })
        .collect();
    let wanted: f64 = clearness * top.iter().sum::<f64>();
    let got: f64 = index
        .iter()
        .zip(&clear)
        .map(|(index, clear)| index * clear)
        .sum();
    let exact = if got > 0.0 { wanted / got } else { 0.0 };
    for hour in hours.iter_mut() {
        let day = day_of(hour);
        let ghi = hour.sky.ghi * index[usize::from(day - first)] * exact;
        let split = erbs(ghi, hour.sky.zenith, f64::from(day));
        // Erbs' own clear limit would be beyond that of a real clear sky.
        let dni = split.dni.min(hour.sky.dni.max(0.0) * exact.max(1.0));
        let cosine = hour.sky.zenith.to_radians().cos().max(0.0);
        hour.sky.ghi = ghi;
        hour.sky.dni = dni;
        hour.sky.dhi = (ghi - dni * cosine).max(0.0);
    }
}

/// Clearnesses of the days of a month whose mean is `mean`, in a fixed mixed order (van der Corput), after Bendt and others.
fn daily_clearness(mean: f64, days: usize) -> Vec<f64> {
    let least = 0.05;
    let most = 0.6313 + 0.267 * mean - 11.9 * (mean - 0.75).powi(8);
    let ksi = (most - least) / (most - mean);
    let gamma = -1.498 + (1.184 * ksi - 27.182 * (-1.5 * ksi).exp()) / (most - least);
    let value =
        |f: f64| ((1.0 - f) * (gamma * least).exp() + f * (gamma * most).exp()).ln() / gamma;
    let mut order: Vec<(f64, usize)> = (0..days)
        .map(|day| (radical_inverse(day + 1), day))
        .collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut out = vec![mean; days];
    for (rank, (_, day)) in order.into_iter().enumerate() {
        let share = (rank as f64 + 0.5) / days as f64;
        let found = value(share);
        if let Some(slot) = out.get_mut(day)
            && found.is_finite()
        {
            *slot = found.clamp(least, 0.8);
        }
    }
    out
}

/// Binary digits behind the point in reverse: evenly spread, never random.
fn radical_inverse(mut number: usize) -> f64 {
    let (mut value, mut place) = (0.0, 0.5);
    while number > 0 {
        value += place * (number % 2) as f64;
        number /= 2;
        place *= 0.5;
    }
    value
}

/// Mean of the month, smooth from month to month, warmest at 15 h solar time.
fn air_at(air: &[f64; 12], site: &Site, hour: &SkyHour) -> f64 {
    let (day, _) = day_of_year(hour.at);
    let place = (f64::from(day) - 15.5) / 30.4375;
    let before = place.floor();
    let part = place - before;
    let month = |offset: f64| air[(before + offset).rem_euclid(12.0) as usize % 12];
    let mean = month(0.0) * (1.0 - part) + month(1.0) * part;
    let solar_h = (hour.at.0.rem_euclid(86_400)) as f64 / 3600.0 + site.lon / 15.0;
    mean + DAILY_SWING_K * ((solar_h - 15.0) / 24.0 * 2.0 * std::f64::consts::PI).cos()
}
