//! Tilesets and glTF files as sources: of both versions, explicit and implicit, on the globe, in a projected system, placed by hand; and hostile ones.

use crate::shared_data::shared;
use jumeau::formats::gltf::read;
use jumeau::formats::territory::{Layer, LayerKind, Manifest};
use jumeau::geodesy::{Crs, LonLatH};
use jumeau::pipeline::shards::ShardOptions;
use jumeau::pipeline::import::{self, Done};
use jumeau::pipeline::{ImportFault, ImportOptions, Silent, check};
use serde_json::{Value, json};
use std::path::Path;

fn import(source: &Path, out: &Path, options: &ImportOptions) -> Result<Done, ImportFault> {
    import::import(&[source.to_owned()], out, options, &ShardOptions::default(), 0, &Silent)
}

fn mapped(folder: &Path, mapping: Value) -> ImportOptions {
    let path = folder.join("map.json");
    std::fs::write(&path, mapping.to_string()).unwrap();
    ImportOptions {
        map: Some(path),
        ..ImportOptions::default()
    }
}

fn place() -> Value {
    json!([{ "as": "models", "place": { "lon": -1.553, "lat": 47.218, "height": 10.0, "heading": 30.0, "scale": 2.0 } }])
}

/// The imported layer keeps every rule that `jumeau check` knows.
fn sound(out: &Path) -> Layer {
    let checked = check::check(out).unwrap();
    let faults: Vec<_> = checked
        .report
        .findings()
        .iter()
        .filter(|f| f.severity > jumeau::base::Severity::Info)
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
    let manifest = Manifest::parse(&std::fs::read(out.join("territory.json")).unwrap()).unwrap();
    let layer = manifest
        .layers
        .into_iter()
        .find(|layer| layer.kind == LayerKind::Models)
        .unwrap();
    assert!(layer.visible);
    layer
}

/// A triangle of one feature as glTF with everything inside; corners in metres, glTF's axes.
fn triangle(corners: [[f32; 3]; 3], batched: bool) -> Vec<u8> {
    let mut bin: Vec<u8> = corners
        .iter()
        .flatten()
        .flat_map(|x| x.to_le_bytes())
        .collect();
    bin.extend([0.0_f32; 3].iter().flat_map(|x| x.to_le_bytes()));
    let mut attributes = json!({ "POSITION": 0 });
    if batched {
        attributes["_BATCHID"] = json!(1);
    }
    let low: Vec<f32> = (0..3)
        .map(|k| corners.iter().map(|c| c[k]).fold(f32::INFINITY, f32::min))
        .collect();
    let high: Vec<f32> = (0..3)
        .map(|k| {
            corners
                .iter()
                .map(|c| c[k])
                .fold(f32::NEG_INFINITY, f32::max)
        })
        .collect();
    let document = json!({
        "asset": { "version": "2.0" }, "scene": 0, "scenes": [{ "nodes": [0] }], "nodes": [{ "mesh": 0 }],
        "meshes": [{ "primitives": [{ "attributes": attributes }] }],
        "accessors": [
            { "bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": low, "max": high },
            { "bufferView": 1, "componentType": 5126, "count": 3, "type": "SCALAR" },
        ],
        "bufferViews": [{ "buffer": 0, "byteLength": 36 }, { "buffer": 0, "byteOffset": 36, "byteLength": 12 }],
        "buffers": [{ "byteLength": bin.len() }],
    });
    jumeau::formats::gltf::container::join(document.to_string().into_bytes(), bin).unwrap()
}

fn b3dm(glb: &[u8], rtc: [f64; 3]) -> Vec<u8> {
    let padded = |value: Value| {
        let mut text = value.to_string().into_bytes();
        text.resize(text.len().next_multiple_of(8), b' ');
        text
    };
    let feature = padded(json!({ "BATCH_LENGTH": 1, "RTC_CENTER": rtc }));
    let batch = padded(json!({ "gml_id": ["BU_1"], "hauteur": [12.5] }));
    let mut bytes = b"b3dm".to_vec();
    for word in [
        1,
        28 + feature.len() + batch.len() + glb.len(),
        feature.len(),
        0,
        batch.len(),
        0,
    ] {
        bytes.extend((word as u32).to_le_bytes());
    }
    [bytes, feature, batch, glb.to_vec()].concat()
}

/// What py3dtiles and its kin write: metres of CC46 in the transform, z up, a batch table, and not a word about any of it.
#[test]
fn a_tileset_in_metres_of_a_projection_lands_where_proj_says() {
    let folder = tempfile::tempdir().unwrap();
    let tiles = folder.path().join("ville");
    std::fs::create_dir(&tiles).unwrap();
    let (x, y, z) = (1_842_000.0, 5_175_800.0, 170.0);
    std::fs::write(
        tiles.join("r0.b3dm"),
        b3dm(
            &triangle(
                [[0.0, 0.0, 0.0], [100.0, 0.0, 0.0], [0.0, 50.0, 30.0]],
                true,
            ),
            [500.0, 0.0, 0.0],
        ),
    )
    .unwrap();
    let tileset = json!({
        "asset": { "version": "1.0", "gltfUpAxis": "Z" }, "geometricError": 500,
        "root": {
            "boundingVolume": { "box": [550, 25, 15, 60, 0, 0, 0, 30, 0, 0, 0, 20] }, "geometricError": 0, "refine": "ADD",
            "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1],
            "content": { "url": "r0.b3dm" },
        },
    });
    std::fs::write(tiles.join("tileset.json"), tileset.to_string()).unwrap();
    // Without a word about the system nothing is guessed.
    let refused = import(&tiles, &folder.path().join("no"), &ImportOptions::default()).unwrap_err();
    assert_eq!(refused.code, "tile-empty");
    let out = folder.path().join("out");
    let options = ImportOptions {
        crs: Some("EPSG:3946".into()),
        ..ImportOptions::default()
    };
    let done = import(&tiles, &out, &options).unwrap();
    assert_eq!(done.report.count("tileset-projected"), 1);
    let layer = sound(&out);
    assert_eq!(
        (layer.tiles, layer.features, layer.name.fr.as_str()),
        (1, 1, "ville")
    );
    let content = read::glb(&std::fs::read(out.join("models/content/0.0.glb")).unwrap()).unwrap();
    let table = &content.tables[0];
    assert_eq!(
        (table.text("id", 0), table.number("hauteur", 0)),
        (Some("BU_1"), Some(12.5))
    );
    // The corner at the origin of the model: EPSG:3946 by our geodesy, which is held against PROJ elsewhere.
    let at = Crs::from_epsg(3946)
        .unwrap()
        .to_lonlat(x + 500.0, y)
        .unwrap();
    let geoid = jumeau::geodesy::Geoid::approximate_france();
    let wanted = LonLatH::new(at.lon_deg, at.lat_deg, z + geoid.undulation_m(at))
        .to_ecef()
        .0;
    let mesh = &content.meshes[0];
    let nearest = mesh
        .positions
        .iter()
        .map(|p| {
            mesh.tile_from_mesh
                .transform_point3(glam::DVec3::new(p[0].into(), p[1].into(), p[2].into()))
                .distance(wanted)
        })
        .fold(f64::INFINITY, f64::min);
    assert!(nearest < 0.01, "{nearest}");
    // Two runs, the same bytes.
    let again = folder.path().join("again");
    import(&tiles, &again, &options).unwrap();
    for file in [
        "territory.json",
        "models/tileset.json",
        "models/content/0.0.glb",
    ] {
        assert_eq!(
            std::fs::read(out.join(file)).unwrap(),
            std::fs::read(again.join(file)).unwrap(),
            "{file}"
        );
    }
}

/// Older contents say in an extension where their positions count from; the turn to z up comes before it.
#[test]
fn a_centre_of_its_own_moves_a_content() {
    let plain = triangle([[0.0, 0.0, 0.0], [0.0, 2.0, 0.0], [5.0, 0.0, 0.0]], false);
    let limits = jumeau::formats::gltf::Limits::default();
    let container = jumeau::formats::gltf::container::split(&plain, &limits).unwrap();
    let mut document: Value = serde_json::from_slice(container.json).unwrap();
    document["extensionsRequired"] = json!(["CESIUM_RTC"]);
    document["extensions"] =
        json!({ "CESIUM_RTC": { "center": [4_200_000.0, 170_000.0, 4_780_000.0] } });
    let moved = jumeau::formats::gltf::container::join(
        document.to_string().into_bytes(),
        container.bin.unwrap().to_vec(),
    )
    .unwrap();
    let mesh = &read::glb(&moved).unwrap().meshes[0];
    let top = mesh
        .tile_from_mesh
        .transform_point3(glam::DVec3::new(0.0, 2.0, 0.0));
    assert!(
        top.distance(glam::DVec3::new(4_200_000.0, 170_000.0, 4_780_002.0)) < 1e-6,
        "{top}"
    );
}

#[test]
fn a_gltf_stands_where_the_mapping_puts_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mairie.glb");
    // North of the origin: glTF looks north along -z.
    std::fs::write(
        &file,
        triangle([[0.0, 0.0, 0.0], [0.0, 0.0, -10.0], [5.0, 0.0, 0.0]], false),
    )
    .unwrap();
    let unplaced = import(&file, &folder.path().join("no"), &ImportOptions::default()).unwrap_err();
    assert_eq!(unplaced.code, "tile-empty");
    let heading = |degrees: f64| json!({ "as": "models", "file": "*.glb", "place": { "lon": -1.553, "lat": 47.218, "height": 20.0, "heading": degrees, "scale": 2.0 } });
    let out = folder.path().join("out");
    import(&file, &out, &mapped(folder.path(), heading(90.0))).unwrap();
    assert_eq!(sound(&out).name.fr, "mairie");
    let content = read::glb(&std::fs::read(out.join("models/content/0.0.glb")).unwrap()).unwrap();
    let mesh = &content.meshes[0];
    let geoid = jumeau::geodesy::Geoid::approximate_france();
    let height = 20.0 + geoid.undulation_m(jumeau::geodesy::LonLat::new(-1.553, 47.218));
    let frame = jumeau::geodesy::EnuFrame::at(LonLatH::new(-1.553, 47.218, height));
    let enu: Vec<glam::DVec3> = mesh
        .positions
        .iter()
        .map(|p| {
            mesh.tile_from_mesh.transform_point3(glam::DVec3::new(
                p[0].into(),
                p[1].into(),
                p[2].into(),
            ))
        })
        .map(|ecef| frame.from_ecef(jumeau::geodesy::Ecef(ecef)))
        .collect();
    // A heading of 90° turns its north to the east: twenty metres of it at a scale of two.
    for wanted in [[0.0, 0.0, 0.0], [20.0, 0.0, 0.0], [0.0, -10.0, 0.0]] {
        assert!(
            enu.iter()
                .any(|at| at.distance(glam::DVec3::from(wanted)) < 0.01),
            "{enu:?}"
        );
    }
    let broken = json!({ "as": "models", "place": { "lon": 400.0, "lat": 47.0 } });
    assert!(
        import(
            &file,
            &folder.path().join("no"),
            &mapped(folder.path(), broken)
        )
        .is_err()
    );
}

/// Tilesets that name each other, and one that claims a billion of everything: each ends, and says why.
#[test]
fn hostile_tilesets_end() {
    let folder = tempfile::tempdir().unwrap();
    let save = |name: &str, value: &Value| {
        std::fs::write(folder.path().join(name), value.to_string()).unwrap()
    };
    let to = |uri: &str| json!({ "asset": { "version": "1.1" }, "geometricError": 10, "root": { "boundingVolume": { "region": [-0.03, 0.82, -0.02, 0.83, 0, 100] }, "geometricError": 1, "refine": "ADD", "content": { "uri": uri } } });
    save("a.json", &to("b.json"));
    save("b.json", &to("a.json"));
    let fault = import(
        folder.path(),
        &folder.path().join("../out-cycle"),
        &ImportOptions::default(),
    )
    .unwrap_err();
    assert_eq!(fault.code, "tile-empty");
    std::fs::remove_file(folder.path().join("b.json")).unwrap();
    let mut huge = to("{level}/{x}/{y}.glb");
    huge["root"]["implicitTiling"] = json!({
        "subdivisionScheme": "QUADTREE", "subtreeLevels": 11, "availableLevels": 30, "subtrees": { "uri": "s.subtree?{level}{x}{y}" },
    });
    save("a.json", &huge);
    save(
        "s.subtree",
        &json!({ "tileAvailability": { "constant": 1 }, "contentAvailability": [{ "constant": 1 }], "childSubtreeAvailability": { "constant": 1 } }),
    );
    let fault = import(
        folder.path(),
        &folder.path().join("../out-huge"),
        &ImportOptions::default(),
    )
    .unwrap_err();
    assert_eq!(fault.code, "tile-empty");
    // Nothing outside the tileset's folder is read.
    save("a.json", &to("../../etc/passwd"));
    assert!(
        import(
            folder.path(),
            &folder.path().join("../out-away"),
            &ImportOptions::default()
        )
        .is_err()
    );
}

/// Every sample that has triangles we read becomes a sound layer; one that lies on the globe stays there.
#[test]
fn the_sample_tilesets_become_layers() {
    let Some(root) = shared("3dtiles-samples") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, tiles, features, findings) in [
        ("1.1/SparseImplicitQuadtree", 32, 0, vec![]),
        ("1.1/MetadataGranularities", 1, 0, vec![]),
        (
            "1.0/TilesetWithDiscreteLOD",
            2,
            0,
            vec!["tileset-content-missing"],
        ),
        (
            "1.0/TilesetWithTreeBillboards",
            0,
            0,
            vec!["model-content-skipped"],
        ),
    ] {
        let out = folder.path().join(name.replace('/', "-"));
        let result = import(&root.join(name), &out, &mapped(folder.path(), place()));
        match (result, tiles) {
            (Err(fault), 0) => assert_eq!(fault.code, "tile-empty", "{name}"),
            (Ok(done), tiles) => {
                let layer = sound(&out);
                eprintln!(
                    "{name}: {} tiles, {} features {:?}",
                    layer.tiles,
                    layer.features,
                    import::findings_json(&done.report)
                );
                assert!(layer.tiles >= tiles, "{name}: {}", layer.tiles);
                assert!(layer.features >= features, "{name}: {}", layer.features);
                for code in findings {
                    assert!(done.report.count(code) > 0, "{name}: {code}");
                }
            }
            (Err(fault), _) => panic!("{name}: {fault}"),
        }
    }
}

#[test]
fn batch_tables_of_others_become_attributes() {
    let Some(root) = shared("cesium-native-data") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut found = 0;
    let mut stack = vec![root];
    while let Some(path) = stack.pop() {
        for entry in std::fs::read_dir(&path).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
            } else if path.extension().is_some_and(|e| e == "b3dm") {
                let bytes = std::fs::read(&path).unwrap();
                let parts = jumeau::formats::tiles3d::batched::parts(&bytes).unwrap();
                for part in parts {
                    if let jumeau::formats::tiles3d::batched::Inner::Batched(batch) = part {
                        found += 1;
                        assert!(
                            batch
                                .table
                                .columns
                                .iter()
                                .all(|column| column.values.len() == batch.batch_length),
                            "{path:?}"
                        );
                    }
                }
            }
        }
    }
    assert!(found >= 4, "{found}");
    let _ = folder;
}
