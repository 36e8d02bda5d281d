//! The mapping file of `jumeau import --map`: which columns of a foreign schema hold what.
//!
//! ```json
//! [ { "as": "buildings", "file": "BATI*.shp",
//!     "fields": { "id": "NUM", "height": "HAUT_M", "year": "ANNEE" },
//!     "keep": ["QUARTIER"] } ]
//! ```
//! A plan without a system of coordinates is placed by `"place": { "origin": [x, y], "scale": 0.3048, "turn_deg": 12 }`: where its zero lies in
//! the territory's system, metres of one of its units, and by how much it is turned counter-clockwise.
//!
//! `file` and `table` are optional, with `*` for any letters; `keep` too (`["*"]` keeps all columns under their own names).
//! One layer needs no brackets, and for buildings alone the fields are enough: `{ "height": "HAUT_M" }`.

use super::declaration::Role;
use super::readers::Found;
use crate::pipeline::imagery::Said;
use crate::pipeline::models::place::Placement;
use crate::formats::shape::ShapeKind;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A mapping file is written by hand.
pub const MAX_BYTES: u64 = 1 << 20;

/// One layer of the file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedLayer {
    #[serde(rename = "as", default = "buildings")]
    pub role: Role,
    #[serde(default)]
    pub file: Option<String>,
    #[serde(default)]
    pub table: Option<String>,
    /// Our term → the source's column.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    /// Columns that keep their own names.
    #[serde(default)]
    pub keep: Vec<String>,
    /// Where a plan or a model lies.
    #[serde(default)]
    pub place: Option<Position>,
    /// The system of a tileset's coordinates that are not on the globe.
    #[serde(default)]
    pub crs: Option<String>,
    /// What pictures show and when they were taken.
    #[serde(default)]
    pub imagery: Option<Said>,
}

impl MappedLayer {
    /// Where a plan lies.
    pub fn plan_place(&self) -> Option<Place> {
        match self.place {
            Some(Position::Plan(place)) => Some(place),
            _ => None,
        }
    }

    /// Where a model stands.
    pub fn model_place(&self) -> Option<Placement> {
        match self.place {
            Some(Position::Model(placement)) => Some(placement),
            _ => None,
        }
    }
}

/// A plan has its zero in the territory's system, a model its longitude and latitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Position {
    Plan(Place),
    Model(Placement),
}

impl<'de> Deserialize<'de> for Position {
    /// Told apart by their members, so that what is wrong is said of the one that was meant.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let known = if value.get("lon").is_some() || value.get("lat").is_some() {
            serde_json::from_value(value).map(Self::Model)
        } else {
            serde_json::from_value(value).map(Self::Plan)
        };
        known.map_err(serde::de::Error::custom)
    }
}

/// Where a plan lies.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The plan's zero in the territory's system, metres.
    pub origin: [f64; 2],
    /// Metres of one unit of the plan.
    #[serde(default = "one")]
    pub scale: f64,
    /// Counter-clockwise.
    #[serde(default)]
    pub turn_deg: f64,
}

impl Place {
    pub fn point(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let (sin, cos) = self.turn_deg.to_radians().sin_cos();
        [
            self.origin[0] + self.scale * (cos * x - sin * y),
            self.origin[1] + self.scale * (sin * x + cos * y),
        ]
    }
}

fn one() -> f64 {
    1.0
}

impl Default for MappedLayer {
    fn default() -> Self {
        Self {
            role: Role::Buildings,
            file: None,
            table: None,
            fields: BTreeMap::new(),
            keep: Vec::new(),
            place: None,
            crs: None,
            imagery: None,
        }
    }
}

fn buildings() -> Role {
    Role::Buildings
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Many(Vec<MappedLayer>),
    Fields(BTreeMap<String, String>),
    One(MappedLayer),
}

/// # Errors
/// A sentence with the place, where JSON is broken, or with the forms there are.
pub fn parse(bytes: &[u8]) -> Result<Vec<MappedLayer>, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let value: serde_json::Value =
        serde_json::from_slice(bytes).map_err(|fault| fault.to_string())?;
    // A member called "as" makes a layer even where all members are texts.
    if value.get("as").is_some() {
        return serde_json::from_value(value)
            .map(|layer| vec![layer])
            .map_err(|fault| fault.to_string());
    }
    match serde_json::from_value(value).map_err(|_| "[{\"as\": …, \"fields\": {…}}]".to_owned())?
    {
        Written::Many(layers) => Ok(layers),
        Written::One(layer) => Ok(vec![layer]),
        Written::Fields(fields) => Ok(vec![MappedLayer {
            fields,
            ..MappedLayer::default()
        }]),
    }
}

/// The layer of the mapping that a table is: named by its file or table, else the one most of whose columns it has.
pub fn layer_for<'a>(mapping: &'a [MappedLayer], found: &Found) -> Option<&'a MappedLayer> {
    let has = |column: &str| {
        found
            .columns
            .iter()
            .any(|known| known.eq_ignore_ascii_case(column))
    };
    mapping
        .iter()
        .filter(|layer| fits(layer.role, found.kind))
        .filter_map(|layer| {
            let named = layer.file.is_some() || layer.table.is_some();
            let file_fits = layer.file.as_deref().is_none_or(|pattern| {
                let short = found.file.rsplit('/').next().unwrap_or_default();
                matches(pattern, &found.file) || matches(pattern, short)
            });
            let table_fits = layer
                .table
                .as_deref()
                .is_none_or(|pattern| matches(pattern, found.table.as_deref().unwrap_or_default()));
            let present = layer.fields.values().filter(|column| has(column)).count();
            let enough = named || (present > 0 && 2 * present >= layer.fields.len());
            (file_fits && table_fits && enough).then_some((named, present, layer))
        })
        // The first of the best: later equals do not replace it.
        .reduce(|best, next| {
            if (next.0, next.1) > (best.0, best.1) {
                next
            } else {
                best
            }
        })
        .map(|(.., layer)| layer)
}

/// What the mapping says of a tileset or model: the entry that names its file, or one without a name.
pub fn model_for<'a>(mapping: &'a [MappedLayer], file: &str) -> Option<&'a MappedLayer> {
    let short = file.rsplit('/').next().unwrap_or_default();
    let models = || mapping.iter().filter(|layer| layer.role == Role::Models);
    models()
        .find(|layer| layer.file.as_deref().is_some_and(|pattern| matches(pattern, file) || matches(pattern, short)))
        .or_else(|| models().find(|layer| layer.file.is_none()))
}

/// What the mapping says of a raster: an entry of terrain, surface or imagery that names its file, or one of imagery without a name.
pub fn raster_for<'a>(mapping: &'a [MappedLayer], file: &str) -> Option<&'a MappedLayer> {
    let short = file.rsplit('/').next().unwrap_or_default();
    let rasters = || mapping.iter().filter(|layer| matches!(layer.role, Role::Terrain | Role::Surface | Role::Imagery));
    rasters()
        .find(|layer| layer.file.as_deref().is_some_and(|pattern| matches(pattern, file) || matches(pattern, short)))
        .or_else(|| rasters().find(|layer| layer.file.is_none() && layer.role == Role::Imagery))
}

/// Whether a role can be drawn from shapes of this kind.
fn fits(role: Role, kind: ShapeKind) -> bool {
    match role {
        Role::Terrain | Role::Surface | Role::Models | Role::Imagery => false,
        // Plans name lines and places too.
        Role::Prescriptions | Role::Information | Role::Servitudes => kind != ShapeKind::Shells,
        Role::Areas | Role::Iris | Role::Parcels | Role::Zones | Role::Flood | Role::Parks | Role::LandCover | Role::CarParks | Role::PublicFacilities
        | Role::Buildings | Role::Water => {
            matches!(kind, ShapeKind::Polygon | ShapeKind::Other)
        }
        Role::Roads | Role::Tram | Role::Rail => matches!(kind, ShapeKind::Line | ShapeKind::Other),
        Role::Trees | Role::Addresses => matches!(kind, ShapeKind::Point | ShapeKind::Other),
        Role::Places => kind != ShapeKind::Shells,
        Role::Network(_) => !matches!(kind, ShapeKind::Shells),
    }
}

/// `*` stands for any letters, case does not count.
fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let Some(last) = parts.next_back() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}
