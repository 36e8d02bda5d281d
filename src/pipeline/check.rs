//! `jumeau check`: walks the files that a territory, tileset or content names, and gathers the findings of [`crate::formats::check`].
//!
//! Nothing is fetched from the network, and every walk is bounded.

mod gridbook;
mod ground;
mod imagery;
mod pyramid;
mod roofbook;
mod search;
mod series;
mod territory;
mod walk;

use super::info::Missing;
use super::sources::open;
use super::sources::readers::{Content, Found};
use super::{ImportOptions, Silent};
use crate::base::{Finding, Report, Severity};
use crate::formats::messages;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use walk::{MAX_FILE_BYTES, Walk};

/// Most files looked at in one run.
pub const MAX_FILES: usize = 1 << 20;

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    pub report: Report,
    /// Files looked at.
    pub checked: usize,
}

/// Checks a file or a folder with a `territory.json`, `tileset.json` or `layer.json`.
///
/// # Errors
/// [`Missing`] when there is nothing to check.
pub fn check(path: &Path) -> Result<Checked, Missing> {
    if !path.exists() {
        return Err(Missing::Path(path.to_owned()));
    }
    let start = if path.is_dir() {
        let of = |name: &str| Some(path.join(name)).filter(|file| file.is_file());
        match of("territory.json").or_else(|| of("tileset.json")).or_else(|| of("layer.json")) {
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
    Ok(Walk::from(&start))
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
