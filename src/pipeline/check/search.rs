//! The search index: every file is there and sound, and what it names exists.

use super::walk::Walk;
use crate::base::Severity;
use crate::formats::Fault;
use crate::formats::search::{Entry, Index, MAX_INDEX_BYTES, Part, read_entries, read_houses, read_spelling};
use crate::formats::territory::Manifest;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Files of one index that are looked at.
const MAX_PARTS: usize = 200_000;

impl Walk {
    pub(super) fn search(&mut self, manifest: &Manifest, path: &Path) {
        let Some(stated) = &manifest.search else { return };
        for dataset in &stated.datasets {
            if !manifest.datasets.iter().any(|known| known.id == *dataset) {
                self.push("manifest-dataset", Severity::Error, path, "search", dataset);
            }
        }
        let Some(folder) = self.inside(path, &stated.path, "search") else { return };
        let Some(index) = self.part(&folder, Part::Index, path, Index::read) else { return };
        for layer in index.layers.iter().filter(|layer| manifest.layer(&layer.as_str().into()).is_none()) {
            // A territory may have names of a layer that draws nothing; then there is only nothing to select.
            self.push("search-link", Severity::Info, &folder.join(Part::Index.path()), "layers", layer);
        }
        let _ = self.part(&folder, Part::Spelling, path, read_spelling);
        let (mut entries, mut lists): (BTreeSet<u32>, BTreeMap<u32, BTreeSet<u32>>) = (BTreeSet::new(), BTreeMap::new());
        for node in index.nodes.iter().take(MAX_PARTS) {
            let part = Part::Words(node.file);
            let Some(found) = self.part(&folder, part, path, read_entries) else { continue };
            for Entry { number, locality, feature, houses, .. } in found {
                let lost = locality.is_some_and(|at| index.localities.get(at as usize).is_none()) || feature.is_some_and(|feature| index.layers.get(feature.layer as usize).is_none());
                if lost {
                    self.push("search-link", Severity::Error, &folder.join(part.path()), "entries", number);
                }
                entries.insert(number);
                if let Some(houses) = houses {
                    lists.entry(houses.file).or_default().insert(houses.place);
                }
            }
        }
        let mut addresses = 0_u64;
        for (file, places) in lists.into_iter().take(MAX_PARTS) {
            let part = Part::Numbers(file);
            let Some(found) = self.part(&folder, part, path, read_houses) else { continue };
            addresses += found.iter().map(|list| list.houses.len() as u64).sum::<u64>();
            if let Some(lost) = places.iter().find(|place| found.get(**place as usize).is_none()) {
                self.push("search-link", Severity::Error, &folder.join(part.path()), "houses", lost);
            }
        }
        for (object, stated, found) in [("names", stated.names, entries.len() as u64), ("addresses", stated.addresses, addresses)] {
            if stated != found {
                self.push("search-count", Severity::Error, path, object, format!("{stated} ≠ {found}"));
            }
        }
    }

    /// A file of the index, read; what is wrong with it is said.
    fn part<T>(&mut self, folder: &Path, part: Part, path: &Path, read: fn(&[u8]) -> Result<T, Fault>) -> Option<T> {
        let file = folder.join(part.path());
        if !file.is_file() {
            self.push("file-missing", Severity::Error, path, "search", part.path());
            return None;
        }
        self.done.checked += 1;
        let length = std::fs::metadata(&file).map_or(0, |meta| meta.len());
        if length > MAX_INDEX_BYTES as u64 {
            self.push("search-too-large", Severity::Error, &file, "", length);
            return None;
        }
        let read = std::fs::read(&file).map_err(|error| Fault::new("file-unreadable", "", error)).and_then(|bytes| read(&bytes));
        match read {
            Ok(content) => Some(content),
            Err(fault) => {
                self.push(fault.code, Severity::Error, &file, &fault.object, fault.value);
                None
            }
        }
    }
}
