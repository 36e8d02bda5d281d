//! The first look at the sources: records cleaned on all threads, their objects spooled by place.

use super::file::{self, REGISTER};
use super::spool::{Spool, SpoolWriter, bounds_of};
use crate::base::{Bounds2, Finding, Report, Severity};
use crate::pipeline::clean::far::{self, Far};
use crate::pipeline::clean::{self, Object, Source, clean_record, terrain::Floor};
use crate::pipeline::sources::declaration::Role;
use crate::pipeline::sources::join::{Owners, Tally};
use crate::pipeline::sources::record::Record;
use crate::pipeline::sources::{OpenTable, Opened};
use crate::pipeline::search::register::Register;
use crate::pipeline::series::KnownIds;
use crate::pipeline::tile::kept::{self, KeptColumns};
use crate::pipeline::{ImportFault, LayerCount, Progress};
use crate::region::LineClass;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// Records cleaned at once, on all threads.
const BATCH: usize = 4_096;
/// Records that one thread cleans in a row.
const STRETCH: usize = 128;

/// What one pass over the sources gathers.
pub(super) struct Gathered {
    pub(super) spool: Spool,
    pub(super) extract: Bounds2,
    pub(super) kept: KeptColumns,
    pub(super) buildings: u64,
    pub(super) lines: u64,
    /// Lines and points of networks that are no roads.
    pub(super) networks: u64,
    pub(super) network_extract: Bounds2,
    pub(super) areas: u64,
    pub(super) area_extract: Bounds2,
    /// A point of the first object with a place.
    pub(super) first: Option<[f64; 2]>,
    pub(super) ids: KnownIds,
}

pub(super) struct Reading<'a> {
    floor: &'a Floor<'a>,
    progress: &'a dyn Progress,
    spool: SpoolWriter,
    /// Ids that occurred.
    ids: KnownIds,
    extract: Bounds2,
    kept: KeptColumns,
    buildings: u64,
    lines: u64,
    networks: u64,
    network_extract: Bounds2,
    areas: u64,
    area_extract: Bounds2,
    first: Option<[f64; 2]>,
    /// First positions of what stretches the territory, to tell what lies far from the rest.
    places: Vec<[f64; 2]>,
    /// Addresses, and places that no layer draws.
    register: Register,
    read: u64,
}

/// Records of one table on their way.
struct Batch<'a> {
    table: &'a OpenTable,
    records: Vec<(Role, Record)>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(folder: &Path, floor: &'a Floor<'a>, progress: &'a dyn Progress) -> Result<Self, ImportFault> {
        Ok(Self {
            floor,
            progress,
            spool: SpoolWriter::create(folder)?,
            ids: KnownIds::default(),
            extract: Bounds2::EMPTY,
            kept: KeptColumns::default(),
            buildings: 0,
            lines: 0,
            networks: 0,
            network_extract: Bounds2::EMPTY,
            areas: 0,
            area_extract: Bounds2::EMPTY,
            first: None,
            places: Vec::new(),
            register: Register::default(),
            read: 0,
        })
    }

    pub(super) fn tables(&mut self, opened: &mut Opened, counts: &mut BTreeMap<Role, LayerCount>, report: &mut Report) -> Result<(), ImportFault> {
        let Opened { tables, joins, declaration, series, scales, .. } = opened;
        self.ids = KnownIds::wanting(series, scales);
        // Tables with joins are read twice: first to see which object of an id is the largest.
        let mut owners: Vec<Owners> = joins.iter().map(|_| Owners::default()).collect();
        for (at, table) in tables.iter().enumerate() {
            let wanted = |role: Role| joins.iter().any(|join| join.onto == role);
            if !table.role.map_or(!joins.is_empty(), wanted) {
                continue;
            }
            let mut index = 0;
            let read = table.read(&mut Report::default(), &mut |role, record| {
                for (join, owners) in joins.iter().zip(&mut owners).filter(|(join, _)| join.onto == role) {
                    join.survey(&record, (at, index), owners);
                }
                index += 1;
            });
            for (join, owners) in joins.iter().zip(&mut owners) {
                owners.layers += usize::from(read.roles.contains(&join.onto));
            }
        }
        let mut tallies: Vec<Tally> = joins.iter().map(|_| Tally::default()).collect();
        for (at, table) in tables.iter().enumerate() {
            let mut batch = Batch { table, records: Vec::new() };
            let mut fault = None;
            let mut index = 0;
            let mut cleaning = Report::default();
            let read = table.read(report, &mut |role, mut record| {
                if fault.is_some() {
                    return;
                }
                for ((join, owners), tally) in joins.iter().zip(&owners).zip(&mut tallies).filter(|((join, _), _)| join.onto == role) {
                    join.give_to(&mut record, (at, index), owners, tally);
                }
                index += 1;
                batch.records.push((role, record));
                if batch.records.len() >= BATCH {
                    fault = self.clean(&mut batch, counts, &mut cleaning).err();
                }
            });
            if let Some(fault) = fault {
                return Err(fault);
            }
            self.clean(&mut batch, counts, &mut cleaning)?;
            report.merge(cleaning);
            table.declare(&read, declaration);
            if let Some(first) = read.roles.first() {
                counts.entry(*first).or_default().lose(read.lost);
            }
            read.roles.iter().for_each(|role| {
                counts.entry(*role).or_default();
            });
        }
        for ((join, owners), tally) in joins.iter().zip(&owners).zip(&tallies) {
            join.conclude(owners, tally, report);
        }
        Ok(())
    }

    /// Cleans a batch on all threads and spools it in order.
    fn clean(&mut self, batch: &mut Batch, counts: &mut BTreeMap<Role, LayerCount>, report: &mut Report) -> Result<(), ImportFault> {
        if self.progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        let records = std::mem::take(&mut batch.records);
        let doubled: Vec<bool> = records
            .iter()
            .map(|(role, record)| !self.ids.note(*role, record))
            .collect();
        let (floor, table) = (self.floor, (&batch.table.file, &batch.table.dataset));
        let cleaned: Vec<(Report, Vec<(Role, clean::Fate)>, Vec<Object>)> = records
            .par_chunks(STRETCH)
            .zip(doubled.par_chunks(STRETCH))
            .map(|(records, doubled)| {
                let (mut report, mut fates, mut objects) = (Report::default(), Vec::new(), Vec::new());
                for ((role, record), doubled) in records.iter().zip(doubled) {
                    let mut source = Source { file: table.0, dataset: table.1, role: *role, report: &mut report };
                    if *doubled {
                        source.finding("duplicate-id", Severity::Warning, &record.object, "");
                    }
                    let (fate, found) = clean_record(record, floor, &mut source);
                    fates.push((*role, fate));
                    objects.extend(found);
                }
                (report, fates, objects)
            })
            .collect();
        for (role, record) in records.iter().filter(|(role, _)| role.is_of_names()) {
            self.register.note(*role, record, table.1);
        }
        for (more, fates, objects) in cleaned {
            report.merge(more);
            for (role, fate) in fates {
                counts.entry(role).or_default().note(role, fate);
            }
            for object in &objects {
                self.note(object);
                self.spool.add(object)?;
            }
        }
        self.read += records.len() as u64;
        self.progress.step("import-read", self.read, 0);
        Ok(())
    }

    fn note(&mut self, object: &Object) {
        let bounds = bounds_of(object);
        if self.first.is_none() && !bounds.is_empty() {
            self.first = Some(bounds.min);
        }
        self.places.extend(stretching(object).map(|(_, at)| at));
        match object {
            Object::Building(draft) => {
                self.buildings += 1;
                self.kept.note(kept::BUILDINGS, &draft.building.attributes);
                self.extract = self.extract.union(bounds);
            }
            Object::Line(_) => {
                self.lines += 1;
                self.extract = self.extract.union(bounds);
            }
            Object::Conduit(_) | Object::Fixture(_) => {
                self.networks += 1;
                self.network_extract = self.network_extract.union(bounds);
            }
            Object::Area(area) => {
                self.areas += 1;
                self.kept.note(area.theme.id(), &area.attributes);
                self.area_extract = self.area_extract.union(bounds);
            }
            Object::Water(_) | Object::Tree(_) => {}
        }
    }

    /// What was gathered, without what lies astray.
    pub(super) fn finish(self, folder: &Path, counts: &mut BTreeMap<Role, LayerCount>, report: &mut Report) -> Result<Gathered, ImportFault> {
        let Self { spool, ids, extract, kept, buildings, lines, networks, network_extract, areas, area_extract, first, places, register, .. } = self;
        let spool = spool.finish()?;
        if register.left_out > 0 {
            report.push(Finding::new("addresses-too-many", Severity::Warning, "territory").value(register.left_out));
        }
        let mut bytes = Vec::new();
        register.put(&mut bytes);
        file::write_whole(&folder.join(REGISTER), &bytes)?;
        let gathered = Gathered { spool, extract, kept, buildings, lines, networks, network_extract, areas, area_extract, first, ids };
        let Some(far) = Far::among(&places) else { return Ok(gathered) };
        let mut extract = Bounds2::EMPTY;
        let (mut buildings, mut lines) = (0, 0);
        let spool = gathered.spool.without(folder, &mut |object| {
            let astray = stretching(object).and_then(|(role, at)| Some((role, far.distance_m(at)?)));
            if let Some((role, away_m)) = astray {
                counts.entry(role).or_default().set_aside(role);
                let (file, id) = named(object);
                report.push(far::finding(file, id, away_m));
                return true;
            }
            match object {
                Object::Building(_) => buildings += 1,
                Object::Line(_) => lines += 1,
                _ => return false,
            }
            extract = extract.union(bounds_of(object));
            false
        })?;
        Ok(Gathered { spool, extract, buildings, lines, ..gathered })
    }
}

/// The first position of an object that a territory's extent follows, and what it counts as.
fn stretching(object: &Object) -> Option<(Role, [f64; 2])> {
    match object {
        Object::Building(draft) => {
            let at = draft.building.footprint.iter().find_map(|polygon| polygon.exterior().0.first())?;
            Some((Role::Buildings, [at.x, at.y]))
        }
        Object::Line(line) => {
            let role = match line.class {
                LineClass::Tram => Role::Tram,
                LineClass::Rail => Role::Rail,
                _ => Role::Roads,
            };
            line.points.first().map(|[x, y, _]| (role, [*x, *y]))
        }
        Object::Tree(tree) => Some((Role::Trees, [tree.x, tree.y])),
        Object::Conduit(_) | Object::Fixture(_) | Object::Water(_) | Object::Area(_) => None,
    }
}

/// Where an object comes from, and its id.
fn named(object: &Object) -> (&str, &str) {
    match object {
        Object::Building(draft) => (&draft.file, &draft.building.id),
        Object::Line(line) => (line.dataset.as_str(), &line.id),
        _ => ("", ""),
    }
}
