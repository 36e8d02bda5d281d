//! What is written on a picture: names that do not overlap, and the bar that tells how long things are. Pure.

use std::collections::HashSet;

/// Most names on one picture: beyond, nobody reads any.
pub const MAX_NAMES: usize = 32;
/// The same name is not written again nearer than this, pixels: a street has one name, not one for each of its stretches.
const SAME_NAME_PX: f64 = 320.0;
/// Room around a name, pixels.
const MARGIN_PX: f64 = 6.0;

/// A name that could be written.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub text: String,
    /// Middle of the name in the picture, pixels from the top left.
    pub at: [f64; 2],
    /// Width and height of the written name, pixels.
    pub size: [f64; 2],
    /// Higher goes first.
    pub rank: f64,
    /// Once on a picture however far apart its places are: a commune and its canton of the same name are one name to the reader.
    pub once: bool,
}

/// Which candidates are written, best first: inside the picture, none over another, no name twice near itself.
///
/// `kept` are the texts written before: they go first among their like, so that names do not flicker while the picture moves.
/// `is_hidden` says whether something stands before a candidate; it is asked only of those that would be written.
pub fn names(candidates: &[Candidate], picture: [f64; 2], kept: &HashSet<String>, is_hidden: impl Fn(usize) -> bool) -> Vec<usize> {
    /// What a name that is there already is worth more than one that is not.
    const STEADY: f64 = 1.25;
    let worth = |candidate: &Candidate| candidate.rank * if kept.contains(&candidate.text) { STEADY } else { 1.0 };
    let mut order: Vec<usize> = (0..candidates.len())
        .filter(|i| {
            candidates.get(*i).is_some_and(|c| {
                c.rank.is_finite() && !c.text.is_empty() && (0..2).all(|k| c.at[k] - 0.5 * c.size[k] >= 0.0 && c.at[k] + 0.5 * c.size[k] <= picture[k])
            })
        })
        .collect();
    order.sort_by(|a, b| {
        let (a, b) = (&candidates[*a], &candidates[*b]);
        worth(b).total_cmp(&worth(a)).then_with(|| a.text.cmp(&b.text)).then_with(|| a.at[0].total_cmp(&b.at[0])).then_with(|| a.at[1].total_cmp(&b.at[1]))
    });
    let mut written: Vec<usize> = Vec::new();
    for index in order {
        if written.len() >= MAX_NAMES {
            break;
        }
        let candidate = &candidates[index];
        let free = written.iter().all(|other| {
            let other = &candidates[*other];
            let apart = [0, 1].map(|k| (candidate.at[k] - other.at[k]).abs());
            let overlap = (0..2).all(|k| apart[k] < 0.5 * (candidate.size[k] + other.size[k]) + MARGIN_PX);
            let again = candidate.text == other.text && (candidate.once || apart[0].hypot(apart[1]) < SAME_NAME_PX);
            !overlap && !again
        });
        if free && !is_hidden(index) {
            written.push(index);
        }
    }
    written
}

/// A bar of a round length: metres, and pixels on the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScaleBar {
    pub metres: f64,
    pub pixels: f64,
}

/// The longest of 1, 2 and 5 times a power of ten that is no longer than `longest_px`; `None` where nothing can be measured.
pub fn scale_bar(metres_per_pixel: f64, longest_px: f64) -> Option<ScaleBar> {
    let longest_m = metres_per_pixel * longest_px;
    if !(longest_m.is_finite() && longest_m > 1e-6 && longest_m < 1e9) {
        return None;
    }
    let power = 10f64.powf(longest_m.log10().floor());
    // A logarithm may fall on either side of a whole number.
    let metres = [10.0, 5.0, 2.0, 1.0, 0.5].map(|step| step * power).into_iter().find(|metres| *metres <= longest_m)?;
    Some(ScaleBar { metres, pixels: metres / metres_per_pixel })
}
