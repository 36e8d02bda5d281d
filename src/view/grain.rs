//! How finely a quantity is shown: each building, or all of a quarter together where buildings are dots.
//!
//! From far away the coarser series stands in for the finer one by itself ([`ViewState::gather`]); nothing of the state changes for it, so whoever comes
//! nearer sees buildings again, and a link shows the same on every screen.

use super::{Limits, Theme, ViewState};

/// The demand of buildings, which is a theme and no series of its own.
pub const DEMAND: &str = "demand";
/// The same quantity by building, by district and by IRIS.
pub const FAMILIES: [[&str; 3]; 2] = [[DEMAND, "demand-areas", "demand-iris"], ["pv-if-equipped", "pv-areas", "pv-iris"]];
/// From farther away than this, metres, a house of twelve metres is less than two pixels wide: eye of 45°, picture nine hundred pixels high.
pub const FAR_M: f64 = 6_500.0;

/// What the colours are asked to show of those: [`DEMAND`], or the id of a series.
pub fn asked(state: &ViewState) -> Option<&str> {
    match state.theme {
        Theme::Demand => Some(DEMAND),
        Theme::Series => state.series.as_deref(),
        Theme::None | Theme::ConstructionYear | Theme::Attribute => None,
    }
}

/// Whether buildings are dots.
pub fn is_far(state: &ViewState) -> bool {
    state.camera.distance_m > FAR_M
}

/// The series that stands in for what was asked for, and the layer of its surfaces: only from far away, and where the territory has one.
pub fn gathered<'a>(state: &ViewState, limits: &'a Limits) -> Option<(&'a str, &'a crate::base::LayerId)> {
    if !state.gather || !is_far(state) {
        return None;
    }
    let asked = asked(state)?;
    let [_, coarser @ ..] = FAMILIES.into_iter().find(|[finest, ..]| *finest == asked)?;
    coarser.into_iter().find_map(|id| {
        let known = limits.series.iter().find(|known| known.id == id)?;
        Some((known.id.as_str(), known.layer.as_ref()?))
    })
}
