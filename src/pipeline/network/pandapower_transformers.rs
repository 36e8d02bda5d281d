//! pandapower's transformers: taps, characteristic tables, three windings as a star.

use super::pandapower::{OpenEnds, bus_of, in_service, needed, rows};
use super::{Builder, rated_currents};
use crate::base::Severity;
use crate::energy::grid::elements::{Magnetisation, Transformer, star_from_pairs, tap};
use crate::energy::grid::{BranchKind, Bus, Rating};
use crate::formats::grid::Row;
use crate::formats::grid::pandapower::Document;

/// Rated voltages with their taps, and the whole phase shift.
#[derive(Clone, Copy)]
struct Tapped {
    high_kv: f64,
    low_kv: f64,
    shift_deg: f64,
}

/// What a characteristic table says for a transformer's position.
struct Characteristic<'a>(Option<Row<'a>>);

impl Characteristic<'_> {
    fn of<'a>(document: &'a Document, row: &Row) -> Characteristic<'a> {
        if !row.flag_or("tap_dependency_table", false) {
            return Characteristic(None);
        }
        let (id, step) = (
            row.integer("id_characteristic_table"),
            row.number("tap_pos"),
        );
        Characteristic(
            rows(document, "trafo_characteristic_table").find(|entry| {
                entry.integer("id_characteristic") == id && entry.number("step") == step
            }),
        )
    }

    fn number(&self, column: &str) -> Option<f64> {
        self.0.as_ref()?.number(column)
    }
}

fn with_taps(row: &Row, characteristic: &Characteristic, rated: Tapped) -> Tapped {
    let mut tapped = rated;
    for changer in ["tap", "tap2"] {
        let column = |name: &str| format!("{changer}_{name}");
        let steps =
            row.number_or(&column("pos"), f64::NAN) - row.number_or(&column("neutral"), f64::NAN);
        // High positive, low negative: the shift counts how far the high side leads.
        let (voltage, direction) = match row.text(&column("side")) {
            Some("hv") => (&mut tapped.high_kv, 1.0),
            Some("lv") => (&mut tapped.low_kv, -1.0),
            _ => continue,
        };
        if characteristic.0.is_some() {
            if changer == "tap" {
                *voltage *= characteristic.number("voltage_ratio").unwrap_or(1.0);
                tapped.shift_deg += direction * characteristic.number("angle_deg").unwrap_or(0.0);
            }
            continue;
        }
        if !steps.is_finite() {
            continue;
        }
        let percent = row.number_or(&column("step_percent"), 0.0);
        let degree = row.number_or(&column("step_degree"), 0.0);
        // Version 3 names the kind; before, a flag told an ideal phase shifter from the rest.
        let kind = match row.text(&column("changer_type")) {
            Some(kind) => kind,
            None if row.has(&column("changer_type")) => continue,
            None if row.flag_or(&column("phase_shifter"), false) => "Ideal",
            None => "Ratio",
        };
        match kind {
            "Ideal" if degree != 0.0 => tapped.shift_deg += direction * steps * degree,
            "Ideal" => {
                let half = (steps * percent / 200.0).clamp(-1.0, 1.0);
                tapped.shift_deg += direction * 2.0 * half.asin().to_degrees();
            }
            "Ratio" | "Symmetrical" => {
                let (factor, angle) = tap(steps, percent / 100.0, degree.to_radians());
                *voltage *= factor;
                tapped.shift_deg += direction * angle.to_degrees();
            }
            _ => {}
        }
    }
    tapped
}

pub(super) fn two_windings(document: &Document, row: &Row, builder: &mut Builder, open: &OpenEnds) {
    let high = bus_of(builder, row, "trafo", "hv_bus");
    let low = bus_of(builder, row, "trafo", "lv_bus");
    let stated = ["sn_mva", "vn_hv_kv", "vn_lv_kv", "vk_percent"]
        .map(|column| needed(builder, row, "trafo", column));
    let (Some(high), Some(low), [Some(sn), Some(high_kv), Some(low_kv), Some(vk)]) =
        (high, low, stated)
    else {
        return;
    };
    let characteristic = Characteristic::of(document, row);
    let rated = Tapped {
        high_kv,
        low_kv,
        shift_deg: row.number_or("shift_degree", 0.0),
    };
    let tapped = with_taps(row, &characteristic, rated);
    let parallel = row.number_or("parallel", 1.0).max(1.0);
    let vk = characteristic.number("vk_percent").unwrap_or(vk);
    let vkr = characteristic
        .number("vkr_percent")
        .unwrap_or_else(|| row.number_or("vkr_percent", 0.0));
    let two_port = Transformer {
        sn_mva: sn,
        from_kv: tapped.high_kv,
        to_kv: tapped.low_kv,
        reference_kv: tapped.low_kv,
        vk: vk / 100.0,
        vkr: vkr / 100.0,
        iron_loss_mw: row.number_or("pfe_kw", 0.0) / 1000.0,
        i0: row.number_or("i0_percent", 0.0) / 100.0,
        shift_rad: tapped.shift_deg.to_radians(),
        parallel,
        magnetisation: Magnetisation::T {
            r_share: row.number_or("leakage_resistance_ratio_hv", 0.5),
            x_share: row.number_or("leakage_reactance_ratio_hv", 0.5),
        },
    }
    .two_port(builder.kv(high), builder.kv(low), builder.network.base_mva);
    let Some(two_port) = two_port else {
        let value = format!("vk {vk} %, vkr {vkr} %, sn {sn} MVA");
        builder.tell(
            "grid-transformer",
            Severity::Error,
            format!("trafo {}", row.index),
            value,
        );
        return;
    };
    // A transformer on a bus out of service is out of service itself, unlike a line.
    let on = in_service(row) && builder.network.live(high) && builder.network.live(low);
    let closed = (
        on && open.closed('t', row, "hv_bus"),
        on && open.closed('t', row, "lv_bus"),
    );
    let rating = rated_currents(sn, high_kv, low_kv, parallel * row.number_or("df", 1.0));
    builder.branch(
        row.index.to_string(),
        BranchKind::Transformer,
        (high, low),
        closed,
        Some(two_port),
        rating,
    );
}

pub(super) fn three_windings(
    document: &Document,
    row: &Row,
    builder: &mut Builder,
    open: &OpenEnds,
) {
    const SIDES: [&str; 3] = ["hv", "mv", "lv"];
    let element = format!("trafo3w {}", row.index);
    let buses = SIDES.map(|side| bus_of(builder, row, "trafo3w", &format!("{side}_bus")));
    let powers = SIDES.map(|side| needed(builder, row, "trafo3w", &format!("sn_{side}_mva")));
    let volts = SIDES.map(|side| needed(builder, row, "trafo3w", &format!("vn_{side}_kv")));
    let ([Some(high), Some(medium), Some(low)], [Some(s1), Some(s2), Some(s3)]) = (buses, powers)
    else {
        return;
    };
    let [Some(v1), Some(v2), Some(v3)] = volts else {
        return;
    };
    let characteristic = Characteristic::of(document, row);
    // The pairs are named after their first side: hv–mv, mv–lv, hv–lv.
    let value = |name: &str| {
        SIDES.map(|side| {
            let column = format!("{name}_{side}_percent");
            let own = characteristic
                .number(&column)
                .or_else(|| row.number(&column));
            own.unwrap_or(0.0) / 100.0
        })
    };
    let sn = [s1, s2, s3];
    let star = star_from_pairs(value("vk"), value("vkr"), sn);
    let mut middle = Bus::new(format!("{element} star"), builder.kv(high));
    middle.internal = true;
    middle.in_service = in_service(row);
    let star_kv = builder.kv(high);
    let middle = builder.bus(middle);
    let tap_side = row.text("tap_side").unwrap_or("");
    let at_star = row.flag_or("tap_at_star_point", false);
    let loss_side = row.text("loss_side").unwrap_or("hv");
    let magnetising = (
        row.number_or("pfe_kw", 0.0) / 1000.0,
        row.number_or("i0_percent", 0.0) / 100.0,
    );
    for (place, side) in SIDES.into_iter().enumerate() {
        let is_high = place == 0;
        let (bus, own_kv) = [(high, v1), (medium, v2), (low, v3)][place];
        let shift_deg = if is_high {
            0.0
        } else {
            row.number_or(&format!("shift_{side}_degree"), 0.0)
        };
        // Every winding's high side is the transformer's rated high voltage; the star point lies there.
        let mut tapped = Tapped {
            high_kv: v1,
            low_kv: own_kv,
            shift_deg,
        };
        if tap_side == side {
            tapped = winding_tap(row, &characteristic, tapped, is_high, at_star);
        }
        let (vk, vkr) = star[place];
        let here = loss_side == side;
        let (iron, i0) = if here { magnetising } else { (0.0, 0.0) };
        let (from_kv, to_kv) = if is_high {
            (builder.kv(high), star_kv)
        } else {
            (star_kv, builder.kv(bus))
        };
        let two_port = Transformer {
            sn_mva: sn[place],
            from_kv: tapped.high_kv,
            to_kv: tapped.low_kv,
            reference_kv: tapped.low_kv,
            vk,
            vkr,
            iron_loss_mw: iron,
            i0,
            shift_rad: tapped.shift_deg.to_radians(),
            parallel: 1.0,
            magnetisation: Magnetisation::T {
                r_share: 0.5,
                x_share: 0.5,
            },
        }
        .two_port(from_kv, to_kv, builder.network.base_mva);
        let Some(two_port) = two_port else {
            builder.tell(
                "grid-transformer",
                Severity::Error,
                element.clone(),
                format!("{side}: vk {vk}"),
            );
            continue;
        };
        let on = in_service(row) && builder.network.live(bus);
        let closed = on && open.closed('3', row, &format!("{side}_bus"));
        let ka = sn[place] / (3.0_f64.sqrt() * own_kv);
        let (ends, closed, rating) = if is_high {
            (
                (high, middle),
                (closed, on),
                Rating::Current {
                    from_ka: ka,
                    to_ka: 0.0,
                },
            )
        } else {
            (
                (middle, bus),
                (on, closed),
                Rating::Current {
                    from_ka: 0.0,
                    to_ka: ka,
                },
            )
        };
        builder.branch(
            format!("{}:{side}", row.index),
            BranchKind::Winding,
            ends,
            closed,
            Some(two_port),
            rating,
        );
    }
    if loss_side == "star" {
        let (iron, i0) = magnetising;
        let q = ((s1 * i0).powi(2) - iron * iron).max(0.0).sqrt();
        let factor = (star_kv / v1).powi(2);
        builder.shunt(element, middle, iron * factor, q * factor);
    }
}

/// The tap of the winding that has it: at its terminal, or at the star point, where a step of the other end is what is left.
fn winding_tap(
    row: &Row,
    characteristic: &Characteristic,
    rated: Tapped,
    is_high: bool,
    at_star: bool,
) -> Tapped {
    let steps = row.number_or("tap_pos", f64::NAN) - row.number_or("tap_neutral", f64::NAN);
    let mut tapped = rated;
    let terminal_is_high_end = is_high;
    if characteristic.0.is_some() {
        let mut ratio = characteristic.number("voltage_ratio").unwrap_or(1.0);
        let mut angle = characteristic.number("angle_deg").unwrap_or(0.0);
        let mut high_end = terminal_is_high_end;
        if at_star {
            (ratio, angle, high_end) = (ratio.recip(), -angle, !high_end);
        }
        let direction = if high_end { 1.0 } else { -1.0 };
        *(if high_end {
            &mut tapped.high_kv
        } else {
            &mut tapped.low_kv
        }) *= ratio;
        tapped.shift_deg += direction * angle;
        return tapped;
    }
    if !steps.is_finite() {
        return tapped;
    }
    let mut percent = row.number_or("tap_step_percent", 0.0);
    let mut degree = row.number_or("tap_step_degree", 0.0);
    let mut high_end = terminal_is_high_end;
    if at_star {
        let step = crate::energy::grid::Complex::from_polar(percent, degree.to_radians());
        let corrected = step * 100.0 / (step * steps + 100.0);
        percent = corrected.norm();
        degree = corrected.arg().to_degrees() - 180.0;
        high_end = !high_end;
    }
    let direction = if high_end { 1.0 } else { -1.0 };
    match row.text("tap_changer_type") {
        Some("Ideal") if degree != 0.0 => tapped.shift_deg += direction * steps * degree,
        Some("Ideal") => {
            let half = (steps * percent / 200.0).clamp(-1.0, 1.0);
            tapped.shift_deg += direction * 2.0 * half.asin().to_degrees();
        }
        Some("Tabular") => {}
        // Without a kind, files before version 3 meant a ratio; later ones mean none.
        None if row.has("tap_changer_type") => {}
        _ => {
            let (factor, angle) = tap(steps, percent / 100.0, degree.to_radians());
            *(if high_end {
                &mut tapped.high_kv
            } else {
                &mut tapped.low_kv
            }) *= factor;
            tapped.shift_deg += direction * angle.to_degrees();
        }
    }
    tapped
}
