//! Tier 1: the program as people type it.

mod generate;
mod import;
mod project_sun;
mod generate;
mod serve;
mod check_info;
mod tiling;
