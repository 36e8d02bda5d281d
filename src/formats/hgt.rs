//! SRTM `.hgt`: a square of big-endian 16-bit heights over one degree, without any header.
//!
//! Source: the SRTM "Quick Start" of NASA's JPL. The name gives the south-west corner, the size gives the step: 1,201 nodes for 3″, 3,601 for 1″.
//! Nodes lie on the edges, so that neighbours share a row or column. Heights are above EGM96; -32768 is a void.

use super::raster::{Heights, NoData, Placement, RasterFault, Remark, Window, is_inside, outside};
use std::io::{Read, Seek, SeekFrom};

/// Longitude and latitude on WGS84 with heights above EGM96.
pub const CRS: &str = "EPSG:4326+5773";

/// Nodes of one side: 30″ to ⅓″.
const SIDES: std::ops::RangeInclusive<usize> = 121..=10_801;

/// The south-west corner in a name such as `N47W002.hgt` or `n47w002.SRTMGL1.hgt`: longitude, latitude.
pub fn corner(name: &str) -> Option<[i32; 2]> {
    let name = name.to_ascii_uppercase();
    let (tile, _) = name.split_once('.').filter(|_| name.ends_with(".HGT"))?;
    let bytes = tile
        .as_bytes()
        .first_chunk::<7>()
        .filter(|_| tile.len() == 7)?;
    let number = |digits: &[u8]| {
        std::str::from_utf8(digits)
            .ok()?
            .parse::<u16>()
            .ok()
            .map(i32::from)
    };
    let (north, west) = (number(&bytes[1..3])?, number(&bytes[4..7])?);
    let latitude = match bytes[0] {
        b'N' => north,
        b'S' => -north,
        _ => return None,
    };
    let longitude = match bytes[3] {
        b'E' => west,
        b'W' => -west,
        _ => return None,
    };
    ((-90..90).contains(&latitude) && (-180..180).contains(&longitude))
        .then_some([longitude, latitude])
}

/// Nodes of one side of a file of so many bytes; `None` where it is no square.
pub fn side(bytes: u64) -> Option<usize> {
    let nodes = bytes / 2;
    let side = usize::try_from(nodes.isqrt()).ok()?;
    (bytes.is_multiple_of(2) && (side as u64) * (side as u64) == nodes && SIDES.contains(&side))
        .then_some(side)
}

/// A tile that is read window by window.
pub struct Tile<R> {
    reader: R,
    placement: Placement,
    nodata: NoData,
}

impl<R: Read + Seek> Tile<R> {
    /// # Errors
    /// [`RasterFault::NoPlace`] for a name without a corner, [`RasterFault::Count`] for a size that is no square.
    pub fn open(mut reader: R, name: &str) -> Result<Self, RasterFault> {
        let [west, south] = corner(name).ok_or(RasterFault::NoPlace)?;
        let bytes = reader.seek(SeekFrom::End(0)).map_err(unreadable)?;
        let side = side(bytes).ok_or(RasterFault::Count {
            found: usize::try_from(bytes / 2).unwrap_or(usize::MAX),
            expected: 1201 * 1201,
        })?;
        let step = 1.0 / (side - 1) as f64;
        let origin = [f64::from(west), f64::from(south) + 1.0];
        Ok(Self {
            reader,
            placement: Placement::upright(origin, [step, step], side, side).checked()?,
            nodata: NoData::new(Some("-32768"), false),
        })
    }
}

impl<R: Read + Seek> Heights for Tile<R> {
    fn placement(&self) -> Placement {
        self.placement
    }

    fn crs(&self) -> Option<&str> {
        Some(CRS)
    }

    fn read(&mut self, window: Window) -> Result<Vec<f32>, RasterFault> {
        if !is_inside(&window, &self.placement) {
            return Err(outside());
        }
        let mut values = Vec::with_capacity(window.cells());
        let mut line = vec![0; window.columns * 2];
        for row in window.row..window.row + window.rows {
            let at = (row * self.placement.columns + window.column) as u64 * 2;
            self.reader.seek(SeekFrom::Start(at)).map_err(unreadable)?;
            self.reader.read_exact(&mut line).map_err(unreadable)?;
            for pair in line.as_chunks::<2>().0 {
                values.push(self.nodata.clean(i16::from_be_bytes(*pair).into()) as f32);
            }
        }
        Ok(values)
    }

    fn remarks(&self) -> Vec<Remark> {
        self.nodata.remark().into_iter().collect()
    }
}

fn unreadable(error: std::io::Error) -> RasterFault {
    RasterFault::Unreadable(error.to_string())
}
