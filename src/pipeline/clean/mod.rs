//! Records to a clean [`Region`]: every repair is chosen by a stated rule and reported, every rejection has a reason.
//!
//! Terrain comes first: the other layers' altitudes are judged against it.

pub mod buildings;
pub mod heights;
pub mod lines;
pub mod places;
pub mod surfaces;
pub mod terrain;

use super::sources::{Gathered, declaration::Role};
use super::{ImportFault, Imported, LayerCount, Progress};
use crate::base::{Finding, Report, Severity};
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
    mut report: Report,
    progress: &dyn Progress,
) -> Result<Imported, ImportFault> {
    let Gathered { declaration, target, layers, rasters } = gathered;
    let mut region = Region::default();
    let mut counts: BTreeMap<Role, LayerCount> = BTreeMap::new();
    progress.step("import-terrain", 0, 1);
    if !rasters.is_empty() {
        region.terrain = terrain::grid(rasters, counts.entry(Role::Terrain).or_default(), &mut report);
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
                Role::Areas => places::area(record, &mut source, &mut region.areas),
                Role::Trees => places::tree(record, &mut source, &mut region.trees),
                Role::Terrain => Fate::Rejected,
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
    let layers = counts
        .into_iter()
        .map(|(role, count)| LayerCount { id: role.id().to_owned(), ..count })
        .collect();
    Ok(Imported {
        region,
        declaration,
        crs: target.code().to_owned(),
        layers,
        report,
    })
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
