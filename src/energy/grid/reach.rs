//! Where to connect: the post and the line that are nearest to a place, in the plane.
//!
//! What is nearest on the map is not always what the grid operator chooses: it looks at voltage, room and the way along the streets too.

use rstar::primitives::{GeomWithData, Line};
use rstar::{PointDistance, RTree};

/// Posts and lines in metres, indexed.
pub struct Reach {
    posts: RTree<GeomWithData<[f64; 2], usize>>,
    pieces: RTree<GeomWithData<Line<[f64; 2]>, usize>>,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// In the order in which they were given.
    pub index: usize,
    pub distance_m: f64,
    /// The nearest point of it.
    pub at: [f64; 2],
}

impl Reach {
    /// Posts are points, lines have points in order; what is not finite is left out.
    pub fn new(posts: &[[f64; 2]], lines: &[Vec<[f64; 2]>]) -> Self {
        let sound = |at: &[f64; 2]| at.iter().all(|v| v.is_finite());
        let points = posts.iter().enumerate().filter(|(_, at)| sound(at)).map(|(index, at)| GeomWithData::new(*at, index));
        let pieces = lines.iter().enumerate().flat_map(|(index, line)| {
            line.windows(2).filter_map(move |pair| match pair {
                [a, b] if sound(a) && sound(b) => Some(GeomWithData::new(Line::new(*a, *b), index)),
                _ => None,
            })
        });
        Self { posts: RTree::bulk_load(points.collect()), pieces: RTree::bulk_load(pieces.collect()) }
    }

    /// Of several at one distance the first.
    pub fn post(&self, at: [f64; 2]) -> Option<Found> {
        let mut best: Option<Found> = None;
        for (post, square) in self.posts.nearest_neighbor_iter_with_distance_2(&at) {
            let distance_m = square.sqrt();
            if best.is_some_and(|known| distance_m > known.distance_m) {
                break;
            }
            if best.is_none_or(|known| post.data < known.index) {
                best = Some(Found { index: post.data, distance_m, at: *post.geom() });
            }
        }
        best
    }

    /// Of several at one distance the first.
    pub fn line(&self, at: [f64; 2]) -> Option<Found> {
        let mut best: Option<Found> = None;
        for piece in self.pieces.nearest_neighbor_iter(&at) {
            let distance_m = piece.geom().distance_2(&at).sqrt();
            if best.is_some_and(|known| distance_m > known.distance_m) {
                break;
            }
            if best.is_none_or(|known| piece.data < known.index) {
                best = Some(Found { index: piece.data, distance_m, at: piece.geom().nearest_point(&at) });
            }
        }
        best
    }
}
