//! Implicit tiling in a quadtree: coordinates, Morton order, template URIs, the plan of subtrees.

use super::{Availability, Subtree, TilesFault};
use std::collections::{BTreeMap, BTreeSet};

/// Deepest level a coordinate may have, so that Morton numbers fit 64 bits and `x`, `y` fit 32.
pub const MAX_LEVEL: u32 = 30;
/// Most levels of one subtree: 11 are 1.4 million tiles.
pub const MAX_SUBTREE_LEVELS: u32 = 11;

/// A tile of a quadtree: level 0 is the root, `x` goes east (or along the box's first axis), `y` north (or its second).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TileCoord {
    pub level: u32,
    pub x: u32,
    pub y: u32,
}

impl TileCoord {
    pub const ROOT: Self = Self {
        level: 0,
        x: 0,
        y: 0,
    };

    pub fn new(level: u32, x: u32, y: u32) -> Self {
        Self { level, x, y }
    }

    /// True when the level exists and holds this tile.
    pub fn is_valid(self) -> bool {
        self.level <= MAX_LEVEL && self.x >> self.level == 0 && self.y >> self.level == 0
    }

    pub fn parent(self) -> Option<Self> {
        Some(Self {
            level: self.level.checked_sub(1)?,
            x: self.x / 2,
            y: self.y / 2,
        })
    }

    /// In Morton order; empty below [`MAX_LEVEL`].
    pub fn children(self) -> impl Iterator<Item = Self> {
        let count = if self.level < MAX_LEVEL { 4 } else { 0 };
        (0..count).map(move |child| Self {
            level: self.level + 1,
            x: self.x.wrapping_mul(2) + (child & 1),
            y: self.y.wrapping_mul(2) + (child >> 1),
        })
    }

    /// The ancestor at a level; itself at its own level or deeper.
    pub fn ancestor(self, level: u32) -> Self {
        let up = self.level.saturating_sub(level);
        Self {
            level: self.level - up,
            x: self.x.checked_shr(up).unwrap_or(0),
            y: self.y.checked_shr(up).unwrap_or(0),
        }
    }

    /// The number of the tile among those of its level: bits of `x` and `y` interleaved, `x` first.
    pub fn morton(self) -> u64 {
        spread(self.x) | spread(self.y) << 1
    }

    /// The inverse of [`Self::morton`].
    pub fn from_morton(level: u32, morton: u64) -> Self {
        Self {
            level,
            x: gather(morton),
            y: gather(morton >> 1),
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
        (self.ancestor(ancestor.level) == ancestor).then(|| Self {
            level,
            x: self
                .x
                .wrapping_sub(ancestor.x.checked_shl(level).unwrap_or(0)),
            y: self
                .y
                .wrapping_sub(ancestor.y.checked_shl(level).unwrap_or(0)),
        })
    }

    /// The tile that has the given place below this one; the inverse of [`Self::within`]. `None` beyond [`MAX_LEVEL`].
    pub fn below(self, inner: Self) -> Option<Self> {
        let level = self
            .level
            .checked_add(inner.level)
            .filter(|level| *level <= MAX_LEVEL)?;
        Some(Self {
            level,
            x: (self.x << inner.level) | inner.x,
            y: (self.y << inner.level) | inner.y,
        })
    }

    /// The bit of a tile in its subtree's availability, the tile given from the subtree's root: levels one after the other, Morton inside.
    pub fn bit(self) -> u64 {
        tiles_above(self.level).saturating_add(self.morton())
    }
}

/// Tiles of a full quadtree above a level: `(4^level - 1) / 3`. So `tiles_above(n)` is also the number of tiles of `n` levels.
pub fn tiles_above(level: u32) -> u64 {
    1_u64
        .checked_shl(level.saturating_mul(2))
        .map_or(u64::MAX, |power| (power - 1) / 3)
}

fn spread(x: u32) -> u64 {
    let mut x = u64::from(x);
    x = (x | x << 16) & 0x0000_FFFF_0000_FFFF;
    x = (x | x << 8) & 0x00FF_00FF_00FF_00FF;
    x = (x | x << 4) & 0x0F0F_0F0F_0F0F_0F0F;
    x = (x | x << 2) & 0x3333_3333_3333_3333;
    (x | x << 1) & 0x5555_5555_5555_5555
}

fn gather(x: u64) -> u32 {
    let mut x = x & 0x5555_5555_5555_5555;
    x = (x | x >> 1) & 0x3333_3333_3333_3333;
    x = (x | x >> 2) & 0x0F0F_0F0F_0F0F_0F0F;
    x = (x | x >> 4) & 0x00FF_00FF_00FF_00FF;
    x = (x | x >> 8) & 0x0000_FFFF_0000_FFFF;
    // 32 bits remain.
    (x | x >> 16) as u32
}

/// A template URI with `{level}`, `{x}` and `{y}` filled in.
pub fn fill_template(template: &str, coord: TileCoord) -> String {
    template
        .replace("{level}", &coord.level.to_string())
        .replace("{x}", &coord.x.to_string())
        .replace("{y}", &coord.y.to_string())
}

/// Whether a path is what a template URI gives for some tile.
pub fn is_of_template(mut name: &str, template: &str) -> bool {
    for (number, piece) in template.split('{').enumerate() {
        // After the first one, each piece begins with a variable's name and a brace.
        let literal = if number == 0 {
            piece
        } else {
            let digits = name.len()
                - name
                    .trim_start_matches(|letter: char| letter.is_ascii_digit())
                    .len();
            if digits == 0 {
                return false;
            }
            name = &name[digits..];
            piece.split_once('}').map_or("", |(_, literal)| literal)
        };
        match name.strip_prefix(literal) {
            Some(rest) => name = rest,
            None => return false,
        }
    }
    name.is_empty()
}

/// The subtrees of a tree, from the tiles that have content, in the order of their roots.
///
/// Ancestors of a tile with content become available without content. All subtrees of one tree have the same depth.
///
/// # Errors
/// `implicit-coordinate` for a tile outside its level, `implicit-levels` for a depth of 0 or above [`MAX_SUBTREE_LEVELS`].
pub fn plan_subtrees(
    subtree_levels: u32,
    with_content: &BTreeSet<TileCoord>,
) -> Result<Vec<(TileCoord, Subtree)>, TilesFault> {
    if !(1..=MAX_SUBTREE_LEVELS).contains(&subtree_levels) {
        return Err(TilesFault::new(
            "implicit-levels",
            "subtreeLevels",
            subtree_levels,
        ));
    }
    let mut available: BTreeSet<TileCoord> = BTreeSet::from([TileCoord::ROOT]);
    for &tile in with_content {
        if !tile.is_valid() {
            return Err(TilesFault::new(
                "implicit-coordinate",
                "",
                format!("{tile:?}"),
            ));
        }
        let mut next = Some(tile);
        // Where one ancestor is known, all above are.
        while let Some(tile) = next.filter(|tile| available.insert(*tile)) {
            next = tile.parent();
        }
    }
    let bits = tiles_above(subtree_levels);
    let children = 1_u64 << (2 * subtree_levels);
    let mut plan: BTreeMap<TileCoord, Subtree> = BTreeMap::new();
    let blank = || Subtree {
        tiles: Availability::none(bits),
        contents: vec![Availability::none(bits)],
        children: Availability::none(children),
        bounds: None,
        said: super::subtree::Said::default(),
    };
    for &tile in &available {
        let root = tile.subtree_root(subtree_levels);
        let Some(inner) = tile.within(root) else {
            continue;
        };
        let subtree = plan.entry(root).or_insert_with(blank);
        subtree.tiles.set(inner.bit());
        if with_content.contains(&tile) {
            subtree
                .contents
                .iter_mut()
                .for_each(|contents| contents.set(inner.bit()));
        }
        if tile == root && root.level > 0 {
            let above = root.ancestor(root.level - subtree_levels);
            if let Some(inner) = root.within(above) {
                plan.entry(above)
                    .or_insert_with(blank)
                    .children
                    .set(inner.morton());
            }
        }
    }
    for subtree in plan.values_mut() {
        subtree.simplify(subtree_levels);
    }
    Ok(plan.into_iter().collect())
}
