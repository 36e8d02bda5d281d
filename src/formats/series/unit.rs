//! Units as headers and columns write them, and how they convert.

use super::plain_name;

/// What is measured; only units of one kind convert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Energy,
    Power,
    Reactive,
    Apparent,
    Irradiance,
    Temperature,
    /// Kelvins are no multiple of degrees Celsius.
    Kelvin,
    Speed,
    Length,
    Volume,
    Flow,
    Voltage,
    Current,
    Pressure,
    Mass,
    Carbon,
    Concentration,
    Ratio,
    Money,
}

/// A unit that we know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// As the manifest writes it.
    pub symbol: &'static str,
    pub kind: Kind,
    /// Of one of it, in the base unit of its kind.
    pub factor: f64,
}

/// `(symbol, kind, factor, further spellings as [`plain`] leaves them)`.
const UNITS: &[(&str, Kind, f64, &[&str])] = &[
    ("Wh", Kind::Energy, 1.0, &[]),
    ("kWh", Kind::Energy, 1e3, &[]),
    ("MWh", Kind::Energy, 1e6, &[]),
    ("GWh", Kind::Energy, 1e9, &[]),
    ("TWh", Kind::Energy, 1e12, &[]),
    ("J", Kind::Energy, 1.0 / 3600.0, &["joule", "joules"]),
    ("kJ", Kind::Energy, 1e3 / 3600.0, &[]),
    ("GJ", Kind::Energy, 1e9 / 3600.0, &[]),
    ("MJ", Kind::Energy, 1e6 / 3600.0, &[]),
    ("W", Kind::Power, 1.0, &["watt", "watts"]),
    ("kW", Kind::Power, 1e3, &["kilowatt"]),
    ("MW", Kind::Power, 1e6, &["megawatt"]),
    ("GW", Kind::Power, 1e9, &["gigawatt"]),
    ("var", Kind::Reactive, 1.0, &[]),
    ("kvar", Kind::Reactive, 1e3, &[]),
    ("Mvar", Kind::Reactive, 1e6, &[]),
    ("VA", Kind::Apparent, 1.0, &[]),
    ("kVA", Kind::Apparent, 1e3, &[]),
    ("MVA", Kind::Apparent, 1e6, &[]),
    ("W/m²", Kind::Irradiance, 1.0, &["w/m2", "w.m-2", "w m-2", "wm-2"]),
    ("°C", Kind::Temperature, 1.0, &["degc", "degre celsius", "degree celsius", "celsius", "degrees celsius", "cel"]),
    ("K", Kind::Kelvin, 1.0, &["kelvin", "kelvins"]),
    ("m/s", Kind::Speed, 1.0, &["m.s-1", "m s-1"]),
    ("km/h", Kind::Speed, 1.0 / 3.6, &["kmh"]),
    ("mm", Kind::Length, 1e-3, &[]),
    ("cm", Kind::Length, 1e-2, &[]),
    ("m", Kind::Length, 1.0, &["metre", "meter"]),
    ("km", Kind::Length, 1e3, &[]),
    ("m³", Kind::Volume, 1.0, &["m3"]),
    ("L", Kind::Volume, 1e-3, &["l", "litre", "liter"]),
    ("m³/s", Kind::Flow, 1.0, &["m3/s"]),
    ("m³/h", Kind::Flow, 1.0 / 3600.0, &["m3/h"]),
    ("L/s", Kind::Flow, 1e-3, &["l/s"]),
    ("V", Kind::Voltage, 1.0, &["volt", "volts"]),
    ("kV", Kind::Voltage, 1e3, &[]),
    ("A", Kind::Current, 1.0, &["ampere", "amperes"]),
    ("Pa", Kind::Pressure, 1.0, &[]),
    ("hPa", Kind::Pressure, 1e2, &["mbar"]),
    ("bar", Kind::Pressure, 1e5, &[]),
    ("kg", Kind::Mass, 1.0, &[]),
    ("t", Kind::Mass, 1e3, &["tonne", "tonnes"]),
    ("g/kWh", Kind::Carbon, 1.0, &["gco2/kwh", "gco2eq/kwh", "g co2/kwh", "g co2eq/kwh"]),
    ("µg/m³", Kind::Concentration, 1.0, &["ug/m3", "µg/m3", "μg/m3", "μg/m³"]),
    ("%", Kind::Ratio, 1e-2, &["percent", "pourcent"]),
    ("1", Kind::Ratio, 1.0, &["coefficient", "sans unite", "ratio"]),
    ("€", Kind::Money, 1.0, &["eur", "euro", "euros"]),
    ("€/MWh", Kind::Money, 1.0, &["eur/mwh"]),
];

/// Endings of names that are units for certain: `conso_kwh`, `total_energie_soutiree_wh`.
const ENDINGS: &[(&str, &str)] = &[
    ("_kwh", "kWh"),
    ("_mwh", "MWh"),
    ("_gwh", "GWh"),
    ("_twh", "TWh"),
    ("_wh", "Wh"),
    ("_kj", "kJ"),
    ("_mj", "MJ"),
    ("_gj", "GJ"),
    ("_kw", "kW"),
    ("_mw", "MW"),
    ("_gw", "GW"),
    ("_kvar", "kvar"),
    ("_kva", "kVA"),
    ("_w_m2", "W/m²"),
    ("_degc", "°C"),
    ("_m_s", "m/s"),
    ("_km_h", "km/h"),
    ("_m3_h", "m³/h"),
    ("_m3_s", "m³/s"),
    ("_m3", "m³"),
    ("_hpa", "hPa"),
    ("_g_kwh", "g/kWh"),
    ("_ug_m3", "µg/m³"),
    ("_pct", "%"),
    ("_percent", "%"),
    ("_pourcent", "%"),
    ("_celsius", "°C"),
];

impl Unit {
    /// The unit of a text that is one. Case decides only where it must: `mW` is no megawatt.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let lower = text.to_lowercase().replace(['é', 'è'], "e");
        let of = |found: &(&'static str, Kind, f64, &[&str])| Self { symbol: found.0, kind: found.1, factor: found.2 };
        UNITS
            .iter()
            .find(|unit| unit.0 == text)
            // Thousandths of a watt or a volt are not what somebody means who writes small letters only; `j` are days.
            .or_else(|| UNITS.iter().find(|unit| !matches!(text, "mW" | "mWh" | "mJ" | "j") && (unit.0.to_lowercase() == lower || unit.3.contains(&lower.as_str()))))
            .map(of)
    }

    /// The unit that a column's name ends with or holds in brackets; with the name that is left.
    pub fn in_header(name: &str) -> Option<(Self, String)> {
        let name = name.trim();
        for (open, close) in [('(', ')'), ('[', ']')] {
            if let Some((before, rest)) = name.rsplit_once(open)
                && let Some((inside, after)) = rest.split_once(close)
                && after.trim().is_empty()
                && let Some(unit) = Self::parse(inside.trim_start_matches("en ").trim_start_matches("in "))
            {
                return Some((unit, before.trim().to_owned()));
            }
        }
        if let Some((before, after)) = name.rsplit_once(" en ")
            && let Some(unit) = Self::parse(after)
        {
            return Some((unit, before.trim().to_owned()));
        }
        let plain = plain_name(name);
        // The longest ending counts: `_g_kwh` before `_kwh`.
        let (ending, symbol) = ENDINGS.iter().filter(|(ending, _)| plain.ends_with(ending)).max_by_key(|(ending, _)| ending.len())?;
        let left = plain.strip_suffix(ending).filter(|left| !left.is_empty())?;
        Some((Self::parse(symbol)?, left.to_owned()))
    }

    /// The unit that is all a column is called: `kWh`. One letter is no unit, and neither is what objects are called.
    pub fn alone(name: &str) -> Option<Self> {
        let named = |unit: &Self| matches!(unit.kind, Kind::Energy | Kind::Power | Kind::Irradiance | Kind::Carbon | Kind::Temperature) && name.trim().chars().count() > 1;
        Self::parse(name).filter(named)
    }

    /// What a value in this unit is multiplied with to be in another; `None` where they measure different things.
    pub fn factor_to(self, other: Self) -> Option<f64> {
        // Prices and shares of different kinds have no common base.
        let convertible = self.kind == other.kind && (self.kind != Kind::Money || self.symbol == other.symbol);
        convertible.then(|| self.factor / other.factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_found_where_producers_write_them() {
        for (name, unit, left) in [
            ("Consommation (MW)", "MW", "Consommation"),
            ("Taux de CO2 (g/kWh)", "g/kWh", "Taux de CO2"),
            ("TCO Eolien (%)", "%", "TCO Eolien"),
            ("T2m [°C]", "°C", "T2m"),
            ("énergie en kWh", "kWh", "énergie"),
            ("total_energie_soutiree_wh", "Wh", "total_energie_soutiree"),
            ("taux_co2_g_kwh", "g/kWh", "taux_co2"),
            ("Conso totale (MWh)", "MWh", "Conso totale"),
            ("Température (K)", "K", "Température"),
            ("Chaleur [GJ]", "GJ", "Chaleur"),
            ("chaleur_mj", "MJ", "chaleur"),
        ] {
            let (found, rest) = Unit::in_header(name).unwrap();
            assert_eq!((found.symbol, rest.as_str()), (unit, left), "{name}");
        }
        for name in ["consommation", "kwh", "nb_points", "Région (nom)", "flow"] {
            assert_eq!(Unit::in_header(name), None, "{name}");
        }
    }

    #[test]
    fn only_what_measures_the_same_converts() {
        let unit = |text: &str| Unit::parse(text).unwrap();
        assert_eq!(unit("MWh").factor_to(unit("kWh")), Some(1000.0));
        assert_eq!(unit("kwh").symbol, "kWh");
        assert_eq!(unit("kWh").factor_to(unit("kW")), None);
        assert!((unit("GJ").factor_to(unit("kWh")).unwrap() - 277.777_777_8).abs() < 1e-6);
        assert_eq!(unit("K").factor_to(unit("°C")), None);
        assert_eq!((Unit::parse("j"), Unit::parse("mJ")), (None, None));
        assert_eq!((Unit::alone("kwh").unwrap().symbol, Unit::alone("W"), Unit::alone("A"), Unit::alone("var")), ("kWh", None, None, None));
        assert_eq!(Unit::parse("mW"), None);
        assert_eq!(Unit::parse("lieues"), None);
    }
}
