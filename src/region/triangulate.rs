//! Pieces of roofs into triangles.
//!
//! Two ways, on purpose: [`with_holes`](crate::base::polygon::with_holes) for outlines with holes and many points, and a small ear clipper for roof
//! pieces. The clipper keeps points that lie on a straight side; the other drops them, which leaves cracks between a roof and its neighbours.

use crate::base::polygon::cross;

/// Twice the area of a triangle that is none: moved to its place in France, its corners lose the digits that say on which side it looks up.
const FLAT_M2: f64 = 1e-7;

/// Triangles (indices into the points) of a simple counter-clockwise ring, none of them dropped. `None` when the ring is not simple.
///
/// Quadratic to cubic: meant for roof pieces of a few dozen points.
pub fn clip_ears(points: &[[f64; 2]]) -> Option<Vec<[usize; 3]>> {
    let mut left: Vec<usize> = (0..points.len()).collect();
    let mut triangles = Vec::with_capacity(points.len().saturating_sub(2));
    while left.len() > 3 {
        let n = left.len();
        // The ear with the largest smallest height first: slim triangles are left for last, where nothing else remains.
        let mut best: Option<(usize, f64)> = None;
        for i in 0..n {
            let (ia, ib, ic) = (left[(i + n - 1) % n], left[i], left[(i + 1) % n]);
            let (a, b, c) = (points[ia], points[ib], points[ic]);
            let double_area = cross(a, b, c);
            if double_area <= FLAT_M2 {
                continue;
            }
            let blocked = left
                .iter()
                .filter(|&&j| j != ia && j != ib && j != ic)
                .any(|&j| inside(points[j], a, b, c));
            if blocked {
                continue;
            }
            let longest = length(a, b).max(length(b, c)).max(length(c, a));
            let quality = double_area / longest;
            if best.is_none_or(|(_, q)| quality > q) {
                best = Some((i, quality));
            }
        }
        let (i, _) = best?;
        triangles.push([left[(i + n - 1) % n], left[i], left[(i + 1) % n]]);
        left.remove(i);
    }
    if let [a, b, c] = left[..] {
        if cross(points[a], points[b], points[c]) <= FLAT_M2 {
            return None;
        }
        triangles.push([a, b, c]);
    }
    Some(triangles)
}

/// Triangles of a polygon whose outer ring goes counter-clockwise and its holes clockwise, none of its corners dropped; indices run through the rings in
/// order. `None` where that cannot be done.
pub fn with_every_corner(rings: &[Vec<[f64; 2]>]) -> Option<Vec<[usize; 3]>> {
    match rings {
        [ring] => clip_ears(ring),
        _ => bridged(rings),
    }
}

/// Triangles over a polygon with holes, with every corner: holes are joined to the outline by a way there and back, then ears are cut.
fn bridged(rings: &[Vec<[f64; 2]>]) -> Option<Vec<[usize; 3]>> {
    let points: Vec<[f64; 2]> = rings.iter().flatten().copied().collect();
    let mut first = 0;
    let mut numbered: Vec<Vec<usize>> = rings
        .iter()
        .map(|ring| {
            let numbers = (first..first + ring.len()).collect();
            first += ring.len();
            numbers
        })
        .collect();
    let mut holes = numbered.split_off(1.min(numbered.len()));
    let mut outline = numbered.pop()?;
    let at = |number: usize| points.get(number).copied().unwrap_or_default();
    while !holes.is_empty() {
        let mut best: Option<(f64, usize, usize, usize)> = None;
        for (h, hole) in holes.iter().enumerate() {
            for (j, q) in hole.iter().enumerate() {
                for (i, p) in outline.iter().enumerate() {
                    let (a, b) = (at(*p), at(*q));
                    let length = (b[0] - a[0]).hypot(b[1] - a[1]);
                    if best.is_some_and(|(known, ..)| length >= known) {
                        continue;
                    }
                    let free = std::iter::once(&outline).chain(&holes).all(|ring| {
                        ring.iter().enumerate().all(|(k, c)| {
                            let d = ring.get((k + 1) % ring.len()).copied().unwrap_or_default();
                            let touches = [*c, d].iter().any(|end| at(*end) == a || at(*end) == b);
                            touches || !crosses(a, b, at(*c), at(d))
                        })
                    });
                    // At a corner that occurs twice the way has to leave on the inner side.
                    let n = outline.len();
                    let (before, after) = (outline.get((i + n - 1) % n), outline.get((i + 1) % n));
                    let inward = before.zip(after).is_some_and(|(before, after)| leaves_inward(at(*before), a, at(*after), b));
                    if free && inward {
                        best = Some((length, h, j, i));
                    }
                }
            }
        }
        let (_, h, j, i) = best?;
        let mut hole = holes.remove(h);
        hole.rotate_left(j);
        let back = *hole.first()?;
        hole.push(back);
        hole.push(*outline.get(i)?);
        let tail = outline.split_off(i + 1);
        outline.extend(hole);
        outline.extend(tail);
    }
    let ring: Vec<[f64; 2]> = outline.iter().map(|number| at(*number)).collect();
    let triangles = clip_ears(&ring)?;
    triangles
        .into_iter()
        .map(|[a, b, c]| Some([*outline.get(a)?, *outline.get(b)?, *outline.get(c)?]))
        .collect()
}

fn leaves_inward(before: [f64; 2], at: [f64; 2], after: [f64; 2], to: [f64; 2]) -> bool {
    if cross(before, at, after) > 0.0 {
        cross(before, at, to) > 0.0 && cross(at, after, to) > 0.0
    } else {
        cross(before, at, to) > 0.0 || cross(at, after, to) > 0.0
    }
}

/// Whether two segments have a point in common.
fn crosses(a: [f64; 2], b: [f64; 2], c: [f64; 2], d: [f64; 2]) -> bool {
    let (ab_c, ab_d) = (cross(a, b, c), cross(a, b, d));
    let (cd_a, cd_b) = (cross(c, d, a), cross(c, d, b));
    ab_c * ab_d <= 0.0 && cd_a * cd_b <= 0.0
}

/// Twice the signed area of a ring.
pub fn ring_area2(points: &[[f64; 2]]) -> f64 {
    let n = points.len();
    (0..n)
        .map(|i| {
            let (a, b) = (points[i], points[(i + 1) % n]);
            a[0] * b[1] - a[1] * b[0]
        })
        .sum()
}

/// Inside or on the border, but not at a corner itself (rings may touch there).
fn inside(p: [f64; 2], a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> bool {
    if p == a || p == b || p == c {
        return false;
    }
    // What an ear would leave flat lies on its border.
    cross(a, b, p) >= -FLAT_M2 && cross(b, c, p) >= -FLAT_M2 && cross(c, a, p) >= -FLAT_M2
}

fn length(a: [f64; 2], b: [f64; 2]) -> f64 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}
