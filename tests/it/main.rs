//! Tier 0: the pure modules against outside truth, and the architecture rule.

mod architecture;
mod city_models;
mod demand;
mod geodesy;
mod gltf;
mod i18n;
mod import_formats;
#[cfg(feature = "pipeline")]
mod import_nantes;
mod io;
mod roof;
mod shared_data;
mod skeleton;
mod stream;
mod sun;
mod surveyed;
mod tiles3d;
mod view;
mod zarr;
