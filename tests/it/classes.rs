//! Class breaks against mapclassify, colours against simulated colour-blindness. The truth: tests/data/classes.

use jumeau::view::Breaks;
use jumeau::view::classes::{are_exact, class_of, ends, histogram};
use jumeau::view::colours::{Palette, on_dark};
use proptest::prelude::*;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

/// Sum of squared distances to the means of the classes.
fn cost(values: &[f64], ends: &[f64]) -> f64 {
    (0..ends.len())
        .map(|class| {
            let of_class: Vec<f64> = values.iter().copied().filter(|value| class_of(ends, *value) == class).collect();
            let mean = of_class.iter().sum::<f64>() / of_class.len().max(1) as f64;
            of_class.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
        })
        .sum()
}

fn near(ours: &[f64], theirs: &[f64], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}: {ours:?} {theirs:?}");
    for (a, b) in ours.iter().zip(theirs) {
        assert!((a - b).abs() <= 1e-9 * b.abs().max(1.0), "{what}: {ours:?} {theirs:?}");
    }
}

#[test]
fn breaks_are_those_of_mapclassify() {
    let truth: Value = serde_json::from_str(include_str!("../data/classes/expected.json")).unwrap();
    for case in truth["cases"].as_array().unwrap() {
        let set = case["set"].as_str().unwrap();
        let values = numbers(&truth["sets"][set]);
        let classes = case["classes"].as_u64().unwrap() as u8;
        let what = format!("{set} in {classes}");
        near(&ends(&values, &Breaks::Equal { classes }), &numbers(&case["equal"]), &what);
        let mut theirs = numbers(&case["quantiles"]);
        // It keeps ends that differ by a rounding error.
        theirs.dedup_by(|b, a| (*b - *a).abs() < 1e-9);
        near(&ends(&values, &Breaks::Quantiles { classes }), &theirs, &what);
        if let Some(cost_of_theirs) = case["jenks_cost"].as_f64() {
            let ours = ends(&values, &Breaks::Jenks { classes });
            assert_eq!(ours.len(), usize::from(classes), "{what}");
            assert!(cost(&values, &ours) <= cost_of_theirs * (1.0 + 1e-9), "{what}: {ours:?} {case}");
            // With a large offset its sums lose their digits, and other classes are found than the best ones.
            // Evenly spaced values have several best ones.
            if !["large offset", "even"].contains(&set) {
                near(&ours, &numbers(&case["jenks"]), &what);
            }
        }
    }
}

/// A value that is met often weighs as often; a hundred thousand different ones are looked at one by one.
#[test]
fn every_value_weighs() {
    let truth: Value = serde_json::from_str(include_str!("../data/classes/expected.json")).unwrap();
    let breaks = Breaks::Jenks { classes: 3 };
    let few = numbers(&truth["sets"]["few far"]);
    // In every hour of two days, as a series has them.
    let often: Vec<f64> = (0..48).flat_map(|_| few.iter().copied()).collect();
    let case = truth["cases"].as_array().unwrap().iter().find(|case| case["set"] == "few far" && case["classes"] == 3).unwrap();
    near(&ends(&often, &breaks), &numbers(&case["jenks"]), "48 times");
    // Three far values among so many are a class of their own.
    let mut many: Vec<f64> = (0..30_000).map(|place| f64::from(place) / 3_000.0).collect();
    many.extend([500.0, 501.0, 502.0, 1000.0, 1001.0]);
    assert!(are_exact(&many, &breaks));
    near(&ends(&many, &breaks), &[29_999.0 / 3_000.0, 502.0, 1001.0], "many");
    let beyond: Vec<f64> = (0..100_001).map(f64::from).collect();
    assert!(!are_exact(&beyond, &breaks) && are_exact(&beyond, &Breaks::Quantiles { classes: 3 }));
}

#[test]
fn odd_values_are_no_reason_to_stop() {
    for breaks in [Breaks::Smooth, Breaks::Equal { classes: 5 }, Breaks::Quantiles { classes: 5 }, Breaks::Jenks { classes: 5 }, Breaks::Manual { at: vec![1.0] }] {
        assert!(ends(&[], &breaks).is_empty() && ends(&[f64::NAN, f64::INFINITY], &breaks).is_empty(), "{breaks:?}");
    }
    assert_eq!(ends(&[3.0, 3.0, f64::NAN], &Breaks::Jenks { classes: 4 }), [3.0]);
    assert_eq!(ends(&[0.0, 10.0], &Breaks::Manual { at: vec![2.0, 5.0] }), [2.0, 5.0, 10.0]);
    assert_eq!(histogram([0.0, 0.5, 1.0, 9.0, f64::NAN].into_iter(), [0.0, 1.0], 2), [1, 3]);
}

proptest! {
    /// Every value has a class, ends rise, and no other method is closer to the values than Jenks'.
    #[test]
    fn classes_hold_all_values(values in proptest::collection::vec(-1e4..1e4_f64, 1..200), classes in 2..=8_u8) {
        let all = [Breaks::Equal { classes }, Breaks::Quantiles { classes }, Breaks::Jenks { classes }];
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let found: Vec<Vec<f64>> = all.iter().map(|breaks| ends(&values, breaks)).collect();
        for ends in &found {
            prop_assert!(ends.len() <= usize::from(classes) && ends.windows(2).all(|pair| pair[0] < pair[1]));
            prop_assert_eq!(ends.last().copied(), Some(high));
        }
        let least = cost(&values, &found[2]);
        prop_assert!(found.iter().all(|ends| least <= cost(&values, ends) * (1.0 + 1e-6) + 1e-6));
    }
}

/// What people see who lack one kind of cones (Machado, Oliveira, Fernandes 2009, full severity), on linear light.
const BLINDNESSES: [[[f64; 3]; 3]; 4] = [
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
];

/// CIELAB of a colour as it is seen.
fn lab(rgb: [u8; 3], seen: &[[f64; 3]; 3]) -> [f64; 3] {
    let linear = rgb.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    let apply = |m: &[[f64; 3]; 3], v: [f64; 3]| [0, 1, 2].map(|row: usize| m[row].iter().zip(v).map(|(a, b)| a * b).sum::<f64>().max(0.0));
    let xyz = apply(&[[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]], apply(seen, linear));
    let f = |t: f64| if t > 0.008856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
    let [x, y, z] = [f(xyz[0] / 0.9505), f(xyz[1]), f(xyz[2] / 1.089)];
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn scales_are_told_apart_whatever_cones_one_has() {
    check_scales(0.0);
}

/// Lines at night: lighter, and still told apart in their order; none is dark.
#[test]
fn scales_on_dark_ground_are_light_and_told_apart() {
    check_scales(1.0);
    for palette in [Palette::Cividis, Palette::Blues, Palette::BlueOrange] {
        for colour in palette.stops() {
            assert_eq!(on_dark(colour, 0.0), colour);
            let lightness = lab(on_dark(colour, 1.0), &BLINDNESSES[0])[0];
            assert!(lightness > 50.0, "{palette:?} {colour:?} {lightness}");
            // Dusk comes step by step.
            let at = |eighth: u8| lab(on_dark(colour, f64::from(eighth) / 8.0), &BLINDNESSES[0]);
            assert!((0..8).all(|eighth| distance(at(eighth), at(eighth + 1)) < 14.0), "{palette:?} {colour:?}");
        }
    }
}

fn check_scales(dark: f64) {
    for (kind, seen) in BLINDNESSES.iter().enumerate() {
        for palette in Palette::ALL.into_iter().filter(|palette| dark == 0.0 || palette.is_ordered()) {
            for count in 2..=8 {
                let colours: Vec<[f64; 3]> = palette.classes(count).into_iter().map(|rgb| lab(on_dark(rgb, dark), seen)).collect();
                for (at, colour) in colours.iter().enumerate() {
                    for other in &colours[at + 1..] {
                        // A just noticeable difference is about 2.3.
                        let least = if palette.is_ordered() { 5.0 } else { 9.0 };
                        assert!(distance(*colour, *other) > least, "{palette:?} in {count}, blindness {kind}: {}", distance(*colour, *other));
                    }
                }
                // An order is seen as one: lighter and lighter, darker and darker, or up to the middle and down again.
                let light: Vec<f64> = colours.iter().map(|lab| lab[0]).collect();
                let rises = |part: &[f64]| part.windows(2).all(|pair| pair[0] < pair[1]);
                let falls = |part: &[f64]| part.windows(2).all(|pair| pair[0] > pair[1]);
                match palette {
                    Palette::Cividis => assert!(rises(&light), "{kind} {light:?}"),
                    Palette::Blues => assert!(falls(&light), "{kind} {light:?}"),
                    Palette::BlueOrange => assert!(rises(&light[..count / 2]) && falls(&light[count.div_ceil(2)..]), "{kind} {light:?}"),
                    Palette::OkabeIto => {}
                }
            }
        }
    }
}
