//! On which side of a balance a series or a row of one stands, by what it is called: the words of éCO2mix, of network operators, and our own ids.

use super::accounts::Side;

/// Beginnings of words, without accents and in lower case. What is stored comes before what is used: "pompage" is both.
const WORDS: [(&str, Side); 39] = [
    // Of vehicles, not of a store.
    ("vehicle-charging", Side::Consumption), ("recharge", Side::Consumption),
    ("decharge", Side::Discharged), ("discharg", Side::Discharged), ("destockage", Side::Discharged), ("turbinage", Side::Discharged),
    ("charge-batterie", Side::Charged), ("battery-charging", Side::Charged), ("stockage", Side::Charged), ("pompage", Side::Charged), ("charging", Side::Charged),
    ("pv", Side::Production), ("solaire", Side::Production), ("solar", Side::Production), ("photovolt", Side::Production),
    ("eolien", Side::Production), ("wind-power", Side::Production), ("hydraulique", Side::Production), ("hydro", Side::Production),
    ("nucleaire", Side::Production), ("nuclear", Side::Production), ("thermique", Side::Production), ("bioenerg", Side::Production), ("biomass", Side::Production),
    ("gaz", Side::Production), ("gas", Side::Production), ("fioul", Side::Production), ("charbon", Side::Production), ("coal", Side::Production),
    ("cogeneration", Side::Production), ("production", Side::Production), ("generation", Side::Production),
    ("consommation", Side::Consumption), ("consumption", Side::Consumption), ("demande", Side::Consumption), ("demand", Side::Consumption),
    ("lighting", Side::Consumption), ("eclairage", Side::Consumption), ("tram", Side::Consumption),
];
/// What passes the border already: it is found as the remainder, and would count twice.
const EXCHANGES: [&str; 6] = ["ech", "exchange", "export", "import", "injection", "soutirage"];
/// What is told of the future, as a share, or of what might be is no energy of the balance.
const OTHERS: [&str; 8] = ["prevision", "forecast", "taux", "curtail", "sans", "without", "plan-", "planned"];
/// What is burnt or piped, in whole words: the use of it is no electricity, only what is made of it is.
const CARRIERS: [&str; 10] = ["gaz", "gas", "fioul", "charbon", "coal", "bois", "wood", "chaleur", "heat", "gnv"];
/// What uses electricity though its name holds a carrier's.
const ELECTRIC: [&str; 2] = ["pompe-a-chaleur", "heat-pump"];
/// Our own series of what all roofs would make if they were equipped: a possibility, in several sums of the same.
const POSSIBLE: [&str; 5] = ["pv-if-equipped", "pv-areas", "pv-iris", "solar-hours", "solar-months"];
/// Uses that no building has, which the estimated demand of buildings does not hold.
const OF_NO_BUILDING: [&str; 8] = ["vehicle-charging", "recharge", "lighting", "eclairage", "tram", "traction", "rail", "ferroviaire"];
/// Our own sums of the demand, which the lines by use hold already.
const REPEATS: [&str; 3] = ["demand-areas", "demand-iris", "demand-of-buildings"];

/// Lower case without accents, words parted by hyphens.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let letters = lower.chars().map(|c| match c {
        'à' | 'â' | 'ä' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        c if c.is_alphanumeric() => c,
        _ => '-',
    });
    letters.collect()
}

/// Whether a text holds a word that begins so.
fn holds(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| at == 0 || text.get(..at).is_some_and(|before| before.ends_with('-')))
}

/// Whether it is the use of another energy than electricity.
fn is_of_another_carrier(text: &str) -> bool {
    let is_used = WORDS.iter().any(|(word, side)| *side == Side::Consumption && holds(text, word));
    is_used && !ELECTRIC.iter().any(|word| holds(text, word)) && text.split('-').any(|word| CARRIERS.contains(&word))
}

/// Its side; `None` where nothing tells.
pub fn side_of(name: &str) -> Option<Side> {
    if is_left_out(name) {
        return None;
    }
    let text = plain(name);
    WORDS.iter().find(|(word, _)| holds(&text, word)).map(|(_, side)| *side)
}

/// Whether it is told to be no part of a balance: whatever else speaks for a side does not count then.
pub fn is_left_out(name: &str) -> bool {
    let text = plain(name);
    POSSIBLE.contains(&name) || is_of_another_carrier(&text) || EXCHANGES.iter().chain(&OTHERS).any(|word| holds(&text, word))
}

/// Whether a consumption called so is one of buildings, or of all there is: beside the estimated demand of all buildings it would count twice.
pub fn is_of_buildings(names: &[&str]) -> bool {
    !names.iter().any(|name| OF_NO_BUILDING.iter().any(|word| holds(&plain(name), word)))
}

/// Whether a series says again what the demand by use says.
pub fn repeats_the_demand(id: &str) -> bool {
    REPEATS.contains(&id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_buildings_use_is_in_their_demand() {
        assert!(is_of_buildings(&["mesures", "Consommation électrique (kW)"]));
        assert!(!is_of_buildings(&["street-lighting", "consommation"]));
        assert!(!is_of_buildings(&["mesures", "Recharge de véhicules (kW)"]));
    }

    #[test]
    fn names_tell_their_side() {
        for (name, side) in [
            ("pv-if-equipped", None),
            ("solar-hours", None),
            ("pv-park", Some(Side::Production)),
            ("sans sillages", None),
            ("Consommation de gaz (kW)", None),
            ("gas consumption", None),
            ("Consommation de chaleur", None),
            ("Gaz (MW)", Some(Side::Production)),
            ("Consommation pompe à chaleur", Some(Side::Consumption)),
            ("Consommation électrique (kW)", Some(Side::Consumption)),
            ("without-battery", None),
            ("Power plant", None),
            ("Éolien (MW)", Some(Side::Production)),
            ("Solaire", Some(Side::Production)),
            ("Production éolienne", Some(Side::Production)),
            ("Consommation (MW)", Some(Side::Consumption)),
            ("Pompage", Some(Side::Charged)),
            ("Déstockage batterie", Some(Side::Discharged)),
            ("Ech. physiques", None),
            ("battery-export", None),
            ("Prévision J-1", None),
            ("Taux de CO2", None),
            ("tram", Some(Side::Consumption)),
            ("vehicle-charging", Some(Side::Consumption)),
            ("Recharge publique", Some(Side::Consumption)),
            ("Température", None),
        ] {
            assert_eq!(side_of(name), side, "{name}");
        }
        assert!(is_left_out("Échanges physiques") && is_left_out("sans batterie") && is_left_out("pv-areas") && !is_left_out("Solaire"));
    }
}
