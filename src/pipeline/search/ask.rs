//! A question to the index of a territory in a folder: what the window and the page do, in one go.

use crate::formats::Fault;
use crate::formats::search::{MAX_INDEX_BYTES, Part};
use crate::formats::territory::{Manifest, SearchIndex};
use crate::search::{Answer, Finder, Found, Hit};
use serde_json::{Value, json};
use std::path::Path;

/// A finder asks at most so often before it answers.
const MAX_ROUNDS: usize = 8;

/// What an answer was made from.
#[derive(Clone, Debug)]
pub struct Asked {
    pub answer: Answer,
    /// Files that were read, and their bytes: what a page would download.
    pub files: usize,
    pub bytes: usize,
}

/// Asks the index of the territory in `folder`; the nearest to the middle of its opening view goes first among equals.
///
/// # Errors
/// The first damaged file.
pub fn ask(folder: &Path, manifest: &Manifest, index: &SearchIndex, query: &str) -> Result<Asked, Fault> {
    let mut finder = Finder::default();
    let (mut files, mut bytes) = (0, 0);
    for _ in 0..MAX_ROUNDS {
        match finder.find(query, [manifest.home.lon, manifest.home.lat]) {
            Found::Answer(answer) => return Ok(Asked { answer, files, bytes }),
            Found::Needs(parts) => {
                for part in parts {
                    let read = read(&folder.join(&index.path), part);
                    files += usize::from(read.is_some());
                    bytes += read.as_ref().map_or(0, Vec::len);
                    finder.deliver(part, read.as_deref())?;
                }
            }
        }
    }
    Ok(Asked { answer: Answer { is_partial: true, is_asked: true, ..Answer::default() }, files, bytes })
}

fn read(folder: &Path, part: Part) -> Option<Vec<u8>> {
    let path = folder.join(part.path());
    let fits = std::fs::metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() <= MAX_INDEX_BYTES as u64);
    fits.then(|| std::fs::read(&path).ok()).flatten()
}

/// As the command line's JSON wants it.
pub fn to_json(asked: &Asked) -> Value {
    let hits: Vec<Value> = asked.answer.hits.iter().map(hit_json).collect();
    json!({ "hits": hits, "partial": asked.answer.is_partial, "files": asked.files, "bytes": asked.bytes })
}

fn hit_json(hit: &Hit) -> Value {
    json!({
        "label": hit.label, "detail": hit.detail, "kind": if hit.is_house { "address" } else { hit.kind.id() }, "remark": hit.remark.id(),
        "lon": hit.at[0], "lat": hit.at[1], "height_m": hit.at[2], "span_m": hit.span_m,
        "feature": hit.feature.as_ref().map(|(layer, id)| json!({ "layer": layer, "id": id })),
    })
}
