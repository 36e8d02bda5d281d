//! Values on their way from a table to an array, on disk: a hundred million of them do not fit in memory.
//!
//! Written in the order of the source, read once to part them by place in the arrays, then part by part.

use crate::formats::series::stamp::Precision;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

/// One value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The row as it was first met.
    pub row: u32,
    pub slot: u16,
    /// Seconds since 1970, UTC.
    pub at: i64,
    pub value: f64,
    /// Row of the source, as far as 32 bits count.
    pub number: u32,
    /// How far down its stamp goes.
    pub precision: Precision,
    /// For an hour that the wall clock shows twice: how often it was met before, from 1 to [`MOST_MET`], and among which rows. 0 for all others.
    pub met: u8,
    pub among: u32,
}

/// More often than this nobody counts; the two bits above are the precision.
pub const MOST_MET: u8 = 63;
const PRECISIONS: [Precision; 4] = [Precision::Time, Precision::Day, Precision::Month, Precision::Year];

/// Of a point that is met once.
const BYTES: usize = 1 + 4 + 2 + 8 + 8 + 4;

impl Point {
    fn put(&self, bytes: &mut Vec<u8>) {
        let precision = PRECISIONS.iter().position(|known| *known == self.precision).unwrap_or(0) as u8;
        bytes.push(precision << 6 | self.met.min(MOST_MET));
        bytes.extend(self.row.to_le_bytes());
        bytes.extend(self.slot.to_le_bytes());
        bytes.extend(self.at.to_le_bytes());
        bytes.extend(self.value.to_le_bytes());
        bytes.extend(self.number.to_le_bytes());
        if self.met > 0 {
            bytes.extend(self.among.to_le_bytes());
        }
    }

    fn take(reader: &mut impl Read) -> std::io::Result<Option<Self>> {
        let mut bytes = [0; BYTES];
        // The end lies between two points.
        if reader.read(bytes.get_mut(..1).unwrap_or_default())? == 0 {
            return Ok(None);
        }
        reader.read_exact(bytes.get_mut(1..).unwrap_or_default())?;
        let [first, a, b, c, d, e, f, rest @ ..] = bytes;
        let met = first & MOST_MET;
        let [t0, t1, t2, t3, t4, t5, t6, t7, v0, v1, v2, v3, v4, v5, v6, v7, n0, n1, n2, n3] = rest;
        let mut among = [0; 4];
        if met > 0 {
            reader.read_exact(&mut among)?;
        }
        Ok(Some(Self {
            row: u32::from_le_bytes([a, b, c, d]),
            slot: u16::from_le_bytes([e, f]),
            at: i64::from_le_bytes([t0, t1, t2, t3, t4, t5, t6, t7]),
            value: f64::from_le_bytes([v0, v1, v2, v3, v4, v5, v6, v7]),
            number: u32::from_le_bytes([n0, n1, n2, n3]),
            precision: PRECISIONS.get(usize::from(first >> 6)).copied().unwrap_or(Precision::Time),
            met,
            among: u32::from_le_bytes(among),
        }))
    }
}

/// A file of points under construction; it goes away with what was written of it.
pub struct Writer {
    path: PathBuf,
    file: BufWriter<File>,
    bytes: Vec<u8>,
}

impl Writer {
    pub fn create(path: &Path) -> std::io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let file = BufWriter::with_capacity(1 << 18, File::create(path)?);
        Ok(Self { path: path.to_owned(), file, bytes: Vec::with_capacity(64) })
    }

    pub fn add(&mut self, point: &Point) -> std::io::Result<()> {
        self.bytes.clear();
        point.put(&mut self.bytes);
        self.file.write_all(&self.bytes)
    }

    pub fn finish(mut self) -> std::io::Result<Points> {
        self.file.flush()?;
        Ok(Points { path: self.path })
    }
}

/// Points on disk; the file goes away with this.
pub struct Points {
    path: PathBuf,
}

impl Drop for Points {
    fn drop(&mut self) {
        // A file that does not go away lies in a folder that will.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Points {
    pub fn each(&self, each: &mut dyn FnMut(Point) -> std::io::Result<()>) -> std::io::Result<()> {
        let mut reader = BufReader::with_capacity(1 << 20, File::open(&self.path)?);
        while let Some(point) = Point::take(&mut reader)? {
            each(point)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_come_back_as_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let point = |number: u32| Point { row: number, slot: 7, at: -i64::from(number), value: 0.1 * f64::from(number), number, precision: PRECISIONS[number as usize % 4], met: (number % 3) as u8, among: if number % 3 > 0 { 9 } else { 0 } };
        let mut writer = Writer::create(&folder.path().join("below/points")).unwrap();
        (0..100).for_each(|number| writer.add(&point(number)).unwrap());
        let points = writer.finish().unwrap();
        let mut read = Vec::new();
        points.each(&mut |point| { read.push(point); Ok(()) }).unwrap();
        assert_eq!(read, (0..100).map(point).collect::<Vec<_>>());
        drop(points);
        assert!(!folder.path().join("below/points").exists());
    }
}
