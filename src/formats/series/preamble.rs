//! Lines before a table's own columns: the unit of its values, the clock of its stamps, whose they are, as an export describes itself.
//!
//! Enedis' download begins `Identifiant PRM;Type de donnees;…;Unite`, with the values of these below; others write `# unit: kW` or `Unité;kWh`.

use super::plain_name;
use super::unit::Unit;
use crate::base::Clock;

const UNITS: &[&str] = &["unite", "unites", "unit", "units", "unite_de_mesure"];
const CLOCKS: &[&str] = &["fuseau_horaire", "fuseau", "timezone", "time_zone"];
const POINTS: &[&str] = &["identifiant_prm", "identifiant_pdl", "prm", "pdl"];
const KINDS: &[&str] = &["type_de_donnees"];
/// What else stands among them.
const OTHERS: &[&str] = &["date_de_debut", "date_de_fin", "grandeur_physique", "grandeur_metier", "etape_metier", "pas_en_minutes", "pas"];

/// What lines before a table say of it, each with the words that say so.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Preamble {
    pub unit: Option<(String, &'static str)>,
    pub clock: Option<(String, Clock)>,
    /// The delivery point that the table is of.
    pub point: Option<String>,
    /// Enedis' load curve: mean powers, each stamped at the end of its step.
    pub load_curve: Option<String>,
    /// Something else of Enedis, by its name: readings of a counter, the highest power of each day.
    pub other_kind: Option<String>,
}

impl Preamble {
    /// Reads fields of lines.
    pub fn of(lines: &[Vec<String>]) -> Self {
        let mut found = Self::default();
        for (at, line) in lines.iter().enumerate() {
            for (place, field) in line.iter().enumerate() {
                let Some((said, values)) = statement(lines, at, place, field) else { continue };
                found.take(said, &values);
            }
        }
        // What a counter shows is no energy of a step.
        if found.other_kind.as_deref().is_some_and(|kind| plain_name(kind).starts_with("index")) {
            found.unit = None;
        }
        // Load curves are in watts where the field of the unit is empty.
        if let (Some(kind), None) = (&found.load_curve, &found.unit) {
            found.unit = Some((kind.clone(), "W"));
        }
        found
    }

    fn take(&mut self, said: &str, values: &[&str]) {
        let name = plain_name(said);
        let is = |words: &[&str]| words.contains(&name.as_str());
        if is(UNITS) && self.unit.is_none() {
            self.unit = values.iter().find_map(|value| Unit::parse(value)).map(|unit| (said.to_owned(), unit.symbol));
        } else if is(CLOCKS) && self.clock.is_none() {
            self.clock = values.iter().find_map(|value| clock(value)).map(|clock| (said.to_owned(), clock));
        } else if is(POINTS) && self.point.is_none() {
            self.point = values.iter().find(|value| value.len() >= 6 && value.bytes().all(|byte| byte.is_ascii_digit())).map(|value| (*value).to_owned());
        } else if is(KINDS)
            && let Some(kind) = values.first()
        {
            let told = format!("{said} : {kind}");
            if plain_name(kind).starts_with("courbe_de_charge") { self.load_curve = Some(told) } else { self.other_kind = Some((*kind).to_owned()) }
        }
    }
}

/// The words of a field that names something, and what may be its value: behind a colon, in the next field, or below.
fn statement<'a>(lines: &'a [Vec<String>], at: usize, place: usize, field: &'a str) -> Option<(&'a str, Vec<&'a str>)> {
    let field = field.trim().trim_start_matches('#').trim();
    if let Some((name, value)) = field.split_once(':')
        && is_known(name)
        && !value.trim().is_empty()
    {
        return Some((name.trim(), vec![value.trim()]));
    }
    if !is_known(field) {
        return None;
    }
    let line = lines.get(at)?;
    let beside = line.get(place + 1).map(|value| value.trim());
    let below = lines.get(at + 1).and_then(|line| line.get(place)).map(|value| value.trim());
    // A row of names has its values below it.
    let is_head = beside.is_some_and(is_known) || place.checked_sub(1).and_then(|before| line.get(before)).is_some_and(|before| is_known(before));
    let values = [beside.filter(|_| !is_head), below].into_iter().flatten().filter(|value| !value.is_empty());
    Some((field.trim_end_matches(':').trim(), values.collect()))
}

fn is_known(name: &str) -> bool {
    let name = plain_name(name);
    [UNITS, CLOCKS, POINTS, KINDS, OTHERS].iter().any(|words| words.contains(&name.as_str()))
}

fn clock(value: &str) -> Option<Clock> {
    Clock::named(value).or_else(|| ["utc", "gmt", "tu", "temps_universel"].contains(&plain_name(value).as_str()).then_some(Clock::Hours(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Preamble {
        let lines: Vec<Vec<String>> = text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect();
        Preamble::of(&lines)
    }

    #[test]
    fn what_an_export_says_of_itself_is_read() {
        let head = "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Grandeur metier;Etape metier;Unite;Pas en minutes\n";
        let curve = read(&format!("{head}12345678901234;Courbe de charge;01/01/2025;02/01/2025;Energie active;Consommation;Comptage Brut;W;30"));
        assert_eq!((curve.unit.as_ref().map(|unit| unit.1), curve.point.as_deref(), curve.load_curve.as_deref()), (Some("W"), Some("12345678901234"), Some("Type de donnees : Courbe de charge")));
        // An empty field of the unit; kilowatt-hours; the kind beside its name.
        let unit = |text: &str| read(text).unit.map(|unit| unit.1);
        assert_eq!(unit(&format!("{head}12345678901234;Courbe de charge;01/01/2025;02/01/2025;Energie active;Consommation;Comptage Brut;;")), Some("W"));
        assert_eq!(unit("Identifiant PRM;Unite\n12345678901234;kWh"), Some("kWh"));
        assert_eq!(unit("Identifiant PRM;12345678901234;Type de donnees;Courbe de charge;"), Some("W"));
        assert_eq!((unit("# title: Demande\n# unit: kW"), unit("Unité;kWh"), unit("Unité : MWh")), (Some("kW"), Some("kWh"), Some("MWh")));
        assert_eq!((unit("Compteur;Unite\nA12;kWh"), unit("Unité;lieues"), unit("Relevé de 2025")), (Some("kWh"), None, None));
        assert_eq!(read("Fuseau horaire;UTC").clock, Some(("Fuseau horaire".to_owned(), Clock::Hours(0))));
        assert_eq!(read("# timezone: Indian/Reunion").clock.map(|clock| clock.1), Some(Clock::Reunion));
        // A counter's readings are no energies, and no curve.
        let index = read(&format!("{head}12345678901234;Index;12/04/2021;18/04/2021;Energie active;Consommation;Comptage Brut;Wh;"));
        assert_eq!((index.unit, index.load_curve, index.other_kind.as_deref()), (None, None, Some("Index")));
    }
}
