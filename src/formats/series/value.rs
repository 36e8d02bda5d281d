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

/// The longest text that is looked at.
const MAX_BYTES: usize = 64;

impl Value {
    /// Reads a value; the decimal sign may be a comma, and groups of three digits may stand apart.
    pub fn parse(text: &str) -> Self {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{202f}');
        if text.is_empty() {
            return Self::Absent;
        }
        if text.len() > MAX_BYTES {
            return Self::Unreadable;
        }
        if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | ','))
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

fn number(text: &str) -> Option<f64> {
    if let Ok(number) = text.parse::<f64>() {
        return Some(number);
    }
    let written = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | ',' | '.' | 'e' | 'E' | ' ' | '\u{a0}' | '\u{202f}' | '\'');
    if !text.chars().all(written) {
        return None;
    }
    let bare: String = text.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'')).collect();
    // Of two signs the last is the decimal one; a lone comma is.
    let decimal = bare.rfind([',', '.'])?;
    let plain: String = bare
        .char_indices()
        .filter_map(|(at, c)| match c {
            ',' | '.' if at == decimal => Some('.'),
            ',' | '.' => None,
            c => Some(c),
        })
        .collect();
    // `1.234.567`: every sign parts thousands.
    let same = bare.chars().filter(|c| matches!(c, ',' | '.')).collect::<Vec<_>>();
    if same.len() > 1 && same.iter().all(|c| Some(c) == same.first()) {
        return bare.replace([',', '.'], "").parse().ok();
    }
    plain.parse().ok()
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
