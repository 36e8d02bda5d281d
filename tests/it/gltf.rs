//! glTF contents: what is written is read again, what others wrote is read, and broken bytes give a fault.

use super::shared_data::shared;
use glam::{DMat4, DVec3};
use jumeau::formats::gltf::{
    Column, Limits, PropertyTable, TileContent, TileMesh, Values, linear_from_srgb, read,
    srgb_from_linear, write, write::WriteOptions,
};
use proptest::prelude::*;

/// A sheet of `n` × `n` vertices with hills, two colours and one feature for each row.
fn sheet(n: u32, spacing: f32) -> TileMesh {
    let mut mesh = TileMesh {
        name: "buildings".into(),
        table: Some(0),
        tile_from_mesh: DMat4::from_translation(DVec3::new(
            4_331_283.123_456_789,
            -114_567.25,
            4_664_123.5,
        )) * DMat4::from_rotation_x(0.7),
        ..TileMesh::default()
    };
    for row in 0..n {
        for column in 0..n {
            let (x, z) = (column as f32 * spacing, row as f32 * spacing);
            mesh.positions.push([x, (x * 0.1).sin() * 5.0 - 2.0, -z]);
            mesh.normals
                .push([0.0, 0.8, if row % 2 == 0 { 0.6 } else { -0.6 }]);
            mesh.colors.push(if row < n / 2 {
                [12, 130, 255, 255]
            } else {
                [1, 2, 3, 255]
            });
            mesh.feature_ids.push(row);
        }
    }
    for row in 0..n - 1 {
        for column in 0..n - 1 {
            let at = row * n + column;
            mesh.indices
                .extend([at, at + 1, at + n, at + 1, at + n + 1, at + n]);
        }
    }
    mesh
}

fn table(count: usize) -> PropertyTable {
    let column = |name: &str, values| Column {
        name: name.into(),
        values,
    };
    PropertyTable {
        class: "building".into(),
        count,
        columns: vec![
            column(
                "height_m",
                Values::F32(
                    (0..count)
                        .map(|i| if i == 1 { f32::NAN } else { i as f32 - 9999.0 })
                        .collect(),
                ),
            ),
            column(
                "x",
                Values::F64((0..count).map(|i| i as f64 * 1e9 + 0.123).collect()),
            ),
            column(
                "year",
                Values::U32(
                    (0..count)
                        .map(|i| if i == 2 { u32::MAX } else { i as u32 })
                        .collect(),
                ),
            ),
            column(
                "rnb",
                Values::Text(
                    (0..count)
                        .map(|i| {
                            if i == 0 {
                                String::new()
                            } else {
                                format!("é{i}")
                            }
                        })
                        .collect(),
                ),
            ),
        ],
    }
}

fn content(n: u32, spacing: f32) -> TileContent {
    TileContent {
        meshes: vec![sheet(n, spacing)],
        tables: vec![table(n as usize)],
    }
}

/// All corners of all triangles, in a comparable form: rotation and order of triangles may change.
fn corners(mesh: &TileMesh) -> Vec<[(i64, i64, i64, u32, [u8; 4]); 3]> {
    let mut list: Vec<_> = mesh
        .indices
        .chunks(3)
        .map(|triangle| {
            let corners = [0, 1, 2].map(|k| {
                let i = triangle[k] as usize;
                let [x, y, z] = mesh.positions[i].map(|v| (f64::from(v) * 100.0).round() as i64);
                let id = mesh.feature_ids.get(i).copied().unwrap_or(0);
                (x, y, z, id, mesh.colors.get(i).copied().unwrap_or([0; 4]))
            });
            let [a, b, c] = corners;
            corners.min([b, c, a]).min([c, a, b])
        })
        .collect();
    list.sort_unstable();
    list
}

/// Equality in the sense of the contract, NaN included.
fn same_tables(a: &[PropertyTable], b: &[PropertyTable]) {
    assert_eq!(format!("{a:?}"), format!("{b:?}"));
}

fn check_round_trip(content: &TileContent, options: &WriteOptions) {
    let bytes = write::glb(content, options).unwrap();
    assert_eq!(
        bytes,
        write::glb(content, options).unwrap(),
        "the same content gives the same bytes"
    );
    let again = read::glb(&bytes).unwrap();
    assert_eq!(again.meshes.len(), content.meshes.len());
    same_tables(&again.tables, &content.tables);
    for (a, b) in again.meshes.iter().zip(&content.meshes) {
        assert_eq!(a.name, b.name);
        assert_eq!(
            a.tile_from_mesh, b.tile_from_mesh,
            "the place survives bit by bit"
        );
        assert_eq!((a.table, a.double_sided), (b.table, b.double_sided));
        assert_eq!(corners(a), corners(b));
        for normal in &a.normals {
            assert!((glam::Vec3::from(*normal).length() - 1.0).abs() < 1e-5);
        }
    }
}

#[test]
fn what_is_written_is_read_again() {
    for optimize in [false, true] {
        for compress in [false, true] {
            let options = WriteOptions {
                optimize,
                compress,
                ..WriteOptions::default()
            };
            // Whole centimetres, so that the lattice of the default precision holds them.
            let mut small = content(6, 1.0);
            for position in &mut small.meshes[0].positions {
                *position = position.map(|x| (x * 100.0).round() / 100.0);
            }
            check_round_trip(&small, &options);
            // Too wide for the lattice: f32.
            check_round_trip(&content(5, 400.0), &options);
            // More vertices than 16-bit indices reach.
            let mut large = content(260, 1.0);
            large.meshes[0]
                .positions
                .iter_mut()
                .for_each(|p| p[1] = 0.0);
            check_round_trip(&large, &options);
        }
    }
}

#[test]
fn positions_stay_within_half_a_step() {
    let content = content(20, 7.123_45);
    let options = WriteOptions {
        optimize: false,
        ..WriteOptions::default()
    };
    let again = read::glb(&write::glb(&content, &options).unwrap()).unwrap();
    for (a, b) in again.meshes[0]
        .positions
        .iter()
        .zip(&content.meshes[0].positions)
    {
        for axis in 0..3 {
            assert!((a[axis] - b[axis]).abs() <= 0.005 + 1e-4);
        }
    }
}

#[test]
fn feature_ids_beyond_16_bits_survive() {
    let mut content = content(4, 1.0);
    content.tables = vec![table(70_010)];
    content.meshes[0]
        .feature_ids
        .iter_mut()
        .for_each(|id| *id += 70_000);
    content.meshes[0]
        .positions
        .iter_mut()
        .for_each(|p| p[1] = 0.0);
    check_round_trip(&content, &WriteOptions::default());
}

#[test]
fn nothing_at_all_is_a_content() {
    let bytes = write::glb(&TileContent::default(), &WriteOptions::default()).unwrap();
    assert_eq!(read::glb(&bytes).unwrap(), TileContent::default());
}

#[test]
fn what_cannot_be_written_is_refused() {
    let break_it = |change: fn(&mut TileContent)| {
        let mut content = content(4, 1.0);
        change(&mut content);
        write::glb(&content, &WriteOptions::default())
            .unwrap_err()
            .code
    };
    assert_eq!(break_it(|c| c.meshes[0].indices[0] = 99), "glb-mesh");
    assert_eq!(break_it(|c| c.meshes[0].feature_ids[0] = 4), "glb-mesh");
    assert_eq!(
        break_it(|c| c.meshes[0].positions[0][1] = f32::NAN),
        "glb-mesh"
    );
    assert_eq!(break_it(|c| c.meshes[0].normals.clear()), "glb-mesh");
    assert_eq!(break_it(|c| c.meshes[0].table = Some(1)), "glb-mesh");
    assert_eq!(
        break_it(|c| c.tables[0].columns[0].name = "hauteur à l'égout".into()),
        "glb-table"
    );
    assert_eq!(
        break_it(|c| c.tables[0].columns[1].values = Values::U32(vec![1])),
        "glb-table"
    );
}

#[test]
fn every_srgb_byte_survives_sixteen_linear_bits() {
    for byte in 0..=255 {
        let stored = (linear_from_srgb(byte) * 65_535.0).round() / 65_535.0;
        assert_eq!(srgb_from_linear(stored), byte);
    }
}

#[test]
fn truncated_and_foreign_bytes_give_a_coded_fault() {
    let bytes = write::glb(&content(4, 1.0), &WriteOptions::default()).unwrap();
    let code = |bytes: &[u8]| read::glb(bytes).unwrap_err().code;
    assert_eq!(code(&[]), "glb-magic");
    assert_eq!(code(b"b3dm0000"), "glb-magic");
    assert_eq!(code(b"glTF\x01\0\0\0"), "glb-version");
    assert_eq!(code(&bytes[..bytes.len() - 1]), "glb-truncated");
    assert_eq!(code(b"{}"), "gltf-version");
    let packed = br#"{"asset":{"version":"2.0"},"extensionsRequired":["KHR_draco_mesh_compression"],"bufferViews":[{"buffer":0,"byteLength":6}],
        "buffers":[{"byteLength":6,"uri":"data:;base64,RFJBQ08C"}],"meshes":[{"primitives":[{"attributes":{},
        "extensions":{"KHR_draco_mesh_compression":{"bufferView":0,"attributes":{}}}}]}]}"#;
    assert_eq!(code(packed), "gltf-draco-broken");
    assert_eq!(
        code(br#"{"asset":{"version":"2.0"},"extensionsRequired":["ACME_magic"]}"#),
        "gltf-extension-unsupported"
    );
    assert_eq!(
        code(br#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"children":[0]}]}"#),
        "gltf-node-depth"
    );
    // A few bytes that claim to be gigabytes.
    assert_eq!(
        code(br#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],"meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],"accessors":[{"componentType":5126,"count":4000000000,"type":"VEC3"}]}"#),
        "gltf-limit"
    );
    let tight = Limits {
        decoded_bytes: 16,
        ..Limits::default()
    };
    assert_eq!(
        read::glb_with(&bytes, &tight, &mut |_| None)
            .unwrap_err()
            .code,
        "gltf-limit"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn broken_bytes_never_panic(
        compress in any::<bool>(),
        keep in 0.0..1.0_f64,
        changes in prop::collection::vec((0.0..1.0_f64, any::<u8>()), 0..8),
        in_json in any::<bool>(),
    ) {
        let options = WriteOptions { compress, ..WriteOptions::default() };
        let mut bytes = write::glb(&content(4, 1.0), &options).unwrap();
        let json = 20 + u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
        for (place, value) in changes {
            let range = if in_json { 20..json } else { 0..bytes.len() };
            let at = range.start + (range.len() as f64 * place) as usize;
            // A digit in place of a digit keeps the JSON readable and the numbers wrong.
            bytes[at] = if bytes[at].is_ascii_digit() && at < json { b'0' + value % 10 } else { value };
        }
        if keep < 0.5 {
            let length = (bytes.len() as f64 * keep * 2.0) as usize;
            bytes.truncate(length);
        }
        let limits = Limits { file_bytes: 1 << 20, decoded_bytes: 1 << 20, vertices: 1 << 14, indices: 1 << 16, table_values: 1 << 16, text_bytes: 1 << 16, ..Limits::default() };
        let _ = read::glb_with(&bytes, &limits, &mut |_| None);
    }

    #[test]
    fn any_triangles_survive(
        points in prop::collection::vec([-30_000_i32..30_000, -30_000..30_000, -30_000..30_000], 1..60),
        picks in prop::collection::vec(any::<prop::sample::Index>(), 3..200),
    ) {
        let count = points.len();
        let mesh = TileMesh {
            name: "any".into(),
            tile_from_mesh: DMat4::IDENTITY,
            positions: points.iter().map(|p| p.map(|x| x as f32 / 100.0)).collect(),
            normals: vec![[0.0, 1.0, 0.0]; count],
            feature_ids: (0..count as u32).collect(),
            indices: picks[..picks.len() / 3 * 3].iter().map(|pick| pick.index(count) as u32).collect(),
            ..TileMesh::default()
        };
        check_round_trip(&TileContent { meshes: vec![mesh], tables: vec![] }, &WriteOptions::default());
    }
}

/// Contents by others: meshes, triangles and property values as their JSON and README say.
#[test]
fn the_sample_contents_are_read() {
    let Some(root) = shared("3dtiles-samples") else {
        return;
    };
    let read_file = |path: &str| {
        let full = root.join(path);
        let folder = full.parent().unwrap().to_path_buf();
        let bytes = std::fs::read(&full).unwrap();
        read::glb_with(&bytes, &Limits::default(), &mut |uri| {
            std::fs::read(folder.join(uri)).ok()
        })
        .unwrap_or_else(|fault| panic!("{path}: {fault}"))
    };
    let content = read_file(
        "glTF/EXT_structural_metadata/FeatureIdAttributeAndPropertyTable/FeatureIdAttributeAndPropertyTable.gltf",
    );
    assert_eq!(content.meshes.len(), 1);
    assert_eq!(
        (
            content.meshes[0].positions.len(),
            content.meshes[0].indices.len()
        ),
        (16, 24)
    );
    assert_eq!(content.meshes[0].table, Some(0));
    assert_eq!(content.tables[0].count, 4);
    let content = read_file("1.1/MetadataGranularities/house-3-0.glb");
    assert!(!content.meshes.is_empty());
    let content = read_file("1.1/SparseImplicitQuadtree/content/content_5__25_12.glb");
    assert!(
        content
            .meshes
            .iter()
            .all(|mesh| !mesh.normals.is_empty() && !mesh.indices.is_empty())
    );
    let mut count = 0;
    let mut stack = vec![root.clone()];
    while let Some(folder) = stack.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
            } else if path.extension().is_some_and(|e| e == "glb" || e == "gltf") {
                let _ = read_file(path.strip_prefix(&root).unwrap().to_str().unwrap());
                count += 1;
            }
        }
    }
    assert!(count > 60, "{count}");
}

/// Where vertices are on their lines comes back, compressed and plain; a broken one says nothing.
#[test]
fn lines_know_where_they_run() {
    let mut mesh = sheet(6, 3.0);
    mesh.strokes = (0..36).map(|vertex| [vertex as f32 * 2.5, 0.25, -0.5, if vertex % 2 == 0 { -1.0 } else { 1.0 }]).collect();
    let content = TileContent { meshes: vec![mesh], tables: vec![table(6)] };
    for compress in [false, true] {
        let options = WriteOptions { compress, optimize: false, ..WriteOptions::default() };
        let back = read::glb(&write::glb(&content, &options).unwrap()).unwrap();
        assert_eq!(back.meshes[0].strokes, content.meshes[0].strokes);
        // The order may change, the pairs of place and stroke may not.
        let ordered = read::glb(&write::glb(&content, &WriteOptions { compress, ..WriteOptions::default() }).unwrap()).unwrap();
        let mesh = &ordered.meshes[0];
        assert_eq!(mesh.strokes.len(), mesh.positions.len());
        for (position, stroke) in mesh.positions.iter().zip(&mesh.strokes) {
            let (column, row) = ((position[0] / 3.0).round() as usize, (-position[2] / 3.0).round() as usize);
            assert_eq!(*stroke, content.meshes[0].strokes[row * 6 + column]);
        }
    }
    let mut short = content.clone();
    short.meshes[0].strokes.pop();
    assert_eq!(write::glb(&short, &WriteOptions::default()).unwrap_err().code, "glb-mesh");
    short.meshes[0].strokes.push([f32::NAN; 4]);
    assert_eq!(write::glb(&short, &WriteOptions::default()).unwrap_err().code, "glb-mesh");
}
