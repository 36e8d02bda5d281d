//! Car parks and public facilities as sources have them, and the commune's solar plan made of them, of roofs and of what protects.

use crate::bare_building::bare_building;
use crate::shared_data::shared;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use jumeau::base::{Dataset, Nature};
use jumeau::formats::roofplan::{FILE, FILES, Kind, Plan, Protection};
use jumeau::formats::territory::Name;
use jumeau::geodesy::Crs;
use jumeau::pipeline::tile::{Territory, TileOptions, write_territory};
use jumeau::pipeline::{ImportOptions, Imported, Silent, read_sources};
use jumeau::region::{Area, AreaShape, AreaTheme, Building, HeightGrid, Region, Usage};
use jumeau::rooftop::planner::{Filter, coverage, totals};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn read(path: &Path) -> Imported {
    read_sources(&[path.to_owned()], &ImportOptions::default(), &Silent).unwrap()
}

fn of(imported: &Imported, theme: AreaTheme) -> Vec<(&str, &str)> {
    let mut all: Vec<(&str, &str)> = imported.region.areas.iter().filter(|area| area.theme == theme).map(|area| (area.name.as_str(), area.code.as_str())).collect();
    all.sort_unstable();
    all
}

/// Three car parks among ten pieces of transport equipment; town hall, schools, hospitals among twenty-one zones.
#[test]
fn bd_topo_tells_car_parks_and_public_grounds() {
    let Some(folder) = shared("olemps/bdtopo_v3") else { return };
    let imported = read(&folder);
    let parks = of(&imported, AreaTheme::CarPark);
    assert_eq!(parks.len(), 3, "{parks:?}");
    assert!(parks.iter().all(|(_, code)| *code == "Parking"), "{parks:?}");
    let others: Vec<&str> = imported.report.findings().iter().filter(|finding| finding.code == "place-not-car-park").map(|finding| finding.value.as_str()).collect();
    assert_eq!(others.len(), 7, "{others:?}");
    assert!(others.contains(&"Carrefour") && others.contains(&"Aire de repos ou de service"));
    let public = of(&imported, AreaTheme::PublicFacility);
    let has = |word: &str| public.iter().any(|(_, code)| code.starts_with(word));
    assert!(has("Mairie") && public.len() >= 10, "{public:?}");
    assert!(!public.iter().any(|(_, code)| code.contains("Zone industrielle") || code.contains("Divers commercial")), "{public:?}");
    // The communes are still communes.
    assert!(!of(&imported, AreaTheme::Outline).is_empty());
}

#[test]
fn openstreetmap_tells_them_by_its_tags() {
    let folder = tempfile::tempdir().unwrap();
    let way = |id: u32, tags: &[(&str, &str)]| {
        let tags: String = tags.iter().map(|(key, value)| format!("<tag k=\"{key}\" v=\"{value}\"/>")).collect();
        let nodes: String = (0..4).map(|n| 10 * id + n).chain([10 * id]).map(|node| format!("<nd ref=\"{node}\"/>")).collect();
        format!("<way id=\"{id}\">{nodes}{tags}</way>")
    };
    let nodes = |id: u32| -> String {
        let (lon, lat) = (-1.55 + 0.001 * f64::from(id), 47.2);
        [(0.0, 0.0), (0.0005, 0.0), (0.0005, 0.0004), (0.0, 0.0004)].iter().enumerate().map(|(n, (u, v))| format!("<node id=\"{}\" lat=\"{}\" lon=\"{}\"/>", 10 * id + n as u32, lat + v, lon + u)).collect()
    };
    let ways = [
        way(1, &[("amenity", "parking"), ("name", "Parking de la gare"), ("capacity", "120")]),
        way(2, &[("amenity", "parking"), ("parking", "underground")]),
        way(3, &[("amenity", "parking"), ("parking", "surface")]),
        way(4, &[("amenity", "school"), ("name", "École Jules Ferry")]),
        way(5, &[("amenity", "restaurant"), ("name", "Chez Lou")]),
        way(6, &[("amenity", "parking"), ("building", "yes"), ("building:levels", "4")]),
    ];
    let text = format!("<?xml version=\"1.0\"?><osm version=\"0.6\">{}{}</osm>", (1..=6).map(nodes).collect::<String>(), ways.concat());
    std::fs::write(folder.path().join("bourg.osm"), text).unwrap();
    let imported = read(folder.path());
    assert_eq!(of(&imported, AreaTheme::CarPark), [("Parking de la gare", "parking"), ("surface", "surface")]);
    assert_eq!(of(&imported, AreaTheme::PublicFacility), [("École Jules Ferry", "school")]);
    assert_eq!(imported.region.buildings.len(), 1);
    let capacity = imported.region.areas.iter().find(|area| area.name == "Parking de la gare").unwrap().attributes.iter().any(|attribute| attribute.name == "capacity");
    assert!(capacity);
}

const AT: [f64; 2] = [355_000.0, 6_689_000.0];

fn rectangle(corner: [f64; 2], size: [f64; 2]) -> MultiPolygon<f64> {
    let [x, y] = [AT[0] + corner[0], AT[1] + corner[1]];
    let ring = [[x, y], [x + size[0], y], [x + size[0], y + size[1]], [x, y + size[1]], [x, y]];
    MultiPolygon(vec![Polygon::new(LineString(ring.map(|[x, y]| Coord { x, y }).to_vec()), vec![])])
}

fn building(id: &str, usage: Usage, corner: [f64; 2], size: [f64; 2], height_m: f64) -> Building {
    Building { usage, ..bare_building(id, "town", rectangle(corner, size), 20.0, [height_m; 2]) }
}

fn area(id: &str, theme: AreaTheme, code: &str, name: &str, shape: AreaShape) -> Area {
    Area { id: id.to_owned(), dataset: "town".into(), theme, name: name.to_owned(), code: code.to_owned(), shape, attributes: Vec::new() }
}

/// A school's hall, a shed, an old hall in a heritage site; two car parks, one of them in the shade of a tower; a church's surroundings over the shed.
fn town(out: &Path) {
    let region = Region {
        buildings: vec![
            building("school", Usage::Unknown, [50.0, 60.0], [40.0, 30.0], 8.0),
            building("shed", Usage::Agricultural, [200.0, 60.0], [50.0, 30.0], 6.0),
            building("old-hall", Usage::Commercial, [350.0, 60.0], [40.0, 25.0], 9.0),
            building("house", Usage::Residential, [450.0, 60.0], [12.0, 9.0], 6.0),
            building("tower", Usage::Residential, [300.0, 268.0], [30.0, 12.0], 60.0),
        ],
        terrain: Some(HeightGrid { origin: [AT[0], AT[1] + 600.0], cell_m: 5.0, columns: 120, rows: 120, values: vec![20.0; 120 * 120] }),
        areas: vec![
            area("p1", AreaTheme::CarPark, "Parking", "Parking de la gare", AreaShape::Surface(rectangle([50.0, 300.0], [50.0, 40.0]))),
            area("p2", AreaTheme::CarPark, "Parking", "Parking du marché", AreaShape::Surface(rectangle([290.0, 284.0], [50.0, 40.0]))),
            area("p3", AreaTheme::CarPark, "Parking", "Petit parking", AreaShape::Surface(rectangle([450.0, 300.0], [20.0, 20.0]))),
            area("f", AreaTheme::PublicFacility, "Enseignement primaire", "École", AreaShape::Surface(rectangle([30.0, 40.0], [80.0, 70.0]))),
            area("spr", AreaTheme::Servitude, "AC4", "Centre ancien", AreaShape::Surface(rectangle([330.0, 40.0], [90.0, 90.0]))),
            area("ac1", AreaTheme::Servitude, "AC1", "Église", AreaShape::Surface(rectangle([190.0, 50.0], [80.0, 60.0]))),
        ],
        ..Region::default()
    };
    let crs = Crs::from_code("EPSG:2154").unwrap();
    let territory = Territory {
        id: "town".to_owned(),
        name: Name { fr: "Bourg".to_owned(), en: "Town".to_owned() },
        crs: &crs,
        vertical: "NGF-IGN69".to_owned(),
        region: &region,
        datasets: vec![Dataset { id: "town".into(), title: "Bourg".to_owned(), producer: "essai".to_owned(), licence: "CC0 1.0".to_owned(), date: "2026".to_owned(), attribution: "bourg d’essai".to_owned(), nature: Nature::Made }],
        terrain_dataset: Some("town".into()),
        generated_trees_dataset: None,
        trees_dataset: None,
        home: None,
        views: vec![],
    };
    write_territory(&territory, out, &TileOptions { geoid: None, threads: 1 }, &Silent).unwrap();
}

fn solar(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jumeau")).arg("solar").args(arguments).output().unwrap()
}

fn answer(arguments: &[&str]) -> Value {
    let out = solar(arguments);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

fn ids(list: &Value) -> Vec<&str> {
    let mut ids: Vec<&str> = list.as_array().unwrap().iter().map(|item| item["building"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn roofs_and_car_parks_stand_in_one_plan_with_what_is_excluded_and_why() {
    let folder = tempfile::tempdir().unwrap();
    town(folder.path());
    let path = folder.path().to_str().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let [csv, gpkg] = ["plan.csv", "plan.gpkg"].map(file);
    let found = answer(&[path, "--plan", "--json", "--export", &csv, "--export", &gpkg]);
    assert_eq!(ids(&found["roofs"]), ["old-hall", "school", "shed"]);
    assert_eq!(ids(&found["car_parks"]), ["p1", "p2"], "a car park of 400 m² is too small");
    let item = |list: &str, id: &str| found[list].as_array().unwrap().iter().find(|item| item["building"] == id).unwrap().clone();
    assert_eq!((item("roofs", "school")["public"].as_bool(), item("roofs", "shed")["public"].as_bool()), (Some(true), Some(false)));
    assert_eq!((item("roofs", "old-hall")["excluded"].as_bool(), item("roofs", "shed")["excluded"].as_bool()), (Some(true), Some(false)));
    assert_eq!(item("roofs", "shed")["heritage"], "AC1");
    assert_eq!(found["excluded"]["why"]["AC4 Centre ancien"], 1);
    // The sum of the parts is the total.
    let all: Vec<Value> = ["roofs", "car_parks"].iter().flat_map(|list| found[*list].as_array().unwrap().clone()).collect();
    for key in ["kwh_year", "kwp", "area_m2", "kwh_year_p90"] {
        let sum: f64 = all.iter().map(|item| number(&item[key])).sum();
        assert!((sum - number(&found["total"][key])).abs() < 1e-6 * sum, "{key}");
        let kept = number(&found["kept"][key]);
        let excluded: f64 = all.iter().filter(|item| item["excluded"] == true).map(|item| number(&item[key])).sum();
        assert!((sum - excluded - kept).abs() < 1e-6 * sum, "{key}");
    }
    let useful: f64 = all.iter().map(|item| number(&item["useful_kwh"])).sum();
    let at_once = number(&found["used_at_once"]) * number(&found["total"]["kwh_year"]);
    assert!((useful - at_once).abs() < 1e-3 * at_once, "{useful} {at_once}");
    // Half of the area under modules, stated as an assumption; a tower in the south takes light.
    let (open, shaded) = (item("car_parks", "p1"), item("car_parks", "p2"));
    assert!((number(&open["usable_m2"]) - 0.5 * number(&open["area_m2"])).abs() < 1e-6 && found["canopies"]["nature"] == "assumed");
    assert!((number(&open["kwp"]) - 0.43 * number(&open["modules"])).abs() < 1e-6);
    assert!(number(&open["shading_loss"]) < 0.02 && number(&shaded["shading_loss"]) > 0.1, "{} {}", open["shading_loss"], shaded["shading_loss"]);
    // Files hold all of it, the exclusions and the assumption.
    let csv = std::fs::read_to_string(csv).unwrap();
    assert!(csv.lines().next().unwrap().contains("AC4 Centre ancien") && csv.lines().next().unwrap().contains("ombrières"));
    assert_eq!(csv.lines().count(), 2 + 5);
    assert!(csv.lines().any(|line| line.starts_with("p1,car-parks,car-park,Parking de la gare,")), "{csv}");
    let package = rusqlite::Connection::open(gpkg).unwrap();
    let excluded: String = package.query_row("SELECT group_concat(building) FROM solar_roofs WHERE excluded = 'yes'", [], |row| row.get(0)).unwrap();
    assert_eq!(excluded, "old-hall");
    // Filters and what sorts.
    let public = answer(&[path, "--plan", "--json", "--only", "public"]);
    assert_eq!((ids(&public["roofs"]), ids(&public["car_parks"])), (vec!["school"], vec![]));
    let by_area = answer(&[path, "--plan", "--json", "--sort", "area"]);
    assert_eq!(by_area["roofs"][0]["building"], "shed");
    let words = String::from_utf8(solar(&[path, "--plan", "--lang", "fr"]).stdout).unwrap();
    assert!(words.contains("Parking de la gare") && words.contains("exclu par AC4 Centre ancien : 1") && words.contains("heures couvertes"), "{words}");
}

/// The plan exits with 1 for what it tells: in its document, and to the person.
#[test]
fn the_plan_tells_what_was_found_wrong() {
    let folder = tempfile::tempdir().unwrap();
    town(folder.path());
    let mut csv = String::from("time,ghi,dni,dhi,temp_air\n");
    for (day, hour) in (1..=31).flat_map(|day| (0..24).map(move |hour| (day, hour))) {
        let light = if (9..16).contains(&hour) { "250,200,120" } else { "0,0,0" };
        csv.push_str(&format!("2025-01-{day:02} {hour:02}:00,{light},6\n"));
    }
    let file = folder.path().join("january.csv");
    std::fs::write(&file, csv).unwrap();
    let done = solar(&[folder.path().to_str().unwrap(), "--plan", "--json", "--weather", file.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(1), "{said}");
    let found: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert!(found["findings"].as_array().unwrap().iter().any(|finding| finding["code"] == "weather-month-missing" && finding["severity"] == "error"), "{}", found["findings"]);
    assert!(said.contains("weather-month-missing"), "{said}");
    let months = |item: &Value| -> Vec<f64> { item["kwh_month"].as_array().map(|list| list.iter().map(number).collect()).unwrap_or_default() };
    for item in ["roofs", "car_parks"].iter().flat_map(|list| found[*list].as_array().unwrap()) {
        assert!(months(item).iter().skip(1).all(|kwh| *kwh == 0.0), "{item}");
    }
}

#[test]
fn the_stored_plan_is_the_computed_one() {
    let folder = tempfile::tempdir().unwrap();
    town(folder.path());
    let path = folder.path().to_str().unwrap();
    let computed = answer(&[path, "--plan", "--json"]);
    for hours in ["always", "never"] {
        answer(&[path, "--all", "--store", "--hours", hours, "--json"]);
        let plan = Plan::parse(&std::fs::read(folder.path().join("solar/book").join(FILE)).unwrap()).unwrap();
        assert_eq!(plan.items.len(), 5);
        let sums = totals(&plan, &Filter::default());
        let told = number(&computed["total"]["kwh_year"]);
        assert!((sums.kwh_year - told).abs() < 1e-6 * told, "{hours}: {} {told}", sums.kwh_year);
        let hours_of = coverage(&plan, &Filter::default()).unwrap();
        assert!((hours_of.made_kwh - told).abs() < 1e-4 * told, "{hours}: {} {told}", hours_of.made_kwh);
        assert!((hours_of.covered() - number(&computed["covered_at_once"])).abs() < 2e-3, "{hours}");
        let park = plan.items.iter().find(|item| item.id == "p1").unwrap();
        assert_eq!((park.facets.kind, park.facets.protection), (Kind::CarPark, Protection::None));
    }
    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(folder.path().join("territory.json")).unwrap()).unwrap();
    assert_eq!(manifest["roofs"]["plan"], FILE);
    let check = |expected: i32| {
        let out = Command::new(env!("CARGO_BIN_EXE_jumeau")).args(["check", path, "--json"]).output().unwrap();
        assert_eq!(out.status.code(), Some(expected), "{}", String::from_utf8_lossy(&out.stdout));
        String::from_utf8(out.stdout).unwrap()
    };
    check(0);
    // The same rows for other programs, with where they come from.
    assert_eq!(manifest["roofs"]["files"], serde_json::json!(FILES));
    let book = folder.path().join("solar/book");
    let package = rusqlite::Connection::open(book.join(FILES[0])).unwrap();
    let (rows, kwh, about): (i64, f64, String) =
        package.query_row("SELECT count(*), sum(kwh_year), (SELECT description FROM gpkg_contents) FROM solar_roofs", [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    assert!(rows == 5 && (kwh - number(&computed["total"]["kwh_year"])).abs() < 1e-6 * kwh && about.contains("sky_model"), "{rows} {kwh}");
    assert!(std::fs::read(book.join(FILES[1])).unwrap().starts_with(b"PAR1"));
    std::fs::write(book.join(FILE), b"{}").unwrap();
    std::fs::remove_file(book.join(FILES[1])).unwrap();
    let found = check(1);
    assert!(found.contains("roofbook-plan") && found.contains("solar/book/plan.parquet"), "{found}");
}
