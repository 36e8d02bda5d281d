//! Thousands of points against PROJ, NTF by grid, heights by a geoid grid, texts of every kind.

use crate::shared_data::shared;
use jumeau::geodesy::{
    Crs, GeodesyFault, Geoid, LonLat, Vertical, transform, transform_heights, transform_line_with,
};
use proptest::prelude::*;

/// The radical inverse: the same points as in `make_vectors.py`.
fn halton(mut index: u32, base: u32) -> f64 {
    let (mut value, mut part) = (0.0, 1.0);
    while index > 0 {
        part /= f64::from(base);
        value += part * f64::from(index % base);
        index /= base;
    }
    value
}

#[test]
fn thousands_of_points_agree_with_proj() {
    let (mut count, mut worst) = (0, (0.0, String::new()));
    let mut lines = include_str!("../data/geodesy/dense.csv").lines().skip(1);
    while let Some(head) = lines.next() {
        let head: Vec<f64> = head.split(' ').map(|word| word.parse().unwrap()).collect();
        let crs = Crs::from_epsg(head[0] as u32).unwrap();
        for k in 1..=60 {
            let lon = head[1] + (head[3] - head[1]) * halton(k, 2);
            let lat = head[2] + (head[4] - head[2]) * halton(k, 3);
            let mut answer = lines
                .next()
                .unwrap()
                .split(' ')
                .map(|word| word.parse::<f64>().unwrap());
            let (x, y) = (answer.next().unwrap(), answer.next().unwrap());
            let [ours_x, ours_y] = crs.from_lonlat(LonLat::new(lon, lat)).unwrap();
            let metres = if crs.is_geographic() { 111_320.0 } else { 1.0 };
            let off = (ours_x - x).hypot(ours_y - y) * metres;
            // The embedded grid is rounded to 0.4 mm, and the registry's shift of Amersfoort to 1e-4 of a microradian; everything else is exact to the file's digits.
            let rounded = crs.datum_accuracy_m() == 0.05 || crs.code() == "EPSG:28992";
            let tolerance = if rounded { 0.001 } else { 1e-4 };
            assert!(
                off < tolerance,
                "{crs:?} {lon} {lat}: {ours_x} {ours_y}, PROJ {x} {y}"
            );
            if off > worst.0 {
                worst = (off, format!("{crs:?}"));
            }
            let back = crs.to_lonlat(ours_x, ours_y).unwrap();
            let off = (back.lon_deg - lon).hypot(back.lat_deg - lat) * 111_320.0;
            assert!(off < 0.005, "{crs:?} {lon} {lat}: back {back:?}");
            count += 1;
        }
    }
    assert!(count > 3_500, "{count}");
    println!("{count} points, worst {:.2e} m in {}", worst.0, worst.1);
}

#[test]
fn ntf_goes_by_the_grid_and_by_parameters_when_asked() {
    let (ntf, lambert) = (
        Crs::from_code("27572").unwrap(),
        Crs::from_code("2154").unwrap(),
    );
    let point = |from: &Crs| {
        let mut points = [[600_000.0, 2_426_000.0, 35.0]];
        transform(from, &lambert, &mut points).unwrap();
        points[0]
    };
    let (grid, parameters) = (point(&ntf), point(&ntf.clone().by_parameters()));
    let apart = (grid[0] - parameters[0]).hypot(grid[1] - parameters[1]);
    assert!(apart > 0.1 && apart < 4.0, "{apart}");
    assert_eq!(grid[2], 35.0);
    assert!(
        ntf.is_shifted_by_grid_at(LonLat::new(2.35, 48.85))
            && !ntf.is_shifted_by_grid_at(LonLat::new(20.0, 48.85))
    );
    assert!(ntf.datum_accuracy_m() < 0.1 && ntf.by_parameters().datum_accuracy_m() > 1.0);
}

#[test]
fn altitudes_become_ellipsoidal_heights_as_in_proj() {
    let geoid = Geoid::from_raf20_tiff(include_bytes!("../data/geodesy/geoid.tac")).unwrap();
    let (from, to) = (
        Crs::from_code("EPSG:5698").unwrap(),
        Crs::from_code("EPSG:4979").unwrap(),
    );
    let mut worst = 0.0_f64;
    for line in include_str!("../data/geodesy/geoid.csv").lines().skip(1) {
        let v: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let mut points = [[v[0], v[1], v[2]]];
        transform_heights(&from, &to, &geoid, &mut points).unwrap();
        let [lon, lat, height] = points[0];
        assert!(
            (lon - v[3]).abs() < 1e-9 && (lat - v[4]).abs() < 1e-9,
            "{line}: {points:?}"
        );
        worst = worst.max((height - v[5]).abs());
        transform_heights(&to, &from, &geoid, &mut points).unwrap();
        assert!((points[0][2] - v[2]).abs() < 1e-6, "{line}: {points:?}");
    }
    assert!(worst < 1e-4, "{worst}");
    // Earth-centred is the same height, and a system without a vertical part lets z pass.
    let ecef = Crs::from_code("EPSG:4978").unwrap();
    let mut points = [[355_577.8, 6_689_723.1, 20.0]];
    transform_heights(&from, &ecef, &geoid, &mut points).unwrap();
    transform_heights(&ecef, &to, &geoid, &mut points).unwrap();
    let undulation = geoid.undulation_m(LonLat::new(points[0][0], points[0][1]));
    assert!(
        (points[0][2] - 20.0 - undulation).abs() < 1e-4,
        "{points:?}"
    );
    let flat = Crs::from_code("EPSG:2154").unwrap();
    let mut points = [[355_577.8, 6_689_723.1, 20.0]];
    transform_heights(&flat, &to, &geoid, &mut points).unwrap();
    assert_eq!(points[0][2], 20.0);
    let text = transform_line_with(&from, &to, Some(&geoid), "355577.8 6689723.1")
        .unwrap()
        .unwrap();
    assert_eq!(text.split(' ').count(), 2, "{text}");
}

/// RAF20 in place: every node of the file, and the mean of its neighbours in between.
#[test]
fn raf20_gives_its_nodes() {
    let Some(path) = shared("geodesy/ign/RAF20.tac") else {
        return;
    };
    let bytes = std::fs::read(path).unwrap();
    let geoid = Geoid::from_raf20_tiff(&bytes).unwrap();
    let text: String = bytes.iter().map(|b| char::from(*b)).collect();
    let numbers: Vec<f64> = text
        .split_once('\n')
        .unwrap()
        .1
        .split_whitespace()
        .map(|w| w.parse().unwrap())
        .collect();
    let node = |column: usize, row: usize| numbers[2 * (row * 421 + column)];
    for row in (1..380).step_by(7) {
        for column in (1..420).step_by(11) {
            let p = LonLat::new(
                -5.5 + (column as f64 + 0.5) / 30.0,
                51.5 - (row as f64 + 0.5) * 0.025,
            );
            let mean = 0.25
                * (node(column, row)
                    + node(column + 1, row)
                    + node(column, row + 1)
                    + node(column + 1, row + 1));
            assert!((geoid.undulation_m(p) - mean).abs() < 1e-3, "{p:?}");
        }
    }
}

#[test]
fn vertical_systems_have_names_and_are_never_mixed() {
    for (name, epsg) in [
        ("NGF-IGN69", 5720),
        ("NGF IGN 69", 5720),
        ("NGF-IGN69 height", 5720),
        ("IGN78", 5721),
        ("Réunion 1989", 5758),
        ("Reunion 1989 height", 5758),
        ("EGM96 height", 5773),
        ("EPSG:5720", 5720),
        ("NGG1977 height", 5755),
    ] {
        assert_eq!(
            Vertical::from_name(name),
            Some(Vertical::Levelled(epsg)),
            "{name}"
        );
    }
    assert_eq!(
        Vertical::from_name("Ellipsoidal height"),
        Some(Vertical::Ellipsoid)
    );
    assert_eq!(Vertical::from_name("mean sea level"), None);
    for (lon, lat, epsg) in [
        (-1.55, 47.2, 5720),
        (9.1, 42.2, 5721),
        (55.5, -21.1, 5758),
        (-61.0, 14.6, 5756),
        (-61.6, 16.2, 5757),
        (-52.3, 4.9, 5755),
        (45.2, -12.8, 5793),
        (-56.2, 46.8, 5792),
    ] {
        assert_eq!(
            Vertical::usual_at(LonLat::new(lon, lat)),
            Some(Vertical::Levelled(epsg)),
            "{lon} {lat}"
        );
    }
    assert_eq!(Vertical::usual_at(LonLat::new(100.0, 0.0)), None);
    let geoid = Geoid::approximate_france();
    let (mainland, corsica) = (
        Crs::from_code("EPSG:5698").unwrap(),
        Crs::from_code("EPSG:5699").unwrap(),
    );
    let fault = transform_heights(
        &mainland,
        &corsica,
        &geoid,
        &mut [[1_200_000.0, 6_100_000.0, 10.0]],
    )
    .unwrap_err();
    assert_eq!(fault.code(), "vertical-unknown");
    assert!(matches!(fault, GeodesyFault::At { .. }));
    for (code, flat, vertical) in [
        ("EPSG:5699", "EPSG:2154", 5721),
        ("EPSG:7421", "EPSG:27572", 5720),
        ("EPSG:10499", "EPSG:9794", 5720),
        ("EPSG:10633", "EPSG:5490", 5756),
        ("EPSG:9707", "EPSG:4326", 5773),
        ("EPSG:2975+5758", "EPSG:2975", 5758),
    ] {
        let crs = Crs::from_code(code).unwrap();
        assert_eq!(
            (crs.code(), crs.vertical()),
            (flat, Some(vertical)),
            "{code}"
        );
    }
}

#[test]
fn proj_texts_are_systems() {
    for (text, code) in [
        (
            "+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs",
            "EPSG:2154",
        ),
        (
            "+proj=lcc +lat_1=44 +lat_2=49 +lat_0=46.5 +lon_0=3 +x_0=700000 +y_0=6600000 +ellps=GRS80",
            "EPSG:2154",
        ),
        (
            "+proj=lcc +lat_0=47 +lon_0=3 +lat_1=46.25 +lat_2=47.75 +x_0=1700000 +y_0=6200000 +ellps=GRS80 +units=m",
            "EPSG:3947",
        ),
        (
            "+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=0 +k_0=0.99987742 +x_0=600000 +y_0=2200000 +a=6378249.2 +b=6356515 +towgs84=-168,-60,320,0,0,0,0 +pm=paris +units=m +no_defs",
            "EPSG:27572",
        ),
        (
            "+proj=utm +zone=30 +datum=WGS84 +units=m +no_defs",
            "EPSG:32630",
        ),
        (
            "+proj=utm +zone=40 +south +ellps=GRS80 +units=m",
            "EPSG:2975",
        ),
        (
            "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs",
            "EPSG:3857",
        ),
        ("+proj=longlat +datum=WGS84 +no_defs", "EPSG:4326"),
        ("+init=epsg:2154", "EPSG:2154"),
    ] {
        let found = Crs::from_code(text).map(|crs| crs.code().to_owned());
        assert_eq!(found.as_deref(), Ok(code), "{text}");
    }
    // A system that no table has: a code that reads back as itself, and the numbers of its twin.
    let own =
        Crs::from_code("+proj=tmerc +lat_0=0 +lon_0=3 +k=0.9996 +x_0=500000 +y_0=0 +ellps=WGS84")
            .unwrap();
    assert_eq!(Crs::from_code(own.code()).unwrap(), own);
    let p = LonLat::new(2.35, 48.85);
    let (ours, utm) = (
        own.from_lonlat(p).unwrap(),
        Crs::from_code("32631").unwrap().from_lonlat(p).unwrap(),
    );
    assert!(
        (ours[0] - utm[0]).hypot(ours[1] - utm[1]) < 1e-4,
        "{ours:?} {utm:?}"
    );
    for bad in [
        "+proj=",
        "+proj=nothing",
        "+proj=lcc +lat_0=x",
        "+proj=utm +zone=30 +units=us-ft",
        "+proj=utm +zone=30 +ellps=clrk66",
        "+proj=utm +zone=30 +nadgrids=other.gsb",
        "+proj=tmerc +ellps=bessel",
        "+init=epsg:9999",
    ] {
        assert!(Crs::from_code(bad).is_err(), "{bad}");
    }
}

#[test]
fn systems_without_a_known_name_are_told_by_their_parameters() {
    let renamed = |wkt: &str| {
        wkt.replace("RGF_1993_Lambert_93", "Projet_communal")
            .replace("RGF93 v1 / Lambert-93", "Projet communal")
    };
    for line in include_str!("../data/geodesy/names.csv").lines().skip(1) {
        let cells: Vec<&str> = line.splitn(3, ';').collect();
        if cells[0] != "2154" {
            continue;
        }
        let wkt = renamed(cells[2]);
        let cut = wkt
            .rfind(",ID[\"EPSG\",2154]")
            .or(wkt.rfind(",AUTHORITY[\"EPSG\",\"2154\"]"));
        let wkt = cut.map_or(wkt.clone(), |at| format!("{}]", &wkt[..at]));
        assert_eq!(
            Crs::from_wkt(&wkt)
                .map(|crs| crs.code().to_owned())
                .as_deref(),
            Ok("EPSG:2154"),
            "{}: {wkt}",
            cells[1]
        );
    }
    let feet = "PROJCS[\"x\",GEOGCS[\"y\",DATUM[\"z\",SPHEROID[\"GRS 1980\",6378137,298.257222101]],PRIMEM[\"Greenwich\",0],UNIT[\"degree\",0.0174532925199433]],PROJECTION[\"Transverse_Mercator\"],PARAMETER[\"central_meridian\",3],UNIT[\"foot\",0.3048]]";
    assert!(Crs::from_wkt(feet).is_err());
}

/// Other prime meridians and grads: as PROJ reads them, in every dialect.
#[test]
fn meridians_and_grads_are_read_as_proj_reads_them() {
    let mut paris = 0;
    for line in include_str!("../data/geodesy/meridians.csv").lines().skip(1) {
        let cells: Vec<&str> = line.splitn(6, ';').collect();
        let [form, lon, lat, x, y, text] = cells[..] else { panic!("{line}") };
        let crs = match form {
            "proj" => Crs::from_code(text),
            "json" => Crs::from_projjson(text),
            _ => Crs::from_wkt(text),
        };
        let crs = crs.unwrap_or_else(|fault| panic!("{fault}: {text}"));
        assert_ne!(crs.code(), "EPSG:4326", "{text}");
        paris += usize::from(crs.code() == "EPSG:4807");
        // What is written into a manifest is the same system when it is read again.
        assert_eq!(Crs::from_code(crs.code()).as_ref(), Ok(&crs), "{text}");
        let crs = crs.by_parameters();
        let number = |text: &str| text.parse::<f64>().unwrap();
        let p = LonLat::new(number(lon), number(lat));
        let [ours_x, ours_y] = crs.from_lonlat(p).unwrap();
        // The registry's Paris is 3e-9° from PROJ's.
        let tolerance = if crs.is_geographic() { 1e-8 } else { 1e-4 };
        let off = (ours_x - number(x)).abs().max((ours_y - number(y)).abs());
        assert!(off < tolerance, "{ours_x} {ours_y}, PROJ says {x} {y}: {text}");
        let back = crs.to_lonlat(number(x), number(y)).unwrap();
        assert!((back.lon_deg - p.lon_deg).abs() < 1e-8 && (back.lat_deg - p.lat_deg).abs() < 1e-8, "{back:?} {p:?}: {text}");
    }
    assert_eq!(paris, 6 * 4, "grads of Paris have a number of their own in every dialect");
}

#[test]
fn units_and_meridians_that_are_not_understood_are_refused() {
    let grs80 = "DATUM[\"d\",SPHEROID[\"GRS 1980\",6378137,298.257222101]]";
    let degrees = "UNIT[\"degree\",0.0174532925199433]";
    let greenwich = "PRIMEM[\"Greenwich\",0]";
    let lambert = "PROJECTION[\"Lambert_Conformal_Conic_2SP\"],PARAMETER[\"latitude_of_origin\",46.5],PARAMETER[\"central_meridian\",3],\
        PARAMETER[\"standard_parallel_1\",49],PARAMETER[\"standard_parallel_2\",44],PARAMETER[\"false_easting\",700000],PARAMETER[\"false_northing\",6600000]";
    let base = format!("GEOGCS[\"RGF93\",{grs80},{greenwich},{degrees}]");
    let named = |unit: &str| format!("PROJCS[\"RGF93 / Lambert-93\",{base},{lambert},{unit}]");
    assert_eq!(Crs::from_wkt(&named("UNIT[\"metre\",1]")).unwrap().code(), "EPSG:2154");
    let wkt2 = "PROJCRS[\"RGF93 v1 / Lambert-93\",BASEGEOGCRS[\"RGF93 v1\",DATUM[\"d\",ELLIPSOID[\"GRS 1980\",6378137,298.257222101]]],\
        CONVERSION[\"Lambert-93\",METHOD[\"Lambert Conic Conformal (2SP)\"],PARAMETER[\"Latitude of false origin\",46.5]],CS[Cartesian,2],\
        AXIS[\"easting (X)\",east,ORDER[1],LENGTHUNIT[\"foot\",0.3048]],AXIS[\"northing (Y)\",north,ORDER[2],LENGTHUNIT[\"foot\",0.3048]],ID[\"EPSG\",2154]]";
    let belgian = named("UNIT[\"metre\",1]").replace("RGF93 / Lambert-93", "x").replace("Conic_2SP", "Conic_2SP_Belgium");
    for wkt in [
        // Feet, however the system is called.
        &named("UNIT[\"foot\",0.3048]"),
        wkt2,
        // Grads and foreign meridians that no row of the table has.
        &format!("GEOGCS[\"x\",{grs80},{greenwich},UNIT[\"grad\",0.0157079632679489]]"),
        &format!("GEOGCS[\"RGF93\",{grs80},{greenwich},UNIT[\"grad\",0.0157079632679489]]"),
        &format!("GEOGCS[\"x\",{grs80},PRIMEM[\"Ferro\",-17.6666666666667],UNIT[\"grad\",0.0157079632679489]]"),
        // A variant that turns the grid.
        &belgian,
    ] {
        assert!(Crs::from_wkt(wkt).is_err(), "{wkt}");
    }
    for text in [
        "+proj=longlat +datum=WGS84 +pm=ferro",
        "+proj=geocent +datum=WGS84 +pm=paris",
        "+proj=laea +lat_0=52 +lon_0=10 +R=6371000",
        "+proj=utm +zone=30 +datum=WGS84 +vunits=us-ft",
    ] {
        assert!(Crs::from_code(text).is_err(), "{text}");
    }
    // Web Mercator as GDAL writes it in WKT 1: the truth is in an extension.
    let web = format!("PROJCS[\"x\",GEOGCS[\"y\",DATUM[\"d\",SPHEROID[\"WGS 84\",6378137,298.257223563]],{greenwich},{degrees}],PROJECTION[\"Mercator_1SP\"],PARAMETER[\"central_meridian\",0],PARAMETER[\"scale_factor\",1],PARAMETER[\"false_easting\",0],PARAMETER[\"false_northing\",0],UNIT[\"metre\",1],EXTENSION[\"PROJ4\",\"+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs\"]]");
    assert_eq!(Crs::from_wkt(&web).unwrap().code(), "EPSG:3857");
    let json = r#"{"type":"GeographicCRS","name":"WGS 84","datum":{"ellipsoid":{"semi_major_axis":6378137,"inverse_flattening":298.257223563}},
        "coordinate_system":{"axis":[{"unit":{"name":"grad","conversion_factor":0.015707963267949}},{"unit":{"name":"grad","conversion_factor":0.015707963267949}}]}}"#;
    assert!(Crs::from_projjson(json).is_err());
}

proptest! {
    #[test]
    fn no_proj_text_or_wkt_panics(words in "(\\+proj=|\\+lat_0=|\\+a=|\\+rf=|\\+towgs84=|lcc|utm|[0-9.,-]{0,8}|PROJCS\\[|SPHEROID\\[|PARAMETER\\[|PRIMEM\\[|\"|\\]|,| ){0,40}") {
        let _ = Crs::from_code(&words);
        let _ = Crs::from_wkt(&words);
    }

    #[test]
    fn own_systems_go_there_and_back(lon_0 in -5.0..10.0f64, lat_0 in 42.0..51.0f64, k in 0.9..1.1f64, lon in -4.0..8.0f64, lat in 42.0..51.0f64) {
        let crs = Crs::from_code(&format!("+proj=tmerc +lat_0={lat_0} +lon_0={lon_0} +k_0={k} +x_0=1000 +y_0=2000 +ellps=GRS80")).unwrap();
        let [x, y] = crs.from_lonlat(LonLat::new(lon, lat)).unwrap();
        let back = crs.to_lonlat(x, y).unwrap();
        prop_assert!((back.lon_deg - lon).abs() < 1e-8 && (back.lat_deg - lat).abs() < 1e-8);
    }

    #[test]
    fn ntf_there_and_back(lon in -5.0..9.5f64, lat in 41.5..51.5f64) {
        let ntf = Crs::from_code("4275").unwrap();
        let [x, y] = ntf.from_lonlat(LonLat::new(lon, lat)).unwrap();
        let back = ntf.to_lonlat(x, y).unwrap();
        prop_assert!((back.lon_deg - lon).abs() < 1e-11 && (back.lat_deg - lat).abs() < 1e-11);
    }
}
