//! Tier 2: pictures of the default territory, compared with those we looked at.
//!
//! `UPDATE_GOLDEN=1` writes them anew; look at them before committing. A failed comparison leaves its picture beside the test's binary folder and says where.

use super::territory::{program, root, territory};
use std::path::Path;

/// Mean difference of a channel, of 255: drivers round differently, nothing more.
const MEAN_DIFFERENCE: f64 = 1.5;
/// A pixel differs when any channel does by more than this …
const PIXEL_DIFFERENCE: u8 = 32;
/// … and so many of them may: edges fall on one side or the other.
const PIXEL_SHARE: f64 = 0.01;
/// No square of so many pixels …
const SQUARE_PX: u32 = 12;
/// … may differ by more than this share of its own: edges are lines, a building that is missing is not.
const SQUARE_SHARE: f64 = 0.5;

fn check(name: &str, view: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    let taken = folder.join(format!("{name}.png"));
    let output = program()
        .args(["snapshot"])
        .arg(territory())
        .args(["--view", view, "--size", "480x270", "--sse", "12", "--msaa", "4", "--json", "--out"])
        .arg(&taken)
        .output()
        .expect("the viewer starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    compare(&taken, &root().join("tests/golden").join(format!("{name}.png")));
    // Only a picture that failed is worth keeping.
    std::fs::remove_dir_all(&folder).expect("the temporary folder goes");
}

/// Compares a picture with the one we looked at, or takes its place.
pub fn compare(taken: &Path, golden: &Path) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::copy(taken, golden).expect("the golden picture is written");
        return;
    }
    let Difference { mean, share, worst_square } = difference(taken, golden);
    assert!(
        mean <= MEAN_DIFFERENCE && share <= PIXEL_SHARE && worst_square <= SQUARE_SHARE,
        "mean difference {mean:.2} of 255, {:.2} % of the pixels differ, {:.0} % of a small square; look at {} and {}",
        share * 100.0,
        worst_square * 100.0,
        taken.display(),
        golden.display()
    );
}

struct Difference {
    /// Of the channels, of 255.
    mean: f64,
    /// Of the pixels, those that differ.
    share: f64,
    /// The same in the square where it is largest.
    worst_square: f64,
}

fn difference(a: &Path, b: &Path) -> Difference {
    let open = |path: &Path| image::open(path).expect("a picture").to_rgb8();
    let (a, b) = (open(a), open(b));
    assert_eq!(a.dimensions(), b.dimensions());
    let mut sum = 0.0;
    let mut squares = std::collections::BTreeMap::<(u32, u32), usize>::new();
    for ((x, y, p), q) in a.enumerate_pixels().zip(b.pixels()) {
        let channels = p.0.iter().zip(q.0).map(|(x, y)| x.abs_diff(y));
        sum += channels.clone().map(f64::from).sum::<f64>();
        if channels.max().is_some_and(|most| most > PIXEL_DIFFERENCE) {
            *squares.entry((x / SQUARE_PX, y / SQUARE_PX)).or_default() += 1;
        }
    }
    let pixels = f64::from(a.width()) * f64::from(a.height());
    Difference {
        mean: sum / pixels / 3.0,
        share: squares.values().sum::<usize>() as f64 / pixels,
        worst_square: squares.values().max().map_or(0.0, |most| *most as f64 / f64::from(SQUARE_PX * SQUARE_PX)),
    }
}

#[test]
fn golden_opening_view() {
    check("opening", "");
}

#[test]
fn golden_street_view() {
    check("street", "street");
}

#[test]
fn golden_evening_view() {
    check("evening", "evening");
}

/// Half past six on a winter evening: every building in the colour of its demand.
#[test]
fn golden_demand_theme() {
    check("demand", "v=1&t=2026-01-15T17:30:00Z&theme=demand");
}

/// In 1950 what was not built yet is not there, and what has no date is hatched.
#[test]
fn golden_construction_year_theme() {
    check("year-1950", "v=1&theme=construction-year&y=1950");
}
