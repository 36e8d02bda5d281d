//! Servers and files that fail: what is there is shown, what is not is said, and nothing is waited for without end.

use super::Running;
use crate::server::{Reply, serve};
use crate::territory::{contents, copy, program, territory};
use jumeau::view::Command;
use jumeau::viewer::patience::{Patience, Waiting};
use jumeau::viewer::vocab::Progress;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// One damaged file and one that is not there: the rest is shown, and both are named.
#[test]
fn running_damaged_and_missing_tiles_are_said_and_the_rest_is_shown() {
    let whole = Running::nantes("").facts().progress;
    let copy = copy();
    let buildings = contents(copy.path(), "buildings");
    // Far from each other: beside a child that failed for good the parent stands in, and its other children are not needed.
    let (cut, gone) = (deepest(&buildings, 2), deepest(&buildings, 4));
    let bytes = std::fs::read(&cut).expect("a content");
    std::fs::remove_file(&cut).expect("a link");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).expect("a shorter content");
    std::fs::remove_file(&gone).expect("a link");
    let mut running = Running::open(&copy.path().display().to_string(), "");
    running.complete();
    for path in [&cut, &gone] {
        running.look_down_on(copy.path(), path);
    }
    let everywhere = running.facts().progress;
    let said: Vec<&str> = running.facts().faults.iter().map(|fault| fault.value.as_str()).collect();
    for path in [&cut, &gone] {
        let name = path.strip_prefix(copy.path()).expect("below the copy").display().to_string();
        assert!(said.iter().any(|value| value.contains(&name)), "{name} is not named: {said:?} {everywhere:?}");
    }
    assert!(everywhere.failed >= 2);
    assert!(whole.failed == 0 && everywhere.complete);
}

/// Of the finest contents, the one after a half, a third … of them.
fn deepest(paths: &[PathBuf], part: usize) -> PathBuf {
    let level = |path: &PathBuf| -> u32 {
        let level = path.parent().and_then(Path::parent).and_then(Path::file_name).expect("a level");
        level.to_string_lossy().parse().expect("a number")
    };
    let finest = paths.iter().map(level).max().expect("contents");
    let fine: Vec<&PathBuf> = paths.iter().filter(|path| level(path) == finest).collect();
    fine[fine.len() / part].clone()
}

/// A server that answers 500 for every building: the ground is shown, the failure is said, nothing waits for ever.
#[test]
fn running_a_server_that_fails_is_said() {
    let well = Arc::new(AtomicBool::new(false));
    let is_well = Arc::clone(&well);
    let root = territory();
    let address = serve(move |path| match path.starts_with("buildings/content") && !is_well.load(Ordering::Relaxed) {
        true => Reply::Fails,
        false => Reply::file(&root.join(path)),
    });
    let mut running = Running::open(&address, "");
    running.complete();
    let facts = running.facts();
    assert!(facts.progress.shown > 0 && facts.progress.features == 0, "{:?}", facts.progress);
    let said = facts.faults.iter().any(|fault| fault.key == "error-connection");
    assert!(said, "{:?}", facts.faults);
    // Once the server is well, asking again brings everything.
    well.store(true, Ordering::Relaxed);
    running.send(Command::TryAgain);
    running.complete();
    let facts = running.facts();
    let progress = facts.progress;
    assert!(progress.features > 1000 && progress.failed == 0, "{progress:?}");
    assert!(facts.faults.is_empty(), "{:?}", facts.faults);
}

/// A picture of nothing is no picture: the damage is named at once, not after a wait.
#[test]
fn running_a_picture_of_nothing_but_damage_is_refused() {
    let copy = copy();
    let layers = std::fs::read_dir(copy.path()).expect("a folder").map(|entry| entry.expect("an entry").path());
    for layer in layers.filter(|path| path.join("tileset.json").is_file()) {
        for content in contents(copy.path(), &layer.file_name().expect("a name").to_string_lossy()) {
            std::fs::remove_file(&content).expect("a link");
            std::fs::write(&content, b"glTF").expect("a short content");
        }
    }
    let out = copy.path().join("picture.png");
    let output = program()
        .args(["snapshot", "--size", "160x90", "--lang", "en", "--out"])
        .args([&out, copy.path()])
        .output()
        .expect("the viewer starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("damaged") && said.contains(".glb"), "{said}");
    assert!(!out.exists());
}

/// A picture of the default territory from a server, small and coarse.
fn taken(address: &str, out: &Path, more: &[&str]) -> Output {
    let mut command = program();
    command.args(["snapshot", address, "--size", "160x90", "--sse", "64", "--msaa", "1", "--out"]).arg(out).args(more);
    command.output().expect("the viewer starts")
}

/// A server that answers 500 for every building: after a few tries the picture is taken of what is there, and says that it is not all.
#[test]
fn running_a_picture_of_what_a_failing_server_gives_says_that_it_is_not_all() {
    let root = territory();
    let address = serve(move |path| if path.starts_with("buildings/content") { Reply::Fails } else { Reply::file(&root.join(path)) });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("picture.png");
    let output = taken(&address, &out, &["--json", "--lang", "en"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one document");
    assert!(told["features"] == 0 && told["tiles"].as_u64().is_some_and(|tiles| tiles > 0), "{told}");
    assert!(said.contains("The picture is incomplete: the server failed"), "{said}");
    assert_eq!(image::image_dimensions(&out).expect("a picture"), (160, 90));
}

/// Buildings that never come, from a server that takes every request and says nothing: the program gives up by itself, says so, and leaves no picture.
#[test]
fn running_a_server_that_falls_silent_is_not_waited_for_without_end() {
    let root = territory();
    let address = serve(move |path| if path.starts_with("buildings/content") { Reply::Never } else { Reply::file(&root.join(path)) });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("picture.png");
    for (lang, sentence) in [("fr", "L’image n’est pas complète"), ("en", "The picture is not complete")] {
        // Shorter than the twenty seconds after which a silent request ends.
        let output = taken(&address, &out, &["--patience", "5", "--lang", lang]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(sentence) && said.contains("--patience"), "{said}");
        assert!(output.stdout.is_empty() && std::fs::read_dir(folder.path()).expect("a folder").count() == 0, "a picture that is not whole");
    }
}

#[test]
fn running_patience_outside_its_limits_is_refused() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for patience in ["0", "0.5", "3601", "NaN", "inf", "soon"] {
        let output = taken(&territory().display().to_string(), &folder.path().join("picture.png"), &["--patience", patience]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains("3600"), "{patience}: {said}");
    }
}

const PATIENCE: Patience = Patience { idle_s: 100.0, longest_s: 1_000.0 };

fn pending(pending: usize) -> Progress {
    Progress { pending, waiting: pending, ..Progress::default() }
}

/// The last second at which something is waited for whose progress is a function of the seconds.
fn waited_s(progress: impl Fn(u32) -> Progress) -> u32 {
    let mut waiting = Waiting::from(0.0, PATIENCE);
    (0..10_000).take_while(|second| waiting.goes_on(f64::from(*second), progress(*second))).last().expect("some patience")
}

#[test]
fn waiting_goes_on_while_there_is_progress() {
    // Something every ninety seconds, until it stops.
    assert_eq!(waited_s(|second| pending(9 - (second / 90).min(5) as usize)), 450 + 100);
    // Each thing that is counted is progress: bytes, tiles, features, failures.
    for of in [
        |at: usize| Progress { resident_bytes: at as u64, ..pending(1) },
        |at: usize| Progress { shown: at, ..pending(1) },
        |at: usize| Progress { features: at as u64, ..pending(1) },
        |at: usize| Progress { failed: at, ..pending(1) },
    ] {
        assert_eq!(waited_s(|second| of((second / 90).min(3) as usize)), 270 + 100);
    }
}

#[test]
fn waiting_without_progress_ends_when_patience_does() {
    assert_eq!(waited_s(|_| pending(3)), 100);
    assert_eq!(waited_s(|_| Progress::default()), 100);
    // By the clock, and not from zero.
    let mut waiting = Waiting::from(5_000.0, PATIENCE);
    assert!(waiting.goes_on(5_000.0, pending(3)) && waiting.goes_on(5_100.0, pending(3)) && !waiting.goes_on(5_100.1, pending(3)));
}

#[test]
fn waiting_for_what_trickles_for_ever_ends() {
    assert_eq!(waited_s(|second| pending(1 + second as usize % 2)), 1_000);
    assert_eq!(waited_s(|second| Progress { resident_bytes: u64::from(second), ..pending(1) }), 1_000);
}

/// Fading is told by nothing but `complete`: going to and fro between them is no work.
#[test]
fn waiting_through_a_fade_is_no_progress() {
    let there = Progress { shown: 4, ..Progress::default() };
    assert_eq!(waited_s(|second| Progress { complete: second % 50 == 49 && second < 100, ..there }), 100);
}

#[test]
fn waiting_for_what_is_complete_never_ends() {
    let mut waiting = Waiting::from(0.0, PATIENCE);
    let whole = Progress { complete: true, shown: 4, ..Progress::default() };
    assert!((0..10_000).all(|second| waiting.goes_on(f64::from(second), whole)));
}

/// A request that takes as long as any may is waited for.
#[test]
fn waiting_is_longer_than_a_request() {
    let patience = Patience::default();
    assert!(patience.idle_s > jumeau::io::REQUEST_TIMEOUT_S as f64 && patience.longest_s > patience.idle_s);
}
