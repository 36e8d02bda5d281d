//! Where things stand on what is drawn: the ground or a roof at a place, and the place under a pointer.

use super::anchor::Anchor;
use super::pose::Pose;
use super::resident::{Resident, nearest_hit};
use crate::formats::territory::LayerKind;
use crate::geodesy::LonLatH;
use glam::{DVec2, DVec3};

/// What things stand on.
pub struct Footing<'a> {
    pub anchor: &'a Anchor,
    pub resident: &'a Resident,
    /// Height where no tile is there yet.
    pub usual_m: f64,
}

impl Footing<'_> {
    /// The ground at a place, or the roof over it.
    pub fn on(&self, [lon_deg, lat_deg]: [f64; 2], roofs: bool) -> LonLatH {
        const ABOVE_M: f64 = 5_000.0;
        let point = self.anchor.world(LonLatH::new(lon_deg, lat_deg, self.usual_m));
        let ecef = self.anchor.ecef_from_world();
        let from = DVec3::new(point.x, ABOVE_M, point.z);
        let wanted = |kind| matches!(kind, LayerKind::Terrain | LayerKind::Water) || roofs && matches!(kind, LayerKind::Buildings | LayerKind::Models);
        let hit = nearest_hit(self.resident, ecef.transform_point3(from), ecef.transform_vector3(-DVec3::Y), wanted);
        let y = hit.map_or(point.y, |hit| ABOVE_M - hit.distance);
        let found = self.anchor.lonlat(DVec3::new(point.x, y, point.z));
        LonLatH::new(lon_deg, lat_deg, found.height_m)
    }
}

/// The place of the ground, a roof or water under a pointer in a picture of so many pixels; degrees.
pub fn under(resident: &Resident, anchor: &Anchor, pose: &Pose, pointer: DVec2, size: DVec2) -> Option<[f64; 2]> {
    let ray = pose.ray_at(pointer, size);
    let ecef = anchor.ecef_from_world();
    let wanted = |kind| matches!(kind, LayerKind::Terrain | LayerKind::Water | LayerKind::Buildings | LayerKind::Models);
    let hit = nearest_hit(resident, ecef.transform_point3(pose.eye), ecef.transform_vector3(ray), wanted)?;
    let place = anchor.lonlat(pose.eye + ray * hit.distance);
    Some([place.lon_deg, place.lat_deg])
}
