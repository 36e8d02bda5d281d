//! A park: several turbines in one wind, in each other's wakes or as one curve.
//!
//! | way | for |
//! |---|---|
//! | [`Park`] | few turbines whose places are known: Jensen's wakes by the direction of the wind, thrust by the speed that each rotor meets |
//! | [`aggregated`], [`Efficiency`] | many turbines, or places unknown: one curve of all, and what wakes take of it by speed, as windpowerlib |

use super::curve::{CurveFault, PowerCurve};
use super::wake::{Rotor, WakeFault, Wakes};

/// Most turbines of a park; wakes cost the square of it.
pub const MAX_TURBINES: usize = 1_000;

#[derive(Clone, Debug, PartialEq)]
pub struct Turbine {
    pub rotor: Rotor,
    pub curve: PowerCurve,
    /// Share of time that it runs, 0…1.
    pub availability: f64,
}

/// How hard a rotor leans against the wind.
#[derive(Clone, Debug, PartialEq)]
pub enum Thrust {
    /// The same at every speed: 0.8 is usual below nominal power.
    Constant(f64),
    /// Speeds, m/s, and coefficients; linear between, zero outside.
    Curve(Vec<f64>, Vec<f64>),
}

impl Thrust {
    pub fn at(&self, speed_ms: f64) -> f64 {
        match self {
            Self::Constant(coefficient) => *coefficient,
            Self::Curve(speeds, values) => super::curve::interpolate(speed_ms, speeds, values),
        }
    }

    fn check(&self) -> Result<(), ParkFault> {
        let sound = match self {
            Self::Constant(value) => (0.0..=1.0).contains(value),
            Self::Curve(speeds, values) => {
                speeds.len() == values.len()
                    && speeds.len() >= 2
                    && speeds
                        .windows(2)
                        .all(|pair| matches!(pair, [a, b] if a < b))
                    && speeds.iter().all(|v| v.is_finite())
                    && values.iter().all(|v| (0.0..=1.0).contains(v))
            }
        };
        sound.then_some(()).ok_or(ParkFault::Thrust)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Park {
    turbines: Vec<Turbine>,
    thrust: Thrust,
    wakes: Wakes,
}

/// What a park gives at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Output {
    /// What each rotor meets, m/s.
    pub speed_ms: Vec<f64>,
    pub power_kw: Vec<f64>,
    /// What each would give alone.
    pub free_kw: Vec<f64>,
}

impl Output {
    pub fn power_kw(&self) -> f64 {
        self.power_kw.iter().sum()
    }

    /// Share that the wakes take, 0…1.
    pub fn wake_loss(&self) -> f64 {
        let free: f64 = self.free_kw.iter().sum();
        if free > 0.0 {
            1.0 - self.power_kw() / free
        } else {
            0.0
        }
    }
}

/// Why turbines are no park.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ParkFault {
    #[error("{0} turbines, between 1 and {MAX_TURBINES} are possible")]
    Turbines(usize),
    #[error("turbine {0}: availability {1} is not within 0…1")]
    Availability(usize, f64),
    #[error("the thrust is not within 0…1, or its speeds do not grow")]
    Thrust,
    #[error("an efficiency is not within 0…1, or its speeds do not grow")]
    Efficiency,
    #[error(transparent)]
    Wake(#[from] WakeFault),
    #[error(transparent)]
    Curve(#[from] CurveFault),
}

impl Park {
    /// `wake_widening` is 0.075 on land, 0.04 to 0.05 at sea.
    ///
    /// # Errors
    /// A [`ParkFault`] with what is impossible.
    pub fn new(
        turbines: Vec<Turbine>,
        thrust: Thrust,
        wake_widening: f64,
    ) -> Result<Self, ParkFault> {
        if !(1..=MAX_TURBINES).contains(&turbines.len()) {
            return Err(ParkFault::Turbines(turbines.len()));
        }
        let odd = |(_, t): &(usize, &Turbine)| !(0.0..=1.0).contains(&t.availability);
        if let Some((index, turbine)) = turbines.iter().enumerate().find(odd) {
            return Err(ParkFault::Availability(index, turbine.availability));
        }
        thrust.check()?;
        let rotors = turbines.iter().map(|turbine| turbine.rotor).collect();
        Ok(Self {
            wakes: Wakes::new(rotors, wake_widening)?,
            turbines,
            thrust,
        })
    }

    pub fn turbines(&self) -> &[Turbine] {
        &self.turbines
    }

    /// In a free wind of this speed at hub height, from this direction (clockwise from north); density where it is known, standard air elsewhere.
    pub fn output(&self, speed_ms: f64, from_deg: f64, density: Option<f64>) -> Output {
        // A rotor that stands still casts no wake.
        let thrust = |index: usize, speed: f64| match self.turbines.get(index) {
            Some(turbine) if turbine.curve.at(speed) > 0.0 => self.thrust.at(speed),
            _ => 0.0,
        };
        let speeds = self.wakes.speeds_ms(speed_ms, from_deg, &thrust);
        let power = |turbine: &Turbine, speed: f64| {
            let kw = match density {
                Some(density) if density > 0.0 => turbine.curve.at_density(speed, density),
                _ => turbine.curve.at(speed),
            };
            kw * turbine.availability
        };
        let all = self.turbines.iter();
        Output {
            power_kw: all
                .clone()
                .zip(&speeds)
                .map(|(t, v)| power(t, *v))
                .collect(),
            free_kw: all.map(|turbine| power(turbine, speed_ms)).collect(),
            speed_ms: speeds,
        }
    }

    /// Mean power of each step, kW; `None` without a speed or a direction.
    pub fn series(&self, steps: &[Option<Wind>]) -> Vec<Option<f64>> {
        steps
            .iter()
            .map(|step| {
                let wind = (*step)?;
                let known = wind.speed_ms.is_finite() && wind.from_deg.is_finite();
                known.then(|| {
                    self.output(wind.speed_ms, wind.from_deg, wind.density)
                        .power_kw()
                })
            })
            .collect()
    }
}

/// The wind of a step at hub height.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wind {
    pub speed_ms: f64,
    pub from_deg: f64,
    pub density: Option<f64>,
}

/// One curve of several turbines in the same wind: so many of each.
///
/// Each curve begins at zero speed and ends at zero power half a metre per second after its last point, as windpowerlib does it.
///
/// # Errors
/// A [`CurveFault`] without turbines, or with too many points.
pub fn aggregated(turbines: &[(&PowerCurve, f64)]) -> Result<PowerCurve, CurveFault> {
    let padded: Vec<(Vec<f64>, Vec<f64>, f64)> = turbines
        .iter()
        .map(|(curve, count)| {
            let (mut speeds, mut powers) = (curve.speeds_ms().to_vec(), curve.powers_kw().to_vec());
            if speeds.first().is_some_and(|first| *first > 0.0) {
                speeds.insert(0, 0.0);
                powers.insert(0, 0.0);
            }
            if let (Some(&end), Some(&power)) = (speeds.last(), powers.last())
                && power != 0.0
            {
                speeds.push(end + 0.5);
                powers.push(0.0);
            }
            (speeds, powers, *count)
        })
        .collect();
    let mut speeds: Vec<f64> = padded
        .iter()
        .flat_map(|(speeds, ..)| speeds.clone())
        .collect();
    speeds.sort_unstable_by(f64::total_cmp);
    speeds.dedup();
    let powers = speeds
        .iter()
        .map(|&speed| {
            let of = |(speeds, powers, count): &(Vec<f64>, Vec<f64>, f64)| {
                count * super::curve::interpolate(speed, speeds, powers)
            };
            padded.iter().map(of).sum()
        })
        .collect();
    PowerCurve::new(speeds, powers)
}

/// What wakes leave of the wind in a large park, by speed, 0…1.
#[derive(Clone, Debug, PartialEq)]
pub struct Efficiency {
    speed_ms: Vec<f64>,
    share: Vec<f64>,
}

impl Efficiency {
    /// A speed may stand twice, as it does in published curves.
    ///
    /// # Errors
    /// [`ParkFault::Efficiency`].
    pub fn new(speed_ms: Vec<f64>, share: Vec<f64>) -> Result<Self, ParkFault> {
        let sound = speed_ms.len() == share.len()
            && speed_ms.len() >= 2
            && speed_ms.iter().all(|v| v.is_finite())
            && speed_ms
                .windows(2)
                .all(|pair| matches!(pair, [a, b] if a <= b))
            && share.iter().all(|s| (0.0..=1.0).contains(s));
        sound
            .then_some(Self { speed_ms, share })
            .ok_or(ParkFault::Efficiency)
    }

    /// Linear between its points, the end values outside.
    pub fn at(&self, speed_ms: f64) -> f64 {
        let (first, last) = (self.speed_ms.first(), self.speed_ms.last());
        match (first, last) {
            (Some(first), _) if speed_ms <= *first => self.share.first().copied().unwrap_or(1.0),
            (_, Some(last)) if speed_ms >= *last => self.share.last().copied().unwrap_or(1.0),
            _ => super::curve::interpolate(speed_ms, &self.speed_ms, &self.share),
        }
    }

    /// The speed that the park behaves as if it had, for efficiencies of the wind itself (dena 2010, Knorr 2016).
    pub fn reduced_ms(&self, speed_ms: f64) -> f64 {
        speed_ms * self.at(speed_ms)
    }
}

/// A curve times a constant efficiency, of wakes, cables and standstill.
///
/// # Errors
/// [`ParkFault::Efficiency`] outside of 0…1.
pub fn with_efficiency(curve: &PowerCurve, share: f64) -> Result<PowerCurve, ParkFault> {
    if !(0.0..=1.0).contains(&share) {
        return Err(ParkFault::Efficiency);
    }
    let powers = curve.powers_kw().iter().map(|kw| kw * share).collect();
    Ok(PowerCurve::new(curve.speeds_ms().to_vec(), powers)?)
}

/// Hub height of a park as one turbine: the mean of the logarithms, weighted by nominal power (Knorr 2016, as windpowerlib).
pub fn mean_hub_m(turbines: &[(f64, f64)]) -> Option<f64> {
    let whole: f64 = turbines.iter().map(|(_, nominal_kw)| nominal_kw).sum();
    let sum: f64 = turbines.iter().map(|(hub_m, kw)| hub_m.ln() * kw).sum();
    let mean = (sum / whole).exp();
    mean.is_finite().then_some(mean)
}

/// Electric power of a rotor by its power coefficient: ρ/8·π·D²·v³·c_p, kW.
pub fn by_coefficient_kw(
    speed_ms: f64,
    coefficients: (&[f64], &[f64]),
    diameter_m: f64,
    density: f64,
) -> f64 {
    let coefficient = super::curve::interpolate(speed_ms, coefficients.0, coefficients.1);
    let area_m2 = std::f64::consts::PI * diameter_m * diameter_m / 4.0;
    0.5 * density * area_m2 * speed_ms.powi(3) * coefficient / 1000.0
}
