//! What a building asks of the networks.

use super::graph::Place;
use super::rules;
use super::years::Since;
use crate::energy::demand::DemandClass;

/// A building, as the networks see it.
#[derive(Clone, Debug)]
pub struct Site {
    pub id: String,
    pub place: Place,
    pub class: DemandClass,
    /// Homes in it; 0 where there are none or nobody knows.
    pub homes: f64,
    /// Electricity of a year.
    pub kwh: f64,
    /// Heat of a year, rooms and water.
    pub heat_kwh: f64,
    pub floor_m2: f64,
    /// Since when it stands.
    pub year: Since,
}

impl Site {
    /// Power that a connection is planned for, kVA, before it is known who else hangs on the same line.
    pub fn kva(&self) -> f64 {
        self.homes * rules::HOME_KVA + self.other_kva()
    }

    /// The part that is no home.
    pub fn other_kva(&self) -> f64 {
        if self.homes > 0.0 { 0.0 } else { self.kwh / rules::USE_H / rules::POWER_FACTOR }
    }

    /// Planned for at most 250 kVA a building is connected to the low voltage, else it has a post of its own.
    pub fn has_own_post(&self) -> bool {
        self.homes * rules::HOME_KVA * rules::coincidence(self.homes) + self.other_kva() > rules::LOW_VOLTAGE_KVA
    }

    /// People, or as many as would use as much water.
    pub fn people(&self) -> f64 {
        if self.homes > 0.0 { self.homes * rules::PEOPLE_PER_HOME } else { self.floor_m2 / rules::M2_PER_WORKER * rules::WORKER_WATER_SHARE }
    }
}
