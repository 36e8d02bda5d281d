//! What is dropped when memory is short, and how the picture becomes coarser when dropping is not enough.

use super::tree::{Life, MAX_NODES, Removed, Tree};
use super::{FrameNo, Settings, View};

/// How fast the error on screen rises under pressure, and falls again, each frame.
const PRESSURE_STEP: f64 = 1.02;

/// The error never rises beyond so many times the setting.
const MAX_PRESSURE: f64 = 64.0;

/// Pressure falls only while what the picture needs is below this share of the ceiling; between the two it stays.
const CALM_SHARE: f64 = 0.7;

/// Tiles nobody has looked at for so many frames may be forgotten, with their subtrees.
const FORGET_AFTER_FRAMES: u64 = 120;

/// Forgetting looks at every node; it is done this seldom.
const FORGET_EVERY_FRAMES: u64 = 30;

/// Nodes beyond this share of the most are forgotten even while there is memory.
const CROWDED: usize = MAX_NODES / 4 * 3;

/// Guess for the size of a content before the first has come, bytes.
const FIRST_GUESS_BYTES: u64 = 64 << 10;

#[derive(Debug)]
pub struct Cache {
    /// Bytes of all contents held by the host.
    contents: u64,
    tiles: usize,
    /// How many have come so far.
    seen: u64,
    /// Running mean of a content's size.
    mean_bytes: f64,
    /// Factor on the setting's error, 1 without pressure.
    pressure: f64,
    /// The eyes and the ceiling when the pressure last rose: for the same picture and no more room it would only rise again.
    risen_for: (Vec<View>, u64),
    forgotten_at: FrameNo,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            contents: 0,
            tiles: 0,
            seen: 0,
            mean_bytes: FIRST_GUESS_BYTES as f64,
            pressure: 1.0,
            risen_for: (Vec::new(), 0),
            forgotten_at: 0,
        }
    }
}

impl Cache {
    pub fn pressure(&self) -> f64 {
        self.pressure
    }

    pub fn content_bytes(&self) -> u64 {
        self.contents
    }

    /// How many contents the host holds.
    pub fn tiles(&self) -> usize {
        self.tiles
    }

    pub fn mean_bytes(&self) -> u64 {
        self.mean_bytes as u64
    }

    pub fn added(&mut self, bytes: u64) {
        self.contents = self.contents.saturating_add(bytes);
        self.tiles += 1;
        self.seen += 1;
        // The first one replaces the guess, the tenth and later ones count a tenth.
        let weight = (1.0 / self.seen as f64).max(0.1);
        self.mean_bytes += weight * (bytes as f64 - self.mean_bytes);
    }

    pub fn dropped(&mut self, bytes: u64, tiles: usize) {
        self.tiles = self.tiles.saturating_sub(tiles);
        self.contents = self.contents.saturating_sub(bytes);
    }

    /// Drops contents, least recently used first, until there is room for `reserve` more bytes; then tiles.
    ///
    /// Never what this frame needs (`Node::needed`); what is only kept in reserve goes last.
    pub fn make_room(
        &mut self,
        tree: &mut Tree,
        frame: FrameNo,
        settings: &Settings,
        reserve: u64,
        removed: &mut Removed,
    ) {
        let goal = settings.max_bytes.saturating_sub(reserve);
        if self.contents + tree.bytes() > goal {
            let mut candidates: Vec<_> = tree
                .iter()
                .filter(|(_, node)| {
                    node.is_model() && node.life == Life::Ready && node.needed != frame
                })
                .map(|(id, node)| {
                    (
                        node.kept == frame,
                        node.needed.max(node.kept),
                        u32::MAX - node.depth,
                        id,
                    )
                })
                .collect();
            candidates.sort_unstable();
            for (_, _, _, id) in candidates {
                if self.contents + tree.bytes() <= goal {
                    break;
                }
                if let Some(node) = tree.get_mut(id) {
                    node.life = Life::Unloaded;
                    self.dropped(std::mem::take(&mut node.content_bytes), 1);
                    removed.evict.push(id);
                }
            }
        }
        let crowded = tree.len() > CROWDED;
        let short = self.contents + tree.bytes() > goal;
        if (crowded || short) && frame >= self.forgotten_at + FORGET_EVERY_FRAMES {
            self.forgotten_at = frame;
            self.forget(tree, frame, settings, goal, removed);
        }
    }

    fn forget(
        &mut self,
        tree: &mut Tree,
        frame: FrameNo,
        settings: &Settings,
        goal: u64,
        removed: &mut Removed,
    ) {
        let age = FORGET_AFTER_FRAMES + u64::from(settings.fade_frames);
        let Some(before) = frame.checked_sub(age) else {
            return;
        };
        for id in tree.prunable(before) {
            if tree.len() <= CROWDED / 2 && self.contents + tree.bytes() <= goal {
                break;
            }
            let evicted = removed.evict.len();
            let freed = tree.prune_below(id, removed);
            self.dropped(freed, removed.evict.len() - evicted);
        }
    }

    /// Raises the error while memory is short in spite of [`Self::make_room`], lowers it when there is plenty again.
    pub fn adjust(
        &mut self,
        tree: &Tree,
        needed_bytes: u64,
        starved: bool,
        views: &[View],
        settings: &Settings,
    ) {
        let over = self.contents + tree.bytes() > settings.max_bytes;
        if over || starved || tree.len() >= MAX_NODES {
            self.pressure = (self.pressure * PRESSURE_STEP).min(MAX_PRESSURE);
            self.risen_for = (views.to_vec(), settings.max_bytes);
        } else if self.pressure > 1.0
            && (self.risen_for.0 != views || settings.max_bytes as f64 * CALM_SHARE > self.risen_for.1 as f64)
        {
            if needed_bytes as f64 > CALM_SHARE * settings.max_bytes as f64 {
                return;
            }
            self.pressure = (self.pressure / PRESSURE_STEP).max(1.0);
        }
    }
}
