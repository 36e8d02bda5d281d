//! Series of wind and weather as CSV.
//!
//! Three forms are told apart by their first lines:
//!
//! | form | looks like |
//! |---|---|
//! | windpowerlib's | a line of names (`wind_speed`, `temperature`, `pressure`, `roughness_length`), a line of heights, then instants and values |
//! | named columns | `time,wind_speed_10m,temperature_2m,pressure`; a number in a name is its height in metres |
//! | bare numbers | one speed a line, or instant and speed |
//!
//! Temperatures below 150 are °C, pressures below 2,000 hPa; both become K and Pa.
//! An empty cell is no data, never zero.

use super::Fault;
use crate::base::Instant;

/// Most steps: a year of minutes.
const MAX_STEPS: usize = 527_040;
/// Most columns.
const MAX_COLUMNS: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    Speed,
    Temperature,
    Pressure,
    Roughness,
    /// Degrees clockwise from north that the wind comes from.
    Direction,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub variable: Variable,
    /// Metres above ground, where stated.
    pub height_m: Option<f64>,
    pub values: Vec<Option<f64>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub steps: usize,
    /// Between the first two instants, where there are instants.
    pub step_h: Option<f64>,
    /// Of the first step, where there are instants.
    pub start: Option<Instant>,
    pub columns: Vec<Column>,
}

impl Document {
    /// The column of a variable that is measured nearest to a height.
    pub fn nearest(&self, variable: Variable, height_m: f64) -> Option<&Column> {
        let apart = |column: &&Column| (column.height_m.unwrap_or(0.0) - height_m).abs();
        self.columns
            .iter()
            .filter(|column| column.variable == variable)
            // Of two at the same distance the first, as `min_by` keeps it.
            .min_by(|a, b| apart(a).total_cmp(&apart(b)))
    }
}

/// # Errors
/// `wind-series` with the line, when there is no speed or a cell is no number.
pub fn read(text: &str) -> Result<Document, Fault> {
    let lines: Vec<(usize, &str)> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let Some((_, first)) = lines.first() else {
        return Err(Fault::new("wind-series", "", "–"));
    };
    let separator = [';', '\t', ',']
        .into_iter()
        .find(|separator| first.contains(*separator))
        .unwrap_or(',');
    let comma = separator == ';';
    let cells = |line: &str| -> Vec<String> {
        line.split(separator)
            .take(MAX_COLUMNS)
            .map(|cell| cell.trim().trim_matches('"').trim().to_owned())
            .collect()
    };
    let names = cells(first);
    let has_names = names.iter().any(|name| variable(name).is_some());
    let heights = lines
        .get(1)
        .map(|(_, line)| cells(line))
        .filter(|row| has_names && is_heights(row));
    let mut document = Document::default();
    // Which cell each column is read from.
    let mut places: Vec<usize> = Vec::new();
    if has_names {
        for (place, name) in names.iter().enumerate() {
            if let Some(variable) = variable(name) {
                let stated = heights.as_ref().and_then(|row| row.get(place));
                document.columns.push(Column {
                    variable,
                    height_m: match stated {
                        Some(cell) => cell.parse().ok(),
                        None => height_in(name),
                    },
                    values: Vec::new(),
                });
                places.push(place);
            }
        }
    } else {
        document.columns.push(Column {
            variable: Variable::Speed,
            height_m: None,
            values: Vec::new(),
        });
        places.push(names.len() - 1);
    }
    let skipped = usize::from(has_names) + usize::from(heights.is_some());
    let mut instants = Vec::new();
    for &(number, line) in lines.iter().skip(skipped) {
        let row = cells(line);
        // A line that only names the index, as data frames with two header lines have.
        if document.steps == 0 && row.iter().skip(1).all(String::is_empty) && row.len() > 1 {
            continue;
        }
        document.steps += 1;
        if document.steps > MAX_STEPS {
            return Err(Fault::new(
                "network-limit",
                format!("line {number}"),
                MAX_STEPS,
            ));
        }
        if instants.len() < 2 {
            let stamp = row.first().map(|cell| cell.replacen(' ', "T", 1));
            instants.extend(stamp.as_deref().and_then(instant));
        }
        for (column, &place) in document.columns.iter_mut().zip(&places) {
            let cell = row.get(place).map_or("", String::as_str);
            let value = if cell.is_empty() || cell.eq_ignore_ascii_case("nan") {
                None
            } else {
                let plain = if comma {
                    cell.replace(',', ".")
                } else {
                    cell.to_owned()
                };
                let parsed: Option<f64> = plain.parse().ok().filter(|v: &f64| v.is_finite());
                let object = format!("line {number}");
                Some(parsed.ok_or_else(|| Fault::new("wind-series", object, cell))?)
            };
            column
                .values
                .push(value.map(|value| in_si(column.variable, value)));
        }
    }
    let has_speed = document
        .columns
        .iter()
        .any(|c| c.variable == Variable::Speed);
    if document.steps == 0 || !has_speed {
        return Err(Fault::new("wind-series", "wind_speed", document.steps));
    }
    document.start = instants.first().copied();
    if let [first, second] = instants.as_slice() {
        let step_h = (second.0 - first.0) as f64 / 3600.0;
        document.step_h = Some(step_h).filter(|step_h| *step_h > 0.0);
    }
    Ok(document)
}

/// An instant, in UTC where it states no zone.
fn instant(text: &str) -> Option<Instant> {
    Instant::parse(text).or_else(|| Instant::parse(&format!("{text}Z")))
}

/// A line of heights: nothing but numbers behind its first cell, which is none.
fn is_heights(row: &[String]) -> bool {
    let mut cells = row.iter();
    let label = cells.next().is_some_and(|first| {
        first.parse::<f64>().is_err() && instant(&first.replacen(' ', "T", 1)).is_none()
    });
    label && cells.len() > 0 && cells.all(|cell| cell.parse::<f64>().is_ok())
}

fn variable(name: &str) -> Option<Variable> {
    let name = name.to_lowercase();
    let letters: String = name.chars().take_while(|c| !c.is_ascii_digit()).collect();
    let letters = letters.trim_end_matches(['_', ' ', '-', '(', '@']);
    let begins = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    if begins(&["wind_dir", "winddir", "direction", "vent_direction"]) || matches!(letters, "dd" | "wd") {
        Some(Variable::Direction)
    } else if begins(&["wind", "speed", "vitesse", "vent"])
        || matches!(letters, "v" | "ws" | "ff" | "u")
    {
        Some(Variable::Speed)
    } else if begins(&["temp", "température"]) || matches!(letters, "t" | "ta") {
        Some(Variable::Temperature)
    } else if begins(&["press", "pression"]) || matches!(letters, "p" | "pa") {
        Some(Variable::Pressure)
    } else if begins(&["rough", "rugosité", "rugosite", "z0"]) {
        Some(Variable::Roughness)
    } else {
        None
    }
}

/// The last whole number of a name, unless it belongs to `z0`.
fn height_in(name: &str) -> Option<f64> {
    let digits: Vec<&str> = name
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter(|part| !part.is_empty())
        .collect();
    let height: f64 = digits.last()?.parse().ok()?;
    (height > 0.0).then_some(height)
}

fn in_si(variable: Variable, value: f64) -> f64 {
    match variable {
        Variable::Temperature if value < 150.0 => value + 273.15,
        Variable::Pressure if value < 2000.0 => value * 100.0,
        _ => value,
    }
}
