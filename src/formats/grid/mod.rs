//! Files of electrical networks: bytes → tables and matrices as the file states them, nothing interpreted.
//!
//! | module | reads | documented at |
//! |---|---|---|
//! | [`pandapower`] | `to_json` of pandapower 2 and 3: tables inside texts inside JSON | pandapower's `io_utils` |
//! | [`powergrid`] | power-grid-model's JSON: input and batch update, row and column form | "Serialization" of its manual |
//! | [`matpower`] | case files `.m` of version 2, with the column arithmetic that some end with | MATPOWER manual, appendix B |
//! | [`roseau`] | roseau-load-flow's `to_json`, version 5 | its "Serialization" page |
//! | [`profiles`] | CSV of values in time | here |

pub mod matpower;
mod matpower_terms;
pub mod pandapower;
pub mod powergrid;
pub mod profiles;
pub mod roseau;
pub mod table;

pub use table::{Row, Table};

use super::Fault;
use serde_json::Value;

/// Largest file read, bytes: pegase with nine thousand buses has ten million.
pub const MAX_BYTES: usize = 512 << 20;
/// Most rows of one table.
pub const MAX_ROWS: usize = 2_000_000;

/// What a file is, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pandapower,
    PowerGrid,
    Matpower,
    Roseau,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Pandapower => "pandapower",
            Self::PowerGrid => "power-grid-model",
            Self::Matpower => "matpower",
            Self::Roseau => "roseau-load-flow",
        }
    }
}

/// A file of one of the four kinds, read.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    Pandapower(pandapower::Document),
    PowerGrid(powergrid::Document),
    Matpower(matpower::Document),
    Roseau(roseau::Document),
}

impl Document {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Pandapower(_) => Kind::Pandapower,
            Self::PowerGrid(_) => Kind::PowerGrid,
            Self::Matpower(_) => Kind::Matpower,
            Self::Roseau(_) => Kind::Roseau,
        }
    }
}

/// Reads whatever network the bytes hold.
///
/// # Errors
/// A [`Fault`] with code `network-unknown`, `network-json`, `network-limit` or one of the format's own.
pub fn read(bytes: &[u8]) -> Result<Document, Fault> {
    if bytes.len() > MAX_BYTES {
        return Err(Fault::new("network-limit", "bytes", bytes.len()));
    }
    let text = std::str::from_utf8(bytes).map_or_else(
        // Case files of old are Latin-1; all that matters in them is ASCII.
        |_| bytes.iter().map(|&byte| char::from(byte)).collect(),
        str::to_owned,
    );
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with(['{', '[']) {
        return if matpower::is_case(text) {
            Ok(Document::Matpower(matpower::read(text)?))
        } else {
            let beginning: String = text.chars().take(40).collect();
            Err(Fault::new("network-unknown", "", beginning.trim()))
        };
    }
    let value: Value =
        serde_json::from_str(text).map_err(|error| Fault::new("network-json", "", error))?;
    let has = |key: &str| value.get(key).is_some();
    if has("_class") || has("_object") {
        Ok(Document::Pandapower(pandapower::read(value)?))
    } else if has("lines_params") || has("potential_refs") {
        Ok(Document::Roseau(roseau::read(&value)?))
    } else if has("data") || has("node") {
        Ok(Document::PowerGrid(powergrid::read(value)?))
    } else if has("bus") && has("line") {
        Ok(Document::Pandapower(pandapower::read(value)?))
    } else {
        let keys: Vec<&str> = value
            .as_object()
            .map(|map| map.keys().take(5).map(String::as_str).collect())
            .unwrap_or_default();
        Err(Fault::new("network-unknown", "", keys.join(", ")))
    }
}
