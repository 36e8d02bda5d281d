//! Points, lines and areas of a vector tile as triangles in calm colours, and their properties as a table. Where they lie is for [`super::lay`] to say.

use super::lay::{Flat, Patch, lay};
use super::{Made, Plot};
use crate::base::polygon::with_holes;
use crate::formats::Fault;
use crate::formats::gltf::{Column, PropertyTable, TileContent, Values};
use crate::formats::mvt::{Layer, Shape, Tile, Value};
use std::sync::Arc;

/// Most features of one tile that can be asked about.
const MAX_FEATURES: usize = 1 << 16;
/// Most properties that are kept.
const MAX_COLUMNS: usize = 48;
/// Longest value that is kept, characters.
const LONGEST_VALUE: usize = 400;
/// Most points of a tile's lines and areas.
const MAX_POINTS: usize = 1 << 20;
/// Most points of one area, and most of its points times its rings: cutting it into triangles asks each hole of all its points.
const MAX_AREA_POINTS: usize = 1 << 16;
const MAX_AREA_WORK: usize = 1 << 27;
/// A tile is drawn about so many pixels wide: lines are told in pixels of it.
const TILE_PX: f64 = 512.0;
/// Sides of the polygon that a point is drawn as.
const DOT_SIDES: usize = 8;
/// A corner sharper than this is cut: the reach of a mitre in half widths.
const LONGEST_MITRE: f64 = 2.0;
/// The sheet below everything.
const PAPER: [u8; 3] = [238, 236, 229];

/// How a feature is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Pen {
    colour: [u8; 3],
    /// What is drawn over what.
    rank: f64,
    /// Of lines and dots, pixels.
    width_px: f64,
}

/// A tile laid on the ground, or flat where none is said.
pub(super) fn made(tile: Tile, plot: &Plot, under: Option<&[Arc<Patch>]>) -> Made {
    let mut flat = Flat::default();
    if plot.pyramid.paper {
        let [sw, se, ne, nw] = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        flat.add([sw, se, ne], PAPER, 0.0, u32::MAX);
        flat.add([sw, ne, nw], PAPER, 0.0, u32::MAX);
    }
    let mut columns: Vec<(String, Vec<Option<Value>>)> = Vec::new();
    let (mut ids, mut sources): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut faults = tile.faults;
    let (mut left_out, mut points) = (0_usize, 0_usize);
    for layer in &tile.layers {
        for (number, of) in layer.features.iter().enumerate() {
            let size = size(&of.shape);
            if ids.len() >= MAX_FEATURES || flat.is_full() || size.is_none_or(|size| points + size > MAX_POINTS) {
                left_out += 1;
                continue;
            }
            points += size.unwrap_or(0);
            let properties: Vec<(&str, &Value)> = layer.properties(of).collect();
            let row = ids.len() as u32;
            let before = flat.len();
            feature(&mut flat, layer, &of.shape, &pen(&layer.name, &properties, &of.shape), row);
            if flat.len() == before {
                continue;
            }
            let spot = plot.spot;
            ids.push(match of.id {
                Some(id) => format!("{}/{id}", layer.name),
                None => format!("{}/{}/{}/{}/{number}", layer.name, spot.z, spot.x, spot.y),
            });
            sources.push(layer.name.clone());
            for (key, value) in properties {
                keep(&mut columns, key, value, row as usize);
            }
        }
    }
    if left_out > 0 {
        faults.push(Fault::new("vectors-too-many", "", left_out));
    }
    let table = table(columns, ids, sources);
    flat.is_tabled(table.is_some());
    let laid = lay(&flat, plot, under);
    if laid.left_out > 0 {
        faults.push(Fault::new("vectors-too-many", "", laid.left_out));
    }
    Made {
        content: TileContent { meshes: laid.mesh.into_iter().collect(), tables: table.into_iter().collect() },
        heights_m: laid.heights_m,
        below: Vec::new(),
        faults,
        flat: Some(Arc::new(flat)),
    }
}

fn keep(columns: &mut Vec<(String, Vec<Option<Value>>)>, key: &str, value: &Value, row: usize) {
    // Some call a name by its language only.
    let key = match key {
        "id" => "source_id",
        "layer" => "source_layer",
        key => key,
    };
    let at = match columns.iter().position(|(name, _)| name == key) {
        Some(at) => at,
        None if columns.len() < MAX_COLUMNS => {
            columns.push((key.to_owned(), Vec::new()));
            columns.len() - 1
        }
        None => return,
    };
    if let Some((_, values)) = columns.get_mut(at) {
        values.resize(row, None);
        values.push(Some(value.clone()));
    }
}

/// One row for each feature; numbers stay numbers where a whole column is.
fn table(
    columns: Vec<(String, Vec<Option<Value>>)>,
    ids: Vec<String>,
    sources: Vec<String>,
) -> Option<PropertyTable> {
    let count = ids.len();
    if count == 0 {
        return None;
    }
    let mut found = vec![
        Column {
            name: "id".to_owned(),
            values: Values::Text(ids.into()),
        },
        Column {
            name: "layer".to_owned(),
            values: Values::Text(sources.into()),
        },
    ];
    let has_name = columns.iter().any(|(name, _)| name == "name");
    for (name, mut values) in columns {
        values.resize(count, None);
        let numbers: Option<Vec<f64>> = values
            .iter()
            .map(|value| value.as_ref().map_or(Some(f64::NAN), number))
            .collect();
        let said = |value: &Option<Value>| value.as_ref().map_or_else(String::new, text);
        let values = match numbers {
            Some(numbers) if name != "name" => Values::F64(numbers),
            _ => Values::Text(values.iter().map(said).collect()),
        };
        if !has_name
            && ["name:latin", "name_fr", "name:fr", "nom", "name_en"].contains(&name.as_str())
            && !found.iter().any(|column| column.name == "name")
        {
            found.push(Column {
                name: "name".to_owned(),
                values: values.clone(),
            });
        }
        found.push(Column { name, values });
    }
    Some(PropertyTable {
        class: "vector".to_owned(),
        count,
        columns: found,
    })
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float(number) => Some(f64::from(*number)),
        Value::Double(number) => Some(*number),
        Value::Int(number) => Some(*number as f64),
        Value::Uint(number) => Some(*number as f64),
        Value::Nothing => Some(f64::NAN),
        Value::Text(_) | Value::Bool(_) => None,
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.chars().take(LONGEST_VALUE).collect(),
        Value::Bool(true) => "true".to_owned(),
        Value::Bool(false) => "false".to_owned(),
        Value::Nothing => String::new(),
        other => number(other).map_or_else(String::new, |number| number.to_string()),
    }
}

/// By what the layer and the feature are called, as the usual schemas call them (OpenMapTiles, Shortbread, Protomaps, IGN's Plan); anything else has a
/// colour of its layer's own.
fn pen(layer: &str, properties: &[(&str, &Value)], shape: &Shape) -> Pen {
    let mut words = layer.to_ascii_lowercase();
    for (key, value) in properties {
        if let (true, Value::Text(value)) = (
            [
                "class", "kind", "type", "subclass", "nature", "symbo", "fclass", "highway",
            ]
            .contains(key),
            value,
        ) {
            words.push(' ');
            words.extend(
                value
                    .chars()
                    .take(60)
                    .map(|letter| letter.to_ascii_lowercase()),
            );
        }
    }
    let has = |list: &[&str]| list.iter().any(|word| words.contains(word));
    let (colour, rank, width_px): ([u8; 3], f64, f64) =
        if has(&["boundary", "boundaries", "admin", "limite"]) {
            ([150, 134, 160], 8.0, 1.2)
        } else if has(&["building", "bati", "bâti"]) {
            ([205, 196, 184], 5.0, 1.0)
        } else if has(&["water", "ocean", "river", "lake", "sea", "hydro", "eau"]) {
            ([170, 200, 220], 3.0, 1.6)
        } else if has(&["motorway", "trunk", "autoroute"]) {
            ([228, 160, 96], 7.5, 3.4)
        } else if has(&["primary", "secondary", "principale"]) {
            ([240, 204, 132], 7.0, 2.6)
        } else if has(&["rail", "transit", "ferr"]) {
            ([140, 140, 148], 6.5, 1.4)
        } else if has(&["path", "footway", "track", "sentier", "cycle"]) {
            ([196, 178, 150], 6.0, 1.0)
        } else if has(&["road", "street", "transport", "highway", "route"]) {
            ([255, 255, 252], 6.2, 1.8)
        } else if has(&[
            "wood",
            "forest",
            "foret",
            "forêt",
            "park",
            "grass",
            "meadow",
            "nature",
            "vegetation",
            "scrub",
            "green",
        ]) {
            ([200, 218, 182], 2.0, 1.0)
        } else if has(&["farm", "crop", "agri", "vineyard", "orchard"]) {
            ([228, 226, 198], 1.5, 1.0)
        } else if has(&[
            "residential",
            "urban",
            "industrial",
            "commercial",
            "landuse",
            "landcover",
            "land",
        ]) {
            ([228, 223, 214], 1.0, 1.0)
        } else {
            (own_colour(layer), 4.0, 1.6)
        };
    // What is drawn over areas is told from them.
    let colour = match shape {
        Shape::Lines(_) if has(&["water", "ocean", "river", "lake", "sea", "hydro", "eau"]) => {
            [140, 180, 208]
        }
        Shape::Points(_) if !has(&["building"]) => [122, 96, 108],
        _ => colour,
    };
    match shape {
        Shape::Points(_) => Pen {
            colour,
            rank: 10.0,
            width_px: 5.0,
        },
        Shape::Lines(_) => Pen {
            colour,
            rank: rank + 5.0,
            width_px,
        },
        Shape::Areas(_) | Shape::Unknown => Pen {
            colour,
            rank,
            width_px,
        },
    }
}

/// A calm colour that a name always has: FNV-1a chooses the hue.
fn own_colour(name: &str) -> [u8; 3] {
    let hash = name.bytes().fold(0x811C_9DC5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    let hue = f64::from(hash % 360).to_radians();
    [0.0, 2.094, 4.189].map(|turn| (182.0 + 38.0 * (hue + turn).cos()) as u8)
}

/// How many points a shape has; `None` where it has more than anybody draws.
fn size(shape: &Shape) -> Option<usize> {
    match shape {
        Shape::Unknown => Some(0),
        Shape::Points(points) => Some(points.len()),
        Shape::Lines(lines) => Some(lines.iter().map(Vec::len).sum()),
        Shape::Areas(areas) => areas.iter().try_fold(0_usize, |sum, area| {
            let points: usize = area.iter().map(Vec::len).sum();
            let sound = points <= MAX_AREA_POINTS && points.saturating_mul(area.len()) <= MAX_AREA_WORK;
            sound.then_some(sum + points)
        }),
    }
}

fn feature(flat: &mut Flat, layer: &Layer, shape: &Shape, pen: &Pen, row: u32) {
    let extent = f64::from(layer.extent.max(1));
    let share = |[x, y]: [i32; 2]| [f64::from(x) / extent, 1.0 - f64::from(y) / extent];
    match shape {
        Shape::Unknown => {}
        Shape::Points(points) => {
            let radius = 0.5 * pen.width_px / TILE_PX;
            for [u, v] in points
                .iter()
                .map(|point| share(*point))
                .filter(|at| at.iter().all(|x| (0.0..1.0).contains(x)))
            {
                let corner = |k: usize| {
                    let (sin, cos) =
                        (std::f64::consts::TAU * k as f64 / DOT_SIDES as f64).sin_cos();
                    [u + radius * cos, v + radius * sin]
                };
                for k in 1..DOT_SIDES - 1 {
                    flat.add([corner(0), corner(k), corner(k + 1)], pen.colour, pen.rank, row);
                }
            }
        }
        Shape::Lines(lines) => {
            for line in lines {
                let line: Vec<[f64; 2]> = line.iter().map(|at| share(*at)).collect();
                ribbon(flat, &line, pen, row);
            }
        }
        Shape::Areas(areas) => {
            for area in areas {
                let rings: Vec<Vec<[f64; 2]>> = area.iter().map(|ring| ring.iter().map(|at| share(*at)).collect()).collect();
                let points = rings.concat();
                for [a, b, c] in with_holes(&rings) {
                    if let (Some(a), Some(b), Some(c)) = (points.get(a), points.get(b), points.get(c)) {
                        flat.add([*a, *b, *c], pen.colour, pen.rank, row);
                    }
                }
            }
        }
    }
}

/// A line as wide as its pen, its corners mitred.
fn ribbon(flat: &mut Flat, line: &[[f64; 2]], pen: &Pen, row: u32) {
    let half = 0.5 * pen.width_px / TILE_PX;
    let mut line: Vec<[f64; 2]> = line.to_vec();
    line.dedup();
    let left = |a: [f64; 2], b: [f64; 2]| {
        let (x, y) = (b[0] - a[0], b[1] - a[1]);
        let length = x.hypot(y).max(f64::MIN_POSITIVE);
        [-y / length, x / length]
    };
    let across: Vec<[f64; 2]> = line
        .windows(2)
        .filter_map(|pair| Some(left(*pair.first()?, *pair.get(1)?)))
        .collect();
    let sides: Vec<[[f64; 2]; 2]> = line
        .iter()
        .enumerate()
        .filter_map(|(k, [u, v])| {
            let before = k
                .checked_sub(1)
                .and_then(|k| across.get(k))
                .or_else(|| across.get(k))?;
            let after = across.get(k).unwrap_or(before);
            let sum = [before[0] + after[0], before[1] + after[1]];
            let length = sum[0].hypot(sum[1]);
            // The mitre is as long as the half angle asks, and no longer than bearable.
            let scale = if length > 1e-6 {
                (2.0 / (length * length)).min(LONGEST_MITRE / length)
            } else {
                0.0
            };
            let [x, y] = if scale > 0.0 {
                [sum[0] * scale * half, sum[1] * scale * half]
            } else {
                [before[0] * half, before[1] * half]
            };
            Some([[u + x, v + y], [u - x, v - y]])
        })
        .collect();
    for pair in sides.windows(2) {
        let &[[a, b], [c, d]] = pair else { continue };
        flat.add([a, b, d], pen.colour, pen.rank, row);
        flat.add([a, d, c], pen.colour, pen.rank, row);
    }
}
