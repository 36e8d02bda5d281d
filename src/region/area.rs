//! Land with a meaning: a commune, a zone of a plan, a parcel; and the lines and places that a plan names.

use super::Attribute;
use crate::base::DatasetId;
use geo::{Area as _, BoundingRect, MultiPolygon};

/// One object of an area layer.
#[derive(Clone, Debug)]
pub struct Area {
    /// Id in its source where it has one; otherwise its data set and its place in it.
    pub id: String,
    pub dataset: DatasetId,
    pub theme: AreaTheme,
    /// How people call it: `Ucp`, `Olemps`, `AB 123`.
    pub name: String,
    /// What its code list says: `AUc`, `07`, `AC1`, an INSEE code. May be empty.
    pub code: String,
    pub shape: AreaShape,
    /// What the source says, under its own names.
    pub attributes: Vec<Attribute>,
}

#[derive(Clone, Debug)]
pub enum AreaShape {
    /// Simple, valid, counter-clockwise outside; at least one polygon.
    Surface(MultiPolygon<f64>),
    /// Each of two points or more.
    Lines(Vec<Vec<[f64; 2]>>),
    Places(Vec<[f64; 2]>),
}

impl AreaShape {
    /// Square metres of a surface; `None` for lines and places, which have none.
    pub fn surface_m2(&self) -> Option<f64> {
        match self {
            Self::Surface(outline) => Some(outline.unsigned_area()),
            Self::Lines(_) | Self::Places(_) => None,
        }
    }

    pub fn bounds(&self) -> crate::base::Bounds2 {
        match self {
            Self::Surface(outline) => {
                outline
                    .bounding_rect()
                    .map_or(crate::base::Bounds2::EMPTY, |rect| {
                        crate::base::Bounds2::of([
                            [rect.min().x, rect.min().y],
                            [rect.max().x, rect.max().y],
                        ])
                    })
            }
            Self::Lines(lines) => crate::base::Bounds2::of(lines.iter().flatten().copied()),
            Self::Places(places) => crate::base::Bounds2::of(places.iter().copied()),
        }
    }
}

/// What kind of meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AreaTheme {
    /// Named outlines: communes, districts.
    Outline,
    Iris,
    Parcel,
    /// Zones of a PLU, PLUi or POS, sectors of a carte communale.
    Zone,
    /// Prescriptions of a plan, article by article.
    Prescription,
    /// What the annexes of a plan inform of.
    Information,
    /// Servitudes d’utilité publique.
    Servitude,
    Flood,
    Park,
    LandCover,
    /// Open-air car parks.
    CarPark,
    /// Grounds of town halls, schools, hospitals and the like.
    PublicFacility,
}

impl AreaTheme {
    pub const ALL: [Self; 12] = [
        Self::Outline,
        Self::Iris,
        Self::Parcel,
        Self::Zone,
        Self::Prescription,
        Self::Information,
        Self::Servitude,
        Self::Flood,
        Self::Park,
        Self::LandCover,
        Self::CarPark,
        Self::PublicFacility,
    ];

    /// Id of its layer in a territory, and how it is counted.
    pub fn id(self) -> &'static str {
        match self {
            Self::Outline => "areas",
            Self::Iris => "iris",
            Self::Parcel => "parcels",
            Self::Zone => "zones",
            Self::Prescription => "prescriptions",
            Self::Information => "information",
            Self::Servitude => "servitudes",
            Self::Flood => "flood",
            Self::Park => "parks",
            Self::LandCover => "land-cover",
            Self::CarPark => "car-parks",
            Self::PublicFacility => "public-facilities",
        }
    }
}
