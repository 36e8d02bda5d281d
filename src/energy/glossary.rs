//! The field's terms: one name, one symbol, one unit for each thing.
//!
//! Function and field names follow this table with their unit as suffix; the interface takes its tooltips from it.

/// One term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// The key used in code, files and messages.
    pub key: &'static str,
    pub symbol: &'static str,
    /// Empty for pure numbers.
    pub unit: &'static str,
    pub french: &'static str,
    pub english: &'static str,
}

const fn term(
    key: &'static str,
    symbol: &'static str,
    unit: &'static str,
    french: &'static str,
    english: &'static str,
) -> Term {
    Term {
        key,
        symbol,
        unit,
        french,
        english,
    }
}

/// Sorted by key.
#[rustfmt::skip]
pub const TERMS: &[Term] = &[
    term("apparent_zenith", "θz'", "°", "Angle zénithal du soleil tel qu'on le voit, réfraction comprise", "Zenith angle of the sun as seen, with refraction"),
    term("azimuth", "γs", "°", "Direction du soleil sur l'horizon, depuis le nord vrai, dans le sens horaire", "Direction of the sun along the horizon, clockwise from true north"),
    term("delta_t_s", "ΔT", "s", "Écart entre le temps terrestre et le temps universel", "Terrestrial time minus universal time"),
    term("elevation", "αs", "°", "Hauteur angulaire du soleil au-dessus de l'horizon", "Angle of the sun above the horizon"),
    term("energy_kwh", "E", "kWh", "Énergie", "Energy"),
    term("equation_of_time_min", "E", "min", "Avance du soleil vrai sur le soleil moyen", "How far the true sun runs ahead of the mean sun"),
    term("floor_area_m2", "A", "m²", "Surface de plancher de tous les niveaux", "Floor area of all storeys"),
    term("load_coefficient", "c", "", "Puissance de l'heure rapportée à la puissance moyenne de l'année", "Power of the hour as a share of the year's mean power"),
    term("power_kw", "P", "kW", "Puissance moyenne pendant l'heure", "Mean power during the hour"),
    term("thermosensitivity", "", "", "Part de la consommation qui suit le froid", "Share of demand that follows the cold"),
    term("zenith", "θz", "°", "Angle zénithal du soleil, sans réfraction", "Zenith angle of the sun, without refraction"),
];

/// The term of a key.
pub fn find(key: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.key == key)
}
