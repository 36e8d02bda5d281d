//! "My roof", joined: a building's planes and year, its load, the dated facts, the formalities of its place.
//!
//! Everything is values in, values out, so that the command line, the desktop and the browser give the same numbers from the same code.
//! A building is known by its record of the roof book ([`crate::formats::roofbook`]), whether that was stored or has just been made.
//!
//! | module | does |
//! |---|---|
//! | [`record`] | the book's documents ⇄ the models of [`crate::energy`] |
//! | [`mod@prepare`] | hours of each plane of a building: what is worked out once |
//! | [`answer`] | planes, modules, load, battery, money, formalities: what changes with the question |
//! | [`hours`] | its year hour by hour, as CSV |
//! | [`load`] | whose load the roof meets, and its hours |
//! | [`year`] | hours of any weather on the hours of one year |
//! | [`card`] | the answer as one card shows it |
//! | [`told`] | the answer as JSON and as words |
//! | [`scenery`] | what stands around, for drawings |
//! | [`street`] | the house from the street, without modules and with them |
//! | [`dossier`] | the answer as a PDF to hand in |
//! | [`tree`] | which of the trees before the roof a ray meets |
//! | [`neighbours`] | what a felled tree gives to the roofs beside |
//! | [`planner`] | the commune's table: filtered, sorted, summed up, hour by hour |
//! | [`plan_message`] | that table as a page is told it |
//! | [`message`] | the answer as a page is told it |

pub mod answer;
pub mod card;
pub mod dossier;
pub mod hours;
pub mod load;
pub mod message;
pub mod neighbours;
pub mod plan_message;
pub mod planner;
pub mod prepare;
pub mod record;
pub mod scenery;
pub mod street;
pub mod told;
pub mod tree;
pub mod year;

use crate::base::LayerId;
use crate::energy::shading::sight::SightLine;

/// The year on whose calendar hours lie: that of the demand profiles, so that both share an axis.
pub const YEAR: i16 = 2026;

/// One plane's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Roof {
    pub building: String,
    /// The building's layer.
    pub layer: LayerId,
    /// From 0, the largest of its building first.
    pub plane: usize,
    pub area_m2: f64,
    pub usable_m2: f64,
    pub tilt: f64,
    pub azimuth: f64,
    /// The plane's highest point above the lowest one of its building, where its walls meet the ground.
    pub ridge_m: f64,
    pub modules: usize,
    pub kwp: f64,
    pub kwh_year: f64,
    /// Reached in nine years of ten.
    pub kwh_year_p90: f64,
    pub kwh_month: [f64; 12],
    /// Share of the unshaded year that shade takes.
    pub shading_loss: f64,
    /// Share of the sky's dome that the plane sees, its own tilt included.
    pub sky_view: f64,
    /// Light on the plane, shade included, kWh/m² a year.
    pub poa_kwh_m2: f64,
    /// Rings in the local frame, closed; outer ones counter-clockwise from above.
    pub outline: Vec<Vec<[f64; 3]>>,
}

/// A protected monument, where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub name: String,
    pub dataset: String,
    /// In the local frame; heights are not known.
    pub at: [f64; 2],
    pub distance_m: f64,
    /// Told by its perimeter alone.
    pub guessed: bool,
}

/// What was found for one monument.
#[derive(Clone, Debug, PartialEq)]
pub struct Covisibility {
    pub monument: Standing,
    /// The building of the scene that it is, where one stands there; that of the roof itself too.
    pub building: Option<String>,
    /// `None` without terrain: then nothing can be said.
    pub covisible: Option<bool>,
    /// The free line with the shortest way, or the one that comes nearest to being free.
    pub direct: Option<SightLine>,
    /// A viewpoint in a street with its lines to the roof and to the monument.
    pub from_street: Option<[SightLine; 2]>,
    pub viewpoints: usize,
    /// The same if the terrain hid nothing; where it is hidden as things are.
    pub bare: Option<Box<Bare>>,
}

/// What is seen of a monument where only buildings hide.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bare {
    pub covisible: Option<bool>,
    pub direct: Option<SightLine>,
    pub from_street: Option<[SightLine; 2]>,
}

impl Covisibility {
    /// Whether the monument is a building itself: then there is nothing to be seen together with.
    pub fn is_of(&self, building: &str) -> bool {
        self.building.as_deref() == Some(building)
    }

    /// As if the terrain hid nothing.
    pub fn without_terrain(mut self) -> Self {
        if let Some(bare) = self.bare.take() {
            let Bare { covisible, direct, from_street } = *bare;
            (self.covisible, self.direct, self.from_street) = (covisible, direct, from_street);
        }
        self
    }
}

/// Trees that are thought away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thinning {
    /// By its place in the record.
    Tree(usize),
    All,
}
