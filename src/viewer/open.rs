//! Opens a territory: its manifest becomes a [`Scene`], an [`Anchor`] and a first camera. A tileset of other people opens as a scene of its own.
//!
//! Reads: the manifest's or the tileset's bytes. Writes: [`Scene`], [`Anchor`], [`LayerTraits`], faults.

use super::anchor::Anchor;
use super::{foreign, over};
use super::requests::{Purpose, Requests};
use super::series::known;
use super::vocab::{LayerTraits, Scene, SceneFacts, ViewerSystems};
use crate::base::Report;
use crate::formats::messages::message;
use crate::formats::territory::{HomeView, LayerKind, Manifest};
use crate::formats::{Fault, pmtiles};
use crate::formats::tiles3d::Tileset;
use crate::formats::tiles3d::style::Style;
use crate::geodesy::{Crs, LonLatH};
use crate::io::{IoFault, Part};
use crate::stream::{cloud, ground};
use crate::view::life::YEARS_AHEAD;
use crate::view::{Camera, Command, Language, Limits, apply, from_link, opening};
use bevy::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What to open and how to begin.
#[derive(Resource, Clone, Debug, Default)]
pub struct Opening {
    /// A share link (whole address, or the part after `#`), or the id of a view of the manifest; empty for the opening view.
    pub link: String,
    pub language: Language,
    /// Not a territory but a tileset: the path of its document below the root. Without it `tileset.json` is tried where there is no manifest.
    pub tileset: Option<String>,
    /// The manifest's bytes, where somebody has them already; of no use for a tileset.
    pub manifest: Option<Vec<u8>>,
    /// What a person called it.
    pub name: String,
    /// EPSG code of the projected system that the tileset is in, as a person says.
    pub crs: Option<u32>,
    /// A style in the language of 3D Tiles, for buildings and models.
    pub style: Option<Vec<u8>>,
    /// What is laid on the ground beside what the scene has of its own: templates of pictures, descriptions of tiles, archives of vectors; paths below
    /// the root, or addresses.
    pub over: Vec<String>,
    /// Memory for tiles, all layers together; `None` takes what this platform gives.
    pub max_bytes: Option<u64>,
}

/// The document that a tileset is usually in.
pub const TILESET: &str = "tileset.json";

/// Whether a path names a document that opens by itself: a tileset, a description of tiles, an archive, a cloud of points. Only the manifest of a territory is none.
pub fn is_document(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let known = lower.len() > 5 && (lower.ends_with(".json") || lower.ends_with(".pmtiles")) || cloud::is_cloud(&lower);
    known && !path.ends_with("territory.json")
}

/// The folder and the document of an address that names one; what follows `?` stays with the document.
pub fn document(address: &str) -> Option<(String, String)> {
    let whole = address.split_once('#').map_or(address, |(address, _)| address);
    let (path, query) = whole.split_once('?').map_or((whole, None), |(path, query)| (path, Some(query)));
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (path.get(..=folder.len()).unwrap_or_default(), name));
    let named = match query {
        Some(query) => format!("{name}?{query}"),
        None => name.to_owned(),
    };
    is_document(name).then(|| (folder.to_owned(), named))
}

pub struct OpenPlugin;

impl Plugin for OpenPlugin {
    fn build(&self, app: &mut App) {
        app.add_systems(
            Update,
            (
                open.run_if(not(resource_exists::<Scene>)),
                (ask_for_styles.run_if(resource_added::<Scene>), take_styles).run_if(resource_exists::<Scene>),
            )
                .in_set(ViewerSystems::Arrive),
        );
    }
}

/// Asks for what describes the scene. Before anything else: it travels while the graphics card makes itself ready.
pub fn ask(requests: &mut Requests, opening: &Opening) {
    match (&opening.tileset, &opening.manifest) {
        (None, Some(bytes)) => requests.have(Purpose::Manifest, bytes.clone()),
        (None, None) => requests.ask("territory.json", Purpose::Manifest),
        (Some(path), _) => ask_for_foreign(requests, path, pmtiles::HEAD_BYTES as u64),
    }
    for (number, address) in opening.over.iter().enumerate().filter(|(_, address)| over::is_described(address)) {
        requests.ask_part(address, None, Purpose::Over { number });
    }
}

/// What waits for the rest before it becomes the scene.
#[derive(Default)]
struct Entrance {
    scene: Option<(Manifest, Limits)>,
    /// What has come of [`Opening::over`], by its place there.
    over: BTreeMap<usize, Result<Vec<u8>, IoFault>>,
}

impl Entrance {
    /// The scene with what is laid on its ground, once all of it is there.
    fn pass(&mut self, asked: &Opening, facts: &mut SceneFacts) -> Option<(Manifest, Limits)> {
        let described = asked.over.iter().filter(|address| over::is_described(address)).count();
        if self.over.len() < described {
            return None;
        }
        let (mut manifest, limits) = self.scene.take()?;
        for (number, address) in asked.over.iter().enumerate() {
            let added = match self.over.get(&number) {
                Some(Err(fault)) => Err(fault.to_string()),
                Some(Ok(bytes)) => over::add(&mut manifest, number, address, Some(bytes)),
                None => over::add(&mut manifest, number, address, None),
            };
            if let Err(what) = added {
                facts.fault("error-over", format!("{address}: {what}"));
            }
        }
        if manifest.imagery.iter().any(over::is_over) && manifest.layers.iter().all(|layer| layer.kind != LayerKind::Terrain) {
            facts.fault("error-over-ground", "");
        }
        Some((manifest, limits))
    }
}

/// Asks for a document that is no territory: all of it, or the head of an archive, which may be as large as a country.
fn ask_for_foreign(requests: &mut Requests, path: &str, head_bytes: u64) {
    let purpose = Purpose::Foreign { path: path.to_owned() };
    let name = path.split('?').next().unwrap_or(path);
    if cloud::is_cloud(path) {
        let first = cloud::Opener::new(path, None).wanted();
        requests.ask_part(path, Some(Part { offset: first.offset, length: first.length }), purpose);
    } else if name.to_ascii_lowercase().ends_with(".pmtiles") {
        requests.ask_part(path, Some(Part { offset: 0, length: head_bytes }), purpose);
    } else {
        requests.ask(path, purpose);
    }
}

fn open(
    mut commands: Commands,
    requests: Option<ResMut<Requests>>,
    asked: Res<Opening>,
    mut traits: ResMut<LayerTraits>,
    mut facts: ResMut<SceneFacts>,
    mut opener: Local<Option<cloud::Opener>>,
    mut entrance: Local<Entrance>,
) {
    let Some(mut requests) = requests else { return };
    for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::Over { .. })) {
        if let Purpose::Over { number } = purpose {
            entrance.over.insert(number, body);
        }
    }
    let crs = asked.crs.and_then(|epsg| Crs::from_epsg(epsg).ok());
    for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::Foreign { .. })) {
        let Purpose::Foreign { path } = purpose else { continue };
        if let (true, Ok(bytes)) = (cloud::is_cloud(&path), &body) {
            let opener = opener.get_or_insert_with(|| cloud::Opener::new(&path, crs.clone()));
            match opener.take(bytes) {
                Ok(None) => {
                    let next = opener.wanted();
                    requests.ask_part(&path, Some(Part { offset: next.offset, length: next.length }), Purpose::Foreign { path: path.clone() });
                }
                Ok(Some(cloud)) => match foreign::cloud(&cloud, &path, &asked.name) {
                    Some(opened) => {
                        if let Some(crs) = &crs {
                            traits.systems.insert(foreign::LAYER.into(), crs.clone());
                        }
                        let limits = Limits { distance_m: opened.distance_m, bounds_lonlat: opened.manifest.bounds_lonlat, ..limits(&opened.manifest) };
                        entrance.scene = Some((opened.manifest, limits));
                    }
                    None => facts.fault("error-tileset-unreadable", format!("{path}: {}", cloud.crs().code())),
                },
                Err(fault) => facts.fault("error-tileset-unreadable", format!("{path}: {}", sentence(fault, &path, asked.language))),
            }
            continue;
        }
        let tileset = match body {
            Ok(bytes) => match (Tileset::parse(&bytes), ground::pyramid(&bytes, &path)) {
                (Err(_), Some(Ok(ground::Opened::Pyramid(pyramid)))) => {
                    let opened = foreign::ground(&pyramid, &path, &asked.name);
                    let limits = Limits { distance_m: opened.distance_m, bounds_lonlat: opened.manifest.bounds_lonlat, ..limits(&opened.manifest) };
                    entrance.scene = Some((opened.manifest, limits));
                    continue;
                }
                (Err(_), Some(Ok(ground::Opened::Longer(head_bytes)))) if (bytes.len() as u64) < head_bytes && bytes.len() as u64 >= pmtiles::HEAD_BYTES as u64 => {
                    ask_for_foreign(&mut requests, &path, head_bytes);
                    continue;
                }
                (Err(_), Some(Ok(ground::Opened::Longer(head_bytes)))) => Err(sentence(Fault::new("pmtiles-short", "header", head_bytes), &path, asked.language)),
                (Err(_), Some(Err(fault))) => Err(sentence(fault, &path, asked.language)),
                (parsed, _) => parsed.map_err(|fault| fault.to_string()),
            },
            Err(IoFault::NotFound(_)) if asked.tileset.is_none() => {
                facts.fault("error-territory-unreachable", asked.name.clone());
                continue;
            }
            Err(fault) => Err(fault.to_string()),
        };
        let opened = tileset.and_then(|tileset| {
            foreign::scene(&tileset, &path, &asked.name, crs.as_ref()).ok_or_else(|| foreign::unplaced(&tileset))
        });
        match opened {
            Ok(opened) => {
                traits.stands.insert(foreign::LAYER.into(), opened.stand);
                let limits = Limits { distance_m: opened.distance_m, bounds_lonlat: opened.manifest.bounds_lonlat, ..limits(&opened.manifest) };
                entrance.scene = Some((opened.manifest, limits));
            }
            Err(what) => facts.fault("error-tileset-unreadable", format!("{path}: {what}")),
        }
    }
    for (_, body) in requests.take(|purpose| *purpose == Purpose::Manifest) {
        let manifest = match body {
            Ok(bytes) => Manifest::parse(&bytes),
            Err(IoFault::NotFound(_)) => {
                requests.ask(TILESET, Purpose::Foreign { path: TILESET.to_owned() });
                continue;
            }
            Err(fault) => {
                facts.fault("error-territory-unreachable", fault.to_string());
                continue;
            }
        };
        match manifest {
            Ok(manifest) => {
                let limits = limits(&manifest);
                entrance.scene = Some((manifest, limits));
            }
            Err((code, detail)) => facts.fault(&format!("error-{code}"), detail),
        }
    }
    if let Some((manifest, limits)) = entrance.pass(&asked, &mut facts) {
        enter(&mut commands, manifest, limits, &asked, &mut traits, &mut facts);
    }
}

/// A fault as a person reads it.
fn sentence(fault: Fault, path: &str, language: Language) -> String {
    let (fr, en) = message(&fault.finding(path));
    match language {
        Language::Fr => fr,
        Language::En => en,
    }
}

/// Makes a manifest the scene.
fn enter(commands: &mut Commands, manifest: Manifest, limits: Limits, asked: &Opening, traits: &mut LayerTraits, facts: &mut SceneFacts) {
    if let Some(bytes) = &asked.style
        && let Some(style) = style(bytes, asked.language, facts)
    {
        let styled = manifest.layers.iter().filter(|layer| matches!(layer.kind, LayerKind::Buildings | LayerKind::Models));
        traits.styles.extend(styled.map(|layer| (layer.id.clone(), style.clone())));
    }
    let (scene, fault) = first_scene(manifest, limits, asked);
    if let Some(key) = fault {
        facts.fault(key, asked.link.clone());
    }
    let [lon_deg, lat_deg, height_m] = scene.manifest.origin;
    commands.insert_resource(Anchor::at(LonLatH { lon_deg, lat_deg, height_m }));
    commands.insert_resource(scene);
}

/// Reads a style; what of it cannot be applied is told.
fn style(bytes: &[u8], language: Language, facts: &mut SceneFacts) -> Option<Arc<Style>> {
    let mut report = Report::default();
    let style = Style::parse(bytes, "", &mut report);
    for finding in report.findings() {
        let (fr, en) = crate::formats::messages::message(finding);
        let text = if language == Language::Fr { fr } else { en };
        facts.fault("error-style", format!("{}: {text}", finding.object));
    }
    style.map(Arc::new).map_err(|fault| facts.fault("error-style", fault.to_string())).ok()
}

/// The styles that layers name, unless a person has brought another.
fn ask_for_styles(scene: Res<Scene>, traits: Res<LayerTraits>, requests: Option<ResMut<Requests>>) {
    let Some(mut requests) = requests else { return };
    for (layer, of) in scene.manifest.layers.iter().enumerate() {
        let dressable = matches!(of.kind, LayerKind::Buildings | LayerKind::Models) && !traits.styles.contains_key(&of.id);
        if let Some(path) = of.style.as_ref().filter(|_| dressable) {
            requests.ask(path, Purpose::Style { layer });
        }
    }
}

fn take_styles(scene: Res<Scene>, requests: Option<ResMut<Requests>>, mut traits: ResMut<LayerTraits>, mut facts: ResMut<SceneFacts>) {
    let Some(mut requests) = requests else { return };
    for (purpose, body) in requests.take(|purpose| matches!(purpose, Purpose::Style { .. })) {
        let Purpose::Style { layer } = purpose else { continue };
        let Some(of) = scene.manifest.layers.get(layer) else { continue };
        match body {
            Ok(bytes) => {
                if let Some(style) = style(&bytes, scene.state.language, &mut facts) {
                    traits.styles.insert(of.id.clone(), style);
                }
            }
            Err(fault) => facts.fault("error-style", fault.to_string()),
        }
    }
}

/// The scene a territory opens with, and what was wrong with the link. Whatever the link says is kept inside the territory's limits.
fn first_scene(manifest: Manifest, limits: Limits, asked: &Opening) -> (Scene, Option<&'static str>) {
    let mut state = opening(&manifest.id, manifest.home.instant, &limits);
    state.language = asked.language;
    for layer in manifest.layers.iter().filter(|layer| !layer.visible) {
        state = apply(&state, &Command::ShowLayer { layer: layer.id.clone(), visible: false }, &limits);
    }
    // Of several pictures from above the newest lies on the ground at first.
    let newest = manifest.imagery.iter().rev().max_by(|a, b| a.date.cmp(&b.date));
    let newest = manifest.imagery.iter().find(|imagery| over::is_over(imagery)).or(newest).map(|imagery| imagery.id.as_str());
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
    let instants = dated.unwrap_or([whole_year(year), whole_year(year + 1)]);
    let years = [instants[0], instants[1].plus_seconds(-1)].map(|at| i32::from(clock.read(at).year));
    Limits {
        home: camera(&manifest.home),
        bounds_lonlat: manifest.bounds_lonlat,
        distance_m: [15.0, (extent_m * 3.0).max(2_000.0)],
        instants,
        // Ahead as far as plans reach. The oldest buildings of the sources carry 1900 or earlier; below that the slider would be empty.
        years: [years[0].min(1850), years[1].max(i32::from(year) + YEARS_AHEAD)],
        clock,
        series: known(manifest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_territory_or_a_document() {
        let split = |address: &str| document(address).map(|(folder, name)| format!("{folder} {name}"));
        assert_eq!(split("https://a.fr/b/cloud.copc.laz?key=1#t=2"), Some("https://a.fr/b/ cloud.copc.laz?key=1".to_owned()));
        assert_eq!(split("points/ville.LAZ"), Some("points/ ville.LAZ".to_owned()));
        assert_eq!(split("tileset.json"), Some(" tileset.json".to_owned()));
        assert_eq!(split("/tiles/ground.pmtiles"), Some("/tiles/ ground.pmtiles".to_owned()));
        for none in ["https://a.fr/nantes/", "nantes/territory.json", "https://a.fr/x.png", ""] {
            assert_eq!(document(none), None, "{none}");
        }
    }
}
