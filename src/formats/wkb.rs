//! Well-known binary: ISO (Z/M types +1000, +2000, +3000), EWKB (flag bits, SRID) and the plain OGC form.
//!
//! Source: OGC 06-103r4 (Simple feature access), section 8; the EWKB flags are those of PostGIS.

use super::shape::Shape;

/// Collections inside collections; real data never nest more than twice.
const MAX_DEPTH: usize = 8;
/// Parts that room is made for before they are there: every level of a nest may state as many as there are bytes.
const MAX_RESERVED: usize = 1_024;

/// Why bytes are no well-known binary.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WkbFault {
    #[error("the geometry ends at byte {0}, in the middle of a value")]
    Truncated(usize),
    #[error("byte order mark {0} is neither 0 nor 1")]
    ByteOrder(u8),
    #[error("geometry type {0} is not supported")]
    Type(u32),
    #[error("a count of {0} does not fit into the bytes that follow")]
    Count(u32),
    #[error("geometries are nested too deeply")]
    Depth,
}

/// Reads one geometry and the SRID that EWKB may carry; bytes after it are ignored.
///
/// # Errors
/// A [`WkbFault`] with the place or the value.
pub fn parse(bytes: &[u8]) -> Result<(Shape, Option<i32>), WkbFault> {
    let mut reader = Reader {
        bytes,
        at: 0,
        little: true,
        srid: None,
    };
    let shape = reader.geometry(0)?;
    Ok((shape, reader.srid))
}

/// Writes one geometry in ISO form, little endian; with Z where the shape's first position has one. Surfaces in space have no such form and become an empty collection.
pub fn write(shape: &Shape) -> Vec<u8> {
    let mut bytes = Vec::new();
    let with_z = shape.first_position().is_some_and(|position| position[2].is_finite());
    put(&mut bytes, shape, with_z);
    bytes
}

fn put(bytes: &mut Vec<u8>, shape: &Shape, with_z: bool) {
    let position = |bytes: &mut Vec<u8>, position: &[f64; 3]| {
        for value in position.iter().take(if with_z { 3 } else { 2 }) {
            bytes.extend(value.to_le_bytes());
        }
    };
    let count = |bytes: &mut Vec<u8>, count: usize| bytes.extend((count as u32).to_le_bytes());
    let kind: u32 = match shape {
        Shape::Point(_) => 1,
        Shape::Line(_) => 2,
        Shape::Polygon(_) => 3,
        // Parts of one kind have a kind of their own: points 4, lines 5, polygons 6.
        Shape::Many(parts) if !parts.iter().any(|part| matches!(part, Shape::Many(_))) => match shape.kind() {
            super::shape::ShapeKind::Point => 4,
            super::shape::ShapeKind::Line => 5,
            super::shape::ShapeKind::Polygon => 6,
            _ => 7,
        },
        Shape::Many(_) | Shape::Shells(_) => 7,
    };
    bytes.push(1);
    bytes.extend((kind + if with_z { 1000 } else { 0 }).to_le_bytes());
    match shape {
        Shape::Point(at) => position(bytes, at),
        Shape::Line(points) => {
            count(bytes, points.len());
            points.iter().for_each(|at| position(bytes, at));
        }
        Shape::Polygon(rings) => {
            count(bytes, rings.len());
            for ring in rings {
                count(bytes, ring.len());
                ring.iter().for_each(|at| position(bytes, at));
            }
        }
        Shape::Many(parts) => {
            count(bytes, parts.len());
            parts.iter().for_each(|part| put(bytes, part, with_z));
        }
        Shape::Shells(_) => count(bytes, 0),
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    little: bool,
    srid: Option<i32>,
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], WkbFault> {
        let end = self.at.saturating_add(N);
        let found = self
            .bytes
            .get(self.at..end)
            .and_then(|slice| slice.try_into().ok())
            .ok_or(WkbFault::Truncated(self.at))?;
        self.at = end;
        Ok(found)
    }

    fn u32(&mut self) -> Result<u32, WkbFault> {
        let raw = self.take()?;
        Ok(if self.little {
            u32::from_le_bytes(raw)
        } else {
            u32::from_be_bytes(raw)
        })
    }

    fn f64(&mut self) -> Result<f64, WkbFault> {
        let raw = self.take()?;
        Ok(if self.little {
            f64::from_le_bytes(raw)
        } else {
            f64::from_be_bytes(raw)
        })
    }

    /// A count of things that take at least `least` bytes each; a larger one is a lie and would only ask for memory.
    fn count(&mut self, least: usize) -> Result<usize, WkbFault> {
        let count = self.u32()?;
        let room = (self.bytes.len() - self.at) / least;
        if count as usize > room {
            return Err(WkbFault::Count(count));
        }
        Ok(count as usize)
    }

    fn geometry(&mut self, depth: usize) -> Result<Shape, WkbFault> {
        if depth > MAX_DEPTH {
            return Err(WkbFault::Depth);
        }
        let [order] = self.take::<1>()?;
        self.little = match order {
            0 => false,
            1 => true,
            other => return Err(WkbFault::ByteOrder(other)),
        };
        let stated = self.u32()?;
        let mut has_z = stated & 0x8000_0000 != 0;
        let mut has_m = stated & 0x4000_0000 != 0;
        if stated & 0x2000_0000 != 0 {
            self.srid = Some(self.u32()? as i32);
        }
        let code = stated & 0x0FFF_FFFF;
        match code / 1000 {
            0 => {}
            1 => has_z = true,
            2 => has_m = true,
            3 => (has_z, has_m) = (true, true),
            _ => return Err(WkbFault::Type(stated)),
        }
        let position = PositionLayout { has_z, has_m };
        match code % 1000 {
            1 => {
                let point = self.position(position)?;
                // An empty point is written as NaN NaN.
                Ok(if point[0].is_nan() && point[1].is_nan() {
                    Shape::Many(Vec::new())
                } else {
                    Shape::Point(point)
                })
            }
            2 => Ok(Shape::Line(self.positions(position)?)),
            // A triangle (17) is written as a polygon.
            3 | 17 => {
                let rings = self.count(4)?;
                let mut polygon = Vec::with_capacity(rings.min(MAX_RESERVED));
                for _ in 0..rings {
                    polygon.push(self.positions(position)?);
                }
                Ok(Shape::Polygon(polygon))
            }
            // Multi-geometries, collections, polyhedral surfaces and TINs differ in what they may hold only.
            4..=7 | 15 | 16 => {
                let count = self.count(9)?;
                let mut parts = Vec::with_capacity(count.min(MAX_RESERVED));
                for _ in 0..count {
                    parts.push(self.geometry(depth + 1)?);
                }
                Ok(Shape::Many(parts))
            }
            _ => Err(WkbFault::Type(stated)),
        }
    }

    fn positions(&mut self, layout: PositionLayout) -> Result<Vec<[f64; 3]>, WkbFault> {
        let count = self.count(layout.bytes())?;
        (0..count).map(|_| self.position(layout)).collect()
    }

    fn position(&mut self, layout: PositionLayout) -> Result<[f64; 3], WkbFault> {
        let x = self.f64()?;
        let y = self.f64()?;
        let z = if layout.has_z { self.f64()? } else { f64::NAN };
        if layout.has_m {
            self.f64()?;
        }
        Ok([x, y, z])
    }
}

#[derive(Clone, Copy)]
struct PositionLayout {
    has_z: bool,
    has_m: bool,
}

impl PositionLayout {
    fn bytes(self) -> usize {
        16 + 8 * usize::from(self.has_z) + 8 * usize::from(self.has_m)
    }
}
