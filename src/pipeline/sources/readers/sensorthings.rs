//! SensorThings answers: a row for each observation.

use super::{CellRow, Content, Found, Head, Note, Opened, Row, SeriesFacts, Table, short_name};
use crate::base::{Nature, Severity};
use crate::formats::series::sensorthings::{self, Document, Observation};
use crate::formats::shape::ShapeKind;
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use std::path::Path;

/// A document is parsed whole; servers answer in pages that are far smaller.
const MAX_BYTES: u64 = 512 << 20;
const COLUMNS: [&str; 5] = ["thing", "observedProperty", "unitOfMeasurement", "phenomenonTime", "result"];

pub fn recognises(head: &Head) -> bool {
    let start = head.text();
    matches!(start.first(), Some(b'{' | b'[')) && sensorthings::is_one(&String::from_utf8_lossy(start))
}

pub fn open(path: &Path) -> Opened {
    let length = std::fs::metadata(path).map_or(0, |meta| meta.len());
    if length > MAX_BYTES {
        return Err(("file-too-large", length.to_string()));
    }
    let document = sensorthings::read(&super::whole(path)?).map_err(|fault| (fault.code, format!("{} {}", fault.object, fault.value).trim().to_owned()))?;
    let mut notes = Vec::new();
    if document.more > 0 {
        notes.push(Note::new("series-pages-missing", Severity::Warning, document.more));
    }
    if document.structured > 0 {
        notes.push(Note::new("series-result-structured", Severity::Warning, document.structured));
    }
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind: ShapeKind::Other,
        crs: None,
        columns: COLUMNS.map(str::to_owned).to_vec(),
        content: Content::Table(Box::new(Observations { document, notes })),
    }])
}

struct Observations {
    document: Document,
    notes: Vec<Note>,
}

impl Table for Observations {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        for (number, observation) in self.document.observations.iter().enumerate() {
            let mut record = Record { object: format!("#{}", number + 1), ..Record::default() };
            for (term, names) in mapping {
                if let Some(cell) = names.iter().find_map(|name| cell(observation, COLUMNS.iter().position(|known| known == name)?)) {
                    record.values.push((term, cell));
                }
            }
            each(Ok(record));
        }
        Ok(())
    }

    fn cells(&self, columns: &[(usize, &str)], each: &mut dyn FnMut(CellRow) -> bool) -> Result<(), String> {
        for (number, observation) in self.document.observations.iter().enumerate() {
            let cells: Vec<Option<Cell>> = columns.iter().map(|(at, _)| cell(observation, *at)).collect();
            if !each(Ok((number as u64 + 1, &cells))) {
                break;
            }
        }
        Ok(())
    }

    fn notes(&self) -> &[Note] {
        &self.notes
    }

    fn rows(&self) -> Option<u64> {
        Some(self.document.observations.len() as u64)
    }

    fn has_geometry(&self) -> bool {
        false
    }

    fn series_facts(&self) -> SeriesFacts {
        SeriesFacts { nature: Some(Nature::Measured), ..SeriesFacts::default() }
    }
}

fn cell(observation: &Observation, at: usize) -> Option<Cell> {
    let text = match at {
        0 => &observation.object,
        1 => &observation.quantity,
        2 => &observation.unit,
        3 => &observation.time,
        _ => &observation.result,
    };
    (!text.trim().is_empty()).then(|| Cell::Text(text.clone()))
}
