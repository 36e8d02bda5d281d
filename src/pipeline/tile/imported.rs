//! From what was imported to a package: the importer's last step.

use super::{Territory, TileFault, TileOptions, TileSummary, write_territory};
use crate::base::DatasetId;
use crate::formats::territory::Name;
use crate::geodesy::Crs;
use crate::pipeline::sources::declaration::{Declaration, Role};
use crate::region::Region;
use crate::pipeline::{ImportFault, Imported, Progress, generate};
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
    let territory = territory_of(&imported.declaration, &crs, &imported.region);
    write_territory(&territory, out, options, progress).map_err(|fault| coded(&fault))
}

/// What a declaration says about a territory, and the region that is drawn of it.
pub fn territory_of<'a>(declaration: &Declaration, crs: &'a Crs, region: &'a Region) -> Territory<'a> {
    let dataset_of = |role: Role| -> Option<DatasetId> {
        declaration
            .layers
            .iter()
            .find(|layer| layer.role == role)
            .map(|layer| layer.dataset.clone())
    };
    Territory {
        id: declaration.id.clone(),
        name: declaration.name.clone().unwrap_or_else(|| Name {
            fr: declaration.id.clone(),
            en: declaration.id.clone(),
        }),
        crs,
        vertical: declaration.vertical.clone().unwrap_or_else(|| "NGF-IGN69".to_owned()),
        region,
        datasets: declaration.datasets.clone(),
        terrain_dataset: dataset_of(Role::Terrain),
        generated_trees_dataset: declaration.generate.dataset.clone(),
        trees_dataset: dataset_of(Role::Trees),
        home: declaration.home,
        views: declaration.views.clone(),
    }
}

/// The fault as a code with a sentence.
pub fn coded(fault: &TileFault) -> ImportFault {
    let (object, value) = match fault {
        TileFault::Empty | TileFault::Cancelled => (String::new(), String::new()),
        TileFault::OutsideCrs { crs, x, y } => (crs.clone(), format!("{x} {y}")),
        TileFault::Geoid(detail) | TileFault::Threads(detail) => (String::new(), detail.clone()),
        TileFault::Content { layer, detail } => (layer.clone(), detail.clone()),
        TileFault::Write { path, detail } => (path.clone(), detail.clone()),
    };
    ImportFault::new(fault.code(), object, value)
}
