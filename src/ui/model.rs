//! What the panels show, as plain values: they need no viewer, so tests need none.

use super::roof::RoofText;
use super::siting::SitingText;
use crate::base::{Clock, Instant, Interval, LayerId};
use crate::formats::territory::{LayerKind, Manifest, attributions};
use crate::i18n::{FigureText, Texts};
use crate::view::bookmarks::Bookmark;
use crate::view::curve::{Calendar, Point};
use crate::view::table::{About, Table};
use crate::view::timeline::Ruler;
use crate::view::{Attribute, Camera, Language, Limits, Playback, Quality, Scale, Theme, Values, ViewState, to_link};
use crate::viewer::series::{catalogue, titles};
use crate::viewer::vocab::{AccountsFacts, AreaFacts, Changes, FlowFacts, Marks};
use std::collections::BTreeSet;
use std::sync::Arc;

#[derive(Clone, Debug, PartialEq)]
pub struct PanelModel {
    /// Answers of the search box; none while nothing is typed.
    pub search: Option<super::search::SearchModel>,
    /// Whether a territory is open; until then only the bar, the progress and the faults mean something.
    pub is_open: bool,
    /// The territory's name in the language shown.
    pub territory: String,
    pub state: ViewState,
    /// The territory's own.
    pub clock: Clock,
    pub limits: Limits,
    pub layers: Vec<LayerLine>,
    /// Of the selected feature.
    pub figures: Vec<FigureText>,
    /// Whether the selected feature's figures have arrived; an empty list then means that nothing is known.
    pub figures_ready: bool,
    pub legend: Option<LegendText>,
    /// What may be shown in time.
    pub series: Vec<SeriesLine>,
    /// What colours and filters can be made of.
    pub attributes: Vec<AttributeLine>,
    pub chart: Option<ChartText>,
    /// Whether the territory has what a flow diagram is made of, and the diagram while it is shown.
    pub has_flows: bool,
    pub flows: Option<FlowsText>,
    /// "My roof" of the selected building.
    pub roof: Option<RoofText>,
    /// The solar plan's table, where it is open.
    pub plan: Option<super::plan::PlanText>,
    /// The territory has one.
    pub has_plan: bool,
    /// Files of the solar plan for other programs.
    pub plan_files: Vec<String>,
    /// The balance, while it is shown.
    pub accounts: Option<AccountsFacts>,
    /// What changes around the year shown, with the theme of years.
    pub changes: Option<Changes>,
    /// What lies in the area that is drawn.
    pub area: AreaFacts,
    /// What the proposal would do.
    pub siting: SitingText,
    /// When the series in view is highest on the day shown.
    pub peak: Option<Instant>,
    /// Sunrise, solar noon and sunset of the local day; `None` where the sun does not rise or set.
    pub sun: Option<[Instant; 3]>,
    /// The sentences that must stand wherever the data are shown.
    pub attributions: Vec<String>,
    /// Tiles still on their way.
    pub waiting: usize,
    /// Written on the picture.
    pub marks: Marks,
    /// The quality in force, also where it was picked by itself.
    pub quality: Quality,
    /// Sentences for the person, the newest last.
    pub faults: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerLine {
    pub id: LayerId,
    /// `None` for a picture from above.
    pub kind: Option<LayerKind>,
    pub name: String,
    /// "généré, non réel" when the layer is drawn by us, else empty.
    pub mark: String,
    /// Why it is marked, one sentence.
    pub mark_help: String,
}

/// A series of the territory.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesLine {
    pub id: String,
    pub title: String,
    pub unit: String,
    /// Whether colours can show it; a curve otherwise.
    pub on_features: bool,
    pub extent: Interval,
    pub gaps: Vec<Interval>,
}

/// An attribute of the objects of a layer.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeLine {
    pub attribute: Attribute,
    /// Layer and attribute, as people call them.
    pub title: String,
    /// Of a number.
    pub range: Option<[f64; 2]>,
    /// Of a text.
    pub kinds: Vec<String>,
}

/// Curves, ready to be painted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChartText {
    pub title: String,
    pub unit: String,
    /// "généré, non réel" where the values are of something made up, else empty.
    pub made_up: String,
    pub nature: String,
    pub nature_help: String,
    pub source: String,
    pub method: String,
    pub curves: Vec<(String, Vec<Point>)>,
    /// Where the last step of the curves ends.
    pub end: Option<Instant>,
    pub has_total: bool,
    pub more_rows: u64,
    /// Of the area that is drawn, not of the whole territory.
    pub of_area: bool,
    /// All values by their height; `duration` is thinned for drawing.
    pub sorted: Arc<Vec<f64>>,
    pub duration: Vec<f64>,
    pub known: usize,
    pub absent: usize,
    pub peak: Option<(Instant, f64)>,
    /// The worst moments, where the series has bounds, and how many values are beyond.
    pub worst: Vec<(Instant, f64)>,
    pub beyond: Option<usize>,
    pub trough: Option<(Instant, f64)>,
    pub typical_days: std::sync::Arc<Vec<crate::view::typical::TypicalDay>>,
    /// What the part of time that is played comes to.
    pub over: Option<crate::view::typical::Over>,
    pub calendar: Arc<Calendar>,
    pub waiting: bool,
    pub typical: bool,
    /// What a file of it is called by, and what it says of it.
    pub series: String,
    pub about: About,
}

impl ChartText {
    /// What a file of it holds.
    pub fn table(&self, values: Values) -> Table {
        match values {
            Values::Duration => Table::of_duration(&self.sorted),
            Values::Calendar => Table::of_calendar(&self.calendar),
            Values::Curves | Values::Balance | Values::Flows => Table::of_curves(&self.curves, self.end.unwrap_or(Instant(0))),
        }
    }

    /// Which territory it is of, as files say it.
    pub fn territory(&self) -> &str {
        self.about.iter().find(|(key, _)| *key == "territory").map_or("", |(_, value)| value.as_str())
    }
}

/// A flow diagram, ready to be painted.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowsText {
    pub facts: FlowFacts,
    /// "généré, non réel" where a part of it is made up, else empty.
    pub made_up: String,
    pub nature: String,
    pub nature_help: String,
    pub source: String,
}

/// How the values in view are spread.
#[derive(Clone, Debug, PartialEq)]
pub struct HistogramText {
    pub counts: Vec<u32>,
    /// `8 620 objets en vue, 12 sans donnée`.
    pub said: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct LegendText {
    pub title: String,
    /// Values under the ramp, evenly spaced from end to end.
    pub ticks: Vec<String>,
    pub unit: String,
    /// What moment the colours are of.
    pub at: String,
    /// From low to high, sRGB.
    pub colours: Vec<[u8; 3]>,
    /// "généré, non réel" where the values are of something made up, else empty.
    pub made_up: String,
    pub nature: String,
    pub nature_help: String,
    pub source: String,
    /// Words of the classes, a colour each; none where colours run into each other.
    pub classes: Vec<String>,
    pub histogram: Option<HistogramText>,
    /// What is to be known beside: values on their way, an instant the series does not reach.
    pub notice: String,
    /// Whether classes can follow the values.
    pub counts_classes: bool,
    /// What marks mean that are no colours: bounds, arrows.
    pub marks: Vec<String>,
    /// Where values can be told by heights: whether they are, and what a height means.
    pub raise: Option<(bool, String)>,
}

/// What the panels remember of themselves between frames.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory {
    pub layers_open: bool,
    pub help_open: bool,
    /// The figure whose origin is unfolded, by its key.
    pub explained: Option<String>,
    /// The faults the person has closed.
    pub closed_faults: Vec<String>,
    /// What was put on the clipboard last, so that the button can say so.
    pub copied: Option<String>,
    pub dark: bool,
    /// What the ruler shows; all of time at first.
    pub ruler: Option<Ruler>,
    /// The instant the ruler was last made to show.
    pub ruler_at: Option<Instant>,
    /// Where a part of time begins that is being taken.
    pub span_from: Option<Instant>,
    /// The date that is being typed, and whether it could not be read.
    pub date: String,
    pub date_wrong: bool,
    /// What there is of every series, under the ruler.
    pub lanes_open: bool,
    /// The numbers behind a chart.
    pub table_open: bool,
    /// The numbers behind the flow diagram.
    pub flows_table_open: bool,
    /// The legend gives room to the picture: colours and what they mean, no more.
    pub legend_short: bool,
    /// Colours and classes of the legend.
    pub scale_open: bool,
    /// Class ends that are being typed.
    pub ends: String,
    /// Views that were kept, and the name that is being typed.
    pub bookmarks: Vec<Bookmark>,
    pub view_name: String,
    pub search: super::search::SearchMemory,
    /// A picture that is being taken; where the last file was kept, or why not.
    pub shot: Option<super::still::Shot>,
    pub kept: Option<String>,
    /// The class ends that were typed mean nothing.
    pub ends_wrong: bool,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            layers_open: true,
            help_open: false,
            explained: None,
            closed_faults: Vec::new(),
            copied: None,
            dark: false,
            ruler: None,
            ruler_at: None,
            span_from: None,
            date: String::new(),
            date_wrong: false,
            lanes_open: false,
            table_open: false,
            flows_table_open: false,
            legend_short: false,
            scale_open: false,
            ends: String::new(),
            bookmarks: Vec::new(),
            view_name: String::new(),
            search: super::search::SearchMemory::default(),
            shot: None,
            kept: None,
            ends_wrong: false,
        }
    }
}

impl PanelModel {
    /// Nothing is open yet.
    pub fn closed(language: Language) -> Self {
        let camera = Camera {
            target: [0.0; 3],
            distance_m: 1.0,
            heading_deg: 0.0,
            pitch_deg: -90.0,
        };
        let epoch = Instant(0);
        Self {
            is_open: false,
            territory: String::new(),
            state: ViewState {
                territory: String::new(),
                camera,
                instant: epoch,
                year: 0,
                playback: Playback::default(),
                hidden: BTreeSet::new(),
                theme: Theme::None,
                selection: None,
                language,
                underground: false,
                quality: Quality::default(),
                series: None,
                span: None,
                scale: Scale::default(),
                attribute: None,
                filters: Vec::new(),
                roof: crate::view::RoofChoice::default(),
                plan: None,
                raised: false,
                balance: false,
                flows: crate::view::FlowChoice::default(),
                proposal: crate::view::Proposal::default(),
                mean: false,
                gather: true,
                area: crate::view::DrawnArea::default(),
            },
            clock: Clock::default(),
            limits: Limits {
                home: camera,
                bounds_lonlat: [0.0; 4],
                distance_m: [1.0; 2],
                instants: [epoch; 2],
                years: [0; 2],
                clock: Clock::default(),
                series: Vec::new(),
            },
            layers: Vec::new(),
            figures: Vec::new(),
            figures_ready: false,
            legend: None,
            search: None,
            series: Vec::new(),
            attributes: Vec::new(),
            chart: None,
            has_flows: false,
            flows: None,
            roof: None,
            plan: None,
            has_plan: false,
            plan_files: Vec::new(),
            accounts: None,
            changes: None,
            area: AreaFacts::default(),
            siting: SitingText::default(),
            peak: None,
            sun: None,
            attributions: Vec::new(),
            waiting: 0,
            marks: Marks::default(),
            quality: Quality::default(),
            faults: Vec::new(),
        }
    }

    /// An open territory with nothing selected and no theme; the caller adds what it knows.
    pub fn open(manifest: &Manifest, state: &ViewState, limits: &Limits, texts: &Texts) -> Self {
        let layers = manifest.layers.iter().map(|layer| {
            let is_made = layer.nature == crate::base::Nature::Made;
            let word = |key: &str| if is_made { texts.text(key) } else { String::new() };
            LayerLine {
                id: layer.id.clone(),
                kind: Some(layer.kind),
                name: layer.name.text(texts.language()).to_owned(),
                mark: word("made-up"),
                mark_help: word("made-up-help"),
            }
        });
        // Years apart have the same name.
        let pictures = manifest.imagery.iter().map(|imagery| {
            let name = imagery.name.text(texts.language());
            let year = imagery.date.as_deref().and_then(|date| date.get(..4)).filter(|year| !name.contains(year));
            LayerLine {
                id: imagery.id.as_str().into(),
                kind: None,
                name: year.map_or_else(|| name.to_owned(), |year| format!("{name}, {year}")),
                mark: String::new(),
                mark_help: String::new(),
            }
        });
        Self {
            is_open: true,
            territory: manifest.name.text(texts.language()).to_owned(),
            state: state.clone(),
            clock: manifest.clock(),
            limits: limits.clone(),
            layers: layers.chain(pictures).collect(),
            has_plan: manifest.roofs.as_ref().is_some_and(|book| book.plan.is_some()),
            plan_files: manifest.roofs.as_ref().map(|book| book.files.clone()).unwrap_or_default(),
            series: series(manifest, texts),
            has_flows: crate::viewer::flows::are_known(manifest),
            attributions: attributions(&manifest.datasets),
            ..Self::closed(texts.language())
        }
    }

    /// What an attribute is called; where it is not known here, as it calls itself.
    pub fn title_of(&self, attribute: &Attribute) -> String {
        self.attributes.iter().find(|line| line.attribute == *attribute).map_or_else(|| attribute.name.clone(), |line| line.title.clone())
    }

    /// What stands after `#` in a link to this picture.
    pub fn link(&self) -> String {
        format!("#{}", to_link(&self.state))
    }
}

fn series(manifest: &Manifest, texts: &Texts) -> Vec<SeriesLine> {
    let choices = catalogue(manifest);
    let titles = titles(manifest, &choices, texts);
    choices
        .iter()
        .zip(titles)
        .map(|(choice, title)| SeriesLine {
            id: choice.id.to_owned(),
            title,
            unit: choice.unit().to_owned(),
            on_features: choice.layer().is_some(),
            extent: Interval { start: choice.axis.start, end: choice.axis.end },
            gaps: choice.series.gaps.clone(),
        })
        .collect()
}

