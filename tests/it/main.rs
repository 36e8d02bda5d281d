//! Tier 0: the pure modules against outside truth, and the architecture rule.

mod architecture;
mod balance;
mod bare_building;
#[cfg(feature = "pipeline")]
mod charging;
mod city_models;
mod classes;
mod demand;
mod doors;
mod economics;
#[cfg(feature = "pipeline")]
mod findings_page;
mod flows;
mod geodesy;
mod geodesy_grids;
mod gltf;
mod grid;
mod grid_planning;
mod i18n;
mod imagery_formats;
#[cfg(feature = "pipeline")]
mod imagery_import;
mod import_formats;
#[cfg(feature = "pipeline")]
mod import_nantes;
#[cfg(feature = "pipeline")]
mod import_vector;
mod io;
mod ground;
mod irradiance;
#[cfg(feature = "pipeline")]
mod laid_networks;
#[cfg(feature = "pipeline")]
mod laz;
mod legal;
mod load;
mod marks;
mod measured;
#[cfg(feature = "pipeline")]
mod networks;
mod odd;
mod osm;
mod planted;
mod prepared_year;
mod roof;
mod roof_answer;
mod rooftop;
mod roof_planes;
#[cfg(feature = "pipeline")]
mod roof_points;
mod roof_yields;
mod secrecy;
mod search;
mod series;
mod shading;
mod shared_data;
mod siting;
mod skeleton;
mod storage;
mod stream;
mod style;
mod sun;
mod surveyed;
mod terrain_formats;
#[cfg(feature = "pipeline")]
mod terrain_import;
mod tile_archives;
mod tiles3d;
mod timeline;
mod vector_formats;
mod vector_tile;
mod view;
mod weather;
mod wind;
mod zarr;
