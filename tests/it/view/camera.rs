//! Where the eye goes.

use super::{close, do_all, limits, start};
use jumeau::base::Language;
use jumeau::view::*;

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
