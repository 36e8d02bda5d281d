//! FlatBuffers, read only and without generated code: tables, vectors and strings by offsets, each checked against the bytes.
//!
//! Source: the FlatBuffers binary format ("Internals" of its documentation).
//! Nothing is followed twice and nothing recurses here, so a buffer can lie but not loop.

/// A table inside a buffer.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    bytes: &'a [u8],
    at: usize,
    vtable: usize,
    vtable_bytes: usize,
}

/// The bytes of a vector of scalars, or the places of a vector of tables.
#[derive(Clone, Copy, Debug)]
pub struct Vector<'a> {
    bytes: &'a [u8],
    at: usize,
    length: usize,
}

fn fixed<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    fixed(bytes, at).map(|raw| usize::from(u16::from_le_bytes(raw)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    fixed(bytes, at).and_then(|raw| usize::try_from(u32::from_le_bytes(raw)).ok())
}

/// The table a buffer begins with.
pub fn root(bytes: &[u8]) -> Option<Table<'_>> {
    Table::at(bytes, u32_at(bytes, 0)?)
}

impl<'a> Table<'a> {
    fn at(bytes: &'a [u8], at: usize) -> Option<Self> {
        let back = i64::from(i32::from_le_bytes(fixed(bytes, at)?));
        let vtable = usize::try_from(i64::try_from(at).ok()?.checked_sub(back)?).ok()?;
        let vtable_bytes = u16_at(bytes, vtable)?;
        bytes.get(vtable..vtable.checked_add(vtable_bytes)?)?;
        Some(Self {
            bytes,
            at,
            vtable,
            vtable_bytes,
        })
    }

    /// Where field number `index` lies; `None` where it has its default.
    fn field(&self, index: usize) -> Option<usize> {
        let slot = 4 + 2 * index;
        if slot + 2 > self.vtable_bytes {
            return None;
        }
        match u16_at(self.bytes, self.vtable + slot)? {
            0 => None,
            offset => self.at.checked_add(offset),
        }
    }

    fn scalar<const N: usize>(&self, index: usize) -> Option<[u8; N]> {
        fixed(self.bytes, self.field(index)?)
    }

    pub fn u8(&self, index: usize) -> Option<u8> {
        self.scalar(index).map(|[value]: [u8; 1]| value)
    }

    pub fn bool(&self, index: usize) -> bool {
        self.u8(index).is_some_and(|value| value != 0)
    }

    pub fn u16(&self, index: usize) -> Option<u16> {
        self.scalar(index).map(u16::from_le_bytes)
    }

    pub fn i32(&self, index: usize) -> Option<i32> {
        self.scalar(index).map(i32::from_le_bytes)
    }

    pub fn u64(&self, index: usize) -> Option<u64> {
        self.scalar(index).map(u64::from_le_bytes)
    }

    fn target(&self, index: usize) -> Option<usize> {
        let at = self.field(index)?;
        at.checked_add(u32_at(self.bytes, at)?)
    }

    pub fn table(&self, index: usize) -> Option<Table<'a>> {
        Table::at(self.bytes, self.target(index)?)
    }

    /// A vector whose items take `item_bytes` each; one that does not fit into the buffer is none.
    pub fn vector(&self, index: usize, item_bytes: usize) -> Option<Vector<'a>> {
        let at = self.target(index)?;
        let length = u32_at(self.bytes, at)?;
        let at = at.checked_add(4)?;
        self.bytes
            .get(at..at.checked_add(length.checked_mul(item_bytes)?)?)?;
        Some(Vector {
            bytes: self.bytes,
            at,
            length,
        })
    }

    pub fn text(&self, index: usize) -> Option<&'a str> {
        std::str::from_utf8(self.vector(index, 1)?.raw(1)).ok()
    }
}

impl<'a> Vector<'a> {
    pub fn len(&self) -> usize {
        self.length
    }

    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// All bytes; `item_bytes` as it was asked for.
    pub fn raw(&self, item_bytes: usize) -> &'a [u8] {
        self.bytes
            .get(self.at..self.at + self.length * item_bytes)
            .unwrap_or_default()
    }

    pub fn f64s(&self) -> impl Iterator<Item = f64> + use<'a> {
        self.raw(8)
            .as_chunks()
            .0
            .iter()
            .map(|raw| f64::from_le_bytes(*raw))
    }

    pub fn u32s(&self) -> impl Iterator<Item = u32> + use<'a> {
        self.raw(4)
            .as_chunks()
            .0
            .iter()
            .map(|raw| u32::from_le_bytes(*raw))
    }

    /// Of a vector of tables.
    pub fn table(&self, index: usize) -> Option<Table<'a>> {
        if index >= self.length {
            return None;
        }
        let at = self.at + 4 * index;
        Table::at(self.bytes, at.checked_add(u32_at(self.bytes, at)?)?)
    }
}
