//! The tree of tiles as far as it is known: nodes, their contents' life, growth by documents and by implicit tiling, pruning.

use super::about::About;
use super::cloud::{self, Block};
use super::ground::{self, Leaves, Plot};
use super::implicit::{Cell, Tiling};
use super::volume::{Room, Volume};
use super::{FrameNo, RequestId, TileId, Wanted};
use crate::formats::pmtiles::{HEAD_BYTES, Span};
use crate::formats::tiles3d::Tileset;
use glam::DMat4;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// More tiles than this are never known at once: far ones are forgotten, and beyond it nothing grows.
pub const MAX_NODES: usize = 200_000;

/// Levels below the root, over all nested tilesets; a tileset that contains itself ends here.
pub const MAX_DEPTH: u32 = 96;

/// What a node costs beside its strings: the struct itself and its entry in the tables.
const NODE_BYTES: u64 = std::mem::size_of::<Node>() as u64 + 32;

/// What there is to fetch for a tile.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Nothing to draw; children or the end.
    Empty,
    /// Something to draw.
    Model(Arc<str>),
    /// A tileset of its own, not fetched yet.
    Tileset(Arc<str>),
    /// The same, grafted; its document costs so many bytes of nodes, which the nodes count themselves.
    Grafted(Arc<str>),
    /// Availability of the tiles from here down, not fetched yet; whether there is something to draw follows from it.
    Subtree(Arc<str>),
}

impl Content {
    pub fn wanted(&self) -> Option<(Wanted, &Arc<str>)> {
        match self {
            Self::Empty | Self::Grafted(_) => None,
            Self::Model(path) => Some((Wanted::Content, path)),
            Self::Tileset(path) => Some((Wanted::Tileset, path)),
            Self::Subtree(path) => Some((Wanted::Subtree, path)),
        }
    }
}

/// Where the content of a tile is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    Unloaded,
    /// Wanted, but other requests go first.
    Queued,
    Loading(RequestId),
    Ready,
    Failed {
        /// When to try again; `None` is for good.
        retry_at: Option<FrameNo>,
    },
}

/// How children come to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Growth {
    /// `children` is all there will be, unless a document is grafted.
    Whole,
    /// Implicit tiling knows them; they are made when somebody looks, and can be forgotten again.
    Lazy,
}

#[derive(Debug)]
pub struct Node {
    pub parent: Option<TileId>,
    pub children: Vec<TileId>,
    /// Further contents of the same tile, as nodes of their own that are shown and asked for together with it.
    pub companions: Vec<TileId>,
    pub growth: Growth,
    pub depth: u32,
    pub volume: Volume,
    /// Only an eye in here gets to see the tile and those below it.
    pub room: Option<Box<Room>>,
    pub geometric_error_m: f64,
    /// ADD refinement: the tile stays when its children come.
    pub additive: bool,
    pub ecef_from_tile: Arc<DMat4>,
    pub content: Content,
    /// Its place in an implicit tiling.
    pub cell: Option<Box<Cell>>,
    /// Its place in a pyramid of ground.
    pub plot: Option<Box<Plot>>,
    /// Its place in an octree of points.
    pub block: Option<Box<Block>>,
    /// What the document says of it, beside its features.
    pub about: Option<Box<About>>,
    /// Its models are upright already: see [`crate::formats::tiles3d::Asset::z_is_up`].
    pub z_is_up: bool,
    pub life: Life,
    /// Passing faults so far.
    pub tries: u32,
    /// Held for the content by the host.
    pub content_bytes: u64,
    /// Held here for a subtree that starts at this node.
    pub document_bytes: u64,
    /// Last frame somebody looked at it.
    pub seen: FrameNo,
    /// Last frame the picture needed its content, now or as soon as it can be had.
    pub needed: FrameNo,
    /// Last frame it was useful in reserve: an ancestor of what is shown, a neighbour just out of view.
    pub kept: FrameNo,
}

impl Node {
    pub fn new(parent: Option<TileId>, volume: Volume, ecef_from_tile: Arc<DMat4>) -> Self {
        Self {
            parent,
            children: Vec::new(),
            companions: Vec::new(),
            growth: Growth::Whole,
            depth: 0,
            volume,
            room: None,
            geometric_error_m: 0.0,
            additive: false,
            ecef_from_tile,
            content: Content::Empty,
            cell: None,
            plot: None,
            block: None,
            about: None,
            z_is_up: false,
            life: Life::Unloaded,
            tries: 0,
            content_bytes: 0,
            document_bytes: 0,
            seen: 0,
            needed: 0,
            kept: 0,
        }
    }

    pub fn is_model(&self) -> bool {
        matches!(self.content, Content::Model(_))
    }

    /// Known to have nothing to draw, here or below.
    pub fn is_bare(&self) -> bool {
        self.content == Content::Empty && self.children.is_empty() && self.growth == Growth::Whole
    }

    pub fn failed_for_good(&self) -> bool {
        self.life == Life::Failed { retry_at: None }
    }

    fn own_bytes(&self) -> u64 {
        let path = match &self.content {
            Content::Empty => 0,
            Content::Model(path)
            | Content::Tileset(path)
            | Content::Grafted(path)
            | Content::Subtree(path) => path.len() as u64 + 16,
        };
        let cell = if self.cell.is_some() {
            std::mem::size_of::<Cell>() as u64
        } else {
            0
        };
        let room = if self.room.is_some() {
            std::mem::size_of::<Room>() as u64
        } else {
            0
        };
        let plot = self.plot.as_ref().map_or(0, |plot| plot.bytes());
        let block = self.block.as_ref().map_or(0, |block| block.bytes());
        let about = self.about.as_ref().map_or(0, |about| about.own_bytes());
        NODE_BYTES + path + cell + room + plot + block + about
    }
}

/// What pruning or dropping took away, for the engine to pass on.
#[derive(Debug, Default)]
pub struct Removed {
    /// Tiles whose contents the host holds.
    pub evict: Vec<TileId>,
    pub cancel: Vec<RequestId>,
}

/// All known tiles of one tileset.
#[derive(Debug)]
pub struct Tree {
    nodes: HashMap<TileId, Node, BuildHasherDefault<IdHasher>>,
    next: u32,
    root: TileId,
    /// Nodes and subtrees, not contents.
    bytes: u64,
    /// Nodes that have failed for good.
    failed: usize,
    /// Directories of an archive that is a pyramid.
    pub leaves: Leaves,
    /// Bytes of an archive's head that are asked for.
    pub head_bytes: u64,
    /// How the host wants pyramids of vectors to lie.
    pub lie: Lie,
    /// The file of a cloud, as long as it is being opened.
    pub opening: Option<cloud::Opener>,
    /// Terrains of which some layers are still to come.
    pub layered: Vec<Layered>,
    /// Tilesets whose schema is still to come.
    pub untyped: Vec<Untyped>,
}

/// A tileset that waits for the schema of its metadata, which lies in a file of its own.
#[derive(Debug)]
pub struct Untyped {
    /// The node whose document it is.
    pub at: TileId,
    pub path: Arc<str>,
    pub document: Box<Tileset>,
    /// There was more of it than could be read.
    pub full: bool,
}

/// A terrain that waits for the layer behind its last one.
#[derive(Debug)]
pub struct Layered {
    /// The node whose document it is.
    pub at: TileId,
    pub path: Arc<str>,
    pub pyramid: Box<ground::Pyramid>,
}

/// How vectors lie: at which ellipsoidal height (metres), and on a sheet of their own or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lie {
    pub base_m: f64,
    pub paper: bool,
}

impl Tree {
    /// A tree of one node whose document has not come yet; it is everywhere, since nothing is known.
    pub fn new(root_path: &str, ecef_from_root: DMat4) -> Self {
        let everywhere = Volume::Sphere {
            centre: glam::DVec3::ZERO,
            radius_m: f64::MAX,
        };
        let mut node = Node::new(None, everywhere, Arc::new(ecef_from_root));
        node.content = Content::Tileset(root_path.into());
        node.geometric_error_m = f64::MAX;
        let mut tree = Self {
            nodes: HashMap::default(),
            next: 0,
            root: TileId(0),
            bytes: 0,
            failed: 0,
            leaves: Leaves::default(),
            head_bytes: HEAD_BYTES as u64,
            lie: Lie { base_m: 0.0, paper: true },
            opening: cloud::is_cloud(root_path).then(|| cloud::Opener::new(root_path, None)),
            layered: Vec::new(),
            untyped: Vec::new(),
        };
        // A fresh tree has room for its root.
        if let Some(root) = tree.add(node) {
            tree.root = root;
        }
        tree
    }

    pub fn root(&self) -> TileId {
        self.root
    }

    pub fn get(&self, id: TileId) -> Option<&Node> {
        self.nodes.get(&id)
    }

    pub fn get_mut(&mut self, id: TileId) -> Option<&mut Node> {
        self.nodes.get_mut(&id)
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Memory of nodes and subtrees.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// How many nodes have failed for good.
    pub fn failed(&self) -> usize {
        self.failed
    }

    /// Marks a content as not to be had before a frame, or ever.
    pub fn fail(&mut self, id: TileId, retry_at: Option<FrameNo>) {
        if let Some(node) = self.nodes.get_mut(&id) {
            self.failed -= usize::from(node.failed_for_good());
            node.life = Life::Failed { retry_at };
            self.failed += usize::from(node.failed_for_good());
        }
    }

    /// Forgets failures that were passing faults once too often.
    pub fn forgive(&mut self) {
        for node in self.nodes.values_mut() {
            if matches!(node.life, Life::Failed { .. }) && node.tries > 0 {
                self.failed -= usize::from(node.failed_for_good());
                node.life = Life::Unloaded;
                node.tries = 0;
            }
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (TileId, &Node)> {
        self.nodes.iter().map(|(id, node)| (*id, node))
    }

    /// Adds a node; its parent's lists are the caller's business. `None` when the tree is full.
    pub fn add(&mut self, node: Node) -> Option<TileId> {
        if self.nodes.len() >= MAX_NODES || node.depth > MAX_DEPTH {
            return None;
        }
        let id = TileId(self.next);
        self.next = self.next.checked_add(1)?;
        self.bytes += node.own_bytes() + node.document_bytes;
        self.nodes.insert(id, node);
        Some(id)
    }

    /// Changes what a node's memory is counted by.
    pub fn recount(&mut self, id: TileId, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.nodes.get_mut(&id) {
            let before = node.own_bytes() + node.document_bytes;
            change(node);
            self.bytes =
                (self.bytes + node.own_bytes() + node.document_bytes).saturating_sub(before);
        }
    }

    /// How many children it has, after making those that implicit tiling can make now.
    pub fn open(&mut self, id: TileId) -> usize {
        let Some(node) = self.nodes.get(&id) else {
            return 0;
        };
        if node.growth == Growth::Lazy && node.children.is_empty() {
            let alone = |children: Vec<Node>| children.into_iter().map(|child| vec![child]).collect();
            let children: Vec<Vec<Node>> = match &node.plot {
                None if node.block.is_some() => alone(cloud::children(node, id)),
                None => Tiling::children(node, id),
                Some(_) => match ground::children(node, id, &self.leaves) {
                    Some(children) => alone(children),
                    // Another look once the tile itself has come.
                    None => return 0,
                },
            };
            // All or none: a place without a child for want of room would be a hole.
            if self.nodes.len() + children.iter().map(|c| c.len()).sum::<usize>() > MAX_NODES {
                return 0;
            }
            let mut made = Vec::with_capacity(children.len());
            for parts in children {
                let mut ids = parts.into_iter().filter_map(|node| self.add(node));
                if let Some(first) = ids.next() {
                    let companions: Vec<_> = ids.collect();
                    if let Some(node) = self.nodes.get_mut(&first) {
                        node.companions = companions;
                    }
                    made.push(first);
                }
            }
            if let Some(node) = self.nodes.get_mut(&id) {
                if made.is_empty() {
                    node.growth = Growth::Whole;
                }
                node.children = made;
            }
        }
        self.nodes.get(&id).map_or(0, |node| node.children.len())
    }

    /// Which part of its file a node's content or document is; none where it is all of it.
    pub fn span(&self, node: &Node) -> Option<Span> {
        if let Some(block) = &node.block {
            return block.span;
        }
        match (&node.content, &node.plot) {
            (Content::Tileset(_), _) if self.opening.is_some() => self.opening.as_ref().map(cloud::Opener::wanted),
            (Content::Tileset(path), _) if is_archive(path) => Some(Span { offset: 0, length: self.head_bytes }),
            (_, Some(plot)) => plot.span,
            _ => None,
        }
    }

    /// A tile of ground has told its heights; those below it that know none of their own take them.
    pub fn measured(&mut self, id: TileId, heights_m: [f64; 2], below: Vec<Vec<crate::formats::quantizedmesh::Range>>) {
        let told: u64 = below.iter().map(|ranges| ranges.len() as u64 * 16 + 24).sum();
        self.recount(id, |node| {
            if told > 0 {
                node.growth = Growth::Lazy;
                node.document_bytes = told;
            }
            ground::measured(node, heights_m, below);
        });
        let mut waiting = self.get(id).map_or_else(Vec::new, |node| node.children.clone());
        while let Some(id) = waiting.pop() {
            if let Some(node) = self.nodes.get_mut(&id)
                && ground::supposed(node, heights_m)
            {
                waiting.extend(node.children.iter().copied());
            }
        }
    }

    /// A tile of a pyramid is not there after all: it is cut from the one above, or empty.
    pub fn absent(&mut self, id: TileId) {
        let Some(mut node) = self.nodes.remove(&id) else { return };
        let before = node.own_bytes() + node.document_bytes;
        self.failed -= usize::from(node.failed_for_good());
        let above = std::iter::successors(node.parent.and_then(|parent| self.nodes.get(&parent)), |node| self.nodes.get(&node.parent?));
        ground::absent(&mut node, above);
        self.bytes = (self.bytes + node.own_bytes() + node.document_bytes).saturating_sub(before);
        self.nodes.insert(id, node);
    }

    /// A directory of an archive has come for a node.
    ///
    /// # Errors
    /// As [`ground::leaf`].
    pub fn leaf(&mut self, id: TileId, bytes: &[u8]) -> Result<(), crate::base::Finding> {
        let Some(node) = self.nodes.get_mut(&id) else { return Ok(()) };
        if !ground::leaf(node, bytes, &mut self.leaves)? {
            self.absent(id);
        }
        Ok(())
    }

    /// A page of an octree has come for a node.
    ///
    /// # Errors
    /// As [`cloud::page`].
    pub fn page(&mut self, id: TileId, bytes: &[u8]) -> Result<(), crate::base::Finding> {
        let mut read = Ok(());
        self.recount(id, |node| {
            let path = node.block.as_ref().map(|block| block.cloud.path.to_string());
            read = cloud::page(node, bytes).map_err(|fault| fault.finding(path.unwrap_or_default()));
        });
        read
    }

    pub fn child(&self, id: TileId, index: usize) -> Option<TileId> {
        self.nodes.get(&id)?.children.get(index).copied()
    }

    /// Whether the node and its companions can be drawn.
    pub fn ready(&self, id: TileId) -> bool {
        self.get(id).is_some_and(|node| {
            node.is_model()
                && node.life == Life::Ready
                && node.companions.iter().all(|companion| {
                    self.get(*companion)
                        .is_some_and(|node| node.life == Life::Ready)
                })
        })
    }

    pub fn failed_for_good(&self, id: TileId) -> bool {
        self.get(id).is_some_and(|node| {
            node.failed_for_good()
                || node
                    .companions
                    .iter()
                    .any(|companion| self.get(*companion).is_some_and(Node::failed_for_good))
        })
    }

    /// Whether a tile could be the place of a tileset of its own: a model by itself, with nothing below. Further contents of a tile have no place.
    pub fn takes_a_tileset(&self, id: TileId) -> bool {
        self.get(id).is_some_and(|node| {
            let own_place = node.parent.and_then(|parent| self.get(parent)).is_some_and(|parent| parent.children.contains(&id));
            own_place && node.is_model() && node.children.is_empty() && node.companions.is_empty() && node.growth == Growth::Whole
        })
    }

    /// Whether a tile above has something to draw.
    pub fn has_model_above(&self, id: TileId) -> bool {
        self.ancestors(id).any(|above| self.get(above).is_some_and(Node::is_model))
    }

    /// The tiles above, nearest first.
    pub fn ancestors(&self, id: TileId) -> impl Iterator<Item = TileId> {
        std::iter::successors(self.get(id).and_then(|node| node.parent), |id| {
            self.get(*id).and_then(|node| node.parent)
        })
    }

    /// Forgets everything below a node that can grow it again; returns the bytes of contents that go with it.
    pub fn prune_below(&mut self, id: TileId, removed: &mut Removed) -> u64 {
        let mut freed = 0;
        let Some(node) = self.nodes.get_mut(&id) else {
            return freed;
        };
        let mut doomed = std::mem::take(&mut node.children);
        if let Content::Grafted(path) = &node.content {
            let path = path.clone();
            self.recount(id, |node| {
                node.content = Content::Tileset(path);
                node.document_bytes = 0;
                node.life = Life::Unloaded;
            });
        }
        while let Some(id) = doomed.pop() {
            if let Some(node) = self.nodes.remove(&id) {
                self.bytes = self
                    .bytes
                    .saturating_sub(node.own_bytes() + node.document_bytes);
                freed += node.content_bytes;
                self.failed -= usize::from(node.failed_for_good());
                match node.life {
                    Life::Ready if node.is_model() => removed.evict.push(id),
                    Life::Loading(request) => removed.cancel.push(request),
                    Life::Ready | Life::Unloaded | Life::Queued | Life::Failed { .. } => {}
                }
                doomed.extend(node.children);
                doomed.extend(node.companions);
            }
        }
        freed
    }

    /// Nodes whose descendants can be forgotten and nobody has looked at since a frame; oldest first, then by id.
    pub fn prunable(&self, unseen_since: FrameNo) -> Vec<TileId> {
        let mut found: Vec<_> = self
            .iter()
            .filter(|(id, node)| {
                *id != self.root
                    && !node.children.is_empty()
                    && (node.growth == Growth::Lazy || matches!(node.content, Content::Grafted(_)))
                    && node.children.iter().all(|child| {
                        self.get(*child)
                            .is_none_or(|child| child.seen < unseen_since)
                    })
            })
            .map(|(id, node)| (node.seen, id))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, id)| id).collect()
    }
}

/// Whether a document is the head of an archive, by its name.
fn is_archive(path: &str) -> bool {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    path.len() >= 8 && path.as_bytes().get(path.len() - 8..).is_some_and(|ending| ending.eq_ignore_ascii_case(b".pmtiles"))
}

/// Tile ids are counters already; hashing them again would only cost time in the traversal.
#[derive(Debug, Default)]
pub struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) | u64::from(*byte);
        }
    }

    fn write_u32(&mut self, id: u32) {
        // A multiplicative mix: the table looks at the high bits too.
        self.0 = u64::from(id).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}
