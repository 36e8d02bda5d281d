//! Every tileset and every terrain of the shared samples, opened until everything is there: `docs/tilesets.md` lists what came of each.
//!
//! Run with `JUMEAU_WRITE_DOCS=1` to write the page again, for a person to judge.

use super::super::shared_data::shared;
use glam::DVec3;
use jumeau::formats::gltf::{Limits, Shape, TileContent};
use jumeau::formats::tiles3d::{Tile, Tileset};
use jumeau::formats::tiles3d::content::{Drawn, Files, Read, read_turned};
use jumeau::geodesy::LonLatH;
use jumeau::stream::{Delivery, Engine, Fetch, FetchFault, Settings, View, Wanted, ground, paths};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

const FOLDERS: [&str; 2] = ["3dtiles-samples", "cesium-native-data"];
/// Frames until everything must be there.
const FRAMES: u64 = 600;
/// Eyes at once: the root's middle, and in the middle of tiles that are shown, since some want the eye near them.
const EYES: usize = 12;

#[derive(Default)]
struct Outcome {
    shown: usize,
    triangles: usize,
    lines: usize,
    points: usize,
    features: usize,
    told: BTreeSet<String>,
}

/// Every document below a folder, in order.
fn documents(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// What is drawn of a content; its files are fetched as the viewer does.
fn drawn(folder: &Path, path: &str, bytes: &[u8], z_is_up: bool) -> Result<Read, String> {
    let mut files = Files::new();
    for _ in 0..4 {
        match read_turned(bytes, &Limits::default(), &files, z_is_up).map_err(|fault| fault.to_string())? {
            Read::Missing(missing) => {
                for uri in missing {
                    let body = paths::resolve(path, &uri).and_then(|path| std::fs::read(folder.join(path.split('?').next()?)).ok());
                    files.insert(uri, body);
                }
            }
            read => return Ok(read),
        }
    }
    Err("files without end".to_owned())
}

struct Host<'a> {
    folder: &'a Path,
    held: BTreeMap<jumeau::stream::TileId, TileContent>,
    outcome: Outcome,
}

impl Host<'_> {
    fn answer(&mut self, engine: &Engine, fetch: &Fetch) -> Result<Delivery, FetchFault> {
        let path = fetch.path.split('?').next().unwrap_or_default();
        let mut bytes = std::fs::read(self.folder.join(path)).map_err(|error| FetchFault::Absent(error.kind().to_string()))?;
        if let Some(span) = fetch.span {
            let end = (span.offset + span.length).min(bytes.len() as u64) as usize;
            bytes = bytes.get(span.offset as usize..end).unwrap_or_default().to_vec();
        }
        if fetch.wanted != Wanted::Content {
            return Ok(Delivery::Bytes(bytes));
        }
        let placement = engine.placement(fetch.tile).unwrap();
        if let Some(plot) = &placement.plot {
            let made = ground::content(&bytes, plot).map_err(|fault| FetchFault::Lasting(fault.to_string()))?;
            let (heights_m, below) = (made.heights_m, made.below.clone());
            self.told(&fetch.path, made.faults.iter().map(ToString::to_string));
            self.held.insert(fetch.tile, made.content);
            return Ok(Delivery::Ground { bytes: 1000, heights_m, below });
        }
        match drawn(self.folder, &placement.path, &bytes, placement.z_is_up).map_err(FetchFault::Lasting)? {
            Read::Drawn(drawn) => {
                let Drawn { content, left_out, .. } = *drawn;
                self.told(&fetch.path, left_out.iter().map(ToString::to_string));
                self.held.insert(fetch.tile, content);
                Ok(Delivery::Content { bytes: 1000 })
            }
            Read::Tileset | Read::Missing(_) => Ok(Delivery::Bytes(bytes)),
        }
    }

    fn told(&mut self, path: &str, faults: impl Iterator<Item = String>) {
        self.outcome.told.extend(faults.map(|fault| format!("{path}: {fault}")));
    }
}

fn holds_nothing(tile: &Tile) -> bool {
    tile.all_contents().next().is_none() && tile.implicit_tiling.is_none() && tile.children.iter().all(holds_nothing)
}

fn eye(position: DVec3, pixels: f64) -> View {
    View { position, direction: DVec3::Z, frustum: Vec::new(), pixels_per_radian: pixels }
}

fn outcome(document: &Path) -> Outcome {
    let folder = document.parent().unwrap();
    let name = document.file_name().unwrap().to_string_lossy();
    let bytes = std::fs::read(document).unwrap();
    let tileset = Tileset::parse(&bytes).is_ok();
    // All of a tileset; of a terrain, which has no end, what one sees of it from the height of a satellite.
    let pixels = if tileset { 1e9 } else { 700.0 };
    let settings = Settings { fade_frames: 0, max_requests: 64, max_retries: 0, ..Settings::default() };
    let mut engine = Engine::new(&name, settings);
    let mut host = Host { folder, held: BTreeMap::new(), outcome: Outcome::default() };
    let ground = match ground::pyramid(&bytes, &name) {
        Some(Ok(ground::Opened::Pyramid(pyramid))) if !tileset => Some(pyramid.extent_deg()),
        _ => None,
    };
    // Above the middle, as high as it is wide.
    let above = |[west, south, east, north]: [f64; 4]| {
        let height_m = ((north - south) * 111_000.0).min(1.2e7);
        LonLatH::new(0.5 * (west + east), 0.5 * (south + north), height_m).to_ecef().0
    };
    let mut eyes = vec![eye(ground.map_or(DVec3::ZERO, above), pixels)];
    let is_empty = Tileset::parse(&bytes).is_ok_and(|tileset| holds_nothing(&tileset.root));
    let mut still = 0;
    for frame in 0..FRAMES {
        let update = engine.update(&eyes, frame);
        update.evict.iter().for_each(|id| drop(host.held.remove(id)));
        for fetch in &update.fetch {
            let body = host.answer(&engine, fetch);
            engine.deliver(fetch.id, body);
        }
        still = if update.fetch.is_empty() { still + 1 } else { 0 };
        let known = eyes.len();
        if tileset && still == 1 {
            // Where the first are shown others may appear.
            let middles = update.show.iter().filter_map(|show| engine.bounding_sphere(show.tile)).map(|(centre, _)| centre);
            let middles: Vec<DVec3> = middles.filter(|at| at.is_finite()).collect();
            for at in middles {
                if eyes.len() < EYES && eyes.iter().all(|eye| eye.position.distance(at) > 1e-3) {
                    eyes.push(eye(at, pixels));
                }
            }
        }
        if still >= 3 && eyes.len() == known {
            host.outcome.shown = update.show.len();
            for content in update.show.iter().filter_map(|show| host.held.get(&show.tile)) {
                for mesh in &content.meshes {
                    match mesh.shape {
                        Shape::Triangles => host.outcome.triangles += mesh.indices.len() / 3,
                        Shape::Lines => host.outcome.lines += mesh.indices.len() / 2,
                        Shape::Points => host.outcome.points += mesh.indices.len(),
                    }
                }
                host.outcome.features += content.tables.iter().map(|table| table.count).sum::<usize>();
            }
            break;
        }
        assert!(frame + 1 < FRAMES, "{} never comes to rest", document.display());
    }
    if is_empty {
        host.outcome.told.insert("no tile has a content: the viewer says that there is nothing to see".to_owned());
    }
    for finding in engine.report().findings() {
        let object = if finding.object.is_empty() { String::new() } else { format!(" {}", finding.object) };
        let value = finding.value.chars().take(90).collect::<String>();
        host.outcome.told.insert(format!("{}: `{}`{object}{}{value}", finding.file, finding.code, if value.is_empty() { "" } else { ": " }));
    }
    host.outcome
}

#[test]
fn every_sample_is_shown_or_told() {
    let folders: Vec<_> = FOLDERS.iter().filter_map(|name| Some((*name, shared(name)?))).collect();
    if folders.len() < FOLDERS.len() {
        return;
    }
    let mut page = String::from(
        "# Tilesets of others\n\n\
         What comes of every JSON document in the samples of the 3D Tiles standard and in the test data of cesium-native, opened by the streaming engine as finely as it goes: \
         how many tiles are shown in the end, what is drawn of them, how many features have properties, and what is told.\n\
         A document that is no tileset, or a broken one, is told with its address; none is silent, none is a blank scene without a word.\n\
         The same files are drawn and looked at in `tests/viewer/foreign.rs`.\n\n\
         This page is written by `tests/it/stream/outcomes.rs` (`JUMEAU_WRITE_DOCS=1`).\n",
    );
    let mut silent = Vec::new();
    for (name, folder) in folders {
        let _ = write!(page, "\n## {name}\n\n| document | tiles | triangles | lines | points | features | told |\n|---|---:|---:|---:|---:|---:|---|\n");
        for document in documents(&folder) {
            let outcome = outcome(&document);
            let document = document.strip_prefix(&folder).unwrap().display().to_string();
            if outcome.triangles + outcome.lines + outcome.points == 0 && outcome.told.is_empty() {
                silent.push(document.clone());
            }
            let told = outcome.told.iter().map(|told| told.replace('|', "\\|")).collect::<Vec<_>>().join("<br>");
            let _ = writeln!(page, "| {document} | {} | {} | {} | {} | {} | {told} |", outcome.shown, outcome.triangles, outcome.lines, outcome.points, outcome.features);
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tilesets.md");
    if std::env::var_os("JUMEAU_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert!(silent.is_empty(), "neither shown nor told: {silent:?}");
    assert!(std::fs::read_to_string(&path).unwrap_or_default() == page, "docs/tilesets.md is out of date: run this test with JUMEAU_WRITE_DOCS=1");
}
