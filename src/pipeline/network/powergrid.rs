//! power-grid-model's components, in volts, watts, ohms and farads.

use super::Builder;
use crate::base::Severity;
use crate::energy::grid::elements::{Line, Magnetisation, Transformer, star_from_pairs};
use crate::energy::grid::{BranchKind, Bus, Complex, LoadKind, Rating, TwoPort, Zip};
use crate::formats::Fault;
use crate::formats::grid::powergrid::{Components, Document};
use crate::formats::grid::{Row, Table};
use crate::geodesy::LonLat;

/// Hz; the format does not say, its solver's default is this.
const FREQUENCY_HZ: f64 = 50.0;

pub fn map(document: &Document, builder: &mut Builder) -> Result<(), Fault> {
    let [components] = document.scenarios.as_slice() else {
        return Err(Fault::new(
            "network-batch",
            "data",
            document.scenarios.len(),
        ));
    };
    if document.kind != "input" {
        return Err(Fault::new("network-batch", "type", &document.kind));
    }
    for row in rows(components, "node") {
        let id = name(&row);
        let kv = positive(builder, &row, "node", "u_rated").unwrap_or(1000.0) / 1000.0;
        builder.bus(Bus { place: place(&row), ..Bus::new(id, kv) });
    }
    branches(components, builder);
    for row in rows(components, "transformer") {
        transformer(&row, builder);
    }
    for row in rows(components, "three_winding_transformer") {
        three_windings(&row, builder);
    }
    injections(components, builder);
    for unsupported in ["asym_line", "transformer_tap_regulator", "fault"] {
        let severity = if unsupported == "asym_line" {
            Severity::Error
        } else {
            Severity::Warning
        };
        for row in rows(components, unsupported) {
            let object = format!("{unsupported} {}", name(&row));
            builder.tell("grid-element-unsupported", severity, object, unsupported);
        }
    }
    Ok(())
}

fn rows<'a>(components: &'a Components, name: &str) -> impl Iterator<Item = Row<'a>> {
    components.get(name).into_iter().flat_map(Table::rows)
}

/// Identifiers are numbers; what stands there is the name.
fn name(row: &Row) -> String {
    reference(row, "id")
}

/// Longitude and latitude, which the format does not know and our own files add.
fn place(row: &Row) -> Option<LonLat> {
    let [lon, lat] = row.value("lonlat")?.as_array()?.as_slice() else {
        return None;
    };
    let (lon_deg, lat_deg) = (lon.as_f64()?, lat.as_f64()?);
    let is_on_earth = lon_deg.abs() <= 180.0 && lat_deg.abs() <= 90.0;
    is_on_earth.then_some(LonLat { lon_deg, lat_deg })
}

fn reference(row: &Row, column: &str) -> String {
    match (row.integer(column), row.value(column)) {
        (Some(number), _) => number.to_string(),
        (None, Some(value)) => value.to_string(),
        (None, None) => String::new(),
    }
}

fn positive(builder: &mut Builder, row: &Row, table: &str, column: &str) -> Option<f64> {
    let value = row.number(column).filter(|value| *value > 0.0);
    if value.is_none() {
        let stated = row
            .value(column)
            .map_or("–".to_owned(), ToString::to_string);
        let object = format!("{table} {}, {column}", name(row));
        builder.tell("grid-number", Severity::Error, object, stated);
    }
    value
}

fn ends(builder: &mut Builder, row: &Row, table: &str) -> Option<(usize, usize)> {
    let element = format!("{table} {}", name(row));
    let from = builder.find(&reference(row, "from_node"), &element);
    let to = builder.find(&reference(row, "to_node"), &element);
    Some((from?, to?))
}

fn closed(row: &Row) -> (bool, bool) {
    (
        row.flag_or("from_status", true),
        row.flag_or("to_status", true),
    )
}

fn branches(components: &Components, builder: &mut Builder) {
    for row in rows(components, "line") {
        let Some((from, to)) = ends(builder, &row, "line") else {
            continue;
        };
        let charging = 2.0 * std::f64::consts::PI * FREQUENCY_HZ * row.number_or("c1", 0.0);
        let line = Line {
            r_ohm: row.number_or("r1", 0.0),
            x_ohm: row.number_or("x1", 0.0),
            g_s: charging * row.number_or("tan1", 0.0),
            b_s: charging,
        };
        let two_port = line.two_port(builder.network.base_ohm(builder.kv(from)));
        let rating = match row.number("i_n") {
            Some(ampere) if ampere > 0.0 => Rating::Current {
                from_ka: ampere / 1000.0,
                to_ka: ampere / 1000.0,
            },
            _ => Rating::None,
        };
        builder.branch(
            name(&row),
            BranchKind::Line,
            (from, to),
            closed(&row),
            two_port,
            rating,
        );
    }
    for row in rows(components, "link") {
        if let Some(pair) = ends(builder, &row, "link") {
            let (a, b) = closed(&row);
            // Open at one end, a link without impedance carries nothing.
            let on = (a && b, a && b);
            builder.branch(name(&row), BranchKind::Switch, pair, on, None, Rating::None);
        }
    }
    for row in rows(components, "generic_branch") {
        let Some((from, to)) = ends(builder, &row, "generic_branch") else {
            continue;
        };
        // Ohms and siemens of the to side.
        let base = builder.network.base_ohm(builder.kv(to));
        let z = Complex::new(row.number_or("r1", 0.0), row.number_or("x1", 0.0)) / base;
        let half = Complex::new(row.number_or("g1", 0.0), row.number_or("b1", 0.0)) * (base / 2.0);
        let (k, theta) = (row.number_or("k", 1.0), row.number_or("theta", 0.0));
        let two_port =
            (z != Complex::new(0.0, 0.0)).then(|| TwoPort::pi(z.inv(), half, half, k, theta));
        let rating = match row.number("sn") {
            Some(va) if va > 0.0 => Rating::Power { mva: va / 1e6 },
            _ => Rating::None,
        };
        let kind = BranchKind::Impedance;
        builder.branch(name(&row), kind, (from, to), closed(&row), two_port, rating);
    }
}

/// Voltages of the windings in kV, moved by the tap, which adds `tap_size` volts per position to its side.
fn tapped(row: &Row, columns: &[&str]) -> Vec<f64> {
    let side = row.integer("tap_side").unwrap_or(0);
    let nominal = row.number_or("tap_nom", 0.0);
    let (low, high) = (row.number_or("tap_min", 0.0), row.number_or("tap_max", 0.0));
    let position = row.number_or("tap_pos", nominal);
    let (least, most) = (low.min(high), low.max(high));
    // Beyond its ends a changer stays at the end.
    let stated = row.number("tap_min").is_some() && row.number("tap_max").is_some();
    let position = if stated {
        position.clamp(least, most)
    } else {
        position
    };
    // Counting downwards when the highest position has the lower number.
    let direction = if high >= low { 1.0 } else { -1.0 };
    let added = direction * (position - nominal) * row.number_or("tap_size", 0.0);
    columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let rated = row.number_or(column, 0.0);
            (if place as i64 == side {
                rated + added
            } else {
                rated
            }) / 1000.0
        })
        .collect()
}

/// A short-circuit value, between those of its extreme positions where these are stated.
fn at_tap(row: &Row, column: &str) -> f64 {
    let value = row.number_or(column, 0.0);
    let nominal = row.number_or("tap_nom", 0.0);
    let position = row.number_or("tap_pos", nominal);
    let (low, high) = (row.number_or("tap_min", 0.0), row.number_or("tap_max", 0.0));
    let towards = |end: f64, suffix: &str| {
        let other = row.number_or(&format!("{column}{suffix}"), value);
        let share = if end == nominal {
            0.0
        } else {
            (position - nominal) / (end - nominal)
        };
        value + share * (other - value)
    };
    let below = if high >= low {
        position <= nominal
    } else {
        position >= nominal
    };
    if below {
        towards(low, "_min")
    } else {
        towards(high, "_max")
    }
}

fn transformer(row: &Row, builder: &mut Builder) {
    let id = name(row);
    let Some((from, to)) = ends(builder, row, "transformer") else {
        return;
    };
    let stated = ["sn", "u1", "u2"].map(|column| positive(builder, row, "transformer", column));
    let [Some(sn), Some(_), Some(_)] = stated else {
        return;
    };
    let [from_kv, to_kv] = tapped(row, &["u1", "u2"])[..] else {
        return;
    };
    let two_port = Transformer {
        sn_mva: sn / 1e6,
        from_kv,
        to_kv,
        reference_kv: to_kv,
        vk: at_tap(row, "uk"),
        vkr: at_tap(row, "pk") / sn,
        iron_loss_mw: row.number_or("p0", 0.0) / 1e6,
        i0: row.number_or("i0", 0.0),
        shift_rad: (30.0 * row.number_or("clock", 0.0)).to_radians(),
        parallel: 1.0,
        magnetisation: Magnetisation::Pi,
    }
    .two_port(builder.kv(from), builder.kv(to), builder.network.base_mva);
    if two_port.is_none() {
        builder.tell(
            "grid-transformer",
            Severity::Error,
            format!("transformer {id}"),
            row.number_or("uk", 0.0),
        );
        return;
    }
    let rating = Rating::Power { mva: sn / 1e6 };
    builder.branch(
        id,
        BranchKind::Transformer,
        (from, to),
        closed(row),
        two_port,
        rating,
    );
}

fn three_windings(row: &Row, builder: &mut Builder) {
    let id = name(row);
    let element = format!("three_winding_transformer {id}");
    let nodes = ["node_1", "node_2", "node_3"]
        .map(|column| builder.find(&reference(row, column), &element));
    let [Some(high), Some(medium), Some(low)] = nodes else {
        return;
    };
    let power = ["sn_1", "sn_2", "sn_3"]
        .map(|column| positive(builder, row, "three_winding_transformer", column));
    let [Some(s1), Some(s2), Some(s3)] = power else {
        return;
    };
    let voltages = tapped(row, &["u1", "u2", "u3"]);
    let [u1, u2, u3] = voltages[..] else { return };
    let sn = [s1, s2, s3].map(|va| va / 1e6);
    // Pairs in the order 12, 23, 13; load losses are stated at the smaller power of the pair.
    let vk = [
        at_tap(row, "uk_12"),
        at_tap(row, "uk_23"),
        at_tap(row, "uk_13"),
    ];
    let vkr = [
        at_tap(row, "pk_12") / s1.min(s2),
        at_tap(row, "pk_23") / s2.min(s3),
        at_tap(row, "pk_13") / s1.min(s3),
    ];
    // power-grid-model turns the triangle of whole short-circuit voltages into a star, not that of reactances.
    let whole = star_from_pairs(vk, [0.0; 3], sn);
    let active = star_from_pairs(vk, vkr, sn);
    let mut middle = Bus::new(format!("{element} star"), builder.kv(high));
    middle.internal = true;
    let middle = builder.bus(middle);
    let middle_kv = builder.kv(high);
    let windings = [
        (high, u1, 0.0, "status_1", s1),
        (medium, u2, row.number_or("clock_12", 0.0), "status_2", s2),
        (low, u3, row.number_or("clock_13", 0.0), "status_3", s3),
    ];
    let star = whole
        .into_iter()
        .zip(active)
        .map(|((vk, _), (_, vkr))| (vk, vkr));
    for (number, ((bus, kv, clock, status, va), (vk, vkr))) in
        windings.into_iter().zip(star).enumerate()
    {
        let magnetised = number == 0;
        // From the winding to the star: its angle leads by −clock·30° against the high side.
        let two_port = Transformer {
            sn_mva: va / 1e6,
            from_kv: kv,
            to_kv: middle_kv,
            reference_kv: middle_kv,
            vk,
            vkr,
            iron_loss_mw: if magnetised {
                row.number_or("p0", 0.0) / 1e6
            } else {
                0.0
            },
            i0: if magnetised {
                row.number_or("i0", 0.0)
            } else {
                0.0
            },
            shift_rad: (-30.0 * clock).to_radians(),
            parallel: 1.0,
            magnetisation: Magnetisation::Pi,
        }
        .two_port(builder.kv(bus), middle_kv, builder.network.base_mva);
        if two_port.is_none() {
            builder.tell("grid-transformer", Severity::Error, element.clone(), vk);
            continue;
        }
        let on = (row.flag_or(status, true), true);
        builder.branch(
            format!("{id}:{}", number + 1),
            BranchKind::Winding,
            (bus, middle),
            on,
            two_port,
            Rating::Power { mva: va / 1e6 },
        );
    }
}

fn injections(components: &Components, builder: &mut Builder) {
    for (table, kind, sign) in [
        ("sym_load", LoadKind::Consumption, 1.0),
        ("sym_gen", LoadKind::Production, -1.0),
        ("asym_load", LoadKind::Consumption, 1.0),
        ("asym_gen", LoadKind::Production, -1.0),
    ] {
        for row in rows(components, table) {
            let id = name(&row);
            let element = format!("{table} {id}");
            let Some(bus) = builder.find(&reference(&row, "node"), &element) else {
                continue;
            };
            // Three values by phase of an asymmetric one: its positive sequence carries their sum.
            let total = |column: &str| match row.value(column) {
                Some(serde_json::Value::Array(phases)) => phases
                    .iter()
                    .filter_map(crate::formats::grid::table::number)
                    .sum(),
                _ => row.number_or(column, 0.0),
            };
            let power = (
                sign * total("p_specified") / 1e6,
                sign * total("q_specified") / 1e6,
            );
            let zip = match row.integer("type") {
                Some(1) => Zip::impedance(),
                Some(2) => Zip::current(),
                _ => Zip::POWER,
            };
            builder.load(id, kind, bus, power, zip, row.flag_or("status", true));
        }
    }
    for row in rows(components, "shunt") {
        let id = name(&row);
        let Some(bus) = builder.find(&reference(&row, "node"), &format!("shunt {id}")) else {
            continue;
        };
        if row.flag_or("status", true) {
            let mva = builder.kv(bus).powi(2);
            builder.shunt(
                id,
                bus,
                row.number_or("g1", 0.0) * mva,
                -row.number_or("b1", 0.0) * mva,
            );
        }
    }
    for row in rows(components, "source") {
        let id = name(&row);
        let Some(bus) = builder.find(&reference(&row, "node"), &format!("source {id}")) else {
            continue;
        };
        if !row.flag_or("status", true) {
            continue;
        }
        let sk_mva = row.number_or("sk", 1e10) / 1e6;
        let rx = row.number_or("rx_ratio", 0.1);
        let z = builder.network.base_mva / sk_mva;
        let x = z / (1.0 + rx * rx).sqrt();
        let mut behind = Bus::new(format!("source {id} behind"), builder.kv(bus));
        behind.internal = true;
        let behind = builder.bus(behind);
        let none = Complex::new(0.0, 0.0);
        let two_port = TwoPort::pi(Complex::new(rx * x, x).inv(), none, none, 1.0, 0.0);
        builder.branch(
            format!("source {id}"),
            BranchKind::Internal,
            (behind, bus),
            (true, true),
            two_port.is_finite().then_some(two_port),
            Rating::None,
        );
        let angle = row.number_or("u_ref_angle", 0.0).to_degrees();
        builder.source(id, behind, row.number_or("u_ref", 1.0), angle);
    }
}
