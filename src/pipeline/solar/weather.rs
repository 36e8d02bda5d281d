//! Which weather a yield is computed with: a file, a clear sky, or the built-in climatology.

use crate::base::{Finding, Severity};
use crate::energy::climate;
use crate::energy::sun::SunFault;
use crate::energy::weather::{Doubts, Observed, Site, SkyHour, Turbidity, clear_year, doubts, missing_months, shift_h, skies};
use crate::formats::{self, weather::WeatherKind};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A year of which a week may be missing.
const A_YEAR_H: std::ops::RangeInclusive<f64> = 8_592.0..=8_784.0;

/// What was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    /// The file's own place when absent.
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub elevation_m: Option<f64>,
    pub year: i16,
    pub clear_sky: bool,
    /// `None` for the table of France.
    pub linke: Option<f64>,
    pub file: Option<PathBuf>,
}

/// Where the light comes from; every answer says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    File(WeatherKind),
    ClearSky,
    Climatology,
}

impl Origin {
    /// A stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::File(kind) => kind.name(),
            Self::ClearSky => "clear-sky",
            Self::Climatology => "climatology",
        }
    }

    /// French and English.
    pub fn sentence(self) -> (&'static str, &'static str) {
        match self {
            Self::File(WeatherKind::Epw) => ("fichier EPW", "EPW file"),
            Self::File(WeatherKind::PvgisTypicalYear) => {
                ("année typique PVGIS", "PVGIS typical year")
            }
            Self::File(WeatherKind::PvgisSeries) => ("série PVGIS", "PVGIS series"),
            Self::File(WeatherKind::Csv) => ("fichier CSV", "CSV file"),
            Self::ClearSky => (
                "ciel sans nuage (pas un rendement)",
                "cloudless sky (not a yield)",
            ),
            Self::Climatology => (
                "climatologie mensuelle intégrée, estimation de Jumeau (ensoleillement proche des normales 1981-2010, sans table officielle ; Ångström-Prescott FAO-56), statistique",
                "built-in monthly climatology, an estimate of Jumeau (sunshine about the 1981-2010 normals, without an official table; Ångström-Prescott FAO-56), statistical",
            ),
        }
    }
}

/// Hours with their origin.
#[derive(Clone, Debug, PartialEq)]
pub struct Weather {
    pub origin: Origin,
    /// Station or data base; may be empty.
    pub title: String,
    pub site: Site,
    pub hours: Vec<SkyHour>,
    /// Length of a step, hours.
    pub step_h: f64,
    pub findings: Vec<Finding>,
}

/// Why there is no weather.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WeatherFault {
    #[error("{0}")]
    Sun(SunFault),
    #[error("{0}: {1}")]
    File(PathBuf, String),
    #[error("{}", .0.code)]
    Format(Finding),
    #[error("no place")]
    Place,
    #[error("no climatology at {0} {1}")]
    Climate(f64, f64),
    #[error("year {0}")]
    Year(i16),
    #[error("nothing")]
    Nothing,
}

impl WeatherFault {
    /// One sentence with the remedy, French and English.
    pub fn sentence(&self) -> (String, String) {
        match self {
            Self::Sun(fault) => (format!("pas de soleil calculable : {}", fault.french()), format!("no sun can be computed: {fault}")),
            Self::File(path, error) => (
                format!("« {} » ne peut pas être lu : {error}", path.display()),
                format!("“{}” cannot be read: {error}", path.display()),
            ),
            Self::Format(finding) => {
                let (fr, en) = formats::messages::message(finding);
                (
                    format!("{} : {fr}", finding.file),
                    format!("{}: {en}", finding.file),
                )
            }
            Self::Place => (
                "donnez --lat et --lon, ou un fichier météo qui dit son lieu".to_owned(),
                "give --lat and --lon, or a weather file that states its place".to_owned(),
            ),
            Self::Climate(lat, lon) => (
                format!(
                    "la climatologie intégrée ne couvre que la France métropolitaine, pas {lat} N {lon} E ; donnez --weather FICHIER ou --clear-sky"
                ),
                format!(
                    "the built-in climatology covers metropolitan France only, not {lat} N {lon} E; give --weather FILE or --clear-sky"
                ),
            ),
            Self::Year(year) => (
                format!("année {year} hors de 1800…2200"),
                format!("year {year} is not within 1800…2200"),
            ),
            Self::Nothing => (
                "aucune heure utilisable".to_owned(),
                "no usable hour".to_owned(),
            ),
        }
    }
}

/// The hours that were asked for, for the sum of a year: months that are not among them are an error, since no year is told without them.
///
/// # Errors
/// As [`weather`].
pub fn weather_of_year(ask: &Ask) -> Result<Weather, WeatherFault> {
    let mut weather = weather(ask)?;
    let missing = missing_months(&weather.hours, weather.step_h);
    if !missing.is_empty() {
        let months: Vec<String> = missing.iter().map(u8::to_string).collect();
        let file = ask.file.as_ref().map_or_else(String::new, |path| path.display().to_string());
        weather.findings.push(Finding::new("weather-month-missing", Severity::Error, file).object(months.len().to_string()).value(months.join(", ")));
    }
    Ok(weather)
}

/// The hours that were asked for, for a plain sum over all of them: a file whose hours are not a year says so.
///
/// # Errors
/// As [`weather`].
pub fn weather_summed(ask: &Ask) -> Result<Weather, WeatherFault> {
    let mut weather = weather(ask)?;
    let hours = (weather.hours.len() as f64 * weather.step_h).round();
    if let Some(path) = ask.file.as_ref().filter(|_| !A_YEAR_H.contains(&hours)) {
        weather.findings.push(Finding::new("weather-not-a-year", Severity::Warning, path.display().to_string()).value(hours));
    }
    Ok(weather)
}

/// The hours that were asked for.
///
/// # Errors
/// [`WeatherFault`].
pub fn weather(ask: &Ask) -> Result<Weather, WeatherFault> {
    if let Some(path) = &ask.file {
        return of_file(ask, path);
    }
    let (Some(lat), Some(lon)) = (ask.lat, ask.lon) else {
        return Err(WeatherFault::Place);
    };
    if !(1801..=2199).contains(&ask.year) {
        return Err(WeatherFault::Year(ask.year));
    }
    let site = Site {
        lat,
        lon,
        elevation_m: ask.elevation_m.unwrap_or(0.0),
    };
    let mut findings = Vec::new();
    let (origin, hours) = if ask.clear_sky {
        let turbidity = match ask.linke {
            Some(value) => Turbidity::Constant(value),
            None => {
                let found = Turbidity::of_place(lat, lon);
                if matches!(found, Turbidity::Constant(_)) {
                    findings.push(
                        Finding::new("turbidity-assumed", Severity::Warning, "")
                            .value(format!("{lat} {lon}")),
                    );
                }
                found
            }
        };
        (
            Origin::ClearSky,
            clear_year(&site, ask.year, &turbidity).map_err(WeatherFault::Sun)?,
        )
    } else {
        if !climate::covers(lat, lon) {
            return Err(WeatherFault::Climate(lat, lon));
        }
        (
            Origin::Climatology,
            climate::typical_year(&site, ask.year).map_err(WeatherFault::Sun)?,
        )
    };
    Ok(Weather {
        origin,
        title: String::new(),
        site,
        hours,
        step_h: 1.0,
        findings,
    })
}

/// Bytes are read up to the format's own limit and one more, so that a larger file is told as such.
fn of_file(ask: &Ask, path: &Path) -> Result<Weather, WeatherFault> {
    let unreadable = |error: std::io::Error| WeatherFault::File(path.to_owned(), error.to_string());
    let mut bytes = Vec::new();
    let mut file = std::fs::File::open(path).map_err(unreadable)?;
    std::io::Read::read_to_end(
        &mut std::io::Read::take(&mut file, formats::weather::MAX_BYTES as u64 + 1),
        &mut bytes,
    )
    .map_err(unreadable)?;
    let name = path.display().to_string();
    let (document, mut findings) = formats::weather::read(&bytes, &name)
        .map_err(|fault| WeatherFault::Format(fault.finding(name.clone())))?;
    let place = document.place;
    let lat = ask
        .lat
        .or(place.map(|place| place.lat))
        .ok_or(WeatherFault::Place)?;
    let lon = ask
        .lon
        .or(place.map(|place| place.lon))
        .ok_or(WeatherFault::Place)?;
    let elevation_m = ask
        .elevation_m
        .or(place.map(|place| place.elevation_m))
        .unwrap_or(0.0);
    if let Some(place) = place
        && ((place.lat - lat).abs() > FAR_DEG || (place.lon - lon).abs() > FAR_DEG)
    {
        findings.push(
            Finding::new("weather-far", Severity::Warning, name.clone())
                .value(format!("{} N {} E", place.lat, place.lon)),
        );
    }
    let site = Site {
        lat,
        lon,
        elevation_m,
    };
    let observed: Vec<Observed> = document
        .records
        .iter()
        .map(|record| Observed {
            at: record.at,
            ghi: record.ghi,
            dni: record.dni,
            dhi: record.dhi,
            air_c: record.air_c,
            wind_m_s: record.wind_m_s,
        })
        .collect();
    let hours = skies(&site, &observed).map_err(WeatherFault::Sun)?;
    findings.extend(doubtful(&site, &hours, document.step_s, &name).map_err(WeatherFault::Sun)?);
    Ok(Weather {
        origin: Origin::File(document.kind),
        title: document.title,
        site,
        hours,
        step_h: document.step_s as f64 / 3600.0,
        findings,
    })
}

/// Less of the light by night is twilight and noise of instruments.
const SOME_NIGHT: f64 = 0.005;
/// More is no detail any more.
const MUCH_NIGHT: f64 = 0.03;
/// Some hours of a year are wrong in any file.
const SOME_ABOVE: f64 = 0.005;
/// The cloudiest months on earth let a tenth through.
const LEAST_CLEARNESS: f64 = 0.04;
/// Within a longer step the sun is everywhere.
const MOST_STEP_S: i64 = 3 * 3600;

/// What the sun has against the light of a file: wrong time zone, unit or step.
fn doubtful(site: &Site, hours: &[SkyHour], step_s: i64, name: &str) -> Result<Vec<Finding>, SunFault> {
    let find = |code, severity, value: String| Finding::new(code, severity, name).value(value);
    if step_s > MOST_STEP_S {
        return Ok(vec![find("weather-step-coarse", Severity::Error, (step_s as f64 / 3600.0).to_string())]);
    }
    let Doubts { by_night, above_sun, clearness } = doubts(hours);
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let mut found = Vec::new();
    let shift = shift_h(site, hours)?;
    let severity = if by_night > MUCH_NIGHT || shift.abs() > 1 { Severity::Error } else { Severity::Warning };
    if shift != 0 {
        // What else the sun has against light of another hour is said by that.
        return Ok(vec![find("weather-light-shifted", severity, percent(by_night)).object(format!("{shift:+}"))]);
    }
    if by_night > SOME_NIGHT {
        found.push(find("weather-light-by-night", severity, percent(by_night)));
    }
    if above_sun > SOME_ABOVE {
        found.push(find("weather-light-above-sun", Severity::Error, percent(above_sun)));
    }
    if let Some(clearness) = clearness.filter(|clearness| *clearness < LEAST_CLEARNESS) {
        found.push(find("weather-light-weak", Severity::Error, percent(clearness)));
    }
    Ok(found)
}

/// Weather from farther than this is doubtful, degrees.
const FAR_DEG: f64 = 0.75;

/// Findings as the command line's contract writes them.
pub fn findings_json(findings: &[Finding]) -> Vec<Value> {
    findings
        .iter()
        .map(|finding| {
            let (_, message) = formats::messages::message(finding);
            json!({ "code": finding.code, "severity": finding.severity.name(), "file": finding.file, "object": finding.object, "message": message })
        })
        .collect()
}
