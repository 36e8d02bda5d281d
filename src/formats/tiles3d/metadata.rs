//! What subtrees tell of their tiles: tighter bounds than the implicit ones, errors and refinements, by the semantics of the 3D Metadata specification.
//!
//! The tileset's schema says which property of which class has which meaning; the subtree's property table holds the values,
//! one row for each available tile. Numbers may be of any type, normalised, scaled or absent. Points for culling by the horizon, and bounds of
//! contents apart from their tile's, make nothing right that is not right without them: they are not read. Tables of other meanings are in [`super::tables`].

use super::{BoundingVolume, Refine};
use crate::formats::gltf::json::{Property, Schema};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The class our own tilesets use for tiles, and its properties.
pub const TILE_CLASS: &str = "tile";
/// Regions hold a tile's content and all below it, which may reach over the edge of the implicit cell;
/// heights say the same again for readers that know only those.
pub const TILE_PROPERTIES: [(Semantic, &str); 3] = [
    (Semantic::BoundingRegion, "boundingRegion"),
    (Semantic::MinimumHeight, "minimumHeight"),
    (Semantic::MaximumHeight, "maximumHeight"),
];

/// A meaning of a property of tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Semantic {
    BoundingBox,
    BoundingRegion,
    BoundingSphere,
    MinimumHeight,
    MaximumHeight,
    GeometricError,
    Refine,
}

impl Semantic {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "TILE_BOUNDING_BOX" => Self::BoundingBox,
            "TILE_BOUNDING_REGION" => Self::BoundingRegion,
            "TILE_BOUNDING_SPHERE" => Self::BoundingSphere,
            "TILE_MINIMUM_HEIGHT" => Self::MinimumHeight,
            "TILE_MAXIMUM_HEIGHT" => Self::MaximumHeight,
            "TILE_GEOMETRIC_ERROR" => Self::GeometricError,
            "TILE_REFINE" => Self::Refine,
            _ => return None,
        })
    }

    /// Numbers of one value.
    pub fn numbers(self) -> usize {
        match self {
            Self::BoundingBox => 12,
            Self::BoundingRegion => 6,
            Self::BoundingSphere => 4,
            Self::MinimumHeight | Self::MaximumHeight | Self::GeometricError | Self::Refine => 1,
        }
    }

    /// Written as FLOAT64: half a metre of the Earth's girth is all that single precision tells of a longitude.
    pub fn is_double(self) -> bool {
        !matches!(self, Self::MinimumHeight | Self::MaximumHeight)
    }
}

/// A tileset's schema, with the properties of its classes that tell something of tiles.
#[derive(Clone, Debug, Default)]
pub struct TileSchema {
    classes: BTreeMap<String, BTreeMap<String, Semantic>>,
    pub(super) schema: Schema,
}

impl TileSchema {
    /// From a schema as it stands: inside a tileset, or in the file beside it that its `schemaUri` names, which whoever reads the tileset has fetched.
    pub fn of(schema: Option<&Value>) -> Self {
        let schema = schema.and_then(|schema| Schema::deserialize(schema).ok()).unwrap_or_default();
        let mut classes = BTreeMap::new();
        for (name, class) in &schema.classes {
            let properties = class.get("properties").and_then(Value::as_object);
            let semantic = |property: &Value| {
                let semantic = Semantic::named(property.get("semantic")?.as_str()?)?;
                let property = Property::deserialize(property).ok()?;
                // Texts and lists of another length are no such numbers.
                (property.numbers() == Some(semantic.numbers())).then_some(semantic)
            };
            let told: BTreeMap<String, Semantic> =
                properties.into_iter().flatten().filter_map(|(id, property)| Some((id.clone(), semantic(property)?))).collect();
            if !told.is_empty() {
                classes.insert(name.clone(), told);
            }
        }
        Self { classes, schema }
    }

    /// What a property tells of tiles, if anything.
    pub fn semantic(&self, class: &str, property: &str) -> Option<Semantic> {
        self.classes.get(class)?.get(property).copied()
    }
}

/// The schema of our own tilesets: the region of each tile, and its lowest and highest height.
pub fn tile_schema() -> Value {
    let height = |semantic: &str, description: &str| {
        json!({
            "type": "SCALAR", "componentType": "FLOAT32", "required": true,
            "semantic": semantic, "description": description,
        })
    };
    let [region, low, high] = TILE_PROPERTIES.map(|(_, name)| name);
    json!({
        "id": "jumeau_tiles",
        "classes": {
            TILE_CLASS: {
                "name": "Tile",
                "properties": {
                    region: {
                        "type": "SCALAR", "componentType": "FLOAT64", "array": true, "count": 6, "required": true,
                        "semantic": "TILE_BOUNDING_REGION",
                        "description": "West, south, east, north (radians), lowest and highest height (metres above the ellipsoid) of the tile and all below it",
                    },
                    low: height("TILE_MINIMUM_HEIGHT", "Lowest point of the tile and all below it, metres above the ellipsoid"),
                    high: height("TILE_MAXIMUM_HEIGHT", "Highest point of the tile and all below it, metres above the ellipsoid"),
                },
            },
        },
    })
}

/// Bounds of a subtree's available tiles, in the order of their bits: as many numbers a tile as its semantic has.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TileBounds {
    pub columns: BTreeMap<Semantic, Vec<f64>>,
}

impl TileBounds {
    /// One region for each available tile, and its heights for themselves.
    pub fn of_regions(regions: &[[f64; 6]]) -> Self {
        let heights = |at: usize| regions.iter().map(|region| region[at]).collect();
        Self {
            columns: BTreeMap::from([
                (Semantic::BoundingRegion, regions.iter().flatten().copied().collect()),
                (Semantic::MinimumHeight, heights(4)),
                (Semantic::MaximumHeight, heights(5)),
            ]),
        }
    }

    fn value<const N: usize>(&self, semantic: Semantic, row: usize) -> Option<[f64; N]> {
        let start = row.checked_mul(N)?;
        self.columns
            .get(&semantic)?
            .get(start..start.checked_add(N)?)?
            .try_into()
            .ok()
    }

    /// The whole volume that the table tells of a tile, if it does: not cut from the implicit one.
    pub fn stated(&self, row: usize) -> Option<BoundingVolume> {
        // As with explicit volumes, a region needs no transform and a box is tighter than a sphere.
        (self.value(Semantic::BoundingRegion, row).map(BoundingVolume::Region))
            .or_else(|| self.value(Semantic::BoundingBox, row).map(BoundingVolume::Box))
            .or_else(|| self.value(Semantic::BoundingSphere, row).map(BoundingVolume::Sphere))
            .filter(BoundingVolume::is_sound)
    }

    /// The error of a tile, metres in its own frame, if the table tells a sound one.
    pub fn geometric_error(&self, row: usize) -> Option<f64> {
        let [error] = self.value(Semantic::GeometricError, row)?;
        (error.is_finite() && error >= 0.0).then_some(error)
    }

    pub fn refine(&self, row: usize) -> Option<Refine> {
        let [number] = self.value(Semantic::Refine, row)?;
        match number {
            0.0 => Some(Refine::Add),
            1.0 => Some(Refine::Replace),
            _ => None,
        }
    }

    /// The bounds of a tile whose implicit ones are given. What the table says of the tile goes first; nonsense is not believed.
    pub fn applied(&self, row: usize, implicit: BoundingVolume) -> BoundingVolume {
        let stated = self.stated(row);
        let volume = stated.unwrap_or(implicit);
        let height = |semantic| self.value(semantic, row).map(|[height]: [f64; 1]| height);
        match volume {
            BoundingVolume::Region([west, south, east, north, low, high]) => {
                let told = |semantic| height(semantic).filter(|height: &f64| !height.is_nan());
                let low = told(Semantic::MinimumHeight).unwrap_or(low);
                let high = told(Semantic::MaximumHeight).unwrap_or(high);
                let tight = BoundingVolume::Region([west, south, east, north, low, high]);
                if tight.is_sound() { tight } else { volume }
            }
            // Heights mean nothing to a box or a sphere.
            BoundingVolume::Box(_) | BoundingVolume::Sphere(_) => volume,
        }
    }
}
