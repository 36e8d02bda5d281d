//! roseau-load-flow's JSON: three-phase elements with their matrices, complex numbers as `[real, imaginary]`.

use super::MAX_ROWS;
use super::table::number;
use crate::formats::Fault;
use serde_json::Value;

/// A complex number as the file writes it.
pub type Pair = [f64; 2];

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub version: i64,
    pub buses: Vec<Bus>,
    pub lines: Vec<Line>,
    pub line_parameters: Vec<LineParameters>,
    pub transformers: Vec<Transformer>,
    pub transformer_parameters: Vec<TransformerParameters>,
    pub switches: Vec<Switch>,
    pub loads: Vec<Load>,
    pub sources: Vec<Source>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bus {
    pub id: String,
    pub phases: String,
    /// Line-to-line, V.
    pub nominal_voltage: Option<f64>,
    pub lonlat: Option<[f64; 2]>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub id: String,
    pub from: String,
    pub to: String,
    pub phases: String,
    pub parameters: String,
    /// km.
    pub length: Option<f64>,
    /// Share of the ampacity that counts as full.
    pub max_loading: f64,
    pub path: Vec<[f64; 2]>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct LineParameters {
    pub id: String,
    /// Ω/km, by rows.
    pub z: Vec<Vec<Pair>>,
    /// S/km, by rows; empty without shunts.
    pub y: Vec<Vec<Pair>>,
    /// A, by phase.
    pub ampacities: Vec<f64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transformer {
    pub id: String,
    pub high: String,
    pub low: String,
    pub phases: String,
    pub parameters: String,
    /// Turns of the low side over nominal ones.
    pub tap: f64,
    pub max_loading: f64,
    pub lonlat: Option<[f64; 2]>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransformerParameters {
    pub id: String,
    /// `Dyn11`, `Yzn11` … or `single` …
    pub group: String,
    /// VA, V, V.
    pub sn: f64,
    pub uhv: f64,
    pub ulv: f64,
    /// Series impedance at the low side, Ω, and magnetising admittance at the high side, S.
    pub z2: Option<Pair>,
    pub ym: Option<Pair>,
    /// Test values, per unit and W, from which the two follow.
    pub i0: Option<f64>,
    pub p0: Option<f64>,
    pub vsc: Option<f64>,
    pub psc: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Switch {
    pub id: String,
    pub from: String,
    pub to: String,
    pub closed: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Load {
    pub id: String,
    pub bus: String,
    pub phases: String,
    /// `power`, `current` or `impedance`.
    pub kind: String,
    /// VA, A or Ω, by phase.
    pub values: Vec<Pair>,
    pub flexible: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    pub id: String,
    pub bus: String,
    pub phases: String,
    /// V, by phase: to neutral where the phases have one, otherwise between phases.
    pub voltages: Vec<Pair>,
}

/// # Errors
/// A [`Fault`] when a list is missing or an element lacks its name.
pub fn read(value: &Value) -> Result<Document, Fault> {
    let transformers = list(value, "transformers", |row| Transformer {
        id: text(row, "id"),
        high: either(row, "bus_hv", "bus1"),
        low: either(row, "bus_lv", "bus2"),
        phases: either(row, "phases_hv", "phases1"),
        parameters: text(row, "params_id"),
        tap: real(row, "tap").unwrap_or(1.0),
        max_loading: real(row, "max_loading").unwrap_or(1.0),
        lonlat: point(row),
    })?;
    let transformer_parameters = list(value, "transformers_params", |row| TransformerParameters {
        id: text(row, "id"),
        group: either(row, "vg", "type"),
        sn: real(row, "sn").unwrap_or(0.0),
        uhv: real(row, "uhv").or_else(|| real(row, "up")).unwrap_or(0.0),
        ulv: real(row, "ulv").or_else(|| real(row, "us")).unwrap_or(0.0),
        z2: row.get("z2").and_then(pair),
        ym: row.get("ym").and_then(pair),
        i0: real(row, "i0"),
        p0: real(row, "p0"),
        vsc: real(row, "vsc"),
        psc: real(row, "psc"),
    })?;
    Ok(Document {
        version: value.get("version").and_then(Value::as_i64).unwrap_or(0),
        buses: list(value, "buses", |row| Bus {
            id: text(row, "id"),
            phases: text(row, "phases"),
            nominal_voltage: real(row, "nominal_voltage"),
            lonlat: point(row),
        })?,
        lines: list(value, "lines", |row| Line {
            id: text(row, "id"),
            from: text(row, "bus1"),
            to: text(row, "bus2"),
            phases: text(row, "phases"),
            parameters: text(row, "params_id"),
            length: real(row, "length"),
            max_loading: real(row, "max_loading").unwrap_or(1.0),
            path: path(row),
        })?,
        line_parameters: list(value, "lines_params", |row| LineParameters {
            id: text(row, "id"),
            z: row.get("z_line").map(matrix).unwrap_or_default(),
            y: row.get("y_shunt").map(matrix).unwrap_or_default(),
            ampacities: numbers(row.get("ampacities").or_else(|| row.get("ampacity"))),
        })?,
        transformers,
        transformer_parameters,
        switches: list(value, "switches", |row| Switch {
            id: text(row, "id"),
            from: text(row, "bus1"),
            to: text(row, "bus2"),
            closed: row.get("closed").and_then(Value::as_bool).unwrap_or(true),
        })?,
        loads: list(value, "loads", |row| {
            let found = [
                ("powers", "power"),
                ("power", "power"),
                ("currents", "current"),
                ("current", "current"),
                ("impedances", "impedance"),
                ("impedance", "impedance"),
            ]
            .into_iter()
            .find_map(|(key, kind)| Some((row.get(key)?, kind)));
            let (values, kind) = found.map_or((Vec::new(), ""), |(v, kind)| (pairs(v), kind));
            Load {
                id: text(row, "id"),
                bus: text(row, "bus"),
                phases: text(row, "phases"),
                kind: kind.to_owned(),
                values,
                flexible: row.get("flexible_params").is_some_and(|v| !v.is_null()),
            }
        })?,
        sources: list(value, "sources", |row| Source {
            id: text(row, "id"),
            bus: text(row, "bus"),
            phases: text(row, "phases"),
            voltages: row
                .get("voltages")
                .or_else(|| row.get("voltage"))
                .map(pairs)
                .unwrap_or_default(),
        })?,
    })
}

fn list<T>(value: &Value, name: &str, make: impl Fn(&Value) -> T) -> Result<Vec<T>, Fault> {
    let Some(rows) = value.get(name) else {
        return Ok(Vec::new());
    };
    let rows = rows
        .as_array()
        .ok_or_else(|| Fault::new("network-table", name, "array"))?;
    if rows.len() > MAX_ROWS {
        return Err(Fault::new("network-limit", name, rows.len()));
    }
    rows.iter()
        .enumerate()
        .map(|(number, row)| {
            let named = row.get("id").is_some_and(|id| !id.is_null());
            named
                .then(|| make(row))
                .ok_or_else(|| Fault::new("network-table", format!("{name}[{number}]"), "id"))
        })
        .collect()
}

/// A name; numbers serve as names too.
fn text(row: &Value, key: &str) -> String {
    match row.get(key) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

fn either(row: &Value, key: &str, old: &str) -> String {
    let found = text(row, key);
    if found.is_empty() {
        text(row, old)
    } else {
        found
    }
}

fn real(row: &Value, key: &str) -> Option<f64> {
    number(row.get(key)?)
}

/// One number or a list of them.
fn numbers(value: Option<&Value>) -> Vec<f64> {
    match value {
        Some(Value::Array(list)) => list.iter().filter_map(number).collect(),
        Some(other) => number(other).into_iter().collect(),
        None => Vec::new(),
    }
}

fn pair(value: &Value) -> Option<Pair> {
    match value.as_array()?.as_slice() {
        [re, im] => Some([number(re)?, number(im)?]),
        _ => None,
    }
}

/// A list of pairs, or one pair of a single-phase equivalent.
fn pairs(value: &Value) -> Vec<Pair> {
    if let Some(one) = pair(value) {
        return vec![one];
    }
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(pair)
        .collect()
}

/// `[real rows, imaginary rows]`, or one pair.
fn matrix(value: &Value) -> Vec<Vec<Pair>> {
    if let Some(one) = pair(value) {
        return vec![vec![one]];
    }
    let part = |which: usize| -> Vec<Vec<f64>> {
        let rows = value.get(which).and_then(Value::as_array);
        rows.into_iter()
            .flatten()
            .map(|row| numbers(Some(row)))
            .collect()
    };
    let (real, imaginary) = (part(0), part(1));
    real.into_iter()
        .zip(imaginary)
        .map(|(re, im)| re.into_iter().zip(im).map(|(re, im)| [re, im]).collect())
        .collect()
}

fn coordinates(value: &Value) -> Option<[f64; 2]> {
    match value.as_array()?.as_slice() {
        [lon, lat, ..] => Some([number(lon)?, number(lat)?]),
        _ => None,
    }
}

fn point(row: &Value) -> Option<[f64; 2]> {
    coordinates(row.get("geometry")?.get("coordinates")?)
}

fn path(row: &Value) -> Vec<[f64; 2]> {
    let list = row
        .get("geometry")
        .and_then(|geometry| geometry.get("coordinates"))
        .and_then(Value::as_array);
    let mut path: Vec<[f64; 2]> = list.into_iter().flatten().filter_map(coordinates).collect();
    // Real feeders repeat points.
    path.dedup();
    path
}
