//! What is worked out once for a building: the hours of each of its planes.

use super::{Thinning, YEAR};
use super::record::{Shared, energy, layout_rounded, plane, views};
use super::year::StoredYear;
use crate::energy::layout::{Layout, ModuleKind, Orientation, lay_as};
use crate::energy::prepared::PreparedYear;
use crate::energy::transposition::Plane;
use crate::energy::yields::PlaneView;
use crate::formats::roofbook::{PlaneRecord, Record, ThinnedRecord};

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

    /// Air outside by hour of the stored year, °C; an hour that the weather lacks is as the one before.
    pub fn air_year(&self) -> Vec<f64> {
        let mut sums = self.year.empty();
        for (place, hour) in self.shared.hours.iter().enumerate() {
            self.year.add(&mut sums, place, hour.air_c);
        }
        let mut last = crate::energy::weather::DEFAULT_AIR_C;
        let follow = |c: f32| {
            if c.is_finite() {
                last = f64::from(c);
            }
            last
        };
        self.year.mean(&sums).into_iter().map(follow).collect()
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

    /// The same roof without some trees; only the planes that they stand before are worked out again.
    pub fn without(&self, thinning: Thinning, sunlight: &Sunlight) -> Self {
        let thinned: Vec<ThinnedRecord> = match thinning {
            Thinning::All => self.record.treeless.clone(),
            Thinning::Tree(number) => self.record.trees.get(number).map(|tree| tree.thinned.clone()).unwrap_or_default(),
        };
        let mut out = self.clone();
        for ThinnedRecord { plane, directions, tops } in thinned {
            let Some(own) = out.record.planes.get_mut(plane) else { continue };
            for (view, tops) in own.views.iter_mut().zip(&tops) {
                for (direction, top) in directions.iter().zip(tops) {
                    if let Some(kept) = view.tree_tops.get_mut(usize::from(*direction)) {
                        *kept = *top;
                    }
                }
            }
            sunlight.renew(own);
            if let Some(per_kwp) = out.per_kwp.get_mut(plane).filter(|per_kwp| !per_kwp.is_empty()) {
                *per_kwp = sunlight.per_kwp(own);
            }
        }
        out
    }

    /// The same roof with its modules laid again: upright or lying, with `kind`'s margin. Planes on which nothing was proposed stay bare: no hours of theirs are known.
    pub fn relaid(&self, orientation: Option<Orientation>, kind: &ModuleKind) -> Self {
        let mut out = self.clone();
        for own in out.record.planes.iter_mut().filter(|own| own.modules > 0 && own.kwp > 0.0) {
            let Layout { orientation, corners, modules, kwp, usable_m2, .. } = layout_rounded(lay_as(&plane(own), kind, orientation, &[]));
            let share = kwp / own.kwp;
            own.lying = orientation == Orientation::Landscape;
            own.corners_mm = corners.iter().map(|corner| corner.map(|x| (1000.0 * x).round() as i64)).collect();
            (own.modules, own.kwp, own.usable_m2) = (modules, kwp, usable_m2);
            own.kwh_month = own.kwh_month.map(|kwh| energy(kwh * share));
            own.kwh_year = energy(own.kwh_month.iter().sum());
        }
        out
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
