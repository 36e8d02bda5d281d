//! The selection beside 3DTilesRendererJS's: the same tiles from the same cameras once everything has come (`tests/data/selection`).
//!
//! Where we show something else, the difference must be one of those argued in `tests/data/selection/README.md`, and the test knows which.

use crate::shared_data::shared;
use glam::{DMat3, DVec3};
use jumeau::stream::{Delivery, Engine, FetchFault, Settings, View, Wanted};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expected {
    width: f64,
    height: f64,
    fov: f64,
    error_target: f64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(rename = "where")]
    place: String,
    path: String,
    file: String,
    views: Vec<Pose>,
}

#[derive(Deserialize)]
struct Pose {
    position: DVec3,
    target: DVec3,
    up: DVec3,
    near: f64,
    far: f64,
    shown: Vec<String>,
    /// The same, where the peer would leave a hole under an empty tile.
    filled: Option<Vec<String>>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/selection")
}

impl Expected {
    fn view(&self, pose: &Pose) -> View {
        // As three.js turns a camera: it looks along -z.
        let back = (pose.position - pose.target).normalize();
        let right = pose.up.cross(back).normalize();
        let turn = DMat3::from_cols(right, back.cross(right), back);
        let slope = (0.5 * self.fov).to_radians().tan();
        let wide = slope * self.width / self.height;
        let through = |normal: DVec3, point: DVec3| {
            let normal = (turn * normal).normalize();
            (normal, -normal.dot(point))
        };
        let direction = -back;
        View {
            position: pose.position,
            direction,
            frustum: vec![
                through(DVec3::new(1.0, 0.0, -wide), pose.position),
                through(DVec3::new(-1.0, 0.0, -wide), pose.position),
                through(DVec3::new(0.0, 1.0, -slope), pose.position),
                through(DVec3::new(0.0, -1.0, -slope), pose.position),
                through(DVec3::NEG_Z, pose.position + direction * pose.near),
                through(DVec3::Z, pose.position + direction * pose.far),
            ],
            pixels_per_radian: self.height / (2.0 * slope),
        }
    }
}

/// What is shown in the end, as the peer's answers name it: path and place of the tile's frame.
fn shown(engine: &mut Engine, folder: &Path, view: &View, frame: &mut u64) -> Vec<String> {
    let mut still = 0;
    loop {
        *frame += 1;
        let update = engine.update(std::slice::from_ref(view), *frame);
        for fetch in &update.fetch {
            let body = match fetch.wanted {
                Wanted::Content => Ok(Delivery::Content { bytes: 1 }),
                Wanted::Tileset | Wanted::Subtree => std::fs::read(folder.join(&fetch.path))
                    .map(Delivery::Bytes)
                    .map_err(|error| FetchFault::Lasting(error.to_string())),
            };
            engine.deliver(fetch.id, body);
        }
        still = if update.fetch.is_empty() {
            still + 1
        } else {
            0
        };
        if still >= 2 {
            let mut shown: Vec<String> = update
                .show
                .iter()
                .map(|show| {
                    let placement = engine.placement(show.tile).unwrap();
                    let [x, y, z] = placement
                        .ecef_from_tile
                        .w_axis
                        .truncate()
                        .to_array()
                        .map(|x| format!("{x:.1}").replace("-0.0", "0.0"));
                    let at = if [&x, &y, &z].iter().all(|at| *at == "0.0") {
                        String::new()
                    } else {
                        format!("@{x},{y},{z}")
                    };
                    placement.path + &at
                })
                .collect();
            shown.sort();
            return shown;
        }
    }
}

/// Those of one list that the other lacks.
fn without<'a>(these: &'a [String], those: &[String]) -> Vec<&'a str> {
    let mut counts = BTreeMap::new();
    those
        .iter()
        .for_each(|id| *counts.entry(id.as_str()).or_insert(0) += 1);
    let mut left = |id: &str| {
        let count = counts.entry(id.to_owned().leak() as &str).or_insert(0);
        *count -= 1;
        *count < 0
    };
    these
        .iter()
        .map(String::as_str)
        .filter(|id| left(id))
        .collect()
}

#[test]
fn the_same_tiles_are_shown_as_by_3dtilesrendererjs() {
    let expected: Expected =
        serde_json::from_slice(&std::fs::read(folder().join("expected.json")).unwrap()).unwrap();
    let mut complaints = Vec::new();
    let (mut views, mut tiles, mut filled) = (0, 0, 0);
    for case in &expected.cases {
        let root = if case.place == "own" {
            Some(folder().join(&case.path))
        } else {
            shared(&case.path)
        };
        let Some(root) = root else { continue };
        let settings = Settings {
            screen_space_error: expected.error_target,
            max_requests: 10_000,
            fade_frames: 0,
            max_bytes: 4 << 30,
            ..Settings::default()
        };
        let mut engine = Engine::new(&case.file, settings);
        let mut frame = 0;
        for (number, pose) in case.views.iter().enumerate() {
            let view = expected.view(pose);
            let ours = shown(&mut engine, &root, &view, &mut frame);
            views += 1;
            tiles += ours.len();
            let theirs = pose.filled.as_ref().unwrap_or(&pose.shown);
            filled += usize::from(pose.filled.is_some());
            let (more, fewer) = (without(&ours, theirs), without(theirs, &ours));
            if !more.is_empty() || !fewer.is_empty() {
                complaints.push(format!(
                    "{} {} view {number}: more {more:?}, fewer {fewer:?}",
                    case.path, case.file
                ));
            }
        }
    }
    println!(
        "{views} views, {tiles} tiles shown; in {filled} of them the peer leaves a hole; {} views differ",
        complaints.len()
    );
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
