//! What a table holds that is not read.

use super::instant::{is_part, part_of, repeats};
use super::look::Look;
use super::names::QUARTERS;
use super::{Form, Values};
use crate::formats::series::stamp::{Part, Precision};

/// Columns that a person would expect to be read: those of values, unless somebody has said which are, and parts of a date that the instant lacks.
pub(super) fn aside(look: &Look, form: &Form, told: bool) -> Vec<usize> {
    if form.known.is_some() {
        return Vec::new();
    }
    let mut used = form.columns();
    if let Values::Hours(hours) = &form.values {
        used.extend(&hours.beside);
    }
    let says_more = |at: usize| look.rows.iter().any(|row| !matches!(look.text(row, at).trim_start_matches('0'), "")) || look.seen(at).filled == 0;
    // What says less than the instant does is left out without a word where it says the same.
    let is_unsaid = |at: usize, part: Part| is_finer(look, form, part) || !repeats(look, &form.instant, at);
    let is_of_a_date = |at: usize| is_part(look, at) || repeats(look, &form.instant, at);
    // Quarters beside a year alone are what its rows differ in.
    let is_quarter = |at: usize| look.plain.get(at).is_some_and(|plain| QUARTERS.contains(&plain.as_str())) && is_finer(look, form, Part::Month);
    let is_left = |at: usize| part_of(look, at).is_some_and(|part| is_of_a_date(at) && is_unsaid(at, part)) && says_more(at);
    let is_value = |at: usize| !told && !is_of_a_date(at) && (look.is_value(at) || look.is_empty_value(at, true));
    (0..look.columns.len()).filter(|at| !used.contains(at) && (is_left(*at) || is_quarter(*at) || is_value(*at))).collect()
}

/// Whether a part of a date says more than the instants of a form do.
fn is_finer(look: &Look, form: &Form, part: Part) -> bool {
    match (form.instant.columns.as_slice(), form.instant.parts.last()) {
        ([first], None) => look.precision(*first).is_some_and(|precision| precision < Precision::Time && part.refines(precision)),
        // An hour that is written with its minutes says all.
        ([.., last], Some(Part::Hour)) => part > Part::HourMinute && look.seen(*last).hours == 0,
        (_, Some(last)) => part > *last,
        _ => false,
    }
}
