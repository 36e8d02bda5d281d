//! Laws of `apply`, the share link and the keyboard's table.
//!
//! | file | what |
//! |---|---|
//! | `laws.rs` | any commands in any order: limits, links and JSON |
//! | `camera.rs` | where the eye goes |
//! | `clock.rs` | instants, years, playing |
//! | `links.rs` | links as people write them, commands as pages send them |
//! | `choices.rs` | filters, roofs, colours, flows and areas that are chosen |
//! | `keys.rs` | the keyboard's table |

mod camera;
mod choices;
mod clock;
mod keys;
mod laws;
mod links;

use jumeau::base::{Clock, Instant};
use jumeau::view::*;

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

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance
}
