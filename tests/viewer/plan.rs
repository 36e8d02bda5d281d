//! The solar plan's table in the window: opened, sorted, filtered, followed to a roof; and fetched by the running viewer.

use super::panels::{Panels, click, copied, desk};
use super::running::Running;
use super::territory::copy;
use egui_kittest::kittest::Queryable;
use jumeau::formats::roofplan::{Canopies, FILE, FILES, Facets, Group, Item, Kind, Perimeter, Plan, Protection, VERSION, Whole};
use jumeau::rooftop::planner::{Column, Filter, Shown};
use jumeau::ui::plan::PlanText;
use jumeau::view::{Command, Language, PlanView, Selection};
use jumeau::viewer::vocab::PlanFacts;
use std::sync::Arc;

fn plan() -> Plan {
    let facets = |kind, public, protection| Facets { kind, public, protection, over_100_kwp: true };
    let item = |id: &str, name: &str, usage: &str, facets: Facets, kwp: f64, perimeters: Vec<Perimeter>| Item {
        id: id.to_owned(),
        layer: if facets.kind == Kind::Roof { "buildings" } else { "car-parks" }.to_owned(),
        facets,
        name: name.to_owned(),
        usage: usage.to_owned(),
        area_m2: 9.0 * kwp,
        kwp,
        kwh_year: 1100.0 * kwp,
        kwh_year_p90: 980.0 * kwp,
        useful_kwh: Some(700.0 * kwp),
        shading_loss: 0.03,
        perimeters,
        at: [-1.56, 47.21, 60.0],
        ..Item::default()
    };
    let [school, park, hall] = [facets(Kind::Roof, true, Protection::None), facets(Kind::CarPark, false, Protection::None), facets(Kind::Roof, false, Protection::Excluded)];
    let old = Perimeter { category: "AC4".to_owned(), name: "Centre ancien".to_owned() };
    let hours = |kwp: f64| (0..24).map(|hour| if (7..19).contains(&hour) { kwp * 0.5 } else { 0.0 }).collect::<Vec<f64>>();
    Plan {
        roofplan: VERSION,
        least_m2: 500.0,
        year: 2026,
        items: vec![
            item("B1", "Gymnase", "sport", school, 300.0, vec![]),
            item("P1", "Parking de la gare", "car-park", park, 200.0, vec![]),
            item("B2", "", "commercial", hall, 150.0, vec![old]),
        ],
        groups: vec![Group { facets: school, kw: hours(300.0) }, Group { facets: park, kw: hours(200.0) }, Group { facets: hall, kw: hours(150.0) }],
        demand_kw: vec![260.0; 24],
        all_roofs: Whole { buildings: 120, kwp: 2_000.0, kwh_year: 2.1e6 },
        canopies: Canopies { usable_share: 0.5, tilt: 10.0, azimuth: 180.0, height_m: 4.0 },
        servitudes_known: true,
        car_parks_known: true,
        facilities_known: false,
        pvgis: None,
        weather: ["climatology".to_owned(), "climatologie".to_owned(), "climatology".to_owned()],
        sources: vec!["essai".to_owned()],
    }
}

fn open() -> Panels {
    let mut desk = desk(Language::Fr, |model| {
        let view = PlanView::default();
        model.has_plan = true;
        model.plan = Some(PlanText { state: "ready", message: None, shown: Some(Arc::new(Shown::new(Arc::new(plan()), Filter::default(), Column::Energy, true, jumeau::base::Clock::Paris))), saved: Some(Ok("Téléchargements/plan.gpkg".to_owned())) });
        model.plan_files = FILES.map(str::to_owned).to_vec();
        model.state.plan = Some(view);
    });
    desk.run();
    desk
}

fn asked(desk: &Panels) -> &Command {
    desk.state().asked.last().expect("something was asked")
}

#[test]
fn a_territory_with_a_plan_has_a_button_for_it() {
    let mut without = desk(Language::Fr, |_| {});
    without.run();
    assert!(without.query_by_label("Plan solaire").is_none());
    let mut with = desk(Language::Fr, |model| model.has_plan = true);
    click(&mut with, "Plan solaire");
    assert_eq!(*asked(&with), Command::ShowPlan { plan: Some(PlanView::default()) });
    click(&mut with, "Plan solaire");
    assert_eq!(*asked(&with), Command::ShowPlan { plan: None });
}

#[test]
fn the_table_sorts_filters_and_leads_to_roofs() {
    let mut desk = open();
    for words in ["3 toits et parkings", "Consommation estimée", "loi APER"] {
        assert!(desk.query_by_label_contains(words).is_some(), "{words}");
    }
    click(&mut desk, "Trier par MWh/an");
    assert_eq!(*asked(&desk), Command::ShowPlan { plan: Some(PlanView { falling: false, ..PlanView::default() }) });
    click(&mut desk, "Trier par Toit ou parking");
    assert_eq!(*asked(&desk), Command::ShowPlan { plan: Some(PlanView { by: "name".to_owned(), falling: false, ..PlanView::default() }) });
    click(&mut desk, "Hors exclusions");
    assert!(matches!(asked(&desk), Command::ShowPlan { plan: Some(view) } if view.only.contains("kept")));
    // What the data do not tell cannot be asked.
    let before = desk.state().asked.len();
    click(&mut desk, "Publics");
    assert_eq!(desk.state().asked.len(), before);
    desk.get_by_label_contains("Parking de la gare").click();
    desk.run();
    let Command::GoTo { at, selection, .. } = asked(&desk) else { panic!("{:?}", asked(&desk)) };
    assert_eq!((*at, selection), ([-1.56, 47.21, 60.0], &Some(Selection { layer: "car-parks".into(), id: "P1".to_owned() })));
    desk.get_by_label("GeoPackage").click();
    desk.run();
    assert_eq!(*asked(&desk), Command::SavePlan { file: "plan.gpkg".to_owned() });
    desk.get_by_label_contains("Téléchargements/plan.gpkg");
    desk.get_by_label("Copier en CSV").click();
    let csv = copied(&mut desk).concat();
    assert!(csv.starts_with("# solar plan") && csv.contains("P1,car-parks,car-park,Parking de la gare") && csv.contains("AC4 Centre ancien"), "{csv}");
}

#[test]
fn the_viewer_fetches_the_plan_when_somebody_opens_it() {
    let folder = copy();
    let book = folder.path().join("solar/book");
    std::fs::create_dir_all(&book).expect("a folder");
    std::fs::write(book.join(FILE), plan().bytes().expect("packs")).expect("writes");
    let path = folder.path().join("territory.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect("reads")).expect("is JSON");
    let dataset = manifest["datasets"][0]["id"].clone();
    manifest["roofs"] = serde_json::json!({ "path": "solar/book", "pages": 1, "buildings": 1, "bytes": 1, "nature": "simulated", "dataset": dataset, "plan": FILE, "files": FILES });
    // The file is a link: it is replaced, not written into.
    std::fs::remove_file(&path).expect("removes");
    std::fs::write(&path, manifest.to_string()).expect("writes");
    let mut running = Running::open(&folder.path().display().to_string(), "");
    running.complete();
    assert!(running.resource::<PlanFacts>().shown.is_none());
    let ask = |only: &[&str]| Command::ShowPlan { plan: Some(PlanView { only: only.iter().map(|wish| (*wish).to_owned()).collect(), ..PlanView::default() }) };
    running.send(ask(&[]));
    for _ in 0..2_000 {
        if running.resource::<PlanFacts>().state == "ready" {
            break;
        }
        running.frame();
    }
    let shown = running.resource::<PlanFacts>().shown.clone().expect("a table");
    assert_eq!((shown.rows.len(), shown.totals.count), (3, 3));
    assert!((shown.coverage.as_ref().expect("a demand").made_kwh - 0.5 * 650.0 * 12.0).abs() < 1e-6);
    running.send(ask(&["car-parks"]));
    running.frame();
    assert_eq!(running.resource::<PlanFacts>().shown.as_ref().map(|shown| shown.rows.clone()), Some(vec![1]));
    // A file that is not there is told; one that the territory does not name is not asked for.
    running.send(Command::SavePlan { file: "../territory.json".to_owned() });
    running.frame();
    running.send(Command::SavePlan { file: FILES[0].to_owned() });
    for _ in 0..2_000 {
        if running.resource::<PlanFacts>().saved.is_some() {
            break;
        }
        running.frame();
    }
    assert!(matches!(&running.resource::<PlanFacts>().saved, Some(Err(why)) if why.contains("plan.gpkg")), "{:?}", running.resource::<PlanFacts>().saved);
    running.send(Command::ShowPlan { plan: None });
    running.frame();
    assert!(running.resource::<PlanFacts>().state == "none" && running.resource::<PlanFacts>().shown.is_none());
}
