//! Names that sound French and say that they are invented.

use crate::base::Rng;

/// Every name ends so.
pub const FICTIONAL: &str = "(fictif)";

/// The street that every demo has, with a number 12 in it.
pub const LILACS: &str = "Rue des Lilas (fictif)";

pub const TERRITORY_FR: &str = "Pays de Brumevel (territoire fictif)";
pub const TERRITORY_EN: &str = "Brumevel country (fictional territory)";

const FIRST: [&str; 12] = ["Brume", "Val", "Chante", "Roche", "Haute", "Mont", "Belle", "Noir", "Claire", "Font", "Vieille", "Orme"];
const LAST: [&str; 12] = ["velle", "mornes", "fontaine", "lande", "garde", "seigne", "combes", "rive", "bourg", "sault", "vaux", "couze"];
const STREETS: [&str; 12] = [
    "du Lavoir", "des Tilleuls", "du Four", "des Écoles", "du Pré-Long", "de la Fontaine", "des Vignes", "du Puits", "des Alouettes", "du Verger",
    "de la Forge", "des Noyers",
];
const HAMLETS: [&str; 10] = ["La Borie", "Le Mas", "Les Granges", "La Ribière", "Le Moulin", "Les Landes", "Le Bost", "La Combe", "Puy", "Chez"];

fn one<'a>(of: &[&'a str], rng: &mut Rng) -> &'a str {
    of.get((rng.unit() * of.len() as f64) as usize).copied().unwrap_or_default()
}

pub fn commune(rng: &mut Rng) -> String {
    format!("{}{} {FICTIONAL}", one(&FIRST, rng), one(&LAST, rng))
}

pub fn church(commune: &str) -> String {
    format!("Église Saint-Ormel de {commune}")
}

pub fn main_street(commune: &str) -> String {
    format!("Grande Rue de {commune}")
}

pub fn street(rng: &mut Rng) -> String {
    format!("Rue {} {FICTIONAL}", one(&STREETS, rng))
}

pub fn hamlet(rng: &mut Rng) -> String {
    format!("{} {} {FICTIONAL}", one(&HAMLETS, rng), one(&LAST, rng))
}
