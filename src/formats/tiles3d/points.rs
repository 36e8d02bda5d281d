//! Point clouds of 3D Tiles 1.0 (`pnts`).
//!
//! Source: OGC 18-053r2, 3D Tiles Specification 1.0, section 10.4.

use super::TilesFault;
use super::batched::{Features, octahedral, outside, table};
use crate::formats::gltf::{Limits, PropertyTable, Shape, TileMesh, draco};
use glam::{DMat4, DVec3};
use serde_json::Value;

/// Points of one content.
pub const MAX_POINTS: usize = 8 << 20;
pub(super) const DRACO: &str = "3DTILES_draco_point_compression";

/// A point cloud.
#[derive(Clone, Debug, PartialEq)]
pub struct Points {
    /// Of the shape of points, in the tile's own axes; its features are rows of `table`.
    pub mesh: TileMesh,
    pub table: PropertyTable,
    /// Properties that have no place in a table.
    pub skipped: Vec<String>,
}

/// Reads a point cloud.
///
/// # Errors
/// `legacy-length`, `legacy-version`, `legacy-table`, `tileset-limit`, `legacy-draco`.
pub fn pnts(bytes: &[u8]) -> Result<Points, TilesFault> {
    let outside = outside(bytes, "pnts", 28)?;
    let features = &outside.features;
    let count = features.count("POINTS_LENGTH").ok_or_else(|| TilesFault::new("legacy-table", "POINTS_LENGTH", ""))?;
    if count > MAX_POINTS {
        return Err(TilesFault::new("tileset-limit", "POINTS_LENGTH", count));
    }
    let packed = Packed::of(features, count)?;
    let mut origin = features.vector("RTC_CENTER").map_or(DVec3::ZERO, DVec3::from_array);
    let mut positions = match (packed.vectors("POSITION"), features.floats::<3>("POSITION", count)) {
        (Some(list), _) => list,
        (None, Ok(Some(list))) => list,
        (None, Err(fault)) => return Err(fault),
        (None, Ok(None)) => {
            let list = features.shorts::<3>("POSITION_QUANTIZED", count)?;
            let list = list.ok_or_else(|| TilesFault::new("legacy-table", "POSITION", ""))?;
            origin += DVec3::from_array(features.vector("QUANTIZED_VOLUME_OFFSET").unwrap_or_default());
            let scale = features.vector("QUANTIZED_VOLUME_SCALE").unwrap_or([1.0; 3]);
            let place = |p: [u16; 3]| [0, 1, 2].map(|k: usize| (f64::from(p[k]) / 65_535.0 * scale[k]) as f32);
            list.into_iter().map(place).collect()
        }
    };
    // A point that is nowhere is not drawn; the rest keep their numbers.
    let drawn: Vec<u32> = (0..).zip(&positions).filter(|(_, p)| p.iter().all(|x| x.is_finite())).map(|(number, _)| number).collect();
    positions.iter_mut().filter(|p| !p.iter().all(|x| x.is_finite())).for_each(|p| *p = [0.0; 3]);
    let normals = match packed.vectors("NORMAL") {
        Some(list) => list,
        None if features.json.get("NORMAL").is_some() => features.floats::<3>("NORMAL", count)?.unwrap_or_default(),
        None => features.bytes("NORMAL_OCT16P", count, 2)?.map_or_else(Vec::new, |bytes| {
            bytes.as_chunks::<2>().0.iter().map(|xy| octahedral(xy.map(|x| f32::from(x) / 255.0))).collect()
        }),
    };
    let byte = |value: f32| value.clamp(0.0, 255.0) as u8;
    let colors: Vec<[u8; 4]> = if let Some(list) = packed.list::<4>("RGBA") {
        list.into_iter().map(|of| of.map(byte)).collect()
    } else if let Some(list) = packed.list::<3>("RGB") {
        list.into_iter().map(|[r, g, b]| [byte(r), byte(g), byte(b), 255]).collect()
    } else if let Some(bytes) = features.bytes("RGBA", count, 4)? {
        bytes.as_chunks::<4>().0.to_vec()
    } else if let Some(bytes) = features.bytes("RGB", count, 3)? {
        bytes.as_chunks::<3>().0.iter().map(|[r, g, b]| [*r, *g, *b, 255]).collect()
    } else if let Some(list) = features.shorts::<1>("RGB565", count)? {
        list.into_iter().map(|[packed]| from_565(packed)).collect()
    } else if let Some(colour) = features.json.get("CONSTANT_RGBA").and_then(constant) {
        vec![colour; count]
    } else {
        Vec::new()
    };
    let batched = match packed.list::<1>("BATCH_ID") {
        Some(list) => Some(list.into_iter().map(|[id]| id as u32).collect()),
        None => features.ids("BATCH_ID", count)?,
    };
    // Without batches each point is a feature of its own.
    let rows = if batched.is_some() { features.count("BATCH_LENGTH").unwrap_or(0) } else { count };
    let mut skipped = Vec::new();
    let table = table(&outside.batch_json, outside.batch_bin, rows, &mut skipped)?;
    let each = u32::try_from(count).unwrap_or(u32::MAX);
    let feature_ids = match batched {
        Some(ids) => ids,
        None if table.columns.is_empty() => Vec::new(),
        None => (0..each).collect(),
    };
    let mesh = TileMesh {
        name: "points".to_owned(),
        tile_from_mesh: DMat4::from_translation(origin),
        positions,
        normals,
        colors,
        feature_ids,
        indices: drawn,
        shape: Shape::Points,
        ..TileMesh::default()
    };
    Ok(Points { mesh, table, skipped })
}

/// What Draco compressed of a cloud, by name: components and values.
struct Packed(Vec<(&'static str, usize, Vec<f32>)>);

impl Packed {
    fn of(features: &Features<'_>, count: usize) -> Result<Self, TilesFault> {
        let Some(packed) = features.json.get("extensions").and_then(|all| all.get(DRACO)) else {
            return Ok(Self(Vec::new()));
        };
        let fault = |value: String| TilesFault::new("legacy-draco", DRACO, value);
        let number = |key: &str| packed.get(key).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
        let span = number("byteOffset").zip(number("byteLength"));
        let bytes = span.and_then(|(offset, length)| features.span(offset, length)).ok_or_else(|| fault("byteOffset, byteLength".to_owned()))?;
        let known = [("POSITION", 3), ("NORMAL", 3), ("RGB", 3), ("RGBA", 4), ("BATCH_ID", 1)];
        let stated = |name: &str| packed.get("properties")?.get(name)?.as_u64().and_then(|id| u32::try_from(id).ok());
        let wanted: Vec<(&'static str, u32, usize)> = known.into_iter().filter_map(|(name, size)| Some((name, stated(name)?, size))).collect();
        let ids: Vec<(u32, usize)> = wanted.iter().map(|(_, id, size)| (*id, *size)).collect();
        let (found, values) = draco::points(bytes, &ids, &Limits { vertices: MAX_POINTS, ..Limits::default() }).map_err(fault)?;
        if found != count {
            return Err(fault(format!("{found} ≠ {count}")));
        }
        Ok(Self(wanted.into_iter().zip(values).filter_map(|((name, _, size), values)| Some((name, size, values?))).collect()))
    }

    fn list<const N: usize>(&self, name: &str) -> Option<Vec<[f32; N]>> {
        let (_, _, values) = self.0.iter().find(|(known, size, _)| *known == name && *size == N)?;
        Some(values.as_chunks::<N>().0.to_vec())
    }

    fn vectors(&self, name: &str) -> Option<Vec<[f32; 3]>> {
        self.list(name)
    }
}

/// Five bits of red, six of green, five of blue, each stretched to a byte.
fn from_565(packed: u16) -> [u8; 4] {
    let stretch = |value: u16, most: u16| ((u32::from(value) * 255 + u32::from(most) / 2) / u32::from(most)) as u8;
    [stretch(packed >> 11, 31), stretch(packed >> 5 & 63, 63), stretch(packed & 31, 31), 255]
}

fn constant(value: &Value) -> Option<[u8; 4]> {
    let list: Vec<u8> = value.as_array()?.iter().filter_map(Value::as_u64).map(|part| part.min(255) as u8).collect();
    <[u8; 4]>::try_from(list).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile(feature: &str, bin: &[u8], batch: &str) -> Vec<u8> {
        let total = 28 + feature.len() + bin.len() + batch.len();
        let mut bytes = b"pnts".to_vec();
        for word in [1, total, feature.len(), bin.len(), batch.len(), 0] {
            bytes.extend((word as u32).to_le_bytes());
        }
        bytes.extend(feature.as_bytes());
        bytes.extend(bin);
        bytes.extend(batch.as_bytes());
        bytes
    }

    #[test]
    fn quantised_points_and_packed_colours_are_read() {
        let mut bin = Vec::new();
        for number in [0_u16, 65_535, 32_768, 0xF800, 0x07E0] {
            bin.extend(number.to_le_bytes());
        }
        let feature = r#"{"POINTS_LENGTH":1,"POSITION_QUANTIZED":{"byteOffset":0},"RGB565":{"byteOffset":6},"QUANTIZED_VOLUME_OFFSET":[100,0,0],"QUANTIZED_VOLUME_SCALE":[1,2,4]}"#;
        let read = pnts(&tile(feature, &bin, r#"{"class":["tree"]}"#)).unwrap();
        assert_eq!(read.mesh.colors, [[255, 0, 0, 255]]);
        let at = read.mesh.tile_from_mesh.transform_point3(glam::Vec3::from(read.mesh.positions[0]).as_dvec3());
        assert!((at - DVec3::new(100.0, 2.0, 2.0)).length() < 1e-3, "{at}");
        assert_eq!((read.table.text("class", 0), read.mesh.feature_ids), (Some("tree"), vec![0]));
    }

    #[test]
    fn a_point_that_is_nowhere_is_not_drawn_and_numbers_may_stand_in_the_json() {
        let bin: Vec<u8> = [f32::NAN, 0.0, 0.0, 1.0, 2.0, 3.0].iter().flat_map(|number| number.to_le_bytes()).collect();
        let read = pnts(&tile(r#"{"POINTS_LENGTH":2,"POSITION":{"byteOffset":0}}"#, &bin, "")).unwrap();
        assert_eq!((read.mesh.indices, read.mesh.positions.len()), (vec![1], 2));
        let written = r#"{"POINTS_LENGTH":2,"POSITION":[0,0,0,1,2,3],"BATCH_LENGTH":2,"BATCH_ID":[1,0]}"#;
        let read = pnts(&tile(written, &[], r#"{"class":["tree","roof"]}"#)).unwrap();
        assert_eq!((read.mesh.positions, read.mesh.feature_ids), (vec![[0.0; 3], [1.0, 2.0, 3.0]], vec![1, 0]));
        assert_eq!(pnts(&tile(r#"{"POINTS_LENGTH":3,"POSITION":[0,0,0]}"#, &[], "")).unwrap_err().code, "legacy-length");
    }

    proptest! {
        #[test]
        fn any_bytes_end(tail in prop::collection::vec(any::<u8>(), 0..120), count in any::<u32>(), offset in any::<u32>()) {
            let feature = format!(r#"{{"POINTS_LENGTH":{count},"POSITION":{{"byteOffset":{offset}}}}}"#);
            let _ = pnts(&tile(&feature, &tail, ""));
            let mut bytes = b"pnts".to_vec();
            bytes.extend(&tail);
            let _ = pnts(&bytes);
        }
    }
}
