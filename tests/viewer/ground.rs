//! What is laid on ground that is opened by itself: vectors of others follow it, pictures cover it.

use super::foreign::hill;
use super::running::Running;
use super::server::{Reply, serve};
use super::vector_tile::{Drawn, tile};
use image::ImageEncoder;
use jumeau::formats::webtiles::{WebTile, from_lonlat};
use jumeau::io::Location;
use jumeau::viewer::Smoothing;
use jumeau::viewer::open::Opening;
use jumeau::viewer::patience::Patience;
use jumeau::viewer::resident::Resident;
use jumeau::viewer::snapshot::{Picture, Request, take};
use std::path::Path;

const WIDTH: u32 = 240;
const HEIGHT: u32 = 135;

fn opening(over: &[&str]) -> Opening {
    Opening { tileset: Some("tiles.json".to_owned()), name: "hill".to_owned(), over: over.iter().map(|over| (*over).to_owned()).collect(), ..Opening::default() }
}

fn picture(folder: &Path, over: &[&str]) -> Picture {
    let request = Request {
        location: Location::Folder(folder.to_owned()),
        opening: opening(over),
        width: WIDTH,
        height: HEIGHT,
        screen_space_error: 16.0,
        smoothing: Smoothing(1),
        patience: Patience::default(),
    };
    take(request).expect("a picture")
}

fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, bytes).expect("a file");
}

/// Tiles of vectors over the hill: a meadow all over, and two motorways across each.
fn roads(folder: &Path) {
    let parent = WebTile::at(8, from_lonlat(5.9, 45.1));
    for at in std::iter::once(parent).chain(parent.children()) {
        let bytes = tile(4096, &[
            ("meadow", &[("pré", Drawn::Area(vec![[0, 0], [4096, 0], [4096, 4096], [0, 4096]]))]),
            ("motorway", &[("A 41", Drawn::Line(vec![[0, 2048], [4096, 2048]])), ("A 43", Drawn::Line(vec![[2048, 0], [2048, 4096]]))]),
        ]);
        write(&folder.join(format!("roads/{}/{}/{}.pbf", at.z, at.x, at.y)), &bytes);
    }
    // Where nobody says where tiles are, the levels above their first are looked through from nearby only.
    let hill: serde_json::Value = serde_json::from_slice(&std::fs::read(folder.join("tiles.json")).expect("the hill")).expect("JSON");
    let document = serde_json::json!({
        "tilejson": "3.0.0", "tiles": ["{z}/{x}/{y}.pbf"], "vector_layers": [], "minzoom": 8, "maxzoom": 9, "attribution": "Somebody", "bounds": hill["bounds"],
    });
    write(&folder.join("roads/tiles.json"), document.to_string().as_bytes());
}

/// Pictures of one colour; of level 8 only, so that finer ground takes them from above.
fn red(folder: &Path, side: u32) {
    let at = WebTile::at(8, from_lonlat(5.9, 45.1));
    let mut png = Vec::new();
    let pixels: Vec<u8> = (0..side * side).flat_map(|_| [220, 30, 20]).collect();
    image::codecs::png::PngEncoder::new(&mut png).write_image(&pixels, side, side, image::ExtendedColorType::Rgb8).expect("a picture");
    write(&folder.join(format!("red/{}/{}/{}.png", at.z, at.x, at.y)), &png);
}

fn share(picture: &Picture, like: impl Fn([u8; 3]) -> bool) -> f64 {
    let pixels = picture.rgb.as_chunks::<3>().0;
    pixels.iter().filter(|pixel| like(**pixel)).count() as f64 / pixels.len() as f64
}

fn is_red([r, g, b]: [u8; 3]) -> bool {
    i32::from(r) > 2 * i32::from(g.max(b))
}

/// Every corner and every middle of what is laid is as high as the ground there, give or take the hand that it lies above it.
#[test]
fn vectors_follow_ground_that_is_not_flat() {
    let folder = hill();
    roads(folder.path());
    let mut running = Running::opened(&folder.path().display().to_string(), opening(&["roads/tiles.json"]));
    running.complete();
    let resident = running.resource::<Resident>();
    let [ground, vectors] = [&resident.layers[0], &resident.layers[1]];
    let heights_over = |at: glam::DVec3| {
        let up = jumeau::geodesy::Ecef(at).to_lonlath();
        let above = jumeau::geodesy::LonLatH::new(up.lon_deg, up.lat_deg, 9_000.0).to_ecef().0;
        let only = |kind| kind == jumeau::formats::territory::LayerKind::Terrain;
        let hit = jumeau::viewer::resident::nearest_hit(resident, above, -above.normalize(), only);
        hit.map(|hit| up.height_m - (9_000.0 - hit.distance))
    };
    assert!(ground.tiles.values().any(|tile| tile.shown));
    let (mut asked, mut low, mut high) = (0, f64::MAX, f64::MIN);
    for mesh in vectors.tiles.values().filter(|tile| tile.shown).flat_map(|tile| &tile.meshes) {
        for triangle in mesh.bvh.triangles().step_by(97) {
            let corners = triangle.map(|at| mesh.bvh.position(at).unwrap().as_dvec3());
            let middle = mesh.ecef_from_mesh.transform_point3((corners[0] + corners[1] + corners[2]) / 3.0);
            let Some(above) = heights_over(middle) else { continue };
            assert!((-2.0..40.0).contains(&above), "{above} m");
            asked += 1;
            let height_m = jumeau::geodesy::Ecef(middle).to_lonlath().height_m;
            (low, high) = (low.min(height_m), high.max(height_m));
        }
    }
    assert!(asked > 100 && high - low > 1_000.0, "{asked} asked, from {low} to {high} m");
}

/// Hidden ground: what lay on it lies flat; and back.
#[test]
fn vectors_lie_flat_while_the_ground_is_hidden() {
    let folder = hill();
    roads(folder.path());
    let mut running = Running::opened(&folder.path().display().to_string(), opening(&["roads/tiles.json"]));
    running.complete();
    let extent = |running: &Running| {
        let resident = running.resource::<Resident>();
        let shown = resident.layers[1].tiles.values().filter(|tile| tile.shown).flat_map(|tile| &tile.meshes);
        let heights = shown.flat_map(|mesh| mesh.bvh.positions().map(|at| {
            let ecef = mesh.ecef_from_mesh.transform_point3(at.as_dvec3());
            jumeau::geodesy::Ecef(ecef).to_lonlath().height_m
        }).collect::<Vec<_>>());
        let (low, high) = heights.fold((f64::MAX, f64::MIN), |(low, high), at| (low.min(at), high.max(at)));
        high - low
    };
    let draped = extent(&running);
    for (visible, flat) in [(false, true), (true, false)] {
        running.send(jumeau::view::Command::ShowLayer { layer: "tileset".into(), visible });
        running.complete();
        let now = extent(&running);
        assert!(if flat { now < 100.0 } else { (now - draped).abs() < 1.0 && now > 1_000.0 }, "{now} m, {draped} m before");
    }
}

/// What a person sees: the meadow and the motorway on the hill, on its far side as well as in front.
#[test]
fn the_hill_wears_its_roads() {
    let folder = hill();
    roads(folder.path());
    let picture = picture(folder.path(), &["roads/tiles.json"]);
    assert!(picture.faults.is_empty(), "{:?}", picture.faults);
    assert!(picture.credits.iter().any(|credit| credit.contains("Somebody")), "{:?}", picture.credits);
    // A meadow all over it: the picture is another one where the ground is, and no other where it is not.
    let bare = self::picture(folder.path(), &[]);
    let pixels = |picture: &Picture| picture.rgb.as_chunks::<3>().0.to_vec();
    let differs = |(a, b): &([u8; 3], [u8; 3])| a.iter().zip(b).any(|(a, b)| a.abs_diff(*b) > 8);
    let (now, before) = (pixels(&picture), pixels(&bare));
    let changed = now.iter().copied().zip(before.iter().copied()).filter(differs).count() as f64;
    let corner = before[0];
    let ground = before.iter().filter(|pixel| differs(&(**pixel, corner))).count() as f64;
    assert!(ground > 1_000.0 && changed > 0.8 * ground && changed < 1.05 * ground, "{changed} of {ground}");
}

/// Pictures on a lone terrain, whatever their size, from a template and from above where there is none.
#[test]
fn pictures_cover_ground_that_is_opened_by_itself() {
    for side in [256, 512] {
        let folder = hill();
        red(folder.path(), side);
        let bare = picture(folder.path(), &[]);
        let covered = picture(folder.path(), &["red/{z}/{x}/{y}.png"]);
        assert!(covered.faults.is_empty(), "{:?}", covered.faults);
        let (before, after) = (share(&bare, is_red), share(&covered, is_red));
        assert!(before < 0.001 && after > 0.2, "{side} pixels: {before} before, {after} after");
    }
}

/// The same from a server on another address than the ground's: a template with its rows from the south, and a description of vectors.
#[test]
fn pictures_and_vectors_of_a_server_lie_on_ground_from_the_disk() {
    let (ground, elsewhere) = (hill(), hill());
    red(elsewhere.path(), 256);
    roads(elsewhere.path());
    let (address, asked) = served(elsewhere.path());
    let bare = picture(ground.path(), &[]);
    let covered = picture(ground.path(), &[&format!("{address}red/{{z}}/{{x}}/{{y}}.png?key=a%20b")]);
    assert!(covered.faults.is_empty(), "{:?}", covered.faults);
    assert!(share(&bare, is_red) < 0.001 && share(&covered, is_red) > 0.2);
    let paths: Vec<String> = asked.try_iter().collect();
    let description = r#"{"tilejson":"3.0.0","tiles":["red/{z}/{x}/{y}.png"],"format":"png","attribution":"Somebody else","minzoom":8,"maxzoom":8}"#;
    write(&elsewhere.path().join("red.json"), description.as_bytes());
    let described = picture(ground.path(), &[&format!("{address}red.json")]);
    assert!(share(&described, is_red) > 0.2 && described.credits.contains(&"Somebody else".to_owned()), "{:?} {:?}", described.credits, described.faults);
    assert!(!paths.is_empty() && paths.iter().all(|path| path.starts_with("red/") && path.ends_with("?key=a%20b")), "{paths:?}");
    let roads = picture(ground.path(), &[&format!("{address}roads/tiles.json")]);
    assert!(roads.faults.is_empty(), "{:?}", roads.faults);
    let covered = bare.rgb.as_chunks::<3>().0.iter().zip(roads.rgb.as_chunks::<3>().0).filter(|(a, b)| a != b).count();
    assert!(covered > bare.rgb.len() / 3 / 5, "{covered}");
    assert!(roads.credits.iter().any(|credit| credit == "Somebody"), "{:?}", roads.credits);
    assert!(asked.try_iter().any(|path| path.ends_with(".pbf")));
}

/// Gives the files of a folder until the test ends, and tells what it was asked for.
fn served(folder: &Path) -> (String, std::sync::mpsc::Receiver<String>) {
    let (seen, asked) = std::sync::mpsc::channel();
    let folder = folder.to_owned();
    let address = serve(move |path| {
        // A test that no longer asks is no fault.
        let _ = seen.send(path.to_owned());
        Reply::file(&folder.join(path.split('?').next().unwrap_or_default()))
    });
    (address, asked)
}

/// What cannot be laid is told, and the ground is there all the same.
#[test]
fn what_cannot_be_laid_is_told() {
    let folder = hill();
    let cases = [("nowhere/tiles.json", "error-over"), ("tiles.json", "error-over"), ("ftp://e.org/{z}/{x}/{y}.png", "error-over"), ("nowhere/{z}/{x}/{y}.png", "error-imagery-none")];
    for (over, code) in cases {
        let picture = picture(folder.path(), &[over]);
        assert!(picture.faults.iter().any(|fault| fault.key == code), "{over}: {:?}", picture.faults);
    }
}
