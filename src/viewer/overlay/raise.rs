//! Values as heights: how many metres a unit is worth, room for what grows out of its box, and the same heights for rays.

use super::{Shown, ThemeValues, active, wants_mean};
use crate::base::Interval;
use super::legend::{Key, key};
use crate::view::Theme;
use crate::viewer::join::Join;
use crate::viewer::lift::{Lifting, Lifts, MOST_M, TOP_M};
use crate::viewer::textures::NO_VALUE;
use crate::viewer::vocab::{Featured, Scene};
use bevy::camera::primitives::Aabb;
use bevy::math::Vec3A;
use bevy::prelude::*;
use std::sync::Arc;

/// Metres of a unit of the values that are shown: the top of the scale is [`TOP_M`] high, in round numbers. 0 where values are no amounts.
pub fn metres_per_unit(scene: &Scene, key: &Key) -> f64 {
    let is_amount = match scene.theme() {
        Theme::Demand | Theme::Series => true,
        Theme::Attribute => scene.state.attribute.as_ref().is_some_and(|attribute| !attribute.name.ends_with("year")) && !is_of_kinds(key),
        Theme::None | Theme::ConstructionYear => false,
    };
    let top = key.high.max(-key.low);
    if !is_amount || !(top.is_finite() && top > 0.0) {
        return 0.0;
    }
    // One digit that is 1, 2 or 5, so that the legend's sentence can be remembered.
    let per_m = top / TOP_M;
    let unit = 10_f64.powf(per_m.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().find(|digit| digit * unit >= per_m).unwrap_or(10.0) * unit;
    round.recip()
}

/// Kinds stand half a step around whole numbers.
fn is_of_kinds(key: &Key) -> bool {
    key.low == -0.5 && key.ends.iter().enumerate().all(|(place, end)| *end == place as f64 + 0.5)
}

/// What rays are to know of the heights: rewritten as values change, absent while nothing is raised.
pub fn tell(scene: Res<Scene>, values: Res<ThemeValues>, mut lifts: ResMut<Lifts>, mut told: Local<Option<(u64, Option<(Shown, Option<Interval>)>, f64)>>) {
    if !scene.state.raised {
        if lifts.0.is_some() {
            (lifts.0, *told) = (None, None);
        }
        return;
    }
    let metres_per_unit = metres_per_unit(&scene, &key(&scene, &values));
    let ready = values.ready(&scene.state);
    // Means of two intervals are two.
    let now = (values.generation, ready.map(|shown| (shown, wants_mean(&scene.state))), metres_per_unit);
    if *told == Some(now) {
        return;
    }
    *told = Some(now);
    let is_constant = matches!(values.join.as_deref(), Some(Join::Attribute(_)));
    lifts.0 = values.join.clone().filter(|_| metres_per_unit > 0.0 && (ready.is_some() || is_constant)).map(|join| Lifting {
        join,
        values: Arc::new(column(&values, ready)),
        metres_per_unit: metres_per_unit as f32,
        is_directed: active(&scene, &scene.manifest).is_some_and(|choice| choice.series.directed),
    });
}

/// The values of all rows that are shown.
fn column(values: &ThemeValues, ready: Option<Shown>) -> Vec<f32> {
    let (Some(plan), Some(shown)) = (&values.plan, ready) else { return Vec::new() };
    (0..plan.rows).map(|row| values.value(shown, row).unwrap_or(NO_VALUE)).collect()
}

/// Marks a piece whose box was made higher.
#[derive(Component)]
pub struct Roomy;

/// What is raised leaves the box of its mesh: the box grows with it, else the piece would vanish at the edge of the picture.
pub fn make_room(mut commands: Commands, scene: Res<Scene>, mut pieces: Query<(Entity, &mut Aabb, Has<Roomy>), With<Featured>>) {
    let reach = (MOST_M as f32) * Vec3A::ONE;
    for (entity, mut bounds, is_roomy) in &mut pieces {
        if scene.state.raised == is_roomy {
            continue;
        }
        // A mesh's own axes may lie in any way: room on all sides.
        if scene.state.raised {
            bounds.half_extents += reach;
            commands.entity(entity).insert(Roomy);
        } else {
            bounds.half_extents -= reach;
            commands.entity(entity).remove::<Roomy>();
        }
    }
}
