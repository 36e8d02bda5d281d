//! Trees of a record as something that is pointed at.

use crate::formats::roofbook::{Record, TreeRecord};
use glam::DVec3;

/// The tree that a ray meets first, by its place in the record, and how far away, metres; places and ways in the local frame, `way` of length one.
pub fn met(record: &Record, from: DVec3, way: DVec3) -> Option<(usize, f64)> {
    let meets = |tree: &TreeRecord| {
        // A crown is as good as an ellipsoid.
        let half = DVec3::new(tree.radius_m, tree.radius_m, 0.5 * (tree.top_m - tree.foot_m)).max(DVec3::splat(0.2));
        let (p, d) = ((from - DVec3::new(tree.at[0], tree.at[1], tree.foot_m + half.z)) / half, way / half);
        let (a, b, c) = (d.length_squared(), p.dot(d), p.length_squared() - 1.0);
        let root = (b * b - a * c).sqrt();
        Some((-b - root) / a).filter(|metres| *metres > 0.0)
    };
    record.trees.iter().enumerate().filter_map(|(number, tree)| Some((number, meets(tree)?))).min_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ray_meets_the_nearer_crown_and_passes_beside_both() {
        let tree = |x: f64| TreeRecord { at: [x, 0.0], radius_m: 3.0, foot_m: 0.0, top_m: 10.0, ..TreeRecord::default() };
        let record = Record { trees: vec![tree(40.0), tree(20.0)], ..Record::default() };
        let (number, metres) = met(&record, DVec3::new(0.0, 0.0, 5.0), DVec3::X).unwrap();
        assert_eq!(number, 1);
        assert!((metres - 17.0).abs() < 1e-9, "{metres}");
        assert_eq!(met(&record, DVec3::new(0.0, 3.1, 5.0), DVec3::X), None);
        assert_eq!(met(&record, DVec3::new(0.0, 0.0, 5.0), -DVec3::X), None, "what lies behind is not met");
    }
}
