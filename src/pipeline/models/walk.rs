//! A tileset and all that it names as one tree: explicit tiles, tilesets inside tilesets, implicit quadtrees and octrees. Everything is bounded.

use crate::base::{Finding, Report, Severity, percent_decoded};
use crate::formats::tiles3d::implicit::{MAX_LEVEL, MAX_SUBTREE_LEVELS};
use crate::formats::tiles3d::tileset::MAX_TILESET_BYTES;
use crate::formats::tiles3d::{
    BoundingVolume, Content, ImplicitTiling, Refine, Subdivision, Subtree, Tile, TileSchema,
    Tileset,
};
use glam::{DMat4, DVec3};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

/// Tiles of one tree.
const MAX_NODES: usize = 200_000;
/// Tiles inside tiles; a reader of our JSON follows no deeper.
const MAX_TREE_DEPTH: usize = 48;
/// Tilesets inside tilesets.
const MAX_TILESETS_DEEP: usize = 16;
/// Subtrees of one implicit tree.
const MAX_SUBTREES: usize = 20_000;
/// Contents of one tree: a tile may list many, and a template gives all of them to every tile.
const MAX_PARTS: usize = 4 * MAX_NODES;
/// Bytes of all tilesets, subtrees and their buffers that are read for one tree: a document may name one file a thousand times.
const MAX_READ_BYTES: u64 = 2 << 30;
/// Bytes of one subtree, or of a buffer of it.
const MAX_SUBTREE_BYTES: u64 = 256 << 20;
/// Bits of availability looked at in one implicit tree.
const MAX_BITS: u64 = 1 << 26;

/// Which way a content's glTF looks up: along y, or along z as some writers of 1.0 say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Up {
    Y,
    Z,
}

/// One content of a tile.
#[derive(Clone, Debug)]
pub struct Part {
    pub path: PathBuf,
    /// As a person names it.
    pub label: String,
    pub root_from_tile: DMat4,
    pub up: Up,
    /// Nothing outside this folder is read for it.
    pub base: PathBuf,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub error: f64,
    pub refine: Refine,
    pub parts: Vec<Part>,
    /// Each after its parent in the list.
    pub children: Vec<usize>,
    depth: usize,
}

/// Parents before children; the first is the root.
#[derive(Clone, Debug)]
pub struct Tree {
    pub nodes: Vec<Node>,
    /// Error of drawing nothing at all.
    pub error: f64,
    /// Middle of the root's volume, where it is a box or a sphere.
    pub centre: Option<DVec3>,
    /// The root's volume is a region: then coordinates are on the globe.
    pub is_regional: bool,
}

impl Tree {
    /// A single content, drawn from near and far.
    pub fn of_one(path: &Path, label: &str) -> Self {
        let part = Part {
            path: path.to_owned(),
            label: label.to_owned(),
            root_from_tile: DMat4::IDENTITY,
            up: Up::Y,
            base: path.parent().map(Path::to_owned).unwrap_or_default(),
        };
        Self {
            nodes: vec![Node {
                error: 0.0,
                refine: Refine::Replace,
                parts: vec![part],
                children: Vec::new(),
                depth: 0,
            }],
            error: 64.0,
            centre: None,
            is_regional: false,
        }
    }

    pub fn parts(&self) -> usize {
        self.nodes.iter().map(|node| node.parts.len()).sum()
    }
}

/// Walks a tileset. What is broken is reported and passed over; `None` when there is no root.
pub fn tileset(path: &Path, label: &str, report: &mut Report) -> Option<Tree> {
    let mut walk = Walk {
        report,
        nodes: Vec::new(),
        chain: Vec::new(),
        full: false,
        parts: 0,
        read: 0,
        base: path.parent().map(Path::to_owned).unwrap_or_default(),
        label: label.to_owned(),
    };
    let document = walk.open(path)?;
    let mut above = DMat4::IDENTITY;
    if let Some(matrix) = document.tileset.root.transform {
        above = DMat4::from_cols_array(&matrix);
    }
    let (centre, is_regional) = match document.tileset.root.bounding_volume {
        BoundingVolume::Region(_) => (None, true),
        BoundingVolume::Box([x, y, z, ..]) | BoundingVolume::Sphere([x, y, z, _]) => {
            let centre = above.transform_point3(DVec3::new(x, y, z));
            (centre.is_finite().then_some(centre), false)
        }
    };
    walk.document(&document, path, DMat4::IDENTITY, None);
    let error = document.tileset.geometric_error;
    (!walk.nodes.is_empty()).then_some(Tree {
        nodes: walk.nodes,
        error: if error.is_finite() {
            error.max(0.0)
        } else {
            0.0
        },
        centre,
        is_regional,
    })
}

/// The file that a URI names from another one, if it does not leave the folder `base`.
pub fn resolved(base: &Path, from: &Path, uri: &str) -> Option<PathBuf> {
    let inner = from.strip_prefix(base).ok()?.to_str()?.replace('\\', "/");
    let name = crate::stream::paths::resolve(&inner, uri)?;
    let name = name.split_once('?').map_or(name.as_str(), |(path, _)| path);
    let plain = base.join(name);
    if plain.exists() || !name.contains('%') {
        return Some(plain);
    }
    let decoded = String::from_utf8_lossy(&percent_decoded(name)).into_owned();
    let stays = Path::new(&decoded)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)));
    stays.then(|| base.join(decoded))
}

/// A plain file of at most so many bytes; what is none would be waited for.
fn plain_bytes(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let meta = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !meta.is_file() {
        return Err(format!("{:?}", meta.file_type()));
    }
    if meta.len() > most {
        return Err(format!("{} > {most}", meta.len()));
    }
    std::fs::read(path).map_err(|error| error.to_string())
}

struct Document {
    tileset: Tileset,
    up: Up,
}

struct Walk<'r> {
    report: &'r mut Report,
    nodes: Vec<Node>,
    /// Tilesets we are inside of.
    chain: Vec<PathBuf>,
    /// A limit was met, and said.
    full: bool,
    /// Contents so far.
    parts: usize,
    /// Bytes read so far.
    read: u64,
    base: PathBuf,
    label: String,
}

/// A tile to be looked at: where it hangs, and what it inherits.
struct Step<'t> {
    tile: &'t Tile,
    parent: Option<usize>,
    root_from_parent: DMat4,
    refine: Refine,
}

impl Walk<'_> {
    fn name(&self, path: &Path) -> String {
        match path.strip_prefix(&self.base) {
            Ok(inner) if !inner.as_os_str().is_empty() => {
                let folder = Path::new(&self.label).parent().unwrap_or(Path::new(""));
                folder.join(inner).display().to_string()
            }
            _ => path.display().to_string(),
        }
    }

    fn push(
        &mut self,
        code: &'static str,
        severity: Severity,
        path: &Path,
        value: impl std::fmt::Display,
    ) {
        let name = self.name(path);
        self.report
            .push(Finding::new(code, severity, name).value(value));
    }

    /// Says once that there is more than is looked at.
    fn limit(&mut self, path: &Path, value: impl std::fmt::Display) {
        if !self.full {
            self.full = true;
            self.push("tileset-limit", Severity::Error, path, value);
        }
    }

    fn read(&mut self, path: &Path, most: u64) -> Option<Vec<u8>> {
        let found = plain_bytes(path, most);
        match found {
            Ok(bytes) => {
                self.read = self.read.saturating_add(bytes.len() as u64);
                if self.read > MAX_READ_BYTES {
                    self.limit(path, self.read);
                    return None;
                }
                Some(bytes)
            }
            Err(reason) => {
                self.push("source-unreadable", Severity::Error, path, reason);
                None
            }
        }
    }

    fn open(&mut self, path: &Path) -> Option<Document> {
        let bytes = self.read(path, MAX_TILESET_BYTES as u64)?;
        match Tileset::parse(&bytes) {
            Ok(tileset) => {
                let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
                let up = serde_json::from_slice::<serde_json::Value>(text)
                    .ok()
                    .and_then(|json| {
                        json.pointer("/asset/gltfUpAxis")?
                            .as_str()
                            .map(str::to_uppercase)
                    });
                Some(Document {
                    tileset,
                    up: if up.as_deref() == Some("Z") {
                        Up::Z
                    } else {
                        Up::Y
                    },
                })
            }
            Err(fault) => {
                let name = self.name(path);
                self.report.push(fault.finding(name));
                None
            }
        }
    }

    /// The number of a new node, hung below its parent; `None` when there are too many or it would hang too deep.
    fn node(
        &mut self,
        parent: Option<usize>,
        error: f64,
        refine: Refine,
        path: &Path,
    ) -> Option<usize> {
        let depth = match parent {
            Some(parent) => self.nodes.get(parent)?.depth + 1,
            None => 0,
        };
        if self.nodes.len() >= MAX_NODES || depth > MAX_TREE_DEPTH {
            let value = if depth > MAX_TREE_DEPTH { depth } else { self.nodes.len() };
            self.limit(path, value);
            return None;
        }
        let index = self.nodes.len();
        let error = if error.is_finite() {
            error.max(0.0)
        } else {
            0.0
        };
        self.nodes.push(Node {
            error,
            refine,
            parts: Vec::new(),
            children: Vec::new(),
            depth,
        });
        if let Some(parent) = parent.and_then(|parent| self.nodes.get_mut(parent)) {
            parent.children.push(index);
        }
        Some(index)
    }

    fn document(
        &mut self,
        document: &Document,
        path: &Path,
        root_from_parent: DMat4,
        parent: Option<usize>,
    ) {
        self.chain.push(path.to_owned());
        let refine = Refine::Replace;
        let mut stack = vec![Step {
            tile: &document.tileset.root,
            parent,
            root_from_parent,
            refine,
        }];
        while let Some(Step {
            tile,
            parent,
            root_from_parent,
            refine,
        }) = stack.pop()
        {
            let own = tile
                .transform
                .map_or(DMat4::IDENTITY, |matrix| DMat4::from_cols_array(&matrix));
            let root_from_tile = root_from_parent * own;
            if !root_from_tile.is_finite() {
                self.push("tileset-transform", Severity::Error, path, "NaN");
                continue;
            }
            let refine = tile.refine.unwrap_or(refine);
            let Some(node) = self.node(parent, tile.geometric_error, refine, path) else {
                continue;
            };
            let contents: Vec<Content> = tile.all_contents().cloned().collect();
            match &tile.implicit_tiling {
                Some(tiling) => {
                    self.implicit(
                        tiling,
                        tile,
                        &contents,
                        node,
                        path,
                        root_from_tile,
                        document.up,
                    );
                    continue;
                }
                None => {
                    for content in &contents {
                        self.content(&content.uri, path, node, root_from_tile, document.up);
                    }
                }
            }
            // The stack turns the order around.
            stack.extend(tile.children.iter().rev().map(|tile| Step {
                tile,
                parent: Some(node),
                root_from_parent: root_from_tile,
                refine,
            }));
        }
        self.chain.pop();
    }

    /// A content, or a tileset inside the tileset.
    fn content(&mut self, uri: &str, from: &Path, node: usize, root_from_tile: DMat4, up: Up) {
        let Some(path) = resolved(&self.base, from, uri) else {
            return self.push("file-remote", Severity::Warning, from, uri);
        };
        if !path.is_file() {
            return self.push("tileset-content-missing", Severity::Warning, from, uri);
        }
        if !crate::stream::paths::is_tileset(uri) {
            self.parts += 1;
            if self.parts > MAX_PARTS {
                return self.limit(from, MAX_PARTS);
            }
            let label = self.name(&path);
            let base = self.base.clone();
            if let Some(node) = self.nodes.get_mut(node) {
                node.parts.push(Part {
                    path,
                    label,
                    root_from_tile,
                    up,
                    base,
                });
            }
            return;
        }
        if self.chain.contains(&path) {
            return self.push("tileset-cycle", Severity::Error, from, uri);
        }
        if self.chain.len() >= MAX_TILESETS_DEEP {
            return self.push("tileset-depth", Severity::Error, from, MAX_TILESETS_DEEP);
        }
        if let Some(document) = self.open(&path) {
            self.document(&document, &path, root_from_tile, Some(node));
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "all that an implicit root is; it is asked once"
    )]
    fn implicit(
        &mut self,
        tiling: &ImplicitTiling,
        tile: &Tile,
        contents: &[Content],
        root: usize,
        path: &Path,
        root_from_tile: DMat4,
        up: Up,
    ) {
        let axes = match tiling.subdivision_scheme {
            Subdivision::Quadtree => 2,
            Subdivision::Octree => 3,
        };
        let levels = tiling.subtree_levels;
        // An octree of as many bits as the deepest quadtree.
        if levels == 0
            || levels.saturating_mul(axes) > MAX_SUBTREE_LEVELS * 2
            || tiling.available_levels > MAX_LEVEL
        {
            return self.push("implicit-levels", Severity::Error, path, levels);
        }
        let mut nodes: BTreeMap<Coord, usize> = BTreeMap::from([(Coord::ROOT, root)]);
        let mut queue = VecDeque::from([Coord::ROOT]);
        let (mut subtrees, mut bits) = (0, 0);
        while let Some(top) = queue.pop_front() {
            subtrees += 1;
            let uri = top.fill(&tiling.subtrees.uri);
            let Some(file) = resolved(&self.base, path, &uri) else {
                self.push("file-remote", Severity::Warning, path, uri);
                continue;
            };
            let size = 1_u64 << (axes * levels);
            bits += size.saturating_mul(2);
            if subtrees > MAX_SUBTREES || bits > MAX_BITS {
                return self.push("tileset-limit", Severity::Error, path, subtrees);
            }
            let Some(bytes) = self.read(&file, MAX_SUBTREE_BYTES) else {
                continue;
            };
            let base = self.base.clone();
            let mut external = self.read;
            let mut resources = |uri: &str| {
                let bytes = plain_bytes(&resolved(&base, &file, uri)?, MAX_SUBTREE_BYTES).ok()?;
                external = external.saturating_add(bytes.len() as u64);
                (external <= MAX_READ_BYTES).then_some(bytes)
            };
            let parsed = Subtree::parse_with(&bytes, &TileSchema::default(), &mut resources);
            self.read = external;
            let subtree = match parsed {
                Ok(subtree) => subtree,
                Err(fault) => {
                    let name = self.name(&file);
                    self.report.push(fault.finding(name));
                    continue;
                }
            };
            let mut first = 0;
            for level in 0..levels {
                for morton in 0..1_u64 << (axes * level) {
                    let bit = first + morton;
                    let at = top.below(level, morton, axes);
                    if at.level >= tiling.available_levels || !subtree.tiles.get(bit) {
                        continue;
                    }
                    let known = nodes.get(&at).copied();
                    let node = known.or_else(|| {
                        let parent = (0..at.level)
                            .rev()
                            .find_map(|level| nodes.get(&at.ancestor(level)).copied());
                        let error = tile.geometric_error / f64::from(at.level).exp2();
                        let refine = tile.refine.unwrap_or(Refine::Replace);
                        self.node(parent, error, refine, path)
                    });
                    let Some(node) = node else { return };
                    nodes.insert(at, node);
                    for (number, content) in contents.iter().enumerate() {
                        if subtree
                            .contents
                            .get(number)
                            .is_some_and(|available| available.get(bit))
                        {
                            self.content(&at.fill(&content.uri), path, node, root_from_tile, up);
                        }
                    }
                }
                first += 1_u64 << (axes * level);
            }
            for morton in 0..size {
                if subtree.children.get(morton) {
                    let child = top.below(levels, morton, axes);
                    if child.level < tiling.available_levels {
                        queue.push_back(child);
                    }
                }
            }
        }
    }
}

/// A tile of an implicit tree; `z` is 0 in a quadtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Coord {
    level: u32,
    at: [u32; 3],
}

impl Coord {
    const ROOT: Self = Self {
        level: 0,
        at: [0; 3],
    };

    /// The tile so many levels below, by its Morton number there.
    fn below(self, levels: u32, morton: u64, axes: u32) -> Self {
        let mut at = self.at.map(|x| x.checked_shl(levels).unwrap_or(0));
        for bit in 0..levels * axes {
            let (axis, place) = (bit % axes, bit / axes);
            if let Some(x) = at.get_mut(axis as usize) {
                *x |= ((morton >> bit & 1) as u32) << place;
            }
        }
        Self {
            level: self.level + levels,
            at,
        }
    }

    fn ancestor(self, level: u32) -> Self {
        let up = self.level.saturating_sub(level);
        Self {
            level: self.level - up,
            at: self.at.map(|x| x.checked_shr(up).unwrap_or(0)),
        }
    }

    fn fill(self, template: &str) -> String {
        let [x, y, z] = self.at;
        template
            .replace("{level}", &self.level.to_string())
            .replace("{x}", &x.to_string())
            .replace("{y}", &y.to_string())
            .replace("{z}", &z.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_of_both_schemes() {
        let quad = Coord::ROOT.below(2, 0b1101, 2);
        assert_eq!((quad.level, quad.at), (2, [0b11, 0b10, 0]));
        let oct = Coord {
            level: 1,
            at: [1, 0, 1],
        }
        .below(1, 0b110, 3);
        assert_eq!((oct.level, oct.at), (2, [2, 1, 3]));
        assert_eq!(
            oct.ancestor(1),
            Coord {
                level: 1,
                at: [1, 0, 1]
            }
        );
        assert_eq!(oct.fill("{level}/{x}-{y}-{z}.glb"), "2/2-1-3.glb");
    }
}
