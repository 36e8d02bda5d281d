//! Which tiles to show this frame and which contents to want.
//!
//! REPLACE refinement without holes: a tile gives way to its children only in a frame in which every child in view can be shown, itself or through tiles below it.
//! Three behaviours follow, named as cesium-native's documentation of the same problem names them:
//!
//! - *kicking*: children that would leave a gap are taken back and the tile shows itself, while their requests go on;
//! - *ancestor meets SSE*: when a tile becomes good enough but is not there, finer tiles that are there stay, so zooming out never loses detail;
//! - *loading descendant limit*: a tile that is not there and has many descendants under way is fetched before them.
//!
//! Beside them: a child of an ADD tile is left out where the tile itself is fine enough at the child's distance, as CesiumJS does;
//! and a tile that states from where it may be seen (`viewerRequestVolume`) is no replacement for its parent until an eye is there.

use super::tree::{Content, Growth, Life, Node, Tree};
use super::volume::Frustum;
use super::{FrameNo, TileId, View};

/// Beyond so many missing descendants, a missing ancestor goes first.
pub const LOADING_DESCENDANT_LIMIT: usize = 20;

/// An eye is never nearer than this to a volume, metres; inside, the error would be infinite.
const NEAREST_M: f64 = 1e-2;

/// How much the picture suffers without a content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Nobody would see the difference yet.
    Preload,
    Normal,
    /// Without it there is a hole, or far finer tiles must be drawn in its place.
    Urgent,
}

/// A content or document that should be there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Want {
    pub tile: TileId,
    pub class: Class,
    /// `(1 − cos of the angle off the axis of view) · distance`; smaller is sooner.
    pub score: f64,
}

/// The choice of one frame.
#[derive(Debug, Default)]
pub struct Selection {
    /// Tiles to show; each place in view at most once, companions beside their tile.
    pub shown: Vec<TileId>,
    /// Contents and documents that are not there, each at most once.
    pub wants: Vec<Want>,
    pub visited: usize,
    /// Contents in memory that the picture needs: shown ones, and those that wait for their neighbours to be shown together.
    pub needed_bytes: u64,
}

/// What the tiles above can do for a place.
#[derive(Clone, Copy)]
struct Above {
    /// One of them is ready and will show itself where something is missing.
    ready: bool,
    /// One of them has a content that gives way here.
    replaced: bool,
    /// How badly a place without cover wants its content.
    bare: Class,
}

/// What a tile and those below it do for their place.
#[derive(Clone, Copy)]
struct Cover {
    /// Everything in view is covered (or nothing is to be seen).
    whole: bool,
    /// Contents missing for what is wanted.
    missing: usize,
}

impl Cover {
    const NOTHING_TO_SEE: Self = Self {
        whole: true,
        missing: 0,
    };
    const NEVER: Self = Self {
        whole: false,
        missing: 0,
    };
}

/// How a tile looks from the eyes.
struct Sight {
    /// Pixels, the largest of all views that see it.
    error_px: f64,
    score: f64,
}

pub fn select(tree: &mut Tree, views: &[View], max_error_px: f64, frame: FrameNo) -> Selection {
    let mut traversal = Traversal {
        tree,
        frusta: views.iter().map(|view| Frustum::of(&view.frustum)).collect(),
        views,
        max_error_px,
        frame,
        out: Selection::default(),
    };
    let root = traversal.tree.root();
    if !views.is_empty() {
        traversal.visit(
            root,
            Above {
                ready: false,
                replaced: false,
                bare: Class::Urgent,
            },
        );
    }
    traversal.out
}

struct Traversal<'a> {
    tree: &'a mut Tree,
    views: &'a [View],
    /// One for each view.
    frusta: Vec<Frustum>,
    max_error_px: f64,
    frame: FrameNo,
    out: Selection,
}

impl Traversal<'_> {
    /// Shows or wants what the place of this tile needs.
    fn visit(&mut self, id: TileId, above: Above) -> Cover {
        self.out.visited += 1;
        let Some(sight) = self.look(id) else {
            return if self.is_barred(id) { Cover::NEVER } else { Cover::NOTHING_TO_SEE };
        };
        let Some(node) = self.tree.get(id) else {
            return Cover::NOTHING_TO_SEE;
        };
        let failed = self.tree.failed_for_good(id);
        if matches!(node.content, Content::Tileset(_) | Content::Subtree(_)) {
            // Nothing is known of this place before its document has come.
            if failed {
                return Cover::NEVER;
            }
            let class = if above.ready {
                Class::Normal
            } else {
                above.bare
            };
            return self.missing(id, class, &sight);
        }

        let model = node.is_model();
        let additive = node.additive;
        let grafted = matches!(node.content, Content::Grafted(_));
        let fine = sight.error_px <= self.max_error_px;
        if additive && !grafted {
            return self.visit_additive(id, model, failed, fine, &sight, above);
        }
        let drawable = model && !failed;
        if drawable && fine {
            return self.show_here(id, &sight, above);
        }
        // A tile without content that is fine enough ends the search, unless something drawn would vanish for it.
        if !model && !grafted && fine && !above.replaced {
            return Cover::NOTHING_TO_SEE;
        }
        let children = self.tree.open(id);
        if children == 0 {
            return if drawable {
                self.show_here(id, &sight, above)
            } else if failed {
                Cover::NEVER
            } else {
                Cover::NOTHING_TO_SEE
            };
        }
        if drawable && self.child_never_comes(id, children) {
            return self.show_here(id, &sight, above);
        }
        self.refine(id, children, drawable, &sight, above)
    }

    /// REPLACE: the children in its place, if they can.
    fn refine(
        &mut self,
        id: TileId,
        children: usize,
        drawable: bool,
        sight: &Sight,
        above: Above,
    ) -> Cover {
        let ready = drawable && self.tree.ready(id);
        let (first_shown, first_want) = (self.out.shown.len(), self.out.wants.len());
        let below = Above {
            ready: above.ready || ready,
            replaced: above.replaced || drawable,
            bare: above.bare.min(Class::Normal),
        };
        let (mut whole, mut missing) = (true, 0);
        for index in 0..children {
            let Some(child) = self.tree.child(id, index) else {
                continue;
            };
            let cover = self.visit(child, below);
            whole &= cover.whole;
            missing += cover.missing;
            if drawable
                && self
                    .tree
                    .get(child)
                    .is_some_and(|node| node.seen != self.frame)
            {
                self.keep_neighbour(child);
            }
        }

        if whole {
            if drawable {
                self.keep(id, ready, sight, above);
            }
            return Cover { whole, missing };
        }
        if ready {
            // Kicking.
            self.out.shown.truncate(first_shown);
            self.show(id);
            return Cover {
                whole: true,
                missing: 0,
            };
        }
        if above.ready {
            self.out.shown.truncate(first_shown);
        }
        // With nothing above to fall back on, the part that is there is better than nothing.
        if drawable {
            self.need(id);
            if missing > LOADING_DESCENDANT_LIMIT {
                for want in &mut self.out.wants[first_want..] {
                    want.class = Class::Preload;
                }
                missing = 0;
                self.want(
                    id,
                    if above.ready {
                        Class::Normal
                    } else {
                        above.bare
                    },
                    sight.score,
                );
            } else {
                self.want(
                    id,
                    if above.ready {
                        Class::Preload
                    } else {
                        above.bare
                    },
                    sight.score,
                );
            }
            missing += 1;
        }
        Cover { whole, missing }
    }

    /// ADD: the tile, and the children beside it; nobody stands in for the children.
    fn visit_additive(
        &mut self,
        id: TileId,
        model: bool,
        failed: bool,
        fine: bool,
        sight: &Sight,
        above: Above,
    ) -> Cover {
        let first_shown = self.out.shown.len();
        let mut own = Cover::NOTHING_TO_SEE;
        if failed {
            own = Cover::NEVER;
        } else if model {
            self.need(id);
            if self.tree.ready(id) {
                self.show(id);
            } else {
                own = self.missing(
                    id,
                    if above.ready {
                        Class::Normal
                    } else {
                        above.bare
                    },
                    sight,
                );
            }
        }
        if !fine {
            let below = Above {
                ready: false,
                replaced: false,
                bare: Class::Normal,
            };
            for index in 0..self.tree.open(id) {
                if let Some(child) = self.tree.child(id, index)
                    && !self.is_fine_there(id, child)
                {
                    self.visit(child, below);
                }
            }
        }
        if !own.whole && above.ready {
            self.out.shown.truncate(first_shown);
        }
        own
    }

    /// This tile is the right one for its place.
    fn show_here(&mut self, id: TileId, sight: &Sight, above: Above) -> Cover {
        self.need(id);
        if self.tree.ready(id) {
            self.show(id);
            return Cover::NOTHING_TO_SEE;
        }
        if self.cover_with_loaded(id) {
            self.missing(id, Class::Urgent, sight);
            return Cover::NOTHING_TO_SEE;
        }
        self.missing(
            id,
            if above.ready {
                Class::Normal
            } else {
                above.bare
            },
            sight,
        )
    }

    /// Covers the place of a tile with what is there below it; all of it or nothing.
    fn cover_with_loaded(&mut self, id: TileId) -> bool {
        let first_shown = self.out.shown.len();
        let children = self.tree.get(id).map_or(0, |node| node.children.len());
        for index in 0..children {
            let Some(child) = self.tree.child(id, index) else {
                continue;
            };
            self.out.visited += 1;
            // Seen, so that nothing on the way to what is shown here is forgotten.
            if self.look(child).is_none() {
                if self.is_barred(child) {
                    self.out.shown.truncate(first_shown);
                    return false;
                }
                continue;
            }
            if self.tree.ready(child) {
                self.need(child);
                self.show(child);
                continue;
            }
            let nothing_there = self.tree.get(child).is_some_and(Node::is_bare);
            if !nothing_there && !self.cover_with_loaded(child) {
                self.out.shown.truncate(first_shown);
                return false;
            }
        }
        self.out.shown.len() > first_shown
    }

    /// The tile has given way to its children; it stays in reserve for when they go.
    fn keep(&mut self, id: TileId, ready: bool, sight: &Sight, above: Above) {
        if above.replaced {
            if let Some(node) = self.tree.get_mut(id) {
                node.kept = self.frame;
            }
        } else {
            // The last that could ever stand in for this place.
            self.need(id);
        }
        if !ready {
            let class = if above.replaced {
                Class::Preload
            } else {
                Class::Normal
            };
            self.want(id, class, sight.score);
        }
    }

    /// A child out of view whose neighbours are shown: turning the head should not lose their detail.
    fn keep_neighbour(&mut self, id: TileId) {
        let Some(node) = self.tree.get_mut(id) else {
            return;
        };
        node.seen = self.frame;
        node.kept = self.frame;
        if node.is_model() && node.room.is_none() && !self.tree.failed_for_good(id) && !self.tree.ready(id) {
            let score = self.score_out_of_view(id);
            self.want(id, Class::Preload, score);
        }
    }

    /// Whether a child in view may not be seen from here, or has failed for good without children of its own: then refining can never succeed.
    fn child_never_comes(&self, id: TileId, children: usize) -> bool {
        (0..children)
            .filter_map(|index| self.tree.child(id, index))
            .any(|child| {
                self.is_barred(child)
                    || self.tree.failed_for_good(child)
                    && self.tree.get(child).is_some_and(|node| {
                        node.children.is_empty() && node.growth == Growth::Whole
                            || matches!(node.content, Content::Subtree(_))
                    })
                    && self.sight(child).is_some()
            })
    }

    fn missing(&mut self, id: TileId, class: Class, sight: &Sight) -> Cover {
        self.need(id);
        self.want(id, class, sight.score);
        Cover {
            whole: false,
            missing: 1,
        }
    }

    fn show(&mut self, id: TileId) {
        self.need(id);
        self.out.shown.push(id);
        if let Some(node) = self.tree.get(id) {
            self.out.shown.extend_from_slice(&node.companions);
        }
    }

    fn need(&mut self, id: TileId) {
        let companions = self.tree.get(id).map_or(0, |node| node.companions.len());
        for index in 0..=companions {
            let part = match index {
                0 => Some(id),
                _ => self
                    .tree
                    .get(id)
                    .and_then(|node| node.companions.get(index - 1).copied()),
            };
            if let Some(node) = part.and_then(|part| self.tree.get_mut(part)) {
                if node.needed != self.frame {
                    self.out.needed_bytes += node.content_bytes;
                }
                node.needed = self.frame;
                node.seen = self.frame;
            }
        }
    }

    fn want(&mut self, id: TileId, class: Class, score: f64) {
        let Some(node) = self.tree.get(id) else {
            return;
        };
        for part in std::iter::once(id).chain(node.companions.iter().copied()) {
            if self
                .tree
                .get(part)
                .is_some_and(|node| node.life != Life::Ready)
            {
                self.out.wants.push(Want {
                    tile: part,
                    class,
                    score,
                });
            }
        }
    }

    /// `None` when no view sees it.
    fn look(&mut self, id: TileId) -> Option<Sight> {
        let sight = self.sight(id)?;
        if let Some(node) = self.tree.get_mut(id) {
            node.seen = self.frame;
        }
        Some(sight)
    }

    fn sight(&self, id: TileId) -> Option<Sight> {
        let node = self.tree.get(id)?;
        let mut best: Option<Sight> = None;
        for view in self.views_of(node) {
            if !in_room(node, view) {
                continue;
            }
            let error_px = error_px(node.geometric_error_m, node, view);
            let score = score(node, view);
            best = Some(match best {
                None => Sight { error_px, score },
                Some(other) => Sight {
                    error_px: other.error_px.max(error_px),
                    score: other.score.min(score),
                },
            });
        }
        best
    }

    /// The views that a tile is in the picture of, wherever the eye must be.
    fn views_of<'n>(&'n self, node: &'n Node) -> impl Iterator<Item = &'n View> {
        let seen = self.views.iter().zip(&self.frusta);
        seen.filter(|(_, frustum)| node.volume.in_view(frustum)).map(|(view, _)| view)
    }

    /// In the picture, but of no view whose eye is where the tile wants it.
    fn is_barred(&self, id: TileId) -> bool {
        self.tree.get(id).is_some_and(|node| {
            node.room.is_some() && self.views_of(node).next().is_some() && !self.views_of(node).any(|view| in_room(node, view))
        })
    }

    /// Whether an ADD tile is fine enough where its child is, so that the child would add nothing to be seen.
    fn is_fine_there(&self, id: TileId, child: TileId) -> bool {
        let (Some(node), Some(child)) = (self.tree.get(id), self.tree.get(child)) else {
            return false;
        };
        self.views_of(child).all(|view| error_px(node.geometric_error_m, child, view) <= self.max_error_px)
    }

    fn score_out_of_view(&self, id: TileId) -> f64 {
        let scores = self
            .tree
            .get(id)
            .into_iter()
            .flat_map(|node| self.views.iter().map(move |view| score(node, view)));
        scores.fold(f64::INFINITY, f64::min)
    }
}

/// Pixels that an error takes where a tile is nearest.
fn error_px(error_m: f64, at: &Node, view: &View) -> f64 {
    let distance_m = at.volume.distance_m(view.position).max(NEAREST_M);
    error_m * view.pixels_per_radian / distance_m
}

fn in_room(node: &Node, view: &View) -> bool {
    node.room.as_ref().is_none_or(|room| room.holds(view.position))
}

fn score(node: &Node, view: &View) -> f64 {
    let (centre, _) = node.volume.bounding_sphere();
    let towards = (centre - view.position).normalize_or_zero();
    (1.0 - towards.dot(view.direction)) * node.volume.distance_m(view.position)
}
