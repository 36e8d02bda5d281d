//! Tiers 1 and 2: the viewer without a window.

mod area;
mod clock;
mod clock_panels;
mod foreign;
mod golden;
pub mod panels;
mod plan;
mod power;
mod roof;
mod running;
mod search;
mod series;
#[path = "../it/shared_data.rs"]
mod shared_data;
mod siting;
mod territory;
