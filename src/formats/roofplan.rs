//! The solar plan of a territory: its large roofs and car parks, one item each, and the hours of the groups that filters can choose from.
//!
//! One gzipped JSON document beside the roof book ([`super::roofbook`]). Hours are kept for each group of items that share their [`Facets`], never for each item:
//! whatever a filter chooses is a sum of whole groups, so production against demand stays true hour by hour however many items there are.

use super::Fault;
use super::packed;
use flate2::{Compression, GzBuilder};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The only version so far.
pub const VERSION: u32 = 1;
/// The plan for other programs: GeoPackage, GeoParquet.
pub const FILES: [&str; 2] = ["plan.gpkg", "plan.parquet"];
/// The document's file, below the roof book's folder.
pub const FILE: &str = "plan.json.gz";
/// Unpacked bytes that are believed.
pub const MAX_BYTES: usize = 512 << 20;
/// Items, groups and hours of a plan.
pub const MAX_ITEMS: usize = 1 << 20;
pub const MAX_GROUPS: usize = 24;
pub const MAX_HOURS: usize = 366 * 24;
/// Names that protect one place.
pub const MAX_PROTECTIONS: usize = 64;

/// What bears the modules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    #[default]
    Roof,
    /// Canopies over an open-air car park, which are an assumption.
    CarPark,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Roof => "roof",
            Self::CarPark => "car-park",
        }
    }
}

/// How a place is protected, by what that means for modules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    #[default]
    None,
    /// Near a monument (AC1): possible, with the agreement of the architecte des Bâtiments de France where seen together.
    Surroundings,
    /// A site patrimonial remarquable (AC4) or a classified or registered site (AC2): left out of the plan's kept part.
    Excluded,
}

impl Protection {
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Surroundings => "surroundings",
            Self::Excluded => "excluded",
        }
    }
}

/// What filters can choose by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Facets {
    pub kind: Kind,
    /// A public building, or one on the grounds of a public facility.
    pub public: bool,
    pub protection: Protection,
    pub over_100_kwp: bool,
}

/// A servitude that covers the place.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Perimeter {
    /// `AC1`, `AC2`, `AC4`.
    pub category: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// A roof with all its planes, or a car park.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub id: String,
    pub layer: String,
    #[serde(flatten)]
    pub facets: Facets,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub usage: String,
    pub area_m2: f64,
    pub usable_m2: f64,
    pub modules: usize,
    pub kwp: f64,
    pub kwh_year: f64,
    /// Reached in nine years of ten.
    pub kwh_year_p90: f64,
    pub kwh_month: [f64; 12],
    /// Share of the unshaded year that shade takes.
    pub shading_loss: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demand_kwh_year: Option<f64>,
    /// Of `kwh_year`, what the territory draws at the hour when it is made, if everything listed is built; none where the demand is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub useful_kwh: Option<f64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub perimeters: Vec<Perimeter>,
    /// Longitude and latitude, degrees; ellipsoidal height, metres.
    pub at: [f64; 3],
}

/// The hours of all items with the same facets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Group {
    #[serde(flatten)]
    pub facets: Facets,
    /// By hour of the year, kW.
    pub kw: Vec<f64>,
}

/// How car parks are thought to be covered.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Canopies {
    /// Of a car park's area, seen from above.
    pub usable_share: f64,
    pub tilt: f64,
    /// Clockwise from true north.
    pub azimuth: f64,
    /// Above the ground, metres.
    pub height_m: f64,
}

/// All roofs of the territory, large or small.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Whole {
    pub buildings: usize,
    pub kwp: f64,
    pub kwh_year: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`VERSION`].
    pub roofplan: u32,
    pub least_m2: f64,
    /// On whose calendar the hours lie, UTC.
    pub year: i16,
    pub items: Vec<Item>,
    #[serde(default)]
    pub groups: Vec<Group>,
    /// Estimated demand of all buildings by hour, kW; empty where no table says it.
    #[serde(default)]
    pub demand_kw: Vec<f64>,
    pub all_roofs: Whole,
    pub canopies: Canopies,
    /// The territory has servitudes, and car parks, to look at.
    pub servitudes_known: bool,
    pub car_parks_known: bool,
    pub facilities_known: bool,
    /// A stable name, and sentences in French and English.
    pub weather: [String; 3],
    /// Attributions that must stand beside the figures.
    pub sources: Vec<String>,
    /// An answer of PVGIS that somebody gave, and ours for the same plane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pvgis: Option<PvgisRecord>,
}

/// The same unshaded plane by PVGIS and by us.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PvgisRecord {
    pub database: String,
    pub tilt: f64,
    /// Clockwise from true north.
    pub azimuth: f64,
    pub kwp: f64,
    pub losses: f64,
    /// From the territory's origin.
    pub away_km: f64,
    pub kwh_year: f64,
    pub ours_kwh_year: f64,
}

impl Plan {
    /// # Errors
    /// When the packer fails, which it does not in memory.
    pub fn bytes(&self) -> std::io::Result<Vec<u8>> {
        let mut packer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::new(7));
        serde_json::to_writer(&mut packer, self)?;
        packer.finish()
    }

    /// # Errors
    /// `roofbook-plan`, `roofbook-version`.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        struct Version {
            roofplan: u32,
        }
        let wrong = |object: &str, value: String| Fault::new("roofbook-plan", object, value);
        let unpacked = packed::unpacked(bytes, MAX_BYTES).map_err(|error| wrong("", error))?;
        let version: Version = serde_json::from_slice(&unpacked).map_err(|error| wrong("", error.to_string()))?;
        if version.roofplan != VERSION {
            return Err(Fault::new("roofbook-version", FILE, version.roofplan));
        }
        let plan: Self = serde_json::from_slice(&unpacked).map_err(|error| wrong("", error.to_string()))?;
        plan.sound().map_err(|(object, value)| wrong(&object, value))?;
        Ok(plan)
    }

    /// Whether everything can be counted with; what is wrong otherwise.
    fn sound(&self) -> Result<(), (String, String)> {
        if self.items.len() > MAX_ITEMS || self.groups.len() > MAX_GROUPS || self.demand_kw.len() > MAX_HOURS {
            return Err(("items".to_owned(), format!("{} items, {} groups", self.items.len(), self.groups.len())));
        }
        for item in &self.items {
            let Item { area_m2, usable_m2, kwp, kwh_year, kwh_year_p90, shading_loss, at: [lon, lat, height], .. } = item;
            let numbers = [*area_m2, *usable_m2, *kwp, *kwh_year, *kwh_year_p90, *shading_loss, *lon, *lat, *height];
            let optional = [item.demand_kwh_year, item.useful_kwh];
            if !numbers.iter().chain(&item.kwh_month).chain(optional.iter().flatten()).all(|value| value.is_finite()) || item.perimeters.len() > MAX_PROTECTIONS {
                return Err((item.id.clone(), "not finite".to_owned()));
            }
        }
        if let Some(one) = &self.pvgis
            && ![one.tilt, one.azimuth, one.kwp, one.losses, one.away_km, one.kwh_year, one.ours_kwh_year].iter().all(|value| value.is_finite())
        {
            return Err(("pvgis".to_owned(), "not finite".to_owned()));
        }
        let known: BTreeSet<Facets> = self.groups.iter().map(|group| group.facets).collect();
        if known.len() != self.groups.len() {
            return Err(("groups".to_owned(), "a group twice".to_owned()));
        }
        let hours = self.groups.first().map_or(self.demand_kw.len(), |group| group.kw.len());
        let uneven = hours > MAX_HOURS || self.groups.iter().any(|group| group.kw.len() != hours) || ![0, hours].contains(&self.demand_kw.len());
        let finite = self.groups.iter().flat_map(|group| &group.kw).chain(&self.demand_kw).all(|kw| kw.is_finite());
        if uneven || !finite {
            return Err(("groups".to_owned(), format!("{hours} hours")));
        }
        Ok(())
    }
}
