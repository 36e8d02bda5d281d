//! A territory's package → its [`Ground`]: which series are asked for, and what they become.

use super::SitingFault;
use super::ground::Ground;
use crate::base::Instant;
use crate::energy::storage::MAX_STEPS;
use crate::energy::weather::Site;
use crate::formats::territory::{Axis, Manifest, Moves, Series};
use std::ops::Range;

/// Profiles of the demand of all buildings, by class of use.
const DEMAND: &str = "demand";
/// Power of each turbine that stands there.
const WIND_POWER: &str = "wind-power";
/// Amounts of a year are shares of so many hours.
const HOURS: f64 = 8760.0;
/// Rows of one series that are looked at.
const MOST_ROWS: usize = 1_000;

/// A series that is wanted, and which of its rows with which factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted<'m> {
    pub series: &'m Series,
    pub axis: &'m Axis,
    pub rows: Vec<(usize, f64)>,
    pub what: What,
}

/// What the values of a series are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// kW, added up.
    Demand,
    /// kW, added up.
    Production,
    /// m/s, the mean.
    WindSpeed,
}

impl Wanted<'_> {
    /// Steps that are there to be asked for.
    pub fn steps(&self) -> Range<usize> {
        0..usize::try_from(self.axis.steps().unwrap_or(0)).unwrap_or(0).min(MAX_STEPS)
    }
}

/// What a territory offers.
pub fn wanted(manifest: &Manifest) -> Vec<Wanted<'_>> {
    let axis = |series: &Series| manifest.axes.iter().find(|axis| axis.id == series.axis && axis.calendar.is_none() && axis.steps().is_some());
    let named = |id: &str| manifest.series.iter().find(|series| series.id == id);
    let mut list = Vec::new();
    if let (Some(series), Some(features)) = (named(DEMAND), &manifest.features)
        && let Some(axis) = axis(series)
    {
        let of = features.demand.iter().filter(|of| of.kwh_year.is_finite() && of.kwh_year > 0.0);
        let rows: Vec<(usize, f64)> = of.filter_map(|of| Some((series.rows.iter().position(|row| *row == of.profile)?, of.kwh_year / HOURS))).collect();
        if !rows.is_empty() {
            list.push(Wanted { series, axis, rows, what: What::Demand });
        }
    }
    let all = |series: &Series, factor: f64| (0..usize::try_from(series.height()).unwrap_or(0).min(MOST_ROWS)).map(|row| (row, factor)).collect::<Vec<_>>();
    if let Some(series) = named(WIND_POWER)
        && let (Some(axis), "kW") = (axis(series), series.unit.as_str())
    {
        list.push(Wanted { series, axis, rows: all(series, 1.0), what: What::Production });
    }
    if let Some(series) = manifest.series.iter().find(|series| series.moves == Some(Moves::WindSpeed))
        && let Some(axis) = axis(series)
    {
        let rows = all(series, 1.0);
        let share = 1.0 / rows.len().max(1) as f64;
        list.push(Wanted { series, axis, rows: rows.into_iter().map(|(row, _)| (row, share)).collect(), what: What::WindSpeed });
    }
    list
}

/// The territory's steps: those of its demand, else the hours of the year it opens with. `value` is asked by path, row and step.
///
/// # Errors
/// `siting-steps`, for a year that no calendar knows.
pub fn ground(manifest: &Manifest, value: &dyn Fn(&str, usize, usize) -> Option<f64>) -> Result<Ground, SitingFault> {
    let wanted = wanted(manifest);
    let demand = wanted.iter().find(|wanted| wanted.what == What::Demand);
    let (start, step_s, steps) = match demand {
        Some(wanted) => (wanted.axis.start, wanted.axis.step, wanted.steps().len()),
        None => {
            let year = manifest.clock().read(manifest.home.instant).year;
            let ends = (Instant::from_utc(year, 1, 1, 0, 0, 0), year.checked_add(1).and_then(|next| Instant::from_utc(next, 1, 1, 0, 0, 0)));
            let (Some(start), Some(end)) = ends else { return Err(SitingFault::new("siting-steps", year)) };
            (start, 3600, ((end.0 - start.0) / 3600) as usize)
        }
    };
    let mut ground = Ground {
        start,
        step_s,
        clock: manifest.clock(),
        site: Site { lat: manifest.origin[1], lon: manifest.origin[0], elevation_m: manifest.origin[2].clamp(0.0, 4_000.0) },
        demand_kw: vec![0.0; steps],
        production_kw: vec![0.0; steps],
        wind_ms: vec![f64::NAN; steps],
        origins: Vec::new(),
    };
    let source = |wanted: &Wanted| manifest.datasets.iter().find(|dataset| dataset.id == wanted.series.dataset).map_or_else(|| wanted.series.id.clone(), |dataset| format!("{} ({})", dataset.title, dataset.date));
    for wanted in &wanted {
        let known = lay(wanted, &mut ground, value);
        let hours = known as f64 * ground.step_h();
        let from = source(wanted);
        ground.origins.push(match wanted.what {
            What::Demand => [format!("Consommation : {from}, {hours:.0} h."), format!("Demand: {from}, {hours:.0} h.")],
            What::Production => [
                format!("Production d’aujourd’hui : {from}, {hours:.0} h connues ; le reste compte pour nul."),
                format!("Production of today: {from}, {hours:.0} h are known; the rest counts as none."),
            ],
            What::WindSpeed => continue,
        });
    }
    if demand.is_none() {
        ground.origins.push(["Consommation du territoire : non connue, comptée pour nulle.".to_owned(), "The territory’s demand is not known and counts as none.".to_owned()]);
    }
    if !wanted.iter().any(|wanted| wanted.what == What::Production) {
        ground.origins.push(["Production d’aujourd’hui : non connue, comptée pour nulle.".to_owned(), "Production of today is not known and counts as none.".to_owned()]);
    }
    Ok(ground)
}

/// Lays a series on the steps; the number of steps with a value.
fn lay(wanted: &Wanted, ground: &mut Ground, value: &dyn Fn(&str, usize, usize) -> Option<f64>) -> usize {
    let last = wanted.steps().len();
    let mut known = 0;
    for step in 0..ground.steps() {
        let at = ground.start.plus_seconds(ground.step_s * step as i64);
        let Some(theirs) = wanted.axis.step_at(at).and_then(|step| usize::try_from(step).ok()).filter(|step| *step < last) else { continue };
        let values = wanted.rows.iter().filter_map(|(row, factor)| Some(value(&wanted.series.path, *row, theirs)? * factor));
        let (sum, count) = values.filter(|value| value.is_finite()).fold((0.0, 0_usize), |(sum, count), value| (sum + value, count + 1));
        // A mean of some rows only would be too low.
        if count == 0 || wanted.what == What::WindSpeed && count < wanted.rows.len() {
            continue;
        }
        known += 1;
        let slot = match wanted.what {
            What::Demand => ground.demand_kw.get_mut(step),
            What::Production => ground.production_kw.get_mut(step),
            What::WindSpeed => ground.wind_ms.get_mut(step),
        };
        if let Some(slot) = slot {
            *slot = sum.max(0.0);
        }
    }
    known
}
