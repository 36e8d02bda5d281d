//! Car parks under canopies: an assumption about what could stand there, in the sun and the shade of the place as it is.
//!
//! A deck over the whole car park looks at the sky for its modules; which share of it bears them, how they are tilted and where they look is stated beside every figure.
//! Decks are no obstacles of the roofs around: those are computed before.

use super::horizons::{Beyond, Blocks, Placed, by_sweep};
use super::roofs::RoofOptions;
use super::scene::{Scene, Solid, Triangle, bounds};
use crate::base::LayerId;
use crate::base::polygon::{cross, with_holes};
use crate::energy::layout::ModuleKind;
use crate::energy::prepared::PreparedYear;
use crate::energy::roof::RoofPlane;
use crate::energy::shading::bvh::Bvh;
use crate::energy::shading::condense::condensed;
use crate::energy::transposition::Plane;
use crate::energy::weather::SkyHour;
use crate::energy::yields::PlaneView;
use crate::formats::roofplan::Canopies;
use crate::formats::shape::Shape;
use crate::geodesy::LonLatH;
use crate::pipeline::Progress;
use crate::rooftop::record;
use crate::rooftop::year::StoredYear;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Half of the area, which is what article 40 of the law of 10 March 2023 (APER) asks of car parks of more than 1,500 m²; modules at 10° to the south, 4 m above
/// the ground, as common canopies have them. An assumption, to be replaced by a design.
pub const ASSUMED: Canopies = Canopies { usable_share: 0.5, tilt: 10.0, azimuth: 180.0, height_m: 4.0 };
/// The surface that shades decks has coarser cells than that of roofs: nothing stands within metres of them.
const CELL_M: f64 = 2.0;
/// Begins the names of decks among the buildings of a scene; no source's ids begin so.
const DECK: &str = "\u{1}car-park/";

/// A car park to be covered.
#[derive(Clone, Debug)]
pub struct CarPark {
    pub id: String,
    pub name: String,
    /// Degrees.
    pub shape: Shape,
    pub at: [f64; 2],
    pub area_m2: f64,
}

/// One under its canopies.
#[derive(Clone, Debug)]
pub struct Covered {
    /// Its place in the list.
    pub park: usize,
    pub usable_m2: f64,
    pub modules: usize,
    pub kwp: f64,
    pub kwh_year: f64,
    pub kwh_month: [f64; 12],
    pub shading_loss: f64,
    /// By hour of the stored year, kW.
    pub kw: Vec<f32>,
    /// Middle of the deck in the local frame.
    pub at: [f64; 3],
}

/// Modules under the assumption, and their power.
pub fn modules(area_m2: f64, canopies: &Canopies, kind: &ModuleKind) -> (usize, f64) {
    let of_one = kind.long_m * kind.short_m * canopies.tilt.to_radians().cos().max(0.1);
    // A bounded whole number: areas are at most those of a country.
    let count = (area_m2 * canopies.usable_share / of_one).clamp(0.0, 1e9) as usize;
    (count, record::rounded(count as f64 * kind.kwp, 6))
}

/// The year of every car park; the scene has the decks afterwards.
pub fn covered(
    scene: &mut Scene,
    parks: &[CarPark],
    canopies: &Canopies,
    (hours, step_h): (&[SkyHour], f64),
    year: Option<&StoredYear>,
    options: &RoofOptions,
    progress: &dyn Progress,
) -> Vec<Covered> {
    let decks: Vec<(usize, String, RoofPlane)> = decks(scene, parks, canopies);
    if decks.is_empty() {
        return Vec::new();
    }
    for (_, name, deck) in &decks {
        scene.buildings.insert(name.clone(), Solid { layer: LayerId::from("car-parks"), triangles: deck.triangles.clone() });
    }
    let scene = &*scene;
    let options = RoofOptions { cell_m: options.cell_m.max(CELL_M), ..options.clone() };
    let hours = record::hours_rounded(hours);
    let prepared = PreparedYear::new(&options.system, &hours, step_h);
    let blocks = Blocks::new(bounds(scene.built()), &options);
    let mut of_block: BTreeMap<usize, Vec<(usize, Placed)>> = BTreeMap::new();
    for (park, name, plane) in &decks {
        let [x, y, _] = middle(&plane.triangles);
        of_block.entry(blocks.of([x, y])).or_default().push((*park, Placed { building: name, number: 0, plane: plane.clone() }));
    }
    let beyond = Beyond::new(scene, &blocks);
    let tilted = Plane::new(canopies.tilt, canopies.azimuth);
    let mut out: Vec<Covered> = Vec::new();
    for (number, decks) in of_block {
        if progress.cancelled() {
            break;
        }
        let (places, planes): (Vec<usize>, Vec<Placed>) = decks.into_iter().unzip();
        let (views, _) = by_sweep(scene, &planes, (&blocks, number), &beyond, &options, progress);
        let done: Vec<Covered> = planes
            .par_iter()
            .enumerate()
            .filter_map(|(number, placed)| {
                let park = *places.get(number)?;
                let area_m2 = parks.get(park)?.area_m2;
                let (modules, kwp) = modules(area_m2, canopies, &options.module);
                let view = PlaneView::new(&tilted, &condensed(&views.of(number)), options.foliage);
                let mut sums = year.map(StoredYear::empty);
                let (shaded, open_kwh) = prepared.produce(&tilted, &view, |hour, kw| {
                    if let (Some(sums), Some(year)) = (sums.as_deref_mut(), year) {
                        year.add(sums, hour, kw * kwp);
                    }
                });
                let kwh_month = prepared.of_one_year(shaded.month_kwh).map(|kwh| record::energy(kwh * kwp));
                Some(Covered {
                    park,
                    usable_m2: area_m2 * canopies.usable_share,
                    modules,
                    kwp,
                    kwh_year: record::energy(kwh_month.iter().sum()),
                    kwh_month,
                    shading_loss: record::energy(if open_kwh > 0.0 { (1.0 - shaded.ac_kwh / open_kwh).clamp(0.0, 1.0) } else { 0.0 }),
                    kw: year.zip(sums).map(|(year, sums)| year.mean(&sums)).unwrap_or_default(),
                    at: middle(&placed.plane.triangles),
                })
            })
            .collect();
        out.extend(done);
    }
    out.sort_by_key(|covered| covered.park);
    out
}

/// Flat decks over the ground; a car park whose outline encloses nothing has none.
fn decks(scene: &Scene, parks: &[CarPark], canopies: &Canopies) -> Vec<(usize, String, RoofPlane)> {
    if parks.is_empty() {
        return Vec::new();
    }
    let ground = Bvh::new(scene.ground.iter().copied());
    let lowest = scene.built().flatten().map(|p| p[2]).fold(f64::INFINITY, f64::min);
    parks
        .iter()
        .enumerate()
        .filter_map(|(place, park)| {
            let local = |p: &[f64; 3]| {
                let [x, y, _] = scene.local(LonLatH::new(p[0], p[1], 0.0));
                [x, y]
            };
            let [x, y] = local(&[park.at[0], park.at[1], 0.0]);
            let foot = crate::rooftop::scenery::foot(&ground, [x, y]).unwrap_or(if lowest.is_finite() { lowest } else { 0.0 });
            let z = foot + canopies.height_m;
            let mut triangles: Vec<Triangle> = Vec::new();
            for rings in park.shape.polygons() {
                let flat: Vec<Vec<[f64; 2]>> = rings.iter().map(|ring| open_ring(ring.iter().map(local).collect())).filter(|ring| ring.len() > 2).collect();
                let points: Vec<[f64; 2]> = flat.concat();
                let at = |index: usize| points.get(index).map(|[x, y]| [*x, *y, z]);
                triangles.extend(with_holes(&flat).into_iter().filter_map(|[a, b, c]| Some([at(a)?, at(b)?, at(c)?])));
            }
            let area_m2: f64 = triangles.iter().map(|t| 0.5 * cross([t[0][0], t[0][1]], [t[1][0], t[1][1]], [t[2][0], t[2][1]]).abs()).sum();
            let plane = RoofPlane { area_m2, tilt: 0.0, azimuth: 180.0, eave_m: z, ridge_m: z, normal: [0.0, 0.0, 1.0], triangles };
            (area_m2 > 0.0).then(|| (place, format!("{DECK}{place}"), plane))
        })
        .collect()
}

/// Without its first point once more.
fn open_ring(mut ring: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    ring.dedup();
    if ring.len() > 1 && ring.first() == ring.last() {
        ring.pop();
    }
    ring
}

fn middle(triangles: &[Triangle]) -> [f64; 3] {
    let corners = triangles.iter().flatten();
    let sum = corners.clone().fold([0.0; 3], |sum: [f64; 3], p| [sum[0] + p[0], sum[1] + p[1], sum[2] + p[2]]);
    let count = corners.count().max(1) as f64;
    sum.map(|x| x / count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::energy::climate::typical_year;
    use crate::energy::weather::Site;
    use crate::geodesy::EnuFrame;
    use crate::pipeline::Silent;

    fn scene(wall_m: f64) -> Scene {
        let square = |x: f64, y: f64, size: f64, z: f64| [[[x, y, z], [x + size, y, z], [x + size, y + size, z]], [[x, y, z], [x + size, y + size, z], [x, y + size, z]]];
        let mut buildings = BTreeMap::new();
        // A block of flats south of the car park.
        if wall_m > 0.0 {
            buildings.insert("flats".to_owned(), Solid { layer: LayerId::from("buildings"), triangles: square(-20.0, -60.0, 50.0, wall_m).to_vec() });
        }
        Scene { frame: EnuFrame::at(LonLatH::new(-1.5, 47.2, 20.0)), buildings, ground: square(-300.0, -300.0, 600.0, 0.0).to_vec(), trees: Vec::new() }
    }

    fn park(scene: &Scene) -> CarPark {
        let corner = |x: f64, y: f64| {
            let at = scene.lonlat([x, y, 0.0]);
            [at.lon_deg, at.lat_deg, f64::NAN]
        };
        let ring = vec![corner(0.0, 0.0), corner(40.0, 0.0), corner(40.0, 25.0), corner(0.0, 25.0), corner(0.0, 0.0)];
        let at = corner(20.0, 12.0);
        CarPark { id: "p".to_owned(), name: String::new(), shape: Shape::Polygon(vec![ring]), at: [at[0], at[1]], area_m2: 1_000.0 }
    }

    fn covered_park(wall_m: f64) -> Covered {
        let mut scene = scene(wall_m);
        let park = park(&scene);
        let hours = typical_year(&Site { lat: 47.2, lon: -1.5, elevation_m: 20.0 }, 2026).unwrap();
        let year = StoredYear::new(crate::rooftop::YEAR, &hours);
        let mut all = covered(&mut scene, &[park], &ASSUMED, (&hours, 1.0), year.as_ref(), &RoofOptions::default(), &Silent);
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    #[test]
    fn half_of_a_car_park_bears_modules_and_a_wall_in_the_south_takes_their_light() {
        let open = covered_park(0.0);
        // 1,000 m², a half of it, 1.762 × 1.134 m at 10°, 430 Wp each.
        assert_eq!(open.modules, (500.0 / (1.762 * 1.134 * 10_f64.to_radians().cos())) as usize);
        assert!((open.kwp - 0.43 * open.modules as f64).abs() < 1e-6);
        let yields = open.kwh_year / open.kwp;
        assert!((950.0..1_350.0).contains(&yields) && open.shading_loss < 0.01, "{yields} {}", open.shading_loss);
        let hours: f64 = open.kw.iter().map(|kw| f64::from(*kw)).sum();
        assert!((hours - open.kwh_year).abs() < 1e-3 * open.kwh_year, "{hours} {}", open.kwh_year);
        assert!((open.at[2] - 4.0).abs() < 0.1, "{:?}", open.at);
        let walled = covered_park(40.0);
        assert!(walled.shading_loss > 0.1 && walled.kwh_year < 0.9 * open.kwh_year, "{}", walled.shading_loss);
    }
}
