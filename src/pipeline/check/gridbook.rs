//! The book of posts and lines of a territory.

use super::walk::Walk;
use crate::base::Severity;
use crate::formats::gridbook::GridBook;
use crate::formats::territory::Manifest;
use std::path::Path;

impl Walk {
    pub(super) fn gridbook(&mut self, manifest: &Manifest, path: &Path) {
        let Some(stated) = &manifest.connect else { return };
        let object = "connect";
        let Some(file) = self.inside(path, &stated.path, object) else { return };
        if !file.is_file() {
            return self.push("file-missing", Severity::Error, path, object, &stated.path);
        }
        let Some(bytes) = self.read(&file) else { return };
        match GridBook::parse(&bytes) {
            Ok(book) => {
                let held = (book.posts.len() as u64, book.lines.len() as u64);
                if held != (stated.posts, stated.lines) {
                    self.push("gridbook-count", Severity::Error, &file, object, format!("{} + {}", held.0, held.1));
                }
            }
            Err(fault) => {
                let name = self.name(&file);
                self.done.report.push(fault.finding(name));
            }
        }
    }
}
