//! Colour GeoTIFF, also cloud-optimised: orthophotographs, scanned plans, old maps, read tile by tile or strip by strip.
//!
//! Sources: TIFF 6.0; OGC 19-008r4; GDAL's tag 42113 ("no data") and its internal masks (an image of one band whose subfile type has bit 2 set).
//! What tells a picture from heights is how its numbers are meant: a palette, a colour model, several bands of eight or sixteen bits, bits that are
//! black or white. One band of eight bits may be either; it is taken as grey unless the file speaks of a unit or of a vertical system.

use super::colours::{CLEAR, Colours, Pixel};
use super::geokeys::GeoKeys;
use super::geotiff::{self, LIMITS_IFD_BYTES};
use super::geotiff_sheet::{BLACK_IS_ZERO, CMYK, MAX_CHUNK_PIXELS, PALETTE, RGB, Sheet, WHITE_IS_ZERO, YCBCR};
use super::raster::{self, MAX_CELLS, Placement, RasterFault, Remark, Window};
use std::collections::VecDeque;
use std::io::{Read, Seek};
use tiff::decoder::{Decoder, Limits};
use tiff::tags::Tag;

/// Pixels that are kept decoded between two windows, 64 MiB: a row of strips of a wide picture.
const CACHED_PIXELS: usize = 16 << 20;
/// Images of one file that are looked at for a mask: overviews and theirs.
const MAX_IMAGES: usize = 64;
/// Chunks that are looked at to tell how bright sixteen bits get.
const PROBES: usize = 16;
/// White points of sensors: eight to sixteen bits.
const WHITES: [u16; 6] = [255, 1023, 2047, 4095, 16_383, 65_535];

/// What a TIFF holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Heights,
    Colours,
    /// One band of eight or sixteen bits that says nothing of itself: taken as grey if eight, as heights if sixteen, unless somebody knows better.
    Grey { bits: u16 },
}

/// Tells a picture from heights by the first image's tags.
///
/// # Errors
/// A [`RasterFault`] where it is no TIFF, or its tags contradict each other.
pub fn holds<R: Read + Seek>(reader: R) -> Result<Holds, RasterFault> {
    let mut decoder = decoder(reader)?;
    let sheet = Sheet::read(&mut decoder);
    // Heights in one piece too large for a picture are the other reader's question.
    let sheet = match sheet {
        Ok(sheet) => sheet,
        Err(RasterFault::TooLarge { .. } | RasterFault::Bands(_)) => return Ok(Holds::Heights),
        Err(fault) => return Err(fault),
    };
    if matches!(sheet.photometric, RGB | PALETTE | CMYK | YCBCR) || sheet.is_picture_coded() {
        return Ok(Holds::Colours);
    }
    if sheet.format != 1 || sheet.bits > 16 {
        return Ok(Holds::Heights);
    }
    let colours = usize::from(sheet.samples >= 3);
    Ok(match (sheet.bits, colours) {
        (_, 1) | (..8, _) => Holds::Colours,
        (bits, _) => {
            let keys = keys(&mut decoder);
            let metadata = decoder.get_tag_ascii_string(Tag::Unknown(42112)).unwrap_or_default();
            let measured = ["unittype", "scale", "offset"].iter().any(|role| geotiff::item(&metadata, role).is_some());
            if measured || keys.borrowed().vertical().is_some() { Holds::Heights } else { Holds::Grey { bits } }
        }
    })
}

fn decoder<R: Read + Seek>(reader: R) -> Result<Decoder<R>, RasterFault> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_CHUNK_PIXELS * 4;
    limits.intermediate_buffer_size = MAX_CHUNK_PIXELS * 4;
    limits.ifd_value_size = LIMITS_IFD_BYTES;
    Ok(Decoder::new(reader).map_err(unreadable)?.with_limits(limits))
}

fn unreadable(error: tiff::TiffError) -> RasterFault {
    RasterFault::Unreadable(error.to_string())
}

/// The keys of the image that the decoder stands at.
struct Keys {
    directory: Vec<u16>,
    doubles: Vec<f64>,
    texts: String,
}

impl Keys {
    fn borrowed(&self) -> GeoKeys<'_> {
        GeoKeys { directory: &self.directory, doubles: &self.doubles, texts: &self.texts }
    }
}

fn keys<R: Read + Seek>(decoder: &mut Decoder<R>) -> Keys {
    Keys {
        directory: decoder.get_tag_u16_vec(Tag::GeoKeyDirectoryTag).unwrap_or_default(),
        doubles: decoder.get_tag_f64_vec(Tag::GeoDoubleParamsTag).unwrap_or_default(),
        texts: decoder.get_tag_ascii_string(Tag::GeoAsciiParamsTag).unwrap_or_default(),
    }
}

/// A colour GeoTIFF that is read window by window.
pub struct ColourTiff<R: Read + Seek> {
    decoder: Decoder<R>,
    sheet: Sheet,
    mask: Option<Sheet>,
    placement: Placement,
    placed: bool,
    crs: Option<String>,
    meaning: Meaning,
    cache: VecDeque<(usize, Vec<Pixel>)>,
    damaged: u32,
    /// The first damage.
    damage: Option<String>,
}

/// How samples become colours.
struct Meaning {
    /// Red, green, blue of each index.
    palette: Vec<[u8; 3]>,
    /// Which sample says how opaque, and whether the colours are multiplied by it.
    alpha: Option<(usize, bool)>,
    /// The value of "no data", where all colours have it.
    nodata: Option<u16>,
    white: u16,
    /// Samples that are colours: one or three, four of inks.
    colours: usize,
    inverted: bool,
}

impl<R: Read + Seek> ColourTiff<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// A [`RasterFault`] where there is no usable picture.
    pub fn open(reader: R) -> Result<Self, RasterFault> {
        let mut decoder = decoder(reader)?;
        let sheet = Sheet::read(&mut decoder)?;
        if let Some(name) = sheet.unknown_compression() {
            return Err(RasterFault::Unreadable(format!("compression {name} is not supported (gdal_translate -co COMPRESS=DEFLATE -co TILED=YES)")));
        }
        let colours = match sheet.photometric {
            PALETTE => 1,
            RGB | YCBCR => 3,
            CMYK => 4,
            WHITE_IS_ZERO | BLACK_IS_ZERO if sheet.samples >= 3 => 3,
            WHITE_IS_ZERO | BLACK_IS_ZERO => 1,
            other => return Err(RasterFault::Bands(format!("photometric {other}"))),
        };
        let coded_apart = sheet.photometric == YCBCR && !sheet.is_picture_coded();
        if sheet.format != 1 || !matches!(sheet.bits, 1..=16) || sheet.samples < colours || coded_apart || (sheet.is_picture_coded() && sheet.bits != 8) {
            return Err(RasterFault::Bands(format!("{} × {} bits, photometric {}", sheet.samples, sheet.bits, sheet.photometric)));
        }
        let keys = keys(&mut decoder);
        let found = geotiff::placement(&mut decoder, keys.borrowed().pixel_is_point(), sheet.size)?;
        let stated = decoder.get_tag_ascii_string(Tag::GdalNodata).ok();
        let nodata = stated
            .and_then(|text| text.trim_matches(|c: char| c == '\0' || c.is_whitespace()).parse::<f64>().ok())
            .filter(|value| value.fract() == 0.0 && (0.0..=65_535.0).contains(value))
            .map(|value| value as u16);
        // Meanings are listed for the samples behind those of the colour model.
        let modelled = if sheet.photometric == BLACK_IS_ZERO || sheet.photometric == WHITE_IS_ZERO { sheet.samples.saturating_sub(sheet.extra.len()).max(1) } else { colours };
        let alpha = sheet
            .extra
            .iter()
            .position(|kind| matches!(kind, 1 | 2))
            .map(|at| (modelled + at, sheet.extra.get(at) == Some(&1)))
            .filter(|(at, _)| *at < sheet.samples);
        let palette = palette(&mut decoder);
        let stated_white = [Tag::SMaxSampleValue, Tag::MaxSampleValue]
            .into_iter()
            .find_map(|tag| decoder.find_tag_unsigned_vec::<u16>(tag).ok().flatten()?.into_iter().max())
            .filter(|white| *white > 255);
        let mask = mask(&mut decoder, sheet.size);
        let crs = keys.borrowed().crs();
        let upright = Placement::upright([0.0, 0.0], [1.0, 1.0], sheet.size[0], sheet.size[1]);
        let mut picture = Self {
            meaning: Meaning {
                palette,
                alpha,
                nodata,
                white: if sheet.bits == 16 { 65_535 } else { ((1_u32 << sheet.bits.min(15)) - 1) as u16 },
                colours: if sheet.photometric == WHITE_IS_ZERO || sheet.photometric == BLACK_IS_ZERO { if colours == 3 && alpha.is_none_or(|(at, _)| at >= 3) { 3 } else { 1 } } else { colours },
                inverted: sheet.photometric == WHITE_IS_ZERO,
            },
            decoder,
            sheet,
            mask,
            placed: found.is_some(),
            placement: found.unwrap_or(upright),
            crs,
            cache: VecDeque::new(),
            damaged: 0,
            damage: None,
        };
        if picture.sheet.photometric == PALETTE && picture.meaning.palette.is_empty() {
            return Err(RasterFault::Header("ColorMap"));
        }
        if picture.sheet.bits == 16 {
            picture.meaning.white = match stated_white {
                Some(white) => white,
                None => picture.brightest(),
            };
        }
        Ok(picture)
    }

    /// True where the file itself says where it lies; without, a world file beside it may.
    pub fn is_placed(&self) -> bool {
        self.placed
    }

    /// Puts the picture where a world file says.
    pub fn place(&mut self, placement: Placement) {
        let Placement { columns, rows, .. } = self.placement;
        self.placement = Placement { columns, rows, ..placement };
        self.placed = true;
    }

    /// The value that is white, where the file has more than eight bits.
    pub fn white(&self) -> Option<u16> {
        (self.sheet.bits > 8).then_some(self.meaning.white)
    }

    /// Pictures of one mosaic have one white.
    pub fn set_white(&mut self, white: u16) {
        if self.sheet.bits > 8 {
            self.meaning.white = white.max(1);
            self.cache.clear();
        }
    }

    /// The white point that holds what a few chunks show: most cameras fill fewer bits than their files have.
    fn brightest(&mut self) -> u16 {
        let chunks = self.sheet.across() * self.sheet.down();
        let step = chunks.div_ceil(PROBES).max(1);
        let mut most = 0;
        for index in (0..chunks).step_by(step).take(PROBES) {
            let at = (index % self.sheet.across(), index / self.sheet.across());
            let Ok(Some(samples)) = self.sheet.samples(self.decoder.inner(), at.0, at.1) else { continue };
            for pixel in samples.chunks_exact(self.sheet.samples) {
                let colours = pixel.get(..self.meaning.colours).unwrap_or_default();
                if colours.iter().all(|value| Some(*value) == self.meaning.nodata) {
                    continue;
                }
                most = colours.iter().copied().max().unwrap_or(0).max(most);
            }
        }
        WHITES.into_iter().find(|white| most <= *white).unwrap_or(u16::MAX)
    }

    /// Makes sure that a chunk is in the cache, at its front.
    fn load(&mut self, along: usize, down: usize) {
        let index = down * self.sheet.across() + along;
        if let Some(at) = self.cache.iter().position(|(cached, _)| *cached == index) {
            if let Some(found) = self.cache.remove(at) {
                self.cache.push_front(found);
            }
            return;
        }
        let [width, height] = self.sheet.chunk;
        let size = [width.min(self.sheet.size[0] - along * width), height.min(self.sheet.size[1] - down * height)];
        let pixels = match self.decoded(along, down, size) {
            Ok(pixels) => pixels,
            Err(fault) => {
                self.damaged += 1;
                self.damage.get_or_insert_with(|| fault.to_string());
                vec![CLEAR; size[0] * size[1]]
            }
        };
        self.cache.push_front((index, pixels));
        let mut kept = 0;
        let within = self.cache.iter().take_while(|(_, pixels)| {
            kept += pixels.len();
            kept <= CACHED_PIXELS
        });
        let keep = within.count().max(1);
        self.cache.truncate(keep);
    }

    fn decoded(&mut self, along: usize, down: usize, [width, height]: [usize; 2]) -> Result<Vec<Pixel>, RasterFault> {
        let Some(samples) = self.sheet.samples(self.decoder.inner(), along, down)? else {
            return Ok(vec![CLEAR; width * height]);
        };
        let mut pixels: Vec<Pixel> = samples.chunks_exact(self.sheet.samples).map(|samples| self.meaning.pixel(samples)).collect();
        if pixels.len() != width * height {
            return Err(RasterFault::Count { found: pixels.len(), expected: width * height });
        }
        if let Some(mask) = &self.mask {
            // The mask may be cut in other pieces than the picture.
            let (left, top) = (along * self.sheet.chunk[0], down * self.sheet.chunk[1]);
            let [w, h] = mask.chunk;
            for row in top / h..=(top + height - 1) / h {
                for column in left / w..=(left + width - 1) / w {
                    let found = mask.samples(self.decoder.inner(), column, row)?;
                    let columns = w.min(mask.size[0] - column * w);
                    let opaque = |x: usize, y: usize| {
                        let at = ((y - row * h) * columns + (x - column * w)) * mask.samples;
                        found.as_ref().and_then(|values| values.get(at)).is_some_and(|value| *value != 0)
                    };
                    for y in top.max(row * h)..(top + height).min((row + 1) * h) {
                        for x in left.max(column * w)..(left + width).min((column + 1) * w) {
                            if !opaque(x, y)
                                && let Some(pixel) = pixels.get_mut((y - top) * width + (x - left))
                            {
                                *pixel = CLEAR;
                            }
                        }
                    }
                }
            }
        }
        Ok(pixels)
    }
}

impl Meaning {
    fn pixel(&self, samples: &[u16]) -> Pixel {
        let colours = samples.get(..self.colours).unwrap_or_default();
        let is_nodata = self.nodata.is_some_and(|nodata| colours.iter().all(|value| *value == nodata));
        let opaque = match self.alpha.and_then(|(at, multiplied)| Some((*samples.get(at)?, multiplied))) {
            // How opaque is written over all bits, whatever the brightest colour is.
            Some((value, _)) if self.white > 255 => scaled(value, if value > self.white { u16::MAX } else { self.white }),
            Some((value, _)) => scaled(value, self.white),
            None => 255,
        };
        if is_nodata || opaque == 0 {
            return CLEAR;
        }
        let [r, g, b] = match *colours {
            [index] if !self.palette.is_empty() => self.palette.get(usize::from(index)).copied().unwrap_or_default(),
            [grey] => [scaled(if self.inverted { self.white.saturating_sub(grey) } else { grey }, self.white); 3],
            [r, g, b] => [r, g, b].map(|value| scaled(if self.inverted { self.white.saturating_sub(value) } else { value }, self.white)),
            [c, m, y, k] => [c, m, y].map(|ink| {
                let paper = |value: u16| 255 - u32::from(scaled(value, self.white));
                (paper(ink) * paper(k)).div_ceil(255).min(255) as u8
            }),
            _ => [0; 3],
        };
        let plain = |value: u8| match self.alpha {
            Some((_, true)) => (u32::from(value) * 255 / u32::from(opaque)).min(255) as u8,
            _ => value,
        };
        [plain(r), plain(g), plain(b), opaque]
    }
}

/// 0 to `white` as 0 to 255.
fn scaled(value: u16, white: u16) -> u8 {
    if white == 255 {
        return value.min(255) as u8;
    }
    let white = u32::from(white.max(1));
    ((u32::from(value).min(white) * 255 + white / 2) / white) as u8
}

fn palette<R: Read + Seek>(decoder: &mut Decoder<R>) -> Vec<[u8; 3]> {
    let all = decoder.find_tag_unsigned_vec::<u16>(Tag::ColorMap).ok().flatten().unwrap_or_default();
    let count = all.len() / 3;
    // Some writers put eight bits where sixteen belong.
    let shift = if all.iter().all(|value| *value < 256) { 0 } else { 8 };
    let part = |at: usize| all.get(at).map_or(0, |value| (*value >> shift) as u8);
    (0..count).map(|index| [part(index), part(count + index), part(2 * count + index)]).collect()
}

/// The image among those behind the first that says where the picture is.
fn mask<R: Read + Seek>(decoder: &mut Decoder<R>, size: [usize; 2]) -> Option<Sheet> {
    const MASK: u32 = 4;
    for _ in 0..MAX_IMAGES {
        if !decoder.more_images() {
            return None;
        }
        decoder.next_image().ok()?;
        let kind = decoder.find_tag_unsigned::<u32>(Tag::NewSubfileType).ok().flatten().unwrap_or(0);
        if kind & MASK == 0 {
            continue;
        }
        let sheet = Sheet::read(decoder).ok()?;
        if sheet.size == size && sheet.unknown_compression().is_none() && sheet.bits <= 8 && sheet.format == 1 {
            return Some(sheet);
        }
    }
    None
}

impl<R: Read + Seek> Colours for ColourTiff<R> {
    fn placement(&self) -> Placement {
        self.placement
    }

    fn crs(&self) -> Option<&str> {
        self.crs.as_deref()
    }

    fn read(&mut self, window: Window) -> Result<Vec<Pixel>, RasterFault> {
        if !raster::is_inside(&window, &self.placement) {
            return Err(raster::outside());
        }
        if window.cells() > MAX_CELLS {
            return Err(RasterFault::TooLarge { columns: window.columns as u64, rows: window.rows as u64 });
        }
        let mut pixels = vec![CLEAR; window.cells()];
        if pixels.is_empty() {
            return Ok(pixels);
        }
        let [width, height] = self.sheet.chunk;
        let (end_column, end_row) = (window.column + window.columns, window.row + window.rows);
        for down in window.row / height..=(end_row - 1) / height {
            for along in window.column / width..=(end_column - 1) / width {
                let (left, top) = (along * width, down * height);
                let held = [width.min(self.sheet.size[0] - left), height.min(self.sheet.size[1] - top)];
                self.load(along, down);
                let Some((_, chunk)) = self.cache.front() else { continue };
                let columns = left.max(window.column)..(left + held[0]).min(end_column);
                for row in top.max(window.row)..(top + held[1]).min(end_row) {
                    let from = (row - top) * held[0] + (columns.start - left);
                    let to = (row - window.row) * window.columns + (columns.start - window.column);
                    if let (Some(from), Some(to)) = (chunk.get(from..from + columns.len()), pixels.get_mut(to..to + columns.len())) {
                        to.copy_from_slice(from);
                    }
                }
            }
        }
        Ok(pixels)
    }

    fn is_drawing(&self) -> bool {
        self.sheet.photometric == PALETTE || self.sheet.bits < 8
    }

    fn release(&mut self) {
        self.cache.clear();
    }

    fn remarks(&self) -> Vec<Remark> {
        let mut remarks = Vec::new();
        if let Some(damage) = &self.damage {
            remarks.push(("imagery-pieces-damaged", format!("{} ({damage})", self.damaged)));
        }
        let beyond = self.sheet.samples - self.meaning.colours - usize::from(self.meaning.alpha.is_some());
        if beyond > 0 {
            remarks.push(("imagery-bands", format!("{} / {}", self.meaning.colours, self.sheet.samples)));
        }
        if self.sheet.bits > 8 {
            remarks.push(("imagery-deep", format!("{} bits, 0 – {}", self.sheet.bits, self.meaning.white)));
        }
        remarks
    }
}
