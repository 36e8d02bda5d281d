//! A reference system told by its numbers, where neither an identifier nor a name says which it is.
//!
//! Producers name the same Lambert-93 in a dozen ways; its parallels, origin and ellipsoid are always the same.

use super::crs_names::children;
use super::crs_table::{self, Kind};
use std::collections::BTreeMap;

/// Degrees: a third decimal of an arc second.
const ANGLE_TOLERANCE_DEG: f64 = 1e-7;
const LENGTH_TOLERANCE_M: f64 = 1e-3;
const SCALE_TOLERANCE: f64 = 1e-9;
/// GRS80 and WGS84 differ by 1.46e-6.
const FLATTENING_TOLERANCE: f64 = 1e-6;

/// An ellipsoid.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Figure {
    a_m: f64,
    inverse_flattening: f64,
}

/// A projection and what it lies on.
#[derive(Clone, Debug, PartialEq)]
struct Numbers {
    method: &'static str,
    values: BTreeMap<&'static str, f64>,
    figure: Figure,
    /// Longitude of the prime meridian, degrees.
    meridian: f64,
}

/// The EPSG number of the table's row with these members of a `PROJCS`, `PROJCRS` or `GEOGCS`.
pub(super) fn epsg_of_members(members: &[&str]) -> Option<u32> {
    match find(
        members,
        &["GEOGCS", "BASEGEOGCRS", "BASEGEODCRS", "GEOGCRS"],
    ) {
        Some(base) => matching(&projected(members, &base)?),
        None => geographic(figure(members)?, meridian(members)?),
    }
}

/// The EPSG number of a PROJJSON document already read.
pub(super) fn epsg_of_json(json: &serde_json::Value) -> Option<u32> {
    let base = json.get("base_crs").unwrap_or(json);
    let datum = base.get("datum").or_else(|| base.get("datum_ensemble"))?;
    let ellipsoid = datum.get("ellipsoid")?;
    let length = |name: &str| {
        let value = ellipsoid.get(name)?;
        value.as_f64().or_else(|| value.get("value")?.as_f64())
    };
    let a_m = length("semi_major_axis")?;
    let inverse_flattening = match length("inverse_flattening") {
        Some(value) => value,
        None => a_m / (a_m - length("semi_minor_axis")?),
    };
    let figure = Figure {
        a_m,
        inverse_flattening,
    };
    let meridian = match datum
        .get("prime_meridian")
        .and_then(|meridian| meridian.get("longitude"))
    {
        None => 0.0,
        // With a unit of its own it is in grads.
        Some(stated) => match stated.get("value") {
            Some(value) => value.as_f64()? * degrees_per(stated.get("unit")?)?,
            None => stated.as_f64()?,
        },
    };
    let Some(conversion) = json.get("conversion") else {
        return geographic(figure, meridian);
    };
    let method = method_of(conversion.get("method")?.get("name")?.as_str()?)?;
    let mut values = BTreeMap::new();
    for parameter in conversion.get("parameters")?.as_array()? {
        let Some(name) = parameter
            .get("name")
            .and_then(|name| parameter_of(name.as_str()?))
        else {
            continue;
        };
        let unit = match parameter.get("unit") {
            Some(unit) if is_angle(name) => degrees_per(unit)?,
            Some(unit)
                if unit
                    .as_str()
                    .is_none_or(|unit| unit != "metre" && unit != "unity") =>
            {
                return None;
            }
            _ => 1.0,
        };
        values.insert(name, parameter.get("value")?.as_f64()? * unit);
    }
    matching(&Numbers {
        method,
        values,
        figure,
        meridian,
    })
}

/// How many degrees a unit of PROJJSON is.
fn degrees_per(unit: &serde_json::Value) -> Option<f64> {
    match unit.as_str() {
        Some("degree") => Some(1.0),
        Some(_) => None,
        None => Some(unit.get("conversion_factor")?.as_f64()?.to_degrees()),
    }
}

/// The first member with one of these keywords, taken apart.
fn find<'a>(members: &[&'a str], keywords: &[&str]) -> Option<Vec<&'a str>> {
    members.iter().find_map(|member| {
        let open = member.find(['[', '('])?;
        let keyword = member.get(..open)?.trim();
        keywords
            .iter()
            .any(|known| keyword.eq_ignore_ascii_case(known))
            .then(|| children(member.get(open..)?))?
    })
}

fn number(text: Option<&&str>) -> Option<f64> {
    text?
        .trim()
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
}

fn figure(geographic: &[&str]) -> Option<Figure> {
    let datum = find(geographic, &["DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE"])?;
    let spheroid = find(&datum, &["SPHEROID", "ELLIPSOID"])?;
    Some(Figure {
        a_m: number(spheroid.get(1))?,
        inverse_flattening: number(spheroid.get(2))?,
    })
}

/// Radians of the angles' unit.
fn unit(members: &[&str]) -> f64 {
    find(members, &["UNIT", "ANGLEUNIT"])
        .and_then(|unit| number(unit.get(1)))
        .unwrap_or(std::f64::consts::PI / 180.0)
}

fn meridian(geographic: &[&str]) -> Option<f64> {
    let Some(meridian) = find(geographic, &["PRIMEM", "PRIMEMERIDIAN"]) else {
        return Some(0.0);
    };
    let value = number(meridian.get(1))?;
    // WKT 2 gives it in its own unit, WKT 1 in the system's; but everybody writes Paris in degrees.
    let own = find(&meridian, &["ANGLEUNIT", "UNIT"]).and_then(|unit| number(unit.get(1)));
    Some(match own {
        Some(radians) => (value * radians).to_degrees(),
        None if (value - 2.5969213).abs() < 1e-6 => (value * unit(geographic)).to_degrees(),
        None => value,
    })
}

fn projected(members: &[&str], base: &[&str]) -> Option<Numbers> {
    let conversion = find(members, &["CONVERSION"]);
    let source = conversion.as_deref().unwrap_or(members);
    let method = find(source, &["PROJECTION", "METHOD"])?;
    let method = method_of(method.first()?.trim_matches('"'))?;
    if let Some(unit) = find(members, &["UNIT", "LENGTHUNIT"])
        && (number(unit.get(1))? - 1.0).abs() > 1e-9
    {
        return None;
    }
    let angle = unit(base);
    let mut values = BTreeMap::new();
    for member in source {
        let Some(parameter) = find(&[member], &["PARAMETER"]) else {
            continue;
        };
        let Some(name) = parameter
            .first()
            .and_then(|name| parameter_of(name.trim_matches('"')))
        else {
            continue;
        };
        let own = find(&parameter, &["ANGLEUNIT", "UNIT"]).and_then(|unit| number(unit.get(1)));
        let value = number(parameter.get(1))?;
        let value = if is_angle(name) {
            (value * own.unwrap_or(angle)).to_degrees()
        } else {
            value
        };
        values.insert(name, value);
    }
    Some(Numbers {
        method,
        values,
        figure: figure(base)?,
        meridian: meridian(base)?,
    })
}

fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

fn method_of(name: &str) -> Option<&'static str> {
    let name = plain(name);
    let is = |part: &str| name.contains(part);
    if is("lambertconformalconic") || is("lambertconicconformal") {
        Some("lcc")
    } else if (is("transversemercator") && !is("oblique") && !is("south")) || is("gausskruger") {
        Some("tmerc")
    } else if is("lambertazimuthalequalarea") {
        Some("laea")
    } else {
        None
    }
}

fn parameter_of(name: &str) -> Option<&'static str> {
    Some(match plain(name).as_str() {
        "latitudeoforigin"
        | "latitudeofnaturalorigin"
        | "latitudeoffalseorigin"
        | "latitudeofcenter"
        | "latitudeofcentre" => "lat_0",
        "centralmeridian"
        | "longitudeofnaturalorigin"
        | "longitudeoffalseorigin"
        | "longitudeofcenter"
        | "longitudeofcentre"
        | "longitudeoforigin" => "lon_0",
        "standardparallel1" | "latitudeof1ststandardparallel" => "lat_1",
        "standardparallel2" | "latitudeof2ndstandardparallel" => "lat_2",
        "falseeasting" | "eastingatfalseorigin" => "x_0",
        "falsenorthing" | "northingatfalseorigin" => "y_0",
        "scalefactor" | "scalefactoratnaturalorigin" => "k_0",
        _ => return None,
    })
}

fn is_angle(name: &str) -> bool {
    name.starts_with("lat") || name.starts_with("lon")
}

/// The table's row with the same numbers.
fn matching(sought: &Numbers) -> Option<u32> {
    crs_table::codes().find(|&epsg| {
        let Some(row) = crs_table::define(epsg) else {
            return false;
        };
        let Kind::Projected(text) = &row.kind else {
            return false;
        };
        let ellipsoid = row.datum.ellipsoid;
        let figure = Figure {
            a_m: ellipsoid.a_m,
            inverse_flattening: ellipsoid.inverse_flattening,
        };
        numbers_of_row(text, figure).is_some_and(|known| same(sought, &known))
    })
}

/// `+proj=lcc +lat_1=49 …` as numbers.
fn numbers_of_row(text: &str, figure: Figure) -> Option<Numbers> {
    let mut method = None;
    let mut values = BTreeMap::new();
    let mut meridian = 0.0;
    let (mut zone, mut south) = (None, false);
    for word in text.split_whitespace() {
        let (key, value) = word
            .trim_start_matches('+')
            .split_once('=')
            .unwrap_or((word, ""));
        match key {
            "proj" => {
                method = match value {
                    "lcc" => Some("lcc"),
                    "utm" => Some("tmerc"),
                    "laea" => Some("laea"),
                    _ => return None,
                };
            }
            "zone" => zone = value.parse::<f64>().ok(),
            "+south" | "south" => south = true,
            "pm" => meridian = value.parse().ok()?,
            _ => {
                let known = ["lat_0", "lon_0", "lat_1", "lat_2", "x_0", "y_0", "k_0"];
                if let Some(name) = known.into_iter().find(|name| *name == key) {
                    values.insert(name, value.parse().ok()?);
                }
            }
        }
    }
    if let Some(zone) = zone {
        values.insert("lon_0", zone * 6.0 - 183.0);
        values.insert("k_0", 0.9996);
        values.insert("x_0", 500_000.0);
        values.insert("y_0", if south { 10_000_000.0 } else { 0.0 });
    }
    Some(Numbers {
        method: method?,
        values,
        figure,
        meridian,
    })
}

fn same(a: &Numbers, b: &Numbers) -> bool {
    let near = |x: f64, y: f64, tolerance: f64| (x - y).abs() <= tolerance;
    let value = |of: &Numbers, name: &str| {
        of.values
            .get(name)
            .copied()
            .unwrap_or(if name == "k_0" { 1.0 } else { 0.0 })
    };
    let parallels = |of: &Numbers| {
        let first = of
            .values
            .get("lat_1")
            .copied()
            .unwrap_or_else(|| value(of, "lat_0"));
        let second = of.values.get("lat_2").copied().unwrap_or(first);
        (first.min(second), first.max(second))
    };
    a.method == b.method
        && near(a.figure.a_m, b.figure.a_m, 0.01)
        && near(
            a.figure.inverse_flattening,
            b.figure.inverse_flattening,
            FLATTENING_TOLERANCE,
        )
        && near(a.meridian, b.meridian, ANGLE_TOLERANCE_DEG * 10.0)
        && ["lat_0", "lon_0"]
            .iter()
            .all(|name| near(value(a, name), value(b, name), ANGLE_TOLERANCE_DEG))
        && ["x_0", "y_0"]
            .iter()
            .all(|name| near(value(a, name), value(b, name), LENGTH_TOLERANCE_M))
        && near(value(a, "k_0"), value(b, "k_0"), SCALE_TOLERANCE)
        && (a.method != "lcc" || {
            let ((a1, a2), (b1, b2)) = (parallels(a), parallels(b));
            near(a1, b1, ANGLE_TOLERANCE_DEG) && near(a2, b2, ANGLE_TOLERANCE_DEG)
        })
}

/// Degrees on WGS84 or on GRS80, which all systems of the WGS84 family share.
fn geographic(figure: Figure, meridian: f64) -> Option<u32> {
    if meridian != 0.0 || (figure.a_m - 6_378_137.0).abs() > 0.01 {
        return None;
    }
    [(4326, 298.257_223_563), (4258, 298.257_222_101)]
        .into_iter()
        .find(|(_, flattening)| {
            (figure.inverse_flattening - flattening).abs() < FLATTENING_TOLERANCE
        })
        .map(|(epsg, _)| epsg)
}
