//! The sentence of each finding of this folder, in French and English.
//!
//! `{object}` and `{value}` stand for the finding's own. The keys of [`crate::i18n`] are `finding-CODE`; the sentences here are what they say by default.

mod gltf;
mod ground;
mod package;
mod tiles;
mod weather;

use crate::base::{Finding, printable};

/// `(code, French, English)`.
pub type Sentence = (&'static str, &'static str, &'static str);

/// All of them, by subject.
pub fn sentences() -> impl Iterator<Item = &'static Sentence> {
    [package::SENTENCES, tiles::SENTENCES, ground::SENTENCES, gltf::SENTENCES, weather::SENTENCES].into_iter().flatten()
}

/// The finding as a sentence, French and English. A code that is not of this folder gives its own parts.
pub fn message(finding: &Finding) -> (String, String) {
    match sentences().find(|(code, _, _)| *code == finding.code) {
        Some((_, fr, en)) => (fill(fr, finding), fill(en, finding)),
        None => {
            let plain = printable(&format!("{} {} {}", finding.code, finding.object, finding.value));
            (plain.trim_end().to_owned(), plain.trim_end().to_owned())
        }
    }
}

/// Longest value shown; a finding may carry a whole matrix.
const MAX_VALUE: usize = 160;

fn fill(sentence: &str, finding: &Finding) -> String {
    let mut value: String = finding.value.chars().take(MAX_VALUE).collect();
    let cut = value.len() < finding.value.len();
    value = printable(&value);
    let object = printable(&finding.object);
    if cut {
        value.push('…');
    }
    // Braces that stay are doubled in the sentence; they are set aside while names are filled in, so that a value with braces stays as it is.
    let mut out = String::with_capacity(sentence.len() + value.len());
    let mut rest = sentence;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let (text, length) = [
            ("{{", "{"),
            ("}}", "}"),
            ("{object}", object.as_str()),
            ("{value}", value.as_str()),
        ]
        .into_iter()
        .find(|(mark, _)| rest.starts_with(mark))
        .map_or(("", 1), |(mark, text)| (text, mark.len()));
        out.push_str(text);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}
