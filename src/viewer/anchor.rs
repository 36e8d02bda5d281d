//! Where f32 begins: an east-north-up frame near the eye, in f64, from which everything drawn is measured.
//!
//! World axes are Bevy's: x east, y up, z south.

use crate::geodesy::{Ecef, EnuFrame, LonLatH};
use bevy::prelude::*;
use glam::{DMat4, DQuat, DVec3};

/// The eye may travel this far before the anchor follows. At 4 km an f32 resolves a quarter of a millimetre.
const FOLLOW_M: f64 = 4_000.0;

#[derive(Resource)]
pub struct Anchor {
    frame: EnuFrame,
    world_from_ecef: DMat4,
    ecef_from_world: DMat4,
}

impl Anchor {
    pub fn at(origin: LonLatH) -> Self {
        let frame = EnuFrame::at(origin);
        let world_from_enu = DMat4::from_quat(DQuat::from_rotation_x(-std::f64::consts::FRAC_PI_2));
        let world_from_ecef = world_from_enu * frame.enu_from_ecef;
        Self {
            ecef_from_world: frame.ecef_from_enu * world_from_enu.inverse(),
            world_from_ecef,
            frame,
        }
    }

    pub fn origin(&self) -> LonLatH {
        self.frame.origin
    }

    pub fn world_from_ecef(&self) -> DMat4 {
        self.world_from_ecef
    }

    pub fn ecef_from_world(&self) -> DMat4 {
        self.ecef_from_world
    }

    pub fn world(&self, point: LonLatH) -> DVec3 {
        self.world_from_ecef.transform_point3(point.to_ecef().0)
    }

    pub fn lonlat(&self, world: DVec3) -> LonLatH {
        Ecef(self.ecef_from_world.transform_point3(world)).to_lonlath()
    }

    /// Whether a point has gone so far that the anchor should follow.
    pub fn is_far_from(&self, point: LonLatH) -> bool {
        self.world(point).length() > FOLLOW_M
    }

    /// The f32 placement of something known in ECEF.
    pub fn transform(&self, ecef_from_local: DMat4) -> Transform {
        Transform::from_matrix((self.world_from_ecef * ecef_from_local).as_mat4())
    }
}
