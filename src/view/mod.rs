//! Everything you see is a [`ViewState`]; everything you do is a [`Command`].
//!
//! [`apply`] is a pure function. Panels, the browser's shell, the keyboard, share links and `jumeau snapshot` all speak these.

mod apply;
mod link;

pub use apply::apply;
pub use link::{LinkFault, from_link, to_link};

use crate::base::{Instant, LayerId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The language of every text shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Fr,
    En,
}

/// A map camera: it looks at `target` from `distance_m`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// Degrees, degrees, metres above the ellipsoid.
    pub target: [f64; 3],
    pub distance_m: f64,
    /// Where it looks, clockwise from true north, in [0, 360).
    pub heading_deg: f64,
    /// 0 is the horizon, -90 straight down.
    pub pitch_deg: f64,
}

/// What the colours of the buildings (or networks) mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Theme {
    /// The calm map: no data colour.
    #[default]
    None,
    /// Electricity demand of each building at the instant, W/m² of floor ("simulé").
    Demand,
    /// Year of first appearance of each building; later ones are not yet there.
    ConstructionYear,
}

/// The running clock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Playback {
    pub playing: bool,
    /// Seconds of the territory for each second of the spectator.
    pub speed: f64,
}

/// A picked feature: its layer and its id in the source (`cleabs`, OSM id …).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    pub layer: LayerId,
    pub id: String,
}

/// All there is to a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ViewState {
    /// The territory's id.
    pub territory: String,
    pub camera: Camera,
    pub instant: Instant,
    /// The year shown by [`Theme::ConstructionYear`].
    pub year: i32,
    pub playback: Playback,
    /// Layers switched off.
    pub hidden: BTreeSet<LayerId>,
    pub theme: Theme,
    pub selection: Option<Selection>,
    pub language: Language,
}

/// Something a person (or a page, or a script) asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command {
    /// Sets the camera; [`apply`] clamps it to what makes sense.
    LookAt {
        camera: Camera,
    },
    /// Turns around the target.
    Orbit {
        heading_deg: f64,
        pitch_deg: f64,
    },
    /// Multiplies the distance (below 1 comes closer).
    Zoom {
        factor: f64,
    },
    /// Moves the target along the ground, metres in the camera's right and forward directions.
    Pan {
        right_m: f64,
        forward_m: f64,
    },
    /// Back to the opening view.
    Home,
    /// Turns to true north.
    North,
    SetInstant {
        instant: Instant,
    },
    /// Moves the clock by so many seconds.
    StepInstant {
        seconds: i64,
    },
    SetYear {
        year: i32,
    },
    Play {
        playing: bool,
    },
    SetSpeed {
        speed: f64,
    },
    ShowLayer {
        layer: LayerId,
        visible: bool,
    },
    SetTheme {
        theme: Theme,
    },
    Select {
        selection: Option<Selection>,
    },
    SetLanguage {
        language: Language,
    },
    /// Replaces everything, as a share link does.
    Restore {
        state: Box<ViewState>,
    },
    /// `seconds` of the spectator have passed; moves a playing clock.
    Tick {
        seconds: f64,
    },
}

/// What [`apply`] needs to know of the territory: where it may look and when it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    pub home: Camera,
    /// `[west, south, east, north]`, degrees: the target stays inside.
    pub bounds_lonlat: [f64; 4],
    /// Nearest and farthest distance, metres.
    pub distance_m: [f64; 2],
    /// The clock loops inside `[start, end)`.
    pub instants: [Instant; 2],
    pub years: [i32; 2],
}
