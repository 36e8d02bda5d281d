//! Tier 1: the program as people type it.

mod project_sun;
mod generate;
mod serve;
mod check_info;
mod tiling;
