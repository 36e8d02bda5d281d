//! A picture of a view, taken once every tile it needs is drawn. No window, no event loop.

use super::open::Opening;
use super::lost::Kept;
use super::patience::{Patience, Waiting};
use super::tiles::StreamBudget;
use super::vocab::{Eye, Fault, Scene, SceneFacts};
use super::{PictureTarget, Smoothing, Target, app, platform};
use crate::base::DatasetId;
use crate::formats::territory::attributions;
use crate::io::{Clock, Location};
use crate::view::to_link;
use bevy::app::PluginsState;
use bevy::asset::RenderAssetUsages;
use bevy::prelude::*;
use bevy::render::render_resource::{Extent3d, TextureDimension, TextureFormat, TextureUsages};
use bevy::render::view::screenshot::{Screenshot, ScreenshotCaptured};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// Largest side of a picture, pixels.
pub const MAX_SIDE: u32 = 8192;
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
    pub patience: Patience,
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
    pub title: String,
    /// Whose data are seen, as their licences want it said; each once.
    pub credits: Vec<String>,
    /// The view as a share link.
    pub link: String,
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
    let mut waiting = Waiting::from(clock.seconds(), request.patience);
    while settled < SETTLING_FRAMES {
        app.update();
        if let Some(loss) = app.world().resource::<Kept>().loss() {
            return Err(fault("error-graphics-lost", loss.cause));
        }
        let facts = app.world().resource::<SceneFacts>();
        let now = clock.seconds();
        if facts.progress.shown > 0 && first_tile_s.is_nan() {
            first_tile_s = now;
        }
        if app.world().get_resource::<Scene>().is_none()
            && let Some(fault) = facts.faults.first()
        {
            return Err(fault.clone());
        }
        let complete = facts.progress.complete;
        if !waiting.goes_on(now, facts.progress) {
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
    let scene = app.world().resource::<Scene>();
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
        title: scene.manifest.name.text(scene.state.language).to_owned(),
        credits: credits(scene, facts.legend.as_ref().map(|legend| &legend.dataset)),
        link: to_link(&scene.state),
    })
}

/// The attributions of the layers that are seen, of pictures on the ground, and of what colours mean.
fn credits(scene: &Scene, colours: Option<&DatasetId>) -> Vec<String> {
    let layers = scene.manifest.layers.iter().filter(|layer| !scene.is_hidden(&layer.id));
    let mut seen: BTreeSet<&str> = layers.flat_map(|layer| layer.datasets.iter().map(|id| id.as_str())).collect();
    let pictures = scene.manifest.imagery.iter().filter(|imagery| !scene.state.hidden.iter().any(|id| id.as_str() == imagery.id));
    seen.extend(pictures.map(|imagery| imagery.dataset.as_str()));
    // Colours are owed to somebody too.
    seen.extend(colours.map(|id| id.as_str()));
    attributions(scene.manifest.datasets.iter().filter(|dataset| seen.contains(dataset.id.as_str())))
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

/// The picture as PNG. Whose data it shows, and where the view is found again, go with it wherever the file goes: as texts of the file.
///
/// # Errors
/// What the encoder says.
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let write = |bytes: &mut Vec<u8>| -> Result<(), png::EncodingError> {
        let mut encoder = png::Encoder::new(bytes, picture.width, picture.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
        for (keyword, text) in [
            ("Title", picture.title.clone()),
            ("Copyright", picture.credits.join(" \u{b7} ")),
            ("Comment", picture.link.clone()),
            ("Software", "Jumeau".to_owned()),
        ] {
            if !text.is_empty() {
                encoder.add_itxt_chunk(keyword.to_owned(), text)?;
            }
        }
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&picture.rgb)?;
        writer.finish()
    };
    write(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_says_whose_data_it_shows_wherever_it_goes() {
        let picture = Picture {
            width: 2,
            height: 1,
            rgb: vec![255, 0, 0, 1, 2, 3],
            tiles: 1,
            features: 0,
            first_tile_s: 0.0,
            seconds: 0.0,
            faults: Vec::new(),
            title: "Centre de Nantes".to_owned(),
            credits: vec!["IGN – BD TOPO®, édition 2025-06-15".to_owned(), "© les contributeurs d’OpenStreetMap".to_owned()],
            link: "v=1&c=-1.5,47.2,20,850,35,-32".to_owned(),
        };
        let bytes = encode_png(&picture).expect("a PNG");
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("it is read");
        let mut rgb = vec![0; 6];
        reader.next_frame(&mut rgb).expect("its pixels");
        assert_eq!(rgb, picture.rgb);
        let texts: Vec<(String, String)> =
            reader.info().utf8_text.iter().map(|text| (text.keyword.clone(), text.get_text().expect("a text"))).collect();
        let said = |keyword: &str| texts.iter().find(|(known, _)| known == keyword).map(|(_, text)| text.as_str());
        assert_eq!(said("Copyright"), Some("IGN – BD TOPO®, édition 2025-06-15 · © les contributeurs d’OpenStreetMap"));
        assert_eq!((said("Title"), said("Comment")), (Some("Centre de Nantes"), Some(picture.link.as_str())));
    }
}
