//! Weather files (EPW, PVGIS) as a table: a row for each hour, in UTC from its beginning.
//!
//! A typical year, whose months come from several years, is laid on one calendar year, and says so.

use super::{Content, Found, Head, Note, Opened, Row, SeriesFacts, Table, short_name};
use crate::base::{Finding, Instant, Nature};
use crate::formats::shape::ShapeKind;
use crate::formats::weather::{self, WeatherFile, WeatherKind, WeatherRecord};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use crate::pipeline::tile::series::YEAR;
use std::path::Path;

/// Columns, with their units.
const COLUMNS: [&str; 7] = ["station", "time_utc", "ghi (W/m²)", "dni (W/m²)", "dhi (W/m²)", "temp_air (°C)", "wind_speed (m/s)"];

pub fn recognises(head: &Head) -> bool {
    let text = head.text();
    let begins = |word: &[u8]| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let holds = |word: &[u8]| text.windows(word.len()).any(|part| part == word);
    begins(b"LOCATION,")
        || begins(b"time(UTC),")
        || (begins(b"{") && holds(b"\"inputs\"") && holds(b"\"meteo_data\""))
        || (begins(b"Latitude (decimal degrees)") && (holds(b"Elevation (m)") || holds(b"Radiation database")))
}

pub fn open(path: &Path) -> Opened {
    let name = short_name(path);
    let bytes = super::whole(path)?;
    let (file, findings) = weather::read(&bytes, &name).map_err(|fault| (fault.code, format!("{} {}", fault.object, fault.value).trim().to_owned()))?;
    let typical = is_typical(&file);
    Ok(vec![Found {
        file: name,
        table: None,
        kind: ShapeKind::Other,
        crs: None,
        columns: COLUMNS.map(str::to_owned).to_vec(),
        content: Content::Table(Box::new(Hours { notes: notes(&findings), typical, hours: hours(&file), file })),
    }])
}

/// Instants that do not rise, or a format that says so.
fn is_typical(file: &WeatherFile) -> bool {
    let falls = file.records.windows(2).any(|pair| matches!(pair, [a, b] if b.at < a.at));
    file.kind == WeatherKind::PvgisTypicalYear || falls
}

/// All hours in the order of the file, those without light among the others: their temperature and wind are as good.
fn hours(file: &WeatherFile) -> Vec<WeatherRecord> {
    let mut hours = Vec::with_capacity(file.records.len() + file.dark.len());
    let mut dark = file.dark.iter().peekable();
    for (at, record) in file.records.iter().enumerate() {
        while let Some((_, record)) = dark.next_if(|(before, _)| *before <= at) {
            hours.push(*record);
        }
        hours.push(*record);
    }
    hours.extend(dark.map(|(_, record)| *record));
    hours
}

fn notes(findings: &[Finding]) -> Vec<Note> {
    let mut notes: Vec<Note> = Vec::new();
    for finding in findings {
        notes.push(Note::new(finding.code, finding.severity, format!("{} {}", finding.object, finding.value).trim()));
    }
    notes
}

struct Hours {
    file: WeatherFile,
    hours: Vec<WeatherRecord>,
    typical: bool,
    notes: Vec<Note>,
}

impl Hours {
    /// The beginning of a record's step.
    fn start(&self, record: &WeatherRecord) -> Option<Instant> {
        let step_s = self.file.step_s.max(1);
        let start = Instant(record.at.0.div_euclid(step_s) * step_s);
        if !self.typical {
            return Some(start);
        }
        let at = start.utc();
        // A year of 365 days; a leap day of one of its months has no place in it.
        Instant::from_utc(YEAR, at.month, at.day, at.hour, at.minute, 0)
    }

    fn cell(&self, record: &WeatherRecord, column: &str) -> Option<Cell> {
        let number = |value: Option<f64>| value.map(Cell::Number);
        match COLUMNS.iter().position(|known| *known == column)? {
            0 => Some(Cell::Text(if self.file.title.trim().is_empty() { self.file.kind.name().to_owned() } else { self.file.title.trim().to_owned() })),
            1 => Some(Cell::Text(self.start(record)?.to_string())),
            2 => number(record.ghi),
            3 => number(record.dni),
            4 => number(record.dhi),
            5 => number(record.air_c),
            _ => number(record.wind_m_s),
        }
    }
}

impl Table for Hours {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        for (number, hour) in self.hours.iter().enumerate() {
            let mut record = Record { object: format!("#{}", number + 1), ..Record::default() };
            for (term, names) in mapping {
                if let Some(cell) = names.iter().find_map(|name| self.cell(hour, name)) {
                    record.values.push((term, cell));
                }
            }
            each(Ok(record));
        }
        Ok(())
    }

    fn notes(&self) -> &[Note] {
        &self.notes
    }

    fn rows(&self) -> Option<u64> {
        Some(self.hours.len() as u64)
    }

    fn has_geometry(&self) -> bool {
        false
    }

    fn series_facts(&self) -> SeriesFacts {
        let nature = if self.typical { Nature::Statistical } else { Nature::Simulated };
        SeriesFacts { nature: Some(nature), typical_year: self.typical, ..SeriesFacts::default() }
    }
}
