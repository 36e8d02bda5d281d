//! Tilesets and subtrees: laws of the coordinates, round trips, the samples of others.

use super::shared_data::shared;
use jumeau::formats::tiles3d::implicit::{self, tiles_above};
use jumeau::formats::tiles3d::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn coord() -> impl Strategy<Value = TileCoord> {
    (0_u32..20).prop_flat_map(|level| {
        (Just(level), 0..1_u32 << level, 0..1_u32 << level)
            .prop_map(|(l, x, y)| TileCoord::new(l, x, y))
    })
}

proptest! {
    #[test]
    fn morton_goes_there_and_back(c in coord()) {
        prop_assert_eq!(TileCoord::from_morton(c.level, c.morton()), c);
        prop_assert!(c.morton() < 1 << (2 * c.level));
        for child in c.children() {
            prop_assert_eq!(child.parent(), Some(c));
            prop_assert_eq!(child.morton() / 4, c.morton());
        }
    }

    #[test]
    fn a_tile_is_below_its_subtree_root(c in coord(), levels in 1_u32..8) {
        let root = c.subtree_root(levels);
        let inner = c.within(root).unwrap();
        prop_assert!(inner.level < levels && root.level % levels == 0);
        prop_assert!(inner.bit() < tiles_above(levels));
        prop_assert_eq!(root.below(inner), Some(c));
    }

    #[test]
    fn every_tile_with_content_is_found_through_the_subtrees(
        tiles in prop::collection::btree_set(coord().prop_map(|c| c.ancestor(9)), 0..40),
        levels in 1_u32..5,
    ) {
        let plan = plan_subtrees(levels, &tiles).unwrap();
        let mut found = BTreeSet::new();
        let mut roots = BTreeSet::new();
        let mut children = BTreeSet::from([TileCoord::ROOT]);
        for (root, subtree) in &plan {
            let again = Subtree::parse(&write_subtree(subtree)).unwrap();
            prop_assert_eq!(&again, subtree);
            prop_assert_eq!(again.check(levels), vec![]);
            roots.insert(*root);
            for level in 0..levels {
                for morton in 0..1_u64 << (2 * level) {
                    let inner = TileCoord::from_morton(level, morton);
                    if again.has_content(inner, 0) {
                        found.insert(root.below(inner).unwrap());
                    }
                }
            }
            for morton in 0..1_u64 << (2 * levels) {
                let inner = TileCoord::from_morton(levels, morton);
                if again.has_child(inner) {
                    children.insert(root.below(inner).unwrap());
                }
            }
        }
        prop_assert_eq!(found, tiles);
        prop_assert_eq!(roots, children, "each child subtree is written, and none that nobody names");
    }

    #[test]
    fn broken_subtrees_and_tilesets_never_panic(
        place in 0.0..1.0_f64, value in any::<u8>(), keep in 0.0..1.0_f64,
    ) {
        let tiles = BTreeSet::from([TileCoord::new(3, 1, 5), TileCoord::new(5, 0, 31)]);
        for (_, subtree) in plan_subtrees(3, &tiles).unwrap() {
            let mut bytes = write_subtree(&subtree);
            let at = (bytes.len() as f64 * place) as usize;
            bytes[at] = value;
            bytes.truncate((bytes.len() as f64 * (0.5 + keep)) as usize);
            if let Ok(subtree) = Subtree::parse(&bytes) {
                let _ = subtree.check(3);
            }
        }
        let mut bytes = tileset().to_json();
        let at = (bytes.len() as f64 * place) as usize;
        bytes[at] = value;
        let _ = Tileset::parse(&bytes);
    }

    #[test]
    fn four_children_fill_their_parent(c in coord()) {
        let region = BoundingVolume::Region([-0.03, 0.82, -0.02, 0.83, 10.0, 90.0]);
        let Some(BoundingVolume::Region(parent)) = region.quadtree_tile(c) else { panic!() };
        let children: Vec<[f64; 6]> = c.children().map(|child| match region.quadtree_tile(child) {
            Some(BoundingVolume::Region(r)) => r,
            _ => panic!(),
        }).collect();
        prop_assert_eq!(children[0][0..2].to_vec(), parent[0..2].to_vec());
        prop_assert_eq!(children[3][2..4].to_vec(), parent[2..4].to_vec());
        prop_assert_eq!(children[0][2], children[1][0]);
        prop_assert_eq!(children[0][3], children[2][1]);
    }
}

fn tileset() -> Tileset {
    Tileset {
        asset: Asset {
            version: "1.1".into(),
            ..Asset::default()
        },
        geometric_error: 512.0,
        root: Tile {
            refine: Some(Refine::Replace),
            content: Some(Content::at("content/{level}/{x}/{y}.glb")),
            implicit_tiling: Some(ImplicitTiling {
                subdivision_scheme: Subdivision::Quadtree,
                subtree_levels: 4,
                available_levels: 6,
                subtrees: Subtrees {
                    uri: "subtrees/{level}/{x}/{y}.subtree".into(),
                },
            }),
            ..Tile::new(
                BoundingVolume::Region([-0.03, 0.82, -0.02, 0.83, 10.0, 90.0]),
                256.0,
            )
        },
        extensions_used: vec![],
        extensions_required: vec![],
        schema: None,
        schema_uri: None,
        groups: Vec::new(),
        metadata: None,
        extras: Default::default(),
    }
}

#[test]
fn a_tileset_survives_its_json() {
    assert_eq!(Tileset::parse(&tileset().to_json()).unwrap(), tileset());
}

#[test]
fn a_box_is_halved_along_its_own_axes() {
    let root = BoundingVolume::Box([10.0, 0.0, 0.0, 0.0, 8.0, 0.0, -4.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    let tile = root.quadtree_tile(TileCoord::new(1, 1, 0)).unwrap();
    assert_eq!(
        tile,
        BoundingVolume::Box([12.0, 4.0, 0.0, 0.0, 4.0, 0.0, -2.0, 0.0, 0.0, 0.0, 0.0, 1.0])
    );
    assert_eq!(root.quadtree_tile(TileCoord::new(1, 2, 0)), None);
}

#[test]
fn a_region_across_the_antimeridian_is_halved_at_it() {
    let root = BoundingVolume::Region([3.1, 0.0, -3.1, 0.1, 0.0, 1.0]);
    let Some(BoundingVolume::Region(west)) = root.quadtree_tile(TileCoord::new(1, 0, 0)) else {
        panic!()
    };
    assert!((west[2] - std::f64::consts::PI).abs() < 1e-9, "{west:?}");
}

#[test]
fn impossible_coordinates_do_no_harm() {
    let wild = TileCoord::new(u32::MAX, u32::MAX, 7);
    assert!(!wild.is_valid());
    assert!(wild.children().next().is_none());
    assert_eq!(TileCoord::ROOT.below(wild), None);
    let _ = (
        wild.within(TileCoord::ROOT),
        wild.bit(),
        wild.morton(),
        wild.subtree_root(0),
    );
    assert!(plan_subtrees(3, &BTreeSet::from([wild])).is_err());
    assert!(plan_subtrees(implicit::MAX_SUBTREE_LEVELS + 1, &BTreeSet::new()).is_err());
}

/// `1.1/SparseImplicitQuadtree`: nine subtrees, thirty-two contents, all at level 5, as its README and files say.
#[test]
fn the_sparse_sample_names_exactly_its_files() {
    let Some(root) = shared("3dtiles-samples/1.1/SparseImplicitQuadtree") else {
        return;
    };
    let tileset = Tileset::parse(&std::fs::read(root.join("tileset.json")).unwrap()).unwrap();
    let tiling = tileset.root.implicit_tiling.clone().unwrap();
    let template = &tileset.root.content.as_ref().unwrap().uri;
    let mut stack = vec![TileCoord::ROOT];
    let (mut subtrees, mut contents) = (0, 0);
    while let Some(at) = stack.pop() {
        let path = root.join(fill_template(&tiling.subtrees.uri, at));
        let subtree = Subtree::parse(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(subtree.check(tiling.subtree_levels), vec![]);
        subtrees += 1;
        for level in 0..tiling.subtree_levels {
            for morton in 0..1 << (2 * level) {
                let inner = TileCoord::from_morton(level, morton);
                if subtree.has_content(inner, 0) {
                    contents += 1;
                    assert!(
                        root.join(fill_template(template, at.below(inner).unwrap()))
                            .exists()
                    );
                }
            }
        }
        for morton in 0..1 << (2 * tiling.subtree_levels) {
            let inner = TileCoord::from_morton(tiling.subtree_levels, morton);
            if subtree.has_child(inner) {
                stack.push(at.below(inner).unwrap());
            }
        }
    }
    assert_eq!((subtrees, contents), (9, 32));
}

proptest! {
    /// Regions go out and come back, a row for each available tile and none for the others.
    #[test]
    fn regions_of_tiles_go_there_and_back(
        tiles in prop::collection::btree_set(coord().prop_map(|c| c.ancestor(7)), 1..30),
        levels in 1_u32..5,
    ) {
        let schema = TileSchema::of(Some(&metadata::tile_schema()));
        let root_volume = BoundingVolume::Region([-0.03, 0.82, -0.02, 0.83, 0.0, 900.0]);
        // A height that only this tile has; exact in single precision.
        let height = |tile: TileCoord| f64::from(tile.level * 64 + tile.x % 64) + 0.25;
        for (root, mut subtree) in plan_subtrees(levels, &tiles).unwrap() {
            let inner_tiles: Vec<TileCoord> = (0..levels)
                .flat_map(|level| (0..1_u64 << (2 * level)).map(move |m| TileCoord::from_morton(level, m)))
                .collect();
            // Content reaches over the edges of its cell.
            let region = |tile: TileCoord| {
                let Some(BoundingVolume::Region([w, s, e, n, ..])) = root_volume.quadtree_tile(tile) else { panic!() };
                [w - 1e-5, s - 2e-5, e + 3e-5, n, height(tile), height(tile) + 10.0]
            };
            let there = inner_tiles.iter().filter(|i| subtree.has_tile(**i));
            let regions: Vec<[f64; 6]> = there.map(|i| region(root.below(*i).unwrap())).collect();
            subtree.bounds = Some(TileBounds::of_regions(&regions));
            let again = Subtree::parse_with(&write_subtree(&subtree), &schema, &mut |_| None).unwrap();
            prop_assert_eq!(&again, &subtree);
            prop_assert_eq!(again.check(levels), vec![]);
            for inner in inner_tiles {
                let tile = root.below(inner).unwrap();
                let implicit = root_volume.quadtree_tile(tile).unwrap();
                let wanted = if again.has_tile(inner) { BoundingVolume::Region(region(tile)) } else { implicit };
                prop_assert_eq!(again.bounds_of(inner, implicit), wanted);
                prop_assert_eq!(again.states_volume(inner), again.has_tile(inner));
            }
            // Without the schema nobody knows what the columns mean.
            prop_assert_eq!(Subtree::parse(&write_subtree(&subtree)).unwrap().bounds, None);
        }
    }
}

/// A subtree as others may write it: JSON, double precision, a class and names of their own, properties of no interest to bounds.
fn foreign(values: &[f64], count: usize) -> (TileSchema, String, Vec<u8>) {
    let schema = serde_json::json!({ "id": "any", "classes": { "cell": { "properties": {
        "where": { "type": "SCALAR", "componentType": "FLOAT64", "array": true, "count": 6, "semantic": "TILE_BOUNDING_REGION" },
        "top": { "type": "SCALAR", "componentType": "FLOAT64", "semantic": "TILE_MAXIMUM_HEIGHT" },
        "bent": { "type": "STRING", "semantic": "TILE_MINIMUM_HEIGHT" },
        "colour": { "type": "VEC3", "componentType": "UINT8", "semantic": "COLOR" },
    } } } });
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let document = serde_json::json!({
        "buffers": [{ "byteLength": bytes.len(), "uri": "rows.bin" }],
        "bufferViews": [{ "buffer": 0, "byteOffset": 0, "byteLength": 48 * count }, { "buffer": 0, "byteOffset": 48 * count, "byteLength": 8 * count }],
        "tileAvailability": { "constant": 1 }, "contentAvailability": [{ "constant": 0 }], "childSubtreeAvailability": { "constant": 0 },
        "propertyTables": [{ "class": "cell", "count": count, "properties": {
            "where": { "values": 0 }, "top": { "values": 1 }, "bent": { "values": 99 }, "colour": { "values": 99 },
        } }],
        "tileMetadata": 0,
    });
    (TileSchema::of(Some(&schema)), document.to_string(), bytes)
}

#[test]
fn regions_of_tiles_are_read_and_nonsense_is_not_believed() {
    let implicit = BoundingVolume::Region([-0.03, 0.82, -0.02, 0.83, 0.0, 900.0]);
    let tight = [-0.025, 0.821, -0.024, 0.822, 10.0, 20.0];
    // The second tile's region stands on its head, the third's top lies below its bottom.
    let upside_down = [-0.025, 0.822, -0.024, 0.821, 10.0, 20.0];
    let values = [tight, upside_down, tight]
        .concat()
        .into_iter()
        .chain([15.0, 30.0, -5.0]);
    let (schema, document, rows) = foreign(&values.collect::<Vec<_>>(), 3);
    let subtree =
        Subtree::parse_with(document.as_bytes(), &schema, &mut |_| Some(rows.clone())).unwrap();
    let bounds = |bit: u64| {
        subtree.bounds_of(
            TileCoord::from_morton(u32::from(bit > 0), bit.saturating_sub(1)),
            implicit,
        )
    };
    let [w, s, e, n, low, _] = tight;
    assert_eq!(bounds(0), BoundingVolume::Region([w, s, e, n, low, 15.0]));
    assert_eq!(
        bounds(1),
        BoundingVolume::Region([-0.03, 0.82, -0.02, 0.83, 0.0, 30.0])
    );
    assert_eq!(bounds(2), BoundingVolume::Region(tight));
    // A fourth tile has no row.
    assert_eq!(bounds(3), implicit);
}

#[test]
fn tables_that_are_too_short_are_faults() {
    let (schema, text, rows) = foreign(&[0.0; 14], 2);
    for (broken, code) in [
        (
            text.replace("\"count\":2", "\"count\":3"),
            "subtree-metadata",
        ),
        (
            text.replace("\"tileMetadata\":0", "\"tileMetadata\":7"),
            "subtree-metadata",
        ),
        (
            text.replace("\"byteLength\":16", "\"byteLength\":1600"),
            "subtree-buffer",
        ),
        (
            text.replace("\"top\":{\"values\":1}", "\"top\":{\"values\":5}"),
            "subtree-buffer",
        ),
    ] {
        assert_ne!(broken, text, "{code}");
        let fault = Subtree::parse_with(broken.as_bytes(), &schema, &mut |_| Some(rows.clone()))
            .unwrap_err();
        assert_eq!(fault.code, code);
    }
}

/// Every code that the formats give has its two sentences, and none has them twice.
#[test]
fn every_finding_has_a_sentence() {
    use jumeau::formats::messages::sentences;
    let known: BTreeSet<&str> = sentences().map(|(code, _, _)| *code).collect();
    assert_eq!(known.len(), sentences().count());
    let subjects = [
        "file-",
        "json-",
        "tile-",
        "manifest-",
        "zarr-",
        "search-",
        "tileset-",
        "implicit-",
        "subtree-",
        "style-",
        "quantized-mesh-",
        "terrain-layer-",
        "terrain-rgb-",
        "meter-",
        "pvgis-",
        "roofbook-",
        "gridbook-",
        "mvt-",
        "ground-",
        "vectors-",
        "tiles-description-",
        "pmtiles-",
        "copc-",
        "laz-",
        "glb-",
        "gltf-",
        "content-",
        "legacy-",
        "schema-",
        "series-",
        "weather-",
        "turbidity-",
    ];
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut stack = vec![
        root.join("formats/gltf"),
        root.join("formats/tiles3d"),
        root.join("formats/check"),
        root.join("formats/weather"),
        root.join("pipeline/check"),
        root.join("formats/series"),
        root.join("formats/laz"),
        root.join("formats/quantizedmesh"),
        root.join("stream"),
    ];
    let mut sources = vec![
        root.join("formats/copc.rs"),
        root.join("formats/meter.rs"),
        root.join("formats/roofbook.rs"),
        root.join("formats/roofplan.rs"),
        root.join("formats/gridbook.rs"),
        root.join("formats/search.rs"),
        root.join("formats/tiledescription.rs"),
        root.join("formats/mvt.rs"),
        root.join("formats/pmtiles.rs"),
        root.join("formats/terrainrgb.rs"),
        root.join("formats/zarr.rs"),
        root.join("formats/zarr_group.rs"),
        root.join("formats/territory.rs"),
        root.join("pipeline/check.rs"),
        root.join("pipeline/info.rs"),
        root.join("pipeline/solar/weather.rs"),
    ];
    while let Some(folder) = stack.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path)
            } else {
                sources.push(path)
            }
        }
    }
    let mut used = BTreeSet::new();
    for source in sources {
        let text = std::fs::read_to_string(source).unwrap();
        for word in text
            .split('"')
            .filter(|word| subjects.iter().any(|subject| word.starts_with(subject)))
        {
            if word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') {
                used.insert(word.to_owned());
            }
        }
    }
    let used: BTreeSet<&str> = used.iter().map(String::as_str).collect();
    assert_eq!(used, known);
}
