//! Files that are pictures, opened as such: colour GeoTIFF, and stills with a world file.

use super::file::PictureFile;
use crate::formats::colours::{Colours, HeldPicture};
use crate::formats::geotiff_colours::ColourTiff;
use crate::formats::raster::{Placement, RasterFault};
use crate::formats::{still, worldfile};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// Sidecars are a few kilobytes.
const MAX_SIDECAR: u64 = 1 << 20;

/// What kind of picture a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Tiff,
    /// PNG, JPEG or WebP.
    Still,
    /// A folder of ready-made tiles.
    Tiles,
}

/// A picture among the sources, not yet read.
#[derive(Clone, Debug)]
pub struct Source {
    pub path: PathBuf,
    pub kind: Kind,
}

/// A code of a finding and its value.
pub type Fault = (&'static str, String);

/// Opens a picture; its place may come from the files beside it.
///
/// # Errors
/// `imagery-unreadable` or `imagery-without-place`.
pub fn open(source: &Source) -> Result<Box<dyn Colours>, Fault> {
    let path = &source.path;
    match source.kind {
        Kind::Tiff => {
            let mut tiff = ColourTiff::open(reader(path)?).map_err(unreadable)?;
            if !tiff.is_placed() {
                let Placement { columns, rows, .. } = tiff.placement();
                tiff.place(place_beside(path, columns, rows)?);
            }
            Ok(Box::new(tiff))
        }
        Kind::Still => Ok(Box::new(still(path, place_beside)?)),
        Kind::Tiles => Err(("imagery-unreadable", String::new())),
    }
}

/// The system of a picture: what the file itself says goes before a text beside it.
pub fn crs(path: &Path, colours: &dyn Colours) -> Option<String> {
    let beside = || {
        let prj = sidecar(path, "prj").map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
        prj.filter(|text| !text.is_empty()).or_else(|| element(&auxiliary(path)?, "SRS"))
    };
    colours.crs().map(str::to_owned).or_else(beside)
}

/// A picture that a plan knows, opened again.
///
/// # Errors
/// A sentence.
pub fn open_again(file: &PictureFile) -> Result<Box<dyn Colours>, String> {
    let placement = file.placement();
    let changed = || "the file has changed".to_owned();
    if file.still {
        let held = still(&file.path, |_, _, _| Ok(placement)).map_err(|(_, value)| value)?;
        return if held.pixels.len() == placement.columns * placement.rows { Ok(Box::new(held)) } else { Err(changed()) };
    }
    let mut tiff = ColourTiff::open(reader(&file.path).map_err(|(_, value)| value)?).map_err(|fault| fault.to_string())?;
    let found = tiff.placement();
    if (found.columns, found.rows) != (placement.columns, placement.rows) {
        return Err(changed());
    }
    tiff.place(placement);
    if let Some(white) = file.white {
        tiff.set_white(white);
    }
    Ok(Box::new(tiff))
}

/// The value that is white, where a picture has more than eight bits.
///
/// # Errors
/// As [`open`].
pub fn white(source: &Source) -> Result<Option<u16>, Fault> {
    match source.kind {
        Kind::Tiff => Ok(ColourTiff::open(reader(&source.path)?).map_err(unreadable)?.white()),
        _ => Ok(None),
    }
}

fn reader(path: &Path) -> Result<BufReader<File>, Fault> {
    let file = File::open(path).map_err(|error| ("imagery-unreadable", error.to_string()))?;
    Ok(BufReader::with_capacity(64 << 10, file))
}

fn unreadable(fault: RasterFault) -> Fault {
    let code = if fault == RasterFault::NoPlace { "imagery-without-place" } else { "imagery-unreadable" };
    (code, fault.to_string())
}

fn still(path: &Path, place: impl FnOnce(&Path, usize, usize) -> Result<Placement, Fault>) -> Result<HeldPicture, Fault> {
    let unread = |error: std::io::Error| ("imagery-unreadable", error.to_string());
    let length = std::fs::metadata(path).map_err(unread)?.len();
    if length > 4 * still::MAX_PIXELS as u64 {
        return Err(("file-too-large", length.to_string()));
    }
    let bytes = std::fs::read(path).map_err(unread)?;
    let [columns, rows] = still::dimensions(&bytes).map_err(unreadable)?;
    // A picture without a place is not worth being read.
    let placement = place(path, columns, rows)?;
    let still = still::decode(&bytes).map_err(unreadable)?;
    Ok(HeldPicture { placement, pixels: still.pixels, crs: None, drawing: still.drawing })
}

/// Where the files beside a picture put it.
fn place_beside(path: &Path, columns: usize, rows: usize) -> Result<Placement, Fault> {
    let world = world_endings(path).into_iter().find_map(|ending| sidecar(path, &ending));
    if let Some(world) = world {
        return worldfile::parse(&world, columns, rows).map_err(unreadable);
    }
    let numbers = auxiliary(path).and_then(|text| element(&text, "GeoTransform"));
    let numbers: Vec<f64> = numbers.iter().flat_map(|text| text.split(',')).map_while(|part| part.trim().parse().ok()).collect();
    let &[x, a, b, y, d, e] = numbers.as_slice() else {
        return Err(("imagery-without-place", String::new()));
    };
    // GDAL counts from the outer corner.
    let placement = Placement { origin: [x + (a + b) / 2.0, y + (d + e) / 2.0], per_column: [a, d], per_row: [b, e], columns, rows };
    placement.checked().map_err(unreadable)
}

/// `pgw` and `pngw` for `png`, and `wld` for all.
fn world_endings(path: &Path) -> Vec<String> {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let mut letters = ending.chars();
    let short = match (letters.next(), letters.next_back()) {
        (Some(first), Some(last)) => vec![format!("{first}{last}w")],
        _ => Vec::new(),
    };
    short.into_iter().chain([format!("{ending}w"), format!("{ending}x"), "wld".to_owned()]).collect()
}

/// Whether a file only goes with a picture: its place, its statistics, its overviews.
pub fn is_beside(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    let whole = [".aux.xml", ".ovr", ".msk"].iter().any(|ending| name.ends_with(ending));
    let world = || {
        let ending = name.rsplit_once('.').map(|(_, ending)| ending).unwrap_or_default();
        let is_world = ending == "wld" || (ending.len() == 3 && ending.ends_with('w'));
        is_world && sidecar_bytes(path).is_some_and(|bytes| worldfile::parse(&bytes, 1, 1).is_ok())
    };
    whole || world()
}

/// The file of the same name with another ending, in small or capital letters.
fn sidecar(path: &Path, ending: &str) -> Option<Vec<u8>> {
    [ending.to_owned(), ending.to_ascii_uppercase()].into_iter().find_map(|ending| sidecar_bytes(&path.with_extension(ending)))
}

fn sidecar_bytes(path: &Path) -> Option<Vec<u8>> {
    if !path.is_file() {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(MAX_SIDECAR).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// GDAL's file beside a picture: `photo.jpg.aux.xml`.
fn auxiliary(path: &Path) -> Option<String> {
    let mut name = path.file_name()?.to_os_string();
    name.push(".aux.xml");
    Some(String::from_utf8_lossy(&sidecar_bytes(&path.with_file_name(name))?).into_owned())
}

/// The text of the first element of a name.
fn element(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("<{name}"))?;
    let (_, rest) = rest.split_once('>')?;
    let (inner, _) = rest.split_once('<')?;
    let plain = inner.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let plain = plain.trim();
    (!plain.is_empty()).then(|| plain.to_owned())
}
