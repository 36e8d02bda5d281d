//! A flat world for tests: tiles are spans of a line, seen from above; the host answers after a scripted latency.
//!
//! The units are chosen so that a tile is good enough from a distance equal to its error.

use glam::DVec3;
use jumeau::stream::{
    Delivery, Engine, FetchFault, FrameNo, Settings, TileId, Update, View, Wanted,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};

pub const ERROR_PX: f64 = 16.0;

#[derive(Clone, Debug, Default)]
pub struct Tile {
    pub name: String,
    pub error: f64,
    pub span: (f64, f64),
    pub empty: bool,
    pub add: bool,
    /// Its content is the tileset of this name.
    pub tileset: Option<String>,
    pub children: Vec<Tile>,
}

/// How the host answers for a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    Good,
    Missing,
    /// Passing faults so many times, then good.
    Busy(u32),
    Never,
}

pub struct World {
    pub tilesets: BTreeMap<String, Tile>,
    pub answers: HashMap<String, Answer>,
    pub latency: u64,
    pub size: u64,
    asked: HashMap<String, u32>,
    /// Requests under way: id, frame of the answer, tile, path, kind.
    under_way: Vec<(jumeau::stream::RequestId, FrameNo, TileId, String, Wanted)>,
    /// What the host holds.
    pub held: BTreeMap<TileId, u64>,
}

impl Tile {
    fn json(&self) -> Value {
        let (low, high) = self.span;
        let mut tile = json!({
            "boundingVolume": { "box": [0.5 * (low + high), 0, 0, 0.5 * (high - low), 0, 0, 0, 1, 0, 0, 0, 0] },
            "geometricError": self.error,
            "refine": if self.add { "ADD" } else { "REPLACE" },
            "children": self.children.iter().map(Tile::json).collect::<Vec<_>>(),
        });
        if let Some(tileset) = &self.tileset {
            tile["content"] = json!({ "uri": format!("{tileset}.json") });
        } else if !self.empty {
            tile["content"] = json!({ "uri": format!("{}.glb", self.name) });
        }
        tile
    }

    pub fn walk<'a>(&'a self, path: &mut Vec<&'a Tile>, visit: &mut impl FnMut(&[&'a Tile])) {
        path.push(self);
        visit(path);
        for child in &self.children {
            child.walk(path, visit);
        }
        path.pop();
    }
}

impl World {
    pub fn new(root: Tile) -> Self {
        Self {
            tilesets: BTreeMap::from([("tileset".to_owned(), root)]),
            answers: HashMap::new(),
            latency: 1,
            size: 1000,
            asked: HashMap::new(),
            under_way: Vec::new(),
            held: BTreeMap::new(),
        }
    }

    pub fn root(&self) -> &Tile {
        &self.tilesets["tileset"]
    }

    /// Gives the engine what is due at a frame.
    pub fn deliver(&mut self, engine: &mut Engine, frame: FrameNo) {
        let (due, later) = std::mem::take(&mut self.under_way)
            .into_iter()
            .partition(|(_, at, ..)| *at <= frame);
        self.under_way = later;
        let due: Vec<_> = due;
        for (id, _, tile, path, wanted) in due {
            let asked = self.asked.entry(path.clone()).or_insert(0);
            *asked += 1;
            let body = match self.answers.get(&path).copied().unwrap_or(Answer::Good) {
                Answer::Missing => Err(FetchFault::Lasting("404".to_owned())),
                Answer::Busy(times) if *asked <= times => {
                    Err(FetchFault::Passing("503".to_owned()))
                }
                _ if wanted == Wanted::Content => {
                    self.held.insert(tile, self.size);
                    Ok(Delivery::Content { bytes: self.size })
                }
                _ => match self.tilesets.get(path.trim_end_matches(".json")) {
                    Some(root) => {
                        let document = json!({
                            "asset": { "version": "1.1" }, "geometricError": 1e6, "root": root.json(),
                        });
                        Ok(Delivery::Bytes(document.to_string().into_bytes()))
                    }
                    None => Err(FetchFault::Lasting("404".to_owned())),
                },
            };
            engine.deliver(id, body);
        }
    }

    /// Takes what the engine asks for.
    pub fn take(&mut self, update: &Update, frame: FrameNo) {
        for fetch in &update.fetch {
            let never = self.answers.get(&fetch.path) == Some(&Answer::Never);
            let at = if never {
                FrameNo::MAX
            } else {
                frame + self.latency.max(1)
            };
            self.under_way
                .push((fetch.id, at, fetch.tile, fetch.path.clone(), fetch.wanted));
        }
        self.under_way
            .retain(|(id, ..)| !update.cancel.contains(id));
        for tile in &update.evict {
            assert!(
                self.held.remove(tile).is_some(),
                "evicts {tile:?}, which the host does not hold"
            );
        }
    }
}

/// An eye above a place of the line that sees a span of it.
pub fn eye(at: f64, above: f64, see: (f64, f64)) -> View {
    View {
        position: DVec3::new(at, 0.0, above),
        direction: DVec3::NEG_Z,
        frustum: vec![(DVec3::X, -see.0), (DVec3::NEG_X, see.1)],
        pixels_per_radian: ERROR_PX,
    }
}

pub fn settings() -> Settings {
    Settings {
        screen_space_error: ERROR_PX,
        fade_frames: 0,
        ..Settings::default()
    }
}

/// The name of a shown tile.
pub fn name(engine: &Engine, tile: TileId) -> String {
    let path = engine
        .placement(tile)
        .expect("a shown tile has a content")
        .path;
    path.trim_end_matches(".glb").to_owned()
}
