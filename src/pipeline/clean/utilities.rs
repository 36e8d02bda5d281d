//! Records of a utility to lines and points with where they run, how thick they are and how well they are known.

use super::{Fate, Source};
use crate::base::Severity;
use crate::formats::shape::Shape;
use crate::pipeline::sources::charging;
use crate::pipeline::sources::record::{Cell, Record};
use crate::region::utility::{Accuracy, Conduit, Fixture, FixtureKind, Lay, Plugs, Utility, Years};
use crate::view::life::{Life, year_of};

/// Shorter lines are left-overs of a cut, metres.
const SHORTEST_M: f64 = 0.05;
/// Deeper than this is a fault or a mine, metres.
const DEEPEST_M: f64 = 200.0;
/// Wider pipes are tunnels, metres.
const WIDEST_M: f64 = 10.0;
/// Across a rotor; the largest of 2026 have 310 metres.
const LARGEST_ROTOR_M: f64 = 400.0;
/// Towers of power lines and chimneys of plants, metres.
const HIGHEST_M: f64 = 350.0;
/// Above this a voltage is a mistake, volts.
const HIGHEST_V: f64 = 1_500_000.0;
/// The largest transformers of the transport grid, and what the largest source posts reserve.
const MOST_KVA: f64 = 2_000_000.0;
const MOST_RESERVED_MW: f64 = 2_000.0;
/// Points of the largest charging parks.
const MOST_POINTS: f64 = 1_000.0;
/// Numbers below this are kilovolts: nothing that carries power through a town has less than 100 V.
const KILOVOLTS_BELOW: f64 = 1_000.0;

pub fn clean(
    record: &Record,
    utility: Utility,
    source: &mut Source,
    conduits: &mut Vec<Conduit>,
    fixtures: &mut Vec<Fixture>,
) -> Fate {
    let object = record.object.as_str();
    let years = years(record, source);
    // What is planned is shown from the year on in which it comes; without one nobody could say when.
    if let Some(state) = record.text("state")
        && !years.are_said()
        && matches!(
            state.as_str(),
            "En projet" | "Détruit" | "Non classé détruit"
        )
    {
        source.finding("network-not-standing", Severity::Info, object, state);
        return Fate::Rejected;
    }
    let Some(shape) = record.shape.as_ref().filter(|shape| !shape.is_empty()) else {
        source.finding("geometry-missing", Severity::Warning, object, "");
        return Fate::Rejected;
    };
    let class = record.text("class").unwrap_or_default();
    let accuracy = accuracy(record);
    let voltage_v = voltage(record, source);
    let lines: Vec<Vec<[f64; 2]>> = shape
        .lines()
        .into_iter()
        .map(plain)
        .filter(|points| length(points) >= SHORTEST_M)
        .collect();
    let points = points(shape);
    if lines.is_empty() && points.is_empty() {
        source.finding("line-degenerate", Severity::Warning, object, "");
        return Fate::Rejected;
    }
    let mut fate = Fate::Kept;
    let lay = lay(record, utility, &class, source, &mut fate);
    let diameter_m = diameter(record, source, &mut fate);
    let several = lines.len() + points.len() > 1;
    let name_of = |index: usize| {
        if several {
            format!("{object}/{}", index + 1)
        } else {
            object.to_owned()
        }
    };
    for (index, points) in lines.iter().enumerate() {
        conduits.push(Conduit {
            id: name_of(index),
            dataset: source.dataset.clone(),
            utility,
            class: class.clone(),
            name: record.text("name"),
            points: points.clone(),
            lay,
            diameter_m,
            voltage_v,
            material: record.text("material"),
            accuracy,
            colour: record.text("colour").and_then(|text| colour(&text)),
            years,
        });
    }
    let height_m = record
        .number("height")
        .filter(|height| *height > 0.0 && *height <= HIGHEST_M);
    for (index, at) in points.into_iter().enumerate() {
        let kind = fixture_kind(record, utility, &class, source.file);
        let rotor = || record.number("diameter").filter(|diameter| *diameter > 0.0 && *diameter <= LARGEST_ROTOR_M);
        fixtures.push(Fixture {
            id: name_of(lines.len() + index),
            dataset: source.dataset.clone(),
            utility,
            kind,
            class: class.clone(),
            name: record.text("name"),
            at,
            height_m,
            diameter_m: if kind == FixtureKind::Turbine { rotor() } else { None },
            voltage_v,
            rated_kva: within(record, "rated", MOST_KVA),
            reserved_mw: record.number("reserved").filter(|mw| (0.0..=MOST_RESERVED_MW).contains(mw)),
            plugs: if kind == FixtureKind::Charger { plugs(record) } else { Plugs::default() },
            accuracy,
            years,
        });
    }
    fate
}

/// Years as a source writes them: numbers or dates. What is no year is none, and said; so is a line that is gone before it comes.
fn years(record: &Record, source: &mut Source) -> Years {
    let mut year = |term: &str| {
        let text = record.text(term)?;
        let year = year_of(&text);
        if year.is_none() && !text.trim().is_empty() {
            source.finding("network-year-unreadable", Severity::Info, &record.object, format!("{term}: {text}"));
        }
        year
    };
    let (works, from, to) = (year("works"), year("from"), year("to"));
    let is_turned = to.zip(from.or(works)).is_some_and(|(to, begins)| to <= begins);
    if is_turned {
        source.finding("network-years-turned", Severity::Warning, &record.object, format!("{works:?} {from:?} {to:?}"));
    }
    let life = Life::new(works, from, to.filter(|_| !is_turned));
    let short = |year: Option<i32>| year.and_then(|year| i16::try_from(year).ok());
    Years { works: short(life.works), from: short(life.from), to: short(life.to) }
}

/// What a charging station says of its points; what cannot be is not said.
fn plugs(record: &Record) -> Plugs {
    Plugs {
        points: within(record, "points", MOST_POINTS).map(|points| points.round().max(1.0) as u16),
        point_kw: within(record, "power", charging::MOST_KW),
    }
}

/// A positive number up to a bound.
fn within(record: &Record, term: &str, most: f64) -> Option<f64> {
    record.number(term).filter(|value| *value > 0.0 && *value <= most)
}

/// In plan, without repetitions.
fn plain(points: &[[f64; 3]]) -> Vec<[f64; 2]> {
    let mut plan: Vec<[f64; 2]> = Vec::with_capacity(points.len());
    for point in points
        .iter()
        .filter(|p| p[0].is_finite() && p[1].is_finite())
    {
        let at = [point[0], point[1]];
        if plan
            .last()
            .is_none_or(|last| (last[0] - at[0]).hypot(last[1] - at[1]) > 1e-3)
        {
            plan.push(at);
        }
    }
    plan
}

fn length(points: &[[f64; 2]]) -> f64 {
    points
        .windows(2)
        .map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]))
        .sum()
}

/// Points, and the middles of outlines: the ground of a substation stands for the substation.
fn points(shape: &Shape) -> Vec<[f64; 2]> {
    let single = shape.points().into_iter().map(|p| [p[0], p[1]]);
    let middles = shape
        .polygons()
        .into_iter()
        .filter_map(|rings| middle(rings.first()?));
    single
        .chain(middles)
        .filter(|at| at[0].is_finite() && at[1].is_finite())
        .collect()
}

/// The centre of a ring's area; of its corners where it has none.
fn middle(ring: &[[f64; 3]]) -> Option<[f64; 2]> {
    let [x0, y0, _] = *ring.first()?;
    let (mut area, mut x, mut y) = (0.0, 0.0, 0.0);
    for side in ring.windows(2) {
        let (a, b) = (
            [side[0][0] - x0, side[0][1] - y0],
            [side[1][0] - x0, side[1][1] - y0],
        );
        let cross = a[0] * b[1] - b[0] * a[1];
        area += cross;
        x += cross * (a[0] + b[0]);
        y += cross * (a[1] + b[1]);
    }
    if area.abs() > 1e-9 {
        return Some([x0 + x / (3.0 * area), y0 + y / (3.0 * area)]);
    }
    let count = ring.len() as f64;
    Some([
        ring.iter().map(|p| p[0]).sum::<f64>() / count,
        ring.iter().map(|p| p[1]).sum::<f64>() / count,
    ])
}

fn accuracy(record: &Record) -> Accuracy {
    let Some(text) = record.text("accuracy") else {
        return Accuracy::Unstated;
    };
    let text = text.trim().to_lowercase();
    let last = text.strip_prefix("classe").map_or(text.as_str(), str::trim);
    match last {
        "a" | "01" => Accuracy::A,
        "b" | "02" => Accuracy::B,
        "c" | "03" => Accuracy::C,
        "schematic" | "schématique" | "schematique" => Accuracy::Schematic,
        // A number of metres or centimetres says the class; 0 is how "unknown" is often written.
        other => match number_and_unit(other) {
            Some((value, unit)) => match unit {
                "cm" => of_metres(0.01 * value),
                "m" | "" => of_metres(value),
                _ => Accuracy::Unstated,
            },
            None => Accuracy::Unstated,
        },
    }
}

fn of_metres(metres: f64) -> Accuracy {
    match metres {
        m if m <= 0.0 => Accuracy::Unstated,
        m if m <= 0.4 => Accuracy::A,
        m if m <= 1.5 => Accuracy::B,
        _ => Accuracy::C,
    }
}

fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ','))
        .unwrap_or(text.len());
    let value = text.get(..end)?.replace(',', ".").parse().ok()?;
    Some((value, text.get(end..)?.trim()))
}

/// Volts; what is below a thousand is in kilovolts. Of several (`400000;225000`) the highest.
fn voltage(record: &Record, source: &mut Source) -> Option<f64> {
    let text = record.text("voltage")?;
    let highest = text
        .split(';')
        .filter_map(|part| {
            let part = part.trim().to_lowercase().replace(' ', "");
            let (value, unit) = number_and_unit(&part)?;
            Some(match unit {
                "kv" => 1_000.0 * value,
                "v" => value,
                _ if value < KILOVOLTS_BELOW && value != 230.0 && value != 400.0 => 1_000.0 * value,
                // 400 is the low voltage of every street and the highest of the grid: with lines of transport it is kilovolts.
                _ if value == 400.0 && is_transport(record) => 1_000.0 * value,
                _ => value,
            })
        })
        .fold(0.0, f64::max);
    if highest > HIGHEST_V {
        source.finding(
            "network-voltage-implausible",
            Severity::Info,
            &record.object,
            text,
        );
        return None;
    }
    (highest > 0.0).then_some(highest)
}

/// Whether a layer speaks of the transport grid: circuits and buses are counted there, not in a street.
fn is_transport(record: &Record) -> bool {
    record.text("class").is_some_and(|class| {
        let class = class.to_lowercase();
        ["htb", "tht", "substation", "transport", "line"]
            .iter()
            .any(|word| class.contains(word))
    })
}

fn lay(
    record: &Record,
    utility: Utility,
    class: &str,
    source: &mut Source,
    fate: &mut Fate,
) -> Lay {
    let stated_depth = record.number("depth").map(f64::abs);
    let depth_m = match stated_depth {
        // 0 is how "unknown" is written; nothing is laid on the very surface and called buried.
        Some(depth) if depth > 0.0 && depth <= DEEPEST_M => Some(depth),
        Some(depth) if depth > DEEPEST_M => {
            *fate = Fate::Repaired;
            source.finding(
                "network-depth-implausible",
                Severity::Warning,
                &record.object,
                format!("{depth} m"),
            );
            None
        }
        _ => None,
    };
    let height_m = record
        .number("height")
        .filter(|height| *height > 0.0 && *height <= HIGHEST_M);
    let words = record.text("lay").unwrap_or_default().to_lowercase();
    let said = |all: &[&str]| all.iter().any(|word| words.contains(word));
    let buried = record.flag("underground") == Some(true)
        || said(&[
            "underground",
            "souterrain",
            "enterr",
            "buried",
            "underwater",
        ])
        || depth_m.is_some()
        || record.number("position").is_some_and(|level| level < 0.0);
    let raised = record.flag("underground") == Some(false)
        || said(&[
            "overhead",
            "aérien",
            "aerien",
            "overground",
            "facade",
            "façade",
        ])
        || height_m.is_some();
    if buried {
        return Lay::Underground { depth_m };
    }
    let class = class.to_lowercase();
    match utility {
        Utility::Transit => Lay::Ground,
        Utility::Electricity => match class.as_str() {
            "cable" | "souterrain" => Lay::Underground { depth_m: None },
            _ if class.contains("souterrain") => Lay::Underground { depth_m: None },
            "line" | "minor_line" => Lay::Overhead { height_m },
            _ if raised || class.contains("aérien") || class.contains("aerien") => {
                Lay::Overhead { height_m }
            }
            _ if record.number("voltage").is_some() => Lay::Overhead { height_m },
            _ => Lay::Ground,
        },
        Utility::Telecom | Utility::Lighting if raised => Lay::Overhead { height_m },
        // Pipes lie in the earth unless somebody says otherwise.
        _ if raised || said(&["surface", "ground"]) => Lay::Ground,
        _ => Lay::Underground { depth_m: None },
    }
}

/// Metres; what is larger than any pipe in metres is millimetres.
fn diameter(record: &Record, source: &mut Source, fate: &mut Fate) -> Option<f64> {
    let value = match record.get("diameter")? {
        Cell::Text(text) => {
            let plain = text.trim().to_lowercase().replace(' ', "");
            let plain = plain
                .strip_prefix("dn")
                .or(plain.strip_prefix('ø'))
                .unwrap_or(&plain)
                .to_owned();
            let (value, unit) = number_and_unit(&plain)?;
            match unit {
                "m" => value,
                "cm" => 0.01 * value,
                "mm" => 0.001 * value,
                _ => guessed_metres(value),
            }
        }
        _ => guessed_metres(record.number("diameter")?),
    };
    if value <= 0.0 {
        return None;
    }
    if value > WIDEST_M {
        *fate = Fate::Repaired;
        source.finding(
            "network-diameter-implausible",
            Severity::Warning,
            &record.object,
            format!("{value} m"),
        );
        return None;
    }
    Some(value)
}

fn guessed_metres(value: f64) -> f64 {
    if value >= 5.0 { 0.001 * value } else { value }
}

/// `FF8800`, with or without `#`.
fn colour(text: &str) -> Option<[u8; 3]> {
    let digits = text.trim().trim_start_matches('#');
    if digits.len() != 6 || !digits.is_ascii() {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?;
    // Black is what an empty field becomes.
    (value != 0).then_some([(value >> 16) as u8, (value >> 8) as u8, value as u8])
}

fn fixture_kind(record: &Record, utility: Utility, class: &str, file: &str) -> FixtureKind {
    let own = format!("{} {class}", record.text("fixture").unwrap_or_default()).to_lowercase();
    // A layer of poles is called so where its rows are silent.
    kind_by_words(utility, &own)
        .or_else(|| kind_by_words(utility, &file.to_lowercase()))
        .unwrap_or(FixtureKind::Node)
}

fn kind_by_words(utility: Utility, text: &str) -> Option<FixtureKind> {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    Some(match utility {
        Utility::Transit => FixtureKind::Stop,
        Utility::Lighting if !has(&["armoire", "cabinet"]) => FixtureKind::Lamp,
        Utility::Electricity if has(&["tower", "pylon", "portal"]) => FixtureKind::Tower,
        // Before masts: a turbine stands on one.
        Utility::Electricity if has(&["éolien", "eolien", "wind_turbine", "wind turbine"]) => FixtureKind::Turbine,
        Utility::Electricity if has(&["batterie", "battery"]) => FixtureKind::Battery,
        Utility::Electricity if has(&["charging", "recharge", "irve"]) => FixtureKind::Charger,
        _ if has(&["pole", "poteau", "mast", "support"]) => FixtureKind::Pole,
        Utility::Electricity
            if has(&[
                "generator",
                "plant",
                "centrale",
                "nuclear",
                "fossil",
                "hydro",
                "run of river",
                "wind",
                "solar",
            ]) =>
        {
            FixtureKind::Plant
        }
        _ if has(&[
            "substation",
            "poste",
            "transfo",
            "armoire",
            "cabinet",
            "coffret",
            "exchange",
            "switch",
        ]) =>
        {
            FixtureKind::Substation
        }
        Utility::Heat if has(&["plant", "chaufferie", "centrale"]) => FixtureKind::Plant,
        _ if has(&["valve", "vanne", "hydrant"]) => FixtureKind::Valve,
        _ if has(&["pump", "pompe", "relevage"]) => FixtureKind::Pump,
        _ if has(&["tank", "reservoir", "réservoir", "château", "water_tower"]) => {
            FixtureKind::Tank
        }
        _ if has(&[
            "joint", "junction", "node", "nœud", "regard", "manhole", "chambre",
        ]) =>
        {
            FixtureKind::Node
        }
        _ => return None,
    })
}
