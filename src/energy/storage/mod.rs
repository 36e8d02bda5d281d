//! A battery between production, consumption and the public grid.
//!
//! | module | answers |
//! |---|---|
//! | [`greedy`] | what a controller without foresight does: store every surplus, use it at the first need. Microseconds for a year: live at a slider |
//! | [`connection`] | what a controller without foresight does for a park: store what the connection cannot carry, give it back when there is room |
//! | [`optimal`] | what the best plan with perfect foresight does, as a linear programme |
//! | [`file`] | the case file of `jumeau dispatch` |
//!
//! In each step: production − curtailed + discharged + imported + unserved = consumption + charged + exported.
//! The state of charge counts energy inside the battery: + η_c·charged − discharged/η_d.

pub mod connection;
pub mod file;
pub mod greedy;
pub mod optimal;

/// Most steps of a case: a year of quarter hours.
pub const MAX_STEPS: usize = 35_136;

#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub step_h: f64,
    pub load_mw: Vec<f64>,
    pub generation_mw: Vec<f64>,
    /// Price of what is bought, €/MWh.
    pub import_price: Vec<f64>,
    /// Price of what is sold, €/MWh.
    pub export_price: Vec<f64>,
    /// Limits of the connection, MW; infinite where there are none.
    pub import_limit_mw: f64,
    pub export_limit_mw: f64,
    /// Whether production may be thrown away without need; it always may where the connection is full.
    pub curtailable: bool,
    pub battery: Option<Battery>,
    pub goal: Goal,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Battery {
    pub energy_mwh: f64,
    pub charge_mw: f64,
    pub discharge_mw: f64,
    /// One-way efficiencies, within 0…1.
    pub charge_efficiency: f64,
    pub discharge_efficiency: f64,
    /// State of charge before the first step; the optimal plan ends where it began unless `cyclic` frees its start.
    pub initial_mwh: f64,
    /// The plan's last state is its first, whichever that is.
    pub cyclic: bool,
    /// Wear, € for each MWh discharged.
    pub degradation_eur_mwh: f64,
}

/// What the optimal plan makes small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    #[default]
    Cost,
    /// Energy bought.
    Import,
    /// Production thrown away.
    Curtailment,
}

/// Powers of each step, MW, and the state of charge after it, MWh.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dispatch {
    pub imported_mw: Vec<f64>,
    pub exported_mw: Vec<f64>,
    pub charged_mw: Vec<f64>,
    pub discharged_mw: Vec<f64>,
    pub curtailed_mw: Vec<f64>,
    /// Consumption that a full connection leaves unserved.
    pub unserved_mw: Vec<f64>,
    pub stored_mwh: Vec<f64>,
}

/// Sums over all steps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    /// Bought less sold, and wear.
    pub cost_eur: f64,
    pub import_mwh: f64,
    pub export_mwh: f64,
    pub curtailed_mwh: f64,
    pub unserved_mwh: f64,
    pub charged_mwh: f64,
    pub discharged_mwh: f64,
    /// Energy taken from inside over the battery's size.
    pub cycles: f64,
    /// Share of consumption that was not bought.
    pub self_sufficiency: f64,
    /// Share of production that was not sold or thrown away.
    pub self_consumption: f64,
    /// Energy that was charged and discharged in the same step, which no battery does: noise of the solver.
    pub simultaneous_mwh: f64,
    pub final_mwh: f64,
}

/// What is impossible in a case.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CaseFault {
    #[error("{0} steps, between 1 and {MAX_STEPS} are possible")]
    Steps(usize),
    #[error("{name} has {found} values for {steps} steps")]
    Length {
        name: &'static str,
        found: usize,
        steps: usize,
    },
    #[error("{name}, step {step}: {value} is not possible")]
    Value {
        name: &'static str,
        step: usize,
        value: f64,
    },
    #[error("{name}: {value} is not possible")]
    Setting { name: &'static str, value: f64 },
    #[error("no plan meets the connection's limits")]
    Infeasible,
    #[error("the solver gave up: {0}")]
    Solver(String),
}

impl Case {
    pub fn steps(&self) -> usize {
        self.load_mw.len()
    }

    /// # Errors
    /// The first thing that is impossible.
    pub fn check(&self) -> Result<(), CaseFault> {
        let steps = self.steps();
        if !(1..=MAX_STEPS).contains(&steps) {
            return Err(CaseFault::Steps(steps));
        }
        for (name, values, least) in [
            ("load_mw", &self.load_mw, 0.0),
            ("generation_mw", &self.generation_mw, 0.0),
            ("import_price", &self.import_price, f64::MIN),
            ("export_price", &self.export_price, f64::MIN),
        ] {
            if values.len() != steps {
                return Err(CaseFault::Length {
                    name,
                    found: values.len(),
                    steps,
                });
            }
            let bad = |value: &f64| !(value.is_finite() && *value >= least);
            if let Some(step) = values.iter().position(bad) {
                let value = values.get(step).copied().unwrap_or(f64::NAN);
                return Err(CaseFault::Value { name, step, value });
            }
        }
        let setting = |name, value: f64, sound: bool| {
            if sound {
                Ok(())
            } else {
                Err(CaseFault::Setting { name, value })
            }
        };
        setting(
            "step_h",
            self.step_h,
            self.step_h > 0.0 && self.step_h.is_finite(),
        )?;
        setting(
            "import_limit_mw",
            self.import_limit_mw,
            self.import_limit_mw >= 0.0,
        )?;
        setting(
            "export_limit_mw",
            self.export_limit_mw,
            self.export_limit_mw >= 0.0,
        )?;
        let Some(battery) = &self.battery else {
            return Ok(());
        };
        for (name, value) in [
            ("energy_mwh", battery.energy_mwh),
            ("charge_mw", battery.charge_mw),
            ("discharge_mw", battery.discharge_mw),
            ("degradation_eur_mwh", battery.degradation_eur_mwh),
        ] {
            setting(name, value, value >= 0.0 && value.is_finite())?;
        }
        for (name, value) in [
            ("charge_efficiency", battery.charge_efficiency),
            ("discharge_efficiency", battery.discharge_efficiency),
        ] {
            setting(name, value, value > 0.0 && value <= 1.0)?;
        }
        let initial = battery.initial_mwh;
        setting(
            "initial_mwh",
            initial,
            (0.0..=battery.energy_mwh).contains(&initial),
        )
    }

    /// The same without the battery.
    pub fn without_battery(&self) -> Self {
        Self {
            battery: None,
            ..self.clone()
        }
    }
}

impl Dispatch {
    pub fn totals(&self, case: &Case) -> Totals {
        let energy = |powers: &[f64]| powers.iter().sum::<f64>() * case.step_h;
        let priced = |powers: &[f64], prices: &[f64]| {
            let pairs = powers.iter().zip(prices);
            pairs.map(|(power, price)| power * price).sum::<f64>() * case.step_h
        };
        let (load, generation) = (energy(&case.load_mw), energy(&case.generation_mw));
        // A battery that is charged from the grid buys more than is consumed: nothing is left that was not bought.
        let share = |part: f64, whole: f64| {
            if whole > 0.0 {
                (1.0 - part / whole).clamp(0.0, 1.0)
            } else {
                0.0
            }
        };
        let discharged_mwh = energy(&self.discharged_mw);
        let (import_mwh, export_mwh) = (energy(&self.imported_mw), energy(&self.exported_mw));
        let (curtailed_mwh, unserved_mwh) = (energy(&self.curtailed_mw), energy(&self.unserved_mw));
        let both = self.charged_mw.iter().zip(&self.discharged_mw);
        let wear = case.battery.map_or(0.0, |b| b.degradation_eur_mwh) * discharged_mwh;
        Totals {
            cost_eur: priced(&self.imported_mw, &case.import_price)
                - priced(&self.exported_mw, &case.export_price)
                + wear,
            import_mwh,
            export_mwh,
            curtailed_mwh,
            unserved_mwh,
            charged_mwh: energy(&self.charged_mw),
            discharged_mwh,
            cycles: case
                .battery
                .filter(|battery| battery.energy_mwh > 0.0)
                .map_or(0.0, |b| {
                    discharged_mwh / b.discharge_efficiency / b.energy_mwh
                }),
            self_sufficiency: share(import_mwh + unserved_mwh, load),
            self_consumption: share(export_mwh + curtailed_mwh, generation),
            simultaneous_mwh: both.map(|(a, b)| a.min(*b)).sum::<f64>() * case.step_h,
            final_mwh: self.stored_mwh.last().copied().unwrap_or(0.0),
        }
    }

    /// Largest error of the balance of any step, MW, and of the battery's own, MWh.
    pub fn imbalance(&self, case: &Case) -> (f64, f64) {
        let at = |values: &[f64], step: usize| values.get(step).copied().unwrap_or(0.0);
        let (mut outside, mut inside) = (0.0_f64, 0.0_f64);
        for step in 0..case.steps() {
            let gives = at(&case.generation_mw, step) - at(&self.curtailed_mw, step)
                + at(&self.discharged_mw, step)
                + at(&self.imported_mw, step)
                + at(&self.unserved_mw, step);
            let takes =
                at(&case.load_mw, step) + at(&self.charged_mw, step) + at(&self.exported_mw, step);
            outside = outside.max((gives - takes).abs());
            if let (Some(battery), Some(last)) = (&case.battery, step.checked_sub(1)) {
                let change = case.step_h
                    * (battery.charge_efficiency * at(&self.charged_mw, step)
                        - at(&self.discharged_mw, step) / battery.discharge_efficiency);
                let stored = at(&self.stored_mwh, step) - at(&self.stored_mwh, last);
                inside = inside.max((stored - change).abs());
            }
        }
        (outside, inside)
    }
}
