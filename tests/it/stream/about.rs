//! What documents say of tiles beside their features: of the tileset, of groups, of tiles, of contents.

use super::super::shared_data::shared;
use glam::DVec3;
use jumeau::formats::gltf::Values;
use jumeau::stream::{Delivery, Engine, Settings, View, Wanted};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// By the contents' names, what is said of them.
fn said(files: &dyn Fn(&str) -> Option<Vec<u8>>) -> BTreeMap<String, Vec<String>> {
    let mut engine = Engine::new("tileset.json", Settings { fade_frames: 0, screen_space_error: 0.1, ..Settings::default() });
    let view = View { position: DVec3::new(0.0, 0.0, 100.0), direction: DVec3::NEG_Z, frustum: Vec::new(), pixels_per_radian: 1_000.0 };
    let mut told = BTreeMap::new();
    for frame in 0..60 {
        for fetch in engine.update(std::slice::from_ref(&view), frame).fetch {
            let delivery = match fetch.wanted {
                Wanted::Content => {
                    let columns = engine.about(fetch.tile).map(|about| about.columns()).unwrap_or_default();
                    let lines = columns.into_iter().map(|column| match column.values {
                        Values::F64(numbers) => format!("{} {}", column.name, numbers[0]),
                        Values::Text(texts) => format!("{} {}", column.name, texts.get(0).unwrap()),
                        other => panic!("{other:?}"),
                    });
                    let mut lines: Vec<String> = lines.collect();
                    lines.sort();
                    told.insert(fetch.path.clone(), lines);
                    Delivery::Content { bytes: 1_000 }
                }
                Wanted::Tileset | Wanted::Subtree => Delivery::Bytes(files(&fetch.path).unwrap_or_else(|| panic!("{}", fetch.path))),
            };
            engine.deliver(fetch.id, Ok(delivery));
        }
    }
    assert!(engine.report().findings().is_empty(), "{:?}", engine.report());
    told
}

fn said_of(document: &Value) -> BTreeMap<String, Vec<String>> {
    said(&|_| Some(document.to_string().into_bytes()))
}

fn volume() -> Value {
    json!({ "sphere": [0.0, 0.0, 0.0, 10.0] })
}

#[test]
fn the_sample_of_all_granularities_says_what_it_holds() {
    let Some(folder) = shared("3dtiles-samples/1.1/MetadataGranularities") else { return };
    let told = said(&|path| std::fs::read(folder.join(path)).ok());
    assert_eq!(told.len(), 20);
    let house = &told["house-3-0.glb"];
    for line in ["about-content:vertices 1032", "about-content:materials 5", "about-group:color 64, 64, 255", "about-group:priority 1", "about-tileset:author Cesium", "about-tileset:tileCount 4"] {
        assert!(house.iter().any(|said| said == line), "{line}: {house:?}");
    }
    assert!(told["tree-spruce-0-0.glb"].iter().any(|said| said == "about-group:priority 2"));
}

/// The same said as 3D Tiles 1.1 says it and as the extension before it did.
#[test]
fn both_times_say_the_same() {
    let schema = json!({ "id": "s", "classes": { "c": { "properties": { "a": { "type": "SCALAR", "noData": -1 }, "b": { "type": "STRING", "default": "usual" } } } } });
    let entity = |a: i32| json!({ "class": "c", "properties": { "a": a } });
    let new = json!({
        "asset": { "version": "1.1" }, "geometricError": 100.0, "schema": schema, "metadata": entity(1), "groups": [entity(2), entity(3)],
        "root": { "boundingVolume": volume(), "geometricError": 0.0, "metadata": entity(4), "content": { "uri": "x.glb", "group": 1, "metadata": entity(-1) } },
    });
    let old = |value: Value| json!({ "3DTILES_metadata": value });
    let before = json!({
        "asset": { "version": "1.0" }, "geometricError": 100.0, "extensionsUsed": ["3DTILES_metadata"],
        "extensions": old(json!({ "schema": schema, "tileset": entity(1), "groups": { "first": entity(2), "second": entity(3) } })),
        "root": {
            "boundingVolume": volume(), "geometricError": 0.0, "extensions": old(entity(4)),
            "content": { "uri": "x.glb", "extensions": old(json!({ "group": "second", "class": "c", "properties": { "a": -1 } })) },
        },
    });
    let wanted = ["about-content:b usual", "about-group:a 3", "about-group:b usual", "about-tile:a 4", "about-tile:b usual", "about-tileset:a 1", "about-tileset:b usual"];
    for document in [new, before] {
        assert_eq!(said_of(&document)["x.glb"], wanted, "{document}");
    }
}

/// A tileset inside another one keeps what was said of all, unless it says something itself.
#[test]
fn what_is_said_of_all_holds_below() {
    let outer = json!({
        "asset": { "version": "1.1" }, "geometricError": 100.0, "metadata": { "class": "c", "properties": { "town": "Nantes" } },
        "root": { "boundingVolume": volume(), "geometricError": 50.0, "children": [
            { "boundingVolume": volume(), "geometricError": 10.0, "content": { "uri": "silent.json" } },
            { "boundingVolume": volume(), "geometricError": 10.0, "content": { "uri": "own.json" } },
        ] },
    });
    let inner = |name: &str, rest: Value| {
        let mut document = json!({
            "asset": { "version": "1.1" }, "geometricError": 10.0,
            "root": { "boundingVolume": volume(), "geometricError": 0.0, "content": { "uri": name } },
        });
        document.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        document
    };
    let told = said(&|path| {
        let document = match path {
            "tileset.json" => outer.clone(),
            "silent.json" => inner("a.glb", json!({})),
            _ => inner("b.glb", json!({ "metadata": { "class": "c", "properties": { "town": "Rezé" } } })),
        };
        Some(document.to_string().into_bytes())
    });
    assert_eq!((told["a.glb"].clone(), told["b.glb"].clone()), (vec!["about-tileset:town Nantes".to_owned()], vec!["about-tileset:town Rezé".to_owned()]));
}

/// Whatever stands where metadata should stand: the tile is drawn, and nothing is said.
#[test]
fn what_is_no_metadata_costs_no_tile() {
    for odd in [json!(5), json!("x"), json!([1, 2]), json!({ "class": 7, "properties": [] }), json!({ "properties": { "a": { "b": {} }, "c": null } }), json!(null)] {
        let document = json!({
            "asset": { "version": "1.1" }, "geometricError": 100.0, "schema": odd, "metadata": odd, "groups": odd, "extensions": { "3DTILES_metadata": odd },
            "root": {
                "boundingVolume": volume(), "geometricError": 0.0, "metadata": odd, "extensions": { "3DTILES_metadata": odd },
                "content": { "uri": "x.glb", "group": odd, "metadata": odd, "extensions": { "3DTILES_metadata": odd } },
            },
        });
        let told = said_of(&document);
        assert_eq!(told.get("x.glb"), Some(&Vec::new()), "{odd}");
    }
}
