//! Networks where the sources have none: "généré, non réel", laid along the real streets by planning rules of thumb.
//!
//! | module | lays |
//! |---|---|
//! | [`rules`] | the rules, each with its source |
//! | [`graph`], [`tree`] | streets as a graph; trees on it, cut into parts of a bounded size |
//! | [`sites`] | what a building asks for |
//! | [`electricity`], [`grid`] | posts, low voltage, 20 kV feeders and the ties between them; the same as a network to be computed |
//! | [`lamps`] | street lighting |
//! | [`loads`], [`roofs`] | hourly profiles of lamps, trams and roofs; what a roof would carry |
//! | [`pipes`] | water, sewers, heat |
//! | [`years`] | since when each stands, and what is planned |
//!
//! A function of buildings, streets and ground alone: no random number, and the same bytes on every machine.
//! Work grows with the number of streets and buildings times its logarithm; [`MAX_SITES`] bounds it.
//! A utility that the sources do have is not made up beside it.

pub mod electricity;
pub mod graph;
pub mod grid;
pub mod lamps;
pub mod loads;
pub mod pipes;
pub mod roofs;
pub mod rules;
pub mod sites;
pub mod tree;
pub mod years;

use crate::base::DatasetId;
use crate::region::utility::{Accuracy, Conduit, Fixture, FixtureKind, Lay, Plugs, Utility, Years};
use electricity::Extra;
use graph::{Graph, Street};
use grid::Grid;
use sites::Site;
use std::collections::BTreeSet;
use years::Since;

/// The data set of everything that is laid.
pub const DATASET: &str = "reseaux-generes";

/// Most buildings for which networks are laid: a metropolis. Beyond, nothing is made, and it is said.
pub const MAX_SITES: usize = 250_000;

/// The utilities that are laid.
pub const LAID: [Utility; 5] = [Utility::Electricity, Utility::Lighting, Utility::Water, Utility::Sewer, Utility::Heat];

/// What a drawn thing is, as its class says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Source,
    HighVoltage,
    Tie,
    Post,
    CustomerPost,
    LowVoltage,
    Service,
    Lamp,
    Lighting,
    Water,
    Reservoir,
    Hydrant,
    Sewer,
    Manhole,
    Pump,
    Heat,
    HeatService,
    HeatPlant,
}

impl Kind {
    fn utility(self) -> Utility {
        match self {
            Self::Source | Self::HighVoltage | Self::Tie | Self::Post | Self::CustomerPost | Self::LowVoltage | Self::Service => Utility::Electricity,
            Self::Lamp | Self::Lighting => Utility::Lighting,
            Self::Water | Self::Reservoir | Self::Hydrant => Utility::Water,
            Self::Sewer | Self::Manhole | Self::Pump => Utility::Sewer,
            Self::Heat | Self::HeatService | Self::HeatPlant => Utility::Heat,
        }
    }

    /// Every class says that it is made.
    pub fn class(self) -> &'static str {
        match self {
            Self::Source => "Poste source HTB/HTA (généré)",
            Self::HighVoltage => "HTA 20 kV (généré)",
            Self::Tie => "HTA 20 kV, secours ouvert (généré)",
            Self::Post => "Poste HTA/BT (généré)",
            Self::CustomerPost => "Poste client HTA (généré)",
            Self::LowVoltage => "BT 400 V (généré)",
            Self::Service => "Branchement BT (généré)",
            Self::Lamp => "Point lumineux (généré)",
            Self::Lighting => "Câble d’éclairage (généré)",
            Self::Water => "Conduite d’eau potable (générée)",
            Self::Reservoir => "Réservoir (généré)",
            Self::Hydrant => "Poteau d’incendie (généré)",
            Self::Sewer => "Collecteur d’eaux usées (généré)",
            Self::Manhole => "Regard (généré)",
            Self::Pump => "Poste de relevage (généré)",
            Self::Heat => "Réseau de chaleur (généré)",
            Self::HeatService => "Branchement de chaleur (généré)",
            Self::HeatPlant => "Chaufferie (générée)",
        }
    }

    /// Networks in one street lie side by side: all lines of a kind are moved alike, so that they still meet where streets do.
    fn shift(self) -> [f64; 2] {
        match self {
            Self::HighVoltage | Self::Tie | Self::Source => [1.2, 0.8],
            Self::LowVoltage => [-1.0, -0.8],
            Self::Water => [0.6, -1.6],
            Self::Sewer | Self::Manhole | Self::Pump => [-0.2, 0.2],
            Self::Heat => [-1.6, 1.4],
            _ => [0.0; 2],
        }
    }

    /// Before this year there was none of its kind.
    fn first_year(self) -> i16 {
        match self.utility() {
            Utility::Water | Utility::Sewer => rules::WATER_SINCE,
            Utility::Heat => rules::HEAT_SINCE,
            _ => rules::ELECTRICITY_SINCE,
        }
    }

    fn depth_m(self) -> f64 {
        match self {
            Self::HighVoltage | Self::Tie => rules::HIGH_VOLTAGE_DEPTH_M,
            _ => rules::LOW_VOLTAGE_DEPTH_M,
        }
    }
}

/// What a line is made of.
#[derive(Clone, Debug, Default)]
pub struct Piece {
    volt: Option<f64>,
    diameter_m: Option<f64>,
    depth_m: Option<f64>,
    material: Option<String>,
    years: Years,
}

impl Piece {
    pub fn cable(cable: rules::Cable, volt: f64) -> Self {
        Self { volt: Some(volt), material: Some(format!("aluminium {} mm²", cable.mm2)), ..Self::default() }
    }

    pub fn volts(volt: f64) -> Self {
        Self { volt: Some(volt), ..Self::default() }
    }

    pub fn pipe(mm: f64, depth_m: f64, material: &str) -> Self {
        Self { diameter_m: Some(mm / 1000.0), depth_m: Some(depth_m), material: Some(material.to_owned()), ..Self::default() }
    }

    pub fn since(self, since: Since) -> Self {
        self.years(Years { from: since, ..Years::default() })
    }

    pub fn years(self, years: Years) -> Self {
        Self { years, ..self }
    }
}

/// What is drawn of it.
#[derive(Clone, Debug)]
pub struct Draft {
    dataset: DatasetId,
    pub conduits: Vec<Conduit>,
    pub fixtures: Vec<Fixture>,
}

impl Draft {
    fn line(&mut self, id: String, kind: Kind, name: String, points: Vec<[f64; 2]>, piece: Piece) {
        let [dx, dy] = kind.shift();
        let mut moved: Vec<[f64; 2]> = Vec::with_capacity(points.len());
        for at in points.into_iter().map(|at| [at[0] + dx, at[1] + dy]) {
            if moved.last().is_none_or(|last| graph::span(*last, at) > 1e-3) {
                moved.push(at);
            }
        }
        if moved.len() < 2 {
            return;
        }
        self.conduits.push(Conduit {
            id,
            dataset: self.dataset.clone(),
            utility: kind.utility(),
            class: kind.class().to_owned(),
            name: Some(name),
            points: moved,
            lay: Lay::Underground { depth_m: Some(piece.depth_m.unwrap_or_else(|| kind.depth_m())) },
            diameter_m: piece.diameter_m,
            voltage_v: piece.volt,
            material: piece.material,
            accuracy: Accuracy::Schematic,
            colour: None,
            years: Years { from: piece.years.from.map(|year| year.max(kind.first_year())), ..piece.years },
        });
    }

    fn post(&mut self, id: String, is: FixtureKind, kind: Kind, name: String, at: [f64; 2], since: Since) {
        let volt = matches!(kind, Kind::Source | Kind::Post | Kind::CustomerPost).then_some(20_000.0);
        self.fixture(id, is, kind, name, at, None, volt, since);
    }

    fn lamp(&mut self, id: String, name: String, at: [f64; 2], height_m: f64, since: Since) {
        self.fixture(id, FixtureKind::Lamp, Kind::Lamp, name, at, Some(height_m), None, since);
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a fixture")]
    fn fixture(&mut self, id: String, is: FixtureKind, kind: Kind, name: String, at: [f64; 2], height_m: Option<f64>, voltage_v: Option<f64>, since: Since) {
        let [dx, dy] = kind.shift();
        self.fixtures.push(Fixture {
            id,
            dataset: self.dataset.clone(),
            utility: kind.utility(),
            kind: is,
            class: kind.class().to_owned(),
            name: Some(name),
            at: [at[0] + dx, at[1] + dy],
            height_m,
            diameter_m: None,
            voltage_v,
            rated_kva: None,
            reserved_mw: None,
            plugs: Plugs::default(),
            accuracy: Accuracy::Schematic,
            years: Years { from: since.map(|year| year.max(kind.first_year())), ..Years::default() },
        });
    }

    /// What the post that was laid last is rated for.
    fn rated(&mut self, kva: f64) {
        if let Some(post) = self.fixtures.last_mut() {
            post.rated_kva = Some(kva);
        }
    }
}

/// The networks of a territory.
#[derive(Clone, Debug)]
pub struct Laid {
    pub conduits: Vec<Conduit>,
    pub fixtures: Vec<Fixture>,
    /// The electricity network, where it was laid.
    pub grid: Option<Grid>,
    /// What lamps and trams draw, and where.
    pub extras: Vec<Extra>,
    /// Sites too far from every street, by their place in the list: no network has them.
    pub unreached: Vec<usize>,
}

/// Lays the wanted networks. `others` are consumers that are no buildings: trams.
pub fn lay(sites: &[Site], streets: &[Street], others: Vec<Extra>, ground: &pipes::Ground, wanted: &BTreeSet<Utility>, dataset: &DatasetId) -> Option<Laid> {
    if sites.is_empty() || sites.len() > MAX_SITES {
        return None;
    }
    let places: Vec<graph::Place> = sites.iter().map(|site| site.place.clone()).collect();
    let graph = Graph::of(streets, &places)?;
    let mut draft = Draft { dataset: dataset.clone(), conduits: Vec::new(), fixtures: Vec::new() };
    let is = |utility: Utility| wanted.contains(&utility);
    let mut extras = others;
    if is(Utility::Lighting) {
        extras.extend(lamps::lay(streets, sites, &mut draft));
    }
    let grid = is(Utility::Electricity).then(|| electricity::lay(&graph, sites, &extras, &mut draft));
    if is(Utility::Water) {
        pipes::water(&graph, sites, ground, &mut draft);
    }
    if is(Utility::Sewer) {
        pipes::sewer(&graph, sites, ground, &mut draft);
    }
    if is(Utility::Heat) {
        pipes::heat(&graph, sites, &mut draft);
    }
    let unreached = graph.taps.iter().enumerate().filter(|(_, tap)| tap.is_none()).map(|(index, _)| index).collect();
    Some(Laid { conduits: draft.conduits, fixtures: draft.fixtures, grid, extras, unreached })
}
