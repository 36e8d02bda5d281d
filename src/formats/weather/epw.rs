//! EnergyPlus weather (EPW): eight lines of header, then 35 fields an hour, 1…24 in local standard time, each ending at its stamp.
//! Where `DATA PERIODS` states several records an hour, the minute tells them apart.
//!
//! Format: EnergyPlus, Auxiliary Programs, "EnergyPlus Weather File (EPW) Data Dictionary".

use super::{Rows, WeatherFile, WeatherKind, WeatherPlace, WeatherRecord, lines, number};
use crate::base::{Instant, Severity};
use crate::formats::Fault;

pub(super) fn read(text: &str, rows: &mut Rows) -> Result<WeatherFile, Fault> {
    let mut lines = lines(text);
    let (_, first) = lines
        .next()
        .ok_or_else(|| Fault::new("weather-empty", "", ""))?;
    let header: Vec<&str> = first.split(',').collect();
    let field = |at: usize| {
        header.get(at).and_then(|word| number(word)).ok_or_else(|| {
            Fault::new(
                "weather-header",
                format!("LOCATION[{at}]"),
                header.get(at).unwrap_or(&""),
            )
        })
    };
    let (lat, lon, zone_h, elevation_m) = (field(6)?, field(7)?, field(8)?, field(9)?);
    if !((-90.0..=90.0).contains(&lat)
        && (-180.0..=180.0).contains(&lon)
        && (-14.0..=14.0).contains(&zone_h))
    {
        return Err(Fault::new(
            "weather-header",
            "LOCATION",
            format!("{lat} {lon} {zone_h}"),
        ));
    }
    let title = header
        .get(1)
        .map(|word| word.trim().to_owned())
        .unwrap_or_default();
    let mut per_hour = 1.0;
    for (line, text) in lines {
        let fields: Vec<&str> = text.split(',').collect();
        if fields.first().is_some_and(|word| word.trim().eq_ignore_ascii_case("DATA PERIODS")) {
            per_hour = fields.get(2).and_then(|word| number(word)).filter(|count| (1.0..=60.0).contains(count)).unwrap_or(1.0);
        }
        // Header lines begin with a word, data with a year.
        let Some(year) = fields.first().and_then(|word| number(word)) else {
            continue;
        };
        if fields.len() < 22 {
            rows.unreadable(&format!("line {line}"), text);
            continue;
        }
        let value = |at: usize, missing: f64| {
            fields
                .get(at)
                .and_then(|word| number(word))
                .filter(|value| *value < missing)
        };
        let whole = |at: usize| fields.get(at).and_then(|word| number(word));
        let (Some(month), Some(day), Some(hour)) = (whole(1), whole(2), whole(3)) else {
            rows.unreadable(&format!("line {line}"), text);
            continue;
        };
        let midnight = Instant::from_utc(year as i16, month as i8, day as i8, 0, 0, 0);
        let (Some(midnight), true) = (midnight, (1.0..=24.0).contains(&hour)) else {
            rows.unreadable(&format!("line {line}"), text);
            continue;
        };
        // Minutes are 60 in most files, 0 in some, and mean nothing in hourly ones; of several an hour each says where its part ends.
        let minute = whole(4).filter(|minute| per_hour > 1.0 && (1.0..=60.0).contains(minute)).unwrap_or(60.0);
        let middle_h = hour - 1.0 + minute / 60.0 - 0.5 / per_hour;
        let at = midnight.plus_seconds(((middle_h - zone_h) * 3600.0).round() as i64);
        let record = WeatherRecord {
            at,
            ghi: value(13, 9999.0),
            dni: value(14, 9999.0),
            dhi: value(15, 9999.0),
            air_c: value(6, 99.9),
            wind_m_s: value(21, 999.0),
        };
        rows.push(record, &format!("line {line}"))?;
    }
    if rows.records.iter().all(|record| record.air_c.is_none()) {
        rows.find("weather-no-temperature", Severity::Info, "", "");
    }
    Ok(WeatherFile {
        kind: WeatherKind::Epw,
        title,
        place: Some(WeatherPlace {
            lat,
            lon,
            elevation_m,
        }),
        records: Vec::new(),
        dark: Vec::new(),
        step_s: 3600,
    })
}
