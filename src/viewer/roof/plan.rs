//! The solar plan's table: fetched when somebody opens it, filtered and sorted when the wish changes.
//!
//! Reads: [`Scene`], [`ViewCommand`]. Asks: the plan's document, once; its files when somebody wants them. Writes: [`PlanFacts`].

use crate::formats::roofplan::Plan;
use crate::rooftop::planner::{Column, Filter, Shown};
use crate::view::{Command, PlanView};
use crate::viewer::platform;
use crate::viewer::requests::{Purpose, Requests};
use crate::viewer::vocab::{PlanFacts, Scene, ViewCommand};
use bevy::prelude::*;
use std::sync::Arc;

/// The document on its way.
#[derive(Default)]
pub(super) enum Document {
    #[default]
    Unasked,
    Asked,
    Here(Arc<Plan>),
    Failed(String),
}

pub(super) fn follow(scene: Res<Scene>, mut requests: ResMut<Requests>, mut facts: ResMut<PlanFacts>, mut document: Local<Document>, mut shown: Local<Option<PlanView>>) {
    for (_, body) in requests.take(|purpose| *purpose == Purpose::RoofPlan) {
        let read = |bytes: Vec<u8>| Plan::parse(&bytes).map_err(|fault| fault.to_string());
        *document = match body.map_err(|fault| fault.to_string()).and_then(read) {
            Ok(plan) => Document::Here(Arc::new(plan)),
            Err(why) => Document::Failed(why),
        };
        *shown = None;
    }
    let Some(wish) = &scene.state.plan else {
        if shown.is_some() || !matches!(facts.state, "" | "none") {
            *shown = None;
            *facts = PlanFacts { version: facts.version + 1, state: "none", ..PlanFacts::default() };
        }
        // Whoever opens it again asks again for what could not be fetched.
        if matches!(*document, Document::Failed(_)) {
            *document = Document::Unasked;
        }
        return;
    };
    if matches!(*document, Document::Unasked) {
        *document = match scene.manifest.roofs.as_ref().and_then(|book| Some((book, book.plan.as_ref()?))) {
            Some((book, file)) => {
                requests.ask(&format!("{}/{file}", book.path), Purpose::RoofPlan);
                Document::Asked
            }
            None => Document::Failed(String::new()),
        };
        *shown = None;
    }
    if shown.as_ref() == Some(wish) {
        return;
    }
    *shown = Some(wish.clone());
    let version = facts.version + 1;
    *facts = match &*document {
        Document::Unasked | Document::Asked => PlanFacts { version, state: "waiting", ..PlanFacts::default() },
        Document::Failed(why) if why.is_empty() => PlanFacts { version, state: "failed", why: Some(("plan-none", String::new())), ..PlanFacts::default() },
        Document::Failed(why) => PlanFacts { version, state: "failed", why: Some(("plan-failed", why.clone())), ..PlanFacts::default() },
        Document::Here(plan) => {
            let filter = Filter::of(wish.only.iter().map(String::as_str));
            let table = Shown::new(plan.clone(), filter, Column::from_id(&wish.by).unwrap_or_default(), wish.falling, scene.manifest.clock());
            PlanFacts { version, state: "ready", why: None, shown: Some(Arc::new(table)), saved: facts.saved.take() }
        }
    };
}

/// Fetches a file of the plan and hands it to the person: a file of the desktop, a download of the page.
pub(super) fn hand_over(mut asked: MessageReader<ViewCommand>, scene: Res<Scene>, mut requests: ResMut<Requests>, mut facts: ResMut<PlanFacts>) {
    for ViewCommand(command) in asked.read() {
        if let (Command::SavePlan { file }, Some(book)) = (command, &scene.manifest.roofs)
            && book.files.contains(file)
        {
            requests.ask(&format!("{}/{file}", book.path), Purpose::PlanFile { name: file.clone() });
        }
    }
    for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::PlanFile { .. })) {
        let Purpose::PlanFile { name } = purpose else { continue };
        let kind = if name.ends_with(".gpkg") { "application/geopackage+sqlite3" } else { "application/vnd.apache.parquet" };
        let saved = body.map_err(|fault| fault.to_string()).and_then(|bytes| platform::save(&format!("{}-{name}", scene.manifest.id), kind, &bytes).map_err(|why| why.to_string()));
        facts.version += 1;
        facts.saved = Some(saved);
    }
}
