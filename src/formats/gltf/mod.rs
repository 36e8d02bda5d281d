//! glTF 2.0 binary as the content of 3D Tiles 1.1: our own lean reader and writer.
//!
//! What goes in and comes out is a [`TileContent`]: plain arrays in the tile's own frame, features and their property tables.
//! Extensions: `KHR_mesh_quantization`, `EXT_meshopt_compression`, `KHR_draco_mesh_compression` (reading), `EXT_mesh_features`, `EXT_structural_metadata`,
//! `EXT_mesh_gpu_instancing`, `EXT_instance_features`.
//!
//! | module | holds |
//! |---|---|
//! | [`read`] | bytes to content, bounded by [`Limits`] |
//! | [`write`] | content to bytes |
//! | [`json`] | the JSON part as serde types |
//! | [`container`] | the chunks of a GLB, data URIs |
//! | [`accessor`] | buffers, buffer views (decompressed), accessors as arrays |
//! | [`metadata`] | property tables, both ways |
//! | `columns` | the values of one property, reading |
//! | `values` | the kinds of values |
//! | [`draco`] | what Draco compressed |
//! | [`finish`] | pictures on surfaces, what cuts and what lights them |
//! | [`instances`] | one mesh at many places, reading |
//! | `copies` | the same, writing |
//! | `pose` | morph targets and skins as they stand |
//! | [`sampled`] | what pictures tell of places on a surface |

pub mod accessor;
pub mod container;
mod columns;
mod copies;
pub mod draco;
pub mod finish;
pub mod instances;
pub mod json;
pub mod metadata;
mod pack;
mod pose;
pub mod read;
pub mod sampled;
mod texts;
mod values;
pub mod write;

pub use super::fault::Fault as GltfFault;
pub use finish::{Finish, Picture, Wrap};
pub use texts::Texts;
pub use values::{Values, said, weight};

/// What a reader of foreign bytes will at most do; beyond a limit it answers with the fault `gltf-limit`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Size of the file, and of all external buffers together.
    pub file_bytes: usize,
    /// All buffer views after EXT_meshopt_compression, together.
    pub decoded_bytes: usize,
    /// All meshes together, each instance counted.
    pub vertices: usize,
    /// All meshes together, each instance counted.
    pub indices: usize,
    /// Nodes visited on the walk through the scene.
    pub nodes: usize,
    /// Length of a chain of nodes; a cycle ends here.
    pub node_depth: usize,
    /// Rows times columns of all property tables.
    pub table_values: usize,
    /// Characters of all text columns, in bytes.
    pub text_bytes: usize,
    /// Pictures on surfaces.
    pub pictures: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 256 << 20,
            decoded_bytes: 256 << 20,
            vertices: 8 << 20,
            indices: 48 << 20,
            nodes: 1 << 16,
            node_depth: 64,
            table_values: 32 << 20,
            text_bytes: 128 << 20,
            pictures: 256,
        }
    }
}

/// 3D Tiles' z-up frame from glTF's y-up one: `(x, y, z) -> (x, -z, y)`.
pub const ZUP_FROM_YUP: glam::DMat4 = glam::DMat4::from_cols_array(&[
    1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0,
]);

/// The inverse of [`ZUP_FROM_YUP`]: `(x, y, z) -> (x, z, -y)`.
pub const YUP_FROM_ZUP: glam::DMat4 = glam::DMat4::from_cols_array(&[
    1.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0,
]);

/// The linear part in `0..=1` of an sRGB-encoded byte (IEC 61966-2-1).
pub fn linear_from_srgb(encoded: u8) -> f32 {
    let c = f32::from(encoded) / 255.0;
    if c <= 0.040_45 {
        c / 12.92
    } else {
        ((c + 0.055) / 1.055).powf(2.4)
    }
}

/// The sRGB-encoded byte nearest to a linear part; outside `0..=1` it is clamped.
pub fn srgb_from_linear(linear: f32) -> u8 {
    let c = linear.clamp(0.0, 1.0);
    let encoded = if c <= 0.003_130_8 {
        c * 12.92
    } else {
        1.055 * c.powf(1.0 / 2.4) - 0.055
    };
    (encoded * 255.0).round() as u8
}

/// One tile's content.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TileContent {
    pub meshes: Vec<TileMesh>,
    pub tables: Vec<PropertyTable>,
}

/// One drawable piece: triangles with one material, few per tile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TileMesh {
    /// Name of the glTF node and material: `buildings`, `terrain`, `water` …
    pub name: String,
    /// Column-major, metres: from the mesh's own axes (glTF's, y up) to the tile's frame (3D Tiles', z up).
    ///
    /// The reader has multiplied in the y-up to z-up turn, so it is all a viewer needs besides the tile's transform.
    /// The writer undoes the turn. It may hold an ECEF translation: keep it in f64.
    pub tile_from_mesh: glam::DMat4,
    /// Metres in the mesh's own axes (x east, y up, z south when the frame is an ENU one); small numbers.
    pub positions: Vec<[f32; 3]>,
    /// Unit vectors; as many as positions.
    pub normals: Vec<[f32; 3]>,
    /// sRGB-encoded 8-bit colour and alpha as an author picks them; empty, or as many as positions.
    /// (glTF's COLOR_0 is linear: reader and writer convert.)
    pub colors: Vec<[u8; 4]>,
    /// `_FEATURE_ID_0`; empty, or as many as positions. An index into `tables[table]`.
    pub feature_ids: Vec<u32>,
    /// [`STROKE`]; empty, or as many as positions.
    pub strokes: Vec<Stroke>,
    /// Triangles, counter-clockwise from outside.
    pub indices: Vec<u32>,
    pub table: Option<usize>,
    /// Seen from both sides (tree crowns, thin things).
    pub double_sided: bool,
    /// What `indices` join; other than triangles only where a reader was asked for all ([`read::scene`]).
    pub shape: Shape,
    /// How its surface looks beside its colours; only from [`read::scene`].
    pub finish: Finish,
    /// What pictures tell of places on it; only from [`read::scene`].
    pub sampled: Vec<sampled::Sampled>,
    /// What is known of each vertex beside its feature: columns as long as positions. Only of clouds of points.
    pub told: Vec<Column>,
    /// Where it stands, and nowhere else; places are in its own axes. Only for [`write`]: readers write copies out.
    pub copies: Option<Box<instances::Instances>>,
}

/// The attribute that tells where a vertex is on the line or the object it draws; other readers pass over it.
pub const STROKE: &str = "_STROKE";

/// Where a vertex is on what it draws, so that a line can be made wider and can tell which way it runs.
///
/// | part | of a line's ribbon | of a wire, pipe or mast | of an object that stands |
/// |---|---|---|---|
/// | 0 | metres from the line's beginning | the same, of a mast from its foot | metres above its foot |
/// | 1, 2 | metres east and south of the line's middle | the same | metres east and south of its foot |
/// | 3 | -1 at the left edge, 1 at the right one | [`STROKE_ROUND`] | [`STROKE_OBJECT`] |
pub type Stroke = [f32; 4];
/// A tube: it grows sideways.
pub const STROKE_ROUND: f32 = 2.0;
/// An object: it grows from its foot.
pub const STROKE_OBJECT: f32 = 3.0;
/// A part that faces the wind: it turns about the upright axis that parts 1 and 2 count from. Built to face north.
pub const STROKE_FACING: f32 = 4.0;
/// The same, and it spins: part 0 is metres above the hub.
pub const STROKE_ROTOR: f32 = 5.0;
/// A gauge: part 0 is metres above its zero.
pub const STROKE_GAUGE: f32 = 6.0;
/// A part that is there only while more than a share of the whole is in use: part 0 is metres above its foot, part 1 that share.
pub const STROKE_PRESENT: f32 = 7.0;

/// What a mesh's indices join: one for each point, two for each line, three for each triangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    Points,
    Lines,
    #[default]
    Triangles,
}

/// What other programs call an object's id, in the order of trust.
const IDS: [&str; 12] = [
    "id", "gml_id", "gml:id", "gmlid", "cleabs", "id_rnb", "rnb", "osm_id", "guid", "uuid",
    "globalid", "name",
];

/// A property table of `EXT_structural_metadata`: `count` rows, typed columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PropertyTable {
    /// Class id in the schema: `building`, `road` …
    pub class: String,
    pub count: usize,
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Property id: `height_m`, `rnb`, `demand_kwh_year` …
    pub name: String,
    pub values: Values,
}

impl PropertyTable {
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| &column.values)
    }

    /// What the rows are called: by the column that most likely holds an id, and where there is none, after `prefix` and their number.
    pub fn ids(&self, prefix: &str) -> Vec<String> {
        let column = IDS
            .iter()
            .find_map(|id| self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(id)))
            .filter(|column| column.values.len() == self.count);
        let stated = |row: usize| {
            column.and_then(|column| match &column.values {
                Values::Text(texts) => texts.known(row).map(str::to_owned),
                Values::Vectors { .. } | Values::Mixed(_) => column.values.said(row),
                _ => self.number(&column.name, row).map(|number| number.to_string()),
            })
        };
        (0..self.count).map(|row| stated(row).unwrap_or_else(|| format!("{prefix}/{row}"))).collect()
    }

    /// One row as a table of its own, as people read it ([`Values::row`]).
    pub fn row(&self, row: usize) -> Self {
        let columns = self.columns.iter().map(|column| Column { name: column.name.clone(), values: column.values.row(row) });
        Self { class: self.class.clone(), count: usize::from(row < self.count), columns: columns.collect() }
    }

    /// The number in a numeric column; `None` when absent, "no data" or text.
    pub fn number(&self, name: &str, row: usize) -> Option<f64> {
        match self.column(name)? {
            Values::F32(v) => v.get(row).filter(|x| x.is_finite()).map(|x| f64::from(*x)),
            Values::F64(v) => v.get(row).copied().filter(|x| x.is_finite()),
            Values::U32(v) => v
                .get(row)
                .filter(|x| **x != u32::MAX)
                .map(|x| f64::from(*x)),
            Values::Text(_) | Values::Vectors { .. } | Values::Mixed(_) => None,
        }
    }

    /// The text in a text column; `None` when absent or empty.
    pub fn text(&self, name: &str, row: usize) -> Option<&str> {
        match self.column(name)? {
            Values::Text(texts) => texts.known(row),
            _ => None,
        }
    }
}
