//! What was fetched last of a pyramid, for what is cut from it.

use crate::formats::pmtiles::Span;
use std::collections::VecDeque;

/// Most tiles of a pyramid whose bytes are kept, and the largest, bytes.
const MOST_KEPT: usize = 24;
const LARGEST_KEPT: usize = 512 << 10;

/// Bytes of the last tiles of a pyramid: what has no tile of its own is cut from one above, often four or sixteen times.
#[derive(Default)]
pub(super) struct Kept(VecDeque<(String, Option<Span>, Vec<u8>)>);

impl Kept {
    pub fn keep(&mut self, path: &str, span: Option<Span>, bytes: &[u8]) {
        if bytes.len() > LARGEST_KEPT || self.get(path, span).is_some() {
            return;
        }
        self.0.push_back((path.to_owned(), span, bytes.to_vec()));
        if self.0.len() > MOST_KEPT {
            self.0.pop_front();
        }
    }

    pub fn get(&self, path: &str, span: Option<Span>) -> Option<Vec<u8>> {
        self.0.iter().find(|(of, part, _)| of == path && *part == span).map(|(_, _, bytes)| bytes.clone())
    }
}
