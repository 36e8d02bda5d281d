//! dBASE tables, as shapefiles carry their attributes: the header and one record at a time.
//!
//! Source: dBASE III Plus and IV file structure; FoxPro's binary fields. Memo fields point into another file and are left out.

use super::text::Encoding;

/// The longest header the format can state.
pub const MAX_HEADER_BYTES: usize = 65_535;
const FIELD_BYTES: usize = 32;
/// Byte that ends the list of fields.
const LIST_END: u8 = 0x0D;

/// Why bytes are no dBASE table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DbfFault {
    #[error("the header is cut off")]
    Truncated,
    #[error("version byte {0} is no dBASE III or IV table")]
    Version(u8),
    #[error("a header of {header} bytes and records of {record} bytes cannot be")]
    Sizes { header: u16, record: u16 },
    #[error("the table has no field")]
    NoFields,
}

/// The structure of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// Records, as stated.
    pub rows: u64,
    pub header_bytes: u64,
    pub record_bytes: usize,
    /// The language byte; see [`Encoding::from_dbase`].
    pub language: u8,
    pub fields: Vec<Field>,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Undecoded: names have accents too.
    pub name: Vec<u8>,
    pub kind: u8,
    /// Offset in the record, after the byte that marks deletion.
    pub start: usize,
    pub length: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Number(f64),
    Text(String),
    Flag(bool),
}

/// # Errors
/// [`DbfFault`], when the bytes are no table.
pub fn header(bytes: &[u8]) -> Result<Header, DbfFault> {
    let fixed: &[u8; FIELD_BYTES] = bytes.first_chunk().ok_or(DbfFault::Truncated)?;
    let [version, _, _, _, r0, r1, r2, r3, h0, h1, l0, l1, ..] = *fixed;
    // Level 7 has another header; level 2 is from 1981.
    if !matches!(
        version,
        0x03 | 0x43 | 0x63 | 0x83 | 0x8B | 0xCB | 0xF5 | 0xFB | 0x30..=0x32
    ) {
        return Err(DbfFault::Version(version));
    }
    let header_bytes = u16::from_le_bytes([h0, h1]);
    let record_bytes = u16::from_le_bytes([l0, l1]);
    if usize::from(header_bytes) < FIELD_BYTES + 1 || record_bytes < 1 {
        return Err(DbfFault::Sizes {
            header: header_bytes,
            record: record_bytes,
        });
    }
    let list = bytes
        .get(FIELD_BYTES..usize::from(header_bytes))
        .ok_or(DbfFault::Truncated)?;
    // Clipper and FoxPro keep the upper byte of a long text's width in the decimals; others leave rubbish there.
    let fields = [true, false]
        .into_iter()
        .map(|long| fields(list, long))
        .find(|(_, end)| *end <= usize::from(record_bytes))
        .map_or_else(|| fields(list, false).0, |(fields, _)| fields);
    if fields.is_empty() {
        return Err(DbfFault::NoFields);
    }
    Ok(Header {
        rows: u64::from(u32::from_le_bytes([r0, r1, r2, r3])),
        header_bytes: u64::from(header_bytes),
        record_bytes: usize::from(record_bytes),
        language: fixed.get(29).copied().unwrap_or(0),
        fields,
    })
}

/// The fields and where the last one ends.
fn fields(list: &[u8], long_texts: bool) -> (Vec<Field>, usize) {
    let mut fields = Vec::new();
    let mut start = 1;
    for raw in list.chunks_exact(FIELD_BYTES) {
        let Some((name, rest)) = raw.split_first_chunk::<11>() else {
            break;
        };
        if name.first() == Some(&LIST_END) {
            break;
        }
        let [kind, _, _, _, _, width, decimals, ..] = *rest else {
            break;
        };
        let upper = if long_texts && kind == b'C' {
            256 * usize::from(decimals)
        } else {
            0
        };
        let length = usize::from(width) + upper;
        let end = name
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(name.len());
        let name = name.get(..end).unwrap_or_default().trim_ascii().to_vec();
        if !name.is_empty() {
            fields.push(Field {
                name,
                kind,
                start,
                length,
            });
        }
        start += length;
    }
    (fields, start)
}

/// Whether bytes begin like a table of their own, the list of fields ended where it should be.
pub fn recognises(bytes: &[u8]) -> bool {
    let Some([_, _, month, day]) = bytes.first_chunk::<4>() else {
        return false;
    };
    *month <= 12
        && *day <= 31
        && header(bytes).is_ok_and(|table| {
            let listed = FIELD_BYTES + FIELD_BYTES * table.fields.len();
            bytes.get(listed) == Some(&LIST_END)
                && table.fields.iter().all(|field| {
                    field.kind.is_ascii_uppercase() || matches!(field.kind, b'@' | b'+' | b'0')
                })
                && table.fields.iter().map(|field| field.length).sum::<usize>() < table.record_bytes
        })
}

impl Header {
    /// The bytes of a field in a record; `None` where the record is too short for it.
    pub fn raw<'a>(&self, field: &Field, record: &'a [u8]) -> Option<&'a [u8]> {
        record.get(field.start..field.start.checked_add(field.length)?)
    }

    pub fn is_deleted(record: &[u8]) -> bool {
        record.first() == Some(&b'*')
    }

    /// The value of a field; `None` where it is empty.
    pub fn value(&self, field: &Field, record: &[u8], encoding: Encoding) -> Option<Value> {
        let raw = self.raw(field, record)?;
        match (field.kind, raw) {
            (b'C' | b'V', _) => text(raw, encoding),
            (b'N' | b'F', _) => number(raw).map(Value::Number),
            (b'D', _) => date(raw),
            (b'L', _) => match raw.first()? {
                b'T' | b't' | b'Y' | b'y' => Some(Value::Flag(true)),
                b'F' | b'f' | b'N' | b'n' => Some(Value::Flag(false)),
                _ => None,
            },
            (b'I' | b'+', [a, b, c, d]) => Some(Value::Number(f64::from(i32::from_le_bytes([
                *a, *b, *c, *d,
            ])))),
            (b'O' | b'B', [_, _, _, _, _, _, _, _]) => {
                let value = f64::from_le_bytes(raw.try_into().ok()?);
                value.is_finite().then_some(Value::Number(value))
            }
            (b'Y', [_, _, _, _, _, _, _, _]) => Some(Value::Number(
                i64::from_le_bytes(raw.try_into().ok()?) as f64 / 10_000.0,
            )),
            _ => None,
        }
    }
}

/// Trailing blanks and zeros fill a field up.
pub fn trimmed(raw: &[u8]) -> &[u8] {
    let end = raw
        .iter()
        .rposition(|byte| !matches!(byte, 0 | b' '))
        .map_or(0, |at| at + 1);
    raw.get(..end).unwrap_or_default()
}

fn text(raw: &[u8], encoding: Encoding) -> Option<Value> {
    let mut raw = trimmed(raw);
    if encoding == Encoding::Utf8
        && let Err(fault) = std::str::from_utf8(raw)
        && fault.error_len().is_none()
    {
        // A letter that the width of the field cut in two.
        raw = raw.get(..fault.valid_up_to())?;
    }
    let text = encoding.decode(raw);
    let text = text.trim();
    (!text.is_empty()).then(|| Value::Text(text.to_owned()))
}

/// Asterisks and blanks stand for "no value"; some writers use a decimal comma.
fn number(raw: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(raw).ok()?.trim_matches(['\0', ' ']);
    let value: f64 = if text.contains(',') {
        text.replace(',', ".").parse()
    } else {
        text.parse()
    }
    .ok()?;
    // Numbers below -1e38 are the format's way of "no data", as in shapes.
    (value.is_finite() && value > -1e38).then_some(value)
}

/// `YYYYMMDD` as an ISO date.
fn date(raw: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(raw).ok()?;
    let (year, month, day) = (text.get(..4)?, text.get(4..6)?, text.get(6..8)?);
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && year != "0000").then(|| Value::Text(format!("{year}-{month}-{day}")))
}
