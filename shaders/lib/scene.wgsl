#define_import_path jumeau::scene

// What every surface needs to know of the moment: light, haze and the overlay. One buffer for all tiles, written once a frame.
// Mirrors `SceneUniform` in src/viewer/material.rs.
struct Scene {
    // xyz towards the sun, w its strength (0 at night).
    to_sun: vec4<f32>,
    sun_colour: vec4<f32>,
    // Light from the upper and from the lower half of the sphere.
    sky_light: vec4<f32>,
    ground_light: vec4<f32>,
    // Colours of the sky at the zenith and at the horizon; the horizon is also the haze.
    zenith_colour: vec4<f32>,
    haze_colour: vec4<f32>,
    // x distance where haze begins, y where it has taken all, z glow around the sun, w unused.
    haze: vec4<f32>,
    // x theme (0 none, 1 value × scale, 2 year), y index of the first row's value at the step, z values from one row to the next,
    // w hash of the selected feature.
    overlay: vec4<u32>,
    // x value at the foot of the ramp, y at its top, z year shown, w how far the instant is on the way to the next step.
    overlay_range: vec4<f32>,
    // w 1 where the series does not reach the instant, 2 where its values are on their way.
    no_data_colour: vec4<f32>,
    // xz middle of the hole in the ground, w its radius (0 for none), y how much of the ground around it is left to see.
    cut: vec4<f32>,
    // Values beyond x and y are out of bounds (both 0: there are no bounds); z 1 where the sign of a value is the way it runs; w how dark the ground is that lines with a value lie on, 0 by day.
    band: vec4<f32>,
    // x metres from one arrow of a line to the next, y share of that way that the arrows have gone.
    run: vec4<f32>,
    // x direction that the wind comes from, radians clockwise from north; y angle of rotors, radians; z what is missing in batteries, 0 is full.
    // w how many machines follow their own rows.
    machines: vec4<f32>,
    // x share of charging points that are free, as a mean of all stations: 1 where nothing charges or nothing is known.
    charging: vec4<f32>,
    // x metres that a unit of the value raises a feature (0: none is raised), y the most of it, metres; z share of the roofs that could carry modules
    // which are taken to do so, w 1 where the theme is what roofs make.
    raise: vec4<f32>,
    // What modules make at the instant, as a share of their most: x on flat roofs, y facing east, z south, w west; below 0 where it is not known.
    roofs: vec4<f32>,
    // The same for single machines: x hash of the feature, by which they are sorted, yzw as above, f32 bits; z is what is free at charging stations too.
    machine: array<vec4<u32>, 256>,
    // Colours of the scale; w of the first is its exponent, w of the second the number of classes (0: colours run into each other),
    // w of the third the rows of the series.
    ramp: array<vec4<f32>, 8>,
    // Upper ends of the classes but the last.
    breaks: array<vec4<f32>, 2>,
}

@group(#{MATERIAL_BIND_GROUP}) @binding(0) var<uniform> scene: Scene;

// Powers by squaring: in software a `pow` is a logarithm and an exponential for every pixel.

// The sky in a direction, without the sun's disc: zenith to horizon, with a glow around the sun.
fn air(direction: vec3<f32>) -> vec3<f32> {
    // The horizon's haze fills the lower degrees and thins out quickly.
    let down = 1.0 - clamp(direction.y, 0.0, 1.0);
    let down2 = down * down;
    let base = mix(scene.zenith_colour.rgb, scene.haze_colour.rgb, down2 * down2 * down2 * down);
    let towards = max(dot(direction, scene.to_sun.xyz), 0.0);
    let t2 = towards * towards;
    let t8 = t2 * t2 * t2 * t2;
    let t16 = t8 * t8;
    let t64 = t16 * t16 * t16 * t16;
    return base + scene.sun_colour.rgb * (scene.haze.z * t8 * (0.22 + 0.35 * t64 * t16 * t2));
}

// The sky in a direction.
fn sky(direction: vec3<f32>) -> vec3<f32> {
    let disc = smoothstep(0.99985, 0.99995, dot(direction, scene.to_sun.xyz));
    return air(direction) + scene.sun_colour.rgb * (1.2 * scene.haze.z * disc);
}

// Mixes a colour into the haze that lies between it and the eye.
fn in_haze(colour: vec3<f32>, to_point: vec3<f32>) -> vec3<f32> {
    let distance = length(to_point);
    let t = clamp((distance - scene.haze.x) / (scene.haze.y - scene.haze.x), 0.0, 1.0);
    let amount = t * t * (3.0 - 2.0 * t);
    if amount <= 0.0 {
        return colour;
    }
    // The haze has the colour of the horizon behind the point, so that ground and sky meet.
    let behind = air(normalize(vec3(to_point.x, max(to_point.y, 0.0) * 0.5, to_point.z)));
    return mix(colour, behind, amount);
}

fn linear_from_srgb(c: vec3<f32>) -> vec3<f32> {
    // Cubic fit of the sRGB curve, largest error 0.002: cheaper than a power in a vertex shader.
    return c * (c * (c * 0.305306011 + 0.682171111) + 0.012522878);
}
