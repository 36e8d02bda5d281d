//! `DOC_URBA`: the table that says what the layers of a planning document are: which plan, of which state, approved when.
//!
//! It has no geometry. Its row becomes the title and date of the data sets beside and below it, and attributes of their objects
//! (`DOC_…`, under the names of the standard).

use super::plan::Planned;
use super::readers::{Found, Table};
use super::record::Cell;
use super::vocabulary::{Mapping, source_term};
use crate::base::Dataset;
use std::path::{Path, PathBuf};

/// Attributes of `DOC_URBA` in all generations of the CNIG standard that say what the plan is.
const ATTRIBUTES: [(&str, &str); 14] = [
    ("idurba", "DOC_IDURBA"),
    ("typedoc", "DOC_TYPEDOC"),
    ("etat", "DOC_ETAT"),
    ("nomproc", "DOC_NOMPROC"),
    ("datappro", "DOC_DATAPPRO"),
    ("datefin", "DOC_DATEFIN"),
    ("interco", "DOC_INTERCO"),
    ("siren", "DOC_SIREN"),
    ("insee", "DOC_INSEE"),
    ("nomreg", "DOC_NOMREG"),
    ("urlreg", "DOC_URLREG"),
    ("nomplan", "DOC_NOMPLAN"),
    ("urlplan", "DOC_URLPLAN"),
    ("siteweb", "DOC_SITEWEB"),
];
/// Rows of such a table; a folder holds one document and its history.
const MAX_ROWS: usize = 10_000;
/// The state of a document that applies (`opposable`), in the standard's list.
const IN_FORCE: [&str; 2] = ["03", "3"];

/// One row of the table, and the folder it speaks for.
pub(super) struct Document {
    folder: PathBuf,
    /// `(name of the standard in lower case, value)`.
    values: Vec<(&'static str, String)>,
}

/// True for a table that says what a plan is.
pub(super) fn is_one(columns: &[String]) -> bool {
    let has = |name: &str| {
        columns
            .iter()
            .any(|column| column.eq_ignore_ascii_case(name))
    };
    has("typedoc") && (has("datappro") || has("idurba")) && has("etat")
}

/// The documents of a table; what cannot be read says nothing.
pub(super) fn read(path: &Path, found: &Found, table: &dyn Table) -> Vec<Document> {
    let mapping: Mapping = ATTRIBUTES
        .iter()
        .filter_map(|(name, _)| {
            let column = found
                .columns
                .iter()
                .find(|column| column.eq_ignore_ascii_case(name))?;
            Some((*name, vec![column.clone()]))
        })
        .collect();
    let mut documents = Vec::new();
    let _ = table.read(&mapping, &mut |row| {
        if let (Ok(record), true) = (row, documents.len() < MAX_ROWS) {
            documents.push(Document {
                folder: path.parent().map(Path::to_owned).unwrap_or_default(),
                values: ATTRIBUTES
                    .iter()
                    .filter_map(|(name, _)| Some((*name, record.text(name)?)))
                    .collect(),
            });
        }
    });
    documents
}

/// Tells the layers of plans what document they belong to: the nearest above them that applies, the latest of several.
pub(super) fn attach(documents: &[Document], items: &mut [Planned], datasets: &mut [Dataset]) {
    for item in items
        .iter_mut()
        .filter(|item| item.role.is_some_and(|role| role.is_of_a_plan()))
    {
        let Some(path) = &item.path else { continue };
        let best = documents
            .iter()
            .filter(|document| path.starts_with(&document.folder))
            .max_by_key(|document| {
                let in_force = document
                    .value("etat")
                    .is_some_and(|state| IN_FORCE.contains(&state));
                (
                    document.folder.components().count(),
                    in_force,
                    document.value("datappro"),
                )
            });
        let Some(document) = best else { continue };
        if let Some(dataset) = datasets
            .iter_mut()
            .find(|dataset| dataset.id == item.dataset)
            && let Some(date) = document.value("datappro")
        {
            dataset.date = iso_date(date);
            dataset.title = [
                document.value("typedoc"),
                document.value("idurba"),
                Some(dataset.title.as_str()),
            ]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ");
        }
        item.facts = document
            .values
            .iter()
            .filter_map(|(name, value)| {
                let (_, term) = ATTRIBUTES.iter().find(|(known, _)| known == name)?;
                Some((source_term(term), Cell::Text(value.clone())))
            })
            .collect();
    }
}

impl Document {
    fn value(&self, name: &str) -> Option<&str> {
        self.values
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// `20171013` as `2017-10-13`; anything else as it is.
fn iso_date(text: &str) -> String {
    match (text.get(..4), text.get(4..6), text.get(6..)) {
        (Some(year), Some(month), Some(day))
            if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) =>
        {
            format!("{year}-{month}-{day}")
        }
        _ => text.to_owned(),
    }
}
