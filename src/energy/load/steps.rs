//! Equal steps of time, and series of other steps.

use super::LoadFault;
use crate::base::{Clock, Instant};

/// Most steps: a year of minutes.
pub const MAX_STEPS: usize = 527_040;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    pub start: Instant,
    pub step_s: i64,
    pub count: usize,
}

/// A day by the clock of a place, and its steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub year: i16,
    pub month: i8,
    pub day: i8,
    pub steps: std::ops::Range<usize>,
}

impl Steps {
    /// A year from 1 January 00:00 UTC; `None` for years no calendar knows, and steps that do not divide an hour.
    pub fn of_year(year: i16, step_s: i64) -> Option<Self> {
        let start = Instant::from_utc(year, 1, 1, 0, 0, 0)?;
        let end = Instant::from_utc(year.checked_add(1)?, 1, 1, 0, 0, 0)?;
        if !(1..=3600).contains(&step_s) || 3600 % step_s != 0 {
            return None;
        }
        let count = usize::try_from((end.0 - start.0) / step_s).ok()?;
        (count <= MAX_STEPS).then_some(Self {
            start,
            step_s,
            count,
        })
    }

    pub fn at(&self, step: usize) -> Instant {
        self.start.plus_seconds(step as i64 * self.step_s)
    }

    pub fn step_h(&self) -> f64 {
        self.step_s as f64 / 3600.0
    }

    /// Days as people live them: the one in spring has 23 hours, the one in autumn 25. The first and last may be cut.
    pub fn days(&self, clock: Clock) -> Vec<Day> {
        let mut days: Vec<Day> = Vec::new();
        for step in 0..self.count {
            let local = clock.read(self.at(step));
            match days.last_mut() {
                Some(day)
                    if (day.year, day.month, day.day) == (local.year, local.month, local.day) =>
                {
                    day.steps.end = step + 1;
                }
                _ => days.push(Day {
                    year: local.year,
                    month: local.month,
                    day: local.day,
                    steps: step..step + 1,
                }),
            }
        }
        days
    }
}

/// Energy of a series, kWh.
pub fn energy_kwh(power_kw: &[f64], step_h: f64) -> f64 {
    power_kw.iter().sum::<f64>() * step_h
}

/// The same powers in steps of another length: shorter steps repeat, longer ones hold the mean, lengths that do not divide each other are cut where they meet. No energy is lost.
///
/// # Errors
/// [`LoadFault::Resample`] when the whole does not fill whole steps of the new length.
pub fn resample(power_kw: &[f64], from_s: i64, to_s: i64) -> Result<Vec<f64>, LoadFault> {
    let whole_s = power_kw.len() as i64 * from_s.max(0);
    if from_s <= 0 || to_s <= 0 || whole_s % to_s != 0 {
        return Err(LoadFault::Resample(from_s, to_s));
    }
    let count = (whole_s / to_s) as usize;
    if count > MAX_STEPS {
        return Err(LoadFault::Steps(count));
    }
    let mut made = vec![0.0; count];
    for (index, kw) in power_kw.iter().enumerate() {
        let (start, end) = (index as i64 * from_s, (index as i64 + 1) * from_s);
        let mut at = start;
        while at < end {
            let into = at / to_s;
            let until = ((into + 1) * to_s).min(end);
            if let Some(slot) = made.get_mut(into as usize) {
                *slot += kw * (until - at) as f64 / to_s as f64;
            }
            at = until;
        }
    }
    Ok(made)
}

/// Steps of half the length that lean towards their neighbours: each pair keeps the mean of its step, and no step changes sign.
///
/// The middle course between repeating a value and inventing a shape.
pub fn halved(power_kw: &[f64]) -> Vec<f64> {
    let mut made = Vec::with_capacity(2 * power_kw.len());
    for (index, &now) in power_kw.iter().enumerate() {
        let near = |other: Option<usize>| {
            other
                .and_then(|at| power_kw.get(at))
                .copied()
                .unwrap_or(now)
        };
        let (before, after) = (near(index.checked_sub(1)), near(Some(index + 1)));
        let lean = ((after - before) / 8.0).clamp(-now.abs(), now.abs());
        made.push(now - lean);
        made.push(now + lean);
    }
    made
}
