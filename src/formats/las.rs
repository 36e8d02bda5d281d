//! LAS 1.0 to 1.4: header, reference system and the fields of a point that terrain and roofs need.
//!
//! Source: ASPRS LAS 1.4 R15. Compressed points (LAZ, COPC) have the same header and the same records once decompressed, which is not done here.

use super::geokeys::GeoKeys;
use super::raster::RasterFault;

/// The first four bytes of every file.
pub const MAGIC: &[u8; 4] = b"LASF";
/// Variable records before the points: real files stay far below.
pub const MAX_BEFORE_POINTS: u64 = 64 << 20;
/// A point with all its extra bytes.
const MAX_RECORD: u16 = 4096;
const MAX_RECORDS: usize = 4096;
/// User and number of the record that describes the compression.
const LASZIP: (&str, u16) = ("laszip encoded", 22204);
const PROJECTION: &str = "LASF_Projection";

#[derive(Clone, Debug, PartialEq)]
pub struct Header {
    /// 10 to 14.
    pub version: u8,
    /// Bytes of the header and of everything else before the points.
    pub points_at: u64,
    /// 0 to 10, without the bits that say "compressed".
    pub format: u8,
    pub compressed: bool,
    pub record_bytes: u16,
    pub points: u64,
    pub scale: [f64; 3],
    pub offset: [f64; 3],
    pub min: [f64; 3],
    pub max: [f64; 3],
    /// Where the extended records begin, and how many there are.
    pub extended: Option<(u64, u32)>,
    /// Code, compound or WKT.
    pub crs: Option<String>,
    /// Body of the record that describes the compression.
    pub laszip: Option<Vec<u8>>,
    /// The year of the file, 0 in the header for none: never before that of the flight.
    pub year: Option<u16>,
    /// A cloud-optimised file: its points are compressed in order of an octree.
    pub copc: bool,
    /// What is wrong with the octree's description. The points are read one after the other and do not need it.
    pub copc_fault: Option<String>,
    /// Where the octree's first page lies and how long it is.
    pub copc_page: Option<(u64, u64)>,
    /// The cube of the octree's root.
    pub copc_cube: Option<Cube>,
}

/// The root of an octree, in the file's own system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cube {
    pub centre: [f64; 3],
    /// Half a side.
    pub half: f64,
    /// Between points of the root; each level below halves it.
    pub spacing: f64,
}

/// One point, in the file's own system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub at: [f64; 3],
    pub class: u8,
    pub synthetic: bool,
    /// Deleted without being removed: never to be used.
    pub withheld: bool,
    pub overlap: bool,
    pub return_number: u8,
    pub returns: u8,
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn array<const N: usize>(&self, at: usize) -> Result<[u8; N], RasterFault> {
        self.0
            .get(at..)
            .and_then(|rest| rest.first_chunk::<N>())
            .copied()
            .ok_or(RasterFault::Header("a complete LAS header"))
    }

    fn u16(&self, at: usize) -> Result<u16, RasterFault> {
        self.array(at).map(u16::from_le_bytes)
    }

    fn u32(&self, at: usize) -> Result<u32, RasterFault> {
        self.array(at).map(u32::from_le_bytes)
    }

    fn u64(&self, at: usize) -> Result<u64, RasterFault> {
        self.array(at).map(u64::from_le_bytes)
    }

    fn f64(&self, at: usize) -> Result<f64, RasterFault> {
        self.array(at).map(f64::from_le_bytes)
    }

    fn text(&self, at: usize, length: usize) -> String {
        let bytes = self.0.get(at..at + length).unwrap_or_default();
        String::from_utf8_lossy(bytes)
            .trim_end_matches('\0')
            .trim()
            .to_owned()
    }
}

/// How many bytes lie before the points, from the first 227 bytes of a file.
///
/// # Errors
/// Where it is no LAS, or announces more than [`MAX_BEFORE_POINTS`].
pub fn points_at(head: &[u8]) -> Result<u64, RasterFault> {
    if !head.starts_with(MAGIC) {
        return Err(RasterFault::Unreadable("no LAS".into()));
    }
    let at = u64::from(Bytes(head).u32(96)?);
    if !(227..=MAX_BEFORE_POINTS).contains(&at) {
        return Err(RasterFault::Unreadable(format!("points at byte {at}")));
    }
    Ok(at)
}

impl Header {
    /// Reads the header and the records behind it from everything that lies before the points.
    ///
    /// # Errors
    /// A [`RasterFault`] for what is missing or impossible.
    pub fn parse(before_points: &[u8]) -> Result<Self, RasterFault> {
        let bytes = Bytes(before_points);
        let points_at = points_at(before_points)?;
        let (major, minor) = (bytes.array::<1>(24)?[0], bytes.array::<1>(25)?[0]);
        if major != 1 || minor > 4 {
            return Err(RasterFault::Unreadable(format!("LAS {major}.{minor}")));
        }
        let version = 10 + minor;
        let header_bytes = usize::from(bytes.u16(94)?);
        let raw_format = bytes.array::<1>(104)?[0];
        // LASzip marks compressed points with the highest bit, an old draft with the next.
        let (format, compressed) = (raw_format & 0x3f, raw_format & 0xc0 != 0);
        let record_bytes = bytes.u16(105)?;
        let shortest = match format {
            0 => 20,
            1 => 28,
            2 => 26,
            3 => 34,
            4 => 57,
            5 => 63,
            6 => 30,
            7 => 36,
            8 => 38,
            9 => 59,
            10 => 67,
            other => return Err(RasterFault::Unreadable(format!("point format {other}"))),
        };
        if !(shortest..=MAX_RECORD).contains(&record_bytes) {
            return Err(RasterFault::Unreadable(format!(
                "points of {record_bytes} bytes"
            )));
        }
        let mut points = u64::from(bytes.u32(107)?);
        let mut extended = None;
        if version >= 14 && header_bytes >= 375 {
            let (at, count) = (bytes.u64(235)?, bytes.u32(243)?);
            extended = (count > 0).then_some((at, count));
            // The old field is zero where the new one holds more than it could.
            points = bytes.u64(247)?.max(points);
        }
        let three = |at: usize, step: usize| -> Result<[f64; 3], RasterFault> {
            Ok([
                bytes.f64(at)?,
                bytes.f64(at + step)?,
                bytes.f64(at + 2 * step)?,
            ])
        };
        let (scale, offset) = (three(131, 8)?, three(155, 8)?);
        // Maximum and minimum alternate.
        let (max, min) = (three(179, 16)?, three(187, 16)?);
        let usable = |v: &f64| v.is_finite() && v.abs() < 1e9;
        if !(scale.iter().all(|s| usable(s) && *s != 0.0)
            && [offset, min, max].iter().flatten().all(usable))
        {
            return Err(RasterFault::NoPlace);
        }
        let mut header = Self {
            version,
            points_at,
            format,
            compressed,
            record_bytes,
            points,
            scale,
            offset,
            min,
            max,
            extended,
            crs: None,
            laszip: None,
            year: Some(bytes.u16(92)?).filter(|year| (1950..=2200).contains(year)),
            copc: false,
            copc_fault: None,
            copc_page: None,
            copc_cube: None,
        };
        header.read_records(&bytes, header_bytes)?;
        Ok(header)
    }

    fn read_records(&mut self, bytes: &Bytes, header_bytes: usize) -> Result<(), RasterFault> {
        let count = (bytes.u32(100)? as usize).min(MAX_RECORDS);
        let mut at = header_bytes;
        let mut keys = Keys::default();
        for _ in 0..count {
            // A record that is cut off ends the list; what came before counts.
            let Ok(length) = bytes.u16(at + 20) else {
                break;
            };
            let (user, record) = (bytes.text(at + 2, 16), bytes.u16(at + 18)?);
            let body_at = at + 54;
            let Some(body) = bytes.0.get(body_at..body_at + usize::from(length)) else {
                break;
            };
            if (user.as_str(), record) == LASZIP {
                self.laszip = Some(body.to_vec());
                self.compressed = true;
            }
            if user == "copc" && record == 1 {
                self.copc = true;
                self.copc_fault = self.take_octree(body).err();
            }
            self.take_projection(&user, record, body, &mut keys);
            at = body_at + usize::from(length);
        }
        if self.crs.is_none() {
            self.crs = GeoKeys {
                directory: &keys.directory,
                doubles: &keys.doubles,
                texts: &keys.texts,
            }
            .crs();
        }
        Ok(())
    }

    /// The octree's description as COPC 1.0 has it, which is also where the file must have it: the first record, of 160 bytes.
    fn take_octree(&mut self, body: &[u8]) -> Result<(), String> {
        const LENGTH: usize = 160;
        if body.len() != LENGTH {
            return Err(format!("{} ≠ {LENGTH} bytes", body.len()));
        }
        let bytes = Bytes(body);
        let cut = |fault: RasterFault| fault.to_string();
        let mut centre = [0.0; 3];
        for (axis, value) in centre.iter_mut().enumerate() {
            *value = bytes.f64(8 * axis).map_err(cut)?;
        }
        let (half, spacing) = (bytes.f64(24).map_err(cut)?, bytes.f64(32).map_err(cut)?);
        if !(centre.iter().all(|value| value.is_finite()) && half.is_finite() && half > 0.0 && spacing.is_finite() && spacing > 0.0) {
            return Err(format!("half {half}, spacing {spacing}"));
        }
        self.copc_cube = Some(Cube { centre, half, spacing });
        // A hundredth more: writers round.
        let reach = half * 1.01;
        let outside = (0..3).any(|axis| self.min[axis] < centre[axis] - reach || self.max[axis] > centre[axis] + reach);
        if outside {
            return Err("points outside the octree".to_owned());
        }
        self.copc_page = Some((bytes.u64(40).map_err(cut)?, bytes.u64(48).map_err(cut)?));
        if !self.compressed || self.format < 6 {
            return Err(format!("point format {}", self.format));
        }
        Ok(())
    }

    fn take_projection(&mut self, user: &str, record: u16, body: &[u8], keys: &mut Keys) {
        if user != PROJECTION {
            return;
        }
        match record {
            2112 => {
                let wkt = String::from_utf8_lossy(body)
                    .trim_end_matches('\0')
                    .trim()
                    .to_owned();
                self.crs = Some(wkt).filter(|wkt| !wkt.is_empty());
            }
            34735 => {
                keys.directory = body
                    .as_chunks::<2>()
                    .0
                    .iter()
                    .map(|pair| u16::from_le_bytes(*pair))
                    .collect()
            }
            34736 => {
                keys.doubles = body
                    .as_chunks::<8>()
                    .0
                    .iter()
                    .map(|eight| f64::from_le_bytes(*eight))
                    .collect()
            }
            34737 => keys.texts = body.iter().map(|byte| char::from(*byte)).collect(),
            _ => {}
        }
    }

    /// Takes the WKT from an extended record, where the header had none. `records` begins at the first of them.
    pub fn read_extended(&mut self, records: &[u8]) {
        let bytes = Bytes(records);
        let Some((_, count)) = self.extended else {
            return;
        };
        let (mut at, mut keys) = (0_usize, Keys::default());
        for _ in 0..(count as usize).min(MAX_RECORDS) {
            let Ok(length) = bytes.u64(at.saturating_add(20)) else {
                return;
            };
            let (Ok(length), Ok(record)) = (usize::try_from(length), bytes.u16(at + 18)) else {
                return;
            };
            let Some(end) = at.checked_add(60).and_then(|body| body.checked_add(length)) else {
                return;
            };
            if let Some(body) = records.get(at + 60..end)
                && self.crs.is_none()
            {
                self.take_projection(&bytes.text(at + 2, 16), record, body, &mut keys);
            }
            at = end;
        }
    }

    /// One point of a decompressed record; `None` where the record is too short.
    pub fn point(&self, record: &[u8]) -> Option<Point> {
        let whole = |at: usize| {
            Some(f64::from(i32::from_le_bytes(
                *record.get(at..)?.first_chunk::<4>()?,
            )))
        };
        let raw = [whole(0)?, whole(4)?, whole(8)?];
        let at = [0, 1, 2].map(|axis| raw[axis] * self.scale[axis] + self.offset[axis]);
        let (returns, flags) = (*record.get(14)?, *record.get(15)?);
        Some(if self.format >= 6 {
            Point {
                at,
                class: *record.get(16)?,
                synthetic: flags & 1 != 0,
                withheld: flags & 4 != 0,
                overlap: flags & 8 != 0,
                return_number: returns & 0x0f,
                returns: returns >> 4,
            }
        } else {
            Point {
                at,
                class: flags & 0x1f,
                synthetic: flags & 0x20 != 0,
                withheld: flags & 0x80 != 0,
                // Class 12 was "overlap" before it became a flag.
                overlap: flags & 0x1f == 12,
                return_number: returns & 7,
                returns: (returns >> 3) & 7,
            }
        })
    }
}

#[derive(Default)]
struct Keys {
    directory: Vec<u16>,
    doubles: Vec<f64>,
    texts: String,
}
