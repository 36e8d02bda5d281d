//! Implicit tiling: tiles made from availability bits when somebody looks.

use super::TileId;
use super::about::{About, Said};
use super::paths;
use super::tree::{Content, Growth, Life, Node};
use super::volume::{Volume, largest_scale};
use crate::formats::gltf::Column;
use crate::formats::tiles3d::{BoundingVolume, CellCoord, Refine, Subdivision, Subtree, TileSchema};
use glam::DMat4;
use std::sync::Arc;

/// What all tiles of one implicit tiling have in common.
#[derive(Debug)]
pub struct Tiling {
    pub scheme: Subdivision,
    /// Paths with `{level}`, `{x}`, `{y}`, `{z}`, relative to the host's root; one for each content of a tile.
    pub contents: Vec<String>,
    /// What the documents say of those contents' groups.
    pub groups: Vec<Option<Arc<Vec<Column>>>>,
    pub subtrees: String,
    pub subtree_levels: u32,
    pub available_levels: u32,
    /// Of the root, as the document has it: children are cut from it, not from each other, so that neighbours share edges.
    pub volume: BoundingVolume,
    /// Of the root, metres; halves with each level.
    pub geometric_error_m: f64,
    pub additive: bool,
    pub z_is_up: bool,
    pub ecef_from_tile: Arc<DMat4>,
    /// How subtrees tell tighter bounds.
    pub schema: Arc<TileSchema>,
}

/// A place in an implicit tiling.
#[derive(Clone, Debug)]
pub struct Cell {
    pub tiling: Arc<Tiling>,
    pub coord: CellCoord,
    /// The subtree the tile belongs to; `None` while it has not come.
    pub subtree: Option<Arc<Subtree>>,
    /// What has come of a subtree whose bits lie in files beside it.
    pub parts: Option<Arc<Parts>>,
}

/// A subtree's document and those of its buffers that have come.
#[derive(Clone, Debug)]
pub struct Parts {
    pub path: Arc<str>,
    pub document: Vec<u8>,
    /// By the names that the document gives them.
    pub buffers: Vec<(String, Vec<u8>)>,
    /// The name of the buffer that is being asked for.
    pub wanted: String,
}

impl Parts {
    pub fn bytes(&self) -> u64 {
        self.buffers.iter().map(|(_, bytes)| bytes.len() as u64).sum::<u64>() + self.document.len() as u64
    }
}

/// A bounding volume as a document has it, in ECEF.
pub fn volume_in_ecef(volume: &BoundingVolume, ecef_from_tile: &DMat4) -> Option<Volume> {
    match volume {
        BoundingVolume::Region(region) => Volume::of_region(*region),
        BoundingVolume::Box(numbers) => Volume::of_box(*numbers, ecef_from_tile),
        BoundingVolume::Sphere(numbers) => Volume::of_sphere(*numbers, ecef_from_tile),
    }
}

impl Tiling {
    pub fn subtree_path(&self, coord: CellCoord) -> Arc<str> {
        coord.fill(&self.subtrees).into()
    }

    /// The bounds of a tile in ECEF, as tight as its subtree tells.
    pub fn volume_of(&self, coord: CellCoord, subtree: &Subtree) -> Option<Volume> {
        let implicit = self.volume.implicit_tile(coord)?;
        let inner = coord.within(coord.subtree_root(self.subtree_levels))?;
        volume_in_ecef(&subtree.bounds_of(inner, implicit), &self.ecef_from_tile)
    }

    /// The bounds of a tile that starts a subtree which has not come: as much of its parent's as is sure to hold it.
    /// That is its own cell with the parent's heights; where the parent states a volume of its own, content may reach
    /// over the cells' edges, and only the whole of it is sure.
    fn volume_under(
        &self,
        coord: CellCoord,
        parent: CellCoord,
        subtree: &Subtree,
    ) -> Option<Volume> {
        let implicit = self.volume.implicit_tile(coord)?;
        let inner = parent.within(parent.subtree_root(self.subtree_levels))?;
        if subtree.states_volume(inner) {
            return self.volume_of(parent, subtree);
        }
        let volume = match (
            implicit,
            subtree.bounds_of(inner, self.volume.implicit_tile(parent)?),
        ) {
            (BoundingVolume::Region([w, s, e, n, ..]), BoundingVolume::Region([.., low, high])) => {
                BoundingVolume::Region([w, s, e, n, low, high])
            }
            (implicit, _) => implicit,
        };
        volume_in_ecef(&volume, &self.ecef_from_tile)
    }

    /// The contents of a tile as its subtree tells them, in order, each with what is said of it.
    pub fn contents_at(&self, coord: CellCoord, subtree: &Subtree) -> Vec<(Content, Said)> {
        let Some(inner) = coord.within(coord.subtree_root(self.subtree_levels)) else {
            return Vec::new();
        };
        self.contents
            .iter()
            .enumerate()
            .filter(|(number, _)| subtree.has_tile(inner) && subtree.has_content(inner, *number))
            .map(|(number, template)| {
                let path: Arc<str> = coord.fill(template).into();
                let content = if paths::is_tileset(&path) {
                    Content::Tileset(path)
                } else {
                    Content::Model(path)
                };
                let group = self.groups.get(number).cloned().flatten();
                (content, Said { tile: Vec::new(), content: subtree.said_of_content(inner, number), group })
            })
            .collect()
    }

    /// Gives a tile what its subtree says of it: how far its shapes are from the truth, how it is refined, and what people may read. The rest is
    /// as implicit tiling has it.
    pub fn tell(&self, node: &mut Node, coord: CellCoord, subtree: &Subtree) {
        let Some(inner) = coord.within(coord.subtree_root(self.subtree_levels)) else { return };
        let (error, refine) = subtree.fineness_of(inner);
        let halved_m = self.geometric_error_m / f64::from(coord.level).exp2();
        node.geometric_error_m = error.map_or(halved_m, |error| error * largest_scale(&self.ecef_from_tile));
        node.additive = refine.map_or(self.additive, |refine| refine == Refine::Add);
        node.about = About::with(node.about.take(), Said { tile: subtree.said_of(inner), ..Said::default() });
    }

    /// The children of a node, each with its companions after it. Empty while its subtree has not come.
    pub fn children(node: &Node, id: TileId) -> Vec<Vec<Node>> {
        let Some((cell, subtree)) = node
            .cell
            .as_deref()
            .and_then(|cell| Some((cell, cell.subtree.as_ref()?)))
        else {
            return Vec::new();
        };
        let tiling = &cell.tiling;
        let root = cell.coord.subtree_root(tiling.subtree_levels);
        if cell.coord.level + 1 >= tiling.available_levels {
            return Vec::new();
        }
        let mut children = Vec::new();
        for coord in cell.coord.children() {
            let Some(inner) = coord.within(root) else {
                continue;
            };
            let starts_subtree = inner.level >= tiling.subtree_levels;
            let there = if starts_subtree {
                subtree.has_child(inner)
            } else {
                subtree.has_tile(inner)
            };
            if !there {
                continue;
            }
            let volume = if starts_subtree {
                tiling.volume_under(coord, cell.coord, subtree)
            } else {
                tiling.volume_of(coord, subtree)
            };
            let volume = volume.unwrap_or(node.volume);
            let mut child = Node::new(Some(id), volume, Arc::clone(&tiling.ecef_from_tile));
            child.depth = node.depth + 1;
            child.geometric_error_m = tiling.geometric_error_m / f64::from(coord.level).exp2();
            child.additive = tiling.additive;
            child.z_is_up = tiling.z_is_up;
            child.about = node.about.as_deref().and_then(About::of_tileset);
            child.growth = Growth::Lazy;
            let mut parts = Vec::new();
            if starts_subtree {
                child.content = Content::Subtree(tiling.subtree_path(coord));
            } else {
                tiling.tell(&mut child, coord, subtree);
                let mut contents = tiling.contents_at(coord, subtree).into_iter();
                let first = contents.next();
                // What is said of one content is not said of the next.
                parts.extend(contents.map(|(content, said)| companion_said(&child, content, said)));
                if let Some((content, said)) = first {
                    child.content = content;
                    child.about = About::with(child.about.take(), said);
                }
            }
            child.cell = Some(Box::new(Cell {
                tiling: Arc::clone(tiling),
                coord,
                subtree: (!starts_subtree).then(|| Arc::clone(subtree)),
                parts: None,
            }));
            parts.insert(0, child);
            children.push(parts);
        }
        children
    }
}

/// The same of a content of which something is said.
pub fn companion_said(of: &Node, content: Content, said: Said) -> Node {
    let mut node = companion(of, content);
    node.about = About::with(node.about.take(), said);
    node
}

/// A further content of a tile: shown and asked for with it, with nothing below.
pub fn companion(of: &Node, content: Content) -> Node {
    let mut node = Node::new(of.parent, of.volume, Arc::clone(&of.ecef_from_tile));
    node.depth = of.depth;
    node.geometric_error_m = of.geometric_error_m;
    node.additive = of.additive;
    node.z_is_up = of.z_is_up;
    node.about = of.about.clone();
    node.content = match content {
        // Trees hang on tiles, not on further contents.
        Content::Tileset(_) => {
            node.life = Life::Ready;
            Content::Empty
        }
        content => content,
    };
    node
}
