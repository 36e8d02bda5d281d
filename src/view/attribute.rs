//! Attributes of features: which one the colours show, and which features are shown at all.

use super::apply::is_id;
use super::MAX_LAYER_BYTES;
use crate::base::LayerId;
use serde::{Deserialize, Serialize};

/// Filters that hold at once.
pub const MAX_FILTERS: usize = 4;
/// Kinds that one filter lets through.
pub const MAX_FILTER_VALUES: usize = 16;
/// Longest name of an attribute, bytes.
pub const MAX_NAME_BYTES: usize = 64;
/// Longest name of a kind, bytes.
pub const MAX_KIND_BYTES: usize = 120;

/// A column of a layer's features.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Attribute {
    pub layer: LayerId,
    /// As the tiles call it: `usage`, `height_m`, `LIBELONG`.
    pub name: String,
}

impl Attribute {
    pub fn is_sound(&self) -> bool {
        is_id(self.layer.as_str(), MAX_LAYER_BYTES) && is_id(&self.name, MAX_NAME_BYTES)
    }
}

/// What a filter lets through. A feature that says nothing is not let through by anything.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Keep {
    /// Numbers from `low` to `high`, both included.
    Range {
        #[serde(default)]
        low: Option<f64>,
        #[serde(default)]
        high: Option<f64>,
    },
    /// These texts.
    Values { values: Vec<String> },
}

/// Features of a layer are shown only where an attribute is as it is wanted; other layers do not care.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    #[serde(flatten)]
    pub attribute: Attribute,
    #[serde(flatten)]
    pub keep: Keep,
}

impl Filter {
    /// Whether it means anything; a page or a link may say what it likes.
    pub fn is_sound(&self) -> bool {
        self.attribute.is_sound()
            && match &self.keep {
                Keep::Range { low, high } => {
                    let finite = |end: &Option<f64>| end.is_none_or(f64::is_finite);
                    finite(low) && finite(high) && (low.is_some() || high.is_some()) && low.zip(*high).is_none_or(|(low, high)| low <= high)
                }
                Keep::Values { values } => (1..=MAX_FILTER_VALUES).contains(&values.len()) && values.iter().all(|value| is_id(value, MAX_KIND_BYTES)),
            }
    }

    /// Whether a feature with this value is shown.
    pub fn lets_through(&self, number: Option<f64>, text: Option<&str>) -> bool {
        match &self.keep {
            Keep::Range { low, high } => number.is_some_and(|number| low.is_none_or(|low| number >= low) && high.is_none_or(|high| number <= high)),
            Keep::Values { values } => text.is_some_and(|text| values.iter().any(|value| value == text)),
        }
    }
}

/// Whether filters may hold together: few, sound, and one for each attribute.
pub fn are_sound(filters: &[Filter]) -> bool {
    let is_first = |at: usize, filter: &Filter| filters.iter().take(at).all(|before| before.attribute != filter.attribute);
    filters.len() <= MAX_FILTERS && filters.iter().all(Filter::is_sound) && filters.iter().enumerate().all(|(at, filter)| is_first(at, filter))
}
