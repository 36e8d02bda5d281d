//! The search box: what is typed goes to a [`Finder`], the parts of the index it needs are fetched, the answer stands in [`SceneFacts::search`].
//!
//! Reads: [`ViewCommand`] (`find`, `try-again`), [`Scene`]. Writes: [`SceneFacts`]. Nothing that is typed leaves the device: files of the index are
//! asked for, never words.

use super::requests::{Purpose, Requests};
use super::vocab::{Scene, SceneFacts, SearchFacts, ViewCommand, ViewerSystems};
use crate::formats::search::Part;
use crate::search::{Finder, Found};
use crate::view::Command;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;

/// Passing faults of one file before it is given up.
const MAX_TRIES: u32 = 3;
/// Wait before another try, seconds.
const RETRY_S: f64 = 0.5;

#[derive(Resource, Default)]
struct Desk {
    finder: Finder,
    /// What was typed last; none once it is answered or wiped away.
    query: Option<String>,
    /// Files on their way, and how often each was asked for.
    asked: HashMap<Part, u32>,
}

pub struct SearchPlugin;

impl Plugin for SearchPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Desk>().add_systems(
            Update,
            (listen, take, answer).chain().after(ViewerSystems::Apply).before(ViewerSystems::Report).run_if(resource_exists::<Scene>),
        );
    }
}

fn listen(mut heard: MessageReader<ViewCommand>, scene: Res<Scene>, mut desk: ResMut<Desk>, mut facts: ResMut<SceneFacts>) {
    for ViewCommand(command) in heard.read() {
        match command {
            Command::Find { query } if query.trim().is_empty() => {
                desk.query = None;
                if facts.search.is_some() {
                    facts.search = None;
                }
            }
            Command::Find { query } => {
                let has_index = scene.manifest.search.is_some();
                desk.query = has_index.then(|| query.clone());
                // The answers of the letters before stay until there are others.
                let before = facts.search.take().map(|before| before.answer).unwrap_or_default();
                facts.search = Some(SearchFacts { query: query.clone(), answer: before, is_waiting: has_index, has_index });
            }
            Command::TryAgain => desk.finder.try_again(),
            _ => {}
        }
    }
}

fn take(scene: Res<Scene>, requests: Option<ResMut<Requests>>, mut desk: ResMut<Desk>, mut facts: ResMut<SceneFacts>) {
    let (Some(mut requests), Some(index)) = (requests, &scene.manifest.search) else { return };
    if desk.asked.is_empty() {
        return;
    }
    for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::Search { .. })) {
        let Purpose::Search { part } = purpose else { continue };
        let tries = desk.asked.get(&part).copied().unwrap_or(0);
        if let Err(fault) = &body
            && fault.is_passing()
            && tries < MAX_TRIES
        {
            desk.asked.insert(part, tries + 1);
            requests.ask_after(RETRY_S * f64::from(1 << tries), &path(&index.path, part), Purpose::Search { part });
            continue;
        }
        desk.asked.remove(&part);
        if let Err(fault) = desk.finder.deliver(part, body.ok().as_deref()) {
            facts.fault("error-search", fault.to_string());
        }
    }
}

fn answer(scene: Res<Scene>, requests: Option<ResMut<Requests>>, mut desk: ResMut<Desk>, mut facts: ResMut<SceneFacts>) {
    let (Some(mut requests), Some(index)) = (requests, &scene.manifest.search) else { return };
    let Some(query) = desk.query.clone() else { return };
    // Nothing new can be said before what was asked for has come.
    if !desk.asked.is_empty() {
        return;
    }
    let [lon, lat, _] = scene.state.camera.target;
    match desk.finder.find(&query, [lon, lat]) {
        Found::Needs(parts) => {
            for part in parts {
                desk.asked.insert(part, 0);
                requests.ask(&path(&index.path, part), Purpose::Search { part });
            }
        }
        Found::Answer(answer) => {
            desk.query = None;
            facts.search = Some(SearchFacts { query, answer, is_waiting: false, has_index: true });
        }
    }
}

fn path(folder: &str, part: Part) -> String {
    format!("{folder}/{}", part.path())
}
