//! Jumeau, a territorial digital twin.

pub mod base;
pub mod energy;
pub mod formats;
pub mod geodesy;
pub mod i18n;
pub mod io;
pub mod region;
pub mod stream;
pub mod view;

#[cfg(feature = "pipeline")]
pub mod pipeline;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "ui")]
pub mod ui;
#[cfg(feature = "viewer")]
pub mod viewer;
