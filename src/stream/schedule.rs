//! Which requests run: the most urgent first, a bounded number at once, none that nobody wants any more.

use super::select::{Class, Want};
use super::tree::{Life, Tree};
use super::{Fetch, FrameNo, RequestId, Settings, TileId, Wanted};
use std::collections::BTreeMap;

/// Late answers to cancelled requests are recognised for so many of them.
const MAX_REMEMBERED: usize = 4096;

/// A back-off never grows beyond so many doublings.
const MAX_DOUBLINGS: u32 = 10;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Request {
    pub tile: TileId,
    pub wanted: Wanted,
}

#[derive(Debug, Default)]
pub struct Schedule {
    next: u64,
    running: BTreeMap<RequestId, Request>,
    /// Cancelled, but the host may have been quicker.
    cancelled: BTreeMap<RequestId, TileId>,
}

/// What scheduling has done in a frame.
#[derive(Debug, Default)]
pub struct Scheduled {
    pub fetch: Vec<Fetch>,
    pub cancel: Vec<RequestId>,
    /// A content that matters was not asked for, for want of memory.
    pub starved: bool,
    /// Requests that matter and are not answered, running or not.
    pub waiting: usize,
}

/// What an answer belongs to.
pub enum Answered {
    Running(Request),
    /// Cancelled before; the host holds a content nobody asked for any more.
    Late(TileId),
    Unknown,
}

impl Schedule {
    /// Cancels what nobody wants, starts what fits. `wants` come in any order; `room_bytes` is what contents may still take, `content_bytes` what one takes in the mean.
    pub fn update(
        &mut self,
        tree: &mut Tree,
        mut wants: Vec<Want>,
        frame: FrameNo,
        settings: &Settings,
        room_bytes: u64,
        content_bytes: u64,
    ) -> Scheduled {
        let mut done = Scheduled::default();
        wants.sort_by(|a, b| {
            b.class
                .cmp(&a.class)
                .then(a.score.total_cmp(&b.score))
                .then(a.tile.cmp(&b.tile))
        });

        let wanted: std::collections::HashSet<TileId> =
            wants.iter().map(|want| want.tile).collect();
        let unwanted: Vec<_> = self
            .running
            .iter()
            .filter(|(_, request)| !wanted.contains(&request.tile))
            .map(|(id, _)| *id)
            .collect();
        for id in unwanted {
            if let Some(tile) = self.cancel(id) {
                done.cancel.push(id);
                if let Some(node) = tree.get_mut(tile) {
                    node.life = Life::Unloaded;
                }
            }
        }

        let mut expected = content_bytes.saturating_mul(
            self.running
                .values()
                .filter(|r| r.wanted == Wanted::Content)
                .count() as u64,
        );
        for want in &wants {
            let span = tree.get(want.tile).and_then(|node| tree.span(node));
            let Some(node) = tree.get_mut(want.tile) else {
                continue;
            };
            let matters = want.class > Class::Preload;
            match node.life {
                Life::Loading(_) => {
                    done.waiting += usize::from(matters);
                    continue;
                }
                Life::Ready | Life::Failed { retry_at: None } => continue,
                Life::Failed { retry_at: Some(at) } if at > frame => {
                    done.waiting += usize::from(matters);
                    continue;
                }
                Life::Failed { .. } | Life::Unloaded | Life::Queued => {}
            }
            let Some((kind, path)) = node.content.wanted() else {
                continue;
            };
            done.waiting += usize::from(matters);
            if self.running.len() >= settings.max_requests.max(1) {
                node.life = Life::Queued;
                continue;
            }
            let fits = expected + content_bytes <= room_bytes;
            let roomy =
                expected + content_bytes <= room_bytes.saturating_sub(settings.max_bytes / 4);
            let may = match (kind, want.class) {
                (Wanted::Content, Class::Normal) => fits,
                (_, Class::Preload) => roomy,
                // Documents are small beside contents, and without an urgent content the picture has a hole.
                (Wanted::Tileset | Wanted::Subtree, _) | (_, Class::Urgent) => true,
            };
            if !may {
                done.starved |= matters;
                node.life = Life::Queued;
                continue;
            }
            if kind == Wanted::Content {
                expected += content_bytes;
            }
            let id = RequestId(self.next);
            self.next += 1;
            let path = path.to_string();
            node.life = Life::Loading(id);
            self.running.insert(
                id,
                Request {
                    tile: want.tile,
                    wanted: kind,
                },
            );
            done.fetch.push(Fetch {
                id,
                tile: want.tile,
                path,
                wanted: kind,
                span,
                priority: priority(want),
            });
        }
        done
    }

    /// Takes a request off the list; returns its tile if it was running.
    pub fn cancel(&mut self, id: RequestId) -> Option<TileId> {
        let request = self.running.remove(&id)?;
        self.cancelled.insert(id, request.tile);
        while self.cancelled.len() > MAX_REMEMBERED {
            self.cancelled.pop_first();
        }
        Some(request.tile)
    }

    pub fn answered(&mut self, id: RequestId) -> Answered {
        match (self.running.remove(&id), self.cancelled.remove(&id)) {
            (Some(request), _) => Answered::Running(request),
            (None, Some(tile)) => Answered::Late(tile),
            (None, None) => Answered::Unknown,
        }
    }
}

/// Frame of the next try after so many passing faults.
pub fn retry_at(frame: FrameNo, tries: u32, settings: &Settings) -> FrameNo {
    let doublings = tries.saturating_sub(1).min(MAX_DOUBLINGS);
    frame + (u64::from(settings.retry_frames.max(1)) << doublings)
}

/// The class in whole numbers, the score within it.
fn priority(want: &Want) -> f32 {
    let class = match want.class {
        Class::Preload => 0.0,
        Class::Normal => 1.0,
        Class::Urgent => 2.0,
    };
    class + 1.0 / (1.0 + want.score.max(0.0) as f32)
}
