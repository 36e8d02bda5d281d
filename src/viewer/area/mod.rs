//! The area that a person draws: corners by clicks or keys, its outline over ground and roofs, and what lies in it.
//!
//! Reads: [`Scene`] (area), the territory's places, pointer. Sends: [`Command::AddCorner`], [`Command::DrawArea`], [`Command::SetArea`]. Writes: [`AreaFacts`], the outline.
//! The balance, the curves and the flow diagram take [`AreaFacts`] from there; nothing is computed elsewhere, so it works without a server.

mod draw;
mod hand;

pub use draw::Outline;

use super::series::{List, ListKind, SeriesStore};
use super::vocab::{AreaFacts, Inside, Scene, SceneFacts, ViewCommand, ViewerSystems};
use crate::energy::secrecy::DELIVERY_POINTS;
use crate::view::{Command, DrawnArea};
use bevy::ecs::message::{MessageCursor, Messages};
use bevy::prelude::*;
use std::sync::Arc;

pub struct AreaPlugin;

impl Plugin for AreaPlugin {
    fn build(&self, app: &mut App) {
        let is_open = || resource_exists::<Scene>.and_then(resource_exists::<super::anchor::Anchor>);
        app.init_resource::<AreaFacts>()
            .add_systems(Update, hand::hold.after(ViewerSystems::Arrive).before(ViewerSystems::Input).run_if(is_open()))
            // Curves and balances are drawn in the same set of systems; a frame later they know.
            .add_systems(Update, (hear, gather.before(ViewerSystems::Prepare)).chain().after(ViewerSystems::Apply).run_if(is_open()))
            .add_systems(Update, draw::draw.in_set(ViewerSystems::Prepare).run_if(is_open()));
    }
}

/// An area from a file.
fn hear(mut asked: Local<MessageCursor<ViewCommand>>, mut commands: ResMut<Messages<ViewCommand>>, mut told: ResMut<SceneFacts>) {
    let opened = asked.read(&commands).filter_map(|ViewCommand(command)| if let Command::OpenArea { geojson } = command { Some(DrawnArea::from_geojson(geojson)) } else { None }).last();
    match opened {
        Some(Ok(area)) => {
            told.forget("area-unreadable");
            told.forget("area-no-polygon");
            commands.write(ViewCommand(Command::SetArea { corners: area.corners }));
        }
        Some(Err(fault)) => told.fault(fault.key, fault.value),
        None => {}
    }
}

/// What the facts were gathered for.
#[derive(PartialEq)]
struct Question {
    area: DrawnArea,
    /// What could not be had is asked for again.
    epoch: u64,
}

/// Looks up what lies inside, once the area is finished and the places are there.
fn gather(scene: Res<Scene>, mut store: ResMut<SeriesStore>, mut answered: Local<Option<Question>>, mut facts: ResMut<AreaFacts>) {
    let store = store.bypass_change_detection();
    let area = &scene.state.area;
    let question = Question { area: area.clone(), epoch: store.epoch };
    if answered.as_ref() == Some(&question) && facts.state != "waiting" {
        return;
    }
    let (state, inside) = match area {
        area if area.is_empty() => ("", None),
        area if !area.is_closed() => ("drawing", None),
        area => match lists(&scene, store) {
            Lists::Unknown => ("unknown", None),
            Lists::Waiting => ("waiting", None),
            Lists::Here(lists) => ("ready", Some(Arc::new(inside(area, &lists)))),
        },
    };
    let has_changed = facts.state != state || answered.as_ref() != Some(&question);
    if has_changed {
        *facts = AreaFacts { version: facts.version + 1, state, area_m2: area.area_m2(), inside };
    }
    *answered = Some(question);
}

/// The columns of the places: see [`crate::formats::territory::FeaturePlaces`].
#[derive(Default)]
struct Columns {
    ids: Vec<String>,
    lon: Vec<f64>,
    lat: Vec<f64>,
    kwh: Vec<f64>,
    profile: Vec<i64>,
    homes: Vec<i64>,
}

enum Lists {
    Unknown,
    Waiting,
    Here(Columns),
}

fn lists(scene: &Scene, store: &mut SeriesStore) -> Lists {
    let Some(places) = scene.manifest.features.as_ref().and_then(|features| features.places.as_ref()) else { return Lists::Unknown };
    let path = |name: &str| format!("{}/{name}", places.path);
    let names = ["feature", "lon", "lat", "kwh", "profile", "homes"];
    if names.iter().any(|name| store.has_failed(&path(name))) {
        return Lists::Unknown;
    }
    // All are asked for at once.
    let kinds = [ListKind::Texts, ListKind::Reals, ListKind::Reals, ListKind::Reals, ListKind::Integers, ListKind::Integers];
    let mut found = names.iter().zip(kinds).map(|(name, kind)| store.list(&path(name), kind).cloned()).collect::<Vec<_>>().into_iter();
    let mut next = || found.next().flatten();
    let all = (next(), next(), next(), next(), next(), next());
    let (Some(List::Texts(ids)), Some(List::Reals(lon)), Some(List::Reals(lat)), Some(List::Reals(kwh)), Some(List::Integers(profile)), Some(List::Integers(homes))) = all else {
        return Lists::Waiting;
    };
    Lists::Here(Columns { ids, lon, lat, kwh, profile, homes })
}

/// Sums what lies inside; what has no number counts nowhere.
fn inside(area: &DrawnArea, columns: &Columns) -> Inside {
    let mut found = Inside::default();
    let [mut west, mut south, mut east, mut north] = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    for [lon, lat] in &area.corners {
        (west, south, east, north) = (west.min(*lon), south.min(*lat), east.max(*lon), north.max(*lat));
    }
    let mut rows: std::collections::BTreeMap<usize, f64> = Default::default();
    for (at, ((id, lon), lat)) in columns.ids.iter().zip(&columns.lon).zip(&columns.lat).enumerate() {
        let is_near = (west..=east).contains(lon) && (south..=north).contains(lat);
        if !is_near || !area.contains([*lon, *lat]) {
            continue;
        }
        found.ids.insert(id.clone());
        let kwh = columns.kwh.get(at).copied().filter(|kwh| kwh.is_finite());
        let row = columns.profile.get(at).and_then(|row| usize::try_from(*row).ok());
        // A building has a class; of a light one nothing is estimated.
        if let Some(row) = row {
            found.buildings += 1;
            found.homes += columns.homes.get(at).and_then(|homes| u64::try_from(*homes).ok()).unwrap_or(0);
            if let Some(kwh) = kwh {
                *rows.entry(row).or_default() += kwh;
            }
        }
    }
    found.demand = rows.into_iter().collect();
    // The greatest first, as the territory has them.
    found.demand.sort_by(|a, b| b.1.total_cmp(&a.1));
    found.is_secret = (1..u64::from(DELIVERY_POINTS)).contains(&found.homes);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Columns {
        // A street from west to east: eleven homes, a shop, a lamp.
        let count = 13;
        Columns {
            ids: (0..count).map(|at| format!("b{at}")).collect(),
            lon: (0..count).map(|at| -1.56 + 0.001 * at as f64).collect(),
            lat: vec![47.215; count],
            kwh: (0..count).map(|at| if at == 12 { f64::NAN } else { 1000.0 }).collect(),
            profile: (0..count as i64).map(|at| [0, 1, -1][usize::from(at > 10) + usize::from(at > 11)]).collect(),
            homes: (0..count).map(|at| i64::from(at < 11)).collect(),
        }
    }

    fn until(east: f64) -> DrawnArea {
        DrawnArea { corners: vec![[-1.57, 47.21], [east, 47.21], [east, 47.22], [-1.57, 47.22]], drawing: false }
    }

    #[test]
    fn what_lies_inside_is_summed_by_profile() {
        let all = inside(&until(-1.5), &columns());
        assert_eq!((all.buildings, all.homes, all.demand.clone()), (12, 11, vec![(0, 11_000.0), (1, 1000.0)]));
        assert_eq!(all.ids.len(), 13, "a lamp is inside too");
        // A glass roof is a building, of which nothing is estimated.
        let mut street = columns();
        street.ids.push("glass".to_owned());
        street.lon.push(-1.555);
        street.lat.push(47.215);
        street.kwh.push(f64::NAN);
        street.profile.push(1);
        street.homes.push(0);
        let more = inside(&until(-1.5), &street);
        assert_eq!((more.buildings, more.homes, more.demand), (13, 11, all.demand));
        assert!(!all.is_secret);
        assert_eq!(inside(&until(-1.565), &columns()), Inside::default());
    }

    #[test]
    fn fewer_than_ten_homes_are_told_of_nobody() {
        let secret = |homes: usize| inside(&until(-1.56 + 0.001 * (homes as f64 - 0.5)), &columns()).is_secret;
        assert_eq!([0, 1, 9, 10, 11].map(secret), [false, true, true, false, false]);
    }
}
