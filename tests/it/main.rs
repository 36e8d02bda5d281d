//! Tier 0: the pure modules against outside truth, and the architecture rule.

mod demand;
mod geodesy;
mod shared_data;
mod sun;
mod gltf;
mod io;
mod stream;
mod tiles3d;
mod zarr;
mod view;
