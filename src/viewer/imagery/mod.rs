//! Pictures from above, laid on the ground.
//!
//! Reads: [`Scene`] (which imagery is shown), pieces of [`Ground`], arrivals. Writes: their materials' picture, [`PicturesWaiting`].
//! Each piece of ground gets one picture of its own, composed from the tiles of the pyramid that lie on it. Ground whose picture is on its way
//! shows its own colours, and so does ground beyond the picture's rim.

pub mod compose;

use super::material::TileMaterial;
use super::platform;
use super::requests::{Purpose, Requests};
use super::vocab::{Ground, PicturesWaiting, Scene, SceneFacts, ViewerSystems};
use crate::formats::still::{self, Still};
use crate::formats::territory::Imagery;
use crate::formats::webtiles::WebTile;
use crate::io::{Clock, IoFault};
use crate::view::Theme;
use crate::view::life::year_of;
use crate::viewer::textures::picture_image;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use std::sync::Arc;

/// Tries of a tile that did not come, and the wait before the second, seconds; it doubles each time.
const TRIES: u32 = 6;
const RETRY_S: f64 = 0.5;
/// So many levels above a tile that is not there another is looked for.
const MOST_ABOVE: u32 = 8;
/// Main-thread time for decoding and composing in one frame where there are no other threads, seconds.
const WORK_BUDGET_S: f64 = 0.006;

/// A tile of the pyramid.
enum Source {
    Asked { tries: u32 },
    /// With white that may be nothing: its clear twin is asked for.
    MaybeClear { opaque: Arc<Still>, tries: u32 },
    Ready { still: Option<Arc<Still>>, used: u64 },
}

/// What a piece of ground waits for.
enum Lying {
    Waits(Vec<WebTile>),
    Composing,
    Done,
}

enum Made {
    Decoded { tile: WebTile, clear: bool, still: Option<Still> },
    Composed { entity: Entity, bytes: Option<Vec<u8>> },
}

#[derive(Resource)]
struct Pictures {
    /// Place of the imagery that is to be shown in the manifest, and of the one that can be.
    chosen: Option<usize>,
    shown: Option<usize>,
    /// Counts changes of it: what was begun before one is nobody's.
    generation: u32,
    sources: HashMap<WebTile, Source>,
    /// How wide its tiles came, pixels, where nobody has counted them before.
    width: Option<u32>,
    /// Tiles of it that came, and those that did not; and whether it has been told that none came.
    came: usize,
    missed: usize,
    none_told: bool,
    ground: HashMap<Entity, Lying>,
    busy: usize,
    frame: u64,
    sender: async_channel::Sender<(u32, Made)>,
    receiver: async_channel::Receiver<(u32, Made)>,
}

impl Default for Pictures {
    fn default() -> Self {
        let (sender, receiver) = async_channel::unbounded();
        Self {
            chosen: None,
            shown: None,
            generation: 0,
            sources: HashMap::default(),
            width: None,
            came: 0,
            missed: 0,
            none_told: false,
            ground: HashMap::default(),
            busy: 0,
            frame: 0,
            sender,
            receiver,
        }
    }
}

pub struct ImageryPlugin;

impl Plugin for ImageryPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Pictures>()
            .init_resource::<PicturesWaiting>()
            .add_systems(Update, (choose, arrive, take_made, lay).chain().in_set(ViewerSystems::Prepare).run_if(resource_exists::<Scene>));
    }
}

/// The imagery that is drawn: the first of the manifest that is not hidden. Where years are shown, and in another year than the territory opens in, the
/// one of the year: of all that have a date, for years apart are switched by the clock then. Who hides all of them sees none.
fn shown(scene: &Scene) -> Option<usize> {
    let hidden = |imagery: &Imagery| scene.state.hidden.iter().any(|id| id.as_str() == imagery.id);
    let chosen = scene.manifest.imagery.iter().position(|imagery| !hidden(imagery))?;
    let dates: Vec<Option<&str>> = scene.manifest.imagery.iter().map(|imagery| imagery.date.as_deref()).collect();
    let opens_in = i32::from(scene.manifest.clock().read(scene.manifest.home.instant).year);
    let of_year = (scene.state.theme == Theme::ConstructionYear || scene.state.year != opens_in).then(|| of_year(&dates, scene.state.year)).flatten();
    of_year.or(Some(chosen))
}

/// The newest that was taken in a year or before, else the oldest; `None` where years are told of fewer than two.
fn of_year(dates: &[Option<&str>], year: i32) -> Option<usize> {
    let dated: Vec<(i32, usize)> = dates.iter().enumerate().filter_map(|(place, date)| Some((year_of(date.as_deref()?)?, place))).collect();
    let until = dated.iter().filter(|(taken, _)| *taken <= year).max_by_key(|(taken, place)| (*taken, usize::MAX - place));
    let first = || dated.iter().min_by_key(|(taken, place)| (*taken, *place));
    until.or_else(first).filter(|_| dated.len() > 1).map(|(_, place)| *place)
}

/// The grid that a WMTS address names, where it is not Web Mercator's.
fn strange_grid(template: &str) -> Option<String> {
    const MERCATOR: [&str; 8] = ["pm", "googlemapscompatible", "webmercator", "3857", "900913", "3785", "102100", "goog"];
    let lower = template.to_ascii_lowercase();
    let grid = lower.split(['?', '&']).find_map(|part| part.strip_prefix("tilematrixset="))?;
    let known = grid.is_empty() || MERCATOR.iter().any(|name| if *name == "pm" { grid == "pm" || grid.starts_with("pm_") } else { grid.contains(name) });
    (!known).then(|| grid.to_owned())
}

/// Another imagery: all ground is bare again.
fn choose(
    scene: Res<Scene>,
    mut pictures: ResMut<Pictures>,
    mut requests: ResMut<Requests>,
    ground: Query<&Ground>,
    mut materials: ResMut<Assets<TileMaterial>>,
    mut facts: ResMut<SceneFacts>,
) {
    let now = shown(&scene);
    if now == pictures.chosen {
        return;
    }
    pictures.chosen = now;
    // Tiles of another grid would lie somewhere, and look as if they belonged there.
    let strange = now.and_then(|now| scene.manifest.imagery.get(now)).and_then(|imagery| strange_grid(&imagery.tiles));
    if let Some(grid) = &strange {
        facts.fault("error-imagery-grid", grid.clone());
    }
    pictures.shown = now.filter(|_| strange.is_none());
    pictures.generation += 1;
    pictures.sources.clear();
    pictures.width = None;
    (pictures.came, pictures.missed, pictures.none_told) = (0, 0, false);
    pictures.ground.clear();
    requests.cancel(|purpose| matches!(purpose, Purpose::Picture { .. }));
    for ground in &ground {
        for handle in [&ground.solid, &ground.fading] {
            if let Some(mut material) = materials.get_mut(handle) {
                material.key.picture = false;
                material.picture = None;
            }
        }
    }
}

/// Bytes of tiles go to be decoded; what did not come is asked for again, or is not there.
fn arrive(scene: Res<Scene>, mut pictures: ResMut<Pictures>, mut requests: ResMut<Requests>) {
    let arrivals = requests.take(|purpose| matches!(purpose, Purpose::Picture { .. }));
    let Some(imagery) = pictures.shown.and_then(|shown| scene.manifest.imagery.get(shown)) else { return };
    let pictures = &mut *pictures;
    for (purpose, body) in arrivals {
        let Purpose::Picture { tile, clear } = purpose else { continue };
        match body {
            Ok(bytes) => {
                let (sender, generation) = (pictures.sender.clone(), pictures.generation);
                pictures.busy += 1;
                platform::decode(move || {
                    // One that is damaged is as good as none; the territory's check names it.
                    let still = still::decode(&bytes).ok();
                    let _ = sender.try_send((generation, Made::Decoded { tile, clear, still }));
                });
            }
            Err(fault) => missed(pictures, &mut requests, imagery, tile, clear, &fault),
        }
    }
}

fn missed(pictures: &mut Pictures, requests: &mut Requests, imagery: &Imagery, tile: WebTile, clear: bool, fault: &IoFault) {
    let used = pictures.frame;
    let Some(source) = pictures.sources.get_mut(&tile) else { return };
    let (Source::Asked { tries } | Source::MaybeClear { tries, .. }) = source else { return };
    if fault.is_passing() && *tries < TRIES {
        *tries += 1;
        let wait_s = RETRY_S * f64::from(1 << *tries);
        if let Some(path) = path(imagery, tile, clear) {
            return requests.ask_after(wait_s, &path, Purpose::Picture { tile, clear });
        }
    }
    let still = match source {
        Source::MaybeClear { opaque, .. } => Some(opaque.clone()),
        _ => None,
    };
    pictures.missed += usize::from(still.is_none());
    *source = Source::Ready { still, used };
}

fn path(imagery: &Imagery, tile: WebTile, clear: bool) -> Option<String> {
    let template = if clear { imagery.clear_tiles.as_ref()? } else { &imagery.tiles };
    Some(tile.path(template))
}

/// What the workers made: sources, and pictures for their ground.
fn take_made(
    scene: Res<Scene>,
    mut pictures: ResMut<Pictures>,
    mut requests: ResMut<Requests>,
    ground: Query<&Ground>,
    mut images: ResMut<Assets<Image>>,
    mut materials: ResMut<Assets<TileMaterial>>,
) {
    let pictures = &mut *pictures;
    let imagery = pictures.shown.and_then(|shown| scene.manifest.imagery.get(shown));
    while let Ok((generation, made)) = pictures.receiver.try_recv() {
        pictures.busy = pictures.busy.saturating_sub(1);
        let Some(imagery) = imagery.filter(|_| generation == pictures.generation) else { continue };
        match made {
            Made::Decoded { tile, clear, still } => {
                let twin = path(imagery, tile, true).filter(|_| !clear);
                let used = pictures.frame;
                pictures.came += usize::from(still.is_some());
                pictures.missed += usize::from(still.is_none());
                if let Some(still) = still.as_ref().filter(|still| imagery.count == 0 && still.columns == still.rows) {
                    pictures.width = u32::try_from(still.columns).ok();
                }
                let Some(source) = pictures.sources.get_mut(&tile) else { continue };
                match (still.map(Arc::new), twin, &*source) {
                    (Some(opaque), Some(path), _) if compose::has_white(&opaque) => {
                        *source = Source::MaybeClear { opaque, tries: 0 };
                        requests.ask_part(&path, None, Purpose::Picture { tile, clear: true });
                    }
                    // A clear twin that is damaged leaves what there is.
                    (None, _, Source::MaybeClear { opaque, .. }) => *source = Source::Ready { still: Some(opaque.clone()), used },
                    (still, ..) => *source = Source::Ready { still, used },
                }
            }
            Made::Composed { entity, bytes } => {
                if !pictures.ground.contains_key(&entity) {
                    continue;
                }
                pictures.ground.insert(entity, Lying::Done);
                let (Some(bytes), Ok(ground)) = (bytes, ground.get(entity)) else { continue };
                let picture = images.add(picture_image(bytes, platform::PICTURE_SIDE, compose::halvings(platform::PICTURE_SIDE)));
                for handle in [&ground.solid, &ground.fading] {
                    if let Some(mut material) = materials.get_mut(handle) {
                        material.key.picture = true;
                        material.picture = Some(picture.clone());
                    }
                }
            }
        }
    }
}

/// Finds out what each visible piece of ground needs, asks for it, and has it composed once all of it is there.
fn lay(
    scene: Res<Scene>,
    mut pictures: ResMut<Pictures>,
    mut requests: ResMut<Requests>,
    ground: Query<(Entity, &Ground, &Visibility)>,
    mut waiting: ResMut<PicturesWaiting>,
    mut facts: ResMut<SceneFacts>,
) {
    let pictures = &mut *pictures;
    pictures.frame += 1;
    let Some(imagery) = pictures.shown.and_then(|shown| scene.manifest.imagery.get(shown)) else {
        waiting.set_if_neq(PicturesWaiting(0));
        return;
    };
    pictures.ground.retain(|entity, _| ground.contains(*entity));
    let clock = Clock::start();
    let mut open = 0;
    for (entity, piece, visibility) in &ground {
        let known = pictures.ground.contains_key(&entity);
        if !known && *visibility != Visibility::Hidden {
            let tile_size = pictures.width.unwrap_or(imagery.tile_size);
            let lying = match compose::tiles(&piece.rect, platform::PICTURE_SIDE, tile_size, imagery) {
                Some(tiles) if !tiles.is_empty() => Lying::Waits(tiles),
                _ => Lying::Done,
            };
            pictures.ground.insert(entity, lying);
        }
        let Some(lying) = pictures.ground.get_mut(&entity) else { continue };
        if let Lying::Waits(tiles) = lying {
            let mut there = Vec::with_capacity(tiles.len());
            for tile in tiles.iter() {
                // Ours is complete: what it lacks is nowhere. Of another nobody says where it ends, and a coarse picture is better than none.
                let lowest = if imagery.count == 0 { imagery.min_zoom.max(tile.z.saturating_sub(MOST_ABOVE)) } else { tile.z };
                let mut at = *tile;
                loop {
                    match pictures.sources.get_mut(&at) {
                        Some(Source::Ready { still, used }) => {
                            *used = pictures.frame;
                            match at.parent().filter(|parent| still.is_none() && parent.z >= lowest) {
                                Some(parent) => {
                                    at = parent;
                                    continue;
                                }
                                None => there.push((*tile, at, still.clone())),
                            }
                        }
                        Some(_) => {}
                        None => {
                            if let Some(path) = path(imagery, at, false) {
                                pictures.sources.insert(at, Source::Asked { tries: 0 });
                                requests.ask_part(&path, None, Purpose::Picture { tile: at, clear: false });
                            }
                        }
                    }
                    break;
                }
            }
            if there.len() == tiles.len() && pictures.busy < platform::DECODES_AT_ONCE && clock.seconds() < WORK_BUDGET_S {
                let (sender, generation, rect, tile_size) = (pictures.sender.clone(), pictures.generation, piece.rect, imagery.tile_size);
                *lying = Lying::Composing;
                pictures.busy += 1;
                platform::decode(move || {
                    let cut = |(tile, from, still): (WebTile, WebTile, Option<Arc<Still>>)| (tile, still.map(|still| compose::part(still, tile, from)));
                    let there: Vec<(WebTile, Option<Arc<Still>>)> = there.into_iter().map(cut).collect();
                    let bytes = compose::compose(&rect, platform::PICTURE_SIDE, &there, tile_size);
                    let _ = sender.try_send((generation, Made::Composed { entity, bytes }));
                });
            }
        }
        open += usize::from(!matches!(lying, Lying::Done));
    }
    waiting.set_if_neq(PicturesWaiting(open));
    // Ground in its own colours looks as if nobody had asked for a picture.
    if open == 0 && pictures.came == 0 && pictures.missed > 0 && !std::mem::replace(&mut pictures.none_told, true) {
        facts.fault("error-imagery-none", imagery.tiles.clone());
    }
    forget(pictures);
}

/// Sources that nobody used for the longest time go once there are too many.
fn forget(pictures: &mut Pictures) {
    let over = pictures.sources.len().saturating_sub(platform::PICTURE_SOURCES);
    if over == 0 {
        return;
    }
    let now = pictures.frame;
    let mut idle: Vec<(u64, WebTile)> = pictures
        .sources
        .iter()
        .filter_map(|(tile, source)| match source {
            Source::Ready { used, .. } if *used < now => Some((*used, *tile)),
            _ => None,
        })
        .collect();
    idle.sort_unstable();
    for (_, tile) in idle.into_iter().take(over) {
        pictures.sources.remove(&tile);
    }
}

#[cfg(test)]
mod tests {
    use super::{of_year, strange_grid};

    #[test]
    fn former_years_show_the_pictures_that_were_taken_by_then() {
        let dates = [Some("2022-06"), Some("1950"), None, Some("1999-2003"), Some("soon")];
        let found = [1900, 1950, 1998, 1999, 2021, 2022, 2050].map(|year| of_year(&dates, year));
        assert_eq!(found, [Some(1), Some(1), Some(1), Some(3), Some(3), Some(0), Some(0)]);
        assert_eq!(of_year(&[Some("2022"), None], 1950), None, "one picture is no choice");
    }

    #[test]
    fn a_grid_that_is_not_web_mercators_is_told() {
        for known in ["photo/{z}/{x}/{y}.jpg", "https://data.example.org/wmts?LAYER=A&TILEMATRIXSET=PM&TILEMATRIX={z}", "https://e.org/wmts?tilematrixset=GoogleMapsCompatible&x={x}", "https://e.org/w?TileMatrixSet=EPSG:3857", "https://e.org/w?TileMatrixSet=PM_0_19"] {
            assert_eq!(strange_grid(known), None, "{known}");
        }
        assert_eq!(strange_grid("https://e.org/w?TILEMATRIXSET=LAMB93_5cm&TILEROW={y}").as_deref(), Some("lamb93_5cm"));
        assert_eq!(strange_grid("https://e.org/w?tilematrixset=EPSG:4326").as_deref(), Some("epsg:4326"));
    }
}
