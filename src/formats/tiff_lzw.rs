//! LZW chunks of a TIFF, with their predictors.
//!
//! Source: TIFF 6.0, sections 13 and 14, and Adobe's Technical Note 3 for floating-point numbers.
//! The `tiff` crate's own reader asks its decoder for one row at a time and fails on valid tiles whose rows end inside a code; here a chunk is decoded whole.

use super::raster::RasterFault;

const CLEAR: usize = 256;
const END: usize = 257;
const LONGEST_CODE: u32 = 12;

/// How the numbers of a chunk are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Cells of a row as they are written, padding included.
    pub columns: usize,
    pub rows: usize,
    /// Samples of a cell that lie beside each other.
    pub samples: usize,
    pub bits: u16,
    /// 1 unsigned, 2 signed, 3 floating point.
    pub format: u16,
    /// 1 none, 2 horizontal differences, 3 those of floating-point bytes.
    pub predictor: u16,
    pub big_endian: bool,
}

impl Layout {
    fn bytes(&self) -> usize {
        usize::from(self.bits / 8)
    }
}

/// The first sample of every cell.
///
/// # Errors
/// Where the codes are none, end early, or the numbers are of an unknown kind.
pub(super) fn numbers(chunk: &[u8], layout: &Layout) -> Result<Vec<f64>, RasterFault> {
    let known = matches!(
        (layout.bits, layout.format),
        (8 | 16 | 32 | 64, 1 | 2) | (32 | 64, 3)
    );
    if !known || layout.samples == 0 {
        return Err(RasterFault::Unreadable(format!(
            "{} bits of format {}",
            layout.bits, layout.format
        )));
    }
    let row = layout
        .columns
        .saturating_mul(layout.samples)
        .saturating_mul(layout.bytes());
    let wanted = row.saturating_mul(layout.rows);
    let mut bytes = expanded(chunk, wanted)?;
    if bytes.len() < wanted {
        return Err(RasterFault::Count {
            found: bytes.len(),
            expected: wanted,
        });
    }
    let mut big_endian = layout.big_endian;
    match layout.predictor {
        2 => bytes
            .chunks_exact_mut(row.max(1))
            .for_each(|row| summed(row, layout)),
        3 => {
            bytes
                .chunks_exact_mut(row.max(1))
                .for_each(|row| joined(row, layout));
            // The most significant byte comes first, whatever the file's order is.
            big_endian = true;
        }
        _ => {}
    }
    let size = layout.bytes();
    Ok(bytes
        .chunks_exact(size * layout.samples)
        .map(|cell| {
            number(
                cell.get(..size).unwrap_or_default(),
                layout.format,
                big_endian,
            )
        })
        .collect())
}

/// At most `wanted` bytes of what the codes stand for.
pub(super) fn expanded(chunk: &[u8], wanted: usize) -> Result<Vec<u8>, RasterFault> {
    let damaged = || RasterFault::Unreadable("damaged LZW".into());
    let mut out: Vec<u8> = Vec::with_capacity(wanted.min(chunk.len().saturating_mul(64)));
    // Each entry is a piece of what was written already: where it begins and how long it is.
    let mut table: Vec<(usize, usize)> = Vec::with_capacity(1 << LONGEST_CODE);
    let (mut bits, mut held, mut size) = (0_u32, 0_u32, 9_u32);
    let mut before: Option<(usize, usize)> = None;
    for byte in chunk {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        if held < size {
            continue;
        }
        held -= size;
        let code = (bits >> held) as usize & ((1 << size) - 1);
        bits &= (1 << held) - 1;
        match code {
            END => break,
            CLEAR => {
                table.clear();
                size = 9;
                before = None;
                continue;
            }
            _ => {}
        }
        let start = out.len();
        if code < CLEAR {
            out.push(code as u8);
        } else {
            let (from, length) = match (table.get(code - END - 1), before) {
                (Some(entry), _) => *entry,
                // A code that is about to be defined: the last piece and its own first byte.
                (None, Some((from, length))) if code - END - 1 == table.len() => (from, length + 1),
                _ => return Err(damaged()),
            };
            for at in from..from + length {
                let byte = *out.get(at).ok_or_else(damaged)?;
                out.push(byte);
            }
        }
        if let Some((from, length)) = before
            && table.len() + END + 1 < 1 << LONGEST_CODE
        {
            // The last piece and the byte behind it lie beside each other in what was written.
            table.push((from, length + 1));
        }
        before = Some((start, out.len() - start));
        // Codes grow one early, as Adobe's first encoder did.
        if table.len() + END + 2 >= 1 << size && size < LONGEST_CODE {
            size += 1;
        }
        if out.len() >= wanted {
            break;
        }
    }
    out.truncate(wanted);
    Ok(out)
}

/// Undoes horizontal differences of one row.
pub(super) fn summed(row: &mut [u8], layout: &Layout) {
    let size = layout.bytes();
    let stride = size * layout.samples;
    for at in (stride..row.len()).step_by(size) {
        let (earlier, later) = row.split_at_mut(at);
        let (Some(left), Some(here)) = (
            earlier.get(at - stride..at - stride + size),
            later.get_mut(..size),
        ) else {
            return;
        };
        let mut carry = 0_u16;
        let mut add = |k: usize| {
            if let (Some(left), Some(here)) = (left.get(k), here.get_mut(k)) {
                let sum = u16::from(*left) + u16::from(*here) + carry;
                *here = sum as u8;
                carry = sum >> 8;
            }
        };
        if layout.big_endian {
            (0..size).rev().for_each(&mut add);
        } else {
            (0..size).for_each(&mut add);
        }
    }
}

/// Undoes the differences between bytes, then puts each number's bytes together again.
fn joined(row: &mut [u8], layout: &Layout) {
    for at in layout.samples..row.len() {
        let left = row.get(at - layout.samples).copied().unwrap_or_default();
        if let Some(here) = row.get_mut(at) {
            *here = here.wrapping_add(left);
        }
    }
    let size = layout.bytes();
    let count = row.len() / size.max(1);
    let planes = row.to_vec();
    for (index, to) in row.iter_mut().enumerate() {
        *to = planes
            .get(index % size * count + index / size)
            .copied()
            .unwrap_or_default();
    }
}

fn number(bytes: &[u8], format: u16, big_endian: bool) -> f64 {
    let mut little = [0; 8];
    for (to, from) in little.iter_mut().zip(bytes) {
        *to = *from;
    }
    if big_endian && let Some(used) = little.get_mut(..bytes.len()) {
        used.reverse();
    }
    let [a, b, c, d, ..] = little;
    match (bytes.len(), format) {
        (1, 2) => i8::from_le_bytes([a]).into(),
        (2, 2) => i16::from_le_bytes([a, b]).into(),
        (4, 2) => i32::from_le_bytes([a, b, c, d]).into(),
        (8, 2) => i64::from_le_bytes(little) as f64,
        (4, 3) => f32::from_le_bytes([a, b, c, d]).into(),
        (8, 3) => f64::from_le_bytes(little),
        _ => u64::from_le_bytes(little) as f64,
    }
}
