//! Draws a territory: Bevy plugins around the pure engine, view and formats.
//!
//! [`app`] builds the program for a window, a canvas or a picture. Everything a person does arrives as a [`vocab::ViewCommand`].
//!
//! | plugin | does |
//! |---|---|
//! | [`open`] | manifest → scene, anchor, first camera |
//! | [`tiles`] | streams layers, one lean material for all surfaces |
//! | [`imagery`] | pictures from above, laid on the ground |
//! | [`camera`] | map camera and gestures |
//! | [`sky`] | sun, shadows, sky, haze by date and hour |
//! | [`quality`] | what a frame may cost, by choice or by what the machine bears |
//! | [`rest`] | when nothing is drawn at all |
//! | [`pace`] | what a frame takes, and which frames of a page are drawn while tiles come |
//! | [`time`] | the running clock |
//! | [`attributes`] | which attributes the features in memory have |
//! | [`overlay`] | themes: values on the GPU, legend |
//! | [`curves`] | curves of series: of what is selected, of the whole territory |
//! | [`flows`] | where power comes from and where it goes, as a flow diagram |
//! | [`pick`] | click → feature → figures |
//! | [`roof`] | "my roof" of the selected building: its record, the answer, its planes lit up |
//! | [`shapes`] | simple shapes that lie on no tile |
//! | [`area`] | an area that is drawn: its corners, its outline, what lies in it |
//! | [`siting`] | proposals: things put down and moved, what they would do, the way to the network |
//! | [`marks`] | names and scale on the picture |
//! | [`lost`] | the place is kept when graphics fail |
//! | [`page`] | the bridge to a web page |
//! | [`snapshot`] | a picture once all tiles are drawn |
//! | [`flight`] | the scripted flight of the benches, frame by frame |
//!
//! Plugins never call each other. They share [`vocab`] (who asks for what), [`resident`] (what lies in memory, and rays into it),
//! [`series`] and [`join`] (values in time, and whose they are), [`stand`] (where foreign coordinates stand), [`material`] and [`textures`] (what the shaders read), [`parquet`] (tables that are carried away), [`anchor`] and [`pose`] (where things are), [`foreign`] and [`over`] (tilesets of others as scenes, and what is laid on their ground), [`footing`] and [`shapes`] (things that are put on the ground), [`click`] (what a click is), [`patience`] (how long a picture is waited for).

pub mod anchor;
pub mod area;
pub mod attributes;
pub mod balance;
pub mod camera;
pub mod click;
pub mod changes;
pub mod curves;
pub mod diagram;
pub mod flight;
pub mod flows;
pub mod footing;
pub mod foreign;
pub mod imagery;
pub mod join;
pub mod lift;
pub mod lives;
pub mod lost;
pub mod machines;
pub mod marks;
pub mod material;
pub mod open;
pub mod over;
pub mod overlay;
pub mod pace;
pub mod page;
pub mod parquet;
pub mod patience;
pub mod pick;
pub mod platform;
pub mod pose;
pub mod quality;
pub mod requests;
pub mod resident;
mod rest;
pub mod roof;
mod search;
pub mod series;
pub mod shapes;
pub mod siting;
pub mod sky;
pub mod snapshot;
pub mod stand;
pub mod textures;
pub mod tiles;
pub mod time;
pub mod vocab;

use crate::io::{Fetcher, IoFault, Location};
use crate::view::apply;
use bevy::camera::RenderTarget;
use bevy::core_pipeline::tonemapping::Tonemapping;
use bevy::log::LogPlugin;
use bevy::prelude::*;
use bevy::window::ExitCondition;
use bevy::winit::WinitSettings;
use vocab::{Eye, PointerOverPanel, Scene, SceneFacts, ViewCommand, ViewerSystems};

/// Where the picture goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Window,
    /// CSS selector of the page's canvas.
    Canvas(String),
    /// No window at all: a picture of so many pixels.
    Picture { width: u32, height: u32 },
    /// No window either, but drawn as a window is, frame after frame: what is measured is what people get.
    Film { width: u32, height: u32 },
}

impl Target {
    /// Width and height where no window has them.
    fn pixels(&self) -> Option<(u32, u32)> {
        match self {
            Self::Picture { width, height } | Self::Film { width, height } => Some((*width, *height)),
            Self::Window | Self::Canvas(_) => None,
        }
    }
}

/// Samples of a pixel of a picture; 1 is off, everything else is four. A window's follow its [`quality`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Smoothing(pub u32);

/// The viewer as a program. The caller adds what it wants (panels, a bridge to a page) and runs it.
///
/// # Errors
/// A location that this build or machine cannot reach at all.
pub fn app(location: Location, opening: open::Opening, target: Target, smoothing: Smoothing) -> Result<App, IoFault> {
    let mut app = App::new();
    let picture = matches!(target, Target::Picture { .. });
    let (window, exit) = match &target {
        Target::Window => (Some(platform::window("Jumeau", "")), ExitCondition::OnAllClosed),
        Target::Canvas(selector) => (Some(platform::window("Jumeau", selector)), ExitCondition::OnAllClosed),
        Target::Picture { .. } | Target::Film { .. } => (None, ExitCondition::DontExit),
    };
    let plugins = DefaultPlugins
        .build()
        .set(LogPlugin {
            // What the engine lacks on this machine is no news for a person; what fails is.
            filter: "error,jumeau=warn".into(),
            ..default()
        })
        .set(bevy::window::WindowPlugin {
            primary_window: window,
            exit_condition: exit,
            ..default()
        })
        .set(bevy::render::RenderPlugin {
            // A picture must not miss a surface because its pipeline was still compiling.
            synchronous_pipeline_compilation: picture,
            ..default()
        });
    if target.pixels().is_some() {
        // One frame after the other, without an event loop: the picture decides when it is done.
        app.add_plugins(plugins.disable::<bevy::winit::WinitPlugin>());
        app.insert_resource(quality::Cost { samples: smoothing.0, error: 1.0, ..quality::Cost::of(crate::view::Quality::Presentation) });
    } else {
        app.add_plugins(plugins);
        app.insert_resource(WinitSettings::desktop_app()).add_plugins((pace::PacePlugin, quality::QualityPlugin));
    }
    let budget = tiles::StreamBudget::default();
    app.add_plugins(lost::LostPlugin).insert_resource(tiles::StreamBudget {
        max_bytes: opening.max_bytes.unwrap_or(budget.max_bytes),
        fade_s: if picture { 0.0 } else { budget.fade_s },
        ..budget
    });
    if picture {
        app.insert_resource(vocab::DrawnCamera { at_once: true, ..default() });
    }
    let mut requests = requests::Requests::new(Fetcher::new(location)?);
    open::ask(&mut requests, &opening);
    app.insert_resource(requests)
        .insert_resource(opening)
        .insert_resource(EyeSettings { target })
        .add_plugins(ViewerPlugin);
    Ok(app)
}

/// All of the viewer but the window.
pub struct ViewerPlugin;

#[derive(Resource)]
struct EyeSettings {
    target: Target,
}

/// The picture's target when there is no window.
#[derive(Resource)]
pub struct PictureTarget(pub Handle<Image>);

impl Plugin for ViewerPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<SceneFacts>()
            .init_resource::<quality::Cost>()
            .init_resource::<PointerOverPanel>()
            .init_resource::<vocab::FrameTime>()
            .add_message::<ViewCommand>()
            .configure_sets(
                Update,
                (
                    ViewerSystems::Arrive,
                    ViewerSystems::Input,
                    ViewerSystems::Apply,
                    ViewerSystems::Prepare,
                    ViewerSystems::Stream,
                    ViewerSystems::Report,
                )
                    .chain(),
            )
            .add_plugins((
                open::OpenPlugin,
                tiles::TilesPlugin,
                imagery::ImageryPlugin,
                camera::CameraPlugin,
                sky::SkyPlugin,
                time::TimePlugin,
                series::SeriesPlugin,
                attributes::AttributesPlugin,
                overlay::OverlayPlugin,
                curves::CurvesPlugin,
                pick::PickPlugin,
                roof::RoofPlugin,
                marks::MarksPlugin,
                search::SearchPlugin,
            ))
            // One tuple holds fifteen.
            .add_plugins((machines::MachinesPlugin, changes::ChangesPlugin, flows::FlowsPlugin, siting::SitingPlugin, area::AreaPlugin))
            .add_systems(Startup, open_eye)
            .add_systems(Update, shapes::place_again.in_set(ViewerSystems::Prepare).run_if(resource_exists::<anchor::Anchor>))
            .add_systems(
                Update,
                (
                    (requests::receive, forget_faults).before(ViewerSystems::Arrive),
                    apply_commands
                        .in_set(ViewerSystems::Apply)
                        .run_if(resource_exists::<Scene>),
                    rest::stay_awake.after(ViewerSystems::Report),
                ),
            );
    }
}

fn open_eye(mut commands: Commands, settings: Res<EyeSettings>, cost: Res<quality::Cost>, mut images: ResMut<Assets<Image>>) {
    let mut eye = commands.spawn((
        Eye,
        Camera3d::default(),
        Camera {
            clear_color: ClearColorConfig::Custom(Color::srgb(0.87, 0.90, 0.92)),
            // Where loading and drawing share a thread an empty picture waits: see [`pace`].
            is_active: !platform::LEAVES_FRAMES_OUT,
            ..default()
        },
        // Colours are chosen as they shall be seen; a tone curve would grey them.
        Tonemapping::None,
        Projection::Perspective(PerspectiveProjection::default()),
        quality::msaa(cost.samples),
        quality::filtering(cost.soft_shadows),
    ));
    if let Some((width, height)) = settings.target.pixels() {
        let handle = images.add(snapshot::target_image(width, height));
        eye.insert(RenderTarget::Image(handle.clone().into()));
        commands.insert_resource(PictureTarget(handle));
    }
}

/// The only place where the state changes.
pub fn apply_commands(mut scene: ResMut<Scene>, mut commands: MessageReader<ViewCommand>) {
    for ViewCommand(command) in commands.read() {
        let next = apply(&scene.state, command, &scene.limits);
        if next != scene.state {
            scene.state = next;
        }
    }
}

/// What failed is tried again: when it fails once more, that is news.
fn forget_faults(mut facts: ResMut<SceneFacts>, mut commands: MessageReader<ViewCommand>) {
    if commands.read().any(|command| command.0 == crate::view::Command::TryAgain) {
        facts.forget_all();
    }
}
