//! Bytes ⇄ typed documents, one module for each format. Knows nothing of our own model ([`crate::region`]).

pub mod check;
pub mod fault;
pub mod gltf;
pub mod grid;
pub mod messages;
pub mod territory;
pub mod tiles3d;
pub mod weather;
pub mod zarr;
pub mod zarr_group;

pub use fault::Fault;
pub mod asciigrid;
pub mod bil;
pub mod geokeys;
pub mod csv;
pub mod dbf;
pub mod flatbuffer;
pub mod flatgeobuf;
pub mod geojson;
pub mod geopackage;
pub mod geoparquet;
pub mod geotiff;
pub mod hgt;
pub mod las;
pub mod raster;
pub mod shape;
pub mod wind;
mod tiff_lzw;
pub mod shapefile;
pub mod text;
pub mod wkb;
pub mod worldfile;
pub mod xyz;
pub mod citygml;
pub mod cityjson;
pub mod citymodel;
