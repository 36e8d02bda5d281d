//! roseau-load-flow's three-phase feeders as their positive sequence.
//!
//! Loads of single phases count with their sum, spread evenly: voltages are those of the balanced feeder, unbalance and the neutral are not computed, and a finding says so.

use super::Builder;
use crate::base::Severity;
use crate::energy::grid::elements::Line;
use crate::energy::grid::{BranchKind, Bus, Complex, LoadKind, Rating, TwoPort, Zip};
use crate::formats::grid::roseau::{
    Document, LineParameters, Load, Pair, Source, TransformerParameters,
};
use crate::geodesy::LonLat;
use std::collections::HashMap;

/// Line-to-line voltage where neither bus, nor transformer, nor source states one, kV.
const ASSUMED_KV: f64 = 0.4;

pub fn map(document: &Document, builder: &mut Builder) {
    if !(4..=5).contains(&document.version) {
        builder.tell(
            "roseau-version",
            Severity::Warning,
            "version",
            document.version,
        );
    }
    let voltages = voltages(document);
    for bus in &document.buses {
        let kv = voltages.get(bus.id.as_str()).copied().unwrap_or_else(|| {
            builder.tell(
                "grid-voltage-assumed",
                Severity::Warning,
                format!("bus {}", bus.id),
                format!("{ASSUMED_KV} kV"),
            );
            ASSUMED_KV
        });
        let mut made = Bus::new(&bus.id, kv);
        made.place = bus
            .lonlat
            .map(|[lon_deg, lat_deg]| LonLat { lon_deg, lat_deg });
        builder.bus(made);
    }
    lines(document, builder);
    transformers(document, builder);
    for switch in &document.switches {
        let element = format!("switch {}", switch.id);
        let from = builder.find(&switch.from, &element);
        let to = builder.find(&switch.to, &element);
        if let (Some(from), Some(to)) = (from, to) {
            let closed = (switch.closed, switch.closed);
            builder.branch(
                &switch.id,
                BranchKind::Switch,
                (from, to),
                closed,
                None,
                Rating::None,
            );
        }
    }
    let mut single = 0_usize;
    for load in &document.loads {
        single += usize::from(
            three_phases(&load.phases) < 3 && load.values.iter().any(|v| *v != [0.0, 0.0]),
        );
        self::load(load, builder);
    }
    if single > 0 {
        builder.tell("grid-phases-balanced", Severity::Info, "loads", single);
    }
    for source in &document.sources {
        self::source(source, builder);
    }
}

/// Line-to-line kV of each bus: stated, from transformers and sources, or that of a neighbour on a line.
fn voltages(document: &Document) -> HashMap<&str, f64> {
    let mut known: HashMap<&str, f64> = HashMap::new();
    for bus in &document.buses {
        if let Some(volts) = bus.nominal_voltage.filter(|volts| *volts > 0.0) {
            known.insert(&bus.id, volts / 1000.0);
        }
    }
    for transformer in &document.transformers {
        let parameters = document
            .transformer_parameters
            .iter()
            .find(|p| p.id == transformer.parameters);
        if let Some(parameters) = parameters.filter(|p| p.uhv > 0.0 && p.ulv > 0.0) {
            known
                .entry(&transformer.high)
                .or_insert(parameters.uhv / 1000.0);
            known
                .entry(&transformer.low)
                .or_insert(parameters.ulv / 1000.0);
        }
    }
    for source in &document.sources {
        if let Some(voltage) = positive_sequence_kv(source)
            .map(|kv| kv.norm())
            .filter(|kv| *kv > 0.0)
        {
            known.entry(&source.bus).or_insert(voltage);
        }
    }
    // Lines and switches carry it on; each round reaches one more bus.
    let ends = document
        .lines
        .iter()
        .map(|line| (line.from.as_str(), line.to.as_str()));
    let ends = ends.chain(
        document
            .switches
            .iter()
            .map(|s| (s.from.as_str(), s.to.as_str())),
    );
    let mut around: HashMap<&str, Vec<&str>> = HashMap::new();
    for (from, to) in ends {
        around.entry(from).or_default().push(to);
        around.entry(to).or_default().push(from);
    }
    let mut stack: Vec<&str> = known.keys().copied().collect();
    while let Some(bus) = stack.pop() {
        let Some(&kv) = known.get(bus) else { continue };
        for &other in around.get(bus).into_iter().flatten() {
            if !known.contains_key(other) {
                known.insert(other, kv);
                stack.push(other);
            }
        }
    }
    known
}

fn three_phases(phases: &str) -> usize {
    phases
        .chars()
        .filter(|phase| matches!(phase, 'a' | 'b' | 'c'))
        .count()
}

/// Mean of the diagonal less mean of the rest, over the phases without the neutral.
fn positive_sequence(matrix: &[Vec<Pair>]) -> Option<Complex> {
    // A neutral is the fourth row; a matrix of two rows is one phase and its neutral, or two phases.
    let phases = matrix.len().min(3);
    if phases == 0 {
        return None;
    }
    let (mut own, mut mutual) = (Complex::new(0.0, 0.0), Complex::new(0.0, 0.0));
    for (i, row) in matrix.iter().take(phases).enumerate() {
        for (j, &[re, im]) in row.iter().take(phases).enumerate() {
            *(if i == j { &mut own } else { &mut mutual }) += Complex::new(re, im);
        }
    }
    let others = (phases * (phases - 1)).max(1);
    Some(own / phases as f64 - mutual / others as f64)
}

fn lines(document: &Document, builder: &mut Builder) {
    let parameters: HashMap<&str, &LineParameters> = document
        .line_parameters
        .iter()
        .map(|parameters| (parameters.id.as_str(), parameters))
        .collect();
    for line in &document.lines {
        let element = format!("line {}", line.id);
        let from = builder.find(&line.from, &element);
        let to = builder.find(&line.to, &element);
        let Some(known) = parameters.get(line.parameters.as_str()) else {
            builder.tell(
                "grid-type-unknown",
                Severity::Error,
                element,
                &line.parameters,
            );
            continue;
        };
        let (Some(z), Some(km)) = (
            positive_sequence(&known.z),
            line.length.filter(|km| *km >= 0.0),
        ) else {
            builder.tell(
                "grid-number",
                Severity::Error,
                element,
                format!("{:?} km", line.length),
            );
            continue;
        };
        let (Some(from), Some(to)) = (from, to) else {
            continue;
        };
        let y = positive_sequence(&known.y).unwrap_or(Complex::new(0.0, 0.0));
        let two_port = Line {
            r_ohm: z.re * km,
            x_ohm: z.im * km,
            g_s: y.re * km,
            b_s: y.im * km,
        }
        .two_port(builder.network.base_ohm(builder.kv(from)));
        // The neutral's own limit is no limit of the phases.
        let phases = known.ampacities.len().min(3);
        let least = known
            .ampacities
            .iter()
            .take(phases)
            .copied()
            .fold(f64::INFINITY, f64::min);
        let rating = if least.is_finite() && least > 0.0 {
            let ka = least / 1000.0 * line.max_loading;
            Rating::Current {
                from_ka: ka,
                to_ka: ka,
            }
        } else {
            Rating::None
        };
        builder.branch(
            &line.id,
            BranchKind::Line,
            (from, to),
            (true, true),
            two_port,
            rating,
        );
    }
}

fn transformers(document: &Document, builder: &mut Builder) {
    for transformer in &document.transformers {
        let element = format!("transformer {}", transformer.id);
        let high = builder.find(&transformer.high, &element);
        let low = builder.find(&transformer.low, &element);
        let known = document
            .transformer_parameters
            .iter()
            .find(|p| p.id == transformer.parameters);
        let Some(known) = known else {
            builder.tell(
                "grid-type-unknown",
                Severity::Error,
                element,
                &transformer.parameters,
            );
            continue;
        };
        let (Some(high), Some(low)) = (high, low) else {
            continue;
        };
        let Some(two_port) = transformer_port(
            known,
            transformer.tap,
            builder.kv(high),
            builder.kv(low),
            builder.network.base_mva,
        ) else {
            builder.tell("grid-transformer", Severity::Error, element, &known.id);
            continue;
        };
        let rating = Rating::Power {
            mva: known.sn / 1e6 * transformer.max_loading,
        };
        builder.branch(
            &transformer.id,
            BranchKind::Transformer,
            (high, low),
            (true, true),
            Some(two_port),
            rating,
        );
    }
}

fn transformer_port(
    known: &TransformerParameters,
    tap: f64,
    high_kv: f64,
    low_kv: f64,
    base_mva: f64,
) -> Option<TwoPort> {
    if !(known.uhv > 0.0 && known.ulv > 0.0 && tap > 0.0) {
        return None;
    }
    let z2 = match (known.z2, known.vsc, known.psc) {
        (Some([re, im]), ..) => Complex::new(re, im),
        (None, Some(vsc), Some(psc)) if known.sn > 0.0 => {
            let size = vsc * known.ulv * known.ulv / known.sn;
            let r = psc * (known.ulv / known.sn).powi(2);
            Complex::new(r, (size * size - r * r).max(0.0).sqrt())
        }
        _ => return None,
    };
    let ym = match (known.ym, known.i0, known.p0) {
        (Some([re, im]), ..) => Complex::new(re, im),
        (None, Some(i0), Some(p0)) => {
            let size = i0 * known.sn / known.uhv.powi(2);
            let g = p0 / known.uhv.powi(2);
            Complex::new(g, -(size * size - g * g).max(0.0).sqrt())
        }
        _ => Complex::new(0.0, 0.0),
    };
    // The clock's hour is what the group's name ends with.
    let digits = known
        .group
        .trim_start_matches(|c: char| !c.is_ascii_digit());
    let hour: f64 = if digits.is_empty() {
        0.0
    } else {
        digits.parse().ok()?
    };
    let ratio = known.uhv / known.ulv / tap / (high_kv / low_kv);
    let z_pu = z2 * (base_mva / (low_kv * low_kv));
    let y_pu = ym * (high_kv * high_kv / base_mva);
    // Magnetisation at the terminals of the high side, outside the ratio.
    let inside = y_pu * (ratio * ratio);
    let none = Complex::new(0.0, 0.0);
    let port = TwoPort::pi(z_pu.inv(), inside, none, ratio, (30.0 * hour).to_radians());
    port.is_finite().then_some(port)
}

fn load(load: &Load, builder: &mut Builder) {
    let element = format!("load {}", load.id);
    let Some(bus) = builder.find(&load.bus, &element) else {
        return;
    };
    if load.flexible {
        builder.tell(
            "grid-element-unsupported",
            Severity::Warning,
            &element,
            "flexible_params",
        );
    }
    let kv = builder.kv(bus);
    // Between a phase and neutral, or between two phases.
    let to_neutral = load.phases.contains('n') || load.phases.len() == 3;
    let volts = if to_neutral {
        kv * 1000.0 / 3.0_f64.sqrt()
    } else {
        kv * 1000.0
    };
    let sum = |power: &dyn Fn(Complex) -> Complex| -> Complex {
        load.values
            .iter()
            .map(|&[re, im]| power(Complex::new(re, im)))
            .sum()
    };
    let (va, zip) = match load.kind.as_str() {
        "power" => (sum(&|s| s), Zip::POWER),
        // At nominal voltage; a current's angle counts from its own voltage only where phases are told apart, so its size and the sign of its angle are kept.
        "current" => (sum(&|i| i.conj() * volts), Zip::current()),
        "impedance" => (sum(&|z| (z.inv() * volts * volts).conj()), Zip::impedance()),
        other => {
            builder.tell("grid-element-unsupported", Severity::Error, element, other);
            return;
        }
    };
    if !(va.re.is_finite() && va.im.is_finite()) {
        builder.tell("grid-number", Severity::Error, element, "∞");
        return;
    }
    // Production is a consumption below zero, and its name says so.
    let kind = if load.id.contains("_production") || va.re < 0.0 {
        LoadKind::Production
    } else {
        LoadKind::Consumption
    };
    builder.load(&load.id, kind, bus, (va.re / 1e6, va.im / 1e6), zip, true);
}

/// Line-to-line voltage of a source's positive sequence, kV, at the angle of phase a to neutral.
fn positive_sequence_kv(source: &Source) -> Option<Complex> {
    let turn = Complex::from_polar(1.0, 120.0_f64.to_radians());
    let mut voltages = source.voltages.iter().map(|&[re, im]| Complex::new(re, im));
    let first = voltages.next()?;
    let mean = match (voltages.next(), voltages.next()) {
        (Some(second), Some(third)) => (first + turn * second + turn * turn * third) / 3.0,
        _ => first,
    };
    let root = 3.0_f64.sqrt();
    Some(if source.phases.contains('n') {
        mean * root / 1000.0
    } else {
        // Between phases a and b, 30° before phase a.
        mean * Complex::from_polar(1.0, -30.0_f64.to_radians()) / 1000.0
    })
}

fn source(source: &Source, builder: &mut Builder) {
    let element = format!("source {}", source.id);
    let Some(bus) = builder.find(&source.bus, &element) else {
        return;
    };
    match positive_sequence_kv(source).filter(|kv| kv.norm() > 0.0) {
        Some(kv) => {
            let angle = kv.arg().to_degrees();
            // A degree of 1e-14 is the rounding of √3 in the file.
            let angle = if angle.abs() < 1e-9 { 0.0 } else { angle };
            builder.source(&source.id, bus, kv.norm() / builder.kv(bus), angle);
        }
        None => builder.tell("grid-number", Severity::Error, element, "voltages"),
    }
}
