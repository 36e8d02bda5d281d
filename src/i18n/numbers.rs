//! Numbers and units as each language writes them.

use super::{Arg, Texts};
use crate::base::{Language, Unit};

/// Groups of thousands in French (narrow, no break): `1 234,5`.
const NARROW: char = '\u{202F}';
/// Between a number and its unit: never a line break there.
const NO_BREAK: char = '\u{A0}';
/// The typographic minus, as wide as a plus.
const MINUS: char = '\u{2212}';
/// Estimates and ranges show no more digits than they can be trusted for.
const ESTIMATE_DIGITS: i32 = 3;

impl Texts {
    /// `1 234,5` or `1,234.5`, rounded half away from zero.
    pub fn number(&self, value: f64, decimals: usize) -> String {
        number(value, decimals, self.language)
    }

    /// A value with its unit, energies and powers scaled to a readable one: `1 234,5 kWh`, `12,3 MWh par an`, `12,3 %`.
    ///
    /// Decimals follow the size: one below a hundred of the unit, else none.
    pub fn quantity(&self, value: f64, unit: Unit) -> String {
        let scale = Scale::of(value, unit);
        self.joined(&self.in_scale(value, &scale), &scale)
    }

    /// The same of an estimate: three digits that count.
    pub fn estimate(&self, value: f64, unit: Unit) -> String {
        let value = if unit == Unit::Year {
            value
        } else {
            rounded(value)
        };
        self.quantity(value, unit)
    }

    /// `entre 3 900 et 4 500 kWh par an`, both in the unit that suits the greater one.
    pub fn range(&self, low: f64, high: f64, unit: Unit) -> String {
        let (low, high) = (rounded(low.min(high)), rounded(low.max(high)));
        let scale = Scale::of(if high.abs() >= low.abs() { high } else { low }, unit);
        self.text_with(
            "range-between",
            &[
                ("low", self.in_scale(low, &scale).into()),
                (
                    "high",
                    self.joined(&self.in_scale(high, &scale), &scale).into(),
                ),
            ],
        )
    }

    /// A round length on a map: `20 cm`, `500 m`, `2 km`.
    pub fn length(&self, metres: f64) -> String {
        let (value, unit) = match metres {
            m if m < 1.0 => (m * 100.0, "cm"),
            m if m < 1000.0 => (m, "m"),
            m => (m / 1000.0, "km"),
        };
        format!("{}{NO_BREAK}{unit}", self.number(value, 0))
    }

    /// How much of the territory's time passes in a second: `1 h par seconde`.
    pub fn speed(&self, seconds_per_second: f64) -> String {
        let (key, size) = match seconds_per_second {
            s if s < 60.0 => ("speed-seconds", 1.0),
            s if s < 3600.0 => ("speed-minutes", 60.0),
            s if s < 86_400.0 => ("speed-hours", 3600.0),
            _ => ("speed-days", 86_400.0),
        };
        self.text_with(key, &[("amount", Arg::Number(seconds_per_second / size))])
    }

    fn in_scale(&self, value: f64, scale: &Scale) -> String {
        let scaled = value / scale.size;
        match scale.decimals {
            Some(0) if scale.key == "unit-year" => format!("{scaled:.0}"),
            Some(decimals) => self.number(scaled, decimals),
            None => self.number(scaled, decimals_of(scaled)),
        }
    }

    fn joined(&self, number: &str, scale: &Scale) -> String {
        if scale.key.is_empty() || scale.key == "unit-year" {
            return number.to_owned();
        }
        let unit = self.text(scale.key);
        let tight = match (scale.key, self.language) {
            ("unit-degree", _) | ("unit-percent", Language::En) => true,
            _ => false,
        };
        if tight {
            format!("{number}{unit}")
        } else {
            format!("{number}{NO_BREAK}{unit}")
        }
    }
}

/// A readable unit for a value.
struct Scale {
    /// i18n key; empty for plain numbers.
    key: &'static str,
    /// How many base units make one of it.
    size: f64,
    /// `None` follows the size of the number.
    decimals: Option<usize>,
}

impl Scale {
    fn of(value: f64, unit: Unit) -> Self {
        let size = value.abs();
        let energy = |[kwh, mwh, gwh]: [&'static str; 3]| match size {
            s if s >= 1e7 => (gwh, 1e6, None),
            s if s >= 1e4 => (mwh, 1e3, None),
            _ => (kwh, 1.0, Some(usize::from(value.fract() != 0.0))),
        };
        let (key, size, decimals) = match unit {
            Unit::One => ("", 1.0, Some(if value.fract() == 0.0 { 0 } else { 2 })),
            Unit::Metre if size >= 1e4 => ("unit-kilometre", 1e3, None),
            Unit::Metre => ("unit-metre", 1.0, Some(1)),
            Unit::SquareMetre => ("unit-square-metre", 1.0, None),
            Unit::Kilowatt if size >= 1e4 => ("unit-megawatt", 1e3, None),
            Unit::Kilowatt if size < 1.0 && size > 0.0 => ("unit-watt", 1e-3, Some(0)),
            Unit::Kilowatt => ("unit-kilowatt", 1.0, None),
            Unit::KilowattHour => energy(["unit-kwh", "unit-mwh", "unit-gwh"]),
            Unit::KilowattHourPerYear => {
                energy(["unit-kwh-year", "unit-mwh-year", "unit-gwh-year"])
            }
            Unit::WattPerSquareMetre => ("unit-watt-per-square-metre", 1.0, None),
            Unit::Volt if size >= 1e3 => ("unit-kilovolt", 1e3, None),
            Unit::Volt => ("unit-volt", 1.0, Some(0)),
            Unit::Degree => ("unit-degree", 1.0, None),
            Unit::Percent => ("unit-percent", 1.0, Some(1)),
            Unit::Year => ("unit-year", 1.0, Some(0)),
        };
        Self {
            key,
            size,
            decimals,
        }
    }
}

fn decimals_of(value: f64) -> usize {
    usize::from(value.abs() < 100.0 && value.fract() != 0.0)
}

/// To [`ESTIMATE_DIGITS`] significant digits.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let digits = ESTIMATE_DIGITS - 1 - value.abs().log10().floor() as i32;
    // Powers of ten are exact one way only: multiply or divide, whichever keeps the factor whole.
    if digits >= 0 {
        let factor = 10f64.powi(digits);
        (value * factor).round() / factor
    } else {
        let factor = 10f64.powi(-digits);
        (value / factor).round() * factor
    }
}

/// What no number is shows as a dash; very large numbers keep all their digits.
pub fn number(value: f64, decimals: usize, language: Language) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let (group, point) = match language {
        Language::Fr => (NARROW, ','),
        Language::En => (',', '.'),
    };
    let plain = format!("{:.*}", decimals, rounded_half_up(value.abs(), decimals));
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut text = String::with_capacity(plain.len() + plain.len() / 3 * 3 + 3);
    if value < 0.0 && plain.bytes().any(|digit| (b'1'..=b'9').contains(&digit)) {
        text.push(MINUS);
    }
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

/// `format!` rounds ties to even, which people take for a mistake: 0.5 becomes 1 here, as at school.
fn rounded_half_up(value: f64, decimals: usize) -> f64 {
    let factor = 10f64.powi(i32::try_from(decimals.min(9)).unwrap_or(9));
    let scaled = value * factor;
    // Beyond 2⁵³ there are no fractions left to round.
    if scaled.is_finite() && scaled < 9e15 {
        scaled.round() / factor
    } else {
        value
    }
}
