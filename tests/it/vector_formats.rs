//! The pure readers of vector formats: laws that no bytes break, and reference systems told by their numbers.

use jumeau::formats::decimals::{self, Marks};
use jumeau::formats::shape::Shape;
use jumeau::formats::text::{Encoding, Evidence, Settled, settle};
use jumeau::formats::{csv, dbf, flatgeobuf, geojson, geoparquet, shapefile};
use jumeau::geodesy::{Crs, LonLat};
use proptest::prelude::*;
use std::path::Path;

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/data/vector")
            .join(name),
    )
    .unwrap()
}

/// PROJ's spellings without names and identifiers; see `tests/data/vector/make_crs.py`.
#[test]
fn a_nameless_system_is_told_by_its_numbers() {
    let rows: serde_json::Value = serde_json::from_slice(&fixture("crs.json")).unwrap();
    let mut told = 0;
    for row in rows.as_array().unwrap() {
        let number = |key: &str, at: usize| row[key][at].as_f64().unwrap();
        for (kind, spelled) in row["spelled"].as_object().unwrap() {
            let spelled = spelled.as_str().unwrap();
            let crs = if kind == "projjson" {
                Crs::from_projjson(spelled)
            } else {
                Crs::from_wkt(spelled)
            };
            let crs = crs.unwrap_or_else(|fault| panic!("{} as {kind}: {fault}", row["code"]));
            // Systems of one projection on the same ellipsoid have several codes: what counts is where points go.
            let own = Crs::from_epsg(row["code"].as_u64().unwrap() as u32).unwrap();
            let lonlat = own.to_lonlat(number("xy", 0), number("xy", 1)).unwrap();
            let [x, y] = crs.from_lonlat(lonlat).unwrap();
            assert!(
                (x - number("xy", 0)).abs() < 1e-3 && (y - number("xy", 1)).abs() < 1e-3,
                "{} as {kind}: {x} {y}",
                row["code"]
            );
            if own.datum_accuracy_m() == 0.0 {
                let place = LonLat {
                    lon_deg: number("point", 0),
                    lat_deg: number("point", 1),
                };
                let [x, y] = crs.from_lonlat(place).unwrap();
                assert!(
                    (x - number("xy", 0)).abs() < 0.01 && (y - number("xy", 1)).abs() < 0.01,
                    "{} as {kind}",
                    row["code"]
                );
            }
            told += 1;
        }
    }
    assert!(told > 60, "{told}");
}

#[test]
fn names_of_ign_are_known_and_other_systems_are_not_taken_for_ours() {
    let lambert = |name: &str, x_0: &str, a: &str| {
        format!(
            r#"PROJCS["{name}",GEOGCS["x",DATUM["D",SPHEROID["S",{a},298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["standard_parallel_1",44],PARAMETER["standard_parallel_2",49],PARAMETER["latitude_of_origin",46.5],PARAMETER["central_meridian",3],PARAMETER["false_easting",{x_0}],PARAMETER["false_northing",6600000],UNIT["metre",1]]"#
        )
    };
    for name in [
        "IGNF:LAMB93",
        "LAMB93",
        "RGF93_Lambert_93",
        "RGF_1993_Lambert_93",
        "RGF93 v1 / Lambert-93",
        "Lambert 93 - France",
    ] {
        assert_eq!(
            Crs::from_wkt(&lambert(name, "700000", "6378137"))
                .unwrap()
                .code(),
            "EPSG:2154",
            "{name}"
        );
    }
    let is_ours = |wkt: &str| Crs::from_wkt(wkt).is_ok_and(|crs| crs.code() == "EPSG:2154");
    assert!(!is_ours(&lambert("local", "700100", "6378137")));
    assert!(!is_ours(&lambert("local", "700000", "6378249.2")));
    let feet = lambert("local", "700000", "6378137")
        .replace(r#"UNIT["metre",1]"#, r#"UNIT["US survey foot",0.3048006]"#);
    assert!(!is_ours(&feet));
    assert!(Crs::from_projjson("{}").is_err());
    assert!(Crs::from_projjson("[[[[").is_err());
}

#[test]
fn encodings_are_named_in_many_ways() {
    for (label, name) in [
        ("UTF-8", "UTF-8"),
        ("utf8", "UTF-8"),
        ("65001", "UTF-8"),
        ("1252", "windows-1252"),
        ("ANSI 1252", "windows-1252"),
        ("CP1252", "windows-1252"),
        ("ISO 88591", "windows-1252"),
        ("ISO-8859-1", "windows-1252"),
        ("ISO 8859-15", "ISO-8859-15"),
        ("88591", "windows-1252"),
        ("850", "CP850"),
        ("LDID/87", "windows-1252"),
        ("LDID/19", "Shift_JIS"),
        ("\u{feff}UTF-8\r\n", "UTF-8"),
    ] {
        assert_eq!(
            Encoding::from_label(label).map(Encoding::name),
            Some(name),
            "{label}"
        );
    }
    assert_eq!(Encoding::from_label("klingon"), None);
    // Python: "Église œuvre".encode(…)
    assert_eq!(
        Encoding::Dos850.decode(b"\x90glise \xe9t\x82"),
        "Église Úté"
    );
    assert_eq!(
        Encoding::Dos437.decode(b"\x90glise \x82t\x82"),
        "Église été"
    );
    assert_eq!(
        Encoding::Western.decode(b"\xc9glise \x9cuvre"),
        "Église œuvre"
    );
    let every: Vec<u8> = (0..=255).collect();
    assert_eq!(Encoding::Western.decode(&every), encoding_rs::WINDOWS_1252.decode_without_bom_handling(&every).0);
}

#[test]
fn a_wrong_statement_about_the_encoding_is_noticed() {
    let evidence = |texts: &[&[u8]]| {
        let mut evidence = Evidence::default();
        texts.iter().for_each(|text| evidence.add(text));
        evidence
    };
    let utf8 = evidence(&["Résidentiel".as_bytes(), b"Annexe"]);
    let western = evidence(&[b"R\xe9sidentiel", b"\xc9glise"]);
    let name = |settled: Settled| settled.encoding().name();
    assert_eq!(name(settle(None, utf8)), "UTF-8");
    assert_eq!(name(settle(None, western)), "windows-1252");
    assert!(matches!(
        settle(Some(Encoding::Western), utf8),
        Settled::Contradicted { .. }
    ));
    assert!(matches!(
        settle(Some(Encoding::Utf8), western),
        Settled::Contradicted { .. }
    ));
    assert!(matches!(
        settle(Some(Encoding::Western), western),
        Settled::Stated(_)
    ));
    assert!(matches!(
        settle(Some(Encoding::Dos850), evidence(&[b"plain"])),
        Settled::Stated(Encoding::Dos850)
    ));
    // A field of fixed width may cut a letter in two.
    assert_eq!(
        evidence(&["Résidenti\u{e9}".as_bytes().split_last().unwrap().1]),
        Evidence { utf8: 1, other: 0 }
    );
}

#[test]
fn csv_dialects_are_told_apart() {
    let sniff = |text: &str| {
        csv::sniff(text.as_bytes()).map(|d| (char::from(d.delimiter), decimals::marks(text.as_bytes(), &d, false).iter().any(|marks| marks.decimal_comma && text.contains(','))))
    };
    assert_eq!(sniff("id;conso\nA;12,5\nB;7,25\n"), Some((';', true)));
    assert_eq!(sniff("id,kwh\nA,12.5\nB,7.25\n"), Some((',', false)));
    assert_eq!(sniff("id\tkwh\nA\t1\n"), Some(('\t', false)));
    assert_eq!(
        sniff("id,nom\nA,\"Rue, de la \"\"Paix\"\"\"\nB,x\n"),
        Some((',', false))
    );
    assert_eq!(
        sniff("Une phrase, puis\nune autre.\nEt la fin, non ?\n"),
        None
    );
    assert_eq!(sniff("1;2;3\n4;5;6\n"), None);
    let numbers = [
        ("1 234,5", true, Some(1234.5)),
        ("1\u{202f}234", true, Some(1234.0)),
        ("12,5", true, Some(12.5)),
        ("-0,25", true, Some(-0.25)),
        ("1.234,5", true, Some(1234.5)),
        ("1,234.5", false, Some(1234.5)),
        ("01234", true, None),
        ("12 rue", true, None),
        ("02 40 41 90 00", true, None),
        ("2025-01-01", true, None),
    ];
    for (text, comma, expected) in numbers {
        assert_eq!(decimals::written_number(text, Marks::of_comma(comma)), expected, "{text}");
    }
    let mut records = csv::Records::new(
        "\u{feff}a;b\r\n\"1;\r\n2\";\"x\"\"y\"\r\n\r\n3;\r\n".as_bytes(),
        b';',
    );
    let mut next = || {
        records.next().unwrap().map(|r| {
            r.unwrap()
                .iter()
                .map(|f| String::from_utf8_lossy(f).into_owned())
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(next(), Some(vec!["a".into(), "b".into()]));
    assert_eq!(next(), Some(vec!["1;\r\n2".into(), "x\"y".into()]));
    assert_eq!(next(), Some(vec!["3".into(), String::new()]));
    assert_eq!(next(), None);
}

#[test]
fn a_stream_of_features_is_what_the_whole_is() {
    let feature = |x: i32| {
        format!(
            r#"{{"type":"Feature","id":{x},"properties":{{"a":"é\"{{"}},"geometry":{{"type":"Point","coordinates":[{x},0]}}}}"#
        )
    };
    let crs = r#""crs":{"type":"name","properties":{"name":"EPSG:2154"}}"#;
    let whole = format!(
        r#"{{"type":"FeatureCollection","features":[{},{{}},{}],{crs}}}"#,
        feature(1),
        feature(2)
    );
    let lines = format!("{}\r\n{}\n", feature(1), feature(2));
    let pretty = format!(
        "\u{1e}{}\n\u{1e}{}\n",
        feature(1).replace(',', ",\n"),
        feature(2)
    );
    for (text, faults, stated) in [
        (whole, 1, Some("EPSG:2154")),
        (lines, 0, None),
        (pretty, 0, None),
    ] {
        let whole = geojson::parse(text.as_bytes()).unwrap();
        assert_eq!(
            (
                whole.features.len(),
                whole.faults.len(),
                whole.crs.as_deref()
            ),
            (2, faults, stated),
            "{text}"
        );
        let mut streamed = Vec::new();
        let crs = geojson::parse_stream(
            std::io::BufReader::new(text.as_bytes()),
            &mut |_, feature| streamed.extend(feature.ok()),
        );
        assert_eq!(crs.unwrap(), whole.crs);
        // As text: missing heights are NaN, which equals nothing.
        assert_eq!(format!("{streamed:?}"), format!("{:?}", whole.features));
    }
}

#[test]
fn geoparquet_metadata_say_what_they_leave_out() {
    let read = |crs: &str, kinds: &str| {
        geoparquet::metadata(&format!(r#"{{"version":"1.1.0","primary_column":"g","columns":{{"g":{{"encoding":"WKB"{crs},"geometry_types":[{kinds}],"bbox":[1,2,3,4,5,6]}}}}}}"#)).unwrap()
    };
    assert_eq!(read("", "").crs.as_deref(), Some("OGC:CRS84"));
    assert_eq!(read(r#","crs":null"#, "").crs, None);
    let geometry = read("", r#""Polygon Z","MultiPolygon Z""#);
    assert_eq!(geometry.kind, jumeau::formats::shape::ShapeKind::Polygon);
    assert_eq!(geometry.bounds, Some([1.0, 2.0, 4.0, 5.0]));
    assert!(geoparquet::metadata(r#"{"columns":{"g":{"encoding":"point"}}}"#).is_err());
    assert!(geoparquet::metadata("{").is_err());
}

/// Rings are handed out, none invented and none lost.
fn rings(shape: &Shape) -> usize {
    shape.polygons().iter().map(|rings| rings.len()).sum()
}

proptest! {
    #[test]
    fn no_bytes_break_a_vector_reader(bytes in proptest::collection::vec(any::<u8>(), 0..600), kind in prop::sample::select(vec![0_u8, 1, 3, 5, 8, 11, 13, 15, 18, 21, 23, 25, 28, 31])) {
        let behind = |head: &[u8]| [head, bytes.as_slice()].concat();
        let _ = shapefile::header(&bytes);
        let _ = shapefile::record(&bytes);
        let _ = shapefile::record(&behind(&[kind, 0, 0, 0]));
        let _ = flatgeobuf::header(&bytes);
        let _ = geoparquet::metadata(&String::from_utf8_lossy(&bytes));
        let _ = geojson::parse(&behind(b"{\"type\":\"FeatureCollection\",\"features\":["));
        let _ = geojson::parse(&behind(b"\x1e"));
        if let Some(dialect) = csv::sniff(&behind(b"a;b\n1;2\n")) {
            let mut records = csv::Records::new(bytes.as_slice(), dialect.delimiter);
            while let Ok(Some(_)) = records.next() {}
        }
        let _ = dbf::recognises(&bytes);
        if let Ok(table) = dbf::header(&behind(&[3, 124, 1, 1, 2, 0, 0, 0, 97, 0, 40, 0])) {
            for field in &table.fields {
                let _ = table.value(field, &bytes, Encoding::Utf8);
            }
        }
        let _ = Crs::from_wkt(&String::from_utf8_lossy(&behind(b"PROJCS[\"a\",GEOGCS[")));
        let _ = Crs::from_projjson(&String::from_utf8_lossy(&behind(b"{\"type\":\"ProjectedCRS\",")));
    }

    /// A real file with a few bytes changed: the lies are then deep inside.
    #[test]
    fn damaged_flatgeobuf_is_refused_or_read(at in 0..3400_usize, value in any::<u8>(), other in 0..3400_usize) {
        let mut bytes = fixture("flat.fgb");
        let length = bytes.len();
        bytes[at % length] = value;
        bytes[other % length] ^= 0x40;
        let size = |at: usize| bytes.get(at..at + 4).map(|raw| u32::from_le_bytes(raw.try_into().unwrap()) as usize);
        let Some(header_bytes) = size(8) else { return Ok(()) };
        let Some(header) = bytes.get(12..12_usize.saturating_add(header_bytes)) else { return Ok(()) };
        let Ok(header) = flatgeobuf::header(header) else { return Ok(()) };
        let mut at = (12 + header_bytes).saturating_add(header.index_bytes as usize);
        while let Some(feature_bytes) = size(at) {
            let Some(feature) = bytes.get(at + 4..(at + 4).saturating_add(feature_bytes)) else { break };
            if let Ok(feature) = flatgeobuf::feature(feature, &header)
                && let Some(shape) = &feature.shape
            {
                prop_assert!(shape.polygons().iter().flat_map(|rings| rings.iter()).map(Vec::len).sum::<usize>() < length);
            }
            at += 4 + feature_bytes;
        }
    }

    #[test]
    fn all_rings_of_a_polygon_come_through(sizes in proptest::collection::vec((0.1..100.0_f64, 0.1..100.0_f64, -50.0..50.0_f64, any::<bool>()), 1..12)) {
        let mut content = vec![5, 0, 0, 0];
        content.extend([0; 32]);
        content.extend((sizes.len() as i32).to_le_bytes());
        content.extend((sizes.len() as i32 * 5).to_le_bytes());
        for index in 0..sizes.len() {
            content.extend((index as i32 * 5).to_le_bytes());
        }
        for (width, height, at, turned) in &sizes {
            let mut ring = [[0.0, 0.0], [0.0, *height], [*width, *height], [*width, 0.0], [0.0, 0.0]];
            if *turned {
                ring.reverse();
            }
            for [x, y] in ring {
                content.extend((x + at).to_le_bytes());
                content.extend((y - at).to_le_bytes());
            }
        }
        let shape = shapefile::record(&content).unwrap().unwrap();
        prop_assert_eq!(rings(&shape), sizes.len());
    }
}
