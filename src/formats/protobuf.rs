//! Protocol Buffers' wire format, as far as the formats here need it: fields one after the other, nothing copied.
//!
//! Written after the public description of the encoding. Lengths are checked against the bytes that are there, so nothing is allocated on a
//! stranger's word.

/// Bytes that are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("broken message, {left} bytes before its end")]
pub struct Broken {
    /// How many bytes were left.
    pub left: usize,
}

/// A field's value as it stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
}

impl<'a> Value<'a> {
    /// The bytes of a text, a message or packed numbers; empty for a number.
    pub fn bytes(self) -> &'a [u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// A whole number; 0 for bytes.
    pub fn number(self) -> u64 {
        match self {
            Self::Varint(number) | Self::Fixed64(number) => number,
            Self::Fixed32(number) => u64::from(number),
            Self::Bytes(_) => 0,
        }
    }

    /// A `sint64`, small negative numbers in few bytes.
    pub fn signed(self) -> i64 {
        zigzag(self.number())
    }
}

/// `0, -1, 1, -2 …` for `0, 1, 2, 3 …`.
pub fn zigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// The fields of a message: number and value. Ends after the first break.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    left: &'a [u8],
}

impl<'a> Fields<'a> {
    pub fn new(message: &'a [u8]) -> Self {
        Self { left: message }
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.left.split_at_checked(length)?;
        self.left = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u32, Value<'a>)> {
        let key = varint(&mut self.left)?;
        let number = u32::try_from(key >> 3).ok().filter(|number| *number > 0)?;
        let value = match key & 7 {
            0 => Value::Varint(varint(&mut self.left)?),
            1 => Value::Fixed64(u64::from_le_bytes(self.take(8)?.try_into().ok()?)),
            2 => {
                let length = usize::try_from(varint(&mut self.left)?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            // Groups are gone from the format since long.
            _ => return None,
        };
        Some((number, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left.is_empty() {
            return None;
        }
        let left = self.left.len();
        let field = self.field();
        if field.is_none() {
            self.left = &[];
        }
        Some(field.ok_or(Broken { left }))
    }
}

/// Adds the numbers of a repeated field, packed or single.
///
/// # Errors
/// When packed numbers break off.
pub fn repeated(value: Value, into: &mut Vec<u64>) -> Result<(), Broken> {
    match value {
        Value::Bytes(mut packed) => {
            while !packed.is_empty() {
                let left = packed.len();
                into.push(varint(&mut packed).ok_or(Broken { left })?);
            }
        }
        single => into.push(single.number()),
    }
    Ok(())
}

/// A number of up to ten bytes, seven bits each, the lowest first.
pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..70).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        // The tenth byte has room for one bit.
        if shift == 63 && *byte > 1 {
            return None;
        }
        number |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_description() {
        // `a: 150`, and the text "testing" as field 2.
        let fields: Vec<_> = Fields::new(&[
            0x08, 0x96, 0x01, 0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67,
        ])
        .collect::<Result<_, _>>()
        .unwrap();
        assert_eq!(
            fields,
            [(1, Value::Varint(150)), (2, Value::Bytes(b"testing"))]
        );
        assert_eq!([0, 1, 2, 3, u64::MAX].map(zigzag), [0, -1, 1, -2, i64::MIN]);
        let mut packed = Vec::new();
        repeated(
            Value::Bytes(&[0x03, 0x8E, 0x02, 0x9E, 0xA7, 0x05]),
            &mut packed,
        )
        .unwrap();
        assert_eq!(packed, [3, 270, 86942]);
    }

    #[test]
    fn what_breaks_off_ends_with_a_fault() {
        for bytes in [
            &[0x08][..],
            &[0x12, 0x07, 0x74],
            &[0x0B],
            &[0xFF; 11],
            &[0x00, 0x00],
        ] {
            let all: Vec<_> = Fields::new(bytes).collect();
            assert!(all.last().unwrap().is_err(), "{bytes:?}");
        }
    }
}
