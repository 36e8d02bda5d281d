//! Names of things, as types, so that one cannot be passed for another.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A layer of a territory: `buildings`, `terrain`, `roads` …
    LayerId
}
text_id! {
    /// A data set as the manifest lists it: `bdtopo`, `osm-tram` …
    DatasetId
}

/// Ids are compared without case, blanks at the ends, and the hyphens people put into RNB ids.
pub fn plain_id(id: &str) -> String {
    let id = id.trim().to_uppercase();
    let bare: String = id.chars().filter(|c| *c != '-').collect();
    if bare.len() == 12 && bare.bytes().all(|b| b.is_ascii_alphanumeric()) { bare } else { id }
}

/// The ids in one cell of an attribute that objects are joined by, as they are compared: of RNB ids there may be several.
pub fn joined_ids(by: &str, text: &str) -> Vec<String> {
    if by != "rnb" {
        return vec![plain_id(text)];
    }
    text.split(['/', ',', ';', ' ']).map(plain_id).filter(|id| !id.is_empty()).collect()
}
