//! Water outlines as each level of tiles draws them.

use super::grid::{Grid, Plane};
use crate::base::{Bounds2, Finding, Report, Severity};
use crate::region::simplify::Simplify;
use crate::region::{WaterArea, footprint};
use geo::{
    BooleanOps, Contains, Coord, LineString, MapCoords, MultiPolygon, Orient, Polygon,
    orient::Direction, unary_union,
};

/// One water area in the plane.
#[derive(Clone, Debug)]
pub struct Pool {
    pub outline: Polygon<f64>,
    pub bounds: Bounds2,
    pub level_m: f64,
    /// Its place in the region's list.
    pub index: usize,
}

/// All water of one level of tiles.
#[derive(Clone, Debug, Default)]
pub struct Shore {
    pub pools: Vec<Pool>,
    /// The pools as one area without overlaps, for cutting the ground.
    pub union: Vec<(Polygon<f64>, Bounds2)>,
}

impl Shore {
    /// The full outlines in the plane, for questions and as the base of the levels.
    pub fn exact(areas: &[WaterArea], plane_from_source: impl Fn([f64; 2]) -> Option<[f64; 2]>, report: &mut Report) -> Self {
        let mut pools = Vec::new();
        for (index, area) in areas.iter().enumerate() {
            let placed = area.outline.try_map_coords(|c| {
                plane_from_source([c.x, c.y])
                    .map(|[x, y]| Coord { x, y })
                    .ok_or(())
            });
            match placed {
                Ok(outline) if area.level_m.is_finite() && footprint::is_valid(&outline) => {
                    pools.push(pool(outline, area.level_m, index));
                }
                _ => report.push(
                    Finding::new("water-outline-invalid", Severity::Warning, "water")
                        .object(area.id.clone()),
                ),
            }
        }
        Self::of(pools)
    }

    /// The outlines simplified within a tolerance; an outline that would fall apart stays as it is.
    pub fn simplified(&self, tolerance_m: f64) -> Self {
        let pools = self
            .pools
            .iter()
            .map(|p| {
                let simple = p.outline.simplify(tolerance_m);
                if simple.exterior().0.len() >= 4 && footprint::is_valid(&simple) {
                    pool(simple, p.level_m, p.index)
                } else {
                    p.clone()
                }
            })
            .collect();
        Self::of(pools)
    }

    fn of(pools: Vec<Pool>) -> Self {
        let union = unary_union(pools.iter().map(|p| &p.outline))
            .orient(Direction::Default)
            .into_iter()
            .map(|polygon| {
                let bounds = bounds_of(&polygon);
                (polygon, bounds)
            })
            .collect();
        Self { pools, union }
    }

    /// All water inside a rectangle, as one area.
    pub fn within(&self, rect: &Bounds2) -> MultiPolygon<f64> {
        let near: Vec<Polygon<f64>> = self
            .union
            .iter()
            .filter(|(_, bounds)| bounds.intersects(rect))
            .map(|(polygon, _)| polygon.clone())
            .collect();
        if near.is_empty() {
            return MultiPolygon(Vec::new());
        }
        MultiPolygon(near).intersection(&rectangle(rect))
    }

    /// The outline's straight pieces inside a rectangle, water on their left.
    pub fn banks_within(&self, rect: &Bounds2) -> Vec<[[f64; 2]; 2]> {
        let mut pieces = Vec::new();
        for (polygon, bounds) in &self.union {
            if !bounds.intersects(rect) {
                continue;
            }
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                for line in ring.lines() {
                    let ends = [[line.start.x, line.start.y], [line.end.x, line.end.y]];
                    pieces.extend(clipped(ends, rect));
                }
            }
        }
        pieces
    }

    /// The pool that holds a point.
    pub fn pool_at(&self, at: [f64; 2]) -> Option<&Pool> {
        let point = Coord { x: at[0], y: at[1] };
        self.pools
            .iter()
            .find(|pool| pool.bounds.contains(at) && pool.outline.contains(&point))
    }
}

/// The levels' shores, coarsest first.
pub fn levels(exact: &Shore, grid: &Grid) -> Vec<Shore> {
    (0..=grid.finest)
        .map(|level| exact.simplified(0.5 * grid.tolerance(level)))
        .collect()
}

fn pool(outline: Polygon<f64>, level_m: f64, index: usize) -> Pool {
    Pool {
        bounds: bounds_of(&outline),
        outline,
        level_m,
        index,
    }
}

pub fn bounds_of(polygon: &Polygon<f64>) -> Bounds2 {
    Bounds2::of(polygon.exterior().0.iter().map(|c| [c.x, c.y]))
}

pub fn rectangle(rect: &Bounds2) -> Polygon<f64> {
    let ([w, s], [e, n]) = (rect.min, rect.max);
    Polygon::new(
        LineString::from(vec![[w, s], [e, s], [e, n], [w, n], [w, s]]),
        Vec::new(),
    )
}

/// The part of a segment inside a rectangle (Liang and Barsky 1984).
pub fn clipped(ends: [[f64; 2]; 2], rect: &Bounds2) -> Option<[[f64; 2]; 2]> {
    let [a, b] = ends;
    let (mut from, mut to) = (0.0f64, 1.0f64);
    for k in 0..2 {
        let d = b[k] - a[k];
        for (p, q) in [(-d, a[k] - rect.min[k]), (d, rect.max[k] - a[k])] {
            if p == 0.0 {
                if q < 0.0 {
                    return None;
                }
            } else if p < 0.0 {
                from = from.max(q / p);
            } else {
                to = to.min(q / p);
            }
        }
    }
    if from >= to {
        return None;
    }
    let at = |share: f64| [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
    Some([
        if from > 0.0 { at(from) } else { a },
        if to < 1.0 { at(to) } else { b },
    ])
}

/// Corner points and triangles (counter-clockwise) of a polygon with holes.
pub fn triangulated(polygon: &Polygon<f64>) -> Vec<[[f64; 2]; 3]> {
    use geo::TriangulateEarcut;
    polygon
        .earcut_triangles_iter()
        .map(|t| {
            let [a, b, c] = t.to_array().map(|c| [c.x, c.y]);
            if super::clip::cross(a, b, c) < 0.0 { [a, c, b] } else { [a, b, c] }
        })
        .collect()
}

/// `plane_from_source` of a plane and a projection, for callers that hold both.
pub fn placer<'a>(
    plane: &'a Plane,
    to_lonlat: &'a (dyn Fn([f64; 2]) -> Option<crate::geodesy::LonLat> + Sync),
) -> impl Fn([f64; 2]) -> Option<[f64; 2]> + 'a {
    move |at| to_lonlat(at).map(|lonlat| plane.from_lonlat(lonlat))
}
