//! `jumeau check` and `jumeau info` as people type them.

use crate::shared_data::shared;
use glam::{DMat4, DVec3};
use jumeau::formats::gltf::{Column, PropertyTable, TileContent, TileMesh, Values, write};
use jumeau::formats::tiles3d::{
    Asset, BoundingVolume, Content, ImplicitTiling, Refine, Subdivision, Subtrees, Tile, TileCoord,
    Tileset, fill_template, plan_subtrees, write_subtree,
};
use jumeau::formats::zarr;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

fn jumeau(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_jumeau"))
        .args(args)
        .output()
        .unwrap();
    (
        output.status.code().unwrap(),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

/// The exit code and the set of codes that are not mere information.
pub fn check(path: &Path) -> (i32, BTreeSet<(String, String)>) {
    let (code, out, _) = jumeau(&["check", "--json", path.to_str().unwrap()]);
    let document: Value =
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{}: {e}: {out}", path.display()));
    let findings = document["findings"].as_array().unwrap().iter();
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let codes = findings
        .inspect(|finding| {
            assert!(
                !text(finding, "message").is_empty()
                    && !text(finding, "message").starts_with(&text(finding, "code"))
            )
        })
        .filter(|finding| finding["severity"] != "info")
        .map(|finding| (text(finding, "severity"), text(finding, "code")))
        .collect();
    (code, codes)
}

pub fn save(root: &Path, path: &str, bytes: impl AsRef<[u8]>) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

const TEMPLATE: &str = "content/{level}/{x}/{y}.glb";
const SUBTREES: &str = "subtrees/{level}/{x}/{y}.subtree";

/// A territory of two tiles in a box 64 m wide, with an hourly series of one day.
fn territory(root: &Path) {
    let tiles = BTreeSet::from([TileCoord::new(1, 0, 0), TileCoord::new(3, 7, 7)]);
    let volume =
        BoundingVolume::Box([0.0, 0.0, 5.0, 32.0, 0.0, 0.0, 0.0, 32.0, 0.0, 0.0, 0.0, 5.0]);
    for tile in &tiles {
        let Some(BoundingVolume::Box(b)) = volume.quadtree_tile(*tile) else {
            panic!()
        };
        let content = TileContent {
            meshes: vec![TileMesh {
                name: "buildings".into(),
                tile_from_mesh: DMat4::from_translation(DVec3::new(b[0], b[1], 0.0))
                    * jumeau::formats::gltf::ZUP_FROM_YUP,
                positions: vec![[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 9.0, -1.0]],
                normals: vec![[0.0, 1.0, 0.0]; 3],
                feature_ids: vec![0; 3],
                indices: vec![0, 1, 2],
                table: Some(0),
                ..TileMesh::default()
            }],
            tables: vec![PropertyTable {
                class: "building".into(),
                count: 1,
                columns: vec![Column {
                    name: "height_m".into(),
                    values: Values::F32(vec![9.0]),
                }],
            }],
        };
        let bytes = write::glb(&content, &write::WriteOptions::default()).unwrap();
        save(
            root,
            &format!("buildings/{}", fill_template(TEMPLATE, *tile)),
            bytes,
        );
    }
    for (tile, subtree) in plan_subtrees(2, &tiles).unwrap() {
        save(
            root,
            &format!("buildings/{}", fill_template(SUBTREES, tile)),
            write_subtree(&subtree),
        );
    }
    let transform = DMat4::from_translation(DVec3::new(4_323_000.0, -117_000.0, 4_672_000.0));
    let tileset = Tileset {
        asset: Asset {
            version: "1.1".into(),
            ..Asset::default()
        },
        geometric_error: 64.0,
        root: Tile {
            transform: Some(transform.to_cols_array()),
            refine: Some(Refine::Replace),
            content: Some(Content::at(TEMPLATE)),
            implicit_tiling: Some(ImplicitTiling {
                subdivision_scheme: Subdivision::Quadtree,
                subtree_levels: 2,
                available_levels: 4,
                subtrees: Subtrees {
                    uri: SUBTREES.into(),
                },
            }),
            ..Tile::new(volume, 32.0)
        },
        extensions_used: vec![],
        extensions_required: vec![],
        schema: None,
        schema_uri: None,
        groups: Vec::new(),
        metadata: None,
        extras: Default::default(),
    };
    save(root, "buildings/tileset.json", tileset.to_json());
    for (path, bytes) in zarr::write(2, 24, 10, &[0.5; 48], &zarr::About::default()).unwrap() {
        save(root, &format!("series/{path}"), bytes);
    }
    save(
        root,
        "territory.json",
        serde_json::to_vec(&manifest()).unwrap(),
    );
}

fn manifest() -> Value {
    json!({
        "jumeau": 1, "id": "essai", "name": { "fr": "Essai", "en": "Trial" },
        "crs": "EPSG:2154", "vertical": "NGF-IGN69", "geoid": "RAF20",
        "bounds_lonlat": [-1.57, 47.2, -1.53, 47.23], "origin": [-1.55, 47.21, 60.0], "timezone": "Europe/Paris",
        "home": { "lon": -1.55, "lat": 47.21, "height_m": 60.0, "distance_m": 900.0, "heading_deg": 0.0, "pitch_deg": -35.0, "instant": "2026-06-21T13:30:00Z" },
        "layers": [{
            "id": "buildings", "kind": "buildings", "name": { "fr": "Bâtiments", "en": "Buildings" },
            "tileset": "buildings/tileset.json", "features": 2, "tiles": 2, "bytes": 1234,
            "datasets": ["bdtopo"], "nature": "measured"
        }],
        "axes": [{ "id": "day", "start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z", "step": 3600 }],
        "series": [{ "id": "load", "path": "series", "axis": "day", "rows": ["a", "b"], "unit": "one", "nature": "simulated", "dataset": "bdtopo" }],
        "datasets": [{ "id": "bdtopo", "title": "BD TOPO", "producer": "IGN", "licence": "Licence Ouverte 2.0", "date": "2025-06-15", "attribution": "IGN – BD TOPO®", "nature": "measured" }]
    })
}

/// A sound territory, changed by `damage`, gives exactly these findings.
fn damaged(damage: impl FnOnce(&Path), expect: &[(&str, &str)]) {
    let folder = tempfile::tempdir().unwrap();
    territory(folder.path());
    damage(folder.path());
    let (code, found) = check(folder.path());
    let expect: BTreeSet<_> = expect
        .iter()
        .map(|(s, c)| ((*s).to_owned(), (*c).to_owned()))
        .collect();
    assert_eq!(found, expect);
    assert_eq!(
        code,
        i32::from(expect.iter().any(|(severity, _)| severity == "error"))
    );
}

fn edit(root: &Path, path: &str, change: impl FnOnce(&mut Value)) {
    let path = root.join(path);
    let mut document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut document);
    std::fs::write(path, serde_json::to_vec(&document).unwrap()).unwrap();
}

#[test]
fn a_sound_territory_has_no_findings() {
    damaged(|_| {}, &[]);
}

#[test]
fn damage_is_found_where_it_is() {
    let manifest = "territory.json";
    let tileset = "buildings/tileset.json";
    let tile = "buildings/content/3/7/7.glb";
    damaged(
        |root| std::fs::remove_file(root.join(tile)).unwrap(),
        &[("error", "file-missing"), ("warning", "manifest-tiles")],
    );
    damaged(
        |root| {
            let bytes = std::fs::read(root.join(tile)).unwrap();
            save(root, tile, &bytes[..bytes.len() / 2]);
        },
        &[("error", "glb-truncated")],
    );
    damaged(
        |root| save(root, "buildings/content/2/0/0.glb", "x"),
        &[("warning", "file-unreferenced")],
    );
    damaged(|root| save(root, "buildings/content/notes.txt", "x"), &[]);
    damaged(
        |root| {
            edit(root, tileset, |t| {
                t["root"]["implicitTiling"]["availableLevels"] = json!(3)
            })
        },
        &[
            ("error", "implicit-beyond-levels"),
            ("warning", "file-unreferenced"),
            ("warning", "manifest-tiles"),
        ],
    );
    // Half the volume: the content of the far corner now lies outside its tile.
    damaged(
        |root| {
            edit(root, tileset, |t| {
                t["root"]["boundingVolume"]["box"][3] = json!(8.0)
            })
        },
        &[("warning", "content-outside")],
    );
    damaged(
        |root| edit(root, tileset, |t| t["root"]["geometricError"] = json!(65)),
        &[("warning", "tileset-error-order")],
    );
    damaged(
        |root| save(root, "buildings/subtrees/2/3/3.subtree", "subt"),
        &[
            ("error", "subtree-truncated"),
            ("warning", "file-unreferenced"),
            ("warning", "manifest-tiles"),
        ],
    );
    damaged(
        |root| {
            edit(root, manifest, |m| {
                m["layers"][0]["tileset"] = json!("../tileset.json")
            })
        },
        &[("error", "manifest-path")],
    );
    damaged(
        |root| edit(root, manifest, |m| m["datasets"] = json!([])),
        &[("error", "manifest-dataset")],
    );
    damaged(
        |root| edit(root, manifest, |m| m["series"][0]["rows"] = json!(["a"])),
        &[("error", "manifest-series")],
    );
    damaged(
        |root| edit(root, manifest, |m| m["series"][0]["axis"] = json!("year")),
        &[("error", "manifest-axis")],
    );
    damaged(
        |root| save(root, "series/c/0/1", "short"),
        &[("error", "zarr-chunk")],
    );
    damaged(
        |root| save(root, manifest, r#"{"jumeau":2}"#),
        &[("error", "manifest-version")],
    );
}

#[test]
fn info_says_what_a_territory_holds() {
    let folder = tempfile::tempdir().unwrap();
    territory(folder.path());
    let path = folder.path().to_str().unwrap();
    let (code, out, err) = jumeau(&["info", path, "--json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(document["name"], "Essai");
    assert_eq!(document["crs"], "EPSG:2154");
    assert_eq!(document["vertical"], "NGF-IGN69");
    assert_eq!(document["bounds_lonlat"][3], 47.23);
    let layer = &document["layers"][0];
    assert_eq!(
        (
            &layer["id"],
            &layer["kind"],
            &layer["features"],
            &layer["tiles"],
            &layer["bytes"]
        ),
        (
            &json!("buildings"),
            &json!("buildings"),
            &json!(2),
            &json!(2),
            &json!(1234)
        )
    );
    assert_eq!(document["datasets"][0]["licence"], "Licence Ouverte 2.0");
    assert_eq!(
        document["axes"][0],
        json!({ "id": "day", "start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z", "step": 3600 })
    );
    let (_, french, _) = jumeau(&["info", path]);
    assert!(
        french.contains("bâtiments") && french.contains("Essai"),
        "{french}"
    );
    let (_, english, _) = jumeau(&["info", path, "--lang", "en"]);
    assert!(
        english.contains("features") && english.contains("Trial"),
        "{english}"
    );
}

#[test]
fn what_is_not_there_or_broken_gives_one_sentence_and_exit_2() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let says = |command: &str, path: PathBuf, lang: &str, part: &str| {
        let (code, out, err) = jumeau(&[command, path.to_str().unwrap(), "--lang", lang]);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert_eq!(err.trim_end().lines().count(), 1, "{err}");
        assert!(err.contains(part) && err.contains("jumeau import"), "{err}");
    };
    for command in ["info", "check"] {
        says(command, root.join("nowhere"), "fr", "n'existe pas");
        says(command, root.join("nowhere"), "en", "does not exist");
        says(
            command,
            root.to_owned(),
            "fr",
            "ne contient pas de territory.json",
        );
    }
    save(root, "territory.json", "{ \"jumeau\": 1, ");
    says("info", root.to_owned(), "en", "cannot be read");
    save(root, "territory.json", r#"{"jumeau":7}"#);
    says("info", root.to_owned(), "fr", "Version 7");
}

/// The reference validator's cases: none of the valid ones has an error here, all of the invalid ones have a finding, with the same severity.
#[test]
fn the_reference_validators_cases_are_judged_alike() {
    let Some(root) = shared("3dtiles-validator-data") else {
        return;
    };
    let expected: Value =
        serde_json::from_slice(&std::fs::read(root.join("expected_issues.json")).unwrap()).unwrap();
    for (kind, invalid) in [("valid", false), ("invalid", true)] {
        for (path, issues) in expected[kind].as_object().unwrap() {
            let (code, found) = check(&root.join(path));
            if invalid {
                assert!(!found.is_empty(), "{path}: nothing found");
            }
            let error = issues["severity"]
                .as_array()
                .unwrap()
                .iter()
                .any(|s| s == "ERROR");
            assert_eq!(code, i32::from(error), "{path}: {found:?}");
        }
    }
}

/// The sample tilesets are sound, but for the one file that is missing on purpose.
#[test]
fn the_sample_tilesets_are_sound() {
    let Some(root) = shared("3dtiles-samples") else {
        return;
    };
    let mut stack = vec![root];
    while let Some(folder) = stack.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
            } else if path.ends_with("tileset.json") {
                let (code, found) = check(&path);
                let missing = path.to_string_lossy().contains("TilesetWithDiscreteLOD");
                assert_eq!(code, i32::from(missing), "{}: {found:?}", path.display());
            }
        }
    }
}


#[test]
fn a_terrain_in_tiles_is_checked_from_its_description_down() {
    let Some(tiles) = shared("cesium-native-data/Cesium3DTilesSelection/test/data/CesiumTerrainTileJson") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let layer = |available: &str| {
        format!(r#"{{"format": "quantized-mesh-1.0", "version": "1.0.0", "projection": "EPSG:4326", "tiles": ["{{z}}/{{x}}/{{y}}.terrain?v={{version}}"]{available}}}"#)
    };
    let two = r#", "available": [[{"startX": 0, "startY": 0, "endX": 1, "endY": 0}]]"#;
    save(root, "layer.json", layer(two));
    save(root, "0/0/0.terrain", std::fs::read(tiles.join("tile.terrain")).unwrap());
    assert_eq!(check(root), (1, BTreeSet::from([("error".to_owned(), "file-missing".to_owned())])));
    save(root, "0/1/0.terrain", std::fs::read(tiles.join("tile.octvertexnormals.watermask.terrain")).unwrap());
    assert_eq!(check(root), (0, BTreeSet::new()));
    assert_eq!(check(&root.join("layer.json")), (0, BTreeSet::new()));
    save(root, "0/1/0.terrain", [1, 2, 3]);
    assert_eq!(check(root), (1, BTreeSet::from([("error".to_owned(), "quantized-mesh-short".to_owned())])));
    // A tile may say that millions lie below it: only those that are there are looked at, within bounds.
    save(root, "layer.json", layer(r#", "available": [[{"startX": 0, "startY": 0, "endX": 4000000000, "endY": 4000000000}]]"#));
    assert_eq!(check(root).0, 1);
    save(root, "layer.json", layer(r#", "scheme": "spiral""#));
    assert_eq!(check(root), (1, BTreeSet::from([("error".to_owned(), "terrain-layer-scheme".to_owned())])));
}
