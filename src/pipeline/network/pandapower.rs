//! pandapower's tables, as its `runpp` understands them with `calculate_voltage_angles=True`.

use super::{Builder, pandapower_transformers};
use crate::base::Severity;
use crate::energy::grid::elements::Line;
use crate::energy::grid::topology::Topology;
use crate::energy::grid::{BranchKind, Bus, Complex, LoadKind, Rating, TwoPort, Zip};
use crate::formats::grid::pandapower::Document;
use crate::formats::grid::{Row, Table, table};
use crate::geodesy::LonLat;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// Element tables that change a flow and are not mapped.
const UNSUPPORTED: [&str; 12] = [
    "svc",
    "ssc",
    "tcsc",
    "vsc",
    "vsc_stacked",
    "vsc_bipolar",
    "line_dc",
    "load_dc",
    "source_dc",
    "bus_dc",
    "b2b_vsc",
    "bi_vsc",
];
/// Resistance over reactance of a switch that has an impedance; pandapower's default.
const SWITCH_RX: f64 = 2.0;

pub fn map(document: &Document, builder: &mut Builder) {
    if !(document.sn_mva > 0.0) {
        builder.tell("grid-number", Severity::Error, "sn_mva", document.sn_mva);
        return;
    }
    builder.network.base_mva = document.sn_mva;
    buses(document, builder);
    let open = OpenEnds::of(document);
    lines(document, builder, &open);
    for row in rows(document, "trafo") {
        pandapower_transformers::two_windings(document, &row, builder, &open);
    }
    for row in rows(document, "trafo3w") {
        pandapower_transformers::three_windings(document, &row, builder, &open);
    }
    switches(document, builder);
    impedances(document, builder);
    loads(document, builder);
    shunts(document, builder);
    sources(document, builder);
    shared_shares(document, builder);
    for name in UNSUPPORTED {
        for row in rows(document, name).filter(in_service) {
            let object = format!("{name} {}", row.index);
            builder.tell("grid-element-unsupported", Severity::Error, object, name);
        }
    }
}

pub(super) fn rows<'a>(document: &'a Document, name: &str) -> impl Iterator<Item = Row<'a>> {
    document.table(name).into_iter().flat_map(Table::rows)
}

pub(super) fn in_service(row: &Row) -> bool {
    row.flag_or("in_service", true)
}

/// The bus of a column, or a finding.
pub(super) fn bus_of(builder: &mut Builder, row: &Row, table: &str, column: &str) -> Option<usize> {
    let named = row
        .integer(column)
        .map_or("–".to_owned(), |bus| bus.to_string());
    builder.find(&named, &format!("{table} {}", row.index))
}

/// A number that must be there, or a finding.
pub(super) fn needed(builder: &mut Builder, row: &Row, table: &str, column: &str) -> Option<f64> {
    let number = row.number(column);
    if number.is_none() {
        let value = row
            .value(column)
            .map_or("–".to_owned(), ToString::to_string);
        let object = format!("{table} {}, {column}", row.index);
        builder.tell("grid-number", Severity::Error, object, value);
    }
    number
}

/// Ends of lines and transformers that an open switch cuts off.
pub(super) struct OpenEnds(HashSet<(char, i64, i64)>);

impl OpenEnds {
    fn of(document: &Document) -> Self {
        let mut ends = HashSet::new();
        for row in rows(document, "switch") {
            let kind = match row.text("et") {
                Some("l") => 'l',
                Some("t") => 't',
                Some("t3") => '3',
                _ => continue,
            };
            if !row.flag_or("closed", true)
                && let (Some(element), Some(bus)) = (row.integer("element"), row.integer("bus"))
            {
                ends.insert((kind, element, bus));
            }
        }
        Self(ends)
    }

    pub(super) fn closed(&self, kind: char, row: &Row, column: &str) -> bool {
        let bus = row.integer(column).unwrap_or(-1);
        !self.0.contains(&(kind, row.index, bus))
    }
}

fn buses(document: &Document, builder: &mut Builder) {
    // Before version 3 places stood in a table of their own.
    let old: std::collections::HashMap<i64, [f64; 2]> = rows(document, "bus_geodata")
        .filter_map(|row| Some((row.index, [row.number("x")?, row.number("y")?])))
        .collect();
    for row in rows(document, "bus") {
        let kv = needed(builder, &row, "bus", "vn_kv").unwrap_or(1.0);
        let mut bus = Bus::new(row.index.to_string(), kv);
        if !(kv > 0.0) {
            builder.tell(
                "grid-number",
                Severity::Error,
                format!("bus {}, vn_kv", row.index),
                kv,
            );
            bus.nominal_kv = 1.0;
        }
        bus.in_service = in_service(&row);
        let point = row
            .text("geo")
            .and_then(point)
            .or_else(|| old.get(&row.index).copied());
        // Plan coordinates of drawn test networks are no places on Earth; only what could be one is kept.
        bus.place = point
            .filter(|[lon, lat]| lon.abs() <= 180.0 && lat.abs() <= 90.0)
            .map(|[lon_deg, lat_deg]| LonLat { lon_deg, lat_deg });
        builder.bus(bus);
    }
}

fn point(geojson: &str) -> Option<[f64; 2]> {
    let value: Value = serde_json::from_str(geojson).ok()?;
    match value.get("coordinates")?.as_array()?.as_slice() {
        [lon, lat, ..] => Some([table::number(lon)?, table::number(lat)?]),
        _ => None,
    }
}

fn lines(document: &Document, builder: &mut Builder, open: &OpenEnds) {
    for row in rows(document, "line") {
        let from = bus_of(builder, &row, "line", "from_bus");
        let to = bus_of(builder, &row, "line", "to_bus");
        let stated = ["length_km", "r_ohm_per_km", "x_ohm_per_km"]
            .map(|column| needed(builder, &row, "line", column));
        let (Some(from), Some(to), [Some(km), Some(r), Some(x)]) = (from, to, stated) else {
            continue;
        };
        let parallel = row.number_or("parallel", 1.0).max(1.0);
        let omega = 2.0 * std::f64::consts::PI * document.f_hz;
        let line = Line {
            r_ohm: r * km / parallel,
            x_ohm: x * km / parallel,
            g_s: row.number_or("g_us_per_km", 0.0) * 1e-6 * km * parallel,
            b_s: omega * row.number_or("c_nf_per_km", 0.0) * 1e-9 * km * parallel,
        };
        let two_port = line.two_port(builder.network.base_ohm(builder.kv(from)));
        let rating = match row.number("max_i_ka") {
            Some(ka) if ka > 0.0 => {
                let ka = ka * row.number_or("df", 1.0) * parallel;
                Rating::Current {
                    from_ka: ka,
                    to_ka: ka,
                }
            }
            _ => Rating::None,
        };
        let on = in_service(&row);
        let closed = (
            on && open.closed('l', &row, "from_bus"),
            on && open.closed('l', &row, "to_bus"),
        );
        builder.branch(
            row.index.to_string(),
            BranchKind::Line,
            (from, to),
            closed,
            two_port,
            rating,
        );
    }
}

fn switches(document: &Document, builder: &mut Builder) {
    for row in rows(document, "switch") {
        if row.text("et") != Some("b") {
            continue;
        }
        let from = bus_of(builder, &row, "switch", "bus");
        let to = bus_of(builder, &row, "switch", "element");
        let (Some(from), Some(to)) = (from, to) else {
            continue;
        };
        let closed = row.flag_or("closed", true);
        let z_pu = row.number_or("z_ohm", 0.0) / builder.network.base_ohm(builder.kv(from));
        let none = Complex::new(0.0, 0.0);
        let two_port = (z_pu > 0.0).then(|| {
            let x = z_pu / (1.0 + SWITCH_RX * SWITCH_RX).sqrt();
            TwoPort::pi(Complex::new(SWITCH_RX * x, x).inv(), none, none, 1.0, 0.0)
        });
        let rating = match row.number("in_ka") {
            Some(ka) if ka > 0.0 => Rating::Current {
                from_ka: ka,
                to_ka: ka,
            },
            _ => Rating::None,
        };
        builder.branch(
            row.index.to_string(),
            BranchKind::Switch,
            (from, to),
            (closed, closed),
            two_port,
            rating,
        );
    }
}

fn impedances(document: &Document, builder: &mut Builder) {
    for row in rows(document, "impedance") {
        let from = bus_of(builder, &row, "impedance", "from_bus");
        let to = bus_of(builder, &row, "impedance", "to_bus");
        let (Some(from), Some(to)) = (from, to) else {
            continue;
        };
        let scale = builder.network.base_mva / row.number_or("sn_mva", builder.network.base_mva);
        let z =
            |r: &str, x: &str| Complex::new(row.number_or(r, 0.0), row.number_or(x, 0.0)) * scale;
        let y =
            |g: &str, b: &str| Complex::new(row.number_or(g, 0.0), row.number_or(b, 0.0)) / scale;
        let forth = z("rft_pu", "xft_pu");
        let back = if row.number("xtf_pu").is_some() || row.number("rtf_pu").is_some() {
            z("rtf_pu", "xtf_pu")
        } else {
            forth
        };
        let none = Complex::new(0.0, 0.0);
        let two_port = (forth != none && back != none).then(|| TwoPort {
            ff: forth.inv() + y("gf_pu", "bf_pu"),
            ft: -forth.inv(),
            tf: -back.inv(),
            tt: back.inv() + y("gt_pu", "bt_pu"),
            shift_rad: 0.0,
        });
        let on = in_service(&row);
        let kind = BranchKind::Impedance;
        let id = row.index.to_string();
        builder.branch(id, kind, (from, to), (on, on), two_port, Rating::None);
    }
}

fn loads(document: &Document, builder: &mut Builder) {
    for (table, kind, sign) in [
        ("load", LoadKind::Consumption, 1.0),
        ("sgen", LoadKind::Production, -1.0),
        ("storage", LoadKind::Storage, 1.0),
        ("asymmetric_load", LoadKind::Consumption, 1.0),
        ("asymmetric_sgen", LoadKind::Production, -1.0),
    ] {
        for row in rows(document, table) {
            let Some(bus) = bus_of(builder, &row, table, "bus") else {
                continue;
            };
            let factor = sign * row.number_or("scaling", 1.0);
            let power = if table.starts_with("asymmetric") {
                let sum = |columns: [&str; 3]| -> f64 {
                    columns
                        .iter()
                        .map(|column| row.number_or(column, 0.0))
                        .sum()
                };
                (
                    factor * sum(["p_a_mw", "p_b_mw", "p_c_mw"]),
                    factor * sum(["q_a_mvar", "q_b_mvar", "q_c_mvar"]),
                )
            } else {
                let Some(p) = needed(builder, &row, table, "p_mw") else {
                    continue;
                };
                (factor * p, factor * row.number_or("q_mvar", 0.0))
            };
            let zip = if table == "load" { shares(&row) } else { Zip::POWER };
            let id = match table {
                "load" | "sgen" | "storage" => row.index.to_string(),
                _ => format!("{table} {}", row.index),
            };
            builder.load(id, kind, bus, power, zip, in_service(&row));
        }
    }
    for row in rows(document, "motor") {
        let Some(bus) = bus_of(builder, &row, "motor", "bus") else {
            continue;
        };
        let share = row.number_or("loading_percent", 100.0) * row.number_or("scaling", 1.0) / 100.0;
        let p = row.number_or("pn_mech_mw", 0.0) / row.number_or("efficiency_percent", 100.0)
            * 100.0
            * share;
        let cos_phi = row.number_or("cos_phi", 1.0);
        let q = ((p / cos_phi).powi(2) - p * p).max(0.0).sqrt();
        let id = format!("motor {}", row.index);
        builder.load(
            id,
            LoadKind::Consumption,
            bus,
            (p, q),
            Zip::POWER,
            in_service(&row),
        );
    }
}

/// The shares of a load that follow the voltage; files before version 3 have one for both powers.
fn shares(row: &Row) -> Zip {
    let share = |new: &str, old: &str| row.number(new).or_else(|| row.number(old)).unwrap_or(0.0) / 100.0;
    Zip {
        current_p: share("const_i_p_percent", "const_i_percent"),
        impedance_p: share("const_z_p_percent", "const_z_percent"),
        current_q: share("const_i_q_percent", "const_i_percent"),
        impedance_q: share("const_z_q_percent", "const_z_percent"),
    }
}

/// pandapower knows one set of shares for all power of a bus, production too: the plain mean over its loads in service, however large they are.
/// Of buses that a switch makes one, the last that has a load speaks for all. Its own numbers are what a person compares with, so it is done alike, and told where it changes anything.
fn shared_shares(document: &Document, builder: &mut Builder) {
    let topology = Topology::of(&builder.network);
    let mut of_node: BTreeMap<usize, BTreeMap<i64, Vec<Zip>>> = BTreeMap::new();
    for row in rows(document, "load").filter(in_service) {
        let Some(number) = row.integer("bus") else { continue };
        let node = builder.known(&number.to_string()).and_then(|bus| topology.node(bus));
        if let Some(node) = node {
            of_node.entry(node).or_default().entry(number).or_default().push(shares(&row));
        }
    }
    let means: BTreeMap<usize, Zip> = of_node.into_iter().filter_map(|(node, mut of_bus)| Some((node, mean(&of_bus.pop_last()?.1)))).collect();
    let mut changed: BTreeMap<usize, usize> = BTreeMap::new();
    for load in &mut builder.network.loads {
        let Some(mean) = topology.node(load.bus).and_then(|node| means.get(&node)) else { continue };
        if load.in_service && load.zip != *mean {
            *changed.entry(load.bus).or_default() += usize::from(load.p_mw != 0.0 || load.q_mvar != 0.0);
            load.zip = *mean;
        }
    }
    for (bus, count) in changed.into_iter().filter(|(_, count)| *count > 0) {
        let id = builder.network.buses.get(bus).map_or_else(String::new, |bus| bus.id.clone());
        builder.tell("grid-shares-mean", Severity::Info, format!("bus {id}"), count);
    }
}

fn mean(shares: &[Zip]) -> Zip {
    let of = |share: fn(&Zip) -> f64| shares.iter().map(share).sum::<f64>() / shares.len().max(1) as f64;
    Zip { current_p: of(|zip| zip.current_p), impedance_p: of(|zip| zip.impedance_p), current_q: of(|zip| zip.current_q), impedance_q: of(|zip| zip.impedance_q) }
}

fn shunts(document: &Document, builder: &mut Builder) {
    for row in rows(document, "shunt").filter(in_service) {
        let Some(bus) = bus_of(builder, &row, "shunt", "bus") else {
            continue;
        };
        let kv = builder.kv(bus);
        let rated = row.number_or("vn_kv", kv);
        let factor = row.number_or("step", 1.0) * (kv / rated).powi(2);
        if row.flag_or("step_dependency_table", false) {
            let object = format!("shunt {}", row.index);
            builder.tell(
                "grid-element-unsupported",
                Severity::Warning,
                object,
                "step_dependency_table",
            );
        }
        builder.shunt(
            row.index.to_string(),
            bus,
            row.number_or("p_mw", 0.0) * factor,
            row.number_or("q_mvar", 0.0) * factor,
        );
    }
    for table in ["ward", "xward"] {
        for row in rows(document, table).filter(in_service) {
            let Some(bus) = bus_of(builder, &row, table, "bus") else {
                continue;
            };
            let id = format!("{table} {}", row.index);
            let power = (row.number_or("ps_mw", 0.0), row.number_or("qs_mvar", 0.0));
            builder.load(&id, LoadKind::Consumption, bus, power, Zip::POWER, true);
            builder.shunt(
                &id,
                bus,
                row.number_or("pz_mw", 0.0),
                row.number_or("qz_mvar", 0.0),
            );
            if table == "xward" {
                let base = builder.network.base_ohm(builder.kv(bus));
                let z = Complex::new(row.number_or("r_ohm", 0.0), row.number_or("x_ohm", 0.0));
                let mut behind = Bus::new(format!("{id} behind"), builder.kv(bus));
                behind.internal = true;
                let behind = builder.bus(behind);
                let none = Complex::new(0.0, 0.0);
                let two_port =
                    (z != none).then(|| TwoPort::pi((z / base).inv(), none, none, 1.0, 0.0));
                let kind = BranchKind::Internal;
                builder.branch(
                    &id,
                    kind,
                    (bus, behind),
                    (true, true),
                    two_port,
                    Rating::None,
                );
                builder.generator(&id, behind, 0.0, row.number_or("vm_pu", 1.0));
            }
        }
    }
}

fn sources(document: &Document, builder: &mut Builder) {
    for row in rows(document, "ext_grid").filter(in_service) {
        if let Some(bus) = bus_of(builder, &row, "ext_grid", "bus") {
            let (vm, va) = (row.number_or("vm_pu", 1.0), row.number_or("va_degree", 0.0));
            builder.source(row.index.to_string(), bus, vm, va);
        }
    }
    for row in rows(document, "gen").filter(in_service) {
        let Some(bus) = bus_of(builder, &row, "gen", "bus") else {
            continue;
        };
        let (p, vm) = (
            row.number_or("p_mw", 0.0) * row.number_or("scaling", 1.0),
            row.number_or("vm_pu", 1.0),
        );
        if row.flag_or("slack", false) {
            builder.source(format!("gen {}", row.index), bus, vm, 0.0);
        } else {
            builder.generator(row.index.to_string(), bus, p, vm);
        }
    }
    for row in rows(document, "dcline").filter(in_service) {
        let from = bus_of(builder, &row, "dcline", "from_bus");
        let to = bus_of(builder, &row, "dcline", "to_bus");
        let (Some(from), Some(to)) = (from, to) else {
            continue;
        };
        let p = row.number_or("p_mw", 0.0);
        let sent = p.abs();
        let arrives = sent * (1.0 - row.number_or("loss_percent", 0.0) / 100.0)
            - row.number_or("loss_mw", 0.0);
        let (p_from, p_to) = if p > 0.0 {
            (-sent, arrives)
        } else {
            (arrives, -sent)
        };
        let id = row.index;
        builder.generator(
            format!("dcline {id} from"),
            from,
            p_from,
            row.number_or("vm_from_pu", 1.0),
        );
        builder.generator(
            format!("dcline {id} to"),
            to,
            p_to,
            row.number_or("vm_to_pu", 1.0),
        );
    }
}
