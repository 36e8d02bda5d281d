// The shadow pass of a tile: position alone, but a building that does not exist yet casts nothing.

#import bevy_pbr::{
    mesh_functions::get_world_from_local,
    prepass_io::VertexOutput,
    view_transformations::position_world_to_clip,
}
#ifdef FEATURES
#import jumeau::features::{feature_record, value_now, is_away, raised, ungrown}
#endif
#ifdef STYLED
#import jumeau::features::{feature_style, is_hidden}
#endif

struct Vertex {
    @builtin(instance_index) instance_index: u32,
    @location(0) position: vec3<f32>,
    @location(1) normal: vec4<f32>,
    @location(3) row: u32,
}

@vertex
fn vertex(in: Vertex) -> VertexOutput {
    var out: VertexOutput;
    var world = get_world_from_local(in.instance_index) * vec4(in.position, 1.0);
#ifdef FEATURES
    let record = feature_record(in.row);
#ifndef POINTS
    world.y += raised(value_now(record), in.normal.w) - ungrown(record, in.normal.w);
#endif
#endif
    out.world_position = world;
    out.position = position_world_to_clip(world.xyz);
#ifdef UNCLIPPED_DEPTH_ORTHO_EMULATION
    // WebGL2 cannot leave depth unclipped: casters before the near plane are pressed onto it, as the engine's own pass does.
    out.unclipped_depth = out.position.z;
    out.position.z = min(out.position.z, 1.0);
#endif
#ifdef FEATURES
    if is_away(record) {
        out.position = vec4(0.0, 0.0, 2.0, 1.0);
    }
#endif
#ifdef STYLED
    if is_hidden(feature_style(in.row)) {
        out.position = vec4(0.0, 0.0, 2.0, 1.0);
    }
#endif
    return out;
}
