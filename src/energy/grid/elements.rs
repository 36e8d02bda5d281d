//! Lines and transformers in the terms of their data sheets → two-ports.
//!
//! | element | model |
//! |---|---|
//! | line | π, half of the charging at each end |
//! | transformer, two windings | leakage from vk and vkr, magnetisation from p_fe and i0, split as T (two half leakages around it) or as π; ideal ratio at the high side |
//! | transformer, three windings | star of three two-winding ones around an internal bus; pairwise short-circuit values are turned from triangle to star |
//!
//! Range: positive sequence, steady state at one frequency; saturation, skin effect and temperature are not modelled.

use super::network::{Complex, TwoPort};

/// A line of one or several parallel systems; totals over its length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    pub r_ohm: f64,
    pub x_ohm: f64,
    /// Whole charging, siemens; half stands at each end.
    pub g_s: f64,
    pub b_s: f64,
}

impl Line {
    /// `None` when it has no impedance: then it is an ideal coupling.
    pub fn two_port(self, base_ohm: f64) -> Option<TwoPort> {
        if self.r_ohm == 0.0 && self.x_ohm == 0.0 {
            return None;
        }
        let series = Complex::new(self.r_ohm / base_ohm, self.x_ohm / base_ohm).inv();
        let half = Complex::new(self.g_s, self.b_s) * (base_ohm / 2.0);
        Some(TwoPort::pi(series, half, half, 1.0, 0.0))
    }
}

/// How the magnetising branch is placed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Magnetisation {
    /// Half of it at each end.
    Pi,
    /// All of it at one point of the leakage: this share of resistance and reactance lies on the high side.
    T { r_share: f64, x_share: f64 },
    /// All of it at the from end.
    From,
}

/// A two-winding transformer; from is the side that carries the ratio.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transformer {
    pub sn_mva: f64,
    /// Voltages with the tap in its position, kV.
    pub from_kv: f64,
    pub to_kv: f64,
    /// Voltage of the side that short-circuit and no-load values refer to, kV, with its tap where the maker's convention moves them.
    pub reference_kv: f64,
    /// Short-circuit voltage and its active part, per unit of the rated values; negative for the odd winding of a star.
    pub vk: f64,
    pub vkr: f64,
    pub iron_loss_mw: f64,
    /// No-load current, per unit of the rated one.
    pub i0: f64,
    pub shift_rad: f64,
    /// Identical units side by side.
    pub parallel: f64,
    pub magnetisation: Magnetisation,
}

impl Transformer {
    /// Per unit of the buses' nominal voltages. `None` when it has no impedance or a value is impossible.
    pub fn two_port(self, bus_from_kv: f64, bus_to_kv: f64, base_mva: f64) -> Option<TwoPort> {
        let (reference, bus) = (self.reference_kv, bus_to_kv);
        // Ohms of the to side over ohms of one per unit there.
        let scale = (reference / bus).powi(2) * base_mva / self.sn_mva / self.parallel;
        let z = self.vk * scale;
        let r = self.vkr * scale;
        let x2 = z * z - r * r;
        if !(x2 >= 0.0) || z == 0.0 {
            return None;
        }
        let leakage = Complex::new(r, x2.sqrt() * z.signum());
        let whole = (self.i0 * self.sn_mva).powi(2) - self.iron_loss_mw.powi(2);
        let magnetising = Complex::new(self.iron_loss_mw, -whole.max(0.0).sqrt())
            * (self.parallel / base_mva / (reference / bus).powi(2));
        let ratio = (self.from_kv / self.to_kv) / (bus_from_kv / bus_to_kv);
        let two_port = split(
            leakage,
            magnetising,
            self.magnetisation,
            ratio,
            self.shift_rad,
        );
        two_port.is_finite().then_some(two_port)
    }
}

fn split(
    leakage: Complex,
    magnetising: Complex,
    how: Magnetisation,
    ratio: f64,
    shift_rad: f64,
) -> TwoPort {
    let none = Complex::new(0.0, 0.0);
    match how {
        Magnetisation::T { r_share, x_share } if magnetising != none => {
            // Star to triangle; the star's third leg is the magnetising one.
            let a = Complex::new(leakage.re * r_share, leakage.im * x_share);
            let b = leakage - a;
            let sum = a * b * magnetising + a + b;
            // With a leg of zero length its opposite shunt carries everything, and the formula still holds.
            TwoPort::pi(
                sum.inv(),
                b * magnetising / sum,
                a * magnetising / sum,
                ratio,
                shift_rad,
            )
        }
        Magnetisation::From => TwoPort::pi(leakage.inv(), magnetising, none, ratio, shift_rad),
        _ => TwoPort::pi(
            leakage.inv(),
            magnetising / 2.0,
            magnetising / 2.0,
            ratio,
            shift_rad,
        ),
    }
}

/// Short-circuit values of the pairs high–medium, medium–low, high–low, each per unit of the smaller rated power of its pair, as values of the three windings of the star, each per unit of its own rated power.
///
/// Returns `(vk, vkr)` of high, medium, low; the sign of vk is that of its reactance.
pub fn star_from_pairs(vk: [f64; 3], vkr: [f64; 3], sn_mva: [f64; 3]) -> [(f64, f64); 3] {
    let [high, medium, low] = sn_mva;
    // All to the high side's power first.
    let to_high = |values: [f64; 3]| {
        let [hm, ml, hl] = values;
        [
            hm * high / high.min(medium),
            ml * high / medium.min(low),
            hl * high / high.min(low),
        ]
    };
    let star = |[hm, ml, hl]: [f64; 3]| {
        [
            0.5 * (hm + hl - ml),
            0.5 * medium / high * (ml + hm - hl),
            0.5 * low / high * (hl + ml - hm),
        ]
    };
    let (z, r) = (to_high(vk), to_high(vkr));
    let reactance = |i: usize| (z[i] * z[i] - r[i] * r[i]).max(0.0).sqrt();
    let x = star([reactance(0), reactance(1), reactance(2)]);
    let r = star(r);
    let winding = |i: usize| (x[i].signum() * x[i].hypot(r[i]), r[i]);
    [winding(0), winding(1), winding(2)]
}

/// A tap changer that adds steps of a voltage at an angle: the factor on the winding's voltage and the added phase, radians (positive: the winding leads more).
pub fn tap(steps: f64, step_share: f64, step_angle_rad: f64) -> (f64, f64) {
    let added = Complex::from_polar(steps * step_share, step_angle_rad);
    let whole = Complex::new(1.0 + added.re, added.im);
    // The angle of the maker's formula is an arctangent, so it stays within a quarter turn.
    (whole.norm(), (whole.im / whole.re).atan())
}
