//! Generated trees: the laws they keep, on small towns of our own and on the real extract of Nantes.

use crate::bare_building::bare_building;
use geo::algorithm::{Contains, Distance, Euclidean};
use geo::{Line, LineString, MultiPolygon, Point, Polygon, coord, polygon};
use jumeau::base::DatasetId;
use jumeau::pipeline::generate::{TreeSettings, trees, trees_with};
use jumeau::region::{
    Building, HeightOrigin, LineClass, NetworkLine, Region, Tree, WaterArea,
};
use std::path::Path;

#[test]
fn no_tree_stands_in_a_wall_on_a_road_or_in_the_water() {
    for seed in 0..8 {
        let region = town(seed);
        let found = trees(&region, seed);
        assert!(found.len() > 50, "seed {seed}: only {} trees", found.len());
        keep_their_distance(&region, &found);
    }
}

#[test]
fn the_same_seed_grows_the_same_trees_and_another_seed_others() {
    let region = town(3);
    assert_eq!(trees(&region, 7), trees(&region, 7));
    assert_ne!(trees(&region, 7), trees(&region, 8));
}

#[test]
fn the_limit_holds_and_rows_along_streets_come_first() {
    let region = town(1);
    let all = trees(&region, 1);
    for limit in [0, 1, 40, all.len()] {
        let settings = TreeSettings {
            limit,
            ..TreeSettings::default()
        };
        assert_eq!(
            trees_with(&region, 1, &settings).len(),
            limit.min(all.len())
        );
    }
    // Rows stand at most 2.4 m off the kerb, loose trees at least 2.5 m.
    let near_street = |tree: &&Tree| (tree.y - 200.0).abs() < 8.45 || (tree.x - 84.0).abs() < 4.45;
    let rows = all.iter().filter(near_street).count();
    let settings = TreeSettings {
        limit: rows / 2,
        ..TreeSettings::default()
    };
    assert_eq!(
        trees_with(&region, 1, &settings)
            .iter()
            .filter(near_street)
            .count(),
        rows / 2
    );
}

#[test]
fn trees_are_of_natural_size_and_crowns_stay_out_of_the_walls() {
    let region = town(2);
    for tree in trees(&region, 2) {
        assert!(tree.generated);
        assert!((2.0..20.0).contains(&tree.height_m), "{tree:?}");
        assert!((1.0..12.0).contains(&tree.crown_m), "{tree:?}");
        let wall = region
            .buildings
            .iter()
            .map(|b| wall_distance(&tree, &b.footprint))
            .fold(f64::INFINITY, f64::min);
        assert!(0.5 * tree.crown_m < wall, "{tree:?} at {wall} m of a wall");
    }
}

#[test]
fn a_change_in_one_street_leaves_the_far_trees_alone() {
    let region = town(5);
    let mut changed = region.clone();
    changed.buildings.remove(0);
    let far = |tree: &&Tree| tree.x > 400.0;
    let (before, after) = (trees(&region, 5), trees(&changed, 5));
    assert_eq!(
        before.iter().filter(far).collect::<Vec<_>>(),
        after.iter().filter(far).collect::<Vec<_>>()
    );
}

#[test]
fn nothing_and_nonsense_grow_no_trees_and_do_no_harm() {
    assert_eq!(trees(&Region::default(), 1), Vec::new());
    let mut region = Region::default();
    region
        .buildings
        .push(building(rectangle(f64::NAN, 0.0, 10.0, 10.0)));
    region
        .buildings
        .push(building(Polygon::new(LineString::new(vec![]), vec![])));
    region
        .buildings
        .push(building(rectangle(1.0e300, -1.0e300, 10.0, 10.0)));
    region.lines.push(street(
        "wild",
        &[[f64::NAN, 0.0], [f64::INFINITY, 5.0], [1.0e18, 3.0]],
        f64::NAN,
        0,
    ));
    region
        .lines
        .push(street("far", &[[0.0, 0.0], [1.0e15, 0.0]], 12.0, 0));
    let found = trees(&region, 1);
    assert!(
        found
            .iter()
            .all(|tree| tree.x.is_finite() && tree.y.is_finite())
    );
}

/// The real extract, read here by hand: the importer's repairs are not needed for the law.
#[test]
fn the_laws_hold_in_nantes() {
    let region = nantes();
    assert_eq!((region.buildings.len(), region.water.len()), (8639, 3));
    let found = trees(&region, 44);
    assert!(
        (4_000..=12_000).contains(&found.len()),
        "{} trees",
        found.len()
    );
    // A sample: every tree against every wall would take minutes.
    let sample: Vec<Tree> = found.iter().step_by(97).copied().collect();
    keep_their_distance(&region, &sample);
}

fn keep_their_distance(region: &Region, found: &[Tree]) {
    for tree in found {
        let point = Point::new(tree.x, tree.y);
        for building in &region.buildings {
            let wall = wall_distance(tree, &building.footprint);
            assert!(
                wall >= 2.5 - 1e-6,
                "{tree:?} at {wall} m of {}",
                building.id
            );
        }
        for line in region.lines.iter().filter(|line| line.level >= 0) {
            for pair in line.points.windows(2) {
                let piece = Line::new(
                    coord! {x: pair[0][0], y: pair[0][1]},
                    coord! {x: pair[1][0], y: pair[1][1]},
                );
                let distance = Euclidean.distance(&piece, &point);
                assert!(
                    distance >= 0.5 * line.width_m + 1.2 - 1e-6,
                    "{tree:?} at {distance} m of {}",
                    line.id
                );
            }
        }
        for water in &region.water {
            assert!(!water.outline.contains(&point), "{tree:?} in {}", water.id);
        }
    }
}

fn wall_distance(tree: &Tree, footprint: &MultiPolygon<f64>) -> f64 {
    Euclidean.distance(&Point::new(tree.x, tree.y), footprint)
}

/// Two rows of blocks on a wide street, a river in the south.
fn town(seed: u64) -> Region {
    let mut rng = jumeau::base::Rng::new(seed);
    let mut region = Region::default();
    for column in 0..8 {
        for y in [60.0, 230.0] {
            let (width, depth) = (rng.range(20.0, 60.0), rng.range(20.0, 90.0));
            region.buildings.push(building(rectangle(
                f64::from(column) * 90.0 + rng.range(0.0, 20.0),
                y,
                width,
                depth,
            )));
        }
    }
    region.lines.push(street(
        "boulevard",
        &[[-20.0, 200.0], [350.0, 200.0], [740.0, 200.0]],
        12.0,
        0,
    ));
    region
        .lines
        .push(street("lane", &[[84.0, 40.0], [84.0, 330.0]], 4.0, 0));
    region
        .lines
        .push(street("bridge", &[[300.0, 200.0], [300.0, 0.0]], 8.0, 1));
    region.water.push(WaterArea {
        id: "river".into(),
        dataset: DatasetId::from("made"),
        outline: polygon![(x: -50.0, y: 0.0), (x: 400.0, y: 30.0), (x: 800.0, y: 10.0), (x: 800.0, y: 75.0), (x: 380.0, y: 80.0), (x: -50.0, y: 50.0)],
        level_m: 3.0,
        name: None,
    });
    region
}

fn rectangle(x: f64, y: f64, width: f64, depth: f64) -> Polygon<f64> {
    polygon![(x: x, y: y), (x: x + width, y: y), (x: x + width, y: y + depth), (x: x, y: y + depth)]
}

fn building(outline: Polygon<f64>) -> Building {
    Building { height_origin: HeightOrigin::Assumed, ..bare_building("house", "made", MultiPolygon::new(vec![outline]), 0.0, [6.0; 2]) }
}

fn street(name: &str, points: &[[f64; 2]], width_m: f64, level: i32) -> NetworkLine {
    NetworkLine {
        id: name.into(),
        dataset: DatasetId::from("made"),
        class: LineClass::Road,
        points: points.iter().map(|p| [p[0], p[1], f64::NAN]).collect(),
        width_m,
        level,
        name: None,
    }
}

fn nantes() -> Region {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/territories/nantes-centre");
    let database = rusqlite::Connection::open_with_flags(
        folder.join("bdtopo.gpkg"),
        rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY,
    )
    .unwrap();
    let mut region = Region::default();
    let mut rows = database.prepare("SELECT geom FROM batiment").unwrap();
    for blob in rows.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap() {
        let parts = wkb(&blob.unwrap(), true);
        let polygons = parts.iter().map(|rings| {
            let mut rings = rings.iter().map(|ring| {
                ring.iter()
                    .map(|p| (p[0], p[1]))
                    .collect::<LineString<f64>>()
            });
            Polygon::new(rings.next().unwrap(), rings.collect())
        });
        let mut house = building(rectangle(0.0, 0.0, 1.0, 1.0));
        house.footprint = polygons.collect();
        region.buildings.push(house);
    }
    let mut rows = database.prepare("SELECT geom, id, nature, importance, pos_sol, largeur, nom_coll_g FROM troncon_de_route").unwrap();
    let mut rows = rows.query([]).unwrap();
    while let Some(row) = rows.next().unwrap() {
        let nature: String = row.get(2).unwrap();
        if nature.starts_with("Bac") {
            continue;
        }
        let walked = nature == "Sentier" || nature == "Escalier";
        let importance: i64 = row.get(3).unwrap();
        for part in wkb(&row.get::<_, Vec<u8>>(0).unwrap(), false) {
            let points: Vec<[f64; 2]> = part[0].iter().map(|p| [p[0], p[1]]).collect();
            let width = row
                .get::<_, Option<f64>>(5)
                .unwrap()
                .filter(|w| *w > 0.0)
                .unwrap_or(if walked { 2.0 } else { 3.5 });
            let mut line = street(
                &row.get::<_, String>(1).unwrap(),
                &points,
                width,
                row.get(4).unwrap(),
            );
            line.class = if walked {
                LineClass::Path
            } else if importance <= 3 {
                LineClass::MajorRoad
            } else {
                LineClass::Road
            };
            line.name = row.get(6).unwrap();
            region.lines.push(line);
        }
    }
    let text = std::fs::read_to_string(folder.join("eau_schematique.geojson")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    for feature in document["features"].as_array().unwrap() {
        let rings: Vec<Vec<[f64; 2]>> =
            serde_json::from_value(feature["geometry"]["coordinates"].clone()).unwrap();
        let mut rings = rings.iter().map(|ring| {
            ring.iter()
                .map(|p| (p[0], p[1]))
                .collect::<LineString<f64>>()
        });
        region.water.push(WaterArea {
            id: feature["properties"]["id"].as_str().unwrap().into(),
            dataset: DatasetId::from("made"),
            outline: Polygon::new(rings.next().unwrap(), rings.collect()),
            level_m: feature["properties"]["level_m"].as_f64().unwrap(),
            name: None,
        });
    }
    region
}

/// Parts, rings, points of a GeoPackage MultiPolygon Z or MultiLineString Z without envelope.
fn wkb(blob: &[u8], polygons: bool) -> Vec<Vec<Vec<[f64; 3]>>> {
    let mut reader = Reader { bytes: blob, at: 8 };
    let parts = reader.count(5);
    (0..parts)
        .map(|_| {
            let head = reader.count(5);
            let rings = if polygons { head } else { 1 };
            (0..rings)
                .map(|_| {
                    let points = if polygons { reader.count(0) } else { head };
                    (0..points)
                        .map(|_| [reader.number(), reader.number(), reader.number()])
                        .collect()
                })
                .collect()
        })
        .collect()
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn count(&mut self, skip: usize) -> usize {
        self.at += skip + 4;
        u32::from_le_bytes(self.bytes[self.at - 4..self.at].try_into().unwrap()) as usize
    }

    fn number(&mut self) -> f64 {
        self.at += 8;
        f64::from_le_bytes(self.bytes[self.at - 8..self.at].try_into().unwrap())
    }
}

/// The extract's terrain is a file that our own TIFF library reads, with nothing below the quays' underpasses.
#[test]
fn the_terrain_of_the_extract_reads() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("assets/territories/nantes-centre/terrain_5m.tif");
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut decoder = tiff::decoder::Decoder::new(file).unwrap();
    assert_eq!(decoder.dimensions().unwrap(), (524, 433));
    let tiff::decoder::DecodingResult::F32(values) = decoder.read_image().unwrap() else {
        panic!("not float32");
    };
    assert_eq!(values.len(), 524 * 433);
    assert!(values.iter().all(|value| (3.0..37.0).contains(value)));
}
