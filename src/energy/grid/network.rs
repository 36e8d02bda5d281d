//! A network as plain data: buses, branches as two-ports, loads, generators, sources, shunts.
//!
//! Admittances are per unit of [`Network::base_mva`] and of each bus's nominal voltage; powers are MW and Mvar.
//! What a line or a transformer is in these terms stands in [`super::elements`].

use crate::geodesy::LonLat;

/// A complex number; re-exported so that callers need not name the solver's crate.
pub use faer::c64 as Complex;

/// Most buses of one network: a whole country's transmission grid has a tenth of it.
pub const MAX_BUSES: usize = 1_000_000;
/// Most branches of one network.
pub const MAX_BRANCHES: usize = 2_000_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// The power of 1 per unit, MVA.
    pub base_mva: f64,
    pub buses: Vec<Bus>,
    pub branches: Vec<Branch>,
    pub loads: Vec<Load>,
    pub generators: Vec<Generator>,
    pub sources: Vec<Source>,
    pub shunts: Vec<Shunt>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bus {
    pub id: String,
    /// Line-to-line voltage of 1 per unit, kV.
    pub nominal_kv: f64,
    pub in_service: bool,
    pub place: Option<LonLat>,
    /// Made by the model (the star point of a three-winding transformer), not named by the file: left out of results.
    pub internal: bool,
}

impl Bus {
    pub fn new(id: impl Into<String>, nominal_kv: f64) -> Self {
        Self {
            id: id.into(),
            nominal_kv,
            in_service: true,
            place: None,
            internal: false,
        }
    }
}

/// What a branch is, for names and limits; the equations see only its two-port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BranchKind {
    Line,
    Transformer,
    /// One of the three windings of a transformer, between its bus and the star point.
    Winding,
    Switch,
    Impedance,
    /// Between a stiff source and its bus; left out of results.
    Internal,
}

impl BranchKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Transformer => "transformer",
            Self::Winding => "winding",
            Self::Switch => "switch",
            Self::Impedance => "impedance",
            Self::Internal => "internal",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    pub id: String,
    pub kind: BranchKind,
    /// Index of a bus.
    pub from: usize,
    pub to: usize,
    /// Open at one end: energised from the other; open at both: out of service.
    pub from_closed: bool,
    pub to_closed: bool,
    pub coupling: Coupling,
    pub rating: Rating,
}

/// How the ends of a branch depend on each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coupling {
    /// No impedance at all (closed switch, bus coupler): both ends are one node.
    Ideal,
    TwoPort(TwoPort),
}

/// I = Y·V of a branch, currents flowing into it; per unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoPort {
    pub ff: Complex,
    pub ft: Complex,
    pub tf: Complex,
    pub tt: Complex,
    /// By how much the no-load voltage of the from end leads that of the to end, radians; part of the admittances already.
    pub shift_rad: f64,
}

impl TwoPort {
    /// A π of a series admittance and a shunt at each end, behind an ideal transformer of ratio τ·e^jθ at the from end.
    pub fn pi(
        series: Complex,
        shunt_from: Complex,
        shunt_to: Complex,
        ratio: f64,
        shift_rad: f64,
    ) -> Self {
        let turn = Complex::from_polar(1.0, shift_rad);
        Self {
            ff: (series + shunt_from) / (ratio * ratio),
            ft: -series / ratio * turn,
            tf: -series / ratio * turn.conj(),
            tt: series + shunt_to,
            shift_rad,
        }
    }

    /// Two branches of the same ends as one.
    pub fn parallel(self, other: Self) -> Self {
        Self {
            ff: self.ff + other.ff,
            ft: self.ft + other.ft,
            tf: self.tf + other.tf,
            tt: self.tt + other.tt,
            shift_rad: self.shift_rad,
        }
    }

    /// What the from end sees when the to end is open.
    pub fn seen_from(self) -> Complex {
        self.ff - self.ft * self.tf / self.tt
    }

    /// What the to end sees when the from end is open.
    pub fn seen_to(self) -> Complex {
        self.tt - self.ft * self.tf / self.ff
    }

    pub fn is_finite(self) -> bool {
        [self.ff, self.ft, self.tf, self.tt]
            .iter()
            .all(|y| y.re.is_finite() && y.im.is_finite())
    }
}

/// What a branch may carry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rating {
    None,
    /// Currents of its ends, kA; the end that is nearer to its limit counts.
    Current {
        from_ka: f64,
        to_ka: f64,
    },
    /// Apparent power at its ends, MVA.
    Power {
        mva: f64,
    },
}

/// Constant power, constant current and constant impedance in parts: S(v) = p·(1 − i − z + i·v + z·v²), v in per unit; consumption is positive.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    pub id: String,
    pub kind: LoadKind,
    pub bus: usize,
    pub p_mw: f64,
    pub q_mvar: f64,
    pub zip: Zip,
    pub in_service: bool,
}

/// What a [`Load`] stands for; production is a load of negative power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadKind {
    Consumption,
    Production,
    Storage,
}

/// Shares of a load that follow the voltage; the rest is constant power.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Zip {
    pub current_p: f64,
    pub impedance_p: f64,
    pub current_q: f64,
    pub impedance_q: f64,
}

impl Zip {
    pub const POWER: Self = Self {
        current_p: 0.0,
        impedance_p: 0.0,
        current_q: 0.0,
        impedance_q: 0.0,
    };

    pub fn current() -> Self {
        Self::shares(1.0, 0.0)
    }

    pub fn impedance() -> Self {
        Self::shares(0.0, 1.0)
    }

    pub fn shares(current: f64, impedance: f64) -> Self {
        Self {
            current_p: current,
            impedance_p: impedance,
            current_q: current,
            impedance_q: impedance,
        }
    }
}

/// Holds the voltage of its bus at a given active power; its reactive power is a result, without limits.
#[derive(Clone, Debug, PartialEq)]
pub struct Generator {
    pub id: String,
    pub bus: usize,
    pub p_mw: f64,
    pub vm_pu: f64,
    pub in_service: bool,
}

/// Holds voltage and angle of its bus, whatever power that takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    pub id: String,
    pub bus: usize,
    pub vm_pu: f64,
    pub va_deg: f64,
    pub in_service: bool,
}

/// A fixed admittance to earth, per unit; g consumes, positive b yields reactive power.
#[derive(Clone, Debug, PartialEq)]
pub struct Shunt {
    pub id: String,
    pub bus: usize,
    pub g_pu: f64,
    pub b_pu: f64,
    pub in_service: bool,
}

impl Network {
    /// Ohms of 1 per unit at a bus's voltage.
    pub fn base_ohm(&self, nominal_kv: f64) -> f64 {
        nominal_kv * nominal_kv / self.base_mva
    }

    /// Whether current can pass: both ends closed on buses in service.
    pub fn conducts(&self, branch: &Branch) -> bool {
        branch.from_closed && branch.to_closed && self.live(branch.from) && self.live(branch.to)
    }

    pub fn live(&self, bus: usize) -> bool {
        self.buses.get(bus).is_some_and(|bus| bus.in_service)
    }
}
