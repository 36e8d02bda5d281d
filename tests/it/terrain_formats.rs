//! Grids of heights in every dialect against what GDAL reads in them, and that no bytes break a reader.

use jumeau::formats::raster::{Heights, Placement, Window};
use jumeau::formats::xyz::Points;
use jumeau::formats::{asciigrid, bil, geotiff, hgt, las, raster, worldfile, xyz};
use proptest::prelude::*;
use std::io::Cursor;
use std::path::PathBuf;

fn fixture(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/terrain")
        .join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn open(name: &str) -> Box<dyn Heights> {
    let bytes = fixture(name);
    match name.rsplit('.').next().unwrap() {
        "tif" => {
            let mut tiff =
                geotiff::Tiff::open(Cursor::new(bytes)).unwrap_or_else(|e| panic!("{name}: {e}"));
            if !tiff.is_placed() {
                let Placement { columns, rows, .. } = tiff.placement();
                tiff.place(
                    worldfile::parse(&fixture(&name.replace(".tif", ".tfw")), columns, rows)
                        .unwrap(),
                );
            }
            Box::new(tiff)
        }
        "bil" => {
            let header = bil::parse_header(&fixture(&name.replace(".bil", ".hdr")), false).unwrap();
            Box::new(bil::Grid::open(Cursor::new(bytes), header, None, None).unwrap())
        }
        "asc" => Box::new(raster::Held::from(asciigrid::parse(&bytes).unwrap())),
        _ => match xyz::parse(&bytes).unwrap().0 {
            Points::Grid(grid) => Box::new(raster::Held::from(grid)),
            Points::Loose(points) => panic!("{name}: {} loose points", points.len()),
        },
    }
}

#[test]
fn every_dialect_is_read_as_gdal_reads_it() {
    let table = String::from_utf8(fixture("expected.csv")).unwrap();
    let mut files = 0;
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let number = |at: usize| cells[at].parse::<f64>().unwrap_or(f64::NAN);
        let name = cells[0];
        let mut source = open(name);
        let placement = source.placement();
        assert_eq!(
            [placement.columns as f64, placement.rows as f64],
            [number(1), number(2)],
            "{name}"
        );
        let ours = [placement.origin, placement.per_column, placement.per_row];
        for (ours, at) in ours.iter().flatten().zip(3..9) {
            assert!(
                (ours - number(at)).abs() < 1e-9 * number(at).abs().max(1.0),
                "{name}: {placement:?}, GDAL {cells:?}"
            );
        }
        let values = source.read(placement.whole()).unwrap();
        let known: Vec<f64> = values
            .iter()
            .filter(|v| v.is_finite())
            .map(|v| f64::from(*v))
            .collect();
        assert_eq!(known.len() as f64, number(9), "{name}");
        let sum: f64 = known.iter().sum();
        assert!(
            (sum - number(10)).abs() < 1e-6 * number(10),
            "{name}: {sum}, GDAL {}",
            number(10)
        );
        let middle = placement.rows / 2 * placement.columns + placement.columns / 2;
        for (at, column) in [(0, 11), (middle, 12), (values.len() - 1, 13)] {
            let (ours, theirs) = (f64::from(values[at]), number(column));
            assert!(
                (ours - theirs).abs() < 1e-4 || (ours.is_nan() && theirs.is_nan()),
                "{name} cell {at}: {ours}, GDAL {theirs}"
            );
        }
        // Any window holds the same numbers as the whole.
        let window = Window {
            column: 3,
            row: 5,
            columns: placement.columns - 7,
            rows: placement.rows - 11,
        };
        let part = source.read(window).unwrap();
        for row in 0..window.rows {
            for column in 0..window.columns {
                let whole = values[(row + 5) * placement.columns + column + 3];
                let ours = part[row * window.columns + column];
                assert!(
                    ours == whole || (ours.is_nan() && whole.is_nan()),
                    "{name} {row} {column}"
                );
            }
        }
        if name.ends_with(".tif") && !cells[14].is_empty() {
            let crs = source.crs().unwrap_or_default().to_owned();
            let code = format!("EPSG:{}", cells[14]);
            let same =
                crs == code || (cells[14] == "5698" && (crs == code || crs == "EPSG:2154+5720"));
            assert!(same || name == "own-crs.tif", "{name}: {crs}, GDAL {code}");
        }
        files += 1;
    }
    assert!(files >= 30, "{files}");
}

#[test]
fn undeclared_numbers_for_no_data_are_said() {
    let mut source = open("nodata-mixed.tif");
    source.read(source.placement().whole()).unwrap();
    assert_eq!(
        source.remarks(),
        [("terrain-nodata-undeclared", "3".to_owned())]
    );
    let mut quiet = open("f32-tiles-lzw-p3.tif");
    quiet.read(quiet.placement().whole()).unwrap();
    assert_eq!(quiet.remarks(), []);
}

#[test]
fn a_damaged_tile_leaves_the_others() {
    let mut bytes = fixture("f32-tiles-deflate-p2.tif");
    // GDAL writes tiles behind the header: the last ones are lost.
    let length = bytes.len();
    bytes.truncate(length * 3 / 4);
    let mut source = geotiff::Tiff::open(Cursor::new(&bytes)).unwrap();
    let values = source.read(source.placement().whole()).unwrap();
    assert!(values.iter().any(|v| v.is_nan()) && values.iter().any(|v| v.is_finite()));
    assert!(
        source
            .remarks()
            .iter()
            .any(|(code, _)| *code == "raster-tiles-damaged"),
        "{:?}",
        source.remarks()
    );
    assert!(geotiff::parse(&bytes).is_err());
}

/// An SRTM tile of our own, 121 nodes a side.
fn srtm() -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in 0..121_i16 {
        for column in 0..121_i16 {
            let height = if (row, column) == (60, 60) {
                -32768
            } else {
                row * 2 + column - 50
            };
            bytes.extend(height.to_be_bytes());
        }
    }
    bytes
}

#[test]
fn srtm_names_give_the_corner_and_sizes_the_step() {
    for (name, corner) in [
        ("N47W002.hgt", Some([-2, 47])),
        ("n47w002.SRTMGL1.hgt", Some([-2, 47])),
        ("S21E055.HGT", Some([55, -21])),
        ("N47W002.tif", None),
        ("N4W002.hgt", None),
        ("X47W002.hgt", None),
        ("N99W002.hgt", None),
        ("é47W002.hgt", None),
    ] {
        assert_eq!(hgt::corner(name), corner, "{name}");
    }
    assert_eq!(
        [
            hgt::side(2_884_802),
            hgt::side(25_934_402),
            hgt::side(1000),
            hgt::side(3)
        ],
        [Some(1201), Some(3601), None, None]
    );
    let mut tile = hgt::Tile::open(Cursor::new(srtm()), "N47W002.hgt").unwrap();
    let placement = tile.placement();
    assert_eq!(placement.origin, [-2.0, 48.0]);
    let [east, south] = placement.at(120.0, 120.0);
    assert!((east + 1.0).abs() < 1e-12 && (south - 47.0).abs() < 1e-12);
    let part = tile
        .read(Window {
            column: 59,
            row: 60,
            columns: 3,
            rows: 1,
        })
        .unwrap();
    assert_eq!((part[0], part[2]), (129.0, 131.0));
    assert!(part[1].is_nan());
}

#[test]
fn raw_grids_of_every_type_and_order() {
    let header = |extra: &str| {
        format!("NROWS 2\r\nNCOLS 3\nULXMAP 100.5\nULYMAP 200.5\nXDIM 1\nYDIM 1\n{extra}")
    };
    let check = |extra: &str, bytes: Vec<u8>, expect: [f32; 6]| {
        let header = bil::parse_header(header(extra).as_bytes(), false).unwrap();
        let mut grid = bil::Grid::open(Cursor::new(bytes), header, None, None).unwrap();
        assert_eq!(grid.placement().origin, [100.5, 200.5], "{extra}");
        let read = grid.read(grid.placement().whole()).unwrap();
        assert_eq!(
            read.iter().map(|v| v.to_bits()).collect::<Vec<_>>(),
            expect.map(f32::to_bits),
            "{extra}: {read:?}"
        );
    };
    let plain = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
    let each = |to: &dyn Fn(i16) -> Vec<u8>| (1..=6).flat_map(to).collect::<Vec<u8>>();
    check("NBITS 8", each(&|v| vec![v as u8]), plain);
    check(
        "NBITS 16\nBYTEORDER I",
        each(&|v| v.to_le_bytes().to_vec()),
        plain,
    );
    check(
        "NBITS 16\nBYTEORDER M\nPIXELTYPE SIGNEDINT",
        each(&|v| (-v).to_be_bytes().to_vec()),
        plain.map(|v| -v),
    );
    check(
        "NBITS 16\nBYTEORDER M\nPIXELTYPE UNSIGNEDINT",
        each(&|v| (v as u16).to_be_bytes().to_vec()),
        plain,
    );
    check(
        "NBITS 32\nBYTEORDER M\nPIXELTYPE SIGNEDINT",
        each(&|v| i32::from(v).to_be_bytes().to_vec()),
        plain,
    );
    check(
        "NBITS 32\nPIXELTYPE FLOAT",
        each(&|v| f32::from(v).to_le_bytes().to_vec()),
        plain,
    );
    check(
        "NBITS 64\nPIXELTYPE FLOAT\nBYTEORDER M",
        each(&|v| f64::from(v).to_be_bytes().to_vec()),
        plain,
    );
    check(
        "NBITS 16\nNODATA 3\nSKIPBYTES 4",
        [vec![9; 4], each(&|v| v.to_le_bytes().to_vec())].concat(),
        [1.0, 2.0, f32::NAN, 4.0, 5.0, 6.0],
    );
    // Two bands, the second is noise.
    check(
        "NBANDS 2\nNBITS 8\nLAYOUT BIP",
        each(&|v| vec![v as u8, 99]),
        plain,
    );
    check(
        "NBANDS 2\nNBITS 8\nLAYOUT BIL",
        vec![1, 2, 3, 99, 99, 99, 4, 5, 6, 99, 99, 99],
        plain,
    );
    check(
        "NBANDS 2\nNBITS 8\nLAYOUT BSQ",
        vec![1, 2, 3, 4, 5, 6, 9, 9, 9, 9, 9, 9],
        plain,
    );
    // Shorter than announced: what is there counts.
    check(
        "NBITS 16",
        each(&|v| v.to_le_bytes().to_vec())[..6].to_vec(),
        [1.0, 2.0, 3.0, f32::NAN, f32::NAN, f32::NAN],
    );
    let corner = bil::parse_header(b"ncols 3\nnrows 2\nxllcorner 100\nyllcorner 199\ncellsize 1\nNODATA_value -9999\nbyteorder LSBFIRST\n", true).unwrap();
    assert_eq!(corner.placement.unwrap().origin, [100.5, 200.5]);
    assert_eq!(
        (corner.number, corner.big_endian),
        (bil::Number::F32, false)
    );
    let world = worldfile::parse(b"2\n0\n0\n-2\n100\n200\n", 3, 2).unwrap();
    assert_eq!((world.origin, world.per_row), ([100.0, 200.0], [0.0, -2.0]));
    assert!(worldfile::parse(b"2\n0\n0\n", 3, 2).is_err());
}

#[test]
fn points_in_any_text_are_a_grid_with_holes() {
    let rows = |separator: &str, comma: bool, skip: usize| {
        let mut lines: Vec<String> = Vec::new();
        for k in (0..20).filter(|k| *k != skip) {
            let line = [
                355_000.5 + f64::from(k as u8 % 5),
                6_690_000.5 - f64::from(k as u8 / 5),
                k as f64 + 0.25,
            ]
            .map(|v| {
                if comma {
                    v.to_string().replace('.', ",")
                } else {
                    v.to_string()
                }
            })
            .join(separator);
            lines.push(line);
        }
        lines
    };
    for (separator, comma) in [
        (" ", false),
        ("\t", false),
        (",", false),
        (";", false),
        (";", true),
        (" ", true),
        ("   ", false),
    ] {
        let lines = rows(separator, comma, 7);
        for text in [
            lines.join("\n"),
            format!("x{separator}y{separator}z\r\n{}\r\n", lines.join("\r\n")),
            lines.iter().rev().cloned().collect::<Vec<_>>().join("\n"),
        ] {
            assert!(xyz::is_points(text.as_bytes()), "{text}");
            let (Points::Grid(grid), _) = xyz::parse(text.as_bytes()).unwrap() else {
                panic!("{text}")
            };
            assert_eq!(
                (grid.origin, grid.cell, grid.columns, grid.rows),
                ([355_000.5, 6_690_000.5], [1.0, 1.0], 5, 4),
                "{text}"
            );
            assert!(grid.values[7].is_nan() && grid.values[8] == 8.25);
        }
    }
    // In no order at all.
    let mut mixed = rows(" ", false, 3);
    for k in 0..mixed.len() {
        let other = k * 7 % mixed.len();
        mixed.swap(k, other);
    }
    assert!(
        matches!(xyz::parse(mixed.join("\n").as_bytes()).unwrap().0, Points::Grid(grid) if grid.columns == 5)
    );
    let loose = "1.123 2.7 3\n4.77 5.1 6\n9.9 1.3 2\n3.33 3.1 8\n";
    assert!(
        matches!(xyz::parse(loose.as_bytes()).unwrap().0, Points::Loose(points) if points.len() == 4)
    );
    for text in [
        "id,name,z\n1,a,2\n",
        "{\"type\": 1}",
        "1 2\n3 4\n",
        "",
        "1 2 3",
        "name;x;y\na;1;2\nb;3;4\n",
    ] {
        assert!(!xyz::is_points(text.as_bytes()), "{text}");
    }
}

#[test]
fn ascii_grids_may_have_decimal_commas_and_other_numbers_for_nothing() {
    let grid = asciigrid::parse(b"NCOLS 2\nNROWS 2\nXLLCENTER 0,5\nYLLCENTER 0,5\nCELLSIZE 1,0\nNODATA_VALUE -9999,0\n1,5 -9999\nnan 9999\n").unwrap();
    assert_eq!((grid.origin, grid.values[0]), ([0.5, 1.5], 1.5));
    assert!(grid.values[1..].iter().all(|v| v.is_nan()));
}

#[test]
fn las_headers_of_every_version_are_read() {
    for (name, version, format, compressed) in [
        ("cloud-12-1.las", 12, 1, false),
        ("cloud-14-6.las", 14, 6, false),
        ("cloud-12-3.laz", 12, 3, true),
        ("cloud-14-7.laz", 14, 7, true),
    ] {
        let bytes = fixture(name);
        let at = las::points_at(&bytes).unwrap() as usize;
        let header = las::Header::parse(&bytes[..at]).unwrap();
        assert_eq!(
            (
                header.version,
                header.format,
                header.compressed,
                header.points
            ),
            (version, format, compressed, 900),
            "{name}"
        );
        assert_eq!(header.laszip.is_some(), compressed);
        if version == 14 {
            assert!(
                header
                    .crs
                    .as_deref()
                    .is_some_and(|wkt| wkt.contains("2154")),
                "{:?}",
                header.crs
            );
        }
        if !compressed {
            let record = &bytes[at..at + usize::from(header.record_bytes)];
            let point = header.point(record).unwrap();
            assert!(
                (770_500.0..770_540.0).contains(&point.at[0])
                    && (60.0..70.0).contains(&point.at[2]),
                "{point:?}"
            );
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_break_a_reader_of_heights(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let behind = |head: &[u8]| [head, bytes.as_slice()].concat();
        let _ = xyz::parse(&bytes);
        let _ = xyz::is_points(&bytes);
        let _ = worldfile::parse(&bytes, 3, 3);
        let _ = bil::parse_header(&bytes, true);
        let _ = las::Header::parse(&bytes);
        let _ = las::Header::parse(&behind(b"LASF"));
        let _ = geotiff::parse(&behind(b"II*\0\x08\0\0\0"));
        let _ = geotiff::parse(&behind(b"MM\0*\0\0\0\x08"));
        let _ = geotiff::parse(&behind(b"II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0"));
        if let Ok(mut tile) = hgt::Tile::open(Cursor::new(&bytes), "N47W002.hgt") {
            let _ = tile.read(tile.placement().whole());
        }
    }

    /// Real files with a few bytes changed or the end cut off.
    #[test]
    fn no_damage_breaks_a_reader(which in 0usize..10, at in any::<prop::sample::Index>(), with in any::<[u8; 4]>(), keep in 0.0f64..1.3) {
        let names = ["f32-tiles-lzw-p3.tif", "f32-strips-deflate-p3.tif", "i16-tiles-lzw-p2.tif", "u16-strips-packbits.tif", "big.tif", "own-crs.tif", "turned.tif", "sparse.tif", "two-bands-planar.tif", "scaled.tif"];
        let mut bytes = fixture(names[which]);
        // Most of a small TIFF is header.
        let place = at.index(bytes.len().saturating_sub(4).min(700));
        bytes[place..place + 4].copy_from_slice(&with);
        let length = bytes.len();
        bytes.truncate((length as f64 * keep) as usize);
        let _ = geotiff::parse(&bytes);
        for name in ["cloud-14-6.las", "cloud-14-7.laz", "cloud-12-3.laz"] {
            let mut bytes = fixture(name);
            let place = at.index(1000.min(bytes.len() - 4));
            bytes[place..place + 4].copy_from_slice(&with);
            if let Ok(header) = las::Header::parse(&bytes) {
                let _ = header.point(&bytes[..20.min(bytes.len())]);
                header.clone().read_extended(&bytes);
            }
        }
    }

    #[test]
    fn headers_in_words_never_break(text in "(NROWS|NCOLS|NBITS|NBANDS|ULXMAP|XDIM|CELLSIZE|LAYOUT|BYTEORDER|TOTALROWBYTES|[0-9.e+-]{0,9}|M|BIP|\n| ){0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        if let Ok(header) = bil::parse_header(text.as_bytes(), false)
            && let Ok(mut grid) = bil::Grid::open(Cursor::new(bytes), header, None, None)
            && grid.placement().whole().cells() < 1_000_000
        {
            let _ = grid.read(grid.placement().whole());
        }
    }

    #[test]
    fn a_placement_finds_what_it_places(x in -1e6..1e6f64, y in -1e6..1e6f64, a in 0.1..50.0f64, turn in 0.0..360.0f64, column in -10.0..1e4f64, row in -10.0..1e4f64) {
        let (sin, cos) = turn.to_radians().sin_cos();
        let placement = Placement { origin: [x, y], per_column: [a * cos, a * sin], per_row: [a * sin, -a * cos], columns: 5, rows: 5 }.checked().unwrap();
        let found = placement.find(placement.at(column, row));
        prop_assert!((found[0] - column).abs() < 1e-6 && (found[1] - row).abs() < 1e-6, "{found:?}");
    }
}
