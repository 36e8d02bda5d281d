//! Odd but valid inputs that no sample has, and hostile ones (`tests/data/odd`).

use glam::{DMat4, DVec3, Vec3};
use jumeau::formats::gltf::Limits;
use jumeau::formats::tiles3d::content::{Files, Read, read};
use jumeau::formats::tiles3d::{Subdivision, Subtree, CellCoord};
use jumeau::geodesy::LonLatH;
use jumeau::stream::{Delivery, Engine, Settings, View, Wanted};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A cube of 4 m at four places, everything quantised and compressed.
#[test]
fn instances_of_compressed_quantised_features_stand_where_they_should() {
    let bytes = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/odd/packed-instances.glb")).unwrap();
    let Read::Drawn(drawn) = read(&bytes, &Limits::default(), &Files::new()).unwrap() else { panic!() };
    assert!(drawn.left_out.is_empty(), "{:?}", drawn.left_out);
    let triangles: usize = drawn.content.meshes.iter().map(|mesh| mesh.indices.len() / 3).sum();
    assert_eq!(triangles, 4 * 12);
    // Each cube's corners by its place: counted in glTF's axes.
    let mut found: BTreeMap<[i64; 3], usize> = BTreeMap::new();
    let centres = [[100.0, 0.0, 0.0], [120.0, 0.0, 0.0], [100.0, 40.0, 0.0], [100.0, 0.0, -60.0]];
    for mesh in &drawn.content.meshes {
        for position in &mesh.positions {
            let at = mesh.tile_from_mesh.transform_point3(Vec3::from(*position).as_dvec3());
            let at = DVec3::new(at.x, at.z, -at.y);
            let centre = centres.iter().find(|centre| (at - DVec3::from_array(**centre)).abs().max_element() < 2.01);
            let centre = centre.unwrap_or_else(|| panic!("{at}"));
            assert!((at - DVec3::from_array(*centre)).abs().min_element() > 1.98, "{at}");
            *found.entry(centre.map(|x| x as i64)).or_default() += 1;
        }
        // Faces look away from the middle, also of the one that is turned.
        for (position, normal) in mesh.positions.iter().zip(&mesh.normals) {
            assert!((Vec3::from(*normal).length() - 1.0).abs() < 0.02, "{position:?}");
        }
    }
    assert_eq!(found.len(), 4, "{found:?}");
    let table = &drawn.content.tables[drawn.content.meshes[0].table.expect("a table")];
    assert!(table.column("height").is_some() || table.count >= 3, "{table:?}");
}

/// An engine over documents, from nearby: the contents that are shown, by path, and where they stand.
fn shown(files: &BTreeMap<&str, Vec<u8>>, view: &View) -> (BTreeMap<String, DMat4>, Engine) {
    let mut engine = Engine::new("tileset.json", Settings { fade_frames: 0, screen_space_error: 0.5, ..Settings::default() });
    let mut last = Vec::new();
    for frame in 0..120 {
        let update = engine.update(std::slice::from_ref(view), frame);
        for fetch in update.fetch {
            let delivery = match fetch.wanted {
                Wanted::Content => Delivery::Content { bytes: 1_000 },
                Wanted::Tileset | Wanted::Subtree => Delivery::Bytes(files.get(fetch.path.as_str()).unwrap_or_else(|| panic!("{}", fetch.path)).clone()),
            };
            engine.deliver(fetch.id, Ok(delivery));
        }
        last = update.show;
    }
    let placed = last.iter().filter_map(|show| engine.placement(show.tile)).map(|placement| (placement.path, placement.ecef_from_tile)).collect();
    (placed, engine)
}

fn near_origin() -> View {
    View { position: DVec3::new(0.0, 0.0, 900.0), direction: DVec3::NEG_Z, frustum: Vec::new(), pixels_per_radian: 1_000.0 }
}

fn document(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// An octree of three levels in subtrees of one, all that is there said in one word, two contents a tile, the second of a group.
#[test]
fn an_octree_of_constants_with_two_contents_is_whole() {
    let tileset = json!({
        "asset": { "version": "1.1" }, "geometricError": 400,
        "schema": { "id": "s", "classes": { "kind": { "properties": { "priority": { "type": "SCALAR", "componentType": "UINT8" } } } } },
        "groups": [{ "class": "kind", "properties": { "priority": 3 } }, { "class": "kind", "properties": { "priority": 9 } }],
        "root": {
            "boundingVolume": { "box": [0, 0, 0, 100, 0, 0, 0, 100, 0, 0, 0, 100] }, "geometricError": 100, "refine": "REPLACE",
            "contents": [{ "uri": "a/{level}/{x}/{y}/{z}.glb" }, { "uri": "b/{level}/{x}/{y}/{z}.glb", "group": 1 }],
            "implicitTiling": { "subdivisionScheme": "OCTREE", "subtreeLevels": 1, "availableLevels": 3, "subtrees": { "uri": "s/{level}.{x}.{y}.{z}.json" } },
        },
    });
    let subtree = |last: bool| document(&json!({
        "tileAvailability": { "constant": 1 }, "contentAvailability": [{ "constant": 1 }, { "constant": u8::from(last) }], "childSubtreeAvailability": { "constant": u8::from(!last) },
    }));
    let mut names = Vec::new();
    for level in 0..3_u32 {
        for (x, y, z) in (0..1 << level).flat_map(|x| (0..1 << level).flat_map(move |y| (0..1 << level).map(move |z| (x, y, z)))) {
            names.push((format!("s/{level}.{x}.{y}.{z}.json"), level == 2));
        }
    }
    let mut files: BTreeMap<&str, Vec<u8>> = names.iter().map(|(name, last)| (name.as_str(), subtree(*last))).collect();
    files.insert("tileset.json", document(&tileset));
    let (placed, engine) = shown(&files, &near_origin());
    assert!(engine.report().findings().is_empty(), "{:?}", engine.report());
    assert_eq!(placed.len(), 2 * 64, "{:?}", placed.keys().take(9).collect::<Vec<_>>());
    assert!(placed.contains_key("a/2/3/0/1.glb") && placed.contains_key("b/2/3/0/1.glb"));
}

/// A subtree that says constants of levels it does not have, and bits beyond its own: what is not there is not there.
#[test]
fn bits_beyond_the_levels_are_nothing() {
    let subtree = Subtree::parse(&document(&json!({ "tileAvailability": { "constant": 1 }, "contentAvailability": [{ "constant": 1 }], "childSubtreeAvailability": { "constant": 0 } }))).unwrap();
    let deep = CellCoord { scheme: Subdivision::Octree, level: 20, at: [1 << 19; 3] };
    // Answers, whatever is asked; the tiling asks of no level that the document does not have.
    let _ = (subtree.has_tile(deep), subtree.said_of(deep), subtree.fineness_of(deep));
}

/// A tileset in a child that is moved, which has a child that is moved again and names a third in a folder above.
#[test]
fn tilesets_inside_moved_tiles_stand_where_all_moves_lead() {
    let moved = |x: f64| [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, x, 0.0, 0.0, 1.0];
    let volume = json!({ "sphere": [0, 0, 0, 500] });
    let outer = json!({ "asset": { "version": "1.0" }, "geometricError": 100, "root": { "boundingVolume": volume, "geometricError": 50, "refine": "ADD", "transform": moved(1.0),
        "children": [{ "boundingVolume": volume, "geometricError": 20, "transform": moved(10.0), "content": { "uri": "in/ner/tileset.json?key=1" } }] } });
    let inner = json!({ "asset": { "version": "1.1", "gltfUpAxis": "Z" }, "geometricError": 20, "root": { "boundingVolume": volume, "geometricError": 10, "transform": moved(100.0),
        "contents": [{ "uri": "house.glb" }, { "uri": "../third.json" }] } });
    let third = json!({ "asset": { "version": "1.1" }, "geometricError": 5, "root": { "boundingVolume": volume, "geometricError": 0, "transform": moved(1000.0), "content": { "uri": "tree.glb" } } });
    let files = BTreeMap::from([("tileset.json", document(&outer)), ("in/ner/tileset.json?key=1", document(&inner)), ("in/third.json", document(&third))]);
    let (placed, engine) = shown(&files, &near_origin());
    assert!(engine.report().findings().is_empty(), "{:?}", engine.report());
    let x = |path: &str| placed.iter().find(|(name, _)| name.starts_with(path)).map(|(_, at)| at.w_axis.x);
    assert_eq!((x("in/ner/house.glb"), x("in/tree.glb")), (Some(111.0), Some(1111.0)), "{placed:?}");
}

/// Implicit tiling as an extension of 3D Tiles 1.0, with one content a tile and with more, its subtrees packed.
#[test]
fn implicit_tiles_of_the_old_extensions_are_whole() {
    use std::io::Write;
    let tileset = |content: Value, extensions: Value| {
        let mut root = json!({
            "boundingVolume": { "box": [0, 0, 0, 100, 0, 0, 0, 100, 0, 0, 0, 100] }, "geometricError": 100, "refine": "Replace",
            "extensions": { "3DTILES_implicit_tiling": { "subdivisionScheme": "QUADTREE", "subtreeLevels": 2, "maximumLevel": 1, "subtrees": { "uri": "{level}.{x}.{y}.subtree" } } },
        });
        content.as_object().into_iter().flatten().for_each(|(key, value)| root[key] = value.clone());
        extensions.as_object().into_iter().flatten().for_each(|(key, value)| root["extensions"][key] = value.clone());
        document(&json!({ "asset": { "version": "1.0" }, "geometricError": 400, "root": root,
            "extensionsRequired": ["3DTILES_implicit_tiling", "3DTILES_multiple_contents"] }))
    };
    let packed = |subtree: &Value| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(&document(subtree)).unwrap();
        packed.finish().unwrap()
    };
    let all = json!({ "constant": 1 });
    let one = json!({ "tileAvailability": all, "contentAvailability": all, "childSubtreeAvailability": { "constant": 0 } });
    let two = json!({ "tileAvailability": all, "extensions": { "3DTILES_multiple_contents": { "contentAvailability": [all, all] } }, "childSubtreeAvailability": { "constant": 0 } });
    let contents = json!({ "3DTILES_multiple_contents": { "content": [{ "uri": "a/{level}/{x}/{y}.b3dm" }, { "uri": "b/{level}/{x}/{y}.b3dm" }] } });
    for (tileset, subtree, tiles) in [
        (tileset(json!({ "content": { "uri": "a/{level}/{x}/{y}.b3dm" } }), json!({})), one, 4),
        (tileset(json!({}), contents), two, 8),
    ] {
        let files = BTreeMap::from([("tileset.json", tileset), ("0.0.0.subtree", packed(&subtree))]);
        let (placed, engine) = shown(&files, &near_origin());
        assert!(engine.report().findings().is_empty(), "{:?}", engine.report());
        assert_eq!(placed.len(), tiles, "{placed:?}");
    }
}

/// A schema in a file of its own is fetched before the subtrees are: what they say of their tiles counts, and one that is not there is told.
#[test]
fn schemas_beside_a_tileset_give_subtrees_their_meaning() {
    let tileset = |uri: &str| document(&json!({
        "asset": { "version": "1.1" }, "geometricError": 400, "schemaUri": uri,
        "groups": [{ "class": "g", "properties": {} }],
        "root": {
            "boundingVolume": { "box": [0, 0, 0, 100, 0, 0, 0, 100, 0, 0, 0, 100] }, "geometricError": 100, "refine": "REPLACE", "content": { "uri": "{level}/{x}/{y}.glb", "group": 0 },
            "implicitTiling": { "subdivisionScheme": "QUADTREE", "subtreeLevels": 2, "availableLevels": 2, "subtrees": { "uri": "{level}.{x}.{y}.json" } },
        },
    }));
    let refined = base64(&[0.0_f64, 0.0, 0.0, 0.0, 0.0].iter().flat_map(|error| error.to_le_bytes()).collect::<Vec<u8>>());
    let subtree = document(&json!({
        "buffers": [{ "byteLength": 40, "uri": format!("data:;base64,{refined}") }], "bufferViews": [{ "buffer": 0, "byteOffset": 0, "byteLength": 40 }],
        "tileAvailability": { "constant": 1 }, "contentAvailability": [{ "constant": 1 }], "childSubtreeAvailability": { "constant": 0 },
        "propertyTables": [{ "class": "t", "count": 5, "properties": { "error": { "values": 0 } } }], "tileMetadata": 0,
    }));
    let schema = json!({ "id": "s", "classes": {
        "t": { "properties": { "error": { "type": "SCALAR", "componentType": "FLOAT64", "semantic": "TILE_GEOMETRIC_ERROR" } } },
        "g": { "properties": { "name": { "type": "STRING", "default": "walls" } } },
    } });
    // With errors of nought the root is exact, and nothing below it is asked for.
    for (uri, file, tiles, findings) in [
        ("sch%C3%A9ma.json", Some(("sch%C3%A9ma.json", document(&schema))), 1, 0),
        ("broken.json", Some(("broken.json", b"[".to_vec())), 4, 1),
        ("../secret.json", None, 4, 1),
        (&format!("data:application/json,{}", schema.to_string().replace('%', "%25")), None, 1, 0),
    ] {
        let mut files = BTreeMap::from([("tileset.json", tileset(uri)), ("0.0.0.json", subtree.clone())]);
        files.extend(file);
        let (placed, engine) = shown(&files, &near_origin());
        let told: Vec<&str> = engine.report().findings().iter().map(|finding| finding.code).collect();
        assert_eq!((placed.len(), told.len()), (tiles, findings), "{uri}: {placed:?} {told:?}");
        assert!(told.iter().all(|code| *code == "tileset-schema-unread"), "{told:?}");
    }
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |three: &[u8]| {
        let bits = three.iter().chain([&0, &0]).take(3).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
        let letters = (0..4).map(move |at| char::from(LETTERS[(bits >> (18 - 6 * at) & 63) as usize]));
        letters.take(three.len() + 1).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

/// A region over the antimeridian and one that is all the globe, errors of nought, a transform that mirrors: drawn, or told.
#[test]
fn regions_round_the_globe_are_seen() {
    for region in [[3.1, -0.1, -3.1, 0.1, 0.0, 10.0], [-std::f64::consts::PI, -1.5, std::f64::consts::PI, 1.5, 0.0, 10.0]] {
        let tileset = json!({ "asset": { "version": "1.1" }, "geometricError": 1e7, "root": { "boundingVolume": { "region": region }, "geometricError": 0, "content": { "uri": "a.glb" } } });
        let position = LonLatH::new(180.0, 0.0, 2_000.0).to_ecef().0;
        let view = View { position, direction: -position.normalize(), frustum: Vec::new(), pixels_per_radian: 1_000.0 };
        let (placed, engine) = shown(&BTreeMap::from([("tileset.json", document(&tileset))]), &view);
        assert!(placed.len() == 1 && engine.report().findings().is_empty(), "{region:?}");
    }
}
