//! ESRI Shapefile: the headers of `.shp` and `.shx` and one record at a time. Which files belong together is the pipeline's business.
//!
//! Source: ESRI Shapefile Technical Description (July 1998).
//! Every count is checked against the bytes that are there before anything is allocated.

use super::shape::Shape;
use rstar::{
    AABB, RTree,
    primitives::{GeomWithData, Rectangle},
};

pub const HEADER_BYTES: usize = 100;
pub const RECORD_HEADER_BYTES: usize = 8;
/// The largest record that is read: a single shape of eight million points.
pub const MAX_RECORD_BYTES: u64 = 256 << 20;
/// Below this a measure or height means "no data".
const NO_DATA: f64 = -1e38;
/// Steps spent in one record on finding the outline of each hole; beyond, any box around it counts.
const MAX_STEPS: usize = 100_000_000;

/// Why bytes are no shapefile, or no record of one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapefileFault {
    #[error("the file does not begin with the code 9994")]
    Magic,
    #[error("the record ends at byte {0}, in the middle of a value")]
    Truncated(usize),
    #[error("shape type {0} does not exist")]
    Type(i32),
    #[error("a count of {0} does not fit into the record")]
    Count(i32),
    #[error("part {0} does not begin inside the record")]
    Part(i32),
    #[error("patch type {0} does not exist")]
    Patch(i32),
}

/// The header that `.shp` and `.shx` share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// As stated, the header included.
    pub bytes: u64,
    pub kind: Kind,
}

/// What the shapes of a file are; their Z and M are told by each record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Null,
    Point,
    Line,
    Polygon,
    MultiPoint,
    MultiPatch,
}

/// Whether bytes begin like a `.shp` or a `.shx`.
pub fn recognises(bytes: &[u8]) -> bool {
    header(bytes).is_ok()
}

/// # Errors
/// [`ShapefileFault`] when the bytes are no header.
pub fn header(bytes: &[u8]) -> Result<Header, ShapefileFault> {
    let mut reader = Reader { bytes, at: 0 };
    if i32::from_be_bytes(reader.take()?) != 9994 {
        return Err(ShapefileFault::Magic);
    }
    reader.at = 24;
    let words = u32::from_be_bytes(reader.take()?);
    let version = reader.i32()?;
    if version != 1000 {
        return Err(ShapefileFault::Magic);
    }
    let (kind, _) = kind_of(reader.i32()?)?;
    if bytes.len() < HEADER_BYTES {
        return Err(ShapefileFault::Truncated(bytes.len()));
    }
    Ok(Header {
        bytes: u64::from(words) * 2,
        kind,
    })
}

/// Length of the content that follows the header of a record, bytes.
pub fn content_bytes(header: &[u8; RECORD_HEADER_BYTES]) -> u64 {
    let [.., a, b, c, d] = *header;
    u64::from(u32::from_be_bytes([a, b, c, d])) * 2
}

/// Where a record's header begins and how long its content is, bytes, after an entry of a `.shx`.
pub fn index_entry(entry: &[u8; 8]) -> (u64, u64) {
    let [a, b, c, d, ..] = *entry;
    (
        u64::from(u32::from_be_bytes([a, b, c, d])) * 2,
        content_bytes(entry),
    )
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    has_z: bool,
}

fn kind_of(code: i32) -> Result<(Kind, Layout), ShapefileFault> {
    let flat = match code {
        0 => Kind::Null,
        1 | 11 | 21 => Kind::Point,
        3 | 13 | 23 => Kind::Line,
        5 | 15 | 25 => Kind::Polygon,
        8 | 18 | 28 => Kind::MultiPoint,
        31 => Kind::MultiPatch,
        other => return Err(ShapefileFault::Type(other)),
    };
    Ok((
        flat,
        Layout {
            has_z: (11..20).contains(&code) || code == 31,
        },
    ))
}

/// The shape of one record's content; `None` for a null shape.
///
/// # Errors
/// A [`ShapefileFault`] with the place or the value.
pub fn record(content: &[u8]) -> Result<Option<Shape>, ShapefileFault> {
    let mut reader = Reader {
        bytes: content,
        at: 0,
    };
    let (kind, layout) = kind_of(reader.i32()?)?;
    Ok(Some(match kind {
        Kind::Null => return Ok(None),
        Kind::Point => {
            let (x, y) = (reader.f64()?, reader.f64()?);
            let z = if layout.has_z {
                height(reader.f64()?)
            } else {
                f64::NAN
            };
            Shape::Point([x, y, z])
        }
        Kind::MultiPoint => {
            reader.skip(32)?;
            let count = reader.count(16)?;
            let points = reader.points(count, layout)?;
            Shape::Many(points.into_iter().map(Shape::Point).collect())
        }
        Kind::Line => {
            let (starts, _, points) = reader.parts(layout, false)?;
            many(
                split(&starts, &points)
                    .map(|part| Shape::Line(part.to_vec()))
                    .collect(),
            )
        }
        Kind::Polygon => {
            let (starts, _, points) = reader.parts(layout, false)?;
            polygons(
                split(&starts, &points)
                    .filter(|ring| !ring.is_empty())
                    .map(<[_]>::to_vec)
                    .collect(),
            )
        }
        Kind::MultiPatch => {
            let (starts, types, points) = reader.parts(layout, true)?;
            patches(&types, split(&starts, &points))?
        }
    }))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Where parts begin, what patches they are, and all points.
type Parts = (Vec<usize>, Vec<i32>, Vec<[f64; 3]>);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ShapefileFault> {
        let end = self.at.saturating_add(N);
        let found = self
            .bytes
            .get(self.at..end)
            .and_then(|slice| slice.try_into().ok())
            .ok_or(ShapefileFault::Truncated(self.at))?;
        self.at = end;
        Ok(found)
    }

    fn skip(&mut self, bytes: usize) -> Result<(), ShapefileFault> {
        let end = self.at.saturating_add(bytes);
        if end > self.bytes.len() {
            return Err(ShapefileFault::Truncated(self.at));
        }
        self.at = end;
        Ok(())
    }

    fn i32(&mut self) -> Result<i32, ShapefileFault> {
        Ok(i32::from_le_bytes(self.take()?))
    }

    fn f64(&mut self) -> Result<f64, ShapefileFault> {
        Ok(f64::from_le_bytes(self.take()?))
    }

    /// A count of things that take at least `least` bytes each.
    fn count(&mut self, least: usize) -> Result<usize, ShapefileFault> {
        let stated = self.i32()?;
        let room = (self.bytes.len() - self.at) / least;
        usize::try_from(stated)
            .ok()
            .filter(|count| *count <= room)
            .ok_or(ShapefileFault::Count(stated))
    }

    /// Points, and their heights behind all of them; measures after that are not read.
    fn points(&mut self, count: usize, layout: Layout) -> Result<Vec<[f64; 3]>, ShapefileFault> {
        let mut points = Vec::with_capacity(count);
        for _ in 0..count {
            points.push([self.f64()?, self.f64()?, f64::NAN]);
        }
        if layout.has_z {
            self.skip(16)?;
            for point in &mut points {
                point[2] = height(self.f64()?);
            }
        }
        Ok(points)
    }

    fn parts(&mut self, layout: Layout, typed: bool) -> Result<Parts, ShapefileFault> {
        self.skip(32)?;
        let parts = self.count(4)?;
        let count = self.count(16)?;
        let mut starts: Vec<usize> = Vec::with_capacity(parts);
        for _ in 0..parts {
            let start = self.i32()?;
            let fits = |at: &usize| *at <= count && starts.last().is_none_or(|last| last <= at);
            starts.push(
                usize::try_from(start)
                    .ok()
                    .filter(fits)
                    .ok_or(ShapefileFault::Part(start))?,
            );
        }
        let mut types = Vec::new();
        if typed {
            for _ in 0..parts {
                types.push(self.i32()?);
            }
        }
        let points = self.points(count, layout)?;
        Ok((starts, types, points))
    }
}

fn height(z: f64) -> f64 {
    if z > NO_DATA { z } else { f64::NAN }
}

fn split<'a>(starts: &'a [usize], points: &'a [[f64; 3]]) -> impl Iterator<Item = &'a [[f64; 3]]> {
    let ends = starts.iter().skip(1).copied().chain([points.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| points.get(*start..end).unwrap_or_default())
}

fn many(mut shapes: Vec<Shape>) -> Shape {
    if shapes.len() == 1
        && let Some(only) = shapes.pop()
    {
        return only;
    }
    Shape::Many(shapes)
}

/// Outlines run clockwise and holes the other way; which hole is in which outline is not stored.
///
/// Files of careless writers run the other way round throughout: the direction of the ring with the largest area is then that of outlines.
fn polygons(rings: Vec<Vec<[f64; 3]>>) -> Shape {
    if rings.len() <= 1 {
        return many(
            rings
                .into_iter()
                .map(|ring| Shape::Polygon(vec![ring]))
                .collect(),
        );
    }
    let areas: Vec<f64> = rings.iter().map(|ring| signed_area(ring)).collect();
    let largest = areas
        .iter()
        .copied()
        .reduce(|a, b| if b.abs() > a.abs() { b } else { a });
    let outline_is_positive = largest.is_some_and(|area| area > 0.0);
    let (mut outlines, mut holes) = (Vec::new(), Vec::new());
    for (ring, area) in rings.into_iter().zip(areas) {
        // A ring without area is kept with the outlines: what it is worth is judged later.
        if area == 0.0 || area.is_nan() || (area > 0.0) == outline_is_positive {
            outlines.push(vec![ring]);
        } else {
            holes.push(ring);
        }
    }
    if !holes.is_empty() {
        place_holes(&mut outlines, holes);
    }
    many(outlines.into_iter().map(Shape::Polygon).collect())
}

/// Gives each hole to the smallest outline around it; one that lies in none becomes an outline.
fn place_holes(outlines: &mut Vec<Vec<Vec<[f64; 3]>>>, holes: Vec<Vec<[f64; 3]>>) {
    let boxes = outlines.iter().enumerate().filter_map(|(index, rings)| {
        let (low, high) = bounds(rings.first()?)?;
        Some(GeomWithData::new(Rectangle::from_corners(low, high), index))
    });
    let tree: RTree<GeomWithData<Rectangle<[f64; 2]>, usize>> = RTree::bulk_load(boxes.collect());
    let mut steps = 0_usize;
    for hole in holes {
        let Some(at) = hole
            .first()
            .map(|p| [p[0], p[1]])
            .filter(|p| p.iter().all(|v| v.is_finite()))
        else {
            continue;
        };
        // A million outlines in one place are around each of a million holes.
        if steps > MAX_STEPS {
            let any = tree.locate_in_envelope_intersecting(&AABB::from_point(at)).next().map(|entry| entry.data);
            match any.and_then(|index| outlines.get_mut(index)) {
                Some(rings) => rings.push(hole),
                None => outlines.push(vec![hole]),
            }
            continue;
        }
        let mut around: Vec<(f64, usize)> = tree
            .locate_in_envelope_intersecting(&AABB::from_point(at))
            .map(|entry| {
                let (low, high) = (entry.geom().lower(), entry.geom().upper());
                ((high[0] - low[0]) * (high[1] - low[1]), entry.data)
            })
            .collect();
        around.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Sorting them costs a few steps each.
        steps = steps.saturating_add(16 * around.len());
        let chosen = match around.as_slice() {
            [(_, only)] => Some(*only),
            several => several
                .iter()
                .find(|(_, index)| {
                    let Some(outline) = outlines.get(*index).and_then(|rings| rings.first()) else {
                        return false;
                    };
                    steps = steps.saturating_add(outline.len());
                    steps > MAX_STEPS || contains(outline, &hole)
                })
                .map(|(_, index)| *index),
        };
        match chosen.and_then(|index| outlines.get_mut(index)) {
            Some(rings) => rings.push(hole),
            None => outlines.push(vec![hole]),
        }
    }
}

fn bounds(ring: &[[f64; 3]]) -> Option<([f64; 2], [f64; 2])> {
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for point in ring {
        for ((low, high), value) in low.iter_mut().zip(&mut high).zip(point) {
            *low = low.min(*value);
            *high = high.max(*value);
        }
    }
    low.iter()
        .chain(&high)
        .all(|v| v.is_finite())
        .then_some((low, high))
}

/// Twice the area, counted from the first point so that large coordinates do not eat the digits; positive against the clock.
fn signed_area(ring: &[[f64; 3]]) -> f64 {
    let Some(origin) = ring.first() else {
        return 0.0;
    };
    let at = |p: &[f64; 3]| (p[0] - origin[0], p[1] - origin[1]);
    let next = ring.iter().skip(1).chain(ring.first());
    ring.iter()
        .zip(next)
        .map(|(a, b)| {
            let ((ax, ay), (bx, by)) = (at(a), at(b));
            ax * by - bx * ay
        })
        .sum()
}

/// Whether the first of the hole's points that is not on the outline's own corners lies inside.
fn contains(outline: &[[f64; 3]], hole: &[[f64; 3]]) -> bool {
    // Holes often touch their outline in one point; the middle of an edge is then the safer witness.
    let witness = match hole {
        [a, b, ..] => [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])],
        [a] => [a[0], a[1]],
        [] => return false,
    };
    let mut inside = false;
    let next = outline.iter().skip(1).chain(outline.first());
    for (a, b) in outline.iter().zip(next) {
        if (a[1] > witness[1]) != (b[1] > witness[1])
            && witness[0] < a[0] + (witness[1] - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        {
            inside = !inside;
        }
    }
    inside
}

/// Surfaces in space: strips and fans become triangles, rings become polygons.
fn patches<'a>(
    types: &[i32],
    parts: impl Iterator<Item = &'a [[f64; 3]]>,
) -> Result<Shape, ShapefileFault> {
    let triangle =
        |a: &[f64; 3], b: &[f64; 3], c: &[f64; 3]| Shape::Polygon(vec![vec![*a, *b, *c, *a]]);
    let mut shapes: Vec<Shape> = Vec::new();
    for (kind, points) in types.iter().zip(parts) {
        match kind {
            0 => {
                for (index, corners) in points.windows(3).enumerate() {
                    if let [a, b, c] = corners {
                        // Every second triangle of a strip is turned.
                        shapes.push(if index % 2 == 0 {
                            triangle(a, b, c)
                        } else {
                            triangle(b, a, c)
                        });
                    }
                }
            }
            1 => {
                if let Some((hub, rim)) = points.split_first() {
                    for edge in rim.windows(2) {
                        if let [b, c] = edge {
                            shapes.push(triangle(hub, b, c));
                        }
                    }
                }
            }
            // An outer ring, or the first of a group of rings.
            2 | 4 => shapes.push(Shape::Polygon(vec![points.to_vec()])),
            // An inner ring, or the next of a group.
            3 | 5 => match shapes.last_mut() {
                Some(Shape::Polygon(rings)) => rings.push(points.to_vec()),
                _ => shapes.push(Shape::Polygon(vec![points.to_vec()])),
            },
            other => return Err(ShapefileFault::Patch(*other)),
        }
    }
    Ok(Shape::Many(shapes))
}
