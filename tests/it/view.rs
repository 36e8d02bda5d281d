//! Laws of `apply`, the share link and the keyboard's table.
//!
//! `web/app/shortcuts.js` is that table for the browser; `JUMEAU_WRITE_DOCS=1` writes it again.

use jumeau::base::{Clock, Instant, Interval, Language, LayerId};
use jumeau::i18n::Texts;
use jumeau::view::colours::Palette;
use jumeau::view::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

pub fn limits() -> Limits {
    Limits {
        home: Camera {
            target: [-1.5586, 47.2133, 55.0],
            distance_m: 1200.0,
            heading_deg: 30.0,
            pitch_deg: -32.0,
        },
        bounds_lonlat: [-1.6, 47.19, -1.52, 47.24],
        distance_m: [20.0, 20_000.0],
        instants: [
            instant("2026-01-01T00:00:00Z"),
            instant("2027-01-01T00:00:00Z"),
        ],
        years: [1800, 2056],
        clock: Clock::Paris,
        series: vec![
            KnownSeries { id: "courbes".to_owned(), layer: Some("buildings".into()), parts: false, breaks: Vec::new() },
            KnownSeries { id: "eco2mix".to_owned(), layer: None, parts: false, breaks: Vec::new() },
            KnownSeries { id: "tension".to_owned(), layer: Some("low-voltage".into()), parts: true, breaks: Vec::new() },
            KnownSeries { id: "reste".to_owned(), layer: Some("low-voltage".into()), parts: false, breaks: vec![0.0, 36.0, 250.0] },
        ],
    }
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).expect("an instant")
}

fn start() -> ViewState {
    opening("nantes-centre", instant("2026-06-21T13:30:00Z"), &limits())
}

fn do_all(commands: &[Command]) -> ViewState {
    commands
        .iter()
        .fold(start(), |state, command| apply(&state, command, &limits()))
}

fn is_valid(state: &ViewState, limits: &Limits) -> Result<(), String> {
    let camera = &state.camera;
    let [west, south, east, north] = limits.bounds_lonlat;
    let checks = [
        ("territory", state.territory == "nantes-centre"),
        ("lon", (west..=east).contains(&camera.target[0])),
        ("lat", (south..=north).contains(&camera.target[1])),
        ("height", (-1000.0..=10_000.0).contains(&camera.target[2])),
        (
            "distance",
            (limits.distance_m[0]..=limits.distance_m[1]).contains(&camera.distance_m),
        ),
        ("heading", (0.0..360.0).contains(&camera.heading_deg)),
        (
            "pitch",
            (PITCH_DEG[0]..=PITCH_DEG[1]).contains(&camera.pitch_deg),
        ),
        (
            "instant",
            (limits.reach()[0]..limits.reach()[1]).contains(&state.instant),
        ),
        (
            "year",
            (limits.years[0]..=limits.years[1]).contains(&state.year) && state.year == i32::from(limits.clock.read(state.instant).year),
        ),
        (
            "speed",
            (SPEED[0]..=SPEED[1]).contains(&state.playback.speed),
        ),
        ("carry", (0.0..1.0).contains(&state.playback.carry_s)),
        ("hidden", state.hidden.len() <= MAX_HIDDEN),
        ("battery", (0.0..=MAX_BATTERY_KWH).contains(&state.roof.battery_kwh)),
        ("load", state.roof.load_kwh.is_none_or(|kwh| kwh >= 1.0)),
        ("margin", state.roof.margin_m.is_none_or(|margin| (0.0..=MAX_MARGIN_M).contains(&margin))),
        ("planes", state.roof.covered.is_disjoint(&state.roof.uncovered)),
    ];
    match checks.iter().find(|(_, holds)| !holds) {
        Some((what, _)) => Err(format!("{what} out of limits: {state:?}")),
        None => Ok(()),
    }
}

/// Any number a page or script may send, most often a reasonable one.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => -400.0..400.0,
        2 => proptest::num::f64::ANY,
        1 => Just(f64::NAN),
        1 => Just(f64::INFINITY),
    ]
}

fn camera() -> impl Strategy<Value = Camera> {
    (number(), number(), number(), number(), number(), number()).prop_map(
        |(lon, lat, height, distance_m, heading_deg, pitch_deg)| Camera {
            target: [lon, lat, height],
            distance_m,
            heading_deg,
            pitch_deg,
        },
    )
}

fn any_instant() -> impl Strategy<Value = Instant> {
    prop_oneof![
        3 => 1_700_000_000_i64..1_900_000_000,
        1 => any::<i64>(),
    ]
    .prop_map(Instant)
}

fn layer() -> impl Strategy<Value = LayerId> {
    prop_oneof![
        3 => "[a-z]{1,12}".prop_map(LayerId),
        1 => any::<String>().prop_map(LayerId),
    ]
}

fn selection() -> impl Strategy<Value = Option<Selection>> {
    proptest::option::of((layer(), ".{0,80}").prop_map(|(layer, id)| Selection { layer, id }))
}

fn theme() -> impl Strategy<Value = Theme> {
    proptest::sample::select(vec![Theme::None, Theme::Demand, Theme::ConstructionYear, Theme::Series, Theme::Attribute])
}

fn language() -> impl Strategy<Value = Language> {
    proptest::sample::select(&Language::ALL[..])
}

fn series() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(prop_oneof![Just("courbes".to_owned()), Just("eco2mix".to_owned()), any::<String>()])
}

fn span() -> impl Strategy<Value = Option<Interval>> {
    proptest::option::of((any_instant(), any_instant()).prop_map(|(start, end)| Interval { start, end }))
}

fn scale() -> impl Strategy<Value = Scale> {
    let breaks = prop_oneof![
        Just(Breaks::Smooth),
        any::<u8>().prop_map(|classes| Breaks::Equal { classes }),
        (2..=8_u8).prop_map(|classes| Breaks::Quantiles { classes }),
        (2..=8_u8).prop_map(|classes| Breaks::Jenks { classes }),
        proptest::collection::vec(number(), 0..9).prop_map(|at| Breaks::Manual { at }),
        (-1e3..1e3, 0.1..1e3).prop_map(|(first, width)| Breaks::Manual { at: vec![first, first + width] }),
    ];
    (breaks, proptest::sample::select(&colours::Palette::ALL[..])).prop_map(|(breaks, palette)| Scale { breaks, palette })
}

fn attribute() -> impl Strategy<Value = Attribute> {
    let name = prop_oneof![Just("usage".to_owned()), "[A-Za-z_é:,%]{0,20}", any::<String>()];
    (layer(), name).prop_map(|(layer, name)| Attribute { layer, name })
}

fn filter() -> impl Strategy<Value = Filter> {
    let end = || proptest::option::of(prop_oneof![number(), -1e3..1e3]);
    let keep = prop_oneof![
        (end(), end()).prop_map(|(low, high)| Keep::Range { low, high }),
        proptest::collection::vec(".{1,60}", 0..18).prop_map(|values| Keep::Values { values }),
    ];
    (attribute(), keep).prop_map(|(attribute, keep)| Filter { attribute, keep })
}

fn filters() -> impl Strategy<Value = Vec<Filter>> {
    proptest::collection::vec(filter(), 0..6)
}

fn roof() -> impl Strategy<Value = RoofChoice> {
    let planes = || proptest::collection::btree_set(any::<u16>(), 0..40);
    let without = proptest::collection::btree_set((any::<u16>(), any::<u16>()), 0..200);
    let own = proptest::collection::btree_map(proptest::sample::select(&RoofAmount::ALL[..]), number(), 0..4);
    let tried = (tree(), any::<bool>(), proptest::sample::select(&RoofLay::ALL[..]), proptest::option::of(number()), any::<bool>(), proptest::option::of(number()), own);
    (proptest::sample::select(&RoofLoad::ALL[..]), proptest::option::of(number()), number(), any::<bool>(), planes(), planes(), without, tried).prop_map(
        |(load, load_kwh, battery_kwh, sell_all, covered, uncovered, without, (felled, bare, lay, margin_m, heat_pump, heat_kwh, own))| RoofChoice {
            load, load_kwh, battery_kwh, sell_all, covered, uncovered, without, felled, bare, lay, margin_m, heat_pump, heat_kwh, own,
        },
    )
}

fn tree() -> impl Strategy<Value = RoofTree> {
    prop_oneof![Just(RoofTree::None), Just(RoofTree::All), any::<u16>().prop_map(RoofTree::One)]
}

fn flows() -> impl Strategy<Value = FlowChoice> {
    (any::<bool>(), any::<u8>(), proptest::sample::select(&FlowSpan::ALL[..])).prop_map(|(shown, equipped_percent, over)| FlowChoice { shown, equipped_percent, over })
}

/// As `apply` leaves it: of two wishes that exclude each other at most one.
fn plan() -> impl Strategy<Value = Option<PlanView>> {
    let only = (proptest::sample::select(&["roofs", "car-parks"][..]), any::<bool>()).prop_map(|(wish, kept)| [wish].into_iter().chain(kept.then_some("kept")).map(str::to_owned).collect());
    proptest::option::of((proptest::sample::select(&jumeau::view::PLAN_COLUMNS[..]), any::<bool>(), only).prop_map(|(by, falling, only)| PlanView { by: by.to_owned(), falling, only }))
}

fn area() -> impl Strategy<Value = DrawnArea> {
    let corner = prop_oneof![(-1.6..-1.5_f64, 47.1..47.3_f64), (number(), number())];
    (proptest::collection::vec(corner, 0..12), any::<bool>()).prop_map(|(corners, drawing)| DrawnArea { corners: corners.into_iter().map(|(lon, lat)| [lon, lat]).collect(), drawing })
}

fn state() -> impl Strategy<Value = ViewState> {
    (
        camera(),
        any_instant(),
        any::<i32>(),
        (any::<bool>(), number()),
        proptest::collection::btree_set(layer(), 0..40),
        theme(),
        selection(),
        (language(), series(), span(), scale(), proptest::option::of(attribute()), filters(), roof(), (flows(), plan(), area())),
    )
        .prop_map(
            |(camera, instant, year, (playing, speed), hidden, theme, selection, (language, series, span, scale, attribute, filters, roof, (flows, plan, area)))| {
                ViewState {
                    territory: "elsewhere".to_owned(),
                    camera,
                    instant,
                    year,
                    playback: Playback {
                        playing,
                        speed,
                        carry_s: speed,
                    },
                    hidden,
                    theme,
                    selection,
                    language,
                    underground: playing,
                    quality: Quality::Auto,
                    series,
                    span,
                    scale,
                    attribute,
                    filters,
                    roof,
                    raised: !playing,
                    balance: playing,
                    flows,
                    proposal: Default::default(),
                    plan,
                    mean: playing,
                    gather: !playing,
                    area,
                }
            },
        )
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        camera().prop_map(|camera| Command::LookAt { camera }),
        (number(), number()).prop_map(|(heading_deg, pitch_deg)| Command::Orbit {
            heading_deg,
            pitch_deg
        }),
        number().prop_map(|factor| Command::Zoom { factor }),
        (number(), number()).prop_map(|(right_m, forward_m)| Command::Pan { right_m, forward_m }),
        Just(Command::Home),
        Just(Command::North),
        any_instant().prop_map(|instant| Command::SetInstant { instant }),
        any::<i64>().prop_map(|seconds| Command::StepInstant { seconds }),
        any::<i32>().prop_map(|year| Command::SetYear { year }),
        any::<bool>().prop_map(|playing| Command::Play { playing }),
        any::<bool>().prop_map(|raised| Command::SetRaised { raised }),
        any::<bool>().prop_map(|shown| Command::ShowBalance { shown }),
        number().prop_map(|speed| Command::SetSpeed { speed }),
        (layer(), any::<bool>()).prop_map(|(layer, visible)| Command::ShowLayer { layer, visible }),
        theme().prop_map(|theme| Command::SetTheme { theme }),
        series().prop_map(|series| Command::ShowSeries { series }),
        any::<i32>().prop_map(|by| Command::NextSeries { by }),
        scale().prop_map(|scale| Command::SetScale { scale }),
        proptest::option::of(attribute()).prop_map(|attribute| Command::ShowAttribute { attribute }),
        filters().prop_map(|filters| Command::SetFilters { filters }),
        span().prop_map(|span| Command::SetSpan { span }),
        (proptest::sample::select(&timeline::Span::ALL[..]), any::<i32>()).prop_map(|(unit, count)| Command::StepClock { unit, count }),
        selection().prop_map(|selection| Command::Select { selection }),
        (proptest::array::uniform3(number()), number(), selection()).prop_map(|(at, span_m, selection)| Command::GoTo { at, span_m, selection }),
        ".{0,20}".prop_map(|query| Command::Find { query }),
        (proptest::sample::select(&RoofLoad::ALL[..]), proptest::option::of(number())).prop_map(|(load, kwh)| Command::SetRoofLoad { load, kwh }),
        number().prop_map(|kwh| Command::SetRoofBattery { kwh }),
        any::<bool>().prop_map(|all| Command::SetRoofSale { all }),
        (any::<bool>(), proptest::option::of(number())).prop_map(|(on, kwh)| Command::SetRoofHeatPump { on, kwh }),
        (proptest::sample::select(&RoofAmount::ALL[..]), proptest::option::of(number())).prop_map(|(amount, value)| Command::SetRoofAmount { amount, value }),
        (any::<u16>(), any::<bool>()).prop_map(|(plane, covered)| Command::CoverRoofPlane { plane, covered }),
        (0..3_u16, any::<u16>(), any::<bool>()).prop_map(|(plane, place, on)| Command::SetRoofModule { plane, place, on }),
        Just(Command::ResetRoof),
        Just(Command::SaveRoofDossier),
        Just(Command::SavePlan { file: "plan.gpkg".to_owned() }),
        (proptest::sample::select(&Values::ALL[..]), proptest::sample::select(&Form::ALL[..])).prop_map(|(of, form)| Command::SaveValues { of, form }),
        tree().prop_map(|tree| Command::FellRoofTree { tree }),
        any::<bool>().prop_map(|bare| Command::SetRoofTerrain { bare }),
        (proptest::sample::select(&RoofLay::ALL[..]), proptest::option::of(number())).prop_map(|(lay, margin_m)| Command::SetRoofLayout { lay, margin_m }),
        any::<bool>().prop_map(|shown| Command::ShowFlows { shown }),
        any::<u8>().prop_map(|percent| Command::SetEquipped { percent }),
        proptest::sample::select(&FlowSpan::ALL[..]).prop_map(|over| Command::SetFlowSpan { over }),
        proptest::option::of(".{0,20}").prop_map(|csv| Command::RoofMeter { name: "m.csv".to_owned(), csv }),
        any::<bool>().prop_map(|shown| Command::ShowMean { shown }),
        any::<bool>().prop_map(|gather| Command::SetGather { gather }),
        any::<bool>().prop_map(|drawing| Command::DrawArea { drawing }),
        (number(), number()).prop_map(|(lon, lat)| Command::AddCorner { at: [lon, lat] }),
        Just(Command::AddCornerHere),
        Just(Command::RemoveCorner),
        area().prop_map(|area| Command::SetArea { corners: area.corners }),
        language().prop_map(|language| Command::SetLanguage { language }),
        state().prop_map(|state| Command::Restore {
            state: Box::new(state)
        }),
        number().prop_map(|seconds| Command::Tick { seconds }),
    ]
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance
}

proptest! {
    #[test]
    fn any_sequence_of_commands_stays_inside_the_limits(
        commands in proptest::collection::vec(command(), 0..60),
    ) {
        let mut state = start();
        for command in &commands {
            state = apply(&state, command, &limits());
            if let Err(fault) = is_valid(&state, &limits()) {
                prop_assert!(false, "{command:?}: {fault}");
            }
        }
    }

    #[test]
    fn limits_that_make_no_sense_never_panic(
        bounds in proptest::array::uniform4(number()),
        distance_m in proptest::array::uniform2(number()),
        (from, to) in (any_instant(), any_instant()),
        years in any::<[i32; 2]>(),
        home in camera(),
        commands in proptest::collection::vec(command(), 0..10),
    ) {
        let limits = Limits { home, bounds_lonlat: bounds, distance_m, instants: [from, to], years, clock: Clock::Paris, series: Vec::new() };
        let mut state = start();
        for command in &commands {
            state = apply(&state, command, &limits);
        }
        to_link(&state);
    }

    #[test]
    fn setting_the_same_thing_twice_is_setting_it_once(
        command in command().prop_filter("absolute", |command| !matches!(
            command,
            Command::Orbit { .. } | Command::Zoom { .. } | Command::Pan { .. }
                | Command::StepInstant { .. } | Command::StepClock { .. } | Command::NextSeries { .. } | Command::Tick { .. }
        )),
    ) {
        let once = apply(&start(), &command, &limits());
        prop_assert_eq!(&apply(&once, &command, &limits()), &once);
    }

    #[test]
    fn a_valid_state_is_left_alone(commands in proptest::collection::vec(command(), 0..20)) {
        let state = do_all(&commands);
        let restored = apply(&state, &Command::Restore { state: Box::new(state.clone()) }, &limits());
        prop_assert_eq!(restored, state);
    }

    #[test]
    fn panning_there_and_back_returns(
        heading in 0.0..360.0, right_m in -800.0..800.0, forward_m in -800.0..800.0,
    ) {
        let turned = do_all(&[Command::Orbit { heading_deg: heading - 30.0, pitch_deg: 0.0 }]);
        let there = apply(&turned, &Command::Pan { right_m, forward_m }, &limits());
        let back = apply(&there, &Command::Pan { right_m: -right_m, forward_m: -forward_m }, &limits());
        for axis in 0..2 {
            prop_assert!(close(back.camera.target[axis], turned.camera.target[axis], 1e-9));
        }
    }

    #[test]
    fn a_link_says_the_whole_picture(commands in proptest::collection::vec(command(), 0..40)) {
        let state = do_all(&commands);
        let link = to_link(&state);
        prop_assert!(link.len() <= MAX_LINK_BYTES);
        prop_assert!(link.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#' && byte != b'"'), "{link}");
        // The reader's own state is as different as can be: nothing of it may remain.
        let mut base = start();
        base.territory = "elsewhere".to_owned();
        base.hidden = BTreeSet::from([LayerId::from("roads")]);
        base.selection = Some(Selection { layer: "roads".into(), id: "1".to_owned() });
        base.theme = Theme::Demand;
        let read = from_link(&link, &base);
        prop_assert!(read.is_ok(), "{link}: {read:?}");
        let read = read.expect("just checked");
        let (a, b) = (&read.camera, &state.camera);
        prop_assert!(close(a.target[0], b.target[0], 1e-7) && close(a.target[1], b.target[1], 1e-7));
        prop_assert!(close(a.target[2], b.target[2], 0.01) && close(a.distance_m, b.distance_m, 0.01));
        let turn = (a.heading_deg - b.heading_deg).abs();
        prop_assert!(turn.min(360.0 - turn) < 1e-5 && close(a.pitch_deg, b.pitch_deg, 1e-5));
        prop_assert!(close(read.playback.speed, state.playback.speed, 0.001));
        let mut same = read.clone();
        same.camera = state.camera;
        same.playback.speed = state.playback.speed;
        same.playback.carry_s = state.playback.carry_s;
        prop_assert_eq!(&same, &state);
        // Written again it is the same link: links are stable.
        prop_assert_eq!(to_link(&read), link.clone());
        // Chat programs like to encode what is already encoded well enough.
        let value_encoded = link.replace(',', "%2C").replace(':', "%3A");
        prop_assert_eq!(from_link(&value_encoded, &base), Ok(read));
    }

    #[test]
    fn any_text_is_read_or_refused(link in ".{0,200}") {
        let _ = from_link(&link, &start());
    }

    #[test]
    fn any_keys_and_values_are_read_or_refused(
        pairs in proptest::collection::vec(("(v|territory|c|t|y|theme|hide|sel|play|speed|lang|x)", ".{0,30}"), 0..8),
    ) {
        let link = pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&");
        if let Ok(state) = from_link(&link, &start()) {
            let state = apply(&start(), &Command::Restore { state: Box::new(state) }, &limits());
            prop_assert!(is_valid(&state, &limits()).is_ok());
        }
    }

    #[test]
    fn states_and_commands_survive_json(commands in proptest::collection::vec(command(), 0..20)) {
        let mut state = do_all(&commands);
        state.playback.carry_s = 0.0;
        let text = serde_json::to_string(&state).expect("writes");
        prop_assert_eq!(serde_json::from_str::<ViewState>(&text).expect("reads"), state.clone());
        let restore = Command::Restore { state: Box::new(state) };
        let text = serde_json::to_string(&restore).expect("writes");
        prop_assert_eq!(serde_json::from_str::<Command>(&text).expect("reads"), restore);
    }
}

/// Ends of geodesics by GeographicLib 2.1 (Python, `Geodesic.WGS84.Direct`): lat, lon, azimuth, metres, end lat, end lon.
const GEODESICS: [[f64; 6]; 5] = [
    [47.2133, -1.5586, 0.0, 1000.0, 47.2222948208, -1.5586],
    [47.2133, -1.5586, 90.0, 1000.0, 47.2132992395, -1.5453991655],
    [47.2133, -1.5586, 217.5, 250.0, 47.2115159629, -1.5606089724],
    [
        -21.1151,
        55.5364,
        45.0,
        2000.0,
        -21.1023263913,
        55.5500113769,
    ],
    [43.6047, 1.4442, 300.0, 5000.0, 43.6271887023, 1.3905473690],
];

#[test]
fn pan_follows_the_heading_on_the_ellipsoid() {
    let everywhere = Limits {
        bounds_lonlat: [-180.0, -85.0, 180.0, 85.0],
        ..limits()
    };
    for [lat, lon, azimuth, metres, end_lat, end_lon] in GEODESICS {
        let camera = Camera {
            target: [lon, lat, 0.0],
            heading_deg: azimuth,
            ..limits().home
        };
        let state = apply(&start(), &Command::LookAt { camera }, &everywhere);
        let moved = apply(
            &state,
            &Command::Pan {
                right_m: 0.0,
                forward_m: metres,
            },
            &everywhere,
        );
        // A line of constant heading leaves the geodesic by s² tan(lat) / 2R.
        let aside_m = metres * metres * lat.to_radians().tan().abs() / (2.0 * 6.371e6);
        let tolerance_deg = (1.1 * aside_m + 0.01) / 111_000.0;
        let [x, y, _] = moved.camera.target;
        let east_scale = lat.to_radians().cos();
        assert!(
            close(x, end_lon, tolerance_deg / east_scale) && close(y, end_lat, tolerance_deg),
            "{lat} {lon} {azimuth}: {x} {y}"
        );
        // Sideways, the same end is reached by turning a quarter to the left.
        let turned = apply(
            &state,
            &Command::Orbit {
                heading_deg: -90.0,
                pitch_deg: 0.0,
            },
            &everywhere,
        );
        let sideways = apply(
            &turned,
            &Command::Pan {
                right_m: metres,
                forward_m: 0.0,
            },
            &everywhere,
        );
        assert!(
            close(sideways.camera.target[0], x, 1e-9) && close(sideways.camera.target[1], y, 1e-9)
        );
    }
}

#[test]
fn values_are_written_as_csv_where_nothing_else_is_asked_for() {
    let read = |text: &str| serde_json::from_str::<Command>(text).ok();
    assert_eq!(read(r#"{"do":"save-values","of":"balance"}"#), Some(Command::SaveValues { of: Values::Balance, form: Form::Csv }));
    assert_eq!(read(r#"{"do":"save-values","of":"curves","form":"parquet"}"#), Some(Command::SaveValues { of: Values::Curves, form: Form::Parquet }));
    assert_eq!(read(r#"{"do":"save-values","of":"curves","form":"xlsx"}"#), None);
}

#[test]
fn home_keeps_everything_but_the_camera() {
    let state = do_all(&[
        Command::SetLanguage {
            language: Language::En,
        },
        Command::SetTheme {
            theme: Theme::Demand,
        },
        Command::ShowLayer {
            layer: "trees".into(),
            visible: false,
        },
        Command::Zoom { factor: 0.1 },
        Command::Orbit {
            heading_deg: 200.0,
            pitch_deg: -20.0,
        },
    ]);
    let home = apply(&state, &Command::Home, &limits());
    assert_eq!(home.camera, limits().home);
    assert_eq!(
        ViewState {
            camera: state.camera,
            ..home
        },
        state
    );
}

#[test]
fn the_clock_goes_on_into_the_next_year() {
    let state = do_all(&[
        Command::SetInstant {
            instant: instant("2026-12-31T23:30:00Z"),
        },
        Command::StepInstant { seconds: 3600 },
    ]);
    assert_eq!((state.instant, state.year), (instant("2027-01-01T00:30:00Z"), 2027));
    let state = apply(&state, &Command::StepClock { unit: timeline::Span::Year, count: -1 }, &limits());
    assert_eq!((state.instant, state.year), (instant("2026-01-01T00:30:00Z"), 2026));
}

/// The date says the year of what is shown, however either of them was chosen.
#[test]
fn the_clock_and_the_years_are_one() {
    let state = do_all(&[Command::SetYear { year: 1990 }]);
    assert_eq!((state.instant, state.year), (instant("1990-06-21T13:30:00Z"), 1990));
    let state = do_all(&[Command::SetInstant { instant: instant("1950-12-31T23:30:00Z") }]);
    assert_eq!(state.year, 1951, "by the clock of the place");
    // Years that the territory does not have become the nearest that it has, in the same season.
    let state = do_all(&[Command::SetInstant { instant: instant("2150-06-21T13:30:00Z") }]);
    assert_eq!((state.year, state.instant), (2056, instant("2056-06-21T13:30:00Z")));
    let few = Limits { years: [1850, 2056], ..limits() };
    let state = apply(&start(), &Command::SetInstant { instant: instant("1812-10-19T12:00:00Z") }, &few);
    assert_eq!((state.year, few.clock.read(state.instant).month), (1850, 10));
    assert_eq!([9999, -5].map(|year| do_all(&[Command::SetYear { year }]).year), [2056, 1800]);
}

/// What is played may lie years ahead of all values, the ruler shows it, and the clock loops there.
#[test]
fn years_ahead_can_be_played_over_and_over() {
    let ahead = Interval { start: instant("2030-01-01T00:00:00Z"), end: instant("2032-01-01T00:00:00Z") };
    let state = do_all(&[Command::SetSpan { span: Some(ahead) }, Command::Play { playing: true }, Command::Tick { seconds: 1.0 }]);
    assert_eq!(state.span, Some(ahead));
    assert!((ahead.start..ahead.end).contains(&state.instant), "{}", state.instant);
    assert_eq!(limits().ruled(instant("2026-06-21T13:30:00Z"), Some(ahead)), [limits().instants[0], ahead.end]);
    assert_eq!(from_link(&to_link(&state), &start()).map(|state| state.span), Ok(Some(ahead)));
    // Beyond all years it is cut, and where nothing is left there is none.
    let far = |start: &str, end: &str| do_all(&[Command::SetSpan { span: Some(Interval { start: instant(start), end: instant(end) }) }]).span;
    assert_eq!(far("2030-01-01T00:00:00Z", "2190-01-01T00:00:00Z").map(|span| span.end), Some(limits().reach()[1]));
    assert_eq!(far("2190-01-01T00:00:00Z", "2191-01-01T00:00:00Z"), None);
}

/// Where years are the colours a playing clock goes on from one to the next; elsewhere it plays what has values over and over.
#[test]
fn a_playing_clock_moves_the_year() {
    let play = |theme: Theme, at: &str| {
        do_all(&[
            Command::SetTheme { theme },
            Command::SetInstant { instant: instant(at) },
            Command::Play { playing: true },
            Command::SetSpeed { speed: SPEED[1] },
            Command::Tick { seconds: 1.0 },
        ])
    };
    assert_eq!(play(Theme::ConstructionYear, "2026-12-28T12:00:00Z").year, 2027);
    assert_eq!(play(Theme::Demand, "2026-12-28T12:00:00Z").instant, instant("2026-01-07T12:00:00Z"));
    assert_eq!(play(Theme::Demand, "1990-12-28T12:00:00Z").year, 1991);
}

/// Years once had a clock of their own: links of then show what they showed.
#[test]
fn links_from_before_the_clock_had_the_years_still_open() {
    let open = |link: &str| apply(&start(), &Command::Restore { state: Box::new(from_link(link, &start()).expect("a link")) }, &limits());
    let old = open("t=2026-03-15T11:00:00Z&y=1990&theme=construction-year");
    assert_eq!((old.year, old.instant), (1990, instant("1990-03-15T11:00:00Z")));
    // Other colours were of the date.
    let old = open("t=2026-03-15T11:00:00Z&y=1990&theme=demand");
    assert_eq!((old.year, old.instant), (2026, instant("2026-03-15T11:00:00Z")));
    for theme in ["demand", "construction-year"] {
        assert_eq!(open(&format!("y=1990&theme={theme}")).instant, instant("1990-06-21T13:30:00Z"));
        let new = open(&format!("t=1990-06-21T13:30:00Z&theme={theme}"));
        assert_eq!((new.year, new.instant), (1990, instant("1990-06-21T13:30:00Z")));
    }
}

#[test]
fn only_a_playing_clock_ticks_and_it_loops() {
    let tick = Command::Tick { seconds: 0.5 };
    assert_eq!(do_all(&[tick.clone()]).instant, start().instant);
    let playing = do_all(&[Command::Play { playing: true }, tick.clone()]);
    assert_eq!(playing.instant, start().instant.plus_seconds(1800));
    let looped = do_all(&[
        Command::Play { playing: true },
        Command::SetInstant {
            instant: instant("2026-12-31T23:59:00Z"),
        },
        tick,
    ]);
    assert_eq!(looped.instant, instant("2026-01-01T00:29:00Z"));
}

#[test]
fn a_slow_clock_moves_at_a_high_frame_rate() {
    let mut commands = vec![
        Command::Play { playing: true },
        Command::SetSpeed { speed: 1.0 },
    ];
    commands.extend(vec![
        Command::Tick {
            seconds: 1.0 / 128.0
        };
        128 * 3
    ]);
    assert_eq!(do_all(&commands).instant, start().instant.plus_seconds(3));
}

#[test]
fn a_hidden_window_does_not_jump_in_time() {
    let state = do_all(&[
        Command::Play { playing: true },
        Command::Tick { seconds: 5000.0 },
    ]);
    assert_eq!(state.instant, start().instant.plus_seconds(3600));
}

#[test]
fn numbers_that_are_none_are_ignored() {
    let nan = f64::NAN;
    for command in [
        Command::Zoom { factor: nan },
        Command::Zoom { factor: -2.0 },
        Command::Zoom {
            factor: f64::INFINITY,
        },
        Command::Pan {
            right_m: nan,
            forward_m: 1.0,
        },
        Command::Orbit {
            heading_deg: 1.0,
            pitch_deg: nan,
        },
        Command::SetSpeed { speed: nan },
        Command::Tick { seconds: nan },
        Command::LookAt {
            camera: Camera {
                distance_m: nan,
                ..limits().home
            },
        },
    ] {
        assert_eq!(do_all(&[command.clone()]), start(), "{command:?}");
    }
}

#[test]
fn a_link_reads_as_people_would_write_it() {
    let state = do_all(&[
        Command::LookAt {
            camera: Camera {
                target: [-1.554123, 47.212_345_6, 20.0],
                distance_m: 850.0,
                heading_deg: 35.0,
                pitch_deg: -32.5,
            },
        },
        Command::SetYear { year: 1950 },
        Command::SetTheme {
            theme: Theme::Demand,
        },
        Command::ShowLayer {
            layer: "trees".into(),
            visible: false,
        },
        Command::Select {
            selection: Some(Selection {
                layer: "buildings".into(),
                id: "BATIMENT0000000302930441".to_owned(),
            }),
        },
        Command::SetLanguage {
            language: Language::En,
        },
    ]);
    assert_eq!(
        to_link(&state),
        "v=1&territory=nantes-centre&c=-1.554123,47.2123456,20,850,35,-32.5&t=1950-06-21T14:30:00Z&y=1950\
         &theme=demand&hide=trees&sel=buildings:BATIMENT0000000302930441&play=0&speed=3600&lang=en&under=0\
         &series=&span=&scale=smooth,,cividis&attr=&filter=&roof=&solar=&raise=0&balance=0&flows=&plan=&mean=0&gather=1&area="
    );
}

#[test]
fn links_come_in_many_wrappings() {
    let wanted = ViewState {
        year: 1950,
        instant: instant("1950-06-21T13:30:00Z"),
        theme: Theme::Demand,
        ..start()
    };
    for link in [
        "y=1950&theme=demand",
        "#y=1950&theme=demand",
        "?y=1950&theme=demand",
        "  http://localhost:8080/#y=1950&theme=demand\n",
        "https://jumeau.example/nantes/?embed=1#v=1&y=1950&theme=demand",
        "y=1950&amp;theme=demand",
        "y=%31950&theme=demand&future=%C3%A9t%C3%A9",
        "theme=none&y=1950&theme=demand",
    ] {
        assert_eq!(from_link(link, &start()), Ok(wanted.clone()), "{link}");
    }
    for silent in ["", "#", "http://localhost:8080/", "http://localhost:8080/?embed=1", "v=1"] {
        assert_eq!(from_link(silent, &start()), Ok(start()), "{silent}");
    }
}

#[test]
fn wrong_links_say_which_part_is_wrong() {
    for (link, key, part) in [
        ("bonjour", "link-unreadable", ""),
        ("#foo=bar", "link-unreadable", "foo"),
        ("https://jumeau.example/?embed=1#foo=bar&more=1", "link-unreadable", "foo"),
        ("y=%zz", "link-unreadable", "y"),
        ("y=%C3", "link-unreadable", "y"),
        ("v=2&y=1950", "link-version", "v"),
        ("c=1,2,3", "link-value", "c"),
        ("c=NaN,47,20,850,35,-32", "link-value", "c"),
        ("c=-1.5,470,20,850,35,-32", "link-value", "c"),
        ("c=-1.5,47,20,0,35,-32", "link-value", "c"),
        ("c=-1.5,47,20,850,35,-32,1", "link-value", "c"),
        ("t=noon", "link-value", "t"),
        ("y=soon", "link-value", "y"),
        ("theme=rainbow", "link-value", "theme"),
        ("sel=buildings", "link-value", "sel"),
        ("sel=:x", "link-value", "sel"),
        ("play=yes", "link-value", "play"),
        ("speed=-1", "link-value", "speed"),
        ("lang=de", "link-value", "lang"),
        ("territory=", "link-value", "territory"),
    ] {
        let fault = from_link(link, &start()).expect_err(link);
        assert_eq!((fault.key, fault.part.as_str()), (key, part), "{link}");
    }
    let long = format!("x={}", "a".repeat(MAX_LINK_BYTES));
    assert_eq!(
        from_link(&long, &start()).expect_err("long").key,
        "link-too-long"
    );
}

#[test]
fn commands_have_the_names_that_pages_send() {
    for (json, command) in [
        (r#"{"do":"home"}"#, Command::Home),
        (
            r#"{"do":"set-theme","theme":"construction-year"}"#,
            Command::SetTheme {
                theme: Theme::ConstructionYear,
            },
        ),
        (
            r#"{"do":"set-instant","instant":"2026-06-21T15:30:00+02:00"}"#,
            Command::SetInstant {
                instant: instant("2026-06-21T13:30:00Z"),
            },
        ),
        (
            r#"{"do":"select","selection":null}"#,
            Command::Select { selection: None },
        ),
        (
            r#"{"do":"set-language","language":"en"}"#,
            Command::SetLanguage {
                language: Language::En,
            },
        ),
    ] {
        assert_eq!(serde_json::from_str::<Command>(json).expect(json), command);
    }
    for theme in Theme::ALL {
        assert_eq!(
            serde_json::to_string(&theme).expect("writes"),
            format!("\"{}\"", theme.id())
        );
    }
}

#[test]
fn no_two_shortcuts_share_a_key() {
    let mut seen = BTreeSet::new();
    for shortcut in shortcuts() {
        assert!(seen.insert(shortcut.key), "{}", shortcut.key);
        assert_eq!(shortcut_for(shortcut.key), Some(shortcut));
        if let Some(command) = shortcut.command(&start()) {
            assert!(is_valid(&apply(&start(), &command, &limits()), &limits()).is_ok());
        }
    }
    assert_eq!(shortcut_for("N"), shortcut_for("n"));
    assert_eq!(shortcut_for("F13"), None);
}

#[test]
fn the_keyboard_reaches_what_the_mouse_reaches() {
    let names: BTreeSet<String> = shortcuts()
        .iter()
        .filter_map(|shortcut| shortcut.command(&start()))
        .filter_map(|command| {
            let json = serde_json::to_value(&command).ok()?;
            Some(json.get("do")?.as_str()?.to_owned())
        })
        .collect();
    for name in [
        "pan",
        "orbit",
        "zoom",
        "home",
        "north",
        "play",
        "step-instant",
        "set-speed",
        "set-theme",
        "set-year",
        "set-language",
        "set-underground",
        "select",
    ] {
        assert!(names.contains(name), "no key for {name}");
    }
}

#[test]
fn the_browser_reads_the_same_keyboard() {
    let texts = [Texts::new(Language::Fr), Texts::new(Language::En)];
    let both = |key: &str| {
        let [fr, en] = [0, 1].map(|language: usize| texts[language].text(key));
        serde_json::json!({ "fr": fr, "en": en })
    };
    let rows: Vec<String> = shortcuts()
        .iter()
        .map(|shortcut| {
            let plain = shortcut.key.to_uppercase();
            let mut row = serde_json::json!({
                "key": shortcut.key,
                "name": shortcut.name_key().map_or(serde_json::json!({ "fr": plain, "en": plain }), both),
                "text": both(shortcut.text),
            });
            match shortcut.action {
                Action::View(ask) => row["ask"] = serde_json::to_value(ask).unwrap(),
                Action::Help => row["action"] = "help".into(),
                Action::CopyLink => row["action"] = "copy-link".into(),
                Action::Search => row["action"] = "search".into(),
                Action::Picture => row["action"] = "picture".into(),
            }
            format!("  {row},\n")
        })
        .collect();
    let themes: Vec<&str> = Theme::ALL.iter().map(|theme| theme.id()).collect();
    let module = format!(
        "// The keyboard's table, written from src/view/shortcuts.rs and assets/i18n by tests/it/view.rs (JUMEAU_WRITE_DOCS=1); not by hand.\n\n\
         export const THEMES = {};\n\nexport const SHORTCUTS = [\n{}];\n",
        serde_json::to_string(&themes).unwrap(),
        rows.concat(),
    );
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/app/shortcuts.js");
    if std::env::var_os("JUMEAU_WRITE_DOCS").is_some() {
        std::fs::write(&path, &module).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == module,
        "web/app/shortcuts.js is out of date: run this test with JUMEAU_WRITE_DOCS=1"
    );
}

#[test]
fn a_filter_lets_through_what_it_says_and_stands_in_a_link() {
    let of = |name: &str, keep: Keep| Filter { attribute: Attribute { layer: "buildings".into(), name: name.to_owned() }, keep };
    let tall = of("height_m", Keep::Range { low: Some(12.0), high: None });
    assert!(tall.lets_through(Some(12.0), None) && !tall.lets_through(Some(11.9), None) && !tall.lets_through(None, Some("12")));
    let homes = of("usage", Keep::Values { values: vec!["Résidentiel".to_owned(), "à louer: 50 %, étage".to_owned()] });
    assert!(homes.lets_through(None, Some("Résidentiel")) && !homes.lets_through(None, Some("Annexe")) && !homes.lets_through(None, None));
    let shown = Attribute { layer: "buildings".into(), name: "usage".to_owned() };
    let state = do_all(&[Command::SetFilters { filters: vec![tall.clone(), homes.clone()] }, Command::ShowAttribute { attribute: Some(shown.clone()) }]);
    assert_eq!((state.theme, state.attribute.as_ref(), state.filters.len()), (Theme::Attribute, Some(&shown), 2));
    let link = to_link(&state);
    assert!(link.contains("&filter=buildings:height_m:range:12:,buildings:usage:values:R"), "{link}");
    assert_eq!(from_link(&link, &start()), Ok(state.clone()));
    // As a page says it.
    let said = r#"{"do":"set-filters","filters":[{"layer":"buildings","name":"height_m","by":"range","low":12.0}]}"#;
    assert_eq!(serde_json::from_str::<Command>(said).unwrap(), Command::SetFilters { filters: vec![tall.clone()] });
    // Two of one attribute, an empty one and one the wrong way round mean nothing.
    for wrong in [vec![tall.clone(), tall], vec![of("usage", Keep::Values { values: Vec::new() })], vec![of("year", Keep::Range { low: Some(2.0), high: Some(1.0) })]] {
        assert_eq!(apply(&state, &Command::SetFilters { filters: wrong }, &limits()).filters, state.filters);
    }
    let plain = apply(&state, &Command::ShowAttribute { attribute: None }, &limits());
    assert_eq!((plain.theme, plain.attribute), (Theme::None, None));
}

#[test]
fn another_building_has_its_own_planes_and_the_same_household() {
    let select = |id: &str| Command::Select { selection: Some(Selection { layer: "buildings".into(), id: id.to_owned() }) };
    let chosen = [
        select("a"),
        Command::SetRoofBattery { kwh: 5.04 },
        Command::SetRoofLoad { load: RoofLoad::Farm, kwh: Some(30_000.4) },
        Command::CoverRoofPlane { plane: 1, covered: false },
        Command::SetRoofModule { plane: 0, place: 3, on: false },
        Command::SetRoofModule { plane: 0, place: 4, on: false },
        Command::SetRoofModule { plane: 0, place: 4, on: true },
    ];
    let state = do_all(&chosen);
    assert_eq!(state.roof.to_string(), "farm,30000,5,0,,1,0-3");
    assert_eq!(RoofChoice::parse(&state.roof.to_string()), Some(state.roof.clone()));
    let other = apply(&state, &select("b"), &limits());
    assert_eq!(other.roof.to_string(), "farm,30000,5,0,,,");
    assert_eq!(apply(&state, &select("a"), &limits()).roof, state.roof, "the same building again changes nothing");
    // What is tried belongs to the building, and is in the link; another layout has other modules.
    let tried = [Command::FellRoofTree { tree: RoofTree::One(2) }, Command::SetRoofTerrain { bare: true }, Command::SetRoofLayout { lay: RoofLay::Landscape, margin_m: Some(0.52) }];
    let tried = tried.iter().fold(state.clone(), |state, command| apply(&state, command, &limits()));
    assert_eq!(tried.roof.to_string(), "farm,30000,5,0,,1,,landscape,0.5,2,bare");
    assert_eq!(RoofChoice::parse(&tried.roof.to_string()), Some(tried.roof.clone()));
    assert_eq!(apply(&tried, &select("b"), &limits()).roof.to_string(), "farm,30000,5,0,,,");
    assert_eq!(apply(&tried, &Command::ResetRoof, &limits()).roof.to_string(), "farm,30000,5,0,,,,best,,2,bare");
    assert_eq!(serde_json::from_str::<Command>(r#"{"do":"fell-roof-tree","tree":"all"}"#).unwrap(), Command::FellRoofTree { tree: RoofTree::All });
    let metered = apply(&state, &Command::RoofMeter { name: "m.csv".to_owned(), csv: Some("a".to_owned()) }, &limits());
    assert_eq!((metered.roof.load, metered.roof.load_kwh), (RoofLoad::Meter, None));
    assert_eq!(apply(&metered, &Command::RoofMeter { name: String::new(), csv: None }, &limits()).roof.load, RoofLoad::Household);
    for wrong in ["farm", "barn,,0,0,,,", "farm,x,0,0,,,", "farm,,0,2,,,", "farm,,0,0,,,0", "farm,,-1,0,,,", "farm,,0,0,,,,best", "farm,,0,0,,,,flat,,none,bare", "farm,,0,0,,,,best,,oak,bare", "farm,,0,0,,,,best,,none,hill"] {
        assert_eq!(RoofChoice::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn going_to_a_house_lands_on_it_and_chooses_it() {
    let at = [-1.5512, 47.2171, 68.0];
    let house = Selection { layer: "buildings".into(), id: "BATIMENT0000000302930441".to_owned() };
    let before = do_all(&[Command::Orbit { heading_deg: 77.0, pitch_deg: 25.0 }]);
    let go = |span_m: f64, selection: Option<Selection>| apply(&before, &Command::GoTo { at, span_m, selection }, &limits());
    let there = go(0.0, Some(house.clone()));
    assert_eq!((there.camera.target, there.camera.distance_m, there.selection), (at, HOUSE_M, Some(house)));
    assert_eq!(there.camera.heading_deg, before.camera.heading_deg, "it keeps looking where it looked");
    assert!((-55.0..=-30.0).contains(&there.camera.pitch_deg), "roofs are seen from above");
    // A place without a building: what was chosen before is not left standing there.
    assert_eq!(apply(&there_with(&before), &Command::GoTo { at, span_m: 0.0, selection: None }, &limits()).selection, None);
    // All of a commune, and no farther than the territory allows.
    assert_eq!(go(4_000.0, None).camera.distance_m, 5_000.0);
    assert_eq!(go(1e9, None).camera.distance_m, limits().distance_m[1]);
    // A link carries the landing.
    let landed = go(0.0, None);
    let read = from_link(&to_link(&landed), &start()).unwrap();
    assert!((read.camera.target[0] - at[0]).abs() < 1e-7 && read.camera.distance_m == HOUSE_M);
    assert_eq!(apply(&before, &Command::GoTo { at: [f64::NAN, 47.0, 0.0], span_m: 0.0, selection: None }, &limits()), before);
    assert_eq!(apply(&before, &Command::Find { query: "12 rue des Lilas".to_owned() }, &limits()), before, "a question changes no picture");
}

fn there_with(state: &ViewState) -> ViewState {
    ViewState { selection: Some(Selection { layer: "buildings".into(), id: "other".to_owned() }), ..state.clone() }
}

#[test]
fn colours_part_where_a_series_is_best_in_its_middle_until_somebody_chooses() {
    let show = |id: &str| Command::ShowSeries { series: Some(id.to_owned()) };
    let palette = |commands: &[Command]| do_all(commands).scale.palette;
    assert_eq!(palette(&[show("tension")]), Palette::BlueOrange);
    assert_eq!(palette(&[show("tension"), show("courbes")]), Palette::default());
    assert_eq!(palette(&[show("tension"), Command::ShowSeries { series: None }]), Palette::default());
    let chosen = Command::SetScale { scale: Scale { palette: Palette::Blues, ..Scale::default() } };
    assert_eq!(palette(&[chosen.clone(), show("tension")]), Palette::Blues);
    assert_eq!(palette(&[show("tension"), chosen, show("courbes")]), Palette::Blues);
    // And classes of its own, until somebody chooses others.
    let breaks = |commands: &[Command]| do_all(commands).scale.breaks;
    assert_eq!(breaks(&[show("reste")]), Breaks::Manual { at: vec![0.0, 36.0, 250.0] });
    assert_eq!(breaks(&[show("reste"), show("courbes")]), Breaks::Smooth);
}

#[test]
fn the_flow_diagram_is_chosen_and_stands_in_the_link() {
    let state = do_all(&[Command::ShowFlows { shown: true }, Command::SetEquipped { percent: 250 }]);
    assert_eq!((state.flows.shown, state.flows.equipped_percent), (true, 100));
    let link = to_link(&state);
    assert!(link.contains("flows=1,100"), "{link}");
    assert_eq!(from_link(&link, &start()).unwrap().flows, state.flows);
    assert!(from_link("flows=1,300", &start()).is_err());
    // What it sums stands there too; links from before speak of the hour.
    for over in FlowSpan::ALL {
        let state = do_all(&[Command::ShowFlows { shown: true }, Command::SetEquipped { percent: 30 }, Command::SetFlowSpan { over }]);
        assert_eq!(from_link(&to_link(&state), &start()).unwrap().flows, state.flows);
    }
    assert_eq!(from_link("flows=1,30", &start()).unwrap().flows.over, FlowSpan::Hour);
    assert_eq!(from_link("flows=1,30,year", &start()).unwrap().flows.over, FlowSpan::Year);
    assert!(from_link("flows=1,30,week", &start()).is_err());
}

#[test]
fn an_area_is_drawn_corner_by_corner_and_stands_in_the_link() {
    let corner = |lon, lat| Command::AddCorner { at: [lon, lat] };
    let drawn = [Command::UseTool { tool: Some(Tool::Battery) }, Command::DrawArea { drawing: true }, corner(-1.56, 47.21), corner(-1.55, 47.21), corner(-1.55, 47.22)];
    let state = do_all(&drawn);
    assert!(state.area.drawing && state.proposal.tool.is_none(), "a click does one thing");
    assert_eq!(from_link(&to_link(&state), &start()).unwrap().area, state.area);
    let closed = apply(&state, &Command::DrawArea { drawing: false }, &limits());
    assert!(closed.area.is_closed() && closed.area.contains([-1.552, 47.212]));
    let link = to_link(&closed);
    assert!(link.ends_with("&area=-1.56:47.21,-1.55:47.21,-1.55:47.22"), "{link}");
    assert_eq!(from_link(&link, &start()).unwrap().area, closed.area);
    for wrong in ["area=-1.56:47.21,-1.55:47.21", "area=1,2,3", "area=drawn", "area=-1.56:47.21,x:47.21,-1.55:47.22", "area=-1.56:97.21,-1.55:47.21,-1.55:47.22"] {
        assert!(from_link(wrong, &start()).is_err(), "{wrong}");
    }
    // Escape takes back what is begun, not what is finished; corners leave one by one; outside of the territory is its edge.
    let escape = shortcut_for("Escape").unwrap();
    assert!(apply(&state, &escape.command(&state).unwrap(), &limits()).area.is_empty());
    assert_eq!(apply(&closed, &escape.command(&closed).unwrap(), &limits()).area, closed.area);
    let fewer = apply(&closed, &Command::RemoveCorner, &limits());
    assert!(fewer.area.drawing && fewer.area.corners.len() == 2);
    let far = apply(&start(), &Command::SetArea { corners: vec![[-9.0, 40.0], [9.0, 40.0], [9.0, 60.0]] }, &limits());
    assert_eq!(far.area.corners, [[-1.6, 47.19], [-1.52, 47.19], [-1.52, 47.24]]);
    let here = apply(&state, &Command::AddCornerHere, &limits());
    assert_eq!(here.area.corners.last(), Some(&[-1.5586, 47.2133]));
}

/// From far away districts stand in for buildings; the state says what was asked for, so a link does too.
#[test]
fn districts_stand_in_for_buildings_from_far_away() {
    let mut limits = limits();
    let shown = |state: &ViewState, limits: &Limits| grain::gathered(state, limits).map(|(id, layer)| (id.to_owned(), layer.clone()));
    let far = |limits: &Limits, commands: &[Command]| {
        let camera = Camera { distance_m: 9_000.0, ..limits.home };
        commands.iter().chain([&Command::LookAt { camera }]).fold(start(), |state, command| apply(&state, command, limits))
    };
    let demand = Command::SetTheme { theme: Theme::Demand };
    assert_eq!(shown(&far(&limits, std::slice::from_ref(&demand)), &limits), None, "without districts buildings stay");
    limits.series.push(KnownSeries { id: "demand-areas".to_owned(), layer: Some("areas".into()), parts: false, breaks: Vec::new() });
    let state = far(&limits, std::slice::from_ref(&demand));
    assert_eq!(shown(&state, &limits), Some(("demand-areas".to_owned(), "areas".into())));
    assert_eq!((state.theme, state.series.clone()), (Theme::Demand, None));
    assert_eq!(shown(&apply(&state, &Command::Home, &limits), &limits), None, "near by each building");
    let never = apply(&state, &Command::SetGather { gather: false }, &limits);
    assert_eq!(shown(&never, &limits), None);
    assert_eq!(from_link(&to_link(&never), &start()).map(|state| state.gather), Ok(false));
    // Links from before say nothing of it, and mean what they show by themselves.
    assert_eq!(from_link("v=1&theme=demand", &start()).map(|state| state.gather), Ok(true));
    assert_eq!(shown(&far(&limits, &[Command::SetTheme { theme: Theme::ConstructionYear }]), &limits), None);
    // What is chosen itself is shown wherever it is, and switched on.
    let hidden = Command::ShowLayer { layer: "areas".into(), visible: false };
    let chosen = far(&limits, &[hidden, Command::ShowSeries { series: Some("demand-areas".to_owned()) }]);
    assert_eq!((shown(&chosen, &limits), chosen.theme, chosen.hidden.is_empty()), (None, Theme::Series, true));
}
