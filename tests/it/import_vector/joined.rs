//! Tables joined to things by an id: nothing is lost, nothing counted twice.

use super::{import, set};
use jumeau::region::AttributeValue;

#[test]
fn tables_are_joined_by_an_id() {
    let folder = tempfile::tempdir().unwrap();
    set(
        folder.path(),
        &[("flat.fgb", "b.fgb"), ("table.parquet", "t.parquet")],
    );
    // Windows-1252, semicolons, decimal commas, an id twice, one nobody has, one without.
    let mut csv = b"cle;Ann\xe9e;logements;conso;quartier\nB0;1911;7;1 234,5;\xcele\nB1;1975;;12,25;Bourg\nB1;1900;1;1;x\nB9;2000;1;1;x\n;2000;1;1;x\n".to_vec();
    std::fs::write(folder.path().join("t.csv"), &csv).unwrap();
    let declaration = r#"{"id":"t","crs":"EPSG:2154","datasets":[{"id":"d","title":"t","producer":"p","licence":"l","date":"2025","attribution":"a","nature":"measured"}],
        "layers":[{"file":"b.fgb","as":"buildings","dataset":"d","keep":["nature"]}],
        "join":[{"file":"t.csv","column":"CLE","fields":{"year":"année","dwellings":"logements","consumption":"conso","nonsense":"x","height":"absent"},"keep":["quartier"]},
                {"file":"t.parquet","column":"cle","by":"cleabs","fields":{"consumption":"kwh"}}]}"#;
    std::fs::write(folder.path().join("sources.json"), declaration).unwrap();
    let imported = import(folder.path());
    let count = |code: &str| imported.report.count(code);
    assert_eq!(
        (
            count("join-id-twice"),
            count("join-id-missing"),
            count("declaration-term-unknown")
        ),
        (1, 1, 1)
    );
    assert_eq!(
        (
            count("join-unmatched"),
            count("join-column-missing"),
            count("join-without-row")
        ),
        (2, 1, 2)
    );
    let building = |id: &str| {
        imported
            .region
            .buildings
            .iter()
            .find(|b| b.id == id)
            .unwrap()
    };
    let value = |id: &str, name: &str| {
        building(id)
            .attributes
            .iter()
            .find(|a| a.name == name)
            .map(|a| a.value.clone())
    };
    assert_eq!(
        (building("B0").year, building("B0").dwellings),
        (Some(1911), Some(7))
    );
    // An empty cell leaves what the source says.
    assert_eq!(
        (building("B1").year, building("B1").dwellings),
        (Some(1975), Some(0))
    );
    assert_eq!(
        value("B0", "quartier"),
        Some(AttributeValue::Text("Île".into()))
    );
    assert_eq!(
        value("B0", "nature"),
        Some(AttributeValue::Text("Église".into()))
    );
    // The second table goes last.
    assert_eq!(
        value("B0", "consumption_kwh_year"),
        Some(AttributeValue::Number(1200.5))
    );
    assert_eq!(
        value("B1", "consumption_kwh_year"),
        Some(AttributeValue::Number(12.25))
    );
    assert_eq!(
        value("B2", "consumption_kwh_year"),
        Some(AttributeValue::Number(30_000.0))
    );

    // A broken row is one finding, the rest is joined.
    csv.extend(b"B2;1;2\n");
    std::fs::write(folder.path().join("t.csv"), &csv).unwrap();
    assert_eq!(import(folder.path()).report.count("feature-unreadable"), 1);
}

/// Several RNB ids in one footprint, and one id in several footprints: no sum changes.
#[test]
fn joined_amounts_are_neither_lost_nor_doubled() {
    let folder = tempfile::tempdir().unwrap();
    let feature = |id: &str, rnb: &str, size: f64| {
        format!(
            r#"{{"type":"Feature","properties":{{"cleabs":"{id}","hauteur":5,"identifiants_rnb":"{rnb}"}},"geometry":{{"type":"Polygon","coordinates":[[[355000,6689000],[{0},6689000],[{0},{1}],[355000,{1}],[355000,6689000]]]}}}}"#,
            355_000.0 + size,
            6_689_000.0 + size
        )
    };
    let features = [
        feature("one", "AAAAAAAAAAA1/AAAAAAAAAAA2", 10.0),
        feature("small", "BBBBBBBBBBB1", 5.0),
        feature("large", "BBBBBBBBBBB1", 20.0),
    ];
    let data = format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"EPSG:2154"}}}},"features":[{}]}}"#,
        features.join(",")
    );
    std::fs::write(folder.path().join("b.geojson"), data).unwrap();
    std::fs::write(
        folder.path().join("t.csv"),
        "rnb,logements,annee\nAAAA-AAAA-AAA1,3,1950\naaaaaaaaaaa2,4,1960\nBBBBBBBBBBB1,9,1970\n",
    )
    .unwrap();
    let declaration = r#"{"id":"t","datasets":[{"id":"d","title":"t","producer":"p","licence":"l","date":"2025","attribution":"a","nature":"measured"}],
        "layers":[{"file":"b.geojson","as":"buildings","dataset":"d"}],
        "join":[{"file":"t.csv","column":"rnb","by":"rnb","fields":{"dwellings":"logements","year":"annee"}}]}"#;
    std::fs::write(folder.path().join("sources.json"), declaration).unwrap();
    let imported = import(folder.path());
    let building = |id: &str| {
        imported
            .region
            .buildings
            .iter()
            .find(|b| b.id == id)
            .unwrap()
    };
    assert_eq!(
        (building("one").dwellings, building("one").year),
        (Some(7), Some(1950))
    );
    assert_eq!(
        (building("small").dwellings, building("small").year),
        (None, Some(1970))
    );
    assert_eq!(
        (building("large").dwellings, building("large").year),
        (Some(9), Some(1970))
    );
    assert_eq!(
        (
            imported.report.count("join-unmatched"),
            imported.report.count("join-shared")
        ),
        (0, 1)
    );
}
