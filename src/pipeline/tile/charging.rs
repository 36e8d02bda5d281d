//! What charging stations draw, hour by hour: simulated for each, as a series of their layer that vehicles in the scene follow.
//!
//! A station has its own sessions, always the same for its id: how many a day and of how much energy is an estimate of ours
//! ([`crate::energy::load::vehicle::public_station`]). What it does not say of itself is assumed, and told.

use super::TileFault;
use super::series::{AXIS, Demand, Hourly, YEAR};
use crate::base::{Dataset, DatasetId, Finding, LayerId, Nature, Report, Severity};
use crate::energy::load::Steps;
use crate::energy::load::vehicle::{PUBLIC_SESSIONS, PUBLIC_SESSION_KWH, public_station};
use crate::formats::territory::{Manifest, Moves};
use crate::region::utility::{Fixture, FixtureKind, Plugs, Utility};
use rayon::prelude::*;
use std::path::Path;

/// Stations that are simulated; a viewer adds up no more.
const MOST: usize = 512;
/// Where a station does not say: the usual post of a French street has two points of 22 kW.
pub const USUAL_POINTS: u16 = 2;
const USUAL_KW: f64 = 22.0;
/// Id of the series.
pub const SERIES: &str = "vehicle-charging";
const DATASET: &str = "jumeau-charging";
const ARRAY: &str = "power";

/// The stations of a territory, gathered while all features go by.
#[derive(Default)]
pub struct Stations(Vec<(String, Plugs)>);

impl Stations {
    pub fn note(&mut self, fixture: &Fixture) {
        if (fixture.kind, fixture.utility) == (FixtureKind::Charger, Utility::Electricity) {
            self.0.push((fixture.id.clone(), fixture.plugs));
        }
    }

    /// Writes their year below `out` and tells the manifest; nothing where there are none.
    ///
    /// # Errors
    /// A [`TileFault`] when a file cannot be written.
    pub fn write(mut self, out: &Path, manifest: &mut Manifest, report: &mut Report) -> Result<(), TileFault> {
        let layer = LayerId::from(Utility::Electricity.id());
        if self.0.is_empty() || !manifest.layers.iter().any(|known| known.id == layer) {
            return Ok(());
        }
        // In the order of their ids, whichever part of the territory they came from.
        self.0.sort_by(|a, b| a.0.cmp(&b.0));
        self.0.dedup_by(|a, b| a.0 == b.0);
        let beyond = self.0.len().saturating_sub(MOST);
        if beyond > 0 {
            report.push(Finding::new("charging-stations-many", Severity::Info, "territory").value(beyond));
            self.0.truncate(MOST);
        }
        let unsaid: Vec<&String> = self.0.iter().filter(|(_, plugs)| plugs.points.is_none() || plugs.point_kw.is_none()).map(|(id, _)| id).collect();
        if let Some(first) = unsaid.first() {
            report.push(Finding::new("charging-stations-assumed", Severity::Info, "territory").object(*first).value(unsaid.len()));
        }
        let clock = manifest.clock();
        let dataset = dataset();
        let Some((axis, _)) = Demand::new(clock).described(dataset.id.clone()) else { return Ok(()) };
        let steps = Steps { start: axis.start, step_s: axis.step, count: axis.steps().map_or(0, |steps| steps as usize) };
        let powers: Vec<(f32, Vec<f32>)> = self
            .0
            .par_iter()
            .map(|(id, plugs)| {
                let (points, kw) = (plugs.points.unwrap_or(USUAL_POINTS), plugs.point_kw.unwrap_or(USUAL_KW));
                let drawn = public_station(points, kw, &steps, clock, seed(id)).unwrap_or_default();
                let values = (0..steps.count).map(|step| drawn.get(step).map_or(f32::NAN, |kw| *kw as f32));
                ((f64::from(points) * kw) as f32, values.collect())
            })
            .collect();
        let names: Vec<String> = self.0.into_iter().map(|(id, _)| id).collect();
        let full: Vec<f32> = powers.iter().map(|(full, _)| *full).collect();
        let values: Vec<f32> = powers.into_iter().flat_map(|(_, values)| values).collect();
        if !manifest.axes.iter().any(|known| known.id == AXIS) {
            manifest.axes.push(axis);
        }
        let series = Hourly { id: SERIES.to_owned(), array: ARRAY, said: "simulated charging of electric vehicles", names: &names, hours: steps.count, layer: &layer };
        let Some(told) = series.write(&values, &dataset.id, out, manifest)? else { return Ok(()) };
        (told.moves, told.full) = (Some(Moves::Charging), full);
        manifest.datasets.push(dataset);
        Ok(())
    }
}

fn dataset() -> Dataset {
    Dataset {
        id: DatasetId::from(DATASET),
        title: "Recharge de véhicules estimée, station par station".to_owned(),
        producer: "Jumeau".to_owned(),
        licence: "CC0 1.0".to_owned(),
        date: YEAR.to_string(),
        attribution: format!("estimation Jumeau, valeurs simulées : {PUBLIC_SESSIONS} recharges de {PUBLIC_SESSION_KWH} kWh par point et par jour"),
        nature: Nature::Simulated,
    }
}

/// FNV-1a: the same station charges the same vehicles in every import.
fn seed(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
