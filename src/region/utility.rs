//! Networks that are no roads: lines of electricity, gas, heat, water, sewers, telecommunication, lighting and public transport, and what
//! stands on them.

use crate::base::DatasetId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Utility {
    Electricity,
    Gas,
    Heat,
    /// Drinking water.
    Water,
    Sewer,
    Telecom,
    Lighting,
    /// Stops and routes of public transport.
    Transit,
}

impl Utility {
    pub const ALL: [Self; 8] = [
        Self::Electricity,
        Self::Gas,
        Self::Heat,
        Self::Water,
        Self::Sewer,
        Self::Telecom,
        Self::Lighting,
        Self::Transit,
    ];

    /// The id of its layer.
    pub fn id(self) -> &'static str {
        match self {
            Self::Electricity => "electricity",
            Self::Gas => "gas",
            Self::Heat => "heat",
            Self::Water => "drinking-water",
            Self::Sewer => "sewer",
            Self::Telecom => "telecom",
            Self::Lighting => "lighting",
            Self::Transit => "transit",
        }
    }
}

/// How well a place is known: the classes of the French decree on works near networks (arrêté du 15 février 2012), and two more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Accuracy {
    /// Within 40 cm, 50 cm for what bends.
    A,
    /// Within 1.5 m.
    B,
    /// Worse than 1.5 m.
    C,
    /// A drawing of what is connected to what, no survey.
    Schematic,
    /// The source does not tell.
    Unstated,
}

impl Accuracy {
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::Schematic => "schematic",
            Self::Unstated => "unstated",
        }
    }
}

/// Where a line runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lay {
    Ground,
    /// Metres of earth above it, where known.
    Underground {
        depth_m: Option<f64>,
    },
    /// Metres above the ground at the supports, where known.
    Overhead {
        height_m: Option<f64>,
    },
}

/// From when to when something stands, as far as it is said: works begin, it comes into service, it is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Years {
    pub works: Option<i16>,
    pub from: Option<i16>,
    pub to: Option<i16>,
}

impl Years {
    pub fn are_said(self) -> bool {
        self != Self::default()
    }
}

/// A pipe, a cable, a route.
#[derive(Clone, Debug, PartialEq)]
pub struct Conduit {
    pub id: String,
    pub dataset: DatasetId,
    pub utility: Utility,
    /// In the source's own words: `HTA`, `pipe`, `bus`.
    pub class: String,
    pub name: Option<String>,
    /// `[x, y]` in the territory's system.
    pub points: Vec<[f64; 2]>,
    pub lay: Lay,
    pub diameter_m: Option<f64>,
    pub voltage_v: Option<f64>,
    pub material: Option<String>,
    pub accuracy: Accuracy,
    /// Red, green, blue where the source has a colour of its own for the line.
    pub colour: Option<[u8; 3]>,
    pub years: Years,
}

/// What stands at a point of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FixtureKind {
    /// Lattice tower of a high line.
    Tower,
    /// Pole of a lower line, mast.
    Pole,
    /// Substation, transformer, cabinet.
    Substation,
    /// Where electricity or heat is made.
    Plant,
    /// A wind turbine; its height is that of the hub.
    Turbine,
    /// A battery in containers.
    Battery,
    /// A station where electric vehicles charge.
    Charger,
    Stop,
    Lamp,
    Valve,
    Pump,
    /// Tank, reservoir, water tower.
    Tank,
    /// Manhole, junction, anything else.
    Node,
}

impl FixtureKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Tower => "tower",
            Self::Pole => "pole",
            Self::Substation => "substation",
            Self::Plant => "plant",
            Self::Turbine => "turbine",
            Self::Battery => "battery",
            Self::Charger => "charger",
            Self::Stop => "stop",
            Self::Lamp => "lamp",
            Self::Valve => "valve",
            Self::Pump => "pump",
            Self::Tank => "tank",
            Self::Node => "node",
        }
    }

    /// How high it is drawn where its height is not known, metres.
    pub fn usual_height_m(self) -> f64 {
        match self {
            Self::Tower => 32.0,
            Self::Pole => 9.0,
            Self::Substation => 2.5,
            Self::Plant => 8.0,
            Self::Turbine => 90.0,
            Self::Battery => 2.9,
            Self::Charger => 1.9,
            Self::Stop => 2.8,
            Self::Lamp => 7.0,
            Self::Valve | Self::Pump => 0.8,
            Self::Tank => 6.0,
            Self::Node => 0.25,
        }
    }
}

/// What a charging station says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Plugs {
    /// Vehicles that charge at once.
    pub points: Option<u16>,
    /// Of one point, as a mean of them all.
    pub point_kw: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Fixture {
    pub id: String,
    pub dataset: DatasetId,
    pub utility: Utility,
    pub kind: FixtureKind,
    /// In the source's own words.
    pub class: String,
    pub name: Option<String>,
    pub at: [f64; 2],
    pub height_m: Option<f64>,
    /// Of a rotor.
    pub diameter_m: Option<f64>,
    pub voltage_v: Option<f64>,
    /// Of its transformers together, kVA.
    pub rated_kva: Option<f64>,
    /// What is left of the capacity reserved for renewables at this post (S3REnR), MW.
    pub reserved_mw: Option<f64>,
    /// Of a charging station.
    pub plugs: Plugs,
    pub accuracy: Accuracy,
    pub years: Years,
}
