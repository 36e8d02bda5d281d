//! Points under a ray. A click asks once, so all of them are looked at: a hundred thousand take less than a millisecond.

use glam::Vec3;

/// Where points are that rays can meet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dots {
    positions: Vec<[f32; 3]>,
    low: Vec3,
    high: Vec3,
    /// Half of how wide each is at least, metres.
    radius_m: f32,
}

impl Dots {
    pub fn new(positions: Vec<[f32; 3]>, radius_m: f32) -> Self {
        let ends = positions.iter().fold((Vec3::INFINITY, Vec3::NEG_INFINITY), |(low, high), at| (low.min(Vec3::from(*at)), high.max(Vec3::from(*at))));
        Self { positions, low: ends.0, high: ends.1, radius_m }
    }

    pub fn bytes(&self) -> usize {
        self.positions.len() * 12
    }

    /// The nearest point whose disc a ray meets: its distance along `direction`, which has length one, and its number.
    /// A disc is as wide as it says, and from afar as a cone around the ray, whose half angle is `spread` (radians).
    pub fn nearest(&self, origin: Vec3, direction: Vec3, spread: f32, counts: impl Fn(u32) -> bool) -> Option<(f32, u32)> {
        let middle = 0.5 * (self.low + self.high) - origin;
        let half = 0.5 * (self.high - self.low).length();
        let along = middle.dot(direction);
        let reach = |t: f32| (spread * t.max(0.0)).max(self.radius_m);
        if !middle.is_finite() || along < -half || middle.length_squared() - along * along > (half + reach(along + half)).powi(2) {
            return None;
        }
        let mut best: Option<(f32, u32)> = None;
        for (number, at) in (0..).zip(&self.positions) {
            let way = Vec3::from(*at) - origin;
            let t = way.dot(direction);
            // The way off the ray by itself: a difference of two large squares would be centimetres off from a kilometre.
            if t > 0.0 && best.is_none_or(|(nearest, _)| t < nearest) && (way - t * direction).length_squared() <= reach(t).powi(2) && counts(number) {
                best = Some((t, number));
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_point_in_front_is_met_and_the_hidden_one_is_not() {
        let dots = Dots::new(vec![[0.0, 0.0, -100.0], [0.05, 0.0, -50.0], [3.0, 0.0, -20.0]], 0.1);
        let ray = |counts: &dyn Fn(u32) -> bool| dots.nearest(Vec3::ZERO, Vec3::NEG_Z, 0.004, counts);
        assert_eq!(ray(&|_| true), Some((50.0, 1)));
        assert_eq!(ray(&|number| number != 1), Some((100.0, 0)));
        assert_eq!(dots.nearest(Vec3::ZERO, Vec3::Z, 0.004, |_| true), None);
        assert_eq!(dots.nearest(Vec3::X, Vec3::NEG_Z, 0.004, |_| true), None);
        assert_eq!(Dots::new(Vec::new(), 0.1).nearest(Vec3::ZERO, Vec3::X, 0.1, |_| true), None);
    }

    proptest! {
        /// The box around all never hides a point that a ray meets.
        #[test]
        fn the_box_hides_none(points in prop::collection::vec(prop::array::uniform3(-50.0..50.0_f32), 1..20), eye in prop::array::uniform3(-200.0..200.0_f32), aim in 0..20_usize) {
            let (eye, at) = (Vec3::from(eye), Vec3::from(points[aim % points.len()]));
            prop_assume!(eye.distance(at) > 1.0);
            let dots = Dots::new(points, 0.05);
            let hit = dots.nearest(eye, (at - eye).normalize(), 0.002, |_| true);
            prop_assert!(hit.is_some_and(|(t, _)| t <= eye.distance(at) + 0.01), "{hit:?}");
        }
    }
}
