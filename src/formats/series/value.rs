//! Values of series, and the words that stand in their place.

/// What stands where a number is expected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    /// Empty, `ND`, `null`, a dash: nobody knows.
    Absent,
    /// `S`, `secret`, `< 10`: somebody knows and may not say.
    Masked,
    /// `NaN`, `inf`: a computation that went wrong.
    NotFinite,
    /// Text that is none of these.
    Unreadable,
}

/// The hyphen and the sign proper.
const MINUS: [char; 2] = ['-', '\u{2212}'];
/// The longest text that is looked at.
const MAX_BYTES: usize = 64;

impl Value {
    /// Reads a value; the decimal sign may be a comma, and groups of three digits may stand apart.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::Absent;
        }
        if text.len() > MAX_BYTES {
            return Self::Unreadable;
        }
        if text.starts_with(|c: char| c.is_ascii_digit() || MINUS.contains(&c) || matches!(c, '+' | '.' | ','))
            && let Some(number) = number(text)
        {
            return if number.is_finite() { Self::Number(number) } else { Self::NotFinite };
        }
        let lower = text.to_lowercase();
        match lower.as_str() {
            "nd" | "n.d." | "n/d" | "na" | "n/a" | "null" | "none" | "nc" | "n.c." | "-" | "--" | "—" | "–" | "absent" | "non disponible" | "indisponible" | "<na>" | "nat" => Self::Absent,
            "s" | "secret" | "secret statistique" | "secret stat" | "confidentiel" | "confidential" | "masqué" | "masque" | "c" | "***" | "xxx" => Self::Masked,
            "nan" | "+nan" | "-nan" | "inf" | "+inf" | "-inf" | "infinity" | "+infinity" | "-infinity" | "#n/a" | "#div/0!" | "#valeur!" | "#value!" => Self::NotFinite,
            // A bound instead of a number.
            bound if bound.starts_with(['<', '≤']) && number(bound.trim_start_matches(['<', '≤', '=', ' '])).is_some() => Self::Masked,
            _ => Self::Unreadable,
        }
    }
}

/// A number as people write it: a comma or a point before its fraction, and groups of three digits apart.
fn number(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return Some(number);
    }
    let (mantissa, exponent) = text.find(['e', 'E']).map_or((text, ""), |at| text.split_at(at));
    let (sign, digits) = match mantissa.strip_prefix(MINUS) {
        Some(digits) => ("-", digits),
        None => ("", mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    // Of two kinds of signs the last is the decimal one, and so is a lone one; several of one kind part thousands.
    let last = digits.rfind([',', '.']).and_then(|at| Some((at, digits.get(at..at + 1)?)));
    let decimal = last.filter(|(_, sign)| digits.matches(*sign).count() == 1).map(|(at, _)| at);
    let (whole, fraction) = decimal.map_or((digits, ""), |at| (digits.get(..at).unwrap_or_default(), digits.get(at + 1..).unwrap_or_default()));
    let apart = |c: char| c.is_whitespace() || matches!(c, '\'' | '’' | ',' | '.');
    let groups: Vec<&str> = whole.split(apart).collect();
    let kind = |c: char| if c.is_whitespace() { ' ' } else { c };
    let mut kinds = whole.chars().filter(|c| apart(*c)).map(kind);
    let first = kinds.next();
    let is_grouped = groups.len() == 1 || matches!(groups.split_first(), Some((first, rest)) if (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3));
    if !is_grouped || kinds.any(|kind| Some(kind) != first) {
        return None;
    }
    let whole = groups.concat();
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(&whole) || !are_digits(fraction) {
        return None;
    }
    format!("{sign}{whole}.{fraction}{exponent}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Value::{self, Absent, Masked, NotFinite, Number, Unreadable};

    #[test]
    fn numbers_masks_and_holes_are_told_apart() {
        for (text, expect) in [
            ("12.5", Number(12.5)),
            ("12,5", Number(12.5)),
            ("-0", Number(-0.0)),
            ("1e3", Number(1000.0)),
            ("1 234,5", Number(1234.5)),
            ("1\u{202f}234\u{202f}567,5", Number(1_234_567.5)),
            ("1.234,5", Number(1234.5)),
            ("1,234.5", Number(1234.5)),
            ("1.234.567", Number(1_234_567.0)),
            ("1\u{2009}234,5", Number(1234.5)),
            ("12’345.6", Number(12_345.6)),
            ("\u{2212}1,5", Number(-1.5)),
            ("+1,5e3", Number(1500.0)),
            (",5", Number(0.5)),
            ("12,", Number(12.0)),
            // Dates, addresses, versions, and what was torn in the middle.
            ("06.01.2025", Unreadable),
            ("2025.01.06", Unreadable),
            ("192.168.1.1", Unreadable),
            ("1.2.3", Unreadable),
            ("1..2", Unreadable),
            ("1,,2", Unreadable),
            ("1,2.3", Unreadable),
            ("12 34,5", Unreadable),
            ("1 234.567,5", Unreadable),
            ("1234,567,890", Unreadable),
            ("- 5", Unreadable),
            (",", Unreadable),
            ("", Absent),
            ("\u{a0}", Absent),
            ("ND", Absent),
            ("-", Absent),
            ("null", Absent),
            ("S", Masked),
            ("s", Masked),
            ("< 1", Masked),
            ("<10", Masked),
            ("NaN", NotFinite),
            ("1e999", NotFinite),
            ("-inf", NotFinite),
            ("douze", Unreadable),
            ("12 kWh", Unreadable),
            ("12:30", Unreadable),
        ] {
            assert_eq!(Value::parse(text), expect, "{text}");
        }
    }
}
