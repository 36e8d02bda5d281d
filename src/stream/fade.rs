//! Cross-fades between a tile and what replaces it.
//!
//! A tile that replaces another becomes opaque over some frames, while the other stays opaque below it and leaves when all its replacements are opaque.
//! A tile that replaces nothing is opaque at once: fading it in would be a hole.

use super::tree::Tree;
use super::{Fade, FrameNo, TileId};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub struct Fades {
    /// Selected tiles and the frame their fade began; `None` is opaque.
    selected: BTreeMap<TileId, Option<FrameNo>>,
    /// Opaque tiles no longer selected whose replacements are not opaque yet.
    leaving: Vec<TileId>,
}

impl Fades {
    /// Takes this frame's selection; returns what leaves slowly and what is not opaque yet.
    pub fn update(
        &mut self,
        tree: &Tree,
        chosen: &[TileId],
        in_view: impl Fn(TileId) -> bool,
        frame: FrameNo,
        fade_frames: u32,
    ) -> (Vec<TileId>, Vec<Fade>) {
        let opacity = |since: Option<FrameNo>| match since {
            Some(since) if frame.saturating_sub(since) < u64::from(fade_frames) => {
                (frame - since) as f32 / fade_frames as f32
            }
            _ => 1.0,
        };
        // What was opaque a frame ago and is not chosen any more, but still in sight.
        let before = std::mem::take(&mut self.selected);
        let mut leaving: Vec<TileId> = std::mem::take(&mut self.leaving);
        leaving.extend(
            before
                .iter()
                .filter(|(_, since)| opacity(**since) >= 1.0)
                .map(|(id, _)| *id),
        );
        let mut selected: BTreeMap<TileId, Option<FrameNo>> =
            chosen.iter().map(|id| (*id, None)).collect();
        leaving.retain(|id| !selected.contains_key(id) && tree.ready(*id) && in_view(*id));
        leaving.sort_unstable();
        leaving.dedup();

        // A replacement is a chosen tile above or below one that leaves.
        let mut replaced_by: Vec<(TileId, TileId)> = Vec::new();
        for old in &leaving {
            replaced_by.extend(
                tree.ancestors(*old)
                    .filter(|above| selected.contains_key(above))
                    .map(|above| (*old, above)),
            );
        }
        for new in chosen {
            replaced_by.extend(
                tree.ancestors(*new)
                    .filter(|above| leaving.binary_search(above).is_ok())
                    .map(|above| (above, *new)),
            );
        }
        let was_leaving_or_new = |id: &TileId| !before.contains_key(id);
        for (_, new) in &replaced_by {
            if was_leaving_or_new(new) && let Some(since) = selected.get_mut(new) {
                *since = Some(frame);
            }
        }
        for (id, since) in &mut selected {
            if let Some(earlier) = before.get(id) {
                *since = earlier.filter(|_| opacity(*earlier) < 1.0);
            }
        }
        leaving.retain(|old| {
            replaced_by.iter().any(|(replaced, new)| {
                replaced == old
                    && selected.get(new).is_some_and(|since| opacity(*since) < 1.0)
            })
        });

        let fade = selected
            .iter()
            .filter(|(_, since)| opacity(**since) < 1.0)
            .map(|(id, since)| Fade {
                tile: *id,
                opacity: opacity(*since),
            })
            .collect();
        self.selected = selected;
        self.leaving = leaving.clone();
        (leaving, fade)
    }
}
