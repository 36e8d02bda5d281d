//! Tier 1: the program as people type it.

mod check_info;
mod city;
mod doors;
mod generate;
mod grid;
mod import;
mod project_sun;
mod pv;
mod serve;
mod solar;
mod tiling;
