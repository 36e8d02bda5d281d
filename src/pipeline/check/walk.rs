//! The walk: from a file to those it names, each looked at once, within bounds.

use super::{Checked, MAX_FILES, pyramid, sources};
use crate::base::{Finding, Severity, percent_decoded};
use crate::formats::check::content::{self, Place};
use crate::formats::check::tileset::{ContentLink, ImplicitLink, tileset};
use crate::formats::check::{Kind, kind, schema};
use crate::formats::packed;
use crate::formats::tiles3d::implicit::{MAX_SUBTREE_LEVELS, is_of_template};
use crate::formats::tiles3d::{Availability, CellCoord, Subtree, TileSchema};
use crate::pipeline::sources::open;
use glam::DMat4;
use serde_json::Value;
use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most tilesets inside each other.
const MAX_DEPTH: usize = 32;
/// Most bits of availability looked at in one run: a few bytes say of millions of tiles that they are there, and a template may give every
/// subtree one file.
const MAX_BITS: u64 = 1 << 28;
/// Largest file read, bytes.
pub(super) const MAX_FILE_BYTES: u64 = 1 << 30;
/// Larger things are not unpacked.
const MAX_UNPACKED_BYTES: usize = 256 << 20;

/// The bytes of a plain file that a document names, within bounds.
pub(super) fn beside(folder: &Path, uri: &str) -> Option<Vec<u8>> {
    let path = resolve(folder, uri)?;
    let meta = std::fs::metadata(&path).ok()?;
    (meta.is_file() && meta.len() <= MAX_FILE_BYTES).then(|| std::fs::read(path).ok())?
}

pub(super) struct Walk {
    /// Findings name files relative to it.
    base: PathBuf,
    pub(super) seen: BTreeSet<PathBuf>,
    /// Tilesets we are inside of.
    chain: Vec<PathBuf>,
    pub(super) full: bool,
    /// Bits of availability so far.
    bits: u64,
    pub(super) done: Checked,
}

impl Walk {
    /// Everything from one file on.
    pub(super) fn from(start: &Path) -> Checked {
        let mut walk = Self {
            base: start.parent().map(Path::to_owned).unwrap_or_default(),
            seen: BTreeSet::new(),
            chain: Vec::new(),
            full: false,
            bits: 0,
            done: Checked::default(),
        };
        walk.file(start, None);
        walk.done
    }

    pub(super) fn name(&self, path: &Path) -> String {
        let path = path.strip_prefix(&self.base).unwrap_or(path);
        path.display().to_string().replace('\\', "/")
    }

    pub(super) fn push(
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

    pub(super) fn read(&mut self, path: &Path) -> Option<Vec<u8>> {
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
            // Packed files are read as what is in them, as the viewer reads them; one that is broken says so by what it is.
            Ok(bytes) => match packed::unpacked(&bytes, MAX_UNPACKED_BYTES) {
                Ok(std::borrow::Cow::Owned(unpacked)) => Some(unpacked),
                Ok(std::borrow::Cow::Borrowed(_)) | Err(_) => Some(bytes),
            },
            Err(error) => {
                self.push("file-unreadable", Severity::Error, path, "", error);
                None
            }
        }
    }

    /// Checks a file once, whatever it is.
    pub(super) fn file(&mut self, path: &Path, place: Option<&Place>) {
        if !self.seen.insert(path.to_owned()) {
            return;
        }
        if pyramid::is_archive(path) {
            return self.archive(path);
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
            Kind::Ground => return self.ground(&bytes, path),
            Kind::Pyramid => return self.described(&bytes, path),
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
            Kind::Unknown => match crate::pipeline::network::findings(&bytes, &name) {
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
        let (findings, mut links) = tileset(bytes, &self.name(path));
        findings
            .into_iter()
            .for_each(|finding| self.done.report.push(finding));
        self.chain.push(path.to_owned());
        if let Some(uri) = &links.schema_uri
            && let Some(file) = self.link(path, uri, "schemaUri")
        {
            self.file(&file, None);
            // What is wrong with it has been said.
            let schema = std::fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
            let schema = Arc::new(TileSchema::of(schema.as_ref()));
            links.implicit.iter_mut().for_each(|link| link.schema = Arc::clone(&schema));
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
    pub(super) fn link(&mut self, from: &Path, uri: &str, object: &str) -> Option<PathBuf> {
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
        let (scheme, levels) = (link.tiling.subdivision_scheme, link.tiling.subtree_levels);
        let mut named: BTreeSet<PathBuf> = BTreeSet::new();
        let mut queue = VecDeque::from([CellCoord::root(scheme)]);
        while let Some(root) = queue.pop_front() {
            let uri = root.fill(&link.tiling.subtrees.uri);
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
            for fault in subtree.check_of(scheme, levels) {
                self.done.report.push(fault.finding(&name));
            }
            self.bits = self.bits.saturating_add(1_u64.checked_shl(scheme.axes() * levels).unwrap_or(u64::MAX).saturating_mul(2));
            if self.bits > MAX_BITS {
                return self.push("tileset-limit", Severity::Error, &file, &link.object, MAX_BITS);
            }
            // Rows of metadata are those of available tiles, in this very order.
            let mut row = 0;
            for inner in CellCoord::root(scheme).levels(levels) {
                if !subtree.has_tile(inner) {
                    continue;
                }
                let own_row = row;
                row += 1;
                let Some(tile) = root.below(inner) else {
                    continue;
                };
                let object = tile.to_string();
                if tile.level >= link.tiling.available_levels {
                    self.push("implicit-beyond-levels", Severity::Error, &file, &object, link.tiling.available_levels);
                    continue;
                }
                for (number, template) in link.contents.iter().enumerate() {
                    if !subtree.has_content(inner, number) {
                        continue;
                    }
                    let volume = link.volume.and_then(|volume| volume.implicit_tile(tile));
                    let content = ContentLink {
                        uri: tile.fill(&template.uri),
                        object: object.clone(),
                        volume: volume.map(|volume| match &subtree.bounds {
                            Some(bounds) => bounds.applied(own_row, volume),
                            None => volume,
                        }),
                        root_from_tile: link.root_from_tile,
                    };
                    self.content(from, &content, ecef_from_root);
                    named.extend(resolve(from.parent().unwrap_or(Path::new("")), &content.uri));
                }
            }
            // Every child lies deeper, so the walk ends with the levels.
            for morton in 0..1_u64 << (scheme.axes() * levels) {
                let inner = CellCoord::from_morton(scheme, levels, morton);
                if subtree.has_child(inner)
                    && let Some(child) = root.below(inner)
                {
                    if child.level < link.tiling.available_levels && !self.full {
                        queue.push_back(child);
                    } else if !self.full {
                        let object = child.to_string();
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
}

/// A relative URI as a path below (or beside) a folder, `.` and `..` resolved as text; `None` for an absolute one.
pub(super) fn resolve(folder: &Path, uri: &str) -> Option<PathBuf> {
    let uri = uri.split(['?', '#']).next().unwrap_or("");
    if uri.starts_with('/') || uri.contains("://") || uri.starts_with("data:") {
        return None;
    }
    let mut path = folder.to_owned();
    for part in String::from_utf8_lossy(&percent_decoded(uri)).split('/') {
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
