//! Tier 1: the program as people type it.

mod check_info;
mod city;
mod demo;
mod generate;
mod grid;
mod import;
mod project_sun;
mod pv;
mod serve;
mod shards;
mod solar;
mod tiling;
