//! Vectors of others over a lake: an imported bowl with water in it, a strip of land and a road that cross it from shore to shore.

use super::running::Running;
use super::territory::program;
use super::vector_tile::{Drawn, tile};
use jumeau::formats::territory::LayerKind;
use jumeau::formats::webtiles::{WebTile, from_lonlat};
use jumeau::geodesy::{Crs, Ecef, LonLatH};
use jumeau::io::Location;
use jumeau::viewer::Smoothing;
use jumeau::viewer::open::Opening;
use jumeau::viewer::patience::Patience;
use jumeau::viewer::resident::{Resident, nearest_hit};
use jumeau::viewer::snapshot::{Picture, Request, take};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The middle of the lake, Lambert 93.
const AT: [f64; 2] = [945_000.0, 6_535_000.0];
const REACH_M: f64 = 1_000.0;
const LAKE_M: f64 = 500.0;
/// In NGF-IGN69, and about the same above the ellipsoid.
const LEVEL_M: f64 = 447.0;
const EYE_M: f64 = 497.0;
const ZOOM: u32 = 14;
/// Half of the strip, along and across.
const STRIP_M: [f64; 2] = [850.0, 90.0];
const WIDTH: u32 = 480;
const HEIGHT: u32 = 270;

fn lonlat(east_m: f64, north_m: f64) -> [f64; 2] {
    let crs = Crs::from_code("EPSG:2154").expect("Lambert 93");
    let at = crs.to_lonlat(AT[0] + east_m, AT[1] + north_m).expect("a place in France");
    [at.lon_deg, at.lat_deg]
}

/// Sources of a bowl 60 m deep with a round lake in it.
fn sources(folder: &Path) {
    const CELLS: usize = 200;
    let cell = 2.0 * REACH_M / CELLS as f64;
    let mut text = format!("ncols {CELLS}\nnrows {CELLS}\nxllcorner {}\nyllcorner {}\ncellsize {cell}\n", AT[0] - REACH_M, AT[1] - REACH_M);
    for row in 0..CELLS {
        for column in 0..CELLS {
            let (x, y) = ((column as f64 + 0.5) * cell - REACH_M, REACH_M - (row as f64 + 0.5) * cell);
            text += &format!("{:.2} ", 430.0 + 68.0 * (x * x + y * y) / (REACH_M * REACH_M));
        }
        text.push('\n');
    }
    std::fs::write(folder.join("mnt.asc"), text).expect("a terrain");
    let ring: Vec<[f64; 3]> = (0..=64)
        .map(|k| {
            let (sin, cos) = (std::f64::consts::TAU * f64::from(k % 64) / 64.0).sin_cos();
            [AT[0] + LAKE_M * cos, AT[1] + LAKE_M * sin, LEVEL_M]
        })
        .collect();
    let water = json!({ "type": "FeatureCollection", "crs": { "type": "name", "properties": { "name": "EPSG:2154" } }, "features": [
        { "type": "Feature", "properties": { "cleabs": "SURFACE1", "nature": "Lac" }, "geometry": { "type": "Polygon", "coordinates": [ring] } } ] });
    std::fs::write(folder.join("surface_hydrographique.geojson"), water.to_string()).expect("the water");
}

/// Vectors as TileJSON and tiles, below the territory.
fn vectors(folder: &Path) {
    let corners = [[-1.0, -1.0], [1.0, 1.0]].map(|[x, y]| lonlat(x * REACH_M, y * REACH_M));
    let [from, to] = [[corners[0][0], corners[1][1]], [corners[1][0], corners[0][1]]].map(|[lon, lat]| WebTile::at(ZOOM, from_lonlat(lon, lat)));
    for (x, y) in (from.x..=to.x).flat_map(|x| (from.y..=to.y).map(move |y| (x, y))) {
        let at = WebTile { z: ZOOM, x, y };
        let ([west, north], side) = (at.corner(), WebTile::side_m(ZOOM));
        let unit = |[east_m, north_m]: [f64; 2]| {
            let [lon, lat] = lonlat(east_m, north_m);
            let [x, y] = from_lonlat(lon, lat);
            [((x - west) / side * 4096.0).round() as i32, ((north - y) / side * 4096.0).round() as i32]
        };
        let [a, b] = STRIP_M;
        let strip = [[-a, -b], [a, -b], [a, b], [-a, b]].map(unit).to_vec();
        let road = [[-300.0, -900.0], [100.0, 0.0], [300.0, 900.0]].map(unit).to_vec();
        let bytes = tile(4096, &[("limite", &[("parc", Drawn::Area(strip))]), ("autoroute", &[("A 41", Drawn::Line(road))])]);
        let path = folder.join(format!("over/{}/{x}/{y}.pbf", at.z));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a tile");
    }
    let description = json!({
        "tilejson": "3.0.0", "tiles": ["{z}/{x}/{y}.pbf"], "vector_layers": [], "minzoom": ZOOM, "maxzoom": ZOOM, "attribution": "Somebody",
        "bounds": [corners[0][0], corners[0][1], corners[1][0], corners[1][1]],
    });
    std::fs::write(folder.join("over/tiles.json"), description.to_string()).expect("a description");
}

/// The bowl as a territory, imported once, with the vectors in its folder.
fn lake() -> &'static Path {
    static LAKE: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = LAKE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let from = folder.path().join("sources");
        std::fs::create_dir(&from).expect("a folder");
        sources(&from);
        let out = folder.path().join("lake");
        let output = program().arg("import").arg(&from).arg("--out").arg(&out).output().expect("the importer starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        vectors(&out);
        (folder, out)
    });
    path
}

fn opening(link: String, over: bool) -> Opening {
    Opening { link, over: if over { vec!["over/tiles.json".to_owned()] } else { Vec::new() }, ..Opening::default() }
}

/// A view of a place of the lake.
fn view(east_m: f64, north_m: f64, distance_m: f64, pitch_deg: f64) -> String {
    let [lon, lat] = lonlat(east_m, north_m);
    format!("v=1&c={lon},{lat},{EYE_M},{distance_m},0,{pitch_deg}")
}

fn picture(link: String, over: bool) -> Picture {
    let request = Request {
        location: Location::Folder(lake().to_owned()),
        opening: opening(link, over),
        width: WIDTH,
        height: HEIGHT,
        screen_space_error: 16.0,
        smoothing: Smoothing(1),
        patience: Patience::default(),
    };
    let picture = take(request).expect("a picture");
    assert!(picture.faults.is_empty(), "{:?}", picture.faults);
    picture
}

/// How high a place is above what is seen there from above, and whether that is water.
fn above(resident: &Resident, at: glam::DVec3) -> Option<(f64, bool)> {
    const FROM_M: f64 = 9_000.0;
    let place = Ecef(at).to_lonlath();
    let [from, below] = [FROM_M, FROM_M - 1.0].map(|height_m| LonLatH::new(place.lon_deg, place.lat_deg, height_m).to_ecef().0);
    let down = below - from;
    let under = |wanted: LayerKind| nearest_hit(resident, from, down, |kind| kind == wanted).map(|hit| FROM_M - hit.distance);
    let (land, water) = (under(LayerKind::Terrain), under(LayerKind::Water));
    let wet = water.is_some_and(|water| land.is_none_or(|land| water >= land));
    let seen = if wet { water } else { land };
    seen.map(|seen| (place.height_m - seen, wet))
}

/// The middle of all that is laid, from near and from far: on the water where there is water, on the land elsewhere.
#[test]
fn vectors_lie_on_the_lake_and_on_its_shore() {
    let step_m = 2e-5 * 1_700.0;
    for distance_m in [600.0, 3_000.0, 12_000.0] {
        let mut running = Running::opened(&lake().display().to_string(), opening(view(0.0, 0.0, distance_m, -50.0), true));
        running.complete();
        let resident = running.resource::<Resident>();
        let laid = resident.layers.last().expect("vectors");
        assert!(resident.layers.iter().any(|layer| layer.kind == LayerKind::Water));
        let (mut wet, mut dry, mut whole_m2) = ([0.0; 2], [0.0; 2], 0.0);
        for mesh in laid.tiles.values().filter(|tile| tile.shown).flat_map(|tile| &tile.meshes) {
            for triangle in mesh.bvh.triangles() {
                let corners = triangle.map(|at| mesh.bvh.position(at).unwrap_or_default().as_dvec3());
                let [a, b, c] = corners;
                let area_m2 = 0.5 * (b - a).cross(c - a).length();
                let middle = mesh.ecef_from_mesh.transform_point3((a + b + c) / 3.0);
                whole_m2 += area_m2;
                let Some((above_m, is_wet)) = above(resident, middle) else { continue };
                // The strip's rank is 8, the road's 12.5.
                let is_road = above_m > 10.25 * step_m;
                let wanted_m = step_m * if is_road { 12.5 } else { 8.0 };
                if (above_m - wanted_m).abs() < 0.05 {
                    let sum_m2 = if is_wet { &mut wet } else { &mut dry };
                    sum_m2[usize::from(is_road)] += area_m2;
                }
            }
        }
        // Of the strip a thousand metres lie on the lake, and seven hundred on land; the road is as wide as tiles from afar have it.
        let near = |found: f64, wanted: f64| (found / wanted - 1.0).abs() < 0.02;
        let across_m2 = 4.0 * STRIP_M[1] * LAKE_M;
        assert!(near(wet[0], across_m2) && near(dry[0], 4.0 * STRIP_M[0] * STRIP_M[1] - across_m2), "{distance_m} m away: {wet:?} m² on water, {dry:?} on land");
        assert!(wet[1] > 5_000.0 && dry[1] > 5_000.0, "{distance_m} m away: {wet:?} m² on water, {dry:?} on land");
        // Along the shore land and water are rounded apart, by as much as is not seen from there.
        let right_m2: f64 = wet.iter().chain(&dry).sum();
        assert!(right_m2 > 0.999 * whole_m2, "{distance_m} m away {right_m2} of {whole_m2} m² lie on what is seen: {wet:?} on water, {dry:?} on land");
    }
}

/// What a person sees from above: the strip from one side of the picture to the other, without a hole where the shores are, and the road over it.
#[test]
fn a_strip_and_a_road_cross_the_lake() {
    for (east_m, distance_m) in [(0.0, 700.0), (LAKE_M, 400.0), (-LAKE_M, 300.0)] {
        let link = view(east_m, 0.0, distance_m, -89.0);
        let (bare, over) = (picture(link.clone(), false), picture(link, true));
        let pixels = |picture: &Picture| picture.rgb.as_chunks::<3>().0.to_vec();
        let changed: Vec<bool> = pixels(&bare).iter().zip(pixels(&over)).map(|(a, b)| a.iter().zip(b).any(|(a, b)| a.abs_diff(b) > 10)).collect();
        // The middle rows lie in the strip, whose half is 90 m.
        let rows = HEIGHT as usize / 2 - 20..HEIGHT as usize / 2 + 20;
        let band: Vec<bool> = rows.flat_map(|row| changed.iter().skip(row * WIDTH as usize).take(WIDTH as usize).copied()).collect();
        let holes = band.iter().filter(|is_changed| !**is_changed).count();
        assert!(holes <= band.len() / 500, "{holes} of {} pixels of the strip are not it, {east_m} m east, {distance_m} m away", band.len());
    }
}
