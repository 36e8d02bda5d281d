//! Tiers 1 and 2: the viewer without a window.

mod golden;
mod panels;
mod running;
mod series;
mod territory;
