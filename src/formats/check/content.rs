//! Rules of a tile's content: GLB, `.gltf`, and the outside of the formats of 3D Tiles 1.0.

use super::schema::{self, component_count, component_size, object, text};
use super::tileset::{outside_by, tolerance};
use crate::base::{Finding, Severity};
use crate::formats::gltf::accessor::{Resources, Store};
use crate::formats::gltf::json::{Document, FeatureIds, MeshFeatures, Primitive, extension};
use crate::formats::gltf::metadata::STRUCTURAL_METADATA;
use crate::formats::gltf::{GltfFault, Limits, TileContent, TileMesh, container, read};
use crate::formats::tiles3d::batched::{self, Batched, Inner};
use crate::formats::tiles3d::BoundingVolume;
use glam::{DMat4, DVec3};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Findings of one content's metadata and features.
const MAX_FINDINGS: usize = 10_000;

/// Where a content should lie.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// In the tile's frame, or on the globe.
    pub volume: BoundingVolume,
    /// From the tile's frame to ECEF.
    pub ecef_from_tile: DMat4,
}

/// Checks a GLB or `.gltf`.
pub fn gltf(
    bytes: &[u8],
    file: &str,
    place: Option<&Place>,
    resources: &mut Resources<'_>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let limits = Limits::default();
    let stated = bytes
        .get(8..12)
        .and_then(|four| four.try_into().ok())
        .map(u32::from_le_bytes);
    if container::is_glb(bytes) && stated.is_some_and(|stated| (stated as usize) < bytes.len()) {
        let value = format!("{} ≠ {}", stated.unwrap_or(0), bytes.len());
        findings.push(Finding::new("glb-length", Severity::Error, file).value(value));
    }
    let read = match read::scene(bytes, &limits, resources) {
        Ok(scene) => {
            // The rest is drawn without them.
            let left_out = scene.left_out.into_iter().map(|fault| Finding { severity: Severity::Warning, ..fault.finding(file) });
            findings.extend(left_out);
            scene.content
        }
        Err(fault) => {
            findings.push(reading_fault(fault, file));
            return findings;
        }
    };
    if let Some(place) = place {
        findings.extend(outside(&read, place, file));
    }
    // It was read, so it can be split again.
    let Ok(container) = container::split(bytes, &limits) else {
        return findings;
    };
    let store = match Store::open(&container, &limits, resources) {
        Ok(store) => store,
        Err(fault) => {
            findings.push(reading_fault(fault, file));
            return findings;
        }
    };
    let mut check = Check {
        file,
        store: &store,
        document: &container.document,
        findings,
        left: limits.vertices,
    };
    check.features();
    if let Some(metadata) = container.document.extensions.get(STRUCTURAL_METADATA) {
        check.metadata(metadata);
    }
    check.findings
}

/// What we cannot read need not be wrong: an extension we do not know is a warning, all else an error.
fn reading_fault(fault: GltfFault, file: &str) -> Finding {
    let mut finding = fault.finding(file);
    if matches!(
        finding.code,
        "gltf-extension-unsupported" | "gltf-sparse"
    ) {
        finding.severity = Severity::Warning;
    }
    finding
}

/// Checks a b3dm, i3dm, pnts or cmpt.
///
/// Of a batched model the tables and the glTF inside are checked as those of newer contents are; a glTF 1.0 can only be told to be one.
pub fn legacy(bytes: &[u8], file: &str, place: Option<&Place>, resources: &mut Resources<'_>) -> Vec<Finding> {
    let mut findings = legacy_header(bytes, file);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return findings;
    }
    match batched::parts(bytes) {
        Err(fault) => findings.push(fault.finding(file)),
        Ok(parts) => {
            for part in parts {
                if let Inner::Batched(batch) = part {
                    findings.extend(batch_faults(&batch, file, place, resources));
                }
            }
        }
    }
    findings
}

fn batch_faults(batch: &Batched, file: &str, place: Option<&Place>, resources: &mut Resources<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let limits = Limits::default();
    let mut content = match read::glb_with(batch.glb, &limits, resources) {
        Ok(content) => content,
        Err(fault) if matches!(fault.code, "glb-version" | "gltf-version") => {
            findings.push(Finding::new("legacy-gltf", Severity::Warning, file).value(fault.value));
            return findings;
        }
        Err(fault) => {
            findings.push(reading_fault(fault, file));
            return findings;
        }
    };
    let of_batch = |mesh: &&TileMesh| mesh.table.is_none();
    let last = content.meshes.iter().filter(of_batch).flat_map(|mesh| &mesh.feature_ids).max();
    if let Some(last) = last.filter(|last| batch.batch_length > 0 && **last as usize >= batch.batch_length) {
        findings.push(
            Finding::new("legacy-batch-id", Severity::Error, file).value(format!("{last} ≥ {}", batch.batch_length)),
        );
    }
    if let Some(at) = batch.rtc_center {
        for mesh in &mut content.meshes {
            mesh.tile_from_mesh = DMat4::from_translation(DVec3::from(at)) * mesh.tile_from_mesh;
        }
    }
    findings.extend(place.and_then(|place| outside(&content, place, file)));
    findings
}

fn legacy_header(bytes: &[u8], file: &str) -> Vec<Finding> {
    let word = |at: usize| {
        let four = bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(four.try_into().ok()?))
    };
    let name = String::from_utf8_lossy(bytes.get(..4).unwrap_or(&[])).into_owned();
    if word(4) != Some(1) {
        let value = word(4).map_or_else(String::new, |version| version.to_string());
        return vec![
            Finding::new("legacy-version", Severity::Error, file)
                .object(name)
                .value(value),
        ];
    }
    if word(8).is_none_or(|length| length as usize != bytes.len()) {
        let value = format!("{} ≠ {}", word(8).unwrap_or(0), bytes.len());
        return vec![
            Finding::new("legacy-length", Severity::Error, file)
                .object(name)
                .value(value),
        ];
    }
    let header = match name.as_str() {
        "cmpt" => 16,
        "i3dm" => 32,
        _ => 28,
    };
    let tables: u64 = if name == "cmpt" {
        0
    } else {
        [12, 16, 20, 24]
            .into_iter()
            .filter_map(word)
            .map(u64::from)
            .sum()
    };
    if header + tables > bytes.len() as u64 {
        let value = format!("{} > {}", header + tables, bytes.len());
        return vec![
            Finding::new("legacy-length", Severity::Error, file)
                .object(name)
                .value(value),
        ];
    }
    vec![Finding::new("legacy-content", Severity::Info, file).object(name)]
}

/// One warning for a content that reaches out of its volume, with the farthest distance in metres.
fn outside(content: &TileContent, place: &Place, file: &str) -> Option<Finding> {
    let mut worst: f64 = 0.0;
    let mut name = String::new();
    for mesh in &content.meshes {
        for position in &mesh.positions {
            let point = mesh.tile_from_mesh.transform_point3(DVec3::new(
                position[0].into(),
                position[1].into(),
                position[2].into(),
            ));
            let beyond = match &place.volume {
                BoundingVolume::Region(region) => {
                    outside_region(region, place.ecef_from_tile.transform_point3(point))?
                }
                other => outside_by(other, point)?,
            };
            if beyond > worst {
                worst = beyond;
                name.clone_from(&mesh.name);
            }
        }
    }
    // Quantisation moves vertices by half a centimetre or so; a fiftieth of the size is what other programs' volumes miss by.
    let slack = 0.05 + 10.0 * tolerance(&place.volume);
    (worst > slack).then(|| {
        Finding::new("content-outside", Severity::Warning, file)
            .object(name)
            .value(format!("{worst:.2}"))
    })
}

/// How far a point of ECEF lies outside a region, metres; `None` for a region across the antimeridian.
fn outside_region(region: &[f64; 6], ecef: DVec3) -> Option<f64> {
    let [west, south, east, north, low, high] = *region;
    if west > east {
        return None;
    }
    let [lon, lat, height] = geodetic_from_ecef(ecef);
    // Metres of a radian, near enough for a distance of a few metres.
    let (east_m, north_m) = (6_378_137.0 * lat.cos(), 6_378_137.0);
    let excess = [
        (west - lon) * east_m,
        (lon - east) * east_m,
        (south - lat) * north_m,
        (lat - north) * north_m,
        low - height,
        height - high,
    ];
    Some(excess.into_iter().fold(f64::NEG_INFINITY, f64::max))
}

/// Longitude, latitude (radians) and ellipsoidal height (metres) on WGS 84.
///
/// Bowring (1976), one step: better than a millimetre below 10 km, which is all a containment check needs.
fn geodetic_from_ecef(p: DVec3) -> [f64; 3] {
    let (a, f) = (6_378_137.0_f64, 1.0 / 298.257_223_563);
    let b = a * (1.0 - f);
    let (e2, ep2) = (f * (2.0 - f), (a * a - b * b) / (b * b));
    let r = p.x.hypot(p.y);
    let theta = (p.z * a).atan2(r * b);
    let lat = (p.z + ep2 * b * theta.sin().powi(3)).atan2(r - e2 * a * theta.cos().powi(3));
    let n = a / (1.0 - e2 * lat.sin().powi(2)).sqrt();
    // The form without a division by the cosine holds at the poles, too.
    let height = r * lat.cos() + p.z * lat.sin() - a * a / n;
    [p.y.atan2(p.x), lat, height]
}

struct Check<'c> {
    file: &'c str,
    store: &'c Store<'c>,
    document: &'c Document,
    findings: Vec<Finding>,
    /// Feature ids that may still be looked at: a million sets may name one attribute.
    left: usize,
}

impl Check<'_> {
    fn error(&mut self, code: &'static str, object: &str, value: &dyn std::fmt::Display) {
        self.findings.push(
            Finding::new(code, Severity::Error, self.file)
                .object(object)
                .value(value),
        );
    }

    /// Whoever has so many faults in one file needs no more of them.
    fn is_full(&self) -> bool {
        self.findings.len() >= MAX_FINDINGS
    }

    fn features(&mut self) {
        let document = self.document;
        for (mesh_number, mesh) in document.meshes.iter().enumerate() {
            for (number, primitive) in mesh.primitives.iter().enumerate() {
                let features =
                    extension::<MeshFeatures>(&primitive.extensions, "EXT_mesh_features");
                for (set, ids) in features.into_iter().flat_map(|f| f.feature_ids).enumerate() {
                    let place =
                        format!("meshes[{mesh_number}].primitives[{number}].featureIds[{set}]");
                    if self.is_full() {
                        return;
                    }
                    self.feature_set(primitive, &ids, &place);
                }
            }
        }
    }

    fn feature_set(
        &mut self,
        primitive: &Primitive,
        set: &FeatureIds,
        place: &str,
    ) {
        let rows = match set.property_table {
            None => None,
            Some(table) => {
                let rows = self
                    .document
                    .extensions
                    .get(STRUCTURAL_METADATA)
                    .and_then(|metadata| {
                        metadata
                            .get("propertyTables")?
                            .get(table)?
                            .get("count")?
                            .as_u64()
                    });
                if rows.is_none() {
                    self.error("gltf-feature-table", place, &table);
                }
                rows
            }
        };
        let Some(number) = set.attribute else { return };
        let Some(accessor) = primitive.attribute(&format!("_FEATURE_ID_{number}")) else {
            self.error(
                "gltf-feature-attribute",
                place,
                &format!("_FEATURE_ID_{number}"),
            );
            return;
        };
        let mut ids = match self.store.scalars(accessor, self.left) {
            Ok(ids) => {
                self.left -= ids.len();
                ids
            }
            Err(fault) => {
                self.findings.push(reading_fault(fault, self.file));
                return;
            }
        };
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| Some(u64::from(*id)) != set.null_feature_id);
        // Fewer distinct ids than stated is allowed where a table says how many there are in all tiles.
        if ids.len() as u64 > set.feature_count {
            self.error(
                "gltf-feature-count",
                place,
                &format!("{} > {}", ids.len(), set.feature_count),
            );
        }
        if let (Some(rows), Some(last)) = (rows, ids.last())
            && u64::from(*last) >= rows
        {
            self.error("gltf-feature-range", place, &format!("{last} ≥ {rows}"));
        }
    }

    fn metadata(&mut self, metadata: &Value) {
        let Some(inline) = metadata.get("schema") else {
            if text(metadata, "schemaUri").is_none() {
                self.error("gltf-metadata-schema", STRUCTURAL_METADATA, &"");
            }
            return;
        };
        self.findings
            .extend(schema::schema(inline, self.file, "schema"));
        let nothing = Map::new();
        let classes = object(inline, "classes").unwrap_or(&nothing);
        let required: HashMap<&str, Vec<&String>> = classes
            .iter()
            .map(|(name, class)| {
                let declared = object(class, "properties").into_iter().flatten();
                let needed = declared.filter(|(_, property)| property.get("required") == Some(&Value::Bool(true)));
                (name.as_str(), needed.map(|(name, _)| name).collect())
            })
            .collect();
        for (list, texture) in [
            ("propertyTables", false),
            ("propertyTextures", true),
            ("propertyAttributes", false),
        ] {
            let all = metadata.get(list).and_then(Value::as_array);
            for (number, one) in all.into_iter().flatten().enumerate() {
                let place = format!("{list}[{number}]");
                let class_name = text(one, "class").unwrap_or("");
                let Some(class) = classes.get(class_name) else {
                    self.error("gltf-metadata-class", &place, &class_name);
                    continue;
                };
                let declared = object(class, "properties").unwrap_or(&nothing);
                let given = object(one, "properties").unwrap_or(&nothing);
                for name in required.get(class_name).into_iter().flatten() {
                    if self.is_full() {
                        return;
                    }
                    if !given.contains_key(*name) {
                        self.error("gltf-metadata-required", &place, name);
                    }
                }
                let count = one.get("count").and_then(Value::as_u64).unwrap_or(0);
                if list == "propertyTables" && count == 0 {
                    self.error("gltf-metadata-count", &place, &count);
                }
                for (name, value) in given {
                    let place = format!("{place}.properties.{name}");
                    match declared.get(name) {
                        None => self.error("gltf-metadata-property", &place, name),
                        Some(property) if texture => self.texture_property(property, value, &place),
                        Some(property) if list == "propertyTables" => {
                            self.column(inline, property, value, count, &place);
                        }
                        Some(_) => {}
                    }
                }
            }
        }
    }

    /// A texture has bytes in channels: texts, and more bytes than channels, have no place in it.
    fn texture_property(&mut self, property: &Value, value: &Value, place: &str) {
        let kind = text(property, "type").unwrap_or("");
        let channels = value
            .get("channels")
            .and_then(Value::as_array)
            .map_or(1, Vec::len);
        let array = property.get("array") == Some(&Value::Bool(true));
        let fixed = property.get("count").and_then(Value::as_u64);
        if kind == "STRING" || (array && fixed.is_none()) {
            return self.error("gltf-metadata-texture", place, &kind);
        }
        let size = text(property, "componentType").and_then(component_size);
        if let (Some(size), Some(count)) = (size, component_count(kind)) {
            let need = ((size * count) as u64).saturating_mul(fixed.unwrap_or(1));
            if need != channels as u64 {
                self.error(
                    "gltf-metadata-texture",
                    place,
                    &format!("{need} ≠ {channels}"),
                );
            }
        }
    }

    /// A table's column must have a view long enough for its rows; plain columns were read already, these are arrays, vectors and matrices.
    fn column(&mut self, schema: &Value, property: &Value, value: &Value, count: u64, place: &str) {
        let index = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_u64)
                .and_then(|n| usize::try_from(n).ok())
        };
        let Some(values) = index("values") else {
            return self.error("gltf-metadata-range", place, &"values");
        };
        let have = match self.store.view(values) {
            Ok(bytes) => bytes.len() as u64,
            Err(fault) => {
                self.findings.push(reading_fault(fault, self.file));
                return;
            }
        };
        let kind = text(property, "type").unwrap_or("");
        let array = property.get("array") == Some(&Value::Bool(true));
        let fixed = property.get("count").and_then(Value::as_u64);
        for (key, needed) in [
            ("arrayOffsets", array && fixed.is_none()),
            ("stringOffsets", kind == "STRING"),
        ] {
            if needed && index(key).is_none() {
                return self.error("gltf-metadata-range", place, &key);
            }
        }
        if kind == "STRING" || (array && fixed.is_none()) {
            return;
        }
        let items = count.saturating_mul(fixed.filter(|_| array).unwrap_or(1));
        let need = if kind == "BOOLEAN" {
            items.div_ceil(8)
        } else {
            let component = if kind == "ENUM" {
                let name = text(property, "enumType").unwrap_or("");
                let list = object(schema, "enums").and_then(|enums| enums.get(name));
                list.and_then(|list| text(list, "valueType"))
                    .unwrap_or("UINT16")
            } else {
                text(property, "componentType").unwrap_or("")
            };
            let (Some(size), Some(numbers)) = (component_size(component), component_count(kind))
            else {
                return;
            };
            items.saturating_mul((size * numbers) as u64)
        };
        if have < need {
            self.error("gltf-metadata-range", place, &format!("{have} < {need}"));
        }
    }
}
