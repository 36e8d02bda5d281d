//! From what was imported to a package: the importer's last step.

use super::package;
use super::{Territory, TileFault, TileOptions, TileSummary, write_territory};
use crate::base::{DatasetId, Report};
use crate::formats::territory::Name;
use crate::geodesy::{Crs, Geoid};
use crate::pipeline::sources::declaration::Role;
use crate::pipeline::{ImportFault, Imported, Progress, generate, models};
use std::path::Path;

/// Plants the trees that the declaration asks for. To be called before [`write_imported`]; a second call changes nothing.
pub fn grow_trees(imported: &mut Imported) {
    let wanted = imported.declaration.generate.trees;
    if wanted && !imported.region.trees.iter().any(|tree| tree.generated) {
        let made = generate::trees(&imported.region, imported.declaration.generate.seed);
        imported.region.trees.extend(made);
    }
}

/// Writes the package of an imported region below `out`, an empty folder that the caller renames when all went well.
///
/// # Errors
/// As [`write_territory`], as a coded fault with a sentence.
pub fn write_imported(
    imported: &Imported,
    out: &Path,
    options: &TileOptions,
    progress: &dyn Progress,
) -> Result<TileSummary, ImportFault> {
    let crs = Crs::from_code(&imported.crs)
        .map_err(|fault| ImportFault::new("crs-unknown", &imported.crs, fault))?;
    let declaration = &imported.declaration;
    let dataset_of = |role: Role| -> Option<DatasetId> {
        declaration
            .layers
            .iter()
            .find(|layer| layer.role == role)
            .map(|layer| layer.dataset.clone())
    };
    let territory = Territory {
        id: declaration.id.clone(),
        name: declaration.name.clone().unwrap_or_else(|| Name {
            fr: declaration.id.clone(),
            en: declaration.id.clone(),
        }),
        crs: &crs,
        vertical: declaration.vertical.clone().unwrap_or_else(|| "NGF-IGN69".to_owned()),
        region: &imported.region,
        datasets: declaration.datasets.clone(),
        terrain_dataset: dataset_of(Role::Terrain),
        generated_trees_dataset: declaration.generate.dataset.clone(),
        trees_dataset: dataset_of(Role::Trees),
        home: declaration.home,
        views: declaration.views.clone(),
    };
    let tiled = write_territory(&territory, out, options, progress);
    if imported.models.list.is_empty() {
        return tiled.map_err(as_import_fault);
    }
    let geoid = match &options.geoid {
        Some(bytes) => Geoid::from_raf20_tiff(bytes).map_err(|fault| ImportFault::new("geoid-unreadable", "", fault))?,
        None => Geoid::approximate_france(),
    };
    let written = models::write(&imported.models, &geoid, out, progress).map_err(as_import_fault)?;
    let mut summary = match tiled {
        Ok(summary) => summary,
        // Models alone are a territory too.
        Err(TileFault::Empty) => TileSummary {
            manifest: models::manifest(
                &territory.id,
                territory.name.clone(),
                territory.crs,
                &territory.vertical,
                &geoid,
                &territory.datasets,
                &written,
            )?,
            report: Report::default(),
            models: None,
        },
        Err(fault) => return Err(as_import_fault(fault)),
    };
    summary.manifest.layers.extend(written.layers);
    summary.report.merge(written.report);
    summary.models = Some(written.count);
    package::write_manifest(out, &summary.manifest).map_err(as_import_fault)?;
    Ok(summary)
}

fn as_import_fault(fault: TileFault) -> ImportFault {
    let (object, value) = match &fault {
        TileFault::Empty | TileFault::Cancelled => (String::new(), String::new()),
        TileFault::OutsideCrs { crs, x, y } => (crs.clone(), format!("{x} {y}")),
        TileFault::Geoid(detail) | TileFault::Threads(detail) => (String::new(), detail.clone()),
        TileFault::Content { layer, detail } => (layer.clone(), detail.clone()),
        TileFault::Write { path, detail } => (path.clone(), detail.clone()),
    };
    ImportFault::new(fault.code(), object, value)
}
