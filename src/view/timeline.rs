//! The ruler of time, as values: what part of time is visible, where its marks stand, what a place on it means, what a typed date is.
//!
//! Local days and years are the territory's: a day has 23 to 25 hours. The desktop's panel draws this; `web/app/ruler.js` is the page's.

use crate::base::{CalendarUnit, Clock, Instant, Interval};
use serde::{Deserialize, Serialize};

/// Parts of time with names, from short to long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    Quarter,
    Hour,
    Day,
    Month,
    Year,
    Decade,
}

impl Span {
    pub const ALL: [Self; 6] = [Self::Quarter, Self::Hour, Self::Day, Self::Month, Self::Year, Self::Decade];

    /// A usual length, seconds.
    pub fn usual_s(self) -> i64 {
        match self {
            Self::Quarter => 900,
            Self::Hour => 3_600,
            Self::Day => 86_400,
            Self::Month => CalendarUnit::Month.usual_s(),
            Self::Year => CalendarUnit::Year.usual_s(),
            Self::Decade => 10 * CalendarUnit::Year.usual_s(),
        }
    }

    /// Whether a span that begins here is one of every so many, counted as people do.
    fn is_round(self, clock: Clock, at: Instant, every: i64) -> bool {
        let local = clock.read(at);
        let number = match self {
            Self::Quarter => i64::from(local.minute) / 15,
            Self::Hour => i64::from(local.hour),
            // The last round day of a month would touch the next month's word.
            Self::Day if every > 1 && i64::from(local.day) + every > 31 => return false,
            Self::Day => i64::from(local.day),
            Self::Month => i64::from(local.month) - 1,
            Self::Year => i64::from(local.year),
            Self::Decade => i64::from(local.year).div_euclid(10),
        };
        number % every == 0
    }

    fn calendar(self) -> Option<(CalendarUnit, i64)> {
        match self {
            Self::Quarter | Self::Hour => None,
            Self::Day => Some((CalendarUnit::Day, 1)),
            Self::Month => Some((CalendarUnit::Month, 1)),
            Self::Year => Some((CalendarUnit::Year, 1)),
            // Years are counted from 1970, which begins a decade.
            Self::Decade => Some((CalendarUnit::Year, 10)),
        }
    }

    /// The span that holds an instant.
    pub fn around(self, clock: Clock, at: Instant) -> Interval {
        let usual = self.usual_s();
        let Some((unit, times)) = self.calendar() else {
            // Hours and their quarters are those of the clock on the wall: some clocks stand half an hour aside of UTC.
            let offset = i64::from(clock.read(at).offset_s);
            let start = (at.0.saturating_add(offset)).div_euclid(usual).saturating_mul(usual).saturating_sub(offset);
            return Interval { start: Instant(start), end: Instant(start.saturating_add(usual)) };
        };
        let step = unit.step_of(clock, at).div_euclid(times) * times;
        let start = unit.start_of(clock, step).unwrap_or(at);
        let end = unit.start_of(clock, step + times).unwrap_or_else(|| start.plus_seconds(usual));
        // Beyond all calendars every instant is a span of its own, which is better than one that goes backwards.
        Interval { start: start.min(at), end: end.max(at.plus_seconds(1)) }
    }
}

/// The instant so many spans later: the same hour of another day, the same day of another month or the last one it has.
pub fn stepped(clock: Clock, at: Instant, span: Span, count: i32) -> Instant {
    let count = i64::from(count);
    let seconds = match span {
        Span::Quarter | Span::Hour => return at.plus_seconds(span.usual_s().saturating_mul(count)),
        Span::Day => count,
        Span::Month => count,
        Span::Year => count.saturating_mul(12),
        Span::Decade => count.saturating_mul(120),
    };
    let local = clock.read(at);
    let wall = at.0.saturating_add(i64::from(local.offset_s));
    let of_day = wall.rem_euclid(86_400);
    let day = match span {
        Span::Day => wall.div_euclid(86_400).saturating_add(seconds),
        _ => {
            let month = (i64::from(local.year) * 12 + i64::from(local.month) - 1).saturating_add(seconds);
            let Ok(year) = i16::try_from(month.div_euclid(12)) else { return at };
            let first = |month: i64| {
                let year = i16::try_from(month.div_euclid(12)).ok()?;
                Instant::from_utc(year, month.rem_euclid(12) as i8 + 1, 1, 0, 0, 0).map(|first| first.0.div_euclid(86_400))
            };
            let (Some(begins), Some(ends)) = (first(month), first(month + 1)) else { return at };
            if !YEARS.contains(&year) {
                return at;
            }
            (begins + i64::from(local.day) - 1).min(ends - 1)
        }
    };
    let Some(wall) = day.checked_mul(86_400).and_then(|day| day.checked_add(of_day)) else { return at };
    if !YEARS.contains(&Instant(wall).utc().year) {
        return at;
    }
    // Seconds of the minute survive; an hour that the clock leaves out moves forward.
    clock.wall_forward(wall - wall.rem_euclid(60)).map_or(at, |moved| moved.plus_seconds(wall.rem_euclid(60)))
}

/// Minutes since the local day of an instant began, and how many it has: 1380, 1440 or 1500.
pub fn minute_of_day(clock: Clock, at: Instant) -> [i64; 2] {
    let day = Span::Day.around(clock, at);
    [(at.0 - day.start.0).div_euclid(60), (day.end.0 - day.start.0).div_euclid(60)]
}

/// The instant so many minutes after the local day of another one began; never on another day. Minutes that pass, not those on the wall: of the two hours
/// that an autumn night shows alike each has a place, and none that the spring leaves out.
pub fn at_minute_of_day(clock: Clock, at: Instant, minute: i64) -> Instant {
    let day = Span::Day.around(clock, at);
    Instant(day.start.0.saturating_add(minute.saturating_mul(60)).min(day.end.0 - 60).max(day.start.0))
}

/// The same day and hour of another year.
pub fn in_year(clock: Clock, at: Instant, year: i32) -> Instant {
    match year.saturating_sub(i32::from(clock.read(at).year)) {
        // Of the two hours that an autumn night shows alike, it stays the same one.
        0 => at,
        years => stepped(clock, at, Span::Year, years),
    }
}

/// Where a year begins; `None` for years that no instant may lie in.
pub fn year_begins(clock: Clock, year: i32) -> Option<Instant> {
    let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    // The first year begins where instants can be written: east of Greenwich a little later than its midnight.
    let first = Instant::from_utc(*YEARS.start(), 1, 1, 0, 0, 0)?;
    clock.instant(year, 1, 1, 0, 0).map(|begins| begins.max(first))
}

/// Years that instants may lie in.
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2200;
/// Narrowest part of a ruler that a pointer hits, pixels.
pub const HIT_PX: f64 = 2.0;
/// Narrowest distance of marks with words, pixels.
const WORD_PX: f64 = 44.0;
/// Narrowest distance of marks without, pixels.
const MARK_PX: f64 = 6.0;
/// Which marks may have words, from close to far: so many of a span from one to the next.
const WORDS: [(Span, i64); 17] = [
    (Span::Quarter, 1),
    (Span::Hour, 1),
    (Span::Hour, 2),
    (Span::Hour, 3),
    (Span::Hour, 6),
    (Span::Hour, 12),
    (Span::Day, 1),
    (Span::Day, 5),
    (Span::Day, 10),
    (Span::Month, 1),
    (Span::Month, 3),
    (Span::Month, 6),
    (Span::Year, 1),
    (Span::Year, 2),
    (Span::Year, 5),
    (Span::Decade, 1),
    (Span::Decade, 5),
];
/// Shortest time a ruler shows.
const LEAST_S: i64 = 4 * 900;
/// Most marks of one ruler, whatever it shows.
const MOST_MARKS: usize = 600;

/// The part of time that is visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruler {
    pub start: Instant,
    pub end: Instant,
}

/// A mark on a ruler, where a span begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    pub at: Instant,
    /// Place on the ruler, 0 to 1.
    pub share: f64,
    pub span: Span,
    /// Whether there is room for words.
    pub has_words: bool,
}

impl Ruler {
    /// All of time that there is.
    pub fn whole([start, end]: [Instant; 2]) -> Self {
        Self { start, end: end.max(start.plus_seconds(1)) }
    }

    fn length_s(self) -> f64 {
        (self.end.0 as f64 - self.start.0 as f64).max(1.0)
    }

    /// Place of an instant, 0 to 1 where it is visible.
    pub fn share_of(self, at: Instant) -> f64 {
        (at.0 as f64 - self.start.0 as f64) / self.length_s()
    }

    /// The instant at a place.
    pub fn at(self, share: f64) -> Instant {
        let inside = (share.clamp(0.0, 1.0) * self.length_s()).floor() as i64;
        Instant(self.start.0.saturating_add(inside).min(self.end.0.saturating_sub(1)).max(self.start.0))
    }

    /// The finest span that a pointer hits on a ruler of so many pixels.
    pub fn finest(self, width_px: f64) -> Span {
        let px_s = width_px / self.length_s();
        Span::ALL.into_iter().find(|span| span.usual_s() as f64 * px_s >= HIT_PX).unwrap_or(Span::Decade)
    }

    /// What a pointer at a pixel points at: the beginning of the finest span there that can be told from its neighbours.
    pub fn hit(self, clock: Clock, pixel: f64, width_px: f64) -> Instant {
        // The middle of the pixel, so that neither edge belongs to the span next to it.
        let at = self.at((pixel.floor() + 0.5) / width_px.max(1.0));
        self.finest(width_px).around(clock, at).start.max(self.start)
    }

    /// Goes into the span under a pixel: the ruler shows it alone.
    pub fn entered(self, clock: Clock, pixel: f64, width_px: f64) -> Self {
        let at = self.at((pixel.floor() + 0.5) / width_px.max(1.0));
        let span = self.finest(width_px).max(Span::Hour).around(clock, at);
        Self { start: span.start, end: span.end }
    }

    /// Shows `factor` times as much time around a place that stays where it is.
    pub fn zoomed(self, factor: f64, share: f64, all: [Instant; 2]) -> Self {
        if !(factor.is_finite() && factor > 0.0) {
            return self;
        }
        let most = all[1].0.saturating_sub(all[0].0).max(1);
        let length = (self.length_s() * factor).clamp((LEAST_S as f64).min(most as f64), most as f64);
        let fixed = self.start.0 as f64 + share * self.length_s();
        let start = (fixed - share * length).round() as i64;
        Self { start: Instant(start), end: Instant(start.saturating_add(length.round() as i64)) }.kept_inside(all)
    }

    /// Moves by a share of what is visible.
    pub fn moved(self, share: f64, all: [Instant; 2]) -> Self {
        let seconds = (share * self.length_s()).round() as i64;
        Self { start: self.start.plus_seconds(seconds), end: self.end.plus_seconds(seconds) }.kept_inside(all)
    }

    /// The same length, moved as little as needed for an instant to be visible.
    pub fn showing(self, at: Instant, all: [Instant; 2]) -> Self {
        let share = self.share_of(at);
        if (0.0..1.0).contains(&share) {
            self
        } else {
            let half = (self.length_s() / 2.0) as i64;
            Self { start: at.plus_seconds(-half), end: at.plus_seconds(-half).plus_seconds(self.length_s() as i64) }.kept_inside(all)
        }
    }

    fn kept_inside(self, all: [Instant; 2]) -> Self {
        let length = (self.end.0.saturating_sub(self.start.0)).max(1);
        let most = all[1].0.saturating_sub(all[0].0).max(1);
        if length >= most {
            return Self::whole(all);
        }
        let start = self.start.0.min(all[1].0 - length).max(all[0].0);
        Self { start: Instant(start), end: Instant(start + length) }
    }

    /// The marks of a ruler of so many pixels: the finest spans that have room, those that begin a longer one among them.
    /// Words stand at round ones: every third month, the fifth, tenth, … day, whatever has room for them.
    pub fn marks(self, clock: Clock, width_px: f64) -> Vec<Mark> {
        let px_s = width_px / self.length_s();
        let room = |span: Span, times: i64| (span.usual_s() * times) as f64 * px_s;
        let Some(finest) = Span::ALL.into_iter().find(|span| room(*span, 1) >= MARK_PX) else { return Vec::new() };
        let Some((words, every)) = WORDS.into_iter().find(|(span, every)| room(*span, *every) >= WORD_PX) else { return Vec::new() };
        let mut marks = Vec::new();
        let mut at = finest.around(clock, self.start).start;
        while at < self.end && marks.len() < MOST_MARKS {
            let next = finest.around(clock, at).end;
            if at >= self.start {
                // The longest span that begins here says what the mark is.
                let span = Span::ALL.into_iter().rev().find(|span| *span >= finest && span.around(clock, at).start == at).unwrap_or(finest);
                marks.push(Mark { at, share: self.share_of(at), span, has_words: span > words || span == words && words.is_round(clock, at, every) });
            }
            if next <= at {
                break;
            }
            at = next;
        }
        marks
    }
}

/// Reads a date as people type it, by the territory's clock: `2026-06-21T15:30`, `21/06/2026 15:30`, `21 juin 2026, 15 h 30`,
/// `June 2026`, `2026`. What is left out is the beginning of what is said; a date without a year is in the year of `now`.
pub fn read_date(text: &str, clock: Clock, now: Instant) -> Option<Instant> {
    const MOST_BYTES: usize = 80;
    let text = text.trim();
    if text.is_empty() || text.len() > MOST_BYTES {
        return None;
    }
    // With its offset from UTC it is no local time; seconds may be left out.
    let with_seconds = text.strip_suffix(['Z', 'z']).map(|text| format!("{text}:00Z"));
    if let Some(at) = Instant::parse(text).or_else(|| Instant::parse(&with_seconds?)) {
        return Some(at);
    }
    let lower = text.to_lowercase();
    let (date, time) = time_apart(&lower);
    let (hour, minute) = match time {
        None => (0, 0),
        Some(time) => read_time(time)?,
    };
    let (mut numbers, mut month) = (Vec::<(i64, usize)>::new(), None);
    for word in words_of(date).filter(|word| !["le", "à", "at", "the", "on", "of", "er", "st", "nd", "rd", "th", "t"].contains(word)) {
        match word.parse::<i64>() {
            Ok(number) => numbers.push((number, word.len())),
            Err(_) => month = Some(month_of(word)?),
        }
    }
    let year_now = i64::from(clock.read(now).year);
    let is_year = |(number, digits): &(i64, usize)| *digits == 4 && (1800..=2200).contains(number);
    let (year, month, day) = match (numbers.as_slice(), month) {
        ([year], None) if is_year(year) => (year.0, 1, 1),
        ([year], Some(month)) if is_year(year) => (year.0, month, 1),
        ([day, year], Some(month)) if is_year(year) => (year.0, month, day.0),
        ([day], Some(month)) => (year_now, month, day.0),
        ([], Some(month)) => (year_now, month, 1),
        ([year, month, day], None) if is_year(year) => (year.0, month.0, day.0),
        ([day, month, year], None) if is_year(year) => (year.0, month.0, day.0),
        ([year, month], None) if is_year(year) => (year.0, month.0, 1),
        ([month, year], None) if is_year(year) => (year.0, month.0, 1),
        ([day, month], None) => (year_now, month.0, day.0),
        ([], None) if time.is_some() => {
            let local = clock.read(now);
            (year_now, i64::from(local.month), i64::from(local.day))
        }
        _ => return None,
    };
    let small = |number: i64| i8::try_from(number).ok();
    clock.instant(i16::try_from(year).ok()?, small(month)?, small(day)?, small(hour)?, small(minute)?)
}

/// The time stands last and has a mark of its own: `15:30`, `15:30:00`, `15h30`, `15 h`.
fn time_apart(text: &str) -> (&str, Option<&str>) {
    let is_mark = |at: usize| {
        let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
        before.trim_end().ends_with(|c: char| c.is_ascii_digit()) && !after.chars().nth(1).is_some_and(char::is_alphabetic)
    };
    let mark = text.char_indices().find(|(at, c)| *c == ':' || *c == 'h' && is_mark(*at)).map(|(at, _)| at);
    let Some((before, _)) = mark.and_then(|at| text.split_at_checked(at)) else { return (text, None) };
    let start = before.trim_end().trim_end_matches(|c: char| c.is_ascii_digit()).len();
    text.split_at_checked(start).map_or((text, None), |(date, time)| (date, Some(time)))
}

/// Hour and minute; seconds are read over.
fn read_time(text: &str) -> Option<(i64, i64)> {
    let mut numbers = Vec::new();
    for word in words_of(text).filter(|word| !["h", "min", "s"].contains(word)) {
        numbers.push(word.parse::<i64>().ok()?);
    }
    match numbers.as_slice() {
        [hour] => Some((*hour, 0)),
        [hour, minute] | [hour, minute, _] => Some((*hour, *minute)),
        _ => None,
    }
}

/// Runs of letters and runs of digits: `15h30` is three.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).flat_map(digits_apart)
}

/// `15h30` is three words.
fn digits_apart(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let mut before: Option<bool> = None;
    for (at, c) in word.char_indices() {
        let digit = c.is_ascii_digit();
        if before.is_some_and(|before| before != digit) {
            parts.extend(word.get(start..at));
            start = at;
        }
        before = Some(digit);
    }
    parts.extend(word.get(start..).filter(|rest| !rest.is_empty()));
    parts
}

/// Months by the beginning of their French and English names, as far as it takes to tell them apart.
fn month_of(word: &str) -> Option<i64> {
    const NAMES: [(&str, i64); 23] = [
        ("jan", 1), ("fev", 2), ("fév", 2), ("feb", 2), ("mars", 3), ("mar", 3), ("avr", 4), ("apr", 4), ("mai", 5), ("may", 5), ("juin", 6), ("jun", 6),
        ("juil", 7), ("jul", 7), ("aou", 8), ("aoû", 8), ("aug", 8), ("sep", 9), ("oct", 10), ("nov", 11), ("dec", 12), ("déc", 12), ("dez", 12),
    ];
    NAMES.iter().find(|(name, _)| word.starts_with(name)).map(|(_, month)| *month)
}
