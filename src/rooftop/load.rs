//! Whose load a roof meets, and its hours.

use super::YEAR;
use crate::base::{Clock, Instant};
use crate::energy::demand::{DemandClass, hours_of, profile};
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
            Self::Household | Self::Meter(_) => 4_700.0,
            Self::Farm => 29_400.0,
            Self::School => 63_000.0,
        }
    }
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
