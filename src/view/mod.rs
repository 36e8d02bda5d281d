//! Everything you see is a [`ViewState`]; everything you do is a [`Command`].
//!
//! [`apply`] is a pure function. Panels, the browser's shell, the keyboard, share links and `jumeau snapshot` all speak these.

mod apply;
pub mod area;
pub mod attribute;
pub mod bookmarks;
pub mod classes;
pub mod colours;
pub mod curve;
pub mod flight;
pub mod flows;
pub mod grain;
mod landing;
pub mod life;
mod link;
mod marks;
mod plan;
pub mod proposal;
mod roof;
pub mod sankey;
mod scale;
mod shortcuts;
pub mod table;
pub mod timeline;
pub mod typical;

pub use crate::base::Language;
pub use area::DrawnArea;
pub use attribute::{Attribute, Filter, Keep};
pub use apply::{
    MAX_HIDDEN, MAX_ID_BYTES, MAX_LAYER_BYTES, MAX_SERIES_BYTES, MAX_TICK_S, PITCH_DEG, SPEED, apply, opening,
};
pub use flows::{FlowChoice, FlowSpan};
pub use landing::{HOUSE_M, landing};
pub use marks::{Candidate, MAX_NAMES, ScaleBar, names, scale_bar};
pub use link::{LinkFault, MAX_LINK_BYTES, from_link, to_link};
pub use plan::{COLUMNS as PLAN_COLUMNS, PlanView};
pub use proposal::{BatteryUse, Placed, Proposal, SolarMount, Thing, Tool};
pub use roof::{MAX_BATTERY_KWH, MAX_HEAT_KWH, MAX_LOAD_KWH, MAX_MARGIN_M, RoofAmount, RoofChoice, RoofLay, RoofLoad, RoofTree};
pub use scale::{Breaks, MAX_CLASSES, Scale};
pub use shortcuts::{Action, Ask, Shortcut, shortcut_for, shortcuts};
pub use table::{Form, Values};

use crate::base::{Clock, Instant, Interval, LayerId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
    /// Values of [`ViewState::series`] at the instant, on the features they are of.
    Series,
    /// What [`ViewState::attribute`] says of each feature, whatever the instant.
    Attribute,
}

impl Theme {
    /// Those that every territory offers, in this order; its own series come after them.
    pub const ALL: [Self; 3] = [Self::None, Self::Demand, Self::ConstructionYear];

    /// As JSON and links write it; also the end of its i18n key `theme-…`.
    pub fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Demand => "demand",
            Self::ConstructionYear => "construction-year",
            Self::Series => "series",
            Self::Attribute => "attribute",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Series, Self::Attribute]).find(|theme| theme.id() == id)
    }
}

/// How much a picture may cost: what a machine can draw without a stutter is its own matter, so links do not carry it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// What the machine was seen to bear.
    #[default]
    Auto,
    Mobile,
    Laptop,
    Desktop,
    Presentation,
}

impl Quality {
    /// In the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Auto, Self::Mobile, Self::Laptop, Self::Desktop, Self::Presentation];

    /// As JSON writes it; also the end of its i18n key `quality-…`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Mobile => "mobile",
            Self::Laptop => "laptop",
            Self::Desktop => "desktop",
            Self::Presentation => "presentation",
        }
    }
}

/// The running clock.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Playback {
    pub playing: bool,
    /// Seconds of the territory for each second of the spectator.
    pub speed: f64,
    /// The part of a second that has passed beyond [`ViewState::instant`], in [0, 1).
    ///
    /// Instants are whole seconds: without it a slow clock at a high frame rate would stand still. Neither links nor JSON carry it.
    #[serde(skip)]
    pub carry_s: f64,
}

impl Default for Playback {
    /// Paused; an hour passes in each second once it runs.
    fn default() -> Self {
        Self {
            playing: false,
            speed: 3600.0,
            carry_s: 0.0,
        }
    }
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
    /// That of the instant, by the territory's clock: what has years is shown as of it, whatever the colours are.
    pub year: i32,
    pub playback: Playback,
    /// Layers switched off.
    pub hidden: BTreeSet<LayerId>,
    pub theme: Theme,
    pub selection: Option<Selection>,
    pub language: Language,
    /// The ground lets through what lies under it.
    #[serde(default)]
    pub underground: bool,
    #[serde(default)]
    pub quality: Quality,
    /// The series in view: what the colours show with [`Theme::Series`], or the one whose curve is shown.
    #[serde(default)]
    pub series: Option<String>,
    /// The part of time that a playing clock goes round in; all of it where there is none.
    #[serde(default)]
    pub span: Option<Interval>,
    /// How values become colours.
    #[serde(default)]
    pub scale: Scale,
    /// What the colours show with [`Theme::Attribute`].
    #[serde(default)]
    pub attribute: Option<Attribute>,
    /// Features that do not pass all filters of their layer are not drawn, cannot be picked and are not counted.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// What is chosen for the selected roof.
    #[serde(default)]
    pub roof: RoofChoice,
    /// The solar plan's table, where it is open.
    #[serde(default)]
    pub plan: Option<PlanView>,
    /// Values raise what they are of, where they are amounts.
    #[serde(default)]
    pub raised: bool,
    /// The balance of sources and uses is shown.
    #[serde(default)]
    pub balance: bool,
    /// The flow diagram.
    #[serde(default)]
    pub flows: FlowChoice,
    /// What is proposed for the territory.
    #[serde(default)]
    pub proposal: Proposal,
    /// Colours show the mean over [`Self::span`], where there is one, in place of the instant.
    #[serde(default)]
    pub mean: bool,
    /// From so far away that buildings are dots, what they have in common with their quarter is shown in their place.
    #[serde(default = "yes")]
    pub gather: bool,
    /// The area that is drawn: balance, curves and flows are its own, where nothing is selected.
    #[serde(default)]
    pub area: DrawnArea,
}

fn yes() -> bool {
    true
}

/// Something a person (or a page, or a script) asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Command {
    /// Sets the camera; [`apply`] clamps it to what makes sense.
    LookAt {
        camera: Camera,
    },
    /// Turns around the target by so many degrees.
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
    /// Back to the opening camera; clock, theme, layers and language stay.
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
    /// Moves the clock by so many hours, days, months or years of the territory's calendar: a day later is the same hour of the next day.
    StepClock {
        unit: timeline::Span,
        count: i32,
    },
    /// Moves the clock to a moment of the day it shows; whoever knows sun and values listens to this one.
    JumpTo {
        moment: Moment,
    },
    /// The part of time a playing clock goes round in.
    SetSpan {
        span: Option<Interval>,
    },
    /// Shows the mean over that part as colours, or the instant again.
    ShowMean {
        shown: bool,
    },
    /// Shows districts in place of buildings from far away, or never.
    SetGather {
        gather: bool,
    },
    /// The same day and hour of another year.
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
    /// Shows what lies under the ground, or hides it again.
    SetUnderground {
        underground: bool,
    },
    SetQuality {
        quality: Quality,
    },
    /// Shows a series of the territory: as colours where it belongs to features, as a curve where it belongs to the whole.
    ShowSeries {
        series: Option<String>,
    },
    /// The next series of the territory, or the one before.
    NextSeries {
        by: i32,
    },
    SetScale {
        scale: Scale,
    },
    /// Shows values as heights too, or no longer.
    SetRaised {
        raised: bool,
    },
    /// Shows the balance of sources and uses, or no longer.
    ShowBalance {
        shown: bool,
    },
    /// Shows an attribute of a layer's features as colours.
    ShowAttribute {
        attribute: Option<Attribute>,
    },
    /// Which features are shown; an empty list shows all.
    SetFilters {
        filters: Vec<Filter>,
    },
    Select {
        selection: Option<Selection>,
    },
    /// Comes down at a place (degrees, degrees, metres above the ellipsoid) of so many metres, and chooses what stands there; nothing where nothing does.
    GoTo {
        at: [f64; 3],
        span_m: f64,
        selection: Option<Selection>,
    },
    /// Looks for an address or a name; whoever has the index listens to this one.
    Find {
        query: String,
    },
    /// Whose load the selected roof meets, and kWh a year where they are known.
    SetRoofLoad {
        load: RoofLoad,
        #[serde(default)]
        kwh: Option<f64>,
    },
    SetRoofBattery {
        kwh: f64,
    },
    /// A heat pump or none, and the heat that it gives, kWh a year, where it is known.
    SetRoofHeatPump {
        on: bool,
        #[serde(default)]
        kwh: Option<f64>,
    },
    /// An amount of the person's own, or the dated fact's again.
    SetRoofAmount {
        amount: RoofAmount,
        #[serde(default)]
        value: Option<f64>,
    },
    /// Sells all instead of the surplus.
    SetRoofSale {
        all: bool,
    },
    CoverRoofPlane {
        plane: u16,
        covered: bool,
    },
    SetRoofModule {
        plane: u16,
        place: u16,
        on: bool,
    },
    /// How the modules of the selected roof lie, and their margin to the edges; none is the territory's own.
    SetRoofLayout {
        lay: RoofLay,
        #[serde(default)]
        margin_m: Option<f64>,
    },
    /// Thinks a tree before the selected roof away, or all of them, or none.
    FellRoofTree {
        tree: RoofTree,
    },
    /// Looks at the monuments of the selected roof as if the terrain hid nothing.
    SetRoofTerrain {
        bare: bool,
    },
    /// Hands the dossier of the selected roof over, as a PDF; whoever draws it listens to this one.
    SaveRoofDossier,
    /// Planes and modules as they are proposed.
    ResetRoof,
    /// Opens the solar plan's table, sorts and filters it; none closes it.
    ShowPlan {
        plan: Option<PlanView>,
    },
    /// Hands a file of the whole solar plan over, by its name in the roof book; whoever fetches listens to this one.
    SavePlan {
        file: String,
    },
    /// Hands the values of a chart over as a table; whoever draws it listens to this one.
    SaveValues {
        of: Values,
        #[serde(default)]
        form: Form,
    },
    /// A meter's file, kept by whoever listens; none forgets it.
    RoofMeter {
        name: String,
        #[serde(default)]
        csv: Option<String>,
    },
    /// Shows the flow diagram of what is selected, or of the whole territory.
    ShowFlows {
        shown: bool,
    },
    /// How many roofs the flow diagram takes to be equipped, per cent.
    SetEquipped {
        percent: u8,
    },
    /// What the flow diagram holds: the power of the instant, the energy of its day, of its year.
    SetFlowSpan {
        over: FlowSpan,
    },
    /// The next click puts one of these down; none is an ordinary click.
    UseTool {
        tool: Option<Tool>,
    },
    /// Puts a thing down and takes it in hand.
    Place {
        at: [f64; 2],
        thing: Thing,
    },
    /// The same where the camera looks, of a usual size: for those who have no pointer.
    PlaceHere {
        tool: Tool,
    },
    /// Takes a thing in hand, by its place in the list.
    ChoosePlaced {
        index: Option<usize>,
    },
    /// Moves a thing by metres.
    MovePlaced {
        index: usize,
        east_m: f64,
        north_m: f64,
    },
    /// Puts a thing elsewhere.
    PutPlaced {
        index: usize,
        at: [f64; 2],
    },
    /// Another size, another model.
    ChangePlaced {
        index: usize,
        thing: Thing,
    },
    RemovePlaced {
        index: usize,
    },
    /// What the connection to the network around carries, kW.
    SetSiteLimit {
        kw: Option<f64>,
    },
    SetBatteryUse {
        battery_use: BatteryUse,
    },
    /// Mean wind at 100 m, m/s.
    SetSiteWind {
        ms: Option<f64>,
    },
    /// All of it at once: one that was kept, or an empty one.
    SetProposal {
        proposal: Box<Proposal>,
    },
    /// Opens a proposal from a file; whoever reads such files listens to this one.
    OpenProposal {
        geojson: String,
    },
    /// Begins an area, or finishes the one that is being drawn.
    DrawArea {
        drawing: bool,
    },
    /// Adds a corner to the area.
    AddCorner {
        at: [f64; 2],
    },
    /// The same where the camera looks: for those who have no pointer.
    AddCornerHere,
    /// Takes the last corner back.
    RemoveCorner,
    /// All of it at once; no corners take it away.
    SetArea {
        corners: Vec<[f64; 2]>,
    },
    /// Opens an area from a file; whoever reads such files listens to this one.
    OpenArea {
        geojson: String,
    },
    /// Asks again for everything that could not be fetched.
    TryAgain,
    /// Chooses what stands in the middle of the picture.
    SelectCentre,
    SetLanguage {
        language: Language,
    },
    /// Replaces everything but the territory, as a share link does; opening another territory is the host's work.
    Restore {
        state: Box<ViewState>,
    },
    /// `seconds` of the spectator have passed; moves a playing clock.
    Tick {
        seconds: f64,
    },
}

/// A moment of the day that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    Sunrise,
    Noon,
    Sunset,
    /// When the series in view is highest.
    Peak,
}

/// A series that may be shown.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownSeries {
    pub id: String,
    /// The layer of the features it belongs to, so that colours can show it.
    pub layer: Option<LayerId>,
    /// Whether it is good in the middle and bad at both ends, so that its colours part there.
    pub parts: bool,
    /// Where its classes usually end; none where its colours run into each other.
    pub breaks: Vec<f64>,
}

/// What [`apply`] needs to know of the territory: where it may look and when it may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    pub home: Camera,
    /// `[west, south, east, north]`, degrees: the target stays inside.
    pub bounds_lonlat: [f64; 4],
    /// Nearest and farthest distance, metres.
    pub distance_m: [f64; 2],
    /// What has values in time: a clock that plays inside `[start, end)` loops there.
    pub instants: [Instant; 2],
    /// First and last year that the clock may be set to.
    pub years: [i32; 2],
    /// The territory's own.
    pub clock: Clock,
    /// What may be shown, in the order in which it is offered.
    pub series: Vec<KnownSeries>,
}

impl Limits {
    /// When the clock may be, `[start, end)`: in any of the years, and wherever there are values.
    pub fn reach(&self) -> [Instant; 2] {
        let ([from, to], [first, last]) = (self.instants, self.years);
        let begins = |year: i32| timeline::year_begins(self.clock, year);
        [begins(first).map_or(from, |first| first.min(from)), begins(last.saturating_add(1)).map_or(to, |after| after.max(to))]
    }

    /// All of time that there is something of: what has values, the part that is played, and the year that the clock is in. A ruler may show more, up to [`Self::reach`].
    pub fn ruled(&self, at: Instant, played: Option<Interval>) -> [Instant; 2] {
        let [from, to] = self.instants;
        let year = if (from..to).contains(&at) { Interval { start: from, end: to } } else { timeline::Span::Year.around(self.clock, at) };
        let played = played.unwrap_or(year);
        [from.min(year.start).min(played.start), to.max(year.end).max(played.end)]
    }
}
