//! Implicit tiling in quadtree subtrees, as our own importer writes it, over Nantes.

use glam::DVec3;
use jumeau::formats::tiles3d::{
    Subtree, TileBounds, TileCoord, TileSchema, metadata, plan_subtrees, write_subtree,
};
use jumeau::geodesy::LonLatH;
use jumeau::stream::{Delivery, Engine, FetchFault, RootState, Settings, Update, View, Wanted};
use serde_json::json;
use std::collections::{BTreeSet, HashMap};

const REGION: [f64; 6] = [-0.0276, 0.8238, -0.0268, 0.8246, 40.0, 120.0];
const LEVELS: u32 = 6;

struct Host {
    files: HashMap<String, Vec<u8>>,
    asked: Vec<String>,
    pending: Vec<jumeau::stream::Fetch>,
}

impl Host {
    /// Contents on every tile of levels 0 to 5 that touches the diagonal; subtrees of two levels.
    fn new() -> Self {
        let mut contents = BTreeSet::new();
        for level in 0..LEVELS {
            for at in 0..1 << level {
                contents.insert(TileCoord::new(level, at, at));
            }
        }
        let document = json!({
            "asset": { "version": "1.1" },
            "geometricError": 4000.0,
            "root": {
                "boundingVolume": { "region": REGION },
                "geometricError": 1600.0,
                "refine": "REPLACE",
                "content": { "uri": "content/{level}/{x}/{y}.glb" },
                "implicitTiling": {
                    "subdivisionScheme": "QUADTREE", "subtreeLevels": 2, "availableLevels": LEVELS,
                    "subtrees": { "uri": "subtrees/{level}.{x}.{y}.subtree" },
                },
            },
        });
        let mut files = HashMap::from([(
            "buildings/tileset.json".to_owned(),
            document.to_string().into_bytes(),
        )]);
        for (coord, subtree) in plan_subtrees(2, &contents).unwrap() {
            let path = format!(
                "buildings/subtrees/{}.{}.{}.subtree",
                coord.level, coord.x, coord.y
            );
            files.insert(path, write_subtree(&subtree));
        }
        Self {
            files,
            asked: Vec::new(),
            pending: Vec::new(),
        }
    }

    fn frame(&mut self, engine: &mut Engine, view: &View, frame: u64) -> Update {
        for fetch in std::mem::take(&mut self.pending) {
            let body = match (fetch.wanted, self.files.get(&fetch.path)) {
                (Wanted::Content, _) => Ok(Delivery::Content { bytes: 10_000 }),
                (_, Some(bytes)) => Ok(Delivery::Bytes(bytes.clone())),
                (_, None) => Err(FetchFault::Lasting(format!("404 {}", fetch.path))),
            };
            engine.deliver(fetch.id, body);
        }
        let update = engine.update(std::slice::from_ref(view), frame);
        self.asked
            .extend(update.fetch.iter().map(|fetch| fetch.path.clone()));
        self.pending.extend(update.fetch.clone());
        self.pending
            .retain(|fetch| !update.cancel.contains(&fetch.id));
        update
    }

    fn settle(
        &mut self,
        engine: &mut Engine,
        view: &View,
        frames: std::ops::Range<u64>,
    ) -> Vec<String> {
        let mut last = Update::default();
        for frame in frames {
            last = self.frame(engine, view, frame);
        }
        assert_eq!(last.stats.waiting, 0, "{:?}", last.stats);
        let mut shown: Vec<String> = last
            .show
            .iter()
            .map(|show| engine.placement(show.tile).unwrap().path)
            .collect();
        shown.sort();
        shown
    }
}

fn above(share: f64, height_m: f64) -> View {
    let [west, south, east, north, ..] = REGION;
    let at = LonLatH::new(
        (west + share * (east - west)).to_degrees(),
        (south + share * (north - south)).to_degrees(),
        height_m,
    );
    let position = at.to_ecef().0;
    View {
        position,
        direction: -position.normalize(),
        frustum: Vec::new(),
        pixels_per_radian: 16.0,
    }
}

fn settings() -> Settings {
    Settings {
        screen_space_error: 16.0,
        fade_frames: 0,
        ..Settings::default()
    }
}

#[test]
fn from_afar_only_the_root_is_asked_for() {
    let (mut host, mut engine) = (
        Host::new(),
        Engine::new("buildings/tileset.json", settings()),
    );
    let shown = host.settle(&mut engine, &above(0.5, 5000.0), 0..10);
    assert_eq!(shown, ["buildings/content/0/0/0.glb"]);
    assert_eq!(
        host.asked,
        [
            "buildings/tileset.json",
            "buildings/subtrees/0.0.0.subtree",
            "buildings/content/0/0/0.glb"
        ]
    );
    assert_eq!(engine.root_state(), RootState::Open);
    assert!(engine.report().is_empty());
}

#[test]
fn near_the_ground_the_diagonal_is_shown_in_steps() {
    let (mut host, mut engine) = (
        Host::new(),
        Engine::new("buildings/tileset.json", settings()),
    );
    let shown = host.settle(&mut engine, &above(0.02, 160.0), 0..60);
    // The deepest level below the eye, coarser ones farther off; off the diagonal there is nothing.
    assert!(
        shown.contains(&"buildings/content/5/0/0.glb".to_owned()),
        "{shown:?}"
    );
    assert!(
        shown.contains(&"buildings/content/1/1/1.glb".to_owned()),
        "{shown:?}"
    );
    let share: f64 = shown
        .iter()
        .map(|path| {
            let level: i32 = path.split('/').nth(2).unwrap().parse().unwrap();
            0.5_f64.powi(level)
        })
        .sum();
    assert_eq!(share, 1.0, "the diagonal is covered once: {shown:?}");
    // Subtrees far from the eye were never asked for.
    assert!(
        !host
            .asked
            .iter()
            .any(|path| path.ends_with("4.15.15.subtree")),
        "{:?}",
        host.asked
    );
}

#[test]
fn a_tile_sits_where_its_region_says() {
    let (mut host, mut engine) = (
        Host::new(),
        Engine::new("buildings/tileset.json", settings()),
    );
    let view = above(0.02, 160.0);
    host.settle(&mut engine, &view, 0..60);
    let update = host.frame(&mut engine, &view, 60);
    for show in &update.show {
        let (centre, radius) = engine.bounding_sphere(show.tile).unwrap();
        let width = 6_378_137.0 * 0.0008 / f64::from(show.depth).exp2();
        assert!(radius < width + 50.0, "{radius} m at depth {}", show.depth);
        assert!(radius > 0.3 * width);
        assert_eq!(
            show.geometric_error_m,
            1600.0 / f64::from(show.depth).exp2()
        );
        assert!(centre.distance(view.position) < 10_000.0);
        assert_eq!(
            engine.placement(show.tile).unwrap().ecef_from_tile,
            glam::DMat4::IDENTITY
        );
    }
}

#[test]
fn a_missing_subtree_leaves_the_tile_above_standing() {
    let (mut host, mut engine) = (
        Host::new(),
        Engine::new("buildings/tileset.json", settings()),
    );
    host.files.remove("buildings/subtrees/2.0.0.subtree");
    let shown = host.settle(&mut engine, &above(0.02, 160.0), 0..60);
    assert!(
        shown.contains(&"buildings/content/1/0/0.glb".to_owned()),
        "{shown:?}"
    );
    assert_eq!(engine.report().count("tile-unusable"), 1);
}

#[test]
fn broken_documents_are_findings_not_panics() {
    let whole = Host::new();
    let subtree = &whole.files["buildings/subtrees/0.0.0.subtree"];
    let tileset = &whole.files["buildings/tileset.json"];
    for (path, bytes) in [
        ("buildings/subtrees/0.0.0.subtree", &subtree[..20]),
        ("buildings/subtrees/0.0.0.subtree", b"<html>".as_slice()),
        ("buildings/tileset.json", &tileset[..100]),
        ("buildings/tileset.json", b"{}".as_slice()),
        ("buildings/tileset.json", b"".as_slice()),
    ] {
        let (mut host, mut engine) = (
            Host::new(),
            Engine::new("buildings/tileset.json", settings()),
        );
        host.files.insert(path.to_owned(), bytes.to_vec());
        let shown = host.settle(&mut engine, &above(0.5, 5000.0), 0..20);
        assert_eq!(shown, [""; 0]);
        assert_eq!(engine.report().findings().len(), 1, "{:?}", engine.report());
        assert_eq!(engine.report().findings()[0].file, path);
    }
}

#[test]
fn references_out_of_the_tileset_are_refused() {
    for uri in [
        "../../secret.glb",
        "/etc/passwd",
        "https://elsewhere.example/a.glb",
        "a\\b.glb",
    ] {
        let mut engine = Engine::new("buildings/tileset.json", settings());
        let document = json!({
            "asset": { "version": "1.1" }, "geometricError": 1e6,
            "root": { "boundingVolume": { "region": REGION }, "geometricError": 10.0, "refine": "REPLACE", "content": { "uri": uri } },
        });
        let view = above(0.5, 5000.0);
        let first = engine.update(std::slice::from_ref(&view), 0);
        engine.deliver(
            first.fetch[0].id,
            Ok(Delivery::Bytes(document.to_string().into_bytes())),
        );
        let update = engine.update(std::slice::from_ref(&view), 1);
        assert_eq!(
            (update.fetch.len(), update.show.len(), update.stats.failed),
            (0, 0, 1),
            "{uri}"
        );
        assert_eq!(engine.report().count("tile-path-refused"), 1);
    }
}

#[test]
fn after_an_outage_the_user_may_try_again() {
    let impatient = Settings {
        max_retries: 1,
        retry_frames: 2,
        ..settings()
    };
    let (mut host, mut engine) = (
        Host::new(),
        Engine::new("buildings/tileset.json", impatient),
    );
    let view = above(0.5, 5000.0);
    for frame in 0..20 {
        let update = engine.update(std::slice::from_ref(&view), frame);
        for fetch in update.fetch {
            engine.deliver(fetch.id, Err(FetchFault::Passing("no network".to_owned())));
        }
    }
    assert_eq!(engine.root_state(), RootState::Failed);
    engine.try_again();
    assert_eq!(engine.root_state(), RootState::Waiting);
    let shown = host.settle(&mut engine, &view, 20..40);
    assert_eq!(shown, ["buildings/content/0/0/0.glb"]);
}

/// A tileset that names itself as its content would nest for ever.
#[test]
fn a_tileset_inside_itself_ends() {
    let mut engine = Engine::new("tileset.json", settings());
    let document = json!({
        "asset": { "version": "1.1" }, "geometricError": 1e6,
        "root": { "boundingVolume": { "sphere": [0, 0, 0, 10] }, "geometricError": 1e6, "refine": "REPLACE", "content": { "uri": "tileset.json" } },
    });
    let view = View {
        position: DVec3::ZERO,
        direction: DVec3::X,
        frustum: Vec::new(),
        pixels_per_radian: 1000.0,
    };
    let mut fetches = 0;
    for frame in 0..1000 {
        let update = engine.update(std::slice::from_ref(&view), frame);
        fetches += update.fetch.len();
        for fetch in update.fetch {
            engine.deliver(
                fetch.id,
                Ok(Delivery::Bytes(document.to_string().into_bytes())),
            );
        }
    }
    assert!(fetches < 200, "{fetches}");
    assert_eq!(engine.report().count("tileset-nested-too-deep"), 1);
}

/// A region that reaches up to a tower's top holds the eye of who flies over the roofs; the tiles' own heights do not.
#[test]
fn heights_told_by_subtrees_keep_far_tiles_coarse() {
    let high_eye = above(0.02, 3_000.0);
    let mut wanted = Vec::new();
    for told in [false, true] {
        let mut host = Host::new();
        let tileset = String::from_utf8(host.files["buildings/tileset.json"].clone()).unwrap();
        let mut document: serde_json::Value = serde_json::from_str(&tileset).unwrap();
        document["root"]["boundingVolume"]["region"][5] = json!(4_000.0);
        if told {
            document["schema"] = metadata::tile_schema();
        }
        host.files.insert(
            "buildings/tileset.json".to_owned(),
            document.to_string().into_bytes(),
        );
        let schema = TileSchema::of(Some(&metadata::tile_schema()));
        for (path, bytes) in &mut host.files {
            if path.ends_with(".subtree") {
                let mut subtree = Subtree::parse_with(bytes, &schema, &mut |_| None).unwrap();
                let tiles = subtree.tiles.count(5) as usize;
                let heights = [(metadata::Semantic::MinimumHeight, 40.0), (metadata::Semantic::MaximumHeight, 60.0)];
                let columns = heights.map(|(semantic, height_m)| (semantic, vec![height_m; tiles]));
                subtree.bounds = Some(TileBounds { columns: columns.into() });
                *bytes = write_subtree(&subtree);
            }
        }
        let mut engine = Engine::new("buildings/tileset.json", settings());
        let shown = host.settle(&mut engine, &high_eye, 0..80);
        assert!(engine.report().is_empty(), "{:?}", engine.report());
        wanted.push((shown.len(), host.asked.len()));
    }
    let [(loose_shown, loose_asked), (tight_shown, tight_asked)] = wanted[..] else {
        panic!()
    };
    assert_eq!(
        tight_shown, 1,
        "2,940 m above the ground the root is fine enough"
    );
    assert_eq!(tight_asked, 3);
    assert!(
        loose_shown > 3 && loose_asked > 10,
        "{loose_shown} {loose_asked}"
    );
}

/// An hour of flight over a wide tiling: nodes and subtrees of places left behind are forgotten.
#[test]
fn places_left_behind_are_forgotten() {
    let small = Settings {
        max_bytes: 120_000,
        ..settings()
    };
    let (mut host, mut engine) = (Host::new(), Engine::new("buildings/tileset.json", small));
    let mut largest = 0;
    for frame in 0..3000 {
        let share = 0.5 + 0.5 * (frame as f64 * 0.005).sin();
        let update = host.frame(&mut engine, &above(share, 160.0), frame);
        if frame > 500 {
            largest = largest.max(update.stats.resident_bytes);
        }
    }
    assert!(largest <= 120_000 + 16 * 10_000, "{largest}");
    let asked_again = host
        .asked
        .iter()
        .filter(|path| path.ends_with("/4.0.0.subtree"))
        .count();
    assert!(asked_again > 1, "nothing was forgotten");
    // And it still works when it comes back and has room.
    engine.settings_mut().max_bytes = 64 << 20;
    let shown = host.settle(&mut engine, &above(0.02, 160.0), 3000..3600);
    assert!(
        shown.contains(&"buildings/content/5/0/0.glb".to_owned()),
        "{shown:?}"
    );
}

/// A house over the edge of the tile that owns it is in sight where its tile's cell is not: the region that the subtree states counts, down through every subtree.
#[test]
fn what_reaches_over_its_cell_is_asked_for_where_it_is_in_sight() {
    let [west, south, east, north, low, high] = REGION;
    let at = |x: f64, y: f64, height_m: f64| {
        LonLatH::new((west + x * (east - west)).to_degrees(), (south + y * (north - south)).to_degrees(), height_m).to_ecef().0
    };
    // In sight: east of 0.3 and south of 0.1; the diagonal's cells are not there.
    let (to_east, to_north) = ((at(1.0, 0.0, low) - at(0.0, 0.0, low)).normalize(), (at(0.0, 1.0, low) - at(0.0, 0.0, low)).normalize());
    let plane = |normal: DVec3, through: DVec3| (normal, -normal.dot(through));
    let position = at(0.35, 0.05, 100.0);
    let view = View {
        position,
        direction: -position.normalize(),
        frustum: vec![plane(to_east, at(0.3, 0.0, low)), plane(-to_north, at(0.0, 0.1, low))],
        pixels_per_radian: 700.0,
    };
    let mut seen = Vec::new();
    for told in [false, true] {
        let mut host = Host::new();
        let mut document: serde_json::Value = serde_json::from_slice(&host.files["buildings/tileset.json"]).unwrap();
        document["schema"] = metadata::tile_schema();
        host.files.insert("buildings/tileset.json".to_owned(), document.to_string().into_bytes());
        for (path, bytes) in host.files.iter_mut().filter(|(path, _)| told && path.ends_with(".subtree")) {
            let place: Vec<u32> = path.trim_end_matches(".subtree").rsplit('/').next().unwrap().split('.').map(|n| n.parse().unwrap()).collect();
            let root = TileCoord::new(place[0], place[1], place[2]);
            let mut subtree = Subtree::parse(bytes).unwrap();
            let tiles = (0..2).flat_map(|level| (0..1_u64 << (2 * level)).map(move |morton| TileCoord::from_morton(level, morton)));
            let regions: Vec<[f64; 6]> = tiles
                .filter(|inner| subtree.has_tile(*inner))
                .map(|inner| {
                    let tile = root.below(inner).unwrap();
                    let share = |at: u32| f64::from(at) / f64::from(tile.level).exp2();
                    // All that hold the tile in the corner hold its house, which ends in the middle.
                    let right = if tile.x == 0 { share(tile.x + 1).max(0.5) } else { share(tile.x + 1) };
                    let (lon, lat) = (|x: f64| west + x * (east - west), |y: f64| south + y * (north - south));
                    [lon(share(tile.x)), lat(share(tile.y)), lon(right), lat(share(tile.y + 1)), low, high]
                })
                .collect();
            subtree.bounds = Some(TileBounds::of_regions(&regions));
            *bytes = write_subtree(&subtree);
        }
        let mut engine = Engine::new("buildings/tileset.json", settings());
        let shown = host.settle(&mut engine, &view, 0..80);
        assert!(engine.report().is_empty(), "{:?}", engine.report());
        seen.push(shown.contains(&"buildings/content/5/0/0.glb".to_owned()));
    }
    assert_eq!(seen, [false, true]);
}
