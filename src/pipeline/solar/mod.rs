//! Roofs and sun: weather files, roofs of a territory and the models of [`crate::energy`] joined.
//!
//! | module | does |
//! |---|---|
//! | [`weather`] | a weather file, a clear sky or the climatology → hours of sun, light and air |
//! | [`tiles`] | the finest contents of a tileset on disk |
//! | [`surface`] | triangles → a grid of heights |
//! | [`roofs`] | every roof of a territory: planes, modules, shade, a year of power |

pub mod roofs;
pub mod surface;
pub mod tiles;
pub mod weather;
