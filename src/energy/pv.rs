//! From light on a plane to alternating current: PVWatts and Huld, losses item by item, inverter.
//!
//! PVWatts: A. P. Dobos, PVWatts Version 5 Manual, NREL/TP-6A20-62641 (2014).
//! Huld: T. Huld et al., Solar Energy Materials and Solar Cells 95 (2011) 3359–3369 (`pvgis5`); A. Chatzipanagi et al., Progress in Photovoltaics 33 (2025) 905–917 (`pvgis6`, which is 4.4 % above it on a hot day: an answer states the version).

use super::cell::Mount;
use super::incidence::Iam;
use super::transposition::{Plane, PlaneLight, Sky, SkyModel, plane_light};

/// Direct current of a PVWatts module field, in the unit of `rated`.
///
/// `effective` is W/m² after reflection, `per_k` the loss of power per kelvin above 25 °C (negative).
pub fn pvwatts_dc(effective: f64, cell_c: f64, rated: f64, per_k: f64) -> f64 {
    effective * 0.001 * rated * (1.0 + per_k * (cell_c - 25.0))
}

/// Kind of cell that Huld's coefficients were fitted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HuldCell {
    CrystallineSilicon,
    Cis,
    CadmiumTelluride,
}

/// Which of PVGIS' fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HuldVersion {
    Pvgis5,
    Pvgis6,
}

/// Direct current after Huld, in the unit of `rated`; `module_c` is the module's temperature.
pub fn huld_dc(
    effective: f64,
    module_c: f64,
    rated: f64,
    cell: HuldCell,
    version: HuldVersion,
) -> f64 {
    use {HuldCell as C, HuldVersion as V};
    let k: [f64; 6] = match (version, cell) {
        (V::Pvgis5, C::CrystallineSilicon) => {
            [-0.017237, -0.040465, -0.004702, 0.000149, 0.00017, 5e-06]
        }
        (V::Pvgis5, C::Cis) => [-0.005554, -0.038724, -0.003723, -0.000905, -0.001256, 1e-06],
        (V::Pvgis5, C::CadmiumTelluride) => {
            [-0.046689, -0.072844, -0.002262, 0.000276, 0.000159, -6e-06]
        }
        (V::Pvgis6, C::CrystallineSilicon) => {
            [-0.006756, -0.016444, -0.003015, -4.5e-05, -4.3e-05, 0.0]
        }
        (V::Pvgis6, C::Cis) => [-0.011001, -0.029734, -0.002887, 0.000217, -0.000163, 0.0],
        (V::Pvgis6, C::CadmiumTelluride) => {
            [-0.020644, -0.035136, -0.003406, 7.3e-05, -0.000141, 2e-06]
        }
    };
    let light = effective / 1000.0;
    let ln = if light > 0.0 { light.ln() } else { 0.0 };
    let warm = module_c - 25.0;
    light
        * rated
        * (1.0
            + k[0] * ln
            + k[1] * ln * ln
            + k[2] * warm
            + k[3] * warm * ln
            + k[4] * warm * ln * ln
            + k[5] * warm * warm)
}

/// What a system loses between cells and inverter, item by item, percent; the default is PVWatts', 14.08 % together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Losses {
    pub soiling: f64,
    /// Near shading that no geometry of ours knows (cables, aerials).
    pub shading: f64,
    pub snow: f64,
    pub mismatch: f64,
    pub wiring: f64,
    pub connections: f64,
    /// Light-induced degradation.
    pub lid: f64,
    pub nameplate: f64,
    pub age: f64,
    pub availability: f64,
}

impl Default for Losses {
    fn default() -> Self {
        Self {
            soiling: 2.0,
            shading: 3.0,
            snow: 0.0,
            mismatch: 2.0,
            wiring: 2.0,
            connections: 0.5,
            lid: 1.5,
            nameplate: 1.0,
            age: 0.0,
            availability: 3.0,
        }
    }
}

impl Losses {
    /// Name and percent of each item, in the order of PVWatts.
    pub fn items(&self) -> [(&'static str, f64); 10] {
        [
            ("soiling", self.soiling),
            ("shading", self.shading),
            ("snow", self.snow),
            ("mismatch", self.mismatch),
            ("wiring", self.wiring),
            ("connections", self.connections),
            ("lid", self.lid),
            ("nameplate", self.nameplate),
            ("age", self.age),
            ("availability", self.availability),
        ]
    }

    /// All together, percent: what is left is the product of what each item leaves.
    pub fn total_percent(&self) -> f64 {
        (1.0 - self
            .items()
            .iter()
            .map(|(_, percent)| 1.0 - percent / 100.0)
            .product::<f64>())
            * 100.0
    }
}

/// Alternating current of a PVWatts inverter, in the unit of its arguments; clipped to 0…efficiency × `rated_dc`.
pub fn pvwatts_inverter(dc: f64, rated_dc: f64, efficiency: f64) -> f64 {
    if !(dc > 0.0 && rated_dc > 0.0) {
        return 0.0;
    }
    let load = dc / rated_dc;
    let eta = efficiency / 0.9637 * (-0.0162 * load - 0.0059 / load + 0.9858);
    (eta * dc).min(efficiency * rated_dc).max(0.0)
}

/// How cells turn light into direct current.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DcModel {
    PvWatts {
        /// 1/K, negative.
        per_k: f64,
    },
    Huld(HuldCell, HuldVersion),
}

/// A field of modules of one plane with its inverter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct System {
    /// Rated power of the modules, kWp.
    pub rated_kw: f64,
    pub dc: DcModel,
    pub mount: Mount,
    pub iam: Iam,
    /// Losses between cells and inverter, 0.14 for 14 %.
    pub losses: f64,
    /// Nominal efficiency of the inverter.
    pub inverter_efficiency: f64,
    /// Rated alternating power of the inverter, kW; beyond it is clipped.
    pub inverter_kw: f64,
    pub albedo: f64,
    pub model: SkyModel,
}

impl Default for System {
    /// 1 kWp on a free-standing mount, 14 % losses, an inverter of 1 kW and 96 %, the ground of PVWatts.
    fn default() -> Self {
        Self {
            rated_kw: 1.0,
            dc: DcModel::PvWatts { per_k: -0.0035 },
            mount: Mount::FREE_STANDING,
            iam: Iam::PHYSICAL,
            losses: 0.14,
            inverter_efficiency: 0.96,
            inverter_kw: 1.0,
            albedo: 0.2,
            model: SkyModel::Perez,
        }
    }
}

/// One hour of a system.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Output {
    /// All light on the plane, W/m².
    pub poa: f64,
    pub cell_c: f64,
    pub dc_kw: f64,
    pub ac_kw: f64,
}

impl System {
    /// Output under a sky, unshaded.
    pub fn output(&self, plane: &Plane, sky: &Sky, air_c: f64, wind_m_s: f64) -> Output {
        self.output_of(
            &plane_light(self.model, plane, sky, self.albedo),
            air_c,
            wind_m_s,
        )
    }

    /// Output of light that is known part by part, for instance after shading. Reflection is taken from the beam alone.
    pub fn output_of(&self, light: &PlaneLight, air_c: f64, wind_m_s: f64) -> Output {
        let poa = light.total();
        let effective =
            light.beam * self.iam.of_cosine(light.cos_incidence) + light.sky.total() + light.ground;
        let cell_c = self.mount.cell_c(poa, air_c, wind_m_s);
        let dc = match self.dc {
            DcModel::PvWatts { per_k } => pvwatts_dc(effective, cell_c, self.rated_kw, per_k),
            DcModel::Huld(cell, version) => {
                huld_dc(effective, cell_c, self.rated_kw, cell, version)
            }
        } * (1.0 - self.losses);
        let rated_dc = self.inverter_kw / self.inverter_efficiency;
        Output {
            poa,
            cell_c,
            dc_kw: dc.max(0.0),
            ac_kw: pvwatts_inverter(dc, rated_dc, self.inverter_efficiency),
        }
    }
}
