//! Values in time for a network: CSV by names, or power-grid-model's batch of updates.

use super::Builder;
use super::Opened;
use crate::base::Severity;
use crate::energy::grid::series::{Channel, Profiles, Quantity, Target};
use crate::energy::grid::{LoadKind, Network};
use crate::formats::Fault;
use crate::formats::grid::{Table, powergrid, profiles};
use serde_json::Value;
use std::collections::HashMap;

/// Reads profiles and ties them to the network's elements; names that nothing bears are findings.
///
/// # Errors
/// A [`Fault`] when the bytes hold no profiles.
pub fn open(bytes: &[u8], file: &str, opened: &mut Opened) -> Result<Profiles, Fault> {
    let text =
        std::str::from_utf8(bytes).map_err(|error| Fault::new("profiles-value", "", error))?;
    let mut builder = Builder::new(file);
    let made = if text
        .trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('{')
    {
        let value: Value =
            serde_json::from_str(text).map_err(|error| Fault::new("network-json", "", error))?;
        from_batch(&powergrid::read(value)?, &opened.network, &mut builder)
    } else {
        from_columns(&profiles::read(text)?, &opened.network, &mut builder)
    };
    opened.report.merge(builder.report);
    Ok(made)
}

fn from_columns(
    document: &profiles::Document,
    network: &Network,
    builder: &mut Builder,
) -> Profiles {
    let mut made = Profiles {
        steps: document.steps,
        ..Profiles::default()
    };
    for column in &document.columns {
        let quantity = match column.measure {
            profiles::Measure::Factor => Quantity::Factor,
            profiles::Measure::ActiveMw => Quantity::ActiveMw,
            profiles::Measure::ReactiveMvar => Quantity::ReactiveMvar,
        };
        let targets = named(network, &column.id);
        if targets.is_empty() {
            builder.tell(
                "profiles-element-unknown",
                Severity::Warning,
                &column.id,
                &column.id,
            );
            continue;
        }
        let place = made.columns.len();
        let produces = |target: &Target| match target {
            Target::Load(index) => network
                .loads
                .get(*index)
                .is_some_and(|l| l.kind == LoadKind::Production),
            Target::Generator(_) => false,
        };
        // A producer's own column counts what it gives.
        let negated = quantity != Quantity::Factor && targets.iter().all(produces);
        made.columns.push(if negated {
            column.values.iter().map(|value| -value).collect()
        } else {
            column.values.clone()
        });
        made.channels
            .extend(targets.into_iter().map(|target| Channel {
                target,
                quantity,
                column: place,
            }));
    }
    made
}

/// What a column drives. Of elements of one name consumption comes first, then production, storage, generators; `production/ID`, `storage/ID` and `generator/ID` say which.
fn named(network: &Network, id: &str) -> Vec<Target> {
    let loads = |kind: LoadKind, id: &str| -> Vec<Target> {
        let all = network.loads.iter().enumerate();
        all.filter(|(_, load)| load.kind == kind && (id == "*" || load.id == id))
            .map(|(index, _)| Target::Load(index))
            .collect()
    };
    let generators = |id: &str| -> Vec<Target> {
        let all = network.generators.iter().enumerate();
        all.filter(|(_, generator)| id == "*" || generator.id == id)
            .map(|(index, _)| Target::Generator(index))
            .collect()
    };
    match id.split_once('/') {
        Some(("load", id)) => return loads(LoadKind::Consumption, id),
        Some(("production", id)) => return loads(LoadKind::Production, id),
        Some(("storage", id)) => return loads(LoadKind::Storage, id),
        Some(("generator", id)) => return generators(id),
        _ => {}
    }
    [
        LoadKind::Consumption,
        LoadKind::Production,
        LoadKind::Storage,
    ]
    .into_iter()
    .map(|kind| loads(kind, id))
    .find(|found| !found.is_empty())
    .unwrap_or_else(|| generators(id))
}

fn from_batch(
    document: &powergrid::Document,
    network: &Network,
    builder: &mut Builder,
) -> Profiles {
    let steps = document.scenarios.len();
    let mut made = Profiles {
        steps,
        ..Profiles::default()
    };
    let by_name: HashMap<&str, usize> = network
        .loads
        .iter()
        .enumerate()
        .map(|(index, load)| (load.id.as_str(), index))
        .collect();
    // One column for each load and quantity; a scenario that says nothing leaves the network's own value.
    let mut columns: HashMap<(usize, bool), usize> = HashMap::new();
    for (step, scenario) in document.scenarios.iter().enumerate() {
        for (table, sign) in [
            ("sym_load", 1.0),
            ("asym_load", 1.0),
            ("sym_gen", -1.0),
            ("asym_gen", -1.0),
        ] {
            for row in scenario.get(table).into_iter().flat_map(Table::rows) {
                let name = row
                    .integer("id")
                    .map_or_else(String::new, |id| id.to_string());
                let Some(&load) = by_name.get(name.as_str()) else {
                    builder.tell(
                        "profiles-element-unknown",
                        Severity::Warning,
                        format!("{table} {name}"),
                        &name,
                    );
                    continue;
                };
                let on = row.flag_or("status", true);
                for (column, active) in [("p_specified", true), ("q_specified", false)] {
                    let stated = match row.value(column) {
                        Some(Value::Array(phases)) => Some(
                            phases
                                .iter()
                                .filter_map(crate::formats::grid::table::number)
                                .sum(),
                        ),
                        _ => row.number(column),
                    };
                    let value: f64 = match (on, stated) {
                        (false, _) => 0.0,
                        (true, Some(watts)) => sign * watts / 1e6,
                        (true, None) => continue,
                    };
                    let own = network
                        .loads
                        .get(load)
                        .map_or(0.0, |l| if active { l.p_mw } else { l.q_mvar });
                    let place = *columns.entry((load, active)).or_insert_with(|| {
                        made.columns.push(vec![own; steps]);
                        made.channels.push(Channel {
                            target: Target::Load(load),
                            quantity: if active {
                                Quantity::ActiveMw
                            } else {
                                Quantity::ReactiveMvar
                            },
                            column: made.columns.len() - 1,
                        });
                        made.columns.len() - 1
                    });
                    if let Some(cell) = made
                        .columns
                        .get_mut(place)
                        .and_then(|values| values.get_mut(step))
                    {
                        *cell = value;
                    }
                }
            }
        }
        for table in scenario
            .keys()
            .filter(|table| !table.ends_with("_load") && !table.ends_with("_gen"))
        {
            builder.tell(
                "profiles-element-unknown",
                Severity::Warning,
                table.as_str(),
                table,
            );
        }
    }
    made
}
