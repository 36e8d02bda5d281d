//! Wakes of a small park, by N. O. Jensen's top-hat model (Risø-M-2411, 1983).
//!
//! Behind a rotor of diameter D the air is slower by 1 − √(1 − c_t) over (1 + 2kx/D)², in a cone that widens by k each metre.
//! Deficits of several rotors add up as roots of sums of squares, each by the share of the rotor that lies in the cone (Katić et al. 1986).
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

/// Share of the free speed that each rotor gets when the wind comes from `from_deg` (clockwise from north).
pub fn speed_shares(
    rotors: &[Rotor],
    from_deg: f64,
    thrust_coefficient: f64,
    wake_widening: f64,
) -> Vec<f64> {
    let (sin, cos) = from_deg.to_radians().sin_cos();
    let induced = 1.0 - (1.0 - thrust_coefficient.clamp(0.0, 1.0)).sqrt();
    rotors
        .iter()
        .map(|here| {
            let squares: f64 = rotors
                .iter()
                .filter_map(|other| {
                    let (east, north) = (other.east_m - here.east_m, other.north_m - here.north_m);
                    // How far the other stands towards the wind, and how far beside.
                    let ahead = east * sin + north * cos;
                    let beside = (east * cos - north * sin).hypot(other.hub_m - here.hub_m);
                    if ahead <= 0.0 {
                        return None;
                    }
                    let cone = other.diameter_m / 2.0 + wake_widening * ahead;
                    let own = here.diameter_m / 2.0;
                    let share = overlap(own, cone, beside);
                    let widening = 1.0 + 2.0 * wake_widening * ahead / other.diameter_m;
                    let deficit = share * induced / (widening * widening);
                    Some(deficit * deficit)
                })
                .sum();
            (1.0 - squares.sqrt()).max(0.0)
        })
        .collect()
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
