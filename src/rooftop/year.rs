//! The year that a stored series has: hours of the weather, whichever years they come from, laid on the hours of one.

use crate::base::Instant;
use crate::energy::weather::SkyHour;

const HOUR_S: i64 = 3600;

/// Hours of one year, UTC, and which of them each hour of the weather belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredYear {
    pub start: Instant,
    pub hours: usize,
    /// Some day of another year is none of this one.
    slots: Vec<Option<u32>>,
    counts: Vec<u32>,
    /// The weather's own dates are others.
    pub typical: bool,
}

impl StoredYear {
    /// `None` for a year that no calendar knows.
    pub fn new(year: i16, weather: &[SkyHour]) -> Option<Self> {
        let start = Instant::from_utc(year, 1, 1, 0, 0, 0)?;
        let end = Instant::from_utc(year.checked_add(1)?, 1, 1, 0, 0, 0)?;
        let hours = usize::try_from((end.0 - start.0) / HOUR_S).ok()?;
        let mut counts = vec![0; hours];
        let mut typical = false;
        let slots = weather
            .iter()
            .map(|hour| {
                let at = hour.at.utc();
                typical |= at.year != year;
                // 29 February is in no common year.
                let here = Instant::from_utc(year, at.month, at.day, at.hour, 0, 0)?;
                let slot = usize::try_from((here.0 - start.0) / HOUR_S).ok()?;
                *counts.get_mut(slot)? += 1;
                u32::try_from(slot).ok()
            })
            .collect();
        Some(Self { start, hours, slots, counts, typical })
    }

    /// Sums to add to.
    pub fn empty(&self) -> Vec<f64> {
        vec![0.0; self.hours]
    }

    /// Adds the power of an hour of the weather.
    pub fn add(&self, sums: &mut [f64], hour: usize, kw: f64) {
        if let Some(Some(slot)) = self.slots.get(hour)
            && let Some(sum) = sums.get_mut(*slot as usize)
        {
            *sum += kw;
        }
    }

    /// Means by hour; an hour that the weather does not have is no data.
    pub fn mean(&self, sums: &[f64]) -> Vec<f32> {
        sums.iter().zip(&self.counts).map(|(sum, count)| if *count == 0 { f32::NAN } else { (sum / f64::from(*count)) as f32 }).collect()
    }
}
