//! New looks for features that are in memory already: when a style changes, only the small textures of their tables are written anew.
//!
//! Reads: [`LayerTraits`]. Writes: textures of tables, keys of materials, what of [`Resident`] is hidden.

use super::{Streams, dress};
use crate::base::LayerId;
use crate::formats::territory::LayerKind;
use crate::stream::TileId;
use crate::viewer::material::TileMaterial;
use crate::viewer::resident::Resident;
use crate::viewer::textures::{demand_record, table_image, table_records};
use crate::viewer::vocab::LayerTraits;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use std::collections::VecDeque;

/// Features that get a new look in one frame; a larger tile goes alone.
const ROWS_PER_FRAME: usize = 20_000;

/// Tiles that still look the old way.
#[derive(Default)]
pub(super) struct Pending(VecDeque<(usize, TileId)>);

pub(super) fn restyle(
    traits: Res<LayerTraits>,
    mut streams: ResMut<Streams>,
    mut resident: ResMut<Resident>,
    mut images: ResMut<Assets<Image>>,
    mut materials: ResMut<Assets<TileMaterial>>,
    mut pending: Local<Pending>,
    mut worn: Local<HashMap<LayerId, usize>>,
) {
    if traits.is_changed() {
        for (index, layer) in resident.layers.iter().enumerate() {
            // Styles never change in place: another one lies at another address.
            let address = traits.styles.get(&layer.id).map(|style| std::sync::Arc::as_ptr(style) as usize);
            if worn.get(&layer.id).copied() == address {
                continue;
            }
            match address {
                Some(address) => worn.insert(layer.id.clone(), address),
                None => worn.remove(&layer.id),
            };
            if let Some(stream) = streams.layers.get_mut(index) {
                stream.dressed = layer.kind == LayerKind::Models || address.is_some();
            }
            pending.0.retain(|(of, _)| *of != index);
            pending.0.extend(layer.tiles.keys().map(|tile| (index, *tile)));
        }
    }
    let mut rows = 0;
    while rows < ROWS_PER_FRAME
        && let Some((index, id)) = pending.0.pop_front()
    {
        let (Some(layer), Some(stream)) = (resident.layers.get(index), streams.layers.get(index)) else { continue };
        let Some(tile) = layer.tiles.get(&id) else { continue };
        let style = traits.styles.get(&layer.id).map(AsRef::as_ref);
        let mut translucent = vec![false; tile.tables.len()];
        let mut hidden = Vec::with_capacity(tile.tables.len());
        let handles = stream.tables.get(&id).map(Vec::as_slice).unwrap_or_default();
        for ((table, handle), translucent) in tile.tables.iter().zip(handles).zip(&mut translucent) {
            rows += table.count;
            let image = match stream.dressed {
                true => {
                    let (records, see_through) = dress::records(table, style, tile.apart_m);
                    *translucent = see_through;
                    hidden.push(dress::hidden(&records));
                    table_image(&records)
                }
                false => table_image(&table_records(table, &|row| demand_record(table, row))),
            };
            // The same handle: who binds it binds the new one.
            let _ = images.insert(handle.id(), image);
        }
        if let Some(tile) = resident.layers.get_mut(index).and_then(|layer| layer.tiles.get_mut(&id)) {
            tile.hidden = hidden;
        }
        for piece in stream.pieces.get(&id).into_iter().flatten() {
            let see_through = piece.table.and_then(|table| translucent.get(table)).copied().unwrap_or(false);
            for handle in [&piece.solid, &piece.fading] {
                if let Some(mut material) = materials.get_mut(handle) {
                    material.key.styled = stream.dressed && piece.table.is_some();
                    material.key.translucent = piece.translucent || see_through && material.key.cutoff == 0;
                }
            }
        }
    }
    if streams.restyling != pending.0.len() {
        streams.restyling = pending.0.len();
    }
}
