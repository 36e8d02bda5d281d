//! OSM tags of everything but buildings as our terms.

use super::begun;
use crate::formats::osm::features::Feature;
use crate::formats::osm::{Tags, tag};
use crate::formats::shape::ShapeKind;
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::{facilities, utilities, vocabulary};

/// Ways that are drawn as lines.
pub(super) fn is_line(tags: &Tags) -> bool {
    let value = |key: &str| tag(tags, key);
    // Planned, or gone: other keys (`construction`, `proposed`) say what it will be.
    let road = value("highway").is_some_and(|v| {
        !matches!(
            v,
            "proposed"
                | "construction"
                | "razed"
                | "abandoned"
                | "platform"
                | "elevator"
                | "no"
                | "street_lamp"
                | "bus_stop"
                | "rest_area"
                | "services"
        )
    });
    let rail = value("railway").is_some_and(|v| {
        matches!(
            v,
            "rail"
                | "tram"
                | "light_rail"
                | "subway"
                | "narrow_gauge"
                | "monorail"
                | "funicular"
                | "preserved"
        )
    });
    road || rail
        || value("power").is_some_and(|v| matches!(v, "line" | "minor_line" | "cable"))
        || (value("man_made") == Some("pipeline") && value("substance").is_some())
        || value("telecom").is_some_and(|v| v == "line" || v == "cable")
        || value("communication").is_some_and(|v| v == "line" || v == "cable")
}

/// Nodes that are drawn.
pub(super) fn is_point(tags: &Tags) -> bool {
    let is =
        |key: &str, values: &[&str]| tag(tags, key).is_some_and(|value| values.contains(&value));
    is("natural", &["tree"])
        || is("power", &["tower", "pole", "portal", "terminal", "substation", "transformer", "plant", "switch"])
        // Panels on roofs are counted by the hundred thousand and drawn with the roofs.
        || (is("power", &["generator"]) && !is("generator:source", &["solar"]))
        || is("highway", &["street_lamp", "bus_stop"])
        || is("amenity", &["charging_station"])
        || is("railway", &["tram_stop", "station", "halt", "subway_entrance"])
        || is("emergency", &["fire_hydrant"])
        || is("telecom", &["exchange", "distribution_point", "connection_point", "service_device"])
}

/// The role of grounds that serve the public: an open-air car park, a school's yard.
pub(super) fn grounds(tags: &Tags) -> Option<&'static str> {
    let amenity = tag(tags, "amenity")?;
    if facilities::is_open_car_park(Some(amenity), tag(tags, "parking")) {
        return Some("car-parks");
    }
    facilities::is_public_amenity(amenity).then_some("public-facilities")
}

/// `None` for what is not drawn after all.
pub(super) fn record(feature: Feature) -> Option<Record> {
    let kind = feature.shape.kind();
    let value = |key: &str| tag(&feature.tags, key);
    let is = |key: &str, values: &[&str]| value(key).is_some_and(|value| values.contains(&value));
    if is("natural", &["tree"]) && kind == ShapeKind::Point {
        let mut record = begun(&feature, "trees");
        put(&mut record, "height", value("height").and_then(metres));
        put(
            &mut record,
            "crown",
            value("diameter_crown").and_then(metres),
        );
        return Some(record);
    }
    if let (ShapeKind::Polygon, Some(role)) = (kind, grounds(&feature.tags)) {
        let mut record = begun(&feature, role);
        text(&mut record, "code", value("parking").or(value("amenity")));
        for key in ["capacity", "access", "operator", "surface"] {
            text(&mut record, vocabulary::source_term(key), value(key));
        }
        return Some(record);
    }
    if matches!(kind, ShapeKind::Polygon) && !feature.tags.iter().any(|(key, value)| key == "power" || (key == "amenity" && value == "charging_station")) {
        return Some(begun(&feature, "water"));
    }
    if kind == ShapeKind::Line {
        let role = match value("railway") {
            Some("tram" | "light_rail") => Some("tram"),
            Some(_) if is_line(&feature.tags) && value("highway").is_none() => Some("rail"),
            _ => value("highway").map(|_| "roads"),
        };
        if let Some(role) = role {
            return Some(line(&feature, role));
        }
    }
    network(&feature)
}

fn line(feature: &Feature, role: &str) -> Record {
    let value = |key: &str| tag(&feature.tags, key);
    let mut record = begun(feature, role);
    text(
        &mut record,
        "class",
        value(if role == "roads" {
            "highway"
        } else {
            "railway"
        }),
    );
    put(
        &mut record,
        "width",
        value("width").or(value("est_width")).and_then(metres),
    );
    put(
        &mut record,
        "lanes",
        value("lanes").and_then(|lanes| lanes.split(';').next()?.trim().parse().ok()),
    );
    put(
        &mut record,
        "position",
        value("layer").and_then(|layer| layer.split(';').next()?.trim().parse().ok()),
    );
    // `viaduct`, `cantilever` and the like are bridges, `building_passage` leads through on the ground.
    let carried = |key: &str| {
        value(key)
            .filter(|value| !matches!(*value, "no" | "building_passage" | "covered"))
            .is_some()
    };
    if carried("bridge") {
        record.values.push(("bridge", Cell::Flag(true)));
    }
    if carried("tunnel") {
        record.values.push(("tunnel", Cell::Flag(true)));
    }
    // `layer` without bridge or tunnel only orders crossings.
    if !carried("bridge") && !carried("tunnel") {
        record.values.retain(|(term, _)| *term != "position");
    }
    record
}

fn network(feature: &Feature) -> Option<Record> {
    let value = |key: &str| tag(&feature.tags, key);
    // The same judgement as for GeoJSON of OSM.
    let mut asked = Record {
        shape: Some(feature.shape.clone()),
        ..Record::default()
    };
    for (term, key) in [
        ("tag:power", "power"),
        ("tag:man_made", "man_made"),
        ("tag:substance", "substance"),
        ("tag:highway", "highway"),
        ("tag:railway", "railway"),
        ("tag:telecom", "telecom"),
        ("tag:communication", "communication"),
        ("tag:emergency", "emergency"),
        ("tag:amenity", "amenity"),
    ] {
        text(&mut asked, term, value(key));
    }
    let role = utilities::by_tags(&asked)?;
    let mut record = begun(feature, role.id());
    let class = [
        "generator:source",
        "power",
        "telecom",
        "communication",
        "emergency",
        "highway",
        "railway",
        "man_made",
        "amenity",
    ];
    text(
        &mut record,
        "class",
        class.iter().find_map(|key| value(key)),
    );
    text(&mut record, "voltage", value("voltage"));
    text(&mut record, "diameter", value("diameter"));
    text(&mut record, "material", value("material"));
    text(&mut record, "lay", value("location"));
    put(&mut record, "depth", value("depth").and_then(metres));
    put(
        &mut record,
        "height",
        value("height").or(value("height:hub")).and_then(metres),
    );
    put(
        &mut record,
        "position",
        value("layer").and_then(|layer| layer.parse().ok()),
    );
    text(&mut record, "fixture", value("power").or(value("telecom")));
    if value("amenity") == Some("charging_station") {
        text(&mut record, "points", value("capacity"));
        let output = ["charging_station:output", "socket:type2_combo:output", "socket:type2:output"];
        text(&mut record, "power", output.iter().find_map(|key| value(key)));
    }
    Some(record)
}

pub(super) fn text(record: &mut Record, term: &'static str, value: Option<&str>) {
    if let Some(value) = value {
        record.values.push((term, Cell::Text(value.to_owned())));
    }
}

pub(super) fn put(record: &mut Record, term: &'static str, value: Option<f64>) {
    if let Some(value) = value {
        record.values.push((term, Cell::Number(value)));
    }
}

/// Metres of `12`, `12.5 m`, `12,5m`, `40 ft`, `40'6"`, `1.2 km`, `350 mm`.
pub(super) fn metres(text: &str) -> Option<f64> {
    const FOOT_M: f64 = 0.3048;
    let text = text
        .split(';')
        .next()?
        .trim()
        .replace(',', ".")
        .to_lowercase();
    if let Some((feet, inches)) = text.split_once('\'') {
        let feet: f64 = feet.trim().parse().ok()?;
        let inches = inches.trim().trim_end_matches('"').trim();
        let inches: f64 = if inches.is_empty() {
            0.0
        } else {
            inches.parse().ok()?
        };
        return Some((feet + inches / 12.0) * FOOT_M).filter(|value| value.is_finite());
    }
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(text.len());
    let value: f64 = text.get(..end)?.parse().ok()?;
    let factor = match text.get(end..)?.trim() {
        "" | "m" | "meter" | "meters" | "metre" | "metres" | "mètres" => 1.0,
        "ft" | "feet" | "foot" => FOOT_M,
        "km" => 1_000.0,
        "cm" => 0.01,
        "mm" => 0.001,
        _ => return None,
    };
    Some(value * factor).filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::metres;

    #[test]
    fn lengths_as_mappers_write_them() {
        for (text, value) in [
            ("12", 12.0),
            ("12.5 m", 12.5),
            ("12,5m", 12.5),
            ("10 ft", 3.048),
            ("40'6\"", 12.3444),
            ("7'", 2.1336),
            ("1 km", 1000.0),
        ] {
            assert!((metres(text).unwrap() - value).abs() < 1e-9, "{text}");
        }
        for text in ["", "high", "3 storeys", "--4", "inf"] {
            assert_eq!(metres(text), None, "{text}");
        }
    }
}
