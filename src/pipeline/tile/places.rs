//! Where things with energy of their own stand: buildings with an estimated demand, and objects and lines of networks, which may have series.
//!
//! A Zarr group along `feature`, lines behind the rest, so that whoever draws an area on the map can say what lies in it without a server.
//! Nothing here is measured: it is what the tiles and the feature table say of each building too.

use super::{TileFault, package};
use crate::base::Nature;
use crate::formats::territory::FeaturePlaces;
use crate::formats::zarr_group::{self, Coordinate, Labels};
use crate::region::Building;
use serde_json::{Value, json};
use std::path::Path;

/// Folder of the group.
const GROUP: &str = "places";
/// What a page can hold in one piece: some thirty megabytes. A territory of more has no places, and says so where an area is drawn.
const MOST: usize = 400_000;
/// Class of what has no demand.
const NO_PROFILE: i64 = -1;

#[derive(Default)]
pub struct Places {
    rows: Vec<Place>,
    /// They are left out where there is no room for all of them.
    lines: Vec<Place>,
    is_too_much: bool,
}

struct Place {
    id: String,
    at: [f64; 2],
    /// Row of the demand's profiles, and kWh a year.
    demand: Option<(usize, f32)>,
    homes: u32,
}

impl Places {
    /// A building of a class with its demand, NaN where nobody estimates it; `lives` says whether people live in it, so that one which does not say how many homes it has counts as one.
    pub fn building(&mut self, building: &Building, at: [f64; 2], class: usize, kwh: f64, lives: bool) {
        let homes = building.dwellings.unwrap_or(u32::from(lives));
        self.note(Place { id: building.id.clone(), at, demand: Some((class, kwh as f32)), homes });
    }

    /// A single object of a network.
    pub fn object(&mut self, id: &str, at: [f64; 2]) {
        self.note(Place { id: id.to_owned(), at, demand: None, homes: 0 });
    }

    /// A line of a network, by its middle: an area has it whole or not at all, so that areas beside each other share nothing.
    pub fn line(&mut self, id: &str, at: [f64; 2]) {
        if self.lines.len() <= MOST {
            self.lines.push(Place { id: id.to_owned(), at, demand: None, homes: 0 });
        }
    }

    fn note(&mut self, place: Place) {
        if self.rows.len() < MOST {
            self.rows.push(place);
        } else {
            self.is_too_much = true;
        }
    }

    /// Writes the group below `out`; nothing where there is nothing, or more than fits.
    ///
    /// # Errors
    /// A [`TileFault`] when a file cannot be written.
    pub fn write(mut self, out: &Path) -> Result<Option<FeaturePlaces>, TileFault> {
        if self.is_too_much || !self.rows.iter().any(|place| place.demand.is_some()) {
            return Ok(None);
        }
        if self.rows.len() + self.lines.len() <= MOST {
            self.rows.append(&mut self.lines);
        }
        let rows = &self.rows;
        let reals = |of: fn(&Place) -> f64| Labels::Reals(rows.iter().map(of).collect());
        let integers = |of: fn(&Place) -> i64| Labels::Integers(rows.iter().map(of).collect());
        let column = |name, labels, attributes: Value| Coordinate { name, labels, attributes };
        let columns = [
            column("lon", reals(|place| place.at[0]), json!({ "standard_name": "longitude", "units": "degrees_east" })),
            column("lat", reals(|place| place.at[1]), json!({ "standard_name": "latitude", "units": "degrees_north" })),
            column("kwh", reals(|place| place.demand.map_or(f64::NAN, |(_, kwh)| f64::from(kwh))), json!({ "long_name": "estimated electricity demand of a year, NaN where nothing is estimated", "units": "kWh" })),
            column("profile", integers(|place| place.demand.map_or(NO_PROFILE, |(row, _)| row as i64)), json!({ "long_name": "row of the demand's profiles, -1 for what is no building" })),
            column("homes", integers(|place| i64::from(place.homes)), json!({ "long_name": "dwellings", "units": "1" })),
        ];
        let fault = |detail: &dyn std::fmt::Display| TileFault::Content { layer: GROUP.to_owned(), detail: detail.to_string() };
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for column in &columns {
            files.extend(column.along("feature").map_err(|error| fault(&error))?);
        }
        let metadata: Vec<(&str, &[u8])> = columns
            .iter()
            .filter_map(|column| Some((column.name, files.iter().find(|(path, _)| *path == format!("{}/zarr.json", column.name))?.1.as_slice())))
            .collect();
        let feature = column("feature", Labels::Texts(rows.iter().map(|place| place.id.clone()).collect()), json!({ "long_name": "id" }));
        let about = json!({ "title": "where things with energy of their own stand", "nature": Nature::Simulated });
        let group = zarr_group::write(&about, &[feature], &metadata).map_err(|error| fault(&error))?;
        for (path, bytes) in group.into_iter().chain(files) {
            package::write_file(out, &format!("{GROUP}/{path}"), &bytes)?;
        }
        Ok(Some(FeaturePlaces { path: GROUP.to_owned(), count: rows.len() as u64 }))
    }
}
