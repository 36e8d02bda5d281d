//! A proposal in the scene: things put down, moved and sized; what they would do; the way to the nearest post and line.
//!
//! Reads: [`Scene`] (proposal, instant, language), the territory's series, pointer. Asks: the book of posts and lines. Sends: [`Command::Place`], [`Command::PutPlaced`], [`Command::ChoosePlaced`].
//! Writes: [`SitingFacts`], [`PointerTaken`], and the meshes of `draw`.
//!
//! [`Command::Place`]: crate::view::Command::Place
//! [`Command::PutPlaced`]: crate::view::Command::PutPlaced
//! [`Command::ChoosePlaced`]: crate::view::Command::ChoosePlaced

pub mod draw;
mod hand;

use super::requests::{Purpose, Requests};
use super::series::{List, ListKind, SeriesStore};
use super::vocab::{Doing, PointerTaken, Scene, SceneFacts, SitingFacts, Standing, ViewCommand, ViewerSystems};
use crate::base::{Instant, Nature};
use crate::energy::economics::{Facts, file as facts_file};
use crate::formats::gridbook::GridBook;
use crate::formats::territory::{Manifest, Series};
use crate::geodesy::Crs;
use crate::io::{self, Clock};
use crate::siting::answer::{Answer, answer_of};
use crate::siting::file;
use crate::siting::ground::Prepared;
use crate::siting::plant::{Plant, connected_kw};
use crate::siting::reach::{Fit, Places, Room};
use crate::siting::rooms::{DRAW, FEED};
use crate::siting::territory::{What, ground, wanted};
use crate::siting::told::Card;
use crate::siting::worth::Worth;
use crate::view::{Command, Language, Proposal};
use bevy::ecs::message::{MessageCursor, Messages};
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use std::sync::Arc;

pub struct SitingPlugin;

impl Plugin for SitingPlugin {
    fn build(&self, app: &mut App) {
        let is_open = || resource_exists::<Scene>.and_then(resource_exists::<super::anchor::Anchor>);
        app.init_resource::<SitingFacts>()
            .init_resource::<PointerTaken>()
            .init_resource::<Work>()
            .init_resource::<Standing>()
            .add_systems(Update, hand::hold.after(ViewerSystems::Arrive).before(ViewerSystems::Input).run_if(is_open()))
            .add_systems(Update, (hear, follow, draw::draw).chain().in_set(ViewerSystems::Prepare).run_if(is_open()));
    }
}

/// What has been asked for and what has come.
#[derive(Default)]
enum Part<T> {
    #[default]
    Unasked,
    Asked,
    Here(T),
    Failed(String),
}

/// The answer on its way.
#[derive(Resource, Default)]
struct Work {
    prepared: Part<Arc<Prepared>>,
    places: Part<Arc<Places>>,
    /// What a stored power flow leaves, by id on the map.
    rooms: Option<HashMap<String, Room>>,
    /// The dated facts, read once.
    facts: Option<Facts>,
    plant: Option<(Proposal, Arc<Plant>)>,
    answered: Option<Question>,
}

/// What an answer depends on.
#[derive(PartialEq)]
struct Question {
    proposal: Proposal,
    step: usize,
    language: Language,
    /// Whether posts and lines, and their rooms, were known.
    known: (bool, bool),
}

/// Another try, and a proposal from a file.
fn hear(mut asked: Local<MessageCursor<ViewCommand>>, mut commands: ResMut<Messages<ViewCommand>>, mut work: ResMut<Work>, mut told: ResMut<SceneFacts>) {
    let mut opened = None;
    for ViewCommand(command) in asked.read(&commands) {
        match command {
            Command::TryAgain => {
                if matches!(work.prepared, Part::Failed(_)) {
                    work.prepared = Part::Unasked;
                }
                if matches!(work.places, Part::Failed(_)) {
                    work.places = Part::Unasked;
                }
            }
            Command::OpenProposal { geojson } => opened = Some(file::read(geojson.as_bytes())),
            _ => {}
        }
    }
    match opened {
        Some(Ok(read)) => {
            told.forget("siting-unread");
            commands.write(ViewCommand(Command::SetProposal { proposal: Box::new(read.proposal) }));
        }
        Some(Err(fault)) => told.fault("siting-unread", fault.value),
        None => {}
    }
}

/// Asks for what is missing, takes what has come, answers when the question has changed.
fn follow(scene: Res<Scene>, mut store: ResMut<SeriesStore>, mut requests: ResMut<Requests>, mut work: ResMut<Work>, mut facts: ResMut<SitingFacts>) {
    let work = &mut *work;
    let proposal = &scene.state.proposal;
    if proposal.is_empty() && proposal.tool.is_none() {
        if !facts.state.is_empty() {
            *facts = SitingFacts { version: facts.version + 1, ..SitingFacts::default() };
            work.answered = None;
        }
        return;
    }
    let store = store.bypass_change_detection();
    book(&scene, &mut requests, work);
    if let (None, Part::Here(_)) = (&work.rooms, &work.places) {
        work.rooms = rooms(&scene.manifest, store);
    }
    prepare(&scene.manifest, store, work);
    match &work.prepared {
        Part::Here(prepared) => {
            let prepared = prepared.clone();
            tell(&scene, &prepared, work, &mut facts);
        }
        Part::Failed(why) if facts.state != "failed" => {
            *facts = SitingFacts { version: facts.version + 1, state: "failed", why: Some(why.clone()), ..SitingFacts::default() };
        }
        Part::Failed(_) => {}
        _ if facts.state != "waiting" => *facts = SitingFacts { version: facts.version + 1, state: "waiting", ..SitingFacts::default() },
        _ => {}
    }
}

/// The book of posts and lines, once.
fn book(scene: &Scene, requests: &mut Requests, work: &mut Work) {
    match (&work.places, &scene.manifest.connect) {
        (Part::Unasked, Some(book)) => {
            requests.ask(&book.path, Purpose::ConnectBook);
            work.places = Part::Asked;
        }
        (Part::Unasked, None) => work.places = Part::Failed(String::new()),
        _ => {}
    }
    for (_, body) in requests.take(|purpose| *purpose == Purpose::ConnectBook) {
        let manifest = &scene.manifest;
        let made = || manifest.datasets.iter().filter(|dataset| dataset.nature == Nature::Made).map(|dataset| dataset.id.to_string()).collect();
        let read = body.map_err(|fault| fault.to_string()).and_then(|bytes| GridBook::parse(&bytes).map_err(|fault| fault.to_string()));
        let places = read.and_then(|book| Ok(Places::new(book, Crs::from_code(&manifest.crs).map_err(|fault| fault.to_string())?, made())));
        work.places = match places {
            Ok(places) => Part::Here(Arc::new(places)),
            Err(why) => Part::Failed(why),
        };
    }
}

/// Nothing while it is on its way; an empty map where no power flow is stored.
fn rooms(manifest: &Manifest, store: &mut SeriesStore) -> Option<HashMap<String, Room>> {
    let series = |id: &str| manifest.series.iter().find(|series| series.id == id);
    let (Some(feed), Some(draw)) = (series(FEED), series(DRAW)) else { return Some(HashMap::default()) };
    if store.has_failed(&feed.path) || store.has_failed(&draw.path) {
        return Some(HashMap::default());
    }
    let names = match (feed.rows.is_empty(), &feed.labels) {
        (false, _) => feed.rows.clone(),
        (true, None) => return Some(HashMap::default()),
        (true, Some(labels)) => match store.list(labels, ListKind::Texts)? {
            List::Texts(names) => names.clone(),
            _ => return Some(HashMap::default()),
        },
    };
    let is_there = [feed, draw].map(|series| whole(series, &[], names.len(), 1, store));
    if is_there != [true, true] {
        return None;
    }
    let value = |series: &Series, row: usize| store.value(&series.path, row, 0).map(f64::from);
    Some(names.into_iter().enumerate().filter_map(|(row, name)| Some((name, Room { feed_kw: value(feed, row)?, draw_kw: value(draw, row)? }))).collect())
}

/// Whether the values of rows are in memory; they are asked for otherwise. No rows are all of the first so many.
fn whole(series: &Series, rows: &[usize], count: usize, steps: usize, store: &mut SeriesStore) -> bool {
    if store.has_failed(&series.path) {
        return true;
    }
    let Some(layout) = store.layout(&series.path).cloned() else { return false };
    let (chunk_rows, chunk_steps) = (layout.chunk_rows.max(1), layout.chunk_steps.max(1));
    let mut of_rows: Vec<usize> = if rows.is_empty() { (0..count.min(layout.rows).div_ceil(chunk_rows)).collect() } else { rows.iter().filter(|row| **row < layout.rows).map(|row| row / chunk_rows).collect() };
    of_rows.sort_unstable();
    of_rows.dedup();
    let mut missing = 0;
    for row in of_rows {
        for step in 0..steps.min(layout.steps).div_ceil(chunk_steps) {
            missing += usize::from(!store.want(&series.path, (row, step)));
        }
    }
    missing == 0
}

fn prepare(manifest: &Manifest, store: &mut SeriesStore, work: &mut Work) {
    if !matches!(work.prepared, Part::Unasked | Part::Asked) {
        return;
    }
    work.prepared = Part::Asked;
    let list = wanted(manifest);
    let missing = list
        .iter()
        .filter(|wanted| {
            let rows: Vec<usize> = wanted.rows.iter().map(|(row, _)| *row).collect();
            !whole(wanted.series, &rows, 0, wanted.steps().len(), store)
        })
        .count();
    // What cannot be had is not known; a demand that cannot be had is no demand of zero.
    if let Some(lost) = list.iter().find(|wanted| wanted.what == What::Demand && store.has_failed(&wanted.series.path)) {
        work.prepared = Part::Failed(lost.series.id.clone());
        return;
    }
    if missing > 0 {
        return;
    }
    let value = |path: &str, row: usize, step: usize| store.value(path, row, step).map(f64::from);
    work.prepared = match ground(manifest, &value).and_then(Prepared::new) {
        Ok(prepared) => Part::Here(Arc::new(prepared)),
        Err(fault) => Part::Failed(fault.to_string()),
    };
}

fn doing(plant: &Plant, answer: &Answer, step: usize, at: Instant) -> Doing {
    let share = |part: f64, whole: f64| if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 };
    let of = |list: &[f64]| list.get(step).copied().unwrap_or(0.0);
    let stored_kwh = answer.moments.iter().rfind(|moment| moment.at <= at).map_or(0.0, |moment| moment.stored_kwh);
    Doing { sun: share(of(&plant.solar_kw), plant.solar_kwp), charging: share(of(&plant.charging_kw), plant.hub_kw), stored: share(stored_kwh, plant.battery_kwh) }
}

/// Works out the answer and writes it down.
fn tell(scene: &Scene, prepared: &Prepared, work: &mut Work, facts: &mut SitingFacts) {
    let state = &scene.state;
    let places = match &work.places {
        Part::Here(places) => Some(places.clone()),
        _ => None,
    };
    // What is in hand changes no number.
    let proposal = Proposal { chosen: None, tool: None, ..state.proposal.clone() };
    let question = Question { step: prepared.ground.step_at(state.instant), language: state.language, known: (places.is_some(), work.rooms.is_some()), proposal };
    if work.answered.as_ref() == Some(&question) {
        return;
    }
    let clock = Clock::start();
    let proposal = &question.proposal;
    let plant = match &work.plant {
        Some((of, plant)) if of == proposal => plant.clone(),
        _ => {
            let plant = Arc::new(Plant::of(prepared, proposal));
            work.plant = Some((proposal.clone(), plant.clone()));
            plant
        }
    };
    if work.facts.is_none() {
        // What the product ships can be read; a test keeps it so.
        work.facts = facts_file::france().ok();
    }
    let dated = work.facts.clone().unwrap_or_default();
    let none = HashMap::default();
    let rooms = work.rooms.as_ref().unwrap_or(&none);
    let fits: Vec<Option<Fit>> = proposal
        .placed
        .iter()
        .map(|placed| {
            let kw = connected_kw(&placed.thing).filter(|kw| *kw > 0.0)?;
            places.as_ref()?.find(placed.at, kw, &|id| rooms.get(id).copied())
        })
        .collect();
    let english = state.language == Language::En;
    let version = facts.version + 1;
    *facts = match answer_of(prepared, proposal, &plant, state.instant) {
        Ok(answer) => {
            let worth = Worth::of(&answer, &dated, io::now());
            SitingFacts {
                version,
                state: "ready",
                card: Some(Card::new(&answer, &worth, prepared, proposal, english)),
                doing: doing(&plant, &answer, question.step, state.instant),
                answer: Some(Arc::new(answer)),
                fits,
                has_book: places.is_some(),
                ms: 1e3 * clock.seconds(),
                why: None,
            }
        }
        Err(fault) => SitingFacts { version, state: "failed", why: Some(fault.to_string()), ..SitingFacts::default() },
    };
    work.answered = Some(question);
}
