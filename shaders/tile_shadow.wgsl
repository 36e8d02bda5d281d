// The shadow pass of a tile: position alone, but a building that does not exist yet casts nothing.

#import bevy_pbr::{
    mesh_functions::get_world_from_local,
    view_transformations::position_world_to_clip,
}
#ifdef FEATURES
#import jumeau::features::{feature_record, not_yet}
#endif

struct Vertex {
    @builtin(instance_index) instance_index: u32,
    @location(0) position: vec3<f32>,
    @location(3) row: u32,
}

struct Varying {
    @builtin(position) clip: vec4<f32>,
}

@vertex
fn vertex(in: Vertex) -> Varying {
    var out: Varying;
    let world = get_world_from_local(in.instance_index) * vec4(in.position, 1.0);
    out.clip = position_world_to_clip(world.xyz);
#ifdef FEATURES
    if not_yet(feature_record(in.row)) {
        out.clip = vec4(0.0, 0.0, 2.0, 1.0);
    }
#endif
    return out;
}
