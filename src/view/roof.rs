//! What a person chooses for the selected roof: whose load, a heat pump, a battery, what is sold, which planes and modules, their own amounts of money.

use super::Selection;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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
/// Most heat that a pump is believed to give, kWh a year.
pub const MAX_HEAT_KWH: f64 = 1e7;

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

/// An amount of money that a person knows better than the dated facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoofAmount {
    /// Of a quotation, EUR before tax.
    Cost,
    /// EUR/kWh.
    PowerPrice,
    SurplusTariff,
    TotalTariff,
    /// EUR/kWp.
    Premium,
    /// A share, 0.055 for 5.5 %.
    Vat,
}

impl RoofAmount {
    /// In the order in which they are offered.
    pub const ALL: [Self; 6] = [Self::Cost, Self::PowerPrice, Self::SurplusTariff, Self::TotalTariff, Self::Premium, Self::Vat];

    /// As JSON and links write it; also the end of its i18n key `roof-own-…`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::PowerPrice => "power-price",
            Self::SurplusTariff => "surplus-tariff",
            Self::TotalTariff => "total-tariff",
            Self::Premium => "premium",
            Self::Vat => "vat",
        }
    }

    fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|amount| amount.id() == id)
    }

    /// Largest value that is believed.
    pub fn most(self) -> f64 {
        match self {
            Self::Cost => 1e9,
            Self::PowerPrice | Self::SurplusTariff | Self::TotalTariff => 10.0,
            Self::Premium => 10_000.0,
            Self::Vat => 1.0,
        }
    }

    /// The dated facts that it stands for.
    pub fn facts(self) -> &'static [&'static str] {
        match self {
            Self::Cost => &["pv-cost"],
            Self::PowerPrice => &["power-price"],
            Self::SurplusTariff => &["pv-surplus-tariff"],
            Self::TotalTariff => &["pv-total-tariff"],
            Self::Premium => &["pv-premium"],
            Self::Vat => &["vat", "vat-elsewhere"],
        }
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
    /// A heat pump heats the building; and the heat that it gives, kWh a year, where that is known.
    pub heat_pump: bool,
    pub heat_kwh: Option<f64>,
    pub sell_all: bool,
    /// Amounts that stand in for the dated facts.
    pub own: BTreeMap<RoofAmount, f64>,
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

    /// The person's own amounts, by the ids of the dated facts that they stand for; a quotation is no fact.
    pub fn own_facts(&self) -> Vec<(&'static str, f64)> {
        self.own.iter().filter(|(amount, _)| **amount != RoofAmount::Cost).flat_map(|(amount, value)| amount.facts().iter().map(|id| (*id, *value))).collect()
    }

    pub(super) fn own(&mut self, amount: RoofAmount, value: Option<f64>) {
        match value {
            Some(value) => drop(self.own.insert(amount, value)),
            None => drop(self.own.remove(&amount)),
        }
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
        self.heat_kwh = self.heat_kwh.filter(|kwh| self.heat_pump && kwh.is_finite()).map(|kwh| kwh.clamp(0.0, MAX_HEAT_KWH).round()).filter(|kwh| *kwh > 0.0);
        self.own.retain(|_, value| value.is_finite());
        for (amount, value) in &mut self.own {
            *value = (value.clamp(0.0, amount.most()) * 1e4).round() / 1e4;
        }
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
        let (lay, margin, felled, hides, heat, own) = match tried {
            [] => ("best", "", "none", "terrain", "", ""),
            &[lay, margin, felled, hides] => (lay, margin, felled, hides, "", ""),
            &[lay, margin, felled, hides, heat, own] => (lay, margin, felled, hides, heat, own),
            _ => return None,
        };
        let number = |text: &str| text.parse::<f64>().ok().filter(|value| value.is_finite() && *value >= 0.0);
        let list = |text: &str| text.split('.').filter(|part| !part.is_empty()).map(|part| part.parse().ok()).collect::<Option<BTreeSet<u16>>>();
        let modules = without.split('.').filter(|part| !part.is_empty()).map(|part| {
            let (plane, place) = part.split_once('-')?;
            Some((plane.parse().ok()?, place.parse().ok()?))
        });
        let amounts = own.split('_').filter(|part| !part.is_empty()).map(|part| {
            let (id, value) = part.split_once(':')?;
            Some((RoofAmount::from_id(id)?, number(value)?))
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
            heat_pump: !heat.is_empty(),
            heat_kwh: if matches!(heat, "" | "usual") { None } else { Some(number(heat)?) },
            own: amounts.collect::<Option<_>>()?,
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
    /// `,landscape,0.5,2,bare` after it where any of it is chosen: how modules lie, their margin, the tree that is felled, the terrain or none;
    /// `,9000,cost:8500_power-price:0.25` after that where there is a heat pump (`usual` where its heat is not known) or any own amount.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        let list = |planes: &BTreeSet<u16>| planes.iter().map(u16::to_string).collect::<Vec<_>>().join(".");
        let without: Vec<String> = self.without.iter().map(|(plane, place)| format!("{plane}-{place}")).collect();
        let kwh = self.load_kwh.map_or_else(String::new, |kwh| kwh.to_string());
        let Self { load, battery_kwh, sell_all, covered, uncovered, .. } = self;
        write!(f, "{},{kwh},{battery_kwh},{},{},{},{}", load.id(), u8::from(*sell_all), list(covered), list(uncovered), without.join("."))?;
        let more = self.heat_pump || !self.own.is_empty();
        if self.felled == RoofTree::None && !self.bare && self.lay == RoofLay::Best && self.margin_m.is_none() && !more {
            return Ok(());
        }
        let margin = self.margin_m.map_or_else(String::new, |margin| margin.to_string());
        write!(f, ",{},{margin},{},{}", self.lay.id(), self.felled, if self.bare { "bare" } else { "terrain" })?;
        if !more {
            return Ok(());
        }
        let heat = if self.heat_pump { self.heat_kwh.map_or_else(|| "usual".to_owned(), |kwh| kwh.to_string()) } else { String::new() };
        let own: Vec<String> = self.own.iter().map(|(amount, value)| format!("{}:{value}", amount.id())).collect();
        write!(f, ",{heat},{}", own.join("_"))
    }
}
