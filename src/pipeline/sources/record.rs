//! One object of a source, its values under our own terms.

use crate::formats::shape::Shape;

/// A value as a table or a JSON property holds it; missing ones are not stored.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Number(f64),
    Text(String),
    Flag(bool),
}

/// One object.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// How a person finds it in the source: its id, or its row.
    pub object: String,
    pub shape: Option<Shape>,
    /// `(term, value)`; the first of a term counts.
    pub values: Vec<(&'static str, Cell)>,
}

impl Record {
    pub fn get(&self, term: &str) -> Option<&Cell> {
        self.values
            .iter()
            .find(|(name, _)| *name == term)
            .map(|(_, cell)| cell)
    }

    /// Lets the record go by its id where it has one.
    pub fn name_by_id(&mut self) {
        if let Some(id) = self.text("id") {
            self.object = id;
        }
    }

    pub fn has(&self, term: &str) -> bool {
        self.get(term).is_some()
    }

    /// A finite number; text is read as one (`12,5 m` is 12.5), a span (`6-10 m`) as its middle.
    pub fn number(&self, term: &str) -> Option<f64> {
        match self.get(term)? {
            Cell::Number(value) => value.is_finite().then_some(*value),
            Cell::Text(text) => number_in(text),
            Cell::Flag(_) => None,
        }
    }

    /// Trimmed text that is not empty; `null` and `NULL` written as text are empty too.
    pub fn text(&self, term: &str) -> Option<String> {
        match self.get(term)? {
            Cell::Text(text) => {
                let text = text.trim();
                (!text.is_empty() && !text.eq_ignore_ascii_case("null")).then(|| text.to_owned())
            }
            Cell::Number(value) => Some(value.to_string()),
            Cell::Flag(value) => Some(value.to_string()),
        }
    }

    /// `Oui`, `T`, `yes`, `true`, `1` and what else producers write.
    pub fn flag(&self, term: &str) -> Option<bool> {
        match self.get(term)? {
            Cell::Flag(value) => Some(*value),
            Cell::Number(value) => Some(*value != 0.0),
            Cell::Text(text) => match text.trim().to_lowercase().as_str() {
                "oui" | "o" | "t" | "true" | "vrai" | "yes" | "y" | "1" | "viaduct" | "building_passage" => Some(true),
                "non" | "n" | "f" | "false" | "faux" | "no" | "0" => Some(false),
                _ => None,
            },
        }
    }
}

/// The number at the start of a text, decimal comma allowed; of `6-10 m` the middle.
fn number_in(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(value) = text.parse::<f64>() {
        return value.is_finite().then_some(value);
    }
    let (first, rest) = leading_number(text)?;
    let rest = rest.trim_start();
    if let Some(after) = rest.strip_prefix('-')
        && let Some((second, _)) = leading_number(after.trim_start())
    {
        return Some(0.5 * (first + second));
    }
    Some(first)
}

fn leading_number(text: &str) -> Option<(f64, &str)> {
    let signs = usize::from(text.starts_with(['-', '+']));
    let digits = text
        .char_indices()
        .skip(signs)
        .find(|(_, c)| !(c.is_ascii_digit() || *c == '.' || *c == ','))
        .map_or(text.len(), |(at, _)| at);
    let number = text.get(..digits)?.replace(',', ".").parse().ok()?;
    Some((number, text.get(digits..)?))
}
