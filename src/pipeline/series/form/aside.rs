//! What a table holds that is not read.

use super::look::{Look, bare};
use super::names::{DATE_PARTS, YEARS};
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
    let part_of = |at: usize| DATE_PARTS.iter().find_map(|(part, names)| look.plain.get(at).is_some_and(|plain| names.contains(&bare(plain))).then_some(*part));
    let says_more = |at: usize| look.rows.iter().any(|row| !matches!(look.text(row, at).trim_start_matches('0'), "")) || look.seen(at).filled == 0;
    let is_part = |at: usize| part_of(at).is_some_and(|part| is_finer(look, form, part)) && says_more(at);
    let is_of_a_date = |at: usize| part_of(at).is_some() || look.plain.get(at).is_some_and(|plain| YEARS.contains(&bare(plain)));
    let is_value = |at: usize| !told && !is_of_a_date(at) && (look.is_value(at) || look.is_empty_value(at, true));
    (0..look.columns.len()).filter(|at| !used.contains(at) && (is_part(*at) || is_value(*at))).collect()
}

/// Whether a part of a date says more than the instants of a form do.
fn is_finer(look: &Look, form: &Form, part: Part) -> bool {
    match (form.instant.columns.as_slice(), form.instant.parts.last()) {
        ([first], None) => look.precision(*first).is_some_and(|precision| precision < Precision::Time && part.refines(precision)),
        // An hour that is written with its minutes says all.
        ([.., last], Some(Part::Hour)) => part > Part::Hour && look.seen(*last).hours == 0,
        (_, Some(last)) => part > *last,
        _ => false,
    }
}
