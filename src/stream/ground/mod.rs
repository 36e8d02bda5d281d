//! Ground and what lies on it as pyramids of tiles: quantized-mesh, heights in colours, vector tiles.
//!
//! A pyramid is a tree whose nodes are made when somebody looks, as those of implicit tiling are: its [`Pyramid`] knows the places,
//! availability (listed, told by tiles, or looked up in an archive's directories) says what is there.
//! A terrain may name another one that fills what it lacks: then the first of its layers that has a tile gives it.
//! Ground has no holes: where one of four children is not there, it is cut from the nearest tile above it ([`Plot::from`]).
//! Heights are not known before a tile has come; until then a tile has those of the nearest one above that has.
//!
//! | file | what |
//! |---|---|
//! | `open.rs` | documents become pyramids |
//! | `content.rs` | bytes of a tile become a content |
//! | `sheet.rs` | a surface over a tile: cutting, skirts, normals, colours |
//! | `vectors.rs` | points, lines and areas as triangles and a table |
//! | `lay.rs` | laying those on the ground that is shown |
//! | `uppermost.rs` | of ground and water what lies higher |

pub mod content;
mod lay;
mod open;
mod sheet;
mod uppermost;
mod vectors;

pub use content::{Made, content, content_on};
pub use lay::{Flat, Laid, Patch, lay};
pub use open::{Opened, pyramid};

use super::TileId;
use super::paths;
use super::tree::{Content, Growth, Life, Node};
use super::volume::Volume;
use crate::base::Finding;
use crate::formats::pmtiles::{Archive, Compression, Directory, Place, Span, number_of};
use crate::formats::quantizedmesh::{Layer, Range};
use crate::formats::terrainrgb::Rule;
use crate::formats::webtiles::WebTile;
use std::collections::VecDeque;
use std::sync::Arc;

/// A tile's geometric error is this share of its side. With 16 pixels allowed a tile is drawn at most 512 pixels wide,
/// which is what CesiumJS's two pixels come to for its 65 posts a side.
const ERROR_SHARE: f64 = 1.0 / 32.0;
/// Heights of ground of which nothing has come, metres. Too high rather than too low: what is thought lower than it is might be culled, and never measured.
const UNMEASURED_M: [f64; 2] = [-100.0, 4_500.0];
/// Heights of what is laid flat.
const FLAT_M: [f64; 2] = [-1.0, 1.0];
/// Pictures of heights have more posts than a tile is drawn with: so many levels below the last can still be cut from it.
const LEVELS_BELOW: u32 = 2;
/// Where a pyramid begins further down, everything above is passed over if no more tiles than this lie side by side there.
const MOST_FIRST: u64 = 64;
/// Directories of an archive that are kept.
const MAX_LEAVES: usize = 64;
/// Directories below each other; the format wants two at most.
const MAX_LEAF_DEPTH: u32 = 4;
/// Metres of a degree of the meridian.
const DEGREE_M: f64 = 111_195.0;

/// What the tiles of a pyramid hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Matter {
    /// Quantized meshes.
    Mesh,
    Heights(Rule),
    Vectors,
}

/// How a tile's address is found.
#[derive(Clone, Debug, PartialEq)]
enum Source {
    /// Of quantized-mesh, with resolved templates; those behind the first fill what it lacks.
    Layers(Vec<Layer>),
    /// One template for each server, resolved; rows from the south or the north.
    Templates {
        tiles: Vec<String>,
        tms: bool,
    },
    Archive {
        path: Arc<str>,
        archive: Archive,
    },
}

/// All there is to know of a pyramid before its tiles come.
#[derive(Clone, Debug, PartialEq)]
pub struct Pyramid {
    pub matter: Matter,
    /// Web Mercator with one tile at level 0; geographic with two otherwise.
    pub mercator: bool,
    /// First and last level with tiles of their own.
    pub levels: [u32; 2],
    /// West, south, east, north.
    pub bounds_deg: [f64; 4],
    pub attribution: String,
    /// Ellipsoidal height at which vectors lie, metres.
    pub base_m: f64,
    /// Vectors bring the sheet that they are drawn on: nothing else lies below them.
    pub paper: bool,
    source: Source,
}

/// The address of a tile; rows count from the south.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Spot {
    pub z: u32,
    pub x: u32,
    pub y: u32,
}

impl Spot {
    fn children(self) -> [Self; 4] {
        let (z, x, y) = (
            self.z + 1,
            self.x.saturating_mul(2),
            self.y.saturating_mul(2),
        );
        [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(east, north)| Self {
            z,
            x: x + east,
            y: y + north,
        })
    }

    /// The part of a tile above that this one is: west, south, east, north as shares of its sides.
    pub fn part_of(self, above: Self) -> [f64; 4] {
        let levels = self.z.saturating_sub(above.z).min(31);
        let count = f64::from(1_u32 << levels);
        let west = f64::from(self.x) / count - f64::from(above.x);
        let south = f64::from(self.y) / count - f64::from(above.y);
        [west, south, west + 1.0 / count, south + 1.0 / count]
    }
}

/// Where a node lies in its pyramid.
#[derive(Clone, Debug, PartialEq)]
pub struct Plot {
    pub pyramid: Arc<Pyramid>,
    pub spot: Spot,
    /// The tile whose bytes it is made of: itself, or one above that it is cut from.
    pub from: Spot,
    /// Which of the layers of a terrain these bytes are of.
    layer: usize,
    /// Where in an archive the bytes lie.
    pub span: Option<Span>,
    heights_m: [f64; 2],
    /// Its own tile has said its heights.
    measured: bool,
    /// What the nearest tile that tells such things told.
    told: Option<Arc<Told>>,
    /// Directories gone through on the way to the bytes.
    leaves: u32,
}

/// What a tile says of the tiles below it.
#[derive(Debug, PartialEq)]
struct Told {
    level: u32,
    layer: usize,
    /// Of the levels below its own.
    ranges: Vec<Vec<Range>>,
}

/// Whether a tile is there.
#[derive(PartialEq)]
enum There {
    /// Which part of its file, and of which layer.
    Yes(Option<Span>, usize),
    /// Only a directory that has not come can tell.
    Leaf(Span),
    No,
    /// Only a tile above that has not come can tell.
    Waits,
}

/// Directories of an archive, the oldest forgotten first.
#[derive(Debug, Default)]
pub struct Leaves(VecDeque<(u64, Arc<Directory>)>);

impl Leaves {
    fn get(&self, offset: u64) -> Option<&Arc<Directory>> {
        self.0
            .iter()
            .find(|(at, _)| *at == offset)
            .map(|(_, leaf)| leaf)
    }

    fn add(&mut self, offset: u64, leaf: Directory) {
        if self.get(offset).is_none() {
            self.0.push_back((offset, Arc::new(leaf)));
        }
        while self.0.len() > MAX_LEAVES {
            self.0.pop_front();
        }
    }
}

impl Pyramid {
    /// Tiles of a level from west to east, and from south to north.
    fn size(&self, z: u32) -> [u32; 2] {
        let rows = 1_u32 << z.min(30);
        [if self.mercator { rows } else { rows * 2 }, rows]
    }

    /// West, south, east and north of a tile, degrees.
    pub fn tile_bounds_deg(&self, spot: Spot) -> [f64; 4] {
        let [columns, rows] = self.size(spot.z).map(f64::from);
        let lat = |y: f64| {
            if self.mercator {
                ((2.0 * y / rows - 1.0) * std::f64::consts::PI)
                    .sinh()
                    .atan()
                    .to_degrees()
            } else {
                -90.0 + 180.0 * y / rows
            }
        };
        let (x, y) = (f64::from(spot.x), f64::from(spot.y));
        [
            -180.0 + 360.0 * x / columns,
            lat(y),
            -180.0 + 360.0 * (x + 1.0) / columns,
            lat(y + 1.0),
        ]
    }

    /// Where there is something to look at: where it has its finest tiles, as far as it says, and its bounds otherwise.
    pub fn extent_deg(&self) -> [f64; 4] {
        let Source::Layers(layers) = &self.source else {
            return self.bounds_deg;
        };
        let levels = layers.first().and_then(|layer| layer.available.as_ref()).into_iter().flatten().enumerate();
        let finest = levels.filter(|(_, ranges)| !ranges.is_empty()).last();
        let Some((z, ranges)) = finest else {
            return self.bounds_deg;
        };
        let mut extent = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
        for range in ranges {
            for (x, y) in [(range.start_x, range.start_y), (range.end_x, range.end_y)] {
                let [w, s, e, n] = self.tile_bounds_deg(Spot { z: z as u32, x, y });
                extent = [
                    extent[0].min(w),
                    extent[1].min(s),
                    extent[2].max(e),
                    extent[3].max(n),
                ];
            }
        }
        let [west, south, east, north] = self.bounds_deg;
        let inside = [
            extent[0].max(west),
            extent[1].max(south),
            extent[2].min(east),
            extent[3].min(north),
        ];
        if inside[0] < inside[2] && inside[1] < inside[3] {
            inside
        } else {
            self.bounds_deg
        }
    }

    fn touches(&self, spot: Spot) -> bool {
        let [w, s, e, n] = self.tile_bounds_deg(spot);
        let [west, south, east, north] = self.bounds_deg;
        w < east && e > west && s < north && n > south
    }

    /// The deepest level that is drawn: pictures of heights hold more than their own level shows.
    fn last_level(&self) -> u32 {
        match self.matter {
            Matter::Heights(_) => (self.levels[1] + LEVELS_BELOW).min(30),
            Matter::Mesh | Matter::Vectors => self.levels[1],
        }
    }

    /// How far a tile's shapes may be from the truth, metres.
    fn error_m(&self, spot: Spot) -> f64 {
        let [_, south, _, north] = self.tile_bounds_deg(spot);
        let [first, _] = self.levels;
        if spot.z < first && self.first_tiles() <= MOST_FIRST {
            return f64::MAX;
        }
        (north - south) * DEGREE_M * ERROR_SHARE
    }

    /// How many tiles of the first level the bounds touch.
    fn first_tiles(&self) -> u64 {
        let [columns, rows] = self.size(self.levels[0]).map(f64::from);
        let [west, south, east, north] = self.bounds_deg;
        // Rows of Mercator are about as high as they are wide.
        let across = ((east - west) / 360.0 * columns).ceil() + 1.0;
        let up =
            ((north - south) / 180.0 * rows * if self.mercator { 2.0 } else { 1.0 }).ceil() + 1.0;
        (across.min(columns) * up.min(rows)) as u64
    }

    /// Of a tile with these heights, in ECEF.
    fn volume(&self, spot: Spot, [low, high]: [f64; 2]) -> Option<Volume> {
        let [w, s, e, n] = self.tile_bounds_deg(spot).map(f64::to_radians);
        Volume::of_region([w, s, e, n, low, high])
    }

    /// The heights that a tile has as far as the one above tells. What lies on the ground knows only the ground that was in view; beside it may be a
    /// hill as high as half a tile, and what is thought lower than it is might be culled, and never laid.
    fn presumed_m(&self, spot: Spot, [low, high]: [f64; 2]) -> [f64; 2] {
        if self.matter != Matter::Vectors || self.paper {
            return [low, high];
        }
        let [_, south, _, north] = self.tile_bounds_deg(spot);
        let room_m = 0.5 * (north - south) * DEGREE_M;
        let [lowest, highest] = UNMEASURED_M;
        [(low - room_m).max(lowest.min(low)), (high + room_m).min(highest.max(high))]
    }

    /// The address of a tile's bytes.
    fn path(&self, spot: Spot, layer: usize) -> Arc<str> {
        let number = (u64::from(spot.x) + u64::from(spot.y) + u64::from(spot.z)) as usize;
        match &self.source {
            Source::Layers(layers) => layers.get(layer).map_or_else(|| "".into(), |layer| layer.path(spot.z, spot.x, spot.y).into()),
            Source::Archive { path, .. } => Arc::clone(path),
            Source::Templates { tiles, tms } => {
                let template = tiles
                    .get(number % tiles.len().max(1))
                    .map_or("", String::as_str);
                let flipped = self.from_north(spot);
                let (row, other) = if *tms {
                    (spot.y, flipped)
                } else {
                    (flipped, spot.y)
                };
                WebTile {
                    z: spot.z,
                    x: spot.x,
                    y: row,
                }
                .path(template)
                .replace("{-y}", &other.to_string())
                .into()
            }
        }
    }

    fn from_north(&self, spot: Spot) -> u32 {
        let [_, rows] = self.size(spot.z);
        rows.saturating_sub(1).saturating_sub(spot.y)
    }

    /// How tiles are packed where the archive says so.
    fn packing(&self) -> Compression {
        match &self.source {
            Source::Archive { archive, .. } => archive.header.compression,
            Source::Layers(_) | Source::Templates { .. } => Compression::None,
        }
    }

    fn there(&self, spot: Spot, plot: &Plot, came: bool, leaves: &Leaves) -> There {
        if spot.z < self.levels[0] || spot.z > self.levels[1] || !self.touches(spot) {
            return There::No;
        }
        match &self.source {
            Source::Templates { .. } => There::Yes(None, 0),
            Source::Archive { archive, .. } => {
                match number_of(spot.z, spot.x, self.from_north(spot)) {
                    Some(number) => looked_up(archive, &archive.root, number, leaves, 0),
                    None => There::No,
                }
            }
            Source::Layers(layers) => {
                let mut found = layers.iter().enumerate().map(|(number, layer)| in_layer(layer, number, spot, plot, came));
                found.find(|there| *there != There::No).unwrap_or(There::No)
            }
        }
    }
}

/// Whether one layer of a terrain has a tile: a list says so, or a tile above, or nobody.
fn in_layer(layer: &Layer, number: usize, spot: Spot, plot: &Plot, came: bool) -> There {
    let sure = |there: bool| if there { There::Yes(None, number) } else { There::No };
    if let Some(there) = layer.has(spot.z, spot.x, spot.y) {
        return sure(there);
    }
    let told = plot.told.as_deref().filter(|told| told.layer == number && spot.z > told.level && (spot.z - told.level) as usize <= told.ranges.len());
    if let Some(told) = told {
        let ranges = told.ranges.get((spot.z - told.level - 1) as usize);
        return sure(ranges.is_some_and(|ranges| ranges.iter().any(|range| range.holds(spot.x, spot.y))));
    }
    match layer.metadata_levels {
        // The tile above is one that tells, and has not come.
        Some(levels) if !came && plot.layer == number && plot.spot.z.is_multiple_of(levels) => There::Waits,
        Some(_) => There::No,
        // Nobody says anything: asking is the only way to know.
        None => There::Yes(None, number),
    }
}

/// Follows directories as far as they are here.
fn looked_up(
    archive: &Archive,
    directory: &Directory,
    number: u64,
    leaves: &Leaves,
    depth: u32,
) -> There {
    match archive.place(directory, number) {
        Ok(Place::Tile(span)) => There::Yes(Some(span), 0),
        Ok(Place::Leaf(span)) => match leaves.get(span.offset) {
            Some(leaf) if depth < MAX_LEAF_DEPTH => {
                looked_up(archive, leaf, number, leaves, depth + 1)
            }
            Some(_) => There::No,
            None => There::Leaf(span),
        },
        Ok(Place::Nowhere) | Err(_) => There::No,
    }
}

impl Plot {
    /// The tile's own rectangle, degrees.
    pub fn bounds_deg(&self) -> [f64; 4] {
        self.pyramid.tile_bounds_deg(self.spot)
    }

    /// Whether what the tile holds lies on ground that is not its own.
    pub fn lies_on_ground(&self) -> bool {
        self.pyramid.matter == Matter::Vectors && !self.pyramid.paper
    }

    /// Whether a list or a directory says that the tile is there, so that one who looks for it must find it.
    pub fn is_promised(&self) -> bool {
        let Spot { z, x, y } = self.spot;
        self.from == self.spot
            && match &self.pyramid.source {
                Source::Layers(layers) => layers.get(self.layer).is_some_and(|layer| layer.has(z, x, y) == Some(true)),
                Source::Archive { .. } => true,
                Source::Templates { .. } => false,
            }
    }

    /// Memory beside the struct itself.
    pub fn bytes(&self) -> u64 {
        std::mem::size_of::<Self>() as u64
    }
}

/// The nodes of the coarsest level, hung under the node whose document the pyramid was.
pub(super) fn roots(pyramid: &Arc<Pyramid>, under: &Node, id: TileId) -> Vec<Node> {
    let columns = if pyramid.mercator { 1 } else { 2 };
    let heights_m = if pyramid.matter == Matter::Vectors && pyramid.paper {
        FLAT_M.map(|m| m + pyramid.base_m)
    } else {
        UNMEASURED_M
    };
    let leaves = Leaves::default();
    (0..columns)
        .map(|x| Spot { z: 0, x, y: 0 })
        .filter(|spot| pyramid.touches(*spot))
        .filter_map(|spot| {
            let plot = Plot {
                pyramid: Arc::clone(pyramid),
                spot,
                from: spot,
                layer: 0,
                span: None,
                heights_m,
                measured: false,
                told: None,
                leaves: 0,
            };
            let there = pyramid.there(spot, &plot, true, &leaves);
            node(plot, there, None, under, id)
        })
        .collect()
}

/// The children of a node; `None` while nobody can tell which there are.
pub(super) fn children(of: &Node, id: TileId, leaves: &Leaves) -> Option<Vec<Node>> {
    let Some(plot) = of.plot.as_deref() else {
        return Some(Vec::new());
    };
    let pyramid = &plot.pyramid;
    if plot.spot.z >= pyramid.last_level() {
        return Some(Vec::new());
    }
    let came = of.life == Life::Ready || !of.is_model();
    let spots = plot.spot.children();
    let mut there = Vec::with_capacity(4);
    for spot in spots {
        match pyramid.there(spot, plot, came, leaves) {
            There::Waits => return None,
            found => there.push(found),
        }
    }
    let below_last = plot.spot.z >= pyramid.levels[1] && of.is_model();
    let above_first = plot.spot.z + 1 < pyramid.levels[0];
    if !below_last && !above_first && there.iter().all(|found| matches!(found, There::No)) {
        return Some(Vec::new());
    }
    // What lies on the ground needs no ground under it.
    let cut = (pyramid.matter != Matter::Vectors && of.is_model()).then_some(plot);
    let made = spots
        .into_iter()
        .zip(there)
        .filter(|(spot, _)| cut.is_some() || pyramid.touches(*spot));
    Some(
        made.filter_map(|(spot, found)| {
            let child = Plot {
                spot,
                from: spot,
                span: None,
                measured: false,
                leaves: 0,
                heights_m: pyramid.presumed_m(spot, plot.heights_m),
                ..plot.clone()
            };
            node(child, found, cut, of, id)
        })
        .collect(),
    )
}

/// The node of a tile. `cut` is the tile above that it is cut from where it has no bytes of its own.
fn node(
    mut plot: Plot,
    there: There,
    cut: Option<&Plot>,
    under: &Node,
    parent: TileId,
) -> Option<Node> {
    let pyramid = Arc::clone(&plot.pyramid);
    let volume = pyramid.volume(plot.spot, plot.heights_m)?;
    let mut node = Node::new(Some(parent), volume, Arc::clone(&under.ecef_from_tile));
    node.depth = under.depth + 1;
    node.geometric_error_m = pyramid.error_m(plot.spot);
    node.growth = Growth::Lazy;
    match there {
        There::Yes(span, layer) => {
            (plot.span, plot.layer) = (span, layer);
            node.content = Content::Model(pyramid.path(plot.spot, layer));
        }
        There::Leaf(span) => {
            plot.span = Some(span);
            plot.leaves = 1;
            node.content = Content::Subtree(pyramid.path(plot.spot, 0));
        }
        There::No | There::Waits => match cut {
            Some(above) => {
                (plot.from, plot.span, plot.layer) = (above.from, above.span, above.layer);
                node.content = Content::Model(pyramid.path(above.from, above.layer));
                // Only what is cut from the last level goes on further down.
                if plot.spot.z <= pyramid.levels[1] {
                    node.growth = Growth::Whole;
                }
            }
            None if plot.spot.z >= pyramid.levels[0] => node.growth = Growth::Whole,
            None => {}
        },
    }
    node.plot = Some(Box::new(plot));
    Some(node)
}

/// What becomes of a tile that is not there after all: another layer has it, or it is cut from one above, or there is nothing. `above` are the tiles above, the nearest first.
pub(super) fn absent<'n>(node: &mut Node, above: impl Iterator<Item = &'n Node>) {
    let Some(plot) = node.plot.as_deref_mut() else {
        return;
    };
    let unsaid = matches!(&plot.pyramid.source, Source::Templates { .. });
    if let (Source::Layers(layers), true) = (&plot.pyramid.source, plot.from == plot.spot) {
        let Spot { z, x, y } = plot.spot;
        let other = layers.iter().enumerate().skip(plot.layer + 1).find(|(_, layer)| layer.has(z, x, y) == Some(true));
        if let Some((number, _)) = other {
            plot.layer = number;
            node.content = Content::Model(plot.pyramid.path(plot.spot, number));
            (node.life, node.tries) = (Life::Unloaded, 0);
            return;
        }
    }
    let mut above = above.filter(|above| above.is_model()).peekable();
    let covered = above.peek().is_some();
    // Not what has just been missed, and nothing below it: what is itself still on its way may go the same way later, and then its turn comes again.
    let source = above
        .filter(|_| plot.pyramid.matter != Matter::Vectors)
        .filter_map(|above| above.plot.as_deref())
        .find(|above| above.from == above.spot && above.spot.z < plot.from.z);
    // A pyramid may begin further down than it says; below something that is there nothing more is looked for.
    node.growth = if !covered && unsaid {
        Growth::Lazy
    } else {
        Growth::Whole
    };
    node.life = Life::Unloaded;
    node.tries = 0;
    node.content = match source {
        Some(above) => {
            (plot.from, plot.span, plot.layer) = (above.spot, above.span, above.layer);
            Content::Model(plot.pyramid.path(above.spot, above.layer))
        }
        None => Content::Empty,
    };
}

/// A directory has come: where the tile is, or the next directory, or that it is nowhere (`false`).
///
/// # Errors
/// A directory that cannot be read, or one too many.
pub(super) fn leaf(node: &mut Node, bytes: &[u8], leaves: &mut Leaves) -> Result<bool, Finding> {
    let path = match &node.content {
        Content::Subtree(path) => Arc::clone(path),
        _ => return Ok(true),
    };
    let Some(plot) = node.plot.as_deref_mut() else {
        return Ok(true);
    };
    let pyramid = Arc::clone(&plot.pyramid);
    let (Source::Archive { archive, .. }, Some(span)) = (&pyramid.source, plot.span) else {
        return Ok(false);
    };
    let refuse = |fault: crate::formats::Fault| fault.finding(&*path);
    let directory = archive.leaf(bytes).map_err(refuse)?;
    let number =
        number_of(plot.spot.z, plot.spot.x, pyramid.from_north(plot.spot)).unwrap_or(u64::MAX);
    let place = archive.place(&directory, number).map_err(refuse)?;
    leaves.add(span.offset, directory);
    match place {
        Place::Tile(span) => {
            plot.span = Some(span);
            node.content = Content::Model(path);
            Ok(true)
        }
        Place::Leaf(_) if plot.leaves >= MAX_LEAF_DEPTH => Err(refuse(crate::formats::Fault::new(
            "pmtiles-depth",
            number.to_string(),
            MAX_LEAF_DEPTH,
        ))),
        Place::Leaf(span) => {
            plot.span = Some(span);
            plot.leaves += 1;
            Ok(true)
        }
        Place::Nowhere => Ok(false),
    }
}

/// A tile has come and told its heights, and perhaps what is below it.
pub(super) fn measured(node: &mut Node, heights_m: [f64; 2], below: Vec<Vec<Range>>) {
    let Some(plot) = node.plot.as_deref_mut() else {
        return;
    };
    plot.heights_m = heights_m;
    plot.measured = true;
    if let Some(volume) = plot.pyramid.volume(plot.spot, heights_m) {
        node.volume = volume;
    }
    if !below.is_empty() && plot.from == plot.spot {
        plot.told = Some(Arc::new(Told { level: plot.spot.z, layer: plot.layer, ranges: below }));
    }
}

/// A tile that has not come itself takes the heights of the one above; `false` where it knows better.
pub(super) fn supposed(node: &mut Node, heights_m: [f64; 2]) -> bool {
    let Some(plot) = node.plot.as_deref_mut().filter(|plot| !plot.measured) else {
        return false;
    };
    plot.heights_m = plot.pyramid.presumed_m(plot.spot, heights_m);
    if let Some(volume) = plot.pyramid.volume(plot.spot, plot.heights_m) {
        node.volume = volume;
    }
    true
}

/// A template's path relative to the host's root; addresses of other places stay as they are, for those a person may have opened.
fn resolve(file: &str, template: &str) -> Option<String> {
    paths::address(template)
        .map(str::to_owned)
        .or_else(|| paths::resolve(file, template))
}
