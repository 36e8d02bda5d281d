//! Reads a GLB into a [`super::TileContent`].
