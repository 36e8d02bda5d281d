//! Networks that the declaration asks for and the sources do not have, between reading and laying out: [`crate::pipeline::laying`] over the spooled objects.

use super::file::SERIES;
use super::gather::Gathered;
use super::spool::bounds_of;
use crate::base::{Bounds2, Clock, Dataset, DatasetId, Finding, LayerId, Nature, Report, Severity};
use crate::energy::demand::DemandClass;
use crate::formats::territory::{GridFile, ScaledSeries, Series};
use crate::formats::zarr::{self, About};
use crate::formats::zarr_group::{self, Coordinate, Labels};
use crate::geodesy::Crs;
use crate::pipeline::clean::buildings::{Draft, settle};
use crate::pipeline::clean::{Object, terrain::Floor};
use crate::pipeline::laying::electricity::Extra;
use crate::pipeline::laying::graph::{Place, Street};
use crate::pipeline::laying::grid::{FEATURE_PREFIX, Grid};
use crate::pipeline::laying::sites::Site;
use crate::pipeline::laying::{self, DATASET, LAID, MAX_SITES, loads, roofs, rules};
use crate::pipeline::series::{SeriesFile, scaled};
use crate::pipeline::sources::declaration::{Declaration, Role};
use crate::pipeline::tile::demand::Asked;
use crate::pipeline::tile::demand_dataset;
use crate::pipeline::tile::series::{ARRAY, AXIS, CHUNK_HOURS, YEAR};
use crate::pipeline::{ImportFault, LayerCount, Progress};
use crate::region::utility::{FixtureKind, Utility, Years};
use crate::region::{Building, HeightGrid, LineClass, NetworkLine};
use geo::Area;
use rstar::RTree;
use rstar::primitives::GeomWithData;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const LOADS: &str = "loads";
/// Where the network lies in the package.
const GRID: &str = "grid/electricity.json";
/// Heat of a square metre of heated floor and year.
const HEAT_HOME_KWH_M2: f64 = 110.0;
const HEAT_SERVICES_KWH_M2: f64 = 100.0;
const HEAT_INDUSTRY_KWH_M2: f64 = 60.0;
/// Of the floor within the outer walls.
const HEATED_SHARE: f64 = 0.8;
/// Years of buildings that are told apart.
const SOUND_YEARS: std::ops::RangeInclusive<i32> = 1..=4095;
/// A home where nobody counted them, m² of floor.
const HOME_M2: f64 = 110.0;

/// What was laid, for the files that are written later.
pub struct Made {
    grid: Option<Grid>,
    sites: Vec<Site>,
    /// (id, row of the sun, kWp)
    roofs: Vec<(String, &'static str, f64)>,
    extras: Vec<Extra>,
    place: [f64; 2],
    elevation_m: f64,
}

/// Lays the networks, if the declaration asks for them, and adds them to what was gathered.
///
/// # Errors
/// As the spool's.
pub fn lay(
    mut gathered: Gathered,
    folder: &Path,
    terrain: Option<&HeightGrid>,
    declaration: &mut Declaration,
    counts: &mut BTreeMap<Role, LayerCount>,
    report: &mut Report,
    progress: &dyn Progress,
) -> Result<(Gathered, Option<Made>), ImportFault> {
    if !declaration.generate.networks {
        return Ok((gathered, None));
    }
    let tell = |code, value: String, report: &mut Report| report.push(Finding::new(code, Severity::Info, "territory").object(DATASET).value(value));
    if gathered.buildings as usize > MAX_SITES {
        report.push(Finding::new("networks-too-many-buildings", Severity::Warning, "territory").object(gathered.buildings.to_string()).value(MAX_SITES));
        return Ok((gathered, None));
    }
    progress.step("import-networks", 0, 1);
    let (mut drafts, mut lines): (Vec<(u64, Draft)>, Vec<(u64, NetworkLine)>) = Default::default();
    let mut known: BTreeSet<Utility> = BTreeSet::new();
    let made: BTreeSet<DatasetId> = declaration.datasets.iter().filter(|dataset| dataset.nature == Nature::Made).map(|dataset| dataset.id.clone()).collect();
    gathered.spool.all(&mut |number, object| {
        if progress.cancelled() {
            return Err(ImportFault::new("import-cancelled", "", ""));
        }
        match object {
            Object::Building(mut draft) => {
                // Surfaces weigh more than all the rest, and no network needs them.
                (draft.building.surveyed, draft.building.measured) = (None, None);
                drafts.push((number, draft));
            }
            Object::Line(line) => lines.push((number, line)),
            // What somebody made up for other years is no network that the sources bring.
            Object::Conduit(conduit) if !(is_project(conduit.years) && made.contains(&conduit.dataset)) => drop(known.insert(conduit.utility)),
            // Where vehicles charge says nothing of the lines there.
            Object::Fixture(fixture) if fixture.kind == FixtureKind::Charger => {}
            Object::Fixture(fixture) if !(is_project(fixture.years) && made.contains(&fixture.dataset)) => drop(known.insert(fixture.utility)),
            Object::Conduit(_) | Object::Fixture(_) => {}
            Object::Water(_) | Object::Tree(_) | Object::Area(_) => {}
        }
        Ok(())
    })?;
    drafts.sort_by_key(|(number, _)| *number);
    lines.sort_by_key(|(number, _)| *number);
    let drafts = drafts.into_iter().map(|(_, draft)| draft).collect();
    let buildings = settle(drafts, &|_| false, &mut LayerCount::default(), &mut Report::default());
    let wanted: BTreeSet<Utility> = LAID.into_iter().filter(|utility| !known.contains(utility)).collect();
    for utility in LAID.into_iter().filter(|utility| known.contains(utility)) {
        tell("networks-known", utility.id().to_owned(), report);
    }
    let sites: Vec<Site> = buildings.iter().filter_map(site).collect();
    let streets: Vec<Street> = lines.iter().filter_map(|(_, line)| street(line)).collect();
    let grounds = RTree::bulk_load(sites.iter().zip(buildings.iter().filter(|b| site(b).is_some())).map(|(site, b)| GeomWithData::new(site.place.at, b.ground_m)).collect());
    let floor = Floor::of(terrain);
    let ground = |at: [f64; 2]| floor.ground(at[0], at[1]).or_else(|| grounds.nearest_neighbor(&at).map(|known| known.data)).unwrap_or(0.0);
    let id = DatasetId::from(DATASET);
    let laid = laying::lay(&sites, &streets, trams(&lines), &ground, &wanted, &id);
    progress.step("import-networks", 1, 1);
    let Some(laid) = laid else {
        tell("networks-nothing-to-serve", format!("{} / {}", sites.len(), streets.len()), report);
        return Ok((gathered, None));
    };
    if !laid.unreached.is_empty() {
        let kwh: f64 = laid.unreached.iter().filter_map(|index| sites.get(*index)).map(|site| site.kwh).sum();
        report.push(Finding::new("networks-unreached", Severity::Warning, "territory").object(laid.unreached.len().to_string()).value(format!("{kwh:.0}")));
    }
    if !declaration.datasets.iter().any(|dataset| dataset.id == id) {
        declaration.datasets.push(dataset());
    }
    let conduits = laid.conduits.into_iter().map(Object::Conduit);
    let objects: Vec<Object> = conduits.chain(laid.fixtures.into_iter().map(Object::Fixture)).collect();
    for object in &objects {
        let (utility, name) = match object {
            Object::Conduit(conduit) => (conduit.utility, &conduit.id),
            Object::Fixture(fixture) => (fixture.utility, &fixture.id),
            _ => continue,
        };
        let role = Role::Network(utility);
        gathered.ids.note_made(role, name);
        let count = counts.entry(role).or_default();
        count.read += 1;
        count.kept += 1;
        gathered.network_extract = gathered.network_extract.union(bounds_of(object));
    }
    gathered.networks += objects.len() as u64;
    tell("networks-laid", objects.len().to_string(), report);
    gathered.spool = gathered.spool.with(folder, &objects)?;
    let roofs = buildings.iter().filter_map(|building| roofs::roof(building).map(|(row, kwp)| (building.id.clone(), row, kwp))).collect();
    let place = Bounds2::of(sites.iter().map(|site| site.place.at)).centre();
    let elevation_m = ground(place);
    Ok((gathered, Some(Made { grid: laid.grid, sites, roofs, extras: laid.extras, place, elevation_m })))
}

/// Whether something is still to come or to go.
fn is_project(years: Years) -> bool {
    years.works.is_some() || years.to.is_some() || years.from.is_some_and(|from| from > YEAR)
}

/// How the data set presents itself wherever it shows.
fn dataset() -> Dataset {
    Dataset {
        id: DatasetId::from(DATASET),
        title: "Réseaux générés, non réels : tracés le long des rues par des règles de planification (docs/networks.md)".to_owned(),
        producer: "Jumeau".to_owned(),
        licence: "CC0 1.0".to_owned(),
        date: YEAR.to_string(),
        attribution: "réseaux générés, non réels".to_owned(),
        nature: Nature::Made,
    }
}

/// What a building asks for; without an estimate, or without any demand, nothing is laid to it.
fn site(building: &Building) -> Option<Site> {
    let Asked { class, floor_m2, estimate } = Asked::of(building);
    let kwh = estimate?.kwh;
    if !(kwh > 0.0) {
        return None;
    }
    let largest = building.footprint.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
    let outline: Vec<[f64; 2]> = largest.exterior().0.iter().map(|at| [at.x, at.y]).collect();
    let at = crate::region::footprint::centre(&building.footprint)?;
    let homes = match (class, building.dwellings) {
        (DemandClass::Residential, Some(homes @ 1..)) => f64::from(homes),
        (DemandClass::Residential, _) => (floor_m2 / HOME_M2).round().max(1.0),
        _ => 0.0,
    };
    let heat_m2 = match class {
        DemandClass::Residential => HEAT_HOME_KWH_M2,
        DemandClass::Services | DemandClass::Public | DemandClass::Sport => HEAT_SERVICES_KWH_M2,
        DemandClass::Industrial => HEAT_INDUSTRY_KWH_M2,
        _ => 0.0,
    };
    Some(Site { id: building.id.clone(), place: Place { outline, at }, class, homes, kwh, heat_kwh: heat_m2 * floor_m2 * HEATED_SHARE, floor_m2, year: building.year.filter(|year| SOUND_YEARS.contains(year)).map(|year| year as i16) })
}

fn street(line: &NetworkLine) -> Option<Street> {
    let path = match line.class {
        LineClass::MajorRoad | LineClass::Road | LineClass::MinorRoad => false,
        LineClass::Path => true,
        LineClass::Tram | LineClass::Rail => return None,
    };
    // Tunnels serve nobody; bridges carry pipes.
    (line.level >= 0).then(|| Street { points: line.points.iter().map(|at| [at[0], at[1]]).collect(), width_m: line.width_m, path })
}

/// Tracks draw at their middle what runs over them.
fn trams(lines: &[(u64, NetworkLine)]) -> Vec<Extra> {
    let tracks = lines.iter().map(|(_, line)| line).filter(|line| line.class == LineClass::Tram);
    tracks
        .filter_map(|line| {
            let length: f64 = line.points.windows(2).map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1])).sum();
            let middle = line.points.get(line.points.len() / 2)?;
            let kwh = length / 1000.0 * loads::TRAM_KWH_KM * loads::TRAMS_A_DAY * 365.0;
            (kwh > 0.0).then(|| Extra { at: [middle[0], middle[1]], kwh, profile: loads::TRAM, layer: "tram", feature: line.id.clone() })
        })
        .collect()
}

/// Writes network and series, and tells the manifest of them.
///
/// # Errors
/// `write-failed`.
pub fn write(made: &Made, folder: &Path, target: &Crs, file: &mut SeriesFile) -> Result<(), ImportFault> {
    let below = folder.join(SERIES);
    let failed = |path: &str, error: &dyn std::fmt::Display| ImportFault::new("write-failed", below.join(path).display(), error);
    let put = |path: &str, bytes: &[u8]| {
        let whole = below.join(path);
        let written = whole.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&whole, bytes));
        written.map_err(|error| failed(path, &error))
    };
    let lonlat = |at: [f64; 2]| target.to_lonlat(at[0], at[1]).ok().map(|place| [place.lon_deg, place.lat_deg]);
    let id = DatasetId::from(DATASET);
    let dataset = dataset();
    if let Some(grid) = &made.grid {
        let rules: Vec<_> = rules::ALL.iter().map(|(what, rule, source)| json!({"what": what, "rule": rule, "source": source})).collect();
        let about = json!({"made": "généré, non réel", "dataset": dataset.title, "rules": rules, "loads": ARRAY});
        let text = serde_json::to_vec(&grid.json(&lonlat, &about)).map_err(|error| failed(GRID, &error))?;
        put(GRID, &text)?;
        file.grids.push(GridFile {
            id: "electricity".to_owned(),
            path: GRID.to_owned(),
            layer: LayerId::from(Utility::Electricity.id()),
            prefix: FEATURE_PREFIX.to_owned(),
            nature: Nature::Made,
            dataset: id.clone(),
        });
    }
    let [lon, lat] = lonlat(made.place).unwrap_or([0.0, 0.0]);
    let clock = Clock::at(lon, lat);
    let rows = loads::rows(YEAR, lat, lon, made.elevation_m, clock);
    let Some(start) = crate::base::Instant::from_utc(YEAR, 1, 1, 0, 0, 0) else { return Ok(()) };
    let hours = rows.first().map_or(0, |row| row.values.len());
    if hours == 0 {
        return Ok(());
    }
    // The group of the profiles.
    let group_path = format!("{}/{LOADS}", crate::pipeline::series::GROUP);
    let values: Vec<f32> = rows.iter().flat_map(|row| row.values.iter().copied()).collect();
    let names: Vec<String> = rows.iter().map(|row| row.name.to_owned()).collect();
    let about = About {
        dimensions: ["profile", "time"],
        attributes: json!({"long_name": "hourly profiles of lamps, trams and roofs, mean of the year 1", "units": "1", "nature": Nature::Simulated}),
    };
    let array = zarr::write(rows.len(), hours, CHUNK_HOURS, &values, &about).map_err(|fault| failed(&group_path, &fault))?;
    let coordinates = [
        Coordinate { name: "profile", labels: Labels::Texts(names.clone()), attributes: json!({"long_name": "what follows it"}) },
        Coordinate {
            name: "time",
            labels: Labels::Integers((0..hours as i64).map(|hour| start.0 + 3600 * hour).collect()),
            attributes: json!({"long_name": "start of the hour, UTC", "standard_name": "time", "units": "seconds since 1970-01-01 00:00:00", "calendar": "proleptic_gregorian"}),
        },
    ];
    let about = json!({"Conventions": "CF-1.11", "title": dataset.title, "institution": dataset.producer, "license": dataset.licence, "nature": Nature::Simulated});
    let metadata: Vec<(&str, &[u8])> = array.iter().filter(|(path, _)| path == "zarr.json").map(|(_, bytes)| (LOADS, bytes.as_slice())).collect();
    for (path, bytes) in zarr_group::write(&about, &coordinates, &metadata).map_err(|fault| failed(&group_path, &fault))? {
        put(&format!("{group_path}/{path}"), &bytes)?;
    }
    for (path, bytes) in &array {
        put(&format!("{group_path}/{LOADS}/{path}"), bytes)?;
    }
    file.series.push(Series {
        rows: names.clone(),
        ..Series::of(LOADS, format!("{group_path}/{LOADS}"), AXIS, "1", Nature::Simulated, id.clone())
    });
    // What follows them, and how much of it.
    let class_row = |class: DemandClass| DemandClass::ALL.iter().position(|known| *known == class).map_or(-1, |row| row as i64);
    let row_of = |name: &str| names.iter().position(|known| known == name).map_or(-1, |row| row as i64);
    let demand = made.sites.iter().map(|site| (site.id.clone(), (class_row(site.class), site.kwh))).collect();
    let sun = made.roofs.iter().filter_map(|(id, row, kwp)| {
        let known = rows.iter().find(|known| known.name == *row)?;
        Some((id.clone(), (row_of(row), kwp * known.kwh_per_kwp)))
    });
    let extras = |layer: &str| made.extras.iter().filter(|extra| extra.layer == layer).map(|extra| (extra.feature.clone(), (row_of(extra.profile), extra.kwh))).collect();
    let all: [(&str, &str, &str, BTreeMap<String, (i64, f64)>); 4] = [
        ("demand-of-buildings", ARRAY, "buildings", demand),
        ("pv-if-equipped", LOADS, "buildings", sun.collect()),
        ("lighting", LOADS, "lighting", extras("lighting")),
        ("tram", LOADS, "tram", extras("tram")),
    ];
    for (name, profiles, layer, objects) in all {
        if objects.is_empty() || file.scaled.iter().any(|known| known.id == name) {
            continue;
        }
        // The estimate of buildings is no part of what is laid between them.
        let dataset = if layer == "buildings" && profiles == ARRAY { demand_dataset() } else { dataset.clone() };
        let said = ScaledSeries {
            id: name.to_owned(),
            path: format!("{}/{name}", crate::pipeline::series::GROUP),
            profiles: profiles.to_owned(),
            count: objects.len() as u64,
            unit: "kWh".to_owned(),
            nature: Nature::Simulated,
            dataset: dataset.id.clone(),
            layer: Some(LayerId::from(layer)),
            by: None,
        };
        scaled::write_group(&said, &dataset, &objects, &below)?;
        file.scaled.push(said);
    }
    Ok(())
}
