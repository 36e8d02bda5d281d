//! Trees before a roof: which of them take its light, and what each of its planes sees where they do not stand.
//!
//! It is found out once, with the rays that [`super::edit`] fells trees by, and kept in the roof book: so that "without this tree" is answered at once where no importer is.

use super::edit::{FROM_M, STEP_DEG, behind, points_of};
use super::scene::{Scene, Tree};
use crate::energy::shading::bvh::Bvh;
use crate::energy::shading::condense::shares;
use crate::formats::roofbook::{PER_DEGREE, Record, ThinnedRecord, TreeRecord};
use crate::rooftop::prepare::middle;
use crate::rooftop::record::rounded;

/// Trees that are told of one by one, and how far they may stand from a roof's middle, metres.
const MOST: usize = 8;
const NEAR_M: f64 = 60.0;
/// Buildings that are remembered of a tree.
const MOST_OTHERS: usize = 24;
/// Trees as far as this still stand before a roof where a nearer one is felled, metres.
const REACH_M: f64 = 250.0;

/// Who else may have a record's trees before the roof.
pub fn name_others(record: &mut Record, near: &dyn Fn([f64; 2], f64) -> Vec<String>) {
    let own = record.building.clone();
    for tree in &mut record.trees {
        tree.others = near(tree.at, NEAR_M + tree.radius_m).into_iter().filter(|id| *id != own).take(MOST_OTHERS).collect();
    }
}

/// The trees that take light from a roof, the one that takes most first, and what the planes see without all of them; `solid` is what else hides.
pub fn before<'s>(record: &Record, scene: &Scene, solid: &dyn Fn() -> &'s Bvh) -> (Vec<TreeRecord>, Vec<ThinnedRecord>) {
    let wanted = |number: usize| record.planes.get(number).is_some_and(|own| own.modules > 0);
    let lowest = record.planes.iter().filter(|own| own.modules > 0).map(|own| own.eave_m).fold(f64::INFINITY, f64::min);
    if scene.trees.is_empty() || !lowest.is_finite() {
        return Default::default();
    }
    let [x, y, _] = middle(record);
    let far = |tree: &Tree| ((tree.at[0] - x).hypot(tree.at[1] - y) - tree.radius_m).max(0.0);
    let around: Vec<&Tree> = scene.trees.iter().filter(|tree| far(tree) <= REACH_M && tree.top_m > lowest).collect();
    // As large as they look from the roof.
    let size = |tree: &Tree| tree.radius_m * (tree.top_m - lowest) / far(tree).max(1.0).powi(2);
    let mut near: Vec<&Tree> = around.iter().copied().filter(|tree| far(tree) <= NEAR_M).collect();
    near.sort_by(|a, b| size(b).total_cmp(&size(a)));
    near.truncate(MOST);
    if near.is_empty() {
        return Default::default();
    }
    let bvh = |trees: &[&Tree]| Bvh::new(trees.iter().flat_map(|tree| &tree.triangles).copied());
    let rest: Vec<&Tree> = around.into_iter().filter(|tree| !near.iter().any(|one| std::ptr::eq(*one, *tree))).collect();
    let (rest, each): (Bvh, Vec<Bvh>) = (bvh(&rest), near.iter().map(|tree| bvh(&[*tree])).collect());
    // By tree, what its planes gain where it is felled, and the light that comes from there; all of them at last.
    let mut found: Vec<(f64, Vec<ThinnedRecord>)> = vec![Default::default(); near.len() + 1];
    for (number, own) in record.planes.iter().enumerate().filter(|(number, _)| wanted(*number)) {
        let Some((points, is_sorted)) = points_of(own) else { continue };
        let directions: Vec<[bool; super::horizons::AZIMUTHS]> = near.iter().map(|tree| behind(&tree.triangles, &points)).collect();
        let mut thinned = vec![ThinnedRecord { plane: number, directions: Vec::new(), tops: vec![Vec::new(); own.views.len()] }; found.len()];
        for direction in 0..super::horizons::AZIMUTHS {
            if !directions.iter().any(|behind| behind[direction]) {
                continue;
            }
            let azimuth = STEP_DEG * direction as f64;
            let tops = |of: &Bvh| points.iter().map(|point| of.look(*point, azimuth, FROM_M).0).collect::<Vec<f32>>();
            // Behind a wall no tree counts.
            let floor: Vec<f32> = tops(&rest).into_iter().zip(tops(solid())).map(|(a, b)| a.max(b)).collect();
            let of_each: Vec<Option<Vec<f32>>> = each.iter().zip(&directions).map(|(one, behind)| behind[direction].then(|| tops(one))).collect();
            for (felled, (out, (gain, _))) in thinned.iter_mut().zip(&mut found).enumerate() {
                if directions.get(felled).is_some_and(|behind| !behind[direction]) {
                    continue;
                }
                let mut left = floor.clone();
                for (place, tops) in of_each.iter().enumerate() {
                    // The last one has none of them.
                    if place == felled || felled == near.len() {
                        continue;
                    }
                    left.iter_mut().zip(tops.iter().flatten()).for_each(|(left, top)| *left = left.max(*top));
                }
                let left = if is_sorted { shares(left).to_vec() } else { left };
                let mut freed = 0.0;
                let now: Vec<u16> = own
                    .views
                    .iter()
                    .zip(left)
                    .map(|(view, top)| {
                        let horizon = view.horizon.get(direction).copied().unwrap_or(0);
                        // A view that no tree rises into has no tops of its own.
                        let kept = view.tree_tops.get(direction).copied().unwrap_or(horizon);
                        // Nothing that is felled casts a shade.
                        let now = ((f64::from(top) * PER_DEGREE).round() as u16).max(horizon).min(kept);
                        freed += f64::from(kept - now);
                        now
                    })
                    .collect();
                if freed == 0.0 {
                    continue;
                }
                // Light comes from the south: a share of it for the east and the west.
                *gain += freed * (1.2 - azimuth.to_radians().cos()) * own.area_m2 / own.views.len().max(1) as f64;
                out.directions.push(direction as u16);
                out.tops.iter_mut().zip(now).for_each(|(tops, top)| tops.push(top));
            }
        }
        for ((_, all), one) in found.iter_mut().zip(thinned) {
            if !one.directions.is_empty() {
                all.push(one);
            }
        }
    }
    let treeless = found.pop().map(|(_, thinned)| thinned).unwrap_or_default();
    let mut trees: Vec<(f64, TreeRecord)> = near
        .into_iter()
        .zip(found)
        .filter(|(_, (_, thinned))| !thinned.is_empty())
        .map(|(tree, (gain, thinned))| {
            (gain, TreeRecord { at: tree.at.map(|x| rounded(x, 3)), radius_m: rounded(tree.radius_m, 3), foot_m: rounded(tree.foot_m, 3), top_m: rounded(tree.top_m, 3), thinned, others: Vec::new() })
        })
        .collect();
    trees.sort_by(|a, b| b.0.total_cmp(&a.0));
    let trees: Vec<TreeRecord> = trees.into_iter().map(|(_, tree)| tree).collect();
    // Where several stand one behind the other none gives light back alone, and all of them do.
    (trees, treeless)
}
