//! PROJ texts (`+proj=lcc +lat_0=46.5 …`), both ways.
//!
//! Only what is understood whole is accepted: other units than metres and degrees, prime meridians that are neither numbers nor Greenwich or Paris,
//! foreign grids, and words that change coordinates in ways we do not compute are refused rather than ignored.

use super::Ellipsoid;
use super::crs_parameters::{Coordinates, KEYS, Numbers, Shift, seven};
use super::crs_table::{self, Datum, Definition};
use std::collections::BTreeMap;

/// A text as long as this is none.
const LONGEST: usize = 4096;

/// What a text means.
pub(super) enum Parsed {
    /// A row of the table.
    Known(u32),
    /// A system of its own and the text in its short form, which serves as its code.
    Own(Box<Definition>, String),
}

/// Projections by PROJ's names.
const PROJECTIONS: [&str; 14] = [
    "lcc", "tmerc", "etmerc", "utm", "merc", "laea", "aea", "stere", "sterea", "somerc", "omerc",
    "cass", "eqc", "aeqd",
];

/// Words that are read, besides parameters.
const READ: [&str; 16] = [
    "proj", "south", "k", "pm", "units", "to_meter", "vunits", "vto_meter", "axis", "ellps", "datum", "a", "b", "rf", "towgs84", "nadgrids",
];
/// Words that say nothing about coordinates in the plan.
const MUTE: [&str; 7] = ["no_defs", "wktext", "type", "over", "title", "geoidgrids", "approx"];

/// A text's words by key; the first of each counts.
pub(super) fn words(text: &str) -> BTreeMap<&str, &str> {
    let mut words = BTreeMap::new();
    for word in text.split_whitespace() {
        let word = word.trim_start_matches('+');
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        words.entry(key).or_insert(value);
    }
    words
}

fn number(words: &BTreeMap<&str, &str>, key: &str) -> Option<f64> {
    words.get(key)?.parse().ok().filter(|value: &f64| value.is_finite())
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Option<Parsed> {
    if text.len() > LONGEST {
        return None;
    }
    let words = words(text);
    if let Some(init) = words.get("init") {
        let epsg = init.to_ascii_lowercase().strip_prefix("epsg:")?.parse().ok()?;
        return Some(Parsed::Known(epsg));
    }
    let known = |key: &&str| READ.contains(key) || MUTE.contains(key) || KEYS.contains(key);
    if !words.keys().all(|key| known(key) || key.is_empty()) {
        return None;
    }
    let metres = |units: &str, factor: &str| match (words.get(units), words.get(factor)) {
        (None | Some(&"m"), None) => true,
        (None, Some(_)) => number(&words, factor) == Some(1.0),
        _ => false,
    };
    let axes = words.get("axis").is_none_or(|axis| *axis == "enu");
    if !metres("units", "to_meter") || !metres("vunits", "vto_meter") || !axes {
        return None;
    }
    let (ellipsoid, shift) = figure(&words)?;
    let numbers = Numbers { coordinates: coordinates(&words)?, ellipsoid, shift };
    if let Some(epsg) = numbers.epsg() {
        return Some(Parsed::Known(epsg));
    }
    // No datum that leaves a place open to metres of error without saying so: an own ellipsoid needs its own shift.
    let (definition, code) = numbers.own()?;
    Some(Parsed::Own(Box::new(definition), code))
}

/// What the coordinates are, whatever the datum: the table's rows are read by this too.
pub(super) fn coordinates(words: &BTreeMap<&str, &str>) -> Option<Coordinates> {
    let meridian_deg = match words.get("pm") {
        None | Some(&"greenwich") => 0.0,
        Some(&"paris") => crs_table::PARIS_DEG,
        Some(_) => number(words, "pm")?,
    };
    let method = match *words.get("proj")? {
        "longlat" | "latlong" | "lonlat" | "latlon" => return Some(Coordinates::unprojected("longlat", meridian_deg, 1.0)),
        "geocent" | "cart" => return Some(Coordinates::unprojected("geocent", meridian_deg, 1.0)),
        other => PROJECTIONS.into_iter().find(|known| *known == other)?,
    };
    let mut values = BTreeMap::new();
    for key in KEYS {
        if words.contains_key(key) {
            values.insert(key, number(words, key)?);
        }
    }
    if words.contains_key("k") && !values.contains_key("k_0") {
        values.insert("k_0", number(words, "k")?);
    }
    // Web Mercator computes on a sphere whatever its datum says.
    let on_sphere = number(words, "a").is_some_and(|a| number(words, "b") == Some(a));
    Some(Coordinates { method, values, south: words.contains_key("south"), on_sphere, meridian_deg, unit_deg: 1.0 })
}

/// Ellipsoid and shift.
fn figure(words: &BTreeMap<&str, &str>) -> Option<(Ellipsoid, Shift)> {
    let grids = words.get("nadgrids").copied().filter(|grids| *grids != "@null");
    if let Some(grids) = grids {
        // IGN's own grid under any of its names.
        return grids.contains("ntf_r93").then_some((Ellipsoid::CLARKE_1880_IGN, Shift::NtfGrid));
    }
    let named = match words.get("ellps").or(words.get("datum")).copied() {
        Some("WGS84") => Some(Ellipsoid::WGS84),
        Some("GRS80" | "NAD83") => Some(Ellipsoid::GRS80),
        Some("intl") => Some(Ellipsoid::INTERNATIONAL_1924),
        Some("bessel") => Some(Ellipsoid::BESSEL_1841),
        Some("clrk80ign") => Some(Ellipsoid::CLARKE_1880_IGN),
        Some(_) => return None,
        None => None,
    };
    let ellipsoid = match (named, number(words, "a")) {
        (Some(ellipsoid), _) => ellipsoid,
        (None, Some(a_m)) if (6e6..7e6).contains(&a_m) => {
            let inverse_flattening = match (number(words, "rf"), number(words, "b")) {
                (Some(rf), _) => rf,
                // A sphere of this size is Web Mercator's; no datum has one.
                (None, Some(b)) if b == a_m && a_m == 6_378_137.0 => Ellipsoid::WGS84.inverse_flattening,
                (None, Some(b)) if a_m > b => a_m / (a_m - b),
                _ => return None,
            };
            if !(250.0..350.0).contains(&inverse_flattening) {
                return None;
            }
            Ellipsoid { a_m, inverse_flattening }
        }
        (None, None) => Ellipsoid::WGS84,
        _ => return None,
    };
    let shift = match words.get("towgs84") {
        None => Shift::Unstated,
        Some(text) => Shift::Stated(seven(&text.split(',').collect::<Vec<_>>())?),
    };
    Some((ellipsoid, shift))
}

/// Coordinates as a text, parameters in a stable order, so that two spellings of one system are one code.
pub(super) fn of_coordinates(coordinates: &Coordinates) -> String {
    let mut text = format!("+proj={}", coordinates.method);
    for key in KEYS {
        if let Some(value) = coordinates.values.get(key) {
            text.push_str(&format!(" +{key}={value}"));
        }
    }
    if coordinates.south {
        text.push_str(" +south");
    }
    if coordinates.meridian_deg != 0.0 {
        text.push_str(&format!(" +pm={}", coordinates.meridian_deg));
    }
    if coordinates.on_sphere {
        let a_m = Ellipsoid::WGS84.a_m;
        text.push_str(&format!(" +a={a_m} +b={a_m}"));
    }
    text
}

/// A datum as the words that read back as it.
pub(super) fn of_datum(datum: &Datum) -> String {
    if datum.ntf_grid {
        return "+ellps=clrk80ign +nadgrids=ntf_r93.gsb".to_owned();
    }
    let Ellipsoid { a_m, inverse_flattening } = datum.ellipsoid;
    let shift = datum.to_wgs84.map_or(String::new(), |t| {
        format!(" +towgs84={}", t.map(|v| v.to_string()).join(","))
    });
    format!("+a={a_m} +rf={inverse_flattening}{shift}")
}
