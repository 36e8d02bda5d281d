//! One tileset's engine: select, fade, make room, schedule, in that order, once per frame.

use super::about::About;
use super::cache::Cache;
use super::fade::Fades;
use super::ground::Plot;
use super::schedule::{Answered, Schedule, retry_at};
use super::select::select;
use super::tree::{Content, Lie, Life, Removed, Tree};
use super::{
    Delivery, FetchFault, FrameNo, Placement, RequestId, Settings, Show, Stats, TileId, Update,
    View, Wanted, grow,
};
use crate::base::{Finding, Report, Severity};
use crate::geodesy::Crs;
use glam::{DMat4, DVec3};

/// Largest `tileset.json` that is read, bytes.
pub const MAX_TILESET_BYTES: usize = 64 << 20;

/// Largest subtree that is read, bytes.
pub const MAX_SUBTREE_BYTES: usize = 16 << 20;

/// Streams one tileset. Pure: it knows no clock, no network and no GPU, only frames and answers.
#[derive(Debug)]
pub struct Engine {
    tree: Tree,
    settings: Settings,
    frame: FrameNo,
    schedule: Schedule,
    cache: Cache,
    fades: Fades,
    /// What answers between two frames have left to pass on.
    removed: Removed,
    report: Report,
}

impl Engine {
    /// An engine that will first ask for the tileset at `root_path` (relative to the host's root: `buildings/tileset.json`).
    pub fn new(root_path: &str, settings: Settings) -> Self {
        Self::placed(root_path, DMat4::IDENTITY, settings)
    }

    /// An engine of a tileset whose own root frame stands somewhere on the globe.
    pub fn placed(root_path: &str, ecef_from_root: DMat4, settings: Settings) -> Self {
        Self {
            tree: Tree::new(root_path, ecef_from_root),
            settings,
            frame: 0,
            schedule: Schedule::default(),
            cache: Cache::default(),
            fades: Fades::default(),
            removed: Removed::default(),
            report: Report::default(),
        }
    }

    /// How vectors of a pyramid lie: at an ellipsoidal height, on a sheet of their own or on what is there.
    pub fn lying_at(mut self, base_m: f64, paper: bool) -> Self {
        self.tree.lie = Lie { base_m, paper };
        self
    }

    /// The reference system that a person says the points of a cloud are in.
    pub fn in_system(mut self, crs: Option<Crs>) -> Self {
        self.tree.opening = self.tree.opening.take().map(|opening| opening.with_system(crs));
        self
    }

    /// One frame: what to show, what to ask for, what to drop. `frame` counts up; a frame that does not is taken as the next one.
    pub fn update(&mut self, views: &[View], frame: FrameNo) -> Update {
        // Frame 0 is "never" in the nodes' books.
        self.frame = frame.saturating_add(1).max(self.frame.saturating_add(1));
        let frame = self.frame;
        let max_error_px = self.max_error_px();
        let selection = select(&mut self.tree, views, max_error_px, frame);

        let tree = &self.tree;
        let in_view = |id: TileId| {
            tree.get(id).is_some_and(|node| {
                views
                    .iter()
                    .any(|view| node.volume.in_frustum(&view.frustum))
            })
        };
        let (leaving, fade) = self.fades.update(
            tree,
            &selection.shown,
            in_view,
            frame,
            self.settings.fade_frames,
        );
        for id in &leaving {
            self.hold(*id);
        }

        let mut removed = std::mem::take(&mut self.removed);
        let likely = selection.wants.len().min(self.settings.max_requests) as u64;
        let reserve = likely * self.cache.mean_bytes();
        self.cache
            .make_room(&mut self.tree, frame, &self.settings, reserve, &mut removed);
        for id in &removed.cancel {
            self.schedule.cancel(*id);
        }
        let room = self
            .settings
            .max_bytes
            .saturating_sub(self.cache.content_bytes() + self.tree.bytes());
        let scheduled = self.schedule.update(
            &mut self.tree,
            selection.wants,
            frame,
            &self.settings,
            room,
            self.cache.mean_bytes(),
        );

        self.cache
            .adjust(&self.tree, selection.needed_bytes, scheduled.starved, views, &self.settings);

        let show: Vec<Show> = selection
            .shown
            .iter()
            .chain(&leaving)
            .filter_map(|id| {
                let node = self.tree.get(*id)?;
                Some(Show {
                    tile: *id,
                    geometric_error_m: node.geometric_error_m,
                    depth: node.depth,
                })
            })
            .collect();
        let mut cancel = removed.cancel;
        cancel.extend(scheduled.cancel);
        Update {
            stats: Stats {
                visited: selection.visited,
                shown: show.len(),
                waiting: scheduled.waiting,
                failed: self.tree.failed(),
                resident_tiles: self.cache.tiles(),
                resident_bytes: self.cache.content_bytes() + self.tree.bytes(),
                needed_bytes: self.tree.bytes()
                    + selection.needed_bytes
                    + scheduled.waiting as u64 * self.cache.mean_bytes(),
                screen_space_error: max_error_px,
            },
            show,
            fade,
            fetch: scheduled.fetch,
            cancel,
            evict: removed.evict,
        }
    }

    /// Takes what a request brought. Answers to requests that were cancelled or never made are harmless.
    pub fn deliver(&mut self, id: RequestId, body: Result<Delivery, FetchFault>) {
        match self.schedule.answered(id) {
            Answered::Running(request) => self.answer(request.tile, request.wanted, body),
            Answered::Late(tile) => {
                if let Ok(Delivery::Content { bytes } | Delivery::Ground { bytes, .. }) = body {
                    self.late_content(tile, bytes);
                }
            }
            Answered::Unknown => {}
        }
    }

    /// The host has made the content of a tile anew, as it does with what lies on ground that has changed: what it costs now, and its heights.
    pub fn remade(&mut self, tile: TileId, bytes: u64, heights_m: Option<[f64; 2]>) {
        let Some(node) = self.tree.get_mut(tile).filter(|node| node.life == Life::Ready) else { return };
        let before = std::mem::replace(&mut node.content_bytes, bytes);
        self.cache.dropped(before, 1);
        self.cache.added(bytes);
        if let Some(heights_m) = heights_m {
            self.tree.measured(tile, heights_m, Vec::new());
        }
    }

    /// The host keeps more for a tile than its content.
    pub fn costs_more(&mut self, tile: TileId, bytes: u64) {
        let now = self.tree.get(tile).map_or(0, |node| node.content_bytes).saturating_add(bytes);
        self.remade(tile, now, None);
    }

    /// Where a tile's content goes and where it came from; `None` for tiles without content and forgotten ones.
    pub fn placement(&self, tile: TileId) -> Option<Placement> {
        let node = self.tree.get(tile)?;
        match &node.content {
            Content::Model(path) => Some(Placement {
                ecef_from_tile: *node.ecef_from_tile,
                path: path.to_string(),
                z_is_up: node.z_is_up,
                plot: node.plot.as_deref().cloned(),
                block: node.block.as_deref().cloned(),
            }),
            _ => None,
        }
    }

    /// What documents say of a tile beside its features.
    pub fn about(&self, tile: TileId) -> Option<&About> {
        self.tree.get(tile)?.about.as_deref()
    }

    /// A sphere round a tile: centre in ECEF metres and radius in metres.
    pub fn bounding_sphere(&self, tile: TileId) -> Option<(DVec3, f64)> {
        Some(self.tree.get(tile)?.volume.bounding_sphere())
    }

    /// The tile above; `None` for the root and for forgotten tiles.
    pub fn parent(&self, tile: TileId) -> Option<TileId> {
        self.tree.get(tile)?.parent
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The host may change limits from frame to frame: its share of the memory, how many frames a fade takes (a matter of time, which only the host knows).
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// What could not be fetched or read so far, for the user.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Asks again for what was given up after too many passing faults: when the user says so, or the network is back.
    pub fn try_again(&mut self) {
        self.tree.forgive();
    }

    /// Whether the root tileset has come and could be read; without it there will be no picture.
    pub fn root_state(&self) -> RootState {
        match self.tree.get(self.tree.root()) {
            Some(root) if matches!(root.content, Content::Grafted(_)) => RootState::Open,
            Some(root) if root.failed_for_good() => RootState::Failed,
            _ => RootState::Waiting,
        }
    }

    fn max_error_px(&self) -> f64 {
        // A setting of nought would refine for ever.
        self.settings.screen_space_error.max(0.1) * self.cache.pressure()
    }

    /// Keeps a tile that fades out, and the way to it, out of reach of eviction and pruning.
    fn hold(&mut self, id: TileId) {
        let above: Vec<TileId> = self.tree.ancestors(id).collect();
        if let Some(node) = self.tree.get_mut(id) {
            node.needed = self.frame;
            node.seen = self.frame;
        }
        for id in above {
            if let Some(node) = self.tree.get_mut(id) {
                node.seen = self.frame;
            }
        }
    }

    fn answer(&mut self, tile: TileId, wanted: Wanted, body: Result<Delivery, FetchFault>) {
        let takes_a_tileset = self.tree.takes_a_tileset(tile);
        let waits_for_more = grow::waits_for_more(&self.tree, tile);
        let Some(node) = self.tree.get_mut(tile) else {
            if matches!(body, Ok(Delivery::Content { .. } | Delivery::Ground { .. })) {
                self.removed.evict.push(tile);
            }
            return;
        };
        match (wanted, body) {
            (Wanted::Content, Ok(Delivery::Content { bytes })) => {
                node.life = Life::Ready;
                node.tries = 0;
                node.content_bytes = bytes;
                self.cache.added(bytes);
            }
            (Wanted::Content, Ok(Delivery::Ground { bytes, heights_m, below })) => {
                node.life = Life::Ready;
                node.tries = 0;
                node.content_bytes = bytes;
                self.cache.added(bytes);
                if let Some(heights_m) = heights_m {
                    self.tree.measured(tile, heights_m, below);
                }
            }
            // No picture here: what is above stands in.
            (Wanted::Content | Wanted::Subtree, Err(FetchFault::Absent(why))) if node.plot.is_some() => {
                // Unless somebody said that it is there, and nothing is above to stand in.
                if node.plot.as_deref().is_some_and(Plot::is_promised) && !self.tree.has_model_above(tile) {
                    let file = self.tree.get(tile).and_then(|node| node.content.wanted()).map_or_else(String::new, |(_, path)| path.to_string());
                    self.report.push(Finding::new("tile-unusable", Severity::Error, file).value(why));
                }
                self.tree.absent(tile);
            }
            // A damaged tile of ground is told, and the ground goes on.
            (Wanted::Content | Wanted::Subtree, Err(FetchFault::Lasting(why))) if node.plot.is_some() => {
                let file = node.content.wanted().map_or_else(String::new, |(_, path)| path.to_string());
                self.report.push(Finding::new("tile-unusable", Severity::Error, file).value(why));
                self.tree.absent(tile);
            }
            (Wanted::Subtree, Ok(Delivery::Bytes(bytes))) if node.plot.is_some() => {
                let grown = if bytes.len() > MAX_SUBTREE_BYTES {
                    Err(Finding::new("subtree-too-large", Severity::Error, "").value(bytes.len()))
                } else {
                    self.tree.leaf(tile, &bytes)
                };
                match grown {
                    Ok(()) => self.grown(tile, Ok(())),
                    Err(finding) => {
                        self.report.push(finding);
                        self.tree.absent(tile);
                    }
                }
            }
            (Wanted::Subtree, Ok(Delivery::Bytes(bytes))) if node.block.is_some() => {
                let grown = if bytes.len() > MAX_SUBTREE_BYTES {
                    Err(Finding::new("subtree-too-large", Severity::Error, "").value(bytes.len()))
                } else {
                    self.tree.page(tile, &bytes)
                };
                self.grown(tile, grown);
            }
            (Wanted::Tileset, Ok(Delivery::Bytes(bytes))) => {
                let grown = if bytes.len() > MAX_TILESET_BYTES {
                    Err(Finding::new("tileset-too-large", Severity::Error, "").value(bytes.len()))
                } else {
                    grow::tileset(&mut self.tree, tile, &bytes, &mut self.report)
                };
                self.grown(tile, grown);
            }
            // A tileset under the name of a model: the host has seen by its bytes what it is.
            (Wanted::Content, Ok(Delivery::Bytes(bytes))) if takes_a_tileset => {
                self.tree.recount(tile, |node| {
                    if let Content::Model(path) = &node.content {
                        node.content = Content::Tileset(path.clone());
                    }
                });
                self.answer(tile, Wanted::Tileset, Ok(Delivery::Bytes(bytes)));
            }
            (Wanted::Subtree, Ok(Delivery::Bytes(bytes))) => {
                let grown = if bytes.len() > MAX_SUBTREE_BYTES {
                    Err(Finding::new("subtree-too-large", Severity::Error, "").value(bytes.len()))
                } else {
                    grow::subtree(&mut self.tree, tile, &bytes)
                };
                self.grown(tile, grown);
            }
            (_, Ok(_)) => {
                // The host has answered with the wrong kind of body; asking again would not help.
                self.fail(
                    tile,
                    None,
                    Finding::new("tile-answer-of-wrong-kind", Severity::Error, ""),
                );
            }
            // The last layer of a terrain that has others; the schema of a tileset.
            (Wanted::Tileset, Err(FetchFault::Lasting(why) | FetchFault::Absent(why))) if waits_for_more => {
                let grown = grow::without(&mut self.tree, tile, why, &mut self.report).unwrap_or(Ok(()));
                self.grown(tile, grown);
            }
            (Wanted::Tileset, Err(FetchFault::Passing(why)))
                if waits_for_more && node.tries >= self.settings.max_retries =>
            {
                let grown = grow::without(&mut self.tree, tile, why, &mut self.report).unwrap_or(Ok(()));
                self.grown(tile, grown);
            }
            (_, Err(FetchFault::Passing(why))) => {
                node.tries += 1;
                let tries = node.tries;
                let retry = (tries <= self.settings.max_retries)
                    .then(|| retry_at(self.frame, tries, &self.settings));
                let severity = if retry.is_some() {
                    Severity::Warning
                } else {
                    Severity::Error
                };
                self.fail(
                    tile,
                    retry,
                    Finding::new("tile-fetch-failed", severity, "").value(why),
                );
            }
            (_, Err(FetchFault::Lasting(why) | FetchFault::Absent(why))) => {
                node.tries = 0;
                self.fail(
                    tile,
                    None,
                    Finding::new("tile-unusable", Severity::Error, "").value(why),
                );
            }
        }
    }

    fn grown(&mut self, tile: TileId, grown: Result<(), Finding>) {
        match grown {
            Ok(()) => {
                if let Some(node) = self.tree.get_mut(tile) {
                    node.life = Life::Unloaded;
                    node.tries = 0;
                }
            }
            Err(finding) => self.fail(tile, None, finding),
        }
    }

    fn fail(&mut self, tile: TileId, retry_at: Option<FrameNo>, mut finding: Finding) {
        let wanted = self.tree.get(tile).and_then(|node| node.content.wanted());
        if let Some((_, path)) = wanted.filter(|_| finding.file.is_empty()) {
            finding.file = path.to_string();
        }
        self.tree.fail(tile, retry_at);
        self.report.push(finding);
    }

    /// A content that came although it was cancelled: used if its tile still lacks it, given back otherwise.
    fn late_content(&mut self, tile: TileId, bytes: u64) {
        match self.tree.get_mut(tile) {
            Some(node) if node.is_model() && node.life != Life::Ready => {
                if let Life::Loading(other) = node.life {
                    self.schedule.cancel(other);
                    self.removed.cancel.push(other);
                }
                node.life = Life::Ready;
                node.tries = 0;
                node.content_bytes = bytes;
                self.cache.added(bytes);
            }
            // A tile that is ready has one content already, under the same name: the host replaced it.
            Some(node) if node.life == Life::Ready => {
                let before = std::mem::replace(&mut node.content_bytes, bytes);
                self.cache.dropped(before, 1);
                self.cache.added(bytes);
            }
            _ => self.removed.evict.push(tile),
        }
    }
}

/// Whether there is a tree at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RootState {
    Waiting,
    Open,
    /// For good; see [`Engine::report`].
    Failed,
}
