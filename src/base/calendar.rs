//! Steps of a calendar: local days, months, years, which have no length of their own, and steps of the clock on the wall.

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

/// Steps of so many seconds of the clock on the wall: weeks, days from six to six, three hours. Where the clock is set, one of them is longer or shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallSteps {
    pub clock: Clock,
    /// Where step 0 begins; what the clock shows there all others begin by.
    pub start: Instant,
    /// Seconds that the clock shows.
    pub step_s: i64,
}

impl WallSteps {
    /// Steps are longer than the hour that clocks are set by: a shorter one might begin and end in what is left out.
    pub const LONGER_THAN_S: i64 = 3600;

    /// `None` for steps as short as that.
    pub fn new(clock: Clock, start: Instant, step_s: i64) -> Option<Self> {
        (step_s > Self::LONGER_THAN_S).then_some(Self { clock, start, step_s })
    }

    /// The step that holds an instant.
    pub fn step_of(self, at: Instant) -> i64 {
        let step = (self.clock.shown_s(at) - self.clock.shown_s(self.start)).div_euclid(self.step_s);
        // Of an hour that is shown twice both belong to the step that began first.
        match (self.start_of(step), self.start_of(step + 1)) {
            (Some(begins), _) if begins > at => step - 1,
            (_, Some(ends)) if ends <= at => step + 1,
            _ => step,
        }
    }

    /// Where a step begins; `None` beyond all calendars. In an hour that is shown twice at the first, in one that is left out after it.
    pub fn start_of(self, step: i64) -> Option<Instant> {
        if step == 0 {
            return Some(self.start);
        }
        self.clock.begins(self.clock.shown_s(self.start).checked_add(step.checked_mul(self.step_s)?)?)
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

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn steps_on_the_wall_follow_each_other_without_a_gap() {
        // Every half hour of two days about each setting of the clock, and steps from many phases: also from the hours left out and shown twice.
        let settings = ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"].map(at);
        for clock in [Clock::Paris, Clock::Miquelon, Clock::Reunion, Clock::Hours(0)] {
            for (phase, step_s) in (0..48).flat_map(|half| [7_200, 10_800, 43_200, 86_400, 604_800].map(|step_s| (1800 * half, step_s))) {
                let steps = WallSteps::new(clock, Instant(at("2026-01-05T00:00:00Z").0 + phase), step_s).unwrap();
                for setting in settings {
                    for half in -96..96 {
                        let moment = setting.plus_seconds(1800 * half);
                        let step = steps.step_of(moment);
                        let [begins, ends] = [step, step + 1].map(|step| steps.start_of(step).unwrap());
                        assert!(begins <= moment && moment < ends, "{clock:?} {phase} {step_s}: {moment} in {begins} … {ends}");
                        assert_eq!((steps.step_of(begins), steps.step_of(Instant(ends.0 - 1))), (step, step));
                        assert!(((step_s - 3600)..=(step_s + 3600)).contains(&(ends.0 - begins.0)));
                    }
                }
            }
        }
        assert_eq!(WallSteps::new(Clock::Paris, Instant(0), 3600), None);
    }

    #[test]
    fn weeks_and_days_from_six_have_their_real_length() {
        let lengths = |start: Instant, step_s: i64, step: i64| {
            let steps = WallSteps::new(Clock::Paris, start, step_s).unwrap();
            [step - 1, step, step + 1].map(|step| (steps.start_of(step + 1).unwrap().0 - steps.start_of(step).unwrap().0) / 3600)
        };
        // Monday the 23rd of March 2026 begins the week of 167 hours, Monday the 19th of October that of 169.
        let monday = Clock::Paris.instant(2026, 1, 5, 0, 0).unwrap();
        assert_eq!((lengths(monday, 604_800, 11), lengths(monday, 604_800, 41)), ([168, 167, 168], [168, 169, 168]));
        // A gas day from six on Saturday holds the setting of Sunday.
        let six = Clock::Paris.instant(2026, 3, 1, 6, 0).unwrap();
        assert_eq!((lengths(six, 86_400, 27), lengths(six, 86_400, 27 + 210)), ([24, 23, 24], [24, 25, 24]));
    }
}
