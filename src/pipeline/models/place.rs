//! From a model's own frame to the globe: on it already, in a projected system, or where a person put it.

use super::Model;
use super::walk::Tree;
use crate::base::{Finding, Report, Severity};
use crate::geodesy::{Crs, Ecef, EnuFrame, Geoid, LonLat, LonLatH};
use glam::{DMat4, DVec3};
use serde::{Deserialize, Serialize};

/// What lies deeper or higher is not on the globe, metres.
const LOWEST_M: f64 = -12_000.0;
const HIGHEST_M: f64 = 100_000.0;
/// Degrees around a system's area of use in which its tilesets may lie.
const AROUND_DEG: f64 = 0.5;
/// A model may grow or shrink by so much.
const SCALES: std::ops::RangeInclusive<f64> = 1e-6..=1e6;

/// Where a mapping file puts a model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Placement {
    /// Degrees.
    pub lon: f64,
    pub lat: f64,
    /// Altitude of the model's origin, in the vertical system of the sources, metres.
    #[serde(default)]
    pub height: f64,
    /// Where the model's north (glTF's −z) looks, degrees clockwise from true north.
    #[serde(default)]
    pub heading: f64,
    /// Metres of one unit of the model.
    #[serde(default = "one")]
    pub scale: f64,
}

fn one() -> f64 {
    1.0
}

impl Placement {
    /// The name of the first member that makes no sense.
    pub fn fault(&self) -> Option<&'static str> {
        let sound = [
            ("lon", self.lon.abs() <= 180.0),
            ("lat", self.lat.abs() <= 90.0),
            ("height", (LOWEST_M..=HIGHEST_M).contains(&self.height)),
            ("heading", self.heading.is_finite()),
            ("scale", SCALES.contains(&self.scale)),
        ];
        sound
            .into_iter()
            .find(|(_, sound)| !sound)
            .map(|(name, _)| name)
    }

    fn ecef_from_model(&self, geoid: &Geoid) -> DMat4 {
        let at = LonLat {
            lon_deg: self.lon,
            lat_deg: self.lat,
        };
        let frame = EnuFrame::at(at.at_height(self.height + geoid.undulation_m(at)));
        frame.ecef_from_enu
            * DMat4::from_rotation_z(-self.heading.to_radians())
            * DMat4::from_scale(DVec3::splat(self.scale))
    }
}

/// How coordinates of a model become places.
pub enum Frame<'g> {
    /// ECEF once multiplied.
    Rigid(DMat4),
    /// East, north and altitude in a projected system.
    Projected { crs: Box<Crs>, geoid: &'g Geoid },
}

impl<'g> Frame<'g> {
    /// How the coordinates of a tree are meant; a model that lies nowhere is a finding.
    pub fn of(model: &Model, tree: &Tree, geoid: &'g Geoid, report: &mut Report) -> Option<Self> {
        if let Some(placement) = &model.placement {
            return Some(Self::Rigid(placement.ecef_from_model(geoid)));
        }
        let mut fault = |code, value: String| {
            report.push(Finding::new(code, Severity::Error, &model.label).value(value));
            None
        };
        if model.kind == super::Kind::Gltf {
            return fault("model-not-placed", String::new());
        }
        let on_globe = tree
            .centre
            .map(|centre| Ecef(centre).to_lonlath())
            .filter(|at| (LOWEST_M..=HIGHEST_M).contains(&at.height_m));
        let crs = match &model.crs {
            None => None,
            Some(code) => match crate::pipeline::sources::crs(code) {
                Ok(crs) if !crs.is_geographic() && !crs.is_ecef() => Some(crs),
                Ok(_) => None,
                Err(problem) => return fault("crs-unknown", problem.to_string()),
            },
        };
        match (crs, on_globe, tree.is_regional) {
            (_, _, true) | (None, Some(_), _) => Some(Self::Rigid(DMat4::IDENTITY)),
            // Metres of a projection can look like a place on the globe somewhere else.
            (Some(crs), Some(at), _) if near(&crs, at) => Some(Self::Rigid(DMat4::IDENTITY)),
            (Some(crs), ..) => {
                report.push(
                    Finding::new("tileset-projected", Severity::Info, &model.label)
                        .value(crs.code()),
                );
                Some(Self::Projected {
                    crs: Box::new(crs),
                    geoid,
                })
            }
            (None, None, _) => {
                let at = tree
                    .centre
                    .map_or_else(String::new, |c| format!("{:.1} {:.1} {:.1}", c.x, c.y, c.z));
                fault("tileset-not-on-earth", at)
            }
        }
    }

    /// The place of a point of the model.
    pub fn ecef(&self, point: DVec3) -> Option<DVec3> {
        match self {
            Self::Rigid(matrix) => Some(matrix.transform_point3(point)),
            Self::Projected { crs, geoid } => {
                let at = crs.to_lonlat(point.x, point.y).ok()?;
                let height_m = point.z
                    + if crs.is_three_d() {
                        0.0
                    } else {
                        geoid.undulation_m(at)
                    };
                Some(LonLatH::new(at.lon_deg, at.lat_deg, height_m).to_ecef().0)
            }
        }
        .filter(|at| at.is_finite())
    }
}

fn near(crs: &Crs, at: LonLatH) -> bool {
    let [west, south, east, north] = crs.area_of_use();
    at.lon_deg >= west - AROUND_DEG
        && at.lon_deg <= east + AROUND_DEG
        && at.lat_deg >= south - AROUND_DEG
        && at.lat_deg <= north + AROUND_DEG
}
