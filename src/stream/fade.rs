//! Cross-fades between a tile and what replaces it.
//!
//! A tile that replaces another becomes opaque over some frames, while the other stays opaque below it and leaves when all its replacements are opaque.
//! A tile that replaces nothing is opaque at once: fading it in would be a hole.

use super::tree::{Node, Tree};
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
        let left_before = std::mem::take(&mut self.leaving);
        let mut leaving = left_before.clone();
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
        for (_, new) in &replaced_by {
            // One that was still leaving when it was chosen again is opaque already.
            let new_to_the_eye =
                !before.contains_key(new) && left_before.binary_search(new).is_err();
            if new_to_the_eye && let Some(since) = selected.get_mut(new) {
                *since = Some(frame);
            }
        }
        for (id, since) in &mut selected {
            if let Some(earlier) = before.get(id) {
                *since = earlier.filter(|_| opacity(*earlier) < 1.0);
            }
            // When the eye moves on during a fade, it may see a part where nothing opaque lies behind.
            let behind = |id: TileId| {
                tree.ancestors(id)
                    .any(|above| leaving.binary_search(&above).is_ok())
                    || covered_below(tree, id, &leaving, &in_view)
            };
            if opacity(*since) < 1.0 && !behind(*id) {
                *since = None;
            }
        }
        leaving.retain(|old| {
            replaced_by.iter().any(|(replaced, new)| {
                replaced == old && selected.get(new).is_some_and(|since| opacity(*since) < 1.0)
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

/// Whether opaque tiles below cover all of a tile that is in view.
fn covered_below(
    tree: &Tree,
    id: TileId,
    opaque: &[TileId],
    in_view: &impl Fn(TileId) -> bool,
) -> bool {
    tree.get(id).is_some_and(|node| {
        !node.children.is_empty()
            && node.children.iter().all(|child| {
                opaque.binary_search(child).is_ok()
                    || !in_view(*child)
                    || tree.get(*child).is_some_and(Node::is_bare)
                    || covered_below(tree, *child, opaque, in_view)
            })
    })
}
