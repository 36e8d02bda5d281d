//! Pictures to pyramids: every pixel where PROJ and GDAL say, the same bytes however the work is spread, and what `check` says of broken ones.

use crate::shared_data::shared;
use jumeau::base::{Bounds2, Report, Severity};
use jumeau::formats::colours::{Colours, Pixel, Sampled, pixel};
use jumeau::formats::geotiff_colours::ColourTiff;
use jumeau::formats::raster::{Placement, Window};
use jumeau::formats::still;
use jumeau::formats::territory::{Imagery, Manifest};
use jumeau::formats::webtiles::{self, TILE_SIDE, TileJson, WebTile};
use jumeau::geodesy::{Crs, LonLat};
use jumeau::pipeline::imagery::file::PictureFile;
use jumeau::pipeline::imagery::mosaic::{Mosaic, rect};
use jumeau::pipeline::shards::work::{Loaded, work_one};
use jumeau::pipeline::shards::{ShardOptions, plan};
use jumeau::pipeline::{ImportOptions, Silent, check, import, info};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/imagery").join(name)
}

fn imported(source: &Path, out: &Path, threads: usize) -> Manifest {
    let done = import::import(&[source.to_owned()], out, &ImportOptions::default(), &ShardOptions::default(), threads, &Silent).unwrap();
    assert!(!done.report.has_errors(), "{:#?}", done.report.findings());
    let manifest = Manifest::parse(&std::fs::read(out.join("territory.json")).unwrap()).unwrap();
    assert_eq!(manifest, done.manifest);
    manifest
}

/// No finding above a remark.
fn assert_sound(territory: &Path) {
    let checked = check::check(territory).unwrap();
    let faults: Vec<_> = checked.report.findings().iter().filter(|finding| finding.severity > Severity::Info).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(at) = open.pop() {
        for entry in std::fs::read_dir(at).unwrap().flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
            } else {
                found.insert(entry.path().strip_prefix(folder).unwrap().display().to_string(), std::fs::read(entry.path()).unwrap());
            }
        }
    }
    found
}

fn assert_same(a: &Path, b: &Path) {
    let (a, b) = (files(a), files(b));
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(Some(bytes) == b.get(name), "{name} differs");
    }
}

/// The colour between the pixels of the finest level at a place, from the transparent tile where there is one.
fn colour_at(territory: &Path, imagery: &Imagery, lon: f64, lat: f64) -> Pixel {
    let at = webtiles::from_lonlat(lon, lat);
    let tile = WebTile::at(imagery.max_zoom, at);
    let clear = imagery.clear_tiles.as_ref().map(|template| territory.join(tile.path(template))).filter(|path| path.is_file());
    let path = clear.unwrap_or_else(|| territory.join(tile.path(&imagery.tiles)));
    let Ok(bytes) = std::fs::read(&path) else { return [0; 4] };
    let still = still::decode(&bytes).unwrap();
    assert_eq!((still.columns, still.rows), (TILE_SIDE, TILE_SIDE));
    let ([west, north], step) = (tile.corner(), WebTile::side_m(tile.z) / TILE_SIDE as f64);
    let window = Window { column: 0, row: 0, columns: TILE_SIDE, rows: TILE_SIDE };
    let sampled = Sampled { pixels: &still.pixels, window, size: [TILE_SIDE, TILE_SIDE] };
    pixel(sampled.at([(at[0] - west) / step - 0.5, (north - at[1]) / step - 0.5]))
}

#[test]
fn every_place_has_the_colour_that_gdal_reads_there() {
    let truth: Value = serde_json::from_slice(&std::fs::read(data("truth.json")).unwrap()).unwrap();
    for (name, beside) in [
        ("rgb_strips.tif", &[][..]),
        ("rgb_utm.tif", &[]),
        ("rgb_degrees.tif", &[]),
        ("rgb_turned.tif", &[]),
        ("rgba_deflate.tif", &[]),
        ("rgb_mask_jpeg.tif", &[]),
        ("rgb_nodata.tif", &[]),
        ("rgb_12_in_16.tif", &[]),
        ("grey.tif", &[]),
        ("plan.png", &["plan.pgw", "plan.prj"]),
        ("photo.jpg", &["photo.jgw", "photo.jpg.aux.xml"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let sources = folder.path().join("sources");
        std::fs::create_dir(&sources).unwrap();
        for file in beside.iter().chain([&name]) {
            std::fs::copy(data(file), sources.join(file)).unwrap();
        }
        let out = folder.path().join("out");
        let manifest = imported(&sources, &out, 1);
        assert_sound(&out);
        let [imagery] = manifest.imagery.as_slice() else { panic!("{name}: {:?}", manifest.imagery) };
        let mut seen = 0;
        for sample in truth[name]["pixels"].as_array().unwrap() {
            let [column, row]: [usize; 2] = serde_json::from_value(sample["at"].clone()).unwrap();
            let [lon, lat]: [f64; 2] = serde_json::from_value(sample["lonlat"].clone()).unwrap();
            let stated: Pixel = serde_json::from_value(sample["rgba"].clone()).unwrap();
            let found = colour_at(&out, imagery, lon, lat);
            if stated[3] == 0 {
                // Beside the rim of a mask the neighbours shine through.
                let away = ((row as f64 - 30.0).powi(2) + (column as f64 - 40.0).powi(2)).sqrt() > 31.0;
                assert!(!away || found[3] == 0, "{name} {column} {row}: {found:?}");
                continue;
            }
            let at_rim = column < 3 || row < 3 || column > 76 || row > 56 || ((row as f64 - 30.0).powi(2) + (column as f64 - 40.0).powi(2)).sqrt() > 24.0;
            if at_rim {
                continue;
            }
            seen += 1;
            // The scene changes by ten levels a pixel, and JPEG halves the colours' resolution.
            let off = found.iter().zip(stated).take(3).map(|(a, b)| a.abs_diff(b)).max().unwrap();
            assert!(off <= 9 && found[3] == 255, "{name} {column} {row}: {found:?} {stated:?}");
        }
        assert!(seen >= 5, "{name}: {seen}");
    }
}

#[test]
fn plans_of_few_colours_stay_without_loss() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let manifest = imported(&data("palette.tif"), &out, 1);
    let [imagery] = manifest.imagery.as_slice() else { panic!() };
    assert!(imagery.tiles.ends_with(".png") && imagery.clear_tiles.is_none());
    assert_sound(&out);
}

/// A PNG with a world file in Web Metres, its pixels as large as those of a level.
fn picture(folder: &Path, name: &str, corner_m: [f64; 2], z: u32, size: [usize; 2], colour: impl Fn(usize, usize) -> [u8; 3]) {
    std::fs::create_dir_all(folder).unwrap();
    let samples: Vec<u8> = (0..size[0] * size[1]).flat_map(|at| colour(at % size[0], at / size[0])).collect();
    write_png(&folder.join(format!("{name}.png")), size, &samples);
    let step = WebTile::side_m(z) / TILE_SIDE as f64;
    std::fs::write(folder.join(format!("{name}.pgw")), format!("{step}\n0\n0\n{}\n{}\n{}\n", -step, corner_m[0] + step / 2.0, corner_m[1] - step / 2.0)).unwrap();
    std::fs::write(folder.join(format!("{name}.prj")), "EPSG:3857").unwrap();
}

fn write_png(path: &Path, size: [usize; 2], samples: &[u8]) {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, size[0] as u32, size[1] as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Two pictures beside each other that reach over the corner of a tile five levels up: four parts.
fn two_pictures(folder: &Path, level: u8) {
    let z = 19;
    let step = WebTile::side_m(z) / TILE_SIDE as f64;
    let [x, y] = WebTile { z: z - 5, x: 8_121, y: 5_748 }.corner();
    let corner = [x - 300.0 * step, y + 200.0 * step];
    picture(folder, "ortho_2022_a", corner, z, [400, 420], |column, row| [(column / 2) as u8, (row / 2) as u8, 90]);
    picture(folder, "ortho_2022_b", [corner[0] + 400.0 * step, corner[1]], z, [350, 420], |column, row| [level, (row / 2) as u8, (column / 2) as u8]);
}

#[test]
fn the_bytes_do_not_depend_on_how_the_work_is_spread() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    two_pictures(&at.join("sources"), 200);
    let manifest = imported(&at.join("sources"), &at.join("one"), 1);
    let [imagery] = manifest.imagery.as_slice() else { panic!("{:?}", manifest.imagery) };
    assert_eq!((imagery.max_zoom, imagery.date.as_deref()), (19, Some("2022")));
    assert!(manifest.layers.is_empty());
    imported(&at.join("sources"), &at.join("three"), 3);
    assert_same(&at.join("one"), &at.join("three"));

    let options = ImportOptions::default();
    let planned = plan::plan(&[at.join("sources")], &at.join("work"), &options, &ShardOptions::default(), &Silent).unwrap();
    assert_eq!(planned.pieces(), 4);
    let loaded = Loaded::open(&at.join("work")).unwrap();
    for number in (0..4).rev() {
        assert!(work_one(&loaded, number, 1, &Silent).unwrap() > 0);
    }
    drop(loaded);
    import::merge_into(&at.join("work"), &at.join("merged"), &Silent).unwrap();
    assert_same(&at.join("one"), &at.join("merged"));

    // One picture changes: only its parts are drawn anew, and the whole is that of a full run.
    let unchanged = at.join("one").join(WebTile { z: 14, x: 8_120, y: 5_748 }.path(&imagery.tiles));
    let before = std::fs::metadata(&unchanged).unwrap().modified().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(20));
    two_pictures(&at.join("sources"), 90);
    imported(&at.join("sources"), &at.join("one"), 1);
    imported(&at.join("sources"), &at.join("full"), 2);
    assert_same(&at.join("one"), &at.join("full"));
    assert_eq!(std::fs::metadata(&unchanged).unwrap().modified().unwrap(), before);
    assert_sound(&at.join("one"));
}

#[test]
fn ready_made_tiles_are_copied_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    two_pictures(&at.join("sources"), 200);
    let manifest = imported(&at.join("sources"), &at.join("drawn"), 2);
    let first = &manifest.imagery[0];
    let tiles = at.join("drawn").join(format!("imagery/{}", first.id));

    // As XYZ, without the transparent ones, of the three finest levels: coarser ones are made.
    let (xyz, tms) = (at.join("xyz/ortho_2021"), at.join("tms/ortho"));
    for (name, bytes) in files(&tiles) {
        let Some(stem) = name.strip_suffix(".jpg") else { continue };
        let [z, x, y]: [u32; 3] = stem.split('/').map(|part| part.parse().unwrap()).collect::<Vec<_>>().try_into().unwrap();
        let below = WebTile { z, x, y }.flipped().unwrap();
        let put = |path: PathBuf| {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &bytes).unwrap();
        };
        if z >= 17 {
            put(xyz.join(format!("{z}/{x}/{y}.jpg")));
        }
        put(tms.join(format!("{z}/{x}/{}.jpg", below.y)));
    }
    std::fs::write(tms.join("tilemapresource.xml"), "<TileMap><Title>Ortho du bourg</Title><TileSets profile=\"mercator\"></TileSets></TileMap>").unwrap();

    let manifest = imported(&at.join("xyz"), &at.join("copied"), 2);
    assert_sound(&at.join("copied"));
    let [copied] = manifest.imagery.as_slice() else { panic!() };
    assert_eq!((copied.max_zoom, copied.min_zoom, copied.date.as_deref()), (19, first.min_zoom, Some("2021")));
    let (was, is) = (files(&tiles), files(&at.join("copied").join(format!("imagery/{}", copied.id))));
    let mut same = 0;
    for (name, bytes) in was.iter().filter(|(name, _)| name.ends_with(".jpg")) {
        let fine = ["17/", "18/", "19/"].iter().any(|level| name.starts_with(level));
        same += usize::from(fine);
        assert!(!fine || is.get(name) == Some(bytes), "{name}");
        assert!(is.contains_key(name), "{name}");
    }
    assert!(same > 10);

    let manifest = imported(&at.join("tms"), &at.join("turned"), 1);
    let [turned] = manifest.imagery.as_slice() else { panic!() };
    let is = files(&at.join("turned").join(format!("imagery/{}", turned.id)));
    for (name, bytes) in was.iter().filter(|(name, _)| name.ends_with(".jpg")) {
        assert!(is.get(name) == Some(bytes), "{name}");
    }
    let json = TileJson::parse(&is["tiles.json"]).unwrap();
    assert_eq!((json.is_tms(), json.minzoom), (false, Some(turned.min_zoom)));
    assert_sound(&at.join("turned"));
}

#[test]
fn years_are_imageries_of_their_own_with_their_credit() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let sources = at.join("sources");
    std::fs::create_dir(&sources).unwrap();
    for name in ["rgb_strips.tif", "rgb_tiles_lzw.tif"] {
        std::fs::copy(data(name), sources.join(name)).unwrap();
    }
    let dataset = |id: &str, date: &str| json!({ "id": id, "title": id, "producer": "Commune", "licence": "LO 2.0", "date": date, "attribution": format!("© {id}"), "nature": "measured" });
    let declared = json!({
        "id": "bourg", "datasets": [dataset("ortho-2018", "2018-07"), dataset("ortho-2023", "2023")],
        "layers": [
            { "file": "rgb_strips.tif", "as": "imagery", "dataset": "ortho-2018", "imagery": { "id": "avant", "name": { "fr": "Avant", "en": "Before" } } },
            { "file": "rgb_tiles_lzw.tif", "as": "imagery", "dataset": "ortho-2023", "imagery": { "date": "2023-06-14" } },
        ],
    });
    std::fs::write(sources.join("sources.json"), declared.to_string()).unwrap();
    let manifest = imported(&sources, &at.join("out"), 1);
    let said: Vec<_> = manifest.imagery.iter().map(|imagery| (imagery.id.as_str(), imagery.name.en.as_str(), imagery.date.as_deref(), imagery.dataset.as_str())).collect();
    assert_eq!(said, [("avant", "Before", Some("2018-07"), "ortho-2018"), ("ortho-2023", "ortho-2023", Some("2023-06-14"), "ortho-2023")]);
    let json = TileJson::parse(&std::fs::read(at.join("out/imagery/avant/tiles.json")).unwrap()).unwrap();
    assert_eq!(json.attribution.as_deref(), Some("© ortho-2018"));
    assert_eq!(info::to_json(&manifest, false)["imagery"].as_array().unwrap().len(), 2);
    assert!(info::to_text(&manifest, false).contains("2018-07"));
    assert_sound(&at.join("out"));
}

#[test]
fn one_band_of_bytes_is_heights_where_somebody_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let map = folder.path().join("map.json");
    std::fs::write(&map, json!([{ "as": "terrain", "file": "u8*" }]).to_string()).unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/terrain/u8-strips.tif");
    let of = |options: &ImportOptions, out: &str| import::import(&[file.clone()], &folder.path().join(out), options, &ShardOptions::default(), 1, &Silent).unwrap().manifest;
    let heights = of(&ImportOptions { map: Some(map), ..ImportOptions::default() }, "heights");
    assert!(heights.imagery.is_empty() && !heights.layers.is_empty());
    let grey = of(&ImportOptions::default(), "grey");
    assert!(grey.imagery.len() == 1 && grey.layers.is_empty());
}

#[test]
fn broken_pyramids_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let manifest = imported(&data("rgb_strips.tif"), &at.join("out"), 1);
    let imagery = &manifest.imagery[0];
    let finest = WebTile::at(imagery.max_zoom, webtiles::from_lonlat((imagery.bounds_lonlat[0] + imagery.bounds_lonlat[2]) / 2.0, (imagery.bounds_lonlat[1] + imagery.bounds_lonlat[3]) / 2.0));
    let path = at.join("out").join(finest.path(&imagery.tiles));
    let whole = std::fs::read(&path).unwrap();
    let codes = || -> Vec<&'static str> { check::check(&at.join("out")).unwrap().report.summary().map(|(code, ..)| code).collect() };
    assert_eq!(codes(), [""; 0]);
    std::fs::write(&path, &whole[..whole.len() / 3]).unwrap();
    assert_eq!(codes(), ["imagery-tile-unreadable"]);
    std::fs::copy(data("photo.jpg"), &path).unwrap();
    assert_eq!(codes(), ["imagery-tile-size"]);
    std::fs::remove_file(&path).unwrap();
    let found = codes();
    assert!(found.contains(&"imagery-count"), "{found:?}");
    std::fs::write(&path, &whole).unwrap();
    for (change, code) in [
        (json!({ "bounds_lonlat": [-200.0, 40.0, 3.0, 50.0] }), "imagery-bounds"),
        (json!({ "tiles": "imagery/none/{z}/{x}/{y}.jpg" }), "imagery-without-tiles"),
        (json!({ "tiles": format!("imagery/{}/{{z}}-{{x}}-{{y}}.jpg", imagery.id) }), "imagery-template"),
        (json!({ "tiles": "../{z}/{x}/{y}.jpg" }), "manifest-path"),
        (json!({ "min_zoom": 20, "max_zoom": 3 }), "imagery-levels"),
        (json!({ "dataset": "nobody" }), "manifest-dataset"),
        (json!({ "tilejson": "imagery/tiles.json" }), "file-missing"),
    ] {
        let mut value = serde_json::to_value(&manifest).unwrap();
        for (member, to) in change.as_object().unwrap() {
            value["imagery"][0][member] = to.clone();
        }
        std::fs::write(at.join("out/territory.json"), value.to_string()).unwrap();
        let found = codes();
        assert!(found.contains(&code), "{code}: {found:?}");
    }
}

#[test]
fn pictures_without_a_place_are_said_and_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("sources");
    std::fs::create_dir(&at).unwrap();
    std::fs::copy(data("rgb_strips.tif"), at.join("ortho.tif")).unwrap();
    std::fs::copy(data("plan.png"), at.join("logo.png")).unwrap();
    std::fs::write(at.join("ortho.jp2"), b"\0\0\0\x0cjP  \r\n\x87\n\0\0").unwrap();
    let done = import::import(&[at], &folder.path().join("out"), &ImportOptions::default(), &ShardOptions::default(), 1, &Silent).unwrap();
    assert_eq!(done.manifest.imagery.len(), 1);
    assert_eq!(done.report.count("imagery-without-place"), 1);
    assert_eq!(done.report.count("imagery-jpeg2000"), 1);
}

/// Name, columns and rows, first column and row of a window of 64 × 64, mean red, green and blue where it is opaque, and mean opacity: rasterio's.
#[rustfmt::skip]
const REAL: &[(&str, [usize; 2], [usize; 2], [f64; 4], bool)] = &[
    ("usda_naip_128_none_z2.tif", [128, 256], [0, 32], [155.670, 133.428, 107.153, 108.387], true),
    ("usda_naip_256_lzw_z3.tif", [1024, 2048], [480, 128], [132.912, 115.914, 90.321, 132.979], true),
    ("usda_naip_512_deflate_z2.tif", [1024, 2048], [480, 128], [132.912, 115.914, 90.321, 132.979], true),
    ("usda_naip_512_jpeg_z5.tif", [8192, 16384], [5632, 7296], [65.491, 56.853, 44.682, 255.000], false),
    ("usda_naip_512_webp_z5.tif", [8192, 16384], [5568, 8064], [35.477, 34.855, 26.391, 255.000], false),
];

/// Cloud-optimised orthophotographs of the USDA: three and four bands, five compressions.
#[test]
fn real_orthophotographs_are_what_gdal_reads() {
    let Some(folder) = shared("vector-raster-tiles/cog") else { return };
    for (name, size, [column, row], means, exact) in REAL {
        let mut tiff = ColourTiff::open(std::io::BufReader::new(std::fs::File::open(folder.join(name)).unwrap())).unwrap();
        let placement = tiff.placement();
        assert_eq!([placement.columns, placement.rows], *size, "{name}");
        assert_eq!(tiff.crs(), Some("EPSG:3857"), "{name}");
        let pixels = tiff.read(Window { column: *column, row: *row, columns: 64, rows: 64 }).unwrap();
        let opaque: Vec<_> = pixels.iter().filter(|pixel| pixel[3] == 255).collect();
        let mean = |k: usize| opaque.iter().map(|pixel| f64::from(pixel[k])).sum::<f64>() / opaque.len() as f64;
        let opacity = pixels.iter().map(|pixel| f64::from(pixel[3])).sum::<f64>() / 4096.0;
        for (found, stated) in [mean(0), mean(1), mean(2), opacity].iter().zip(means) {
            // Decoders of lossy pictures round differently.
            assert!((found - stated).abs() <= if *exact { 1e-3 } else { 0.75 }, "{name}: {found} {stated}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Wherever a picture lies, turned or not and in whatever system: a tile's pixel has the colour of the picture at its place.
    #[test]
    fn a_tile_shows_each_place_of_its_picture(
        which in 0..6_usize, lon in -1.0..1.0_f64, lat in -1.0..1.0_f64, turn in -180.0..180.0_f64, cell in 0.8..1.9_f64, mirrored in any::<bool>(),
        asked in proptest::collection::vec((0.1..0.9_f64, 0.1..0.9_f64), 40),
    ) {
        let (code, centre) = [
            ("EPSG:2154", [2.0, 46.5]), ("EPSG:32630", [-2.0, 47.0]), ("EPSG:3857", [4.0, 44.0]),
            ("EPSG:3946", [4.8, 45.7]), ("EPSG:2975", [55.5, -21.1]), ("EPSG:4326", [-61.0, 14.6]),
        ][which];
        let crs = Crs::from_code(code).unwrap();
        let at = LonLat { lon_deg: centre[0] + 0.2 * lon, lat_deg: centre[1] + 0.2 * lat };
        let origin = crs.from_lonlat(at).unwrap();
        let unit = if crs.is_geographic() { cell / 111_000.0 } else { cell };
        let (sin, cos) = turn.to_radians().sin_cos();
        let side = if mirrored { -unit } else { unit };
        let (columns, rows) = (110, 90);
        let placement = Placement { origin, per_column: [unit * cos, unit * sin], per_row: [side * sin, -side * cos], columns, rows };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gradient.png");
        let samples: Vec<u8> = (0..columns * rows).flat_map(|at| [(2 * (at % columns)) as u8, (2 * (at / columns)) as u8, 77]).collect();
        write_png(&path, [columns, rows], &samples);
        let corners = [[-0.5, -0.5], [109.5, -0.5], [-0.5, 89.5], [109.5, 89.5]].map(|[c, r]| {
            let [x, y] = placement.at(c, r);
            let at = crs.to_lonlat(x, y).unwrap();
            webtiles::from_lonlat(at.lon_deg, at.lat_deg)
        });
        let bounds = Bounds2::of(corners).grown(1.0);
        let file = PictureFile {
            label: "gradient".into(), path, still: true, crs: code.into(),
            place: [origin[0], origin[1], placement.per_column[0], placement.per_column[1], placement.per_row[0], placement.per_row[1]],
            size: [columns, rows], white: None, bounds_m: [bounds.min[0], bounds.min[1], bounds.max[0], bounds.max[1]], print: String::new(),
        };
        let z = 17;
        let mut drawn: BTreeMap<WebTile, Vec<Pixel>> = BTreeMap::new();
        for (u, v) in asked {
            // A place inside, the pixel it falls into, and that pixel's own centre back in the picture.
            let [x, y] = placement.at(u * 109.0, v * 89.0);
            let place = crs.to_lonlat(x, y).unwrap();
            let m = webtiles::from_lonlat(place.lon_deg, place.lat_deg);
            let tile = WebTile::at(z, m);
            let step = WebTile::side_m(z) / 256.0;
            let [west, north] = tile.corner();
            let (column, row) = (((m[0] - west) / step) as usize, ((north - m[1]) / step) as usize);
            let [lon_deg, lat_deg] = webtiles::to_lonlat([west + (column as f64 + 0.5) * step, north - (row as f64 + 0.5) * step]);
            let [c, r] = placement.find(crs.from_lonlat(LonLat { lon_deg, lat_deg }).unwrap());
            if !((2.0..107.0).contains(&c) && (2.0..87.0).contains(&r)) {
                continue;
            }
            let mut report = Report::default();
            let pixels = drawn.entry(tile).or_insert_with(|| Mosaic::over(std::slice::from_ref(&file), &rect(tile)).tile(tile, &mut report).unwrap());
            let found = pixels[row * 256 + column];
            // A gradient is what it is between its pixels too; half a level is lost by rounding to a byte.
            prop_assert!((f64::from(found[0]) - 2.0 * c).abs() <= 0.6 && (f64::from(found[1]) - 2.0 * r).abs() <= 0.6 && found[2] == 77 && found[3] == 255, "{found:?} {c} {r}");
            prop_assert!(report.is_empty());
        }
    }
}
