//! From bytes to loaded tiles off the main thread, with the files that contents name.

use super::load::{self, LoadedTile, Wish};
use super::{DECODE_BUDGET_S, MOST_DECODE_S, Streams, Told};
use crate::base::Language;
use crate::formats::gltf::Limits;
use crate::formats::messages::message;
use crate::formats::tiles3d::TilesFault;
use crate::formats::tiles3d::content::{Drawn, Files, Read, read_turned};
use crate::formats::territory::LayerKind;
use crate::io::Clock;
use crate::stream::parcel;
use crate::stream::{FetchFault, RequestId, TileId, cloud, ground, paths};
use crate::viewer::platform;
use crate::viewer::requests::{Purpose, Requests};
use crate::viewer::resident::Resident;
use crate::viewer::vocab::Scene;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use std::collections::VecDeque;

/// A file that a content names may name another; no content of the standard does it more than twice.
const MOST_ROUNDS: u32 = 3;

/// A content that waits for a worker, or for its files.
pub(super) struct Job {
    pub layer: usize,
    pub request: RequestId,
    pub tile: TileId,
    /// Relative to the layer's folder.
    pub path: String,
    pub wish: Wish,
    pub bytes: Vec<u8>,
    pub files: Files,
    pub rounds: u32,
}

/// What a worker made of a job.
pub(super) enum Outcome {
    Tile(Box<LoadedTile>, Vec<Told>),
    /// The bytes of a tileset under the name of a content.
    Tileset(Vec<u8>),
    Missing(Vec<String>, Box<Job>),
    Unusable(String),
}

/// A content back from the workers.
pub(super) struct Decoded {
    pub layer: usize,
    pub request: RequestId,
    pub tile: TileId,
    pub outcome: Outcome,
}

#[derive(Resource)]
pub(super) struct Workshop {
    sender: async_channel::Sender<Decoded>,
    receiver: async_channel::Receiver<Decoded>,
    queue: VecDeque<Job>,
    /// Jobs that wait for so many files.
    waiting: HashMap<(usize, RequestId), (Job, usize)>,
    busy: usize,
    /// Our own tiles in the workers of a page, by ticket.
    apart: HashMap<u64, Apart>,
    next_ticket: u64,
    /// What those workers have brought and nobody has unpacked.
    brought: VecDeque<(Apart, platform::Outcome)>,
}

/// What has to be known of a content when it comes back from a worker that shares no memory.
struct Apart {
    layer: usize,
    request: RequestId,
    tile: TileId,
    path: String,
    wish: Wish,
}

impl Default for Workshop {
    fn default() -> Self {
        let (sender, receiver) = async_channel::unbounded();
        Self {
            sender,
            receiver,
            queue: VecDeque::default(),
            waiting: HashMap::default(),
            busy: 0,
            apart: HashMap::default(),
            next_ticket: 0,
            brought: VecDeque::default(),
        }
    }
}

impl Workshop {
    pub fn add(&mut self, job: Job) {
        self.queue.push_back(job);
    }

    pub fn is_idle(&self) -> bool {
        self.pending() == 0
    }

    /// Contents that are not yet what is drawn.
    pub fn pending(&self) -> usize {
        self.busy + self.queue.len() + self.waiting.len()
    }

    /// What has come back, if anything.
    pub fn take(&mut self, language: Language) -> Option<Decoded> {
        let decoded = match self.receiver.try_recv() {
            Ok(decoded) => decoded,
            Err(_) => self.unpacked(language)?,
        };
        self.busy = self.busy.saturating_sub(1);
        Some(decoded)
    }

    /// The next of what the workers of a page have brought.
    fn unpacked(&mut self, language: Language) -> Option<Decoded> {
        for (ticket, outcome) in platform::decoded_apart() {
            if let Some(apart) = self.apart.remove(&ticket) {
                self.brought.push_back((apart, outcome));
            }
        }
        let (Apart { layer, request, tile, path, wish }, outcome) = self.brought.pop_front()?;
        let outcome = match outcome {
            platform::Outcome::Parcel(parcel) => match parcel::unpack(&parcel) {
                Some(arrays) => Outcome::Tile(Box::new(LoadedTile::of(arrays)), Vec::new()),
                None => Outcome::Unusable("a parcel that is not whole".to_owned()),
            },
            platform::Outcome::Fault(text) => Outcome::Unusable(text),
            platform::Outcome::Lost(bytes) => work(Job { layer, request, tile, path, wish, bytes, files: Files::default(), rounds: 0 }, language),
        };
        Some(Decoded { layer, request, tile, outcome })
    }

    /// Forgets jobs that nobody wants any more: those that wait for files, and those that wait in a worker of a page.
    pub fn cancel(&mut self, layer: usize, cancelled: &[RequestId]) {
        self.waiting.retain(|(of, request), _| *of != layer || !cancelled.contains(request));
        let unwanted = |apart: &Apart| apart.layer == layer && cancelled.contains(&apart.request);
        let tickets: Vec<u64> = self.apart.iter().filter(|(_, apart)| unwanted(apart)).map(|(ticket, _)| *ticket).collect();
        for ticket in tickets.into_iter().filter(|ticket| platform::cancel_apart(*ticket)) {
            self.apart.remove(&ticket);
            self.busy = self.busy.saturating_sub(1);
        }
    }

    /// Asks for the files of a content, and holds it until they are there.
    pub fn wait_for(&mut self, missing: Vec<String>, mut job: Job, folder: &str, requests: &mut Requests) {
        job.rounds += 1;
        let mut asked = 0;
        for uri in missing {
            match paths::resolve(&job.path, &uri).filter(|_| job.rounds <= MOST_ROUNDS) {
                Some(path) => {
                    asked += 1;
                    let purpose = Purpose::Part { layer: job.layer, request: job.request, uri };
                    requests.ask(&format!("{folder}{path}"), purpose);
                }
                // Out of the tileset's folder, or to another place: never followed.
                None => {
                    job.files.insert(uri, None);
                }
            }
        }
        match asked {
            0 => self.queue.push_back(job),
            _ => {
                self.waiting.insert((job.layer, job.request), (job, asked));
            }
        }
    }

    /// A file of a content has come, or will not. The fault of one that may come later is handed back: then all is asked for again.
    pub fn part(&mut self, layer: usize, request: RequestId, uri: String, body: Result<Vec<u8>, crate::io::IoFault>) -> Option<FetchFault> {
        let (job, left) = self.waiting.get_mut(&(layer, request))?;
        match body {
            Err(fault) if fault.is_passing() => {
                self.waiting.remove(&(layer, request));
                return Some(FetchFault::Passing(fault.to_string()));
            }
            body => job.files.insert(uri, body.ok()),
        };
        *left -= 1;
        if *left == 0
            && let Some((job, _)) = self.waiting.remove(&(layer, request))
        {
            self.queue.push_back(job);
        }
        None
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

pub(super) fn start_decoding(time: Res<Time>, scene: Res<Scene>, mut workshop: ResMut<Workshop>, streams: Res<Streams>, resident: Res<Resident>) {
    let workshop = &mut *workshop;
    // Where decoding shares the main thread it may take this much of a frame: little of a quick one, a quarter of one that is slow anyway.
    let clock = Clock::start();
    let budget_s = (0.25 * f64::from(time.delta_secs())).clamp(DECODE_BUDGET_S, MOST_DECODE_S);
    let turn_of = |layer: usize| resident.layers.get(layer).map_or(0, |layer| turn(layer.kind));
    let language = scene.state.language;
    while workshop.busy < platform::DECODES_AT_ONCE && clock.seconds() < budget_s {
        // The first of several is the one that came first; the queue is as short as the requests that may be open.
        let next = workshop.queue.iter().enumerate().min_by_key(|(_, job)| turn_of(job.layer)).map(|(at, _)| at);
        let Some(job) = next.and_then(|at| workshop.queue.remove(at)) else { break };
        let wanted = streams.layers.get(job.layer).is_some_and(|stream| stream.decoding.contains(&job.request));
        if !wanted {
            continue;
        }
        let mut job = job;
        // Our own tiles are whole in themselves: a worker that shares no memory can have them.
        if job.wish.dressed.is_none() && job.wish.plot.is_none() && !job.wish.z_is_up && job.bytes.starts_with(b"glTF") {
            workshop.next_ticket += 1;
            let Job { layer, request, tile, .. } = job;
            match platform::decode_apart(workshop.next_ticket, std::mem::take(&mut job.bytes), &job.wish.ecef_from_tile, job.wish.pictured) {
                Ok(()) => {
                    workshop.apart.insert(workshop.next_ticket, Apart { layer, request, tile, path: job.path, wish: job.wish });
                    workshop.busy += 1;
                    continue;
                }
                Err(bytes) => job.bytes = bytes,
            }
            if platform::has_workers() {
                // All of them have enough to do.
                workshop.queue.push_front(job);
                break;
            }
        }
        workshop.busy += 1;
        let sender = workshop.sender.clone();
        platform::decode(move || {
            let (layer, request, tile) = (job.layer, job.request, job.tile);
            let outcome = work(job, language);
            // The receiver lives as long as the app; a closed channel means that nobody waits any more.
            let _ = sender.try_send(Decoded { layer, request, tile, outcome });
        });
    }
}

fn work(job: Job, language: Language) -> Outcome {
    if let Some(plot) = &job.wish.plot {
        let under = job.wish.under.as_ref().and_then(|under| under.patches.as_deref());
        return match ground::content_on(&job.bytes, plot, under) {
            Ok(made) => {
                let told = made.faults.iter().map(|fault| Told(sentence(fault, &job.path, language))).collect();
                Outcome::Tile(Box::new(LoadedTile::of_ground(made, &job.wish)), told)
            }
            Err(fault) => Outcome::Unusable(sentence(&fault, "", language)),
        };
    }
    if let Some(block) = &job.wish.block {
        return match cloud::content(&job.bytes, block) {
            Ok(content) => Outcome::Tile(Box::new(load::load(Drawn { content, ..Drawn::default() }, &job.wish)), Vec::new()),
            Err(fault) => Outcome::Unusable(sentence(&fault, "", language)),
        };
    }
    match read_turned(&job.bytes, &Limits::default(), &job.files, job.wish.z_is_up) {
        Ok(Read::Drawn(drawn)) => {
            // Our own tiles may be empty, where there is nothing.
            let worth_telling = drawn.left_out.iter().filter(|fault| job.wish.dressed.is_some() || fault.code != "content-empty");
            let told = worth_telling.map(|fault| Told(sentence(fault, &job.path, language))).collect();
            Outcome::Tile(Box::new(load::load(*drawn, &job.wish)), told)
        }
        Ok(Read::Tileset) => Outcome::Tileset(job.bytes),
        Ok(Read::Missing(missing)) => Outcome::Missing(missing, Box::new(job)),
        Err(fault) => Outcome::Unusable(sentence(&fault, "", language)),
    }
}

/// A fault as a person reads it, with the address of its tile.
fn sentence(fault: &TilesFault, path: &str, language: Language) -> String {
    let (fr, en) = message(&fault.clone().finding(path));
    let text = match language {
        Language::Fr => fr,
        Language::En => en,
    };
    if path.is_empty() { text } else { format!("{path}: {text}") }
}
