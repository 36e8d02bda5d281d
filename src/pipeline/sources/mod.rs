//! Opens what a person names, by content and not by name, tells what is what, and brings all coordinates into one system.
//!
//! A `sources.json` in a folder declares its files ([`declaration`]); without one, columns and tags tell ([`vocabulary`]).
//! What is not understood is reported, never silently dropped.

pub mod charging;
pub mod container;
pub mod declaration;
mod documents;
pub mod facilities;
pub mod join;
pub mod mapping;
pub mod place;
pub mod readers;
pub mod record;
mod surface;
mod undeclared;
pub mod utilities;
pub mod vocabulary;

pub use open::crs;
pub use surface::Surface;

pub(super) mod open;
mod plan;

use super::imagery::Picture;
use super::models::Model;
use super::series::{self, ScaleSource, SeriesSource};
use super::{ImportFault, ImportOptions, LayerCount, Progress};
use crate::base::{Clock, Dataset, DatasetId, Finding, Nature, Report, Severity};
use crate::formats::raster::Heights;
use crate::formats::territory::Name;
use crate::geodesy::Crs;
use declaration::{DeclaredLayer, Declaration, Role};
use join::Joined;
use place::Placer;
use plan::{Plan, Planned, plan_path, read_mapping};
use readers::Content;
use record::Record;
use std::path::PathBuf;
use vocabulary::Mapping;

/// Lambert-93: what France uses when nothing else is said.
pub const DEFAULT_CRS: &str = "EPSG:2154";

/// Mixed files with more columns keep no attributes but those we have terms for: every tag of a country is a column there.
const MAX_COLUMNS_OF_ALL: usize = 200;

/// Everything the sources hold, in one system, before cleaning.
pub struct Gathered {
    pub declaration: Declaration,
    pub target: Crs,
    pub layers: Vec<RawLayer>,
    pub rasters: Vec<RawRaster>,
}

/// The records of one layer in the target system.
pub struct RawLayer {
    pub role: Role,
    pub dataset: DatasetId,
    /// File, and table where it has one, as a person names it.
    pub file: String,
    pub records: Vec<Record>,
    /// Records that never became one: unreadable or not to be placed. Already reported.
    pub lost: usize,
}

pub struct RawRaster {
    pub file: String,
    pub dataset: DatasetId,
    pub heights: Box<dyn Heights>,
    pub placer: Placer,
    /// Place in the declaration; `None` for a file that nobody declared.
    pub rank: Option<usize>,
    /// What its heights are of, where that is not the ground.
    pub surface: Option<Surface>,
}

/// The files a person names, those of folders in a stable order; for telling whether they changed.
pub fn files_of(path: &std::path::Path) -> Vec<PathBuf> {
    open::files_below(path, &mut Report::default()).unwrap_or_else(|_| vec![path.to_owned()])
}

/// Sources that are recognised and not yet read.
pub struct Opened {
    pub declaration: Declaration,
    pub target: Crs,
    /// In the declared or the files' order.
    pub tables: Vec<OpenTable>,
    pub rasters: Vec<RawRaster>,
    pub joins: Vec<Joined>,
    /// Tilesets and glTF files, which are read where they lie.
    pub models: Vec<Model>,
    /// Pictures from above, which are looked at by a plan.
    pub pictures: Vec<Picture>,
    /// Series in time, and amounts that follow them.
    pub series: Vec<SeriesSource>,
    pub scales: Vec<ScaleSource>,
    /// What was unpacked stays until everything is read.
    _unpacked: container::Unpacked,
}

/// A table that can be read, more than once and row by row.
pub struct OpenTable {
    /// `None`: a mixed file, each row by its tags.
    pub role: Option<Role>,
    pub dataset: DatasetId,
    /// File, and table where it has one, as a person names it.
    pub file: String,
    table: Box<dyn readers::Table>,
    mapping: Mapping,
    placer: Placer,
    is_plan: bool,
    /// Where a plan lies, as the mapping file says.
    place: Option<mapping::Place>,
    /// What is true of every object of it.
    facts: Vec<(&'static str, record::Cell)>,
    /// All columns were taken along, for those of its rows that are land.
    whole: bool,
    found_file: String,
    found_table: Option<String>,
}

/// What reading a table showed, apart from its records.
#[derive(Default)]
pub struct TableRead {
    /// Records that never became one, by role; already reported. Those of unknown role count for the first role of the table.
    pub lost: usize,
    /// The roles that occurred.
    pub roles: std::collections::BTreeSet<Role>,
}

/// Opens and recognises everything; nothing is read yet but what tells what it is.
///
/// # Errors
/// When nothing usable was named, the target system is unknown, or the work was cancelled.
pub fn open_all(
    paths: &[PathBuf],
    options: &ImportOptions,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<Opened, ImportFault> {
    let mut plan = Plan { mapping: read_mapping(options)?, crs: options.crs.clone(), given: paths.to_vec(), ..Plan::default() };
    let known = report.findings().len();
    for path in paths {
        plan_path(path, &mut plan, report)?;
    }
    documents::attach(&plan.documents, &mut plan.items, &mut plan.declaration.datasets);
    let Plan { mut declaration, items: planned, joins, unpacked, models, pictures, series, scales, .. } = plan;
    if planned.is_empty() && models.is_empty() && pictures.is_empty() && series.is_empty() {
        let first = paths.first().map(|p| p.display().to_string());
        // One file that says why it is nothing needs no longer sentence.
        let fresh = report.findings().get(known..).unwrap_or_default();
        if let [only] = fresh
            && matches!(only.code, "file-empty" | "file-is-text" | "source-not-a-file")
        {
            let code = if only.code == "file-is-text" { "import-nothing-text" } else { only.code };
            return Err(ImportFault::new(code, &only.object, &only.value));
        }
        let example = fresh
            .first()
            .map(|finding| format!("{} {}", finding.file, finding.value))
            .unwrap_or_default();
        return Err(ImportFault::new(
            "import-nothing",
            first.unwrap_or_default(),
            example,
        ));
    }
    complete(&mut declaration, paths, options);
    let told = options.crs.is_some() || declaration.crs.is_some();
    let target = target_crs(&declaration, options, &planned)?;
    declaration.crs = Some(target.code().to_owned());
    let mut opened = Opened { declaration, target, tables: Vec::new(), rasters: Vec::new(), joins, models, pictures, series, scales, _unpacked: unpacked };
    for item in planned {
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        open_one(item, told, &mut opened, report);
    }
    surface::without_ground(&mut opened.rasters, report);
    Ok(opened)
}

/// Opens, recognises, reads and places everything.
///
/// # Errors
/// As [`open_all`].
pub fn gather(
    paths: &[PathBuf],
    options: &ImportOptions,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<Gathered, ImportFault> {
    // Models and pictures are no records: a plan writes them (`shards::plan`).
    let Opened { mut declaration, target, tables, rasters, joins, models: _, pictures: _, series, scales, _unpacked } = open_all(paths, options, report, progress)?;
    let mut layers: Vec<RawLayer> = Vec::new();
    let total = tables.len() as u64;
    for (done, table) in tables.iter().enumerate() {
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        progress.step("import-read", done as u64, total);
        // A mixed file gives one layer a role.
        let mut by_role: std::collections::BTreeMap<Role, Vec<Record>> = table.role.iter().map(|role| (*role, Vec::new())).collect();
        let read = table.read(report, &mut |role, record| by_role.entry(role).or_default().push(record));
        table.declare(&read, &mut declaration);
        let mut lost = read.lost;
        layers.extend(by_role.into_iter().map(|(role, records)| RawLayer {
            role,
            dataset: table.dataset.clone(),
            file: table.file.clone(),
            records,
            lost: std::mem::take(&mut lost),
        }));
    }
    for join in &joins {
        join.apply(&mut layers, report);
    }
    progress.step("import-read", total, total);
    survey_series(&series, &scales, &layers, &target, &declaration, report, progress)?;
    Ok(Gathered { declaration, target, layers, rasters })
}

/// Reads series for what is to be said of them; the arrays are a plan's to keep.
fn survey_series(
    series: &[SeriesSource],
    scales: &[ScaleSource],
    layers: &[RawLayer],
    target: &Crs,
    declaration: &Declaration,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<(), ImportFault> {
    if series.is_empty() && scales.is_empty() {
        return Ok(());
    }
    let folder = tempfile::Builder::new().prefix("jumeau-").tempdir().map_err(|error| ImportFault::new("write-failed", "", error))?;
    let mut ids = series::KnownIds::wanting(series, scales);
    let mut first = None;
    for layer in layers {
        for record in &layer.records {
            first = first.or_else(|| record.shape.as_ref().and_then(|shape| shape.first_position()));
            ids.note(layer.role, record);
        }
    }
    let at = first.and_then(|[x, y, _]| target.to_lonlat(x, y).ok());
    let clock = at.map_or_else(Clock::default, |at| Clock::at(at.lon_deg, at.lat_deg));
    let place = series::Place { clock, ids: &ids, datasets: &declaration.datasets };
    let (out, work) = (folder.path().join("out"), folder.path().join("work"));
    series::write(series, scales, &place, &out, &work, &mut LayerCount::default(), report, progress).map(|_| ())
}

/// Fills what was not declared.
fn complete(declaration: &mut Declaration, paths: &[PathBuf], options: &ImportOptions) {
    let stem = paths
        .first()
        .and_then(|path| path.canonicalize().ok())
        .and_then(|path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .unwrap_or_default();
    if let Some(name) = &options.name {
        declaration.id = declaration::id_from(name);
        declaration.name = Some(Name { fr: name.clone(), en: name.clone() });
    }
    if declaration.id.is_empty() {
        declaration.id = declaration::id_from(&stem);
    } else {
        declaration.id = declaration::id_from(&declaration.id);
    }
    declaration.name.get_or_insert_with(|| Name { fr: stem.clone(), en: stem });
    if declaration.generate.trees && declaration.generate.dataset.is_none() {
        let id = DatasetId::from("generated-trees");
        declaration.datasets.push(Dataset {
            id: id.clone(),
            title: "Arbres générés".to_owned(),
            producer: "Jumeau".to_owned(),
            licence: "CC0 1.0".to_owned(),
            date: String::new(),
            attribution: "arbres générés".to_owned(),
            nature: Nature::Made,
        });
        declaration.generate.dataset = Some(id);
    }
}

/// The system everything is brought into: asked, declared, the first projected building or terrain source's, or Lambert-93.
fn target_crs(
    declaration: &Declaration,
    options: &ImportOptions,
    planned: &[Planned],
) -> Result<Crs, ImportFault> {
    let known = |code: &str| {
        open::crs(code).map_err(|_| ImportFault::new("crs-unknown", code, Crs::EXAMPLES))
    };
    let chosen = match options.crs.as_deref().or(declaration.crs.as_deref()) {
        Some(code) => known(code)?,
        None => {
            let mut candidates: Vec<&Planned> = planned.iter().collect();
            candidates.sort_by_key(|item| match item.role {
                Some(Role::Buildings) => 0,
                Some(Role::Terrain) => 1,
                _ => 2,
            });
            let projected = candidates
                .iter()
                .filter_map(|item| open::crs(item.found.crs.as_deref()?).ok())
                .find(|crs| !crs.is_geographic() && !crs.is_ecef());
            match projected {
                Some(crs) => crs,
                None => known(DEFAULT_CRS)?,
            }
        }
    };
    if chosen.is_geographic() || chosen.is_ecef() {
        return Err(ImportFault::new("crs-not-projected", chosen.code(), DEFAULT_CRS));
    }
    Ok(chosen)
}

/// `told`: a person said which system the territory is in.
fn open_one(item: Planned, told: bool, opened: &mut Opened, report: &mut Report) {
    let Planned { found, role, dataset, fields, keep, rank, place, facts, .. } = item;
    let file = found.label();
    let is_plan = found.crs.as_deref() == Some(readers::PLAN);
    if is_plan && !told && place.is_none() {
        report.push(Finding::new("plan-without-crs", Severity::Error, &file));
        return;
    }
    let from = match found.crs.as_ref().filter(|_| !is_plan) {
        // A placed plan, or one that a person says is drawn in the territory's own system.
        None if is_plan => opened.target.code().to_owned(),
        Some(code) => code.clone(),
        None => {
            report.push(
                Finding::new("crs-assumed", Severity::Warning, &file).value(opened.target.code()),
            );
            opened.target.code().to_owned()
        }
    };
    let placer = match open::crs(&from).map(|crs| Placer::between(crs, opened.target.clone())) {
        Ok(placer) => placer,
        Err(_) => {
            report.push(
                Finding::new("crs-unknown", Severity::Error, &file).object(from).value(Crs::EXAMPLES),
            );
            return;
        }
    };
    let table = match found.content {
        Content::Raster(heights) => {
            let surface = (role == Some(Role::Surface)).then(|| surface::by_name(&file).unwrap_or(Surface::Altitudes));
            opened.rasters.push(RawRaster { file, dataset, heights, placer, rank, surface });
            return;
        }
        // Pictures were set aside when they were planned.
        Content::Picture { .. } => return,
        Content::Table(table) => table,
    };
    let mut mapping = mapping_for(role, &found.columns, &fields, &file, report);
    // Land is what its source says it is: every attribute stays.
    let all = ["*".to_owned()];
    let few = found.columns.len() <= MAX_COLUMNS_OF_ALL;
    let whole = keep.is_empty() && role.map_or(few, |role| role.theme().is_some());
    let kept: &[String] = if whole { &all } else { &keep };
    mapping.extend(vocabulary::kept(kept, &found.columns));
    // A join may go by a column that none of our terms stands for.
    for join in opened.joins.iter().filter(|join| Some(join.onto) == role) {
        let Some(column) = join.by.strip_prefix(vocabulary::JOINING) else { continue };
        if let Some(column) = found.columns.iter().find(|known| known.eq_ignore_ascii_case(column)) {
            mapping.push((join.by, vec![column.clone()]));
        }
    }
    opened.tables.push(OpenTable {
        role,
        dataset,
        file,
        table,
        mapping,
        placer,
        is_plan,
        place,
        facts,
        whole,
        found_file: found.file,
        found_table: found.table,
    });
}

impl OpenTable {
    /// How many rows there are, where the source says so.
    pub fn rows(&self) -> Option<u64> {
        self.table.rows()
    }

    /// Hands out every record in the target system, with its role; what never becomes one is reported.
    pub fn read(&self, report: &mut Report, each: &mut dyn FnMut(Role, Record)) -> TableRead {
        let mut result = TableRead::default();
        result.roles.extend(self.role);
        let file = &self.file;
        // Where the first point of a plan comes to lie tells for all of it.
        let mut misplaced: Option<Option<String>> = (!self.is_plan).then_some(None);
        let read = self.table.read(&self.mapping, &mut |row| {
            let mut record = match row {
                Ok(record) => record,
                Err(unread) => {
                    result.lost += 1;
                    report.push(
                        Finding::new("feature-unreadable", Severity::Error, file)
                            .object(unread.object)
                            .value(unread.reason),
                    );
                    return;
                }
            };
            // What has no role is said, not dropped in silence.
            let Some(role) = self.role.or_else(|| vocabulary::role_by_tags(&record)) else {
                report.push(Finding::new("feature-not-understood", Severity::Info, file).object(record.object));
                return;
            };
            result.roles.insert(role);
            record.values.extend(self.facts.iter().cloned());
            if self.role.is_none() && self.whole && role.theme().is_none() {
                record.values.retain(|(term, _)| !term.starts_with(vocabulary::SOURCE));
            }
            if let (Some(place), Some(shape)) = (self.place, &mut record.shape) {
                let _ = shape.try_map(&mut |p: &mut [f64; 3]| -> Result<(), ()> {
                    [p[0], p[1]] = place.point([p[0], p[1]]);
                    Ok(())
                });
            }
            if misplaced.is_none()
                && let Some(at) = record.shape.as_ref().and_then(|shape| shape.first_position())
            {
                misplaced = Some(self.placer.outside([at[0], at[1]]));
            }
            if matches!(misplaced, Some(Some(_))) {
                return;
            }
            if let Some(shape) = &mut record.shape
                && let Err(fault) = self.placer.shape(shape)
            {
                result.lost += 1;
                report.push(
                    Finding::new("coordinates-outside", Severity::Error, file)
                        .object(record.object)
                        .value(fault),
                );
                return;
            }
            each(role, record);
        });
        if let Some(Some(where_to)) = misplaced {
            report.push(Finding::new("plan-outside", Severity::Error, file).object(self.placer.target_code()).value(where_to));
        }
        for remark in self.table.remarks() {
            report.push(
                Finding::new(remark.code, remark.severity, file)
                    .object(remark.object)
                    .value(remark.value),
            );
        }
        if let Err(reason) = read {
            report.push(Finding::new("source-unreadable", Severity::Error, file).value(reason));
        }
        result
    }

    /// Writes into the declaration what a mixed file turned out to hold.
    pub fn declare(&self, read: &TableRead, declaration: &mut Declaration) {
        if self.role.is_some() {
            return;
        }
        declaration.layers.extend(read.roles.iter().map(|role| DeclaredLayer {
            file: self.found_file.clone(),
            table: self.found_table.clone(),
            role: *role,
            dataset: self.dataset.clone(),
            fields: Default::default(),
            keep: Vec::new(),
            place: None,
            imagery: None,
        }));
    }
}

fn mapping_for(
    role: Option<Role>,
    columns: &[String],
    fields: &std::collections::BTreeMap<String, String>,
    file: &str,
    report: &mut Report,
) -> Mapping {
    let Some(role) = role else {
        return vocabulary::mapping_by_tags(columns);
    };
    let (mapping, unknown) = vocabulary::mapping(role, columns, fields);
    for column in fields.values() {
        if !columns.iter().any(|known| known.eq_ignore_ascii_case(column)) {
            report.push(
                Finding::new("declaration-column-missing", Severity::Warning, file)
                    .object(column)
                    .value(columns.iter().take(12).cloned().collect::<Vec<_>>().join(", ")),
            );
        }
    }
    for term in unknown {
        report.push(
            Finding::new("declaration-term-unknown", Severity::Warning, file).object(term),
        );
    }
    mapping
}
