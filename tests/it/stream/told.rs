//! What subtrees tell of their tiles and contents, against what CesiumJS reads (`tests/data/subtree-metadata`), and what the engine makes of it.

use jumeau::formats::gltf::{Column, Values};
use jumeau::formats::tiles3d::{BoundingVolume, CellCoord, Refine, Subdivision, Subtree, TileSchema, Tileset};
use jumeau::geodesy::LonLatH;
use jumeau::stream::{Delivery, Engine, Settings, View, Wanted};
use serde_json::Value;
use std::collections::BTreeMap;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/data/subtree-metadata/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn text(columns: &[Column], name: &str) -> Option<String> {
    columns.iter().find(|column| column.name == name).map(|column| match &column.values {
        Values::Text(texts) => texts.get(0).unwrap().to_owned(),
        Values::U32(numbers) => numbers[0].to_string(),
        Values::F32(numbers) => numbers[0].to_string(),
        Values::F64(numbers) => numbers[0].to_string(),
        odd @ (Values::Vectors { .. } | Values::Mixed(_)) => odd.said(0).unwrap_or_default(),
    })
}

#[test]
fn a_subtree_tells_what_cesiumjs_reads_of_it() {
    let tileset = Tileset::parse(&file("tileset.json")).unwrap();
    let schema = TileSchema::of(tileset.schema.as_ref());
    let subtree = Subtree::parse_with(&file("0.0.0.subtree"), &schema, &mut |_| None).unwrap();
    let rows: Vec<Value> = serde_json::from_slice(&file("truth.json")).unwrap();
    assert_eq!(rows.len(), 10);
    for row in rows {
        let [level, x, y] = [0, 1, 2].map(|k| row["at"][k].as_u64().unwrap() as u32);
        let inner = CellCoord { scheme: Subdivision::Quadtree, level, at: [x, y, 0] };
        let number = |name: &str| row[name].as_f64().unwrap();
        let (error, refine) = subtree.fineness_of(inner);
        assert_eq!(error, Some(number("TILE_GEOMETRIC_ERROR")), "{row}");
        assert_eq!(refine, Some(if number("TILE_REFINE") == 0.0 { Refine::Add } else { Refine::Replace }), "{row}");
        let bounds = subtree.bounds_of(inner, BoundingVolume::Region([0.0, 0.5, 0.1, 0.6, -1e3, 1e3]));
        let BoundingVolume::Region([.., low, high]) = bounds else { panic!("{bounds:?}") };
        assert!((low - number("TILE_MINIMUM_HEIGHT")).abs() < 1e-9 && (high - number("TILE_MAXIMUM_HEIGHT")).abs() < 1e-9, "{low} {high} {row}");
        let said = subtree.said_of(inner);
        for name in ["label", "kind"] {
            assert_eq!(text(&said, name).as_deref(), row[name].as_str(), "{row}");
        }
        let said = subtree.said_of_content(inner, 0);
        let wanted = |name: &str| row["content"].get(name).filter(|value| !value.is_null()).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        for name in ["author", "houses"] {
            assert_eq!(text(&said, name), wanted(name).filter(|text| !text.is_empty()), "{name} {row}");
        }
        // Nothing is said of what is not there.
        assert!(subtree.said_of_content(inner, 1).is_empty());
    }
    let nowhere = CellCoord { scheme: Subdivision::Quadtree, level: 1, at: [0, 1, 0] };
    assert!(subtree.fineness_of(nowhere) == (None, None) && subtree.said_of(nowhere).is_empty());
}

/// The contents that are shown from a height above the middle, and what is said of each.
fn shown(edit: impl Fn(&mut Value), height_m: f64) -> BTreeMap<String, Vec<Column>> {
    let mut document: Value = serde_json::from_slice(&file("tileset.json")).unwrap();
    edit(&mut document);
    let mut engine = Engine::new("tileset.json", Settings { fade_frames: 0, ..Settings::default() });
    let position = LonLatH::new(-0.027_f64.to_degrees(), 0.824_f64.to_degrees(), height_m).to_ecef().0;
    let view = View { position, direction: -position.normalize(), frustum: Vec::new(), pixels_per_radian: 800.0 };
    let mut last = Vec::new();
    for frame in 0..60 {
        let update = engine.update(std::slice::from_ref(&view), frame);
        for fetch in update.fetch {
            let delivery = match fetch.wanted {
                Wanted::Content => Delivery::Content { bytes: 1_000 },
                Wanted::Tileset => Delivery::Bytes(document.to_string().into_bytes()),
                Wanted::Subtree => Delivery::Bytes(file("0.0.0.subtree")),
            };
            engine.deliver(fetch.id, Ok(delivery));
        }
        last = update.show;
    }
    assert!(engine.report().findings().is_empty(), "{:?}", engine.report());
    let of = |show: &jumeau::stream::Show| Some((engine.placement(show.tile)?.path, engine.about(show.tile).map(|about| about.columns()).unwrap_or_default()));
    last.iter().filter_map(of).collect()
}

#[test]
fn the_root_stays_where_it_says_so_though_the_document_says_otherwise() {
    // The document says REPLACE; the subtree says ADD of the root, and REPLACE of its first child.
    let near = shown(|_| {}, 700.0);
    assert!(near.contains_key("0-0-0.glb") && near.contains_key("2-2-0.glb") && near.len() > 3, "{:?}", near.keys());
    // Without the semantic it is as the document says.
    let replaced = shown(|document| document["schema"]["classes"]["tile"]["properties"]["refine"].as_object_mut().unwrap().remove("semantic").map_or((), drop), 700.0);
    assert!(!replaced.contains_key("0-0-0.glb"), "{:?}", replaced.keys());
}

#[test]
fn errors_of_tiles_say_how_near_one_must_be() {
    // By halves, level 1 has 200 m; the table says 133 of the second tile, 100 of the third: from 12 km (16 pixels of 1/800) that is fine enough
    // for neither, and from 7 km for both; what the root says is what the document says.
    let plain = |document: &mut Value| document["schema"]["classes"]["tile"]["properties"]["error"].as_object_mut().unwrap().remove("semantic").map_or((), drop);
    let (told, halved) = (shown(|_| {}, 8_300.0), shown(plain, 8_300.0));
    assert_ne!(told.keys().collect::<Vec<_>>(), halved.keys().collect::<Vec<_>>());
}

#[test]
fn a_click_tells_what_the_subtree_says() {
    let near = shown(|_| {}, 700.0);
    let root = &near["0-0-0.glb"];
    let said = |name: &str| text(root, name);
    assert_eq!(said("about-content:author").as_deref(), Some("Ann"), "{root:?}");
    assert_eq!(said("about-content:houses").as_deref(), Some("3"));
    assert_eq!((said("about-tile:label").as_deref(), said("about-tile:kind").as_deref()), (Some("tuile 0"), Some("town")));
}

/// What cannot be read costs nobody a tile, and what tells something of tiles is a fault.
#[test]
fn tables_that_are_not_whole_are_told_or_left() {
    let tileset = Tileset::parse(&file("tileset.json")).unwrap();
    let schema = TileSchema::of(tileset.schema.as_ref());
    let whole = file("0.0.0.subtree");
    let with = |from: &str, to: &str| {
        let length = u64::from_le_bytes(whole[8..16].try_into().unwrap()) as usize;
        let json = String::from_utf8(whole[24..24 + length].to_vec()).unwrap();
        assert!(json.contains(from), "{from}");
        let json = json.replace(from, to);
        let mut bytes = whole[..8].to_vec();
        bytes.extend((json.len() as u64).to_le_bytes());
        bytes.extend(&whole[16..24]);
        bytes.extend(json.as_bytes());
        bytes.extend(&whole[24 + length..]);
        Subtree::parse_with(&bytes, &schema, &mut |_| None)
    };
    let root = CellCoord::root(Subdivision::Quadtree);
    assert_eq!(with(r#""label": {"values""#, r#""label": {"was""#).unwrap().said_of(root).len(), 1);
    assert_eq!(with(r#""author": {"values": "#, r#""author": {"values": 9"#).unwrap().said_of_content(root, 0).len(), 1);
    assert_eq!(with(r#""error": {"values": "#, r#""error": {"values": 9"#).unwrap_err().code, "subtree-buffer");
    assert_eq!(with(r#""count": 10"#, r#""count": 11"#).unwrap_err().code, "subtree-metadata");
    assert_eq!(with(r#""count": 10"#, r#""count": 4000000000"#).unwrap_err().code, "subtree-metadata");
    assert_eq!(with(r#""contentMetadata": [1]"#, r#""contentMetadata": [7]"#).unwrap_err().code, "subtree-metadata");
}
