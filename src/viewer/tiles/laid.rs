//! Vectors of a pyramid on the ground that is shown: laid anew when it changes.
//!
//! Reads: which tiles of ground are visible, [`Scene`] (hidden layers). Writes: pieces and names of tiles of vectors, their place in [`Resident`].
//! What is drawn of a tile stays in memory before it lies anywhere, so nothing is fetched or read again; laying is done off the main thread, and a
//! tile stays as it lies until it lies anew.

use super::load::{LaidOn, LoadedTile, Relaid};
use super::spawn::{Hands, Of};
use super::{DECODE_BUDGET_S, MOST_DECODE_S, Streams, despawn, upload_budget_s};
use crate::formats::territory::LayerKind;
use crate::io::Clock;
use crate::stream::TileId;
use crate::stream::ground::{Patch, Plot};
use crate::viewer::platform;
use crate::viewer::resident::{PickMesh, Resident};
use crate::viewer::vocab::Scene;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use std::sync::Arc;

/// Main-thread time in one frame for learning where new ground lies, seconds.
const LEARN_BUDGET_S: f64 = 0.002;

/// The ground that vectors lie on.
#[derive(Default)]
pub(super) struct GroundShown {
    /// Somebody lies on it.
    wanted: bool,
    /// What is visible, in order.
    tiles: Vec<(usize, TileId)>,
    patches: HashMap<(usize, TileId), Vec<Arc<Patch>>>,
    /// Counts its changes.
    version: u64,
    /// A person has hidden all of it.
    hidden: bool,
}

/// What a tile of vectors lies on.
#[derive(Clone, Debug)]
pub struct Under {
    /// Tells one ground from another.
    pub key: u64,
    /// None where the ground is hidden: then it lies flat.
    pub patches: Option<Vec<Arc<Patch>>>,
}

/// A tile of vectors in memory.
pub(super) struct Lying {
    laid: LaidOn,
    plot: Plot,
    /// The version of the ground that it was last compared with.
    checked: u64,
    busy: bool,
}

impl Lying {
    pub fn new(laid: LaidOn, plot: Plot) -> Self {
        Self { laid, plot, checked: 0, busy: false }
    }
}

impl GroundShown {
    /// What lies under a tile.
    pub fn under(&mut self, plot: &Plot) -> Under {
        self.wanted = true;
        let mut key = Fnv::default();
        if self.hidden {
            return Under { key: key.0, patches: None };
        }
        let mut found = Vec::new();
        for place in &self.tiles {
            for patch in self.patches.get(place).into_iter().flatten().filter(|patch| patch.meets(plot)) {
                key.add(place.0 as u64);
                key.add(u64::from(place.1.0));
                found.push(Arc::clone(patch));
            }
        }
        // Ground of which nothing is there is not ground that is hidden.
        key.add(1);
        Under { key: key.0, patches: Some(found) }
    }
}

/// FNV-1a.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, number: u64) {
        for byte in number.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}

/// Looks at what is visible after a frame's decisions: how many tiles of vectors do not lie on it yet.
pub(super) fn unlaid(streams: &mut Streams, resident: &Resident, scene: &Scene) -> usize {
    let Streams { layers, ground, .. } = streams;
    if !ground.wanted {
        return 0;
    }
    let is_of = |index: usize, kinds: &[LayerKind]| resident.layers.get(index).is_some_and(|held| kinds.contains(&held.kind));
    // Surfaces of water cover the ground: what lies on the bed of a lake would be seen by nobody.
    let is_ground = |index: usize| is_of(index, &[LayerKind::Terrain, LayerKind::Water]);
    let shown = |index: usize| resident.layers.get(index).is_some_and(|held| !scene.is_hidden(&held.id));
    let hidden = !(0..layers.len()).any(|index| is_of(index, &[LayerKind::Terrain]) && shown(index));
    // While ground changes slowly into other ground, both are visible: what lies on it waits for the end.
    let fading = layers.iter().enumerate().any(|(index, layer)| is_ground(index) && layer.fading);
    let mut unknown = 0;
    if !fading || ground.tiles.is_empty() || hidden != ground.hidden {
        let mut now: Vec<(usize, TileId)> = Vec::with_capacity(ground.tiles.len());
        for (index, layer) in layers.iter().enumerate().filter(|(index, _)| is_ground(*index)) {
            now.extend(layer.visible.iter().map(|tile| (index, *tile)));
        }
        now.sort_unstable();
        let clock = Clock::start();
        for (index, tile) in &now {
            if ground.patches.contains_key(&(*index, *tile)) {
                continue;
            }
            // One at least, or it would never come to an end.
            if unknown > 0 || clock.seconds() > LEARN_BUDGET_S {
                unknown += 1;
                continue;
            }
            let meshes = resident.layers.get(*index).and_then(|layer| layer.tiles.get(tile)).map(|tile| &tile.meshes);
            let is_water = is_of(*index, &[LayerKind::Water]);
            let patch = |mesh: &PickMesh| {
                let patch = Patch::new(Arc::clone(&mesh.bvh), mesh.ecef_from_mesh);
                Arc::new(if is_water { patch.of_water() } else { patch })
            };
            let patches: Vec<Arc<Patch>> = meshes.into_iter().flatten().map(patch).collect();
            if let Some(layer) = layers.get_mut(*index) {
                layer.engine.costs_more(*tile, patches.iter().map(|patch| patch.bytes()).sum());
            }
            ground.patches.insert((*index, *tile), patches);
        }
        if unknown == 0 && (now != ground.tiles || hidden != ground.hidden) {
            ground.version += 1;
            (ground.tiles, ground.hidden) = (now, hidden);
            let alive = |index: usize, tile: &TileId| resident.layers.get(index).is_some_and(|layer| layer.tiles.contains_key(tile));
            ground.patches.retain(|(index, tile), _| alive(*index, tile));
        }
    }
    let mut unlaid = unknown;
    for layer in layers.iter_mut() {
        for id in &layer.visible {
            let Some(lying) = layer.laid.get_mut(id) else { continue };
            if lying.checked == ground.version {
                continue;
            }
            if ground.under(&lying.plot).key == lying.laid.key {
                lying.checked = ground.version;
            } else {
                unlaid += 1;
            }
        }
    }
    unlaid
}

/// A tile that lies anew.
pub(super) struct Done {
    layer: usize,
    tile: TileId,
    relaid: Relaid,
}

/// The way back from the workers.
pub(super) struct Errands {
    sender: async_channel::Sender<Done>,
    receiver: async_channel::Receiver<Done>,
    busy: usize,
}

impl Default for Errands {
    fn default() -> Self {
        let (sender, receiver) = async_channel::unbounded();
        Self { sender, receiver, busy: 0 }
    }
}

/// Hands over what lies anew, and has laid what does not lie as it should.
pub(super) fn lay(time: Res<Time>, mut hands: Hands, mut streams: ResMut<Streams>, mut resident: ResMut<Resident>, mut errands: Local<Errands>) {
    let clock = Clock::start();
    let budget_s = upload_budget_s(time.delta_secs());
    let mut taken = 0;
    while (taken == 0 || clock.seconds() < budget_s)
        && let Ok(done) = errands.receiver.try_recv()
    {
        taken += 1;
        errands.busy = errands.busy.saturating_sub(1);
        put(done, &mut hands, &mut streams, &mut resident);
    }
    let clock = Clock::start();
    let budget_s = (0.25 * f64::from(time.delta_secs())).clamp(DECODE_BUDGET_S, MOST_DECODE_S);
    let Streams { layers, ground, .. } = &mut *streams;
    for (index, layer) in layers.iter_mut().enumerate() {
        for id in &layer.visible {
            if errands.busy >= platform::DECODES_AT_ONCE || clock.seconds() > budget_s {
                return;
            }
            let Some(lying) = layer.laid.get_mut(id).filter(|lying| !lying.busy && lying.checked != ground.version) else { continue };
            let under = ground.under(&lying.plot);
            if under.key == lying.laid.key {
                continue;
            }
            lying.busy = true;
            errands.busy += 1;
            let (sender, laid, plot, tile) = (errands.sender.clone(), lying.laid.clone(), lying.plot.clone(), *id);
            platform::decode(move || {
                let relaid = Relaid::of(&laid, &plot, &under);
                // A closed channel means that nobody waits any more.
                let _ = sender.try_send(Done { layer: index, tile, relaid });
            });
        }
    }
}

/// In the place of what lay there; what has gone meanwhile is left.
fn put(done: Done, hands: &mut Hands, streams: &mut Streams, resident: &mut Resident) {
    let Done { layer: index, tile: id, relaid } = done;
    let (Some(stream), Some(layer)) = (streams.layers.get_mut(index), resident.layers.get_mut(index)) else { return };
    let (Some(lying), Some(tile)) = (stream.laid.get_mut(&id), layer.tiles.get_mut(&id)) else { return };
    lying.busy = false;
    lying.laid.key = relaid.key;
    let of = Of { index, tile: id, layer: &layer.id, kind: layer.kind, dressed: stream.dressed, styled_translucent: false };
    let tables = stream.tables.get(&id).map(Vec::as_slice).unwrap_or_default();
    let (pieces, meshes): (Vec<_>, Vec<_>) = relaid.meshes.into_iter().map(|mesh| hands.spawn(&of, mesh, tables, &[])).unzip();
    (tile.meshes, tile.names) = (meshes, relaid.names);
    if let Some(old) = stream.pieces.insert(id, pieces) {
        despawn(&mut hands.commands, old);
    }
    stream.engine.remade(id, relaid.bytes, relaid.heights_m);
}

/// What becomes of a tile of vectors that has just been read.
pub(super) fn keep(streams: &mut super::LayerStream, id: TileId, loaded: &mut LoadedTile) {
    let laid = loaded.ground.as_mut().and_then(|told| told.laid.take());
    let plot = streams.engine.placement(id).and_then(|placement| placement.plot);
    if let (Some(laid), Some(plot)) = (laid, plot) {
        streams.laid.insert(id, Lying::new(laid, plot));
    }
}
