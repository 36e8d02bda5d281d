//! Sources to territory package: read, check, transform, tile, write.

pub mod generate;
pub mod tile;
