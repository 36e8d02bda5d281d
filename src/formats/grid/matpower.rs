//! MATPOWER case files of version 2: `mpc.bus`, `mpc.gen`, `mpc.branch` as matrices of numbers.
//!
//! Some distribution cases (case33bw …) state ohms and kilowatts and turn them into per unit by statements at the end, `mpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase)`; a reader that takes only the matrices is wrong by orders of magnitude.
//! So scalar assignments and arithmetic on columns, rows and cells are carried out ([`super::matpower_terms`]); any other statement that touches `mpc` is told of in [`Document::skipped`].

use super::MAX_ROWS;
use super::matpower_terms::{Case as Known, Slice};
use crate::formats::Fault;

/// Most columns of a matrix row; cases with all results have thirty.
const MAX_COLUMNS: usize = 64;
/// Letters that all arithmetic on columns may go through: each is read anew for each cell of a matrix.
const MAX_READ: usize = 100_000_000;

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
    let mut matrices = std::mem::take(&mut case.known.matrices);
    let mut take = |name: &str| matrices.remove(name).unwrap_or_default();
    let document = Document {
        base_mva: case.known.scalars.get("mpc.baseMVA").copied().unwrap_or(100.0),
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
    known: Known,
    skipped: Vec<(usize, String)>,
    /// Letters that arithmetic on columns went through.
    read: usize,
}

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
                    self.known.matrices.insert(name.to_owned(), matrix);
                }
                return Ok(());
            }
        }
        if right.starts_with(['{', '\'', '"']) || left.starts_with('[') {
            // Texts, and the list of column names that a function call fills.
            return Ok(());
        }
        if ["mpc.bus(", "mpc.branch(", "mpc.gen("].iter().any(|name| left.starts_with(name)) {
            if self.assign(left, right).is_none() {
                self.skip(statement);
            }
            return Ok(());
        }
        match self.known.evaluate(right) {
            Some(value) => {
                self.known.scalars.insert(left.to_owned(), value);
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
            _ => word.parse().ok().or_else(|| self.known.evaluate(word)),
        }
    }

    /// `mpc.M(rows, columns) = …`: cell by cell, and none is written before all are known.
    fn assign(&mut self, left: &str, right: &str) -> Option<()> {
        let target = Slice::of(left, &self.known)?;
        let cells = target.rows.len().checked_mul(target.columns.len())?;
        self.read = self.read.checked_add(cells.checked_mul(right.len())?)?;
        if self.read > MAX_READ {
            return None;
        }
        let list = right.strip_prefix('[').and_then(|text| text.trim_end().strip_suffix(']'));
        let values: Vec<f64> = match list {
            // One value for each cell, by rows.
            Some(text) => {
                let values: Vec<f64> = self.matrix(text, &target.matrix, 0).ok()?.concat();
                (values.len() == cells).then_some(values)?
            }
            None => {
                let of_row = |row| (0..target.columns.len()).map(move |column| (row, column));
                (0..target.rows.len()).flat_map(of_row).map(|at| self.known.evaluate_at(right, at)).collect::<Option<_>>()?
            }
        };
        let rows = self.known.matrices.get_mut(&target.matrix)?;
        let mut values = values.into_iter();
        for at in 0..target.rows.len() {
            for &column in &target.columns {
                *rows.get_mut(target.rows.get(at)?)?.get_mut(column)? = values.next()?;
            }
        }
        Some(())
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

