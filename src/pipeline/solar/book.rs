//! The roof book of a territory: records completed with what is known of their place, bound into pages.

use super::around::{self, Land, LeftOut};
use super::roofs::RoofOptions;
use super::scene::Scene;
use super::sights::Outlook;
use super::trees;
use super::weather::Weather;
use crate::base::DatasetId;
use crate::energy::roof::RoofPlane;
use crate::formats::roofbook::{self, HEAD, Record, page, page_file, page_of, pages_for};
use crate::formats::territory::{LayerKind, Manifest};
use crate::pipeline::Progress;
use crate::rooftop::Covisibility;
use crate::rooftop::answer::proposed;
use crate::rooftop::record::{self, Shared};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Bytes of lines that wait in memory for their pages.
const WAITING_BYTES: usize = 64 << 20;

/// What all roofs of a territory share.
pub fn shared(manifest: &Manifest, weather: &Weather, options: &RoofOptions, land: &Land) -> Shared {
    let used: BTreeSet<&DatasetId> =
        manifest.layers.iter().filter(|layer| matches!(layer.kind, LayerKind::Buildings | LayerKind::Terrain | LayerKind::Areas)).flat_map(|layer| &layer.datasets).collect();
    let sources = manifest.datasets.iter().filter(|set| used.contains(&set.id)).map(|set| if set.attribution.is_empty() { set.title.clone() } else { set.attribution.clone() });
    let (fr, en) = weather.origin.sentence();
    let said = |text: &str| format!("{text} {}", weather.title).trim().to_owned();
    let mut layers = land.layers.clone();
    layers.sort();
    Shared {
        module: options.module,
        system: options.system,
        foliage: options.foliage,
        sureness: options.sureness,
        weather: [weather.origin.name().to_owned(), said(fr), said(en)],
        layers,
        sources: sources.collect(),
        hours: record::hours_rounded(&weather.hours),
        step_h: weather.step_h,
    }
}

/// Fills in what is known of a building and its place: its use, the areas that cover it, the monuments that see it, the trees that shade it; `outlook` is asked for where it is needed. Answers what there was more of than is kept.
pub fn complete<'o>(record: &mut Record, scene: &Scene, land: &Land, outlook: &dyn Fn() -> &'o Outlook) -> LeftOut {
    let roofs = record::roofs(record, crate::energy::yields::Sureness::CLIMATOLOGY);
    let wanted = proposed(&roofs);
    let planes: Vec<RoofPlane> = record.planes.iter().enumerate().filter(|(number, _)| wanted.is_empty() || wanted.contains(number)).map(|(_, plane)| record::plane(plane)).collect();
    let corners: Vec<[f64; 3]> = planes.iter().flat_map(|plane| plane.triangles.iter().flatten()).copied().collect();
    let sum = corners.iter().fold([0.0; 3], |sum: [f64; 3], p| [sum[0] + p[0], sum[1] + p[1], sum[2] + p[2]]);
    let at = sum.map(|x| x / corners.len().max(1) as f64);
    let around = land.around(scene, &record.building, at);
    record.usage.clone_from(&around.usage);
    record.dwellings = around.dwellings;
    record.year = around.year;
    record.demand_kwh_year = around.demand_kwh_year.map(record::energy);
    record.dataset.clone_from(&around.dataset);
    record.commune.clone_from(&around.commune);
    let covers = |covers: &[crate::planning::rooftop::Cover]| covers.iter().map(record::cover_record).collect();
    record.zones = covers(&around.zones);
    record.servitudes = covers(&around.servitudes);
    record.prescriptions = covers(&around.prescriptions);
    record.information = covers(&around.information);
    // A roof on which nothing fits needs no permission.
    if !wanted.is_empty() && !around.monuments.is_empty() {
        let outlook = outlook();
        let seen = |monument| outlook.covisibility(scene, &record.building, &planes, monument, &around.streets);
        record.monuments = around.monuments.iter().map(seen).map(|found: Covisibility| record::monument_record(&found)).collect();
    }
    (record.trees, record.treeless) = trees::before(record, scene, &|| outlook().obstacles());
    trees::name_others(record, &|at, reach_m| outlook().buildings_near(at, reach_m));
    around.left_out
}

/// A book that is being bound: lines wait beside their pages, the pages are packed at the end.
pub struct Book<'s> {
    folder: PathBuf,
    pages: u32,
    buildings: u64,
    scene: &'s Scene,
    land: &'s Land,
    /// Made when the first building needs it.
    outlook: std::sync::OnceLock<Outlook>,
    waiting: BTreeMap<u32, String>,
    waiting_bytes: usize,
    left_out: LeftOut,
    progress: &'s dyn Progress,
}

/// A book that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    pub pages: u32,
    pub buildings: u64,
    pub bytes: u64,
    /// Places round the buildings that had more of something than is kept.
    pub left_out: LeftOut,
}

impl<'s> Book<'s> {
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(folder: &Path, scene: &'s Scene, land: &'s Land, progress: &'s dyn Progress) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let pages = pages_for(scene.buildings.len() as u64);
        Ok(Self { folder: folder.to_owned(), pages, buildings: 0, scene, land, outlook: std::sync::OnceLock::new(), waiting: BTreeMap::new(), waiting_bytes: 0, left_out: LeftOut::new(), progress })
    }

    /// Completes records and lays them beside their pages.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn add(&mut self, mut records: Vec<Record>) -> io::Result<()> {
        let (scene, land, outlook, progress) = (self.scene, self.land, &self.outlook, self.progress);
        let (done, total) = (std::sync::atomic::AtomicU64::new(0), records.len() as u64);
        let lines: Vec<(u32, String, LeftOut)> = records
            .par_iter_mut()
            .map(|record| {
                let left_out = if progress.cancelled() { LeftOut::new() } else { complete(record, scene, land, &|| outlook.get_or_init(|| Outlook::whole(scene))) };
                let now = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                if now % 256 == 0 || now == total {
                    progress.step("solar-sights", now, total);
                }
                (page_of(&record.building, self.pages), record.line(), left_out)
            })
            .collect();
        self.buildings += total;
        for (page, line, left_out) in lines {
            around::add(&mut self.left_out, &left_out);
            self.waiting_bytes += line.len() + 1;
            let waiting = self.waiting.entry(page).or_default();
            waiting.push_str(&line);
            waiting.push('\n');
        }
        if self.waiting_bytes > WAITING_BYTES { self.lay() } else { Ok(()) }
    }

    fn raw(&self, page: u32) -> PathBuf {
        self.folder.join(format!("{page:04}.lines"))
    }

    fn lay(&mut self) -> io::Result<()> {
        for (page, text) in std::mem::take(&mut self.waiting) {
            fs::OpenOptions::new().create(true).append(true).open(self.raw(page))?.write_all(text.as_bytes())?;
        }
        self.waiting_bytes = 0;
        Ok(())
    }

    /// Packs the pages and writes the head; `None`, and no folder, for a system that a book has no words for.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn finish(mut self, shared: &Shared) -> io::Result<Option<Bound>> {
        let Some(head) = record::head(shared) else {
            fs::remove_dir_all(&self.folder)?;
            return Ok(None);
        };
        let waiting = std::mem::take(&mut self.waiting);
        let sizes = (0..self.pages)
            .into_par_iter()
            .map(|number| {
                let raw = self.raw(number);
                let mut text = if raw.exists() { fs::read_to_string(&raw)? } else { String::new() };
                text.push_str(waiting.get(&number).map(String::as_str).unwrap_or_default());
                let bytes = page(text.lines())?;
                fs::write(self.folder.join(page_file(number)), &bytes)?;
                if raw.exists() {
                    fs::remove_file(&raw)?;
                }
                Ok(bytes.len() as u64)
            })
            .collect::<io::Result<Vec<u64>>>()?;
        let head = head.bytes()?;
        fs::write(self.folder.join(HEAD), &head)?;
        Ok(Some(Bound { pages: self.pages, buildings: self.buildings, bytes: sizes.iter().sum::<u64>() + head.len() as u64, left_out: self.left_out }))
    }
}

/// A building's record and what all roofs share, from a territory that has a book which knows it; `None` otherwise, and where the book cannot be read.
pub fn read(folder: &Path, manifest: &Manifest, building: &str) -> Option<(Record, Shared)> {
    let book = manifest.roofs.as_ref()?;
    let folder = folder.join(&book.path);
    let record = roofbook::find(&fs::read(folder.join(page_file(page_of(building, book.pages)))).ok()?, building).ok()??;
    let head = roofbook::Head::parse(&fs::read(folder.join(HEAD)).ok()?).ok()?;
    Some((record, record::shared(&head)?))
}
