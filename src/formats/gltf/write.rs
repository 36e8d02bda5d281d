//! Writes a [`super::TileContent`] as a GLB.
