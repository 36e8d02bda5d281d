//! Values from disk to Zarr arrays, part by part: each part of the arrays fits in memory, whatever the whole is.

use super::axis::{self, Told};
use super::intake::{Order, Slot, Taken};
use super::publish;
use super::spool::{Point, Points, Writer};
use super::spread::Spread;
use super::tell::Teller;
use crate::base::{Dataset, Instant, LayerId, Nature, Severity};
use crate::formats::Fault;
use crate::formats::series::unit::Unit;
use crate::formats::territory::{Axis, AxisUnit, Interpolation, Series};
use crate::formats::zarr::Layout;
use crate::pipeline::ImportFault;
use crate::pipeline::sources::declaration::id_from;
use std::collections::BTreeSet;
use std::path::Path;

/// Values of one chunk: a mebibyte.
const CHUNK_VALUES: usize = 1 << 18;
/// Rows of one chunk, where there are so many.
const CHUNK_ROWS: usize = 256;
/// Values that are laid out in memory at once.
pub const PART_VALUES: usize = 1 << 24;
/// Values of all arrays of one series.
const MAX_VALUES: u64 = 1 << 31;
/// Nothing yet.
const EMPTY: u32 = u32::MAX;

/// What is said of a series beside its values.
pub struct Spec<'a> {
    pub id: &'a str,
    /// Folder of all series in the territory.
    pub group: &'a str,
    pub dataset: &'a Dataset,
    pub nature: Nature,
    pub layer: Option<LayerId>,
    pub by: Option<&'a str>,
    pub interpolation: Option<Interpolation>,
    pub typical_year: bool,
    pub told: Told,
    /// Values that are laid out in memory at once, usually [`PART_VALUES`].
    pub part_values: usize,
    /// Whether a row is one of the layer's objects; rows that are not are left out.
    pub is_known: Option<&'a dyn Fn(&str) -> bool>,
}

impl Placed {
    /// The same quantity of other rows, all of whose chunks are in memory together.
    ///
    /// # Errors
    /// `zarr-shape`.
    pub fn with_rows(&self, rows: usize, group: &str) -> Result<Self, Fault> {
        let steps = self.layout.steps;
        let chunk_rows = rows.min(CHUNK_ROWS).min((PART_VALUES / steps.max(1)).max(1));
        let layout = Layout::new(rows, steps, chunk_rows, (CHUNK_VALUES / chunk_rows.max(1)).max(1))?;
        let array = Array { quantity: self.array.quantity.clone(), unit: self.array.unit.clone(), lane: self.array.lane, apart: self.array.apart };
        Ok(Self { array, axis: self.axis, layout, strips: Vec::new(), path: format!("{group}/{}", self.name), name: self.name.clone(), absent: 0, spread: Spread::default() })
    }

    /// Writes all values of it, row by row; gives how many there are.
    ///
    /// # Errors
    /// What the system says.
    pub fn write_all(&mut self, held: &[f32], folder: &Path) -> std::io::Result<u64> {
        let steps = self.layout.steps;
        self.spread.add(0, steps, held);
        for strip in 0..self.layout.rows.div_ceil(self.layout.chunk_rows) {
            let from = strip * self.layout.chunk_rows * steps;
            write_strip(self, strip, held.get(from..).unwrap_or_default(), folder)?;
        }
        let known = held.iter().filter(|value| !value.is_nan()).count() as u64;
        self.absent = held.len() as u64 - known;
        Ok(known)
    }
}

/// What was written.
#[derive(Default)]
pub struct Laid {
    pub axes: Vec<Axis>,
    pub series: Vec<Series>,
    /// Names of the rows, the same for all arrays.
    pub rows: Vec<String>,
    /// Values that stand in the arrays.
    pub kept: u64,
}

/// A quantity as it is written: several slots may convert to it.
pub struct Array {
    pub quantity: String,
    pub unit: String,
    lane: usize,
    /// As of its slots.
    apart: usize,
}

/// Where an array lies.
pub struct Placed {
    pub array: Array,
    /// Place in the list of axes.
    pub axis: usize,
    pub layout: Layout,
    /// Part and first value of each row of chunks.
    strips: Vec<(usize, usize)>,
    /// Relative to the folder.
    pub path: String,
    pub name: String,
    absent: u64,
    pub spread: Spread,
}

/// Lays a series out below `folder`.
///
/// # Errors
/// `write-failed`, or that the work was cancelled.
pub fn lay(taken: &Taken, spec: &Spec, folder: &Path, work: &Path, cancelled: &dyn Fn() -> bool, teller: &mut Teller) -> Result<Laid, ImportFault> {
    let Some(Filled { placed, axes, groups, rows, kept }) = fill(taken, spec, folder, work, cancelled, teller)? else { return Ok(Laid::default()) };
    publish::write_groups(&placed, &axes, &groups, &rows, spec, taken, folder)?;
    Ok(publish::described(placed, axes, &groups, rows, kept, spec))
}

/// Arrays whose chunks are written, and nothing around them yet.
pub struct Filled {
    pub placed: Vec<Placed>,
    pub axes: Axes,
    pub groups: Vec<String>,
    pub rows: Vec<String>,
    pub kept: u64,
}

/// Writes the chunks of a series below `folder`; nothing where it has no value.
///
/// # Errors
/// As [`lay`].
pub fn fill(taken: &Taken, spec: &Spec, folder: &Path, work: &Path, cancelled: &dyn Fn() -> bool, teller: &mut Teller) -> Result<Option<Filled>, ImportFault> {
    let failed = |error: std::io::Error| ImportFault::new("write-failed", folder.display(), error);
    let (rows, row_at) = rows(taken, spec, teller);
    let (arrays, array_of) = arrays(&taken.slots);
    let Some(axes) = axes(taken, spec, teller) else { return Ok(None) };
    if rows.is_empty() || arrays.is_empty() || axes.is_empty() {
        teller.push("series-empty", Severity::Warning, spec.id, "");
        return Ok(None);
    }
    let values: u64 = arrays.iter().filter_map(|array| axes.of_lane(array.lane)).map(|axis| axes.steps(axis).saturating_mul(rows.len() as u64)).sum();
    if values > MAX_VALUES {
        teller.push("series-too-large", Severity::Error, spec.id, values);
        return Ok(None);
    }
    let groups = group_names(spec, &axes.found);
    let Some((mut placed, parts)) = place(arrays, &axes, rows.len(), &groups, spec.part_values, teller) else { return Ok(None) };
    let mut laying = Laying { taken, axes: &axes, row_at: &row_at, array_of: &array_of, told: &spec.told, teller };
    let mut kept = 0;
    let mut rounds = laying.part(&placed, parts, work).map_err(failed)?;
    for (part, points) in rounds.iter_mut().enumerate() {
        if cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        kept += laying.fill(part, points.as_ref().unwrap_or(&taken.points), &mut placed, folder).map_err(failed)?;
        // What is done needs no room on the disk.
        *points = None;
    }
    for array in &placed {
        if array.absent > 0 {
            let total = array.layout.rows as u64 * array.layout.steps as u64;
            teller.push("series-steps-absent", Severity::Info, &array.name, format!("{} / {total}", array.absent));
        }
    }
    Ok(Some(Filled { placed, axes, groups, rows, kept }))
}

/// Names of rows in the order of the arrays, and the place of each row as it was first met.
fn rows(taken: &Taken, spec: &Spec, teller: &mut Teller) -> (Vec<String>, Vec<u32>) {
    let mut order: Vec<(usize, &String)> = taken.rows.iter().enumerate().collect();
    order.sort_by(|a, b| a.1.cmp(b.1));
    let mut names = Vec::with_capacity(order.len());
    let mut places = vec![EMPTY; taken.rows.len()];
    for (met, name) in order {
        if spec.is_known.is_some_and(|is_known| !is_known(name)) {
            teller.push("series-id-unknown", Severity::Warning, name, spec.layer.as_ref().map_or("", LayerId::as_str));
            continue;
        }
        if let Some(place) = places.get_mut(met) {
            *place = names.len() as u32;
        }
        names.push(name.clone());
    }
    (names, places)
}

/// Slots of one quantity whose units convert are one array, in the unit that most of its values have.
fn arrays(slots: &[Slot]) -> (Vec<Array>, Vec<Option<(usize, f64)>>) {
    let mut order: Vec<&Slot> = slots.iter().filter(|slot| slot.count > 0).collect();
    order.sort_by(|a, b| (&a.quantity, std::cmp::Reverse(a.count), &a.unit).cmp(&(&b.quantity, std::cmp::Reverse(b.count), &b.unit)));
    let mut arrays: Vec<Array> = Vec::new();
    for slot in order {
        if !arrays.iter().any(|array| factor(slot, array).is_some()) {
            arrays.push(Array { quantity: slot.quantity.clone(), unit: slot.unit.clone(), lane: slot.lane, apart: slot.apart });
        }
    }
    let places = slots
        .iter()
        .map(|slot| arrays.iter().enumerate().find_map(|(at, array)| Some((at, factor(slot, array)?))))
        .collect();
    (arrays, places)
}

fn factor(slot: &Slot, array: &Array) -> Option<f64> {
    if slot.quantity != array.quantity || slot.apart != array.apart {
        return None;
    }
    if slot.unit == array.unit {
        return Some(1.0);
    }
    Unit::parse(&slot.unit)?.factor_to(Unit::parse(&array.unit)?)
}

/// The axes of a series, those of equal steps as one.
#[derive(Clone)]
pub struct Axes {
    pub found: Vec<axis::Found>,
    of_lane: Vec<Option<usize>>,
}

impl Axes {
    fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    fn of_lane(&self, lane: usize) -> Option<usize> {
        self.of_lane.get(lane).copied().flatten()
    }

    fn steps(&self, axis: usize) -> u64 {
        self.found.get(axis).map_or(0, |found| found.steps)
    }
}

fn axes(taken: &Taken, spec: &Spec, teller: &mut Teller) -> Option<Axes> {
    let told = Told { ends: taken.ends, ..spec.told };
    let mut axes = Axes { found: Vec::new(), of_lane: Vec::new() };
    for lane in &taken.lanes {
        let found = match axis::of(lane, &told, taken.clock) {
            Ok(found) => found,
            Err(None) => {
                axes.of_lane.push(None);
                continue;
            }
            Err(Some(steps)) => {
                teller.push("series-too-long", Severity::Error, spec.id, steps);
                axes.of_lane.push(None);
                continue;
            }
        };
        if found.irregular {
            teller.push("series-irregular", Severity::Info, spec.id, format!("{} s", found.axis.step));
        }
        let known = axes.found.iter_mut().position(|known| known.joins(&found));
        axes.of_lane.push(Some(known.unwrap_or(axes.found.len())));
        match known.and_then(|at| axes.found.get_mut(at)) {
            Some(known) => known.join(&found),
            None => axes.found.push(found),
        }
    }
    (!axes.found.is_empty()).then_some(axes).or_else(|| {
        teller.push("series-empty", Severity::Warning, spec.id, "");
        None
    })
}

/// A Zarr group for each axis: its folder's name.
fn group_names(spec: &Spec, axes: &[axis::Found]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for found in axes {
        let mut name = if axes.len() == 1 { spec.id.to_owned() } else { format!("{}-{}", spec.id, step_name(&found.axis)) };
        while names.contains(&name) {
            name.push_str("-2");
        }
        names.push(name);
    }
    names
}

/// `1800s`, `month`.
fn step_name(axis: &Axis) -> String {
    match axis.calendar.as_ref().map(|calendar| calendar.unit) {
        Some(AxisUnit::Calendar(unit)) => format!("{unit:?}").to_lowercase(),
        None | Some(AxisUnit::Clock) => format!("{}s", axis.step),
    }
}

/// Where each array lies, and how many parts there are.
fn place(arrays: Vec<Array>, axes: &Axes, rows: usize, groups: &[String], part_values: usize, teller: &mut Teller) -> Option<(Vec<Placed>, usize)> {
    let (mut part, mut used) = (0, 0_usize);
    let mut names: BTreeSet<(usize, String)> = BTreeSet::new();
    let mut placed = Vec::new();
    for array in arrays {
        let Some(axis) = axes.of_lane(array.lane) else { continue };
        let steps = usize::try_from(axes.steps(axis)).ok()?;
        // No row of chunks is larger than a part.
        let chunk_rows = rows.min(CHUNK_ROWS).min((PART_VALUES / steps.max(1)).max(1));
        let layout = match Layout::new(rows, steps, chunk_rows, (CHUNK_VALUES / chunk_rows).max(1)) {
            Ok(layout) => layout,
            Err(fault) => {
                teller.push("series-too-large", Severity::Error, &array.quantity, fault);
                continue;
            }
        };
        let mut strips = Vec::new();
        for strip in 0..rows.div_ceil(layout.chunk_rows) {
            let values = layout.chunk_rows.min(rows - strip * layout.chunk_rows) * steps;
            if used > 0 && used + values > part_values {
                (part, used) = (part + 1, 0);
            }
            strips.push((part, used));
            used += values;
        }
        let mut name = if array.quantity.trim().is_empty() { "value".to_owned() } else { id_from(&array.quantity) };
        while ["feature", "time"].contains(&name.as_str()) || !names.insert((axis, name.clone())) {
            name.push_str("-2");
        }
        let path = format!("{}/{name}", groups.get(axis)?);
        placed.push(Placed { array, axis, layout, strips, path, name, absent: 0, spread: Spread::default() });
    }
    (!placed.is_empty()).then_some((placed, part + 1))
}

struct Laying<'a> {
    taken: &'a Taken,
    axes: &'a Axes,
    row_at: &'a [u32],
    array_of: &'a [Option<(usize, f64)>],
    told: &'a Told,
    teller: &'a mut Teller,
}

/// A point in its array.
struct Spot {
    array: usize,
    row: usize,
    step: usize,
    /// Among the stamps of its step.
    rank: u32,
    value: f32,
}

/// Why a point is in no array.
enum Nowhere {
    /// Said before: its object is not there, its quantity has no array.
    Said,
    /// Its stamp names a month or a year where the others go further down.
    Coarse,
    Undecided,
    Outside,
    TooLarge,
}

impl Laying<'_> {
    fn spot(&self, point: &Point) -> Result<Spot, Nowhere> {
        let row = self.row_at.get(point.row as usize).copied().filter(|row| *row != EMPTY).ok_or(Nowhere::Said)?;
        let slot = self.taken.moved.slot(point.row, point.slot, point.at);
        let (array, factor) = self.array_of.get(usize::from(slot)).copied().flatten().ok_or(Nowhere::Said)?;
        let lane = self.taken.slots.get(usize::from(slot)).map_or(0, |slot| slot.lane);
        let found = self.axes.of_lane(lane).and_then(|axis| self.axes.found.get(axis)).ok_or(Nowhere::Said)?;
        if self.taken.lanes.get(lane).is_some_and(|stamps| stamps.is_coarse(point.precision)) {
            return Err(Nowhere::Coarse);
        }
        let at = self.at(point).ok_or(Nowhere::Undecided)?;
        let (step, rank) = found.place(at).ok_or(Nowhere::Outside)?;
        let value = (point.value * factor) as f32;
        if !value.is_finite() {
            return Err(Nowhere::TooLarge);
        }
        Ok(Spot { array, row: row as usize, step: usize::try_from(step).map_err(|_| Nowhere::Outside)?, rank, value })
    }

    /// The instant of a point; of an hour that the clock shows twice the order of the rows tells which.
    fn at(&self, point: &Point) -> Option<i64> {
        if point.met == 0 {
            return Some(point.at);
        }
        let double = self.taken.doubles.get(&(point.among, point.at))?;
        match (double.met, self.taken.order) {
            (1, _) => Some(point.at),
            (_, Order::Mixed) => None,
            (_, Order::Rising) => Some(if point.met == 1 { point.at } else { double.second }),
            (_, Order::Falling) => Some(if point.met == 1 { double.second } else { point.at }),
        }
    }

    /// Points by part; `None` where there is one part and it holds all.
    fn part(&mut self, placed: &[Placed], parts: usize, work: &Path) -> std::io::Result<Vec<Option<Points>>> {
        if parts == 1 {
            return Ok(vec![None]);
        }
        let mut writers = (0..parts).map(|part| Writer::create(&work.join(format!("part-{part}")))).collect::<std::io::Result<Vec<Writer>>>()?;
        self.taken.points.each(&mut |point| {
            let strip = self.spot(&point).ok().and_then(|spot| {
                let array = placed.get(spot.array)?;
                array.strips.get(spot.row / array.layout.chunk_rows)
            });
            // What is nowhere goes to the first part, which says so.
            let (part, _) = strip.copied().unwrap_or((0, 0));
            writers.get_mut(part).map_or(Ok(()), |writer| writer.add(&point))
        })?;
        writers.into_iter().map(|writer| writer.finish().map(Some)).collect()
    }

    /// Fills a part and writes its chunks; gives how many values it holds.
    fn fill(&mut self, part: usize, points: &Points, placed: &mut [Placed], folder: &Path) -> std::io::Result<u64> {
        let strips = |array: &Placed| -> Vec<(usize, usize)> {
            array.strips.iter().enumerate().filter(|(_, (known, _))| *known == part).map(|(strip, (_, first))| (strip, *first)).collect()
        };
        let size = placed.iter().flat_map(|array| strips(array).into_iter().map(|(strip, first)| first + height(&array.layout, strip) * array.layout.steps)).max().unwrap_or(0);
        let (mut values, mut into) = (vec![f32::NAN; size], vec![EMPTY; size]);
        points.each(&mut |point| {
            match self.spot(&point) {
                Ok(spot) => self.set(&spot, &point, part, placed, &mut values, &mut into),
                Err(why) => self.nowhere(&why, &point),
            }
            Ok(())
        })?;
        let mut kept = 0;
        for array in placed.iter_mut() {
            for (strip, first) in strips(array) {
                let held = values.get(first..first + height(&array.layout, strip) * array.layout.steps).unwrap_or_default();
                let known = held.iter().filter(|value| !value.is_nan()).count() as u64;
                kept += known;
                array.absent += held.len() as u64 - known;
                array.spread.add(strip * array.layout.chunk_rows, array.layout.steps, held);
                write_strip(array, strip, held, folder)?;
            }
        }
        Ok(kept)
    }

    fn set(&mut self, spot: &Spot, point: &Point, part: usize, placed: &[Placed], values: &mut [f32], into: &mut [u32]) {
        let Some(array) = placed.get(spot.array) else { return };
        let strip = spot.row / array.layout.chunk_rows;
        let Some((known, first)) = array.strips.get(strip).copied() else { return };
        if known != part {
            return;
        }
        let at = first + (spot.row - strip * array.layout.chunk_rows) * array.layout.steps + spot.step;
        let (Some(value), Some(since)) = (values.get_mut(at), into.get_mut(at)) else { return };
        if point.met > 0 {
            self.double(point);
        }
        let place = || format!("#{} {} {}", point.number, self.taken.rows.get(point.row as usize).map_or("", String::as_str), Instant(point.at));
        let off_s = self.axes.found.get(array.axis).map_or(0, |found| found.off_by_s(spot.rank));
        if off_s != 0 {
            self.teller.note("series-stamp-off-grid", Severity::Info, place, || format!("{off_s} s"));
        }
        match *since {
            EMPTY => (*value, *since) = (spot.value, spot.rank),
            // Of several stamps in one step the first counts, whatever the order of the rows, before those that miss their mark.
            known if known > spot.rank => {
                self.teller.note("series-step-several", Severity::Warning, place, String::new);
                (*value, *since) = (spot.value, spot.rank);
            }
            known if known < spot.rank => self.teller.note("series-step-several", Severity::Warning, place, String::new),
            _ if value.to_bits() == spot.value.to_bits() => self.teller.note("series-stamp-duplicate", Severity::Info, place, || spot.value.to_string()),
            // Nothing tells which is right; a third value does not either.
            _ => {
                self.teller.note("series-stamp-conflict", Severity::Warning, place, || if value.is_nan() { spot.value.to_string() } else { format!("{value} ≠ {}", spot.value) });
                *value = f32::NAN;
            }
        }
    }

    /// Says how an hour that the clock shows twice was read.
    fn double(&mut self, point: &Point) {
        let met = self.taken.doubles.get(&(point.among, point.at)).map_or(0, |double| double.met);
        let place = || format!("#{} {}", point.number, self.taken.rows.get(point.row as usize).map_or("", String::as_str));
        let code = if met == 1 { "series-hour-ambiguous" } else { "series-hour-twice" };
        let severity = if met == 1 { Severity::Warning } else { Severity::Info };
        self.teller.note(code, severity, place, || Instant(point.at).to_string());
    }

    fn nowhere(&mut self, why: &Nowhere, point: &Point) {
        let place = || format!("#{} {}", point.number, self.taken.rows.get(point.row as usize).map_or("", String::as_str));
        let (code, severity, value) = match why {
            Nowhere::Said => return,
            Nowhere::Coarse => ("series-stamp-unreadable", Severity::Warning, Instant(point.at).to_string()),
            Nowhere::Undecided => ("series-hour-undecided", Severity::Warning, Instant(point.at).to_string()),
            Nowhere::Outside if self.told.start.is_some() || self.told.end.is_some() => ("series-longer-than-declared", Severity::Warning, Instant(point.at).to_string()),
            Nowhere::Outside => ("series-stamp-astray", Severity::Warning, Instant(point.at).to_string()),
            Nowhere::TooLarge => ("series-value-not-finite", Severity::Warning, point.value.to_string()),
        };
        self.teller.note(code, severity, place, || value);
    }
}

/// Rows of a row of chunks that lie inside the array.
fn height(layout: &Layout, strip: usize) -> usize {
    layout.chunk_rows.min(layout.rows.saturating_sub(strip * layout.chunk_rows))
}

fn write_strip(array: &mut Placed, strip: usize, held: &[f32], folder: &Path) -> std::io::Result<()> {
    let first_row = strip * array.layout.chunk_rows;
    let steps = array.layout.steps;
    for at in (0..steps.div_ceil(array.layout.chunk_steps)).map(|step| (strip, step)) {
        let (bytes, known) = array.layout.chunk(at, &mut |row, step| held.get((row - first_row) * steps + step).copied().unwrap_or(f32::NAN));
        if known {
            let path = folder.join(&array.path).join(array.layout.path(at));
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, bytes)?;
        } else if let Some(empty) = &mut array.layout.empty {
            empty.insert(at);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Clock, Report};
    use crate::base::DatasetId;
    use crate::formats::series::stamp::Precision;
    use crate::pipeline::series::axis::Stamps;

    /// 600 objects of 300 hours, in no order, with holes.
    fn taken(folder: &Path) -> Taken {
        let mut writer = Writer::create(&folder.join("points")).unwrap();
        let mut stamps = Stamps::default();
        stamps.admit(1, 0);
        for hour in 0..300 {
            stamps.add(3600 * hour, Precision::Time);
            stamps.look(1, 0, 3600 * hour);
        }
        for point in 0..180_000_u32 {
            let point = (u64::from(point) * 77_777 % 180_000) as u32;
            let (row, hour) = (point % 600, point / 600);
            if (row * 7 + hour) % 5 != 0 {
                let value = f64::from(point) / 8.0;
                writer.add(&Point { row, slot: 0, at: 3600 * i64::from(hour), value, number: point, precision: Precision::Time, met: 0, among: 0 }).unwrap();
            }
        }
        Taken {
            points: writer.finish().unwrap(),
            rows: (0..600).map(|row| format!("{:03}", 599 - row)).collect(),
            slots: vec![Slot { quantity: "a".to_owned(), unit: "kWh".to_owned(), lane: 0, apart: 0, count: 1 }],
            moved: Default::default(),
            lanes: vec![stamps],
            doubles: Default::default(),
            order: Order::Mixed,
            clock: Clock::Hours(0),
            ends: false,
            read: 0,
            points_of: Default::default(),
        }
    }

    #[test]
    fn many_parts_are_the_bytes_of_one() {
        let folder = tempfile::tempdir().unwrap();
        let dataset = Dataset {
            id: DatasetId::from("d"),
            title: String::new(),
            producer: String::new(),
            licence: String::new(),
            date: String::new(),
            attribution: String::new(),
            nature: Nature::Measured,
        };
        let lay_in = |name: &str, part_values: usize| {
            let spec = Spec {
                id: "s",
                group: "timeseries",
                dataset: &dataset,
                nature: Nature::Measured,
                layer: None,
                by: None,
                interpolation: None,
                typical_year: false,
                told: Told::default(),
                part_values,
                is_known: None,
            };
            let out = folder.path().join(name);
            let mut teller = Teller::new("s.csv");
            let laid = lay(&taken(folder.path()), &spec, &out, &folder.path().join("work"), &|| false, &mut teller).unwrap();
            let mut report = Report::default();
            teller.finish(&mut report);
            let chunk = |path: &str| std::fs::read(out.join("s/a").join(path)).unwrap();
            (laid.kept, report.count("series-steps-absent"), [chunk("c/0/0"), chunk("c/1/0"), chunk("c/2/0"), chunk("zarr.json")])
        };
        let one = lay_in("one", PART_VALUES);
        assert_eq!(one.0, 144_000);
        assert_eq!(lay_in("three", 80_000), one);
        assert!(std::fs::read_dir(folder.path().join("work")).unwrap().next().is_none(), "parts go away");
        // Row 0 is the object met last; its first hour is there, the fifth hour is not.
        let values: Vec<f32> = one.2[0].chunks(4).map(|four| f32::from_le_bytes(four.try_into().unwrap())).collect();
        let expect = |row: u32, hour: u32| if (row * 7 + hour) % 5 == 0 { None } else { Some((hour * 600 + row) as f32 / 8.0) };
        for hour in 0..300 {
            assert_eq!(Some(values[hour as usize]).filter(|value| !value.is_nan()), expect(599, hour));
        }
    }
}
