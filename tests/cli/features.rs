//! The feature table of a territory: its bytes, and what other people's tools read in them.

use jumeau::formats::shape::Shape;
use jumeau::pipeline::table::{FeatureWriter, Row, Value};
use jumeau::pipeline::tile::features::COLUMNS;
use jumeau::pipeline::shards::ShardOptions;
use jumeau::pipeline::{ImportOptions, Silent, import};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/features")
}

/// The committed file is the one that GeoPandas, PyArrow and DuckDB were asked about; the importer still writes it, whatever the number of threads.
#[test]
fn the_table_is_the_one_that_other_tools_have_read() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("hameau");
    let done = import::import(
        &[fixtures().join("sources")],
        &out,
        &ImportOptions::default(),
        &ShardOptions::default(),
        0,
        &Silent,
    )
    .unwrap();
    let written = std::fs::read(out.join("features.parquet")).unwrap();
    let stated = done.manifest.features.unwrap();
    assert_eq!(
        (stated.path.as_str(), stated.rows, stated.bytes),
        ("features.parquet", 8, written.len() as u64)
    );
    let frozen = std::fs::read(fixtures().join("features.parquet")).unwrap();
    assert!(
        written == frozen,
        "features.parquet differs from the one in tests/data/features: see its README"
    );
    let again = folder.path().join("again");
    import::import(
        &[fixtures().join("sources")],
        &again,
        &ImportOptions::default(),
        &ShardOptions { most_buildings: 1 },
        1,
        &Silent,
    )
    .unwrap();
    assert_eq!(
        std::fs::read(again.join("features.parquet")).unwrap(),
        written
    );
    // The second was cut into many shards, and its areas are the same to the byte.
    let shards = std::fs::read_dir(again.join(".shards")).unwrap().count();
    assert!(shards > 3, "{shards}");
    for layer in ["zones", "prescriptions"] {
        assert_eq!(below(&again.join(layer).join("content")), below(&out.join(layer).join("content")), "{layer}");
    }
}

/// The files below a folder and their bytes.
fn below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            files.insert(path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&path).unwrap());
        }
    }
    files
}

#[test]
fn other_tools_read_what_we_meant() {
    let expected: Json =
        serde_json::from_slice(&std::fs::read(fixtures().join("expected.json")).unwrap()).unwrap();
    assert_eq!(expected["epsg"], 4326);
    assert_eq!(expected["version"], "1.1.0");
    let rows = expected["rows"].as_array().unwrap();
    let row = |id: &str| rows.iter().find(|row| row["id"] == id).unwrap();
    assert!(rows.iter().all(|row| row["valid"] == true));
    assert!(
        rows.iter()
            .flat_map(|row| row["ccw"].as_array().unwrap())
            .all(|ccw| ccw == true)
    );
    // Where the sources put them, in Lambert-93, by PROJ.
    let near = |row: &Json, wanted: [f64; 4]| {
        for (have, want) in row["metres"].as_array().unwrap().iter().zip(wanted) {
            assert!((have.as_f64().unwrap() - want).abs() < 0.02, "{row}");
        }
    };
    near(
        row("BAT1"),
        [355_000.0, 6_689_000.0, 355_012.0, 6_689_009.0],
    );
    near(
        row("BAT3"),
        [355_100.0, 6_689_000.0, 355_116.0, 6_689_006.0],
    );
    near(row("R1"), [354_980.0, 6_688_980.0, 355_140.0, 6_688_990.0]);
    near(
        row("44999_PLU_20240131/zones/1"),
        [354_980.0, 6_688_970.0, 355_080.0, 6_689_050.0],
    );
    assert_eq!(row("BAT1")["rnb"], "ABCDEFGH1234/ABCDEFGH5678");
    assert_eq!(row("BAT1")["storeys"], 2);
    assert_eq!(row("BAT2")["storeys"], Json::Null);
    assert!((row("BAT2")["area_m2"].as_f64().unwrap() - 836.0).abs() < 0.5);
    assert_eq!(row("BAT3")["type"], "MultiPolygon");
    assert_eq!(row("R1")["name"], "Rue de l’Église");
    assert_eq!(
        row("44999_PLU_20240131/zones/1")["attributes"]["NOMFIC"],
        "reglement.pdf#page=12"
    );
    let types: Vec<&str> = rows
        .iter()
        .map(|row| row["type"].as_str().unwrap())
        .collect();
    assert!(types.contains(&"MultiPoint") && types.contains(&"LineString"));
    // The boxes of the rows let a reader skip what is elsewhere.
    let inside: Vec<&str> = expected["in_box"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    assert!(
        inside.contains(&"BAT1") && !inside.contains(&"BAT3"),
        "{inside:?}"
    );
}

/// Many rows go out in several groups, and the bytes depend on the rows alone.
#[test]
fn a_long_table_is_written_in_groups() {
    let write = || {
        let mut table = FeatureWriter::new(Vec::new(), &COLUMNS).unwrap();
        for number in 0..70_000 {
            let at = [-1.5 + f64::from(number) * 1e-6, 47.2, 0.0];
            let row = Row {
                shape: Shape::Point(at),
                at: [at[0], at[1]],
                values: vec![
                    ("id", Value::Text(format!("p{number}"))),
                    ("layer", Value::Text("places".into())),
                    ("dataset", Value::Text("made".into())),
                ],
            };
            table.push(&row).unwrap();
        }
        // A row without a place is no feature.
        table
            .push(&Row {
                shape: Shape::Many(Vec::new()),
                at: [0.0; 2],
                values: Vec::new(),
            })
            .unwrap();
        table.finish().unwrap()
    };
    let (rows, bytes) = write();
    assert_eq!(rows, 70_000);
    assert_eq!(write().1, bytes);
    // It is a source again.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("features.parquet");
    std::fs::write(&path, &bytes).unwrap();
    let found = jumeau::pipeline::sources::readers::parquet::open(&path).unwrap();
    let jumeau::pipeline::sources::readers::Content::Table(table) = &found[0].content else {
        panic!()
    };
    assert_eq!(table.rows(), Some(70_000));
    assert_eq!(found[0].kind, jumeau::formats::shape::ShapeKind::Point);
}
