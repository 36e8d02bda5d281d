//! What is chosen of the flow diagram: whether it is shown, and how many roofs are taken to be equipped.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The flow diagram of what is selected, or of the whole territory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FlowChoice {
    pub shown: bool,
    /// Share of the roofs that have modules: an assumption of whoever looks, not a fact of the territory. Nothing is assumed at first.
    pub equipped_percent: u8,
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
        let (shown, percent) = text.split_once(',')?;
        let shown = match shown {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        Some(Self { shown, equipped_percent: percent.parse().ok().filter(|percent| *percent <= 100)? })
    }
}

impl fmt::Display for FlowChoice {
    /// `1,30`; nothing where nothing is chosen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::default() {
            return Ok(());
        }
        write!(f, "{},{}", u8::from(self.shown), self.equipped_percent)
    }
}
