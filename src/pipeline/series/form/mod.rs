//! How a table holds its series: told by a declaration, by the names of its columns, and by a look at its first rows.
//!
//! | module | does |
//! |---|---|
//! | [`look`] | the first rows, column by column |
//! | [`names`] | what columns are called |
//! | [`instant`] | the columns of instants |
//! | [`object`] | those that say whose a row is |
//! | [`known`] | forms that are known by name |
//! | [`aside`] | what is not read |

mod aside;
mod instant;
mod known;
mod look;
mod names;
mod object;

pub use instant::Instants;
pub use known::Known;
pub use look::{Look, text_of};
pub use object::{are_known, are_objects};

use super::declared::{DeclaredSeries, FormName};
use crate::formats::series::day::{day_columns, month_columns};
use crate::formats::series::plain_name;
use crate::formats::series::stamp::{Precision, Stamp};
use crate::formats::series::unit::Unit;
use aside::aside;
use instant::{instant_of, instants_in_headers, is_part, repeats, wall_rows};
use known::known;
use names::{POINTS, QUANTITIES, UNITS, VALUES};
use object::{id_of, part_of_object};
use std::collections::{BTreeMap, BTreeSet};

/// Distances that may be even by more than chance.
const FEWEST_GAPS: usize = 6;

/// Where things stand in a table; places in its list of columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    pub instant: Instants,
    /// Date and hour of the wall clock beside stamps that say their offset: an hour that the clock leaves out is a row that says nothing.
    pub wall: Option<[usize; 2]>,
    /// What the first rows say of it: seconds of the wall clock, and of their stamp in UTC.
    pub wall_rows: Vec<[i64; 2]>,
    /// Joined where there are several; none for a table of one object.
    pub id: Vec<usize>,
    pub quantity: Option<usize>,
    pub unit: Option<usize>,
    pub points: Option<usize>,
    pub values: Values,
    /// Whose form it is.
    pub known: Option<Known>,
    /// The id is the only column of words there is, and nothing else says that it is one.
    pub id_is_guessed: bool,
    /// A column of words that says something of its row, and is not read; with some of them.
    pub remark: Option<(usize, Vec<String>)>,
    /// Columns that hold values or parts of dates and are not read.
    pub aside: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    One(usize),
    Objects(Vec<usize>),
    Quantities(Vec<usize>),
    /// Objects or quantities: the ids of the territory's objects tell.
    Columns(Vec<usize>),
    Instants(Vec<(usize, Stamp)>),
    Hours(Hours),
}

/// How columns count the steps of their row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Seconds that the clock shows after the midnight of a day.
    Clock,
    /// Seconds that have passed since then: there is a 25th hour.
    Elapsed,
    /// Months of a year, from 0.
    Months,
}

/// Steps of the days that rows are, or months of their years.
#[derive(Clone, Debug, PartialEq)]
pub struct Hours {
    pub counted: Counted,
    /// Column, and seconds after midnight or month; one quantity after the other.
    pub columns: Vec<(usize, i64)>,
    /// What is told by months, each by as many columns, where there are several in one table: `elec_jan …`, `gaz_jan …`.
    pub quantities: Vec<String>,
    /// How far a step begins before that.
    pub ends_s: i64,
    /// Columns of other values, which are left aside.
    pub beside: Vec<usize>,
}

impl Form {
    pub fn name(&self) -> &'static str {
        match self.values {
            Values::One(_) => FormName::Long,
            Values::Objects(_) => FormName::Objects,
            Values::Quantities(_) | Values::Columns(_) => FormName::Quantities,
            Values::Instants(_) => FormName::Instants,
            Values::Hours(_) => FormName::Hours,
        }
        .name()
    }

    /// `long, id = cleabs, instant = horodate`, for the person who wonders what was understood.
    pub fn understood(&self, columns: &[String]) -> String {
        let names = |list: &[usize]| list.iter().filter_map(|at| columns.get(*at)).cloned().collect::<Vec<_>>().join(" + ");
        let mut parts = vec![self.known.map_or_else(|| self.name().to_owned(), |known| format!("{} ({})", self.name(), known.name()))];
        for (what, list) in [("id", &self.id), ("instant", &self.instant.columns)] {
            if !list.is_empty() {
                parts.push(format!("{what} = {}", names(list)));
            }
        }
        parts.join(", ")
    }

    /// All columns that are read, each once.
    pub fn columns(&self) -> Vec<usize> {
        let values: Vec<usize> = match &self.values {
            Values::One(at) => vec![*at],
            Values::Objects(list) | Values::Quantities(list) | Values::Columns(list) => list.clone(),
            Values::Instants(list) => list.iter().map(|(at, _)| *at).collect(),
            Values::Hours(hours) => hours.columns.iter().map(|(at, _)| *at).collect(),
        };
        let mut columns: Vec<usize> = Vec::new();
        let mut seen = BTreeSet::new();
        let others = self.instant.columns.iter().chain(&self.id).chain(self.wall.iter().flatten()).copied();
        for at in others.chain([self.quantity, self.unit, self.points].into_iter().flatten()).chain(values) {
            if seen.insert(at) {
                columns.push(at);
            }
        }
        columns
    }
}

/// Why a table is none of series.
#[derive(Debug)]
pub enum NoSeries {
    /// A declaration names this column, and the table has none that is called so.
    Missing(String),
    /// It has values beside dates, in these columns, and nobody says that they are series; they are at no even distance.
    Irregular(String),
    /// None of its rows can be read.
    Unreadable(String),
    Other,
}

/// The form of a table as declared and as it looks.
///
/// # Errors
/// Why it holds no series.
pub fn recognise(look: &Look, declared: Option<&DeclaredSeries>) -> Result<Form, NoSeries> {
    form_of(look, declared).map_err(|why| match (why, &look.fault) {
        (NoSeries::Irregular(_) | NoSeries::Other, Some(reason)) => NoSeries::Unreadable(reason.clone()),
        (why, _) => why,
    })
}

fn form_of(look: &Look, declared: Option<&DeclaredSeries>) -> Result<Form, NoSeries> {
    let place = |name: &String| look.place(name).ok_or_else(|| NoSeries::Missing(name.clone()));
    let columns = declared.map(|declared| declared.columns.clone()).unwrap_or_default();
    let wanted = declared.and_then(|declared| declared.form);
    let told_values: Vec<usize> = columns.value.iter().map(place).collect::<Result<_, _>>()?;
    let told_id: Vec<usize> = columns.id.iter().map(place).collect::<Result<_, _>>()?;
    let told_instant: Vec<usize> = columns.instant.iter().map(place).collect::<Result<_, _>>()?;
    let quantity = columns.quantity.as_ref().map(place).transpose()?;
    let unit = columns.unit.as_ref().map(place).transpose()?;
    let points = columns.points.as_ref().map(place).transpose()?;
    let instants = if told_instant.is_empty() && wanted.is_none_or(|form| form == FormName::Instants) {
        instants_in_headers(look, &told_values, wanted.is_some())
    } else {
        Vec::new()
    };
    let (instant, wall, values) = if !instants.is_empty() {
        (Instants::default(), None, Values::Instants(instants))
    } else if told_instant.is_empty() {
        let (instant, wall) = instant_of(look).ok_or(NoSeries::Other)?;
        (instant, wall, Values::Columns(told_values.clone()))
    } else {
        (Instants::told(look, &told_instant), None, Values::Columns(told_values.clone()))
    };
    let mut form = Form { instant, wall, wall_rows: Vec::new(), id: told_id, quantity, unit, points, values, known: None, id_is_guessed: false, remark: None, aside: Vec::new() };
    if declared.is_none_or(|declared| declared.stamp.is_none()) {
        form.instant = form.instant.with_counted(look);
    }
    form.wall_rows = wall_rows(look, &form);
    form.quantity = form.quantity.or_else(|| look.named(QUANTITIES).filter(|at| !look.is_number(*at)));
    form.unit = form.unit.or_else(|| look.named(UNITS));
    form.points = form.points.or_else(|| look.named(POINTS));
    if form.id.is_empty() {
        let whose = id_of(look, &form);
        (form.id, form.id_is_guessed, form.remark) = (whose.id, whose.is_guessed, whose.remark);
    }
    if form.quantity.is_none() {
        form.quantity = part_of_object(look, &form);
    }
    if matches!(form.values, Values::Instants(_)) {
        form.aside = aside(look, &form, !told_values.is_empty());
        return Ok(form);
    }
    form.values = values_of(look, &form, wanted).ok_or(NoSeries::Other)?;
    form.known = known(look);
    if form.known == Some(Known::EnedisAggregates) && form.points.is_none() {
        form.points = look.plain.iter().position(|name| name.starts_with("nb_points"));
    }
    form.aside = aside(look, &form, !told_values.is_empty());
    if declared.is_some() || plausible(look, &form) {
        return Ok(form);
    }
    let names: Vec<&str> = form.instant.columns.iter().filter_map(|at| look.columns.get(*at)).map(String::as_str).collect();
    Err(NoSeries::Irregular(names.join(", ")))
}

/// Whether a column is called a value, with or without its unit.
fn is_called_value(look: &Look, at: usize) -> bool {
    let is_so = |plain: &str| VALUES.contains(&plain);
    let without_unit = || Unit::in_header(look.columns.get(at)?).map(|(_, rest)| plain_name(&rest));
    look.plain.get(at).is_some_and(|plain| is_so(plain)) || without_unit().is_some_and(|rest| is_so(&rest))
}

fn values_of(look: &Look, form: &Form, wanted: Option<FormName>) -> Option<Values> {
    let told = match &form.values {
        Values::Columns(told) => told.clone(),
        _ => Vec::new(),
    };
    let free = |at: &usize| !form.instant.columns.contains(at) && !form.id.contains(at) && form.quantity != Some(*at) && form.unit != Some(*at) && form.points != Some(*at);
    if wanted.is_none_or(|wanted| wanted == FormName::Hours)
        && let Some(hours) = hours_of(look, form, &told, &free)
    {
        return Some(Values::Hours(hours));
    }
    let named_value = || (0..look.columns.len()).find(|at| is_called_value(look, *at));
    let list = |is_one: &dyn Fn(usize) -> bool| (0..look.columns.len()).filter(free).filter(|at| is_one(*at)).collect::<Vec<usize>>();
    let is_of_a_date = |at: usize| is_part(look, at) || repeats(look, &form.instant, at);
    // A column with a unit in its name is one of values also where it is empty at first.
    let numbers = if told.is_empty() { list(&|at| look.is_value(at) && !is_of_a_date(at) || look.is_empty_value(at, false)) } else { told.clone() };
    let one = match (told.as_slice(), wanted) {
        ([only], None | Some(FormName::Long)) => Some(*only),
        (_, Some(FormName::Long)) => named_value().or(numbers.first().copied()),
        ([], None) => named_value().filter(free).or(match numbers.as_slice() {
            [only] if form.quantity.is_some() || !form.id.is_empty() => Some(*only),
            _ => None,
        }),
        _ => None,
    };
    if let Some(at) = one {
        return Some(Values::One(at));
    }
    // Numbers that look like parts of a date are values where there are no others.
    let numbers = if numbers.is_empty() { list(&|at| look.is_value(at) && !repeats(look, &form.instant, at)) } else { numbers };
    if numbers.is_empty() {
        return None;
    }
    // A station lacks most of what stations may measure.
    let alike = form.id.is_empty() || known(look).is_some_and(|known| known != Known::MeteoFrance) || wanted.is_some();
    let more = if told.is_empty() { list(&|at| look.is_value(at) && !is_of_a_date(at) || look.is_empty_value(at, alike)) } else { told };
    let numbers = if more.is_empty() { numbers } else { more };
    Some(match wanted {
        Some(FormName::Objects) => Values::Objects(numbers),
        Some(_) => Values::Quantities(numbers),
        None if !form.id.is_empty() => Values::Quantities(numbers),
        None => Values::Columns(numbers),
    })
}

/// Columns that are the steps of the days that rows are, or the months of their years.
fn hours_of(look: &Look, form: &Form, told: &[usize], free: &dyn Fn(&usize) -> bool) -> Option<Hours> {
    let stamps: Vec<Stamp> = look.rows.iter().filter_map(|row| look.stamp(row, &form.instant)).collect();
    let years = stamps.iter().filter(|stamp| stamp.precision == Precision::Year).count();
    // Some programs write the midnight of a day.
    let days = stamps.iter().filter(|stamp| stamp.precision == Precision::Day || stamp.precision == Precision::Time && !stamp.absolute && stamp.seconds % 86_400 == 0).count();
    if stamps.is_empty() || 10 * days.max(years) < 9 * stamps.len() {
        return None;
    }
    let of_values = |at: &usize| look.is_number(*at) || look.seen(*at).filled == 0;
    let columns: Vec<usize> = (0..look.columns.len()).filter(|at| if told.is_empty() { free(at) && of_values(at) } else { told.contains(at) }).collect();
    let names: Vec<&str> = columns.iter().filter_map(|at| look.columns.get(*at)).map(String::as_str).collect();
    let (marks, ends_s, counted, quantities) = if years > days {
        let years = month_columns(&names);
        let quantities = if years.len() > 1 { years.iter().map(|(name, _)| name.clone()).collect() } else { Vec::new() };
        let marks: Vec<(usize, i64)> = years.into_iter().flat_map(|(_, list)| list).collect();
        if marks.is_empty() {
            return None;
        }
        (marks, 0, Counted::Months, quantities)
    } else {
        let day = day_columns(&names)?;
        (day.marks, day.ends_s, if day.elapsed { Counted::Elapsed } else { Counted::Clock }, Vec::new())
    };
    let hours: Vec<(usize, i64)> = marks.iter().filter_map(|(at, mark)| Some((*columns.get(*at)?, *mark))).collect();
    let beside = columns.into_iter().filter(|at| look.is_value(*at) && !hours.iter().any(|(hour, _)| hour == at)).collect();
    Some(Hours { counted, columns: hours, quantities, ends_s, beside })
}

/// Whether a table that nobody declared is one of series and no register with a date in each row.
fn plausible(look: &Look, form: &Form) -> bool {
    let mut stamps: BTreeSet<i64> = BTreeSet::new();
    let (mut by_id, mut rows): (BTreeMap<String, BTreeSet<i64>>, usize) = (BTreeMap::new(), 0);
    let mut finest = Precision::Year;
    for row in &look.rows {
        let Some(stamp) = look.stamp(row, &form.instant) else { continue };
        finest = finest.max(stamp.precision);
        stamps.insert(stamp.seconds);
        by_id.entry(form.id.iter().map(|at| look.text(row, *at)).collect::<Vec<_>>().join("\n")).or_default().insert(stamp.seconds);
        rows += 1;
    }
    let repeated = form.id.is_empty() || by_id.len() < rows;
    let is_regular = || repeated && (is_regular(&stamps, finest) || are_even(&by_id, finest));
    if matches!(form.values, Values::Hours(_)) {
        return true;
    }
    let Values::One(value) = form.values else { return form.known.is_some() || stamps.len() > 1 && is_regular() };
    let named_value = is_called_value(look, value);
    if stamps.len() < 2 {
        // Meters deliver hour after hour: all that is looked at may be of one. A register's dates have no time of day.
        let is_measured = || finest == Precision::Time && look.columns.get(value).is_some_and(|name| Unit::parse(name).is_some() || Unit::in_header(name).is_some());
        return form.known.is_some() || rows > 0 && (named_value || is_measured());
    }
    form.known.is_some() || named_value || is_regular()
}

/// Measurements come at equal distances; births, contracts and works do not.
fn is_regular(stamps: &BTreeSet<i64>, finest: Precision) -> bool {
    let gaps: Vec<i64> = stamps.iter().zip(stamps.iter().skip(1)).map(|(a, b)| b - a).collect();
    let shortest = gaps.iter().copied().min().unwrap_or(1).max(1);
    let near = |gap: &&i64| match finest {
        Precision::Time => **gap % shortest == 0,
        // Months and years are not all as long.
        _ => (10 * **gap) <= 12 * shortest.max(86_400),
    };
    10 * gaps.iter().filter(near).count() >= 6 * gaps.len()
}

/// The same object by object, for loggers that waver, days of 23 hours and objects that are measured on other days: most distances are nearly the usual one,
/// or a multiple of it where they are of hours. All dates are multiples of a day.
fn are_even(by_id: &BTreeMap<String, BTreeSet<i64>>, finest: Precision) -> bool {
    let mut gaps: Vec<i64> = by_id.values().flat_map(|stamps| stamps.iter().zip(stamps.iter().skip(1)).map(|(a, b)| b - a)).collect();
    gaps.sort_unstable();
    let Some(usual) = gaps.get(gaps.len() / 2).copied() else { return false };
    let near = |gap: &&i64| {
        let off = if finest == Precision::Time { (**gap + usual / 2).rem_euclid(usual) - usual / 2 } else { **gap - usual };
        **gap > usual / 2 && 10 * off.abs() <= usual
    };
    gaps.len() >= FEWEST_GAPS && 10 * gaps.iter().filter(near).count() >= 8 * gaps.len()
}
