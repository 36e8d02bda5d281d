//! Search in the running viewer: an address is typed, found, flown to and chosen.

use super::running::Running;
use super::territory::copy;
use bevy::time::TimeUpdateStrategy;
use jumeau::formats::search::{House, Kind, Locality, Spot};
use jumeau::search::build::{Named, build};
use jumeau::search::{Hit, Remark};
use jumeau::view::{Command, HOUSE_M, Selection};
use jumeau::viewer::vocab::{DrawnCamera, Scene};
use std::path::Path;
use std::time::Duration;

const HOUSE: &str = "BATIMENT0000000302930441";
const FRAMES_PER_SECOND: u32 = 60;

/// An index of one street with one house in the middle of the opening view.
fn index(folder: &Path) -> [f64; 2] {
    let path = folder.join("territory.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect("reads")).expect("is JSON");
    let at = ["lon", "lat"].map(|key| manifest["home"][key].as_f64().expect("a number") + 0.001);
    let spot = Spot::at(at, 60.0);
    let house = House { number: 12, spot, building: HOUSE.to_owned(), ..House::default() };
    let locality = Locality { name: "Nantes".to_owned(), code: "44109".to_owned(), postcode: "44000".to_owned() };
    let street = Named { name: "Rue des Lilas".to_owned(), kind: Kind::Street, locality: Some(locality), spot, span_m: 120, weight: 1, feature: None, houses: vec![house] };
    let built = build(vec![street], "buildings");
    for (part, bytes) in &built.files {
        let file = folder.join("search").join(part.path());
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        std::fs::write(file, bytes).expect("writes");
    }
    manifest["search"] = serde_json::json!({ "path": "search", "names": 1, "addresses": 1, "files": 4, "bytes": 1, "index_bytes": 1, "datasets": [] });
    // The file is a link: it is replaced, not written into.
    std::fs::remove_file(&path).expect("removes");
    std::fs::write(&path, manifest.to_string()).expect("writes");
    at
}

fn find(running: &mut Running, query: &str) -> Vec<Hit> {
    running.send(Command::Find { query: query.to_owned() });
    for _ in 0..5_000 {
        running.frame();
        if let Some(search) = running.facts().search.as_ref().filter(|search| !search.is_waiting && search.query == query) {
            return search.answer.hits.clone();
        }
    }
    panic!("no answer to {query}: {:?} {:?}", running.facts().search, running.facts().faults);
}

#[test]
fn an_address_is_found_and_the_camera_is_at_the_house_within_three_seconds() {
    let folder = copy();
    let _ = std::fs::remove_dir_all(folder.path().join("search"));
    let at = index(folder.path());
    let mut running = Running::open(&folder.path().display().to_string(), "");
    running.complete();
    let hits = find(&mut running, "12 rue des lilas");
    let hit = hits.first().expect("an answer");
    assert_eq!((hit.label.as_str(), hit.remark), ("12 rue des Lilas", Remark::None));
    assert_eq!(find(&mut running, "14 rue des lilas").first().map(|hit| hit.remark), Some(Remark::NumberUnknown));
    assert!(find(&mut running, "rue inconnue").is_empty());

    // Simulated time: each frame is a sixtieth of a second, however long it takes.
    running.app.insert_resource(TimeUpdateStrategy::ManualDuration(Duration::from_secs(1) / FRAMES_PER_SECOND));
    running.app.world_mut().resource_mut::<DrawnCamera>().at_once = false;
    running.frame();
    let selection = hit.feature.clone().map(|(layer, id)| Selection { layer: layer.as_str().into(), id });
    running.send(Command::GoTo { at: hit.at, span_m: hit.span_m, selection });
    running.frame();
    assert_eq!(running.state().selection.as_ref().map(|chosen| chosen.id.as_str()), Some(HOUSE));
    let mut frames = 1;
    while running.resource::<DrawnCamera>().camera != Some(running.resource::<Scene>().state.camera) {
        running.frame();
        frames += 1;
        assert!(frames < 3 * FRAMES_PER_SECOND, "still on its way after three seconds");
    }
    assert!(frames > 10, "it flies, it does not jump");
    let camera = running.resource::<DrawnCamera>().camera.expect("a camera");
    assert!((camera.target[0] - at[0]).abs() < 1e-6 && (camera.target[1] - at[1]).abs() < 1e-6 && camera.distance_m == HOUSE_M);
    // What is wiped away is gone.
    running.send(Command::Find { query: String::new() });
    running.frame();
    assert!(running.facts().search.is_none());
}

#[test]
fn a_territory_without_an_index_says_so() {
    let folder = copy();
    let path = folder.path().join("territory.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect("reads")).expect("is JSON");
    manifest.as_object_mut().expect("an object").remove("search");
    std::fs::remove_file(&path).expect("removes");
    std::fs::write(&path, manifest.to_string()).expect("writes");
    let mut running = Running::open(&folder.path().display().to_string(), "");
    running.complete();
    running.send(Command::Find { query: "lilas".to_owned() });
    running.frame();
    let search = running.facts().search.clone().expect("a word");
    assert!(!search.has_index && !search.is_waiting && search.answer.hits.is_empty());
}
