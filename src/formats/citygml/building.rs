//! One object in the making: its attributes, parts, polygons and the links between them.

use super::{Element, Opened, attribute};
use crate::formats::citymodel::{
    AttributeValue, BEST_LOD, CityGeometry, CityObject, MAX_FACES, open_ring, role_of,
};
use crate::formats::shape::{Face, FaceRole, Shell};
use quick_xml::events::BytesStart;
use std::cell::Cell;
use std::collections::{HashMap, HashSet};

/// Numbers of one building.
const MAX_NUMBERS: usize = 30_000_000;
/// Points of all faces of one object, each link counted with what it leads to.
const MAX_POINTS: usize = 10_000_000;

/// The object in the making.
#[derive(Default)]
pub(super) struct Building {
    whole: CityObject,
    /// The whole first, then its parts; each with its own geometries.
    parts: Vec<Part>,
    /// Which part is open: places in `parts`.
    open: Vec<usize>,
    polygons: Vec<Polygon>,
    /// All polygons under an id: that of a polygon, or of a surface made of several.
    by_id: HashMap<String, Vec<usize>>,
    /// Ids open at the moment, with the depth of their element.
    open_ids: Vec<(usize, String)>,
    roles: Vec<Option<FaceRole>>,
    levels: Vec<usize>,
    flips: usize,
    numbers: usize,
    dimension: Vec<usize>,
    ring: Option<Vec<f64>>,
    inner: bool,
    attribute_name: Option<String>,
    /// Points of faces handed out: a link costs a few letters, and what it leads to may have a million.
    spent: Cell<usize>,
}

#[derive(Default)]
struct Part {
    geometries: Vec<Geometry>,
}

/// One `lodN…` property.
struct Geometry {
    lod: f64,
    solid: bool,
    outline: bool,
    members: Vec<Member>,
}

enum Member {
    Polygon(usize, bool),
    Link(String, bool),
}

struct Polygon {
    role: Option<FaceRole>,
    rings: Vec<Vec<[f64; 3]>>,
}

impl Building {
    /// An object that has just begun.
    pub(super) fn begun(whole: CityObject) -> Self {
        Self {
            whole,
            parts: vec![Part::default()],
            open: vec![0],
            ..Self::default()
        }
    }

    pub(super) fn open(
        &mut self,
        name: &str,
        start: &BytesStart,
        depth: usize,
        parent: Option<&Element>,
    ) -> Opened {
        let parent_name = parent
            .map(|element| element.name.as_str())
            .unwrap_or_default();
        match name {
            // Not geometry of the hull, or not geometry at all.
            "appearance"
            | "appearanceMember"
            | "appearanceProperty"
            | "Appearance"
            | "address"
            | "opening"
            | "fillingSurface"
            | "filling"
            | "outerBuildingInstallation"
            | "buildingInstallation"
            | "interiorBuildingInstallation"
            | "interiorRoom"
            | "buildingRoom"
            | "buildingFurniture"
            | "buildingUnit"
            | "buildingConstructiveElement"
            | "generalizesTo"
            | "boundedBy3D"
            | "pointCloud" => {
                if matches!(name, "outerBuildingInstallation" | "buildingInstallation") {
                    self.whole.fault("city-installation-left-out", name);
                }
                return Opened::Skipped;
            }
            "BuildingPart" | "Building" | "BridgePart" | "TunnelPart" => {
                self.parts.push(Part::default());
                self.open.push(self.parts.len() - 1);
                self.whole.parts += 1;
                return Opened::Part;
            }
            _ => {}
        }
        if let Some(rest) = name.strip_prefix("lod")
            && let Some(digit) = rest.chars().next().and_then(|c| c.to_digit(10))
        {
            return self.open_level(name, f64::from(digit), rest.get(1..).unwrap_or_default());
        }
        if self.levels.is_empty() {
            if name.ends_with("Surface") || name == "Door" || name == "Window" {
                self.roles.push(role_of(name));
                return Opened::Semantic;
            }
            if name.ends_with("Attribute") && matches!(parent_name, "genericAttribute")
                || attribute(start, "name").is_some() && name.ends_with("Attribute")
            {
                self.attribute_name = attribute(start, "name");
                return Opened::GenericAttribute;
            }
            return Opened::Leaf;
        }
        self.open_geometry(name, start, depth, parent)
    }

    fn open_level(&mut self, name: &str, lod: f64, what: &str) -> Opened {
        if what.contains("Implicit") {
            self.whole.fault("city-implicit-geometry", name);
            return Opened::Skipped;
        }
        let surfaces = matches!(
            what,
            "Solid" | "MultiSurface" | "Geometry" | "Surface" | "CompositeSurface"
        );
        let outline = matches!(what, "FootPrint" | "RoofEdge") || lod == 0.0 && surfaces;
        if !(surfaces || outline) || !self.levels.is_empty() {
            return Opened::Skipped;
        }
        let part = self.open.last().copied().unwrap_or(0);
        if let Some(part) = self.parts.get_mut(part) {
            part.geometries.push(Geometry {
                lod,
                solid: false,
                outline,
                members: Vec::new(),
            });
            self.levels.push(part.geometries.len() - 1);
            return Opened::Level;
        }
        Opened::Skipped
    }

    fn geometry(&mut self) -> Option<&mut Geometry> {
        let part = self.open.last().copied()?;
        let level = self.levels.last().copied()?;
        self.parts.get_mut(part)?.geometries.get_mut(level)
    }

    fn open_geometry(
        &mut self,
        name: &str,
        start: &BytesStart,
        depth: usize,
        parent: Option<&Element>,
    ) -> Opened {
        if let Some(id) = attribute(start, "id") {
            self.open_ids.push((depth, id));
        }
        if let Some(dimension) = attribute(start, "srsDimension").and_then(|d| d.parse().ok())
            && !matches!(name, "posList" | "pos")
        {
            self.dimension.push(dimension);
        }
        if let Some(link) = attribute(start, "href") {
            let flip = self.flips % 2 == 1;
            match link.rsplit_once('#') {
                Some((_, id)) => {
                    let id = id.to_owned();
                    if let Some(geometry) = self.geometry() {
                        geometry.members.push(Member::Link(id, flip));
                    }
                }
                None => self.whole.fault("city-xlink-unresolved", link),
            }
            return Opened::Plain;
        }
        let in_polygon = parent.is_some_and(|element| element.opened == Opened::Polygon);
        match name {
            "Solid" | "CompositeSolid" | "MultiSolid" => {
                if let Some(geometry) = self.geometry() {
                    geometry.solid = true;
                }
                Opened::Solid
            }
            "OrientableSurface" => {
                if attribute(start, "orientation").as_deref() == Some("-") {
                    self.flips += 1;
                    return Opened::Flipped;
                }
                Opened::Plain
            }
            "Polygon" | "PolygonPatch" | "Triangle" | "Rectangle" => {
                let role = self
                    .roles
                    .last()
                    .copied()
                    .unwrap_or(Some(FaceRole::Unstated));
                self.polygons.push(Polygon {
                    role,
                    rings: Vec::new(),
                });
                Opened::Polygon
            }
            "exterior" | "outerBoundaryIs" if in_polygon => {
                self.inner = false;
                Opened::Aggregate
            }
            "interior" | "innerBoundaryIs" if in_polygon => {
                self.inner = true;
                Opened::Aggregate
            }
            "LinearRing" | "Ring" if self.ring.is_none() => {
                self.ring = Some(Vec::new());
                Opened::Ring
            }
            "posList" | "pos" | "coordinates" => {
                let dimension = attribute(start, "srsDimension")
                    .and_then(|d| d.parse().ok())
                    .unwrap_or(0);
                self.dimension.push(dimension);
                Opened::Numbers
            }
            "ImplicitGeometry" | "MultiCurve" | "MultiPoint" | "Tin" | "metaDataProperty" => {
                if name == "ImplicitGeometry" {
                    self.whole.fault("city-implicit-geometry", name);
                }
                Opened::Skipped
            }
            _ => Opened::Plain,
        }
    }

    pub(super) fn close(
        &mut self,
        element: &Element,
        text: &str,
        depth: usize,
        parent: Option<&Element>,
    ) {
        match element.opened {
            Opened::Part => {
                self.open.pop();
            }
            Opened::Semantic => {
                self.roles.pop();
            }
            Opened::Level => {
                self.levels.pop();
                self.dimension.clear();
            }
            Opened::Flipped => self.flips = self.flips.saturating_sub(1),
            Opened::Polygon => self.close_polygon(),
            Opened::Ring => self.close_ring(),
            Opened::Numbers => self.numbers(&element.name, text),
            Opened::Leaf if !element.children => self.leaf(&element.name, text, parent),
            Opened::GenericAttribute => {
                if element.children {
                    self.attribute_name = None;
                } else {
                    self.leaf(&element.name, text, parent);
                }
            }
            _ => {}
        }
        // Ids stay open until everything inside has been registered under them.
        while self.open_ids.last().is_some_and(|(at, _)| *at >= depth) {
            self.open_ids.pop();
        }
    }

    fn leaf(&mut self, name: &str, text: &str, parent: Option<&Element>) {
        let text = text.trim();
        let parent_name = parent
            .map(|element| element.name.as_str())
            .unwrap_or_default();
        let generic = parent.is_some_and(|element| element.opened == Opened::GenericAttribute);
        if text.is_empty() {
            return;
        }
        let key = match name {
            "name" if generic => {
                self.attribute_name = Some(text.to_owned());
                return;
            }
            "value" if generic => match &self.attribute_name {
                Some(name) => name.clone(),
                None => return,
            },
            // CityGML 3: con:height / con:Height / con:value.
            "value" if parent_name == "Height" => "height".to_owned(),
            "lowerCorner" | "upperCorner" | "pos" | "posList" | "value" => return,
            _ => name.to_owned(),
        };
        let value = match text.parse::<f64>() {
            // Codes keep their zeros: "0010" is no ten.
            Ok(number) if number.is_finite() && !has_leading_zero(text) => {
                AttributeValue::Number(number)
            }
            _ => match text {
                "true" => AttributeValue::Flag(true),
                "false" => AttributeValue::Flag(false),
                _ => AttributeValue::Text(text.to_owned()),
            },
        };
        self.whole.put(&key, value);
    }

    fn numbers(&mut self, name: &str, text: &str) {
        let own = self.dimension.pop().unwrap_or(0);
        let dimension = match (own, self.dimension.last()) {
            (0, Some(outer)) => *outer,
            (own, _) => own,
        };
        let Some(ring) = &mut self.ring else { return };
        let before = ring.len();
        let room = MAX_NUMBERS.saturating_sub(self.numbers);
        let bad = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
        if name == "coordinates" {
            // GML 2: "x,y,z x,y,z".
            for tuple in text.split_ascii_whitespace().take(room / 3) {
                let mut parts = tuple.split(',').map(bad);
                let at = [parts.next(), parts.next(), parts.next()];
                ring.extend(at.map(|value| value.unwrap_or(f64::NAN)));
            }
        } else {
            let values = text.split_ascii_whitespace().take(room).map(bad);
            if dimension == 2 {
                let flat: Vec<f64> = values.collect();
                for pair in flat.chunks_exact(2) {
                    ring.extend([pair[0], pair[1], f64::NAN]);
                }
            } else {
                ring.extend(values);
            }
        }
        self.numbers += ring.len() - before;
    }

    fn close_ring(&mut self) {
        let Some(numbers) = self.ring.take() else {
            return;
        };
        if numbers.len() % 3 != 0 {
            self.whole
                .fault("surface-coordinates", format!("{} % 3 ≠ 0", numbers.len()));
        }
        let ring = numbers
            .chunks_exact(3)
            .map(|p| [p[0], p[1], p[2]])
            .collect();
        let ring = open_ring(ring);
        let inner = self.inner;
        if let Some(polygon) = self.polygons.last_mut() {
            if inner {
                polygon.rings.push(ring);
            } else {
                polygon.rings.insert(0, ring);
            }
        }
        self.inner = false;
    }

    fn close_polygon(&mut self) {
        let index = self.polygons.len().saturating_sub(1);
        let Some(polygon) = self.polygons.get_mut(index) else {
            return;
        };
        let outer = polygon.rings.first().map_or(0, Vec::len);
        if outer < 3 {
            self.whole.fault("surface-too-few-points", outer);
            self.polygons.pop();
            return;
        }
        polygon.rings.retain(|ring| ring.len() >= 3);
        // An outline of LoD 0 may be flat numbers; everything else needs heights.
        let outline = self.geometry().is_some_and(|geometry| geometry.outline);
        let finite = self.polygons.get(index).is_some_and(|polygon| {
            polygon
                .rings
                .iter()
                .flatten()
                .all(|p| p[0].is_finite() && p[1].is_finite() && (outline || p[2].is_finite()))
        });
        if !finite || self.polygons.len() > MAX_FACES {
            let (code, value) = if finite {
                ("city-too-many-faces", MAX_FACES.to_string())
            } else {
                ("surface-coordinates", "NaN".to_owned())
            };
            self.whole.fault(code, value);
            self.polygons.pop();
            return;
        }
        for (_, id) in &self.open_ids {
            self.by_id.entry(id.clone()).or_default().push(index);
        }
        let flip = self.flips % 2 == 1;
        if let Some(geometry) = self.geometry() {
            geometry.members.push(Member::Polygon(index, flip));
        }
    }

    pub(super) fn finish(mut self) -> CityObject {
        let mut whole = std::mem::take(&mut self.whole);
        let mut geometry = CityGeometry::default();
        let mut unresolved = Vec::new();
        for part in &self.parts {
            geometry.merge(self.best(part, &mut unresolved));
        }
        for link in unresolved {
            whole.fault("city-xlink-unresolved", link);
        }
        if self.spent.get() > MAX_POINTS {
            let kept: usize = geometry.shells.iter().map(|shell| shell.faces.len()).sum();
            whole.fault("city-too-many-faces", kept + geometry.outline.len());
        }
        whole.geometry = geometry;
        whole
    }

    /// The best level of one part, as a solid where its faces are all there, else as surfaces.
    fn best(&self, part: &Part, unresolved: &mut Vec<String>) -> CityGeometry {
        let rank = |lod: f64| if lod <= BEST_LOD { lod } else { -lod };
        let mut lods: Vec<f64> = part
            .geometries
            .iter()
            .filter(|geometry| !geometry.outline && !geometry.members.is_empty())
            .map(|geometry| geometry.lod)
            .collect();
        lods.sort_by(|a, b| rank(*b).total_cmp(&rank(*a)));
        lods.dedup();
        for lod in lods {
            let of_level = || {
                part.geometries
                    .iter()
                    .filter(move |g| !g.outline && g.lod == lod)
            };
            let mut shell = Shell::default();
            for geometry in of_level().filter(|geometry| geometry.solid) {
                let mut missing = Vec::new();
                let faces = self.faces(geometry, &mut missing);
                let complete = missing.is_empty() && !faces.is_empty();
                unresolved.append(&mut missing);
                if complete {
                    shell.solid = true;
                    shell.faces.extend(faces);
                }
            }
            if shell.faces.is_empty() {
                for geometry in of_level().filter(|geometry| !geometry.solid) {
                    shell.faces.extend(self.faces(geometry, unresolved));
                }
                drop_twins(&mut shell.faces);
            }
            if !shell.faces.is_empty() {
                return CityGeometry {
                    lod: Some(lod),
                    shells: vec![shell],
                    outline: Vec::new(),
                };
            }
        }
        let outline = part
            .geometries
            .iter()
            .find(|geometry| geometry.outline && !geometry.members.is_empty())
            .map(|geometry| self.faces(geometry, unresolved))
            .unwrap_or_default();
        CityGeometry {
            lod: (!outline.is_empty()).then_some(0.0),
            shells: Vec::new(),
            outline,
        }
    }

    fn faces(&self, geometry: &Geometry, missing: &mut Vec<String>) -> Vec<Face> {
        let mut faces = Vec::new();
        let mut push = |index: usize, flip: bool| {
            let Some(polygon) = self.polygons.get(index) else {
                return;
            };
            let Some(role) = polygon.role else { return };
            let points: usize = polygon.rings.iter().map(Vec::len).sum();
            self.spent.set(self.spent.get().saturating_add(points));
            if faces.len() >= MAX_FACES || self.spent.get() > MAX_POINTS {
                return;
            }
            let mut rings = polygon.rings.clone();
            if flip {
                rings.iter_mut().for_each(|ring| ring.reverse());
            }
            faces.push(Face { role, rings });
        };
        for member in &geometry.members {
            match member {
                Member::Polygon(index, flip) => push(*index, *flip),
                Member::Link(id, flip) => match self.by_id.get(id) {
                    Some(indices) => indices.iter().for_each(|index| push(*index, *flip)),
                    None => missing.push(id.clone()),
                },
            }
        }
        faces
    }
}

/// A multi-surface of the building and its boundary surfaces may list the same faces twice.
fn drop_twins(faces: &mut Vec<Face>) {
    let key = |face: &Face| -> Vec<[u64; 3]> {
        let mut points: Vec<[u64; 3]> = face
            .rings
            .iter()
            .flatten()
            .map(|p| p.map(f64::to_bits))
            .collect();
        points.sort_unstable();
        points
    };
    // Those with a meaning are kept before those without.
    faces.sort_by_key(|face| face.role == FaceRole::Unstated);
    let mut seen = HashSet::new();
    faces.retain(|face| seen.insert(key(face)));
}

fn has_leading_zero(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.")
}
