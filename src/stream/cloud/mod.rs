//! A cloud of points in one file with an octree (COPC) as a tileset: cubes become tiles, their chunks contents.
//!
//! The file is opened by its head, read as far as the points begin, and where that names no reference system by the records behind the points.
//! Pages of the octree are fetched when somebody looks below a cube whose page has not come; chunks by their span.
//! A cube adds to the ones above it, so refinement is ADD; its error follows from how far its points lie apart.
//!
//! | file | what |
//! |---|---|
//! | `open.rs` | what of a file to read, until it is a [`Cloud`] |
//! | `content.rs` | a chunk becomes a content |

mod content;
mod open;

pub use content::content;
pub use open::Opener;

use super::TileId;
use super::tree::{Content, Growth, Node};
use super::volume::Volume;
use crate::formats::Fault;
use crate::formats::copc::{Entry, Key, MAX_LEVEL, Page};
use crate::formats::las::{Cube, Header};
use crate::formats::laz::Items;
use crate::formats::pmtiles::Span;
use crate::geodesy::{Crs, Ecef, EnuFrame, Geoid, LonLatH, Vertical};
use glam::DVec3;
use std::sync::Arc;

/// Points further apart on the screen than this, in pixels, want those between them. Points are drawn three pixels wide.
const APART_PX: f64 = 3.0;
/// The screen-space error that geometric errors are meant for: what the engine's settings begin with.
const USUAL_ERROR_PX: f64 = 16.0;
/// Pages that may stand for one cube before its entry comes.
const MOST_PAGES: u32 = 4;
/// Steps along each side of a cube at which its place on the globe is taken; the Earth is round.
const STEPS: u32 = 2;
/// A cube with all its points on one level still has a height, metres.
const THINNEST_M: f64 = 0.05;

/// All there is to know of a cloud before its points come.
#[derive(Debug)]
pub struct Cloud {
    pub path: Arc<str>,
    pub header: Header,
    cube: Cube,
    first_page: Span,
    items: Items,
    crs: Crs,
    geoid: Geoid,
    metres_per_unit: f64,
}

/// A cube in its octree.
#[derive(Clone, Debug)]
pub struct Block {
    pub cloud: Arc<Cloud>,
    pub key: Key,
    /// Where its chunk lies, or the page that tells.
    pub span: Option<Span>,
    /// Points of its chunk.
    pub count: u32,
    page: Option<Arc<Page>>,
    pages: u32,
}

impl PartialEq for Block {
    fn eq(&self, other: &Self) -> bool {
        self.cloud.path == other.cloud.path && (self.key, self.span, self.count) == (other.key, other.span, other.count)
    }
}

impl Cloud {
    fn new(path: &str, header: Header, crs: Crs, items: Items) -> Result<Self, Fault> {
        let (Some(cube), Some((offset, length))) = (header.copc_cube, header.copc_page) else {
            return Err(Fault::new("copc-missing", "", ""));
        };
        let mut cloud = Self {
            path: path.into(),
            header,
            cube,
            first_page: Span { offset, length },
            items,
            crs,
            geoid: Geoid::approximate_france(),
            metres_per_unit: 1.0,
        };
        let nowhere = || Fault::new("copc-place", cloud.crs.code(), format!("{:?}", cloud.cube.centre));
        let middle = cloud.middle();
        let at = cloud.place(middle).ok_or_else(nowhere)?;
        // Degrees and feet have other lengths than metres, and projections stretch.
        let step = cloud.cube.spacing;
        let east = cloud.place([middle[0] + step, middle[1], middle[2]]).ok_or_else(nowhere)?;
        let north = cloud.place([middle[0], middle[1] + step, middle[2]]).ok_or_else(nowhere)?;
        let metres_per_unit = east.distance(at).max(north.distance(at)) / step;
        if !(metres_per_unit.is_finite() && metres_per_unit > 0.0) {
            return Err(nowhere());
        }
        cloud.metres_per_unit = metres_per_unit;
        Ok(cloud)
    }

    pub fn crs(&self) -> &Crs {
        &self.crs
    }

    /// How far its points lie apart where all of them are there, metres: as if they lay evenly on the ground.
    pub fn apart_m(&self) -> f64 {
        let Header { min, max, points, .. } = &self.header;
        let area = (max[0] - min[0]).abs() * (max[1] - min[1]).abs();
        let apart = (area / (*points).max(1) as f64).sqrt() * self.metres_per_unit;
        // What is no number becomes nought here.
        apart.min(self.cube.spacing * self.metres_per_unit).max(0.0)
    }

    /// The middle of its points, in its own system.
    fn middle(&self) -> [f64; 3] {
        let Header { min, max, .. } = &self.header;
        [0, 1, 2].map(|axis: usize| 0.5 * (min[axis] + max[axis]))
    }

    /// The earth-centred place of a point of its own system.
    pub fn place(&self, at: [f64; 3]) -> Option<DVec3> {
        if self.crs.is_ecef() {
            return Some(DVec3::from_array(at)).filter(|at| at.is_finite());
        }
        let [x, y, z] = at;
        let p = self.crs.to_lonlat(x, y).ok()?;
        // Files that say nothing of their heights have altitudes; so have those whose system nobody knows a way from.
        let above_m = self.crs.vertical_system().and_then(|heights| heights.to(&Vertical::Ellipsoid, &self.geoid, p));
        let above_m = above_m.unwrap_or_else(|| self.geoid.undulation_m(p));
        Some(LonLatH::new(p.lon_deg, p.lat_deg, z + above_m).to_ecef().0).filter(|at| at.is_finite())
    }

    /// A sphere round all of it: centre in ECEF metres and radius in metres.
    pub fn sphere(&self) -> Option<(DVec3, f64)> {
        self.volume(Key::default()).map(|volume| volume.bounding_sphere())
    }

    /// The upright frame of a cube, on its middle.
    fn frame(&self, key: Key) -> Option<EnuFrame> {
        let [low, high] = self.bounds(key);
        let middle = self.place([0, 1, 2].map(|axis: usize| 0.5 * (low[axis] + high[axis])))?;
        Some(EnuFrame::at(Ecef(middle).to_lonlath()))
    }

    /// Of a cube what can hold points: cubes are as high as they are wide, land is flat.
    fn bounds(&self, key: Key) -> [[f64; 3]; 2] {
        let [low, high] = key.bounds(&self.cube);
        let Header { min, max, .. } = &self.header;
        let within = |axis: usize, at: f64| at.clamp(min[axis].min(max[axis]), max[axis].max(min[axis]));
        [[0, 1, 2].map(|axis: usize| within(axis, low[axis])), [0, 1, 2].map(|axis: usize| within(axis, high[axis]))]
    }

    fn volume(&self, key: Key) -> Option<Volume> {
        let frame = self.frame(key)?;
        let [low, high] = self.bounds(key);
        let (mut least, mut most) = (DVec3::INFINITY, DVec3::NEG_INFINITY);
        for step in 0..(STEPS + 1).pow(3) {
            let share = [step % (STEPS + 1), step / (STEPS + 1) % (STEPS + 1), step / (STEPS + 1).pow(2)].map(|at| f64::from(at) / f64::from(STEPS));
            let at = [0, 1, 2].map(|axis: usize| low[axis] + share[axis] * (high[axis] - low[axis]));
            // A corner outside of where the system is known makes no cube smaller than its known corners.
            let Some(at) = self.place(at) else { continue };
            let at = frame.from_ecef(Ecef(at));
            (least, most) = (least.min(at), most.max(at));
        }
        let half = (0.5 * (most - least)).max(DVec3::splat(THINNEST_M));
        let [x, y, z] = (0.5 * (least + most)).to_array();
        Volume::of_box([x, y, z, half.x, 0.0, 0.0, 0.0, half.y, 0.0, 0.0, 0.0, half.z], &frame.ecef_from_enu)
    }

    fn error_m(&self, key: Key) -> f64 {
        key.spacing(&self.cube) * self.metres_per_unit * USUAL_ERROR_PX / APART_PX
    }
}

impl Block {
    /// Memory beside the page, which is counted where it came.
    pub fn bytes(&self) -> u64 {
        size_of::<Self>() as u64
    }
}

/// The node of the octree's root, whose page is still to come, hung under the node whose document the file was.
pub(super) fn root(cloud: &Arc<Cloud>, under: &Node, id: TileId) -> Option<Node> {
    let block = Block { cloud: Arc::clone(cloud), key: Key::default(), span: None, count: 0, page: None, pages: 0 };
    node(block, Entry::Page(cloud.first_page), under, id)
}

/// The nodes of the cubes below one, as far as its page names them.
pub(super) fn children(of: &Node, id: TileId) -> Vec<Node> {
    let Some(block) = of.block.as_deref() else { return Vec::new() };
    let Some(page) = block.page.as_ref().filter(|_| block.key.level < MAX_LEVEL) else { return Vec::new() };
    let named = block.key.children().into_iter().filter_map(|key| Some((key, page.get(key)?)));
    named.filter_map(|(key, entry)| node(Block { key, span: None, count: 0, pages: 0, ..block.clone() }, entry, of, id)).collect()
}

fn node(mut block: Block, entry: Entry, under: &Node, parent: TileId) -> Option<Node> {
    let volume = block.cloud.volume(block.key)?;
    let mut node = Node::new(Some(parent), volume, Arc::clone(&under.ecef_from_tile));
    node.depth = under.depth + 1;
    node.geometric_error_m = block.cloud.error_m(block.key);
    node.additive = true;
    (node.content, node.growth) = told(&mut block, entry);
    node.block = Some(Box::new(block));
    Some(node)
}

/// What an entry makes of a cube.
fn told(block: &mut Block, entry: Entry) -> (Content, Growth) {
    let path = Arc::clone(&block.cloud.path);
    match entry {
        Entry::Points { span, count } => {
            (block.span, block.count) = (Some(span), count);
            (Content::Model(path), Growth::Lazy)
        }
        Entry::Empty => {
            block.span = None;
            (Content::Empty, Growth::Lazy)
        }
        Entry::Page(span) => {
            block.span = Some(span);
            block.pages += 1;
            (Content::Subtree(path), Growth::Whole)
        }
    }
}

/// A page has come for a cube.
///
/// # Errors
/// `copc-page` for one that cannot be read, that says nothing of the cube, or that leads in a circle.
pub(super) fn page(node: &mut Node, bytes: &[u8]) -> Result<(), Fault> {
    let Some(block) = node.block.as_deref_mut() else { return Ok(()) };
    let page = Page::parse(bytes)?;
    let lost = |value: &str| Fault::new("copc-page", block.key.to_string(), value);
    let entry = page.get(block.key).ok_or_else(|| lost("-"))?;
    if matches!(entry, Entry::Page(span) if block.pages >= MOST_PAGES || Some(span) == block.span) {
        return Err(lost("pages"));
    }
    node.document_bytes = page.bytes();
    block.page = Some(Arc::new(page));
    (node.content, node.growth) = told(block, entry);
    Ok(())
}

/// Whether a document is a cloud, by its name.
pub fn is_cloud(path: &str) -> bool {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    [".laz", ".las"].iter().any(|ending| path.len() > ending.len() && path.get(path.len() - ending.len()..).is_some_and(|end| end.eq_ignore_ascii_case(ending)))
}
