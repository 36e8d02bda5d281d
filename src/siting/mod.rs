//! What a proposal would do: turbines, solar plants, batteries, charging hubs and lines, answered for the hour, the day and the year.
//!
//! Everything is values in, values out, so that the command line, the desktop and the browser give the same numbers from the same code.
//! The proposal itself is a person's choice and lives in [`crate::view::Proposal`].
//!
//! | module | does |
//! |---|---|
//! | [`ground`] | what a territory draws, makes and knows of its wind, step by step; what is worked out once for it |
//! | [`breeze`] | a year of wind where nobody measured any |
//! | [`plant`] | a proposal's production and charging, step by step |
//! | [`answer`] | the three cases (before, without battery, with) and what sets them apart |
//! | [`worth`] | money, from dated facts |
//! | [`told`] | the answer as words, figures and JSON |
//! | [`message`] | the answer as a page is told it |
//! | [`file`] | a proposal as GeoJSON |
//! | [`territory`] | a package → its ground |
//! | [`rooms`] | what a stored power flow leaves of posts and lines |
//! | [`reach`] | where it fits: the nearest post and line, and what they have left |

pub mod answer;
pub mod breeze;
pub mod file;
pub mod ground;
pub mod message;
pub mod plant;
pub mod reach;
pub mod rooms;
pub mod territory;
pub mod told;
pub mod worth;

/// Why there is no answer: the code of a finding and the value it speaks of.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{code}: {value}")]
pub struct SitingFault {
    pub code: &'static str,
    pub value: String,
}

impl SitingFault {
    pub fn new(code: &'static str, value: impl std::fmt::Display) -> Self {
        Self { code, value: value.to_string() }
    }
}
