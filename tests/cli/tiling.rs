//! Territory packages: laws that hold for any region, and the default territory as a whole.

use crate::bare_building::bare_building;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use glam::{DVec3, Vec3};
use jumeau::base::{Instant, Nature, Severity};
use jumeau::formats::gltf::{TileContent, read};
use jumeau::formats::territory::{HomeView, LayerKind, Manifest, Name};
use jumeau::stream::{Delivery, Engine, Settings, View, Wanted};
use jumeau::formats::tiles3d::metadata::Semantic;
use jumeau::formats::tiles3d::{BoundingVolume, Subtree, TileBounds, TileCoord, TileSchema, Tileset, write_subtree};
use jumeau::geodesy::{Crs, Ecef, EnuFrame, Geoid, LonLatH};
use jumeau::pipeline::tile::{Territory, TileFault, TileOptions, TileSummary, grow_trees, write_imported, write_territory};
use jumeau::pipeline::{ImportOptions, Silent, read_sources};
use jumeau::region::{
    Building, HeightGrid, LineClass, NetworkLine, Region, Tree, Usage, WaterArea,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The south-west corner of the made-up village, Lambert-93.
const AT: [f64; 2] = [355_000.0, 6_689_000.0];
const WATER_M: f64 = 4.0;

fn ring(points: &[[f64; 2]]) -> LineString<f64> {
    let shifted = points.iter().map(|p| Coord { x: AT[0] + p[0], y: AT[1] + p[1] });
    let mut ring: Vec<Coord<f64>> = shifted.collect();
    ring.push(ring[0]);
    LineString(ring)
}

fn rectangle(x: f64, y: f64, width: f64, depth: f64) -> Polygon<f64> {
    Polygon::new(ring(&[[x, y], [x + width, y], [x + width, y + depth], [x, y + depth]]), vec![])
}

fn line(id: &str, class: LineClass, level: i32, points: &[[f64; 3]]) -> NetworkLine {
    NetworkLine {
        id: id.to_owned(),
        dataset: "roads".into(),
        class,
        points: points.iter().map(|p| [AT[0] + p[0], AT[1] + p[1], p[2]]).collect(),
        width_m: 6.0,
        level,
        name: None,
    }
}

/// A village of `houses` on a slope, a river through it, one road along and one across.
fn village(houses: usize) -> Region {
    let ground = |x: f64, y: f64| 8.0 + 0.01 * x + 0.5 * (y / 60.0).sin();
    let buildings = (0..houses)
        .map(|i| {
            let (x, y) = (20.0 + 22.0 * (i % 30) as f64, 20.0 + 18.0 * (i / 30) as f64);
            let y = if y > 250.0 { y + 150.0 } else { y };
            Building {
                rnb: vec![format!("RNB{i}"), "ZZZ".to_owned()],
                usage: Usage::Residential,
                dwellings: Some(1),
                year: Some(1950),
                ..bare_building(&format!("B{i}"), "houses", MultiPolygon(vec![rectangle(x, y, 12.0, 9.0)]), ground(x, y), [6.0, 9.0])
            }
        })
        .collect();
    let values = (0..140 * 140)
        .map(|i| ground(5.0 * (i % 140) as f64, 5.0 * (139 - i / 140) as f64) as f32)
        .collect();
    Region {
        buildings,
        lines: vec![
            line("along", LineClass::Road, 0, &[[0.0, 262.0, f64::NAN], [690.0, 262.0, f64::NAN]]),
            line("across", LineClass::MajorRoad, 0, &[[340.0, 5.0, f64::NAN], [344.0, 690.0, f64::NAN]]),
            line("below", LineClass::Road, -1, &[[10.0, 10.0, 0.0], [60.0, 60.0, 0.0]]),
            line("tram", LineClass::Tram, 0, &[[337.0, 5.0, f64::NAN], [337.0, 690.0, f64::NAN]]),
        ],
        water: vec![WaterArea {
            id: "river".to_owned(),
            dataset: "water".into(),
            outline: Polygon::new(
                ring(&[[-4_000.0, 290.0], [200.0, 280.0], [700.0, 300.0], [5_000.0, 310.0], [5_000.0, 380.0], [300.0, 375.0], [-4_000.0, 390.0]]),
                vec![],
            ),
            level_m: WATER_M,
            name: Some("La Rivière".to_owned()),
        }],
        trees: (0..40)
            .map(|i| Tree { x: AT[0] + 15.0 * f64::from(i), y: AT[1] + 270.0, height_m: 8.0, crown_m: 5.0, generated: i % 2 == 0 })
            .collect(),
        terrain: Some(HeightGrid { origin: [AT[0], AT[1] + 695.0], cell_m: 5.0, columns: 140, rows: 140, values }),
        areas: vec![],
        ..Region::default()
    }
}

fn write(region: &Region, out: &Path, threads: usize) -> Result<TileSummary, TileFault> {
    let crs = Crs::from_code("EPSG:2154").unwrap();
    let territory = Territory {
        id: "village".to_owned(),
        name: Name { fr: "Village".to_owned(), en: "Village".to_owned() },
        crs: &crs,
        vertical: "NGF-IGN69".to_owned(),
        region,
        datasets: vec![],
        terrain_dataset: None,
        generated_trees_dataset: None,
        trees_dataset: None,
        home: None,
        views: vec![],
    };
    write_territory(&territory, out, &TileOptions { geoid: None, threads }, &Silent)
}

/// All files below a folder, by their path.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                found.insert(name, std::fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// The contents of a layer, by tile.
fn contents(files: &BTreeMap<String, Vec<u8>>, layer: &str) -> BTreeMap<TileCoord, TileContent> {
    let prefix = format!("{layer}/content/");
    files
        .iter()
        .filter_map(|(name, bytes)| {
            let place: Vec<u32> = name
                .strip_prefix(&prefix)?
                .trim_end_matches(".glb")
                .split('/')
                .map(|part| part.parse().unwrap())
                .collect();
            Some((TileCoord::new(place[0], place[1], place[2]), read::glb(bytes).unwrap()))
        })
        .collect()
}

/// Tiles without a tile below them.
fn leaves<'a>(tiles: &'a BTreeMap<TileCoord, TileContent>) -> impl Iterator<Item = (&'a TileCoord, &'a TileContent)> {
    tiles.iter().filter(|(key, _)| !key.children().any(|child| tiles.contains_key(&child)))
}

/// Vertices of a tile on Earth.
fn on_earth(content: &TileContent) -> Vec<DVec3> {
    content
        .meshes
        .iter()
        .flat_map(|mesh| mesh.positions.iter().map(|p| mesh.tile_from_mesh.transform_point3(Vec3::from(*p).as_dvec3())))
        .collect()
}

#[test]
fn threads_change_no_byte() {
    let region = village(600);
    let (one, many) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(&region, one.path(), 1).unwrap();
    write(&region, many.path(), 3).unwrap();
    assert!(files(one.path()) == files(many.path()));
}

#[test]
fn every_building_is_in_one_leaf() {
    let region = village(600);
    let folder = tempfile::tempdir().unwrap();
    let summary = write(&region, folder.path(), 2).unwrap();
    let files = files(folder.path());
    let tiles = contents(&files, "buildings");
    let mut seen = BTreeSet::new();
    for (_, content) in leaves(&tiles) {
        let table = &content.tables[0];
        for row in 0..table.count {
            assert!(seen.insert(table.text("id", row).unwrap().to_owned()), "twice: row {row}");
            assert_eq!(table.text("usage", row), Some("residential"));
            assert!(table.text("rnb", row).unwrap().ends_with("/ZZZ"));
            assert!((table.number("footprint_m2", row).unwrap() - 108.0).abs() < 0.01);
            assert_eq!(table.number("storeys", row), None);
            assert!(table.number("demand_kwh_year", row).unwrap() > 500.0);
        }
    }
    assert_eq!(seen.len(), 600);
    let layer = summary.manifest.layer(&"buildings".into()).unwrap();
    assert_eq!((layer.kind, layer.features), (LayerKind::Buildings, 600));
    assert!(tiles.len() > 3, "600 houses want more than one leaf");
    // The territory's demand is that of its buildings, to the last kWh; with one profile for all of a class, at every hour.
    let of_tiles: f64 = leaves(&tiles).flat_map(|(_, content)| (0..content.tables[0].count).filter_map(|row| content.tables[0].number("demand_kwh_year", row))).sum();
    let [homes] = summary.manifest.features.as_ref().unwrap().demand.as_slice() else { panic!() };
    assert_eq!((homes.profile.as_str(), homes.buildings), ("residential", 600));
    assert!((homes.kwh_year - of_tiles).abs() < 1e-6 * of_tiles, "{} ≠ {of_tiles}", homes.kwh_year);
}

/// The record of every building says the height of the roof that is drawn, in whatever tile.
fn records_agree_with_drawings(tiles: &BTreeMap<TileCoord, TileContent>, geoid: &dyn Fn([f64; 2]) -> f64) -> usize {
    let mut checked = 0;
    for (key, content) in leaves(tiles) {
        let (mesh, table) = (&content.meshes[0], &content.tables[0]);
        let mut tops: BTreeMap<u32, f64> = BTreeMap::new();
        for (position, feature) in mesh.positions.iter().zip(&mesh.feature_ids) {
            let at = Ecef(mesh.tile_from_mesh.transform_point3(Vec3::from(*position).as_dvec3())).to_lonlath();
            let top = at.height_m - geoid([at.lon_deg, at.lat_deg]);
            tops.entry(*feature).and_modify(|known| *known = known.max(top)).or_insert(top);
        }
        for row in 0..table.count {
            let number = |name: &str| table.number(name, row).unwrap();
            let stated = number("ground_m") + number("ridge_m");
            let top = tops[&(row as u32)];
            // Two centimetres of lattice, and the geoid's.
            assert!((top - stated).abs() < 0.05, "{key:?} {:?}: drawn to {top}, stated {stated}", table.text("id", row));
            checked += 1;
        }
    }
    checked
}

#[test]
fn a_roof_that_cannot_reach_its_ridge_says_so() {
    let mut region = village(40);
    region.buildings[7].ridge_height_m = 31.8;
    let folder = tempfile::tempdir().unwrap();
    let summary = write(&region, folder.path(), 2).unwrap();
    let files = files(folder.path());
    let tiles = contents(&files, "buildings");
    let geoid = Geoid::approximate_france();
    let undulation = |[lon_deg, lat_deg]: [f64; 2]| geoid.undulation_m(jumeau::geodesy::LonLat { lon_deg, lat_deg });
    assert_eq!(records_agree_with_drawings(&tiles, &undulation), 40);
    for content in tiles.values() {
        let table = &content.tables[0];
        for row in 0..table.count {
            let tower = table.text("id", row) == Some("B7");
            // 9 m wide: at 45° the ridge is 4.5 m above the eave.
            let (ridge, stated) = if tower { (10.5, Some(31.8)) } else { (9.0, None) };
            assert!((table.number("ridge_m", row).unwrap() - ridge).abs() < 1e-3);
            assert_eq!(table.number("ridge_stated_m", row).map(|m| (10.0 * m).round() / 10.0), stated);
        }
    }
    let found: Vec<_> = summary.report.findings().iter().filter(|finding| finding.code == "building-roof-limited").collect();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].object.as_str(), found[0].value.as_str()), ("B7", "31.8 m → 10.5 m, −21.3 m, gable"));
    assert_eq!(found[0].severity, Severity::Warning);
}

#[test]
fn corners_stand_where_they_are_on_earth() {
    let region = village(40);
    let folder = tempfile::tempdir().unwrap();
    write(&region, folder.path(), 2).unwrap();
    let (crs, geoid) = (Crs::from_code("EPSG:2154").unwrap(), Geoid::approximate_france());
    let files = files(folder.path());
    let tiles = contents(&files, "buildings");
    let vertices: Vec<DVec3> = leaves(&tiles).flat_map(|(_, content)| on_earth(content)).collect();
    for building in &region.buildings {
        for corner in building.footprint.0[0].exterior().coords() {
            let lonlat = crs.to_lonlat(corner.x, corner.y).unwrap();
            let eave = building.ground_m + building.eave_height_m + geoid.undulation_m(lonlat);
            let Ecef(wanted) = lonlat.at_height(eave).to_ecef();
            let away = vertices.iter().map(|v| v.distance(wanted)).fold(f64::INFINITY, f64::min);
            // Half a centimetre of lattice in each direction, and the geoid's lattice.
            assert!(away < 0.015, "{} m from the eave's corner of {}", away, building.id);
        }
    }
}

#[test]
fn triangles_face_the_way_their_normals_say() {
    let folder = tempfile::tempdir().unwrap();
    write(&village(300), folder.path(), 2).unwrap();
    let files = files(folder.path());
    for layer in ["water", "buildings", "roads", "tram", "trees", "trees-generated", "streets", "surround"] {
        let tiles = contents(&files, layer);
        assert!(!tiles.is_empty(), "{layer}");
        let (mut right, mut wrong) = (0.0, 0.0);
        for mesh in tiles.values().flat_map(|content| &content.meshes) {
            assert_eq!(mesh.positions.len(), mesh.normals.len());
            for corner in mesh.indices.chunks_exact(3) {
                let [a, b, c] = [0, 1, 2].map(|k| Vec3::from(mesh.positions[corner[k] as usize]));
                let face = (b - a).cross(c - a);
                let normal: Vec3 = corner.iter().map(|i| Vec3::from(mesh.normals[*i as usize])).sum();
                *(if face.dot(normal) >= 0.0 { &mut right } else { &mut wrong }) += 0.5 * face.length();
            }
        }
        // Needles may turn over when they are rounded; they have no area.
        assert!(wrong < 2e-4 * right, "{layer}: {wrong} m² of {right} m² face inward");
    }
}

#[test]
fn ground_and_water_share_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    write(&village(10), folder.path(), 2).unwrap();
    let files = files(folder.path());
    let (ground, water) = (contents(&files, "terrain"), contents(&files, "water"));
    // Area seen from above, upward faces only: skirts and quays stand upright.
    let plan = |content: &TileContent| -> f64 {
        content
            .meshes
            .iter()
            .flat_map(|mesh| {
                mesh.indices.chunks_exact(3).map(|corner| {
                    let [a, b, c] = [0, 1, 2].map(|k| Vec3::from(mesh.positions[corner[k] as usize]).as_dvec3());
                    let face = (b - a).cross(c - a);
                    // Upright faces are edge-on from above.
                    if face.y.abs() > 0.05 * face.length() { 0.5 * face.y } else { 0.0 }
                })
            })
            .sum()
    };
    let tileset = Tileset::parse(&files["terrain/tileset.json"]).unwrap();
    let root_side = 24.0 * tileset.root.geometric_error;
    let mut both = 0;
    for (key, content) in &ground {
        let side = root_side / f64::from(1u32 << key.level);
        let wet = water.get(key).map_or(0.0, plan);
        both += usize::from(wet > 0.0);
        let share = (plan(content) + wet) / (side * side);
        // Coarse tiles bend with the Earth and are rounded to a coarser lattice; water tiles overlap by centimetres.
        assert!((share - 1.0).abs() < 4e-3, "{key:?}: {share}");
    }
    assert!(both > 10);
    // A tile of water alone has no ground; all others have it.
    assert!(water.keys().any(|key| ground.contains_key(key)));
}

#[test]
fn a_road_crosses_the_river_above_the_water() {
    let folder = tempfile::tempdir().unwrap();
    write(&village(10), folder.path(), 2).unwrap();
    let files = files(folder.path());
    let crs = Crs::from_code("EPSG:2154").unwrap();
    let geoid = Geoid::approximate_france();
    let mut over_water = 0;
    for (_, content) in leaves(&contents(&files, "roads")) {
        for vertex in on_earth(content) {
            let at = Ecef(vertex).to_lonlath();
            let [x, y] = crs.from_lonlat(at.lonlat()).unwrap();
            let altitude = at.height_m - geoid.undulation_m(at.lonlat());
            let (x, y) = (x - AT[0], y - AT[1]);
            assert!((-10.0..700.0).contains(&x) && (-10.0..700.0).contains(&y), "{x} {y}");
            // Below the deck there are only piers, which stand in the river.
            if y > 300.0 && y < 370.0 && altitude > WATER_M {
                over_water += 1;
            }
        }
    }
    assert!(over_water > 20, "{over_water} vertices of the bridge");
    let lines: BTreeSet<String> = contents(&files, "roads")
        .values()
        .flat_map(|c| (0..c.tables[0].count).map(|row| c.tables[0].text("id", row).unwrap().to_owned()).collect::<Vec<_>>())
        .collect();
    assert_eq!(lines, BTreeSet::from(["across".to_owned(), "along".to_owned()]), "tunnels are not drawn");
}

/// Pavements go no further than a façade or their usual width, lie on the ground, and never over the water.
#[test]
fn streets_keep_to_the_ground_between_the_houses() {
    let folder = tempfile::tempdir().unwrap();
    let region = village(600);
    write(&region, folder.path(), 2).unwrap();
    let files = files(folder.path());
    let (crs, geoid) = (Crs::from_code("EPSG:2154").unwrap(), Geoid::approximate_france());
    let mut widest: f64 = 0.0;
    for (_, content) in leaves(&contents(&files, "streets")) {
        assert!(content.tables.is_empty(), "nothing here can be taken for data");
        for vertex in on_earth(content) {
            let at = Ecef(vertex).to_lonlath();
            let [x, y] = crs.from_lonlat(at.lonlat()).unwrap();
            let altitude = at.height_m - geoid.undulation_m(at.lonlat());
            let (x, y) = (x - AT[0], y - AT[1]);
            // The street along lies at y = 262, the one across near x = 342; both are 6 m wide.
            let off = (y - 262.0).abs().min((x - (340.0 + 4.0 * (y - 5.0) / 685.0)).abs()) - 3.0;
            widest = widest.max(off);
            // Corners between two pavements are rounded, by less than the gap that is paved.
            assert!(off < 5.5 + 0.4 + 5.0, "{off} m from the kerb at {x} {y}");
            let ground = 8.0 + 0.01 * x + 0.5 * (y / 60.0).sin();
            let beside_water = (270.0..400.0).contains(&y);
            assert!(beside_water || (altitude - ground).abs() < 0.6, "{} m above the ground", altitude - ground);
            assert!(!(302.0..372.0).contains(&y), "over the water at {x} {y}");
        }
    }
    assert!(widest > 2.0, "no pavement in town: {widest}");
}

#[test]
fn subtrees_keep_their_laws_and_name_every_content() {
    let folder = tempfile::tempdir().unwrap();
    let summary = write(&village(600), folder.path(), 2).unwrap();
    let files = files(folder.path());
    for layer in &summary.manifest.layers {
        let tileset = Tileset::parse(&files[&layer.tileset]).unwrap();
        let implicit = tileset.root.implicit_tiling.as_ref().unwrap();
        let mut named = 0;
        let prefix = format!("{}/subtrees/", layer.id);
        for (name, bytes) in files.iter().filter(|(name, _)| name.starts_with(&prefix)) {
            let subtree = Subtree::parse(bytes).unwrap();
            assert!(subtree.check(implicit.subtree_levels).is_empty(), "{name}");
            for level in 0..implicit.subtree_levels {
                for bit in 0..1u64 << (2 * level) {
                    named += u64::from(subtree.has_content(TileCoord::from_morton(level, bit), 0));
                }
            }
        }
        assert_eq!(named, layer.tiles, "{}", layer.id);
        let bytes: usize = files.iter().filter(|(name, _)| name.starts_with(&format!("{}/", layer.id))).map(|(_, b)| b.len()).sum();
        assert_eq!(bytes as u64, layer.bytes, "{}", layer.id);
    }
    assert_eq!(Manifest::parse(&files["territory.json"]).unwrap(), summary.manifest);
    assert!(files.contains_key("series/demand/zarr.json"));
    assert_eq!(summary.manifest.axes[0].start, Instant::parse("2026-01-01T00:00:00Z").unwrap());
}

/// Regions that the subtrees tell hold every vertex of their tile and of all below, their cell too, and are the same in every layer.
#[test]
fn every_tile_lies_inside_its_region() {
    let mut region = village(600);
    // Long houses reach far over the edge of the tile that owns them.
    for house in region.buildings.iter_mut().step_by(37) {
        let corner = house.footprint.0[0].exterior().0[0];
        house.footprint = MultiPolygon(vec![rectangle(corner.x - AT[0], corner.y - AT[1], 160.0, 8.0)]);
    }
    let folder = tempfile::tempdir().unwrap();
    let summary = write(&region, folder.path(), 2).unwrap();
    let files = files(folder.path());
    let mut told: BTreeMap<TileCoord, [f64; 6]> = BTreeMap::new();
    let (mut low_tiles, mut wide_tiles) = (0, 0);
    let within = |[w, s, e, n, low, high]: [f64; 6], [ow, os, oe, on, olow, ohigh]: [f64; 6]| {
        // A hair: cells of the plane and of the root are computed in two ways.
        let hair = 1e-12;
        ow <= w + hair && os <= s + hair && e <= oe + hair && n <= on + hair && olow <= low && high <= ohigh
    };
    for layer in &summary.manifest.layers {
        let tileset = Tileset::parse(&files[&layer.tileset]).unwrap();
        let schema = TileSchema::of(tileset.schema.as_ref());
        let levels = tileset.root.implicit_tiling.as_ref().unwrap().subtree_levels;
        let BoundingVolume::Region(whole) = tileset.root.bounding_volume else { panic!() };
        for (key, content) in contents(&files, layer.id.as_str()) {
            let root = key.subtree_root(levels);
            let path = format!("{}/subtrees/{}.{}.{}.subtree", layer.id, root.level, root.x, root.y);
            let subtree = Subtree::parse_with(&files[&path], &schema, &mut |_| None).unwrap();
            let implicit = tileset.root.bounding_volume.quadtree_tile(key).unwrap();
            let BoundingVolume::Region(bounds) = subtree.bounds_of(key.within(root).unwrap(), implicit) else { panic!() };
            let BoundingVolume::Region(cell) = implicit else { panic!() };
            assert_eq!(*told.entry(key).or_insert(bounds), bounds, "{} {key:?}", layer.id);
            assert!(within([cell[0], cell[1], cell[2], cell[3], bounds[4], bounds[5]], bounds), "{key:?} is not inside its region");
            // In the plan, the square that implicit tiling divides may be passed by a hair at the rim; the root's own region says so.
            assert!(whole[4] <= bounds[4] && bounds[5] <= whole[5], "{key:?} is not as high as the root");
            low_tiles += usize::from(bounds[5] - bounds[4] < 0.5 * (whole[5] - whole[4]));
            wide_tiles += usize::from(bounds[2] > cell[2] + 1e-6);
            let [w, s, e, n, low, high] = bounds;
            for vertex in on_earth(&content) {
                let at = Ecef(vertex).to_lonlath();
                let (lon, lat) = (at.lon_deg.to_radians(), at.lat_deg.to_radians());
                let inside = (w..=e).contains(&lon) && (s..=n).contains(&lat) && (low..=high).contains(&at.height_m);
                assert!(inside, "{} {key:?}: {at:?} outside {bounds:?}", layer.id);
            }
        }
    }
    for (key, bounds) in &told {
        let mut above = (0..key.level).filter_map(|level| told.get(&key.ancestor(level)));
        assert!(above.all(|outer| within(*bounds, *outer)), "{key:?} is not inside the tiles above");
    }
    assert!(low_tiles > 20, "only {low_tiles} tiles are lower than half of the whole");
    assert!(wide_tiles > 3, "only {wide_tiles} tiles reach over their cell");
    let checked = jumeau::pipeline::check::check(folder.path()).unwrap();
    assert_eq!(checked.report.count("content-outside"), 0);
}

#[test]
fn bad_regions_are_faults_or_findings() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(write(&Region::default(), folder.path(), 1).unwrap_err(), TileFault::Empty);

    let mut broken = village(30);
    broken.buildings[0].footprint = MultiPolygon(vec![]);
    broken.buildings[1].ground_m = f64::NAN;
    broken.buildings[2].eave_height_m = f64::INFINITY;
    broken.lines.push(line("short", LineClass::Road, 0, &[[1.0, 1.0, 0.0]]));
    broken.lines.push(line("still", LineClass::Path, 1, &[[1.0, 1.0, 0.0], [1.0, 1.0, 0.0]]));
    broken.trees.push(Tree { x: f64::NAN, y: 0.0, height_m: 5.0, crown_m: 2.0, generated: false });
    broken.water.push(WaterArea { level_m: f64::NAN, ..broken.water[0].clone() });
    broken.terrain = None;
    let summary = write(&broken, &folder.path().join("broken"), 1).unwrap();
    for code in ["water-outline-invalid", "terrain-derived"] {
        assert_eq!(summary.report.count(code), 1, "{code}");
    }
    assert!(summary.report.findings().iter().all(|f| f.severity < Severity::Error));

    let nowhere = folder.path().join("file");
    std::fs::write(&nowhere, b"").unwrap();
    assert!(matches!(write(&village(3), &nowhere, 1), Err(TileFault::Write { .. })));
}

/// Requests and bytes until a view is complete, over all layers; with the subtrees' heights or without.
fn load_for(files: &BTreeMap<String, Vec<u8>>, manifest: &Manifest, home: &HomeView, with_heights: bool) -> (usize, usize) {
    let target = LonLatH { lon_deg: home.lon, lat_deg: home.lat, height_m: home.height_m };
    let frame = EnuFrame::at(target);
    let (sin_h, cos_h) = home.heading_deg.to_radians().sin_cos();
    let (sin_p, cos_p) = home.pitch_deg.to_radians().sin_cos();
    let forward = DVec3::new(sin_h * cos_p, cos_h * cos_p, sin_p);
    let right = DVec3::new(cos_h, -sin_h, 0.0);
    let up = right.cross(forward);
    let world = |v: DVec3| frame.ecef_from_enu.transform_vector3(v);
    let position = frame.ecef_from_enu.transform_point3(-home.distance_m * forward);
    // 45° high, 16 to 9; the far plane is left out.
    let (tan_y, tan_x) = (22.5f64.to_radians().tan(), 22.5f64.to_radians().tan() * 16.0 / 9.0);
    let planes = [forward + right / tan_x, forward - right / tan_x, forward + up / tan_y, forward - up / tan_y];
    let frustum = planes.map(|n| { let n = world(n.normalize()); (n, -n.dot(position)) }).to_vec();
    let view = View { position, direction: world(forward), frustum, pixels_per_radian: 720.0 / (2.0 * tan_y) };
    let (mut requests, mut bytes) = (0, 0);
    for layer in &manifest.layers {
        let mut engine = Engine::new(&layer.tileset, Settings { fade_frames: 0, ..Settings::default() });
        let tileset = Tileset::parse(&files[&layer.tileset]).unwrap();
        let schema = TileSchema::of(tileset.schema.as_ref());
        let BoundingVolume::Region(whole) = tileset.root.bounding_volume else { panic!() };
        for number in 0..400 {
            let update = engine.update(std::slice::from_ref(&view), number);
            for fetch in update.fetch {
                let body = files[&fetch.path].clone();
                requests += 1;
                bytes += body.len();
                let delivery = match fetch.wanted {
                    Wanted::Content => Delivery::Content { bytes: body.len() as u64 },
                    Wanted::Subtree if !with_heights => {
                        let mut subtree = Subtree::parse_with(&body, &schema, &mut |_| None).unwrap();
                        let bounds = subtree.bounds.as_mut().unwrap();
                        let mut regions = bounds.columns[&Semantic::BoundingRegion].as_chunks::<6>().0.to_vec();
                        regions.iter_mut().for_each(|region| region[4..].copy_from_slice(&whole[4..]));
                        *bounds = TileBounds::of_regions(&regions);
                        Delivery::Bytes(write_subtree(&subtree))
                    }
                    _ => Delivery::Bytes(body),
                };
                engine.deliver(fetch.id, Ok(delivery));
            }
        }
        assert_eq!(engine.update(std::slice::from_ref(&view), 400).stats.waiting, 0, "{}", layer.id);
        assert!(engine.report().is_empty(), "{:?}", engine.report());
    }
    (requests, bytes)
}

#[test]
fn the_default_territory_loses_no_building() {
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("assets/territories/nantes-centre");
    let mut imported = read_sources(&[sources], &ImportOptions::default(), &Silent).unwrap();
    grow_trees(&mut imported);
    let folder = tempfile::tempdir().unwrap();
    let summary = write_imported(&imported, folder.path(), &TileOptions::default(), &Silent).unwrap();
    let kept = imported.layers.iter().find(|layer| layer.id == "buildings").unwrap().kept;
    assert_eq!(kept, imported.region.buildings.len());
    let files = files(folder.path());
    let tiles = contents(&files, "buildings");
    let in_leaves: usize = leaves(&tiles).map(|(_, content)| content.tables[0].count).sum();
    assert_eq!(in_leaves, kept);
    let geoid = Geoid::approximate_france();
    let undulation = |[lon_deg, lat_deg]: [f64; 2]| geoid.undulation_m(jumeau::geodesy::LonLat { lon_deg, lat_deg });
    assert_eq!(records_agree_with_drawings(&tiles, &undulation), kept);
    // Lines kept are lines drawn, but for those that the report tells of.
    let lines = |id: &str| ["roads", "tram", "rail"].contains(&id);
    let lines_kept: usize = imported.layers.iter().filter(|layer| lines(&layer.id)).map(|layer| layer.kept).sum();
    let lines_drawn: u64 = summary.manifest.layers.iter().filter(|layer| lines(layer.id.as_str())).map(|layer| layer.features).sum();
    let of = |code: &'static str| imported.report.findings().iter().filter(move |finding| finding.code == code);
    let further: usize = of("line-in-parts").map(|finding| finding.value.parse::<usize>().unwrap() - 1).sum();
    let hidden = imported.report.count("line-underground");
    assert!(hidden > 0);
    assert_eq!(lines_kept + further - hidden, lines_drawn as usize);
    let ids: Vec<&str> = summary.manifest.layers.iter().map(|layer| layer.id.as_str()).collect();
    assert_eq!(ids, ["terrain", "water", "buildings", "roads", "tram", "trees-generated", "electricity", "heat", "transit", "streets", "surround", "areas"]);
    let made = summary.manifest.layers.iter().filter(|layer| ["streets", "surround"].contains(&layer.id.as_str()));
    for layer in made {
        assert_eq!(layer.nature, Nature::Made, "{}", layer.id);
        let stated = summary.manifest.datasets.iter().filter(|d| layer.datasets.contains(&d.id));
        assert!(stated.clone().count() == 1 && stated.clone().all(|d| d.nature == Nature::Made), "{}", layer.id);
    }
    // A tile that travels alone still says whom it is owed to.
    for layer in &summary.manifest.layers {
        let owed: Vec<&str> = summary.manifest.datasets.iter().filter(|d| layer.datasets.contains(&d.id)).map(|d| d.attribution.as_str()).collect();
        assert!(!owed.is_empty(), "{}", layer.id);
        let tileset = Tileset::parse(&files[&layer.tileset]).unwrap();
        let in_tiles = files.iter().filter(|(name, _)| name.starts_with(&format!("{}/content/", layer.id))).map(|(_, bytes)| {
            let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
            let json: serde_json::Value = serde_json::from_slice(&bytes[20..20 + length]).unwrap();
            json["asset"]["copyright"].as_str().unwrap_or_default().to_owned()
        });
        let parts = |text: &str| -> BTreeSet<String> { text.split("; ").map(str::to_owned).collect() };
        let owed: BTreeSet<String> = owed.into_iter().map(str::to_owned).collect();
        assert_eq!(parts(tileset.asset.extras["copyright"].as_str().unwrap()), owed, "{}", layer.id);
        // Each tile names whose objects it holds: together they name all.
        let mut named = BTreeSet::new();
        for text in in_tiles {
            assert!(!text.is_empty() && parts(&text).is_subset(&owed), "{}: {text} beside {owed:?}", layer.id);
            named.extend(parts(&text));
        }
        assert_eq!(named, owed, "{}", layer.id);
    }
    let home = summary.manifest.home;
    let (mut with, mut without) = (0, 0);
    for (distance_m, pitch_deg) in [(home.distance_m, home.pitch_deg), (250.0, -60.0), (500.0, -45.0), (800.0, -30.0), (1_300.0, -45.0), (3_000.0, -30.0)] {
        let eye = HomeView { distance_m, pitch_deg, ..home };
        let tight = load_for(&files, &summary.manifest, &eye, true);
        let loose = load_for(&files, &summary.manifest, &eye, false);
        println!("{distance_m} m, {pitch_deg}°: requests and bytes {tight:?} with the heights of tiles, {loose:?} with those of the root");
        with += tight.1;
        without += loose.1;
    }
    assert!(with < without, "{with} {without}");
    let largest = files.values().map(Vec::len).max().unwrap();
    assert!(largest < 4 << 20, "a tile of {largest} bytes is too much for one request");
}
