//! A battery's steps as series of a territory, with and without it side by side.

use crate::base::{Dataset, DatasetId, Instant, LayerId, Nature};
use crate::energy::storage::{Case, connection::connection, optimal::optimal};
use crate::formats::Fault;
use crate::formats::territory::{Moves, Series};
use crate::pipeline::series::add::{Added, Steps, add};
use std::path::Path;

/// Folder of the series in a territory, and id of their data set.
const FOLDER: &str = "battery";

/// Adds what goes out, what is curtailed and what is stored to a territory: without a battery, with one whose controller knows the connection
/// alone, and by the plan with perfect foresight. `feature` is the battery that fills in the scene, by that controller. The bytes written.
///
/// # Errors
/// `series-store`.
pub fn store(territory: &Path, case: &Case, start: Instant, feature: Option<&str>, layer: &str) -> Result<u64, Fault> {
    let failed = |why: &dyn std::fmt::Display| Fault::new("series-store", territory.display().to_string(), why);
    let (manifest_at, manifest) = crate::pipeline::info::manifest(territory).map_err(|missing| failed(&missing.sentence().1))?;
    if feature.is_some() && !manifest.layers.iter().any(|known| known.id.as_str() == layer) {
        return Err(Fault::new("series-store", "layer", layer));
    }
    let without = connection(&case.without_battery()).map_err(|fault| failed(&fault))?;
    let with = connection(case).map_err(|fault| failed(&fault))?;
    let planned = optimal(case).map_err(|fault| failed(&fault))?;
    let steps = Steps { start, step_s: (case.step_h * 3600.0).round() as i64, count: case.steps() };
    let dataset = Dataset {
        id: DatasetId::from(FOLDER),
        title: "Batterie : avec et sans".to_owned(),
        producer: "Jumeau".to_owned(),
        licence: String::new(),
        date: start.to_string().chars().take(10).collect(),
        attribution: "calcul Jumeau : conduite au raccordement sans prévision, et plan optimal par programme linéaire".to_owned(),
        nature: Nature::Simulated,
    };
    let series = |id: &str, unit: &str, quantity: &str, rows: &[&str]| Series {
        rows: rows.iter().map(|row| (*row).to_owned()).collect(),
        quantity: Some(quantity.to_owned()),
        apart: true,
        ..Series::of(id, String::new(), "", unit, Nature::Simulated, dataset.id.clone())
    };
    const ROWS: [&str; 3] = ["sans batterie", "avec batterie", "plan optimal"];
    let three = |of: [&[f64]; 3]| -> Vec<f32> { of.into_iter().flatten().map(|value| *value as f32).collect() };
    let produced: Vec<f32> = case.generation_mw.iter().map(|value| *value as f32).collect();
    let mut added = vec![
        Added { series: series("battery-production", "MW", "Production", &["production"]), values: produced },
        Added { series: series("battery-export", "MW", "Injection au réseau", &ROWS), values: three([&without.exported_mw, &with.exported_mw, &planned.exported_mw]) },
        Added { series: series("battery-curtailed", "MW", "Écrêtement", &ROWS), values: three([&without.curtailed_mw, &with.curtailed_mw, &planned.curtailed_mw]) },
    ];
    if let Some(battery) = &case.battery {
        let percent = |stored: &[f64]| -> Vec<f32> { stored.iter().map(|mwh| (100.0 * mwh / battery.energy_mwh.max(f64::MIN_POSITIVE)) as f32).collect() };
        added.push(Added {
            series: series("battery-stored", "MWh", "Énergie stockée", &["avec batterie", "plan optimal"]),
            values: with.stored_mwh.iter().chain(&planned.stored_mwh).map(|value| *value as f32).collect(),
        });
        if let Some(feature) = feature {
            let charge = Series { layer: Some(LayerId::from(layer)), moves: Some(Moves::Charge), ..series("battery-charge", "%", "État de charge", &[feature]) };
            added.push(Added { series: charge, values: percent(&with.stored_mwh) });
        }
    }
    add(&manifest_at, FOLDER, steps, dataset, added).map_err(|fault| failed(&fault))
}
