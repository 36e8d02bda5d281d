//! A computed year as a Zarr group: loadings of branches and voltages of buses over time, for the viewer's clock and for xarray.
//!
//! | array | is |
//! |---|---|
//! | `loading_percent` (branch, time) | positive where power runs from the branch's from end to its to end; NaN is no data |
//! | `vm_pu` (bus, time) | voltage as a share of the nominal one |
//!
//! Branches are labelled `kind id`, buses by their id; where the network knows places, `lonlat` of each bus stands in the attributes of `vm_pu`, in the order of its rows.

use crate::base::Instant;
use crate::energy::grid::Network;
use crate::energy::grid::record::Record;
use crate::formats::zarr_group::{self, Coordinate, Labels};
use crate::formats::{Fault, zarr};
use serde_json::{Value, json};

/// Steps of a chunk: some three months of hours, so that a year is four requests.
const CHUNK_STEPS: usize = 2196;

/// Files of the group, as paths relative to its folder.
///
/// # Errors
/// `zarr-shape` when there is nothing to write, or too much.
pub fn files(
    network: &Network,
    file: &str,
    record: &Record,
    start: Instant,
    step_h: f64,
) -> Result<Vec<(String, Vec<u8>)>, Fault> {
    let branches: Vec<String> = record
        .branches
        .iter()
        .filter_map(|&index| network.branches.get(index))
        .map(|branch| format!("{} {}", branch.kind.name(), branch.id))
        .collect();
    let known = || {
        record
            .buses
            .iter()
            .filter_map(|&index| network.buses.get(index))
    };
    let buses: Vec<String> = known().map(|bus| bus.id.clone()).collect();
    let places: Vec<Value> = known()
        .map(|bus| {
            bus.place
                .map_or(Value::Null, |p| json!([p.lon_deg, p.lat_deg]))
        })
        .collect();
    let nature = "simulated";
    let loading = zarr::write(
        branches.len(),
        record.steps,
        CHUNK_STEPS,
        &record.loading_percent,
        &zarr::About {
            dimensions: ["branch", "time"],
            attributes: json!({
                "long_name": "loading of lines and transformers, negative against the branch's direction",
                "units": "%",
                "nature": nature,
            }),
        },
    )?;
    let mut about_buses = json!({
        "long_name": "voltage",
        "units": "1",
        "nature": nature,
    });
    if let (true, Value::Object(map)) = (places.iter().any(|p| !p.is_null()), &mut about_buses) {
        map.insert("lonlat".into(), Value::Array(places));
    }
    let voltage = zarr::write(
        buses.len(),
        record.steps,
        CHUNK_STEPS,
        &record.vm_pu,
        &zarr::About {
            dimensions: ["bus", "time"],
            attributes: about_buses,
        },
    )?;
    let step_s = (step_h * 3600.0).round() as i64;
    let instants = (0..record.steps as i64).map(|step| start.0 + step_s * step);
    let coordinates = [
        Coordinate {
            name: "branch",
            labels: Labels::Texts(branches),
            attributes: json!({ "long_name": "kind and id of the branch" }),
        },
        Coordinate {
            name: "bus",
            labels: Labels::Texts(buses),
            attributes: json!({ "long_name": "id of the bus" }),
        },
        Coordinate {
            name: "time",
            labels: Labels::Integers(instants.collect()),
            attributes: json!({
                "long_name": "start of the step, UTC",
                "standard_name": "time",
                "units": "seconds since 1970-01-01 00:00:00",
                "calendar": "proleptic_gregorian",
            }),
        },
    ];
    let group = json!({
        "Conventions": "CF-1.11",
        "title": format!("AC power flow of {file}"),
        "nature": nature,
    });
    let arrays = [("loading_percent", &loading), ("vm_pu", &voltage)];
    let metadata: Vec<(&str, &[u8])> = arrays
        .iter()
        .filter_map(|(name, files)| {
            let (_, bytes) = files.iter().find(|(path, _)| path == "zarr.json")?;
            Some((*name, bytes.as_slice()))
        })
        .collect();
    let mut written = zarr_group::write(&group, &coordinates, &metadata)?;
    for (name, files) in [("loading_percent", loading), ("vm_pu", voltage)] {
        let named = files.into_iter();
        written.extend(named.map(|(path, bytes)| (format!("{name}/{path}"), bytes)));
    }
    Ok(written)
}
