//! An area that a person draws: a polygon on the map, whose energy is counted as that of a selected surface is.
//!
//! It is a ring of corners joined by straight lines in longitude and latitude; what lies inside is told by crossings (even and odd), so a ring that
//! crosses itself means what it looks like. It goes in and out as GeoJSON (RFC 7946).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Most corners; a finer outline is thinned when it is read.
pub const MAX_CORNERS: usize = 200;
/// Fewest corners of an area.
pub const FEWEST_CORNERS: usize = 3;
/// Largest file that is read, bytes.
pub const MAX_BYTES: usize = 4 << 20;
/// Features of a file that are looked at for a polygon.
const MAX_FEATURES: usize = 10_000;
/// Equatorial radius, metres, and eccentricity of GRS80.
const EARTH_M: f64 = 6_378_137.0;
const ECCENTRICITY: f64 = 0.081_819_191_042_815_8;

/// The area of a view; no corners are no area.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DrawnArea {
    /// Longitude and latitude, degrees; the last is joined to the first.
    #[serde(default)]
    pub corners: Vec<[f64; 2]>,
    /// The next click adds a corner.
    #[serde(default)]
    pub drawing: bool,
}

/// Why a file holds no area: an i18n key, and what stood there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {value}")]
pub struct AreaFault {
    /// `area-unreadable`, `area-no-polygon`.
    pub key: &'static str,
    pub value: String,
}

impl DrawnArea {
    pub fn is_empty(&self) -> bool {
        self.corners.is_empty() && !self.drawing
    }

    /// Whether it is finished: then its energy is counted.
    pub fn is_closed(&self) -> bool {
        !self.drawing && self.corners.len() >= FEWEST_CORNERS
    }

    /// Begins anew, or ends: what has too few corners to be an area is none.
    pub fn draw(&mut self, drawing: bool) {
        if drawing {
            self.corners.clear();
        } else if self.corners.len() < FEWEST_CORNERS {
            self.corners.clear();
        }
        self.drawing = drawing;
    }

    /// Adds a corner, where it is no place that the last one has already and there is room for it.
    pub fn add(&mut self, at: [f64; 2]) {
        if is_place(at) && self.corners.last() != Some(&at) && self.corners.len() < MAX_CORNERS {
            self.corners.push(at);
            self.drawing = true;
        }
    }

    /// Takes the last corner away; without any left it stays in drawing.
    pub fn take_back(&mut self) {
        if self.corners.pop().is_some() {
            self.drawing = true;
        }
    }

    /// The same, without what means nothing: places outside of the territory's bounds `[west, south, east, north]` are moved to its edge, and all of
    /// them to where a link can say.
    pub fn sound(mut self, [west, south, east, north]: [f64; 4]) -> Self {
        self.corners.retain(|at| is_place(*at));
        for [lon, lat] in &mut self.corners {
            (*lon, *lat) = (rounded(lon.max(west).min(east)), rounded(lat.max(south).min(north)));
        }
        self.corners.dedup();
        self.corners.truncate(MAX_CORNERS);
        if !self.drawing && self.corners.len() < FEWEST_CORNERS {
            self.corners.clear();
        }
        self
    }

    /// Whether a place lies inside, by the crossings of a line to the east; never where the area is not finished.
    pub fn contains(&self, [lon, lat]: [f64; 2]) -> bool {
        if !self.is_closed() {
            return false;
        }
        let before = self.corners.iter().cycle().skip(self.corners.len() - 1);
        let crossings = self.corners.iter().zip(before).filter(|([lon_b, lat_b], [lon_a, lat_a])| {
            (*lat_a > lat) != (*lat_b > lat) && lon < lon_a + (lat - lat_a) / (lat_b - lat_a) * (lon_b - lon_a)
        });
        crossings.count() % 2 == 1
    }

    /// Square metres on the ellipsoid, by the areas between each side and the equator; of areas as large as a territory good to a ten-thousandth. What a
    /// ring that crosses itself turns around the other way is taken away.
    pub fn area_m2(&self) -> f64 {
        let Some(last) = self.corners.last() else { return 0.0 };
        let before = std::iter::once(last).chain(&self.corners);
        let sum: f64 = before.zip(&self.corners).map(|(a, b)| (b[0] - a[0]).to_radians() * 0.5 * (authalic(a[1]) + authalic(b[1]))).sum();
        (0.5 * sum * EARTH_M * EARTH_M).abs()
    }

    /// `-1.5541:47.2123,-1.5502:47.2123,-1.5502:47.2101`, after `draw,` while it is being drawn.
    pub fn text(&self) -> String {
        let corners = self.corners.iter().map(|[lon, lat]| format!("{}:{}", short(*lon), short(*lat)));
        std::iter::once("draw".to_owned()).filter(|_| self.drawing).chain(corners).collect::<Vec<_>>().join(",")
    }

    /// Reads what [`Self::text`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let mut area = Self::default();
        let corners = match text.strip_prefix("draw") {
            Some(rest) => {
                area.drawing = true;
                rest.strip_prefix(',').or_else(|| rest.is_empty().then_some(rest))?
            }
            None => text,
        };
        for corner in corners.split(',').filter(|corner| !corner.is_empty()) {
            let (lon, lat) = corner.split_once(':')?;
            let at = [lon.parse().ok()?, lat.parse().ok()?];
            if !is_place(at) || area.corners.len() >= MAX_CORNERS {
                return None;
            }
            area.corners.push(at);
        }
        (area.drawing || area.corners.is_empty() || area.corners.len() >= FEWEST_CORNERS).then_some(area)
    }

    /// One feature: counter-clockwise, the first corner again at the end.
    pub fn to_geojson(&self, name: &str) -> Value {
        let mut ring = self.corners.clone();
        if turned(&ring) < 0.0 {
            ring.reverse();
        }
        ring.extend(ring.first().copied());
        json!({ "type": "Feature", "properties": { "name": name, "area_m2": self.area_m2().round() }, "geometry": { "type": "Polygon", "coordinates": [ring] } })
    }

    /// The first polygon of a document: a geometry, a feature, or a collection of either. Of a polygon its outline counts, of several the largest;
    /// an outline of more than [`MAX_CORNERS`] corners loses those that say least.
    ///
    /// # Errors
    /// [`AreaFault`] where it is no JSON, or holds no polygon with longitudes and latitudes.
    pub fn from_geojson(text: &str) -> Result<Self, AreaFault> {
        let fault = |key, value: String| AreaFault { key, value };
        if text.len() > MAX_BYTES {
            return Err(fault("area-unreadable", format!("{} > {MAX_BYTES}", text.len())));
        }
        let whole: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| fault("area-unreadable", error.to_string()))?;
        let kind = whole.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut ring = polygon(&whole, 0).ok_or_else(|| fault("area-no-polygon", kind))?;
        if ring.last() == ring.first() {
            ring.pop();
        }
        ring.dedup();
        thin(&mut ring);
        if ring.len() < FEWEST_CORNERS {
            return Err(fault("area-no-polygon", ring.len().to_string()));
        }
        Ok(Self { corners: ring, drawing: false })
    }
}

/// What the area between the equator and a latitude (degrees) is proportional to (Snyder 1987, equation 3-12).
fn authalic(lat_deg: f64) -> f64 {
    let (e, sin) = (ECCENTRICITY, lat_deg.to_radians().sin());
    (1.0 - e * e) * (sin / (1.0 - e * e * sin * sin) + (e * sin).atanh() / e)
}

fn is_place([lon, lat]: [f64; 2]) -> bool {
    lon.abs() <= 180.0 && lat.abs() <= 90.0
}

/// To a centimetre.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

fn short(degrees: f64) -> String {
    let text = format!("{degrees:.7}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Twice the signed area in square degrees: above zero counter-clockwise.
fn turned(ring: &[[f64; 2]]) -> f64 {
    let Some(last) = ring.last() else { return 0.0 };
    std::iter::once(last).chain(ring).zip(ring).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum()
}

/// Collections may lie in collections, but not without end.
const DEEPEST: u8 = 4;

fn polygon(value: &Value, depth: u8) -> Option<Vec<[f64; 2]>> {
    if depth > DEEPEST {
        return None;
    }
    let list = |name: &str| value.get(name).and_then(Value::as_array);
    match value.get("type")?.as_str()? {
        "FeatureCollection" => list("features")?.iter().take(MAX_FEATURES).find_map(|feature| polygon(feature, depth + 1)),
        "GeometryCollection" => list("geometries")?.iter().take(MAX_FEATURES).find_map(|geometry| polygon(geometry, depth + 1)),
        "Feature" => polygon(value.get("geometry")?, depth + 1),
        "Polygon" => outline(list("coordinates")?.first()?),
        "MultiPolygon" => {
            let outlines = list("coordinates")?.iter().filter_map(|polygon| outline(polygon.as_array()?.first()?));
            outlines.max_by(|a, b| turned(a).abs().total_cmp(&turned(b).abs()))
        }
        _ => None,
    }
}

/// `None` where a coordinate is no longitude and latitude: metres of a projection are far outside.
fn outline(ring: &Value) -> Option<Vec<[f64; 2]>> {
    ring.as_array()?
        .iter()
        .map(|place| {
            let at = [place.get(0)?.as_f64()?, place.get(1)?.as_f64()?];
            is_place(at).then_some(at)
        })
        .collect()
}

/// Leaves out corners until there are few enough: again and again the one whose triangle with its neighbours is the smallest (Visvalingam and Whyatt 1993).
/// A ring of very many is first taken at even steps.
fn thin(ring: &mut Vec<[f64; 2]>) {
    const MOST: usize = 4000;
    if ring.len() > MOST {
        let step = ring.len().div_ceil(MOST);
        *ring = ring.iter().copied().step_by(step).collect();
    }
    while ring.len() > MAX_CORNERS {
        let count = ring.len();
        let triangle = |at: usize| {
            let [a, b, c] = [ring[(at + count - 1) % count], ring[at], ring[(at + 1) % count]];
            ((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])).abs()
        };
        let Some(least) = (0..count).min_by(|a, b| triangle(*a).total_cmp(&triangle(*b))) else { return };
        ring.remove(least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square(west: f64, south: f64, side: f64) -> DrawnArea {
        DrawnArea { corners: vec![[west, south], [west + side, south], [west + side, south + side], [west, south + side]], drawing: false }
    }

    #[test]
    fn corners_make_an_area_once_it_is_closed() {
        let mut area = DrawnArea::default();
        area.draw(true);
        for at in [[0.0, 47.0], [0.01, 47.0], [0.01, 47.0], [f64::NAN, 47.0], [0.01, 47.01]] {
            area.add(at);
        }
        assert_eq!(area.corners.len(), 3);
        assert!(!area.contains([0.009, 47.005]), "it is not finished");
        area.draw(false);
        assert!(area.is_closed() && area.contains([0.009, 47.005]) && !area.contains([0.001, 47.009]));
        area.take_back();
        assert!(area.drawing && area.corners.len() == 2);
        area.draw(false);
        assert!(area.is_empty(), "two corners are no area");
    }

    #[test]
    fn square_metres_are_those_of_the_earth() {
        // A tenth of a degree in Nantes, by `pyproj.Geod(ellps="GRS80").polygon_area_perimeter`, whose sides are geodesics.
        let m2 = square(-1.6, 47.2, 0.1).area_m2();
        assert!((m2 / 84_160_559.2 - 1.0).abs() < 1e-4, "{m2}");
    }

    #[test]
    fn files_of_others_are_read() {
        let ring = "[[-1.56,47.21],[-1.55,47.21],[-1.55,47.22],[-1.56,47.22],[-1.56,47.21]]";
        let small = "[[0,0],[0.001,0],[0.001,0.001],[0,0]]";
        for text in [
            format!(r#"{{"type":"Polygon","coordinates":[{ring}]}}"#),
            format!(r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","geometry":{{"type":"Point","coordinates":[0,0]}},"properties":null}},{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[{ring}]}},"properties":{{}}}}]}}"#),
            format!(r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"MultiPolygon","coordinates":[[{small}],[{ring}]]}}}}"#),
        ] {
            let area = DrawnArea::from_geojson(&text).unwrap();
            assert_eq!(area.corners.len(), 4, "{text}");
            assert!(area.is_closed() && area.contains([-1.555, 47.215]));
        }
        let key = |text: &str| DrawnArea::from_geojson(text).map(|_| "").unwrap_or_else(|fault| fault.key);
        assert_eq!(key("{"), "area-unreadable");
        assert_eq!(key(r#"{"type":"Point","coordinates":[0,0]}"#), "area-no-polygon");
        // Metres of Lambert 93.
        assert_eq!(key(r#"{"type":"Polygon","coordinates":[[[355000,6689000],[356000,6689000],[356000,6690000],[355000,6689000]]]}"#), "area-no-polygon");
        let mut deep = r#"{"type":"Polygon","coordinates":[]}"#.to_owned();
        for _ in 0..60 {
            deep = format!(r#"{{"type":"GeometryCollection","geometries":[{deep}]}}"#);
        }
        assert_eq!(key(&deep), "area-no-polygon");
    }

    #[test]
    fn a_fine_outline_is_thinned_to_what_a_link_can_hold() {
        let circle: Vec<Value> = (0..=20_000).map(|part| f64::from(part) / 20_000.0 * std::f64::consts::TAU).map(|turn| json!([0.05 * turn.cos(), 47.0 + 0.05 * turn.sin()])).collect();
        let area = DrawnArea::from_geojson(&json!({ "type": "Polygon", "coordinates": [circle] }).to_string()).unwrap();
        assert_eq!(area.corners.len(), MAX_CORNERS);
        let whole = std::f64::consts::PI * 0.0025;
        assert!((turned(&area.corners).abs() / 2.0 / whole - 1.0).abs() < 2e-3);
    }

    proptest! {
        /// What is written is read again, to a centimetre, as a link and as GeoJSON.
        #[test]
        fn areas_come_back(corners in proptest::collection::vec((-179.0..179.0_f64, -89.0..89.0_f64), 3..20), drawing: bool) {
            let corners: Vec<[f64; 2]> = corners.into_iter().map(|(lon, lat)| [(lon * 1e7).round() / 1e7, (lat * 1e7).round() / 1e7]).collect();
            let area = DrawnArea { corners, drawing };
            prop_assert_eq!(DrawnArea::parse(&area.text()), Some(area.clone()));
            let closed = DrawnArea { drawing: false, ..area };
            let again = DrawnArea::from_geojson(&closed.to_geojson("x").to_string()).unwrap();
            prop_assert!((again.area_m2() - closed.area_m2()).abs() <= 1e-9 * closed.area_m2().max(1.0));
        }

        /// The middle of a square is inside, whichever way round it goes, and what is beyond its box is not.
        #[test]
        fn insides_are_inside(west in -170.0..170.0_f64, south in -80.0..80.0_f64, side in 1e-4..1.0_f64, turn: bool) {
            let mut area = square(west, south, side);
            if turn { area.corners.reverse(); }
            prop_assert!(area.contains([west + 0.5 * side, south + 0.5 * side]));
            for [east, north] in [[-0.1, 0.5], [1.1, 0.5], [0.5, -0.1], [0.5, 1.1]] {
                prop_assert!(!area.contains([west + east * side, south + north * side]));
            }
        }
    }
}
