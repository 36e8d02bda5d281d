//! Wakes of a small park, by N. O. Jensen's top-hat model (Risø-M-2411, 1983).
//!
//! Behind a rotor of diameter D the air is slower by 1 − √(1 − c_t) over (1 + 2kx/D)², in a cone that widens by k each metre.
//! Deficits of several rotors add up as roots of sums of squares, each by the share of the rotor that lies in the cone (Katić et al. 1986), as PyWake's `NOJDeficit` with momentum theory.
//! Range: a few rows of turbines in flat country, from three diameters on; large parks and hills need more.

/// A turbine in plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rotor {
    /// Metres east and north of any common point.
    pub east_m: f64,
    pub north_m: f64,
    pub hub_m: f64,
    pub diameter_m: f64,
}

/// Why rotors have no wakes.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum WakeFault {
    #[error("rotor {0}: place, height or diameter is not possible")]
    Rotor(usize),
    #[error("a wake that widens by {0} each metre is not possible")]
    Widening(f64),
}

/// Rotors and how their wakes widen.
#[derive(Clone, Debug, PartialEq)]
pub struct Wakes {
    rotors: Vec<Rotor>,
    widening: f64,
}

impl Wakes {
    /// # Errors
    /// A [`WakeFault`].
    pub fn new(rotors: Vec<Rotor>, widening: f64) -> Result<Self, WakeFault> {
        if !(0.0..=1.0).contains(&widening) {
            return Err(WakeFault::Widening(widening));
        }
        let odd = |rotor: &Rotor| {
            let placed = rotor.east_m.is_finite() && rotor.north_m.is_finite();
            !(placed && rotor.hub_m.is_finite() && rotor.diameter_m > 0.0)
                || !rotor.diameter_m.is_finite()
        };
        match rotors.iter().position(odd) {
            Some(index) => Err(WakeFault::Rotor(index)),
            None => Ok(Self { rotors, widening }),
        }
    }

    /// Speed that each rotor meets in a free wind `from_deg` (clockwise from north): the first in the wind the free one, each further one what those before it leave. A rotor's thrust, by its index, is that at the speed it meets itself.
    pub fn speeds_ms(&self, free_ms: f64, from_deg: f64, thrust: &dyn Fn(usize, f64) -> f64) -> Vec<f64> {
        let (sin, cos) = from_deg.to_radians().sin_cos();
        let towards = |rotor: &Rotor| rotor.east_m * sin + rotor.north_m * cos;
        let mut order: Vec<usize> = (0..self.rotors.len()).collect();
        let place = |index: &usize| self.rotors.get(*index).map_or(0.0, towards);
        order.sort_by(|a, b| place(b).total_cmp(&place(a)));
        let mut speeds = vec![free_ms; self.rotors.len()];
        // What each rotor takes of the wind close behind it, as a share of the free speed.
        let mut induced = vec![0.0; self.rotors.len()];
        for (rank, &index) in order.iter().enumerate() {
            let Some(here) = self.rotors.get(index) else {
                continue;
            };
            let before = order.get(..rank).unwrap_or_default();
            let squares: f64 = before
                .iter()
                .filter_map(|&other| {
                    let rotor = self.rotors.get(other)?;
                    let share = deficit(rotor, here, (sin, cos), self.widening);
                    let deficit = share * induced.get(other)?;
                    Some(deficit * deficit)
                })
                .sum();
            let speed = free_ms * (1.0 - squares.sqrt()).max(0.0);
            if let (Some(met), Some(taken)) = (speeds.get_mut(index), induced.get_mut(index)) {
                *met = speed;
                *taken = 1.0 - (1.0 - thrust(index, speed).clamp(0.0, 1.0)).sqrt();
            }
        }
        speeds
    }
}

/// How much of what `other` takes close behind itself is missing at `here`, 0…1.
fn deficit(other: &Rotor, here: &Rotor, (sin, cos): (f64, f64), widening: f64) -> f64 {
    let (east, north) = (other.east_m - here.east_m, other.north_m - here.north_m);
    // How far the other stands towards the wind, and how far beside.
    let ahead = east * sin + north * cos;
    if ahead <= 0.0 {
        return 0.0;
    }
    let beside = (east * cos - north * sin).hypot(other.hub_m - here.hub_m);
    let cone = other.diameter_m / 2.0 + widening * ahead;
    let share = overlap(here.diameter_m / 2.0, cone, beside);
    let wider = 1.0 + 2.0 * widening * ahead / other.diameter_m;
    share / (wider * wider)
}

/// Share of the free speed that each rotor gets when the wind comes from `from_deg` (clockwise from north) and all rotors have one thrust.
pub fn speed_shares(
    rotors: &[Rotor],
    from_deg: f64,
    thrust_coefficient: f64,
    wake_widening: f64,
) -> Vec<f64> {
    let wakes = Wakes {
        rotors: rotors.to_vec(),
        widening: wake_widening,
    };
    wakes.speeds_ms(1.0, from_deg, &|_, _| thrust_coefficient)
}

/// Share of a circle of radius `own` inside another of radius `cone`, their centres `apart`.
fn overlap(own: f64, cone: f64, apart: f64) -> f64 {
    if own <= 0.0 || apart >= own + cone {
        return 0.0;
    }
    if apart <= (cone - own).abs() {
        return if cone >= own {
            1.0
        } else {
            (cone / own).powi(2)
        };
    }
    let angle = |r: f64, other: f64| {
        (((apart * apart + r * r - other * other) / (2.0 * apart * r)).clamp(-1.0, 1.0)).acos()
    };
    let (a, b) = (angle(own, cone), angle(cone, own));
    let lens = own * own * (a - a.sin() * a.cos()) + cone * cone * (b - b.sin() * b.cos());
    lens / (std::f64::consts::PI * own * own)
}
