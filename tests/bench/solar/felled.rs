//! After a tree is felled: how long until the years of the roofs around it are right again.

use jumeau::base::LayerId;
use jumeau::energy::climate::typical_year;
use jumeau::energy::weather::Site;
use jumeau::formats::roofbook::Record;
use jumeau::geodesy::{EnuFrame, LonLatH};
use jumeau::pipeline::Silent;
use jumeau::pipeline::solar::edit::Neighbourhood;
use jumeau::pipeline::solar::roofs::{BlockDone, Blockwise, RoofOptions, roofs_of};
use jumeau::pipeline::solar::scene::{Scene, Solid, Tree, Triangle};
use jumeau::rooftop::prepare::Sunlight;
use jumeau::rooftop::record::{Shared, hours_rounded};
use std::collections::BTreeMap;
use std::time::Instant;

/// Houses in rows of eight, a tree in every garden.
const ROWS: usize = 5;
const COLUMNS: usize = 8;

struct One(Vec<Record>);

impl Blockwise for One {
    fn known(&mut self, _: usize) -> Option<BlockDone> {
        None
    }

    fn done(&mut self, _: usize, done: BlockDone) -> Result<(), jumeau::base::Finding> {
        self.0.extend(done.records);
        Ok(())
    }
}

fn tree([x, y]: [f64; 2]) -> Vec<Triangle> {
    let (base, top) = ([[x - 3.0, y - 3.0], [x + 3.0, y - 3.0], [x + 3.0, y + 3.0], [x - 3.0, y + 3.0]], [x, y, 11.0]);
    (0..4).map(|side| [[base[side][0], base[side][1], 0.0], [base[(side + 1) % 4][0], base[(side + 1) % 4][1], 0.0], top]).collect()
}

fn house([x, y]: [f64; 2]) -> Vec<Triangle> {
    let p = |u: f64, v: f64, z: f64| [x + u, y + v, z];
    let (a, b, c, d) = (p(0.0, 0.0, 4.0), p(12.0, 0.0, 4.0), p(12.0, 5.0, 7.0), p(0.0, 5.0, 7.0));
    let (e, f) = (p(12.0, 10.0, 4.0), p(0.0, 10.0, 4.0));
    vec![[a, b, c], [a, c, d], [d, c, e], [d, e, f]]
}

/// Milliseconds from the axe to the last year, for each of some trees: the median and the worst.
pub fn felled() {
    let places: Vec<[f64; 2]> = (0..ROWS * COLUMNS).map(|n| [25.0 * (n % COLUMNS) as f64, 28.0 * (n / COLUMNS) as f64]).collect();
    let trees: Vec<[f64; 2]> = places.iter().map(|[x, y]| [x + 6.0, y - 7.0]).collect();
    let buildings: BTreeMap<String, Solid> = places.iter().enumerate().map(|(n, at)| (format!("h{n:02}"), Solid { layer: LayerId::from("buildings"), triangles: house(*at) })).collect();
    let ground = vec![[[-500.0, -500.0, 0.0], [900.0, -500.0, 0.0], [900.0, 900.0, 0.0]], [[-500.0, -500.0, 0.0], [900.0, 900.0, 0.0], [-500.0, 900.0, 0.0]]];
    let scene = Scene { frame: EnuFrame::at(LonLatH::new(-1.5, 47.2, 20.0)), buildings, ground, trees: trees.iter().map(|at| Tree::new(tree(*at))).collect() };
    let hours = typical_year(&Site { lat: 47.2, lon: -1.5, elevation_m: 20.0 }, 2026).unwrap_or_default();
    let options = RoofOptions::default();
    let shared = Shared {
        module: options.module,
        system: options.system,
        foliage: options.foliage,
        sureness: options.sureness,
        weather: Default::default(),
        layers: Vec::new(),
        sources: Vec::new(),
        hours: hours_rounded(&hours),
        step_h: 1.0,
    };
    let Some(sunlight) = Sunlight::new(shared.clone()) else { return };
    let mut all = One(Vec::new());
    for id in scene.buildings.keys() {
        let options = RoofOptions { building: Some(id.clone()), records: true, ..RoofOptions::default() };
        let _ = roofs_of(&scene, "", (&shared.hours, 1.0), None, &options, &mut all, &Silent);
    }
    let middle = [25.0 * COLUMNS as f64 / 2.0, 28.0 * ROWS as f64 / 2.0];
    let mut neighbourhood = Neighbourhood::new(&scene, middle, all.0);
    let mut taken: Vec<(f64, usize)> = trees
        .iter()
        .step_by(3)
        .map(|at| {
            let start = Instant::now();
            let changed = neighbourhood.fell(*at, 5.0, &sunlight);
            (1e3 * start.elapsed().as_secs_f64(), changed.len())
        })
        .collect();
    taken.sort_by(|a, b| a.0.total_cmp(&b.0));
    let planes: usize = taken.iter().map(|(_, planes)| planes).sum();
    println!("felled_tree_ms median {:.1}", taken.get(taken.len() / 2).map_or(f64::NAN, |one| one.0));
    println!("felled_tree_ms worst {:.1}", taken.last().map_or(f64::NAN, |one| one.0));
    println!("felled_tree_planes_changed mean {:.1}", planes as f64 / taken.len().max(1) as f64);
}
