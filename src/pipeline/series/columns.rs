//! The columns of one table of series: where each thing stands, in which unit, and what a row says of its instant and quantity.

use super::axis::Stamps;
use super::declared::DeclaredSeries;
use super::form::{Counted, Form, Instants, Known, Values, text_of};
use super::intake::{At, Intake};
use super::tell::Teller;
use crate::base::Severity;
use crate::formats::series::plain_name;
use crate::formats::series::preamble::Preamble;
use crate::formats::series::stamp::{DateOrder, Precision, Stamp, hour_of_day, time_of_day};
use crate::formats::series::unit::Unit;
use crate::pipeline::sources::record::Cell;
use std::collections::BTreeMap;

/// Fewer points than this are a secret, unless somebody says otherwise.
const SECRET_BELOW: f64 = 10.0;

/// Where what is read stands among the cells that are handed out.
pub(super) struct ColumnPlan {
    pub instant: Instants,
    pub wall: Option<[usize; 2]>,
    pub id: Vec<usize>,
    pub quantity: Option<usize>,
    pub unit: Option<usize>,
    pub points: Option<usize>,
    pub values: PlannedValues,
    /// The only row, where no column names one.
    pub constant: Option<u32>,
    pub secret_below: f64,
    /// Which number of a date is the month.
    order: DateOrder,
    /// Quantity and unit of a table that does not say them row by row.
    pub usual: (String, String),
    pub declared_unit: Option<String>,
}

pub(super) enum PlannedValues {
    One(usize),
    /// Cell, quantity.
    Slots(Vec<(usize, u16)>),
    /// Cell, object, quantity.
    Rows(Vec<(usize, u32, u16)>),
    /// Cell, instant; none for hours that there are not.
    Instants(Vec<(usize, Option<At>)>),
    /// Cell, how far into the day or the year of its row, and its quantity where there are several.
    Hours(Counted, Vec<(usize, i64, Option<u16>)>),
}

impl ColumnPlan {
    pub fn new(intake: &mut Intake, columns: &[String], form: &Form, before: &Preamble, dates: DateOrder, teller: &mut Teller) -> Self {
        let order = form.columns();
        let place = |at: usize| order.iter().position(|known| *known == at).unwrap_or(usize::MAX);
        let name = |at: usize| columns.get(at).map_or("", String::as_str);
        let declared = intake.wanted.declared;
        let declared_unit = declared.and_then(|declared| declared.unit.clone());
        let secret_below = declared.and_then(|declared| declared.secret_below).map_or(SECRET_BELOW, f64::from);
        let objects = matches!(form.values, Values::Objects(_));
        // A delivery point tells tables apart; of one alone it tells no more than whose it is, unless the territory has it.
        let point = before.point.as_deref().filter(|point| !intake.wanted.is_alone || (intake.wanted.is_known)(point));
        let constant = (form.id.is_empty() && !objects).then(|| intake.intern(point.unwrap_or(intake.wanted.id), teller)).flatten();
        // A unit before a table of several quantities is that of one of them at most.
        let is_shared = !matches!(&form.values, Values::Quantities(list) | Values::Columns(list) if list.len() > 1);
        let mut units = Units { declared, all: declared_unit.clone(), known: form.known, before: before.unit.clone().filter(|_| is_shared), guessed: BTreeMap::new() };
        let mut usual = (String::new(), String::new());
        let values = match &form.values {
            Values::One(at) => {
                let (quantity, unit) = if form.unit.is_some() { (name(*at).to_owned(), String::new()) } else { units.of(name(*at), teller) };
                // A column called `value` says nothing of what is measured.
                let quantity = if form.quantity.is_some() || Unit::alone(&quantity).is_some() || ["value", "valeur", "result", "val"].contains(&plain_name(&quantity).as_str()) { String::new() } else { quantity };
                usual = (quantity, unit);
                PlannedValues::One(place(*at))
            }
            Values::Objects(list) => PlannedValues::Rows(
                list.iter()
                    .filter_map(|at| {
                        let (object, unit) = units.of(name(*at), teller);
                        // An id may end as a unit does.
                        let object = if (intake.wanted.is_known)(name(*at)) { name(*at).trim().to_owned() } else { object };
                        Some((place(*at), intake.intern(&object, teller)?, intake.slot("", &unit, false, teller)?))
                    })
                    .collect(),
            ),
            Values::Quantities(list) | Values::Columns(list) => {
                let mut named: Vec<(usize, String, String)> = Vec::with_capacity(list.len());
                for at in list {
                    let (quantity, unit) = units.of(name(*at), teller);
                    named.push((*at, quantity, unit));
                }
                let hours = named.iter().filter(|(at, ..)| time_of_day(name(*at)).is_some()).count();
                if hours > 1 {
                    teller.push("series-hours-as-columns", Severity::Warning, name(named.first().map_or(0, |(at, ..)| *at)), hours);
                }
                apart(&mut named, &name);
                PlannedValues::Slots(named.into_iter().filter_map(|(at, quantity, unit)| Some((place(at), intake.slot(&quantity, &unit, false, teller)?))).collect())
            }
            Values::Instants(list) => {
                usual.1 = units.of("", teller).1;
                // Rows of such a table share all their stamps; they are counted once, as those of one object of their own.
                let lane = 0;
                if intake.lanes.is_empty() {
                    intake.lanes.push(Stamps::default());
                }
                let track = intake.track(u32::MAX, lane);
                let stamps = list
                    .iter()
                    .map(|(at, stamp)| {
                        let found = intake.resolve(*stamp);
                        intake.assume_zone(*stamp, teller);
                        let at_instant = match found {
                            None => {
                                teller.note("series-hour-nonexistent", Severity::Warning, || name(*at).to_owned(), || name(*at).to_owned());
                                None
                            }
                            Some((first, second)) => {
                                intake.count(lane, track, first, *stamp, second.is_some());
                                match second {
                                    None => Some(At { seconds: first, precision: stamp.precision, met: 0, among: 0 }),
                                    Some(second) => intake.double(track, first, second, teller),
                                }
                            }
                        };
                        (place(*at), at_instant)
                    })
                    .collect();
                PlannedValues::Instants(stamps)
            }
            Values::Hours(hours) => {
                let names = |of: &[usize]| of.iter().map(|at| name(*at)).collect::<Vec<_>>().join(", ");
                let each = hours.columns.len() / hours.quantities.len().max(1);
                let mut slots: Vec<Option<u16>> = Vec::new();
                let mut between = String::new();
                let code = if hours.counted == Counted::Months { "series-months-read" } else { "series-hours-read" };
                for (number, part) in hours.columns.chunks(each.max(1)).enumerate() {
                    between = [part.first(), part.last()].map(|column| column.map_or("", |(at, _)| name(*at))).join(" … ");
                    let unit = part.first().map(|(at, _)| units.of(name(*at), teller).1).unwrap_or_default();
                    teller.push(code, Severity::Info, &between, part.len());
                    let slot = hours.quantities.get(number).and_then(|quantity| intake.slot(quantity, &unit, false, teller));
                    slots.extend(std::iter::repeat_n(slot, part.len()));
                    usual.1 = unit;
                }
                if !hours.beside.is_empty() {
                    teller.push("series-hours-beside", Severity::Info, names(&hours.beside), hours.beside.len());
                }
                // Who says which end a stamp marks means these too.
                let ends_s = if declared.is_some_and(|declared| declared.stamp.is_some()) { 0 } else { hours.ends_s };
                if ends_s > 0 {
                    teller.push("series-stamp-end-guessed", Severity::Info, &between, "");
                }
                let mut planned: Vec<(usize, i64, Option<u16>)> = hours.columns.iter().zip(slots).map(|((at, mark_s), slot)| (place(*at), mark_s - ends_s, slot)).collect();
                // In the order of time, whatever stands in a row.
                planned.sort_by_key(|(_, mark_s, _)| *mark_s);
                PlannedValues::Hours(hours.counted, planned)
            }
        };
        for (unit, names) in units.guessed {
            match form.known {
                // Two words are little to go by.
                Some(Known::EnedisCurve) => teller.push("series-curve-assumed", Severity::Warning, columns.join(" ; "), unit),
                _ => teller.push("series-unit-guessed", Severity::Info, names, unit),
            }
        }
        Self {
            instant: Instants { columns: form.instant.columns.iter().map(|at| place(*at)).collect(), ..form.instant.clone() },
            wall: form.wall.filter(|_| is_local(intake, &form.wall_rows)).map(|wall| wall.map(place)),
            id: form.id.iter().map(|at| place(*at)).collect(),
            quantity: form.quantity.map(place),
            unit: form.unit.map(place),
            points: form.points.map(place),
            values,
            constant,
            secret_below,
            order: dates,
            usual,
            declared_unit,
        }
    }

    pub fn stamp(&self, cells: &[Option<Cell>]) -> Option<Stamp> {
        self.instant.stamp(self.order, |at| match cells.get(at).and_then(Option::as_ref) {
            Some(Cell::Text(text)) => text.as_str().into(),
            Some(other) => text_of(other).into(),
            None => "".into(),
        })
    }

    pub fn stamp_text(&self, cells: &[Option<Cell>]) -> String {
        let texts = self.wall.as_ref().map_or(self.instant.columns.as_slice(), |wall| wall.as_slice()).iter();
        texts.filter_map(|at| cells.get(*at)?.as_ref().map(text_of)).collect::<Vec<_>>().join(" ")
    }

    /// The hour that the wall clock showed, beside a stamp with an offset.
    pub fn wall_hour(&self, cells: &[Option<Cell>]) -> Option<i64> {
        let [date, hour] = self.wall?;
        let (Cell::Text(date), Cell::Text(hour)) = (cells.get(date)?.as_ref()?, cells.get(hour)?.as_ref()?) else { return None };
        let date = Stamp::parse(date).filter(|stamp| stamp.precision == Precision::Day)?;
        Some(date.seconds + hour_of_day(hour)?.0)
    }

    /// The slot of a row in long form.
    pub fn slot_of_row(&self, intake: &mut Intake, cells: &[Option<Cell>], teller: &mut Teller) -> Option<u16> {
        let text = |at: Option<usize>| at.and_then(|at| cells.get(at)).and_then(Option::as_ref).map(text_of);
        let quantity = text(self.quantity).map_or_else(|| self.usual.0.clone(), |text| text.trim().to_owned());
        let unit = match text(self.unit) {
            Some(unit) => unit,
            None => self.declared_unit.clone().unwrap_or_else(|| self.usual.1.clone()),
        };
        if let Some((known_quantity, known_unit, slot)) = &intake.last_slot
            && *known_quantity == quantity
            && *known_unit == unit
        {
            return *slot;
        }
        let slot = intake.slot(&quantity, &unit, self.quantity.is_some() && !matches!(self.values, PlannedValues::Instants(_)), teller);
        intake.last_slot = Some((quantity, unit, slot));
        slot
    }
}

/// Whether columns of date and hour show the clock of the place, and not that of their stamps: UTC has all hours.
fn is_local(intake: &mut Intake, rows: &[[i64; 2]]) -> bool {
    let mut agree = |[wall, stamp]: &[i64; 2]| {
        let shown = intake.resolve(Stamp { seconds: *wall, absolute: false, precision: Precision::Time });
        shown.is_some_and(|(first, second)| first == *stamp || second == Some(*stamp))
    };
    2 * rows.iter().filter(|row| agree(row)).count() > rows.len()
}

/// Two columns of one table are two quantities: where they differ only in their unit, the whole header tells them apart, then their number.
fn apart<'a>(named: &mut [(usize, String, String)], name: &dyn Fn(usize) -> &'a str) {
    if let [(_, quantity, _)] = named
        && Unit::alone(quantity).is_some()
    {
        quantity.clear();
        return;
    }
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (_, quantity, _) in named.iter() {
        *counts.entry(quantity.clone()).or_default() += 1;
    }
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for (at, quantity, _) in named.iter_mut().filter(|(_, quantity, _)| counts.get(quantity).is_some_and(|count| *count > 1)) {
        *quantity = name(*at).trim().to_owned();
        let number = met.entry(quantity.clone()).or_default();
        *number += 1;
        if *number > 1 {
            *quantity = format!("{quantity} {number}");
        }
    }
}

/// Units of columns: as declared, as the header says, as the form is known for.
struct Units<'a> {
    declared: Option<&'a DeclaredSeries>,
    all: Option<String>,
    known: Option<Known>,
    /// What stands before the table, and how that is called.
    before: Option<(String, &'static str)>,
    /// Unit → columns.
    guessed: BTreeMap<String, String>,
}

impl Units<'_> {
    /// What a column is called without its unit, and that unit.
    fn of(&mut self, header: &str, teller: &mut Teller) -> (String, String) {
        let header = header.trim();
        let found = Unit::in_header(header);
        let name = found.as_ref().map_or_else(|| header.to_owned(), |(_, rest)| rest.clone());
        let by_column = self.declared.and_then(|declared| declared.units.iter().find(|(column, _)| column.eq_ignore_ascii_case(header) || column.eq_ignore_ascii_case(&name)));
        if let Some(told) = by_column.map(|(_, unit)| unit.clone()).or_else(|| self.all.clone()) {
            // A column may be called as its unit is.
            let said = found.map(|(unit, _)| unit).or_else(|| Unit::alone(header));
            if let Some(unit) = said
                && Unit::parse(&told).is_some_and(|told| told.symbol != unit.symbol)
            {
                teller.push("series-unit-contradicted", Severity::Warning, header, format!("{} ≠ {told}", unit.symbol));
            }
            return (name, told);
        }
        let unit = match (found, self.known) {
            (Some((unit, _)), _) => unit.symbol,
            (None, Some(known)) => known_unit(known, &plain_name(header)),
            (None, None) => Unit::alone(header).map_or("", |unit| unit.symbol),
        };
        let (unit, said) = match &self.before {
            Some((said, symbol)) if unit.is_empty() => (*symbol, said.as_str()),
            _ => (unit, header),
        };
        if !unit.is_empty() {
            let columns = self.guessed.entry(unit.to_owned()).or_default();
            // A few names tell; a table may have thousands.
            if columns.len() < 120 && columns != said {
                *columns = [columns.as_str(), said].iter().filter(|text| !text.is_empty()).copied().collect::<Vec<_>>().join(", ");
            }
        }
        (name, unit.to_owned())
    }
}

/// Units that a form's own documentation states.
fn known_unit(known: Known, column: &str) -> &'static str {
    match known {
        Known::Eco2mix if column.starts_with("tco_") || column.starts_with("tch_") => "%",
        Known::Eco2mix if column.starts_with("taux_co2") || column.starts_with("taux_de_co2") => "g/kWh",
        Known::Eco2mix => "MW",
        Known::EnedisProfiles if column.starts_with("coefficient") => "1",
        Known::EnedisAggregates if column.starts_with("courbe_moyenne") || column.contains("energie") => "Wh",
        Known::EnedisCurve => "W",
        Known::EnedisProfiles | Known::EnedisAggregates => "",
        Known::MeteoFrance => match column {
            "t" | "td" | "tn" | "tx" | "tm" | "tntxm" | "t10" | "t20" | "t50" | "t100" | "tnsol" | "tn50" | "tchaussee" => "°C",
            "rr1" | "rr" => "mm",
            "ff" | "ff2" | "ffm" | "fxy" | "fxy2" | "fxi" | "fxi2" | "fxi3s" => "m/s",
            "u" | "un" | "ux" | "um" => "%",
            "pmer" | "pstat" | "pmermin" | "tsv" => "hPa",
            _ => "",
        },
    }
}
