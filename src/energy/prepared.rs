//! A year made ready for many planes: whatever depends on the hour alone is worked out once.
//!
//! Every sky model of [`super::transposition`] is, at a given hour, a few numbers times what the plane has to do with it: an even part times the share of sky the plane sees, a circumsolar part times the cosine of incidence, a band at the horizon times sin(tilt) or sin³(tilt/2). (Klucher's even part has factors of both kinds.) Cell temperature is the air's plus light times a number.
//! With these at hand a plane costs some tens of operations an hour and no trigonometry; nights cost nothing.

use super::production::Sums;
use super::pv::{DcModel, System, huld_dc, pvwatts_dc, pvwatts_inverter};
use super::transposition::{Plane, hour_parts};
use super::weather::{SkyHour, day_of_year, month_times};
use super::yields::PlaneView;

/// Hours with light, and the sums that are the same for all planes.
#[derive(Clone, Debug)]
pub struct PreparedYear {
    lit: Vec<LitHour>,
    hours: usize,
    step_h: f64,
    /// How often each month is among the hours.
    times: [f64; 12],
    system: System,
    ghi_kwh: f64,
    dni_kwh: f64,
    dhi_kwh: f64,
    /// What the modifier of straight light is divided by, where the model has such a number.
    iam: super::incidence::PreparedIam,
}

/// The parts of a sky that know nothing of the plane, W/m².
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SkyParts {
    /// Times the share of the sky that the plane sees.
    pub even: f64,
    /// Times the cosine of incidence, where it is positive.
    pub circumsolar: f64,
    /// Times sin(tilt).
    pub band: f64,
    /// Times sin³(tilt/2) and the share of the sky.
    pub brightening: f64,
    /// Klucher: the even part is multiplied by (1 + a·sin³(tilt/2))·(1 + b·cos²(incidence)).
    pub klucher: Option<[f64; 2]>,
    /// A sum below zero counts as no light at all (Perez); else each part does.
    pub whole: bool,
}

#[derive(Clone, Copy, Debug)]
struct LitHour {
    /// Its place among all hours.
    number: u32,
    month: u8,
    day: u16,
    /// Towards the sun: east, north, up.
    sun: [f64; 3],
    /// Azimuth as a share of the circle, and elevation in degrees, for what a plane sees.
    turn: f64,
    elevation: f64,
    dni: f64,
    /// Light that a plane gets from the ground, times the share of ground it sees.
    ground: f64,
    parts: SkyParts,
    air_c: f64,
    /// K for each W/m² of light.
    warming: f64,
}

impl PreparedYear {
    /// Makes hours of `step_h` each ready for a system.
    pub fn new(system: &System, hours: &[SkyHour], step_h: f64) -> Self {
        let mut ready = Self {
            lit: Vec::new(),
            hours: hours.len(),
            step_h,
            times: month_times(hours, step_h),
            system: *system,
            ghi_kwh: 0.0,
            dni_kwh: 0.0,
            dhi_kwh: 0.0,
            iam: system.iam.prepared(),
        };
        for (number, hour) in hours.iter().enumerate() {
            let sky = &hour.sky;
            ready.ghi_kwh += sky.ghi;
            ready.dni_kwh += sky.dni;
            ready.dhi_kwh += sky.dhi;
            if sky.ghi <= 0.0 && sky.dni <= 0.0 && sky.dhi <= 0.0 {
                continue;
            }
            let (sin_zenith, cos_zenith) = sky.zenith.to_radians().sin_cos();
            let (sin_azimuth, cos_azimuth) = sky.sun_azimuth.to_radians().sin_cos();
            let (day, _) = day_of_year(hour.at);
            ready.lit.push(LitHour {
                number: u32::try_from(number).unwrap_or(u32::MAX),
                month: hour.month,
                day,
                sun: [sin_zenith * sin_azimuth, sin_zenith * cos_azimuth, cos_zenith],
                turn: sky.sun_azimuth.rem_euclid(360.0) / 360.0,
                elevation: 90.0 - sky.zenith,
                dni: sky.dni,
                ground: sky.ghi * system.albedo,
                parts: hour_parts(system.model, sky),
                air_c: hour.air_c,
                warming: system.mount.cell_c(1.0, 0.0, hour.wind_m_s),
            });
        }
        let per_kilo = step_h / 1000.0;
        for sum in [&mut ready.ghi_kwh, &mut ready.dni_kwh, &mut ready.dhi_kwh] {
            *sum *= per_kilo;
        }
        ready
    }

    /// Hours, nights included.
    pub fn hours(&self) -> usize {
        self.hours
    }

    /// Length of an hour.
    pub fn step_h(&self) -> f64 {
        self.step_h
    }

    /// Sums by month as those of one year: a month that is there ten times is divided by ten, one that is there in half is doubled. What too little is
    /// known of ([`super::weather::missing_months`]) stays as it is.
    pub fn of_one_year(&self, months: [f64; 12]) -> [f64; 12] {
        let mut of_year = months;
        of_year.iter_mut().zip(&self.times).for_each(|(sum, times)| *sum /= times);
        of_year
    }

    /// A year of a plane with its shade, and AC energy in the open, kWh. `hour` is told number and kW of each hour with light.
    pub fn produce(&self, plane: &Plane, view: &PlaneView, mut hour: impl FnMut(usize, f64)) -> (Sums, f64) {
        let facing = plane.normal();
        let (sky_view, sin_tilt, sin_half_cubed) = (plane.sky_view(), plane.sin_tilt(), plane.sin_half_cubed());
        let ground_view = 1.0 - sky_view;
        let open = view.is_open();
        let mut sums = Sums { hours: self.hours, ghi_kwh: self.ghi_kwh, dni_kwh: self.dni_kwh, dhi_kwh: self.dhi_kwh, ..Sums::default() };
        let mut open_kwh = 0.0;
        for lit in &self.lit {
            let cosine = (facing[0] * lit.sun[0] + facing[1] * lit.sun[1] + facing[2] * lit.sun[2]).clamp(-1.0, 1.0);
            let seen = cosine.max(0.0);
            let beam = (lit.dni * seen).max(0.0);
            let [even, circumsolar, band] = lit.parts.on(sky_view, sin_tilt, sin_half_cubed, seen);
            let ground = lit.ground * ground_view;
            let passes = if beam > 0.0 { self.iam.of_cosine(cosine) } else { 0.0 };
            let [poa, dc, ac] = self.power(beam, passes, even + circumsolar + band, ground, lit);
            open_kwh += ac;
            let [poa, dc, ac] = if open {
                [poa, dc, ac]
            } else {
                let season = view.season_of_day(lit.day);
                let sun = view.sun_share_at(lit.turn, lit.elevation, season);
                let sky = view.sky_of_season(season);
                self.power(beam * sun, passes, (even + band) * sky + circumsolar * sun, ground, lit)
            };
            sums.poa_kwh += poa;
            sums.dc_kwh += dc;
            sums.ac_kwh += ac;
            if let Some(month) = sums.month_kwh.get_mut(usize::from(lit.month)) {
                *month += ac * self.step_h;
            }
            if let Some(month) = sums.month_poa_kwh.get_mut(usize::from(lit.month)) {
                *month += poa * self.step_h / 1000.0;
            }
            hour(lit.number as usize, ac);
        }
        sums.poa_kwh *= self.step_h / 1000.0;
        sums.dc_kwh *= self.step_h;
        sums.ac_kwh *= self.step_h;
        (sums, open_kwh * self.step_h)
    }

    /// Light, DC and AC power.
    #[inline]
    fn power(&self, beam: f64, passes: f64, sky: f64, ground: f64, lit: &LitHour) -> [f64; 3] {
        let system = &self.system;
        let poa = beam + sky + ground;
        let effective = beam * passes + sky + ground;
        let cell_c = lit.air_c + poa * lit.warming;
        let dc = match system.dc {
            DcModel::PvWatts { per_k } => pvwatts_dc(effective, cell_c, system.rated_kw, per_k),
            DcModel::Huld(cell, version) => huld_dc(effective, cell_c, system.rated_kw, cell, version),
        } * (1.0 - system.losses);
        let ac = pvwatts_inverter(dc, system.inverter_kw / system.inverter_efficiency, system.inverter_efficiency);
        [poa, dc.max(0.0), ac]
    }
}

impl SkyParts {
    /// Even, circumsolar and horizon light of the sky on a plane.
    #[inline]
    fn on(&self, sky_view: f64, sin_tilt: f64, sin_half_cubed: f64, seen: f64) -> [f64; 3] {
        let mut even = self.even * sky_view;
        if let Some([a, b]) = self.klucher {
            even *= (1.0 + a * sin_half_cubed) * (1.0 + b * seen * seen);
        }
        let circumsolar = self.circumsolar * seen;
        let band = self.band * sin_tilt + self.brightening * sky_view * sin_half_cubed;
        if self.whole && even + circumsolar + band <= 0.0 { [0.0; 3] } else { [even, circumsolar, band] }
    }
}
