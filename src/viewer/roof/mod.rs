//! "My roof" of the selected building: its record is fetched, the answer worked out, its planes lit up.
//!
//! Reads: [`Scene`] (selection, choice, language), [`ViewCommand`]. Asks: a page of the roof book, once its head. Writes: [`RoofFacts`], [`PlanFacts`], and the meshes of `draw` and `ring`.

pub mod draw;
mod beside;
mod dossier;
mod plan;
pub mod ring;
mod trees;

use super::requests::{Purpose, Requests};
use super::vocab::{PlanFacts, RoofFacts, Scene, ViewCommand, ViewerSystems};
use crate::energy::economics::{Facts, Use, file as facts_file};
use crate::formats::meter::{self, Meter};
use crate::formats::roofbook::{self, HEAD, Head, Record, page_file, page_of};
use crate::formats::territory::LayerKind;
use crate::io::{self, Clock, IoFault};
use crate::planning::file::Texts;
use crate::rooftop::answer::{Ask, HeatAsked, answer};
use crate::energy::layout::{ModuleKind, Orientation};
use crate::rooftop::Thinning;
use crate::rooftop::card::{Card, Tried, chosen, planes};
use crate::rooftop::load::Load;
use crate::rooftop::prepare::{Prepared, Sunlight};
use crate::rooftop::record;
use crate::rooftop::told::Basis;
use crate::view::{Command, Language, RoofAmount, RoofChoice, RoofLay, RoofLoad, RoofTree};
use bevy::prelude::*;
use std::sync::Arc;

/// Largest meter's file that is taken, bytes.
const MAX_METER_BYTES: usize = 64 << 20;

pub struct RoofPlugin;

impl Plugin for RoofPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<RoofFacts>().init_resource::<PlanFacts>().init_resource::<Work>().add_systems(
            Update,
            (
                (plan::follow, plan::hand_over).chain().in_set(ViewerSystems::Prepare).run_if(resource_exists::<Scene>),
                (hear, follow, dossier::hand_over, draw::draw, ring::draw).chain().in_set(ViewerSystems::Prepare).run_if(resource_exists::<Scene>.and_then(resource_exists::<super::anchor::Anchor>)),
            ),
        );
    }
}

/// What has been asked for and what has come.
enum Part<T> {
    Unasked,
    Asked,
    Here(T),
    /// Why not: words of the reader or of the network.
    Failed(String),
}

impl<T> Default for Part<T> {
    fn default() -> Self {
        Self::Unasked
    }
}

/// The answer on its way.
#[derive(Resource, Default)]
struct Work {
    sunlight: Part<Arc<Sunlight>>,
    /// Of the building that is selected; `None` inside where the book does not know it.
    building: Option<String>,
    prepared: Part<Option<Arc<Prepared>>>,
    /// Its page, until the sun is there too.
    page: Option<Result<Vec<u8>, IoFault>>,
    meter: Option<(String, Result<Meter, String>)>,
    /// The dated facts and texts, read once.
    facts: Option<(Facts, Texts)>,
    /// The roof as it is tried: laid again, and without some trees.
    tried: Option<(Trial, Arc<Prepared>)>,
    answered: Option<(RoofChoice, Language)>,
    stale: bool,
    /// Roofs beside the selected one, where a tree is felled.
    beside: beside::Beside,
}

/// How modules lie, their margin, what is felled.
type Trial = (RoofLay, Option<f64>, Option<Thinning>);

/// A meter's file, and another try.
fn hear(mut commands: MessageReader<ViewCommand>, mut work: ResMut<Work>) {
    for ViewCommand(command) in commands.read() {
        match command {
            Command::RoofMeter { csv: None, .. } => {
                work.meter = None;
                work.stale = true;
            }
            Command::RoofMeter { name, csv: Some(csv) } => {
                let read = if csv.len() > MAX_METER_BYTES {
                    Err(format!("{} > {MAX_METER_BYTES}", csv.len()))
                } else {
                    meter::read(csv.as_bytes()).map_err(|fault| fault.to_string())
                };
                work.meter = Some((name.chars().take(200).collect(), read));
                work.stale = true;
            }
            Command::TryAgain => {
                if matches!(work.sunlight, Part::Failed(_)) {
                    work.sunlight = Part::Unasked;
                }
                if matches!(work.prepared, Part::Failed(_)) {
                    work.prepared = Part::Unasked;
                }
                work.stale = true;
            }
            _ => {}
        }
    }
}

/// Asks for what is missing, takes what has come, answers when the question has changed.
fn follow(scene: Res<Scene>, mut requests: ResMut<Requests>, mut work: ResMut<Work>, mut facts: ResMut<RoofFacts>) {
    let work = &mut *work;
    let book = scene.manifest.roofs.as_ref();
    let selected = scene.state.selection.as_ref().filter(|selection| scene.manifest.layer(&selection.layer).is_some_and(|layer| layer.kind == LayerKind::Buildings));
    let building = book.and(selected).map(|selection| &selection.id);
    if work.building.as_ref() != building {
        requests.cancel(|purpose| matches!(purpose, Purpose::RoofPage { .. } | Purpose::RoofBeside { .. }));
        work.beside = beside::Beside::default();
        work.building = building.cloned();
        work.prepared = Part::Unasked;
        work.page = None;
        work.tried = None;
        work.stale = true;
    }
    let (Some(book), Some(building)) = (book, work.building.clone()) else {
        if facts.building.is_some() {
            let version = facts.version + 1;
            *facts = RoofFacts { version, ..RoofFacts::default() };
        }
        return;
    };
    if matches!(work.sunlight, Part::Unasked) {
        requests.ask(&format!("{}/{HEAD}", book.path), Purpose::RoofHead);
        work.sunlight = Part::Asked;
    }
    if matches!(work.prepared, Part::Unasked) {
        requests.ask(&format!("{}/{}", book.path, page_file(page_of(&building, book.pages))), Purpose::RoofPage { building: building.clone() });
        work.prepared = Part::Asked;
    }
    take(&mut requests, work, &building);
    work.stale |= work.beside.take(&mut requests);
    let now = (scene.state.roof.clone(), scene.state.language);
    if work.stale || work.answered.as_ref() != Some(&now) {
        work.stale = false;
        work.answered = Some(now);
        tell(&scene, work, &building, &mut facts);
        if let (Part::Here(sunlight), Part::Here(Some(prepared))) = (&work.sunlight, &work.prepared) {
            let around = work.beside.around(felled(&scene.state.roof, &prepared.record).map(|thinning| (&prepared.record, thinning)), sunlight, scene.state.language == Language::En, book, &mut requests);
            if let Some(card) = &mut facts.card {
                card.tried.around = around;
            }
        }
    }
}

/// What has come.
fn take(requests: &mut Requests, work: &mut Work, wanted: &str) {
    for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::RoofHead | Purpose::RoofPage { .. })) {
        work.stale = true;
        match purpose {
            Purpose::RoofHead => {
                let read = |bytes: Vec<u8>| {
                    let head = Head::parse(&bytes).map_err(|fault| fault.to_string())?;
                    let shared = record::shared(&head).ok_or_else(|| head.system.sky_model.clone())?;
                    Sunlight::new(shared).map(Arc::new).ok_or_else(|| head.year.to_string())
                };
                work.sunlight = match body.map_err(|fault| fault.to_string()).and_then(read) {
                    Ok(sunlight) => Part::Here(sunlight),
                    Err(why) => Part::Failed(why),
                };
            }
            Purpose::RoofPage { building } if building == wanted => work.page = Some(body),
            _ => {}
        }
    }
    // A record becomes hours once the sun is there.
    let Part::Here(sunlight) = &work.sunlight else { return };
    let Some(body) = work.page.take() else { return };
    work.prepared = match body.map_err(|fault| fault.to_string()).and_then(|bytes| roofbook::find(&bytes, wanted).map_err(|fault| fault.to_string())) {
        Ok(found) => Part::Here(found.map(|record| Arc::new(Prepared::new(record, sunlight)))),
        Err(why) => Part::Failed(why),
    };
}

/// Works out the answer and writes it down.
fn tell(scene: &Scene, work: &mut Work, building: &str, facts: &mut RoofFacts) {
    let clock = Clock::start();
    let version = facts.version + 1;
    let mut out = RoofFacts { version, building: Some(building.to_owned()), ..RoofFacts::default() };
    out.meter = work.meter.as_ref().and_then(|(name, read)| Some((name.clone(), read.as_ref().ok()?.kw.len())));
    out.state = "waiting";
    let failed = match (&work.sunlight, &work.prepared) {
        (Part::Failed(why), _) | (_, Part::Failed(why)) => Some(why.clone()),
        _ => None,
    };
    if let Some(why) = failed {
        (out.state, out.why) = ("failed", Some(("roof-failed", why)));
    } else if let (Part::Here(_), Part::Here(None)) = (&work.sunlight, &work.prepared) {
        (out.state, out.why) = ("absent", Some(("roof-absent", String::new())));
    } else if let (Part::Here(sunlight), Part::Here(Some(prepared))) = (&work.sunlight, &work.prepared) {
        if work.facts.is_none() {
            // What the product ships can be read; a test keeps it so.
            work.facts = facts_file::france().ok().zip(Texts::france().ok());
        }
        let Some((dated, texts)) = &work.facts else { return };
        let shared = &sunlight.shared;
        let choice = &scene.state.roof;
        let felled = felled(choice, &prepared.record);
        // What no tree is felled in is the roof to compare with.
        let standing = tried(&mut work.tried, prepared, sunlight, (choice.lay, choice.margin_m, None));
        let prepared = &tried(&mut work.tried, prepared, sunlight, (choice.lay, choice.margin_m, felled));
        let numbers = |planes: &std::collections::BTreeSet<u16>| planes.iter().map(|plane| usize::from(*plane)).collect::<Vec<usize>>();
        let (load, unread) = load(choice.load, work.meter.as_ref());
        let by_hand = !choice.covered.is_empty() || !choice.uncovered.is_empty();
        let ask = Ask {
            building: building.to_owned(),
            load,
            load_kwh: choice.load_kwh,
            battery_kwh: choice.battery_kwh,
            heat_pump: choice.heat_pump.then(|| choice.heat_kwh.map_or(HeatAsked::Usual, HeatAsked::Kwh)),
            cost_eur: choice.own.get(&RoofAmount::Cost).copied(),
            own: choice.own_facts(),
            way: if choice.sell_all { Use::TotalSale } else { Use::Surplus },
            at: io::now(),
            planes: by_hand.then(|| chosen(prepared, shared, &numbers(&choice.covered), &numbers(&choice.uncovered))),
            most_kwp: None,
            without: choice.without.iter().map(|(plane, place)| (usize::from(*plane), usize::from(*place))).collect(),
            bare: choice.bare,
            margin_m: choice.margin_m,
        };
        out.chosen_planes.clone_from(&ask.planes);
        let english = scene.state.language == Language::En;
        match answer(prepared, sunlight, scene.manifest.clock(), &ask, dated, texts) {
            Ok(found) => {
                let basis = Basis::of(if english { &scene.manifest.name.en } else { &scene.manifest.name.fr }, shared, &ask, "book");
                out.planes = planes(prepared, shared, Some(&found), &ask.without, english);
                // The same planes and modules under the trees: a proposal for the light of afterwards may be another.
                let ask = Ask { planes: Some(found.covered.iter().map(|covered| covered.roof.plane).collect()), ..ask };
                let before_kwh = |felled| answer(&standing, sunlight, scene.manifest.clock(), &ask, dated, texts).ok().map(|before| (felled, [before.answer.kwh_year, found.answer.kwh_year]));
                let card = Card::new(&found, &basis, scene.manifest.clock(), english);
                out.card = Some(Card { tried: Tried::new(&prepared.record, felled.and_then(before_kwh), choice.bare, english), ..card });
                out.found = Some(Arc::new(found));
                out.basis = Some(Arc::new(basis));
                out.state = "ready";
                out.why = unread.map(|why| ("roof-meter-unread", why));
            }
            Err(fault) => {
                out.planes = planes(prepared, shared, None, &ask.without, english);
                (out.state, out.why) = ("empty", Some((if fault.code == "roof-nothing-to-cover" { "roof-empty" } else { "roof-failed" }, fault.to_string())));
            }
        }
        out.prepared = Some(prepared.clone());
        out.module = Some(shared.module);
    }
    out.ms = 1e3 * clock.seconds();
    *facts = out;
}

/// Which trees of a roof a person thinks away; none that it does not have.
fn felled(choice: &RoofChoice, record: &Record) -> Option<Thinning> {
    match choice.felled {
        RoofTree::None => None,
        RoofTree::One(number) => (usize::from(number) < record.trees.len()).then_some(Thinning::Tree(usize::from(number))),
        RoofTree::All => (!record.trees.is_empty()).then_some(Thinning::All),
    }
}

/// The roof with its modules laid as somebody wants them, without some trees.
fn tried(known: &mut Option<(Trial, Arc<Prepared>)>, prepared: &Arc<Prepared>, sunlight: &Sunlight, trial: Trial) -> Arc<Prepared> {
    let (lay, margin_m, felled) = trial;
    if lay == RoofLay::Best && margin_m.is_none() && felled.is_none() {
        return prepared.clone();
    }
    if let Some((_, roof)) = known.as_ref().filter(|(known, _)| *known == trial) {
        return roof.clone();
    }
    let orientation = match lay {
        RoofLay::Best => None,
        RoofLay::Portrait => Some(Orientation::Portrait),
        RoofLay::Landscape => Some(Orientation::Landscape),
    };
    let kind = ModuleKind { margin_m: margin_m.unwrap_or(sunlight.shared.module.margin_m), ..sunlight.shared.module };
    let laid = if lay == RoofLay::Best && margin_m.is_none() { Prepared::clone(prepared) } else { prepared.relaid(orientation, &kind) };
    let roof = Arc::new(match felled {
        Some(thinning) => laid.without(thinning, sunlight),
        None => laid,
    });
    *known = Some((trial, roof.clone()));
    roof
}

/// The load that is meant; a meter's file that is not there or cannot be read is a household, and said.
fn load(chosen: RoofLoad, meter: Option<&(String, Result<Meter, String>)>) -> (Load, Option<String>) {
    match (chosen, meter) {
        (RoofLoad::Household, _) => (Load::Household, None),
        (RoofLoad::Farm, _) => (Load::Farm, None),
        (RoofLoad::School, _) => (Load::School, None),
        (RoofLoad::Meter, Some((_, Ok(meter)))) => (Load::Meter(meter.clone()), None),
        (RoofLoad::Meter, Some((name, Err(why)))) => (Load::Household, Some(format!("{name}: {why}"))),
        (RoofLoad::Meter, None) => (Load::Household, Some(String::new())),
    }
}
