//! CityJSON 1.0, 1.1 and 2.0, one document or a sequence of features (CityJSONSeq).
//!
//! Written after the specification (cityjson.org/specs/2.0.1). Two things differ from a plain data model:
//! - numbers of a boundary are read into one flat list, so that a district of millions of indices costs four bytes each;
//! - what has the wrong form is as good as absent: one object drawn by hand never spoils a document of a million.

mod wire;

use super::citymodel::{
    AttributeValue, BEST_LOD, CityGeometry, CityObject, MAX_FACES, open_ring, role_of,
};
use super::shape::{Face, FaceRole, Shell};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use wire::{
    CLOSE, Flat, Lenient, OPEN, RawDocument, RawGeometry, RawObject, RawObjects, RawSemantics,
    Vertices,
};

/// Parts of parts of parts.
const MAX_GENERATIONS: usize = 8;

/// What stands once in a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Header {
    /// `1.0`, `1.1`, `2.0`.
    pub version: String,
    /// `metadata.referenceSystem` as written.
    pub crs: Option<String>,
    transform: Option<Transform>,
}

/// Position = index · scale + translate.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Transform {
    scale: [f64; 3],
    translate: [f64; 3],
}

/// A whole document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CityJson {
    pub header: Header,
    /// Top-level objects with their parts, in the order of the file.
    pub objects: Vec<CityObject>,
}

/// Reads one document.
///
/// # Errors
/// A sentence, when the bytes are no CityJSON at all.
pub fn parse(bytes: &[u8]) -> Result<CityJson, String> {
    let raw = raw(bytes)?;
    if raw.kind() != Some("CityJSON") {
        return Err("the document's 'type' is not 'CityJSON'".into());
    }
    let header = raw.header();
    let objects = raw.objects(&header);
    Ok(CityJson { header, objects })
}

/// The first line of a sequence; it may hold objects of its own, though the specification wants none.
///
/// # Errors
/// A sentence, when the line is no CityJSON.
pub fn parse_header(line: &[u8]) -> Result<CityJson, String> {
    parse(line)
}

/// One further line of a sequence: a `CityJSONFeature`, almost always one top-level object.
///
/// # Errors
/// A sentence, when the line is no feature.
pub fn parse_feature(line: &[u8], header: &Header) -> Result<Vec<CityObject>, String> {
    let raw = raw(line)?;
    if raw.kind() != Some("CityJSONFeature") {
        return Err("the line's 'type' is not 'CityJSONFeature'".into());
    }
    Ok(raw.objects(header))
}

fn raw(bytes: &[u8]) -> Result<RawDocument, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let document: Lenient<RawDocument> =
        serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    Ok(document.0)
}

impl RawDocument {
    fn kind(&self) -> Option<&str> {
        self.kind.as_str()
    }

    fn header(&self) -> Header {
        let version = match &self.version {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => String::new(),
        };
        Header {
            version,
            crs: crs(&self.metadata),
            transform: transform(&self.transform),
        }
    }

    fn objects(self, header: &Header) -> Vec<CityObject> {
        // A feature of a sequence may bring a transform of its own in files older than the specification.
        let transform = transform(&self.transform).or(header.transform);
        let Self {
            objects: RawObjects(objects),
            vertices: Vertices(mut vertices),
            ..
        } = self;
        if let Some(Transform { scale, translate }) = transform {
            for vertex in &mut vertices {
                for k in 0..3 {
                    vertex[k] = vertex[k] * scale[k] + translate[k];
                }
            }
        }
        assemble(objects, &vertices)
    }
}

/// `metadata.referenceSystem`; CityJSON 1.0 also had `metadata.crs.epsg`.
fn crs(metadata: &Value) -> Option<String> {
    if let Some(text) = metadata.get("referenceSystem").and_then(Value::as_str) {
        let text = text.trim();
        return (!text.is_empty()).then(|| text.to_owned());
    }
    let epsg = metadata.pointer("/crs/epsg")?.as_u64()?;
    Some(format!("EPSG:{epsg}"))
}

fn transform(value: &Value) -> Option<Transform> {
    let three = |name: &str| -> Option<[f64; 3]> {
        let list = value.get(name)?.as_array()?;
        let at = |k: usize| list.get(k).and_then(Value::as_f64);
        Some([at(0)?, at(1)?, at(2)?])
    };
    Some(Transform {
        scale: three("scale")?,
        translate: three("translate")?,
    })
}

/// Objects with their parts gathered into them.
fn assemble(objects: Vec<(String, RawObject)>, vertices: &[[f64; 3]]) -> Vec<CityObject> {
    let places: HashMap<String, usize> = objects
        .iter()
        .enumerate()
        .map(|(index, (id, _))| (id.clone(), index))
        .collect();
    let links = |value: &Value| -> Vec<usize> {
        value
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|id| places.get(id.as_str()?).copied())
            .collect()
    };
    // Both directions count: real files state one of them only.
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); objects.len()];
    let mut has_parent = vec![false; objects.len()];
    let mut known: HashSet<(usize, usize)> = HashSet::new();
    for (index, (_, object)) in objects.iter().enumerate() {
        let down = links(&object.children)
            .into_iter()
            .map(|child| (index, child));
        let up = links(&object.parents)
            .into_iter()
            .map(|parent| (parent, index));
        for (parent, child) in down.chain(up) {
            if parent != child && is_part(&objects[child].1) && known.insert((parent, child)) {
                children[parent].push(child);
                has_parent[child] = true;
            }
        }
    }
    let mut read: Vec<Option<CityObject>> = objects
        .into_iter()
        .map(|(id, object)| Some(convert(id, object, vertices)))
        .collect();
    let mut whole = Vec::new();
    for root in 0..read.len() {
        if has_parent[root] {
            continue;
        }
        let Some(mut object) = read[root].take() else {
            continue;
        };
        let mut open: Vec<(usize, usize)> = children[root].iter().map(|c| (*c, 1)).collect();
        while let Some((index, generation)) = open.pop() {
            let Some(part) = read[index].take() else {
                continue;
            };
            take_part(&mut object, part);
            if generation < MAX_GENERATIONS {
                open.extend(children[index].iter().map(|c| (*c, generation + 1)));
            }
        }
        whole.push(object);
    }
    // What is part of itself in a circle has no root, but is not lost.
    whole.extend(read.into_iter().flatten());
    whole
}

fn take_part(whole: &mut CityObject, part: CityObject) {
    whole.parts += 1;
    for (name, value) in part.attributes {
        whole.put(&name, value);
    }
    for (code, value) in part.faults {
        whole.fault(code, value);
    }
    whole.geometry.merge(part.geometry);
}

/// Installations (chimneys, stairs) and rooms are children too, but no parts of the hull.
fn is_part(object: &RawObject) -> bool {
    matches!(
        object.kind.as_str(),
        Some("BuildingPart" | "BridgePart" | "TunnelPart")
    )
}

fn convert(id: String, object: RawObject, vertices: &[[f64; 3]]) -> CityObject {
    let mut city = CityObject {
        id,
        kind: object.kind.as_str().unwrap_or_default().to_owned(),
        ..CityObject::default()
    };
    if let Value::Object(attributes) = object.attributes {
        put_all(&mut city, attributes);
    }
    let best = best_geometry(&object.geometry.0);
    for geometry in &object.geometry.0 {
        if geometry.kind.as_str() == Some("GeometryInstance") {
            city.fault("city-implicit-geometry", "GeometryInstance");
        }
    }
    if let Some(geometry) = best {
        city.geometry = geometry.read(vertices, &mut city);
    }
    city
}

fn put_all(city: &mut CityObject, attributes: Map<String, Value>) {
    for (name, value) in attributes {
        let value = match value {
            Value::Number(number) => number.as_f64().map(AttributeValue::Number),
            Value::String(text) => Some(AttributeValue::Text(text)),
            Value::Bool(flag) => Some(AttributeValue::Flag(flag)),
            // A list of uses: the first stands for all.
            Value::Array(list) => list.into_iter().find_map(|item| {
                item.as_str()
                    .map(|text| AttributeValue::Text(text.to_owned()))
            }),
            // Extensions and measures: {"value": 12.3, "uom": "m"}.
            Value::Object(parts) => parts
                .get("value")
                .and_then(Value::as_f64)
                .map(AttributeValue::Number),
            Value::Null => None,
        };
        if let Some(value) = value {
            city.put(&name, value);
        }
    }
}

/// The greatest level of detail up to 2.x; beyond, the least; of equals the solid.
fn best_geometry(list: &[RawGeometry]) -> Option<&RawGeometry> {
    list.iter()
        .filter(|geometry| geometry.depth().is_some() && !geometry.boundaries.0.is_empty())
        .max_by(|a, b| {
            a.rank()
                .partial_cmp(&b.rank())
                .unwrap_or(std::cmp::Ordering::Equal)
        })
}

impl RawGeometry {
    fn lod(&self) -> f64 {
        match &self.lod {
            Value::String(text) => text.trim().parse().unwrap_or(0.0),
            other => other.as_f64().unwrap_or(0.0),
        }
    }

    fn rank(&self) -> (f64, u8) {
        let lod = self.lod();
        let rank = if lod <= BEST_LOD { lod } else { -lod };
        // An outline is better than nothing, and a house at LoD 3 better than an outline.
        let rank = if lod < 1.0 { rank - 100.0 } else { rank };
        (rank, u8::from(self.is_solid()))
    }

    fn is_solid(&self) -> bool {
        matches!(
            self.kind.as_str(),
            Some("Solid" | "MultiSolid" | "CompositeSolid")
        )
    }

    /// Lists around one surface: a surface itself is a list of rings.
    fn depth(&self) -> Option<usize> {
        Some(match self.kind.as_str()? {
            "MultiSurface" | "CompositeSurface" => 1,
            "Solid" => 2,
            "MultiSolid" | "CompositeSolid" => 3,
            _ => return None,
        })
    }

    fn read(&self, vertices: &[[f64; 3]], city: &mut CityObject) -> CityGeometry {
        let lod = self.lod();
        let mut geometry = CityGeometry {
            lod: Some(lod),
            ..CityGeometry::default()
        };
        let Some(depth) = self.depth() else {
            return geometry;
        };
        let mut walk = Walk {
            semantics: self.semantics.0.roles(),
            values: self.semantics.0.values.leaves(),
            depth,
            solid: self.is_solid(),
            vertices,
            city,
            shells: Vec::new(),
        };
        walk.run(&self.boundaries);
        let shells = walk.shells;
        if lod < 1.0 {
            geometry.outline = shells.into_iter().flat_map(|shell| shell.faces).collect();
        } else {
            geometry.shells = shells
                .into_iter()
                .filter(|shell| !shell.faces.is_empty())
                .collect();
        }
        geometry
    }
}

impl RawSemantics {
    fn roles(&self) -> Vec<Option<FaceRole>> {
        self.surfaces
            .as_array()
            .into_iter()
            .flatten()
            .map(|surface| {
                role_of(
                    surface
                        .get("type")
                        .and_then(Value::as_str)
                        .unwrap_or_default(),
                )
            })
            .collect()
    }
}

/// Turns the flat list of a boundary into shells.
struct Walk<'a> {
    semantics: Vec<Option<FaceRole>>,
    /// Which semantic each surface has; `None` where it has none.
    values: Vec<Option<u32>>,
    depth: usize,
    solid: bool,
    vertices: &'a [[f64; 3]],
    city: &'a mut CityObject,
    shells: Vec<Shell>,
}

impl Walk<'_> {
    fn run(&mut self, boundaries: &Flat) {
        let (mut level, mut surface, mut faces) = (0_usize, 0_usize, 0_usize);
        let mut rings: Vec<Vec<[f64; 3]>> = Vec::new();
        let mut ring: Vec<[f64; 3]> = Vec::new();
        let mut broken = false;
        // The outermost list is level 1; a surface opens at depth + 1, a ring at depth + 2.
        for token in &boundaries.0 {
            match *token {
                OPEN => {
                    level += 1;
                    let new_solid = self.depth == 3 && level == 2;
                    if level == 1 && self.depth < 3 || new_solid {
                        self.shells.push(Shell {
                            solid: self.solid,
                            faces: Vec::new(),
                        });
                    }
                    if level == self.depth + 1 {
                        rings.clear();
                        broken = false;
                    }
                    if level == self.depth + 2 {
                        ring.clear();
                    }
                }
                CLOSE => {
                    if level == self.depth + 2 {
                        rings.push(open_ring(std::mem::take(&mut ring)));
                    }
                    if level == self.depth + 1 {
                        if faces < MAX_FACES {
                            self.face(surface, std::mem::take(&mut rings), broken);
                        } else if faces == MAX_FACES {
                            self.city.fault("city-too-many-faces", MAX_FACES);
                        }
                        surface += 1;
                        faces += 1;
                    }
                    level = level.saturating_sub(1);
                }
                index => match self.vertices.get(index as usize) {
                    Some(vertex) if vertex.iter().all(|v| v.is_finite()) => {
                        if level == self.depth + 2 {
                            ring.push(*vertex);
                        }
                    }
                    _ => broken = true,
                },
            }
        }
    }

    fn face(&mut self, surface: usize, rings: Vec<Vec<[f64; 3]>>, broken: bool) {
        if broken {
            self.city
                .fault("city-vertex-missing", format!("#{}", surface + 1));
            return;
        }
        let role = match self.values.get(surface) {
            Some(Some(index)) => self
                .semantics
                .get(*index as usize)
                .copied()
                .unwrap_or(Some(FaceRole::Unstated)),
            _ => Some(FaceRole::Unstated),
        };
        let Some(role) = role else {
            return;
        };
        let mut rings = rings.into_iter();
        let outer = rings.next().unwrap_or_default();
        if outer.len() < 3 {
            self.city.fault("surface-too-few-points", outer.len());
            return;
        }
        let rings = std::iter::once(outer)
            .chain(rings.filter(|ring| ring.len() >= 3))
            .collect();
        if let Some(shell) = self.shells.last_mut() {
            shell.faces.push(Face { role, rings });
        }
    }
}
