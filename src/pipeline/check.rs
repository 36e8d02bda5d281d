//! `jumeau check`: walks the files that a territory, tileset or content names, and gathers the findings of [`crate::formats::check`].
//!
//! Nothing is fetched from the network, and every walk is bounded.

mod imagery;
mod gridbook;
mod roofbook;
mod search;
mod series;

use super::info::Missing;
use super::sources::open;
use super::sources::readers::{Content, Found};
use super::{ImportOptions, Silent};
use crate::base::{Finding, Report, Severity};
use crate::formats::check::content::{self, Place};
use crate::formats::check::tileset::{ContentLink, ImplicitLink, tileset};
use crate::formats::check::{Kind, kind, schema};
use crate::formats::territory::{Layer, Manifest};
use crate::formats::tiles3d::implicit::MAX_SUBTREE_LEVELS;
use crate::formats::tiles3d::implicit::is_of_template;
use crate::formats::tiles3d::{Availability, Subtree, TileCoord, TileSchema, fill_template};
use crate::formats::messages;
use glam::DMat4;
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::path::{Component, Path, PathBuf};

/// Most files looked at in one run.
pub const MAX_FILES: usize = 1 << 20;
/// Most tilesets inside each other.
const MAX_DEPTH: usize = 32;
/// Most bits of availability looked at in one run: a few bytes say of millions of tiles that they are there, and a template may give every
/// subtree one file.
const MAX_BITS: u64 = 1 << 28;
/// Largest file read, bytes.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub report: Report,
    /// Files looked at.
    pub checked: usize,
}

/// Checks a file or a folder with a `territory.json` or `tileset.json`.
///
/// # Errors
/// [`Missing`] when there is nothing to check.
pub fn check(path: &Path) -> Result<Checked, Missing> {
    if !path.exists() {
        return Err(Missing::Path(path.to_owned()));
    }
    let start = if path.is_dir() {
        let of = |name: &str| Some(path.join(name)).filter(|file| file.is_file());
        match of("territory.json").or_else(|| of("tileset.json")) {
            Some(start) => start,
            // A folder of sources, if anything in it is one.
            None => return sources(path).ok_or_else(|| Missing::Manifest(path.to_owned())),
        }
    } else {
        // Sources are read piece by piece and may be larger than what is checked whole.
        let large = std::fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.len() > MAX_FILE_BYTES);
        if let Some(checked) = large.then(|| sources(path)).flatten() {
            return Ok(checked);
        }
        path.to_owned()
    };
    let mut walk = Walk {
        base: start.parent().map(Path::to_owned).unwrap_or_default(),
        seen: BTreeSet::new(),
        chain: Vec::new(),
        full: false,
        bits: 0,
        done: Checked::default(),
    };
    walk.file(&start, None);
    Ok(walk.done)
}

/// A file or folder of sources, read as an import would read it; `None` when no reader knows it.
fn sources(path: &Path) -> Option<Checked> {
    match super::read_sources(&[path.to_owned()], &ImportOptions::default(), &Silent) {
        Ok(imported) => Some(Checked {
            checked: imported.declaration.layers.iter().map(|layer| &layer.file).collect::<BTreeSet<_>>().len().max(1),
            report: imported.report,
        }),
        Err(fault) if path.is_dir() && fault.code == "import-nothing" => None,
        Err(fault) => {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let finding = match open::open(path) {
                _ if path.is_dir() => Finding::new(fault.code, Severity::Error, name).object(fault.object).value(fault.value),
                Err((code, _)) if open::is_of_no_known_format(code) => return None,
                Err((code, value)) => Finding::new(code, Severity::Error, &name).object(&name).value(value),
                // A table without places makes no territory, but is a sound one to join.
                Ok(found) if !found.is_empty() && found.iter().all(is_placeless) => {
                    let columns: Vec<String> = found.into_iter().flat_map(|found| found.columns).take(12).collect();
                    Finding::new("table-without-geometry", Severity::Info, name).value(columns.join(", "))
                }
                Ok(_) => Finding::new(fault.code, Severity::Error, name).object(fault.object).value(fault.value),
            };
            let mut checked = Checked { checked: 1, ..Checked::default() };
            checked.report.push(finding);
            Some(checked)
        }
    }
}

/// Whether a table's rows lie nowhere.
fn is_placeless(found: &Found) -> bool {
    matches!(&found.content, Content::Table(table) if !table.has_geometry())
}

impl Checked {
    /// 0, or 1 when there is an error among the findings.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.report.has_errors())
    }

    /// The fields of the command line's contract.
    pub fn to_json(&self, english: bool) -> Value {
        let findings: Vec<Value> = self
            .report
            .findings()
            .iter()
            .map(|finding| {
                json!({
                    "code": finding.code, "severity": finding.severity.name(), "file": finding.file,
                    "object": finding.object, "message": sentence(finding, english),
                })
            })
            .collect();
        json!({ "findings": findings, "checked": self.checked })
    }

    /// One line for each finding.
    pub fn to_text(&self, english: bool) -> String {
        let mut out = String::new();
        for finding in self.report.findings() {
            let severity = match (finding.severity, english) {
                (Severity::Info, _) => "info",
                (Severity::Warning, true) => "warning",
                (Severity::Warning, false) => "avertissement",
                (Severity::Error, true) => "error",
                (Severity::Error, false) => "erreur",
            };
            let colon = if english { ":" } else { " :" };
            // Of a file with many objects each says its own.
            let object = if finding.object == finding.file { "" } else { finding.object.as_str() };
            let place = [finding.file.as_str(), object].join(" ");
            out.push_str(&format!(
                "{}{colon} {severity} [{}] {}\n",
                place.trim(),
                finding.code,
                sentence(finding, english)
            ));
        }
        out
    }

    /// The last line for people: how much was looked at and what came of it.
    pub fn summary(&self, english: bool) -> String {
        let of = |wanted: Severity| -> usize {
            self.report
                .summary()
                .filter(|(_, s, _, _)| *s == wanted)
                .map(|(_, _, count, _)| count)
                .sum()
        };
        let count = |count: usize, one: &str| match count {
            1 => format!("1 {one}"),
            many => format!("{many} {one}s"),
        };
        let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
        let (file, error, warning) = if english {
            ("file", "error", "warning")
        } else {
            ("fichier", "erreur", "avertissement")
        };
        let (errors, warnings) = (count(errors, error), count(warnings, warning));
        let files = count(self.checked, file);
        if english {
            format!("Checked {files}: {errors}, {warnings}")
        } else {
            format!("Contrôle de {files} : {errors}, {warnings}")
        }
    }
}

fn sentence(finding: &Finding, english: bool) -> String {
    if super::messages::message(finding.code).is_some() && !messages::sentences().any(|(code, ..)| *code == finding.code) {
        return super::messages::sentence(finding.code, !english, &finding.object, &finding.value);
    }
    let (fr, en) = match super::network::messages::message(finding) {
        Some(sentences) => sentences,
        None => messages::message(finding),
    };
    if english { en } else { fr }
}

/// The bytes of a plain file that a document names, within bounds.
fn beside(folder: &Path, uri: &str) -> Option<Vec<u8>> {
    let path = resolve(folder, uri)?;
    let meta = std::fs::metadata(&path).ok()?;
    (meta.is_file() && meta.len() <= MAX_FILE_BYTES).then(|| std::fs::read(path).ok())?
}

struct Walk {
    /// Findings name files relative to it.
    base: PathBuf,
    seen: BTreeSet<PathBuf>,
    /// Tilesets we are inside of.
    chain: Vec<PathBuf>,
    full: bool,
    /// Bits of availability so far.
    bits: u64,
    done: Checked,
}

impl Walk {
    fn name(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.base).unwrap_or(path);
        path.display().to_string().replace('\\', "/")
    }

    fn push(
        &mut self,
        code: &'static str,
        severity: Severity,
        file: &Path,
        object: &str,
        value: impl std::fmt::Display,
    ) {
        let finding = Finding::new(code, severity, self.name(file))
            .object(object)
            .value(value);
        self.done.report.push(finding);
    }

    fn read(&mut self, path: &Path) -> Option<Vec<u8>> {
        if self.done.checked >= MAX_FILES {
            if !self.full {
                self.full = true;
                self.push("file-limit", Severity::Warning, path, "", MAX_FILES);
            }
            return None;
        }
        self.done.checked += 1;
        if let Some(what) = open::no_file(path) {
            let name = self.name(path);
            self.push("source-not-a-file", Severity::Error, path, &name, what);
            return None;
        }
        let size = std::fs::metadata(path).map(|data| data.len()).unwrap_or(0);
        if size > MAX_FILE_BYTES {
            self.push(
                "file-unreadable",
                Severity::Error,
                path,
                "",
                format!("{size} > {MAX_FILE_BYTES}"),
            );
            return None;
        }
        match std::fs::read(path) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.push("file-unreadable", Severity::Error, path, "", error);
                None
            }
        }
    }

    /// Checks a file once, whatever it is.
    fn file(&mut self, path: &Path, place: Option<&Place>) {
        if !self.seen.insert(path.to_owned()) {
            return;
        }
        let Some(bytes) = self.read(path) else { return };
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        let mut resources = |uri: &str| beside(&folder, uri);
        let name = self.name(path);
        // What a person named may be a source; what a tileset names may not.
        let named = self.chain.is_empty() && place.is_none();
        let findings = match kind(&bytes) {
            Kind::Manifest => return self.territory(&bytes, path),
            Kind::Tileset => {
                return self.tileset(
                    &bytes,
                    path,
                    place.map_or(DMat4::IDENTITY, |p| p.ecef_from_tile),
                );
            }
            Kind::Gltf => content::gltf(&bytes, &name, place, &mut resources),
            Kind::Legacy => content::legacy(&bytes, &name, place, &mut resources),
            Kind::Subtree => {
                match Subtree::parse_with(&bytes, &TileSchema::default(), &mut resources) {
                    Ok(subtree) => match depth(&subtree) {
                        Some(levels) => subtree
                            .check(levels)
                            .into_iter()
                            .map(|fault| fault.finding(&name))
                            .collect(),
                        None => Vec::new(),
                    },
                    Err(fault) => vec![fault.finding(&name)],
                }
            }
            Kind::Schema => match serde_json::from_slice(&bytes) {
                Ok(document) => schema::schema(&document, &name, "schema"),
                Err(error) => {
                    vec![Finding::new("json-unreadable", Severity::Error, &name).value(error)]
                }
            },
            // A sequence of JSON documents is not one.
            Kind::BrokenJson if named && self.source(path) => return,
            Kind::BrokenJson => {
                let error = serde_json::from_slice::<Value>(&bytes).err();
                let value = error.map(|error| error.to_string()).unwrap_or_default();
                vec![Finding::new("json-unreadable", Severity::Error, &name).value(value)]
            }
            Kind::Unknown => match super::network::findings(&bytes, &name) {
                Some(report) => report.findings().to_vec(),
                None if named && self.source(path) => return,
                None => {
                    let start: Vec<u8> = bytes.iter().take(8).copied().collect();
                    let value = String::from_utf8_lossy(&start).escape_default().to_string();
                    vec![Finding::new("file-unknown", Severity::Error, &name).value(value)]
                }
            },
        };
        findings
            .into_iter()
            .for_each(|finding| self.done.report.push(finding));
    }

    /// Checks a file as a source; false when no reader knows it.
    fn source(&mut self, path: &Path) -> bool {
        match sources(path) {
            Some(checked) => {
                self.done.report.merge(checked.report);
                true
            }
            None => false,
        }
    }

    fn tileset(&mut self, bytes: &[u8], path: &Path, ecef_from_root: DMat4) {
        let (findings, links) = tileset(bytes, &self.name(path));
        findings
            .into_iter()
            .for_each(|finding| self.done.report.push(finding));
        self.chain.push(path.to_owned());
        if let Some(uri) = &links.schema_uri
            && let Some(file) = self.link(path, uri, "schemaUri")
        {
            self.file(&file, None);
        }
        for link in &links.contents {
            self.content(path, link, ecef_from_root);
        }
        for link in &links.implicit {
            self.implicit(path, link, ecef_from_root);
        }
        self.chain.pop();
    }

    /// The file a link leads to, if it is a local one that exists; says so otherwise.
    fn link(&mut self, from: &Path, uri: &str, object: &str) -> Option<PathBuf> {
        if uri.contains("://") {
            self.push("file-remote", Severity::Info, from, object, uri);
            return None;
        }
        let folder = from.parent().unwrap_or(Path::new(""));
        match resolve(folder, uri).filter(|path| path.is_file()) {
            Some(path) => Some(path),
            None => {
                self.push("file-missing", Severity::Error, from, object, uri);
                None
            }
        }
    }

    fn content(&mut self, from: &Path, link: &ContentLink, ecef_from_root: DMat4) {
        let Some(file) = self.link(from, &link.uri, &link.object) else {
            return;
        };
        if self.chain.contains(&file) {
            return self.push(
                "tileset-cycle",
                Severity::Error,
                from,
                &link.object,
                &link.uri,
            );
        }
        if self.chain.len() >= MAX_DEPTH {
            return self.push(
                "tileset-depth",
                Severity::Warning,
                from,
                &link.object,
                MAX_DEPTH,
            );
        }
        let place = link.volume.map(|volume| Place {
            volume,
            ecef_from_tile: ecef_from_root * link.root_from_tile,
        });
        self.file(&file, place.as_ref());
    }

    fn implicit(&mut self, from: &Path, link: &ImplicitLink, ecef_from_root: DMat4) {
        let levels = link.tiling.subtree_levels;
        let mut named: BTreeSet<PathBuf> = BTreeSet::new();
        let mut queue = VecDeque::from([TileCoord::ROOT]);
        while let Some(root) = queue.pop_front() {
            let uri = fill_template(&link.tiling.subtrees.uri, root);
            let Some(file) = self.link(from, &uri, &link.object) else {
                continue;
            };
            let Some(bytes) = self.read(&file) else {
                continue;
            };
            named.insert(file.clone());
            let folder = file.parent().map(Path::to_owned).unwrap_or_default();
            let name = self.name(&file);
            let mut resources = |uri: &str| beside(&folder, uri);
            let subtree = match Subtree::parse_with(&bytes, &link.schema, &mut resources) {
                Ok(subtree) => subtree,
                Err(fault) => {
                    self.done.report.push(fault.finding(name));
                    continue;
                }
            };
            for fault in subtree.check(levels) {
                self.done.report.push(fault.finding(&name));
            }
            self.bits = self.bits.saturating_add(1_u64.checked_shl(2 * levels).unwrap_or(u64::MAX).saturating_mul(2));
            if self.bits > MAX_BITS {
                return self.push("tileset-limit", Severity::Error, &file, &link.object, MAX_BITS);
            }
            // Rows of metadata are those of available tiles, in this very order.
            let mut row = 0;
            for level in 0..levels {
                for morton in 0..1_u64 << (2 * level) {
                    let inner = TileCoord::from_morton(level, morton);
                    if !subtree.has_tile(inner) {
                        continue;
                    }
                    let own_row = row;
                    row += 1;
                    let Some(tile) = root.below(inner) else {
                        continue;
                    };
                    if tile.level >= link.tiling.available_levels {
                        let object = format!("{}/{}/{}", tile.level, tile.x, tile.y);
                        self.push(
                            "implicit-beyond-levels",
                            Severity::Error,
                            &file,
                            &object,
                            link.tiling.available_levels,
                        );
                        continue;
                    }
                    for (number, template) in link.contents.iter().enumerate() {
                        if subtree.has_content(inner, number) {
                            let content = ContentLink {
                                uri: fill_template(&template.uri, tile),
                                object: format!("{}/{}/{}", tile.level, tile.x, tile.y),
                                volume: link
                                    .volume
                                    .and_then(|volume| volume.quadtree_tile(tile))
                                    .map(|volume| match &subtree.bounds {
                                        Some(bounds) => bounds.applied(own_row, volume),
                                        None => volume,
                                    }),
                                root_from_tile: link.root_from_tile,
                            };
                            self.content(from, &content, ecef_from_root);
                            named.extend(resolve(
                                from.parent().unwrap_or(Path::new("")),
                                &content.uri,
                            ));
                        }
                    }
                }
            }
            // Every child lies deeper, so the walk ends with the levels.
            for morton in 0..1_u64 << (2 * levels) {
                let inner = TileCoord::from_morton(levels, morton);
                if subtree.has_child(inner)
                    && let Some(child) = root.below(inner)
                {
                    if child.level < link.tiling.available_levels && !self.full {
                        queue.push_back(child);
                    } else if !self.full {
                        let object = format!("{}/{}/{}", child.level, child.x, child.y);
                        self.push(
                            "implicit-beyond-levels",
                            Severity::Error,
                            &file,
                            &object,
                            link.tiling.available_levels,
                        );
                    }
                }
            }
        }
        let templates = link.contents.iter().map(|content| content.uri.as_str());
        for template in templates.chain([link.tiling.subtrees.uri.as_str()]) {
            self.unreferenced(from, template, &named);
        }
    }

    /// Files that look as if the template had named them, and no tile does.
    fn unreferenced(&mut self, from: &Path, template: &str, named: &BTreeSet<PathBuf>) {
        let folder = from.parent().unwrap_or(Path::new(""));
        let fixed = template.split('{').next().unwrap_or("");
        let fixed = fixed.rsplit_once('/').map_or("", |(folder, _)| folder);
        let Some(start) = resolve(folder, fixed) else {
            return;
        };
        // From the folder on, so that only names of the template's form count.
        let pattern = template
            .get(fixed.len()..)
            .unwrap_or("")
            .trim_start_matches('/');
        let root = start.clone();
        let mut stack = vec![start];
        let mut looked = 0;
        let mut strays = Vec::new();
        while let Some(folder) = stack.pop() {
            let Ok(entries) = std::fs::read_dir(folder) else {
                continue;
            };
            for path in entries.flatten().map(|entry| entry.path()) {
                looked += 1;
                if looked > MAX_FILES {
                    return;
                }
                // Links are not followed: they may lead in circles.
                if path.is_dir() && !path.is_symlink() {
                    stack.push(path);
                } else if !named.contains(&path)
                    && !self.seen.contains(&path)
                    && path.strip_prefix(&root).is_ok_and(|name| {
                        is_of_template(&name.to_string_lossy().replace('\\', "/"), pattern)
                    })
                {
                    strays.push(path);
                }
            }
        }
        strays.sort();
        for path in strays {
            self.push("file-unreferenced", Severity::Warning, &path, "", "");
        }
    }

    fn territory(&mut self, bytes: &[u8], path: &Path) {
        let manifest = match Manifest::parse(bytes) {
            Ok(manifest) => manifest,
            Err((code, detail)) => return self.push(code, Severity::Error, path, "", detail),
        };
        let [west, south, east, north] = manifest.bounds_lonlat;
        let sound = west < east
            && south < north
            && west >= -180.0
            && east <= 180.0
            && south >= -90.0
            && north <= 90.0;
        if !sound {
            self.push(
                "manifest-bounds",
                Severity::Error,
                path,
                "bounds_lonlat",
                format!("{:?}", manifest.bounds_lonlat),
            );
        }
        for axis in &manifest.axes {
            if axis.step <= 0 || axis.end <= axis.start {
                self.push(
                    "manifest-axis-empty",
                    Severity::Error,
                    path,
                    &axis.id,
                    format!("{} … {} / {}", axis.start, axis.end, axis.step),
                );
            }
        }
        for layer in &manifest.layers {
            self.layer(&manifest, layer, path);
        }
        self.series(&manifest, path);
        self.roofbook(&manifest, path);
        self.gridbook(&manifest, path);
        self.features(&manifest, path);
        self.imagery(&manifest, path);
        self.search(&manifest, path);
    }

    /// The tables are there, can be opened, and have the rows that the manifest states.
    fn features(&mut self, manifest: &Manifest, path: &Path) {
        if let Some(table) = &manifest.features {
            self.table("features", &table.path, table.rows, path);
        }
        for table in &manifest.tables {
            let object = format!("tables.{}", table.id);
            if !manifest.datasets.iter().any(|known| known.id == table.dataset) {
                self.push("manifest-dataset", Severity::Error, path, &object, &table.dataset);
            }
            if manifest.layer(&table.layer).is_none() {
                self.push("manifest-table-layer", Severity::Error, path, &object, &table.layer);
            }
            self.table(&object, &table.path, table.rows, path);
        }
    }

    fn table(&mut self, object: &str, relative: &str, stated: u64, path: &Path) {
        let Some(file) = self.inside(path, relative, object) else { return };
        if !file.is_file() {
            return self.push("file-missing", Severity::Error, path, object, relative);
        }
        self.done.checked += 1;
        match super::sources::readers::parquet::open(&file) {
            Err((_, reason)) => self.push("file-unreadable", Severity::Error, &file, "", reason),
            Ok(found) => {
                let rows: u64 = found
                    .iter()
                    .filter_map(|found| match &found.content {
                        Content::Table(table) => table.rows(),
                        Content::Raster(_) | Content::Picture { .. } => None,
                    })
                    .sum();
                if rows != stated {
                    self.push("manifest-features", Severity::Error, path, object, format!("{stated} ≠ {rows}"));
                }
            }
        }
    }

    /// The file at a manifest's path, which must stay inside the territory.
    fn inside(&mut self, path: &Path, relative: &str, object: &str) -> Option<PathBuf> {
        let sound = !relative.is_empty()
            && !relative.contains('\\')
            && Path::new(relative)
                .components()
                .all(|part| matches!(part, Component::Normal(_)));
        if !sound {
            self.push("manifest-path", Severity::Error, path, object, relative);
            return None;
        }
        Some(path.parent().unwrap_or(Path::new("")).join(relative))
    }

    fn layer(&mut self, manifest: &Manifest, layer: &Layer, path: &Path) {
        let object = format!("layers.{}", layer.id);
        for dataset in &layer.datasets {
            if !manifest.datasets.iter().any(|known| known.id == *dataset) {
                self.push("manifest-dataset", Severity::Error, path, &object, dataset);
            }
        }
        let Some(file) = self.inside(path, &layer.tileset, &object) else {
            return;
        };
        if !file.is_file() {
            return self.push(
                "file-missing",
                Severity::Error,
                path,
                &object,
                &layer.tileset,
            );
        }
        let before = self.contents();
        self.file(&file, None);
        let found = self.contents() - before;
        if found != layer.tiles && !self.full {
            self.push(
                "manifest-tiles",
                Severity::Warning,
                path,
                &object,
                format!("{} ≠ {found}", layer.tiles),
            );
        }
    }

    /// Contents seen so far: neither tilesets nor subtrees.
    fn contents(&self) -> u64 {
        let is_content = |path: &&PathBuf| {
            path.extension()
                .is_none_or(|e| e != "json" && e != "subtree")
        };
        self.seen.iter().filter(is_content).count() as u64
    }
}

/// A relative URI as a path below (or beside) a folder, `.` and `..` resolved as text; `None` for an absolute one.
fn resolve(folder: &Path, uri: &str) -> Option<PathBuf> {
    let uri = uri.split(['?', '#']).next().unwrap_or("");
    if uri.starts_with('/') || uri.contains("://") || uri.starts_with("data:") {
        return None;
    }
    let mut path = folder.to_owned();
    for part in percent_decoded(uri).split('/') {
        match part {
            "" | "." => {}
            ".." => {
                // Above a relative start there is only `..` itself.
                if path.file_name().is_some() {
                    path.pop();
                } else {
                    path.push("..");
                }
            }
            part => path.push(part),
        }
    }
    Some(path)
}

pub(super) fn percent_decoded(uri: &str) -> String {
    let mut bytes = Vec::with_capacity(uri.len());
    let mut rest = uri.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match hex
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .filter(|_| first == b'%')
        {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or(&[]);
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The levels of a quadtree's subtree that stands alone: from the bits of its children, which fit one depth only, or of its tiles. `None` when all is constant.
fn depth(subtree: &Subtree) -> Option<u32> {
    let bytes = |part: &Availability| match part {
        Availability::Bits { bytes, .. } => Some(bytes.len() as u64),
        Availability::All(_) => None,
    };
    let levels = 1..=MAX_SUBTREE_LEVELS;
    if let Some(have) = bytes(&subtree.children) {
        return levels
            .clone()
            .find(|levels| (1_u64 << (2 * levels)).div_ceil(8) == have);
    }
    let have = bytes(&subtree.tiles).or_else(|| subtree.contents.iter().find_map(bytes))?;
    levels
        .clone()
        .find(|levels| crate::formats::tiles3d::implicit::tiles_above(*levels).div_ceil(8) == have)
}
