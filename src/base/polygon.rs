//! Polygons into triangles.

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

/// Twice the signed area of a triangle: positive where its corners go round to the left.
pub fn cross(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_stays_open_whichever_way_its_ring_goes() {
        let outer = vec![[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]];
        let hole = vec![[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]];
        let backwards: Vec<[f64; 2]> = hole.iter().rev().copied().collect();
        for rings in [[outer.clone(), hole.clone()], [outer, backwards]] {
            let points: Vec<[f64; 2]> = rings.concat();
            let areas: Vec<f64> = with_holes(&rings).into_iter().map(|[a, b, c]| 0.5 * cross(points[a], points[b], points[c])).collect();
            assert!(areas.len() == 8 && areas.iter().all(|area| *area > 0.0), "{areas:?}");
            assert!((areas.iter().sum::<f64>() - 12.0).abs() < 1e-12);
        }
    }
}
