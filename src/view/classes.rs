//! Class breaks: where one class of a legend ends and the next begins.
//!
//! Every method answers upper ends, rising, the last of them the highest value. Values that are no numbers are left out.

use super::scale::Breaks;

/// The most values that Jenks' method looks at: it takes time in proportion to classes × values × log values.
pub const MAX_SAMPLE: usize = 20_000;

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
/// The best last class begins later when more values come: so each row of the table is found by halving (divide and conquer),
/// in `classes × n log n` steps instead of `classes × n²`. Beyond [`MAX_SAMPLE`] values every so manieth counts.
fn jenks(sorted: &[f64], classes: usize) -> Vec<f64> {
    let step = sorted.len().div_ceil(MAX_SAMPLE).max(1);
    let mut sample: Vec<f64> = sorted.iter().copied().step_by(step).collect();
    if step > 1 && let (Some(last), Some(high)) = (sample.last_mut(), sorted.last()) {
        *last = *high;
    }
    let mut different = sample.clone();
    different.dedup();
    if different.len() <= classes {
        return different;
    }
    // Sums of values near zero lose no digits: the mean is taken away first.
    let mean = sample.iter().sum::<f64>() / sample.len() as f64;
    let mut sums = vec![(0.0, 0.0)];
    let (mut sum, mut squares) = (0.0, 0.0);
    for value in &sample {
        let value = value - mean;
        sum += value;
        squares += value * value;
        sums.push((sum, squares));
    }
    let spread = Spread { sums };
    let count = sample.len();
    // Cost of the first `n` values in the classes so far, and where the last class begins.
    let mut cost: Vec<f64> = (0..=count).map(|n| spread.of(0, n)).collect();
    let mut begins: Vec<Vec<usize>> = Vec::new();
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
                (*slot, *place) = (best, at);
            }
            open.push((from, middle - 1, first, at));
            open.push((middle + 1, to, at, last));
        }
        cost = next;
        begins.push(begin);
    }
    let mut ends = Vec::new();
    let mut upto = count;
    for begin in begins.iter().rev() {
        ends.extend(upto.checked_sub(1).and_then(|last| sample.get(last)).copied());
        upto = begin.get(upto).copied().unwrap_or(0);
    }
    ends.extend(upto.checked_sub(1).and_then(|last| sample.get(last)).copied());
    ends.reverse();
    ends
}

/// Running sums of values and of their squares.
struct Spread {
    sums: Vec<(f64, f64)>,
}

impl Spread {
    /// Sum of squared distances to the mean of the values `[from, to)`.
    fn of(&self, from: usize, to: usize) -> f64 {
        let (Some((a, a2)), Some((b, b2))) = (self.sums.get(from), self.sums.get(to)) else { return f64::INFINITY };
        let count = to.saturating_sub(from).max(1) as f64;
        let sum = b - a;
        (b2 - a2 - sum * sum / count).max(0.0)
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
