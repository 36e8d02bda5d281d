//! Points, lines and areas of a vector tile, laid flat on the ground in calm colours.
//!
//! A tile is a square of flat facets; whatever lies in it is cut along the same facets, so that all of it bends with the Earth in the same way and
//! a hand's breadth between two of them is enough.

use super::content::mercator_between;
use super::{DEGREE_M, FLAT_M, Made, Plot};
use crate::formats::Fault;
use crate::formats::gltf::{Column, PropertyTable, TileContent, TileMesh, Values, ZUP_FROM_YUP};
use crate::formats::mvt::{Layer, Shape, Tile, Value};
use crate::geodesy::{EnuFrame, LonLatH};

/// Most corners of one tile; what is beyond is left out and told.
const MAX_CORNERS: usize = 1 << 20;
/// Most features of one tile that can be asked about.
const MAX_FEATURES: usize = 1 << 16;
/// Most properties that are kept.
const MAX_COLUMNS: usize = 48;
/// Longest value that is kept, characters.
const LONGEST_VALUE: usize = 400;
/// A tile is drawn about so many pixels wide: lines are told in pixels of it.
const TILE_PX: f64 = 512.0;
/// What lies one rank higher lies higher by this share of the tile's side.
const RANK_SHARE: f64 = 2e-5;
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

pub(super) fn made(tile: Tile, plot: &Plot) -> Made {
    let mut drawing = Drawing::new(plot);
    if plot.pyramid.paper {
        drawing.paper();
    }
    let mut columns: Vec<(String, Vec<Option<Value>>)> = Vec::new();
    let (mut ids, mut sources): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut faults = tile.faults;
    let mut left_out = 0_usize;
    for layer in &tile.layers {
        for (number, feature) in layer.features.iter().enumerate() {
            if ids.len() >= MAX_FEATURES || drawing.is_full() {
                left_out += 1;
                continue;
            }
            let properties: Vec<(&str, &Value)> = layer.properties(feature).collect();
            let row = ids.len() as u32;
            let before = drawing.indices.len();
            drawing.feature(
                layer,
                &feature.shape,
                &pen(&layer.name, &properties, &feature.shape),
                row,
            );
            if drawing.indices.len() == before {
                continue;
            }
            let spot = plot.spot;
            ids.push(match feature.id {
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
    let heights_m =
        (!drawing.indices.is_empty()).then(|| FLAT_M.map(|height| height + plot.pyramid.base_m));
    let table = table(columns, ids, sources);
    let mesh = drawing.mesh(table.is_some());
    Made {
        content: TileContent {
            meshes: mesh.into_iter().collect(),
            tables: table.into_iter().collect(),
        },
        heights_m,
        below: Vec::new(),
        faults,
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
            values: Values::Text(ids),
        },
        Column {
            name: "layer".to_owned(),
            values: Values::Text(sources),
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

/// What has been drawn of a tile; shares of its sides, from west and from south.
struct Drawing {
    bounds_deg: [f64; 4],
    base_m: f64,
    side_m: f64,
    /// Facets along a side.
    facets: usize,
    frame: EnuFrame,
    positions: Vec<[f32; 3]>,
    colors: Vec<[u8; 4]>,
    rows: Vec<u32>,
    indices: Vec<u32>,
}

impl Drawing {
    fn new(plot: &Plot) -> Self {
        let bounds_deg = plot.bounds_deg();
        let [_, south, _, north] = bounds_deg;
        let base_m = plot.pyramid.base_m;
        let [lon, lat] = mercator_between(bounds_deg, 0.5, 0.5);
        Self {
            bounds_deg,
            base_m,
            side_m: (north - south) * DEGREE_M,
            // From level 12 on a tile is flat to half a metre in four.
            facets: match plot.spot.z {
                0..=3 => 16,
                4..=9 => 8,
                10..=13 => 4,
                _ => 2,
            },
            frame: EnuFrame::at(LonLatH::new(lon, lat, base_m)),
            positions: Vec::new(),
            colors: Vec::new(),
            rows: Vec::new(),
            indices: Vec::new(),
        }
    }

    fn is_full(&self) -> bool {
        self.positions.len() >= MAX_CORNERS
    }

    fn paper(&mut self) {
        let corners = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        let pen = Pen {
            colour: PAPER,
            rank: 0.0,
            width_px: 0.0,
        };
        for [a, b, c] in [[0, 1, 2], [0, 2, 3_usize]] {
            if let (Some(a), Some(b), Some(c)) = (corners.get(a), corners.get(b), corners.get(c)) {
                self.triangle([*a, *b, *c], &pen, u32::MAX);
            }
        }
    }

    fn feature(&mut self, layer: &Layer, shape: &Shape, pen: &Pen, row: u32) {
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
                        self.triangle([corner(0), corner(k), corner(k + 1)], pen, row);
                    }
                }
            }
            Shape::Lines(lines) => {
                for line in lines {
                    let line: Vec<[f64; 2]> = line.iter().map(|at| share(*at)).collect();
                    self.ribbon(&line, pen, row);
                }
            }
            Shape::Areas(areas) => {
                for area in areas {
                    let points: Vec<[f64; 2]> =
                        area.iter().flatten().map(|at| share(*at)).collect();
                    let mut starts = Vec::new();
                    let mut at = 0_usize;
                    for ring in area {
                        if at > 0 {
                            starts.push(at as u32);
                        }
                        at += ring.len();
                    }
                    let mut found: Vec<u32> = Vec::new();
                    earcut::Earcut::new().earcut(points.iter().copied(), &starts, &mut found);
                    for [a, b, c] in found.as_chunks::<3>().0 {
                        if let (Some(a), Some(b), Some(c)) = (
                            points.get(*a as usize),
                            points.get(*b as usize),
                            points.get(*c as usize),
                        ) {
                            self.triangle([*a, *b, *c], pen, row);
                        }
                    }
                }
            }
        }
    }

    /// A line as wide as its pen, its corners mitred.
    fn ribbon(&mut self, line: &[[f64; 2]], pen: &Pen, row: u32) {
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
            self.triangle([a, b, d], pen, row);
            self.triangle([a, d, c], pen, row);
        }
    }

    /// Cuts a triangle along the facets of the tile and at its rim, and keeps the pieces, looking up.
    fn triangle(&mut self, corners: [[f64; 2]; 3], pen: &Pen, row: u32) {
        if corners.as_flattened().iter().any(|x| !x.is_finite()) {
            return;
        }
        let [a, b, c] = corners;
        let turn = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
        if turn == 0.0 {
            return;
        }
        let corners = if turn > 0.0 { [a, b, c] } else { [a, c, b] };
        let count = self.facets as f64;
        let range = |axis: usize| {
            let of = |corner: &[f64; 2]| corner.get(axis).copied().unwrap_or(0.0);
            let (low, high) = corners
                .iter()
                .fold((f64::MAX, f64::MIN), |(low, high), corner| {
                    (low.min(of(corner)), high.max(of(corner)))
                });
            (
                (low * count).floor().clamp(0.0, count) as usize,
                (high * count).ceil().clamp(0.0, count) as usize,
            )
        };
        let ((west, east), (south, north)) = (range(0), range(1));
        for column in west..east {
            let strip = clipped(
                &clipped(&corners, [1.0, 0.0, -(column as f64) / count]),
                [-1.0, 0.0, (column + 1) as f64 / count],
            );
            if strip.is_empty() {
                continue;
            }
            for line in south..north {
                let cell = clipped(
                    &clipped(&strip, [0.0, 1.0, -(line as f64) / count]),
                    [0.0, -1.0, (line + 1) as f64 / count],
                );
                // The facets of a cell meet on its rising diagonal.
                let diagonal = (line as f64 - column as f64) / count;
                for half in [
                    clipped(&cell, [1.0, -1.0, diagonal]),
                    clipped(&cell, [-1.0, 1.0, -diagonal]),
                ] {
                    self.fan(&half, [column, line], pen, row);
                }
            }
        }
    }

    /// A convex piece of one facet.
    fn fan(&mut self, corners: &[[f64; 2]], cell: [usize; 2], pen: &Pen, row: u32) {
        if corners.len() < 3 || self.is_full() {
            return;
        }
        let count = self.facets as f64;
        let rise = pen.rank * RANK_SHARE * self.side_m;
        let first = self.positions.len() as u32;
        let post = |u: f64, v: f64| {
            let [lon, lat] = mercator_between(self.bounds_deg, u, v);
            let enu = self
                .frame
                .enu_from_ecef
                .transform_point3(LonLatH::new(lon, lat, self.base_m + rise).to_ecef().0);
            glam::DVec3::new(enu.x, enu.z, -enu.y)
        };
        let [u0, v0] = cell.map(|at| at as f64 / count);
        let step = 1.0 / count;
        let (sw, se, ne, nw) = (
            post(u0, v0),
            post(u0 + step, v0),
            post(u0 + step, v0 + step),
            post(u0, v0 + step),
        );
        for [u, v] in corners {
            let (x, y) = ((u - u0) * count, (v - v0) * count);
            let at = if x >= y {
                sw + (se - sw) * x + (ne - se) * y
            } else {
                sw + (nw - sw) * y + (ne - nw) * x
            };
            self.positions.push(at.as_vec3().to_array());
            self.colors
                .push([pen.colour[0], pen.colour[1], pen.colour[2], 255]);
            self.rows.push(row);
        }
        for k in 1..corners.len() as u32 - 1 {
            self.indices.extend([first, first + k, first + k + 1]);
        }
    }

    fn mesh(self, tabled: bool) -> Option<TileMesh> {
        if self.indices.is_empty() {
            return None;
        }
        Some(TileMesh {
            name: "vectors".to_owned(),
            tile_from_mesh: self.frame.ecef_from_enu * ZUP_FROM_YUP,
            normals: vec![[0.0, 1.0, 0.0]; self.positions.len()],
            positions: self.positions,
            colors: self.colors,
            feature_ids: if tabled { self.rows } else { Vec::new() },
            indices: self.indices,
            table: tabled.then_some(0),
            ..TileMesh::default()
        })
    }
}

/// The part of a convex piece where `a u + b v + c` is not below nought.
fn clipped(corners: &[[f64; 2]], [a, b, c]: [f64; 3]) -> Vec<[f64; 2]> {
    let side = |[u, v]: [f64; 2]| a * u + b * v + c;
    let mut kept = Vec::with_capacity(corners.len() + 1);
    let next = corners.iter().cycle().skip(1);
    for (p, q) in corners.iter().zip(next) {
        let (from, to) = (side(*p), side(*q));
        if from >= 0.0 {
            kept.push(*p);
        }
        if from * to < 0.0 {
            let share = from / (from - to);
            kept.push([p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share]);
        }
    }
    if kept.len() < 3 { Vec::new() } else { kept }
}
