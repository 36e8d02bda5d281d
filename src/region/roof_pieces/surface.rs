//! The closed surface over the pieces of a roof.

use super::{MEET_M, PiecePlane, RoofPiece};
use crate::region::roof::{Surface, SurfaceMesh};
use crate::region::triangulate::with_every_corner;
use std::collections::HashMap;

type Key = [u64; 2];

fn key(p: [f64; 2]) -> Key {
    p.map(f64::to_bits)
}

/// Walls, roof and floor over pieces that stand on `base_m`; `None` where they make no closed surface or come too near to their base.
pub fn surface(pieces: &[RoofPiece], planes: &[PiecePlane], base_m: f64, least_m: f64) -> Option<SurfaceMesh> {
    // All heights at each corner, those that nearly meet made one.
    let mut at_corner: HashMap<Key, Vec<(usize, f64)>> = HashMap::new();
    for (number, piece) in pieces.iter().enumerate() {
        let plane = planes.get(piece.plane)?;
        for p in piece.rings.iter().flatten() {
            let height = plane.height(*p);
            if !(height >= base_m + least_m) {
                return None;
            }
            let corner = at_corner.entry(key(*p)).or_default();
            if corner.iter().all(|(known, _)| *known != number) {
                corner.push((number, height));
            }
        }
    }
    for corner in at_corner.values_mut() {
        corner.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let mut from = 0;
        while from < corner.len() {
            let mut to = from + 1;
            while let (Some(here), Some(next)) = (corner.get(to - 1), corner.get(to))
                && next.1 - here.1 <= MEET_M
            {
                to += 1;
            }
            if let Some(group) = corner.get_mut(from..to) {
                let mean = group.iter().map(|(_, height)| height).sum::<f64>() / group.len().max(1) as f64;
                group.iter_mut().for_each(|(_, height)| *height = mean);
            }
            from = to;
        }
    }
    let height = |p: [f64; 2], number: usize| at_corner.get(&key(p))?.iter().find(|(known, _)| *known == number).map(|(_, height)| *height);
    let mut owner: HashMap<(Key, Key), usize> = HashMap::new();
    for (number, piece) in pieces.iter().enumerate() {
        for ring in &piece.rings {
            for (i, a) in ring.iter().enumerate() {
                owner.insert((key(*a), key(*ring.get((i + 1) % ring.len())?)), number);
            }
        }
    }
    let mut mesh = SurfaceMesh::default();
    for (number, piece) in pieces.iter().enumerate() {
        let points: Vec<[f64; 2]> = piece.rings.iter().flatten().copied().collect();
        for triangle in with_every_corner(&piece.rings)? {
            let [a, b, c] = triangle.map(|at| points.get(at).copied());
            let [a, b, c] = [a?, b?, c?];
            let lifted = [(a, height(a, number)?), (b, height(b, number)?), (c, height(c, number)?)].map(|(p, z)| [p[0], p[1], z]);
            mesh.triangles.push((lifted, Surface::Roof));
            mesh.triangles.push(([a, c, b].map(|p| [p[0], p[1], base_m]), Surface::Floor));
        }
        for ring in &piece.rings {
            for (i, a) in ring.iter().enumerate() {
                let b = ring.get((i + 1) % ring.len())?;
                let top = [height(*a, number)?, height(*b, number)?];
                let foot = match owner.get(&(key(*b), key(*a))) {
                    Some(other) => [height(*a, *other)?, height(*b, *other)?],
                    None => [base_m; 2],
                };
                // The higher of two draws the wall between them.
                if foot[0] > top[0] || foot[1] > top[1] {
                    if foot[0] < top[0] || foot[1] < top[1] {
                        return None;
                    }
                    continue;
                }
                let chain = |p: [f64; 2], low: f64, high: f64| {
                    let mut heights = vec![low];
                    let known = at_corner.get(&key(p)).into_iter().flatten().map(|(_, height)| *height);
                    heights.extend(known.filter(|height| *height > low && *height < high));
                    if high > low {
                        heights.push(high);
                    }
                    heights.dedup();
                    heights
                };
                wall(*a, *b, &chain(*a, foot[0], top[0]), &chain(*b, foot[1], top[1]), &mut mesh);
            }
        }
    }
    mesh.is_closed().then_some(mesh)
}

/// A wall from `a` to `b`, seen from outside with `a` on the left, with a corner at every height of both ends.
fn wall(a: [f64; 2], b: [f64; 2], left: &[f64], right: &[f64], mesh: &mut SurfaceMesh) {
    let put = |p: [f64; 2], z: f64| [p[0], p[1], z];
    let (mut i, mut j) = (0, 0);
    loop {
        let (Some(&l), Some(&r)) = (left.get(i), right.get(j)) else { return };
        let (up_left, up_right) = (left.get(i + 1).copied(), right.get(j + 1).copied());
        let on_the_left = match (up_left, up_right) {
            (None, None) => return,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (Some(l), Some(r)) => l < r,
        };
        if let (true, Some(next)) = (on_the_left, up_left) {
            mesh.triangles.push(([put(a, l), put(b, r), put(a, next)], Surface::Wall));
            i += 1;
        } else if let Some(next) = up_right {
            mesh.triangles.push(([put(a, l), put(b, r), put(b, next)], Surface::Wall));
            j += 1;
        }
    }
}
