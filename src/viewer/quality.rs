//! How much a picture may cost, chosen by a person or by what the machine was seen to bear.
//!
//! Reads: [`Scene`] (the choice), [`FrameTime`], [`SceneFacts`]. Writes: samples and shadow filter of the eye, the
//! shadow map, [`Cost`], and which preset is in force.

use super::platform;
use super::vocab::{Eye, FrameTime, Scene, SceneFacts, ViewerSystems};
use crate::view::Quality;
use bevy::light::{DirectionalLightShadowMap, ShadowFilteringMethod};
use bevy::prelude::*;
use bevy::render::view::Msaa;

/// What one frame may cost.
#[derive(Resource, Clone, Copy, Debug, PartialEq)]
pub struct Cost {
    /// Samples of a pixel; 1 is off, 4 is what every graphics driver has.
    pub samples: u32,
    /// Texels of a side of the shadow map.
    pub shadow_texels: usize,
    /// Shadow edges in thirteen taps instead of four.
    pub soft_shadows: bool,
    /// Shadow maps along the view.
    pub cascades: usize,
    /// Multiplies the screen-space error that the host asks for.
    pub error: f64,
}

impl Cost {
    /// What a preset means; `Auto` means what a laptop bears, until more is known.
    pub fn of(quality: Quality) -> Self {
        let laptop = Self {
            samples: 4,
            shadow_texels: 2048,
            soft_shadows: false,
            cascades: platform::SHADOW_CASCADES.min(2),
            error: 1.0,
        };
        match quality {
            Quality::Mobile => Self { samples: 1, shadow_texels: 1024, cascades: 1, error: 1.5, ..laptop },
            Quality::Auto | Quality::Laptop => laptop,
            Quality::Desktop => Self { soft_shadows: true, cascades: platform::SHADOW_CASCADES, ..laptop },
            Quality::Presentation => Self {
                shadow_texels: 4096,
                soft_shadows: true,
                cascades: platform::SHADOW_CASCADES,
                error: 0.5,
                ..laptop
            },
        }
    }
}

impl Default for Cost {
    fn default() -> Self {
        Self::of(Quality::Auto)
    }
}

/// Frames that are looked at before anything is judged.
const FRAMES: usize = 5;
/// Frames slower than this are a stutter; much slower ones say at once that nothing but the cheapest will do.
const SLOW_S: f64 = 0.1;
const VERY_SLOW_S: f64 = 0.35;
/// So many frames without one slower than this allow a better picture: sixty a second, and a little for the clock.
const QUICK_FRAMES: usize = 90;
const QUICK_S: f64 = 0.019;
/// Frames after a change that say nothing: pipelines compile.
const SETTLING: usize = 3;

/// Picks a preset from the durations of frames that follow one another. Pure.
#[derive(Clone, Debug)]
pub struct Judge {
    preset: Quality,
    /// The best that may still be tried.
    ceiling: Quality,
    recent: Vec<f64>,
    quick: usize,
    settling: usize,
}

impl Judge {
    pub fn new(start: Quality) -> Self {
        Self { preset: start, ceiling: Quality::Desktop, recent: Vec::new(), quick: 0, settling: 0 }
    }

    pub fn preset(&self) -> Quality {
        self.preset
    }

    /// One more frame, seconds.
    pub fn see(&mut self, frame_s: f64) {
        if self.settling > 0 {
            self.settling -= 1;
            return;
        }
        let before = self.preset;
        self.quick = if frame_s <= QUICK_S { self.quick + 1 } else { 0 };
        self.recent.push(frame_s);
        if self.recent.len() >= FRAMES {
            self.recent.sort_by(f64::total_cmp);
            let middle = self.recent.get(FRAMES / 2).copied().unwrap_or(0.0);
            self.recent.clear();
            let lower = match self.preset {
                Quality::Desktop if middle <= VERY_SLOW_S => Quality::Laptop,
                _ => Quality::Mobile,
            };
            if middle > SLOW_S && lower != self.preset {
                // What was too slow once is not tried again: a picture that goes to and fro is worse than a plain one.
                (self.preset, self.ceiling) = (lower, lower);
                self.quick = 0;
            }
        }
        if self.quick >= QUICK_FRAMES {
            self.quick = 0;
            self.preset = match (self.preset, self.ceiling) {
                (Quality::Mobile, Quality::Laptop | Quality::Desktop) => Quality::Laptop,
                (Quality::Laptop, Quality::Desktop) => Quality::Desktop,
                (preset, _) => preset,
            };
        }
        if self.preset != before {
            self.recent.clear();
            self.settling = SETTLING;
        }
    }
}

/// The judge of this machine.
#[derive(Resource)]
struct Judged {
    judge: Judge,
    /// Frames looked at so far.
    seen: u64,
}

/// Follows the person's choice and the machine; a picture without a window has its own cost and lacks this plugin.
pub struct QualityPlugin;

impl Plugin for QualityPlugin {
    fn build(&self, app: &mut App) {
        let start = platform::first_quality();
        app.insert_resource(Judged { judge: Judge::new(start), seen: 0 })
            .insert_resource(Cost::of(start))
            .add_systems(
                Update,
                (judge, follow).chain().in_set(ViewerSystems::Prepare).run_if(resource_exists::<Scene>),
            );
    }
}

fn judge(frame: Res<FrameTime>, scene: Res<Scene>, mut facts: ResMut<SceneFacts>, mut judged: ResMut<Judged>) {
    let one_more = std::mem::replace(&mut judged.seen, frame.count) != frame.count;
    if one_more && facts.progress.shown > 0 && scene.state.quality == Quality::Auto {
        judged.judge.see(frame.seconds);
    }
    let preset = match scene.state.quality {
        Quality::Auto => judged.judge.preset(),
        chosen => chosen,
    };
    if facts.quality != preset {
        facts.quality = preset;
    }
}

fn follow(
    facts: Res<SceneFacts>,
    mut cost: ResMut<Cost>,
    mut map: ResMut<DirectionalLightShadowMap>,
    mut eyes: Query<(&mut Msaa, &mut ShadowFilteringMethod), With<Eye>>,
) {
    let wanted = Cost::of(facts.quality);
    if *cost == wanted {
        return;
    }
    *cost = wanted;
    map.size = wanted.shadow_texels;
    for (mut samples, mut filter) in &mut eyes {
        *samples = msaa(wanted.samples);
        *filter = filtering(wanted.soft_shadows);
    }
}

/// Drivers need to have one and four samples; two are rarely there.
pub fn msaa(samples: u32) -> Msaa {
    if samples <= 1 { Msaa::Off } else { Msaa::Sample4 }
}

pub fn filtering(soft: bool) -> ShadowFilteringMethod {
    if soft { ShadowFilteringMethod::Gaussian } else { ShadowFilteringMethod::Hardware2x2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Quality, frames: &[(usize, f64)]) -> Quality {
        let mut judge = Judge::new(start);
        for (count, frame_s) in frames {
            for _ in 0..*count {
                judge.see(*frame_s);
            }
        }
        judge.preset()
    }

    #[test]
    fn a_machine_is_believed_after_a_few_frames() {
        assert_eq!(after(Quality::Laptop, &[(4, 2.0)]), Quality::Laptop);
        assert_eq!(after(Quality::Laptop, &[(5, 2.0)]), Quality::Mobile);
        assert_eq!(after(Quality::Desktop, &[(5, 0.2)]), Quality::Laptop);
        assert_eq!(after(Quality::Desktop, &[(5, 0.9)]), Quality::Mobile);
        assert_eq!(after(Quality::Laptop, &[(1000, 0.0167)]), Quality::Desktop);
        assert_eq!(after(Quality::Laptop, &[(1000, 0.033)]), Quality::Laptop);
    }

    /// One long frame (a pipeline compiles, a window comes back) changes nothing, and what was too slow is not tried again.
    #[test]
    fn the_picture_does_not_go_to_and_fro() {
        assert_eq!(after(Quality::Laptop, &[(3, 0.0167), (1, 3.0), (60, 0.0167)]), Quality::Laptop);
        assert_eq!(after(Quality::Laptop, &[(5, 0.2), (5_000, 0.0167)]), Quality::Mobile);
        assert_eq!(after(Quality::Laptop, &[(200, 0.0167), (8, 0.2), (5_000, 0.0167)]), Quality::Laptop);
        // A better picture whose pipelines take three long frames is kept.
        assert_eq!(after(Quality::Laptop, &[(90, 0.0167), (3, 2.0), (60, 0.0167)]), Quality::Desktop);
    }
}
