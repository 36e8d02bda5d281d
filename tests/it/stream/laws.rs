//! Laws that hold for any tree, camera, latency and fault.

use super::world::{Answer, Tile, World, eye, settings};
use jumeau::base::Rng;
use jumeau::stream::{Engine, Settings, TileId, Update, View};
use std::collections::{BTreeMap, HashSet};

const WIDTH: f64 = 1024.0;

struct Case {
    empties: bool,
    adds: bool,
    faults: bool,
    max_bytes: u64,
    frames: u64,
    /// Longest wait for an answer, frames.
    latency: u64,
    /// The camera moves once in so many frames.
    rest: u64,
}

fn pick(rng: &mut Rng, count: u64) -> u64 {
    rng.next_u64() % count
}

fn tree(
    rng: &mut Rng,
    case: &Case,
    name: String,
    span: (f64, f64),
    error: f64,
    depth: u32,
) -> Tile {
    let mut tile = Tile {
        empty: case.empties && depth > 0 && pick(rng, 4) == 0,
        add: case.adds && pick(rng, 5) == 0,
        name,
        error,
        span,
        ..Tile::default()
    };
    if depth < 5 && (depth == 0 || pick(rng, 5) > 0) {
        let count = 1 + pick(rng, 4);
        let width = (span.1 - span.0) / count as f64;
        for index in 0..count {
            let low = span.0 + width * index as f64;
            let child = format!("{}{index}", tile.name);
            let error = error * rng.range(0.3, 0.7);
            tile.children
                .push(tree(rng, case, child, (low, low + width), error, depth + 1));
        }
    }
    tile
}

fn camera(rng: &mut Rng, before: Option<&View>) -> View {
    let (at, above) = match before {
        // Mostly it glides, now and then it jumps.
        Some(view) if pick(rng, 4) > 0 => (
            (view.position.x + rng.range(-40.0, 40.0)).clamp(0.0, WIDTH),
            (view.position.z * rng.range(0.8, 1.25)).clamp(5.0, 4000.0),
        ),
        _ => (rng.range(0.0, WIDTH), 5.0 * rng.range(0.0, 6.5).exp()),
    };
    eye(at, above, (at - above, at + above))
}

/// Flies through a random world and hands every frame to `judge`.
fn fly(
    seed: u64,
    case: &Case,
    settings: Settings,
    mut judge: impl FnMut(&World, &Engine, &View, &Update, &BTreeMap<String, TileId>),
) {
    let mut rng = Rng::new(seed);
    let root = tree(&mut rng, case, "t".to_owned(), (0.0, WIDTH), 600.0, 0);
    let mut world = World::new(root);
    let mut names = Vec::new();
    world.root().walk(&mut Vec::new(), &mut |path| {
        names.push(path[path.len() - 1].name.clone())
    });
    if case.faults {
        for name in names {
            let answer = match pick(&mut rng, 10) {
                0 if name != "t" => Answer::Missing,
                1 => Answer::Busy(2),
                _ => Answer::Good,
            };
            world.answers.insert(format!("{name}.glb"), answer);
        }
    }
    let mut engine = Engine::new("tileset.json", settings);
    let mut view = camera(&mut rng, None);
    for frame in 0..case.frames {
        if pick(&mut rng, case.rest) == 0 {
            view = camera(&mut rng, Some(&view));
        }
        world.latency = 1 + pick(&mut rng, case.latency);
        world.size = 500 + pick(&mut rng, 1000);
        world.deliver(&mut engine, frame);
        let update = engine.update(std::slice::from_ref(&view), frame);
        for tile in &update.evict {
            assert!(
                update.show.iter().all(|show| show.tile != *tile),
                "seed {seed}: evicts what it shows"
            );
        }
        world.take(&update, frame);
        let shown: BTreeMap<String, TileId> = update
            .show
            .iter()
            .map(|show| (super::world::name(&engine, show.tile), show.tile))
            .collect();
        assert_eq!(
            shown.len(),
            update.show.len(),
            "seed {seed}: a tile is shown twice"
        );
        for tile in shown.values() {
            assert!(
                world.held.contains_key(tile),
                "seed {seed}: shows what the host does not hold"
            );
        }
        judge(&world, &engine, &view, &update, &shown);
    }
}

/// How many shown tiles each path to a leaf in view has; empty leaves have nothing to show and do not count.
fn covers(world: &World, view: &View, shown: &HashSet<&str>) -> Vec<(String, usize)> {
    let in_view = |tile: &Tile| {
        let (low, high) = (-view.frustum[0].1, view.frustum[1].1);
        tile.span.1 >= low && tile.span.0 <= high
    };
    let mut covers = Vec::new();
    world.root().walk(&mut Vec::new(), &mut |path| {
        let leaf = path[path.len() - 1];
        if leaf.children.is_empty() && !leaf.empty && path.iter().all(|tile| in_view(tile)) {
            let count = path
                .iter()
                .filter(|tile| shown.contains(tile.name.as_str()))
                .count();
            covers.push((leaf.name.clone(), count));
        }
    });
    covers
}

fn check_cover(case: &Case, seeds: std::ops::Range<u64>) {
    for seed in seeds {
        let mut begun = false;
        let settings = Settings {
            max_bytes: case.max_bytes,
            max_requests: 4,
            retry_frames: 3,
            ..settings()
        };
        fly(seed, case, settings, |world, _, view, update, shown| {
            let shown: HashSet<&str> = shown.keys().map(String::as_str).collect();
            begun |= shown.contains("t");
            for (leaf, count) in covers(world, view, &shown) {
                assert!(
                    count <= 1,
                    "seed {seed}: {leaf} is covered {count} times by {shown:?}"
                );
                assert!(
                    !begun || count == 1,
                    "seed {seed}: a hole at {leaf} in {shown:?}, {:?}",
                    update.stats
                );
            }
        });
    }
}

#[test]
fn shown_tiles_cover_the_view_once() {
    let case = Case {
        empties: false,
        adds: false,
        faults: false,
        max_bytes: 64 << 20,
        frames: 150,
        latency: 9,
        rest: 5,
    };
    check_cover(&case, 0..150);
}

#[test]
fn shown_tiles_cover_the_view_once_with_faults_and_empty_tiles() {
    let case = Case {
        empties: true,
        adds: false,
        faults: true,
        max_bytes: 64 << 20,
        frames: 150,
        latency: 9,
        rest: 5,
    };
    check_cover(&case, 1000..1150);
}

#[test]
fn shown_tiles_cover_the_view_once_when_memory_is_short() {
    let case = Case {
        empties: true,
        adds: false,
        faults: true,
        max_bytes: 150_000,
        frames: 150,
        latency: 9,
        rest: 5,
    };
    check_cover(&case, 2000..2150);
}

/// Long enough for tiles to be forgotten while others of their branch are shown.
#[test]
fn forgetting_makes_no_hole_either() {
    let case = Case {
        empties: true,
        adds: false,
        faults: true,
        max_bytes: 60_000,
        frames: 3000,
        latency: 600,
        rest: 250,
    };
    check_cover(&case, 6000..6060);
}

/// A random world after the camera has rested for all frames of the case; `adjust` sees the engine and its last answer before each of them.
fn rested(
    seed: u64,
    case: &Case,
    mut adjust: impl FnMut(&mut Engine, &Update),
) -> (World, Engine, View, Update) {
    let mut rng = Rng::new(seed);
    let root = tree(&mut rng, case, "t".to_owned(), (0.0, WIDTH), 600.0, 0);
    let mut world = World::new(root);
    let mut engine = Engine::new("tileset.json", settings());
    let view = camera(&mut rng, None);
    let mut last = Update::default();
    for frame in 0..case.frames {
        world.deliver(&mut engine, frame);
        adjust(&mut engine, &last);
        last = engine.update(std::slice::from_ref(&view), frame);
        world.take(&last, frame);
    }
    (world, engine, view, last)
}

#[test]
fn a_picture_is_complete_some_time_after_the_camera_rests() {
    for seed in 3000..3100 {
        let case = Case {
            empties: true,
            adds: true,
            faults: true,
            max_bytes: 64 << 20,
            frames: 400,
            latency: 9,
            rest: 5,
        };
        let (world, engine, view, last) = rested(seed, &case, |_, _| {});
        assert_eq!(last.stats.waiting, 0, "seed {seed}: {:?}", last.stats);
        assert_eq!(last.fetch, []);
        // Every tile shown is fine enough or has nothing finer.
        let shown: HashSet<String> = last
            .show
            .iter()
            .map(|show| super::world::name(&engine, show.tile))
            .collect();
        world.root().walk(&mut Vec::new(), &mut |path| {
            let tile = path[path.len() - 1];
            let beside = (tile.span.0 - view.position.x)
                .max(view.position.x - tile.span.1)
                .max(0.0);
            let fine = tile.error <= beside.hypot(view.position.z);
            if shown.contains(&tile.name) && !tile.add {
                assert!(
                    fine || tile.children.is_empty(),
                    "seed {seed}: {} is too coarse",
                    tile.name
                );
            }
        });
    }
}

/// What an engine says it needs is enough to complete its picture, whoever shares the memory out.
#[test]
fn an_engine_that_gets_what_it_needs_completes_its_picture() {
    for seed in 7000..7100 {
        let case = Case {
            empties: true,
            adds: true,
            faults: false,
            max_bytes: 64 << 20,
            frames: 400,
            latency: 9,
            rest: 400,
        };
        let (.., last) = rested(seed, &case, |engine, before| {
            engine.settings_mut().max_bytes = before.stats.needed_bytes * 11 / 10;
        });
        assert_eq!(last.stats.waiting, 0, "seed {seed}: {:?}", last.stats);
        let error = last.stats.screen_space_error / settings().screen_space_error;
        assert!(error < 1.1, "seed {seed}: the picture is {error} times too coarse");
    }
}

#[test]
fn memory_stays_below_the_ceiling_once_there_is_a_picture() {
    for seed in 4000..4080 {
        let case = Case {
            empties: false,
            adds: true,
            faults: false,
            max_bytes: 260_000,
            frames: 150,
            latency: 9,
            rest: 5,
        };
        let settings = Settings {
            max_bytes: case.max_bytes,
            max_requests: 4,
            ..settings()
        };
        let mut over = 0;
        fly(seed, &case, settings, |world, _, _, update, _| {
            let held: u64 = world.held.values().sum();
            assert!(
                update.stats.resident_bytes >= held,
                "seed {seed}: uncounted memory"
            );
            assert_eq!(
                update.stats.resident_tiles,
                world.held.len(),
                "seed {seed}: miscounted tiles"
            );
            // What is urgent may still come, a request's worth each.
            assert!(
                update.stats.resident_bytes <= case.max_bytes + 4 * 1500,
                "seed {seed}: {:?}",
                update.stats
            );
            over += usize::from(update.stats.resident_bytes > case.max_bytes);
        });
        assert!(
            over < 50,
            "seed {seed}: over the ceiling for {over} of 150 frames"
        );
    }
}

#[test]
fn while_tiles_fade_something_opaque_is_always_there() {
    for seed in 5000..5080 {
        let case = Case {
            empties: false,
            adds: false,
            faults: false,
            max_bytes: 64 << 20,
            frames: 150,
            latency: 9,
            rest: 5,
        };
        let mut begun = false;
        let settings = Settings {
            fade_frames: 6,
            ..settings()
        };
        fly(seed, &case, settings, |world, _, view, update, shown| {
            let fading: HashSet<TileId> = update
                .fade
                .iter()
                .inspect(|fade| assert!((0.0..1.0).contains(&fade.opacity)))
                .map(|fade| fade.tile)
                .collect();
            begun |= shown.contains_key("t");
            let opaque: HashSet<&str> = shown
                .iter()
                .filter(|(_, tile)| !fading.contains(tile))
                .map(|(name, _)| name.as_str())
                .collect();
            for (leaf, count) in covers(world, view, &opaque) {
                assert!(!begun || count >= 1, "seed {seed}: {leaf} shines through");
            }
        });
    }
}
