//! Clean objects on disk, sorted into square cells of the territory's system, so that a shard reads what lies in and around it and nothing else.
//!
//! The file grows by chunks, each of one cell; an index tells the chunks of each cell.
//! Writing holds a bounded number of bytes, whatever the size of the sources and in whatever order they come.

use super::bytes::Bytes;
use super::objects;
use crate::base::Bounds2;
use crate::pipeline::ImportFault;
use crate::pipeline::clean::Object;
use crate::region::{Area, AreaShape};
use geo::BoundingRect;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

pub const CELL_M: f64 = 1_000.0;
/// Bytes held before they are written.
const MAX_HELD: usize = 64 << 20;
/// An object in more cells than this lies in all: every shard reads it.
const MAX_CELLS: usize = 64;

type Cell = (i32, i32);
/// Of objects that lie everywhere.
const EVERYWHERE: Cell = (i32::MIN, i32::MIN);

const OBJECTS: &str = "objects.bin";
const INDEX: &str = "objects.index";

/// A chunk of the file: where it begins, and how long it is.
type Chunk = (u64, u32);

pub struct SpoolWriter {
    folder: PathBuf,
    file: BufWriter<File>,
    written: u64,
    held: BTreeMap<Cell, Vec<u8>>,
    held_bytes: usize,
    index: BTreeMap<Cell, Vec<Chunk>>,
    next: u64,
}

impl SpoolWriter {
    /// # Errors
    /// `write-failed`.
    pub fn create(folder: &Path) -> Result<Self, ImportFault> {
        let path = folder.join(OBJECTS);
        let file = File::create(&path).map_err(|error| ImportFault::new("write-failed", path.display(), error))?;
        Ok(Self {
            folder: folder.to_owned(),
            file: BufWriter::with_capacity(1 << 20, file),
            written: 0,
            held: BTreeMap::new(),
            held_bytes: 0,
            index: BTreeMap::new(),
            next: 0,
        })
    }

    /// Adds an object to every cell it lies in, under the next number.
    ///
    /// # Errors
    /// `write-failed`.
    pub fn add(&mut self, object: &Object) -> Result<(), ImportFault> {
        let number = self.next;
        self.next += 1;
        self.add_as(number, object)
    }

    /// Adds an object under a number of its own.
    ///
    /// # Errors
    /// `write-failed`.
    pub fn add_as(&mut self, number: u64, object: &Object) -> Result<(), ImportFault> {
        let mut bytes = Vec::new();
        objects::put(object, &mut bytes);
        if bytes.is_empty() {
            return Ok(());
        }
        for cell in cells_of(object) {
            let held = self.held.entry(cell).or_default();
            held.extend(number.to_le_bytes());
            held.extend((bytes.len() as u32).to_le_bytes());
            held.extend(&bytes);
            self.held_bytes += bytes.len() + 12;
        }
        if self.held_bytes > MAX_HELD {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ImportFault> {
        for (cell, bytes) in std::mem::take(&mut self.held) {
            self.file
                .write_all(&bytes)
                .map_err(|error| ImportFault::new("write-failed", OBJECTS, error))?;
            self.index.entry(cell).or_default().push((self.written, bytes.len() as u32));
            self.written += bytes.len() as u64;
        }
        self.held_bytes = 0;
        Ok(())
    }

    /// # Errors
    /// `write-failed`.
    pub fn finish(mut self) -> Result<Spool, ImportFault> {
        self.flush()?;
        self.file
            .flush()
            .map_err(|error| ImportFault::new("write-failed", OBJECTS, error))?;
        let mut bytes = Vec::new();
        for ((x, y), chunks) in &self.index {
            bytes.extend(x.to_le_bytes());
            bytes.extend(y.to_le_bytes());
            bytes.extend((chunks.len() as u64).to_le_bytes());
            for (at, length) in chunks {
                bytes.extend(at.to_le_bytes());
                bytes.extend(length.to_le_bytes());
            }
        }
        std::fs::write(self.folder.join(INDEX), bytes).map_err(|error| ImportFault::new("write-failed", INDEX, error))?;
        Ok(Spool { path: self.folder.join(OBJECTS), index: self.index })
    }
}

/// Spooled objects, for reading.
pub struct Spool {
    path: PathBuf,
    index: BTreeMap<Cell, Vec<Chunk>>,
}

/// An object with its number in the order of the sources, and its bytes.
pub struct Numbered {
    pub number: u64,
    pub bytes: Vec<u8>,
}

impl Spool {
    /// # Errors
    /// `plan-unreadable`.
    pub fn open(folder: &Path) -> Result<Self, ImportFault> {
        let path = folder.join(INDEX);
        let fault = |value: String| ImportFault::new("plan-unreadable", path.display(), value);
        let bytes = std::fs::read(&path).map_err(|error| fault(error.to_string()))?;
        let mut reader = Bytes::new(&bytes);
        let mut index = BTreeMap::new();
        while !reader.is_empty() {
            let entry = (|| {
                let cell = (reader.i32()?, reader.i32()?);
                let count = reader.count()?;
                let mut chunks = Vec::new();
                for _ in 0..count {
                    chunks.push((reader.u64()?, reader.u32()?));
                }
                Some((cell, chunks))
            })();
            let (cell, chunks) = entry.ok_or_else(|| fault(INDEX.to_owned()))?;
            index.insert(cell, chunks);
        }
        Ok(Self { path: folder.join(OBJECTS), index })
    }

    /// All objects, each once, cell by cell.
    ///
    /// # Errors
    /// `plan-unreadable`, or what `each` brings.
    pub fn all(&self, each: &mut dyn FnMut(u64, Object) -> Result<(), ImportFault>) -> Result<(), ImportFault> {
        self.by_place(&mut |objects| objects.into_iter().try_for_each(|(number, object)| each(number, object)))
    }

    /// All objects, each once, those of one place together: the cells in order, in each the order of the sources. It depends on nothing else.
    ///
    /// # Errors
    /// As [`Self::all`].
    pub fn by_place(&self, each: &mut dyn FnMut(Vec<(u64, Object)>) -> Result<(), ImportFault>) -> Result<(), ImportFault> {
        let mut file = self.file()?;
        for (cell, chunks) in &self.index {
            for chunk in chunks {
                let mut objects = Vec::new();
                for numbered in self.chunk(&mut file, chunk)? {
                    let object = self.object(&numbered)?;
                    // An object in several cells is met in the first of them.
                    if cells_of(&object).first() == Some(cell) {
                        objects.push((numbered.number, object));
                    }
                }
                each(objects)?;
            }
        }
        Ok(())
    }

    /// The same objects without those that `leaves` says; they keep their numbers.
    ///
    /// # Errors
    /// As [`Self::all`], and `write-failed`.
    pub fn without(self, folder: &Path, leaves: &mut dyn FnMut(&Object) -> bool) -> Result<Self, ImportFault> {
        self.rewritten(folder, &mut |_, object| Ok(if leaves(&object) { None } else { Some(object) }))
    }

    /// The same objects as `each` makes them, under their numbers; where they lie must not change.
    ///
    /// # Errors
    /// As [`Self::all`], and `write-failed`.
    pub fn rewritten(
        self,
        folder: &Path,
        each: &mut dyn FnMut(u64, Object) -> Result<Option<Object>, ImportFault>,
    ) -> Result<Self, ImportFault> {
        self.remade(folder, each, &[])
    }

    fn remade(
        self,
        folder: &Path,
        each: &mut dyn FnMut(u64, Object) -> Result<Option<Object>, ImportFault>,
        more: &[Object],
    ) -> Result<Self, ImportFault> {
        let beside = folder.join("fewer");
        let fault = |error: std::io::Error| ImportFault::new("write-failed", beside.display(), error);
        std::fs::create_dir_all(&beside).map_err(fault)?;
        let mut writer = SpoolWriter::create(&beside)?;
        self.all(&mut |number, object| {
            writer.next = writer.next.max(number + 1);
            match each(number, object)? {
                Some(object) => writer.add_as(number, &object),
                None => Ok(()),
            }
        })?;
        more.iter().try_for_each(|object| writer.add(object))?;
        writer.finish()?;
        for name in [OBJECTS, INDEX] {
            std::fs::rename(beside.join(name), folder.join(name)).map_err(fault)?;
        }
        std::fs::remove_dir(&beside).map_err(fault)?;
        Self::open(folder)
    }

    /// The same objects and more of them, these under the numbers that follow.
    ///
    /// # Errors
    /// As [`Self::all`], and `write-failed`.
    pub fn with(self, folder: &Path, more: &[Object]) -> Result<Self, ImportFault> {
        self.remade(folder, &mut |_, object| Ok(Some(object)), more)
    }

    /// Everything in the cells that touch a rectangle, each once, in the order of the sources.
    ///
    /// # Errors
    /// `plan-unreadable`.
    pub fn within(&self, bounds: &Bounds2) -> Result<Vec<Numbered>, ImportFault> {
        let mut file = self.file()?;
        let (low, high) = (cell(bounds.min), cell(bounds.max));
        let mut found = Vec::new();
        let near = self
            .index
            .range((low.0, i32::MIN)..=(high.0, i32::MAX))
            .filter(|((_, y), _)| (low.1..=high.1).contains(y));
        for (_, chunks) in near.chain(self.index.get_key_value(&EVERYWHERE)) {
            for chunk in chunks {
                found.extend(self.chunk(&mut file, chunk)?);
            }
        }
        found.sort_by_key(|numbered| numbered.number);
        found.dedup_by_key(|numbered| numbered.number);
        Ok(found)
    }

    /// # Errors
    /// `plan-unreadable`.
    pub fn object(&self, numbered: &Numbered) -> Result<Object, ImportFault> {
        objects::take(&mut Bytes::new(&numbered.bytes)).ok_or_else(|| self.fault(&format!("#{}", numbered.number)))
    }

    fn file(&self) -> Result<File, ImportFault> {
        File::open(&self.path).map_err(|error| self.fault(&error))
    }

    fn fault(&self, value: &dyn std::fmt::Display) -> ImportFault {
        ImportFault::new("plan-unreadable", self.path.display(), value)
    }

    fn chunk(&self, file: &mut File, (at, length): &Chunk) -> Result<Vec<Numbered>, ImportFault> {
        let mut bytes = vec![0; *length as usize];
        file.seek(SeekFrom::Start(*at))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|error| self.fault(&error))?;
        let mut reader = Bytes::new(&bytes);
        let mut found = Vec::new();
        while !reader.is_empty() {
            let numbered = (|| {
                let number = reader.u64()?;
                let length = reader.u32()? as usize;
                Some(Numbered { number, bytes: reader.slice(length)?.to_vec() })
            })();
            found.push(numbered.ok_or_else(|| self.fault(&at))?);
        }
        Ok(found)
    }
}

/// The rectangle around an object.
pub fn bounds_of(object: &Object) -> Bounds2 {
    let rect = |rect: Option<geo::Rect<f64>>| rect.map_or(Bounds2::EMPTY, |rect| Bounds2 { min: [rect.min().x, rect.min().y], max: [rect.max().x, rect.max().y] });
    match object {
        Object::Building(draft) => rect(draft.building.footprint.bounding_rect()),
        Object::Line(line) => Bounds2::of(line.points.iter().map(|p| [p[0], p[1]])),
        Object::Water(water) => rect(water.outline.bounding_rect()),
        Object::Area(area) => area.shape.bounds(),
        Object::Tree(tree) => Bounds2::of([[tree.x, tree.y]]),
        Object::Conduit(conduit) => Bounds2::of(conduit.points.iter().copied()),
        Object::Fixture(fixture) => Bounds2::of([fixture.at]),
    }
}

/// Where an object comes in the order of places.
pub fn place_of(object: &Object) -> Option<(i32, i32)> {
    cells_of(object).first().copied()
}

/// The cells an object lies in, in order; a line only in those that its pieces touch.
fn cells_of(object: &Object) -> Vec<Cell> {
    let mut cells = BTreeSet::new();
    let mut add = |bounds: &Bounds2| {
        let (low, high) = (cell(bounds.min), cell(bounds.max));
        let wide = i64::from(high.0) - i64::from(low.0) + 1;
        let high_count = i64::from(high.1) - i64::from(low.1) + 1;
        if wide.saturating_mul(high_count) > MAX_CELLS as i64 || cells.len() > MAX_CELLS {
            return false;
        }
        cells.extend((low.0..=high.0).flat_map(|x| (low.1..=high.1).map(move |y| (x, y))));
        true
    };
    let fits = match object {
        Object::Line(line) => line.points.windows(2).all(|pair| add(&Bounds2::of(pair.iter().map(|p| [p[0], p[1]])))),
        Object::Conduit(conduit) => conduit.points.windows(2).all(|pair| add(&Bounds2::of(pair.iter().copied()))),
        Object::Area(Area { shape: AreaShape::Lines(lines), .. }) => {
            lines.iter().flat_map(|line| line.windows(2)).all(|pair| add(&Bounds2::of(pair.iter().copied())))
        }
        Object::Area(Area { shape: AreaShape::Places(places), .. }) => places.iter().all(|at| add(&Bounds2::of([*at]))),
        _ => add(&bounds_of(object)),
    };
    if fits && !cells.is_empty() && cells.len() <= MAX_CELLS { cells.into_iter().collect() } else { vec![EVERYWHERE] }
}

fn cell(at: [f64; 2]) -> Cell {
    let index = |value: f64| (value / CELL_M).floor().clamp(-2e9, 2e9) as i32;
    (index(at[0]), index(at[1]))
}
