//! A wind park over a series of wind: each turbine in the wakes of the others, step by step.

use crate::energy::wind::curve::PowerCurve;
use crate::energy::wind::park::{MAX_TURBINES, Park, Thrust, Turbine, mean_hub_m};
use crate::energy::wind::profile;
use crate::energy::wind::wake::Rotor;
use crate::energy::wind::yields::{Air, Conversion, Profile, Weather};
use crate::energy::wind::library;
use crate::formats::Fault;
use crate::formats::park::{self, Document, Place};
use crate::formats::wind::{self, Column, Variable};
use crate::base::{Dataset, DatasetId, LayerId, Nature};
use crate::formats::territory::{Moves, Series};
use crate::geodesy::{EnuFrame, LonLatH};
use crate::pipeline::series::add::{Added, Steps, add};
use std::path::Path;

/// Thrust below nominal power, where the file says none.
const USUAL_THRUST: f64 = 0.8;
/// How a wake widens over land, metres each metre.
const WIDENING: f64 = 0.075;

/// What a file of wind does not say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    pub measured_at_m: f64,
    pub roughness_m: f64,
    pub profile: Profile,
    pub density: bool,
}

/// A park that can be computed.
#[derive(Clone, Debug)]
pub struct Opened {
    pub ids: Vec<String>,
    pub nominal_kw: f64,
    /// Of the park as one turbine, metres.
    pub hub_m: f64,
    park: Park,
    /// Any of its curves: for the speed at the hub none is asked.
    curve: PowerCurve,
}

/// A park's steps; `None` without speed or direction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Yield {
    /// Free wind at the hub.
    pub speed_ms: Vec<Option<f64>>,
    pub from_deg: Vec<Option<f64>>,
    /// Turbine by turbine.
    pub power_kw: Vec<Vec<Option<f64>>>,
    /// Of each turbine alone, all together.
    pub free_kw: Vec<Option<f64>>,
    /// Steps with wind whose density was to be corrected, and that lack temperature or pressure.
    pub uncorrected: usize,
}

impl Yield {
    pub fn park_kw(&self) -> Vec<Option<f64>> {
        (0..self.free_kw.len()).map(|step| self.power_kw.iter().map(|of| of.get(step).copied().flatten()).try_fold(0.0, |sum, kw| Some(sum + kw?))).collect()
    }

    /// Share of the energy that wakes take.
    pub fn wake_loss(&self) -> f64 {
        let sum = |values: &[Option<f64>]| values.iter().flatten().sum::<f64>();
        let free = sum(&self.free_kw);
        if free > 0.0 { 1.0 - sum(&self.park_kw()) / free } else { 0.0 }
    }
}

/// Finds curves and places.
///
/// # Errors
/// `wind-turbine` with the turbine and what of it is unknown or impossible, `wind-park` for what is wrong of all.
pub fn open(document: &Document) -> Result<Opened, Fault> {
    if document.turbines.len() > MAX_TURBINES {
        return Err(Fault::new("wind-park", "turbines", document.turbines.len()));
    }
    let frame = document.turbines.first().and_then(|turbine| match turbine.place {
        Place::LonLat([lon, lat]) => Some(EnuFrame::at(LonLatH::new(lon, lat, 0.0))),
        Place::Local(_) => None,
    });
    let mut turbines = Vec::new();
    let mut hubs = Vec::new();
    for turbine in &document.turbines {
        let (curve, known) = curve_of(turbine)?;
        let nominal_kw = known.as_ref().map_or_else(|| curve.highest_kw(), |known| known.nominal_kw);
        let diameter_m = turbine.rotor_m.or(known.and_then(|known| known.rotor_m)).ok_or_else(|| Fault::new("wind-turbine", &turbine.id, "rotor_m"))?;
        let [east_m, north_m] = match (turbine.place, &frame) {
            (Place::LonLat([lon, lat]), Some(frame)) => {
                let at = frame.enu_from_ecef.transform_point3(LonLatH::new(lon, lat, 0.0).to_ecef().0);
                [at.x, at.y]
            }
            (Place::Local(at) | Place::LonLat(at), _) => at,
        };
        hubs.push((turbine.hub_m, nominal_kw));
        turbines.push(Turbine { rotor: Rotor { east_m, north_m, hub_m: turbine.hub_m, diameter_m }, curve, availability: turbine.availability });
    }
    let thrust = match &document.thrust {
        None => Thrust::Constant(USUAL_THRUST),
        Some(park::Thrust::Constant(value)) => Thrust::Constant(*value),
        Some(park::Thrust::Curve(points)) => Thrust::Curve(points.iter().map(|[speed, _]| *speed).collect(), points.iter().map(|[_, value]| *value).collect()),
    };
    let curve = turbines.first().map(|turbine| turbine.curve.clone()).ok_or_else(|| Fault::new("wind-park", "turbines", 0))?;
    let same = hubs.first().filter(|(hub_m, _)| hubs.iter().all(|(other, _)| other == hub_m)).map(|(hub_m, _)| *hub_m);
    let hub_m = same.or_else(|| mean_hub_m(&hubs)).ok_or_else(|| Fault::new("wind-park", "hub_m", "–"))?;
    let park = Park::new(turbines, thrust, document.wake_widening.unwrap_or(WIDENING)).map_err(|fault| Fault::new("wind-park", "turbines", fault))?;
    Ok(Opened {
        ids: document.turbines.iter().map(|turbine| turbine.id.clone()).collect(),
        nominal_kw: hubs.iter().map(|(_, kw)| kw).sum(),
        hub_m,
        park,
        curve,
    })
}

fn curve_of(turbine: &park::Turbine) -> Result<(PowerCurve, Option<library::Turbine>), Fault> {
    if !turbine.power_curve.is_empty() {
        let (speeds, powers) = turbine.power_curve.iter().map(|[speed, kw]| (*speed, *kw)).unzip();
        let curve = PowerCurve::new(speeds, powers).map_err(|fault| Fault::new("wind-turbine", &turbine.id, fault))?;
        return Ok((curve, None));
    }
    let name = turbine.curve.as_deref().ok_or_else(|| Fault::new("wind-turbine", &turbine.id, "curve"))?;
    let known = library::turbine(name).ok_or_else(|| Fault::new("wind-turbine", &turbine.id, format!("{name} → {}", library::like(name).join(", "))))?;
    Ok((known.curve.clone(), Some(known)))
}

impl Opened {
    /// Over all steps of a series.
    ///
    /// # Errors
    /// `wind-direction` where the series has none and there is more than one turbine.
    pub fn over(&self, series: &wind::Document, site: &Site) -> Result<Yield, Fault> {
        let speeds = series.nearest(Variable::Speed, self.hub_m);
        let directions = series.nearest(Variable::Direction, self.hub_m);
        if directions.is_none() && self.ids.len() > 1 {
            return Err(Fault::new("wind-direction", "wind_direction", ""));
        }
        let temperatures = series.nearest(Variable::Temperature, self.hub_m);
        let pressures = series.nearest(Variable::Pressure, self.hub_m);
        let roughness = series.columns.iter().find(|column| column.variable == Variable::Roughness);
        let at = |column: Option<&Column>, step: usize| column?.values.get(step).copied().flatten();
        let conversion = Conversion { curve: &self.curve, hub_m: self.hub_m, profile: site.profile, density_correction: site.density, availability: 1.0 };
        let mut done = Yield { power_kw: vec![Vec::with_capacity(series.steps); self.ids.len()], ..Yield::default() };
        for step in 0..series.steps {
            let air = at(temperatures, step).zip(at(pressures, step)).map(|(temperature_k, pressure_pa)| Air {
                temperature_k,
                temperature_at_m: temperatures.and_then(|column| column.height_m).unwrap_or(2.0),
                pressure_pa,
                pressure_at_m: pressures.and_then(|column| column.height_m).unwrap_or(0.0),
            });
            let speed_ms = at(speeds, step).and_then(|speed_ms| {
                conversion.hub_speed_ms(&Weather {
                    speed_ms,
                    speed_at_m: speeds.and_then(|column| column.height_m).unwrap_or(site.measured_at_m),
                    roughness_m: at(roughness, step).unwrap_or(site.roughness_m),
                    air,
                })
            });
            let from_deg = match directions {
                Some(column) => at(Some(column), step).map(|degrees| degrees.rem_euclid(360.0)),
                None => Some(0.0),
            };
            let density = air.filter(|_| site.density).map(|air| {
                let hub_k = profile::temperature_k(air.temperature_k, air.temperature_at_m, self.hub_m);
                profile::density_barometric(air.pressure_pa, air.pressure_at_m, self.hub_m, hub_k)
            });
            done.uncorrected += usize::from(site.density && density.is_none() && speed_ms.is_some());
            let output = speed_ms.zip(from_deg).map(|(speed_ms, from_deg)| self.park.output(speed_ms, from_deg, density));
            for (turbine, of) in done.power_kw.iter_mut().enumerate() {
                of.push(output.as_ref().and_then(|output| output.power_kw.get(turbine)).copied());
            }
            done.free_kw.push(output.map(|output| output.free_kw.iter().sum()));
            done.speed_ms.push(speed_ms);
            done.from_deg.push(from_deg.filter(|_| directions.is_some()));
        }
        Ok(done)
    }
}

/// Folder of the park's series in a territory, and id of their data set.
const FOLDER: &str = "wind";

/// Adds wind, direction and power of each turbine, and the power of the park, to a territory. The bytes written.
///
/// # Errors
/// `series-store`.
pub fn store(territory: &Path, opened: &Opened, done: &Yield, steps: Steps, layer: &str) -> Result<u64, Fault> {
    let (manifest_at, manifest) = crate::pipeline::info::manifest(territory).map_err(|missing| Fault::new("series-store", territory.display().to_string(), missing.sentence().1))?;
    if !manifest.layers.iter().any(|known| known.id.as_str() == layer) {
        return Err(Fault::new("series-store", "layer", layer));
    }
    let dataset = Dataset {
        id: DatasetId::from(FOLDER),
        title: "Production éolienne calculée".to_owned(),
        producer: "Jumeau".to_owned(),
        licence: String::new(),
        date: steps.start.to_string().chars().take(10).collect(),
        attribution: "calcul Jumeau : courbe de puissance, profil vertical, sillages de Jensen".to_owned(),
        nature: Nature::Simulated,
    };
    let known = |values: &[Option<f64>]| -> Vec<f32> { values.iter().map(|value| value.map_or(f32::NAN, |value| value as f32)).collect() };
    let series = |id: &str, unit: &str, quantity: &str, rows: Vec<String>| Series {
        rows,
        quantity: Some(quantity.to_owned()),
        ..Series::of(id, String::new(), "", unit, Nature::Simulated, dataset.id.clone())
    };
    let of_turbines = |id: &str, unit: &str, quantity: &str, moves: Option<Moves>| Series {
        layer: Some(LayerId::from(layer)),
        moves,
        ..series(id, unit, quantity, opened.ids.clone())
    };
    let each = |values: &[Option<f64>]| -> Vec<f32> { opened.ids.iter().flat_map(|_| known(values)).collect() };
    let mut added = vec![
        Added { series: of_turbines("wind-power", "kW", "Production éolienne", None), values: done.power_kw.iter().flat_map(|of| known(of)).collect() },
        Added { series: of_turbines("wind-speed", "m/s", "Vent au moyeu", Some(Moves::WindSpeed)), values: each(&done.speed_ms) },
        Added { series: Series { apart: true, ..series("wind-park", "kW", "Parc éolien", vec!["sans sillages".to_owned(), "parc".to_owned()]) }, values: [known(&done.free_kw), known(&done.park_kw())].concat() },
    ];
    if done.from_deg.iter().any(Option::is_some) {
        added.push(Added { series: of_turbines("wind-direction", "°", "Direction du vent", Some(Moves::WindDirection)), values: each(&done.from_deg) });
    }
    add(&manifest_at, FOLDER, steps, dataset, added).map_err(|fault| Fault::new("series-store", territory.display().to_string(), fault))
}
