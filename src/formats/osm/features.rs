//! Elements as points, lines and polygons, from several passes over the file: which ways and nodes are needed, where the nodes are, and
//! then one shape after the other. In memory are the places of needed nodes (16 bytes each) and the ways of kept relations, nothing else.

use super::{Element, Kind, Passes, Relation, Tags, Wanted, Way, rings, tag};
use crate::formats::Fault;
use crate::formats::shape::Shape;
use std::collections::{HashMap, HashSet};

/// Nodes whose places are kept: 2 GiB.
pub const MAX_NODES: usize = 128 << 20;
/// Ways of kept relations.
pub const MAX_MEMBERS: usize = 16 << 20;
/// Polygons, and relations to be held, of one file.
pub const MAX_RELATIONS: usize = 4 << 20;

/// An element with its shape, longitude first.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    pub kind: Kind,
    pub id: i64,
    pub tags: Tags,
    pub shape: Shape,
}

impl Feature {
    /// `way/123`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.kind.name(), self.id)
    }
}

/// What a kept element is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Not handed out.
    No,
    Point,
    Line,
    /// A way has to be closed; a relation is a multipolygon.
    Area,
}

/// Takes features and the faults on the way.
pub type EachFeature<'a> = &'a mut dyn FnMut(Result<Feature, Fault>);

/// Hands out what `wanted` keeps. `closed` says whether a way returns to its first node; a relation counts as closed.
///
/// # Errors
/// A fault that ends the file, or more than fits.
pub fn read(
    source: &mut dyn Passes,
    wanted: &dyn Fn(Kind, &Tags, bool) -> Use,
    each: EachFeature,
) -> Result<(), Fault> {
    let mut plan = Plan::default();
    let mut full = None;
    source.pass(Wanted::RELATIONS, &mut |element| {
        match element {
            Ok(Element::Relation(relation)) => {
                if is_multipolygon(&relation.tags)
                    && wanted(Kind::Relation, &relation.tags, true) == Use::Area
                {
                    if plan.relations.len() >= MAX_RELATIONS || plan.members.len() >= MAX_MEMBERS {
                        full = Some(Fault::new(
                            "osm-limit",
                            format!("relation/{}", relation.id),
                            MAX_RELATIONS,
                        ));
                        return false;
                    }
                    plan.relation(relation);
                }
            }
            Ok(_) => {}
            // Said once; the later passes meet the same faults again.
            Err(fault) => each(Err(fault)),
        }
        true
    })?;
    source.pass(Wanted::WAYS, &mut |element| {
        match element {
            Ok(Element::Way(way)) => {
                let member = plan.members.contains_key(&way.id);
                if (member || wanted(Kind::Way, &way.tags, is_closed(&way)) != Use::No)
                    && way.positions.is_empty()
                {
                    plan.places.need(&way.nodes);
                    if plan.places.ids.len() > MAX_NODES {
                        full = Some(Fault::new(
                            "osm-limit",
                            format!("way/{}", way.id),
                            MAX_NODES,
                        ));
                        return false;
                    }
                }
                if member {
                    plan.members.insert(way.id, Some(way));
                }
            }
            Ok(_) => {}
            Err(fault) => each(Err(fault)),
        }
        true
    })?;
    if let Some(fault) = full {
        return Err(fault);
    }
    plan.places.settle();
    source.pass(Wanted::NODES, &mut |element| {
        match element {
            Ok(Element::Node(node)) => {
                let at = [node.lon_deg, node.lat_deg];
                plan.places.put(node.id, at);
                if !node.tags.is_empty() && wanted(Kind::Node, &node.tags, false) == Use::Point {
                    let Some([lon, lat]) = on_earth(at) else {
                        let value = format!("{} {}", at[0], at[1]);
                        each(Err(Fault::new(
                            "osm-place",
                            format!("node/{}", node.id),
                            value,
                        )));
                        return true;
                    };
                    each(Ok(Feature {
                        kind: Kind::Node,
                        id: node.id,
                        tags: node.tags,
                        shape: Shape::Point([lon, lat, f64::NAN]),
                    }));
                }
            }
            Ok(_) => {}
            Err(fault) => each(Err(fault)),
        }
        true
    })?;
    source.pass(Wanted::WAYS, &mut |element| {
        if let Ok(Element::Way(way)) = element {
            let as_what = wanted(Kind::Way, &way.tags, is_closed(&way));
            if as_what != Use::No && as_what != Use::Point && !plan.is_repeated(&way) {
                match plan.way(way, as_what) {
                    Ok(feature) => each(Ok(feature)),
                    Err(fault) => each(Err(fault)),
                }
            }
        }
        true
    })?;
    for relation in std::mem::take(&mut plan.relations) {
        plan.multipolygon(relation, each);
    }
    Ok(())
}

fn is_multipolygon(tags: &Tags) -> bool {
    matches!(tag(tags, "type"), Some("multipolygon" | "boundary"))
}

fn is_closed(way: &Way) -> bool {
    way.nodes.len() > 3 && way.nodes.first() == way.nodes.last()
}

/// Degrees that are somewhere; `None` for anything else.
fn on_earth([lon, lat]: [f64; 2]) -> Option<[f64; 2]> {
    ((-180.0..=180.0).contains(&lon) && (-90.0..=90.0).contains(&lat)).then_some([lon, lat])
}

#[derive(Default)]
struct Plan {
    relations: Vec<Relation>,
    /// Ways of kept relations; `None` until they have been met.
    members: HashMap<i64, Option<Way>>,
    /// Outer ways of relations that carry the relation's own main tag once more.
    outlines: HashMap<i64, usize>,
    places: Places,
}

/// What makes a way the same thing as the relation it is the outline of.
const MAIN_KEYS: [&str; 6] = [
    "building",
    "building:part",
    "natural",
    "landuse",
    "waterway",
    "power",
];

impl Plan {
    fn relation(&mut self, relation: Relation) {
        let index = self.relations.len();
        for member in relation
            .members
            .iter()
            .filter(|member| member.kind == Kind::Way)
        {
            self.members.entry(member.id).or_insert(None);
            if member.role != "inner" {
                self.outlines.insert(member.id, index);
            }
        }
        self.relations.push(relation);
    }

    fn is_repeated(&self, way: &Way) -> bool {
        let Some(relation) = self
            .outlines
            .get(&way.id)
            .and_then(|index| self.relations.get(*index))
        else {
            return false;
        };
        MAIN_KEYS.iter().any(|key| {
            tag(&way.tags, key).is_some_and(|value| tag(&relation.tags, key) == Some(value))
        })
    }

    /// Every node's place where it is known.
    fn corners(&self, way: &Way) -> Vec<Option<rings::Corner>> {
        way.nodes
            .iter()
            .enumerate()
            .map(|(index, id)| {
                let at = match way.positions.get(index) {
                    Some(at) => Some(*at),
                    None => self.places.get(*id),
                };
                Some((*id, on_earth(at?)?))
            })
            .collect()
    }

    fn way(&self, way: Way, as_what: Use) -> Result<Feature, Fault> {
        let corners = self.corners(&way);
        let missing = corners.iter().filter(|corner| corner.is_none()).count();
        let name = || format!("way/{}", way.id);
        let shape = if as_what == Use::Area {
            if missing > 0 {
                return Err(Fault::new(
                    "osm-node-missing",
                    name(),
                    format!("{missing} / {}", corners.len()),
                ));
            }
            Shape::Polygon(vec![
                corners
                    .iter()
                    .flatten()
                    .map(|(_, at)| [at[0], at[1], f64::NAN])
                    .collect(),
            ])
        } else {
            // Where the extract ends, the line ends; what comes back is another part.
            let mut parts: Vec<Shape> = corners
                .split(Option::is_none)
                .filter(|part| part.len() > 1)
                .map(|part| {
                    Shape::Line(
                        part.iter()
                            .flatten()
                            .map(|(_, at)| [at[0], at[1], f64::NAN])
                            .collect(),
                    )
                })
                .collect();
            match parts.len() {
                0 => {
                    return Err(Fault::new(
                        "osm-node-missing",
                        name(),
                        format!("{missing} / {}", corners.len()),
                    ));
                }
                1 => parts.remove(0),
                _ => Shape::Many(parts),
            }
        };
        Ok(Feature {
            kind: Kind::Way,
            id: way.id,
            tags: way.tags,
            shape,
        })
    }

    fn multipolygon(&self, relation: Relation, each: EachFeature) {
        let name = format!("relation/{}", relation.id);
        let mut ways = Vec::new();
        let mut missing = 0_usize;
        let mut seen = HashSet::new();
        for member in &relation.members {
            if member.kind != Kind::Way
                || !seen.insert(member.id)
                || !matches!(member.role.as_str(), "outer" | "inner" | "" | "outline")
            {
                continue;
            }
            let corners = self
                .members
                .get(&member.id)
                .and_then(Option::as_ref)
                .map(|way| self.corners(way));
            match corners {
                Some(corners) if corners.iter().all(Option::is_some) => {
                    ways.push(corners.into_iter().flatten().collect())
                }
                _ => missing += 1,
            }
        }
        if missing > 0 {
            each(Err(Fault::new(
                "osm-member-missing",
                &name,
                format!("{missing} / {}", seen.len()),
            )));
        }
        let assembled = rings::assemble(&ways);
        if let Some(node) = assembled.open_at.first() {
            // What misses a way cannot close: that has been said.
            if missing == 0 {
                each(Err(Fault::new(
                    "osm-ring-open",
                    &name,
                    format!("node/{node}"),
                )));
            }
        }
        if assembled.too_many {
            each(Err(Fault::new("osm-limit", &name, rings::MAX_RINGS)));
        }
        let mut polygons: Vec<Shape> = assembled
            .polygons
            .into_iter()
            .map(|polygon| {
                let ring =
                    |ring: Vec<[f64; 2]>| ring.into_iter().map(|[x, y]| [x, y, f64::NAN]).collect();
                Shape::Polygon(polygon.into_iter().map(ring).collect())
            })
            .collect();
        let shape = match polygons.len() {
            0 => return,
            1 => polygons.remove(0),
            _ => Shape::Many(polygons),
        };
        each(Ok(Feature {
            kind: Kind::Relation,
            id: relation.id,
            tags: relation.tags,
            shape,
        }));
    }
}

/// Where needed nodes are.
#[derive(Default)]
struct Places {
    /// Sorted once all needs are known.
    ids: Vec<i64>,
    /// In steps of 10⁻⁷ degrees, as OSM itself keeps them.
    at: Vec<[i32; 2]>,
    /// Length after the last clearing of repetitions.
    clear: usize,
}

const NOWHERE: [i32; 2] = [i32::MIN; 2];
const STEPS_PER_DEGREE: f64 = 1e7;

impl Places {
    fn need(&mut self, nodes: &[i64]) {
        self.ids.extend(nodes);
        if self.ids.len() > 2 * self.clear + (1 << 20) {
            self.sort();
        }
    }

    fn sort(&mut self) {
        self.ids.sort_unstable();
        self.ids.dedup();
        self.clear = self.ids.len();
    }

    fn settle(&mut self) {
        self.sort();
        self.ids.shrink_to_fit();
        self.at = vec![NOWHERE; self.ids.len()];
    }

    fn put(&mut self, id: i64, at: [f64; 2]) {
        if let Ok(index) = self.ids.binary_search(&id)
            && let Some(place) = self.at.get_mut(index)
            && on_earth(at).is_some()
        {
            *place = at.map(|degrees| (degrees * STEPS_PER_DEGREE).round() as i32);
        }
    }

    fn get(&self, id: i64) -> Option<[f64; 2]> {
        let index = self.ids.binary_search(&id).ok()?;
        let place = self.at.get(index).filter(|place| **place != NOWHERE)?;
        Some(place.map(|steps| f64::from(steps) / STEPS_PER_DEGREE))
    }
}
