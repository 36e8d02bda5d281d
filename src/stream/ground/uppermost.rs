//! Of ground and water what lies higher: vectors lie on the lake and not on its bed as well, and on the island and not on water below it.
//!
//! A territory's own ground is cut along the shore, but tiles of two levels may lie side by side, whose shores differ, and ground of others goes on
//! below the water. Triangles are cut along those of the other kind, and along the line where both are as high.

use super::lay::{Facet, Index, Piece, turn};

/// A surface of water that is so much lower than the ground, metres, still covers it: both are rounded.
const TIE_M: f64 = 1e-3;
/// What overlaps by less than this share of the tile only touches: sides of both kinds are rounded apart.
const TOUCHING: f64 = 1e-9;
/// A triangle that would fall into more parts than this is left whole: what lies on it is drawn twice, and seen once.
const MOST_PARTS: usize = 1024;
/// The same of all triangles of a tile together, beside those that there are, and of pairs that are compared.
const MOST_MORE: usize = 1 << 18;
const MOST_PAIRS: usize = 1 << 21;

/// The parts that can be seen from above, each place once. Facets of one kind are taken not to lie over each other.
pub(super) fn uppermost(facets: Vec<Facet>) -> Vec<Facet> {
    if facets.iter().all(|facet| facet.water) || !facets.iter().any(|facet| facet.water) {
        return facets;
    }
    let index = Index::of(&facets);
    let mut seen = vec![u32::MAX; facets.len()];
    let mut found = Vec::with_capacity(facets.len());
    let (mut more, mut pairs) = (0, 0);
    for (number, facet) in facets.iter().enumerate() {
        let mut parts = vec![facet.at];
        let mut is_cut = false;
        index.near(facet.at, number as u32, &mut seen, |other| {
            let Some(other) = facets.get(other).filter(|other| other.water != facet.water) else { return };
            pairs += parts.len();
            if parts.len() > MOST_PARTS || more > MOST_MORE || pairs > MOST_PAIRS {
                return;
            }
            let Some(hidden) = hidden(facet, other) else { return };
            let before = std::mem::take(&mut parts);
            for part in before {
                is_cut |= without(part, &hidden, &mut parts);
            }
        });
        if is_cut && parts.len() <= MOST_PARTS {
            more += parts.len();
            found.extend(parts.into_iter().map(|part| facet.part(part)));
        } else {
            found.push(*facet);
        }
    }
    found
}

/// Where another facet hides one: inside its sides, and where it is the higher one.
fn hidden(facet: &Facet, other: &Facet) -> Option<[[f64; 3]; 4]> {
    let (below, above) = (height(facet)?, height(other)?);
    let [a, b, c] = [0, 1, 2].map(|k| above.get(k).copied().unwrap_or(0.0) - below.get(k).copied().unwrap_or(0.0));
    let [first, second, third] = other.sides();
    Some([[a, b, if other.water { c + TIE_M } else { c - TIE_M }], first, second, third])
}

/// Metres above the frame at a place: `a u + b v + c`.
fn height(facet: &Facet) -> Option<[f64; 3]> {
    let ([a, b, c], whole) = (facet.at, turn(facet.at));
    let [p, q, r] = facet.positions.map(|position| position.y);
    let (second, third) = ((q - p) / whole, (r - p) / whole);
    let east = second * (c[1] - a[1]) - third * (b[1] - a[1]);
    let north = third * (b[0] - a[0]) - second * (c[0] - a[0]);
    let found = [east, north, p - east * a[0] - north * a[1]];
    found.iter().all(|number| number.is_finite()).then_some(found)
}

/// Adds what is left of a triangle outside one of the half-planes; whether anything is gone.
fn without(triangle: [[f64; 2]; 3], hidden: &[[f64; 3]; 4], left: &mut Vec<[[f64; 2]; 3]>) -> bool {
    let mut rest = Piece::triangle(triangle);
    let gone = hidden.iter().fold(rest, |piece, plane| piece.cut(*plane));
    if gone.triangles().map(turn).sum::<f64>() <= 2.0 * TOUCHING {
        left.push(triangle);
        return false;
    }
    for plane in hidden {
        let outside = rest.cut(plane.map(|number| -number));
        left.extend(outside.triangles().filter(|part| turn(*part) > 0.0));
        rest = rest.cut(*plane);
    }
    true
}
