//! Tables as text: the delimiter, the encoding and the decimal comma are told by the bytes, since nothing states them.
//!
//! Quoting is that of RFC 4180; everything else about such files is custom.

use super::text::{Encoding, Evidence, settle};
use std::io::BufRead;

/// The longest record, line breaks inside quotes included.
pub const MAX_RECORD_BYTES: usize = 16 << 20;
/// Columns of a record.
const MAX_FIELDS: usize = 16_384;
/// Records that tell the delimiter.
const LOOK_RECORDS: usize = 50;
const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dialect {
    pub delimiter: u8,
    pub encoding: Encoding,
    /// `12,5` rather than `12.5`.
    pub decimal_comma: bool,
}

/// Tells the dialect from the beginning of a file; `None` when it is no table.
///
/// The delimiter is the one that cuts the first records into the same number of fields, two or more.
pub fn sniff(start: &[u8]) -> Option<Dialect> {
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    if text.contains(&0) {
        return None;
    }
    let (mut best, mut columns) = (None, 1);
    for delimiter in DELIMITERS {
        let records = records_of(text, delimiter);
        let Some(width) = records
            .first()
            .map(Vec::len)
            .filter(|width| *width > columns)
        else {
            continue;
        };
        // A table has a row below its names, and a last line that may be cut off here.
        let whole = records
            .get(..records.len().saturating_sub(usize::from(records.len() > 2)))
            .unwrap_or_default();
        if records.len() > 1 && whole.iter().all(|record| record.len() == width) {
            (best, columns) = (Some((delimiter, records)), width);
        }
    }
    let (delimiter, records) = best?;
    let names = records.first()?;
    // Names are words; a first row of numbers is a list of points.
    if names.iter().all(|name| {
        name.is_empty() || std::str::from_utf8(name).is_ok_and(|t| t.trim().parse::<f64>().is_ok())
    }) {
        return None;
    }
    let mut evidence = Evidence::default();
    let (mut commas, mut points) = (0_usize, 0_usize);
    for field in records.iter().flatten() {
        evidence.add(field);
        match separator(field) {
            Some(b',') => commas += 1,
            Some(_) => points += 1,
            None => {}
        }
    }
    Some(Dialect {
        delimiter,
        encoding: settle(None, evidence).encoding(),
        decimal_comma: commas > points,
    })
}

fn records_of(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let mut reader = Records::new(text, delimiter);
    std::iter::from_fn(|| reader.next().ok().flatten())
        .filter_map(Result::ok)
        .take(LOOK_RECORDS)
        .collect()
}

/// The decimal sign of a number; a comma before exactly three digits may part thousands and says nothing.
fn separator(field: &[u8]) -> Option<u8> {
    let at = field.iter().position(|byte| matches!(byte, b',' | b'.'))?;
    let (whole, rest) = field.split_at(at);
    let (sign, fraction) = rest.split_first()?;
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let whole = whole.strip_prefix(b"-").unwrap_or(whole);
    (digits(whole) && digits(fraction) && !(*sign == b',' && fraction.len() == 3)).then_some(*sign)
}

/// Records of a stream, one at a time.
pub struct Records<R> {
    stream: R,
    delimiter: u8,
    started: bool,
}

/// The fields of a record as they stand, or how long a record became.
pub type Fields = Result<Vec<Vec<u8>>, usize>;

impl<R: BufRead> Records<R> {
    pub fn new(stream: R, delimiter: u8) -> Self {
        Self {
            stream,
            delimiter,
            started: false,
        }
    }

    /// The next record; empty lines are passed over. `None` at the end.
    ///
    /// # Errors
    /// Where the stream cannot be read.
    pub fn next(&mut self) -> std::io::Result<Option<Fields>> {
        if !self.started {
            self.started = true;
            if self.stream.fill_buf()?.starts_with(b"\xEF\xBB\xBF") {
                self.stream.consume(3);
            }
        }
        loop {
            match self.record()? {
                None => return Ok(None),
                Some(Ok(fields)) if fields.iter().all(Vec::is_empty) && fields.len() <= 1 => {}
                Some(fields) => return Ok(Some(fields)),
            }
        }
    }

    fn record(&mut self) -> std::io::Result<Option<Fields>> {
        let mut fields: Vec<Vec<u8>> = Vec::new();
        let mut field = Vec::new();
        let (mut quoted, mut was_quoted, mut any) = (false, false, false);
        let mut length = 0_usize;
        'bytes: loop {
            let available = self.stream.fill_buf()?;
            if available.is_empty() {
                break;
            }
            let mut used = 0;
            for byte in available {
                used += 1;
                any = true;
                length += 1;
                match *byte {
                    b'"' if quoted => quoted = false,
                    // A quote behind a closed one is a quote in the text; one at the beginning opens.
                    b'"' if was_quoted => {
                        field.push(b'"');
                        quoted = true;
                    }
                    b'"' if field.is_empty() => (quoted, was_quoted) = (true, true),
                    b'\n' if !quoted => {
                        self.stream.consume(used);
                        break 'bytes;
                    }
                    b'\r' if !quoted => {}
                    other if other == self.delimiter && !quoted => {
                        if fields.len() < MAX_FIELDS {
                            fields.push(std::mem::take(&mut field));
                        }
                        was_quoted = false;
                    }
                    other if length <= MAX_RECORD_BYTES => field.push(other),
                    // An open quote must not swallow the rest of a large file.
                    _ => quoted = false,
                }
            }
            self.stream.consume(used);
        }
        if !any {
            return Ok(None);
        }
        fields.push(field);
        Ok(Some(if length > MAX_RECORD_BYTES {
            Err(length)
        } else {
            Ok(fields)
        }))
    }
}

/// A number written for people: with a decimal comma, or with blanks or commas between thousands.
///
/// Plain digits are left as text, for codes have leading zeros.
pub fn written_number(text: &str, decimal_comma: bool) -> Option<f64> {
    let text = text.trim();
    let is_blank = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'');
    let written = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.' | '-' | '+') || is_blank(c);
    if !text.contains([',', ' ', '\u{a0}', '\u{202f}', '\'']) || !text.chars().all(written) {
        return None;
    }
    let (thousands, sign) = if decimal_comma {
        ('.', ',')
    } else {
        (',', '.')
    };
    let (whole, fraction) = text.split_once(sign).unwrap_or((text, ""));
    let unsigned = whole.trim_start_matches(['-', '+']);
    let mut groups = unsigned.split(|c: char| is_blank(c) || c == thousands);
    let first = groups.next()?;
    let grouped = groups.clone().next().is_some();
    let good = if grouped {
        (1..=3).contains(&first.len()) && groups.all(|g| g.len() == 3)
    } else {
        !first.is_empty()
    };
    if !good || !fraction.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let digits: String = whole
        .chars()
        .filter(|c| c.is_ascii_digit() || *c == '-')
        .collect();
    format!("{digits}.{fraction}0")
        .parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
}
