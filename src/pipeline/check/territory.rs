//! What a manifest states: bounds, axes, layers, tables, each beside what is there.

use super::walk::Walk;
use crate::base::Severity;
use crate::formats::territory::{Layer, Manifest};
use crate::pipeline::sources::readers::{Content, parquet};
use std::path::{Component, Path, PathBuf};

impl Walk {
    pub(super) fn territory(&mut self, bytes: &[u8], path: &Path) {
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
            if axis.step <= 0 || axis.steps().is_none() {
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
        match parquet::open(&file) {
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
    pub(super) fn inside(&mut self, path: &Path, relative: &str, object: &str) -> Option<PathBuf> {
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
