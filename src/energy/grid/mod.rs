//! AC power flow, time series of it, and what a network can still take; positive sequence, steady state.
//!
//! | module | answers |
//! |---|---|
//! | [`network`] | what a network is: plain data |
//! | [`elements`] | data sheets of lines and transformers → two-ports |
//! | [`topology`] | nodes, islands, loops without impedance |
//! | [`check`] | coded findings on a network: doubled ids, islands, doubtful units |
//! | [`plan`] | the admittance matrix, made once |
//! | [`factor`], [`sweep`] | fixed point on the factored matrix: the backward/forward sweep, eight time steps side by side |
//! | [`newton`] | Newton–Raphson with sparse LU |
//! | [`flow`] | one flow: voltages, flows, loadings, losses, residual |
//! | [`series`] | thousands of steps with one plan |
//! | [`record`] | the year of every branch and bus: duration curves, congested hours, worst hours |
//! | [`feeder`] | which lines and buses are one feeder |
//! | [`capacity`] | hosting capacity by bisection and by draws |
//! | [`limits`] | voltage band and ratings, and what breaks them |
//! | [`contingency`] | N-1 with back-feed by switching |
//! | [`reach`] | the post and the line nearest to a place |
//! | [`reinforcement`] | which branch, doubled, would relieve most |
//!
//! Anchors: pandapower (voltages within 1e-8 per unit), power-grid-model (speed).
//! Not modelled: asymmetry, reactive limits of generators, automatic tap changers, frequency.

pub mod capacity;
pub mod check;
pub mod contingency;
pub mod elements;
pub mod factor;
pub mod feeder;
pub mod flow;
pub mod limits;
pub mod meter;
pub mod network;
pub mod newton;
pub mod plan;
pub mod reach;
pub mod record;
pub mod reinforcement;
pub mod series;
pub mod sweep;
pub mod topology;

pub use flow::{Flow, FlowFault, FlowOptions, flow};
pub use network::{
    Branch, BranchKind, Bus, Complex, Coupling, Generator, Load, LoadKind, Network, Rating, Shunt,
    Source, TwoPort, Zip,
};
