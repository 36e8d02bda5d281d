//! The last step: coarse tiles above the shards, subtrees, tilesets, manifest.

use super::bytes::Bytes;
use super::file::{self, DoneFile, TileFile, done_path};
use super::work::{self, Loaded};
use super::spool::bounds_of;
use crate::base::{Bounds2, Clock, DatasetId, Finding, Report, Severity};
use crate::formats::search::Spot;
use crate::formats::territory::{FeatureTable, Manifest};
use crate::pipeline::clean::{Object, buildings};
use crate::pipeline::imagery::file::{PartFile, part_path};
use crate::pipeline::imagery;
use crate::pipeline::models;
use crate::pipeline::network::reach::Gathering;
use crate::pipeline::search::index::Names;
use crate::pipeline::search::register::Register;
use crate::pipeline::series::SeriesFile;
use crate::pipeline::tile::area_demand;
use crate::pipeline::tile::charging::Stations;
use crate::pipeline::tile::areas;
use crate::pipeline::tile::buildings::smallest_m2;
use crate::pipeline::tile::grid::TileKey;
use crate::pipeline::tile::imported::{coded, territory_of};
use crate::pipeline::tile::networks;
use crate::pipeline::tile::part::Part;
use crate::pipeline::tile::scene::Scene;
use crate::pipeline::tile::utilities;
use crate::pipeline::tile::features::{Feature, Table};
use crate::pipeline::tile::{self, DrawnLayer, Territory, TileFault};
use crate::pipeline::{ImportFault, LayerCount, Progress};
use crate::region::{Building, Region};
use geo::Area;
use std::collections::{BTreeMap, BTreeSet, HashSet};

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
    let mut drawn: Vec<Vec<PartFile>> = Vec::new();
    for (before, pyramid) in plan.imagery.iter().scan(plan.shards.len(), |next, pyramid| {
        let before = *next;
        *next += pyramid.parts.len();
        Some((before, pyramid))
    }) {
        let mut parts = Vec::new();
        for (number, tile) in pyramid.parts.iter().enumerate() {
            match file::read(&part_path(&package, &pyramid.id, *tile)) {
                Ok(part) => parts.push(part),
                Err(_) => missing.push((before + number).to_string()),
            }
        }
        drawn.push(parts);
    }
    if !missing.is_empty() {
        let some: Vec<String> = missing.iter().take(12).cloned().collect();
        return Err(ImportFault::new("shards-missing", missing.len(), some.join(", ")));
    }
    // In the order of the map: which worker ended first means nothing.
    done.sort_by_key(|file| file.tile);
    leave_only(&package, plan)?;
    work::take_ready_made(loaded)?;
    let (mut report, mut counts) = (Report::default(), plan.layers.iter().map(file::CountFile::count).collect::<Vec<LayerCount>>());
    file::report_of(&plan.findings, &mut report);
    let mut pictures = Vec::new();
    for (pyramid, parts) in plan.imagery.iter().zip(&drawn) {
        parts.iter().for_each(|part| file::report_of(&part.findings, &mut report));
        pictures.extend(imagery::finish(pyramid, parts, &plan.declaration.datasets, &package, &mut report, progress)?);
    }
    if plan.models_alone() {
        let mut manifest = models_alone(loaded)?;
        manifest.imagery = pictures;
        add_series(&mut manifest, &plan.series);
        tile::package::write_manifest(&package, &manifest).map_err(|fault| coded(&fault))?;
        progress.step("tile-package", 1, 1);
        return Ok(Merged { manifest, layers: counts, report });
    }
    let roots: BTreeSet<TileKey> = plan.shards.iter().map(file::Shard::key).collect();
    let (region, areas) = region_above(loaded, &roots, progress)?;
    let mut layers = work::drawn(loaded, &region, Part::Above(roots), &mut Report::default(), progress)?;
    add(&mut layers, &done, &areas, loaded);
    let to_lonlat = |at: [f64; 2]| loaded.crs.to_lonlat(at[0], at[1]).ok();
    let scene = Scene::new(loaded.stage.clone(), &region, Part::Whole, &to_lonlat, &mut Report::default());
    let territory = territory_of(&plan.declaration, &loaded.crs, &region);
    let mut manifest = match tile::assemble(&territory, &scene, &loaded.geoid, layers, plan.buildings > 0, &package) {
        Ok(manifest) => manifest,
        Err(TileFault::Empty) if !plan.models.layers.is_empty() => models_alone(loaded)?,
        Err(fault) => return Err(coded(&fault)),
    };
    manifest.layers.extend(plan.models.layers.iter().filter(|layer| !manifest.layers.iter().any(|known| known.id == layer.id)).cloned().collect::<Vec<_>>());
    manifest.imagery = pictures;
    add_series(&mut manifest, &plan.series);
    let clock = manifest.clock();
    if plan.buildings > 0 && !matches!(clock, Clock::Paris | Clock::Hours(_)) {
        report.push(Finding::new("demand-overseas", Severity::Info, "territory").object("buildings").value(clock.name()));
    }
    let mut names = Names::new(register(loaded)?);
    let mut gathering = Gathering::new(&loaded.crs);
    let mut stations = Stations::default();
    let (table, of_areas) = features(loaded, &mut names, &mut gathering, &mut stations, &mut report, progress)?;
    manifest.connect = gathering.write(&package).map_err(|error| ImportFault::new("write-failed", package.display(), error))?;
    manifest.features = Some(table);
    area_demand::write(&of_areas, &|at| loaded.geoid.undulation_m(at), &package, &mut manifest).map_err(|fault| coded(&fault))?;
    stations.write(&package, &mut manifest, &mut report).map_err(|fault| coded(&fault))?;
    let to_spot = |at: [f64; 2]| {
        let place = loaded.crs.to_lonlat(at[0], at[1]).ok()?;
        let height_m = loaded.stage.ground.height(at) + loaded.geoid.undulation_m(place);
        Some(Spot::at([place.lon_deg, place.lat_deg], height_m))
    };
    manifest.search = names.write(&package, &to_spot, &mut report)?;
    tile::package::write_manifest(&package, &manifest).map_err(|fault| coded(&fault))?;
    progress.step("tile-package", 1, 1);

    for file in &done {
        file::report_of(&file.findings, &mut report);
        if let Some(buildings) = counts.iter_mut().find(|count| count.id == "buildings") {
            buildings.merge(&file.count.count());
        }
    }
    Ok(Merged { manifest, layers: counts, report })
}

/// Addresses and places that the plan kept.
fn register(loaded: &Loaded) -> Result<Register, ImportFault> {
    let path = loaded.folder.join(file::REGISTER);
    let fault = |value: String| ImportFault::new("plan-unreadable", path.display(), value);
    let bytes = std::fs::read(&path).map_err(|error| fault(error.to_string()))?;
    Register::take(&mut Bytes::new(&bytes)).ok_or_else(|| fault(String::new()))
}

fn add_series(manifest: &mut Manifest, written: &SeriesFile) {
    manifest.axes.extend(written.axes.iter().cloned());
    manifest.series.extend(written.series.iter().cloned());
    manifest.scaled.extend(written.scaled.iter().cloned());
    manifest.grids.extend(written.grids.iter().cloned());
}

/// The manifest of a territory that holds nothing but models.
fn models_alone(loaded: &Loaded) -> Result<Manifest, ImportFault> {
    let region = Region::default();
    let Territory { id, name, crs, vertical, datasets, .. } = territory_of(&loaded.plan.declaration, &loaded.crs, &region);
    let mut manifest = models::manifest(&id, name, crs, &vertical, &loaded.geoid, &datasets, loaded.plan.models.bounds)?;
    manifest.layers.clone_from(&loaded.plan.models.layers);
    Ok(manifest)
}

/// Writes the feature table from the clean objects, place by place, and hands their names on: its bytes do not depend on how the territory was cut.
fn features(loaded: &Loaded, names: &mut Names, gathering: &mut Gathering, stations: &mut Stations, report: &mut Report, progress: &dyn Progress) -> Result<(FeatureTable, Vec<area_demand::DemandOfLayer>), ImportFault> {
    let mut table = Table::create(&loaded.package(), &loaded.crs).map_err(|fault| coded(&fault))?;
    let mut rows = 0_u64;
    loaded.spool.by_place(&mut |objects| {
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        rows += objects.len() as u64;
        progress.step("tile-features", rows, 0);
        objects.iter().for_each(|(_, object)| {
            names.note(object);
            gathering.note(object);
            if let Object::Fixture(fixture) = object {
                stations.note(fixture);
            }
        });
        let buildings = settled(loaded, &objects)?;
        let mut next = buildings.iter();
        let mut features: Vec<Feature> = objects
            .iter()
            .filter_map(|(_, object)| {
                Some(match object {
                    Object::Building(_) => Feature::Building(next.next()?),
                    Object::Line(line) => Feature::Line(line),
                    Object::Water(water) => Feature::Water(water),
                    Object::Area(area) => Feature::Area(area),
                    Object::Conduit(conduit) => Feature::Conduit(conduit),
                    Object::Fixture(fixture) => Feature::Fixture(fixture),
                    Object::Tree(_) => return None,
                })
            })
            .collect();
        features.sort_by_key(Feature::rank);
        table.add(&features).map_err(|fault| coded(&fault))
    })?;
    if table.unestimated() > 0 {
        report.push(Finding::new("demand-light", Severity::Info, "territory").object("buildings").value(table.unestimated()));
    }
    table.finish().map_err(|fault| coded(&fault))
}

/// The buildings among objects, with the heights that their shards gave them: neighbours are looked up where a height is theirs to tell.
fn settled(loaded: &Loaded, objects: &[(u64, Object)]) -> Result<Vec<Building>, ImportFault> {
    let mut drafts = Vec::new();
    let mut own = HashSet::new();
    let mut around = Bounds2::EMPTY;
    for (number, object) in objects {
        if let Object::Building(draft) = object {
            if !(draft.has_height && draft.has_ground) {
                around = around.union(bounds_of(object));
            }
            own.insert(*number);
            drafts.push(draft.clone());
        }
    }
    let count = drafts.len();
    if !around.is_empty() {
        for numbered in loaded.spool.within(&around.grown(buildings::NEIGHBOUR_DISTANCE_M))? {
            if own.contains(&numbered.number) {
                continue;
            }
            if let Object::Building(draft) = loaded.spool.object(&numbered)? {
                drafts.push(draft);
            }
        }
    }
    let mut settled = buildings::settle(drafts, &|_| false, &mut LayerCount::default(), &mut Report::default());
    settled.truncate(count);
    Ok(settled)
}

/// Shards of a former plan that are not in this one go, with what they wrote.
fn leave_only(package: &std::path::Path, plan: &file::PlanFile) -> Result<(), ImportFault> {
    let parts = plan.imagery.iter().flat_map(|pyramid| pyramid.parts.iter().map(|tile| part_path(package, &pyramid.id, *tile)));
    let wanted: BTreeSet<_> = plan.shards.iter().map(|shard| done_path(package, Some(shard.tile))).chain(parts).collect();
    let entries = std::fs::read_dir(package.join(file::DONE)).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()).filter(|path| !wanted.contains(path)) {
        if let Ok(done) = file::read::<DoneFile>(&path) {
            work::clear(package, &done)?;
        } else if let Ok(done) = file::read::<PartFile>(&path) {
            imagery::draw::clear(package, &done)?;
        }
    }
    // What is above the shards is drawn anew each time, and nothing of an older one stays.
    work::sweep(package)
}

/// What can be seen in the tiles above the shards: large buildings, main roads, water, large areas; and how many areas there are, by layer.
fn region_above(
    loaded: &Loaded,
    roots: &BTreeSet<TileKey>,
    progress: &dyn Progress,
) -> Result<(Region, BTreeMap<&'static str, u64>), ImportFault> {
    let grid = &loaded.stage.grid;
    let mut region = Region::default();
    // The finest level above a shard; where the root is the only shard there is none, and only the water is counted.
    let finest = roots.iter().filter_map(|root| root.level.checked_sub(1)).max();
    let smallest = finest.map_or(f64::INFINITY, |finest| smallest_m2(grid, finest));
    let tolerance_m = finest.map_or(f64::INFINITY, |finest| grid.tolerance(finest));
    let above = Part::Above(roots.clone());
    let place = |at: [f64; 2]| loaded.place(at);
    let whole = grid.rect(TileKey::ROOT);
    let mut counted: BTreeMap<&'static str, u64> = BTreeMap::new();
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
            Object::Fixture(_) | Object::Tree(_) => false,
            Object::Area(area) => {
                // An area may lie in many shards; it is counted here, once.
                if areas::placed_bounds(area, &place).intersects(&whole) {
                    *counted.entry(area.theme.id()).or_default() += 1;
                }
                areas::shown_in(area, grid, &above, &place)
            }
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
            Object::Area(area) => region.areas.push(area),
            Object::Fixture(_) | Object::Tree(_) => {}
        }
    }
    Ok((region, counted))
}

/// Adds the shards' tiles, features and data sets to the layers as drawn above them.
fn add(layers: &mut Vec<DrawnLayer>, done: &[DoneFile], areas: &BTreeMap<&'static str, u64>, loaded: &Loaded) {
    for layer in layers.iter_mut() {
        let mine = || done.iter().flat_map(|file| &file.layers).filter(|part| part.id == layer.plan.id);
        let datasets: BTreeSet<&DatasetId> = mine().flat_map(|part| &part.datasets).chain(&layer.plan.datasets).collect();
        layer.plan.datasets = datasets.into_iter().cloned().collect();
        let in_parts: u64 = mine().map(|part| part.features).sum();
        layer.plan.features = areas.get(layer.plan.id).copied().unwrap_or(in_parts);
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
