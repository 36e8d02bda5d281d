//! Walls and roofs of a building as one closed surface.

/// What a triangle is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surface {
    Wall,
    Roof,
    Floor,
}

/// A triangle soup with flat normals: `[x, y, z]` in the region's coordinates, three points a triangle, counter-clockwise from outside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SurfaceMesh {
    pub triangles: Vec<([[f64; 3]; 3], Surface)>,
}

impl Default for Surface {
    fn default() -> Self {
        Self::Wall
    }
}
