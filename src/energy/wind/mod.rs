//! Wind: from a measured speed to the power of a turbine or a small park.
//!
//! | module | answers |
//! |---|---|
//! | [`profile`] | speed, temperature and density at hub height |
//! | [`curve`] | power at a speed; corrected for density, smoothed over an area |
//! | [`wake`] | what turbines take from each other, by Jensen |
//! | [`library`] | curves of real turbines |
//! | [`yields`] | energy of a series |
//!
//! Anchor: windpowerlib 0.2.2, its model chain with its defaults.

pub mod curve;
pub mod library;
pub mod profile;
pub mod wake;
pub mod yields;
