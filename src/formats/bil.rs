//! ESRI's raw grids: a header of `KEY value` lines (`.hdr`) and numbers without anything around them (`.bil`, `.bip`, `.bsq`, `.flt`).
//!
//! Sources: ESRI's "BIL, BIP and BSQ raster files" and "Float to Raster" help pages. `ULXMAP`/`ULYMAP` are the centre of the first cell, `XLLCORNER`/`YLLCORNER` the outer corner of the last row's first cell; a world file beside the numbers goes before both.

use super::raster::{Heights, NoData, Placement, RasterFault, Remark, Window, is_inside, outside};
use std::io::{Read, Seek, SeekFrom};

/// How the bands of a cell lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Band after band within each row.
    ByLine,
    /// Band after band within each cell.
    ByPixel,
    /// Whole bands one after another.
    Sequential,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    F64,
}

impl Number {
    fn bytes(self) -> u64 {
        match self {
            Self::U8 | Self::I8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    /// From up to eight bytes, the least significant first.
    fn value(self, little: [u8; 8]) -> f64 {
        let [a, b, c, d, ..] = little;
        match self {
            Self::U8 => a.into(),
            Self::I8 => i8::from_le_bytes([a]).into(),
            Self::U16 => u16::from_le_bytes([a, b]).into(),
            Self::I16 => i16::from_le_bytes([a, b]).into(),
            Self::U32 => u32::from_le_bytes([a, b, c, d]).into(),
            Self::I32 => i32::from_le_bytes([a, b, c, d]).into(),
            Self::F32 => f32::from_le_bytes([a, b, c, d]).into(),
            Self::F64 => f64::from_le_bytes(little),
        }
    }
}

/// What a header says.
#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// `None` where only a world file places the grid.
    pub placement: Option<Placement>,
    pub columns: usize,
    pub rows: usize,
    pub number: Number,
    pub big_endian: bool,
    pub layout: Layout,
    pub bands: u64,
    pub skip_bytes: u64,
    pub band_row_bytes: u64,
    pub total_row_bytes: u64,
    pub band_gap_bytes: u64,
    pub nodata: Option<String>,
}

/// True for the first bytes of such a header: `KEY value` lines with the keys of one of both dialects.
pub fn is_header(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_ascii_uppercase();
    let has = |word: &str| {
        text.lines()
            .any(|line| line.split_whitespace().next() == Some(word))
    };
    has("NROWS")
        && has("NCOLS")
        && (has("NBITS") || has("LAYOUT") || has("BYTEORDER") || has("ULXMAP"))
}

/// Reads a header. `float` says that the numbers lie in a `.flt`, whose header names no type.
///
/// # Errors
/// [`RasterFault::Header`] or [`RasterFault::Unreadable`] for what is missing or impossible.
pub fn parse_header(bytes: &[u8], float: bool) -> Result<Header, RasterFault> {
    const LONGEST: usize = 64 << 10;
    let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(LONGEST)).unwrap_or_default())
        .into_owned();
    let pairs: Vec<(String, String)> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_ascii_uppercase(), words.next()?.to_owned()))
        })
        .collect();
    let word = |key: &str| {
        pairs
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.as_str())
    };
    let number = |key: &str| {
        word(key)
            .and_then(|text| {
                text.parse::<f64>()
                    .ok()
                    .or_else(|| text.replace(',', ".").parse().ok())
            })
            .filter(|value| value.is_finite())
    };
    let count = |key: &'static str| {
        let count = word(key)
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|n| n.fract() == 0.0 && *n >= 1.0);
        count.filter(|n| *n <= 1e9).map(|n| n as usize)
    };
    let columns = count("NCOLS").ok_or(RasterFault::Header("NCOLS"))?;
    let rows = count("NROWS").ok_or(RasterFault::Header("NROWS"))?;
    let bands = word("NBANDS")
        .map_or(Some(1), |text| text.parse().ok())
        .filter(|n| (1..=1000).contains(n));
    let bands: u64 = bands.ok_or(RasterFault::Header("NBANDS"))?;
    let bits: u32 = match word("NBITS") {
        Some(text) => text.parse().map_err(|_| RasterFault::Header("NBITS"))?,
        None => {
            if float {
                32
            } else {
                8
            }
        }
    };
    let kind = word("PIXELTYPE").map(str::to_ascii_uppercase);
    let floats = kind.as_deref().map_or(float, |kind| kind.starts_with('F'));
    let signed = kind.as_deref().is_some_and(|kind| kind.starts_with('S'));
    let number_kind = match (bits, floats, signed) {
        (8, false, false) => Number::U8,
        (8, false, true) => Number::I8,
        // Heights go below the sea: where no type is stated, 16 bits are signed, as in DTED and GTOPO30.
        (16, false, false) if kind.is_some() => Number::U16,
        (16, false, _) => Number::I16,
        (32, false, false) if kind.is_some() => Number::U32,
        (32, false, _) => Number::I32,
        (32, true, _) => Number::F32,
        (64, true, _) => Number::F64,
        _ => {
            return Err(RasterFault::Unreadable(format!(
                "{bits} bits of {}",
                kind.unwrap_or_default()
            )));
        }
    };
    let layout = match word("LAYOUT").map(str::to_ascii_uppercase).as_deref() {
        None | Some("BIL") => Layout::ByLine,
        Some("BIP") => Layout::ByPixel,
        Some("BSQ") => Layout::Sequential,
        Some(other) => return Err(RasterFault::Unreadable(format!("layout {other}"))),
    };
    let big_endian = word("BYTEORDER")
        .is_some_and(|order| order.to_ascii_uppercase().starts_with('M'))
        && !word("BYTEORDER").is_some_and(|order| order.eq_ignore_ascii_case("LSBFIRST"));
    let bytes_of = |key: &str| {
        number(key)
            .filter(|n| *n >= 0.0 && *n < 1e15)
            .map(|n| n as u64)
    };
    let band_row = bytes_of("BANDROWBYTES").unwrap_or(columns as u64 * number_kind.bytes());
    let whole_row = columns as u64
        * number_kind.bytes()
        * if layout == Layout::Sequential {
            1
        } else {
            bands
        };
    let total_row = match layout {
        Layout::ByLine => bytes_of("TOTALROWBYTES").unwrap_or(band_row.saturating_mul(bands)),
        _ => bytes_of("TOTALROWBYTES").unwrap_or(whole_row),
    };
    let cell_x = number("XDIM").or(number("CELLSIZE")).map(f64::abs);
    let cell_y = number("YDIM").or(number("CELLSIZE")).map(f64::abs);
    let west = number("ULXMAP")
        .or(number("XLLCENTER"))
        .or(number("XLLCORNER")
            .zip(cell_x)
            .map(|(corner, cell)| corner + 0.5 * cell));
    let up = |south: f64, cell: f64| south + (rows - 1) as f64 * cell;
    let north = number("ULYMAP")
        .or(number("YLLCENTER")
            .zip(cell_y)
            .map(|(centre, cell)| up(centre, cell)))
        .or(number("YLLCORNER")
            .zip(cell_y)
            .map(|(corner, cell)| up(corner + 0.5 * cell, cell)));
    let placement = match (west, north, cell_x, cell_y) {
        (Some(west), Some(north), Some(x), Some(y)) => {
            Some(Placement::upright([west, north], [x, y], columns, rows).checked()?)
        }
        _ => None,
    };
    Ok(Header {
        placement,
        columns,
        rows,
        number: number_kind,
        big_endian,
        layout,
        bands,
        skip_bytes: bytes_of("SKIPBYTES").unwrap_or(0),
        band_row_bytes: band_row,
        total_row_bytes: total_row,
        band_gap_bytes: bytes_of("BANDGAPBYTES").unwrap_or(0),
        nodata: word("NODATA").or(word("NODATA_VALUE")).map(str::to_owned),
    })
}

/// The first band of a raw grid, read window by window.
pub struct Grid<R> {
    reader: R,
    header: Header,
    placement: Placement,
    crs: Option<String>,
    nodata: NoData,
    missing_rows: u64,
    length: u64,
}

impl<R: Read + Seek> Grid<R> {
    /// `world` is the placement of a world file beside the numbers, `crs` the text of a `.prj`.
    ///
    /// # Errors
    /// [`RasterFault::NoPlace`] where nothing places the grid, [`RasterFault::Unreadable`] where the file cannot be measured.
    pub fn open(
        mut reader: R,
        header: Header,
        world: Option<Placement>,
        crs: Option<String>,
    ) -> Result<Self, RasterFault> {
        let placement = world
            .or(header.placement)
            .ok_or(RasterFault::NoPlace)?
            .checked()?;
        let length = reader
            .seek(SeekFrom::End(0))
            .map_err(|e| RasterFault::Unreadable(e.to_string()))?;
        if length <= header.skip_bytes {
            return Err(RasterFault::Count {
                found: 0,
                expected: header.columns.saturating_mul(header.rows),
            });
        }
        let nodata = NoData::new(header.nodata.as_deref(), false);
        Ok(Self {
            reader,
            header,
            placement,
            crs,
            nodata,
            missing_rows: 0,
            length,
        })
    }
}

impl<R: Read + Seek> Heights for Grid<R> {
    fn placement(&self) -> Placement {
        self.placement
    }

    fn crs(&self) -> Option<&str> {
        self.crs.as_deref()
    }

    fn read(&mut self, window: Window) -> Result<Vec<f32>, RasterFault> {
        if !is_inside(&window, &self.placement) {
            return Err(outside());
        }
        let header = &self.header;
        let bytes = header.number.bytes();
        let stride = if header.layout == Layout::ByPixel {
            bytes * header.bands
        } else {
            bytes
        };
        let mut values = Vec::with_capacity(window.cells());
        let span = window.columns as u64 * stride;
        let mut line = vec![0; usize::try_from(span).map_err(|_| outside())?];
        for row in window.row..window.row + window.rows {
            let at = (row as u64)
                .checked_mul(header.total_row_bytes)
                .and_then(|at| {
                    at.checked_add(header.skip_bytes)?
                        .checked_add(window.column as u64 * stride)
                });
            // A file shorter than announced still has its first rows; the last cell may lack the gap to the next.
            let needed = at.and_then(|at| at.checked_add(span - (stride - bytes)));
            let (Some(at), true) = (at, needed.is_some_and(|end| end <= self.length)) else {
                self.missing_rows += 1;
                values.extend(std::iter::repeat_n(f32::NAN, window.columns));
                continue;
            };
            let fault = |error: std::io::Error| RasterFault::Unreadable(error.to_string());
            self.reader.seek(SeekFrom::Start(at)).map_err(fault)?;
            let wanted = line
                .len()
                .min(usize::try_from(self.length - at).unwrap_or(usize::MAX));
            let (present, absent) = line.split_at_mut(wanted);
            self.reader.read_exact(present).map_err(fault)?;
            absent.fill(0);
            for cell in line.chunks(stride.max(1) as usize) {
                let mut little = [0; 8];
                for (to, from) in little.iter_mut().zip(cell.iter().take(bytes as usize)) {
                    *to = *from;
                }
                if header.big_endian {
                    little[..bytes as usize].reverse();
                }
                values.push(self.nodata.clean(header.number.value(little)) as f32);
            }
        }
        Ok(values)
    }

    fn remarks(&self) -> Vec<Remark> {
        let mut remarks: Vec<Remark> = self.nodata.remark().into_iter().collect();
        if self.missing_rows > 0 {
            remarks.push(("raster-rows-missing", self.missing_rows.to_string()));
        }
        if self.header.bands > 1 {
            remarks.push(("raster-first-band", String::new()));
        }
        remarks
    }
}
