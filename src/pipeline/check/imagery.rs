//! The pyramids of pictures of a territory: their entry, their TileJSON, and every tile.

use super::walk::Walk;
use crate::base::Severity;
use crate::formats::still;
use crate::formats::territory::{Imagery, Manifest};
use crate::formats::webtiles::{self, MAX_LEVEL, MAX_LATITUDE_DEG, TileJson, WebTile};
use crate::pipeline::imagery::tiles;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const SLOTS: [&str; 3] = ["{z}", "{x}", "{y}"];

impl Walk {
    pub(super) fn imagery(&mut self, manifest: &Manifest, path: &Path) {
        for imagery in &manifest.imagery {
            let object = format!("imagery.{}", imagery.id);
            if !manifest.datasets.iter().any(|known| known.id == imagery.dataset) {
                self.push("manifest-dataset", Severity::Error, path, &object, &imagery.dataset);
            }
            let levels = imagery.min_zoom <= imagery.max_zoom && imagery.max_zoom <= MAX_LEVEL;
            if !levels {
                self.push("imagery-levels", Severity::Error, path, &object, format!("{} … {}", imagery.min_zoom, imagery.max_zoom));
            }
            let [west, south, east, north] = imagery.bounds_lonlat;
            let inside = west < east && south < north && west >= -180.0 && east <= 180.0 && south >= -MAX_LATITUDE_DEG - 1e-9 && north <= MAX_LATITUDE_DEG + 1e-9;
            if !inside {
                self.push("imagery-bounds", Severity::Error, path, &object, format!("{:?}", imagery.bounds_lonlat));
            }
            self.tilejson(imagery, &object, path);
            let Some(folder) = self.template(&imagery.tiles, &object, path) else { continue };
            if let Some(clear) = &imagery.clear_tiles {
                self.template(clear, &object, path);
            }
            if levels && inside {
                self.pyramid(imagery, &object, &folder, path);
            }
        }
    }

    /// The folder of a template's tiles; says where it is none, or has no file at all.
    fn template(&mut self, template: &str, object: &str, path: &Path) -> Option<PathBuf> {
        let file = self.inside(path, template, object)?;
        let mut parts = template.rsplit('/');
        let form = parts.next().is_some_and(|row| row.starts_with("{y}.")) && parts.next() == Some("{x}") && parts.next() == Some("{z}");
        let sound = form && SLOTS.iter().all(|slot| template.matches(slot).count() == 1);
        if !sound {
            self.push("imagery-template", Severity::Error, path, object, template);
            return None;
        }
        let folder = file.ancestors().nth(3).map(Path::to_owned)?;
        if !tiles::is_pyramid(&folder) {
            self.push("imagery-without-tiles", Severity::Error, path, object, template);
            return None;
        }
        Some(folder)
    }

    fn tilejson(&mut self, imagery: &Imagery, object: &str, path: &Path) {
        let Some(file) = self.inside(path, &imagery.tilejson, object) else { return };
        if !file.is_file() {
            return self.push("file-missing", Severity::Error, path, object, &imagery.tilejson);
        }
        let Some(bytes) = self.read(&file) else { return };
        match TileJson::parse(&bytes) {
            Err(error) => self.push("json-unreadable", Severity::Error, &file, "", error),
            Ok(json) => {
                let stated = (json.minzoom.unwrap_or(0), json.maxzoom.unwrap_or(30), json.is_tms());
                if stated != (imagery.min_zoom, imagery.max_zoom, false) {
                    let value = format!("{} … {} ≠ {} … {}", stated.0, stated.1, imagery.min_zoom, imagery.max_zoom);
                    self.push("imagery-tilejson", Severity::Error, &file, object, value);
                }
            }
        }
    }

    fn pyramid(&mut self, imagery: &Imagery, object: &str, folder: &Path, path: &Path) {
        let ending = |template: &str| template.rsplit_once('.').map(|(_, ending)| ending.to_owned()).unwrap_or_default();
        let (main, clear) = (ending(&imagery.tiles), imagery.clear_tiles.as_deref().map(ending));
        let [west, south, east, north] = imagery.bounds_lonlat;
        let bounds = crate::base::Bounds2::of([webtiles::from_lonlat(west, south), webtiles::from_lonlat(east, north)]);
        let mut found: BTreeSet<WebTile> = BTreeSet::new();
        for tile in tiles::all(folder, false).into_keys() {
            let object = format!("{}/{}/{}", tile.z, tile.x, tile.y);
            let of = |ending: &str| folder.join(format!("{object}.{ending}"));
            let file = of(&main);
            if !file.is_file() {
                self.push("imagery-stray", Severity::Warning, path, &object, &imagery.id);
                continue;
            }
            let inside = (imagery.min_zoom..=imagery.max_zoom).contains(&tile.z)
                && crate::pipeline::imagery::mosaic::rect(tile).grown(1e-6 * WebTile::side_m(tile.z)).intersects(&bounds);
            if !inside {
                self.push("imagery-tile-outside", Severity::Warning, &file, &object, &imagery.id);
            }
            found.insert(tile);
            self.tile(&file, &object, imagery.tile_size);
            if let Some(clear) = clear.as_deref().filter(|clear| *clear != main).map(of).filter(|clear| clear.is_file()) {
                self.tile(&clear, &object, imagery.tile_size);
            }
            if self.full {
                return;
            }
        }
        if found.len() as u64 != imagery.count {
            self.push("imagery-count", Severity::Error, path, object, format!("{} ≠ {}", imagery.count, found.len()));
        }
        // Where nothing was photographed there is no tile; but what is there is seen from afar too.
        for tile in found.iter().filter(|tile| tile.z > imagery.min_zoom) {
            if tile.parent().is_some_and(|parent| !found.contains(&parent)) {
                self.push("imagery-parent", Severity::Error, path, &format!("{}/{}/{}", tile.z, tile.x, tile.y), &imagery.id);
            }
        }
    }

    fn tile(&mut self, file: &Path, object: &str, side: u32) {
        let Some(bytes) = self.read(file) else { return };
        match still::decode(&bytes) {
            Err(fault) => self.push("imagery-tile-unreadable", Severity::Error, file, object, fault),
            Ok(still) if still.columns != side as usize || still.rows != side as usize => {
                self.push("imagery-tile-size", Severity::Error, file, object, format!("{} × {} ≠ {side}", still.columns, still.rows));
            }
            Ok(_) => {}
        }
    }
}
