//! Electricity demand of a building, estimated: so many kWh a year, spread over its hours.
//!
//! Everything here is an *estimate from use and size* (nature: simulated). It is meant for the picture of a district over a year, where errors of single buildings average out; a single building may well be off by half. Measured consumption, where a collectivity has it, goes in its place.
//!
//! # Annual energy
//! French orders of magnitude, electricity for all uses, final energy:
//!
//! | class | kWh/m² of floor a year | from |
//! |---|---|---|
//! | residential | 1,500 kWh per dwelling + 35 kWh per m² of living area | about 150 TWh a year in about 31 million main homes of 91 m² on average, that is 4.7 MWh each (SDES, bilan énergétique de la France; INSEE, enquête logement 2013) |
//! | services | 140 | about 135 TWh over about 1,000 million m² heated (CEREN, données du tertiaire) |
//! | public | 70 | schools, town halls: half of the sector's mean (CEREN, enseignement) |
//! | sport | 100 | CEREN, sports, loisirs, culture |
//! | religious | 15 | used some hours a week |
//! | industrial | 120 | halls and workshops; the processes of large plants are not in it |
//! | agricultural | 15 | lighting, milking, ventilation |
//! | annex | 5 | garages and sheds |
//! | unknown | 30 | "indifférencié" of BD TOPO is mostly small annexes and some of everything |
//!
//! The table's figures are rounded from these sources by us; the uncertainty that [`annual_kwh`] returns is our judgement of the spread between buildings.
//!
//! # Hourly shape
//! coefficient = (1 - s) · use(hour, day kind, season) + s · cold(hour, season), each part of mean 1.
//! `use` is a table of 24 local hours for weekdays, Saturdays and rest days with a seasonal swing (lighting, presence); `cold` follows max(0, 15 °C - T), T a normal year of western France (mean 12.5 °C, ±7 °C over the year, ±3.5 °C over the day), and the hours in which such buildings are heated.
//! `s` is the thermosensitive share: 24 % in homes, 14 % in services. Both were chosen so that the months of a region's mix of uses follow those that RTE's éCO2mix publishes for Pays de la Loire (2014–2016, within 4 %); a test holds them to it.
//! The convention is that of Enedis' "coefficients des profils": power = annual energy / hours of the year × coefficient. Enedis' own coefficients are data to be loaded, not shipped.

use super::calendar::{DayKind, day_kind};
use crate::base::{Clock, Instant, Uncertainty};

/// What a building is used for, as far as demand is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DemandClass {
    Residential,
    /// Offices, shops, hotels, health: BD TOPO's "Commercial et services".
    Services,
    /// Schools, town halls, culture.
    Public,
    Sport,
    Religious,
    Industrial,
    Agricultural,
    /// Garages, sheds, porches.
    Annex,
    Unknown,
}

impl DemandClass {
    pub const ALL: [Self; 9] = [
        Self::Residential,
        Self::Services,
        Self::Public,
        Self::Sport,
        Self::Religious,
        Self::Industrial,
        Self::Agricultural,
        Self::Annex,
        Self::Unknown,
    ];

    /// A stable name for files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Residential => "residential",
            Self::Services => "services",
            Self::Public => "public",
            Self::Sport => "sport",
            Self::Religious => "religious",
            Self::Industrial => "industrial",
            Self::Agricultural => "agricultural",
            Self::Annex => "annex",
            Self::Unknown => "unknown",
        }
    }

    /// kWh per m² of floor and year (homes without a known number of dwellings included), and the share by which a building may differ.
    fn intensity(self) -> (f64, f64) {
        match self {
            // 1,500 kWh over a mean home of 91 m², plus 35 kWh/m², of the part of the floor that is lived in.
            Self::Residential => (
                (1_500.0 / MEAN_HOME_M2 + HOME_KWH_PER_M2) * LIVING_SHARE,
                0.6,
            ),
            Self::Services => (140.0, 0.6),
            Self::Public => (70.0, 0.6),
            Self::Sport => (100.0, 0.7),
            Self::Religious => (15.0, 0.8),
            Self::Industrial => (120.0, 0.9),
            Self::Agricultural => (15.0, 0.9),
            Self::Annex => (5.0, 0.9),
            Self::Unknown => (30.0, 0.9),
        }
    }

    /// Share of the year's energy that follows the cold.
    pub fn thermosensitive_share(self) -> f64 {
        match self {
            Self::Residential => 0.24,
            Self::Services | Self::Public => 0.14,
            Self::Sport | Self::Religious => 0.15,
            Self::Industrial => 0.05,
            Self::Agricultural | Self::Annex | Self::Unknown => 0.10,
        }
    }
}

/// Mean French home (INSEE, enquête logement 2013).
const MEAN_HOME_M2: f64 = 91.0;
/// Living area as a share of the floor within the outer walls: the rest is walls, stairs, halls.
const LIVING_SHARE: f64 = 0.8;
const HOME_KWH: f64 = 1_500.0;
const HOME_KWH_PER_M2: f64 = 35.0;
/// Beyond this a home's area is a data fault (one dwelling stated for a whole block) more often than a castle.
const HOME_AREA_LIMIT_M2: f64 = 250.0;
/// A tower has no more storeys than this in France, save one.
const STOREYS_LIMIT: u32 = 60;
/// Floor to floor, metres: a storey of housing with its slab.
const STOREY_M: f64 = 3.0;

/// Annual electricity, kWh, and how far the building's own may lie from it.
///
/// `floor_area_m2` is that of all storeys within the outer walls ([`floor_area_m2`]). `dwellings` matters for homes only; zero counts as unknown, as in BD TOPO. What is no area gives zero.
pub fn annual_kwh(
    class: DemandClass,
    floor_area_m2: f64,
    dwellings: Option<u32>,
) -> (f64, Uncertainty) {
    let area = if floor_area_m2.is_finite() {
        floor_area_m2.max(0.0)
    } else {
        0.0
    };
    if let (DemandClass::Residential, Some(homes @ 1..)) = (class, dwellings) {
        let homes = f64::from(homes);
        let living = (area * LIVING_SHARE).min(homes * HOME_AREA_LIMIT_M2);
        return (
            homes * HOME_KWH + living * HOME_KWH_PER_M2,
            Uncertainty::Share(0.5),
        );
    }
    let (kwh_per_m2, spread) = class.intensity();
    (area * kwh_per_m2, Uncertainty::Share(spread))
}

/// Floor of all storeys within the outer walls, m²: footprint times storeys, these from the eave height (3 m each) where they are not stated.
pub fn floor_area_m2(footprint_m2: f64, storeys: Option<u32>, eave_height_m: f64) -> f64 {
    let footprint = if footprint_m2.is_finite() {
        footprint_m2.max(0.0)
    } else {
        0.0
    };
    let storeys = match storeys {
        Some(stated @ 1..) => f64::from(stated.min(STOREYS_LIMIT)),
        _ if eave_height_m.is_finite() => (eave_height_m / STOREY_M)
            .round()
            .clamp(1.0, f64::from(STOREYS_LIMIT)),
        _ => 1.0,
    };
    footprint * storeys
}

/// As [`floor_area_m2`], but halls (industry, farms, sport, churches, annexes) count one storey however high they are, unless more are stated.
pub fn floor_area_of_class_m2(
    class: DemandClass,
    footprint_m2: f64,
    storeys: Option<u32>,
    eave_height_m: f64,
) -> f64 {
    use DemandClass::{Agricultural, Annex, Industrial, Religious, Sport};
    let is_hall = matches!(class, Industrial | Agricultural | Sport | Religious | Annex);
    floor_area_m2(
        footprint_m2,
        storeys,
        if is_hall { 0.0 } else { eave_height_m },
    )
}

/// Hours of a year, 8760 or 8784.
pub fn hours_of(year: i16) -> usize {
    match (
        Instant::from_utc(year, 1, 1, 0, 0, 0),
        year.checked_add(1)
            .and_then(|next| Instant::from_utc(next, 1, 1, 0, 0, 0)),
    ) {
        (Some(start), Some(end)) => usize::try_from((end.0 - start.0) / 3600).unwrap_or(0),
        _ => 0,
    }
}

/// Hourly load coefficients of a year: element k is the hour that begins k hours after 1 January 00:00 **UTC**; people behave by the `clock` of their place, so the shape moves by an hour where that clock changes.
///
/// Overseas between the tropics nobody heats and the days are alike: habits of the metropole without their seasons. Cooling is not in them.
///
/// The mean is 1: power in kW of hour k is `annual_kwh / hours × coefficient[k]`, and the sum over the year is the annual energy to 1e-9. Empty for years no calendar knows.
pub fn profile(class: DemandClass, year: i16, clock: Clock) -> Vec<f32> {
    profile_of(class, class.thermosensitive_share(), year, clock)
}

/// As [`profile`], for a building that is heated with something else than this electricity: use alone.
pub fn profile_unheated(class: DemandClass, year: i16, clock: Clock) -> Vec<f32> {
    profile_of(class, 0.0, year, clock)
}

/// How strongly a class is heated, hour by hour of a year as [`profile`] counts them: habits alone, without the weather.
pub fn heating_habits(class: DemandClass, year: i16, clock: Clock) -> Vec<f64> {
    let Some(start) = Instant::from_utc(year, 1, 1, 0, 0, 0) else {
        return Vec::new();
    };
    (0..hours_of(year))
        .map(|k| {
            let local = clock.read(start.plus_seconds(k as i64 * 3600));
            heated(class, day_kind(local.year, local.month, local.day), usize::try_from(local.hour).unwrap_or(0))
        })
        .collect()
}

fn profile_of(class: DemandClass, share: f64, year: i16, clock: Clock) -> Vec<f32> {
    let Some(start) = Instant::from_utc(year, 1, 1, 0, 0, 0) else {
        return Vec::new();
    };
    let hours = hours_of(year);
    let (share, seasons) = if clock.is_tropical() { (0.0, 0.0) } else { (share, 1.0) };
    let (mut uses, mut cold) = (Vec::with_capacity(hours), Vec::with_capacity(hours));
    for k in 0..hours {
        let at = start.plus_seconds(k as i64 * 3600);
        let local = clock.read(at);
        let kind = day_kind(local.year, local.month, local.day);
        let hour = usize::try_from(local.hour).unwrap_or(0);
        // 1 in mid-January, -1 in mid-July, by UTC hour of the year so that it runs smoothly.
        let winter = (std::f64::consts::TAU * (k as f64 / 24.0 - WINTER_DAY) / 365.25).cos();
        uses.push(use_shape(class, kind, hour) * (1.0 + seasons * use_swing(class, hour) * winter));
        cold.push(
            (HEATING_BELOW_C - normal_temperature_c(winter, hour)).max(0.0)
                * heated(class, kind, hour),
        );
    }
    let (mean_use, mean_cold) = (mean(&uses), mean(&cold));
    let mut coefficients: Vec<f64> = uses
        .iter()
        .zip(&cold)
        .map(|(use_now, cold_now)| {
            (1.0 - share) * use_now / mean_use + share * cold_now / mean_cold
        })
        .collect();
    let total = mean(&coefficients);
    coefficients.iter_mut().for_each(|c| *c /= total);
    rounded(&coefficients)
}

/// To f32 without losing energy: what one hour's rounding takes, the next gets.
fn rounded(coefficients: &[f64]) -> Vec<f32> {
    let mut owed = 0.0;
    coefficients
        .iter()
        .map(|&exact| {
            let kept = (exact + owed) as f32;
            owed += exact - f64::from(kept);
            kept
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// The coldest day of a normal year lies in mid-January.
const WINTER_DAY: f64 = 17.0;
/// Heating begins below this, as in the degree days that French grid operators use.
pub const HEATING_BELOW_C: f64 = 15.0;

/// A normal year of western France.
fn normal_temperature_c(winter: f64, local_hour: usize) -> f64 {
    let day = (std::f64::consts::TAU * (local_hour as f64 - 15.0) / 24.0).cos();
    12.5 - 7.0 * winter + 3.5 * day
}

/// How strongly a class is heated at an hour: setback at night and when nobody is there.
fn heated(class: DemandClass, kind: DayKind, hour: usize) -> f64 {
    match class {
        DemandClass::Residential => match hour {
            0..=4 => 0.7,
            6..=8 | 17..=22 => 1.2,
            _ => 0.95,
        },
        DemandClass::Services | DemandClass::Public | DemandClass::Industrial => match (kind, hour)
        {
            (DayKind::Weekday, 5..=18) => 1.3,
            (DayKind::Saturday, 6..=18) => 0.9,
            _ => 0.5,
        },
        _ => match hour {
            7..=21 => 1.1,
            _ => 0.7,
        },
    }
}

/// How much more is used in winter than on average, apart from heating: lighting at dusk, hours spent indoors.
fn use_swing(class: DemandClass, hour: usize) -> f64 {
    let lighting: f64 = match hour {
        6..=8 | 17..=21 => 1.0,
        _ => 0.4,
    };
    match class {
        DemandClass::Residential => 0.18 * lighting,
        // Cooling in summer makes up for most of the lighting.
        DemandClass::Services => 0.05 * lighting,
        DemandClass::Sport | DemandClass::Public => 0.15 * lighting,
        DemandClass::Industrial => 0.02,
        _ => 0.10 * lighting,
    }
}

/// Relative use by local hour, before any season. Only the shape matters; [`profile`] brings the mean to 1.
#[rustfmt::skip]
fn use_shape(class: DemandClass, kind: DayKind, hour: usize) -> f64 {
    use DayKind::{Rest, Saturday, Weekday};
    use DemandClass::*;
    // Night tariff water heaters keep homes from falling to zero after 23 h; the evening is still the peak.
    const HOME_WEEKDAY: [f64; 24] = [0.85, 0.75, 0.65, 0.58, 0.55, 0.58, 0.78, 1.05, 1.00, 0.88, 0.84, 0.90, 1.05, 1.00, 0.86, 0.82, 0.88, 1.08, 1.38, 1.58, 1.52, 1.32, 1.15, 1.02];
    const HOME_REST: [f64; 24] = [0.90, 0.80, 0.70, 0.62, 0.57, 0.57, 0.62, 0.76, 0.98, 1.14, 1.20, 1.26, 1.34, 1.22, 1.06, 0.98, 1.00, 1.14, 1.38, 1.54, 1.46, 1.26, 1.10, 1.00];
    const WORK_WEEKDAY: [f64; 24] = [0.42, 0.40, 0.40, 0.40, 0.42, 0.50, 0.72, 1.05, 1.45, 1.68, 1.75, 1.75, 1.66, 1.68, 1.72, 1.70, 1.64, 1.52, 1.28, 1.00, 0.76, 0.60, 0.50, 0.45];
    const WORK_SATURDAY: [f64; 24] = [0.42, 0.40, 0.40, 0.40, 0.40, 0.44, 0.54, 0.70, 0.90, 1.08, 1.15, 1.15, 1.08, 1.08, 1.12, 1.12, 1.10, 1.04, 0.92, 0.74, 0.58, 0.50, 0.45, 0.42];
    const WORK_REST: [f64; 24] = [0.40, 0.40, 0.40, 0.40, 0.40, 0.40, 0.42, 0.46, 0.50, 0.55, 0.58, 0.58, 0.56, 0.54, 0.54, 0.54, 0.54, 0.54, 0.52, 0.48, 0.45, 0.42, 0.40, 0.40];
    let of = |table: &[f64; 24]| table.get(hour).copied().unwrap_or(1.0);
    match class {
        Residential => match kind {
            Weekday => of(&HOME_WEEKDAY),
            Saturday | Rest => of(&HOME_REST),
        },
        Services => match kind {
            Weekday => of(&WORK_WEEKDAY),
            Saturday => of(&WORK_SATURDAY),
            Rest => of(&WORK_REST),
        },
        Public => match kind {
            Weekday => of(&WORK_WEEKDAY),
            Saturday | Rest => of(&WORK_REST),
        },
        // Two shifts on a base that never stops.
        Industrial => 0.7 + 0.3 * match kind { Weekday => of(&WORK_WEEKDAY), Saturday => of(&WORK_SATURDAY), Rest => of(&WORK_REST) },
        Sport => match (kind, hour) {
            (_, 0..=6) => 0.30,
            (Weekday, 7..=15) => 0.90,
            (Weekday, 16..=21) => 2.00,
            (Saturday | Rest, 9..=18) => 1.60,
            _ => 0.70,
        },
        Religious => match (kind, hour) {
            (Rest, 9..=12) => 5.0,
            (Saturday, 17..=19) => 3.0,
            (_, 8..=19) => 1.0,
            _ => 0.4,
        },
        // Milking at both ends of the day.
        Agricultural => match hour {
            5..=8 | 17..=19 => 1.8,
            9..=16 => 0.9,
            _ => 0.6,
        },
        Annex | Unknown => match hour {
            7..=9 | 17..=21 => 1.4,
            10..=16 => 1.0,
            _ => 0.7,
        },
    }
}
