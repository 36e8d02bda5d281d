//! MATPOWER case files of version 2: `mpc.bus`, `mpc.gen`, `mpc.branch` as matrices of numbers.
//!
//! Some distribution cases (case33bw …) state ohms and kilowatts and turn them into per unit by statements at the end, `mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase)`; a reader that takes only the matrices is wrong by orders of magnitude.
//! So scalar assignments and column arithmetic are carried out; any other statement that touches `mpc` is told of in [`Document::skipped`].

use super::MAX_ROWS;
use crate::formats::Fault;
use std::collections::BTreeMap;

/// Most columns of a matrix row; cases with all results have thirty.
const MAX_COLUMNS: usize = 64;
/// Deepest nesting of an expression.
const MAX_DEPTH: u32 = 64;
/// Cells that all arithmetic on columns may touch: a few letters go through a whole matrix.
const MAX_TOUCHED: usize = 50_000_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub base_mva: f64,
    pub bus: Vec<Vec<f64>>,
    pub generators: Vec<Vec<f64>>,
    pub branch: Vec<Vec<f64>>,
    /// Direct-current lines.
    pub dcline: Vec<Vec<f64>>,
    /// Statements that change the case and were not understood: line number and text.
    pub skipped: Vec<(usize, String)>,
}

/// Whether a text is a case file.
pub fn is_case(text: &str) -> bool {
    text.lines().any(|line| {
        let line = code(line).trim();
        line.starts_with("mpc.") || (line.starts_with("function") && line.contains("mpc"))
    })
}

/// # Errors
/// `matpower-…` faults with the line.
pub fn read(text: &str) -> Result<Document, Fault> {
    let mut case = Case::default();
    for statement in statements(text) {
        case.run(&statement)?;
    }
    let mut matrices = case.matrices;
    let mut take = |name: &str| matrices.remove(name).unwrap_or_default();
    let document = Document {
        base_mva: case.scalars.get("mpc.baseMVA").copied().unwrap_or(100.0),
        bus: take("bus"),
        generators: take("gen"),
        branch: take("branch"),
        dcline: take("dcline"),
        skipped: case.skipped,
    };
    if document.bus.is_empty() {
        return Err(Fault::new("matpower-matrix", "mpc.bus", "0"));
    }
    Ok(document)
}

struct Statement {
    line: usize,
    text: String,
}

/// A line without its comment: `%` or `#` outside of texts.
fn code(line: &str) -> &str {
    let mut quoted = false;
    for (at, letter) in line.char_indices() {
        match letter {
            '\'' => quoted = !quoted,
            '%' | '#' if !quoted => return line.get(..at).unwrap_or(line),
            _ => {}
        }
    }
    line
}

/// Statements end at a line's end or `;`, but not inside brackets; `...` joins lines.
fn statements(text: &str) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut current = Statement {
        line: 1,
        text: String::new(),
    };
    let mut depth = 0_u32;
    let mut block = 0_u32;
    for (number, line) in text.lines().enumerate() {
        match line.trim() {
            "%{" => block += 1,
            "%}" => block = block.saturating_sub(1),
            _ => {}
        }
        if block > 0 {
            continue;
        }
        let line = code(line).trim_end();
        let (line, joined) = match line.strip_suffix("...") {
            Some(line) => (line, true),
            None => (line, false),
        };
        let mut quoted = false;
        for letter in line.chars() {
            // A quote after a name or a bracket is a transpose; cases have none in their data.
            if letter == '\'' {
                quoted = !quoted;
            }
            if !quoted {
                match letter {
                    '[' | '{' => depth += 1,
                    ']' | '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth == 0 && matches!(letter, ';') {
                    push(&mut statements, &mut current, number + 1);
                    continue;
                }
            }
            if current.text.is_empty() {
                current.line = number + 1;
            }
            current.text.push(letter);
        }
        if joined {
            current.text.push(' ');
        } else if depth == 0 {
            push(&mut statements, &mut current, number + 2);
        } else {
            current.text.push('\n');
        }
    }
    push(&mut statements, &mut current, 0);
    statements
}

fn push(statements: &mut Vec<Statement>, current: &mut Statement, next_line: usize) {
    let text = std::mem::take(&mut current.text).trim().to_owned();
    if !text.is_empty() {
        statements.push(Statement {
            line: current.line,
            text,
        });
    }
    current.line = next_line;
}

#[derive(Default)]
struct Case {
    scalars: BTreeMap<String, f64>,
    matrices: BTreeMap<String, Vec<Vec<f64>>>,
    skipped: Vec<(usize, String)>,
    /// Cells that arithmetic on columns went through.
    touched: usize,
}

/// MATPOWER's names of columns (`idx_bus`, `idx_brch`, `idx_gen`), counted from 1.
#[rustfmt::skip]
const COLUMNS: &[(&str, usize)] = &[
    ("BUS_I", 1), ("BUS_TYPE", 2), ("PD", 3), ("QD", 4), ("GS", 5), ("BS", 6), ("BUS_AREA", 7), ("VM", 8), ("VA", 9), ("BASE_KV", 10), ("ZONE", 11), ("VMAX", 12), ("VMIN", 13),
    ("F_BUS", 1), ("T_BUS", 2), ("BR_R", 3), ("BR_X", 4), ("BR_B", 5), ("RATE_A", 6), ("RATE_B", 7), ("RATE_C", 8), ("TAP", 9), ("SHIFT", 10), ("BR_STATUS", 11),
    ("GEN_BUS", 1), ("PG", 2), ("QG", 3), ("QMAX", 4), ("QMIN", 5), ("VG", 6), ("MBASE", 7), ("GEN_STATUS", 8), ("PMAX", 9), ("PMIN", 10),
];

impl Case {
    fn run(&mut self, statement: &Statement) -> Result<(), Fault> {
        let text = statement.text.as_str();
        let Some((left, right)) = assignment(text) else {
            return Ok(());
        };
        let (left, right) = (left.trim(), right.trim());
        if let Some(rows) = right.strip_prefix('[') {
            if let Some(name) = left.strip_prefix("mpc.")
                && !name.contains('(')
            {
                let rows = rows.trim_end().strip_suffix(']').unwrap_or(rows);
                // Names and costs are no numbers that a flow needs.
                if ["bus", "gen", "branch", "dcline"].contains(&name) {
                    let matrix = self.matrix(rows, name, statement.line)?;
                    self.matrices.insert(name.to_owned(), matrix);
                }
                return Ok(());
            }
        }
        if right.starts_with(['{', '\'', '"']) || left.starts_with('[') {
            // Texts, and the list of column names that a function call fills.
            return Ok(());
        }
        if let Some((matrix, columns)) = column_slice(left) {
            if self.column_arithmetic(matrix, &columns, right).is_none() {
                self.skip(statement);
            }
            return Ok(());
        }
        // Single cells, rows, and lists of columns that are none: left out, and said.
        if ["mpc.bus(", "mpc.branch(", "mpc.gen("].iter().any(|name| left.starts_with(name)) {
            self.skip(statement);
            return Ok(());
        }
        match self.evaluate(right) {
            Some(value) => {
                self.scalars.insert(left.to_owned(), value);
            }
            None if left.starts_with("mpc.bus")
                || left.starts_with("mpc.branch")
                || left.starts_with("mpc.gen") && !left.starts_with("mpc.gencost") =>
            {
                self.skip(statement);
            }
            None if left == "mpc.baseMVA" => {
                return Err(Fault::new(
                    "matpower-number",
                    format!("line {}", statement.line),
                    right,
                ));
            }
            None => {}
        }
        Ok(())
    }

    fn skip(&mut self, statement: &Statement) {
        let text: String = statement.text.chars().take(120).collect();
        self.skipped.push((statement.line, text));
    }

    fn matrix(&self, text: &str, name: &str, line: usize) -> Result<Vec<Vec<f64>>, Fault> {
        let mut rows: Vec<Vec<f64>> = Vec::new();
        for (offset, piece) in text.split('\n').enumerate() {
            for row in piece.split(';') {
                let cells: Vec<f64> = row
                    .split([' ', '\t', ',', '\r'])
                    .filter(|word| !word.is_empty())
                    .map(|word| {
                        self.cell(word).ok_or_else(|| {
                            let object = format!("mpc.{name}, line {}", line + offset);
                            Fault::new("matpower-number", object, word)
                        })
                    })
                    .collect::<Result<_, _>>()?;
                if cells.is_empty() {
                    continue;
                }
                if cells.len() > MAX_COLUMNS || rows.len() >= MAX_ROWS {
                    return Err(Fault::new(
                        "network-limit",
                        format!("mpc.{name}"),
                        rows.len(),
                    ));
                }
                if let Some(first) = rows.first()
                    && first.len() != cells.len()
                {
                    let object = format!("mpc.{name}, line {}", line + offset);
                    let value = format!("{} ≠ {}", cells.len(), first.len());
                    return Err(Fault::new("matpower-matrix", object, value));
                }
                rows.push(cells);
            }
        }
        Ok(rows)
    }

    /// A number; MATLAB's Inf and NaN stand for "no limit" and "not known", and are told only where a flow needs them.
    fn cell(&self, word: &str) -> Option<f64> {
        match word.trim_start_matches(['+', '-']) {
            "Inf" | "inf" if word.starts_with('-') => Some(f64::NEG_INFINITY),
            "Inf" | "inf" => Some(f64::INFINITY),
            "NaN" | "nan" => Some(f64::NAN),
            _ => word.parse().ok().or_else(|| self.evaluate(word)),
        }
    }

    /// `mpc.M(:, C) = mpc.M(:, C) op scalar` or `= scalar`.
    fn column_arithmetic(&mut self, matrix: &str, columns: &[usize], right: &str) -> Option<()> {
        let open = right.find(')').map_or(0, |at| at + 1);
        let (head, tail) = right.split_at(open);
        let change: Box<dyn Fn(f64) -> f64> = match column_slice(head.trim()) {
            Some((same, same_columns)) if same == matrix && same_columns == columns => {
                let tail = tail.trim();
                let mut letters = tail.chars();
                let operator = letters.next()?;
                let rest = letters.as_str();
                let (operator, rest) = match (operator, rest.chars().next()) {
                    ('.', Some(inner @ ('*' | '/'))) => (inner, rest.get(1..)?),
                    (operator, _) => (operator, rest),
                };
                // Left to right, as MATLAB does: `/ 1e3 * 2` is not `/ (1e3 * 2)`.
                let value = match operator {
                    '*' | '/' if !has_top_level_operator(rest) => self.evaluate(rest)?,
                    '+' | '-' => self.evaluate(rest)?,
                    '*' => self.evaluate(rest)?,
                    _ => return None,
                };
                match operator {
                    '*' => Box::new(move |cell| cell * value),
                    '/' => Box::new(move |cell| cell / value),
                    '+' => Box::new(move |cell| cell + value),
                    _ => Box::new(move |cell| cell - value),
                }
            }
            _ => {
                let value = self.evaluate(right)?;
                Box::new(move |_| value)
            }
        };
        let rows = self.matrices.get_mut(matrix)?;
        self.touched = self.touched.saturating_add(rows.len().saturating_mul(columns.len()));
        if self.touched > MAX_TOUCHED {
            return None;
        }
        if rows
            .iter()
            .any(|row| columns.iter().any(|&column| column > row.len()))
        {
            return None;
        }
        for row in rows {
            for &column in columns {
                if let Some(cell) = row.get_mut(column - 1) {
                    *cell = change(*cell);
                }
            }
        }
        Some(())
    }

    fn evaluate(&self, text: &str) -> Option<f64> {
        let mut parser = Expression {
            case: self,
            rest: text.trim(),
            depth: 0,
        };
        let value = parser.sum()?;
        (parser.rest.trim().is_empty() && value.is_finite()).then_some(value)
    }
}

/// Left and right of the first `=` that is no comparison.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let at = text.find('=')?;
    let (left, right) = (text.get(..at)?, text.get(at + 1..)?);
    let compares = right.starts_with('=') || left.ends_with(['~', '!', '<', '>']);
    // `if a == b`, `for i = 1:n`, `function mpc = case9` change nothing here.
    let keyword = left.split_whitespace().next().unwrap_or("");
    let control = ["if", "for", "while", "elseif", "function", "switch"].contains(&keyword);
    (!compares && !control).then_some((left, right))
}

/// `mpc.branch(:, [BR_R BR_X])` → `branch`, its columns from 1.
fn column_slice(text: &str) -> Option<(&str, Vec<usize>)> {
    let (name, inside) = text.trim().strip_prefix("mpc.")?.split_once('(')?;
    let inside = inside.strip_suffix(')')?;
    let (rows, columns) = inside.split_once(',')?;
    if rows.trim() != ":" {
        return None;
    }
    let columns = columns.trim().trim_start_matches('[').trim_end_matches(']');
    let columns: Vec<usize> = columns
        .split([' ', ',', '\t'])
        .filter(|word| !word.is_empty())
        .map(column_number)
        .collect::<Option<_>>()?;
    (1..=MAX_COLUMNS).contains(&columns.len()).then_some((name.trim(), columns))
}

fn column_number(word: &str) -> Option<usize> {
    let named = COLUMNS.iter().find(|(name, _)| *name == word);
    named
        .map(|&(_, column)| column)
        .or_else(|| word.parse().ok())
        .filter(|column| (1..=MAX_COLUMNS).contains(column))
}

fn has_top_level_operator(text: &str) -> bool {
    let mut depth = 0;
    let mut last = ' ';
    for letter in text.trim().chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            '+' | '-' if depth == 0 && !matches!(last, 'e' | 'E' | ' ' | '*' | '/' | '^') => {
                return true;
            }
            '*' | '/' if depth == 0 => return true,
            _ => {}
        }
        last = letter;
    }
    false
}

/// Sums, products, powers, brackets, numbers, names and `mpc.bus(1, BASE_KV)`.
struct Expression<'a> {
    case: &'a Case,
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
        while self.take(&['^']).is_some() {
            value = value.powf(self.unary()?);
        }
        Some(value)
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
            self.take(&['('])?;
            let (inside, rest) = self.rest.split_once(')')?;
            self.rest = rest;
            let (row, column) = inside.split_once(',')?;
            let row: usize = row.trim().parse().ok()?;
            let column = column_number(column.trim())?;
            let row = self.case.matrices.get(matrix)?.get(row.checked_sub(1)?)?;
            return row.get(column - 1).copied();
        }
        match name {
            "pi" => Some(std::f64::consts::PI),
            "sqrt" => {
                self.take(&['('])?;
                let value = self.sum()?;
                self.take(&[')']).map(|_| value.sqrt())
            }
            _ => self.case.scalars.get(name).copied(),
        }
    }
}
