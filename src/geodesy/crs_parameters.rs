//! A reference system told by its numbers: the one reading of WKT and PROJJSON where neither an identifier nor a name says which it is,
//! and what the reading of PROJ texts ([`super::proj_text`]) ends in too.
//!
//! Producers name the same Lambert-93 in a dozen ways; its parallels, origin and ellipsoid are always the same.
//! Units and prime meridians are read or refused, never passed over: a grad taken for a degree is 400 km in Paris.

use super::Ellipsoid;
use super::crs_names::children;
use super::crs_table::{self, Datum, Definition, Kind};
use super::proj_text;
use std::collections::BTreeMap;

/// Degrees: a third decimal of an arc second.
const ANGLE_TOLERANCE_DEG: f64 = 1e-7;
/// Paris has been written with six digits and more.
const MERIDIAN_TOLERANCE_DEG: f64 = 1e-6;
const LENGTH_TOLERANCE_M: f64 = 1e-3;
const RATIO_TOLERANCE: f64 = 1e-9;
/// Units are written with eight digits and more, and are then the exact ones.
const UNIT_TOLERANCE: f64 = 1e-6;
/// GRS80 and WGS84 differ by 1.46e-6.
const FLATTENING_TOLERANCE: f64 = 1e-6;
/// Clarke 1880 IGN is written with four to fourteen digits; the next Clarke is 1e-3 away.
const CLARKE_TOLERANCE: f64 = 1e-4;
/// What everybody writes for NTF stands for IGN's grid.
const NTF_SHIFT: [f64; 7] = [-168.0, -60.0, 320.0, 0.0, 0.0, 0.0, 0.0];
/// Paris in grads, as the French defined it.
const PARIS_GRAD: f64 = 2.596_921_3;
/// A WKT as long as this is none.
const LONGEST_WKT: usize = 64 << 10;
/// Systems inside each other: bound, compound, source, projected.
const DEEPEST: usize = 4;

/// The parameters of projections, as PROJ names them; degrees, metres and a ratio.
pub(super) const KEYS: [&str; 12] =
    ["zone", "lat_0", "lat_1", "lat_2", "lat_ts", "lon_0", "lonc", "alpha", "gamma", "x_0", "y_0", "k_0"];

/// What the coordinates of a system are, on whatever ellipsoid.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Coordinates {
    /// `lcc`, `utm` …; `longlat` and `geocent` where nothing is projected.
    pub method: &'static str,
    /// By names of [`KEYS`]; what is absent has its usual value.
    pub values: BTreeMap<&'static str, f64>,
    /// The southern half of a UTM zone.
    pub south: bool,
    /// Computed on a sphere whatever the ellipsoid: Web Mercator.
    pub on_sphere: bool,
    /// Longitude of the prime meridian.
    pub meridian_deg: f64,
    /// Degrees in one unit of longitude and latitude; 1 for projected ones.
    pub unit_deg: f64,
}

/// How a datum lies with regard to WGS84, as a text states it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Shift {
    Unstated,
    /// Position-vector parameters.
    Stated([f64; 7]),
    /// IGN's grid by its name.
    NtfGrid,
}

/// All that a text says of a system.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Numbers {
    pub coordinates: Coordinates,
    pub ellipsoid: Ellipsoid,
    pub shift: Shift,
}

impl Coordinates {
    pub fn unprojected(method: &'static str, meridian_deg: f64, unit_deg: f64) -> Self {
        Self { method, values: BTreeMap::new(), south: false, on_sphere: false, meridian_deg, unit_deg }
    }

    fn of_row(kind: &Kind) -> Option<Self> {
        match kind {
            Kind::Ecef => Some(Self::unprojected("geocent", 0.0, 1.0)),
            // Height does not show in numbers.
            Kind::Geographic { three_d: true, .. } => None,
            Kind::Geographic { meridian_deg, unit_deg, .. } => {
                Some(Self::unprojected("longlat", *meridian_deg, *unit_deg))
            }
            Kind::Projected(text) => proj_text::coordinates(&proj_text::words(text)),
        }
    }

    /// The value of a parameter, as it is where nobody states it.
    fn value(&self, key: &str) -> f64 {
        let usual = if key == "k_0" { 1.0 } else { 0.0 };
        self.values.get(key).copied().unwrap_or(usual)
    }

    /// The same without shorthands: a zone of UTM is a transverse Mercator, an only parallel is both, a meridian is counted from Greenwich.
    fn spelt_out(&self) -> Self {
        let mut full = self.clone();
        if matches!(full.method, "longlat" | "geocent") {
            return full;
        }
        if let (Some(zone), "utm") = (full.values.remove("zone"), full.method) {
            full.values.extend([("lon_0", zone * 6.0 - 183.0), ("k_0", 0.9996), ("x_0", 500_000.0)]);
            full.values.insert("y_0", if full.south { 10_000_000.0 } else { 0.0 });
        }
        if matches!(full.method, "utm" | "etmerc") {
            full.method = "tmerc";
        }
        if full.method == "lcc" {
            let first = full.values.get("lat_1").copied().unwrap_or(full.value("lat_0"));
            let second = full.values.get("lat_2").copied().unwrap_or(first);
            full.values.extend([("lat_1", first.min(second)), ("lat_2", first.max(second))]);
        }
        full.values.insert("lon_0", full.value("lon_0") + full.meridian_deg);
        full
    }

    fn is_same(&self, other: &Self) -> bool {
        let (a, b) = (self.spelt_out(), other.spelt_out());
        let near = |x: f64, y: f64, tolerance: f64| (x - y).abs() <= tolerance;
        let shifted = self.meridian_deg != 0.0 || other.meridian_deg != 0.0;
        a.method == b.method
            && a.on_sphere == b.on_sphere
            && near(a.unit_deg, b.unit_deg, RATIO_TOLERANCE)
            // A projection's meridian is in its origin already.
            && (!matches!(a.method, "longlat" | "geocent") || near(a.meridian_deg, b.meridian_deg, MERIDIAN_TOLERANCE_DEG))
            && KEYS.iter().all(|key| {
                let tolerance = match *key {
                    "x_0" | "y_0" => LENGTH_TOLERANCE_M,
                    "k_0" => RATIO_TOLERANCE,
                    "lon_0" if shifted => MERIDIAN_TOLERANCE_DEG,
                    _ => ANGLE_TOLERANCE_DEG,
                };
                near(a.value(key), b.value(key), tolerance)
            })
    }
}

impl Numbers {
    /// The datum, where these numbers leave it open to no more than metres.
    pub fn datum(&self) -> Option<Datum> {
        let clarke = Ellipsoid::CLARKE_1880_IGN;
        let is_clarke = (self.ellipsoid.a_m - clarke.a_m).abs() < 1e-3
            && (self.ellipsoid.inverse_flattening - clarke.inverse_flattening).abs() < CLARKE_TOLERANCE;
        let to_wgs84 = match self.shift {
            Shift::NtfGrid => return Some(crs_table::NTF),
            Shift::Unstated if is_clarke => return Some(crs_table::NTF),
            Shift::Stated(seven) if is_clarke && seven == NTF_SHIFT => return Some(crs_table::NTF),
            Shift::Stated(seven) => (seven != [0.0; 7]).then_some(seven),
            Shift::Unstated => None,
        };
        let modern = [Ellipsoid::WGS84, Ellipsoid::GRS80]
            .into_iter()
            .filter(|known| near_ellipsoid(*known, self.ellipsoid))
            .min_by(|a, b| {
                let off = |of: &Ellipsoid| (of.inverse_flattening - self.ellipsoid.inverse_flattening).abs();
                off(a).total_cmp(&off(b))
            });
        let accuracy_m = match (to_wgs84, modern) {
            (None, Some(_)) => 0.0,
            (Some(_), _) => 2.0,
            // An old ellipsoid without a shift could be anywhere within hundreds of metres.
            (None, None) => return None,
        };
        Some(Datum { ellipsoid: modern.unwrap_or(self.ellipsoid), to_wgs84, accuracy_m, ntf_grid: false })
    }

    /// The first row of the table with the same coordinates on the same datum.
    pub fn epsg(&self) -> Option<u32> {
        let datum = self.datum()?;
        self.row(|row| {
            near_ellipsoid(row.datum.ellipsoid, datum.ellipsoid)
                && row.datum.to_wgs84 == datum.to_wgs84
                && row.datum.ntf_grid == datum.ntf_grid
        })
    }

    /// As [`Self::epsg`]; a projection that states no shift is also told by its ellipsoid: nobody gives the numbers of one country's grid to another datum.
    pub fn epsg_by_projection(&self) -> Option<u32> {
        self.epsg().or_else(|| {
            let open = self.shift == Shift::Unstated && !matches!(self.coordinates.method, "longlat" | "geocent");
            open.then(|| self.row(|row| near_ellipsoid(row.datum.ellipsoid, self.ellipsoid)))?
        })
    }

    fn row(&self, has_datum: impl Fn(&Definition) -> bool) -> Option<u32> {
        crs_table::codes().find(|epsg| {
            crs_table::define(*epsg).is_some_and(|row| {
                has_datum(&row) && Coordinates::of_row(&row.kind).is_some_and(|known| self.coordinates.is_same(&known))
            })
        })
    }

    /// A system of its own, and the PROJ text that serves as its code. `None` where no such text can say it.
    pub fn own(&self) -> Option<(Definition, String)> {
        let datum = self.datum()?;
        let coordinates = &self.coordinates;
        let kind = match coordinates.method {
            "geocent" if coordinates.meridian_deg == 0.0 => Kind::Ecef,
            "geocent" => return None,
            // A PROJ text counts degrees.
            _ if coordinates.unit_deg != 1.0 => return None,
            "longlat" => Kind::Geographic { three_d: false, meridian_deg: coordinates.meridian_deg, unit_deg: 1.0 },
            _ => Kind::Projected(proj_text::of_coordinates(coordinates)),
        };
        let code = format!("{} {}", proj_text::of_coordinates(coordinates), proj_text::of_datum(&datum));
        let area = [-180.0, -90.0, 180.0, 90.0];
        Some((Definition { epsg: 0, name: code.clone(), kind, datum, area }, code))
    }
}

fn near_ellipsoid(a: Ellipsoid, b: Ellipsoid) -> bool {
    let tolerance = if (a.a_m - Ellipsoid::CLARKE_1880_IGN.a_m).abs() < 1e-3 { CLARKE_TOLERANCE } else { FLATTENING_TOLERANCE };
    (a.a_m - b.a_m).abs() < 0.01 && (a.inverse_flattening - b.inverse_flattening).abs() < tolerance
}

/// Reads a WKT 1 or 2; of a compound or bound system its plan.
pub(super) fn of_wkt(wkt: &str) -> Option<Numbers> {
    let wkt = wkt.trim().trim_start_matches('\u{feff}');
    (wkt.len() <= LONGEST_WKT).then(|| within(wkt, DEEPEST))?
}

fn within(wkt: &str, depth: usize) -> Option<Numbers> {
    let open = wkt.find(['[', '('])?;
    let keyword = wkt.get(..open)?.trim().to_ascii_uppercase();
    let members = children(wkt.get(open..)?)?;
    match keyword.as_str() {
        "PROJCS" | "PROJCRS" | "PROJECTEDCRS" | "GEOGCS" | "GEOGCRS" | "GEOGRAPHICCRS" | "GEODCRS" | "GEODETICCRS" => {
            of_members(&members)
        }
        // The plan stands first; what follows is the vertical part, or where the system is bound to.
        "COMPD_CS" | "COMPOUNDCRS" | "BOUNDCRS" | "SOURCECRS" => {
            let first = members.iter().find(|member| !member.starts_with('"') && member.contains(['[', '(']))?;
            within(first, depth.checked_sub(1)?)
        }
        _ => None,
    }
}

/// Reads the members of a `PROJCS`, `PROJCRS`, `GEOGCS` …
pub(super) fn of_members(members: &[&str]) -> Option<Numbers> {
    let base = find(members, &["GEOGCS", "BASEGEOGCRS", "BASEGEODCRS", "GEOGCRS"]);
    let geographic = base.as_deref().unwrap_or(members);
    let coordinates = match &base {
        Some(base) => projected(members, base)?,
        None if is_cartesian(members) => {
            (coordinate_unit(members, &LENGTH_UNITS, 1.0)? == 1.0).then(|| Coordinates::unprojected("geocent", 0.0, 1.0))?
        }
        None => Coordinates::unprojected("longlat", meridian(members)?, degrees(angle_unit(members)?)),
    };
    let datum = find(geographic, &["DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE"])?;
    let spheroid = find(&datum, &["SPHEROID", "ELLIPSOID"])?;
    let shift = match find(&datum, &["TOWGS84"]) {
        Some(words) => Shift::Stated(seven(&words)?),
        None if find(geographic, &["EXTENSION"]).is_some_and(|words| words.iter().any(|w| w.contains("ntf_r93"))) => Shift::NtfGrid,
        None => Shift::Unstated,
    };
    let ellipsoid = Ellipsoid { a_m: number(spheroid.get(1))?, inverse_flattening: number(spheroid.get(2))? };
    Some(Numbers { coordinates, ellipsoid, shift })
}

/// Whether members count in other units or from another meridian than the table's row that they name. They go before the name.
pub(super) fn contradicts(members: &[&str], epsg: u32) -> bool {
    let Some(row) = crs_table::define(epsg) else {
        return true;
    };
    match row.kind {
        Kind::Projected(_) | Kind::Ecef => coordinate_unit(members, &LENGTH_UNITS, 1.0) != Some(1.0),
        Kind::Geographic { meridian_deg, unit_deg, .. } => {
            let usual_rad = unit_deg.to_radians();
            let unit = coordinate_unit(members, &ANGLE_UNITS, usual_rad);
            let from = if find(members, &["PRIMEM", "PRIMEMERIDIAN"]).is_some() { meridian(members) } else { Some(meridian_deg) };
            !(unit.is_some_and(|rad| (degrees(rad) - unit_deg).abs() <= UNIT_TOLERANCE)
                && from.is_some_and(|from| (from - meridian_deg).abs() <= MERIDIAN_TOLERANCE_DEG))
        }
    }
}

/// The shift of three or seven numbers.
pub(super) fn seven<T: AsRef<str>>(words: &[T]) -> Option<[f64; 7]> {
    if words.len() != 3 && words.len() != 7 {
        return None;
    }
    let mut seven = [0.0; 7];
    for (to, word) in seven.iter_mut().zip(words) {
        *to = word.as_ref().trim().parse().ok().filter(|value: &f64| value.is_finite())?;
    }
    Some(seven)
}

/// The first member with one of these keywords, taken apart.
fn find<'a>(members: &[&'a str], keywords: &[&str]) -> Option<Vec<&'a str>> {
    members.iter().find_map(|member| part(member, keywords))
}

fn part<'a>(member: &'a str, keywords: &[&str]) -> Option<Vec<&'a str>> {
    let open = member.find(['[', '('])?;
    let keyword = member.get(..open)?.trim();
    let named = keywords.iter().any(|known| keyword.eq_ignore_ascii_case(known));
    named.then(|| children(member.get(open..)?))?
}

fn number(text: Option<&&str>) -> Option<f64> {
    text?.trim().parse().ok().filter(|value: &f64| value.is_finite())
}

const ANGLE_UNITS: [&str; 2] = ["ANGLEUNIT", "UNIT"];
const LENGTH_UNITS: [&str; 2] = ["LENGTHUNIT", "UNIT"];
const DEGREE_RAD: f64 = std::f64::consts::PI / 180.0;

/// The unit of coordinates in metres or radians, stated for all axes or by each; `None` where they disagree or it cannot be read.
fn coordinate_unit(members: &[&str], keywords: &[&str], usual: f64) -> Option<f64> {
    let mut stated = Vec::new();
    if let Some(unit) = find(members, keywords) {
        stated.push(number(unit.get(1))?);
    }
    for axis in members.iter().filter_map(|member| part(member, &["AXIS"])) {
        if let Some(unit) = find(&axis, keywords) {
            stated.push(number(unit.get(1))?);
        }
    }
    let unit = stated.first().copied().unwrap_or(usual);
    let near = |a: f64, b: f64| (a - b).abs() <= UNIT_TOLERANCE * b.abs();
    let agreed = unit > 0.0 && stated.iter().all(|other| near(*other, unit));
    agreed.then_some(if near(unit, usual) { usual } else { unit })
}

fn angle_unit(geographic: &[&str]) -> Option<f64> {
    coordinate_unit(geographic, &ANGLE_UNITS, DEGREE_RAD)
}

/// An angle in degrees; whole ones and grads exactly.
fn degrees(radians: f64) -> f64 {
    let degrees = radians.to_degrees();
    [1.0, 0.9].into_iter().find(|known| (degrees - known).abs() < UNIT_TOLERANCE).unwrap_or(degrees)
}

fn is_cartesian(members: &[&str]) -> bool {
    find(members, &["CS"]).is_some_and(|cs| cs.first().is_some_and(|kind| kind.eq_ignore_ascii_case("cartesian")))
}

fn meridian(geographic: &[&str]) -> Option<f64> {
    let Some(meridian) = find(geographic, &["PRIMEM", "PRIMEMERIDIAN"]) else {
        return Some(0.0);
    };
    let value = number(meridian.get(1))?;
    // WKT 2 gives it in its own unit, WKT 1 in the system's; but nearly everybody writes degrees there whatever the system's unit is.
    if let Some(own) = find(&meridian, &ANGLE_UNITS) {
        return Some((value * number(own.get(1))?).to_degrees());
    }
    let unit_deg = degrees(angle_unit(geographic)?);
    let near = |known: f64| (value - known).abs() < MERIDIAN_TOLERANCE_DEG;
    if near(PARIS_GRAD) {
        return Some(0.9 * value);
    }
    // Another meridian in another unit could be either.
    (unit_deg == 1.0 || value == 0.0 || near(crs_table::PARIS_DEG)).then_some(value)
}

fn projected(members: &[&str], base: &[&str]) -> Option<Coordinates> {
    let conversion = find(members, &["CONVERSION"]);
    let source = conversion.as_deref().unwrap_or(members);
    let method = find(source, &["PROJECTION", "METHOD"])?;
    let (method, mut on_sphere) = method_of(method.first()?.trim_matches('"'))?;
    // WKT 1 has no name for Web Mercator; GDAL writes an ellipsoidal one and says the truth in an extension.
    if let Some(extension) = find(members, &["EXTENSION"])
        && let [_, text] = extension.as_slice()
    {
        let words = proj_text::words(text.trim_matches('"'));
        on_sphere |= proj_text::coordinates(&words).is_some_and(|stated| stated.on_sphere);
    }
    if coordinate_unit(members, &LENGTH_UNITS, 1.0)? != 1.0 {
        return None;
    }
    let angle = angle_unit(base)?;
    let mut stated = Vec::new();
    for parameter in source.iter().filter_map(|member| part(member, &["PARAMETER"])) {
        let name = parameter.first()?.trim_matches('"');
        let own = match find(&parameter, &["ANGLEUNIT", "LENGTHUNIT", "SCALEUNIT", "UNIT"]) {
            Some(unit) => Some(number(unit.get(1))?),
            None => None,
        };
        let value = number(parameter.get(1))?;
        stated.push((name, value, own, angle));
    }
    parameters((method, on_sphere), stated, meridian(base)?)
}

/// Parameters as `(name, value, metres or radians of its own unit, radians of an angle without one)`.
fn parameters(
    (method, on_sphere): (&'static str, bool),
    stated: Vec<(&str, f64, Option<f64>, f64)>,
    meridian_deg: f64,
) -> Option<Coordinates> {
    let mut values = BTreeMap::new();
    for (name, value, own, angle) in stated {
        let Some(key) = parameter_of(name) else {
            // What is not known must at least say nothing.
            let usual = if plain(name).contains("scale") { 1.0 } else { 0.0 };
            if value == usual {
                continue;
            }
            return None;
        };
        let value = if is_angle(key) { (value * own.unwrap_or(angle)).to_degrees() } else { value * own.unwrap_or(1.0) };
        values.insert(key, value);
    }
    if method == "merc" {
        // Mercator's parallel is the one of true scale, and it has no other origin than the equator.
        if let Some(parallel) = values.remove("lat_1") {
            values.insert("lat_ts", parallel);
        }
        if values.get("lat_0").is_some_and(|origin| *origin != 0.0) {
            return None;
        }
    }
    if method == "lcc" && !values.contains_key("lat_1") {
        let origin = values.get("lat_0").copied()?;
        values.insert("lat_1", origin);
    }
    Some(Coordinates { method, values, south: false, on_sphere, meridian_deg, unit_deg: 1.0 })
}

fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .collect::<String>()
        .to_ascii_lowercase()
}

/// PROJ's name of a method, and whether it computes on a sphere. Variants of the same name (Belgium's, Michigan's, oriented west or south) compute otherwise and are not here.
fn method_of(name: &str) -> Option<(&'static str, bool)> {
    Some(match plain(name).as_str() {
        "lambertconformalconic" | "lambertconformalconic1sp" | "lambertconformalconic2sp" | "lambertconicconformal"
        | "lambertconicconformal1sp" | "lambertconicconformal2sp" => ("lcc", false),
        "transversemercator" | "transversemercatorcomplex" | "gausskruger" => ("tmerc", false),
        "mercator" | "mercator1sp" | "mercator2sp" | "mercatorvarianta" | "mercatorvariantb" => ("merc", false),
        "mercatorauxiliarysphere" | "popularvisualisationpseudomercator" => ("merc", true),
        "lambertazimuthalequalarea" => ("laea", false),
        "albers" | "albersconicequalarea" | "albersequalarea" => ("aea", false),
        "doublestereographic" | "obliquestereographic" => ("sterea", false),
        _ => return None,
    })
}

fn parameter_of(name: &str) -> Option<&'static str> {
    Some(match plain(name).as_str() {
        "latitudeoforigin"
        | "latitudeofnaturalorigin"
        | "latitudeoffalseorigin"
        | "latitudeofcenter"
        | "latitudeofcentre" => "lat_0",
        "centralmeridian"
        | "longitudeofnaturalorigin"
        | "longitudeoffalseorigin"
        | "longitudeofcenter"
        | "longitudeofcentre"
        | "longitudeoforigin" => "lon_0",
        "standardparallel1" | "latitudeof1ststandardparallel" => "lat_1",
        "standardparallel2" | "latitudeof2ndstandardparallel" => "lat_2",
        "falseeasting" | "eastingatfalseorigin" => "x_0",
        "falsenorthing" | "northingatfalseorigin" => "y_0",
        "scalefactor" | "scalefactoratnaturalorigin" => "k_0",
        _ => return None,
    })
}

fn is_angle(key: &str) -> bool {
    key.starts_with("lat") || key.starts_with("lon")
}

/// Reads a PROJJSON document.
pub(super) fn of_json(json: &serde_json::Value) -> Option<Numbers> {
    let base = json.get("base_crs").unwrap_or(json);
    let datum = base.get("datum").or_else(|| base.get("datum_ensemble"))?;
    let ellipsoid = datum.get("ellipsoid")?;
    let length = |name: &str| {
        let value = ellipsoid.get(name)?;
        value.as_f64().or_else(|| value.get("value")?.as_f64())
    };
    let a_m = length("semi_major_axis")?;
    let inverse_flattening = match length("inverse_flattening") {
        Some(value) => value,
        None => a_m / (a_m - length("semi_minor_axis")?),
    };
    let unit = axes_unit(json)?;
    let meridian_deg = meridian_of_json(datum)?;
    let coordinates = match json.get("conversion") {
        None => Coordinates::unprojected("longlat", meridian_deg, degrees(unit)),
        Some(_) if unit != 1.0 => return None,
        Some(conversion) => {
            let method = method_of(conversion.get("method")?.get("name")?.as_str()?)?;
            let mut stated = Vec::new();
            for parameter in conversion.get("parameters")?.as_array()? {
                let own = match parameter.get("unit") {
                    Some(unit) => Some(factor(unit)?),
                    None => None,
                };
                stated.push((parameter.get("name")?.as_str()?, parameter.get("value")?.as_f64()?, own, DEGREE_RAD));
            }
            parameters(method, stated, meridian_deg)?
        }
    };
    Some(Numbers { coordinates, ellipsoid: Ellipsoid { a_m, inverse_flattening }, shift: Shift::Unstated })
}

/// As [`contradicts`], of a PROJJSON document.
pub(super) fn json_contradicts(json: &serde_json::Value, epsg: u32) -> bool {
    let Some(row) = crs_table::define(epsg) else {
        return true;
    };
    let stated = json.get("coordinate_system").map(|_| axes_unit(json));
    match row.kind {
        Kind::Projected(_) => stated.is_some_and(|unit| unit != Some(1.0)),
        Kind::Ecef => false,
        Kind::Geographic { meridian_deg, unit_deg, .. } => {
            let same_unit = stated.is_none_or(|unit| unit.is_some_and(|rad| (degrees(rad) - unit_deg).abs() <= UNIT_TOLERANCE));
            let datum = json.get("datum").filter(|datum| datum.get("prime_meridian").is_some());
            let same_meridian = datum.is_none_or(|datum| {
                meridian_of_json(datum).is_some_and(|from| (from - meridian_deg).abs() <= MERIDIAN_TOLERANCE_DEG)
            });
            !(same_unit && same_meridian)
        }
    }
}

fn meridian_of_json(datum: &serde_json::Value) -> Option<f64> {
    let stated = datum.get("prime_meridian").and_then(|meridian| meridian.get("longitude"));
    match stated {
        None => Some(0.0),
        // With a unit of its own it is in grads.
        Some(stated) => match stated.get("value") {
            Some(value) => Some((value.as_f64()? * factor(stated.get("unit")?)?).to_degrees()),
            None => stated.as_f64(),
        },
    }
}

/// The unit of the two axes of the plan, metres or radians; `None` where they disagree or cannot be read.
fn axes_unit(json: &serde_json::Value) -> Option<f64> {
    let projected = json.get("conversion").is_some();
    let Some(axes) = json.get("coordinate_system").and_then(|system| system.get("axis")) else {
        return Some(if projected { 1.0 } else { DEGREE_RAD });
    };
    let mut units = Vec::new();
    for axis in axes.as_array()?.iter().take(2) {
        units.push(factor(axis.get("unit")?)?);
    }
    let first = *units.first()?;
    units.iter().all(|unit| (unit - first).abs() <= UNIT_TOLERANCE * first).then_some(first)
}

/// Metres, radians or the ratio that a unit of PROJJSON is.
fn factor(unit: &serde_json::Value) -> Option<f64> {
    match unit.as_str() {
        Some("metre" | "unity") => Some(1.0),
        Some("degree") => Some(DEGREE_RAD),
        Some(_) => None,
        None => unit.get("conversion_factor")?.as_f64().filter(|factor| *factor > 0.0),
    }
}
