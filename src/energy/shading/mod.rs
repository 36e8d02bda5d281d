//! What hides the sun and the sky.
//!
//! | module | does |
//! |---|---|
//! | [`visibility`] | the one result of all ways: horizon, things overhead, trees; share of the sky seen |
//! | [`condense`] | the same of many points, told by a few |
//! | [`height_grid`] | a surface as heights on a lattice |
//! | [`sweep`] | the horizon of every cell of a grid, direction by direction, by a convex hull that slides along lines |
//! | [`march`] | one ray over a grid step by step: slow, plain, what the sweep is held against |
//! | [`bvh`] | exact rays through triangles |
//! | [`sight`] | what one place sees of another |
//!
//! Directions here are azimuths of the *grid*. A grid in a projected system is turned against true north by the meridian convergence γ (PROJ's sign, negative west of the central meridian): grid azimuth = true azimuth - γ. The wrong sign doubles the error, so [`grid_azimuth`] is the only place it is written.

pub mod bvh;
pub mod condense;
pub mod height_grid;
pub mod march;
pub mod sight;
pub mod sweep;
pub mod visibility;

pub use height_grid::HeightGrid;
pub use visibility::{Foliage, Visibility};

/// Azimuth on the grid of a true azimuth, degrees, with the meridian convergence of [`crate::geodesy::Crs::convergence_deg`].
pub fn grid_azimuth(true_azimuth: f64, convergence: f64) -> f64 {
    (true_azimuth - convergence).rem_euclid(360.0)
}

/// Radius of the earth as light bends round it: 6,371 km enlarged by refraction of coefficient 0.13.
pub const BENT_EARTH_M: f64 = EARTH_M / (1.0 - 0.13);
/// Mean radius of the earth, metres.
pub const EARTH_M: f64 = 6_371_000.0;
