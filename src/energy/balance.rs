//! The electrical balance of an area, step by step: what is made, used, stored, lost, and exchanged with the network around.
//!
//! In every step: production − curtailed + discharged + imported = consumption + charged + losses + exported.
//! Exchange is the remainder: what an area does not cover comes in, what it cannot use goes out, never both in one step.
//! The stores' own losses are what was charged and neither discharged nor left in them.
//!
//! Two areas added are one area: their exchanges with each other vanish, everything else adds up.

/// Most steps: a year of minutes.
pub const MAX_STEPS: usize = 527_040;

/// Mean powers of each step, kW, none negative. A list may be empty where there is nothing of its kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Area {
    pub step_h: f64,
    pub consumption_kw: Vec<f64>,
    pub production_kw: Vec<f64>,
    /// Production that is thrown away; part of the production.
    pub curtailed_kw: Vec<f64>,
    pub charged_kw: Vec<f64>,
    pub discharged_kw: Vec<f64>,
    /// In lines and transformers of the area.
    pub losses_kw: Vec<f64>,
    /// Energy in the stores before the first step and after the last, kWh.
    pub stored_kwh: (f64, f64),
}

/// One step, kW.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Step {
    pub consumption_kw: f64,
    pub production_kw: f64,
    pub curtailed_kw: f64,
    pub charged_kw: f64,
    pub discharged_kw: f64,
    pub losses_kw: f64,
    pub imported_kw: f64,
    pub exported_kw: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Balance {
    pub step_h: f64,
    pub steps: Vec<Step>,
    pub stored_kwh: (f64, f64),
}

/// Energies, kWh, and what they say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Totals {
    pub consumption_kwh: f64,
    pub production_kwh: f64,
    pub curtailed_kwh: f64,
    pub charged_kwh: f64,
    pub discharged_kwh: f64,
    pub losses_kwh: f64,
    /// Charged, neither discharged nor still there.
    pub storage_losses_kwh: f64,
    pub imported_kwh: f64,
    pub exported_kwh: f64,
    pub peak_import_kw: f64,
    pub peak_export_kw: f64,
    pub hours_of_import: f64,
    pub hours_of_export: f64,
    /// Share of what the area needs (consumption and losses) that was not imported, 0…1.
    pub self_sufficiency: f64,
    /// Share of production that was neither exported nor curtailed, 0…1.
    pub self_consumption: f64,
}

/// What is impossible in an area.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BalanceFault {
    #[error("a step of {0} h is not possible")]
    Step(f64),
    #[error("{0} steps, between 1 and {MAX_STEPS} are possible")]
    Steps(usize),
    #[error("{name} has {found} values for {steps} steps")]
    Length {
        name: &'static str,
        found: usize,
        steps: usize,
    },
    #[error("{name}, step {step}: {value} kW is not possible")]
    Value {
        name: &'static str,
        step: usize,
        value: f64,
    },
    #[error("step {step}: {curtailed_kw} kW curtailed of {production_kw} kW")]
    Curtailed {
        step: usize,
        curtailed_kw: f64,
        production_kw: f64,
    },
    #[error("stored energy {0} kWh is not possible")]
    Stored(f64),
    #[error("balances of different steps cannot be added")]
    Unlike,
}

/// # Errors
/// A [`BalanceFault`] with the first thing that is impossible.
pub fn balance(area: &Area) -> Result<Balance, BalanceFault> {
    let lists = [
        ("consumption_kw", &area.consumption_kw),
        ("production_kw", &area.production_kw),
        ("curtailed_kw", &area.curtailed_kw),
        ("charged_kw", &area.charged_kw),
        ("discharged_kw", &area.discharged_kw),
        ("losses_kw", &area.losses_kw),
    ];
    if !(area.step_h > 0.0 && area.step_h.is_finite()) {
        return Err(BalanceFault::Step(area.step_h));
    }
    let steps = lists.iter().map(|(_, list)| list.len()).max().unwrap_or(0);
    if !(1..=MAX_STEPS).contains(&steps) {
        return Err(BalanceFault::Steps(steps));
    }
    for (name, list) in lists {
        if !list.is_empty() && list.len() != steps {
            let found = list.len();
            return Err(BalanceFault::Length { name, found, steps });
        }
        let odd = |(_, value): &(usize, &f64)| !(value.is_finite() && **value >= 0.0);
        if let Some((step, &value)) = list.iter().enumerate().find(odd) {
            return Err(BalanceFault::Value { name, step, value });
        }
    }
    for stored in [area.stored_kwh.0, area.stored_kwh.1] {
        if !(stored.is_finite() && stored >= 0.0) {
            return Err(BalanceFault::Stored(stored));
        }
    }
    let at = |list: &[f64], step: usize| list.get(step).copied().unwrap_or(0.0);
    let mut done = Vec::with_capacity(steps);
    for step in 0..steps {
        let mut now = Step {
            consumption_kw: at(&area.consumption_kw, step),
            production_kw: at(&area.production_kw, step),
            curtailed_kw: at(&area.curtailed_kw, step),
            charged_kw: at(&area.charged_kw, step),
            discharged_kw: at(&area.discharged_kw, step),
            losses_kw: at(&area.losses_kw, step),
            imported_kw: 0.0,
            exported_kw: 0.0,
        };
        if now.curtailed_kw > now.production_kw {
            return Err(BalanceFault::Curtailed {
                step,
                curtailed_kw: now.curtailed_kw,
                production_kw: now.production_kw,
            });
        }
        now.exchange(now.need_kw());
        done.push(now);
    }
    Ok(Balance {
        step_h: area.step_h,
        steps: done,
        stored_kwh: area.stored_kwh,
    })
}

impl Step {
    /// What the area takes from outside, negative where it gives.
    fn need_kw(&self) -> f64 {
        self.consumption_kw + self.charged_kw + self.losses_kw
            - (self.production_kw - self.curtailed_kw + self.discharged_kw)
    }

    fn exchange(&mut self, need_kw: f64) {
        self.imported_kw = need_kw.max(0.0);
        self.exported_kw = (-need_kw).max(0.0);
    }

    /// What comes in less what goes out; zero, but for rounding.
    pub fn imbalance_kw(&self) -> f64 {
        self.imported_kw - self.exported_kw - self.need_kw()
    }

    /// Who feeds whom in this step: each source gives to each use in proportion, so that every side adds up.
    ///
    /// A store that is charged and discharged at once, and curtailed production, feed nobody.
    pub fn links(&self) -> Vec<Link> {
        let sources = [
            (Node::Production, self.production_kw - self.curtailed_kw),
            (Node::Storage, self.discharged_kw),
            (Node::Network, self.imported_kw),
        ];
        let uses = [
            (Node::Consumption, self.consumption_kw),
            (Node::Storage, self.charged_kw),
            (Node::Losses, self.losses_kw),
            (Node::Network, self.exported_kw),
        ];
        let all: f64 = sources.iter().map(|(_, kw)| kw).sum();
        let mut links = Vec::new();
        if self.curtailed_kw > 0.0 {
            links.push(Link {
                from: Node::Production,
                to: Node::Curtailed,
                kw: self.curtailed_kw,
            });
        }
        for (from, gives) in sources {
            for (to, takes) in uses {
                let kw = if all > 0.0 { gives * takes / all } else { 0.0 };
                if kw > 0.0 {
                    links.push(Link { from, to, kw });
                }
            }
        }
        links
    }
}

/// An end of a flow in the picture of a balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Node {
    Production,
    Storage,
    /// The network around the area.
    Network,
    Consumption,
    Losses,
    Curtailed,
}

/// One band of a flow diagram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    pub from: Node,
    pub to: Node,
    pub kw: f64,
}

impl Balance {
    pub fn totals(&self) -> Totals {
        let energy = |of: fn(&Step) -> f64| self.steps.iter().map(of).sum::<f64>() * self.step_h;
        let highest = |of: fn(&Step) -> f64| self.steps.iter().map(of).fold(0.0, f64::max);
        let hours = |of: fn(&Step) -> f64| {
            self.steps.iter().filter(|step| of(step) > 0.0).count() as f64 * self.step_h
        };
        let share = |part: f64, whole: f64| {
            if whole > 0.0 {
                (1.0 - part / whole).clamp(0.0, 1.0)
            } else {
                0.0
            }
        };
        let mut totals = Totals {
            consumption_kwh: energy(|s| s.consumption_kw),
            production_kwh: energy(|s| s.production_kw),
            curtailed_kwh: energy(|s| s.curtailed_kw),
            charged_kwh: energy(|s| s.charged_kw),
            discharged_kwh: energy(|s| s.discharged_kw),
            losses_kwh: energy(|s| s.losses_kw),
            imported_kwh: energy(|s| s.imported_kw),
            exported_kwh: energy(|s| s.exported_kw),
            peak_import_kw: highest(|s| s.imported_kw),
            peak_export_kw: highest(|s| s.exported_kw),
            hours_of_import: hours(|s| s.imported_kw),
            hours_of_export: hours(|s| s.exported_kw),
            ..Totals::default()
        };
        totals.storage_losses_kwh =
            totals.charged_kwh - totals.discharged_kwh - (self.stored_kwh.1 - self.stored_kwh.0);
        totals.self_sufficiency = share(
            totals.imported_kwh,
            totals.consumption_kwh + totals.losses_kwh,
        );
        totals.self_consumption = share(
            totals.exported_kwh + totals.curtailed_kwh,
            totals.production_kwh,
        );
        totals
    }

    /// The area of both.
    ///
    /// # Errors
    /// [`BalanceFault::Unlike`] when the steps differ in length or number.
    pub fn plus(&self, other: &Self) -> Result<Self, BalanceFault> {
        if self.step_h != other.step_h || self.steps.len() != other.steps.len() {
            return Err(BalanceFault::Unlike);
        }
        let steps = self.steps.iter().zip(&other.steps);
        Ok(Self {
            step_h: self.step_h,
            steps: steps
                .map(|(a, b)| {
                    let mut sum = Step {
                        consumption_kw: a.consumption_kw + b.consumption_kw,
                        production_kw: a.production_kw + b.production_kw,
                        curtailed_kw: a.curtailed_kw + b.curtailed_kw,
                        charged_kw: a.charged_kw + b.charged_kw,
                        discharged_kw: a.discharged_kw + b.discharged_kw,
                        losses_kw: a.losses_kw + b.losses_kw,
                        ..Step::default()
                    };
                    sum.exchange(sum.need_kw());
                    sum
                })
                .collect(),
            stored_kwh: (
                self.stored_kwh.0 + other.stored_kwh.0,
                self.stored_kwh.1 + other.stored_kwh.1,
            ),
        })
    }

    /// Means over groups of steps: hours of half hours, days of hours. A last group may be shorter, and then weighs less.
    ///
    /// Import and export are those of the steps, so that what passed both ways within a group stays visible; a group may show both.
    pub fn coarser(&self, steps_per_group: usize) -> Vec<Step> {
        self.steps
            .chunks(steps_per_group.max(1))
            .map(|group| {
                let mean = |of: fn(&Step) -> f64| {
                    group.iter().map(of).sum::<f64>() / group.len().max(1) as f64
                };
                Step {
                    consumption_kw: mean(|s| s.consumption_kw),
                    production_kw: mean(|s| s.production_kw),
                    curtailed_kw: mean(|s| s.curtailed_kw),
                    charged_kw: mean(|s| s.charged_kw),
                    discharged_kw: mean(|s| s.discharged_kw),
                    losses_kw: mean(|s| s.losses_kw),
                    imported_kw: mean(|s| s.imported_kw),
                    exported_kw: mean(|s| s.exported_kw),
                }
            })
            .collect()
    }
}
