//! Dates and hours as each language writes them.

use super::{Arg, Texts};
use crate::base::{Clock, Instant, Interval, LocalDateTime, Wall};

impl Texts {
    /// `21 juin 2026, 15 h 30` or `21 June 2026, 15:30`.
    pub fn date_time(&self, local: LocalDateTime) -> String {
        self.text_with(
            "date-time",
            &[
                ("date", self.date(local).into()),
                ("time", self.time(local).into()),
            ],
        )
    }

    /// The same of an instant on a clock: of an hour that comes twice it says which.
    pub fn moment(&self, clock: Clock, at: Instant) -> String {
        let text = self.date_time(clock.read(at));
        match clock.wall(clock.shown_s(at)) {
            Wall::Twice(first, _) => format!("{text} ({})", self.text(if at == first { "summer-time" } else { "winter-time" })),
            Wall::Once(_) | Wall::Never => text,
        }
    }

    /// `21 juin 2026`.
    pub fn date(&self, local: LocalDateTime) -> String {
        self.calendar_date(i32::from(local.year), local.month, local.day)
    }

    /// `15 h 30` or `15:30`.
    pub fn time(&self, local: LocalDateTime) -> String {
        self.text_with(
            "time-of-day",
            &[
                ("hour", format!("{}", local.hour).into()),
                ("hour2", format!("{:02}", local.hour).into()),
                ("minute", format!("{:02}", local.minute).into()),
            ],
        )
    }

    /// A part of time by the clock of a place: `21 juin 2026`, `du 1er janvier 2026 au 31 mars 2026`, with hours where it does not go from midnight to midnight.
    pub fn interval(&self, clock: Clock, of: Interval) -> String {
        let is_midnight = |at: Instant| {
            let local = clock.read(at);
            (local.hour, local.minute) == (0, 0)
        };
        let words = |from: String, to: String| if from == to { from } else { self.text_with("interval", &[("from", from.into()), ("to", to.into())]) };
        if is_midnight(of.start) && is_midnight(of.end) {
            // The end is the first instant that is no part of it.
            return words(self.date(clock.read(of.start)), self.date(clock.read(of.end.plus_seconds(-1))));
        }
        words(self.moment(clock, of.start), self.moment(clock, of.end))
    }

    /// The date of a data set, ISO 8601 in as much detail as it has: `2025`, `juin 2025`, `15 juin 2025`.
    /// What is no such date is shown as it stands.
    pub fn iso_date(&self, iso: &str) -> String {
        let day = iso.split('T').next().unwrap_or(iso);
        let parts: Option<Vec<i32>> = day.split('-').map(|part| part.parse().ok()).collect();
        match parts.as_deref() {
            Some(&[year, month @ 1..=12]) => self.text_with(
                "date-month",
                &[
                    ("month", self.month(month).into()),
                    ("year", year.to_string().into()),
                ],
            ),
            Some(&[year, month @ 1..=12, day @ 1..=31]) => {
                // Both fit: they are small.
                self.calendar_date(year, month as i8, day as i8)
            }
            _ => iso.to_owned(),
        }
    }

    fn calendar_date(&self, year: i32, month: i8, day: i8) -> String {
        self.text_with(
            "date",
            &[
                ("day", Arg::Number(f64::from(day))),
                ("month", self.month(i32::from(month)).into()),
                ("year", year.to_string().into()),
            ],
        )
    }

    fn month(&self, month: i32) -> String {
        self.text(&format!("month-{month}"))
    }
}
