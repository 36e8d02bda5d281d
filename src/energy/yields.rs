//! A year of a shaded roof plane.
//!
//! Visibility depends on where the sun stands, not on the hour: what the samples of a plane see is folded into a table of shares by azimuth and elevation once, and the hours look it up.
//! Klucher's model has no part of its own for the sun's surroundings; there all diffuse light counts as sky.
//! Beam and circumsolar light are multiplied by the share of samples that see the sun, the even sky and its horizon band by the share of the sky they see. What neighbours reflect instead of the sky is left out: a few percent of the diffuse light, on the safe side.

use super::production::Sums;
use super::pv::System;
use super::shading::visibility::{Foliage, Visibility};
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
        let mut shares = vec![[0f32; 2]; azimuths * BINS];
        let mut sky = [0.0; 2];
        let each = 1.0 / samples.len() as f64;
        for sample in samples {
            for (season, leaf) in leaves.into_iter().enumerate() {
                sky[season] += each * sample.sky_share(plane, leaf);
            }
            for azimuth in 0..azimuths {
                let direction = 360.0 * azimuth as f64 / azimuths as f64;
                let horizon = sample.horizon_at(direction);
                // Below the horizon nothing is added.
                let first = ((horizon / BIN_DEG) as usize).min(BINS - 1);
                let plain = sample.is_plain();
                let bins = shares
                    .iter_mut()
                    .skip(azimuth * BINS)
                    .take(BINS)
                    .enumerate()
                    .skip(first);
                for (bin, share) in bins {
                    let high = (bin + 1) as f64 * BIN_DEG;
                    let low = horizon.max(high - BIN_DEG);
                    // The horizon cuts the bin where it lies, not at its edge.
                    let above = ((high - low) / BIN_DEG).clamp(0.0, 1.0);
                    for (season, leaf) in leaves.into_iter().enumerate() {
                        let passes = if plain {
                            1.0
                        } else {
                            sample.transmittance(direction, 0.5 * (low + high), leaf)
                        };
                        share[season] += (each * above * passes) as f32;
                    }
                }
            }
        }
        Self {
            azimuths,
            shares,
            sky,
            foliage,
            open: false,
        }
    }

    /// Share of the plane that sees the sun.
    pub fn sun_share(&self, azimuth: f64, elevation: f64, season: usize) -> f64 {
        if elevation <= 0.0 {
            return 0.0;
        }
        if self.open {
            return 1.0;
        }
        let season = season.min(1);
        let place = azimuth.rem_euclid(360.0) / 360.0 * self.azimuths as f64;
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
    let mut sums = Sums {
        hours: hours.len(),
        ..Sums::default()
    };
    for hour in hours {
        sums.ghi_kwh += hour.sky.ghi;
        sums.dni_kwh += hour.sky.dni;
        sums.dhi_kwh += hour.sky.dhi;
        if hour.sky.ghi <= 0.0 && hour.sky.dni <= 0.0 && hour.sky.dhi <= 0.0 {
            hour_kw(0.0);
            continue;
        }
        let light = plane_light(system.model, plane, &hour.sky, system.albedo);
        let (day, _) = day_of_year(hour.at);
        let season =
            usize::from(!(view.foliage.leaf_days.0..=view.foliage.leaf_days.1).contains(&day));
        let light = shaded(&light, view, hour, season);
        let out = system.output_of(&light, hour.air_c, hour.wind_m_s);
        sums.poa_kwh += out.poa;
        sums.dc_kwh += out.dc_kw;
        sums.ac_kwh += out.ac_kw;
        if let Some(month) = sums.month_kwh.get_mut(usize::from(hour.month)) {
            *month += out.ac_kw * step_h;
        }
        hour_kw(out.ac_kw);
    }
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

    /// What is reached in nine years of ten, of a mean of `p50`.
    pub fn p90(&self, p50: f64) -> f64 {
        // The 10 % quantile of the normal distribution.
        p50 * (1.0 - 1.281_551_565_5 * self.sigma()).max(0.0)
    }
}
