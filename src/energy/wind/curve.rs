//! Power curves.

use super::profile::STANDARD_DENSITY;

/// Most points of a curve.
pub const MAX_POINTS: usize = 4096;

/// Least turbulence intensity that a curve is smoothed by.
pub const LEAST_TURBULENCE: f64 = 0.05;

/// Power by speed at hub height, linear between its points, zero outside of them.
#[derive(Clone, Debug, PartialEq)]
pub struct PowerCurve {
    speed_ms: Vec<f64>,
    power_kw: Vec<f64>,
}

/// Why points are no curve.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CurveFault {
    #[error("a curve has between 2 and {MAX_POINTS} points, not {0}")]
    Points(usize),
    #[error("point {0}: speeds must grow, and be finite like the powers")]
    Order(usize),
}

impl PowerCurve {
    /// # Errors
    /// A [`CurveFault`] when speeds do not grow.
    pub fn new(speed_ms: Vec<f64>, power_kw: Vec<f64>) -> Result<Self, CurveFault> {
        let points = speed_ms.len();
        if !(2..=MAX_POINTS).contains(&points) || power_kw.len() != points {
            return Err(CurveFault::Points(points.max(power_kw.len())));
        }
        let grows = |pair: &[f64]| matches!(pair, [a, b] if a < b);
        if let Some(at) = speed_ms.windows(2).position(|pair| !grows(pair)) {
            return Err(CurveFault::Order(at + 1));
        }
        let all = speed_ms.iter().zip(&power_kw);
        if let Some(at) = all
            .clone()
            .position(|(v, p)| !v.is_finite() || !p.is_finite())
        {
            return Err(CurveFault::Order(at));
        }
        Ok(Self { speed_ms, power_kw })
    }

    pub fn speeds_ms(&self) -> &[f64] {
        &self.speed_ms
    }

    pub fn powers_kw(&self) -> &[f64] {
        &self.power_kw
    }

    /// The largest power, kW.
    pub fn highest_kw(&self) -> f64 {
        self.power_kw.iter().copied().fold(0.0, f64::max)
    }

    /// Power at a speed, kW.
    pub fn at(&self, speed_ms: f64) -> f64 {
        interpolate(speed_ms, &self.speed_ms, &self.power_kw)
    }

    /// Power in air of this density, kW: each point's speed moves by (1.225/ρ)^p, p = 1/3 up to 7.5 m/s, 2/3 from 12.5 m/s, linear between (Svenningsen 2010, as windpowerlib).
    pub fn at_density(&self, speed_ms: f64, density: f64) -> f64 {
        let moved = |index: usize| {
            let speed = self.speed_ms[index];
            let share = ((speed - 7.5) / 5.0).clamp(0.0, 1.0);
            speed * (STANDARD_DENSITY / density).powf((1.0 + share) / 3.0)
        };
        let points = self.speed_ms.len();
        // The moved speeds still grow, so the place can be bisected.
        let (mut low, mut high) = (0, points - 1);
        if !(speed_ms >= moved(low) && speed_ms <= moved(high)) {
            return 0.0;
        }
        while high - low > 1 {
            let middle = (low + high) / 2;
            if moved(middle) <= speed_ms {
                low = middle;
            } else {
                high = middle;
            }
        }
        between(
            speed_ms,
            (moved(low), self.power_kw[low]),
            (moved(high), self.power_kw[high]),
        )
    }

    /// The curve of an area over which the wind varies: P(v) = Σ Δv·P(vᵢ)·Gauss(v − vᵢ; σ = TI·v) in blocks of 0.5 m/s within ±15 m/s (Knorr 2016, as windpowerlib).
    ///
    /// Below [`LEAST_TURBULENCE`] the bells are narrower than the blocks and no longer add up to one: so little turbulence changes nothing.
    pub fn smoothed(&self, turbulence_intensity: f64) -> Self {
        if !(turbulence_intensity >= LEAST_TURBULENCE) {
            return self.clone();
        }
        const BLOCK: f64 = 0.5;
        const RANGE: f64 = 15.0;
        let (mut speeds, mut powers) = (self.speed_ms.clone(), self.power_kw.clone());
        // Beyond the cut-out the curve goes on at zero, in the step of its sixth interval.
        let step = match (speeds.get(4), speeds.get(5)) {
            (Some(a), Some(b)) => b - a,
            _ => BLOCK,
        };
        let end = speeds.last().copied().unwrap_or(0.0) + RANGE;
        let mut last = speeds.last().copied().unwrap_or(0.0);
        while last < end && speeds.len() < MAX_POINTS {
            last += step;
            speeds.push(last);
            powers.push(0.0);
        }
        let blocks = (2.0 * RANGE / BLOCK) as usize;
        let smooth = speeds
            .iter()
            .map(|&speed| {
                let deviation = speed * turbulence_intensity;
                if deviation <= 0.0 {
                    return 0.0;
                }
                (0..=blocks)
                    .map(|block| {
                        let at = -RANGE + block as f64 * BLOCK + speed;
                        let distance = (speed - at) / deviation;
                        let weight = (-0.5 * distance * distance).exp()
                            / (deviation * (2.0 * std::f64::consts::PI).sqrt());
                        BLOCK * interpolate(at, &speeds, &powers) * weight
                    })
                    .sum()
            })
            .collect();
        Self {
            speed_ms: speeds,
            power_kw: smooth,
        }
    }
}

/// Linear between points, zero outside, and NaN in, zero out.
pub(super) fn interpolate(at: f64, xs: &[f64], ys: &[f64]) -> f64 {
    let after = xs.partition_point(|x| *x <= at);
    match (after.checked_sub(1), xs.get(after)) {
        (Some(before), Some(_)) => between(at, (xs[before], ys[before]), (xs[after], ys[after])),
        // On the last point itself.
        (Some(before), None) if xs[before] == at => ys[before],
        _ => 0.0,
    }
}

fn between(at: f64, (x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> f64 {
    y0 + (y1 - y0) * (at - x0) / (x1 - x0)
}
