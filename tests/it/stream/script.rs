//! Runs a behaviour written as text and compares what the engine did, frame by frame.
//!
//! ```text
//! # comment
//! tree                               indentation nests; more tilesets follow as `tileset NAME`
//!   city  error 64 span 0..400       also: empty, add, tileset NAME
//! latency 2                          frames between a request and its answer (1)
//! size 1000                          bytes of every content (1000)
//! answer west.glb missing            or: busy N (faults N times), never
//! settings requests 2 bytes 9000 retries 1 retry-frames 4 fade 3
//! at 0 eye 200 above 300 see 0..400  the camera from that frame on
//! until 20
//! ---
//! what happened: one line for each frame in which something changed
//! ```

use super::world::{Answer, Tile, World, eye, name, settings};
use jumeau::stream::{Engine, Settings, View};
use std::collections::HashMap;
use std::fmt::Write;

pub fn check(file: &str) {
    let path = format!("{}/tests/data/stream/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let (script, expected) = text.split_once("---\n").unwrap_or((&text, ""));
    let happened = run(script);
    if happened != expected {
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, format!("{script}---\n{happened}")).unwrap();
            return;
        }
        panic!("{file}\nexpected\n{expected}\nhappened\n{happened}");
    }
}

fn run(script: &str) -> String {
    let (mut world, settings, cameras, until) = read(script);
    let mut engine = Engine::new("tileset.json", settings);
    let mut log = String::new();
    let mut shown_before: Vec<String> = Vec::new();
    let mut names: HashMap<_, String> = HashMap::new();
    let mut error_before = settings.screen_space_error;
    let mut faults = 0;
    for frame in 0..=until {
        world.deliver(&mut engine, frame);
        let views: Vec<View> = cameras
            .iter()
            .filter(|(at, _)| *at <= frame)
            .next_back()
            .map(|(_, view)| view.clone())
            .into_iter()
            .collect();
        let update = engine.update(&views, frame);
        let mut line = String::new();
        let fading: HashMap<_, _> = update
            .fade
            .iter()
            .map(|fade| (fade.tile, fade.opacity))
            .collect();
        let mut shown: Vec<String> = update
            .show
            .iter()
            .map(|show| match fading.get(&show.tile) {
                None => name(&engine, show.tile),
                Some(opacity) => format!("{}@{:.0}%", name(&engine, show.tile), 100.0 * opacity),
            })
            .collect();
        shown.sort();
        if shown != shown_before {
            write!(
                line,
                " show {}",
                if shown.is_empty() {
                    "nothing".to_owned()
                } else {
                    shown.join(" ")
                }
            )
            .unwrap();
            shown_before = shown;
        }
        for fetch in &update.fetch {
            names.insert(fetch.id, fetch.path.clone());
        }
        let mut add = |word: &str, items: Vec<String>| {
            if !items.is_empty() {
                write!(line, " {word} {}", items.join(" ")).unwrap();
            }
        };
        add(
            "fetch",
            update
                .fetch
                .iter()
                .map(|fetch| fetch.path.clone())
                .collect(),
        );
        add(
            "cancel",
            update.cancel.iter().map(|id| names[id].clone()).collect(),
        );
        let mut evicted: Vec<String> = update
            .evict
            .iter()
            .map(|tile| {
                engine
                    .placement(*tile)
                    .map_or("forgotten".to_owned(), |placement| placement.path)
            })
            .collect();
        evicted.sort();
        add("evict", evicted);
        let error = update.stats.screen_space_error;
        if (error > settings.screen_space_error) != (error_before > settings.screen_space_error) {
            add(
                "error",
                vec![
                    if error > settings.screen_space_error {
                        "rises"
                    } else {
                        "normal"
                    }
                    .to_owned(),
                ],
            );
        }
        error_before = error;
        let found: usize = engine
            .report()
            .summary()
            .map(|(_, _, count, _)| count)
            .sum();
        if found > faults {
            faults = found;
            add(
                "report",
                engine
                    .report()
                    .findings()
                    .last()
                    .map(|f| format!("{} {}", f.code, f.file))
                    .into_iter()
                    .collect(),
            );
        }
        world.take(&update, frame);
        if !line.is_empty() {
            writeln!(log, "{frame:>3}{line}").unwrap();
        }
        if frame == until {
            writeln!(
                log,
                "end waiting {} failed {}",
                update.stats.waiting, update.stats.failed
            )
            .unwrap();
        }
    }
    log
}

fn read(script: &str) -> (World, Settings, Vec<(u64, View)>, u64) {
    let mut world = World::new(Tile::default());
    let mut settings = settings();
    let mut cameras = Vec::new();
    let mut until = 20;
    let mut tilesets: Vec<(String, Vec<(usize, Tile)>)> = Vec::new();
    for line in script.lines() {
        let line = line.split('#').next().unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        let indent = line.len() - line.trim_start().len();
        let after = |word: &str| {
            let at = words.iter().position(|w| *w == word);
            at.and_then(|at| words.get(at + 1)).copied()
        };
        let number = |word: &str| after(word).map(|text| text.parse::<f64>().unwrap());
        let span = |word: &str| {
            let (low, high) = after(word).unwrap().split_once("..").unwrap();
            (low.parse::<f64>().unwrap(), high.parse::<f64>().unwrap())
        };
        match words[..] {
            [] => {}
            ["tree"] => tilesets.push(("tileset".to_owned(), Vec::new())),
            ["tileset", name] if indent == 0 => tilesets.push((name.to_owned(), Vec::new())),
            ["latency", frames] => world.latency = frames.parse().unwrap(),
            ["size", bytes] => world.size = bytes.parse().unwrap(),
            ["answer", path, how, ..] => {
                let answer = match how {
                    "missing" => Answer::Missing,
                    "never" => Answer::Never,
                    _ => Answer::Busy(number("busy").unwrap() as u32),
                };
                world.answers.insert(path.to_owned(), answer);
            }
            ["settings", ..] => {
                settings.max_requests =
                    number("requests").map_or(settings.max_requests, |n| n as usize);
                settings.max_bytes = number("bytes").map_or(settings.max_bytes, |n| n as u64);
                settings.max_retries = number("retries").map_or(settings.max_retries, |n| n as u32);
                settings.retry_frames =
                    number("retry-frames").map_or(settings.retry_frames, |n| n as u32);
                settings.fade_frames = number("fade").map_or(settings.fade_frames, |n| n as u32);
            }
            ["at", frame, ..] => {
                let view = eye(
                    number("eye").unwrap(),
                    number("above").unwrap(),
                    span("see"),
                );
                cameras.push((frame.parse().unwrap(), view));
            }
            ["until", frame] => until = frame.parse().unwrap(),
            [name, ..] if indent > 0 => {
                let tile = Tile {
                    name: name.to_owned(),
                    error: number("error").unwrap(),
                    span: span("span"),
                    empty: words.contains(&"empty"),
                    add: words.contains(&"add"),
                    tileset: after("tileset").map(str::to_owned),
                    children: Vec::new(),
                };
                tilesets.last_mut().unwrap().1.push((indent, tile));
            }
            _ => panic!("cannot read: {line}"),
        }
    }
    for (name, tiles) in tilesets {
        world
            .tilesets
            .insert(name, nest(&mut tiles.into_iter().peekable()));
    }
    (world, settings, cameras, until)
}

fn nest(tiles: &mut std::iter::Peekable<impl Iterator<Item = (usize, Tile)>>) -> Tile {
    let (indent, mut tile) = tiles.next().unwrap();
    while tiles.peek().is_some_and(|(deeper, _)| *deeper > indent) {
        tile.children.push(nest(tiles));
    }
    tile
}
