//! The browser.

use bevy::prelude::*;

/// Memory for tiles, all layers together; phones give a page little more.
pub const DEFAULT_MEMORY_BYTES: u64 = 512 << 20;
/// Decoding shares the page's one thread: one content a frame keeps frames short.
pub const DECODES_AT_ONCE: usize = 1;
/// WebGL2 has one shadow map.
pub const SHADOW_CASCADES: usize = 1;
/// The page has the keyboard and sends commands.
pub const OWN_KEYBOARD: bool = false;

/// Runs `work` between two frames.
pub fn decode(work: impl FnOnce() + 'static) {
    wasm_bindgen_futures::spawn_local(async move { work() });
}

/// The canvas of the page.
pub fn window(title: &str, canvas: &str) -> Window {
    Window {
        title: title.to_owned(),
        canvas: Some(canvas.to_owned()),
        fit_canvas_to_parent: true,
        // The page scrolls and keeps its keys; the canvas takes only what happens on it.
        prevent_default_event_handling: false,
        ..default()
    }
}
