//! Coded findings: what was wrong, where, and with which value.
//!
//! A finding has no sentence of its own: [`crate::i18n`] turns its code and arguments into French or English (message key `finding-CODE`).
//! Codes never change meaning.

use std::collections::BTreeMap;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; nothing is wrong.
    Info,
    /// Repaired or doubtful; the rest is usable.
    Warning,
    /// Rejected or broken.
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One fault of one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Kebab case, stable for ever: `road-without-altitude`.
    pub code: &'static str,
    pub severity: Severity,
    /// The file or layer it was found in, as the user named it.
    pub file: String,
    /// The object inside: an id, a JSON path, a byte offset. May be empty.
    pub object: String,
    /// The offending value as text. May be empty.
    pub value: String,
}

impl Finding {
    pub fn new(code: &'static str, severity: Severity, file: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            file: file.into(),
            object: String::new(),
            value: String::new(),
        }
    }

    pub fn object(mut self, object: impl Into<String>) -> Self {
        self.object = object.into();
        self
    }

    pub fn value(mut self, value: impl std::fmt::Display) -> Self {
        self.value = value.to_string();
        self
    }
}

/// How many full findings a report keeps for each code; the rest are only counted.
pub const EXAMPLES_PER_CODE: usize = 1000;

/// All findings of one run, bounded: every one is counted, the first thousand of each code are kept whole.
#[derive(Clone, Debug, Default)]
pub struct Report {
    findings: Vec<Finding>,
    counts: BTreeMap<(&'static str, Severity), usize>,
}

impl Report {
    pub fn push(&mut self, finding: Finding) {
        let count = self
            .counts
            .entry((finding.code, finding.severity))
            .or_insert(0);
        *count += 1;
        if *count <= EXAMPLES_PER_CODE {
            self.findings.push(finding);
        }
    }

    pub fn merge(&mut self, other: Report) {
        let kept: BTreeMap<_, usize> =
            other
                .findings
                .iter()
                .fold(BTreeMap::new(), |mut kept, finding| {
                    *kept.entry((finding.code, finding.severity)).or_insert(0) += 1;
                    kept
                });
        for finding in other.findings {
            self.push(finding);
        }
        // What the other report had counted without keeping.
        for (key, count) in other.counts {
            *self.counts.entry(key).or_insert(0) += count - kept.get(&key).copied().unwrap_or(0);
        }
    }

    /// Counts findings that are not at hand any more.
    pub fn count_more(&mut self, code: &'static str, severity: Severity, more: usize) {
        if more > 0 {
            *self.counts.entry((code, severity)).or_insert(0) += more;
        }
    }

    /// The findings kept whole, in the order they were found.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// `(code, severity, count, first example)` of each code, sorted by code.
    pub fn summary(&self) -> impl Iterator<Item = (&'static str, Severity, usize, &Finding)> {
        self.counts
            .iter()
            .filter_map(|(&(code, severity), &count)| {
                let example = self
                    .findings
                    .iter()
                    .find(|f| f.code == code && f.severity == severity)?;
                Some((code, severity, count, example))
            })
    }

    /// The files that a code was found in, in the order they were found, as far as its findings are kept.
    pub fn files(&self, code: &str, severity: Severity) -> Vec<&str> {
        let mut files: Vec<&str> = Vec::new();
        for finding in self.findings.iter().filter(|finding| finding.code == code && finding.severity == severity && !finding.file.is_empty()) {
            if !files.contains(&finding.file.as_str()) {
                files.push(&finding.file);
            }
        }
        files
    }

    pub fn count(&self, code: &str) -> usize {
        self.counts
            .iter()
            .filter(|((c, _), _)| *c == code)
            .map(|(_, count)| count)
            .sum()
    }

    pub fn has_errors(&self) -> bool {
        self.counts
            .keys()
            .any(|(_, severity)| *severity == Severity::Error)
    }

    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}
