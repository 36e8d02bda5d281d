//! Numbers as tables write them for people: whether a comma is the decimal sign or parts thousands is told by a whole column, since one number may be both.

use super::csv::{Dialect, Records, fits};

/// So many numbers with a point before three digits, and no other with a point, may all be thousands.
const OPEN_POINTS: usize = 12;

/// How the numbers of a column are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// `12,5` rather than `12.5`.
    pub decimal_comma: bool,
    /// `1.234` is a thousand, for `1.234,5` or `1.234.567` stands beside it.
    pub points_group: bool,
    /// Commas stand before three digits only and nothing says what they are: they are taken to part thousands.
    pub assumed: bool,
    /// The same of points in a table with semicolons: they are taken for decimal signs.
    pub points_assumed: bool,
}

impl Marks {
    /// With decimal commas, or without.
    pub fn of_comma(decimal_comma: bool) -> Self {
        Self { decimal_comma, ..Self::default() }
    }
}

/// What the numbers of a column say of its signs.
#[derive(Clone, Copy, Default)]
struct Votes {
    decimal_commas: usize,
    decimal_points: usize,
    grouping_commas: usize,
    grouping_points: usize,
    /// A comma or a point before three digits and behind one to three may be either.
    open_commas: usize,
    open_points: usize,
}

impl Votes {
    fn look(&mut self, text: &str) {
        let text = text.trim().trim_start_matches(['-', '+']);
        let Some((at, sign)) = text.char_indices().rfind(|(_, c)| matches!(c, ',' | '.')) else { return };
        let (whole, fraction) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_digits(fraction) || fraction.is_empty() {
            return;
        }
        let is_three = fraction.len() == 3;
        let other = if sign == ',' { '.' } else { ',' };
        let (is_decimal, parts) = match (whole.contains(sign), whole.contains(other), whole.contains(is_blank)) {
            (true, false, false) if is_three && grouped(whole, |c| c == sign) => (false, Some(sign)),
            (false, true, false) if grouped(whole, |c| c == other) => (true, Some(other)),
            (false, false, true) if grouped(whole, is_blank) => (true, None),
            (false, false, false) if is_digits(whole) => {
                if is_three && (1..=3).contains(&whole.len()) && !whole.starts_with('0') {
                    *(if sign == ',' { &mut self.open_commas } else { &mut self.open_points }) += 1;
                    return;
                }
                (true, None)
            }
            _ => return,
        };
        if is_decimal {
            *(if sign == ',' { &mut self.decimal_commas } else { &mut self.decimal_points }) += 1;
        }
        match parts {
            Some(',') => self.grouping_commas += 1,
            Some(_) => self.grouping_points += 1,
            None => {}
        }
    }

    fn join(&mut self, other: &Self) {
        self.decimal_commas += other.decimal_commas;
        self.decimal_points += other.decimal_points;
        self.grouping_commas += other.grouping_commas;
        self.grouping_points += other.grouping_points;
        self.open_commas += other.open_commas;
        self.open_points += other.open_points;
    }

    /// Whether commas are decimal signs; `None` where as much speaks for as against. `points` do, or are those of other numbers.
    fn decimal_comma(&self, points: bool) -> Option<bool> {
        let of_points = if points { self.decimal_points + self.open_points } else { 0 };
        let (yes, no) = (self.decimal_commas + self.grouping_points, self.grouping_commas + of_points);
        (yes != no).then_some(yes > no)
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'')
}

/// Whether digits stand in groups of three, the first of one to three.
fn grouped(whole: &str, parts: impl Fn(char) -> bool) -> bool {
    let mut groups = whole.split(parts);
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && digits(first)) && groups.all(|group| group.len() == 3 && digits(group))
}

/// How the numbers of each column are written, by the rows at the beginning of a file, which may be `cut` off in the last of them.
///
/// A column that says it itself goes by that, the others by all columns together. Where those are silent too a comma is a decimal sign, unless commas
/// part the columns: then whoever writes `"1,234"` means thousands. In a table with semicolons points of other columns (coordinates) count for nothing.
pub fn marks(start: &[u8], dialect: &Dialect, cut: bool) -> Vec<Marks> {
    let mut columns = vec![Votes::default(); dialect.columns];
    let Ok(mut records) = Records::of(start, dialect) else { return vec![Marks::default(); dialect.columns] };
    let mut next = || records.next().ok().flatten();
    // The names of the columns.
    next();
    let mut row = next();
    while let Some(fields) = row {
        row = next();
        if cut && row.is_none() {
            break;
        }
        let Ok(fields) = fields else { continue };
        if !fits(&fields, dialect.columns) {
            continue;
        }
        for (votes, field) in columns.iter_mut().zip(&fields) {
            if field.iter().any(|byte| matches!(byte, b',' | b'.')) && field.iter().any(u8::is_ascii_digit) {
                votes.look(&dialect.encoding.decode(field));
            }
        }
    }
    let mut all = Votes::default();
    columns.iter().for_each(|votes| all.join(votes));
    let of_table = all.decimal_comma(dialect.delimiter != b';');
    let of = |votes: &Votes| {
        let known = votes.decimal_comma(true).or(of_table);
        let decimal_comma = known.unwrap_or(dialect.delimiter != b',');
        let says_nothing = votes.decimal_points + votes.decimal_commas + votes.grouping_points + votes.grouping_commas == 0;
        let points_assumed = says_nothing && dialect.delimiter == b';' && votes.open_points >= OPEN_POINTS;
        Marks { decimal_comma, points_group: decimal_comma && votes.grouping_points > 0, assumed: known.is_none() && !decimal_comma && votes.open_commas > 0, points_assumed }
    };
    columns.iter().map(of).collect()
}

/// A number written for people: with a decimal comma, or with blanks, commas or points between thousands.
///
/// Plain digits are left as text, for codes have leading zeros.
pub fn written_number(text: &str, marks: Marks) -> Option<f64> {
    let text = text.trim();
    let written = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '+') || is_blank(c);
    let has_signs = text.contains([',', ' ', '\u{a0}', '\u{202f}', '\'']) || marks.points_group && text.contains('.');
    if !has_signs || !text.chars().all(written) {
        return None;
    }
    let (thousands, sign) = if marks.decimal_comma { ('.', ',') } else { (',', '.') };
    let (whole, fraction) = text.split_once(sign).unwrap_or((text, ""));
    let unsigned = whole.trim_start_matches(['-', '+']);
    let parts = |c: char| is_blank(c) || c == thousands;
    let good = if unsigned.contains(parts) { grouped(unsigned, parts) } else { !unsigned.is_empty() };
    if !good || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = whole.chars().filter(|c| c.is_ascii_digit() || *c == '-').collect();
    format!("{digits}.{fraction}0").parse().ok().filter(|value: &f64| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::csv::sniff;

    /// How the second column is written, and its first number.
    fn check(table: &str, decimal_comma: bool, first: f64) -> Marks {
        let dialect = sniff(table.as_bytes()).unwrap();
        let marks = marks(table.as_bytes(), &dialect, false)[1];
        let mut records = Records::of(table.as_bytes(), &dialect).unwrap();
        records.next().unwrap();
        let fields = records.next().unwrap().unwrap().unwrap();
        let text = String::from_utf8(fields[1].clone()).unwrap();
        assert_eq!((marks.decimal_comma, written_number(&text, marks)), (decimal_comma, Some(first)), "{table}");
        marks
    }

    #[test]
    fn a_column_tells_what_its_commas_are() {
        // As pandas.read_csv(sep=";", decimal=",") has it.
        check("id;kw\nA;1,762\n", true, 1.762);
        check("id;kw\nA;0,375\nB;0,001\n", true, 0.375);
        check("id;kw\nA;999,500\nB;1000,500\n", true, 999.5);
        check("id;kw;lat\nA;1,250;47.25\n", true, 1.25);
        check("id\tkw\nA\t1,762\n", true, 1.762);
        assert!(check("id;kw\nA;1.234,5\nB;1.234\n", true, 1234.5).points_group);
        check("id;kw\nA;-1 234,567\n", true, -1234.567);
        // Commas between columns: nothing but the numbers themselves speaks for decimals.
        assert!(check("id,kw\nA,\"1,234\"\nB,\"5,678\"\n", false, 1234.0).assumed);
        assert!(!check("id,kw\nA,\"1,234\"\nB,\"0,375\"\n", true, 1.234).assumed);
        assert!(!check("id,kw\nA,\"1,234\"\nB,12.5\n", false, 1234.0).assumed);
        assert!(!check("id,kw,lat\nA,\"1,234\",47.25\n", false, 1234.0).assumed);
        check("id,kw\nA,\"1,234,567\"\nB,\"1,234\"\n", false, 1_234_567.0);
        // A point beside in the same column, and thousands that are certain in another.
        check("id;kw\nA;1,234\nB;12.5\n", false, 1234.0);
        check("id;kw;eur\nA;1,234;1,234.50\n", false, 1234.0);
    }

    #[test]
    fn a_point_may_part_thousands_where_another_row_says_so() {
        let table = "id;kw\nA;1.234\nB;1.234,5\n";
        let dialect = sniff(table.as_bytes()).unwrap();
        let marks = marks(table.as_bytes(), &dialect, false)[1];
        assert_eq!((written_number("1.234", marks), written_number("12.5", marks)), (Some(1234.0), None));
        assert_eq!(written_number("1.234", Marks::of_comma(true)), None);
    }

    #[test]
    fn a_row_that_is_cut_off_says_nothing() {
        let table = "id,kw\nA,\"1,234\"\nB,\"5,67";
        let dialect = sniff(table.as_bytes()).unwrap();
        assert!(marks(table.as_bytes(), &dialect, true)[1].assumed);
        assert!(!marks(table.as_bytes(), &dialect, false)[1].assumed);
    }

    #[test]
    fn coordinates_dates_and_lists_say_nothing() {
        for text in ["48.8566, 2.3522", "01.02.2025", "192.168.1.10", "1, 2", "A1,5", "2025-01-01", "12,", "1,2,3"] {
            let mut votes = Votes::default();
            votes.look(text);
            assert_eq!((votes.decimal_comma(true), votes.open_commas), (None, 0), "{text}");
        }
    }
}
