//! The case file of `jumeau share`: one JSON object.
//!
//! ```json
//! {
//!   "step_h": 0.5,
//!   "producers_kw": {"school": [0.0, 12.5]},
//!   "consumers_kw": {"mairie": [3.0, 4.0], "gymnase": [8.0, 2.0]},
//!   "keys": {"static": {"mairie": 0.4, "gymnase": 0.6}}
//! }
//! ```
//!
//! | field | is |
//! |---|---|
//! | `step_h` | length of a step, 0.5 without it: the grid operator shares half hours |
//! | `producers_kw`, `consumers_kw` | mean powers of the steps by name, after what each keeps for itself |
//! | `keys` | `"proportional"`, the default; or `{"static": {…}}`, `{"ranked": {…}}` (0 is served first), `{"dynamic": {…}}` (a list for each) |

use super::{Keys, Operation, SharingFault};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    #[allow(dead_code, reason = "a title or a comment is for people")]
    title: Option<String>,
    step_h: Option<f64>,
    producers_kw: BTreeMap<String, Vec<f64>>,
    consumers_kw: BTreeMap<String, Vec<f64>>,
    keys: Option<WrittenKeys>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum WrittenKeys {
    Proportional,
    Static(BTreeMap<String, f64>),
    Ranked(BTreeMap<String, u32>),
    Dynamic(BTreeMap<String, Vec<f64>>),
}

/// An operation with the names of who takes part, in the order of its lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    pub operation: Operation,
    pub producers: Vec<String>,
    pub consumers: Vec<String>,
}

/// Why a file is no operation.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FileFault {
    #[error("{0}")]
    Json(String),
    #[error("the keys name “{0}”, which is no consumer")]
    Stranger(String),
    #[error("consumer “{0}” has no key")]
    Keyless(String),
    #[error(transparent)]
    Sharing(#[from] SharingFault),
}

/// # Errors
/// A [`FileFault`] with the place in the text, or the name that does not fit.
pub fn read(bytes: &[u8]) -> Result<Named, FileFault> {
    let written: Written = serde_json::from_slice(bytes).map_err(|error| FileFault::Json(error.to_string()))?;
    let consumers: Vec<String> = written.consumers_kw.keys().cloned().collect();
    let keys = match written.keys {
        None | Some(WrittenKeys::Proportional) => Keys::Proportional,
        Some(WrittenKeys::Static(keys)) => Keys::Static(ordered(keys, &consumers)?),
        Some(WrittenKeys::Ranked(keys)) => Keys::Ranked(ordered(keys, &consumers)?),
        Some(WrittenKeys::Dynamic(keys)) => Keys::Dynamic(ordered(keys, &consumers)?),
    };
    let (producers, producers_kw) = written.producers_kw.into_iter().unzip();
    let consumers_kw = written.consumers_kw.into_values().collect();
    let operation = Operation { step_h: written.step_h.unwrap_or(0.5), producers_kw, consumers_kw, keys };
    Ok(Named { operation, producers, consumers })
}

/// Keys in the order of the consumers, each of whom has one.
fn ordered<T>(mut keys: BTreeMap<String, T>, consumers: &[String]) -> Result<Vec<T>, FileFault> {
    let own = consumers.iter().map(|name| keys.remove(name).ok_or_else(|| FileFault::Keyless(name.clone())));
    let found = own.collect::<Result<_, _>>()?;
    match keys.into_keys().next() {
        Some(stranger) => Err(FileFault::Stranger(stranger)),
        None => Ok(found),
    }
}
