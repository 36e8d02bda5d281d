//! How long a picture is waited for: as long as work goes on, within bounds. Pure functions.

use super::vocab::Progress;
use crate::io::REQUEST_TIMEOUT_S;

/// When waiting ends that brings nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// After so long without any progress, seconds.
    pub idle_s: f64,
    /// After so long whatever goes on, seconds: what is asked for again and again may never come.
    pub longest_s: f64,
}

impl Default for Patience {
    /// Longer than any request may take: each ends by itself, and what it brought is progress.
    fn default() -> Self {
        Self { idle_s: REQUEST_TIMEOUT_S as f64 + 30.0, longest_s: 3_600.0 }
    }
}

/// Waiting for a picture to be complete.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    patience: Patience,
    began_s: f64,
    moved_s: f64,
    last: Progress,
}

impl Waiting {
    /// From a moment on, by any clock that only goes forward.
    pub fn from(now_s: f64, patience: Patience) -> Self {
        Self { patience, began_s: now_s, moved_s: now_s, last: Progress::default() }
    }

    /// Whether it is worth going on at a later moment. What is complete has nothing to be waited for any more: it only needs to be drawn, however slow
    /// the machine is.
    pub fn goes_on(&mut self, now_s: f64, progress: Progress) -> bool {
        // What fades in or out has come already: its end alone is no progress.
        let there = Progress { complete: false, ..progress };
        if there != self.last {
            (self.moved_s, self.last) = (now_s, there);
        }
        progress.complete || now_s - self.moved_s <= self.patience.idle_s && now_s - self.began_s <= self.patience.longest_s
    }
}
