//! An import in parts, on one machine or many: plan, work, merge.
//!
//! | step | reads | writes |
//! |---|---|---|
//! | [`plan`] | the sources, once | clean objects sorted by place, the ground, and which tiles are drawn together: the shards |
//! | [`work`] | the objects in and around one shard | that shard's tiles, and a file that says it is done |
//! | [`merge`] | what is done | the coarse tiles above the shards, subtrees, tilesets, manifest; the territory appears |
//!
//! `jumeau import` is the three in one process, so the bytes are the same however the work was spread.
//! A shard's tiles follow from its *key*, a fingerprint of all that it reads; a shard whose key is that of an earlier run is taken over and not drawn.
//! That makes a shard idempotent, an interrupted import resumable and a changed source cheap, by one rule.
//!
//! | module | holds |
//! |---|---|
//! | [`bytes`], [`objects`], [`spool`] | our own files: values, objects, objects by place |
//! | [`file`] | the two small JSON files, `plan.json` and the one of each shard |
//! | [`plan`], [`work`], [`merge`] | the steps |
//! | `gather` | one pass over the sources |
//! | `networks` | what the sources lack, laid before the tiles are cut |

pub mod bytes;
pub mod file;
mod gather;
pub mod merge;
mod networks;
pub mod objects;
pub mod plan;
mod roofs;
pub mod spool;
pub mod work;

/// Buildings of one shard, counted with lines and points of networks, unless it cannot be cut further.
pub const SHARD_BUILDINGS: u64 = 20_000;

/// What is asked of a plan beyond the import's own options.
#[derive(Clone, Copy, Debug)]
pub struct ShardOptions {
    /// Shards with more buildings and things of networks are cut in four.
    pub most_buildings: u64,
}

impl Default for ShardOptions {
    fn default() -> Self {
        Self { most_buildings: SHARD_BUILDINGS }
    }
}
