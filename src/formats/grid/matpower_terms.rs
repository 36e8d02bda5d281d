//! Arithmetic of MATPOWER case files: what stands on either side of an assignment.

use std::collections::BTreeMap;

/// Deepest nesting of an expression.
const MAX_DEPTH: u32 = 64;
/// Most columns that one assignment names.
const MAX_COLUMNS: usize = 64;

/// MATPOWER's names of columns (`idx_bus`, `idx_brch`, `idx_gen`), counted from 1.
#[rustfmt::skip]
const COLUMNS: &[(&str, usize)] = &[
    ("BUS_I", 1), ("BUS_TYPE", 2), ("PD", 3), ("QD", 4), ("GS", 5), ("BS", 6), ("BUS_AREA", 7), ("VM", 8), ("VA", 9), ("BASE_KV", 10), ("ZONE", 11), ("VMAX", 12), ("VMIN", 13),
    ("F_BUS", 1), ("T_BUS", 2), ("BR_R", 3), ("BR_X", 4), ("BR_B", 5), ("RATE_A", 6), ("RATE_B", 7), ("RATE_C", 8), ("TAP", 9), ("SHIFT", 10), ("BR_STATUS", 11),
    ("GEN_BUS", 1), ("PG", 2), ("QG", 3), ("QMAX", 4), ("QMIN", 5), ("VG", 6), ("MBASE", 7), ("GEN_STATUS", 8), ("PMAX", 9), ("PMIN", 10),
];

/// What statements so far have given names to.
#[derive(Default)]
pub struct Case {
    pub scalars: BTreeMap<String, f64>,
    pub matrices: BTreeMap<String, Vec<Vec<f64>>>,
}

impl Case {
    /// The finite number that an expression is.
    pub fn evaluate(&self, text: &str) -> Option<f64> {
        self.value(text, None).filter(|value| value.is_finite())
    }

    /// The same for one cell of what is assigned to: `mpc.bus(:, [PD QD])` is then the cell of that row and place, and a limit may be infinite.
    pub fn evaluate_at(&self, text: &str, cell: (usize, usize)) -> Option<f64> {
        self.value(text, Some(cell))
    }

    fn value(&self, text: &str, cell: Option<(usize, usize)>) -> Option<f64> {
        let mut parser = Expression { case: self, cell, rest: text.trim(), depth: 0 };
        let value = parser.sum()?;
        parser.rest.trim().is_empty().then_some(value)
    }
}

/// `mpc.branch(:, [BR_R BR_X])`, `mpc.bus(3, PD)`, `mpc.gen(2:end, VG)`: a matrix, rows and columns from 0.
pub struct Slice {
    pub matrix: String,
    pub rows: Rows,
    pub columns: Vec<usize>,
}

/// Rows from 0.
pub enum Rows {
    All(usize),
    Listed(Vec<usize>),
}

impl Rows {
    pub fn len(&self) -> usize {
        match self {
            Self::All(count) => *count,
            Self::Listed(list) => list.len(),
        }
    }

    pub fn get(&self, at: usize) -> Option<usize> {
        match self {
            Self::All(count) => (at < *count).then_some(at),
            Self::Listed(list) => list.get(at).copied(),
        }
    }

    /// All, one, a range, a list.
    fn of(text: &str, count: usize) -> Option<Self> {
        let one = |word: &str| match word.trim() {
            "end" => count.checked_sub(1),
            word => word.parse::<usize>().ok()?.checked_sub(1).filter(|row| *row < count),
        };
        if text == ":" {
            return Some(Self::All(count));
        }
        let list = text.trim_start_matches('[').trim_end_matches(']');
        let mut rows = Vec::new();
        for word in list.split([' ', ',', ';', '\t']).filter(|word| !word.is_empty()) {
            match word.split_once(':') {
                Some((first, last)) => rows.extend(one(first)?..=one(last)?),
                None => rows.push(one(word)?),
            }
            if rows.len() > count {
                return None;
            }
        }
        (!rows.is_empty()).then_some(Self::Listed(rows))
    }
}

impl Slice {
    pub fn of(text: &str, case: &Case) -> Option<Self> {
        let (name, inside) = text.trim().strip_prefix("mpc.")?.split_once('(')?;
        let (rows, columns) = inside.strip_suffix(')')?.split_once(',')?;
        let (matrix, found) = case.matrices.get_key_value(name.trim())?;
        let rows = Rows::of(rows.trim(), found.len())?;
        let width = found.first().map_or(0, Vec::len);
        let columns = columns.trim().trim_start_matches('[').trim_end_matches(']');
        let words = columns.split([' ', ',', '\t']).filter(|word| !word.is_empty());
        let columns: Vec<usize> = words.map(|word| column(word).filter(|column| *column < width)).collect::<Option<_>>()?;
        (1..=MAX_COLUMNS).contains(&columns.len()).then(|| Self { matrix: matrix.clone(), rows, columns })
    }
}

/// A column by name or number, from 0.
fn column(word: &str) -> Option<usize> {
    let named = COLUMNS.iter().find(|(name, _)| *name == word).map(|&(_, column)| column);
    named.or_else(|| word.parse().ok()).filter(|column| (1..=MAX_COLUMNS).contains(column)).map(|column| column - 1)
}

/// Sums, products, powers, brackets, functions, numbers, names and cells.
struct Expression<'a> {
    case: &'a Case,
    /// Row and column, counted within what is assigned to.
    cell: Option<(usize, usize)>,
    rest: &'a str,
    depth: u32,
}

impl Expression<'_> {
    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let rest = self.rest.trim_start();
        let first = rest.chars().next().filter(|first| wanted.contains(first))?;
        self.rest = rest.get(first.len_utf8()..)?;
        Some(first)
    }

    fn sum(&mut self) -> Option<f64> {
        let mut value = self.product()?;
        while let Some(operator) = self.take(&['+', '-']) {
            let right = self.product()?;
            value = if operator == '+' {
                value + right
            } else {
                value - right
            };
        }
        Some(value)
    }

    fn product(&mut self) -> Option<f64> {
        let mut value = self.power()?;
        loop {
            let before = self.rest;
            let _ = self.take(&['.']);
            match self.take(&['*', '/']) {
                Some('*') => value *= self.power()?,
                Some(_) => value /= self.power()?,
                None => {
                    self.rest = before;
                    return Some(value);
                }
            }
        }
    }

    fn power(&mut self) -> Option<f64> {
        let mut value = self.unary()?;
        loop {
            let before = self.rest;
            let _ = self.take(&['.']);
            if self.take(&['^']).is_none() {
                self.rest = before;
                return Some(value);
            }
            value = value.powf(self.unary()?);
        }
    }

    fn unary(&mut self) -> Option<f64> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let value = match self.take(&['-', '+', '(']) {
            Some('-') => self.unary().map(|value| -value),
            Some('+') => self.unary(),
            Some(_) => {
                let value = self.sum()?;
                self.take(&[')']).map(|_| value)
            }
            None => self.atom(),
        };
        self.depth -= 1;
        value
    }

    fn atom(&mut self) -> Option<f64> {
        let rest = self.rest.trim_start();
        let first = rest.chars().next()?;
        if first.is_ascii_digit() || first == '.' {
            let mut end = 0;
            let mut last = ' ';
            for letter in rest.chars() {
                let sign = matches!(letter, '+' | '-') && matches!(last, 'e' | 'E');
                if !(letter.is_ascii_digit() || matches!(letter, '.' | 'e' | 'E') || sign) {
                    break;
                }
                end += letter.len_utf8();
                last = letter;
            }
            let (number, rest) = rest.split_at_checked(end)?;
            self.rest = rest;
            return number.parse().ok();
        }
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')))
            .unwrap_or(rest.len());
        let (name, rest) = rest.split_at_checked(end)?;
        self.rest = rest;
        if let (Some(matrix), true) = (
            name.strip_prefix("mpc."),
            rest.trim_start().starts_with('('),
        ) {
            let (inside, rest) = rest.split_once(')')?;
            self.rest = rest;
            let slice = Slice::of(&format!("mpc.{matrix}{inside})"), self.case)?;
            // One row or column serves all.
            let at = |count: usize, own: usize| if count == 1 { Some(0) } else { self.cell.map(|_| own) };
            let (row, column) = self.cell.unwrap_or((0, 0));
            let row = slice.rows.get(at(slice.rows.len(), row)?)?;
            let column = *slice.columns.get(at(slice.columns.len(), column)?)?;
            return self.case.matrices.get(&slice.matrix)?.get(row)?.get(column).copied();
        }
        let function: Option<fn(f64) -> f64> = match name {
            "sqrt" => Some(f64::sqrt),
            "abs" => Some(f64::abs),
            "exp" => Some(f64::exp),
            "log" => Some(f64::ln),
            "sin" => Some(f64::sin),
            "cos" => Some(f64::cos),
            "tan" => Some(f64::tan),
            "asin" => Some(f64::asin),
            "acos" => Some(f64::acos),
            "atan" => Some(f64::atan),
            _ => None,
        };
        if let Some(function) = function {
            self.take(&['('])?;
            let value = self.sum()?;
            return self.take(&[')']).map(|_| function(value));
        }
        match name {
            "pi" => Some(std::f64::consts::PI),
            _ => self.case.scalars.get(name).copied(),
        }
    }
}
