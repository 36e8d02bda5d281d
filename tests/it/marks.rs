//! Names on a picture never lie on each other, and the bar is as long as it says.

use jumeau::view::{Candidate, MAX_NAMES, names, scale_bar};
use proptest::prelude::*;
use std::collections::HashSet;

fn candidate() -> impl Strategy<Value = Candidate> {
    ("[a-d]{1,2}", prop::array::uniform2(-50.0..850.0f64), 10.0..160.0f64, prop_oneof![0.0..100.0f64, Just(f64::NAN)], any::<bool>())
        .prop_map(|(text, at, width, rank, once)| Candidate { text, at, size: [width, 14.0], rank, once })
}

proptest! {
    #[test]
    fn no_name_lies_on_another(candidates in prop::collection::vec(candidate(), 0..200), kept in prop::collection::hash_set("[a-d]{1,2}", 0..4)) {
        let picture = [800.0, 600.0];
        let written = names(&candidates, picture, &kept, |_| false);
        prop_assert!(written.len() <= MAX_NAMES);
        for (place, i) in written.iter().enumerate() {
            let a = &candidates[*i];
            for k in 0..2 {
                prop_assert!(a.at[k] - 0.5 * a.size[k] >= 0.0 && a.at[k] + 0.5 * a.size[k] <= picture[k]);
            }
            for j in &written[..place] {
                let b = &candidates[*j];
                prop_assert!((0..2).any(|k| (a.at[k] - b.at[k]).abs() >= 0.5 * (a.size[k] + b.size[k])), "{a:?} {b:?}");
                let apart = (a.at[0] - b.at[0]).hypot(a.at[1] - b.at[1]);
                prop_assert!(a.text != b.text || (!a.once && apart >= 300.0));
            }
        }
        // The order in which tiles arrive does not matter.
        let mut turned = candidates.clone();
        turned.reverse();
        // What is hidden makes room, as if nobody had proposed it.
        if let Some(first) = written.first().copied() {
            let mut rest = candidates.clone();
            rest.remove(first);
            let hidden: Vec<usize> = names(&candidates, picture, &kept, |index| index == first);
            let absent: Vec<usize> = names(&rest, picture, &kept, |_| false).into_iter().map(|i| if i < first { i } else { i + 1 }).collect();
            prop_assert_eq!(hidden, absent);
        }
        let again: Vec<&Candidate> = names(&turned, picture, &kept, |_| false).into_iter().map(|i| &turned[i]).collect();
        let first: Vec<&Candidate> = written.iter().map(|i| &candidates[*i]).collect();
        prop_assert_eq!(first.len(), again.len());
        prop_assert!(first.iter().zip(&again).all(|(a, b)| a.text == b.text && a.at == b.at));
    }

    /// The best candidate that fits the picture is always written, and what is written stays while it is nearly as good.
    #[test]
    fn the_best_is_written_and_names_are_steady(ranks in prop::collection::vec(1.0..2.0f64, 2..30)) {
        let candidates: Vec<Candidate> = ranks.iter().enumerate().map(|(i, rank)| Candidate {
            text: format!("rue {i}"), at: [400.0, 300.0], size: [80.0, 14.0], rank: *rank, once: false,
        }).collect();
        let best = (0..ranks.len()).max_by(|a, b| ranks[*a].total_cmp(&ranks[*b])).unwrap();
        prop_assert_eq!(names(&candidates, [800.0, 600.0], &HashSet::new(), |_| false), vec![best]);
        let second = (0..ranks.len()).filter(|i| *i != best).max_by(|a, b| ranks[*a].total_cmp(&ranks[*b])).unwrap();
        let stays = ranks[second] * 1.25 > ranks[best];
        let kept = HashSet::from([candidates[second].text.clone()]);
        prop_assert_eq!(names(&candidates, [800.0, 600.0], &kept, |_| false), vec![if stays { second } else { best }]);
    }

    #[test]
    fn the_bar_is_round_and_fits(metres_per_pixel in 1e-4..1e4f64, longest in 40.0..300.0f64) {
        let bar = scale_bar(metres_per_pixel, longest).unwrap();
        prop_assert!(bar.pixels <= longest * 1.000_001 && bar.pixels > 0.39 * longest, "{bar:?}");
        prop_assert!((bar.metres / metres_per_pixel - bar.pixels).abs() < 1e-6 * bar.pixels);
        let digits = format!("{:e}", bar.metres);
        prop_assert!(["1e", "2e", "5e"].iter().any(|first| digits.starts_with(first)), "{digits}");
    }
}

#[test]
fn what_cannot_be_measured_has_no_bar() {
    for metres_per_pixel in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
        assert_eq!(scale_bar(metres_per_pixel, 120.0), None);
    }
}
