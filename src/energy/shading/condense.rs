//! What many points of a plane see, told by a few views: small enough to be stored for every roof of a town.
//!
//! The shares that a yield is made of ([`crate::energy::yields::PlaneView`]) add up over points, direction by direction: how many points a direction's sun has
//! risen over does not depend on which points they are. So in each direction the points' horizons are sorted and cut into equal groups, and the mean of a group is
//! one view's horizon. The same is done with tree tops, since what a porous tree lets through is linear in both.
//! Things overhead do not sort: where there are any, some of the points stand for all.
//! Angles are rounded to quarters of a degree, so that a stored view is the view itself.

use super::visibility::Visibility;

/// Views that stand for a plane: of eight, each is an eighth of it.
pub const VIEWS: usize = 8;
/// Parts of a degree that are kept.
const PER_DEGREE: f32 = 4.0;

/// At most [`VIEWS`] views for those of all points; few points stand for themselves. Nothing in the way is no view.
pub fn condensed(points: &[Visibility]) -> Vec<Visibility> {
    let Some(first) = points.first() else { return Vec::new() };
    let azimuths = first.azimuths();
    let even = points.iter().all(|point| point.azimuths() == azimuths);
    let views = if !even || points.len() <= VIEWS || points.iter().any(|point| !point.overhead().is_empty()) {
        let step = points.len().div_ceil(VIEWS).max(1);
        points.iter().step_by(step).map(rounded).collect()
    } else {
        sorted(points, azimuths)
    };
    let open = |view: &Visibility| view.is_plain() && view.horizon().iter().all(|angle| *angle == 0.0);
    if views.iter().all(open) { Vec::new() } else { views }
}

fn quarter(degrees: f32) -> f32 {
    (degrees * PER_DEGREE).round() / PER_DEGREE
}

fn rounded(view: &Visibility) -> Visibility {
    Visibility::from_horizon(view.horizon().iter().map(|angle| quarter(*angle)))
        .with_tree_tops(view.tree_tops().iter().map(|angle| quarter(*angle)))
        .with_overhead(view.overhead().to_vec())
}

fn sorted(points: &[Visibility], azimuths: usize) -> Vec<Visibility> {
    let trees = points.iter().any(|point| !point.tree_tops().is_empty());
    let groups = |of: &dyn Fn(&Visibility, usize) -> f32| -> Vec<Vec<f32>> {
        let mut out = vec![Vec::with_capacity(azimuths); VIEWS];
        for azimuth in 0..azimuths {
            let angles = points.iter().map(|point| of(point, azimuth)).collect();
            out.iter_mut().zip(shares(angles)).for_each(|(view, angle)| view.push(angle));
        }
        out
    };
    let horizon = |point: &Visibility, azimuth: usize| point.horizon().get(azimuth).copied().unwrap_or(0.0);
    let solid = groups(&horizon);
    if !trees {
        return solid.into_iter().map(Visibility::from_horizon).collect();
    }
    let tops = groups(&|point, azimuth| point.tree_tops().get(azimuth).copied().unwrap_or(0.0).max(horizon(point, azimuth)));
    solid.into_iter().zip(tops).map(|(solid, tops)| Visibility::from_horizon(solid).with_tree_tops(tops)).collect()
}

/// The angles of one direction, from all points, as those of the views: the lowest eighth of them first.
pub fn shares(mut angles: Vec<f32>) -> [f32; VIEWS] {
    angles.sort_by(f32::total_cmp);
    let mut out = [0.0; VIEWS];
    out.iter_mut().enumerate().for_each(|(number, share)| *share = quarter(mean_of_share(&angles, number)));
    out
}

/// Mean over the `number`-th of [`VIEWS`] equal parts of a sorted list; a value that two parts share counts in both by its share.
fn mean_of_share(angles: &[f32], number: usize) -> f32 {
    let width = angles.len() as f32 / VIEWS as f32;
    let (from, to) = (number as f32 * width, (number + 1) as f32 * width);
    let mut sum = 0.0;
    for (at, angle) in angles.iter().enumerate().skip(from as usize).take(width.ceil() as usize + 1) {
        let part = (to.min(at as f32 + 1.0) - from.max(at as f32)).max(0.0);
        sum += part * angle;
    }
    sum / width.max(f32::MIN_POSITIVE)
}
