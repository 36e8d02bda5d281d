//! Jumeau, a territorial digital twin: the terrain, buildings and networks of a French territory, streamed into a 3D scene in time.
//!
//! # Bird's eye
//!
//! Sources (BD TOPO, GeoJSON, rasters …) become a [`region`] of our own terms, cleaned and reported on by [`pipeline`], which writes it as a
//! territory package: OGC 3D Tiles, series, one manifest ([`formats::territory`]).
//! A pure [`stream`] engine decides, frame by frame, which tiles a view needs; [`viewer`] fetches, decodes, uploads and draws them.
//! Everything seen is a [`view::ViewState`], everything done is a [`view::Command`]; the desktop's [`ui`], the browser's page, share links and
//! pictures all speak these.
//! Values in time lie on the GPU per feature and step: moving the clock changes one uniform.
//!
//! # Rooms
//!
//! | room | is | may name |
//! |---|---|---|
//! | [`base`] | ids, instants, bounds, figures with provenance, coded findings | – |
//! | [`geodesy`] | typed coordinates, reference systems, heights, local frames | base |
//! | [`i18n`] | French and English, numbers, units, dates | base |
//! | [`io`] | fetch and clock behind one interface, with a scripted double | base |
//! | [`formats`] | bytes ⇄ typed documents, one room for each format | base, geodesy |
//! | [`region`] | our model of a territory, roofs | base, geodesy |
//! | [`energy`] | sun, light, shade, photovoltaics, earnings, electricity demand, wind, batteries, power flow; plain inputs | base, geodesy |
//! | [`planning`] | rules of planning law asked of a place | base, geodesy, region |
//! | [`rooftop`] | "my roof", joined from the book's records: the same answer on the command line, the desktop and in the browser | base, geodesy, i18n, formats, energy, planning |
//! | [`view`] | state, commands, share links | base, geodesy |
//! | [`siting`] | what a proposal of turbines, solar plants, batteries, hubs and lines would do, and where it fits | base, geodesy, i18n, formats, energy, rooftop, view |
//! | [`search`] | what a person types → places and addresses | base, geodesy, formats |
//! | [`stream`] | which tiles, when; no input or output of its own | base, geodesy, formats |
//! | [`pipeline`] | sources → territory package; check; info | all above |
//! | [`server`] | the browser's application and territories over HTTP | all above |
//! | [`viewer`] | Bevy plugins | all pure rooms, io |
//! | [`ui`] | the desktop's panels | all pure rooms, viewer |
//!
//! # What is absent, on purpose
//!
//! 1. Pure rooms never touch files, network, clock, threads, environment or Bevy.
//! 2. `formats` does not know `region`, nor `region` `formats`; `energy` knows neither.
//! 3. f32 positions begin in `viewer/anchor.rs` and in tile-relative vertex buffers, nowhere else.
//! 4. `viewer` runs without `ui`; panels send commands and never change the world.
//! 5. No address of a service stands in code.
//! 6. Bad data never panic and never stop an import at the first fault.
//!
//! `tests/it/architecture.rs` keeps what a test can keep.
//!
//! # Features
//!
//! | feature | brings |
//! |---|---|
//! | (none) | the pure rooms and io: `cargo test --no-default-features`, no Bevy |
//! | `viewer`, `ui` | the scene; the desktop's panels |
//! | `pipeline`, `server` | import and check; the server. Native only |
//! | `http` | territories at an address, on the desktop (part of `viewer`) |
//! | `webgpu` | the viewer on WebGPU instead of WebGL2, in the browser |
//! | `xtask` | developers' automation |

pub mod base;
pub mod energy;
pub mod formats;
pub mod geodesy;
pub mod i18n;
pub mod io;
pub mod planning;
pub mod region;
pub mod rooftop;
pub mod search;
pub mod siting;
pub mod stream;
pub mod view;

#[cfg(feature = "pipeline")]
pub mod pipeline;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "ui")]
pub mod ui;
#[cfg(feature = "viewer")]
pub mod viewer;
