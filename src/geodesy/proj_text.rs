//! PROJ texts (`+proj=lcc +lat_0=46.5 …`), and the parameters of a WKT written as one.
//!
//! Only what is understood whole is accepted: other units than metres, other prime meridians than Greenwich and Paris, and foreign grids are refused rather than ignored.

use super::Ellipsoid;
use super::crs_names::children;
use super::crs_table::{self, Datum, Definition, Kind};
use std::collections::BTreeMap;

/// A text as long as this is none.
const LONGEST: usize = 4096;
/// Degrees of Paris east of Greenwich.
const PARIS_DEG: f64 = 2.337_229_166_666_666_7;

/// What a text means.
pub(super) enum Parsed {
    /// A row of the table.
    Known(u32),
    /// A system of its own and the text in its short form, which serves as its code.
    Own(Box<Definition>, String),
}

const PROJECTIONS: [&str; 14] = [
    "lcc", "tmerc", "etmerc", "utm", "merc", "laea", "aea", "stere", "sterea", "somerc", "omerc",
    "cass", "eqc", "aeqd",
];

/// Reads a text.
pub(super) fn parse(text: &str) -> Option<Parsed> {
    if text.len() > LONGEST {
        return None;
    }
    let mut words: BTreeMap<&str, &str> = BTreeMap::new();
    for word in text.split_whitespace() {
        let word = word.trim_start_matches('+');
        let (key, value) = word.split_once('=').unwrap_or((word, ""));
        words.entry(key).or_insert(value);
    }
    if let Some(init) = words.get("init") {
        let epsg = init
            .to_ascii_lowercase()
            .strip_prefix("epsg:")?
            .parse()
            .ok()?;
        return Some(Parsed::Known(epsg));
    }
    let number = |key: &str| {
        words
            .get(key)
            .and_then(|value| value.parse::<f64>().ok())
            .filter(|v| v.is_finite())
    };
    let metres = match (words.get("units"), number("to_meter")) {
        (None | Some(&"m"), None) => true,
        (None, Some(factor)) => factor == 1.0,
        _ => false,
    };
    let axes = words.get("axis").is_none_or(|axis| *axis == "enu");
    if !metres || !axes {
        return None;
    }
    let datum = datum(&words)?;
    let projection = *words.get("proj")?;
    let kind = match projection {
        "longlat" | "latlong" | "lonlat" | "latlon" => Kind::Geographic { three_d: false },
        "geocent" | "cart" => Kind::Ecef,
        known if PROJECTIONS.contains(&known) => Kind::Projected(projected(known, &words, &datum)?),
        _ => return None,
    };
    if let Some(epsg) = known(&kind, &datum) {
        return Some(Parsed::Known(epsg));
    }
    // No datum that leaves a place open to metres of error without saying so: an own ellipsoid needs its own shift.
    let code = match &kind {
        Kind::Projected(projection) => format!("{projection} {}", datum_text(&datum)),
        Kind::Geographic { .. } => format!("+proj=longlat {}", datum_text(&datum)),
        Kind::Ecef => format!("+proj=geocent {}", datum_text(&datum)),
    };
    let definition = Definition {
        epsg: 0,
        name: code.clone(),
        kind,
        datum,
        area: [-180.0, -90.0, 180.0, 90.0],
    };
    Some(Parsed::Own(Box::new(definition), code))
}

/// Parameters in a stable order, so that two spellings of one system are one code.
fn projected(projection: &str, words: &BTreeMap<&str, &str>, datum: &Datum) -> Option<String> {
    let number = |key: &str| {
        words
            .get(key)
            .and_then(|value| value.parse::<f64>().ok())
            .filter(|v| v.is_finite())
    };
    let mut text = format!("+proj={projection}");
    for key in [
        "zone", "lat_0", "lat_1", "lat_2", "lat_ts", "lon_0", "lonc", "alpha", "gamma", "x_0",
        "y_0",
    ] {
        match (words.contains_key(key), number(key)) {
            (true, None) => return None,
            (true, Some(value)) => text.push_str(&format!(" +{key}={value}")),
            _ => {}
        }
    }
    if let Some(scale) = number("k_0").or(number("k")) {
        text.push_str(&format!(" +k_0={scale}"));
    }
    if words.contains_key("south") {
        text.push_str(" +south");
    }
    match words.get("pm") {
        None | Some(&"greenwich" | &"0") => {}
        Some(&"paris") => text.push_str(&format!(" +pm={PARIS_DEG}")),
        Some(other) => text.push_str(&format!(" +pm={}", other.parse::<f64>().ok()?)),
    }
    // Web Mercator computes on a sphere whatever its datum says.
    if let (Some(a), Some(b)) = (number("a"), number("b"))
        && a == b
        && datum.ellipsoid == Ellipsoid::WGS84
    {
        text.push_str(&format!(" +a={a} +b={b}"));
    }
    Some(text)
}

fn datum(words: &BTreeMap<&str, &str>) -> Option<Datum> {
    let number = |key: &str| {
        words
            .get(key)
            .and_then(|value| value.parse::<f64>().ok())
            .filter(|v| v.is_finite())
    };
    let grids = words
        .get("nadgrids")
        .copied()
        .filter(|grids| *grids != "@null");
    if let Some(grids) = grids {
        // IGN's own grid under any of its names.
        return grids.contains("ntf_r93").then_some(crs_table::NTF);
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
    let ellipsoid = match (named, number("a")) {
        (Some(ellipsoid), _) => ellipsoid,
        (None, Some(a_m)) if (6e6..7e6).contains(&a_m) => {
            let inverse_flattening = match (number("rf"), number("b")) {
                (Some(rf), _) => rf,
                // A sphere of this size is Web Mercator's; no datum has one.
                (None, Some(b)) if b == a_m && a_m == 6_378_137.0 => {
                    Ellipsoid::WGS84.inverse_flattening
                }
                (None, Some(b)) if a_m > b => a_m / (a_m - b),
                _ => return None,
            };
            if !(250.0..350.0).contains(&inverse_flattening) {
                return None;
            }
            Ellipsoid {
                a_m,
                inverse_flattening,
            }
        }
        (None, None) => Ellipsoid::WGS84,
        _ => return None,
    };
    let to_wgs84 = match words.get("towgs84") {
        None => None,
        Some(text) => {
            let numbers: Option<Vec<f64>> = text
                .split(',')
                .map(|word| word.trim().parse().ok())
                .collect();
            let numbers = numbers
                .filter(|n| (n.len() == 3 || n.len() == 7) && n.iter().all(|v| v.is_finite()))?;
            let mut seven = [0.0; 7];
            seven
                .iter_mut()
                .zip(&numbers)
                .for_each(|(to, from)| *to = *from);
            (seven != [0.0; 7]).then_some(seven)
        }
    };
    let same = |other: Ellipsoid| {
        (ellipsoid.a_m - other.a_m).abs() < 1e-3
            && (ellipsoid.inverse_flattening - other.inverse_flattening).abs() < 1e-7
    };
    // The parameters that everybody writes for NTF stand for the grid.
    let ntf = (ellipsoid.a_m - Ellipsoid::CLARKE_1880_IGN.a_m).abs() < 1e-3
        && (ellipsoid.inverse_flattening - Ellipsoid::CLARKE_1880_IGN.inverse_flattening).abs()
            < 1e-4
        && to_wgs84.is_none_or(|t| t == [-168.0, -60.0, 320.0, 0.0, 0.0, 0.0, 0.0]);
    if ntf {
        return Some(crs_table::NTF);
    }
    let modern = same(Ellipsoid::WGS84) || same(Ellipsoid::GRS80);
    let accuracy_m = match (to_wgs84, modern) {
        (None, true) => 0.0,
        (Some(_), _) => 2.0,
        // An old ellipsoid without a shift could be anywhere within hundreds of metres.
        (None, false) => return None,
    };
    let ellipsoid = [Ellipsoid::WGS84, Ellipsoid::GRS80]
        .into_iter()
        .find(|known| same(*known))
        .unwrap_or(ellipsoid);
    Some(Datum {
        ellipsoid,
        to_wgs84,
        accuracy_m,
        ntf_grid: false,
    })
}

fn datum_text(datum: &Datum) -> String {
    if datum.ntf_grid {
        return "+ellps=clrk80ign +nadgrids=ntf_r93.gsb".to_owned();
    }
    let Ellipsoid {
        a_m,
        inverse_flattening,
    } = datum.ellipsoid;
    let shift = datum.to_wgs84.map_or(String::new(), |t| {
        format!(" +towgs84={}", t.map(|v| v.to_string()).join(","))
    });
    format!("+a={a_m} +rf={inverse_flattening}{shift}")
}

/// The first row of the table with the same projection on the same ellipsoid and shift.
fn known(kind: &Kind, datum: &Datum) -> Option<u32> {
    let numbers = |text: &str| -> BTreeMap<String, f64> {
        let mut found: BTreeMap<String, f64> = text
            .split_whitespace()
            .filter_map(|word| {
                let (key, value) = word.trim_start_matches('+').split_once('=')?;
                let key = if key == "k" { "k_0" } else { key };
                Some((key.to_owned(), value.parse().ok()?))
            })
            .collect();
        // What is left out is one for a scale and zero for the rest.
        found.retain(|key, value| *value != if key == "k_0" { 1.0 } else { 0.0 });
        if let (Some(one), Some(zero)) = (found.get("lat_1").copied(), found.get("lat_0").copied())
            && text.contains("+proj=lcc")
            && one == zero
        {
            found.remove("lat_1");
        }
        // Two standard parallels have no order.
        if let (Some(one), Some(two)) = (found.get("lat_1").copied(), found.get("lat_2").copied()) {
            found.insert("lat_1".to_owned(), one.max(two));
            found.insert("lat_2".to_owned(), one.min(two));
        }
        found
    };
    let head = |text: &str| {
        (
            text.split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned(),
            text.contains("+south"),
        )
    };
    let same = |ours: &str, theirs: &str| {
        let (a, b) = (numbers(ours), numbers(theirs));
        head(ours) == head(theirs)
            && a.len() == b.len()
            && a.iter().all(|(key, value)| {
                b.get(key)
                    .is_some_and(|other| (value - other).abs() <= 1e-9 * value.abs().max(1.0))
            })
    };
    crs_table::codes().find(|epsg| {
        let Some(row) = crs_table::define(*epsg) else {
            return false;
        };
        let same_datum = row.datum.ellipsoid == datum.ellipsoid
            && row.datum.to_wgs84 == datum.to_wgs84
            && row.datum.ntf_grid == datum.ntf_grid;
        same_datum
            && match (kind, &row.kind) {
                (Kind::Projected(ours), Kind::Projected(theirs)) => same(ours, theirs),
                (Kind::Geographic { three_d: a }, Kind::Geographic { three_d: b }) => a == b,
                (Kind::Ecef, Kind::Ecef) => true,
                _ => false,
            }
    })
}

/// The parameters of a WKT 1 or 2 as a PROJ text.
pub(super) fn of_wkt(wkt: &str) -> Option<String> {
    const LONGEST_WKT: usize = 64 << 10;
    let wkt = wkt.trim().trim_start_matches('\u{feff}');
    if wkt.len() > LONGEST_WKT {
        return None;
    }
    let system = first(wkt, &["PROJCS", "PROJCRS", "PROJECTEDCRS"], 4)
        .or_else(|| first(wkt, &["GEOGCS", "GEOGCRS", "GEODCRS", "GEOGRAPHICCRS"], 4))?;
    let ellipsoid = first(system, &["SPHEROID", "ELLIPSOID"], 8)?;
    let ellipsoid = members(ellipsoid)?;
    let (a, rf) = (
        ellipsoid.get(1)?.trim().parse::<f64>().ok()?,
        ellipsoid.get(2)?.trim().parse::<f64>().ok()?,
    );
    let mut text = String::new();
    let shift = first(system, &["TOWGS84"], 8).and_then(members);
    let meridian = first(system, &["PRIMEM", "PRIMEMERIDIAN"], 8).and_then(members);
    let meridian: f64 = meridian
        .and_then(|m| m.get(1)?.trim().parse().ok())
        .unwrap_or(0.0);
    let is = |keyword: &str| {
        system
            .trim_start()
            .to_ascii_uppercase()
            .starts_with(keyword)
    };
    if is("PROJ") {
        text.push_str(&parameters(system)?);
    } else {
        text.push_str("+proj=longlat");
    }
    text.push_str(&format!(" +a={a} +rf={rf}"));
    if let Some(shift) = shift {
        text.push_str(&format!(
            " +towgs84={}",
            shift
                .iter()
                .map(|word| word.trim())
                .collect::<Vec<_>>()
                .join(",")
        ));
    }
    if meridian != 0.0 {
        // In degrees, or in grads as the French wrote them.
        let degrees = if (meridian - 2.596_921_3).abs() < 1e-5 {
            PARIS_DEG
        } else {
            meridian
        };
        text.push_str(&format!(" +pm={degrees}"));
    }
    Some(text)
}

/// The projection of a system with its parameters, in metres and degrees.
fn parameters(system: &str) -> Option<String> {
    let all = members(system)?;
    let keyword = |member: &str| {
        let end = member.find(['[', '(']).unwrap_or(member.len());
        member
            .get(..end)
            .unwrap_or_default()
            .trim()
            .to_ascii_uppercase()
    };
    // WKT 2 puts method and parameters into a CONVERSION of their own.
    let inner = all
        .iter()
        .find(|member| keyword(member) == "CONVERSION")
        .and_then(|member| members(member));
    let inner = inner.as_ref().unwrap_or(&all);
    let method = inner
        .iter()
        .find(|m| matches!(keyword(m).as_str(), "PROJECTION" | "METHOD"))?;
    let squeezed = |text: &str| {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_uppercase()
    };
    let method = squeezed(members(method)?.first()?);
    let unit = all
        .iter()
        .rev()
        .find(|m| matches!(keyword(m).as_str(), "UNIT" | "LENGTHUNIT"));
    if let Some(unit) = unit.and_then(|unit| members(unit))
        && unit
            .get(1)
            .and_then(|factor| factor.trim().parse::<f64>().ok())
            .is_some_and(|factor| factor != 1.0)
    {
        return None;
    }
    let projection = match method.as_str() {
        "LAMBERTCONFORMALCONIC"
        | "LAMBERTCONFORMALCONIC2SP"
        | "LAMBERTCONICCONFORMAL2SP"
        | "LAMBERTCONFORMALCONIC1SP"
        | "LAMBERTCONICCONFORMAL1SP" => "lcc",
        "TRANSVERSEMERCATOR" | "GAUSSKRUGER" => "tmerc",
        "MERCATOR" | "MERCATOR1SP" | "MERCATORVARIANTA" => "merc",
        "LAMBERTAZIMUTHALEQUALAREA" => "laea",
        "ALBERS" | "ALBERSCONICEQUALAREA" | "ALBERSEQUALAREA" => "aea",
        "DOUBLESTEREOGRAPHIC" | "OBLIQUESTEREOGRAPHIC" => "sterea",
        _ => return None,
    };
    let mut text = format!("+proj={projection}");
    let mut conic_origin = None;
    let mut parallels = 0;
    for parameter in inner.iter().filter(|m| keyword(m) == "PARAMETER") {
        let parameter = members(parameter)?;
        let (name, value) = (
            squeezed(parameter.first()?),
            parameter.get(1)?.trim().parse::<f64>().ok()?,
        );
        let key = match name.as_str() {
            "LATITUDEOFORIGIN"
            | "LATITUDEOFNATURALORIGIN"
            | "LATITUDEOFFALSEORIGIN"
            | "LATITUDEOFCENTER" => {
                conic_origin = Some(value);
                "lat_0"
            }
            "CENTRALMERIDIAN"
            | "LONGITUDEOFNATURALORIGIN"
            | "LONGITUDEOFFALSEORIGIN"
            | "LONGITUDEOFCENTER"
            | "LONGITUDEOFORIGIN" => "lon_0",
            "STANDARDPARALLEL1" | "LATITUDEOF1STSTANDARDPARALLEL" => {
                parallels += 1;
                "lat_1"
            }
            "STANDARDPARALLEL2" | "LATITUDEOF2NDSTANDARDPARALLEL" => "lat_2",
            "SCALEFACTOR" | "SCALEFACTORATNATURALORIGIN" => "k_0",
            "FALSEEASTING" | "EASTINGATFALSEORIGIN" => "x_0",
            "FALSENORTHING" | "NORTHINGATFALSEORIGIN" => "y_0",
            _ => return None,
        };
        text.push_str(&format!(" +{key}={value}"));
    }
    if let (Some(origin), "lcc", 0) = (conic_origin, projection, parallels) {
        text.push_str(&format!(" +lat_1={origin}"));
    }
    Some(text)
}

/// The first bracketed part with one of these keywords, not deeper than so many brackets; keyword and brackets included.
fn first<'a>(wkt: &'a str, keywords: &[&str], depth: usize) -> Option<&'a str> {
    let end = wkt.find(['[', '('])?;
    let keyword = wkt.get(..end)?.trim().to_ascii_uppercase();
    if keywords.contains(&keyword.as_str()) {
        return Some(wkt);
    }
    if depth == 0 {
        return None;
    }
    members(wkt)?
        .into_iter()
        .filter(|member| member.contains(['[', '(']))
        .find_map(|member| first(member, keywords, depth - 1))
}

/// What stands between the brackets of `KEYWORD[…]`.
fn members(bracketed: &str) -> Option<Vec<&str>> {
    children(bracketed.get(bracketed.find(['[', '('])?..)?)
}
