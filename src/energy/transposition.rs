//! Light on a tilted plane: beam, sky and ground.
//!
//! | model | published in | sky |
//! |---|---|---|
//! | [`SkyModel::Isotropic`] | – | even |
//! | [`SkyModel::Klucher`] | T. M. Klucher, Solar Energy 23 (1979) 111–114 | even, brighter round the sun and the horizon |
//! | [`SkyModel::HayDavies`] | J. E. Hay, J. A. Davies (1980) | even and circumsolar |
//! | [`SkyModel::Reindl`] | D. T. Reindl, W. A. Beckman, J. A. Duffie, Solar Energy 45 (1990) 9–17 | the same and a horizon |
//! | [`SkyModel::Perez`] | R. Perez et al., Solar Energy 44 (1990) 271–289, coefficients `allsitescomposite1990` | the same, by classes of clearness |
//! | [`SkyModel::PerezDriesse`] | A. Driesse, A. R. Jensen, R. Perez, Solar Energy 267 (2024), doi 10.1016/j.solener.2023.112093 | Perez without steps between classes |
//!
//! The model moves a French roof of 30° to the south by 3 to 4 %: an answer states which it used.
//! Angles in degrees, azimuth clockwise from true north, irradiance in W/m².

use super::atmosphere;
use super::prepared::SkyParts;

/// A plane: tilt from the horizontal and the azimuth it faces.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    tilt: f64,
    azimuth: f64,
    cos_tilt: f64,
    sin_tilt: f64,
    /// sin³(tilt / 2).
    sin_half_cubed: f64,
}

impl Plane {
    pub fn new(tilt: f64, azimuth: f64) -> Self {
        let (sin_tilt, cos_tilt) = tilt.to_radians().sin_cos();
        Self {
            tilt,
            azimuth,
            cos_tilt,
            sin_tilt,
            sin_half_cubed: (0.5 * tilt).to_radians().sin().powi(3),
        }
    }

    pub fn tilt(&self) -> f64 {
        self.tilt
    }

    pub fn azimuth(&self) -> f64 {
        self.azimuth
    }

    pub fn sin_tilt(&self) -> f64 {
        self.sin_tilt
    }

    /// sin³(tilt / 2).
    pub fn sin_half_cubed(&self) -> f64 {
        self.sin_half_cubed
    }

    /// Unit normal: east, north, up.
    pub fn normal(&self) -> [f64; 3] {
        let (sin, cos) = self.azimuth.to_radians().sin_cos();
        [self.sin_tilt * sin, self.sin_tilt * cos, self.cos_tilt]
    }

    /// Cosine of the angle between the plane's normal and the sun; negative from behind.
    pub fn cos_incidence(&self, zenith: f64, sun_azimuth: f64) -> f64 {
        let (sin_zenith, cos_zenith) = zenith.to_radians().sin_cos();
        (self.cos_tilt * cos_zenith
            + self.sin_tilt * sin_zenith * (sun_azimuth - self.azimuth).to_radians().cos())
        .clamp(-1.0, 1.0)
    }

    /// Light that the ground throws up: the share of ground the plane sees times `ghi` times albedo.
    pub fn ground(&self, ghi: f64, albedo: f64) -> f64 {
        ghi * albedo * (1.0 - self.cos_tilt) * 0.5
    }

    /// The share of an even sky that the plane sees.
    pub fn sky_view(&self) -> f64 {
        0.5 * (1.0 + self.cos_tilt)
    }
}

/// How the sky's diffuse light is spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SkyModel {
    Isotropic,
    Klucher,
    HayDavies,
    Reindl,
    #[default]
    Perez,
    PerezDriesse,
}

impl SkyModel {
    pub const ALL: [Self; 6] = [
        Self::Isotropic,
        Self::Klucher,
        Self::HayDavies,
        Self::Reindl,
        Self::Perez,
        Self::PerezDriesse,
    ];

    /// A stable name for the command line and for files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Isotropic => "isotropic",
            Self::Klucher => "klucher",
            Self::HayDavies => "hay-davies",
            Self::Reindl => "reindl",
            Self::Perez => "perez",
            Self::PerezDriesse => "perez-driesse",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.name() == name)
    }
}

/// What falls from the sky at one instant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sky {
    pub ghi: f64,
    pub dni: f64,
    pub dhi: f64,
    /// Apparent zenith of the sun.
    pub zenith: f64,
    pub sun_azimuth: f64,
    /// Outside the atmosphere, facing the sun.
    pub extraterrestrial: f64,
    /// Relative; `None` below the horizon.
    pub air_mass: Option<f64>,
}

/// Diffuse light of the sky on a plane, by where it comes from: a shading mask takes each part away differently.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SkyDiffuse {
    /// Evenly from all the sky that the plane sees.
    pub isotropic: f64,
    /// From the sun's surroundings.
    pub circumsolar: f64,
    /// From a band above the horizon; Perez' may be negative.
    pub horizon: f64,
}

impl SkyDiffuse {
    pub fn total(&self) -> f64 {
        self.isotropic + self.circumsolar + self.horizon
    }

    /// Nothing where the parts together would be negative, as the models' authors ask.
    fn or_nothing(self) -> Self {
        if self.total() > 0.0 {
            self
        } else {
            Self::default()
        }
    }
}

/// All light on a plane, W/m².
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlaneLight {
    pub beam: f64,
    pub sky: SkyDiffuse,
    pub ground: f64,
    /// Cosine of the beam's incidence, negative from behind.
    pub cos_incidence: f64,
}

impl PlaneLight {
    pub fn total(&self) -> f64 {
        self.beam + self.sky.total() + self.ground
    }
}

/// Beam, sky and ground on a plane.
pub fn plane_light(model: SkyModel, plane: &Plane, sky: &Sky, albedo: f64) -> PlaneLight {
    let cos_incidence = plane.cos_incidence(sky.zenith, sky.sun_azimuth);
    PlaneLight {
        beam: (sky.dni * cos_incidence).max(0.0),
        sky: diffuse_at(model, plane, sky, cos_incidence),
        ground: plane.ground(sky.ghi, albedo),
        cos_incidence,
    }
}

/// The sky's diffuse light on a plane.
pub fn diffuse(model: SkyModel, plane: &Plane, sky: &Sky) -> SkyDiffuse {
    diffuse_at(
        model,
        plane,
        sky,
        plane.cos_incidence(sky.zenith, sky.sun_azimuth),
    )
}

fn diffuse_at(model: SkyModel, plane: &Plane, sky: &Sky, cos_incidence: f64) -> SkyDiffuse {
    let seen = cos_incidence.max(0.0);
    match model {
        SkyModel::Isotropic => SkyDiffuse {
            isotropic: sky.dhi * plane.sky_view(),
            ..SkyDiffuse::default()
        },
        SkyModel::Klucher => klucher(plane, sky, seen),
        SkyModel::HayDavies => {
            let (even, circumsolar) = hay_davies(plane, sky, seen);
            SkyDiffuse {
                isotropic: (sky.dhi * even).max(0.0),
                circumsolar: (sky.dhi * circumsolar).max(0.0),
                horizon: 0.0,
            }
        }
        SkyModel::Reindl => {
            let (even, circumsolar) = hay_davies(plane, sky, seen);
            let beam = (sky.dni * sky.zenith.to_radians().cos()).max(0.0);
            let share = if sky.ghi == 0.0 { 0.0 } else { beam / sky.ghi };
            SkyDiffuse {
                isotropic: sky.dhi * even,
                circumsolar: sky.dhi * circumsolar,
                horizon: sky.dhi * even * share.max(0.0).sqrt() * plane.sin_half_cubed,
            }
        }
        SkyModel::Perez => perez(plane, sky, seen),
        SkyModel::PerezDriesse => perez_driesse(plane, sky, seen),
    }
}

/// What a model makes of an hour before any plane comes in; [`super::prepared`] joins it with planes.
pub fn hour_parts(model: SkyModel, sky: &Sky) -> SkyParts {
    let cos_zenith = sky.zenith.to_radians().cos();
    let anisotropy = sky.dni / sky.extraterrestrial;
    let circumsolar = anisotropy / cos_zenith.max(0.01745);
    match model {
        SkyModel::Isotropic => SkyParts { even: sky.dhi, ..SkyParts::default() },
        SkyModel::Klucher => {
            let f = if sky.ghi == 0.0 { 0.0 } else { 1.0 - (sky.dhi / sky.ghi).powi(2) };
            SkyParts { even: sky.dhi, klucher: Some([f, f * sky.zenith.to_radians().sin().powi(3)]), ..SkyParts::default() }
        }
        SkyModel::HayDavies => SkyParts {
            even: (sky.dhi * (1.0 - anisotropy)).max(0.0),
            circumsolar: (sky.dhi * circumsolar).max(0.0),
            ..SkyParts::default()
        },
        SkyModel::Reindl => {
            let share = if sky.ghi == 0.0 { 0.0 } else { (sky.dni * cos_zenith).max(0.0) / sky.ghi };
            let even = sky.dhi * (1.0 - anisotropy);
            SkyParts { even, circumsolar: sky.dhi * circumsolar, brightening: even * share.max(0.0).sqrt(), ..SkyParts::default() }
        }
        SkyModel::Perez | SkyModel::PerezDriesse => {
            let found = if model == SkyModel::Perez { perez_shares(sky) } else { perez_driesse_shares(sky) };
            let Some([f1, f2]) = found else { return SkyParts::default() };
            SkyParts {
                even: sky.dhi * (1.0 - f1),
                circumsolar: sky.dhi * f1 / cos_zenith.max(85f64.to_radians().cos()),
                band: sky.dhi * f2,
                whole: true,
                ..SkyParts::default()
            }
        }
    }
}

fn klucher(plane: &Plane, sky: &Sky, seen: f64) -> SkyDiffuse {
    let f = if sky.ghi == 0.0 {
        0.0
    } else {
        1.0 - (sky.dhi / sky.ghi).powi(2)
    };
    let even = sky.dhi * plane.sky_view();
    let brighter = (1.0 + f * plane.sin_half_cubed)
        * (1.0 + f * seen * seen * sky.zenith.to_radians().sin().powi(3));
    SkyDiffuse {
        isotropic: even * brighter,
        ..SkyDiffuse::default()
    }
}

/// Shares of the diffuse light that come evenly and from the sun's surroundings.
fn hay_davies(plane: &Plane, sky: &Sky, seen: f64) -> (f64, f64) {
    let anisotropy = sky.dni / sky.extraterrestrial;
    let ratio = seen / sky.zenith.to_radians().cos().max(0.01745);
    ((1.0 - anisotropy) * plane.sky_view(), anisotropy * ratio)
}

/// f11 f12 f13 f21 f22 f23 of `allsitescomposite1990`, eight classes of clearness.
#[rustfmt::skip]
const PEREZ: [[f64; 6]; 8] = [
    [-0.008, 0.588, -0.062, -0.060, 0.072, -0.022],
    [0.130, 0.683, -0.151, -0.019, 0.066, -0.029],
    [0.330, 0.487, -0.221, 0.055, -0.064, -0.026],
    [0.568, 0.187, -0.295, 0.109, -0.152, -0.014],
    [0.873, -0.392, -0.362, 0.226, -0.462, 0.001],
    [1.132, -1.237, -0.412, 0.288, -0.823, 0.056],
    [1.060, -1.600, -0.359, 0.264, -1.127, 0.131],
    [0.678, -0.327, -0.250, 0.156, -1.377, 0.251],
];
/// Where one class of clearness ends.
const PEREZ_BINS: [f64; 7] = [1.065, 1.23, 1.5, 1.95, 2.8, 4.5, 6.2];
const KAPPA: f64 = 1.041;

fn perez(plane: &Plane, sky: &Sky, seen: f64) -> SkyDiffuse {
    perez_shares(sky).map_or(SkyDiffuse::default(), |[f1, f2]| perez_parts(plane, sky, seen, f1, f2))
}

/// F1 and F2; `None` without diffuse light, which cannot be spread, and without an air mass: it is night.
fn perez_shares(sky: &Sky) -> Option<[f64; 2]> {
    let air_mass = sky.air_mass.filter(|_| sky.dhi > 0.0)?;
    let z = sky.zenith.to_radians();
    let delta = sky.dhi * air_mass / sky.extraterrestrial;
    let cubed = KAPPA * z.powi(3);
    let clearness = ((sky.dhi + sky.dni) / sky.dhi + cubed) / (1.0 + cubed);
    let class = PEREZ_BINS.iter().filter(|end| clearness >= **end).count();
    let [f11, f12, f13, f21, f22, f23] = PEREZ[class];
    let f1 = (f11 + f12 * delta + f13 * z).max(0.0);
    let f2 = f21 + f22 * delta + f23 * z;
    Some([f1, f2])
}

fn perez_parts(plane: &Plane, sky: &Sky, seen: f64, f1: f64, f2: f64) -> SkyDiffuse {
    let low = 85f64.to_radians().cos();
    SkyDiffuse {
        isotropic: sky.dhi * (1.0 - f1) * plane.sky_view(),
        circumsolar: sky.dhi * f1 * seen / sky.zenith.to_radians().cos().max(low),
        horizon: sky.dhi * f2 * plane.sin_tilt,
    }
    .or_nothing()
}

/// Knots of Driesse's quadratic splines over the clearness ζ = DNI / (DHI + DNI), corrected for the zenith.
const SPLINE_KNOTS: [f64; 13] = [
    0.0, 0.0, 0.0, 0.061, 0.187, 0.333, 0.487, 0.643, 0.778, 0.839, 1.0, 1.0, 1.0,
];
/// B-spline coefficients of f11 f12 f13 f21 f22 f23.
#[rustfmt::skip]
const SPLINE: [[f64; 6]; 10] = [
    [-0.053, 0.529, -0.028, -0.071, 0.061, -0.019],
    [-0.008, 0.588, -0.062, -0.060, 0.072, -0.022],
    [0.131, 0.770, -0.167, -0.026, 0.106, -0.032],
    [0.328, 0.471, -0.216, 0.069, -0.105, -0.028],
    [0.557, 0.241, -0.300, 0.086, -0.085, -0.012],
    [0.861, -0.323, -0.355, 0.240, -0.467, -0.008],
    [1.212, -1.239, -0.444, 0.305, -0.797, 0.047],
    [1.099, -1.847, -0.365, 0.275, -1.132, 0.124],
    [0.544, 0.157, -0.213, 0.118, -1.455, 0.292],
    [0.544, 0.157, -0.213, 0.118, -1.455, 0.292],
];

fn perez_driesse(plane: &Plane, sky: &Sky, seen: f64) -> SkyDiffuse {
    perez_driesse_shares(sky).map_or(SkyDiffuse::default(), |[f1, f2]| perez_parts(plane, sky, seen, f1, f2))
}

/// As [`perez_shares`].
fn perez_driesse_shares(sky: &Sky) -> Option<[f64; 2]> {
    if sky.dhi <= 0.0 {
        return None;
    }
    // At and below the horizon the model keeps the air mass of the horizon.
    let air_mass = if sky.zenith >= 90.0 {
        atmosphere::air_mass(90.0)
    } else {
        sky.air_mass
    }
    .unwrap_or(0.0);
    let delta = sky.dhi * air_mass / sky.extraterrestrial;
    let z = sky.zenith.to_radians();
    let zeta = sky.dni / (sky.dhi + sky.dni);
    let zeta = zeta / (1.0 - KAPPA * z.powi(3) * (zeta - 1.0));
    let [f11, f12, f13, f21, f22, f23] = spline(zeta.clamp(0.0, 1.0));
    let f1 = (f11 + f12 * delta + f13 * z).clamp(0.0, 0.9);
    let f2 = f21 + f22 * delta + f23 * z;
    Some([f1, f2])
}

/// All six splines at one place, by de Boor's algorithm (degree 2).
fn spline(x: f64) -> [f64; 6] {
    let t = &SPLINE_KNOTS;
    let k = (2..=9).rev().find(|&k| x >= t[k]).unwrap_or(2);
    let weight = |i: usize, r: usize| {
        let (left, right) = (t[i], t[i + 3 - r]);
        if right > left {
            (x - left) / (right - left)
        } else {
            0.0
        }
    };
    let mix = |a: f64, b: f64, w: f64| (1.0 - w) * a + w * b;
    let mut out = [0.0; 6];
    for (column, slot) in out.iter_mut().enumerate() {
        let [c0, c1, c2] = [
            SPLINE[k - 2][column],
            SPLINE[k - 1][column],
            SPLINE[k][column],
        ];
        let d1 = mix(c0, c1, weight(k - 1, 1));
        let d2 = mix(c1, c2, weight(k, 1));
        *slot = mix(d1, d2, weight(k, 2));
    }
    out
}
