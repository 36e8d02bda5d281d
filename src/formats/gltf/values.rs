//! Values of a column, each kind with its own way of saying "no data".

use super::Texts;
use serde_json::Value;

/// Characters of one value that is read off as a text.
const MAX_CHARACTERS: usize = 1024;
/// Whole numbers beyond this lose digits as f64.
const EXACT: u64 = 1 << 53;

/// A column's values; each kind has its own way of saying "no data", and it survives a round trip.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// `NaN` is "no data" (`noData` in the schema is a number no column holds).
    F32(Vec<f32>),
    F64(Vec<f64>),
    /// `u32::MAX` is "no data".
    U32(Vec<u32>),
    /// The empty text is "no data".
    Text(Texts),
    /// Two to four numbers a row, one row after the other; a row that begins with `NaN` is "no data". Only read: written, it is a text.
    Vectors { size: usize, numbers: Vec<f64> },
    /// Truths, lists, matrices, and rows of several kinds; null is "no data". Only read: written, it is a text.
    Mixed(Vec<Value>),
}

impl Values {
    pub fn len(&self) -> usize {
        match self {
            Self::F32(v) => v.len(),
            Self::F64(v) => v.len(),
            Self::U32(v) => v.len(),
            Self::Text(v) => v.len(),
            Self::Vectors { size, numbers } => numbers.len() / (*size).max(1),
            Self::Mixed(v) => v.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// In memory.
    pub fn bytes(&self) -> u64 {
        match self {
            Self::F32(_) | Self::F64(_) | Self::U32(_) => self.len() as u64 * 8,
            Self::Text(texts) => texts.bytes(),
            Self::Vectors { numbers, .. } => numbers.len() as u64 * 8,
            Self::Mixed(values) => values.iter().map(weight).sum(),
        }
    }

    /// One row as a column of its own, as people read it: vectors, lists and truths as texts. Empty where there is no such row.
    pub fn row(&self, row: usize) -> Self {
        fn one<T: Clone>(values: &[T], row: usize) -> Vec<T> {
            values.get(row).cloned().into_iter().collect()
        }
        match self {
            Self::F32(v) => Self::F32(one(v, row)),
            Self::F64(v) => Self::F64(one(v, row)),
            Self::U32(v) => Self::U32(one(v, row)),
            Self::Text(texts) => Self::Text(texts.get(row).into_iter().collect()),
            Self::Vectors { .. } | Self::Mixed(_) => Self::Text((row < self.len()).then(|| self.said(row).unwrap_or_default()).into_iter().collect()),
        }
    }

    /// A row of the kinds that have no plain form, read off; `None` for "no data" and for the other kinds.
    pub fn said(&self, row: usize) -> Option<String> {
        match self {
            Self::Vectors { size, .. } => {
                let texts: Vec<String> = self.vector(row)?.iter().take(*size).map(f64::to_string).collect();
                Some(texts.join(", "))
            }
            Self::Mixed(values) => said(values.get(row)?),
            Self::F32(_) | Self::F64(_) | Self::U32(_) | Self::Text(_) => None,
        }
    }

    /// The numbers of a row of vectors.
    pub fn vector(&self, row: usize) -> Option<&[f64]> {
        let Self::Vectors { size, numbers } = self else { return None };
        let start = row.checked_mul(*size)?;
        numbers.get(start..start.checked_add(*size)?).filter(|vector| vector.first().is_some_and(|first| !first.is_nan()))
    }

    /// The same in the kinds that can be written: what has no plain form is a text.
    pub fn plain(self) -> Self {
        match self {
            Self::Vectors { .. } | Self::Mixed(_) => Self::Text((0..self.len()).map(|row| self.said(row).unwrap_or_default()).collect()),
            plain => plain,
        }
    }

    /// From values as JSON has them: numbers and texts stay what they are where all are; null is "no data".
    pub fn of_json(list: &[Value]) -> Self {
        let all = |is: fn(&Value) -> bool| list.iter().all(|value| value.is_null() || is(value));
        let known = list.iter().any(|value| !value.is_null());
        if known && all(Value::is_number) {
            // Numbers that f64 would round are names.
            let is_exact = |value: &Value| match (value.as_u64(), value.as_i64()) {
                (Some(number), _) => number <= EXACT,
                (None, Some(number)) => number.unsigned_abs() <= EXACT,
                (None, None) => true,
            };
            return match list.iter().all(is_exact) {
                true => Self::F64(list.iter().map(|value| value.as_f64().unwrap_or(f64::NAN)).collect()),
                false => Self::Text(list.iter().map(|value| said(value).unwrap_or_default()).collect()),
            };
        }
        match all(Value::is_string) {
            true => Self::Text(list.iter().map(|value| value.as_str().unwrap_or_default()).collect()),
            false => Self::Mixed(list.to_vec()),
        }
    }
}

/// What a value of JSON costs in memory, bytes.
pub fn weight(value: &Value) -> u64 {
    let own = size_of::<Value>() as u64;
    own + match value {
        Value::String(text) => text.len() as u64,
        Value::Array(list) => list.iter().map(weight).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| key.len() as u64 + own + weight(value)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// A value as it is read off; lists one after the other, structures as their JSON. Nothing for nothing.
pub fn said(value: &Value) -> Option<String> {
    let mut text = String::new();
    write(value, &mut text);
    (!text.is_empty()).then_some(text)
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Array(list) => {
            for (number, value) in list.iter().enumerate() {
                if out.chars().count() >= MAX_CHARACTERS {
                    out.push('…');
                    break;
                }
                out.push_str(if number > 0 { ", " } else { "" });
                write(value, out);
            }
        }
        Value::String(text) => out.extend(text.chars().take(MAX_CHARACTERS)),
        Value::Null => {}
        Value::Object(_) => out.extend(value.to_string().chars().take(MAX_CHARACTERS)),
        // As all other numbers are read off: without a point where they are whole.
        Value::Number(number) if number.is_f64() => out.push_str(&number.as_f64().unwrap_or_default().to_string()),
        Value::Number(_) | Value::Bool(_) => out.push_str(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_of_json_stay_what_they_are() {
        let of = |list: Value| Values::of_json(list.as_array().unwrap());
        let Values::F64(numbers) = of(json!([1.5, null])) else { panic!() };
        assert!(numbers[0] == 1.5 && numbers[1].is_nan());
        assert_eq!(of(json!(["a", null])), Values::Text(["a", ""].into()));
        assert_eq!(of(json!([9_007_199_254_740_993_u64, 1])), Values::Text(["9007199254740993", "1"].into()));
        let truths = of(json!([true, false, null]));
        assert_eq!((truths.said(1), truths.said(2), truths.clone().plain()), (Some("false".into()), None, Values::Text(["true", "false", ""].into())));
        let mixed = of(json!([[1, [2, 3]], { "a": 1 }, "x"]));
        assert_eq!(mixed.clone().plain(), Values::Text(["1, 2, 3", r#"{"a":1}"#, "x"].into()));
        assert_eq!((mixed.row(0), mixed.row(9)), (Values::Text(["1, 2, 3"].into()), Values::Text(Texts::default())));
        assert_eq!(of(json!([null])), Values::Text([""].into()));
    }

    #[test]
    fn vectors_are_rows_of_numbers() {
        let vectors = Values::Vectors { size: 2, numbers: vec![1.0, 2.5, f64::NAN, 0.0] };
        assert_eq!((vectors.len(), vectors.vector(0), vectors.vector(1), vectors.vector(2)), (2, Some(&[1.0, 2.5][..]), None, None));
        assert_eq!(vectors.plain(), Values::Text(["1, 2.5", ""].into()));
    }

    #[test]
    fn long_values_end() {
        for value in [json!(vec![1; 100_000]), json!("é".repeat(100_000)), json!({ "a": "é".repeat(100_000) })] {
            assert!(said(&value).unwrap().chars().count() <= MAX_CHARACTERS + 4);
        }
    }
}
