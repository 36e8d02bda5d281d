//! Blocks that are done, one file each, in a folder beside the results: an interrupted run goes on where it stopped, and memory holds one block.
//!
//! The folder belongs to one question: its key says which territory, weather and options the blocks answer. Another question empties it.
//! Little-endian: strings with their length before them, numbers as they are.

use super::roofs::{BlockDone, Blockwise, Roof};
use crate::base::{Finding, LayerId, Severity};
use crate::formats::roofbook::Record;
use std::fs;
use std::path::{Path, PathBuf};

/// Longest string, ring or list of a block that is believed.
const MAX_COUNT: usize = 1 << 26;
const KEY: &str = "key";
const MARK: &[u8; 8] = b"JSOLAR02";

/// The folder of blocks.
pub struct Spool {
    folder: PathBuf,
    blocks: Vec<usize>,
}

impl Spool {
    /// Opens the folder; blocks of another key are removed.
    ///
    /// # Errors
    /// `write-failed`.
    pub fn open(folder: &Path, key: &str) -> Result<Self, Finding> {
        let same = fs::read_to_string(folder.join(KEY)).is_ok_and(|known| known == key);
        let made = (|| {
            if !same && folder.exists() {
                fs::remove_dir_all(folder)?;
            }
            fs::create_dir_all(folder)?;
            fs::write(folder.join(KEY), key)
        })();
        made.map_err(|error| failed(folder, &error))?;
        Ok(Self { folder: folder.to_owned(), blocks: Vec::new() })
    }

    fn path(&self, block: usize) -> PathBuf {
        self.folder.join(format!("block-{block}"))
    }

    /// The blocks in the order they were done.
    pub fn blocks(&self) -> &[usize] {
        &self.blocks
    }

    /// Reads a block back.
    pub fn read(&self, block: usize) -> Option<BlockDone> {
        Reading(&fs::read(self.path(block)).ok()?).block()
    }

    /// Removes the folder.
    pub fn remove(self) {
        // What is left is written over by the next run.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Blockwise for Spool {
    fn known(&mut self, block: usize) -> Option<BlockDone> {
        self.read(block)
    }

    fn done(&mut self, block: usize, done: BlockDone) -> Result<(), Finding> {
        let path = self.path(block);
        let part = path.with_extension("part");
        // A killed run leaves no half block under a block's name.
        fs::write(&part, written(&done)).and_then(|()| fs::rename(&part, &path)).map_err(|error| failed(&path, &error))?;
        self.blocks.push(block);
        Ok(())
    }
}

fn failed(path: &Path, error: &dyn std::fmt::Display) -> Finding {
    Finding::new("write-failed", Severity::Error, path.display().to_string()).object(path.display().to_string()).value(error)
}

fn written(done: &BlockDone) -> Vec<u8> {
    let mut out = MARK.to_vec();
    let count = |out: &mut Vec<u8>, count: usize| out.extend((count as u64).to_le_bytes());
    let text = |out: &mut Vec<u8>, text: &str| {
        out.extend((text.len() as u64).to_le_bytes());
        out.extend(text.as_bytes());
    };
    let real = |out: &mut Vec<u8>, value: f64| out.extend(value.to_le_bytes());
    real(&mut out, done.cell_m.unwrap_or(f64::NAN));
    count(&mut out, done.roofs.len());
    for roof in &done.roofs {
        text(&mut out, &roof.building);
        text(&mut out, roof.layer.as_str());
        count(&mut out, roof.plane);
        count(&mut out, roof.modules);
        numbers(roof).into_iter().chain(roof.kwh_month).for_each(|value| real(&mut out, value));
        count(&mut out, roof.outline.len());
        for ring in &roof.outline {
            count(&mut out, ring.len());
            ring.iter().flatten().for_each(|value| real(&mut out, *value));
        }
    }
    count(&mut out, done.hours.len());
    for (building, hours) in &done.hours {
        text(&mut out, building);
        count(&mut out, hours.len());
        hours.iter().for_each(|kw| out.extend(kw.to_le_bytes()));
    }
    count(&mut out, done.records.len());
    done.records.iter().for_each(|record| text(&mut out, &record.line()));
    out
}

fn numbers(roof: &Roof) -> [f64; 11] {
    let Roof { area_m2, usable_m2, tilt, azimuth, ridge_m, kwp, kwh_year, kwh_year_p90, shading_loss, sky_view, poa_kwh_m2, .. } = roof;
    [*area_m2, *usable_m2, *tilt, *azimuth, *ridge_m, *kwp, *kwh_year, *kwh_year_p90, *shading_loss, *sky_view, *poa_kwh_m2]
}

/// What is left of a file; a damaged one is none.
struct Reading<'b>(&'b [u8]);

impl Reading<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn count(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.take()?)).ok().filter(|count| *count <= MAX_COUNT)
    }

    fn real(&mut self) -> Option<f64> {
        Some(f64::from_le_bytes(self.take()?))
    }

    fn text(&mut self) -> Option<String> {
        let length = self.count()?;
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        String::from_utf8(head.to_vec()).ok()
    }

    fn block(&mut self) -> Option<BlockDone> {
        if self.take()? != *MARK {
            return None;
        }
        let cell_m = Some(self.real()?).filter(|cell| cell.is_finite());
        let roofs = (0..self.count()?).map(|_| self.roof()).collect::<Option<_>>()?;
        let hours = (0..self.count()?)
            .map(|_| {
                let building = self.text()?;
                let hours = (0..self.count()?).map(|_| Some(f32::from_le_bytes(self.take()?))).collect::<Option<_>>()?;
                Some((building, hours))
            })
            .collect::<Option<_>>()?;
        let records = (0..self.count()?).map(|_| Record::parse(&self.text()?).ok()).collect::<Option<_>>()?;
        self.0.is_empty().then_some(BlockDone { roofs, hours, records, cell_m })
    }

    fn roof(&mut self) -> Option<Roof> {
        let (building, layer) = (self.text()?, LayerId::from(self.text()?.as_str()));
        let (plane, modules) = (self.count()?, self.count()?);
        let mut values = [0.0; 11];
        for value in &mut values {
            *value = self.real()?;
        }
        let mut kwh_month = [0.0; 12];
        for value in &mut kwh_month {
            *value = self.real()?;
        }
        let outline = (0..self.count()?)
            .map(|_| (0..self.count()?).map(|_| Some([self.real()?, self.real()?, self.real()?])).collect::<Option<_>>())
            .collect::<Option<_>>()?;
        let [area_m2, usable_m2, tilt, azimuth, ridge_m, kwp, kwh_year, kwh_year_p90, shading_loss, sky_view, poa_kwh_m2] = values;
        Some(Roof {
            building, layer, plane, area_m2, usable_m2, tilt, azimuth, ridge_m, modules, kwp, kwh_year, kwh_year_p90, kwh_month, shading_loss, sky_view, poa_kwh_m2, outline,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> BlockDone {
        let roof = Roof {
            building: "é".to_owned(),
            layer: LayerId::from("buildings"),
            plane: 1,
            area_m2: 1.0,
            usable_m2: 2.0,
            tilt: 3.0,
            azimuth: 4.0,
            ridge_m: 5.0,
            modules: 6,
            kwp: 7.0,
            kwh_year: 8.0,
            kwh_year_p90: 9.0,
            kwh_month: [10.0; 12],
            shading_loss: 11.0,
            sky_view: 12.0,
            poa_kwh_m2: 13.0,
            outline: vec![vec![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], vec![]],
        };
        BlockDone { roofs: vec![roof], hours: vec![("é".to_owned(), vec![0.5, 1.5])], records: vec![Record { building: "é".to_owned(), ..Record::default() }], cell_m: Some(1.0) }
    }

    #[test]
    fn a_block_comes_back_as_it_went_and_a_damaged_one_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let mut spool = Spool::open(&folder.path().join("w"), "a").unwrap();
        spool.done(3, block()).unwrap();
        assert_eq!(spool.known(3), Some(block()));
        assert_eq!(spool.known(4), None);
        let bytes = written(&block());
        for cut in 0..bytes.len() {
            assert_eq!(Reading(&bytes[..cut]).block(), None, "cut at {cut}");
        }
        assert_eq!(Spool::open(&folder.path().join("w"), "a").unwrap().known(3), Some(block()), "the same question goes on");
        assert_eq!(Spool::open(&folder.path().join("w"), "b").unwrap().known(3), None, "another does not");
    }
}
