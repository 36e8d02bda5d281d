//! Instants in words and in short: `janvier 2024`, `janv.-24`, `lundi 20 mars 2025`, `28/03/25 01h00`, `03/28/2025 01:00 AM`, `28/03/2025 à 01:00 CEST`, `2025-W02`.
//!
//! What [`super::stamp`] reads without words is no business of this file.

use super::day::{month_named, weekday_named};
use super::stamp::{DateOrder, Precision, Stamp, date_s, time_of_day, week_s};

/// What may stand between a date and its hour.
const BETWEEN: [&str; 5] = ["à", "a", "at", "-", "–"];
/// Longer than any of them.
const MOST_BYTES: usize = 64;
/// Two digits of a year from here on are of the last century.
const CENTURY: i64 = 70;
const NOON_S: i64 = 43_200;

/// Reads such a stamp.
pub(super) fn worded(text: &str, order: DateOrder) -> Option<Stamp> {
    let text = text.trim();
    if text.len() > MOST_BYTES || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let lower = text.to_lowercase();
    let mut words: Vec<&str> = lower.split([' ', ',', '\u{a0}', '\u{202f}']).filter(|word| !word.is_empty()).collect();
    if words.first().is_some_and(|first| weekday_named(first).is_some()) {
        words.remove(0);
    }
    let (date, precision, rest, is_short) = date(&words, order)?;
    let rest = match rest {
        [word, rest @ ..] if BETWEEN.contains(word) && !rest.is_empty() => rest,
        rest => rest,
    };
    if rest.is_empty() {
        // Three short numbers are many things.
        return (!is_short).then_some(Stamp { seconds: date, absolute: false, precision });
    }
    if precision != Precision::Day {
        return None;
    }
    let (rest, zone_s) = match rest {
        [rest @ .., zone] => zone_of(zone).map_or(([rest, &[zone]].concat(), None), |zone_s| (rest.to_vec(), Some(zone_s))),
        [] => return None,
    };
    let (time_s, offset_s) = clock(&rest)?;
    let offset_s = zone_s.or(offset_s);
    Some(Stamp { seconds: date + time_s - offset_s.unwrap_or(0), absolute: offset_s.is_some(), precision: Precision::Time })
}

/// The date that words begin with, how far it goes down, the other words, and whether it is too short to be one by itself.
fn date<'a>(words: &'a [&'a str], order: DateOrder) -> Option<(i64, Precision, &'a [&'a str], bool)> {
    let (first, rest) = words.split_first()?;
    let (sign, parts) = ['.', '/', '-'].into_iter().map(|sign| (sign, first.split(sign).filter(|part| !part.is_empty()).collect::<Vec<_>>())).max_by_key(|(_, parts)| parts.len())?;
    match parts[..] {
        [one, other, year] => {
            let (day, month) = match (month_named(other), order) {
                (Some(month), _) => (number(one)?, month),
                (None, DateOrder::Day) => (number(one)?, number(other)?),
                (None, DateOrder::Month) => (number(other)?, number(one)?),
            };
            let is_clear = month_named(other).is_some() || year.len() == 4 || sign == '/' && one.len() == 2 && other.len() == 2;
            Some((date_s(year_of(year)?, month, day)?, Precision::Day, rest, !is_clear))
        }
        [one, other] => {
            // `2025-W02`, as ISO 8601 has it, and its French twin.
            let week = |week: &str| number(week.strip_prefix(['w', 's'])?);
            if let Some((year, week)) = whole_year(one).zip(week(other)).or_else(|| whole_year(other).zip(week(one))) {
                return Some((week_s(year, week)?, Precision::Day, rest, false));
            }
            Some((date_s(year_of(other)?, month_named(one)?, 1)?, Precision::Month, rest, false))
        }
        _ => match words {
            [day, month, year, rest @ ..] if month_named(month).is_some() => {
                let day = number(day.trim_end_matches("er"))?;
                Some((date_s(year_of(year)?, month_named(month)?, day)?, Precision::Day, rest, false))
            }
            [month, year, rest @ ..] => Some((date_s(year_of(year)?, month_named(month)?, 1)?, Precision::Month, rest, false)),
            _ => None,
        },
    }
}

/// An hour of twelve or of 24, with its offset.
fn clock(words: &[&str]) -> Option<(i64, Option<i64>)> {
    let joined = words.concat();
    let halves = |ending: &str| joined.strip_suffix(ending).map(str::to_owned);
    let half = |endings: [&str; 2]| endings.into_iter().find_map(halves);
    let (time, noon_s) = match (half(["am", "a.m."]), half(["pm", "p.m."])) {
        (Some(time), _) => (time, Some(0)),
        (_, Some(time)) => (time, Some(NOON_S)),
        _ => (joined, None),
    };
    let (time_s, offset_s) = time_of_day(&if time.contains([':', 'h']) { time } else { format!("{time}h") })?;
    match noon_s {
        None => Some((time_s, offset_s)),
        // Twelve is the first hour of each half.
        Some(noon_s) if (3600..NOON_S + 3600).contains(&time_s) => Some((time_s % NOON_S + noon_s, offset_s)),
        Some(_) => None,
    }
}

/// Seconds east of Greenwich of zones that are written by their letters.
fn zone_of(word: &str) -> Option<i64> {
    match word {
        "cest" => Some(7200),
        "cet" => Some(3600),
        "utc" | "gmt" => Some(0),
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_short)
}

fn whole_year(text: &str) -> Option<i64> {
    text.parse().ok().filter(|_| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A year of four digits or of two.
fn year_of(text: &str) -> Option<i64> {
    let of_century = |short: i64| if short < CENTURY { 2000 + short } else { 1900 + short };
    whole_year(text).or_else(|| number(text).filter(|_| text.len() == 2).map(of_century))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_in_words_and_in_short_are_those_without() {
        let same = |worded: &str, plain: &str| assert_eq!(Stamp::parse(worded), Stamp::parse(plain), "{worded}");
        for (worded, plain) in [
            ("janvier 2024", "2024-01"), ("Févr. 2024", "2024-02"), ("janv.-24", "2024-01"), ("août-99", "1999-08"), ("March 2025", "2025-03"),
            ("lundi 20 mars 2025", "2025-03-20"), ("1er mai 2025", "2025-05-01"), ("20 mars 2025 14h30", "2025-03-20T14:30"), ("20-mars-25", "2025-03-20"),
            ("28/03/25", "2025-03-28"), ("28/03/25 00:00", "2025-03-28T00:00"), ("28-03-25 01h00", "2025-03-28T01:00"), ("28.03.25 1:05:09", "2025-03-28T01:05:09"),
            ("28/03/2025 01:00 AM", "2025-03-28T01:00"), ("28/03/2025 12:30 am", "2025-03-28T00:30"), ("28/03/2025 12:30pm", "2025-03-28T12:30"), ("28/03/2025 11 PM", "2025-03-28T23:00"),
            ("28/03/2025 à 01:00", "2025-03-28T01:00"), ("28/03/2025 - 01:00", "2025-03-28T01:00"), ("ven. 28/03/2025 01:00", "2025-03-28T01:00"),
            ("28/03/2025 01:00 CEST", "2025-03-28T01:00+02:00"), ("28/03/2025 01:00 CET", "2025-03-28T01:00+01:00"),
            ("2025-W02", "2025-01-06"), ("2025-S02", "2025-01-06"), ("S2-2025", "2025-01-06"),
        ] {
            assert!(Stamp::parse(plain).is_some(), "{plain}");
            same(worded, plain);
        }
        assert_eq!(Stamp::parse_as("03/28/25 01:00 PM", DateOrder::Month), Stamp::parse("2025-03-28T13:00"));
    }

    #[test]
    fn what_only_looks_like_one_is_none() {
        for text in ["mars", "1.2.30", "12-10-05", "1/2/26", "lot 12", "janvier", "mai 5", "32/01/25", "30/02/2025 1 PM", "28/03/2025 13:00 PM", "28/03/2025 à", "2025-W54", "192.168.1.1", "7,3 kW", "a-1", "28/03/25 25:00", "12 mars 2025 à midi"] {
            assert_eq!(Stamp::parse(text), None, "{text}");
        }
    }
}
