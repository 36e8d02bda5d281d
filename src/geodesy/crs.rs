//! Coordinate reference systems: a code or WKT in, points through.

use super::crs_names;
use super::crs_parameters;
use super::crs_table::{self, Datum, Definition, Kind};
use super::shift_grid;
use super::{Ecef, Ellipsoid, GeodesyFault, Geoid, LonLat, LonLatH, Vertical};
use glam::{DMat3, DVec3};
use proj4rs::Proj;

/// One reference system of the built-in table.
///
/// Geographic coordinates are longitude then latitude whatever the registry's axis order says, in degrees but for EPSG:4807, whose are grads of Paris; all lengths are metres.
/// Cheap to clone next to what it is used for, not free: make it once for a file.
#[derive(Clone)]
pub struct Crs {
    code: String,
    name: String,
    vertical: Option<u32>,
    area: [f64; 4],
    datum: Datum,
    space: Space,
}

#[derive(Clone)]
enum Space {
    Ecef,
    Geographic {
        three_d: bool,
        meridian_deg: f64,
        /// Degrees in one unit.
        unit_deg: f64,
    },
    /// The projection on its own ellipsoid, and geographic coordinates on the same one.
    Projected {
        projection: Box<Proj>,
        geographic: Box<Proj>,
    },
}

impl Crs {
    /// What a person may be told when a code is unknown.
    /// Some of them, in words of no language.
    pub const EXAMPLES: &str = "EPSG:2154, EPSG:3942…3950, EPSG:27572, EPSG:32630, EPSG:25830, EPSG:2972, EPSG:2975, EPSG:5490, EPSG:3857, EPSG:4326, IGNF:LAMB93, OGC:CRS84, +proj=lcc …";

    /// All that are known without a text of parameters.
    pub const SUPPORTED: &str = "EPSG 2154 and 3942-3950 (Lambert-93, CC42-CC50, also RGF93 v2 and v2b), \
        27561-27564 and 27571-27574 (NTF Lambert), 326xx, 327xx and 25828-25838 (UTM), \
        2972, 3313, 2975, 4471, 4467, 4559, 5490, 3163, 3296-3299, 2988 (overseas), \
        3857, 3034, 3035, 3812, 2056, 21781, 28992 and 7415 (Netherlands), 6668 to 6687 and 6697 (Japan), 4289, 4171, 4258, 4275, 4807 (grads of Paris), 4326, 4964, 4965, 4978, 4979, OGC:CRS84, IGNF names such as IGNF:LAMB93, and PROJ texts such as +proj=lcc …";

    /// Reads `EPSG:2154`, `2154`, `urn:ogc:def:crs:EPSG::2154`, `http://www.opengis.net/def/crs/EPSG/0/2154`, `OGC:CRS84`, `IGNF:LAMB93`, and compounds such as `EPSG:2154+5720`.
    pub fn from_code(code: &str) -> Result<Self, GeodesyFault> {
        if code.contains("+proj=") || code.contains("+init=") {
            return Self::from_proj(code);
        }
        let (epsg, vertical) = crs_names::epsg_of(code).ok_or_else(|| unknown(code))?;
        Self::from_row(epsg, vertical).ok_or_else(|| unknown(code))
    }

    /// Reads a PROJ text: a system of the table where its parameters are those of one, else one of its own whose code is the text.
    pub fn from_proj(text: &str) -> Result<Self, GeodesyFault> {
        use super::proj_text::{Parsed, parse};
        match parse(text).ok_or_else(|| unknown(text))? {
            Parsed::Known(epsg) => Self::from_epsg(epsg),
            Parsed::Own(definition, code) => Self::from_definition(*definition, code, None).ok_or_else(|| unknown(text)),
        }
    }

    /// Reads the WKT of a `.prj` file, a GeoPackage or a LAS header: by its identifier, else by its name, else by its parameters.
    pub fn from_wkt(wkt: &str) -> Result<Self, GeodesyFault> {
        // Where neither an identifier nor a name is known, the parameters tell.
        crs_names::epsg_of_wkt(wkt)
            .and_then(|(epsg, vertical)| Self::from_row(epsg, vertical))
            .or_else(|| Self::from_numbers(&crs_parameters::of_wkt(wkt)?))
            .ok_or_else(|| unknown(wkt))
    }

    /// Reads PROJJSON, as GeoParquet carries it: by its identifier, else by its name, else by its parameters.
    pub fn from_projjson(json: &str) -> Result<Self, GeodesyFault> {
        crs_names::epsg_of_projjson(json)
            .and_then(|(epsg, vertical)| Self::from_row(epsg, vertical))
            .or_else(|| Self::from_numbers(&crs_names::numbers_of_projjson(json)?))
            .ok_or_else(|| unknown(json))
    }

    /// A system of its own, told by numbers alone.
    fn from_numbers(numbers: &crs_parameters::Numbers) -> Option<Self> {
        let (definition, code) = numbers.own()?;
        Self::from_definition(definition, code, None)
    }

    pub fn from_epsg(epsg: u32) -> Result<Self, GeodesyFault> {
        Self::from_row(epsg, None).ok_or_else(|| unknown(&epsg.to_string()))
    }

    /// Longitude and latitude on WGS84, EPSG:4326.
    pub fn wgs84() -> Self {
        let area = [-180.0, -90.0, 180.0, 90.0];
        let datum = Datum {
            ellipsoid: Ellipsoid::WGS84,
            to_wgs84: None,
            accuracy_m: 0.0,
            ntf_grid: false,
        };
        Self {
            code: "EPSG:4326".to_owned(),
            name: "WGS 84".to_owned(),
            vertical: None,
            area,
            datum,
            space: Space::Geographic { three_d: false, meridian_deg: 0.0, unit_deg: 1.0 },
        }
    }

    fn from_row(epsg: u32, vertical: Option<u32>) -> Option<Self> {
        Self::from_definition(crs_table::define(epsg)?, format!("EPSG:{epsg}"), vertical)
    }

    fn from_definition(definition: Definition, code: String, vertical: Option<u32>) -> Option<Self> {
        let Definition { name, kind, datum, area, .. } = definition;
        let space = match kind {
            Kind::Ecef => Space::Ecef,
            Kind::Geographic { three_d, meridian_deg, unit_deg } => Space::Geographic { three_d, meridian_deg, unit_deg },
            Kind::Projected(projection) => {
                // No datum is given to the projection engine: its pivot through WGS84 moves even a null shift by 0.1 mm.
                let Ellipsoid {
                    a_m,
                    inverse_flattening,
                } = datum.ellipsoid;
                let ellipsoid = format!("+a={a_m} +rf={inverse_flattening}");
                let text = if projection.contains("+b=") {
                    projection
                } else {
                    format!("{projection} {ellipsoid}")
                };
                Space::Projected {
                    projection: Box::new(Proj::from_proj_string(&text).ok()?),
                    geographic: Box::new(
                        Proj::from_proj_string(&format!("+proj=longlat {ellipsoid}")).ok()?,
                    ),
                }
            }
        };
        Some(Self {
            code,
            name,
            vertical,
            area,
            datum,
            space,
        })
    }

    /// `EPSG:2154`, however it was spelt.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The registry's name: `RGF93 v1 / Lambert-93`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// EPSG number of the vertical system when a compound one was named: 5720 is NGF-IGN69, 5721 NGF-IGN78 (Corse).
    pub fn vertical(&self) -> Option<u32> {
        self.vertical
    }

    /// What heights in this system are counted from, where it says so.
    pub fn vertical_system(&self) -> Option<Vertical> {
        match self.vertical {
            Some(epsg) => Some(Vertical::from_epsg(epsg)),
            None => self.is_three_d().then_some(Vertical::Ellipsoid),
        }
    }

    /// Where the system is meant to be used: west, south, east, north in degrees. Points outside still transform where the projection allows.
    pub fn area_of_use(&self) -> [f64; 4] {
        self.area
    }

    /// How far the shift to WGS84 may be from the truth, metres; zero for the WGS84 family.
    ///
    /// NTF is brought over by IGN's grid, 5 cm; outside it, and after [`Self::by_parameters`], by three parameters that are 0.6 to 4 m from it.
    pub fn datum_accuracy_m(&self) -> f64 {
        if self.datum.ntf_grid { 0.05 } else { self.datum.accuracy_m }
    }

    /// The same system with its datum shift by parameters alone, as programs without IGN's grid compute it.
    pub fn by_parameters(mut self) -> Self {
        self.datum.ntf_grid = false;
        self
    }

    /// Whether a grid, not parameters, shifts the datum there.
    pub fn is_shifted_by_grid_at(&self, p: LonLat) -> bool {
        self.datum.ntf_grid && shift_grid::ntf().is_some_and(|grid| grid.backward(p).is_some())
    }

    /// Angles rather than metres.
    pub fn is_geographic(&self) -> bool {
        matches!(self.space, Space::Geographic { .. })
    }

    pub fn is_ecef(&self) -> bool {
        matches!(self.space, Space::Ecef)
    }

    /// Whether z is an ellipsoidal height or earth-centred by definition.
    pub fn is_three_d(&self) -> bool {
        matches!(
            self.space,
            Space::Ecef | Space::Geographic { three_d: true, .. }
        )
    }

    /// Longitude and latitude of a point in this system. For an earth-centred system z is taken as unknown and this is a fault; use [`transform`].
    pub fn to_lonlat(&self, x: f64, y: f64) -> Result<LonLat, GeodesyFault> {
        if !(x.is_finite() && y.is_finite()) {
            return Err(GeodesyFault::NotFinite);
        }
        let own = match &self.space {
            Space::Ecef => return Err(self.outside(x, y)),
            Space::Geographic { meridian_deg, unit_deg, .. } => on_the_globe(LonLat {
                lon_deg: x * unit_deg + meridian_deg,
                lat_deg: y * unit_deg,
            })?,
            Space::Projected {
                projection,
                geographic,
            } => {
                let mut point = (x, y);
                proj4rs::transform::transform(projection, geographic, &mut point)
                    .map_err(|_| self.outside(x, y))?;
                let p = LonLat {
                    lon_deg: point.0.to_degrees(),
                    lat_deg: point.1.to_degrees(),
                };
                on_the_globe(p).map_err(|_| self.outside(x, y))?
            }
        };
        Ok(self.wgs84_of_own(own))
    }

    /// The point in this system: easting and northing in metres, or longitude and latitude.
    pub fn from_lonlat(&self, p: LonLat) -> Result<[f64; 2], GeodesyFault> {
        let own = self.own_of_wgs84(on_the_globe(p)?);
        match &self.space {
            Space::Ecef => Err(self.outside(p.lon_deg, p.lat_deg)),
            Space::Geographic { meridian_deg, unit_deg, .. } => {
                let from = own.lon_deg - meridian_deg;
                // East of the meridian or west of it, never more than half around.
                let lon_deg = if *meridian_deg != 0.0 { from - 360.0 * (from / 360.0).round() } else { from };
                Ok([lon_deg / unit_deg, own.lat_deg / unit_deg])
            }
            Space::Projected {
                projection,
                geographic,
            } => {
                let mut point = (own.lon_deg.to_radians(), own.lat_deg.to_radians());
                proj4rs::transform::transform(geographic, projection, &mut point)
                    .map_err(|_| self.outside(p.lon_deg, p.lat_deg))?;
                if point.0.is_finite() && point.1.is_finite() {
                    Ok([point.0, point.1])
                } else {
                    Err(self.outside(p.lon_deg, p.lat_deg))
                }
            }
        }
    }

    /// All points, or the first fault with its place ([`GeodesyFault::At`]).
    pub fn to_lonlat_batch(&self, points: &[[f64; 2]]) -> Result<Vec<LonLat>, GeodesyFault> {
        let each = points.iter().enumerate();
        each.map(|(index, &[x, y])| self.to_lonlat(x, y).map_err(|fault| at(index, fault)))
            .collect()
    }

    /// Meridian convergence γ, degrees: the azimuth of grid north counted clockwise from true north, so true azimuth = grid azimuth + γ.
    ///
    /// Negative west of the central meridian in the northern hemisphere: -3.30° at Nantes in Lambert-93. Zero for systems without a grid and where the projection has no answer.
    /// By central differences over 22 m of meridian; within 1e-7° of PROJ's.
    pub fn convergence_deg(&self, p: LonLat) -> f64 {
        const STEP_DEG: f64 = 1e-4;
        if !matches!(self.space, Space::Projected { .. }) {
            return 0.0;
        }
        let along = |lat_deg: f64| {
            self.from_lonlat(LonLat {
                lon_deg: p.lon_deg,
                lat_deg,
            })
        };
        match (along(p.lat_deg - STEP_DEG), along(p.lat_deg + STEP_DEG)) {
            (Ok(south), Ok(north)) => -(north[0] - south[0])
                .atan2(north[1] - south[1])
                .to_degrees(),
            _ => 0.0,
        }
    }

    fn outside(&self, x: f64, y: f64) -> GeodesyFault {
        GeodesyFault::OutsideProjection {
            crs: self.code.clone(),
            x,
            y,
        }
    }

    fn wgs84_of_own(&self, own: LonLat) -> LonLat {
        if self.datum.ntf_grid
            && let Some(p) = shift_grid::ntf().and_then(|grid| grid.forward(own))
        {
            return p;
        }
        match self.datum.to_wgs84 {
            None => own,
            Some(parameters) => {
                let Ecef(v) = self.datum.ellipsoid.to_ecef(own.at_height(0.0));
                Ecef(helmert(&parameters).apply(v)).to_lonlath().lonlat()
            }
        }
    }

    fn own_of_wgs84(&self, p: LonLat) -> LonLat {
        if self.datum.ntf_grid
            && let Some(own) = shift_grid::ntf().and_then(|grid| grid.backward(p))
        {
            return own;
        }
        match self.datum.to_wgs84 {
            None => p,
            Some(parameters) => {
                let Ecef(v) = p.at_height(0.0).to_ecef();
                self.datum
                    .ellipsoid
                    .to_lonlath(Ecef(helmert(&parameters).undo(v)))
                    .lonlat()
            }
        }
    }
}

impl std::fmt::Debug for Crs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Crs({} {})", self.code, self.name)
    }
}

impl PartialEq for Crs {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code && self.vertical == other.vertical
    }
}

/// Transforms points in place from one system to another.
///
/// z passes through untouched, whatever it is (an altitude stays one): only an earth-centred system on either side gives it a meaning, that of an ellipsoidal height in metres.
/// At a fault the points before it are transformed, it and those after it are not.
pub fn transform(from: &Crs, to: &Crs, points: &mut [[f64; 3]]) -> Result<(), GeodesyFault> {
    if from.code == to.code {
        return match points.iter().position(|p| !p.iter().all(|v| v.is_finite())) {
            Some(index) => Err(at(index, GeodesyFault::NotFinite)),
            None => Ok(()),
        };
    }
    for (index, point) in points.iter_mut().enumerate() {
        *point = transform_point(from, to, *point).map_err(|fault| at(index, fault))?;
    }
    Ok(())
}

/// As [`transform`], with heights brought from the vertical system of `from` to that of `to` where both state one.
///
/// A system with a vertical part (`EPSG:5698`, `EPSG:2154+5720`) counts from it; geographic systems of three dimensions and earth-centred ones count from the ellipsoid. Where one of the two states none, z passes through as in [`transform`]; where no way between them is known, that is a fault.
pub fn transform_heights(from: &Crs, to: &Crs, geoid: &Geoid, points: &mut [[f64; 3]]) -> Result<(), GeodesyFault> {
    let (below, above) = match (from.vertical_system(), to.vertical_system()) {
        (Some(below), Some(above)) if below != above => (below, above),
        _ => return transform(from, to, points),
    };
    for (index, point) in points.iter_mut().enumerate() {
        let moved = || -> Result<[f64; 3], GeodesyFault> {
            let [x, y, z] = *point;
            let p = if from.is_ecef() {
                if !(x.is_finite() && y.is_finite() && z.is_finite()) {
                    return Err(GeodesyFault::NotFinite);
                }
                from.datum.ellipsoid.to_lonlath(Ecef(DVec3::new(x, y, z)))
            } else {
                from.to_lonlat(x, y)?.at_height(z)
            };
            let shift_m = below.to(&above, geoid, p.lonlat()).ok_or_else(|| GeodesyFault::VerticalUnknown {
                from: below.name(),
                to: above.name(),
            })?;
            let lifted = p.lonlat().at_height(p.height_m + shift_m);
            if !lifted.height_m.is_finite() {
                return Err(GeodesyFault::NotFinite);
            }
            if to.is_ecef() {
                let Ecef(v) = to.datum.ellipsoid.to_ecef(lifted);
                return Ok(v.to_array());
            }
            let [x, y] = to.from_lonlat(lifted.lonlat())?;
            Ok([x, y, lifted.height_m])
        };
        *point = moved().map_err(|fault| at(index, fault))?;
    }
    Ok(())
}

fn transform_point(from: &Crs, to: &Crs, [x, y, z]: [f64; 3]) -> Result<[f64; 3], GeodesyFault> {
    if !z.is_finite() {
        return Err(GeodesyFault::NotFinite);
    }
    let p: LonLatH = if from.is_ecef() {
        if !(x.is_finite() && y.is_finite()) {
            return Err(GeodesyFault::NotFinite);
        }
        from.datum.ellipsoid.to_lonlath(Ecef(DVec3::new(x, y, z)))
    } else {
        from.to_lonlat(x, y)?.at_height(z)
    };
    if to.is_ecef() {
        let Ecef(v) = to.datum.ellipsoid.to_ecef(p);
        Ok(v.to_array())
    } else {
        let [x, y] = to.from_lonlat(p.lonlat())?;
        Ok([x, y, p.height_m])
    }
}

/// A similarity transform of earth-centred coordinates, small rotations, position-vector convention (EPSG method 1033).
struct Helmert {
    translation_m: DVec3,
    linear: DMat3,
}

fn helmert(&[tx, ty, tz, rx, ry, rz, ppm]: &[f64; 7]) -> Helmert {
    const RADIANS: f64 = std::f64::consts::PI / (180.0 * 3600.0);
    let (rx, ry, rz) = (rx * RADIANS, ry * RADIANS, rz * RADIANS);
    let rotation = DMat3::from_cols(
        DVec3::new(1.0, rz, -ry),
        DVec3::new(-rz, 1.0, rx),
        DVec3::new(ry, -rx, 1.0),
    );
    Helmert {
        translation_m: DVec3::new(tx, ty, tz),
        linear: rotation * (1.0 + ppm * 1e-6),
    }
}

impl Helmert {
    fn apply(&self, v: DVec3) -> DVec3 {
        self.linear * v + self.translation_m
    }

    fn undo(&self, v: DVec3) -> DVec3 {
        self.linear.inverse() * (v - self.translation_m)
    }
}

/// Refuses what is no place; longitudes may go once around (Pacific data run to 360).
fn on_the_globe(p: LonLat) -> Result<LonLat, GeodesyFault> {
    if !(p.lon_deg.is_finite() && p.lat_deg.is_finite()) {
        return Err(GeodesyFault::NotFinite);
    }
    // Round-off at the poles is forgiven.
    if p.lat_deg.abs() > 90.0 + 1e-9 || p.lon_deg.abs() > 360.0 + 1e-9 {
        return Err(GeodesyFault::OffTheGlobe {
            lon_deg: p.lon_deg,
            lat_deg: p.lat_deg,
        });
    }
    Ok(p)
}

fn at(index: usize, fault: GeodesyFault) -> GeodesyFault {
    GeodesyFault::At {
        index,
        fault: Box::new(fault),
    }
}

/// A WKT can be long and hold line breaks; the message keeps its beginning on one line.
fn unknown(code: &str) -> GeodesyFault {
    let line: String = code
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(80)
        .collect();
    GeodesyFault::UnknownCrs { code: line }
}
