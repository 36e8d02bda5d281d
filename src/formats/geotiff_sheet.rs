//! One image of a TIFF as its tags describe it, and its tiles or strips unpacked to samples.
//!
//! Source: TIFF 6.0 with Adobe's Technical Notes 1 to 3 (JPEG, predictors).
//! Chunks are decoded here rather than by the `tiff` crate: colours come in more layouts than it knows (bands apart, masks, twelve bits, WebP).

use super::raster::RasterFault;
use super::still::{self, Encoding};
use super::tiff_lzw::{self, Layout};
use flate2::read::{DeflateDecoder, ZlibDecoder};
use std::io::{Read, Seek, SeekFrom};
use tiff::decoder::Decoder;
use tiff::tags::{ByteOrder, Tag};

/// Pixels of one tile or strip: the largest that is read in one piece.
pub(super) const MAX_CHUNK_PIXELS: usize = 32 << 20;
/// Samples of a pixel: instruments with more channels make no picture.
const MAX_SAMPLES: usize = 64;
/// One strip that holds a whole image without compression is read in pieces of this size.
const PIECE_BYTES: usize = 4 << 20;

const NONE: u16 = 1;
const LZW: u16 = 5;
const JPEG: u16 = 7;
const DEFLATE: [u16; 2] = [8, 32946];
const PACKBITS: u16 = 32773;
const WEBP: u16 = 50001;

pub(super) const WHITE_IS_ZERO: u16 = 0;
pub(super) const BLACK_IS_ZERO: u16 = 1;
pub(super) const RGB: u16 = 2;
pub(super) const PALETTE: u16 = 3;
pub(super) const CMYK: u16 = 5;
pub(super) const YCBCR: u16 = 6;

/// What the tags of one image say.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub size: [usize; 2],
    /// Columns and rows of a tile or strip.
    pub chunk: [usize; 2],
    pub tiled: bool,
    /// Bands lie behind each other rather than beside each other.
    pub apart: bool,
    pub samples: usize,
    pub bits: u16,
    /// 1 unsigned, 2 signed, 3 floating point.
    pub format: u16,
    pub compression: u16,
    pub photometric: u16,
    /// Meaning of the samples behind the colours: 1 and 2 say how opaque.
    pub extra: Vec<u16>,
    predictor: u16,
    /// The first pixel lies in the lowest bits.
    reversed: bool,
    big_endian: bool,
    offsets: Vec<u64>,
    counts: Vec<u64>,
    tables: Vec<u8>,
}

impl Sheet {
    /// The image that the decoder stands at.
    ///
    /// # Errors
    /// Where its size or its chunks are none.
    pub fn read<R: Read + Seek>(decoder: &mut Decoder<R>) -> Result<Self, RasterFault> {
        let unreadable = |error: tiff::TiffError| RasterFault::Unreadable(error.to_string());
        let (columns, rows) = decoder.dimensions().map_err(unreadable)?;
        let size = [columns as usize, rows as usize];
        if size.contains(&0) {
            return Err(RasterFault::Header("columns and rows"));
        }
        if size.iter().any(|side| *side > super::raster::MAX_SIDE) {
            return Err(RasterFault::TooLarge { columns: columns.into(), rows: rows.into() });
        }
        let mut values = |tag: Tag| decoder.find_tag_unsigned_vec::<u64>(tag).ok().flatten().unwrap_or_default();
        let mut first = |tag: Tag, otherwise: u64| values(tag).first().copied().unwrap_or(otherwise);
        let short = |value: u64| u16::try_from(value).unwrap_or(u16::MAX);
        let samples = first(Tag::SamplesPerPixel, 1) as usize;
        let (width, tiled) = match first(Tag::TileWidth, 0) {
            0 => (u64::from(columns), false),
            width => (width, true),
        };
        let height = if tiled { first(Tag::TileLength, 0) } else { first(Tag::RowsPerStrip, u64::from(rows)).min(rows.into()) };
        let photometric = short(first(Tag::PhotometricInterpretation, 1));
        let apart = first(Tag::PlanarConfiguration, 1) == 2;
        let (compression, predictor) = (short(first(Tag::Compression, 1)), short(first(Tag::Predictor, 1)));
        let (format, reversed) = (short(first(Tag::SampleFormat, 1)), first(Tag::FillOrder, 1) == 2);
        let bits = values(Tag::BitsPerSample);
        let extra = values(Tag::ExtraSamples).into_iter().map(short).collect();
        let (offsets, counts) = if tiled { (Tag::TileOffsets, Tag::TileByteCounts) } else { (Tag::StripOffsets, Tag::StripByteCounts) };
        let (offsets, counts) = (values(offsets), values(counts));
        let uniform = bits.windows(2).all(|pair| matches!(pair, [a, b] if a == b));
        if samples == 0 || samples > MAX_SAMPLES || !uniform {
            return Err(RasterFault::Bands(format!("{samples} ({bits:?})")));
        }
        let mut sheet = Self {
            size,
            chunk: [width, height].map(|side| usize::try_from(side).unwrap_or(usize::MAX)),
            tiled,
            apart: apart && samples > 1,
            samples,
            bits: bits.first().copied().map_or(1, short),
            format,
            compression,
            photometric,
            extra,
            predictor,
            reversed,
            big_endian: decoder.byte_order() == ByteOrder::BigEndian,
            offsets,
            counts,
            tables: decoder.find_tag(Tag::JPEGTables).ok().flatten().and_then(|value| value.into_u8_vec().ok()).unwrap_or_default(),
        };
        sheet.cut();
        let [width, height] = sheet.chunk;
        if width == 0 || height == 0 || width.min(size[0] + 65_536).saturating_mul(height.min(size[1] + 65_536)) > MAX_CHUNK_PIXELS || width.saturating_mul(height) > 2 * MAX_CHUNK_PIXELS {
            return Err(RasterFault::TooLarge { columns: width as u64, rows: height as u64 });
        }
        Ok(sheet)
    }

    /// Strips without compression that are too large to be read at once, as many small ones.
    fn cut(&mut self) {
        let row = self.row_bytes();
        let [_, height] = self.chunk;
        if self.tiled || self.compression != NONE || row == 0 || height.saturating_mul(row) <= PIECE_BYTES {
            return;
        }
        let rows = (PIECE_BYTES / row).max(1);
        let bands = if self.apart { self.samples } else { 1 };
        // Only whole images: where strips follow each other the pieces would have to end with them.
        if self.offsets.len() != bands || height < self.size[1] {
            return;
        }
        let pieces = self.size[1].div_ceil(rows);
        let starts = std::mem::take(&mut self.offsets);
        self.counts.clear();
        for start in starts {
            for piece in 0..pieces {
                let held = rows.min(self.size[1] - piece * rows);
                self.offsets.push(start.saturating_add((piece * rows * row) as u64));
                self.counts.push((held * row) as u64);
            }
        }
        self.chunk[1] = rows;
    }

    /// Bytes of one row of a chunk as it is written.
    fn row_bytes(&self) -> usize {
        let samples = if self.apart { 1 } else { self.samples };
        let bits = self.chunk[0].saturating_mul(samples).saturating_mul(usize::from(self.bits));
        bits.div_ceil(8)
    }

    pub fn across(&self) -> usize {
        self.size[0].div_ceil(self.chunk[0].max(1))
    }

    pub fn down(&self) -> usize {
        self.size[1].div_ceil(self.chunk[1].max(1))
    }

    /// Which compression this is, where it is one that is not understood.
    pub fn unknown_compression(&self) -> Option<String> {
        let known = matches!(self.compression, NONE | LZW | JPEG | PACKBITS | WEBP) || DEFLATE.contains(&self.compression);
        (!known).then(|| match self.compression {
            2..=4 => "CCITT".to_owned(),
            6 => "JPEG (TIFF 6.0)".to_owned(),
            33003 | 33005 | 34712 => "JPEG 2000".to_owned(),
            34887 => "LERC".to_owned(),
            34925 => "LZMA".to_owned(),
            50000 => "ZSTD".to_owned(),
            50002 => "JPEG XL".to_owned(),
            code => code.to_string(),
        })
    }

    /// Written as a picture rather than as numbers.
    pub fn is_picture_coded(&self) -> bool {
        matches!(self.compression, JPEG | WEBP)
    }

    /// The samples of a chunk, pixel by pixel without padding, all bands; `None` where the file left it out because it holds nothing.
    ///
    /// # Errors
    /// Where the chunk is damaged.
    pub fn samples<R: Read + Seek>(&self, reader: &mut R, along: usize, down: usize) -> Result<Option<Vec<u16>>, RasterFault> {
        let [width, height] = self.chunk;
        let size = [width.min(self.size[0].saturating_sub(along * width)), height.min(self.size[1].saturating_sub(down * height))];
        let index = down * self.across() + along;
        if !self.apart {
            return self.band(reader, index, size, self.samples);
        }
        let cells = size[0] * size[1];
        let mut all = vec![0; cells * self.samples];
        let mut any = false;
        for band in 0..self.samples {
            let Some(values) = self.band(reader, band * self.across() * self.down() + index, size, 1)? else { continue };
            any = true;
            for (to, from) in all.iter_mut().skip(band).step_by(self.samples).zip(values) {
                *to = from;
            }
        }
        Ok(any.then_some(all))
    }

    fn band<R: Read + Seek>(&self, reader: &mut R, index: usize, size: [usize; 2], samples: usize) -> Result<Option<Vec<u16>>, RasterFault> {
        let (Some(at), Some(bytes)) = (self.offsets.get(index), self.counts.get(index)) else {
            return Err(RasterFault::Unreadable(format!("no place of tile {index}")));
        };
        if *bytes == 0 || *at == 0 {
            return Ok(None);
        }
        let failed = |error: std::io::Error| RasterFault::Unreadable(error.to_string());
        let row = self.row_bytes();
        // The last strip is cut off, a tile is not.
        let rows = if self.tiled { self.chunk[1] } else { size[1] };
        let wanted = row.saturating_mul(rows);
        let mut packed = Vec::new();
        reader.seek(SeekFrom::Start(*at)).map_err(failed)?;
        // No way of packing makes a chunk much longer.
        let most = (wanted as u64).saturating_mul(2).saturating_add(1 << 16);
        reader.by_ref().take((*bytes).min(most)).read_to_end(&mut packed).map_err(failed)?;
        if self.is_picture_coded() {
            return self.picture(&packed, size, samples).map(Some);
        }
        let mut raw = match self.compression {
            NONE => packed,
            LZW => tiff_lzw::expanded(&packed, wanted)?,
            PACKBITS => unpacked(&packed, wanted),
            _ => inflated(&packed, wanted).map_err(failed)?,
        };
        if raw.len() < wanted {
            return Err(RasterFault::Count { found: raw.len(), expected: wanted });
        }
        raw.truncate(wanted);
        if self.reversed && self.bits < 8 {
            raw.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
        }
        if self.predictor == 2 && matches!(self.bits, 8 | 16) {
            let layout = Layout {
                columns: self.chunk[0],
                rows,
                samples,
                bits: self.bits,
                format: self.format,
                predictor: self.predictor,
                big_endian: self.big_endian,
            };
            raw.chunks_exact_mut(row.max(1)).for_each(|row| tiff_lzw::summed(row, &layout));
        }
        let mut values = Vec::with_capacity(size[0] * size[1] * samples);
        for row in raw.chunks_exact(row.max(1)).take(size[1]) {
            self.numbers(row, size[0] * samples, &mut values);
        }
        Ok(Some(values))
    }

    /// The first `count` numbers of a row.
    fn numbers(&self, row: &[u8], count: usize, values: &mut Vec<u16>) {
        match self.bits {
            8 => values.extend(row.iter().take(count).map(|value| u16::from(*value))),
            16 => values.extend(row.as_chunks::<2>().0.iter().take(count).map(|pair| {
                if self.big_endian { u16::from_be_bytes(*pair) } else { u16::from_le_bytes(*pair) }
            })),
            bits => {
                let (mut held, mut filled) = (0_u32, 0_u16);
                let mut left = count;
                for byte in row {
                    // A tile at the picture's edge is wider than what is wanted of it.
                    if left == 0 {
                        break;
                    }
                    held = held << 8 | u32::from(*byte);
                    filled += 8;
                    while filled >= bits && left > 0 {
                        filled -= bits;
                        left -= 1;
                        values.push((held >> filled) as u16 & ((1_u32 << bits) - 1) as u16);
                    }
                    held &= (1 << filled) - 1;
                }
            }
        }
    }

    /// A chunk that is a picture of its own.
    fn picture(&self, packed: &[u8], [width, height]: [usize; 2], samples: usize) -> Result<Vec<u16>, RasterFault> {
        let (columns, rows, channels, found) = if self.compression == WEBP {
            if Encoding::of(packed) != Some(Encoding::Webp) {
                return Err(RasterFault::Unreadable("WebP".into()));
            }
            let still = still::decode(packed)?;
            (still.columns, still.rows, 4, still.pixels.into_flattened())
        } else {
            let whole = self.with_tables(packed);
            let raw = self.photometric != YCBCR;
            let read = still::jpeg_samples(&whole, 2 * MAX_CHUNK_PIXELS, raw)?;
            (read.columns, read.rows, read.channels, read.samples)
        };
        if columns < width || rows < height || channels < samples {
            return Err(RasterFault::Count { found: columns * rows * channels, expected: width * height * samples });
        }
        let mut values = Vec::with_capacity(width * height * samples);
        for row in found.chunks_exact(columns * channels).take(height) {
            for cell in row.chunks_exact(channels).take(width) {
                values.extend(cell.iter().take(samples).map(|value| u16::from(*value)));
            }
        }
        Ok(values)
    }

    /// Tables that all chunks share come before each chunk's own.
    fn with_tables(&self, packed: &[u8]) -> Vec<u8> {
        let (Some(tables), Some(picture)) = (self.tables.strip_suffix(b"\xFF\xD9"), packed.strip_prefix(b"\xFF\xD8")) else {
            return packed.to_vec();
        };
        [tables, picture].concat()
    }
}

/// Undoes PackBits: a length, then so many bytes, or one byte so many times.
fn unpacked(packed: &[u8], wanted: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(wanted.min(packed.len().saturating_mul(128)));
    let mut rest = packed;
    while let Some((length, after)) = rest.split_first()
        && out.len() < wanted
    {
        let length = *length as i8;
        rest = after;
        if length >= 0 {
            let count = (usize::from(length.unsigned_abs()) + 1).min(rest.len());
            let (bytes, after) = rest.split_at(count);
            out.extend_from_slice(bytes);
            rest = after;
        } else if length != i8::MIN
            && let Some((byte, after)) = rest.split_first()
        {
            out.extend(std::iter::repeat_n(*byte, usize::from(length.unsigned_abs()) + 1));
            rest = after;
        }
    }
    out.truncate(wanted);
    out
}

/// At most `wanted` bytes: a chunk that unpacks to more is none of ours.
fn inflated(packed: &[u8], wanted: usize) -> std::io::Result<Vec<u8>> {
    let mut out = Vec::with_capacity(wanted.min(packed.len().saturating_mul(1024)));
    let most = wanted as u64;
    // Old writers left the header of the stream out.
    let headed = matches!(packed, [first, second, ..] if first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)) % 31 == 0);
    if headed {
        ZlibDecoder::new(packed).take(most).read_to_end(&mut out)?;
    } else {
        DeflateDecoder::new(packed).take(most).read_to_end(&mut out)?;
    }
    Ok(out)
}
