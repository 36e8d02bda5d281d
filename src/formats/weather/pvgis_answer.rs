//! What PVGIS answers for one system (`PVcalc`, JSON): the year of a fixed plane, to hold ours against.

use crate::formats::Fault;
use serde_json::Value;

/// Largest answer that is read, bytes.
pub const MAX_ANSWER_BYTES: usize = 4 << 20;

/// A fixed plane and its year.
#[derive(Clone, Debug, PartialEq)]
pub struct PvgisAnswer {
    pub lat: f64,
    pub lon: f64,
    /// `PVGIS-SARAH3`.
    pub database: String,
    pub tilt: f64,
    /// Clockwise from true north, degrees; the file counts from the south.
    pub azimuth: f64,
    pub kwp: f64,
    /// Share of the output that the system loses.
    pub losses: f64,
    /// Air moves behind the modules; otherwise they are part of the building.
    pub is_free_standing: bool,
    pub kwh_year: f64,
}

impl PvgisAnswer {
    /// # Errors
    /// `pvgis-answer`, with the part that is missing or makes no sense.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_ANSWER_BYTES {
            return Err(Fault::new("pvgis-answer", "", format!("{} > {MAX_ANSWER_BYTES}", bytes.len())));
        }
        let document: Value = serde_json::from_slice(bytes).map_err(|error| Fault::new("pvgis-answer", "", error))?;
        let number = |path: &str, [low, high]: [f64; 2]| {
            let value = document.pointer(path).and_then(Value::as_f64);
            value.filter(|value| (low..=high).contains(value)).ok_or_else(|| Fault::new("pvgis-answer", path, value.map(|value| value.to_string()).unwrap_or_default()))
        };
        let text = |path: &str| document.pointer(path).and_then(Value::as_str).unwrap_or_default();
        Ok(Self {
            lat: number("/inputs/location/latitude", [-90.0, 90.0])?,
            lon: number("/inputs/location/longitude", [-180.0, 180.0])?,
            database: text("/inputs/meteo_data/radiation_db").chars().take(60).collect(),
            tilt: number("/inputs/mounting_system/fixed/slope/value", [0.0, 90.0])?,
            azimuth: (number("/inputs/mounting_system/fixed/azimuth/value", [-360.0, 360.0])? + 180.0).rem_euclid(360.0),
            kwp: number("/inputs/pv_module/peak_power", [1e-6, 1e9])?,
            losses: number("/inputs/pv_module/system_loss", [0.0, 99.0])? / 100.0,
            is_free_standing: text("/inputs/mounting_system/fixed/type") != "building-integrated",
            kwh_year: number("/outputs/totals/fixed/E_y", [0.0, 1e13])?,
        })
    }
}
