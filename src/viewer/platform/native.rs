//! The desktop.

use crate::view::Quality;
use bevy::prelude::*;
use bevy::render::renderer::RenderDevice;
use bevy::tasks::AsyncComputeTaskPool;

/// Memory for tiles, all layers together.
pub const DEFAULT_MEMORY_BYTES: u64 = 2 << 30;
/// Memory for parts of series that may be needed again.
pub const SERIES_BYTES: usize = 256 << 20;
/// Contents handed to the workers at the same time: more than there are workers, so that they are busy through a slow frame.
pub const DECODES_AT_ONCE: usize = 32;
/// Tiles are fetched and decoded beside the frame, and panels are drawn with it.
pub const LEAVES_FRAMES_OUT: bool = false;
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

/// How tables are packed.
pub fn packing() -> parquet::basic::Compression {
    const LEVEL: i32 = 3;
    parquet::basic::Compression::ZSTD(parquet::basic::ZstdLevel::try_new(LEVEL).unwrap_or_default())
}

/// What a window begins with.
pub fn first_quality() -> Quality {
    Quality::Desktop
}

/// Runs `work` off the main thread.
pub fn decode(work: impl FnOnce() + Send + 'static) {
    AsyncComputeTaskPool::get().spawn(async move { work() }).detach();
}

/// What came of a content that was decoded in another process's memory; the desktop's threads share ours.
pub enum Outcome {
    Parcel(Vec<u8>),
    Fault(String),
    Lost(Vec<u8>),
}

/// The desktop has no workers of that kind.
pub fn has_workers() -> bool {
    false
}

pub fn cancel_apart(_ticket: u64) -> bool {
    false
}

/// Gives the content back: see [`decode`].
///
/// # Errors
/// Always, with the content.
pub fn decode_apart(_ticket: u64, content: Vec<u8>, _ecef_from_tile: &glam::DMat4, _pictured: bool) -> Result<(), Vec<u8>> {
    Err(content)
}

pub fn decoded_apart() -> Vec<(u64, Outcome)> {
    Vec::new()
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

/// What is called when a message of the page has come; none comes here.
pub fn on_message(_wake: impl Fn() + 'static) {}

/// Puts a file where a person's downloads lie, under a name that is free; answers where.
///
/// # Errors
/// When nothing can be written there.
pub fn save(name: &str, _kind: &str, bytes: &[u8]) -> std::io::Result<String> {
    let home = std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE")).map(std::path::PathBuf::from);
    let named = std::env::var_os("XDG_DOWNLOAD_DIR").map(std::path::PathBuf::from);
    let usual = ["Téléchargements", "Downloads"].into_iter().filter_map(|folder| Some(home.as_ref()?.join(folder)));
    let folder = named.into_iter().chain(usual).find(|folder| folder.is_dir()).or(home).unwrap_or_default();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    const MOST: usize = 1_000;
    for number in 1..MOST {
        let name = if number == 1 { name.to_owned() } else { format!("{stem}-{number}.{ending}") };
        let path = folder.join(name);
        match std::fs::File::create_new(&path) {
            Ok(mut file) => {
                std::io::Write::write_all(&mut file, bytes)?;
                return Ok(path.display().to_string());
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(std::io::Error::new(error.kind(), format!("{}: {error}", path.display()))),
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

/// Tells the page around; the desktop has none.
pub fn post(_message: &serde_json::Value) {}

/// Whether any graphics driver (a software one counts) answers on this machine.
pub fn has_graphics() -> bool {
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
    bevy::tasks::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions::default())).is_ok()
}

/// Memory this process holds at the moment, bytes, where the system says so (Linux).
pub fn process_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?;
    Some(kilobytes.parse::<u64>().ok()? * 1024)
}

/// Processor time so far, seconds, where the system says so (Linux): of this thread, and of all threads of the program.
pub fn cpu_s() -> Option<[f64; 2]> {
    const TICKS_PER_S: f64 = 100.0;
    let text = |path: &str| std::fs::read_to_string(path).ok();
    let thread_ns: f64 = text("/proc/thread-self/schedstat")?.split_whitespace().next()?.parse().ok()?;
    let stat = text("/proc/self/stat")?;
    // The name may hold blanks; after its bracket the twelfth and thirteenth are what user and system took.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some([thread_ns * 1e-9, (ticks(11)? + ticks(12)?) / TICKS_PER_S])
}

/// Waits until the graphics card has drawn everything it was given.
pub fn finish_drawing(device: &RenderDevice) {
    // A card that is gone has nothing more to draw.
    let _ = device.poll(wgpu::PollType::wait_indefinitely());
}

/// Lets start-up tasks go on while there is no event loop yet.
pub fn tick_tasks() {
    bevy::tasks::tick_global_task_pools_on_main_thread();
}

/// Gives the cores to other threads for a moment.
pub fn rest() {
    std::thread::sleep(std::time::Duration::from_millis(1));
}
