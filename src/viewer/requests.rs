//! One door for every byte the viewer asks for: tickets out, a sorted inbox in.

use super::series::Part;
use crate::formats::webtiles::WebTile;
use crate::io::{self, Fetcher, IoFault};
use crate::stream::{RequestId, TileId, Wanted};
use bevy::platform::collections::HashMap;
use bevy::prelude::*;

/// What bytes are for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    Manifest,
    /// The document of a tileset that is opened by itself, at this path.
    Foreign { path: String },
    /// The description of what is laid on the ground, by its place in what was asked for.
    Over { number: usize },
    /// The style of a layer, by its place in the manifest.
    Style { layer: usize },
    /// A part of a series: the folder of its array, and which part.
    Values { path: String, part: Part },
    /// A file of the search index.
    Search { part: crate::formats::search::Part },
    /// A tile of the imagery that is shown; `clear` asks for its partly transparent twin.
    Picture { tile: WebTile, clear: bool },
    Tile {
        layer: usize,
        request: RequestId,
        tile: TileId,
        wanted: Wanted,
    },
    /// What all roofs of the roof book share, and the page that has a building.
    RoofHead,
    RoofPage { building: String },
    /// A page that has neighbours of the selected roof.
    RoofBeside { page: u32 },
    /// The solar plan's document.
    RoofPlan,
    /// A file of it for other programs, by its name.
    PlanFile { name: String },
    /// The book of posts and lines.
    ConnectBook,
    /// A file that a tile's content names, as it is named there.
    Part { layer: usize, request: RequestId, uri: String },
}

pub type Arrival = (Purpose, Result<Vec<u8>, IoFault>);

/// Requests under way and what has arrived this frame.
#[derive(Resource)]
pub struct Requests {
    fetcher: Fetcher,
    next: u64,
    open: HashMap<u64, Purpose>,
    inbox: Vec<Arrival>,
    /// What is asked for once so many seconds have passed.
    later: Vec<(f64, String, Purpose)>,
}

impl Requests {
    pub fn new(fetcher: Fetcher) -> Self {
        Self {
            fetcher,
            next: 0,
            open: HashMap::default(),
            inbox: Vec::new(),
            later: Vec::new(),
        }
    }

    pub fn ask(&mut self, path: &str, purpose: Purpose) {
        self.next += 1;
        self.open.insert(self.next, purpose);
        self.fetcher.start(self.next, path);
    }

    /// Asks for a part of a file, or for what lies at a whole address: see [`Fetcher::start_part`].
    pub fn ask_part(&mut self, path: &str, part: Option<io::Part>, purpose: Purpose) {
        self.next += 1;
        self.open.insert(self.next, purpose);
        self.fetcher.start_part(self.next, path, part);
    }

    /// What somebody has already, as if it had just arrived.
    pub fn have(&mut self, purpose: Purpose, bytes: Vec<u8>) {
        self.inbox.push((purpose, Ok(bytes)));
    }

    /// Asks once `wait_s` seconds have passed: another try after a passing fault.
    pub fn ask_after(&mut self, wait_s: f64, path: &str, purpose: Purpose) {
        self.later.push((wait_s, path.to_owned(), purpose));
    }

    /// Forgets every open request that `is_unwanted`; what was on its way is dropped.
    pub fn cancel(&mut self, is_unwanted: impl Fn(&Purpose) -> bool) {
        self.later.retain(|(_, _, purpose)| !is_unwanted(purpose));
        let fetcher = &mut self.fetcher;
        self.open.retain(|ticket, purpose| {
            let drop = is_unwanted(purpose);
            if drop {
                fetcher.cancel(*ticket);
            }
            !drop
        });
    }

    /// Takes what arrived for `mine`.
    pub fn take(&mut self, mine: impl Fn(&Purpose) -> bool) -> Vec<Arrival> {
        let (taken, rest) = std::mem::take(&mut self.inbox)
            .into_iter()
            .partition(|(purpose, _)| mine(purpose));
        self.inbox = rest;
        taken
    }

    pub fn waiting(&self) -> usize {
        self.open.len() + self.inbox.len() + self.later.len()
    }
}

/// Sorts what has arrived; runs before [`super::vocab::ViewerSystems::Arrive`].
pub fn receive(time: Res<Time>, mut requests: ResMut<Requests>) {
    let requests = &mut *requests;
    for (wait_s, ..) in &mut requests.later {
        *wait_s -= time.delta_secs_f64();
    }
    let (due, later): (Vec<_>, Vec<_>) = std::mem::take(&mut requests.later).into_iter().partition(|(wait_s, ..)| *wait_s <= 0.0);
    requests.later = later;
    for (_, path, purpose) in due {
        match purpose {
            // Pictures may lie anywhere.
            Purpose::Picture { .. } => requests.ask_part(&path, None, purpose),
            _ => requests.ask(&path, purpose),
        }
    }
    for (ticket, body) in requests.fetcher.poll() {
        if let Some(purpose) = requests.open.remove(&ticket) {
            requests.inbox.push((purpose, body));
        }
    }
}
