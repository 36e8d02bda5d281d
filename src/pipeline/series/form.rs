//! How a table holds its series: told by a declaration, by the names of its columns, and by a look at its first rows.

use super::declared::{DeclaredSeries, FormName};
use crate::formats::series::day::{day_columns, month_columns};
use crate::formats::series::plain_name;
use crate::formats::series::stamp::{DateOrder, DateTally, Precision, Stamp, hour_of_day, time_of_day};
use crate::formats::series::unit::Unit;
use crate::formats::series::value::Value;
use crate::pipeline::sources::readers::Table;
use crate::pipeline::sources::record::Cell;
use std::collections::BTreeSet;

/// Cells looked at, over all columns.
const LOOK_CELLS: usize = 200_000;
const LOOK_ROWS: usize = 512;
/// Headers of that kind make a table with a column for each instant.
const FEWEST_INSTANTS: usize = 3;

/// Where things stand in a table; places in its list of columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// One column, or a date and an hour.
    pub instant: Vec<usize>,
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

/// Forms that say more than their columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Eco2mix,
    EnedisProfiles,
    EnedisAggregates,
    /// A meter's load curve of which nothing is left but `Horodate;Valeur`.
    EnedisCurve,
    MeteoFrance,
}

impl Known {
    pub fn name(self) -> &'static str {
        match self {
            Self::Eco2mix => "éCO2mix",
            Self::EnedisProfiles => "Enedis, coefficients des profils",
            Self::EnedisAggregates => "Enedis, agrégats",
            Self::EnedisCurve => "Enedis, courbe de charge",
            Self::MeteoFrance => "Météo-France, données climatologiques",
        }
    }
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
        let others = self.instant.iter().chain(&self.id).chain(self.wall.iter().flatten()).copied();
        for at in others.chain([self.quantity, self.unit, self.points].into_iter().flatten()).chain(values) {
            if seen.insert(at) {
                columns.push(at);
            }
        }
        columns
    }
}

const INSTANTS: &[&str] = &[
    "date_heure", "date_et_heure", "dateheure", "horodate", "horodatage", "datetime", "date_time", "timestamp", "instant", "phenomenontime", "phenomenon_time",
    "time", "temps", "stamp", "aaaammjjhhmn", "aaaammjjhh", "aaaammjj", "aaaamm", "date", "jour", "day", "mois", "month", "annee_mois", "periode", "period", "annee", "year",
];
const HOURS: &[&str] = &["heure", "heures", "hour", "time", "horaire", "heure_debut"];
/// Parts of an instant that tables have in columns of their own, the coarsest first.
const DATE_PARTS: &[&[&str]] = &[
    &["annee", "year"], &["mois", "month", "numero_mois"], &["jour", "day", "jour_du_mois"], &["heure", "heures", "hour", "hours", "horaire", "time"],
    &["minute", "minutes"], &["seconde", "secondes", "second", "seconds"],
];
/// Endings that say whose clock or which end, not what.
const CLOCKS: &[&str] = &["_utc", "_gmt", "_tu", "_local", "_locale", "_legale", "_cet", "_paris", "_debut", "_start", "_begin", "_fin", "_end", "_fin_de_pas", "_iso"];
/// Ids of objects that a territory may hold.
const OBJECTS: &[&str] = &[
    "cleabs", "rnb_id", "id_rnb", "rnb", "prm", "identifiant_prm", "pdl", "pce", "usage_point_id", "id_batiment", "batiment_id", "batiment", "building_id", "building", "id_bat",
    "identifiant", "id", "object_id", "object", "objet_id", "objet", "feature_id", "feature", "code_iris", "iris",
];
/// What else stands for a row, the most telling first.
const GROUPS: &[&str] = &[
    "code_insee_region", "code_region", "libelle_region", "region", "perimetre", "code_insee_commune", "code_commune", "code_insee", "commune", "code_epci", "epci",
    "code_departement", "departement", "zone", "area", "country", "pays", "sous_profil", "profil", "profile", "num_poste", "poste", "station_id", "station", "capteur", "sensor_id", "sensor",
    "thing", "datastream", "device_id", "device", "point", "name", "nom", "label",
];
/// What parts such a group further.
const PARTS: &[&str] = &[
    "sous_profil", "profil", "plage_de_puissance_souscrite", "plage_de_puissance_injection", "secteur_activite", "secteur_d_activite", "code_grand_secteur", "grand_secteur",
    "filiere", "filiere_de_production", "filiere_production",
];
const VALUES: &[&str] = &["value", "valeur", "valeurs", "result", "resultat", "val"];
const QUANTITIES: &[&str] = &[
    "quantity", "grandeur", "grandeur_physique", "variable", "parametre", "parameter", "observedproperty", "observed_property", "type_mesure", "type_de_mesure", "mesure",
    "measurement", "metric",
];
const UNITS: &[&str] = &["unit", "unite", "units", "unites", "unit_of_measurement", "unitofmeasurement"];
const POINTS: &[&str] = &[
    "nb_points_soutirage", "nb_points_injection", "nb_points", "nombre_de_points", "nombre_de_points_soutirage", "nombre_de_points_injection", "nb_points_de_livraison", "nb_sites", "nb_pdl",
];
/// Numbers that are no values.
const NO_VALUES: &[&str] = &["lng", "lon", "long", "longitude", "lat", "latitude", "x", "y", "z", "altitude", "alti", "heure", "hour", "minute", "semaine", "week", "rang", "rank", "fid", "index", "unnamed_0"];
const NO_VALUES_BEGIN: &[&str] = &["code_", "id_", "insee_", "nb_point", "nombre_de_point", "indice_", "geo_", "column_", "index_level", "date_"];
/// Columns that only a quantity has as its name.
const QUANTITY_NAMES: &[&str] = &[
    "consommation", "production", "conso", "prod", "temperature", "temp_air", "ghi", "dni", "dhi", "wind_speed", "puissance", "energie", "debit", "niveau", "load", "wind", "solar", "hydraulic",
    "nuclear", "eolien", "solaire", "hydraulique", "thermique", "nucleaire", "bioenergies",
];

/// What a look at a column shows.
#[derive(Clone, Copy, Default)]
struct Seen {
    filled: usize,
    numbers: usize,
    stamps: usize,
    times: usize,
    hours: usize,
    /// Plain numbers that may be hours.
    small: usize,
    /// The coarsest stamp.
    precision: Option<Precision>,
}

impl Seen {
    fn mostly(&self, count: usize) -> bool {
        self.filled > 0 && 10 * count >= 9 * self.filled
    }

    /// Enough for a column whose name says what it is: a few bad rows do not hide a table.
    fn half(&self, count: usize) -> bool {
        count > 0 && 2 * count >= self.filled
    }
}

/// The first rows of a table.
pub struct Look {
    pub columns: Vec<String>,
    plain: Vec<String>,
    rows: Vec<Vec<Option<Cell>>>,
    seen: Vec<Seen>,
    /// Of the dates in each column, as these rows have them.
    orders: Vec<DateOrder>,
}

impl Look {
    /// Reads them.
    pub fn at(columns: &[String], table: &dyn Table) -> Self {
        let all: Vec<(usize, &str)> = columns.iter().enumerate().map(|(at, name)| (at, name.as_str())).collect();
        let most = (LOOK_CELLS / columns.len().max(1)).clamp(3, LOOK_ROWS);
        let mut rows: Vec<Vec<Option<Cell>>> = Vec::new();
        // What cannot be read is told when all of it is.
        let _ = table.cells(&all, &mut |row| {
            if let Ok((_, cells)) = row {
                rows.push(cells.to_vec());
            }
            rows.len() < most
        });
        let mut tallies = vec![DateTally::default(); columns.len()];
        for row in &rows {
            for (tally, cell) in tallies.iter_mut().zip(row) {
                if let Some(Cell::Text(text)) = cell {
                    tally.add(text);
                }
            }
        }
        let orders: Vec<DateOrder> = tallies.iter().map(|tally| tally.order().unwrap_or_default()).collect();
        let mut seen = vec![Seen::default(); columns.len()];
        for row in &rows {
            for ((seen, cell), order) in seen.iter_mut().zip(row).zip(&orders) {
                note(seen, cell.as_ref(), *order);
            }
        }
        Self { columns: columns.to_vec(), plain: columns.iter().map(|name| plain_name(name)).collect(), rows, seen, orders }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.eq_ignore_ascii_case(name.trim()))
    }

    /// The first column of these names, in the order of the names; units and clocks at the end of a name do not count.
    fn named(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.plain.iter().position(|plain| plain == name))
    }

    fn seen(&self, at: usize) -> Seen {
        self.seen.get(at).copied().unwrap_or_default()
    }

    fn is_number(&self, at: usize) -> bool {
        let seen = self.seen(at);
        seen.numbers > 0 && seen.mostly(seen.numbers)
    }

    /// A column of values.
    fn is_value(&self, at: usize) -> bool {
        self.may_be_value(at) && self.is_number(at)
    }

    /// A column of values that has none so far: batteries and wind at sea begin late. Without a unit in its name it must be one of many alike.
    fn is_empty_value(&self, at: usize, alike: bool) -> bool {
        let unit = self.columns.get(at).is_some_and(|name| Unit::in_header(name).is_some());
        self.may_be_value(at) && self.seen(at).filled == 0 && (alike || unit)
    }

    /// A name that is no other thing's.
    fn may_be_value(&self, at: usize) -> bool {
        let Some(name) = self.plain.get(at) else { return false };
        // Météo-France's code of quality stands behind each value: `T`, `QT`.
        let is_quality = name.strip_prefix('q').is_some_and(|of| self.plain.iter().any(|plain| plain == of)) && is_of_stations(&self.plain);
        let excluded = is_quality || NO_VALUES.contains(&name.trim_end_matches(|c: char| c.is_ascii_digit())) || NO_VALUES_BEGIN.iter().any(|start| name.starts_with(start)) || POINTS.contains(&name.as_str()) || name.is_empty();
        !excluded
    }

    /// The stamp of a row, in one column or in a date's and an hour's.
    fn stamp(&self, row: &[Option<Cell>], instant: &[usize]) -> Option<Stamp> {
        let order = instant.first().and_then(|at| self.orders.get(*at)).copied().unwrap_or_default();
        match instant {
            [only] => Stamp::parse_as(&self.text(row, *only), order),
            [date, hour] => Stamp::parse_pair_as(&self.text(row, *date), &self.text(row, *hour), order),
            _ => None,
        }
    }

    fn text(&self, row: &[Option<Cell>], at: usize) -> String {
        row.get(at).and_then(Option::as_ref).map(text_of).unwrap_or_default()
    }
}

/// A cell as it would be written.
pub fn text_of(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
    }
}

fn note(seen: &mut Seen, cell: Option<&Cell>, order: DateOrder) {
    let Some(cell) = cell else { return };
    let text = text_of(cell);
    let value = match cell {
        Cell::Text(text) => Value::parse(text),
        Cell::Number(_) | Cell::Flag(_) => Value::Number(0.0),
    };
    if value == Value::Absent {
        return;
    }
    seen.filled += 1;
    seen.numbers += usize::from(value != Value::Unreadable);
    if let Some(stamp) = Stamp::parse_as(&text, order) {
        seen.stamps += 1;
        // Digits alone may be anything; only a name makes them an instant.
        seen.times += usize::from(stamp.precision == Precision::Time && !text.bytes().all(|byte| byte.is_ascii_digit()));
        seen.precision = Some(seen.precision.map_or(stamp.precision, |known| known.min(stamp.precision)));
    } else if time_of_day(&text).is_some() {
        seen.hours += 1;
    } else if hour_of_day(&text).is_some() {
        seen.small += 1;
    }
}

/// A column that a declaration names and the table has not.
#[derive(Clone, Debug, PartialEq)]
pub struct Missing(pub String);

/// The form of a table as declared and as it looks; `None` for a table that holds no series.
///
/// # Errors
/// [`Missing`].
pub fn recognise(look: &Look, declared: Option<&DeclaredSeries>) -> Result<Option<Form>, Missing> {
    let place = |name: &String| look.place(name).ok_or_else(|| Missing(name.clone()));
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
    let mut form = if instants.is_empty() {
        let Some((instant, wall)) = (if told_instant.is_empty() { instant_of(look) } else { Some((told_instant, None)) }) else { return Ok(None) };
        Form { instant, wall, wall_rows: Vec::new(), id: told_id, quantity, unit, points, values: Values::Columns(told_values.clone()), known: None, aside: Vec::new() }
    } else {
        Form { instant: Vec::new(), wall: None, wall_rows: Vec::new(), id: told_id, quantity, unit, points, values: Values::Instants(instants), known: None, aside: Vec::new() }
    };
    form.wall_rows = wall_rows(look, &form);
    form.quantity = form.quantity.or_else(|| look.named(QUANTITIES).filter(|at| !look.is_number(*at)));
    form.unit = form.unit.or_else(|| look.named(UNITS));
    form.points = form.points.or_else(|| look.named(POINTS));
    if form.id.is_empty() {
        form.id = id_of(look, &form);
    }
    if form.quantity.is_none() {
        form.quantity = part_of_object(look, &form);
    }
    if matches!(form.values, Values::Instants(_)) {
        form.aside = aside(look, &form, !told_values.is_empty());
        return Ok(Some(form));
    }
    form.values = match values_of(look, &form, wanted) {
        Some(values) => values,
        None => return Ok(None),
    };
    form.known = known(look);
    if form.known == Some(Known::EnedisAggregates) && form.points.is_none() {
        form.points = look.plain.iter().position(|name| name.starts_with("nb_points"));
    }
    form.aside = aside(look, &form, !told_values.is_empty());
    Ok((declared.is_some() || plausible(look, &form)).then_some(form))
}

/// Columns that a person would expect to be read: those of values, unless somebody has said which are, and parts of a date that the instant lacks.
fn aside(look: &Look, form: &Form, told: bool) -> Vec<usize> {
    if form.known.is_some() {
        return Vec::new();
    }
    let mut used = form.columns();
    if let Values::Hours(hours) = &form.values {
        used.extend(&hours.beside);
    }
    // The parts that the instant has, the coarsest first: a year's lack months, a day's lack hours, a date and an hour lack minutes.
    let has = match form.instant.as_slice() {
        [only] => match look.seen(*only).precision {
            Some(Precision::Year) => 1,
            Some(Precision::Month) => 2,
            Some(Precision::Day) => 3,
            Some(Precision::Time) | None => DATE_PARTS.len(),
        },
        [_, hour] if look.seen(*hour).hours == 0 => 4,
        _ => DATE_PARTS.len(),
    };
    let says_more = |at: usize| look.rows.iter().any(|row| !matches!(look.text(row, at).trim_start_matches('0'), "")) || look.seen(at).filled == 0;
    let is_part = |at: usize| look.plain.get(at).is_some_and(|plain| DATE_PARTS.iter().skip(has).any(|names| names.contains(&bare(plain)))) && says_more(at);
    let is_of_a_date = |at: usize| look.plain.get(at).is_some_and(|plain| DATE_PARTS.iter().any(|names| names.contains(&bare(plain))));
    let is_value = |at: usize| !told && !is_of_a_date(at) && (look.is_value(at) || look.is_empty_value(at, true));
    (0..look.columns.len()).filter(|at| !used.contains(at) && (is_part(*at) || is_value(*at))).collect()
}

/// Columns whose headers are instants.
fn instants_in_headers(look: &Look, told: &[usize], wanted: bool) -> Vec<(usize, Stamp)> {
    let names = || look.columns.iter().enumerate().filter(|(at, _)| told.is_empty() || told.contains(at));
    let mut tally = DateTally::default();
    for (_, name) in names() {
        tally.add(name);
    }
    let order = tally.order().unwrap_or_default();
    let stamps: Vec<(usize, Stamp)> = names().filter_map(|(at, name)| Some((at, Stamp::parse_as(name, order)?))).collect();
    let others = (0..look.columns.len()).filter(|at| look.is_value(*at) && !stamps.iter().any(|(known, _)| known == at)).count();
    let fewest = if wanted { 1 } else { FEWEST_INSTANTS };
    // One kind of stamp, or the numbers are something else.
    let alike = stamps.windows(2).all(|pair| matches!(pair, [(_, a), (_, b)] if a.precision == b.precision));
    if stamps.len() >= fewest && (wanted || (alike && stamps.len() > others)) { stamps } else { Vec::new() }
}

/// The column of instants, and the wall clock beside it.
fn instant_of(look: &Look) -> Option<(Vec<usize>, Option<[usize; 2]>)> {
    let hours = HOURS.iter().find_map(|name| look.plain.iter().position(|plain| bare(plain) == *name)).filter(|at| {
        let seen = look.seen(*at);
        seen.half(seen.hours) || seen.half(seen.small)
    });
    let dates = look.plain.iter().position(|plain| matches!(bare(plain), "date" | "jour" | "day")).filter(|at| look.seen(*at).precision == Some(Precision::Day));
    let pair = hours.zip(dates).map(|(hour, date)| [date, hour]);
    let by_name = INSTANTS.iter().find_map(|name| {
        look.plain.iter().enumerate().find_map(|(at, plain)| {
            let seen = look.seen(at);
            (bare(plain) == *name && seen.half(seen.stamps)).then_some(at)
        })
    });
    match (by_name, pair) {
        // A date that an hour belongs to is half a stamp.
        (Some(at), Some([date, hour])) if at == date => Some((vec![date, hour], None)),
        (Some(at), pair) => Some((vec![at], pair)),
        (None, Some([date, hour])) => Some((vec![date, hour], None)),
        // Without a name, only hours are certain to be stamps.
        (None, None) => (0..look.columns.len()).find(|at| look.seen(*at).mostly(look.seen(*at).times)).map(|at| (vec![at], None)),
    }
}

fn wall_rows(look: &Look, form: &Form) -> Vec<[i64; 2]> {
    let (Some([date, hour]), [instant]) = (form.wall, form.instant.as_slice()) else { return Vec::new() };
    let of_row = |row: &Vec<Option<Cell>>| {
        let stamp = look.stamp(row, &[*instant]).filter(|stamp| stamp.absolute)?;
        Some([look.stamp(row, &[date, hour])?.seconds, stamp.seconds])
    };
    look.rows.iter().filter_map(of_row).collect()
}

/// A name without what it says of clocks.
fn bare(plain: &str) -> &str {
    let mut name = plain;
    while let Some(shorter) = CLOCKS.iter().find_map(|ending| name.strip_suffix(ending)) {
        name = shorter;
    }
    name
}

/// Whether a column is called a value, with or without its unit.
fn is_called_value(look: &Look, at: usize) -> bool {
    let is_so = |plain: &str| VALUES.contains(&plain);
    let without_unit = || Unit::in_header(look.columns.get(at)?).map(|(_, rest)| plain_name(&rest));
    look.plain.get(at).is_some_and(|plain| is_so(plain)) || without_unit().is_some_and(|rest| is_so(&rest))
}

fn id_of(look: &Look, form: &Form) -> Vec<usize> {
    let taken = |at: &usize| form.instant.contains(at) || form.quantity == Some(*at) || form.unit == Some(*at) || look.seen(*at).filled == 0;
    if let Some(at) = look.named(OBJECTS).filter(|at| !taken(at)) {
        return vec![at];
    }
    let Some(group) = look.named(GROUPS).filter(|at| !taken(at)) else {
        // A lone column of words names the rows.
        let words: Vec<usize> = (0..look.columns.len())
            .filter(|at| !taken(at) && !form.wall.is_some_and(|wall| wall.contains(at)))
            .filter(|at| look.seen(*at).numbers == 0 && look.seen(*at).stamps == 0 && look.seen(*at).hours == 0)
            .collect();
        return if let [only] = words.as_slice() { vec![*only] } else { Vec::new() };
    };
    let mut id = vec![group];
    let mut last = look.plain.get(group).map(String::as_str).unwrap_or_default();
    for part in PARTS {
        // A sub-profile says its profile.
        if last == "sous_profil" && *part == "profil" {
            continue;
        }
        if let Some(at) = look.plain.iter().position(|plain| plain == part).filter(|at| !id.contains(at) && !taken(at)) {
            id.push(at);
            last = part;
        }
    }
    id
}

/// What parts the values of one object, sector by sector: each part is a quantity of its own.
fn part_of_object(look: &Look, form: &Form) -> Option<usize> {
    let [id] = form.id.as_slice() else { return None };
    if !look.plain.get(*id).is_some_and(|name| OBJECTS.contains(&name.as_str())) {
        return None;
    }
    look.named(PARTS).filter(|at| at != id && look.seen(*at).filled > 0)
}

fn values_of(look: &Look, form: &Form, wanted: Option<FormName>) -> Option<Values> {
    let told = match &form.values {
        Values::Columns(told) => told.clone(),
        _ => Vec::new(),
    };
    let free = |at: &usize| !form.instant.contains(at) && !form.id.contains(at) && form.quantity != Some(*at) && form.unit != Some(*at) && form.points != Some(*at);
    if wanted.is_none_or(|wanted| wanted == FormName::Hours)
        && let Some(hours) = hours_of(look, form, &told, &free)
    {
        return Some(Values::Hours(hours));
    }
    let named_value = || (0..look.columns.len()).find(|at| is_called_value(look, *at));
    let list = |is_one: &dyn Fn(usize) -> bool| (0..look.columns.len()).filter(free).filter(|at| is_one(*at)).collect::<Vec<usize>>();
    // A column with a unit in its name is one of values also where it is empty at first.
    let numbers = if told.is_empty() { list(&|at| look.is_value(at) || look.is_empty_value(at, false)) } else { told.clone() };
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
    if numbers.is_empty() {
        return None;
    }
    // A station lacks most of what stations may measure.
    let alike = form.id.is_empty() || known(look).is_some_and(|known| known != Known::MeteoFrance) || wanted.is_some();
    let numbers = if told.is_empty() { list(&|at| look.is_value(at) || look.is_empty_value(at, alike)) } else { told };
    Some(match wanted {
        Some(FormName::Objects) => Values::Objects(numbers),
        Some(_) => Values::Quantities(numbers),
        None if !form.id.is_empty() => Values::Quantities(numbers),
        None => Values::Columns(numbers),
    })
}

/// Columns that are the steps of the days that rows are, or the months of their years.
fn hours_of(look: &Look, form: &Form, told: &[usize], free: &dyn Fn(&usize) -> bool) -> Option<Hours> {
    if form.instant.len() != 1 {
        return None;
    }
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

fn known(look: &Look) -> Option<Known> {
    let has = |start: &str| look.plain.iter().any(|name| name.starts_with(start));
    if has("consommation") && (has("thermique") || has("nucleaire") || has("prevision_j")) && (has("date") || has("heure")) {
        return Some(Known::Eco2mix);
    }
    if is_of_stations(&look.plain) {
        return Some(Known::MeteoFrance);
    }
    if has("coefficient_") && (has("sous_profil") || has("profil")) {
        return Some(Known::EnedisProfiles);
    }
    if is_bare_curve(look) {
        return Some(Known::EnedisCurve);
    }
    (has("total_energie_soutiree") || has("total_energie_injectee") || (has("horodate") && has("nb_points"))).then_some(Known::EnedisAggregates)
}

fn number_of(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(*number),
        Cell::Text(text) => match Value::parse(text) {
            Value::Number(number) => Some(number),
            _ => None,
        },
        Cell::Flag(_) => None,
    }
}

/// Longest step of a load curve, seconds: what Enedis has by the day are energies.
const CURVE_STEP_S: i64 = 3600;
/// Values of which one can say that they never fall: a counter's, and no powers.
const COUNTED: usize = 48;

/// Nothing but `Horodate;Valeur`, by steps of an hour at most, and no readings of a counter.
fn is_bare_curve(look: &Look) -> bool {
    let named: Vec<&str> = look.plain.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let [Some(horodate), Some(valeur)] = ["horodate", "valeur"].map(|name| look.named(&[name])) else { return false };
    if named.len() != 2 {
        return false;
    }
    let rows: Vec<(i64, f64)> = look.rows.iter().filter_map(|row| Some((look.stamp(row, &[horodate])?.seconds, number_of(row.get(valeur)?.as_ref()?)?))).collect();
    let pairs = || rows.windows(2).filter_map(|pair| Some((pair.first()?, pair.last()?)));
    let short = pairs().filter(|((a, _), (b, _))| (1..=CURVE_STEP_S).contains(&(b - a).abs())).count();
    let (falls, rises) = (pairs().filter(|((_, a), (_, b))| b < a).count(), pairs().filter(|((_, a), (_, b))| b > a).count());
    let is_counter = rows.len() >= COUNTED && (falls == 0 || rises == 0) && 2 * falls.max(rises) >= rows.len();
    2 * short > rows.len().saturating_sub(1) && !is_counter
}

/// Météo-France's climatological data, hour by hour or day by day.
fn is_of_stations(plain: &[String]) -> bool {
    plain.iter().any(|name| name == "num_poste") && plain.iter().any(|name| name.starts_with("aaaammjj"))
}

/// Whether a table that nobody declared is one of series and no register with a date in each row.
fn plausible(look: &Look, form: &Form) -> bool {
    let mut stamps: BTreeSet<i64> = BTreeSet::new();
    let (mut ids, mut rows): (BTreeSet<String>, usize) = (BTreeSet::new(), 0);
    let mut finest = Precision::Year;
    for row in &look.rows {
        let Some(stamp) = look.stamp(row, &form.instant) else { continue };
        finest = finest.max(stamp.precision);
        stamps.insert(stamp.seconds);
        ids.insert(form.id.iter().map(|at| look.text(row, *at)).collect::<Vec<_>>().join("\n"));
        rows += 1;
    }
    let repeated = form.id.is_empty() || ids.len() < rows;
    if matches!(form.values, Values::Hours(_)) {
        return true;
    }
    let Values::One(value) = form.values else { return form.known.is_some() || stamps.len() > 1 && is_regular(&stamps, finest, repeated) };
    let named_value = is_called_value(look, value);
    if stamps.len() < 2 {
        // Meters deliver hour after hour: all that is looked at may be of one. A register's dates have no time of day.
        let is_measured = || finest == Precision::Time && look.columns.get(value).is_some_and(|name| Unit::parse(name).is_some() || Unit::in_header(name).is_some());
        return form.known.is_some() || rows > 0 && (named_value || is_measured());
    }
    form.known.is_some() || named_value || is_regular(&stamps, finest, repeated)
}

/// Measurements come at equal distances; births, contracts and works do not.
fn is_regular(stamps: &BTreeSet<i64>, finest: Precision, repeated: bool) -> bool {
    let gaps: Vec<i64> = stamps.iter().zip(stamps.iter().skip(1)).map(|(a, b)| b - a).collect();
    let shortest = gaps.iter().copied().min().unwrap_or(1).max(1);
    let near = |gap: &&i64| match finest {
        Precision::Time => **gap % shortest == 0,
        // Months and years are not all as long.
        _ => (10 * **gap) <= 12 * shortest.max(86_400),
    };
    repeated && 10 * gaps.iter().filter(near).count() >= 6 * gaps.len()
}

/// Whether the columns of a table without ids are objects: by the territory's ids, else by what they are called and measured in.
pub fn are_objects(names: &[&str], is_known: &dyn Fn(&str) -> bool) -> bool {
    let bare: Vec<String> = names.iter().map(|name| Unit::in_header(name).map_or_else(|| (*name).to_owned(), |(_, rest)| rest)).collect();
    let known = names.iter().zip(&bare).filter(|(name, bare)| is_known(name) || is_known(bare)).count();
    if 2 * known >= names.len() && known > 0 {
        return true;
    }
    let units: BTreeSet<&str> = names.iter().filter_map(|name| Some(Unit::in_header(name)?.0.symbol)).collect();
    let quantities = bare.iter().filter(|name| Unit::alone(name).is_some() || QUANTITY_NAMES.iter().any(|known| plain_name(name).split('_').any(|word| word == *known))).count();
    units.len() < 2 && 2 * quantities < names.len()
}
