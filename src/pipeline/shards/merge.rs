//! The last step: coarse tiles above the shards, subtrees, tilesets, manifest.

use super::file::{self, DoneFile, TileFile, done_path};
use super::work::{self, Loaded};
use crate::base::{DatasetId, Report};
use crate::formats::territory::Manifest;
use crate::pipeline::clean::Object;
use crate::pipeline::tile::buildings::smallest_m2;
use crate::pipeline::tile::grid::TileKey;
use crate::pipeline::tile::imported::{coded, territory_of};
use crate::pipeline::tile::networks;
use crate::pipeline::tile::part::Part;
use crate::pipeline::tile::scene::Scene;
use crate::pipeline::tile::utilities;
use crate::pipeline::tile::{self, DrawnLayer};
use crate::pipeline::{ImportFault, LayerCount, Progress};
use crate::region::Region;
use geo::Area;
use std::collections::{BTreeMap, BTreeSet};

/// What a merged territory is.
pub struct Merged {
    pub manifest: Manifest,
    pub layers: Vec<LayerCount>,
    pub report: Report,
}

/// Completes the package of a plan whose shards are all done.
///
/// # Errors
/// `shards-missing`, or what drawing brings.
pub fn merge(loaded: &Loaded, progress: &dyn Progress) -> Result<Merged, ImportFault> {
    let package = loaded.package();
    let plan = &loaded.plan;
    let mut done: Vec<DoneFile> = Vec::new();
    let mut missing = Vec::new();
    for (number, shard) in plan.shards.iter().enumerate() {
        match file::read(&done_path(&package, Some(shard.tile))) {
            Ok(file) => done.push(file),
            Err(_) => missing.push(number.to_string()),
        }
    }
    if !missing.is_empty() {
        let some: Vec<String> = missing.iter().take(12).cloned().collect();
        return Err(ImportFault::new("shards-missing", missing.len(), some.join(", ")));
    }
    // In the order of the map: which worker ended first means nothing.
    done.sort_by_key(|file| file.tile);
    leave_only(&package, plan)?;
    let roots: BTreeSet<TileKey> = plan.shards.iter().map(file::Shard::key).collect();
    let region = region_above(loaded, &roots, progress)?;
    let mut layers = work::drawn(loaded, &region, Part::Above(roots), &mut Report::default(), progress)?;
    add(&mut layers, &done, loaded);
    let to_lonlat = |at: [f64; 2]| loaded.crs.to_lonlat(at[0], at[1]).ok();
    let scene = Scene::new(loaded.stage.clone(), &region, Part::Whole, &to_lonlat, &mut Report::default());
    let territory = territory_of(&plan.declaration, &loaded.crs, &region);
    let manifest = tile::assemble(&territory, &scene, &loaded.geoid, layers, plan.buildings > 0, &package).map_err(|fault| coded(&fault))?;
    progress.step("tile-package", 1, 1);

    let mut report = Report::default();
    file::report_of(&plan.findings, &mut report);
    let mut counts: Vec<LayerCount> = plan.layers.iter().map(file::CountFile::count).collect();
    for file in &done {
        file::report_of(&file.findings, &mut report);
        if let Some(buildings) = counts.iter_mut().find(|count| count.id == "buildings") {
            buildings.merge(&file.count.count());
        }
    }
    Ok(Merged { manifest, layers: counts, report })
}

/// Shards of a former plan that are not in this one go, with what they wrote.
fn leave_only(package: &std::path::Path, plan: &file::PlanFile) -> Result<(), ImportFault> {
    let wanted: BTreeSet<_> = plan.shards.iter().map(|shard| done_path(package, Some(shard.tile))).collect();
    let entries = std::fs::read_dir(package.join(file::DONE)).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()).filter(|path| !wanted.contains(path)) {
        if let Ok(done) = file::read::<DoneFile>(&path) {
            work::clear(package, &done)?;
        }
    }
    // What is above the shards is drawn anew each time, and nothing of an older one stays.
    work::sweep(package)
}

/// What can be seen in the tiles above the shards: large buildings, main roads, water.
fn region_above(loaded: &Loaded, roots: &BTreeSet<TileKey>, progress: &dyn Progress) -> Result<Region, ImportFault> {
    let grid = &loaded.stage.grid;
    let mut region = Region::default();
    // The finest level above a shard; where the root is the only shard there is none, and only the water is counted.
    let finest = roots.iter().filter_map(|root| root.level.checked_sub(1)).max();
    let smallest = finest.map_or(f64::INFINITY, |finest| smallest_m2(grid, finest));
    let tolerance_m = finest.map_or(f64::INFINITY, |finest| grid.tolerance(finest));
    let mut found: Vec<(u64, Object)> = Vec::new();
    let mut seen = 0_u64;
    loaded.spool.all(&mut |number, object| {
        seen += 1;
        if seen % 4_096 == 0 && progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        let shown = match &object {
            Object::Building(draft) => draft.building.footprint.unsigned_area() >= smallest,
            Object::Line(line) => finest.is_some() && networks::shown(line.class, tolerance_m),
            Object::Conduit(conduit) => finest.is_some() && utilities::shown(conduit, tolerance_m),
            Object::Water(_) => true,
            // Points of networks are drawn where trees are: below the shards' roots.
            Object::Fixture(_) | Object::Tree(_) | Object::Area(_) => false,
        };
        if shown {
            found.push((number, object));
        }
        Ok(())
    })?;
    found.sort_by_key(|(number, _)| *number);
    for (_, object) in found {
        match object {
            // Its shard settled it among its neighbours; from afar a doubtful height is as good.
            Object::Building(mut draft) => {
                if let (true, Some(surveyed)) = (draft.above_ground, &mut draft.building.surveyed) {
                    surveyed.raise(draft.building.ground_m);
                }
                region.buildings.push(draft.building);
            }
            Object::Line(line) => region.lines.push(line),
            Object::Water(water) => region.water.push(water),
            Object::Conduit(conduit) => region.conduits.push(conduit),
            Object::Fixture(_) | Object::Tree(_) | Object::Area(_) => {}
        }
    }
    Ok(region)
}

/// Adds the shards' tiles, features and data sets to the layers as drawn above them.
fn add(layers: &mut Vec<DrawnLayer>, done: &[DoneFile], loaded: &Loaded) {
    for layer in layers.iter_mut() {
        let mine = || done.iter().flat_map(|file| &file.layers).filter(|part| part.id == layer.plan.id);
        let datasets: BTreeSet<&DatasetId> = mine().flat_map(|part| &part.datasets).chain(&layer.plan.datasets).collect();
        layer.plan.datasets = datasets.into_iter().cloned().collect();
        layer.plan.features = mine().map(|part| part.features).sum();
        let written: BTreeMap<TileKey, _> = mine()
            .flat_map(|part| &part.tiles)
            .map(TileFile::written)
            .chain(layer.written.iter().copied())
            .map(|written| (written.key, written))
            .collect();
        layer.written = written.into_values().collect();
        layer.plan.attributions = tile::attributions_of(&layer.plan.datasets, &loaded.plan.declaration.datasets);
        layer.plan.nature = tile::nature_of(&layer.plan.datasets, &loaded.plan.declaration.datasets, layer.plan.nature);
    }
}
