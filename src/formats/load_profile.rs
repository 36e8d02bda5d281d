//! Load profiles as the grid operator publishes them: half-hourly coefficients by sub-profile (Enedis, "coefficients des profils").
//!
//! A CSV of one row for each instant and sub-profile, in any order, its columns named:
//!
//! | column | is |
//! |---|---|
//! | `horodate` | the instant at which the step begins, with its offset |
//! | `sous_profil` | `RES1-P1`, `PRO1-BASE`, `PRD3-BASE` … |
//! | `categorie` | what kind of customer |
//! | `coefficient_prepare` | at normal temperatures |
//! | `coefficient_ajuste` | at those of the day |
//! | `coefficient_dynamique` | measured on a sample |
//!
//! Power = annual energy / hours of the year × coefficient. A step that is not there is `None`: no data, not zero.

use super::Fault;
use crate::base::Instant;
use std::collections::BTreeMap;

/// Five years of all sub-profiles are some five million rows.
pub const MAX_ROWS: usize = 12_000_000;
/// Steps of one sub-profile: ten years of half hours.
pub const MAX_STEPS: usize = 175_680;
const MAX_PROFILES: usize = 1_000;

/// Which of the published coefficients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Prepared,
    Adjusted,
    Dynamic,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// By name.
    pub profiles: Vec<Profile>,
    /// Rows without a readable instant, with the line of the first.
    pub unreadable: usize,
    pub first_unreadable: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    pub name: String,
    pub category: String,
    pub start: Instant,
    pub step_s: i64,
    /// Of equal length.
    pub prepared: Vec<Option<f64>>,
    pub adjusted: Vec<Option<f64>>,
    pub dynamic: Vec<Option<f64>>,
    /// Steps that are not in the file.
    pub missing: usize,
    /// Rows of an instant that was there already; the first one counts.
    pub doubled: usize,
    /// Rows between the steps.
    pub astray: usize,
}

impl Profile {
    pub fn coefficients(&self, kind: Kind) -> &[Option<f64>] {
        match kind {
            Kind::Prepared => &self.prepared,
            Kind::Adjusted => &self.adjusted,
            Kind::Dynamic => &self.dynamic,
        }
    }

    /// The kind nearest to what happened that has any value at all.
    pub fn best(&self) -> Option<Kind> {
        [Kind::Dynamic, Kind::Adjusted, Kind::Prepared]
            .into_iter()
            .find(|kind| self.coefficients(*kind).iter().any(Option::is_some))
    }
}

type Row = [Option<f64>; 3];

#[derive(Default)]
struct Gathered {
    category: String,
    rows: BTreeMap<i64, Row>,
    doubled: usize,
}

/// # Errors
/// `load-profile-columns` when a needed column is missing, `load-profile-empty` without any usable row, `load-profile-limit` beyond the limits.
pub fn read(text: &str) -> Result<Document, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line))
        .filter(|(_, line)| !line.trim().is_empty());
    let Some((_, header)) = lines.next() else {
        return Err(Fault::new("load-profile-empty", "", ""));
    };
    let separator = [';', '\t', ',']
        .into_iter()
        .find(|separator| header.contains(*separator))
        .unwrap_or(';');
    let names: Vec<String> = header
        .split(separator)
        .map(|name| unquoted(name).to_lowercase())
        .collect();
    let place = |wanted: &str| names.iter().position(|name| name == wanted);
    let needed = |wanted: &str| {
        place(wanted).ok_or_else(|| Fault::new("load-profile-columns", wanted, names.join(", ")))
    };
    let (at, of) = (needed("horodate")?, needed("sous_profil")?);
    let category = place("categorie");
    let values = [
        place("coefficient_prepare"),
        place("coefficient_ajuste"),
        place("coefficient_dynamique"),
    ];
    if values.iter().all(Option::is_none) {
        let wanted = "coefficient_ajuste";
        return Err(Fault::new("load-profile-columns", wanted, names.join(", ")));
    }
    let mut gathered: BTreeMap<String, Gathered> = BTreeMap::new();
    let mut document = Document::default();
    for (count, (number, line)) in lines.enumerate() {
        if count >= MAX_ROWS {
            return Err(Fault::new(
                "load-profile-limit",
                format!("line {number}"),
                MAX_ROWS,
            ));
        }
        let cells: Vec<&str> = line.split(separator).map(unquoted).collect();
        let cell = |place: usize| cells.get(place).copied().unwrap_or("");
        let instant = Instant::parse(&cell(at).replacen(' ', "T", 1));
        let (Some(instant), name) = (instant, cell(of)) else {
            document.unreadable += 1;
            document.first_unreadable.get_or_insert(number);
            continue;
        };
        if !gathered.contains_key(name) && gathered.len() >= MAX_PROFILES {
            return Err(Fault::new("load-profile-limit", name, MAX_PROFILES));
        }
        let profile = gathered.entry(name.to_owned()).or_default();
        if let Some(place) = category
            && profile.category.is_empty()
        {
            profile.category = cell(place).to_owned();
        }
        let row = values.map(|place| number_of(cell(place?), separator));
        let mut is_new = false;
        profile.rows.entry(instant.0).or_insert_with(|| {
            is_new = true;
            row
        });
        profile.doubled += usize::from(!is_new);
    }
    for (name, gathered) in gathered {
        document.profiles.push(regular(name, gathered)?);
    }
    if document.profiles.is_empty() {
        let object = document
            .first_unreadable
            .map_or_else(String::new, |line| format!("line {line}"));
        return Err(Fault::new(
            "load-profile-empty",
            object,
            document.unreadable,
        ));
    }
    Ok(document)
}

fn unquoted(cell: &str) -> &str {
    cell.trim().trim_matches('"').trim()
}

fn number_of(cell: &str, separator: char) -> Option<f64> {
    let value: f64 = if separator == ';' {
        cell.replace(',', ".").parse().ok()?
    } else {
        cell.parse().ok()?
    };
    value.is_finite().then_some(value)
}

/// Rows on equal steps: the length that stands most often between neighbours.
fn regular(name: String, gathered: Gathered) -> Result<Profile, Fault> {
    let instants: Vec<i64> = gathered.rows.keys().copied().collect();
    let mut lengths: BTreeMap<i64, usize> = BTreeMap::new();
    for pair in instants.windows(2) {
        if let [a, b] = pair {
            *lengths.entry(b - a).or_default() += 1;
        }
    }
    let step_s = lengths
        .iter()
        .max_by_key(|(length, count)| (**count, std::cmp::Reverse(**length)))
        .map_or(1800, |(length, _)| *length);
    let (first, last) = match (instants.first(), instants.last()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => return Err(Fault::new("load-profile-empty", name, 0)),
    };
    let steps = usize::try_from((last - first) / step_s + 1).unwrap_or(usize::MAX);
    if steps > MAX_STEPS {
        return Err(Fault::new("load-profile-limit", name, steps));
    }
    let mut columns = [vec![None; steps], vec![None; steps], vec![None; steps]];
    let (mut astray, mut found) = (0, 0);
    for (instant, row) in &gathered.rows {
        let after = instant - first;
        let step = usize::try_from(after / step_s).ok();
        let Some(step) = step.filter(|_| after % step_s == 0) else {
            astray += 1;
            continue;
        };
        found += 1;
        for (column, value) in columns.iter_mut().zip(row) {
            if let Some(slot) = column.get_mut(step) {
                *slot = *value;
            }
        }
    }
    let [prepared, adjusted, dynamic] = columns;
    Ok(Profile {
        name,
        category: gathered.category,
        start: Instant(first),
        step_s,
        prepared,
        adjusted,
        dynamic,
        missing: steps - found,
        doubled: gathered.doubled,
        astray,
    })
}
