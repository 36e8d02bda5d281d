//! Proposals: their link and file, the laws of their answer, the nearest post.

use jumeau::base::{Clock, Instant};
use jumeau::energy::economics::file::france;
use jumeau::energy::weather::Site;
use jumeau::formats::gridbook::{GridBook, Known, Line, Post};
use jumeau::geodesy::{Crs, LonLat};
use jumeau::siting::answer::{Answer, answer};
use jumeau::siting::file;
use jumeau::siting::ground::{Ground, Prepared};
use jumeau::siting::reach::Places;
use jumeau::siting::told::{Card, json, words};
use jumeau::siting::worth::Worth;
use jumeau::view::{BatteryUse, Command, Placed, Proposal, SolarMount, Thing, Tool};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::OnceLock;

const HERE: [f64; 2] = [1.2, 45.96];

fn start() -> Instant {
    Instant::parse("2026-01-01T00:00:00Z").unwrap()
}

fn ground(steps: usize, demand: impl Fn(usize) -> f64, production: impl Fn(usize) -> f64) -> Ground {
    Ground {
        start: start(),
        step_s: 3600,
        clock: Clock::at(HERE[0], HERE[1]),
        site: Site { lat: HERE[1], lon: HERE[0], elevation_m: 200.0 },
        demand_kw: (0..steps).map(demand).collect(),
        production_kw: (0..steps).map(production).collect(),
        wind_ms: vec![f64::NAN; steps],
        origins: Vec::new(),
    }
}

/// A village: a few hundred kilowatts, more in the evening.
fn village() -> &'static Prepared {
    static PREPARED: OnceLock<Prepared> = OnceLock::new();
    PREPARED.get_or_init(|| Prepared::new(ground(8760, |step| 150.0 + 120.0 * ((step % 24) as f64 / 24.0), |_| 0.0)).unwrap())
}

/// Eleven weeks are enough for laws.
fn short() -> &'static Prepared {
    static PREPARED: OnceLock<Prepared> = OnceLock::new();
    PREPARED.get_or_init(|| Prepared::new(ground(1_900, |step| 100.0 + 50.0 * ((step % 24) as f64 / 24.0), |step| if step % 5 == 0 { 400.0 } else { 20.0 })).unwrap())
}

fn things() -> impl Strategy<Value = Thing> {
    prop_oneof![
        (10.0..250.0f64, "[A-Za-z0-9/ ~:,%.-]{1,20}").prop_map(|(hub_m, model)| Thing::Turbine { model, hub_m }),
        (1.0..5e4f64, 0.0..90.0f64, 0.0..360.0f64, 0usize..3).prop_map(|(kwp, tilt_deg, azimuth_deg, mount)| Thing::Solar { kwp, tilt_deg, azimuth_deg, mount: SolarMount::ALL[mount] }),
        (1.0..2e5f64, 1.0..1e5f64).prop_map(|(kwh, kw)| Thing::Battery { kwh, kw }),
        (1u16..500, 2.0..400.0f64).prop_map(|(points, kw)| Thing::Hub { points, kw }),
        (1.0..1.3f64, 45.0..46.0f64, 10.0..5e4f64).prop_map(|(lon, lat, kw)| Thing::Feeder { to: [(lon * 1e7).round() / 1e7, (lat * 1e7).round() / 1e7], kw }),
    ]
}

fn proposals() -> impl Strategy<Value = Proposal> {
    let placed = (1.0..1.3f64, 45.0..46.0f64, things()).prop_map(|(lon, lat, thing)| Placed { at: [(lon * 1e7).round() / 1e7, (lat * 1e7).round() / 1e7], thing });
    (prop::collection::vec(placed, 0..12), prop::option::of(1.0..1e6f64), 0usize..2, prop::option::of(2.0..12.0f64), prop::option::of(0usize..12)).prop_map(|(placed, limit_kw, of_use, wind_ms, chosen)| Proposal {
        chosen: chosen.filter(|chosen| *chosen < placed.len()),
        placed,
        limit_kw,
        battery_use: BatteryUse::ALL[of_use],
        wind_ms,
        tool: None,
    })
}

proptest! {
    #[test]
    fn a_link_and_a_file_carry_a_proposal_whole(proposal in proposals()) {
        let text = proposal.text();
        prop_assert_eq!(Proposal::parse(&text), Some(proposal.clone()));
        let bytes = file::to_geojson(&proposal).to_string();
        let read = file::read(bytes.as_bytes()).unwrap();
        prop_assert_eq!(read.left_out, 0);
        prop_assert_eq!(read.proposal, Proposal { chosen: None, ..proposal });
    }

    #[test]
    fn no_text_and_no_file_does_harm(text in "[a-z0-9:.,~%-]{0,80}", bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Proposal::parse(&text);
        let _ = file::read(&bytes);
    }

    #[test]
    fn the_nearest_post_and_line_are_those_of_brute_force(
        posts in prop::collection::vec((1.19..1.23f64, 45.95..45.98f64), 1..40),
        lines in prop::collection::vec(prop::collection::vec((1.19..1.23f64, 45.95..45.98f64), 2..6), 1..30),
        from in (1.19..1.23f64, 45.95..45.98f64),
        kw in 10.0..900.0f64,
    ) {
        let crs = Crs::from_code("EPSG:2154").unwrap();
        let plane = |(lon_deg, lat_deg): (f64, f64)| crs.from_lonlat(LonLat { lon_deg, lat_deg }).unwrap();
        let known = |id: String, volt: f64| Known { id, voltage_v: Some(volt), accuracy: "A".to_owned(), dataset: "real".to_owned(), ..Known::default() };
        let volt = |index: usize| if index % 2 == 0 { 400.0 } else { 20_000.0 };
        let book = GridBook {
            posts: posts.iter().enumerate().map(|(index, at)| Post { known: known(format!("p{index}"), 20_000.0), at: [at.0, at.1], ..Post::default() }).collect(),
            lines: lines.iter().enumerate().map(|(index, points)| Line { known: known(format!("l{index}"), volt(index)), points: points.iter().map(|at| [at.0, at.1]).collect() }).collect(),
            ..GridBook::default()
        };
        // As a file would bring it.
        let book = GridBook::parse(&book.bytes().unwrap()).unwrap();
        let found = Places::new(book, crs.clone(), BTreeSet::new()).find([from.0, from.1], kw, &|_| None).unwrap();
        let at = plane(from);
        let distance = |a: [f64; 2]| (a[0] - at[0]).hypot(a[1] - at[1]);
        let post = posts.iter().map(|place| distance(plane(*place))).fold(f64::INFINITY, f64::min);
        // The nearest in the plane, and as far as it is on the ellipsoid.
        let is_nearest = |end: &jumeau::siting::reach::End, nearest: f64| {
            let on_ellipsoid = jumeau::geodesy::geodesic::distance_m([from.0, from.1], end.at);
            (distance(plane((end.at[0], end.at[1]))) - nearest).abs() < 1e-6 && (end.distance_m - on_ellipsoid).abs() < 1e-9
        };
        prop_assert!(is_nearest(&found.post.unwrap(), post));
        let to_piece = |a: [f64; 2], b: [f64; 2]| {
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            let share = (((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
            distance([a[0] + share * dx, a[1] + share * dy])
        };
        let nearest = lines.iter().enumerate().filter(|(index, _)| kw <= 250.0 || volt(*index) > 1_000.0)
            .flat_map(|(_, points)| points.windows(2)).map(|pair| to_piece(plane(pair[0]), plane(pair[1]))).fold(f64::INFINITY, f64::min);
        match found.line {
            Some(line) => prop_assert!(is_nearest(&line, nearest)),
            None => prop_assert!(nearest.is_infinite()),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Energy is conserved at each step, the state of charge stays inside, the connection is never exceeded by what is fed in.
    #[test]
    fn every_step_closes(kwp in 10.0..3_000.0f64, kwh in 1.0..8_000.0f64, kw in 1.0..3_000.0f64, limit in 10.0..2_000.0f64, own in any::<bool>(), points in 1u16..60) {
        let proposal = Proposal {
            placed: vec![
                Placed { at: HERE, thing: Thing::Solar { kwp, tilt_deg: 20.0, azimuth_deg: 170.0, mount: SolarMount::Roof } },
                Placed { at: HERE, thing: Thing::Battery { kwh, kw } },
                Placed { at: HERE, thing: Thing::Hub { points, kw: 22.0 } },
                Placed { at: HERE, thing: Tool::Turbine.usual(HERE) },
            ],
            limit_kw: Some(limit),
            battery_use: if own { BatteryUse::OwnUse } else { BatteryUse::Connection },
            ..Proposal::default()
        };
        let found = answer(short(), &proposal, start()).unwrap();
        prop_assert!(found.imbalance[0] < 1e-6 && found.imbalance[1] < 1e-6, "{:?}", found.imbalance);
        prop_assert!(found.stored_kwh[0] >= -1e-9 && found.stored_kwh[1] <= kwh + 1e-6, "{:?}", found.stored_kwh);
        for outcome in [found.year.before, found.year.bare, found.year.after] {
            let t = outcome.totals;
            prop_assert!(t.peak_export_kw <= limit + 1e-6);
            let gives = t.production_kwh - t.curtailed_kwh + t.discharged_kwh + t.imported_kwh;
            let takes = t.consumption_kwh + t.charged_kwh + t.exported_kwh;
            prop_assert!((gives - takes).abs() < 1e-6 * gives.max(1.0), "{gives} {takes}");
            prop_assert!(t.storage_losses_kwh >= -1e-6);
        }
        // The day and the hour are parts of the whole.
        prop_assert!(found.day.after.totals.production_kwh <= found.year.after.totals.production_kwh + 1e-6);
        prop_assert!(found.hour.after.totals.production_kwh <= found.day.after.totals.production_kwh + 1e-6);
    }

    /// A larger battery (of one power) never curtails more, whatever it is for; for its connection a stronger one neither.
    #[test]
    fn curtailment_falls_with_the_battery(kwp in 200.0..3_000.0f64, small in 1.0..2_000.0f64, more in 1.0..5_000.0f64, kw in 1.0..2_000.0f64, limit in 20.0..800.0f64, own in any::<bool>()) {
        let with = |kwh: f64, kw: f64| {
            let proposal = Proposal {
                placed: vec![
                    Placed { at: HERE, thing: Thing::Solar { kwp, tilt_deg: 20.0, azimuth_deg: 180.0, mount: SolarMount::Ground } },
                    Placed { at: HERE, thing: Tool::Turbine.usual(HERE) },
                    Placed { at: HERE, thing: Thing::Battery { kwh, kw } },
                ],
                limit_kw: Some(limit),
                battery_use: if own { BatteryUse::OwnUse } else { BatteryUse::Connection },
                ..Proposal::default()
            };
            answer(short(), &proposal, start()).unwrap().year
        };
        let (less, large) = (with(small, kw), with(small + more, kw));
        prop_assert!(large.after.totals.curtailed_kwh <= less.after.totals.curtailed_kwh + 1e-6);
        prop_assert!(less.after.totals.curtailed_kwh <= less.bare.totals.curtailed_kwh + 1e-6);
        if !own {
            let strong = with(small, 2.0 * kw);
            prop_assert!(strong.after.totals.curtailed_kwh <= less.after.totals.curtailed_kwh + 1e-6);
        }
    }
}

fn plain(found: &Answer) -> (f64, f64) {
    (found.solar_kwh, found.year.after.totals.production_kwh)
}

#[test]
fn a_solar_plant_makes_what_the_climate_gives() {
    let of = |mount, tilt_deg, azimuth_deg| {
        let thing = Thing::Solar { kwp: 250.0, tilt_deg, azimuth_deg, mount };
        let proposal = Proposal { placed: vec![Placed { at: HERE, thing }], ..Proposal::default() };
        plain(&answer(village(), &proposal, start()).unwrap()).0 / 250.0
    };
    let south = of(SolarMount::Roof, 30.0, 180.0);
    // The sanity band of the reference for Bordeaux and Lyon, 30° south.
    assert!((1_050.0..1_320.0).contains(&south), "{south}");
    assert!(of(SolarMount::Roof, 30.0, 0.0) < 0.8 * south);
    assert!(of(SolarMount::Ground, 30.0, 180.0) > south);
}

#[test]
fn turbines_make_what_their_wind_gives_and_stand_in_each_others_wakes() {
    let of = |models: &[[f64; 2]], wind_ms: Option<f64>| {
        let placed = models.iter().map(|at| Placed { at: *at, thing: Tool::Turbine.usual(*at) }).collect();
        answer(village(), &Proposal { placed, wind_ms, ..Proposal::default() }, start()).unwrap()
    };
    let one = of(&[HERE], None);
    let hours = one.wind_kwh / 2_000.0;
    assert!((1_500.0..3_500.0).contains(&hours), "{hours}");
    assert!(of(&[HERE], Some(8.0)).wind_kwh > one.wind_kwh);
    let near = of(&[HERE, [HERE[0] + 0.003, HERE[1]]], None);
    assert!(near.plant.wake_loss > 0.0 && near.wind_kwh < 2.0 * one.wind_kwh);
    let far = of(&[HERE, [HERE[0] + 0.5, HERE[1]]], None);
    assert!(far.plant.wake_loss < near.plant.wake_loss);
    let unknown = Proposal { placed: vec![Placed { at: HERE, thing: Thing::Turbine { model: "nobody's".to_owned(), hub_m: 80.0 } }], ..Proposal::default() };
    assert_eq!(answer(village(), &unknown, start()).unwrap().plant.unknown, ["nobody's"]);
}

#[test]
fn known_wind_is_taken_as_it_is() {
    let mut ground = ground(48, |_| 0.0, |_| 0.0);
    ground.wind_ms = (0..48).map(|step| if step < 24 { 15.0 } else { 0.0 }).collect();
    let prepared = Prepared::new(ground).unwrap();
    let proposal = Proposal { placed: vec![Placed { at: HERE, thing: Tool::Turbine.usual(HERE) }], ..Proposal::default() };
    let found = answer(&prepared, &proposal, start()).unwrap();
    let curve = jumeau::energy::wind::library::turbine("E-70/2000").unwrap().curve;
    assert!((found.wind_kwh - 24.0 * 0.97 * curve.at(15.0)).abs() < 1e-6, "{}", found.wind_kwh);
}

#[test]
fn a_windy_week_with_and_without_a_battery() {
    // Four days at 900 kW, three calm ones; 500 kW go out.
    let prepared = Prepared::new(ground(168, |_| 0.0, |step| if step < 96 { 900.0 } else { 0.0 })).unwrap();
    let battery = |kwh| Proposal { placed: vec![Placed { at: HERE, thing: Thing::Battery { kwh, kw: 400.0 } }], limit_kw: Some(500.0), ..Proposal::default() };
    let found = answer(&prepared, &battery(2_000.0), start()).unwrap();
    assert!((found.year.bare.totals.curtailed_kwh - 96.0 * 400.0).abs() < 1e-6);
    // What fits in once: 2 MWh inside are 2/√0.88 taken.
    let avoided = found.year.bare.totals.curtailed_kwh - found.year.after.totals.curtailed_kwh;
    assert!((avoided - 2_000.0 / 0.88f64.sqrt()).abs() < 1e-6, "{avoided}");
    assert_eq!((found.year.bare.curtailing_h, found.year.after.cycles.round()), (96.0, 1.0));
    assert!((found.year.after.totals.exported_kwh - (96.0 * 500.0 + 2_000.0 * 0.88f64.sqrt())).abs() < 1e-6);
}

#[test]
fn charging_is_counted_and_never_beyond_the_points() {
    let proposal = Proposal { placed: vec![Placed { at: HERE, thing: Thing::Hub { points: 3, kw: 22.0 } }], limit_kw: Some(200.0), ..Proposal::default() };
    let found = answer(village(), &proposal, start()).unwrap();
    // Some stays are too short, more so at a slow point.
    let slow = Proposal { placed: vec![Placed { at: HERE, thing: Thing::Hub { points: 3, kw: 7.0 } }], ..Proposal::default() };
    assert!(answer(village(), &slow, start()).unwrap().charging_kwh < found.charging_kwh);
    let expected = 3.0 * 3.0 * 12.0 * 365.0;
    assert!((0.7 * expected..=1.001 * expected).contains(&found.charging_kwh), "{} {expected}", found.charging_kwh);
    let change = found.year.after.totals.peak_import_kw - found.year.before.totals.peak_import_kw;
    assert!((0.0..=66.0 + 1e-6).contains(&change), "{change}");
    assert!(found.year.after.overdrawn_h >= found.year.before.overdrawn_h && found.year.before.overdrawn_h > 0.0);
}

#[test]
fn money_names_its_facts_and_what_has_none() {
    let at = Instant::parse("2026-02-10T12:00:00Z").unwrap();
    let small = Proposal { placed: vec![Placed { at: HERE, thing: Thing::Solar { kwp: 90.0, tilt_deg: 20.0, azimuth_deg: 180.0, mount: SolarMount::Roof } }], ..Proposal::default() };
    let found = answer(village(), &small, at).unwrap();
    let worth = Worth::of(&found, &france().unwrap(), at);
    let totals = |outcome: jumeau::siting::answer::Outcome| outcome.totals;
    // No power price holds before August 2026 in the file: it is named, not guessed.
    assert!(worth.missing.contains(&"power-price") && worth.saved_eur.is_none());
    let sold = 0.0536 * (totals(found.year.after).exported_kwh - totals(found.year.before).exported_kwh);
    assert!((worth.sold_eur.unwrap() - sold).abs() < 1e-9 && (worth.cost_eur.unwrap() - 99_000.0).abs() < 1e-6);
    let later = Worth::of(&found, &france().unwrap(), Instant::parse("2026-11-26T12:00:00Z").unwrap());
    assert!(later.saved_eur.unwrap() > 0.0 && later.is_dated());
    let wind = Proposal { placed: vec![Placed { at: HERE, thing: Tool::Turbine.usual(HERE) }, Placed { at: HERE, thing: Tool::Battery.usual(HERE) }], ..Proposal::default() };
    let worth = Worth::of(&answer(village(), &wind, at).unwrap(), &france().unwrap(), at);
    assert!(worth.sold_eur.is_none());
    for id in ["wind-tariff", "wind-cost", "battery-cost"] {
        assert!(worth.missing.contains(&id), "{id}");
    }
}

#[test]
fn the_card_says_the_same_in_both_languages_and_in_json() {
    let proposal = Proposal { placed: Tool::ALL.map(|tool| Placed { at: HERE, thing: tool.usual(HERE) }).to_vec(), limit_kw: Some(800.0), ..Proposal::default() };
    let found = answer(village(), &proposal, start()).unwrap();
    let worth = Worth::of(&found, &france().unwrap(), start());
    let [french, english] = [false, true].map(|english| Card::new(&found, &worth, village(), &proposal, english));
    let keys = |card: &Card| card.headline.iter().map(|line| line.key).chain(card.year.iter().map(|row| row.key)).collect::<Vec<_>>();
    assert_eq!(keys(&french), keys(&english));
    assert!(words(&french, false).contains("Écrêtement évité") && words(&english, true).contains("avoided by the battery"));
    let document = json(&found, &worth, start());
    let year = &document["year"];
    let avoided = year["without_battery"]["curtailed_kwh"].as_f64().unwrap() - year["after"]["curtailed_kwh"].as_f64().unwrap();
    assert!((year["curtailment_avoided_kwh"].as_f64().unwrap() - avoided).abs() < 1e-9 && avoided > 0.0);
    assert_eq!(found.moments.len(), 24 - 1);
}

#[test]
fn impossible_grounds_are_refused() {
    let code = |ground: Ground| Prepared::new(ground).unwrap_err().code;
    assert_eq!(code(ground(0, |_| 0.0, |_| 0.0)), "siting-steps");
    assert_eq!(code(Ground { step_s: 0, ..ground(3, |_| 0.0, |_| 0.0) }), "siting-steps");
    assert_eq!(code(ground(3, |_| f64::NAN, |_| 0.0)), "siting-series");
    assert_eq!(code(ground(3, |_| 1.0, |_| -1.0)), "siting-series");
}

#[test]
fn every_action_is_a_command_that_keeps_inside() {
    let limits = super::view::limits();
    let state = jumeau::view::opening("somewhere", limits.instants[0], &limits);
    let run = |state: &jumeau::view::ViewState, command: Command| jumeau::view::apply(state, &command, &limits);
    let state = run(&state, Command::UseTool { tool: Some(Tool::Battery) });
    assert_eq!(state.proposal.tool, Some(Tool::Battery));
    let state = run(&state, Command::PlaceHere { tool: Tool::Battery });
    assert_eq!((state.proposal.placed.len(), state.proposal.chosen, state.proposal.tool), (1, Some(0), None));
    assert_eq!(state.proposal.placed[0].at, [state.camera.target[0], state.camera.target[1]]);
    let moved = run(&state, Command::MovePlaced { index: 0, east_m: 100.0, north_m: 0.0 });
    assert!(moved.proposal.placed[0].at[0] > state.proposal.placed[0].at[0]);
    let away = run(&state, Command::PutPlaced { index: 0, at: [170.0, 80.0] });
    let [_, _, east, north] = limits.bounds_lonlat;
    assert_eq!(away.proposal.placed[0].at, [east, north]);
    let larger = run(&state, Command::ChangePlaced { index: 0, thing: Thing::Battery { kwh: 1e12, kw: 5.0 } });
    assert_eq!(larger.proposal.placed[0].thing, Thing::Battery { kwh: 200_000.0, kw: 5.0 });
    let odd = run(&state, Command::ChangePlaced { index: 0, thing: Thing::Battery { kwh: f64::NAN, kw: 5.0 } });
    assert_eq!(odd.proposal, state.proposal);
    let link = jumeau::view::to_link(&larger);
    assert_eq!(jumeau::view::from_link(&link, &state).unwrap().proposal, larger.proposal);
    let gone = run(&larger, Command::RemovePlaced { index: 0 });
    assert!(gone.proposal.is_empty() && gone.proposal.chosen.is_none());
    let mut full = state;
    for _ in 0..100 {
        full = run(&full, Command::PlaceHere { tool: Tool::Solar });
    }
    assert_eq!(full.proposal.placed.len(), jumeau::view::proposal::MAX_PLACED);
    assert!(jumeau::view::to_link(&full).len() < jumeau::view::MAX_LINK_BYTES);
}
