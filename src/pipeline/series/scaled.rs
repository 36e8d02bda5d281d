//! Amounts that follow a profile: one row for each object, with its profile and its scale.

use super::form::text_of;
use super::tell::Teller;
use super::{GROUP, Place, ScaleSource, nature_of, unknown_dataset};
use crate::base::{Dataset, LayerId, Nature, Report, Severity};
use crate::formats::series::unit::{Kind, Unit};
use crate::formats::series::value::Value;
use crate::formats::territory::ScaledSeries;
use crate::formats::zarr_group::{self, Coordinate, Labels};
use crate::pipeline::ImportFault;
use crate::pipeline::sources::declaration::Role;
use crate::pipeline::sources::record::Cell;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// Objects of one table.
const MAX_OBJECTS: usize = 8 << 20;
const ARRAYS: [&str; 2] = ["profile", "scale"];

/// Reads the table and writes its group below `folder`.
///
/// # Errors
/// `write-failed`.
pub fn write(
    source: &ScaleSource,
    id: &str,
    place: &Place,
    rows_of: &BTreeMap<String, Vec<String>>,
    folder: &Path,
    report: &mut Report,
) -> Result<Option<ScaledSeries>, ImportFault> {
    let mut teller = Teller::new(&source.label);
    let written = write_told(source, id, place, rows_of, folder, &mut teller);
    teller.finish(report);
    written
}

fn write_told(
    source: &ScaleSource,
    id: &str,
    place: &Place,
    rows_of: &BTreeMap<String, Vec<String>>,
    folder: &Path,
    teller: &mut Teller,
) -> Result<Option<ScaledSeries>, ImportFault> {
    let declared = &source.declared;
    let Some(profiles) = rows_of.get(&declared.profiles) else {
        teller.push("scaled-profiles-missing", Severity::Error, &declared.profiles, rows_of.keys().cloned().collect::<Vec<_>>().join(", "));
        return Ok(None);
    };
    let column = |name: &str| source.columns.iter().position(|known| known.eq_ignore_ascii_case(name.trim()));
    let mut wanted: Vec<(usize, &str)> = Vec::new();
    for name in [&declared.id, &declared.profile, &declared.scale] {
        match column(name) {
            Some(at) => wanted.push((at, source.columns.get(at).map_or("", String::as_str))),
            None => {
                teller.push("declaration-column-missing", Severity::Error, name, source.columns.iter().take(12).cloned().collect::<Vec<_>>().join(", "));
                return Ok(None);
            }
        }
    }
    // Without a scale an object has a profile all the same, and its values are absent.
    let mut objects: BTreeMap<String, (i64, f64)> = BTreeMap::new();
    let read = source.table.cells(&wanted, &mut |row| {
        let (number, cells) = match row {
            Ok(row) => row,
            Err(unread) => {
                teller.note("series-row-unreadable", Severity::Warning, || unread.object.clone(), || unread.reason.clone());
                return true;
            }
        };
        let text = |at: usize| cells.get(at).and_then(Option::as_ref).map(text_of).unwrap_or_default().trim().to_owned();
        let (object, profile) = (text(0), text(1));
        let place_of = || format!("#{number} {object}");
        if object.is_empty() {
            teller.note("series-id-missing", Severity::Warning, place_of, String::new);
            return true;
        }
        if let Some(role) = declared.onto
            && !place.ids.holds_by(role, declared.by.as_deref().filter(|by| *by != "id"), &object)
        {
            teller.note("series-id-unknown", Severity::Warning, || object.clone(), || role.id().to_owned());
            return true;
        }
        let row = profiles.binary_search(&profile).map_or(-1, |row| row as i64);
        if row < 0 {
            teller.note("scaled-profile-unknown", Severity::Warning, place_of, || profile.clone());
        }
        let value = cells.get(2).and_then(Option::as_ref).map_or(Value::Absent, |cell| match cell {
            Cell::Number(number) if number.is_finite() => Value::Number(*number),
            other => Value::parse(&text_of(other)),
        });
        let code = match value {
            // As values of series: what no number of four bytes holds is none.
            Value::Number(number) if !(number as f32).is_finite() => Some(("series-value-not-finite", Severity::Warning)),
            Value::Number(_) => None,
            Value::Absent => Some(("series-value-absent", Severity::Info)),
            Value::Masked => Some(("series-masked", Severity::Info)),
            Value::NotFinite => Some(("series-value-not-finite", Severity::Warning)),
            Value::Unreadable => Some(("series-value-unreadable", Severity::Warning)),
        };
        if let Some((code, severity)) = code {
            teller.note(code, severity, place_of, || text(2));
        }
        let scale = if let (Value::Number(number), None) = (value, code) { number } else { f64::NAN };
        if objects.len() >= MAX_OBJECTS && !objects.contains_key(&object) {
            teller.note("series-too-many-objects", Severity::Error, || object.clone(), || MAX_OBJECTS.to_string());
            return true;
        }
        let shown = object.clone();
        let known = *objects.entry(object).or_insert((row, scale));
        if known.0 != row || (known.1 != scale && !(known.1.is_nan() && scale.is_nan())) {
            teller.note("scaled-conflict", Severity::Warning, || format!("#{number} {shown}"), || format!("{} ≠ {scale}", known.1));
            // Nothing tells which is right.
            objects.insert(shown, (if known.0 == row { row } else { -1 }, f64::NAN));
        }
        true
    });
    if let Err(reason) = read {
        teller.push("source-unreadable", Severity::Error, "", reason);
    }
    if objects.is_empty() {
        teller.push("series-empty", Severity::Warning, id, "");
        return Ok(None);
    }
    let header = wanted.get(2).map_or("", |(_, name)| *name);
    let said = Unit::in_header(header).map(|(unit, _)| unit).or_else(|| Unit::alone(header));
    let unit = match (&declared.unit, said) {
        (Some(told), said) => {
            if let Some(unit) = said.filter(|unit| Unit::parse(told).is_some_and(|told| told.symbol != unit.symbol)) {
                teller.push("series-unit-contradicted", Severity::Warning, header, format!("{} ≠ {told}", unit.symbol));
            }
            told.clone()
        }
        (None, Some(unit)) => {
            teller.push("series-unit-guessed", Severity::Info, header, unit.symbol);
            unit.symbol.to_owned()
        }
        (None, None) => {
            teller.push("series-unit-missing", Severity::Warning, header, "");
            String::new()
        }
    };
    let unknown = unknown_dataset(&declared.dataset);
    let dataset = place.datasets.iter().find(|dataset| dataset.id == declared.dataset).unwrap_or(&unknown);
    let nature = declared.nature.unwrap_or_else(|| nature_of(dataset, None));
    if declared.onto == Some(Role::Buildings) && is_personal(&unit, nature) {
        keep_secret(declared.by.as_deref().filter(|by| *by != "id"), place, &mut objects, teller);
    }
    let said = ScaledSeries {
        id: id.to_owned(),
        path: format!("{GROUP}/{id}"),
        profiles: declared.profiles.clone(),
        count: objects.len() as u64,
        unit,
        nature,
        dataset: declared.dataset.clone(),
        layer: declared.onto.map(|role| LayerId::from(role.id())),
        by: declared.by.clone(),
    };
    write_group(&said, dataset, &objects, folder)?;
    Ok(Some(said))
}

/// Whether values of buildings are what the law protects: what is used there, as somebody metered or told it. What is computed from public attributes is
/// nobody's. Gas and water are counted in m³, contracts in kVA, and a unit that nobody states may be any: then the careful answer is the right one.
pub(super) fn is_personal(unit: &str, nature: Nature) -> bool {
    let is_of_use = Unit::parse(unit).is_none_or(|unit| match unit.kind {
        Kind::Energy | Kind::Power | Kind::Reactive | Kind::Apparent | Kind::Volume | Kind::Flow | Kind::Current | Kind::Mass | Kind::Money => true,
        Kind::Irradiance | Kind::Temperature | Kind::Kelvin | Kind::Speed | Kind::Length | Kind::Voltage | Kind::Pressure | Kind::Carbon | Kind::Concentration | Kind::Ratio => false,
    });
    matches!(nature, Nature::Measured | Nature::Declared) && is_of_use
}

/// Takes the amounts of buildings of too few homes away: they keep their profile, and have no value.
fn keep_secret(by: Option<&str>, place: &Place, objects: &mut BTreeMap<String, (i64, f64)>, teller: &mut Teller) {
    for (object, (_, scale)) in objects.iter_mut().filter(|(_, (_, scale))| !scale.is_nan()) {
        if let Some(points) = place.ids.too_few_homes(by, object) {
            *scale = f64::NAN;
            teller.note("scaled-secret", Severity::Warning, || object.clone(), || points.to_string());
        }
    }
}

/// Writes the group of a series below `folder`: of each object the row of its profile, -1 for none, and its amount.
///
/// # Errors
/// `write-failed`.
pub fn write_group(said: &ScaledSeries, dataset: &Dataset, objects: &BTreeMap<String, (i64, f64)>, folder: &Path) -> Result<(), ImportFault> {
    let coordinate = |name, labels, attributes| Coordinate { name, labels, attributes };
    let feature = coordinate("feature", Labels::Texts(objects.keys().cloned().collect()), json!({ "long_name": "id" }));
    let columns = [
        coordinate(ARRAYS[0], Labels::Integers(objects.values().map(|(row, _)| *row).collect()), json!({ "long_name": "row of the profile, -1 for none", "profiles": said.profiles })),
        coordinate(ARRAYS[1], Labels::Reals(objects.values().map(|(_, scale)| *scale).collect()), json!({ "long_name": "amount of a year", "units": said.unit })),
    ];
    let below = folder.join(&said.path);
    let failed = |error: &dyn std::fmt::Display| ImportFault::new("write-failed", below.display(), error);
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for column in &columns {
        files.extend(column.along("feature").map_err(|fault| failed(&fault))?);
    }
    let metadata: Vec<(&str, &[u8])> = ARRAYS
        .iter()
        .filter_map(|name| Some((*name, files.iter().find(|(path, _)| *path == format!("{name}/zarr.json"))?.1.as_slice())))
        .collect();
    let about = json!({
        "title": dataset.title,
        "institution": dataset.producer,
        "source": dataset.attribution,
        "license": dataset.licence,
        "nature": said.nature,
        "formula": "scale / 8760 h × profile",
        "profiles": said.profiles,
    });
    let group = zarr_group::write(&about, &[feature], &metadata).map_err(|fault| failed(&fault))?;
    for (path, bytes) in group.into_iter().chain(files) {
        let whole = below.join(path);
        let written = whole.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&whole, bytes));
        written.map_err(|error| failed(&error))?;
    }
    Ok(())
}
