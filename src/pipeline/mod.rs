//! Sources to territory package: read, check, transform, tile, write.

pub mod check;
pub mod info;
