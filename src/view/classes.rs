//! Class breaks: where one class of a legend ends and the next begins.
//!
//! Every method answers upper ends, rising, the last of them the highest value. Values that are no numbers are left out.

use super::scale::Breaks;

/// The most different values between which Jenks' method may cut; it takes time in proportion to classes × values × log values, a tenth of a second here.
pub const MAX_DIFFERENT: usize = 100_000;

/// The upper ends of the classes of `values`; fewer classes than asked for where there are fewer different values, none without any value.
pub fn ends(values: &[f64], breaks: &Breaks) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let (Some(low), Some(high)) = (sorted.first().copied(), sorted.last().copied()) else { return Vec::new() };
    let ends = match breaks {
        Breaks::Smooth => vec![high],
        Breaks::Equal { classes } => equal(low, high, usize::from(*classes)),
        Breaks::Quantiles { classes } => quantiles(&sorted, usize::from(*classes)),
        Breaks::Jenks { classes } => jenks(&sorted, usize::from(*classes)),
        Breaks::Manual { at } => at.iter().copied().chain((at.last().is_none_or(|last| *last < high)).then_some(high)).collect(),
    };
    rising(ends)
}

/// The class of a value, given the upper ends: the first whose end it does not exceed; beyond all, the last.
pub fn class_of(ends: &[f64], value: f64) -> usize {
    ends.iter().position(|end| value <= *end).unwrap_or_else(|| ends.len().saturating_sub(1))
}

fn rising(ends: Vec<f64>) -> Vec<f64> {
    let mut kept: Vec<f64> = Vec::with_capacity(ends.len());
    for end in ends {
        if kept.last().is_none_or(|last| *last < end) {
            kept.push(end);
        }
    }
    kept
}

fn equal(low: f64, high: f64, classes: usize) -> Vec<f64> {
    let width = (high - low) / classes.max(1) as f64;
    // The last end is the highest value itself, whatever the sum rounds to.
    (1..classes).map(|class| low + width * class as f64).chain([high]).collect()
}

/// Linear between the two nearest ranks (type 7 of Hyndman and Fan 1996).
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let (low, high) = (sorted.get(place.floor() as usize)?, sorted.get(place.ceil() as usize)?);
    Some(low + (high - low) * place.fract())
}

fn quantiles(sorted: &[f64], classes: usize) -> Vec<f64> {
    (1..=classes).filter_map(|class| quantile(sorted, class as f64 / classes.max(1) as f64)).collect()
}

/// Fisher's exact optimum of Jenks' goodness of fit: the sum of squared distances to the class means is the least possible.
///
/// No class ends between two equal values, so each different value is looked at once, with its weight. The best last class begins later when more values
/// come: so each row of the table is found by halving (divide and conquer), in `classes × n log n` steps instead of `classes × n²`.
/// Beyond [`MAX_DIFFERENT`] different values, classes end at every so manieth of them only.
fn jenks(sorted: &[f64], classes: usize) -> Vec<f64> {
    let (spread, ends) = groups(sorted);
    if ends.len() <= classes {
        return ends;
    }
    picked(&cuts(&begins(&spread, ends.len(), classes), ends.len()), &ends)
}

/// The ends of Jenks' classes of `values` for each number of classes from two to `most`, in one go: what an importer tells of values that are too many to be at
/// hand where they are shown.
pub fn jenks_of_each(values: &[f64], most: usize) -> Vec<Vec<f64>> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|value| value.is_finite()).collect();
    sorted.sort_by(f64::total_cmp);
    let (spread, ends) = groups(&sorted);
    let begins = begins(&spread, ends.len(), most.min(ends.len()));
    let of = |classes: usize| match begins.get(..classes - 1) {
        Some(begins) if ends.len() > classes => picked(&cuts(begins, ends.len()), &ends),
        _ => ends.clone(),
    };
    if ends.is_empty() { Vec::new() } else { (2..=most).map(of).collect() }
}

fn picked(upto: &[usize], ends: &[f64]) -> Vec<f64> {
    upto.iter().filter_map(|upto| ends.get(upto.checked_sub(1)?)).copied().collect()
}

/// What classes may be made of: running sums over groups of values, and where each group ends.
fn groups(sorted: &[f64]) -> (Spread, Vec<f64>) {
    let mean = sorted.iter().sum::<f64>() / sorted.len().max(1) as f64;
    let step = different(sorted).div_ceil(MAX_DIFFERENT).max(1);
    let mut spread = Spread { sums: vec![[0.0; 3]] };
    let mut ends: Vec<f64> = Vec::new();
    let [mut count, mut sum, mut squares] = [0.0; 3];
    for (place, equal) in sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()).enumerate() {
        let Some(value) = equal.first().copied() else { continue };
        // Sums of values near zero lose no digits: the mean is taken away first.
        let (weight, apart) = (equal.len() as f64, value - mean);
        (count, sum, squares) = (count + weight, sum + weight * apart, squares + weight * apart * apart);
        if place % step == 0 {
            ends.push(value);
            spread.sums.push([count, sum, squares]);
        } else if let (Some(end), Some(sums)) = (ends.last_mut(), spread.sums.last_mut()) {
            (*end, *sums) = (value, [count, sum, squares]);
        }
    }
    (spread, ends)
}

/// How many different values there are.
fn different(sorted: &[f64]) -> usize {
    sorted.chunk_by(|a, b| a.total_cmp(b).is_eq()).count()
}

/// Whether [`ends`] are the best there are for these values, which must be sorted.
pub fn are_exact(sorted: &[f64], breaks: &Breaks) -> bool {
    !matches!(breaks, Breaks::Jenks { .. }) || different(sorted) <= MAX_DIFFERENT
}

/// Where the last of the best classes of the first `n` of `count` groups begins, for two classes, three, … .
fn begins(spread: &Spread, count: usize, classes: usize) -> Vec<Vec<u32>> {
    // Cost of the first `n` groups in the classes so far, and where the last class begins.
    let mut cost: Vec<f64> = (0..=count).map(|n| spread.of(0, n)).collect();
    let mut begins: Vec<Vec<u32>> = Vec::new();
    for class in 1..classes {
        let mut next = vec![f64::INFINITY; count + 1];
        let mut begin = vec![0; count + 1];
        // Ranges that are still to do: ends, and the begins that may be best.
        let mut open = vec![(class + 1, count, class, count - 1)];
        while let Some((from, to, first, last)) = open.pop() {
            if from > to {
                continue;
            }
            let middle = from.midpoint(to);
            let (mut best, mut at) = (f64::INFINITY, first);
            for start in first..=last.min(middle - 1) {
                let total = cost.get(start).copied().unwrap_or(f64::INFINITY) + spread.of(start, middle);
                if total < best {
                    (best, at) = (total, start);
                }
            }
            if let (Some(slot), Some(place)) = (next.get_mut(middle), begin.get_mut(middle)) {
                (*slot, *place) = (best, at as u32);
            }
            open.push((from, middle - 1, first, at));
            open.push((middle + 1, to, at, last));
        }
        cost = next;
        begins.push(begin);
    }
    begins
}

/// How many of `count` groups the best classes reach up to, the last of them all.
fn cuts(begins: &[Vec<u32>], count: usize) -> Vec<usize> {
    let mut upto = vec![count];
    for begin in begins.iter().rev() {
        let last = upto.last().and_then(|upto| begin.get(*upto)).copied().unwrap_or(0);
        upto.push(last as usize);
    }
    upto.reverse();
    upto
}

/// Running sums over groups: how many values, the values, their squares.
struct Spread {
    sums: Vec<[f64; 3]>,
}

impl Spread {
    /// Sum of squared distances to the mean of the values of the groups `[from, to)`.
    fn of(&self, from: usize, to: usize) -> f64 {
        let (Some([n_a, a, a2]), Some([n_b, b, b2])) = (self.sums.get(from), self.sums.get(to)) else { return f64::INFINITY };
        let sum = b - a;
        (b2 - a2 - sum * sum / (n_b - n_a).max(1.0)).max(0.0)
    }
}

/// How many of the values fall into each of `bins` equal parts of `[low, high]`; those outside count in the outermost.
pub fn histogram(values: impl Iterator<Item = f64>, [low, high]: [f64; 2], bins: usize) -> Vec<u32> {
    let bins = bins.max(1);
    let mut counts = vec![0_u32; bins];
    let width = (high - low).max(f64::MIN_POSITIVE);
    for value in values.filter(|value| value.is_finite()) {
        let place = (((value - low) / width) * bins as f64).floor().clamp(0.0, (bins - 1) as f64);
        if let Some(count) = counts.get_mut(place as usize) {
            *count = count.saturating_add(1);
        }
    }
    counts
}
