//! An answer of PVGIS for one plane, and ours for the same plane without shade.

use super::roofs::RoofOptions;
use super::store::Made;
use crate::energy::cell::Mount;
use crate::energy::prepared::PreparedYear;
use crate::energy::pv::System;
use crate::energy::transposition::Plane;
use crate::energy::yields::PlaneView;
use crate::formats::roofplan::PvgisRecord;
use crate::formats::weather::pvgis_answer::PvgisAnswer;
use crate::geodesy::LonLatH;
use crate::rooftop::record::{energy, hours_rounded, rounded};

/// Ours beside theirs, with the weather of the run, the losses and the mounting of the answer.
pub fn compared(answer: &PvgisAnswer, made: &Made, options: &RoofOptions) -> PvgisRecord {
    let mount = if answer.is_free_standing { Mount::FREE_STANDING } else { Mount::SEMI_INTEGRATED };
    let system = System { losses: answer.losses, mount, ..options.system };
    let prepared = PreparedYear::new(&system, &hours_rounded(&made.weather.hours), made.weather.step_h);
    let plane = Plane::new(answer.tilt, answer.azimuth);
    let (sums, _) = prepared.produce(&plane, &PlaneView::new(&plane, &[], options.foliage), |_, _| ());
    let kwh_year = prepared.of_one_year(sums.month_kwh).iter().sum::<f64>() * answer.kwp;
    let site = &made.weather.site;
    let place = |lon: f64, lat: f64| LonLatH::new(lon, lat, 0.0).to_ecef().0;
    PvgisRecord {
        database: answer.database.clone(),
        tilt: answer.tilt,
        azimuth: answer.azimuth,
        kwp: answer.kwp,
        losses: answer.losses,
        away_km: rounded(1e-3 * (place(site.lon, site.lat) - place(answer.lon, answer.lat)).length(), 1),
        kwh_year: answer.kwh_year,
        ours_kwh_year: energy(kwh_year),
    }
}
