//! `jumeau check` of archives and folders of tiles in Web Mercator.

use super::check_info::{check, save};
use crate::shared_data::shared;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ground").join(name)
}

fn codes(list: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    list.iter().map(|(severity, code)| ((*severity).to_owned(), (*code).to_owned())).collect()
}

#[test]
fn an_archive_is_checked_down_to_its_tiles() {
    // Of no kind that is said, as its maker meant it.
    for name in ["brotli.pmtiles", "zstd.pmtiles"] {
        assert_eq!(check(&own(name)), (0, codes(&[("warning", "pmtiles-unsaid")])), "{name}");
    }
    for name in ["js_test_fixture_1", "js_test_fixture_2", "png", "webp2"] {
        let Some(path) = shared(&format!("vector-raster-tiles/pmtiles/{name}.pmtiles")) else { return };
        let (code, found) = check(&path);
        assert!(code == 0 && found.iter().all(|(severity, _)| severity == "warning"), "{name}: {found:?}");
    }
}

#[test]
fn what_is_wrong_with_an_archive_is_told() {
    let whole = std::fs::read(own("zstd.pmtiles")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pmtiles");
    let check_with = |at: usize, bytes: &[u8]| {
        let mut changed = whole.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        std::fs::write(&path, changed).unwrap();
        let (code, mut found) = check(&path);
        found.remove(&("warning".to_owned(), "pmtiles-unsaid".to_owned()));
        (code, found)
    };
    assert_eq!(check_with(0, b"P"), (0, BTreeSet::new()));
    for (at, bytes, code, expected) in [
        (7, &[4][..], 1, &[("error", "pmtiles-version")][..]),
        (72, &[9], 0, &[("warning", "pmtiles-count")]),
        (80, &[9], 0, &[("warning", "pmtiles-count")]),
        (88, &[9], 0, &[("warning", "pmtiles-count")]),
        (101, &[3], 0, &[("warning", "pmtiles-level")]),
        (100, &[9], 1, &[("error", "pmtiles-levels"), ("warning", "pmtiles-level")]),
        (102, &[0; 16], 0, &[("warning", "pmtiles-bounds")]),
        // As pictures, as vectors; two of the tiles' texts are such by chance, no matter.
        (99, &[2], 1, &[("error", "imagery-tile-unreadable")]),
        // Another packing.
        (98, &[2], 0, &[]),
        // Tiles that reach beyond the file.
        (64, &[0xFF; 4], 1, &[("error", "pmtiles-short")]),
    ] {
        assert_eq!(check_with(at, bytes), (code, codes(expected)), "{at}");
    }
    for length in [0, 5, 60, 200, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert_eq!(check(&path).0, 1, "{length}");
    }
}

/// Every tile below one that is there, in rows from the north or from the south.
#[test]
fn a_folder_of_tiles_is_checked_from_its_description_down() {
    let picture = std::fs::read(own("../imagery/plan.png")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let json = |more: &str| format!(r#"{{"tilejson": "3.0.0", "tiles": ["t/{{z}}/{{x}}/{{y}}.png"], "minzoom": 1, "maxzoom": 3, "bounds": [-180, 0, 0, 85]{more}}}"#);
    save(root, "tiles.json", json(""));
    let path = root.join("tiles.json");
    assert_eq!(check(&path), (1, codes(&[("error", "file-missing")])));
    save(root, "t/1/0/0.png", &picture);
    save(root, "t/2/0/1.png", &picture);
    assert_eq!(check(&path), (0, BTreeSet::new()));
    // Its parent is not there: nobody would ask for it.
    save(root, "t/3/7/7.png", [0]);
    assert_eq!(check(&path), (0, BTreeSet::new()));
    save(root, "t/3/1/2.png", [0]);
    assert_eq!(check(&path), (1, codes(&[("error", "imagery-tile-unreadable")])));
    // The same rows counted from the south are others.
    save(root, "tiles.json", json(r#", "scheme": "tms""#));
    assert_eq!(check(&path), (1, codes(&[("error", "file-missing")])));
    save(root, "tiles.json", json(r#", "encoding": "braille""#));
    assert_eq!(check(&path), (1, codes(&[("error", "tiles-description-unknown")])));
    // A description beside its levels, of vectors.
    let Some(vector) = shared("vector-raster-tiles/mvt/martin_0_0_0.pbf") else { return };
    save(root, "v/metadata.json", r#"{"name": "roads", "format": "pbf", "minzoom": "0", "maxzoom": "0"}"#);
    save(root, "v/0/0/0.pbf", std::fs::read(vector).unwrap());
    assert_eq!(check(&root.join("v/metadata.json")), (0, BTreeSet::new()));
    save(root, "v/0/0/0.pbf", [0xFF; 9]);
    assert_eq!(check(&root.join("v/metadata.json")).0, 1);
}
