//! A year of wind where nobody measured any: speeds distributed as Rayleigh's, windier in winter, each hour like the one before.
//!
//! 1. A first-order autoregressive noise, ρ = 0.95 from hour to hour, with a cosine of the season (mean of January against July some 30 % apart) added.
//! 2. The hour of rank r among n gets the Rayleigh quantile (r + ½)/n: the year's distribution is exact, whatever the noise.
//!
//! This is *simulated* wind of no particular year: right in its distribution and in how long calms and gales last (hours to days), wrong at every single hour.
//! Rayleigh is Weibull with k = 2, the usual assumption where only a mean is known (IEC 61400-1).

use crate::base::Rng;

/// From an hour to the next.
const PERSISTENCE: f64 = 0.95;
/// Amplitude of the season, in standard deviations of the noise.
const SEASON: f64 = 0.3;
/// The windiest time, as a share of the year: mid January.
const WINDIEST: f64 = 0.04;
/// The same wind for everybody.
const SEED: u64 = 20_260_101;

/// Wind of so many steps of `step_h`, with a mean of one; the first step is at a share of the year.
pub fn unit_wind(steps: usize, step_h: f64, begins: f64) -> Vec<f64> {
    if steps == 0 {
        return Vec::new();
    }
    let mut rng = Rng::new(SEED);
    let persistence = PERSISTENCE.powf(step_h.max(0.0));
    let fresh = (1.0 - persistence * persistence).max(0.0).sqrt();
    let mut noise = normal(&mut rng);
    let mut hours: Vec<(f64, usize)> = Vec::with_capacity(steps);
    for step in 0..steps {
        let share = begins + step as f64 * step_h / 8766.0;
        hours.push((noise + SEASON * (std::f64::consts::TAU * (share - WINDIEST)).cos(), step));
        noise = persistence * noise + fresh * normal(&mut rng);
    }
    hours.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    // Γ(3/2): the mean of Rayleigh's distribution with scale one.
    let mean = 0.5 * std::f64::consts::PI.sqrt();
    let mut wind = vec![0.0; steps];
    for (rank, (_, step)) in hours.into_iter().enumerate() {
        let share = (rank as f64 + 0.5) / steps as f64;
        if let Some(slot) = wind.get_mut(step) {
            *slot = (-(1.0 - share).ln()).sqrt() / mean;
        }
    }
    wind
}

/// Standard normal, by Box and Muller.
fn normal(rng: &mut Rng) -> f64 {
    (-2.0 * (1.0 - rng.unit()).ln()).sqrt() * (std::f64::consts::TAU * rng.unit()).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_has_the_distribution_it_says_and_lasts() {
        let wind = unit_wind(8760, 1.0, 0.0);
        let mean = wind.iter().sum::<f64>() / 8760.0;
        assert!((mean - 1.0).abs() < 1e-3, "{mean}");
        // Mean cube of Rayleigh over the cube of its mean: 6/π.
        let cube = wind.iter().map(|v| v.powi(3)).sum::<f64>() / 8760.0;
        assert!((cube - 6.0 / std::f64::consts::PI).abs() < 0.01, "{cube}");
        let covariance = wind.windows(2).map(|pair| (pair[0] - 1.0) * (pair[1] - 1.0)).sum::<f64>() / 8759.0;
        let variance = wind.iter().map(|v| (v - 1.0).powi(2)).sum::<f64>() / 8760.0;
        assert!((0.90..0.98).contains(&(covariance / variance)), "{}", covariance / variance);
        let of = |from: usize| wind[from..from + 720].iter().sum::<f64>() / 720.0;
        assert!(of(0) + of(8000) > of(4000) + of(4720));
        assert_eq!(wind, unit_wind(8760, 1.0, 0.0));
        assert!(unit_wind(0, 1.0, 0.0).is_empty());
    }
}
