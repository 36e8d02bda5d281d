//! What the viewer's plugins share. Siblings never call each other: they read and write these.

use super::material::TileMaterial;
use super::stand::Stand;
use crate::base::{Bounds2, Figure, LayerId};
use crate::formats::territory::Manifest;
pub use super::balance::{AccountLine, AccountsFacts};
pub use super::diagram::{FlowFacts, FlowKind, FlowNode, FlowScope};
use crate::view::curve::{Calendar, Point};
use crate::view::grain::gathered;
use crate::view::{Command, Limits, Quality, ScaleBar, Theme, ViewState};
use crate::formats::tiles3d::style::Style;
use crate::geodesy::Crs;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use std::sync::Arc;

/// The state of the picture and its limits; exists once the territory is open. Only [`super::apply_commands`] writes it.
#[derive(Resource)]
pub struct Scene {
    pub state: ViewState,
    pub limits: Limits,
    pub manifest: Manifest,
}

impl Scene {
    /// What the colours show: the theme that was asked for, but for buildings that are dots, whose quarters are shown.
    pub fn theme(&self) -> Theme {
        if self.gathered().is_some() { Theme::Series } else { self.state.theme }
    }

    /// The series that goes with [`Self::theme`].
    pub fn series(&self) -> Option<&str> {
        self.gathered().map(|(id, _)| id).or(self.state.series.as_deref())
    }

    /// The series that stands in for what was asked for, and its layer.
    pub fn gathered(&self) -> Option<(&str, &LayerId)> {
        gathered(&self.state, &self.limits)
    }

    /// Whether a layer is switched off; never the one whose colours stand in for others.
    pub fn is_hidden(&self, layer: &LayerId) -> bool {
        self.state.hidden.contains(layer) && self.gathered().is_none_or(|(_, shown)| shown != layer)
    }
}

/// Something a person, a page or a script asked for.
#[derive(Message, Clone, Debug)]
pub struct ViewCommand(pub Command);

/// What layers have beside what their manifest says: where they stand, how their features look. Written when a scene opens.
#[derive(Resource, Default)]
pub struct LayerTraits {
    /// A layer without one stands on the globe.
    pub stands: HashMap<LayerId, Stand>,
    pub styles: HashMap<LayerId, Arc<Style>>,
    /// The reference system that a person says a layer is in.
    pub systems: HashMap<LayerId, Crs>,
}

/// The order of one frame.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ViewerSystems {
    /// Bytes arrive, the territory opens.
    Arrive,
    /// Gestures, keys and the page become commands.
    Input,
    /// Commands become state.
    Apply,
    /// The eye is placed, light and overlay follow the instant.
    Prepare,
    /// Tiles are chosen, asked for, uploaded, dropped.
    Stream,
    /// Facts for panels and pages.
    Report,
}

/// Where the eye is placed; light and overlay come after.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CameraSystems;

/// A sentence for a person: an i18n key (`error-…`) and the value it speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub key: String,
    pub value: String,
}

/// How far the picture is from complete.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Tiles asked for, on their way or waiting to be uploaded.
    pub waiting: usize,
    pub shown: usize,
    pub failed: usize,
    pub resident_bytes: u64,
    /// Features of the buildings shown.
    pub features: u64,
    /// Nothing is missing, nothing is fading.
    pub complete: bool,
    /// All that a whole picture waits for, requests and pictures on the ground among it: while it changes, work goes on.
    pub pending: usize,
}

/// Words for a person: ours in every language, or a source's own.
#[derive(Clone, Debug, PartialEq)]
pub enum Words {
    /// An i18n key.
    Key(&'static str),
    Said(String),
}

impl Words {
    pub fn text(&self, texts: &crate::i18n::Texts) -> String {
        match self {
            Self::Key(key) => texts.text(key),
            Self::Said(words) => words.clone(),
        }
    }
}

/// What a legend says; colours are sRGB: the ramp's, or those of the classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Legend {
    pub title: Words,
    pub unit: Words,
    pub low: f64,
    pub high: f64,
    /// A value at a share `s` of the range has the colour at the share `s^exponent` of the ramp.
    pub exponent: f64,
    /// Upper ends of the classes; none where colours run into each other.
    pub ends: Vec<f64>,
    /// The attribute that is shown; empty where it is none.
    pub attribute: String,
    /// Its kinds, where the classes are kinds and no ranges, as its source has them ([`crate::i18n::Texts::kind`] says them); an empty one is all others.
    pub names: Vec<String>,
    pub colours: Vec<[u8; 3]>,
    pub nature: crate::base::Nature,
    pub dataset: crate::base::DatasetId,
    /// How the values in view are spread, once they have been counted.
    pub histogram: Option<Histogram>,
    /// Values of the instant are still on their way.
    pub is_waiting: bool,
    /// The series does not reach the instant.
    pub is_outside: bool,
    /// The interval whose mean the colours show, in place of an instant; and whether it is longer than can be added up.
    pub mean_over: Option<crate::base::Interval>,
    pub is_too_long: bool,
    /// Whether classes can follow the values (quantiles, Jenks).
    pub counts_classes: bool,
    /// Whether they follow only some of the values.
    pub is_approximate: bool,
    /// A year made of months of several years.
    pub is_typical: bool,
    /// Values beyond it are marked in black and white.
    pub band: Option<[f64; 2]>,
    /// Arrows show which way values run.
    pub is_directed: bool,
    /// What is to be known of the values, one sentence: an i18n key; empty where there is nothing.
    pub note: &'static str,
    /// Where values can raise the features; kinds, years and coefficients cannot.
    pub raise: Option<Raise>,
}

/// Heights as values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Raise {
    /// What a metre stands for, in the legend's unit.
    pub value_per_m: f64,
    pub is_on: bool,
}

/// Counts of the values in view, in equal parts of `[low, high]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    pub low: f64,
    pub high: f64,
    pub counts: Vec<u32>,
    /// Features with a value, and without.
    pub known: u32,
    pub without: u32,
}

impl Legend {
    /// Values to write under the ramp, evenly spaced along it.
    pub fn ticks(&self) -> [f64; 5] {
        [0.0, 0.25, 0.5, 0.75, 1.0].map(|place: f64| self.low + (self.high - self.low) * place.powf(self.exponent.recip()))
    }
}

/// A name on the picture; its place as shares of the picture's width and height, from the top left.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    pub text: String,
    pub at: [f64; 2],
}

/// What is written on the picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// The most important first; none overlaps another in letters of thirteen pixels.
    pub names: Vec<Name>,
    /// True at what the eye looks at.
    pub bar: Option<ScaleBar>,
}

/// Facts for panels and pages, rewritten as they change.
#[derive(Resource, Default, Debug)]
pub struct SceneFacts {
    pub figures: Vec<Figure>,
    pub legend: Option<Legend>,
    /// Curves of the series in view, of what is selected or of the whole territory.
    pub chart: Option<Chart>,
    /// Where power comes from and goes, while that is asked for.
    pub flows: Option<FlowFacts>,
    /// Moments of the day that can be jumped to, where they are known.
    pub day: DayFacts,
    /// Answers of the search box; none while nothing is typed.
    pub search: Option<SearchFacts>,
    /// The balance, while it is shown.
    pub accounts: Option<AccountsFacts>,
    /// With the theme of years.
    pub changes: Option<Changes>,
    pub progress: Progress,
    pub marks: Marks,
    /// Attributes of the features in memory that colours and filters can be made of.
    pub attributes: Vec<KnownAttribute>,
    /// The preset in force; never `Auto` once a territory is open.
    pub quality: Quality,
    /// The last few; see [`SceneFacts::fault`].
    pub faults: Vec<Fault>,
    /// Faults ever told, so that a listener knows how many of the last few are new to it.
    pub faults_told: usize,
}

impl SceneFacts {
    /// Keeps the last few faults, without repeating one.
    pub fn fault(&mut self, key: &str, value: impl Into<String>) {
        const MOST: usize = 8;
        let fault = Fault {
            key: key.to_owned(),
            value: value.into(),
        };
        if !self.faults.contains(&fault) {
            if self.faults.len() >= MOST {
                self.faults.remove(0);
            }
            self.faults.push(fault);
            self.faults_told += 1;
        }
    }

    /// Forgets them all, so that what goes wrong once more is told once more.
    pub fn forget_all(&mut self) {
        self.faults.clear();
    }

    /// Takes back what is no longer so.
    pub fn forget(&mut self, key: &str) {
        self.faults.retain(|fault| fault.key != key);
    }

    /// The faults that came after the first `told` ever told, as far as they are still kept.
    pub fn faults_after(&self, told: usize) -> &[Fault] {
        let fresh = self.faults_told.saturating_sub(told);
        self.faults.get(self.faults.len().saturating_sub(fresh)..).unwrap_or_default()
    }
}

/// An attribute of the features in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownAttribute {
    pub attribute: crate::view::Attribute,
    /// Lowest and highest number met; none of a text.
    pub range: Option<[f64; 2]>,
    /// Kinds of a text, in the order of the alphabet.
    pub kinds: Vec<String>,
}

/// What was typed and what was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SearchFacts {
    pub query: String,
    /// While waiting, that of the letters before.
    pub answer: crate::search::Answer,
    pub is_waiting: bool,
    /// The territory has an index.
    pub has_index: bool,
}

/// Moments of the local day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DayFacts {
    pub sunrise: Option<crate::base::Instant>,
    pub noon: Option<crate::base::Instant>,
    pub sunset: Option<crate::base::Instant>,
    /// When the series in view is highest.
    pub peak: Option<crate::base::Instant>,
}

/// What changes around the year shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub year: i32,
    /// Works first, then what has a name, then the rest; each by their beginnings.
    pub rows: Vec<Change>,
    /// Changes without a line.
    pub more: usize,
}

/// A thing that begins, serves or goes; or several without names that do so in the same years.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub layer: LayerId,
    /// Empty for several things.
    pub id: String,
    pub name: String,
    /// Of a data set that is made up.
    pub is_made_up: bool,
    pub life: crate::view::life::Life,
    /// The change that is nearest to the year shown.
    pub year: i32,
    /// Degrees, degrees, metres above the ellipsoid; and how many metres across.
    pub at: [f64; 3],
    pub span_m: f64,
}

/// Curves of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    pub series: String,
    pub title: Words,
    pub unit: String,
    pub nature: crate::base::Nature,
    pub dataset: crate::base::DatasetId,
    /// i18n key of how the values were found; empty when they stand in the data set as they are.
    pub method: &'static str,
    /// Of the local day, a curve for each row.
    pub day: Vec<(String, Vec<Point>)>,
    /// Where the last step of the day ends.
    pub end: crate::base::Instant,
    /// All that is known, from the highest to the lowest; empty until all of it is there.
    pub sorted: std::sync::Arc<Vec<f64>>,
    /// The same, thinned for drawing.
    pub duration: Vec<f64>,
    /// Steps with a value and without, over all of the series; both 0 until all of it is there.
    pub known: usize,
    pub absent: usize,
    /// Highest value of all and when.
    pub peak: Option<(crate::base::Instant, f64)>,
    /// The values nearest to their bounds or beyond, the worst first; only of a series that has bounds.
    pub worst: Vec<(crate::base::Instant, f64)>,
    /// How many values are out of bounds, where there are bounds and all values are there.
    pub beyond: Option<usize>,
    /// Lowest value of all and when.
    pub trough: Option<(crate::base::Instant, f64)>,
    /// The year of the instant, hour by hour; empty until all of it is there, and where steps are longer than an hour.
    pub calendar: std::sync::Arc<Calendar>,
    /// Means of the seasons' days over all of the series; none until all of it is there, and where steps are longer than an hour.
    pub typical_days: std::sync::Arc<Vec<crate::view::typical::TypicalDay>>,
    /// What the part of time that is played comes to.
    pub over: Option<crate::view::typical::Over>,
    /// Rows that are not drawn, beyond those that are.
    pub more_rows: u64,
    /// Of the area that is drawn.
    pub of_area: bool,
    /// Whether the last curve is the sum of the others.
    pub has_total: bool,
    /// Whether values are still on their way.
    pub is_waiting: bool,
    /// A year made of months of several years.
    pub is_typical: bool,
}

/// A mesh of a tile in the scene: which layer and tile it belongs to.
#[derive(Component, Clone, Debug)]
pub struct TilePiece {
    pub layer: LayerId,
    pub tile: crate::stream::TileId,
}

/// Ground that a picture from above may lie on.
#[derive(Component, Clone, Debug)]
pub struct Ground {
    /// Its rectangle in Web Mercator, metres: what its mesh's places are shares of.
    pub rect: Bounds2,
    pub solid: Handle<TileMaterial>,
    pub fading: Handle<TileMaterial>,
}

/// Pieces of ground whose picture is not there yet; ground that has just come counts until somebody has looked at it.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct PicturesWaiting(pub usize);

/// A piece of a tile whose features answer to themes and selection.
#[derive(Component, Clone, Debug)]
pub struct Featured {
    /// Place of its layer in the manifest, its tile there, and its table there.
    pub layer: usize,
    pub tile: crate::stream::TileId,
    pub table: usize,
    pub solid: Handle<TileMaterial>,
    pub fading: Handle<TileMaterial>,
}

/// Whether values that the picture needs are still on their way to the card: 0 when it has them all.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct ValuesWaiting(pub usize);

/// Whether values that turbines and batteries follow are still on their way.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct MachinesWaiting(pub usize);

/// Lists and values of roofs that make power which are on their way.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct RoofsWaiting(pub usize);

/// What the last drawn frame took that another followed at once, and how many there were: pauses and steps without a picture do not count.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct FrameTime {
    pub seconds: f64,
    pub count: u64,
}

/// The one eye of the scene.
#[derive(Component)]
pub struct Eye;

/// Where a panel covers the window, so that gestures on it are not for the map.
#[derive(Resource, Default, PartialEq)]
pub struct PointerOverPanel(pub bool);

/// Whether a panel has the keyboard, so that keys are not for the map.
#[derive(Resource, Default, PartialEq)]
pub struct KeysInPanel(pub bool);

/// The camera as it is drawn: it eases towards the state's.
#[derive(Resource, Default)]
pub struct DrawnCamera {
    pub camera: Option<crate::view::Camera>,
    /// The eye itself, kept above the ground; what pointers ask.
    pub pose: Option<super::pose::Pose>,
    /// Pictures show the state at once.
    pub at_once: bool,
    /// Still on its way.
    pub moving: bool,
}

/// Where the eye is this frame; `None` until the territory is open.
#[derive(Resource, Default)]
pub struct EyePlace {
    /// In ECEF, for the streaming engines.
    pub view: Option<crate::stream::View>,
    /// Width and height of the picture in physical pixels.
    pub viewport: [f64; 2],
}

/// The solar plan of the territory, as it is looked at.
#[derive(Resource, Clone, Default)]
pub struct PlanFacts {
    /// Rises with every change.
    pub version: u64,
    /// `none` (also when empty), `waiting`, `failed`, `ready`.
    pub state: &'static str,
    /// An i18n key and the value it speaks of.
    pub why: Option<(&'static str, String)>,
    pub shown: Option<Arc<crate::rooftop::planner::Shown>>,
    /// Where a file of it was put, or why not.
    pub saved: Option<Result<String, String>>,
}

/// What is known of the selected roof.
#[derive(Resource, Clone, Default)]
pub struct RoofFacts {
    /// Rises with every change.
    pub version: u64,
    /// `none` (also when empty), `waiting`, `absent`, `empty`, `failed`, `ready`.
    pub state: &'static str,
    pub building: Option<String>,
    /// An i18n key and the value it speaks of: why there is no answer, or what is wrong with it.
    pub why: Option<(&'static str, String)>,
    /// Name of a meter's file and how many steps it has.
    pub meter: Option<(String, usize)>,
    /// Planes that a person chose, where anything was chosen.
    pub chosen_planes: Option<Vec<usize>>,
    pub planes: Vec<crate::rooftop::card::PlaneCard>,
    pub card: Option<crate::rooftop::card::Card>,
    pub found: Option<Arc<crate::rooftop::answer::MyRoof>>,
    pub prepared: Option<Arc<crate::rooftop::prepare::Prepared>>,
    pub module: Option<crate::energy::layout::ModuleKind>,
    /// What the answer rests on, for its dossier.
    pub basis: Option<Arc<crate::rooftop::told::Basis>>,
    /// Where the dossier was put, or why not.
    pub saved: Option<Result<String, String>>,
    /// Milliseconds that the answer took.
    pub ms: f64,
}

/// The pointer is busy with a proposed thing, so that gestures and clicks are not for the map.
#[derive(Resource, Default, PartialEq)]
pub struct PointerTaken(pub bool);

/// What proposed things do at the instant, each as a share of the most.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Doing {
    pub sun: f64,
    pub charging: f64,
    pub stored: f64,
}

/// What lies in the area that is drawn, as far as it is known.
#[derive(Resource, Clone, Debug, Default, PartialEq)]
pub struct AreaFacts {
    /// Rises with every change.
    pub version: u64,
    /// Empty without an area, `drawing`, `waiting`, `ready`, `unknown` where the territory does not say where its buildings stand.
    pub state: &'static str,
    pub area_m2: f64,
    pub inside: Option<Arc<Inside>>,
}

/// Buildings and other things of energy in an area.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inside {
    pub buildings: u64,
    pub homes: u64,
    /// Row of the demand's profiles, and kWh of a year of the buildings that follow it.
    pub demand: Vec<(usize, f64)>,
    pub ids: bevy::platform::collections::HashSet<String>,
    /// There are homes, but so few that what they draw is told of nobody.
    pub is_secret: bool,
}

/// What a proposal would do, as far as it is known.
#[derive(Resource, Clone, Default)]
pub struct SitingFacts {
    /// Rises with every change.
    pub version: u64,
    /// `waiting`, `failed`, `ready`; empty while nothing is proposed.
    pub state: &'static str,
    /// Why there is no answer.
    pub why: Option<String>,
    pub card: Option<crate::siting::told::Card>,
    pub answer: Option<Arc<crate::siting::answer::Answer>>,
    /// What its things do at the instant.
    pub doing: Doing,
    /// Where each thing could be connected.
    pub fits: Vec<Option<crate::siting::reach::Fit>>,
    /// Posts and lines are known.
    pub has_book: bool,
    /// Milliseconds that the answer took.
    pub ms: f64,
}

/// Where proposed things stand, in ECEF: foot, and the middle of what is seen.
#[derive(Resource, Default)]
pub struct Standing {
    pub things: Vec<(glam::DVec3, glam::DVec3)>,
    /// Rises with every drawing.
    pub version: u64,
}
