//! Keeps the dependency rule and the invariants of `src/lib.rs` by reading the sources as text.
//!
//! Each rule is a function from one source file to complaints, so that it can be shown a bad example too:
//! a rule that cannot fail keeps nothing.

#[path = "architecture/source.rs"]
mod source;

use source::{Source, files_below, is_word_before, line_of, root, tree_files};

/// What each top-level module may name. "Every pure module" is written out below.
fn row(module: &str) -> Option<Vec<&'static str>> {
    let pure_and = |more: &[&'static str]| PURE.iter().chain(more).copied().collect();
    Some(match module {
        "base" => vec![],
        "i18n" | "geodesy" | "io" => vec!["base"],
        "formats" | "region" | "energy" | "participate" => vec!["base", "geodesy"],
        "planning" => vec!["base", "geodesy", "region"],
        "scenario" => vec!["base", "geodesy", "region", "energy", "planning"],
        "rooftop" => vec!["base", "geodesy", "i18n", "formats", "energy", "planning"],
        "siting" => vec!["base", "geodesy", "i18n", "formats", "energy", "rooftop", "view"],
        "view" => vec!["base", "geodesy", "scenario"],
        "stream" | "search" => vec!["base", "geodesy", "formats"],
        "pipeline" | "connect" | "server" => pure_and(&["io"]),
        "viewer" => pure_and(&["io", "connect"]),
        "ui" => pure_and(&["viewer"]),
        _ => return None,
    })
}

/// Values in, values out.
const PURE: [&str; 14] = [
    "base",
    "geodesy",
    "i18n",
    "formats",
    "region",
    "energy",
    "scenario",
    "planning",
    "participate",
    "rooftop",
    "siting",
    "view",
    "stream",
    "search",
];

#[test]
fn modules_name_only_what_their_row_allows() {
    keep(
        dependencies,
        "the table of the dependency rule stands in src/lib.rs",
    );
    complains(
        dependencies,
        "energy/sun.rs",
        "use crate::region::Building;",
    );
    complains(
        dependencies,
        "base/mod.rs",
        "fn f() -> crate::view::Theme { todo!() }",
    );
    complains(
        dependencies,
        "formats/a.rs",
        "use crate::{base::Rng, region::{Tree, roof}};",
    );
    complains(dependencies, "i18n/mod.rs", "use super::view::Theme;");
    complains(
        dependencies,
        "i18n/numbers/mod.rs",
        "use super::super::view::Theme;",
    );
    complains(dependencies, "novel/mod.rs", "pub fn f() {}");
    accepts(
        dependencies,
        "energy/sun.rs",
        "use super::calendar; use crate::{base::Rng, geodesy, energy::wind};",
    );
    accepts(
        dependencies,
        "base/mod.rs",
        "// unlike crate::view\nconst S: &str = \"crate::view\";",
    );
}

#[test]
fn pure_modules_touch_nothing_outside() {
    keep(
        purity,
        "hand the value in as an argument, or move the code to io, pipeline or viewer",
    );
    for bad in [
        "use std::fs;",
        "use std::{fmt, fs::File};",
        "let a = std::env::var(\"HOME\");",
        "std::thread::spawn(|| ());",
        "let now = std::time::Instant::now();",
        "use std::time::SystemTime;",
        "use std::net::TcpStream;",
        "static mut COUNT: u32 = 0;",
        "let zone = jiff::Zoned::now();",
        "use rayon::prelude::*;",
    ] {
        complains(purity, "energy/sun.rs", bad);
        accepts(purity, "pipeline/mod.rs", bad);
    }
    accepts(
        purity,
        "base/time.rs",
        "use std::{fmt, ops}; let instant = Instant::parse(text); let environment = 1;",
    );
}

#[test]
fn bevy_stays_in_the_viewer() {
    keep(
        no_bevy,
        "bevy may be named in viewer, ui and bin; egui in ui and bin",
    );
    complains(no_bevy, "stream/mod.rs", "use bevy::math::DVec3;");
    complains(no_bevy, "viewer/pick/mod.rs", "use bevy_egui::egui;");
    accepts(no_bevy, "viewer/mod.rs", "use bevy::prelude::*;");
    accepts(no_bevy, "ui/mod.rs", "use bevy_egui::egui;");
}

#[test]
fn the_browser_differs_in_three_places_only() {
    keep(
        no_target_arch,
        "cfg(target_arch = …) may stand in io, viewer/platform and bin",
    );
    complains(
        no_target_arch,
        "viewer/tiles/mod.rs",
        "#[cfg(target_arch = \"wasm32\")]",
    );
    complains(
        no_target_arch,
        "stream/mod.rs",
        "if cfg!(not(target_arch = \"wasm32\")) {}",
    );
    accepts(
        no_target_arch,
        "viewer/platform/web.rs",
        "#[cfg(target_arch = \"wasm32\")]",
    );
}

#[test]
fn features_are_chosen_in_the_plugin_list_only() {
    keep(
        no_feature,
        "cfg(feature = …) may stand in lib.rs, bin, io and the plugin list viewer/mod.rs",
    );
    complains(
        no_feature,
        "viewer/tiles/mod.rs",
        "#[cfg(feature = \"ui\")]",
    );
    complains(
        no_feature,
        "formats/mod.rs",
        "#[cfg_attr(feature = \"serde\", derive(Serialize))]",
    );
    accepts(no_feature, "lib.rs", "#[cfg(feature = \"ui\")]");
    accepts(
        no_feature,
        "formats/mod.rs",
        "const FEATURE: &str = \"feature = x\";",
    );
}

#[test]
fn modules_are_called_after_what_they_do() {
    keep(telling_names, "name it after what it does");
    complains(telling_names, "viewer/utils.rs", "");
    complains(telling_names, "region/helpers/mod.rs", "");
    complains(telling_names, "region/mod.rs", "pub mod common {}");
    accepts(telling_names, "bin/jumeau/main.rs", "mod view;");
}

#[test]
fn addresses_come_from_the_catalogue() {
    keep(
        no_addresses,
        "put the address into the catalogue under assets/, or take it from a setting",
    );
    complains(
        no_addresses,
        "connect/ign.rs",
        "const A: &str = \"https://data.ign.example/wfs\";",
    );
    complains(
        no_addresses,
        "connect/ign.rs",
        "let a = r#\"see http://ign.example\"#;",
    );
    accepts(
        no_addresses,
        "io/mod.rs",
        "// https://example.org\nif url.starts_with(\"https://\") { return \"https://{host}/\" }",
    );
    accepts(
        no_addresses,
        "formats/gml.rs",
        "const GML: &str = \"http://www.opengis.net/gml/3.2\";",
    );
    accepts(
        no_addresses,
        "server/mod.rs",
        "println!(\"open http://localhost:{port}/\");",
    );
    accepts(
        no_addresses,
        "io/mod.rs",
        "fn f() {}\n#[cfg(test)]\nmod tests { const A: &str = \"http://a.example/\"; }",
    );
}

#[test]
fn panels_send_commands_and_change_nothing() {
    keep(
        panels_only_ask,
        "a panel writes a ViewCommand; only the viewer changes the scene",
    );
    complains(
        panels_only_ask,
        "ui/plugin.rs",
        "fn draw(mut scene: ResMut<Scene>) {}",
    );
    complains(
        panels_only_ask,
        "ui/time.rs",
        "fn draw(state: &mut ViewState) {}",
    );
    accepts(
        panels_only_ask,
        "ui/plugin.rs",
        "fn draw(scene: Res<Scene>, mut commands: MessageWriter<ViewCommand>) {}",
    );
}

#[test]
fn plugins_of_the_viewer_never_call_each_other() {
    keep(
        no_siblings,
        "share it in viewer/vocab.rs or another module beside the plugins",
    );
    complains(no_siblings, "viewer/pick/mod.rs", "use super::tiles::load;");
    complains(no_siblings, "viewer/sky/mod.rs", "x.after(crate::viewer::camera::Set)");
    accepts(no_siblings, "viewer/pick/mod.rs", "use super::resident::Resident;");
    accepts(no_siblings, "viewer/camera/keys.rs", "use super::gestures;");
    accepts(no_siblings, "viewer/mod.rs", "use self::tiles::TilesPlugin;");
}

#[test]
fn no_file_names_a_machine() {
    let faults: Vec<String> = tree_files()
        .into_iter()
        .filter_map(|path| {
            let text = std::fs::read_to_string(&path).ok()?;
            let place = machine_path(&text)?;
            let name = path
                .strip_prefix(root())
                .unwrap_or(&path)
                .display()
                .to_string();
            Some(format!("{name}: {place}"))
        })
        .collect();
    assert!(
        faults.is_empty(),
        "paths of one machine mean nothing on another; use a relative one:\n{}",
        faults.join("\n")
    );
    let slash = '/';
    for bad in [
        format!("let a = \"{slash}home{slash}ada/data\";"),
        format!("see {slash}Users{slash}ada"),
        format!("cd {slash}root{slash}x"),
    ] {
        assert!(machine_path(&bad).is_some(), "{bad} passed");
    }
    let fine = format!("https:{slash}{slash}a.example{slash}home{slash}x ../root{slash}x");
    assert_eq!(machine_path(&fine), None);
}

// The rules.

fn dependencies(source: &Source) -> Vec<String> {
    let Some(module) = source.module() else {
        return Vec::new();
    };
    let Some(allowed) = row(module) else {
        return vec![format!("module {module} has no row in the dependency rule")];
    };
    named_modules(source)
        .into_iter()
        .filter(|(_, named)| named != module && !allowed.contains(&named.as_str()))
        // Macros and items of the crate's root are no modules.
        .filter(|(_, named)| row(named).is_some())
        .map(|(line, named)| format!("line {line}: {module} names {named}"))
        .collect()
}

/// The top-level modules a file names, as `crate::x`, as `crate::{x, y}` or by climbing with `super`.
fn named_modules(source: &Source) -> Vec<(usize, String)> {
    let depth = source.depth();
    let mut found = Vec::new();
    let code = &source.code;
    for (at, _) in code.match_indices("crate::") {
        // `$crate::` too; but not `my_crate::`.
        if is_word_before(code, at) {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        found.extend(
            first_names(rest)
                .into_iter()
                .map(|name| (line_of(code, at), name)),
        );
    }
    let mut from = 0;
    while let Some(found_at) = code[from..].find("super::") {
        let at = from + found_at;
        let mut rest = &code[at..];
        let mut climbed = 0;
        while let Some(next) = rest.strip_prefix("super::") {
            climbed += 1;
            rest = next;
        }
        if climbed >= depth {
            found.extend(
                first_names(rest)
                    .into_iter()
                    .map(|name| (line_of(code, at), name)),
            );
        }
        from = code.len() - rest.len();
    }
    found
}

/// `a` of `a::b`, and `a`, `b` of `{a::{c, d}, b}`.
fn first_names(rest: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim_start()
            .chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    let Some(group) = rest.strip_prefix('{') else {
        return vec![word(rest)];
    };
    let mut names = vec![word(group)];
    let mut depth = 1;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => names.push(word(&group[at + 1..])),
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn purity(source: &Source) -> Vec<String> {
    if !source.module().is_some_and(|module| PURE.contains(&module)) {
        return Vec::new();
    }
    const STD: [&str; 6] = ["fs", "net", "thread", "env", "process", "os"];
    const WORDS: [&str; 10] = [
        "SystemTime",
        "Instant::now",
        "Timestamp::now",
        "Zoned::now",
        "static mut",
        "thread_local!",
        "tokio::",
        "reqwest::",
        "rayon::",
        "web_sys::",
    ];
    let mut faults = Vec::new();
    for (at, _) in source.code.match_indices("std::") {
        if is_word_before(&source.code, at) {
            continue;
        }
        for name in first_names(&source.code[at + "std::".len()..]) {
            if STD.contains(&name.as_str()) {
                faults.push(format!("line {}: std::{name}", line_of(&source.code, at)));
            }
        }
    }
    faults.extend(WORDS.iter().flat_map(|word| source.lines_with(word)));
    faults
}

fn no_bevy(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    if !source.is_in(&["viewer", "ui", "bin", "lib.rs"]) {
        faults.extend(source.lines_with("bevy"));
    }
    if !source.is_in(&["ui", "bin", "lib.rs"]) {
        faults.extend(source.lines_with("egui"));
    }
    faults
}

/// Plugins of the viewer, each in a folder of its own.
const PLUGINS: [&str; 8] = ["tiles", "camera", "sky", "time", "overlay", "pick", "roof", "siting"];

fn no_siblings(source: &Source) -> Vec<String> {
    let Some(own) = PLUGINS.iter().find(|plugin| source.is_in(&[format!("viewer/{plugin}").as_str()])) else {
        return Vec::new();
    };
    let others = PLUGINS.iter().filter(|plugin| *plugin != own);
    others
        .flat_map(|other| [format!("super::{other}::"), format!("viewer::{other}::")])
        .flat_map(|path| source.lines_with(&path))
        .collect()
}

fn no_target_arch(source: &Source) -> Vec<String> {
    if source.is_in(&["io", "viewer/platform", "viewer/platform.rs", "bin"]) {
        return Vec::new();
    }
    source.lines_with("target_arch")
}

fn no_feature(source: &Source) -> Vec<String> {
    // The fetcher is in every build, its network client only in those that need one.
    if source.is_in(&["lib.rs", "bin", "viewer/mod.rs", "io"]) {
        return Vec::new();
    }
    ["cfg(", "cfg!(", "cfg_attr("]
        .iter()
        .flat_map(|cfg| source.code.match_indices(*cfg))
        .filter(|(at, cfg)| {
            let condition = &source.code[at + cfg.len()..];
            let end = condition.find([']', '\n']).unwrap_or(condition.len());
            condition[..end].contains("feature =")
        })
        .map(|(at, _)| format!("line {}: cfg(feature)", line_of(&source.code, at)))
        .collect()
}

fn telling_names(source: &Source) -> Vec<String> {
    const EMPTY: [&str; 6] = ["core", "utils", "util", "common", "helpers", "manager"];
    let of_path = source
        .path
        .split('/')
        .map(|part| part.trim_end_matches(".rs"))
        .filter(|part| EMPTY.contains(part))
        .map(|part| format!("a module called {part}"));
    let of_code = EMPTY
        .iter()
        .flat_map(|name| {
            [
                format!("mod {name} "),
                format!("mod {name};"),
                format!("mod {name}{{"),
            ]
        })
        .flat_map(|text| source.lines_with(&text));
    of_path.chain(of_code).collect()
}

fn no_addresses(source: &Source) -> Vec<String> {
    // Names that look like addresses and are never fetched, and this machine.
    const NAMES: [&str; 12] = [
        "www.w3.org/",
        "www.opengis.net/",
        "schemas.opengis.net/",
        "json-schema.org/",
        "schema.opengis.net/",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "0.0.0.0",
        // In sentences that show how an address is written.
        "example.org",
        "example.com",
        "exemple.fr",
    ];
    let is_address = |text: &str| {
        ["http://", "https://"].iter().any(|scheme| {
            text.split(scheme).skip(1).any(|rest| {
                let host = rest
                    .chars()
                    .next()
                    .is_some_and(|c| c.is_alphanumeric() || c == '[');
                host && !NAMES.iter().any(|name| rest.starts_with(name))
            })
        })
    };
    source
        .strings
        .iter()
        .filter(|(_, text)| is_address(text))
        .map(|(line, text)| format!("line {line}: {text}"))
        .collect()
}

fn panels_only_ask(source: &Source) -> Vec<String> {
    if !source.is_in(&["ui"]) {
        return Vec::new();
    }
    [
        "ResMut<Scene>",
        "&mut Scene",
        "&mut ViewState",
        "&mut World",
    ]
    .iter()
    .flat_map(|text| source.lines_with(text))
    .collect()
}

/// The first place of a text that begins like a folder of somebody's machine.
fn machine_path(text: &str) -> Option<String> {
    // Written in pieces, or this file would be the first to be found.
    let roots = ["home", "root", "Users", "work"].map(|name| format!("/{name}/"));
    roots.iter().find_map(|root| {
        let (at, _) = text.match_indices(root.as_str()).find(|(at, _)| {
            // The middle of an address or of a relative path is no machine's root.
            let before = text[..*at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || "./_-}*)]>".contains(c))
        })?;
        Some(format!(
            "line {}: {}",
            line_of(text, at),
            text[at..].chars().take(40).collect::<String>()
        ))
    })
}

// Reading sources.

fn keep(rule: fn(&Source) -> Vec<String>, remedy: &str) {
    let src = root().join("src");
    let mut files = 0;
    let mut faults = Vec::new();
    for path in files_below(&src) {
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        files += 1;
        let name = path
            .strip_prefix(&src)
            .unwrap_or(&path)
            .display()
            .to_string()
            .replace('\\', "/");
        let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
        let complaints = rule(&Source::read(&name, &text));
        faults.extend(
            complaints
                .into_iter()
                .map(|fault| format!("src/{name} {fault}")),
        );
    }
    assert!(
        files > 20,
        "only {files} sources found below {}",
        src.display()
    );
    assert!(faults.is_empty(), "{remedy}:\n{}", faults.join("\n"));
}

#[track_caller]
fn complains(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) {
    assert!(
        !rule(&Source::read(path, text)).is_empty(),
        "the rule let pass in {path}: {text}"
    );
}

#[track_caller]
fn accepts(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) {
    assert_eq!(
        rule(&Source::read(path, text)),
        Vec::<String>::new(),
        "{path}: {text}"
    );
}
