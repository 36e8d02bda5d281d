//! How far each vertex of a feature stands above the feature's foot, in a byte: what a value raises, and what grows while it is built.
//!
//! The sign says whether a value lifts the vertex (above 0) or leaves it where it is: walls are drawn out, roofs keep their shape.
//! Both depend on the feature and the height alone, so corners that meet stay together and no surface tears.

use glam::Vec3;

/// Metres of a byte's square: 127 stands for 323 m. As `shaders/lib/features.wgsl` has it.
pub const SQUARE_M: f32 = 0.02;
/// What is lower than this share of its feature belongs to the foot: on a slope it is not level.
const FOOT_SHARE: f32 = 0.35;
/// And what is lower than so many metres, as long as it is no more than the other share of the whole.
const FOOT_M: f32 = 2.0;
const FOOT_MOST: f32 = 0.8;
/// Rows of one mesh: a number beyond is foreign nonsense, and its vertices stay where they are.
const MOST_ROWS: usize = 1 << 22;

/// The byte of each vertex, by the heights of all that have its feature.
pub fn codes(positions: &[[f32; 3]], feature_ids: &[u32], up: Vec3) -> Vec<i8> {
    let rows = feature_ids.iter().map(|id| *id as usize + 1).filter(|rows| *rows <= MOST_ROWS).max().unwrap_or(0);
    let mut reach = vec![(f32::INFINITY, f32::NEG_INFINITY); rows];
    let height = |position: &[f32; 3]| Vec3::from_array(*position).dot(up);
    for (position, id) in positions.iter().zip(feature_ids) {
        if let Some((low, high)) = reach.get_mut(*id as usize) {
            let height = height(position);
            (*low, *high) = (low.min(height), high.max(height));
        }
    }
    let code = |(position, id): (&[f32; 3], &u32)| {
        let Some((low, high)) = reach.get(*id as usize) else { return 0 };
        let (above, whole) = (height(position) - low, high - low);
        if !(above.is_finite() && whole > 0.0) {
            return 0;
        }
        let foot = (FOOT_SHARE * whole).max(FOOT_M.min(FOOT_MOST * whole));
        let code = (above.max(0.0) / SQUARE_M).sqrt().round().min(127.0) as i8;
        if above > foot { code.max(1) } else { -code }
    };
    positions.iter().zip(feature_ids).map(code).collect()
}

/// Whether a value lifts a vertex.
pub fn is_lifted(code: i8) -> bool {
    code > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Metres that a byte stands for.
    fn height_m(code: i8) -> f32 {
        f32::from(code).powi(2) * SQUARE_M
    }

    #[test]
    fn walls_are_drawn_out_and_roofs_keep_their_shape() {
        // A house of two eaves and a ridge on a slope, and a tower beside it.
        let house = [[0.0, 10.0, 0.0], [8.0, 11.2, 0.0], [0.0, 14.0, 0.0], [8.0, 14.0, 0.0], [4.0, 17.0, 0.0]];
        let tower = [[20.0, 9.0, 0.0], [20.0, 59.0, 0.0]];
        let positions: Vec<[f32; 3]> = house.into_iter().chain(tower).collect();
        let codes = codes(&positions, &[0, 0, 0, 0, 0, 1, 1], Vec3::Y);
        let lifted: Vec<bool> = codes.iter().map(|code| is_lifted(*code)).collect();
        assert_eq!(lifted, [false, false, true, true, true, false, true]);
        for (code, above) in codes.iter().zip([0.0, 1.2, 4.0, 4.0, 7.0, 0.0, 50.0]) {
            let step = 2.0 * (above * SQUARE_M).sqrt() + SQUARE_M;
            assert!((height_m(*code) - above).abs() <= 0.5 * step, "{code} is not {above} m");
        }
        assert_eq!(codes[2], codes[3]);
    }

    #[test]
    fn what_is_flat_or_no_number_stays() {
        let flat = [[0.0, 3.0, 0.0], [1.0, 3.0, 0.0], [1.0, f32::NAN, 1.0]];
        assert_eq!(codes(&flat, &[0, 0, u32::MAX], Vec3::Y), [0, 0, 0]);
        assert!(codes(&[], &[], Vec3::Y).is_empty());
    }
}
