//! Buildings of OSM: heights, roofs and parts (wiki: "Simple 3D Buildings").
//!
//! A building with parts is what its parts are; the outline then only says where it is and what it is called. What stands on nothing
//! (`min_height`) and roofs that are named are built here as surfaces above the ground; where the ground is, cleaning knows.

use super::begun;
use super::solids::{Plane, Solid};
use super::tags::{metres, put, text};
use crate::formats::osm::features::Feature;
use crate::formats::osm::{Tags, rings, tag};
use crate::formats::shape::{Shape, Shell};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::source_term;
use crate::region::footprint;
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
pub(super) enum Roof {
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
