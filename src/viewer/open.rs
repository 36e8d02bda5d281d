//! Opens a territory: its manifest becomes a [`Scene`], an [`Anchor`] and a first camera.
//!
//! Reads: the manifest's bytes. Writes: [`Scene`], [`Anchor`], faults.

use super::anchor::Anchor;
use super::requests::{Purpose, Requests};
use super::series::known;
use super::vocab::{Scene, SceneFacts, ViewerSystems};
use crate::formats::territory::{HomeView, Manifest};
use crate::geodesy::LonLatH;
use crate::view::{Camera, Command, Language, Limits, apply, from_link, opening};
use bevy::prelude::*;

/// What to open and how to begin.
#[derive(Resource, Clone, Debug, Default)]
pub struct Opening {
    /// A share link (whole address, or the part after `#`), or the id of a view of the manifest; empty for the opening view.
    pub link: String,
    pub language: Language,
}

pub struct OpenPlugin;

impl Plugin for OpenPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(Startup, ask_for_manifest)
            .add_systems(Update, open.in_set(ViewerSystems::Arrive).run_if(not(resource_exists::<Scene>)));
    }
}

fn ask_for_manifest(requests: Option<ResMut<Requests>>) {
    if let Some(mut requests) = requests {
        requests.ask("territory.json", Purpose::Manifest);
    }
}

fn open(
    mut commands: Commands,
    requests: Option<ResMut<Requests>>,
    asked: Res<Opening>,
    mut facts: ResMut<SceneFacts>,
) {
    let Some(mut requests) = requests else { return };
    for (_, body) in requests.take(|purpose| *purpose == Purpose::Manifest) {
        let manifest = match body {
            Ok(bytes) => Manifest::parse(&bytes),
            Err(fault) => {
                facts.fault("error-territory-unreachable", fault.to_string());
                continue;
            }
        };
        match manifest {
            Ok(manifest) => {
                let (scene, fault) = first_scene(manifest, &asked);
                if let Some(key) = fault {
                    facts.fault(key, asked.link.clone());
                }
                let [lon_deg, lat_deg, height_m] = scene.manifest.origin;
                commands.insert_resource(Anchor::at(LonLatH { lon_deg, lat_deg, height_m }));
                commands.insert_resource(scene);
            }
            Err((code, detail)) => facts.fault(&format!("error-{code}"), detail),
        }
    }
}

/// The scene a territory opens with, and what was wrong with the link. Whatever the link says is kept inside the territory's limits.
fn first_scene(manifest: Manifest, asked: &Opening) -> (Scene, Option<&'static str>) {
    let limits = limits(&manifest);
    let mut state = opening(&manifest.id, manifest.home.instant, &limits);
    state.language = asked.language;
    for layer in manifest.layers.iter().filter(|layer| !layer.visible) {
        state = apply(&state, &Command::ShowLayer { layer: layer.id.clone(), visible: false }, &limits);
    }
    // Of several pictures from above the newest lies on the ground at first.
    let newest = manifest.imagery.iter().rev().max_by(|a, b| a.date.cmp(&b.date)).map(|imagery| imagery.id.as_str());
    for imagery in manifest.imagery.iter().filter(|imagery| newest != Some(imagery.id.as_str())) {
        state = apply(&state, &Command::ShowLayer { layer: imagery.id.as_str().into(), visible: false }, &limits);
    }
    let mut fault = None;
    if let Some(named) = manifest.views.iter().find(|view| view.id == asked.link) {
        state = apply(&state, &Command::LookAt { camera: camera(&named.view) }, &limits);
        state = apply(&state, &Command::SetInstant { instant: named.view.instant }, &limits);
    } else if !asked.link.is_empty() {
        match from_link(&asked.link, &state) {
            Ok(linked) if linked.territory == state.territory => {
                state = apply(&state, &Command::Restore { state: Box::new(linked) }, &limits);
            }
            Ok(_) => fault = Some("error-link-territory"),
            Err(_) => fault = Some("error-link"),
        }
    }
    (Scene { state, limits, manifest }, fault)
}

fn camera(view: &HomeView) -> Camera {
    Camera {
        target: [view.lon, view.lat, view.height_m],
        distance_m: view.distance_m,
        heading_deg: view.heading_deg.rem_euclid(360.0),
        pitch_deg: view.pitch_deg,
    }
}

fn limits(manifest: &Manifest) -> Limits {
    let [west, south, east, north] = manifest.bounds_lonlat;
    let mean = (0.5 * (south + north)).to_radians();
    let extent_m = ((north - south) * 111_200.0).max((east - west) * 111_200.0 * mean.cos());
    // The clock runs over everything that has a date.
    let dated = manifest.axes.iter().filter(|axis| axis.steps().is_some());
    let dated = dated.map(|axis| [axis.start, axis.end]).reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1])]);
    let clock = manifest.clock();
    let year = clock.read(manifest.home.instant).year;
    let whole_year = |year: i16| {
        clock.instant(year, 1, 1, 0, 0).unwrap_or(manifest.home.instant)
    };
    Limits {
        home: camera(&manifest.home),
        bounds_lonlat: manifest.bounds_lonlat,
        distance_m: [15.0, (extent_m * 3.0).max(2_000.0)],
        instants: dated.unwrap_or([whole_year(year), whole_year(year + 1)]),
        // The oldest buildings of the sources carry 1900 or earlier; below that the slider would be empty.
        years: [1850, i32::from(year)],
        clock,
        series: known(manifest),
    }
}
