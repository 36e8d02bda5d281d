//! What changes around the year shown: works that begin, things that come into service or go, among what is in view.
//!
//! Reads: [`Scene`] (theme, year, filters), the tiles in memory. Writes: the changes of [`SceneFacts`].

use super::join::passes;
use super::lives::Lives;
use super::resident::{Resident, ResidentTile};
use super::vocab::{Change, Changes, Scene, SceneFacts, ViewerSystems};
use crate::base::DatasetId;
use crate::formats::territory::Manifest;
use crate::geodesy::Ecef;
use crate::stream::TileId;
use crate::view::life::Life;
use crate::view::{Filter, Theme};
use bevy::platform::collections::HashSet;
use bevy::prelude::*;
use glam::DVec3;

/// Years before and after the one shown.
pub const AROUND: i32 = 15;
/// Lines of the strip; the nearest in time have one, the others are counted.
const MOST: usize = 40;
/// Features that are looked at; a picture of more tells of some.
const MOST_LOOKED: usize = 400_000;

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
    let layers = resident.layers.iter().enumerate().filter(|(_, layer)| !scene.state.hidden.contains(&layer.id));
    let mut shown: Vec<(usize, TileId)> = layers.flat_map(|(at, layer)| layer.tiles.iter().filter(|(_, tile)| tile.shown).map(move |(id, _)| (at, *id))).collect();
    shown.sort();
    let now = Of { year: scene.state.year, shown, filters: scene.state.filters.clone() };
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
    let id_of = |found: &Found| found.tile.tables.get(found.table).and_then(|table| table.text("id", found.row)).unwrap_or_default().to_owned();
    // Works first: they are what a person looks for; then the nearest in time.
    found.sort_by_cached_key(|found| (found.life.works.is_none(), found.year.abs_diff(of.year), found.year, id_of(found)));
    // A thing that lies in several tiles is one.
    let mut ids: HashSet<(usize, String)> = HashSet::default();
    found.retain(|found| {
        let id = id_of(found);
        !id.is_empty() && ids.insert((found.layer, id))
    });
    let more = found.len().saturating_sub(MOST);
    found.truncate(MOST);
    let mut rows: Vec<Change> = found
        .iter()
        .filter_map(|found| {
            let layer = resident.layers.get(found.layer)?;
            let (at, span_m) = place(found)?;
            let id = id_of(found);
            let table = found.tile.tables.get(found.table)?;
            let name = NAMES.iter().find_map(|name| table.text(name, found.row)).unwrap_or(&id).to_owned();
            let dataset = table.text("dataset", found.row).map(DatasetId::from).or_else(|| manifest.layer(&layer.id)?.datasets.first().cloned());
            let is_made_up = dataset.is_some_and(|dataset| manifest.is_made_up(&dataset));
            Some(Change { layer: layer.id.clone(), id, name, is_made_up, life: found.life, year: found.year, at, span_m })
        })
        .collect();
    // As a calendar reads: by their beginnings.
    rows.sort_by_key(|row| row.life.changes().min());
    Changes { year: of.year, rows, more }
}

/// Attributes that name a thing.
const NAMES: [&str; 5] = ["name", "nom", "toponyme", "title", "usage"];

/// Where a feature is (degrees, degrees, metres above the ellipsoid), and how many metres across.
fn place(found: &Found) -> Option<([f64; 3], f64)> {
    let corners = || {
        let meshes = found.tile.meshes.iter().filter(|mesh| mesh.table == Some(found.table));
        meshes.flat_map(|mesh| {
            let of_feature = mesh.bvh.positions().iter().zip(&mesh.feature_ids).filter(|(_, id)| **id as usize == found.row);
            of_feature.map(|(position, _)| mesh.ecef_from_mesh.transform_point3(Vec3::from_array(*position).as_dvec3()))
        })
    };
    let (low, high) = corners().fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(low, high), corner| (low.min(corner), high.max(corner)));
    let middle = 0.5 * (low + high);
    if !middle.is_finite() {
        return None;
    }
    let at = Ecef(middle).to_lonlath();
    Some(([at.lon_deg, at.lat_deg, at.height_m], (high - low).length()))
}
