//! Point clouds: LAS, LAZ and COPC, read point by point; their ground becomes a grid of heights.

use super::{Content, Found, Head, Opened, short_name};
use crate::formats::las::{self, Header, Point};
use crate::formats::raster::{Heights, MAX_CELLS, Placement, RasterFault, Remark, RoofPoint, Window};
use crate::formats::shape::ShapeKind;
use crate::region::ground_filter;
use crate::region::point_grid::{PointGrid, cell_for_density};
use laz::laszip::{ChunkTable, LasZipDecompressor, LazItemType, LazVlr};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Extended records are searched for a reference system this far.
const MAX_EXTENDED: u64 = 16 << 20;
/// Of all points of a cloud, about this share lies on the ground; only the cell size depends on it.
const GROUND_SHARE: f64 = 0.25;
/// Heights beyond these are flaws of a scanner: birds, echoes from below.
const PLAUSIBLE_M: std::ops::RangeInclusive<f64> = -500.0..=9_000.0;

/// Classes whose points are ground. 2 is ground, 8 was "model key point" up to LAS 1.3, 9 is water; 66 are IGN's virtual points, put by hand where the ground under a bridge or a bank is known and nothing was measured.
const GROUND: [u8; 4] = [2, 8, 9, 66];
const VIRTUAL: u8 = 66;
const BUILDING: u8 = 6;
/// Never classified, and classified as nothing in particular.
const LOOSE: [u8; 2] = [0, 1];
/// Low and high noise.
const NOISE: [u8; 2] = [7, 18];
/// The compressor that puts each field of a chunk into a layer of its own.
const LAYERED: u16 = 3;

pub fn recognises(head: &Head) -> bool {
    head.bytes.starts_with(las::MAGIC)
}

pub fn open(path: &Path) -> Opened {
    let cloud = Cloud::open(path).map_err(|fault| ("points-unreadable", fault.to_string()))?;
    let crs = cloud.header.crs.clone();
    let ground = Ground::new(cloud).map_err(|fault| ("points-unreadable", fault.to_string()))?;
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind: ShapeKind::Other,
        crs,
        columns: Vec::new(),
        content: Content::Raster(Box::new(ground)),
    }])
}

/// A file of points whose header was read.
#[derive(Clone, Debug)]
struct Cloud {
    path: PathBuf,
    header: Header,
    /// Of the file, bytes.
    length: u64,
}

impl Cloud {
    /// # Errors
    /// A [`RasterFault`] where the file cannot be read or is no LAS.
    fn open(path: &Path) -> Result<Self, RasterFault> {
        let mut file = File::open(path).map_err(io)?;
        let mut head = Vec::new();
        file.by_ref().take(375).read_to_end(&mut head).map_err(io)?;
        let rest = las::points_at(&head)?.saturating_sub(head.len() as u64);
        file.by_ref()
            .take(rest)
            .read_to_end(&mut head)
            .map_err(io)?;
        let mut header = Header::parse(&head)?;
        let length = file.metadata().map_err(io)?.len();
        // An entry of the octree has 32 bytes.
        let page_fits = |(at, bytes): (u64, u64)| bytes >= 32 && bytes % 32 == 0 && at >= header.points_at && at.checked_add(bytes).is_some_and(|end| end <= length);
        if header.copc && header.copc_fault.is_none() && !header.copc_page.is_some_and(page_fits) {
            header.copc_fault = Some("its first page is outside the file".to_owned());
        }
        if let (None, Some((at, _))) = (&header.crs, header.extended) {
            let mut records = Vec::new();
            // A wrong place only means that no system is found there.
            if file.seek(SeekFrom::Start(at)).is_ok()
                && file.take(MAX_EXTENDED).read_to_end(&mut records).is_ok()
            {
                header.read_extended(&records);
            }
        }
        Ok(Self {
            path: path.to_owned(),
            header,
            length,
        })
    }

    /// Hands out every point that is not withheld; returns how many points the file lacks, with the reason.
    ///
    /// # Errors
    /// Where the points cannot be read at all.
    fn each(&self, take: &mut dyn FnMut(&Point)) -> Result<Option<(u64, String)>, RasterFault> {
        let file = File::open(&self.path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let mut reader = BufReader::with_capacity(1 << 20, file);
        reader
            .seek(SeekFrom::Start(self.header.points_at))
            .map_err(io)?;
        let mut record = vec![0; usize::from(self.header.record_bytes)];
        let mut done = 0;
        let mut hand_out = |record: &[u8]| {
            if let Some(point) = self.header.point(record).filter(|point| !point.withheld) {
                take(&point);
            }
        };
        let mut failed = None;
        if self.header.compressed {
            let vlr = self.decompression(&mut reader, length)?;
            reader
                .seek(SeekFrom::Start(self.header.points_at))
                .map_err(io)?;
            // The decompressor panics on some damaged files; what was read until then counts.
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                let mut decompressor =
                    LasZipDecompressor::new(reader, vlr).map_err(|error| error.to_string())?;
                while done < self.header.points {
                    decompressor
                        .decompress_one(&mut record)
                        .map_err(|error| error.to_string())?;
                    hand_out(&record);
                    done += 1;
                }
                Ok::<(), String>(())
            }));
            failed = match outcome {
                Ok(Ok(())) => None,
                Ok(Err(reason)) => Some(reason),
                Err(_) => Some("damaged compression".to_owned()),
            };
        } else {
            while done < self.header.points {
                if let Err(error) = reader.read_exact(&mut record) {
                    failed = Some(error.to_string());
                    break;
                }
                hand_out(&record);
                done += 1;
            }
        }
        match failed {
            Some(reason) if done == 0 => Err(RasterFault::Unreadable(reason)),
            Some(reason) => Ok(Some((self.header.points - done, reason))),
            None => Ok(None),
        }
    }

    /// The description of the compression, once everything that would let the decompressor ask for memory without bounds has been looked at.
    fn decompression(
        &self,
        reader: &mut BufReader<File>,
        length: u64,
    ) -> Result<LazVlr, RasterFault> {
        let broken = |reason: &str| RasterFault::Unreadable(format!("compression: {reason}"));
        let body = self
            .header
            .laszip
            .as_ref()
            .ok_or_else(|| broken("no description"))?;
        let vlr = LazVlr::from_buffer(body).map_err(|error| broken(&error.to_string()))?;
        // Summed here: the library's own sum has sixteen bits.
        let items_bytes: u64 = vlr.items().iter().map(|item| u64::from(item.size())).sum();
        if vlr.items().is_empty() || items_bytes != u64::from(self.header.record_bytes) {
            return Err(broken("its items are not those of the points"));
        }
        let mut eight = [0; 8];
        reader.read_exact(&mut eight).map_err(io)?;
        let mut table_at = i64::from_le_bytes(eight);
        if table_at <= 0 {
            // Writers that could not go back put the place at the end.
            reader.seek(SeekFrom::End(-8)).map_err(io)?;
            reader.read_exact(&mut eight).map_err(io)?;
            table_at = i64::from_le_bytes(eight);
        }
        let table_at = u64::try_from(table_at)
            .ok()
            .filter(|at| at.saturating_add(8) <= length);
        let layered = body.first_chunk::<2>().copied().map(u16::from_le_bytes) == Some(LAYERED);
        let Some(table_at) = table_at else {
            // Without a table, only compressions whose chunks ask for no memory can be read.
            return if layered || vlr.uses_variable_size_chunks() {
                Err(broken("no chunk table"))
            } else {
                Ok(vlr)
            };
        };
        reader.seek(SeekFrom::Start(table_at)).map_err(io)?;
        reader.read_exact(&mut eight).map_err(io)?;
        let chunks = u32::from_le_bytes([eight[4], eight[5], eight[6], eight[7]]);
        // A chunk is longer than its entry.
        if u64::from(chunks) > length / 8 {
            return Err(broken("more chunks than the file can hold"));
        }
        if layered {
            self.check_layers(reader, &vlr, length)?;
        }
        Ok(vlr)
    }

    /// Layers announce their own sizes; none may be larger than the file.
    fn check_layers(
        &self,
        reader: &mut BufReader<File>,
        vlr: &LazVlr,
        length: u64,
    ) -> Result<(), RasterFault> {
        let broken = |reason: &str| RasterFault::Unreadable(format!("compression: {reason}"));
        reader
            .seek(SeekFrom::Start(self.header.points_at))
            .map_err(io)?;
        let table = catch_unwind(AssertUnwindSafe(|| {
            ChunkTable::read_from(&mut *reader, vlr)
        }))
        .map_err(|_| broken("damaged chunk table"))?
        .map_err(|error| broken(&error.to_string()))?;
        let layers: u64 = vlr
            .items()
            .iter()
            .map(|item| match item.item_type() {
                LazItemType::Point14 => 9,
                LazItemType::RGBNIR14 => 2,
                LazItemType::Byte14(extra) => u64::from(extra),
                _ => 1,
            })
            .sum();
        // As the decompressor goes: each chunk begins where the layers of the one before end, wherever the table has it.
        let mut at = self.header.points_at + 8;
        let mut left = self.header.points;
        let mut sizes = vec![0; (layers * 4) as usize];
        for index in 0.. {
            let points = if vlr.uses_variable_size_chunks() {
                if index < table.len() { table[index].point_count } else { 0 }
            } else {
                u64::from(vlr.chunk_size())
            };
            let sizes_at = at.saturating_add(u64::from(self.header.record_bytes) + 4);
            reader.seek(SeekFrom::Start(sizes_at)).map_err(io)?;
            if points == 0 || reader.read_exact(&mut sizes).is_err() {
                // Cut off here: reading will stop here too.
                return Ok(());
            }
            let asked: u64 = sizes
                .as_chunks::<4>()
                .0
                .iter()
                .map(|size| u64::from(u32::from_le_bytes(*size)))
                .sum();
            if asked > length {
                return Err(broken("a layer larger than the file"));
            }
            at = sizes_at.saturating_add(sizes.len() as u64).saturating_add(asked);
            left = left.saturating_sub(points);
            if left == 0 {
                break;
            }
        }
        Ok(())
    }
}

fn io(error: std::io::Error) -> RasterFault {
    RasterFault::Unreadable(error.to_string())
}

/// No compression of points is so good.
const MOST_POINTS_A_BYTE: u64 = 64;

/// The ground of a cloud, made into a grid when it is first asked for.
struct Ground {
    cloud: Cloud,
    placement: Placement,
    cell: f64,
    values: Option<Vec<f32>>,
    /// Whether there are points of the class of buildings, once somebody has looked.
    has_buildings: Option<bool>,
    remarks: Vec<Remark>,
}

impl Ground {
    fn new(cloud: Cloud) -> Result<Self, RasterFault> {
        let header = &cloud.header;
        let [west, south, _] = header.min;
        let [east, north, _] = header.max;
        let area = ((east - west) * (north - south)).max(1.0);
        // Degrees: their cells would be a hundred thousand times too large.
        let degrees = header
            .crs
            .as_deref()
            .is_some_and(|crs| crs.starts_with("GEOG") || crs == "EPSG:4326");
        if degrees {
            return Err(RasterFault::Unreadable("points in degrees".into()));
        }
        // A header may announce any number: a file of five kilobytes once asked for the finest grid there is over a continent.
        let most = cloud.length.saturating_mul(MOST_POINTS_A_BYTE);
        let mut cell = cell_for_density(header.points.min(most) as f64 / area, GROUND_SHARE);
        let grid = loop {
            match PointGrid::over([west, south, east, north], cell, MAX_CELLS) {
                Some(grid) => break grid,
                None if cell < 1e4 => cell *= 2.0,
                None => return Err(RasterFault::NoPlace),
            }
        };
        let [columns, rows] = grid.size();
        let placement = Placement::upright(grid.origin(), [cell, cell], columns, rows).checked()?;
        Ok(Self {
            cloud,
            placement,
            cell,
            values: None,
            has_buildings: None,
            remarks: Vec::new(),
        })
    }

    fn grid(&mut self) -> Result<(), RasterFault> {
        let header = &self.cloud.header;
        let bounds = [header.min[0], header.min[1], header.max[0], header.max[1]];
        let mut grid = PointGrid::over(bounds, self.cell, MAX_CELLS).ok_or(RasterFault::NoPlace)?;
        let mut classes: BTreeMap<u8, u64> = BTreeMap::new();
        let (mut virtual_points, mut synthetic, mut implausible) = (0_u64, 0_u64, 0_u64);
        let missing = self.cloud.each(&mut |point| {
            *classes.entry(point.class).or_default() += 1;
            if !GROUND.contains(&point.class) {
                return;
            }
            if !PLAUSIBLE_M.contains(&point.at[2]) {
                implausible += 1;
                return;
            }
            virtual_points += u64::from(point.class == VIRTUAL);
            synthetic += u64::from(point.synthetic);
            grid.add(point.at);
        })?;
        self.remarks.clear();
        let list = classes
            .iter()
            .map(|(class, count)| format!("{class}: {count}"))
            .collect::<Vec<_>>()
            .join(", ");
        self.remarks.push(("points-classes", list));
        if let Some(fault) = &self.cloud.header.copc_fault {
            self.remarks.push(("points-copc", fault.clone()));
        }
        if let Some((count, reason)) = missing {
            self.remarks
                .push(("points-missing", format!("{count} ({reason})")));
        }
        for (code, count) in [
            ("points-virtual", virtual_points),
            ("points-synthetic", synthetic),
            ("points-implausible", implausible),
        ] {
            if count > 0 {
                self.remarks.push((code, count.to_string()));
            }
        }
        self.has_buildings = Some(classes.contains_key(&BUILDING));
        let classified = classes.keys().any(|class| !LOOSE.contains(class) && !NOISE.contains(class));
        if grid.seen() > 0 {
            self.values = Some(grid.values());
        } else if classified || classes.is_empty() {
            self.remarks.push(("points-without-ground", String::new()));
            self.values = Some(grid.values());
        } else {
            self.values = Some(self.lowest()?);
        }
        Ok(())
    }

    /// The ground of a cloud that nobody classified: of the lowest points of each cell those that no building and no tree can be.
    fn lowest(&mut self) -> Result<Vec<f32>, RasterFault> {
        let Placement { origin, columns, rows, .. } = self.placement;
        let mut lowest = vec![f32::NAN; columns * rows];
        let cell = self.cell;
        self.cloud.each(&mut |point| {
            if NOISE.contains(&point.class) || !PLAUSIBLE_M.contains(&point.at[2]) {
                return;
            }
            let column = ((point.at[0] - origin[0]) / cell + 0.5).floor();
            let row = ((origin[1] - point.at[1]) / cell + 0.5).floor();
            let inside = column >= 0.0 && row >= 0.0 && column < columns as f64;
            if let Some(value) = lowest.get_mut(row as usize * columns + column as usize).filter(|_| inside) {
                *value = value.min(point.at[2] as f32);
            }
        })?;
        let known = lowest.iter().filter(|value| value.is_finite()).count();
        ground_filter::keep_ground(&mut lowest, columns, cell);
        let kept = lowest.iter().filter(|value| value.is_finite()).count();
        self.remarks.push(("points-ground-filtered", format!("{:.0} %", 100.0 * kept as f64 / known.max(1) as f64)));
        Ok(lowest)
    }
}

impl Heights for Ground {
    fn placement(&self) -> Placement {
        self.placement
    }

    fn crs(&self) -> Option<&str> {
        self.cloud.header.crs.as_deref()
    }

    fn read(&mut self, window: Window) -> Result<Vec<f32>, RasterFault> {
        if self.values.is_none() {
            self.grid()?;
        }
        let Placement { columns, .. } = self.placement;
        let values = self.values.as_deref().unwrap_or_default();
        let mut read = Vec::with_capacity(window.cells());
        for row in window.row..window.row.saturating_add(window.rows) {
            let start = row * columns + window.column;
            let line = values
                .get(start..start + window.columns)
                .filter(|_| window.column + window.columns <= columns)
                .ok_or_else(|| RasterFault::Unreadable("the window leaves the grid".into()))?;
            read.extend_from_slice(line);
        }
        Ok(read)
    }

    fn release(&mut self) {
        self.values = None;
    }

    fn has_roof_points(&self) -> bool {
        true
    }

    fn roof_points(&mut self, take: &mut dyn FnMut(RoofPoint)) -> Result<(), RasterFault> {
        let classified = match self.has_buildings {
            Some(known) => known,
            None => {
                let mut seen = false;
                self.cloud.each(&mut |point| seen |= point.class == BUILDING)?;
                *self.has_buildings.insert(seen)
            }
        };
        // What is missing was said when the ground was read.
        self.cloud.each(&mut |point| {
            // A crown gives an echo before the roof below it does.
            let last = point.returns == 0 || point.return_number >= point.returns;
            let of_a_roof = if classified { point.class == BUILDING } else { last && LOOSE.contains(&point.class) };
            if of_a_roof && !point.synthetic && PLAUSIBLE_M.contains(&point.at[2]) {
                take(RoofPoint { at: point.at, classified });
            }
        })?;
        Ok(())
    }

    fn year(&self) -> Option<i32> {
        self.cloud.header.year.map(i32::from)
    }

    fn remarks(&self) -> Vec<Remark> {
        self.remarks.clone()
    }
}
