//! Opens what a person names, by content and not by name, tells what is what, and brings all coordinates into one system.
//!
//! A `sources.json` in a folder declares its files ([`declaration`]); without one, columns and tags tell ([`vocabulary`]).
//! What is not understood is reported, never silently dropped.

pub mod declaration;
pub mod place;
pub mod readers;
pub mod record;
pub mod vocabulary;

mod open;

use super::{ImportFault, ImportOptions, Progress};
use crate::base::{Dataset, DatasetId, Finding, Nature, Report, Severity};
use crate::formats::raster::Raster;
use crate::formats::territory::Name;
use crate::geodesy::Crs;
use declaration::{DeclaredLayer, Declaration, Role};
use place::Placer;
use readers::{Content, Found, short_name};
use record::Record;
use std::path::{Path, PathBuf};
use vocabulary::{Guess, Mapping};

/// Lambert-93: what France uses when nothing else is said.
pub const DEFAULT_CRS: &str = "EPSG:2154";

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
    pub raster: Raster,
    pub placer: Placer,
}

/// One thing to read, with what it is.
struct Planned {
    found: Found,
    /// `None`: a mixed file, by tags.
    role: Option<Role>,
    dataset: DatasetId,
    fields: std::collections::BTreeMap<String, String>,
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
    let mut declaration = Declaration::default();
    let mut planned = Vec::new();
    for path in paths {
        plan_path(path, &mut declaration, &mut planned, report)?;
    }
    if planned.is_empty() {
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
    };
    let total = planned.len() as u64;
    for (done, item) in planned.into_iter().enumerate() {
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        progress.step("import-read", done as u64, total);
        read_one(item, &mut gathered, report);
    }
    progress.step("import-read", total, total);
    Ok(gathered)
}

fn plan_path(
    path: &Path,
    declaration: &mut Declaration,
    planned: &mut Vec<Planned>,
    report: &mut Report,
) -> Result<(), ImportFault> {
    let named = path.display().to_string();
    let exists = path
        .try_exists()
        .map_err(|error| ImportFault::new("source-unreadable", &named, error))?;
    if !exists {
        return Err(ImportFault::new("source-missing", &named, ""));
    }
    let declared = if path.is_dir() {
        Some(path.join(declaration::FILE)).filter(|file| file.is_file())
    } else {
        (path.file_name().is_some_and(|name| name == declaration::FILE)).then(|| path.to_owned())
    };
    if let Some(file) = declared {
        return plan_declared(&file, declaration, planned, report);
    }
    let files = open::files_below(path, report)
        .map_err(|error| ImportFault::new("source-unreadable", &named, error))?;
    for file in files {
        plan_guessed(&file, declaration, planned, report);
    }
    Ok(())
}

/// Files as `sources.json` says.
fn plan_declared(
    file: &Path,
    declaration: &mut Declaration,
    planned: &mut Vec<Planned>,
    report: &mut Report,
) -> Result<(), ImportFault> {
    let named = file.display().to_string();
    let bytes =
        std::fs::read(file).map_err(|error| ImportFault::new("source-unreadable", &named, error))?;
    let read = Declaration::parse(&bytes)
        .map_err(|error| ImportFault::new("declaration-unreadable", &named, error))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    for layer in &read.layers {
        plan_layer(folder, layer, planned, report);
        if !read.datasets.iter().any(|dataset| dataset.id == layer.dataset) {
            report.push(
                Finding::new("dataset-undeclared", Severity::Warning, &layer.file)
                    .object(layer.dataset.as_str()),
            );
            declaration.datasets.push(unknown_dataset(layer.dataset.clone(), &layer.file));
        }
    }
    if declaration.id.is_empty() {
        let datasets = std::mem::take(&mut declaration.datasets);
        *declaration = read;
        declaration.datasets.extend(datasets);
    } else {
        declaration.datasets.extend(read.datasets);
        declaration.layers.extend(read.layers);
    }
    Ok(())
}

fn plan_layer(
    folder: &Path,
    layer: &DeclaredLayer,
    planned: &mut Vec<Planned>,
    report: &mut Report,
) {
    let relative = Path::new(&layer.file);
    let stays_inside = relative
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    if !stays_inside {
        report.push(Finding::new("declaration-path-outside", Severity::Error, &layer.file));
        return;
    }
    let mut found = match open::open(&folder.join(relative)) {
        Ok(found) => found,
        Err(fault) => {
            report.push(Finding::new(fault.0, Severity::Error, &layer.file).value(fault.1));
            return;
        }
    };
    if let Some(table) = &layer.table {
        found.retain(|f| f.table.as_deref() == Some(table.as_str()) || f.table.is_none());
    }
    if found.len() != 1 {
        let which = layer.table.clone().unwrap_or_default();
        let code = if found.is_empty() { "table-missing" } else { "table-not-named" };
        report.push(Finding::new(code, Severity::Error, &layer.file).object(which).value(found.len()));
        return;
    }
    for mut found in found {
        found.file = layer.file.clone();
        let raster = matches!(found.content, Content::Raster(_));
        if raster != (layer.role == Role::Terrain) {
            report.push(
                Finding::new("declaration-mismatch", Severity::Error, &layer.file)
                    .value(layer.role.id()),
            );
            continue;
        }
        planned.push(Planned {
            found,
            role: Some(layer.role),
            dataset: layer.dataset.clone(),
            fields: layer.fields.clone(),
        });
    }
}

/// A file nobody described: columns and tags tell.
fn plan_guessed(
    file: &Path,
    declaration: &mut Declaration,
    planned: &mut Vec<Planned>,
    report: &mut Report,
) {
    let name = short_name(file);
    let found = match open::open(file) {
        Ok(found) => found,
        Err((code, reason)) => {
            // A README beside the data is no fault; a damaged GeoPackage is.
            let severity = if code == "file-not-understood" { Severity::Info } else { Severity::Error };
            report.push(Finding::new(code, severity, name).value(reason));
            return;
        }
    };
    let id = DatasetId(declaration::id_from(
        &file.file_stem().unwrap_or_default().to_string_lossy(),
    ));
    let before = planned.len();
    for found in found {
        let guess = match &found.content {
            Content::Raster(_) => Guess::All(Role::Terrain),
            _ => vocabulary::recognise(&found.columns, found.kind),
        };
        let role = match guess {
            Guess::All(role) => Some(role),
            Guess::ByTags => None,
            Guess::NotUnderstood => {
                report.push(
                    Finding::new("layer-not-understood", Severity::Warning, &name)
                        .object(found.table.clone().unwrap_or_else(|| name.clone()))
                        .value(found.columns.iter().take(12).cloned().collect::<Vec<_>>().join(", ")),
                );
                continue;
            }
        };
        // The declaration then says what was understood, as if somebody had written it.
        if let Some(role) = role {
            declaration.layers.push(DeclaredLayer {
                file: name.clone(),
                table: found.table.clone(),
                role,
                dataset: id.clone(),
                fields: Default::default(),
            });
        }
        planned.push(Planned {
            found,
            role,
            dataset: id.clone(),
            fields: Default::default(),
        });
    }
    if planned.len() > before && !declaration.datasets.iter().any(|dataset| dataset.id == id) {
        report.push(Finding::new("dataset-unknown", Severity::Warning, &name));
        declaration.datasets.push(unknown_dataset(id, &name));
    }
}

/// Data whose producer and terms nobody stated.
fn unknown_dataset(id: DatasetId, file: &str) -> Dataset {
    Dataset {
        id,
        title: file.to_owned(),
        producer: "non précisé".to_owned(),
        licence: "non précisée".to_owned(),
        date: String::new(),
        attribution: file.to_owned(),
        nature: Nature::Declared,
    }
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
    declaration.vertical.get_or_insert_with(|| "NGF-IGN69".to_owned());
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

fn read_one(item: Planned, gathered: &mut Gathered, report: &mut Report) {
    let Planned { found, role, dataset, fields } = item;
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
        Content::Raster(raster) => {
            gathered.rasters.push(RawRaster { file, dataset, raster, placer });
            return;
        }
        Content::Table(table) => table,
    };
    let mapping = mapping_for(role, &found.columns, &fields, &file, report);
    let (mut records, mut lost) = (Vec::new(), 0);
    let read = table.read(&mapping, &mut |row| match row {
        Ok(record) => records.push(record),
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
                    Some(role) => by_role.entry(role).or_default().push(record),
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
