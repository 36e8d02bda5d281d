//! The laid electricity network as a document that is computed: power-grid-model's JSON input, with names, places and joins beside it.
//!
//! | component | also has |
//! |---|---|
//! | `node` | `lonlat`, `name` |
//! | `line`, `transformer`, `source` | `name`, and on the map the feature `elec-genere-<id>` |
//! | `sym_load` | `profile` (a row of the territory's profiles), `kwh` of a year, `layer` and `feature` that it stands for; `p_specified` is the mean of the year |
//!
//! Readers of the format pass over what they do not know.

use super::rules;
use serde_json::{Value, json};
use std::f64::consts::PI;

/// Before the id of a component stands this on the map.
pub const FEATURE_PREFIX: &str = "elec-genere-";
/// Hz.
const FREQUENCY: f64 = 50.0;
/// What a 20 kV bus behind two transformers of 36 MVA gives at a short circuit, VA.
const SHORT_CIRCUIT_VA: f64 = 3.0e8;
/// The busbar of a source is held above the nominal voltage, as its tap changer does.
const SOURCE_PU: f64 = 1.02;

#[derive(Clone, Debug, Default)]
pub struct Grid {
    next: i64,
    pub nodes: Vec<Node>,
    pub lines: Vec<Line>,
    pub transformers: Vec<Transformer>,
    pub sources: Vec<Source>,
    pub loads: Vec<Load>,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub id: i64,
    pub volt: f64,
    pub at: [f64; 2],
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub id: i64,
    pub from: i64,
    pub to: i64,
    pub closed: bool,
    pub cable: rules::Cable,
    /// Systems side by side.
    pub count: u32,
    pub length_m: f64,
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct Transformer {
    pub id: i64,
    pub from: i64,
    pub to: i64,
    pub kva: f64,
    pub count: u32,
    pub load_w: f64,
    pub idle_w: f64,
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct Source {
    pub id: i64,
    pub node: i64,
    pub name: String,
}

#[derive(Clone, Debug)]
pub struct Load {
    pub id: i64,
    pub node: i64,
    pub kwh: f64,
    pub profile: String,
    pub layer: String,
    pub feature: String,
}

/// The name of a component on the map.
pub fn feature(id: i64) -> String {
    format!("{FEATURE_PREFIX}{id}")
}

impl Grid {
    fn id(&mut self) -> i64 {
        self.next += 1;
        self.next
    }

    pub fn node(&mut self, volt: f64, at: [f64; 2], name: String) -> i64 {
        let id = self.id();
        self.nodes.push(Node { id, volt, at, name });
        id
    }

    pub fn line(&mut self, (from, to): (i64, i64), closed: bool, cable: rules::Cable, count: u32, length_m: f64, name: String) -> i64 {
        let id = self.id();
        // Shorter ones are busbars; without any impedance they would be no lines.
        self.lines.push(Line { id, from, to, closed, cable, count: count.max(1), length_m: length_m.max(1.0), name });
        id
    }

    pub fn transformer(&mut self, (from, to): (i64, i64), kva: f64, largest_kva: f64, name: String) -> i64 {
        let id = self.id();
        let (rated, count, load_w, idle_w) = rules::post_for(kva, largest_kva);
        self.transformers.push(Transformer { id, from, to, kva: rated, count, load_w, idle_w, name });
        id
    }

    pub fn source(&mut self, node: i64, name: String) -> i64 {
        let id = self.id();
        self.sources.push(Source { id, node, name });
        id
    }

    pub fn load(&mut self, node: i64, kwh: f64, profile: &str, layer: &str, feature: String) {
        let id = self.id();
        self.loads.push(Load { id, node, kwh, profile: profile.to_owned(), layer: layer.to_owned(), feature });
    }

    /// The document; `lonlat` places a node, `about` says where it comes from.
    pub fn json(&self, lonlat: &dyn Fn([f64; 2]) -> Option<[f64; 2]>, about: &Value) -> Value {
        let rounded = |value: f64| (value * 1e7).round() / 1e7;
        let nodes: Vec<Value> = self
            .nodes
            .iter()
            .map(|node| json!({"id": node.id, "u_rated": node.volt, "lonlat": lonlat(node.at).map(|at| at.map(rounded)), "name": node.name}))
            .collect();
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| {
                let (km, count) = (line.length_m / 1000.0, f64::from(line.count));
                json!({
                    "id": line.id, "from_node": line.from, "to_node": line.to,
                    "from_status": 1, "to_status": i32::from(line.closed),
                    "r1": line.cable.r_ohm_km * km / count, "x1": line.cable.x_ohm_km * km / count,
                    "c1": line.cable.b_s_km * km * count / (2.0 * PI * FREQUENCY), "tan1": 0.0, "i_n": line.cable.ampere * count,
                    "name": line.name, "length_m": (line.length_m * 100.0).round() / 100.0,
                })
            })
            .collect();
        let transformers: Vec<Value> = self
            .transformers
            .iter()
            .map(|unit| {
                let count = f64::from(unit.count);
                json!({
                    "id": unit.id, "from_node": unit.from, "to_node": unit.to, "from_status": 1, "to_status": 1,
                    "u1": 20_000.0, "u2": 410.0, "sn": unit.kva * 1000.0 * count,
                    "uk": if unit.kva > 630.0 { 0.06 } else { 0.04 }, "pk": unit.load_w * count, "i0": 0.005, "p0": unit.idle_w * count,
                    "winding_from": 2, "winding_to": 1, "clock": 11,
                    "tap_side": 0, "tap_pos": 0, "tap_min": -2, "tap_max": 2, "tap_nom": 0, "tap_size": 500.0,
                    "name": unit.name, "units": unit.count,
                })
            })
            .collect();
        let sources: Vec<Value> = self
            .sources
            .iter()
            .map(|source| json!({"id": source.id, "node": source.node, "status": 1, "u_ref": SOURCE_PU, "sk": SHORT_CIRCUIT_VA, "rx_ratio": 0.1, "name": source.name}))
            .collect();
        let loads: Vec<Value> = self
            .loads
            .iter()
            .map(|load| {
                let watt = load.kwh / 8.76;
                json!({
                    "id": load.id, "node": load.node, "status": 1, "type": 0,
                    "p_specified": watt, "q_specified": watt * rules::TAN_PHI,
                    "profile": load.profile, "kwh": load.kwh, "layer": load.layer, "feature": load.feature,
                })
            })
            .collect();
        json!({
            "version": "1.0", "type": "input", "is_batch": false, "attributes": {},
            "data": {"node": nodes, "line": lines, "transformer": transformers, "source": sources, "sym_load": loads},
            "about": about,
        })
    }
}
