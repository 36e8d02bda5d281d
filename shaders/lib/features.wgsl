#define_import_path jumeau::features

#import jumeau::scene::scene

// One texel per feature (with STYLED two: the second is how it looks): x scale as f32 bits, y row of its values (or NO_DATA, or NOT_MEANT), z its years (or NO_DATA, or NOT_MEANT), w hash of its id.
@group(#{MATERIAL_BIND_GROUP}) @binding(1) var feature_table: texture_2d<u32>;
// Values of the series that is shown, four to a texel: row after row, from one step of the page to its last.
@group(#{MATERIAL_BIND_GROUP}) @binding(2) var profiles: texture_2d<f32>;

const NO_DATA: u32 = 0xffffffffu;
// The theme is about features of another kind: these keep the colours of the map.
const NOT_MEANT: u32 = 0xfffffffeu;
// As a row of values: the scale is the value itself. As a year: a filter leaves the feature out.
const CONSTANT: u32 = 0xfffffffdu;
const FILTERED: u32 = 0xfffffffdu;
// Stands for a value that is absent; all that is below half of it.
const NO_VALUE: f32 = -3.0e38;

// Widths of both textures as powers of two, which a division would be dear without: TABLE_WIDTH and VALUES_WIDTH of src/viewer/textures.rs.
const TABLE_BITS: u32 = 8u;
const VALUES_BITS: u32 = 11u;

// Where something lies in a texture that is 2^bits wide. One that is narrower has no second row.
fn place_of(at: u32, bits: u32) -> vec2<u32> {
    return vec2(at & ((1u << bits) - 1u), at >> bits);
}

fn texel(at: u32) -> vec4<u32> {
    return textureLoad(feature_table, place_of(at, TABLE_BITS), 0);
}

fn is_value(value: f32) -> bool {
    return value > 0.5 * NO_VALUE;
}

// Whether the theme says anything about features of this kind.
fn is_meant(record: vec4<u32>) -> bool {
    if scene.overlay.x == 2u {
        return record.z != NOT_MEANT;
    }
    return scene.overlay.x == 1u && record.y != NOT_MEANT;
}

fn value_at(index: u32) -> f32 {
    let four = textureLoad(profiles, place_of(index >> 2u, VALUES_BITS), 0);
    let place = index & 3u;
    return select(select(four.x, four.y, place == 1u), select(four.z, four.w, place == 3u), place > 1u);
}

fn packed_record(id: u32) -> vec4<u32> {
#ifdef STYLED
    return texel(2u * id);
#else
    return texel(id);
#endif
}

// The two upper bits of the years differ where the roof could carry modules; no year and no mark has them so.
const COULD_CARRY: u32 = 0x40000000u;

fn could_carry(packed: vec4<u32>) -> bool {
    return (packed.z >> 31u) != ((packed.z >> 30u) & 1u);
}

// A record without what it says of modules.
fn unpacked(packed: vec4<u32>) -> vec4<u32> {
    return vec4(packed.xy, select(packed.z, packed.z ^ COULD_CARRY, could_carry(packed)), packed.w);
}

fn feature_record(id: u32) -> vec4<u32> {
    return unpacked(packed_record(id));
}

// Whether the roof is one of those that are taken to carry modules: always the same ones, and with a larger share more of them.
fn is_equipped(packed: vec4<u32>) -> bool {
    return scene.raise.z > 0.0 && could_carry(packed) && f32((packed.w * 2654435761u) >> 8u) < scene.raise.z * 16777216.0;
}

// What modules on a plane make, as a share of their most; below 0 where there are none. The world's axes are east, up and south.
fn plane_share(normal: vec3<f32>) -> f32 {
    if normal.y > 0.985 {
        return scene.roofs.x;
    }
    if normal.z >= abs(normal.x) {
        return scene.roofs.z;
    }
    // What looks away from the sun carries none.
    return select(select(scene.roofs.w, scene.roofs.y, normal.x > 0.0), -1.0, normal.z < -0.1 * abs(normal.x));
}

#ifdef STYLED
// How a feature looks: x its colour as sRGB bytes with opacity, y 1 where it is not shown, z the size of a point as f32 bits, pixels; w the same in metres.
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

// The value of a feature at the instant, or NO_VALUE where there is none or the theme is about others.
fn value_now(record: vec4<u32>) -> f32 {
    if !is_meant(record) {
        return NO_VALUE;
    }
    if scene.overlay.x == 2u {
        if !has_years(record) || serves_from(record) == 0u {
            return NO_VALUE;
        }
        return f32(serves_from(record));
    }
    let scale = bitcast<f32>(record.x);
    if record.y == CONSTANT {
        return scale;
    }
    // The colour's w says that the series does not reach this instant; a row beyond the last one is none.
    if record.y >= u32(scene.ramp[2].w) || !is_value(scale) || scene.no_data_colour.w > 0.5 {
        return NO_VALUE;
    }
    let index = record.y * scene.overlay.z + scene.overlay.y;
    var value = value_at(index);
    if !is_value(value) {
        return NO_VALUE;
    }
    let part = scene.overlay_range.w;
    if part > 0.0 {
        // Only where the series says that it may be interpolated.
        let next = value_at(index + 1u);
        if !is_value(next) {
            return NO_VALUE;
        }
        value = mix(value, next, part);
    }
    return scale * value;
}

// Years, as src/view/life.rs packs them: marks have higher bits.
fn has_years(record: vec4<u32>) -> bool {
    return record.z < 0x40000000u;
}

fn serves_from(record: vec4<u32>) -> u32 {
    return record.z & 0xfffu;
}

fn works_from(record: vec4<u32>) -> u32 {
    return serves_from(record) - min((record.z >> 12u) & 0x3fu, serves_from(record));
}

// Whether the feature is not drawn: a filter leaves it out, or it does not stand in the year shown.
fn is_away(record: vec4<u32>) -> bool {
    if record.z == FILTERED {
        return true;
    }
    if !has_years(record) {
        return false;
    }
    let year = u32(scene.overlay_range.z);
    let gone = record.z >> 18u;
    return year < works_from(record) || (gone != 0u && year >= gone);
}

// Whether it is being built in the year shown.
fn is_under_works(record: vec4<u32>) -> bool {
    return has_years(record) && u32(scene.overlay_range.z) < serves_from(record);
}

// How far a vertex is under its last place: what is being built grows from year to year.
fn ungrown(record: vec4<u32>, rise: f32) -> f32 {
    if !is_under_works(record) {
        return 0.0;
    }
    let first = works_from(record);
    let share = (scene.overlay_range.z - f32(first) + 1.0) / (f32(serves_from(record) - first) + 1.0);
    let code = rise * 127.0;
    return (1.0 - clamp(share, 0.0, 1.0)) * code * code * SQUARE_M;
}

// Metres of a vertex's square, which is its normal's w in 127 parts. As src/stream/rise.rs has it.
const SQUARE_M: f32 = 0.02;

// How far the value of the moment raises a vertex: `rise` is above 0 where a value lifts it; `value` is NO_VALUE where the theme is about others.
fn raised(value: f32, rise: f32) -> f32 {
    if scene.raise.x <= 0.0 || rise <= 0.0 || !is_value(value) {
        return 0.0;
    }
    // Where the sign is the way, the amount counts.
    let amount = select(value, abs(value), scene.band.z > 0.5);
    return clamp(amount * scene.raise.x, 0.0, scene.raise.y);
}

// The colour of a value. Every colour is read at its own place and weighed: an index that each vertex works out is dear in software.
fn ramp(value: f32) -> vec3<f32> {
    let share = clamp((value - scene.overlay_range.x) / (scene.overlay_range.y - scene.overlay_range.x), 0.0, 1.0);
    // The first colour's w is the exponent of the scale.
    let t = pow(share, scene.ramp[0].w) * 7.0;
    // How far each way from one colour to the next is gone: with classes all of it or none.
    let by_class = scene.ramp[1].w > 0.5;
    let first = select(clamp(t - vec4(0.0, 1.0, 2.0, 3.0), vec4(0.0), vec4(1.0)), vec4<f32>(vec4(value) > scene.breaks[0]), by_class);
    let second = select(clamp(t - vec4(4.0, 5.0, 6.0, 7.0), vec4(0.0), vec4(1.0)), vec4<f32>(vec4(value) > scene.breaks[1]), by_class);
    var colour = scene.ramp[0].rgb;
    colour += first.x * (scene.ramp[1].rgb - scene.ramp[0].rgb);
    colour += first.y * (scene.ramp[2].rgb - scene.ramp[1].rgb);
    colour += first.z * (scene.ramp[3].rgb - scene.ramp[2].rgb);
    colour += first.w * (scene.ramp[4].rgb - scene.ramp[3].rgb);
    colour += second.x * (scene.ramp[5].rgb - scene.ramp[4].rgb);
    colour += second.y * (scene.ramp[6].rgb - scene.ramp[5].rgb);
    colour += second.z * (scene.ramp[7].rgb - scene.ramp[6].rgb);
    return colour;
}
