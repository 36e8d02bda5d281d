//! A simple feature as the vector formats know it: points, lines, polygons and their collections.
//!
//! Every position is `[x, y, z]` in the source's own system and order (x east or longitude first); `z` is `NaN` where the source has none.

/// One geometry.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Point([f64; 3]),
    Line(Vec<[f64; 3]>),
    /// Rings, the outer one first; first and last point are equal when the source is well formed.
    Polygon(Vec<Vec<[f64; 3]>>),
    /// Any `MULTI…` or collection; may be empty.
    Many(Vec<Shape>),
    /// The surfaces of something that stands in space: one shell for each solid or part.
    Shells(Vec<Shell>),
}

/// Faces that belong together: the boundary of one solid, or the surfaces of one part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shell {
    /// The source calls it a solid, so it should be closed.
    pub solid: bool,
    pub faces: Vec<Face>,
}

/// A flat piece of surface.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Face {
    pub role: FaceRole,
    /// Outer ring first, counter-clockwise seen from outside when the source is well formed; the last point is not the first again.
    pub rings: Vec<Vec<[f64; 3]>>,
}

/// What a source says a face is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FaceRole {
    #[default]
    Unstated,
    Roof,
    Wall,
    Ground,
    /// Closes the solid where nothing is built: the open side of a carport.
    Closure,
}

/// What a shape is made of, for telling layers apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ShapeKind {
    Point,
    Line,
    Polygon,
    /// Surfaces in space.
    Shells,
    /// Empty, or of several kinds.
    Other,
}

impl Shape {
    pub fn kind(&self) -> ShapeKind {
        match self {
            Self::Point(_) => ShapeKind::Point,
            Self::Line(_) => ShapeKind::Line,
            Self::Polygon(_) => ShapeKind::Polygon,
            Self::Shells(_) => ShapeKind::Shells,
            Self::Many(parts) => {
                let mut kinds = parts.iter().map(Self::kind);
                match kinds.next() {
                    Some(first) if kinds.all(|kind| kind == first) => first,
                    _ => ShapeKind::Other,
                }
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        match self {
            Self::Point(_) => false,
            Self::Line(points) => points.is_empty(),
            Self::Polygon(rings) => rings.iter().all(Vec::is_empty),
            Self::Many(parts) => parts.iter().all(Self::is_empty),
            Self::Shells(shells) => shells.iter().all(|shell| shell.faces.is_empty()),
        }
    }

    /// All polygons, as lists of rings.
    pub fn polygons(&self) -> Vec<&[Vec<[f64; 3]>]> {
        let mut found = Vec::new();
        self.walk(&mut |shape| {
            if let Self::Polygon(rings) = shape {
                found.push(rings.as_slice());
            }
        });
        found
    }

    /// All lines.
    pub fn lines(&self) -> Vec<&[[f64; 3]]> {
        let mut found = Vec::new();
        self.walk(&mut |shape| {
            if let Self::Line(points) = shape {
                found.push(points.as_slice());
            }
        });
        found
    }

    /// All shells.
    pub fn shells(&self) -> Vec<&Shell> {
        let mut found = Vec::new();
        self.walk(&mut |shape| {
            if let Self::Shells(shells) = shape {
                found.extend(shells);
            }
        });
        found
    }

    /// All single points.
    pub fn points(&self) -> Vec<[f64; 3]> {
        let mut found = Vec::new();
        self.walk(&mut |shape| {
            if let Self::Point(point) = shape {
                found.push(*point);
            }
        });
        found
    }

    /// Any position of the shape; `None` when it has none.
    pub fn first_position(&self) -> Option<[f64; 3]> {
        let of_ring = || self.polygons().first().and_then(|rings| rings.first()?.first().copied());
        let of_line = || self.lines().first().and_then(|line| line.first().copied());
        of_ring().or_else(of_line).or_else(|| self.points().first().copied())
    }

    /// Changes every position in place; stops at the first that `change` refuses.
    ///
    /// # Errors
    /// Whatever `change` returned.
    pub fn try_map<E>(
        &mut self,
        change: &mut impl FnMut(&mut [f64; 3]) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Self::Point(point) => change(point),
            Self::Line(points) => points.iter_mut().try_for_each(change),
            Self::Polygon(rings) => rings.iter_mut().flatten().try_for_each(change),
            Self::Many(parts) => {
                for part in parts {
                    part.try_map(change)?;
                }
                Ok(())
            }
            Self::Shells(shells) => shells
                .iter_mut()
                .flat_map(|shell| &mut shell.faces)
                .flat_map(|face| &mut face.rings)
                .flatten()
                .try_for_each(change),
        }
    }

    fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Shape)) {
        if let Self::Many(parts) = self {
            for part in parts {
                part.walk(visit);
            }
        } else {
            visit(self);
        }
    }
}
