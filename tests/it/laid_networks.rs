//! Networks laid along streets: laws of what is laid, power-grid-model's answer on a small town, and the way through an import.

use jumeau::base::{DatasetId, Rng};
use jumeau::energy::demand::DemandClass;
use jumeau::energy::grid::flow::{FlowOptions, flow};
use jumeau::energy::grid::reach::Reach;
use jumeau::formats::territory::{AxisCalendar, AxisUnit, Manifest};
use jumeau::formats::zarr;
use jumeau::pipeline::laying::graph::{Place, Street};
use jumeau::pipeline::laying::grid::FEATURE_PREFIX;
use jumeau::pipeline::laying::sites::Site;
use jumeau::pipeline::laying::{LAID, Laid, lay, rules};
use jumeau::pipeline::network;
use jumeau::pipeline::shards::ShardOptions;
use jumeau::pipeline::{ImportOptions, Silent, import};
use jumeau::region::utility::{FixtureKind, Utility};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// A town of blocks: streets on a lattice with some missing, houses beside them, now and then a large customer.
fn town(seed: u64, blocks: usize, houses: usize) -> (Vec<Site>, Vec<Street>) {
    let mut rng = Rng::new(seed);
    let side = 90.0;
    let mut streets = Vec::new();
    for i in 0..=blocks {
        for j in 0..=blocks {
            let at = |i: usize, j: usize| [i as f64 * side, j as f64 * side];
            for (a, b) in [((i, j), (i + 1, j)), ((i, j), (i, j + 1))] {
                if b.0 <= blocks && b.1 <= blocks && rng.unit() < 0.85 {
                    let width_m = rng.range(3.0, 12.0);
                    streets.push(Street { points: vec![at(a.0, a.1), at(b.0, b.1)], width_m, path: rng.unit() < 0.1 });
                }
            }
        }
    }
    let room = blocks as f64 * side;
    let sites = (0..houses)
        .map(|index| {
            let at = [rng.range(0.0, room), rng.range(0.0, room)];
            let large = rng.unit() < 0.03;
            let class = if large { DemandClass::Services } else { DemandClass::Residential };
            let homes = if large { 0.0 } else { rng.range(1.0, 30.0).floor() };
            let kwh = if large { rng.range(3e5, 4e6) } else { homes * 4_500.0 };
            let outline = [[-4.0, -3.0], [4.0, -3.0], [4.0, 3.0], [-4.0, 3.0], [-4.0, -3.0]].map(|[x, y]| [at[0] + x, at[1] + y]).to_vec();
            Site { id: format!("B{index}"), place: Place { outline, at }, class, homes, kwh, heat_kwh: 2.0 * kwh, floor_m2: kwh / 50.0, year: year(index) }
        })
        .collect();
    (sites, streets)
}

/// Some houses say no year, one is still to be built.
fn year(index: usize) -> Option<i16> {
    match index % 7 {
        0 => None,
        5 if index % 31 == 5 => Some(2030),
        _ => Some(1870 + (index * 37 % 150) as i16),
    }
}

fn laid(sites: &[Site], streets: &[Street]) -> Laid {
    let ground = |at: [f64; 2]| 20.0 + 0.01 * at[0] + 0.004 * at[1];
    lay(sites, streets, Vec::new(), &ground, &LAID.into_iter().collect(), &DatasetId::from("made")).expect("a town has networks")
}

fn document(laid: &Laid) -> Value {
    let grid = laid.grid.as_ref().expect("electricity was asked for");
    grid.json(&|at| Some([at[0] * 1e-5, at[1] * 1e-5]), &json!({}))
}

fn check(seed: u64, blocks: usize, houses: usize) {
    let (sites, streets) = town(seed, blocks, houses);
    let laid = laid(&sites, &streets);
    let grid = laid.grid.as_ref().unwrap();
    // Every building that a street is near to is one load, with its own year; lamps come on top.
    let loads: Vec<_> = grid.loads.iter().filter(|load| load.layer == "buildings").collect();
    let fed: BTreeSet<&str> = loads.iter().map(|load| load.feature.as_str()).collect();
    assert_eq!(fed.len(), loads.len(), "a building is fed once");
    assert_eq!(fed.len() + laid.unreached.len(), sites.len());
    assert!(laid.unreached.iter().all(|index| !fed.contains(sites[*index].id.as_str())));
    let kwh: f64 = loads.iter().map(|load| load.kwh).sum();
    let asked: f64 = sites.iter().filter(|site| fed.contains(site.id.as_str())).map(|site| site.kwh).sum();
    assert!((kwh - asked).abs() <= 1e-9 * asked, "{kwh} {asked}");

    // Operated as a tree: from every node one way to one source, over closed branches only.
    let mut around: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let closed = grid.lines.iter().filter(|line| line.closed).map(|line| (line.from, line.to));
    let mut branches = 0;
    for (a, b) in closed.chain(grid.transformers.iter().map(|unit| (unit.from, unit.to))) {
        around.entry(a).or_default().push(b);
        around.entry(b).or_default().push(a);
        branches += 1;
    }
    let mut seen: BTreeSet<i64> = grid.sources.iter().map(|source| source.node).collect();
    let mut open: Vec<i64> = seen.iter().copied().collect();
    while let Some(node) = open.pop() {
        for &next in around.get(&node).into_iter().flatten() {
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    assert_eq!(seen.len(), grid.nodes.len(), "nothing hangs in the air");
    assert_eq!(branches + grid.sources.len(), grid.nodes.len(), "no loop is closed");

    // No feeder is planned for more than its neighbour can take, unless one post alone is.
    let mut of_feeder: BTreeMap<&str, f64> = BTreeMap::new();
    let name_of: HashMap<i64, &str> = grid.nodes.iter().map(|node| (node.id, node.name.as_str())).collect();
    assert!(grid.transformers.iter().all(|unit| unit.kva <= 1_000.0 && unit.count >= 1));
    let mut post_of: HashMap<i64, i64> = grid.transformers.iter().map(|unit| (unit.to, unit.from)).collect();
    for line in grid.lines.iter().filter(|line| name_of.get(&line.to).is_some_and(|name| name.starts_with("Départ BT"))) {
        let high = post_of.get(&line.from).copied().unwrap();
        post_of.insert(line.to, high);
    }
    for load in &grid.loads {
        let high = post_of[&load.node];
        *of_feeder.entry(name_of[&high]).or_default() += load.kwh / rules::FEEDER_USE_H / rules::POWER_FACTOR;
    }
    let largest = sites.iter().map(|site| site.kwh).fold(0.0, f64::max) / rules::FEEDER_USE_H / rules::POWER_FACTOR;
    for (name, kva) in of_feeder.iter().filter(|(name, _)| name.starts_with("Départ HTA")) {
        assert!(*kva <= rules::FEEDER_KVA + largest, "{name} {kva}");
    }

    // What is computed is what is drawn, under the same names; and everything says that it is made.
    let drawn: BTreeSet<&str> = laid.conduits.iter().map(|c| c.id.as_str()).chain(laid.fixtures.iter().map(|f| f.id.as_str())).collect();
    assert_eq!(drawn.len(), laid.conduits.len() + laid.fixtures.len(), "names are unique");
    let computed = grid.lines.iter().map(|l| l.id).chain(grid.transformers.iter().map(|t| t.id)).chain(grid.sources.iter().map(|s| s.id));
    let mut missing = 0;
    for id in computed {
        missing += usize::from(!drawn.contains(format!("{FEATURE_PREFIX}{id}").as_str()));
    }
    assert_eq!(missing, 0);
    for text in laid.conduits.iter().map(|c| (&c.class, &c.name)).chain(laid.fixtures.iter().map(|f| (&f.class, &f.name))) {
        assert!(text.0.contains("génér") && text.1.as_ref().is_some_and(|name| name.contains("génér") && name.contains("non réel")), "{text:?}");
    }
    for lamp in laid.fixtures.iter().filter(|fixture| fixture.kind == FixtureKind::Lamp) {
        let inside = |site: &Site| (lamp.at[0] - site.place.at[0]).abs() < 4.0 && (lamp.at[1] - site.place.at[1]).abs() < 3.0;
        assert!(!sites.iter().any(inside), "{} stands in a house", lamp.id);
    }
    // Sewers get no narrower downstream; the made pipes exist at all.
    for utility in [Utility::Water, Utility::Sewer] {
        assert!(laid.conduits.iter().any(|conduit| conduit.utility == utility && conduit.diameter_m.is_some_and(|d| (0.1..=1.0).contains(&d))));
    }

    years(&sites, &laid, &post_of);

    // It is a network that has a state, and a sound one at the mean of the year.
    let bytes = serde_json::to_vec(&document(&laid)).unwrap();
    let opened = network::open(&bytes, "town.json").unwrap();
    assert!(!opened.report.has_errors(), "{:?}", opened.report.findings());
    let solved = flow(&opened.network, &FlowOptions::default()).unwrap();
    assert!(solved.residual_pu < 1e-9, "{}", solved.residual_pu);
    for voltage in solved.voltages.iter().flatten() {
        assert!((0.95..1.05).contains(&voltage.norm()), "{}", voltage.norm());
    }
    // And the same again.
    let (sites, streets) = town(seed, blocks, houses);
    assert_eq!(serde_json::to_vec(&document(&self::laid(&sites, &streets))).unwrap(), bytes);
}

/// Nothing stands before what it hangs on, nor a line before the oldest house it serves; what is planned says so.
fn years(sites: &[Site], laid: &Laid, post_of: &HashMap<i64, i64>) {
    let grid = laid.grid.as_ref().unwrap();
    let lines: BTreeMap<&str, _> = laid.conduits.iter().map(|conduit| (conduit.id.as_str(), conduit)).collect();
    let drawn = |id: i64| lines[format!("{FEATURE_PREFIX}{id}").as_str()].years.from;
    let feeds: HashMap<i64, Option<i16>> = grid.lines.iter().filter(|line| line.closed).map(|line| (line.to, drawn(line.id))).collect();
    for line in grid.lines.iter().filter(|line| line.closed) {
        // At a post's low busbar no line ends: what feeds it is the line to its high side.
        let above = feeds.get(&line.from).or_else(|| feeds.get(post_of.get(&line.from)?)).copied().flatten();
        assert!(drawn(line.id) >= above, "{} is of {:?}, what feeds it of {above:?}", line.name, drawn(line.id));
    }
    let known: Vec<i16> = sites.iter().filter_map(|site| site.year).collect();
    let oldest = known.iter().min().copied();
    for (id, said) in laid.conduits.iter().map(|c| (&c.id, c.years)).chain(laid.fixtures.iter().map(|f| (&f.id, f.years))) {
        assert!(oldest.is_none_or(|oldest| said.from.is_some_and(|from| from >= oldest.max(1902))), "{id} {said:?}");
        assert!(said.to.is_none_or(|to| rules::PLANNED.contains(&to) && said.from < Some(to)));
        assert!(said.works.is_none_or(|works| said.from == Some(works + rules::WORKS)));
        assert!(said.works.is_some() || !id.starts_with("chaleur") || said.from <= Some(rules::TODAY) || sites.iter().any(|site| site.year == said.from), "{id} {said:?}");
    }
    for site in sites {
        let Some(service) = lines.get(format!("branchement-genere-{}", site.id).as_str()) else { continue };
        assert!(site.year.is_none_or(|year| service.years.from == Some(year.max(rules::ELECTRICITY_SINCE))), "{}", site.id);
    }
    // A main that goes has one that comes in the same year beside it.
    let water = || laid.conduits.iter().filter(|conduit| conduit.utility == Utility::Water);
    let length = |points: &[[f64; 2]]| points.windows(2).map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1])).sum::<f64>();
    for old in water().filter(|main| main.years.to.is_some()) {
        let new = lines[format!("{}-{}", old.id, old.years.to.unwrap()).as_str()];
        assert_eq!((new.years.from, new.diameter_m), (old.years.to, old.diameter_m));
        assert!((length(&new.points) - length(&old.points)).abs() < 1e-6);
    }
}

/// Of all posts and all pieces of lines, one by one.
fn brute(posts: &[[f64; 2]], lines: &[Vec<[f64; 2]>], at: [f64; 2]) -> (Option<(f64, usize)>, Option<(f64, usize)>) {
    let far = |a: [f64; 2]| (a[0] - at[0]).hypot(a[1] - at[1]);
    let least = |best: Option<(f64, usize)>, found: (f64, usize)| if best.is_none_or(|known| found.0 < known.0) { Some(found) } else { best };
    let post = posts.iter().enumerate().map(|(index, post)| (far(*post), index)).fold(None, least);
    let line = lines.iter().enumerate().flat_map(|(index, line)| {
        line.windows(2).map(move |pair| {
            let (a, b) = (pair[0], pair[1]);
            let d = [b[0] - a[0], b[1] - a[1]];
            let square = d[0] * d[0] + d[1] * d[1];
            let share = if square > 0.0 { (((at[0] - a[0]) * d[0] + (at[1] - a[1]) * d[1]) / square).clamp(0.0, 1.0) } else { 0.0 };
            (far([a[0] + share * d[0], a[1] + share * d[1]]), index)
        })
    });
    (post, line.fold(None, least))
}

proptest! {
    #[test]
    fn the_nearest_is_that_of_brute_force(
        posts in prop::collection::vec(prop::array::uniform2(-500.0..500.0_f64), 0..40),
        lines in prop::collection::vec(prop::collection::vec(prop::array::uniform2(-500.0..500.0_f64), 0..6), 0..30),
        at in prop::array::uniform2(-700.0..700.0_f64),
    ) {
        let reach = Reach::new(&posts, &lines);
        let (post, line) = brute(&posts, &lines, at);
        for (found, brute) in [(reach.post(at), post), (reach.line(at), line)] {
            prop_assert_eq!(found.is_some(), brute.is_some());
            if let (Some(found), Some((distance, _))) = (found, brute) {
                prop_assert!((found.distance_m - distance).abs() < 1e-6, "{} {}", found.distance_m, distance);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn laid_networks_keep_their_laws(seed in any::<u64>(), blocks in 2_usize..9, houses in 5_usize..160) {
        check(seed, blocks, houses);
    }
}

#[test]
fn a_dense_town_has_several_feeders_that_can_help_each_other() {
    let (sites, streets) = town(7, 14, 1_500);
    let laid = laid(&sites, &streets);
    let grid = laid.grid.as_ref().unwrap();
    let feeders: BTreeSet<&str> = grid.lines.iter().map(|line| line.name.as_str()).filter(|name| name.starts_with("Départ HTA")).collect();
    assert!(feeders.len() > 3, "{}", feeders.len());
    assert!(grid.lines.iter().any(|line| !line.closed));
    assert!(laid.conduits.iter().any(|conduit| conduit.utility == Utility::Heat));
    // Some of it is still to come, and some is there already; some mains are to be laid anew, most are not.
    let of = |utility: Utility| laid.conduits.iter().filter(move |conduit| conduit.utility == utility);
    let heat = |is: &dyn Fn(i16) -> bool| of(Utility::Heat).filter(|line| line.years.from.is_some_and(is)).count();
    assert!(heat(&|from| from >= 2028) > 0 && heat(&|from| from < 2000) > heat(&|from| from >= 2028), "{} {}", heat(&|from| from < 2000), heat(&|from| from >= 2028));
    assert!(of(Utility::Heat).all(|line| line.years.from.is_some_and(|from| (rules::HEAT_SINCE..=2031).contains(&from))));
    let renewed = of(Utility::Water).filter(|main| main.years.to.is_some()).count();
    assert!(renewed >= 4 && renewed * 10 < of(Utility::Water).count(), "{renewed}");
}

/// Arrows of power go by it: a line is drawn from where its file says "from" to where it says "to".
#[test]
fn lines_are_drawn_as_their_file_runs_them() {
    let (sites, streets) = town(7, 6, 300);
    let laid = laid(&sites, &streets);
    let grid = laid.grid.as_ref().unwrap();
    let at: BTreeMap<i64, [f64; 2]> = grid.nodes.iter().map(|node| (node.id, node.at)).collect();
    let drawn: BTreeMap<&str, &Vec<[f64; 2]>> = laid.conduits.iter().map(|conduit| (conduit.id.as_str(), &conduit.points)).collect();
    let apart = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    for line in &grid.lines {
        let points = drawn.get(format!("{FEATURE_PREFIX}{}", line.id).as_str()).expect("every line is drawn");
        let (first, last, from, to) = (points[0], points[points.len() - 1], at[&line.from], at[&line.to]);
        let (right, wrong) = (apart(first, from) + apart(last, to), apart(first, to) + apart(last, from));
        assert!(right <= wrong, "{}: {right} {wrong}", line.name);
    }
}

#[test]
fn streets_that_do_not_touch_are_joined_and_nothing_is_too_odd() {
    let street = |points: Vec<[f64; 2]>| Street { points, width_m: 5.0, path: false };
    let (sites, _) = town(3, 2, 20);
    for streets in [
        // Two parts with a gap, a street that ends a metre short of another one, points that repeat.
        vec![street(vec![[0.0, 0.0], [60.0, 0.0]]), street(vec![[100.0, 0.0], [180.0, 0.0], [180.0, 0.0]]), street(vec![[40.0, 1.0], [40.0, 150.0]])],
        vec![street(vec![[0.0, 0.0], [180.0, 180.0]])],
    ] {
        let laid = laid(&sites, &streets);
        assert_eq!(laid.grid.as_ref().unwrap().sources.len(), 1);
    }
    let none = |streets: &[Street], sites: &[Site]| lay(sites, streets, Vec::new(), &|_| 0.0, &LAID.into_iter().collect(), &DatasetId::from("made")).is_none();
    assert!(none(&[], &sites) && none(&[street(vec![[0.0, 0.0]])], &sites) && none(&[street(vec![[0.0, 0.0], [9.0, 0.0]])], &[]));
}

/// power-grid-model's voltages of the town of seed 11 (tests/data/grid/make_laid.py).
#[test]
fn the_laid_town_has_the_voltages_that_power_grid_model_finds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/grid");
    let (sites, streets) = town(11, 3, 40);
    let document = document(&laid(&sites, &streets));
    let path = folder.join("laid_town.json");
    if std::env::var_os("JUMEAU_WRITE_LAID").is_some() {
        std::fs::write(&path, serde_json::to_vec(&document).unwrap()).unwrap();
    }
    let frozen: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(frozen, serde_json::from_slice::<Value>(&serde_json::to_vec(&document).unwrap()).unwrap(), "write it and its answer anew: JUMEAU_WRITE_LAID=1, make_laid.py");
    let answer: BTreeMap<String, f64> = serde_json::from_slice(&std::fs::read(folder.join("laid_town.answer.json")).unwrap()).unwrap();
    let opened = network::open(&std::fs::read(&path).unwrap(), "laid_town.json").unwrap();
    let solved = flow(&opened.network, &FlowOptions::default()).unwrap();
    assert_eq!(answer.len(), opened.network.buses.iter().filter(|bus| !bus.internal).count());
    for (bus, voltage) in opened.network.buses.iter().zip(&solved.voltages).filter(|(bus, _)| !bus.internal) {
        assert!((voltage.unwrap().norm() - answer[&bus.id]).abs() < 1e-9, "{}", bus.id);
        assert!(bus.place.is_some());
    }
}

/// The town as source files.
fn write_sources(folder: &Path, sites: &[Site], streets: &[Street], with_pipes: bool) {
    let origin = [355_000.0, 6_689_000.0];
    let place = |at: &[f64; 2]| json!([at[0] + origin[0], at[1] + origin[1]]);
    let crs = json!({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}});
    let write = |name: &str, features: Vec<Value>| {
        let text = json!({"type": "FeatureCollection", "crs": crs, "features": features}).to_string();
        std::fs::write(folder.join(name), text).unwrap();
    };
    let buildings = sites.iter().map(|site| {
        let ring: Vec<Value> = site.place.outline.iter().map(place).collect();
        let usage = if site.homes > 0.0 { "Résidentiel" } else { "Commercial et services" };
        json!({"type": "Feature", "properties": {"cleabs": site.id, "hauteur": 9.0, "usage_1": usage, "nombre_de_logements": site.homes, "altitude_minimale_sol": 20.0}, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    });
    write("batiment.geojson", buildings.collect());
    let roads = streets.iter().enumerate().map(|(index, street)| {
        let line: Vec<Value> = street.points.iter().map(place).collect();
        json!({"type": "Feature", "properties": {"cleabs": format!("R{index}"), "largeur_de_chaussee": street.width_m, "importance": "4", "nature": "Route à 1 chaussée"}, "geometry": {"type": "LineString", "coordinates": line}})
    });
    write("troncon_de_route.geojson", roads.collect());
    let tram: Vec<Value> = [[0.0, 4.0], [170.0, 4.0]].iter().map(place).collect();
    write("tram.geojson", vec![json!({"type": "Feature", "properties": {"cleabs": "T1"}, "geometry": {"type": "LineString", "coordinates": tram}})]);
    let layer = |file: &str, role: &str| json!({"file": file, "as": role, "dataset": "town"});
    let around: Vec<Value> = [[-200.0, -200.0], [2_000.0, -200.0], [2_000.0, 2_000.0], [-200.0, 2_000.0], [-200.0, -200.0]].iter().map(place).collect();
    write("quartiers.geojson", vec![json!({"type": "Feature", "properties": {"id": "Q1", "nom": "Tout"}, "geometry": {"type": "Polygon", "coordinates": [around]}})]);
    let mut layers = vec![layer("batiment.geojson", "buildings"), layer("troncon_de_route.geojson", "roads"), layer("tram.geojson", "tram"), layer("quartiers.geojson", "areas")];
    if with_pipes {
        let line: Vec<Value> = [[0.0, 1.0], [170.0, 1.0]].iter().map(place).collect();
        write("eau_potable.geojson", vec![json!({"type": "Feature", "properties": {"id": "E1"}, "geometry": {"type": "LineString", "coordinates": line}})]);
        layers.push(layer("eau_potable.geojson", "drinking-water"));
    }
    let declaration = json!({
        "id": "town", "name": {"fr": "Ville", "en": "Town"}, "crs": "EPSG:2154",
        "datasets": [{"id": "town", "title": "Ville", "producer": "test", "licence": "CC0", "date": "2026", "attribution": "test", "nature": "made"}],
        "layers": layers,
        "generate": {"networks": true},
    });
    std::fs::write(folder.join("sources.json"), declaration.to_string()).unwrap();
}

#[test]
fn an_import_lays_what_the_sources_lack_and_hands_it_on_as_files() {
    let folder = tempfile::tempdir().unwrap();
    let sources = folder.path().join("sources");
    std::fs::create_dir(&sources).unwrap();
    let (sites, streets) = town(5, 4, 60);
    write_sources(&sources, &sites, &streets, true);
    let run = |out: &str, most_buildings: u64| {
        let out = folder.path().join(out);
        let done = import::import(&[sources.clone()], &out, &ImportOptions::default(), &ShardOptions { most_buildings }, 1, &Silent).unwrap();
        (out, done)
    };
    let (out, done) = run("one", 20_000);
    let layers: BTreeMap<&str, _> = done.manifest.layers.iter().map(|layer| (layer.id.as_str(), layer)).collect();
    // Houses as small as these ask for no district heat.
    for id in ["electricity", "lighting", "sewer"] {
        let layer = layers.get(id).unwrap_or_else(|| panic!("{id}"));
        assert_eq!(layer.nature, jumeau::base::Nature::Made, "{id}");
        assert!(layer.features > 0 && layer.datasets == [DatasetId::from("reseaux-generes")], "{id}");
    }
    // The sources have water: nothing is made up beside it.
    assert_eq!(layers["drinking-water"].datasets, [DatasetId::from("town")]);
    assert_eq!(done.report.count("networks-known"), 1);
    let dataset = done.manifest.datasets.iter().find(|dataset| dataset.id.as_str() == "reseaux-generes").unwrap();
    assert!(dataset.title.contains("non réels") && dataset.nature == jumeau::base::Nature::Made);

    let [grid] = done.manifest.grids.as_slice() else { panic!("{:?}", done.manifest.grids) };
    let bytes = std::fs::read(out.join(&grid.path)).unwrap();
    let opened = network::open(&bytes, &grid.path).unwrap();
    assert!(!opened.report.has_errors());
    assert_eq!(opened.report.count("grid-place-missing"), 0);
    flow(&opened.network, &FlowOptions::default()).unwrap();
    let ids: Vec<&str> = done.manifest.scaled.iter().map(|scaled| scaled.id.as_str()).collect();
    assert_eq!(ids, ["demand-of-buildings", "pv-if-equipped", "lighting", "tram"]);
    let rows = &done.manifest.series.iter().find(|series| series.id == "loads").unwrap().rows;
    assert_eq!(rows, &["lighting", "tram", "pv-flat", "pv-east", "pv-south", "pv-west"]);

    // What has energy of its own stands somewhere, so that an area on the map has it: lamps by themselves and tracks too.
    let names = |group: &str| -> BTreeSet<String> {
        let folder = out.join(group).join("feature");
        jumeau::formats::zarr_group::read_texts(&std::fs::read(folder.join("zarr.json")).unwrap(), &std::fs::read(folder.join("c/0")).unwrap()).unwrap().into_iter().collect()
    };
    let placed = names("places");
    for scaled in &done.manifest.scaled {
        let unplaced: Vec<String> = names(&scaled.path).difference(&placed).cloned().collect();
        assert!(unplaced.is_empty(), "{}: {unplaced:?}", scaled.id);
    }

    // A district that holds all roofs makes what all of them make.
    let array = |path: &str| {
        let folder = out.join(path);
        zarr::read(&std::fs::read(folder.join("zarr.json")).unwrap(), &mut |chunk| std::fs::read(folder.join(chunk)).ok()).unwrap()
    };
    let series = |id: &str| done.manifest.series.iter().find(|series| series.id == id).unwrap_or_else(|| panic!("{id}"));
    let of_district = array(&series("pv-areas").path);
    assert_eq!((series("pv-areas").rows.len(), series("pv-areas").unit.as_str()), (1, "kW"));
    let (profiles, list) = (array(&series("loads").path), |name: &str| {
        let folder = out.join("timeseries/pv-if-equipped").join(name);
        (std::fs::read(folder.join("zarr.json")).unwrap(), std::fs::read(folder.join("c/0")).unwrap())
    });
    let (rows_of, kwh) = (list("profile"), list("scale"));
    let rows_of = jumeau::formats::zarr_group::read_integers(&rows_of.0, &rows_of.1).unwrap();
    let kwh = jumeau::formats::zarr_group::read_reals(&kwh.0, &kwh.1).unwrap();
    for step in (0..8_760).step_by(731) {
        let sum: f64 = rows_of.iter().zip(&kwh).map(|(row, kwh)| kwh / 8_760.0 * f64::from(profiles.row(*row as usize)[step])).sum();
        let district = f64::from(of_district.row(0)[step]);
        // The sun of the territory's middle, not of its buildings'.
        assert!((district - sum).abs() <= 2e-3 * sum.max(1.0), "{step}: {district} {sum}");
    }

    // The year of that network, and where to connect to it.
    let at = out.join("territory.json");
    let driven = network::territory::open_territory(&at, &done.manifest).unwrap();
    assert_eq!((driven.profiles.steps, driven.step_h), (8_760, 1.0));
    assert_eq!(driven.profiles.channels.len(), driven.opened.network.loads.len());
    // Profiles by the month, or by days of the clock, are no hours: they are refused by name.
    let on = |unit: Option<AxisUnit>, step: i64| {
        let mut manifest = done.manifest.clone();
        let axis = manifest.axes.iter_mut().find(|axis| axis.id == "hours").unwrap();
        (axis.calendar, axis.step) = (unit.map(|unit| AxisCalendar { unit, timezone: "Europe/Paris".to_owned() }), step);
        network::territory::open_territory(&at, &manifest).map(|driven| driven.step_h).map_err(|fault| fault.finding("f").code)
    };
    assert_eq!(on(None, 3600), Ok(1.0));
    assert_eq!(on(Some(AxisUnit::Calendar(jumeau::base::CalendarUnit::Month)), 2_629_746), Err("grid-axis-uneven"));
    assert_eq!(on(Some(AxisUnit::Clock), 86_400), Err("grid-axis-uneven"));
    let year = driven.year(true, 100.0, &Silent).unwrap();
    assert!(year.solved.failed.is_empty());
    // Fourteen steps solved again by themselves say the same.
    assert!(year.verified.steps >= 13 && year.verified.residual_pu < 1e-9 && year.verified.difference_pu < 1e-7, "{:?}", year.verified);
    let manifest = Manifest::parse(&std::fs::read(&at).unwrap()).unwrap();
    let loading = manifest.series.iter().find(|series| series.id == "flow-loading").unwrap();
    assert_eq!((loading.layer.as_ref().map(|layer| layer.as_str()), loading.height()), (Some("electricity"), year.rows as u64));
    let kept = array(&loading.path);
    let first = &year.lines[0];
    let row = loading.rows.iter().position(|row| *row == driven.feature(first.branch)).unwrap();
    assert_eq!(kept.row(row), year.loading_of(first.branch));
    let highest = kept.row(row).iter().fold(0.0_f32, |most, percent| most.max(percent.abs()));
    assert_eq!(f64::from(highest), first.highest_percent);
    // The duration curve begins with it, and the worst hour is where it is.
    assert_eq!(array("flow/electricity/duration_percent").row(row)[0], highest);
    let worst = array("flow/electricity/worst_hour").row(row)[0] as usize;
    assert_eq!(kept.row(row)[worst].abs(), highest);
    // Every row is an object of the layer.
    let checked = jumeau::pipeline::check::check(&out).unwrap();
    assert!(!checked.report.has_errors(), "{:?}", checked.report.findings());
    // A second year takes the place of the first.
    assert!(driven.year(true, 100.0, &Silent).is_ok());
    let again = Manifest::parse(&std::fs::read(&at).unwrap()).unwrap();
    assert_eq!(again.series.len(), manifest.series.len());
    let parts = network::reach::of_territory(&at, &manifest).unwrap();
    // What is left of the ratings: a series of one step, on each feature of the year, and what a place is told.
    let rooms = network::reach::rooms(&at, &manifest);
    assert!(!rooms.is_empty() && rooms.keys().all(|id| id.starts_with(&grid.prefix)));
    // A source's post has no transformer of its own in the network; one of the others is asked for, where it stands.
    let rated = parts.book().posts.iter().find(|post| rooms.contains_key(&post.known.id)).unwrap();
    let fit = parts.find(rated.at, 400.0, &|id| rooms.get(id).copied()).unwrap();
    let (post, line) = (fit.post.clone().unwrap(), fit.line.clone().unwrap());
    assert!(post.distance_m < 400.0 && fit.level() == "HTA" && line.known.voltage_v.unwrap() > 1_000.0);
    let room = post.room.unwrap();
    assert!(post.rated_kva.unwrap() > 0.0 && room.feed_kw >= room.draw_kw, "{room:?} of {:?}", post.rated_kva);
    let said = fit.json(false);
    assert!(said["s3renr_mw"].is_null() && said["s3renr"].as_str().unwrap().contains("non connu"));
    assert_eq!((said["post"]["label"].as_str(), said["post"]["generated"].as_bool()), (Some("généré, non réel"), Some(true)));
    // Wherever it goes it says what it is: each name (tiles, search, features.parquet), the file of the network, the words, what a page is told, the year.
    assert!(fit.is_made_up() && said["generated"] == true && fit.words(false).matches("généré, non réel").count() >= 2 && fit.words(true).contains("generated, not real"));
    let book = parts.book();
    let names = || book.posts.iter().map(|post| &post.known.name).chain(book.lines.iter().map(|line| &line.known.name));
    assert!(names().count() > 20 && names().all(|name| name.contains("généré, non réel") || name.contains("générée, non réelle")), "{:?}", names().next());
    assert!(String::from_utf8_lossy(&std::fs::read(out.join(&grid.path)).unwrap()).contains("généré, non réel"));
    let year = std::fs::read_to_string(out.join("flow").join(&grid.id).join("zarr.json")).unwrap();
    assert!(year.contains("réseau généré, non réel"));
    for series in manifest.series.iter().filter(|series| series.id.starts_with("flow-")) {
        assert!(manifest.is_made_up(&series.dataset), "{}", series.id);
    }
    let page = jumeau::siting::message::message(&jumeau::siting::message::Outline { state: "ready", message: None, card: None, moments: &[], fits: &[Some(fit.clone())], has_book: true, ms: 0.0 }, &jumeau::view::Proposal::default(), false);
    assert_eq!(page["madeUp"], true);

    // Cut otherwise, it is the same network; and the package checks clean.
    let (other, again) = run("many", 20);
    assert_eq!(std::fs::read(other.join(&grid.path)).unwrap(), bytes);
    assert_eq!(again.manifest.scaled, done.manifest.scaled);
    let checked = jumeau::pipeline::check::check(&out).unwrap();
    let errors: Vec<_> = checked.report.findings().iter().filter(|finding| finding.severity == jumeau::base::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

/// The 20 kV feeder of roseau-load-flow lies in Normandie, and its lines bear the names that the flow knows them by.
#[test]
fn a_roseau_feeder_lies_in_its_real_place() {
    let Some(path) = crate::shared_data::shared("roseau-mv-lv-networks/MVFeeder210_Winter.json") else { return };
    let imported = jumeau::pipeline::read_sources(&[path.clone()], &ImportOptions::default(), &Silent).unwrap();
    let (conduits, fixtures) = (&imported.region.conduits, &imported.region.fixtures);
    assert_eq!((conduits.len(), fixtures.len()), (126, 128), "{:?}", imported.report.findings());
    let crs = jumeau::geodesy::Crs::from_code(&imported.crs).unwrap();
    for at in conduits.iter().flat_map(|line| &line.points) {
        let place = crs.to_lonlat(at[0], at[1]).unwrap();
        assert!((place.lon_deg + 1.3).abs() < 0.3 && (place.lat_deg - 48.7).abs() < 0.3, "{place:?}");
    }
    assert!(conduits.iter().all(|line| line.utility == Utility::Electricity && line.voltage_v == Some(20_000.0)));
    assert!(fixtures.iter().any(|post| post.kind == FixtureKind::Substation));
    let opened = network::open(&std::fs::read(&path).unwrap(), "feeder").unwrap();
    let computed: BTreeSet<&str> = opened.network.branches.iter().map(|branch| branch.id.as_str()).collect();
    assert!(conduits.iter().all(|line| computed.contains(line.id.as_str())));
}

/// Its year, hour by hour, is kept in the territory that draws it: at the peak it is the flow of the file itself.
#[test]
fn the_year_of_a_file_s_network_is_kept_where_it_is_drawn() {
    let Some(path) = crate::shared_data::shared("roseau-mv-lv-networks/MVFeeder210_Winter.json") else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("territory");
    import::import(&[path.clone()], &out, &ImportOptions::default(), &ShardOptions { most_buildings: 20_000 }, 1, &Silent).unwrap();
    let at = out.join("territory.json");
    let manifest = || Manifest::parse(&std::fs::read(&at).unwrap()).unwrap();
    let opened = || network::open(&std::fs::read(&path).unwrap(), "feeder").unwrap();
    let unknown = network::onto::drive(&at, &manifest(), opened(), "feeder", "nowhere", None);
    assert!(matches!(unknown, Err(network::territory::YearFault::Finding(finding)) if finding.code == "grid-store"));
    let driven = network::onto::drive(&at, &manifest(), opened(), "feeder", "electricity", None).unwrap();
    // What was assumed is told.
    assert!(driven.opened.report.findings().iter().any(|finding| finding.code == "grid-profiles-assumed"));
    let year = driven.year(true, 100.0, &Silent).unwrap();
    assert!(year.solved.failed.is_empty() && year.verified.difference_pu < 1e-7);
    let told = manifest();
    let series = |id: &str| told.series.iter().find(|series| series.id == id).unwrap();
    // 126 lines; voltages at their ends, and at the 128 posts and joints.
    assert_eq!((series("flow-loading").height(), series("flow-voltage").height()), (126, 126 + 128));
    assert_eq!(series("flow-voltage").band, Some([0.9, 1.1]));
    assert_eq!(told.datasets.iter().find(|dataset| dataset.id == series("flow-loading").dataset).unwrap().producer, "Jumeau");
    let array = |path: &str| {
        let folder = out.join(path);
        zarr::read(&std::fs::read(folder.join("zarr.json")).unwrap(), &mut |chunk| std::fs::read(folder.join(chunk)).ok()).unwrap()
    };
    // Production of the winter file is small: the deepest voltage is that of the file, where consumption is at its peak.
    let stated = flow(&driven.opened.network, &FlowOptions::default()).unwrap();
    let voltages = array(&series("flow-voltage").path);
    let (row, bus) = driven.opened.network.buses.iter().enumerate().filter(|(_, bus)| !bus.internal).find_map(|(index, bus)| Some((series("flow-voltage").rows.iter().position(|row| *row == bus.id)?, index))).unwrap();
    let lowest = voltages.row(row).iter().copied().fold(f32::INFINITY, f32::min);
    let of_file = stated.voltages.get(bus).copied().flatten().unwrap().norm();
    assert!((f64::from(lowest) - of_file).abs() < 2e-3, "{lowest} {of_file}");
    // Losses of the year are those of its steps.
    let losses = array(&series("flow-losses").path);
    let sum = |values: &[f32]| values.iter().map(|value| f64::from(*value)).sum::<f64>();
    let steps: f64 = year.solved.steps.iter().map(|step| 1_000.0 * step.losses_mw).sum();
    assert!(steps > 0.0 && (sum(losses.row(0)) / steps - 1.0).abs() < 1e-5);
    let checked = jumeau::pipeline::check::check(&out).unwrap();
    assert!(!checked.report.has_errors(), "{:?}", checked.report.findings());
    // A second year adds nothing.
    driven.year(true, 100.0, &Silent).unwrap();
    assert_eq!((manifest().series.len(), manifest().datasets.len(), manifest().axes.len()), (told.series.len(), told.datasets.len(), told.axes.len()));
}

/// Sources of a town where some buildings are light and some stand far from every street.
fn write_mixed(folder: &Path, seed: u64, houses: usize) -> Vec<Site> {
    let mut rng = Rng::new(seed ^ 0xA5);
    let (mut sites, streets) = town(seed, 3, houses);
    for site in sites.iter_mut().filter(|_| rng.unit() < 0.1) {
        let away = 1_500.0;
        (site.place.at, site.place.outline) = (site.place.at.map(|v| v + away), site.place.outline.iter().map(|corner| corner.map(|v| v + away)).collect());
    }
    write_sources(folder, &sites, &streets, false);
    let path = folder.join("batiment.geojson");
    let mut collection: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for feature in collection["features"].as_array_mut().unwrap() {
        let is_light = rng.unit() < 0.3;
        let properties = &mut feature["properties"];
        properties["construction_legere"] = json!(is_light);
        // A glass roof is high, and no source counts its storeys; in a few people live all the same.
        properties["hauteur"] = json!(rng.range(3.0, 25.0));
        if is_light && rng.unit() < 0.7 {
            properties["nombre_de_logements"] = Value::Null;
        }
    }
    std::fs::write(path, collection.to_string()).unwrap();
    sites
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn loads_of_the_network_and_what_it_does_not_reach_are_the_buildings_demand(seed in any::<u64>(), houses in 20_usize..60) {
        let folder = tempfile::tempdir().unwrap();
        let sources = folder.path().join("sources");
        std::fs::create_dir(&sources).unwrap();
        let sites = write_mixed(&sources, seed, houses);
        let out = folder.path().join("out");
        let done = import::import(&[sources], &out, &ImportOptions::default(), &ShardOptions { most_buildings: 20_000 }, 1, &Silent).unwrap();
        let told = |code: &str| done.report.findings().iter().find(|finding| finding.code == code).map(|finding| (finding.object.clone(), finding.value.clone()));
        let document: Value = serde_json::from_slice(&std::fs::read(out.join(&done.manifest.grids[0].path)).unwrap()).unwrap();
        let loads = document["data"]["sym_load"].as_array().unwrap();
        let served: BTreeMap<&str, f64> = loads.iter().filter(|load| load["layer"] == "buildings").map(|load| (load["feature"].as_str().unwrap(), load["kwh"].as_f64().unwrap())).collect();
        let served_kwh: f64 = served.values().sum();
        let (unreached, unreached_kwh) = told("networks-unreached").map_or((0, 0.0), |(count, kwh)| (count.parse().unwrap(), kwh.parse().unwrap()));
        let light: usize = told("demand-light").map_or(0, |(_, count)| count.parse().unwrap());
        let by_class = &done.manifest.features.as_ref().unwrap().demand;
        let (asked_kwh, asked): (f64, u64) = by_class.iter().fold((0.0, 0), |sum, class| (sum.0 + class.kwh_year, sum.1 + class.buildings));
        // The finding tells whole kilowatt-hours.
        prop_assert!((served_kwh + unreached_kwh - asked_kwh).abs() <= 0.5 + 1e-9 * asked_kwh, "{served_kwh} + {unreached_kwh} ≠ {asked_kwh}");
        prop_assert_eq!((served.len() + unreached) as u64, asked);
        prop_assert_eq!(served.len() + unreached + light, sites.len(), "none is lost");
        // And what follows the profiles is the same once more.
        let scaled = done.manifest.scaled.iter().find(|scaled| scaled.id == "demand-of-buildings").unwrap();
        prop_assert_eq!(scaled.count, asked);
    }
}

/// The sentence has the distance in it.
#[test]
fn what_is_too_far_from_a_street_is_said_with_the_distance_of_the_rule() {
    let text = std::fs::read_to_string("docs/findings.md").unwrap();
    let line = text.lines().find(|line| line.contains("`networks-unreached`")).unwrap();
    assert_eq!(line.matches(&format!("{} m", jumeau::pipeline::laying::graph::SERVICE_M)).count(), 2, "{line}");
}
