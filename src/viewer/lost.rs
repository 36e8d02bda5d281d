//! When the graphics card fails under the picture: the place is kept, and whoever runs the program opens it again there.
//!
//! What lay on the card is gone with it, and tiles keep no copy in memory. A fresh start loads what is in view within seconds, by the one way there is.

use super::platform;
use super::vocab::Scene;
use crate::view::to_link;
use bevy::prelude::*;
use bevy::render::error_handler::{ErrorType, RenderError, RenderErrorHandler, RenderErrorPolicy};
use serde_json::json;
use std::sync::{Arc, Mutex};

/// What was on the screen when graphics failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The view as a share link; empty while nothing was open.
    pub link: String,
    /// What the driver said.
    pub cause: String,
    /// The card's memory was full: the next attempt had better take less.
    pub out_of_memory: bool,
}

/// The loss, if there was one. A copy taken before the program runs still tells it when the program has ended.
#[derive(Resource, Clone, Default)]
pub struct Kept(Arc<Mutex<Option<Loss>>>);

impl Kept {
    pub fn loss(&self) -> Option<Loss> {
        self.0.lock().ok()?.clone()
    }
}

pub struct LostPlugin;

impl Plugin for LostPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Kept>().insert_resource(RenderErrorHandler(keep));
    }
}

/// The first loss counts: what follows is its echo.
fn keep(error: &RenderError, main: &mut World, _render: &mut World) -> RenderErrorPolicy {
    let link = main.get_resource::<Scene>().map(|scene| to_link(&scene.state)).unwrap_or_default();
    let loss = Loss { link, cause: error.description.clone(), out_of_memory: matches!(error.ty, ErrorType::OutOfMemory) };
    if let Some(kept) = main.get_resource::<Kept>().cloned()
        && let Ok(mut slot) = kept.0.lock()
        && slot.is_none()
    {
        platform::post(&json!({ "kind": "lost", "cause": loss.cause }));
        *slot = Some(loss);
    }
    main.write_message(AppExit::error());
    RenderErrorPolicy::StopRendering
}
