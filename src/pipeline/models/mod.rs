//! Ready-made models as sources: tilesets of 3D Tiles 1.0 and 1.1, and glTF files that a person placed.
//!
//! They are not turned into our own terms: a tileset becomes a layer of its own, its tree and its levels kept, its contents written again as
//! GLB on the globe, batch tables and structural metadata as property tables. Positions in a projected system go through it vertex by vertex,
//! so a tileset that was written in metres of CC46 lands where it belongs to the centimetre. Textures, instances and point clouds are left out, and said.
//!
//! | module | does |
//! |---|---|
//! | [`found`] | tells tilesets and models among files |
//! | [`walk`] | a tileset and all it names as one bounded tree |
//! | [`place`] | from a model's own frame to the globe |
//! | [`content`] | one content, read, placed, its attributes made fit |

pub mod content;
pub mod found;
pub mod place;
pub mod walk;

use super::tile::package::{asset_extras, copyright, each_once, write_file};
use super::tile::{TileFault, attributions_of, composed};
use super::{ImportFault, LayerCount, Progress};
use crate::base::{Bounds2, Clock, Dataset, DatasetId, Finding, LayerId, Nature, Report, Severity};
use crate::formats::territory::{self, Layer, LayerKind, Manifest, Name};
use crate::formats::tiles3d::{Asset, BoundingVolume, Content, Refine, Tile, Tileset};
use crate::geodesy::{Crs, Geoid, LonLat};
use content::{Placed, Region};
use place::{Frame, Placement};
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use walk::Tree;

/// Volumes are wider than their content by this: positions are rounded when they are written.
const MARGIN_M: f64 = 0.05;

/// A tileset or a model among the sources.
#[derive(Clone, Debug)]
pub struct Model {
    /// As a person names the file.
    pub label: String,
    pub path: PathBuf,
    pub dataset: DatasetId,
    pub kind: Kind,
    /// Where the mapping file puts it.
    pub placement: Option<Placement>,
    /// The system its coordinates are in, where somebody said so.
    pub crs: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Tileset,
    Gltf,
}

/// What became of them.
#[derive(Debug, Default)]
pub struct Written {
    pub layers: Vec<Layer>,
    /// Contents read, kept, rejected.
    pub count: LayerCount,
    pub report: Report,
    /// West, south, east, north in degrees, lowest and highest ellipsoidal height.
    pub bounds: Option<[f64; 6]>,
}

/// The files that a model is read from, as far as its own files tell; for telling whether they changed.
pub fn files_of(path: &Path, kind: Kind) -> Vec<PathBuf> {
    let tree = match kind {
        Kind::Tileset => walk::tileset(path, "", &mut Report::default()),
        Kind::Gltf => None,
    };
    tree.into_iter().flat_map(|tree| tree.nodes).flat_map(|node| node.parts).map(|part| part.path).collect()
}

/// Writes each model as a layer below `out`; `datasets` tell whom they are owed to.
///
/// # Errors
/// When a file cannot be written or the work is cancelled; a broken model is a finding.
pub fn write(
    models: &[Model],
    datasets: &[Dataset],
    geoid: &Geoid,
    out: &Path,
    progress: &dyn Progress,
) -> Result<Written, TileFault> {
    let mut written = Written {
        count: LayerCount {
            id: "models".to_owned(),
            ..LayerCount::default()
        },
        ..Written::default()
    };
    for (number, model) in models.iter().enumerate() {
        let id = if models.len() == 1 {
            "models".to_owned()
        } else {
            format!("models-{}", number + 1)
        };
        let tree = match model.kind {
            Kind::Tileset => walk::tileset(&model.path, &model.label, &mut written.report),
            Kind::Gltf => Some(Tree::of_one(&model.path, &model.label)),
        };
        let Some(tree) = tree else {
            written.count.read += 1;
            written.count.rejected += 1;
            continue;
        };
        let Some(frame) = Frame::of(model, &tree, geoid, &mut written.report) else {
            written.count.read += tree.parts();
            written.count.rejected += tree.parts();
            continue;
        };
        let owed_to = attributions_of(std::slice::from_ref(&model.dataset), datasets);
        if let Some(layer) = write_one(model, &id, tree, &frame, &each_once(&owed_to), out, &mut written, progress)? {
            written.layers.push(layer);
        }
    }
    Ok(written)
}

#[expect(clippy::too_many_arguments, reason = "all that a model is and becomes")]
fn write_one(
    model: &Model,
    id: &str,
    tree: Tree,
    frame: &Frame,
    owed_to: &[&str],
    out: &Path,
    written: &mut Written,
    progress: &dyn Progress,
) -> Result<Option<Layer>, TileFault> {
    let jobs: Vec<(usize, usize)> = tree
        .nodes
        .iter()
        .enumerate()
        .flat_map(|(node, of)| (0..of.parts.len()).map(move |part| (node, part)))
        .collect();
    let done = AtomicU64::new(0);
    let results: Vec<Result<(Option<Placed>, Report), TileFault>> = jobs
        .par_iter()
        .map(|(node, part)| {
            if progress.cancelled() {
                return Err(TileFault::Cancelled);
            }
            let mut report = Report::default();
            let part_of = tree.nodes.get(*node).and_then(|node| node.parts.get(*part));
            let placed = match part_of {
                Some(part_of) => content::placed(
                    part_of,
                    frame,
                    &model.dataset,
                    &copyright(owed_to),
                    &format!("{node}.{part}"),
                    &mut report,
                ),
                None => None,
            };
            if let Some(placed) = &placed {
                write_file(out, &format!("{id}/content/{node}.{part}.glb"), &placed.glb)?;
            }
            progress.step(
                "import-models",
                done.fetch_add(1, Ordering::Relaxed) + 1,
                jobs.len() as u64,
            );
            // Written; what is needed further on is where it lies.
            Ok((
                placed.map(|placed| Placed {
                    glb: Vec::new(),
                    bytes: placed.glb.len() as u64,
                    ..placed
                }),
                report,
            ))
        })
        .collect();
    let mut own: Vec<Vec<(usize, Placed)>> = tree.nodes.iter().map(|_| Vec::new()).collect();
    let (mut bytes, mut tiles, mut features) = (0, 0, 0);
    for ((node, part), result) in jobs.iter().zip(results) {
        let (placed, report) = result?;
        written.report.merge(report);
        written.count.read += 1;
        match placed {
            Some(placed) => {
                written.count.kept += 1;
                bytes += placed.bytes;
                tiles += 1;
                // Of tiles that replace each other only the finest count.
                if tree
                    .nodes
                    .get(*node)
                    .is_some_and(|node| node.refine == Refine::Add || node.children.is_empty())
                {
                    features += placed.features;
                }
                if let Some(slot) = own.get_mut(*node) {
                    slot.push((*part, placed));
                }
            }
            None => written.count.rejected += 1,
        }
    }
    let Some((root, region)) = assembled(&tree, &own) else {
        written
            .report
            .push(Finding::new("model-empty", Severity::Error, &model.label));
        return Ok(None);
    };
    let tileset = Tileset {
        asset: Asset {
            gltf_up_axis: None,
            version: "1.1".to_owned(),
            tileset_version: None,
            generator: Some("jumeau".to_owned()),
            extras: asset_extras(owed_to),
        },
        geometric_error: tree.error.max(root.geometric_error),
        root,
        extensions_used: Vec::new(),
        extensions_required: Vec::new(),
        schema: None,
        schema_uri: None,
        groups: Vec::new(),
        metadata: None,
        extras: serde_json::Map::new(),
    };
    let body = tileset.to_json();
    bytes += body.len() as u64;
    write_file(out, &format!("{id}/tileset.json"), &body)?;
    written.bounds = Some(match written.bounds {
        Some(known) => Region(known).union(region).0,
        None => region.0,
    });
    let name = Path::new(&model.label)
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .filter(|stem| stem != "tileset")
        .or_else(|| {
            Path::new(&model.label)
                .parent()?
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
        })
        // Named alone, the folder is the name.
        .or_else(|| {
            model
                .path
                .parent()?
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
        })
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| id.to_owned());
    Ok(Some(Layer {
        id: LayerId::from(id),
        kind: LayerKind::Models,
        name: Name {
            fr: name.clone(),
            en: name,
        },
        tileset: format!("{id}/tileset.json"),
        features,
        tiles,
        bytes,
        datasets: vec![model.dataset.clone()],
        nature: Nature::Declared,
        visible: true,
        style: None,
    }))
}

/// The tree as tiles of a tileset, from the leaves up: each volume holds what lies below; what holds nothing is left out.
fn assembled(tree: &Tree, own: &[Vec<(usize, Placed)>]) -> Option<(Tile, Region)> {
    let mut made: Vec<Option<(Tile, Region)>> = tree.nodes.iter().map(|_| None).collect();
    // Children come after their parents.
    for (index, node) in tree.nodes.iter().enumerate().rev() {
        let parts = own.get(index).map(Vec::as_slice).unwrap_or_default();
        let children: Vec<(Tile, Region)> = node
            .children
            .iter()
            .filter_map(|child| made.get_mut(*child)?.take())
            .collect();
        let region = parts
            .iter()
            .map(|(_, placed)| placed.region)
            .chain(children.iter().map(|(_, region)| *region))
            .reduce(Region::union);
        let Some(region) = region else { continue };
        let mut tile = Tile::new(BoundingVolume::Region(region.radians(MARGIN_M)), node.error);
        tile.refine = Some(node.refine);
        let mut contents: Vec<Content> = parts
            .iter()
            .map(|(part, _)| Content::at(&format!("content/{index}.{part}.glb")))
            .collect();
        if contents.len() == 1 {
            tile.content = contents.pop();
        } else {
            tile.contents = contents;
        }
        tile.children = children.into_iter().map(|(tile, _)| tile).collect();
        if let Some(slot) = made.get_mut(index) {
            *slot = Some((tile, region));
        }
    }
    made.first_mut()?.take()
}

/// The manifest of a territory that holds nothing but models.
///
/// # Errors
/// `tile-empty` when not even a model was usable.
pub fn manifest(
    id: &str,
    name: Name,
    crs: &Crs,
    vertical: &str,
    geoid: &Geoid,
    datasets: &[Dataset],
    bounds: Option<[f64; 6]>,
) -> Result<Manifest, ImportFault> {
    let Some([west, south, east, north, low, _]) = bounds else {
        return Err(ImportFault::new("tile-empty", "", ""));
    };
    let centre = LonLat {
        lon_deg: 0.5 * (west + east),
        lat_deg: 0.5 * (south + north),
    };
    // Metres, near enough to choose a distance to look from.
    let extent = Bounds2 {
        min: [0.0; 2],
        max: [
            (east - west) * 111_320.0 * centre.lat_deg.to_radians().cos(),
            (north - south) * 111_320.0,
        ],
    };
    Ok(Manifest {
        jumeau: territory::VERSION,
        id: id.to_owned(),
        name,
        crs: crs.code().to_owned(),
        vertical: vertical.to_owned(),
        geoid: geoid.name().to_owned(),
        bounds_lonlat: [west, south, east, north],
        origin: [centre.lon_deg, centre.lat_deg, low],
        timezone: Clock::at(centre.lon_deg, centre.lat_deg).name(),
        home: composed(centre, low, &extent),
        views: Vec::new(),
        layers: Vec::new(),
        axes: Vec::new(),
        series: Vec::new(),
        scaled: Vec::new(),
        grids: Vec::new(),
        datasets: datasets.to_vec(),
        imagery: Vec::new(),
        features: None,
        search: None,
        connect: None,
        tables: Vec::new(),
        roofs: None,
    })
}
