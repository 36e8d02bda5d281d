//! Bytes ⇄ typed documents, one module for each format. Knows nothing of our own model ([`crate::region`]).

pub mod check;
pub mod fault;
pub mod gltf;
pub mod messages;
pub mod territory;
pub mod tiles3d;
pub mod zarr;

pub use fault::Fault;
pub mod asciigrid;
pub mod csv;
pub mod dbf;
pub mod flatbuffer;
pub mod flatgeobuf;
pub mod geojson;
pub mod geopackage;
pub mod geoparquet;
pub mod geotiff;
pub mod raster;
pub mod shape;
pub mod shapefile;
pub mod text;
pub mod wkb;
