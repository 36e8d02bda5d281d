//! Farms, shops and whatever else is a sum of uses with hours and temperatures.
//!
//! The ready-made sites are estimates (nature: simulated) from French orders of magnitude; a known annual energy scales them with [`Site::scaled`].

use super::lamp::Hours;
use super::steps::energy_kwh;
use super::{LoadFault, Steps, same_length, within};
use crate::base::Clock;
use crate::energy::calendar::{DayKind, day_kind};

/// Days of the week on which something happens; bank holidays are days of rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub weekdays: bool,
    pub saturdays: bool,
    pub rest_days: bool,
}

impl Days {
    pub const ALL: Self = Self {
        weekdays: true,
        saturdays: true,
        rest_days: true,
    };
    pub const WORKING: Self = Self {
        weekdays: true,
        saturdays: true,
        rest_days: false,
    };

    fn contain(&self, kind: DayKind) -> bool {
        match kind {
            DayKind::Weekday => self.weekdays,
            DayKind::Saturday => self.saturdays,
            DayKind::Rest => self.rest_days,
        }
    }
}

/// One use of electricity, kW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Use {
    /// Day and night.
    Always { kw: f64 },
    /// In these hours of these days, by the clock of the place.
    During { kw: f64, days: Days, hours: Hours },
    /// Cooling of goods: `kw` at 15 °C outside, and this share more for each kelvin above, less below, never under a third.
    Cold { kw: f64, share_per_k: f64 },
    /// Heating below a temperature, in these hours; elsewhen half of it.
    Heating {
        kw_per_k: f64,
        below_c: f64,
        hours: Hours,
    },
    /// Cooling of rooms above a temperature, in these hours.
    Cooling {
        kw_per_k: f64,
        above_c: f64,
        hours: Hours,
    },
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Site {
    pub uses: Vec<Use>,
}

/// What a shop sells decides what it draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shop {
    /// Refrigerated shelves: about half of some 500 kWh/m² a year.
    Food,
    Bakery,
    /// Clothes, books, hardware: light and air.
    Other,
}

const fn hours(from_h: u16, to_h: u16) -> Hours {
    Hours {
        from_min: 60 * from_h,
        to_min: 60 * to_h,
    }
}

impl Site {
    /// A dairy farm: about 420 kWh a cow and year around milking (Institut de l’Élevage), of which cooling the milk takes some two fifths, hot water a quarter, the vacuum pump a sixth; ventilation, scrapers and light beside.
    pub fn dairy_farm(cows: f64) -> Self {
        let kw = |kwh_per_cow: f64, hours_a_day: f64| cows * kwh_per_cow / (365.0 * hours_a_day);
        let milking = [hours(6, 8), hours(17, 19)];
        let mut uses = vec![
            // Milk of 35 °C is cooled during milking and the hour after; keeping it cold follows the weather.
            Use::Cold {
                kw: kw(45.0, 24.0),
                share_per_k: 0.03,
            },
            Use::During {
                kw: kw(105.0, 6.0),
                days: Days::ALL,
                hours: hours(1, 7),
            },
            Use::Always { kw: kw(80.0, 24.0) },
        ];
        for (pump, cool) in milking.into_iter().zip([hours(6, 9), hours(17, 20)]) {
            uses.push(Use::During {
                kw: kw(35.0, 2.0),
                days: Days::ALL,
                hours: pump,
            });
            uses.push(Use::During {
                kw: kw(60.0, 3.0),
                days: Days::ALL,
                hours: cool,
            });
        }
        Self { uses }
    }

    /// A shop of so many m².
    pub fn shop(kind: Shop, area_m2: f64) -> Self {
        let watts = |per_m2: f64| per_m2 * area_m2 / 1000.0;
        let (open, days) = match kind {
            Shop::Food => (hours(8, 20), Days::WORKING),
            Shop::Bakery => (hours(6, 20), Days::ALL),
            Shop::Other => (hours(10, 19), Days::WORKING),
        };
        let mut uses = vec![
            Use::Heating {
                kw_per_k: watts(1.2),
                below_c: 15.0,
                hours: open,
            },
            Use::Cooling {
                kw_per_k: watts(2.0),
                above_c: 23.0,
                hours: open,
            },
        ];
        let mut during = |per_m2: f64, days: Days, hours: Hours| {
            uses.push(Use::During {
                kw: watts(per_m2),
                days,
                hours,
            });
        };
        match kind {
            Shop::Food => {
                during(35.0, days, hours(7, 21));
                uses.push(Use::Cold {
                    kw: watts(30.0),
                    share_per_k: 0.02,
                });
                uses.push(Use::Always { kw: watts(6.0) });
            }
            Shop::Bakery => {
                // Ovens run before the town wakes.
                during(120.0, days, hours(3, 8));
                during(40.0, days, open);
                uses.push(Use::Cold {
                    kw: watts(12.0),
                    share_per_k: 0.02,
                });
            }
            Shop::Other => {
                during(25.0, days, open);
                uses.push(Use::Always { kw: watts(2.0) });
            }
        }
        Self { uses }
    }

    /// Mean power of each step, kW.
    ///
    /// # Errors
    /// A [`LoadFault`] when a value is impossible.
    pub fn power_kw(
        &self,
        steps: &Steps,
        clock: Clock,
        air_c: &[f64],
    ) -> Result<Vec<f64>, LoadFault> {
        same_length("temperature", air_c.len(), steps.count)?;
        within("temperature", air_c, -90.0..=70.0)?;
        for (index, one) in self.uses.iter().enumerate() {
            let numbers = match *one {
                Use::Always { kw } | Use::During { kw, .. } => [kw, 0.0],
                Use::Cold { kw, share_per_k } => [kw, share_per_k],
                Use::Heating { kw_per_k, .. } | Use::Cooling { kw_per_k, .. } => [kw_per_k, 0.0],
            };
            if let Some(&value) = numbers.iter().find(|v| !(0.0..=f64::MAX).contains(*v)) {
                let name = "use";
                return Err(LoadFault::Value { name, index, value });
            }
        }
        Ok(air_c
            .iter()
            .enumerate()
            .map(|(step, &air_c)| {
                let local = clock.read(steps.at(step));
                let kind = day_kind(local.year, local.month, local.day);
                let minute = u16::try_from(local.hour).unwrap_or(0) * 60
                    + u16::try_from(local.minute).unwrap_or(0);
                let length = (steps.step_s / 60).clamp(1, 60) as u16;
                let share = |hours: &Hours| {
                    let inside = (0..length).filter(|m| hours.contains((minute + m) % 1440));
                    inside.count() as f64 / f64::from(length)
                };
                self.uses
                    .iter()
                    .map(|one| one.kw(kind, air_c, &share))
                    .sum()
            })
            .collect())
    }

    /// The same uses, drawing `factor` times as much.
    pub fn times(&self, factor: f64) -> Self {
        let uses = self.uses.iter().map(|one| one.times(factor)).collect();
        Self { uses }
    }

    /// Powers of the year whose energy is known.
    ///
    /// # Errors
    /// As [`Site::power_kw`], and [`LoadFault::Empty`] for a site that draws nothing.
    pub fn scaled(
        &self,
        annual_kwh: f64,
        steps: &Steps,
        clock: Clock,
        air_c: &[f64],
    ) -> Result<Vec<f64>, LoadFault> {
        let shape = self.power_kw(steps, clock, air_c)?;
        if energy_kwh(&shape, steps.step_h()) <= 0.0 {
            return Err(LoadFault::Empty("the site"));
        }
        super::profile::spread(annual_kwh, &shape, steps.step_h())
    }
}

impl Use {
    fn kw(&self, kind: DayKind, air_c: f64, share: &impl Fn(&Hours) -> f64) -> f64 {
        match self {
            Self::Always { kw } => *kw,
            Self::During { kw, days, hours } if days.contain(kind) => kw * share(hours),
            Self::During { .. } => 0.0,
            Self::Cold { kw, share_per_k } => {
                kw * (1.0 + share_per_k * (air_c - 15.0)).max(1.0 / 3.0)
            }
            Self::Heating {
                kw_per_k,
                below_c,
                hours,
            } => kw_per_k * (below_c - air_c).max(0.0) * 0.5 * (1.0 + share(hours)),
            Self::Cooling {
                kw_per_k,
                above_c,
                hours,
            } => kw_per_k * (air_c - above_c).max(0.0) * share(hours),
        }
    }

    fn times(&self, factor: f64) -> Self {
        let mut made = *self;
        match &mut made {
            Self::Always { kw } | Self::During { kw, .. } | Self::Cold { kw, .. } => *kw *= factor,
            Self::Heating { kw_per_k, .. } | Self::Cooling { kw_per_k, .. } => *kw_per_k *= factor,
        }
        made
    }
}
