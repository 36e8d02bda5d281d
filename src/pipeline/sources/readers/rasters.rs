//! Height rasters: GeoTIFF, ESRI ASCII grid, SRTM, ESRI's raw grids, and heights as text.

use super::{Content, Found, Head, Opened, short_name, whole};
use crate::formats::raster::{Heights, Held, MAX_CELLS, Placement, RasterFault, Remark, Window};
use crate::formats::shape::ShapeKind;
use crate::formats::xyz::{self, Points};
use crate::formats::geotiff_colours::{self, Holds};
use crate::formats::{asciigrid, bil, geotiff, hgt, worldfile};
use crate::region::point_grid::{PointGrid, cell_for_density};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// Sidecars are a few kilobytes.
const MAX_SIDECAR: u64 = 1 << 20;
/// Raw numbers that a header beside them describes.
const RAW: [&str; 4] = ["bil", "bip", "bsq", "flt"];

pub fn is_tiff(head: &Head) -> bool {
    [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]
        .iter()
        .any(|magic| head.bytes.starts_with(*magic))
}

pub fn is_ascii_grid(head: &Head) -> bool {
    let begins = |word: &[u8]| {
        head.text()
            .get(..word.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(word))
    };
    (begins(b"ncols") || begins(b"nrows")) && !is_raw_header(head)
}

/// The numbers carry no mark: the name and the size of the file tell.
pub fn is_srtm(head: &Head) -> bool {
    let size = std::fs::metadata(head.path)
        .map(|meta| meta.len())
        .unwrap_or(0);
    hgt::corner(&short_name(head.path)).is_some() && hgt::side(size).is_some()
}

/// The numbers carry no mark: a header beside them tells.
pub fn is_raw(head: &Head) -> bool {
    extension(head.path).is_some_and(|ext| RAW.contains(&ext.as_str()))
        && beside(head.path, "hdr").is_some()
}

/// A header is read with its numbers and is nothing by itself.
pub fn is_raw_header(head: &Head) -> bool {
    extension(head.path).as_deref() == Some("hdr")
        && (bil::is_header(head.bytes) || RAW.iter().any(|raw| beside(head.path, raw).is_some()))
}

pub fn is_xyz(head: &Head) -> bool {
    xyz::is_points(head.bytes)
}

/// A picture, or heights: the file's own tags tell.
pub fn open_tiff(path: &Path) -> Opened {
    match geotiff_colours::holds(reader(path)?) {
        Ok(Holds::Colours | Holds::Grey { bits: 8 }) => super::pictures::open_tiff(path),
        // What is no TIFF at all is said by the reader of heights.
        _ => opened(path, tiff),
    }
}

/// The same file as heights, where somebody says that they are.
pub fn open_heights(path: &Path) -> Opened {
    opened(path, tiff)
}

pub fn open_ascii_grid(path: &Path) -> Opened {
    opened(path, ascii_grid)
}

pub fn open_srtm(path: &Path) -> Opened {
    opened(path, srtm)
}

pub fn open_raw(path: &Path) -> Opened {
    opened(path, raw)
}

pub fn open_xyz(path: &Path) -> Opened {
    opened(path, points)
}

pub fn open_raw_header(_path: &Path) -> Opened {
    Ok(Vec::new())
}

/// A grid, or the code of a finding and its value.
type Grid = Result<Box<dyn Heights>, (&'static str, String)>;

fn reader(path: &Path) -> Result<BufReader<File>, (&'static str, String)> {
    let file = File::open(path).map_err(|error| ("source-unreadable", error.to_string()))?;
    Ok(BufReader::with_capacity(64 << 10, file))
}

fn tiff(path: &Path) -> Grid {
    let mut tiff = geotiff::Tiff::open(reader(path)?).map_err(unreadable)?;
    if !tiff.is_placed() {
        let Placement { columns, rows, .. } = tiff.placement();
        let world = ["tfw", "tifw", "tiffw", "wld"]
            .iter()
            .find_map(|ext| sidecar(path, ext));
        let world = world.ok_or_else(|| unreadable(RasterFault::NoPlace))?;
        tiff.place(worldfile::parse(&world, columns, rows).map_err(unreadable)?);
    }
    Ok(Box::new(tiff))
}

fn ascii_grid(path: &Path) -> Grid {
    let raster = asciigrid::parse(&whole(path)?).map_err(unreadable)?;
    Ok(Box::new(Held::from(raster)))
}

fn srtm(path: &Path) -> Grid {
    Ok(Box::new(
        hgt::Tile::open(reader(path)?, &short_name(path)).map_err(unreadable)?,
    ))
}

fn raw(path: &Path) -> Grid {
    let header = sidecar(path, "hdr").ok_or_else(|| unreadable(RasterFault::Header(".hdr")))?;
    let float = extension(path).as_deref() == Some("flt");
    let header = bil::parse_header(&header, float).map_err(unreadable)?;
    let world = match extension(path).as_deref() {
        Some("bip") => ["bpw", "wld"],
        Some("bsq") => ["bqw", "wld"],
        _ => ["blw", "wld"],
    };
    let world = world.iter().find_map(|ext| sidecar(path, ext));
    let world = world.map(|bytes| worldfile::parse(&bytes, header.columns, header.rows));
    let world = world.transpose().map_err(unreadable)?;
    Ok(Box::new(
        bil::Grid::open(reader(path)?, header, world, None).map_err(unreadable)?,
    ))
}

fn points(path: &Path) -> Grid {
    let (points, unread) = xyz::parse(&whole(path)?).map_err(unreadable)?;
    let mut held = match points {
        Points::Grid(raster) => Held::from(raster),
        Points::Loose(points) => scattered(&points).map_err(unreadable)?,
    };
    // One line of names is no fault.
    if unread > 1 {
        held.remarks
            .push(("raster-lines-unread", unread.to_string()));
    }
    Ok(Box::new(held))
}

/// Points on no grid, brought onto one.
fn scattered(points: &[[f64; 3]]) -> Result<Held, RasterFault> {
    let mut bounds = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    for [x, y, _] in points {
        bounds = [
            bounds[0].min(*x),
            bounds[1].min(*y),
            bounds[2].max(*x),
            bounds[3].max(*y),
        ];
    }
    let area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]);
    let mut cell = cell_for_density(points.len() as f64 / area.max(1.0), 1.0);
    let mut grid = loop {
        match PointGrid::over(bounds, cell, MAX_CELLS) {
            Some(grid) => break grid,
            None if cell < 1e4 => cell *= 2.0,
            None => return Err(RasterFault::NoPlace),
        }
    };
    points.iter().for_each(|point| grid.add(*point));
    let ([columns, rows], origin) = (grid.size(), grid.origin());
    Ok(Held {
        placement: Placement::upright(origin, [cell, cell], columns, rows).checked()?,
        values: grid.values(),
        crs: None,
        remarks: vec![("points-gridded", format!("{} → {cell} m", points.len()))],
    })
}

/// A grid that is opened when it is read and closed when it is let go: a delivery has thousands of tiles, a process a thousand open files.
struct OnDemand {
    path: PathBuf,
    open: fn(&Path) -> Grid,
    placement: Placement,
    crs: Option<String>,
    source: Option<Box<dyn Heights>>,
    remarks: Vec<Remark>,
}

impl Heights for OnDemand {
    fn placement(&self) -> Placement {
        self.placement
    }

    fn crs(&self) -> Option<&str> {
        self.crs.as_deref()
    }

    fn read(&mut self, window: Window) -> Result<Vec<f32>, RasterFault> {
        let source = match &mut self.source {
            Some(source) => source,
            None => {
                let opened =
                    (self.open)(&self.path).map_err(|(_, value)| RasterFault::Unreadable(value))?;
                // Somebody may have changed the file since it was looked at.
                if opened.placement() != self.placement {
                    return Err(RasterFault::Unreadable("the file has changed".into()));
                }
                self.source.insert(opened)
            }
        };
        source.read(window)
    }

    fn release(&mut self) {
        if let Some(source) = self.source.take() {
            for remark in source.remarks() {
                if !self.remarks.contains(&remark) {
                    self.remarks.push(remark);
                }
            }
        }
    }

    fn remarks(&self) -> Vec<Remark> {
        let now = self
            .source
            .as_ref()
            .map(|source| source.remarks())
            .unwrap_or_default();
        self.remarks.iter().cloned().chain(now).collect()
    }
}

fn opened(path: &Path, open: fn(&Path) -> Grid) -> Opened {
    let heights = open(path)?;
    // What the file itself says goes before a text beside it.
    let crs = heights.crs().map(str::to_owned).or_else(|| {
        let prj = sidecar(path, "prj")?;
        let text = String::from_utf8_lossy(&prj).trim().to_owned();
        (!text.is_empty()).then_some(text)
    });
    Ok(vec![Found {
        file: short_name(path),
        table: None,
        kind: ShapeKind::Other,
        crs: crs.clone(),
        columns: Vec::new(),
        content: Content::Raster(Box::new(OnDemand {
            path: path.to_owned(),
            open,
            placement: heights.placement(),
            crs,
            source: None,
            remarks: Vec::new(),
        })),
    }])
}

fn unreadable(fault: RasterFault) -> (&'static str, String) {
    ("raster-unreadable", fault.to_string())
}

fn extension(path: &Path) -> Option<String> {
    path.extension()
        .map(|ext| ext.to_string_lossy().to_ascii_lowercase())
}

/// The file of the same name with another ending, in small or capital letters.
fn beside(path: &Path, ext: &str) -> Option<PathBuf> {
    [ext.to_owned(), ext.to_ascii_uppercase()]
        .into_iter()
        .map(|ext| path.with_extension(ext))
        .find(|candidate| candidate != path && candidate.is_file())
}

fn sidecar(path: &Path, ext: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(beside(path, ext)?)
        .ok()?
        .take(MAX_SIDECAR)
        .read_to_end(&mut bytes)
        .ok()?;
    Some(bytes)
}
