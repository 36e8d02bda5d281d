//! The package's files: contents, subtrees, tilesets, series, manifest.

use super::TileFault;
use super::grid::{Grid, Plane, TileKey};
use super::mesh::Extent;
use super::scene::Drawn;
use super::series::Demand;
use crate::base::{Dataset, DatasetId, LayerId, Nature};
use crate::formats::gltf::write::{WriteOptions, Writer};
use crate::formats::gltf::{Texts, TileContent, Values};
use crate::formats::territory::{Layer, LayerKind, Manifest, Name};
use crate::formats::tiles3d::{
    Asset, BoundingVolume, Content, ImplicitTiling, Refine, Subdivision, Subtrees, Tile, TileCoord,
    Subtree, TileBounds, Tileset, metadata, plan_subtrees, write_subtree,
};
use crate::pipeline::laying;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Levels of one subtree: 5 are 341 tiles, so that most territories have a root subtree and a few more.
const SUBTREE_LEVELS: u32 = 5;
const CONTENT: &str = "content/{level}/{x}/{y}.glb";
const SUBTREES: &str = "subtrees/{level}.{x}.{y}.subtree";

/// Lattice step of positions near by, metres.
const FINEST_STEP_M: f64 = 0.01;
/// Steps along a tile's side; with its overhang they must stay below 65,535.
const STEPS: f64 = 40_000.0;

/// What a layer is, apart from its tiles.
#[derive(Clone, Debug)]
pub struct LayerPlan {
    pub id: &'static str,
    pub kind: LayerKind,
    pub name: Name,
    pub datasets: Vec<DatasetId>,
    /// By data set, the sentences that must stand wherever the layer is shown; every tile, which may travel alone, has those of its own objects.
    pub attributions: Vec<(DatasetId, String)>,
    pub nature: Nature,
    pub features: u64,
}

impl LayerPlan {
    /// The sentences for what a content holds, each once; all of them where its objects do not say whose they are.
    fn sentences(&self, of: &TileContent) -> Vec<&str> {
        let columns = of.tables.iter().filter_map(|table| table.column("dataset"));
        let held: BTreeSet<&str> = columns
            .filter_map(|column| if let Values::Text(texts) = column { Some(texts) } else { None })
            .flat_map(Texts::iter)
            .collect();
        let owed = self.attributions.iter().filter(|(id, _)| held.is_empty() || held.contains(id.as_str()));
        each_once(owed)
    }
}

/// The sentences of attributions, each once, in their order.
pub fn each_once<'a>(attributions: impl IntoIterator<Item = &'a (DatasetId, String)>) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for (_, text) in attributions {
        if !found.contains(&text.as_str()) {
            found.push(text);
        }
    }
    found
}

/// One text, its parts by semicolons, as readers of glTF take `asset.copyright` apart.
pub fn copyright(sentences: &[&str]) -> String {
    let parts: Vec<String> = sentences.iter().map(|text| text.replace(';', ",")).collect();
    parts.join("; ")
}

/// What a tileset's `asset.extras` say: the same text, and credits where CesiumJS looks for them.
pub fn asset_extras(sentences: &[&str]) -> serde_json::Map<String, serde_json::Value> {
    let mut extras = serde_json::Map::new();
    if !sentences.is_empty() {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let credits: Vec<_> = sentences
            .iter()
            .map(|text| serde_json::json!({ "html": escaped(text), "showOnScreen": true }))
            .collect();
        extras.insert("copyright".to_owned(), copyright(sentences).into());
        extras.insert("cesium".to_owned(), serde_json::json!({ "credits": credits }));
    }
    extras
}

/// The attributions of data sets, in their order; those without one are left out.
pub fn attributions<'d>(ids: &[DatasetId], datasets: impl Iterator<Item = &'d Dataset> + Clone) -> Vec<(DatasetId, String)> {
    ids.iter()
        .filter_map(|id| {
            let text = datasets.clone().find(|dataset| dataset.id == *id)?.attribution.trim();
            (!text.is_empty()).then(|| (id.clone(), text.to_owned()))
        })
        .collect()
}

/// One content that was written.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    pub key: TileKey,
    pub bytes: u64,
    pub extent: Extent,
}

/// The room of each tile and all below it, over all layers: its cell, and what reaches over the cell's edge.
#[derive(Clone, Debug)]
pub struct TileExtents<'p> {
    plane: &'p Plane,
    tiles: BTreeMap<TileKey, Extent>,
    all: Extent,
}

/// Heights in subtrees are rounded outward to this, metres; a power of two, so that single precision holds them exactly.
const HEIGHT_STEP_M: f64 = 1.0 / 16.0;

impl<'p> TileExtents<'p> {
    pub fn new<'w>(plane: &'p Plane, grid: &Grid, written: impl Iterator<Item = &'w Written>) -> Self {
        let mut extents = Self {
            plane,
            tiles: BTreeMap::new(),
            all: Extent::EMPTY,
        };
        for content in written {
            // Positions are rounded after their extent was taken.
            let own = outward(content.extent, position_step(grid, content.key.level));
            extents.all = extents.all.union(own);
            let mut next = Some(content.key);
            while let Some(key) = next {
                let cell = Extent { plan: grid.rect(key), ..Extent::EMPTY };
                let tile = extents.tiles.entry(key).or_insert(cell);
                *tile = tile.union(own);
                next = key.parent();
            }
        }
        extents
    }

    /// The room of everything.
    pub fn all(&self) -> Extent {
        self.all
    }

    fn of_subtree(&self, root: TileCoord, subtree: &Subtree) -> TileBounds {
        let mut regions = Vec::new();
        for level in 0..SUBTREE_LEVELS {
            for morton in 0..1_u64 << (2 * level) {
                let inner = TileCoord::from_morton(level, morton);
                if !subtree.has_tile(inner) {
                    continue;
                }
                let known = root.below(inner).and_then(|tile| {
                    self.tiles.get(&TileKey {
                        level: tile.level,
                        x: tile.x,
                        y: tile.y,
                    })
                });
                regions.push(region(self.plane, known.unwrap_or(&self.all)));
            }
        }
        TileBounds::of_regions(&regions)
    }
}

/// `[west, south, east, north]` in radians, then the heights.
pub fn region(plane: &Plane, extent: &Extent) -> [f64; 6] {
    let (low, high) = (plane.lonlat(extent.plan.min), plane.lonlat(extent.plan.max));
    [
        low.lon_deg.to_radians(),
        low.lat_deg.to_radians(),
        high.lon_deg.to_radians(),
        high.lat_deg.to_radians(),
        extent.min_m,
        extent.max_m,
    ]
}

/// A little more room, with heights on the lattice of [`HEIGHT_STEP_M`].
fn outward(extent: Extent, by_m: f64) -> Extent {
    Extent {
        plan: extent.plan.grown(by_m),
        min_m: ((extent.min_m - by_m) / HEIGHT_STEP_M).floor() * HEIGHT_STEP_M,
        max_m: ((extent.max_m + by_m) / HEIGHT_STEP_M).ceil() * HEIGHT_STEP_M,
    }
}

/// The lattice that a level's positions are rounded to, metres.
pub fn position_step(grid: &Grid, level: u32) -> f64 {
    FINEST_STEP_M.max(grid.tile_side(level) / STEPS)
}

/// Writes a tile's content; nothing for an empty tile.
pub fn write_content(out: &Path, plan: &LayerPlan, grid: &Grid, key: TileKey, drawn: &Drawn, writer: &mut Writer) -> Result<Option<Written>, TileFault> {
    let layer = plan.id;
    let Some(extent) = drawn.extent.filter(|extent| !extent.is_empty()) else {
        return Ok(None);
    };
    let options = WriteOptions {
        precision_m: if drawn.finest {
            FINEST_STEP_M
        } else {
            position_step(grid, key.level)
        },
        copyright: copyright(&plan.sentences(&drawn.content)),
        ..WriteOptions::default()
    };
    let bytes = writer.glb(&drawn.content, &options).map_err(|fault| TileFault::Content {
        layer: layer.to_owned(),
        detail: format!("{}/{}/{}: {fault}", key.level, key.x, key.y),
    })?;
    let path = format!("{layer}/content/{}/{}/{}.glb", key.level, key.x, key.y);
    write_file(out, &path, &bytes)?;
    Ok(Some(Written {
        key,
        bytes: bytes.len() as u64,
        extent,
    }))
}

/// Writes a layer's `tileset.json` and subtrees, and describes it for the manifest.
///
/// `region` and `extents` are the same for all layers of a territory: so a tile of the ground and the roads on it are refined at the same moment.
/// `extents` are those of each tile and all below it, in whatever layer.
pub fn write_layer(
    out: &Path,
    plan: &LayerPlan,
    grid: &Grid,
    region: [f64; 6],
    extents: &TileExtents,
    written: &[Written],
) -> Result<Layer, TileFault> {
    let coords: BTreeSet<TileCoord> = written
        .iter()
        .map(|w| TileCoord::new(w.key.level, w.key.x, w.key.y))
        .collect();
    let levels = coords.iter().map(|c| c.level + 1).max().unwrap_or(1);
    let faulty = |fault: &dyn std::fmt::Display| TileFault::Content {
        layer: plan.id.to_owned(),
        detail: fault.to_string(),
    };
    let mut bytes: u64 = written.iter().map(|w| w.bytes).sum();
    for (root, mut subtree) in plan_subtrees(SUBTREE_LEVELS, &coords).map_err(|f| faulty(&f))? {
        subtree.bounds = Some(extents.of_subtree(root, &subtree));
        let body = write_subtree(&subtree);
        bytes += body.len() as u64;
        let path = format!("{}/subtrees/{}.{}.{}.subtree", plan.id, root.level, root.x, root.y);
        write_file(out, &path, &body)?;
    }
    let mut root = Tile::new(BoundingVolume::Region(region), grid.error(0));
    root.refine = Some(Refine::Replace);
    root.content = Some(Content::at(CONTENT));
    root.implicit_tiling = Some(ImplicitTiling {
        subdivision_scheme: Subdivision::Quadtree,
        subtree_levels: SUBTREE_LEVELS,
        available_levels: levels,
        subtrees: Subtrees {
            uri: SUBTREES.to_owned(),
        },
    });
    let tileset = Tileset {
        asset: Asset {
            gltf_up_axis: None,
            version: "1.1".to_owned(),
            generator: Some("Jumeau".to_owned()),
            extras: asset_extras(&each_once(&plan.attributions)),
            ..Asset::default()
        },
        geometric_error: 2.0 * grid.error(0),
        root,
        extensions_used: Vec::new(),
        extensions_required: Vec::new(),
        schema: Some(metadata::tile_schema()),
        schema_uri: None,
        groups: Vec::new(),
        metadata: None,
        extras: serde_json::Map::new(),
    };
    let body = tileset.to_json();
    bytes += body.len() as u64;
    write_file(out, &format!("{}/tileset.json", plan.id), &body)?;
    Ok(Layer {
        id: LayerId::from(plan.id),
        kind: plan.kind,
        name: plan.name.clone(),
        tileset: format!("{}/tileset.json", plan.id),
        features: plan.features,
        tiles: written.len() as u64,
        bytes,
        datasets: plan.datasets.clone(),
        nature: plan.nature,
        // A plan over the whole scene would hide the map, and pipes that we laid ourselves are no first picture of a town: both are there when asked for.
        visible: plan.kind != LayerKind::Areas && !plan.datasets.iter().any(|dataset| dataset.as_str() == laying::DATASET),
        style: None,
    })
}

/// Writes the load profiles.
pub fn write_series(out: &Path, demand: &Demand, dataset: &Dataset) -> Result<(), TileFault> {
    let files = demand.files(dataset).map_err(|fault| TileFault::Content {
        layer: "series".to_owned(),
        detail: fault.to_string(),
    })?;
    for (path, bytes) in files {
        write_file(out, &path, &bytes)?;
    }
    Ok(())
}

/// Writes `territory.json`.
pub fn write_manifest(out: &Path, manifest: &Manifest) -> Result<(), TileFault> {
    let mut text = serde_json::to_vec_pretty(manifest).map_err(|error| TileFault::Content {
        layer: "territory.json".to_owned(),
        detail: error.to_string(),
    })?;
    text.push(b'\n');
    write_file(out, "territory.json", &text)
}

/// Writes a file below the package's folder; its parents are made.
pub fn write_file(out: &Path, path: &str, bytes: &[u8]) -> Result<(), TileFault> {
    let whole = out.join(path);
    let fault = |error: std::io::Error| TileFault::Write {
        path: path.to_owned(),
        detail: error.to_string(),
    };
    match std::fs::write(&whole, bytes) {
        // Asked for only then: most tiles follow others into the same folder.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            if let Some(parent) = whole.parent() {
                std::fs::create_dir_all(parent).map_err(fault)?;
            }
            std::fs::write(&whole, bytes).map_err(fault)
        }
        written => written.map_err(fault),
    }
}
