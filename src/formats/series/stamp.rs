//! Instants as producers write them: RFC 3339 with and without an offset, French dates, months, years, seconds since 1970.
//!
//! A stamp without an offset is an hour of somebody's wall clock; whose, the file does not say, and nothing here guesses.

use super::day::{month_named, weekday_named};
use super::worded::worded;
use crate::base::{Clock, Instant, Wall};
use std::collections::HashMap;

/// Years outside are no stamps but numbers.
const YEARS: std::ops::RangeInclusive<i64> = 1800..=2200;
const DAY_S: i64 = 86_400;
/// Days of 400 years at most are remembered.
const MAX_DAYS: usize = 150_000;

/// How far a stamp goes down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    Year,
    Month,
    Day,
    Time,
}

/// A stamp as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Seconds since 1970: in UTC where the stamp says its offset, otherwise as if the wall clock showed UTC.
    pub seconds: i64,
    /// The stamp says its offset.
    pub absolute: bool,
    pub precision: Precision,
}

/// Which number comes first in dates that end with their year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// `31/01/2025`, as in France.
    #[default]
    Day,
    /// `01/31/2025`, as in the United States.
    Month,
}

/// What the dates of a column say of their order: a number above 12 is a day.
#[derive(Clone, Copy, Debug, Default)]
pub struct DateTally {
    day_first: u64,
    month_first: u64,
    /// One of each, as they were met.
    first_above: Option<[i64; 2]>,
    second_above: Option<[i64; 2]>,
}

impl DateTally {
    /// Notes a text; false where it is no date that ends with its year.
    pub fn add(&mut self, text: &str) -> bool {
        let numbers = numbers_of_date(text.trim());
        match numbers {
            Some(found @ [13..=31, 1..=12]) => {
                self.day_first += 1;
                self.first_above.get_or_insert(found);
            }
            Some(found @ [1..=12, 13..=31]) => {
                self.month_first += 1;
                self.second_above.get_or_insert(found);
            }
            _ => {}
        }
        numbers.is_some()
    }

    /// The order that the dates have in common; `None` where they have none. A date in a hundred may be a slip of the pen.
    pub fn order(&self) -> Option<DateOrder> {
        match (self.day_first, self.month_first) {
            (day, month) if month.saturating_mul(100) <= day || month == 0 => Some(DateOrder::Day),
            (day, month) if day.saturating_mul(100) <= month => Some(DateOrder::Month),
            _ => None,
        }
    }

    /// The first numbers of a date of each order: `13/01 ≠ 01/13`.
    pub fn shown(&self) -> String {
        let shown = |[first, second]: [i64; 2]| format!("{first:02}/{second:02}");
        [self.first_above, self.second_above].into_iter().flatten().map(shown).collect::<Vec<_>>().join(" ≠ ")
    }
}

/// The two numbers before the year of a date that ends with it.
fn numbers_of_date(text: &str) -> Option<[i64; 2]> {
    let mut cursor = Cursor { bytes: text.as_bytes(), at: 0 };
    let first = cursor.number(2)?.value;
    let sign = cursor.take().filter(|sign| matches!(sign, b'/' | b'-' | b'.'))?;
    let second = cursor.number(2)?.value;
    (cursor.take() == Some(sign) && matches!(cursor.number(4)?.digits, 2 | 4)).then_some([first, second])
}

impl Stamp {
    /// Reads a stamp as the French write them: [`Self::parse_as`] with the day first.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_as(text, DateOrder::Day)
    }

    /// Reads a stamp: `2026-03-29T02:30:00+01:00`, `2026-03-29 02:30`, `29/03/2026 2h30`, `2026-03`, `03/2026`, `20260329`, `2026`;
    /// `24:00` is the midnight that ends a day. In words and in short too: `janvier 2024`, `28/03/25 01h00`, `03/28/2025 01:00 AM`, `2025-W02`.
    /// Ten digits from 19 to 21 are a date and an hour where there is such (`2025010113`, as Météo-France writes it); other numbers of ten digits are
    /// seconds since 1970, of thirteen milliseconds.
    pub fn parse_as(text: &str, order: DateOrder) -> Option<Self> {
        Self::plain(text, order).or_else(|| worded(text, order))
    }

    fn plain(text: &str, order: DateOrder) -> Option<Self> {
        let text = text.trim();
        let bytes = text.as_bytes();
        if bytes.len() < 4 || bytes.len() > 64 {
            return None;
        }
        if bytes.iter().all(u8::is_ascii_digit) {
            return digits(text);
        }
        let mut cursor = Cursor { bytes, at: 0 };
        let first = cursor.number(4)?;
        let (year, month, day, date) = match (first.digits, cursor.peek()?) {
            (4, b'-' | b'/' | b'.') => {
                let sign = cursor.take()?;
                let month = cursor.number(2)?.value;
                if cursor.peek() == Some(sign) {
                    cursor.take();
                    (first.value, month, cursor.number(2)?.value, Precision::Day)
                } else {
                    (first.value, month, 1, Precision::Month)
                }
            }
            (1 | 2, b'/' | b'-' | b'.') => {
                let sign = cursor.take()?;
                let second = cursor.number(4)?;
                if second.digits == 4 {
                    (second.value, first.value, 1, Precision::Month)
                } else if cursor.peek() == Some(sign) {
                    cursor.take();
                    let year = cursor.number(4)?;
                    if year.digits != 4 {
                        return None;
                    }
                    let (day, month) = if order == DateOrder::Day { (first.value, second.value) } else { (second.value, first.value) };
                    (year.value, month, day, Precision::Day)
                } else {
                    return None;
                }
            }
            // The compact form: `20260329T0230Z`.
            (4, b'0'..=b'9') => (first.value, cursor.number(2)?.value, cursor.number(2)?.value, Precision::Day),
            _ => return None,
        };
        let date_s = date_s(year, month, day)?;
        if cursor.is_done() {
            return Some(Self { seconds: date_s, absolute: false, precision: date });
        }
        // A month or a year has no hour.
        if date != Precision::Day || !matches!(cursor.peek()?, b'T' | b't' | b' ' | b'_' | b':') {
            return None;
        }
        cursor.take();
        while cursor.peek() == Some(b' ') {
            cursor.take();
        }
        let time_s = cursor.time()?;
        let offset_s = cursor.offset()?;
        Some(Self {
            seconds: date_s + time_s - offset_s.unwrap_or(0),
            absolute: offset_s.is_some(),
            precision: Precision::Time,
        })
    }

    /// The stamp with what another column says of it: the month of a year, the hour of a day. `None` where the part does not come next.
    pub fn refined(self, part: Part, text: &str) -> Option<Self> {
        let number = part.read(text)?;
        let year = || i64::from(Instant(self.seconds).utc().year);
        let (seconds, precision) = match (self.precision, part) {
            (Precision::Year, Part::Month) => (date_s(year(), number, 1)?, Precision::Month),
            (Precision::Year, Part::Week) => (week_s(year(), number)?, Precision::Day),
            // Of the week that begins there.
            (Precision::Day, Part::Weekday) => (self.seconds + DAY_S * (number - 1), Precision::Day),
            // A day without a month is one of its year.
            (Precision::Year, Part::Day) => (self.seconds + DAY_S * (number - 1), Precision::Day),
            (Precision::Month, Part::Day) => (date_s(year(), i64::from(Instant(self.seconds).utc().month), number)?, Precision::Day),
            // Some programs write the midnight of a date.
            (Precision::Day, Part::Hour) | (Precision::Time, Part::Hour) if self.precision == Precision::Day || !self.absolute && self.seconds % DAY_S == 0 => {
                let offset_s = hour_of_day(text)?.1;
                return Some(Self { seconds: self.seconds + number - offset_s.unwrap_or(0), absolute: self.absolute || offset_s.is_some(), precision: Precision::Time });
            }
            (Precision::Day, Part::HourMinute) => (self.seconds + number, Precision::Time),
            (Precision::Time, Part::Minute) => (self.seconds + 60 * number, Precision::Time),
            (Precision::Time, Part::Second) => (self.seconds + number, Precision::Time),
            _ => return None,
        };
        // The 366th day of a year of 365 is none.
        (self.precision > Precision::Year || i64::from(Instant(seconds).utc().year) == year() || part == Part::Week).then_some(Self { seconds, precision, ..self })
    }
}

/// What a column says of instants whose year or date stands in another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Month,
    /// Of ISO 8601: the first has the year's first Thursday.
    Week,
    /// From 1, a Monday.
    Weekday,
    /// Of a month; of a year where no month is said.
    Day,
    Hour,
    /// In one number: 1330, and 30 for half past midnight.
    HourMinute,
    Minute,
    Second,
}

impl Part {
    /// The number that a text says, of hours in seconds; `None` for what is no such part.
    pub fn read(self, text: &str) -> Option<i64> {
        let number = |range: std::ops::RangeInclusive<i64>| {
            let digits = text.trim();
            let is_plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|number| is_plain && range.contains(number))
        };
        match self {
            Self::Month => number(1..=12).or_else(|| month_named(text)),
            Self::Week => number(1..=53),
            Self::Weekday => number(1..=7).or_else(|| weekday_named(text)),
            Self::Day => number(1..=366),
            Self::Hour => hour_of_day(text).map(|(hour_s, _)| hour_s),
            Self::HourMinute => number(0..=2400).and_then(|number| hour_and_minute(number / 100, number % 100)),
            Self::Minute | Self::Second => number(0..=59),
        }
    }

    /// What it is called, in French and English.
    pub fn name(self) -> &'static str {
        match self {
            Self::Month => "mois (month)",
            Self::Week => "semaine (week)",
            Self::Weekday => "jour de la semaine (day of the week)",
            Self::Day => "jour (day)",
            Self::Hour | Self::HourMinute => "heure (hour)",
            Self::Minute => "minute",
            Self::Second => "seconde (second)",
        }
    }

    /// Whether it says more of a stamp than one of that precision does.
    pub fn refines(self, precision: Precision) -> bool {
        match precision {
            Precision::Year => true,
            Precision::Month => self >= Self::Weekday,
            Precision::Day => self >= Self::Hour,
            Precision::Time => self >= Self::Minute,
        }
    }
}

/// The Monday of a week.
pub(super) fn week_s(year: i64, week: i64) -> Option<i64> {
    // The fourth of January is in the first week; the first day of 1970 was a Thursday.
    let monday_of = |date: i64| date - (date.div_euclid(DAY_S) + 3).rem_euclid(7) * DAY_S;
    let monday = monday_of(date_s(year, 1, 4)?) + 7 * DAY_S * (week - 1);
    (monday < monday_of(date_s(year + 1, 1, 4)?)).then_some(monday)
}

/// An hour alone, in seconds from midnight, with its offset where it says one: `02:30`, `2h30`, `24:00`, `02:00 - 03:00` (where it begins).
pub fn time_of_day(text: &str) -> Option<(i64, Option<i64>)> {
    // `03:00-04:00` may be an hour with its offset: most of an hour at most it is a part of the day.
    let is_short = |[from_s, to_s]: &[i64; 2]| text.contains([' ', 'h', 'H']) || (1..=3600).contains(&(to_s - from_s).rem_euclid(DAY_S));
    slot_of_day(text).filter(is_short).map(|[from_s, _]| (from_s, None)).or_else(|| single_time(text))
}

fn single_time(text: &str) -> Option<(i64, Option<i64>)> {
    let mut cursor = Cursor { bytes: text.trim().as_bytes(), at: 0 };
    // Plain digits are a number like any other.
    if cursor.bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let time_s = cursor.time()?;
    let offset_s = cursor.offset()?;
    Some((time_s, offset_s))
}

/// A part of the day by its two ends: `02:00-03:00`, `2h – 3h`, `de 02:00 à 03:00`.
pub(super) fn slot_of_day(text: &str) -> Option<[i64; 2]> {
    const BETWEEN: [&str; 5] = ["-", "–", " à ", "/", " to "];
    let text = text.trim();
    let text = text.strip_prefix("de ").or(text.strip_prefix("De ")).unwrap_or(text);
    let time = |text: &str| single_time(text).filter(|(_, offset_s)| offset_s.is_none()).map(|(time_s, _)| time_s);
    let [from_s, to_s] = BETWEEN.iter().find_map(|between| {
        let (from, to) = text.split_once(between)?;
        Some([time(from)?, time(to)?])
    })?;
    (from_s < to_s || to_s == 0).then_some([from_s, to_s])
}

/// The same where nothing but an hour can stand: `13` is one too, and so are `1330`, `130` and `13-14`.
pub fn hour_of_day(text: &str) -> Option<(i64, Option<i64>)> {
    let digits = text.trim();
    if !(1..=4).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let hour = |text: &str| text.trim().parse::<i64>().ok().filter(|hour| (0..=24).contains(hour));
        let slot = || digits.split_once('-').and_then(|(from, to)| Some([hour(from)?, hour(to)?])).filter(|[from, to]| (from + 1) % 24 == to % 24);
        return time_of_day(digits).or_else(|| Some((3600 * slot()?[0], None)));
    }
    let number: i64 = digits.parse().ok()?;
    let (hour, minute) = if digits.len() > 2 { (number / 100, number % 100) } else { (number, 0) };
    hour_and_minute(hour, minute).map(|time_s| (time_s, None))
}

/// Seconds after midnight.
fn hour_and_minute(hour: i64, minute: i64) -> Option<i64> {
    (hour < 24 && minute < 60 || hour == 24 && minute == 0).then_some(3600 * hour + 60 * minute)
}

/// Stamps of digits alone.
fn digits(text: &str) -> Option<Stamp> {
    let number: i64 = text.parse().ok()?;
    let part = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<i64>().ok());
    let dated = |year, month, day, precision| {
        Some(Stamp { seconds: date_s(year, month, day)?, absolute: false, precision })
    };
    match text.len() {
        4 => dated(number, 1, 1, Precision::Year),
        6 => dated(part(0, 4)?, part(4, 6)?, 1, Precision::Month),
        8 => dated(part(0, 4)?, part(4, 6)?, part(6, 8)?, Precision::Day),
        12 | 14 => {
            let day = dated(part(0, 4)?, part(4, 6)?, part(6, 8)?, Precision::Time)?;
            let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, if text.len() == 14 { part(12, 14)? } else { 0 });
            (hour < 24 && minute < 60 && second < 60)
                .then(|| Stamp { seconds: day.seconds + 3600 * hour + 60 * minute + second, ..day })
        }
        10 => date_and_hour(text).or(Some(Stamp { seconds: number, absolute: true, precision: Precision::Time })),
        13 => Some(Stamp { seconds: number.div_euclid(1000), absolute: true, precision: Precision::Time }),
        _ => None,
    }
    .filter(|stamp| YEARS.contains(&(1970 + stamp.seconds.div_euclid(31_556_952))))
}

/// `YYYYMMDDHH`. Seconds since 1970 reach 19… in 2030; those of before are never taken for one.
fn date_and_hour(text: &str) -> Option<Stamp> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    if !matches!(part(0, 2)?, 19..=21) {
        return None;
    }
    let hour = part(8, 10).filter(|hour| (0..=24).contains(hour))?;
    let seconds = date_s(part(0, 4)?, part(4, 6)?, part(6, 8)?)? + 3600 * hour;
    Some(Stamp { seconds, absolute: false, precision: Precision::Time })
}

/// Midnight of a date in seconds since 1970; `None` for dates that no calendar has.
pub fn date_s(year: i64, month: i64, day: i64) -> Option<i64> {
    if !YEARS.contains(&year) || !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return None;
    }
    // Counted from a first of March, so that the leap day is the last of its year.
    let shifted = if month > 2 { year } else { year - 1 };
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let days = 365 * shifted + shifted.div_euclid(4) - shifted.div_euclid(100) + shifted.div_euclid(400) + of_year - 719_468;
    Some(days * DAY_S)
}

fn days_of(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

struct Number {
    value: i64,
    digits: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn is_done(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// One to so many digits.
    fn number(&mut self, most: usize) -> Option<Number> {
        let mut number = Number { value: 0, digits: 0 };
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            if number.digits == most {
                break;
            }
            number.value = 10 * number.value + i64::from(digit - b'0');
            number.digits += 1;
            self.at += 1;
        }
        (number.digits > 0).then_some(number)
    }

    fn time(&mut self) -> Option<i64> {
        let hour = self.number(2)?.value;
        let minute = match self.peek() {
            Some(b':' | b'h' | b'H') => {
                self.take();
                match self.peek() {
                    Some(b'0'..=b'9') => self.number(2)?.value,
                    _ => 0,
                }
            }
            Some(b'0'..=b'9') => self.number(2)?.value,
            None => 0,
            _ => return None,
        };
        let second = match self.peek() {
            Some(b':') => {
                self.take();
                self.number(2)?.value
            }
            Some(b'0'..=b'9') => self.number(2)?.value,
            _ => 0,
        };
        if matches!(self.peek(), Some(b'.' | b',')) {
            self.take();
            self.number(12)?;
        }
        let midnight = hour == 24 && minute == 0 && second == 0;
        // 60 is a leap second, which falls to the next minute.
        ((hour < 24 || midnight) && minute < 60 && second <= 60).then_some(3600 * hour + 60 * minute + second)
    }

    /// What follows the time: nothing, an offset, a zone in brackets. The inner `None` is a stamp without an offset.
    fn offset(&mut self) -> Option<Option<i64>> {
        while self.peek() == Some(b' ') {
            self.take();
        }
        let offset_s = match self.take() {
            None => return Some(None),
            Some(b'Z' | b'z') => 0,
            Some(b'U') if self.bytes.get(self.at..) == Some(b"TC") => {
                self.at += 2;
                0
            }
            Some(sign @ (b'+' | b'-')) => {
                let hours = self.number(2)?.value;
                if self.peek() == Some(b':') {
                    self.take();
                }
                let minutes = self.number(2).map_or(0, |number| number.value);
                let size = 3600 * hours + 60 * minutes;
                if hours > 18 || minutes > 59 {
                    return None;
                }
                if sign == b'-' { -size } else { size }
            }
            Some(_) => return None,
        };
        (self.is_done() || self.peek() == Some(b'[')).then_some(Some(offset_s))
    }
}

/// A wall clock that remembers its days: most have one offset from midnight to midnight.
pub struct WallClock {
    clock: Clock,
    /// Seconds east of UTC by day; `None` for days on which the clock is set.
    days: HashMap<i64, Option<i64>>,
    last: Option<(i64, Option<i64>)>,
    /// The same by days of UTC.
    utc_days: HashMap<i64, Option<i64>>,
}

impl WallClock {
    pub fn new(clock: Clock) -> Self {
        Self { clock, days: HashMap::new(), last: None, utc_days: HashMap::new() }
    }

    pub fn clock(&self) -> Clock {
        self.clock
    }

    /// The instants that an hour on the wall stands for.
    pub fn read(&mut self, wall_s: i64) -> Wall {
        let day = wall_s.div_euclid(DAY_S);
        let offset = match self.last {
            Some((known, offset)) if known == day => offset,
            _ => {
                if self.days.len() >= MAX_DAYS {
                    self.days.clear();
                }
                let clock = self.clock;
                *self.days.entry(day).or_insert_with(|| whole_day(clock, day))
            }
        };
        self.last = Some((day, offset));
        match offset {
            Some(offset_s) => Wall::Once(Instant(wall_s - offset_s)),
            None => self.clock.wall(wall_s),
        }
    }

    /// What the clock shows at an instant, counted in seconds as if it were UTC.
    pub fn shown_s(&mut self, at_s: i64) -> i64 {
        let day = at_s.div_euclid(DAY_S);
        if self.utc_days.len() >= MAX_DAYS {
            self.utc_days.clear();
        }
        let clock = self.clock;
        let offset_at = |at_s: i64| clock.shown_s(Instant(at_s)) - at_s;
        let offset = self.utc_days.entry(day).or_insert_with(|| {
            let (start, end) = (offset_at(day * DAY_S), offset_at((day + 1) * DAY_S));
            (start == end).then_some(start)
        });
        at_s + offset.unwrap_or_else(|| offset_at(at_s))
    }
}

/// The offset of a day whose midnights and what is around them have the same.
fn whole_day(clock: Clock, day: i64) -> Option<i64> {
    let at = |wall_s: i64| match clock.wall(wall_s) {
        Wall::Once(instant) => Some(wall_s - instant.0),
        Wall::Twice(..) | Wall::Never => None,
    };
    let (start, end) = (at(day * DAY_S)?, at((day + 1) * DAY_S)?);
    (start == end).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<(&str, bool, Precision)>) {
        let read = Stamp::parse(text).map(|stamp| (Instant(stamp.seconds).to_string(), stamp.absolute, stamp.precision));
        assert_eq!(read, expect.map(|(at, absolute, precision)| (at.to_owned(), absolute, precision)), "{text}");
    }

    #[test]
    fn parts_of_a_date_say_more_of_it_in_their_order() {
        let read = |date: &str, parts: &[(Part, &str)]| {
            let stamp = parts.iter().try_fold(Stamp::parse(date)?, |stamp, (part, text)| stamp.refined(*part, text))?;
            Some((Instant(stamp.seconds).to_string(), stamp.precision))
        };
        let is = |at: &str, precision| Some((at.to_owned(), precision));
        use Part::{Day, Hour, Minute, Month, Second, Week};
        assert_eq!(read("2024", &[(Month, "2"), (Day, "29"), (Hour, "24")]), is("2024-03-01T00:00:00Z", Precision::Time));
        assert_eq!(read("2024", &[(Month, "Févr."), (Day, "01"), (Hour, "13"), (Minute, "45"), (Second, "9")]), is("2024-02-01T13:45:09Z", Precision::Time));
        assert_eq!(read("2024-02", &[(Day, "29")]), is("2024-02-29T00:00:00Z", Precision::Day));
        assert_eq!(read("31/12/2024 00:00", &[(Hour, "2h30")]), is("2024-12-31T02:30:00Z", Precision::Time));
        assert_eq!(read("2024-12-31", &[(Hour, "02:30+01:00")]), is("2024-12-31T01:30:00Z", Precision::Time));
        assert_eq!(read("2024", &[(Day, "366")]), is("2024-12-31T00:00:00Z", Precision::Day));
        // ISO 8601: the years of these weeks are not those of their Mondays.
        assert_eq!([("2025", "1"), ("2026", "53"), ("2021", "1")].map(|(year, week)| read(year, &[(Week, week)]).unwrap().0), ["2024-12-30T00:00:00Z", "2026-12-28T00:00:00Z", "2021-01-04T00:00:00Z"]);
        assert_eq!(read("2025", &[(Week, "10"), (Part::Weekday, "3"), (Hour, "0130")]), is("2025-03-05T01:30:00Z", Precision::Time));
        assert_eq!(read("2025", &[(Week, "10"), (Part::Weekday, "Dimanche")]), is("2025-03-09T00:00:00Z", Precision::Day));
        let nothing: [(&str, &[(Part, &str)]); 9] = [
            ("2024-02-01", &[(Hour, "0160")]),
            ("2023", &[(Day, "366")]), ("2023", &[(Month, "13")]), ("2023", &[(Month, "2"), (Day, "29")]), ("2025", &[(Week, "53")]), ("2024-02-01", &[(Hour, "25")]),
            ("2024-02-01 13:00", &[(Hour, "2")]), ("2024-02-01 13:00", &[(Minute, "60")]), ("2024", &[(Hour, "3")]),
        ];
        for (date, parts) in nothing {
            assert_eq!(read(date, parts), None, "{date} {parts:?}");
        }
    }

    #[test]
    fn stamps_of_all_kinds_are_read() {
        use Precision::{Day, Month, Time, Year};
        check("2026-03-29T02:30:00+01:00", Some(("2026-03-29T01:30:00Z", true, Time)));
        check("2026-03-29T02:30:00.250Z", Some(("2026-03-29T02:30:00Z", true, Time)));
        check("2026-03-29 02:30:00-0930", Some(("2026-03-29T12:00:00Z", true, Time)));
        check("2026-03-29T02:30:00+02:00[Europe/Paris]", Some(("2026-03-29T00:30:00Z", true, Time)));
        check("2026-03-29 02:30 UTC", Some(("2026-03-29T02:30:00Z", true, Time)));
        check("2026-03-29 2:30", Some(("2026-03-29T02:30:00Z", false, Time)));
        check("29/03/2026 02h30", Some(("2026-03-29T02:30:00Z", false, Time)));
        check("29/03/2026 24:00", Some(("2026-03-30T00:00:00Z", false, Time)));
        check("20260329T0230Z", Some(("2026-03-29T02:30:00Z", true, Time)));
        check("20180101:0130", Some(("2018-01-01T01:30:00Z", false, Time)));
        check("2024-02-29", Some(("2024-02-29T00:00:00Z", false, Day)));
        check("20240229", Some(("2024-02-29T00:00:00Z", false, Day)));
        check("2026-03", Some(("2026-03-01T00:00:00Z", false, Month)));
        check("03/2026", Some(("2026-03-01T00:00:00Z", false, Month)));
        check("201703", Some(("2017-03-01T00:00:00Z", false, Month)));
        check("2017", Some(("2017-01-01T00:00:00Z", false, Year)));
        check("2025010113", Some(("2025-01-01T13:00:00Z", false, Time)));
        check("1951123124", Some(("1952-01-01T00:00:00Z", false, Time)));
        check("2025010125", Some(("2034-03-03T14:48:45Z", true, Time)));
        check("1801011200", Some(("2027-01-27T00:53:20Z", true, Time)));
        check("1774748400", Some(("2026-03-29T01:40:00Z", true, Time)));
        check("1774748400000", Some(("2026-03-29T01:40:00Z", true, Time)));
    }

    #[test]
    fn a_column_tells_which_number_of_its_dates_is_the_month() {
        let order = |texts: &[&str]| {
            let mut tally = DateTally::default();
            for text in texts {
                tally.add(text);
            }
            (tally.order(), tally.shown())
        };
        assert_eq!(order(&["01/02/2025", "2025-13-01", "13:00", "2025-01-31"]), (Some(DateOrder::Day), String::new()));
        assert_eq!(order(&["01/02/2025 00:00", "01/13/2025 00:00"]).0, Some(DateOrder::Month));
        assert_eq!(order(&["13/01/2025", "01-13-2025"]), (None, "13/01 ≠ 01/13".to_owned()));
        let mut tally = DateTally::default();
        (0..100).chain([100]).for_each(|n| assert!(tally.add(if n < 100 { "31.01.2025" } else { "01/31/2025" })));
        assert_eq!(tally.order(), Some(DateOrder::Day));
        let read = Stamp::parse_as("01/31/2025 2h30", DateOrder::Month).unwrap();
        assert_eq!(Some(read), Stamp::parse("2025-01-31 02:30"));
        assert_eq!(Stamp::parse_as("2025-01-31", DateOrder::Month), Stamp::parse("2025-01-31"));
        assert_eq!(Stamp::parse_as("31/01/2025", DateOrder::Month), None);
    }

    #[test]
    fn what_is_no_stamp_is_refused() {
        for text in [
            "", "12", "2026-13-01", "2026-02-29", "31/04/2026", "2026-03-29T25:00", "2026-03-29T24:01", "2026-03-29Tmidi", "12.5", "12,5", "demain",
            "2026-03-29T02:30:00+25:00", "9999", "2026-03T02:00", "1/2/26", "-2026-01-01", "2026-03-29T02:30:00 x", "99999999999999",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (year, month, day) in [(1900, 2, 28), (1970, 1, 1), (1999, 12, 31), (2000, 2, 29), (2100, 3, 1)] {
            let expect = Instant::from_utc(year, month, day, 0, 0, 0).unwrap();
            assert_eq!(date_s(year.into(), month.into(), day.into()), Some(expect.0));
        }
        assert_eq!(date_s(1900, 2, 29), None);
    }

    #[test]
    fn a_remembered_day_says_what_the_clock_says() {
        let mut wall = WallClock::new(Clock::Paris);
        let start = Instant::parse("2026-01-01T00:00:00Z").unwrap().0;
        for half_hour in 0..365 * 48 {
            let at = start + 1800 * half_hour;
            assert_eq!(wall.read(at), Clock::Paris.wall(at));
            assert_eq!(wall.shown_s(at), Clock::Paris.shown_s(Instant(at)));
        }
    }
}
