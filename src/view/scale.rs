//! How values become colours: the colours, and where one class ends and the next begins.

use super::colours::Palette;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The most classes a legend can hold that people still tell apart.
pub const MAX_CLASSES: usize = 8;

/// Where classes end.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Breaks {
    /// No classes: colours run into each other.
    #[default]
    Smooth,
    /// All of the same width.
    Equal { classes: u8 },
    /// All of the same count.
    Quantiles { classes: u8 },
    /// Where the values gather (Fisher and Jenks).
    Jenks { classes: u8 },
    /// Where a person says: the upper end of every class but the last, rising.
    Manual { at: Vec<f64> },
}

/// What a person chose of the scale.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scale {
    #[serde(default)]
    pub breaks: Breaks,
    #[serde(default)]
    pub palette: Palette,
}

impl Scale {
    /// Whether it means anything; a page or a link may say what it likes.
    pub fn is_sound(&self) -> bool {
        let few = |classes: u8| (2..=MAX_CLASSES).contains(&usize::from(classes));
        match &self.breaks {
            Breaks::Smooth => true,
            Breaks::Equal { classes } | Breaks::Quantiles { classes } | Breaks::Jenks { classes } => few(*classes),
            Breaks::Manual { at } => {
                (1..MAX_CLASSES).contains(&at.len()) && at.iter().all(|x| x.is_finite()) && at.windows(2).all(|pair| matches!(pair, [a, b] if a < b))
            }
        }
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(',');
        let (name, detail, palette) = (parts.next()?, parts.next()?, parts.next()?);
        let classes = || detail.parse::<u8>().ok();
        let breaks = match name {
            "smooth" => Breaks::Smooth,
            "equal" => Breaks::Equal { classes: classes()? },
            "quantiles" => Breaks::Quantiles { classes: classes()? },
            "jenks" => Breaks::Jenks { classes: classes()? },
            "manual" => Breaks::Manual { at: detail.split(':').map(|x| x.parse().ok()).collect::<Option<_>>()? },
            _ => return None,
        };
        let scale = Self { breaks, palette: Palette::from_id(palette)? };
        (parts.next().is_none() && scale.is_sound()).then_some(scale)
    }
}

impl fmt::Display for Scale {
    /// `quantiles,5,cividis`, `manual,1.5:3,cividis`, `smooth,,cividis`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.breaks {
            Breaks::Smooth => write!(f, "smooth,")?,
            Breaks::Equal { classes } => write!(f, "equal,{classes}")?,
            Breaks::Quantiles { classes } => write!(f, "quantiles,{classes}")?,
            Breaks::Jenks { classes } => write!(f, "jenks,{classes}")?,
            Breaks::Manual { at } => {
                let at: Vec<String> = at.iter().map(f64::to_string).collect();
                write!(f, "manual,{}", at.join(":"))?;
            }
        }
        write!(f, ",{}", self.palette.id())
    }
}
