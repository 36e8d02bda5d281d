//! What an edit changes: a felled tree gives the roofs around it their light back.
//!
//! Only the directions in which something was felled are looked into again, from the same points and by the same rays as before; everything else of a record stays as it is.
//! Solid horizons do not change; what is left of the trees takes the place of what was.

use super::horizons::{ABOVE_M, AZIMUTHS, NEAR_M, samples_of};
use super::scene::{Scene, Tree, Triangle};
use crate::energy::shading::bvh::Bvh;
use crate::energy::shading::condense::{VIEWS, shares};
use crate::formats::roofbook::{PER_DEGREE, PlaneRecord, Record};
use crate::rooftop::prepare::{Sunlight, middle};
use crate::rooftop::record::plane;
use rayon::prelude::*;

/// Trees farther than this from a roof take none of its light that matters, metres.
const REACH_M: f64 = 250.0;
/// So near to its own point a ray hits nothing.
pub(super) const FROM_M: f64 = 1e-3;

/// Roofs and what stands around them, ready for edits.
pub struct Neighbourhood {
    pub records: Vec<Record>,
    solid: Bvh,
    trees: Vec<Tree>,
}

/// A plane whose year is another now, kWh.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    pub building: String,
    pub plane: usize,
    pub before_kwh: f64,
    pub after_kwh: f64,
}

impl Neighbourhood {
    /// What stands around a place, and the records of the roofs there.
    pub fn new(scene: &Scene, at: [f64; 2], records: Vec<Record>) -> Self {
        let near = |triangle: &&Triangle| triangle.iter().any(|p| (p[0] - at[0]).hypot(p[1] - at[1]) < NEAR_M);
        Self { records, solid: Bvh::new(scene.solid().filter(near).copied()), trees: scene.trees.iter().filter(|tree| tree.triangles.iter().any(|triangle| near(&triangle))).cloned().collect() }
    }

    /// Takes away the trees that stand wholly within a circle; answers which planes have another year, and their records have it too.
    pub fn fell(&mut self, at: [f64; 2], radius_m: f64, sunlight: &Sunlight) -> Vec<Changed> {
        let inside = |triangle: &Triangle| triangle.iter().all(|p| (p[0] - at[0]).hypot(p[1] - at[1]) <= radius_m);
        let (felled, left): (Vec<Tree>, Vec<Tree>) = std::mem::take(&mut self.trees).into_iter().partition(|tree| tree.triangles.iter().all(inside));
        self.trees = left;
        if felled.is_empty() {
            return Vec::new();
        }
        let felled: Vec<Triangle> = felled.into_iter().flat_map(|tree| tree.triangles).collect();
        let trees = Bvh::new(self.trees.iter().flat_map(|tree| &tree.triangles).copied());
        let solid = &self.solid;
        self.records
            .par_iter_mut()
            .flat_map_iter(|record| {
                let [x, y, _] = middle(record);
                let near = (x - at[0]).hypot(y - at[1]) <= REACH_M + radius_m;
                let building = record.building.clone();
                let planes: &mut [PlaneRecord] = if near { &mut record.planes } else { &mut [] };
                let changed: Vec<Changed> = planes
                    .iter_mut()
                    .enumerate()
                    .filter_map(|(number, own)| {
                        let before_kwh = own.kwh_year;
                        if !look_again(own, &felled, solid, &trees) {
                            return None;
                        }
                        sunlight.renew(own);
                        (own.kwh_year != before_kwh).then(|| Changed { building: building.clone(), plane: number, before_kwh, after_kwh: own.kwh_year })
                    })
                    .collect();
                changed
            })
            .collect()
    }
}

/// Renews what a plane sees where something was felled; whether anything was.
fn look_again(own: &mut PlaneRecord, felled: &[Triangle], solid: &Bvh, trees: &Bvh) -> bool {
    let Some((points, is_sorted)) = points_of(own) else { return false };
    let mut renewed = false;
    for (number, _) in behind(felled, &points).iter().enumerate().filter(|(_, is_felled)| **is_felled) {
        let azimuth = STEP_DEG * number as f64;
        let tops: Vec<f32> = points
            .iter()
            .map(|point| {
                let (top, _) = trees.look(*point, azimuth, FROM_M);
                // Behind a wall no tree counts.
                top.max(solid.look(*point, azimuth, FROM_M).0)
            })
            .collect();
        let tops = if is_sorted { shares(tops).to_vec() } else { tops };
        for (view, top) in own.views.iter_mut().zip(tops) {
            let top = (f64::from(top) * PER_DEGREE).round() as u16;
            let (horizon, tree_tops) = (view.horizon.get(number).copied().unwrap_or(0), view.tree_tops.get_mut(number));
            if let Some(kept) = tree_tops
                && *kept != top.max(horizon)
            {
                *kept = top.max(horizon);
                renewed = true;
            }
        }
    }
    renewed
}

/// Between two directions, degrees.
pub(super) const STEP_DEG: f64 = 360.0 / AZIMUTHS as f64;

/// The points that a plane's views were made from, and whether they were sorted into [`VIEWS`]; `None` where no tree stands before it.
pub(super) fn points_of(own: &PlaneRecord) -> Option<(Vec<[f64; 3]>, bool)> {
    // A plane that no tree stood before has no tops to lose.
    if own.views.iter().all(|view| view.tree_tops.is_empty()) {
        return None;
    }
    let surface = plane(own);
    let mut points = surface.samples(samples_of(&surface), ABOVE_M);
    // As the views were made: few points, and those with something overhead, stand for themselves.
    let is_sorted = points.len() > VIEWS && own.views.iter().all(|view| view.overhead.is_empty());
    if !is_sorted {
        points = points.iter().step_by(points.len().div_ceil(VIEWS).max(1)).copied().collect();
    }
    let views = own.views.len();
    if views == if is_sorted { VIEWS } else { points.len() } {
        return Some((points, is_sorted));
    }
    // The views are of other points, such as the few cells of a coarse grid: as many of ours, spread as evenly, stand for them.
    let spread = (0..views).filter_map(|number| points.get(number * points.len() / views.max(1)).copied()).collect::<Vec<_>>();
    (spread.len() == views).then_some((spread, false))
}

/// The directions in which some of the points see these triangles above themselves.
pub(super) fn behind(triangles: &[Triangle], points: &[[f64; 3]]) -> [bool; AZIMUTHS] {
    let mut directions = [false; AZIMUTHS];
    for point in points {
        for triangle in triangles.iter().filter(|triangle| triangle.iter().any(|corner| corner[2] > point[2])) {
            let azimuths = triangle.map(|corner| (corner[0] - point[0]).atan2(corner[1] - point[1]).to_degrees());
            for (from, to) in [(0, 1), (1, 2), (2, 0)] {
                // The shorter way round; what lies between two directions is seen in both.
                let turn = (azimuths[to] - azimuths[from] + 540.0).rem_euclid(360.0) - 180.0;
                let (low, high) = if turn >= 0.0 { (azimuths[from], azimuths[from] + turn) } else { (azimuths[from] + turn, azimuths[from]) };
                let (first, last) = ((low / STEP_DEG).floor() as i64, (high / STEP_DEG).ceil() as i64);
                (first..=last).for_each(|at| directions[at.rem_euclid(AZIMUTHS as i64) as usize] = true);
            }
        }
    }
    directions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::solar::trees;
    use crate::rooftop::Thinning;
    use crate::rooftop::prepare::Prepared;
    use crate::base::LayerId;
    use crate::energy::climate::typical_year;
    use crate::energy::weather::Site;
    use crate::geodesy::{EnuFrame, LonLatH};
    use crate::pipeline::Silent;
    use crate::pipeline::solar::roofs::{BlockDone, Blockwise, RoofOptions, roofs_of};
    use crate::pipeline::solar::scene::Solid;
    use crate::rooftop::record::{Shared, hours_rounded};
    use std::collections::BTreeMap;

    struct One(Vec<Record>);

    impl Blockwise for One {
        fn known(&mut self, _: usize) -> Option<BlockDone> {
            None
        }

        fn done(&mut self, _: usize, done: BlockDone) -> Result<(), crate::base::Finding> {
            self.0.extend(done.records);
            Ok(())
        }
    }

    /// A side of a pyramid from the ground up: a crown that hides all behind it.
    fn tree(x: f64, y: f64, high: f64) -> Vec<Triangle> {
        let (base, top) = ([[x - 3.0, y - 3.0], [x + 3.0, y - 3.0], [x + 3.0, y + 3.0], [x - 3.0, y + 3.0]], [x, y, high]);
        (0..4).map(|side| [[base[side][0], base[side][1], 0.0], [base[(side + 1) % 4][0], base[(side + 1) % 4][1], 0.0], top]).collect()
    }

    fn house(x: f64, y: f64) -> Vec<Triangle> {
        let p = |u: f64, v: f64, z: f64| [x + u, y + v, z];
        let (a, b, c, d) = (p(0.0, 0.0, 4.0), p(12.0, 0.0, 4.0), p(12.0, 6.0, 7.0), p(0.0, 6.0, 7.0));
        let (e, f) = (p(12.0, 12.0, 4.0), p(0.0, 12.0, 4.0));
        vec![[a, b, c], [a, c, d], [d, c, e], [d, e, f]]
    }

    fn scene(trees: &[Vec<Triangle>]) -> Scene {
        let houses = [("a", house(0.0, 0.0)), ("b", house(30.0, 4.0)), ("far", house(400.0, 0.0))];
        let solid = |triangles| Solid { layer: LayerId::from("buildings"), triangles };
        let buildings: BTreeMap<String, Solid> = houses.into_iter().map(|(id, triangles)| (id.to_owned(), solid(triangles))).collect();
        let ground = vec![[[-500.0, -500.0, 0.0], [900.0, -500.0, 0.0], [900.0, 900.0, 0.0]], [[-500.0, -500.0, 0.0], [900.0, 900.0, 0.0], [-500.0, 900.0, 0.0]]];
        Scene { frame: EnuFrame::at(LonLatH::new(-1.5, 47.2, 20.0)), buildings, ground, trees: trees.iter().cloned().map(Tree::new).collect() }
    }

    fn records(scene: &Scene, sky: &Shared) -> Vec<Record> {
        let mut all = One(Vec::new());
        for id in scene.buildings.keys() {
            let options = RoofOptions { building: Some(id.clone()), records: true, ..RoofOptions::default() };
            roofs_of(scene, "", (&sky.hours, 1.0), None, &options, &mut all, &Silent).unwrap();
        }
        all.0
    }

    /// What a record knows of its trees is what a look without them finds.
    fn the_book_knows_what_a_felled_tree_gives_back(before: &Scene, after: &Scene, sunlight: &Sunlight) {
        let bare = Scene { trees: Vec::new(), ..after.clone() };
        let [before_it, after_it, without_any] = [before, after, &bare].map(|scene| records(scene, &sunlight.shared));
        let solid = Bvh::new(before.solid().copied());
        for ((mut record, felled), none) in before_it.into_iter().zip(after_it).zip(without_any) {
            (record.trees, record.treeless) = trees::before(&record, before, &|| &solid);
            let read = Record::parse(&record.line()).unwrap();
            assert_eq!(read.trees, record.trees);
            if record.building == "far" {
                assert_eq!(record.trees, []);
                continue;
            }
            let near = record.trees.iter().position(|tree| tree.at == [6.0, -9.0]);
            let prepared = Prepared::new(record, sunlight);
            let year = |record: &Record| record.planes.iter().map(|own| own.kwh_year).sum::<f64>();
            let same = |a: f64, b: f64| assert!((a - b).abs() <= 1e-3 * b, "{} {a} {b}", felled.building);
            if let Some(number) = near {
                let thinned = prepared.without(Thinning::Tree(number), sunlight);
                same(year(&thinned.record), year(&felled));
                let hours: f64 = thinned.per_kwp.iter().zip(&thinned.record.planes).map(|(hours, own)| own.kwp * hours.iter().map(|kw| f64::from(*kw)).sum::<f64>()).sum();
                same(hours, year(&thinned.record));
            }
            same(year(&prepared.without(Thinning::All, sunlight).record), year(&none));
            assert!(prepared.record.building != "a" || near == Some(0), "the one that shades most comes first: {:?}", prepared.record.trees);
        }
    }

    #[test]
    fn a_felled_tree_leaves_the_years_that_it_had_never_stood_before() {
        let options = RoofOptions::default();
        let hours = typical_year(&Site { lat: 47.2, lon: -1.5, elevation_m: 20.0 }, 2026).unwrap();
        let shared = Shared {
            module: options.module,
            system: options.system,
            foliage: options.foliage,
            sureness: options.sureness,
            weather: Default::default(),
            layers: Vec::new(),
            sources: Vec::new(),
            hours: hours_rounded(&hours),
            step_h: 1.0,
        };
        let sunlight = Sunlight::new(shared.clone()).unwrap();
        let (near, other) = (tree(6.0, -9.0, 16.0), tree(36.0, -8.0, 12.0));
        let (before, after) = (scene(&[near, other.clone()]), scene(&[other]));
        the_book_knows_what_a_felled_tree_gives_back(&before, &after, &sunlight);
        let mut neighbourhood = Neighbourhood::new(&before, [6.0, -9.0], records(&before, &shared));
        let stood = neighbourhood.records.clone();
        assert_eq!(neighbourhood.fell([600.0, 0.0], 5.0, &sunlight), [], "nothing stands there");
        let changed = neighbourhood.fell([6.0, -9.0], 5.0, &sunlight);
        assert!(changed.iter().any(|one| one.building == "a" && one.after_kwh > 1.02 * one.before_kwh), "{changed:?}");
        assert!(changed.iter().all(|one| one.building != "far"), "{changed:?}");
        for ((now, never), then) in neighbourhood.records.iter().zip(records(&after, &shared)).zip(stood) {
            for (number, (now, never)) in now.planes.iter().zip(&never.planes).enumerate() {
                let (a, b) = (now.kwh_year, never.kwh_year);
                assert!((a - b).abs() <= 1e-3 * b, "{} {number}: {a} {b}, before {}", then.building, then.planes[number].kwh_year);
            }
        }
    }
}
