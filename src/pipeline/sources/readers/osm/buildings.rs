//! Buildings of OSM: heights, roofs and parts (wiki: "Simple 3D Buildings").
//!
//! A building with parts is what its parts are; the outline then only says where it is and what it is called. What stands on nothing
//! (`min_height`) and roofs that are named are built here as surfaces above the ground; where the ground is, cleaning knows.

use super::begun;
use super::tags::{metres, put, text};
use crate::base::DatasetId;
use crate::formats::osm::features::Feature;
use crate::formats::osm::{Tags, rings, tag};
use crate::formats::shape::{Face, FaceRole, Shape, Shell};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::source_term;
use crate::region::roof::{RoofOptions, Surface, building_surface};
use crate::region::roof_shape::RoofRules;
use crate::region::{Building, HeightOrigin, Usage, footprint};
use rstar::{AABB, RTree, primitives::GeomWithData};

/// Parts held in memory until their building comes.
const MAX_PARTS: usize = 2_000_000;
/// Parts of one building.
const MAX_OWN: usize = 2_000;
/// Height of a storey where nothing else is known, metres.
const STOREY_M: f64 = 3.0;
/// Heights beyond this are mistakes, metres.
const HIGHEST_M: f64 = 900.0;
/// Parts that cover less of the outline than this leave the rest to the outline's own block.
const COVERED: f64 = 0.9;
/// Circles of a dome.
const DOME_STEPS: usize = 5;

/// Tags that stay beside our terms under their own names.
const KEPT: [&str; 24] = [
    "building",
    "building:levels",
    "building:min_level",
    "building:material",
    "building:colour",
    "building:use",
    "height",
    "min_height",
    "roof:shape",
    "roof:height",
    "roof:levels",
    "roof:direction",
    "roof:material",
    "roof:colour",
    "addr:housenumber",
    "addr:street",
    "addr:postcode",
    "addr:city",
    "amenity",
    "shop",
    "heritage",
    "wikidata",
    "operator",
    "start_date",
];

/// `building:part`s by where they are.
#[derive(Default)]
pub(super) struct Parts {
    features: Vec<Feature>,
    taken: Vec<bool>,
    places: RTree<GeomWithData<[f64; 2], usize>>,
}

impl Parts {
    pub(super) fn add(&mut self, feature: Feature) {
        if self.features.len() < MAX_PARTS {
            self.features.push(feature);
        }
    }

    pub(super) fn settle(&mut self) {
        self.taken = vec![false; self.features.len()];
        let places = self
            .features
            .iter()
            .enumerate()
            .filter_map(|(index, part)| Some(GeomWithData::new(inner_point(&part.shape)?, index)))
            .collect();
        self.places = RTree::bulk_load(places);
    }

    /// The parts inside an outline, which then belong to it.
    fn within(&mut self, outline: &Shape) -> Vec<Feature> {
        let mut own = Vec::new();
        if self.features.is_empty() {
            return own;
        }
        for polygon in outline.polygons() {
            let Some(outer) = polygon.first().map(|ring| flat(ring)) else {
                continue;
            };
            let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
            for point in &outer {
                for k in 0..2 {
                    low[k] = low[k].min(point[k]);
                    high[k] = high[k].max(point[k]);
                }
            }
            for place in self
                .places
                .locate_in_envelope(&AABB::from_corners(low, high))
            {
                let index = place.data;
                if own.len() < MAX_OWN
                    && self.taken.get(index) == Some(&false)
                    && rings::contains(&outer, *place.geom())
                {
                    if let Some(taken) = self.taken.get_mut(index) {
                        *taken = true;
                    }
                    own.extend(self.features.get(index).cloned());
                }
            }
        }
        // The tree's order says nothing.
        own.sort_by_key(|part| (part.kind, part.id));
        own
    }

    /// Parts that no building claimed.
    pub(super) fn alone(&mut self) -> Vec<Feature> {
        let taken = std::mem::take(&mut self.taken);
        std::mem::take(&mut self.features)
            .into_iter()
            .zip(taken)
            .filter_map(|(part, taken)| (!taken).then_some(part))
            .collect()
    }
}

/// A building, with the parts that stand in it.
pub(super) fn record(feature: Feature, parts: &mut Parts) -> Record {
    let own = parts.within(&feature.shape);
    let mut record = described(&feature);
    let heights = Heights::of(&feature.tags);
    let shells = if own.is_empty() {
        let special = heights.base_m > 0.0 || (heights.stated && roof(&feature.tags).is_some());
        if special {
            solids(&feature.shape, &feature.tags, &heights).unwrap_or_default()
        } else {
            Vec::new()
        }
    } else {
        of_parts(&feature, &heights, &own)
    };
    if shells.is_empty() {
        heights.tell(&mut record, &feature.tags);
    } else {
        record.shape = Some(Shape::Shells(shells));
        record.values.push(("above_ground", Cell::Flag(true)));
        record
            .values
            .push(("lod", Cell::Number(if own.is_empty() { 2.0 } else { 2.1 })));
        put(&mut record, "storeys", heights.levels);
    }
    record
}

/// A part without a building around it.
pub(super) fn lone(mut feature: Feature) -> Record {
    let value = tag(&feature.tags, "building:part")
        .unwrap_or("yes")
        .to_owned();
    feature.tags.push(("building".to_owned(), value));
    record(feature, &mut Parts::default())
}

/// Everything but the heights.
fn described(feature: &Feature) -> Record {
    let value = |key: &str| tag(&feature.tags, key);
    let mut record = begun(feature, "buildings");
    let building = value("building").filter(|value| *value != "yes");
    text(
        &mut record,
        "usage",
        value("building:use")
            .or(building)
            .or_else(|| use_of(&feature.tags)),
    );
    text(&mut record, "rnb", value("ref:FR:RNB"));
    text(&mut record, "year", value("start_date"));
    put(
        &mut record,
        "dwellings",
        value("building:flats").and_then(|flats| flats.trim().parse().ok()),
    );
    if matches!(value("building"), Some("roof" | "carport" | "greenhouse")) {
        record.values.push(("light", Cell::Flag(true)));
    }
    for key in KEPT {
        if let Some(value) = value(key) {
            record
                .values
                .push((source_term(key), Cell::Text(value.to_owned())));
        }
    }
    record
}

/// What a building that is only `yes` is used for, from what is in it.
fn use_of(tags: &Tags) -> Option<&'static str> {
    let value = |key: &str| tag(tags, key);
    Some(match (value("amenity"), value("leisure")) {
        (Some("place_of_worship"), _) => "religious",
        (
            Some(
                "school" | "kindergarten" | "college" | "university" | "hospital" | "clinic"
                | "townhall" | "library" | "restaurant" | "cafe" | "bar" | "bank" | "post_office"
                | "pharmacy" | "cinema" | "theatre" | "police" | "fire_station"
                | "community_centre",
            ),
            _,
        ) => "commercial",
        (_, Some("sports_centre" | "sports_hall" | "stadium" | "swimming_pool")) => "sport",
        _ if value("shop").is_some() || value("office").is_some() => "commercial",
        _ if value("tourism").is_some_and(|tourism| matches!(tourism, "hotel" | "guest_house")) => {
            "residential"
        }
        _ => return None,
    })
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Heights {
    base_m: f64,
    /// Above the ground, as is the ridge.
    eave_m: Option<f64>,
    ridge_m: Option<f64>,
    levels: Option<f64>,
    /// From `height`, not from levels.
    stated: bool,
}

impl Heights {
    fn of(tags: &Tags) -> Self {
        let length = |keys: &[&str]| {
            keys.iter()
                .find_map(|key| metres(tag(tags, key)?))
                .filter(|m| (0.0..=HIGHEST_M).contains(m))
        };
        let count = |key: &str| {
            tag(tags, key)?
                .trim()
                .replace(',', ".")
                .parse::<f64>()
                .ok()
                .filter(|n| (0.0..=200.0).contains(n))
        };
        let height = length(&["height", "building:height"]).filter(|height| *height > 0.0);
        let levels = count("building:levels").or_else(|| count("levels"));
        let pitched = roof(tags).is_some_and(|roof| roof != Roof::Flat);
        let stated_roof = length(&["roof:height"]).or_else(|| {
            count("roof:levels")
                .filter(|_| pitched)
                .map(|n| n * STOREY_M)
        });
        let roof_m = |total: f64| match (pitched, stated_roof) {
            (false, _) => 0.0,
            (true, Some(roof)) => roof.min(0.95 * total),
            // A storey high, and never more than a quarter of a low house.
            (true, None) => STOREY_M.min(0.25 * total),
        };
        let (eave_m, ridge_m) = match (height, levels.filter(|levels| *levels > 0.0)) {
            (Some(height), _) => (Some(height - roof_m(height)), Some(height)),
            (None, Some(levels)) => {
                let eave = levels * STOREY_M;
                let roof = if pitched {
                    stated_roof.unwrap_or(STOREY_M.min(eave))
                } else {
                    0.0
                };
                (Some(eave), Some(eave + roof))
            }
            // A building of no storeys is all roof.
            (None, None) => (None, None),
        };
        let base = length(&["min_height", "building:min_height"])
            .or_else(|| count("building:min_level").map(|n| n * STOREY_M));
        Self {
            // A floor above the roof is a mistake.
            base_m: base
                .filter(|base| eave_m.is_none_or(|eave| *base < eave))
                .unwrap_or(0.0),
            eave_m,
            ridge_m,
            levels,
            stated: height.is_some(),
        }
    }

    /// As terms of a building that is drawn from its outline.
    fn tell(&self, record: &mut Record, tags: &Tags) {
        if self.stated {
            put(record, "height", self.eave_m);
            put(record, "ridge_height", self.ridge_m);
        } else {
            // What cannot be read is judged and said by whoever cleans.
            text(
                record,
                "height",
                tag(tags, "height").filter(|height| metres(height).is_some()),
            );
        }
        put(record, "storeys", self.levels);
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Roof {
    Flat,
    Gabled,
    Hipped,
    /// To a point: pyramids and cones.
    Pointed,
    Round,
    Skillion,
}

fn roof(tags: &Tags) -> Option<Roof> {
    Some(
        match tag(tags, "roof:shape").or_else(|| tag(tags, "building:roof:shape"))? {
            "flat" => Roof::Flat,
            "gabled" | "gambrel" | "saltbox" | "pitched" | "double_saltbox" | "round_gabled"
            | "gabled_row" => Roof::Gabled,
            "hipped" | "half-hipped" | "half_hipped" | "mansard" | "side_hipped"
            | "hipped-and-gabled" => Roof::Hipped,
            "pyramidal" | "cone" | "conical" | "spherical" => Roof::Pointed,
            "dome" | "onion" => Roof::Round,
            "skillion" | "lean_to" | "sawtooth" | "monopitch" => Roof::Skillion,
            // `round` is a barrel: a gable comes nearest.
            "round" => Roof::Gabled,
            _ => return None,
        },
    )
}

/// The parts as solids; where they leave much of the outline uncovered, its own block beside them.
fn of_parts(feature: &Feature, heights: &Heights, own: &[Feature]) -> Vec<Shell> {
    let mut shells = Vec::new();
    let mut covered = 0.0;
    let mut lowest_top = f64::INFINITY;
    for part in own {
        let mut of_part = Heights::of(&part.tags);
        // A part that states no height is as high as its building.
        of_part.eave_m = of_part.eave_m.or(heights.eave_m);
        of_part.ridge_m = of_part.ridge_m.or(heights.ridge_m);
        let Some(mut solids) = solids(&part.shape, &part.tags, &of_part) else {
            continue;
        };
        if of_part.base_m <= 0.0 {
            covered += area_m2(&part.shape);
        }
        lowest_top = lowest_top.min(of_part.eave_m.unwrap_or(f64::INFINITY));
        shells.append(&mut solids);
    }
    if !shells.is_empty() && covered < COVERED * area_m2(&feature.shape) && lowest_top.is_finite() {
        // `height` of the outline is that of its highest part: the rest is not taken for higher than the lowest of them.
        let top = heights
            .ridge_m
            .map_or(lowest_top, |ridge| ridge.min(lowest_top));
        let block = Heights {
            eave_m: Some(top),
            ridge_m: Some(top),
            ..*heights
        };
        let flat = Tags::from([("roof:shape".to_owned(), "flat".to_owned())]);
        shells.extend(solids(&feature.shape, &flat, &block).unwrap_or_default());
    }
    shells
}

fn area_m2(shape: &Shape) -> f64 {
    shape
        .polygons()
        .iter()
        .filter_map(|polygon| {
            let plane = Plane::at(polygon.first()?.first()?);
            let areas = polygon.iter().map(|ring| {
                rings::area(&ring.iter().map(|p| plane.metres(p)).collect::<Vec<_>>()).abs()
            });
            Some(
                areas
                    .enumerate()
                    .map(|(index, area)| if index == 0 { area } else { -area })
                    .sum::<f64>(),
            )
        })
        .sum()
}

/// Walls, roofs and floors; `None` where the heights are not known.
fn solids(shape: &Shape, tags: &Tags, heights: &Heights) -> Option<Vec<Shell>> {
    let (eave, ridge) = (heights.eave_m?, heights.ridge_m?);
    let base = heights.base_m;
    let eave = eave.max(base + 0.1);
    let ridge = ridge.max(eave);
    let kind = roof(tags).unwrap_or(Roof::Flat);
    let mut shells = Vec::new();
    for polygon in shape.polygons() {
        let plane = Plane::at(polygon.first()?.first()?);
        let outline = polygon
            .iter()
            .map(|ring| ring.iter().map(|p| plane.metres(p)).collect())
            .collect();
        // Crossing outlines are mended before anything stands on them.
        let Ok((footprint, _)) = footprint::repair(vec![outline]) else {
            continue;
        };
        for polygon in &footprint {
            let solid = Solid {
                plane: &plane,
                base,
                eave,
                ridge,
            };
            let shell = match kind {
                Roof::Pointed | Roof::Round => solid.pointed(polygon, kind == Roof::Round),
                Roof::Skillion => {
                    solid.skillion(polygon, tag(tags, "roof:direction").and_then(degrees))
                }
                _ => None,
            };
            shells.push(shell.unwrap_or_else(|| solid.usual(polygon, kind)));
        }
    }
    shells.retain(|shell| !shell.faces.is_empty());
    (!shells.is_empty()).then_some(shells)
}

/// `135`, `SE`, `NNW`.
fn degrees(text: &str) -> Option<f64> {
    const WINDS: [&str; 16] = [
        "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW",
        "NW", "NNW",
    ];
    let text = text.trim();
    match WINDS
        .iter()
        .position(|wind| wind.eq_ignore_ascii_case(text))
    {
        Some(index) => Some(22.5 * index as f64),
        None => text
            .trim_end_matches('°')
            .parse::<f64>()
            .ok()
            .filter(|degrees| degrees.is_finite()),
    }
}

/// Metres around a point of the earth; exact enough for one building, and the way back is the same numbers.
struct Plane {
    lon_deg: f64,
    lat_deg: f64,
    east_m: f64,
    north_m: f64,
}

impl Plane {
    fn at(p: &[f64; 3]) -> Self {
        let latitude = p[1].to_radians();
        // Metres of a degree on the ellipsoid (WGS 84), series of the latitude.
        Self {
            lon_deg: p[0],
            lat_deg: p[1],
            east_m: (111_412.84 * latitude.cos() - 93.5 * (3.0 * latitude).cos()).max(1.0),
            north_m: 111_132.954 - 559.822 * (2.0 * latitude).cos()
                + 1.175 * (4.0 * latitude).cos(),
        }
    }

    fn metres(&self, p: &[f64; 3]) -> [f64; 2] {
        [
            (p[0] - self.lon_deg) * self.east_m,
            (p[1] - self.lat_deg) * self.north_m,
        ]
    }

    fn degrees(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        [
            self.lon_deg + x / self.east_m,
            self.lat_deg + y / self.north_m,
            z,
        ]
    }
}

/// What is to be built on one polygon: heights above the ground.
struct Solid<'a> {
    plane: &'a Plane,
    base: f64,
    eave: f64,
    ridge: f64,
}

impl Solid<'_> {
    fn face(&self, role: FaceRole, rings: Vec<Vec<[f64; 3]>>) -> Face {
        Face {
            role,
            rings: rings
                .into_iter()
                .map(|ring| ring.into_iter().map(|p| self.plane.degrees(p)).collect())
                .collect(),
        }
    }

    /// Flat, gabled and hipped, as the roofs of all other buildings are made.
    fn usual(&self, polygon: &geo::Polygon<f64>, kind: Roof) -> Shell {
        let building = Building {
            id: String::new(),
            rnb: Vec::new(),
            dataset: DatasetId::from("osm"),
            footprint: geo::MultiPolygon(vec![polygon.clone()]),
            ground_m: self.base,
            eave_height_m: self.eave - self.base,
            ridge_height_m: if kind == Roof::Flat {
                self.eave
            } else {
                self.ridge
            } - self.base,
            height_origin: HeightOrigin::Source,
            usage: Usage::Unknown,
            second_usage: None,
            dwellings: None,
            storeys: None,
            year: None,
            light: false,
            attributes: Vec::new(),
            surveyed: None,
            measured: None,
        };
        let options = RoofOptions {
            foundation_m: 0.0,
            rules: RoofRules {
                max_slope: 6.0,
                min_slope: 0.02,
                // The form is told, so no width decides it.
                hip_width_m: if kind == Roof::Hipped { 0.0 } else { 1_000.0 },
                widest_m: 1_000.0,
                ..RoofRules::default()
            },
        };
        let faces = building_surface(&building, &options)
            .triangles
            .into_iter()
            .map(|(corners, surface)| {
                let role = match surface {
                    Surface::Roof => FaceRole::Roof,
                    Surface::Wall => FaceRole::Wall,
                    Surface::Floor => FaceRole::Ground,
                };
                self.face(role, vec![corners.to_vec()])
            })
            .collect();
        Shell { solid: true, faces }
    }

    /// Pyramid, cone or dome over an outline whose middle lies inside; `None` for any other.
    fn pointed(&self, polygon: &geo::Polygon<f64>, round: bool) -> Option<Shell> {
        use geo::{Centroid, Contains};
        let middle = polygon.centroid()?;
        if !polygon.interiors().is_empty()
            || !polygon.contains(&middle)
            || self.ridge - self.eave < 0.05
        {
            return None;
        }
        let outline = corners(polygon.exterior());
        // Every side has to be seen from the middle, or the slopes would cut through each other.
        let seen = sides(&outline).all(|([ax, ay], [bx, by])| {
            (ax - middle.x()) * (by - middle.y()) - (bx - middle.x()) * (ay - middle.y()) > 0.0
        });
        if !seen {
            return None;
        }
        let mut faces = self.block(&outline);
        let steps = if round { DOME_STEPS } else { 1 };
        let circle = |step: usize| -> (f64, f64) {
            let angle = std::f64::consts::FRAC_PI_2 * step as f64 / steps as f64;
            if round {
                (angle.cos(), angle.sin())
            } else {
                (1.0 - step as f64, step as f64)
            }
        };
        let rise = self.ridge - self.eave;
        let at = |corner: [f64; 2], step: usize| {
            let (reach, height) = circle(step);
            [
                middle.x() + reach * (corner[0] - middle.x()),
                middle.y() + reach * (corner[1] - middle.y()),
                self.eave + height * rise,
            ]
        };
        let top = [middle.x(), middle.y(), self.ridge];
        for (a, b) in sides(&outline) {
            for step in 0..steps {
                if step + 1 == steps {
                    faces
                        .push(self.face(FaceRole::Roof, vec![vec![at(a, step), at(b, step), top]]));
                } else {
                    faces.push(self.face(
                        FaceRole::Roof,
                        vec![vec![
                            at(a, step),
                            at(b, step),
                            at(b, step + 1),
                            at(a, step + 1),
                        ]],
                    ));
                }
            }
        }
        Some(Shell { solid: true, faces })
    }

    /// One slope that faces `direction` (degrees clockwise from north), or down across the longest side.
    fn skillion(&self, polygon: &geo::Polygon<f64>, direction: Option<f64>) -> Option<Shell> {
        if self.ridge - self.eave < 0.05 {
            return None;
        }
        let outline = corners(polygon.exterior());
        let down = match direction {
            Some(degrees) => {
                let (sin, cos) = degrees.to_radians().sin_cos();
                [sin, cos]
            }
            None => {
                let (a, b) =
                    sides(&outline).max_by(|p, q| dist(p.0, p.1).total_cmp(&dist(q.0, q.1)))?;
                let length = dist(a, b);
                [(b[1] - a[1]) / length, -(b[0] - a[0]) / length]
            }
        };
        let along = |p: [f64; 2]| p[0] * down[0] + p[1] * down[1];
        let low = outline
            .iter()
            .map(|p| along(*p))
            .fold(f64::NEG_INFINITY, f64::max);
        let high = outline
            .iter()
            .map(|p| along(*p))
            .fold(f64::INFINITY, f64::min);
        if !(low - high > 0.1) {
            return None;
        }
        let top =
            |p: [f64; 2]| self.eave + (self.ridge - self.eave) * (low - along(p)) / (low - high);
        let all: Vec<Vec<[f64; 2]>> = std::iter::once(outline)
            .chain(polygon.interiors().iter().map(corners))
            .collect();
        let mut faces = Vec::new();
        for ring in &all {
            for (a, b) in sides(ring) {
                let wall = vec![
                    [a[0], a[1], self.base],
                    [b[0], b[1], self.base],
                    [b[0], b[1], top(b)],
                    [a[0], a[1], top(a)],
                ];
                faces.push(self.face(FaceRole::Wall, vec![wall]));
            }
        }
        let lifted = |height: &dyn Fn([f64; 2]) -> f64, turned: bool| {
            all.iter()
                .map(|ring| {
                    let mut ring: Vec<[f64; 3]> =
                        ring.iter().map(|p| [p[0], p[1], height(*p)]).collect();
                    if turned {
                        ring.reverse();
                    }
                    ring
                })
                .collect::<Vec<_>>()
        };
        faces.push(self.face(FaceRole::Roof, lifted(&top, false)));
        faces.push(self.face(FaceRole::Ground, lifted(&|_| self.base, true)));
        Some(Shell { solid: true, faces })
    }

    /// Floor and walls up to the eave.
    fn block(&self, outline: &[[f64; 2]]) -> Vec<Face> {
        let floor: Vec<[f64; 3]> = outline
            .iter()
            .rev()
            .map(|p| [p[0], p[1], self.base])
            .collect();
        let mut faces = vec![self.face(FaceRole::Ground, vec![floor])];
        for (a, b) in sides(outline) {
            let wall = vec![
                [a[0], a[1], self.base],
                [b[0], b[1], self.base],
                [b[0], b[1], self.eave],
                [a[0], a[1], self.eave],
            ];
            faces.push(self.face(FaceRole::Wall, vec![wall]));
        }
        faces
    }
}

/// Of a closed ring, the last point not repeated.
fn corners(ring: &geo::LineString<f64>) -> Vec<[f64; 2]> {
    let mut corners: Vec<[f64; 2]> = ring.0.iter().map(|c| [c.x, c.y]).collect();
    corners.pop();
    corners
}

fn sides(corners: &[[f64; 2]]) -> impl Iterator<Item = ([f64; 2], [f64; 2])> + '_ {
    corners
        .iter()
        .copied()
        .zip(corners.iter().copied().cycle().skip(1))
}

fn dist(a: [f64; 2], b: [f64; 2]) -> f64 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}

fn flat(ring: &[[f64; 3]]) -> Vec<[f64; 2]> {
    ring.iter().map(|p| [p[0], p[1]]).collect()
}

/// A point inside the first polygon, whatever its form.
fn inner_point(shape: &Shape) -> Option<[f64; 2]> {
    use geo::InteriorPoint;
    let rings = *shape.polygons().first()?;
    let ring = |ring: &Vec<[f64; 3]>| geo::LineString::from(flat(ring));
    let (outer, holes) = rings.split_first()?;
    let point =
        geo::Polygon::new(ring(outer), holes.iter().map(ring).collect()).interior_point()?;
    Some([point.x(), point.y()])
}
