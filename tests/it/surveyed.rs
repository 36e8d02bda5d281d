//! Surfaces a source brings: turned the right way, closed where they are, faults named.

use jumeau::region::roof::Surface;
use jumeau::region::surveyed::{RawFace, Surveyed, survey_shell};
use proptest::prelude::*;

/// A house of 10 × 6 m, eave 3 m, ridge 5 m: 180 + 60 m³.
fn house() -> Vec<RawFace> {
    let points = [
        [0.0, 0.0, 0.0],
        [10.0, 0.0, 0.0],
        [10.0, 6.0, 0.0],
        [0.0, 6.0, 0.0],
        [0.0, 0.0, 3.0],
        [10.0, 0.0, 3.0],
        [10.0, 6.0, 3.0],
        [0.0, 6.0, 3.0],
        [0.0, 3.0, 5.0],
        [10.0, 3.0, 5.0],
    ];
    let faces: [&[usize]; 7] = [
        &[3, 2, 1, 0],
        &[0, 1, 5, 4],
        &[1, 2, 6, 9, 5],
        &[2, 3, 7, 6],
        &[3, 0, 4, 8, 7],
        &[4, 5, 9, 8],
        &[7, 8, 9, 6],
    ];
    faces
        .iter()
        .map(|face| {
            let place = |i: &usize| {
                [
                    points[*i][0] + 355_000.0,
                    points[*i][1] + 6_689_000.0,
                    points[*i][2],
                ]
            };
            RawFace {
                surface: None,
                rings: vec![face.iter().map(place).collect()],
            }
        })
        .collect()
}

fn survey(raw: Vec<RawFace>) -> (Surveyed, Vec<&'static str>) {
    let mut faults = Vec::new();
    let (faces, closed) = survey_shell(raw, true, &mut faults);
    (
        Surveyed {
            faces,
            lod: 2.0,
            closed,
        },
        faults.into_iter().map(|fault| fault.0).collect(),
    )
}

#[test]
fn a_good_house_has_no_fault() {
    let (house, faults) = survey(house());
    assert_eq!(faults, [""; 0]);
    assert!(house.closed && house.mesh().is_closed());
    assert!((house.mesh().volume_m3() - 240.0).abs() < 1e-6);
    let count = |kind| {
        house
            .faces
            .iter()
            .filter(|face| face.surface == kind)
            .count()
    };
    assert_eq!(
        (
            count(Surface::Roof),
            count(Surface::Wall),
            count(Surface::Floor)
        ),
        (2, 4, 1)
    );
    assert_eq!(house.eave_and_ridge_m(), Some((3.0, 5.0)));
}

#[test]
fn faults_have_their_names() {
    let mut turned = house();
    turned[1].rings[0].reverse();
    let (found, faults) = survey(turned);
    assert_eq!(faults, ["surface-orientation"]);
    assert!(found.mesh().is_closed() && found.mesh().volume_m3() > 239.0);

    let mut open = house();
    open.remove(0);
    assert_eq!(survey(open).1, ["solid-not-closed"]);

    let mut bent = house();
    bent[5].rings[0][3][2] += 0.4;
    assert!(survey(bent).1.contains(&"surface-not-planar"));

    let mut crossed = house();
    crossed[0].rings[0].swap(1, 2);
    assert!(survey(crossed).1.contains(&"surface-ring-crossing"));

    let mut short = house();
    short[0].rings[0].truncate(2);
    assert_eq!(
        survey(short).1,
        ["surface-too-few-points", "solid-not-closed"]
    );
}

proptest! {
    /// Whichever faces a source turned the wrong way, the house comes out the same.
    #[test]
    fn any_faces_may_be_turned(turned in proptest::collection::vec(any::<bool>(), 7)) {
        let mut raw = house();
        for (face, turn) in raw.iter_mut().zip(&turned) {
            if *turn {
                face.rings[0].reverse();
            }
        }
        let (found, faults) = survey(raw);
        prop_assert!((found.mesh().volume_m3() - 240.0).abs() < 1e-6);
        let expected = match turned.iter().filter(|turn| **turn).count() {
            0 => vec![],
            7 => vec!["solid-inside-out"],
            _ => vec!["surface-orientation"],
        };
        prop_assert_eq!(faults, expected);
    }

    #[test]
    fn no_faces_break_it(faces in proptest::collection::vec(proptest::collection::vec(proptest::array::uniform3(-5.0_f64..5.0), 0..7), 0..8)) {
        let raw = faces.into_iter().map(|ring| RawFace { surface: None, rings: vec![ring] }).collect();
        let (found, _) = survey(raw);
        let _ = found.mesh();
        let _ = found.plan(None);
    }
}
