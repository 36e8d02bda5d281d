//! Areas as the importer reads them: planning documents of two generations of the CNIG standard, cadastre, servitudes, statistics, risks.

use crate::shared_data::shared;
use jumeau::base::Dataset;
use jumeau::pipeline::{ImportOptions, Imported, Silent, read_sources};
use jumeau::region::{Area, AreaShape, AreaTheme, AttributeValue};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

fn read(path: &Path) -> Imported {
    read_sources(&[path.to_owned()], &ImportOptions::default(), &Silent).unwrap()
}

fn of(imported: &Imported, theme: AreaTheme) -> Vec<&Area> {
    imported
        .region
        .areas
        .iter()
        .filter(|area| area.theme == theme)
        .collect()
}

fn text<'a>(area: &'a Area, name: &str) -> &'a str {
    match area
        .attributes
        .iter()
        .find(|attribute| attribute.name == name)
        .map(|a| &a.value)
    {
        Some(AttributeValue::Text(text)) => text,
        _ => "",
    }
}

fn by_code(areas: &[&Area]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for area in areas {
        *counts.entry(area.code.clone()).or_default() += 1;
    }
    counts
}

fn hectares(areas: &[&Area]) -> f64 {
    areas
        .iter()
        .filter_map(|area| area.shape.surface_m2())
        .sum::<f64>()
        / 10_000.0
}

fn shapes(areas: &[&Area]) -> [usize; 3] {
    let mut counts = [0; 3];
    for area in areas {
        let kind = match area.shape {
            AreaShape::Surface(_) => 0,
            AreaShape::Lines(_) => 1,
            AreaShape::Places(_) => 2,
        };
        counts[kind] += 1;
    }
    counts
}

fn dataset<'a>(imported: &'a Imported, area: &Area) -> &'a Dataset {
    imported
        .datasets()
        .iter()
        .find(|dataset| dataset.id == area.dataset)
        .unwrap()
}

/// Counts and hectares are those that QGIS and the producers' own files state (SOURCE.md of the folder).
#[test]
fn a_plan_of_2017_keeps_its_zones_and_prescriptions() {
    let Some(path) = shared("cnig-plu/documents/30014_PLU_20171013") else {
        return;
    };
    let imported = read(&path);
    let zones = of(&imported, AreaTheme::Zone);
    assert_eq!(zones.len(), 90);
    let counts = by_code(&zones);
    assert_eq!(
        [counts["A"], counts["N"], counts["U"], counts["AUc"]],
        [50, 22, 16, 2],
        "{counts:?}"
    );
    assert!(
        (hectares(&zones) - 1_369.2).abs() < 0.1,
        "{}",
        hectares(&zones)
    );
    assert_eq!(
        shapes(&of(&imported, AreaTheme::Prescription)),
        [77, 15, 93]
    );
    assert_eq!(shapes(&of(&imported, AreaTheme::Information)), [18, 0, 6]);
    // Windows-1252, the file's page kept.
    let first = zones.iter().find(|zone| zone.name == "Ucp").unwrap();
    assert!(
        text(first, "NOMFIC").ends_with("_reglement_20171013.pdf#page=12")
            || text(first, "NOMFIC").contains(".pdf")
    );
    assert_eq!(text(first, "TYPEZONE"), first.code);
    let accents = of(&imported, AreaTheme::Prescription);
    assert!(
        accents
            .iter()
            .any(|p| p.name.starts_with("Patrimoine bâti à protéger"))
    );
    // What DOC_URBA says is the date of the data set and an attribute of each zone.
    assert_eq!(dataset(&imported, first).date, "2017-10-13");
    assert_eq!(text(first, "DOC_TYPEDOC"), "PLU");
    assert_eq!(imported.report.count("plan-document"), 1);
    // Ids do not repeat.
    let ids: std::collections::BTreeSet<&str> = imported
        .region
        .areas
        .iter()
        .map(|area| area.id.as_str())
        .collect();
    assert_eq!(ids.len(), imported.region.areas.len());
}

#[test]
fn a_plan_of_2014_is_read_by_the_same_rules() {
    let Some(path) = shared("cnig-plu/documents/41175_PLU_20140603") else {
        return;
    };
    let imported = read(&path);
    let zones = of(&imported, AreaTheme::Zone);
    let counts = by_code(&zones);
    let expected = [
        ("A", 49),
        ("AUc", 6),
        ("AUs", 2),
        ("N", 8),
        ("Nh", 29),
        ("U", 24),
    ];
    assert_eq!(
        counts,
        expected
            .map(|(code, count)| (code.to_owned(), count))
            .into()
    );
    assert!(
        (hectares(&zones) - 1_410.6).abs() < 0.1,
        "{}",
        hectares(&zones)
    );
    assert_eq!(
        shapes(&of(&imported, AreaTheme::Prescription)),
        [23, 10, 26]
    );
    assert!(
        zones
            .iter()
            .any(|zone| text(zone, "LIBELONG").contains("modéré du bâti existant"))
    );
    assert_eq!(imported.crs, "EPSG:2154");
    assert_eq!(dataset(&imported, zones[0]).date, "2014-06-03");
}

fn collection(features: &[(&str, &str)]) -> String {
    let features: Vec<String> = features
        .iter()
        .map(|(properties, geometry)| {
            format!(r#"{{"type":"Feature","properties":{{{properties}}},"geometry":{geometry}}}"#)
        })
        .collect();
    format!(
        r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"urn:ogc:def:crs:EPSG::2154"}}}},"features":[{}]}}"#,
        features.join(",")
    )
}

fn square(east: f64) -> String {
    let (x, y) = (355_000.0 + east, 6_689_000.0);
    format!(
        r#"{{"type":"Polygon","coordinates":[[[{x},{y}],[{0},{y}],[{0},{1}],[{x},{1}],[{x},{y}]]]}}"#,
        x + 100.0,
        y + 100.0
    )
}

/// Each producer's schema, told by its attributes alone: the files have names that say nothing.
#[test]
fn areas_are_told_by_their_attributes() {
    let folder = tempfile::tempdir().unwrap();
    let line = r#"{"type":"LineString","coordinates":[[355000,6689000],[355100,6689050]]}"#;
    let point = r#"{"type":"Point","coordinates":[355010,6689010]}"#;
    let files: [(&str, Vec<(&str, &str)>); 11] = [
        (
            "a",
            vec![(
                r#""id":"441090000A0012","commune":"44109","prefixe":"000","section":"A","numero":"12","contenance":10000"#,
                "S",
            )],
        ),
        (
            "b",
            vec![(
                r#""idu":"44109000AB0123","numero":"0123","feuille":1,"section":"AB","nom_com":"Nantes","code_com":"109","contenance":10000"#,
                "S",
            )],
        ),
        (
            "c",
            vec![(
                r#""cleabs":"IRIS1","code_insee":"44109","nom_commune":"Nantes","iris":"0101","code_iris":"441090101","nom_iris":"Bouffay","type_iris":"H""#,
                "S",
            )],
        ),
        (
            "d",
            vec![(
                r#""suptype":"ac1","idass":"AC1-1","idgen":"G1","nomass":"Abords","typeass":"Périmètre","nomsuplitt":"Abords du château""#,
                "S",
            )],
        ),
        (
            "e",
            vec![(
                r#""suptype":"pt2","idgen":"G2","nomgen":"Faisceau","typegen":"Liaison""#,
                "L",
            )],
        ),
        (
            "f",
            vec![(
                r#""id_zone":"Z1","id_gaspar":"44DDTM20070002","codezone":"R","typereg":"02","nom":"PPRI Loire""#,
                "S",
            )],
        ),
        (
            "g",
            vec![(r#""ID":"EU-1","CODE_18":"231","AREA_HA":1.0"#, "S")],
        ),
        (
            "h",
            vec![
                (r#""leisure":"park","name":"Jardin des Plantes""#, "S"),
                (r#""landuse":"forest""#, "S"),
            ],
        ),
        (
            "i",
            vec![(r#""insee_com":"44109","nom_officiel":"Nantes""#, "S")],
        ),
        (
            "j",
            vec![(
                r#""LIBELLE":"Emplacement réservé","TYPEPSC":"05","STYPEPSC":"00""#,
                "P",
            )],
        ),
        (
            "k",
            vec![(
                r#""libelle":"ZC","typesect":"01","idurba":"44999_CC_20200101""#,
                "S",
            )],
        ),
    ];
    let mut east = 0.0;
    for (name, features) in &files {
        let features: Vec<(&str, String)> = features
            .iter()
            .map(|(properties, shape)| {
                east += 200.0;
                let geometry = match *shape {
                    "L" => line.to_owned(),
                    "P" => point.to_owned(),
                    _ => square(east),
                };
                (*properties, geometry)
            })
            .collect();
        let features: Vec<(&str, &str)> = features.iter().map(|(p, g)| (*p, g.as_str())).collect();
        std::fs::write(
            folder.path().join(format!("{name}.json")),
            collection(&features),
        )
        .unwrap();
    }
    let imported = read(folder.path());
    let told = |theme: AreaTheme| -> Vec<(&str, &str, &str)> {
        of(&imported, theme)
            .iter()
            .map(|a| (a.id.as_str(), a.code.as_str(), a.name.as_str()))
            .collect()
    };
    assert_eq!(
        told(AreaTheme::Parcel),
        [
            ("441090000A0012", "44109", "A 12"),
            ("44109000AB0123", "", "AB 0123")
        ]
    );
    assert_eq!(told(AreaTheme::Iris), [("IRIS1", "441090101", "Bouffay")]);
    assert_eq!(
        told(AreaTheme::Servitude),
        [
            ("AC1-1", "ac1", "Abords du château"),
            ("G2", "pt2", "Faisceau")
        ]
    );
    assert_eq!(told(AreaTheme::Flood), [("Z1", "R", "PPRI Loire")]);
    assert_eq!(
        told(AreaTheme::LandCover),
        [("EU-1", "231", "231"), ("h/2", "forest", "forest")]
    );
    assert_eq!(
        told(AreaTheme::Park),
        [("h/1", "park", "Jardin des Plantes")]
    );
    assert_eq!(told(AreaTheme::Outline), [("44109", "44109", "Nantes")]);
    assert_eq!(
        told(AreaTheme::Prescription),
        [("j/1", "05", "Emplacement réservé")]
    );
    assert_eq!(
        told(AreaTheme::Zone),
        [("44999_CC_20200101/k/1", "01", "ZC")]
    );
    let parcel = of(&imported, AreaTheme::Parcel)[0];
    assert!(
        parcel
            .attributes
            .iter()
            .any(|a| a.name == "contenance" && a.value == AttributeValue::Number(10_000.0))
    );
    let kept: usize = imported.layers.iter().map(|layer| layer.kept).sum();
    assert_eq!(kept, 12, "{:?}", imported.layers);
}

/// The layers of a plan lie hidden in the package, keep every rule, and carry the attributes of their source.
#[test]
fn areas_become_hidden_layers_with_their_attributes() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("hameau");
    let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/features/sources");
    let done =
        jumeau::pipeline::import::import(&[sources], &out, &ImportOptions::default(), &jumeau::pipeline::shards::ShardOptions::default(), 0, &Silent)
            .unwrap();
    let layer = done
        .manifest
        .layers
        .iter()
        .find(|layer| layer.id.as_str() == "zones")
        .unwrap();
    assert_eq!(layer.kind, jumeau::formats::territory::LayerKind::Areas);
    assert!(!layer.visible);
    assert_eq!(layer.features, 2);
    let mut zones = BTreeMap::new();
    let mut open = vec![out.join("zones/content")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                std::fs::read_dir(path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
            continue;
        }
        let content = jumeau::formats::gltf::read::glb(&std::fs::read(&path).unwrap()).unwrap();
        for (mesh, table) in content
            .meshes
            .iter()
            .map(|mesh| (mesh, &content.tables[mesh.table.unwrap()]))
        {
            assert!(
                mesh.feature_ids
                    .iter()
                    .all(|id| (*id as usize) < table.count)
            );
            for row in 0..table.count {
                let of = |name: &str| table.text(name, row).unwrap_or_default().to_owned();
                zones.insert(
                    of("id"),
                    (of("TYPEZONE"), of("NOMFIC"), table.number("area_m2", row)),
                );
            }
        }
    }
    assert_eq!(zones.len(), 2, "{zones:?}");
    assert_eq!(
        zones["44999_PLU_20240131/zones/1"],
        ("U".into(), "reglement.pdf#page=12".into(), Some(8_000.0))
    );
    assert_eq!(
        zones["44999_PLU_20240131/zones/2"],
        ("A".into(), "reglement.pdf#page=40".into(), Some(7_900.0))
    );
    let checked = jumeau::pipeline::check::check(&out).unwrap();
    let faults: Vec<_> = checked
        .report
        .findings()
        .iter()
        .filter(|f| f.severity > jumeau::base::Severity::Info)
        .collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
