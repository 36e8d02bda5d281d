//! What is settled of a table before its rows are read: whose clock its stamps go by, which end of a step they mark, which number of a date is the month,
//! whether its columns are objects; and what a person is told of it.

use super::form::{self, Form, Known, Values};
use super::intake::Intake;
use super::tell::Teller;
use crate::base::{Clock, Severity};
use crate::formats::series::plain_name;
use crate::formats::series::preamble::Preamble;
use crate::formats::series::stamp::{DateOrder, DateTally, WallClock};
use crate::pipeline::sources::readers::Table;
use crate::pipeline::sources::record::Cell;

/// Rows that tell whether dates end with their year.
const LOOK_ROWS: usize = 256;

impl Intake<'_> {
    /// Whether columns are objects, as the territory's ids tell. Words beside columns that are called as its objects are remarks, and no ids.
    pub(super) fn objects_of(&self, columns: &[String], form: &mut Form) {
        // Words that the territory's objects are called by are ids all the same.
        if let Some((at, words)) = form.remark.take_if(|(_, words)| 2 * words.iter().filter(|word| (self.wanted.is_known)(word.trim())).count() > words.len()) {
            drop(words);
            form.id = vec![at];
            if let Values::Columns(list) = &form.values {
                form.values = Values::Quantities(list.clone());
            }
            return;
        }
        let names = |list: &[usize]| list.iter().filter_map(|at| columns.get(*at)).map(String::as_str).collect::<Vec<_>>();
        let is_open = form.known.is_none() && self.wanted.declared.is_none_or(|declared| declared.form.is_none());
        let are_known = |list: &[usize]| is_open && form.id_is_guessed && form.quantity.is_none() && form::are_known(&names(list), self.wanted.is_known);
        form.values = match &form.values {
            Values::Columns(list) if form.known.is_none() && form::are_objects(&names(list), self.wanted.is_known) => Values::Objects(list.clone()),
            Values::Columns(list) => Values::Quantities(list.clone()),
            Values::Quantities(list) if are_known(list) => Values::Objects(list.clone()),
            Values::One(only) if are_known(&[*only]) => Values::Objects(vec![*only]),
            _ => return,
        };
        if matches!(form.values, Values::Objects(_)) {
            form.remark = form.remark.take().or(form.id.first().map(|at| (*at, Vec::new())));
            form.id.clear();
        }
    }

    /// What was understood of a table, guessed, and left out.
    pub(super) fn tell_form(&self, columns: &[String], form: &Form, teller: &mut Teller) {
        teller.push("series-recognised", Severity::Info, self.wanted.id, form.understood(columns));
        if form.instant.counted_s > 0 {
            teller.push("series-stamp-end-guessed", Severity::Info, named(columns, &form.instant.columns), "");
        }
        if form.instant.is_guessed {
            let parts: Vec<&str> = form.instant.parts.iter().map(|part| part.name()).collect();
            teller.push("series-parts-assumed", Severity::Warning, named(columns, &form.instant.columns), parts.join(", "));
        }
        if !form.aside.is_empty() {
            teller.push("series-columns-aside", Severity::Warning, named(columns, &form.aside), form.aside.len());
        }
        if let Some(name) = form.remark.as_ref().and_then(|(at, _)| columns.get(*at)) {
            teller.push("series-remarks-aside", Severity::Info, name, "");
        }
    }

    /// Which number of the dates is the month, told by all of them: a month of hours has no day above 12 among its first rows. `None` where they differ.
    pub(super) fn order_of_dates(&self, columns: &[String], table: &dyn Table, form: &Form, teller: &mut Teller) -> Option<DateOrder> {
        let mut tally = DateTally::default();
        let Some(at) = form.instant.columns.first() else { return Some(DateOrder::Day) };
        let name = columns.get(*at).map_or("", String::as_str);
        let (mut rows, mut written) = (0_usize, 0_usize);
        // What cannot be read is told when the values are.
        let _ = table.cells(&[(*at, name)], &mut |row| {
            rows += 1;
            if let Ok((_, [Some(Cell::Text(text))])) = row {
                written += usize::from(tally.add(text));
            }
            // Stamps written in another way need no second look.
            (written > 0 || rows < LOOK_ROWS) && (rows % 65_536 != 0 || !(self.wanted.cancelled)())
        });
        match tally.order() {
            Some(DateOrder::Month) => teller.push("series-dates-month-first", Severity::Info, name, tally.shown()),
            None => teller.push("series-dates-mixed", Severity::Error, name, tally.shown()),
            Some(DateOrder::Day) => {}
        }
        tally.order()
    }

    /// Whose clock stamps without an offset go by: as declared, as the header says or what stands before it, as the form is known for, else that of
    /// the place.
    pub(super) fn clock_of(&mut self, columns: &[String], form: &Form, before: &Preamble, teller: &mut Teller) {
        if self.zone_told {
            return;
        }
        let names = instants(columns, form);
        let says = |words: &[&str]| names.iter().any(|name| name.split('_').any(|word| words.contains(&word)));
        let (said, clock) = if says(&["utc", "gmt", "tu"]) {
            (names.join(", "), Clock::Hours(0))
        } else if let Some((said, clock)) = &before.clock {
            (said.clone(), *clock)
        } else {
            match form.known {
                // In universal time for the metropole, in that of the place overseas, as its producer has it.
                Some(known @ Known::MeteoFrance) => (known.name().to_owned(), if self.wanted.clock == Clock::Paris { Clock::Hours(0) } else { self.wanted.clock }),
                Some(Known::EnedisCurve) | None => return,
                // RTE and Enedis are of the metropole: elsewhere columns that are called as theirs are somebody else's. A perimeter is RTE's own word.
                Some(known) if self.wanted.clock == Clock::Paris || columns.iter().any(|name| plain_name(name) == "perimetre") => (known.name().to_owned(), Clock::Paris),
                Some(_) => return,
            }
        };
        self.wall = WallClock::new(clock);
        self.zone_told = true;
        teller.push("series-zone-guessed", Severity::Info, said, clock.name());
    }

    /// Whether stamps mark the end of their step, where nobody declares it.
    pub(super) fn ends_of(&mut self, columns: &[String], form: &Form, before: &Preamble, teller: &mut Teller) {
        let names = instants(columns, form);
        let is_end = |name: &String| ["_fin", "_end", "_fin_de_pas"].iter().any(|ending| name.ends_with(ending));
        let said = if names.iter().any(is_end) || form.known == Some(Known::EnedisCurve) { Some(names.join(", ")) } else { before.load_curve.clone() };
        if let (Some(said), None) = (said, self.wanted.declared.and_then(|declared| declared.stamp)) {
            self.ends = true;
            teller.push("series-stamp-end-guessed", Severity::Info, said, "");
        }
    }
}

fn named(columns: &[String], list: &[usize]) -> String {
    list.iter().filter_map(|at| columns.get(*at)).map(String::as_str).collect::<Vec<_>>().join(", ")
}

/// What the columns of instants are called.
fn instants(columns: &[String], form: &Form) -> Vec<String> {
    form.instant.columns.iter().filter_map(|at| columns.get(*at)).map(|name| plain_name(name)).collect()
}
