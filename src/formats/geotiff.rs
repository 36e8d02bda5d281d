//! GeoTIFF, also cloud-optimised: one band of numbers, read tile by tile or strip by strip, with its place and reference system.
//!
//! Sources: OGC 19-008r4 (GeoTIFF 1.1); GDAL's tags 42112 (scale, offset) and 42113 ("no data").
//! `PixelIsArea` ties the outer corner of a cell, `PixelIsPoint` its centre: half a cell apart.
//! Only the first image counts: those behind it are overviews and masks.

use super::geokeys::GeoKeys;
use super::raster::{
    self, Heights, MAX_CELLS, MAX_SIDE, NoData, Placement, Raster, RasterFault, Remark, Window,
    is_inside, outside,
};
use super::tiff_lzw::{self, Layout};
use std::collections::VecDeque;
use std::io::{Cursor, Read, Seek, SeekFrom};
use tiff::{
    ColorType,
    decoder::{ChunkType, Decoder, DecodingResult, Limits},
    tags::{ByteOrder, CompressionMethod, Tag},
};

/// Cells of one tile or strip: the largest that is read in one piece, 256 MiB of doubles.
const MAX_CHUNK_CELLS: usize = 32 << 20;
/// Cells that are kept decoded between two windows, 16 MiB: a row of tiles of many files lies open at once.
const CACHED_CELLS: usize = 4 << 20;
/// Chunks that are kept, since they are looked through one by one: strips may be one cell wide.
const CACHED_CHUNKS: usize = 512;
/// Bytes of one tag: offsets of a hundred thousand tiles, eight bytes each, and then some.
pub(super) const LIMITS_IFD_BYTES: usize = 64 << 20;
/// GDAL's metadata of a raster of heights is a few hundred bytes.
const MAX_METADATA: usize = 1 << 20;

/// Reads the first image of a TIFF whole.
///
/// # Errors
/// A [`RasterFault`]; damaged files never panic and never take more memory than [`MAX_CELLS`] values.
pub fn parse(bytes: &[u8]) -> Result<Raster, RasterFault> {
    let mut source = Tiff::open(Cursor::new(bytes))?;
    if !source.is_placed() {
        return Err(RasterFault::NoPlace);
    }
    let raster = raster::whole(&mut source)?;
    if let Some(fault) = source.damage.take() {
        return Err(RasterFault::Unreadable(fault));
    }
    Ok(Raster {
        epsg: source.epsg,
        geographic: source.geographic,
        ..raster
    })
}

/// A GeoTIFF that is read window by window.
pub struct Tiff<R: Read + Seek> {
    decoder: Decoder<R>,
    placement: Placement,
    placed: bool,
    crs: Option<String>,
    epsg: Option<u32>,
    geographic: bool,
    nodata: NoData,
    /// Raw numbers to metres.
    scale: f64,
    offset: f64,
    /// Size of a tile or strip, and how many lie beside each other.
    chunk: [usize; 2],
    across: usize,
    chunks: u32,
    /// Bytes of each chunk; zero means that the file left it out because it holds nothing.
    bytes: Vec<u64>,
    /// Chunks that are decoded here rather than by the crate.
    lzw: Option<Lzw>,
    cache: VecDeque<(u32, Vec<f32>)>,
    extra_bands: bool,
    damaged: u32,
    /// The first damage.
    damage: Option<String>,
}

impl<R: Read + Seek> Tiff<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// A [`RasterFault`] where there is no usable grid.
    pub fn open(reader: R) -> Result<Self, RasterFault> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = MAX_CHUNK_CELLS * 8;
        limits.intermediate_buffer_size = MAX_CHUNK_CELLS * 8;
        limits.ifd_value_size = LIMITS_IFD_BYTES;
        let mut decoder = Decoder::new(reader)
            .map_err(unreadable)?
            .with_limits(limits);
        let (columns, rows) = decoder.dimensions().map_err(unreadable)?;
        let size = [columns, rows].map(|side| usize::try_from(side).unwrap_or(usize::MAX));
        if columns == 0 || rows == 0 || size.iter().any(|side| *side > MAX_SIDE) {
            return Err(RasterFault::TooLarge {
                columns: columns.into(),
                rows: rows.into(),
            });
        }
        let extra_bands = match decoder.colortype().map_err(unreadable)? {
            ColorType::Gray(_) => false,
            // Heights with a mask or with their accuracy beside them.
            ColorType::GrayA(_) | ColorType::Multiband { .. } => true,
            other => return Err(RasterFault::Bands(format!("{other:?}"))),
        };
        let compressed = compression(&mut decoder)?;

        let directory = decoder
            .get_tag_u16_vec(Tag::GeoKeyDirectoryTag)
            .unwrap_or_default();
        let doubles = decoder
            .get_tag_f64_vec(Tag::GeoDoubleParamsTag)
            .unwrap_or_default();
        let texts = decoder
            .get_tag_ascii_string(Tag::GeoAsciiParamsTag)
            .unwrap_or_default();
        let keys = GeoKeys {
            directory: &directory,
            doubles: &doubles,
            texts: &texts,
        };
        let found = placement(&mut decoder, keys.pixel_is_point(), size)?;

        let metadata = decoder
            .get_tag_ascii_string(Tag::Unknown(42112))
            .unwrap_or_default();
        let metadata = metadata
            .get(..metadata.len().min(MAX_METADATA))
            .unwrap_or_default();
        let number = |role: &str| {
            item(metadata, role)
                .and_then(|text| text.parse::<f64>().ok())
                .filter(|v| v.is_finite())
        };
        let (scale, offset) = (
            number("scale").filter(|s| *s != 0.0).unwrap_or(1.0),
            number("offset").unwrap_or(0.0),
        );
        let unit_m = match item(metadata, "unittype")
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("ft" | "foot" | "feet") => 0.3048,
            Some("us-ft" | "us survey foot" | "ftus") => 1200.0 / 3937.0,
            Some("cm" | "centimetre" | "centimeter") => 0.01,
            Some(_) => 1.0,
            None => keys.vertical_unit_m(),
        };
        let stated = decoder.get_tag_ascii_string(Tag::GdalNodata).ok();
        let nodata = NoData::new(stated.as_deref(), scale != 1.0 || offset != 0.0);

        let (width, height) = decoder.chunk_dimensions();
        let chunk = [width, height].map(|side| usize::try_from(side).unwrap_or(usize::MAX));
        if chunk.contains(&0)
            || chunk[0].min(size[0]).saturating_mul(chunk[1].min(size[1])) > MAX_CHUNK_CELLS
        {
            return Err(RasterFault::TooLarge {
                columns: width.into(),
                rows: height.into(),
            });
        }
        let tiled = decoder.get_chunk_type() == ChunkType::Tile;
        let lzw = match compressed {
            CompressionMethod::LZW => Some(Lzw::read(&mut decoder, chunk, tiled)),
            _ => None,
        };
        let (chunks, counts) = match decoder.get_chunk_type() {
            ChunkType::Strip => (
                decoder.strip_count().map_err(unreadable)?,
                Tag::StripByteCounts,
            ),
            ChunkType::Tile => (
                decoder.tile_count().map_err(unreadable)?,
                Tag::TileByteCounts,
            ),
        };
        Ok(Self {
            across: size[0].div_ceil(chunk[0]),
            bytes: decoder.get_tag_u64_vec(counts).unwrap_or_default(),
            crs: keys.crs(),
            epsg: keys.horizontal(),
            geographic: keys.is_geographic(),
            decoder,
            lzw,
            placed: found.is_some(),
            placement: found.unwrap_or(Placement::upright(
                [0.0, 0.0],
                [1.0, 1.0],
                size[0],
                size[1],
            )),
            nodata,
            scale: scale * unit_m,
            offset: offset * unit_m,
            chunk,
            chunks,
            cache: VecDeque::new(),
            extra_bands,
            damaged: 0,
            damage: None,
        })
    }

    /// True where the file itself says where it lies; without, a world file beside it may.
    pub fn is_placed(&self) -> bool {
        self.placed
    }

    /// Puts the grid where a world file says.
    pub fn place(&mut self, placement: Placement) {
        let Placement { columns, rows, .. } = self.placement;
        self.placement = Placement {
            columns,
            rows,
            ..placement
        };
        self.placed = true;
    }

    /// Makes sure that a chunk is in the cache, at its front.
    fn load(&mut self, index: u32, size: [usize; 2]) {
        if let Some(at) = self.cache.iter().position(|(cached, _)| *cached == index) {
            if let Some(found) = self.cache.remove(at) {
                self.cache.push_front(found);
            }
            return;
        }
        let cells = size[0] * size[1];
        let left_out = self
            .bytes
            .get(index as usize)
            .is_some_and(|bytes| *bytes == 0);
        let values = if left_out {
            vec![f32::NAN; cells]
        } else {
            match self.decoded(index, size) {
                Ok(values) => values,
                Err(fault) => {
                    self.damaged += 1;
                    self.damage.get_or_insert_with(|| fault.to_string());
                    vec![f32::NAN; cells]
                }
            }
        };
        self.cache.push_front((index, values));
        let mut kept = 0;
        let within = self.cache.iter().take_while(|(_, values)| {
            kept += values.len();
            kept <= CACHED_CELLS
        });
        let keep = within.count().clamp(1, CACHED_CHUNKS);
        self.cache.truncate(keep);
    }

    /// The heights of one chunk, without padding.
    fn decoded(&mut self, index: u32, size: [usize; 2]) -> Result<Vec<f32>, RasterFault> {
        let Some(lzw) = &self.lzw else {
            let read = self.decoder.read_chunk(index).map_err(unreadable)?;
            return self.heights(read, size[0] * size[1]);
        };
        let mut layout = lzw.layout;
        if !lzw.tiled {
            // The last strip is cut off, a tile is not.
            layout.rows = size[1];
        }
        let (at, bytes) = (
            lzw.offsets.get(index as usize),
            self.bytes.get(index as usize),
        );
        let (Some(at), Some(bytes)) = (at, bytes) else {
            return Err(RasterFault::Unreadable(format!("no place of tile {index}")));
        };
        let bytes = (*bytes).min(MAX_CHUNK_CELLS as u64 * 8);
        let mut chunk = Vec::new();
        let reader = self.decoder.inner();
        let failed = |error: std::io::Error| RasterFault::Unreadable(error.to_string());
        reader.seek(SeekFrom::Start(*at)).map_err(failed)?;
        reader
            .by_ref()
            .take(bytes)
            .read_to_end(&mut chunk)
            .map_err(failed)?;
        let numbers = tiff_lzw::numbers(&chunk, &layout)?;
        let mut heights = Vec::with_capacity(size[0] * size[1]);
        for row in numbers.chunks_exact(layout.columns.max(1)).take(size[1]) {
            let cells = row.iter().take(size[0]);
            heights.extend(
                cells.map(|raw| (self.nodata.clean(*raw) * self.scale + self.offset) as f32),
            );
        }
        if heights.len() != size[0] * size[1] {
            return Err(RasterFault::Count {
                found: heights.len(),
                expected: size[0] * size[1],
            });
        }
        Ok(heights)
    }

    /// The first sample of every cell as metres.
    fn heights(&mut self, read: DecodingResult, cells: usize) -> Result<Vec<f32>, RasterFault> {
        fn each<T: Copy>(
            values: Vec<T>,
            cells: usize,
            mut height: impl FnMut(T) -> f32,
        ) -> Result<Vec<f32>, RasterFault> {
            let samples = values.len() / cells.max(1);
            if cells == 0 || samples == 0 || samples * cells != values.len() {
                return Err(RasterFault::Count {
                    found: values.len(),
                    expected: cells,
                });
            }
            Ok(values
                .into_iter()
                .step_by(samples)
                .map(&mut height)
                .collect())
        }
        let (nodata, scale, offset) = (&mut self.nodata, self.scale, self.offset);
        let mut height = |raw: f64| (nodata.clean(raw) * scale + offset) as f32;
        match read {
            DecodingResult::U8(v) => each(v, cells, |x| height(x.into())),
            DecodingResult::U16(v) => each(v, cells, |x| height(x.into())),
            DecodingResult::U32(v) => each(v, cells, |x| height(x.into())),
            DecodingResult::I8(v) => each(v, cells, |x| height(x.into())),
            DecodingResult::I16(v) => each(v, cells, |x| height(x.into())),
            DecodingResult::I32(v) => each(v, cells, |x| height(x.into())),
            DecodingResult::F16(v) => each(v, cells, |x| height(x.to_f64())),
            DecodingResult::F32(v) => each(v, cells, |x| height(x.into())),
            DecodingResult::F64(v) => each(v, cells, height),
            // Beyond 2^53 such a number is no height anyway.
            DecodingResult::U64(v) => each(v, cells, |x| height(x as f64)),
            DecodingResult::I64(v) => each(v, cells, |x| height(x as f64)),
        }
    }
}

impl<R: Read + Seek> Heights for Tiff<R> {
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
        if window.cells() > MAX_CELLS {
            return Err(RasterFault::TooLarge {
                columns: window.columns as u64,
                rows: window.rows as u64,
            });
        }
        let mut values = vec![f32::NAN; window.cells()];
        if values.is_empty() {
            return Ok(values);
        }
        let [width, height] = self.chunk;
        let (end_column, end_row) = (window.column + window.columns, window.row + window.rows);
        for down in window.row / height..=(end_row - 1) / height {
            for along in window.column / width..=(end_column - 1) / width {
                let (left, top) = (along * width, down * height);
                // Tiles at the border are handed out without their padding.
                let size = [
                    width.min(self.placement.columns.saturating_sub(left)),
                    height.min(self.placement.rows.saturating_sub(top)),
                ];
                let Some(index) = u32::try_from(down * self.across + along)
                    .ok()
                    .filter(|i| *i < self.chunks)
                else {
                    continue;
                };
                self.load(index, size);
                let Some((_, chunk)) = self.cache.front() else {
                    continue;
                };
                let columns = left.max(window.column)..(left + size[0]).min(end_column);
                for row in top.max(window.row)..(top + size[1]).min(end_row) {
                    let from = (row - top) * size[0] + (columns.start - left);
                    let to = (row - window.row) * window.columns + (columns.start - window.column);
                    let length = columns.len();
                    if let (Some(from), Some(to)) = (
                        chunk.get(from..from + length),
                        values.get_mut(to..to + length),
                    ) {
                        to.copy_from_slice(from);
                    }
                }
            }
        }
        Ok(values)
    }

    fn remarks(&self) -> Vec<Remark> {
        let mut remarks: Vec<Remark> = self.nodata.remark().into_iter().collect();
        if let Some(damage) = &self.damage {
            remarks.push((
                "raster-tiles-damaged",
                format!("{} ({damage})", self.damaged),
            ));
        }
        if self.extra_bands {
            remarks.push(("raster-first-band", String::new()));
        }
        if self.scale != 1.0 || self.offset != 0.0 {
            remarks.push((
                "raster-scaled",
                format!("× {} + {}", self.scale, self.offset),
            ));
        }
        remarks
    }
}

/// What is needed to read LZW chunks.
struct Lzw {
    layout: Layout,
    offsets: Vec<u64>,
    tiled: bool,
}

impl Lzw {
    fn read<R: Read + Seek>(decoder: &mut Decoder<R>, chunk: [usize; 2], tiled: bool) -> Self {
        let mut first = |tag: Tag, otherwise: u16| {
            let values = decoder.find_tag_unsigned_vec::<u16>(tag).ok().flatten();
            values
                .and_then(|values| values.first().copied())
                .unwrap_or(otherwise)
        };
        let planar = first(Tag::PlanarConfiguration, 1) == 2;
        let samples = if planar {
            1
        } else {
            usize::from(first(Tag::SamplesPerPixel, 1))
        };
        let (bits, format, predictor) = (
            first(Tag::BitsPerSample, 1),
            first(Tag::SampleFormat, 1),
            first(Tag::Predictor, 1),
        );
        let offsets = decoder.get_tag_u64_vec(if tiled {
            Tag::TileOffsets
        } else {
            Tag::StripOffsets
        });
        Self {
            layout: Layout {
                columns: chunk[0],
                rows: chunk[1],
                samples,
                bits,
                format,
                predictor,
                big_endian: decoder.byte_order() == ByteOrder::BigEndian,
            },
            offsets: offsets.unwrap_or_default(),
            tiled,
        }
    }
}

/// Says which compression is not understood rather than failing at the first tile.
fn compression<R: Read + Seek>(decoder: &mut Decoder<R>) -> Result<CompressionMethod, RasterFault> {
    let code = decoder
        .find_tag_unsigned::<u16>(Tag::Compression)
        .ok()
        .flatten()
        .unwrap_or(1);
    let method = CompressionMethod::from_u16_exhaustive(code);
    let known = matches!(
        method,
        CompressionMethod::None
            | CompressionMethod::LZW
            | CompressionMethod::Deflate
            | CompressionMethod::OldDeflate
            | CompressionMethod::PackBits
    );
    if known {
        return Ok(method);
    }
    let name = match code {
        50000 => "ZSTD".to_owned(),
        34887 => "LERC".to_owned(),
        34925 => "LZMA".to_owned(),
        50001 => "WebP".to_owned(),
        6 | 7 => "JPEG".to_owned(),
        code => code.to_string(),
    };
    Err(RasterFault::Unreadable(format!(
        "compression {name} is not supported (gdal_translate -co COMPRESS=DEFLATE)"
    )))
}

pub(super) fn placement<R: Read + Seek>(
    decoder: &mut Decoder<R>,
    pixel_is_point: bool,
    [columns, rows]: [usize; 2],
) -> Result<Option<Placement>, RasterFault> {
    let half = if pixel_is_point { 0.0 } else { 0.5 };
    let scale = decoder
        .get_tag_f64_vec(Tag::ModelPixelScaleTag)
        .unwrap_or_default();
    let tie = decoder
        .get_tag_f64_vec(Tag::ModelTiepointTag)
        .unwrap_or_default();
    let matrix = decoder
        .get_tag_f64_vec(Tag::ModelTransformationTag)
        .unwrap_or_default();
    let (corner, per_column, per_row) = match (scale.as_slice(), tie.as_slice(), matrix.as_slice())
    {
        (&[x, y, ..], &[i, j, _, east, north, ..], _) => {
            ([east - i * x, north + j * y], [x, 0.0], [0.0, -y])
        }
        (_, _, &[a, b, _, east, d, e, _, north, ..]) => ([east, north], [a, d], [b, e]),
        // Many tie points without a scale are control points of a picture that was never rectified.
        _ => return Ok(None),
    };
    let origin = [0, 1].map(|axis| corner[axis] + half * per_column[axis] + half * per_row[axis]);
    Placement {
        origin,
        per_column,
        per_row,
        columns,
        rows,
    }
    .checked()
    .map(Some)
}

/// The text of `<Item … role="ROLE">text</Item>` for the first band.
pub(super) fn item<'a>(metadata: &'a str, role: &str) -> Option<&'a str> {
    let wanted = format!("role=\"{role}\"");
    metadata.split("<Item").skip(1).find_map(|item| {
        let (attributes, rest) = item.split_once('>')?;
        let other_band = attributes.contains("sample=\"") && !attributes.contains("sample=\"0\"");
        if other_band || !attributes.contains(&wanted) {
            return None;
        }
        Some(rest.split('<').next()?.trim())
    })
}

fn unreadable(error: tiff::TiffError) -> RasterFault {
    RasterFault::Unreadable(error.to_string())
}
