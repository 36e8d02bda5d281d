//! The roof book of a territory: its head, its pages, each building where it is looked for.

use super::walk::Walk;
use crate::base::Severity;
use crate::formats::roofbook::{HEAD, Head, MAX_PAGES, page_file, page_of, records};
use crate::formats::roofplan::Plan;
use crate::formats::territory::Manifest;
use std::path::Path;

impl Walk {
    pub(super) fn roofbook(&mut self, manifest: &Manifest, path: &Path) {
        let Some(book) = &manifest.roofs else { return };
        let object = "roofs";
        if !manifest.datasets.iter().any(|known| known.id == book.dataset) {
            self.push("manifest-dataset", Severity::Error, path, object, &book.dataset);
        }
        let Some(folder) = self.inside(path, &book.path, object) else { return };
        let head = folder.join(HEAD);
        if !head.is_file() {
            return self.push("file-missing", Severity::Error, path, object, format!("{}/{HEAD}", book.path));
        }
        if let Some(bytes) = self.read(&head)
            && let Err(fault) = Head::parse(&bytes)
        {
            let name = self.name(&head);
            self.done.report.push(fault.finding(name));
        }
        if let Some(plan) = &book.plan
            && let Some(file) = self.inside(&head, plan, object)
        {
            if !file.is_file() {
                self.push("file-missing", Severity::Error, path, object, format!("{}/{plan}", book.path));
            } else if let Some(bytes) = self.read(&file)
                && let Err(fault) = Plan::parse(&bytes)
            {
                let name = self.name(&file);
                self.done.report.push(fault.finding(name));
            }
        }
        for file in &book.files {
            if self.inside(&head, file, object).is_some_and(|file| !file.is_file()) {
                self.push("file-missing", Severity::Error, path, object, format!("{}/{file}", book.path));
            }
        }
        let mut known = 0;
        for page in 0..book.pages.min(MAX_PAGES) {
            let file = folder.join(page_file(page));
            if !file.is_file() {
                self.push("file-missing", Severity::Error, path, object, format!("{}/{}", book.path, page_file(page)));
                continue;
            }
            let Some(bytes) = self.read(&file) else { continue };
            match records(&bytes) {
                Ok(records) => {
                    known += records.len() as u64;
                    if let Some(lost) = records.iter().find(|record| page_of(&record.building, book.pages) != page) {
                        self.push("roofbook-misplaced", Severity::Error, &file, &lost.building, page);
                    }
                }
                Err(fault) => {
                    let name = self.name(&file);
                    self.done.report.push(fault.finding(name));
                }
            }
        }
        if known != book.buildings {
            self.push("roofbook-count", Severity::Error, path, object, format!("{known} ≠ {}", book.buildings));
        }
    }
}
