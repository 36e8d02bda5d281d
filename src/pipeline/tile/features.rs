//! The feature table: every feature of a territory as a row of one GeoParquet file, for search, export and other people's tools.
//!
//! Rows go out in groups of bounded size, so memory does not grow with the territory. The bytes depend on the rows alone.
//! Longitude and latitude on WGS84 (which no survey of this precision tells from RGF93), geometries in two dimensions.

use super::buildings::{height_origin_name, usage_name};
use super::demand::Asked;
use super::area_demand::{DemandOfAreas, DemandOfLayer};
use super::networks::class_name;
use super::places::Places;
use super::{Territory, TileFault};
use crate::base::Bounds2;
use crate::energy::demand::DemandClass;
use crate::formats::geoparquet;
use crate::formats::shape::{Shape, ShapeKind};
use crate::formats::territory::{DemandOfClass, FeatureTable};
use crate::formats::wkb;
use crate::pipeline::Progress;
use crate::pipeline::clean::{Object, buildings::Draft};
use crate::pipeline::shards::spool::place_of;
use crate::geodesy::Crs;
use crate::region::roof::{RoofOptions, drawn};
use crate::region::utility::{Conduit, Fixture, Years};
use crate::region::{Area, AreaShape, Attribute, AttributeValue, Building, LineClass, NetworkLine, WaterArea};
use geo::{Area as _, Centroid, MultiPolygon, Orient, Polygon, orient::Direction};
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The file's name in a package.
pub const PATH: &str = "features.parquet";
const GEOMETRY: &str = "geometry";
const WRITTEN_BY: &str = "jumeau";
/// A group is handed on when it has so many rows …
const GROUP_ROWS: usize = 32_768;
/// … or so many bytes of geometry and text.
const GROUP_BYTES: usize = 16 << 20;
const ZSTD_LEVEL: i32 = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Count,
    Real,
    Bytes,
}

/// A leaf of the schema: its path, what it holds, whether every row has a value.
pub type Leaf = (&'static str, Kind, bool);

/// Where a row lies, what it covers and its shape: the last columns of every such table, filled in by the writer.
pub const PLACE: [Leaf; 7] = [
    ("lon", Kind::Real, true),
    ("lat", Kind::Real, true),
    ("bbox.xmin", Kind::Real, true),
    ("bbox.ymin", Kind::Real, true),
    ("bbox.xmax", Kind::Real, true),
    ("bbox.ymax", Kind::Real, true),
    (GEOMETRY, Kind::Bytes, true),
];

/// In the order of the file. What follows a dot is a member of a group.
const LEAVES: [Leaf; 25] = [
    ("id", Kind::Text, true),
    ("layer", Kind::Text, true),
    ("name", Kind::Text, false),
    ("class", Kind::Text, false),
    ("dataset", Kind::Text, true),
    ("rnb", Kind::Text, false),
    ("usage", Kind::Text, false),
    ("usage2", Kind::Text, false),
    ("dwellings", Kind::Count, false),
    ("storeys", Kind::Count, false),
    ("year", Kind::Count, false),
    ("height_m", Kind::Real, false),
    ("ridge_m", Kind::Real, false),
    ("ground_m", Kind::Real, false),
    ("height_origin", Kind::Text, false),
    ("roof", Kind::Text, false),
    ("roof_method", Kind::Text, false),
    ("roof_residual_m", Kind::Real, false),
    ("floor_area_m2", Kind::Real, false),
    ("demand_kwh_year", Kind::Real, false),
    ("area_m2", Kind::Real, false),
    ("length_m", Kind::Real, false),
    ("width_m", Kind::Real, false),
    ("level", Kind::Real, false),
    // What the source says under its own names, as one JSON object.
    ("attributes", Kind::Text, false),
];

/// A value of a row; what is not known has none.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(String),
    Count(i32),
    Real(f64),
}

/// One feature.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Longitude and latitude, degrees.
    pub shape: Shape,
    /// A point of it or near it, where a search should lead.
    pub at: [f64; 2],
    /// By the names of the file's columns; unknown names and empty texts are left out.
    pub values: Vec<(&'static str, Value)>,
}

/// Why a table cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TableFault(String);

impl From<ParquetError> for TableFault {
    fn from(error: ParquetError) -> Self {
        Self(error.to_string())
    }
}

/// Writes rows as they come, group by group.
pub struct FeatureWriter<W: Write + Send> {
    file: SerializedFileWriter<W>,
    leaves: Vec<Leaf>,
    columns: Vec<Column>,
    buffered_rows: usize,
    buffered_bytes: usize,
    rows: u64,
    bounds: Bounds2,
    kinds: BTreeSet<&'static str>,
}

/// The values of one leaf that wait for their group to be full.
enum Column {
    Text(Vec<ByteArray>, Vec<i16>),
    Count(Vec<i32>, Vec<i16>),
    Real(Vec<f64>, Vec<i16>),
}

impl<W: Write + Send> FeatureWriter<W> {
    /// # Errors
    /// What the sink says.
    pub fn new(sink: W) -> Result<Self, TableFault> {
        Self::of_columns(sink, &LEAVES)
    }

    /// A table of other columns; [`PLACE`] follows them.
    ///
    /// # Errors
    /// What the sink says.
    pub fn of_columns(sink: W, columns: &[Leaf]) -> Result<Self, TableFault> {
        let leaves: Vec<Leaf> = columns.iter().chain(&PLACE).copied().collect();
        let properties = WriterProperties::builder()
            .set_created_by(WRITTEN_BY.to_owned())
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
            .build();
        Ok(Self {
            file: SerializedFileWriter::new(sink, schema(&leaves)?, Arc::new(properties))?,
            columns: empty_columns(&leaves),
            leaves,
            buffered_rows: 0,
            buffered_bytes: 0,
            rows: 0,
            bounds: Bounds2::EMPTY,
            kinds: BTreeSet::new(),
        })
    }

    /// Adds a row; one without a geometry is left out.
    ///
    /// # Errors
    /// What the sink says.
    pub fn push(&mut self, row: &Row) -> Result<(), TableFault> {
        let bounds = bounds_of(&row.shape);
        let Some(kind) = kind_name(&row.shape).filter(|_| !bounds.is_empty()) else {
            return Ok(());
        };
        self.kinds.insert(kind);
        self.bounds = self.bounds.union(bounds);
        let geometry = wkb::write(&row.shape);
        self.buffered_bytes += geometry.len();
        let mut geometry = Some(ByteArray::from(geometry));
        for ((name, _, required), column) in self.leaves.iter().zip(&mut self.columns) {
            let own = match *name {
                "lon" => Some(Value::Real(row.at[0])),
                "lat" => Some(Value::Real(row.at[1])),
                "bbox.xmin" => Some(Value::Real(bounds.min[0])),
                "bbox.ymin" => Some(Value::Real(bounds.min[1])),
                "bbox.xmax" => Some(Value::Real(bounds.max[0])),
                "bbox.ymax" => Some(Value::Real(bounds.max[1])),
                _ => row
                    .values
                    .iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, value)| value.clone()),
            };
            match column {
                Column::Text(values, levels) => {
                    let bytes = match own {
                        _ if *name == GEOMETRY => geometry.take(),
                        Some(Value::Text(text)) if !text.is_empty() || *required => {
                            self.buffered_bytes += text.len();
                            Some(ByteArray::from(text.into_bytes()))
                        }
                        _ => required.then(|| ByteArray::from(Vec::new())),
                    };
                    put(bytes, values, levels, *required);
                }
                Column::Count(values, levels) => {
                    let count = match own {
                        Some(Value::Count(count)) => Some(count),
                        _ => None,
                    };
                    put(count, values, levels, *required);
                }
                Column::Real(values, levels) => {
                    let real = match own {
                        Some(Value::Real(real)) if real.is_finite() || *required => Some(real),
                        _ => required.then_some(f64::NAN),
                    };
                    put(real, values, levels, *required);
                }
            }
        }
        self.rows += 1;
        self.buffered_rows += 1;
        if self.buffered_rows >= GROUP_ROWS || self.buffered_bytes >= GROUP_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    /// Says something of the whole table, under a key of the file.
    pub fn note(&mut self, key: &str, value: String) {
        self.file.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
    }

    /// Writes what is left and the end of the file. Returns the rows and the sink.
    ///
    /// # Errors
    /// What the sink says.
    pub fn finish(mut self) -> Result<(u64, W), TableFault> {
        self.flush()?;
        let kinds: Vec<&str> = self.kinds.iter().copied().collect();
        let bounds = (!self.bounds.is_empty()).then(|| {
            [
                self.bounds.min[0],
                self.bounds.min[1],
                self.bounds.max[0],
                self.bounds.max[1],
            ]
        });
        let metadata = geoparquet::written(GEOMETRY, &kinds, bounds);
        self.file
            .append_key_value_metadata(KeyValue::new(geoparquet::KEY.to_owned(), metadata));
        Ok((self.rows, self.file.into_inner()?))
    }

    fn flush(&mut self) -> Result<(), TableFault> {
        if self.buffered_rows == 0 {
            return Ok(());
        }
        let columns = std::mem::replace(&mut self.columns, empty_columns(&self.leaves));
        self.buffered_rows = 0;
        self.buffered_bytes = 0;
        let mut group = self.file.next_row_group()?;
        for ((_, _, required), column) in self.leaves.iter().zip(columns) {
            let Some(mut writer) = group.next_column()? else {
                break;
            };
            match column {
                Column::Text(values, levels) => {
                    let levels = (!required).then_some(levels.as_slice());
                    writer
                        .typed::<ByteArrayType>()
                        .write_batch(&values, levels, None)?;
                }
                Column::Count(values, levels) => {
                    let levels = (!required).then_some(levels.as_slice());
                    writer
                        .typed::<Int32Type>()
                        .write_batch(&values, levels, None)?;
                }
                Column::Real(values, levels) => {
                    let levels = (!required).then_some(levels.as_slice());
                    writer
                        .typed::<DoubleType>()
                        .write_batch(&values, levels, None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        Ok(())
    }
}

fn put<T>(value: Option<T>, values: &mut Vec<T>, levels: &mut Vec<i16>, required: bool) {
    if !required {
        levels.push(i16::from(value.is_some()));
    }
    values.extend(value);
}

fn empty_columns(leaves: &[Leaf]) -> Vec<Column> {
    leaves
        .iter()
        .map(|(_, kind, _)| match kind {
            Kind::Text | Kind::Bytes => Column::Text(Vec::new(), Vec::new()),
            Kind::Count => Column::Count(Vec::new(), Vec::new()),
            Kind::Real => Column::Real(Vec::new(), Vec::new()),
        })
        .collect()
}

fn schema(leaves: &[Leaf]) -> Result<TypePtr, TableFault> {
    let leaf = |name: &str, kind: Kind, required: bool| -> Result<TypePtr, TableFault> {
        let repetition = if required {
            Repetition::REQUIRED
        } else {
            Repetition::OPTIONAL
        };
        let physical = match kind {
            Kind::Text | Kind::Bytes => Physical::BYTE_ARRAY,
            Kind::Count => Physical::INT32,
            Kind::Real => Physical::DOUBLE,
        };
        let logical = (kind == Kind::Text).then_some(LogicalType::String);
        let built = Type::primitive_type_builder(name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical)
            .build()?;
        Ok(Arc::new(built))
    };
    let mut fields: Vec<TypePtr> = Vec::new();
    let mut members: Vec<TypePtr> = Vec::new();
    for (index, (path, kind, required)) in leaves.iter().enumerate() {
        let Some((group, member)) = path.split_once('.') else {
            fields.push(leaf(path, *kind, *required)?);
            continue;
        };
        members.push(leaf(member, *kind, *required)?);
        let next = leaves
            .get(index + 1)
            .and_then(|(path, ..)| path.split_once('.'));
        if next.is_none_or(|(other, _)| other != group) {
            let built = Type::group_type_builder(group)
                .with_repetition(Repetition::REQUIRED)
                .with_fields(std::mem::take(&mut members))
                .build()?;
            fields.push(Arc::new(built));
        }
    }
    Ok(Arc::new(
        Type::group_type_builder("features")
            .with_fields(fields)
            .build()?,
    ))
}

fn bounds_of(shape: &Shape) -> Bounds2 {
    let mut bounds = Bounds2::EMPTY;
    let mut each = shape.clone();
    let _: Result<(), ()> = each.try_map(&mut |at| {
        if at[0].is_finite() && at[1].is_finite() {
            bounds.add([at[0], at[1]]);
        }
        Ok(())
    });
    bounds
}

/// As GeoParquet calls it; nothing for an empty shape.
fn kind_name(shape: &Shape) -> Option<&'static str> {
    if shape.is_empty() {
        return None;
    }
    let many = matches!(shape, Shape::Many(_));
    match (shape.kind(), many) {
        (ShapeKind::Point, false) => Some("Point"),
        (ShapeKind::Point, true) => Some("MultiPoint"),
        (ShapeKind::Line, false) => Some("LineString"),
        (ShapeKind::Line, true) => Some("MultiLineString"),
        (ShapeKind::Polygon, false) => Some("Polygon"),
        (ShapeKind::Polygon, true) => Some("MultiPolygon"),
        (ShapeKind::Other, _) => Some("GeometryCollection"),
        (ShapeKind::Shells, _) => None,
    }
}

/// One thing that has a row.
#[derive(Clone, Copy, Debug)]
pub enum Feature<'a> {
    Building(&'a Building),
    Line(&'a NetworkLine),
    Water(&'a WaterArea),
    Area(&'a Area),
    Conduit(&'a Conduit),
    Fixture(&'a Fixture),
}

impl Feature<'_> {
    /// Its place among those of one kilometre.
    pub fn rank(&self) -> u8 {
        match self {
            Self::Building(_) => 0,
            Self::Line(_) => 1,
            Self::Water(_) => 2,
            Self::Area(_) => 3,
            Self::Conduit(_) => 4,
            Self::Fixture(_) => 5,
        }
    }

    /// As it would be spooled.
    fn object(&self) -> Object {
        match *self {
            Self::Building(of) => Object::Building(Draft {
                building: of.clone(),
                file: String::new(),
                has_height: true,
                has_ground: true,
                repaired: false,
                above_ground: false,
            }),
            Self::Line(of) => Object::Line(of.clone()),
            Self::Water(of) => Object::Water(of.clone()),
            Self::Area(of) => Object::Area(of.clone()),
            Self::Conduit(of) => Object::Conduit(of.clone()),
            Self::Fixture(of) => Object::Fixture(of.clone()),
        }
    }
}

/// The table of a territory on its way: features go in in the order of their rows.
pub struct Table<'a> {
    writer: FeatureWriter<BufWriter<File>>,
    path: PathBuf,
    crs: &'a Crs,
    /// Yearly demand and buildings of each class.
    demand: [(f64, u64); DemandClass::ALL.len()],
    unestimated: u64,
    areas: DemandOfAreas,
    places: Places,
}

impl<'a> Table<'a> {
    /// # Errors
    /// A [`TileFault`] when the file cannot be made below `out`.
    pub fn create(out: &Path, crs: &'a Crs) -> Result<Self, TileFault> {
        let path = out.join(PATH);
        let file = File::create(&path).map_err(|error| fault(&error))?;
        let writer = FeatureWriter::new(BufWriter::new(file)).map_err(|error| fault(&error))?;
        Ok(Self { writer, path, crs, demand: Default::default(), unestimated: 0, areas: DemandOfAreas::default(), places: Places::default() })
    }

    /// Adds features; their rows are made on all threads and written in order.
    ///
    /// # Errors
    /// A [`TileFault`] when the file cannot be written.
    pub fn add(&mut self, features: &[Feature]) -> Result<(), TileFault> {
        let crs = self.crs;
        let place = |at: [f64; 2]| crs.to_lonlat(at[0], at[1]).ok().map(|at| [at.lon_deg, at.lat_deg]);
        for some in features.chunks(GROUP_ROWS) {
            let rows: Vec<Option<Row>> = some.par_iter().map(|feature| row(feature, &place)).collect();
            // A feature that has no longitude and latitude is reported where its layer is drawn.
            for (feature, row) in some.iter().zip(&rows) {
                let Some(row) = row else { continue };
                self.count_demand(feature, row);
                self.writer.push(row).map_err(|error| fault(&error))?;
            }
        }
        Ok(())
    }

    fn count_demand(&mut self, feature: &Feature, row: &Row) {
        if let Feature::Area(area) = feature {
            self.areas.note_area(area);
        }
        if let Feature::Fixture(fixture) = feature {
            self.places.fixture(fixture, row.at);
        }
        let Feature::Building(building) = feature else { return };
        let Asked { class: of, estimate, .. } = Asked::of(building);
        let Some(class) = DemandClass::ALL.iter().position(|known| *known == of) else { return };
        let lives = of == DemandClass::Residential && estimate.is_some();
        self.places.building(building, row.at, class, estimate.as_ref().map_or(f64::NAN, |estimate| estimate.kwh), lives);
        let Some(estimate) = estimate else {
            self.unestimated += 1;
            return;
        };
        self.areas.note_building(building, class, estimate.kwh);
        if let Some(slot) = self.demand.get_mut(class) {
            slot.0 += estimate.kwh;
            slot.1 += 1;
        }
    }

    /// Buildings whose demand nobody estimates.
    pub fn unestimated(&self) -> u64 {
        self.unestimated
    }

    /// # Errors
    /// A [`TileFault`] when the file cannot be written.
    pub fn finish(self) -> Result<(FeatureTable, Vec<DemandOfLayer>), TileFault> {
        let of_areas = self.areas.sums();
        let (rows, sink) = self.writer.finish().map_err(|error| fault(&error))?;
        sink.into_inner().map_err(|error| fault(&error))?;
        let bytes = std::fs::metadata(&self.path).map_err(|error| fault(&error))?.len();
        let demand = DemandClass::ALL.iter().zip(self.demand).filter(|(_, (_, buildings))| *buildings > 0);
        let demand = demand.map(|(class, (kwh_year, buildings))| DemandOfClass { profile: class.name().to_owned(), kwh_year, buildings }).collect();
        let out = self.path.parent().unwrap_or(Path::new(""));
        let places = self.places.write(out)?;
        Ok((FeatureTable { path: PATH.to_owned(), rows, bytes, demand, places }, of_areas))
    }
}

fn fault(detail: &dyn std::fmt::Display) -> TileFault {
    TileFault::Write { path: PATH.to_owned(), detail: detail.to_string() }
}

/// Writes the table of a territory that is whole in memory below `out`.
///
/// # Errors
/// A [`TileFault`] when the file cannot be written or the work is cancelled.
pub(super) fn write(territory: &Territory, out: &Path, progress: &dyn Progress) -> Result<(FeatureTable, Vec<DemandOfLayer>), TileFault> {
    let region = territory.region;
    let mut features: Vec<Feature> = (region.buildings.iter().map(Feature::Building))
        .chain(region.lines.iter().map(Feature::Line))
        .chain(region.water.iter().map(Feature::Water))
        .chain(region.areas.iter().map(Feature::Area))
        .chain(region.conduits.iter().map(Feature::Conduit))
        .chain(region.fixtures.iter().map(Feature::Fixture))
        .collect();
    features.sort_by_cached_key(|feature| (place_of(&feature.object()), feature.rank()));
    let mut table = Table::create(out, territory.crs)?;
    for (done, some) in features.chunks(GROUP_ROWS).enumerate() {
        if progress.cancelled() {
            return Err(TileFault::Cancelled);
        }
        progress.step("tile-features", (done * GROUP_ROWS) as u64, features.len() as u64);
        table.add(some)?;
    }
    progress.step("tile-features", features.len() as u64, features.len() as u64);
    table.finish()
}

fn row(feature: &Feature, place: Place) -> Option<Row> {
    match feature {
        Feature::Building(of) => building(of, place),
        Feature::Line(of) => line(of, place),
        Feature::Water(of) => water(of, place),
        Feature::Area(of) => area(of, place),
        Feature::Conduit(of) => conduit(of, place),
        Feature::Fixture(of) => fixture(of, place),
    }
}

fn water(water: &WaterArea, place: Place) -> Option<Row> {
    let outline = MultiPolygon(vec![water.outline.clone()]);
    let values = vec![
        ("id", Value::Text(water.id.clone())),
        ("layer", Value::Text("water".to_owned())),
        ("name", Value::Text(water.name.clone().unwrap_or_default())),
        ("dataset", Value::Text(water.dataset.to_string())),
        ("area_m2", Value::Real(outline.unsigned_area())),
        ("ground_m", Value::Real(water.level_m)),
    ];
    surface(&outline, values, place)
}

fn conduit(conduit: &Conduit, place: Place) -> Option<Row> {
    let points = placed(&conduit.points, place)?;
    let at = points.get(points.len() / 2).map(|p| [p[0], p[1]])?;
    let length = conduit.points.windows(2).map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1])).sum();
    Some(Row {
        shape: Shape::Line(points),
        at,
        values: vec![
            ("id", Value::Text(conduit.id.clone())),
            ("layer", Value::Text(conduit.utility.id().to_owned())),
            ("name", Value::Text(conduit.name.clone().unwrap_or_default())),
            ("class", Value::Text(conduit.class.clone())),
            ("dataset", Value::Text(conduit.dataset.to_string())),
            ("length_m", Value::Real(length)),
        ]
        .into_iter()
        .chain(year(conduit.years))
        .collect(),
    })
}

/// The year in which it came, or will come, into service.
fn year(years: Years) -> Option<(&'static str, Value)> {
    years.from.map(|year| ("year", Value::Count(i32::from(year))))
}

fn fixture(fixture: &Fixture, place: Place) -> Option<Row> {
    let at = place(fixture.at)?;
    Some(Row {
        shape: Shape::Point([at[0], at[1], f64::NAN]),
        at,
        values: vec![
            ("id", Value::Text(fixture.id.clone())),
            ("layer", Value::Text(fixture.utility.id().to_owned())),
            ("name", Value::Text(fixture.name.clone().unwrap_or_default())),
            ("class", Value::Text(fixture.class.clone())),
            ("dataset", Value::Text(fixture.dataset.to_string())),
        ]
        .into_iter()
        .chain(year(fixture.years))
        .collect(),
    })
}

type Place<'a> = &'a (dyn Fn([f64; 2]) -> Option<[f64; 2]> + Sync);

fn building(building: &Building, place: Place) -> Option<Row> {
    let footprint_m2 = building.footprint.unsigned_area();
    let asked = Asked::of(building);
    // As its tile says it.
    let roof = drawn(building, &RoofOptions::default());
    let count = |value: Option<u32>| value.and_then(|value| i32::try_from(value).ok());
    let mut values = vec![
        ("id", Value::Text(building.id.clone())),
        ("layer", Value::Text("buildings".to_owned())),
        ("dataset", Value::Text(building.dataset.to_string())),
        ("rnb", Value::Text(building.rnb.join("/"))),
        ("usage", Value::Text(usage_name(building.usage).to_owned())),
        (
            "usage2",
            Value::Text(
                building
                    .second_usage
                    .map(usage_name)
                    .unwrap_or_default()
                    .to_owned(),
            ),
        ),
        ("height_m", Value::Real(building.eave_height_m)),
        ("ridge_m", Value::Real(roof.ridge_m.unwrap_or(building.ridge_height_m))),
        ("ground_m", Value::Real(building.ground_m)),
        (
            "height_origin",
            Value::Text(height_origin_name(building.height_origin).to_owned()),
        ),
        (
            "roof",
            Value::Text(roof.roof.name().to_owned()),
        ),
        ("roof_method", Value::Text(roof.method.name().to_owned())),
        ("floor_area_m2", Value::Real(asked.floor_m2)),
        ("area_m2", Value::Real(footprint_m2)),
        ("attributes", Value::Text(attributes(&building.attributes))),
    ];
    values.extend(asked.estimate.map(|estimate| ("demand_kwh_year", Value::Real(estimate.kwh))));
    values.extend(roof.residual_m.map(|residual_m| ("roof_residual_m", Value::Real(residual_m))));
    let counts = [
        ("dwellings", count(building.dwellings)),
        ("storeys", count(building.storeys)),
        ("year", building.year),
    ];
    values.extend(
        counts
            .into_iter()
            .filter_map(|(name, count)| Some((name, Value::Count(count?)))),
    );
    surface(&building.footprint, values, place)
}

fn line(line: &NetworkLine, place: Place) -> Option<Row> {
    let points = placed(
        &line.points.iter().map(|p| [p[0], p[1]]).collect::<Vec<_>>(),
        place,
    )?;
    let at = points.get(points.len() / 2).map(|p| [p[0], p[1]])?;
    let length = line
        .points
        .windows(2)
        .map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1]))
        .sum();
    let layer = if matches!(line.class, LineClass::Tram | LineClass::Rail) {
        "tram"
    } else {
        "roads"
    };
    Some(Row {
        shape: Shape::Line(points),
        at,
        values: vec![
            ("id", Value::Text(line.id.clone())),
            ("layer", Value::Text(layer.to_owned())),
            ("name", Value::Text(line.name.clone().unwrap_or_default())),
            ("class", Value::Text(class_name(line.class).to_owned())),
            ("dataset", Value::Text(line.dataset.to_string())),
            ("length_m", Value::Real(length)),
            ("width_m", Value::Real(line.width_m)),
            ("level", Value::Real(f64::from(line.level))),
        ],
    })
}

fn area(area: &Area, place: Place) -> Option<Row> {
    let mut values = vec![
        ("id", Value::Text(area.id.clone())),
        ("layer", Value::Text(area.theme.id().to_owned())),
        ("name", Value::Text(area.name.clone())),
        ("class", Value::Text(area.code.clone())),
        ("dataset", Value::Text(area.dataset.to_string())),
        ("attributes", Value::Text(attributes(&area.attributes))),
    ];
    match &area.shape {
        AreaShape::Surface(outline) => {
            values.push(("area_m2", Value::Real(outline.unsigned_area())));
            surface(outline, values, place)
        }
        AreaShape::Lines(lines) => {
            let length = lines
                .iter()
                .flat_map(|line| line.windows(2))
                .map(|p| (p[1][0] - p[0][0]).hypot(p[1][1] - p[0][1]))
                .sum();
            values.push(("length_m", Value::Real(length)));
            let parts: Option<Vec<Shape>> = lines
                .iter()
                .map(|line| Some(Shape::Line(placed(line, place)?)))
                .collect();
            several(parts?, values)
        }
        AreaShape::Places(places) => several(
            placed(places, place)?
                .into_iter()
                .map(Shape::Point)
                .collect(),
            values,
        ),
    }
}

fn several(mut parts: Vec<Shape>, values: Vec<(&'static str, Value)>) -> Option<Row> {
    let shape = if parts.len() == 1 {
        parts.pop()?
    } else {
        Shape::Many(parts)
    };
    let at = shape.first_position()?;
    Some(Row {
        shape,
        at: [at[0], at[1]],
        values,
    })
}

fn surface(
    outline: &MultiPolygon<f64>,
    values: Vec<(&'static str, Value)>,
    place: Place,
) -> Option<Row> {
    let outline = outline.orient(Direction::Default);
    let ring = |line: &geo::LineString<f64>| {
        placed(
            &line.0.iter().map(|c| [c.x, c.y]).collect::<Vec<_>>(),
            place,
        )
    };
    let polygon = |polygon: &Polygon<f64>| -> Option<Shape> {
        std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(ring)
            .collect::<Option<_>>()
            .map(Shape::Polygon)
    };
    let mut parts: Vec<Shape> = outline.iter().map(polygon).collect::<Option<_>>()?;
    let centre = outline.centroid()?;
    let at = place([centre.x(), centre.y()])?;
    let shape = if parts.len() == 1 {
        parts.pop()?
    } else {
        Shape::Many(parts)
    };
    Some(Row { shape, at, values })
}

fn placed(points: &[[f64; 2]], place: Place) -> Option<Vec<[f64; 3]>> {
    points
        .iter()
        .map(|at| place(*at).map(|[lon, lat]| [lon, lat, f64::NAN]))
        .collect()
}

/// One JSON object in the order of the source; empty where there is nothing.
fn attributes(attributes: &[Attribute]) -> String {
    if attributes.is_empty() {
        return String::new();
    }
    let mut object = serde_json::Map::new();
    for attribute in attributes {
        let value = match &attribute.value {
            AttributeValue::Number(number) => serde_json::json!(number),
            AttributeValue::Text(text) => serde_json::json!(text),
        };
        object.entry(attribute.name).or_insert(value);
    }
    serde_json::Value::Object(object).to_string()
}
