//! Numeric models on plain inputs; knows nothing of our own model of a territory.
//!
//! | module | answers | anchor |
//! |---|---|---|
//! | [`sun`] | where the sun stands, when it rises and sets | NREL SPA (Reda and Andreas 2004) |
//! | [`demand`] | how much electricity a building draws, hour by hour | own model on French orders of magnitude; an estimate |
//! | [`wind`] | what a turbine or a small park yields | windpowerlib |
//! | [`storage`] | what a battery does, with and without foresight | HiGHS |
//! | [`grid`] | AC power flow, hosting capacity | pandapower, power-grid-model |
//! | [`glossary`] | the field's terms, symbols and units | – |

pub mod calendar;
pub mod demand;
pub mod glossary;
pub mod grid;
pub mod storage;
pub mod sun;
pub mod wind;
