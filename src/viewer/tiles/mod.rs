//! Streams the layers of a territory: one engine each, bytes in, entities out.
//!
//! Reads: [`Scene`] (layers, hidden ones), [`EyePlace`], arrivals. Writes: tile entities, [`Resident`], progress.
//! The engine decides; this plugin fetches, decodes off the main thread, uploads within a budget, shows and drops.

mod dress;
mod kept;
mod laid;
pub mod load;
mod restyle;
mod spawn;
mod under;
mod workshop;

use super::anchor::Anchor;
use super::material::{SurfacePlugin, TileMaterial};
use super::platform;
use super::quality::Cost;
use super::requests::{Purpose, Requests};
use super::resident::{PickMesh, Resident, ResidentLayer, ResidentTile};
use super::stand::Stand;
use super::vocab::{
    CameraSystems, EyePlace, LayerTraits, MachinesWaiting, PicturesWaiting, RoofsWaiting, Scene, SceneFacts, TilePiece, ValuesWaiting, ViewCommand, ViewerSystems,
};
use crate::base::{Finding, Language, Severity};
use crate::formats::territory::LayerKind;
use crate::io::{Clock, IoFault, Part};
use crate::view::Command;
use crate::stream::{About, Delivery, Engine, FetchFault, FrameNo, RequestId, Settings, TileId, View, Wanted, paths, shares};
use bevy::mesh::MeshTag;
use bevy::platform::collections::{HashMap, HashSet};
use bevy::prelude::*;
use glam::DMat4;
use kept::Kept;
use load::Wish;
use spawn::{Hands, Of};
use under::{covers_networks, cut_ground, glaze};
use workshop::{Decoded, Job, Outcome, Workshop, start_decoding};

/// What is said while tiles cannot be fetched.
const CONNECTION: &str = "error-connection";
/// Bytes handed to the GPU in a quick frame; a bigger tile goes alone.
const UPLOAD_BYTES_PER_FRAME: u64 = 6 << 20;
/// Bytes handed to the GPU for each second that a slow frame takes: where drawing takes long, tiles must not come one by one.
const UPLOAD_BYTES_PER_S: f64 = 64e6;
/// Main-thread time for decoding in a quick frame, seconds.
const DECODE_BUDGET_S: f64 = 0.004;
/// The same for handing over what is decoded.
const UPLOAD_BUDGET_S: f64 = 0.003;
/// And in a frame that is slow anyway.
const MOST_DECODE_S: f64 = 1.0;
/// Wait before the first new try after a passing fault, seconds; the engine doubles it each time.
const RETRY_S: f64 = 0.5;
/// Time between two tries of everything that failed for passing reasons, seconds.
const AGAIN_S: f64 = 30.0;
/// How far outside the view a building may stand and still throw its shadow into it.
const SHADOW_MARGIN_M: f64 = 150.0;

struct Piece {
    entity: Entity,
    ecef_from_mesh: DMat4,
    solid: Handle<TileMaterial>,
    fading: Handle<TileMaterial>,
    table: Option<usize>,
    /// Its own colours let what lies behind show through, whatever a style says.
    translucent: bool,
    /// Its fading material is glass.
    glass: bool,
}

/// One layer in the stream; its tiles in memory are in [`Resident`], at the same place.
struct LayerStream {
    folder: String,
    engine: Engine,
    decoding: HashSet<RequestId>,
    /// What each tile in memory is drawn with.
    pieces: HashMap<TileId, Vec<Piece>>,
    /// The textures of its tiles' tables.
    tables: HashMap<TileId, Vec<Handle<Image>>>,
    stand: Stand,
    /// Not made by our importer: features have a look of their own.
    dressed: bool,
    waiting: usize,
    failed: usize,
    bytes: u64,
    /// What the picture needs of this layer, for its share of the memory.
    needed_bytes: u64,
    fading: bool,
    /// Its tiles of vectors that lie on the ground.
    laid: HashMap<TileId, laid::Lying>,
    /// Findings of the engine that have been told.
    told: usize,
    /// Tiles whose entities are visible.
    visible: HashSet<TileId>,
    kept: Kept,
}

/// All layers, in the manifest's order.
#[derive(Resource, Default)]
struct Streams {
    layers: Vec<LayerStream>,
    frame: FrameNo,
    /// Time at rest since everything that failed was last asked for again, seconds.
    since_again_s: f64,
    /// It has been said that there is nothing to see.
    blank_told: bool,
    /// Tiles that still look as an older style said.
    restyling: usize,
    /// The ground is glass, or some of it still is.
    glazed: bool,
    /// What vectors lie on.
    ground: laid::GroundShown,
}

/// A sentence about something that is not shown, for a person.
struct Told(String);

/// Screen-space error and memory of every engine; the host may lower both for small machines.
#[derive(Resource, Clone, Copy, Debug)]
pub struct StreamBudget {
    pub screen_space_error: f64,
    pub max_bytes: u64,
    /// How long a tile takes to replace another, seconds; 0 shows it at once, as pictures want it.
    pub fade_s: f64,
}

impl Default for StreamBudget {
    fn default() -> Self {
        Self {
            screen_space_error: 16.0,
            max_bytes: platform::DEFAULT_MEMORY_BYTES,
            fade_s: 0.2,
        }
    }
}

/// What streaming has cost and where it stands, for benches and for a page that wants to tell.
#[derive(Resource, Clone, Copy, Debug, Default)]
pub struct Meter {
    /// Work on tiles on the main thread in the last frame, seconds.
    pub frame_s: f64,
    /// And in all frames so far.
    pub total_s: f64,
    /// Tiles handed to the GPU so far.
    pub uploaded: u64,
    /// Requests made so far: tilesets, subtrees and contents.
    pub requests: u64,
    /// The largest screen-space error in force among the layers in view, pixels; above the setting when memory is short.
    pub screen_space_error: f64,
    /// When this frame's work began.
    began: Option<Clock>,
}

fn begin_work(mut meter: ResMut<Meter>) {
    meter.began = Some(Clock::start());
}

fn end_work(mut meter: ResMut<Meter>) {
    meter.frame_s = meter.began.take().map_or(0.0, |clock| clock.seconds());
    meter.total_s += meter.frame_s;
}

/// Main-thread time for uploads in a frame that lasts so long, seconds.
fn upload_budget_s(frame_s: f32) -> f64 {
    (0.25 * f64::from(frame_s)).clamp(UPLOAD_BUDGET_S, MOST_DECODE_S)
}

/// Frames in a span of time where one frame lasts so long; none where a frame is longer than that.
fn frames(span_s: f64, frame_s: f64) -> u32 {
    (span_s / frame_s) as u32
}

pub struct TilesPlugin;

impl Plugin for TilesPlugin {
    fn build(&self, app: &mut App) {
        app.add_plugins(SurfacePlugin)
            .init_resource::<Resident>()
            .init_resource::<Streams>()
            .init_resource::<Workshop>()
            .init_resource::<LayerTraits>()
            .init_resource::<StreamBudget>()
            .init_resource::<Meter>()
            .add_systems(
                Update,
                (begin_work, start_layers, hand_over_bytes, place_again, (start_decoding, upload, restyle::restyle, laid::lay, stream, glaze).chain(), end_work)
                    .chain()
                    .in_set(ViewerSystems::Stream)
                    .run_if(resource_exists::<Scene>.and_then(resource_exists::<Anchor>)),
            )
            .add_systems(
                Update,
                cut_ground
                    .in_set(ViewerSystems::Prepare)
                    .after(CameraSystems)
                    .run_if(resource_exists::<Scene>.and_then(resource_exists::<Anchor>)),
            );
    }
}

fn start_layers(
    scene: Res<Scene>,
    traits: Res<LayerTraits>,
    budget: Res<StreamBudget>,
    mut streams: ResMut<Streams>,
    mut resident: ResMut<Resident>,
) {
    if !resident.layers.is_empty() || scene.manifest.layers.is_empty() {
        return;
    }
    // Vectors lie on the territory's ground, and while a person hides it as high as its middle; without any, on the ellipsoid and a sheet of their own.
    let has_ground = scene.manifest.layers.iter().any(|layer| layer.kind == LayerKind::Terrain);
    let base_m = if has_ground { scene.manifest.origin[2] } else { 0.0 };
    for layer in &scene.manifest.layers {
        // What follows `?` may hold anything.
        let path = layer.tileset.split('?').next().unwrap_or_default();
        let (folder, root) = layer.tileset.split_at(path.rfind('/').map_or(0, |slash| slash + 1));
        let stand = traits.stands.get(&layer.id).cloned().unwrap_or_default();
        resident.layers.push(ResidentLayer { id: layer.id.clone(), kind: layer.kind, tiles: HashMap::default() });
        streams.layers.push(LayerStream {
            folder: folder.to_owned(),
            engine: Engine::placed(
                root,
                stand.ecef_from_root(),
                Settings {
                    screen_space_error: budget.screen_space_error,
                    max_bytes: budget.max_bytes,
                    fade_frames: 0,
                    ..Settings::default()
                },
            )
            .lying_at(base_m, !has_ground)
            .in_system(traits.systems.get(&layer.id).cloned()),
            decoding: HashSet::default(),
            pieces: HashMap::default(),
            tables: HashMap::default(),
            stand,
            dressed: layer.kind == LayerKind::Models || traits.styles.contains_key(&layer.id),
            waiting: 1,
            failed: 0,
            bytes: 0,
            needed_bytes: 0,
            fading: false,
            laid: HashMap::default(),
            told: 0,
            visible: HashSet::default(),
            kept: Kept::default(),
        });
    }
}

/// Gives arrived bytes to the engines (tilesets, subtrees) or to the workers (contents).
fn hand_over_bytes(
    scene: Res<Scene>,
    traits: Res<LayerTraits>,
    mut requests: ResMut<Requests>,
    mut streams: ResMut<Streams>,
    mut workshop: ResMut<Workshop>,
) {
    for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::Tile { .. } | Purpose::Part { .. })) {
        let (layer, request, tile, wanted) = match purpose {
            Purpose::Tile { layer, request, tile, wanted } => (layer, request, tile, wanted),
            Purpose::Part { layer, request, uri } => {
                let Some(stream) = streams.layers.get_mut(layer) else { continue };
                if let Some(fault) = workshop.part(layer, request, uri, body) {
                    stream.decoding.remove(&request);
                    stream.engine.deliver(request, Err(fault));
                }
                continue;
            }
            _ => continue,
        };
        let Streams { layers, ground, .. } = &mut *streams;
        let (Some(stream), Some(of)) = (layers.get_mut(layer), scene.manifest.layers.get(layer)) else { continue };
        match (wanted, body) {
            (_, Err(fault)) => {
                let text = fault.to_string();
                let fault = match fault {
                    IoFault::NotFound(_) => FetchFault::Absent(text),
                    fault if fault.is_passing() => FetchFault::Passing(text),
                    _ => FetchFault::Lasting(text),
                };
                stream.engine.deliver(request, Err(fault));
            }
            (Wanted::Content, Ok(bytes)) => {
                if let Some(placement) = stream.engine.placement(tile) {
                    stream.decoding.insert(request);
                    let wish = Wish {
                        ecef_from_tile: placement.ecef_from_tile,
                        stand: stream.stand.clone(),
                        pictured: of.kind == LayerKind::Terrain && !scene.manifest.imagery.is_empty(),
                        dressed: stream.dressed.then(|| placement.path.clone()),
                        style: traits.styles.get(&of.id).cloned(),
                        under: placement.plot.as_ref().filter(|plot| plot.lies_on_ground()).map(|plot| ground.under(plot)),
                        plot: placement.plot,
                        block: placement.block,
                        z_is_up: placement.z_is_up,
                    };
                    if let Some(plot) = &wish.plot {
                        stream.kept.keep(&placement.path, plot.span, &bytes);
                    }
                    workshop.add(Job { layer, request, tile, path: placement.path, wish, bytes, files: default(), rounds: 0 });
                }
            }
            (_, Ok(bytes)) => stream.engine.deliver(request, Ok(Delivery::Bytes(bytes))),
        }
    }
}

/// Hands over what the workers have made, within the budget of a frame.
fn upload(
    time: Res<Time>,
    mut hands: Hands,
    mut workshop: ResMut<Workshop>,
    mut streams: ResMut<Streams>,
    mut resident: ResMut<Resident>,
    mut meter: ResMut<Meter>,
    mut requests: ResMut<Requests>,
    mut facts: ResMut<SceneFacts>,
) {
    let mut spent = 0;
    let room = UPLOAD_BYTES_PER_FRAME.max((UPLOAD_BYTES_PER_S * f64::from(time.delta_secs())) as u64);
    // Unpacking and copying take time as well: the first always goes, the next ones while there is some left.
    let clock = Clock::start();
    while spent < room
        && (spent == 0 || clock.seconds() < upload_budget_s(time.delta_secs()))
        && let Some(Decoded { layer: index, request, tile: id, outcome }) = workshop.take(hands.scene.state.language)
    {
        let (Some(stream), Some(layer)) = (streams.layers.get_mut(index), resident.layers.get_mut(index))
        else {
            continue;
        };
        if !stream.decoding.contains(&request) {
            continue;
        }
        if let Outcome::Missing(missing, job) = outcome {
            workshop.wait_for(missing, *job, &stream.folder, &mut requests);
            continue;
        }
        stream.decoding.remove(&request);
        let mut loaded = match outcome {
            Outcome::Tile(loaded, told) => {
                for Told(text) in told {
                    facts.fault("error-tile-part", format!("{}{text}", stream.folder));
                }
                *loaded
            }
            Outcome::Tileset(bytes) => {
                stream.engine.deliver(request, Ok(Delivery::Bytes(bytes)));
                continue;
            }
            Outcome::Unusable(text) => {
                stream.engine.deliver(request, Err(FetchFault::Lasting(text)));
                continue;
            }
            Outcome::Missing(..) => continue,
        };
        spent += loaded.bytes;
        meter.uploaded += 1;
        laid::keep(stream, id, &mut loaded);
        let bytes = loaded.bytes;
        let delivery = match loaded.ground {
            Some(load::Told { heights_m, below, .. }) => Delivery::Ground { bytes, heights_m, below },
            None => Delivery::Content { bytes },
        };
        stream.engine.deliver(request, Ok(delivery));
        let tables: Vec<Handle<Image>> = loaded.table_images.into_iter().map(|image| hands.images.add(image)).collect();
        let own_pictures: Vec<Option<Handle<Image>>> =
            loaded.pictures.into_iter().map(|image| image.map(|image| hands.images.add(image))).collect();
        let of = Of { index, tile: id, layer: &layer.id, kind: layer.kind, dressed: stream.dressed, styled_translucent: loaded.styled_translucent };
        let (pieces, meshes): (Vec<Piece>, Vec<PickMesh>) =
            loaded.meshes.into_iter().map(|mesh| hands.spawn(&of, mesh, &tables, &own_pictures)).unzip();
        let tile = ResidentTile {
            shown: false,
            names: loaded.names,
            features: loaded.features,
            hidden: loaded.hidden,
            meshes,
            tables: loaded.tables,
            about: stream.engine.about(id).map_or_else(Vec::new, About::columns),
            apart_m: loaded.apart_m,
        };
        layer.tiles.insert(id, tile);
        stream.tables.insert(id, tables);
        if let Some(old) = stream.pieces.insert(id, pieces) {
            despawn(&mut hands.commands, old);
        }
    }
}

/// After the anchor has moved every tile is placed anew, from f64.
fn place_again(anchor: Res<Anchor>, streams: Res<Streams>, mut transforms: Query<&mut Transform, With<TilePiece>>) {
    if !anchor.is_changed() || anchor.is_added() {
        return;
    }
    for piece in streams.layers.iter().flat_map(|layer| layer.pieces.values()).flatten() {
        if let Ok(mut transform) = transforms.get_mut(piece.entity) {
            *transform = anchor.transform(piece.ecef_from_mesh);
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the one place where engines, requests and entities meet")]
fn stream(
    mut commands: Commands,
    scene: Res<Scene>,
    eye: Res<EyePlace>,
    time: Res<Time<Real>>,
    mut asked: MessageReader<ViewCommand>,
    (budget, cost): (Res<StreamBudget>, Res<Cost>),
    mut streams: ResMut<Streams>,
    mut resident: ResMut<Resident>,
    mut requests: ResMut<Requests>,
    mut workshop: ResMut<Workshop>,
    mut pieces: Query<(&mut Visibility, &mut MeshTag, &mut MeshMaterial3d<TileMaterial>), With<TilePiece>>,
    waits: (Res<PicturesWaiting>, Res<ValuesWaiting>, Res<MachinesWaiting>, Res<RoofsWaiting>),
    mut facts: ResMut<SceneFacts>,
    mut meter: ResMut<Meter>,
) {
    let Some(view) = &eye.view else { return };
    meter.screen_space_error = 0.0;
    let (streams, resident) = (&mut *streams, &mut *resident);
    streams.frame += 1;
    let mut progress = super::vocab::Progress::default();
    let mut fading = false;
    let frame_s = f64::from(time.delta_secs()).max(0.005);
    resident.year = Some(scene.state.year);
    if resident.filters != scene.state.filters {
        resident.filters.clone_from(&scene.state.filters);
    }
    // A server that was away may be back: what failed is asked for again when a person says so, and now and then by itself, but not before
    // everything else has been tried: below a tile that failed there may be more that will, level after level, and the picture would never settle.
    streams.since_again_s += if facts.progress.complete { frame_s } else { 0.0 };
    let failed = streams.layers.iter().any(|layer| layer.failed > 0);
    let again = asked.read().any(|command| command.0 == Command::TryAgain) || failed && streams.since_again_s >= AGAIN_S;
    if again {
        streams.since_again_s = 0.0;
    }
    let needs: Vec<u64> = streams.layers.iter().map(|layer| layer.needed_bytes).collect();
    let shares = shares(budget.max_bytes, &needs);
    for (index, ((layer, held), share)) in streams.layers.iter_mut().zip(&mut resident.layers).zip(shares).enumerate() {
        let sheer = scene.state.underground && covers_networks(held);
        let casts = matches!(held.kind, LayerKind::Buildings | LayerKind::Trees);
        // A hidden layer is one that nobody looks at: it asks for nothing and gives way when others need its room.
        let (views, fade_frames) = match scene.is_hidden(&held.id) {
            true => (Vec::new(), 0),
            false => (vec![if casts { widened(view) } else { view.clone() }], frames(budget.fade_s, frame_s)),
        };
        if again {
            layer.engine.try_again();
        }
        let settings = layer.engine.settings_mut();
        settings.fade_frames = fade_frames;
        settings.retry_frames = frames(RETRY_S, frame_s);
        settings.max_bytes = share;
        settings.screen_space_error = budget.screen_space_error * cost.error;
        let update = layer.engine.update(&views, streams.frame);
        for request in &update.cancel {
            layer.decoding.remove(request);
        }
        if !update.cancel.is_empty() {
            workshop.cancel(index, &update.cancel);
            requests.cancel(|purpose| match purpose {
                Purpose::Tile { layer, request, .. } | Purpose::Part { layer, request, .. } => *layer == index && update.cancel.contains(request),
                _ => false,
            });
        }
        for fetch in update.fetch {
            meter.requests += 1;
            let purpose = Purpose::Tile { layer: index, request: fetch.id, tile: fetch.tile, wanted: fetch.wanted };
            // Several pieces of ground may be cut from one tile.
            if let Some(bytes) = layer.kept.get(&fetch.path, fetch.span) {
                requests.have(purpose, bytes);
                continue;
            }
            let part = fetch.span.map(|span| Part { offset: span.offset, length: span.length });
            let path = if paths::address(&fetch.path).is_some() { fetch.path } else { format!("{}{}", layer.folder, fetch.path) };
            // A layer may lie elsewhere as a whole.
            if paths::address(&path).is_some() || part.is_some() {
                requests.ask_part(&path, part, purpose);
            } else {
                requests.ask(&path, purpose);
            }
        }
        for id in update.evict {
            layer.visible.remove(&id);
            held.tiles.remove(&id);
            layer.tables.remove(&id);
            layer.laid.remove(&id);
            if let Some(pieces) = layer.pieces.remove(&id) {
                despawn(&mut commands, pieces);
            }
        }
        let opacity: HashMap<TileId, f32> = update.fade.iter().map(|fade| (fade.tile, fade.opacity)).collect();
        let shown: HashSet<TileId> = update.show.iter().map(|show| show.tile).collect();
        for id in layer.visible.difference(&shown) {
            if let Some(tile) = held.tiles.get_mut(id) {
                tile.shown = false;
                show(layer.pieces.get(id), None, sheer, &mut pieces);
            }
        }
        for id in &shown {
            if let Some(tile) = held.tiles.get_mut(id) {
                tile.shown = true;
                let opacity = opacity.get(id).copied().unwrap_or(1.0);
                show(layer.pieces.get(id), Some(opacity), sheer, &mut pieces);
                if matches!(held.kind, LayerKind::Buildings | LayerKind::Models) {
                    progress.features += tile.features;
                }
            }
        }
        layer.visible = shown;
        let findings = layer.engine.report().findings();
        for finding in findings.iter().skip(layer.told) {
            if finding.code == "tile-fetch-failed" {
                // The data are as they were; nobody has to import anything again.
                facts.fault(CONNECTION, "");
            } else if finding.severity == Severity::Error {
                let (key, what) = match layer.dressed {
                    true => ("error-tile-part", told(finding, scene.state.language)),
                    false => ("error-tile-unreadable", finding.value.clone()),
                };
                facts.fault(key, format!("{}{}: {what}", layer.folder, finding.file));
            }
        }
        layer.told = findings.len();
        layer.waiting = update.stats.waiting;
        layer.failed = update.stats.failed;
        layer.bytes = update.stats.resident_bytes;
        layer.needed_bytes = update.stats.needed_bytes;
        layer.fading = !update.fade.is_empty();
        progress.waiting += layer.waiting;
        progress.failed += layer.failed;
        progress.shown += update.stats.shown;
        progress.resident_bytes += layer.bytes;
        if !views.is_empty() {
            meter.screen_space_error = meter.screen_space_error.max(update.stats.screen_space_error);
        }
        fading |= layer.fading;
    }
    // Who waits for a picture sees that it goes on.
    progress.waiting += laid::unlaid(streams, resident, &scene);
    progress.pending = progress.waiting + workshop.pending() + streams.restyling + requests.waiting() + waits.0.0 + waits.1.0 + waits.2.0 + waits.3.0;
    progress.complete = progress.waiting == 0
        && workshop.is_idle()
        && streams.restyling == 0
        && requests.waiting() == 0
        && waits.0.0 == 0
        && waits.1.0 == 0
        && waits.2.0 == 0
        && waits.3.0 == 0
        && !fading;
    if progress.complete && progress.failed == 0 && facts.faults.iter().any(|fault| fault.key == CONNECTION) {
        facts.forget(CONNECTION);
    }
    // A foreign tileset of which nothing can be seen says so; ours is never empty where its view looks.
    let alone = scene.manifest.layers.iter().all(|layer| layer.id.as_str() == super::foreign::LAYER);
    // Warnings are written down and not shown: they do not say why there is nothing.
    let foreign = streams.layers.iter().all(|layer| (layer.dressed || alone) && !layer.engine.report().has_errors());
    if progress.complete && progress.shown == 0 && foreign && !streams.blank_told && facts.faults.is_empty() {
        streams.blank_told = true;
        facts.fault("error-tileset-empty", scene.manifest.name.fr.clone());
    }
    if facts.progress != progress {
        facts.progress = progress;
    }
}

/// What a finding of an engine says; one without a sentence of its own speaks by its value.
fn told(finding: &Finding, language: Language) -> String {
    if finding.code == "tile-unusable" {
        return finding.value.clone();
    }
    let (fr, en) = crate::formats::messages::message(finding);
    match language {
        Language::Fr => fr,
        Language::En => en,
    }
}

/// The same view with its sides moved outwards.
fn widened(view: &View) -> View {
    let mut view = view.clone();
    for (_, d) in &mut view.frustum {
        *d += SHADOW_MARGIN_M;
    }
    view
}

fn show(
    drawn: Option<&Vec<Piece>>,
    opacity: Option<f32>,
    sheer: bool,
    pieces: &mut Query<(&mut Visibility, &mut MeshTag, &mut MeshMaterial3d<TileMaterial>), With<TilePiece>>,
) {
    for piece in drawn.into_iter().flatten() {
        let Ok((mut visibility, mut tag, mut material)) = pieces.get_mut(piece.entity) else { continue };
        let wanted = if opacity.is_some() { Visibility::Visible } else { Visibility::Hidden };
        visibility.set_if_neq(wanted);
        let byte = (opacity.unwrap_or(1.0).clamp(0.0, 1.0) * 255.0).round() as u32;
        tag.set_if_neq(MeshTag(byte));
        let handle = if byte < 255 || sheer { &piece.fading } else { &piece.solid };
        if material.0 != *handle {
            material.0 = handle.clone();
        }
    }
}

fn despawn(commands: &mut Commands, pieces: Vec<Piece>) {
    for piece in pieces {
        commands.entity(piece.entity).try_despawn();
    }
}

