//! Tier 1: the program as people type it.

mod generate;
mod project_sun;
mod tiling;
