//! What a person proposes: turbines, solar plants, batteries, charging hubs and lines, put on the map, moved and sized.
//!
//! It is part of the state, so that a link carries it; what it would do is worked out elsewhere.

use crate::geodesy::geodesic;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Most things of a proposal; a link has to hold them.
pub const MAX_PLACED: usize = 64;
/// Longest name of a turbine's model, bytes.
const MAX_MODEL_BYTES: usize = 60;
/// Ends of what can be asked for, in the order of the fields.
const HUB_M: [f64; 2] = [10.0, 250.0];
pub const SOLAR_KWP: [f64; 2] = [1.0, 50_000.0];
pub const BATTERY_KWH: [f64; 2] = [1.0, 200_000.0];
pub const BATTERY_KW: [f64; 2] = [1.0, 100_000.0];
const POINTS: [u16; 2] = [1, 500];
const POINT_KW: [f64; 2] = [2.0, 400.0];
const FEEDER_KW: [f64; 2] = [10.0, 50_000.0];
/// Limit of a connection, kW.
pub const LIMIT_KW: [f64; 2] = [1.0, 1_000_000.0];
/// Mean wind a hundred metres above the ground, m/s.
pub const WIND_MS: [f64; 2] = [2.0, 12.0];
/// Where nothing is known of the wind: a windy plain of western France, an assumption that a person may change.
pub const USUAL_WIND_MS: f64 = 6.5;
/// A feeder that is begun with a click ends so far east of it, until its end is moved.
const FEEDER_M: f64 = 250.0;

/// What can be put on the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tool {
    Turbine,
    Solar,
    Battery,
    Hub,
    Feeder,
}

impl Tool {
    /// In the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Turbine, Self::Solar, Self::Battery, Self::Hub, Self::Feeder];

    /// As JSON and links write it; also the end of its i18n key `tool-…`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Turbine => "turbine",
            Self::Solar => "solar",
            Self::Battery => "battery",
            Self::Hub => "hub",
            Self::Feeder => "feeder",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|tool| tool.id() == id)
    }

    /// One of a usual size, at a place.
    pub fn usual(self, [lon, lat]: [f64; 2]) -> Thing {
        match self {
            Self::Turbine => Thing::Turbine { model: "E-70/2000".to_owned(), hub_m: 84.0 },
            Self::Solar => Thing::Solar { kwp: 250.0, tilt_deg: 15.0, azimuth_deg: 180.0, mount: SolarMount::Roof },
            Self::Battery => Thing::Battery { kwh: 2_000.0, kw: 1_000.0 },
            Self::Hub => Thing::Hub { points: 8, kw: 22.0 },
            Self::Feeder => Thing::Feeder { to: geodesic::moved([lon, lat], [FEEDER_M, 0.0]), kw: 400.0 },
        }
    }
}

/// What carries solar modules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SolarMount {
    /// A house's or a barn's.
    #[default]
    Roof,
    CarPark,
    Ground,
}

impl SolarMount {
    pub const ALL: [Self; 3] = [Self::Roof, Self::CarPark, Self::Ground];

    pub fn id(self) -> &'static str {
        match self {
            Self::Roof => "roof",
            Self::CarPark => "car-park",
            Self::Ground => "ground",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mount| mount.id() == id)
    }
}

/// What stands there, and how large it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Thing {
    Turbine {
        /// A curve of the library: `E-82/2300`.
        model: String,
        hub_m: f64,
    },
    Solar {
        kwp: f64,
        tilt_deg: f64,
        /// Clockwise from true north.
        azimuth_deg: f64,
        mount: SolarMount,
    },
    Battery {
        kwh: f64,
        kw: f64,
    },
    /// Places where vehicles are charged.
    Hub {
        points: u16,
        /// Of each point.
        kw: f64,
    },
    /// A new line from where it is placed to another place.
    Feeder {
        to: [f64; 2],
        /// What it may carry.
        kw: f64,
    },
}

impl Thing {
    pub fn tool(&self) -> Tool {
        match self {
            Self::Turbine { .. } => Tool::Turbine,
            Self::Solar { .. } => Tool::Solar,
            Self::Battery { .. } => Tool::Battery,
            Self::Hub { .. } => Tool::Hub,
            Self::Feeder { .. } => Tool::Feeder,
        }
    }

    /// The same, so many times as large: hub, modules, energy and power, points, what a line carries.
    pub fn times(&self, factor: f64) -> Self {
        // In steps that people would choose.
        let times = |value: f64| {
            let value = value * factor;
            let step = 10f64.powf(value.abs().max(1e-9).log10().floor() - 1.0);
            (value / step).round() * step
        };
        match self.clone() {
            Self::Turbine { model, hub_m } => Self::Turbine { model, hub_m: times(hub_m) },
            Self::Solar { kwp, tilt_deg, azimuth_deg, mount } => Self::Solar { kwp: times(kwp), tilt_deg, azimuth_deg, mount },
            Self::Battery { kwh, kw } => Self::Battery { kwh: times(kwh), kw: times(kw) },
            Self::Hub { points, kw } => {
                let more = (f64::from(points) * factor).round().clamp(1.0, 65_535.0) as u16;
                // One point more or less at least.
                let points = if more == points && factor > 1.0 { points.saturating_add(1) } else if more == points && factor < 1.0 { points.saturating_sub(1).max(1) } else { more };
                Self::Hub { points, kw }
            }
            Self::Feeder { to, kw } => Self::Feeder { to, kw: times(kw) },
        }
    }

    /// The same, moved as little as needed to make sense; `None` for what can mean nothing.
    fn sound(self) -> Option<Self> {
        let within = |value: f64, [low, high]: [f64; 2]| value.is_finite().then(|| value.clamp(low, high));
        Some(match self {
            Self::Turbine { model, hub_m } => {
                let is_name = (1..=MAX_MODEL_BYTES).contains(&model.len()) && !model.chars().any(char::is_control);
                Self::Turbine { model: is_name.then_some(model)?, hub_m: within(hub_m, HUB_M)? }
            }
            Self::Solar { kwp, tilt_deg, azimuth_deg, mount } => Self::Solar {
                kwp: within(kwp, SOLAR_KWP)?,
                tilt_deg: within(tilt_deg, [0.0, 90.0])?,
                azimuth_deg: azimuth_deg.is_finite().then(|| azimuth_deg.rem_euclid(360.0))?,
                mount,
            },
            Self::Battery { kwh, kw } => Self::Battery { kwh: within(kwh, BATTERY_KWH)?, kw: within(kw, BATTERY_KW)? },
            Self::Hub { points, kw } => Self::Hub { points: points.clamp(POINTS[0], POINTS[1]), kw: within(kw, POINT_KW)? },
            Self::Feeder { to, kw } => Self::Feeder { to: is_place(to).then_some(to)?, kw: within(kw, FEEDER_KW)? },
        })
    }
}

/// A thing at a place, degrees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    pub at: [f64; 2],
    pub thing: Thing,
}

/// What the batteries are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatteryUse {
    /// They take what the connection cannot carry, and give it back when there is room.
    #[default]
    Connection,
    /// They take every surplus, and give it back at the first need.
    OwnUse,
}

impl BatteryUse {
    pub const ALL: [Self; 2] = [Self::Connection, Self::OwnUse];

    pub fn id(self) -> &'static str {
        match self {
            Self::Connection => "connection",
            Self::OwnUse => "own-use",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.id() == id)
    }
}

/// All that is proposed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Proposal {
    pub placed: Vec<Placed>,
    /// What the connection to the network around carries, either way; as much as there is where nobody says.
    pub limit_kw: Option<f64>,
    pub battery_use: BatteryUse,
    /// Mean wind at 100 m, where the territory does not know its wind and a person does.
    pub wind_ms: Option<f64>,
    /// The thing that is in hand, by its place in the list.
    pub chosen: Option<usize>,
    /// What the next click puts down.
    pub tool: Option<Tool>,
}

impl Proposal {
    pub fn is_empty(&self) -> bool {
        self.placed.is_empty()
    }

    /// Adds a thing and takes it in hand; a full list stays as it is.
    pub(super) fn place(&mut self, placed: Placed) {
        if self.placed.len() < MAX_PLACED {
            self.chosen = Some(self.placed.len());
            self.placed.push(placed);
            self.tool = None;
        }
    }

    pub(super) fn remove(&mut self, index: usize) {
        if index < self.placed.len() {
            self.placed.remove(index);
            self.chosen = match self.chosen {
                Some(chosen) if chosen == index => None,
                Some(chosen) if chosen > index => Some(chosen - 1),
                kept => kept,
            };
        }
    }

    /// Moves a thing; a line goes as a whole.
    pub(super) fn shift(&mut self, index: usize, east_m: f64, north_m: f64) {
        let Some(placed) = self.placed.get_mut(index).filter(|_| east_m.is_finite() && north_m.is_finite()) else { return };
        let moved = |at: [f64; 2]| geodesic::moved(at, [east_m, north_m]);
        placed.at = moved(placed.at);
        if let Thing::Feeder { to, .. } = &mut placed.thing {
            *to = moved(*to);
        }
    }

    /// Puts a thing elsewhere, a line with its other end.
    pub(super) fn put(&mut self, index: usize, at: [f64; 2]) {
        let Some(placed) = self.placed.get_mut(index).filter(|_| is_place(at)) else { return };
        let by = [at[0] - placed.at[0], at[1] - placed.at[1]];
        placed.at = at;
        if let Thing::Feeder { to, .. } = &mut placed.thing {
            *to = [to[0] + by[0], to[1] + by[1]];
        }
    }

    pub(super) fn change(&mut self, index: usize, thing: &Thing) {
        if let (Some(placed), Some(thing)) = (self.placed.get_mut(index), thing.clone().sound()) {
            placed.thing = thing;
        }
    }

    /// The same, moved as little as needed to make sense and to lie within `[west, south, east, north]`.
    pub(super) fn sound(mut self, bounds: [f64; 4]) -> Self {
        // To a centimetre, as a link has it.
        let rounded = |degrees: f64| (degrees * 1e7).round() / 1e7;
        let inside = |[lon, lat]: [f64; 2]| is_place([lon, lat]).then(|| [rounded(lon.min(bounds[2]).max(bounds[0])), rounded(lat.min(bounds[3]).max(bounds[1]))]);
        let placed = std::mem::take(&mut self.placed).into_iter();
        self.placed = placed
            .filter_map(|Placed { at, thing }| {
                let thing = match thing.sound()? {
                    Thing::Feeder { to, kw } => Thing::Feeder { to: inside(to)?, kw },
                    other => other,
                };
                Some(Placed { at: inside(at)?, thing })
            })
            .take(MAX_PLACED)
            .collect();
        self.limit_kw = self.limit_kw.filter(|kw| kw.is_finite() && *kw > 0.0).map(|kw| kw.clamp(LIMIT_KW[0], LIMIT_KW[1]));
        self.wind_ms = self.wind_ms.filter(|ms| ms.is_finite()).map(|ms| ms.clamp(WIND_MS[0], WIND_MS[1]));
        self.chosen = self.chosen.filter(|chosen| *chosen < self.placed.len());
        self
    }

    /// Reads what [`Self::text`] wrote: nothing is nothing proposed.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let mut parts = text.split(',');
        let mut head = parts.next()?.split(':');
        let optional = |text: &str| if text.is_empty() { Some(None) } else { number(text).map(Some) };
        let (limit_kw, battery_use, wind_ms) = (optional(head.next()?)?, BatteryUse::from_id(head.next()?)?, optional(head.next()?)?);
        let chosen = match head.next()? {
            "" => None,
            text => Some(text.parse().ok()?),
        };
        let placed: Vec<Placed> = parts.take(MAX_PLACED + 1).map(placed_of).collect::<Option<_>>()?;
        let is_whole = head.next().is_none() && placed.len() <= MAX_PLACED;
        is_whole.then_some(Self { placed, limit_kw, battery_use, wind_ms, chosen, tool: None })
    }

    /// `6500:connection::0,turbine:1.1970433:45.9656695:E-70~2000:84`: limit, use of batteries, wind, the one in hand; then thing after thing.
    ///
    /// What the next click would do is nobody else's matter.
    pub fn text(&self) -> String {
        if *self == (Self { tool: self.tool, ..Self::default() }) {
            return String::new();
        }
        let optional = |value: Option<f64>| value.map_or_else(String::new, short);
        let mut text = format!("{}:{}:{}:{}", optional(self.limit_kw), self.battery_use.id(), optional(self.wind_ms), self.chosen.map_or_else(String::new, |chosen| chosen.to_string()));
        for Placed { at, thing } in &self.placed {
            // Writing to a String cannot fail.
            let _ = write!(text, ",{}:{}:{}", thing.tool().id(), degrees(at[0]), degrees(at[1]));
            let _ = match thing {
                Thing::Turbine { model, hub_m } => write!(text, ":{}:{}", escaped(model), short(*hub_m)),
                Thing::Solar { kwp, tilt_deg, azimuth_deg, mount } => write!(text, ":{}:{}:{}:{}", short(*kwp), short(*tilt_deg), short(*azimuth_deg), mount.id()),
                Thing::Battery { kwh, kw } => write!(text, ":{}:{}", short(*kwh), short(*kw)),
                Thing::Hub { points, kw } => write!(text, ":{points}:{}", short(*kw)),
                Thing::Feeder { to, kw } => write!(text, ":{}:{}:{}", degrees(to[0]), degrees(to[1]), short(*kw)),
            };
        }
        text
    }
}

fn placed_of(text: &str) -> Option<Placed> {
    let parts: Vec<&str> = text.split(':').collect();
    let (&[tool, lon, lat], rest) = parts.split_first_chunk::<3>()?;
    let thing = match (Tool::from_id(tool)?, rest) {
        (Tool::Turbine, &[model, hub]) => Thing::Turbine { model: unescaped(model), hub_m: number(hub)? },
        (Tool::Solar, &[kwp, tilt, azimuth, mount]) => {
            Thing::Solar { kwp: number(kwp)?, tilt_deg: number(tilt)?, azimuth_deg: number(azimuth)?, mount: SolarMount::from_id(mount)? }
        }
        (Tool::Battery, &[kwh, kw]) => Thing::Battery { kwh: number(kwh)?, kw: number(kw)? },
        (Tool::Hub, &[points, kw]) => Thing::Hub { points: points.parse().ok()?, kw: number(kw)? },
        (Tool::Feeder, &[lon, lat, kw]) => Thing::Feeder { to: [number(lon)?, number(lat)?], kw: number(kw)? },
        _ => return None,
    };
    Some(Placed { at: [number(lon)?, number(lat)?], thing })
}

fn is_place([lon, lat]: [f64; 2]) -> bool {
    lon.is_finite() && lat.is_finite() && lon.abs() <= 180.0 && lat.abs() <= 90.0
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A centimetre.
fn degrees(value: f64) -> String {
    short((value * 1e7).round() / 1e7)
}

fn short(value: f64) -> String {
    format!("{value}")
}

/// Hides the separators inside a name; a slash, which addresses hide with three letters, becomes one.
fn escaped(name: &str) -> String {
    name.replace('%', "%25").replace(',', "%2C").replace(':', "%3A").replace('~', "%7E").replace('/', "~")
}

fn unescaped(name: &str) -> String {
    name.replace('~', "/").replace("%7E", "~").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
}
