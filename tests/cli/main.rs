//! Tier 1: the program as people type it.

mod areas;
#[path = "../it/bare_building.rs"]
mod bare_building;
mod check_info;
mod check_pyramids;
mod city;
mod features;
mod find;
mod demo;
mod doors;
mod generate;
mod grid;
mod import;
mod models;
mod project_sun;
mod propose;
mod pv;
mod roof;
mod roofs;
mod series;
mod serve;
#[path = "../it/shared_data.rs"]
mod shared_data;
mod shards;
mod showcase;
mod solar;
mod solar_plan;
mod tiling;
