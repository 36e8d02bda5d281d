//! `sources.json`: what the files of a folder are, who made them, and how the territory opens.

use crate::base::{Dataset, DatasetId};
use crate::formats::territory::{HomeView, Name, NamedView};
use crate::region::AreaTheme;
use crate::pipeline::imagery::Said;
use crate::pipeline::models::place::Placement;
use crate::pipeline::series::declared::{DeclaredScale, DeclaredSeries};
use crate::region::utility::Utility;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name of the file in a folder of sources.
pub const FILE: &str = "sources.json";

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Declaration {
    /// Id of the territory: lower-case letters, digits, hyphens.
    pub id: String,
    #[serde(default = "unnamed")]
    pub name: Option<Name>,
    /// Target system of the territory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crs: Option<String>,
    /// Name of the heights' system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vertical: Option<String>,
    #[serde(default)]
    pub datasets: Vec<Dataset>,
    #[serde(default)]
    pub layers: Vec<DeclaredLayer>,
    /// Tables joined to layers by an id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub join: Vec<DeclaredJoin>,
    /// Series in time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub series: Vec<DeclaredSeries>,
    /// Amounts that follow one of those series.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaled: Vec<DeclaredScale>,
    #[serde(default)]
    pub generate: Generate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home: Option<HomeView>,
    #[serde(default)]
    pub views: Vec<NamedView>,
}

fn unnamed() -> Option<Name> {
    None
}

/// One file, or one table of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeclaredLayer {
    /// Path relative to the declaration, `/` between folders.
    pub file: String,
    /// Table of a GeoPackage; the only one when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    #[serde(rename = "as")]
    pub role: Role,
    pub dataset: DatasetId,
    /// Our term → the source's column, where the built-in vocabulary does not know it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Columns that stay beside our terms under their own names; `*` keeps all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    /// Where a model stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Placement>,
    /// What pictures show and when they were taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imagery: Option<Said>,
}

/// A table whose rows belong to the objects of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeclaredJoin {
    /// Path relative to the declaration, `/` between folders.
    pub file: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    #[serde(default = "onto_buildings")]
    pub onto: Role,
    /// The table's column with the id.
    pub column: String,
    /// Where the layer has the same id: our term (`id`, `rnb`), or a column of the source.
    #[serde(default = "by_id")]
    pub by: String,
    /// Our term → the table's column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// Columns that are taken over under their own names; `*` takes all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keep: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<DatasetId>,
}

fn onto_buildings() -> Role {
    Role::Buildings
}

fn by_id() -> String {
    "id".to_owned()
}

/// What is made where the sources are silent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Generate {
    #[serde(default)]
    pub trees: bool,
    /// Networks along the streets, and what they carry: [`crate::pipeline::laying`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub networks: bool,
    #[serde(default)]
    pub seed: u64,
    /// Data set that generated trees belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<DatasetId>,
}

/// What a layer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Role {
    Terrain,
    Buildings,
    Roads,
    Tram,
    Rail,
    Water,
    Areas,
    Trees,
    Iris,
    Parcels,
    Zones,
    Prescriptions,
    Information,
    Servitudes,
    Flood,
    Parks,
    #[serde(rename = "land-cover")]
    LandCover,
    /// Open-air car parks.
    #[serde(rename = "car-parks")]
    CarParks,
    /// Grounds of public facilities.
    #[serde(rename = "public-facilities")]
    PublicFacilities,
    /// Tilesets and glTF files.
    Models,
    /// Rasters of the surface, roofs and crowns included: roofs are read from them, never the ground.
    #[serde(rename = "surface-model")]
    Surface,
    /// Pictures from above, and ready-made tiles of them.
    Imagery,
    /// House numbers: where people live, to be found and not to be drawn.
    Addresses,
    /// Names of places that no layer draws.
    Places,
    /// Lines and points of one utility.
    Network(Utility),
}

impl From<Role> for String {
    fn from(role: Role) -> Self {
        role.id().to_owned()
    }
}

impl TryFrom<String> for Role {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        Self::from_id(&id).ok_or_else(|| format!("« {id} » ≠ {}", Self::ids().collect::<Vec<_>>().join(", ")))
    }
}

impl Role {
    pub const ALL: [Self; 24] = [
        Self::Terrain,
        Self::Buildings,
        Self::Roads,
        Self::Tram,
        Self::Rail,
        Self::Water,
        Self::Areas,
        Self::Trees,
        Self::Iris,
        Self::Parcels,
        Self::Zones,
        Self::Prescriptions,
        Self::Information,
        Self::Servitudes,
        Self::Flood,
        Self::Parks,
        Self::LandCover,
        Self::CarParks,
        Self::PublicFacilities,
        Self::Models,
        Self::Surface,
        Self::Imagery,
        Self::Addresses,
        Self::Places,
    ];

    /// Every id there is.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().map(Self::id).chain(Utility::ALL.into_iter().map(Utility::id))
    }

    pub fn from_id(id: &str) -> Option<Self> {
        let network = || Utility::ALL.into_iter().find(|utility| utility.id() == id).map(Self::Network);
        Self::ALL.into_iter().find(|role| role.id() == id).or_else(network)
    }

    /// The id under which it is counted.
    pub fn id(self) -> &'static str {
        match self {
            Self::Terrain => "terrain",
            Self::Buildings => "buildings",
            Self::Roads => "roads",
            Self::Tram => "tram",
            Self::Rail => "rail",
            Self::Water => "water",
            Self::Areas => "areas",
            Self::Trees => "trees",
            Self::Iris => "iris",
            Self::Parcels => "parcels",
            Self::Zones => "zones",
            Self::Prescriptions => "prescriptions",
            Self::Information => "information",
            Self::Servitudes => "servitudes",
            Self::Flood => "flood",
            Self::Parks => "parks",
            Self::LandCover => "land-cover",
            Self::CarParks => "car-parks",
            Self::PublicFacilities => "public-facilities",
            Self::Models => "models",
            Self::Surface => "surface-model",
            Self::Imagery => "imagery",
            Self::Addresses => "addresses",
            Self::Places => "places",
            Self::Network(utility) => utility.id(),
        }
    }

    /// Layers that a planning document of the CNIG standard consists of.
    pub fn is_of_a_plan(self) -> bool {
        matches!(self, Self::Zones | Self::Prescriptions | Self::Information)
    }

    /// Only found, never drawn.
    pub fn is_of_names(self) -> bool {
        matches!(self, Self::Addresses | Self::Places)
    }

    /// The meaning of the land, for layers of areas.
    pub fn theme(self) -> Option<AreaTheme> {
        AreaTheme::ALL.into_iter().find(|theme| theme.id() == self.id())
    }
}

impl Declaration {
    /// # Errors
    /// The parser's sentence with line and column.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        serde_json::from_slice(bytes).map_err(|error| error.to_string())
    }
}

/// An id for links from any name: lower case, without accents, hyphens for the rest.
pub fn id_from(name: &str) -> String {
    let mut id = String::new();
    for letter in name.to_lowercase().chars() {
        let plain = match letter {
            'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' => "a",
            'ç' => "c",
            'é' | 'è' | 'ê' | 'ë' => "e",
            'î' | 'ï' | 'í' => "i",
            'ô' | 'ö' | 'ó' | 'õ' => "o",
            'ù' | 'û' | 'ü' | 'ú' => "u",
            'ÿ' => "y",
            'ñ' => "n",
            'œ' => "oe",
            'æ' => "ae",
            'a'..='z' | '0'..='9' => {
                id.push(letter);
                continue;
            }
            _ => "-",
        };
        if plain != "-" || !(id.is_empty() || id.ends_with('-')) {
            id.push_str(plain);
        }
    }
    let id = id.trim_matches('-');
    if id.is_empty() {
        "territory".to_owned()
    } else {
        id.chars().take(60).collect()
    }
}
