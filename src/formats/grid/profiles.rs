//! Values in time as CSV: one row a step, one column a quantity.
//!
//! The first line names the columns:
//!
//! | name | is |
//! |---|---|
//! | `ID` or `ID:factor` | times the stated power of that load or generator |
//! | `*` or `*:factor` | the same for all consumption |
//! | `load/ID`, `production/ID`, `storage/ID`, `generator/ID` | which of several elements of one name; `*` stands for all of the kind |
//! | `ID:p_kw`, `ID:p_mw` | active power in place of the stated one |
//! | `ID:q_kvar`, `ID:q_mvar` | reactive power in place of the stated one |
//! | `time`, `timestamp`, `step`, `heure`, `date` | passed over |
//!
//! Separators `,` or `;` or tabulator, told by the first line; with `;` a decimal comma is understood.

use super::MAX_ROWS;
use crate::formats::Fault;

/// Most values of one file.
const MAX_VALUES: usize = 64 << 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Factor,
    ActiveMw,
    ReactiveMvar,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// `*` for all.
    pub id: String,
    pub measure: Measure,
    pub values: Vec<f64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub steps: usize,
    pub columns: Vec<Column>,
}

/// # Errors
/// `profiles-…` faults with line and column.
pub fn read(text: &str) -> Result<Document, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let Some((_, header)) = lines.next() else {
        return Err(Fault::new("profiles-empty", "", ""));
    };
    let separator = [';', '\t', ',']
        .into_iter()
        .find(|separator| header.contains(*separator))
        .unwrap_or(',');
    let names: Vec<&str> = header.split(separator).map(unquoted).collect();
    let mut columns: Vec<Option<(Column, f64)>> = names.iter().map(|name| column(name)).collect();
    let mut steps = 0;
    for (number, line) in lines {
        steps += 1;
        if steps > MAX_ROWS || steps.saturating_mul(columns.len()) > MAX_VALUES {
            return Err(Fault::new("network-limit", format!("line {number}"), steps));
        }
        let mut cells = line.split(separator);
        for (place, slot) in columns.iter_mut().enumerate() {
            let cell = cells.next().map(unquoted).unwrap_or("");
            let Some((column, unit)) = slot else {
                continue;
            };
            let parsed = if separator == ';' {
                cell.replace(',', ".").parse::<f64>()
            } else {
                cell.parse::<f64>()
            };
            match parsed {
                Ok(value) if value.is_finite() => column.values.push(value / *unit),
                _ => {
                    let name = names.get(place).copied().unwrap_or("");
                    let object = format!("line {number}, {name}");
                    return Err(Fault::new("profiles-value", object, cell));
                }
            }
        }
        if cells.next().is_some() {
            let object = format!("line {number}");
            return Err(Fault::new(
                "profiles-row",
                object,
                line.split(separator).count(),
            ));
        }
    }
    let columns: Vec<Column> = columns.into_iter().flatten().map(|(c, _)| c).collect();
    if steps == 0 || columns.is_empty() {
        return Err(Fault::new("profiles-empty", "", steps));
    }
    Ok(Document { steps, columns })
}

fn unquoted(cell: &str) -> &str {
    cell.trim().trim_matches('"').trim()
}

/// A column and how many of its units make one of ours; `None` for instants.
fn column(name: &str) -> Option<(Column, f64)> {
    let instants = ["time", "timestamp", "step", "heure", "date", "datetime", ""];
    if instants.contains(&name.to_lowercase().as_str()) {
        return None;
    }
    let (id, measure, unit) = match name.rsplit_once(':') {
        Some((id, "factor")) => (id, Measure::Factor, 1.0),
        Some((id, "p_mw")) => (id, Measure::ActiveMw, 1.0),
        Some((id, "p_kw")) => (id, Measure::ActiveMw, 1000.0),
        Some((id, "q_mvar")) => (id, Measure::ReactiveMvar, 1.0),
        Some((id, "q_kvar")) => (id, Measure::ReactiveMvar, 1000.0),
        _ => (name, Measure::Factor, 1.0),
    };
    let column = Column {
        id: id.to_owned(),
        measure,
        values: Vec::new(),
    };
    Some((column, unit))
}
