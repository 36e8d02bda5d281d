//! Columns that are the steps of a day: `00:00 … 23:00`, `00:30 … 24:00`, `H1 … H24`.

use super::plain_name;
use super::stamp::time_of_day;
use super::unit::Unit;

const DAY_S: i64 = 86_400;
/// So few columns are no day.
const FEWEST: usize = 3;
/// What stands before the number of an hour.
const HOURS: [&str; 4] = ["heure", "hour", "hr", "h"];

/// Columns of the steps of a day.
#[derive(Clone, Debug, PartialEq)]
pub struct DayColumns {
    /// Place among the names, and the seconds after midnight that the name says, in the order of the day.
    pub marks: Vec<(usize, i64)>,
    /// So many seconds before its mark a step begins: none where names say the beginning, a step where they run from its end to 24:00.
    pub ends_s: i64,
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
/// must be a whole day: `H1 … H24` are its first to its last.
pub fn day_columns(names: &[&str]) -> Option<DayColumns> {
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
    Some(DayColumns { marks: marks.into_iter().map(|(at, mark_s, _)| (at, mark_s)).collect(), ends_s })
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
    for between in ["-", "–", " à ", "/"] {
        if let Some((from, to)) = name.split_once(between)
            && let (Some((from_s, None)), Some((to_s, None))) = (time_of_day(from), time_of_day(to))
        {
            return (from_s < to_s || to_s == 0).then_some((from_s, Said::Time));
        }
    }
    let plain = plain_name(name);
    let number = HOURS.iter().find_map(|hour| plain.strip_prefix(hour)).unwrap_or(&plain).trim_start_matches('_');
    let is_number = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse::<i64>().ok().filter(|hour| is_number && *hour <= 24).map(|hour| (3600 * hour, Said::Number))
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
