//! `cargo xtask bench`: the flight beside other viewers in the browser, or on the desktop.

use super::{House, bundle, demo, run, tools};
use anyhow::{Context, Result, bail};
use jumeau::formats::territory::Manifest;
use jumeau::view::Camera;
use jumeau::view::flight::Flight;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a bench may be told; each has a value without it.
#[derive(Clone, Debug)]
pub struct Wishes {
    pub territory: Option<PathBuf>,
    pub rounds: usize,
    /// Cameras along the way, drawn one after the other.
    pub frames: usize,
    pub seconds: f64,
    pub size: (u32, u32),
    /// The browser application as the tests build it.
    pub quick: bool,
    /// The browser's line: milliseconds before an answer, and megabits a second for all together; 0 is the machine itself.
    pub latency_ms: u32,
    pub mbit_s: f64,
    /// All buildings from above and nothing else, their tileset with this many times its geometric error; 0 is the flight.
    pub whole: f64,
}

impl Default for Wishes {
    fn default() -> Self {
        Self { territory: None, rounds: 3, frames: 45, seconds: 15.0, size: (1280, 720), quick: false, latency_ms: 0, mbit_s: 0.0, whole: 0.0 }
    }
}

/// Largest error on screen in all systems, pixels: CesiumJS's and 3DTilesRendererJS's own.
const SCREEN_SPACE_ERROR: f64 = 16.0;

pub fn bench(house: &House, which: &str, wishes: &Wishes) -> Result<()> {
    match which {
        "web" => web(house, wishes),
        "native" => native(house, wishes),
        other => bail!("There is no bench '{other}': choose web or native."),
    }
}

fn web(house: &House, wishes: &Wishes) -> Result<()> {
    tools::setup(&[tools::Tool::Compiler, tools::Tool::WasmTarget, tools::Tool::Node, tools::Tool::Chromium], true)?;
    let program = demo::program(house, demo::Speed::Release)?;
    let territory = territory(house, &program, wishes)?;
    bundle::web(house, &bundle::Order::of(if wishes.quick { bundle::TESTED } else { bundle::PUBLISHED }))?;
    let tests = house.root.join("tests/web");
    run::step("Fetching the peers' packages", Command::new("npm").current_dir(&tests).args(["ci", "--no-audit", "--no-fund"]))?;

    let folder = results(house)?;
    let flight = folder.join("flight.json");
    fs::write(&flight, path(&territory, wishes)?)?;
    let mut node = Command::new("node");
    node.current_dir(&house.root)
        .arg("tests/bench/page.mjs")
        .arg(&flight)
        .env("JUMEAU_PROGRAM", &program)
        .env("JUMEAU_TERRITORY", &territory)
        .env("JUMEAU_WEB", house.build.join("web"))
        .env("JUMEAU_PICTURES", &folder);
    if let Some(chromium) = tools::chromium() {
        node.env("CHROMIUM", chromium);
    }
    keep(&mut node, "The page beside CesiumJS and 3DTilesRendererJS", &folder.join("web.json"))
}

fn native(house: &House, wishes: &Wishes) -> Result<()> {
    tools::setup(&[tools::Tool::Compiler], true)?;
    run::step("Building the viewer", run::cargo(&house.root).args(["build", "--release", "--bin", "jumeau"]))?;
    let program = house.target.join("release").join(format!("jumeau{}", std::env::consts::EXE_SUFFIX));
    let territory = territory(house, &program, wishes)?;
    let (width, height) = wishes.size;
    let mut fly = Command::new(&program);
    fly.current_dir(&house.root)
        .arg("fly")
        .arg(&territory)
        .args(["--json", "--lang", "en", "--seconds", &wishes.seconds.to_string()])
        .args(["--size", &format!("{width}x{height}"), "--sse", &SCREEN_SPACE_ERROR.to_string()]);
    let place = results(house)?.join("native.json");
    keep(&mut fly, "The flight on the desktop", &place)
}

fn results(house: &House) -> Result<PathBuf> {
    let folder = house.build.join("bench");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    Ok(folder)
}

/// The territory that was asked for, or the default one.
fn territory(house: &House, program: &Path, wishes: &Wishes) -> Result<PathBuf> {
    match &wishes.territory {
        Some(folder) => std::path::absolute(folder).with_context(|| folder.display().to_string()),
        None => demo::territory(house, program),
    }
}

/// Runs a program that writes one JSON document, and keeps the document.
fn keep(command: &mut Command, what: &str, place: &Path) -> Result<()> {
    eprintln!("\n== {what}\n   {}", run::typed(command));
    let output = command.stderr(Stdio::inherit()).output().with_context(|| run::typed(command))?;
    if !output.status.success() {
        bail!("{what}: failed.");
    }
    fs::write(place, &output.stdout).with_context(|| place.display().to_string())?;
    eprintln!("\n   {}", place.display());
    Ok(())
}

/// The flight as the browser's bench reads it: cameras at even steps of its time.
fn path(territory: &Path, wishes: &Wishes) -> Result<String> {
    let file = territory.join("territory.json");
    let manifest = Manifest::parse(&fs::read(&file).with_context(|| file.display().to_string())?)
        .map_err(|(code, detail)| anyhow::anyhow!("{}: {code} {detail}", file.display()))?;
    let home = &manifest.home;
    let home = Camera {
        target: [home.lon, home.lat, home.height_m],
        distance_m: home.distance_m,
        heading_deg: home.heading_deg,
        pitch_deg: home.pitch_deg,
    };
    let flight = Flight::over(home, manifest.bounds_lonlat, wishes.seconds);
    let cameras: Vec<[f64; 6]> = if wishes.whole > 0.0 {
        vec![above(manifest.bounds_lonlat, home.target[2], wishes.size)]
    } else {
        (0..wishes.frames)
            .map(|frame| {
                let camera = flight.camera(flight.seconds() * frame as f64 / wishes.frames.max(1) as f64);
                let [lon, lat, height_m] = camera.target;
                [lon, lat, height_m, camera.distance_m, camera.heading_deg, camera.pitch_deg]
            })
            .collect()
    };
    let document = serde_json::json!({
        "width": wishes.size.0, "height": wishes.size.1, "rounds": wishes.rounds, "screen_space_error": SCREEN_SPACE_ERROR,
        "latency_ms": wishes.latency_ms, "mbit_s": wishes.mbit_s, "whole": wishes.whole, "seconds": flight.seconds(), "cameras": cameras,
    });
    Ok(document.to_string())
}

/// A camera that sees the whole of a territory from above.
fn above([west, south, east, north]: [f64; 4], height_m: f64, (width, height): (u32, u32)) -> [f64; 6] {
    const METRES_A_DEGREE: f64 = 111_320.0;
    let middle = (south + north) / 2.0;
    let across_m = (east - west) * METRES_A_DEGREE * middle.to_radians().cos();
    let up_m = (north - south) * METRES_A_DEGREE;
    let half_m = (up_m.max(across_m * f64::from(height) / f64::from(width))) / 2.0;
    // Forty-five degrees from top to bottom, and a margin.
    [(west + east) / 2.0, middle, height_m, 1.1 * half_m / (std::f64::consts::PI / 8.0).tan(), 0.0, -89.0]
}
