//! Which tiles of a territory one run draws: all of them, those below one tile, or those above a set of tiles.
//!
//! A territory is cut at tiles that cover it without overlap: each is drawn with all below it by itself, and what is above them, the crown, at the end.
//! Cutting by tiles and not by places means that no tile needs two runs.

use super::grid::{Grid, TileKey};
use crate::base::Bounds2;
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default)]
pub enum Part {
    #[default]
    Whole,
    /// A tile and everything below it.
    Below(TileKey),
    /// Everything above these tiles, without them.
    Above(BTreeSet<TileKey>),
}

impl Part {
    /// Whether a tile is drawn.
    pub fn holds(&self, key: TileKey) -> bool {
        match self {
            Self::Whole => true,
            Self::Below(root) => key.ancestor(root.level) == Some(*root),
            Self::Above(roots) => (0..=key.level).filter_map(|level| key.ancestor(level)).all(|key| !roots.contains(&key)),
        }
    }

    /// Whether a tile or one below it is drawn.
    pub fn reaches(&self, key: TileKey) -> bool {
        match self {
            Self::Below(root) => self.holds(key) || root.ancestor(key.level) == Some(key),
            Self::Whole | Self::Above(_) => self.holds(key),
        }
    }

    /// The levels of which tiles are drawn.
    pub fn levels(&self, grid: &Grid) -> std::ops::Range<u32> {
        match self {
            Self::Whole => 0..grid.finest + 1,
            Self::Below(root) => root.level..grid.finest + 1,
            Self::Above(roots) => 0..roots.iter().map(|root| root.level).max().unwrap_or(0),
        }
    }

    /// A rectangle around all that is drawn.
    pub fn window(&self, grid: &Grid) -> Bounds2 {
        match self {
            Self::Below(root) => grid.rect(*root),
            Self::Whole | Self::Above(_) => grid.rect(TileKey::ROOT),
        }
    }

    /// Whether an object at this place of the plane is counted here: each is counted once, below the cut.
    pub fn owns(&self, grid: &Grid, at: [f64; 2]) -> bool {
        match self {
            Self::Whole => true,
            Self::Below(root) => grid.tile_at(root.level, at) == *root,
            Self::Above(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tile_is_in_one_part() {
        let cut: BTreeSet<TileKey> = TileKey::ROOT
            .children()
            .into_iter()
            .flat_map(|key| if key.x == 0 { vec![key] } else { key.children().to_vec() })
            .collect();
        let parts: Vec<Part> = cut.iter().map(|key| Part::Below(*key)).chain([Part::Above(cut.clone())]).collect();
        let mut open = vec![TileKey::ROOT];
        while let Some(key) = open.pop() {
            assert_eq!(parts.iter().filter(|part| part.holds(key)).count(), 1, "{key:?}");
            assert!(parts.iter().filter(|part| part.reaches(key)).count() >= 1);
            if key.level < 4 {
                open.extend(key.children());
            }
        }
    }
}
