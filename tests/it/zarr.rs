//! Zarr arrays: what is written is read again; what is not ours is refused with a code.

use jumeau::formats::zarr::{self, About, Array};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn read(files: &BTreeMap<String, Vec<u8>>) -> Result<Array, &'static str> {
    zarr::read(&files["zarr.json"], &mut |path| files.get(path).cloned())
        .map_err(|fault| fault.code)
}

proptest! {
    #[test]
    fn an_array_survives(rows in 1_usize..5, steps in 1_usize..40, chunk in 1_usize..50, seed in any::<u32>()) {
        let values: Vec<f32> = (0..rows * steps)
            .map(|i| match (i as u32).wrapping_mul(seed) % 7 { 0 => f32::NAN, x => x as f32 * 1.5 })
            .collect();
        let files: BTreeMap<_, _> = zarr::write(rows, steps, chunk, &values, &About::default()).unwrap().into_iter().collect();
        let again = read(&files).unwrap();
        prop_assert_eq!((again.rows, again.steps), (rows, steps));
        prop_assert!(again.values.iter().zip(&values).all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())));
        prop_assert_eq!(again.row(rows - 1).len(), steps);
        prop_assert!(again.row(rows).is_empty());
    }
}

#[test]
fn what_is_not_ours_is_refused() {
    let files: BTreeMap<_, _> = zarr::write(2, 3, 2, &[1.0; 6], &About::default())
        .unwrap()
        .into_iter()
        .collect();
    let with = |from: &str, to: &str| {
        let mut files = files.clone();
        let json = String::from_utf8(files["zarr.json"].clone()).unwrap();
        assert!(json.contains(from), "{json}");
        files.insert("zarr.json".into(), json.replace(from, to).into_bytes());
        read(&files).map(|_| "").unwrap_or_else(|code| code)
    };
    assert_eq!(with("float32", "int8"), "zarr-unsupported");
    assert_eq!(with("\"bytes\"", "\"zstd\""), "zarr-unsupported");
    assert_eq!(with("{", "["), "zarr-json");
    assert_eq!(
        with("    2,\n    3", "    99999999999,\n    3"),
        "zarr-shape"
    );
    let mut short = files.clone();
    short.get_mut("c/0/1").unwrap().pop();
    assert_eq!(read(&short), Err("zarr-chunk"));
    assert_eq!(
        zarr::write(2, 3, 0, &[1.0; 6], &About::default()).unwrap_err().code,
        "zarr-shape"
    );
    assert_eq!(
        zarr::write(2, 3, 1, &[1.0; 5], &About::default()).unwrap_err().code,
        "zarr-shape"
    );
}

#[test]
fn a_chunk_of_nothing_is_left_out_and_read_as_no_data() {
    let files = zarr::write(1, 4, 2, &[f32::NAN, f32::NAN, 1.0, 2.0], &About::default()).unwrap();
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["zarr.json", "c/0/1"]);
    let files = files.into_iter().collect();
    assert!(read(&files).unwrap().values[0].is_nan());
}

#[test]
fn an_array_lists_the_chunks_it_has_not() {
    let layout = |bytes: &[u8]| zarr::Layout::parse(bytes).unwrap();
    let values: Vec<f32> = (0..24).map(|i| if (4..14).contains(&i) || i == 20 { f32::NAN } else { i as f32 }).collect();
    let files: BTreeMap<_, _> = zarr::write(1, 24, 2, &values, &About::default()).unwrap().into_iter().collect();
    let read = layout(&files["zarr.json"]);
    assert_eq!(read.empty.clone().unwrap().into_iter().collect::<Vec<_>>(), (2..7).map(|step| (0, step)).collect::<Vec<_>>());
    assert!(String::from_utf8_lossy(&files["zarr.json"]).contains("\"0/2-6\""));
    assert_eq!(read.chunks().filter(|at| !files.contains_key(&read.path(*at))).count(), 5);
    // In two dimensions, and as parts are written.
    let mut layout_2d = zarr::Layout::new(5, 7, 2, 3).unwrap();
    let (bytes, known) = layout_2d.chunk((2, 2), &mut |row, step| (10 * row + step) as f32);
    assert!(known && bytes.len() == layout_2d.chunk_bytes() && layout_2d.chunks().count() == 9);
    let array = |layout: &zarr::Layout| zarr::read(&layout.metadata(&About::default()).unwrap(), &mut |path| (path == "c/2/2").then(|| bytes.clone())).unwrap();
    assert_eq!(array(&layout_2d).row(4)[6], 46.0);
    layout_2d.empty = Some([(0, 0), (0, 1), (1, 2)].into());
    assert_eq!(layout(&layout_2d.metadata(&About::default()).unwrap()), layout_2d);
    for shape in [(0, 1, 1, 1), (1, 1, 0, 1), (1 << 20, 1 << 20, 1, 1), (1 << 22, 1, 1, 1)] {
        assert_eq!(zarr::Layout::new(shape.0, shape.1, shape.2, shape.3).unwrap_err().code, "zarr-shape");
    }
}

/// A group is, document by document and chunk by chunk, what zarr-python writes and xarray opens.
#[test]
fn a_group_is_what_zarr_python_writes() {
    use jumeau::formats::zarr_group::{self, Coordinate, Labels};
    use serde_json::{Value, json};
    let about = About { dimensions: ["profile", "time"], attributes: json!({}) };
    let array = zarr::write(2, 3, 2, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], &about).unwrap();
    let texts = Labels::Texts(vec!["é".to_owned(), "tertiaire".to_owned()]);
    let coordinates = [
        Coordinate { name: "profile", labels: texts, attributes: json!({}) },
        Coordinate { name: "time", labels: Labels::Integers(vec![0, 3600, 7200]), attributes: json!({ "units": "seconds since 1970-01-01 00:00:00" }) },
    ];
    let mut ours: BTreeMap<String, Vec<u8>> =
        zarr_group::write(&json!({ "title": "t" }), &coordinates, &[("demand", &array[0].1)]).unwrap().into_iter().collect();
    ours.extend(array.into_iter().map(|(path, bytes)| (format!("demand/{path}"), bytes)));
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/zarr/group");
    let document = |bytes: &[u8]| {
        let mut document: Value = serde_json::from_slice(bytes).unwrap();
        let members = document.pointer_mut("/consolidated_metadata/metadata").and_then(Value::as_object_mut);
        members.into_iter().flat_map(|members| members.values_mut()).for_each(|member| {
            member.as_object_mut().unwrap().remove("storage_transformers");
        });
        document.as_object_mut().unwrap().remove("storage_transformers");
        document
    };
    for path in ["zarr.json", "demand/zarr.json", "profile/zarr.json", "time/zarr.json"] {
        let theirs = std::fs::read(folder.join(path)).unwrap();
        assert_eq!(document(&ours[path]), document(&theirs), "{path}");
    }
    for path in ["profile/c/0", "time/c/0"] {
        assert_eq!(ours[path], std::fs::read(folder.join(path)).unwrap(), "{path}");
    }
    // What lies beyond the array's edge in its last chunk is nobody's.
    let theirs = std::fs::read(folder.join("demand/c/0/0")).unwrap();
    assert_eq!(ours["demand/c/0/0"], theirs);
    let again = read(&["zarr.json", "c/0/0", "c/0/1"].map(|path| (path.to_owned(), std::fs::read(folder.join("demand").join(path)).unwrap())).into());
    assert_eq!(again.unwrap().values, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let empty = [Coordinate { name: "time", labels: Labels::Integers(Vec::new()), attributes: json!({}) }];
    assert_eq!(zarr_group::write(&json!({}), &empty, &[]).unwrap_err().code, "zarr-shape");
}
