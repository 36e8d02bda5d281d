// The sky: a sphere around the eye, always behind everything.

#import bevy_pbr::mesh_view_bindings::view
#import jumeau::scene::{scene, sky}

// Earth, where the ground lets through what lies under it.
const EARTH: vec3<f32> = vec3(0.060, 0.048, 0.040);

struct Varying {
    @builtin(position) clip: vec4<f32>,
    @location(0) direction: vec3<f32>,
}

@vertex
fn vertex(@location(0) position: vec3<f32>) -> Varying {
    var out: Varying;
    // Rotation only: the sphere travels with the eye.
    let in_view = (view.view_from_world * vec4(position, 0.0)).xyz;
    let clip = view.clip_from_view * vec4(in_view, 1.0);
    // Reverse depth: zero is infinitely far.
    out.clip = vec4(clip.xy, 0.0, clip.w);
    out.direction = position;
    return out;
}

@fragment
fn fragment(in: Varying) -> @location(0) vec4<f32> {
    let direction = normalize(in.direction);
    let under = select(0.0, 1.0 - smoothstep(-0.03, 0.0, direction.y), scene.cut.w > 0.0);
    return vec4(mix(sky(direction), EARTH, under), 1.0);
}
