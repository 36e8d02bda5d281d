//! Posts and lines of a territory or of sources as one book, and what a stored power flow leaves of them.

use super::territory::{YearFault, array, inside};
use crate::base::{Finding, Nature, Severity};
use crate::formats::grid::{Document, read};
use crate::formats::gridbook::{GridBook, Known, Line, MAX_BYTES as BOOK_BYTES, PATH, Post};
use crate::formats::territory::{ConnectBook, Manifest, Series};
use crate::formats::zarr_group;
use crate::geodesy::Crs;
use crate::pipeline::clean::Object;
use crate::region::Region;
use crate::region::utility::{Conduit, Fixture, FixtureKind, Utility};
use crate::siting::reach::{Places, Room};
use crate::siting::rooms::{DRAW, FEED};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;

/// A file of a network.
const MAX_BYTES: u64 = 1 << 30;

/// Posts and lines as they are met.
pub struct Gathering<'a> {
    crs: &'a Crs,
    book: GridBook,
}

impl<'a> Gathering<'a> {
    pub fn new(crs: &'a Crs) -> Self {
        Self { crs, book: GridBook::default() }
    }

    pub fn note(&mut self, object: &Object) {
        match object {
            Object::Fixture(post) => self.post(post),
            Object::Conduit(line) => self.line(line),
            _ => {}
        }
    }

    fn post(&mut self, post: &Fixture) {
        let is_post = post.utility == Utility::Electricity && post.kind == FixtureKind::Substation;
        if let Some(at) = self.lonlat(post.at).filter(|_| is_post && !self.book.is_full()) {
            let known = known(&post.id, post.name.as_deref(), &post.class, post.voltage_v, post.accuracy.name(), post.dataset.as_str());
            self.book.posts.push(Post { known, at, rated_kva: post.rated_kva, reserved_mw: post.reserved_mw });
        }
    }

    fn line(&mut self, line: &Conduit) {
        if line.utility != Utility::Electricity || self.book.is_full() {
            return;
        }
        if let Some(points) = line.points.iter().map(|at| self.lonlat(*at)).collect::<Option<Vec<_>>>() {
            let known = known(&line.id, line.name.as_deref(), &line.class, line.voltage_v, line.accuracy.name(), line.dataset.as_str());
            self.book.lines.push(Line { known, points });
        }
    }

    /// To a centimetre.
    fn lonlat(&self, at: [f64; 2]) -> Option<[f64; 2]> {
        let place = self.crs.to_lonlat(at[0], at[1]).ok()?;
        let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
        (place.lon_deg.is_finite() && place.lat_deg.is_finite()).then(|| [round(place.lon_deg), round(place.lat_deg)])
    }

    pub fn book(self) -> GridBook {
        self.book
    }

    /// Writes the book into a package; nothing where there is neither post nor line.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(self, package: &Path) -> Result<Option<ConnectBook>, String> {
        if self.book.is_empty() {
            return Ok(None);
        }
        let bytes = self.book.bytes().map_err(|fault| fault.to_string())?;
        // A book that nobody may read is none.
        if bytes.len() > BOOK_BYTES {
            return Ok(None);
        }
        let path = package.join(PATH);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, &bytes));
        written.map_err(|error| error.to_string())?;
        Ok(Some(ConnectBook { path: PATH.to_owned(), posts: self.book.posts.len() as u64, lines: self.book.lines.len() as u64, bytes: bytes.len() as u64 }))
    }
}

fn known(id: &str, name: Option<&str>, class: &str, voltage_v: Option<f64>, accuracy: &str, dataset: &str) -> Known {
    let finite = voltage_v.filter(|volt| volt.is_finite());
    Known { id: id.to_owned(), name: name.unwrap_or_default().to_owned(), class: class.to_owned(), voltage_v: finite, accuracy: accuracy.to_owned(), dataset: dataset.to_owned() }
}

/// Of source files that were read.
pub fn of_region(region: &Region, crs: Crs, made: BTreeSet<String>) -> Places {
    let mut gathering = Gathering::new(&crs);
    region.fixtures.iter().for_each(|post| gathering.post(post));
    region.conduits.iter().for_each(|line| gathering.line(line));
    let book = gathering.book();
    Places::new(book, crs, made)
}

/// Of a territory: its book, or else the network that it carries, whose lines are straight between their buses.
///
/// # Errors
/// `grid-territory-none`, `gridbook-unreadable`, and what reading its files may say.
pub fn of_territory(manifest_at: &Path, manifest: &Manifest) -> Result<Places, YearFault> {
    let fault = |code, value: String| YearFault::Finding(Finding::new(code, Severity::Error, manifest_at.display().to_string()).value(value));
    let folder = manifest_at.parent().unwrap_or(Path::new("."));
    let crs = Crs::from_code(&manifest.crs).map_err(|error| fault("crs-unknown", error.to_string()))?;
    let made = manifest.datasets.iter().filter(|dataset| dataset.nature == Nature::Made).map(|dataset| dataset.id.to_string()).collect();
    let bytes_of = |path: &str, most: u64| {
        let file = inside(folder, path).ok_or_else(|| fault("manifest-path", path.to_owned()))?;
        if std::fs::metadata(&file).map_or(0, |data| data.len()) > most {
            return Err(fault("file-too-large", path.to_owned()));
        }
        std::fs::read(&file).map_err(|error| fault("file-unreadable", error.to_string()))
    };
    if let Some(book) = &manifest.connect {
        let book = GridBook::parse(&bytes_of(&book.path, BOOK_BYTES as u64)?).map_err(|broken| YearFault::Finding(broken.finding(book.path.clone())))?;
        return Ok(Places::new(book, crs, made));
    }
    let grid = manifest.grids.first().ok_or_else(|| fault("grid-territory-none", manifest.id.clone()))?;
    let document = read(&bytes_of(&grid.path, MAX_BYTES)?).map_err(|broken| YearFault::Finding(broken.finding(grid.path.clone())))?;
    let Document::PowerGrid(document) = document else { return Err(fault("grid-territory-none", grid.path.clone())) };
    let mut book = GridBook::default();
    let Some(scenario) = document.scenarios.first() else { return Ok(Places::new(book, crs, made)) };
    let rows = |name: &str| scenario.get(name).into_iter().flat_map(|table| table.rows());
    let mut nodes: HashMap<i64, ([f64; 2], f64)> = HashMap::new();
    for row in rows("node") {
        let place = row.value("lonlat").and_then(Value::as_array).map(Vec::as_slice);
        if let (Some(id), Some([lon, lat])) = (row.integer("id"), place)
            && let (Some(lon), Some(lat)) = (lon.as_f64(), lat.as_f64())
        {
            nodes.insert(id, ([lon, lat], row.number_or("u_rated", 0.0)));
        }
    }
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let known_of = |id: i64, name: Option<&Value>, volt: f64| known(&format!("{}{id}", grid.prefix), Some(&text(name)), "", Some(volt), "schematic", grid.dataset.as_str());
    for row in rows("transformer") {
        let (Some(id), Some((at, _)), Some((_, volt))) = (row.integer("id"), row.integer("to_node").and_then(|node| nodes.get(&node)), row.integer("from_node").and_then(|node| nodes.get(&node))) else { continue };
        let rated = row.number_or("sn", 0.0) / 1000.0;
        book.posts.push(Post { known: known_of(id, row.value("name"), *volt), at: *at, rated_kva: (rated > 0.0).then_some(rated), reserved_mw: None });
    }
    for row in rows("line") {
        let (Some(id), Some((a, volt)), Some((b, _))) = (row.integer("id"), row.integer("from_node").and_then(|node| nodes.get(&node)), row.integer("to_node").and_then(|node| nodes.get(&node))) else { continue };
        book.lines.push(Line { known: known_of(id, row.value("name"), *volt), points: vec![*a, *b] });
    }
    Ok(Places::new(book, crs, made))
}

/// What a stored power flow leaves of each post and line, by its id on the map; empty where none is stored.
pub fn rooms(manifest_at: &Path, manifest: &Manifest) -> HashMap<String, Room> {
    let folder = manifest_at.parent().unwrap_or(Path::new("."));
    let of = |id: &str| {
        let series = manifest.series.iter().find(|series| series.id == id)?;
        Some((labels(folder, series)?, array(folder, series).ok()?))
    };
    let (Some((names, feed)), Some((_, draw))) = (of(FEED), of(DRAW)) else { return HashMap::new() };
    let first = |array: &crate::formats::zarr::Array, row: usize| array.row(row).first().copied().map(f64::from).filter(|kw| kw.is_finite());
    let rooms = names.into_iter().enumerate().filter_map(|(row, name)| Some((name, Room { feed_kw: first(&feed, row)?, draw_kw: first(&draw, row)? })));
    rooms.collect()
}

/// Names of a series' rows, wherever they stand.
fn labels(folder: &Path, series: &Series) -> Option<Vec<String>> {
    if !series.rows.is_empty() {
        return Some(series.rows.clone());
    }
    let at = inside(folder, series.labels.as_deref()?)?;
    let about = std::fs::read(at.join("zarr.json")).ok()?;
    zarr_group::read_texts(&about, &std::fs::read(at.join("c/0")).ok()?).ok()
}
