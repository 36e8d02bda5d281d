//! Typed coordinates, reference systems, heights and frames.
//!
//! | word | what it is |
//! |---|---|
//! | [`LonLat`] | longitude and latitude in degrees, always in this order, in the WGS84 family (WGS84, ETRS89, RGF93 and the overseas ITRF frames are one within a metre and are not told apart, as PROJ does without a time-dependent model) |
//! | [`LonLatH`] | the same with an *ellipsoidal* height in metres |
//! | [`Ecef`] | earth-centred, earth-fixed metres, EPSG:4978, what 3D Tiles and glTF placement speak |
//! | [`EnuFrame`] | the local east, north, up frame at a point |
//! | [`geodesic`] | distances along the ellipsoid, and places so many metres away |
//! | [`Crs`] | one reference system of the built-in table, found by its code or its WKT |
//! | [`Geoid`] | ellipsoidal height minus altitude: RAF20 from the user's file, or the approximation shipped with the program |
//! | [`Vertical`] | what heights are counted from: the ellipsoid, NGF-IGN69, NGF-IGN78 in Corsica, each overseas system |
//!
//! NTF comes to RGF93 by IGN's grid, which is embedded; outside it by three parameters.
//! French altitudes are NGF-IGN69, 43 to 56 m below the ellipsoid: whoever mixes the two without a [`Geoid`] draws houses underground.
//!
//! Truth: PROJ 9.5 through pyproj, frozen in `tests/data/geodesy`.

mod crs;
mod crs_names;
mod crs_parameters;
mod crs_table;
mod ellipsoid;
mod frame;
pub mod geodesic;
mod geoid;
mod geoid_file;
mod lines;
mod proj_text;
mod shift_grid;
mod vertical;

pub use crs::{Crs, transform, transform_heights};
pub use ellipsoid::{Ecef, Ellipsoid, LonLat, LonLatH};
pub use frame::EnuFrame;
pub use geoid::Geoid;
pub use lines::{LineFault, transform_line, transform_line_with};
pub use vertical::Vertical;

/// Why a coordinate could not be read or transformed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GeodesyFault {
    #[error(
        "unknown coordinate reference system '{code}'; known are {}",
        Crs::SUPPORTED
    )]
    UnknownCrs { code: String },
    #[error("a coordinate is not a finite number")]
    NotFinite,
    #[error("latitude {lat_deg} or longitude {lon_deg} is outside the globe")]
    OffTheGlobe { lon_deg: f64, lat_deg: f64 },
    #[error("({x}, {y}) cannot be expressed in {crs}")]
    OutsideProjection { crs: String, x: f64, y: f64 },
    #[error("point {index}: {fault}")]
    At {
        index: usize,
        fault: Box<GeodesyFault>,
    },
    #[error("geoid grid: {reason}")]
    Grid { reason: String },
    #[error("no way is known from heights in {from} to heights in {to}")]
    VerticalUnknown { from: String, to: String },
}

impl GeodesyFault {
    /// The stable code of the finding this fault becomes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownCrs { .. } => "crs-unknown",
            Self::NotFinite => "coordinate-not-finite",
            Self::OffTheGlobe { .. } => "coordinate-off-the-globe",
            Self::OutsideProjection { .. } => "coordinate-outside-projection",
            Self::At { fault, .. } => fault.code(),
            Self::Grid { .. } => "geoid-grid-unreadable",
            Self::VerticalUnknown { .. } => "vertical-unknown",
        }
    }
}
