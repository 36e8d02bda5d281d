//! A year of every branch and bus, kept: for the picture that follows the clock, and for a line's own year.
//!
//! Loadings carry a sign: positive where power runs from the branch's from end to its to end. What has no state or no rating is NaN, which is no data and not zero.

use super::network::{BranchKind, Network};
use super::series::{Profiles, Series, SeriesFault, SeriesOptions, series_with};

/// Most values kept, branches and buses together: 400 MB.
pub const MAX_VALUES: usize = 100_000_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub steps: usize,
    /// Branches and buses kept, as indices of the network.
    pub branches: Vec<usize>,
    pub buses: Vec<usize>,
    /// Signed percent of the rating: step after step of the first branch, then of the next.
    pub loading_percent: Vec<f32>,
    pub vm_pu: Vec<f32>,
}

/// What to keep.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    pub branches: Vec<usize>,
    pub buses: Vec<usize>,
}

impl Kept {
    /// All branches with a rating and all buses that people know.
    pub fn all(network: &Network) -> Self {
        let rated = |index: &usize| {
            network.branches.get(*index).is_some_and(|branch| {
                branch.kind != BranchKind::Internal && branch.rating != super::Rating::None
            })
        };
        let known = |index: &usize| network.buses.get(*index).is_some_and(|bus| !bus.internal);
        Self {
            branches: (0..network.branches.len()).filter(rated).collect(),
            buses: (0..network.buses.len()).filter(known).collect(),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordFault {
    #[error(transparent)]
    Series(#[from] SeriesFault),
    #[error("{0} values, at most {MAX_VALUES} are kept: choose branches and buses")]
    TooLarge(usize),
    #[error("branch or bus {0} does not exist")]
    Dangling(usize),
}

/// Solves all steps and keeps what is asked for.
///
/// # Errors
/// A [`RecordFault`] when network, profiles or choice do not hold together.
pub fn record(
    network: &Network,
    profiles: &Profiles,
    options: &SeriesOptions,
    kept: &Kept,
) -> Result<(Series, Record), RecordFault> {
    let steps = profiles.steps;
    let rows = kept.branches.len() + kept.buses.len();
    let values = rows.saturating_mul(steps);
    if values > MAX_VALUES {
        return Err(RecordFault::TooLarge(values));
    }
    let strange = |list: &[usize], count: usize| list.iter().copied().find(|&i| i >= count);
    if let Some(index) = strange(&kept.branches, network.branches.len())
        .or_else(|| strange(&kept.buses, network.buses.len()))
    {
        return Err(RecordFault::Dangling(index));
    }
    let mut loading_percent = vec![f32::NAN; kept.branches.len() * steps];
    let mut vm_pu = vec![f32::NAN; kept.buses.len() * steps];
    let series = series_with(network, profiles, options, &mut |step, view| {
        for (row, &branch) in kept.branches.iter().enumerate() {
            let flow = view.branch(network, branch);
            if let (Some(percent), Some(from), Some(slot)) = (
                flow.loading_percent,
                flow.from_mva,
                loading_percent.get_mut(row * steps + step),
            ) {
                *slot = if from.re < 0.0 { -percent } else { percent } as f32;
            }
        }
        for (row, &bus) in kept.buses.iter().enumerate() {
            if let (Some(voltage), Some(slot)) =
                (view.voltage(bus), vm_pu.get_mut(row * steps + step))
            {
                *slot = voltage.norm() as f32;
            }
        }
    })?;
    let record = Record {
        steps,
        branches: kept.branches.clone(),
        buses: kept.buses.clone(),
        loading_percent,
        vm_pu,
    };
    Ok((series, record))
}

impl Record {
    /// The year of a branch, signed percent; empty where it was not kept.
    pub fn loading_of(&self, branch: usize) -> &[f32] {
        self.row(&self.branches, &self.loading_percent, branch)
    }

    pub fn voltage_of(&self, bus: usize) -> &[f32] {
        self.row(&self.buses, &self.vm_pu, bus)
    }

    fn row<'a>(&self, keys: &[usize], values: &'a [f32], key: usize) -> &'a [f32] {
        keys.iter()
            .position(|known| *known == key)
            .and_then(|row| values.get(row * self.steps..(row + 1) * self.steps))
            .unwrap_or_default()
    }

    /// All kept branches, the most loaded first.
    pub fn years(&self, limit_percent: f64, step_h: f64) -> Vec<LineYear> {
        let mut years: Vec<LineYear> = self
            .branches
            .iter()
            .map(|&branch| LineYear::of(branch, self.loading_of(branch), limit_percent, step_h))
            .collect();
        years.sort_by(|a, b| b.highest_percent.total_cmp(&a.highest_percent));
        years
    }
}

/// What a year was for one branch.
#[derive(Clone, Debug, PartialEq)]
pub struct LineYear {
    pub branch: usize,
    /// Hours above the limit.
    pub congested_h: f64,
    /// The sum of what was above it, in hours of the full rating: twice as far over counts twice.
    pub excess_h: f64,
    /// Of all steps with a state; 0 where there is none.
    pub highest_percent: f64,
    pub mean_percent: f64,
    /// Share of the steps in which power ran from the to end to the from end.
    pub reversed_share: f64,
    pub steps_without_state: usize,
}

impl LineYear {
    pub fn of(branch: usize, signed_percent: &[f32], limit_percent: f64, step_h: f64) -> Self {
        let known = || {
            let finite = signed_percent.iter().filter(|value| value.is_finite());
            finite.map(|value| f64::from(*value))
        };
        let count = known().count();
        let over = || {
            known()
                .map(|value| value.abs() - limit_percent)
                .filter(|v| *v > 0.0)
        };
        let share = |sum: f64| if count > 0 { sum / count as f64 } else { 0.0 };
        Self {
            branch,
            congested_h: over().count() as f64 * step_h,
            excess_h: over().sum::<f64>() / 100.0 * step_h,
            highest_percent: known().map(f64::abs).fold(0.0, f64::max),
            mean_percent: share(known().map(f64::abs).sum()),
            reversed_share: share(known().filter(|value| *value < 0.0).count() as f64),
            steps_without_state: signed_percent.len() - count,
        }
    }
}

/// A load-duration curve: magnitudes from the highest to the lowest, steps without state left out.
pub fn duration_curve(signed: &[f32]) -> Vec<f32> {
    let finite = signed.iter().filter(|value| value.is_finite());
    let mut curve: Vec<f32> = finite.map(|value| value.abs()).collect();
    curve.sort_unstable_by(|a, b| b.total_cmp(a));
    curve
}

/// The curve at `points` equal shares of the time, its ends included: what a small picture needs. Linear between steps.
pub fn duration_points(curve: &[f32], points: usize) -> Vec<f32> {
    let Some(last) = curve.len().checked_sub(1) else {
        return Vec::new();
    };
    let between = points.saturating_sub(1).max(1) as f64;
    (0..points)
        .filter_map(|point| {
            let place = point as f64 / between * last as f64;
            let (below, part) = (place.floor() as usize, place.fract() as f32);
            let low = curve.get(below)?;
            let high = curve.get(below + 1).unwrap_or(low);
            Some(low + (high - low) * part)
        })
        .collect()
}

/// The steps of the largest magnitudes, the worst first; of equal ones the earlier.
pub fn worst_steps(signed: &[f32], count: usize) -> Vec<(usize, f32)> {
    let known = signed.iter().copied().enumerate();
    let mut steps: Vec<(usize, f32)> = known.filter(|(_, value)| value.is_finite()).collect();
    steps.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0)));
    steps.truncate(count);
    steps
}
