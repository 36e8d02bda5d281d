//! The feature table: every feature of a territory as a row of one file, for search, export and other people's tools.

mod rows;

use super::area_demand::{DemandOfAreas, DemandOfLayer};
use super::demand::Asked;
use super::places::Places;
use super::{Territory, TileFault};
use crate::energy::demand::DemandClass;
use crate::formats::territory::{DemandOfClass, FeatureTable};
use crate::geodesy::Crs;
use crate::pipeline::Progress;
use crate::pipeline::clean::{Object, buildings::Draft};
use crate::pipeline::shards::spool::place_of;
use crate::pipeline::table::{FeatureWriter, GROUP_ROWS, Kind, Leaf, Row};
use crate::region::utility::{Conduit, Fixture};
use crate::region::{Area, Building, LineClass, NetworkLine, WaterArea};
use rayon::prelude::*;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// The file's name in a package.
pub const PATH: &str = "features.parquet";

/// The columns of a territory, in the order of the file; [`PLACE`](crate::pipeline::table::PLACE) follows them. What follows a dot is a member of a group.
pub const COLUMNS: [Leaf; 25] = [
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
        let writer = FeatureWriter::new(BufWriter::new(file), &COLUMNS).map_err(|error| fault(&error))?;
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
            let rows: Vec<Option<Row>> = some.par_iter().map(|feature| rows::of(feature, &place)).collect();
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
        match feature {
            Feature::Fixture(fixture) => self.places.object(&fixture.id, row.at),
            Feature::Conduit(conduit) => self.places.line(&conduit.id, row.at),
            Feature::Line(line) if matches!(line.class, LineClass::Tram | LineClass::Rail) => self.places.line(&line.id, row.at),
            _ => {}
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
