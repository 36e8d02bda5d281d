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
            content: Some(Content {
                uri: "content/{level}/{x}/{y}.glb".into(),
                bounding_volume: None,
            }),
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
