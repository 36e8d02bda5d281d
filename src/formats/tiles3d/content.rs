//! The bytes of any content to what is drawn of it: GLB and `.gltf`, and the four formats of 3D Tiles 1.0.
//!
//! Sans-IO: files that a content names are handed in, and those that are still missing are told, to be fetched before another try.

use super::TilesFault;
use super::batched::{self, Batched};
use super::instanced::{self, Model};
use super::points;
use crate::formats::gltf::instances::{Instances, written_out};
use crate::formats::gltf::read::{Scene, scene};
use crate::formats::gltf::{Limits, Picture, PropertyTable, TileContent, TileMesh, Wrap, YUP_FROM_ZUP};
use crate::formats::{packed, still};
use glam::{DMat4, DVec3};
use std::collections::BTreeMap;

/// Files that one content may name.
pub const MAX_FILES: usize = 128;
/// Longest side of a picture as it is drawn; larger ones are halved. Every graphics card of the last ten years takes it.
pub const MAX_PICTURE_SIDE: usize = 4096;
/// Pixels of all pictures of one content, as they are coded.
const MAX_PIXELS: usize = 64 << 20;

/// Files by the address that the content names them with; `None` is one that cannot be had.
pub type Files = BTreeMap<String, Option<Vec<u8>>>;

/// What bytes turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// A tileset of its own.
    Tileset,
    /// These files are needed first.
    Missing(Vec<String>),
    Drawn(Box<Drawn>),
}

/// A content, ready to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawn {
    pub content: TileContent,
    /// As [`crate::formats::gltf::Finish::picture`] counts them; `None` for one that could not be decoded, which is among `left_out`.
    pub pictures: Vec<Option<Painting>>,
    /// What is not shown of a content of which the rest is.
    pub left_out: Vec<TilesFault>,
}

/// A picture in memory with its halvings, one after the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Painting {
    pub columns: usize,
    pub rows: usize,
    pub levels: u32,
    /// Red, green, blue, alpha; sRGB.
    pub bytes: Vec<u8>,
    pub wrap: [Wrap; 2],
    pub nearest: bool,
    /// Nothing shows through.
    pub opaque: bool,
}

impl Painting {
    /// The texel at a place, counted from the upper left corner in lengths of the picture; never a mixture of two.
    pub fn texel(&self, uv: [f32; 2]) -> Option<[u8; 4]> {
        let [u, v] = [0, 1].map(|axis: usize| match self.wrap[axis] {
            Wrap::Repeat => uv[axis].rem_euclid(1.0),
            Wrap::Clamp => uv[axis].clamp(0.0, 1.0),
            Wrap::Mirror => 1.0 - (uv[axis].rem_euclid(2.0) - 1.0).abs(),
        });
        // What is no number becomes nought here.
        let along = |share: f32, count: usize| ((share * count as f32) as usize).min(count.saturating_sub(1));
        let at = along(v, self.rows) * self.columns + along(u, self.columns);
        self.bytes.as_chunks::<4>().0.get(at).copied()
    }
}

/// Reads a content.
///
/// # Errors
/// What made all of it unusable; parts that are not shown are told in [`Drawn::left_out`].
pub fn read(bytes: &[u8], limits: &Limits, files: &Files) -> Result<Read, TilesFault> {
    read_turned(bytes, limits, files, false)
}

/// The same for a tileset that says of its models that z is up in them already (`gltfUpAxis`, from before 3D Tiles 1.0 was a standard).
///
/// # Errors
/// As [`read`].
pub fn read_turned(bytes: &[u8], limits: &Limits, files: &Files, z_is_up: bool) -> Result<Read, TilesFault> {
    let bytes = &*packed::unpacked(bytes, limits.file_bytes).map_err(|why| TilesFault::new("content-packed", "", why))?;
    if is_tileset(bytes) {
        return Ok(Read::Tileset);
    }
    let mut work = Work { limits: *limits, files, z_is_up, missing: Vec::new(), drawn: Drawn::default(), pictures: Vec::new() };
    if batched::is_legacy(bytes) {
        let pieces = batched::pieces(bytes)?;
        let alone = pieces.len() == 1;
        let mut faults = Vec::new();
        for piece in &pieces {
            if let Err(fault) = work.piece(piece) {
                faults.push(fault);
            }
        }
        if work.missing.is_empty() && (alone || faults.len() == pieces.len()) && !faults.is_empty() {
            return Err(faults.swap_remove(0));
        }
        work.drawn.left_out.append(&mut faults);
    } else {
        let scene = work.gltf(bytes)?;
        work.add(scene.content, scene.pictures, scene.left_out);
    }
    if !work.missing.is_empty() {
        return Ok(Read::Missing(work.missing));
    }
    work.paint();
    let drawn = &mut work.drawn;
    if drawn.left_out.is_empty() && drawn.content.meshes.iter().all(|mesh| mesh.indices.is_empty()) {
        drawn.left_out.push(TilesFault::new("content-empty", "", ""));
    }
    Ok(Read::Drawn(Box::new(work.drawn)))
}

/// A tileset under the name of a content: JSON with a root and without meshes.
pub fn is_tileset(bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Heads {
        root: Option<serde::de::IgnoredAny>,
        geometric_error: Option<serde::de::IgnoredAny>,
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"{")
        && serde_json::from_slice::<Heads>(text).is_ok_and(|heads| heads.root.is_some() && heads.geometric_error.is_some())
}

struct Work<'f> {
    /// What is left of them: all parts together may cost no more than one content.
    limits: Limits,
    files: &'f Files,
    z_is_up: bool,
    missing: Vec<String>,
    drawn: Drawn,
    /// Still coded.
    pictures: Vec<Picture>,
}

impl Work<'_> {
    fn piece(&mut self, bytes: &[u8]) -> Result<(), TilesFault> {
        match bytes.get(..4) {
            Some(b"b3dm") => {
                let Batched { glb, batch_length, rtc_center, table, .. } = batched::b3dm(bytes)?;
                let mut scene = self.gltf(glb)?;
                let shift = rtc_center.map(|at| DMat4::from_translation(DVec3::from_array(at)));
                let own = scene.content.tables.len();
                for mesh in &mut scene.content.meshes {
                    if let Some(shift) = shift {
                        mesh.tile_from_mesh = shift * mesh.tile_from_mesh;
                    }
                    if mesh.table.is_none() && batch_length > 0 && !mesh.feature_ids.is_empty() {
                        mesh.table = Some(own);
                    }
                }
                scene.content.tables.push(table);
                self.add(scene.content, scene.pictures, scene.left_out);
            }
            Some(b"i3dm") => {
                let read = instanced::i3dm(bytes)?;
                let scene = match read.model {
                    Model::Embedded(glb) => self.gltf(glb)?,
                    Model::External(uri) => match self.file(uri) {
                        Some(glb) => self.gltf(&glb)?,
                        None if self.missing.is_empty() => return Err(TilesFault::new("gltf-buffer-missing", "i3dm", uri)),
                        None => return Ok(()),
                    },
                };
                self.instances(scene, read.instances, read.table)?;
            }
            Some(b"pnts") => {
                let read = points::pnts(bytes)?;
                self.spend(read.mesh.positions.len(), read.mesh.indices.len())?;
                let mut mesh = read.mesh;
                mesh.table = (read.table.count > 0 && !mesh.feature_ids.is_empty()).then_some(0);
                self.add(TileContent { meshes: vec![mesh], tables: vec![read.table] }, Vec::new(), Vec::new());
            }
            _ => {
                let name = String::from_utf8_lossy(bytes.get(..4).unwrap_or_default()).escape_default().to_string();
                return Err(TilesFault::new("legacy-version", name, ""));
            }
        }
        Ok(())
    }

    fn instances(&mut self, scene: Scene, mut instances: Instances, table: PropertyTable) -> Result<(), TilesFault> {
        let Scene { content, pictures, left_out } = scene;
        let copies = instances.places.len();
        instances.table = Some(0);
        let mut meshes: Vec<TileMesh> = Vec::new();
        for mesh in content.meshes {
            self.spend(mesh.positions.len().saturating_mul(copies), mesh.indices.len().saturating_mul(copies))?;
            meshes.extend(written_out(&mesh, mesh.tile_from_mesh, &instances));
        }
        self.add(TileContent { meshes, tables: vec![table] }, pictures, left_out);
        Ok(())
    }

    /// A glTF; what it uses of the limits is used up.
    fn gltf(&mut self, bytes: &[u8]) -> Result<Scene, TilesFault> {
        let (files, missing) = (self.files, &mut self.missing);
        let mut resources = |uri: &str| asked(files, missing, uri);
        let scene = scene(bytes, &self.limits, &mut resources);
        if !self.missing.is_empty() {
            // What went wrong may be right with the files; this is not the last try.
            return Ok(Scene::default());
        }
        let mut scene = scene?;
        if self.z_is_up {
            // The reader has turned what was upright already.
            scene.content.meshes.iter_mut().for_each(|mesh| mesh.tile_from_mesh = YUP_FROM_ZUP * mesh.tile_from_mesh);
        }
        let (vertices, indices) = scene.content.meshes.iter().fold((0, 0), |(v, i), mesh| (v + mesh.positions.len(), i + mesh.indices.len()));
        self.spend(vertices, indices)?;
        Ok(scene)
    }

    fn file(&mut self, uri: &str) -> Option<Vec<u8>> {
        asked(self.files, &mut self.missing, uri)
    }

    fn spend(&mut self, vertices: usize, indices: usize) -> Result<(), TilesFault> {
        let left = self.limits.vertices.checked_sub(vertices).zip(self.limits.indices.checked_sub(indices));
        let (vertices, indices) = left.ok_or_else(|| TilesFault::new("gltf-limit", "vertices", vertices))?;
        (self.limits.vertices, self.limits.indices) = (vertices, indices);
        Ok(())
    }

    fn add(&mut self, content: TileContent, mut pictures: Vec<Picture>, mut left_out: Vec<TilesFault>) {
        let (tables, before) = (self.drawn.content.tables.len(), self.pictures.len());
        self.drawn.content.tables.extend(content.tables);
        self.drawn.content.meshes.extend(content.meshes.into_iter().map(|mut mesh| {
            mesh.table = mesh.table.map(|table| table + tables);
            mesh.finish.picture = mesh.finish.picture.map(|picture| picture + before);
            mesh.sampled.iter_mut().for_each(|sampled| sampled.picture += before);
            mesh
        }));
        self.pictures.append(&mut pictures);
        self.drawn.left_out.append(&mut left_out);
    }

    fn paint(&mut self) {
        let mut room = MAX_PIXELS;
        for (number, picture) in std::mem::take(&mut self.pictures).into_iter().enumerate() {
            let painting = painting(picture, &mut room);
            let painting = painting.map_err(|error| TilesFault::new("gltf-picture-unreadable", format!("images[{number}]"), error));
            match painting {
                Ok(painting) => self.drawn.pictures.push(Some(painting)),
                Err(fault) => {
                    self.drawn.pictures.push(None);
                    self.drawn.left_out.push(fault);
                }
            }
        }
    }
}

/// A file that is there; otherwise noted as missing, unless it cannot be had.
fn asked(files: &Files, missing: &mut Vec<String>, uri: &str) -> Option<Vec<u8>> {
    match files.get(uri) {
        Some(bytes) => bytes.clone(),
        None => {
            if missing.len() + files.len() < MAX_FILES && !missing.iter().any(|known| known == uri) {
                missing.push(uri.to_owned());
            }
            None
        }
    }
}

/// Decodes a picture, halves it as far as it must be, and adds its halvings.
fn painting(picture: Picture, room: &mut usize) -> Result<Painting, String> {
    let [columns, rows] = still::dimensions(&picture.bytes).map_err(|error| error.to_string())?;
    *room = room.checked_sub(columns.saturating_mul(rows)).ok_or_else(|| format!("{columns} × {rows} > {MAX_PIXELS}"))?;
    let still = still::decode(&picture.bytes).map_err(|error| error.to_string())?;
    let (mut columns, mut rows, mut pixels) = (still.columns, still.rows, still.pixels);
    while columns.max(rows) > MAX_PICTURE_SIDE {
        (columns, rows, pixels) = halved(columns, rows, &pixels);
    }
    let opaque = pixels.iter().all(|pixel| pixel[3] == 255);
    let (first_columns, first_rows) = (columns, rows);
    let mut bytes = Vec::with_capacity(pixels.len().saturating_mul(16) / 3 + 16);
    let mut levels = 1;
    bytes.extend_from_slice(pixels.as_flattened());
    while columns.max(rows) > 1 {
        (columns, rows, pixels) = halved(columns, rows, &pixels);
        bytes.extend_from_slice(pixels.as_flattened());
        levels += 1;
    }
    Ok(Painting { columns: first_columns, rows: first_rows, levels, bytes, wrap: picture.wrap, nearest: picture.nearest, opaque })
}

/// A picture of half the size, as graphics cards count halves; colours count by what they cover.
fn halved(columns: usize, rows: usize, pixels: &[[u8; 4]]) -> (usize, usize, Vec<[u8; 4]>) {
    let (half_columns, half_rows) = ((columns / 2).max(1), (rows / 2).max(1));
    let mut out = Vec::with_capacity(half_columns * half_rows);
    let at = |x: usize, y: usize| pixels.get(y.min(rows - 1) * columns + x.min(columns - 1)).copied().unwrap_or_default();
    for y in 0..half_rows {
        for x in 0..half_columns {
            let four = [at(2 * x, 2 * y), at(2 * x + 1, 2 * y), at(2 * x, 2 * y + 1), at(2 * x + 1, 2 * y + 1)];
            let covered: u32 = four.iter().map(|pixel| u32::from(pixel[3])).sum();
            let colour = |k: usize| {
                let sum: u32 = four.iter().map(|pixel| u32::from(pixel[k]) * u32::from(pixel[3])).sum();
                (sum + covered / 2).checked_div(covered).unwrap_or(0) as u8
            };
            out.push([colour(0), colour(1), colour(2), ((covered + 2) / 4) as u8]);
        }
    }
    (half_columns, half_rows, out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tileset_is_told_from_a_model_by_what_it_holds() {
        assert!(is_tileset(br#" {"asset":{"version":"1.0"},"geometricError":1,"root":{}}"#));
        assert!(!is_tileset(br#"{"asset":{"version":"2.0"},"meshes":[]}"#));
        assert!(!is_tileset(b"glTF"));
    }

    #[test]
    fn files_are_asked_for_once_and_a_lost_one_is_told() {
        let model = br#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
            "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],
            "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"}],
            "bufferViews":[{"buffer":0,"byteLength":36}],"buffers":[{"uri":"a.bin","byteLength":36}]}"#;
        let mut files = Files::new();
        assert_eq!(read(model, &Limits::default(), &files), Ok(Read::Missing(vec!["a.bin".to_owned()])));
        files.insert("a.bin".to_owned(), None);
        assert_eq!(read(model, &Limits::default(), &files).unwrap_err().code, "gltf-buffer-missing");
        files.insert("a.bin".to_owned(), Some(vec![0; 36]));
        assert!(matches!(read(model, &Limits::default(), &files), Ok(Read::Drawn(drawn)) if drawn.content.meshes.len() == 1));
    }

    /// A triangle whose corners only a sparse accessor says, with a feature table whose schema lies in a file beside it.
    const SPARSE: &[u8] = br#"{"asset":{"version":"2.0"},"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0}],
        "meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],
        "accessors":[{"componentType":5126,"count":3,"type":"VEC3","sparse":{"count":2,
            "indices":{"bufferView":0,"componentType":5123},"values":{"bufferView":0,"byteOffset":4}}}],
        "bufferViews":[{"buffer":0,"byteLength":28}],"buffers":[{"uri":"a.bin","byteLength":28}],
        "extensions":{"EXT_structural_metadata":{"schemaUri":"schema.json","propertyTables":[{"class":"c","count":1,"properties":{"height":{"values":0}}}]}}}"#;

    fn sparse_files(second: u16) -> Files {
        let mut bytes = [1_u16.to_le_bytes(), second.to_le_bytes()].concat();
        bytes.extend([1.0_f32, 0.0, 0.0, 0.0, 2.0, 0.0].iter().flat_map(|x| x.to_le_bytes()));
        let schema = br#"{"id":"s","classes":{"c":{"properties":{"height":{"type":"SCALAR","componentType":"UINT8"}}}}}"#;
        Files::from([("a.bin".to_owned(), Some(bytes)), ("schema.json".to_owned(), Some(schema.to_vec()))])
    }

    #[test]
    fn what_a_sparse_accessor_says_anew_counts() {
        let Ok(Read::Drawn(drawn)) = read(SPARSE, &Limits::default(), &sparse_files(2)) else { panic!("not drawn") };
        assert_eq!(drawn.content.meshes[0].positions, [[0.0; 3], [1.0, 0.0, 0.0], [0.0, 2.0, 0.0]]);
        // The first byte of the buffer, by a type that only the file beside it knows.
        assert_eq!(drawn.content.tables[0].number("height", 0), Some(1.0));
        assert_eq!(read(SPARSE, &Limits::default(), &sparse_files(3)).unwrap_err().code, "gltf-accessor-range");
    }

    #[test]
    fn a_model_that_is_upright_already_is_not_turned() {
        let files = sparse_files(2);
        let frame = |z_is_up| match read_turned(SPARSE, &Limits::default(), &files, z_is_up) {
            Ok(Read::Drawn(drawn)) => drawn.content.meshes[0].tile_from_mesh,
            other => panic!("{other:?}"),
        };
        assert_eq!(frame(true), DMat4::IDENTITY);
        assert_eq!(frame(false), crate::formats::gltf::ZUP_FROM_YUP);
    }

    #[test]
    fn halvings_end_at_one_pixel_and_see_through_pixels_lend_no_colour() {
        let (columns, rows, pixels) = halved(3, 1, &[[200, 0, 0, 255], [0, 9, 9, 0], [1, 1, 1, 255]]);
        assert_eq!((columns, rows, pixels), (1, 1, vec![[200, 0, 0, 128]]));
    }

    proptest! {
        #[test]
        fn any_bytes_end(mut bytes in prop::collection::vec(any::<u8>(), 0..200), kind in 0..5_usize) {
            let name = [b"b3dm", b"cmpt", b"i3dm", b"pnts", b"glTF"][kind];
            for (slot, letter) in bytes.iter_mut().zip(name) {
                *slot = *letter;
            }
            let _ = read(&bytes, &Limits::default(), &Files::new());
        }
    }
}
