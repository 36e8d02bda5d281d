//! Curves of real turbines, from windpowerlib 0.2.2 and the OpenEnergy Platform (see `ATTRIBUTIONS.md`).

use super::curve::PowerCurve;

const CURVES: &str = include_str!("curves.csv");

#[derive(Clone, Debug, PartialEq)]
pub struct Turbine {
    pub name: &'static str,
    /// As the platform states it; some curves rise a little above.
    pub nominal_kw: f64,
    pub rotor_m: Option<f64>,
    pub curve: PowerCurve,
}

/// All names, in the library's order.
pub fn names() -> impl Iterator<Item = &'static str> {
    lines().filter_map(|line| line.split(';').next())
}

/// A turbine by name; capitals, spaces and punctuation do not matter: `e82 2300` is E-82/2300.
pub fn turbine(name: &str) -> Option<Turbine> {
    let wanted = plain(name);
    let line = lines()
        .find(|line| line.split(';').next() == Some(name))
        .or_else(|| lines().find(|line| plain(line.split(';').next().unwrap_or("")) == wanted))?;
    let mut parts = line.split(';');
    let name = parts.next()?;
    let nominal_w: Option<f64> = parts.next()?.parse().ok();
    let rotor_m = parts.next()?.parse().ok();
    let mut speeds = Vec::new();
    let mut powers = Vec::new();
    for pair in parts.next()?.split(' ') {
        let (speed, watts) = pair.split_once(':')?;
        speeds.push(speed.parse().ok()?);
        powers.push(watts.parse::<f64>().ok()? / 1000.0);
    }
    let curve = PowerCurve::new(speeds, powers).ok()?;
    Some(Turbine {
        name,
        nominal_kw: nominal_w.map_or_else(|| curve.highest_kw(), |watts| watts / 1000.0),
        rotor_m,
        curve,
    })
}

/// Names nearest to a wrong one: those that share its first letters.
pub fn like(name: &str) -> Vec<&'static str> {
    let wanted = plain(name);
    let shares = |known: &str| {
        let known = plain(known);
        let same = known.bytes().zip(wanted.bytes());
        same.take_while(|(a, b)| a == b).count()
    };
    let best = names().map(shares).max().unwrap_or(0);
    names()
        .filter(|known| shares(known) == best)
        .take(10)
        .collect()
}

fn lines() -> impl Iterator<Item = &'static str> {
    CURVES
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
}

fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
