//! Why bytes could not be read or a document could not be written.

use crate::base::{Finding, Severity};

/// A coded fault of one document: the first thing that made it unusable.
///
/// The code is the one of a [`Finding`]; [`super::messages`] has its sentence in French and English.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{code}{}{object}{}{value}", if object.is_empty() { "" } else { " at " }, if value.is_empty() { "" } else { ": " })]
pub struct Fault {
    /// Kebab case, stable for ever: `gltf-buffer-short`.
    pub code: &'static str,
    /// The object inside: a JSON path such as `accessors[3]`, a byte offset. May be empty.
    pub object: String,
    /// The offending value as text. May be empty.
    pub value: String,
}

impl Fault {
    pub fn new(
        code: &'static str,
        object: impl Into<String>,
        value: impl std::fmt::Display,
    ) -> Self {
        Self {
            code,
            object: object.into(),
            value: value.to_string(),
        }
    }

    /// The fault as an error of the file it was found in.
    pub fn finding(self, file: impl Into<String>) -> Finding {
        Finding::new(self.code, Severity::Error, file)
            .object(self.object)
            .value(self.value)
    }
}
