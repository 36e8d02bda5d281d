//! Opens what a person names, by content and not by name, tells what is what, and brings all coordinates into one system.
//!
//! A `sources.json` in a folder declares its files ([`declaration`]); without one, columns and tags tell ([`vocabulary`]).
//! What is not understood is reported, never silently dropped.

pub mod container;
pub mod declaration;
mod documents;
pub mod join;
pub mod mapping;
pub mod place;
pub mod readers;
pub mod record;
pub mod vocabulary;

pub use open::crs;

mod open;
mod plan;

use super::models::Models;
use super::{ImportFault, ImportOptions, Progress};

use crate::base::{Dataset, DatasetId, Finding, Nature, Report, Severity};
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
    pub models: Models,
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
}

/// Opens, recognises, reads and places everything.
///
/// # Errors
/// When nothing usable was named, the target system is unknown, or the work was cancelled.
pub fn gather(
    paths: &[PathBuf],
    options: &ImportOptions,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<Gathered, ImportFault> {
    let mut plan = Plan { mapping: read_mapping(options)?, crs: options.crs.clone(), ..Plan::default() };
    for path in paths {
        plan_path(path, &mut plan, report)?;
    }
    documents::attach(&plan.documents, &mut plan.items, &mut plan.declaration.datasets);
    // What was unpacked stays until everything is read.
    let Plan { mut declaration, items: planned, joins, unpacked, models, .. } = plan;
    let unpacked = std::sync::Arc::new(unpacked);
    if planned.is_empty() && models.is_empty() {
        let first = paths.first().map(|p| p.display().to_string());
        let example = report
            .findings()
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
    let target = target_crs(&declaration, options, &planned)?;
    declaration.crs = Some(target.code().to_owned());

    let mut gathered = Gathered {
        declaration,
        target,
        layers: Vec::new(),
        rasters: Vec::new(),
        models: Models { list: models, unpacked: Some(unpacked) },
    };
    let total = planned.len() as u64;
    for (done, item) in planned.into_iter().enumerate() {
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        progress.step("import-read", done as u64, total);
        read_one(item, &joins, &mut gathered, report);
    }
    for join in &joins {
        join.apply(&mut gathered.layers, report);
    }
    progress.step("import-read", total, total);
    Ok(gathered)
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
        open::crs(code).map_err(|fault| ImportFault::new("crs-unknown", code, fault))
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

fn read_one(item: Planned, joins: &[Joined], gathered: &mut Gathered, report: &mut Report) {
    let Planned { found, role, dataset, fields, keep, rank, facts, .. } = item;
    let file = found.label();
    let from = match &found.crs {
        Some(code) => code.clone(),
        None => {
            report.push(
                Finding::new("crs-assumed", Severity::Warning, &file).value(gathered.target.code()),
            );
            gathered.target.code().to_owned()
        }
    };
    let placer = match open::crs(&from).map(|crs| Placer::between(crs, gathered.target.clone())) {
        Ok(placer) => placer,
        Err(fault) => {
            report.push(
                Finding::new("crs-unknown", Severity::Error, &file).object(from).value(fault),
            );
            return;
        }
    };
    let table = match found.content {
        Content::Raster(heights) => {
            gathered.rasters.push(RawRaster { file, dataset, heights, placer, rank });
            return;
        }
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
    for join in joins.iter().filter(|join| Some(join.onto) == role) {
        let Some(column) = join.by.strip_prefix(vocabulary::JOINING) else { continue };
        if let Some(column) = found.columns.iter().find(|known| known.eq_ignore_ascii_case(column)) {
            mapping.push((join.by, vec![column.clone()]));
        }
    }
    let (mut records, mut lost) = (Vec::new(), 0);
    let read = table.read(&mapping, &mut |row| match row {
        Ok(mut record) => {
            record.values.extend(facts.iter().cloned());
            records.push(record);
        }
        Err(unread) => {
            lost += 1;
            report.push(
                Finding::new("feature-unreadable", Severity::Error, &file)
                    .object(unread.object)
                    .value(unread.reason),
            );
        }
    });
    for remark in table.remarks() {
        report.push(
            Finding::new(remark.code, remark.severity, &file)
                .object(remark.object)
                .value(remark.value),
        );
    }
    if let Err(reason) = read {
        report.push(Finding::new("source-unreadable", Severity::Error, &file).value(reason));
        return;
    }
    match role {
        Some(role) => {
            let records = placed(records, &placer, &file, &mut lost, report);
            gathered.layers.push(RawLayer { role, dataset, file, records, lost });
        }
        None => {
            // A mixed file gives one layer a role; what has no role is said, not dropped in silence.
            let mut by_role: std::collections::BTreeMap<Role, Vec<Record>> = Default::default();
            for record in records {
                match vocabulary::role_by_tags(&record) {
                    Some(role) => {
                        let mut record = record;
                        if whole && role.theme().is_none() {
                            record.values.retain(|(term, _)| !term.starts_with(vocabulary::SOURCE));
                        }
                        by_role.entry(role).or_default().push(record);
                    }
                    None => report.push(
                        Finding::new("feature-not-understood", Severity::Info, &file)
                            .object(record.object),
                    ),
                }
            }
            for (role, records) in by_role {
                gathered.declaration.layers.push(DeclaredLayer {
                    file: found.file.clone(),
                    table: found.table.clone(),
                    role,
                    dataset: dataset.clone(),
                    fields: Default::default(),
                    keep: Vec::new(),
                    place: None,
                });
                let records = placed(records, &placer, &file, &mut lost, report);
                gathered.layers.push(RawLayer {
                    role,
                    dataset: dataset.clone(),
                    file: file.clone(),
                    records,
                    lost: std::mem::take(&mut lost),
                });
            }
        }
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

fn placed(
    records: Vec<Record>,
    placer: &Placer,
    file: &str,
    lost: &mut usize,
    report: &mut Report,
) -> Vec<Record> {
    records
        .into_iter()
        .filter_map(|mut record| {
            if let Some(shape) = &mut record.shape
                && let Err(fault) = placer.shape(shape)
            {
                *lost += 1;
                report.push(
                    Finding::new("coordinates-outside", Severity::Error, file)
                        .object(record.object)
                        .value(fault),
                );
                return None;
            }
            Some(record)
        })
        .collect()
}
