//! Findings about millions of values: all are counted, a few are told whole.

use crate::base::{Finding, Report, Severity};
use std::collections::BTreeMap;

/// Findings of one code that are told with place and value.
const EXAMPLES: usize = 50;

/// Counts what is found in one file.
pub struct Teller {
    file: String,
    report: Report,
    counts: BTreeMap<(&'static str, Severity), usize>,
}

impl Teller {
    pub fn new(file: &str) -> Self {
        Self { file: file.to_owned(), report: Report::default(), counts: BTreeMap::new() }
    }

    /// Goes on with the next file of a series.
    pub fn in_file(&mut self, file: &str) {
        file.clone_into(&mut self.file);
    }

    /// One of many: object and value are written only while there is room for them.
    pub fn note(&mut self, code: &'static str, severity: Severity, object: impl FnOnce() -> String, value: impl FnOnce() -> String) {
        let count = self.counts.entry((code, severity)).or_default();
        *count += 1;
        if *count <= EXAMPLES {
            self.report.push(Finding::new(code, severity, &self.file).object(object()).value(value()));
        }
    }

    pub fn push(&mut self, code: &'static str, severity: Severity, object: impl Into<String>, value: impl std::fmt::Display) {
        let object = object.into();
        self.note(code, severity, || object, || value.to_string());
    }

    /// Hands all of it over.
    pub fn finish(mut self, report: &mut Report) {
        for ((code, severity), count) in self.counts {
            self.report.count_more(code, severity, count.saturating_sub(EXAMPLES));
        }
        report.merge(self.report);
    }
}
