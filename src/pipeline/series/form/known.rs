//! Forms that are known by name.

use super::Instants;
use super::look::Look;
use super::names::OF_CURVES;
use crate::formats::series::value::Value;
use crate::pipeline::sources::record::Cell;

/// Forms that say more than their columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Eco2mix,
    EnedisProfiles,
    EnedisAggregates,
    /// A meter's load curve: `Horodate;Valeur`, alone or with what Enedis writes beside them.
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

/// Whose form a table's columns are.
pub(super) fn known(look: &Look) -> Option<Known> {
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
    if is_curve(look) {
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

/// Longest step of a load curve, seconds, and a minute in which stamps may waver: what Enedis has by the day are energies.
const CURVE_STEP_S: i64 = 3660;
/// Values of which one can say that they never fall: a counter's, and no powers.
const COUNTED: usize = 48;

/// `Horodate;Valeur` and nothing that Enedis does not write beside them, by steps of an hour at most, and no readings of a counter.
fn is_curve(look: &Look) -> bool {
    let named: Vec<&str> = look.plain.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let [Some(horodate), Some(valeur)] = ["horodate", "valeur"].map(|name| look.named(&[name])) else { return false };
    if named.iter().any(|name| !matches!(*name, "horodate" | "valeur") && !OF_CURVES.contains(name)) {
        return false;
    }
    let rows: Vec<(i64, f64)> = look.rows.iter().filter_map(|row| Some((look.stamp(row, &Instants::one(horodate))?.seconds, number_of(row.get(valeur)?.as_ref()?)?))).collect();
    let pairs = || rows.windows(2).filter_map(|pair| Some((pair.first()?, pair.last()?)));
    let short = pairs().filter(|((a, _), (b, _))| (1..=CURVE_STEP_S).contains(&(b - a).abs())).count();
    let (falls, rises) = (pairs().filter(|((_, a), (_, b))| b < a).count(), pairs().filter(|((_, a), (_, b))| b > a).count());
    let is_counter = rows.len() >= COUNTED && (falls == 0 || rises == 0) && 2 * falls.max(rises) >= rows.len();
    2 * short > rows.len().saturating_sub(1) && !is_counter
}

/// Météo-France's climatological data, hour by hour or day by day.
pub(super) fn is_of_stations(plain: &[String]) -> bool {
    plain.iter().any(|name| name == "num_poste") && plain.iter().any(|name| name.starts_with("aaaammjj"))
}
