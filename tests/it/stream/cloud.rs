//! Clouds of points with an octree through the engine: read in parts, coarse from afar and whole from nearby, bounded and told where they are broken.

use glam::{DVec3, Vec3};
use jumeau::formats::copc::{Entry, Page};
use jumeau::formats::gltf::{Shape, TileContent};
use jumeau::formats::pmtiles::Span;
use jumeau::geodesy::{Crs, Ecef, Geoid};
use jumeau::stream::cloud::{self, Opener};
use jumeau::stream::{Delivery, Engine, FetchFault, RootState, Settings, TileId, View, Wanted};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

const NAME: &str = "a/cloud.copc.laz";
/// Where the fixture's octree page lies, and an entry's length.
const PAGE: (usize, usize) = (31_722, 288);
const ENTRY: usize = 32;

/// `tests/data/terrain/cloud.copc.laz`, which copclib wrote: 6,000 points, a quarter of them in the root.
fn fixture() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/terrain/cloud.copc.laz")).unwrap()
}

struct Host {
    bytes: Vec<u8>,
    asked: Vec<Span>,
    held: BTreeMap<TileId, TileContent>,
}

impl Host {
    fn of(bytes: Vec<u8>) -> Self {
        Self { bytes, asked: Vec::new(), held: BTreeMap::new() }
    }

    fn part(&self, span: Span) -> Vec<u8> {
        let end = span.offset.saturating_add(span.length).min(self.bytes.len() as u64) as usize;
        self.bytes.get((span.offset as usize).min(end)..end).unwrap_or_default().to_vec()
    }

    /// What is shown once nothing is asked for any more.
    fn settle(&mut self, engine: &mut Engine, view: &View, from: u64) -> Vec<TileId> {
        for frame in from..from + 200 {
            let update = engine.update(std::slice::from_ref(view), frame);
            assert!(update.stats.resident_bytes < 512 << 20);
            for id in &update.evict {
                self.held.remove(id);
            }
            if update.fetch.is_empty() && update.stats.waiting == 0 {
                return update.show.iter().map(|show| show.tile).collect();
            }
            for fetch in update.fetch {
                let span = fetch.span.expect("never the whole file");
                self.asked.push(span);
                let bytes = self.part(span);
                let body = match fetch.wanted {
                    Wanted::Tileset | Wanted::Subtree => Ok(Delivery::Bytes(bytes)),
                    Wanted::Content => {
                        let block = engine.placement(fetch.tile).and_then(|placement| placement.block).expect("a cube");
                        match cloud::content(&bytes, &block) {
                            Ok(content) => {
                                self.held.insert(fetch.tile, content);
                                Ok(Delivery::Content { bytes: 1000 })
                            }
                            Err(fault) => Err(FetchFault::Lasting(fault.to_string())),
                        }
                    }
                };
                engine.deliver(fetch.id, body);
            }
        }
        panic!("never at rest");
    }

    fn points(&self, shown: &[TileId]) -> usize {
        let contents = shown.iter().filter_map(|id| self.held.get(id));
        contents.flat_map(|content| &content.meshes).map(|mesh| mesh.positions.len()).sum()
    }
}

fn engine() -> Engine {
    Engine::new(NAME, Settings { fade_frames: 0, ..Settings::default() })
}

/// Above the middle of the fixture, seeing all.
fn above(height_m: f64) -> View {
    let at = Crs::from_epsg(2154).unwrap().to_lonlat(355_030.0, 6_690_030.0).unwrap().at_height(height_m + 90.0);
    View { position: at.to_ecef().0, direction: DVec3::NEG_Z, frustum: Vec::new(), pixels_per_radian: 700.0 }
}

#[test]
fn a_cloud_is_coarse_from_afar_and_whole_from_nearby() {
    let (mut host, mut engine) = (Host::of(fixture()), engine());
    let far = host.settle(&mut engine, &above(3_000.0), 0);
    assert_eq!(engine.root_state(), RootState::Open);
    assert_eq!((far.len(), host.points(&far)), (1, 1_500), "{:?}", engine.report());
    let near = host.settle(&mut engine, &above(20.0), 1_000);
    assert_eq!((near.len(), host.points(&near)), (9, 6_000));
    let again = host.settle(&mut engine, &above(3_000.0), 2_000);
    assert_eq!(host.points(&again), 1_500);
    assert!(engine.report().findings().is_empty(), "{:?}", engine.report());
    // In parts: the head, what lies behind the points, the octree's page, nine chunks.
    assert!(host.asked.len() <= 14, "{:?}", host.asked);
}

/// The plane that the fixture was drawn on (see `make_copc.py`), its heights above the sea, classes 2 and 5.
#[test]
fn points_lie_where_their_system_says() {
    let (mut host, mut engine) = (Host::of(fixture()), engine());
    let shown = host.settle(&mut engine, &above(20.0), 0);
    let (crs, geoid) = (Crs::from_epsg(2154).unwrap(), Geoid::approximate_france());
    let (mut ground, mut trees) = (0, 0);
    for content in shown.iter().filter_map(|id| host.held.get(id)) {
        let (mesh, table) = (&content.meshes[0], &content.tables[0]);
        assert_eq!((mesh.shape, mesh.colors.len(), mesh.table), (Shape::Points, mesh.positions.len(), Some(0)));
        for (position, row) in mesh.positions.iter().zip(&mesh.feature_ids) {
            let at = Ecef(mesh.tile_from_mesh.transform_point3(Vec3::from(*position).as_dvec3())).to_lonlath();
            let [x, y] = crs.from_lonlat(at.lonlat()).unwrap();
            let z = at.height_m - geoid.undulation_m(at.lonlat());
            assert!((355_000.0 - 0.01..355_060.01).contains(&x) && (6_690_000.0 - 0.01..6_690_060.01).contains(&y), "{x} {y}");
            let over = z - (40.0 + 0.05 * (x - 355_000.0) - 0.02 * (y - 6_690_000.0));
            match table.number("Classification", *row as usize) {
                Some(2.0) => {
                    ground += 1;
                    assert!(over.abs() < 0.12, "{over}");
                }
                Some(5.0) => {
                    trees += 1;
                    assert!((2.9..12.1).contains(&over), "{over}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
    assert_eq!((ground, trees), (4_438, 1_562));
}

#[test]
fn what_a_person_says_of_the_system_counts() {
    let (mut host, mut engine) = (Host::of(fixture()), engine().in_system(Crs::from_epsg(3857).ok()));
    let everywhere = View { position: DVec3::ZERO, ..above(0.0) };
    host.settle(&mut engine, &everywhere, 0);
    let root = engine.update(&[everywhere], 900).show[0].tile;
    let (centre, _) = engine.bounding_sphere(root).unwrap();
    let at = Ecef(centre).to_lonlath();
    assert!((at.lon_deg - 3.189).abs() < 0.01, "{at:?}");
}

/// The entries below the root in a page of their own at the end of the file, which the root's page names.
fn paged(bytes: &[u8]) -> Vec<u8> {
    let (at, length) = PAGE;
    let entries: Vec<[u8; ENTRY]> = bytes[at..at + length].as_chunks().0.to_vec();
    let (root, below): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry[..4] == [0; 4]);
    let mut made = bytes.to_vec();
    let mut pages = Vec::new();
    for entry in &below {
        let mut named = *entry;
        named[16..24].copy_from_slice(&(made.len() as u64).to_le_bytes());
        named[24..28].copy_from_slice(&(ENTRY as i32).to_le_bytes());
        named[28..].copy_from_slice(&(-1_i32).to_le_bytes());
        pages.push(named);
        made.extend(entry);
    }
    // The page itself stays as long as it was.
    let first = [root, pages].concat().concat();
    made[at..at + length].copy_from_slice(&first);
    made
}

#[test]
fn pages_are_fetched_when_somebody_looks_below_them() {
    let (mut host, mut engine) = (Host::of(paged(&fixture())), engine());
    let far = host.settle(&mut engine, &above(3_000.0), 0);
    let asked = host.asked.len();
    assert_eq!(host.points(&far), 1_500);
    let near = host.settle(&mut engine, &above(20.0), 1_000);
    assert_eq!((near.len(), host.points(&near)), (9, 6_000));
    assert_eq!(host.asked.len() - asked, 16);
}

/// Each is told with the file's name, and what is sound is shown.
#[test]
fn broken_octrees_are_told_and_the_rest_is_shown() {
    let sound = fixture();
    let entry = |number: usize, change: &dyn Fn(&mut [u8])| {
        let mut bytes = sound.clone();
        let at = PAGE.0 + number * ENTRY;
        change(&mut bytes[at..at + ENTRY]);
        bytes
    };
    let order: Vec<usize> = (0..PAGE.1 / ENTRY).collect();
    let is_root = |number: &usize| sound[PAGE.0 + number * ENTRY..][..16] == [0; 16];
    let root = *order.iter().find(|number| is_root(number)).unwrap();
    let leaf = *order.iter().find(|number| !is_root(number)).unwrap();
    let word = |at: usize, value: i32| move |entry: &mut [u8]| entry[at..at + 4].copy_from_slice(&value.to_le_bytes());
    let cases: Vec<(&str, Vec<u8>, &str, usize)> = vec![
        ("a level that no octree has", entry(leaf, &word(0, 90)), "copc-page", 0),
        ("a page that is its own", entry(root, &|entry| {
            entry[16..24].copy_from_slice(&(PAGE.0 as u64).to_le_bytes());
            entry[24..28].copy_from_slice(&(PAGE.1 as i32).to_le_bytes());
            entry[28..].copy_from_slice(&(-1_i32).to_le_bytes());
        }), "copc-page", 0),
        ("two thousand million points", entry(leaf, &word(28, i32::MAX)), "laz-limit", 5_000),
        ("another number of points", entry(leaf, &word(28, 3)), "laz-count", 5_000),
        ("a chunk beyond the end", entry(leaf, &|entry| entry[16..24].copy_from_slice(&(1_u64 << 40).to_le_bytes())), "laz-short", 5_000),
        ("a chunk that is another one", entry(leaf, &|entry| entry[16..24].copy_from_slice(&400_u64.to_le_bytes())), "laz-", 5_000),
        ("no octree", {
            let mut bytes = sound.clone();
            let at = bytes.windows(4).position(|window| window == b"copc").unwrap();
            bytes[at] = b'x';
            bytes
        }, "copc-missing", 0),
        ("a page", b"<!doctype html>".repeat(40), "copc-header", 0),
        ("nothing", Vec::new(), "copc-header", 0),
    ];
    for (name, bytes, code, least) in cases {
        let (mut host, mut engine) = (Host::of(bytes), engine());
        let shown = host.settle(&mut engine, &above(20.0), 0);
        let told = format!("{:?}", engine.report());
        assert!(told.contains(code), "{name}: {told}");
        assert!(engine.report().findings().iter().all(|finding| finding.file == NAME), "{name}: {told}");
        assert!(host.points(&shown) >= least, "{name}: {}", host.points(&shown));
        assert!(host.asked.len() < 40, "{name}: {}", host.asked.len());
    }
}

#[test]
fn a_page_names_what_the_file_has() {
    let bytes = fixture();
    let page = Page::parse(&bytes[PAGE.0..PAGE.0 + PAGE.1]).unwrap();
    assert!(matches!(page.get(Default::default()), Some(Entry::Points { count: 1_500, .. })));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Whatever the file: it is opened in a few requests, or refused.
    #[test]
    fn any_file_is_opened_or_refused(flips in prop::collection::vec((0..33_000_usize, any::<u8>()), 0..12), head in any::<bool>(), cut in 0..33_000_usize) {
        let mut bytes = fixture();
        for (at, byte) in flips {
            let at = if head { at % 1_200 } else { at };
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        if cut % 3 == 0 {
            bytes.truncate(cut);
        }
        let (mut host, mut engine) = (Host::of(bytes.clone()), engine());
        host.settle(&mut engine, &above(20.0), 0);
        let mut opener = Opener::new(NAME, None);
        for round in 0.. {
            prop_assert!(round < 20);
            let part = Host::of(bytes.clone()).part(opener.wanted());
            match opener.take(&part) {
                Ok(None) => {}
                Ok(Some(_)) | Err(_) => break,
            }
        }
    }
}
