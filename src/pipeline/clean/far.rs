//! What lies absurdly far from everything else: null islands, swapped digits, a neighbour's forgotten object.
//!
//! A handful of such objects is set aside and named: with them the territory would open on the emptiness in its middle.
//! Many of them are no mistake but a scattered territory (islands, a service's sites over a region): they stay, and the tiling costs what there is to show.

use crate::base::{Finding, Report, Severity};
use crate::pipeline::sources::RawLayer;
use crate::pipeline::sources::declaration::Role;

/// Nothing nearer to the middle than this is far.
const FAR_M: f64 = 20_000.0;
/// Nor what is nearer than so many times the median distance to the middle.
const FAR_MEDIANS: f64 = 20.0;
/// One object in so many may be far by mistake, and one at least.
const ONE_IN: usize = 20;
/// Of fewer objects nobody can say which one is astray.
const FEWEST: usize = 4;

/// Takes lone far objects out of the layers that a territory's extent follows; each is a finding with its distance.
pub fn set_aside(layers: &mut [RawLayer], report: &mut Report) {
    let places: Vec<[f64; 2]> = layers
        .iter()
        .filter(|layer| counts(layer.role))
        .flat_map(|layer| &layer.records)
        .filter_map(|record| record.shape.as_ref()?.first_position())
        .map(|[x, y, _]| [x, y])
        .filter(|at| at.iter().all(|v| v.is_finite()))
        .collect();
    if places.len() < FEWEST {
        return;
    }
    let middle = [0, 1].map(|k| median(places.iter().map(|at| at[k]).collect()));
    let distance = |at: [f64; 2]| (at[0] - middle[0]).hypot(at[1] - middle[1]);
    let distances: Vec<f64> = places.iter().map(|at| distance(*at)).collect();
    let far = distances.iter().filter(|d| **d > FAR_M).count();
    if far == 0 {
        return;
    }
    let limit = FAR_M.max(FAR_MEDIANS * median(distances.clone()));
    let far = distances.iter().filter(|d| **d > limit).count();
    if far == 0 || far > (places.len() / ONE_IN).max(1) {
        return;
    }
    for layer in layers.iter_mut().filter(|layer| counts(layer.role)) {
        let RawLayer { records, lost, file, .. } = layer;
        records.retain(|record| {
            let at = record.shape.as_ref().and_then(|shape| shape.first_position());
            let away = at.map_or(0.0, |[x, y, _]| distance([x, y]));
            // Not a number is another finding's matter.
            let stays = away.is_nan() || away <= limit;
            if !stays {
                *lost += 1;
                report.push(
                    Finding::new("feature-far-away", Severity::Warning, file.as_str())
                        .object(&record.object)
                        .value(format!("{:.0} km", away / 1000.0)),
                );
            }
            stays
        });
    }
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
