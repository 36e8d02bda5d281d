//! Tier 0: the pure modules against outside truth, and the architecture rule.

mod demand;
mod geodesy;
mod gltf;
mod import_formats;
#[cfg(feature = "pipeline")]
mod import_nantes;
mod roof;
mod shared_data;
mod sun;
mod gltf;
mod io;
mod stream;
mod tiles3d;
mod zarr;
mod architecture;
mod i18n;
mod view;
