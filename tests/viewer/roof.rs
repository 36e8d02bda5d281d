//! "My roof" in the running viewer: a record fetched, answered, drawn, changed.

use super::running::Running;
use super::territory::copy;
use bevy::prelude::With;
use jumeau::energy::climate::typical_year;
use jumeau::energy::layout::{ModuleKind, lay};
use jumeau::energy::pv::System;
use jumeau::energy::roof::planes;
use jumeau::energy::shading::{Foliage, Visibility};
use jumeau::energy::weather::Site;
use jumeau::energy::yields::Sureness;
use jumeau::formats::roofbook::{HEAD, LineRecord, MonumentRecord, Record, ThinnedRecord, TreeRecord, page, page_file};
use jumeau::rooftop::Roof;
use jumeau::rooftop::record::{self, Shared};
use jumeau::view::{Command, Language, RoofLay, RoofTree, Selection};
use jumeau::viewer::roof::draw::RoofPiece;
use jumeau::viewer::vocab::{RoofFacts, Scene};
use std::path::Path;

const KNOWN: &str = "BATIMENT0000000302930441";
/// Another roof that has the same tree before it.
const BESIDE: &str = "BATIMENT0000000302930442";
const KWH_PER_KWP: f64 = 900.0;

/// A book of one building with two flat planes of 60 m² and 24 m², nine hundred kWh for each kWp, which is less than their sky without the tree gives.
fn bind(folder: &Path) {
    let shared = Shared {
        module: ModuleKind::default(),
        system: System::default(),
        foliage: Foliage::default(),
        sureness: Sureness::CLIMATOLOGY,
        weather: ["climatology".to_owned(), String::new(), String::new()],
        layers: vec!["buildings".to_owned()],
        sources: vec!["essai".to_owned()],
        hours: record::hours_rounded(&typical_year(&Site { lat: 47.2, lon: -1.55, elevation_m: 20.0 }, 2026).expect("a year")),
        step_h: 1.0,
    };
    let flat = |x: f64, wide: f64, deep: f64, z: f64| {
        let p = |u: f64, v: f64| [x + u, v, z];
        [[p(0.0, 0.0), p(wide, 0.0), p(wide, deep)], [p(0.0, 0.0), p(wide, deep), p(0.0, deep)]]
    };
    let triangles = [flat(0.0, 10.0, 6.0, 12.0), flat(20.0, 6.0, 4.0, 15.0)].concat();
    // A tree in the south of both.
    let shaded = Visibility::from_horizon([0.0; 72]).with_tree_tops((0..72).map(|number| if (33..40).contains(&number) { 50.0 } else { 0.0 }));
    let thinned: Vec<ThinnedRecord> = (0..2).map(|plane| ThinnedRecord { plane, directions: (33..40).collect(), tops: vec![vec![0; 7]] }).collect();
    let tree = TreeRecord { at: [5.0, -8.0], radius_m: 3.0, foot_m: 2.0, top_m: 18.0, thinned: thinned.clone(), others: vec![BESIDE.to_owned(), "unknown".to_owned()] };
    let records = planes(&triangles).into_iter().enumerate().map(|(number, plane)| {
        let (plane, layout) = (record::plane_rounded(plane.clone()), record::layout_rounded(lay(&plane, &shared.module)));
        let roof = Roof {
            building: KNOWN.to_owned(), layer: "buildings".into(), plane: number, area_m2: plane.area_m2, usable_m2: layout.usable_m2, tilt: plane.tilt, azimuth: plane.azimuth,
            ridge_m: 12.0, modules: layout.modules, kwp: layout.kwp, kwh_year: KWH_PER_KWP * layout.kwp, kwh_year_p90: 0.0, kwh_month: [KWH_PER_KWP / 12.0 * layout.kwp; 12], shading_loss: 0.0,
            sky_view: 1.0, poa_kwh_m2: 1200.0, outline: plane.outline(),
        };
        record::plane_record(&plane, &layout, &roof, &[shaded.clone()])
    });
    let line = LineRecord { from: [5.0, 3.0, 12.2], to: [300.0, 3.0, 30.0], hidden_at: None };
    let monument = MonumentRecord { name: "Château".to_owned(), covisible: Some(true), direct: Some(line), distance_m: 295.0, ..MonumentRecord::default() };
    let record = Record { building: KNOWN.to_owned(), layer: "buildings".to_owned(), planes: records.collect(), monuments: vec![monument], trees: vec![tree], treeless: thinned, ..Record::default() };
    let book = folder.join("solar/book");
    std::fs::create_dir_all(&book).expect("a folder");
    std::fs::write(book.join(page_file(0)), page([record.line().as_str(), Record { building: BESIDE.to_owned(), ..record.clone() }.line().as_str()]).expect("packs")).expect("writes");
    std::fs::write(book.join(HEAD), record::head(&shared).expect("a head").bytes().expect("packs")).expect("writes");
    let path = folder.join("territory.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect("reads")).expect("is JSON");
    let dataset = manifest["datasets"][0]["id"].clone();
    manifest["roofs"] = serde_json::json!({ "path": "solar/book", "pages": 1, "buildings": 1, "bytes": 1, "nature": "simulated", "dataset": dataset });
    // The file is a link: it is replaced, not written into.
    std::fs::remove_file(&path).expect("removes");
    std::fs::write(&path, manifest.to_string()).expect("writes");
}

fn select(id: &str) -> Command {
    Command::Select { selection: Some(Selection { layer: "buildings".into(), id: id.to_owned() }) }
}

fn pieces(running: &mut Running) -> usize {
    let world = running.app.world_mut();
    world.query_filtered::<(), With<RoofPiece>>().iter(world).count()
}

#[test]
fn the_selected_roof_answers_and_follows_every_choice() {
    let folder = copy();
    bind(folder.path());
    let mut running = Running::open(&folder.path().display().to_string(), "");
    running.complete();
    assert_eq!(running.resource::<RoofFacts>().building, None);
    running.send(select(KNOWN));
    running.complete();
    let facts = running.resource::<RoofFacts>().clone();
    assert_eq!((facts.state, facts.building.as_deref(), facts.planes.len()), ("ready", Some(KNOWN), 2), "{:?}", facts.why);
    let found = facts.found.clone().expect("an answer");
    assert_eq!(found.answer.modules, 30, "eight by three, and two by three, along the longest side of the outline");
    assert!(found.answer.modules > 20 && (found.answer.kwh_year / found.answer.kwp - KWH_PER_KWP).abs() < 1e-6);
    assert_eq!(facts.card.as_ref().and_then(|card| card.covisible), Some(true));
    assert_eq!(pieces(&mut running), 2, "planes with modules, and the line of sight");
    // A battery, a plane and a module: at once, without a request.
    running.send(Command::SetRoofBattery { kwh: 6.0 });
    running.frame();
    let with = running.resource::<RoofFacts>().clone();
    let own_use = |facts: &RoofFacts| facts.found.as_ref().expect("an answer").answer.self_consumption;
    assert!(with.version > facts.version && own_use(&with) > own_use(&facts));
    running.send(Command::SetRoofModule { plane: 0, place: 2, on: false });
    running.send(Command::CoverRoofPlane { plane: 1, covered: false });
    running.frame();
    let fewer = running.resource::<RoofFacts>().clone();
    assert_eq!(fewer.chosen_planes, Some(vec![0]));
    assert_eq!(fewer.planes[0].modules, facts.planes[0].modules - 1);
    assert!(!fewer.planes[0].modules_at[2].0 && fewer.planes[0].modules_at[1].0 && !fewer.planes[1].covered);
    running.send(Command::CoverRoofPlane { plane: 0, covered: false });
    running.frame();
    assert_eq!(running.resource::<RoofFacts>().state, "empty");
    running.send(Command::ResetRoof);
    running.send(Command::SetLanguage { language: Language::En });
    running.frame();
    let english = running.resource::<RoofFacts>().clone();
    assert_eq!(english.state, "ready");
    assert!(english.planes[0].name.starts_with("Plane 1"), "{}", english.planes[0].name);
    // A felled tree, modules laid otherwise: at once, and the link has it.
    running.send(Command::FellRoofTree { tree: RoofTree::One(0) });
    running.frame();
    let felled = running.resource::<RoofFacts>().clone();
    let ([before, after], said) = felled.card.as_ref().and_then(|card| card.tried.felled.clone()).expect("what it changes");
    assert!((before / english.found.as_ref().expect("an answer").answer.kwh_year - 1.0).abs() < 1e-9 && after > before, "{before} {after}");
    assert!(said.contains("Without tree 1"), "{said}");
    // The roof beside has the same tree before it: it comes a little later, and is told with its sum.
    running.complete();
    let around = running.resource::<RoofFacts>().card.as_ref().and_then(|card| card.tried.around.clone()).expect("a roof beside");
    assert!(around.sentence.starts_with("One roof beside gains: +") && around.roofs.len() == 1, "{around:?}");
    assert!(around.roofs[0].0.building == BESIDE && around.roofs[0].0.more_kwh() > 1.0, "{around:?}");
    assert!(running.resource::<Scene>().state.roof.to_string().ends_with("best,,0,terrain"));
    running.send(Command::FellRoofTree { tree: RoofTree::None });
    running.frame();
    assert_eq!(running.resource::<RoofFacts>().card.as_ref().and_then(|card| card.tried.around.clone()), None);
    running.send(Command::SetRoofLayout { lay: RoofLay::Landscape, margin_m: Some(0.5) });
    running.frame();
    let laid = running.resource::<RoofFacts>().clone();
    assert!(laid.found.as_ref().is_some_and(|found| found.module.margin_m == 0.5 && found.answer.modules < 30));
    assert_eq!(laid.card.as_ref().and_then(|card| card.tried.felled.clone()), None);
    running.send(Command::ResetRoof);
    running.frame();
    // A meter's file, one that is none, and none.
    running.send(Command::RoofMeter { name: "m.csv".to_owned(), csv: Some("date;kW\n2025-01-01T00:00:00Z;1\n2025-01-01T01:00:00Z;2\n2025-01-01T02:00:00Z;2\n".to_owned()) });
    running.frame();
    let metered = running.resource::<RoofFacts>().clone();
    assert_eq!((metered.meter.clone(), metered.found.map(|found| found.load_known)), (Some(("m.csv".to_owned(), 3)), Some("meter")));
    running.send(Command::RoofMeter { name: "n.csv".to_owned(), csv: Some("nothing".to_owned()) });
    running.frame();
    assert_eq!(running.resource::<RoofFacts>().why.as_ref().map(|(key, _)| *key), Some("roof-meter-unread"));
    // A building that the book does not know, and none.
    running.send(select("BATIMENT0000000000000000"));
    running.complete();
    assert_eq!(running.resource::<RoofFacts>().state, "absent");
    assert_eq!(pieces(&mut running), 0);
    running.send(Command::Select { selection: None });
    running.frame();
    assert_eq!(running.resource::<RoofFacts>().building, None);
}
