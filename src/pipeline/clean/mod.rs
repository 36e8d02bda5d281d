//! Records to a clean [`Region`]: every repair is chosen by a stated rule and reported, every rejection has a reason.
//!
//! Terrain comes first: the other layers' altitudes are judged against it.

pub mod areas;
pub mod buildings;
pub mod far;
pub mod heights;
pub mod lines;
pub mod places;
pub mod relief;
pub mod roof_points;
pub mod surfaces;
pub mod terrain;
pub mod utilities;

use super::search::register;
use super::sources::record::Record;
use super::sources::{Gathered, RawRaster, declaration::Role};
use super::{ImportFault, Imported, LayerCount, Progress};
use crate::base::{Bounds2, Finding, Report, Severity};
use crate::geodesy::{Crs, Geoid, Vertical};
use crate::region::utility::{Conduit, Fixture, Utility};
use crate::region::{Area, NetworkLine, Region, Tree, WaterArea};
use std::collections::{BTreeMap, HashSet};

/// What one record became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Kept,
    Repaired,
    Rejected,
}

impl LayerCount {
    pub fn add(&mut self, fate: Fate) {
        self.read += 1;
        match fate {
            Fate::Kept => self.kept += 1,
            Fate::Repaired => {
                self.kept += 1;
                self.repaired += 1;
            }
            Fate::Rejected => self.rejected += 1,
        }
    }

    /// Counts a record; kept buildings count only when their heights are settled.
    pub fn note(&mut self, role: Role, fate: Fate) {
        if role != Role::Buildings || fate == Fate::Rejected {
            self.add(fate);
        }
    }

    /// Records that never became one.
    pub fn lose(&mut self, lost: usize) {
        self.read += lost;
        self.rejected += lost;
    }

    /// A record that had been kept is set aside after all; buildings had not been counted yet.
    pub fn set_aside(&mut self, role: Role) {
        if role == Role::Buildings {
            self.lose(1);
        } else {
            self.kept = self.kept.saturating_sub(1);
            self.rejected += 1;
        }
    }

    /// The sum of two counts of one layer.
    pub fn merge(&mut self, other: &Self) {
        self.read += other.read;
        self.kept += other.kept;
        self.repaired += other.repaired;
        self.rejected += other.rejected;
    }
}

/// One clean object, whatever it is.
pub enum Object {
    /// Its height may still depend on its neighbours.
    Building(buildings::Draft),
    Line(NetworkLine),
    Water(WaterArea),
    Tree(Tree),
    Area(Area),
    Conduit(Conduit),
    Fixture(Fixture),
}

/// Makes clean objects of one record: none when it is rejected, several when it has several parts.
pub fn clean_record(record: &Record, floor: &terrain::Floor, source: &mut Source) -> (Fate, Vec<Object>) {
    /// What a cleaner pushed, as objects.
    fn all<T>(fate: Fate, found: Vec<T>, wrap: fn(T) -> Object) -> (Fate, Vec<Object>) {
        (fate, found.into_iter().map(wrap).collect())
    }
    match source.role {
        Role::Buildings => {
            let mut found = Vec::new();
            let fate = buildings::draft(record, floor, source, &mut found);
            all(fate, found, Object::Building)
        }
        Role::Roads | Role::Tram | Role::Rail => {
            let mut found = Vec::new();
            let fate = lines::clean(record, floor, source, &mut found);
            all(fate, found, Object::Line)
        }
        Role::Water => {
            let mut found = Vec::new();
            let fate = places::water(record, floor, source, &mut found);
            all(fate, found, Object::Water)
        }
        Role::Areas
        | Role::Iris
        | Role::Parcels
        | Role::Zones
        | Role::Prescriptions
        | Role::Information
        | Role::Servitudes
        | Role::Flood
        | Role::Parks
        | Role::LandCover
        | Role::CarParks
        | Role::PublicFacilities => {
            let mut found = Vec::new();
            let fate = areas::area(record, source, &mut found);
            all(fate, found, Object::Area)
        }
        Role::Trees => {
            let mut found = Vec::new();
            let fate = places::tree(record, source, &mut found);
            all(fate, found, Object::Tree)
        }
        Role::Network(utility) => {
            let (mut conduits, mut fixtures) = (Vec::new(), Vec::new());
            let fate = utilities::clean(record, utility, source, &mut conduits, &mut fixtures);
            let fixtures = fixtures.into_iter().map(Object::Fixture);
            (fate, conduits.into_iter().map(Object::Conduit).chain(fixtures).collect())
        }
        // Kept by the search index alone.
        Role::Addresses => (register::fate(record, source), Vec::new()),
        Role::Places => {
            let fate = register::fate(record, source);
            let grounds = if fate == Fate::Rejected { None } else { areas::public_facility(record, source) };
            (fate, grounds.map(Object::Area).into_iter().collect())
        }
        Role::Terrain | Role::Surface | Role::Models | Role::Imagery => (Fate::Rejected, Vec::new()),
    }
}

/// Cleans everything that was gathered.
///
/// # Errors
/// Only when the work is cancelled.
pub fn clean(
    gathered: Gathered,
    geoid: &Geoid,
    mut report: Report,
    progress: &dyn Progress,
) -> Result<Imported, ImportFault> {
    let Gathered { mut declaration, target, mut layers, mut rasters } = gathered;
    far::set_aside(&mut layers, &mut report);
    let vertical = vertical(&mut declaration.vertical, &target, &rasters, || {
        let mut shapes = layers.iter().flat_map(|layer| &layer.records).filter_map(|record| record.shape.as_ref());
        shapes.find_map(|shape| shape.first_position()).map(|[x, y, _]| [x, y])
    });
    let mut region = Region::default();
    let mut counts: BTreeMap<Role, LayerCount> = BTreeMap::new();
    progress.step("import-terrain", 0, 1);
    let mut terrain_cover = None;
    if !rasters.is_empty() {
        let count = counts.entry(Role::Terrain).or_default();
        if let Some(relief) = relief::grid(&mut rasters, &vertical, geoid, count, &mut report, progress)? {
            region.terrain = Some(relief.grid);
            terrain_cover = Some(relief.cover);
        }
    }
    progress.step("import-terrain", 1, 1);
    let floor = terrain::Floor::of(region.terrain.as_ref());
    let mut ids: HashSet<(Role, String)> = HashSet::new();
    let mut drafts = Vec::new();
    for layer in layers {
        let what = key(layer.role);
        let total = layer.records.len() as u64;
        let count = counts.entry(layer.role).or_default();
        count.lose(layer.lost);
        for (done, record) in layer.records.iter().enumerate() {
            if done % 1024 == 0 {
                if progress.cancelled() {
                    return Err(ImportFault::new("import-cancelled", "", ""));
                }
                progress.step(what, done as u64, total);
            }
            let mut source = Source {
                file: &layer.file,
                dataset: &layer.dataset,
                role: layer.role,
                report: &mut report,
            };
            if record.has("id") && !ids.insert((layer.role, record.object.clone())) {
                source.finding("duplicate-id", Severity::Warning, &record.object, "");
            }
            let (fate, cleaned) = clean_record(record, &floor, &mut source);
            for object in cleaned {
                match object {
                    Object::Building(draft) => drafts.push(draft),
                    Object::Line(line) => region.lines.push(line),
                    Object::Water(water) => region.water.push(water),
                    Object::Tree(tree) => region.trees.push(tree),
                    Object::Area(area) => region.areas.push(area),
                    Object::Conduit(conduit) => region.conduits.push(conduit),
                    Object::Fixture(fixture) => region.fixtures.push(fixture),
                }
            }
            count.note(layer.role, fate);
        }
        progress.step(what, total, total);
    }
    if rasters.iter().any(roof_points::has_roofs) {
        let years = roof_points::years(&declaration);
        let survey = roof_points::Survey { floor: &floor, vertical: &vertical, geoid, years: &years, progress };
        let mut sites = |bounds: &Bounds2| {
            Ok(drafts.iter().enumerate().filter_map(|(number, draft)| roof_points::Site::of(number as u64, draft, bounds)).collect())
        };
        let mut outcomes = BTreeMap::new();
        let mut done = |number: u64, outcome: roof_points::Outcome| {
            outcomes.insert(number, outcome);
            Ok(())
        };
        survey.roofs(&mut rasters, &mut sites, &mut done, counts.entry(Role::Surface).or_default(), &mut report)?;
        for (number, draft) in drafts.iter_mut().enumerate() {
            if let Some(outcome) = outcomes.remove(&(number as u64)) {
                roof_points::give(draft, outcome, &mut report);
            }
        }
        counts.retain(|role, count| *role != Role::Surface || count.read > 0);
    }
    if !drafts.is_empty() {
        let count = counts.entry(Role::Buildings).or_default();
        region.buildings = buildings::settle(drafts, &|_| true, count, &mut report);
    }
    let layers = counts
        .into_iter()
        .map(|(role, count)| LayerCount { id: role.id().to_owned(), ..count })
        .collect();
    Ok(Imported {
        region,
        declaration,
        crs: target.code().to_owned(),
        layers,
        terrain_cover,
        report,
    })
}

/// The vertical system of the territory: the declared one, or the usual one where its data lie. A declared name that nobody knows is kept as it is and taken for NGF-IGN69.
pub fn vertical(
    declared: &mut Option<String>,
    target: &Crs,
    rasters: &[RawRaster],
    first_place: impl FnOnce() -> Option<[f64; 2]>,
) -> Vertical {
    let ign69 = Vertical::from_epsg(5720);
    if let Some(name) = declared {
        return Vertical::from_name(name).unwrap_or(ign69);
    }
    if let Some(epsg) = target.vertical() {
        let stated = Vertical::from_epsg(epsg);
        *declared = Some(stated.name());
        return stated;
    }
    let of_raster = rasters.iter().find_map(|raw| {
        let placement = raw.heights.placement();
        let [x, y] = placement.at(0.5 * placement.columns as f64, 0.5 * placement.rows as f64);
        raw.placer.target_lonlat(raw.placer.point(x, y).ok()?)
    });
    let of_record = || {
        let [x, y] = first_place()?;
        target.to_lonlat(x, y).ok()
    };
    let usual = of_raster.or_else(of_record).and_then(Vertical::usual_at).unwrap_or(ign69);
    *declared = Some(usual.name());
    usual
}

/// The stage in which a role is cleaned, for progress.
pub fn key(role: Role) -> &'static str {
    match role {
        Role::Terrain => "import-terrain",
        Role::Surface => "import-roofs",
        Role::Buildings => "import-buildings",
        Role::Roads => "import-roads",
        Role::Tram => "import-tram",
        Role::Rail => "import-rail",
        Role::Water => "import-water",
        Role::Areas => "import-areas",
        Role::Trees => "import-trees",
        Role::Iris => "import-iris",
        Role::Parcels => "import-parcels",
        Role::Zones => "import-zones",
        Role::Prescriptions => "import-prescriptions",
        Role::Information => "import-information",
        Role::Servitudes => "import-servitudes",
        Role::Flood => "import-flood",
        Role::Parks => "import-parks",
        Role::LandCover => "import-land-cover",
        Role::CarParks => "import-car-parks",
        Role::PublicFacilities => "import-public-facilities",
        Role::Models => "import-models",
        Role::Imagery => "import-imagery",
        Role::Addresses => "import-addresses",
        Role::Places => "import-places",
        Role::Network(utility) => match utility {
            Utility::Electricity => "import-electricity",
            Utility::Gas => "import-gas",
            Utility::Heat => "import-heat",
            Utility::Water => "import-drinking-water",
            Utility::Sewer => "import-sewer",
            Utility::Telecom => "import-telecom",
            Utility::Lighting => "import-lighting",
            Utility::Transit => "import-transit",
        },
    }
}

/// Where a record comes from, and where its findings go.
pub struct Source<'a> {
    pub file: &'a str,
    pub dataset: &'a crate::base::DatasetId,
    pub role: Role,
    pub report: &'a mut Report,
}

impl Source<'_> {
    pub fn finding(
        &mut self,
        code: &'static str,
        severity: Severity,
        object: &str,
        value: impl std::fmt::Display,
    ) {
        self.report
            .push(Finding::new(code, severity, self.file).object(object).value(value));
    }
}
