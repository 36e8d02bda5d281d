//! Points where electric vehicles charge, as the national base (schema IRVE, versions 1 and 2) and those who feed it publish them: a row for each
//! point, gathered here into stations.
//!
//! Whatever the format, such a table is told by its columns. A station goes by its id, else by its name and address; a point that stands twice counts
//! once. Its power is the mean of its points.

use super::readers::{Content, Found, Note, Remark, Row, Table, Unread};
use super::record::{Cell, Record};
use super::vocabulary::Mapping;
use crate::base::{Dataset, DatasetId, Severity};
use crate::formats::shape::{Shape, ShapeKind};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};

/// Of one point, kW; more is written in watts.
pub const MOST_KW: f64 = 1_000.0;
const MOST_W: f64 = 1_000_000.0;
/// Stations of one table: ten times those of France.
const MOST_STATIONS: usize = 1_000_000;
const WGS84: &str = "EPSG:4326";
/// What producers write where a point has no id of its own.
const NO_ID: [&str; 3] = ["non concerné", "non concerne", "néant"];

/// Our terms for the columns that only this table has, and how versions 2 and 1 of the schema spell them.
const TERMS: [(&str, &[&str]); 10] = [
    ("irve:station", &["id_station_itinerance", "id_station"]),
    ("irve:local", &["id_station_local"]),
    ("irve:name", &["nom_station", "n_station"]),
    ("irve:address", &["adresse_station", "ad_station"]),
    ("irve:point", &["id_pdc_itinerance", "id_pdc", "id_pdc_local"]),
    ("irve:points", &["nbre_pdc"]),
    ("irve:power", &["puissance_nominale", "puiss_max"]),
    // What the consolidation put right goes first.
    ("irve:lon", &["consolidated_longitude", "xlongitude", "longitude"]),
    ("irve:lat", &["consolidated_latitude", "ylatitude", "latitude"]),
    ("irve:place", &["coordonneesxy"]),
];
const SERVICE: &str = "from";

/// The table with a row for each station, where it has one for each charging point; any other as it is.
pub fn gathered(found: Found) -> Found {
    let columns = |names: &[&str]| -> Vec<String> { names.iter().filter_map(|name| found.columns.iter().find(|column| column.eq_ignore_ascii_case(name))).cloned().collect() };
    let has = |term: &str| TERMS.iter().any(|(known, names)| *known == term && !columns(names).is_empty());
    if !(has("irve:points") && (has("irve:point") || has("irve:station"))) {
        return found;
    }
    let mapping: Mapping = TERMS.iter().map(|(term, names)| (*term, columns(names))).filter(|(_, columns)| !columns.is_empty()).collect();
    let is_placed = (has("irve:lon") && has("irve:lat")) || has("irve:place");
    match found.content {
        Content::Table(rows) if rows.has_geometry() || is_placed => {
            let is_bare = !rows.has_geometry();
            let (kind, crs) = if is_bare { (ShapeKind::Point, Some(WGS84.to_owned())) } else { (found.kind, found.crs) };
            let content = Content::Table(Box::new(Stations { rows, mapping, is_bare, remarks: RefCell::default() }));
            Found { kind, crs, content, ..found }
        }
        content => Found { content, ..found },
    }
}

struct Stations {
    rows: Box<dyn Table>,
    mapping: Mapping,
    /// Without a geometry of its own: columns say where it is.
    is_bare: bool,
    remarks: RefCell<Vec<Remark>>,
}

/// A station on its way.
struct Station {
    record: Record,
    rows: u32,
    /// How many points its rows say it has.
    said: f64,
    power_kw: f64,
    with_power: u32,
}

impl Station {
    fn record(self) -> Record {
        let Self { mut record, rows, said, power_kw, with_power } = self;
        // The first of a term counts: what was gathered goes before what one row says.
        let mut own = vec![("fixture", Cell::Text("charging_station".to_owned())), ("points", Cell::Number(said.max(f64::from(rows))))];
        if with_power > 0 {
            own.push(("power", Cell::Number(power_kw / f64::from(with_power))));
        }
        record.values.retain(|(term, _)| !matches!(*term, "points" | "power") && !term.starts_with("irve:"));
        record.values.splice(0..0, own);
        record
    }
}

impl Table for Stations {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let mut mapping = mapping.clone();
        mapping.extend(self.mapping.iter().cloned());
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut stations: Vec<Station> = Vec::new();
        let mut points: HashSet<String> = HashSet::new();
        let (mut in_watts, mut twice) = ((0_u32, String::new()), (0_u32, String::new()));
        self.rows.read(&mapping, &mut |row| {
            let mut record = match row {
                Ok(record) => record,
                Err(unread) => return each(Err(unread)),
            };
            let text = |term: &str| record.text(term).filter(|text| !NO_ID.contains(&text.to_lowercase().as_str()));
            let named = || text("irve:name").or_else(|| text("irve:address")).map(|_| format!("{} · {}", text("irve:name").unwrap_or_default(), text("irve:address").unwrap_or_default()));
            let point = text("irve:point");
            let Some(key) = text("irve:station").or_else(|| text("irve:local")).or_else(named).or_else(|| point.clone()) else {
                return each(Err(Unread { object: record.object.clone(), reason: "id_station_itinerance, nom_station".to_owned() }));
            };
            if let Some(point) = point && !points.insert(point.clone()) {
                twice = (twice.0 + 1, point);
                return;
            }
            let (power_kw, was_in_watts) = kilowatts(record.number("irve:power"));
            if was_in_watts {
                in_watts = (in_watts.0 + 1, key.clone());
            }
            let said = record.number("irve:points").filter(|points| *points >= 1.0).unwrap_or(0.0);
            let at = match places.get(&key).copied() {
                Some(at) => at,
                None if stations.len() >= MOST_STATIONS => return each(Err(Unread { object: key, reason: format!("> {MOST_STATIONS}") })),
                None => {
                    if self.is_bare {
                        record.shape = place(&record).map(|[lon, lat]| Shape::Point([lon, lat, f64::NAN]));
                    }
                    record.object.clone_from(&key);
                    record.values.insert(0, ("id", Cell::Text(key.clone())));
                    places.insert(key, stations.len());
                    stations.push(Station { record: Record::default(), rows: 0, said: 0.0, power_kw: 0.0, with_power: 0 });
                    stations.len() - 1
                }
            };
            let Some(station) = stations.get_mut(at) else { return };
            station.rows += 1;
            station.said = station.said.max(said);
            if let Some(kw) = power_kw {
                station.power_kw += kw;
                station.with_power += 1;
            }
            if station.rows == 1 {
                station.record = record;
            } else {
                // A row may lack what another has; a station is as old as its first point.
                if station.record.shape.is_none() {
                    station.record.shape = record.shape.clone().or_else(|| place(&record).filter(|_| self.is_bare).map(|[lon, lat]| Shape::Point([lon, lat, f64::NAN])));
                }
                if let Some(earlier) = record.text(SERVICE).filter(|date| station.record.text(SERVICE).is_none_or(|known| *date < known)) {
                    station.record.values.retain(|(term, _)| *term != SERVICE);
                    station.record.values.push((SERVICE, Cell::Text(earlier)));
                }
            }
        })?;
        stations.into_iter().for_each(|station| each(Ok(station.record())));
        let mut remarks = self.remarks.borrow_mut();
        for (code, (count, object)) in [("charging-power-in-watts", in_watts), ("charging-point-twice", twice)] {
            if count > 0 {
                remarks.push(Remark { code, severity: Severity::Info, object, value: count.to_string() });
            }
        }
        Ok(())
    }

    fn notes(&self) -> &[Note] {
        self.rows.notes()
    }

    fn remarks(&self) -> Vec<Remark> {
        let mut remarks = self.rows.remarks();
        remarks.append(&mut self.remarks.borrow_mut());
        remarks
    }

    fn dataset(&self, id: &DatasetId, file: &str) -> Option<Dataset> {
        self.rows.dataset(id, file)
    }
}

/// Kilowatts, and whether they were written as watts; none of what cannot be.
fn kilowatts(said: Option<f64>) -> (Option<f64>, bool) {
    match said {
        Some(kw) if kw > 0.0 && kw <= MOST_KW => (Some(kw), false),
        Some(watts) if watts > MOST_KW && watts <= MOST_W => (Some(watts / 1_000.0), true),
        _ => (None, false),
    }
}

/// Longitude and latitude: two columns, or one of the form `[1.23, 45.6]`.
fn place(record: &Record) -> Option<[f64; 2]> {
    let on_earth = |[lon, lat]: [f64; 2]| lon.abs() <= 180.0 && lat.abs() <= 90.0 && (lon, lat) != (0.0, 0.0);
    let columns = record.number("irve:lon").zip(record.number("irve:lat")).map(|(lon, lat)| [lon, lat]);
    columns.filter(|at| on_earth(*at)).or_else(|| {
        let text = record.text("irve:place")?;
        let (lon, lat) = text.trim().trim_start_matches('[').trim_end_matches(']').split_once(',')?;
        Some([lon.trim().parse().ok()?, lat.trim().parse().ok()?]).filter(|at| on_earth(*at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_in_watts_and_places_in_brackets_are_read() {
        assert_eq!(kilowatts(Some(22.0)), (Some(22.0), false));
        assert_eq!(kilowatts(Some(7_400.0)), (Some(7.4), true));
        assert_eq!([Some(0.0), Some(-3.0), Some(1e9), None].map(kilowatts), [(None, false); 4]);
        let at = |text: &str| place(&Record { values: vec![("irve:place", Cell::Text(text.to_owned()))], ..Record::default() });
        assert_eq!(at("[-1.679739, 48.108482]"), Some([-1.679739, 48.108482]));
        assert_eq!(at("-1.5,47.2"), Some([-1.5, 47.2]));
        assert_eq!(["[0.0, 0.0]", "[47.2]", "[a, b]", "[200, 3]"].map(at), [None; 4]);
    }
}
