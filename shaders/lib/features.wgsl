#define_import_path jumeau::features

#import jumeau::scene::scene

// One texel per feature (with STYLED two: the second is how it looks): x scale as f32 bits, y row of its profile (or NO_DATA), z year (or NO_DATA), w hash of its id.
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var feature_table: texture_2d<u32>;
// Hourly coefficients, profile after profile, each starting on a row of its own.
@group(#{MATERIAL_BIND_GROUP}) @binding(2) var profiles: texture_2d<f32>;

const NO_DATA: u32 = 0xffffffffu;

fn texel(at: u32) -> vec4<u32> {
    let width = textureDimensions(feature_table).x;
    return textureLoad(feature_table, vec2(at % width, at / width), 0);
}

fn feature_record(id: u32) -> vec4<u32> {
#ifdef STYLED
    return texel(2u * id);
#else
    return texel(id);
#endif
}

#ifdef STYLED
// How a feature looks: x its colour as sRGB bytes with opacity, y 1 where it is not shown, z the size of a point as f32 bits, pixels.
fn feature_style(id: u32) -> vec4<u32> {
    return texel(2u * id + 1u);
}

fn is_hidden(style: vec4<u32>) -> bool {
    return style.y != 0u;
}

fn style_colour(style: vec4<u32>) -> vec4<f32> {
    return unpack4x8unorm(style.x);
}
#endif

// The value of a feature at the instant, or a negative number where there is none.
fn value_now(record: vec4<u32>) -> f32 {
    if scene.overlay.x == 2u {
        if record.z == NO_DATA {
            return -1.0;
        }
        return f32(record.z);
    }
    let scale = bitcast<f32>(record.x);
    // The colour's w says that the series does not reach this instant.
    if record.y == NO_DATA || scale < 0.0 || scene.no_data_colour.w > 0.5 {
        return -1.0;
    }
    let step = scene.overlay.y;
    let width = scene.overlay.z;
    let row = record.y * u32(scene.overlay_range.w) + step / width;
    let coefficient = textureLoad(profiles, vec2(step % width, row), 0).x;
    // The series marks a missing hour with a negative coefficient.
    if coefficient < 0.0 {
        return -1.0;
    }
    return scale * coefficient;
}

// Whether the feature does not exist yet in the year shown.
fn not_yet(record: vec4<u32>) -> bool {
    return scene.overlay.x == 2u && record.z != NO_DATA && f32(record.z) > scene.overlay_range.z;
}

fn ramp(value: f32) -> vec3<f32> {
    let share = clamp((value - scene.overlay_range.x) / (scene.overlay_range.y - scene.overlay_range.x), 0.0, 1.0);
    // The first colour's w is the exponent of the scale.
    let t = pow(share, scene.ramp[0].w) * 7.0;
    let i = u32(floor(t));
    return mix(scene.ramp[i].rgb, scene.ramp[min(i + 1u, 7u)].rgb, fract(t));
}
