//! Tables as text: the delimiter and the encoding are told by the bytes, since nothing states them; so are decimal commas ([`super::decimals`]).
//!
//! Quoting is that of RFC 4180; everything else about such files is custom.

use super::text::{Encoding, Evidence, settle};
use std::collections::VecDeque;
use std::io::BufRead;

/// The longest record, line breaks inside quotes included.
pub const MAX_RECORD_BYTES: usize = 16 << 20;
/// Columns of a record.
const MAX_FIELDS: usize = 16_384;
/// Records that tell the delimiter.
const LOOK_RECORDS: usize = 50;
const DELIMITERS: [u8; 4] = [b';', b'\t', b'|', b','];
/// Of ten records of a table, so many have its width; where lines stand before its names, so many records must follow.
const USUAL_IN_TEN: usize = 8;
const FEWEST_BELOW_PREAMBLE: usize = 4;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dialect {
    pub delimiter: u8,
    pub encoding: Encoding,
    /// Records before the names of the columns: a title, comments, a description.
    pub before: usize,
    /// Fields of a row, not counting an empty one behind its last delimiter.
    pub columns: usize,
    /// Rows end with a delimiter.
    pub trailing: bool,
}

/// How the first records look with one delimiter.
struct Cut {
    delimiter: u8,
    records: Vec<Vec<Vec<u8>>>,
    before: usize,
    width: usize,
}

/// Tells the dialect from the beginning of a file; `None` when it is no table.
///
/// The delimiter is the one that cuts most of the first records into the same number of fields, two or more. Fewest lines before the names count
/// more than many fields: a decimal comma cuts rows and not their names.
pub fn sniff(start: &[u8]) -> Option<Dialect> {
    let text = start.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(start);
    if text.contains(&0) {
        return None;
    }
    let mut best: Option<Cut> = None;
    for cut in DELIMITERS.into_iter().filter_map(|delimiter| cut(text, delimiter)) {
        if best.as_ref().is_none_or(|best| cut.before < best.before || (cut.before == best.before && cut.width > best.width)) {
            best = Some(cut);
        }
    }
    let Cut { delimiter, records, before, width } = best?;
    let records = records.get(before..)?;
    let names = records.first()?;
    // Names are words; a first row of numbers is a list of points.
    if names.iter().all(|name| {
        name.is_empty() || std::str::from_utf8(name).is_ok_and(|t| t.trim().parse::<f64>().is_ok())
    }) {
        return None;
    }
    let mut evidence = Evidence::default();
    records.iter().flatten().for_each(|field| evidence.add(field));
    Some(Dialect {
        delimiter,
        encoding: settle(None, evidence).encoding(),
        before,
        columns: width,
        trailing: records.iter().any(|record| record.len() == width + 1 && fits(record, width)),
    })
}

/// Fields of the records before the names of a table's columns.
pub fn before(start: &[u8], dialect: &Dialect) -> Vec<Vec<String>> {
    let mut records = Records::new(start, dialect.delimiter);
    let text = |field: &Vec<u8>| dialect.encoding.decode(field).trim().to_owned();
    let next = |_| Some(records.next().ok()??.unwrap_or_default().iter().map(text).collect());
    (0..dialect.before).map_while(next).collect()
}

/// The table that a delimiter makes of the first records; `None` where it makes none.
fn cut(text: &[u8], delimiter: u8) -> Option<Cut> {
    let records = records_of(text, delimiter);
    // A table has a row below its names, and a last line that may be cut off here.
    let whole = records.get(..records.len().saturating_sub(usize::from(records.len() > 2)))?;
    let fitting = |width: usize, records: &[Vec<Vec<u8>>]| records.iter().filter(|record| fits(record, width)).count();
    let width = whole.iter().map(Vec::len).filter(|width| *width > 1).max_by_key(|width| (fitting(*width, whole), *width))?;
    let before = whole.iter().position(|record| fits(record, width))?;
    let (above, table) = whole.split_at(before);
    let below = records.len() - before;
    if below < 2 || 10 * fitting(width, table) < USUAL_IN_TEN * table.len() {
        return None;
    }
    let names = table.first()?;
    // Above words may stand anything; above anything else only what is no row itself.
    let is_word = |name: &Vec<u8>| String::from_utf8_lossy(name).trim().starts_with(|c: char| c.is_alphabetic() || c == '\u{fffd}' || c == '_');
    let is_remark = |record: &Vec<Vec<u8>>| record.first().is_some_and(|field| field.starts_with(b"#")) || record.iter().filter(|field| !field.is_empty()).count() < 2;
    if before > 0 && (below < FEWEST_BELOW_PREAMBLE || !(names.iter().take(width).all(is_word) || above.iter().all(is_remark))) {
        return None;
    }
    Some(Cut { delimiter, records, before, width })
}

/// Whether a record has so many fields, not counting an empty one behind its last delimiter.
pub fn fits(record: &[Vec<u8>], width: usize) -> bool {
    record.len() == width || (record.len() == width + 1 && record.last().is_some_and(Vec::is_empty))
}

fn records_of(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let mut reader = Records::new(text, delimiter);
    // Rows are as wide as their names; that tells a stray quote from a text of several lines.
    let width = Records::new(text, delimiter).next().ok().flatten().and_then(Result::ok).map(|names| names.len());
    reader.width = width.filter(|width| *width > 1);
    std::iter::from_fn(|| reader.next().ok().flatten())
        .filter_map(Result::ok)
        .take(LOOK_RECORDS)
        .collect()
}

/// Records of a stream, one at a time.
pub struct Records<R> {
    stream: R,
    delimiter: u8,
    started: bool,
    /// Fields that a record usually has.
    width: Option<usize>,
    /// Lines that were looked at and are still to be read.
    ahead: VecDeque<Line>,
}

/// A line with its end, no longer than [`MAX_RECORD_BYTES`], and how long it was.
struct Line {
    bytes: Vec<u8>,
    length: usize,
}

/// The fields of a record as they stand, or how long a record became.
pub type Fields = Result<Vec<Vec<u8>>, usize>;

impl<R: BufRead> Records<R> {
    pub fn new(stream: R, delimiter: u8) -> Self {
        Self {
            stream,
            delimiter,
            started: false,
            width: None,
            ahead: VecDeque::new(),
        }
    }

    /// Records of a table, from the names of its columns on. A quote that is never closed ends with its line where the next is a row of that table.
    ///
    /// # Errors
    /// Where the stream cannot be read.
    pub fn of(stream: R, dialect: &Dialect) -> std::io::Result<Self> {
        let mut records = Self::new(stream, dialect.delimiter);
        for _ in 0..dialect.before {
            records.next()?;
        }
        records.width = Some(dialect.columns);
        Ok(records)
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

    fn line(&mut self) -> std::io::Result<Option<Line>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Line { bytes: Vec::new(), length: 0 };
        loop {
            let available = self.stream.fill_buf()?;
            if available.is_empty() {
                return Ok((line.length > 0).then_some(line));
            }
            let (part, ends) = match available.iter().position(|byte| *byte == b'\n') {
                Some(at) => (available.get(..=at).unwrap_or(available), true),
                None => (available, false),
            };
            let room = MAX_RECORD_BYTES.saturating_sub(line.bytes.len()).min(part.len());
            line.bytes.extend_from_slice(part.get(..room).unwrap_or_default());
            line.length += part.len();
            let used = part.len();
            self.stream.consume(used);
            if ends {
                return Ok(Some(line));
            }
        }
    }

    fn record(&mut self) -> std::io::Result<Option<Fields>> {
        let Some(first) = self.line()? else { return Ok(None) };
        let mut parts = Parts::new(self.delimiter);
        parts.add(&first.bytes);
        let mut length = first.length;
        let mut further: VecDeque<Line> = VecDeque::new();
        // An open quote must not swallow the rest of a large file.
        while parts.quoted && length <= MAX_RECORD_BYTES {
            let next = self.line()?;
            if self.is_row(&first) && next.as_ref().is_none_or(|next| self.is_row(next) && has_pairs(&next.bytes)) {
                for line in further.into_iter().chain(next).rev() {
                    self.ahead.push_front(line);
                }
                return Ok(Some(Ok(plainly(&first.bytes, self.delimiter).map(<[u8]>::to_vec).collect())));
            }
            let Some(next) = next else { break };
            length += next.length;
            parts.add(&next.bytes);
            if self.width.is_some() {
                further.push_back(next);
            }
        }
        Ok(Some(if length > MAX_RECORD_BYTES { Err(length) } else { Ok(parts.finish()) }))
    }

    /// Whether a line has the usual number of fields, quotes being letters like others.
    fn is_row(&self, line: &Line) -> bool {
        self.width.is_some_and(|width| {
            let fields: Vec<Vec<u8>> = plainly(&line.bytes, self.delimiter).take(width + 2).map(<[u8]>::to_vec).collect();
            fits(&fields, width)
        })
    }
}

/// The fields of a line whose quotes are letters like others.
fn plainly(line: &[u8], delimiter: u8) -> impl Iterator<Item = &[u8]> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line).split(move |byte| *byte == delimiter).take(MAX_FIELDS)
}

fn has_pairs(line: &[u8]) -> bool {
    line.iter().filter(|byte| **byte == b'"').count() % 2 == 0
}

/// A record as it grows, line by line.
struct Parts {
    delimiter: u8,
    fields: Vec<Vec<u8>>,
    field: Vec<u8>,
    quoted: bool,
    was_quoted: bool,
}

impl Parts {
    fn new(delimiter: u8) -> Self {
        Self { delimiter, fields: Vec::new(), field: Vec::new(), quoted: false, was_quoted: false }
    }

    fn add(&mut self, line: &[u8]) {
        for byte in line {
            match *byte {
                b'"' if self.quoted => self.quoted = false,
                // A quote behind a closed one is a quote in the text; one at the beginning opens.
                b'"' if self.was_quoted => {
                    self.field.push(b'"');
                    self.quoted = true;
                }
                b'"' if self.field.is_empty() => (self.quoted, self.was_quoted) = (true, true),
                b'\n' | b'\r' if !self.quoted => {}
                other if other == self.delimiter && !self.quoted => {
                    if self.fields.len() < MAX_FIELDS {
                        self.fields.push(std::mem::take(&mut self.field));
                    }
                    self.was_quoted = false;
                }
                other => self.field.push(other),
            }
        }
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        self.fields.push(self.field);
        self.fields
    }
}
