//! What a territory holds that can hide the sun, in the local frame of its origin: x east, y *true* north, z up.

use super::tiles::{self, Leaf};
use crate::base::{LayerId, Report};
use crate::formats::gltf::TileContent;
use crate::formats::territory::{GENERATED_TREES, Layer, LayerKind, Manifest};
use crate::geodesy::{Ecef, EnuFrame, LonLatH};
use crate::pipeline::Progress;
use glam::{DMat4, DVec3};
use std::collections::BTreeMap;
use std::path::Path;

pub use crate::rooftop::scenery::{Triangle, bounds};

/// Triangles, sorted.
#[derive(Clone, Debug)]
pub struct Scene {
    pub frame: EnuFrame,
    /// By building id, in the order of the ids.
    pub buildings: BTreeMap<String, Solid>,
    pub ground: Vec<Triangle>,
    /// Surveyed trees; drawn ones hide nothing.
    pub trees: Vec<Tree>,
}

/// One tree: its crown, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Middle of its outline seen from above, half of its width, its foot and its top.
    pub at: [f64; 2],
    pub radius_m: f64,
    pub foot_m: f64,
    pub top_m: f64,
    pub triangles: Vec<Triangle>,
}

impl Tree {
    pub fn new(triangles: Vec<Triangle>) -> Self {
        let [west, south, east, north] = bounds(triangles.iter());
        let heights = || triangles.iter().flatten().map(|p| p[2]);
        Self {
            at: [0.5 * (west + east), 0.5 * (south + north)],
            radius_m: 0.25 * ((east - west) + (north - south)),
            foot_m: heights().fold(f64::INFINITY, f64::min),
            top_m: heights().fold(f64::NEG_INFINITY, f64::max),
            triangles,
        }
    }
}

/// One building.
#[derive(Clone, Debug)]
pub struct Solid {
    pub layer: LayerId,
    pub triangles: Vec<Triangle>,
}

impl Solid {
    /// Where its walls meet the ground.
    pub fn foot_m(&self) -> f64 {
        self.triangles.iter().flatten().map(|[_, _, up]| *up).fold(f64::INFINITY, f64::min)
    }

    /// `[west, south, east, north]`.
    pub fn bounds(&self) -> [f64; 4] {
        bounds(self.triangles.iter())
    }
}

impl Scene {
    /// All triangles that hide everything behind them.
    pub fn solid(&self) -> impl Iterator<Item = &Triangle> {
        self.built().chain(&self.ground)
    }

    /// Those of trees.
    pub fn planted(&self) -> impl Iterator<Item = &Triangle> {
        self.trees.iter().flat_map(|tree| &tree.triangles)
    }

    /// Those of buildings.
    pub fn built(&self) -> impl Iterator<Item = &Triangle> {
        self.buildings.values().flat_map(|solid| &solid.triangles)
    }

    /// Longitude and latitude, degrees, and ellipsoidal height of a local point.
    pub fn lonlat(&self, point: [f64; 3]) -> LonLatH {
        self.frame.to_ecef(DVec3::from_array(point)).to_lonlath()
    }

    /// A place in the local frame.
    pub fn local(&self, at: LonLatH) -> [f64; 3] {
        self.frame.from_ecef(at.to_ecef()).to_array()
    }
}

/// Reads the finest tiles; what cannot be read is reported and passed over.
pub fn read(
    folder: &Path,
    manifest: &Manifest,
    report: &mut Report,
    progress: &dyn Progress,
) -> Scene {
    let [lon, lat, height] = manifest.origin;
    let frame = EnuFrame::at(LonLatH::new(lon, lat, height));
    let mut scene = Scene {
        frame,
        buildings: BTreeMap::new(),
        ground: Vec::new(),
        trees: Vec::new(),
    };
    for layer in &manifest.layers {
        let wanted = match layer.kind {
            LayerKind::Buildings | LayerKind::Terrain => true,
            LayerKind::Trees => layer.id.as_str() != GENERATED_TREES,
            LayerKind::Water | LayerKind::Networks | LayerKind::Areas | LayerKind::Models => false,
        };
        if !wanted {
            continue;
        }
        let leaves = tiles::leaves(folder, &layer.tileset, report);
        progress.step("solar-read", 0, leaves.len() as u64);
        for (number, leaf) in leaves.iter().enumerate() {
            progress.step("solar-read", number as u64 + 1, leaves.len() as u64);
            match tiles::content(folder, leaf) {
                Ok(content) => take(&mut scene, layer, leaf, &content),
                Err(finding) => report.push(finding),
            }
        }
    }
    scene
}

/// Sorts a tile's triangles into the scene, in the local frame.
fn take(
    scene: &mut Scene,
    layer: &Layer,
    leaf: &Leaf,
    content: &TileContent,
) {
    let frame = scene.frame;
    for (mesh_number, mesh) in content.meshes.iter().enumerate() {
        let ecef_from_mesh: DMat4 = leaf.ecef_from_tile * mesh.tile_from_mesh;
        let local: Vec<[f64; 3]> = mesh
            .positions
            .iter()
            .map(|p| {
                let at = DVec3::new(p[0].into(), p[1].into(), p[2].into());
                frame
                    .from_ecef(Ecef(ecef_from_mesh.transform_point3(at)))
                    .to_array()
            })
            .collect();
        let table = mesh.table.and_then(|number| content.tables.get(number));
        let mut trees: BTreeMap<Option<u32>, Vec<Triangle>> = BTreeMap::new();
        for corner in mesh.indices.chunks_exact(3) {
            let &[a, b, c] = corner else { continue };
            let point = |index: u32| local.get(index as usize).copied();
            let (Some(p), Some(q), Some(r)) = (point(a), point(b), point(c)) else {
                continue;
            };
            let triangle = [p, q, r];
            match layer.kind {
                LayerKind::Buildings => {
                    let feature = mesh.feature_ids.get(a as usize).copied();
                    let id = feature
                        .and_then(|row| table?.text("id", row as usize).map(str::to_owned))
                        // Content of others without our table: a name of its own, so that nothing is lost.
                        .unwrap_or_else(|| {
                            format!("{}#{mesh_number}.{}", leaf.path, feature.unwrap_or(0))
                        });
                    let solid = scene.buildings.entry(id).or_insert_with(|| Solid { layer: layer.id.clone(), triangles: Vec::new() });
                    solid.triangles.push(triangle);
                }
                LayerKind::Trees => trees.entry(mesh.feature_ids.get(a as usize).copied()).or_default().push(triangle),
                LayerKind::Terrain | LayerKind::Water | LayerKind::Networks | LayerKind::Areas | LayerKind::Models => {
                    scene.ground.push(triangle)
                }
            }
        }
        scene.trees.extend(trees.into_values().map(Tree::new));
    }
}
