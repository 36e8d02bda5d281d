//! How the solar plan's table is looked at: what sorts it and which rows are shown. Open where there is one, closed without.

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::{self, Display};

/// What rows can be chosen by, as JSON, links and the command line write it.
pub const ONLY: [&str; 8] = ["roofs", "car-parks", "public", "not-public", "heritage", "no-heritage", "over-100-kwp", "kept"];
/// What sorts the rows.
pub const COLUMNS: [&str; 10] = ["name", "kind", "usage", "area", "power", "energy", "shade", "useful", "useful-share", "protection"];

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlanView {
    /// One of [`COLUMNS`].
    pub by: String,
    pub falling: bool,
    /// Of [`ONLY`]; a wish and its contrary together are no wish.
    pub only: BTreeSet<String>,
}

impl Default for PlanView {
    /// Most energy first, everything.
    fn default() -> Self {
        Self { by: "energy".to_owned(), falling: true, only: BTreeSet::new() }
    }
}

impl PlanView {
    /// The same without what means nothing.
    pub(super) fn sound(mut self) -> Self {
        if !COLUMNS.contains(&self.by.as_str()) {
            self.by = Self::default().by;
        }
        self.only.retain(|wish| ONLY.contains(&wish.as_str()));
        for [a, b] in [["roofs", "car-parks"], ["public", "not-public"], ["heritage", "no-heritage"]] {
            if self.only.contains(a) && self.only.contains(b) {
                self.only.remove(a);
                self.only.remove(b);
            }
        }
        self
    }

    /// Reads what [`Display`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let (by, rest) = text.split_once(',')?;
        let (falling, only) = rest.split_once(',')?;
        let falling = match falling {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        let only: BTreeSet<String> = only.split('.').filter(|wish| !wish.is_empty()).map(str::to_owned).collect();
        (COLUMNS.contains(&by) && only.iter().all(|wish| ONLY.contains(&wish.as_str()))).then(|| Self { by: by.to_owned(), falling, only })
    }
}

impl Display for PlanView {
    /// `energy,1,public.kept`: the column, whether it falls, which rows.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let only: Vec<&str> = self.only.iter().map(String::as_str).collect();
        write!(f, "{},{},{}", self.by, u8::from(self.falling), only.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_holds_the_table() {
        let view = PlanView { by: "useful-share".to_owned(), falling: false, only: ["public", "kept"].map(str::to_owned).into() };
        assert_eq!(PlanView::parse(&view.to_string()), Some(view.clone()));
        assert_eq!(view.clone().sound(), view);
        for wrong in ["", "energy", "energy,2,", "colour,1,", "energy,1,pink"] {
            assert_eq!(PlanView::parse(wrong), None, "{wrong}");
        }
        let odd = PlanView { by: "x".to_owned(), falling: true, only: ["roofs", "car-parks", "pink", "kept"].map(str::to_owned).into() };
        assert_eq!(odd.sound(), PlanView { only: ["kept".to_owned()].into(), ..PlanView::default() });
    }
}
