//! Weather hour by hour: EPW, PVGIS (typical year and horizontal series, CSV and JSON), plain CSV.
//!
//! What goes in is bytes, what comes out is a [`WeatherFile`] in one convention: instants in UTC *at which the sun stood* for the values.
//! An EPW hour ends at its stamp, in local standard time, so the sun is taken half an hour before; a PVGIS value is a satellite's instant, its stamp plus the offset that the header states; a plain CSV says which end of the hour its stamps are.
//! An hour without light is kept apart and reported, never read as darkness.

mod csv;
mod epw;
mod pvgis;
pub mod pvgis_answer;

use super::Fault;
use crate::base::{Finding, Instant, Severity};

/// Largest file read, bytes.
pub const MAX_BYTES: usize = 128 << 20;
/// Most records kept: a century of hours.
pub const MAX_RECORDS: usize = 880_000;
/// Longest line looked at, bytes.
const MAX_LINE: usize = 1 << 16;

/// Which of the formats it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeatherKind {
    Epw,
    PvgisTypicalYear,
    PvgisSeries,
    Csv,
}

impl WeatherKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Epw => "EPW",
            Self::PvgisTypicalYear => "PVGIS TMY",
            Self::PvgisSeries => "PVGIS",
            Self::Csv => "CSV",
        }
    }
}

/// Where the weather was measured or modelled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeatherPlace {
    pub lat: f64,
    pub lon: f64,
    pub elevation_m: f64,
}

/// One hour. Light is W/m²; what a file does not have is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WeatherRecord {
    /// When the sun stood as for these values.
    pub at: Instant,
    pub ghi: Option<f64>,
    pub dni: Option<f64>,
    pub dhi: Option<f64>,
    pub air_c: Option<f64>,
    pub wind_m_s: Option<f64>,
}

impl WeatherRecord {
    /// Enough light is known to work out the rest: two of three, or the global alone.
    fn has_light(&self) -> bool {
        self.ghi.is_some() || (self.dni.is_some() && self.dhi.is_some())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct WeatherFile {
    pub kind: WeatherKind,
    /// Name of the station or of the data base, as the file says; may be empty.
    pub title: String,
    pub place: Option<WeatherPlace>,
    /// Months may come from different years: instants need not rise.
    pub records: Vec<WeatherRecord>,
    /// Hours without light that say something else, and how many of `records` stand before each: nothing is computed from them.
    pub dark: Vec<(usize, WeatherRecord)>,
    /// Seconds between records.
    pub step_s: i64,
}

/// Reads a weather file of any known kind. `file` is the name that findings carry.
///
/// # Errors
/// The first fault that makes it unusable; what can be left out is left out and stands among the findings.
pub fn read(bytes: &[u8], file: &str) -> Result<(WeatherFile, Vec<Finding>), Fault> {
    if bytes.len() > MAX_BYTES {
        return Err(Fault::new("weather-limit", "", bytes.len()));
    }
    let text = text_of(bytes);
    let start = text.trim_start();
    let mut rows = Rows::new(file);
    let mut document = if start.starts_with('{') {
        pvgis::json(&text, &mut rows)?
    } else if start
        .get(..9)
        .is_some_and(|word| word.eq_ignore_ascii_case("LOCATION,"))
    {
        epw::read(&text, &mut rows)?
    } else if pvgis::is_csv(&text) {
        pvgis::csv(&text, &mut rows)?
    } else {
        csv::read(&text, &mut rows)?
    };
    document.step_s = step_s(rows.records.iter().map(|record| record.at));
    rows.report_gaps(document.step_s);
    document.records = rows.records;
    document.dark = rows.dark;
    if document.records.is_empty() {
        return Err(Fault::new("weather-empty", "", ""));
    }
    Ok((document, rows.findings))
}

/// UTF-8 where it is, else Latin-1, which station names of old files are in.
fn text_of(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes
            .iter()
            .map(|byte| char::from(*byte))
            .collect::<String>()
            .into(),
    }
}

/// Records as they come, and what was wrong with them.
struct Rows {
    file: String,
    records: Vec<WeatherRecord>,
    dark: Vec<(usize, WeatherRecord)>,
    /// Instants that were given, and how often one came again, with the first that did.
    known: std::collections::HashSet<i64>,
    again: Option<(Instant, usize)>,
    findings: Vec<Finding>,
}

/// Findings of one kind that are listed one by one; the rest is counted by the report that takes them.
const MAX_FINDINGS: usize = 1000;

impl Rows {
    fn new(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            records: Vec::new(),
            dark: Vec::new(),
            known: std::collections::HashSet::new(),
            again: None,
            findings: Vec::new(),
        }
    }

    fn find(
        &mut self,
        code: &'static str,
        severity: Severity,
        object: impl Into<String>,
        value: impl std::fmt::Display,
    ) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(
                Finding::new(code, severity, self.file.clone())
                    .object(object)
                    .value(value),
            );
        }
    }

    /// Keeps a record after a look at its values; `object` says which row it is.
    fn push(&mut self, mut record: WeatherRecord, object: &str) -> Result<(), Fault> {
        if self.records.len() + self.dark.len() >= MAX_RECORDS {
            return Err(Fault::new("weather-limit", object, self.records.len()));
        }
        // An instant has one weather.
        if !self.known.insert(record.at.0) {
            let (_, count) = self.again.get_or_insert((record.at, 0));
            *count += 1;
            return Ok(());
        }
        for (light, name) in [
            (&mut record.ghi, "ghi"),
            (&mut record.dni, "dni"),
            (&mut record.dhi, "dhi"),
        ] {
            if let Some(value) = *light {
                if !(-20.0..=2000.0).contains(&value) {
                    *light = None;
                    self.find(
                        "weather-value-implausible",
                        Severity::Warning,
                        format!("{object} {name}"),
                        value,
                    );
                } else if value <= 0.0 {
                    // Pyranometers read a few watts below zero at night; files write -0.0.
                    *light = Some(0.0);
                }
            }
        }
        for (value, name, low, high) in [
            (&mut record.air_c, "air", -90.0, 65.0),
            (&mut record.wind_m_s, "wind", 0.0, 120.0),
        ] {
            if let Some(given) = *value
                && !(low..=high).contains(&given)
            {
                *value = None;
                self.find(
                    "weather-value-implausible",
                    Severity::Warning,
                    format!("{object} {name}"),
                    given,
                );
            }
        }
        if record.has_light() {
            self.records.push(record);
        } else {
            self.find("weather-hour-missing", Severity::Warning, object, record.at);
            if record.air_c.is_some() || record.wind_m_s.is_some() {
                self.dark.push((self.records.len(), record));
            }
        }
        Ok(())
    }

    fn unreadable(&mut self, object: &str, value: &str) {
        let short: String = value.chars().take(80).collect();
        self.find("weather-row-unreadable", Severity::Warning, object, short);
    }

    /// Steps that are missing between neighbours of one month; a typical year's jumps between months are none.
    fn report_gaps(&mut self, step_s: i64) {
        if let Some((at, count)) = self.again {
            self.find("weather-hour-twice", Severity::Warning, at.to_string(), count);
        }
        if step_s <= 0 {
            return;
        }
        let mut gaps = Vec::new();
        for pair in self.records.windows(2) {
            if let [a, b] = pair {
                let (from, to) = (a.at.utc(), b.at.utc());
                let jump = b.at.0 - a.at.0;
                if jump > step_s && (from.year, from.month) == (to.year, to.month) {
                    gaps.push((a.at, jump / step_s - 1));
                }
            }
        }
        // Hours left out for want of light were reported one by one.
        let reported = self
            .findings
            .iter()
            .filter(|finding| finding.code == "weather-hour-missing")
            .count() as i64;
        let missing: i64 = gaps.iter().map(|(_, hours)| hours).sum();
        if missing > reported {
            for (after, hours) in gaps.iter().filter(|(_, hours)| *hours > 0) {
                self.find("weather-gap", Severity::Warning, after.to_string(), hours);
            }
        }
    }
}

/// The most frequent distance between neighbours, seconds; an hour when there is none.
fn step_s(instants: impl Iterator<Item = Instant>) -> i64 {
    let mut counts = std::collections::BTreeMap::new();
    let mut last: Option<Instant> = None;
    for at in instants {
        if let Some(last) = last.filter(|last| at.0 > last.0) {
            *counts.entry(at.0 - last.0).or_insert(0usize) += 1;
        }
        last = Some(at);
    }
    counts
        .into_iter()
        .max_by_key(|(_, count)| *count)
        .map_or(3600, |(step, _)| step)
}

/// Numbered lines without their ends; longer ones than [`MAX_LINE`] are cut.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(number, line)| {
        let mut end = line.len().min(MAX_LINE);
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        (number + 1, line.get(..end).unwrap_or(""))
    })
}

fn number(word: &str) -> Option<f64> {
    word.trim()
        .parse::<f64>()
        .ok()
        .filter(|value| value.is_finite())
}
