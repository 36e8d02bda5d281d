//! What a building asks for: decided here alone, for its tile, its row in the feature table, the sums of areas and the networks that are laid, so that they agree.

use crate::base::Uncertainty;
use crate::energy::demand::{DemandClass, annual_kwh, floor_area_of_class_m2};
use crate::region::{Building, Usage};
use geo::Area;

/// What is known of a building's demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Its load profile.
    pub class: DemandClass,
    /// Floor of all storeys within the outer walls.
    pub floor_m2: f64,
    /// `None` where nothing can be estimated: a light construction without a counted home.
    pub estimate: Option<Estimate>,
}

/// Electricity of a year.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// As a tile holds it, in single precision: sums of buildings are the same wherever they are made.
    pub kwh: f64,
    pub uncertainty: Uncertainty,
}

impl Asked {
    /// A light construction (BD TOPO: without foundations, or open on one side at least: shelters, canopies, glass roofs, greenhouses) has no storeys but those
    /// that are stated, however high its roof is, and nobody knows whether it draws power at all. Where the tax files count homes in it, these ask as any home does.
    pub fn of(building: &Building) -> Self {
        let class = demand_class(building.usage);
        let eave_height_m = if building.light { 0.0 } else { building.eave_height_m };
        let floor_m2 = floor_area_of_class_m2(class, building.footprint.unsigned_area(), building.storeys, eave_height_m);
        let is_known = !building.light || building.dwellings.is_some_and(|homes| homes > 0);
        let estimate = is_known.then(|| {
            let (kwh, uncertainty) = annual_kwh(class, floor_m2, building.dwellings);
            Estimate { kwh: f64::from(kwh as f32), uncertainty }
        });
        Self { class, floor_m2, estimate }
    }

    /// Row of the profiles that the estimate follows, [`u32::MAX`] without one.
    pub fn profile(&self) -> u32 {
        let row = self.estimate.as_ref().and_then(|_| DemandClass::ALL.iter().position(|known| *known == self.class));
        row.map_or(u32::MAX, |row| row as u32)
    }
}

/// The class whose load profile a use follows; its place in [`DemandClass::ALL`] is the row of the series.
pub fn demand_class(usage: Usage) -> DemandClass {
    match usage {
        Usage::Residential => DemandClass::Residential,
        Usage::Commercial => DemandClass::Services,
        Usage::Industrial => DemandClass::Industrial,
        Usage::Agricultural => DemandClass::Agricultural,
        Usage::Religious => DemandClass::Religious,
        Usage::Sport => DemandClass::Sport,
        Usage::Annex => DemandClass::Annex,
        Usage::Unknown => DemandClass::Unknown,
    }
}
