//! Values of expressions. They turn into texts, numbers and truths as in JavaScript (ECMA-262, 7.1), which the language is a subset of.

use super::Pattern;
use std::sync::Arc;

/// What an expression can be.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A property that the feature lacks.
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// `vec2` to `vec4`; colours are red, green, blue and opacity from 0 to 1. What lies beyond the size is 0.
    Vector {
        size: u8,
        at: [f64; 4],
    },
    List(Vec<Value>),
    Pattern(Arc<Pattern>),
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Value {
    /// A vector of two to four numbers.
    pub fn vector(numbers: &[f64]) -> Self {
        let size = numbers.len().min(4);
        let mut at = [0.0; 4];
        at.iter_mut()
            .zip(numbers)
            .for_each(|(at, number)| *at = *number);
        Self::Vector {
            size: size as u8,
            at,
        }
    }

    /// A property as JSON has it. Structures are nothing that an expression could use.
    pub fn of_json(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(truth) => Self::Bool(*truth),
            serde_json::Value::Number(number) => number.as_f64().map_or(Self::Undefined, Self::Number),
            serde_json::Value::String(text) => Self::Text(text.clone()),
            serde_json::Value::Array(list) => Self::List(list.iter().map(Self::of_json).collect()),
            serde_json::Value::Object(_) => Self::Undefined,
        }
    }

    /// `Boolean(…)`.
    pub fn truth(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(truth) => *truth,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Vector { .. } | Self::List(_) | Self::Pattern(_) => true,
        }
    }

    /// `Number(…)`.
    pub fn number(&self) -> f64 {
        match self {
            Self::Undefined => f64::NAN,
            Self::Null => 0.0,
            Self::Bool(truth) => f64::from(u8::from(*truth)),
            Self::Number(number) => *number,
            Self::Text(text) => number_of(text),
            Self::Vector { .. } | Self::List(_) | Self::Pattern(_) => number_of(&self.text()),
        }
    }

    /// `String(…)`.
    pub fn text(&self) -> String {
        match self {
            Self::Undefined => "undefined".to_owned(),
            Self::Null => "null".to_owned(),
            Self::Bool(truth) => truth.to_string(),
            Self::Number(number) => text_of(*number),
            Self::Text(text) => text.clone(),
            Self::Vector { size, at } => {
                let parts: Vec<String> = at
                    .iter()
                    .take(usize::from(*size))
                    .map(|number| text_of(*number))
                    .collect();
                format!("({})", parts.join(", "))
            }
            Self::List(list) => {
                let parts: Vec<String> = list
                    .iter()
                    .map(|value| match value {
                        Self::Undefined | Self::Null => String::new(),
                        other => other.text(),
                    })
                    .collect();
                parts.join(",")
            }
            Self::Pattern(pattern) => pattern.to_string(),
        }
    }

    /// `===`. Lists are only the same when they are one list, which two values here never are.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(_), _) => false,
            (Self::Pattern(a), Self::Pattern(b)) => Arc::ptr_eq(a, b),
            (a, b) => a == b,
        }
    }

    /// `value.member` and `value[member]`; undefined where there is none.
    pub fn member(&self, member: &Self) -> Self {
        let index = match member {
            Self::Number(number) if *number >= 0.0 && number.fract() == 0.0 && *number < 1e9 => {
                Some(*number as usize)
            }
            Self::Text(name) => name.parse().ok(),
            _ => None,
        };
        let name = match member {
            Self::Text(name) => name.as_str(),
            _ => "",
        };
        let found = match self {
            Self::Vector { size, at } => {
                let index = match name {
                    "r" | "x" => Some(0),
                    "g" | "y" => Some(1),
                    "b" | "z" => Some(2),
                    "a" | "w" => Some(3),
                    _ => index.filter(|_| name.is_empty()),
                };
                index
                    .filter(|index| *index < usize::from(*size))
                    .and_then(|index| at.get(index))
                    .map(|at| Self::Number(*at))
            }
            Self::List(list) if name == "length" => Some(Self::Number(list.len() as f64)),
            Self::List(list) => index.and_then(|index| list.get(index)).cloned(),
            // JavaScript counts UTF-16 units.
            Self::Text(text) if name == "length" => {
                Some(Self::Number(text.encode_utf16().count() as f64))
            }
            Self::Text(text) => index.and_then(|index| {
                let unit = text.encode_utf16().nth(index)?;
                Some(Self::Text(String::from_utf16_lossy(&[unit])))
            }),
            _ => None,
        };
        found.unwrap_or(Self::Undefined)
    }
}

/// A number as JavaScript writes it: the fewest digits that give it back, with an exponent only far from 1.
pub fn text_of(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 {
            "Infinity"
        } else {
            "-Infinity"
        }
        .to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    if (1e-6..1e21).contains(&number.abs()) {
        return format!("{number}");
    }
    let text = format!("{number:e}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => text,
    }
}

/// A text as JavaScript reads it as a number.
fn number_of(text: &str) -> f64 {
    let text = text.trim();
    if text.is_empty() {
        return 0.0;
    }
    for (prefixes, radix) in [(["0x", "0X"], 16), (["0o", "0O"], 8), (["0b", "0B"], 2)] {
        if let Some(digits) = prefixes.iter().find_map(|prefix| text.strip_prefix(prefix)) {
            let whole = !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
            let value = digits
                .chars()
                .filter_map(|digit| digit.to_digit(radix))
                .fold(0.0, |sum, digit| sum * f64::from(radix) + f64::from(digit));
            return if whole { value } else { f64::NAN };
        }
    }
    match text.trim_start_matches(['+', '-']) {
        "Infinity" if text.len() <= 9 => {
            return if text.starts_with('-') {
                f64::NEG_INFINITY
            } else {
                f64::INFINITY
            };
        }
        // Rust reads words that JavaScript does not.
        rest if !rest.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.') => {
            return f64::NAN;
        }
        _ => {}
    }
    text.parse().unwrap_or(f64::NAN)
}
