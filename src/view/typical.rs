//! Typical days beside real ones: what a day of a season is on average, on weekdays and at weekends. And what an interval comes to.

use super::curve::Point;
use crate::base::{Clock, Interval};

/// Seasons as climatology counts them: three whole months each, winter from December.
pub const SEASONS: [&str; 4] = ["winter", "spring", "summer", "autumn"];

/// The mean day of a season's weekdays, or of its weekends: a statistic, and no day that ever was.
#[derive(Clone, Debug, PartialEq)]
pub struct TypicalDay {
    /// Place among [`SEASONS`].
    pub season: usize,
    pub weekend: bool,
    /// Mean of each local hour; none where no such day has a value then.
    pub hours: [Option<f64>; 24],
    /// Days that it is the mean of, those with any value.
    pub days: u32,
}

/// Those that a series has values for, winter's weekdays first. None where values are further apart than an hour.
///
/// Public holidays count as the day of the week that they fall on: no calendar of them is known here.
pub fn typical_days(points: &[Point], clock: Clock) -> Vec<TypicalDay> {
    if points.windows(2).any(|pair| matches!(pair, [a, b] if b.at.0 - a.at.0 > 3600)) || points.len() < 2 {
        return Vec::new();
    }
    let blank = |place: usize| TypicalDay { season: place / 2, weekend: place % 2 == 1, hours: [None; 24], days: 0 };
    let mut days: Vec<TypicalDay> = (0..2 * SEASONS.len()).map(blank).collect();
    let mut counts = [[0_u32; 24]; 8];
    let mut last_day = [i64::MIN; 8];
    for point in points {
        let Some(value) = point.value.filter(|value| value.is_finite()) else { continue };
        let local = clock.read(point.at);
        let day = point.at.0.saturating_add(i64::from(local.offset_s)).div_euclid(86_400);
        // The first day of 1970 was a Thursday.
        let is_weekend = (day + 3).rem_euclid(7) >= 5;
        let season = usize::try_from(local.month).unwrap_or(1) % 12 / 3;
        let (place, hour) = (2 * season + usize::from(is_weekend), usize::try_from(local.hour).unwrap_or(0));
        let (Some(typical), Some(last), Some(count)) = (days.get_mut(place), last_day.get_mut(place), counts.get_mut(place).and_then(|counts| counts.get_mut(hour))) else { continue };
        if *last != day {
            *last = day;
            typical.days += 1;
        }
        if let Some(slot) = typical.hours.get_mut(hour) {
            *count += 1;
            let before = slot.unwrap_or(0.0);
            *slot = Some(before + (value - before) / f64::from(*count));
        }
    }
    days.retain(|day| day.days > 0);
    days
}

/// What a series comes to over an interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Over {
    /// Of the steps with a value: what holds through a step is weighed by how long it does so in the interval, the amount of a step by how much of the step
    /// lies in it.
    pub mean: f64,
    /// Values times hours: kilowatts become kilowatt-hours. Of amounts their sum.
    pub sum: f64,
    pub known: usize,
    pub absent: usize,
}

/// Steps that lie in the interval in part count with that part; the last of all points lasts so many seconds. `None` where none of them has a value.
pub fn over(points: &[Point], interval: Interval, last_s: i64, is_amount: bool) -> Option<Over> {
    let mut over = Over::default();
    let mut weights = 0.0;
    // The step before the first that begins in it may reach into it.
    let first = points.partition_point(|point| point.at < interval.start).saturating_sub(1);
    for (place, point) in points.iter().enumerate().skip(first).take_while(|(_, point)| point.at < interval.end) {
        // Months are not all as long, nor are days: a step lasts until the next one, be that outside.
        let ends = points.get(place + 1).map_or(point.at.plus_seconds(last_s), |next| next.at);
        let inside_s = ends.min(interval.end).0 - point.at.max(interval.start).0;
        if inside_s <= 0 {
            continue;
        }
        let Some(value) = point.value.filter(|value| value.is_finite()) else {
            over.absent += 1;
            continue;
        };
        let weight = if is_amount { inside_s as f64 / (ends.0 - point.at.0) as f64 } else { inside_s as f64 / 3600.0 };
        over.sum += value * weight;
        weights += weight;
        over.known += 1;
    }
    over.mean = if weights > 0.0 { over.sum / weights } else { 0.0 };
    (over.known > 0).then_some(over)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    fn instant(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn a_year_of_days_gives_back_its_typical_days() {
        // Local hour, plus 100 at weekends, plus 1000 for each season: what is put in comes out, whatever the clock does in between.
        let start = instant("2025-12-31T23:00:00Z");
        let points: Vec<Point> = (0..8760)
            .map(|hour| {
                let at = start.plus_seconds(3600 * hour);
                let local = Clock::Paris.read(at);
                let day = (at.0 + i64::from(local.offset_s)).div_euclid(86_400);
                let weekend = if matches!((day + 3).rem_euclid(7), 5 | 6) { 100.0 } else { 0.0 };
                let season = f64::from(local.month % 12 / 3) * 1000.0;
                Point { at, value: Some(f64::from(local.hour) + weekend + season) }
            })
            .collect();
        let days = typical_days(&points, Clock::Paris);
        assert_eq!(days.len(), 8);
        for day in &days {
            for (hour, value) in day.hours.iter().enumerate() {
                let wanted = hour as f64 + if day.weekend { 100.0 } else { 0.0 } + 1000.0 * day.season as f64;
                assert!((value.unwrap() - wanted).abs() < 1e-9, "{day:?}");
            }
        }
        // 2026 begins on a Thursday: 104 days of it are at weekends.
        assert_eq!(days.iter().map(|day| day.days).sum::<u32>(), 365);
        assert_eq!(days.iter().filter(|day| day.weekend).map(|day| day.days).sum::<u32>(), 104);
        assert!(typical_days(&points.iter().step_by(24).copied().collect::<Vec<_>>(), Clock::Paris).is_empty());
    }

    #[test]
    fn an_interval_is_the_mean_and_the_sum_of_what_is_known() {
        let start = instant("2026-01-01T00:00:00Z");
        let points: Vec<Point> = (0..48).map(|half| Point { at: start.plus_seconds(1800 * half), value: (half != 3).then_some(half as f64) }).collect();
        let two_hours = Interval { start, end: start.plus_seconds(7200) };
        let found = over(&points, two_hours, 1800, false).unwrap();
        assert_eq!((found.known, found.absent), (3, 1));
        assert!((found.mean - 1.0).abs() < 1e-12 && (found.sum - 1.5).abs() < 1e-12);
        assert_eq!(over(&points, Interval { start: start.plus_seconds(90_000), end: start.plus_seconds(99_000) }, 1800, false), None);
    }

    #[test]
    fn the_day_the_clock_is_set_counts_its_own_hours() {
        // A kilowatt on each of the days from Saturday the 28th of March 2026, of which the second has 23 hours, and in October 25.
        let days = |first: i8, month: i8| -> Vec<Point> { (first..first + 3).map(|day| Point { at: Clock::Paris.instant(2026, month, day, 0, 0).unwrap(), value: Some(1.0) }).collect() };
        for (points, hours) in [(days(28, 3), 23.0), (days(24, 10), 25.0)] {
            let of = |from: usize, to: Instant| over(&points, Interval { start: points[from].at, end: to }, 86_400, false).unwrap().sum;
            // Of the third day, half.
            assert_eq!((of(0, points[2].at), of(1, points[2].at), of(0, points[2].at.plus_seconds(43_200))), (24.0 + hours, hours, 36.0 + hours));
        }
    }

    /// Parts of an interval add up to it.
    #[test]
    fn parts_of_an_interval_add_up() {
        let start = instant("2026-03-28T00:00:00Z");
        let points: Vec<Point> = (0..96).map(|hour| Point { at: start.plus_seconds(3600 * hour), value: (hour % 7 != 2).then_some((hour * hour) as f64) }).collect();
        let at = |hour: i64| start.plus_seconds(3600 * hour);
        let of = |from: i64, to: i64| over(&points, Interval { start: at(from), end: at(to) }, 3600, false).unwrap();
        for cut in [5, 30, 71] {
            let (first, second, whole) = (of(0, cut), of(cut, 96), of(0, 96));
            assert!((first.sum + second.sum - whole.sum).abs() < 1e-6);
            assert_eq!((first.known + second.known, first.absent + second.absent), (whole.known, whole.absent));
        }
    }

    #[test]
    fn months_weigh_by_their_days_and_energies_by_their_share() {
        let month = |month: i8| Clock::Paris.instant(2026, month, 1, 0, 0).unwrap();
        // January, February, March: 31, 28 and 31 days, the last of them an hour short.
        let points: Vec<Point> = [1.0, 4.0, 2.0].iter().enumerate().map(|(at, value)| Point { at: month(at as i8 + 1), value: Some(*value) }).collect();
        let last_s = month(4).0 - month(3).0;
        let [january, february, march] = [31.0 * 24.0, 28.0 * 24.0, 31.0 * 24.0 - 1.0];
        let quarter = Interval { start: month(1), end: month(4) };
        let power = over(&points, quarter, last_s, false).unwrap();
        assert!((power.mean - (january + 4.0 * february + 2.0 * march) / (january + february + march)).abs() < 1e-12, "{power:?}");
        let energy = over(&points, quarter, last_s, true).unwrap();
        assert!((energy.sum - 7.0).abs() < 1e-12 && (energy.mean - 7.0 / 3.0).abs() < 1e-12, "{energy:?}");
        // From the middle of January to the end of February: half an amount, half a time.
        let part = Interval { start: month(1).plus_seconds((january * 1800.0) as i64), end: month(3) };
        let (power, energy) = (over(&points, part, last_s, false).unwrap(), over(&points, part, last_s, true).unwrap());
        assert!((power.mean - (0.5 * january + 4.0 * february) / (0.5 * january + february)).abs() < 1e-12, "{power:?}");
        assert!((energy.sum - 4.5).abs() < 1e-12 && (energy.mean - 3.0).abs() < 1e-12 && energy.known == 2, "{energy:?}");
    }
}
