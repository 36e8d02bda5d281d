//! One door for every byte the viewer asks for: tickets out, a sorted inbox in.

use crate::io::{Fetcher, IoFault};
use crate::stream::{RequestId, TileId, Wanted};
use bevy::platform::collections::HashMap;
use bevy::prelude::*;

/// What bytes are for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    Manifest,
    /// A part of a series: its index in the manifest, and the path inside its Zarr folder.
    Series { series: usize, path: String },
    Tile {
        layer: usize,
        request: RequestId,
        tile: TileId,
        wanted: Wanted,
    },
}

pub type Arrival = (Purpose, Result<Vec<u8>, IoFault>);

/// Requests under way and what has arrived this frame.
#[derive(Resource)]
pub struct Requests {
    fetcher: Fetcher,
    next: u64,
    open: HashMap<u64, Purpose>,
    inbox: Vec<Arrival>,
}

impl Requests {
    pub fn new(fetcher: Fetcher) -> Self {
        Self {
            fetcher,
            next: 0,
            open: HashMap::default(),
            inbox: Vec::new(),
        }
    }

    pub fn ask(&mut self, path: &str, purpose: Purpose) {
        self.next += 1;
        self.open.insert(self.next, purpose);
        self.fetcher.start(self.next, path);
    }

    /// Forgets every open request that `is_unwanted`; what was on its way is dropped.
    pub fn cancel(&mut self, is_unwanted: impl Fn(&Purpose) -> bool) {
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
        self.open.len() + self.inbox.len()
    }
}

/// Sorts what has arrived; runs first in [`super::vocab::ViewerSystems::Input`].
pub fn receive(mut requests: ResMut<Requests>) {
    let requests = &mut *requests;
    for (ticket, body) in requests.fetcher.poll() {
        if let Some(purpose) = requests.open.remove(&ticket) {
            requests.inbox.push((purpose, body));
        }
    }
}
