//! Curves of values in time: a day, a year sorted by height, sums of parts. [`super::table`] carries them away.

use crate::base::{Clock, Instant, Interval};

/// A value from one instant to the next; `None` where there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub at: Instant,
    pub value: Option<f64>,
}

/// Those of an interval.
pub fn within(points: &[Point], interval: Interval) -> &[Point] {
    let from = points.partition_point(|point| point.at < interval.start);
    let to = points.partition_point(|point| point.at < interval.end);
    points.get(from..to).unwrap_or(&[])
}

/// The values from the highest to the lowest, absent ones left out: how long at least so much is drawn.
pub fn load_duration(points: &[Point]) -> Vec<f64> {
    let mut values: Vec<f64> = points.iter().filter_map(|point| point.value).filter(|value| value.is_finite()).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// So many of a sorted list, ends included, for drawing.
pub fn thinned(values: &[f64], most: usize) -> Vec<f64> {
    if values.len() <= most || most < 2 {
        return values.to_vec();
    }
    (0..most).filter_map(|place| values.get(place * (values.len() - 1) / (most - 1))).copied().collect()
}

/// The highest value and when it begins; the first of several.
pub fn peak(points: &[Point]) -> Option<(Instant, f64)> {
    let mut best: Option<(Instant, f64)> = None;
    for point in points {
        if let Some(value) = point.value.filter(|value| value.is_finite())
            && best.is_none_or(|(_, most)| value > most)
        {
            best = Some((point.at, value));
        }
    }
    best
}

/// How far a value is towards the bounds it shall keep: 0 in their middle, 1 at them, more beyond.
pub fn strain(value: f64, [least, most]: [f64; 2]) -> f64 {
    (value - 0.5 * (least + most)).abs() / (0.5 * (most - least)).max(f64::MIN_POSITIVE)
}

/// The values nearest to their bounds or furthest beyond, the worst first, the first of several; and how many are beyond.
pub fn worst(points: &[Point], band: [f64; 2], most: usize) -> (Vec<(Instant, f64)>, usize) {
    let known = points.iter().filter_map(|point| point.value.filter(|value| value.is_finite()).map(|value| (point.at, value)));
    let mut all: Vec<(Instant, f64)> = known.collect();
    let beyond = all.iter().filter(|(_, value)| *value < band[0] || *value > band[1]).count();
    all.sort_by(|a, b| strain(b.1, band).total_cmp(&strain(a.1, band)));
    all.truncate(most);
    (all, beyond)
}

/// The lowest value and when it begins; the first of several.
pub fn trough(points: &[Point]) -> Option<(Instant, f64)> {
    let turned: Vec<Point> = points.iter().map(|point| Point { at: point.at, value: point.value.map(|value| -value) }).collect();
    peak(&turned).map(|(at, value)| (at, -value))
}

/// A year as a sheet of days and hours.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    /// Midnight of each day, local.
    pub days: Vec<Instant>,
    /// For each day the mean of its values in each local hour: none where there is no value, and where the clock skips the hour.
    pub hours: Vec<[Option<f64>; 24]>,
}

/// Days that a sheet shows.
pub const MAX_DAYS: usize = 366;

/// The days of the local year that holds an instant; empty where values are further apart than an hour, for they would leave hours without any.
pub fn calendar(points: &[Point], clock: Clock, at: Instant) -> Calendar {
    let year = super::timeline::Span::Year.around(clock, at);
    let points = within(points, year);
    let steps: Vec<i64> = points.windows(2).filter_map(|pair| match pair { [a, b] => Some(b.at.0 - a.at.0), _ => None }).collect();
    if steps.is_empty() || steps.iter().any(|step| *step > 3600) {
        return Calendar::default();
    }
    let mut sheet = Calendar::default();
    let mut counts = [0_u32; 24];
    for point in points {
        let local = clock.read(point.at);
        let midnight = super::timeline::Span::Day.around(clock, point.at).start;
        if sheet.days.last() != Some(&midnight) {
            if sheet.days.len() >= MAX_DAYS {
                break;
            }
            sheet.days.push(midnight);
            sheet.hours.push([None; 24]);
            counts = [0; 24];
        }
        let hour = usize::try_from(local.hour).unwrap_or(0);
        let slot = sheet.hours.last_mut().and_then(|hours| hours.get_mut(hour));
        if let (Some(slot), Some(count), Some(value)) = (slot, counts.get_mut(hour), point.value.filter(|value| value.is_finite())) {
            // A running mean: quarters of an hour, and the hour that an autumn night has twice.
            let before = slot.unwrap_or(0.0);
            *slot = Some(before + (value - before) / f64::from(*count + 1));
            *count += 1;
        }
    }
    sheet
}

/// Whether values of a unit may be added up: amounts and flows may, shares, temperatures and coefficients may not.
pub fn adds_up(unit: &str) -> bool {
    const FLOWS: [&str; 18] =
        ["Wh", "kWh", "MWh", "GWh", "TWh", "W", "kW", "MW", "GW", "J", "kJ", "MJ", "GJ", "m³", "m³/h", "L", "kg", "t"];
    FLOWS.contains(&unit)
}

/// Whether a value of a unit is what came together in its step, as an energy is, and not what held all through it, as a power does: half a step has half of it.
pub fn is_amount(unit: &str) -> bool {
    adds_up(unit) && power_hour(unit).is_none() && !unit.ends_with("/h")
}

/// The unit of a power times hours.
pub fn power_hour(unit: &str) -> Option<&'static str> {
    Some(match unit {
        "W" => "Wh",
        "kW" => "kWh",
        "MW" => "MWh",
        "GW" => "GWh",
        _ => return None,
    })
}

/// The unit of what a series comes to over an interval: a power times hours is an energy, amounts add up; of anything else a sum means nothing.
pub fn sum_unit(unit: &str) -> Option<&str> {
    power_hour(unit).or_else(|| is_amount(unit).then_some(unit))
}

/// The sum of parts at each step. Where one of them is absent the sum is too: a part of a total must not pass for the total.
///
/// Curves are added one at a time, so that a thousand of them take no more memory than one.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    points: Vec<Point>,
    curves: usize,
}

impl Sum {
    /// Curves of the same steps.
    pub fn add(&mut self, curve: &[Point]) {
        if self.curves == 0 {
            self.points = curve.to_vec();
        } else {
            for (sum, point) in self.points.iter_mut().zip(curve) {
                sum.value = sum.value.zip(point.value).map(|(sum, value)| sum + value);
            }
        }
        self.curves += 1;
    }

    /// The sum; none of fewer than two, which would be the one again.
    pub fn points(self) -> Option<Vec<Point>> {
        (self.curves > 1).then_some(self.points)
    }
}

/// Which value holds at an instant, the last step ending at `end`: steps may be months, or days of 23 hours.
pub fn step_under(points: &[Point], end: Instant, at: Instant) -> Option<Point> {
    let next = points.partition_point(|point| point.at <= at);
    points.get(next.checked_sub(1)?).copied().filter(|_| at < end)
}

/// Each value with the instant at which its step ends.
pub fn with_ends(points: &[Point], end: Instant) -> impl Iterator<Item = (Point, Instant)> {
    points.iter().copied().zip(points.iter().skip(1).map(|point| point.at).chain([end]))
}
