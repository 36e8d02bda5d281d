//! What is chosen of the flow diagram: whether it is shown, and how many roofs are taken to be equipped.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What one diagram holds: the power of the instant, or the energy of the local day or year around it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowSpan {
    #[default]
    Hour,
    Day,
    Year,
}

impl FlowSpan {
    pub const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Year];

    /// As links write it; also the end of its i18n key `flows-over-…`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Year => "year",
        }
    }

    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|span| span.id() == id)
    }
}

/// The flow diagram of what is selected, or of the whole territory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowChoice {
    pub shown: bool,
    /// Share of the roofs that have modules: an assumption of whoever looks, not a fact of the territory. Nothing is assumed at first.
    pub equipped_percent: u8,
    pub over: FlowSpan,
}

impl FlowChoice {
    /// The same, inside what makes sense.
    pub fn sound(self) -> Self {
        Self { equipped_percent: self.equipped_percent.min(100), ..self }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::default());
        }
        let (shown, rest) = text.split_once(',')?;
        let (percent, over) = rest.split_once(',').unwrap_or((rest, FlowSpan::Hour.id()));
        let shown = match shown {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        Some(Self { shown, equipped_percent: percent.parse().ok().filter(|percent| *percent <= 100)?, over: FlowSpan::from_id(over)? })
    }
}

impl fmt::Display for FlowChoice {
    /// `1,30`, `1,30,day`; nothing where nothing is chosen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        write!(f, "{},{}", u8::from(self.shown), self.equipped_percent)?;
        if self.over == FlowSpan::Hour { Ok(()) } else { write!(f, ",{}", self.over.id()) }
    }
}
