//! What of a file has to be read before its octree can be: its head, and where that names no reference system, records behind the points.

use super::Cloud;
use crate::formats::Fault;
use crate::formats::las::{self, Header};
use crate::formats::laz::Items;
use crate::formats::pmtiles::Span;
use crate::geodesy::{Crs, GeodesyFault};

/// What is asked for first; the heads of most files are shorter.
pub const HEAD_BYTES: u64 = 16 << 10;
/// Longest head that is read.
const MAX_HEAD_BYTES: u64 = 16 << 20;
/// Records behind the points are looked at this much at a time.
const RECORDS_BYTES: u64 = 16 << 10;
/// Longest text of a reference system.
const MAX_TEXT_BYTES: u64 = 1 << 20;
/// Bytes of the head of such a record.
const RECORD_HEAD: usize = 60;
/// Such records that are looked at, in at most so many requests.
const MAX_RECORDS: u32 = 64;
const MAX_REQUESTS: u32 = 16;

/// A file that is being opened: [`Self::wanted`] says what to fetch, [`Self::take`] takes it.
#[derive(Clone, Debug)]
pub struct Opener {
    path: String,
    told: Option<Crs>,
    wanted: Span,
    requests: u32,
    /// Once the head has come: what it says, and how many records behind the points have not been looked at.
    head: Option<Box<(Header, u32)>>,
}

impl Opener {
    /// `told` is the system that a person says the points are in; it counts before what the file says.
    pub fn new(path: &str, told: Option<Crs>) -> Self {
        Self { path: path.to_owned(), told, wanted: Span { offset: 0, length: HEAD_BYTES }, requests: 0, head: None }
    }

    pub fn with_system(self, told: Option<Crs>) -> Self {
        Self { told, ..self }
    }

    /// The part of the file that is needed next. A file may end before it does.
    pub fn wanted(&self) -> Span {
        self.wanted
    }

    /// Takes that part; `None` while more is needed.
    ///
    /// # Errors
    /// `copc-header` for what is no file of points, `copc-missing` for one without an octree, `copc-octree` for one whose description is
    /// inconsistent, `copc-crs` where nobody says the reference system, `copc-place` where the points are nowhere in it, `laz-items`.
    pub fn take(&mut self, bytes: &[u8]) -> Result<Option<Cloud>, Fault> {
        self.requests += 1;
        match self.head.take() {
            None => self.take_head(bytes),
            Some(head) => {
                let (header, left) = *head;
                self.take_records(header, left, bytes)
            }
        }
    }

    fn take_head(&mut self, bytes: &[u8]) -> Result<Option<Cloud>, Fault> {
        let unreadable = |value: String| Fault::new("copc-header", "", value);
        let end = las::points_at(bytes).map_err(|fault| unreadable(fault.to_string()))?;
        if end > bytes.len() as u64 {
            if end > MAX_HEAD_BYTES || end <= self.wanted.length {
                return Err(unreadable(format!("{} < {end}", bytes.len())));
            }
            self.wanted = Span { offset: 0, length: end };
            return Ok(None);
        }
        let header = Header::parse(bytes.get(..end as usize).unwrap_or(bytes)).map_err(|fault| unreadable(fault.to_string()))?;
        if !header.copc {
            return Err(Fault::new("copc-missing", "", ""));
        }
        if let Some(fault) = &header.copc_fault {
            return Err(Fault::new("copc-octree", "", fault));
        }
        match header.extended {
            Some((offset, count)) if header.crs.is_none() && self.told.is_none() => {
                self.wanted = Span { offset, length: RECORDS_BYTES };
                self.head = Some(Box::new((header, count.min(MAX_RECORDS))));
                Ok(None)
            }
            _ => self.finish(header).map(Some),
        }
    }

    /// Goes from record to record; bodies of others are passed over, wherever they end.
    fn take_records(&mut self, mut header: Header, mut left: u32, bytes: &[u8]) -> Result<Option<Cloud>, Fault> {
        let mut at = 0_usize;
        while left > 0 {
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(head) = rest.first_chunk::<RECORD_HEAD>() else {
                // The file ends here, unless this is not where the request began.
                if at == 0 {
                    break;
                }
                return self.go_on(header, left, at as u64, RECORDS_BYTES);
            };
            let length = u64::from_le_bytes([0, 1, 2, 3, 4, 5, 6, 7].map(|byte| head[20 + byte]));
            let whole = length.saturating_add(RECORD_HEAD as u64);
            if head[2..].starts_with(b"LASF_Projection") && length <= MAX_TEXT_BYTES {
                if whole > rest.len() as u64 && whole > self.wanted.length {
                    return self.go_on(header, left, at as u64, whole);
                }
                header.read_extended(rest);
                if header.crs.is_some() {
                    break;
                }
            }
            left -= 1;
            if left == 0 {
                break;
            }
            match usize::try_from(whole).ok().and_then(|whole| at.checked_add(whole)) {
                Some(next) if next <= bytes.len() => at = next,
                _ => return self.go_on(header, left, (at as u64).saturating_add(whole), RECORDS_BYTES),
            }
        }
        self.finish(header).map(Some)
    }

    fn go_on(&mut self, header: Header, left: u32, ahead: u64, length: u64) -> Result<Option<Cloud>, Fault> {
        match self.wanted.offset.checked_add(ahead) {
            Some(offset) if self.requests < MAX_REQUESTS => {
                self.wanted = Span { offset, length };
                self.head = Some(Box::new((header, left)));
                Ok(None)
            }
            _ => self.finish(header).map(Some),
        }
    }

    fn finish(&self, header: Header) -> Result<Cloud, Fault> {
        let crs = match (&self.told, &header.crs) {
            (Some(told), _) => told.clone(),
            (None, Some(text)) => read(text).map_err(|fault| Fault::new("copc-crs", "", fault))?,
            (None, None) => return Err(Fault::new("copc-crs", "", "-")),
        };
        let items = Items::parse(header.laszip.as_deref().unwrap_or_default(), header.record_bytes)?;
        Cloud::new(&self.path, header, crs, items)
    }
}

/// A text of a reference system, as files have them.
fn read(text: &str) -> Result<Crs, GeodesyFault> {
    if text.contains('[') { Crs::from_wkt(text) } else { Crs::from_code(text) }
}
