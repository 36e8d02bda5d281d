//! Tiles of implicit tilings of either scheme: a quadtree's, which has two axes, and an octree's, which has three.
//!
//! [`TileCoord`] is the quadtree's alone, as the importer writes it; what reads the tilesets of others uses [`CellCoord`].

use super::{Subdivision, TileCoord};

/// Deepest level of a quadtree or an octree, so that Morton numbers fit 64 bits: `30 · 2` and `20 · 3`.
const MAX_LEVELS: [u32; 2] = [super::implicit::MAX_LEVEL, 20];
/// Bits of the deepest subtree, for either scheme: 22 are 1.4 million tiles of a quadtree, 21 are 0.3 million of an octree.
const MAX_SUBTREE_BITS: u32 = 2 * super::implicit::MAX_SUBTREE_LEVELS;

impl Subdivision {
    /// Along how many axes a tile is halved.
    pub fn axes(self) -> u32 {
        match self {
            Self::Quadtree => 2,
            Self::Octree => 3,
        }
    }

    /// Most levels that one subtree may have.
    pub fn max_subtree_levels(self) -> u32 {
        MAX_SUBTREE_BITS / self.axes()
    }

    /// Deepest level that a tile may have.
    pub fn max_level(self) -> u32 {
        match self {
            Self::Quadtree => MAX_LEVELS[0],
            Self::Octree => MAX_LEVELS[1],
        }
    }

    /// Tiles of so many full levels.
    pub fn tiles_above(self, levels: u32) -> u64 {
        let power = levels
            .checked_mul(self.axes())
            .and_then(|bits| 1_u64.checked_shl(bits));
        power.map_or(u64::MAX, |power| (power - 1) / ((1 << self.axes()) - 1))
    }
}

/// A tile of an implicit tiling. In a quadtree the third number of `at` is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellCoord {
    pub scheme: Subdivision,
    pub level: u32,
    /// East, north and up, or along the root box's three axes.
    pub at: [u32; 3],
}

impl From<TileCoord> for CellCoord {
    fn from(tile: TileCoord) -> Self {
        Self {
            scheme: Subdivision::Quadtree,
            level: tile.level,
            at: [tile.x, tile.y, 0],
        }
    }
}

impl std::fmt::Display for CellCoord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [x, y, z] = self.at;
        match self.scheme {
            Subdivision::Quadtree => write!(f, "{}/{x}/{y}", self.level),
            Subdivision::Octree => write!(f, "{}/{x}/{y}/{z}", self.level),
        }
    }
}

impl CellCoord {
    pub fn root(scheme: Subdivision) -> Self {
        Self {
            scheme,
            level: 0,
            at: [0; 3],
        }
    }

    /// True when the level exists and holds this tile.
    pub fn is_valid(self) -> bool {
        let flat = self.scheme == Subdivision::Octree || self.at[2] == 0;
        flat && self.level <= self.scheme.max_level()
            && self.at.iter().all(|at| at >> self.level == 0)
    }

    /// In Morton order; empty at the deepest level.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let count = if self.level < self.scheme.max_level() {
            1_u32 << self.scheme.axes()
        } else {
            0
        };
        (0..count).map(move |child| {
            let half = |axis: u32| child >> axis & 1;
            let [x, y, z] = self.at.map(|at| at.wrapping_mul(2));
            Self {
                scheme: self.scheme,
                level: self.level + 1,
                at: [x + half(0), y + half(1), z + half(2)],
            }
        })
    }

    /// Itself and all below it, of so many levels together: in the order of their bits.
    pub fn levels(self, levels: u32) -> impl Iterator<Item = Self> {
        (0..levels).flat_map(move |level| {
            (0..1_u64 << (self.scheme.axes() * level)).filter_map(move |morton| self.below(Self::from_morton(self.scheme, level, morton)))
        })
    }

    /// The tile that has the given place below this one; the inverse of [`Self::within`]. `None` beyond the deepest level.
    pub fn below(self, inner: Self) -> Option<Self> {
        let level = self.level.checked_add(inner.level).filter(|level| *level <= self.scheme.max_level())?;
        let mut at = self.at.map(|at| at << inner.level);
        at.iter_mut().zip(inner.at).for_each(|(at, inner)| *at |= inner);
        Some(Self { level, at, ..self })
    }

    /// The inverse of [`Self::morton`].
    pub fn from_morton(scheme: Subdivision, level: u32, morton: u64) -> Self {
        let axes = scheme.axes();
        let mut at = [0; 3];
        for bit in 0..level {
            for (axis, at) in (0..axes).zip(&mut at) {
                *at |= ((morton >> (bit * axes + axis) & 1) as u32) << bit;
            }
        }
        Self { scheme, level, at }
    }

    /// The ancestor at a level; itself at its own level or deeper.
    pub fn ancestor(self, level: u32) -> Self {
        let up = self.level.saturating_sub(level);
        Self {
            level: self.level - up,
            at: self.at.map(|at| at.checked_shr(up).unwrap_or(0)),
            ..self
        }
    }

    /// The root of the subtree that holds this tile, for subtrees of so many levels.
    pub fn subtree_root(self, subtree_levels: u32) -> Self {
        let levels = subtree_levels.max(1);
        self.ancestor(self.level / levels * levels)
    }

    /// This tile seen from an ancestor, as if that were the root; `None` when it is none.
    pub fn within(self, ancestor: Self) -> Option<Self> {
        let level = self.level.checked_sub(ancestor.level)?;
        if self.ancestor(ancestor.level) != ancestor {
            return None;
        }
        let mut at = self.at;
        for (at, above) in at.iter_mut().zip(ancestor.at) {
            *at = at.wrapping_sub(above.checked_shl(level).unwrap_or(0));
        }
        Some(Self { level, at, ..self })
    }

    /// The number of the tile among those of its level: the bits of its axes interleaved, the first axis first.
    pub fn morton(self) -> u64 {
        let axes = self.scheme.axes();
        if axes == 2 {
            return TileCoord::new(self.level, self.at[0], self.at[1]).morton();
        }
        let mut morton = 0;
        for bit in 0..self.scheme.max_level() {
            for (axis, at) in self.at.iter().enumerate() {
                morton |= u64::from(at >> bit & 1) << (bit * axes + axis as u32);
            }
        }
        morton
    }

    /// The bit of a tile in its subtree's availability, the tile given from the subtree's root: levels one after the other, Morton inside.
    pub fn bit(self) -> u64 {
        self.scheme
            .tiles_above(self.level)
            .saturating_add(self.morton())
    }

    /// A template URI with `{level}`, `{x}`, `{y}` and, in an octree, `{z}` filled in.
    pub fn fill(self, template: &str) -> String {
        let [x, y, z] = self.at;
        let filled = super::fill_template(template, TileCoord::new(self.level, x, y));
        match self.scheme {
            Subdivision::Quadtree => filled,
            Subdivision::Octree => filled.replace("{z}", &z.to_string()),
        }
    }
}
