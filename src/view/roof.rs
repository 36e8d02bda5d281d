//! What a person chooses for the selected roof: whose load, a battery, what is sold, which planes and modules.

use super::Selection;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::{self, Display};

/// Largest battery that is offered, kWh.
pub const MAX_BATTERY_KWH: f64 = 10.0;
/// Largest load that is believed, kWh a year.
pub const MAX_LOAD_KWH: f64 = 1e8;
/// Most planes and modules that are chosen by hand; a link has to hold them.
pub const MAX_PLANES: usize = 32;
pub const MAX_MODULES: usize = 128;
/// Widest margin to the edges, metres.
pub const MAX_MARGIN_M: f64 = 3.0;

/// Whose load the roof meets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoofLoad {
    #[default]
    Household,
    Farm,
    School,
    /// A meter's file that was handed in. It stays on the device: a link only says that there was one.
    Meter,
}

impl RoofLoad {
    /// In the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Household, Self::Farm, Self::School, Self::Meter];

    /// As JSON and links write it; also the end of its i18n key `roof-load-…`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::Farm => "farm",
            Self::School => "school",
            Self::Meter => "meter",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|load| load.id() == id)
    }
}

/// Which tree is thought away: none, one of those that the roof knows by its number, or all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum RoofTree {
    #[default]
    None,
    One(u16),
    All,
}

impl Display for RoofTree {
    /// `none`, `2`, `all`, as JSON has it.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::One(number) => write!(f, "{number}"),
            Self::All => f.write_str("all"),
        }
    }
}

impl From<RoofTree> for String {
    fn from(tree: RoofTree) -> Self {
        tree.to_string()
    }
}

impl TryFrom<String> for RoofTree {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "none" => Ok(Self::None),
            "all" => Ok(Self::All),
            number => number.parse().map(Self::One).map_err(|_| text),
        }
    }
}

/// How modules are laid on the planes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoofLay {
    /// As more of them fit.
    #[default]
    Best,
    Portrait,
    Landscape,
}

impl RoofLay {
    pub const ALL: [Self; 3] = [Self::Best, Self::Portrait, Self::Landscape];

    /// As JSON and links write it; also the end of its i18n key `roof-lay-…`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Portrait => "portrait",
            Self::Landscape => "landscape",
        }
    }

    fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lay| lay.id() == id)
    }
}

/// All that is chosen. Planes and modules belong to the selected building; the rest to the person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoofChoice {
    pub load: RoofLoad,
    /// kWh a year where it is known.
    pub load_kwh: Option<f64>,
    /// In tenths, up to [`MAX_BATTERY_KWH`].
    pub battery_kwh: f64,
    pub sell_all: bool,
    /// Planes that are covered, or not, whatever is proposed.
    pub covered: BTreeSet<u16>,
    pub uncovered: BTreeSet<u16>,
    /// Modules taken out: plane and place.
    pub without: BTreeSet<(u16, u16)>,
    /// To try: what the roof yields without a tree, and whether the monument is seen where the terrain hides nothing.
    pub felled: RoofTree,
    pub bare: bool,
    /// How the modules lie, and what is kept free along every edge, metres, in tenths up to [`MAX_MARGIN_M`]; the territory's own without.
    pub lay: RoofLay,
    pub margin_m: Option<f64>,
}

impl RoofChoice {
    /// Planes and modules as they are proposed.
    pub fn reset(&mut self) {
        self.covered.clear();
        self.uncovered.clear();
        self.without.clear();
        (self.lay, self.margin_m) = (RoofLay::Best, None);
    }

    /// Another layout has other places: what was taken out by hand stands no longer for anything.
    pub(super) fn lay(&mut self, lay: RoofLay, margin_m: Option<f64>) {
        (self.lay, self.margin_m) = (lay, margin_m);
        self.without.clear();
    }

    /// Whether planes or modules are others than proposed.
    pub fn is_by_hand(&self) -> bool {
        !(self.covered.is_empty() && self.uncovered.is_empty() && self.without.is_empty()) || self.lay != RoofLay::Best || self.margin_m.is_some()
    }

    pub(super) fn cover(&mut self, plane: u16, covered: bool) {
        let (into, out_of) = if covered { (&mut self.covered, &mut self.uncovered) } else { (&mut self.uncovered, &mut self.covered) };
        out_of.remove(&plane);
        if into.len() < MAX_PLANES {
            into.insert(plane);
        }
    }

    pub(super) fn module(&mut self, plane: u16, place: u16, on: bool) {
        if on {
            self.without.remove(&(plane, place));
        } else if self.without.len() < MAX_MODULES {
            self.without.insert((plane, place));
        }
    }

    /// What belongs to another building is forgotten.
    pub(super) fn follow(&mut self, before: Option<&Selection>, now: Option<&Selection>) {
        if before != now {
            self.reset();
            (self.felled, self.bare) = (RoofTree::None, false);
        }
    }

    /// The same, moved as little as needed to make sense.
    pub(super) fn sound(mut self) -> Self {
        self.battery_kwh = if self.battery_kwh.is_finite() { (self.battery_kwh.clamp(0.0, MAX_BATTERY_KWH) * 10.0).round() / 10.0 } else { 0.0 };
        self.load_kwh = self.load_kwh.filter(|kwh| kwh.is_finite()).map(|kwh| kwh.clamp(0.0, MAX_LOAD_KWH).round()).filter(|kwh| *kwh > 0.0);
        self.margin_m = self.margin_m.filter(|margin| margin.is_finite()).map(|margin| (margin.clamp(0.0, MAX_MARGIN_M) * 10.0).round() / 10.0);
        self.uncovered = &self.uncovered - &self.covered;
        for planes in [&mut self.covered, &mut self.uncovered] {
            while planes.len() > MAX_PLANES {
                planes.pop_last();
            }
        }
        while self.without.len() > MAX_MODULES {
            self.without.pop_last();
        }
        self
    }

    /// Reads what [`Display`] wrote: nothing is nothing chosen.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let parts: Vec<&str> = text.split(',').collect();
        let (parts, tried) = parts.split_at_checked(7)?;
        let &[load, kwh, battery, sale, covered, uncovered, without] = parts else { return None };
        let (lay, margin, felled, hides) = match tried {
            [] => ("best", "", "none", "terrain"),
            &[lay, margin, felled, hides] => (lay, margin, felled, hides),
            _ => return None,
        };
        let number = |text: &str| text.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0);
        let list = |text: &str| text.split('.').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect::<Option<BTreeSet<u16>>>();
        let modules = without.split('.').filter(|part| !part.is_empty()).map(|part| {
            let (plane, place) = part.split_once('-')?;
            Some((plane.parse().ok()?, place.parse().ok()?))
        });
        Some(Self {
            load: RoofLoad::from_id(load)?,
            load_kwh: if kwh.is_empty() { None } else { Some(number(kwh)?) },
            battery_kwh: number(battery)?,
            sell_all: match sale {
                "0" => false,
                "1" => true,
                _ => return None,
            },
            covered: list(covered)?,
            uncovered: list(uncovered)?,
            without: modules.collect::<Option<_>>()?,
            felled: RoofTree::try_from(felled.to_owned()).ok()?,
            bare: match hides {
                "terrain" => false,
                "bare" => true,
                _ => return None,
            },
            lay: RoofLay::from_id(lay)?,
            margin_m: if margin.is_empty() { None } else { Some(number(margin)?) },
        })
    }
}

impl Display for RoofChoice {
    /// `farm,29400,5.5,1,0.2,1,0-3.0-7`: load, kWh, battery, sale of all, planes covered and not, modules taken out;
    /// `,landscape,0.5,2,bare` after it where any of it is chosen: how modules lie, their margin, the tree that is felled, the terrain or none.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        let list = |planes: &BTreeSet<u16>| planes.iter().map(u16::to_string).collect::<Vec<_>>().join(".");
        let without: Vec<String> = self.without.iter().map(|(plane, place)| format!("{plane}-{place}")).collect();
        let kwh = self.load_kwh.map_or_else(String::new, |kwh| kwh.to_string());
        let Self { load, battery_kwh, sell_all, covered, uncovered, .. } = self;
        write!(f, "{},{kwh},{battery_kwh},{},{},{},{}", load.id(), u8::from(*sell_all), list(covered), list(uncovered), without.join("."))?;
        if self.felled == RoofTree::None && !self.bare && self.lay == RoofLay::Best && self.margin_m.is_none() {
            return Ok(());
        }
        let margin = self.margin_m.map_or_else(String::new, |margin| margin.to_string());
        write!(f, ",{},{margin},{},{}", self.lay.id(), self.felled, if self.bare { "bare" } else { "terrain" })
    }
}
