//! A picture of a view, taken once every tile it needs is drawn. No window, no event loop.

use super::open::Opening;
use super::lost::Kept;
use super::tiles::StreamBudget;
use super::vocab::{Eye, Fault, Scene, SceneFacts};
use super::{PictureTarget, Smoothing, Target, app, platform};
use crate::io::{Clock, Location};
use bevy::app::PluginsState;
use bevy::asset::RenderAssetUsages;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat, TextureUsages};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use std::sync::{Arc, Mutex};

/// Largest side of a picture, pixels.
pub const MAX_SIDE: u32 = 8192;
/// Without any progress for so long the picture is given up.
const PATIENCE_S: f64 = 60.0;
/// Frames after the last tile: pipelines compile and textures arrive in the render world.
const SETTLING_FRAMES: u32 = 4;
/// Frames until the picture is back from the graphics card; a few are usual.
const CAPTURE_FRAMES: u32 = 200;

#[derive(Clone, Debug)]
pub struct Request {
    pub location: Location,
    pub opening: Opening,
    pub width: u32,
    pub height: u32,
    pub screen_space_error: f64,
    pub smoothing: Smoothing,
}

/// A finished picture: RGB rows from the top, three bytes a pixel.
#[derive(Clone, Debug)]
pub struct Picture {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
    pub tiles: usize,
    pub features: u64,
    /// From the start to the first tile drawn, and to the last, seconds.
    pub first_tile_s: f64,
    pub seconds: f64,
    /// What was wrong on the way; the picture may lack something.
    pub faults: Vec<Fault>,
}

/// The image a camera without window draws into.
pub fn target_image(width: u32, height: u32) -> Image {
    let mut image = Image::new_fill(
        Extent3d { width, height, depth_or_array_layers: 1 },
        TextureDimension::D2,
        &[0, 0, 0, 255],
        TextureFormat::Rgba8UnormSrgb,
        RenderAssetUsages::default(),
    );
    image.texture_descriptor.usage |=
        TextureUsages::RENDER_ATTACHMENT | TextureUsages::COPY_SRC | TextureUsages::TEXTURE_BINDING;
    image
}

/// Draws a view and waits until it is complete.
///
/// # Errors
/// A fault with an i18n key: unreachable territory, no graphics driver, a view that never completes.
pub fn take(request: Request) -> Result<Picture, Fault> {
    let fault = |key: &str, value: String| Fault { key: key.to_owned(), value };
    if request.width == 0 || request.height == 0 || request.width.max(request.height) > MAX_SIDE {
        return Err(fault("error-picture-size", format!("{}x{}", request.width, request.height)));
    }
    let clock = Clock::start();
    let mut app = app(
        request.location,
        request.opening,
        Target::Picture { width: request.width, height: request.height },
        request.smoothing,
    )
    .map_err(|io| fault("error-territory-unreachable", io.to_string()))?;
    app.world_mut().resource_mut::<StreamBudget>().screen_space_error = request.screen_space_error;
    while app.plugins_state() == PluginsState::Adding {
        platform::tick_tasks();
    }
    app.finish();
    app.cleanup();

    let mut settled = 0;
    let mut first_tile_s = f64::NAN;
    let mut last_progress = (0.0, super::vocab::Progress::default());
    while settled < SETTLING_FRAMES {
        app.update();
        if let Some(loss) = app.world().resource::<Kept>().loss() {
            return Err(fault("error-graphics-lost", loss.cause));
        }
        let facts = app.world().resource::<SceneFacts>();
        let now = clock.seconds();
        if facts.progress != last_progress.1 {
            last_progress = (now, facts.progress);
        }
        if facts.progress.shown > 0 && first_tile_s.is_nan() {
            first_tile_s = now;
        }
        if app.world().get_resource::<Scene>().is_none()
            && let Some(fault) = facts.faults.first()
        {
            return Err(fault.clone());
        }
        let complete = facts.progress.complete;
        // What is complete only needs to be drawn, however slow the machine is.
        if !complete && now - last_progress.0 > PATIENCE_S {
            return Err(fault("error-picture-incomplete", format!("{:?}", facts.progress)));
        }
        // A picture that lacks a tile is worth having; one of nothing at all is not.
        if complete && facts.progress.shown == 0 && facts.progress.failed > 0 {
            let what = facts.faults.last().map(|fault| fault.value.clone()).unwrap_or_default();
            return Err(fault("error-picture-empty", what));
        }
        settled = if complete { settled + 1 } else { 0 };
        // Nothing is drawn until everything is there: what a software renderer would spend on half a city goes into loading it.
        wake_eye(&mut app, complete);
        if !complete {
            // Bytes and decoded tiles come from other threads: give them the cores.
            platform::rest();
        }
    }

    let captured: Arc<Mutex<Option<Image>>> = Arc::default();
    let target = app.world().resource::<PictureTarget>().0.clone();
    let slot = captured.clone();
    app.world_mut()
        .spawn(Screenshot::image(target))
        .observe(move |capture: On<ScreenshotCaptured>| {
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(capture.image.clone());
            }
        });
    let mut captures = 0;
    let image = loop {
        app.update();
        if let Ok(mut slot) = captured.lock()
            && let Some(image) = slot.take()
        {
            break image;
        }
        captures += 1;
        if captures > CAPTURE_FRAMES {
            return Err(fault("error-picture-incomplete", "capture".into()));
        }
    };
    let facts = app.world().resource::<SceneFacts>();
    let rgb = image
        .data
        .as_deref()
        .unwrap_or_default()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    Ok(Picture {
        width: request.width,
        height: request.height,
        rgb,
        tiles: facts.progress.shown,
        features: facts.progress.features,
        first_tile_s,
        seconds: clock.seconds(),
        faults: facts.faults.clone(),
    })
}

fn wake_eye(app: &mut App, awake: bool) {
    let world = app.world_mut();
    let mut eyes = world.query_filtered::<&mut Camera, With<Eye>>();
    for mut camera in eyes.iter_mut(world) {
        if camera.is_active != awake {
            camera.is_active = awake;
        }
    }
}

/// The picture as PNG.
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>, String> {
    let rgba: Vec<u8> = picture
        .rgb
        .chunks_exact(3)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255])
        .collect();
    let image = Image::new(
        Extent3d { width: picture.width, height: picture.height, depth_or_array_layers: 1 },
        TextureDimension::D2,
        rgba,
        TextureFormat::Rgba8UnormSrgb,
        RenderAssetUsages::MAIN_WORLD,
    );
    let dynamic = image.try_into_dynamic().map_err(|error| error.to_string())?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    dynamic
        .to_rgb8()
        .write_to(&mut bytes, image::ImageFormat::Png)
        .map_err(|error| error.to_string())?;
    Ok(bytes.into_inner())
}
