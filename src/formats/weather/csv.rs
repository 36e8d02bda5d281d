//! Plain CSV: a head of column names, a row an hour.
//!
//! | column | names understood |
//! |---|---|
//! | time | `time`, `time_utc`, `timestamp`, `date`, `datetime` (start of the hour; its middle where all stamps of an hourly file are at half past); `time_mid`; `time_end` |
//! | global, beam, diffuse | `ghi`, `dni`, `dhi`; PVGIS' `G(h)`, `Gb(n)`, `Gd(h)`; Open-Meteo's `shortwave_radiation`, `direct_normal_irradiance`, `diffuse_radiation`, means of the hour before their stamp |
//! | air | `temp_air`, `air_c`, `t2m`, `temperature`, `temperature_2m`, `t` |
//! | wind | `wind_speed`, `wind_m_s`, `ws10m`, `wind`, `wind_speed_10m` |
//!
//! A unit in brackets behind a name is read: W/m², kW/m², or the energy of a step (Wh, kWh, kJ, MJ by m², J/cm²); °C, K, °F; m/s, km/h, kn.
//! Lines before the head are passed over; a first table with `latitude` and `longitude` gives the place.
//!
//! Times are RFC 3339, or `2025-06-21 13:00[:00]` or `21/06/2025 13:00` in UTC. Commas, semicolons or tabs part the columns; with semicolons a decimal comma is understood.
//! Lines that begin with `#` are notes; `# lat: 47.2`, `# lon: -1.55`, `# elevation: 20` give the place.

use super::{Rows, WeatherFile, WeatherKind, WeatherPlace, WeatherRecord, lines, number};
use crate::base::Instant;
use crate::formats::Fault;

/// Which moment of its hour a stamp is.
#[derive(Clone, Copy)]
enum Stamp {
    Start,
    Middle,
    End,
}

struct Columns {
    time: (usize, Stamp),
    ghi: Option<Column>,
    dni: Option<Column>,
    dhi: Option<Column>,
    air: Option<Column>,
    wind: Option<Column>,
}

/// Where a value stands, and how it becomes W/m², °C, m/s: times a factor, plus an offset.
#[derive(Clone, Copy)]
struct Column {
    at: usize,
    factor: f64,
    offset: f64,
    /// The energy of a step rather than its mean power: Wh/m² after the factor.
    is_energy: bool,
}

/// Lines that may stand before the head.
const MOST_BEFORE: usize = 40;

pub(super) fn read(text: &str, rows: &mut Rows) -> Result<WeatherFile, Fault> {
    let mut columns: Option<(Columns, char)> = None;
    let (mut lat, mut lon, mut elevation_m) = (None, None, 0.0);
    // As written: the hours of a clock that is half an hour off UTC are hours all the same.
    let mut all_at_half_past = true;
    let mut before: Vec<(usize, &str)> = Vec::new();
    let mut kept: Vec<(WeatherRecord, String)> = Vec::new();
    for (line, text) in lines(text) {
        if text.trim().is_empty() {
            continue;
        }
        if let Some(note) = text.trim_start().strip_prefix('#') {
            if let Some((name, value)) = note.split_once(':') {
                match name.trim().to_lowercase().as_str() {
                    "lat" | "latitude" => lat = number(value),
                    "lon" | "longitude" => lon = number(value),
                    "elevation" | "altitude" => elevation_m = number(value).unwrap_or(0.0),
                    _ => {}
                }
            }
            continue;
        }
        let Some((columns, separator)) = &columns else {
            let separator = [';', '\t', ','].into_iter().find(|mark| text.contains(*mark)).unwrap_or(',');
            if let Some(found) = Columns::of(text, separator, line)? {
                columns = Some((found, separator));
                continue;
            }
            // A table of the place before that of the hours: names, then values.
            if let Some((_, head)) = before.last() {
                let heads = names(head, separator);
                let value = |wanted: [&str; 2]| heads.iter().position(|head| wanted.contains(&head.as_str())).and_then(|at| written(text.split(separator).nth(at)?, separator));
                lat = lat.or_else(|| value(["lat", "latitude"]));
                lon = lon.or_else(|| value(["lon", "longitude"]));
                elevation_m = value(["elevation", "altitude"]).unwrap_or(elevation_m);
            }
            before.push((line, text));
            if before.len() > MOST_BEFORE {
                break;
            }
            continue;
        };
        if kept.len() >= super::MAX_RECORDS {
            return Err(Fault::new("weather-limit", format!("line {line}"), kept.len()));
        }
        let words: Vec<&str> = text.split(*separator).collect();
        let object = format!("line {line}");
        let word = words.get(columns.time.0).copied().unwrap_or("");
        let Some(stamp) = instant(word) else {
            rows.unreadable(&object, text);
            continue;
        };
        all_at_half_past &= word.split_once(':').is_some_and(|(_, rest)| rest.starts_with("30"));
        let cell = |column: Option<Column>| {
            let Column { at, factor, offset, .. } = column?;
            let word = words.get(at)?.trim().trim_matches('"');
            Some(factor * written(word, *separator)? + offset)
        };
        let record = WeatherRecord {
            at: stamp,
            ghi: cell(columns.ghi),
            dni: cell(columns.dni),
            dhi: cell(columns.dhi),
            air_c: cell(columns.air),
            wind_m_s: cell(columns.wind),
        };
        kept.push((record, object));
    }
    let Some((columns, _)) = columns else {
        // Of what stands there, the line with most names is meant as the head.
        let head = before.iter().max_by_key(|(line, text)| (text.split([';', '\t', ',']).count(), std::cmp::Reverse(*line)));
        return Err(head.map_or_else(
            || Fault::new("weather-empty", "", ""),
            |(line, text)| Fault::new("weather-columns", format!("line {line}"), text.chars().take(80).collect::<String>()),
        ));
    };
    let step_s = super::step_s(kept.iter().map(|(record, _)| record.at));
    let half = step_s / 2;
    let shift = match columns.time.1 {
        // No hour begins at half past.
        Stamp::Start if all_at_half_past && step_s == 3600 => 0,
        Stamp::Start => half,
        Stamp::Middle => 0,
        Stamp::End => -half,
    };
    let power = |column: Option<Column>, value: Option<f64>| value.map(|value| if column.is_some_and(|column| column.is_energy) { value * 3600.0 / step_s as f64 } else { value });
    for (mut record, object) in kept {
        record.at = record.at.plus_seconds(shift);
        record.ghi = power(columns.ghi, record.ghi);
        record.dni = power(columns.dni, record.dni);
        record.dhi = power(columns.dhi, record.dhi);
        rows.push(record, &object)?;
    }
    Ok(WeatherFile {
        kind: WeatherKind::Csv,
        title: String::new(),
        place: lat.zip(lon).map(|(lat, lon)| WeatherPlace {
            lat,
            lon,
            elevation_m,
        }),
        records: Vec::new(),
        dark: Vec::new(),
        step_s: 3600,
    })
}

/// A number, with a decimal comma where commas part nothing.
fn written(word: &str, separator: char) -> Option<f64> {
    if separator == ',' { number(word) } else { number(&word.replace(',', ".")) }
}

fn names(head: &str, separator: char) -> Vec<String> {
    head.split(separator).map(|name| name.trim().trim_matches('"').to_lowercase()).collect()
}

/// A name and the unit in brackets behind it; a bracket may belong to the name, as in `G(h)`.
fn bare(name: &str) -> (&str, &str) {
    let open = name.rfind(['(', '[']);
    let unit = open.and_then(|open| name.get(open + 1..)).and_then(|rest| rest.strip_suffix([')', ']']));
    match (open.and_then(|open| name.get(..open)), unit) {
        (Some(name), Some(unit)) => (name.trim_end_matches([' ', '_']), unit),
        _ => (name, ""),
    }
}

impl Columns {
    /// `None` without a time and a global light, or beam and diffuse.
    ///
    /// # Errors
    /// `weather-unit` for a unit that nobody knows.
    fn of(head: &str, separator: char, line: usize) -> Result<Option<Self>, Fault> {
        let names = names(head, separator);
        let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()) || known.contains(&bare(name).0));
        let value = |known: &[&str], factor: fn(&str) -> Option<(f64, f64, bool)>| {
            let Some(at) = find(known) else { return Ok(None) };
            let name = names.get(at).map(String::as_str).unwrap_or_default();
            let unit = if known.contains(&name) { "" } else { bare(name).1 };
            let unit: String = unit.to_lowercase().replace('²', "2").replace(['°', ' ', '^'], "");
            let (factor, offset, is_energy) = factor(&unit).ok_or_else(|| Fault::new("weather-unit", format!("line {line}: {name}"), &unit))?;
            Ok(Some(Column { at, factor, offset, is_energy }))
        };
        let before = find(&["shortwave_radiation", "direct_normal_irradiance"]).is_some();
        let time = find(&["time", "time_utc", "time(utc)", "timestamp", "date", "datetime", "time_start"])
            .map(|at| (at, if before { Stamp::End } else { Stamp::Start }))
            .or_else(|| find(&["time_mid"]).map(|at| (at, Stamp::Middle)))
            .or_else(|| find(&["time_end"]).map(|at| (at, Stamp::End)));
        let Some(time) = time else { return Ok(None) };
        let columns = Self {
            time,
            ghi: value(&["ghi", "g(h)", "shortwave_radiation"], light)?,
            dni: value(&["dni", "gb(n)", "direct_normal_irradiance"], light)?,
            dhi: value(&["dhi", "gd(h)", "diffuse_radiation"], light)?,
            air: value(&["temp_air", "air_c", "t2m", "temperature", "temperature_c", "temperature_2m", "t"], air)?,
            wind: value(&["wind_speed", "wind_m_s", "ws10m", "wind", "wind_speed_10m"], wind)?,
        };
        Ok((columns.ghi.is_some() || (columns.dni.is_some() && columns.dhi.is_some())).then_some(columns))
    }
}

/// Factor, offset, and whether it is energy: to W/m² or Wh/m².
fn light(unit: &str) -> Option<(f64, f64, bool)> {
    Some(match unit {
        "" | "w/m2" | "wm-2" | "w.m-2" => (1.0, 0.0, false),
        "kw/m2" => (1e3, 0.0, false),
        "wh/m2" => (1.0, 0.0, true),
        "kwh/m2" => (1e3, 0.0, true),
        "j/cm2" => (1e4 / 3600.0, 0.0, true),
        "kj/m2" => (1e3 / 3600.0, 0.0, true),
        "mj/m2" => (1e6 / 3600.0, 0.0, true),
        _ => return None,
    })
}

fn air(unit: &str) -> Option<(f64, f64, bool)> {
    Some(match unit {
        "" | "c" | "degc" | "celsius" => (1.0, 0.0, false),
        "k" => (1.0, -273.15, false),
        "f" | "degf" => (5.0 / 9.0, -160.0 / 9.0, false),
        _ => return None,
    })
}

fn wind(unit: &str) -> Option<(f64, f64, bool)> {
    Some(match unit {
        "" | "m/s" | "ms-1" => (1.0, 0.0, false),
        "km/h" => (1.0 / 3.6, 0.0, false),
        "kn" | "kt" => (1852.0 / 3600.0, 0.0, false),
        _ => return None,
    })
}

/// RFC 3339, or a date and time without an offset, which is UTC.
fn instant(word: &str) -> Option<Instant> {
    let word = word.trim().trim_matches('"');
    Instant::parse(word).or_else(|| {
        let (date, time) = word.split_once([' ', 'T'])?;
        // 21/06/2025, as spreadsheets in France write it.
        let date = match date.split('/').collect::<Vec<_>>()[..] {
            [day, month, year] if day.len() == 2 && month.len() == 2 && year.len() == 4 => format!("{year}-{month}-{day}"),
            _ => date.to_owned(),
        };
        let colons = time.matches(':').count();
        Instant::parse(&format!(
            "{date}T{time}{}Z",
            if colons == 1 { ":00" } else { "" }
        ))
    })
}
