//! Steps of a calendar: local days, months, years, which have no length of their own.

use super::{Clock, Instant};
use serde::{Deserialize, Serialize};

/// What is stepped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CalendarUnit {
    /// From midnight to midnight: 23, 24 or 25 hours.
    Day,
    Month,
    Year,
}

impl CalendarUnit {
    /// The number of the step that holds an instant, counted from 1970 by this clock.
    pub fn step_of(self, clock: Clock, at: Instant) -> i64 {
        let local = clock.read(at);
        match self {
            Self::Day => (at.0 + i64::from(local.offset_s)).div_euclid(86_400),
            Self::Month => 12 * (i64::from(local.year) - 1970) + i64::from(local.month) - 1,
            Self::Year => i64::from(local.year) - 1970,
        }
    }

    /// Where a step begins; `None` beyond all calendars.
    pub fn start_of(self, clock: Clock, step: i64) -> Option<Instant> {
        let (year, month, day) = match self {
            Self::Day => {
                let noon = Instant(step.checked_mul(86_400)?).utc();
                (noon.year, noon.month, noon.day)
            }
            Self::Month => (i16::try_from(1970 + step.div_euclid(12)).ok()?, step.rem_euclid(12) as i8 + 1, 1),
            Self::Year => (i16::try_from(1970 + step).ok()?, 1, 1),
        };
        clock.instant(year, month, day, 0, 0)
    }

    /// A usual length, seconds.
    pub fn usual_s(self) -> i64 {
        match self {
            Self::Day => 86_400,
            Self::Month => 2_629_746,
            Self::Year => 31_556_952,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_begin_where_they_are_counted() {
        for unit in [CalendarUnit::Day, CalendarUnit::Month, CalendarUnit::Year] {
            for clock in [Clock::Paris, Clock::Reunion, Clock::Hours(0)] {
                for step in [-1, 0, 1, 400, 55] {
                    let start = unit.start_of(clock, step).unwrap();
                    assert_eq!(unit.step_of(clock, start), step);
                    assert_eq!(unit.step_of(clock, Instant(start.0 - 1)), step - 1);
                }
            }
        }
    }

    #[test]
    fn the_day_the_clock_is_set_has_23_hours() {
        let step = CalendarUnit::Day.step_of(Clock::Paris, Instant::parse("2026-03-29T12:00:00Z").unwrap());
        let length = |step| CalendarUnit::Day.start_of(Clock::Paris, step + 1).unwrap().0 - CalendarUnit::Day.start_of(Clock::Paris, step).unwrap().0;
        assert_eq!((length(step), length(step + 1)), (23 * 3600, 24 * 3600));
    }
}
