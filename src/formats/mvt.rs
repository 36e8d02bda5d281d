//! Mapbox Vector Tiles: points, lines and areas in the integers of one tile.
//!
//! Source: Mapbox Vector Tile Specification 2.1 (version 1 is read too). Everything is bounded by the bytes that are there.

use super::protobuf::{Broken, Fields, Value as Field, repeated, zigzag};
use super::{Fault, packed};

/// Largest tile read, bytes, unpacked.
pub const MAX_BYTES: usize = 64 << 20;
/// Layers, features, keys and values of one tile together: each may be of two bytes, and takes fifty times that in memory.
pub const MAX_THINGS: usize = 1 << 20;

/// All layers of a tile, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tile {
    pub layers: Vec<Layer>,
    /// What was left out, and why; the rest is whole.
    pub faults: Vec<Fault>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layer {
    pub name: String,
    pub version: u32,
    /// Units of a tile's side; coordinates beyond it belong to the neighbours.
    pub extent: u32,
    pub keys: Vec<String>,
    pub values: Vec<Value>,
    pub features: Vec<Feature>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feature {
    pub id: Option<u64>,
    /// Positions in the layer's keys and values, which are there.
    pub tags: Vec<(u32, u32)>,
    pub shape: Shape,
}

/// Coordinates count from the tile's north-west corner, to the east and to the south.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Shape {
    /// A kind that the specification leaves open, or nothing.
    #[default]
    Unknown,
    Points(Vec<[i32; 2]>),
    Lines(Vec<Vec<[i32; 2]>>),
    /// Outer ring first, then its holes; rings are open (the first corner is not said again).
    Areas(Vec<Vec<Vec<[i32; 2]>>>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Float(f32),
    Double(f64),
    Int(i64),
    Uint(u64),
    Bool(bool),
    /// A value without a value.
    Nothing,
}

impl Layer {
    /// Properties of a feature by name.
    pub fn properties<'l>(
        &'l self,
        feature: &'l Feature,
    ) -> impl Iterator<Item = (&'l str, &'l Value)> {
        feature.tags.iter().filter_map(|(key, value)| {
            Some((
                self.keys.get(*key as usize)?.as_str(),
                self.values.get(*value as usize)?,
            ))
        })
    }
}

impl Tile {
    /// Reads a tile, packed with gzip or not.
    ///
    /// # Errors
    /// `mvt-packed`, `mvt-limit`, `mvt-broken`: the bytes are no message, a MapLibre Tile (MLT) for example. Broken layers and features are left out
    /// and told in [`Tile::faults`].
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let bytes =
            packed::unpacked(bytes, MAX_BYTES).map_err(|why| Fault::new("mvt-packed", "", why))?;
        if bytes.len() > MAX_BYTES {
            return Err(Fault::new("mvt-limit", "", bytes.len()));
        }
        if things(&bytes) > MAX_THINGS {
            return Err(Fault::new("mvt-limit", "", bytes.len()));
        }
        let mut tile = Self::default();
        for field in Fields::new(&bytes) {
            let (number, field) = field.map_err(|broken| Fault::new("mvt-broken", "", broken))?;
            if number != 3 {
                continue;
            }
            let place = format!("layers[{}]", tile.layers.len());
            match layer(field.bytes(), &place, &mut tile.faults) {
                Ok(layer) => tile.layers.push(layer),
                Err(broken) => tile.faults.push(Fault::new("mvt-layer", place, broken)),
            }
        }
        Ok(tile)
    }
}

/// How many layers a tile has, and fields in them; counted as far as they can be told apart.
fn things(bytes: &[u8]) -> usize {
    let layers = Fields::new(bytes).map_while(Result::ok).filter(|(number, _)| *number == 3);
    layers.map(|(_, layer)| 1 + Fields::new(layer.bytes()).map_while(Result::ok).count()).sum()
}

/// More faults of one tile are not kept.
const MAX_FAULTS: usize = 100;

fn layer(bytes: &[u8], place: &str, faults: &mut Vec<Fault>) -> Result<Layer, Broken> {
    let mut layer = Layer {
        version: 1,
        extent: 4096,
        ..Layer::default()
    };
    let mut features = Vec::new();
    for field in Fields::new(bytes) {
        match field? {
            (1, field) => layer.name = text(field),
            (2, field) => features.push(field.bytes()),
            (3, field) => layer.keys.push(text(field)),
            (4, field) => layer.values.push(value(field.bytes())?),
            (5, field) => layer.extent = u32::try_from(field.number()).unwrap_or(u32::MAX).max(1),
            (15, field) => layer.version = u32::try_from(field.number()).unwrap_or(u32::MAX),
            _ => {}
        }
    }
    if !(1..=2).contains(&layer.version) {
        faults.push(Fault::new("mvt-version", place, layer.version));
    }
    for (number, bytes) in features.into_iter().enumerate() {
        match feature(bytes, &layer) {
            Ok(feature) => layer.features.push(feature),
            Err(why) if faults.len() < MAX_FAULTS => faults.push(Fault::new(
                "mvt-feature",
                format!("{place}.features[{number}]"),
                why,
            )),
            Err(_) => {}
        }
    }
    Ok(layer)
}

fn text(field: Field) -> String {
    String::from_utf8_lossy(field.bytes()).into_owned()
}

fn value(bytes: &[u8]) -> Result<Value, Broken> {
    let mut value = Value::Nothing;
    for field in Fields::new(bytes) {
        value = match field? {
            (1, field) => Value::Text(text(field)),
            (2, field) => Value::Float(f32::from_bits(field.number() as u32)),
            (3, field) => Value::Double(f64::from_bits(field.number())),
            (4, field) => Value::Int(field.number() as i64),
            (5, field) => Value::Uint(field.number()),
            (6, field) => Value::Int(field.signed()),
            (7, field) => Value::Bool(field.number() != 0),
            _ => value,
        };
    }
    Ok(value)
}

fn feature(bytes: &[u8], layer: &Layer) -> Result<Feature, String> {
    let mut feature = Feature::default();
    let (mut kind, mut tags, mut commands) = (0, Vec::new(), Vec::new());
    for field in Fields::new(bytes) {
        let broken = |broken: Broken| broken.to_string();
        match field.map_err(broken)? {
            (1, field) => feature.id = Some(field.number()),
            (2, field) => repeated(field, &mut tags).map_err(broken)?,
            (3, field) => kind = field.number(),
            (4, field) => repeated(field, &mut commands).map_err(broken)?,
            _ => {}
        }
    }
    for pair in tags.chunks(2) {
        let &[key, value] = pair else {
            return Err(format!("{} tags", tags.len()));
        };
        if key >= layer.keys.len() as u64 || value >= layer.values.len() as u64 {
            return Err(format!("tag {key}: {value}"));
        }
        feature.tags.push((key as u32, value as u32));
    }
    feature.shape = match kind {
        1 => Shape::Points(paths(&commands, false)?.into_iter().flatten().collect()),
        2 => Shape::Lines(paths(&commands, true)?),
        3 => Shape::Areas(areas(paths(&commands, true)?)),
        _ => Shape::Unknown,
    };
    Ok(feature)
}

/// The lines that commands draw; every pair of numbers is one corner, so there are never more corners than numbers.
fn paths(commands: &[u64], lines: bool) -> Result<Vec<Vec<[i32; 2]>>, String> {
    let mut paths: Vec<Vec<[i32; 2]>> = Vec::new();
    let mut at = [0_i32; 2];
    let mut left = commands;
    while let Some((command, rest)) = left.split_first() {
        left = rest;
        let (id, count) = (command & 7, command >> 3);
        match id {
            1 | 2 => {
                for _ in 0..count {
                    let Some((&[dx, dy], rest)) = left.split_first_chunk::<2>() else {
                        return Err(format!("{count} corners, {} numbers", left.len()));
                    };
                    left = rest;
                    // Integers of 32 bits go round, as they do in most programs that write them.
                    at = [
                        at[0].wrapping_add(zigzag(dx) as i32),
                        at[1].wrapping_add(zigzag(dy) as i32),
                    ];
                    if id == 1 {
                        paths.push(Vec::new());
                    }
                    match paths.last_mut() {
                        Some(path) => path.push(at),
                        None => return Err("a line without a start".to_owned()),
                    }
                }
            }
            // The end of a ring says nothing new, except where there is no ring.
            7 if lines && !paths.is_empty() => {}
            other => return Err(format!("command {other}")),
        }
    }
    Ok(paths)
}

/// Rings put together: one that turns like the first is an outer one (version 1 leaves the sense open), others are holes of the one before.
fn areas(rings: Vec<Vec<[i32; 2]>>) -> Vec<Vec<Vec<[i32; 2]>>> {
    let mut areas: Vec<Vec<Vec<[i32; 2]>>> = Vec::new();
    let mut outer = 0.0;
    for mut ring in rings {
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        let turn = doubled_area(&ring);
        if ring.len() < 3 || turn == 0.0 {
            continue;
        }
        if outer == 0.0 {
            outer = turn;
        }
        match areas.last_mut() {
            Some(area) if (turn > 0.0) != (outer > 0.0) => area.push(ring),
            _ => areas.push(vec![ring]),
        }
    }
    areas
}

fn doubled_area(ring: &[[i32; 2]]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .map(|(a, b)| f64::from(a[0]) * f64::from(b[1]) - f64::from(b[0]) * f64::from(a[1]))
        .sum()
}
