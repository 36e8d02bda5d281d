//! A surface over one tile: cut to a part of itself, hung with skirts, lit and coloured.

use crate::formats::gltf::{TileMesh, ZUP_FROM_YUP};
use crate::geodesy::{EnuFrame, LonLatH};
use glam::{DVec3, Vec3};
use std::collections::HashMap;

/// Places are shares of the tile, from west and from south, and a height in metres above the ellipsoid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    pub places: Vec<[f64; 3]>,
    /// Unit vectors in ECEF, one for each place; or none, then they are reckoned from the triangles.
    pub normals: Vec<[f32; 3]>,
    /// 0 is land, 1 is water, one for each place; or none.
    pub water: Vec<f32>,
    /// Counter-clockwise from above.
    pub triangles: Vec<[u32; 3]>,
}

impl Sheet {
    /// The part of it inside west, south, east, north, whose shares become 0 to 1.
    pub fn cut(mut self, [west, south, east, north]: [f64; 4]) -> Self {
        if [west, south, east, north] == [0.0, 0.0, 1.0, 1.0] {
            return self;
        }
        for (axis, limit, sign) in [
            (0, west, 1.0),
            (0, east, -1.0),
            (1, south, 1.0),
            (1, north, -1.0),
        ] {
            self.clip(axis, limit, sign);
        }
        let share = |at: f64, low: f64, high: f64| ((at - low) / (high - low)).clamp(0.0, 1.0);
        for place in &mut self.places {
            *place = [
                share(place[0], west, east),
                share(place[1], south, north),
                place[2],
            ];
        }
        self.only_used()
    }

    /// Takes away what lies on the wrong side of a line across the tile.
    fn clip(&mut self, axis: usize, limit: f64, sign: f64) {
        let beyond: Vec<f64> = self
            .places
            .iter()
            .map(|place| sign * (place.get(axis).copied().unwrap_or(0.0) - limit))
            .collect();
        if beyond.iter().all(|side| *side >= 0.0) {
            return;
        }
        let side = |at: u32| beyond.get(at as usize).copied().unwrap_or(0.0);
        let mut made: HashMap<(u32, u32), u32> = HashMap::new();
        let mut kept = Vec::with_capacity(self.triangles.len());
        for triangle in std::mem::take(&mut self.triangles) {
            let mut corners: Vec<u32> = Vec::with_capacity(4);
            for (a, b) in [
                (triangle[0], triangle[1]),
                (triangle[1], triangle[2]),
                (triangle[2], triangle[0]),
            ] {
                if side(a) >= 0.0 {
                    corners.push(a);
                }
                if side(a) * side(b) < 0.0 {
                    let key = (a.min(b), a.max(b));
                    let at = *made.entry(key).or_insert_with(|| {
                        self.between(key, side(key.0) / (side(key.0) - side(key.1)), axis, limit)
                    });
                    corners.push(at);
                }
            }
            if let Some((first, rest)) = corners.split_first() {
                kept.extend(
                    rest.windows(2)
                        .filter_map(|pair| Some([*first, *pair.first()?, *pair.get(1)?])),
                );
            }
        }
        self.triangles = kept;
    }

    /// A new place on the way from one to another, exactly on the line.
    fn between(&mut self, (a, b): (u32, u32), share: f64, axis: usize, limit: f64) -> u32 {
        let (a, b) = (a as usize, b as usize);
        let at = self.places.len() as u32;
        if let (Some(p), Some(q)) = (self.places.get(a).copied(), self.places.get(b).copied()) {
            let mut place = [0, 1, 2].map(|k: usize| {
                p.get(k)
                    .zip(q.get(k))
                    .map_or(0.0, |(p, q)| p + (q - p) * share)
            });
            if let Some(slot) = place.get_mut(axis) {
                *slot = limit;
            }
            self.places.push(place);
        }
        if let (Some(p), Some(q)) = (self.normals.get(a).copied(), self.normals.get(b).copied()) {
            self.normals.push(
                Vec3::from(p)
                    .lerp(Vec3::from(q), share as f32)
                    .normalize_or(Vec3::Z)
                    .to_array(),
            );
        }
        if let (Some(p), Some(q)) = (self.water.get(a).copied(), self.water.get(b).copied()) {
            self.water.push(p + (q - p) * share as f32);
        }
        at
    }

    /// Without the places that no triangle has a corner at: heights that nobody knows count for nothing.
    pub fn without_loose(self) -> Self {
        self.only_used()
    }

    /// Without the places that no triangle has a corner at.
    fn only_used(self) -> Self {
        let mut place_of: Vec<u32> = vec![u32::MAX; self.places.len()];
        let mut used = Self::default();
        let mut take = |at: u32| {
            let slot = place_of.get_mut(at as usize)?;
            if *slot == u32::MAX {
                *slot = used.places.len() as u32;
                used.places.push(*self.places.get(at as usize)?);
                used.normals.extend(self.normals.get(at as usize));
                used.water.extend(self.water.get(at as usize));
            }
            Some(*slot)
        };
        let triangles = self
            .triangles
            .iter()
            .filter_map(|[a, b, c]| Some([take(*a)?, take(*b)?, take(*c)?]))
            .collect();
        Self { triangles, ..used }
    }

    /// Lowest and highest height; none where there is nothing.
    pub fn heights_m(&self) -> Option<[f64; 2]> {
        let heights = self.places.iter().map(|place| place[2]);
        heights.fold(None, |range: Option<[f64; 2]>, height| {
            Some(range.map_or([height; 2], |[low, high]| {
                [low.min(height), high.max(height)]
            }))
        })
    }

    /// The sheet on the globe. `lonlat` says where shares are, `colour` how a place looks; around it hang skirts of a depth, which hide the cracks to
    /// coarser neighbours.
    pub fn mesh(
        &self,
        name: &str,
        lonlat: impl Fn(f64, f64) -> [f64; 2],
        colour: impl Fn(f64, f32) -> [u8; 4],
        skirt_m: f64,
    ) -> TileMesh {
        let [low, high] = self.heights_m().unwrap_or_default();
        let [lon, lat] = lonlat(0.5, 0.5);
        let frame = EnuFrame::at(LonLatH::new(lon, lat, 0.5 * (low + high)));
        let in_mesh = |enu: DVec3| [enu.x, enu.z, -enu.y];
        let place = |[u, v, height_m]: [f64; 3]| {
            let [lon, lat] = lonlat(u, v);
            in_mesh(
                frame
                    .enu_from_ecef
                    .transform_point3(LonLatH::new(lon, lat, height_m).to_ecef().0),
            )
            .map(|x| x as f32)
        };
        let mut positions: Vec<[f32; 3]> = self.places.iter().map(|at| place(*at)).collect();
        let mut normals: Vec<[f32; 3]> = if self.normals.len() == self.places.len() {
            let turned = |normal: &[f32; 3]| {
                frame
                    .enu_from_ecef
                    .transform_vector3(Vec3::from(*normal).as_dvec3())
            };
            self.normals
                .iter()
                .map(|normal| in_mesh(turned(normal)).map(|x| x as f32))
                .collect()
        } else {
            self.reckoned(&positions)
        };
        let mut colors: Vec<[u8; 4]> = self
            .places
            .iter()
            .enumerate()
            .map(|(at, place)| colour(place[2], self.water.get(at).copied().unwrap_or(0.0)))
            .collect();
        let mut indices: Vec<u32> = self.triangles.as_flattened().to_vec();
        for edge in self.edges().into_iter().filter(|_| skirt_m > 0.0) {
            let first = positions.len() as u32;
            for at in &edge {
                let at = *at as usize;
                let Some([u, v, height_m]) = self.places.get(at).copied() else {
                    continue;
                };
                positions.push(place([u, v, height_m - skirt_m]));
                normals.extend(normals.get(at).copied());
                colors.extend(colors.get(at).copied());
            }
            for (step, pair) in edge.windows(2).enumerate() {
                let &[a, b] = pair else { continue };
                let (under_a, under_b) = (first + step as u32, first + step as u32 + 1);
                indices.extend([b, under_b, under_a, b, under_a, a]);
            }
        }
        TileMesh {
            name: name.to_owned(),
            tile_from_mesh: frame.ecef_from_enu * ZUP_FROM_YUP,
            positions,
            normals,
            colors,
            indices,
            ..TileMesh::default()
        }
    }

    /// Normals as the triangles round each place lean, the large ones more.
    fn reckoned(&self, positions: &[[f32; 3]]) -> Vec<[f32; 3]> {
        let mut sums = vec![Vec3::ZERO; positions.len()];
        for triangle in &self.triangles {
            let [a, b, c] = triangle.map(|at| {
                positions
                    .get(at as usize)
                    .copied()
                    .map(Vec3::from)
                    .unwrap_or_default()
            });
            let normal = (b - a).cross(c - a);
            for at in triangle {
                if let Some(sum) = sums.get_mut(*at as usize) {
                    *sum += normal;
                }
            }
        }
        sums.into_iter()
            .map(|sum| sum.normalize_or(Vec3::Y).to_array())
            .collect()
    }

    /// Places along the four sides, each in the order in which the outside is on the left: one run after the other where the surface has gaps there.
    fn edges(&self) -> Vec<Vec<u32>> {
        let coordinate = |number: u32, axis: usize| self.places.get(number as usize).and_then(|place| place.get(axis)).copied().unwrap_or(0.0);
        let side = |axis: usize, at: f64, along: usize, sign: f64| {
            let is_on = |number: u32| coordinate(number, axis) == at;
            let place = |number: u32| sign * coordinate(number, along);
            let mut found: Vec<u32> = (0..).take(self.places.len()).filter(|number| is_on(*number)).collect();
            found.sort_by(|a, b| place(*a).total_cmp(&place(*b)));
            // Where triangles reach along it: nothing hangs across a hole.
            let sides = self.triangles.iter().flat_map(|[a, b, c]| [[*a, *b], [*b, *c], [*c, *a]]);
            let spans = sides.filter(|side| side.iter().all(|number| is_on(*number))).map(|side| side.map(place));
            let mut spans: Vec<[f64; 2]> = spans.map(|[a, b]| [a.min(b), a.max(b)]).collect();
            spans.sort_by(|a, b| a[0].total_cmp(&b[0]));
            let (mut runs, mut reach, mut next) = (vec![Vec::new()], f64::NEG_INFINITY, spans.into_iter().peekable());
            for (step, number) in found.iter().enumerate() {
                if step > 0 && reach < place(*number) {
                    runs.push(Vec::new());
                }
                while let Some([_, end]) = next.next_if(|span| span[0] <= place(*number)) {
                    reach = reach.max(end);
                }
                runs.last_mut().into_iter().for_each(|run: &mut Vec<u32>| run.push(*number));
            }
            runs
        };
        [side(0, 0.0, 1, 1.0), side(1, 1.0, 0, 1.0), side(0, 1.0, 1, -1.0), side(1, 0.0, 0, -1.0)].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square() -> Sheet {
        Sheet {
            places: vec![
                [0.0, 0.0, 0.0],
                [1.0, 0.0, 100.0],
                [1.0, 1.0, 200.0],
                [0.0, 1.0, 100.0],
            ],
            triangles: vec![[0, 1, 2], [0, 2, 3]],
            ..Sheet::default()
        }
    }

    fn area(sheet: &Sheet) -> f64 {
        let at = |k: u32| sheet.places[k as usize];
        sheet
            .triangles
            .iter()
            .map(|[a, b, c]| {
                let (a, b, c) = (at(*a), at(*b), at(*c));
                0.5 * ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
            })
            .sum()
    }

    #[test]
    fn a_quarter_keeps_its_heights_and_reaches_its_edges() {
        let quarter = square().cut([0.5, 0.0, 1.0, 0.5]);
        assert!((area(&quarter) - 1.0).abs() < 1e-12, "{quarter:?}");
        // The plane is 100 m · (u + v).
        for [u, v, height] in &quarter.places {
            assert!((height - 100.0 * (0.5 + 0.5 * u + 0.5 * v)).abs() < 1e-9);
        }
        assert!(quarter.edges().len() == 4 && quarter.edges().iter().all(|edge| edge.len() >= 2));
    }

    #[test]
    fn skirts_hang_down_and_look_out() {
        let lonlat = |u: f64, v: f64| [2.0 + 0.01 * u, 47.0 + 0.01 * v];
        let mesh = square().mesh("ground", lonlat, |_, _| [1, 2, 3, 255], 50.0);
        assert_eq!((mesh.positions.len(), mesh.indices.len()), (12, 6 + 4 * 6));
        assert!(mesh.normals.iter().all(|normal| normal[1] > 0.9));
        let at = |k: u32| Vec3::from(mesh.positions[k as usize]);
        for triangle in mesh.indices.chunks(3) {
            let [a, b, c] = [at(triangle[0]), at(triangle[1]), at(triangle[2])];
            let normal = (b - a).cross(c - a).normalize();
            let middle = (a + b + c) / 3.0;
            // The ground looks up, a skirt away from the middle.
            assert!(
                normal.y > 0.9
                    || normal.y.abs() < 0.2 && normal.dot(middle * Vec3::new(1.0, 0.0, 1.0)) > 0.0,
                "{normal} {middle}"
            );
        }
    }

    #[test]
    fn no_skirt_hangs_across_a_hole() {
        let column = |u: f64| [[u, 0.0, 0.0], [u, 1.0, 0.0]];
        let places = [0.0, 0.25, 0.75, 1.0].map(column).concat();
        // The middle of three strips is not there.
        let strip = |west: u32| [[west, west + 2, west + 3], [west, west + 3, west + 1]];
        let sheet = Sheet { places, triangles: [strip(0), strip(4)].concat(), ..Sheet::default() };
        assert_eq!(sheet.edges(), [vec![0, 1], vec![1, 3], vec![5, 7], vec![7, 6], vec![6, 4], vec![2, 0]]);
    }

    proptest! {
        /// Four quarters are the whole.
        #[test]
        fn parts_add_up(x in 1..32_u32, y in 1..32_u32, inner in prop::array::uniform2(0.01..0.99_f64)) {
            let mut sheet = square();
            sheet.places.push([inner[0], inner[1], 42.0]);
            sheet.triangles = vec![[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]];
            let (u, v) = (f64::from(x) / 32.0, f64::from(y) / 32.0);
            let mut sum = 0.0;
            for part in [[0.0, 0.0, u, v], [u, 0.0, 1.0, v], [0.0, v, u, 1.0], [u, v, 1.0, 1.0]] {
                let size = (part[2] - part[0]) * (part[3] - part[1]);
                if size > 0.0 {
                    sum += area(&sheet.clone().cut(part)) * size;
                }
            }
            prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
        }
    }
}
