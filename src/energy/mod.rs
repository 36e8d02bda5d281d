//! Numeric models on plain inputs; knows nothing of our own model of a territory.
//!
//! | module | answers | anchor |
//! |---|---|---|
//! | [`sun`] | where the sun stands, when it rises and sets | NREL SPA (Reda and Andreas 2004) |
//! | [`atmosphere`], [`clear_sky`], [`linke`] | sunlight outside, air mass, light without clouds | pvlib |
//! | [`decomposition`], [`transposition`] | beam and diffuse light; light on a tilted plane | pvlib, PVWatts V8 |
//! | [`weather`], [`climate`] | hours of sun, light and air: from a file, a clear sky, a climatology | pvlib; FAO-56 |
//! | [`incidence`], [`cell`], [`pv`], [`production`] | reflection, cell temperature, power, a year's sums | pvlib, PVWatts V8 |
//! | [`prepared`] | a year made ready for many planes | the plain chain, to 1e-12 |
//! | [`shading`] | horizon, sky-view factor, porous trees: line sweep and exact rays | closed forms, brute-force marching |
//! | [`roof`], [`layout`], [`yields`] | planes of a roof, modules on them, a shaded year | laws: areas add up, shade only takes |
//! | [`economics`] | savings, premium, sale, pay-back, carbon, with dated facts | laws: balances close; a past fact says so |
//! | [`answer`] | what a roof answers to its household: energy, own use, money, carbon | laws: steps close, a battery never takes own use away |
//! | [`demand`] | how much electricity a building draws, hour by hour | own model on French orders of magnitude; an estimate |
//! | [`load`] | half-hourly loads: profiles and cold, vehicles, heat pumps, lamps, farms, shops | laws: sums to 1e-9; HiGHS for the smart charging |
//! | [`wind`] | what a turbine or a small park yields | windpowerlib |
//! | [`storage`] | what a battery does, with and without foresight | HiGHS |
//! | [`balance`] | what an area makes, uses, stores, loses and exchanges, step by step | laws: conserved, additive |
//! | [`accounts`] | the same in whole watt-hours, line by line, for charts | law: the sum of parts is the total, to the last Wh |
//! | [`sides`] | which series are sources and which are uses, by their names | éCO2mix’ own words |
//! | [`flows`] | the parts of such a balance in one step, from where to where | laws: conserved at every end |
//! | [`sharing`] | collective self-consumption: keys, and who is near enough | laws; cases by hand |
//! | [`secrecy`] | which sums of energy may be published, and sums of parts | decree 2020-196; brute force over all differences |
//! | [`grid`] | AC power flow, hosting capacity, N-1, reinforcement, a line's year | pandapower, power-grid-model |
//! | [`glossary`] | the field's terms, symbols and units | – |

pub mod accounts;
pub mod answer;
pub mod atmosphere;
pub mod balance;
pub mod calendar;
pub mod cell;
pub mod clear_sky;
pub mod climate;
pub mod decomposition;
pub mod demand;
pub mod economics;
pub mod flows;
pub mod glossary;
pub mod grid;
pub mod incidence;
pub mod layout;
pub mod linke;
pub mod load;
pub mod production;
pub mod prepared;
pub mod pv;
pub mod roof;
pub mod secrecy;
pub mod shading;
pub mod sharing;
pub mod sides;
pub mod storage;
pub mod sun;
pub mod transposition;
pub mod weather;
pub mod wind;
pub mod yields;
