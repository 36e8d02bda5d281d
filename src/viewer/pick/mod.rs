//! A click on the scene: which feature, and what is known of it.
//!
//! Reads: pointer, shown tiles, [`Scene`]. Sends: [`Command::Select`]. Writes: the figures of [`SceneFacts`].

mod sheet;

use super::anchor::Anchor;
use super::click::Clicks;
use super::lift::Lifts;
use super::resident::{PickMesh, RayHit, Resident, nearest_raised};
use super::series::{SeriesStore, demand};
use super::vocab::{DrawnCamera, PointerTaken, RoofFacts, Scene, SceneFacts, ViewCommand, ViewerSystems};
use crate::base::{DatasetId, Nature};
use crate::formats::gltf::sampled::{Said, Tells};
use crate::formats::gltf::{Column, PropertyTable, Values};
use crate::formats::territory::LayerKind;
use crate::geodesy::{EnuFrame, LonLatH};
use crate::view::{Command, RoofTree, Selection};
use bevy::ecs::message::{MessageCursor, Messages};
use bevy::prelude::*;
use bevy::window::PrimaryWindow;
use glam::{DVec2, DVec3};

pub struct PickPlugin;

impl Plugin for PickPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Pointed>().add_systems(
            Update,
            (
                click
                    .in_set(ViewerSystems::Input)
                    .run_if(resource_exists::<Scene>.and_then(resource_exists::<Anchor>)),
                choose_centre
                    .in_set(ViewerSystems::Input)
                    .run_if(resource_exists::<Scene>.and_then(resource_exists::<Anchor>)),
                tell.in_set(ViewerSystems::Prepare).run_if(resource_exists::<Scene>),
            ),
        );
    }
}

#[expect(clippy::too_many_arguments, reason = "a click is pointer and scene at once")]
fn click(
    mut clicks: Clicks,
    taken: Option<Res<PointerTaken>>,
    drawn: Res<DrawnCamera>,
    anchor: Res<Anchor>,
    (resident, lifts): (Res<Resident>, Res<Lifts>),
    (scene, roof): (Res<Scene>, Option<Res<RoofFacts>>),
    mut pointed: ResMut<Pointed>,
    mut commands: MessageWriter<ViewCommand>,
) {
    let clicked = clicks.ended();
    // The click belongs to a thing that is put down or was moved.
    if taken.is_some_and(|taken| taken.0) {
        return;
    }
    let (Some(pointer), Some(size), Some(pose)) = (clicked, clicks.size(), drawn.pose) else { return };
    let ray = pose.ray_at(pointer, size);
    // A tree before the selected roof: the click fells it, or lets it stand again.
    if let Some(tree) = roof.and_then(|roof| tree(&scene, &roof, &resident, &lifts, &anchor, pose.eye, ray)) {
        let felled = if scene.state.roof.felled == tree { RoofTree::None } else { tree };
        commands.write(ViewCommand(Command::FellRoofTree { tree: felled }));
        return;
    }
    let selection = pointed.take(pick(&resident, &lifts, &anchor, pose.eye, ray));
    commands.write(ViewCommand(Command::Select { selection }));
}

/// The tree of the selected roof that a ray meets before anything else.
fn tree(scene: &Scene, roof: &RoofFacts, resident: &Resident, lifts: &Lifts, anchor: &Anchor, eye: DVec3, ray: DVec3) -> Option<RoofTree> {
    let record = &roof.prepared.as_ref()?.record;
    let (ecef, [lon, lat, height_m]) = (anchor.ecef_from_world(), scene.manifest.origin);
    let (from, way) = (ecef.transform_point3(eye), ecef.transform_vector3(ray));
    let enu = EnuFrame::at(LonLatH::new(lon, lat, height_m)).ecef_from_enu.inverse();
    let (number, metres) = crate::rooftop::tree::met(record, enu.transform_point3(from), enu.transform_vector3(way).normalize_or_zero())?;
    let before = nearest_raised(resident, lifts.0.as_ref(), from, way, |kind| kind != LayerKind::Trees).is_none_or(|hit| metres < hit.distance * way.length());
    before.then_some(RoofTree::One(u16::try_from(number).ok()?))
}

/// For those who have no pointer: what stands in the middle of the picture, where the camera looks.
fn choose_centre(
    mut asked: Local<MessageCursor<ViewCommand>>,
    mut commands: ResMut<Messages<ViewCommand>>,
    windows: Query<&Window, With<PrimaryWindow>>,
    drawn: Res<DrawnCamera>,
    anchor: Res<Anchor>,
    (resident, lifts): (Res<Resident>, Res<Lifts>),
    mut pointed: ResMut<Pointed>,
) {
    let is_asked = asked.read(&commands).any(|command| command.0 == Command::SelectCentre);
    let (true, Some(pose), Ok(window)) = (is_asked, drawn.pose, windows.single()) else { return };
    let size = DVec2::new(f64::from(window.width()), f64::from(window.height()));
    let selection = pointed.take(pick(&resident, &lifts, &anchor, pose.eye, pose.ray_at(0.5 * size, size)));
    commands.write(ViewCommand(Command::Select { selection }));
}

/// The feature that a ray meets first. Whatever is nearest hides what lies behind; only features with an id can be chosen.
fn pick(resident: &Resident, lifts: &Lifts, anchor: &Anchor, eye: DVec3, ray: DVec3) -> Option<(Selection, Vec<Column>)> {
    let ecef = anchor.ecef_from_world();
    let hit = nearest_raised(
        resident,
        lifts.0.as_ref(),
        ecef.transform_point3(eye),
        ecef.transform_vector3(ray),
        |kind| kind != LayerKind::Trees,
    )?;
    let layer = &resident.layers[hit.layer];
    let tile = layer.tiles.get(&hit.tile)?;
    let mesh = tile.meshes.get(hit.mesh)?;
    // A picture may tell features apart that share a triangle.
    let painted = mesh.probes.iter().find_map(|probe| match &probe.tells {
        Tells::Feature { table: Some(table), .. } => Some((tile.tables.get(*table)?, probe.tells.feature(probe.texel(&hit)?)? as usize)),
        Tells::Feature { .. } | Tells::Property(_) => None,
    });
    let (table, row) = match painted.filter(|(table, row)| *row < table.count) {
        Some(painted) => painted,
        None => (tile.tables.get(mesh.table?)?, mesh.feature_ids.get(hit.vertex as usize)? as usize),
    };
    let selection = Selection { layer: layer.id.clone(), id: table.text("id", row)?.to_owned() };
    Some((selection, [told(mesh, &hit), said(mesh, &hit), tile.about.clone()].concat()))
}

/// What is known of the point that was hit, beside its class.
fn told(mesh: &PickMesh, hit: &RayHit) -> Vec<Column> {
    let row = hit.vertex as usize;
    let told = mesh.told.iter().filter(|column| row < column.values.len());
    told.map(|column| Column { name: column.name.clone(), values: column.values.row(row) }).collect()
}

/// What pictures tell of the very place that was hit.
fn said(mesh: &PickMesh, hit: &RayHit) -> Vec<Column> {
    let told = mesh.probes.iter().filter_map(|probe| {
        let texel = probe.texel(hit)?;
        let (name, value) = match &probe.tells {
            Tells::Property(scale) => (scale.name.clone(), scale.read(texel)?),
            Tells::Feature { table: None, .. } => ("feature".to_owned(), Said::Number(f64::from(probe.tells.feature(texel)?))),
            Tells::Feature { .. } => return None,
        };
        let values = match value {
            Said::Number(number) => Values::F64(vec![number]),
            Said::Text(text) => Values::Text([text].into()),
        };
        Some(Column { name, values })
    });
    told.collect()
}

/// What was told of the place that was pointed at last, beside what is known of the feature there.
#[derive(Resource, Default)]
struct Pointed {
    at: Option<(Selection, Vec<Column>)>,
    times: u64,
}

impl Pointed {
    fn take(&mut self, picked: Option<(Selection, Vec<Column>)>) -> Option<Selection> {
        self.times += 1;
        self.at = picked;
        self.at.as_ref().map(|(selection, _)| selection.clone())
    }
}

/// What is known of the selected feature: a table of one row, kept because its tile may be dropped while the clock runs on.
struct Held {
    selection: Selection,
    kind: LayerKind,
    facts: PropertyTable,
    /// What its tile's document says beside.
    about: Vec<Column>,
    /// How often something had been pointed at.
    times: u64,
}

impl Held {
    /// Beside what is known of the feature what is told of the place.
    fn with(mut self, pointed: &Pointed) -> Self {
        self.times = pointed.times;
        let said = pointed.at.as_ref().filter(|(selection, _)| *selection == self.selection).map(|(_, said)| said.clone());
        // The tile that was clicked says more of the place than another one that knows the same feature.
        for columns in [said.unwrap_or_default(), std::mem::take(&mut self.about)] {
            let known: Vec<String> = self.facts.columns.iter().map(|column| column.name.clone()).collect();
            self.facts.columns.extend(columns.into_iter().filter(|column| !known.contains(&column.name)));
        }
        self
    }
}

/// Looks for a selected feature among the tiles in memory.
fn find(resident: &Resident, selection: &Selection) -> Option<Held> {
    let layer = resident.layers.iter().find(|layer| layer.id == selection.layer)?;
    layer.tiles.values().flat_map(|tile| tile.tables.iter().map(move |table| (tile, table))).find_map(|(tile, table)| {
        let row = (0..table.count).find(|row| table.text("id", *row) == Some(&selection.id))?;
        Some(Held { selection: selection.clone(), kind: layer.kind, facts: table.row(row), about: tile.about.clone(), times: 0 })
    })
}

fn tell(
    scene: Res<Scene>,
    (resident, pointed): (Res<Resident>, Res<Pointed>),
    mut store: ResMut<SeriesStore>,
    mut held: Local<Option<Held>>,
    mut told: Local<Option<(Selection, Option<usize>, bool, u64)>>,
    mut facts: ResMut<SceneFacts>,
) {
    let selection = scene.state.selection.as_ref();
    if held.as_ref().map(|held| &held.selection) != selection || held.as_ref().is_some_and(|held| held.times != pointed.times) {
        *held = selection.and_then(|selection| find(&resident, selection)).map(|held| held.with(&pointed));
    }
    let Some(held) = held.as_ref() else {
        // Nothing is selected, or its tile is not there yet: the sheet follows when it is.
        if told.take().is_some() || !facts.figures.is_empty() {
            facts.figures.clear();
        }
        return;
    };
    let store = store.bypass_change_detection();
    let series = demand(&scene.manifest);
    let step = series.and_then(|choice| usize::try_from(choice.axis.step_at(scene.state.instant)?).ok());
    let profile = held.facts.number("demand_profile", 0).filter(|_| held.kind == LayerKind::Buildings).map(|profile| profile as usize);
    // The hour's chunk is asked for as long as it is not there.
    let is_there = series.zip(step).zip(profile).is_none_or(|((choice, step), profile)| {
        let path = &choice.series.path;
        let chunk = store.layout(path).filter(|layout| profile < layout.rows && step < layout.steps).map(|layout| (profile / layout.chunk_rows, step / layout.chunk_steps));
        chunk.is_some_and(|chunk| store.want(path, chunk)) || store.has_failed(path)
    });
    let key = (held.selection.clone(), step, is_there, held.times);
    if told.as_ref() == Some(&key) {
        return;
    }
    // A layer may hold features of several data sets; each names its own.
    let dataset = held.facts.text("dataset", 0).map(DatasetId::from);
    let dataset = dataset
        .or_else(|| scene.manifest.layer(&held.selection.layer)?.datasets.first().cloned())
        .unwrap_or_else(|| "jumeau".into());
    facts.figures = match held.kind {
        LayerKind::Buildings => {
            let coefficient = series.and_then(|choice| store.value(&choice.series.path, profile?, step?));
            let model = series.map_or_else(|| dataset.clone(), |choice| choice.series.dataset.clone());
            sheet::building(&held.facts, &dataset, &model, coefficient, is_there)
        }
        _ => sheet::object(&held.facts, &dataset),
    };
    // What was drawn where the data are silent is measured by nobody and declared by nobody.
    if scene.manifest.datasets.iter().any(|known| known.id == dataset && known.nature == Nature::Made) {
        facts.figures.iter_mut().for_each(|figure| figure.nature = Nature::Made);
    }
    *told = Some(key);
}
