//! What each kind of feature says in its row.

use super::Feature;
use crate::formats::shape::Shape;
use crate::pipeline::table::{Row, Value};
use crate::pipeline::tile::buildings::{height_origin_name, usage_name};
use crate::pipeline::tile::demand::Asked;
use crate::pipeline::tile::networks::class_name;
use crate::region::roof::{RoofOptions, drawn};
use crate::region::utility::{Conduit, Fixture, Years};
use crate::region::{Area, AreaShape, Attribute, AttributeValue, Building, LineClass, NetworkLine, WaterArea};
use geo::{Area as _, Centroid, MultiPolygon, Orient, Polygon, orient::Direction};

/// The row of a feature; none where `place` has no longitude and latitude for it.
pub(super) fn of(feature: &Feature, place: Place) -> Option<Row> {
    match feature {
        Feature::Building(of) => building(of, place),
        Feature::Line(of) => line(of, place),
        Feature::Water(of) => water(of, place),
        Feature::Area(of) => area(of, place),
        Feature::Conduit(of) => conduit(of, place),
        Feature::Fixture(of) => fixture(of, place),
    }
}

fn water(water: &WaterArea, place: Place) -> Option<Row> {
    let outline = MultiPolygon(vec![water.outline.clone()]);
    let values = vec![
        ("id", Value::Text(water.id.clone())),
        ("layer", Value::Text("water".to_owned())),
        ("name", Value::Text(water.name.clone().unwrap_or_default())),
        ("dataset", Value::Text(water.dataset.to_string())),
        ("area_m2", Value::Real(outline.unsigned_area())),
        ("ground_m", Value::Real(water.level_m)),
    ];
    surface(&outline, values, place)
}

fn conduit(conduit: &Conduit, place: Place) -> Option<Row> {
    let points = placed(&conduit.points, place)?;
    let at = points.get(points.len() / 2).map(|p| [p[0], p[1]])?;
    let length = conduit.points.windows(2).map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1])).sum();
    Some(Row {
        shape: Shape::Line(points),
        at,
        values: vec![
            ("id", Value::Text(conduit.id.clone())),
            ("layer", Value::Text(conduit.utility.id().to_owned())),
            ("name", Value::Text(conduit.name.clone().unwrap_or_default())),
            ("class", Value::Text(conduit.class.clone())),
            ("dataset", Value::Text(conduit.dataset.to_string())),
            ("length_m", Value::Real(length)),
        ]
        .into_iter()
        .chain(year(conduit.years))
        .collect(),
    })
}

/// The year in which it came, or will come, into service.
fn year(years: Years) -> Option<(&'static str, Value)> {
    years.from.map(|year| ("year", Value::Count(i32::from(year))))
}

fn fixture(fixture: &Fixture, place: Place) -> Option<Row> {
    let at = place(fixture.at)?;
    Some(Row {
        shape: Shape::Point([at[0], at[1], f64::NAN]),
        at,
        values: vec![
            ("id", Value::Text(fixture.id.clone())),
            ("layer", Value::Text(fixture.utility.id().to_owned())),
            ("name", Value::Text(fixture.name.clone().unwrap_or_default())),
            ("class", Value::Text(fixture.class.clone())),
            ("dataset", Value::Text(fixture.dataset.to_string())),
        ]
        .into_iter()
        .chain(year(fixture.years))
        .collect(),
    })
}

type Place<'a> = &'a (dyn Fn([f64; 2]) -> Option<[f64; 2]> + Sync);

fn building(building: &Building, place: Place) -> Option<Row> {
    let footprint_m2 = building.footprint.unsigned_area();
    let asked = Asked::of(building);
    // As its tile says it.
    let roof = drawn(building, &RoofOptions::default());
    let count = |value: Option<u32>| value.and_then(|value| i32::try_from(value).ok());
    let mut values = vec![
        ("id", Value::Text(building.id.clone())),
        ("layer", Value::Text("buildings".to_owned())),
        ("dataset", Value::Text(building.dataset.to_string())),
        ("rnb", Value::Text(building.rnb.join("/"))),
        ("usage", Value::Text(usage_name(building.usage).to_owned())),
        (
            "usage2",
            Value::Text(
                building
                    .second_usage
                    .map(usage_name)
                    .unwrap_or_default()
                    .to_owned(),
            ),
        ),
        ("height_m", Value::Real(building.eave_height_m)),
        ("ridge_m", Value::Real(roof.ridge_m.unwrap_or(building.ridge_height_m))),
        ("ground_m", Value::Real(building.ground_m)),
        (
            "height_origin",
            Value::Text(height_origin_name(building.height_origin).to_owned()),
        ),
        (
            "roof",
            Value::Text(roof.roof.name().to_owned()),
        ),
        ("roof_method", Value::Text(roof.method.name().to_owned())),
        ("floor_area_m2", Value::Real(asked.floor_m2)),
        ("area_m2", Value::Real(footprint_m2)),
        ("attributes", Value::Text(attributes(&building.attributes))),
    ];
    values.extend(asked.estimate.map(|estimate| ("demand_kwh_year", Value::Real(estimate.kwh))));
    values.extend(roof.residual_m.map(|residual_m| ("roof_residual_m", Value::Real(residual_m))));
    let counts = [
        ("dwellings", count(building.dwellings)),
        ("storeys", count(building.storeys)),
        ("year", building.year),
    ];
    values.extend(
        counts
            .into_iter()
            .filter_map(|(name, count)| Some((name, Value::Count(count?)))),
    );
    surface(&building.footprint, values, place)
}

fn line(line: &NetworkLine, place: Place) -> Option<Row> {
    let points = placed(
        &line.points.iter().map(|p| [p[0], p[1]]).collect::<Vec<_>>(),
        place,
    )?;
    let at = points.get(points.len() / 2).map(|p| [p[0], p[1]])?;
    let length = line
        .points
        .windows(2)
        .map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1]))
        .sum();
    let layer = if matches!(line.class, LineClass::Tram | LineClass::Rail) {
        "tram"
    } else {
        "roads"
    };
    Some(Row {
        shape: Shape::Line(points),
        at,
        values: vec![
            ("id", Value::Text(line.id.clone())),
            ("layer", Value::Text(layer.to_owned())),
            ("name", Value::Text(line.name.clone().unwrap_or_default())),
            ("class", Value::Text(class_name(line.class).to_owned())),
            ("dataset", Value::Text(line.dataset.to_string())),
            ("length_m", Value::Real(length)),
            ("width_m", Value::Real(line.width_m)),
            ("level", Value::Real(f64::from(line.level))),
        ],
    })
}

fn area(area: &Area, place: Place) -> Option<Row> {
    let mut values = vec![
        ("id", Value::Text(area.id.clone())),
        ("layer", Value::Text(area.theme.id().to_owned())),
        ("name", Value::Text(area.name.clone())),
        ("class", Value::Text(area.code.clone())),
        ("dataset", Value::Text(area.dataset.to_string())),
        ("attributes", Value::Text(attributes(&area.attributes))),
    ];
    match &area.shape {
        AreaShape::Surface(outline) => {
            values.push(("area_m2", Value::Real(outline.unsigned_area())));
            surface(outline, values, place)
        }
        AreaShape::Lines(lines) => {
            let length = lines
                .iter()
                .flat_map(|line| line.windows(2))
                .map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1]))
                .sum();
            values.push(("length_m", Value::Real(length)));
            let parts: Option<Vec<Shape>> = lines
                .iter()
                .map(|line| Some(Shape::Line(placed(line, place)?)))
                .collect();
            several(parts?, values)
        }
        AreaShape::Places(places) => several(
            placed(places, place)?
                .into_iter()
                .map(Shape::Point)
                .collect(),
            values,
        ),
    }
}

fn several(mut parts: Vec<Shape>, values: Vec<(&'static str, Value)>) -> Option<Row> {
    let shape = if parts.len() == 1 {
        parts.pop()?
    } else {
        Shape::Many(parts)
    };
    let at = shape.first_position()?;
    Some(Row {
        shape,
        at: [at[0], at[1]],
        values,
    })
}

fn surface(
    outline: &MultiPolygon<f64>,
    values: Vec<(&'static str, Value)>,
    place: Place,
) -> Option<Row> {
    let outline = outline.orient(Direction::Default);
    let ring = |line: &geo::LineString<f64>| {
        placed(
            &line.0.iter().map(|c| [c.x, c.y]).collect::<Vec<_>>(),
            place,
        )
    };
    let polygon = |polygon: &Polygon<f64>| -> Option<Shape> {
        std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(ring)
            .collect::<Option<_>>()
            .map(Shape::Polygon)
    };
    let mut parts: Vec<Shape> = outline.iter().map(polygon).collect::<Option<_>>()?;
    let centre = outline.centroid()?;
    let at = place([centre.x(), centre.y()])?;
    let shape = if parts.len() == 1 {
        parts.pop()?
    } else {
        Shape::Many(parts)
    };
    Some(Row { shape, at, values })
}

fn placed(points: &[[f64; 2]], place: Place) -> Option<Vec<[f64; 3]>> {
    points
        .iter()
        .map(|at| place(*at).map(|[lon, lat]| [lon, lat, f64::NAN]))
        .collect()
}

/// One JSON object in the order of the source; empty where there is nothing.
fn attributes(attributes: &[Attribute]) -> String {
    if attributes.is_empty() {
        return String::new();
    }
    let mut object = serde_json::Map::new();
    for attribute in attributes {
        let value = match &attribute.value {
            AttributeValue::Number(number) => serde_json::json!(number),
            AttributeValue::Text(text) => serde_json::json!(text),
        };
        object.entry(attribute.name).or_insert(value);
    }
    serde_json::Value::Object(object).to_string()
}
