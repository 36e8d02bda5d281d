//! The desktop.

use bevy::prelude::*;
use bevy::tasks::AsyncComputeTaskPool;

/// Memory for tiles, all layers together.
pub const DEFAULT_MEMORY_BYTES: u64 = 2 << 30;
/// Memory for parts of series that may be needed again.
pub const SERIES_BYTES: usize = 256 << 20;
/// Contents handed to the workers at the same time: more than there are workers, so that they are busy through a slow frame.
pub const DECODES_AT_ONCE: usize = 32;
/// Shadow maps along the view.
pub const SHADOW_CASCADES: usize = 3;
/// Keys are ours: the window has no page around it.
pub const OWN_KEYBOARD: bool = true;

/// Pixels along the side of the picture that lies on a tile of ground.
pub const PICTURE_SIDE: u32 = 512;
/// Tiles of imagery that are kept for the pictures to come, a quarter of a megabyte each.
pub const PICTURE_SOURCES: usize = 256;
/// Samples along a slope for a picture on the ground.
pub const ANISOTROPY: u16 = 8;

/// Shadow edges are filtered softly.
pub const SOFT_SHADOWS: bool = true;

/// Runs `work` off the main thread.
pub fn decode(work: impl FnOnce() + Send + 'static) {
    AsyncComputeTaskPool::get().spawn(async move { work() }).detach();
}

/// The window of the desktop.
pub fn window(title: &str, _canvas: &str) -> Window {
    Window {
        title: title.to_owned(),
        resolution: (1440, 900).into(),
        ..default()
    }
}

/// Messages of a page; the desktop has none.
pub fn take_messages(_most: usize) -> Vec<String> {
    Vec::new()
}

/// Tells the page around; the desktop has none.
pub fn post(_message: &serde_json::Value) {}

/// Whether any graphics driver (a software one counts) answers on this machine.
pub fn has_graphics() -> bool {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    bevy::tasks::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default())).is_ok()
}

/// Lets start-up tasks go on while there is no event loop yet.
pub fn tick_tasks() {
    bevy::tasks::tick_global_task_pools_on_main_thread();
}

/// Gives the cores to other threads for a moment.
pub fn rest() {
    std::thread::sleep(std::time::Duration::from_millis(1));
}
