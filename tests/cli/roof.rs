//! `jumeau roof`: a house 300 m from a listed church, with a hill between them or without; its answer and its dossier.

use crate::bare_building::bare_building;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use jumeau::base::{Dataset, Nature};
use jumeau::formats::territory::Name;
use jumeau::geodesy::Crs;
use jumeau::pipeline::Silent;
use jumeau::pipeline::tile::{Territory, TileOptions, write_territory};
use jumeau::region::{Area, AreaShape, AreaTheme, Building, HeightGrid, Region, Usage};
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

const AT: [f64; 2] = [355_000.0, 6_689_000.0];

fn ring(corner: [f64; 2], size: [f64; 2]) -> Polygon<f64> {
    let [x, y] = [AT[0] + corner[0], AT[1] + corner[1]];
    let ring = [[x, y], [x + size[0], y], [x + size[0], y + size[1]], [x, y + size[1]], [x, y]];
    Polygon::new(LineString(ring.map(|[x, y]| Coord { x, y }).to_vec()), vec![])
}

fn building(id: &str, corner: [f64; 2], size: [f64; 2], eave: f64, ridge: f64) -> Building {
    Building { usage: Usage::Residential, dwellings: Some(1), ..bare_building(id, "houses", MultiPolygon(vec![ring(corner, size)]), 20.0, [eave, ridge]) }
}

fn area(id: &str, theme: AreaTheme, code: &str, name: &str, shape: AreaShape) -> Area {
    Area { id: id.to_owned(), dataset: "gpu".into(), theme, name: name.to_owned(), code: code.to_owned(), shape, attributes: Vec::new() }
}

/// The house in the west, the church 300 m east of it, and a ridge of this height half way, across the whole land.
fn village(out: &Path, hill_m: f64) {
    const CELLS: usize = 100;
    let values = (0..CELLS * CELLS)
        .map(|at| {
            let x = (at % CELLS) as f64 * 5.0;
            (20.0 + hill_m * (1.0 - ((x - 220.0) / 60.0).abs()).max(0.0)) as f32
        })
        .collect();
    let region = Region {
        buildings: vec![building("house", [60.0, 245.0], [14.0, 9.0], 5.0, 8.0), building("church", [360.0, 240.0], [30.0, 14.0], 12.0, 22.0)],
        terrain: Some(HeightGrid { origin: [AT[0], AT[1] + 500.0], cell_m: 5.0, columns: CELLS, rows: CELLS, values }),
        areas: vec![
            area("z", AreaTheme::Zone, "UB", "UB", AreaShape::Surface(MultiPolygon(vec![ring([0.0, 0.0], [490.0, 490.0])]))),
            area("m", AreaTheme::Servitude, "AC1", "Église Saint-Étienne", AreaShape::Places(vec![[AT[0] + 375.0, AT[1] + 247.0]])),
        ],
        ..Region::default()
    };
    let dataset = |id: &str| Dataset {
        id: id.into(),
        title: id.to_owned(),
        producer: "essai".to_owned(),
        licence: "CC0 1.0".to_owned(),
        date: "2026".to_owned(),
        attribution: format!("essai {id}, 2026"),
        nature: Nature::Made,
    };
    let crs = Crs::from_code("EPSG:2154").unwrap();
    let territory = Territory {
        id: "village".to_owned(),
        name: Name { fr: "Village".to_owned(), en: "Village".to_owned() },
        crs: &crs,
        vertical: "NGF-IGN69".to_owned(),
        region: &region,
        datasets: vec![dataset("houses"), dataset("gpu")],
        terrain_dataset: Some("houses".into()),
        generated_trees_dataset: None,
        trees_dataset: None,
        home: None,
        views: vec![],
    };
    write_territory(&territory, out, &TileOptions { geoid: None, threads: 1 }, &Silent).unwrap();
}

fn jumeau(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_jumeau")).args(arguments).output().unwrap()
}

fn answer(folder: &Path, more: &[&str]) -> Value {
    answer_of(folder, "house", more)
}

fn answer_of(folder: &Path, building: &str, more: &[&str]) -> Value {
    let path = folder.to_str().unwrap();
    let out = jumeau(&[&["roof", path, "--building", building, "--json", "--date", "2026-02-01"], more].concat());
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    serde_json::from_slice(&out.stdout).unwrap()
}

fn step<'v>(found: &'v Value, id: &str) -> Option<&'v Value> {
    found["formalities"].as_array().unwrap().iter().find(|step| step["id"] == id)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn the_hill_decides_whether_the_church_sees_the_roof() {
    let (flat, hilly) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    village(flat.path(), 0.0);
    village(hilly.path(), 40.0);
    let (seen, hidden) = (answer(flat.path(), &[]), answer(hilly.path(), &[]));
    let monument = |found: &Value| found["place"]["monuments"][0].clone();
    for found in [&seen, &hidden] {
        let distance = number(&monument(found)["distance_m"]);
        assert!((300.0..312.0).contains(&distance), "{distance}");
        assert_eq!(monument(found)["building"], "church");
        assert_eq!(monument(found)["name"], "Église Saint-Étienne");
        assert_eq!(found["place"]["zones"][0]["code"], "UB");
    }
    assert_eq!(monument(&seen)["covisible"], true, "{:#}", monument(&seen));
    assert_eq!(monument(&hidden)["covisible"], false, "{:#}", monument(&hidden));
    assert!(monument(&seen)["direct"]["hidden_at"].is_null());
    // What hides stands on the ridge, half way, and no higher than it.
    let at = monument(&hidden)["direct"]["hidden_at"].clone();
    let crs = Crs::from_code("EPSG:2154").unwrap();
    let [x, _] = crs.from_lonlat(jumeau::geodesy::LonLat::new(number(&at[0]), number(&at[1]))).unwrap();
    assert!((160.0..280.0).contains(&(x - AT[0])), "{x}");
    // The answer names article, source and date.
    let agreement = step(&seen, "heritage-agreement").unwrap();
    assert!(agreement["article"].as_str().unwrap().contains("L.621-30") && !agreement["source"].as_str().unwrap().is_empty() && agreement["from"].as_str().unwrap().starts_with("20"));
    assert_eq!((number(&seen["delay_months"]), number(&hidden["delay_months"])), (2.0, 1.0));
    assert!(step(&hidden, "heritage-agreement").is_none() && step(&hidden, "heritage-advice").is_some());
    assert_eq!((seen["appearance_rules_apply"].as_bool(), hidden["appearance_rules_apply"].as_bool()), (Some(true), Some(false)));
    // The same house with the hill taken away: the line is there, as it is where there never was a hill.
    let tried = answer(hilly.path(), &["--no-terrain"]);
    assert_eq!(monument(&tried)["covisible"], true, "{:#}", monument(&tried));
    assert!(monument(&tried)["direct"]["hidden_at"].is_null() && step(&tried, "heritage-agreement").is_some());
    assert_eq!(answer(flat.path(), &["--no-terrain"])["place"], seen["place"], "nothing is hidden, nothing is given back");
}

/// The listed church asks about its own roof: it is not in its own surroundings, and has its own regime.
#[test]
fn a_listed_church_is_not_seen_together_with_itself() {
    let folder = tempfile::tempdir().unwrap();
    village(folder.path(), 0.0);
    let church = answer_of(folder.path(), "church", &[]);
    let monument = &church["place"]["monuments"][0];
    assert_eq!((monument["name"].as_str(), monument["building"].as_str()), (Some("Église Saint-Étienne"), Some("church")));
    assert_eq!((monument["is_this_building"].as_bool(), monument["covisible"].is_null(), monument["direct"].is_null()), (Some(true), true, true), "{monument:#}");
    let listed = step(&church, "listed").unwrap();
    assert!(listed["article"].as_str().unwrap().contains("L.621-9") && listed["state"] == "needed" && listed["why"].as_str().unwrap().contains("Saint-Étienne"));
    assert!(step(&church, "heritage-agreement").is_none() && step(&church, "heritage-advice").is_none() && step(&church, "heritage-unknown").is_none());
    assert_eq!((step(&church, "declaration").unwrap()["state"].as_str(), church["appearance_rules_apply"].as_bool()), (Some("to-verify"), Some(true)));
    let words = jumeau(&["roof", folder.path().to_str().unwrap(), "--building", "church", "--date", "2026-02-01"]);
    let words = String::from_utf8_lossy(&words.stdout).into_owned();
    assert!(words.contains("ce bâtiment est lui-même ce monument") && !words.contains("covisible"), "{words}");
    // The house beside it still is in its surroundings.
    assert_eq!(answer(folder.path(), &[])["place"]["monuments"][0]["is_this_building"], false);
}

/// Three months of weather, one value of which is mad: both are told, and no year is made of a quarter.
#[test]
fn a_weather_file_of_one_season_is_told() {
    let folder = tempfile::tempdir().unwrap();
    village(folder.path(), 0.0);
    let mut csv = String::from("time,ghi,dni,dhi,temp_air\n");
    for day in 0..59 {
        let (month, day) = if day < 31 { (1, day + 1) } else { (2, day - 30) };
        for hour in 0..24 {
            let light = if (9..16).contains(&hour) { [250, 200, 120] } else { [0; 3] };
            let ghi = if (month, day, hour) == (1, 7, 12) { 99_999 } else { light[0] };
            csv.push_str(&format!("2025-{month:02}-{day:02} {hour:02}:00,{ghi},{},{},6\n", light[1], light[2]));
        }
    }
    let file = folder.path().join("winter.csv");
    std::fs::write(&file, csv).unwrap();
    let done = jumeau(&["roof", folder.path().to_str().unwrap(), "--building", "house", "--json", "--date", "2026-02-01", "--weather", file.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(1), "{}", String::from_utf8_lossy(&done.stderr));
    let found: Value = serde_json::from_slice(&done.stdout).unwrap();
    let codes: Vec<&str> = found["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"weather-month-missing") && codes.contains(&"weather-value-implausible"), "{codes:?}");
    assert!(String::from_utf8_lossy(&done.stderr).contains("3, 4, 5, 6, 7, 8, 9, 10, 11, 12"), "{}", String::from_utf8_lossy(&done.stderr));
    let months: Vec<f64> = found["kwh_month"].as_array().unwrap().iter().map(number).collect();
    assert!(months[..2].iter().all(|kwh| *kwh > 0.0) && months[2..].iter().all(|kwh| *kwh == 0.0), "{months:?}");
    // Each day brings what it brings: a January of such days is no year.
    let of_day = months[0] / 31.0 / number(&found["kwp"]);
    assert!((0.1..4.0).contains(&of_day), "{of_day} kWh a day for each kWp");
}

#[test]
fn the_answer_adds_up_and_follows_what_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    village(folder.path(), 0.0);
    let plain = answer(folder.path(), &[]);
    let planes = plain["planes"].as_array().unwrap();
    let sum = |key: &str| planes.iter().map(|plane| number(&plane[key])).sum::<f64>();
    assert!((sum("kwp") - number(&plain["kwp"])).abs() < 1e-9 && (sum("kwh_year") - number(&plain["kwh_year"])).abs() < 1e-6);
    let months: f64 = plain["kwh_month"].as_array().unwrap().iter().map(number).sum();
    assert!((months / number(&plain["kwh_year"]) - 1.0).abs() < 1e-9);
    assert!((number(&plain["balance_kwh"]["produced"]) / number(&plain["kwh_year"]) - 1.0).abs() < 1e-6, "the hours are the year");
    assert!(number(&plain["balance_kwh"]["worst_step"]) < 1e-6);
    assert!(number(&plain["kwh_year_p90"]) < number(&plain["kwh_year"]));
    assert_eq!(plain["load"]["known"], "building");
    assert!(plain["co2_kg_year"]["against_mean"].is_number() && plain["co2_kg_year"]["life_cycle"].is_number() && plain["co2_kg_year"].get("marginal").is_some());
    // As many modules in space as are counted, each of its own area.
    for plane in planes {
        let modules = plane["layout"]["modules_lonlath"].as_array().unwrap();
        assert_eq!(modules.len() as f64, number(&plane["modules"]));
    }
    let with = answer(folder.path(), &["--battery-kwh", "8"]);
    assert!(number(&with["self_consumption"]) > number(&plain["self_consumption"]));
    let small = answer(folder.path(), &["--kwp-max", "2.2"]);
    assert!(number(&small["kwp"]) <= 2.2 && number(&small["kwp"]) > 1.7);
    let plane = planes[0]["plane"].to_string();
    let fewer = answer(folder.path(), &["--planes", &plane, "--without", &format!("{plane}:0,{plane}:1")]);
    assert_eq!(number(&fewer["modules"]), number(&planes[0]["modules"]) - 2.0);
    let school = answer(folder.path(), &["--load", "school", "--load-kwh", "20000"]);
    assert!((number(&school["load"]["kwh_year"]) - 20000.0).abs() < 1e-3);
    // A meter of one kilowatt all year.
    let meter = folder.path().join("compteur.csv");
    let mut text = String::from("date;puissance_kw\n");
    for day in 1..=31 {
        for hour in 0..24 {
            text.push_str(&format!("2025-01-{day:02}T{hour:02}:00:00Z;1,0\n"));
        }
    }
    std::fs::write(&meter, text).unwrap();
    let metered = answer(folder.path(), &["--load", meter.to_str().unwrap()]);
    assert!((number(&metered["load"]["kwh_year"]) - 8760.0).abs() < 1e-6);
    assert_eq!(number(&metered["load"]["hours_filled_in"]), 8760.0 - 744.0);
    // Past its validity the answer says so, on stderr too.
    let path = folder.path().to_str().unwrap();
    let late = jumeau(&["roof", path, "--building", "house", "--date", "2030-01-01"]);
    assert!(String::from_utf8_lossy(&late.stdout).contains("VALIDITÉ DÉPASSÉE") && String::from_utf8_lossy(&late.stderr).contains("validité dépassée"));
    for wrong in [&["roof", path, "--building", "nobody"][..], &["roof", path, "--building", "house", "--load", "no-file.csv"], &["roof", path, "--building", "house", "--date", "soon"], &["roof", path, "--building", "house", "--battery-kwh=-1"]] {
        let out = jumeau(wrong);
        assert!(out.status.code() == Some(2) && out.stdout.is_empty() && !out.stderr.is_empty(), "{wrong:?}");
    }
}

#[test]
fn the_dossier_has_its_pages() {
    let folder = tempfile::tempdir().unwrap();
    village(folder.path(), 0.0);
    let file = folder.path().join("dossier.pdf");
    answer(folder.path(), &["--pdf", file.to_str().unwrap()]);
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.starts_with(b"%PDF-1.7") && bytes.ends_with(b"%%EOF\n"));
    let text = String::from_utf8_lossy(&bytes);
    for part in ["Plan de situation", "Plan de masse", "Calepinage", "Formalit\\351s", "L.621-30", "essai houses, 2026", "covisible"] {
        assert!(text.contains(part), "{part}");
    }
    assert!(text.matches("/Type /Page ").count() >= 5);
    // The modules are drawn: twice each, in the ground plan and in the layout.
    let modules = text.matches("0.1 0.17 0.33 rg").count();
    assert!(modules >= 20 && modules % 2 == 0, "{modules}");
}

#[test]
fn the_book_answers_as_the_rays_do() {
    let folder = tempfile::tempdir().unwrap();
    village(folder.path(), 0.0);
    let path = folder.path().to_str().unwrap();
    let stored = jumeau(&["solar", path, "--store", "--json"]);
    assert_eq!(stored.status.code(), Some(0), "{}", String::from_utf8_lossy(&stored.stderr));
    let stored: Value = serde_json::from_slice(&stored.stdout).unwrap();
    assert!(number(&stored["stored"]["book_bytes"]) > 0.0);
    let checked = jumeau(&["check", path]);
    assert_eq!(checked.status.code(), Some(0), "{}", String::from_utf8_lossy(&checked.stdout));
    let (book, rays) = (answer(folder.path(), &[]), answer(folder.path(), &["--rays"]));
    assert_eq!((book["shading"].as_str(), rays["shading"].as_str()), (Some("book"), Some("rays")));
    // Heights of the sweep are those of cells of a metre: close to the rays, never the same.
    let (a, b) = (number(&book["kwh_year"]), number(&rays["kwh_year"]));
    assert!((a / b - 1.0).abs() < 0.02, "{a} {b}");
    for key in ["modules", "kwp", "area_m2", "usable_m2", "place", "formalities", "load", "delay_months", "sources", "weather"] {
        assert_eq!(book[key], rays[key], "{key}");
    }
    // The table and the book are one answer.
    let of_table: f64 = stored["roofs"].as_array().unwrap().iter().filter(|roof| roof["building"] == "house").map(|roof| number(&roof["kwh_year"])).sum();
    let of_book: f64 = ["planes", "left_out"].iter().flat_map(|key| book[*key].as_array().unwrap()).map(|plane| number(&plane["kwh_year"])).sum();
    assert!((of_table - of_book).abs() < 1e-9, "{of_table} {of_book}");
    assert!((number(&book["balance_kwh"]["produced"]) / a - 1.0).abs() < 1e-6, "the hours are the year");
    // A dossier of a book's answer.
    let pdf = folder.path().join("d.pdf");
    answer(folder.path(), &["--pdf", pdf.to_str().unwrap()]);
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF"));
    // Damage is told by check, and passed over by the answer, which then takes the rays.
    let page = folder.path().join("solar/book/0000.jsonl.gz");
    std::fs::write(&page, b"{\"building\":\"house\"").unwrap();
    assert_eq!(answer(folder.path(), &[])["shading"], "rays");
    let checked = String::from_utf8_lossy(&jumeau(&["check", path, "--json"]).stdout).into_owned();
    assert!(checked.contains("roofbook-record") && checked.contains("roofbook-count"), "{checked}");
}

#[test]
fn a_record_answers_the_same_when_it_has_been_written_and_read() {
    use jumeau::base::{Instant, Report};
    use jumeau::energy::economics::{Use, file::france};
    use jumeau::formats::roofbook::{Head, Record};
    use jumeau::pipeline::solar::{around::Land, answer::by_rays, book, roofs::RoofOptions, scene, weather};
    use jumeau::planning::file::Texts;
    use jumeau::rooftop::answer::{Ask, answer};
    use jumeau::rooftop::load::Load;
    use jumeau::rooftop::prepare::{Prepared, Sunlight};
    use jumeau::rooftop::record;
    let folder = tempfile::tempdir().unwrap();
    village(folder.path(), 40.0);
    let (_, manifest) = jumeau::pipeline::info::manifest(folder.path()).unwrap();
    let [lon, lat, _] = manifest.origin;
    let sun = weather::weather(&weather::Ask { lat: Some(lat), lon: Some(lon), year: 2026, ..weather::Ask::default() }).unwrap();
    let (options, mut report) = (RoofOptions::default(), Report::default());
    let scene = scene::read(folder.path(), &manifest, &mut report, &Silent);
    let land = Land::read(folder.path(), &manifest, &scene, None).unwrap();
    let made = by_rays(&scene, &land, folder.path(), &sun, &options, "house", &mut report, &Silent).unwrap();
    let shared = book::shared(&manifest, &sun, &options, &land);
    let read = Record::parse(&made.line()).unwrap();
    assert_eq!(read, made);
    let shared_read = record::shared(&Head::parse(&record::head(&shared).unwrap().bytes().unwrap()).unwrap()).unwrap();
    assert_eq!(shared_read.hours.len(), shared.hours.len());
    let texts = Texts::france().unwrap();
    let of = |record: Record, shared: record::Shared, without: Vec<(usize, usize)>, battery_kwh: f64| {
        let sunlight = Sunlight::new(shared).unwrap();
        let prepared = Prepared::new(record, &sunlight);
        let at = Instant::parse("2026-02-01T12:00:00Z").unwrap();
        let ask = Ask { building: "house".to_owned(), load: Load::Farm, load_kwh: None, heat_pump: None, battery_kwh, cost_eur: None, own: Vec::new(), way: Use::Surplus, at, planes: None, most_kwp: None, without, bare: false, margin_m: None };
        answer(&prepared, &sunlight, manifest.clock(), &ask, &france().unwrap(), &texts).unwrap()
    };
    let covered = of(made.clone(), shared.clone(), vec![], 0.0).covered[0].roof.plane;
    for (without, battery_kwh) in [(vec![], 0.0), (vec![(covered, 0), (covered, 3)], 5.0)] {
        let (direct, stored) = (of(made.clone(), shared.clone(), without.clone(), battery_kwh), of(read.clone(), shared_read.clone(), without.clone(), battery_kwh));
        assert_eq!(direct.answer, stored.answer);
        assert_eq!((direct.production_kw, direct.formalities, direct.place), (stored.production_kw, stored.formalities, stored.place));
        assert_eq!(direct.covered[0].roof.modules, made.planes[covered].modules - without.len());
    }
    assert_eq!(made.monuments.len(), 1);
    assert_eq!(made.monuments[0].covisible, Some(false));
}
