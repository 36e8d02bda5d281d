//! Roofs from points, between reading the tables and laying out the shards: a shard finds them in its buildings and needs no cloud.

use super::bytes::Bytes;
use super::objects;
use super::spool::Spool;
use crate::base::Report;
use crate::pipeline::clean::roof_points::{self, Site, Survey};
use crate::pipeline::clean::Object;
use crate::pipeline::sources::RawRaster;
use crate::pipeline::sources::declaration::Role;
use crate::pipeline::{ImportFault, LayerCount};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// What was measured waits here for its building; gone when it has found it.
const WAITING: &str = "roofs.bin";

/// The spool with the roofs that `rasters` show; as it was where they show none.
///
/// # Errors
/// When the work is cancelled, `plan-unreadable` or `write-failed`.
pub fn measured(
    spool: Spool,
    folder: &Path,
    survey: &Survey,
    rasters: &mut [RawRaster],
    counts: &mut BTreeMap<Role, LayerCount>,
    report: &mut Report,
) -> Result<Spool, ImportFault> {
    if !rasters.iter().any(roof_points::has_roofs) {
        return Ok(spool);
    }
    let path = folder.join(WAITING);
    let failed = |error: std::io::Error| ImportFault::new("write-failed", path.display(), error);
    let mut waiting = BufWriter::new(File::create(&path).map_err(failed)?);
    let mut places: HashMap<u64, (u64, usize)> = HashMap::new();
    let mut written = 0;
    let mut count = LayerCount::default();
    let mut sites = |bounds: &crate::base::Bounds2| {
        let mut found = Vec::new();
        for numbered in spool.within(bounds)? {
            if let Object::Building(draft) = spool.object(&numbered)? {
                found.extend(Site::of(numbered.number, &draft, bounds));
            }
        }
        Ok(found)
    };
    let mut done = |number: u64, outcome: roof_points::Outcome| {
        let mut bytes = Vec::new();
        objects::put_outcome(&outcome, &mut bytes);
        waiting.write_all(&bytes).map_err(failed)?;
        places.insert(number, (written, bytes.len()));
        written += bytes.len() as u64;
        Ok(())
    };
    survey.roofs(rasters, &mut sites, &mut done, &mut count, report)?;
    waiting.flush().map_err(failed)?;
    drop(waiting);
    if count.read > 0 {
        counts.entry(Role::Surface).or_default().merge(&count);
    }
    let spool = if places.is_empty() { spool } else { joined(spool, folder, &path, &places, report)? };
    std::fs::remove_file(&path).map_err(failed)?;
    Ok(spool)
}

fn joined(
    spool: Spool,
    folder: &Path,
    path: &Path,
    places: &HashMap<u64, (u64, usize)>,
    report: &mut Report,
) -> Result<Spool, ImportFault> {
    let fault = |value: String| ImportFault::new("plan-unreadable", path.display(), value);
    let mut file = File::open(path).map_err(|error| fault(error.to_string()))?;
    spool.rewritten(folder, &mut |number, mut object| {
        if let (Object::Building(draft), Some((at, length))) = (&mut object, places.get(&number)) {
            let mut bytes = vec![0; *length];
            file.seek(SeekFrom::Start(*at)).and_then(|_| file.read_exact(&mut bytes)).map_err(|error| fault(error.to_string()))?;
            let outcome = objects::take_outcome(&mut Bytes::new(&bytes)).ok_or_else(|| fault(format!("#{number}")))?;
            roof_points::give(draft, outcome, report);
        }
        Ok(Some(object))
    })
}
