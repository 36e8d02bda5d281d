//! How much of slanting light gets through a module's glass: incidence-angle modifiers, 1 for light straight on.
//!
//! | model | published in |
//! |---|---|
//! | [`Iam::Physical`] | W. De Soto, S. A. Klein, W. A. Beckman, Solar Energy 80 (2006) 78–88 |
//! | [`Iam::Ashrae`] | ASHRAE 93-77; A. F. Souka, H. H. Safwat (1966) |
//! | [`Iam::MartinRuiz`] | N. Martin, J. M. Ruiz, Solar Energy Materials and Solar Cells 70 (2001) 25–38 |

/// A modifier with its parameters; [`Iam::PHYSICAL`], [`Iam::ASHRAE`] and [`Iam::MARTIN_RUIZ`] are the usual ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Iam {
    /// Snell and Fresnel at one pane, Bouguer inside it.
    Physical {
        /// Refractive index of the glass.
        index: f64,
        /// Extinction, 1/m.
        extinction_per_m: f64,
        thickness_m: f64,
    },
    Ashrae {
        b: f64,
    },
    MartinRuiz {
        a_r: f64,
    },
    /// Takes nothing away.
    None,
}

impl Iam {
    pub const PHYSICAL: Self = Self::Physical {
        index: 1.526,
        extinction_per_m: 4.0,
        thickness_m: 0.002,
    };
    pub const ASHRAE: Self = Self::Ashrae { b: 0.05 };
    pub const MARTIN_RUIZ: Self = Self::MartinRuiz { a_r: 0.16 };

    /// The modifier for beam light whose incidence has this cosine; 0 from behind.
    pub fn of_cosine(&self, cos_incidence: f64) -> f64 {
        let cosine = cos_incidence.clamp(-1.0, 1.0);
        match *self {
            Self::None => f64::from(cosine > 0.0),
            Self::Ashrae { b } => {
                if cosine <= 0.0 {
                    return 0.0;
                }
                (1.0 - b * (1.0 / cosine - 1.0)).max(0.0)
            }
            Self::MartinRuiz { a_r } => {
                if cosine <= 0.0 {
                    return 0.0;
                }
                (1.0 - (-cosine / a_r).exp()) / (1.0 - (-1.0 / a_r).exp())
            }
            Self::Physical {
                index,
                extinction_per_m,
                thickness_m,
            } => physical(cosine.max(0.0), index, extinction_per_m * thickness_m),
        }
    }

    /// The same modifier for many angles: what does not depend on the angle is worked out once.
    pub fn prepared(self) -> PreparedIam {
        let straight = match self {
            Self::Physical { index, extinction_per_m, thickness_m } => straight(index, extinction_per_m * thickness_m),
            Self::MartinRuiz { a_r } => 1.0 - (-1.0 / a_r).exp(),
            Self::Ashrae { .. } | Self::None => 1.0,
        };
        PreparedIam { iam: self, straight }
    }

    /// The same of the angle of incidence, degrees.
    pub fn of_angle(&self, incidence: f64) -> f64 {
        if incidence.abs() >= 90.0 {
            return 0.0;
        }
        self.of_cosine(incidence.to_radians().cos())
    }
}

fn physical(cos_outside: f64, n: f64, depth: f64) -> f64 {
    slanting(cos_outside, n, depth) / straight(n, depth)
}

/// What passes of slanting light; nothing from behind.
fn slanting(cos_outside: f64, n: f64, depth: f64) -> f64 {
    if cos_outside <= 0.0 {
        return 0.0;
    }
    let sin_inside2 = (1.0 - cos_outside * cos_outside) / (n * n);
    let cos_inside = (1.0 - sin_inside2).sqrt();
    let s = ((cos_outside - n * cos_inside) / (cos_outside + n * cos_inside)).powi(2);
    let p = ((cos_inside - n * cos_outside) / (cos_inside + n * cos_outside)).powi(2);
    (1.0 - 0.5 * (s + p)) * (-depth / cos_inside).exp()
}

/// What passes of light straight on.
fn straight(n: f64, depth: f64) -> f64 {
    (1.0 - ((1.0 - n) / (1.0 + n)).powi(2)) * (-depth).exp()
}

/// A modifier ready for many angles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PreparedIam {
    iam: Iam,
    straight: f64,
}

impl PreparedIam {
    /// As [`Iam::of_cosine`].
    #[inline]
    pub fn of_cosine(&self, cos_incidence: f64) -> f64 {
        let cosine = cos_incidence.clamp(-1.0, 1.0);
        match self.iam {
            Iam::Physical { index, extinction_per_m, thickness_m } => slanting(cosine.max(0.0), index, extinction_per_m * thickness_m) / self.straight,
            Iam::MartinRuiz { a_r } if cosine > 0.0 => (1.0 - (-cosine / a_r).exp()) / self.straight,
            iam => iam.of_cosine(cosine),
        }
    }
}

/// Modifiers of Martin and Ruiz for the sky's and the ground's diffuse light on a plane of this tilt (Progress in Photovoltaics 13 (2005) 75–84).
pub fn martin_ruiz_diffuse(tilt: f64, a_r: f64) -> (f64, f64) {
    let (c1, c2) = (0.4244, 0.5 * a_r - 0.154);
    let edge = 1e-6;
    let beta = tilt.clamp(edge, 180.0 - edge).to_radians();
    let pi = std::f64::consts::PI;
    let sin_beta = if tilt < 90.0 {
        beta.sin()
    } else {
        (pi - beta).sin()
    };
    let sky = sin_beta + (pi - beta - sin_beta) / (1.0 + beta.cos());
    let ground = sin_beta + (beta - sin_beta) / (1.0 - beta.cos());
    let modifier = |term: f64| 1.0 - (-(c1 + c2 * term) * term / a_r).exp();
    (modifier(sky), modifier(ground))
}
