//! Rules of `tileset.json`.

use super::schema;
use crate::base::{Finding, Severity};
use crate::formats::tiles3d::tileset::{KNOWN_EXTENSIONS, MAX_TILES, MAX_TILESET_BYTES};
use crate::formats::tiles3d::{BoundingVolume, Content, ImplicitTiling, Refine, Subdivision, TileSchema};
use glam::{DMat4, DVec3};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;

/// What a tileset names and what is known about it.
#[derive(Clone, Debug, Default)]
pub struct Links {
    pub contents: Vec<ContentLink>,
    pub implicit: Vec<ImplicitLink>,
    pub schema_uri: Option<String>,
}

/// One content of an explicit tile; it may be another tileset.
#[derive(Clone, Debug)]
pub struct ContentLink {
    pub uri: String,
    /// The tile's JSON path.
    pub object: String,
    /// The content's own volume, or the tile's.
    pub volume: Option<BoundingVolume>,
    /// From the tile's frame to the tileset's.
    pub root_from_tile: DMat4,
}

/// A tile that is the root of an implicit tree.
#[derive(Clone, Debug)]
pub struct ImplicitLink {
    pub object: String,
    pub tiling: ImplicitTiling,
    /// Templates, one for each content of a tile.
    pub contents: Vec<Content>,
    pub volume: Option<BoundingVolume>,
    pub root_from_tile: DMat4,
    /// How subtrees tell tighter bounds.
    pub schema: Arc<TileSchema>,
}

/// Checks a tileset.
pub fn tileset(bytes: &[u8], file: &str) -> (Vec<Finding>, Links) {
    let mut check = Check {
        file,
        findings: Vec::new(),
        links: Links::default(),
        tile_schema: Arc::default(),
        tiles: 0,
    };
    if bytes.len() > MAX_TILESET_BYTES {
        check.error("tileset-limit", "", &bytes.len());
        return (check.findings, check.links);
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match serde_json::from_slice::<Value>(text) {
        Ok(document) => check.document(&document),
        Err(error) => check.error("tileset-json", "", &error),
    }
    (check.findings, check.links)
}

struct Check<'c> {
    file: &'c str,
    findings: Vec<Finding>,
    links: Links,
    tiles: usize,
    tile_schema: Arc<TileSchema>,
}

/// A tile on the way down.
struct Step<'v> {
    tile: &'v Value,
    object: String,
    parent: Option<Parent>,
}

#[derive(Clone, Copy)]
struct Parent {
    volume: Option<BoundingVolume>,
    geometric_error: Option<f64>,
    root_from_parent: DMat4,
}

impl<'c> Check<'c> {
    fn error(&mut self, code: &'static str, object: &str, value: &dyn std::fmt::Display) {
        self.push(code, Severity::Error, object, value);
    }

    fn push(
        &mut self,
        code: &'static str,
        severity: Severity,
        object: &str,
        value: &dyn std::fmt::Display,
    ) {
        self.findings.push(
            Finding::new(code, severity, self.file)
                .object(object)
                .value(value),
        );
    }

    fn document(&mut self, document: &Value) {
        match document.get("asset").and_then(|asset| asset.get("version")) {
            Some(Value::String(version)) if version == "1.0" || version == "1.1" => {}
            Some(Value::String(version)) => {
                self.push(
                    "tileset-version",
                    Severity::Warning,
                    "asset.version",
                    version,
                );
            }
            Some(other) => self.error("tileset-type", "asset.version", other),
            None => self.error("tileset-missing", "asset.version", &""),
        }
        let whole = self.geometric_error(document, "geometricError");
        if let Some(list) = document.get("extensionsRequired").and_then(Value::as_array) {
            for name in list
                .iter()
                .filter_map(Value::as_str)
                .filter(|name| !KNOWN_EXTENSIONS.contains(name))
            {
                self.push(
                    "tileset-extension",
                    Severity::Warning,
                    "extensionsRequired",
                    &name,
                );
            }
        }
        if let Some(inline) = document.get("schema") {
            self.tile_schema = Arc::new(TileSchema::of(Some(inline)));
            let mut found = schema::schema(inline, self.file, "schema");
            self.findings.append(&mut found);
        }
        self.links.schema_uri = schema::text(document, "schemaUri").map(str::to_owned);
        let Some(root) = document.get("root").filter(|root| root.is_object()) else {
            self.error("tileset-missing", "root", &"");
            return;
        };
        if root.get("refine").is_none() {
            // Always required; it does harm only where there is something to refine.
            let harmful = root.get("children").is_some() || root.get("implicitTiling").is_some();
            let severity = if harmful {
                Severity::Error
            } else {
                Severity::Warning
            };
            self.push("tileset-refine-missing", severity, "root.refine", &"");
        }
        let above = Parent {
            volume: None,
            geometric_error: whole,
            root_from_parent: DMat4::IDENTITY,
        };
        let mut stack = vec![Step {
            tile: root,
            object: "root".to_owned(),
            parent: Some(above),
        }];
        while let Some(step) = stack.pop() {
            self.tiles += 1;
            if self.tiles > MAX_TILES {
                self.error("tileset-limit", &step.object, &self.tiles.clone());
                return;
            }
            self.tile(&step, &mut stack);
        }
    }

    fn tile<'v>(&mut self, step: &Step<'v>, stack: &mut Vec<Step<'v>>) {
        let Step {
            tile,
            object,
            parent,
        } = step;
        let at = |key: &str| format!("{object}.{key}");
        if !tile.is_object() {
            return self.error("tileset-type", object, tile);
        }
        let transform = self.transform(tile, &at("transform"));
        let volume = match tile.get("boundingVolume") {
            Some(volume) => self.volume(volume, &at("boundingVolume")),
            None => {
                self.error("tileset-missing", &at("boundingVolume"), &"");
                None
            }
        };
        let geometric_error = self.geometric_error(tile, &at("geometricError"));
        if let Some(refine) = tile.get("refine")
            && Refine::deserialize(refine).is_err()
        {
            self.error("tileset-refine", &at("refine"), refine);
        }
        let root_from_parent = parent.map_or(DMat4::IDENTITY, |parent| parent.root_from_parent);
        if let Some(parent) = parent {
            if let (Some(own), Some(above)) = (geometric_error, parent.geometric_error)
                && own > above
            {
                let value = format!("{own} > {above}");
                self.push(
                    "tileset-error-order",
                    Severity::Warning,
                    &at("geometricError"),
                    &value,
                );
            }
            if let (Some(own), Some(above)) = (volume, parent.volume)
                && contains(&above, &own, transform) == Some(false)
            {
                self.error("tileset-child-outside", &at("boundingVolume"), &"");
            }
        }
        let root_from_tile = root_from_parent * transform;
        let contents = self.contents(tile, object, volume);
        let old = extension(tile, "3DTILES_implicit_tiling").map(renewed);
        if let Some(implicit) = tile.get("implicitTiling").or(old.as_ref()) {
            if tile.get("children").is_some() {
                self.error("implicit-children", &at("children"), &"");
            }
            if let Some(tiling) = self.implicit(implicit, &at("implicitTiling"), volume) {
                self.links.implicit.push(ImplicitLink {
                    object: object.clone(),
                    tiling,
                    contents,
                    volume,
                    root_from_tile,
                    schema: Arc::clone(&self.tile_schema),
                });
            }
            return;
        }
        self.links
            .contents
            .extend(contents.into_iter().map(|content| ContentLink {
                volume: content.bounding_volume.or(volume),
                uri: content.uri,
                object: object.clone(),
                root_from_tile,
            }));
        let children = match tile.get("children") {
            None => return,
            Some(Value::Array(children)) => children,
            Some(other) => return self.error("tileset-type", &at("children"), other),
        };
        let here = Parent {
            volume,
            geometric_error,
            root_from_parent: root_from_tile,
        };
        stack.extend(
            children
                .iter()
                .enumerate()
                .rev()
                .map(|(number, tile)| Step {
                    tile,
                    object: format!("{object}.children[{number}]"),
                    parent: Some(here),
                }),
        );
    }

    fn geometric_error(&mut self, holder: &Value, object: &str) -> Option<f64> {
        match holder.get("geometricError") {
            None => {
                self.error("tileset-missing", object, &"");
                None
            }
            Some(value) => match value.as_f64() {
                Some(error) if error >= 0.0 => Some(error),
                _ => {
                    self.error("tileset-geometric-error", object, value);
                    None
                }
            },
        }
    }

    fn transform(&mut self, tile: &Value, object: &str) -> DMat4 {
        let Some(value) = tile.get("transform") else {
            return DMat4::IDENTITY;
        };
        let matrix = <[f64; 16]>::deserialize(value).map(|m| DMat4::from_cols_array(&m));
        match matrix {
            // The last row is (0, 0, 0, 1), or the transform is not affine; and it must be reversible.
            Ok(m)
                if m.row(3).abs_diff_eq(glam::DVec4::W, 1e-9)
                    && m.is_finite()
                    && m.determinant().abs() > 1e-300 =>
            {
                m
            }
            _ => {
                self.error("tileset-transform", object, value);
                DMat4::IDENTITY
            }
        }
    }

    fn volume(&mut self, value: &Value, object: &str) -> Option<BoundingVolume> {
        let mut any = false;
        for (key, length) in [("box", 12), ("region", 6), ("sphere", 4)] {
            if let Some(list) = value.get(key) {
                any = true;
                let numbers = list
                    .as_array()
                    .filter(|list| list.iter().all(Value::is_number));
                if numbers.is_none_or(|numbers| numbers.len() != length) {
                    self.error("tileset-volume-length", &format!("{object}.{key}"), list);
                    return None;
                }
            }
        }
        let volume = BoundingVolume::deserialize(value).ok();
        match volume {
            Some(volume) if volume.is_sound() => Some(volume),
            Some(_) => {
                self.error("tileset-volume", object, value);
                None
            }
            None => {
                // An extension may define the volume; nothing can be said about that one.
                if !any && value.get("extensions").is_none() {
                    self.error("tileset-volume", object, value);
                }
                None
            }
        }
    }

    fn contents(
        &mut self,
        tile: &Value,
        object: &str,
        volume: Option<BoundingVolume>,
    ) -> Vec<Content> {
        // In the days of 3D Tiles 1.0 it was called by either name.
        let old = extension(tile, "3DTILES_multiple_contents").and_then(|old| old.get("contents").or(old.get("content")));
        let several = tile.get("contents").or(old).and_then(Value::as_array);
        if several.is_some() && tile.get("content").is_some() {
            self.error("tileset-content-twice", object, &"");
        }
        let one = tile
            .get("content")
            .map(|content| (format!("{object}.content"), content));
        let list = several.into_iter().flatten().enumerate();
        let list = list.map(|(number, content)| (format!("{object}.contents[{number}]"), content));
        let mut contents = Vec::new();
        for (place, content) in one.into_iter().chain(list) {
            let Some(uri) = schema::text(content, "uri").or(schema::text(content, "url")) else {
                self.error("tileset-missing", &format!("{place}.uri"), &"");
                continue;
            };
            let own = content
                .get("boundingVolume")
                .and_then(|own| self.volume(own, &format!("{place}.boundingVolume")));
            if let (Some(own), Some(tile)) = (own, volume)
                && contains(&tile, &own, DMat4::IDENTITY) == Some(false)
            {
                self.error(
                    "tileset-content-outside",
                    &format!("{place}.boundingVolume"),
                    &"",
                );
            }
            let mut content = Content::at(uri);
            content.bounding_volume = own;
            contents.push(content);
        }
        contents
    }

    fn implicit(
        &mut self,
        value: &Value,
        object: &str,
        volume: Option<BoundingVolume>,
    ) -> Option<ImplicitTiling> {
        let tiling = match ImplicitTiling::deserialize(value) {
            Ok(tiling) => tiling,
            Err(error) => {
                self.error("implicit-tiling", object, &error);
                return None;
            }
        };
        let mut sound = true;
        let scheme = tiling.subdivision_scheme;
        if !(1..=scheme.max_subtree_levels()).contains(&tiling.subtree_levels) {
            self.error(
                "implicit-levels",
                &format!("{object}.subtreeLevels"),
                &tiling.subtree_levels,
            );
            sound = false;
        }
        if !(1..=scheme.max_level() + 1).contains(&tiling.available_levels) {
            self.error(
                "implicit-levels",
                &format!("{object}.availableLevels"),
                &tiling.available_levels,
            );
            sound = false;
        }
        let template = &tiling.subtrees.uri;
        let variables = ["{level}", "{x}", "{y}", "{z}"];
        let named = if scheme == Subdivision::Octree { &variables[..] } else { &variables[..3] };
        if !named.iter().all(|variable| template.contains(variable)) {
            self.error(
                "implicit-template",
                &format!("{object}.subtrees.uri"),
                template,
            );
            sound = false;
        }
        if matches!(volume, Some(BoundingVolume::Sphere(_))) {
            self.error("implicit-sphere", object, &"");
            sound = false;
        }
        sound.then_some(tiling)
    }
}

/// What an extension of 3D Tiles 1.0 says in a tile.
fn extension<'v>(tile: &'v Value, name: &str) -> Option<&'v Value> {
    tile.get("extensions")?.get(name)
}

/// Implicit tiling as the extension had it: the deepest level where the standard counts levels.
fn renewed(old: &Value) -> Value {
    let mut new = old.clone();
    let levels = old.get("maximumLevel").and_then(Value::as_u64).and_then(|deepest| deepest.checked_add(1));
    if let (Some(levels), Some(map)) = (levels, new.as_object_mut()) {
        map.entry("availableLevels").or_insert(levels.into());
    }
    new
}

/// Whether one volume lies in another, with a tolerance for rounding; `outer_from_inner` takes points of the inner one's frame to the outer's.
/// `None` where a region meets another form, which only the globe could tell.
pub fn contains(
    outer: &BoundingVolume,
    inner: &BoundingVolume,
    outer_from_inner: DMat4,
) -> Option<bool> {
    match (outer, inner) {
        (BoundingVolume::Region(a), BoundingVolume::Region(b)) => {
            // 1e-8 of a radian is six centimetres.
            let (angle, height) = (1e-8, 0.05);
            if a[0] > a[2] || b[0] > b[2] {
                return None;
            }
            Some(
                a[0] <= b[0] + angle
                    && a[1] <= b[1] + angle
                    && b[2] <= a[2] + angle
                    && b[3] <= a[3] + angle
                    && a[4] <= b[4] + height
                    && b[5] <= a[5] + height,
            )
        }
        (_, BoundingVolume::Box(_)) => {
            let corners = inner.box_corners()?;
            let mut inside = true;
            for corner in corners {
                let point = outer_from_inner.transform_point3(DVec3::from(corner));
                inside &= outside_by(outer, point)? <= tolerance(outer);
            }
            Some(inside)
        }
        (BoundingVolume::Region(_), _) | (_, BoundingVolume::Region(_)) => None,
        (_, BoundingVolume::Sphere([x, y, z, radius])) => {
            let centre = outer_from_inner.transform_point3(DVec3::new(*x, *y, *z));
            let scale = [
                outer_from_inner.x_axis,
                outer_from_inner.y_axis,
                outer_from_inner.z_axis,
            ]
            .map(|axis| axis.truncate().length())
            .into_iter()
            .fold(0.0, f64::max);
            let radius = radius * scale;
            let inside = match outer {
                BoundingVolume::Sphere([a, b, c, big]) => {
                    centre.distance(DVec3::new(*a, *b, *c)) + radius <= big + tolerance(outer)
                }
                BoundingVolume::Box(b) => half_axes(b).into_iter().all(|axis| {
                    let length = axis.length();
                    length > 0.0
                        && (centre - DVec3::new(b[0], b[1], b[2]))
                            .dot(axis / length)
                            .abs()
                            + radius
                            <= length + tolerance(outer)
                }),
                BoundingVolume::Region(_) => return None,
            };
            Some(inside)
        }
    }
}

fn half_axes(b: &[f64; 12]) -> [DVec3; 3] {
    [3, 6, 9].map(|at| DVec3::new(b[at], b[at + 1], b[at + 2]))
}

/// How far a point of the volume's frame lies outside, metres; negative or zero inside. `None` for a region.
/// For a box the largest excess along one of its axes; a flat box has the axis it lacks from the other two.
pub fn outside_by(volume: &BoundingVolume, point: DVec3) -> Option<f64> {
    match volume {
        BoundingVolume::Sphere([x, y, z, radius]) => {
            Some(point.distance(DVec3::new(*x, *y, *z)) - radius)
        }
        BoundingVolume::Box(b) => {
            let axes = half_axes(b);
            let offset = point - DVec3::new(b[0], b[1], b[2]);
            let mut worst = f64::NEG_INFINITY;
            for (number, axis) in axes.iter().enumerate() {
                let length = axis.length();
                let unit = if length > 0.0 {
                    *axis / length
                } else {
                    axes[(number + 1) % 3]
                        .cross(axes[(number + 2) % 3])
                        .normalize_or_zero()
                };
                worst = worst.max(offset.dot(unit).abs() - length);
            }
            Some(worst)
        }
        BoundingVolume::Region(_) => None,
    }
}

/// What rounding may cost: a ten-thousandth of the size, and of f64's last digits at the distance from the frame's origin.
pub fn tolerance(volume: &BoundingVolume) -> f64 {
    match volume {
        BoundingVolume::Box(b) => {
            let size: f64 = half_axes(b)
                .into_iter()
                .map(DVec3::length)
                .fold(0.0, f64::max);
            1e-4 * size + 1e-9 * DVec3::new(b[0], b[1], b[2]).length() + 1e-9
        }
        BoundingVolume::Sphere([x, y, z, radius]) => {
            1e-4 * radius + 1e-9 * DVec3::new(*x, *y, *z).length() + 1e-9
        }
        BoundingVolume::Region(_) => 0.05,
    }
}
