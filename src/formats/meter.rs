//! A household's own meter file: a table as text with one column of instants and one of power or energy.
//!
//! Understood are Enedis' download ("courbe de charge": lines of description, then `Horodate;Valeur`, stamped at the end of the step) and any CSV whose head names them: `kw`, `kwh`, `w`, `wh` in the column's name or in brackets, or in lines before the table, which are read as the importer of series does ([`super::series::preamble`]). Without a unit, values are watts where the file is Enedis' own and kilowatts otherwise.
//! Power is a mean over the step; energy is divided by it. The step is the one that most neighbours have; what is not there is no data.

use super::Fault;
use super::csv::{self, Dialect, Records, sniff};
use super::decimals::{self, written_number};
use super::series::day::{day_columns, shown_after};
use super::series::plain_name;
use super::series::preamble::Preamble;
use super::series::stamp::{DateOrder, DateTally, Stamp};
use crate::base::Clock;
use std::collections::BTreeMap;

/// Ten years of ten minutes.
pub const MAX_ROWS: usize = 600_000;
/// Shortest and longest step that is a load curve, seconds.
const STEP_S: std::ops::RangeInclusive<i64> = 60..=86_400;

/// Mean power by step.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    pub step_s: i64,
    /// Begin of the step and kW; stamps without an offset count as the wall clock's, `absolute` tells.
    pub kw: Vec<(i64, f64)>,
    pub absolute: bool,
    /// Rows without a readable stamp or value, and those of a stamp that was there before.
    pub unreadable: usize,
    pub doubled: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Unit {
    Watt,
    Kilowatt,
    WattHour,
    KilowattHour,
}

/// Which number of the dates is the month; where they differ the day comes first, as in France.
fn order_of_dates(body: &[u8], dialect: &Dialect, time: usize) -> DateOrder {
    let mut tally = DateTally::default();
    let Ok(mut records) = Records::of(body, dialect) else { return DateOrder::default() };
    while let Ok(Some(fields)) = records.next() {
        if let Some(field) = fields.ok().as_ref().and_then(|fields| fields.get(time)) {
            tally.add(&String::from_utf8_lossy(field));
        }
    }
    tally.order().unwrap_or_default()
}

/// # Errors
/// `meter-no-table`, `meter-columns` without a column of instants and one of values, `meter-empty` with fewer than two readable rows, `meter-limit`;
/// `meter-doubled`, `meter-counter` and `meter-unit` for what would be read as a load that it is not.
pub fn read(bytes: &[u8]) -> Result<Meter, Fault> {
    let (before, body) = parts(bytes);
    let dialect = sniff(body).ok_or_else(|| Fault::new("meter-no-table", "", ""))?;
    let lines = if before.is_empty() { csv::before(body, &dialect) } else { csv::before(before, &Dialect { before: MOST_BEFORE, delimiter: b';', ..dialect }) };
    let told = Preamble::of(&lines);
    if let Some(kind) = told.other_kind.as_deref().filter(|kind| NO_CURVES.iter().any(|word| plain_name(kind).contains(word))) {
        return Err(Fault::new("meter-columns", "", kind));
    }
    let mut records = Records::of(body, &dialect).map_err(|error| Fault::new("meter-no-table", "", error))?;
    let text = |field: &Vec<u8>| String::from_utf8_lossy(field).trim().to_owned();
    let mut next = || records.next().ok().flatten();
    let head: Vec<String> = match next() {
        Some(Ok(fields)) => fields.iter().map(text).collect(),
        _ => return Err(Fault::new("meter-no-table", "", "")),
    };
    let enedis = told.load_curve.is_some() || told.other_kind.is_none() && head.iter().any(|name| name.eq_ignore_ascii_case("horodate"));
    let names: Vec<String> = head.iter().map(|name| name.to_lowercase()).collect();
    let time = names.iter().position(|name| TIME_NAMES.iter().any(|known| name.starts_with(known))).unwrap_or(0);
    // A row may be a day, with a column for each of its steps.
    let of_day = day_columns(&head.iter().map(String::as_str).collect::<Vec<&str>>());
    // A date may have its hour in a column of its own.
    let hour = names.iter().enumerate().position(|(at, name)| at != time && unit_in(name).is_none() && of_day.is_none() && HOUR_NAMES.iter().any(|known| name.starts_with(known)));
    let values = of_day.as_ref().map_or_else(|| values_in(&names, time, hour), |day| day.marks.iter().map(|(at, _)| *at).collect());
    let first = *values.first().ok_or_else(|| Fault::new("meter-columns", "", head.join(", ")))?;
    let in_head = names.get(first).and_then(|name| unit_in(name));
    let said = match (in_head, &told.unit) {
        (None, Some((_, symbol))) => Some(unit_in(&symbol.to_lowercase()).ok_or_else(|| Fault::new("meter-columns", "", symbol))?),
        _ => in_head,
    };
    let unit = said.unwrap_or(if enedis { Unit::Watt } else { Unit::Kilowatt });
    let marks = decimals::marks(body, &dialect, false);
    let order = order_of_dates(body, &dialect, time);
    let mut rows: BTreeMap<i64, f64> = BTreeMap::new();
    let (mut unreadable, mut doubled, mut absolute) = (0, 0, true);
    while let Some(record) = next() {
        if rows.len() >= MAX_ROWS {
            return Err(Fault::new("meter-limit", "", MAX_ROWS));
        }
        let fields: Vec<String> = record.map(|fields| fields.iter().map(text).collect()).unwrap_or_default();
        let day = fields.get(time).map(String::as_str).unwrap_or_default();
        let with_hour = hour.and_then(|hour| Stamp::parse_as(&format!("{day} {}", fields.get(hour)?), order));
        let stamp = with_hour.or_else(|| Stamp::parse_as(day, order));
        let number_of = |at: &usize| fields.get(*at).and_then(|text| written_number(text, marks.get(*at).copied().unwrap_or_default()).or_else(|| text.parse().ok())).filter(|x: &f64| x.is_finite());
        let mut keep = |after_s: i64, number: Option<f64>| match (stamp, number) {
            (Some(stamp), Some(number)) => {
                absolute &= stamp.absolute;
                // The first of a stamp counts: a wall clock shows an hour of autumn twice.
                let at = stamp.seconds + after_s;
                if rows.contains_key(&at) { doubled += 1 } else { rows.insert(at, number); }
            }
            _ => unreadable += 1,
        };
        match &of_day {
            Some(day) => day.marks.iter().for_each(|(at, mark_s)| {
                let after_s = mark_s - day.ends_s;
                // Hours that are counted as they pass are those of the metropole: overseas no clock is set, and all say the same.
                let shown = stamp.filter(|_| day.elapsed).map_or(Some(after_s), |stamp| shown_after(Clock::Paris, stamp.seconds, after_s));
                if let Some(after_s) = shown {
                    keep(after_s, number_of(at));
                }
            }),
            None => keep(0, values.iter().map(number_of).sum::<Option<f64>>()),
        }
    }
    let step_s = usual_step(&rows).filter(|step| STEP_S.contains(step)).ok_or_else(|| Fault::new("meter-empty", "", rows.len()))?;
    if doubled > LEAST_DOUBLED + rows.len() / 20 {
        return Err(Fault::new("meter-doubled", "", doubled));
    }
    // Nobody draws more and more for ever: this is what a meter's counter shows.
    let never_falls = rows.values().zip(rows.values().skip(1)).all(|(a, b)| a <= b);
    let rises = rows.values().zip(rows.values().skip(1)).filter(|(a, b)| a < b).count();
    if never_falls && rows.len() >= LEAST_COUNTER && 2 * rises >= rows.len() {
        return Err(Fault::new("meter-counter", "", rows.len()));
    }
    let mean = rows.values().sum::<f64>() / rows.len().max(1) as f64;
    if said.is_none() && unit == Unit::Kilowatt && mean > MOST_GUESSED_KW {
        return Err(Fault::new("meter-unit", "", format!("{mean:.0}")));
    }
    let hours = step_s as f64 / 3600.0;
    let in_a_kilowatt = match unit {
        Unit::Watt => 1000.0,
        Unit::Kilowatt => 1.0,
        Unit::WattHour => 1000.0 * hours,
        Unit::KilowattHour => hours,
    };
    // Enedis stamps the end of a step.
    let back_s = if enedis { step_s } else { 0 };
    Ok(Meter { step_s, kw: rows.into_iter().map(|(at, value)| (at - back_s, value / in_a_kilowatt)).collect(), absolute, unreadable, doubled })
}

/// Columns of the load, which count together: one, or the peak and off-peak hours of a tariff.
fn values_in(names: &[String], time: usize, hour: Option<usize>) -> Vec<usize> {
    let has = |at: &usize, words: &[&str]| names.get(*at).is_some_and(|name| words.iter().any(|word| name.contains(word)));
    let others = || (0..names.len()).filter(|at| *at != time && Some(*at) != hour && !has(at, &NOT_LOADS));
    let is_named = |at: &usize| names.get(*at).is_some_and(|name| unit_in(name).is_some() || VALUE_NAMES.iter().any(|known| name.starts_with(known)));
    let named: Vec<usize> = others().filter(is_named).collect();
    let loads: Vec<usize> = named.iter().copied().filter(|at| has(at, &["conso", "soutir", "load", "demand"])).collect();
    let known = if loads.is_empty() { named } else { loads };
    let is_energy = |at: &usize| names.get(*at).and_then(|name| unit_in(name)).is_some_and(|unit| matches!(unit, Unit::WattHour | Unit::KilowattHour));
    let is_part = |at: &usize| has(at, &["pleine", "creuse", "peak"]) || names.get(*at).is_some_and(|name| name.split(|c: char| !c.is_alphanumeric()).any(|word| ["hp", "hc", "hph", "hch", "hpb", "hcb"].contains(&word)));
    let parts: Vec<usize> = known.iter().copied().filter(|at| is_energy(at) && is_part(at)).collect();
    match known.first() {
        _ if parts.len() > 1 => parts,
        // With a unit rather than without.
        Some(first) => vec![known.iter().copied().find(|at| names.get(*at).is_some_and(|name| unit_in(name).is_some())).unwrap_or(*first)],
        None if names.len() == 2 => others().collect(),
        None => Vec::new(),
    }
}

/// Doubled stamps that are no fault: a wall clock shows an hour of autumn twice.
const LEAST_DOUBLED: usize = 12;
/// Rows of which one can say that they never fall.
const LEAST_COUNTER: usize = 48;
/// A mean power that nobody meant who named no unit.
const MOST_GUESSED_KW: f64 = 100.0;
/// Lines before a table that are read.
const MOST_BEFORE: usize = 40;
/// Words of what Enedis also hands out: readings of the counter, the highest power of each day.
const NO_CURVES: [&str; 2] = ["index", "maximale"];
const HOUR_NAMES: [&str; 5] = ["heure", "hour", "time", "horaire", "uhrzeit"];
/// Words of columns that are no load.
const NOT_LOADS: [&str; 9] = ["prod", "inject", "index", "max", "surplus", "souscri", "subscri", "temp", "tension"];
const TIME_NAMES: [&str; 8] = ["horodate", "date", "time", "instant", "heure", "debut", "début", "start"];
const VALUE_NAMES: [&str; 8] = ["valeur", "value", "puissance", "power", "conso", "energie", "énergie", "energy"];

/// What comes before the names of the columns in Enedis' file describes the meter.
fn parts(bytes: &[u8]) -> (&[u8], &[u8]) {
    let mut from = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n').take(MOST_BEFORE) {
        let plain = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        if plain.get(..8).is_some_and(|word| word.eq_ignore_ascii_case(b"horodate")) {
            return bytes.split_at_checked(from + (line.len() - plain.len())).unwrap_or((&[], bytes));
        }
        from += line.len();
    }
    (&[], bytes)
}

/// A unit as a word of a column's name: `puissance_kw`, `Consommation (Wh)`.
fn unit_in(name: &str) -> Option<Unit> {
    name.split(|c: char| !c.is_alphanumeric()).rev().find_map(|word| match word {
        "w" | "watt" | "watts" => Some(Unit::Watt),
        "kw" => Some(Unit::Kilowatt),
        "wh" => Some(Unit::WattHour),
        "kwh" => Some(Unit::KilowattHour),
        _ => None,
    })
}

fn usual_step(rows: &BTreeMap<i64, f64>) -> Option<i64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    for (a, b) in rows.keys().zip(rows.keys().skip(1)) {
        *counts.entry(b - a).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(step, count)| (*count, -step)).map(|(step, _)| step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enedis_and_plain_tables_give_the_same_power() {
        let enedis = "Identifiant PRM;Type de donnees;Unite\n123;Courbe de charge;W\nHorodate;Valeur\n2026-01-01T00:30:00+01:00;500\n2026-01-01T01:00:00+01:00;1500\n2026-01-01T01:30:00+01:00;\n2026-01-01T02:00:00+01:00;700\n";
        let found = read(enedis.as_bytes()).unwrap();
        assert_eq!((found.step_s, found.unreadable, found.absolute), (1800, 1, true));
        assert_eq!(found.kw[0], (Stamp::parse("2026-01-01T00:00:00+01:00").unwrap().seconds, 0.5));
        let plain = "date,consommation_kwh\n2026-01-01T00:00:00+01:00,0.25\n2026-01-01T00:30:00+01:00,0.75\n2026-01-01T01:30:00+01:00,0.35\n2026-01-01T02:00:00+01:00,0.1\n";
        let other = read(plain.as_bytes()).unwrap();
        assert!(other.kw.iter().zip(&found.kw).all(|(a, b)| a.0 == b.0 && (a.1 - b.1).abs() < 1e-12), "{:?}", other.kw);
        let french = "Date;Puissance (kW)\n01/01/2026 00:00;0,5\n01/01/2026 01:00;1,25\n01/01/2026 01:00;9,5\n01/01/2026 02:00;0,5\n";
        let found = read(french.as_bytes()).unwrap();
        assert_eq!((found.step_s, found.doubled, found.absolute), (3600, 1, false));
        assert_eq!(found.kw[1].1, 1.25);
    }

    #[test]
    fn decimals_dates_and_long_days_are_what_the_table_says() {
        let american = (1..=31).map(|day| format!("01/{day:02}/2026 00:00;{},375\n", day % 2)).collect::<String>();
        let found = read(format!("Date;Puissance (kW)\n{american}").as_bytes()).unwrap();
        assert_eq!((found.step_s, found.kw.len(), found.unreadable), (86_400, 31, 0));
        assert!(found.kw.iter().zip(1..).all(|((_, kw), day)| *kw == f64::from(day % 2) + 0.375));
        // Of the 25 hours of a day in autumn the clock shows one twice; on other days the 25th column is empty, and no loss.
        let head: String = (1..=25).map(|hour| format!(";H{hour}")).collect();
        let rows: String = (24..=28).map(|day| format!("2025-10-{day}{}\n", (1..=25).map(|hour| if hour < 25 || day == 26 { format!(";{hour}") } else { ";".to_owned() }).collect::<String>())).collect();
        let found = read(format!("date{head}\n{rows}").as_bytes()).unwrap();
        assert_eq!((found.step_s, found.kw.len(), found.unreadable, found.doubled), (3600, 120, 0, 1));
        let at = |text: &str| found.kw.iter().find(|(at, _)| *at == Stamp::parse(text).unwrap().seconds).unwrap().1;
        assert_eq!(["2025-10-26 02:00", "2025-10-26 03:00", "2025-10-26 23:00", "2025-10-27 00:00"].map(at), [3.0, 5.0, 25.0, 1.0]);
    }

    #[test]
    fn the_load_is_found_among_other_columns() {
        let hours = |row: &dyn Fn(usize) -> String| (0..72).map(|hour| format!("{}\n", row(hour))).collect::<String>();
        let mean = |text: String| {
            let found = read(text.as_bytes()).unwrap();
            (found.step_s, (100.0 * found.kw.iter().map(|(_, kw)| kw).sum::<f64>() / found.kw.len() as f64).round() / 100.0)
        };
        let stamp = |hour: usize| format!("2026-01-{:02} {:02}:00", 1 + hour / 24, hour % 24);
        let split = hours(&|hour| format!("2026-01-{:02};{:02}:00;{}", 1 + hour / 24, hour % 24, if hour % 2 == 0 { 0.25 } else { 0.75 }));
        assert_eq!(mean(format!("date;heure;puissance_kw\n{split}")), (3600, 0.5));
        let tariff = hours(&|hour| format!("{};{};{}", stamp(hour), if hour % 24 > 6 { "0,5" } else { "0" }, if hour % 24 > 6 { "0" } else { "0,5" }));
        assert_eq!(mean(format!("Date de relevé;Heures pleines (kWh);Heures creuses (kWh)\n{tariff}")), (3600, 0.5));
        let both = hours(&|hour| format!("{};{};{}", stamp(hour), 5000, 200 + 200 * (hour % 2)));
        assert_eq!(mean(format!("Horodate;Production (W);Consommation (W)\n{both}")), (3600, 0.3));
        // A row a day: hours, and half-hours from the end of the first.
        let days = |names: String, steps: usize| format!("date{names}\n{}", (1..6).map(|day| format!("{day:02}/01/2026{}\n", (0..steps).map(|step| format!(";{}", step % 2)).collect::<String>())).collect::<String>());
        assert_eq!(mean(days((0..24).map(|hour| format!(";{hour:02}:00 (kW)")).collect(), 24)), (3600, 0.5));
        assert_eq!(mean(days((1..49).map(|half| format!(";{:02}:{:02} (kWh)", half / 2, half % 2 * 30)).collect(), 48)), (1800, 1.0));
        assert_eq!(read(days((1..25).map(|hour| format!(";H{hour}")).collect(), 24).as_bytes()).unwrap().kw[1], (Stamp::parse("2026-01-01T01:00").unwrap().seconds, 1.0));
        let refused = |text: String| read(text.as_bytes()).unwrap_err().code;
        let index = hours(&|hour| format!("{};{}", stamp(hour), 12_000 + hour));
        assert_eq!(refused(format!("date;index (kWh)\n{index}")), "meter-columns");
        assert_eq!(refused(format!("date;energie (kWh)\n{index}")), "meter-counter");
        let watts = hours(&|hour| format!("{};{}", stamp(hour), 300 + 100 * (hour % 3)));
        assert_eq!(refused(format!("date;conso\n{watts}")), "meter-unit");
        let days = hours(&|hour| format!("2026-01-{:02};{}", 1 + hour / 24, hour % 5));
        assert_eq!(refused(format!("date;puissance_kw\n{days}")), "meter-doubled");
    }

    #[test]
    fn the_lines_before_say_the_unit_and_what_it_is() {
        let head = "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite;Pas en minutes";
        let rows = |step: usize| (1..20).map(|n| format!("2026-01-01T{:02}:{:02}:00+01:00;{}\n", step * n / 60, step * n % 60, 500 + n % 2 * 500)).collect::<String>();
        let of = |kind: &str, unit: &str| read(format!("\u{feff}{head}\n12345678901234;{kind};01/01/2026;02/01/2026;Energie active;Consommation;Comptage Brut;{unit};\n\nHorodate;Valeur\n{}", rows(30)).as_bytes());
        let begin = Stamp::parse("2026-01-01T00:00:00+01:00").unwrap().seconds;
        for (unit, kw) in [("W", 1.0), ("", 1.0), ("Wh", 2.0), ("kW", 1000.0)] {
            let found = of("Courbe de charge", unit).unwrap();
            assert_eq!((found.step_s, found.kw[0]), (1800, (begin, kw)), "{unit}");
        }
        // Energies that are no load curve begin at their stamp.
        assert_eq!(of("Consommation quotidienne", "Wh").unwrap().kw[0], (begin + 1800, 2.0));
        for (kind, unit) in [("Puissance maximale quotidienne", "VA"), ("Index", "Wh"), ("Courbe de charge", "VA")] {
            assert_eq!(of(kind, unit).unwrap_err().code, "meter-columns", "{kind}");
        }
        let own = format!("Relevé de mon compteur\nUnité : Wh\ndate;consommation\n{}", rows(30));
        assert_eq!(read(own.as_bytes()).unwrap().kw[0], (begin + 1800, 2.0));
    }

    #[test]
    fn what_is_no_load_curve_is_named() {
        for (text, code) in [("", "meter-no-table"), ("a;b;c\n1;2;3\n", "meter-columns"), ("date;kw\n2026-01-01 00:00;1\n2026-01-01 00:00;2\n", "meter-empty")] {
            assert_eq!(read(text.as_bytes()).unwrap_err().code, code, "{text:?}");
        }
    }
}
