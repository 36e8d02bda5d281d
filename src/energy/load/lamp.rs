//! Street lighting: on while the sun is low, out or dimmed in the dead of night.
//!
//! Astronomical clocks switch by the sun's height; many French communes switch all lamps off for some hours of the night by decree, others dim them.

use super::{LoadFault, Steps, within};
use crate::base::Clock;
use crate::energy::sun::sun_direction_enu;

/// Hours by the clock of the place, minutes since midnight; from 23:00 to 05:30 passes midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    pub from_min: u16,
    pub to_min: u16,
}

impl Hours {
    pub fn contains(&self, minute: u16) -> bool {
        if self.from_min <= self.to_min {
            (self.from_min..self.to_min).contains(&minute)
        } else {
            minute >= self.from_min || minute < self.to_min
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lamps {
    /// Of all lamps with their gear, kW.
    pub power_kw: f64,
    /// Lamps burn while the sun's centre is below this, degrees; astronomical clocks are set near −3°.
    pub sun_below_deg: f64,
    /// Hours of less light, and the share of the power that is left then; 0 is out.
    pub reduced: Option<(Hours, f64)>,
}

/// Samples of a step: minutes, as far as it has them.
const SAMPLE_S: i64 = 60;

/// Mean power of each step, kW.
///
/// # Errors
/// A [`LoadFault`] when a value is impossible.
pub fn power_kw(
    lamps: &Lamps,
    steps: &Steps,
    lat_deg: f64,
    lon_deg: f64,
    clock: Clock,
) -> Result<Vec<f64>, LoadFault> {
    within("power", &[lamps.power_kw], 0.0..=f64::MAX)?;
    within("sun's height", &[lamps.sun_below_deg], -18.0..=18.0)?;
    within("latitude", &[lat_deg], -90.0..=90.0)?;
    within("longitude", &[lon_deg], -180.0..=180.0)?;
    let left = lamps.reduced.map_or(1.0, |(_, left)| left);
    within("reduced power", &[left], 0.0..=1.0)?;
    if steps.count > super::steps::MAX_STEPS {
        return Err(LoadFault::Steps(steps.count));
    }
    let height_deg = |step: usize| {
        sun_direction_enu(steps.at(step), lat_deg, lon_deg)
            .z
            .asin()
            .to_degrees()
    };
    let samples = (steps.step_s / SAMPLE_S).max(1);
    let mut made = Vec::with_capacity(steps.count);
    let mut before = height_deg(0);
    for step in 0..steps.count {
        let after = height_deg(step + 1);
        let local = clock.read(steps.at(step));
        let first_min = i64::from(local.hour) * 60 + i64::from(local.minute);
        let mut burning = 0.0;
        for sample in 0..samples {
            // Within a step the sun climbs evenly enough: half an hour bends by a hundredth of a degree.
            let part = (sample as f64 + 0.5) / samples as f64;
            let height = before + (after - before) * part;
            let minute = (first_min + (part * steps.step_s as f64 / 60.0) as i64).rem_euclid(1440);
            if height < lamps.sun_below_deg {
                burning += match lamps.reduced {
                    Some((hours, left)) if hours.contains(minute as u16) => left,
                    _ => 1.0,
                };
            }
        }
        made.push(lamps.power_kw * burning / samples as f64);
        before = after;
    }
    Ok(made)
}
