//! `docs/findings.md` lists every code with its sentences. Run with `JUMEAU_WRITE_DOCS=1` to write it again.

use jumeau::formats;
use jumeau::pipeline::{messages, network};
use std::fmt::Write;

#[test]
fn every_code_is_documented_on_one_page() {
    let mut page = String::from(
        "# Findings\n\n\
         What `jumeau import`, `check`, `flow`, `dispatch` and `wind` may say about data. Codes never change their meaning.\n\
         Each finding also names the file, the object inside it (`{object}`) and the value (`{value}`); \
         its severity is `info` (worth knowing), `warning` (repaired or doubtful) or `error` (refused or broken).\n\
         One bad object never stops an import.\n\n\
         This page is written by a test from the messages in `src/pipeline/messages.rs`, `src/pipeline/network/messages.rs` and `src/formats/messages/`.\n",
    );
    let mut table = |title: &str, rows: &mut dyn Iterator<Item = (&str, &str, &str)>| {
        let _ = write!(
            page,
            "\n## {title}\n\n| code | français | English |\n|---|---|---|\n"
        );
        let mut rows: Vec<_> = rows.collect();
        rows.sort_unstable();
        for (code, fr, en) in rows {
            let plain = |text: &str| {
                text.replace('|', "\\|")
                    .replace("{{", "{")
                    .replace("}}", "}")
            };
            let _ = writeln!(page, "| `{code}` | {} | {} |", plain(fr), plain(en));
        }
    };
    table(
        "Import",
        &mut messages::codes().map(|code| {
            let (fr, en) = messages::message(code).expect("a code has its sentences");
            (code, fr, en)
        }),
    );
    table(
        "Electrical networks, storage and wind",
        &mut network::messages::SENTENCES.iter().copied(),
    );
    table(
        "Files and tiles",
        &mut formats::messages::sentences().copied(),
    );
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/findings.md");
    if std::env::var_os("JUMEAU_WRITE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/findings.md is out of date: run this test with JUMEAU_WRITE_DOCS=1"
    );
}
