//! Documents become pyramids: `layer.json`, TileJSON and `metadata.json`, the head of a PMTiles archive.

use super::{Matter, Pyramid, Source, resolve};
use crate::formats::Fault;
use crate::formats::pmtiles::{Archive, Kind};
use crate::formats::quantizedmesh::Layer;
use crate::formats::tiledescription::{self, Description, sound};
use crate::formats::webtiles::MAX_LATITUDE_DEG;
use std::sync::Arc;

/// Largest head of an archive that is asked for: root directory and metadata.
const MAX_HEAD_BYTES: u64 = 8 << 20;

/// Layers of one terrain.
const MAX_LAYERS: usize = 8;

/// What a document turned out to be.
#[derive(Debug)]
pub enum Opened {
    Pyramid(Box<Pyramid>),
    /// An archive whose head is longer than what has come: so many bytes of it are needed.
    Longer(u64),
}

/// Reads a document that is no tileset; `None` where it is no pyramid either. `path` is its own, from the host's root.
///
/// # Errors
/// A description that cannot be read, or of tiles that are not ground and not vectors (`ground-matter`), or whose addresses lead elsewhere (`tile-path-refused`).
pub fn pyramid(bytes: &[u8], path: &str) -> Option<Result<Opened, Fault>> {
    if bytes.starts_with(b"PMTiles") {
        return Some(archive(bytes, path));
    }
    let start = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let says = |word: &str| {
        start
            .windows(word.len())
            .any(|window| window == word.as_bytes())
    };
    if says("quantized-mesh") || says("heightmap-1") {
        return Some(layer(bytes, path).map(|pyramid| Opened::Pyramid(Box::new(pyramid))));
    }
    match Description::parse(bytes) {
        Ok(description) => {
            Some(described(description, path).map(|pyramid| Opened::Pyramid(Box::new(pyramid))))
        }
        // Neither this nor a tileset: the reader of tilesets says what is wrong.
        Err(fault) if fault.code == "tiles-description-json" || fault.object == "tilejson" => None,
        Err(fault) => Some(Err(fault)),
    }
}

/// A layer with its templates resolved.
fn read_layer(bytes: &[u8], path: &str) -> Result<Layer, Fault> {
    let mut layer = Layer::parse(bytes)?;
    for template in &mut layer.tiles {
        *template = resolve(path, template)
            .ok_or_else(|| Fault::new("tile-path-refused", "tiles", &template))?;
    }
    Ok(layer)
}

fn layer(bytes: &[u8], path: &str) -> Result<Pyramid, Fault> {
    let layer = read_layer(bytes, path)?;
    let edge = if layer.mercator {
        MAX_LATITUDE_DEG
    } else {
        90.0
    };
    Ok(Pyramid {
        matter: Matter::Mesh,
        mercator: layer.mercator,
        levels: [0, layer.max_level],
        bounds_deg: [-180.0, -edge, 180.0, edge],
        attribution: layer.attribution.clone(),
        base_m: 0.0,
        paper: true,
        source: Source::Layers(vec![layer]),
    })
}

impl Pyramid {
    /// Where the description of the layer is that fills what this pyramid's layers lack: it stands in a folder that the last of them names.
    /// `path` is that last one's own.
    ///
    /// # Errors
    /// `terrain-layer-parent` where the address leads nowhere, or there are more layers than [`MAX_LAYERS`].
    pub(crate) fn parent(&self, path: &str) -> Result<Option<String>, Fault> {
        let Source::Layers(layers) = &self.source else { return Ok(None) };
        let Some(folder) = layers.last().and_then(|layer| layer.parent.as_deref()) else { return Ok(None) };
        let (folder, query) = folder.split_once('?').map_or((folder, String::new()), |(folder, query)| (folder, format!("?{query}")));
        let address = format!("{}/layer.json{query}", folder.trim_end_matches('/'));
        let found = resolve(path, &address).filter(|_| layers.len() < MAX_LAYERS);
        found.map(Some).ok_or_else(|| Fault::new("terrain-layer-parent", "parentUrl", folder))
    }

    /// Adds that layer, whose description has come.
    ///
    /// # Errors
    /// Those of its description; `terrain-layer-parent` where its tiles are cut otherwise.
    pub(crate) fn add_parent(&mut self, bytes: &[u8], path: &str) -> Result<(), Fault> {
        let layer = read_layer(bytes, path)?;
        let Source::Layers(layers) = &mut self.source else { return Ok(()) };
        if layer.mercator != self.mercator {
            return Err(Fault::new("terrain-layer-parent", path, if layer.mercator { "EPSG:3857" } else { "EPSG:4326" }));
        }
        self.levels[1] = self.levels[1].max(layer.max_level);
        if !layer.attribution.is_empty() && !self.attribution.contains(&layer.attribution) {
            self.attribution = [self.attribution.as_str(), &layer.attribution].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
        }
        layers.push(layer);
        Ok(())
    }
}

fn described(mut description: Description, path: &str) -> Result<Pyramid, Fault> {
    if description.tiles.is_empty() {
        description.tiles = vec![description.template()];
    }
    let tiles = description
        .tiles
        .iter()
        .map(|template| {
            resolve(path, template)
                .ok_or_else(|| Fault::new("tile-path-refused", "tiles", template))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Pyramid {
        matter: matter(description.matter)?,
        mercator: true,
        levels: description.levels,
        bounds_deg: description.bounds_deg,
        attribution: description.attribution,
        base_m: 0.0,
        paper: true,
        source: Source::Templates {
            tiles,
            tms: description.tms,
        },
    })
}

fn matter(matter: tiledescription::Matter) -> Result<Matter, Fault> {
    match matter {
        tiledescription::Matter::Heights(rule) => Ok(Matter::Heights(rule)),
        tiledescription::Matter::Vectors => Ok(Matter::Vectors),
        tiledescription::Matter::Pictures => Err(Fault::new("ground-matter", "format", "raster")),
    }
}

fn archive(head: &[u8], path: &str) -> Result<Opened, Fault> {
    let header = crate::formats::pmtiles::Header::parse(head)?;
    let ends = [header.root, header.metadata].map(|span| span.offset.saturating_add(span.length));
    let end = ends.into_iter().max().unwrap_or(0);
    if end > MAX_HEAD_BYTES {
        return Err(Fault::new("pmtiles-limit", "metadata", end));
    }
    if end > head.len() as u64 {
        return Ok(Opened::Longer(end));
    }
    let archive = Archive::open(head)?;
    let metadata = head
        .get(header.metadata.offset as usize..ends[1] as usize)
        .unwrap_or_default();
    // Metadata is there to be read by people; an archive without is whole.
    let metadata = header
        .internal
        .unpack(metadata, tiledescription::MAX_BYTES)
        .unwrap_or_default();
    let description = Description::parse(&metadata).ok();
    let attribution = description
        .as_ref()
        .map_or_else(String::new, |description| description.attribution.clone());
    let matter = match header.kind {
        Kind::Mvt => Matter::Vectors,
        Kind::Png | Kind::Webp | Kind::Jpeg | Kind::Unknown => {
            match description.map(|description| description.matter) {
                Some(found) => matter(found)?,
                None => rule_in(&metadata).map(Matter::Heights).ok_or_else(|| {
                    Fault::new("ground-matter", "kind", format!("{:?}", header.kind))
                })?,
            }
        }
        other @ (Kind::Avif | Kind::Mlt) => {
            return Err(Fault::new("ground-matter", "kind", format!("{other:?}")));
        }
    };
    let [low, high] = header
        .levels
        .map(|level| u32::from(level).min(crate::formats::pmtiles::MAX_LEVEL - 1));
    Ok(Opened::Pyramid(Box::new(Pyramid {
        matter,
        mercator: true,
        levels: [low.min(high), high],
        bounds_deg: sound(header.bounds_deg).unwrap_or([
            -180.0,
            -MAX_LATITUDE_DEG,
            180.0,
            MAX_LATITUDE_DEG,
        ]),
        attribution,
        base_m: 0.0,
        paper: true,
        source: Source::Archive {
            path: Arc::from(path),
            archive,
        },
    })))
}

/// Metadata that says an encoding and nothing else that a description needs.
fn rule_in(metadata: &[u8]) -> Option<crate::formats::terrainrgb::Rule> {
    match tiledescription::of_pictures(metadata)? {
        tiledescription::Matter::Heights(rule) => Some(rule),
        tiledescription::Matter::Vectors | tiledescription::Matter::Pictures => None,
    }
}
