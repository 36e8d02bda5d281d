//! Polygons into triangles.
//!
//! Two ways, on purpose: `earcut` for outlines with holes and many points, and a small ear clipper for roof pieces.
//! The clipper keeps points that lie on a straight side; earcut drops them, which leaves cracks between a roof and its neighbours.

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

/// Triangles of a polygon with holes, all counter-clockwise; indices run through the rings in order.
pub fn with_holes(rings: &[Vec<[f64; 2]>]) -> Vec<[usize; 3]> {
    let points: Vec<[f64; 2]> = rings.iter().flatten().copied().collect();
    let mut starts: Vec<u32> = Vec::new();
    let mut at = 0;
    for ring in rings {
        if at > 0 {
            starts.push(at as u32);
        }
        at += ring.len();
    }
    let mut flat: Vec<u32> = Vec::new();
    earcut::Earcut::new().earcut(points.iter().copied(), &starts, &mut flat);
    flat.chunks_exact(3)
        .map(|t| [t[0] as usize, t[1] as usize, t[2] as usize])
        .filter_map(|[a, b, c]| {
            let turn = cross(*points.get(a)?, *points.get(b)?, *points.get(c)?);
            if turn > 0.0 {
                Some([a, b, c])
            } else if turn < 0.0 {
                Some([a, c, b])
            } else {
                None
            }
        })
        .collect()
}

/// Twice the signed area of a triangle.
pub fn cross(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
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
