//! `territory.json`: the manifest of a territory package.
//!
//! A package is a folder (or a URL that serves one). Every path in it is relative to the manifest and uses `/`.

use crate::base::{CalendarUnit, Clock, Dataset, DatasetId, Instant, Interval, Language, LayerId, Nature, WallSteps};
use serde::{Deserialize, Serialize};

/// The only version of the manifest so far; a reader refuses any other.
pub const VERSION: u32 = 1;

/// A name in the languages the product speaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Name {
    pub fr: String,
    pub en: String,
}

impl Name {
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::Fr => &self.fr,
            Language::En => &self.en,
        }
    }
}

/// How data sets want to be named where they are shown: each sentence once, in their order.
pub fn attributions<'a>(datasets: impl IntoIterator<Item = &'a Dataset>) -> Vec<String> {
    let mut sentences: Vec<String> = Vec::new();
    for dataset in datasets {
        let sentence = dataset.attribution.trim();
        if !sentence.is_empty() && !sentences.iter().any(|known| known == sentence) {
            sentences.push(sentence.to_owned());
        }
    }
    sentences
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`].
    pub jumeau: u32,
    /// Lower-case letters, digits and hyphens; stands in links.
    pub id: String,
    pub name: Name,
    /// The sources' horizontal system: `EPSG:2154`.
    pub crs: String,
    /// The sources' heights: `NGF-IGN69`.
    pub vertical: String,
    /// How those heights became ellipsoidal: `RAF20`, or the name of the approximation with its stated error.
    pub geoid: String,
    /// `[west, south, east, north]` in degrees.
    pub bounds_lonlat: [f64; 4],
    /// Where local coordinates begin: longitude, latitude (degrees), ellipsoidal height (metres), in the middle of the ground.
    pub origin: [f64; 3],
    /// IANA name of the territory's clock.
    pub timezone: String,
    /// The composed opening view.
    pub home: HomeView,
    /// Composed views by id (`street`, `evening` …): the pictures of the README, later the steps of stories.
    #[serde(default)]
    pub views: Vec<NamedView>,
    pub layers: Vec<Layer>,
    #[serde(default)]
    pub axes: Vec<Axis>,
    #[serde(default)]
    pub series: Vec<Series>,
    /// Series that are a profile times an amount, feature by feature.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scaled: Vec<ScaledSeries>,
    /// Electrical networks that can be computed, and on whose lines the layers' features lie.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grids: Vec<GridFile>,
    pub datasets: Vec<Dataset>,
    /// Pictures from above, each a pyramid of tiles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imagery: Vec<Imagery>,
    /// All features as one table, for search and export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub features: Option<FeatureTable>,
    /// Names and addresses, in files small enough to be searched over a network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<SearchIndex>,
    /// What was computed of features, a row or several for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<PropertyTable>,
    /// Posts and lines that something may be connected to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<ConnectBook>,
    /// What "my roof" needs of each building.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roofs: Option<RoofBook>,
}

/// A book of posts and lines ([`super::gridbook`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConnectBook {
    pub path: String,
    pub posts: u64,
    pub lines: u64,
    pub bytes: u64,
}

/// A roof book ([`super::roofbook`]).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RoofBook {
    /// Folder of its head and its pages.
    pub path: String,
    pub pages: u32,
    /// Buildings it knows.
    pub buildings: u64,
    pub bytes: u64,
    pub nature: Nature,
    pub dataset: DatasetId,
    /// The solar plan's file below the folder ([`super::roofplan`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// The same plan for other programs, files below the folder: GeoPackage, GeoParquet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

impl Manifest {
    /// The territory's clock; one whose name is not known here is told by the place.
    pub fn clock(&self) -> Clock {
        let [lon_deg, lat_deg, _] = self.origin;
        Clock::named(&self.timezone).unwrap_or_else(|| Clock::at(lon_deg, lat_deg))
    }

    /// Whether a data set is made up where the data are silent; whatever is computed from it has to say so.
    pub fn is_made_up(&self, dataset: &DatasetId) -> bool {
        self.datasets.iter().any(|known| known.id == *dataset && known.nature == Nature::Made)
    }
}

/// A pyramid of square tiles in Web Mercator (EPSG:3857), rows counted from the north.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Imagery {
    pub id: String,
    pub name: Name,
    /// Path of its tiles, with `{z}`, `{x}` and `{y}`. Where nothing was photographed there is no tile.
    pub tiles: String,
    /// The same for tiles that are partly transparent: those of a photograph are white there, and lie here too, as PNG.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear_tiles: Option<String>,
    /// Path of its TileJSON.
    pub tilejson: String,
    /// Pixels of a tile's side.
    pub tile_size: u32,
    /// The level at which all lies in one tile, or the coarsest that the source had.
    pub min_zoom: u32,
    pub max_zoom: u32,
    /// `[west, south, east, north]` in degrees.
    pub bounds_lonlat: [f64; 4],
    /// When the pictures were taken, ISO 8601; may be a year alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Whom it is owed to.
    pub dataset: DatasetId,
    /// Tiles of all levels.
    pub count: u64,
    pub bytes: u64,
}

/// A GeoParquet file: one row for each feature of the territory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FeatureTable {
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
    /// What the estimated demand of its buildings sums to, by the row of the demand's profiles that it follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub demand: Vec<DemandOfClass>,
    /// Where those stand that have energy of their own; none where there are too many for a page to hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub places: Option<FeaturePlaces>,
}

/// A Zarr group along `feature` (ids): `lon` and `lat` in degrees, `kwh` of a year and the row of the demand's profiles (`profile`, -1 for none) of each
/// building, and its `homes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeaturePlaces {
    pub path: String,
    pub count: u64,
}

/// The estimated electricity demand of all buildings of a class of use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DemandOfClass {
    /// Row of the series of profiles: `residential`, `services` …
    pub profile: String,
    pub kwh_year: f64,
    pub buildings: u64,
}

/// A folder with the files of [`crate::formats::search`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SearchIndex {
    pub path: String,
    /// Named things, and house numbers.
    pub names: u64,
    pub addresses: u64,
    pub files: u64,
    pub bytes: u64,
    /// What a first search fetches before anything else.
    pub index_bytes: u64,
    pub datasets: Vec<DatasetId>,
}

/// A GeoParquet file with rows about the features of a layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PropertyTable {
    pub id: String,
    pub name: Name,
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
    /// The layer whose features the rows are about.
    pub layer: LayerId,
    /// The column that holds the feature's id.
    pub by: String,
    pub nature: Nature,
    pub dataset: DatasetId,
}

/// A camera as people think of it: it looks at a point of the ground from a distance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HomeView {
    /// The point looked at, degrees.
    pub lon: f64,
    pub lat: f64,
    /// Ellipsoidal height of that point, metres.
    pub height_m: f64,
    /// From the point to the eye, metres.
    pub distance_m: f64,
    /// Where the camera looks, clockwise from true north, degrees.
    pub heading_deg: f64,
    /// 0 looks at the horizon, -90 straight down.
    pub pitch_deg: f64,
    /// The instant of the picture.
    pub instant: Instant,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedView {
    pub id: String,
    pub name: Name,
    pub view: HomeView,
}

/// The layer of trees that no source tells: they are drawn, and hide nothing.
pub const GENERATED_TREES: &str = "trees-generated";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerKind {
    Terrain,
    Water,
    Buildings,
    Networks,
    Trees,
    /// Zones, parcels, outlines: surfaces laid on the ground, each layer of one meaning.
    Areas,
    /// Ready-made models that came as tilesets or glTF.
    Models,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    pub id: LayerId,
    pub kind: LayerKind,
    pub name: Name,
    /// Path of its `tileset.json`.
    pub tileset: String,
    /// Distinct features in the finest level.
    pub features: u64,
    pub tiles: u64,
    pub bytes: u64,
    pub datasets: Vec<DatasetId>,
    /// [`Nature::Made`] when the layer is drawn by us; the viewer says so.
    pub nature: Nature,
    /// Shown when the territory opens.
    #[serde(default = "yes")]
    pub visible: bool,
    /// Path of a style in the language of 3D Tiles; for buildings and models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub style: Option<String>,
}

fn yes() -> bool {
    true
}

/// A time axis `start, start + step, …`, `end` excluded; regular unless it follows a calendar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    pub id: String,
    pub start: Instant,
    pub end: Instant,
    /// Seconds; where the steps are a calendar's, their usual length; where they are a clock's, what it shows.
    pub step: i64,
    /// Steps that go by a local calendar or clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<AxisCalendar>,
}

/// The calendar of an axis, and the clock that it goes by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AxisCalendar {
    pub unit: AxisUnit,
    /// IANA name.
    pub timezone: String,
}

/// What an axis is stepped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AxisUnit {
    /// `step` seconds of the clock on the wall, counted from what it shows at `start`: weeks, days from six to six.
    Clock,
    /// Days, months, years from midnight to midnight.
    #[serde(untagged)]
    Calendar(CalendarUnit),
}

/// How the steps of an axis are counted.
enum Count {
    Seconds(i64),
    Wall(WallSteps),
    /// The number of the first step.
    Calendar(CalendarUnit, Clock, i64),
}

impl Count {
    fn step_of(&self, start: Instant, at: Instant) -> i64 {
        match self {
            Self::Seconds(step) => at.0.saturating_sub(start.0).div_euclid(*step),
            Self::Wall(steps) => steps.step_of(at),
            Self::Calendar(unit, clock, first) => unit.step_of(*clock, at) - first,
        }
    }

    fn start_of(&self, start: Instant, step: i64) -> Option<Instant> {
        match self {
            Self::Seconds(length) => Some(Instant(start.0.checked_add(length.checked_mul(step)?)?)),
            Self::Wall(steps) => steps.start_of(step),
            Self::Calendar(unit, clock, first) => unit.start_of(*clock, first.checked_add(step)?),
        }
    }
}

/// Steps whose lengths are compared: the minutes of two years.
const MAX_COMPARED: u64 = 1 << 20;

impl Axis {
    /// `None` for an axis that makes no sense.
    fn count(&self) -> Option<Count> {
        let Some(calendar) = &self.calendar else { return (self.step > 0).then_some(Count::Seconds(self.step)) };
        let clock = Clock::named(&calendar.timezone)?;
        Some(match calendar.unit {
            AxisUnit::Clock => Count::Wall(WallSteps::new(clock, self.start, self.step)?),
            AxisUnit::Calendar(unit) => Count::Calendar(unit, clock, unit.step_of(clock, self.start)),
        })
    }

    /// How many steps there are; a step that does not divide the span has one more. `None` for an axis that makes no sense.
    pub fn steps(&self) -> Option<u64> {
        self.end.0.checked_sub(self.start.0).filter(|span| *span > 0)?;
        u64::try_from(self.count()?.step_of(self.start, Instant(self.end.0 - 1)) + 1).ok()
    }

    /// Where a step begins.
    pub fn start_of(&self, step: u64) -> Option<Instant> {
        self.count()?.start_of(self.start, i64::try_from(step).ok()?)
    }

    /// From where to where a step lasts.
    pub fn span_of(&self, step: u64) -> Option<Interval> {
        let count = self.count()?;
        let step = i64::try_from(step).ok()?;
        Some(Interval { start: count.start_of(self.start, step)?, end: count.start_of(self.start, step.checked_add(1)?)? })
    }

    /// Seconds of a step, where all of them are as long: months are not, nor are days of a clock that is set.
    pub fn even_step(&self) -> Option<i64> {
        if self.calendar.is_none() {
            return (self.step > 0).then_some(self.step);
        }
        let mut lengths = (0..self.steps()?.min(MAX_COMPARED)).map(|step| self.span_of(step).map(|span| span.end.0 - span.start.0));
        let first = lengths.next()??;
        lengths.all(|length| length == Some(first)).then_some(first)
    }

    /// The steps that lie in an interval, be it in part.
    pub fn steps_in(&self, of: Interval) -> std::ops::Range<u64> {
        let (start, end) = (of.start.max(self.start), of.end.min(self.end));
        if start >= end {
            return 0..0;
        }
        self.step_at(start).zip(self.step_at(Instant(end.0 - 1))).map_or(0..0, |(first, last)| first..last + 1)
    }

    /// How many steps of another axis lie before the first of this one, where both lay the same steps: its step `n` is the other's `n` plus as many.
    pub fn steps_after(&self, other: &Self) -> Option<i64> {
        if self.calendar != other.calendar {
            return None;
        }
        let (own, theirs) = (self.count()?, other.count()?);
        let step = theirs.step_of(other.start, self.start);
        match own {
            // Of a month that has begun both have the same.
            Count::Calendar(..) => Some(step),
            Count::Seconds(_) | Count::Wall(_) => (self.step == other.step && theirs.start_of(other.start, step) == Some(self.start)).then_some(step),
        }
    }

    /// The step that holds an instant; none before the first and after the last.
    pub fn step_at(&self, at: Instant) -> Option<u64> {
        if at < self.start || at >= self.end {
            return None;
        }
        u64::try_from(self.count()?.step_of(self.start, at)).ok()
    }
}

/// A two-dimensional Zarr v3 array of f32, `[row][step]`; a value is that of the step that begins at its stamp, `NaN` is no data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub id: String,
    pub path: String,
    pub axis: String,
    /// What the rows are, in order: `residential`, `office` … Empty where they are too many for a manifest: then [`Series::row_count`] says
    /// how many, and the array [`Series::labels`] which.
    pub rows: Vec<String>,
    pub unit: String,
    pub nature: Nature,
    pub dataset: DatasetId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row_count: Option<u64>,
    /// Path of the Zarr array with the rows' names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<String>,
    /// What is measured, as the source calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<String>,
    /// The layer whose features the rows are, by their ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<LayerId>,
    /// Which attribute of those features the rows are, where it is not their id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// How a value between two steps is found; not at all unless the source says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interpolation: Option<Interpolation>,
    /// A year made of months of several years: its dates are not those of the data.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub typical_year: bool,
    /// Values below the first or above the second are out of bounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<[f64; 2]>,
    /// Its rows are alternatives: their sum means nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub apart: bool,
    /// What in the scene follows its values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moves: Option<Moves>,
    /// What each row is at most, in the order of the rows: what follows it in the scene is full there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub full: Vec<f32>,
    /// The sign of a value says which way it runs along its line, the rest how much.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub directed: bool,
    /// Values at even shares of all values, from the lowest to the highest: what a scale of colours is drawn up from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quantiles: Vec<f32>,
    /// Upper ends of Jenks' classes, for two classes, three, …; of amounts where the sign is only a way along a line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub jenks: Vec<Vec<f32>>,
    /// Spans of the axis in which no row has a value, the longest ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Interval>,
}

/// What in a scene follows a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moves {
    /// Metres per second at the hub: rotors turn.
    WindSpeed,
    /// Degrees clockwise from north that the wind comes from: rotors face it.
    WindDirection,
    /// Per cent: batteries fill.
    Charge,
    /// As much of each row's `full` as is drawn: so many vehicles charge.
    Charging,
}

impl Series {
    /// An array of one row whose name is not told, which belongs to no layer: what there is more is said field by field.
    pub fn of(id: &str, path: String, axis: &str, unit: &str, nature: Nature, dataset: DatasetId) -> Self {
        Self {
            id: id.to_owned(),
            path,
            axis: axis.to_owned(),
            rows: Vec::new(),
            unit: unit.to_owned(),
            nature,
            dataset,
            row_count: None,
            labels: None,
            quantity: None,
            layer: None,
            by: None,
            interpolation: None,
            typical_year: false,
            band: None,
            moves: None,
            full: Vec::new(),
            apart: false,
            directed: false,
            quantiles: Vec::new(),
            jenks: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// Rows of the array.
    pub fn height(&self) -> u64 {
        self.row_count.unwrap_or(self.rows.len() as u64)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interpolation {
    Linear,
}

/// Values that are a profile times an amount: at a step, `scale / 8760 h × coefficient`, in kW where the scale is kWh in a year.
///
/// A Zarr group with the one-dimensional arrays `feature` (ids), `profile` (row in the profiles' series, -1 for none) and `scale`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScaledSeries {
    pub id: String,
    pub path: String,
    /// Id of the series whose rows are the profiles.
    pub profiles: String,
    pub count: u64,
    /// Unit of the scale.
    pub unit: String,
    pub nature: Nature,
    pub dataset: DatasetId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<LayerId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A network as power-grid-model's JSON. Component 17 of it is the feature `prefix` + `17` of its layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GridFile {
    pub id: String,
    pub path: String,
    pub layer: LayerId,
    pub prefix: String,
    pub nature: Nature,
    pub dataset: DatasetId,
}

impl Manifest {
    /// Reads and checks a manifest.
    ///
    /// # Errors
    /// A code of [`crate::base::Finding`] with a detail: `manifest-unreadable` or `manifest-version`.
    pub fn parse(bytes: &[u8]) -> Result<Self, (&'static str, String)> {
        #[derive(Deserialize)]
        struct Version {
            jumeau: u32,
        }
        let version: Version = serde_json::from_slice(bytes)
            .map_err(|error| ("manifest-unreadable", error.to_string()))?;
        if version.jumeau != VERSION {
            return Err(("manifest-version", version.jumeau.to_string()));
        }
        serde_json::from_slice(bytes).map_err(|error| ("manifest-unreadable", error.to_string()))
    }

    pub fn layer(&self, id: &LayerId) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(text: &str) -> Axis {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn axes_of_older_packages_are_read_and_weeks_go_by_the_clock() {
        let days = axis(r#"{"id":"a","start":"2026-03-27T23:00:00Z","end":"2026-03-30T22:00:00Z","step":86400,"calendar":{"unit":"day","timezone":"Europe/Paris"}}"#);
        assert_eq!((days.calendar.as_ref().unwrap().unit, days.steps()), (AxisUnit::Calendar(CalendarUnit::Day), Some(3)));
        let plain = axis(r#"{"id":"a","start":"2026-03-27T23:00:00Z","end":"2026-03-30T22:00:00Z","step":3600}"#);
        assert_eq!((plain.steps(), plain.start_of(70)), (Some(71), Some(Instant(plain.end.0 - 3600))));
        let text = r#"{"id":"a","start":"2026-03-01T23:00:00Z","end":"2026-11-01T23:00:00Z","step":604800,"calendar":{"unit":"clock","timezone":"Europe/Paris"}}"#;
        let weeks = axis(text);
        assert_eq!(serde_json::to_string(&weeks).unwrap(), text);
        assert_eq!((weeks.steps(), weeks.start_of(4).unwrap().to_string().as_str(), weeks.start_of(35)), (Some(35), "2026-03-29T22:00:00Z", Some(weeks.end)));
        assert_eq!(weeks.step_at(Instant(weeks.end.0 - 1)), Some(34));
        for unit in ["week", "Clock", ""] {
            assert!(serde_json::from_str::<Axis>(&text.replace("clock", unit)).is_err(), "{unit}");
        }
        // Steps that the clock may leave out are none.
        assert_eq!(axis(&text.replace("604800", "3600")).steps(), None);
    }

    #[test]
    fn a_series_of_weeks_that_begins_later_stands_on_the_same_steps() {
        let weeks = |start: &str| Axis { start: Instant::parse(start).unwrap(), ..axis(r#"{"id":"a","start":"2026-01-04T23:00:00Z","end":"2027-01-03T23:00:00Z","step":604800,"calendar":{"unit":"clock","timezone":"Europe/Paris"}}"#) };
        let year = weeks("2026-01-04T23:00:00Z");
        assert_eq!(weeks("2026-06-28T22:00:00Z").steps_after(&year), Some(25));
        assert_eq!(year.steps_after(&weeks("2026-06-28T22:00:00Z")), Some(-25));
        // From Tuesday; an hour off; days.
        assert_eq!(weeks("2026-06-29T22:00:00Z").steps_after(&year), None);
        assert_eq!(weeks("2026-06-28T23:00:00Z").steps_after(&year), None);
        assert_eq!(Axis { step: 86_400, ..year.clone() }.steps_after(&year), None);
        assert_eq!(Axis { calendar: None, ..year.clone() }.steps_after(&year), None);
    }
}
