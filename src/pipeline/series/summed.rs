//! Sums in place of objects: values go to the surfaces that their objects lie in, and only those are published that tell of nobody.
//!
//! The objects' own arrays are written to the folder of what is on its way, read again step by step, and thrown away.

use super::intake::Taken;
use super::lay::{self, Filled, Laid, Placed, Spec};
use super::places::Surfaces;
use super::tell::Teller;
use super::{KnownIds, publish};
use crate::base::{LayerId, Nature, Severity};
use crate::energy::secrecy::{Cell, Sums, points_below, published};
use crate::pipeline::ImportFault;
use crate::pipeline::sources::declaration::Role;
use crate::view::curve::adds_up;
use std::path::Path;

/// Values of one array of sums: 256 MiB.
const MAX_VALUES: usize = 1 << 26;
/// What the row of the sum of all objects is called, and the end of its series' name.
const TOTAL: &str = "total";

/// How a series is to be summed.
pub struct Rule<'a> {
    pub ids: &'a KnownIds,
    /// The layer of the objects.
    pub role: Role,
    /// The layer of the surfaces.
    pub onto: Role,
    /// Fewest delivery points of a sum.
    pub fewest: u32,
}

/// Whether values are what the law protects, where they stand building by building.
pub fn is_personal(laid: &Laid, nature: Nature) -> bool {
    laid.series.iter().any(|series| super::scaled::is_personal(&series.unit, nature))
}

/// Writes the sums of a series below `folder`: one group by surface, and one of the total.
///
/// # Errors
/// `write-failed`, or that the work was cancelled.
pub fn write(taken: &Taken, spec: &Spec, rule: &Rule, folder: &Path, work: &Path, cancelled: &dyn Fn() -> bool, teller: &mut Teller) -> Result<Laid, ImportFault> {
    let surfaces = rule.ids.places.surfaces(rule.onto);
    if surfaces.ids.is_empty() {
        teller.push("series-areas-missing", Severity::Error, spec.id, rule.onto.id());
        return Ok(Laid::default());
    }
    let fine = work.join("objects");
    let written = lay::fill(taken, spec, &fine, work, cancelled, teller)?.map_or_else(|| Ok(Laid::default()), |filled| sum(&filled, taken, spec, rule, &surfaces, &fine, folder, cancelled, teller));
    // The objects' own values go, whatever came of the sums.
    match std::fs::remove_dir_all(&fine) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(ImportFault::new("write-failed", fine.display(), error)),
        _ => written,
    }
}

#[expect(clippy::too_many_arguments, reason = "what is summed, where it lies, where it goes, and who is told")]
fn sum(
    filled: &Filled,
    taken: &Taken,
    spec: &Spec,
    rule: &Rule,
    surfaces: &Surfaces,
    fine: &Path,
    folder: &Path,
    cancelled: &dyn Fn() -> bool,
    teller: &mut Teller,
) -> Result<Laid, ImportFault> {
    let ids = &surfaces.ids;
    // The first cell is the total; the surfaces come after it in the order of their ids.
    let mut cells = vec![Cell::default()];
    cells.extend(ids.iter().map(|_| Cell { within: Some(0), own_points: 0 }));
    let counted: std::collections::HashMap<&str, u64> = taken.points_of.iter().filter_map(|(row, points)| Some((taken.rows.get(*row as usize)?.as_str(), *points))).collect();
    let mut cell_of = Vec::with_capacity(filled.rows.len());
    let mut members = vec![0_u64; cells.len()];
    for row in &filled.rows {
        let spot = rule.ids.spot(rule.role, spec.by, row);
        let cell = spot.and_then(|spot| surfaces.around(spot.at)).map_or(0, |surface| surface + 1);
        if cell == 0 {
            teller.note("series-outside-areas", Severity::Warning, || row.clone(), || rule.onto.id().to_owned());
        }
        let points = counted.get(row.as_str()).copied().unwrap_or_else(|| spot.map_or(1, |spot| spot.points)).max(1);
        if let (Some(cell), Some(members)) = (cells.get_mut(cell), members.get_mut(cell)) {
            cell.own_points = cell.own_points.saturating_add(points);
            *members += 1;
        }
        cell_of.push(cell);
    }
    let (told, points) = (published(&cells, rule.fewest), points_below(&cells));
    let mut shown: Vec<usize> = Vec::new();
    for (cell, id) in (1..).zip(ids) {
        let (told, points) = (told.get(cell) == Some(&true), points.get(cell).copied().unwrap_or(0));
        match (told, members.get(cell).copied().unwrap_or(0)) {
            (_, 0) => {}
            (true, _) => shown.push(cell),
            (false, _) if points < u64::from(rule.fewest) => teller.note("series-cell-secret", Severity::Info, || (*id).to_owned(), || points.to_string()),
            (false, _) => teller.note("series-cell-withheld", Severity::Info, || (*id).to_owned(), || points.to_string()),
        }
    }
    let names: Vec<String> = shown.iter().filter_map(|cell| ids.get(cell.checked_sub(1)?)).map(|id| (*id).to_owned()).collect();
    teller.push("series-summed", Severity::Info, spec.id, format!("{} → {} / {} × {}", filled.rows.len(), names.len(), rule.onto.id(), ids.len()));
    let mut laid = Laid::default();
    let of_areas = (names, shown, Some(LayerId::from(rule.onto.id())), surfaces.by, spec.id.to_owned(), filled.groups.clone());
    let of_all = {
        let is_told = told.first() == Some(&true);
        let groups = filled.groups.iter().map(|group| format!("{group}-{TOTAL}")).collect();
        (if is_told { vec![TOTAL.to_owned()] } else { Vec::new() }, if is_told { vec![0] } else { Vec::new() }, None, None, format!("{}-{TOTAL}", spec.id), groups)
    };
    for (names, shown, layer, by, id, groups) in [of_areas, of_all] {
        if shown.is_empty() {
            continue;
        }
        let spec = Spec { id: &id, layer, by, is_known: None, told: spec.told, ..*spec };
        let mut placed = Vec::new();
        let mut kept = 0;
        for array in &filled.placed {
            if cancelled() {
                return Err(ImportFault::new("import-cancelled", "", ""));
            }
            let Some(group) = groups.get(array.axis) else { continue };
            if shown.len().saturating_mul(array.layout.steps) > MAX_VALUES {
                teller.push("series-too-large", Severity::Error, spec.id, shown.len() as u64 * array.layout.steps as u64);
                continue;
            }
            let mut sums = array.with_rows(shown.len(), group).map_err(|fault| ImportFault::new("write-failed", folder.display(), fault))?;
            // Every cell's values count in the total, those of unpublished cells too.
            let slot_of: Vec<Option<usize>> = cell_of.iter().map(|cell| if shown == [0] { Some(0) } else { shown.binary_search(cell).ok() }).collect();
            let values = summed(array, &slot_of, shown.len(), fine).map_err(|error| ImportFault::new("write-failed", fine.display(), error))?;
            kept += sums.write_all(&values, folder).map_err(|error| ImportFault::new("write-failed", folder.display(), error))?;
            placed.push(sums);
        }
        if placed.is_empty() {
            continue;
        }
        publish::write_groups(&placed, &filled.axes, &groups, &names, &spec, taken, folder)?;
        let described = publish::described(placed, filled.axes.clone(), &groups, names.clone(), kept, &spec);
        laid.axes.extend(described.axes);
        laid.series.extend(described.series);
        laid.kept += described.kept;
        if laid.rows.is_empty() {
            laid.rows = names;
        }
    }
    Ok(laid)
}

/// Values of sums, row by row; only the objects of one row of chunks and one stretch of steps are in memory.
fn summed(array: &Placed, slot_of: &[Option<usize>], slots: usize, fine: &Path) -> std::io::Result<Vec<f32>> {
    let layout = &array.layout;
    let mut values = vec![f32::NAN; slots * layout.steps];
    for stretch in 0..layout.steps.div_ceil(layout.chunk_steps) {
        let first = stretch * layout.chunk_steps;
        let steps = layout.chunk_steps.min(layout.steps - first);
        let mut sums = Sums::new(slots, steps);
        for strip in 0..layout.rows.div_ceil(layout.chunk_rows) {
            let path = layout.path((strip, stretch));
            let held = match std::fs::read(fine.join(&array.path).join(&path)) {
                Ok(bytes) => layout.values(&path, &bytes).map_err(std::io::Error::other)?,
                // A chunk of nothing but absent values is no file.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
                Err(error) => return Err(error),
            };
            for row in 0..layout.chunk_rows {
                let Some(slot) = slot_of.get(strip * layout.chunk_rows + row).copied().flatten() else { continue };
                let of_row = held.get(row * layout.chunk_steps..row * layout.chunk_steps + steps).unwrap_or_default();
                sums.add(slot, of_row.iter().map(|value| Some(f64::from(*value))));
            }
        }
        let is_sum = adds_up(&array.array.unit);
        for slot in 0..slots {
            let share = if is_sum { 1.0 } else { 1.0 / sums.members(slot).max(1) as f64 };
            for step in 0..steps {
                if let (Some(value), Some(sum)) = (values.get_mut(slot * layout.steps + first + step), sums.value(slot, step)) {
                    *value = (sum * share) as f32;
                }
            }
        }
    }
    Ok(values)
}
