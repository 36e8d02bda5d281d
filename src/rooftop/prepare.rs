//! What is worked out once for a building: the hours of each of its planes.

use super::YEAR;
use super::record::{Shared, energy, plane, views};
use super::year::StoredYear;
use crate::energy::prepared::PreparedYear;
use crate::energy::transposition::Plane;
use crate::energy::yields::PlaneView;
use crate::formats::roofbook::{PlaneRecord, Record};

/// The sun and the air of a territory, made ready for many roofs.
#[derive(Clone)]
pub struct Sunlight {
    pub shared: Shared,
    prepared: PreparedYear,
    year: StoredYear,
}

impl Sunlight {
    /// `None` where no calendar knows the year.
    pub fn new(shared: Shared) -> Option<Self> {
        let year = StoredYear::new(YEAR, &shared.hours)?;
        let prepared = PreparedYear::new(&shared.system, &shared.hours, shared.step_h);
        Some(Self { shared, prepared, year })
    }

    /// Works a plane's year out again, from what it sees now.
    pub fn renew(&self, own: &mut PlaneRecord) {
        let tilted = Plane::new(own.tilt, own.azimuth);
        let view = PlaneView::new(&tilted, &views(own), self.shared.foliage);
        let (sums, open_kwh) = self.prepared.produce(&tilted, &view, |_, _| ());
        own.kwh_month = self.prepared.of_one_year(sums.month_kwh).map(|kwh| energy(kwh * own.kwp));
        own.kwh_year = energy(own.kwh_month.iter().sum());
        own.shading_loss = energy(if open_kwh > 0.0 { (1.0 - sums.ac_kwh / open_kwh).clamp(0.0, 1.0) } else { 0.0 });
        own.sky_view = energy(view.sky_share() * tilted.sky_view());
        own.kwh_m2 = energy(self.prepared.of_one_year(sums.month_poa_kwh).iter().sum());
    }

    /// kW of each kWp of a plane, by hour of the stored year; an hour that the weather lacks counts as dark.
    fn per_kwp(&self, own: &PlaneRecord) -> Vec<f32> {
        let tilted = Plane::new(own.tilt, own.azimuth);
        let view = PlaneView::new(&tilted, &views(own), self.shared.foliage);
        let mut sums = self.year.empty();
        self.prepared.produce(&tilted, &view, |hour, kw| self.year.add(&mut sums, hour, kw));
        self.year.mean(&sums).into_iter().map(|kw| if kw.is_finite() { kw } else { 0.0 }).collect()
    }
}

/// A building whose planes' hours are known.
#[derive(Clone)]
pub struct Prepared {
    pub record: Record,
    /// By plane, kW of each kWp; empty for planes without a module.
    pub per_kwp: Vec<Vec<f32>>,
}

impl Prepared {
    pub fn new(record: Record, sunlight: &Sunlight) -> Self {
        let per_kwp = record.planes.iter().map(|own| if own.modules > 0 { sunlight.per_kwp(own) } else { Vec::new() }).collect();
        Self { record, per_kwp }
    }

    /// Middle of the roof's corners in the local frame.
    pub fn middle(&self) -> [f64; 3] {
        middle(&self.record)
    }
}

/// Middle of a roof's corners in the local frame.
pub fn middle(record: &Record) -> [f64; 3] {
    let corners: Vec<[f64; 3]> = record.planes.iter().flat_map(|own| plane(own).triangles.into_iter().flatten()).collect();
    let sum = corners.iter().fold([0.0; 3], |sum: [f64; 3], p| [sum[0] + p[0], sum[1] + p[1], sum[2] + p[2]]);
    sum.map(|x| x / corners.len().max(1) as f64)
}
