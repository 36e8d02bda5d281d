//! Whose load a roof meets, and its hours; the heat pump beside it.

use super::YEAR;
use crate::base::{Clock, Instant};
use crate::energy::demand::{DemandClass, HEATING_BELOW_C, heating_habits, hours_of, profile, profile_unheated};
use crate::energy::load::heat_pump::{HeatPump, Sink, Source, electricity_kw, heat_kw};
use crate::formats::meter::Meter;

/// Whose load the roof meets.
#[derive(Clone, Debug, PartialEq)]
pub enum Load {
    Household,
    Farm,
    School,
    Meter(Meter),
}

impl Load {
    /// A stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Farm => "farm",
            Self::School => "school",
            Self::Meter(_) => "meter",
        }
    }

    fn class(&self) -> DemandClass {
        match self {
            Self::Household | Self::Meter(_) => DemandClass::Residential,
            Self::Farm => DemandClass::Agricultural,
            Self::School => DemandClass::Public,
        }
    }

    /// kWh a year where nobody knows: a mean French home (SDES, INSEE), a dairy farm of 70 cows (Institut de l’Élevage), a school of 900 m².
    pub fn usual_kwh(&self) -> f64 {
        match self {
            Self::Household | Self::Meter(_) => USUAL_HOME_KWH,
            Self::Farm => 29_400.0,
            Self::School => 63_000.0,
        }
    }
}

/// kWh a year that a usual home draws; see [`Load::usual_kwh`].
pub const USUAL_HOME_KWH: f64 = 4_700.0;

/// A heat pump that heats the building, and what it draws.
#[derive(Clone, Debug, PartialEq)]
pub struct Pumped {
    /// kWh of heat a year, and whether the person said so.
    pub heat_kwh: f64,
    pub is_given: bool,
    /// kW by hour of the stored year.
    pub kw: Vec<f64>,
    /// The share of the usual profile that was heating is left out, since the pump stands in for it.
    pub replaces: bool,
}

impl Pumped {
    /// From the air outside: `air_c` by hour of the stored year. An air-to-water pump on radiators, sized for the coldest day. `None` where it is never cold.
    pub fn new(heat_kwh: f64, is_given: bool, replaces: bool, air_c: &[f64], clock: Clock) -> Option<Self> {
        let habits = heating_habits(DemandClass::Residential, YEAR, clock);
        let heat = heat_kw(heat_kwh, air_c, HEATING_BELOW_C, &habits, 1.0).ok()?;
        let kw = electricity_kw(&HeatPump::new(Source::Air, Sink::Radiators), &heat, air_c, 0.0).ok()?;
        Some(Self { heat_kwh, is_given, kw, replaces })
    }

    pub fn kwh(&self) -> f64 {
        self.kw.iter().sum()
    }

    /// Heat for each unit of electricity over the year.
    pub fn seasonal_cop(&self) -> f64 {
        self.heat_kwh / self.kwh().max(1e-9)
    }
}

/// kW of each hour of the stored year of a home whose usual heating by electricity is left out of its `kwh`; `None` without any load.
pub fn unheated_year(kwh: f64, clock: Clock) -> Option<Vec<f64>> {
    let hours = hours_of(YEAR);
    let kwh = kwh * (1.0 - DemandClass::Residential.thermosensitive_share());
    let kw: Vec<f64> = profile_unheated(DemandClass::Residential, YEAR, clock).iter().map(|c| kwh / hours as f64 * f64::from(*c)).collect();
    (kwh > 0.0 && kw.len() == hours).then_some(kw)
}

/// kW of each hour of the stored year, and how many hours a meter's file left open; `None` without any load.
pub fn load_year(load: &Load, kwh: f64, clock: Clock, scale: bool) -> Option<(Vec<f64>, usize)> {
    let Load::Meter(meter) = load else {
        let hours = hours_of(YEAR);
        let coefficients = profile(load.class(), YEAR, clock);
        let kw: Vec<f64> = coefficients.iter().map(|c| kwh / hours as f64 * f64::from(*c)).collect();
        return (kwh > 0.0 && kw.len() == hours).then_some((kw, 0));
    };
    let start = Instant::from_utc(YEAR, 1, 1, 0, 0, 0)?;
    let hours = hours_of(YEAR);
    let (mut sums, mut counts) = (vec![0.0; hours], vec![0_u32; hours]);
    let (mut by_hour, mut of_hour) = ([0.0; 24], [0_u32; 24]);
    for (at, kw) in &meter.kw {
        let at = if meter.absolute { Instant(*at) } else { clock.wall_forward(*at)? };
        let read = at.utc();
        let Some(here) = Instant::from_utc(YEAR, read.month, read.day, read.hour, 0, 0) else { continue };
        // A step longer than an hour holds for all its hours.
        for more in 0..(meter.step_s / 3600).max(1) {
            let slot = usize::try_from((here.0 - start.0) / 3600 + more).ok()? % hours.max(1);
            if let (Some(sum), Some(count)) = (sums.get_mut(slot), counts.get_mut(slot)) {
                *sum += kw.max(0.0);
                *count += 1;
            }
            let of_day = slot % 24;
            by_hour[of_day] += kw.max(0.0);
            of_hour[of_day] += 1;
        }
    }
    let missing = counts.iter().filter(|count| **count == 0).count();
    let mut kw: Vec<f64> = sums
        .iter()
        .zip(&counts)
        .enumerate()
        .map(|(slot, (sum, count))| if *count > 0 { sum / f64::from(*count) } else { by_hour[slot % 24] / f64::from(of_hour[slot % 24].max(1)) })
        .collect();
    let total: f64 = kw.iter().sum();
    if scale && total > 0.0 {
        kw.iter_mut().for_each(|kw_now| *kw_now *= kwh / total);
    }
    (total > 0.0).then_some((kw, missing))
}
