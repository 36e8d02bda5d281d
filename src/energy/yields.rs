//! A year of a shaded roof plane.
//!
//! Visibility depends on where the sun stands, not on the hour: what the samples of a plane see is folded into a table of shares by azimuth and elevation once, and the hours look it up.
//! Klucher's model has no part of its own for the sun's surroundings; there all diffuse light counts as sky.
//! Beam and circumsolar light are multiplied by the share of samples that see the sun, the even sky and its horizon band by the share of the sky they see. What neighbours reflect instead of the sky is left out: a few percent of the diffuse light, on the safe side.

use super::production::Sums;
use super::pv::{Output, System};
use super::shading::visibility::{Foliage, SkyOfPlane, Visibility};
use super::transposition::{Plane, PlaneLight, SkyDiffuse, plane_light};
use super::weather::{SkyHour, day_of_year};

/// What the samples of a plane see together.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneView {
    azimuths: usize,
    /// Shares in leaf and bare, by azimuth and elevation bin.
    shares: Vec<[f32; 2]>,
    /// Of the even sky that the plane would see in the open, in leaf and bare.
    sky: [f64; 2],
    foliage: Foliage,
    /// Nothing stands in the way anywhere.
    open: bool,
}

impl PlaneView {
    /// The whole sky.
    pub fn open() -> Self {
        Self {
            azimuths: 1,
            shares: Vec::new(),
            sky: [1.0; 2],
            foliage: Foliage::default(),
            open: true,
        }
    }

    /// The mean of samples; none is the whole sky.
    pub fn new(plane: &Plane, samples: &[Visibility], foliage: Foliage) -> Self {
        let Some(first) = samples.first() else {
            return Self::open();
        };
        let azimuths = first.azimuths().max(1);
        let leaves = [foliage.in_leaf, foliage.bare];
        let strips = SkyOfPlane::new(plane, azimuths.max(72));
        let mut sums = vec![[0f64; 2]; azimuths * BINS];
        // Samples without trees see all that is above their horizon's bin: they are counted where that begins and added up once, at the end.
        let mut begin = vec![0u32; azimuths * BINS];
        let mut sky = [0.0; 2];
        for sample in samples {
            let plain = sample.is_plain();
            let in_leaf = sample.sky_share_of(&strips, foliage.in_leaf);
            sky[0] += in_leaf;
            sky[1] += if plain { in_leaf } else { sample.sky_share_of(&strips, foliage.bare) };
            for azimuth in 0..azimuths {
                let direction = 360.0 * azimuth as f64 / azimuths as f64;
                let horizon = match sample.horizon().get(azimuth) {
                    Some(kept) if sample.azimuths() == azimuths => f64::from(*kept),
                    _ => sample.horizon_at(direction),
                };
                // Below the horizon nothing is added.
                let first = ((horizon / BIN_DEG) as usize).min(BINS - 1);
                let row = azimuth * BINS;
                let (Some(bins), Some(begins)) = (sums.get_mut(row..row + BINS), begin.get_mut(row..row + BINS)) else { continue };
                for (bin, share) in bins.iter_mut().enumerate().skip(first) {
                    let high = (bin + 1) as f64 * BIN_DEG;
                    let low = horizon.max(high - BIN_DEG);
                    // The horizon cuts the bin where it lies, not at its edge.
                    let above = ((high - low) / BIN_DEG).clamp(0.0, 1.0);
                    if plain {
                        share[0] += above;
                        share[1] += above;
                        if let Some(begins) = begins.get_mut(bin + 1) {
                            *begins += 1;
                        }
                        break;
                    }
                    for (season, leaf) in leaves.into_iter().enumerate() {
                        share[season] += above * sample.transmittance(direction, 0.5 * (low + high), leaf);
                    }
                }
            }
        }
        let count = samples.len() as f64;
        let mut shares = Vec::with_capacity(azimuths * BINS);
        for (bins, begins) in sums.chunks(BINS).zip(begin.chunks(BINS)) {
            let mut whole = 0;
            for (sum, begins) in bins.iter().zip(begins) {
                whole += begins;
                shares.push(sum.map(|sum| ((sum + f64::from(whole)) / count) as f32));
            }
        }
        Self {
            azimuths,
            shares,
            sky: sky.map(|sum| sum / count),
            foliage,
            open: false,
        }
    }

    /// Share of the plane that sees the sun.
    pub fn sun_share(&self, azimuth: f64, elevation: f64, season: usize) -> f64 {
        self.sun_share_at(azimuth.rem_euclid(360.0) / 360.0, elevation, season)
    }

    /// The same with the azimuth as a share of the circle, 0 up to 1.
    pub(super) fn sun_share_at(&self, turn: f64, elevation: f64, season: usize) -> f64 {
        if elevation <= 0.0 {
            return 0.0;
        }
        if self.open {
            return 1.0;
        }
        let season = season.min(1);
        let place = turn * self.azimuths as f64;
        let low = place as usize % self.azimuths;
        let height = (elevation / BIN_DEG - 0.5).clamp(0.0, (BINS - 1) as f64);
        let bin = height as usize;
        let value = |azimuth: usize, bin: usize| {
            let at = (azimuth % self.azimuths) * BINS + bin.min(BINS - 1);
            self.shares
                .get(at)
                .map_or(1.0, |share| f64::from(share[season]))
        };
        let mix = |a: f64, b: f64, part: f64| a * (1.0 - part) + b * part;
        let (part, up) = (place.fract(), height.fract());
        mix(
            mix(value(low, bin), value(low, bin + 1), up),
            mix(value(low + 1, bin), value(low + 1, bin + 1), up),
            part,
        )
    }

    /// Nothing stands in the way anywhere.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    fn season(&self, hour: &SkyHour) -> usize {
        // Where nothing stands in the way no tree does.
        if self.open {
            return 0;
        }
        self.season_of_day(day_of_year(hour.at).0)
    }

    /// 0 in leaf, 1 bare.
    pub(super) fn season_of_day(&self, day: u16) -> usize {
        usize::from(!(self.foliage.leaf_days.0..=self.foliage.leaf_days.1).contains(&day))
    }

    /// Share of the even sky in a season.
    pub(super) fn sky_of_season(&self, season: usize) -> f64 {
        self.sky.get(season).copied().unwrap_or(1.0)
    }

    /// Share of the even sky over the year: half in leaf, half bare.
    pub fn sky_share(&self) -> f64 {
        0.5 * (self.sky[0] + self.sky[1])
    }
}

/// Elevation bins of a plane's table: 0.75° each; coarser ones cost a low sun some of its light.
const BINS: usize = 120;
const BIN_DEG: f64 = 90.0 / BINS as f64;

/// Folds a shaded system over hours, each `step_h` long. `hour` is told each hour's kW when somebody wants them.
pub fn produce_shaded(
    system: &System,
    plane: &Plane,
    view: &PlaneView,
    hours: &[SkyHour],
    step_h: f64,
    mut hour_kw: impl FnMut(f64),
) -> Sums {
    let mut sums = Fold::default();
    for hour in hours {
        let out = plane_hour(system, plane, hour).map(|light| {
            let light = shaded(&light, view, hour, view.season(hour));
            system.output_of(&light, hour.air_c, hour.wind_m_s)
        });
        hour_kw(out.as_ref().map_or(0.0, |out| out.ac_kw));
        sums.add(hour, out, step_h);
    }
    sums.finish(hours.len(), step_h)
}

/// Light on a plane in the open; `None` at night.
fn plane_hour(system: &System, plane: &Plane, hour: &SkyHour) -> Option<PlaneLight> {
    let dark = hour.sky.ghi <= 0.0 && hour.sky.dni <= 0.0 && hour.sky.dhi <= 0.0;
    (!dark).then(|| plane_light(system.model, plane, &hour.sky, system.albedo))
}

/// Sums on their way: of powers, not yet of energies.
#[derive(Default)]
struct Fold(Sums);

impl Fold {
    fn add(&mut self, hour: &SkyHour, out: Option<Output>, step_h: f64) {
        let sums = &mut self.0;
        sums.ghi_kwh += hour.sky.ghi;
        sums.dni_kwh += hour.sky.dni;
        sums.dhi_kwh += hour.sky.dhi;
        let Some(out) = out else { return };
        sums.poa_kwh += out.poa;
        sums.dc_kwh += out.dc_kw;
        sums.ac_kwh += out.ac_kw;
        if let Some(month) = sums.month_kwh.get_mut(usize::from(hour.month)) {
            *month += out.ac_kw * step_h;
        }
        if let Some(month) = sums.month_poa_kwh.get_mut(usize::from(hour.month)) {
            *month += out.poa * step_h / 1000.0;
        }
    }

    fn finish(self, hours: usize, step_h: f64) -> Sums {
        let mut sums = Sums { hours, ..self.0 };
        let per_kilo = step_h / 1000.0;
        for sum in [
            &mut sums.ghi_kwh,
            &mut sums.dni_kwh,
            &mut sums.dhi_kwh,
            &mut sums.poa_kwh,
        ] {
            *sum *= per_kilo;
        }
        sums.dc_kwh *= step_h;
        sums.ac_kwh *= step_h;
        sums
    }
}

fn shaded(light: &PlaneLight, view: &PlaneView, hour: &SkyHour, season: usize) -> PlaneLight {
    let sun = view.sun_share(hour.sky.sun_azimuth, 90.0 - hour.sky.zenith, season);
    let sky = view.sky.get(season).copied().unwrap_or(1.0);
    PlaneLight {
        beam: light.beam * sun,
        sky: SkyDiffuse {
            isotropic: light.sky.isotropic * sky,
            circumsolar: light.sky.circumsolar * sun,
            horizon: light.sky.horizon * sky,
        },
        ground: light.ground,
        cos_incidence: light.cos_incidence,
    }
}

/// How sure a yearly figure is: one standard deviation as a share of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sureness {
    /// From year to year.
    pub weather: f64,
    /// Of the long-term light at the place.
    pub resource: f64,
    /// Of the chain from light to power.
    pub model: f64,
}

impl Sureness {
    /// With measured or satellite weather of a typical year: figures usual in bankable reports (for instance IEA-PVPS T13-18:2020, uncertainties in yield assessments), rounded.
    pub const TYPICAL_YEAR: Self = Self {
        weather: 0.045,
        resource: 0.04,
        model: 0.04,
    };
    /// With the built-in climatology, whose monthly sums are worse known.
    pub const CLIMATOLOGY: Self = Self {
        weather: 0.045,
        resource: 0.07,
        model: 0.04,
    };

    pub fn sigma(&self) -> f64 {
        (self.weather.powi(2) + self.resource.powi(2) + self.model.powi(2)).sqrt()
    }

    /// What is reached in one year of ten, of a mean of `p50`.
    pub fn p10(&self, p50: f64) -> f64 {
        p50 * (1.0 + 1.281_551_565_5 * self.sigma())
    }

    /// What is reached in nine years of ten, of a mean of `p50`.
    pub fn p90(&self, p50: f64) -> f64 {
        // The 10 % quantile of the normal distribution.
        p50 * (1.0 - 1.281_551_565_5 * self.sigma()).max(0.0)
    }
}
