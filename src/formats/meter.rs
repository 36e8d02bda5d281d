//! A household's own meter file: a table as text with one column of instants and one of power or energy.
//!
//! Understood are Enedis' download ("courbe de charge": lines of description, then `Horodate;Valeur` in W, stamped at the end of the step) and any CSV whose head names them: `kw`, `kwh`, `w`, `wh` in the column's name or in brackets. Without a unit, values are watts where the file is Enedis' own and kilowatts otherwise.
//! Power is a mean over the step; energy is divided by it. The step is the one that most neighbours have; what is not there is no data.

use super::Fault;
use super::csv::{Records, sniff, written_number};
use super::series::stamp::Stamp;
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

/// # Errors
/// `meter-no-table`, `meter-columns` without a column of instants and one of values, `meter-empty` with fewer than two readable rows, `meter-limit`.
pub fn read(bytes: &[u8]) -> Result<Meter, Fault> {
    let body = body(bytes);
    let dialect = sniff(body).ok_or_else(|| Fault::new("meter-no-table", "", ""))?;
    let mut records = Records::of(body, &dialect).map_err(|error| Fault::new("meter-no-table", "", error))?;
    let text = |field: &Vec<u8>| String::from_utf8_lossy(field).trim().to_owned();
    let mut next = || records.next().ok().flatten();
    let head: Vec<String> = match next() {
        Some(Ok(fields)) => fields.iter().map(text).collect(),
        _ => return Err(Fault::new("meter-no-table", "", "")),
    };
    let enedis = head.iter().any(|name| name.eq_ignore_ascii_case("horodate"));
    let names: Vec<String> = head.iter().map(|name| name.to_lowercase()).collect();
    let time = names.iter().position(|name| TIME_NAMES.iter().any(|known| name.starts_with(known))).unwrap_or(0);
    let value = names
        .iter()
        .position(|name| unit_in(name).is_some() && !name.contains("max"))
        .or_else(|| names.iter().position(|name| VALUE_NAMES.iter().any(|known| name.starts_with(known))))
        .or_else(|| (names.len() == 2).then_some(1 - time.min(1)))
        .filter(|at| *at != time)
        .ok_or_else(|| Fault::new("meter-columns", "", head.join(", ")))?;
    let unit = names.get(value).and_then(|name| unit_in(name)).unwrap_or(if enedis { Unit::Watt } else { Unit::Kilowatt });
    let mut rows: BTreeMap<i64, f64> = BTreeMap::new();
    let (mut unreadable, mut doubled, mut absolute) = (0, 0, true);
    while let Some(record) = next() {
        if rows.len() >= MAX_ROWS {
            return Err(Fault::new("meter-limit", "", MAX_ROWS));
        }
        let fields: Vec<String> = record.map(|fields| fields.iter().map(text).collect()).unwrap_or_default();
        let stamp = fields.get(time).and_then(|text| Stamp::parse(text));
        let number = fields.get(value).and_then(|text| text.parse().ok().or_else(|| written_number(text, dialect.decimal_comma))).filter(|x: &f64| x.is_finite());
        match (stamp, number) {
            (Some(stamp), Some(number)) => {
                absolute &= stamp.absolute;
                // The first of a stamp counts: a wall clock shows an hour of autumn twice.
                if rows.contains_key(&stamp.seconds) { doubled += 1 } else { rows.insert(stamp.seconds, number); }
            }
            _ => unreadable += 1,
        }
    }
    let step_s = usual_step(&rows).filter(|step| STEP_S.contains(step)).ok_or_else(|| Fault::new("meter-empty", "", rows.len()))?;
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

const TIME_NAMES: [&str; 8] = ["horodate", "date", "time", "instant", "heure", "debut", "début", "start"];
const VALUE_NAMES: [&str; 8] = ["valeur", "value", "puissance", "power", "conso", "energie", "énergie", "energy"];

/// What comes before the names of the columns in Enedis' file describes the meter.
fn body(bytes: &[u8]) -> &[u8] {
    let mut from = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n').take(40) {
        let plain = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
        if plain.get(..8).is_some_and(|word| word.eq_ignore_ascii_case(b"horodate")) {
            return bytes.get(from + (line.len() - plain.len())..).unwrap_or(bytes);
        }
        from += line.len();
    }
    bytes
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
    fn what_is_no_load_curve_is_named() {
        for (text, code) in [("", "meter-no-table"), ("a;b;c\n1;2;3\n", "meter-columns"), ("date;kw\n2026-01-01 00:00;1\n2026-01-01 00:00;2\n", "meter-empty")] {
            assert_eq!(read(text.as_bytes()).unwrap_err().code, code, "{text:?}");
        }
    }
}
