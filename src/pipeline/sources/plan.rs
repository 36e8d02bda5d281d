//! What is to be read: as a declaration says, or as columns and names tell; archives are unpacked on the way.

use super::container::{self, Unpacked};
use super::documents::{self, Document};
use super::record::Cell;
use super::declaration::{self, DeclaredJoin, DeclaredLayer, Declaration, Role};
use super::join::Joined;
use super::mapping::{self, MappedLayer, Place};
use super::readers::{Content, Found, pictures, rasters};
use super::surface;
use super::undeclared;
use super::utilities;
use super::vocabulary::{self, Guess};
use super::{ImportFault, ImportOptions, open};
use crate::pipeline::imagery::{Picture, Said, source::{Kind, Source}, year_in};
use crate::pipeline::series::declared::{DeclaredScale, DeclaredSeries};
use crate::pipeline::series::{NoSeries, ScaleSource, SeriesSource, SeriesTable};
use crate::pipeline::models::{self, Model, place::Placement};
use crate::base::{Dataset, DatasetId, Finding, Nature, Report, Severity};
use std::path::{Path, PathBuf};

/// One thing to read, with what it is.
pub(super) struct Planned {
    pub found: Found,
    /// `None`: a mixed file, by tags.
    pub role: Option<Role>,
    pub dataset: DatasetId,
    pub fields: std::collections::BTreeMap<String, String>,
    /// Columns that stay under their own names.
    pub keep: Vec<String>,
    /// Place in the declaration, where there is one.
    pub rank: Option<usize>,
    /// Where the file lies; in an archive, where it was unpacked.
    pub path: Option<PathBuf>,
    /// What is true of every object of it.
    pub facts: Vec<(&'static str, Cell)>,
    /// Where a plan lies, as the mapping file says.
    pub place: Option<Place>,
}

/// What planning collects.
#[derive(Default)]
pub(super) struct Plan {
    pub declaration: Declaration,
    pub items: Vec<Planned>,
    pub joins: Vec<Joined>,
    /// What the person's mapping file says.
    pub mapping: Vec<MappedLayer>,
    pub unpacked: Unpacked,
    /// Tilesets and glTF files.
    pub models: Vec<Model>,
    /// Pictures from above.
    pub pictures: Vec<Picture>,
    /// What the person named.
    pub given: Vec<PathBuf>,
    /// The system that the person named for the whole import.
    pub crs: Option<String>,
    /// What the tables of planning documents say.
    pub documents: Vec<Document>,
    pub series: Vec<SeriesSource>,
    pub scales: Vec<ScaleSource>,
}

/// The layers of the person's mapping file, if there is one.
pub(super) fn read_mapping(options: &ImportOptions) -> Result<Vec<MappedLayer>, ImportFault> {
    let Some(path) = &options.map else { return Ok(Vec::new()) };
    let fault = |value: String| ImportFault::new("mapping-unreadable", path.display(), value);
    let length = std::fs::metadata(path).map_err(|error| fault(error.to_string()))?.len();
    if length > mapping::MAX_BYTES {
        return Err(fault(format!("{length} > {}", mapping::MAX_BYTES)));
    }
    let bytes = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
    let layers = mapping::parse(&bytes).map_err(fault)?;
    for layer in &layers {
        if let Some(unknown) = layer.fields.keys().find(|term| vocabulary::term(layer.role, term).is_none()) {
            return Err(fault(format!("« {unknown} » ≠ {}", vocabulary::term_names(layer.role).join(", "))));
        }
    }
    Ok(layers)
}

pub(super) fn plan_path(
    path: &Path,
    plan: &mut Plan,
    report: &mut Report,
) -> Result<(), ImportFault> {
    let named = path.display().to_string();
    let exists = path
        .try_exists()
        .map_err(|error| ImportFault::new("source-unreadable", &named, error))?;
    if !exists {
        return Err(ImportFault::new("source-missing", &named, ""));
    }
    if let Some(what) = open::no_file(path) {
        report.push(Finding::new("source-not-a-file", Severity::Warning, &named).object(&named).value(what));
        return Ok(());
    }
    let declared = if path.is_dir() {
        Some(path.join(declaration::FILE)).filter(|file| file.is_file())
    } else {
        (path.file_name().is_some_and(|name| name == declaration::FILE)).then(|| path.to_owned())
    };
    if let Some(file) = declared {
        return plan_declared(&file, plan, report);
    }
    let files = open::files_below(path, report)
        .map_err(|error| ImportFault::new("source-unreadable", &named, error))?;
    plan_files(&files, plan, report);
    Ok(())
}

/// The files of a folder: tilesets take what is theirs, the rest is looked at one by one.
fn plan_files(files: &[PathBuf], plan: &mut Plan, report: &mut Report) {
    let found = models::found::among(files);
    for (path, kind) in &found.models {
        let label = plan.unpacked.label(path);
        let said = mapping::model_for(&plan.mapping, &label).cloned().unwrap_or_default();
        let dataset = DatasetId(declaration::id_from(&label));
        let crs = said.crs.clone().or_else(|| plan.crs.clone());
        plan_model(path, *kind, label, dataset, said.model_place(), crs, plan, report);
    }
    for file in files {
        if !found.theirs.contains(file) && !found.models.iter().any(|(model, _)| model == file) {
            plan_file(file, plan, report);
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "all that a model is; folders and declarations say it in different ways")]
fn plan_model(
    path: &Path,
    kind: models::Kind,
    label: String,
    dataset: DatasetId,
    placement: Option<Placement>,
    crs: Option<String>,
    plan: &mut Plan,
    report: &mut Report,
) {
    if let Some((placement, member)) = placement.and_then(|place| Some((place, place.fault()?))) {
        report.push(
            Finding::new("model-placement", Severity::Error, &label).object(member).value(format!("{placement:?}")),
        );
        return;
    }
    if !plan.declaration.datasets.iter().any(|known| known.id == dataset) {
        report.push(Finding::new("dataset-unknown", Severity::Warning, &label));
        plan.declaration.datasets.push(unknown_dataset(dataset.clone(), &label));
    }
    plan.models.push(Model { label, path: path.to_owned(), dataset, kind, placement, crs });
}

/// A file, or what is in it when it is an archive.
fn plan_file(file: &Path, plan: &mut Plan, report: &mut Report) {
    if !container::is_archive(file) {
        return plan_guessed(file, plan, report);
    }
    let Some(folder) = plan.unpacked.folder(file, report) else { return };
    let label = plan.unpacked.label(file);
    let files = match open::files_below(&folder, report) {
        Ok(files) => files,
        Err(error) => {
            report.push(Finding::new("source-unreadable", Severity::Error, label).value(error));
            return;
        }
    };
    // A folder of declared sources may come packed.
    if let Some(declared) = files.iter().find(|file| file.ends_with(declaration::FILE)) {
        if let Err(fault) = plan_declared(declared, plan, report) {
            report.push(Finding::new(fault.code, Severity::Error, label).object(declaration::FILE).value(fault.value));
        }
        return;
    }
    plan_files(&files, plan, report);
}

/// Files as `sources.json` says.
fn plan_declared(
    file: &Path,
    plan: &mut Plan,
    report: &mut Report,
) -> Result<(), ImportFault> {
    let named = file.display().to_string();
    let bytes =
        std::fs::read(file).map_err(|error| ImportFault::new("source-unreadable", &named, error))?;
    let read = Declaration::parse(&bytes)
        .map_err(|error| ImportFault::new("declaration-unreadable", &named, error))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    for join in &read.join {
        plan_join(folder, join, plan, report);
    }
    for series in &read.series {
        plan_series(folder, series, plan, report);
        know_dataset(&series.dataset, &series.file, &read, plan, report);
    }
    for scale in &read.scaled {
        plan_scale(folder, scale, plan, report);
        know_dataset(&scale.dataset, &scale.file, &read, plan, report);
    }
    for layer in &read.layers {
        if layer.role == Role::Models {
            let path = folder.join(&layer.file);
            if !stays_inside(&layer.file) {
                report.push(Finding::new("declaration-path-outside", Severity::Error, &layer.file));
            } else if let Some((path, kind)) = models::found::among(&[path]).models.pop() {
                let crs = read.crs.clone().or_else(|| plan.crs.clone());
                plan_model(&path, kind, layer.file.clone(), layer.dataset.clone(), layer.place, crs, plan, report);
            } else {
                report.push(Finding::new("declaration-mismatch", Severity::Error, &layer.file).value(layer.role.id()));
            }
            continue;
        }
        plan_layer(folder, layer, plan, report);
        know_dataset(&layer.dataset, &layer.file, &read, plan, report);
    }
    undeclared::tell(file, folder, &read, &plan.given, report);
    let declaration = &mut plan.declaration;
    if declaration.id.is_empty() {
        let datasets = std::mem::take(&mut declaration.datasets);
        *declaration = read;
        declaration.datasets.extend(datasets);
    } else {
        declaration.datasets.extend(read.datasets);
        declaration.layers.extend(read.layers);
        declaration.join.extend(read.join);
        declaration.series.extend(read.series);
        declaration.scaled.extend(read.scaled);
    }
    Ok(())
}

/// The one table or raster that a declaration names; everything else is a finding.
fn declared_one(folder: &Path, file: &str, table: Option<&str>, role: Option<Role>, plan: &mut Plan, report: &mut Report) -> Option<Found> {
    let relative = Path::new(file);
    if !stays_inside(file) {
        report.push(Finding::new("declaration-path-outside", Severity::Error, file));
        return None;
    }
    // `bdtopo.zip/BATI/BATIMENT.shp` goes through an archive.
    let mut path = folder.to_owned();
    for part in relative.components() {
        path.push(part);
        if path.is_file() && container::is_archive(&path) {
            path = plan.unpacked.folder(&path, report)?;
        }
    }
    let files = if path.is_dir() {
        open::files_below(&path, report).unwrap_or_default()
    } else {
        vec![path]
    };
    let several = files.len() > 1;
    let mut found = Vec::new();
    for path in &files {
        match open::open(path).and_then(|found| as_role(found, role, path)) {
            Ok(more) => found.extend(more.into_iter().map(|found| {
                // In an archive the file itself is the table.
                let name = if several { Some(stem_of(&found.file)) } else { None };
                (found.table.clone().or(name), found)
            })),
            Err(_) if several => {}
            Err(fault) => {
                report.push(Finding::new(fault.0, Severity::Error, file).value(fault.1));
                return None;
            }
        }
    }
    if let Some(table) = table {
        found.retain(|(name, _)| name.as_deref() == Some(table) || name.is_none());
    }
    let count = found.len();
    match (found.pop(), count) {
        (Some((_, mut found)), 1) => {
            found.file = file.to_owned();
            notice(&found, report);
            Some(found)
        }
        _ => {
            let code = if count == 0 { "table-missing" } else { "table-not-named" };
            report.push(Finding::new(code, Severity::Error, file).object(table.unwrap_or_default()).value(count));
            None
        }
    }
}

fn stays_inside(file: &str) -> bool {
    Path::new(file)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir))
}

fn plan_join(folder: &Path, join: &DeclaredJoin, plan: &mut Plan, report: &mut Report) {
    let found = declared_one(folder, &join.file, join.table.as_deref(), None, plan, report);
    if let Some(joined) = found.and_then(|found| Joined::read(join, &found, report)) {
        plan.joins.push(joined);
    }
}

/// A data set that the declaration names and does not describe.
fn know_dataset(id: &DatasetId, file: &str, read: &Declaration, plan: &mut Plan, report: &mut Report) {
    if !read.datasets.iter().chain(&plan.declaration.datasets).any(|dataset| dataset.id == *id) {
        report.push(Finding::new("dataset-undeclared", Severity::Warning, file).object(id.as_str()));
        plan.declaration.datasets.push(unknown_dataset(id.clone(), file));
    }
}

/// Series as declared: one table, or all tables of a folder or archive that are written alike.
fn plan_series(folder: &Path, series: &DeclaredSeries, plan: &mut Plan, report: &mut Report) {
    let mut tables = Vec::new();
    let series = &series.sound(report);
    for found in declared_all(folder, &series.file, series.table.as_deref(), plan, report) {
        let (label, columns) = (found.label(), found.columns.clone());
        notice(&found, report);
        match SeriesTable::of(found, Some(series)) {
            Ok(table) => tables.push(table),
            Err((_, NoSeries::Missing(column))) => report.push(crate::pipeline::series::missing(&column, &label, &columns)),
            Err((_, NoSeries::Unreadable(reason))) => report.push(Finding::new("source-unreadable", Severity::Error, &label).value(reason)),
            Err((_, NoSeries::Irregular(_) | NoSeries::Other)) => report.push(Finding::new("series-not-understood", Severity::Error, &label).value(columns.iter().take(12).cloned().collect::<Vec<_>>().join(", "))),
        }
    }
    if !tables.is_empty() {
        let id = declaration::id_from(series.id.as_deref().unwrap_or(&stem_of(&series.file)));
        plan.series.push(SeriesSource { id, dataset: series.dataset.clone(), declared: Some(series.clone()), tables });
    }
}

fn plan_scale(folder: &Path, scale: &DeclaredScale, plan: &mut Plan, report: &mut Report) {
    let Some(found) = declared_one(folder, &scale.file, scale.table.as_deref(), None, plan, report) else { return };
    let (label, id) = (found.label(), declaration::id_from(scale.name.as_deref().unwrap_or(&stem_of(&scale.file))));
    match found {
        Found { columns, content: Content::Table(table), .. } => plan.scales.push(ScaleSource { label, id, declared: scale.clone(), columns, table }),
        _ => report.push(Finding::new("declaration-mismatch", Severity::Error, label).value("scaled")),
    }
}

/// All tables of a declared file, folder or archive.
fn declared_all(folder: &Path, file: &str, table: Option<&str>, plan: &mut Plan, report: &mut Report) -> Vec<Found> {
    if !stays_inside(file) {
        report.push(Finding::new("declaration-path-outside", Severity::Error, file));
        return Vec::new();
    }
    let mut path = folder.to_owned();
    for part in Path::new(file).components() {
        path.push(part);
        if path.is_file() && container::is_archive(&path) {
            match plan.unpacked.folder(&path, report) {
                Some(inside) => path = inside,
                None => return Vec::new(),
            }
        }
    }
    let files = open::files_below(&path, report).unwrap_or_default();
    let several = files.len() > 1;
    let mut all = Vec::new();
    for path in &files {
        match open::open(path) {
            Ok(found) => all.extend(found.into_iter().filter(|found| table.is_none() || found.table.as_deref() == table).map(|mut found| {
                found.file = if several { plan.unpacked.label(path) } else { file.to_owned() };
                found
            })),
            Err((code, _)) if several && open::is_of_no_known_format(code) => {}
            Err((code, value)) => report.push(Finding::new(code, Severity::Error, file).object(file).value(value)),
        }
    }
    if all.is_empty() && files.is_empty() {
        report.push(Finding::new("source-missing", Severity::Error, file));
    }
    all
}

fn plan_layer(folder: &Path, layer: &DeclaredLayer, plan: &mut Plan, report: &mut Report) {
    if layer.role == Role::Imagery {
        return plan_imagery(folder, layer, plan, report);
    }
    let Some(found) = declared_one(folder, &layer.file, layer.table.as_deref(), Some(layer.role), plan, report) else { return };
    let fits = match &found.content {
        Content::Raster(_) => matches!(layer.role, Role::Terrain | Role::Surface),
        Content::Picture { .. } => false,
        Content::Table(table) => !matches!(layer.role, Role::Terrain | Role::Surface) && table.has_geometry(),
    };
    if !fits {
        report.push(
            Finding::new("declaration-mismatch", Severity::Error, &layer.file).value(layer.role.id()),
        );
        return;
    }
    plan.items.push(Planned {
        found,
        role: Some(layer.role),
        dataset: layer.dataset.clone(),
        fields: layer.fields.clone(),
        keep: layer.keep.clone(),
        rank: Some(plan.items.len()),
        path: Some(folder.join(&layer.file)),
        facts: Vec::new(),
        place: None,
    });
}

/// Pictures as declared: one, all of a folder or archive, or a folder of tiles.
fn plan_imagery(folder: &Path, layer: &DeclaredLayer, plan: &mut Plan, report: &mut Report) {
    if !stays_inside(&layer.file) {
        report.push(Finding::new("declaration-path-outside", Severity::Error, &layer.file));
        return;
    }
    let mut path = folder.to_owned();
    for part in Path::new(&layer.file).components() {
        path.push(part);
        if path.is_file() && container::is_archive(&path) {
            match plan.unpacked.folder(&path, report) {
                Some(inside) => path = inside,
                None => return,
            }
        }
    }
    let files = open::files_below(&path, report).unwrap_or_default();
    let (several, before) = (files.len() > 1, plan.pictures.len());
    for file in &files {
        let label = if several { plan.unpacked.label(file) } else { layer.file.clone() };
        match open::open(file).and_then(|found| as_role(found, Some(Role::Imagery), file)) {
            Ok(found) => {
                for found in found {
                    if let Content::Picture { source, .. } = found.content {
                        let said = layer.imagery.clone().unwrap_or_default();
                        push_picture(label.clone(), source, layer.dataset.clone(), said, None, plan);
                    }
                }
            }
            // A text beside the pictures is no fault.
            Err((code, _)) if several && open::is_of_no_known_format(code) => {}
            Err((code, value)) => report.push(Finding::new(code, Severity::Error, &label).object(&label).value(value)),
        }
    }
    if plan.pictures.len() == before && !files.is_empty() && !report.findings().iter().any(|finding| finding.file == layer.file) {
        report.push(Finding::new("declaration-mismatch", Severity::Error, &layer.file).value(layer.role.id()));
    }
}

fn push_picture(label: String, source: Source, dataset: DatasetId, said: Said, guessed: Option<String>, plan: &mut Plan) {
    let year = year_in(&stem_of(&label));
    let unpacked = plan.unpacked.holds(&source.path);
    plan.pictures.push(Picture { label, source, dataset, said, year, guessed, unpacked });
}

/// A raster as what somebody says it is: one band of grey may be heights, and heights of sixteen bits a picture.
fn as_role(found: Vec<Found>, role: Option<Role>, path: &Path) -> Result<Vec<Found>, (&'static str, String)> {
    let as_heights = matches!(role, Some(Role::Terrain | Role::Surface));
    let is_tiff = |found: &Found| match &found.content {
        Content::Picture { source, .. } => source.kind == Kind::Tiff && as_heights,
        Content::Raster(_) => role == Some(Role::Imagery) && open::start_of(path, 4).is_ok_and(|bytes| bytes.starts_with(b"II") || bytes.starts_with(b"MM")),
        Content::Table(_) => false,
    };
    if !found.iter().any(is_tiff) {
        return Ok(found);
    }
    if as_heights { rasters::open_heights(path) } else { pictures::open_tiff(path) }
}

/// A file nobody described: columns and tags tell.
fn plan_guessed(
    file: &Path,
    plan: &mut Plan,
    report: &mut Report,
) {
    let name = plan.unpacked.label(file);
    let said = mapping::raster_for(&plan.mapping, &name).cloned();
    let found = match open::open(file).and_then(|found| as_role(found, said.as_ref().map(|layer| layer.role), file)) {
        Ok(found) => found,
        Err((code, reason)) => {
            // A README beside the data is no fault; a damaged GeoPackage is.
            let severity = match code {
                "file-not-understood" | "file-is-text" | "imagery-without-place" => Severity::Info,
                "file-empty" | "source-not-a-file" => Severity::Warning,
                _ => Severity::Error,
            };
            report.push(Finding::new(code, severity, &name).object(&name).value(reason));
            return;
        }
    };
    let id = DatasetId(declaration::id_from(
        &file.file_stem().unwrap_or_default().to_string_lossy(),
    ));
    let before = plan.items.len();
    let stated = found.iter().find_map(|found| match &found.content {
        Content::Table(table) => table.dataset(&id, &name),
        Content::Raster(_) | Content::Picture { .. } => None,
    });
    let id = stated.as_ref().map_or(id, |dataset: &Dataset| dataset.id.clone());
    for mut found in found {
        if let Content::Picture { source, pixel } = found.content {
            guess_picture(file, &name, source, found.crs, pixel, said.as_ref().and_then(|layer| layer.imagery.clone()), plan, report);
            return;
        }
        found.file = name.clone();
        notice(&found, report);
        let mapped = mapping::layer_for(&plan.mapping, &found).cloned();
        let guess = match &found.content {
            Content::Raster(heights) => {
                let by_name = || if surface::by_name(&name).is_some() && !heights.has_roof_points() { Role::Surface } else { Role::Terrain };
                Guess::All(said.as_ref().map_or_else(by_name, |layer| layer.role))
            }
            Content::Picture { .. } => Guess::All(Role::Terrain),
            Content::Table(table) if !table.has_geometry() && documents::is_one(&found.columns) => {
                let read = documents::read(file, &found, table.as_ref());
                report.push(Finding::new("plan-document", Severity::Info, found.label()).value(read.len()));
                plan.documents.extend(read);
                continue;
            }
            Content::Table(table) if !table.has_geometry() => {
                match SeriesTable::of(found, None) {
                    Ok(table) => guess_series(file, &name, &id, table, plan, report),
                    Err((found, NoSeries::Unreadable(reason))) => report.push(Finding::new("source-unreadable", Severity::Error, found.label()).value(reason)),
                    Err((found, why)) => {
                        if let NoSeries::Irregular(instant) = why {
                            report.push(Finding::new("series-not-even", Severity::Info, found.label()).object(instant));
                        }
                        report.push(
                            Finding::new("table-without-geometry", Severity::Info, found.label())
                                .value(found.columns.iter().take(12).cloned().collect::<Vec<_>>().join(", ")),
                        );
                    }
                }
                continue;
            }
            // Nothing to tell it by, and nothing to draw.
            Content::Table(table) if table.rows() == Some(0) => continue,
            Content::Table(_) => match &mapped {
                Some(layer) => Guess::All(layer.role),
                None => {
                    let called = found.table.clone().unwrap_or_else(|| stem_of(&found.file));
                    vocabulary::recognise_by_certain_name(&called, found.kind).map_or_else(|| vocabulary::recognise(&found.columns, found.kind), Guess::All)
                }
            },
        };
        let guess = match guess {
            Guess::NotUnderstood => {
                let called = found.table.clone().unwrap_or_else(|| stem_of(&found.file));
                let role = vocabulary::recognise_by_name(&called, found.kind)
                    .or_else(|| utilities::by_columns(&found.columns, found.kind))
                    .or_else(|| utilities::by_name(&called, found.kind))
                    // A table called `troncons` in a file called `reseau_gaz`.
                    .or_else(|| utilities::by_name(&found.file, found.kind));
                match role {
                    Some(role) if utilities::by_columns(&found.columns, found.kind) == Some(role) => Guess::All(role),
                    Some(role) => {
                        report.push(
                            Finding::new("layer-recognised-by-name", Severity::Info, found.label())
                                .object(called)
                                .value(role.id()),
                        );
                        Guess::All(role)
                    }
                    None => guess,
                }
            }
            known => known,
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
        let place = mapped.as_ref().and_then(MappedLayer::plan_place);
        let MappedLayer { fields, keep, .. } = mapped.unwrap_or_default();
        // The declaration then says what was understood, as if somebody had written it.
        if let Some(role) = role {
            plan.declaration.layers.push(DeclaredLayer {
                file: name.clone(),
                table: found.table.clone(),
                role,
                dataset: id.clone(),
                fields: fields.clone(),
                keep: keep.clone(),
                place: None,
                imagery: None,
            });
        }
        plan.items.push(Planned {
            found,
            role,
            dataset: id.clone(),
            fields,
            keep,
            rank: None,
            path: Some(file.to_owned()),
            facts: Vec::new(),
            place,
        });
    }
    if plan.items.len() > before && !plan.declaration.datasets.iter().any(|dataset| dataset.id == id) {
        plan.declaration.datasets.push(match stated {
            Some(dataset) => dataset,
            None => {
                report.push(Finding::new("dataset-unknown", Severity::Warning, &name));
                unknown_dataset(id, &name)
            }
        });
    }
}

/// A table of series that nobody declared; the declaration then says what was understood.
fn guess_series(file: &Path, name: &str, dataset: &DatasetId, table: SeriesTable, plan: &mut Plan, report: &mut Report) {
    if !plan.declaration.datasets.iter().any(|known| known.id == *dataset) {
        report.push(Finding::new("dataset-unknown", Severity::Warning, name));
        plan.declaration.datasets.push(unknown_dataset(dataset.clone(), name));
    }
    plan.declaration.series.push(DeclaredSeries::of(name.to_owned(), table.table_name().map(str::to_owned), dataset.clone()));
    let id = declaration::id_from(&table.table_name().map_or_else(|| file.file_stem().unwrap_or_default().to_string_lossy().into_owned(), str::to_owned));
    plan.series.push(SeriesSource { id, dataset: dataset.clone(), declared: None, tables: vec![table] });
}

/// A picture that nobody declared: those of one folder, year, system and size of pixel belong together.
#[expect(clippy::too_many_arguments, reason = "all that tells pictures apart")]
fn guess_picture(
    file: &Path,
    name: &str,
    source: Source,
    crs: Option<String>,
    pixel: Option<String>,
    said: Option<Said>,
    plan: &mut Plan,
    report: &mut Report,
) {
    let said = said.unwrap_or_default();
    let year = year_in(&stem_of(name)).unwrap_or_default();
    let folder = file.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    let group = match (&said.id, source.kind) {
        (Some(id), _) => id.clone(),
        (None, Kind::Tiles) => file.display().to_string(),
        (None, _) => [folder, year, crs.unwrap_or_default(), pixel.unwrap_or_default()].join("\n"),
    };
    // The first of a group names it.
    let known = plan.pictures.iter().find(|picture| picture.guessed.as_ref() == Some(&group)).map(|picture| picture.dataset.clone());
    let dataset = known.unwrap_or_else(|| {
        let dataset = DatasetId(declaration::id_from(said.id.as_deref().unwrap_or(&stem_of(name))));
        if !plan.declaration.datasets.iter().any(|known| known.id == dataset) {
            report.push(Finding::new("dataset-unknown", Severity::Warning, name));
            plan.declaration.datasets.push(unknown_dataset(dataset.clone(), name));
        }
        dataset
    });
    plan.declaration.layers.push(DeclaredLayer {
        file: name.to_owned(),
        table: None,
        role: Role::Imagery,
        dataset: dataset.clone(),
        fields: Default::default(),
        keep: Vec::new(),
        place: None,
        imagery: (said != Said::default()).then(|| said.clone()),
    });
    push_picture(name.to_owned(), source, dataset, said, Some(group), plan);
}

/// What was noticed when a table was opened, and that it is empty.
fn notice(found: &Found, report: &mut Report) {
    let Content::Table(table) = &found.content else { return };
    let file = found.label();
    for note in table.notes() {
        report.push(Finding::new(note.code, note.severity, &file).value(&note.value));
    }
    if table.rows() == Some(0) {
        report.push(Finding::new("layer-empty", Severity::Warning, &file));
    }
}

fn stem_of(file: &str) -> String {
    Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
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
