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
    let golden = root().join("tests/golden").join(format!("{name}.png"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::copy(&taken, &golden).expect("the golden picture is written");
        return;
    }
    let (mean, share) = difference(&taken, &golden);
    assert!(
        mean <= MEAN_DIFFERENCE && share <= PIXEL_SHARE,
        "{name}: mean difference {mean:.2} of 255, {:.2} % of the pixels differ; look at {} and {}",
        share * 100.0,
        taken.display(),
        golden.display()
    );
    // Only a picture that failed is worth keeping.
    std::fs::remove_dir_all(&folder).expect("the temporary folder goes");
}

/// Mean channel difference and share of differing pixels.
fn difference(a: &Path, b: &Path) -> (f64, f64) {
    let open = |path: &Path| image::open(path).expect("a picture").to_rgb8();
    let (a, b) = (open(a), open(b));
    assert_eq!(a.dimensions(), b.dimensions());
    let mut sum = 0.0;
    let mut differing = 0;
    for (p, q) in a.pixels().zip(b.pixels()) {
        let channels = p.0.iter().zip(q.0).map(|(x, y)| x.abs_diff(y));
        sum += channels.clone().map(f64::from).sum::<f64>();
        differing += usize::from(channels.max().is_some_and(|most| most > PIXEL_DIFFERENCE));
    }
    let pixels = f64::from(a.width()) * f64::from(a.height());
    (sum / pixels / 3.0, differing as f64 / pixels)
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
