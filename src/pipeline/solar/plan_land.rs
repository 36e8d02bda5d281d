//! What the territory's table says for the solar plan: uses and demand of buildings, what is public, what protects, where cars park.

use super::around::{bounds, covers, positions};
use super::canopies::CarPark;
use crate::base::{Finding, Severity};
use crate::energy::demand::DemandClass;
use crate::formats::roofplan::{Perimeter, Protection};
use crate::formats::shape::Shape;
use crate::formats::territory::Manifest;
use crate::pipeline::sources::facilities::is_public;
use crate::pipeline::sources::readers::{Content, parquet};
use crate::pipeline::sources::vocabulary::Mapping;
use crate::planning::rooftop::SURROUNDINGS_M;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Surfaces and car parks that are kept of one territory; more is a fault of the data.
const MOST_SURFACES: usize = 1 << 20;

/// A surface in degrees, with its `[west, south, east, north]`.
pub(super) type Surface<T> = ([f64; 4], Shape, T);

#[derive(Clone, Debug, Default)]
pub struct PlanLand {
    pub usage: BTreeMap<String, String>,
    pub names: BTreeMap<String, String>,
    pub demand: BTreeMap<String, f64>,
    pub by_class: BTreeMap<&'static str, f64>,
    /// Buildings whose own row says that they are public.
    pub(super) public: BTreeSet<String>,
    pub(super) facilities: Vec<Surface<()>>,
    pub(super) servitudes: Vec<Surface<Perimeter>>,
    pub parks: Vec<CarPark>,
    pub servitudes_known: bool,
    pub car_parks_known: bool,
}

impl PlanLand {
    /// # Errors
    /// `file-unreadable` when the feature table is there and cannot be read.
    pub fn read(folder: &Path, manifest: &Manifest, least_m2: f64) -> Result<Self, Finding> {
        let mut out = Self::default();
        let Some(table) = &manifest.features else { return Ok(out) };
        let unreadable = |reason: String| Finding::new("file-unreadable", Severity::Error, table.path.clone()).value(reason);
        let terms = ["id", "layer", "name", "class", "usage", "demand_kwh_year", "area_m2", "attributes"];
        let mapping: Mapping = terms.iter().map(|term| (*term, vec![(*term).to_owned()])).collect();
        for found in parquet::open(&folder.join(&table.path)).map_err(|(_, reason)| unreadable(reason))? {
            let Content::Table(table) = found.content else { continue };
            table
                .read(&mapping, &mut |row| {
                    let Ok(record) = row else { return };
                    let text = |term: &str| record.text(term).unwrap_or_default();
                    let layer = text("layer");
                    if let (Some(id), Some(usage)) = (record.text("id"), record.text("usage")) {
                        out.building(id, usage, text("name"), record.number("demand_kwh_year"), &text("attributes"));
                        return;
                    }
                    let Some(shape) = &record.shape else { return };
                    let corners: Vec<[f64; 2]> = positions(shape).iter().map(|p| [p[0], p[1]]).collect();
                    let Some(bounds) = bounds(&corners) else { return };
                    match layer.as_str() {
                        "servitudes" => {
                            out.servitudes_known = true;
                            let code = text("class").trim().to_uppercase();
                            if let Some(category) = ["AC1", "AC2", "AC4"].into_iter().find(|category| code.starts_with(category))
                                && out.servitudes.len() < MOST_SURFACES
                            {
                                let name = Some(text("name")).filter(|name| *name != code).unwrap_or_default();
                                out.servitudes.push((bounds, shape.clone(), Perimeter { category: category.to_owned(), name }));
                            }
                        }
                        "public-facilities" if out.facilities.len() < MOST_SURFACES => out.facilities.push((bounds, shape.clone(), ())),
                        "car-parks" => {
                            out.car_parks_known = true;
                            let area_m2 = record.number("area_m2").unwrap_or(0.0);
                            if area_m2 >= least_m2 && out.parks.len() < MOST_SURFACES {
                                let [west, south, east, north] = bounds;
                                let name = Some(text("name")).filter(|name| *name != text("id") && *name != text("class")).unwrap_or_default();
                                out.parks.push(CarPark { id: text("id"), name, shape: shape.clone(), at: [0.5 * (west + east), 0.5 * (south + north)], area_m2 });
                            }
                        }
                        _ => {}
                    }
                })
                .map_err(unreadable)?;
        }
        // The same order whatever that of the file.
        out.parks.sort_by(|a, b| a.id.cmp(&b.id));
        out.parks.dedup_by(|a, b| a.id == b.id);
        Ok(out)
    }

    fn building(&mut self, id: String, usage: String, name: String, demand_kwh_year: Option<f64>, attributes: &str) {
        if let Some(kwh) = demand_kwh_year.filter(|kwh| *kwh > 0.0) {
            *self.by_class.entry(class_of(&usage).name()).or_default() += kwh;
            self.demand.insert(id.clone(), kwh);
        }
        if let Ok(Json::Object(said)) = serde_json::from_str::<Json>(attributes)
            && said.values().filter_map(Json::as_str).any(is_public)
        {
            self.public.insert(id.clone());
        }
        if !name.is_empty() {
            self.names.insert(id.clone(), name);
        }
        self.usage.insert(id, usage);
    }

    /// Whether anything in the data tells what is public.
    pub fn facilities_known(&self) -> bool {
        !self.facilities.is_empty() || !self.public.is_empty()
    }

    /// Whether a building, or a place, is public: its own row says so, or it stands on the grounds of a public facility.
    pub fn is_public(&self, building: Option<&str>, at: [f64; 2]) -> bool {
        building.is_some_and(|building| self.public.contains(building)) || self.facilities.iter().any(|(bounds, shape, ())| is_in(bounds, at) && covers(shape, at))
    }

    /// Servitudes over a place, without repeating one, and what they mean for modules.
    pub fn perimeters(&self, at: [f64; 2]) -> (Vec<Perimeter>, Protection) {
        let reaches = |(bounds, shape, perimeter): &&Surface<Perimeter>| {
            if shape.polygons().is_empty() {
                // A monument without a drawn perimeter protects what lies within 500 m of it.
                return perimeter.category == "AC1" && positions(shape).iter().any(|p| metres(at, [p[0], p[1]]) <= SURROUNDINGS_M);
            }
            is_in(bounds, at) && covers(shape, at)
        };
        let found: BTreeSet<&Perimeter> = self.servitudes.iter().filter(reaches).map(|(.., perimeter)| perimeter).collect();
        let protection = found.iter().map(|perimeter| if perimeter.category == "AC1" { Protection::Surroundings } else { Protection::Excluded }).max().unwrap_or_default();
        (found.into_iter().take(crate::formats::roofplan::MAX_PROTECTIONS).cloned().collect(), protection)
    }
}

fn is_in([west, south, east, north]: &[f64; 4], at: [f64; 2]) -> bool {
    (*west..=*east).contains(&at[0]) && (*south..=*north).contains(&at[1])
}

/// Between two places a few kilometres apart at most, degrees.
fn metres(a: [f64; 2], b: [f64; 2]) -> f64 {
    const DEGREE_M: f64 = 111_200.0;
    let across = (0.5 * (a[1] + b[1])).to_radians().cos();
    (DEGREE_M * across * (a[0] - b[0])).hypot(DEGREE_M * (a[1] - b[1]))
}

/// The load profile of a use, as the tiles name uses.
pub fn class_of(usage: &str) -> DemandClass {
    DemandClass::ALL.into_iter().find(|class| class.name() == usage).unwrap_or(if usage == "commercial" { DemandClass::Services } else { DemandClass::Unknown })
}
