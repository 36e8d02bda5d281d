//! Our model of a territory: what the sources are turned into before anything is drawn or computed.
//!
//! Coordinates are metres in the territory's projected system (x east, y north) with heights in the sources' vertical datum.
//! Every object keeps its data set and its ids.

pub mod area;
pub mod footprint;
pub mod ground_filter;
pub mod height_blend;
pub mod measured;
pub mod point_grid;
pub mod roof;
pub mod roof_pieces;
pub mod roof_planes;
pub mod roof_shape;
pub mod simplify;
pub mod skeleton;
pub mod surveyed;
pub mod triangulate;
pub mod utility;
mod weld;

pub use area::{Area, AreaShape, AreaTheme};

use crate::base::DatasetId;
use geo::{MultiPolygon, Polygon};

/// A whole territory in memory, between reading and tiling.
#[derive(Clone, Debug, Default)]
pub struct Region {
    pub buildings: Vec<Building>,
    pub lines: Vec<NetworkLine>,
    pub water: Vec<WaterArea>,
    pub trees: Vec<Tree>,
    pub terrain: Option<HeightGrid>,
    pub areas: Vec<Area>,
    pub conduits: Vec<utility::Conduit>,
    pub fixtures: Vec<utility::Fixture>,
}

/// One building.
#[derive(Clone, Debug)]
pub struct Building {
    /// Id in its source (BD TOPO `cleabs`).
    pub id: String,
    /// Ids of the Référentiel national des bâtiments; several when the footprint holds several.
    pub rnb: Vec<String>,
    pub dataset: DatasetId,
    /// Simple, valid, counter-clockwise outside; at least one polygon.
    pub footprint: MultiPolygon<f64>,
    /// Altitude of the lowest ground at the walls.
    pub ground_m: f64,
    /// Height of the eave above the ground (BD TOPO `hauteur`).
    pub eave_height_m: f64,
    /// Height of the ridge above the ground as the sources have it; equals the eave's for a flat roof.
    /// A roof that cannot be so high is drawn lower: [`roof::drawn`].
    pub ridge_height_m: f64,
    /// How the heights are known.
    pub height_origin: HeightOrigin,
    pub usage: Usage,
    pub second_usage: Option<Usage>,
    /// `None` is unknown, `Some(0)` is none.
    pub dwellings: Option<u32>,
    pub storeys: Option<u32>,
    /// Year of first appearance (BD TOPO `date_app`).
    pub year: Option<i32>,
    /// A light construction without closed walls.
    pub light: bool,
    /// What else the sources and joined tables say, under their own names.
    pub attributes: Vec<Attribute>,
    /// The source's own surfaces, where it has them; they are drawn instead of a roof of our choice.
    pub surveyed: Option<surveyed::Surveyed>,
    /// The roof that points of a cloud or of a surface model show; drawn where the source has no surfaces of its own.
    pub measured: Option<measured::MeasuredRoof>,
}

/// A value that we keep without giving it a meaning.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// As the source calls it: `QUARTIER`, `building:material`.
    pub name: &'static str,
    pub value: AttributeValue,
}

#[derive(Clone, Debug, PartialEq)]
pub enum AttributeValue {
    Number(f64),
    Text(String),
}

/// How a height came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HeightOrigin {
    /// As the source states it, consistent with its other altitudes.
    Source,
    /// From other altitudes of the same building (roof minus ground).
    OtherAltitudes,
    /// From the number of storeys.
    Storeys,
    /// From points of a cloud or of a surface model over the footprint.
    Measured,
    /// From the buildings nearby.
    Neighbours,
    /// Nothing known: a modest constant.
    Assumed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Usage {
    Residential,
    Commercial,
    Industrial,
    Agricultural,
    Religious,
    Sport,
    /// Garage, shed: no heating of its own.
    Annex,
    /// The source does not tell ("Indifférencié").
    Unknown,
}

/// A line of a network: a road, a path, a tram track.
#[derive(Clone, Debug)]
pub struct NetworkLine {
    pub id: String,
    pub dataset: DatasetId,
    pub class: LineClass,
    /// `[x, y, altitude]`; the altitude is `NaN` where the source has none: the line then lies on the ground.
    pub points: Vec<[f64; 3]>,
    pub width_m: f64,
    /// 0 on the ground, positive on a bridge, negative in a tunnel.
    pub level: i32,
    pub name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LineClass {
    /// Carriageways by importance, 1 the greatest.
    MajorRoad,
    Road,
    MinorRoad,
    /// Paths, stairs, cycle tracks.
    Path,
    Tram,
    Rail,
}

/// Water with a level.
#[derive(Clone, Debug)]
pub struct WaterArea {
    pub id: String,
    pub dataset: DatasetId,
    pub outline: Polygon<f64>,
    /// Altitude of the surface.
    pub level_m: f64,
    pub name: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tree {
    pub x: f64,
    pub y: f64,
    pub height_m: f64,
    /// Diameter of the crown.
    pub crown_m: f64,
    /// Drawn by us, no surveyed tree.
    pub generated: bool,
}

/// Altitudes on a regular grid; row 0 is the northernmost.
#[derive(Clone, Debug, PartialEq)]
pub struct HeightGrid {
    /// Centre of the first (north-west) cell.
    pub origin: [f64; 2],
    /// Cell size in metres, both directions.
    pub cell_m: f64,
    pub columns: usize,
    pub rows: usize,
    /// `NaN` where unknown.
    pub values: Vec<f32>,
}

impl HeightGrid {
    /// Bilinear altitude; outside the grid the nearest edge counts. `None` only where the cells around are all unknown.
    pub fn altitude(&self, x: f64, y: f64) -> Option<f64> {
        if self.columns == 0 || self.rows == 0 {
            return None;
        }
        let column = ((x - self.origin[0]) / self.cell_m).clamp(0.0, (self.columns - 1) as f64);
        let row = ((self.origin[1] - y) / self.cell_m).clamp(0.0, (self.rows - 1) as f64);
        let (c0, r0) = (column.floor() as usize, row.floor() as usize);
        let (c1, r1) = ((c0 + 1).min(self.columns - 1), (r0 + 1).min(self.rows - 1));
        let (fc, fr) = (column - c0 as f64, row - r0 as f64);
        let mut sum = 0.0;
        let mut weight = 0.0;
        for (c, r, w) in [
            (c0, r0, (1.0 - fc) * (1.0 - fr)),
            (c1, r0, fc * (1.0 - fr)),
            (c0, r1, (1.0 - fc) * fr),
            (c1, r1, fc * fr),
        ] {
            let value = f64::from(self.values[r * self.columns + c]);
            if value.is_finite() {
                sum += w * value;
                weight += w;
            }
        }
        (weight > 1e-9).then(|| sum / weight)
    }
}
