//! Statistical secrecy: whatever is computed from published sums is a sum of enough delivery points; and sums agree.

use jumeau::energy::secrecy::{Cell, DELIVERY_POINTS, Sums, points_below, published};
use proptest::prelude::*;

fn whole(own_points: u64) -> Cell {
    Cell { within: None, own_points }
}

fn part(within: usize, own_points: u64) -> Cell {
    Cell { within: Some(within), own_points }
}

#[test]
fn ten_points_are_published_and_nine_are_not() {
    assert_eq!(published(&[whole(10), whole(9), whole(0)], DELIVERY_POINTS), [true, false, false]);
}

#[test]
fn a_lone_secret_part_takes_the_smallest_other_with_it() {
    // 100 = 60 + 12 + 20 + 8: of all but the last the difference would be the eight.
    let cells = [whole(0), part(0, 60), part(0, 12), part(0, 20), part(0, 8)];
    assert_eq!(published(&cells, 10), [true, true, false, true, false]);
    // Two secret parts of six points each hide each other.
    let cells = [whole(0), part(0, 60), part(0, 6), part(0, 6)];
    assert_eq!(published(&cells, 10), [true, true, false, false]);
    // Of two parts one of which is secret, only the whole can be told.
    assert_eq!(published(&[whole(0), part(0, 30), part(0, 4)], 10), [true, false, false]);
    // What counts in the whole alone is the difference too.
    assert_eq!(published(&[whole(3), part(0, 30)], 10), [true, false]);
}

#[test]
fn a_part_that_is_left_out_leaves_its_own_parts_standing() {
    // A district of two sectors and nothing beside them is left out: both sectors may stay, and it would have told nothing more.
    let cells = [whole(0), part(0, 0), part(0, 5), part(1, 20), part(1, 20)];
    let told = published(&cells, 10);
    assert!(told[0] && !told[2]);
    assert_eq!(told.iter().filter(|told| **told).count(), 2, "{told:?}: one of the sectors hides the five");
}

/// A forest of a few cells, each below one that came before or a whole.
fn forest() -> impl Strategy<Value = Vec<Cell>> {
    prop::collection::vec((any::<prop::sample::Index>(), 0_u8..4, 0_u64..25), 1..9).prop_map(|drawn| {
        let place = |at: usize, index: &prop::sample::Index, kind: u8| (at > 0 && kind > 0).then(|| index.index(at));
        drawn.iter().enumerate().map(|(at, (index, kind, points))| Cell { within: place(at, index, *kind), own_points: *points }).collect()
    })
}

/// The cells an object counts in: its own and all above.
fn chain(cells: &[Cell], mut at: usize) -> Vec<usize> {
    let mut chain = vec![at];
    while let Some(above) = cells[at].within {
        chain.push(above);
        at = above;
    }
    chain
}

proptest! {
    #[test]
    fn no_combination_of_published_sums_tells_of_fewer_points(cells in forest(), fewest in 2_u32..15) {
        let told = published(&cells, fewest);
        let public: Vec<usize> = (0..cells.len()).filter(|at| told[*at]).collect();
        // Every way to add and to take away published sums, by brute force.
        for code in 0..3_usize.pow(public.len() as u32) {
            let sign = |place: usize| (code / 3_usize.pow(place as u32) % 3) as i64 - 1;
            let mut weight = vec![0_i64; cells.len()];
            for (at, weight) in weight.iter_mut().enumerate() {
                *weight = chain(&cells, at).iter().filter_map(|cell| public.iter().position(|known| known == cell)).map(sign).sum();
            }
            // A sum of some objects, each once: the others cancel out.
            if weight.iter().zip(&cells).all(|(weight, cell)| cell.own_points == 0 || (0..=1).contains(weight)) {
                let points: u64 = weight.iter().zip(&cells).filter(|(weight, _)| **weight == 1).map(|(_, cell)| cell.own_points).sum();
                prop_assert!(points == 0 || points >= u64::from(fewest), "{cells:?} {told:?}: {points} points");
            }
        }
    }

    #[test]
    fn a_whole_of_enough_points_is_always_told(cells in forest(), fewest in 1_u32..15) {
        let (told, points) = (published(&cells, fewest), points_below(&cells));
        for (at, cell) in cells.iter().enumerate() {
            prop_assert!(cell.within.is_some() || told[at] == (points[at] >= u64::from(fewest)));
            prop_assert!(!told[at] || points[at] >= u64::from(fewest));
        }
    }

    #[test]
    fn the_parts_sum_to_the_total_at_every_step(
        objects in prop::collection::vec((0_usize..4, prop::collection::vec(prop::option::weighted(0.95, -1e3_f64..1e3), 6)), 0..30)
    ) {
        let (mut parts, mut all) = (Sums::new(4, 6), Sums::new(1, 6));
        for (cell, values) in &objects {
            parts.add(*cell, values.iter().copied());
            all.add(0, values.iter().copied());
        }
        let peopled: Vec<usize> = (0..4).filter(|cell| parts.members(*cell) > 0).collect();
        prop_assert_eq!(peopled.iter().map(|cell| parts.members(*cell)).sum::<u64>(), all.members(0));
        for step in 0..6 {
            let told = peopled.iter().try_fold(0.0, |sum, cell| Some(sum + parts.value(*cell, step)?)).filter(|_| !peopled.is_empty());
            match (told, all.value(0, step)) {
                (Some(told), Some(all)) => prop_assert!((told - all).abs() <= 1e-9 * (1.0 + all.abs())),
                (told, all) => prop_assert_eq!(told, all),
            }
        }
    }
}
