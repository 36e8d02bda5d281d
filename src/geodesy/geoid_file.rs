//! Bytes to undulation grids: the embedded EGM96 windows, IGN's `.tac` text, PROJ's GeoTIFF.

use super::{GeodesyFault, LonLat};
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;

/// No geoid grid of a country has more nodes than this (EGM2008 at 1' for the world has 233 million and is refused).
const MAX_NODES: usize = 40_000_000;

/// A regular grid in degrees; rows from south to north, NaN where there is no value.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    west: f64,
    south: f64,
    step_lon: f64,
    step_lat: f64,
    columns: usize,
    rows: usize,
    values: Vec<f32>,
}

impl Grid {
    fn new(
        west: f64,
        south: f64,
        steps: [f64; 2],
        size: [usize; 2],
        values: Vec<f32>,
    ) -> Result<Self, GeodesyFault> {
        let [columns, rows] = size;
        let [step_lon, step_lat] = steps;
        if columns < 2 || rows < 2 || columns.checked_mul(rows) != Some(values.len()) {
            return Err(fault(format!(
                "{columns} × {rows} nodes announced, {} values found",
                values.len()
            )));
        }
        let ordinary = |v: f64| v.is_finite() && v.abs() <= 720.0;
        if !(ordinary(west)
            && ordinary(south)
            && ordinary(step_lon)
            && ordinary(step_lat)
            && step_lon > 0.0
            && step_lat > 0.0)
        {
            return Err(fault("its corner or step is no angle in degrees"));
        }
        Ok(Self {
            west,
            south,
            step_lon,
            step_lat,
            columns,
            rows,
            values,
        })
    }

    /// `None` outside the grid and next to a node without value.
    pub fn bilinear(&self, p: LonLat) -> Option<f64> {
        let x = (p.lon_deg - self.west) / self.step_lon;
        let y = (p.lat_deg - self.south) / self.step_lat;
        // A micro-step of slack: steps such as 1/30° do not add up exactly to the far edge.
        const SLACK: f64 = 1e-6;
        let (right, top) = ((self.columns - 1) as f64, (self.rows - 1) as f64);
        if !(x >= -SLACK && y >= -SLACK && x <= right + SLACK && y <= top + SLACK) {
            return None;
        }
        let column = (x.clamp(0.0, right) as usize).min(self.columns - 2);
        let row = (y.clamp(0.0, top) as usize).min(self.rows - 2);
        let (u, v) = (
            x.clamp(0.0, right) - column as f64,
            y.clamp(0.0, top) - row as f64,
        );
        let node = |row: usize, column: usize| {
            self.values
                .get(row * self.columns + column)
                .map(|&v| f64::from(v))
        };
        let south = node(row, column)? * (1.0 - u) + node(row, column + 1)? * u;
        let north = node(row + 1, column)? * (1.0 - u) + node(row + 1, column + 1)? * u;
        let value = south * (1.0 - v) + north * v;
        value.is_finite().then_some(value)
    }
}

fn fault(reason: impl Into<String>) -> GeodesyFault {
    GeodesyFault::Grid {
        reason: reason.into(),
    }
}

/// The grid and its title.
pub(super) fn read(bytes: &[u8]) -> Result<(Grid, String), GeodesyFault> {
    match bytes.get(..4) {
        Some(b"II*\0" | b"MM\0*" | b"II+\0" | b"MM\0+") => read_tiff(bytes),
        Some(_) => read_tac(bytes),
        None => Err(fault("the file is empty")),
    }
}

/// The windows written by `tests/data/geodesy/egm96.mjs`; a truncated tail is left out rather than guessed.
pub(super) fn windows(mut bytes: &[u8]) -> Vec<Grid> {
    let mut found = Vec::new();
    while let Some((header, rest)) = bytes.split_first_chunk::<20>() {
        let field = |i: usize| {
            header
                .get(i * 4..i * 4 + 4)
                .and_then(|b| b.try_into().ok())
                .map_or(0, i32::from_le_bytes)
        };
        let (columns, rows) = (field(3).max(0) as usize, field(4).max(0) as usize);
        let Some((body, rest)) = columns
            .checked_mul(rows)
            .and_then(|n| n.checked_mul(2))
            .and_then(|n| rest.split_at_checked(n))
        else {
            break;
        };
        let values = body
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&pair| f32::from(i16::from_le_bytes(pair)) / 100.0)
            .collect();
        let degrees = |i| f64::from(field(i)) / 100.0;
        if let Ok(grid) = Grid::new(
            degrees(0),
            degrees(1),
            [degrees(2); 2],
            [columns, rows],
            values,
        ) {
            found.push(grid);
        }
        bytes = rest;
    }
    found
}

/// IGN's text grid: one header line "west east south north step-lon step-lat …", then nodes row by row from the north, each with a precision code when there are twice as many numbers as nodes.
fn read_tac(bytes: &[u8]) -> Result<(Grid, String), GeodesyFault> {
    // Titles are Latin-1; every byte is a character of it.
    let text: String = bytes.iter().map(|&b| char::from(b)).collect();
    let (header, body) = text
        .split_once('\n')
        .ok_or_else(|| fault("neither a GeoTIFF nor a .tac text"))?;
    let mut words = header.split_whitespace();
    let mut angle = || {
        words
            .next()
            .and_then(|word| word.parse::<f64>().ok())
            .filter(|v| v.is_finite())
    };
    let (Some(west), Some(east), Some(south), Some(north), Some(step_lon), Some(step_lat)) =
        (angle(), angle(), angle(), angle(), angle(), angle())
    else {
        return Err(fault(
            "neither a GeoTIFF nor a .tac text (its first line must begin with six numbers)",
        ));
    };
    let count = |low: f64, high: f64, step: f64| ((high - low) / step).round() + 1.0;
    let (columns, rows) = (count(west, east, step_lon), count(south, north, step_lat));
    if !(columns >= 2.0 && rows >= 2.0 && columns * rows <= MAX_NODES as f64) {
        return Err(fault(
            "its first line announces no grid, or too large a one",
        ));
    }
    let (columns, rows) = (columns as usize, rows as usize);
    let nodes = columns * rows;
    // A number takes two letters at least, whatever is announced.
    let mut numbers = Vec::with_capacity((nodes * 2).min(body.len() / 2 + 1));
    for word in body.split_whitespace() {
        if numbers.len() > nodes * 2 {
            break;
        }
        numbers.push(word.parse::<f32>().map_err(|_| {
            fault(format!(
                "'{}' is no number",
                word.chars().take(20).collect::<String>()
            ))
        })?);
    }
    let stride = match numbers.len() {
        n if n == nodes => 1,
        n if n == nodes * 2 => 2,
        n => {
            return Err(fault(format!(
                "{columns} × {rows} nodes announced, {n} numbers found"
            )));
        }
    };
    let from_north: Vec<f32> = numbers.into_iter().step_by(stride).collect();
    // The printed step is rounded (0.0333333333333); the corners are exact.
    let steps = [
        (east - west) / (columns - 1) as f64,
        (north - south) / (rows - 1) as f64,
    ];
    let title = header
        .split_whitespace()
        .skip(11)
        .collect::<Vec<_>>()
        .join(" ");
    let title = if title.is_empty() {
        "geoid grid".to_owned()
    } else {
        title
    };
    Ok((
        Grid::new(
            west,
            south,
            steps,
            [columns, rows],
            flipped(&from_north, columns),
        )?,
        title,
    ))
}

/// Rows in reverse order.
fn flipped(from_north: &[f32], columns: usize) -> Vec<f32> {
    from_north
        .chunks(columns.max(1))
        .rev()
        .flatten()
        .copied()
        .collect()
}

/// GeoTIFF as PROJ-data ships geoid grids: one float band in degrees, nodes at pixel centres or corners as the keys say.
fn read_tiff(bytes: &[u8]) -> Result<(Grid, String), GeodesyFault> {
    let broken = |error: tiff::TiffError| fault(format!("broken GeoTIFF: {error}"));
    let mut limits = Limits::default();
    limits.decoding_buffer_size = MAX_NODES * 8;
    let mut decoder = Decoder::new(Cursor::new(bytes))
        .map_err(broken)?
        .with_limits(limits);
    let (columns, rows) = decoder.dimensions().map_err(broken)?;
    let (columns, rows) = (columns as usize, rows as usize);
    if columns
        .checked_mul(rows)
        .is_none_or(|nodes| nodes > MAX_NODES)
    {
        return Err(fault(format!("{columns} × {rows} nodes are too many")));
    }
    let scale = decoder
        .get_tag_f64_vec(Tag::ModelPixelScaleTag)
        .map_err(|_| fault("the GeoTIFF has no pixel scale"))?;
    let tie = decoder
        .get_tag_f64_vec(Tag::ModelTiepointTag)
        .map_err(|_| fault("the GeoTIFF has no tie point"))?;
    let (&[step_lon, step_lat, ..], &[i, j, _, lon, lat, ..]) = (scale.as_slice(), tie.as_slice())
    else {
        return Err(fault(
            "the GeoTIFF's pixel scale or tie point is incomplete",
        ));
    };
    let keys = decoder
        .get_tag_u16_vec(Tag::GeoKeyDirectoryTag)
        .unwrap_or_default();
    let key = |wanted: u16| {
        keys.as_chunks::<4>()
            .0
            .iter()
            .find(|row| row[0] == wanted && row[1] == 0)
            .map(|row| row[3])
    };
    // GTModelType 1 is projected metres; GTRasterType 2 means that the tie point is a node, not a pixel's corner.
    if key(1024) == Some(1) {
        return Err(fault("the GeoTIFF is in metres, not in degrees"));
    }
    let half = if key(1025) == Some(2) { 0.0 } else { 0.5 };
    let nodata: Option<f32> = decoder
        .get_tag_ascii_string(Tag::GdalNodata)
        .ok()
        .and_then(|text| text.trim_matches(['\0', ' ']).parse().ok());
    let title = decoder
        .get_tag_ascii_string(Tag::ImageDescription)
        .unwrap_or_default();
    let title = title
        .trim_matches(['\0', ' '])
        .chars()
        .take(120)
        .collect::<String>();
    let title = if title.is_empty() {
        "geoid grid".to_owned()
    } else {
        title
    };
    let mut from_north: Vec<f32> = match decoder.read_image().map_err(broken)? {
        DecodingResult::F32(values) => values,
        DecodingResult::F64(values) => values.into_iter().map(|v| v as f32).collect(),
        _ => return Err(fault("the GeoTIFF does not hold floating-point heights")),
    };
    // Some grids carry an accuracy band after the undulation, interleaved.
    let bands = from_north.len() / (columns * rows).max(1);
    if bands > 1 {
        from_north = from_north.into_iter().step_by(bands).collect();
    }
    for value in &mut from_north {
        // Undulations lie within ±110 m; anything else is a marker of no data.
        if Some(*value) == nodata || value.is_nan() || value.abs() >= 200.0 {
            *value = f32::NAN;
        }
    }
    let west = lon + (half - i) * step_lon;
    let north = lat - (half - j) * step_lat;
    let south = north - (rows.saturating_sub(1)) as f64 * step_lat;
    Ok((
        Grid::new(
            west,
            south,
            [step_lon, step_lat],
            [columns, rows],
            flipped(&from_north, columns),
        )?,
        title,
    ))
}
