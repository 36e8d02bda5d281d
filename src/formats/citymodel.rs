//! What CityJSON and CityGML have in common: objects with attributes, and the surfaces of their best level of detail.

use super::shape::{Face, FaceRole, Shape, Shell};

/// Levels of detail up to this are preferred: windows and rooms of LoD 3 and 4 are no part of a territory.
pub const BEST_LOD: f64 = 2.99;
/// Attributes of one object; more are left out.
pub const MAX_ATTRIBUTES: usize = 400;
/// Faces of one object; a cathedral at LoD 2 has some thousands.
pub const MAX_FACES: usize = 200_000;

/// One top-level object: a building with its parts, or something else that stands in a city.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CityObject {
    pub id: String,
    /// `Building`, `Bridge`, `SolitaryVegetationObject` …
    pub kind: String,
    /// The object's own, then those of its parts that it has not itself.
    pub attributes: Vec<(String, AttributeValue)>,
    pub geometry: CityGeometry,
    /// How many parts (`BuildingPart`) it has.
    pub parts: usize,
    /// What was wrong or left out inside: code and value.
    pub faults: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    Number(f64),
    Text(String),
    Flag(bool),
}

/// The best geometry an object has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CityGeometry {
    /// 1.2, 2, 2.2 …; the least of several parts.
    pub lod: Option<f64>,
    pub shells: Vec<Shell>,
    /// The outline of LoD 0, where there is nothing better.
    pub outline: Vec<Face>,
}

impl CityObject {
    /// Buildings are drawn; anything else is told apart by its kind.
    pub fn is_building(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "Building" | "BuildingPart" | "BuildingUnit" | "BuildingComplex"
        )
    }

    pub fn has(&self, name: &str) -> bool {
        self.attributes.iter().any(|(known, _)| known == name)
    }

    /// Keeps the first of a name, and no more than [`MAX_ATTRIBUTES`].
    pub fn put(&mut self, name: &str, value: AttributeValue) {
        if self.attributes.len() < MAX_ATTRIBUTES && !self.has(name) {
            self.attributes.push((name.to_owned(), value));
        }
    }

    pub fn fault(&mut self, code: &'static str, value: impl std::fmt::Display) {
        if self.faults.len() < 64 {
            self.faults.push((code, value.to_string()));
        }
    }

    /// The geometry as a shape; `None` without one.
    pub fn shape(&self) -> Option<Shape> {
        if !self.geometry.shells.is_empty() {
            return Some(Shape::Shells(self.geometry.shells.clone()));
        }
        if self.geometry.outline.is_empty() {
            return None;
        }
        let polygons = self
            .geometry
            .outline
            .iter()
            .map(|face| Shape::Polygon(face.rings.clone()));
        Some(Shape::Many(polygons.collect()))
    }

    pub fn face_count(&self) -> usize {
        self.geometry
            .shells
            .iter()
            .map(|shell| shell.faces.len())
            .sum()
    }
}

impl CityGeometry {
    pub fn is_empty(&self) -> bool {
        self.shells.is_empty() && self.outline.is_empty()
    }

    /// Adds a part's geometry to the whole's.
    pub fn merge(&mut self, mut part: Self) {
        if !part.shells.is_empty() {
            self.lod = match (self.lod.filter(|_| !self.shells.is_empty()), part.lod) {
                (Some(mine), Some(its)) => Some(mine.min(its)),
                (mine, its) => mine.or(its),
            };
            self.shells.append(&mut part.shells);
        }
        self.lod = self.lod.or(part.lod);
        self.outline.append(&mut part.outline);
    }
}

/// What a class of surface is to us. `None`: inside the building or an opening, not part of its hull.
pub fn role_of(class: &str) -> Option<FaceRole> {
    Some(match class {
        "RoofSurface" => FaceRole::Roof,
        "WallSurface" | "OuterCeilingSurface" => FaceRole::Wall,
        "GroundSurface" => FaceRole::Ground,
        // The floor of a terrace is a roof to whoever looks from above.
        "OuterFloorSurface" => FaceRole::Roof,
        "ClosureSurface" => FaceRole::Closure,
        "InteriorWallSurface" | "CeilingSurface" | "FloorSurface" => return None,
        "Window" | "Door" | "WindowSurface" | "DoorSurface" => FaceRole::Wall,
        _ => FaceRole::Unstated,
    })
}

/// A ring without the repetition of its first point and without consecutive repetitions.
pub fn open_ring(mut ring: Vec<[f64; 3]>) -> Vec<[f64; 3]> {
    ring.dedup();
    while ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}
