//! Streets as surfaces: carriageways that flow together at junctions, kerbs around them, pavements up to the façades.
//!
//! No source tells where a pavement ends. It is made, from the width of the carriageway, the distance of the walls and how built-up the
//! place is, and its layer says so. Lines keep their own ribbons, which can be picked and coloured, in the layer of roads; they lie on this.

use super::courses::{Courses, Kind};
use super::drape::{Drape, lift};
use super::grid::TileKey;
use super::mesh::MeshBuilder;
use super::palette;
use super::ribbon::{End, Ribbon, subdivided};
use super::scene::{Drawn, Scene};
use super::shore::{rectangle, triangulated};
use crate::base::Bounds2;
use crate::formats::gltf::TileContent;
use crate::region::simplify::Simplify;
use crate::region::{LineClass, Region};
use geo::algorithm::buffer::{BufferStyle, LineJoin};
use geo::{
    BooleanOps, BoundingRect, Buffer, Distance, Euclidean, LineString, MultiPolygon, Point,
    Polygon, unary_union,
};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use std::collections::BTreeSet;

/// Coarser levels show roads as plain ribbons.
const UP_TO_TOLERANCE_M: f64 = 1.3;

/// Walls this near the kerb have the pavement at their foot; beyond, it keeps its usual width.
const TO_WALL_M: f64 = 5.5;
/// So far a pavement goes under a wall, that no line of ground is left between.
const UNDER_WALL_M: f64 = 0.4;
/// Pavements begin where the ground is built-up to this share, and are whole at the second.
const TOWN: [f64; 2] = [0.25, 0.55];
/// Widths are taken this often along a street, metres.
const SAMPLE_M: f64 = 8.0;
/// Corners of junctions are rounded with this radius; lanes nearer than twice of it are one surface.
const CORNER_M: f64 = 2.0;
/// Strips of ground between pavements narrower than twice this are paved too.
const PAVED_GAP_M: f64 = 5.0;
const KERB_M: f64 = 0.3;
/// Outlines of the finest level are kept to this, metres.
const OUTLINE_M: f64 = 0.04;
/// Outlines of the other levels are kept to this share of what their shapes may be off: a quarter of a pixel.
const OUTLINE_SHARE: f64 = 0.25;
/// A kerb that is narrower than this share of what shapes may be off is not seen any more.
const KERB_SHARE: f64 = 0.5;
/// Before an outline is widened and narrowed it loses what changes it less than this, metres: each of its points costs an arc.
const STRAIGHT_M: f64 = 0.01;
/// Kerbs this near a pavement are closed together with it; far enough that closing feels no more of them, near enough that a tile sees all that counts.
const KERB_REACH_M: f64 = 2.0 * PAVED_GAP_M + 2.0;
/// How far from a tile a street may still shape what is in it.
const REACH_M: f64 = 40.0;
const FELT_M: f64 = 24.0;
/// Dust of the arithmetic, square metres.
const DUST_M2: f64 = 1e-4;

/// Whether tiles of this tolerance have street surfaces.
pub fn drawn_at(tolerance_m: f64) -> bool {
    tolerance_m <= UP_TO_TOLERANCE_M
}

/// A stretch of carriageway with its pavements.
#[derive(Debug)]
struct Street {
    /// The line as it is.
    line: Vec<[f64; 2]>,
    /// The same with a point at every sample of the pavements.
    centre: Vec<[f64; 2]>,
    half_m: f64,
    /// Left and right pavement at each point of the centre line, from the kerb.
    pavements_m: Vec<[f64; 2]>,
}

/// The streets of a territory.
#[derive(Debug)]
pub struct Plan {
    streets: Vec<Street>,
    index: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    tiles: BTreeSet<TileKey>,
}

impl Plan {
    pub fn new(scene: &Scene, courses: &Courses) -> Self {
        let walls = Walls::new(scene.region);
        let mut streets = Vec::new();
        let mut boxes = Vec::new();
        let mut tiles = BTreeSet::new();
        for course in &courses.all {
            let Kind::Ground(points) = &course.kind else {
                continue;
            };
            let Some(usual_m) = usual_pavement_m(course.class) else {
                continue;
            };
            let half_m = 0.5 * course.width_m;
            let flat: Vec<[f64; 3]> = points.iter().map(|p| [p[0], p[1], 0.0]).collect();
            let centre: Vec<[f64; 2]> = subdivided(&flat, SAMPLE_M)
                .iter()
                .map(|p| [p[0], p[1]])
                .collect();
            let mut pavements_m: Vec<[f64; 2]> = (0..centre.len())
                .map(|i| {
                    let Some(across) = across(&centre, i) else {
                        return [0.0; 2];
                    };
                    [1.0, -1.0].map(|side| {
                        let out = side * half_m;
                        let kerb = [
                            centre[i][0] + out * across[0],
                            centre[i][1] + out * across[1],
                        ];
                        let t = ((scene.urban.at(kerb) - TOWN[0]) / (TOWN[1] - TOWN[0]))
                            .clamp(0.0, 1.0);
                        match walls.nearest_within(scene.plane.source(kerb), TO_WALL_M) {
                            Some(away) if t > 0.0 => away + UNDER_WALL_M,
                            _ => usual_m * t,
                        }
                    })
                })
                .collect();
            soften(&mut pavements_m);
            let reach = half_m + TO_WALL_M + UNDER_WALL_M + PAVED_GAP_M;
            let bounds = Bounds2::of(centre.iter().copied()).grown(reach);
            if bounds.is_empty() {
                continue;
            }
            for level in 0..=scene.grid.finest {
                if drawn_at(scene.grid.tolerance(level)) {
                    tiles.extend(scene.grid.tiles_along(level, centre.iter().copied(), reach));
                }
            }
            boxes.push(GeomWithData::new(
                Rectangle::from_corners(bounds.min, bounds.max),
                streets.len(),
            ));
            streets.push(Street {
                line: points.clone(),
                centre,
                half_m,
                pavements_m,
            });
        }
        Self {
            streets,
            index: RTree::bulk_load(boxes),
            tiles,
        }
    }

    pub fn tiles(&self) -> impl Iterator<Item = TileKey> + '_ {
        self.tiles.iter().copied()
    }

    /// In the order of the region's lines, whatever the index says.
    fn near(&self, rect: &Bounds2) -> Vec<&Street> {
        let mut found: Vec<usize> = self
            .index
            .locate_in_envelope_intersecting(&AABB::from_corners(rect.min, rect.max))
            .map(|entry| entry.data)
            .collect();
        found.sort_unstable();
        found
            .into_iter()
            .filter_map(|i| self.streets.get(i))
            .collect()
    }
}

/// Width of a pavement with no wall near; `None` for what is no street.
fn usual_pavement_m(class: LineClass) -> Option<f64> {
    match class {
        LineClass::MajorRoad => Some(3.0),
        LineClass::Road => Some(2.4),
        LineClass::MinorRoad => Some(1.6),
        LineClass::Path | LineClass::Tram | LineClass::Rail => None,
    }
}

/// The unit vector to the left of a line at one of its points.
fn across(line: &[[f64; 2]], at: usize) -> Option<[f64; 2]> {
    let (before, after) = (
        line.get(at.saturating_sub(1))?,
        line.get(at + 1).or(line.get(at))?,
    );
    let (dx, dy) = (after[0] - before[0], after[1] - before[1]);
    let length = dx.hypot(dy);
    (length > 1e-6).then(|| [-dy / length, dx / length])
}

/// Neighbouring samples share their widths, so that a pavement has no teeth.
fn soften(widths: &mut [[f64; 2]]) {
    let old = widths.to_vec();
    for (i, width) in widths.iter_mut().enumerate() {
        let near = [i.saturating_sub(1), i, (i + 1).min(old.len() - 1)];
        for side in 0..2 {
            width[side] = near
                .iter()
                .filter_map(|n| old.get(*n))
                .map(|w| w[side])
                .sum::<f64>()
                / 3.0;
        }
    }
}

/// Footprints by their boxes, in the sources' system.
struct Walls<'r> {
    index: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>>,
    footprints: Vec<&'r Polygon<f64>>,
}

impl<'r> Walls<'r> {
    fn new(region: &'r Region) -> Self {
        let mut footprints = Vec::new();
        let mut boxes = Vec::new();
        for polygon in region
            .buildings
            .iter()
            .flat_map(|building| building.footprint.iter())
        {
            let Some(rect) = polygon.bounding_rect() else {
                continue;
            };
            let (low, high) = ([rect.min().x, rect.min().y], [rect.max().x, rect.max().y]);
            if low.iter().chain(&high).all(|v| v.is_finite()) {
                boxes.push(GeomWithData::new(
                    Rectangle::from_corners(low, high),
                    footprints.len(),
                ));
                footprints.push(polygon);
            }
        }
        Self {
            index: RTree::bulk_load(boxes),
            footprints,
        }
    }

    /// Distance to the nearest footprint (0 inside) if it is below `reach_m`.
    fn nearest_within(&self, at: [f64; 2], reach_m: f64) -> Option<f64> {
        let envelope = AABB::from_corners(at.map(|v| v - reach_m), at.map(|v| v + reach_m));
        self.index
            .locate_in_envelope_intersecting(&envelope)
            .filter_map(|entry| self.footprints.get(entry.data))
            .map(|footprint| Euclidean.distance(&Point::new(at[0], at[1]), *footprint))
            .filter(|away| *away < reach_m)
            .min_by(f64::total_cmp)
    }
}

pub fn draw(scene: &Scene, plan: &Plan, key: TileKey) -> Drawn {
    let rect = scene.grid.rect(key);
    let tolerance = scene.grid.tolerance(key.level);
    let step_m = super::package::position_step(&scene.grid, key.level);
    let surface = scene.surface(key);
    let mesh = MeshBuilder::new("streets", scene.frame(key));
    let mut cloth = Drape::new(&surface, &rect, step_m, tolerance, mesh);

    let near = plan.near(&rect.grown(REACH_M));
    // Streets may be long; what is further off than closing can feel is left out first.
    let reach = rect.grown(FELT_M);
    let felt = rectangle(&reach);
    let touches = |corners: &[[f64; 2]; 3]| Bounds2::of(*corners).intersects(&reach);
    let mut lanes: Vec<Polygon<f64>> = Vec::new();
    let mut paved: Vec<Polygon<f64>> = Vec::new();
    for street in &near {
        let ribbon = Ribbon::new(&street.line, street.half_m, [End::Round(8); 2]);
        lanes.extend(ribbon.triangles().filter(touches).filter_map(counter_clockwise));
        paved.extend(street.paved().into_iter().filter(touches).filter_map(counter_clockwise));
    }
    let together = |pieces: &[Polygon<f64>]| unary_union(pieces).intersection(&felt).simplify(STRAIGHT_M);
    let carriageway = closed(&together(&lanes), CORNER_M);
    let kerb = carriageway.buffer_with_style(round(KERB_M));
    let pavement = if paved.is_empty() { MultiPolygon(Vec::new()) } else { pavement(&together(&paved), &kerb) };

    // Beyond the window the neighbours draw; over the water nothing lies.
    let window = rectangle(&cloth.window);
    let water = scene.shore(key.level).within(&cloth.window.grown(1.0));
    let outline_m = if key.level == scene.grid.finest { OUTLINE_M } else { OUTLINE_M.max(OUTLINE_SHARE * tolerance) };
    let seen = KERB_M >= KERB_SHARE * tolerance;
    for (shape, lift_m, colour) in [
        Some((&pavement, lift::PAVEMENT, palette::PAVEMENT)),
        seen.then_some((&kerb, lift::CASING, palette::CASING)),
        Some((&carriageway, lift::JUNCTION, palette::MINOR_ROAD)),
    ]
    .into_iter()
    .flatten()
    {
        let mut mine = shape.intersection(&window);
        if !water.0.is_empty() {
            mine = mine.difference(&water);
        }
        let triangles: Vec<_> = mine
            .simplify(outline_m)
            .iter()
            .flat_map(triangulated)
            .collect();
        cloth.lay(triangles.into_iter(), lift_m, &|_| colour, 0);
    }
    if cloth.mesh.is_empty() {
        return Drawn::default();
    }
    let (mesh, extent) = cloth.finish();
    Drawn {
        content: TileContent {
            meshes: vec![mesh],
            tables: Vec::new(),
        },
        extent: Some(extent),
        finest: false,
    }
}

/// Pavements and the carriageways between them as one surface, their kerbs and narrow gaps included.
fn pavement(paved: &MultiPolygon<f64>, kerb: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let beside = paved.buffer_with_style(BufferStyle::new(KERB_REACH_M).line_join(LineJoin::Bevel));
    closed(&paved.union(&kerb.intersection(&beside)).simplify(STRAIGHT_M), PAVED_GAP_M)
}

impl Street {
    /// Carriageway and pavements as triangles, where there is a pavement: a road in the open country has none.
    fn paved(&self) -> Vec<[[f64; 2]; 3]> {
        let edge = |i: usize| -> Option<[[f64; 2]; 2]> {
            let (at, across, out) = (
                self.centre.get(i)?,
                across(&self.centre, i)?,
                self.pavements_m.get(i)?,
            );
            Some([
                [
                    at[0] + (self.half_m + out[0]) * across[0],
                    at[1] + (self.half_m + out[0]) * across[1],
                ],
                [
                    at[0] - (self.half_m + out[1]) * across[0],
                    at[1] - (self.half_m + out[1]) * across[1],
                ],
            ])
        };
        let has_pavement = |i: usize| self.pavements_m.get(i).is_some_and(|out| out.iter().any(|width| *width > 0.0));
        (1..self.centre.len())
            .filter(|i| has_pavement(i - 1) || has_pavement(*i))
            .filter_map(|i| Some((edge(i - 1)?, edge(i)?)))
            .flat_map(|([l0, r0], [l1, r1])| [[l0, r0, r1], [l0, r1, l1]])
            .collect()
    }
}

fn counter_clockwise(corners: [[f64; 2]; 3]) -> Option<Polygon<f64>> {
    let [a, b, c] = corners;
    let area2 = super::clip::cross(a, b, c);
    let ring = if area2 > 0.0 {
        vec![a, b, c, a]
    } else {
        vec![a, c, b, a]
    };
    (area2.abs() > DUST_M2).then(|| Polygon::new(LineString::from(ring), Vec::new()))
}

/// The morphological closing: inner corners rounded, narrow gaps filled (Serra 1982).
fn closed(shape: &MultiPolygon<f64>, radius_m: f64) -> MultiPolygon<f64> {
    shape
        .buffer_with_style(round(radius_m))
        .simplify(STRAIGHT_M)
        .buffer_with_style(round(-radius_m))
}

fn round(distance_m: f64) -> BufferStyle<f64> {
    BufferStyle::new(distance_m).line_join(LineJoin::Round(0.4))
}
