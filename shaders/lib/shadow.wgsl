#define_import_path jumeau::shadow

#import bevy_pbr::mesh_view_bindings::lights
#import bevy_pbr::shadow_sampling::sample_shadow_map

// Whether the sun, the only light, reaches a place, 0 to 1. The engine's own lookup holds more than a sun of ours ever has (edges that soften with
// the distance of what casts, a blend where there is one map); where branches are not skipped, as in software, each pixel would pay for all of it.

// By one cascade's map; beyond its edges everything is lit.
fn reaches(cascade: u32, place: vec3<f32>, normal: vec3<f32>, pixel: vec2<f32>) -> f32 {
    let sun = &lights.directional_lights[0];
    let map = &(*sun).cascades[cascade];
    let texel = (*map).texel_size;
    // Away from the surface by so much that it does not shade itself.
    let above = place + (*sun).shadow_normal_bias * texel * normal + (*sun).shadow_depth_bias * (*sun).direction_to_light;
    // A parallel projection: nothing to divide by.
    let seen = ((*map).clip_from_world * vec4(above, 1.0)).xyz;
    let shade = sample_shadow_map(seen.xy * vec2(0.5, -0.5) + 0.5, seen.z, i32((*sun).depth_texture_base_index + cascade), pixel, texel);
    let is_inside = all(abs(seen.xy) <= vec2(1.0)) && seen.z >= 0.0 && seen.z <= 1.0;
    return select(1.0, shade, is_inside);
}

// `depth` is the place's along the view, metres.
fn sun_reaches(place: vec3<f32>, normal: vec3<f32>, depth: f32, pixel: vec2<f32>) -> f32 {
    let sun = &lights.directional_lights[0];
    let count = (*sun).num_cascades;
#ifdef NO_ARRAY_TEXTURES_SUPPORT
    // Then there is one cascade at most.
    if count == 0u || depth >= (*sun).cascades[0].far_bound {
        return 1.0;
    }
    return reaches(0u, place, normal, pixel);
#else
    var at = 0u;
    while at < count && depth >= (*sun).cascades[at].far_bound {
        at += 1u;
    }
    if at >= count {
        return 1.0;
    }
    let nearer = reaches(at, place, normal, pixel);
    // Into the next one without a seam.
    let far = (*sun).cascades[at].far_bound;
    let seam = (1.0 - (*sun).cascades_overlap_proportion) * far;
    if at + 1u >= count || depth < seam {
        return nearer;
    }
    return mix(nearer, reaches(at + 1u, place, normal, pixel), (depth - seam) / (far - seam));
#endif
}
