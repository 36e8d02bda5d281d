//! Contents and tilesets that the specifications allow and few write. What they say is known by how they are made.

use glam::{DVec3, Vec3};
use jumeau::formats::gltf::{Limits, TileMesh, Values, container};
use jumeau::formats::tiles3d::content::{Drawn, Files, Read, read};
use jumeau::formats::tiles3d::style::{Row, Style};
use serde_json::{Value, json};
use std::io::Write;

fn drawn(bytes: &[u8]) -> Drawn {
    match read(bytes, &Limits::default(), &Files::new()) {
        Ok(Read::Drawn(drawn)) => *drawn,
        other => panic!("{other:?}"),
    }
}

/// A triangle of glTF with more beside it; its corners are the first view of the binary part.
#[derive(Default)]
struct Model {
    views: Vec<Value>,
    bin: Vec<u8>,
    accessors: Vec<Value>,
}

const CORNERS: [[f32; 3]; 3] = [[0.0, 0.0, 0.0], [10.0, 0.0, 0.0], [0.0, 10.0, 0.0]];

impl Model {
    fn new() -> Self {
        let mut model = Self::default();
        model.accessor(&CORNERS.concat(), "VEC3");
        model
    }

    fn view(&mut self, bytes: &[u8]) -> usize {
        self.bin.resize(self.bin.len().next_multiple_of(8), 0);
        self.views.push(json!({ "buffer": 0, "byteOffset": self.bin.len(), "byteLength": bytes.len() }));
        self.bin.extend(bytes);
        self.views.len() - 1
    }

    fn accessor(&mut self, numbers: &[f32], kind: &str) -> usize {
        let size = match kind {
            "SCALAR" => 1,
            "VEC3" => 3,
            "VEC4" => 4,
            _ => 16,
        };
        let view = self.view(&numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>());
        self.accessors.push(json!({ "bufferView": view, "componentType": 5126, "type": kind, "count": numbers.len() / size }));
        self.accessors.len() - 1
    }

    /// The document with what `more` says, whose `primitive` is the only one.
    fn glb(mut self, more: &Value) -> Vec<u8> {
        self.bin.resize(self.bin.len().next_multiple_of(8), 0);
        let mut document = json!({
            "asset": { "version": "2.0" }, "nodes": [{ "mesh": 0 }], "scenes": [{ "nodes": [0] }],
            "meshes": [{ "primitives": [{ "attributes": { "POSITION": 0 } }] }],
            "accessors": self.accessors, "bufferViews": self.views, "buffers": [{ "byteLength": self.bin.len() }],
        });
        for (key, value) in more.as_object().unwrap() {
            match key.as_str() {
                "primitive" => value.as_object().unwrap().iter().for_each(|(key, value)| match key.as_str() {
                    "attributes" => value.as_object().unwrap().iter().for_each(|(key, value)| document["meshes"][0]["primitives"][0]["attributes"][key] = value.clone()),
                    _ => document["meshes"][0]["primitives"][0][key] = value.clone(),
                }),
                "weights" => document["meshes"][0][key] = value.clone(),
                _ => document[key] = value.clone(),
            }
        }
        container::join(document.to_string().into_bytes(), self.bin).unwrap()
    }
}

/// Corners in glTF's axes.
fn corners(mesh: &TileMesh) -> Vec<[f64; 3]> {
    let at = |p: &[f32; 3]| mesh.tile_from_mesh.transform_point3(Vec3::from(*p).as_dvec3());
    mesh.positions.iter().map(|p| at(p)).map(|at| [at.x, at.z, -at.y].map(|x| (x * 1e6).round() / 1e6 + 0.0)).collect()
}

/// All types of `EXT_structural_metadata`: what a click tells, and what a style makes of it.
#[test]
fn properties_of_all_types_are_told_and_styled() {
    let mut model = Model::new();
    let ids = model.accessor(&[0.0, 1.0, 1.0], "SCALAR");
    let le = |numbers: &[f32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>();
    let mut place = |bytes: &[u8]| model.view(bytes);
    let table = json!({ "class": "c", "count": 2, "properties": {
        "kind": { "values": place(&[44, 1, 255, 255]) },
        "vec": { "values": place(&le(&[1.0, 2.0, 3.0, 0.0, 0.0, 0.0])) },
        "mat": { "values": place(&[1, 2, 3, 4, 5, 6, 7, 8]) },
        "three": { "values": place(&[0, 128, 255, 0, 0, 0]) },
        "some": { "values": place(&[255, 255, 2, 0, 3, 0]), "arrayOffsets": place(&[0, 1, 3]), "arrayOffsetType": "UINT8" },
        "words": { "values": place("aaébc".as_bytes()), "arrayOffsets": place(&[0, 2, 3]), "arrayOffsetType": "UINT8", "stringOffsets": place(&[0, 2, 4, 6]), "stringOffsetType": "UINT8" },
        "truths": { "values": place(&[0b10_1110]) },
        "kinds": { "values": place(&[44, 1, 255, 255, 255, 255, 255, 255]) },
        "flag": { "values": place(&[0b10]) },
        "long": { "values": place(&[9_007_199_254_740_993_i64.to_le_bytes(), (-1_i64).to_le_bytes()].concat()) },
        "gap": { "values": place(&[255, 255, 3, 0]) },
    } });
    let property = |kind: &str, component: &str| json!({ "type": kind, "componentType": component });
    let with = |mut property: Value, more: Value| {
        more.as_object().unwrap().iter().for_each(|(key, value)| property[key] = value.clone());
        property
    };
    let schema = json!({ "id": "s",
        "enums": { "k": { "valueType": "INT16", "values": [{ "name": "wood", "value": -1 }, { "name": "stone", "value": 300 }] } },
        "classes": { "c": { "properties": {
            "kind": { "type": "ENUM", "enumType": "k" },
            "vec": with(property("VEC3", "FLOAT32"), json!({ "noData": [0, 0, 0], "scale": [1, 10, 1] })),
            "mat": property("MAT2", "UINT8"),
            "three": with(property("SCALAR", "UINT8"), json!({ "array": true, "count": 3, "normalized": true, "noData": [0, 0, 0], "default": [7, 8, 9] })),
            "some": with(property("SCALAR", "INT16"), json!({ "array": true })),
            "words": { "type": "STRING", "array": true },
            "truths": { "type": "BOOLEAN", "array": true, "count": 3 },
            "kinds": { "type": "ENUM", "enumType": "k", "array": true, "count": 2 },
            "flag": { "type": "BOOLEAN" },
            "long": property("SCALAR", "INT64"),
            "gap": with(property("SCALAR", "INT16"), json!({ "noData": -1, "default": 42 })),
            "silent": with(property("SCALAR", "FLOAT32"), json!({ "default": 2.5 })),
            "word": { "type": "STRING", "default": "rien" },
        } } } });
    let drawn = drawn(&model.glb(&json!({
        "extensions": { "EXT_structural_metadata": { "schema": schema, "propertyTables": [table] } },
        "primitive": { "attributes": { "_FEATURE_ID_0": ids, "_FEATURE_ID_1": ids }, "extensions": { "EXT_mesh_features": { "featureIds": [
            { "featureCount": 9, "attribute": 0 }, { "featureCount": 2, "attribute": 1, "propertyTable": 0 },
        ] } } },
    })));
    // The set of ids that has a table is the one that says something.
    assert_eq!(drawn.content.meshes[0].table, Some(0));
    let table = &drawn.content.tables[0];
    let told = |row: usize, name: &str| {
        let row = table.row(row);
        row.text(name, 0).map(str::to_owned).or_else(|| row.number(name, 0).map(|number| number.to_string()))
    };
    for (name, first, second) in [
        ("kind", "stone", "wood"), ("vec", "1, 20, 3", ""), ("mat", "1, 2, 3, 4", "5, 6, 7, 8"), ("three", "0, 0.5019607843137255, 1", "7, 8, 9"),
        ("some", "-1", "2, 3"), ("words", "aa, é", "bc"), ("truths", "false, true, true", "true, false, true"), ("kinds", "stone, wood", "wood, wood"),
        ("flag", "false", "true"), ("long", "9007199254740993", "-1"), ("gap", "42", "3"), ("silent", "2.5", "2.5"), ("word", "rien", "rien"),
    ] {
        assert_eq!([told(0, name), told(1, name)].map(Option::unwrap_or_default), [first, second], "{name}");
    }
    let shows = |show: &str, row: usize| {
        let style = Style::parse(json!({ "show": show }).to_string().as_bytes(), "", &mut jumeau::base::Report::default()).unwrap();
        let (looks, fault) = style.appearance(&Row { table, row });
        assert!(fault.is_none(), "{show}: {fault:?}");
        looks.show
    };
    for (expression, wanted) in [
        ("${flag}", [false, true]), ("${flag} === true", [false, true]), ("!${flag}", [true, false]), ("${vec} === undefined", [false, true]),
        ("${some}[1] === 3", [false, true]), ("${some}.length === 1", [true, false]), ("${truths}[0]", [false, true]), ("${three}[2] === 9", [false, true]),
        ("${kinds}[0] === 'stone'", [true, false]), ("${silent} > 2", [true, true]),
    ] {
        assert_eq!([shows(expression, 0), shows(expression, 1)], wanted, "{expression}");
    }
    assert!(shows("${vec}.y === 20 && length(${vec}) > 20", 0));
}

/// What a few bytes claim of rows is not made.
#[test]
fn rows_that_nobody_wrote_are_bounded() {
    let tables = json!({ "schema": { "id": "s", "classes": { "c": { "properties": { "a": { "type": "STRING", "default": "x".repeat(1000) } } } } }, "propertyTables": [{ "class": "c", "count": 1_u64 << 40 }] });
    let bytes = Model::new().glb(&json!({ "extensions": { "EXT_structural_metadata": tables } }));
    assert_eq!(read(&bytes, &Limits::default(), &Files::new()).unwrap_err().code, "gltf-limit");
    let tables = json!({ "schema": { "id": "s", "classes": { "c": { "properties": { "a": { "type": "STRING", "default": "x".repeat(1000) } } } } }, "propertyTables": [{ "class": "c", "count": 4_000_000 }] });
    let bytes = Model::new().glb(&json!({ "extensions": { "EXT_structural_metadata": tables } }));
    assert!(drawn(&bytes).content.tables[0].columns.is_empty());
    let tile = b3dm(r#"{"BATCH_LENGTH":4000000000}"#, "", &[], &Model::new().glb(&json!({})));
    assert!(drawn(&tile).content.tables.iter().all(|table| table.count <= 1 << 20));
}

fn b3dm(feature: &str, batch: &str, bin: &[u8], glb: &[u8]) -> Vec<u8> {
    let total = 28 + feature.len() + batch.len() + bin.len() + glb.len();
    let mut bytes = b"b3dm".to_vec();
    for word in [1, total, feature.len(), 0, batch.len(), bin.len()] {
        bytes.extend((word as u32).to_le_bytes());
    }
    [bytes, feature.into(), batch.into(), bin.to_vec(), glb.to_vec()].concat()
}

/// A batch table with vectors behind its JSON, truths, lists and a hierarchy.
#[test]
fn batch_tables_tell_vectors_truths_lists_and_what_features_are_part_of() {
    let mut model = Model::new();
    let ids = model.accessor(&[0.0, 1.0, 1.0], "SCALAR");
    let glb = model.glb(&json!({ "primitive": { "attributes": { "_BATCHID": ids } } }));
    let batch = json!({
        "at": { "byteOffset": 0, "componentType": "UNSIGNED_BYTE", "type": "VEC3" }, "flag": [true, false], "list": [[1, 2], [3]],
        "extensions": { "3DTILES_batch_table_hierarchy": {
            "classes": [{ "name": "Wall", "length": 2, "instances": { "colour": ["blue", "red"] } }, { "name": "House", "length": 1, "instances": { "address": ["1 rue"] } }],
            "instancesLength": 3, "classIds": [0, 0, 1], "parentIds": [2, 2, 2],
        } },
    });
    let drawn = drawn(&b3dm(r#"{"BATCH_LENGTH":2}"#, &batch.to_string(), &[1, 2, 3, 255, 0, 9, 0, 0], &glb));
    let table = &drawn.content.tables[0];
    assert_eq!(table.column("at"), Some(&Values::Vectors { size: 3, numbers: vec![1.0, 2.0, 3.0, 255.0, 0.0, 9.0] }));
    let row = table.row(1);
    assert_eq!(["at", "flag", "list", "colour", "address", "class"].map(|name| row.text(name, 0)), [Some("255, 0, 9"), Some("false"), Some("3"), Some("red"), Some("1 rue"), Some("Wall")]);
    // A condition that is a truth is not always true.
    let style = Style::parse(br#"{"color":{"conditions":[["${flag}","color('red')"],["${at}.x > 200 && ${address} === '1 rue'","color('lime')"]]}}"#, "", &mut jumeau::base::Report::default()).unwrap();
    assert_eq!([0, 1].map(|row| style.appearance(&Row { table, row }).0.colour), [[1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]]);
}

/// Morph targets at the weights of mesh and node, and bones that lie elsewhere than the node.
#[test]
fn shapes_stand_in_their_first_pose() {
    let mut model = Model::new();
    let up = model.accessor(&[[0.0, 4.0, 0.0]; 3].concat(), "VEC3");
    let east = model.accessor(&[[2.0, 0.0, 0.0]; 3].concat(), "VEC3");
    let targets = json!([{ "POSITION": up }, { "POSITION": east }]);
    let at = |node: Value| {
        let model = Model { views: model.views.clone(), bin: model.bin.clone(), accessors: model.accessors.clone() };
        corners(&drawn(&model.glb(&json!({ "primitive": { "targets": targets }, "weights": [0.5, 0.0], "nodes": [node] }))).content.meshes[0])
    };
    assert_eq!(at(json!({ "mesh": 0 })), [[0.0, 2.0, 0.0], [10.0, 2.0, 0.0], [0.0, 12.0, 0.0]]);
    assert_eq!(at(json!({ "mesh": 0, "weights": [0.0, 1.5] }))[0], [3.0, 0.0, 0.0]);

    let mut model = Model::new();
    let joints = model.accessor(&[[0.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]].concat(), "VEC4");
    let weights = model.accessor(&[[1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0]].concat(), "VEC4");
    // Bound where they were one metre to the east of the origin.
    let back = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.0, 0.0, 0.0, 1.0];
    let back = model.accessor(&[back, back].concat(), "MAT4");
    let glb = model.glb(&json!({
        "primitive": { "attributes": { "JOINTS_0": joints, "WEIGHTS_0": weights } },
        // Where the mesh hangs counts for nothing.
        "nodes": [{ "mesh": 0, "skin": 0, "translation": [500, 0, 0] }, { "translation": [1, 0, 0], "children": [2] }, { "translation": [0, 8, 0] }],
        "scenes": [{ "nodes": [0, 1] }], "skins": [{ "joints": [1, 2], "inverseBindMatrices": back }],
    }));
    assert_eq!(corners(&drawn(&glb).content.meshes[0]), [[0.0, 0.0, 0.0], [10.0, 8.0, 0.0], [0.0, 14.0, 0.0]]);
    // Bones in a circle are none.
    let mut model = Model::new();
    let joints = model.accessor(&[0.0; 12], "VEC4");
    let circle = model.glb(&json!({ "primitive": { "attributes": { "JOINTS_0": joints, "WEIGHTS_0": joints } }, "nodes": [{ "mesh": 0, "skin": 0 }, { "children": [2] }, { "children": [1] }], "skins": [{ "joints": [1] }] }));
    assert_eq!(corners(&drawn(&circle).content.meshes[0])[1], [10.0, 0.0, 0.0]);
}

/// Colours of materials, whichever way they are said; KTX2 pictures are told.
#[test]
fn materials_of_all_dialects_have_their_colour() {
    let glossy = json!({ "extensions": { "KHR_materials_pbrSpecularGlossiness": { "diffuseFactor": [1, 0, 0, 1] } } });
    let technique = json!({ "extensions": { "KHR_techniques_webgl": { "technique": 0, "values": { "u_shininess": [9, 9, 9, 9], "u_diffuse": [0, 0, 1, 1] } } } });
    let light = json!({ "pbrMetallicRoughness": { "baseColorFactor": [0, 0, 0, 1] }, "emissiveFactor": [0, 1, 0] });
    let black = json!({ "pbrMetallicRoughness": { "baseColorFactor": [0, 0, 0, 1] } });
    for (material, colour, unlit) in [(glossy, [255, 0, 0, 255], false), (technique, [0, 0, 255, 255], false), (light, [0, 255, 0, 255], true), (black, [0, 0, 0, 255], false)] {
        let drawn = drawn(&Model::new().glb(&json!({ "materials": [material], "primitive": { "material": 0 } })));
        let mesh = &drawn.content.meshes[0];
        assert_eq!((mesh.colors[0], mesh.finish.unlit), (colour, unlit), "{material}");
    }
    let mut model = Model::new();
    let uvs = model.accessor(&[0.0; 9], "VEC3");
    model.accessors[uvs] = json!({ "bufferView": 1, "componentType": 5126, "type": "VEC2", "count": 3 });
    let picture = model.view(b"\xABKTX 20\xBB\r\n\x1A\n and more");
    let drawn = drawn(&model.glb(&json!({
        "extensionsRequired": ["KHR_texture_basisu"], "images": [{ "bufferView": picture, "mimeType": "image/ktx2" }],
        "textures": [{ "extensions": { "KHR_texture_basisu": { "source": 0 } } }], "materials": [{ "pbrMetallicRoughness": { "baseColorTexture": { "index": 0 } } }],
        "primitive": { "material": 0, "attributes": { "TEXCOORD_0": uvs } },
    })));
    let told: Vec<_> = drawn.left_out.iter().map(|fault| (fault.code, fault.value.as_str())).collect();
    assert_eq!((told, drawn.content.meshes[0].indices.len()), (vec![("gltf-picture-codec", "KHR_texture_basisu")], 3));
}

/// Packed with gzip, or with a byte order mark before the JSON.
#[test]
fn contents_are_read_packed_and_marked() {
    let plain = Model::new().glb(&json!({}));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&plain).unwrap();
    let packed = packed.finish().unwrap();
    assert_eq!(drawn(&packed), drawn(&plain));
    assert_eq!(read(&packed[..30], &Limits::default(), &Files::new()).unwrap_err().code, "content-packed");
    let text = json!({ "asset": { "version": "2.0" }, "nodes": [] });
    assert!(matches!(read(format!("\u{FEFF}{text}").as_bytes(), &Limits::default(), &Files::new()), Ok(Read::Drawn(_))));
    let at = DVec3::new(1.0, 2.0, 3.0);
    let moved = Model::new().glb(&json!({ "extensionsRequired": ["CESIUM_RTC"], "extensions": { "CESIUM_RTC": { "center": at.to_array() } } }));
    assert_eq!(drawn(&b3dm("{}", "", &[], &moved)).content.meshes[0].tile_from_mesh.w_axis.truncate(), at);
}
