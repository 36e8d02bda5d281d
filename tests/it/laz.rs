//! Our reader of layered LAZ beside the `laz` crate, which is a translation of LASzip: the same points, from files of others and from points of any kind.

use super::shared_data::shared;
use jumeau::formats::las::{Header, points_at};
use jumeau::formats::laz::{Echo, Items};
use laz::laszip::{LazItem, LazItemRecordBuilder, LazVlr, LazVlrBuilder};
use laz::las::{Point6, Point8};
use laz::{LasZipCompressor, LasZipDecompressor};
use proptest::prelude::*;
use std::io::Cursor;
use std::path::{Path, PathBuf};

/// What a record of the formats 6, 7 and 8 says, read byte by byte.
fn plain(record: &[u8], coloured: bool) -> Echo {
    let whole = |at: usize| i32::from_le_bytes(record[at..at + 4].try_into().unwrap());
    let short = |at: usize| u16::from_le_bytes([record[at], record[at + 1]]);
    Echo {
        at: [whole(0), whole(4), whole(8)],
        intensity: short(12),
        number: record[14] & 15,
        returns: record[14] >> 4,
        flags: record[15] & 15,
        class: record[16],
        colour: coloured.then(|| [short(30), short(32), short(34)]),
    }
}

fn written(vlr: &LazVlr) -> Vec<u8> {
    let mut body = Vec::new();
    vlr.write_to(&mut body).unwrap();
    body
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/terrain").join(name)
}

/// The first chunk of a file, by both readers.
fn check_file(path: &Path, points: u32) {
    let bytes = std::fs::read(path).unwrap();
    let at = points_at(&bytes).unwrap() as usize;
    let header = Header::parse(&bytes[..at]).unwrap();
    let record = header.laszip.as_deref().unwrap();
    let items = Items::parse(record, header.record_bytes).unwrap();
    let vlr = LazVlr::from_buffer(record).unwrap();
    let mut reader = Cursor::new(bytes.as_slice());
    reader.set_position(at as u64);
    let mut theirs = LasZipDecompressor::new(reader, vlr).unwrap();
    let mut one = vec![0; usize::from(header.record_bytes)];
    let ours = items.chunk(&bytes[at + 8..], points).unwrap();
    assert_eq!(ours.len(), points as usize);
    for (number, ours) in ours.iter().enumerate() {
        theirs.decompress_one(&mut one).unwrap();
        assert_eq!(*ours, plain(&one, items.have_colours()), "{} point {number}", path.display());
    }
}

#[test]
fn files_of_others_are_read_alike() {
    check_file(&fixture("cloud-14-7.laz"), 900);
    check_file(&fixture("cloud.copc.laz"), 1500);
    if let Some(path) = shared("ign-lidar-hd/test_data_77050_627755_LA93_IGN69.laz") {
        check_file(&path, 50_000);
    }
}

/// A record of format 8 with two further bytes.
fn record() -> impl Strategy<Value = Vec<u8>> {
    // Neighbours are near each other, classes and colours few: otherwise no model would ever be used twice.
    let place = prop_oneof![Just([0_i32, 0, 0]), prop::array::uniform3(-900..900_i32), prop::array::uniform3(any::<i32>())];
    let colour = prop_oneof![Just([700_u16; 3]), prop::array::uniform3(0..600_u16), prop::array::uniform3(any::<u16>())];
    (place, colour, 0..16_u8, 0..16_u8, any::<u8>(), (0..12_u8, any::<u8>(), 0..4_u16, any::<u16>()), 0..3_u8).prop_map(
        |(at, colour, number, returns, flags, (class, user, source, intensity), time)| {
            let mut bytes: Vec<u8> = at.iter().flat_map(|at| at.to_le_bytes()).collect();
            bytes.extend(intensity.to_le_bytes());
            bytes.extend([returns << 4 | number, flags, class, user]);
            bytes.extend(i16::from(user).to_le_bytes());
            bytes.extend(source.to_le_bytes());
            bytes.extend((1e6 + f64::from(time)).to_le_bytes());
            bytes.extend(colour.iter().flat_map(|part| part.to_le_bytes()));
            bytes.extend(source.to_le_bytes());
            bytes.extend([user, 7]);
            bytes
        },
    )
}

fn check_points(items: Vec<LazItem>, records: &[Vec<u8>]) {
    let vlr = LazVlrBuilder::new(items).with_fixed_chunk_size(50_000).build();
    let ours = Items::parse(&written(&vlr), records[0].len() as u16).unwrap();
    let mut compressor = LasZipCompressor::new(Cursor::new(Vec::new()), vlr).unwrap();
    for record in records {
        compressor.compress_one(record).unwrap();
    }
    compressor.done().unwrap();
    let bytes = compressor.into_inner().into_inner();
    let table = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let echoes = ours.chunk(&bytes[8..table], records.len() as u32).unwrap();
    let plain: Vec<Echo> = records.iter().map(|record| plain(record, ours.have_colours())).collect();
    assert_eq!(echoes, plain);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Four channels of a scanner, any returns, any colours: what went in comes out, of both versions.
    #[test]
    fn points_of_any_kind_come_out_as_they_went_in(records in prop::collection::vec(record(), 1..160)) {
        check_points(LazItemRecordBuilder::version_3_of::<Point8>(2), &records);
        check_points(LazItemRecordBuilder::version_4_of::<Point8>(2), &records);
        let short: Vec<Vec<u8>> = records.iter().map(|record| record[..30].to_vec()).collect();
        check_points(LazItemRecordBuilder::version_3_of::<Point6>(0), &short);
    }

    /// A chunk that was damaged is read or refused, and takes no more points than there were.
    #[test]
    fn damage_is_refused_or_read(seed in 0..900_usize, flips in prop::collection::vec((0..6_000_usize, any::<u8>()), 1..6), cut in 0..6_000_usize) {
        let bytes = std::fs::read(fixture("cloud-14-7.laz")).unwrap();
        let at = points_at(&bytes).unwrap() as usize;
        let header = Header::parse(&bytes[..at]).unwrap();
        let items = Items::parse(header.laszip.as_deref().unwrap(), header.record_bytes).unwrap();
        let mut chunk = bytes[at + 8..].to_vec();
        for (at, byte) in flips {
            if let Some(place) = chunk.get_mut(at) {
                *place ^= byte;
            }
        }
        chunk.truncate(if seed % 2 == 0 { cut } else { chunk.len() });
        if let Ok(echoes) = items.chunk(&chunk, 900) {
            prop_assert_eq!(echoes.len(), 900);
        }
    }
}
