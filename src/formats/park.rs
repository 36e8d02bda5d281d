//! A wind park as a file: GeoJSON points whose attributes describe turbines, or a JSON object of our own.
//!
//! | attribute of a point | also called | |
//! |---|---|---|
//! | `id` | `nom`, `name` | |
//! | `curve` | `courbe`, `model`, `modele` | a curve of the library |
//! | `hub_m` | `hauteur_moyeu_m`, `hub_height` | metres |
//! | `rotor_m` | `diametre_rotor_m`, `rotor_diameter` | metres; the library's where absent |
//! | `availability` | `disponibilite` | 0…1, 1 where absent |
//!
//! Points without a hub height are no turbines (a battery, a mast) and are passed over. Our own object:
//!
//! ```json
//! { "wake_widening": 0.075, "thrust": 0.8,
//!   "turbines": [ { "id": "E1", "lonlat": [-4.6, 48.5], "curve": "E-70/2000", "hub_m": 84, "rotor_m": 71, "power_curve": [[3, 25], [13, 2000]] } ] }
//! ```
//!
//! `east_m` and `north_m` stand in place of `lonlat`; `thrust` is one number or `[[speed, coefficient], …]`; a `power_curve` (m/s, kW) stands in place of `curve`.

use super::Fault;
use super::geojson;
use super::shape::Shape;
use serde_json::{Map, Value};

/// Most turbines of a file; a park has some dozens.
pub const MAX_TURBINES: usize = 1_000;
/// Most points of one curve.
const MAX_POINTS: usize = 1_000;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// Degrees.
    LonLat([f64; 2]),
    /// Metres east and north of any common point.
    Local([f64; 2]),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Turbine {
    pub id: String,
    pub place: Place,
    pub hub_m: f64,
    pub rotor_m: Option<f64>,
    /// A curve of the library.
    pub curve: Option<String>,
    /// m/s and kW; empty where a name stands for it.
    pub power_curve: Vec<[f64; 2]>,
    pub availability: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Thrust {
    Constant(f64),
    /// m/s and coefficients.
    Curve(Vec<[f64; 2]>),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub turbines: Vec<Turbine>,
    pub thrust: Option<Thrust>,
    pub wake_widening: Option<f64>,
}

/// # Errors
/// `wind-park` where the file is none, `wind-turbine` with the turbine and what of it is impossible.
pub fn read(bytes: &[u8]) -> Result<Document, Fault> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let document: Value = serde_json::from_slice(bytes).map_err(|error| Fault::new("wind-park", "JSON", error))?;
    let object = document.as_object().ok_or_else(|| Fault::new("wind-park", "JSON", "{…}"))?;
    let turbines = match object.get("turbines").map(Value::as_array) {
        Some(Some(rows)) => own(rows)?,
        Some(None) => return Err(Fault::new("wind-park", "turbines", "[…]")),
        None => of_points(bytes)?,
    };
    if turbines.is_empty() || turbines.len() > MAX_TURBINES {
        return Err(Fault::new("wind-park", "turbines", turbines.len()));
    }
    let is_local = |turbine: &Turbine| matches!(turbine.place, Place::Local(_));
    if let Some(odd) = turbines.iter().find(|turbine| is_local(turbine) != turbines.first().is_some_and(is_local)) {
        return Err(Fault::new("wind-turbine", &odd.id, "lonlat / east_m, north_m"));
    }
    let thrust = match object.get("thrust") {
        None | Some(Value::Null) => None,
        Some(Value::Number(number)) => number.as_f64().map(Thrust::Constant),
        Some(other) => Some(Thrust::Curve(pairs(other).ok_or_else(|| Fault::new("wind-park", "thrust", other))?)),
    };
    Ok(Document { turbines, thrust, wake_widening: object.get("wake_widening").and_then(Value::as_f64) })
}

fn own(rows: &[Value]) -> Result<Vec<Turbine>, Fault> {
    let mut turbines = Vec::new();
    for (number, row) in rows.iter().enumerate().take(MAX_TURBINES + 1) {
        let name = format!("turbines[{number}]");
        let object = row.as_object().ok_or_else(|| Fault::new("wind-turbine", &name, row))?;
        let two = |key: &str| object.get(key).and_then(|value| <[f64; 2]>::try_from(numbers(value)?).ok());
        let metres = |key: &str| object.get(key).and_then(Value::as_f64);
        let place = match (two("lonlat"), metres("east_m"), metres("north_m")) {
            (Some(at), ..) => Place::LonLat(at),
            (None, Some(east), Some(north)) => Place::Local([east, north]),
            _ => return Err(Fault::new("wind-turbine", &name, "lonlat")),
        };
        turbines.push(turbine(object, &name, place)?.ok_or_else(|| Fault::new("wind-turbine", &name, "hub_m"))?);
    }
    Ok(turbines)
}

fn of_points(bytes: &[u8]) -> Result<Vec<Turbine>, Fault> {
    let read = geojson::parse(bytes).map_err(|why| Fault::new("wind-park", "GeoJSON", why))?;
    let is_projected = read.crs.as_deref().is_some_and(|crs| !crs.contains("CRS84") && !crs.contains("4326"));
    let mut turbines = Vec::new();
    for (number, feature) in read.features.iter().enumerate() {
        let Some(Shape::Point([x, y, _])) = feature.shape else { continue };
        let place = if is_projected { Place::Local([x, y]) } else { Place::LonLat([x, y]) };
        let name = if feature.id.is_empty() { format!("features[{number}]") } else { feature.id.clone() };
        turbines.extend(turbine(&feature.properties, &name, place)?);
        if turbines.len() > MAX_TURBINES {
            break;
        }
    }
    Ok(turbines)
}

/// `None` without a hub height.
fn turbine(object: &Map<String, Value>, name: &str, place: Place) -> Result<Option<Turbine>, Fault> {
    let find = |keys: &[&str]| keys.iter().find_map(|key| object.get(*key).filter(|value| !value.is_null()));
    let text = |keys: &[&str]| find(keys).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let id = text(&["id", "name", "nom"]).unwrap_or_else(|| name.to_owned());
    let number = |keys: &[&str], least: f64, most: f64| match find(keys) {
        None => Ok(None),
        Some(value) => {
            let number = value.as_f64().or_else(|| value.as_str()?.trim().replace(',', ".").parse().ok());
            let sound = number.filter(|number| (least..=most).contains(number));
            sound.map(Some).ok_or_else(|| Fault::new("wind-turbine", &id, format!("{} = {value}", keys.first().unwrap_or(&""))))
        }
    };
    let Some(hub_m) = number(&["hub_m", "hauteur_moyeu_m", "hub_height"], 1.0, 400.0)? else { return Ok(None) };
    let at = match place {
        Place::LonLat(at) => at.map(|degrees| degrees / 180.0),
        Place::Local(at) => at.map(|metres| metres / 1e8),
    };
    if !at.iter().all(|share| share.abs() <= 1.0) {
        return Err(Fault::new("wind-turbine", &id, format!("{place:?}")));
    }
    let power_curve = match object.get("power_curve") {
        None | Some(Value::Null) => Vec::new(),
        Some(value) => pairs(value).ok_or_else(|| Fault::new("wind-turbine", &id, "power_curve"))?,
    };
    Ok(Some(Turbine {
        hub_m,
        rotor_m: number(&["rotor_m", "diametre_rotor_m", "rotor_diameter"], 1.0, 400.0)?,
        availability: number(&["availability", "disponibilite"], 0.0, 1.0)?.unwrap_or(1.0),
        curve: text(&["curve", "courbe", "model", "modele"]),
        power_curve,
        place,
        id,
    }))
}

fn numbers(value: &Value) -> Option<Vec<f64>> {
    value.as_array()?.iter().take(3).map(Value::as_f64).collect()
}

fn pairs(value: &Value) -> Option<Vec<[f64; 2]>> {
    let rows = value.as_array().filter(|rows| (2..=MAX_POINTS).contains(&rows.len()))?;
    rows.iter().map(|row| numbers(row)?.try_into().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn points_with_a_hub_are_turbines_and_the_rest_is_passed_over() {
        let text = r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","properties":{"id":"E1","courbe":"E-70/2000","hauteur_moyeu_m":84,"diametre_rotor_m":"71,0"},"geometry":{"type":"Point","coordinates":[-4.6,48.5]}},
            {"type":"Feature","properties":{"id":"BAT","type":"batterie"},"geometry":{"type":"Point","coordinates":[-4.6,48.51]}}]}"#;
        let park = read(text.as_bytes()).unwrap();
        assert_eq!(park.turbines.len(), 1);
        let turbine = &park.turbines[0];
        assert_eq!((turbine.id.as_str(), turbine.hub_m, turbine.rotor_m, turbine.curve.as_deref()), ("E1", 84.0, Some(71.0), Some("E-70/2000")));
        assert_eq!((turbine.place, turbine.availability), (Place::LonLat([-4.6, 48.5]), 1.0));
    }

    #[test]
    fn what_is_impossible_is_named() {
        let code = |text: &str| read(text.as_bytes()).map_err(|fault| (fault.code, fault.object));
        assert_eq!(code("[]"), Err(("wind-park", "JSON".to_owned())));
        assert_eq!(code(r#"{"turbines":[]}"#), Err(("wind-park", "turbines".to_owned())));
        assert_eq!(code(r#"{"turbines":[{"hub_m":84}]}"#), Err(("wind-turbine", "turbines[0]".to_owned())));
        assert_eq!(code(r#"{"turbines":[{"id":"A","lonlat":[0,0],"hub_m":-3}]}"#), Err(("wind-turbine", "A".to_owned())));
        assert_eq!(code(r#"{"turbines":[{"id":"A","lonlat":[0,900],"hub_m":84}]}"#), Err(("wind-turbine", "A".to_owned())));
        let mixed = r#"{"turbines":[{"id":"A","lonlat":[0,0],"hub_m":84},{"id":"B","east_m":0,"north_m":1,"hub_m":84}]}"#;
        assert_eq!(code(mixed), Err(("wind-turbine", "B".to_owned())));
    }

    proptest! {
        #[test]
        fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
