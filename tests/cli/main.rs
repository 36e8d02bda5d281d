//! Tier 1: the program as people type it.

mod areas;
mod check_info;
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
mod series_forms;
mod series_steps;
mod series_written;
mod serve;
#[path = "../it/shared_data.rs"]
mod shared_data;
mod shards;
mod showcase;
mod solar;
mod solar_plan;
mod tiling;
