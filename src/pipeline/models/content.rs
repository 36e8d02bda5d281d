//! One content of a model: read whatever its version, placed on the globe, its attributes made fit for the standard, written again.

use super::place::Frame;
use super::walk::{Part, Up, resolved};
use crate::base::{DatasetId, Finding, Report, Severity};
use crate::formats::gltf::metadata::is_identifier;
use crate::formats::gltf::write::{WriteOptions, glb};
use crate::formats::gltf::{
    Column, Limits, PropertyTable, TileContent, TileMesh, Values, YUP_FROM_ZUP, container, read,
};
use crate::formats::tiles3d::batched::{self, Inner};
use crate::geodesy::{Ecef, EnuFrame};
use glam::{DMat3, DMat4, DVec3, DVec4};
use std::collections::BTreeSet;

/// Largest content read, bytes.
const MAX_BYTES: u64 = 1 << 30;
/// Positions are rounded to a lattice of so many steps along a content, at least …
const STEPS: f64 = 40_000.0;
/// … and never coarser or finer than this, metres.
const STEP_M: std::ops::RangeInclusive<f64> = 0.000_1..=0.01;
const MAX_NAME: usize = 200;

/// A content on the globe.
#[derive(Clone, Debug)]
pub struct Placed {
    pub glb: Vec<u8>,
    pub bytes: u64,
    pub region: Region,
    pub features: u64,
}

/// West, south, east, north in degrees, lowest and highest ellipsoidal height in metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region(pub [f64; 6]);

impl Region {
    const EMPTY: Self = Self([
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ]);

    pub fn union(self, other: Self) -> Self {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, other.0);
        Self([a.min(g), b.min(h), c.max(i), d.max(j), e.min(k), f.max(l)])
    }

    fn add(&mut self, ecef: DVec3) {
        let at = Ecef(ecef).to_lonlath();
        *self = self.union(Self([
            at.lon_deg,
            at.lat_deg,
            at.lon_deg,
            at.lat_deg,
            at.height_m,
            at.height_m,
        ]));
    }

    /// As a tileset states it, a little wider.
    pub fn radians(self, margin_m: f64) -> [f64; 6] {
        // A radian of the meridian is about the earth's radius; east and west the same distance is more of an angle.
        let angle = margin_m / 6_350_000.0;
        let [west, south, east, north, low, high] = self.0;
        let widest = south.abs().max(north.abs()).min(89.0).to_radians().cos();
        [
            west.to_radians() - angle / widest,
            south.to_radians() - angle,
            east.to_radians() + angle / widest,
            north.to_radians() + angle,
            low - margin_m,
            high + margin_m,
        ]
    }
}

/// Reads, places and writes a content; nothing usable is a finding.
pub fn placed(
    part: &Part,
    frame: &Frame,
    dataset: &DatasetId,
    copyright: &str,
    number: &str,
    report: &mut Report,
) -> Option<Placed> {
    let mut say = |code, severity, value: String| {
        report.push(Finding::new(code, severity, &part.label).value(value))
    };
    let bytes = match std::fs::metadata(&part.path).map(|meta| meta.len()) {
        Ok(length) if length <= MAX_BYTES => {
            std::fs::read(&part.path).map_err(|error| error.to_string())
        }
        Ok(length) => Err(format!("{length} > {MAX_BYTES}")),
        Err(error) => Err(error.to_string()),
    };
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(reason) => {
            say("source-unreadable", Severity::Error, reason);
            return None;
        }
    };
    let mut content = read_any(&bytes, part, report)?;
    content.meshes.retain(|mesh| !mesh.indices.is_empty());
    if content.meshes.is_empty() {
        report.push(Finding::new(
            "model-without-triangles",
            Severity::Info,
            &part.label,
        ));
        return None;
    }
    let region = move_to_globe(&mut content, part, frame).or_else(|| {
        report.push(Finding::new(
            "coordinates-outside",
            Severity::Error,
            &part.label,
        ));
        None
    })?;
    let features = fit_tables(&mut content, dataset, number);
    let options = WriteOptions {
        precision_m: step_of(&content),
        copyright: copyright.to_owned(),
        ..WriteOptions::default()
    };
    match glb(&content, &options) {
        Ok(glb) => Some(Placed {
            bytes: glb.len() as u64,
            glb,
            region,
            features,
        }),
        Err(fault) => {
            report.push(fault.finding(part.label.clone()));
            None
        }
    }
}

fn read_any(bytes: &[u8], part: &Part, report: &mut Report) -> Option<TileContent> {
    if !batched::is_legacy(bytes) {
        return read_gltf(bytes, part, report);
    }
    let inner = match batched::parts(bytes) {
        Ok(inner) => inner,
        Err(fault) => {
            report.push(fault.finding(part.label.clone()));
            return None;
        }
    };
    let mut whole = TileContent::default();
    let mut any = false;
    for one in inner {
        let batch = match one {
            Inner::Batched(batch) => batch,
            Inner::Other(name) => {
                report.push(
                    Finding::new("model-content-skipped", Severity::Warning, &part.label)
                        .value(name),
                );
                continue;
            }
        };
        for name in &batch.skipped {
            report.push(
                Finding::new("model-property-skipped", Severity::Info, &part.label).object(name),
            );
        }
        let Some(mut content) = read_gltf(batch.glb, part, report) else {
            continue;
        };
        any = true;
        let shift = batch
            .rtc_center
            .map(|at| DMat4::from_translation(DVec3::from(at)));
        let (tables, table) = (whole.tables.len() + content.tables.len(), batch.table);
        for mesh in &mut content.meshes {
            mesh.strokes.clear();
            if let Some(shift) = shift {
                mesh.tile_from_mesh = shift * mesh.tile_from_mesh;
            }
            mesh.table = match mesh.table {
                Some(table) => Some(table + whole.tables.len()),
                None if batch.batch_length > 0 && !mesh.feature_ids.is_empty() => Some(tables),
                None => None,
            };
        }
        whole.tables.append(&mut content.tables);
        whole.tables.push(table);
        whole.meshes.append(&mut content.meshes);
    }
    any.then_some(whole)
}

fn read_gltf(bytes: &[u8], part: &Part, report: &mut Report) -> Option<TileContent> {
    let limits = Limits::default();
    let mut resources = |uri: &str| std::fs::read(resolved(&part.base, &part.path, uri)?).ok();
    match read::glb_with(bytes, &limits, &mut resources) {
        Ok(content) => {
            let pictures = container::split(bytes, &limits)
                .is_ok_and(|container| !container.document.images.is_empty());
            if pictures {
                report.push(Finding::new(
                    "model-texture-left-out",
                    Severity::Info,
                    &part.label,
                ));
            }
            Some(content)
        }
        Err(fault) => {
            report.push(fault.finding(part.label.clone()));
            None
        }
    }
}

/// Brings all meshes into one east-north-up frame in the middle of the content; `None` where a point has no place on the globe.
fn move_to_globe(content: &mut TileContent, part: &Part, frame: &Frame) -> Option<Region> {
    let turn = match part.up {
        Up::Y => DMat4::IDENTITY,
        // The reader has turned y up; what was up along z already is turned back.
        Up::Z => YUP_FROM_ZUP,
    };
    let wide = |p: &[f32; 3]| DVec3::new(p[0].into(), p[1].into(), p[2].into());
    let mut region = Region::EMPTY;
    let mut all: Vec<(Vec<DVec3>, Vec<DVec3>)> = Vec::with_capacity(content.meshes.len());
    for mesh in &content.meshes {
        let root_from_mesh = part.root_from_tile * turn * mesh.tile_from_mesh;
        let turned = DMat3::from_mat4(root_from_mesh).inverse().transpose();
        let mut points = Vec::with_capacity(mesh.positions.len());
        let mut normals = Vec::with_capacity(mesh.normals.len());
        for position in &mesh.positions {
            let ecef = frame.ecef(root_from_mesh.transform_point3(wide(position)))?;
            region.add(ecef);
            points.push(ecef);
        }
        for (normal, (position, ecef)) in
            mesh.normals.iter().zip(mesh.positions.iter().zip(&points))
        {
            let normal = (turned * wide(normal)).normalize_or_zero();
            // A metre along the normal, seen from the globe: no projection bends visibly within it.
            let end = frame.ecef(root_from_mesh.transform_point3(wide(position)) + normal)?;
            normals.push((end - *ecef).normalize_or_zero());
        }
        all.push((points, normals));
    }
    let [west, south, east, north, low, _] = region.0;
    let middle = crate::geodesy::LonLatH::new(0.5 * (west + east), 0.5 * (south + north), low);
    if ![middle.lon_deg, middle.lat_deg, middle.height_m]
        .iter()
        .all(|x| x.is_finite())
    {
        return None;
    }
    let enu = EnuFrame::at(middle);
    let enu_from_mesh = DMat4::from_cols(DVec4::X, DVec4::Z, -DVec4::Y, DVec4::W);
    let narrow = |v: DVec3| [v.x as f32, v.z as f32, -v.y as f32];
    for (mesh, (points, normals)) in content.meshes.iter_mut().zip(all) {
        // The reader has set right what mirrors inside the tile's frame.
        let mirrored = part.root_from_tile.determinant() < 0.0;
        mesh.positions = points
            .iter()
            .map(|ecef| narrow(enu.enu_from_ecef.transform_point3(*ecef)))
            .collect();
        mesh.normals = normals
            .iter()
            .map(|normal| narrow(enu.enu_from_ecef.transform_vector3(*normal)))
            .collect();
        mesh.tile_from_mesh = enu.ecef_from_enu * enu_from_mesh;
        if mirrored {
            mesh.indices
                .chunks_exact_mut(3)
                .for_each(|triangle| triangle.swap(1, 2));
        }
    }
    Some(region)
}

/// The lattice of positions: centimetres, finer for small things.
fn step_of(content: &TileContent) -> f64 {
    let mut size = 0.0_f64;
    for mesh in &content.meshes {
        for axis in 0..3 {
            let values = mesh.positions.iter().map(|p| f64::from(p[axis]));
            let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
                (l.min(v), h.max(v))
            });
            size = size.max(high - low);
        }
    }
    (size / STEPS).clamp(*STEP_M.start(), *STEP_M.end())
}

/// Tables as the standard wants them, each row with an id and its data set; returns the features that triangles belong to.
fn fit_tables(content: &mut TileContent, dataset: &DatasetId, number: &str) -> u64 {
    let rows = |mesh: &TileMesh| {
        mesh.feature_ids
            .iter()
            .filter(|id| **id != u32::MAX)
            .max()
            .map_or(0, |id| *id as usize + 1)
    };
    // Features without a table get one, so that each can be told.
    for index in 0..content.meshes.len() {
        let Some(mesh) = content.meshes.get(index) else {
            continue;
        };
        if mesh.table.is_none() && !mesh.feature_ids.is_empty() {
            let count = rows(mesh);
            let table = content.tables.len();
            content.tables.push(PropertyTable {
                class: String::new(),
                count,
                columns: Vec::new(),
            });
            if let Some(mesh) = content.meshes.get_mut(index) {
                mesh.table = Some(table);
            }
        }
    }
    let mut seen: BTreeSet<(usize, u32)> = BTreeSet::new();
    for mesh in &content.meshes {
        if let Some(table) = mesh.table {
            seen.extend(
                mesh.feature_ids
                    .iter()
                    .filter(|id| **id != u32::MAX)
                    .map(|id| (table, *id)),
            );
        }
    }
    // Tables that no mesh uses, and empty ones, go; numbers of the others move up.
    let mut moved: Vec<Option<usize>> = Vec::with_capacity(content.tables.len());
    let mut kept = Vec::new();
    for (index, table) in std::mem::take(&mut content.tables).into_iter().enumerate() {
        let used = table.count > 0 && content.meshes.iter().any(|mesh| mesh.table == Some(index));
        moved.push(used.then_some(kept.len()));
        if used {
            kept.push(table);
        }
    }
    content.tables = kept;
    for mesh in &mut content.meshes {
        mesh.table = mesh
            .table
            .and_then(|table| moved.get(table).copied().flatten());
        let count = mesh
            .table
            .and_then(|table| content.tables.get(table))
            .map_or(0, |table| table.count);
        // An id without a row is no feature.
        mesh.feature_ids
            .iter_mut()
            .filter(|id| **id as usize >= count)
            .for_each(|id| *id = u32::MAX);
        if mesh.table.is_none() {
            mesh.feature_ids.clear();
        }
    }
    for (index, table) in content.tables.iter_mut().enumerate() {
        fit(table, index, dataset, number);
    }
    seen.len() as u64
}

fn fit(table: &mut PropertyTable, index: usize, dataset: &DatasetId, number: &str) {
    // Classes of one content are told apart by their number, for two of one name may differ in shape.
    table.class = if index == 0 {
        "model".to_owned()
    } else {
        format!("model_{index}")
    };
    let ids = table.ids(&format!("{number}/{index}"));
    let mut taken: BTreeSet<String> = BTreeSet::from(["id".to_owned(), "dataset".to_owned()]);
    let mut columns = vec![
        Column {
            name: "id".to_owned(),
            values: Values::Text(ids.into()),
        },
        Column {
            name: "dataset".to_owned(),
            values: Values::Text(vec![dataset.as_str(); table.count].into()),
        },
    ];
    for column in std::mem::take(&mut table.columns) {
        if column.values.len() != table.count
            || (column.name == "id" && matches!(column.values, Values::Text(_)))
        {
            continue;
        }
        let mut name: String = column
            .name
            .chars()
            .take(MAX_NAME)
            .map(|letter| {
                if letter.is_ascii_alphanumeric() {
                    letter
                } else {
                    '_'
                }
            })
            .collect();
        if !is_identifier(&name) {
            name = format!("source_{name}");
        }
        while !taken.insert(name.clone()) {
            name = format!("source_{name}");
        }
        columns.push(Column {
            name,
            values: column.values.plain(),
        });
    }
    table.columns = columns;
}

#[cfg(test)]
mod tests {
    use super::super::MARGIN_M;
    use super::*;

    #[test]
    fn every_row_has_an_id_and_every_column_a_fit_name() {
        let mut table = PropertyTable {
            class: "Whatever it was".into(),
            count: 2,
            columns: vec![
                Column {
                    name: "gml:id".into(),
                    values: Values::Text(["B1", ""].into()),
                },
                Column {
                    name: "Höhe".into(),
                    values: Values::F64(vec![3.0, f64::NAN]),
                },
                Column {
                    name: "H_he".into(),
                    values: Values::F64(vec![4.0, 5.0]),
                },
                Column {
                    name: "short".into(),
                    values: Values::U32(vec![1]),
                },
            ],
        };
        fit(&mut table, 0, &"tiles".into(), "7.0");
        assert_eq!(table.text("id", 0), Some("B1"));
        assert_eq!(table.text("id", 1), Some("7.0/0/1"));
        assert_eq!(table.number("H_he", 0), Some(3.0));
        assert_eq!(table.number("source_H_he", 1), Some(5.0));
        assert!(table.column("short").is_none());
        assert!(
            table
                .columns
                .iter()
                .all(|column| is_identifier(&column.name))
        );
    }

    #[test]
    fn a_region_holds_its_points_with_a_margin() {
        let mut region = Region::EMPTY;
        let at = crate::geodesy::LonLatH::new(-1.55, 47.2, 60.0);
        region.add(at.to_ecef().0);
        let [west, south, east, north, low, high] = region.radians(MARGIN_M);
        assert!(west < at.lon_deg.to_radians() && east > at.lon_deg.to_radians());
        assert!(south < at.lat_deg.to_radians() && north > at.lat_deg.to_radians());
        assert!(low < 60.0 && high > 60.0 && high - low < 0.11);
    }
}
