//! Where f32 begins: an east-north-up frame near the eye, in f64, from which everything drawn is measured.
//!
//! World axes are Bevy's: x east, y up, z south.

use crate::geodesy::{Ecef, EnuFrame, LonLatH};
use bevy::prelude::*;
use glam::{DMat4, DQuat, DVec3};

/// What is looked at may lie this far off before the anchor follows: within it a surface at arm's length never trembles by a quarter of a pixel.
/// From far above it may be as far as the eye, whose pixels are the coarser.
const FOLLOW_M: f64 = 500.0;

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

    /// Whether a point, looked at from `distance_m`, has gone so far that the anchor should follow.
    pub fn is_far_from(&self, point: LonLatH, distance_m: f64) -> bool {
        self.world(point).length() > FOLLOW_M.max(distance_m)
    }

    /// The f32 placement of something known in ECEF.
    pub fn transform(&self, ecef_from_local: DMat4) -> Transform {
        Transform::from_matrix((self.world_from_ecef * ecef_from_local).as_mat4())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Camera;
    use crate::viewer::pose::{FOV_Y, Pose, lonlat};
    use bevy::camera::CameraProjection;

    /// Where the graphics card puts a point of a tile on a picture of 1920 × 1080, in pixels, step by step as the engine and the shader do.
    fn pixel(anchor: &Anchor, camera: &Camera, ecef_from_tile: DMat4, local: Vec3) -> Vec2 {
        let pose = Pose::of(camera, anchor);
        let eye = Transform::from_translation(pose.eye.as_vec3()).with_rotation(DQuat::from_mat3(&pose.rotation()).as_quat());
        let perspective = PerspectiveProjection { fov: FOV_Y as f32, aspect_ratio: 16.0 / 9.0, near: 0.02, ..default() };
        let clip_from_world = perspective.get_clip_from_view() * eye.to_matrix().inverse();
        let world = anchor.transform(ecef_from_tile).to_matrix() * local.extend(1.0);
        let clip = clip_from_world * world;
        clip.truncate().truncate() / clip.w * Vec2::new(960.0, 540.0)
    }

    #[test]
    fn nothing_trembles_at_arms_length_wherever_the_anchor_lies() {
        let mut seed = 7u64;
        let mut random = |low: f64, high: f64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            low + (high - low) * ((seed >> 33) as f64 / (1u64 << 31) as f64)
        };
        let mut worst: f32 = 0.0;
        for _ in 0..3_000 {
            // An object anywhere in France, a metre in front of the eye, in a tile whose middle is up to 300 m away.
            let object = lonlat([random(-5.0, 9.5), random(41.5, 51.0), random(0.0, 2_000.0)]);
            let camera = Camera {
                target: [object.lon_deg, object.lat_deg, object.height_m],
                distance_m: 1.0,
                heading_deg: random(0.0, 360.0),
                pitch_deg: random(-80.0, -5.0),
            };
            let here = Anchor::at(object);
            let local = DVec3::new(random(-300.0, 300.0), random(-20.0, 20.0), random(-300.0, 300.0)).as_vec3();
            let middle = -local.as_dvec3() + DVec3::new(random(-0.2, 0.2), random(-0.1, 0.1), random(-0.2, 0.2));
            let ecef_from_tile = here.ecef_from_world() * DMat4::from_translation(middle);
            // The anchor as far away as it may be.
            let angle = random(0.0, std::f64::consts::TAU);
            let far = here.lonlat(DVec3::new(angle.cos(), 0.0, angle.sin()) * (FOLLOW_M - 1.0));
            let there = Anchor::at(far);
            assert!(!there.is_far_from(object, 1.0));
            worst = worst.max(pixel(&here, &camera, ecef_from_tile, local).distance(pixel(&there, &camera, ecef_from_tile, local)));
        }
        assert!(worst <= 0.25, "{worst} pixels");
        println!("at most {worst} pixels");
    }

    #[test]
    fn the_anchor_follows_near_the_ground_and_lets_go_far_above() {
        let anchor = Anchor::at(lonlat([-1.55, 47.21, 20.0]));
        let there = anchor.lonlat(DVec3::new(200_000.0, 0.0, 0.0));
        assert!(anchor.is_far_from(there, 1.0) && !anchor.is_far_from(there, 300_000.0));
    }
}
