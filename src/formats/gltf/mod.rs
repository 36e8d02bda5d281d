//! glTF 2.0 binary as the content of 3D Tiles 1.1: our own lean reader and writer.
//!
//! What goes in and comes out is a [`TileContent`]: plain arrays in the tile's own frame, features and their property tables.
//! Extensions: `KHR_mesh_quantization`, `EXT_meshopt_compression`, `EXT_mesh_features`, `EXT_structural_metadata`.

pub mod read;
pub mod write;

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
    /// Triangles, counter-clockwise from outside.
    pub indices: Vec<u32>,
    pub table: Option<usize>,
    /// Seen from both sides (tree crowns, thin things).
    pub double_sided: bool,
}

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

/// A column's values; each kind has its own way of saying "no data", and it survives a round trip.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// `NaN` is "no data" (`noData` in the schema is a number no column holds).
    F32(Vec<f32>),
    F64(Vec<f64>),
    /// `u32::MAX` is "no data".
    U32(Vec<u32>),
    /// The empty text is "no data".
    Text(Vec<String>),
}

impl Values {
    pub fn len(&self) -> usize {
        match self {
            Self::F32(v) => v.len(),
            Self::F64(v) => v.len(),
            Self::U32(v) => v.len(),
            Self::Text(v) => v.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl PropertyTable {
    pub fn column(&self, name: &str) -> Option<&Values> {
        self.columns
            .iter()
            .find(|column| column.name == name)
            .map(|column| &column.values)
    }

    /// The number in a numeric column; `None` when absent, "no data" or text.
    pub fn number(&self, name: &str, row: usize) -> Option<f64> {
        match self.column(name)? {
            Values::F32(v) => v.get(row).filter(|x| x.is_finite()).map(|x| f64::from(*x)),
            Values::F64(v) => v.get(row).copied().filter(|x| x.is_finite()),
            Values::U32(v) => v.get(row).filter(|x| **x != u32::MAX).map(|x| f64::from(*x)),
            Values::Text(_) => None,
        }
    }

    /// The text in a text column; `None` when absent or empty.
    pub fn text(&self, name: &str, row: usize) -> Option<&str> {
        match self.column(name)? {
            Values::Text(v) => v.get(row).map(String::as_str).filter(|text| !text.is_empty()),
            _ => None,
        }
    }
}
