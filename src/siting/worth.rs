//! Money, from dated facts: what no fact is known for is named, not guessed.

use super::answer::{Answer, Outcome};
use crate::base::Instant;
use crate::energy::economics::{Fact, Facts, Validity};

/// Euros of all steps, the proposal against the territory as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Worth {
    /// Power that is no longer bought.
    pub saved_eur: Option<f64>,
    /// Power that is sold beside; only of proposals whose sale has one dated price: solar plants.
    pub sold_eur: Option<f64>,
    /// What the batteries save and sell of the above.
    pub by_battery_eur: Option<f64>,
    /// Cost of what has a dated cost, before tax: solar plants.
    pub cost_eur: Option<f64>,
    pub used: Vec<(Fact, Validity)>,
    /// Ids of facts that were not found.
    pub missing: Vec<&'static str>,
}

impl Worth {
    pub fn of(answer: &Answer, facts: &Facts, at: Instant) -> Self {
        let mut worth = Self::default();
        let plant = &answer.plant;
        let kwp = plant.solar_kwp;
        let price = |worth: &mut Self, id: &'static str| match facts.find(id, kwp, at) {
            Some((fact, validity)) if fact.value.is_some() => {
                worth.used.push((fact.clone(), validity));
                fact.value
            }
            _ => {
                worth.missing.push(id);
                None
            }
        };
        let bought = |outcome: &Outcome| outcome.totals.imported_kwh;
        let sold = |outcome: &Outcome| outcome.totals.exported_kwh;
        let year = &answer.year;
        let power = price(&mut worth, "power-price");
        worth.saved_eur = power.map(|eur| eur * (bought(&year.before) - bought(&year.after)));
        let sale = match (kwp > 0.0, plant.turbine_kw > 0.0) {
            (true, false) => price(&mut worth, "pv-surplus-tariff"),
            (_, true) => {
                worth.missing.push("wind-tariff");
                None
            }
            (false, false) => None,
        };
        worth.sold_eur = sale.map(|eur| eur * (sold(&year.after) - sold(&year.before)));
        if plant.battery_kwh > 0.0 {
            worth.by_battery_eur = power.map(|eur| eur * (bought(&year.bare) - bought(&year.after)) + sale.unwrap_or(0.0) * (sold(&year.after) - sold(&year.bare)));
            worth.missing.push("battery-cost");
        }
        if kwp > 0.0 {
            worth.cost_eur = price(&mut worth, "pv-cost").map(|eur| eur * kwp);
        }
        for (is_there, id) in [(plant.turbine_kw > 0.0, "wind-cost"), (plant.hub_kw > 0.0, "hub-cost"), (plant.feeder_m > 0.0, "line-cost")] {
            if is_there {
                worth.missing.push(id);
            }
        }
        worth
    }

    /// Something rests on a fact past its validity.
    pub fn is_dated(&self) -> bool {
        self.used.iter().any(|(_, validity)| *validity == Validity::Past)
    }
}
