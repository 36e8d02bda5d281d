//! Fetching bytes and reading clocks behind one interface: threads and sockets on the desktop, `fetch` in the browser, a script in tests.
//!
//! | file | what |
//! |---|---|
//! | `native.rs` | files by a few threads; `http.rs` for addresses |
//! | `web.rs` | the browser's `fetch` |
//! | `scripted.rs` | answers and latencies as a test writes them |
//!
//! A [`Fetcher`] never blocks and never calls back: ask with [`Fetcher::start`], look with [`Fetcher::poll`].
//! HTTP on the desktop is the one part that costs dependencies; it comes with the feature `http` (which `viewer` includes), and without it addresses are refused with a clear fault.

mod clock;
mod location;
pub mod scripted;

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
use native as platform;
#[cfg(target_arch = "wasm32")]
use web as platform;

pub use clock::{Clock, now};
pub use location::{Location, Place};
pub use scripted::Script;

use crate::base::{Finding, Severity};
use thiserror::Error;

/// No single answer may be larger, bytes.
pub const MAX_ANSWER_BYTES: u64 = 256 << 20;

/// No more requests wait or run in one fetcher; further ones are refused.
pub const MAX_REQUESTS: usize = 4096;

/// Nothing has come for so long: the request has failed, seconds.
pub const STALL_TIMEOUT_S: u64 = 20;

/// A whole request may take so long, seconds.
pub const REQUEST_TIMEOUT_S: u64 = 120;

/// Why bytes did not come.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum IoFault {
    #[error("not found: {0}")]
    NotFound(String),
    /// A path that leads out of the root, an address that is none.
    #[error("refused: {0}")]
    Refused(String),
    /// An answer other than success; 404 and 410 are [`Self::NotFound`].
    #[error("the server answered {0}")]
    Server(u16),
    #[error("network: {0}")]
    Network(String),
    /// Nothing came within [`STALL_TIMEOUT_S`], or not all within [`REQUEST_TIMEOUT_S`].
    #[error("timed out: {0}")]
    TimedOut(String),
    /// The answer has so many bytes (or at least so many), more than [`MAX_ANSWER_BYTES`].
    #[error("too large: {0} bytes")]
    TooLarge(u64),
    #[error("cannot read: {0}")]
    Disk(String),
    /// This build or machine cannot do it.
    #[error("not supported: {0}")]
    Unsupported(String),
}

impl IoFault {
    /// Whether another try later may succeed.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Network(_) | Self::TimedOut(_) => true,
            // Request time-out, too early, too many requests, and faults of the server itself.
            Self::Server(status) => matches!(status, 408 | 425 | 429 | 500..=599),
            Self::NotFound(_)
            | Self::Refused(_)
            | Self::TooLarge(_)
            | Self::Disk(_)
            | Self::Unsupported(_) => false,
        }
    }

    /// The code of the finding that tells the user, stable for ever.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound(_) => "io-not-found",
            Self::Refused(_) => "io-refused",
            Self::Server(_) => "io-server",
            Self::Network(_) => "io-network",
            Self::TimedOut(_) => "io-timed-out",
            Self::TooLarge(_) => "io-too-large",
            Self::Disk(_) => "io-disk",
            Self::Unsupported(_) => "io-unsupported",
        }
    }

    pub fn finding(&self, file: &str) -> Finding {
        Finding::new(self.code(), Severity::Error, file).value(self)
    }
}

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub offset: u64,
    pub length: u64,
}

impl Part {
    /// The part of bytes that came whole although a part was asked for: some servers know no ranges. What lies beyond the end is not there.
    pub fn of(self, mut bytes: Vec<u8>) -> Vec<u8> {
        let start = usize::try_from(self.offset).unwrap_or(usize::MAX).min(bytes.len());
        let mut part = bytes.split_off(start);
        part.truncate(usize::try_from(self.length).unwrap_or(usize::MAX));
        part
    }

    /// As a header says it.
    pub fn header(self) -> String {
        format!("bytes={}-{}", self.offset, self.offset.saturating_add(self.length.max(1) - 1))
    }
}

/// Fetches files below one root. Dropping it cancels everything.
#[derive(Debug)]
pub struct Fetcher(Backend);

#[derive(Debug)]
enum Backend {
    Real(platform::Fetcher),
    Scripted(scripted::Fetcher),
}

impl Fetcher {
    /// A fetcher for what lies below `root`. Fails for roots this build or machine cannot reach at all; a root that does not exist shows at the first request.
    pub fn new(root: Location) -> Result<Self, IoFault> {
        platform::Fetcher::new(root).map(Backend::Real).map(Self)
    }

    /// A fetcher that answers as the script says.
    pub fn scripted(script: Script) -> Self {
        Self(Backend::Scripted(scripted::Fetcher::new(script)))
    }

    /// Asks for the file at `path`, relative to the root, written as a URI reference (`%20`, `?v=3`).
    ///
    /// `ticket` is the caller's name for the request; one that is still under way must not be used again.
    pub fn start(&mut self, ticket: u64, path: &str) {
        match &mut self.0 {
            Backend::Real(fetcher) => fetcher.start(ticket, path),
            Backend::Scripted(fetcher) => fetcher.start(ticket, path),
        }
    }

    /// Asks for a part of a file, or for all of it: from which byte on, and how many. The path may also be a whole address (`https://…`), where the
    /// caller knows that a person wants what is there: a pyramid of tiles names its servers.
    pub fn start_part(&mut self, ticket: u64, path: &str, part: Option<Part>) {
        match &mut self.0 {
            Backend::Real(fetcher) => fetcher.start_part(ticket, path, part),
            Backend::Scripted(fetcher) => fetcher.start_part(ticket, path, part),
        }
    }

    /// The answer to a cancelled request never comes.
    pub fn cancel(&mut self, ticket: u64) {
        match &mut self.0 {
            Backend::Real(fetcher) => fetcher.cancel(ticket),
            Backend::Scripted(fetcher) => fetcher.cancel(ticket),
        }
    }

    /// What has come since the last look; each ticket once.
    pub fn poll(&mut self) -> Vec<(u64, Result<Vec<u8>, IoFault>)> {
        match &mut self.0 {
            Backend::Real(fetcher) => fetcher.poll(),
            Backend::Scripted(fetcher) => fetcher.poll(),
        }
    }
}
