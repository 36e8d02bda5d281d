//! Instances of 3D Tiles 1.0 (`i3dm`): one glTF at many places, with a batch table.
//!
//! Source: OGC 18-053r2, 3D Tiles Specification 1.0, section 10.3.

use super::TilesFault;
use super::batched::{octahedral, outside, table, word};
use crate::formats::gltf::PropertyTable;
use crate::formats::gltf::instances::{Instances, MAX_INSTANCES};
use crate::geodesy::{Ecef, EnuFrame};
use glam::{DMat3, DMat4, DVec3};
use serde_json::Value;

/// One model at many places.
#[derive(Clone, Debug, PartialEq)]
pub struct Instanced<'a> {
    pub model: Model<'a>,
    /// From the model's frame (z up) to the tile's; features are rows of `table`.
    pub instances: Instances,
    pub table: PropertyTable,
    /// Properties that have no place in a table.
    pub skipped: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Model<'a> {
    Embedded(&'a [u8]),
    /// Its address, relative to the content.
    External(&'a str),
}

/// Reads an instanced model.
///
/// # Errors
/// `legacy-length`, `legacy-version`, `legacy-table`, `tileset-limit`.
pub fn i3dm(bytes: &[u8]) -> Result<Instanced<'_>, TilesFault> {
    let outside = outside(bytes, "i3dm", 32)?;
    let model = match word(bytes, 28) {
        Some(1) => Model::Embedded(outside.body),
        Some(0) => {
            let uri = std::str::from_utf8(outside.body).map_err(|error| TilesFault::new("legacy-table", "i3dm", error))?;
            Model::External(uri.trim_end_matches(['\0', ' ', '\n', '\r']))
        }
        other => return Err(TilesFault::new("legacy-version", "gltfFormat", other.unwrap_or(0))),
    };
    let features = &outside.features;
    let count = features.count("INSTANCES_LENGTH").ok_or_else(|| TilesFault::new("legacy-table", "INSTANCES_LENGTH", ""))?;
    if count > MAX_INSTANCES {
        return Err(TilesFault::new("tileset-limit", "INSTANCES_LENGTH", count));
    }
    let centre = features.vector("RTC_CENTER").map_or(DVec3::ZERO, DVec3::from_array);
    let positions: Vec<DVec3> = match features.floats::<3>("POSITION", count)? {
        Some(list) => list.into_iter().map(|p| DVec3::from_array(p.map(f64::from))).collect(),
        None => {
            let list = features.shorts::<3>("POSITION_QUANTIZED", count)?;
            let list = list.ok_or_else(|| TilesFault::new("legacy-table", "POSITION", ""))?;
            let offset = DVec3::from_array(features.vector("QUANTIZED_VOLUME_OFFSET").unwrap_or_default());
            let scale = DVec3::from_array(features.vector("QUANTIZED_VOLUME_SCALE").unwrap_or([1.0; 3]));
            list.into_iter().map(|p| offset + scale * DVec3::from_array(p.map(|x| f64::from(x) / 65_535.0))).collect()
        }
    };
    let directions = |plain: &str, packed: &str| -> Result<Option<Vec<[f32; 3]>>, TilesFault> {
        if let Some(list) = features.floats::<3>(plain, count)? {
            return Ok(Some(list));
        }
        let list = features.shorts::<2>(packed, count)?;
        Ok(list.map(|list| list.into_iter().map(|xy| octahedral(xy.map(|x| f32::from(x) / 65_535.0))).collect()))
    };
    let ups = directions("NORMAL_UP", "NORMAL_UP_OCT32P")?;
    let rights = directions("NORMAL_RIGHT", "NORMAL_RIGHT_OCT32P")?;
    let scales = features.floats::<1>("SCALE", count)?;
    let uneven = features.floats::<3>("SCALE_NON_UNIFORM", count)?;
    let upright = features.json.get("EAST_NORTH_UP").and_then(Value::as_bool) == Some(true);
    let wide = |v: [f32; 3]| DVec3::from_array(v.map(f64::from));
    let places = positions
        .into_iter()
        .enumerate()
        .map(|(i, position)| {
            let at = centre + position;
            let given = ups.as_ref().zip(rights.as_ref()).and_then(|(ups, rights)| Some((wide(*ups.get(i)?), wide(*rights.get(i)?))));
            let turn = match given {
                Some((up, right)) => turn(right, up),
                None if upright => DMat3::from_mat4(EnuFrame::at(Ecef(at).to_lonlath()).ecef_from_enu),
                None => DMat3::IDENTITY,
            };
            let even = scales.as_ref().and_then(|list| list.get(i)).map_or(1.0, |[scale]| f64::from(*scale));
            let scale = uneven.as_ref().and_then(|list| list.get(i)).map_or(DVec3::ONE, |scale| wide(*scale)) * even;
            DMat4::from_translation(at) * DMat4::from_mat3(turn) * DMat4::from_scale(scale)
        })
        .collect();
    let ids = features.ids("BATCH_ID", count)?;
    let ids = ids.unwrap_or_else(|| (0..u32::try_from(count).unwrap_or(u32::MAX)).collect());
    let rows = ids.iter().max().map_or(0, |last| (*last as usize).saturating_add(1)).min(MAX_INSTANCES);
    let mut skipped = Vec::new();
    let table = table(&outside.batch_json, outside.batch_bin, rows, &mut skipped)?;
    Ok(Instanced { model, instances: Instances { places, features: ids, ..Instances::default() }, table, skipped })
}

/// The rotation that brings x to the right and y up, its third axis made square to both.
fn turn(right: DVec3, up: DVec3) -> DMat3 {
    let right = right.normalize_or(DVec3::X);
    let forward = right.cross(up).normalize_or(DVec3::Z);
    DMat3::from_cols(right, forward.cross(right), forward)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile(feature: &str, bin: &[u8], batch: &str) -> Vec<u8> {
        let total = 32 + feature.len() + bin.len() + batch.len() + 8;
        let mut bytes = b"i3dm".to_vec();
        for word in [1, total, feature.len(), bin.len(), batch.len(), 0, 0] {
            bytes.extend((word as u32).to_le_bytes());
        }
        bytes.extend(feature.as_bytes());
        bytes.extend(bin);
        bytes.extend(batch.as_bytes());
        bytes.extend(b"tree.glb");
        bytes
    }

    #[test]
    fn places_scales_and_rows_are_read() {
        let mut bin = Vec::new();
        for number in [1.0_f32, 2.0, 3.0, 4.0, 5.0, 6.0, 2.0, 3.0] {
            bin.extend(number.to_le_bytes());
        }
        let feature = r#"{"INSTANCES_LENGTH":2,"POSITION":{"byteOffset":0},"SCALE":{"byteOffset":24},"RTC_CENTER":[10,0,0]}"#;
        let bytes = tile(feature, &bin, r#"{"Height":[20,30]}"#);
        let read = i3dm(&bytes).unwrap();
        assert_eq!(read.model, Model::External("tree.glb"));
        assert_eq!(read.instances.places[1].transform_point3(DVec3::X), DVec3::new(17.0, 5.0, 6.0));
        assert_eq!(read.instances.features, [0, 1]);
        assert_eq!(read.table.number("Height", 1), Some(30.0));
    }

    #[test]
    fn an_instance_turns_as_its_axes_say() {
        let turned = turn(DVec3::Y, DVec3::Z);
        assert!((turned * DVec3::X - DVec3::Y).length() < 1e-12 && (turned * DVec3::Y - DVec3::Z).length() < 1e-12);
    }

    proptest! {
        #[test]
        fn any_bytes_end(tail in prop::collection::vec(any::<u8>(), 0..120), count in any::<u32>(), offset in any::<u32>()) {
            let _ = i3dm(&tile(&format!(r#"{{"INSTANCES_LENGTH":{count},"POSITION":{{"byteOffset":{offset}}}}}"#), &tail, ""));
            let mut bytes = b"i3dm".to_vec();
            bytes.extend(&tail);
            let _ = i3dm(&bytes);
        }
    }
}
