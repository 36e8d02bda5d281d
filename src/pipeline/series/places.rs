//! Where the objects of an import lie, and the surfaces that their values are summed in: kept for the layers that a declaration asks for.

use super::SeriesSource;
use crate::pipeline::sources::declaration::Role;
use crate::pipeline::sources::record::Record;
use foldhash::fast::FixedState;
use geo::{Area, BoundingRect, Centroid, Contains, Coord, LineString, MultiPolygon, Point, Polygon};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::RTree;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an object that says nothing of its delivery points is counted by.
const POINTS_TERM: &str = "dwellings";
/// Delivery points of one object; more is a fault of the data.
const MOST_POINTS: f64 = 1e6;

/// An object's place and its delivery points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub at: [f64; 2],
    pub points: u64,
}

#[derive(Default)]
pub struct Places {
    /// Layers whose objects are summed, and the term of their delivery points.
    roles: BTreeMap<Role, String>,
    /// Layers that are summed in.
    onto: BTreeSet<Role>,
    spots: HashMap<u64, Spot, FixedState>,
    surfaces: Vec<Surface>,
}

struct Surface {
    role: Role,
    id: Option<String>,
    code: Option<String>,
    outline: MultiPolygon<f64>,
}

/// Delivery points that an object stands for, from the number that says so. What has values is one at least: an object that counted for nothing
/// would be what two published sums differ by. A number that cannot be meant is no number.
pub fn delivery_points(said: f64) -> u64 {
    if (1.0..=MOST_POINTS).contains(&said) { said as u64 } else { 1 }
}

impl Places {
    /// What the declarations of some series ask for.
    pub fn wanting(sources: &[SeriesSource]) -> Self {
        let mut places = Self::default();
        for declared in sources.iter().filter_map(|source| source.declared.as_ref()) {
            let Some(aggregate) = &declared.aggregate else { continue };
            places.onto.insert(aggregate.onto);
            let term = aggregate.points.clone().unwrap_or_else(|| POINTS_TERM.to_owned());
            places.roles.insert(declared.onto.unwrap_or(Role::Buildings), term);
        }
        places
    }

    /// Notes a surface; one without id and code cannot be told in a series.
    pub fn note_surface(&mut self, role: Role, record: &Record) {
        if !self.onto.contains(&role) {
            return;
        }
        let (id, code) = (record.text("id"), record.text("code"));
        if let Some(outline) = outline(record).filter(|_| id.is_some() || code.is_some()) {
            self.surfaces.push(Surface { role, id, code, outline });
        }
    }

    /// Where an object is, if its layer is wanted.
    pub fn spot_of(&self, role: Role, record: &Record) -> Option<Spot> {
        let term = self.roles.get(&role)?;
        let [x, y] = middle(record)?;
        let points = record.number(term).map_or(1, delivery_points);
        Some(Spot { at: [x, y], points })
    }

    /// Of several objects of one id the first counts.
    pub fn keep(&mut self, hash: u64, spot: Option<Spot>) {
        if let Some(spot) = spot {
            self.spots.entry(hash).or_insert(spot);
        }
    }

    pub fn spot(&self, hash: u64) -> Option<Spot> {
        self.spots.get(&hash).copied()
    }

    /// The surfaces of a layer, by what its features are called: their ids, or their codes where they have none.
    pub fn surfaces(&self, role: Role) -> Surfaces<'_> {
        let of_role = || self.surfaces.iter().filter(|surface| surface.role == role);
        // A commune’s feature has its code for an id.
        let by_code = role != Role::Areas && of_role().any(|surface| surface.id.is_none());
        let mut ids: Vec<&str> = of_role().filter_map(|surface| name_of(surface, role, by_code)).collect();
        ids.sort_unstable();
        ids.dedup();
        let boxes = of_role().filter_map(|surface| {
            let (rect, cell) = (surface.outline.bounding_rect()?, ids.binary_search(&name_of(surface, role, by_code)?).ok()?);
            Some(GeomWithData::new(Rectangle::from_corners([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]), (cell, &surface.outline)))
        });
        Surfaces { tree: RTree::bulk_load(boxes.collect()), ids, by: by_code.then_some("code") }
    }
}

/// Surfaces of one layer, several pieces of one name as one.
pub struct Surfaces<'a> {
    pub ids: Vec<&'a str>,
    /// The term that the names are, where it is not the id.
    pub by: Option<&'static str>,
    tree: RTree<GeomWithData<Rectangle<[f64; 2]>, (usize, &'a MultiPolygon<f64>)>>,
}

impl Surfaces<'_> {
    /// The smallest surface that a place lies in, by its place among the ids.
    pub fn around(&self, [x, y]: [f64; 2]) -> Option<usize> {
        let inside = self.tree.locate_all_at_point(&[x, y]).filter(|known| known.data.1.contains(&Point::new(x, y)));
        let smallest = inside.min_by(|a, b| a.data.1.unsigned_area().total_cmp(&b.data.1.unsigned_area()).then(a.data.0.cmp(&b.data.0)));
        smallest.map(|known| known.data.0)
    }
}

fn name_of(surface: &Surface, role: Role, by_code: bool) -> Option<&str> {
    match (role, by_code) {
        (Role::Areas, _) => surface.code.as_deref().or(surface.id.as_deref()),
        (_, true) => surface.code.as_deref(),
        (_, false) => surface.id.as_deref(),
    }
}

fn outline(record: &Record) -> Option<MultiPolygon<f64>> {
    let line = |ring: &Vec<[f64; 3]>| LineString::new(ring.iter().filter(|[x, y, _]| x.is_finite() && y.is_finite()).map(|[x, y, _]| Coord { x: *x, y: *y }).collect());
    let polygon = |rings: &[Vec<[f64; 3]>]| rings.split_first().map(|(outer, holes)| Polygon::new(line(outer), holes.iter().map(line).collect()));
    let polygons: Vec<Polygon<f64>> = record.shape.as_ref()?.polygons().into_iter().filter_map(polygon).filter(|polygon| polygon.exterior().0.len() >= 4).collect();
    (!polygons.is_empty()).then(|| MultiPolygon::new(polygons))
}

fn middle(record: &Record) -> Option<[f64; 2]> {
    let of_outline = outline(record).and_then(|outline| outline.centroid()).map(|point| [point.x(), point.y()]);
    let first = || record.shape.as_ref()?.first_position().map(|[x, y, _]| [x, y]);
    of_outline.or_else(first).filter(|at| at.iter().all(|x| x.is_finite()))
}
