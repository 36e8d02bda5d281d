//! GeoTIFF: one band of numbers with tie point and cell size, and the system's EPSG code.
//!
//! Source: OGC 19-008r4 (GeoTIFF 1.1). `PixelIsArea` ties the outer corner of a cell, `PixelIsPoint` its centre: half a cell apart.
//! "No data" is the text of tag 42113 (GDAL); -9999, 9999, -32768 and ±1e30 are taken as "no data" too, since producers forget the tag, but only where no tag says otherwise.

use super::raster::{MAX_CELLS, Raster, RasterFault};
use std::io::Cursor;
use tiff::{
    ColorType,
    decoder::{Decoder, DecodingResult, Limits},
    tags::Tag,
};

const RASTER_TYPE: u16 = 1025;
const GEOGRAPHIC_CRS: u16 = 2048;
const PROJECTED_CRS: u16 = 3072;
const PIXEL_IS_POINT: u16 = 2;
/// "User-defined": the key holds no code.
const USER_DEFINED: u16 = 32767;

/// Reads the first image of a TIFF.
///
/// # Errors
/// A [`RasterFault`]; damaged files never panic and never take more memory than [`MAX_CELLS`] values.
pub fn parse(bytes: &[u8]) -> Result<Raster, RasterFault> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_CELLS * 8;
    limits.intermediate_buffer_size = MAX_CELLS;
    let mut decoder = Decoder::new(Cursor::new(bytes))
        .map_err(unreadable)?
        .with_limits(limits);
    let (columns, rows) = decoder.dimensions().map_err(unreadable)?;
    if columns == 0 || rows == 0 || u64::from(columns) * u64::from(rows) > MAX_CELLS as u64 {
        return Err(RasterFault::TooLarge {
            columns: columns.into(),
            rows: rows.into(),
        });
    }
    match decoder.colortype().map_err(unreadable)? {
        ColorType::Gray(_) => {}
        other => return Err(RasterFault::Bands(format!("{other:?}"))),
    }
    let place = Place::read(&mut decoder)?;
    let nodata: Option<f64> = decoder
        .get_tag_ascii_string(Tag::GdalNodata)
        .ok()
        .and_then(|text| text.trim_matches(['\0', ' ']).parse().ok());
    let values = numbers(decoder.read_image().map_err(unreadable)?, nodata)?;
    let (columns, rows) = (columns as usize, rows as usize);
    if values.len() != columns * rows {
        return Err(RasterFault::Count {
            found: values.len(),
            expected: columns * rows,
        });
    }
    Ok(Raster {
        origin: place.origin,
        cell: place.cell,
        columns,
        rows,
        values,
        epsg: place.epsg,
        geographic: place.geographic,
    })
}

fn unreadable(error: tiff::TiffError) -> RasterFault {
    RasterFault::Unreadable(error.to_string())
}

struct Place {
    origin: [f64; 2],
    cell: [f64; 2],
    epsg: Option<u32>,
    geographic: bool,
}

impl Place {
    fn read(decoder: &mut Decoder<Cursor<&[u8]>>) -> Result<Self, RasterFault> {
        let keys = decoder
            .get_tag_u16_vec(Tag::GeoKeyDirectoryTag)
            .unwrap_or_default();
        // Four numbers a key: id, where, count, value; the first four are the directory's own header.
        let key = |wanted: u16| {
            keys.chunks_exact(4)
                .skip(1)
                .find(|entry| entry[0] == wanted && entry[1] == 0)
                .map(|entry| entry[3])
        };
        let projected = key(PROJECTED_CRS).filter(|code| *code != USER_DEFINED && *code != 0);
        let geographic = key(GEOGRAPHIC_CRS).filter(|code| *code != USER_DEFINED && *code != 0);
        let (scale, tie) = match (
            decoder.get_tag_f64_vec(Tag::ModelPixelScaleTag).ok(),
            decoder.get_tag_f64_vec(Tag::ModelTiepointTag).ok(),
        ) {
            (Some(scale), Some(tie)) if scale.len() >= 2 && tie.len() >= 6 => {
                ([scale[0], scale[1]], [tie[0], tie[1], tie[3], tie[4]])
            }
            _ => {
                let matrix = decoder
                    .get_tag_f64_vec(Tag::ModelTransformationTag)
                    .ok()
                    .filter(|matrix| matrix.len() >= 16)
                    .ok_or(RasterFault::NoPlace)?;
                if matrix[1].abs() > 1e-9 || matrix[4].abs() > 1e-9 {
                    return Err(RasterFault::Turned);
                }
                ([matrix[0], -matrix[5]], [0.0, 0.0, matrix[3], matrix[7]])
            }
        };
        let usable = scale.iter().all(|size| size.is_finite() && *size > 0.0)
            && tie.iter().all(|value| value.is_finite());
        if !usable {
            return Err(RasterFault::NoPlace);
        }
        let half = if key(RASTER_TYPE) == Some(PIXEL_IS_POINT) {
            0.0
        } else {
            0.5
        };
        Ok(Self {
            origin: [
                tie[2] + (half - tie[0]) * scale[0],
                tie[3] - (half - tie[1]) * scale[1],
            ],
            cell: scale,
            epsg: projected.or(geographic).map(u32::from),
            geographic: projected.is_none() && geographic.is_some(),
        })
    }
}

fn numbers(image: DecodingResult, nodata: Option<f64>) -> Result<Vec<f32>, RasterFault> {
    let clean = |value: f64| {
        let missing = match nodata {
            Some(nodata) => value == nodata || (value as f32) == (nodata as f32),
            None => value.abs() == 9999.0 || value == -32768.0,
        };
        if missing || value.abs() > 1e30 {
            f32::NAN
        } else {
            value as f32
        }
    };
    Ok(match image {
        DecodingResult::U8(v) => v.into_iter().map(|x| clean(x.into())).collect(),
        DecodingResult::U16(v) => v.into_iter().map(|x| clean(x.into())).collect(),
        DecodingResult::U32(v) => v.into_iter().map(|x| clean(x.into())).collect(),
        DecodingResult::I8(v) => v.into_iter().map(|x| clean(x.into())).collect(),
        DecodingResult::I16(v) => v.into_iter().map(|x| clean(x.into())).collect(),
        DecodingResult::I32(v) => v.into_iter().map(|x| clean(x.into())).collect(),
        DecodingResult::F16(v) => v.into_iter().map(|x| clean(x.to_f64())).collect(),
        DecodingResult::F32(v) => v.into_iter().map(|x| clean(x.into())).collect(),
        DecodingResult::F64(v) => v.into_iter().map(clean).collect(),
        DecodingResult::U64(_) | DecodingResult::I64(_) => {
            return Err(RasterFault::Bands("64-bit integer".into()));
        }
    })
}
