//! Sun, shadows, sky and haze by date and hour.
//!
//! Reads: [`Scene`] (instant, place), [`DrawnCamera`], [`Anchor`]. Writes: the sun's light, [`SceneUniform`]'s light part, the sky's sphere.

pub mod light;

use super::anchor::Anchor;
use super::quality::Cost;
use super::material::{SceneUniform, SkyMaterial};
use super::vocab::{CameraSystems, DrawnCamera, Scene, ViewerSystems};
use bevy::camera::visibility::NoFrustumCulling;
use bevy::light::{CascadeShadowConfig, CascadeShadowConfigBuilder, DirectionalLightShadowMap, NotShadowCaster, NotShadowReceiver};
use bevy::prelude::*;

/// Below this elevation shadows would be endless and the light too weak to show them.
const LOWEST_SHADOW_DEG: f64 = 0.5;

/// Marks the one sun.
#[derive(Component)]
struct Sun;

pub struct SkyPlugin;

impl Plugin for SkyPlugin {
    fn build(&self, app: &mut App) {
        let size = app.world().get_resource::<Cost>().copied().unwrap_or_default().shadow_texels;
        app.insert_resource(DirectionalLightShadowMap { size })
            .add_systems(Startup, hang_the_sky)
            .add_systems(
                Update,
                (shine, fit_shadows)
                    .in_set(ViewerSystems::Prepare)
                    .after(CameraSystems)
                    .run_if(resource_exists::<Scene>.and_then(resource_exists::<Anchor>)),
            );
    }
}

fn hang_the_sky(
    mut commands: Commands,
    mut meshes: ResMut<Assets<Mesh>>,
    mut materials: ResMut<Assets<SkyMaterial>>,
) {
    commands.spawn((
        Sun,
        DirectionalLight {
            illuminance: 10_000.0,
            shadow_maps_enabled: true,
            shadow_depth_bias: 0.05,
            shadow_normal_bias: 1.2,
            ..default()
        },
        cascades(1_500.0, 1),
        Transform::default(),
    ));
    commands.spawn((
        Mesh3d(meshes.add(Sphere::new(1.0).mesh().ico(3).unwrap_or_else(|_| Sphere::new(1.0).mesh().uv(32, 18)))),
        MeshMaterial3d(materials.add(SkyMaterial {})),
        NoFrustumCulling,
        NotShadowCaster,
        NotShadowReceiver,
    ));
}

fn shine(
    scene: Res<Scene>,
    drawn: Res<DrawnCamera>,
    mut uniform: ResMut<SceneUniform>,
    mut suns: Query<(&mut DirectionalLight, &mut Transform), With<Sun>>,
) {
    let Some(camera) = drawn.camera else { return };
    let [lon, lat, _] = scene.limits.home.target;
    // One sun for the territory: over 100 km its direction changes by less than a degree, and it must not swing while panning.
    let to_sun = crate::energy::sun::sun_direction_enu(scene.state.instant, lat, lon);
    let elevation_deg = to_sun.z.clamp(-1.0, 1.0).asin().to_degrees();
    let light = light::light(elevation_deg as f32);
    // East-north-up to x east, y up, z south.
    let towards = Vec3::new(to_sun.x as f32, to_sun.z as f32, -to_sun.y as f32);
    let mut next = uniform.clone();
    next.to_sun = towards.extend(light.sun);
    next.sun_colour = light.sun_colour.extend(1.0);
    next.sky_light = light.sky_light.extend(1.0);
    next.ground_light = light.ground_light.extend(1.0);
    next.zenith_colour = light.zenith.extend(1.0);
    next.haze_colour = light.haze.extend(1.0);
    // Haze keeps its distance from what is looked at, and closes before the surround ends.
    let begin = (camera.distance_m * 1.2 + 600.0) as f32;
    next.haze = Vec4::new(begin, begin + 4_200.0 + camera.distance_m as f32 * 0.8, light.glow, 0.0);
    *uniform = next;
    for (mut sun, mut transform) in &mut suns {
        let shadows = elevation_deg > LOWEST_SHADOW_DEG;
        if sun.shadow_maps_enabled != shadows {
            sun.shadow_maps_enabled = shadows;
        }
        let up = if towards.y.abs() > 0.99 { Vec3::X } else { Vec3::Y };
        let turned = Transform::default().looking_to(-towards, up);
        if *transform != turned {
            *transform = turned;
        }
    }
}

/// Shadows reach as far as the scale of the view needs: sharp in a street, present over a district.
fn fit_shadows(drawn: Res<DrawnCamera>, cost: Res<Cost>, mut reached: Local<f32>, mut suns: Query<&mut CascadeShadowConfig, With<Sun>>) {
    let Some(camera) = drawn.camera else { return };
    let wanted = ((camera.distance_m * 1.9) as f32).clamp(350.0, 6_000.0);
    // A new configuration each frame would make the edges crawl; steps of a quarter are not seen.
    if (wanted / *reached - 1.0).abs() < 0.25 && !cost.is_changed() {
        return;
    }
    *reached = wanted;
    for mut config in &mut suns {
        *config = cascades(wanted, cost.cascades);
    }
}

fn cascades(maximum_distance: f32, count: usize) -> CascadeShadowConfig {
    CascadeShadowConfigBuilder {
        num_cascades: count,
        minimum_distance: 1.0,
        maximum_distance,
        first_cascade_far_bound: maximum_distance * 0.3,
        overlap_proportion: 0.15,
    }
    .build()
}
