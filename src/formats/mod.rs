//! Bytes ⇄ typed documents, one module for each format. Knows nothing of our own model ([`crate::region`]).

pub mod gltf;
pub mod territory;
pub mod tiles3d;
