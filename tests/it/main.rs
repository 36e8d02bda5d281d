//! Tier 0: the pure modules against outside truth, and the architecture rule.

mod gltf;
mod shared_data;
mod tiles3d;
mod zarr;
mod demand;
mod geodesy;
mod sun;
