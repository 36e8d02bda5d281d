//! What the viewer's plugins share. Siblings never call each other: they read and write these.

use super::material::TileMaterial;
use super::stand::Stand;
use crate::base::{Bounds2, Figure, LayerId};
use crate::formats::territory::Manifest;
use crate::view::{Command, Limits, ViewState};
use crate::formats::tiles3d::style::Style;
use bevy::platform::collections::HashMap;
use bevy::prelude::*;
use std::sync::Arc;

/// The state of the picture and its limits; exists once the territory is open. Only [`super::apply_commands`] writes it.
#[derive(Resource)]
pub struct Scene {
    pub state: ViewState,
    pub limits: Limits,
    pub manifest: Manifest,
}

/// Something a person, a page or a script asked for.
#[derive(Message, Clone, Debug)]
pub struct ViewCommand(pub Command);

/// What layers have beside what their manifest says: where they stand, how their features look. Written when a scene opens.
#[derive(Resource, Default)]
pub struct LayerTraits {
    /// A layer without one stands on the globe.
    pub stands: HashMap<LayerId, Stand>,
    pub styles: HashMap<LayerId, Arc<Style>>,
}

/// The order of one frame.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ViewerSystems {
    /// Bytes arrive, the territory opens.
    Arrive,
    /// Gestures, keys and the page become commands.
    Input,
    /// Commands become state.
    Apply,
    /// The eye is placed, light and overlay follow the instant.
    Prepare,
    /// Tiles are chosen, asked for, uploaded, dropped.
    Stream,
    /// Facts for panels and pages.
    Report,
}

/// Where the eye is placed; light and overlay come after.
#[derive(SystemSet, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CameraSystems;

/// A sentence for a person: an i18n key (`error-…`) and the value it speaks of.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub key: String,
    pub value: String,
}

/// How far the picture is from complete.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Tiles asked for, on their way or waiting to be uploaded.
    pub waiting: usize,
    pub shown: usize,
    pub failed: usize,
    pub resident_bytes: u64,
    /// Features of the buildings shown.
    pub features: u64,
    /// Nothing is missing, nothing is fading.
    pub complete: bool,
}

/// What a legend says; colours are the ramp's, sRGB.
#[derive(Clone, Debug, PartialEq)]
pub struct Legend {
    /// i18n keys of title and unit.
    pub title: &'static str,
    pub unit: &'static str,
    pub low: f64,
    pub high: f64,
    /// A value at a share `s` of the range has the colour at the share `s^exponent` of the ramp.
    pub exponent: f64,
    pub colours: Vec<[u8; 3]>,
    pub nature: crate::base::Nature,
    pub dataset: crate::base::DatasetId,
}

impl Legend {
    /// Values to write under the ramp, evenly spaced along it.
    pub fn ticks(&self) -> [f64; 5] {
        [0.0, 0.25, 0.5, 0.75, 1.0].map(|place: f64| self.low + (self.high - self.low) * place.powf(self.exponent.recip()))
    }
}

/// Facts for panels and pages, rewritten as they change.
#[derive(Resource, Default, Debug)]
pub struct SceneFacts {
    pub figures: Vec<Figure>,
    pub legend: Option<Legend>,
    pub progress: Progress,
    /// The last few; see [`SceneFacts::fault`].
    pub faults: Vec<Fault>,
    /// Faults ever told, so that a listener knows how many of the last few are new to it.
    pub faults_told: usize,
}

impl SceneFacts {
    /// Keeps the last few faults, without repeating one.
    pub fn fault(&mut self, key: &str, value: impl Into<String>) {
        const MOST: usize = 8;
        let fault = Fault {
            key: key.to_owned(),
            value: value.into(),
        };
        if !self.faults.contains(&fault) {
            if self.faults.len() >= MOST {
                self.faults.remove(0);
            }
            self.faults.push(fault);
            self.faults_told += 1;
        }
    }

    /// Takes back what is no longer so.
    pub fn forget(&mut self, key: &str) {
        self.faults.retain(|fault| fault.key != key);
    }

    /// The faults that came after the first `told` ever told, as far as they are still kept.
    pub fn faults_after(&self, told: usize) -> &[Fault] {
        let fresh = self.faults_told.saturating_sub(told);
        self.faults.get(self.faults.len().saturating_sub(fresh)..).unwrap_or_default()
    }
}

/// A mesh of a tile in the scene: which layer and tile it belongs to.
#[derive(Component, Clone, Debug)]
pub struct TilePiece {
    pub layer: LayerId,
    pub tile: crate::stream::TileId,
}

/// Ground that a picture from above may lie on.
#[derive(Component, Clone, Debug)]
pub struct Ground {
    /// Its rectangle in Web Mercator, metres: what its mesh's places are shares of.
    pub rect: Bounds2,
    pub solid: Handle<TileMaterial>,
    pub fading: Handle<TileMaterial>,
}

/// Pieces of ground whose picture is not there yet; ground that has just come counts until somebody has looked at it.
#[derive(Resource, Clone, Copy, Debug, Default, PartialEq)]
pub struct PicturesWaiting(pub usize);

/// The one eye of the scene.
#[derive(Component)]
pub struct Eye;

/// Where a panel covers the window, so that gestures on it are not for the map.
#[derive(Resource, Default, PartialEq)]
pub struct PointerOverPanel(pub bool);

/// Whether a panel has the keyboard, so that keys are not for the map.
#[derive(Resource, Default, PartialEq)]
pub struct KeysInPanel(pub bool);

/// The camera as it is drawn: it eases towards the state's.
#[derive(Resource, Default)]
pub struct DrawnCamera {
    pub camera: Option<crate::view::Camera>,
    /// The eye itself, kept above the ground; what pointers ask.
    pub pose: Option<super::pose::Pose>,
    /// Pictures show the state at once.
    pub at_once: bool,
    /// Still on its way.
    pub moving: bool,
}

/// Where the eye is this frame; `None` until the territory is open.
#[derive(Resource, Default)]
pub struct EyePlace {
    /// In ECEF, for the streaming engines.
    pub view: Option<crate::stream::View>,
    /// Width and height of the picture in physical pixels.
    pub viewport: [f64; 2],
}
