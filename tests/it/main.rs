//! Tier 0: the pure modules against outside truth, and the architecture rule.

mod architecture;
mod demand;
mod economics;
mod geodesy;
mod gltf;
mod i18n;
mod import_formats;
#[cfg(feature = "pipeline")]
mod import_nantes;
mod io;
mod irradiance;
mod roof;
mod roof_planes;
mod shading;
mod shared_data;
mod stream;
mod sun;
mod tiles3d;
mod view;
mod weather;
mod zarr;
