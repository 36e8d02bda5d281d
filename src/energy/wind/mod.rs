//! Wind: from a measured speed to the power of a turbine or a small park.
//!
//! | module | answers |
//! |---|---|
//! | [`profile`] | speed, temperature and density at hub height |
//! | [`curve`] | power at a speed; corrected for density, smoothed over an area |
//! | [`wake`] | what turbines take from each other, by Jensen |
//! | [`park`] | several turbines: in each other's wakes, or as one curve |
//! | [`library`] | curves of real turbines |
//! | [`yields`] | energy of a series |
//!
//! Anchor: windpowerlib 0.2.2, its model chain and that of turbine clusters; PyWake for the wakes.

pub mod curve;
pub mod library;
pub mod park;
pub mod profile;
pub mod wake;
pub mod yields;
