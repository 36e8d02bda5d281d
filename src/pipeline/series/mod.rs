//! Time series of the sources: tables of values to Zarr groups in the territory, feature × time.
//!
//! | module | does |
//! |---|---|
//! | [`declared`] | what `sources.json` says |
//! | [`form`] | how a table holds its series |
//! | [`intake`] | one pass over the tables: values to disk, stamps and ids counted |
//! | [`settle`] | what is settled of a table before its rows are read |
//! | [`columns`] | the columns of one table, and their units |
//! | [`spool`] | the values on disk |
//! | [`axis`] | the time axis |
//! | [`split`] | objects of another step |
//! | [`lay`] | the arrays, part by part |
//! | [`places`] | where objects lie, and in which surfaces |
//! | [`summed`] | sums in place of objects, as secrecy has it |
//! | [`publish`] | the groups around them, and what the manifest says |
//! | [`scaled`] | amounts that follow a profile |
//! | [`tell`] | findings about millions of values |
//!
//! The order of rows changes nothing in the bytes, except where only the order tells two hours apart that the wall clock shows as one.
//! A value that is not there is `NaN`, never zero and never the one before.

pub mod add;
pub mod axis;
mod columns;
pub mod declared;
pub mod form;
mod intake;
mod lay;
mod places;
mod publish;
pub mod scaled;
mod settle;
mod split;
mod spool;
pub mod spread;
mod summed;
mod tell;

use crate::pipeline::clean::buildings::usage_of;
use crate::region::Usage;
use super::sources::declaration::Role;
use super::sources::join;
use super::sources::readers::{Content, Found, Table};
use super::sources::record::Record;
use super::{ImportFault, LayerCount, Progress};
use crate::energy::secrecy::DELIVERY_POINTS;
use crate::base::{Clock, Dataset, DatasetId, Finding, LayerId, Nature, Report, Severity};
use crate::formats::territory::{Axis, GridFile, ScaledSeries, Series};
use axis::Told;
use declared::{DeclaredScale, DeclaredSeries};
use form::{Form, Look};
pub use form::NoSeries;
use intake::{Intake, Wanted};
use lay::Spec;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash, Hasher};
use std::path::Path;
use tell::Teller;

/// Folder of the series in a territory.
pub const GROUP: &str = "timeseries";
/// Under which a count of values stands among those of the layers.
pub const COUNTED_AS: &str = "series";
/// Id of the series that every territory with buildings has.
const TAKEN: &str = crate::pipeline::tile::series::ARRAY;

/// A series that was recognised and not yet read.
pub struct SeriesSource {
    pub id: String,
    pub dataset: DatasetId,
    pub declared: Option<DeclaredSeries>,
    pub tables: Vec<SeriesTable>,
}

/// One table of it.
pub struct SeriesTable {
    /// File, and table where it has one, as a person names it.
    pub label: String,
    name: Option<String>,
    columns: Vec<String>,
    table: Box<dyn Table>,
    form: Form,
}

/// Amounts that follow profiles, recognised and not yet read.
pub struct ScaleSource {
    pub label: String,
    pub id: String,
    pub declared: DeclaredScale,
    pub columns: Vec<String>,
    pub table: Box<dyn Table>,
}

impl SeriesTable {
    /// A table as one of series; it comes back when it is none.
    ///
    /// # Errors
    /// The table, and why it is none.
    pub fn of(found: Found, declared: Option<&DeclaredSeries>) -> Result<Self, (Box<Found>, NoSeries)> {
        let recognised = match &found.content {
            Content::Table(table) => form::recognise(&Look::at(&found.columns, table.as_ref()), declared),
            Content::Raster(_) | Content::Picture { .. } => Err(NoSeries::Other),
        };
        let label = found.label();
        match (recognised, found) {
            (Ok(form), Found { table: name, columns, content: Content::Table(table), .. }) => Ok(Self { label, name, columns, table, form }),
            (Ok(_), found) => Err((Box::new(found), NoSeries::Other)),
            (Err(why), found) => Err((Box::new(found), why)),
        }
    }

    /// What the table is called in its file, where that holds several.
    pub fn table_name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

/// The objects of an import, by role and id, as 64 bits each: one id in ten thousand million is taken for another.
#[derive(Default)]
pub struct KnownIds {
    hashes: HashSet<u64>,
    roles: BTreeSet<Role>,
    terms: BTreeSet<(Role, String)>,
    places: places::Places,
    /// Delivery points of buildings of few homes, where amounts are to be told building by building.
    homes: Option<HashMap<u64, u32>>,
}

impl KnownIds {
    /// Knows objects by further terms than their id, as series and scales ask for.
    pub fn wanting(sources: &[SeriesSource], scales: &[ScaleSource]) -> Self {
        let of_series = sources.iter().filter_map(|source| source.declared.as_ref()).filter_map(|declared| Some((declared.onto?, declared.by.as_deref()?)));
        let of_scales = scales.iter().filter_map(|scale| Some((scale.declared.onto?, scale.declared.by.as_deref()?)));
        let terms = of_series.chain(of_scales).filter(|(_, by)| *by != "id").map(|(role, by)| (role, by.to_owned())).collect();
        let homes = scales.iter().any(|scale| scale.declared.onto == Some(Role::Buildings)).then(HashMap::new);
        Self { terms, places: places::Places::wanting(sources), homes, ..Self::default() }
    }

    /// Notes an object by its id and by what else it is wanted by; false when the id was known.
    pub fn note(&mut self, role: Role, record: &Record) -> bool {
        self.places.note_surface(role, record);
        let spot = self.places.spot_of(role, record);
        let of_terms = self.terms.iter().filter(|(wanted, _)| *wanted == role);
        let by_terms: Vec<u64> = of_terms.flat_map(|(_, term)| join::ids(record, term).into_iter().map(move |id| hash_of(role, term, &id))).collect();
        for hash in by_terms {
            self.hashes.insert(hash);
            self.places.keep(hash, spot);
            self.keep_homes(hash, role, record);
        }
        if !record.has("id") {
            return true;
        }
        self.roles.insert(role);
        let hash = hash_of(role, "", &record.object);
        self.places.keep(hash, spot);
        self.keep_homes(hash, role, record);
        self.hashes.insert(hash)
    }

    /// Notes a building of few homes. A home that does not say how many it is is one; what is no home is nobody's.
    fn keep_homes(&mut self, hash: u64, role: Role, record: &Record) {
        let Some(homes) = self.homes.as_mut().filter(|_| role == Role::Buildings) else { return };
        let stated = record.number("dwellings").filter(|count| count.is_finite() && *count >= 1.0).map(|count| count.min(f64::from(DELIVERY_POINTS)) as u32);
        let is_home = || record.text("usage").is_some_and(|usage| usage_of(&usage) == Usage::Residential);
        if let Some(points) = stated.or_else(|| is_home().then_some(1)).filter(|points| *points < DELIVERY_POINTS) {
            // Of several objects of one id the one of fewest counts.
            homes.entry(hash).and_modify(|known| *known = points.min(*known)).or_insert(points);
        }
    }

    /// Delivery points of a building of homes that are too few for its energy to be told; `None` where it may be.
    pub fn too_few_homes(&self, by: Option<&str>, id: &str) -> Option<u32> {
        self.homes.as_ref()?.get(&hash_by(Role::Buildings, by, id)).copied()
    }

    /// Notes an object that no record of the sources is.
    pub fn note_made(&mut self, role: Role, id: &str) {
        self.roles.insert(role);
        self.hashes.insert(hash_of(role, "", id));
    }

    /// Whether an object of that id is there.
    pub fn holds(&self, role: Role, id: &str) -> bool {
        self.holds_by(role, None, id)
    }

    /// The same by another term.
    pub fn holds_by(&self, role: Role, by: Option<&str>, id: &str) -> bool {
        self.hashes.contains(&hash_by(role, by, id))
    }

    /// Where an object is, as far as somebody wants to know it.
    pub fn spot(&self, role: Role, by: Option<&str>, id: &str) -> Option<places::Spot> {
        self.places.spot(hash_by(role, by, id))
    }
}

fn hash_by(role: Role, by: Option<&str>, id: &str) -> u64 {
    match by {
        None => hash_of(role, "", id),
        Some(term) => hash_of(role, term, &join::plain(id)),
    }
}

fn hash_of(role: Role, term: &str, id: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    (role, term, id).hash(&mut hasher);
    hasher.finish()
}

/// Series as they stand in the plan of an import.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SeriesFile {
    pub axes: Vec<Axis>,
    pub series: Vec<Series>,
    #[serde(default)]
    pub scaled: Vec<ScaledSeries>,
    #[serde(default)]
    pub grids: Vec<GridFile>,
}

/// What a territory is, for its series.
pub struct Place<'a> {
    /// Of its middle.
    pub clock: Clock,
    pub ids: &'a KnownIds,
    pub datasets: &'a [Dataset],
}

/// Reads all series and writes them below `folder`; `work` is for what is on its way.
///
/// # Errors
/// `write-failed`, or that the work was cancelled.
#[expect(clippy::too_many_arguments, reason = "what is read, where it belongs, where it goes, and who is told")]
pub fn write(
    sources: &[SeriesSource],
    scales: &[ScaleSource],
    place: &Place,
    folder: &Path,
    work: &Path,
    count: &mut LayerCount,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<SeriesFile, ImportFault> {
    let mut file = SeriesFile::default();
    let mut rows_of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut ids = BTreeSet::from([TAKEN.to_owned()]);
    let total = (sources.len() + scales.len()) as u64;
    for (done, source) in sources.iter().enumerate() {
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        progress.step("import-series", done as u64, total);
        if let Some(label) = sources.iter().take(done).find_map(|before| summed_again(before, source)) {
            let onto = source.declared.as_ref().and_then(|declared| declared.aggregate.as_ref()).map_or("", |aggregate| aggregate.onto.id());
            report.push(Finding::new("series-summed-twice", Severity::Error, label).object(source.id.as_str()).value(onto));
            continue;
        }
        let id = free(&source.id, &mut ids);
        let laid = one(source, &id, place, folder, work, count, report, progress)?;
        laid.series.iter().for_each(|series| {
            rows_of.insert(series.id.clone(), laid.rows.clone());
        });
        file.axes.extend(laid.axes);
        file.series.extend(laid.series);
    }
    for scale in scales {
        let id = free(&scale.id, &mut ids);
        file.scaled.extend(scaled::write(scale, &id, place, &rows_of, folder, report)?);
    }
    progress.step("import-series", total, total);
    Ok(file)
}

/// The table that both series are summed from. Each of the two publishes only sums that tell of nobody, but a commune less the districts that lie in
/// it may be one home: only one of them is written. Columns that are said to be others are other values.
fn summed_again<'a>(before: &SeriesSource, source: &'a SeriesSource) -> Option<&'a str> {
    let summed = |source: &SeriesSource| source.declared.as_ref().is_some_and(|declared| declared.aggregate.is_some());
    if !(summed(before) && summed(source)) {
        return None;
    }
    let values = |source: &SeriesSource| source.declared.as_ref().map(|declared| declared.columns.value.clone()).unwrap_or_default();
    let (of_before, own) = (values(before), values(source));
    if !of_before.is_empty() && !own.is_empty() && of_before.iter().all(|column| !own.contains(column)) {
        return None;
    }
    source.tables.iter().find(|table| before.tables.iter().any(|known| known.label == table.label)).map(|table| table.label.as_str())
}

/// An id that no other series has.
fn free(wanted: &str, taken: &mut BTreeSet<String>) -> String {
    let mut id = wanted.to_owned();
    let mut number = 1;
    while !taken.insert(id.clone()) {
        number += 1;
        id = format!("{wanted}-{number}");
    }
    id
}

#[expect(clippy::too_many_arguments, reason = "a step of the one above")]
fn one(
    source: &SeriesSource,
    id: &str,
    place: &Place,
    folder: &Path,
    work: &Path,
    count: &mut LayerCount,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<lay::Laid, ImportFault> {
    let Some(first) = source.tables.first() else { return Ok(lay::Laid::default()) };
    let failed = |error: std::io::Error| ImportFault::new("write-failed", work.display(), error);
    let mut teller = Teller::new(&first.label);
    let declared = source.declared.as_ref();
    let by = declared.and_then(|declared| declared.by.as_deref()).filter(|by| *by != "id");
    let aggregate = declared.and_then(|declared| declared.aggregate.as_ref());
    // What is summed is told by its places, which are kept of the layer that is said.
    let told_onto = declared.and_then(|declared| declared.onto).or(aggregate.map(|_| Role::Buildings));
    let is_any = |id: &str| match told_onto {
        Some(role) => place.ids.holds_by(role, by, id),
        None => place.ids.roles.iter().any(|role| place.ids.holds(*role, id)),
    };
    let cancelled = || progress.cancelled();
    let wanted = Wanted { id, declared, is_alone: source.tables.len() == 1, clock: place.clock, is_known: &is_any, cancelled: &cancelled };
    let mut intake = Intake::new(&work.join("points"), &wanted, &mut teller).map_err(failed)?;
    for table in &source.tables {
        teller.in_file(&table.label);
        intake.table(&table.columns, table.table.as_ref(), &table.form, &mut teller).map_err(failed)?;
    }
    if progress.cancelled() {
        return Err(ImportFault::new("import-cancelled", "", ""));
    }
    teller.in_file(&first.label);
    let facts = first.table.series_facts();
    let taken = intake.finish(facts.typical_year, &mut teller).map_err(failed)?;
    let onto = told_onto.or_else(|| layer_of(&taken.rows, place.ids));
    let is_row = |id: &str| onto.is_some_and(|role| place.ids.holds_by(role, by.filter(|_| told_onto.is_some()), id));
    let unknown = unknown_dataset(&source.dataset);
    let dataset = place.datasets.iter().find(|dataset| dataset.id == source.dataset).unwrap_or(&unknown);
    let nature = declared.and_then(|declared| declared.nature).or(facts.nature).unwrap_or_else(|| nature_of(dataset, first.form.known));
    let spec = Spec {
        id,
        group: GROUP,
        dataset,
        nature,
        layer: onto.map(|role| LayerId::from(role.id())),
        by: by.filter(|_| told_onto.is_some()),
        interpolation: declared.and_then(|declared| declared.interpolation),
        typical_year: facts.typical_year,
        told: Told {
            step_s: declared.and_then(|declared| declared.step_s),
            start: declared.and_then(|declared| declared.start),
            end: declared.and_then(|declared| declared.end),
            ends: false,
        },
        part_values: lay::PART_VALUES,
        is_known: onto.map(|_| &is_row as &dyn Fn(&str) -> bool),
    };
    let laid = match aggregate {
        Some(aggregate) => {
            let role = told_onto.unwrap_or(Role::Buildings);
            let fewest = declared.and_then(|declared| declared.secret_below).unwrap_or(DELIVERY_POINTS);
            let rule = summed::Rule { ids: place.ids, role, onto: aggregate.onto, fewest };
            summed::write(&taken, &spec, &rule, &folder.join(GROUP), work, &cancelled, &mut teller)?
        }
        None => {
            let laid = lay::lay(&taken, &spec, &folder.join(GROUP), work, &cancelled, &mut teller)?;
            if onto == Some(Role::Buildings) && summed::is_personal(&laid, nature) {
                teller.push("series-personal", Severity::Warning, id, laid.rows.len());
            }
            laid
        }
    };
    teller.finish(report);
    let read = taken.read as usize;
    count.read += read;
    count.kept += laid.kept as usize;
    count.rejected += read.saturating_sub(laid.kept as usize);
    Ok(laid)
}

/// The layer that most of some rows are objects of.
fn layer_of(rows: &[String], ids: &KnownIds) -> Option<Role> {
    let held = |role: &Role| rows.iter().filter(|row| ids.holds(*role, row)).count();
    let (role, count) = ids.roles.iter().map(|role| (*role, held(role))).max_by_key(|(role, count)| (*count, std::cmp::Reverse(*role)))?;
    (count > 0 && 2 * count >= rows.len()).then_some(role)
}

/// What the values of a data set are; a producer's statement of what kind of data set it is says nothing of its numbers.
fn nature_of(dataset: &Dataset, known: Option<form::Known>) -> Nature {
    match (dataset.nature, known) {
        (nature @ (Nature::Measured | Nature::Statistical | Nature::Simulated | Nature::Made), _) => nature,
        (_, Some(form::Known::Eco2mix | form::Known::MeteoFrance)) => Nature::Measured,
        (_, Some(form::Known::EnedisProfiles | form::Known::EnedisAggregates)) => Nature::Statistical,
        (nature, Some(form::Known::EnedisCurve) | None) => nature,
    }
}

fn unknown_dataset(id: &DatasetId) -> Dataset {
    Dataset {
        id: id.clone(),
        title: id.to_string(),
        producer: String::new(),
        licence: String::new(),
        date: String::new(),
        attribution: id.to_string(),
        nature: Nature::Declared,
    }
}

/// A finding about a declared series, before it is read.
pub fn missing(column: &str, label: &str, columns: &[String]) -> Finding {
    Finding::new("declaration-column-missing", Severity::Error, label)
        .object(column)
        .value(columns.iter().take(12).cloned().collect::<Vec<_>>().join(", "))
}
