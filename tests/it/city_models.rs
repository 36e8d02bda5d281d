//! CityJSON and CityGML: what they hold, what is wrong in them, and that nothing breaks their readers.

use jumeau::formats::citygml;
use jumeau::formats::cityjson;
use jumeau::formats::citymodel::{AttributeValue, CityObject};
use jumeau::formats::shape::FaceRole;
use proptest::prelude::*;

/// A house of 10 × 6 m: eave at 3 m, ridge at 5 m; the gable walls have five corners.
const HOUSE: &str = r#"{"type":"CityJSON","version":"2.0",
"transform":{"scale":[0.001,0.001,0.001],"translate":[85000.0,447000.0,0.0]},
"metadata":{"referenceSystem":"https://www.opengis.net/def/crs/EPSG/0/7415"},
"CityObjects":{
 "h":{"type":"Building","children":["h-1"],"attributes":{"yearOfConstruction":1932,"storeysAboveGround":2,"function":"1000","open":true,"none":null}},
 "h-1":{"type":"BuildingPart","parents":["h"],"attributes":{"roofType":"gable"},"geometry":[
  {"type":"Solid","lod":"1.2","boundaries":[[[[0,1,2,3]]]]},
  {"type":"Solid","lod":"2.2","boundaries":[[[[3,2,1,0]],[[0,1,5,4]],[[1,2,6,9,5]],[[2,3,7,6]],[[3,0,4,8,7]],[[4,5,9,8]],[[7,8,9,6]]]],
   "semantics":{"surfaces":[{"type":"GroundSurface"},{"type":"WallSurface"},{"type":"RoofSurface"}],"values":[[0,1,1,1,1,2,2]]}},
  {"type":"MultiSurface","lod":"0","boundaries":[[[0,1,2,3]]]}]},
 "t":{"type":"SolitaryVegetationObject","geometry":[]},
 "bad":{"type":"Building","geometry":[{"type":"MultiSurface","lod":2,"boundaries":[[[0,1,99]],[[0,1,2]],[[0,1]],"x"]}]},
 "odd":7
},
"vertices":[[0,0,0],[10000,0,0],[10000,6000,0],[0,6000,0],[0,0,3000],[10000,0,3000],[10000,6000,3000],[0,6000,3000],[0,3000,5000],[10000,3000,5000]]}"#;

fn object<'a>(objects: &'a [CityObject], id: &str) -> &'a CityObject {
    objects.iter().find(|object| object.id == id).unwrap()
}

#[test]
fn a_building_takes_its_parts_and_their_best_level() {
    let read = cityjson::parse(HOUSE.as_bytes()).unwrap();
    assert_eq!(
        read.header.crs.as_deref(),
        Some("https://www.opengis.net/def/crs/EPSG/0/7415")
    );
    assert_eq!(read.objects.len(), 4, "the part is no object of its own");
    let house = object(&read.objects, "h");
    assert_eq!(
        (house.parts, house.geometry.lod, house.face_count()),
        (1, Some(2.2), 7)
    );
    assert_eq!(
        house.attributes[0],
        ("yearOfConstruction".into(), AttributeValue::Number(1932.0))
    );
    assert!(house.has("roofType") && house.has("open") && !house.has("none"));
    let shell = &house.geometry.shells[0];
    assert!(shell.solid);
    assert_eq!(shell.faces[0].role, FaceRole::Ground);
    assert_eq!(shell.faces[6].role, FaceRole::Roof);
    assert_eq!(shell.faces[5].rings[0][2], [85010.0, 447003.0, 5.0]);
    // One face lacks a vertex, one has two points, one is text: the fourth is kept.
    let bad = object(&read.objects, "bad");
    assert_eq!(bad.face_count(), 1);
    assert_eq!(
        bad.faults.iter().map(|f| f.0).collect::<Vec<_>>(),
        ["city-vertex-missing", "surface-too-few-points"]
    );
}

#[test]
fn a_sequence_has_the_transform_of_its_first_line() {
    let header = br#"{"type":"CityJSON","version":"2.0","transform":{"scale":[0.5,0.5,0.5],"translate":[100,200,0]},"CityObjects":{},"vertices":[]}"#;
    let header = cityjson::parse_header(header).unwrap().header;
    let line = br#"{"type":"CityJSONFeature","id":"a","CityObjects":{"a":{"type":"Building","geometry":[{"type":"MultiSurface","lod":"2","boundaries":[[[0,1,2]]]}]}},"vertices":[[0,0,0],[2,0,0],[0,2,4]]}"#;
    let objects = cityjson::parse_feature(line, &header).unwrap();
    assert_eq!(
        objects[0].geometry.shells[0].faces[0].rings[0],
        [
            [100.0, 200.0, 0.0],
            [101.0, 200.0, 0.0],
            [100.0, 201.0, 2.0]
        ]
    );
    assert!(cityjson::parse_feature(br#"{"type":"CityJSON"}"#, &header).is_err());
}

/// SOURCE.md of the folder: 853 buildings, one LoD 2 MultiSurface each.
#[test]
fn delfshaven_has_its_853_buildings() {
    let Some(path) =
        crate::shared_data::shared("val3dity-data/data/rotterdam/3-20-DELFSHAVEN.city.json")
    else {
        return;
    };
    let read = cityjson::parse(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(read.header.version, "2.0");
    assert_eq!(read.objects.len(), 853);
    assert!(
        read.objects
            .iter()
            .all(|o| o.kind == "Building" && o.geometry.lod == Some(2.0) && o.has("TerrainHeight"))
    );
    let points = read
        .objects
        .iter()
        .flat_map(|o| &o.geometry.shells)
        .flat_map(|s| &s.faces)
        .flat_map(|f| f.rings.iter().flatten());
    let (low, high) = points.fold(([f64::MAX; 3], [f64::MIN; 3]), |(low, high), p| {
        (
            std::array::from_fn(|k| low[k].min(p[k])),
            std::array::from_fn(|k| high[k].max(p[k])),
        )
    });
    for (found, stated) in low
        .into_iter()
        .chain(high)
        .zip([90409.32, 435440.44, 0.0, 91453.879, 436089.946, 41.158])
    {
        assert!((found - stated).abs() < 1e-6, "{found} {stated}");
    }
}

fn gml(bytes: &[u8]) -> Vec<CityObject> {
    let mut objects = Vec::new();
    citygml::read(bytes, &mut |object| {
        objects.push(object);
        true
    })
    .unwrap();
    objects
}

/// SOURCE.md of the folder: 1 building with 6 parts, 39 boundary surfaces (7 roofs, 26 walls, 6 grounds), each once although solids link to them.
#[test]
fn a_solid_of_links_has_each_face_once() {
    let Some(path) = crate::shared_data::shared("val3dity-data/data/gml/DenHaag_1BwBP.gml") else {
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let outline = citygml::outline(bytes.as_slice()).unwrap();
    assert_eq!(
        (outline.version(), outline.srs.as_deref()),
        ("1.0", Some("urn:ogc:def:crs:EPSG::28992"))
    );
    let objects = gml(&bytes);
    assert_eq!(objects.len(), 1);
    let building = &objects[0];
    assert_eq!(
        (
            building.kind.as_str(),
            building.parts,
            building.geometry.lod
        ),
        ("Building", 6, Some(2.0))
    );
    let roles = |role| {
        building
            .geometry
            .shells
            .iter()
            .flat_map(|s| &s.faces)
            .filter(|f| f.role == role)
            .count()
    };
    assert_eq!(
        (
            roles(FaceRole::Roof),
            roles(FaceRole::Wall),
            roles(FaceRole::Ground)
        ),
        (7, 26, 6)
    );
    assert!(building.geometry.shells.iter().all(|shell| shell.solid));
    assert!(building.has("AbsoluteRidgeHeight") && !building.has("diffuseColor"));
    assert_eq!(building.faults, []);
}

#[test]
fn indoor_gml_is_told_apart_and_other_objects_are_read_too() {
    if let Some(path) = crate::shared_data::shared("val3dity-data/data/gml/FZK-Haus_full.gml") {
        let outline = citygml::outline(std::fs::read(path).unwrap().as_slice()).unwrap();
        assert!(outline.is_indoor() && !outline.is_city());
    }
    if let Some(path) = crate::shared_data::shared("val3dity-data/data/gml/msol1.gml") {
        let objects = gml(&std::fs::read(path).unwrap());
        assert_eq!(objects.len(), 1);
        assert_eq!(
            (objects[0].kind.as_str(), objects[0].face_count()),
            ("GenericCityObject", 12)
        );
    }
}

/// Written by hand after OGC 21-006r2 (CityGML 3.0): boundary, buildingPart, con:height, generic attributes as elements.
#[test]
fn version_three_has_other_words_for_the_same() {
    let square = |id: &str, z: f64| {
        format!(
            r#"<gml:Polygon gml:id="{id}"><gml:exterior><gml:LinearRing>
            <gml:posList srsDimension="3">0 0 {z} 4 0 {z} 4 4 {z} 0 4 {z} 0 0 {z}</gml:posList></gml:LinearRing></gml:exterior>
            <gml:interior><gml:LinearRing><gml:pos>1 1 {z}</gml:pos><gml:pos>1 2 {z}</gml:pos><gml:pos>2 2 {z}</gml:pos><gml:pos>1 1 {z}</gml:pos></gml:LinearRing></gml:interior></gml:Polygon>"#
        )
    };
    let document = format!(
        r##"<?xml version="1.0"?><CityModel xmlns="http://www.opengis.net/citygml/3.0" xmlns:con="http://www.opengis.net/citygml/construction/3.0" xmlns:bldg="http://www.opengis.net/citygml/building/3.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:gen="g" xmlns:xlink="x">
        <gml:boundedBy><gml:Envelope srsName="http://www.opengis.net/def/crs/EPSG/0/6697" srsDimension="3"/></gml:boundedBy>
        <cityObjectMember><bldg:Building gml:id="b&amp;1">
          <genericAttribute><gen:StringAttribute><gen:name>owner</gen:name><gen:value>A &amp; B</gen:value></gen:StringAttribute></genericAttribute>
          <boundary><con:GroundSurface><lod2MultiSurface><gml:MultiSurface><gml:surfaceMember>{}</gml:surfaceMember></gml:MultiSurface></lod2MultiSurface></con:GroundSurface></boundary>
          <boundary><con:RoofSurface><lod2MultiSurface><gml:MultiSurface><gml:surfaceMember>{}</gml:surfaceMember></gml:MultiSurface></lod2MultiSurface></con:RoofSurface></boundary>
          <boundary><con:InteriorWallSurface><lod2MultiSurface><gml:MultiSurface><gml:surfaceMember>{}</gml:surfaceMember></gml:MultiSurface></lod2MultiSurface></con:InteriorWallSurface></boundary>
          <lod1Solid><gml:Solid><gml:exterior><gml:Shell><gml:surfaceMember>{}</gml:surfaceMember></gml:Shell></gml:exterior></gml:Solid></lod1Solid>
          <lod2Solid><gml:Solid><gml:exterior><gml:Shell><gml:surfaceMember><gml:OrientableSurface orientation="-"><gml:baseSurface xlink:href="#g"/></gml:OrientableSurface></gml:surfaceMember><gml:surfaceMember xlink:href="#nowhere"/></gml:Shell></gml:exterior></gml:Solid></lod2Solid>
          <con:height><con:Height><con:status>measured</con:status><con:value uom="m">9.5</con:value></con:Height></con:height>
          <bldg:function>1000</bldg:function>
          <bldg:lod1ImplicitRepresentation><ImplicitGeometry/></bldg:lod1ImplicitRepresentation>
        </bldg:Building></cityObjectMember></CityModel>"##,
        square("g", 0.0),
        square("r", 3.0),
        square("i", 1.0),
        square("one", 5.0)
    );
    let outline = citygml::outline(document.as_bytes()).unwrap();
    assert_eq!(
        (outline.version(), outline.srs.as_deref()),
        ("3.0", Some("http://www.opengis.net/def/crs/EPSG/0/6697"))
    );
    let objects = gml(document.as_bytes());
    let building = &objects[0];
    // The solid lacks a face, so the boundary surfaces stand in; the inner wall is no hull.
    let shell = &building.geometry.shells[0];
    assert!(!shell.solid);
    assert_eq!(
        shell.faces.iter().map(|f| f.role).collect::<Vec<_>>(),
        [FaceRole::Ground, FaceRole::Roof]
    );
    assert_eq!(
        shell.faces[0]
            .rings
            .iter()
            .map(Vec::len)
            .collect::<Vec<_>>(),
        [4, 3]
    );
    let get = |name: &str| {
        building
            .attributes
            .iter()
            .find(|a| a.0 == name)
            .map(|a| a.1.clone())
    };
    assert_eq!(get("owner"), Some(AttributeValue::Text("A & B".into())));
    assert_eq!(get("height"), Some(AttributeValue::Number(9.5)));
    assert_eq!(get("function"), Some(AttributeValue::Number(1000.0)));
    let codes: Vec<&str> = building.faults.iter().map(|f| f.0).collect();
    assert_eq!(codes, ["city-implicit-geometry", "city-xlink-unresolved"]);
}

#[test]
fn old_encodings_are_read() {
    let mut document = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><CityModel><cityObjectMember><Building><name>Stra\xDFe</name></Building></cityObjectMember></CityModel>".to_vec();
    let objects = gml(&document);
    assert_eq!(
        objects[0].attributes,
        [("name".to_owned(), AttributeValue::Text("Straße".to_owned()))]
    );
    document.truncate(document.len() - 3);
    assert!(citygml::read(document.as_slice(), &mut |_| true).is_err());
}

#[test]
fn endless_nesting_ends() {
    let deep = format!("<CityModel>{}", "<a>".repeat(10_000));
    assert_eq!(
        citygml::read(deep.as_bytes(), &mut |_| true),
        Err(citygml::CityGmlFault::Depth)
    );
    let lists = format!(
        r#"{{"type":"CityJSON","CityObjects":{{"a":{{"type":"Building","geometry":[{{"type":"Solid","lod":1,"boundaries":{}{}}}]}}}},"vertices":[]}}"#,
        "[".repeat(100),
        "]".repeat(100)
    );
    assert!(cityjson::parse(lists.as_bytes()).is_ok());
}

/// Cuts, repeats and overwrites parts of real documents: what fuzzers do, in small.
fn mangled(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(
        (any::<prop::sample::Index>(), any::<u8>(), 0_usize..40),
        1..8,
    )
    .prop_map(move |changes| {
        let mut bytes = text.as_bytes().to_vec();
        for (at, byte, length) in changes {
            let at = at.index(bytes.len());
            match byte % 3 {
                0 => bytes[at] = byte,
                1 => {
                    bytes.drain(at..(at + length).min(bytes.len() - 1).max(at));
                }
                _ => {
                    let part: Vec<u8> = bytes[at..(at + length).min(bytes.len())].to_vec();
                    bytes.splice(at..at, part);
                }
            }
        }
        bytes
    })
}

const SMALL_GML: &str = r##"<CityModel xmlns:gml="g" xmlns:xlink="x"><cityObjectMember><Building gml:id="a"><boundedBy><RoofSurface><lod2MultiSurface><MultiSurface><surfaceMember><Polygon gml:id="p"><exterior><LinearRing><posList>0 0 1 1 0 1 1 1 1 0 0 1</posList></LinearRing></exterior></Polygon></surfaceMember></MultiSurface></lod2MultiSurface></RoofSurface></boundedBy><lod2Solid><Solid><exterior><surfaceMember xlink:href="#p"/></exterior></Solid></lod2Solid><stringAttribute name="n"><value>&amp;&#65;</value></stringAttribute></Building></cityObjectMember></CityModel>"##;

proptest! {
    #[test]
    fn nothing_breaks_the_city_readers(bytes in proptest::collection::vec(any::<u8>(), 0..300), json in mangled(HOUSE), xml in mangled(SMALL_GML)) {
        for bytes in [&bytes, &json, &xml] {
            let header = cityjson::Header::default();
            let _ = cityjson::parse(bytes);
            let _ = cityjson::parse_feature(bytes, &header);
            let _ = citygml::outline(bytes.as_slice());
            let _ = citygml::read(bytes.as_slice(), &mut |_| true);
        }
    }
}
