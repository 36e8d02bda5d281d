//! Pictures as files: PNG, JPEG and WebP, whole, within bounds.

use super::colours::Pixel;
use super::raster::RasterFault;
use std::io::Cursor;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Pixels of a picture that is held whole: 512 MiB.
pub const MAX_PIXELS: usize = 128 << 20;
/// Columns or rows of such a picture.
const MAX_SIDE: usize = 1 << 17;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Encoding {
    Jpeg,
    Png,
    Webp,
}

impl Encoding {
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Webp];

    /// By the first bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\xFF\xD8\xFF") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::Webp)
        } else {
            None
        }
    }

    /// The name's ending in templates.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// By a name's ending, of any case.
    pub fn from_extension(extension: &str) -> Option<Self> {
        match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" => Some(Self::Jpeg),
            "png" => Some(Self::Png),
            "webp" => Some(Self::Webp),
            _ => None,
        }
    }
}

/// A picture in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Still {
    pub columns: usize,
    pub rows: usize,
    pub pixels: Vec<Pixel>,
    /// A palette, or one bit a pixel.
    pub drawing: bool,
}

/// Reads a picture whole.
///
/// # Errors
/// Where the bytes are no picture, damaged, cut short, or more than [`MAX_PIXELS`].
pub fn decode(bytes: &[u8]) -> Result<Still, RasterFault> {
    match Encoding::of(bytes) {
        Some(Encoding::Jpeg) => jpeg(bytes),
        Some(Encoding::Png) => png(bytes),
        Some(Encoding::Webp) => webp(bytes),
        None => Err(RasterFault::Unreadable("neither JPEG nor PNG nor WebP".into())),
    }
}

/// Columns and rows, from the header alone.
///
/// # Errors
/// As [`decode`].
pub fn dimensions(bytes: &[u8]) -> Result<[usize; 2], RasterFault> {
    let [columns, rows] = match Encoding::of(bytes) {
        Some(Encoding::Jpeg) => {
            let mut decoder = zune_jpeg::JpegDecoder::new(ZCursor::new(bytes));
            decoder.decode_headers().map_err(unreadable)?;
            let info = decoder.info().ok_or(RasterFault::Header("SOF"))?;
            [usize::from(info.width), usize::from(info.height)]
        }
        Some(Encoding::Png) => {
            let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: 64 << 20 });
            let info = decoder.read_header_info().map_err(unreadable)?;
            [info.width as usize, info.height as usize]
        }
        Some(Encoding::Webp) => {
            let (columns, rows) = image_webp::WebPDecoder::new(Cursor::new(bytes)).map_err(unreadable)?.dimensions();
            [columns as usize, rows as usize]
        }
        None => return Err(RasterFault::Unreadable("neither JPEG nor PNG nor WebP".into())),
    };
    fits(columns, rows)?;
    Ok([columns, rows])
}

fn fits(columns: usize, rows: usize) -> Result<(), RasterFault> {
    if columns == 0 || rows == 0 {
        return Err(RasterFault::Header("columns and rows"));
    }
    if columns > MAX_SIDE || rows > MAX_SIDE || columns.saturating_mul(rows) > MAX_PIXELS {
        return Err(RasterFault::TooLarge { columns: columns as u64, rows: rows as u64 });
    }
    Ok(())
}

fn unreadable(error: impl std::fmt::Debug) -> RasterFault {
    RasterFault::Unreadable(format!("{error:?}"))
}

/// Samples of one to four channels as pixels.
fn pixels_of(samples: &[u8], channels: usize, cells: usize) -> Result<Vec<Pixel>, RasterFault> {
    let pixels: Vec<Pixel> = match channels {
        1 => samples.iter().map(|v| [*v, *v, *v, 255]).collect(),
        2 => samples.as_chunks::<2>().0.iter().map(|[v, a]| [*v, *v, *v, *a]).collect(),
        3 => samples.as_chunks::<3>().0.iter().map(|[r, g, b]| [*r, *g, *b, 255]).collect(),
        4 => samples.as_chunks::<4>().0.to_vec(),
        _ => Vec::new(),
    };
    if pixels.len() == cells { Ok(pixels) } else { Err(RasterFault::Count { found: pixels.len(), expected: cells }) }
}

/// Samples of a JPEG as they are coded, or turned into red, green and blue.
pub(super) struct JpegSamples {
    pub columns: usize,
    pub rows: usize,
    pub channels: usize,
    pub samples: Vec<u8>,
}

/// Decodes a JPEG of at most `most` pixels; `raw` leaves three and four channels as they are coded.
pub(super) fn jpeg_samples(bytes: &[u8], most: usize, raw: bool) -> Result<JpegSamples, RasterFault> {
    let options = DecoderOptions::default().set_max_width(MAX_SIDE).set_max_height(MAX_SIDE);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(unreadable)?;
    let info = decoder.info().ok_or(RasterFault::Header("SOF"))?;
    let (columns, rows) = (usize::from(info.width), usize::from(info.height));
    if columns.saturating_mul(rows) > most {
        return Err(RasterFault::TooLarge { columns: columns as u64, rows: rows as u64 });
    }
    let coded = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    let (out, channels) = match (coded, raw) {
        (ColorSpace::Luma, _) => (ColorSpace::Luma, 1),
        (_, false) => (ColorSpace::RGB, 3),
        (coded, true) => (coded, coded.num_components()),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(out));
    let samples = decoder.decode().map_err(unreadable)?;
    Ok(JpegSamples { columns, rows, channels, samples })
}

fn jpeg(bytes: &[u8]) -> Result<Still, RasterFault> {
    // The decoder greys out what is missing; a picture without its end is one that was cut off.
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
    if !bytes.get(..end).unwrap_or_default().ends_with(b"\xFF\xD9") && !has_end(bytes) {
        return Err(RasterFault::Unreadable("JPEG without its end".into()));
    }
    let JpegSamples { columns, rows, channels, samples } = jpeg_samples(bytes, MAX_PIXELS, false)?;
    fits(columns, rows)?;
    Ok(Still { columns, rows, pixels: pixels_of(&samples, channels, columns * rows)?, drawing: false })
}

/// Cameras and editors append things behind the picture.
fn has_end(bytes: &[u8]) -> bool {
    let scan = bytes.windows(2).rposition(|marker| marker == b"\xFF\xDA").unwrap_or(0);
    bytes.get(scan..).unwrap_or_default().windows(2).any(|marker| marker == b"\xFF\xD9")
}

fn png(bytes: &[u8]) -> Result<Still, RasterFault> {
    let limits = png::Limits { bytes: MAX_PIXELS * 4 };
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(unreadable)?;
    let info = reader.info();
    let (columns, rows) = (info.width as usize, info.height as usize);
    fits(columns, rows)?;
    let drawing = info.color_type == png::ColorType::Indexed || info.bit_depth == png::BitDepth::One;
    let size = reader.output_buffer_size().ok_or(RasterFault::TooLarge { columns: columns as u64, rows: rows as u64 })?;
    let mut samples = vec![0; size];
    let frame = reader.next_frame(&mut samples).map_err(unreadable)?;
    samples.truncate(frame.buffer_size());
    Ok(Still { columns, rows, pixels: pixels_of(&samples, frame.color_type.samples(), columns * rows)?, drawing })
}

fn webp(bytes: &[u8]) -> Result<Still, RasterFault> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(bytes)).map_err(unreadable)?;
    let (columns, rows) = decoder.dimensions();
    let (columns, rows) = (columns as usize, rows as usize);
    fits(columns, rows)?;
    decoder.set_memory_limit(MAX_PIXELS * 4);
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut samples = vec![0; columns * rows * channels];
    decoder.read_image(&mut samples).map_err(unreadable)?;
    Ok(Still { columns, rows, pixels: pixels_of(&samples, channels, columns * rows)?, drawing: false })
}
