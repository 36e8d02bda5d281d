//! Layers, names, presets, graphics that fail, and the flight of the benches.

use super::Running;
use crate::territory::{program, territory};
use bevy::prelude::{Assets, With};
use bevy::render::renderer::RenderDevice;
use jumeau::view::{Command, to_link};
use jumeau::viewer::lost::Kept;
use jumeau::viewer::material::TileMaterial;
use jumeau::viewer::vocab::{Eye, Scene};

/// A link from elsewhere is kept inside the territory's limits, before any command.
#[test]
fn running_a_link_cannot_lead_out_of_the_territory() {
    let running = Running::nantes("#v=1&t=1801-06-21T12:00:00Z&c=-1.55,47.2,20,50000000,0,80&lang=en");
    let scene = running.app.world().resource::<Scene>();
    let (camera, limits) = (scene.state.camera, &scene.limits);
    assert!(camera.distance_m <= limits.distance_m[1] && camera.pitch_deg <= -1.0, "{camera:?}");
    assert!(scene.state.instant >= limits.reach()[0] && scene.state.instant < limits.reach()[1]);
}

/// With every layer off the picture is the sky, and it is complete.
#[test]
fn running_without_any_layer_is_complete() {
    let mut running = Running::nantes("");
    let layers: Vec<_> = running.app.world().resource::<Scene>().manifest.layers.iter().map(|layer| layer.id.clone()).collect();
    for layer in layers {
        running.send(Command::ShowLayer { layer, visible: false });
    }
    running.complete();
    assert_eq!(running.facts().progress.shown, 0);
}

#[test]
fn running_names_what_is_seen_and_looks_under_the_ground() {
    use bevy::prelude::{MeshMaterial3d, Visibility};
    use jumeau::viewer::vocab::TilePiece;
    let mut running = Running::nantes("");
    let marks = running.facts().marks.clone();
    assert!(marks.names.len() > 5, "{marks:?}");
    assert!(marks.names.iter().all(|name| name.at.iter().all(|share| (0.0..=1.0).contains(share))), "{marks:?}");
    assert!(marks.names.iter().any(|name| name.text == "La Loire" || name.text.starts_with("Quai ")), "{marks:?}");
    assert!(marks.bar.is_some_and(|bar| bar.metres >= 10.0 && bar.pixels > 40.0), "{marks:?}");

    // Which of the tiles that are seen are glass.
    let glass = |running: &mut Running, layer: &str| -> Vec<bool> {
        let world = running.app.world_mut();
        let mut pieces = world.query::<(&TilePiece, &MeshMaterial3d<TileMaterial>, &Visibility)>();
        let shown = pieces.iter(world).filter(|(piece, _, seen)| piece.layer.as_str() == layer && **seen == Visibility::Visible);
        let handles: Vec<_> = shown.map(|(_, material, _)| material.0.clone()).collect();
        let materials = world.resource::<Assets<TileMaterial>>();
        handles.iter().map(|handle| materials.get(handle).expect("a material").key.glass).collect()
    };
    assert!(glass(&mut running, "terrain").iter().all(|glass| !glass));
    running.send(Command::SetUnderground { underground: true });
    running.frame();
    for (layer, sheer) in [("terrain", true), ("streets", true), ("buildings", false), ("tram", true)] {
        let glass = glass(&mut running, layer);
        assert!(!glass.is_empty() && glass.iter().all(|glass| *glass == sheer), "{layer} {glass:?}");
    }
    running.send(Command::SetUnderground { underground: false });
    running.frame();
    assert!(glass(&mut running, "terrain").iter().all(|glass| !glass));
}

#[test]
fn running_graphics_that_fail_keep_the_place() {
    let mut running = Running::nantes("v=1&c=-1.556,47.213,20,800,40,-30");
    let kept = running.app.world().resource::<Kept>().clone();
    assert_eq!(kept.loss(), None);
    let place = to_link(&running.state());
    let before = running.app.world().resource::<Scene>().state.camera;
    let device = running.app.world().resource::<RenderDevice>().clone();
    device.wgpu_device().destroy();
    for _ in 0..200 {
        running.frame();
        // Its driver says so when it is asked the next time, and a device that is gone may answer anything.
        let _ = device.poll(wgpu::PollType::Poll);
        if kept.loss().is_some() {
            break;
        }
    }
    let loss = kept.loss().expect("the loss of a device is noticed");
    assert_eq!((loss.link, loss.out_of_memory), (place, false));
    assert!(running.app.should_exit().is_some_and(|exit| exit.is_error()), "the program ends instead of standing still");
    // What is opened by that link is what was seen.
    let again = Running::nantes(&kept.loss().expect("still there").link);
    let after = again.app.world().resource::<Scene>().state.camera;
    assert!((after.heading_deg - before.heading_deg).abs() < 0.1 && (after.target[0] - before.target[0]).abs() < 1e-5, "{after:?} {before:?}");
}

#[test]
fn running_draws_with_the_preset_that_was_chosen() {
    use bevy::light::DirectionalLightShadowMap;
    use bevy::render::view::Msaa;
    use jumeau::view::Quality;
    use jumeau::viewer::quality::{Cost, QualityPlugin};
    let mut running = Running::nantes("");
    bevy::prelude::Plugin::build(&QualityPlugin, &mut running.app);
    for (quality, samples, texels) in [(Quality::Mobile, 1, 1024), (Quality::Presentation, 4, 4096), (Quality::Laptop, 4, 2048)] {
        running.send(Command::SetQuality { quality });
        running.frame();
        assert_eq!(running.facts().quality, quality);
        let world = running.app.world_mut();
        assert_eq!(world.resource::<DirectionalLightShadowMap>().size, texels);
        assert_eq!(world.resource::<Cost>().samples, samples);
        let mut eyes = world.query_filtered::<&Msaa, With<Eye>>();
        assert_eq!(eyes.single(world).ok().map(Msaa::samples), Some(samples));
    }
    // Left to itself, it names what it has picked.
    running.send(Command::SetQuality { quality: Quality::Auto });
    running.complete();
    assert_ne!(running.facts().quality, Quality::Auto);
}

/// The flight of the benches: every height stood still and flown, memory looked at all the way, nothing more than its ceiling held.
#[test]
fn running_flight_measures_every_height() {
    let output = program()
        .args(["fly"])
        .arg(territory())
        .args(["--seconds", "6", "--size", "96x54", "--sse", "64", "--quality", "mobile", "--memory", "256", "--json"])
        .output()
        .expect("the viewer starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let flown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one JSON document");
    assert!(flown["start"]["all_tiles_s"].as_f64().is_some_and(|seconds| seconds > 0.0), "{}", flown["start"]);
    for still in flown["still"].as_array().expect("the still views") {
        assert!(still["complete"] == true && still["tiles"].as_u64() > Some(0) && still["frames"].as_u64() >= Some(5), "{still}");
        assert!(still["frame_ms"]["median"].as_f64() > Some(0.0), "{still}");
    }
    // The whole territory with another hour in each frame: nothing is asked for, nothing handed over.
    let whole = &flown["whole"];
    assert!(whole["features"].as_u64() > Some(1_000) && whole["searched_s"].as_f64() < Some(100.0), "{whole}");
    assert!(["all", "memory", "time"].contains(&whole["ended"].as_str().unwrap_or_default()), "{whole}");
    let slider = &whole["slider"];
    assert!(slider["requests"] == 0 && slider["uploads"] == 0, "{slider}");
    assert!(slider["ratio"]["median"].as_f64() > Some(0.0) && slider["moved_ms"]["p99"].as_f64() > Some(0.0), "{slider}");
    assert!(!cfg!(target_os = "linux") || slider["cpu_ms"]["main"].as_f64() > Some(0.0), "{slider}");
    let frames = flown["flight"]["frames"].as_u64().expect("a count of frames");
    let heights = flown["flight"]["heights"].as_array().expect("the heights");
    assert_eq!(heights.iter().filter_map(|height| height["frames"].as_u64()).sum::<u64>(), frames);
    let memory = flown["memory"].as_array().expect("the memory");
    assert!(memory.len() >= 2);
    for sample in memory {
        assert!(sample["resident_bytes"].as_u64().is_some_and(|bytes| bytes > 0 && bytes <= 256 << 20), "{sample}");
        assert!(sample["failed"] == 0 && sample["screen_space_error"].as_f64() >= Some(64.0), "{sample}");
    }
}
