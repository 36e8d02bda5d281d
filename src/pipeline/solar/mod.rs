//! Roofs and sun: weather files, roofs of a territory and the models of [`crate::energy`] joined.
//!
//! | module | does |
//! |---|---|
//! | [`weather`] | a weather file, a clear sky or the climatology → hours of sun, light and air |

pub mod weather;
