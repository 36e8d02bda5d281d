//! From documents to nodes: tilesets are grafted, subtrees fill the place that waited for them.

use super::TileId;
use super::about::{About, Said, Sayings};
use super::cloud::{self, Cloud};
use super::ground::{self, Pyramid};
use super::implicit::{Cell, Parts, Tiling, companion, companion_said, volume_in_ecef};
use super::paths;
use super::tree::{Content, Growth, Layered, MAX_NODES, Node, Tree, Untyped};
use super::volume::{Room, largest_scale};
use crate::base::{Finding, Report, Severity};
use crate::formats::gltf::container;
use crate::formats::packed;
use crate::formats::tiles3d::tileset::KNOWN_EXTENSIONS;
use crate::formats::tiles3d::{
    BoundingVolume, CellCoord, ImplicitTiling, Refine, Subtree, Tile, TileSchema, Tileset,
};
use glam::DMat4;
use std::collections::VecDeque;
use std::sync::Arc;

/// Most levels of one subtree times the axes of the tiling: a full one has (4^10 − 1) / 3 tiles, or (8^6 − 1) / 7.
const MAX_SUBTREE_BITS: u32 = 20;

/// Most files beside a subtree that hold its bits; one is usual.
const MAX_SUBTREE_BUFFERS: usize = 8;

/// A tile of a document that waits for its node.
struct Planned<'a> {
    tile: &'a Tile,
    parent: TileId,
    additive: bool,
    ecef_from_parent: Arc<DMat4>,
    depth: u32,
    z_is_up: bool,
}

/// Hangs a tileset under the node that asked for it.
///
/// What is wrong with single tiles goes to the report; only a document that cannot be read at all is an error.
pub fn tileset(
    tree: &mut Tree,
    at: TileId,
    bytes: &[u8],
    report: &mut Report,
) -> Result<(), Finding> {
    if let Some(mut opening) = tree.opening.take() {
        // The engine names the file.
        return match opening.take(bytes).map_err(|fault| fault.finding(""))? {
            Some(cloud) => octree(tree, at, cloud),
            None => {
                tree.opening = Some(opening);
                Ok(())
            }
        };
    }
    let Some(host) = tree.get(at) else {
        return Ok(());
    };
    let Content::Tileset(path) = host.content.clone() else {
        return Ok(());
    };
    if let Some(waiting) = tree.layered.iter().position(|layered| layered.at == at) {
        let Layered { path: own, mut pyramid, .. } = tree.layered.swap_remove(waiting);
        return match pyramid.add_parent(bytes, &path) {
            Ok(()) => layers(tree, at, own, pyramid, &path, report),
            // What has come is a terrain without it.
            Err(fault) => {
                report.push(Finding { severity: Severity::Warning, ..fault.finding(&*path) });
                planted(tree, at, &own, *pyramid)
            }
        };
    }
    if let Some(waiting) = tree.untyped.iter().position(|untyped| untyped.at == at) {
        let Untyped { path: own, document, full, .. } = tree.untyped.swap_remove(waiting);
        let schema = schema_of(bytes);
        if schema.is_none() {
            report.push(Finding::new("tileset-schema-unread", Severity::Warning, &*own).value(&path));
        }
        return graft(tree, at, &own, Tileset { schema, ..*document }, full, report);
    }
    // A document of a few megabytes may name a million tiles: no more are read than could be planted.
    let (mut document, full) = match Tileset::parse_some(bytes, MAX_NODES) {
        Ok(parsed) => parsed,
        // What is no tileset may be the description of a pyramid.
        Err(fault) => {
            return match ground::pyramid(bytes, &path) {
                Some(opened) => pyramid(tree, at, &path, opened.map_err(|fault| fault.finding(&*path))?, report),
                None => Err(fault.finding(&*path)),
            };
        }
    };
    if let Some(uri) = document.schema_uri.as_deref().filter(|_| document.schema.is_none()) {
        match (uri.starts_with("data:"), paths::resolve(&path, uri)) {
            (true, _) => document.schema = container::data_uri(uri).as_deref().and_then(schema_of),
            (false, Some(schema)) => {
                tree.recount(at, |node| node.content = Content::Tileset(schema.into()));
                // Nodes that have gone wait for nothing.
                let untyped: Vec<Untyped> = std::mem::take(&mut tree.untyped).into_iter().filter(|untyped| tree.get(untyped.at).is_some()).collect();
                tree.untyped = untyped;
                tree.untyped.push(Untyped { at, path, document: Box::new(document), full });
                return Ok(());
            }
            (false, None) => report.push(Finding::new("tileset-schema-unread", Severity::Warning, &*path).value(uri)),
        }
    }
    graft(tree, at, &path, document, full, report)
}

/// Largest schema that is read, bytes.
const MAX_SCHEMA_BYTES: usize = 8 << 20;

/// A schema as it stands; none where it is no object.
fn schema_of(bytes: &[u8]) -> Option<serde_json::Value> {
    let bytes = packed::unpacked(bytes, MAX_SCHEMA_BYTES).ok()?;
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let schema: serde_json::Value = (text.len() <= MAX_SCHEMA_BYTES).then(|| serde_json::from_slice(text).ok())??;
    schema.is_object().then_some(schema)
}

/// Hangs the tiles of a document that is whole under the node that asked for it.
fn graft(tree: &mut Tree, at: TileId, path: &Arc<str>, document: Tileset, mut full: bool, report: &mut Report) -> Result<(), Finding> {
    let Some(host) = tree.get(at) else { return Ok(()) };
    for extension in &document.extensions_required {
        // Others may change what volumes or contents mean.
        if !KNOWN_EXTENSIONS.contains(&extension.as_str()) {
            report.push(
                Finding::new("tileset-extension-unknown", Severity::Warning, &**path)
                    .value(extension),
            );
        }
    }

    // A million tiles may be implicit roots: they share it.
    let schema = Arc::new(TileSchema::of(document.schema.as_ref()));
    let sayings = Sayings::of(&document, host.about.as_deref());
    let said_bytes = sayings.bytes();
    let is_root = at == tree.root();
    let mut waiting = VecDeque::from([Planned {
        tile: &document.root,
        parent: at,
        additive: false,
        ecef_from_parent: Arc::clone(&host.ecef_from_tile),
        depth: host.depth + u32::from(!is_root),
        z_is_up: document.asset.z_is_up(),
    }]);
    while let Some(planned) = waiting.pop_front() {
        let Some((id, additive, ecef_from_tile, refused)) = plant(tree, &planned, &schema, &sayings, path, report)
        else {
            full = true;
            continue;
        };
        if let Some(parent) = tree.get_mut(planned.parent) {
            parent.children.push(id);
        }
        let children: &[Tile] = if refused { &[] } else { &planned.tile.children };
        // Children come all or not at all: a place without its child would be a hole.
        if tree.len() + waiting.len() + children.len() > MAX_NODES {
            full = true;
            continue;
        }
        waiting.extend(children.iter().map(|tile| Planned {
            tile,
            parent: id,
            additive,
            ecef_from_parent: Arc::clone(&ecef_from_tile),
            depth: planned.depth + 1,
            z_is_up: planned.z_is_up,
        }));
    }
    if full {
        report.push(Finding::new(
            "tileset-too-many-tiles",
            Severity::Warning,
            &**path,
        ));
    }
    let root_volume = tree
        .child(at, 0)
        .and_then(|root| tree.get(root))
        .map(|root| root.volume);
    let Some(root_volume) = root_volume else {
        return Err(Finding::new(
            "tileset-nested-too-deep",
            Severity::Error,
            &**path,
        ));
    };
    tree.recount(at, |node| {
        node.content = Content::Grafted(Arc::clone(path));
        node.document_bytes = said_bytes;
        if is_root {
            node.volume = root_volume;
        }
    });
    Ok(())
}

/// Hangs the octree of a cloud under the node that asked for it.
fn octree(tree: &mut Tree, at: TileId, cloud: Cloud) -> Result<(), Finding> {
    let Some(host) = tree.get(at) else { return Ok(()) };
    let cloud = Arc::new(cloud);
    let root = cloud::root(&cloud, host, at).ok_or_else(|| Finding::new("copc-place", Severity::Error, &*cloud.path).value(cloud.crs().code()))?;
    let volume = root.volume;
    let children = tree.add(root).into_iter().collect();
    tree.recount(at, |node| {
        node.volume = volume;
        node.children = children;
        node.content = Content::Grafted(Arc::clone(&cloud.path));
    });
    Ok(())
}

/// A pyramid has come for a node; or more of an archive's head is to be asked for.
fn pyramid(tree: &mut Tree, at: TileId, path: &Arc<str>, opened: ground::Opened, report: &mut Report) -> Result<(), Finding> {
    match opened {
        ground::Opened::Pyramid(pyramid) => layers(tree, at, Arc::clone(path), pyramid, path, report),
        ground::Opened::Longer(bytes) if bytes > tree.head_bytes => {
            tree.head_bytes = bytes;
            Ok(())
        }
        ground::Opened::Longer(bytes) => Err(Finding::new("pmtiles-short", Severity::Error, &**path).value(bytes)),
    }
}

/// Asks for the layer behind the last one of a terrain, whose description lies at `last`; hangs a pyramid that needs none.
fn layers(tree: &mut Tree, at: TileId, path: Arc<str>, pyramid: Box<Pyramid>, last: &str, report: &mut Report) -> Result<(), Finding> {
    match pyramid.parent(last) {
        Ok(None) => planted(tree, at, &path, *pyramid),
        Ok(Some(next)) => {
            tree.recount(at, |node| node.content = Content::Tileset(next.into()));
            tree.layered.push(Layered { at, path, pyramid });
            Ok(())
        }
        Err(fault) => {
            report.push(Finding { severity: Severity::Warning, ..fault.finding(last) });
            planted(tree, at, &path, *pyramid)
        }
    }
}

/// Whether a node has its document and waits for what it names: the layer behind a terrain, or the schema of a tileset's metadata.
pub fn waits_for_more(tree: &Tree, at: TileId) -> bool {
    tree.layered.iter().any(|layered| layered.at == at) || tree.untyped.iter().any(|untyped| untyped.at == at)
}

/// What a document waits for does not come: what has come is hung. `None` where nothing waits.
pub fn without(tree: &mut Tree, at: TileId, why: String, report: &mut Report) -> Option<Result<(), Finding>> {
    if let Some(waiting) = tree.untyped.iter().position(|untyped| untyped.at == at) {
        let Untyped { path, document, full, .. } = tree.untyped.swap_remove(waiting);
        let uri = document.schema_uri.as_deref().unwrap_or_default();
        report.push(Finding::new("tileset-schema-unread", Severity::Warning, &*path).value(format!("{uri}: {why}")));
        return Some(graft(tree, at, &path, *document, full, report));
    }
    let waiting = tree.layered.iter().position(|layered| layered.at == at)?;
    let Layered { path, pyramid, .. } = tree.layered.swap_remove(waiting);
    let address = tree.get(at).and_then(|node| node.content.wanted()).map_or_else(String::new, |(_, path)| path.to_string());
    report.push(Finding::new("terrain-layer-parent", Severity::Warning, address).value(why));
    Some(planted(tree, at, &path, *pyramid))
}

/// Hangs a pyramid under the node that asked for it.
fn planted(tree: &mut Tree, at: TileId, path: &Arc<str>, mut pyramid: Pyramid) -> Result<(), Finding> {
    pyramid.base_m = tree.lie.base_m;
    pyramid.paper = tree.lie.paper;
    let Some(host) = tree.get(at) else { return Ok(()) };
    let roots = ground::roots(&Arc::new(pyramid), host, at);
    if roots.is_empty() {
        return Err(Finding::new("terrain-layer-tiles", Severity::Error, &**path));
    }
    let children: Vec<TileId> = roots.into_iter().filter_map(|node| tree.add(node)).collect();
    tree.recount(at, |node| {
        node.children = children;
        node.content = Content::Grafted(Arc::clone(path));
    });
    Ok(())
}

/// Makes the node of one explicit tile; returns it with what its children inherit, and whether it has no place to inherit. `None` when the tree is full.
fn plant(
    tree: &mut Tree,
    planned: &Planned,
    schema: &Arc<TileSchema>,
    sayings: &Sayings,
    file: &str,
    report: &mut Report,
) -> Option<(TileId, bool, Arc<DMat4>, bool)> {
    let tile = planned.tile;
    let transform = tile.transform.map(|t| DMat4::from_cols_array(&t));
    // Nobody knows where such a tile and those below it belong: better not drawn than drawn somewhere.
    let misplaced = transform.is_some_and(|own| !(*planned.ecef_from_parent * own).is_finite());
    if misplaced {
        let finding = Finding::new("tile-transform-unsound", Severity::Error, file);
        report.push(finding.object(place(tile)).value(format!("{:?}", tile.transform.unwrap_or_default())));
    }
    let ecef_from_tile = match transform {
        Some(own) if !misplaced => Arc::new(*planned.ecef_from_parent * own),
        _ => Arc::clone(&planned.ecef_from_parent),
    };
    let volume = volume_in_ecef(&tile.bounding_volume, &ecef_from_tile).or_else(|| {
        let finding = Finding::new("tile-volume-unsound", Severity::Warning, file);
        report.push(finding.object(place(tile)).value(format!("{:?}", tile.bounding_volume)));
        tree.get(planned.parent).map(|parent| parent.volume)
    })?;
    let additive = match tile.refine {
        Some(refine) => refine == Refine::Add,
        None => planned.additive,
    };

    let mut node = Node::new(Some(planned.parent), volume, Arc::clone(&ecef_from_tile));
    node.depth = planned.depth;
    node.additive = additive;
    node.z_is_up = planned.z_is_up;
    let error = tile.geometric_error * largest_scale(&ecef_from_tile);
    node.geometric_error_m = if error.is_finite() && tile.geometric_error >= 0.0 {
        error
    } else {
        // Taken as exact, it is drawn and nothing below it is.
        let finding = Finding::new("tile-error-unsound", Severity::Warning, file);
        report.push(finding.object(place(tile)).value(tile.geometric_error));
        0.0
    };
    if let Some(room) = &tile.viewer_request_volume {
        let found = match room {
            BoundingVolume::Region(region) if room.is_sound() => Some(Room::Region(*region)),
            other => volume_in_ecef(other, &ecef_from_tile).map(Room::Volume),
        };
        if found.is_none() {
            let finding = Finding::new("tile-volume-unsound", Severity::Warning, file);
            report.push(finding.object(place(tile)).value(format!("{room:?}")));
        }
        node.room = found.map(Box::new);
    }

    let mut refused = misplaced;
    node.about = sayings.about(tile, None);
    let mut models = Vec::new();
    let mut tilesets = Vec::new();
    if let Some(implicit) = &tile.implicit_tiling {
        match tiling(tile, implicit, &node, schema, sayings, file) {
            Ok(tiling) => {
                let coord = CellCoord::root(tiling.scheme);
                node.content = Content::Subtree(tiling.subtree_path(coord));
                node.growth = Growth::Lazy;
                node.cell = Some(Box::new(Cell {
                    tiling: Arc::new(tiling),
                    coord,
                    subtree: None,
                    parts: None,
                }));
            }
            Err(finding) => {
                report.push(finding);
                node.content = Content::Subtree(file.into());
                refused = true;
            }
        }
    } else {
        for content in tile.all_contents() {
            // An empty object is how some write "no content".
            if content.uri.is_empty() {
                continue;
            }
            match paths::resolve(file, &content.uri) {
                Some(path) if paths::is_tileset(&path) => {
                    tilesets.push(Content::Tileset(path.into()))
                }
                Some(path) => models.push((Content::Model(path.into()), Some(content))),
                None => {
                    report.push(
                        Finding::new("tile-path-refused", Severity::Error, file)
                            .value(&content.uri),
                    );
                    models.push((Content::Model("".into()), None));
                    refused = true;
                }
            }
        }
    }
    // A tile that only stands for another tileset is that tileset's place itself.
    if models.is_empty() && tilesets.len() == 1 && tile.children.is_empty() {
        node.content = tilesets.remove(0);
    }
    // Contents of one tile are seen together: tilesets among them hang below it and do not replace it.
    if !models.is_empty() && !tilesets.is_empty() && tile.children.is_empty() {
        node.additive = true;
    }
    let mut models = models.into_iter();
    if let Some((first, said)) = models.next() {
        node.content = first;
        node.about = sayings.about(tile, said);
    }
    let companions: Vec<Node> = models
        .map(|(content, said)| {
            let mut node = companion(&node, content);
            node.about = sayings.about(tile, said);
            node
        })
        .collect();
    let nested: Vec<Node> = tilesets
        .into_iter()
        .map(|content| {
            let mut child = companion(&node, Content::Empty);
            child.content = content;
            child.depth += 1;
            child
        })
        .collect();

    let id = tree.add(node)?;
    if refused {
        tree.fail(id, None);
    }
    let companions: Vec<TileId> = companions
        .into_iter()
        .filter_map(|node| tree.add(node))
        .collect();
    let nested: Vec<TileId> = nested
        .into_iter()
        .filter_map(|mut node| {
            node.parent = Some(id);
            tree.add(node)
        })
        .collect();
    if let Some(node) = tree.get_mut(id) {
        node.companions = companions;
        node.children = nested;
    }
    Some((id, additive, ecef_from_tile, misplaced))
}

/// What a tile is called: its first content.
fn place(tile: &Tile) -> String {
    tile.all_contents().map(|content| content.uri.clone()).find(|uri| !uri.is_empty()).unwrap_or_default()
}

fn tiling(
    tile: &Tile,
    implicit: &ImplicitTiling,
    node: &Node,
    schema: &Arc<TileSchema>,
    sayings: &Sayings,
    file: &str,
) -> Result<Tiling, Finding> {
    let refuse = |code, value: String| Err(Finding::new(code, Severity::Error, file).value(value));
    let scheme = implicit.subdivision_scheme;
    if !(1..=MAX_SUBTREE_BITS / scheme.axes()).contains(&implicit.subtree_levels) {
        return refuse(
            "tileset-subtree-levels",
            implicit.subtree_levels.to_string(),
        );
    }
    if tile
        .bounding_volume
        .implicit_tile(CellCoord::root(scheme))
        .is_none()
    {
        return refuse(
            "tileset-implicit-volume",
            format!("{:?}", tile.bounding_volume),
        );
    }
    let mut contents = Vec::new();
    for template in tile.all_contents().map(|content| &content.uri) {
        match paths::resolve(file, template) {
            Some(path) => contents.push(path),
            None => return refuse("tile-path-refused", template.clone()),
        }
    }
    let Some(subtrees) = paths::resolve(file, &implicit.subtrees.uri) else {
        return refuse("tile-path-refused", implicit.subtrees.uri.clone());
    };
    Ok(Tiling {
        scheme,
        contents,
        groups: tile.all_contents().map(|content| sayings.group(content)).collect(),
        subtrees,
        subtree_levels: implicit.subtree_levels,
        available_levels: implicit.available_levels.min(scheme.max_level()),
        volume: tile.bounding_volume,
        geometric_error_m: node.geometric_error_m,
        additive: node.additive,
        z_is_up: node.z_is_up,
        ecef_from_tile: Arc::clone(&node.ecef_from_tile),
        schema: Arc::clone(schema),
    })
}

/// Tells a node, and lazily all below it, what its subtree says.
pub fn subtree(tree: &mut Tree, at: TileId, bytes: &[u8]) -> Result<(), Finding> {
    let Some(node) = tree.get(at) else {
        return Ok(());
    };
    let (Content::Subtree(path), Some(cell)) = (&node.content, &node.cell) else {
        return Ok(());
    };
    // Either the document, or a buffer that it named.
    let mut buffers = cell.parts.as_ref().map_or(Vec::new(), |parts| parts.buffers.clone());
    buffers.extend(cell.parts.as_ref().map(|parts| (parts.wanted.clone(), bytes.to_vec())));
    let document = cell.parts.as_ref().map_or(bytes, |parts| &parts.document);
    let own_path = cell.parts.as_ref().map_or(path, |parts| &parts.path);
    let size = document.len() as u64;
    let mut missing = None;
    let parsed = Subtree::parse_with(document, &cell.tiling.schema, &mut |uri| {
        let found = buffers.iter().find(|(name, _)| name == uri);
        if found.is_none() {
            missing.get_or_insert_with(|| uri.to_owned());
        }
        found.map(|(_, bytes)| bytes.clone())
    });
    let parsed = match (parsed, missing) {
        (Ok(parsed), _) => parsed,
        (Err(_), Some(uri)) if buffers.len() < MAX_SUBTREE_BUFFERS => {
            let refused = || Finding::new("tile-path-refused", Severity::Error, &**own_path).value(&uri);
            let path = paths::resolve(own_path, &uri).ok_or_else(refused)?;
            let parts = Parts { path: Arc::clone(own_path), document: document.to_vec(), buffers, wanted: uri };
            tree.recount(at, |node| {
                node.content = Content::Subtree(path.into());
                node.document_bytes = parts.bytes();
                if let Some(cell) = &mut node.cell {
                    cell.parts = Some(Arc::new(parts));
                }
            });
            return Ok(());
        }
        (Err(fault), _) => return Err(fault.finding(&**own_path)),
    };
    let volume = cell.tiling.volume_of(cell.coord, &parsed);
    let (tiling, coord) = (Arc::clone(&cell.tiling), cell.coord);
    let mut told = companion(node, Content::Empty);
    tiling.tell(&mut told, coord, &parsed);
    let mut contents = tiling.contents_at(coord, &parsed).into_iter();
    let (first, said) = contents.next().unwrap_or((Content::Empty, Said::default()));
    let companions: Vec<Node> = contents
        .map(|(content, said)| {
            let mut part = companion_said(&told, content, said);
            part.volume = volume.unwrap_or(part.volume);
            part
        })
        .collect();
    let companions: Vec<TileId> = companions
        .into_iter()
        .filter_map(|node| tree.add(node))
        .collect();
    let size = size + parsed.said.bytes();
    tree.recount(at, |node| {
        // What came before was a guess from above.
        node.volume = volume.unwrap_or(node.volume);
        (node.geometric_error_m, node.additive) = (told.geometric_error_m, told.additive);
        node.about = About::with(told.about, said);
        node.content = first;
        node.companions = companions;
        node.document_bytes = size;
        if let Some(cell) = &mut node.cell {
            cell.subtree = Some(Arc::new(parsed));
            cell.parts = None;
        }
    });
    Ok(())
}
