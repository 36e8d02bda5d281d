//! PMTiles, read in pieces.

use super::*;

/// An archive as `pmtiles` writes it, without compression: tiles, with the directory of all but the first in a leaf.
fn archive(
    kind: u8,
    levels: [u8; 2],
    metadata: &str,
    tiles: &[(u32, u32, u32, Vec<u8>)],
) -> Vec<u8> {
    fn varint(mut value: u64, out: &mut Vec<u8>) {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }
    let directory = |entries: &[(u64, u64, u64, u64)]| {
        let mut out = Vec::new();
        varint(entries.len() as u64, &mut out);
        let mut last = 0;
        for (number, ..) in entries {
            varint(number - last, &mut out);
            last = *number;
        }
        entries
            .iter()
            .for_each(|(_, run, ..)| varint(*run, &mut out));
        entries
            .iter()
            .for_each(|(_, _, length, _)| varint(*length, &mut out));
        entries
            .iter()
            .for_each(|(.., offset)| varint(offset + 1, &mut out));
        out
    };
    let mut numbered: Vec<(u64, &Vec<u8>)> = tiles
        .iter()
        .map(|(z, x, y, bytes)| (number_of(*z, *x, *y).unwrap(), bytes))
        .collect();
    numbered.sort_unstable_by_key(|(number, _)| *number);
    let mut data: Vec<u8> = Vec::new();
    let entries: Vec<(u64, u64, u64, u64)> = numbered
        .into_iter()
        .map(|(number, bytes)| {
            let offset = data.len() as u64;
            data.extend(bytes);
            (number, 1, bytes.len() as u64, offset)
        })
        .collect();
    let leaf = directory(&entries[1..]);
    let mut root = vec![entries[0]];
    root.extend(
        entries
            .get(1)
            .map(|(number, ..)| (*number, 0, leaf.len() as u64, 0)),
    );
    let root = directory(&root);
    let mut out = b"PMTiles\x03".to_vec();
    let root_at = 127_u64;
    let metadata_at = root_at + root.len() as u64;
    let leaves_at = metadata_at + metadata.len() as u64;
    let data_at = leaves_at + leaf.len() as u64;
    for (offset, length) in [
        (root_at, root.len()),
        (metadata_at, metadata.len()),
        (leaves_at, leaf.len()),
        (data_at, data.len()),
    ] {
        out.extend(offset.to_le_bytes());
        out.extend((length as u64).to_le_bytes());
    }
    out.extend([0; 24]);
    out.extend([1, 1, 1, kind, levels[0], levels[1]]);
    for degrees in [-180.0, -85.0, 180.0, 85.0] {
        out.extend(((degrees * 1e7) as i32).to_le_bytes());
    }
    out.resize(127, 0);
    out.extend(root);
    out.extend(metadata.as_bytes());
    out.extend(leaf);
    out.extend(data);
    out
}

#[test]
fn an_archive_is_read_in_pieces() {
    let picture = |height: f64| png(16, |_, _| coloured(height));
    let mut tiles = vec![(0, 0, 0, picture(10.0))];
    tiles.extend([
        (1, 1, 0, picture(20.0)),
        (1, 0, 0, picture(30.0)),
        (1, 0, 1, picture(40.0)),
    ]);
    let bytes = archive(2, [0, 1], r#"{"encoding":"mapbox"}"#, &tiles);
    let mut host = Host::default().file("world.pmtiles", bytes);
    let mut engine = engine("world.pmtiles");
    let shown = host.settle(&mut engine, &above(60.0, 40.0, 2e6), 0);
    assert_disjoint(&shown);
    assert_eq!(engine.root_state(), RootState::Open);
    assert!((covered(&shown) - 1.0).abs() < 1e-9, "{shown:?}");
    // The south-east is not in the archive: it is cut from level 0.
    assert!(
        shown
            .iter()
            .any(|(z, x, y, cut)| *cut && (x >> (z - 1), y >> (z - 1)) == (1, 0)),
        "{shown:?}"
    );
    assert!(
        engine.report().findings().is_empty(),
        "{:?}",
        engine.report()
    );
}

/// Directories that lead to themselves end after a few steps, with a word about it; so does an archive that is cut off.
#[test]
fn an_archive_that_leads_nowhere_is_told() {
    let mut bytes = archive(
        2,
        [0, 1],
        r#"{"encoding":"mapbox"}"#,
        &[
            (0, 0, 0, png(16, |_, _| coloured(1.0))),
            (1, 1, 0, vec![1, 2, 3]),
        ],
    );
    // The leaf's one entry: count, number, run, length, offset. It becomes "another directory", which is the leaf itself.
    let [leaf_at, leaf_length] =
        [40, 48].map(|at| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize);
    let own = [1, bytes[leaf_at + 1], 0, leaf_length as u8];
    bytes[leaf_at..leaf_at + 4].copy_from_slice(&own);
    let offset: &[u8] = if leaf_length == 5 { &[1] } else { &[0x81, 0] };
    bytes[leaf_at + 4..leaf_at + leaf_length].copy_from_slice(offset);
    let mut host = Host::default().file("x.pmtiles", bytes.clone());
    let mut looping = engine("x.pmtiles");
    let shown = host.settle(&mut looping, &above(60.0, 40.0, 2e6), 0);
    assert!((covered(&shown) - 1.0).abs() < 1e-9, "{shown:?}");
    assert_eq!(looping.report().findings()[0].code, "pmtiles-depth");
    let mut host = Host::default().file("x.pmtiles", &bytes[..130]);
    let mut cut = engine("x.pmtiles");
    for frame in 0..50 {
        host.frame(&mut cut, &above(60.0, 40.0, 2e6), frame);
    }
    assert_eq!(cut.root_state(), RootState::Failed);
    assert_eq!(cut.report().findings()[0].code, "pmtiles-short");
}

/// The archives of other programs open, and say what they hold.
#[test]
fn archives_of_others_open_or_say_why_not() {
    let Some(folder) = shared("vector-raster-tiles/pmtiles") else {
        return;
    };
    let opened = |name: &str| {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let head = &bytes[..bytes.len().min(pmtiles::HEAD_BYTES)];
        match ground::pyramid(head, name) {
            Some(Ok(Opened::Pyramid(pyramid))) => {
                format!("{:?} {:?}", pyramid.matter, pyramid.levels)
            }
            Some(Ok(Opened::Longer(bytes))) => format!("longer: {bytes}"),
            Some(Err(fault)) => fault.to_string(),
            None => "none".to_owned(),
        }
    };
    assert_eq!(opened("js_test_fixture_1.pmtiles"), "Vectors [0, 0]");
    assert_eq!(opened("js_test_fixture_2.pmtiles"), "Vectors [0, 0]");
    assert_eq!(
        opened("js_test_fixture_mlt.pmtiles"),
        "ground-matter at kind: Mlt"
    );
    assert!(
        opened("png.pmtiles").starts_with("ground-matter"),
        "{}",
        opened("png.pmtiles")
    );
    assert!(
        opened("webp2.pmtiles").starts_with("ground-matter"),
        "{}",
        opened("webp2.pmtiles")
    );
}
