//! MATPOWER cases: all per unit of `baseMVA` already.

use super::Builder;
use crate::base::Severity;
use crate::energy::grid::{BranchKind, Bus, Complex, LoadKind, Rating, TwoPort, Zip};
use crate::formats::grid::matpower::Document;
use std::collections::{HashMap, HashSet};

/// Bus types.
const HELD: f64 = 2.0;
const REFERENCE: f64 = 3.0;
const ISOLATED: f64 = 4.0;

pub fn map(document: &Document, builder: &mut Builder) {
    for (line, statement) in &document.skipped {
        builder.tell(
            "matpower-statement",
            Severity::Warning,
            format!("line {line}"),
            statement,
        );
    }
    builder.network.base_mva = document.base_mva;
    let cell = |row: &[f64], column: usize| row.get(column - 1).copied().unwrap_or(0.0);
    let mut kinds = HashMap::new();
    let mut of_bus = HashMap::new();
    for row in &document.bus {
        let id = cell(row, 1).to_string();
        // A case may leave voltages out, for all is per unit; then nothing can be said in kA.
        let kv = cell(row, 10);
        let mut bus = Bus::new(&id, if kv > 0.0 { kv } else { 1.0 });
        bus.in_service = cell(row, 2) != ISOLATED;
        let index = builder.bus(bus);
        kinds.insert(index, cell(row, 2));
        of_bus.insert(index, row);
        let name = format!("bus {id}");
        let (p, q) = (cell(row, 3), cell(row, 4));
        if p != 0.0 || q != 0.0 {
            builder.load(&id, LoadKind::Consumption, index, (p, q), Zip::POWER, true);
        }
        // Bs is what the shunt yields at 1 pu.
        let (g, b) = (cell(row, 5), cell(row, 6));
        if g != 0.0 || b != 0.0 {
            builder.shunt(&id, index, g, -b);
        }
        if kv < 0.0 {
            builder.tell("grid-number", Severity::Error, name, kv);
        }
    }
    let mut held = HashSet::new();
    for (number, row) in document.generators.iter().enumerate() {
        let id = (number + 1).to_string();
        let Some(index) = builder.find(&cell(row, 1).to_string(), &format!("gen {id}")) else {
            continue;
        };
        if cell(row, 8) <= 0.0 {
            continue;
        }
        let (p, q, vm) = (cell(row, 2), cell(row, 3), cell(row, 6));
        match kinds.get(&index).copied().unwrap_or(1.0) {
            REFERENCE => {
                // The last generator of a bus sets its voltage, as in MATPOWER.
                let va = of_bus.get(&index).map_or(0.0, |row| cell(row, 9));
                builder.network.sources.retain(|source| source.bus != index);
                builder.source(&id, index, vm, va);
            }
            HELD => {
                held.insert(index);
                for known in &mut builder.network.generators {
                    if known.bus == index {
                        known.vm_pu = vm;
                    }
                }
                builder.generator(&id, index, p, vm);
            }
            _ => builder.load(
                format!("gen {id}"),
                LoadKind::Production,
                index,
                (-p, -q),
                Zip::POWER,
                true,
            ),
        }
    }
    if builder.network.sources.is_empty() {
        reference(document, builder, &kinds, &cell);
    }
    for (number, row) in document.branch.iter().enumerate() {
        let id = (number + 1).to_string();
        let element = format!("branch {id}");
        let ends = (
            builder.find(&cell(row, 1).to_string(), &element),
            builder.find(&cell(row, 2).to_string(), &element),
        );
        let (Some(from), Some(to)) = ends else {
            continue;
        };
        let on = row.get(10).is_none_or(|&status| status > 0.0);
        let (r, x, b) = (cell(row, 3), cell(row, 4), cell(row, 5));
        let tap = cell(row, 9);
        let ratio = if tap == 0.0 { 1.0 } else { tap };
        let shift_rad = cell(row, 10).to_radians();
        let transforms = tap != 0.0 || shift_rad != 0.0 || builder.kv(from) != builder.kv(to);
        let half = Complex::new(0.0, b / 2.0);
        let two_port = (r != 0.0 || x != 0.0)
            .then(|| TwoPort::pi(Complex::new(r, x).inv(), half, half, ratio, shift_rad));
        let limit = cell(row, 6);
        let rating = if limit > 0.0 && limit.is_finite() {
            Rating::Power { mva: limit }
        } else {
            Rating::None
        };
        let kind = if transforms {
            BranchKind::Transformer
        } else {
            BranchKind::Line
        };
        builder.branch(id, kind, (from, to), (on, on), two_port, rating);
    }
    for (number, row) in document.dcline.iter().enumerate() {
        if cell(row, 3) > 0.0 {
            builder.tell(
                "grid-element-unsupported",
                Severity::Error,
                format!("dcline {}", number + 1),
                "mpc.dcline",
            );
        }
    }
}

/// A case whose reference bus has no generator: the bus itself, or the first held one, takes its place.
fn reference(
    document: &Document,
    builder: &mut Builder,
    kinds: &HashMap<usize, f64>,
    cell: &dyn Fn(&[f64], usize) -> f64,
) {
    let bus = document
        .bus
        .iter()
        .enumerate()
        .find(|(index, _)| kinds.get(index) == Some(&REFERENCE));
    if let Some((index, row)) = bus {
        let vm = cell(row, 8);
        builder.source(
            "reference",
            index,
            if vm > 0.0 { vm } else { 1.0 },
            cell(row, 9),
        );
        return;
    }
    if let Some(first) = builder.network.generators.first().cloned() {
        builder.tell(
            "grid-reference-chosen",
            Severity::Warning,
            format!("gen {}", first.id),
            first.bus,
        );
        builder.network.generators.remove(0);
        builder.source(first.id, first.bus, first.vm_pu, 0.0);
    }
}
