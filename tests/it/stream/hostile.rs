//! Tilesets that are broken, endless or of another time: bounded, reported with the tile's address, and the rest goes on.

use glam::DVec3;
use jumeau::base::Severity;
use jumeau::stream::{
    Delivery, Engine, FetchFault, MAX_NODES, MAX_TILESET_BYTES, RootState, Settings, View, Wanted,
};
use serde_json::{Value, json};
use std::collections::HashMap;

/// A host that has files, and answers at once.
#[derive(Default)]
struct Host {
    files: HashMap<String, Vec<u8>>,
    /// Contents that are no models.
    pages: Vec<&'static str>,
    asked: usize,
}

impl Host {
    fn of(root: Value) -> Self {
        let mut host = Self::default();
        host.tileset("tileset.json", root);
        host
    }

    fn tileset(&mut self, path: &str, root: Value) {
        let document =
            json!({ "asset": { "version": "1.1" }, "geometricError": 1e6, "root": root });
        self.files
            .insert(path.to_owned(), document.to_string().into_bytes());
    }

    /// What is shown after so many frames, and the engine.
    fn after(&mut self, frames: u64, view: &View) -> (Vec<String>, Engine) {
        let mut engine = Engine::new(
            "tileset.json",
            Settings {
                fade_frames: 0,
                max_retries: 1,
                retry_frames: 1,
                ..Settings::default()
            },
        );
        let mut shown = Vec::new();
        for frame in 0..frames {
            let update = engine.update(std::slice::from_ref(view), frame);
            assert!(
                update.stats.resident_bytes <= 512 << 20,
                "{:?}",
                update.stats
            );
            shown = update
                .show
                .iter()
                .map(|show| engine.placement(show.tile).unwrap().path)
                .collect();
            self.asked += update.fetch.len();
            for fetch in update.fetch {
                let body = match (fetch.wanted, self.files.get(&fetch.path)) {
                    (Wanted::Content, _) if self.pages.contains(&fetch.path.as_str()) => {
                        Err(FetchFault::Lasting("no model: <html>".to_owned()))
                    }
                    (Wanted::Content, None) => Ok(Delivery::Content { bytes: 1000 }),
                    (_, Some(bytes)) => Ok(Delivery::Bytes(bytes.clone())),
                    (_, None) => Err(FetchFault::Lasting("404".to_owned())),
                };
                engine.deliver(fetch.id, body);
            }
        }
        shown.sort();
        (shown, engine)
    }
}

/// Ten metres from the origin, seeing all.
fn near() -> View {
    View {
        position: DVec3::new(10.0, 0.0, 0.0),
        direction: DVec3::NEG_X,
        frustum: Vec::new(),
        pixels_per_radian: 700.0,
    }
}

fn tile(uri: &str, error: f64) -> Value {
    json!({ "boundingVolume": { "sphere": [0, 0, 0, 5] }, "geometricError": error, "content": { "uri": uri } })
}

fn with(mut tile: Value, changes: Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        tile[key] = value.clone();
    }
    tile
}

fn above(children: Vec<Value>) -> Value {
    with(
        tile("root.glb", 1e5),
        json!({ "refine": "REPLACE", "children": children }),
    )
}

#[test]
fn tilesets_that_name_each_other_end_and_their_neighbour_is_shown() {
    let ring = |uri: &str| with(tile(uri, 1e5), json!({ "refine": "ADD", "children": [] }));
    let mut host = Host::of(with(
        above(vec![ring("a/a.json"), tile("good.glb", 0.0)]),
        json!({ "refine": "ADD" }),
    ));
    host.tileset("a/a.json", ring("../b/b.json"));
    host.tileset("b/b.json", ring("../a/a.json"));
    let (shown, engine) = host.after(400, &near());
    assert_eq!(shown, ["good.glb", "root.glb"]);
    assert!(host.asked < 250, "{}", host.asked);
    let deep: Vec<_> = engine
        .report()
        .findings()
        .iter()
        .filter(|finding| finding.code == "tileset-nested-too-deep")
        .collect();
    assert_eq!(deep.len(), 1);
    assert!(
        ["a/a.json", "b/b.json"].contains(&deep[0].file.as_str()),
        "{deep:?}"
    );
}

/// A tileset that names itself twice would have 2^96 tiles.
#[test]
fn a_tileset_that_doubles_itself_stays_small() {
    let twice = with(
        above(vec![tile("tileset.json", 1e5), tile("tileset.json", 1e5)]),
        json!({ "refine": "ADD" }),
    );
    let mut host = Host::of(twice);
    let (_, engine) = host.after(120, &near());
    assert_eq!(engine.root_state(), RootState::Open);
    assert!(host.asked <= 120 * 16, "{}", host.asked);
}

#[test]
fn a_million_children_are_not_planted_and_their_parent_stands() {
    for child in ["{}", r#"{"content":{"uri":"c.glb"}}"#] {
        let mut host = Host::default();
        let children = vec![child; 1_000_000].join(",");
        let root = format!(
            r#"{{"boundingVolume":{{"sphere":[0,0,0,5]}},"geometricError":1e5,"refine":"REPLACE","content":{{"uri":"root.glb"}},"children":[{children}]}}"#
        );
        host.files.insert(
            "tileset.json".to_owned(),
            format!(r#"{{"asset":{{"version":"1.1"}},"geometricError":1e6,"root":{root}}}"#)
                .into_bytes(),
        );
        let (shown, engine) = host.after(4, &near());
        assert_eq!(shown, ["root.glb"]);
        assert_eq!(engine.report().count("tileset-too-many-tiles"), 1);
        assert_eq!(engine.report().findings()[0].file, "tileset.json");
    }
    const { assert!(MAX_NODES < 1_000_000) };
}

/// One subtree for all places, everything available, to the deepest level, with an error that nothing is fine enough for.
#[test]
fn a_tiling_without_end_stays_in_its_bounds() {
    for scheme in ["QUADTREE", "OCTREE"] {
        let tiling = json!({ "subdivisionScheme": scheme, "subtreeLevels": 3, "availableLevels": 4_000_000_000_u32, "subtrees": { "uri": "all.subtree" } });
        let root = json!({
            "boundingVolume": { "box": [0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 5] }, "geometricError": 1e200, "refine": "REPLACE",
            "content": { "uri": "c/{level}.{x}.{y}.{z}.glb" }, "implicitTiling": tiling,
        });
        let mut host = Host::of(root);
        let all = json!({ "tileAvailability": { "constant": 1 }, "contentAvailability": [{ "constant": 1 }], "childSubtreeAvailability": { "constant": 1 } });
        host.files
            .insert("all.subtree".to_owned(), all.to_string().into_bytes());
        host.after(24, &near());
        assert!(host.asked <= 24 * 16);
    }
    for (scheme, levels) in [
        ("QUADTREE", 0_u32),
        ("QUADTREE", 11),
        ("OCTREE", 7),
        ("OCTREE", u32::MAX),
    ] {
        let tiling = json!({ "subdivisionScheme": scheme, "subtreeLevels": levels, "availableLevels": 20, "subtrees": { "uri": "all.subtree" } });
        let bad = with(
            tile("c/{level}.{x}.{y}.glb", 1e3),
            json!({ "boundingVolume": { "region": [0.1, 0.1, 0.2, 0.2, 0, 10] }, "implicitTiling": tiling }),
        );
        let (shown, engine) = Host::of(with(
            above(vec![bad, tile("good.glb", 0.0)]),
            json!({ "refine": "ADD" }),
        ))
        .after(6, &near());
        assert_eq!(shown, ["good.glb", "root.glb"], "{scheme} {levels}");
        assert_eq!(engine.report().count("tileset-subtree-levels"), 1);
    }
}

#[test]
fn a_broken_volume_costs_one_tile_its_bounds_and_no_more() {
    let broken = [
        json!({ "box": [0, 0, 0, null, 0, 0, 0, 1, 0, 0, 0, 1] }),
        json!({ "box": [0, 0, 0] }),
        json!({ "box": ["NaN", 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1] }),
        json!({ "box": [1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308, 1e308] }),
        json!({ "sphere": [0, 0, 0, 1e308] }),
        json!({ "sphere": "everywhere" }),
        json!({ "region": [0.1, 9.0, 0.2, -9.0, 0, 1] }),
        json!({ "region": [0.1, 0.1, 0.2] }),
        json!({}),
        json!(7),
        Value::Null,
    ];
    for volume in broken {
        let bad = with(
            tile("bad.glb", 0.0),
            json!({ "boundingVolume": volume, "transform": [10, 0, 0, 0, 0, 10, 0, 0, 0, 0, 10, 0, 0, 0, 0, 1] }),
        );
        let (shown, engine) = Host::of(above(vec![bad, tile("good.glb", 0.0)])).after(6, &near());
        assert_eq!(shown, ["bad.glb", "good.glb"], "{volume}");
        let findings = engine.report().findings();
        assert_eq!(findings.len(), 1, "{volume}: {findings:?}");
        assert_eq!(
            (
                findings[0].code,
                findings[0].object.as_str(),
                findings[0].file.as_str()
            ),
            ("tile-volume-unsound", "bad.glb", "tileset.json")
        );
    }
}

#[test]
fn a_tile_that_has_no_place_is_not_drawn_somewhere() {
    let unplaced = [
        json!([1, 0]),
        json!("north"),
        json!([
            1e308, 0, 0, 0, 0, 1e308, 0, 0, 0, 0, 1e308, 0, 0, 0, 0, null
        ]),
    ];
    for transform in unplaced {
        let bad = with(
            tile("bad.glb", 1e4),
            json!({ "transform": transform, "children": [tile("below.glb", 0.0)] }),
        );
        let (shown, engine) = Host::of(with(
            above(vec![bad, tile("good.glb", 0.0)]),
            json!({ "refine": "ADD" }),
        ))
        .after(6, &near());
        assert_eq!(shown, ["good.glb", "root.glb"], "{transform}");
        let findings = engine.report().findings();
        assert_eq!(
            (
                findings[0].code,
                findings[0].severity,
                findings[0].object.as_str()
            ),
            ("tile-transform-unsound", Severity::Error, "bad.glb")
        );
    }
}

#[test]
fn errors_contents_and_refinements_of_the_wrong_kind_cost_one_tile() {
    for (change, code) in [
        (json!({ "geometricError": null }), "tile-error-unsound"),
        (json!({ "geometricError": -4 }), "tile-error-unsound"),
        (json!({ "geometricError": "16 m" }), "tile-error-unsound"),
        (
            json!({ "viewerRequestVolume": { "sphere": [0] } }),
            "tile-volume-unsound",
        ),
    ] {
        let (shown, engine) = Host::of(above(vec![
            with(tile("bad.glb", 0.0), change.clone()),
            tile("good.glb", 0.0),
        ]))
        .after(6, &near());
        assert_eq!(shown, ["bad.glb", "good.glb"], "{change}");
        assert_eq!(engine.report().count(code), 1, "{change}");
    }
    // Nothing to draw, said in four ways; and a word for refinement that nobody knows.
    for change in [
        json!({ "content": {} }),
        json!({ "content": 7 }),
        json!({ "content": { "uri": "" } }),
        json!({ "contents": [{}], "content": null }),
    ] {
        let (shown, _) = Host::of(above(vec![
            with(tile("bad.glb", 0.0), change.clone()),
            tile("good.glb", 0.0),
        ]))
        .after(6, &near());
        assert_eq!(shown, ["good.glb"], "{change}");
    }
    let (shown, _) = Host::of(above(vec![with(
        tile("odd.glb", 0.0),
        json!({ "refine": "MIX" }),
    )]))
    .after(6, &near());
    assert_eq!(shown, ["odd.glb"]);
}

#[test]
fn lengths_that_nobody_sent_are_not_believed() {
    let header = |json: u64, bin: u64| {
        [
            b"subt\x01\0\0\0".as_slice(),
            &json.to_le_bytes(),
            &bin.to_le_bytes(),
        ]
        .concat()
    };
    let huge = json!({
        "buffers": [{ "byteLength": 1_u64 << 60 }], "bufferViews": [{ "buffer": 0, "byteOffset": 0, "byteLength": 1_u64 << 60 }],
        "tileAvailability": { "bitstream": 0 }, "contentAvailability": [{ "constant": 1 }], "childSubtreeAvailability": { "constant": 0 },
    });
    for bytes in [
        header(u64::MAX, 0),
        header(8, u64::MAX - 7),
        header(1 << 40, 1 << 40),
        huge.to_string().into_bytes(),
        b"<!doctype html>".to_vec(),
        Vec::new(),
    ] {
        let tiling = json!({ "subdivisionScheme": "QUADTREE", "subtreeLevels": 2, "availableLevels": 4, "subtrees": { "uri": "{level}.{x}.{y}.subtree" } });
        let implicit = json!({ "boundingVolume": { "box": [0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 5] }, "geometricError": 1e4, "content": { "uri": "c.glb" }, "implicitTiling": tiling });
        let mut host = Host::of(with(
            above(vec![implicit, tile("good.glb", 0.0)]),
            json!({ "refine": "ADD" }),
        ));
        host.files.insert("0.0.0.subtree".to_owned(), bytes);
        let (shown, engine) = host.after(8, &near());
        assert_eq!(shown, ["good.glb", "root.glb"]);
        assert_eq!(engine.report().findings().len(), 1);
        assert_eq!(engine.report().findings()[0].file, "0.0.0.subtree");
    }
}

#[test]
fn a_document_without_end_is_refused_and_named() {
    let mut host = Host::of(with(
        above(vec![tile("long.json", 1e4), tile("good.glb", 0.0)]),
        json!({ "refine": "ADD" }),
    ));
    host.files
        .insert("long.json".to_owned(), vec![b' '; MAX_TILESET_BYTES + 1]);
    let (shown, engine) = host.after(6, &near());
    assert_eq!(shown, ["good.glb", "root.glb"]);
    let finding = &engine.report().findings()[0];
    assert_eq!(
        (finding.code, finding.file.as_str()),
        ("tileset-too-large", "long.json")
    );
    // Nested deeper than anybody reads.
    let mut host = Host::of(with(
        above(vec![tile("deep.json", 1e4), tile("good.glb", 0.0)]),
        json!({ "refine": "ADD" }),
    ));
    let open = r#"{"boundingVolume":{"sphere":[0,0,0,5]},"geometricError":9,"children":["#;
    let deep = format!(
        r#"{{"asset":{{"version":"1.1"}},"geometricError":9,"root":{}{}}}"#,
        open.repeat(50_000),
        "]}".repeat(50_000)
    );
    host.files.insert("deep.json".to_owned(), deep.into_bytes());
    let (shown, engine) = host.after(6, &near());
    assert_eq!(shown, ["good.glb", "root.glb"]);
    assert_eq!(
        (
            engine.report().count("tileset-json"),
            engine.report().findings()[0].file.as_str()
        ),
        (1, "deep.json")
    );
}

#[test]
fn a_page_in_the_place_of_a_model_leaves_the_parent_standing() {
    let mut host = Host::of(above(vec![tile("page.glb", 0.0), tile("good.glb", 0.0)]));
    host.pages.push("page.glb");
    let (shown, engine) = host.after(8, &near());
    assert_eq!(shown, ["root.glb"]);
    let finding = &engine.report().findings()[0];
    assert_eq!(
        (finding.code, finding.file.as_str(), finding.value.as_str()),
        ("tile-unusable", "page.glb", "no model: <html>")
    );
}

/// Servers give tilesets without an ending, and the specification wants formats told by their bytes.
#[test]
fn a_tileset_is_a_tileset_by_any_name() {
    let mut host = Host::of(above(vec![tile("part?id=7", 1e4), tile("good.glb", 0.0)]));
    host.tileset("part?id=7", tile("inner.glb", 0.0));
    let (shown, engine) = host.after(8, &near());
    assert_eq!(shown, ["good.glb", "inner.glb"]);
    assert!(engine.report().is_empty(), "{:?}", engine.report());
}

/// What 3D Tiles 1.1 took over from extensions, as tilesets before it have it.
#[test]
fn extensions_of_earlier_tilesets_are_read() {
    let tiling = json!({ "subdivisionScheme": "OCTREE", "subtreeLevels": 2, "maximumLevel": 1, "subtrees": { "uri": "s.json" } });
    let root = json!({
        "boundingVolume": { "box": [0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 5] }, "geometricError": 1e4, "refine": "REPLACE",
        "content": { "uri": "{level}.{x}.{y}.{z}.glb" }, "extensions": { "3DTILES_implicit_tiling": tiling },
    });
    let mut host = Host::of(root);
    let all = json!({ "tileAvailability": { "constant": 1 }, "contentAvailability": { "constant": 1 }, "childSubtreeAvailability": { "constant": 0 } });
    host.files.insert(
        "s.json".to_owned(),
        all.to_string()
            .replace(
                r#""contentAvailability":{"constant":1}"#,
                r#""contentAvailability":[{"constant":1}]"#,
            )
            .into_bytes(),
    );
    let (shown, _) = host.after(10, &near());
    assert_eq!(
        shown,
        [
            "1.0.0.0.glb",
            "1.0.0.1.glb",
            "1.0.1.0.glb",
            "1.0.1.1.glb",
            "1.1.0.0.glb",
            "1.1.0.1.glb",
            "1.1.1.0.glb",
            "1.1.1.1.glb"
        ]
    );
    let several = json!({ "content": null, "extensions": { "3DTILES_multiple_contents": { "content": [{ "uri": "a.glb" }, { "uri": "b.glb" }] } } });
    let (shown, _) = Host::of(with(tile("", 0.0), several)).after(6, &near());
    assert_eq!(shown, ["a.glb", "b.glb"]);
}

/// A child that may only be seen from its room is no replacement for its parent before.
#[test]
fn a_room_the_eye_is_not_in_leaves_the_parent_standing() {
    let child = |radius: f64| {
        with(
            tile("inside.glb", 0.0),
            json!({ "viewerRequestVolume": { "sphere": [0, 0, 0, radius] } }),
        )
    };
    let (shown, _) = Host::of(above(vec![child(6.0), tile("good.glb", 0.0)])).after(6, &near());
    assert_eq!(shown, ["root.glb"]);
    let (shown, _) = Host::of(above(vec![child(11.0), tile("good.glb", 0.0)])).after(6, &near());
    assert_eq!(shown, ["good.glb", "inside.glb"]);
}

/// A subtree may keep its bits in files beside it, which are asked for one after the other.
#[test]
fn bits_beside_a_subtree_are_fetched() {
    let implicit = |levels: u32| {
        let tiling = json!({ "subdivisionScheme": "QUADTREE", "subtreeLevels": 2, "availableLevels": levels, "subtrees": { "uri": "s/{level}.json" } });
        json!({
            "boundingVolume": { "box": [0, 0, 0, 5, 0, 0, 0, 5, 0, 0, 0, 5] }, "geometricError": 1e4, "refine": "REPLACE",
            "content": { "uri": "{level}.{x}.{y}.glb" }, "implicitTiling": tiling,
        })
    };
    let document = json!({
        "buffers": [{ "uri": "bits/tiles.bin", "byteLength": 1 }, { "uri": "../contents.bin", "byteLength": 1 }],
        "bufferViews": [{ "buffer": 0, "byteOffset": 0, "byteLength": 1 }, { "buffer": 1, "byteOffset": 0, "byteLength": 1 }],
        "tileAvailability": { "bitstream": 0 }, "contentAvailability": [{ "bitstream": 1 }], "childSubtreeAvailability": { "constant": 0 },
    });
    let mut host = Host::of(implicit(2));
    host.files
        .insert("s/0.json".to_owned(), document.to_string().into_bytes());
    host.files
        .insert("s/bits/tiles.bin".to_owned(), vec![0b11111]);
    host.files.insert("contents.bin".to_owned(), vec![0b01010]);
    let (shown, engine) = host.after(12, &near());
    assert_eq!(shown, ["1.0.0.glb", "1.0.1.glb"]);
    assert!(engine.report().is_empty(), "{:?}", engine.report());
    // One is missing, one leads out: named, and asked for once.
    host.files.remove("contents.bin");
    let (shown, engine) = host.after(12, &near());
    assert_eq!(
        (shown.len(), engine.report().findings()[0].file.as_str()),
        (0, "contents.bin")
    );
    let text = document
        .to_string()
        .replace("../contents.bin", "../../contents.bin");
    host.files.insert("s/0.json".to_owned(), text.into_bytes());
    let (_, engine) = host.after(12, &near());
    let finding = &engine.report().findings()[0];
    assert_eq!(
        (finding.code, finding.file.as_str(), finding.value.as_str()),
        ("tile-path-refused", "s/0.json", "../../contents.bin")
    );
    // A hundred files for one subtree are not fetched.
    let buffers: Vec<Value> = (0..100)
        .map(|number| json!({ "uri": format!("{number}.bin"), "byteLength": 1 }))
        .collect();
    let views: Vec<Value> = (0..100)
        .map(|number| json!({ "buffer": number, "byteOffset": 0, "byteLength": 1 }))
        .collect();
    let contents: Vec<Value> = (0..100)
        .map(|number| json!({ "bitstream": number }))
        .collect();
    let many = json!({ "buffers": buffers, "bufferViews": views, "tileAvailability": { "constant": 1 }, "contentAvailability": contents, "childSubtreeAvailability": { "constant": 0 } });
    let mut host = Host::of(implicit(2));
    host.files
        .insert("s/0.json".to_owned(), many.to_string().into_bytes());
    (0..100).for_each(|number| {
        host.files.insert(format!("s/{number}.bin"), vec![1]);
    });
    let (_, engine) = host.after(40, &near());
    assert!(host.asked < 14, "{}", host.asked);
    assert_eq!(
        (
            engine.report().count("subtree-buffer"),
            engine.report().findings()[0].file.as_str()
        ),
        (1, "s/0.json")
    );
}

/// `ImplicitTileset` of cesium-native, as 3D Tiles 1.1 and as the extension before it: the same tiles.
#[test]
fn an_implicit_tileset_of_either_time_is_read() {
    let Some(folder) = crate::shared_data::shared(
        "cesium-native-data/Cesium3DTilesSelection/test/data/ImplicitTileset",
    ) else {
        return;
    };
    let eye =
        jumeau::geodesy::LonLatH::new(-1.31968_f64.to_degrees(), 0.69887_f64.to_degrees(), 30.0)
            .to_ecef()
            .0;
    let view = View {
        position: eye,
        direction: -eye.normalize(),
        frustum: Vec::new(),
        pixels_per_radian: 700.0,
    };
    let shown = ["tileset_1.0.json", "tileset_1.1.json"].map(|name| {
        let mut host = Host::default();
        host.files.insert(
            "tileset.json".to_owned(),
            std::fs::read(folder.join(name)).unwrap(),
        );
        for entry in std::fs::read_dir(folder.join("subtrees")).unwrap() {
            let path = entry.unwrap().path();
            host.files.insert(
                format!("subtrees/{}", path.file_name().unwrap().to_string_lossy()),
                std::fs::read(&path).unwrap(),
            );
        }
        let (shown, engine) = host.after(12, &view);
        assert!(
            engine
                .report()
                .findings()
                .iter()
                .all(|finding| finding.severity < Severity::Error),
            "{name}: {:?}",
            engine.report()
        );
        shown
    });
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0].len(), 5, "{shown:?}");
}
