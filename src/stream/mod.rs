//! The streaming engine, sans-IO: it decides what to show, what to ask for and what to drop; others fetch, decode and draw.
//!
//! One [`Engine`] serves one tileset; [`Engine::update`] is called once per frame.
//!
//! | file | what |
//! |---|---|
//! | `engine.rs` | the interface: one frame, one answer |
//! | `select.rs` | which tiles to show and to want: screen-space error, REPLACE without holes, ADD |
//! | `fade.rs` | cross-fades |
//! | `schedule.rs` | requests: priorities, limits, cancellation, retries |
//! | `cache.rs` | memory: eviction, forgetting far tiles, coarser pictures under pressure |
//! | `tree.rs` | nodes and their life |
//! | `about.rs` | what documents say of tiles |
//! | `grow.rs`, `implicit.rs` | tilesets and subtrees become nodes |
//! | `cloud/` | an octree of points in one file becomes nodes, its chunks contents |
//! | `ground/` | pyramids of ground and of what lies on it become nodes, their tiles contents |
//! | `share.rs` | one memory ceiling for several engines |
//! | `arrays.rs`, `narrow.rs`, `bvh.rs`, `dots.rs` | a content as the graphics card and rays want it |
//! | `rise.rs`, `curtain.rs` | what values raise, and the walls under it |
//! | `parcel.rs` | the same as one run of bytes, from worker to page |
//! | `volume.rs`, `paths.rs` | bounding volumes in ECEF; references between files |

mod about;
pub mod arrays;
pub mod bvh;
mod cache;
pub mod cloud;
pub mod dots;
mod curtain;
mod engine;
mod fade;
pub mod ground;
mod grow;
mod implicit;
pub mod narrow;
pub mod parcel;
pub mod paths;
pub mod rise;
mod schedule;
mod select;
mod share;
mod tree;
mod volume;

pub use about::About;
pub use engine::{Engine, MAX_SUBTREE_BYTES, MAX_TILESET_BYTES, RootState};
pub use select::LOADING_DESCENDANT_LIMIT;
pub use share::shares;
pub use tree::{MAX_DEPTH, MAX_NODES};
pub use volume::{Frustum, Obb, Room, Volume};

use crate::formats::pmtiles::Span;
use crate::formats::quantizedmesh::Range;
use glam::{DMat4, DVec3};

/// A counter of frames; the only clock the engine has.
pub type FrameNo = u64;

/// A tile of one engine; never reused for another tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileId(pub u32);

/// One request the host was asked to make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// One eye on the scene, in ECEF metres.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub position: DVec3,
    /// Unit vector the eye looks along.
    pub direction: DVec3,
    /// Planes with the normal inside: `dot(n, p) + d >= 0` is in view. Up to six.
    pub frustum: Vec<(DVec3, f64)>,
    /// Height of the picture in pixels divided by `2 tan(fovy / 2)`: pixels of a metre at one metre.
    pub pixels_per_radian: f64,
}

/// What a request is for, so that the host knows how to decode it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// `tileset.json`, the root or an external one.
    Tileset,
    /// A `.subtree` of implicit tiling.
    Subtree,
    /// A tile's content (glb).
    Content,
}

/// A request for bytes. `path` is relative to the folder of the root tileset; of a pyramid's tiles it may be a whole address.
#[derive(Clone, Debug, PartialEq)]
pub struct Fetch {
    pub id: RequestId,
    pub tile: TileId,
    pub path: String,
    pub wanted: Wanted,
    /// Only this part of the file; all of it without.
    pub span: Option<Span>,
    /// Higher is sooner.
    pub priority: f32,
}

/// Why bytes did not come.
#[derive(Clone, Debug, PartialEq)]
pub enum FetchFault {
    /// Worth another try later: time-out, 5xx, no network.
    Passing(String),
    /// Will not get better: 404, unreadable content.
    Lasting(String),
    /// There is nothing at that address. Of a pyramid's tile that is an answer, of anything else a lasting fault.
    Absent(String),
}

/// What the host hands back for a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    /// Bytes of a tileset or subtree, for the engine itself; also those of a content that turns out to be a tileset.
    Bytes(Vec<u8>),
    /// The host has decoded and uploaded a content; it holds so many bytes of memory for it.
    Content { bytes: u64 },
    /// The same of a pyramid's tile: its heights above the ellipsoid (none where it is empty), and what it says is below it.
    Ground { bytes: u64, heights_m: Option<[f64; 2]>, below: Vec<Vec<Range>> },
}

/// A tile to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Show {
    pub tile: TileId,
    /// Geometric error of the tile in metres: how far its shapes may be from the truth.
    pub geometric_error_m: f64,
    /// Depth in the tree, root 0.
    pub depth: u32,
}

/// A tile whose opacity is on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fade {
    pub tile: TileId,
    /// 0 invisible … 1 opaque, reached at this frame.
    pub opacity: f32,
}

/// The answer to one frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Update {
    /// All tiles to draw this frame; nothing else may be seen.
    pub show: Vec<Show>,
    /// Those among `show` (or just leaving it) that are not opaque yet.
    pub fade: Vec<Fade>,
    pub fetch: Vec<Fetch>,
    pub cancel: Vec<RequestId>,
    /// Contents the host must drop now.
    pub evict: Vec<TileId>,
    pub stats: Stats,
}

/// Counters of the last frame, all bounded by settings.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stats {
    pub visited: usize,
    pub shown: usize,
    /// Requests under way or queued; zero when the picture is complete.
    pub waiting: usize,
    pub failed: usize,
    pub resident_tiles: usize,
    /// Contents, tile nodes and subtrees.
    pub resident_bytes: u64,
    /// What the picture needs, nodes and subtrees included: what it shows, what waits for its neighbours to be shown with them, and what has not come, as contents of mean size.
    pub needed_bytes: u64,
    /// The screen-space error in force; above the setting under memory pressure.
    pub screen_space_error: f64,
}

/// Limits of one engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// Largest error on screen, pixels.
    pub screen_space_error: f64,
    /// Requests under way at once.
    pub max_requests: usize,
    /// Ceiling of everything the engine keeps alive, contents included.
    pub max_bytes: u64,
    /// Frames a fade takes.
    pub fade_frames: u32,
    /// Tries after a passing fault before a tile counts as failed.
    pub max_retries: u32,
    /// Frames before the first new try; doubles each time.
    pub retry_frames: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            screen_space_error: 16.0,
            max_requests: 16,
            max_bytes: 512 << 20,
            fade_frames: 12,
            max_retries: 4,
            retry_frames: 30,
        }
    }
}

/// What the host needs to place a content.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// From the tile's frame to ECEF (product of the transforms on the way from the root).
    pub ecef_from_tile: DMat4,
    pub path: String,
    /// Its models are upright already.
    pub z_is_up: bool,
    /// Its place in a pyramid of ground, when it has one.
    pub plot: Option<ground::Plot>,
    /// Its place in an octree of points, when it has one.
    pub block: Option<cloud::Block>,
}
