//! Where the coordinates of a layer stand on the globe, and where one looks at them from.
//!
//! A tileset on the globe stands where it says. One in a projected system (which only a person can tell) goes through that system vertex by
//! vertex; its volumes, which are only for choosing, go through the tangent plane of the system at the tileset's middle.
//! One in a frame of its own (its middle lies near the Earth's centre, or nowhere near the ground) is stood upright, z up and y north, its
//! middle on the ground in the middle of France: a place with a sun that everybody knows. The alternative, to leave it at the Earth's centre,
//! would show it lying on its side in the dark.

use crate::formats::tiles3d::{BoundingVolume, Tile};
use crate::geodesy::{Crs, Ecef, EnuFrame, Geoid, LonLatH};
use crate::stream::Volume;
use glam::{DMat4, DVec3};
use std::sync::Arc;

/// Where tilesets without a place are stood: longitude and latitude, degrees.
const NOWHERE: [f64; 2] = [2.5, 46.6];
/// What lies deeper or higher is not on the globe, metres.
const LOWEST_M: f64 = -12_000.0;
const HIGHEST_M: f64 = 100_000.0;
/// A larger tileset goes round the globe; it has no middle on the ground.
const WIDEST_M: f64 = 2e6;
/// Tiles looked at for the extent; of larger documents the root is believed.
const MOST_TILES: usize = 20_000;
/// Length over which the tangent of a projection is taken, metres.
const TANGENT_M: f64 = 50.0;

/// How coordinates of a layer become places.
#[derive(Clone, Debug, Default)]
pub enum Stand {
    /// Earth-centred already.
    #[default]
    Globe,
    /// A frame of its own, stood somewhere.
    Upright { ecef_from_root: DMat4 },
    /// East, north and altitude in a projected system.
    Projected(Arc<Projected>),
}

pub struct Projected {
    crs: Crs,
    geoid: Geoid,
    ecef_from_root: DMat4,
    root_from_ecef: DMat4,
}

impl std::fmt::Debug for Projected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Projected").field(&self.crs.code()).finish()
    }
}

/// A stand, and a sphere in ECEF that holds all of it.
#[derive(Debug)]
pub struct Stood {
    pub stand: Stand,
    pub centre: DVec3,
    pub radius_m: f64,
}

impl Stand {
    /// Where a tileset with this root stands; `crs` is the system that a person named. `None` where its volume says nothing.
    pub fn of(root: &Tile, crs: Option<&Crs>) -> Option<Stood> {
        let Extent { centre, radius_m, regional } = Extent::of(root)?;
        if regional {
            return Some(Stood { stand: Self::Globe, centre, radius_m });
        }
        let projected = crs.filter(|crs| !crs.is_geographic() && !crs.is_ecef());
        // Metres of a projection may look like a place on the globe: what a person says counts, where it leads into the system's own area.
        if let Some(placed) = projected.and_then(|crs| Projected::at(crs, centre)) {
            let centre = placed.ecef_from_root.transform_point3(centre);
            return Some(Stood { stand: Self::Projected(Arc::new(placed)), centre, radius_m });
        }
        let height_m = Ecef(centre).to_lonlath().height_m;
        if (LOWEST_M..=HIGHEST_M).contains(&height_m) || radius_m > WIDEST_M && centre.length() < radius_m {
            return Some(Stood { stand: Self::Globe, centre, radius_m });
        }
        let [lon_deg, lat_deg] = NOWHERE;
        let frame = EnuFrame::at(LonLatH { lon_deg, lat_deg, height_m: 0.0 });
        let ecef_from_root = frame.ecef_from_enu * DMat4::from_translation(-centre);
        Some(Stood { stand: Self::Upright { ecef_from_root }, centre: frame.ecef_from_enu.w_axis.truncate(), radius_m })
    }

    /// For the engine: exact, or the tangent of a projection.
    pub fn ecef_from_root(&self) -> DMat4 {
        match self {
            Self::Globe => DMat4::IDENTITY,
            Self::Upright { ecef_from_root } => *ecef_from_root,
            Self::Projected(projected) => projected.ecef_from_root,
        }
    }

    /// The place of a point that the engine's placement would bring to `ecef`.
    pub fn exact(&self, ecef: DVec3) -> DVec3 {
        match self {
            Self::Globe | Self::Upright { .. } => ecef,
            // Beyond where the projection can be undone its tangent has to do.
            Self::Projected(projected) => projected.ecef(projected.root_from_ecef.transform_point3(ecef)).unwrap_or(ecef),
        }
    }

    /// Whether [`Self::exact`] changes anything.
    pub fn bends(&self) -> bool {
        matches!(self, Self::Projected(_))
    }
}

/// A sphere that holds what a tileset draws, as far as its first document tells: a root may claim the whole globe for one house.
struct Extent {
    centre: DVec3,
    radius_m: f64,
    /// Some volume is told in degrees, so all is on the globe.
    regional: bool,
}

impl Extent {
    fn of(root: &Tile) -> Option<Self> {
        let volume = |volume: &BoundingVolume, frame: &DMat4| {
            let (sphere, regional) = match volume {
                BoundingVolume::Region(region) => (Volume::of_region(*region)?, true),
                BoundingVolume::Box(numbers) => (Volume::of_box(*numbers, frame)?, false),
                BoundingVolume::Sphere(numbers) => (Volume::of_sphere(*numbers, frame)?, false),
            };
            let (centre, radius_m) = sphere.bounding_sphere();
            (centre.is_finite() && radius_m.is_finite()).then_some(Self { centre, radius_m, regional })
        };
        let own = |tile: &Tile, parent: DMat4| tile.transform.map_or(parent, |columns| parent * DMat4::from_cols_array(&columns));
        let whole = volume(&root.bounding_volume, &own(root, DMat4::IDENTITY));
        let mut drawn: Option<Self> = None;
        let mut waiting = vec![(root, DMat4::IDENTITY)];
        let mut looked = 0;
        while let Some((tile, parent)) = waiting.pop() {
            looked += 1;
            if looked > MOST_TILES {
                return whole;
            }
            let frame = own(tile, parent);
            if tile.children.is_empty() || tile.all_contents().next().is_some() || tile.implicit_tiling.is_some() {
                if tile.all_contents().next().is_some() || tile.implicit_tiling.is_some() {
                    let other = volume(&tile.bounding_volume, &frame);
                    drawn = match (drawn, other) {
                        (Some(a), Some(b)) => Some(a.with(b)),
                        (a, b) => a.or(b),
                    };
                }
                continue;
            }
            waiting.extend(tile.children.iter().map(|child| (child, frame)));
        }
        let regional = whole.as_ref().is_some_and(|whole| whole.regional);
        drawn.map(|drawn| Self { regional: drawn.regional || regional, ..drawn }).or(whole)
    }

    /// The smallest sphere that holds both.
    fn with(self, other: Self) -> Self {
        let regional = self.regional || other.regional;
        let apart = self.centre.distance(other.centre);
        let (large, small) = if self.radius_m >= other.radius_m { (self, other) } else { (other, self) };
        if apart + small.radius_m <= large.radius_m {
            return Self { regional, ..large };
        }
        let radius_m = 0.5 * (apart + large.radius_m + small.radius_m);
        let centre = large.centre + (small.centre - large.centre) * ((radius_m - large.radius_m) / apart);
        Self { centre, radius_m, regional }
    }
}

impl Projected {
    fn at(crs: &Crs, centre: DVec3) -> Option<Self> {
        let geoid = Geoid::approximate_france();
        let place = crs.to_lonlat(centre.x, centre.y).ok()?;
        let [west, south, east, north] = crs.area_of_use();
        let inside = (west - 1.0..=east + 1.0).contains(&place.lon_deg) && (south - 1.0..=north + 1.0).contains(&place.lat_deg);
        if !inside || !(LOWEST_M..=HIGHEST_M).contains(&centre.z) {
            return None;
        }
        let mut placed = Self { crs: crs.clone(), geoid, ecef_from_root: DMat4::IDENTITY, root_from_ecef: DMat4::IDENTITY };
        let middle = placed.ecef(centre)?;
        let mut columns = [DVec3::ZERO; 3];
        for (column, axis) in columns.iter_mut().zip(DVec3::AXES) {
            let (ahead, behind) = (placed.ecef(centre + axis * TANGENT_M)?, placed.ecef(centre - axis * TANGENT_M)?);
            *column = (ahead - behind) / (2.0 * TANGENT_M);
        }
        let [x, y, z] = columns;
        let linear = glam::DMat3::from_cols(x, y, z);
        placed.ecef_from_root = DMat4::from_mat3_translation(linear, middle - linear * centre);
        placed.root_from_ecef = placed.ecef_from_root.inverse();
        placed.root_from_ecef.is_finite().then_some(placed)
    }

    fn ecef(&self, point: DVec3) -> Option<DVec3> {
        let at = self.crs.to_lonlat(point.x, point.y).ok()?;
        let undulation_m = if self.crs.is_three_d() { 0.0 } else { self.geoid.undulation_m(at) };
        Some(LonLatH::new(at.lon_deg, at.lat_deg, point.z + undulation_m).to_ecef().0).filter(|at| at.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(volume: BoundingVolume) -> Tile {
        Tile::new(volume, 1.0)
    }

    fn cube(centre: [f64; 3], half: f64) -> BoundingVolume {
        let [x, y, z] = centre;
        BoundingVolume::Box([x, y, z, half, 0.0, 0.0, 0.0, half, 0.0, 0.0, 0.0, half])
    }

    #[test]
    fn a_tileset_at_the_centre_of_the_earth_is_stood_upright() {
        let stood = Stand::of(&tile(cube([0.5, 0.5, 0.5], 0.5)), None).unwrap();
        let place = Ecef(stood.centre).to_lonlath();
        assert!((place.lon_deg - 2.5).abs() < 1e-9 && (place.lat_deg - 46.6).abs() < 1e-9 && place.height_m.abs() < 1e-6, "{place:?}");
        let top = stood.stand.ecef_from_root().transform_point3(DVec3::new(0.5, 0.5, 1.5));
        assert!((Ecef(top).to_lonlath().height_m - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_tileset_on_the_globe_stays_where_it_is() {
        let at = LonLatH::new(-1.55, 47.2, 60.0).to_ecef().0;
        let stood = Stand::of(&tile(cube(at.to_array(), 100.0)), None).unwrap();
        assert!(matches!(stood.stand, Stand::Globe));
        assert!((stood.centre - at).length() < 1e-6);
    }

    #[test]
    fn a_root_that_claims_the_globe_is_not_believed() {
        let mut root = tile(BoundingVolume::Region([-3.14, -1.57, 3.14, 1.57, -100.0, 200.0]));
        for (lat_deg, east) in [(47.0, 0.0), (47.0, 100.0)] {
            let frame = EnuFrame::at(LonLatH::new(2.0, lat_deg, 0.0)).ecef_from_enu * DMat4::from_translation(DVec3::X * east);
            let mut child = tile(cube([0.0; 3], 1.0));
            child.transform = Some(frame.to_cols_array());
            child.content = Some(crate::formats::tiles3d::Content::at("cube.glb"));
            root.children.push(child);
        }
        let stood = Stand::of(&root, None).unwrap();
        assert!(matches!(stood.stand, Stand::Globe));
        assert!((stood.radius_m - (50.0 + 3.0_f64.sqrt())).abs() < 1e-6, "{}", stood.radius_m);
    }

    /// Three kilometres from the middle the tangent is off by more than a decimetre; the vertex itself is not.
    #[test]
    fn a_vertex_in_a_projected_system_lands_where_the_projection_says() {
        let crs = Crs::from_epsg(2154).unwrap();
        let middle = DVec3::new(355_000.0, 6_689_000.0, 20.0);
        let stood = Stand::of(&tile(cube(middle.to_array(), 5_000.0)), Some(&crs)).unwrap();
        assert!(stood.stand.bends());
        let point = middle + DVec3::new(3_000.0, -2_000.0, 15.0);
        let roughly = stood.stand.ecef_from_root().transform_point3(point);
        let at = crs.to_lonlat(point.x, point.y).unwrap();
        let height_m = point.z + Geoid::approximate_france().undulation_m(at);
        let exactly = LonLatH::new(at.lon_deg, at.lat_deg, height_m).to_ecef().0;
        assert!((stood.stand.exact(roughly) - exactly).length() < 1e-6);
        assert!((roughly - exactly).length() > 0.1);
    }
}
