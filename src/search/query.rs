//! What was typed, read in every way it may be meant: `8 rue du 8 mai`, `12bis r. des lilas 29830`, `lilas 12`.

use super::words::{is_small, is_type, nearly, nearly_begins, pieces, spelled_out};

/// Longest query that is read, letters; the rest is left out.
pub const MAX_LETTERS: usize = 200;
/// Most words of a query.
pub const MAX_WORDS: usize = 16;
/// Words shorter than this are too short for a slip.
const SHORTEST_SLIP: usize = 4;
/// Said after an address, and telling nothing inside one territory.
const IGNORED: [&str; 4] = ["france", "cedex", "bp", "cs"];

/// A word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// As typed and, where it may be short for something, spelled out.
    pub forms: Vec<String>,
    /// It is still being typed: more letters may follow.
    pub is_open: bool,
}

/// How well a word of a query fits one of a name; less is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    Same,
    /// The letters typed so far begin it.
    Begins,
    /// It was cut short before other words.
    CutShort,
    Slip,
}

impl Fit {
    pub fn cost(self) -> u32 {
        match self {
            Self::Same => 0,
            Self::Begins => 1,
            Self::CutShort => 3,
            Self::Slip => 12,
        }
    }
}

impl Token {
    pub fn is_small(&self) -> bool {
        self.forms.iter().any(|form| is_small(form))
    }

    pub fn is_type(&self) -> bool {
        self.forms.iter().any(|form| is_type(form))
    }

    /// Whether it is written in digits alone.
    pub fn is_digits(&self) -> bool {
        self.forms.first().is_some_and(|form| form.bytes().all(|byte| byte.is_ascii_digit()))
    }

    fn typed(&self) -> &str {
        self.forms.first().map_or("", String::as_str)
    }

    /// How it fits a word; slips only where they are looked for.
    pub fn fits(&self, word: &str, slips: bool) -> Option<Fit> {
        if self.forms.iter().any(|form| form == word) {
            return Some(Fit::Same);
        }
        let typed = self.typed();
        if word.starts_with(typed) && !self.is_digits() {
            return Some(if self.is_open { Fit::Begins } else { Fit::CutShort });
        }
        // A postcode grows digit by digit.
        if self.is_open && typed.len() >= 2 && word.len() == 5 && word.starts_with(typed) {
            return Some(Fit::Begins);
        }
        let may_slip = slips && typed.chars().count() >= SHORTEST_SLIP && !self.is_digits();
        (may_slip && (nearly(typed, word) || (self.is_open && nearly_begins(typed, word)))).then_some(Fit::Slip)
    }
}

/// A house number that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub number: u32,
    /// `bis`, `b` …; may be empty.
    pub suffix: String,
}

/// One way to read a query: a house number or none, and the words that are left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    pub asked: Option<Asked>,
    pub tokens: Vec<Token>,
}

/// A query, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The plainest first; none where nothing was typed that could be looked for.
    pub readings: Vec<Reading>,
}

impl Query {
    pub fn read(text: &str) -> Self {
        let text: String = text.chars().take(MAX_LETTERS).collect();
        let closed = !text.chars().next_back().is_some_and(char::is_alphanumeric);
        let mut typed = pieces(&text);
        typed.truncate(MAX_WORDS);
        typed.retain(|word| !IGNORED.contains(&word.as_str()) || text.len() <= word.len());
        let last = typed.len().saturating_sub(1);
        let tokens: Vec<Token> = (0..typed.len()).filter_map(|at| token(&typed, at, at == last && !closed)).collect();
        let mut readings = Vec::new();
        for (at, word) in typed.iter().enumerate() {
            let Some((number, glued)) = house_number(word) else { continue };
            let next = typed.get(at + 1).filter(|next| glued.is_empty() && is_suffix(next));
            // `12 b` may be 12 bis, and `12 r` a street.
            for taken in if next.is_some() { vec![2, 1] } else { vec![1] } {
                let suffix = if taken == 2 { next.cloned().unwrap_or_default() } else { glued.clone() };
                let left: Vec<String> = typed.iter().enumerate().filter(|(other, _)| !(at..at + taken).contains(other)).map(|(_, word)| word.clone()).collect();
                let last = left.len().saturating_sub(1);
                let open = !closed && at + taken < typed.len();
                let tokens = (0..left.len()).filter_map(|at| token(&left, at, at == last && open)).collect();
                readings.push(Reading { asked: Some(Asked { number, suffix }), tokens });
            }
        }
        readings.insert(0, Reading { asked: None, tokens });
        readings.retain(|reading| reading.tokens.iter().any(|token| !token.is_small()) || (reading.asked.is_none() && !reading.tokens.is_empty()));
        Self { readings }
    }

    pub fn is_empty(&self) -> bool {
        self.readings.is_empty()
    }

    /// Its words, each once, those that are certainly no house number first.
    pub fn tokens(&self) -> Vec<&Token> {
        let mut all: Vec<&Token> = Vec::new();
        for token in self.readings.iter().rev().flat_map(|reading| &reading.tokens) {
            if !all.contains(&token) {
                all.push(token);
            }
        }
        all
    }
}

fn token(words: &[String], at: usize, is_open: bool) -> Option<Token> {
    let word = words.get(at)?;
    // A street may begin anywhere in a query: behind a number, behind the commune.
    let begins = words.len() > 1 && !is_open;
    let mut forms = vec![word.clone()];
    forms.extend(spelled_out(word, begins).map(str::to_owned));
    Some(Token { forms, is_open })
}

/// `12`, `12bis`, `3a`: a number of up to four digits and what is glued to it.
fn house_number(word: &str) -> Option<(u32, String)> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let (number, glued) = word.split_at_checked(digits)?;
    if !(1..=4).contains(&digits) || !(glued.is_empty() || is_suffix(glued)) {
        return None;
    }
    Some((number.parse().ok()?, glued.to_owned()))
}

fn is_suffix(word: &str) -> bool {
    matches!(word, "bis" | "ter" | "quater" | "quinquies" | "sexies") || (word.len() == 1 && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// Whether two endings of a house number mean the same: `b` is often written for `bis`.
pub fn same_suffix(asked: &str, known: &str) -> bool {
    asked == known || matches!((asked, known), ("b", "bis") | ("bis", "b") | ("t", "ter") | ("ter", "t") | ("q", "quater") | ("quater", "q"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers that a query may ask for, with the words left.
    fn asked(text: &str) -> Vec<String> {
        let said = |reading: &Reading| {
            let words: Vec<&str> = reading.tokens.iter().map(|token| token.forms.last().map_or("", String::as_str)).collect();
            reading.asked.as_ref().map(|asked| format!("{}{}: {}", asked.number, asked.suffix, words.join(" ")))
        };
        Query::read(text).readings.iter().filter_map(said).collect()
    }

    #[test]
    fn house_numbers_are_read_where_they_stand() {
        assert_eq!(asked("12 rue des Lilas"), ["12: rue des lilas"]);
        assert_eq!(asked("12bis r. des lilas, 29830 Plouguin"), ["12bis: rue des lilas 29830 plouguin"]);
        assert_eq!(asked("12 B rue des Lilas"), ["12b: rue des lilas", "12: b rue des lilas"]);
        assert_eq!(asked("8 rue du 8 mai"), ["8: rue du 8 mai", "8: 8 rue du mai"]);
        assert_eq!(asked("lilas 12"), ["12: lilas"]);
        assert!(asked("44000 Nantes").is_empty());
    }

    #[test]
    fn nothing_typed_is_no_query() {
        for text in ["", " ", ", -", "12", "4 bis"] {
            let query = Query::read(text);
            assert!(query.readings.iter().all(|reading| reading.asked.is_none()), "{text}");
        }
        assert!(Query::read("--").is_empty());
    }
}
