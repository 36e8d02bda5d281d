//! A year's light and power of one plane.

use super::pv::System;
use super::transposition::Plane;
use super::weather::SkyHour;

/// Sums over the hours that were given, kWh per m² of light and kWh of power.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sums {
    pub ghi_kwh: f64,
    pub dni_kwh: f64,
    pub dhi_kwh: f64,
    /// All light on the plane.
    pub poa_kwh: f64,
    pub dc_kwh: f64,
    pub ac_kwh: f64,
    /// Power by month, January first.
    pub month_kwh: [f64; 12],
    /// Light on the plane by month, kWh/m².
    pub month_poa_kwh: [f64; 12],
    pub hours: usize,
}

/// Folds a system over hours, each `step_h` long.
pub fn produce(system: &System, plane: &Plane, hours: &[SkyHour], step_h: f64) -> Sums {
    let mut sums = Sums {
        hours: hours.len(),
        ..Sums::default()
    };
    for hour in hours {
        // Half of a year is night.
        if hour.sky.ghi <= 0.0 && hour.sky.dni <= 0.0 && hour.sky.dhi <= 0.0 {
            continue;
        }
        let out = system.output(plane, &hour.sky, hour.air_c, hour.wind_m_s);
        sums.ghi_kwh += hour.sky.ghi;
        sums.dni_kwh += hour.sky.dni;
        sums.dhi_kwh += hour.sky.dhi;
        sums.poa_kwh += out.poa;
        sums.dc_kwh += out.dc_kw;
        sums.ac_kwh += out.ac_kw;
        if let Some(month) = sums.month_kwh.get_mut(usize::from(hour.month)) {
            *month += out.ac_kw * step_h;
        }
        if let Some(month) = sums.month_poa_kwh.get_mut(usize::from(hour.month)) {
            *month += out.poa * step_h / 1000.0;
        }
    }
    let per_kilo = step_h / 1000.0;
    sums.ghi_kwh *= per_kilo;
    sums.dni_kwh *= per_kilo;
    sums.dhi_kwh *= per_kilo;
    sums.poa_kwh *= per_kilo;
    sums.dc_kwh *= step_h;
    sums.ac_kwh *= step_h;
    sums
}
