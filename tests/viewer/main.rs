//! Tiers 1 and 2: the viewer without a window.

mod area;
mod clock;
mod clock_panels;
mod foreign;
mod golden;
mod ground;
mod lake;
pub mod panels;
mod plan;
mod power;
mod roof;
mod room_panels;
mod running;
mod search;
mod series;
mod series_panels;
mod server;
#[path = "../it/shared_data.rs"]
mod shared_data;
mod siting;
mod territory;
#[path = "../it/vector_tile.rs"]
mod vector_tile;
