//! Tier 0: the pure modules against outside truth, and the architecture rule.

mod architecture;
mod demand;
#[cfg(feature = "pipeline")]
mod findings_page;
mod geodesy;
mod gltf;
mod i18n;
mod import_formats;
#[cfg(feature = "pipeline")]
mod import_nantes;
#[cfg(feature = "pipeline")]
mod import_vector;
mod io;
mod roof;
mod shared_data;
mod stream;
mod sun;
mod tiles3d;
mod vector_formats;
mod view;
mod zarr;
