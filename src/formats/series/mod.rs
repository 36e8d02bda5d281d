//! What time series are written with, whatever the file: stamps, values that are no numbers, units; and SensorThings documents.
//!
//! | module | reads |
//! |---|---|
//! | [`stamp`] | instants and hours of the wall clock, as producers write them |
//! | [`value`] | numbers, and the words that stand for none: `ND`, `S`, `< 10` |
//! | [`unit`] | units in headers and columns, and how they convert |
//! | [`day`] | columns that are the steps of a day: `00:00 … 23:00`, `H1 … H24` |
//! | [`preamble`] | lines before a table that say its unit, its clock, whose it is |
//! | [`sensorthings`] | observations of the OGC SensorThings API |

pub mod day;
pub mod preamble;
pub mod sensorthings;
pub mod stamp;
pub mod unit;
pub mod value;
mod worded;

/// A column's name as it is compared: lower case, without accents, one `_` for everything that is neither letter nor digit.
pub fn plain_name(name: &str) -> String {
    let mut plain = String::new();
    for letter in name.trim().to_lowercase().chars() {
        let letter = match letter {
            'à' | 'â' | 'ä' | 'á' => 'a',
            'ç' => 'c',
            'é' | 'è' | 'ê' | 'ë' => 'e',
            'î' | 'ï' | 'í' => 'i',
            'ô' | 'ö' | 'ó' => 'o',
            'ù' | 'û' | 'ü' | 'ú' => 'u',
            other => other,
        };
        if letter.is_alphanumeric() {
            plain.push(letter);
        } else if !plain.is_empty() && !plain.ends_with('_') {
            plain.push('_');
        }
    }
    plain.trim_end_matches('_').to_owned()
}
