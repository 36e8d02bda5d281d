//! What lies absurdly far from everything else: null islands, swapped digits, a neighbour's forgotten object.
//!
//! A handful of such objects is set aside and named: with them the territory would open on the emptiness in its middle.
//! Many of them are no mistake but a scattered territory (islands, a service's sites over a region): they stay, and the tiling costs what there is to show.

use crate::base::{Finding, Report, Severity};
use crate::pipeline::sources::RawLayer;
use crate::pipeline::sources::declaration::Role;
use crate::pipeline::sources::record::Record;

/// Nothing nearer to the middle than this is far.
const FAR_M: f64 = 20_000.0;
/// Nor what is nearer than so many times the median distance to the middle.
const FAR_MEDIANS: f64 = 20.0;
/// One object in so many may be far by mistake, and one at least.
const ONE_IN: usize = 20;
/// Of fewer objects nobody can say which one is astray.
const FEWEST: usize = 4;

/// Which places lie far from the rest, if any: those beyond a distance from the middle of them all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Far {
    middle: [f64; 2],
    limit_m: f64,
}

impl Far {
    /// `None` when nothing is astray. Places that are no numbers are another finding's matter.
    pub fn among(places: &[[f64; 2]]) -> Option<Self> {
        let places: Vec<[f64; 2]> = places.iter().copied().filter(|at| at.iter().all(|v| v.is_finite())).collect();
        if places.len() < FEWEST {
            return None;
        }
        let middle = [0, 1].map(|k| median(places.iter().map(|at| at[k]).collect()));
        let distances: Vec<f64> = places.iter().map(|at| (at[0] - middle[0]).hypot(at[1] - middle[1])).collect();
        let limit_m = FAR_M.max(FAR_MEDIANS * median(distances.clone()));
        let far = distances.iter().filter(|distance| **distance > limit_m).count();
        (far > 0 && far <= (places.len() / ONE_IN).max(1)).then_some(Self { middle, limit_m })
    }

    /// How far away a place is, metres, when that is too far.
    pub fn distance_m(&self, at: [f64; 2]) -> Option<f64> {
        let away = (at[0] - self.middle[0]).hypot(at[1] - self.middle[1]);
        (away > self.limit_m).then_some(away)
    }
}

/// Takes lone far objects out of the layers that a territory's extent follows; each is a finding with its distance.
pub fn set_aside(layers: &mut [RawLayer], report: &mut Report) {
    let first = |record: &Record| record.shape.as_ref().and_then(|shape| shape.first_position()).map(|[x, y, _]| [x, y]);
    let places: Vec<[f64; 2]> = layers
        .iter()
        .filter(|layer| counts(layer.role))
        .flat_map(|layer| layer.records.iter().filter_map(first))
        .collect();
    let Some(far) = Far::among(&places) else { return };
    for layer in layers.iter_mut().filter(|layer| counts(layer.role)) {
        let RawLayer { records, lost, file, .. } = layer;
        records.retain(|record| {
            let away = first(record).and_then(|at| far.distance_m(at));
            if let Some(away_m) = away {
                *lost += 1;
                report.push(finding(file, &record.object, away_m));
            }
            away.is_none()
        });
    }
}

pub fn finding(file: &str, object: &str, away_m: f64) -> Finding {
    Finding::new("feature-far-away", Severity::Warning, file)
        .object(object)
        .value(format!("{:.0} km", away_m / 1000.0))
}

/// The layers whose objects stretch a territory.
fn counts(role: Role) -> bool {
    matches!(role, Role::Buildings | Role::Roads | Role::Tram | Role::Rail | Role::Trees)
}

fn median(mut values: Vec<f64>) -> f64 {
    let half = values.len() / 2;
    if values.is_empty() {
        return 0.0;
    }
    *values.select_nth_unstable_by(half, f64::total_cmp).1
}
