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
    term("curtailed_kw", "P", "kW", "Production jetée faute de place sur le réseau ou à la batterie", "Production thrown away for lack of room in the network or the battery"),
    term("cycles", "n", "", "Énergie tirée de la batterie, rapportée à sa taille", "Energy taken out of the battery over its size"),
    term("delta_t_s", "ΔT", "s", "Écart entre le temps terrestre et le temps universel", "Terrestrial time minus universal time"),
    term("elevation", "αs", "°", "Hauteur angulaire du soleil au-dessus de l'horizon", "Angle of the sun above the horizon"),
    term("energy_kwh", "E", "kWh", "Énergie", "Energy"),
    term("equation_of_time_min", "E", "min", "Avance du soleil vrai sur le soleil moyen", "How far the true sun runs ahead of the mean sun"),
    term("exported_kw", "P", "kW", "Puissance injectée vers le réseau alentour", "Power given to the network around"),
    term("floor_area_m2", "A", "m²", "Surface de plancher de tous les niveaux", "Floor area of all storeys"),
    term("full_load_hours", "h", "h", "Énergie de l’année rapportée à la puissance nominale", "Energy of the year over the nominal power"),
    term("headroom", "k", "", "Facteur dont toute la consommation peut croître avant qu’une limite ne cède", "Factor by which all consumption can grow before a limit breaks"),
    term("hosting_capacity_kw", "P", "kW", "Production qu’un nœud ou un départ accepte avant qu’une limite ne cède ; indicatif", "Production that a bus or feeder takes before a limit breaks; indicative"),
    term("imported_kw", "P", "kW", "Puissance soutirée du réseau alentour", "Power taken from the network around"),
    term("load_coefficient", "c", "", "Puissance de l'heure rapportée à la puissance moyenne de l'année", "Power of the hour as a share of the year's mean power"),
    term("loading_percent", "", "%", "Courant d’une ligne ou d’un transformateur, en part de ce qu’il supporte", "Current of a line or transformer as a share of what it may carry"),
    term("losses_kw", "P", "kW", "Ce que lignes et transformateurs changent en chaleur", "What lines and transformers turn into heat"),
    term("n_1", "", "", "Panne d’un seul élément, après reprise par l’autre côté", "Failure of a single element, after back-feed from the other side"),
    term("power_kw", "P", "kW", "Puissance moyenne pendant l'heure", "Mean power during the hour"),
    term("self_consumption", "", "", "Part de la production utilisée sur place", "Share of production that is used on the spot"),
    term("self_sufficiency", "", "", "Part de la consommation qui n’est pas soutirée", "Share of consumption that is not imported"),
    term("stored_kwh", "E", "kWh", "Énergie dans la batterie", "Energy in the battery"),
    term("thermosensitivity", "", "", "Part de la consommation qui suit le froid", "Share of demand that follows the cold"),
    term("unserved_mw", "P", "MW", "Consommation que rien ne peut reprendre", "Consumption that nothing can feed again"),
    term("vm_pu", "V", "pu", "Tension rapportée à la tension nominale", "Voltage as a share of the nominal one"),
    term("zenith", "θz", "°", "Angle zénithal du soleil, sans réfraction", "Zenith angle of the sun, without refraction"),
];

/// The term of a key.
pub fn find(key: &str) -> Option<&'static Term> {
    TERMS.iter().find(|term| term.key == key)
}
