//! The keyboard's table.
//!
//! `web/app/shortcuts.js` is that table for the browser; `JUMEAU_WRITE_DOCS=1` writes it again.

use super::{is_valid, limits, start};
use jumeau::base::Language;
use jumeau::i18n::Texts;
use jumeau::view::*;
use std::collections::BTreeSet;

#[test]
fn no_two_shortcuts_share_a_key() {
    let mut seen = BTreeSet::new();
    for shortcut in shortcuts() {
        assert!(seen.insert(shortcut.key), "{}", shortcut.key);
        assert_eq!(shortcut_for(shortcut.key), Some(shortcut));
        if let Some(command) = shortcut.command(&start()) {
            assert!(is_valid(&apply(&start(), &command, &limits()), &limits()).is_ok());
        }
    }
    assert_eq!(shortcut_for("N"), shortcut_for("n"));
    assert_eq!(shortcut_for("F13"), None);
}

#[test]
fn the_keyboard_reaches_what_the_mouse_reaches() {
    let names: BTreeSet<String> = shortcuts()
        .iter()
        .filter_map(|shortcut| shortcut.command(&start()))
        .filter_map(|command| {
            let json = serde_json::to_value(&command).ok()?;
            Some(json.get("do")?.as_str()?.to_owned())
        })
        .collect();
    for name in [
        "pan",
        "orbit",
        "zoom",
        "home",
        "north",
        "play",
        "step-instant",
        "set-speed",
        "set-theme",
        "set-year",
        "set-language",
        "set-underground",
        "select",
    ] {
        assert!(names.contains(name), "no key for {name}");
    }
}

#[test]
fn the_browser_reads_the_same_keyboard() {
    let texts = [Texts::new(Language::Fr), Texts::new(Language::En)];
    let both = |key: &str| {
        let [fr, en] = [0, 1].map(|language: usize| texts[language].text(key));
        serde_json::json!({ "fr": fr, "en": en })
    };
    let rows: Vec<String> = shortcuts()
        .iter()
        .map(|shortcut| {
            let plain = shortcut.key.to_uppercase();
            let mut row = serde_json::json!({
                "key": shortcut.key,
                "name": shortcut.name_key().map_or(serde_json::json!({ "fr": plain, "en": plain }), both),
                "text": both(shortcut.text),
            });
            match shortcut.action {
                Action::View(ask) => row["ask"] = serde_json::to_value(ask).unwrap(),
                Action::Help => row["action"] = "help".into(),
                Action::CopyLink => row["action"] = "copy-link".into(),
                Action::Search => row["action"] = "search".into(),
                Action::Picture => row["action"] = "picture".into(),
            }
            format!("  {row},\n")
        })
        .collect();
    let themes: Vec<&str> = Theme::ALL.iter().map(|theme| theme.id()).collect();
    let module = format!(
        "// The keyboard's table, written from src/view/shortcuts.rs and assets/i18n by tests/it/view/keys.rs (JUMEAU_WRITE_DOCS=1); not by hand.\n\n\
         export const THEMES = {};\n\nexport const SHORTCUTS = [\n{}];\n",
        serde_json::to_string(&themes).unwrap(),
        rows.concat(),
    );
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/app/shortcuts.js");
    if std::env::var_os("JUMEAU_WRITE_DOCS").is_some() {
        std::fs::write(&path, &module).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == module,
        "web/app/shortcuts.js is out of date: run this test with JUMEAU_WRITE_DOCS=1"
    );
}
