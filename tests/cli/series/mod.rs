//! Time series through the importer.
//!
//! | file | what |
//! |---|---|
//! | `sources.rs` | what others publish, in every form, and what other programs find in the territory |
//! | `forms.rs` | shapes of tables |
//! | `steps.rs` | steps of all lengths |
//! | `written.rs` | what is written as numbers, units and instants |
//! | `faults.rs` | oddities, declarations, shards |
//! | `parts.rs` | dates in several columns, words beside values |
//! | `whose.rs` | which of several columns of words is the id |
//! | `aside.rs` | what is not read, damaged files, what is written twice |
//! | `secrecy.rs` | sums that tell of nobody |

mod aside;
mod faults;
mod forms;
mod parts;
mod secrecy;
mod sources;
mod steps;
mod whose;
mod written;

use crate::shards::run;
use jumeau::formats::territory::{Manifest, Series};
use jumeau::formats::zarr;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/series")
}

pub fn fixture(name: &str) -> String {
    fixtures().join(name).display().to_string()
}

fn truth(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(fixtures().join(name)).unwrap()).unwrap()
}

pub fn manifest(territory: &Path) -> Manifest {
    Manifest::parse(&std::fs::read(territory.join("territory.json")).unwrap()).unwrap()
}

/// The values of a series that are there, by row and instant.
pub fn values(territory: &Path, series: &Series) -> BTreeMap<String, BTreeMap<i64, f32>> {
    let folder = territory.join(&series.path);
    let array = zarr::read(&std::fs::read(folder.join("zarr.json")).unwrap(), &mut |chunk| std::fs::read(folder.join(chunk)).ok()).unwrap();
    let manifest = manifest(territory);
    let axis = manifest.axes.iter().find(|axis| axis.id == series.axis).unwrap();
    let known = |(step, value): (usize, &f32)| (!value.is_nan()).then(|| (axis.start_of(step as u64).unwrap().0, *value));
    let row = |(at, name): (usize, &String)| (name.clone(), array.row(at).iter().enumerate().filter_map(known).collect());
    series.rows.iter().enumerate().map(row).collect()
}

fn series<'a>(manifest: &'a Manifest, id: &str) -> &'a Series {
    manifest.series.iter().find(|series| series.id == id).unwrap_or_else(|| panic!("{id}: {:?}", manifest.series.iter().map(|s| &s.id).collect::<Vec<_>>()))
}

pub fn count(done: &Value, code: &str) -> u64 {
    done["findings"].as_array().unwrap().iter().filter(|finding| finding["code"] == code).filter_map(|finding| finding["count"].as_u64()).sum()
}

/// The finding of a code in an import.
pub fn finding<'a>(done: &'a Value, code: &str) -> &'a Value {
    done["findings"].as_array().unwrap().iter().find(|finding| finding["code"] == code).unwrap_or_else(|| panic!("{code}: {:#}", done["findings"]))
}

pub fn codes(done: &Value) -> Vec<&str> {
    let of_series = |code: &&str| code.starts_with("series-") || code.starts_with("scaled-");
    done["findings"].as_array().unwrap().iter().filter_map(|finding| finding["code"].as_str()).filter(of_series).collect()
}

/// Buildings and one file of series, imported.
pub fn import(at: &Path, file: &str) -> Value {
    run(&["import", &fixture("buildings.geojson"), file, "--out", "territory", "--json"], at)
}
