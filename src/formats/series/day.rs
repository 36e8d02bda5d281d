//! Columns that are the steps of a day or the months of a year: `00:00 … 23:00`, `00:30 … 24:00`, `H1 … H24`, `P1 … P48`, `janvier … décembre`.

use super::plain_name;
use super::stamp::{slot_of_day, time_of_day};
use super::unit::Unit;
use crate::base::Clock;
use std::collections::BTreeMap;

const DAY_S: i64 = 86_400;
/// So few columns are no day.
const FEWEST: usize = 3;
/// What stands before the number of an hour.
const HOURS: [&str; 4] = ["heure", "hour", "hr", "h"];
/// What stands before the number of a shorter step, the longer words first.
const STEPS: [&str; 17] = [
    "quart_d_heure", "quarter_hour", "quart_heure", "demi_heure", "half_hour", "periode", "quarter", "period", "quart", "point", "slot", "step", "pas", "dh", "qh", "p", "q",
];
/// How many steps a day has that are counted by such words.
const COUNTS: [i64; 3] = [48, 96, 144];
/// Months as French and English write them, long and short, without accents.
const MONTHS: [&[&str]; 12] = [
    &["janvier", "janv", "jan", "january"],
    &["fevrier", "fevr", "fev", "february", "feb"],
    &["mars", "mar", "march"],
    &["avril", "avr", "april", "apr"],
    &["mai", "may"],
    &["juin", "june", "jun"],
    &["juillet", "juil", "july", "jul"],
    &["aout", "aou", "august", "aug"],
    &["septembre", "sept", "sep", "september"],
    &["octobre", "oct", "october"],
    &["novembre", "nov", "november"],
    &["decembre", "dec", "december"],
];

const WEEKDAYS: [&[&str]; 7] = [
    &["lundi", "lun", "monday", "mon"],
    &["mardi", "mar", "tuesday", "tue"],
    &["mercredi", "mer", "wednesday", "wed"],
    &["jeudi", "jeu", "thursday", "thu"],
    &["vendredi", "ven", "friday", "fri"],
    &["samedi", "sam", "saturday", "sat"],
    &["dimanche", "dim", "sunday", "sun"],
];

/// Columns of the steps of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct DayColumns {
    /// Place among the names, and the seconds after midnight that the name says, in the order of the day.
    pub marks: Vec<(usize, i64)>,
    /// So many seconds before its mark a step begins: none where names say the beginning, a step where they run from its end to 24:00.
    pub ends_s: i64,
    /// Steps are counted as they pass, and not by the clock: there is a 25th hour, for the day on which the clock goes back.
    pub elapsed: bool,
}

/// How a name says an hour.
#[derive(Clone, Copy, PartialEq)]
enum Said {
    /// `02:30`, `2h30`.
    Time,
    /// `H3`, or `3` alone.
    Number,
}

/// The steps of a day by the names of columns, others among them left aside; `None` where hours are too few or at no even distance. Numbers of hours
/// must be a whole day: `H1 … H24` are its first to its last. `H1 … H25`, `P1 … P50` are those of the longest day.
pub fn day_columns(names: &[&str]) -> Option<DayColumns> {
    // Numbers first: of the 25 hours of the longest day the clock has 24.
    by_number(names).or_else(|| by_clock(names))
}

fn by_clock(names: &[&str]) -> Option<DayColumns> {
    let mut marks: Vec<(usize, i64, Said)> = names.iter().enumerate().filter_map(|(at, name)| mark(name).map(|(mark_s, said)| (at, mark_s, said))).collect();
    marks.sort_by_key(|(_, mark_s, _)| *mark_s);
    let (first, last) = (marks.first()?.1, marks.last()?.1);
    let step_s = marks.get(1)?.1 - first;
    let is_even = step_s > 0 && marks.windows(2).all(|pair| matches!(pair, [a, b] if b.1 - a.1 == step_s));
    if !is_even || marks.len() < FEWEST {
        return None;
    }
    let is_whole = marks.len() as i64 * step_s == DAY_S;
    let ends_s = match first {
        0 if is_whole => 0,
        first if is_whole && first == step_s => step_s,
        // A part of the day, by times.
        _ if last < DAY_S && marks.iter().all(|(_, _, said)| *said == Said::Time) => 0,
        _ => return None,
    };
    Some(DayColumns { marks: marks.into_iter().map(|(at, mark_s, _)| (at, mark_s)).collect(), ends_s, elapsed: false })
}

/// Steps that a number names, mostly with a word before it: `H1 … H25`, `P1 … P48`, `pas_1 … pas_100`.
fn by_number(names: &[&str]) -> Option<DayColumns> {
    let mut by_word: BTreeMap<&str, Vec<(i64, usize)>> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        if let Some((word, number)) = numbered(name).or_else(|| numbered(&Unit::in_header(name)?.1)) {
            by_word.entry(word).or_default().push((number, at));
        }
    }
    by_word.into_iter().find_map(|(word, mut list)| {
        list.sort_unstable();
        let first = list.first()?.0;
        let is_whole = (0..=1).contains(&first) && list.iter().zip(first..).all(|((number, _), expected)| *number == expected);
        let count = list.len() as i64;
        let counts: &[i64] = if word.is_empty() { &[24] } else if HOURS.contains(&word) { &[24, 48, 96] } else { &COUNTS };
        let of_day = *counts.iter().find(|of_day| count == **of_day || count == **of_day + **of_day / 24)?;
        // Of the longest day only the first to the last; a step 0 beside 24 others may be the midnight at its end.
        let elapsed = count != of_day;
        if !is_whole || elapsed && first == 0 {
            return None;
        }
        let step_s = DAY_S / of_day;
        Some(DayColumns { marks: list.into_iter().map(|(number, at)| (at, number * step_s)).collect(), ends_s: first * step_s, elapsed })
    })
}

fn numbered(name: &str) -> Option<(&'static str, i64)> {
    let plain = plain_name(name);
    let of = |word: &&'static str| {
        let number = plain.strip_prefix(word)?.trim_start_matches('_');
        let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
        number.parse().ok().filter(|_| is_number).map(|number| (*word, number))
    };
    HOURS.iter().chain(&STEPS).chain(&[""]).find_map(of)
}

/// What a clock on the wall shows so many seconds after a midnight that it shows, counted from that midnight; `None` where that day is over by then.
pub fn shown_after(clock: Clock, midnight_s: i64, after_s: i64) -> Option<i64> {
    let (start, end) = (clock.begins(midnight_s)?, clock.begins(midnight_s + DAY_S)?);
    let at = start.plus_seconds(after_s);
    (at < end).then(|| clock.shown_s(at) - midnight_s)
}

/// Columns that are the twelve months of a year: what else their names say, and each place among the names with its month from 0.
pub type MonthColumns = (String, Vec<(usize, i64)>);

/// The months of a year by the names of columns: `janvier`, `conso_janvier`, `janv (kWh)`, `M1`; and of each thing that is told by months, as `elec_jan …` and
/// `gaz_jan …`, in the order of their columns. Only those of which all twelve are there.
pub fn month_columns(names: &[&str]) -> Vec<MonthColumns> {
    let mut by_rest: BTreeMap<String, Vec<(i64, usize)>> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        if let Some((rest, month)) = month(&plain_name(name)) {
            by_rest.entry(rest).or_default().push((month, at));
        }
    }
    let of_year = |(rest, mut list): (String, Vec<(i64, usize)>)| {
        list.sort_unstable();
        let is_year = list.len() == 12 && list.iter().zip(0..).all(|((month, _), expected)| *month == expected);
        is_year.then(|| (rest, list.into_iter().map(|(month, at)| (at, month)).collect::<Vec<_>>()))
    };
    let mut found: Vec<MonthColumns> = by_rest.into_iter().filter_map(of_year).collect();
    found.sort_by_key(|(_, list)| list.iter().map(|(at, _)| *at).min());
    // Without their units, unless nothing else tells two of them apart.
    let bare = |list: &[(usize, i64)]| month(&plain_name(&Unit::in_header(names.get(list.first()?.0)?)?.1)).map(|(rest, _)| rest);
    let called: Vec<Option<String>> = found.iter().map(|(_, list)| bare(list)).collect();
    for ((name, _), own) in found.iter_mut().zip(&called) {
        if let Some(own) = own.as_ref().filter(|_| called.iter().filter(|other| *other == own).count() == 1) {
            name.clone_from(own);
        }
    }
    found
}

/// The month that a word names, from 1: `janvier`, `Févr.`, `august`.
pub fn month_named(text: &str) -> Option<i64> {
    let plain = plain_name(text);
    MONTHS.iter().position(|names| names.contains(&plain.as_str())).map(|month| month as i64 + 1)
}

/// The day of the week that a word names, from 1, a Monday.
pub fn weekday_named(text: &str) -> Option<i64> {
    let plain = plain_name(text);
    WEEKDAYS.iter().position(|names| names.contains(&plain.as_str())).map(|day| day as i64 + 1)
}

/// The month of a plain name, and what else it says.
fn month(plain: &str) -> Option<(String, i64)> {
    let words: Vec<&str> = plain.split('_').collect();
    let of = |word: &str| MONTHS.iter().position(|names| names.contains(&word)).map(|month| month as i64);
    let numbered = |word: &str| {
        let number = word.strip_prefix('m').unwrap_or(word);
        number.parse::<i64>().ok().filter(|month| (1..=12).contains(month) && number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit())).map(|month| month - 1)
    };
    let at = words.iter().position(|word| of(word).is_some());
    let rest = |at: usize| words.iter().enumerate().filter(|(place, _)| *place != at).map(|(_, word)| *word).collect::<Vec<_>>().join("_");
    match (at, words.as_slice()) {
        (Some(at), _) => Some((rest(at), of(words.get(at)?)?)),
        (None, [only]) => Some((String::new(), numbered(only)?)),
        (None, ["mois" | "month" | "m", number]) => Some(("mois".to_owned(), numbered(number)?)),
        _ => None,
    }
}

/// The hour that a name says, seconds after midnight: `02:30`, `2h30`, `02:00-03:00` (where it begins), `H3`, `heure 3`, `3`, with a unit behind it or not.
fn mark(name: &str) -> Option<(i64, Said)> {
    let name = name.trim();
    plain_mark(name).or_else(|| plain_mark(&Unit::in_header(name)?.1))
}

fn plain_mark(name: &str) -> Option<(i64, Said)> {
    if let Some((time_s, None)) = time_of_day(name) {
        return Some((time_s, Said::Time));
    }
    if let Some([from_s, _]) = slot_of_day(name) {
        return Some((from_s, Said::Time));
    }
    let plain = plain_name(name);
    let number = HOURS.iter().find_map(|hour| plain.strip_prefix(hour)).unwrap_or(&plain).trim_start_matches('_');
    let is_number = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse::<i64>().ok().filter(|hour| is_number && *hour <= 24).map(|hour| (3600 * hour, Said::Number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Instant;

    fn check(names: &[String], expect: Option<(usize, i64, i64)>) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let found = day_columns(&names).map(|day| (day.marks.len(), day.marks[0].1, day.ends_s));
        assert_eq!(found, expect, "{names:?}");
    }

    fn hours(range: std::ops::Range<u32>, name: impl Fn(u32) -> String) -> Vec<String> {
        range.map(name).collect()
    }

    #[test]
    fn hours_in_headers_are_the_steps_of_a_day() {
        let hour = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        check(&hours(0..24, |h| hour(60 * h)), Some((24, 0, 0)));
        check(&hours(0..24, |h| format!("{h}h")), Some((24, 0, 0)));
        check(&hours(0..24, |h| format!("{h:02}h00 (kWh)")), Some((24, 0, 0)));
        check(&hours(0..24, |h| format!("{:02}:00-{:02}:00", h, (h + 1) % 24)), Some((24, 0, 0)));
        check(&hours(0..48, |half| hour(30 * half)), Some((48, 0, 0)));
        check(&hours(1..49, |half| hour(30 * half)), Some((48, 1800, 1800)));
        check(&hours(1..25, |h| format!("H{h}")), Some((24, 3600, 3600)));
        check(&hours(1..25, |h| format!("heure_{h:02}")), Some((24, 3600, 3600)));
        check(&hours(0..24, |h| h.to_string()), Some((24, 0, 0)));
        check(&hours(0..96, |quarter| hour(15 * quarter)), Some((96, 0, 0)));
        check(&hours(0..4, |h| format!("{}h", 6 * h)), Some((4, 0, 0)));
        // A part of the day by its times; in any order, with others among them.
        check(&hours(8..18, |h| hour(60 * h)), Some((10, 28_800, 0)));
        let mut mixed = hours(0..24, |h| hour(60 * (23 - h)));
        mixed.insert(3, "total".to_owned());
        check(&mixed, Some((24, 0, 0)));
    }

    #[test]
    fn what_is_no_day_is_none() {
        check(&hours(1..13, |h| format!("H{h}")), None);
        check(&hours(1..13, |month| month.to_string()), None);
        check(&hours(0..25, |h| format!("{h:02}:00")), None);
        check(&["08:00", "12:00", "20:00"].map(str::to_owned), None);
        check(&["00:00", "12:00"].map(str::to_owned), None);
        check(&["conso", "prod", "H"].map(str::to_owned), None);
        check(&["00:00", "00:00", "01:00", "02:00"].map(str::to_owned), None);
        check(&hours(0..25, |h| format!("H{h}")), None);
        check(&hours(1..25, |post| format!("P{post}")), None);
        check(&hours(2..50, |post| format!("P{post}")), None);
    }

    #[test]
    fn numbered_steps_are_those_of_a_day_or_of_the_longest() {
        let elapsed = |names: Vec<String>| day_columns(&names.iter().map(String::as_str).collect::<Vec<_>>()).unwrap().elapsed;
        for (names, expect, is_elapsed) in [
            (hours(1..26, |h| format!("H{h}")), (25, 3600, 3600), true),
            (hours(1..26, |h| format!("heure_{h:02} (kWh)")), (25, 3600, 3600), true),
            (hours(1..26, |h| h.to_string()), (25, 3600, 3600), true),
            (hours(1..49, |p| format!("P{p}")), (48, 1800, 1800), false),
            (hours(0..48, |p| format!("P{p}")), (48, 0, 0), false),
            (hours(1..51, |p| format!("P{p:02}_kW")), (50, 1800, 1800), true),
            (hours(1..101, |q| format!("quart_heure_{q}")), (100, 900, 900), true),
        ] {
            check(&names, Some(expect));
            assert_eq!(elapsed(names.clone()), is_elapsed, "{names:?}");
        }
    }

    #[test]
    fn hours_that_pass_are_shown_by_the_clock() {
        let midnight = |day: &str| Instant::parse(&format!("{day}T00:00:00Z")).unwrap().0;
        let shown = |day: &str, hour: i64| shown_after(Clock::Paris, midnight(day), 3600 * hour).map(|after_s| after_s / 3600);
        assert_eq!((shown("2025-10-26", 2), shown("2025-10-26", 3), shown("2025-10-26", 24)), (Some(2), Some(2), Some(23)));
        assert_eq!((shown("2026-03-29", 1), shown("2026-03-29", 2), shown("2026-03-29", 23)), (Some(1), Some(3), None));
        assert_eq!((shown("2026-01-01", 23), shown("2026-01-01", 24)), (Some(23), None));
    }

    #[test]
    fn months_in_headers_are_those_of_a_year() {
        let french = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
        let all = |names: &[String]| month_columns(&names.iter().map(String::as_str).collect::<Vec<_>>());
        let found = |names: &[String]| all(names).into_iter().next().map(|(_, list)| list);
        let plain: Vec<String> = french.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(found(&plain), Some((0..12).map(|month| (month, month as i64)).collect()));
        for wrap in [|name: &str| format!("conso_{name}"), |name: &str| format!("{} (kWh)", name.to_uppercase()), |name: &str| format!("{name}_kwh")] {
            assert!(found(&french.iter().map(|name| wrap(name)).collect::<Vec<_>>()).is_some());
        }
        assert!(found(&(1..=12).map(|month| format!("M{month:02}")).collect::<Vec<_>>()).is_some());
        // Two of each are none; so are eleven.
        assert_eq!(found(&plain[1..]), None);
        assert_eq!(found(&plain.iter().chain(&plain).cloned().collect::<Vec<_>>()), None);
        let two: Vec<String> = french.iter().flat_map(|name| [format!("gaz_{name}"), format!("elec_{name}")]).collect();
        let of_each: Vec<(String, usize)> = all(&two).into_iter().map(|(name, list)| (name, list[11].0)).collect();
        assert_eq!(of_each, [("gaz".to_owned(), 22), ("elec".to_owned(), 23)]);
        let with_units: Vec<String> = french.iter().flat_map(|name| [format!("elec_{name} (kWh)"), format!("gaz_{name} (m3)")]).collect();
        assert_eq!(all(&with_units).into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ["elec", "gaz"]);
        let same: Vec<String> = french.iter().flat_map(|name| [format!("gaz_{name} (kWh)"), format!("gaz_{name} (m3)")]).collect();
        assert_eq!(all(&same).into_iter().map(|(name, _)| name).collect::<std::collections::BTreeSet<_>>().len(), 2);
        // Of what lacks a month nothing is a year.
        assert_eq!(all(&two[1..]).len(), 1);
    }
}
