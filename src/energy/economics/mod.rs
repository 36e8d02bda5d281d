//! What a roof earns: savings, sale, premium, pay-back; carbon by labelled methods.
//!
//! No amount stands in code. Every tariff is a [`Fact`] of `assets/energy/facts-france.json` with source and validity; an answer lists the facts it used and which of them are past their validity.

pub mod file;

use crate::base::Instant;

/// A dated fact of law or market.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// `pv-premium`, `vat` …; several facts of one id differ in size and dates.
    pub id: String,
    /// Sizes it holds for, kWp, the upper end included.
    pub kwp: Option<[f64; 2]>,
    /// `None` is known to be unknown.
    pub value: Option<f64>,
    pub unit: String,
    pub from: Instant,
    /// Last day; open when absent.
    pub to: Option<Instant>,
    pub confidence: Confidence,
    pub grounds: Grounds,
    pub fr: String,
    pub en: String,
    /// The act, the publication, or where it was told.
    pub source: String,
    /// Where the source can be read.
    pub link: Option<String>,
    /// The day on which somebody looked at the source.
    pub read: Option<Instant>,
}

/// What a fact rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grounds {
    /// The text of law or the authority's own publication.
    Official,
    /// An authority's amount as others tell it: the official document was not read.
    Reported,
    /// Nobody's but ours.
    Assumption,
    /// The person who asks.
    Given,
}

impl Grounds {
    /// As files and JSON write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Official => "official",
            Self::Reported => "reported",
            Self::Assumption => "assumption",
            Self::Given => "given",
        }
    }

    /// As a file may state it: what is given is in no file.
    fn from_name(name: &str) -> Option<Self> {
        [Self::Official, Self::Reported, Self::Assumption].into_iter().find(|grounds| grounds.name() == name)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confidence {
    Low,
    Medium,
    High,
}

/// A fact at a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    Valid,
    NotYet,
    Past,
}

impl Fact {
    /// The source as an answer says it: what is not official never looks as if it were.
    pub fn origin(&self, english: bool) -> String {
        let (before, after) = match (self.grounds, english) {
            (Grounds::Official, _) => ("", ""),
            (Grounds::Reported, false) => ("", " (montant rapporté, à vérifier)"),
            (Grounds::Reported, true) => ("", " (as reported, to be checked)"),
            (Grounds::Assumption, false) => ("hypothèse de Jumeau, sans source officielle : ", ""),
            (Grounds::Assumption, true) => ("an assumption of Jumeau, without official source: ", ""),
            (Grounds::Given, false) => ("votre valeur", ""),
            (Grounds::Given, true) => ("your value", ""),
        };
        format!("{before}{}{after}", self.source)
    }

    pub fn validity(&self, at: Instant) -> Validity {
        if at < self.from {
            Validity::NotYet
        } else if self.to.is_some_and(|to| at.0 >= to.0 + 86_400) {
            Validity::Past
        } else {
            Validity::Valid
        }
    }

    fn holds_for(&self, kwp: f64) -> bool {
        self.kwp
            .is_none_or(|[low, high]| (kwp > low || low == 0.0) && kwp <= high)
    }
}

/// Facts of one country.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub facts: Vec<Fact>,
}

impl Facts {
    /// The fact of a size at a date: the newest valid one, else the newest past one, which the answer must say is past.
    pub fn find(&self, id: &str, kwp: f64, at: Instant) -> Option<(&Fact, Validity)> {
        self.facts
            .iter()
            .filter(|fact| fact.id == id && fact.holds_for(kwp))
            .map(|fact| (fact, fact.validity(at)))
            .filter(|(_, validity)| *validity != Validity::NotYet)
            .max_by_key(|(fact, validity)| (*validity == Validity::Valid, fact.from))
    }

    /// Why a size has no amount at a date; to be asked where [`Self::find`] has none.
    pub fn lack(&self, id: &'static str, kwp: f64, at: Instant) -> Lack {
        if let Some((fact, _)) = self.find(id, kwp, at) {
            return Lack { id, why: Why::Abolished(fact.clone()) };
        }
        let of_size = self.facts.iter().filter(|fact| fact.id == id && fact.holds_for(kwp));
        Lack { id, why: of_size.map(|fact| fact.from).min().map_or(Why::Unknown, Why::NotBefore) }
    }

    /// The same with a person's own amounts, by the ids of the facts that they stand for: whatever the size, from `at` on.
    pub fn with_own(&self, own: &[(&str, f64)], at: Instant) -> Self {
        let mut facts = self.facts.clone();
        for fact in &mut facts {
            let Some((_, value)) = own.iter().find(|(id, _)| *id == fact.id) else { continue };
            *fact = Fact {
                value: Some(*value),
                from: at,
                to: None,
                confidence: Confidence::High,
                grounds: Grounds::Given,
                source: String::new(),
                link: None,
                read: None,
                ..fact.clone()
            };
        }
        Self { facts }
    }
}

/// How a roof's power is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Own use first, the rest sold.
    Surplus,
    /// All sold.
    TotalSale,
}

/// What is known of a project.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Project {
    pub kwp: f64,
    /// Before tax, EUR; `None` where nobody says it.
    pub cost_eur: Option<f64>,
    /// The building is a home: its tax is another one.
    pub is_home: bool,
    /// kWh of the first year that replace bought power.
    pub own_use_kwh: f64,
    /// kWh of the first year that go to the grid.
    pub sold_kwh: f64,
    pub way: Use,
    /// Loss of output from year to year, 0.005 for half a percent.
    pub ageing: f64,
}

/// An amount that is not there, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Lack {
    pub id: &'static str,
    pub why: Why,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Why {
    /// No file of facts has it for this size.
    Unknown,
    /// The facts begin later.
    NotBefore(Instant),
    /// The fact says that there is none.
    Abolished(Fact),
}

/// The answer, in EUR. What no fact was found for is `None`, which is another thing than nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Earnings {
    pub cost_with_tax: Option<f64>,
    pub premium: Option<f64>,
    /// First year.
    pub savings: Option<f64>,
    pub sale: Option<f64>,
    pub payback: PayBack,
    /// Facts used, with their state at the date.
    pub used: Vec<(Fact, Validity)>,
    /// What no amount was found for.
    pub missing: Vec<Lack>,
}

/// When income has paid the cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PayBack {
    Years(f64),
    /// Not within [`MAX_YEARS`].
    Never,
    /// An amount that it takes is not known.
    Unknown,
}

impl PayBack {
    pub fn years(self) -> Option<f64> {
        match self {
            Self::Years(years) => Some(years),
            Self::Never | Self::Unknown => None,
        }
    }

    /// A stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Years(_) => "years",
            Self::Never => "never",
            Self::Unknown => "unknown",
        }
    }
}

/// As long as anybody plans a roof for.
pub const MAX_YEARS: u32 = 40;

/// Earnings at a date.
pub fn earnings(project: &Project, facts: &Facts, at: Instant) -> Earnings {
    let (mut used, mut missing) = (Vec::new(), Vec::new());
    let mut value = |id: &'static str| {
        let found = facts.find(id, project.kwp, at);
        match found.and_then(|(fact, validity)| Some((fact.value?, fact, validity))) {
            Some((value, fact, validity)) => {
                used.push((fact.clone(), validity));
                Some(value)
            }
            None => {
                missing.push(facts.lack(id, project.kwp, at));
                None
            }
        }
    };
    let vat = value(if project.is_home { "vat" } else { "vat-elsewhere" });
    let cost_with_tax = project
        .cost_eur
        .zip(vat)
        .map(|(cost, vat)| cost * (1.0 + vat));
    let (premium, tariff) = match project.way {
        Use::Surplus => (
            value("pv-premium").map(|per_kwp| per_kwp * project.kwp),
            value("pv-surplus-tariff"),
        ),
        Use::TotalSale => (Some(0.0), value("pv-total-tariff")),
    };
    let price = if project.way == Use::Surplus && project.own_use_kwh > 0.0 { value("power-price") } else { None };
    let (own, sold) = match project.way {
        Use::Surplus => (project.own_use_kwh, project.sold_kwh),
        Use::TotalSale => (0.0, project.own_use_kwh + project.sold_kwh),
    };
    // Nothing costs nothing, whatever its price is.
    let worth = |kwh: f64, price: Option<f64>| {
        if kwh == 0.0 {
            Some(0.0)
        } else {
            price.map(|price| kwh * price)
        }
    };
    let (savings, sale) = (worth(own, price), worth(sold, tariff));
    let payback = match (cost_with_tax, premium, savings, sale) {
        (Some(cost), Some(premium), Some(savings), Some(sale)) => {
            payback(cost - premium, savings + sale, project.ageing)
                .map_or(PayBack::Never, PayBack::Years)
        }
        _ => PayBack::Unknown,
    };
    Earnings {
        cost_with_tax,
        premium,
        savings,
        sale,
        payback,
        used,
        missing,
    }
}

impl Earnings {
    /// Facts that were past their validity at the date.
    pub fn past(&self) -> impl Iterator<Item = &Fact> {
        self.used
            .iter()
            .filter(|(_, validity)| *validity == Validity::Past)
            .map(|(fact, _)| fact)
    }
}

/// Years until a yearly income that falls by `ageing` has paid a cost; prices stay those of today.
pub fn payback(cost: f64, income: f64, ageing: f64) -> Option<f64> {
    if cost <= 0.0 {
        return Some(0.0);
    }
    let mut left = cost;
    let mut yearly = income;
    for year in 0..MAX_YEARS {
        if yearly.is_nan() || yearly <= 0.0 {
            return None;
        }
        if left <= yearly {
            return Some(f64::from(year) + left / yearly);
        }
        left -= yearly;
        yearly *= 1.0 - ageing.clamp(0.0, 1.0);
    }
    None
}

/// A year of production against demand, kWh.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Balance {
    pub produced: f64,
    pub demanded: f64,
    /// Production used at once or through the battery.
    pub own_use: f64,
    pub exported: f64,
    pub imported: f64,
    /// Lost in the battery and left in it at the end.
    pub stored_or_lost: f64,
}

/// How carbon is counted; an answer shows all three, never one.
#[derive(Clone, Debug, PartialEq)]
pub struct Carbon {
    /// kg a year if the power replaces the country's mean generation.
    pub against_mean: Option<f64>,
    /// The same less what making the modules cost, spread over their life; below zero where the mean is cleaner.
    pub life_cycle: Option<f64>,
    /// kg a year if it replaces the plants that really turn down; `None` while no dated source states them.
    pub marginal: Option<f64>,
    /// Facts used, with their state at the date.
    pub used: Vec<(Fact, Validity)>,
}

pub fn carbon(kwh_year: f64, facts: &Facts, at: Instant) -> Carbon {
    let mut used = Vec::new();
    let mut factor = |id: &str| {
        let (fact, validity) = facts.find(id, 0.0, at)?;
        let grams = fact.value?;
        used.push((fact.clone(), validity));
        Some(grams / 1000.0)
    };
    let (mean, own, marginal) = (
        factor("co2-average"),
        factor("co2-life-cycle-pv"),
        factor("co2-marginal"),
    );
    Carbon {
        against_mean: mean.map(|kg| kg * kwh_year),
        life_cycle: mean.zip(own).map(|(mean, own)| (mean - own) * kwh_year),
        marginal: marginal.map(|kg| kg * kwh_year),
        used,
    }
}
