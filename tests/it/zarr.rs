//! Zarr arrays: what is written is read again; what is not ours is refused with a code.

use jumeau::formats::zarr::{self, Array};
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
        let files: BTreeMap<_, _> = zarr::write(rows, steps, chunk, &values).unwrap().into_iter().collect();
        let again = read(&files).unwrap();
        prop_assert_eq!((again.rows, again.steps), (rows, steps));
        prop_assert!(again.values.iter().zip(&values).all(|(a, b)| a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())));
        prop_assert_eq!(again.row(rows - 1).len(), steps);
        prop_assert!(again.row(rows).is_empty());
    }
}

#[test]
fn what_is_not_ours_is_refused() {
    let files: BTreeMap<_, _> = zarr::write(2, 3, 2, &[1.0; 6])
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
        zarr::write(2, 3, 0, &[1.0; 6]).unwrap_err().code,
        "zarr-shape"
    );
    assert_eq!(
        zarr::write(2, 3, 1, &[1.0; 5]).unwrap_err().code,
        "zarr-shape"
    );
}

#[test]
fn a_chunk_of_nothing_is_left_out_and_read_as_no_data() {
    let files = zarr::write(1, 4, 2, &[f32::NAN, f32::NAN, 1.0, 2.0]).unwrap();
    let paths: Vec<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(paths, ["zarr.json", "c/0/1"]);
    let files = files.into_iter().collect();
    assert!(read(&files).unwrap().values[0].is_nan());
}
