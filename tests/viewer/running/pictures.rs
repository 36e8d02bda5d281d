//! Pictures from above, laid on the ground.

use super::Running;
use crate::territory::copy;
use bevy::prelude::Assets;
use jumeau::formats::webtiles::{self, WebTile};
use jumeau::view::Command;
use jumeau::viewer::material::TileMaterial;
use jumeau::viewer::vocab::Ground;

/// A JPEG of one colour.
fn one_colour(colour: [u8; 3]) -> Vec<u8> {
    let pixels: Vec<u8> = std::iter::repeat_n(colour, 256 * 256).flatten().collect();
    let mut bytes = Vec::new();
    jpeg_encoder::Encoder::new(&mut bytes, 90).encode(&pixels, 256, 256, jpeg_encoder::ColorType::Rgb).expect("a JPEG");
    bytes
}

/// The default territory with two pictures from above, red in 2020 and blue in 2010, of one tile each at level 12.
fn photographed() -> (tempfile::TempDir, [f64; 4]) {
    let copy = copy();
    let text = std::fs::read(copy.path().join("territory.json")).expect("a manifest");
    let mut manifest: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let home = &manifest["home"];
    let at = webtiles::from_lonlat(home["lon"].as_f64().expect("degrees"), home["lat"].as_f64().expect("degrees"));
    let tile = WebTile::at(12, at);
    let ([west, north], side) = (tile.corner(), WebTile::side_m(12));
    let (low, high) = (webtiles::to_lonlat([west, north - side]), webtiles::to_lonlat([west + side, north]));
    let bounds = [low[0], low[1], high[0], high[1]];
    let picture = |id: &str, date: &str| {
        serde_json::json!({
            "id": id, "name": { "fr": "Photo", "en": "Photo" }, "tiles": format!("imagery/{id}/{{z}}/{{x}}/{{y}}.jpg"), "tilejson": "",
            "tile_size": 256, "min_zoom": 12, "max_zoom": 12, "bounds_lonlat": bounds, "date": date, "dataset": "photo", "count": 1, "bytes": 1,
        })
    };
    manifest["imagery"] = serde_json::json!([picture("old", "2010"), picture("new", "2020")]);
    for (id, colour) in [("old", [0, 0, 200]), ("new", [200, 0, 0])] {
        let path = copy.path().join("imagery").join(id).join(tile.path("{z}/{x}/{y}.jpg"));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, one_colour(colour)).expect("a tile");
    }
    std::fs::remove_file(copy.path().join("territory.json")).expect("a link");
    std::fs::write(copy.path().join("territory.json"), manifest.to_string()).expect("a manifest");
    (copy, bounds)
}

/// Pieces of ground with a picture, and all of them.
fn pictured(running: &mut Running) -> (usize, usize) {
    let world = running.app.world_mut();
    let mut query = world.query::<(&Ground, &bevy::prelude::Visibility)>();
    let pieces: Vec<Ground> = query.iter(world).filter(|(_, visibility)| **visibility != bevy::prelude::Visibility::Hidden).map(|(ground, _)| ground.clone()).collect();
    let materials = world.resource::<Assets<TileMaterial>>();
    let with = pieces.iter().filter(|ground| materials.get(&ground.solid).is_some_and(|material| material.key.picture)).count();
    (with, pieces.len())
}

#[test]
fn running_the_newest_picture_lies_on_the_ground_until_it_is_switched_off() {
    let (copy, bounds) = photographed();
    let mut running = Running::open(&copy.path().display().to_string(), "");
    running.complete();
    let hidden: Vec<&str> = running.state().hidden.iter().map(|id| id.as_str()).collect();
    assert!(hidden.contains(&"old") && !hidden.contains(&"new"), "{hidden:?}");
    let (with, all) = pictured(&mut running);
    // Ground beyond the picture keeps its own colours.
    assert!(with > 10 && with < all, "{with} of {all}");
    let world = running.app.world_mut();
    let low = webtiles::from_lonlat(bounds[0], bounds[1]);
    let high = webtiles::from_lonlat(bounds[2], bounds[3]);
    let mut query = world.query::<&Ground>();
    let pieces: Vec<Ground> = query.iter(world).cloned().collect();
    let materials = world.resource::<Assets<TileMaterial>>();
    for ground in &pieces {
        let reaches = (0..2).all(|k| ground.rect.max[k] > low[k] && ground.rect.min[k] < high[k]);
        assert!(reaches || !materials.get(&ground.solid).expect("a material").key.picture);
        assert!(ground.rect.size().iter().all(|side| *side > 1.0));
    }
    running.send(Command::ShowLayer { layer: "new".into(), visible: false });
    running.complete();
    assert_eq!(pictured(&mut running).0, 0);
    running.send(Command::ShowLayer { layer: "old".into(), visible: true });
    running.complete();
    assert!(pictured(&mut running).0 > 10);
}

#[test]
fn running_a_picture_whose_tiles_are_missing_or_damaged_leaves_the_ground_bare() {
    let (copy, _) = photographed();
    std::fs::remove_dir_all(copy.path().join("imagery/old")).expect("a folder");
    let mut running = Running::open(&copy.path().display().to_string(), "");
    running.complete();
    running.send(Command::ShowLayer { layer: "old".into(), visible: true });
    running.send(Command::ShowLayer { layer: "new".into(), visible: false });
    running.complete();
    assert_eq!(pictured(&mut running).0, 0);
}
