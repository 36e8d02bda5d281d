//! Terrains that name another one for what they lack.

use super::*;

/// The world as a terrain of one level, and a terrain of one quarter of it that is finer.
fn host(own: serde_json::Value, world: serde_json::Value) -> Host {
    let flat = |height: f32| quantized([height; 4], None);
    Host::default()
        .file("fine/layer.json", layer_json(own))
        .file("world/layer.json", layer_json(world))
        .file("world/0/0/0.terrain?v=1.1.0", flat(10.0))
        .file("world/0/1/0.terrain?v=1.1.0", flat(10.0))
        .file("world/1/3/0.terrain?v=1.1.0", flat(20.0))
        .file("fine/1/2/1.terrain?v=1.1.0", flat(300.0))
}

fn own() -> serde_json::Value {
    json!({ "available": [[], [range([2, 2], [1, 1])]], "parentUrl": "../world" })
}

fn world() -> serde_json::Value {
    json!({ "available": [[range([0, 1], [0, 0])], [range([3, 3], [0, 0])]], "attribution": "The world" })
}

/// A tile is of the first terrain that has it: the finer one in its quarter, the world around it, cut from above where neither has one.
#[test]
fn another_terrain_fills_what_one_lacks() {
    let mut host = host(own(), world());
    let mut engine = engine("fine/layer.json");
    let shown = host.settle(&mut engine, &above(45.0, 30.0, 3e6), 0);
    assert_disjoint(&shown);
    assert_eq!(shown, [(0, 0, 0, false), (1, 2, 0, true), (1, 2, 1, false), (1, 3, 0, false), (1, 3, 1, true)]);
    assert!(engine.report().findings().is_empty(), "{:?}", engine.report());
    let height = |x: u32, y: u32| host.made.values().find(|(plot, _)| (plot.spot.z, plot.spot.x, plot.spot.y) == (1, x, y)).and_then(|(_, made)| made.heights_m).unwrap()[1];
    assert!((height(2, 1) - 300.0).abs() < 1.0 && (height(3, 0) - 20.0).abs() < 1.0 && (height(2, 0) - 10.0).abs() < 1.0);
    assert_eq!(host.asked.iter().filter(|path| path.ends_with("layer.json")).count(), 2, "{:?}", host.asked);
    let plot = host.made.values().next().map(|(plot, _)| plot.clone()).unwrap();
    assert_eq!(plot.pyramid.attribution, "The world");
}

/// A tile that its own terrain promises and has not is taken from the other one.
#[test]
fn what_is_promised_and_missing_is_taken_from_the_other_terrain() {
    let mut host = host(json!({ "available": [[], [range([2, 3], [0, 1])]], "parentUrl": "../world/" }), world());
    let mut engine = engine("fine/layer.json");
    let shown = host.settle(&mut engine, &above(45.0, 30.0, 3e6), 0);
    assert_eq!(shown, [(0, 0, 0, false), (1, 2, 0, true), (1, 2, 1, false), (1, 3, 0, false), (1, 3, 1, true)]);
}

/// A terrain whose other one is missing, broken, of another projection or itself is shown as far as it goes, and says so.
#[test]
fn a_terrain_stands_without_the_one_behind_it() {
    for (name, own, world) in [
        ("itself", json!({ "available": [[range([0, 1], [0, 0])]], "parentUrl": "." }), world()),
        ("missing", json!({ "available": [[range([0, 1], [0, 0])]], "parentUrl": "../elsewhere" }), world()),
        ("outside", json!({ "available": [[range([0, 1], [0, 0])]], "parentUrl": "../../../etc" }), world()),
        ("projection", json!({ "available": [[range([0, 1], [0, 0])]], "parentUrl": "../world" }), json!({ "projection": "EPSG:3857" })),
        ("format", json!({ "available": [[range([0, 1], [0, 0])]], "parentUrl": "../world" }), json!({ "format": "heightmap-1.0" })),
    ] {
        let mut host = host(own, world).file("fine/0/0/0.terrain?v=1.1.0", quantized([5.0; 4], None)).file("fine/0/1/0.terrain?v=1.1.0", quantized([5.0; 4], None));
        let mut engine = engine("fine/layer.json");
        let shown = host.settle(&mut engine, &above(45.0, 30.0, 3e6), 0);
        assert_eq!(engine.root_state(), RootState::Open, "{name}");
        assert_eq!(shown, [(0, 0, 0, false), (0, 1, 0, false)], "{name}");
        let told: Vec<&str> = engine.report().findings().iter().map(|finding| finding.code).collect();
        assert!(told.iter().any(|code| code.starts_with("terrain-layer-")), "{name}: {told:?}");
        assert!(host.asked.len() < 40, "{name}: {}", host.asked.len());
    }
}

/// A server that does not answer is asked again as often as for anything else, and then the terrain stands alone.
#[test]
fn a_layer_that_never_comes_is_given_up() {
    let mut host = host(json!({ "available": [[range([0, 1], [0, 0])]], "parentUrl": "../world" }), world())
        .file("fine/0/0/0.terrain?v=1.1.0", quantized([5.0; 4], None))
        .file("fine/0/1/0.terrain?v=1.1.0", quantized([5.0; 4], None));
    let mut engine = engine("fine/layer.json");
    let view = above(45.0, 30.0, 3e6);
    for frame in 0..4_000 {
        let update = engine.update(std::slice::from_ref(&view), frame);
        for fetch in update.fetch {
            let body = if fetch.path == "world/layer.json" { Err(FetchFault::Passing("503".into())) } else { host.body(&engine, &fetch) };
            engine.deliver(fetch.id, body);
        }
    }
    assert_eq!(engine.root_state(), RootState::Open);
    assert_eq!(engine.update(&[view], 5_000).stats.shown, 2);
}
