//! Roofs and sun: weather files, roofs of a territory and the models of [`crate::energy`] joined.
//!
//! | module | does |
//! |---|---|
//! | [`weather`] | a weather file, a clear sky or the climatology → hours of sun, light and air |
//! | [`tiles`] | the finest contents of a tileset on disk |
//! | [`scene`] | their triangles in the local frame: buildings, ground, surveyed trees |
//! | [`surface`] | triangles → a grid of heights |
//! | [`horizons`] | what the planes of roofs see, by sweeps or by rays |
//! | [`edit`] | what a felled tree gives back to the roofs around it |
//! | [`trees`] | which trees take a roof's light, and what it sees without them |
//! | [`roofs`] | every roof of a territory: planes, modules, shade, a year of power |
//! | [`plan`] | the commune's large roofs and car parks, their total against the demand |
//! | [`plan_land`] | what the tables say for it: uses, what is public, what protects |
//! | [`plan_files`] | its exports |
//! | [`canopies`] | car parks under canopies, an assumption |
//! | [`compare`] | an answer of PVGIS beside ours |
//! | [`around`] | what the tables say of a building and its place |
//! | [`sights`] | covisibility with monuments |
//! | [`answer`] | "my roof" of a territory on disk, from its book or by exact rays |
//! | [`book`] | the roof book: what "my roof" needs without the importer, building by building |
//! | [`spool`] | blocks done, kept until all are, so that an interrupted run goes on where it stopped |
//! | [`store`] | results into the territory: a table, series, entries of the manifest |

pub mod answer;
pub mod around;
pub mod book;
pub mod edit;
pub mod horizons;
pub mod canopies;
pub mod compare;
pub mod plan;
pub mod plan_files;
pub mod plan_land;
pub mod roofs;
pub mod scene;
pub mod sights;
pub mod spool;
pub mod store;
pub mod surface;
pub mod tiles;
pub mod trees;
pub mod weather;
