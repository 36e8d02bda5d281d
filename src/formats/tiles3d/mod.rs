//! 3D Tiles 1.1: tilesets, implicit tiling, subtrees.
//!
//! | module | holds |
//! |---|---|
//! | [`tileset`] | `tileset.json` as types |
//! | [`volume`] | bounding volumes and their subdivision |
//! | [`cell`] | tiles of implicit quadtrees and octrees, as others write them |
//! | [`implicit`] | tile coordinates, Morton order, template URIs, the plan of subtrees |
//! | [`subtree`] | availability, JSON and binary subtrees both ways |
//! | [`content`] | bytes of any content to what is drawn |
//! | [`batched`], [`instanced`], [`points`] | contents of 3D Tiles 1.0 |
//! | `hierarchy` | features inside each other, in their batch tables |
//! | [`style`] | the styling language |
//! | [`metadata`] | bounds, errors and refinements of implicit tiles, told by subtrees |
//! | [`tables`] | the tables that they are told in, and what else they say |
//!
//! Implicit tiling is read as quadtree and octree, and written as a quadtree.
//! Source: OGC 22-025r4, 3D Tiles Specification 1.1.

pub mod batched;
pub mod cell;
pub mod content;
mod entity;
mod hierarchy;
pub mod implicit;
pub mod instanced;
pub mod metadata;
pub mod points;
pub mod style;
pub mod subtree;
pub mod tables;
pub mod tileset;
mod tileset_read;
pub mod volume;

pub use cell::CellCoord;
pub use entity::Entity;
pub use implicit::{TileCoord, fill_template, plan_subtrees};
pub use metadata::{TileBounds, TileSchema};
pub use subtree::{Availability, Subtree, write_subtree};
pub use tileset::{Asset, Content, ImplicitTiling, Refine, Subdivision, Subtrees, Tile, Tileset};
pub use volume::BoundingVolume;

pub use super::fault::Fault as TilesFault;
