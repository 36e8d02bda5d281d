//! "My roof" from a record alone: what a few views say of many points, what a choice changes, what a page is told.

use jumeau::base::{Clock, Instant};
use jumeau::energy::climate::typical_year;
use jumeau::energy::economics::{Grounds, Use, file::france};
use jumeau::energy::layout::{ModuleKind, Orientation, lay};
use jumeau::energy::prepared::PreparedYear;
use jumeau::energy::pv::System;
use jumeau::energy::roof::planes;
use jumeau::energy::shading::condense::{VIEWS, condensed};
use jumeau::energy::shading::{Foliage, Visibility};
use jumeau::energy::transposition::Plane;
use jumeau::energy::weather::Site;
use jumeau::energy::yields::{PlaneView, Sureness};
use jumeau::formats::roofbook::{BareRecord, LineRecord, MonumentRecord, Record, ThinnedRecord, TreeRecord};
use jumeau::geodesy::{EnuFrame, LonLatH};
use jumeau::planning::file::Texts;
use jumeau::rooftop::answer::{Ask, HeatAsked, MyRoof, answer};
use jumeau::rooftop::card::{self, COLOURS, Card};
use jumeau::rooftop::load::Load;
use jumeau::rooftop::prepare::{Prepared, Sunlight};
use jumeau::rooftop::record::{self, Shared};
use jumeau::rooftop::told::{Basis, figures};
use jumeau::rooftop::{Roof, Thinning, message, neighbours};
use proptest::prelude::*;

const NANTES: Site = Site { lat: 47.21, lon: -1.55, elevation_m: 20.0 };

fn shared() -> Shared {
    Shared {
        module: ModuleKind::default(),
        system: System::default(),
        foliage: Foliage::default(),
        sureness: Sureness::CLIMATOLOGY,
        weather: ["climatology".to_owned(), "climatologie".to_owned(), "climatology".to_owned()],
        layers: vec!["buildings".to_owned(), "servitudes".to_owned()],
        sources: vec!["essai, 2026".to_owned()],
        hours: record::hours_rounded(&typical_year(&NANTES, 2026).unwrap()),
        step_h: 1.0,
    }
}

/// A gable of 12 m by 6 m a side, 30°, whose ridge runs east and west; `views` is what both sides see.
fn gable(views: &[Visibility]) -> Record {
    let (run, rise) = (6.0 * 30f64.to_radians().cos(), 3.0);
    let (a, b, c, d) = ([0.0, 0.0, 5.0], [12.0, 0.0, 5.0], [12.0, run, 5.0 + rise], [0.0, run, 5.0 + rise]);
    let (e, f) = ([12.0, 2.0 * run, 5.0], [0.0, 2.0 * run, 5.0]);
    let shared = shared();
    let prepared = PreparedYear::new(&shared.system, &shared.hours, 1.0);
    let records = planes(&[[a, b, c], [a, c, d], [d, c, e], [d, e, f]])
        .into_iter()
        .enumerate()
        .map(|(number, plane)| {
            let plane = record::plane_rounded(plane);
            let layout = record::layout_rounded(lay(&plane, &shared.module));
            let tilted = Plane::new(plane.tilt, plane.azimuth);
            let (sums, open) = prepared.produce(&tilted, &PlaneView::new(&tilted, views, shared.foliage), |_, _| ());
            let kwh_month = sums.month_kwh.map(|kwh| record::energy(kwh * layout.kwp));
            let roof = Roof {
                building: "b".to_owned(),
                layer: "buildings".into(),
                plane: number,
                area_m2: plane.area_m2,
                usable_m2: layout.usable_m2,
                tilt: plane.tilt,
                azimuth: plane.azimuth,
                ridge_m: 8.0,
                modules: layout.modules,
                kwp: layout.kwp,
                kwh_year: record::energy(kwh_month.iter().sum()),
                kwh_year_p90: 0.0,
                kwh_month,
                shading_loss: record::energy(1.0 - sums.ac_kwh / open),
                sky_view: 0.9,
                poa_kwh_m2: record::energy(sums.poa_kwh),
                outline: plane.outline(),
            };
            record::plane_record(&plane, &layout, &roof, views)
        })
        .collect();
    let monument = MonumentRecord { name: "Église".to_owned(), dataset: "sup".to_owned(), at: [300.0, 0.0], distance_m: 300.0, covisible: Some(true), ..MonumentRecord::default() };
    Record { building: "b".to_owned(), layer: "buildings".to_owned(), usage: "residential".to_owned(), planes: records, monuments: vec![monument], ..Record::default() }
}

fn ask(battery_kwh: f64, planes: Option<Vec<usize>>, without: Vec<(usize, usize)>) -> Ask {
    let at = Instant::parse("2026-11-26T12:00:00Z").unwrap();
    Ask { building: "b".to_owned(), load: Load::Household, load_kwh: None, heat_pump: None, battery_kwh, cost_eur: None, own: Vec::new(), way: Use::Surplus, at, planes, most_kwp: None, without, bare: false, margin_m: None }
}

fn answered(prepared: &Prepared, sunlight: &Sunlight, ask: &Ask) -> MyRoof {
    answer(prepared, sunlight, Clock::Paris, ask, &france().unwrap(), &Texts::france().unwrap()).unwrap()
}

#[test]
fn a_choice_changes_the_answer_and_a_battery_takes_no_own_use_away() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let prepared = Prepared::new(gable(&[]), &sunlight);
    let proposed = answered(&prepared, &sunlight, &ask(0.0, None, vec![]));
    assert_eq!(proposed.covered.len(), 1, "the north side is left out");
    assert!((proposed.covered[0].roof.azimuth - 180.0).abs() < 1e-6);
    let both = answered(&prepared, &sunlight, &ask(0.0, Some(vec![0, 1]), vec![]));
    assert_eq!(both.answer.modules, 2 * proposed.answer.modules);
    let plane = proposed.covered[0].roof.plane;
    let fewer = answered(&prepared, &sunlight, &ask(0.0, None, vec![(plane, 0), (plane, 1)]));
    assert_eq!(fewer.answer.modules, proposed.answer.modules - 2);
    assert!((fewer.answer.kwh_year / fewer.answer.kwp - proposed.answer.kwh_year / proposed.answer.kwp).abs() < 1e-9);
    let mut own_use = 0.0;
    for tenths in (0..=100).step_by(20) {
        let with = answered(&prepared, &sunlight, &ask(f64::from(tenths) / 10.0, None, vec![]));
        assert!(with.answer.imbalance_kwh < 1e-6 && with.answer.self_consumption >= own_use - 1e-12, "{tenths}");
        own_use = with.answer.self_consumption;
        let made: f64 = with.production_kw.iter().sum();
        assert!((made / with.answer.kwh_year - 1.0).abs() < 1e-6, "{made} {}", with.answer.kwh_year);
    }
    // A wall to the south takes some of it.
    let wall = Visibility::from_horizon((0..72).map(|number| if (30..43).contains(&number) { 25.0 } else { 0.0 }));
    let shaded = answered(&Prepared::new(gable(&[wall]), &sunlight), &sunlight, &ask(0.0, None, vec![]));
    assert!(shaded.answer.kwh_year < 0.9 * proposed.answer.kwh_year && shaded.answer.kwh_year > 0.3 * proposed.answer.kwh_year);
}

/// A monument that is hidden in a straight line, with no street to look from, is not said to be unseen; with streets it is.
#[test]
fn a_monument_that_nobody_looked_for_is_not_unseen() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let told = |viewpoints: usize| {
        let mut record = gable(&[]);
        record.monuments.iter_mut().for_each(|monument| (monument.covisible, monument.viewpoints) = (Some(false), viewpoints));
        let question = ask(0.0, None, vec![]);
        let found = answered(&Prepared::new(record, &sunlight), &sunlight, &question);
        let basis = Basis::of("Village", &sunlight.shared, &question, "book");
        Card::new(&found, &basis, Clock::Paris, false).covisible
    };
    assert_eq!((told(0), told(12)), (None, Some(false)));
}

/// The record of a listed building says that the monument is the building: its card has the other sentence.
#[test]
fn the_card_of_a_listed_building_says_so() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let mut record = gable(&[]);
    record.monuments.iter_mut().for_each(|monument| (monument.covisible, monument.building) = (None, Some("b".to_owned())));
    let question = ask(0.0, None, vec![]);
    let found = answered(&Prepared::new(Record::parse(&record.line()).unwrap(), &sunlight), &sunlight, &question);
    let basis = Basis::of("Village", &sunlight.shared, &question, "book");
    for (english, text, months) in [(false, "lui-même un monument", "5 mois"), (true, "monument itself", "5 months")] {
        let card = Card::new(&found, &basis, Clock::Paris, english);
        assert_eq!((card.listed.as_deref(), card.delay_months), (Some("Église"), 5));
        assert!(card.steps[0].text.contains(text), "{:?}", card.steps[0]);
        assert!(card.steps.iter().any(|step| step.why.contains(months)), "{:?}", card.steps.iter().map(|step| &step.why).collect::<Vec<_>>());
        assert!(!card.steps.iter().any(|step| step.step.id == "heritage-agreement"));
    }
}

/// The hill decides: with it the monument is hidden, without it the line is there, and the formalities follow.
#[test]
fn a_trial_without_the_terrain_gives_the_sight_line_back() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let line = LineRecord { from: [5.0, 3.0, 8.0], to: [300.0, 0.0, 20.0], hidden_at: None };
    let hidden = LineRecord { hidden_at: Some([150.0, 0.0, 30.0]), ..line };
    let mut record = gable(&[]);
    record.monuments.iter_mut().for_each(|monument| {
        (monument.covisible, monument.viewpoints, monument.direct) = (Some(false), 4, Some(hidden));
        monument.bare = Some(BareRecord { covisible: Some(true), direct: Some(line), from_street: None });
    });
    let record = Record::parse(&record.line()).unwrap();
    let prepared = Prepared::new(record, &sunlight);
    for (bare, seen) in [(false, false), (true, true)] {
        let found = answered(&prepared, &sunlight, &Ask { bare, ..ask(0.0, None, vec![]) });
        let monument = &found.covisibilities[0];
        assert_eq!((monument.covisible, monument.direct.as_ref().map(|line| line.is_free())), (Some(seen), Some(seen)));
        let agreement = found.formalities.steps.iter().any(|step| step.id == "heritage-agreement");
        assert_eq!(agreement, seen, "{:?}", found.formalities.steps.iter().map(|step| &step.id).collect::<Vec<_>>());
        assert_eq!(card::Tried::new(&prepared.record, None, bare, false).bare.is_some(), seen);
    }
}

/// A tree takes light, and what it gives back is said; the hours follow the year.
#[test]
fn a_felled_tree_gives_its_light_back() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let tops = |high: f32| Visibility::from_horizon([0.0; 72]).with_tree_tops((0..72).map(|number| if (33..40).contains(&number) { high } else { 0.0 }));
    let mut record = gable(&[tops(50.0)]);
    let thinned: Vec<ThinnedRecord> = (0..2).map(|plane| ThinnedRecord { plane, directions: (33..40).collect(), tops: vec![vec![0; 7]] }).collect();
    record.trees = vec![TreeRecord { at: [6.0, -8.0], radius_m: 3.0, foot_m: 0.0, top_m: 14.0, thinned: thinned.clone(), others: vec!["c".to_owned(), "d".to_owned()] }];
    record.treeless = thinned;
    assert_eq!(Record::parse(&record.line()).unwrap(), record);
    let south = usize::from(record.planes[0].azimuth < 90.0 || record.planes[0].azimuth > 270.0);
    let damaged = { let mut damaged = record.clone(); damaged.trees[0].thinned[0].directions[0] = 72; damaged };
    assert!(Record::parse(&damaged.line()).is_err(), "a direction that no view has");
    let prepared = Prepared::new(record, &sunlight);
    let year = |prepared: &Prepared| answered(prepared, &sunlight, &ask(0.0, Some(vec![south]), vec![])).answer.kwh_year;
    let (open, without) = (Prepared::new(gable(&[]), &sunlight), prepared.without(Thinning::Tree(0), &sunlight));
    let (before, after, never) = (year(&prepared), year(&without), year(&open));
    assert!(before < 0.98 * after && (after / never - 1.0).abs() < 1e-3, "{before} {after} {never}");
    assert_eq!(year(&prepared.without(Thinning::All, &sunlight)), after);
    let hours: f64 = without.per_kwp[south].iter().map(|kw| f64::from(*kw)).sum();
    assert!((hours * without.record.planes[south].kwp / after - 1.0).abs() < 1e-4);
    let tried = card::Tried::new(&without.record, Some((Thinning::Tree(0), [before, after])), false, false);
    assert!(tried.trees[0].is_felled && tried.trees[0].name.contains("14 m de haut") && tried.trees[0].name.ends_with("sud"), "{}", tried.trees[0].name);
    assert!(tried.felled.unwrap().1.starts_with("Sans l’arbre 1 : "));
}

/// The roof beside has the same tree before it and gains too; one whose trees stand elsewhere does not.
#[test]
fn a_felled_tree_gives_light_to_the_roofs_beside() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let tops = |high: f32| Visibility::from_horizon([0.0; 72]).with_tree_tops((0..72).map(|number| if (33..40).contains(&number) { high } else { 0.0 }));
    let thinned: Vec<ThinnedRecord> = (0..2).map(|plane| ThinnedRecord { plane, directions: (33..40).collect(), tops: vec![vec![0; 7]] }).collect();
    let tree = |x: f64, others: &[&str]| TreeRecord { at: [x, -8.0], radius_m: 3.0, foot_m: 0.0, top_m: 14.0, thinned: thinned.clone(), others: others.iter().map(|id| (*id).to_owned()).collect() };
    let house = |id: &str, trees: Vec<TreeRecord>| Record { building: id.to_owned(), trees, treeless: thinned.clone(), ..gable(&[tops(50.0)]) };
    let own = house("a", vec![tree(6.0, &["b", "c"]), tree(40.0, &["c", "d"])]);
    let felled = neighbours::felled(&own, Thinning::Tree(0));
    assert_eq!(neighbours::others(felled), ["b", "c"]);
    assert_eq!(neighbours::others(neighbours::felled(&own, Thinning::All)), ["b", "c", "d"], "each once");
    assert!(neighbours::felled(&own, Thinning::Tree(7)).is_empty());
    let (beside, away) = (house("b", vec![tree(6.0, &["a"])]), house("c", vec![tree(9.0, &[])]));
    let gain = neighbours::gain(&beside, felled, &sunlight).unwrap();
    let year = |record: &Record| record.planes.iter().map(|own| own.kwh_year).sum::<f64>();
    let without = Prepared::new(beside.clone(), &sunlight).without(Thinning::Tree(0), &sunlight);
    assert!(gain.more_kwh() > 1.0 && (gain.before_kwh, gain.after_kwh) == (year(&beside), year(&without.record)), "{gain:?}");
    assert_eq!(neighbours::gain(&away, felled, &sunlight), None);
    // One of several trees: at least what it gives alone.
    let several = house("b", vec![tree(6.0, &[]), tree(60.0, &[])]);
    assert_eq!(neighbours::gain(&several, felled, &sunlight).map(|gain| gain.after_kwh), Some(year(&without.record)));
    let told = neighbours::told(vec![gain.clone(), neighbours::Neighbour { building: "e".to_owned(), after_kwh: gain.after_kwh + 500.0, ..gain.clone() }], 2, false).unwrap();
    let many = neighbours::told(vec![gain.clone(), gain.clone()], neighbours::MOST, false).unwrap();
    assert!(many.sentence.starts_with("Au moins 2 toits voisins"), "there may be more: {many:?}");
    assert!(told.sentence.starts_with("2 toits voisins y gagnent : +") && told.roofs[0].1.starts_with("e : +"), "{told:?}");
    assert_eq!(neighbours::told(Vec::new(), 0, true), None);
}

/// Upright or lying, with another margin: the same light for each kilowatt, other modules.
#[test]
fn modules_are_laid_as_somebody_wants_them() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let prepared = Prepared::new(gable(&[]), &sunlight);
    let laid = |orientation, margin_m: f64| prepared.relaid(orientation, &ModuleKind { margin_m, ..sunlight.shared.module });
    let modules = |prepared: &Prepared| prepared.record.planes[0].modules;
    assert_eq!(laid(None, sunlight.shared.module.margin_m).record, prepared.record, "laid as it was proposed");
    for (orientation, lying) in [(Orientation::Portrait, false), (Orientation::Landscape, true)] {
        let roof = laid(Some(orientation), 0.3);
        let plane = &roof.record.planes[0];
        assert_eq!((plane.lying, plane.corners_mm.len()), (lying, plane.modules));
        assert!((plane.kwh_year / plane.kwp - prepared.record.planes[0].kwh_year / prepared.record.planes[0].kwp).abs() < 1e-6);
        assert!(modules(&roof) <= modules(&prepared));
        assert_eq!(Record::parse(&roof.record.line()).unwrap(), roof.record);
    }
    assert!(modules(&laid(None, 1.5)) < modules(&prepared));
    assert_eq!(modules(&laid(None, 3.0)), 0, "no room is left between the margins");
}

#[test]
fn the_page_is_told_all_that_was_agreed() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let prepared = Prepared::new(gable(&[]), &sunlight);
    let question = ask(5.0, None, vec![(0, 1)]);
    let found = answered(&prepared, &sunlight, &question);
    for english in [false, true] {
        let basis = Basis::of("Village", &sunlight.shared, &question, "book");
        let (cards, card) = (card::planes(&prepared, &sunlight.shared, Some(&found), &question.without, english), Card::new(&found, &basis, Clock::Paris, english));
        let outline = message::Outline { state: "ready", building: Some("b".to_owned()), ..message::Outline::default() };
        let told = message::ready(&outline, &cards, &card, &found, &EnuFrame::at(LonLatH::new(NANTES.lon, NANTES.lat, 60.0)), english, 1.5);
        for key in ["kind", "state", "building", "message", "choice", "meter", "numbers", "figures", "months", "monthNames", "days", "planes", "legend", "facts", "missing", "steps", "monuments", "co2", "sources", "nature", "shading", "trees", "allTrees", "tried", "ms"] {
            assert!(told.get(key).is_some(), "{key}");
        }
        let count = |key: &str| told[key].as_array().unwrap().len();
        assert_eq!((count("months"), count("days"), count("planes"), count("co2"), count("monuments")), (12, 12, 2, 3, 1));
        assert_eq!(told["numbers"]["covisible"], true);
        assert_eq!(told["numbers"]["dated"], true, "tariffs of spring are past in November");
        let south = found.covered[0].roof.plane;
        let modules = told["planes"][south]["modulesAt"].as_array().unwrap();
        assert_eq!(modules.len() as u64, told["planes"][south]["places"].as_u64().unwrap());
        assert_eq!(modules.iter().filter(|module| module["on"] == true).count(), found.answer.modules);
        assert!(told["planes"][south]["kwhM2"].as_f64() > told["planes"][1 - south]["kwhM2"].as_f64(), "light from the south");
        assert_eq!(told["planes"][south]["name"].as_str().unwrap().contains(if english { "south" } else { "sud" }), true);
        for figure in told["figures"].as_array().unwrap() {
            assert!(["name", "value", "origin"].iter().all(|part| !figure[*part].as_str().unwrap().is_empty()), "{figure}");
        }
        assert!(told["steps"].as_array().unwrap().iter().any(|step| step["id"] == "heritage-agreement" && step["origin"].as_str().unwrap().contains("L.621")));
        // Twelve mean days are the year, but for months of different lengths.
        let day = |month: usize| card.days[month].production.iter().sum::<f64>();
        let lengths = [31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
        let year: f64 = (0..12).map(|month| day(month) * lengths[month]).sum();
        assert!((year / found.answer.kwh_year - 1.0).abs() < 2e-3, "{year}");
    }
}

#[test]
fn colours_grow_lighter_with_the_light() {
    let luminance = |[r, g, b]: [u8; 3]| 0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b);
    let steps: Vec<f64> = (0..=30).map(|step| luminance(card::colour(300.0 + 60.0 * f64::from(step)))).collect();
    assert!(steps.windows(2).all(|pair| pair[0] <= pair[1]), "{steps:?}");
    assert_eq!((card::colour(0.0), card::colour(9e9), card::colour(f64::NAN)), (COLOURS[0], COLOURS[5], COLOURS[0]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn a_few_views_say_what_many_points_see(
        points in proptest::collection::vec((proptest::collection::vec(0.0..60.0f32, 72), proptest::collection::vec(0.0..80.0f32, 72)), 1..60),
        trees in any::<bool>(), tilt in 0.0..60.0f64, facing in 0.0..360.0f64,
    ) {
        let points: Vec<Visibility> = points
            .into_iter()
            .map(|(horizon, tops)| {
                let seen = Visibility::from_horizon(horizon);
                if trees { seen.with_tree_tops(tops) } else { seen }
            })
            .collect();
        let few = condensed(&points);
        prop_assert!(few.len() <= VIEWS && !few.is_empty());
        prop_assert_eq!(&condensed(&few), &few, "what is condensed stays as it is");
        let plane = Plane::new(tilt, facing);
        let (all, told) = (PlaneView::new(&plane, &points, Foliage::default()), PlaneView::new(&plane, &few, Foliage::default()));
        prop_assert!((all.sky_share() - told.sky_share()).abs() < if points.len() <= VIEWS { 0.004 } else { 0.02 }, "{} {}", all.sky_share(), told.sky_share());
        if points.len() > VIEWS {
            // No direction is off by more than a view's share, and a quarter of a degree.
            for azimuth in (0..72).map(|number| 5.0 * f64::from(number)) {
                for elevation in [5.0, 20.0, 40.0, 70.0] {
                    let (a, b) = (all.sun_share(azimuth, elevation, 0), told.sun_share(azimuth, elevation, 0));
                    prop_assert!((a - b).abs() < 1.5 / VIEWS as f64, "{azimuth} {elevation}: {a} {b}");
                }
            }
        }
    }
}

#[test]
fn nothing_in_the_way_is_no_view() {
    assert!(condensed(&[]).is_empty());
    assert!(condensed(&vec![Visibility::from_horizon([0.1; 72]); 20]).is_empty(), "a tenth of a degree is none");
}

/// Story 3: a heat pump or none, a battery from 0 to 10 kWh.
#[test]
fn a_heat_pump_is_drawn_by_the_cold_and_closes_every_hour() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let prepared = Prepared::new(gable(&[]), &sunlight);
    let of = |heat_pump, load_kwh, battery_kwh| answered(&prepared, &sunlight, &Ask { heat_pump, load_kwh, ..ask(battery_kwh, None, vec![]) });
    let (without, with) = (of(None, None, 0.0), of(Some(HeatAsked::Usual), None, 0.0));
    assert!(without.pump.is_none());
    let pump = with.pump.as_ref().unwrap();
    assert!(pump.replaces && !pump.is_given && pump.kw.len() == with.load_kw.len());
    // Between the pump's worst and best of a French year.
    assert!((2.0..4.5).contains(&pump.seasonal_cop()), "{}", pump.seasonal_cop());
    assert!((pump.heat_kwh / pump.seasonal_cop() - pump.kwh()).abs() < 1e-6);
    assert!(with.answer.earnings.used.iter().any(|(fact, _)| fact.id == "home-heat"), "the assumption stands among the facts");
    // Cold hours take it, warm ones do not.
    let (winter, summer) = (pump.kw[..744].iter().sum::<f64>(), pump.kw[4_700..5_400].iter().sum::<f64>());
    assert!(winter > 10.0 * summer.max(1e-9), "{winter} {summer}");
    // The usual heating of the profile is not counted beside it.
    assert!((with.load_kwh - pump.kwh() - 0.76 * without.load_kwh).abs() < 1e-3 * without.load_kwh, "{} {} {}", with.load_kwh, pump.kwh(), without.load_kwh);
    // A person's own figure stays as it is, and the pump comes on top.
    let given = of(Some(HeatAsked::Kwh(6_000.0)), Some(3_000.0), 0.0);
    let own = given.pump.as_ref().unwrap();
    assert!(own.is_given && !own.replaces && (own.heat_kwh - 6_000.0).abs() < 1e-9);
    assert!((given.load_kwh - 3_000.0 - own.kwh()).abs() < 1e-6);
    let mut own_use = 0.0;
    for tenths in (0..=100).step_by(25) {
        let found = of(Some(HeatAsked::Usual), None, f64::from(tenths) / 10.0);
        assert!(found.answer.imbalance_kwh < 1e-6 && found.answer.self_consumption >= own_use - 1e-12, "{tenths}");
        own_use = found.answer.self_consumption;
    }
}

/// Amounts of one's own stand in for the dated facts and are said to be one's own.
#[test]
fn every_amount_of_money_can_be_ones_own() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let prepared = Prepared::new(gable(&[]), &sunlight);
    let own = vec![("power-price", 0.3), ("pv-surplus-tariff", 0.1), ("pv-premium", 100.0), ("vat", 0.1), ("vat-elsewhere", 0.1)];
    let found = answered(&prepared, &sunlight, &Ask { own, cost_eur: Some(8_000.0), ..ask(0.0, None, vec![]) });
    let (answer, earned) = (&found.answer, &found.answer.earnings);
    assert!((earned.savings.unwrap() - 0.3 * answer.balance.own_use).abs() < 1e-9);
    assert!((earned.sale.unwrap() - 0.1 * answer.balance.exported).abs() < 1e-9);
    assert!((earned.premium.unwrap() - 100.0 * answer.kwp).abs() < 1e-9);
    assert!((earned.cost_with_tax.unwrap() - 8_800.0).abs() < 1e-9);
    assert!(!answer.is_dated() && earned.used.iter().all(|(fact, _)| fact.grounds == Grounds::Given), "{:?}", earned.used);
    let asked = ask(0.0, None, vec![]);
    let basis = Basis::of("Commune", &sunlight.shared, &asked, "book");
    let lines = figures(&found, &basis, false);
    assert_eq!(lines.iter().find(|line| line.key == "savings").unwrap().origin, "votre valeur");
}

#[test]
fn what_is_not_there_is_said_to_be_not_there() {
    let sunlight = Sunlight::new(shared()).unwrap();
    let prepared = Prepared::new(gable(&[]), &sunlight);
    let code = |asked: Ask| answer(&prepared, &sunlight, Clock::Paris, &asked, &france().unwrap(), &Texts::france().unwrap()).map(|_| "answered").unwrap_or_else(|fault| fault.code);
    assert_eq!(code(ask(0.0, Some(vec![99]), vec![])), "roof-plane-unknown");
    assert_eq!(code(Ask { most_kwp: Some(0.0), ..ask(0.0, None, vec![]) }), "roof-power-small");
    assert_eq!(code(Ask { heat_pump: Some(HeatAsked::Kwh(f64::NAN)), ..ask(0.0, None, vec![]) }), "roof-heat");
}
