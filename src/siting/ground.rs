//! What a territory draws, makes and knows of its wind, step by step; and what is worked out once for it.

use super::SitingFault;
use super::breeze::unit_wind;
use crate::base::{Clock, Instant};
use crate::energy::cell::Mount;
use crate::energy::climate::{covers, typical_year};
use crate::energy::load::Steps;
use crate::energy::prepared::PreparedYear;
use crate::energy::pv::System;
use crate::energy::storage::MAX_STEPS;
use crate::energy::transposition::Plane;
use crate::energy::weather::{Site, Turbidity, clear_year};
use crate::energy::yields::PlaneView;
use crate::view::SolarMount;

/// Where the sun cannot be told from the place, hours of a year.
const HOURS: f64 = 8766.0;

/// A territory's steps. All lists are as long as the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ground {
    pub start: Instant,
    pub step_s: i64,
    pub clock: Clock,
    pub site: Site,
    /// Drawn today, kW.
    pub demand_kw: Vec<f64>,
    /// Made today, kW; zero where nothing is known to be made.
    pub production_kw: Vec<f64>,
    /// At the hubs of the turbines that are there, m/s; NaN where nobody knows.
    pub wind_ms: Vec<f64>,
    /// Where these come from, and what is not known: sentences in both languages.
    pub origins: Vec<[String; 2]>,
}

impl Ground {
    pub fn steps(&self) -> usize {
        self.demand_kw.len()
    }

    pub fn step_h(&self) -> f64 {
        self.step_s as f64 / 3600.0
    }

    pub fn as_steps(&self) -> Steps {
        Steps { start: self.start, step_s: self.step_s, count: self.steps() }
    }

    /// The step that holds an instant; an instant of another year is taken at the same place of the steps.
    pub fn step_at(&self, at: Instant) -> usize {
        let steps = self.steps().max(1) as i64;
        ((at.0 - self.start.0).div_euclid(self.step_s.max(1))).rem_euclid(steps) as usize
    }

    /// Steps of the local day around a step.
    pub fn day_of(&self, step: usize) -> std::ops::Range<usize> {
        let days = self.as_steps().days(self.clock);
        let day = days.into_iter().find(|day| day.steps.contains(&step));
        day.map_or(0..0, |day| day.steps)
    }

    fn check(&self) -> Result<(), SitingFault> {
        let steps = self.steps();
        if !(1..=MAX_STEPS).contains(&steps) || !(60..=86_400).contains(&self.step_s) {
            return Err(SitingFault::new("siting-steps", format!("{steps} × {} s", self.step_s)));
        }
        for (name, list) in [("demand", &self.demand_kw), ("production", &self.production_kw)] {
            let odd = |value: &f64| !(value.is_finite() && *value >= 0.0);
            if list.len() != steps || list.iter().any(odd) {
                return Err(SitingFault::new("siting-series", name));
            }
        }
        if self.wind_ms.len() != steps {
            return Err(SitingFault::new("siting-series", "wind"));
        }
        Ok(())
    }
}

/// A territory with its sun and its wind.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub ground: Ground,
    on_roof: PreparedYear,
    free: PreparedYear,
    /// Hour of the sun's year that each step begins in.
    sun_hour: Vec<u32>,
    unit_wind: Vec<f64>,
    /// The sun is that of a clear sky: no climate is known for the place.
    pub clear_sky: bool,
}

impl Prepared {
    /// # Errors
    /// `siting-steps`, `siting-series`, `siting-place`.
    pub fn new(ground: Ground) -> Result<Self, SitingFault> {
        ground.check()?;
        let place = |error: &dyn std::fmt::Display| SitingFault::new("siting-place", error);
        let year = ground.start.plus_seconds(ground.step_s / 2).utc().year;
        let clear_sky = !covers(ground.site.lat, ground.site.lon);
        let hours = if clear_sky {
            clear_year(&ground.site, year, &Turbidity::of_place(ground.site.lat, ground.site.lon)).map_err(|error| place(&error))?
        } else {
            typical_year(&ground.site, year).map_err(|error| place(&error))?
        };
        let Some(first) = Instant::from_utc(year, 1, 1, 0, 0, 0).filter(|_| !hours.is_empty()) else { return Err(place(&year)) };
        let system = |mount| System { mount, ..System::default() };
        let sun_hour = (0..ground.steps())
            .map(|step| {
                let middle = ground.start.0 + ground.step_s * step as i64 + ground.step_s / 2;
                (middle - first.0).div_euclid(3600).rem_euclid(hours.len() as i64) as u32
            })
            .collect();
        let begins = (ground.start.0 - first.0) as f64 / 3600.0 / HOURS;
        Ok(Self {
            on_roof: PreparedYear::new(&system(Mount::SEMI_INTEGRATED), &hours, 1.0),
            free: PreparedYear::new(&system(Mount::FREE_STANDING), &hours, 1.0),
            sun_hour,
            unit_wind: unit_wind(ground.steps(), ground.step_h(), begins),
            clear_sky,
            ground,
        })
    }

    /// kW of each kWp, step by step, in the open.
    pub fn solar(&self, tilt_deg: f64, azimuth_deg: f64, mount: SolarMount) -> Vec<f64> {
        let year = if mount == SolarMount::Roof { &self.on_roof } else { &self.free };
        let mut hours = vec![0.0; year.hours()];
        year.produce(&Plane::new(tilt_deg, azimuth_deg), &PlaneView::open(), |hour, kw| {
            if let Some(slot) = hours.get_mut(hour) {
                *slot = kw;
            }
        });
        self.sun_hour.iter().map(|hour| hours.get(*hour as usize).copied().unwrap_or(0.0)).collect()
    }

    /// Wind at a step: as it is known at the hubs, else at 100 m from a mean.
    pub fn wind(&self, step: usize, mean_ms: f64) -> Wind {
        match self.ground.wind_ms.get(step).copied().filter(|speed| speed.is_finite() && *speed >= 0.0) {
            Some(speed) => Wind::AtHub(speed),
            None => Wind::At100m(mean_ms * self.unit_wind.get(step).copied().unwrap_or(0.0)),
        }
    }

    /// Steps whose wind is known.
    pub fn known_wind(&self) -> usize {
        self.ground.wind_ms.iter().filter(|speed| speed.is_finite()).count()
    }
}

/// Wind, m/s, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wind {
    AtHub(f64),
    At100m(f64),
}
