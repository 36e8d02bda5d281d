//! Small files that ask for much: what once took hours or all memory takes a moment now. Nothing is timed; whoever waits here has found a fault.

use jumeau::formats::osm::rings::{Corner, assemble};
use jumeau::formats::{check, citygml, geotiff, gltf, grid, shapefile};
use jumeau::region::footprint;
use serde_json::{Value, json};

fn glb(document: &Value, bin: &[u8]) -> Vec<u8> {
    gltf::container::join(serde_json::to_vec(document).unwrap(), bin.to_vec()).unwrap()
}

/// One triangle, of which everything else is made.
fn triangle() -> Value {
    json!({
        "asset": { "version": "2.0" },
        "scenes": [{ "nodes": [0] }], "nodes": [{ "mesh": 0 }],
        "meshes": [{ "primitives": [{ "attributes": { "POSITION": 0 } }] }],
        "accessors": [{ "bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3" }],
        "bufferViews": [{ "buffer": 0, "byteLength": 36 }], "buffers": [{ "byteLength": 36 }],
    })
}

fn codes(document: &Value) -> Vec<&'static str> {
    let findings = check::content::gltf(&glb(document, &[0; 36]), "x.glb", None, &mut |_| None);
    findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_mesh_of_nothing_is_not_drawn_by_every_node() {
    let mut document = triangle();
    document["accessors"][0]["count"] = json!(0);
    document["meshes"][0]["primitives"] = json!(vec![json!({ "attributes": { "POSITION": 0 } }); 1_000]);
    document["nodes"] = json!(vec![json!({ "mesh": 0 }); 20_000]);
    document["scenes"][0]["nodes"] = json!((0..20_000).collect::<Vec<_>>());
    assert_eq!(codes(&document), ["gltf-limit"]);
}

#[test]
fn a_class_is_not_read_again_for_every_table() {
    let mut document = triangle();
    let properties: serde_json::Map<String, Value> =
        (0..20_000).map(|number| (format!("p{number}"), json!({ "type": "SCALAR", "componentType": "FLOAT32" }))).collect();
    document["extensions"]["EXT_structural_metadata"] = json!({
        "schema": { "id": "s", "classes": { "c": { "properties": properties } } },
        "propertyTables": vec![json!({ "class": "c", "count": 1, "properties": {} }); 20_000],
    });
    assert!(codes(&document).is_empty());
}

#[test]
fn required_properties_are_missed_so_many_times_and_no_more() {
    let mut document = triangle();
    let properties: serde_json::Map<String, Value> = (0..2_000)
        .map(|number| (format!("p{number}"), json!({ "type": "SCALAR", "componentType": "FLOAT32", "required": true })))
        .collect();
    document["extensions"]["EXT_structural_metadata"] = json!({
        "schema": { "id": "s", "classes": { "c": { "properties": properties } } },
        "propertyTables": vec![json!({ "class": "c", "count": 1, "properties": {} }); 2_000],
    });
    assert_eq!(codes(&document).len(), 10_000);
}

#[test]
fn feature_ids_are_counted_so_many_times_and_no_more() {
    let mut document = triangle();
    document["accessors"] = json!([
        { "bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3" },
        { "componentType": 5126, "count": 1_000_000, "type": "SCALAR" },
    ]);
    let set = json!({ "featureCount": 1, "attribute": 1 });
    document["meshes"][0]["primitives"][0] = json!({
        "attributes": { "POSITION": 0, "_FEATURE_ID_1": 1 },
        "extensions": { "EXT_mesh_features": { "featureIds": vec![set; 50_000] } },
    });
    let found = codes(&document);
    assert!(found.len() <= 10_000 && !found.is_empty(), "{}", found.len());
}

#[test]
fn a_property_of_2_to_the_63_items_needs_more_bytes_than_there_are() {
    let mut document = triangle();
    let declared = json!({ "type": "SCALAR", "componentType": "FLOAT64", "array": true, "count": 1_u64 << 63 });
    document["extensions"]["EXT_structural_metadata"] = json!({
        "schema": { "id": "s", "classes": { "c": { "properties": { "p": declared } } } },
        "propertyTables": [{ "class": "c", "count": 3, "properties": { "p": { "values": 0 } } }],
        "propertyTextures": [{ "class": "c", "properties": { "p": { "index": 0, "texCoord": 0, "channels": [0] } } }],
    });
    let found = codes(&document);
    assert!(found.contains(&"gltf-metadata-range") && found.contains(&"gltf-metadata-texture"), "{found:?}");
}

#[test]
fn ways_that_all_meet_in_one_node_are_joined_once() {
    let end = |id: i64| -> Corner { (id, [id as f64 * 1e-6, (id % 7) as f64]) };
    let star: Vec<Vec<Corner>> = (1..200_000).map(|id| vec![end(0), end(id)]).collect();
    let assembled = assemble(&star);
    assert!(assembled.polygons.is_empty() && !assembled.open_at.is_empty());
}

#[test]
fn loops_along_a_line_are_cut_off_one_by_one() {
    // A line of ten thousand nodes; in each a triangle is gone around before the line goes on.
    let at = |id: i64, dx: f64, dy: f64| -> Corner { (id, [id as f64 + dx, dy]) };
    let mut ways: Vec<Vec<Corner>> = Vec::new();
    for id in 0..10_000_i64 {
        let extra = 1_000_000 + 2 * id;
        ways.push(vec![at(id, 0.0, 0.0), (extra, [id as f64 + 0.3, 0.5]), (extra + 1, [id as f64 - 0.3, 0.5]), at(id, 0.0, 0.0)]);
        ways.push(vec![at(id, 0.0, 0.0), at(id + 1, 0.0, 0.0)]);
    }
    assert_eq!(assemble(&ways).polygons.len(), 10_000);
}

#[test]
fn a_column_that_is_named_a_million_times_is_not_gone_through() {
    let row = "1 3 0 0 0 0 1 1 0 1 1 1 1\n";
    let rows = row.repeat(2_000);
    let columns = "3 ".repeat(500_000);
    let case = format!("function mpc = c\nmpc.bus = [\n{rows}];\nmpc.bus(:, [{columns}]) = 2;\n");
    let Ok(grid::Document::Matpower(document)) = grid::read(case.as_bytes()) else {
        panic!("no case");
    };
    assert!(document.bus.len() == 2_000 && document.bus.iter().all(|row| row.get(2) == Some(&0.0)));
    // What is left out is said.
    assert_eq!(document.skipped.len(), 1);
}

#[test]
fn a_million_statements_on_a_column_end() {
    let rows = "1 3 0 0 0 0 1 1 0 1 1 1 1\n".repeat(20_000);
    let changes = "mpc.bus(:, 3) = 2;\n".repeat(50_000);
    let case = format!("function mpc = c\nmpc.bus = [\n{rows}];\n{changes}");
    let Ok(grid::Document::Matpower(document)) = grid::read(case.as_bytes()) else {
        panic!("no case");
    };
    // A hundred million cells are read for statements, twenty thousand for each of these.
    assert_eq!(document.skipped.len(), 45_000);
}

#[test]
fn holes_in_outlines_that_lie_over_each_other_find_one() {
    const RINGS: usize = 5_000;
    let ring = |hole: bool| {
        let corners = [[0.0, 0.0], [0.0, 9.0], [9.0, 9.0], [0.0, 0.0_f64]];
        let mut corners: Vec<[f64; 2]> = corners.iter().map(|[x, y]| if hole { [1.0 + x / 9.0, 2.0 + y / 9.0] } else { [*x, *y] }).collect();
        if hole {
            corners.reverse();
        }
        corners
    };
    let mut content = Vec::new();
    content.extend(5_i32.to_le_bytes());
    content.extend([0; 32]);
    content.extend((2 * RINGS as i32).to_le_bytes());
    content.extend((8 * RINGS as i32).to_le_bytes());
    (0..2 * RINGS as i32).for_each(|part| content.extend((4 * part).to_le_bytes()));
    for part in 0..2 * RINGS {
        ring(part >= RINGS).iter().flatten().for_each(|number| content.extend(number.to_le_bytes()));
    }
    let shape = shapefile::record(&content).unwrap().unwrap();
    assert_eq!(shape.polygons().iter().map(|rings| rings.len()).sum::<usize>(), 2 * RINGS);
}

#[test]
fn links_to_a_large_polygon_are_followed_until_it_is_enough() {
    let ring: String = (0..10_000).map(|at| format!("{at} {} 0 ", at % 7)).collect();
    let link = "<gml:surfaceMember xlink:href=\"#p\"/>".repeat(20_000);
    let document = format!(
        "<CityModel xmlns=\"http://www.opengis.net/citygml/2.0\"><cityObjectMember><Building><lod2MultiSurface><gml:MultiSurface><gml:surfaceMember>\
         <gml:Polygon gml:id=\"p\"><gml:exterior><gml:LinearRing><gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>\
         </gml:surfaceMember>{link}</gml:MultiSurface></lod2MultiSurface></Building></cityObjectMember></CityModel>"
    );
    let mut faults = Vec::new();
    citygml::read(document.as_bytes(), &mut |object| {
        faults = object.faults.clone();
        true
    })
    .unwrap();
    assert!(faults.iter().any(|(code, _)| *code == "city-too-many-faces"), "{faults:?}");
}

#[test]
fn strips_of_one_cell_are_not_all_looked_through_for_the_next() {
    const ROWS: u32 = 300_000;
    // (tag, type, count, value): arrays of offsets and lengths lie behind the directory.
    let arrays = 8 + 2 + 12 * 12 + 4;
    let geo = arrays + 8 * ROWS;
    let entries: [(u16, u16, u32, u32); 12] = [
        (256, 4, 1, 1), (257, 4, 1, ROWS), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, ROWS, arrays),
        (277, 3, 1, 1), (278, 4, 1, 1), (279, 4, ROWS, arrays + 4 * ROWS), (339, 3, 1, 1), (33_550, 12, 3, geo), (33_922, 12, 6, geo + 24),
    ];
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in entries {
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend([0; 4]);
    (0..ROWS).for_each(|_| bytes.extend(8_u32.to_le_bytes()));
    (0..ROWS).for_each(|_| bytes.extend(1_u32.to_le_bytes()));
    [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 355_000.0, 6_689_000.0, 0.0_f64].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    let raster = geotiff::parse(&bytes).unwrap();
    assert_eq!((raster.columns, raster.rows, raster.values.len()), (1, ROWS as usize, ROWS as usize));
}

#[cfg(feature = "pipeline")]
mod of_files {
    use super::{Value, json};
    use jumeau::base::Report;
    use jumeau::pipeline::models::walk;
    use jumeau::pipeline::sources::container::Unpacked;
    use std::io::Write;
    use std::path::Path;

    /// One entry of blanks, named again and again by the directory at the end.
    fn overlapping(path: &Path, entries: u16) {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("x0000.csv", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&vec![b'0'; 30 << 20]).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06").unwrap();
        let start = u32::from_le_bytes(bytes[end + 16..end + 20].try_into().unwrap());
        let entry = &bytes[start as usize..end];
        let at = entry.windows(9).position(|name| name == b"x0000.csv").unwrap();
        let mut out = bytes[..start as usize].to_vec();
        for number in 0..entries {
            let mut entry = entry.to_vec();
            entry[at..at + 9].copy_from_slice(format!("x{number:04}.csv").as_bytes());
            out.extend(entry);
        }
        let length = out.len() as u32 - start;
        let mut tail = bytes[end..].to_vec();
        tail[8..10].copy_from_slice(&entries.to_le_bytes());
        tail[10..12].copy_from_slice(&entries.to_le_bytes());
        tail[12..16].copy_from_slice(&length.to_le_bytes());
        out.extend(tail);
        std::fs::write(path, out).unwrap();
    }

    #[test]
    fn entries_that_lie_over_each_other_do_not_fill_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        overlapping(&path, 5_000);
        let mut report = Report::default();
        let mut unpacked = Unpacked::default();
        let inner = unpacked.folder(&path, &mut report).unwrap();
        assert_eq!(report.count("archive-bomb"), 1);
        let total: u64 = std::fs::read_dir(inner).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum();
        assert!(total <= 200 << 20, "{total} bytes");
    }

    fn walked(files: &[(&str, &[u8])]) -> Report {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        let mut report = Report::default();
        walk::tileset(&folder.path().join("tileset.json"), "tileset.json", &mut report);
        report
    }

    fn document(root: &Value) -> Vec<u8> {
        serde_json::to_vec(&json!({ "asset": { "version": "1.1" }, "geometricError": 9, "root": root })).unwrap()
    }

    #[test]
    fn levels_beyond_all_numbers_are_refused() {
        // Three times this is 2 beyond what 32 bits hold.
        for (scheme, levels) in [("OCTREE", 1_431_655_766_u32), ("QUADTREE", u32::MAX)] {
            let root = json!({
                "boundingVolume": { "region": [0.1, 0.8, 0.2, 0.9, 0, 9] }, "geometricError": 9, "refine": "REPLACE", "content": { "uri": "c.glb" },
                "implicitTiling": { "subdivisionScheme": scheme, "subtreeLevels": levels, "availableLevels": 9, "subtrees": { "uri": "s" } },
            });
            assert_eq!(walked(&[("tileset.json", &document(&root))]).count("implicit-levels"), 1, "{scheme}");
        }
    }
}

/// Around a square, so many teeth of 30 m.
fn saw(teeth: u32) -> Vec<[f64; 2]> {
    let quarter = teeth / 4;
    let side = (0..quarter).map(|i| [3_000.0 * f64::from(i) / f64::from(quarter), if i % 2 == 0 { 0.0 } else { 30.0 }]);
    let side: Vec<[f64; 2]> = side.collect();
    let turned = |[x, y]: [f64; 2], turns: u32| match turns {
        0 => [x, -y],
        1 => [3_000.0 + y, x],
        2 => [3_000.0 - x, 3_000.0 + y],
        _ => [-y, 3_000.0 - x],
    };
    (0..4).flat_map(|turns| side.iter().map(move |at| turned(*at, turns)).collect::<Vec<_>>()).collect()
}

#[test]
fn an_outline_of_many_teeth_is_repaired_and_thinned() {
    let (outline, repairs) = footprint::repair(vec![vec![saw(100_000)]]).unwrap();
    assert!(!repairs.any() && outline.0.len() == 1);
    // Two edges that cross are found among all of them.
    let mut crossed = saw(100_000);
    crossed.swap(10, 12);
    assert!(footprint::repair(vec![vec![crossed]]).unwrap().1.crossings);
    // Spikes that stand on each other's feet go one after the other, once.
    let there: Vec<[f64; 2]> = (0..100_000).map(|i| [f64::from(i), 0.0]).collect();
    let and_back = there.iter().rev().copied();
    let spike: Vec<[f64; 2]> = there.iter().copied().chain(and_back).chain([[0.0, 50.0], [-50.0, 50.0], [-50.0, 0.0]]).collect();
    let (left, repairs) = footprint::repair(vec![vec![spike]]).unwrap();
    assert!(repairs.spikes && left.0[0].exterior().0.len() <= 6, "{}", left.0[0].exterior().0.len());

    let mut rings = vec![saw(100_000), saw(40)];
    let away_m = footprint::thinned(&mut rings, 4_000);
    assert!(rings[0].len() <= 4_000 && rings[1].len() == 40 && away_m > 0.0 && away_m < 60.0, "{away_m}");
}
