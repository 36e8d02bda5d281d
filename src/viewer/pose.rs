//! The map camera's geometry, pure and in f64: where the eye is, what a pixel looks at, how a gesture moves the target.
//!
//! World axes: x east, y up, z south.

use crate::view::Camera;
use crate::viewer::anchor::Anchor;
use glam::{DMat3, DVec2, DVec3};

use crate::geodesy::LonLatH;

/// Vertical opening angle. 45° is what the eye expects of a map seen in perspective.
pub const FOV_Y: f64 = std::f64::consts::FRAC_PI_4;

/// The eye in world space.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    pub eye: DVec3,
    pub target: DVec3,
    pub right: DVec3,
    pub up: DVec3,
    pub forward: DVec3,
}

impl Pose {
    pub fn of(camera: &Camera, anchor: &Anchor) -> Self {
        let target = anchor.world(lonlat(camera.target));
        let (sin_h, cos_h) = camera.heading_deg.to_radians().sin_cos();
        let (sin_p, cos_p) = camera.pitch_deg.to_radians().sin_cos();
        let forward = DVec3::new(sin_h * cos_p, sin_p, -cos_h * cos_p);
        let right = DVec3::new(cos_h, 0.0, sin_h);
        Self {
            eye: target - forward * camera.distance_m,
            target,
            right,
            up: right.cross(forward),
            forward,
        }
    }

    /// The same eye lifted to `height`, still looking at the target.
    pub fn lifted(mut self, height: f64) -> Self {
        self.eye.y = height;
        let forward = (self.target - self.eye).normalize_or(self.forward);
        let right = forward.cross(DVec3::Y).normalize_or(self.right);
        self.right = right;
        self.forward = forward;
        self.up = right.cross(forward);
        self
    }

    pub fn rotation(&self) -> DMat3 {
        DMat3::from_cols(self.right, self.up, -self.forward)
    }

    /// Unit direction through a point of the picture, given from -1 to 1 (x right, y up).
    pub fn ray(&self, ndc: DVec2, aspect: f64) -> DVec3 {
        let half = (0.5 * FOV_Y).tan();
        (self.forward + self.right * (ndc.x * half * aspect) + self.up * (ndc.y * half)).normalize()
    }

    /// Unit direction through a pointer, given like `size` in pixels from the picture's upper left corner.
    pub fn ray_at(&self, pointer: DVec2, size: DVec2) -> DVec3 {
        let ndc = DVec2::new(2.0 * pointer.x / size.x - 1.0, 1.0 - 2.0 * pointer.y / size.y);
        self.ray(ndc, size.x / size.y)
    }

    /// Where a point of the world is in a picture of so many pixels, from its upper left corner; `None` behind the eye.
    pub fn pixel_of(&self, point: DVec3, size: DVec2) -> Option<DVec2> {
        let to = point - self.eye;
        let depth = to.dot(self.forward);
        let focal = size.y / (2.0 * (0.5 * FOV_Y).tan());
        (depth >= 1.0).then(|| 0.5 * size + focal / depth * DVec2::new(to.dot(self.right), -to.dot(self.up)))
    }

    /// The four sides of what is seen: inward normals and offsets, `n·p + d >= 0` inside.
    pub fn sides(&self, aspect: f64) -> [(DVec3, f64); 5] {
        let half = (0.5 * FOV_Y).tan();
        let side = |normal: DVec3| {
            let normal = normal.normalize();
            (normal, -normal.dot(self.eye))
        };
        [
            side(self.right + self.forward * (half * aspect)),
            side(-self.right + self.forward * (half * aspect)),
            side(self.up + self.forward * half),
            side(-self.up + self.forward * half),
            side(self.forward),
        ]
    }
}

pub fn lonlat([lon_deg, lat_deg, height_m]: [f64; 3]) -> LonLatH {
    LonLatH { lon_deg, lat_deg, height_m }
}

/// Where a ray meets the horizontal plane at `height`; `None` towards the sky or absurdly far.
pub fn on_plane(eye: DVec3, ray: DVec3, height: f64, farthest_m: f64) -> Option<DVec3> {
    let t = (height - eye.y) / ray.y;
    (t.is_finite() && t > 0.0 && t < farthest_m).then(|| eye + ray * t)
}

/// The camera after the grabbed point of the ground has followed the pointer to `now`.
pub fn dragged(camera: &Camera, anchor: &Anchor, grabbed: DVec3, now: DVec3) -> Camera {
    let target = anchor.world(lonlat(camera.target)) + (grabbed - now) * DVec3::new(1.0, 0.0, 1.0);
    with_target(camera, anchor, target)
}

/// The camera after coming nearer (`factor` below 1) towards a point, which stays where it is in the picture.
pub fn zoomed(camera: &Camera, anchor: &Anchor, point: DVec3, factor: f64) -> Camera {
    let target = anchor.world(lonlat(camera.target));
    let moved = point + (target - point) * factor;
    let mut zoomed = with_target(camera, anchor, DVec3::new(moved.x, target.y, moved.z));
    zoomed.distance_m = camera.distance_m * factor;
    zoomed
}

/// The camera with its target at a world point; the height of the target above the ellipsoid is kept.
pub fn with_target(camera: &Camera, anchor: &Anchor, target: DVec3) -> Camera {
    let place = anchor.lonlat(target);
    Camera {
        target: [place.lon_deg, place.lat_deg, camera.target[2]],
        ..*camera
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup() -> (Camera, Anchor) {
        let camera = Camera {
            target: [-1.553, 47.215, 60.0],
            distance_m: 800.0,
            heading_deg: 30.0,
            pitch_deg: -35.0,
        };
        (camera, Anchor::at(lonlat(camera.target)))
    }

    #[test]
    fn a_dragged_point_stays_under_the_pointer() {
        let (camera, anchor) = setup();
        let pose = Pose::of(&camera, &anchor);
        let grabbed = on_plane(pose.eye, pose.ray(DVec2::new(0.3, -0.2), 1.6), 0.0, 1e5).unwrap();
        let pointer = DVec2::new(-0.4, -0.5);
        let now = on_plane(pose.eye, pose.ray(pointer, 1.6), 0.0, 1e5).unwrap();
        let after = Pose::of(&dragged(&camera, &anchor, grabbed, now), &anchor);
        let seen = on_plane(after.eye, after.ray(pointer, 1.6), 0.0, 1e5).unwrap();
        assert!((seen - grabbed).length() < 0.05, "{seen} {grabbed}");
    }

    #[test]
    fn zooming_keeps_the_point_in_its_pixel() {
        let (camera, anchor) = setup();
        let pose = Pose::of(&camera, &anchor);
        let pixel = DVec2::new(0.5, -0.3);
        let point = on_plane(pose.eye, pose.ray(pixel, 1.6), 0.0, 1e5).unwrap();
        let after = Pose::of(&zoomed(&camera, &anchor, point, 0.5), &anchor);
        let seen = on_plane(after.eye, after.ray(pixel, 1.6), 0.0, 1e5).unwrap();
        assert!((seen - point).length() < 0.05, "{seen} {point}");
    }

    #[test]
    fn heading_is_clockwise_from_north_and_down_is_negative() {
        let (mut camera, anchor) = setup();
        camera.heading_deg = 90.0;
        camera.pitch_deg = 0.0;
        let pose = Pose::of(&camera, &anchor);
        assert!((pose.forward - DVec3::X).length() < 1e-9);
        camera.pitch_deg = -90.0;
        assert!((Pose::of(&camera, &anchor).forward + DVec3::Y).length() < 1e-9);
    }
}
