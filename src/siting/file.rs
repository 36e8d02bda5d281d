//! A proposal as GeoJSON (RFC 7946): points for what stands somewhere, lines for feeders, so that any map program shows it.
//!
//! What belongs to the whole stands in the member `proposal` of the collection, which other programs leave alone.

use super::SitingFault;
use crate::view::proposal::MAX_PLACED;
use crate::view::{BatteryUse, Placed, Proposal, SolarMount, Thing};
use serde_json::{Map, Value, json};

/// Largest file that is read, bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// Features that are looked at; most of a foreign file may be something else.
const MAX_FEATURES: usize = 100_000;

/// A proposal that was read, and how many features of the file are none of its things.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    pub proposal: Proposal,
    pub left_out: usize,
}

pub fn to_geojson(proposal: &Proposal) -> Value {
    let features: Vec<Value> = proposal.placed.iter().map(feature).collect();
    json!({
        "type": "FeatureCollection",
        "proposal": { "format": "jumeau-proposal-1", "limit_kw": proposal.limit_kw, "battery_use": proposal.battery_use.id(), "wind_ms": proposal.wind_ms },
        "features": features,
    })
}

fn feature(placed: &Placed) -> Value {
    let point = || json!({ "type": "Point", "coordinates": placed.at });
    let (geometry, mut properties) = match &placed.thing {
        Thing::Turbine { model, hub_m } => (point(), json!({ "model": model, "hub_m": hub_m })),
        Thing::Solar { kwp, tilt_deg, azimuth_deg, mount } => (point(), json!({ "kwp": kwp, "tilt_deg": tilt_deg, "azimuth_deg": azimuth_deg, "mount": mount.id() })),
        Thing::Battery { kwh, kw } => (point(), json!({ "kwh": kwh, "kw": kw })),
        Thing::Hub { points, kw } => (point(), json!({ "points": points, "kw": kw })),
        Thing::Feeder { to, kw } => (json!({ "type": "LineString", "coordinates": [placed.at, to] }), json!({ "kw": kw })),
    };
    if let Value::Object(map) = &mut properties {
        map.insert("kind".to_owned(), json!(placed.thing.tool().id()));
        map.insert("status".to_owned(), json!("projet"));
    }
    json!({ "type": "Feature", "geometry": geometry, "properties": properties })
}

/// Reads what [`to_geojson`] wrote, and collections of other people whose features say the same.
///
/// # Errors
/// `proposal-unreadable`; `proposal-too-many` beyond [`MAX_PLACED`] things.
pub fn read(bytes: &[u8]) -> Result<Read, SitingFault> {
    if bytes.len() > MAX_BYTES {
        return Err(SitingFault::new("proposal-unreadable", format!("{} > {MAX_BYTES}", bytes.len())));
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let whole: Value = serde_json::from_slice(text).map_err(|error| SitingFault::new("proposal-unreadable", error))?;
    let features = whole.get("features").and_then(Value::as_array).filter(|_| whole.get("type").and_then(Value::as_str) == Some("FeatureCollection"));
    let features = features.ok_or_else(|| SitingFault::new("proposal-unreadable", "FeatureCollection"))?;
    let mut read = Read::default();
    for feature in features.iter().take(MAX_FEATURES) {
        match placed(feature) {
            Some(placed) if read.proposal.placed.len() < MAX_PLACED => read.proposal.placed.push(placed),
            Some(_) => return Err(SitingFault::new("proposal-too-many", MAX_PLACED)),
            None => read.left_out += 1,
        }
    }
    read.left_out += features.len().saturating_sub(MAX_FEATURES);
    if let Some(own) = whole.get("proposal").and_then(Value::as_object) {
        read.proposal.limit_kw = positive(own, "limit_kw");
        read.proposal.wind_ms = positive(own, "wind_ms");
        read.proposal.battery_use = own.get("battery_use").and_then(Value::as_str).and_then(BatteryUse::from_id).unwrap_or_default();
    }
    Ok(read)
}

fn placed(feature: &Value) -> Option<Placed> {
    let geometry = feature.get("geometry")?;
    let own = feature.get("properties")?.as_object()?;
    let coordinates = geometry.get("coordinates")?;
    let kind = own.get("kind")?.as_str()?;
    let (at, to) = match geometry.get("type")?.as_str()? {
        "Point" => (place(coordinates)?, None),
        "LineString" => {
            let points = coordinates.as_array()?;
            (place(points.first()?)?, Some(place(points.last()?)?))
        }
        _ => return None,
    };
    let number = |name: &str| positive(own, name);
    let or = |name: &str, usual: f64| own.get(name).map_or(Some(usual), |value| value.as_f64().filter(|value| value.is_finite()));
    let thing = match (kind, to) {
        ("turbine", None) => Thing::Turbine { model: own.get("model")?.as_str()?.to_owned(), hub_m: number("hub_m")? },
        ("solar", None) => Thing::Solar {
            kwp: number("kwp")?,
            tilt_deg: or("tilt_deg", 15.0)?,
            azimuth_deg: or("azimuth_deg", 180.0)?,
            mount: own.get("mount").and_then(Value::as_str).map_or(Some(SolarMount::default()), SolarMount::from_id)?,
        },
        ("battery", None) => Thing::Battery { kwh: number("kwh")?, kw: number("kw")? },
        ("hub", None) => Thing::Hub { points: own.get("points")?.as_u64().and_then(|points| u16::try_from(points).ok()).filter(|points| *points > 0)?, kw: number("kw")? },
        ("feeder", Some(to)) => Thing::Feeder { to, kw: number("kw")? },
        _ => return None,
    };
    Some(Placed { at, thing })
}

fn positive(own: &Map<String, Value>, name: &str) -> Option<f64> {
    own.get(name)?.as_f64().filter(|value| value.is_finite() && *value > 0.0)
}

fn place(value: &Value) -> Option<[f64; 2]> {
    let parts = value.as_array()?;
    let (lon, lat) = (parts.first()?.as_f64()?, parts.get(1)?.as_f64()?);
    (lon.abs() <= 180.0 && lat.abs() <= 90.0).then_some([lon, lat])
}
