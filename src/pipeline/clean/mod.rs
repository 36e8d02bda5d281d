//! Records to a clean [`Region`]: every repair is chosen by a stated rule and reported, every rejection has a reason.
//!
//! Terrain comes first: the other layers' altitudes are judged against it.

pub mod areas;
pub mod buildings;
pub mod heights;
pub mod lines;
pub mod places;
pub mod relief;
pub mod roof_points;
pub mod surfaces;
pub mod terrain;

use super::sources::{Gathered, declaration::Role};
use super::{ImportFault, Imported, LayerCount, Progress};
use crate::base::{Finding, Report, Severity};
use crate::geodesy::{Crs, Geoid, Vertical};
use crate::region::Region;
use std::collections::{BTreeMap, HashSet};

/// What one record became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Kept,
    Repaired,
    Rejected,
}

impl LayerCount {
    pub fn add(&mut self, fate: Fate) {
        self.read += 1;
        match fate {
            Fate::Kept => self.kept += 1,
            Fate::Repaired => {
                self.kept += 1;
                self.repaired += 1;
            }
            Fate::Rejected => self.rejected += 1,
        }
    }
}

/// Cleans everything that was gathered.
///
/// # Errors
/// Only when the work is cancelled.
pub fn clean(
    gathered: Gathered,
    geoid: &Geoid,
    mut report: Report,
    progress: &dyn Progress,
) -> Result<Imported, ImportFault> {
    let Gathered { mut declaration, target, layers, mut rasters, models } = gathered;
    let vertical = vertical(&mut declaration.vertical, &target, &rasters, &layers);
    let mut region = Region::default();
    let mut counts: BTreeMap<Role, LayerCount> = BTreeMap::new();
    progress.step("import-terrain", 0, 1);
    let mut terrain_cover = None;
    if !rasters.is_empty() {
        let count = counts.entry(Role::Terrain).or_default();
        if let Some(relief) = relief::grid(&mut rasters, &vertical, geoid, count, &mut report, progress)? {
            region.terrain = Some(relief.grid);
            terrain_cover = Some(relief.cover);
        }
    }
    progress.step("import-terrain", 1, 1);
    let floor = terrain::Floor::of(region.terrain.as_ref());
    let mut ids: HashSet<(Role, String)> = HashSet::new();
    let mut drafts = Vec::new();
    for layer in layers {
        let what = key(layer.role);
        let total = layer.records.len() as u64;
        let count = counts.entry(layer.role).or_default();
        count.read += layer.lost;
        count.rejected += layer.lost;
        for (done, record) in layer.records.iter().enumerate() {
            if done % 1024 == 0 {
                if progress.cancelled() {
                    return Err(ImportFault::new("import-cancelled", "", ""));
                }
                progress.step(what, done as u64, total);
            }
            let mut source = Source {
                file: &layer.file,
                dataset: &layer.dataset,
                role: layer.role,
                report: &mut report,
            };
            if record.has("id") && !ids.insert((layer.role, record.object.clone())) {
                source.finding("duplicate-id", Severity::Warning, &record.object, "");
            }
            let fate = match layer.role {
                Role::Buildings => buildings::draft(record, &floor, &mut source, &mut drafts),
                Role::Roads | Role::Tram | Role::Rail => {
                    lines::clean(record, &floor, &mut source, &mut region.lines)
                }
                Role::Water => places::water(record, &floor, &mut source, &mut region.water),
                Role::Areas
                | Role::Iris
                | Role::Parcels
                | Role::Zones
                | Role::Prescriptions
                | Role::Information
                | Role::Servitudes
                | Role::Flood
                | Role::Parks
                | Role::LandCover => areas::area(record, &mut source, &mut region.areas),
                Role::Trees => places::tree(record, &mut source, &mut region.trees),
                Role::Terrain | Role::Models => Fate::Rejected,
            };
            // Buildings are counted when their heights are settled.
            if layer.role != Role::Buildings || fate == Fate::Rejected {
                count.add(fate);
            }
        }
        progress.step(what, total, total);
    }
    if !drafts.is_empty() {
        let count = counts.entry(Role::Buildings).or_default();
        region.buildings = buildings::settle(drafts, count, &mut report);
    }
    let surveyed_roofs = roof_points::roofs(&mut rasters, &region.buildings, &vertical, geoid, &mut report);
    let layers = counts
        .into_iter()
        .map(|(role, count)| LayerCount { id: role.id().to_owned(), ..count })
        .collect();
    Ok(Imported {
        region,
        declaration,
        crs: target.code().to_owned(),
        layers,
        terrain_cover,
        surveyed_roofs,
        models,
        report,
    })
}

/// The vertical system of the territory: the declared one, or the usual one where its data lie. A declared name that nobody knows is kept as it is and taken for NGF-IGN69.
fn vertical(
    declared: &mut Option<String>,
    target: &Crs,
    rasters: &[super::sources::RawRaster],
    layers: &[super::sources::RawLayer],
) -> Vertical {
    let ign69 = Vertical::from_epsg(5720);
    if let Some(name) = declared {
        return Vertical::from_name(name).unwrap_or(ign69);
    }
    if let Some(epsg) = target.vertical() {
        let stated = Vertical::from_epsg(epsg);
        *declared = Some(stated.name());
        return stated;
    }
    let of_raster = rasters.iter().find_map(|raw| {
        let placement = raw.heights.placement();
        let [x, y] = placement.at(0.5 * placement.columns as f64, 0.5 * placement.rows as f64);
        raw.placer.target_lonlat(raw.placer.point(x, y).ok()?)
    });
    let of_record = || {
        let mut shapes = layers.iter().flat_map(|layer| &layer.records).filter_map(|record| record.shape.as_ref());
        let [x, y, _] = shapes.find_map(|shape| shape.first_position())?;
        target.to_lonlat(x, y).ok()
    };
    let usual = of_raster.or_else(of_record).and_then(Vertical::usual_at).unwrap_or(ign69);
    *declared = Some(usual.name());
    usual
}

fn key(role: Role) -> &'static str {
    match role {
        Role::Terrain => "import-terrain",
        Role::Buildings => "import-buildings",
        Role::Roads => "import-roads",
        Role::Tram => "import-tram",
        Role::Rail => "import-rail",
        Role::Water => "import-water",
        Role::Areas => "import-areas",
        Role::Trees => "import-trees",
        Role::Iris => "import-iris",
        Role::Parcels => "import-parcels",
        Role::Zones => "import-zones",
        Role::Prescriptions => "import-prescriptions",
        Role::Information => "import-information",
        Role::Servitudes => "import-servitudes",
        Role::Flood => "import-flood",
        Role::Parks => "import-parks",
        Role::LandCover => "import-land-cover",
        Role::Models => "import-models",
    }
}

/// Where a record comes from, and where its findings go.
pub struct Source<'a> {
    pub file: &'a str,
    pub dataset: &'a crate::base::DatasetId,
    pub role: Role,
    pub report: &'a mut Report,
}

impl Source<'_> {
    pub fn finding(
        &mut self,
        code: &'static str,
        severity: Severity,
        object: &str,
        value: impl std::fmt::Display,
    ) {
        self.report
            .push(Finding::new(code, severity, self.file).object(object).value(value));
    }
}
