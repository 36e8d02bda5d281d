//! The dossier of the selected roof, drawn from what is in memory of the territory, and handed to the person: a file of the desktop, a download of the page.
//!
//! Reads: [`ViewCommand`], [`Scene`], [`Resident`], [`RoofFacts`]. Writes: where the file lies.

use crate::formats::territory::{GENERATED_TREES, LayerKind};
use crate::geodesy::{EnuFrame, LonLatH};
use crate::io;
use crate::rooftop::answer::MyRoof;
use crate::rooftop::dossier;
use crate::rooftop::scenery::{Scenery, Triangle};
use crate::view::{Command, Language};
use crate::viewer::platform;
use crate::viewer::resident::{PickMesh, Resident, ResidentTile};
use crate::viewer::vocab::{RoofFacts, Scene, ViewCommand};
use bevy::prelude::*;

/// What is drawn around the roof, metres: half of the location plan, as wide as a sheet.
const AROUND_M: f64 = 480.0;
/// The layer whose surfaces people walk on.
const ROADS: &str = "roads";

pub(super) fn hand_over(mut asked: MessageReader<ViewCommand>, scene: Res<Scene>, resident: Res<Resident>, mut facts: ResMut<RoofFacts>) {
    if !asked.read().any(|ViewCommand(command)| *command == Command::SaveRoofDossier) {
        return;
    }
    let (Some(found), Some(basis)) = (facts.found.clone(), facts.basis.clone()) else { return };
    let bytes = dossier::pdf(&found, &scenery(&scene, &resident, &found), &basis, io::now(), scene.state.language == Language::En);
    let name: String = found.building.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' }).take(80).collect();
    let saved = platform::save(&format!("jumeau-{name}.pdf"), "application/pdf", &bytes);
    facts.version += 1;
    facts.saved = Some(saved.map_err(|why| why.to_string()));
}

/// What stands around, as far as it has arrived; what is shown is the finest of it.
fn scenery(scene: &Scene, resident: &Resident, found: &MyRoof) -> Scenery {
    let [lon, lat, height_m] = scene.manifest.origin;
    let frame = EnuFrame::at(LonLatH::new(lon, lat, height_m));
    let mut out = Scenery::new(frame);
    let near = |triangle: &Triangle| triangle.iter().any(|p| (p[0] - found.at[0]).hypot(p[1] - found.at[1]) < AROUND_M);
    for layer in &resident.layers {
        for tile in layer.tiles.values().filter(|tile| tile.shown) {
            for mesh in &tile.meshes {
                match layer.kind {
                    LayerKind::Buildings => triangles(&frame, mesh, |vertex, triangle| {
                        if let Some(id) = id(tile, mesh, vertex).filter(|_| near(&triangle)) {
                            out.buildings.entry(id.to_owned()).or_default().push(triangle);
                        }
                    }),
                    // Triangles of the ground may be wider than what is drawn.
                    LayerKind::Terrain => triangles(&frame, mesh, |_, triangle| {
                        if crate::rooftop::scenery::wide(&triangle, [found.at[0], found.at[1]], AROUND_M) {
                            out.ground.push(triangle);
                        }
                    }),
                    LayerKind::Trees if layer.id.as_str() != GENERATED_TREES => triangles(&frame, mesh, |_, triangle| {
                        if near(&triangle) {
                            out.trees.push(triangle);
                        }
                    }),
                    LayerKind::Networks if layer.id.as_str() == ROADS => triangles(&frame, mesh, |_, triangle| {
                        if near(&triangle) {
                            out.paving.push(triangle.map(|[x, y, _]| [x, y]));
                        }
                    }),
                    _ => {}
                }
            }
        }
    }
    out
}

fn id<'t>(tile: &'t ResidentTile, mesh: &PickMesh, vertex: u32) -> Option<&'t str> {
    tile.tables.get(mesh.table?)?.text("id", mesh.feature_ids.get(vertex as usize)? as usize)
}

/// The triangles of a mesh in the local frame, each with its first vertex.
fn triangles(frame: &EnuFrame, mesh: &PickMesh, mut each: impl FnMut(u32, Triangle)) {
    let enu_from_mesh = frame.ecef_from_enu.inverse() * mesh.ecef_from_mesh;
    let points: Vec<[f64; 3]> = mesh.bvh.positions().map(|position| enu_from_mesh.transform_point3(position.as_dvec3()).to_array()).collect();
    for corners in mesh.bvh.triangles() {
        let at = |corner: u32| points.get(corner as usize).copied();
        if let (Some(a), Some(b), Some(c)) = (at(corners[0]), at(corners[1]), at(corners[2])) {
            each(corners[0], [a, b, c]);
        }
    }
}
