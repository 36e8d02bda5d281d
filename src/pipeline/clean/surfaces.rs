//! A source's own surfaces: turned the right way, judged, and the footprint and heights that follow from them.

use crate::formats::shape::{FaceRole, Shell};
use crate::region::roof::Surface;
use crate::region::surveyed::{RawFace, SurfaceFault, Surveyed, survey_shell};
use geo::{Area, Coord, LineString, MultiPolygon, Polygon, unary_union};

/// The stated ground faces cover at least this share of what the building covers; otherwise all faces make the footprint.
const GROUND_SHARE: f64 = 0.6;
/// Findings of one building; a broken one has thousands of the same.
const MOST_FAULTS: usize = 20;

/// Rings of polygons as [`crate::region::footprint::repair`] takes them.
pub type Plan = Vec<Vec<Vec<[f64; 2]>>>;

/// What follows from the surfaces of one building.
pub struct Survey {
    pub surveyed: Surveyed,
    pub plan: Plan,
    pub lowest_m: f64,
    /// Altitudes; `None` where no face is a roof.
    pub eave_and_ridge_m: Option<(f64, f64)>,
    pub faults: Vec<SurfaceFault>,
}

/// `None` when no face is usable; the faults then say why.
pub fn survey(shells: &[&Shell], lod: f64) -> Result<Survey, Vec<SurfaceFault>> {
    let mut faults = Vec::new();
    let mut surveyed = Surveyed {
        lod,
        closed: true,
        ..Surveyed::default()
    };
    for shell in shells {
        let raw = shell
            .faces
            .iter()
            .map(|face| RawFace {
                surface: surface_of(face.role),
                rings: face.rings.clone(),
            })
            .collect();
        let (mut faces, closed) = survey_shell(raw, shell.solid, &mut faults);
        surveyed.closed &= closed;
        surveyed.faces.append(&mut faces);
    }
    faults.truncate(MOST_FAULTS);
    let Some(lowest_m) = surveyed.lowest_m() else {
        return Err(faults);
    };
    Ok(Survey {
        plan: plan(&surveyed),
        lowest_m,
        eave_and_ridge_m: surveyed.eave_and_ridge_m(),
        surveyed,
        faults,
    })
}

fn surface_of(role: FaceRole) -> Option<Surface> {
    match role {
        FaceRole::Roof => Some(Surface::Roof),
        FaceRole::Wall | FaceRole::Closure => Some(Surface::Wall),
        FaceRole::Ground => Some(Surface::Floor),
        FaceRole::Unstated => None,
    }
}

/// The ground faces as one plan; the shadow of all faces where they are missing or leave a part out.
fn plan(surveyed: &Surveyed) -> Plan {
    let ground = union(surveyed.plan(Some(Surface::Floor)));
    let all = union(surveyed.plan(None));
    let chosen = if ground.unsigned_area() >= GROUND_SHARE * all.unsigned_area() {
        ground
    } else {
        all
    };
    chosen
        .into_iter()
        .map(|polygon| {
            let (outer, holes) = polygon.into_inner();
            std::iter::once(outer)
                .chain(holes)
                .map(|ring| ring.0.into_iter().map(|c| [c.x, c.y]).collect())
                .collect()
        })
        .collect()
}

fn union(plan: Plan) -> MultiPolygon<f64> {
    let ring = |points: &Vec<[f64; 2]>| -> LineString<f64> {
        let mut ring: Vec<Coord<f64>> =
            points.iter().map(|[x, y]| Coord { x: *x, y: *y }).collect();
        ring.extend(ring.first().copied());
        LineString(ring)
    };
    let polygons: Vec<Polygon<f64>> = plan
        .iter()
        .filter_map(|rings| {
            let (outer, holes) = rings.split_first()?;
            Some(Polygon::new(ring(outer), holes.iter().map(ring).collect()))
        })
        .collect();
    unary_union(&polygons)
}
