//! Which cells of a tile's lattice lie inside an outline: most of them are wholly in or wholly out, and need no cutting.

use super::clip::crossings;
use super::grid::CELLS;
use crate::base::Bounds2;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    Outside,
    Inside,
    /// Crossed by an edge of the outline.
    Crossed,
}

/// The share of each cell of a tile, row by row from the south.
///
/// `edges` are the outline's edges, cut to the tile; `contains` answers for points that lie on none of them.
pub fn shares(rect: &Bounds2, cell: f64, edges: &[[[f64; 2]; 2]], contains: impl Fn([f64; 2]) -> bool) -> Vec<Share> {
    let count = (CELLS * CELLS) as usize;
    let middle = |column: usize, row: usize| [(column, 0), (row, 1)].map(|(place, k)| rect.min[k] + (place as f64 + 0.5) * cell);
    if edges.is_empty() {
        let all = if contains(middle(0, 0)) { Share::Inside } else { Share::Outside };
        return vec![all; count];
    }
    let mut cells: Vec<Option<Share>> = vec![None; count];
    for [a, b] in edges {
        for pair in crossings(*a, *b, cell).windows(2) {
            let middle = 0.5 * (pair[0] + pair[1]);
            let index = |k: usize| {
                let at = a[k] + middle * (b[k] - a[k]) - rect.min[k];
                (at / cell).floor().clamp(0.0, f64::from(CELLS - 1)) as usize
            };
            if let Some(found) = cells.get_mut(index(1) * CELLS as usize + index(0)) {
                *found = Some(Share::Crossed);
            }
        }
    }
    // Between two crossed cells of a row nothing changes: one question serves the whole run.
    let mut out = Vec::with_capacity(count);
    for (row, line) in cells.chunks(CELLS as usize).enumerate() {
        let mut run: Option<Share> = None;
        for (column, known) in line.iter().enumerate() {
            let kind = match known {
                Some(kind) => {
                    run = None;
                    *kind
                }
                None => *run.get_or_insert_with(|| {
                    if contains(middle(column, row)) { Share::Inside } else { Share::Outside }
                }),
            };
            out.push(kind);
        }
    }
    out
}
