// Every surface of the territory: one sun, one shadow lookup, one overlay lookup (per vertex), haze.

#import bevy_pbr::{
    mesh_functions::{get_world_from_local, get_tag},
    mesh_view_bindings::view,
    view_transformations::position_world_to_clip,
}
#import jumeau::shadow::sun_reaches
#import jumeau::scene::{scene, sky, in_haze, linear_from_srgb}
// SAMPLED is PICTURE (laid on the ground, the bare ground shows where it ends) or TEXTURED (a model's own surface); TABLE is FEATURES or STYLED.
#ifdef SAMPLED
@group(#{MATERIAL_BIND_GROUP}) @binding(3) var picture: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(4) var picture_sampler: sampler;
#endif
#ifdef TABLE
#import jumeau::features::{packed_record, unpacked, value_now, is_value, is_meant, is_away, is_under_works, raised, ungrown, ramp, is_equipped, plane_share}
#endif
#ifdef STYLED
#import jumeau::features::{feature_style, is_hidden, style_colour}
#endif

struct Vertex {
    @builtin(instance_index) instance_index: u32,
    @location(0) position: vec3<f32>,
    @location(1) normal: vec4<f32>,
    @location(2) colour: vec4<f32>,
    @location(3) row: u32,
#ifdef SAMPLED
    // Share of the picture from its north-west (upper left) corner.
    @location(4) place: vec2<f32>,
#endif
#ifdef STROKED
    // Where it is on the line or the object: see src/formats/gltf/mod.rs.
    @location(5) stroke: vec4<f32>,
#endif
}

struct Varying {
    @builtin(position) clip: vec4<f32>,
    // xyz in world space, w depth along the view.
    @location(0) world: vec4<f32>,
    @location(1) normal: vec3<f32>,
    // Light that is never in shadow, and light that may be.
    @location(2) ambient: vec3<f32>,
    @location(3) direct: vec3<f32>,
    // x 1 where there is no data, below 0 where a roof shines (see `shining`); y opacity during a fade.
    @location(4) @interpolate(flat) marks: vec2<f32>,
#ifdef OPACITY
    @location(5) opacity: f32,
#endif
#ifdef SAMPLED
    // With a picture, `ambient` and `direct` are light alone, and this is the colour of the bare ground.
    @location(6) bare: vec3<f32>,
    @location(7) place: vec2<f32>,
#endif
#ifdef POINTS
    // Place on the disc of a point, its edge at 1.
    @location(8) disc: vec2<f32>,
#endif
#ifdef STROKED
    // x metres along, y place across (1 at the edge; from 2 on it is no ribbon).
    @location(9) stroke: vec2<f32>,
    // x which way it runs: 1, -1, or 0; y 1 where it has a value, 2 where that is out of bounds, 3 where it is being built; z metres of a pixel.
    @location(10) @interpolate(flat) course: vec3<f32>,
#endif
}

#ifdef STROKED
// Pixels that a line, a wire and an object are wide at least, from the middle: calm, with a value, out of bounds.
const LINE_PX: vec3<f32> = vec3(0.8, 2.2, 3.6);
const WIRE_PX: vec3<f32> = vec3(0.45, 1.4, 2.6);
// What is more at night where there is a value.
const NIGHT_PX: f32 = 1.2;
const OBJECT_PX: vec3<f32> = vec3(0.0, 3.5, 6.0);
// Widest growth: what stands alone in a far tile must not cover a town.
const MOST_GROWTH: f32 = 40.0;
// How much nearer to the eye a line with a value is drawn than it is: it lies on streets that bend.
const NEARER: f32 = 0.004;

fn level(pixels: vec3<f32>, marks: vec2<f32>) -> f32 {
    return select(select(pixels.x, pixels.y, marks.x > 0.5), pixels.z, marks.y > 0.5);
}

// How far a vertex moves so that what it draws can be seen; `marks` say whether there is a value, and whether it is out of bounds.
fn grown(stroke: vec4<f32>, pixel: f32, marks: vec2<f32>) -> vec3<f32> {
    if stroke.w > 3.5 {
        return vec3(0.0);
    }
    if stroke.w > 2.5 {
        let size = max(1.0, length(stroke.yz));
        return vec3(stroke.y, stroke.x, stroke.z) * (clamp(level(OBJECT_PX, marks) * pixel / size, 1.0, MOST_GROWTH) - 1.0);
    }
    if stroke.w > 1.5 {
        // Sideways alone: its faces share no corner's normal, and would part.
        let radius = max(length(stroke.yz), 0.01);
        return vec3(stroke.y, 0.0, stroke.z) * (clamp(level(WIRE_PX, marks) * pixel / radius, 1.0, MOST_GROWTH) - 1.0);
    }
    let across = abs(stroke.w);
    if across < 0.05 {
        return vec3(0.0);
    }
    let half = length(stroke.yz) / across;
    // At night a line is a little wider: its edge is its own glow.
    let seen_px = level(LINE_PX, marks) + select(0.0, NIGHT_PX * scene.band.w, marks.x > 0.5);
    let wanted = max(seen_px * pixel, select(half, 1.6 * half, marks.y > 0.5));
    return vec3(stroke.y, 0.0, stroke.z) * (clamp(wanted / max(half, 0.01), 1.0, MOST_GROWTH) - 1.0);
}
#endif

#ifdef STROKED
// What a machine follows: its own rows, else the mean of all.
fn machine_of(hash: u32, place: f32) -> vec3<f32> {
    var low = 0u;
    var high = min(u32(scene.machines.w), 256u);
    while low < high {
        let middle = (low + high) / 2u;
        let known = scene.machine[middle].x;
        if known == hash {
            return bitcast<vec3<f32>>(scene.machine[middle].yzw);
        }
        if known < hash {
            low = middle + 1u;
        } else {
            high = middle;
        }
    }
    return without_own(place);
}

fn without_own(place: f32) -> vec3<f32> {
    return vec3(scene.machines.xy, select(scene.machines.z, scene.charging.x, place > 6.5));
}

// Turned about an upright axis, clockwise from above.
fn turned(at: vec2<f32>, facing: f32) -> vec2<f32> {
    let c = cos(facing);
    let s = sin(facing);
    return vec2(at.x * c - at.y * s, at.x * s + at.y * c);
}

// How far what is not there sinks below its foot, metres: under the bay.
const GONE_M: f32 = 0.4;

// How far a vertex of a machine is from where it was built: it faces the wind, spins, sinks with what is left in it, or is not there.
fn moved(stroke: vec4<f32>, machine: vec3<f32>) -> vec3<f32> {
    if stroke.w < 3.5 || stroke.w > 7.5 {
        return vec3(0.0);
    }
    if stroke.w > 6.5 {
        // Shares are kept to a thousandth.
        return vec3(0.0, select(-stroke.x - GONE_M, 0.0, 1.0 - machine.z > stroke.y + 0.001), 0.0);
    }
    if stroke.w > 5.5 {
        return vec3(0.0, -stroke.x * machine.z, 0.0);
    }
    var at = vec3(stroke.y, stroke.x, stroke.z);
    if stroke.w > 4.5 {
        let c = cos(machine.y);
        let s = sin(machine.y);
        at = vec3(at.x * c - at.y * s, at.x * s + at.y * c, at.z);
    }
    let facing = turned(at.xz, machine.x);
    return vec3(facing.x, at.y, facing.y) - vec3(stroke.y, stroke.x, stroke.z);
}

// Its normal, turned in the same way.
fn moved_normal(stroke: vec4<f32>, normal: vec3<f32>, machine: vec3<f32>) -> vec3<f32> {
    if stroke.w < 3.5 || stroke.w > 5.5 {
        return normal;
    }
    var at = normal;
    if stroke.w > 4.5 {
        let c = cos(machine.y);
        let s = sin(machine.y);
        at = vec3(at.x * c - at.y * s, at.x * s + at.y * c, at.z);
    }
    let facing = turned(at.xz, machine.x);
    return vec3(facing.x, at.y, facing.y);
}
#endif

#ifdef SHINES
// Colour of a module, and how wide and long it is, metres.
const MODULE: vec3<f32> = vec3(0.020, 0.034, 0.085);
const MODULE_M: vec2<f32> = vec2(1.13, 1.75);

// A roof that makes power: `marks.x` is minus its share of the most, and two less where modules are to be seen. They glow with what they make and
// glint where they mirror the sun, each a little differently; at night they are dark.
fn shining(colour: vec3<f32>, in: Varying, lit: f32) -> vec3<f32> {
    let has_modules = in.marks.x < -1.5;
    let share = -in.marks.x - select(0.0, 2.0, has_modules);
    let normal = normalize(in.normal);
    let to_eye = view.world_position - in.world.xyz;
    let distance = length(to_eye);
    let eye = to_eye / max(distance, 0.001);
    // Rows go along the eaves.
    let across = vec3(normal.z, 0.0, -normal.x);
    let along = select(vec3(1.0, 0.0, 0.0), across / max(length(across), 1e-6), length(across) > 0.02);
    let upward = cross(along, normal);
    let place = vec2(dot(in.world.xyz, along), dot(in.world.xyz, upward)) / MODULE_M;
    // Modules that a pixel covers. From the distance, not from derivatives: not every pixel comes here.
    let soft = 2.0 * distance / (view.clip_from_view[1][1] * view.viewport.w * max(dot(eye, normal), 0.15)) / MODULE_M.x;
    let is_near = 1.0 - smoothstep(0.12, 0.45, soft);
    let cell = floor(place);
    let inside = abs(place - cell - 0.5);
    let edge = smoothstep(0.46 - soft, 0.47 + soft, max(inside.x, inside.y)) * is_near;
    let chance = fract(sin(dot(cell, vec2(12.9898, 78.233))) * 43758.5453) - 0.5;
    let tilted = normalize(normal + 0.03 * is_near * chance * vec3(1.0, 0.0, -1.0));
    let mirrored = max(dot(tilted, normalize(eye + scene.to_sun.xyz)), 0.0);
    // Powers 18 and 220 by squaring, as in the haze.
    let m2 = mirrored * mirrored;
    let m4 = m2 * m2;
    let m16 = m4 * m4 * m4 * m4;
    let m64 = m16 * m16 * m16 * m16;
    let glint = lit * (0.9 * m64 * m64 * m64 * m16 * m4 * m4 * m4 + 0.16 * m16 * m2);
    var seen = colour;
    if has_modules {
        seen = mix(seen + share * vec3(0.020, 0.075, 0.185), 2.4 * seen + vec3(0.02), 0.7 * edge);
    }
    return seen + share * glint * vec3(1.0, 0.92, 0.74);
}
#endif

#ifdef POINTS
// A point of a cloud grows no larger than this, pixels.
const MOST_POINT_PX: f32 = 40.0;
#endif

@vertex
fn vertex(in: Vertex) -> Varying {
    var out: Varying;
    let world_from_local = get_world_from_local(in.instance_index);
    // Each is read once: what a compiler does not see to be the same is read for every vertex again.
#ifdef TABLE
    let packed = packed_record(in.row);
    let record = unpacked(packed);
#endif
#ifdef FEATURES
    let meant = is_meant(record);
    let now = value_now(record);
#endif
#ifdef STROKED
    var marked = vec2(0.0);
    var way = 0.0;
    var machine = without_own(in.stroke.w);
#ifdef TABLE
    if in.stroke.w > 3.5 {
        machine = machine_of(record.w, in.stroke.w);
    }
#endif
#ifdef FEATURES
    if scene.overlay.x == 1u && is_value(now) {
        let bounded = scene.band.x < scene.band.y;
        marked = vec2(1.0, select(0.0, 1.0, bounded && (now < scene.band.x || now > scene.band.y)));
        way = select(0.0, sign(now), scene.band.z > 0.5);
    }
    // With the years, what has some is as wide as what has a value, and works are striped: 2 and more marks them.
    if scene.overlay.x == 2u && meant && (is_under_works(record) || is_value(now)) {
        marked = vec2(1.0, select(0.0, 2.0, is_under_works(record)));
    }
#endif
    let still = world_from_local * vec4(in.position, 1.0);
    // Metres that a pixel of the picture is wide there.
    let pixel = 2.0 * position_world_to_clip(still.xyz).w / (view.clip_from_view[1][1] * view.viewport.w);
    let world = world_from_local * vec4(in.position + moved(in.stroke, machine) + grown(in.stroke, max(pixel, 0.0), vec2(marked.x, select(marked.y, 0.0, marked.y > 1.5))), 1.0);
    out.stroke = vec2(in.stroke.x, in.stroke.w);
    out.course = vec3(way, marked.x + marked.y, pixel);
#else
    var world = world_from_local * vec4(in.position, 1.0);
#ifdef FEATURES
#ifndef POINTS
    // Values stand upright over the place: the world's second axis is up.
    world.y += raised(now, in.normal.w) - ungrown(record, in.normal.w);
#endif
#endif
#endif
    // Tiles are placed by rotation and translation alone, so normals turn like positions.
#ifdef STROKED
    let normal = normalize((world_from_local * vec4(moved_normal(in.stroke, in.normal.xyz, machine), 0.0)).xyz);
#else
    let normal = normalize((world_from_local * vec4(in.normal.xyz, 0.0)).xyz);
#endif
    out.clip = position_world_to_clip(world.xyz);
#ifdef STROKED
    // Depth falls with the distance.
    out.clip.z *= 1.0 + NEARER * (0.25 + marked.x + marked.y);
#endif
    let view_z = dot(vec4(view.view_from_world[0].z, view.view_from_world[1].z, view.view_from_world[2].z, view.view_from_world[3].z), world);
    out.world = vec4(world.xyz, view_z);
    out.normal = normal;

    var albedo = linear_from_srgb(in.colour.rgb);
    var no_data = 0.0;
    var lift = 0.0;
#ifdef OPACITY
    var opacity = in.colour.a;
#endif
#ifdef STYLED
    let style = feature_style(in.row);
    let tint = style_colour(style);
    albedo *= linear_from_srgb(tint.rgb);
#ifdef OPACITY
    opacity *= tint.a;
#endif
    if is_hidden(style) {
        // Behind the eye: the triangle is clipped away.
        out.clip = vec4(0.0, 0.0, 2.0, 1.0);
    }
#endif
#ifdef POINTS
    // A triangle around the disc: one corner above, one at each side below, all at twice the radius. The normal's w counts them.
    let corner = array(vec2(0.0, 2.0), vec2(-1.7320508, -1.0), vec2(1.7320508, -1.0))[i32(round(in.normal.w)) + 1];
    out.disc = corner;
    // As wide as it says in pixels, and where it is near at least as wide as it is in metres, up to a bound.
    let near = bitcast<f32>(style.w) * 0.5 * view.clip_from_view[1][1] * view.viewport.w / max(out.clip.w, 0.001);
    let wide = max(bitcast<f32>(style.z), min(near, MOST_POINT_PX));
    out.clip = vec4(out.clip.xy + corner * wide / view.viewport.zw * out.clip.w, out.clip.zw);
#endif
#ifdef FEATURES
    if meant {
        let grey = dot(albedo, vec3(0.2126, 0.7152, 0.0722));
        if !is_value(now) {
            // Values on their way are no gap in the data: grey without the hatch.
            no_data = select(1.0, 0.0, scene.no_data_colour.w > 1.5);
            albedo = scene.no_data_colour.rgb * (0.6 + 0.6 * grey);
        } else {
            // Where the sign is the way, the amount counts.
            let value = select(now, abs(now), scene.band.z > 0.5);
            // The shading of the map (dark wall bases, lighter roofs) stays under the colour.
#ifdef STROKED
            albedo = ramp(value);
#else
            albedo = ramp(value) * (0.55 + 0.75 * grey);
#endif
#ifdef OPACITY
            // A surface laid over the ground like a breath of colour has to be found again in the legend.
            opacity = max(opacity, 0.6);
#endif
        }
    }
    if meant && scene.overlay.x == 2u && is_under_works(record) {
        // Works have a colour that no scale of years has, whatever the year they end in: magenta.
        albedo = vec3(0.72, 0.03, 0.34) * (0.55 + 0.75 * dot(albedo, vec3(0.2126, 0.7152, 0.0722)));
    }
    if is_away(record) {
        // Behind the eye: the triangle is clipped away.
        out.clip = vec4(0.0, 0.0, 2.0, 1.0);
    }
#endif
#ifdef SHINES
    var shine = 0.0;
    if in.normal.w > 0.0 && normal.y > 0.3 && no_data < 0.5 {
        if meant && scene.raise.w > 0.5 {
            shine = -clamp(now / max(scene.overlay_range.y, 1e-6), 0.0, 1.0);
        } else if is_equipped(packed) && !is_under_works(record) {
            let share = plane_share(normal);
            if share >= 0.0 {
                // Colours of a theme stay; without one the modules themselves are seen.
                shine = select(-2.0 - share, -share, meant);
                albedo = select(MODULE, albedo, meant);
            }
        }
    }
#endif
#ifdef TABLE
    if scene.overlay.w != 0u && record.w == scene.overlay.w {
        albedo = mix(albedo, vec3(1.0, 0.55, 0.05), 0.65);
        lift = 0.15;
    }
#endif
    let up = 0.5 + 0.5 * normal.y;
    var around = mix(scene.ground_light.rgb, scene.sky_light.rgb, up) + vec3(lift);
#ifdef FEATURES
    if meant {
        // Data stay readable at night: a colour of the scale must be found again in the legend.
        around = max(around, vec3(0.42 + 0.22 * up));
    }
#endif
#ifdef STROKED
    // What carries a value glows: its colour is the legend's by day and by night. Objects keep their shape.
    let glows = marked.x > 0.5 && in.stroke.w < 2.5;
    if glows {
        around = vec3(1.0);
    } else if marked.x > 0.5 {
        around = max(around, vec3(0.55 + 0.4 * up));
    }
#endif
#ifdef SAMPLED
    out.bare = albedo;
    out.place = in.place;
    albedo = vec3(1.0);
#endif
    out.ambient = albedo * around;
    let incidence = max(dot(normal, scene.to_sun.xyz), 0.0);
    out.direct = albedo * scene.sun_colour.rgb * incidence * scene.to_sun.w;
#ifdef STROKED
    if glows {
        out.direct = vec3(0.0);
    }
#endif
#ifdef UNLIT
    out.ambient = albedo * (1.0 + lift);
    out.direct = vec3(0.0);
#endif
#ifdef OPACITY
    out.opacity = opacity;
#endif
    out.marks = vec2(no_data, f32(get_tag(in.instance_index)) / 255.0);
#ifdef SHINES
    if shine < 0.0 {
        out.marks.x = shine;
    }
#endif
    return out;
}

#ifdef STROKED
// Casing, arrows of the way that power runs, and the black and white of what is out of bounds.
fn stroked(colour: vec3<f32>, in: Varying, change: f32) -> vec3<f32> {
    var seen = colour;
    let across = abs(in.stroke.y);
    // What turns or fills is no place for bands: they would turn with it.
    if in.stroke.y > 3.5 {
        return seen;
    }
    let is_object = in.stroke.y > 2.5;
    let is_ribbon = across < 1.5;
    let is_built = in.course.y > 2.5;
    if is_built && !is_object {
        // Works: dashes as long as the picture can show, whatever the eye's distance.
        let dash = max(6.0, 22.0 * in.course.z);
        seen = mix(seen, vec3(0.97), step(0.55, fract(in.stroke.x / dash)));
    }
    let is_beyond = in.course.y > 1.5 && !is_built;
    if in.course.x != 0.0 && !is_object {
        // Arrowheads: the middle of the line is ahead of its edges.
        let period = max(scene.run.x, 0.001);
        let ahead = in.course.x * in.stroke.x + select(0.0, 0.22 * period * (1.0 - across), is_ribbon);
        let place = fract(ahead / period - scene.run.y);
        let glow = smoothstep(0.55, 0.96, place) * (1.0 - smoothstep(0.96, 1.0, place));
        seen = mix(seen, vec3(1.0), 0.62 * glow);
    }
    if is_ribbon {
        // The rim is as wide as a pixel at least, else a fifth of the half.
        let soft = max(change, 0.001);
        // A line of few pixels has no room for one.
        var rim = smoothstep(0.80 - soft, 0.80, across) * (1.0 - smoothstep(0.35, 0.7, soft));
        // Around a value the rim is pale, so that the darkest colour of the scale stands out from the road; at night it is a glow of the line's own colour.
        var casing = select(seen * 0.38, vec3(0.8), in.course.y > 0.5);
        if in.course.y > 0.5 && scene.band.w > 0.0 {
            rim = mix(rim, smoothstep(0.45, 1.0, across), scene.band.w);
            casing = mix(casing, 0.30 * seen, scene.band.w);
        }
        if is_beyond {
            let stripe = fract(in.stroke.x / max(0.25 * scene.run.x, 0.001));
            casing = select(vec3(0.01), vec3(0.95), stripe > 0.5);
        }
        let width = select(rim, smoothstep(0.5 - soft, 0.5, across), is_beyond);
        seen = mix(seen, casing, width);
    } else if is_beyond {
        let third = 3.0 * fract(in.stroke.x / max(select(0.25 * scene.run.x, 1.2, is_object), 0.001));
        seen = select(select(seen, vec3(0.95), third < 2.0), vec3(0.01), third < 1.0);
    }
    return seen;
}
#endif

@fragment
fn fragment(in: Varying) -> @location(0) vec4<f32> {
#ifdef SAMPLED
    let photo = textureSample(picture, picture_sampler, in.place);
#endif
#ifdef FADING
    // Screen-door fade: every pixel is either there or not, so nothing needs sorting.
    let noise = fract(52.9829189 * fract(dot(floor(in.clip.xy), vec2(0.06711056, 0.00583715))));
    if noise >= in.marks.y {
        discard;
    }
#endif
#ifdef OPACITY
    var opacity = in.opacity;
#ifdef TEXTURED
    opacity *= photo.a;
#endif
#else ifdef GLASS
    var opacity = 1.0;
#endif
#ifdef GLASS
    // Around what is looked at the ground is away.
    opacity *= scene.cut.y * smoothstep(0.85, 1.0, distance(in.world.xz, scene.cut.xz) / scene.cut.w);
#endif
#ifdef CUTOFF
    if opacity < f32(#{CUTOFF}) / 255.0 {
        discard;
    }
#endif
#ifdef POINTS
    if dot(in.disc, in.disc) > 1.0 {
        discard;
    }
#endif
    var lit = 0.0;
    if dot(in.direct, vec3(1.0)) > 0.0005 {
        lit = sun_reaches(in.world.xyz, in.normal, -in.world.w, in.clip.xy);
    }
    var colour = in.ambient + in.direct * lit;
#ifdef STROKED
    colour = stroked(colour, in, fwidth(in.stroke.y));
#else ifdef SHINES
    if in.marks.x < 0.0 {
        colour = shining(colour, in, lit);
    }
#endif
#ifdef PICTURE
    colour *= mix(in.bare, photo.rgb, photo.a);
#endif
#ifdef TEXTURED
    colour *= in.bare * photo.rgb;
#endif
    let to_point = in.world.xyz - view.world_position;
#ifdef WATER
    let along = normalize(to_point);
    let mirrored = sky(vec3(along.x, abs(along.y), along.z));
    let fresnel = 0.02 + 0.75 * pow(1.0 - abs(along.y), 5.0);
    colour = mix(colour, mirrored, fresnel);
#endif
#ifdef FEATURES
    if in.marks.x > 0.5 {
        // "No data" is a light hatch, never a colour of the scale.
        let stripe = fract((in.clip.x + in.clip.y) / 9.0);
        colour = mix(colour, colour * 0.72, step(0.5, stripe));
    }
#endif
#ifdef BLENDED
    return vec4(in_haze(colour, to_point), opacity);
#else
    return vec4(in_haze(colour, to_point), 1.0);
#endif
}
