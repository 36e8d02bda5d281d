//! Streams the layers of a territory: one engine each, bytes in, entities out.
//!
//! Reads: [`Scene`] (layers, hidden ones), [`EyePlace`], arrivals. Writes: tile entities, [`Resident`], progress.
//! The engine decides; this plugin fetches, decodes off the main thread, uploads within a budget, shows and drops.

pub mod load;

use super::anchor::Anchor;
use super::material::{EmptyTextures, Profiles, SurfacePlugin, TileKey, TileMaterial};
use super::platform;
use super::requests::{Purpose, Requests};
use super::resident::{PickMesh, Resident, ResidentLayer, ResidentTile};
use super::vocab::{EyePlace, Ground, PicturesWaiting, Scene, SceneFacts, TilePiece, ViewCommand, ViewerSystems};
use crate::base::Severity;
use crate::formats::territory::LayerKind;
use crate::io::Clock;
use crate::view::{Command, Theme};
use crate::stream::parcel;
use crate::stream::{Delivery, Engine, FetchFault, FrameNo, RequestId, Settings, TileId, View, Wanted, shares};
use bevy::light::NotShadowCaster;
use bevy::mesh::MeshTag;
use bevy::platform::collections::{HashMap, HashSet};
use bevy::prelude::*;
use glam::DMat4;
use load::LoadedTile;

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
}

/// One layer in the stream; its tiles in memory are in [`Resident`], at the same place.
struct LayerStream {
    folder: String,
    engine: Engine,
    decoding: HashSet<RequestId>,
    /// What each tile in memory is drawn with.
    pieces: HashMap<TileId, Vec<Piece>>,
    waiting: usize,
    failed: usize,
    bytes: u64,
    /// What the picture needs of this layer, for its share of the memory.
    needed_bytes: u64,
    fading: bool,
    /// Findings of the engine that have been told.
    told: usize,
    /// Tiles whose entities are visible.
    visible: HashSet<TileId>,
}

/// All layers, in the manifest's order.
#[derive(Resource, Default)]
struct Streams {
    layers: Vec<LayerStream>,
    frame: FrameNo,
    /// Time since everything that failed was last asked for again, seconds.
    since_again_s: f64,
}

/// A content back from the workers.
struct Decoded {
    layer: usize,
    request: RequestId,
    tile: TileId,
    result: Result<LoadedTile, String>,
}

#[derive(Resource)]
struct Workshop {
    sender: async_channel::Sender<Decoded>,
    receiver: async_channel::Receiver<Decoded>,
    /// Contents that wait for a worker: `(layer, request, tile, placement, bytes)`.
    queue: std::collections::VecDeque<(usize, RequestId, TileId, DMat4, Vec<u8>)>,
    busy: usize,
    /// Contents in the workers of a page, by ticket.
    apart: HashMap<u64, Apart>,
    next_ticket: u64,
    /// What those workers have brought and nobody has unpacked.
    brought: std::collections::VecDeque<(Apart, platform::Outcome)>,
}

/// What has to be known of a content when it comes back from a worker that shares no memory.
struct Apart {
    layer: usize,
    request: RequestId,
    tile: TileId,
    placement: DMat4,
    pictured: bool,
}

impl Workshop {
    /// The next content that is ready to be handed to the graphics card.
    fn next(&mut self) -> Option<Decoded> {
        if let Ok(decoded) = self.receiver.try_recv() {
            return Some(decoded);
        }
        for (ticket, outcome) in platform::decoded_apart() {
            if let Some(apart) = self.apart.remove(&ticket) {
                self.brought.push_back((apart, outcome));
            }
        }
        let (Apart { layer, request, tile, placement, pictured }, outcome) = self.brought.pop_front()?;
        let result = match outcome {
            platform::Outcome::Parcel(parcel) => parcel::unpack(&parcel).map(LoadedTile::of).ok_or_else(|| "a parcel that is not whole".to_owned()),
            platform::Outcome::Fault(text) => Err(text),
            platform::Outcome::Lost(bytes) => decode(&bytes, placement, pictured),
        };
        Some(Decoded { layer, request, tile, result })
    }

    /// Forgets a content that waits in a worker.
    fn cancel(&mut self, layer: usize, request: RequestId) {
        let ticket = self.apart.iter().find(|(_, apart)| apart.layer == layer && apart.request == request).map(|(ticket, _)| *ticket);
        if let Some(ticket) = ticket.filter(|ticket| platform::cancel_apart(*ticket)) {
            self.apart.remove(&ticket);
            self.busy = self.busy.saturating_sub(1);
        }
    }
}

fn decode(bytes: &[u8], placement: DMat4, pictured: bool) -> Result<LoadedTile, String> {
    crate::formats::gltf::read::glb(bytes).map(|content| load::load(content, placement, pictured)).map_err(|fault| fault.to_string())
}

impl Default for Workshop {
    fn default() -> Self {
        let (sender, receiver) = async_channel::unbounded();
        Self {
            sender,
            receiver,
            queue: Default::default(),
            busy: 0,
            apart: HashMap::default(),
            next_ticket: 0,
            brought: Default::default(),
        }
    }
}

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
            .init_resource::<StreamBudget>()
            .init_resource::<Meter>()
            .add_systems(
                Update,
                (begin_work, start_layers, hand_over_bytes, place_again, (start_decoding, upload, stream).chain(), end_work)
                    .chain()
                    .in_set(ViewerSystems::Stream)
                    .run_if(resource_exists::<Scene>.and_then(resource_exists::<Anchor>)),
            );
    }
}

fn start_layers(
    scene: Res<Scene>,
    budget: Res<StreamBudget>,
    mut streams: ResMut<Streams>,
    mut resident: ResMut<Resident>,
) {
    if !resident.layers.is_empty() || scene.manifest.layers.is_empty() {
        return;
    }
    for layer in &scene.manifest.layers {
        let (folder, root) = layer
            .tileset
            .rsplit_once('/')
            .unwrap_or(("", layer.tileset.as_str()));
        resident.layers.push(ResidentLayer { id: layer.id.clone(), kind: layer.kind, tiles: HashMap::default() });
        streams.layers.push(LayerStream {
            folder: if folder.is_empty() { String::new() } else { format!("{folder}/") },
            engine: Engine::new(
                root,
                Settings {
                    screen_space_error: budget.screen_space_error,
                    max_bytes: budget.max_bytes,
                    fade_frames: 0,
                    ..Settings::default()
                },
            ),
            decoding: HashSet::default(),
            pieces: HashMap::default(),
            waiting: 1,
            failed: 0,
            bytes: 0,
            needed_bytes: 0,
            fading: false,
            told: 0,
            visible: HashSet::default(),
        });
    }
}

/// Gives arrived bytes to the engines (tilesets, subtrees) or to the workers (contents).
fn hand_over_bytes(mut requests: ResMut<Requests>, mut streams: ResMut<Streams>, mut workshop: ResMut<Workshop>) {
    for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::Tile { .. })) {
        let Purpose::Tile { layer, request, tile, wanted } = purpose else { continue };
        let Some(stream) = streams.layers.get_mut(layer) else { continue };
        match (wanted, body) {
            (_, Err(fault)) => {
                let text = fault.to_string();
                let fault = if fault.is_passing() { FetchFault::Passing(text) } else { FetchFault::Lasting(text) };
                stream.engine.deliver(request, Err(fault));
            }
            (Wanted::Content, Ok(bytes)) => {
                if let Some(placement) = stream.engine.placement(tile) {
                    stream.decoding.insert(request);
                    workshop.queue.push_back((layer, request, tile, placement.ecef_from_tile, bytes));
                }
            }
            (_, Ok(bytes)) => stream.engine.deliver(request, Ok(Delivery::Bytes(bytes))),
        }
    }
}

/// What is decoded first: the land and what is built on it, then what lies on it, trees last. A wooded plain is no picture of a town.
fn turn(kind: LayerKind) -> u8 {
    match kind {
        LayerKind::Terrain | LayerKind::Water | LayerKind::Buildings => 0,
        LayerKind::Trees => 2,
        _ => 1,
    }
}

fn start_decoding(time: Res<Time>, scene: Res<Scene>, mut workshop: ResMut<Workshop>, streams: Res<Streams>, resident: Res<Resident>) {
    let workshop = &mut *workshop;
    // Where decoding shares the main thread it may take this much of a frame: little of a quick one, a quarter of one that is slow anyway.
    let clock = Clock::start();
    let budget_s = (0.25 * f64::from(time.delta_secs())).clamp(DECODE_BUDGET_S, MOST_DECODE_S);
    let turn_of = |layer: usize| resident.layers.get(layer).map_or(0, |layer| turn(layer.kind));
    while workshop.busy < platform::DECODES_AT_ONCE && clock.seconds() < budget_s {
        // The first of several is the one that came first; the queue is as short as the requests that may be open.
        let next = workshop.queue.iter().enumerate().min_by_key(|(_, waiting)| turn_of(waiting.0)).map(|(at, _)| at);
        let Some((layer, request, tile, placement, bytes)) = next.and_then(|at| workshop.queue.remove(at)) else { break };
        let wanted = streams.layers.get(layer).is_some_and(|stream| stream.decoding.contains(&request));
        if !wanted {
            continue;
        }
        let is_ground = resident.layers.get(layer).is_some_and(|layer| layer.kind == LayerKind::Terrain);
        let pictured = is_ground && !scene.manifest.imagery.is_empty();
        workshop.next_ticket += 1;
        let Err(bytes) = platform::decode_apart(workshop.next_ticket, bytes, &placement, pictured) else {
            workshop.apart.insert(workshop.next_ticket, Apart { layer, request, tile, placement, pictured });
            workshop.busy += 1;
            continue;
        };
        if platform::has_workers() {
            // All of them have enough to do.
            workshop.queue.push_front((layer, request, tile, placement, bytes));
            break;
        }
        workshop.busy += 1;
        let sender = workshop.sender.clone();
        platform::decode(move || {
            let result = decode(&bytes, placement, pictured);
            // The receiver lives as long as the app; a closed channel means that nobody waits any more.
            let _ = sender.try_send(Decoded { layer, request, tile, result });
        });
    }
}

#[expect(clippy::too_many_arguments, reason = "assets of three kinds meet here and nowhere else")]
fn upload(
    mut commands: Commands,
    time: Res<Time>,
    mut workshop: ResMut<Workshop>,
    mut streams: ResMut<Streams>,
    mut resident: ResMut<Resident>,
    anchor: Res<Anchor>,
    mut meshes: ResMut<Assets<Mesh>>,
    mut images: ResMut<Assets<Image>>,
    mut materials: ResMut<Assets<TileMaterial>>,
    profiles: Res<Profiles>,
    empty: Res<EmptyTextures>,
    mut pictures: ResMut<PicturesWaiting>,
    mut meter: ResMut<Meter>,
) {
    let mut spent = 0;
    let room = UPLOAD_BYTES_PER_FRAME.max((UPLOAD_BYTES_PER_S * f64::from(time.delta_secs())) as u64);
    // Unpacking and copying take time as well: the first always goes, the next ones while there is some left.
    let clock = Clock::start();
    while spent < room
        && (spent == 0 || clock.seconds() < upload_budget_s(time.delta_secs()))
        && let Some(decoded) = workshop.next()
    {
        workshop.busy = workshop.busy.saturating_sub(1);
        let (Some(stream), Some(layer)) = (streams.layers.get_mut(decoded.layer), resident.layers.get_mut(decoded.layer))
        else {
            continue;
        };
        if !stream.decoding.remove(&decoded.request) {
            continue;
        }
        let loaded = match decoded.result {
            Ok(loaded) => loaded,
            Err(text) => {
                stream.engine.deliver(decoded.request, Err(FetchFault::Lasting(text)));
                continue;
            }
        };
        spent += loaded.bytes;
        meter.uploaded += 1;
        stream
            .engine
            .deliver(decoded.request, Ok(Delivery::Content { bytes: loaded.bytes }));
        let tables: Vec<Handle<Image>> = loaded.table_images.into_iter().map(|image| images.add(image)).collect();
        let mut tile = ResidentTile {
            shown: false,
            meshes: Vec::new(),
            tables: loaded.tables,
        };
        let mut pieces = Vec::new();
        for mesh in loaded.meshes {
            let table = mesh.table.and_then(|index| tables.get(index)).cloned();
            let key = TileKey {
                water: layer.kind == LayerKind::Water,
                // Only buildings answer to themes and selection so far; the rest keeps the cheaper pipeline.
                features: layer.kind == LayerKind::Buildings && table.is_some(),
                fading: false,
                double_sided: mesh.double_sided,
                translucent: mesh.translucent,
                picture: false,
            };
            let material = TileMaterial {
                key,
                table: Some(table.unwrap_or_else(|| empty.table.clone())),
                profiles: Some(profiles.0.clone().unwrap_or_else(|| empty.profiles.clone())),
                picture: Some(empty.picture.clone()),
                order: u16::try_from(decoded.layer).unwrap_or(u16::MAX),
            };
            let solid = materials.add(material.clone());
            let fading = materials.add(TileMaterial {
                key: TileKey { fading: true, ..key },
                ..material
            });
            let mut entity = commands.spawn((
                Mesh3d(meshes.add(mesh.mesh)),
                MeshMaterial3d(solid.clone()),
                anchor.transform(mesh.ecef_from_mesh),
                mesh.aabb,
                Visibility::Hidden,
                MeshTag(255),
                TilePiece { layer: layer.id.clone(), tile: decoded.tile },
            ));
            if !matches!(layer.kind, LayerKind::Buildings | LayerKind::Trees) {
                entity.insert(NotShadowCaster);
            }
            if let Some(rect) = mesh.rect {
                entity.insert(Ground { rect, solid: solid.clone(), fading: fading.clone() });
                pictures.0 += 1;
            }
            pieces.push(Piece {
                entity: entity.id(),
                ecef_from_mesh: mesh.ecef_from_mesh,
                solid,
                fading,
            });
            tile.meshes.push(PickMesh {
                ecef_from_mesh: mesh.ecef_from_mesh,
                bvh: mesh.bvh,
                feature_ids: mesh.feature_ids,
                table: mesh.table,
            });
        }
        layer.tiles.insert(decoded.tile, tile);
        if let Some(old) = stream.pieces.insert(decoded.tile, pieces) {
            despawn(&mut commands, old);
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
    time: Res<Time>,
    mut asked: MessageReader<ViewCommand>,
    budget: Res<StreamBudget>,
    mut streams: ResMut<Streams>,
    mut resident: ResMut<Resident>,
    mut requests: ResMut<Requests>,
    mut workshop: ResMut<Workshop>,
    mut pieces: Query<(&mut Visibility, &mut MeshTag, &mut MeshMaterial3d<TileMaterial>), With<TilePiece>>,
    pictures: Res<PicturesWaiting>,
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
    resident.year = (scene.state.theme == Theme::ConstructionYear).then_some(scene.state.year);
    // A server that was away may be back: what failed is asked for again when a person says so, and now and then by itself.
    streams.since_again_s += frame_s;
    let failed = streams.layers.iter().any(|layer| layer.failed > 0);
    let again = asked.read().any(|command| command.0 == Command::TryAgain) || failed && streams.since_again_s >= AGAIN_S;
    if again {
        streams.since_again_s = 0.0;
    }
    let needs: Vec<u64> = streams.layers.iter().map(|layer| layer.needed_bytes).collect();
    let shares = shares(budget.max_bytes, &needs);
    for (index, ((layer, held), share)) in streams.layers.iter_mut().zip(&mut resident.layers).zip(shares).enumerate() {
        let casts = matches!(held.kind, LayerKind::Buildings | LayerKind::Trees);
        // A hidden layer is one that nobody looks at: it asks for nothing and gives way when others need its room.
        let (views, fade_frames) = match scene.state.hidden.contains(&held.id) {
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
        let update = layer.engine.update(&views, streams.frame);
        for request in &update.cancel {
            layer.decoding.remove(request);
            workshop.cancel(index, *request);
        }
        if !update.cancel.is_empty() {
            requests.cancel(|purpose| {
                matches!(purpose, Purpose::Tile { layer, request, .. } if *layer == index && update.cancel.contains(request))
            });
        }
        for fetch in update.fetch {
            meter.requests += 1;
            requests.ask(
                &format!("{}{}", layer.folder, fetch.path),
                Purpose::Tile { layer: index, request: fetch.id, tile: fetch.tile, wanted: fetch.wanted },
            );
        }
        for id in update.evict {
            layer.visible.remove(&id);
            held.tiles.remove(&id);
            if let Some(pieces) = layer.pieces.remove(&id) {
                despawn(&mut commands, pieces);
            }
        }
        let opacity: HashMap<TileId, f32> = update.fade.iter().map(|fade| (fade.tile, fade.opacity)).collect();
        let shown: HashSet<TileId> = update.show.iter().map(|show| show.tile).collect();
        for id in layer.visible.difference(&shown) {
            if let Some(tile) = held.tiles.get_mut(id) {
                tile.shown = false;
                show(layer.pieces.get(id), None, &mut pieces);
            }
        }
        for id in &shown {
            if let Some(tile) = held.tiles.get_mut(id) {
                tile.shown = true;
                show(layer.pieces.get(id), Some(opacity.get(id).copied().unwrap_or(1.0)), &mut pieces);
                if held.kind == LayerKind::Buildings {
                    progress.features += tile.tables.iter().map(|table| table.count as u64).sum::<u64>();
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
                facts.fault("error-tile-unreadable", format!("{}{}: {}", layer.folder, finding.file, finding.value));
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
    progress.complete = progress.waiting == 0
        && workshop.busy == 0
        && workshop.queue.is_empty()
        && requests.waiting() == 0
        && pictures.0 == 0
        && !fading;
    if progress.complete && progress.failed == 0 && facts.faults.iter().any(|fault| fault.key == CONNECTION) {
        facts.forget(CONNECTION);
    }
    if facts.progress != progress {
        facts.progress = progress;
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
    pieces: &mut Query<(&mut Visibility, &mut MeshTag, &mut MeshMaterial3d<TileMaterial>), With<TilePiece>>,
) {
    for piece in drawn.into_iter().flatten() {
        let Ok((mut visibility, mut tag, mut material)) = pieces.get_mut(piece.entity) else { continue };
        let wanted = if opacity.is_some() { Visibility::Visible } else { Visibility::Hidden };
        visibility.set_if_neq(wanted);
        let byte = (opacity.unwrap_or(1.0).clamp(0.0, 1.0) * 255.0).round() as u32;
        tag.set_if_neq(MeshTag(byte));
        let handle = if byte < 255 { &piece.fading } else { &piece.solid };
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

