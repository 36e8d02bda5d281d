//! Any commands in any order: limits hold, links and JSON say the whole state.

use super::{close, do_all, is_valid, limits, start};
use jumeau::base::{Clock, Instant, Interval, Language, LayerId};
use jumeau::view::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

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
