// Every surface of the territory: one sun, one shadow lookup, one overlay lookup (per vertex), haze.

#import bevy_pbr::{
    mesh_functions::{get_world_from_local, get_tag},
    mesh_view_bindings::view,
    shadows::fetch_directional_shadow,
    view_transformations::position_world_to_clip,
}
#import jumeau::scene::{scene, sky, in_haze, linear_from_srgb}
// SAMPLED is PICTURE (laid on the ground, the bare ground shows where it ends) or TEXTURED (a model's own surface); TABLE is FEATURES or STYLED.
#ifdef SAMPLED
@group(#{MATERIAL_BIND_GROUP}) @binding(3) var picture: texture_2d<f32>;
@group(#{MATERIAL_BIND_GROUP}) @binding(4) var picture_sampler: sampler;
#endif
#ifdef TABLE
#import jumeau::features::{feature_record, value_now, is_value, is_meant, not_yet, ramp}
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
}

struct Varying {
    @builtin(position) clip: vec4<f32>,
    // xyz in world space, w depth along the view.
    @location(0) world: vec4<f32>,
    @location(1) normal: vec3<f32>,
    // Light that is never in shadow, and light that may be.
    @location(2) ambient: vec3<f32>,
    @location(3) direct: vec3<f32>,
    // x 1 where there is no data, y opacity during a fade.
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
}

@vertex
fn vertex(in: Vertex) -> Varying {
    var out: Varying;
    let world_from_local = get_world_from_local(in.instance_index);
    let world = world_from_local * vec4(in.position, 1.0);
    // Tiles are placed by rotation and translation alone, so normals turn like positions.
    let normal = normalize((world_from_local * vec4(in.normal.xyz, 0.0)).xyz);
    out.clip = position_world_to_clip(world.xyz);
    let view_z = dot(vec4(view.view_from_world[0].z, view.view_from_world[1].z, view.view_from_world[2].z, view.view_from_world[3].z), world);
    out.world = vec4(world.xyz, view_z);
    out.normal = normal;

    var albedo = linear_from_srgb(in.colour.rgb);
    var no_data = 0.0;
    var lift = 0.0;
#ifdef OPACITY
    var opacity = in.colour.a;
#endif
#ifdef TABLE
    let record = feature_record(in.row);
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
    out.clip = vec4(out.clip.xy + corner * bitcast<f32>(style.z) / view.viewport.zw * out.clip.w, out.clip.zw);
#endif
#ifdef FEATURES
    let meant = is_meant(record);
    if meant {
        let value = value_now(record);
        let grey = dot(albedo, vec3(0.2126, 0.7152, 0.0722));
        if !is_value(value) {
            // Values on their way are no gap in the data: grey without the hatch.
            no_data = select(1.0, 0.0, scene.no_data_colour.w > 1.5);
            albedo = scene.no_data_colour.rgb * (0.6 + 0.6 * grey);
        } else {
            // The shading of the map (dark wall bases, lighter roofs) stays under the colour.
            albedo = ramp(value) * (0.55 + 0.75 * grey);
        }
        if not_yet(record) {
            // Behind the eye: the triangle is clipped away.
            out.clip = vec4(0.0, 0.0, 2.0, 1.0);
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
#ifdef SAMPLED
    out.bare = albedo;
    out.place = in.place;
    albedo = vec3(1.0);
#endif
    out.ambient = albedo * around;
    let incidence = max(dot(normal, scene.to_sun.xyz), 0.0);
    out.direct = albedo * scene.sun_colour.rgb * incidence * scene.to_sun.w;
#ifdef UNLIT
    out.ambient = albedo * (1.0 + lift);
    out.direct = vec3(0.0);
#endif
#ifdef OPACITY
    out.opacity = opacity;
#endif
    out.marks = vec2(no_data, f32(get_tag(in.instance_index)) / 255.0);
    return out;
}

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
        lit = fetch_directional_shadow(0u, vec4(in.world.xyz, 1.0), in.normal, in.world.w, in.clip.xy);
    }
    var colour = in.ambient + in.direct * lit;
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
