//! Statistical secrecy of energy data: which sums may be published, so that no sum of few delivery points can be read or computed from them.
//!
//! The French threshold is [`DELIVERY_POINTS`]: residential data are made public as sums of ten delivery points or more (code de l’énergie,
//! articles D. 111-52 and following, as decree 2020-196 of 4 March 2020 has them; eleven before).
//!
//! Leaving out the small sums is not enough: where a total is published beside all of its parts but one, that part is the difference.
//! So further sums are left out until every difference that can be formed is itself a sum of enough points (complementary suppression).
//!
//! # Why this holds
//! Cells form a forest: each object counts in one cell and in all cells above that one. Take away from each published cell those nearest published
//! below it: what is left, the cell's *rest*, are groups of objects that overlap nowhere. Every published sum is a sum of whole rests, so whatever
//! can be computed exactly from published sums treats all objects of a rest alike. A rest of no points or of [`DELIVERY_POINTS`] and more is all
//! that has to be seen to.

/// Fewest delivery points of a residential sum that is made public.
pub const DELIVERY_POINTS: u32 = 10;

/// One sum that somebody might want to publish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Place of the cell that this one is a part of; none for a whole. Cells come after those that they are parts of.
    pub within: Option<usize>,
    /// Delivery points of the objects that count in this cell and in no part of it.
    pub own_points: u64,
}

/// Which of some cells may be published together. A cell whose `within` is not a place before its own counts as a whole.
///
/// Takes time in proportion to the cells, times the parts of one cell where sums have to be left out.
pub fn published(cells: &[Cell], fewest: u32) -> Vec<bool> {
    let fewest = u64::from(fewest.max(1));
    let points = points_below(cells);
    let mut is_published: Vec<bool> = points.iter().map(|points| *points >= fewest).collect();
    // What is left of each cell without those nearest published below it, and which these are.
    let mut rest: Vec<u64> = cells.iter().map(|cell| cell.own_points).collect();
    let mut nearest: Vec<Vec<usize>> = vec![Vec::new(); cells.len()];
    for at in (0..cells.len()).rev() {
        let (Some(published), Some(own)) = (is_published.get(at).copied(), rest.get(at).copied()) else { continue };
        let mut own = own;
        if published {
            let mut below = nearest.get_mut(at).map(std::mem::take).unwrap_or_default();
            while (1..fewest).contains(&own) {
                // The one whose loss costs least: of few points, and among equals the later one.
                let Some(place) = (0..below.len()).min_by_key(|place| below.get(*place).map(|cell| (points.get(*cell).copied(), usize::MAX - *cell))) else { break };
                let lost = below.swap_remove(place);
                if let Some(published) = is_published.get_mut(lost) {
                    *published = false;
                }
                own += rest.get(lost).copied().unwrap_or_default();
                below.extend(nearest.get_mut(lost).map(std::mem::take).unwrap_or_default());
            }
            if let (Some(rest), Some(nearest)) = (rest.get_mut(at), nearest.get_mut(at)) {
                (*rest, *nearest) = (own, below);
            }
        }
        let Some(above) = above(cells, at) else { continue };
        if published {
            nearest[above].push(at);
        } else {
            let below = nearest.get_mut(at).map(std::mem::take).unwrap_or_default();
            nearest[above].extend(below);
            rest[above] += own;
        }
    }
    is_published
}

/// Delivery points of each cell, those of its parts included.
pub fn points_below(cells: &[Cell]) -> Vec<u64> {
    let mut points: Vec<u64> = cells.iter().map(|cell| cell.own_points).collect();
    for at in (0..cells.len()).rev() {
        if let Some(above) = above(cells, at) {
            points[above] = points[above].saturating_add(points[at]);
        }
    }
    points
}

fn above(cells: &[Cell], at: usize) -> Option<usize> {
    cells.get(at)?.within.filter(|above| *above < at)
}

/// Sums of values step by step, for some cells at once.
///
/// Where a value of an object is absent, so is the sum at that step: a part of a total must not pass for the total, and two sums that differ by an
/// absent object would tell what it uses.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    steps: usize,
    sums: Vec<f64>,
    absent: Vec<bool>,
    members: Vec<u64>,
}

impl Sums {
    pub fn new(cells: usize, steps: usize) -> Self {
        let size = cells.saturating_mul(steps);
        Self { steps, sums: vec![0.0; size], absent: vec![false; size], members: vec![0; cells] }
    }

    /// Adds an object's values to a cell; steps beyond those it has are absent.
    pub fn add(&mut self, cell: usize, values: impl IntoIterator<Item = Option<f64>>) {
        let (Some(members), from) = (self.members.get_mut(cell), cell * self.steps) else { return };
        *members += 1;
        let mut values = values.into_iter();
        let (Some(sums), Some(absent)) = (self.sums.get_mut(from..from + self.steps), self.absent.get_mut(from..from + self.steps)) else { return };
        for (sum, absent) in sums.iter_mut().zip(absent) {
            match values.next().flatten().filter(|value| value.is_finite()) {
                Some(value) => *sum += value,
                None => *absent = true,
            }
        }
    }

    /// Objects of a cell.
    pub fn members(&self, cell: usize) -> u64 {
        self.members.get(cell).copied().unwrap_or(0)
    }

    /// The sum of a cell at a step; none where a part of it is absent, and where it has no part.
    pub fn value(&self, cell: usize, step: usize) -> Option<f64> {
        let at = (step < self.steps && self.members(cell) > 0).then_some(cell * self.steps + step)?;
        self.sums.get(at).copied().filter(|_| self.absent.get(at) == Some(&false))
    }
}
