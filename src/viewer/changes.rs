//! What changes around the year shown: works that begin, things that come into service or go, among what is in view. Works and what has a name have a line
//! each; what has none (most houses) shares one with all that has the same years, and so does what is many of one class (a street's mains), or works
//! would drown among them.
//!
//! Reads: [`Scene`] (theme, year, filters, language), the tiles in memory. Writes: the changes of [`SceneFacts`].

use super::join::passes;
use super::lives::Lives;
use super::resident::{Resident, ResidentLayer, ResidentTile};
use super::vocab::{Change, Changes, Scene, SceneFacts, ViewerSystems};
use crate::base::{DatasetId, Language};
use crate::formats::territory::{LayerKind, Manifest};
use crate::geodesy::Ecef;
use crate::i18n::Texts;
use crate::stream::TileId;
use crate::view::life::Life;
use crate::view::{Filter, Theme};
use bevy::platform::collections::{HashMap, HashSet};
use bevy::prelude::*;
use glam::DVec3;

/// Years before and after the one shown.
pub const AROUND: i32 = 15;
/// Lines of the strip; the nearest in time have one, the others are counted.
const MOST: usize = 40;
/// Features that are looked at; a picture of more tells of some.
const MOST_LOOKED: usize = 400_000;
/// More named things than these, of one class and with the same years, share a line; so do fewer that are all called the same.
const MOST_ALIKE: usize = 3;
/// Things of a shared line whose places make its place.
const MOST_PLACED: usize = 24;

pub struct ChangesPlugin;

impl Plugin for ChangesPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Update, gather.in_set(ViewerSystems::Report).run_if(resource_exists::<Scene>));
    }
}

/// What the strip depends on, so that a picture at rest costs nothing.
#[derive(Clone, Default, PartialEq)]
struct Of {
    year: i32,
    shown: Vec<(usize, TileId)>,
    filters: Vec<Filter>,
    language: Language,
}

/// A feature that changes.
struct Found<'a> {
    layer: usize,
    tile: &'a ResidentTile,
    table: usize,
    row: usize,
    life: Life,
    year: i32,
}

fn gather(scene: Res<Scene>, resident: Res<Resident>, mut seen: Local<Option<Of>>, mut told: Local<Option<Of>>, mut facts: ResMut<SceneFacts>) {
    if scene.state.theme != Theme::ConstructionYear {
        if facts.changes.is_some() {
            (facts.changes, *told) = (None, None);
        }
        return;
    }
    let layers = resident.layers.iter().enumerate().filter(|(_, layer)| !scene.is_hidden(&layer.id));
    let mut shown: Vec<(usize, TileId)> = layers.flat_map(|(at, layer)| layer.tiles.iter().filter(|(_, tile)| tile.shown).map(move |(id, _)| (at, *id))).collect();
    shown.sort();
    let now = Of { year: scene.state.year, shown, filters: scene.state.filters.clone(), language: scene.state.language };
    // A town takes longer than a frame may: only once the camera has stood still for one. The year moves by hand, and is followed at once.
    let is_still = seen.as_ref().is_some_and(|seen| seen.shown == now.shown);
    if is_still && told.as_ref() != Some(&now) {
        let changes = find(&resident, &scene.manifest, &now);
        if facts.changes.as_ref() != Some(&changes) {
            facts.changes = Some(changes);
        }
        *told = Some(now.clone());
    }
    *seen = Some(now);
}

fn find(resident: &Resident, manifest: &Manifest, of: &Of) -> Changes {
    let mut found: Vec<Found> = Vec::new();
    let mut looked = 0;
    'tiles: for (at, id) in &of.shown {
        let Some((layer, tile)) = resident.layers.get(*at).and_then(|layer| Some((layer, layer.tiles.get(id)?))) else { continue };
        for (table_at, table) in tile.tables.iter().enumerate() {
            let lives = Lives::of(table);
            if !lives.are_said() {
                continue;
            }
            for row in 0..table.count {
                looked += 1;
                if looked > MOST_LOOKED {
                    break 'tiles;
                }
                let life = lives.get(row);
                let near = life.nearest_change(of.year).filter(|year| year.abs_diff(of.year) <= AROUND as u32);
                if let Some(year) = near.filter(|_| passes(&of.filters, &layer.id, table, row)) {
                    found.push(Found { layer: *at, tile, table: table_at, row, life, year });
                }
            }
        }
    }
    // A thing that lies in several tiles is one.
    let mut ids: HashSet<(usize, &str)> = HashSet::default();
    found.retain(|found| {
        let id = found.text("id");
        !id.is_empty() && ids.insert((found.layer, id))
    });
    let mut alike: Vec<(Rank, Vec<Found>)> = Vec::new();
    let mut known: HashMap<(Rank, usize, &str, [Option<i32>; 3]), usize> = HashMap::default();
    for found in found {
        // What is made up and simply came has a name that nobody knows it by; plans have one.
        let is_of_many = || found.life.to.is_none() && !found.class().is_empty() && resident.layers.get(found.layer).is_some_and(|layer| found.is_made_up(layer, manifest));
        let rank = if found.rank() == Rank::Named && is_of_many() { Rank::Unnamed } else { found.rank() };
        let Life { works, from, to } = found.life;
        let place = *known.entry((rank, found.layer, found.class(), [works, from, to])).or_insert(alike.len());
        match alike.get_mut(place) {
            Some((_, things)) => things.push(found),
            None => alike.push((rank, vec![found])),
        }
    }
    let mut lines: Vec<(Rank, Vec<Found>)> = Vec::new();
    for (rank, things) in alike {
        let is_one_name = || things.len() > 1 && things.iter().all(|found| found.name() == things.first().and_then(Found::name));
        let is_shared = (things.len() > MOST_ALIKE || is_one_name()) && things.first().is_some_and(|found| !found.class().is_empty());
        match rank {
            Rank::Unnamed => lines.push((rank, things)),
            Rank::Works if is_shared => lines.push((rank, things)),
            // Nobody looks for one of many by its name.
            Rank::Named if is_shared => lines.push((Rank::Unnamed, things)),
            _ => lines.extend(things.into_iter().map(|thing| (rank, vec![thing]))),
        }
    }
    let first = |things: &[Found]| things.first().map(|found| (found.year, found.text("id").to_owned()));
    // Works first: they are what a person looks for; then the nearest in time.
    lines.sort_by_cached_key(|(rank, things)| (*rank, things.first().map_or(0, |found| found.year.abs_diff(of.year)), first(things)));
    let more = lines.iter().skip(MOST).map(|(_, things)| things.len()).sum();
    lines.truncate(MOST);
    let texts = Texts::new(of.language);
    let mut rows: Vec<(Rank, Change)> = lines.iter().filter_map(|(rank, things)| Some((*rank, change(things, resident, manifest, &texts)?))).collect();
    // As a calendar reads: by their beginnings.
    rows.sort_by_key(|(rank, row)| (*rank, row.life.changes().min()));
    Changes { year: of.year, rows: rows.into_iter().map(|(_, row)| row).collect(), more }
}

/// One line, of one thing or of several with the same years.
fn change(things: &[Found], resident: &Resident, manifest: &Manifest, texts: &Texts) -> Option<Change> {
    let found = things.first()?;
    let layer = resident.layers.get(found.layer)?;
    let (low, high) = things.iter().take(MOST_PLACED).map(place).fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(low, high), (from, to)| (low.min(from), high.max(to)));
    let middle = 0.5 * (low + high);
    if !middle.is_finite() {
        return None;
    }
    let at = Ecef(middle).to_lonlath();
    let title = || manifest.layer(&layer.id).map_or_else(|| layer.id.as_str().to_owned(), |layer| layer.name.text(texts.language()).to_owned());
    let (id, name) = match things.len() {
        1 => (found.text("id").to_owned(), found.name().map_or_else(|| found.kind(layer, texts).unwrap_or_else(title), str::to_owned)),
        many => {
            let of = Some(found.class()).filter(|class| !class.is_empty()).map_or_else(title, str::to_owned);
            (String::new(), texts.text_with("gantt-shared", &[("layer", of.into()), ("count", many.into())]))
        }
    };
    let is_made_up = things.iter().any(|found| found.is_made_up(layer, manifest));
    Some(Change { layer: layer.id.clone(), id, name, is_made_up, life: found.life, year: found.year, at: [at.lon_deg, at.lat_deg, at.height_m], span_m: (high - low).length() })
}

/// What a person looks for first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Rank {
    Works,
    Named,
    Unnamed,
}

/// Attributes that name a thing.
const NAMES: [&str; 4] = ["name", "nom", "toponyme", "title"];

impl<'a> Found<'a> {
    fn text(&self, column: &str) -> &'a str {
        self.tile.tables.get(self.table).and_then(|table| table.text(column, self.row)).unwrap_or_default()
    }

    fn name(&self) -> Option<&'a str> {
        NAMES.iter().map(|name| self.text(name)).find(|name| !name.trim().is_empty())
    }

    /// What it is, in its source's words; nothing of what has no name, of which a register's words tell nobody anything.
    fn class(&self) -> &'a str {
        if self.name().is_some() { self.text("class") } else { "" }
    }

    fn rank(&self) -> Rank {
        match (self.life.works, self.name()) {
            (Some(_), _) => Rank::Works,
            (None, Some(_)) => Rank::Named,
            (None, None) => Rank::Unnamed,
        }
    }

    /// Whether its own dataset, or else its layer's, shows nothing real.
    fn is_made_up(&self, layer: &ResidentLayer, manifest: &Manifest) -> bool {
        let own = Some(self.text("dataset")).filter(|dataset| !dataset.is_empty()).map(DatasetId::from);
        own.or_else(|| manifest.layer(&layer.id)?.datasets.first().cloned()).is_some_and(|dataset| manifest.is_made_up(&dataset))
    }

    /// What a building is used for, in words.
    fn kind(&self, layer: &ResidentLayer, texts: &Texts) -> Option<String> {
        let usage = self.text("usage");
        let key = format!("usage-{usage}");
        (layer.kind == LayerKind::Buildings && texts.has(&key)).then(|| texts.text(&key))
    }
}

/// The corners of a feature's box, ECEF; infinite where nothing of it is drawn.
fn place(found: &Found) -> (DVec3, DVec3) {
    let meshes = found.tile.meshes.iter().filter(|mesh| mesh.table == Some(found.table));
    let corners = meshes.flat_map(|mesh| {
        let of_feature = mesh.bvh.positions().zip(mesh.feature_ids.iter()).filter(|(_, id)| *id as usize == found.row);
        of_feature.map(|(position, _)| mesh.ecef_from_mesh.transform_point3(position.as_dvec3()))
    });
    corners.fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(low, high), corner| (low.min(corner), high.max(corner)))
}
