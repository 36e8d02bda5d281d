//! Tier 0: the pure modules against outside truth, and the architecture rule.

mod gltf;
mod io;
mod shared_data;
mod stream;
mod tiles3d;
mod zarr;
