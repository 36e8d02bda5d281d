//! Plain CSV: a head of column names, a row an hour.
//!
//! | column | names understood |
//! |---|---|
//! | time | `time`, `time_utc`, `timestamp`, `date`, `datetime` (start of the hour; its middle where all stamps of an hourly file are at half past); `time_mid`; `time_end` |
//! | global, beam, diffuse | `ghi`, `dni`, `dhi` and PVGIS' `G(h)`, `Gb(n)`, `Gd(h)` |
//! | air | `temp_air`, `air_c`, `t2m`, `temperature` |
//! | wind | `wind_speed`, `wind_m_s`, `ws10m`, `wind` |
//!
//! Times are RFC 3339, or `2025-06-21 13:00[:00]` in UTC. Commas, semicolons or tabs part the columns; with semicolons a decimal comma is understood.
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
    ghi: Option<usize>,
    dni: Option<usize>,
    dhi: Option<usize>,
    air: Option<usize>,
    wind: Option<usize>,
}

pub(super) fn read(text: &str, rows: &mut Rows) -> Result<WeatherFile, Fault> {
    let mut columns: Option<(Columns, char)> = None;
    let (mut lat, mut lon, mut elevation_m) = (None, None, 0.0);
    // As written: the hours of a clock that is half an hour off UTC are hours all the same.
    let mut all_at_half_past = true;
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
            let separator = [';', '\t', ',']
                .into_iter()
                .find(|mark| text.contains(*mark))
                .unwrap_or(',');
            let found = Columns::of(text, separator).ok_or_else(|| {
                Fault::new(
                    "weather-header",
                    format!("line {line}"),
                    text.chars().take(80).collect::<String>(),
                )
            })?;
            columns = Some((found, separator));
            continue;
        };
        let words: Vec<&str> = text.split(*separator).collect();
        let object = format!("line {line}");
        let word = words.get(columns.time.0).copied().unwrap_or("");
        let Some(stamp) = instant(word) else {
            rows.unreadable(&object, text);
            continue;
        };
        all_at_half_past &= word.split_once(':').is_some_and(|(_, rest)| rest.starts_with("30"));
        let cell = |at: Option<usize>| {
            let word = words.get(at?)?;
            if *separator == ',' {
                number(word)
            } else {
                number(&word.replace(',', "."))
            }
        };
        let record = WeatherRecord {
            at: stamp,
            ghi: cell(columns.ghi),
            dni: cell(columns.dni),
            dhi: cell(columns.dhi),
            air_c: cell(columns.air),
            wind_m_s: cell(columns.wind),
        };
        rows.push(record, &object)?;
    }
    let Some((columns, _)) = columns else {
        return Err(Fault::new("weather-empty", "", ""));
    };
    let step_s = super::step_s(&rows.records);
    let half = step_s / 2;
    let shift = match columns.time.1 {
        // No hour begins at half past.
        Stamp::Start if all_at_half_past && step_s == 3600 => 0,
        Stamp::Start => half,
        Stamp::Middle => 0,
        Stamp::End => -half,
    };
    for record in &mut rows.records {
        record.at = record.at.plus_seconds(shift);
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

impl Columns {
    /// `None` without a time and a global light, or beam and diffuse.
    fn of(head: &str, separator: char) -> Option<Self> {
        let names: Vec<String> = head
            .split(separator)
            .map(|name| name.trim().trim_matches('"').to_lowercase())
            .collect();
        let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
        let time = find(&[
            "time",
            "time_utc",
            "time(utc)",
            "timestamp",
            "date",
            "datetime",
            "time_start",
        ])
        .map(|at| (at, Stamp::Start))
        .or_else(|| find(&["time_mid"]).map(|at| (at, Stamp::Middle)))
        .or_else(|| find(&["time_end"]).map(|at| (at, Stamp::End)))?;
        let columns = Self {
            time,
            ghi: find(&["ghi", "g(h)"]),
            dni: find(&["dni", "gb(n)"]),
            dhi: find(&["dhi", "gd(h)"]),
            air: find(&["temp_air", "air_c", "t2m", "temperature", "temperature_c"]),
            wind: find(&["wind_speed", "wind_m_s", "ws10m", "wind"]),
        };
        (columns.ghi.is_some() || (columns.dni.is_some() && columns.dhi.is_some()))
            .then_some(columns)
    }
}

/// RFC 3339, or a date and time without an offset, which is UTC.
fn instant(word: &str) -> Option<Instant> {
    let word = word.trim().trim_matches('"');
    Instant::parse(word).or_else(|| {
        let (date, time) = word.split_once([' ', 'T'])?;
        let colons = time.matches(':').count();
        Instant::parse(&format!(
            "{date}T{time}{}Z",
            if colons == 1 { ":00" } else { "" }
        ))
    })
}
