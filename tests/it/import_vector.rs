//! Vector sources as the importer opens them: against what GDAL reads, and with everything that is wrong with real sets.

mod joined;

use crate::shared_data::shared;
use jumeau::base::{Report, Severity};
use jumeau::formats::shape::{Shape, ShapeKind};
use jumeau::pipeline::sources::readers::{Content, Found, Head, READERS};
use jumeau::pipeline::sources::record::Record;
use jumeau::pipeline::{ImportOptions, Imported, Silent, read_sources};
use proptest::prelude::*;
use std::io::Write;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/vector")
}

fn open(path: &Path) -> Result<Vec<Found>, (&'static str, String)> {
    let bytes = std::fs::read(path).unwrap();
    let head = Head {
        path,
        bytes: &bytes[..bytes.len().min(4096)],
    };
    // Of a file cut down to a dozen bytes nobody can tell what it was; the importer says so.
    let reader = READERS
        .iter()
        .find(|reader| (reader.recognises)(&head))
        .ok_or(("file-not-understood", String::new()))?;
    (reader.open)(path)
}

fn rows(found: &Found, columns: &[(&'static str, &str)]) -> (Vec<Record>, usize) {
    let Content::Table(table) = &found.content else {
        panic!("no table")
    };
    let mapping = columns
        .iter()
        .map(|(term, column)| (*term, vec![(*column).to_owned()]))
        .collect();
    let (mut records, mut unread) = (Vec::new(), 0);
    table
        .read(&mapping, &mut |row| match row {
            Ok(record) => records.push(record),
            Err(_) => unread += 1,
        })
        .unwrap();
    (records, unread)
}

fn area(shape: &Shape) -> f64 {
    let ring = |ring: &Vec<[f64; 3]>| {
        ring.windows(2)
            .map(|e| {
                (e[0][0] - ring[0][0]) * (e[1][1] - ring[0][1])
                    - (e[1][0] - ring[0][0]) * (e[0][1] - ring[0][1])
            })
            .sum::<f64>()
            .abs()
            / 2.0
    };
    shape
        .polygons()
        .iter()
        .map(|rings| ring(&rings[0]) - rings[1..].iter().map(ring).sum::<f64>())
        .sum()
}

fn length(shape: &Shape) -> f64 {
    shape
        .lines()
        .iter()
        .flat_map(|line| line.windows(2))
        .map(|e| (e[1][0] - e[0][0]).hypot(e[1][1] - e[0][1]))
        .sum()
}

fn positions(shape: &Shape) -> Vec<[f64; 3]> {
    let mut found = Vec::new();
    let _ = shape.clone().try_map(&mut |p: &mut [f64; 3]| {
        found.push(*p);
        Ok::<(), ()>(())
    });
    found
}

/// Every file of `tests/data/vector`, feature by feature; see its README.
#[test]
fn files_are_read_as_gdal_reads_them() {
    let expected: serde_json::Value =
        serde_json::from_slice(&std::fs::read(fixtures().join("expected.json")).unwrap()).unwrap();
    for (name, features) in expected.as_object().unwrap() {
        let found =
            open(&fixtures().join(name)).unwrap_or_else(|fault| panic!("{name}: {fault:?}"));
        assert_eq!(found.len(), 1, "{name}");
        let crs = found[0].crs.clone().unwrap();
        let crs = if crs.starts_with('{') {
            jumeau::geodesy::Crs::from_projjson(&crs)
        } else if crs.contains('[') {
            jumeau::geodesy::Crs::from_wkt(&crs)
        } else {
            jumeau::geodesy::Crs::from_code(&crs)
        };
        assert_eq!(crs.unwrap().code(), "EPSG:2154", "{name}");
        let (records, unread) = rows(
            &found[0],
            &[
                ("nature", "nature"),
                ("height", "hauteur"),
                ("id", "cleabs"),
            ],
        );
        let features = features.as_array().unwrap();
        assert_eq!((records.len(), unread), (features.len(), 0), "{name}");
        for (record, expected) in records.iter().zip(features) {
            let shape = record.shape.as_ref().unwrap();
            let place = format!("{name} {}", record.object);
            let number = |key: &str| expected[key].as_f64();
            assert_eq!(
                record.text("nature").as_deref(),
                expected["nature"].as_str(),
                "{place}"
            );
            assert_eq!(record.number("height"), number("hauteur"), "{place}");
            let points = positions(shape);
            match shape.kind() {
                ShapeKind::Polygon => {
                    assert!(
                        (area(shape) - number("area").unwrap()).abs() < 1e-6,
                        "{place} {}",
                        area(shape)
                    );
                    let holes: usize = shape.polygons().iter().map(|rings| rings.len() - 1).sum();
                    assert_eq!(Some(holes as u64), expected["holes"].as_u64(), "{place}");
                    assert_eq!(
                        Some(shape.polygons().len() as u64),
                        expected["parts"].as_u64(),
                        "{place}"
                    );
                }
                ShapeKind::Line => assert!(
                    (length(shape) - number("length").unwrap()).abs() < 1e-6,
                    "{place}"
                ),
                _ => assert_eq!(shape.points().len(), 1, "{place}"),
            }
            for (at, axis) in [(0, 0), (1, 1)] {
                let least = points.iter().map(|p| p[axis]).fold(f64::INFINITY, f64::min);
                let most = points
                    .iter()
                    .map(|p| p[axis])
                    .fold(f64::NEG_INFINITY, f64::max);
                assert_eq!(
                    (Some(least), Some(most)),
                    (
                        expected["bounds"][at].as_f64(),
                        expected["bounds"][at + 2].as_f64()
                    ),
                    "{place}"
                );
            }
            match number("z_sum") {
                Some(sum) => assert!(
                    (points.iter().map(|p| p[2]).sum::<f64>() - sum).abs() < 1e-6,
                    "{place}"
                ),
                None => assert!(points.iter().all(|p| p[2].is_nan()), "{place}"),
            }
        }
    }
}

#[test]
fn patches_become_triangles_and_rings_and_measures_no_heights() {
    let found = open(&fixtures().join("patches.shp")).unwrap();
    let (records, _) = rows(&found[0], &[]);
    let shape = records[0].shape.as_ref().unwrap();
    // Two triangles of a strip, two of a fan, one ring with a hole: areas 1, 4 and 16 - 1.
    assert_eq!(shape.polygons().len(), 5);
    assert!((area(shape) - (1.0 + 4.0 + 15.0)).abs() < 1e-9);
    let found = open(&fixtures().join("measured.shp")).unwrap();
    let (records, _) = rows(&found[0], &[]);
    let shape = records[0].shape.as_ref().unwrap();
    assert_eq!(length(shape), 5.0);
    assert!(positions(shape).iter().all(|p| p[2].is_nan()));
}

#[test]
fn sequences_and_degrees_are_read() {
    for name in ["flat.geojsonl", "flat.geojsons", "degrees.parquet"] {
        let found = open(&fixtures().join(name)).unwrap();
        let crs = found[0].crs.as_deref().unwrap();
        // GeoPandas spells it out.
        let crs = if crs.starts_with('{') {
            jumeau::geodesy::Crs::from_projjson(crs)
        } else {
            jumeau::geodesy::Crs::from_code(crs)
        };
        assert_eq!(crs.unwrap().code(), "EPSG:4326", "{name}");
        assert_eq!(found[0].kind, ShapeKind::Polygon, "{name}");
        assert_eq!(rows(&found[0], &[]).0.len(), 4, "{name}");
    }
    let found = open(&fixtures().join("table.parquet")).unwrap();
    let Content::Table(table) = &found[0].content else {
        panic!()
    };
    assert!(!table.has_geometry());
    assert_eq!(
        rows(&found[0], &[("kwh", "kwh")]).0[1].number("kwh"),
        Some(30_000.0)
    );
}

fn import(path: &Path) -> Imported {
    let imported = read_sources(&[path.to_owned()], &ImportOptions::default(), &Silent).unwrap();
    for (code, severity, count, example) in imported.report.summary() {
        println!(
            "{count:6} {:8} {code}  {} {} {}",
            severity.name(),
            example.file,
            example.object,
            example.value
        );
    }
    imported
}

/// Copies a set under other names and changes it.
fn set(folder: &Path, names: &[(&str, &str)]) {
    for (from, to) in names {
        std::fs::copy(fixtures().join(from), folder.join(to)).unwrap();
    }
}

#[test]
fn incomplete_and_lying_sets_are_read_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let check = |names: &[(&str, &str)], change: &dyn Fn(&Path), codes: &[&str], read: usize| {
        let inner = tempfile::tempdir_in(folder.path()).unwrap();
        set(inner.path(), names);
        change(inner.path());
        let found = open(&inner.path().join(names[0].1)).unwrap();
        let Content::Table(table) = &found[0].content else {
            panic!()
        };
        let seen: Vec<_> = table.notes().iter().map(|note| note.code).collect();
        assert_eq!(seen, codes, "{names:?} {:?}", table.notes());
        let columns: Vec<_> = found[0]
            .columns
            .iter()
            .filter(|c| c.eq_ignore_ascii_case("nature"))
            .collect();
        let mapping: Vec<(&'static str, &str)> =
            columns.iter().map(|c| ("nature", c.as_str())).collect();
        let (records, _) = rows(&found[0], &mapping);
        assert_eq!(records.len(), read, "{names:?}");
        let words: Vec<_> = records
            .iter()
            .filter_map(|record| record.text("nature"))
            .collect();
        assert!(words.is_empty() || words[0] == "Église", "{words:?}");
    };
    let nothing = |_: &Path| {};
    let all = [
        ("flat.shp", "A.SHP"),
        ("flat.dbf", "A.DBF"),
        ("flat.shx", "a.Shx"),
        ("flat.prj", "A.PRJ"),
    ];
    // Without a .cpg and with language byte 0 or 87 the bytes decide.
    check(&all, &nothing, &["encoding-guessed"], 4);
    let with_cpg = |text: &'static [u8]| {
        move |folder: &Path| std::fs::write(folder.join("A.cpg"), text).unwrap()
    };
    check(&all, &with_cpg(b"UTF-8"), &[], 4);
    check(&all, &with_cpg(b"1252"), &["encoding-contradicted"], 4);
    check(
        &all,
        &with_cpg(b"klingon"),
        &["encoding-unknown", "encoding-guessed"],
        4,
    );
    let language = |byte: u8| {
        move |folder: &Path| {
            let path = folder.join("A.DBF");
            let mut bytes = std::fs::read(&path).unwrap();
            bytes[29] = byte;
            std::fs::write(path, bytes).unwrap();
        }
    };
    check(&all, &language(0x03), &["encoding-contradicted"], 4);
    // The same letters in Windows-1252, and a .cpg that says UTF-8.
    let western = |folder: &Path| {
        let path = folder.join("A.DBF");
        let bytes = std::fs::read(&path).unwrap();
        let mut out = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            // Latin letters above U+00BF: two bytes become one, and a blank keeps the width.
            if bytes[at] == 0xC3 && at > 160 {
                let rest = bytes[at..].iter().position(|b| *b == b' ').unwrap();
                out.push(bytes[at + 1] + 0x40);
                out.extend(&bytes[at + 2..at + rest]);
                out.push(b' ');
                at += rest;
            } else {
                out.push(bytes[at]);
                at += 1;
            }
        }
        std::fs::write(path, out).unwrap();
        std::fs::write(folder.join("A.cpg"), "UTF-8").unwrap();
    };
    check(&all[..3], &western, &["encoding-contradicted"], 4);
    check(&all[..1], &nothing, &["shapefile-attributes-missing"], 4);
    let cut = |name: &'static str, bytes: usize| {
        move |folder: &Path| {
            let path = folder.join(name);
            let whole = std::fs::read(&path).unwrap();
            std::fs::write(path, &whole[..bytes]).unwrap();
        }
    };
    check(
        &all[..3],
        &cut("A.DBF", 20),
        &["shapefile-attributes-unreadable"],
        4,
    );
    check(
        &all[..3],
        &cut("A.SHP", 700),
        &[
            "shapefile-truncated",
            "shapefile-index-ignored",
            "encoding-guessed",
            "shapefile-attributes-differ",
        ],
        2,
    );
    check(
        &all[..3],
        &cut("a.Shx", 60),
        &["shapefile-index-ignored", "encoding-guessed"],
        4,
    );
    // Only the header is left: no features.
    let empty = |folder: &Path| {
        for (name, length) in [("A.SHP", 100), ("a.Shx", 100)] {
            let path = folder.join(name);
            let mut bytes = std::fs::read(&path).unwrap()[..length].to_vec();
            bytes[24..28].copy_from_slice(&50_u32.to_be_bytes());
            std::fs::write(path, bytes).unwrap();
        }
    };
    check(
        &[all[0], all[2]],
        &empty,
        &["shapefile-attributes-missing"],
        0,
    );
}

fn zipped(path: &Path, entries: &[(&str, &[u8])]) {
    let mut zip = zip::ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn archives_are_read_and_what_they_try_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| std::fs::read(fixtures().join(name)).unwrap();
    let (shp, dbf, prj, cpg) = (
        file("flat.shp"),
        file("flat.dbf"),
        file("flat.prj"),
        file("flat.cpg"),
    );
    let inner = folder.path().join("inner.zip");
    zipped(
        &inner,
        &[
            ("d/flat.shp", &shp),
            ("d/flat.DBF", &dbf),
            ("d/flat.prj", &prj),
            ("d/flat.cpg", &cpg),
        ],
    );
    let blanks = vec![b' '; 80 << 20];
    let outer = folder.path().join("outer.zip");
    let inner_bytes = std::fs::read(&inner).unwrap();
    zipped(
        &outer,
        &[
            ("../evil.txt", b"x"),
            ("a/../../evil.txt", b"x"),
            ("/evil.txt", b"x"),
            ("__MACOSX/._a", b"x"),
            ("deep/inner.zip", &inner_bytes),
            ("bomb.txt", &blanks),
        ],
    );
    let imported = import(&outer);
    let count = |code: &str| imported.report.count(code);
    assert_eq!(imported.region.buildings.len(), 4);
    assert_eq!((count("archive-path"), count("archive-bomb")), (3, 1));
    assert!(!folder.path().join("evil.txt").exists());
    let example = imported
        .report
        .findings()
        .iter()
        .find(|finding| finding.code == "archive-path")
        .unwrap();
    assert_eq!(
        (example.file.as_str(), example.object.as_str()),
        ("outer.zip", "../evil.txt")
    );

    // Archives in archives in archives.
    let mut bytes = inner_bytes.clone();
    for level in 0..4 {
        let path = folder.path().join(format!("level{level}.zip"));
        zipped(&path, &[("in.zip", &bytes)]);
        bytes = std::fs::read(&path).unwrap();
    }
    let report = |path: &Path| {
        read_sources(&[path.to_owned()], &ImportOptions::default(), &Silent).unwrap_err()
    };
    assert!(
        report(&folder.path().join("level3.zip"))
            .value
            .contains('3')
    );
    let cut = folder.path().join("cut.zip");
    std::fs::write(&cut, &inner_bytes[..inner_bytes.len() / 2]).unwrap();
    assert_eq!(report(&cut).code, "import-nothing");

    // Declared through the archive.
    let declaration = r#"{"id":"t","crs":"EPSG:2154","datasets":[{"id":"d","title":"t","producer":"p","licence":"l","date":"2025","attribution":"a","nature":"measured"}],
        "layers":[{"file":"outer.zip/deep/inner.zip/d/flat.shp","as":"buildings","dataset":"d"}]}"#;
    std::fs::write(folder.path().join("sources.json"), declaration).unwrap();
    let imported = import(&folder.path().join("sources.json"));
    assert_eq!(imported.region.buildings.len(), 4);
}

/// What its SOURCE.md counts: 2,273 buildings, 269 without a height, roads without attributes, layers without features.
#[test]
fn olemps_is_read_with_its_traps() {
    let Some(folder) = shared("olemps/bdtopo_v3") else {
        return;
    };
    let imported = import(&folder);
    let count = |id: &str| {
        imported
            .layers
            .iter()
            .find(|layer| layer.id == id)
            .map_or(0, |layer| layer.read)
    };
    let file = |code: &str, file: &str| {
        imported
            .report
            .findings()
            .iter()
            .any(|f| f.code == code && f.file == file)
    };
    println!("{:?}", imported.layers);
    assert!(count("buildings") >= 2_273);
    assert_eq!(count("roads"), 1_094);
    assert_eq!(count("rail"), 6);
    assert!(file("shapefile-attributes-missing", "TRONCON_DE_ROUTE.shp"));
    assert!(file("layer-recognised-by-name", "TRONCON_DE_ROUTE.shp"));
    assert!(file("encoding-guessed", "BATIMENT.shp"));
    assert!(file("layer-empty", "AERODROME.shp") && file("layer-empty", "PISTE_D_AERODROME.shp"));
    let missing = imported
        .report
        .findings()
        .iter()
        .filter(|f| f.code == "building-height-missing" && f.file == "BATIMENT.shp")
        .count();
    assert_eq!(missing, 269);
    // Read as Latin-1 its uses would be "IndiffÃ©renciÃ©", and 1,429 dwellings are stated.
    let bati = || {
        imported
            .region
            .buildings
            .iter()
            .filter(|b| b.id.starts_with("BATIMENT"))
    };
    assert!(bati().any(|b| b.usage == jumeau::region::Usage::Residential));
    assert_eq!(bati().filter_map(|b| b.dwellings).sum::<u32>(), 1_429);
    assert_eq!(imported.crs, "EPSG:2154");
}

#[test]
fn plans_with_a_language_byte_and_a_cpg_are_read() {
    let Some(folder) = shared("cnig-plu/documents/30014_PLU_20171013/Donnees_geographiques") else {
        return;
    };
    let found = open(&folder.join("30014_ZONE_URBA_20171013.shp")).unwrap();
    let crs = jumeau::geodesy::Crs::from_wkt(found[0].crs.as_deref().unwrap()).unwrap();
    assert_eq!(crs.code(), "EPSG:2154");
    let column = found[0]
        .columns
        .iter()
        .find(|c| c.eq_ignore_ascii_case("libelong"))
        .unwrap()
        .clone();
    let (records, unread) = rows(&found[0], &[("name", &column)]);
    assert!(records.len() > 10 && unread == 0);
    let text: String = records.iter().filter_map(|r| r.text("name")).collect();
    assert!(!text.contains('\u{FFFD}') && !text.contains('Ã'), "{text}");
}

#[test]
fn countries_and_feeds_beside_the_checkout() {
    if let Some(path) = shared("vector-raster-tiles/fgb/countries.fgb") {
        let found = open(&path).unwrap();
        let (records, unread) = rows(&found[0], &[("name", "name")]);
        assert_eq!((records.len(), unread), (179, 0));
        assert!(
            records
                .iter()
                .any(|record| record.text("name").as_deref() == Some("France"))
        );
    }
    if let Some(path) = shared("gtfs/gtfs-structures-fixtures/zips/macosx.zip") {
        let mut report = Report::default();
        let mut unpacked = jumeau::pipeline::sources::container::Unpacked::default();
        let folder = unpacked.folder(&path, &mut report).unwrap();
        assert!(report.count("archive-path") > 0 && report.has_errors());
        assert!(!folder.parent().unwrap().join("agency.txt").exists());
        assert!(
            report
                .findings()
                .iter()
                .all(|finding| finding.severity == Severity::Error)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Files damaged anywhere: every reader answers, none panics.
    #[test]
    fn damaged_files_are_answered(name in prop::sample::select(vec!["raised-zstd.parquet", "raised-snappy.parquet", "raised-gzip.parquet", "raised.shp", "raised.fgb", "flat.geojsonl"]), at in 12..20_000_usize, value in any::<u8>(), cut in 0..3_u8) {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = std::fs::read(fixtures().join(name)).unwrap();
        let length = bytes.len();
        bytes[12 + at % (length - 12)] = value;
        if cut == 0 {
            bytes.truncate(12 + at % (length - 12));
        }
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        if let Ok(found) = open(&path) {
            for found in &found {
                let Content::Table(table) = &found.content else { continue };
                let mapping = found.columns.iter().map(|column| ("id", vec![column.clone()])).collect();
                let mut rows = 0;
                let _ = table.read(&mapping, &mut |_| rows += 1);
                prop_assert!(rows < 10_000);
            }
        }
    }
}
