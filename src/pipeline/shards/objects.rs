//! Clean objects as bytes and back, exactly.

use super::bytes::{Bytes, put_text};
use crate::base::DatasetId;
use crate::pipeline::clean::Object;
use crate::pipeline::clean::buildings::Draft;
use crate::pipeline::clean::roof_points::Outcome;
use crate::pipeline::sources::vocabulary;
use crate::region::measured::{MeasuredRoof, RoofSource};
use crate::region::roof::Surface;
use crate::region::roof_pieces::{PiecePlane, RoofPiece};
use crate::region::surveyed::{Surveyed, SurveyedFace};
use crate::region::utility::{Accuracy, Conduit, Fixture, FixtureKind, Lay, Plugs, Utility, Years};
use crate::region::{
    Area, AreaShape, AreaTheme, Attribute, AttributeValue, Building, HeightOrigin, LineClass, NetworkLine, Tree, Usage, WaterArea,
};
use geo::{Coord, LineString, MultiPolygon, Polygon};

const USAGES: [Usage; 8] = [
    Usage::Residential,
    Usage::Commercial,
    Usage::Industrial,
    Usage::Agricultural,
    Usage::Religious,
    Usage::Sport,
    Usage::Annex,
    Usage::Unknown,
];
const ORIGINS: [HeightOrigin; 6] = [
    HeightOrigin::Source,
    HeightOrigin::OtherAltitudes,
    HeightOrigin::Storeys,
    HeightOrigin::Measured,
    HeightOrigin::Neighbours,
    HeightOrigin::Assumed,
];
const CLASSES: [LineClass; 6] = [
    LineClass::MajorRoad,
    LineClass::Road,
    LineClass::MinorRoad,
    LineClass::Path,
    LineClass::Tram,
    LineClass::Rail,
];
const SURFACES: [Surface; 3] = [Surface::Wall, Surface::Roof, Surface::Floor];
const ACCURACIES: [Accuracy; 5] = [Accuracy::A, Accuracy::B, Accuracy::C, Accuracy::Schematic, Accuracy::Unstated];
const KINDS: [FixtureKind; 13] = [
    FixtureKind::Tower,
    FixtureKind::Pole,
    FixtureKind::Substation,
    FixtureKind::Plant,
    FixtureKind::Stop,
    FixtureKind::Lamp,
    FixtureKind::Valve,
    FixtureKind::Pump,
    FixtureKind::Tank,
    FixtureKind::Node,
    FixtureKind::Turbine,
    FixtureKind::Battery,
    FixtureKind::Charger,
];
/// No number of storeys, dwellings …
const NONE: u32 = u32::MAX;

/// Writes an object.
pub fn put(object: &Object, bytes: &mut Vec<u8>) {
    match object {
        Object::Building(draft) => {
            bytes.push(1);
            put_draft(draft, bytes);
        }
        Object::Line(line) => {
            bytes.push(2);
            put_line(line, bytes);
        }
        Object::Water(water) => {
            bytes.push(3);
            put_text(bytes, &water.id);
            put_text(bytes, water.dataset.as_str());
            put_polygon(&water.outline, bytes);
            bytes.extend(water.level_m.to_le_bytes());
            put_option(water.name.as_deref(), bytes);
        }
        Object::Tree(tree) => {
            bytes.push(4);
            [tree.x, tree.y, tree.height_m, tree.crown_m].iter().for_each(|value| bytes.extend(value.to_le_bytes()));
            bytes.push(u8::from(tree.generated));
        }
        Object::Conduit(conduit) => {
            bytes.push(5);
            put_conduit(conduit, bytes);
        }
        Object::Fixture(fixture) => {
            bytes.push(6);
            put_fixture(fixture, bytes);
        }
        Object::Area(area) => {
            bytes.push(7);
            put_area(area, bytes);
        }
    }
}

/// Reads one object.
pub fn take(bytes: &mut Bytes) -> Option<Object> {
    Some(match bytes.u8()? {
        1 => Object::Building(take_draft(bytes)?),
        2 => Object::Line(take_line(bytes)?),
        3 => Object::Water(WaterArea {
            id: bytes.text()?.to_owned(),
            dataset: DatasetId::from(bytes.text()?),
            outline: take_polygon(bytes)?,
            level_m: bytes.f64()?,
            name: take_option(bytes)?,
        }),
        4 => {
            let [x, y, height_m, crown_m] = bytes.f64s()?;
            Object::Tree(Tree { x, y, height_m, crown_m, generated: bytes.u8()? != 0 })
        }
        5 => Object::Conduit(take_conduit(bytes)?),
        6 => Object::Fixture(take_fixture(bytes)?),
        7 => Object::Area(take_area(bytes)?),
        _ => return None,
    })
}

fn put_draft(draft: &Draft, bytes: &mut Vec<u8>) {
    let Draft { building, file, has_height, has_ground, repaired, above_ground } = draft;
    put_text(bytes, file);
    bytes.extend([*has_height, *has_ground, *repaired, *above_ground, building.light].map(u8::from));
    put_text(bytes, &building.id);
    put_count(building.rnb.len(), bytes);
    building.rnb.iter().for_each(|id| put_text(bytes, id));
    put_text(bytes, building.dataset.as_str());
    put_count(building.footprint.0.len(), bytes);
    building.footprint.iter().for_each(|polygon| put_polygon(polygon, bytes));
    [building.ground_m, building.eave_height_m, building.ridge_height_m]
        .iter()
        .for_each(|value| bytes.extend(value.to_le_bytes()));
    bytes.push(place(&ORIGINS, building.height_origin));
    bytes.push(place(&USAGES, building.usage));
    bytes.push(building.second_usage.map_or(u8::MAX, |usage| place(&USAGES, usage)));
    bytes.extend(building.dwellings.unwrap_or(NONE).to_le_bytes());
    bytes.extend(building.storeys.unwrap_or(NONE).to_le_bytes());
    bytes.extend(building.year.unwrap_or(i32::MIN).to_le_bytes());
    put_attributes(&building.attributes, bytes);
    bytes.push(u8::from(building.surveyed.is_some()));
    if let Some(surveyed) = &building.surveyed {
        bytes.extend(surveyed.lod.to_le_bytes());
        bytes.push(u8::from(surveyed.closed));
        put_count(surveyed.faces.len(), bytes);
        for face in &surveyed.faces {
            bytes.push(place(&SURFACES, face.surface));
            put_count(face.rings.len(), bytes);
            face.rings.iter().for_each(|ring| put_points(ring, bytes));
        }
    }
    bytes.push(u8::from(building.measured.is_some()));
    if let Some(measured) = &building.measured {
        put_measured(measured, bytes);
    }
}

fn put_measured(measured: &MeasuredRoof, bytes: &mut Vec<u8>) {
    let MeasuredRoof { source, residual_m, near, origin, planes, pieces } = measured;
    bytes.push(place(&RoofSource::ALL, *source));
    [*residual_m, *near, origin[0], origin[1]].iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    put_count(planes.len(), bytes);
    planes.iter().flat_map(|plane| plane.at.iter().chain(&plane.slope)).for_each(|value| bytes.extend(value.to_le_bytes()));
    put_count(pieces.len(), bytes);
    for piece in pieces {
        put_count(piece.plane, bytes);
        put_count(piece.rings.len(), bytes);
        for ring in &piece.rings {
            put_count(ring.len(), bytes);
            ring.iter().flatten().for_each(|value| bytes.extend(value.to_le_bytes()));
        }
    }
}

/// What points say of a building, for the way between measuring and spooling.
pub fn put_outcome(outcome: &Outcome, bytes: &mut Vec<u8>) {
    bytes.push(u8::from(outcome.roof.is_some()));
    if let Some(roof) = &outcome.roof {
        put_measured(roof, bytes);
    }
    put_number(outcome.median_m, bytes);
}

pub fn take_outcome(bytes: &mut Bytes) -> Option<Outcome> {
    let roof = if bytes.u8()? == 0 { None } else { Some(take_measured(bytes)?) };
    Some(Outcome { roof, median_m: take_number(bytes)? })
}

fn take_measured(bytes: &mut Bytes) -> Option<MeasuredRoof> {
    let source = *RoofSource::ALL.get(usize::from(bytes.u8()?))?;
    let [residual_m, near, x, y] = bytes.f64s()?;
    let planes = list(bytes, |bytes| {
        let [a, b, c, east, north] = bytes.f64s()?;
        Some(PiecePlane { at: [a, b, c], slope: [east, north] })
    })?;
    let pieces = list(bytes, |bytes| {
        let plane = bytes.count()?;
        Some(RoofPiece { plane, rings: list(bytes, |bytes| list(bytes, |bytes| bytes.f64s()))? })
    })?;
    Some(MeasuredRoof { source, residual_m, near, origin: [x, y], planes, pieces })
}

fn take_draft(bytes: &mut Bytes) -> Option<Draft> {
    let file = bytes.text()?.to_owned();
    let [has_height, has_ground, repaired, above_ground, light] =
        [bytes.u8()?, bytes.u8()?, bytes.u8()?, bytes.u8()?, bytes.u8()?].map(|flag| flag != 0);
    let id = bytes.text()?.to_owned();
    let rnb = list(bytes, |bytes| bytes.text().map(str::to_owned))?;
    let dataset = DatasetId::from(bytes.text()?);
    let footprint = MultiPolygon(list(bytes, take_polygon)?);
    let [ground_m, eave_height_m, ridge_height_m] = bytes.f64s()?;
    let height_origin = *ORIGINS.get(usize::from(bytes.u8()?))?;
    let usage = *USAGES.get(usize::from(bytes.u8()?))?;
    let second_usage = USAGES.get(usize::from(bytes.u8()?)).copied();
    let dwellings = Some(bytes.u32()?).filter(|count| *count != NONE);
    let storeys = Some(bytes.u32()?).filter(|count| *count != NONE);
    let year = Some(bytes.i32()?).filter(|year| *year != i32::MIN);
    let attributes = take_attributes(bytes)?;
    let surveyed = if bytes.u8()? == 0 {
        None
    } else {
        let lod = bytes.f64()?;
        let closed = bytes.u8()? != 0;
        let faces = list(bytes, |bytes| {
            let surface = *SURFACES.get(usize::from(bytes.u8()?))?;
            Some(SurveyedFace { surface, rings: list(bytes, take_points)? })
        })?;
        Some(Surveyed { faces, lod, closed })
    };
    let measured = if bytes.u8()? == 0 { None } else { Some(take_measured(bytes)?) };
    let building = Building {
        id,
        rnb,
        dataset,
        footprint,
        ground_m,
        eave_height_m,
        ridge_height_m,
        height_origin,
        usage,
        second_usage,
        dwellings,
        storeys,
        year,
        light,
        attributes,
        surveyed,
        measured,
    };
    Some(Draft { building, file, has_height, has_ground, repaired, above_ground })
}

fn put_attributes(attributes: &[Attribute], bytes: &mut Vec<u8>) {
    put_count(attributes.len(), bytes);
    for attribute in attributes {
        put_text(bytes, attribute.name);
        match &attribute.value {
            AttributeValue::Number(number) => {
                bytes.push(0);
                bytes.extend(number.to_le_bytes());
            }
            AttributeValue::Text(text) => {
                bytes.push(1);
                put_text(bytes, text);
            }
        }
    }
}

fn take_attributes(bytes: &mut Bytes) -> Option<Vec<Attribute>> {
    list(bytes, |bytes| {
        let name = attribute_name(bytes.text()?);
        let value = match bytes.u8()? {
            0 => AttributeValue::Number(bytes.f64()?),
            _ => AttributeValue::Text(bytes.text()?.to_owned()),
        };
        Some(Attribute { name, value })
    })
}

fn put_area(area: &Area, bytes: &mut Vec<u8>) {
    let Area { id, dataset, theme, name, code, shape, attributes } = area;
    put_text(bytes, id);
    put_text(bytes, dataset.as_str());
    bytes.push(place(&AreaTheme::ALL, *theme));
    put_text(bytes, name);
    put_text(bytes, code);
    let put_flat = |points: &[[f64; 2]], bytes: &mut Vec<u8>| {
        put_count(points.len(), bytes);
        points.iter().flatten().for_each(|value| bytes.extend(value.to_le_bytes()));
    };
    match shape {
        AreaShape::Surface(outline) => {
            bytes.push(0);
            put_count(outline.0.len(), bytes);
            outline.iter().for_each(|polygon| put_polygon(polygon, bytes));
        }
        AreaShape::Lines(lines) => {
            bytes.push(1);
            put_count(lines.len(), bytes);
            lines.iter().for_each(|line| put_flat(line, bytes));
        }
        AreaShape::Places(places) => {
            bytes.push(2);
            put_flat(places, bytes);
        }
    }
    put_attributes(attributes, bytes);
}

fn take_area(bytes: &mut Bytes) -> Option<Area> {
    Some(Area {
        id: bytes.text()?.to_owned(),
        dataset: DatasetId::from(bytes.text()?),
        theme: *AreaTheme::ALL.get(usize::from(bytes.u8()?))?,
        name: bytes.text()?.to_owned(),
        code: bytes.text()?.to_owned(),
        shape: match bytes.u8()? {
            0 => AreaShape::Surface(MultiPolygon(list(bytes, take_polygon)?)),
            1 => AreaShape::Lines(list(bytes, |bytes| list(bytes, |bytes| bytes.f64s()))?),
            2 => AreaShape::Places(list(bytes, |bytes| bytes.f64s())?),
            _ => return None,
        },
        attributes: take_attributes(bytes)?,
    })
}

/// Names of kept columns live as long as the program.
pub fn attribute_name(name: &str) -> &'static str {
    vocabulary::source_term(name).strip_prefix(vocabulary::SOURCE).unwrap_or_default()
}

fn put_line(line: &NetworkLine, bytes: &mut Vec<u8>) {
    put_text(bytes, &line.id);
    put_text(bytes, line.dataset.as_str());
    bytes.push(place(&CLASSES, line.class));
    put_points(&line.points, bytes);
    bytes.extend(line.width_m.to_le_bytes());
    bytes.extend(line.level.to_le_bytes());
    put_option(line.name.as_deref(), bytes);
}

fn take_line(bytes: &mut Bytes) -> Option<NetworkLine> {
    Some(NetworkLine {
        id: bytes.text()?.to_owned(),
        dataset: DatasetId::from(bytes.text()?),
        class: *CLASSES.get(usize::from(bytes.u8()?))?,
        points: take_points(bytes)?,
        width_m: bytes.f64()?,
        level: bytes.i32()?,
        name: take_option(bytes)?,
    })
}

fn put_conduit(conduit: &Conduit, bytes: &mut Vec<u8>) {
    let Conduit { id, dataset, utility, class, name, points, lay, diameter_m, voltage_v, material, accuracy, colour, years } = conduit;
    put_text(bytes, id);
    put_text(bytes, dataset.as_str());
    bytes.push(place(&Utility::ALL, *utility));
    put_text(bytes, class);
    put_option(name.as_deref(), bytes);
    put_count(points.len(), bytes);
    points.iter().flatten().for_each(|value| bytes.extend(value.to_le_bytes()));
    let (lay, metres) = match lay {
        Lay::Ground => (0, None),
        Lay::Underground { depth_m } => (1, *depth_m),
        Lay::Overhead { height_m } => (2, *height_m),
    };
    bytes.push(lay);
    [metres, *diameter_m, *voltage_v].into_iter().for_each(|value| put_number(value, bytes));
    put_option(material.as_deref(), bytes);
    bytes.push(place(&ACCURACIES, *accuracy));
    bytes.push(u8::from(colour.is_some()));
    bytes.extend(colour.iter().flatten());
    put_years(*years, bytes);
}

/// A year of 0 is none.
fn put_years(Years { works, from, to }: Years, bytes: &mut Vec<u8>) {
    [works, from, to].into_iter().for_each(|year| bytes.extend(i32::from(year.unwrap_or(0)).to_le_bytes()));
}

fn take_years(bytes: &mut Bytes) -> Option<Years> {
    let mut year = || -> Option<Option<i16>> {
        let year = i16::try_from(bytes.i32()?).ok()?;
        Some(Some(year).filter(|year| *year != 0))
    };
    Some(Years { works: year()?, from: year()?, to: year()? })
}

fn take_conduit(bytes: &mut Bytes) -> Option<Conduit> {
    Some(Conduit {
        id: bytes.text()?.to_owned(),
        dataset: DatasetId::from(bytes.text()?),
        utility: *Utility::ALL.get(usize::from(bytes.u8()?))?,
        class: bytes.text()?.to_owned(),
        name: take_option(bytes)?,
        points: list(bytes, |bytes| bytes.f64s())?,
        lay: match (bytes.u8()?, take_number(bytes)?) {
            (0, _) => Lay::Ground,
            (1, depth_m) => Lay::Underground { depth_m },
            (2, height_m) => Lay::Overhead { height_m },
            _ => return None,
        },
        diameter_m: take_number(bytes)?,
        voltage_v: take_number(bytes)?,
        material: take_option(bytes)?,
        accuracy: *ACCURACIES.get(usize::from(bytes.u8()?))?,
        colour: if bytes.u8()? == 0 { None } else { Some([bytes.u8()?, bytes.u8()?, bytes.u8()?]) },
        years: take_years(bytes)?,
    })
}

fn put_fixture(fixture: &Fixture, bytes: &mut Vec<u8>) {
    let Fixture { id, dataset, utility, kind, class, name, at, height_m, diameter_m, voltage_v, rated_kva, reserved_mw, plugs, accuracy, years } = fixture;
    put_text(bytes, id);
    put_text(bytes, dataset.as_str());
    bytes.push(place(&Utility::ALL, *utility));
    bytes.push(place(&KINDS, *kind));
    put_text(bytes, class);
    put_option(name.as_deref(), bytes);
    at.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    [*height_m, *diameter_m, *voltage_v, *rated_kva, *reserved_mw, plugs.points.map(f64::from), plugs.point_kw].into_iter().for_each(|value| put_number(value, bytes));
    bytes.push(place(&ACCURACIES, *accuracy));
    put_years(*years, bytes);
}

fn take_fixture(bytes: &mut Bytes) -> Option<Fixture> {
    Some(Fixture {
        id: bytes.text()?.to_owned(),
        dataset: DatasetId::from(bytes.text()?),
        utility: *Utility::ALL.get(usize::from(bytes.u8()?))?,
        kind: *KINDS.get(usize::from(bytes.u8()?))?,
        class: bytes.text()?.to_owned(),
        name: take_option(bytes)?,
        at: bytes.f64s()?,
        height_m: take_number(bytes)?,
        diameter_m: take_number(bytes)?,
        voltage_v: take_number(bytes)?,
        rated_kva: take_number(bytes)?,
        reserved_mw: take_number(bytes)?,
        plugs: Plugs { points: take_number(bytes)?.map(|points| points as u16), point_kw: take_number(bytes)? },
        accuracy: *ACCURACIES.get(usize::from(bytes.u8()?))?,
        years: take_years(bytes)?,
    })
}

fn put_number(value: Option<f64>, bytes: &mut Vec<u8>) {
    bytes.push(u8::from(value.is_some()));
    bytes.extend(value.unwrap_or(0.0).to_le_bytes());
}

fn take_number(bytes: &mut Bytes) -> Option<Option<f64>> {
    let stated = bytes.u8()? != 0;
    Some(Some(bytes.f64()?).filter(|_| stated))
}

fn place<T: PartialEq + Copy>(of: &[T], value: T) -> u8 {
    of.iter().position(|known| *known == value).map_or(u8::MAX, |at| at as u8)
}

fn put_count(count: usize, bytes: &mut Vec<u8>) {
    bytes.extend((count as u64).to_le_bytes());
}

/// As many things as are promised; what ends before is nothing.
fn list<T>(bytes: &mut Bytes, mut take: impl FnMut(&mut Bytes) -> Option<T>) -> Option<Vec<T>> {
    let count = bytes.count()?;
    let mut found = Vec::new();
    for _ in 0..count {
        found.push(take(bytes)?);
    }
    Some(found)
}

fn put_option(text: Option<&str>, bytes: &mut Vec<u8>) {
    bytes.push(u8::from(text.is_some()));
    if let Some(text) = text {
        put_text(bytes, text);
    }
}

fn take_option(bytes: &mut Bytes) -> Option<Option<String>> {
    Some(if bytes.u8()? == 0 { None } else { Some(bytes.text()?.to_owned()) })
}

fn put_points(points: &[[f64; 3]], bytes: &mut Vec<u8>) {
    put_count(points.len(), bytes);
    points.iter().flatten().for_each(|value| bytes.extend(value.to_le_bytes()));
}

fn take_points(bytes: &mut Bytes) -> Option<Vec<[f64; 3]>> {
    list(bytes, |bytes| bytes.f64s())
}

fn put_polygon(polygon: &Polygon<f64>, bytes: &mut Vec<u8>) {
    put_count(1 + polygon.interiors().len(), bytes);
    for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
        put_count(ring.0.len(), bytes);
        for at in &ring.0 {
            bytes.extend(at.x.to_le_bytes());
            bytes.extend(at.y.to_le_bytes());
        }
    }
}

fn take_polygon(bytes: &mut Bytes) -> Option<Polygon<f64>> {
    let mut rings = list(bytes, |bytes| {
        let points = list(bytes, |bytes| bytes.f64s().map(|[x, y]| Coord { x, y }))?;
        Some(LineString(points))
    })?
    .into_iter();
    let outer = rings.next()?;
    Some(Polygon::new(outer, rings.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn building() -> Draft {
        let ring = |at: f64| LineString::from(vec![(at, 0.0), (at + 9.0, 0.0), (at + 9.0, 9.0), (at, 0.0)]);
        Draft {
            building: Building {
                measured: None,
                id: "été".to_owned(),
                rnb: vec!["ABCDEFGH1234".to_owned()],
                dataset: DatasetId::from("bdtopo"),
                footprint: MultiPolygon(vec![Polygon::new(ring(1.0), vec![ring(3.0)]), Polygon::new(ring(50.0), vec![])]),
                ground_m: 1.5,
                eave_height_m: 6.25,
                ridge_height_m: 9.0,
                height_origin: HeightOrigin::Storeys,
                usage: Usage::Religious,
                second_usage: None,
                dwellings: Some(0),
                storeys: None,
                year: Some(1789),
                light: true,
                attributes: vec![
                    Attribute { name: "QUARTIER", value: AttributeValue::Text("nord".to_owned()) },
                    Attribute { name: "KWH", value: AttributeValue::Number(1.25) },
                ],
                surveyed: Some(Surveyed {
                    faces: vec![SurveyedFace { surface: Surface::Roof, rings: vec![vec![[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]] }],
                    lod: 2.2,
                    closed: true,
                }),
            },
            file: "a.gpkg:batiment".to_owned(),
            has_height: true,
            has_ground: false,
            repaired: true,
            above_ground: true,
        }
    }

    fn conduit(lay: Lay, plain: bool) -> Conduit {
        Conduit {
            id: "way/1".to_owned(),
            dataset: DatasetId::from("osm"),
            utility: Utility::Heat,
            class: "pipeline".to_owned(),
            name: (!plain).then(|| "Boucle".to_owned()),
            points: vec![[0.1, 1.0], [2.0, 3.0], [4.0, 5.0]],
            lay,
            diameter_m: (!plain).then_some(0.3),
            voltage_v: plain.then_some(400.0),
            material: (!plain).then(|| "acier".to_owned()),
            accuracy: Accuracy::Schematic,
            colour: (!plain).then_some([1, 2, 255]),
            years: if plain { Years::default() } else { Years { works: Some(2028), from: Some(2031), to: None } },
        }
    }

    fn fixture(kind: FixtureKind) -> Fixture {
        Fixture {
            id: "node/7".to_owned(),
            dataset: DatasetId::from("osm"),
            utility: Utility::Transit,
            kind,
            class: "bus_stop".to_owned(),
            name: None,
            at: [355_000.25, 6_690_000.5],
            height_m: Some(9.0),
            diameter_m: (kind == FixtureKind::Turbine).then_some(71.0),
            voltage_v: None,
            rated_kva: Some(630.0),
            reserved_mw: (kind == FixtureKind::Tower).then_some(12.5),
            plugs: if kind == FixtureKind::Charger { Plugs { points: Some(4), point_kw: Some(22.5) } } else { Plugs::default() },
            accuracy: Accuracy::B,
            years: Years { works: None, from: Some(1998), to: Some(2040) },
        }
    }

    fn areas() -> [Area; 3] {
        let ring = LineString::from(vec![(0.5, 0.0), (9.0, 0.0), (9.0, 9.0), (0.5, 0.0)]);
        [
            AreaShape::Surface(MultiPolygon(vec![Polygon::new(ring.clone(), vec![ring])])),
            AreaShape::Lines(vec![vec![[1.0, 2.0], [3.0, 4.5]], vec![[0.0, 0.25], [1.0, 1.0]]]),
            AreaShape::Places(vec![[7.5, -8.0]]),
        ]
        .map(|shape| Area {
            id: "44999_PLU/zones/1".to_owned(),
            dataset: DatasetId::from("plu"),
            theme: AreaTheme::LandCover,
            name: "Ucp".to_owned(),
            code: "U".to_owned(),
            shape,
            attributes: vec![Attribute { name: "NOMFIC", value: AttributeValue::Text("a.pdf".to_owned()) }],
        })
    }

    #[test]
    fn objects_come_back_as_they_went() {
        let line = NetworkLine {
            id: "r".to_owned(),
            dataset: DatasetId::from("roads"),
            class: LineClass::Path,
            points: vec![[0.0, 1.0, f64::NAN], [2.0, 3.0, 4.0]],
            width_m: 4.5,
            level: -1,
            name: Some("Rue".to_owned()),
        };
        let areas = areas();
        let tree = Tree { x: 1.0, y: 2.0, height_m: 3.0, crown_m: 4.0, generated: false };
        let lays = [Lay::Ground, Lay::Underground { depth_m: None }, Lay::Underground { depth_m: Some(1.2) }, Lay::Overhead { height_m: Some(31.5) }];
        let conduits = lays.map(|lay| conduit(lay, lay == Lay::Ground));
        let fixtures = KINDS.map(fixture);
        let mut bytes = Vec::new();
        for object in conduits.clone().map(Object::Conduit).into_iter().chain(fixtures.clone().map(Object::Fixture)) {
            put(&object, &mut bytes);
        }
        let mut reader = Bytes::new(&bytes);
        for known in &conduits {
            assert!(matches!(take(&mut reader), Some(Object::Conduit(conduit)) if conduit == *known), "{known:?}");
        }
        for known in &fixtures {
            assert!(matches!(take(&mut reader), Some(Object::Fixture(fixture)) if fixture == *known), "{known:?}");
        }
        assert!(reader.is_empty());
        bytes.clear();
        for object in [Object::Building(building()), Object::Line(line), Object::Tree(tree)].into_iter().chain(areas.clone().map(Object::Area)) {
            put(&object, &mut bytes);
        }
        let mut reader = Bytes::new(&bytes);
        let mut again = Vec::new();
        while !reader.is_empty() {
            put(&take(&mut reader).unwrap(), &mut again);
        }
        assert_eq!(bytes, again);
        for known in &areas {
            bytes.clear();
            put(&Object::Area(known.clone()), &mut bytes);
            let Some(Object::Area(area)) = take(&mut Bytes::new(&bytes)) else { panic!("an area went in") };
            assert_eq!(format!("{area:?}"), format!("{known:?}"));
        }
        bytes.clear();
        put(&Object::Building(building()), &mut bytes);
        let Some(Object::Building(draft)) = take(&mut Bytes::new(&bytes)) else { panic!("a building came first") };
        assert_eq!(format!("{draft:?}"), format!("{:?}", building()));
    }

    #[test]
    fn objects_cut_short_are_none() {
        let mut bytes = Vec::new();
        put(&Object::Building(building()), &mut bytes);
        for end in 0..bytes.len() {
            assert!(take(&mut Bytes::new(&bytes[..end])).is_none());
        }
        let drawn = [Object::Conduit(conduit(Lay::Ground, false)), Object::Fixture(fixture(FixtureKind::Lamp))];
        for object in drawn.into_iter().chain(areas().map(Object::Area)) {
            bytes.clear();
            put(&object, &mut bytes);
            for end in 0..bytes.len() {
                assert!(take(&mut Bytes::new(&bytes[..end])).is_none());
            }
        }
    }
}
