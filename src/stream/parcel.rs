//! A prepared content as one run of bytes: what a worker hands to the page without a copy on the way.
//!
//! Little-endian, lengths before their values. Writer and reader are of the same build, so there is no version; the reader trusts no length all the same.

use super::arrays::{MeshArrays, TileArrays};
use super::bvh::{Bvh, Node};
use super::narrow::Narrow;
use crate::base::Bounds2;
use crate::formats::gltf::{Column, PropertyTable, Texts, Values};
use glam::{DMat4, Vec3};

/// The parcel of a tile.
pub fn pack(tile: &TileArrays) -> Vec<u8> {
    let mut out = Vec::with_capacity(tile.bytes() as usize + 1024);
    count(&mut out, tile.meshes.len());
    for mesh in &tile.meshes {
        array(&mut out, &mesh.positions, |out, corner| corner.iter().for_each(|value| out.extend(value.to_le_bytes())));
        array(&mut out, &mesh.normals, |out, normal| out.extend(normal.map(|value| value as u8)));
        array(&mut out, &mesh.colours, |out, colour| out.extend(colour));
        array(&mut out, &mesh.feature_ids, |out, id| out.extend(id.to_le_bytes()));
        array(&mut out, &mesh.strokes, |out, stroke| stroke.iter().for_each(|part| out.extend(part.to_le_bytes())));
        flag(&mut out, mesh.places.is_some());
        if let Some((rect, places)) = &mesh.places {
            for value in rect.min.iter().chain(&rect.max) {
                out.extend(value.to_le_bytes());
            }
            array(&mut out, places, |out, place| place.iter().for_each(|share| out.extend(share.to_le_bytes())));
        }
        narrow(&mut out, &mesh.indices);
        for value in mesh.low.iter().chain(&mesh.high) {
            out.extend(value.to_le_bytes());
        }
        for value in mesh.ecef_from_mesh.to_cols_array() {
            out.extend(value.to_le_bytes());
        }
        count(&mut out, mesh.table.map_or(0, |table| table + 1));
        flag(&mut out, mesh.double_sided);
        flag(&mut out, mesh.translucent);
        let (nodes, triangles) = mesh.bvh.parts();
        array(&mut out, nodes, |out, node| {
            for value in node.min.to_array().iter().chain(&node.max.to_array()) {
                out.extend(value.to_le_bytes());
            }
            for value in [node.first, node.count, node.right] {
                out.extend(value.to_le_bytes());
            }
        });
        narrow(&mut out, triangles);
    }
    count(&mut out, tile.tables.len());
    for table in &tile.tables {
        text(&mut out, &table.class);
        count(&mut out, table.count);
        count(&mut out, table.columns.len());
        for column in &table.columns {
            text(&mut out, &column.name);
            written(&mut out, &column.values);
        }
    }
    out
}

fn written(out: &mut Vec<u8>, values: &Values) {
    match values {
        Values::F32(values) => kind(out, 0, values, |out, value| out.extend(value.to_le_bytes())),
        Values::F64(values) => kind(out, 1, values, |out, value| out.extend(value.to_le_bytes())),
        Values::U32(values) => kind(out, 2, values, |out, value| out.extend(value.to_le_bytes())),
        Values::Text(texts) => {
            let (all, ends, rows) = texts.parts();
            kind(out, 3, rows, |out, row| out.extend(row.to_le_bytes()));
            array(out, ends, |out, end| out.extend(end.to_le_bytes()));
            text(out, all);
        }
        odd @ (Values::Vectors { .. } | Values::Mixed(_)) => written(out, &odd.clone().plain()),
    }
}

fn count(out: &mut Vec<u8>, value: usize) {
    out.extend(u32::try_from(value).unwrap_or(u32::MAX).to_le_bytes());
}

fn flag(out: &mut Vec<u8>, value: bool) {
    out.push(u8::from(value));
}

fn text(out: &mut Vec<u8>, value: &str) {
    count(out, value.len());
    out.extend(value.as_bytes());
}

fn array<T>(out: &mut Vec<u8>, values: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    count(out, values.len());
    for value in values {
        write(out, value);
    }
}

fn narrow(out: &mut Vec<u8>, numbers: &Narrow) {
    flag(out, matches!(numbers, Narrow::U16(_)));
    match numbers {
        Narrow::U16(numbers) => array(out, numbers, |out, number| out.extend(number.to_le_bytes())),
        Narrow::U32(numbers) => array(out, numbers, |out, number| out.extend(number.to_le_bytes())),
    }
}

fn kind<T>(out: &mut Vec<u8>, kind: u8, values: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    out.push(kind);
    array(out, values, write);
}

/// The tile of a parcel; `None` when the parcel is not whole.
pub fn unpack(bytes: &[u8]) -> Option<TileArrays> {
    let mut parcel = Parcel { rest: bytes };
    let meshes = parcel.list(|parcel| {
        let positions = parcel.array(|bytes: [u8; 12]| floats(&bytes))?;
        let normals = parcel.array(|bytes: [u8; 4]| bytes.map(|byte| byte as i8))?;
        let colours = parcel.array(|bytes: [u8; 4]| bytes)?;
        let feature_ids = parcel.array(u32::from_le_bytes)?;
        let strokes = parcel.array(|bytes: [u8; 16]| [0, 1, 2, 3].map(|at| f32::from_bits(word(&bytes, at))))?;
        let places = if parcel.flag()? {
            let [west, south, east, north] = parcel.doubles()?;
            let rect = Bounds2 { min: [west, south], max: [east, north] };
            Some((rect, parcel.array(|[a, b, c, d]: [u8; 4]| [u16::from_le_bytes([a, b]), u16::from_le_bytes([c, d])])?))
        } else {
            None
        };
        let indices = parcel.narrow()?;
        let (low, high) = (floats(&parcel.take::<12>()?), floats(&parcel.take::<12>()?));
        let ecef_from_mesh = DMat4::from_cols_array(&parcel.doubles()?);
        let table = parcel.count()?.checked_sub(1);
        let (double_sided, translucent) = (parcel.flag()?, parcel.flag()?);
        let nodes = parcel.array(|bytes: [u8; 36]| {
            let words: [u32; 9] = std::array::from_fn(|at| word(&bytes, at));
            let corner = |first: usize| Vec3::from_array([0, 1, 2].map(|axis| f32::from_bits(words[first + axis])));
            Node { min: corner(0), max: corner(3), first: words[6], count: words[7], right: words[8] }
        })?;
        let bvh = Bvh::from_parts(nodes, parcel.narrow()?, &positions)?;
        Some(MeshArrays {
            positions, normals, colours, feature_ids, strokes, places, indices, low, high, ecef_from_mesh, table, double_sided, translucent, bvh,
        })
    })?;
    let tables = parcel.list(|parcel| {
        let (class, count) = (parcel.text()?, parcel.count()?);
        let columns = parcel.list(|parcel| {
            let name = parcel.text()?;
            let [kind] = parcel.take::<1>()?;
            let values = match kind {
                0 => Values::F32(parcel.array(f32::from_le_bytes)?),
                1 => Values::F64(parcel.array(f64::from_le_bytes)?),
                2 => Values::U32(parcel.array(u32::from_le_bytes)?),
                3 => {
                    let (rows, ends) = (parcel.array(u32::from_le_bytes)?, parcel.array(u32::from_le_bytes)?);
                    Values::Text(Texts::from_parts(parcel.text()?, ends, rows)?)
                }
                _ => return None,
            };
            Some(Column { name, values })
        })?;
        Some(PropertyTable { class, count, columns })
    })?;
    Some(TileArrays { meshes, tables })
}

/// The word at a place of a run of words that is long enough by its type.
fn word<const N: usize>(bytes: &[u8; N], at: usize) -> u32 {
    let byte = |offset: usize| bytes.get(4 * at + offset).copied().unwrap_or(0);
    u32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)])
}

fn floats(bytes: &[u8; 12]) -> [f32; 3] {
    [0, 1, 2].map(|at| f32::from_bits(word(bytes, at)))
}

struct Parcel<'a> {
    rest: &'a [u8],
}

impl Parcel<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.rest.split_first_chunk::<N>()?;
        self.rest = rest;
        Some(*head)
    }

    fn count(&mut self) -> Option<usize> {
        Some(u32::from_le_bytes(self.take()?) as usize)
    }

    fn flag(&mut self) -> Option<bool> {
        let [byte] = self.take::<1>()?;
        Some(byte != 0)
    }

    fn doubles<const N: usize>(&mut self) -> Option<[f64; N]> {
        let mut values = [0.0; N];
        for value in &mut values {
            *value = f64::from_le_bytes(self.take()?);
        }
        Some(values)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.count()?;
        let (head, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        String::from_utf8(head.to_vec()).ok()
    }

    fn array<const N: usize, T>(&mut self, read: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
        let length = self.count()?.checked_mul(N)?;
        let (head, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let (parts, _) = head.as_chunks::<N>();
        Some(parts.iter().map(|part| read(*part)).collect())
    }

    fn narrow(&mut self) -> Option<Narrow> {
        Some(if self.flag()? { Narrow::U16(self.array(u16::from_le_bytes)?) } else { Narrow::U32(self.array(u32::from_le_bytes)?) })
    }

    /// Values of no fixed length; each takes at least one byte, so that no list is longer than what is left.
    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = self.count()?;
        if length > self.rest.len() {
            return None;
        }
        (0..length).map(|_| read(self)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::gltf::{TileContent, TileMesh};
    use crate::geodesy::{EnuFrame, LonLatH};
    use proptest::prelude::*;

    fn tile(count: usize, seed: u32, pictured: bool) -> TileArrays {
        let value = |at: usize| ((at as u32).wrapping_mul(2_654_435_761).wrapping_add(seed) % 1000) as f32;
        let mesh = TileMesh {
            positions: (0..count).map(|at| [value(at), value(at + 7), value(at + 13)]).collect(),
            colors: vec![[1, 2, 3, (seed % 256) as u8]; count],
            feature_ids: (0..count as u32).collect(),
            strokes: if seed % 5 == 0 { (0..count).map(|at| [value(at), 1.0, -2.0, 3.0]).collect() } else { Vec::new() },
            indices: (0..3 * count).map(|at| (at * 7 % count.max(1)) as u32).collect(),
            table: (seed % 2 == 0).then_some(0),
            double_sided: seed % 3 == 0,
            ..TileMesh::default()
        };
        let column = |name: &str, values: Values| Column { name: name.into(), values };
        let table = PropertyTable {
            class: "building".into(),
            count: 2,
            columns: vec![
                column("a", Values::F32(vec![1.5, -2.0])),
                column("b", Values::F64(vec![1e300, 0.1])),
                column("c", Values::U32(vec![u32::MAX, seed])),
                column("d", Values::Text(["", "Île d’Yeu"].into())),
            ],
        };
        let content = TileContent { meshes: vec![mesh.clone(), TileMesh::default(), mesh], tables: vec![table] };
        TileArrays::of(content, EnuFrame::at(LonLatH::new(-1.55, 47.2, 60.0)).ecef_from_enu, pictured)
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out_the_same(count in 1..400_usize, seed in any::<u32>(), pictured in any::<bool>()) {
            let tile = tile(count, seed, pictured);
            prop_assert_eq!(unpack(&pack(&tile)), Some(tile));
        }

        /// Whatever the bytes are: an answer, no panic and no giant allocation.
        #[test]
        fn a_broken_parcel_is_none_or_a_tile(cut in 0..20_000_usize, flips in prop::collection::vec((0..20_000_usize, any::<u8>()), 0..8)) {
            let mut bytes = pack(&tile(40, 5, true));
            bytes.truncate(cut);
            for (at, byte) in flips {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
            if let Some(tile) = unpack(&bytes) {
                for mesh in &tile.meshes {
                    let _ = mesh.bvh.nearest(Vec3::ZERO, Vec3::X, |_| true);
                }
            }
        }
    }

    #[test]
    fn large_meshes_keep_their_wide_indices() {
        let tile = tile(70_000, 2, false);
        assert!(matches!(tile.meshes[0].indices, Narrow::U32(_)));
        assert_eq!(unpack(&pack(&tile)), Some(tile));
    }
}
