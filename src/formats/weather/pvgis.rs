//! PVGIS: the typical year (`tmy`) and hourly series (`seriescalc`), as CSV and JSON.
//!
//! A series is of a plane. Only the horizontal one can be turned to another: any other is refused, because its light cannot be laid back.
//! Values are a satellite's, of one instant: stamp plus `Irradiance Time Offset` in the typical year, the stamp itself (hh:10 or the like) in a series.

use super::{Rows, WeatherFile, WeatherKind, WeatherPlace, WeatherRecord, lines, number};
use crate::base::{Instant, Severity};
use crate::formats::Fault;
use serde::Deserialize;
use serde_json::{Map, Value};

/// The table's first column says so.
pub(super) fn is_csv(text: &str) -> bool {
    lines(text)
        .take(64)
        .any(|(_, line)| is_table_head(line) || line.starts_with("Latitude (decimal degrees)"))
}

fn is_table_head(line: &str) -> bool {
    line.starts_with("time(UTC),")
        || (line.starts_with("time,") && (line.contains("(i)") || line.contains("(h)")))
}

pub(super) fn csv(text: &str, rows: &mut Rows) -> Result<WeatherFile, Fault> {
    let mut header = Header::default();
    let mut columns: Option<Vec<&str>> = None;
    for (line, text) in lines(text) {
        let Some(names) = &columns else {
            if is_table_head(text) {
                columns = Some(text.split(',').map(str::trim).collect());
            } else {
                header.line(text);
            }
            continue;
        };
        // The table ends with an empty line; a legend follows.
        if text.trim().is_empty() {
            break;
        }
        let words: Vec<&str> = text.split(',').collect();
        let cell = |name: &str| {
            names
                .iter()
                .position(|known| *known == name)
                .and_then(|at| words.get(at))
                .and_then(|word| number(word))
        };
        row(
            rows,
            &header,
            &format!("line {line}"),
            words.first().unwrap_or(&""),
            &cell,
        )?;
    }
    if columns.is_none() {
        return Err(Fault::new("weather-header", "time(UTC)", ""));
    }
    header.file(rows)
}

#[derive(Deserialize)]
struct Document {
    inputs: Inputs,
    outputs: Outputs,
}

#[derive(Deserialize)]
struct Inputs {
    location: Location,
    #[serde(default)]
    meteo_data: Value,
    #[serde(default)]
    mounting_system: Value,
}

#[derive(Deserialize)]
struct Location {
    latitude: f64,
    longitude: f64,
    elevation: Option<f64>,
    irradiance_time_offset: Option<f64>,
}

#[derive(Deserialize)]
struct Outputs {
    tmy_hourly: Option<Vec<Map<String, Value>>>,
    hourly: Option<Vec<Map<String, Value>>>,
}

pub(super) fn json(text: &str, rows: &mut Rows) -> Result<WeatherFile, Fault> {
    let document: Document =
        serde_json::from_str(text).map_err(|error| Fault::new("weather-json", "", error))?;
    let location = document.inputs.location;
    let mut header = Header {
        lat: Some(location.latitude),
        lon: Some(location.longitude),
        elevation_m: location.elevation,
        offset_h: location.irradiance_time_offset,
        database: document
            .inputs
            .meteo_data
            .get("radiation_db")
            .and_then(Value::as_str)
            .unwrap_or("")
            .to_owned(),
        slope: slope(&document.inputs.mounting_system),
        typical: document.outputs.tmy_hourly.is_some(),
    };
    let (list, name) = match (document.outputs.tmy_hourly, document.outputs.hourly) {
        (Some(list), _) => (list, "outputs.tmy_hourly"),
        (None, Some(list)) => (list, "outputs.hourly"),
        (None, None) => return Err(Fault::new("weather-json", "outputs", "tmy_hourly, hourly")),
    };
    if header.typical {
        header.slope = Some(0.0);
    }
    for (number, entry) in list.iter().enumerate() {
        let time = ["time(UTC)", "time"]
            .into_iter()
            .find_map(|key| entry.get(key))
            .and_then(Value::as_str)
            .unwrap_or("");
        let cell = |name: &str| {
            entry
                .get(name)
                .and_then(Value::as_f64)
                .filter(|value| value.is_finite())
        };
        row(rows, &header, &format!("{name}[{number}]"), time, &cell)?;
    }
    header.file(rows)
}

/// The tilt of a fixed plane; a tracking one has a dash there.
fn slope(mounting: &Value) -> Option<f64> {
    mounting
        .as_object()?
        .values()
        .next()?
        .get("slope")?
        .get("value")?
        .as_f64()
}

#[derive(Default)]
struct Header {
    lat: Option<f64>,
    lon: Option<f64>,
    elevation_m: Option<f64>,
    offset_h: Option<f64>,
    database: String,
    slope: Option<f64>,
    typical: bool,
}

impl Header {
    fn line(&mut self, line: &str) {
        let Some((name, value)) = line.split_once(':') else {
            return;
        };
        let first = value.split_whitespace().next().and_then(number);
        match name.trim() {
            "Latitude (decimal degrees)" => self.lat = first,
            "Longitude (decimal degrees)" => self.lon = first,
            "Elevation (m)" => self.elevation_m = first,
            "Irradiance Time Offset (h)" => self.offset_h = first,
            "Radiation database" => self.database = value.trim().to_owned(),
            "Slope" => self.slope = first,
            _ => {}
        }
    }

    fn file(self, rows: &mut Rows) -> Result<WeatherFile, Fault> {
        if rows.records.is_empty() {
            return Err(Fault::new("weather-empty", "", ""));
        }
        if self.offset_h.is_none()
            && rows
                .records
                .iter()
                .all(|record| record.at.0.rem_euclid(3600) == 0)
        {
            rows.find("weather-offset-unknown", Severity::Info, "", "");
        }
        let typical = self.typical || self.offset_h.is_some() || self.slope.is_none();
        Ok(WeatherFile {
            kind: if typical {
                WeatherKind::PvgisTypicalYear
            } else {
                WeatherKind::PvgisSeries
            },
            title: self.database,
            place: self.lat.zip(self.lon).map(|(lat, lon)| WeatherPlace {
                lat,
                lon,
                elevation_m: self.elevation_m.unwrap_or(0.0),
            }),
            records: Vec::new(),
            dark: Vec::new(),
            step_s: 3600,
        })
    }
}

fn row(
    rows: &mut Rows,
    header: &Header,
    object: &str,
    time: &str,
    cell: &dyn Fn(&str) -> Option<f64>,
) -> Result<(), Fault> {
    let Some(stamp) = stamp(time) else {
        rows.unreadable(object, time);
        return Ok(());
    };
    let offset_s = (header.offset_h.unwrap_or(0.0) * 3600.0)
        .clamp(-7200.0, 7200.0)
        .round() as i64;
    let mut record = WeatherRecord {
        at: stamp.plus_seconds(offset_s),
        ghi: cell("G(h)"),
        dni: cell("Gb(n)"),
        dhi: cell("Gd(h)"),
        air_c: cell("T2m"),
        wind_m_s: cell("WS10m"),
    };
    let plane = [cell("G(i)"), cell("Gb(i)"), cell("Gd(i)"), cell("Gr(i)")];
    if record.ghi.is_none() && plane.iter().any(Option::is_some) {
        if header.slope != Some(0.0) {
            let slope = header
                .slope
                .map_or_else(|| "–".to_owned(), |slope| slope.to_string());
            return Err(Fault::new("weather-tilted", "Slope", slope));
        }
        let [global, beam, sky, ground] = plane;
        record.ghi = global.or_else(|| Some(beam? + sky? + ground.unwrap_or(0.0)));
        record.dhi = sky;
    }
    rows.push(record, object)
}

/// `20180101:0010`, UTC.
fn stamp(text: &str) -> Option<Instant> {
    let (date, time) = text.trim().split_once(':')?;
    if date.len() != 8 || time.len() != 4 {
        return None;
    }
    let part = |text: &str, from: usize, to: usize| text.get(from..to)?.parse::<i16>().ok();
    let small = |value: Option<i16>| i8::try_from(value?).ok();
    Instant::from_utc(
        part(date, 0, 4)?,
        small(part(date, 4, 6))?,
        small(part(date, 6, 8))?,
        small(part(time, 0, 2))?,
        small(part(time, 2, 4))?,
        0,
    )
}
