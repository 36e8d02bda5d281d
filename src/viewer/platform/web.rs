//! The browser.

use crate::view::Quality;
use bevy::prelude::*;
use bevy::render::renderer::RenderDevice;
use bevy::window::WindowResolution;
use wasm_bindgen::JsCast;

/// Memory for tiles, all layers together; phones give a page little more.
pub const DEFAULT_MEMORY_BYTES: u64 = 512 << 20;
/// Memory for parts of series that may be needed again.
pub const SERIES_BYTES: usize = 48 << 20;
/// Contents decoded in one frame at most; decoding shares the page's one thread, and a time budget ends it sooner.
pub const DECODES_AT_ONCE: usize = 32;
/// WebGL2 has one shadow map.
pub const SHADOW_CASCADES: usize = 1;
/// A page has one thread: while it waits for a frame nothing is loaded.
pub const LEAVES_FRAMES_OUT: bool = true;
/// The page has the keyboard and sends commands.
pub const OWN_KEYBOARD: bool = false;

/// Pixels along the side of the picture that lies on a tile of ground.
pub const PICTURE_SIDE: u32 = 256;
/// Tiles of imagery that are kept for the pictures to come, a quarter of a megabyte each.
pub const PICTURE_SOURCES: usize = 64;
/// Samples along a slope for a picture on the ground.
pub const ANISOTROPY: u16 = 1;

/// How tables are packed: not at all.
pub fn packing() -> parquet::basic::Compression {
    parquet::basic::Compression::UNCOMPRESSED
}

/// What a page begins with; the frames that follow say more than any name of the machine.
pub fn first_quality() -> Quality {
    Quality::Laptop
}

pub use super::crew::{Outcome, cancel_apart, decode_apart, decoded_apart, has_workers, start_decoders};

/// Runs `work` at once: the page has one thread.
pub fn decode(work: impl FnOnce()) {
    work();
}

/// The canvas of the page, as large as the page has made it: one that changes its size at once is laid out on the card twice.
pub fn window(title: &str, canvas: &str) -> Window {
    let page = web_sys::window();
    let element = page.as_ref().and_then(|page| page.document()?.query_selector(canvas).ok()?).and_then(|element| element.dyn_into::<web_sys::HtmlCanvasElement>().ok());
    let per_pixel = page.map_or(1.0, |page| page.device_pixel_ratio()).max(0.1);
    // The engine counts as the page does until it knows how fine its pixels are.
    let [width, height] = element.map_or([1280, 720], |canvas| [canvas.width(), canvas.height()]).map(|pixels| ((f64::from(pixels) / per_pixel).round() as u32).max(1));
    Window {
        title: title.to_owned(),
        resolution: WindowResolution::new(width, height),
        canvas: Some(canvas.to_owned()),
        fit_canvas_to_parent: true,
        // The page scrolls and keeps its keys; the canvas takes only what happens on it.
        prevent_default_event_handling: false,
        ..default()
    }
}

/// Messages that wait for the next frame; a page that sends more without being drawn loses the oldest.
const MESSAGES_WAITING: usize = 1024;

thread_local! {
    static WAKE: std::cell::RefCell<Option<Box<dyn Fn()>>> = const { std::cell::RefCell::new(None) };
    static MESSAGES: std::cell::RefCell<std::collections::VecDeque<String>> = const { std::cell::RefCell::new(std::collections::VecDeque::new()) };
}

/// Puts a message of the page in the queue of the next frame.
pub fn push_message(text: String) {
    MESSAGES.with_borrow_mut(|messages| {
        if messages.len() >= MESSAGES_WAITING {
            messages.pop_front();
        }
        messages.push_back(text);
    });
    // A picture that stands still is drawn by nobody: without this a command would wait until the pointer moves.
    WAKE.with_borrow(|wake| {
        if let Some(wake) = wake {
            wake();
        }
    });
}

/// What is called when a message has come.
pub fn on_message(wake: impl Fn() + 'static) {
    WAKE.set(Some(Box::new(wake)));
}

pub fn take_messages(most: usize) -> Vec<String> {
    MESSAGES.with_borrow_mut(|messages| {
        let count = most.min(messages.len());
        messages.drain(..count).collect()
    })
}

/// Hands a file to the page, which offers it as a download: `{ "kind": "file", "name", "type", "bytes": one letter for each byte }`.
///
/// # Errors
/// None: the page tells what becomes of it.
pub fn save(name: &str, kind: &str, bytes: &[u8]) -> std::io::Result<String> {
    let letters: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    post(&serde_json::json!({ "kind": "file", "name": name, "type": kind, "bytes": letters }));
    Ok(name.to_owned())
}

/// Tells the page around: a `CustomEvent` named `jumeau` on the window, its detail the JSON text.
pub fn post(message: &serde_json::Value) {
    let Some(window) = web_sys::window() else { return };
    let init = web_sys::CustomEventInit::new();
    init.set_detail(&wasm_bindgen::JsValue::from_str(&message.to_string()));
    if let Ok(event) = web_sys::CustomEvent::new_with_event_init_dict("jumeau", &init) {
        // A listener that throws is the page's affair.
        let _ = window.dispatch_event(&event);
    }
}

/// Browsers do not say what a processor does.
pub fn cpu_s() -> Option<[f64; 2]> {
    None
}

/// Memory of the module, bytes: it never shrinks.
pub fn process_bytes() -> Option<u64> {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().into();
    Some(u64::from(buffer.byte_length()))
}

/// A page cannot wait for its graphics card.
pub fn finish_drawing(_device: &RenderDevice) {}

/// The browser runs tasks by itself between two frames.
pub fn tick_tasks() {}

/// A page cannot wait; it is called back.
pub fn rest() {}
