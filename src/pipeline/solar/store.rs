//! Results into the territory: a table of roof planes, series of their buildings, and what the manifest says of both.
//!
//! | part | holds |
//! |---|---|
//! | `solar/roofs.parquet` | GeoParquet, one row for each roof plane |
//! | `solar/months/kwh` | Zarr, building × month, kWh |
//! | `solar/book/` | the roof book: what "my roof" needs of each building ([`crate::formats::roofbook`]) |
//! | `solar/book/plan.gpkg`, `plan.parquet` | the same table with its outlines, for other programs |
//! | `solar/book/plan.json.gz` | the planner's table: large roofs and car parks ([`crate::formats::roofplan`]) |
//! | `solar/hours/kw` | Zarr, building × hour of the year, kW; left out where it would be too large, unless it is asked for |
//!
//! The new folder is written beside the old one and takes its place when it is whole; the manifest follows. A second run gives the same bytes.

use super::around::{self, Land};
use super::book::{Book, Bound};
use super::compare::compared;
use super::plan::{LEAST_M2, Planner, SolarPlan, said_of};
use super::plan_files;
use super::plan_land::PlanLand;
use super::roofs::{Roof, RoofOptions, Roofs, roofs_of};
use super::scene;
use super::spool::Spool;
use super::weather::Weather;
use crate::formats::roofplan;
use crate::formats::weather::pvgis_answer::PvgisAnswer;
use crate::rooftop::prepare::Sunlight;
use crate::rooftop::told;
use crate::rooftop::year::StoredYear;
use crate::base::{CalendarUnit, Dataset, DatasetId, Finding, Instant, LayerId, Nature, Report, Severity};
use crate::formats::shape::Shape;
use crate::formats::territory::{Axis, AxisCalendar, AxisUnit, Manifest, Name, PropertyTable, RoofBook, Series};
use crate::formats::zarr::{About, Layout};
use crate::formats::zarr_group::{self, Coordinate, Labels};
use crate::geodesy::{EnuFrame, LonLatH};
use crate::pipeline::Progress;
use crate::pipeline::table::{FeatureWriter, Kind, Leaf, Row, Value};
use glam::DVec3;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::fs;
use std::io::BufWriter;
use std::path::Path;

/// The folder of all results.
pub const FOLDER: &str = "solar";
/// The roof book inside it.
const BOOK: &str = "book";
/// Blocks on their way, and results before they are whole.
const WORK: &str = "solar.work";
const PART: &str = "solar.part";
/// Id of the data set, of the table, and of the series.
pub const DATASET: &str = "jumeau-solar";
pub const TABLE: &str = "solar-roofs";
pub const MONTHS: &str = "solar-months";
pub const HOURS: &str = "solar-hours";
/// The year on whose calendar stored hours lie: that of the demand profiles, so that both share an axis.
pub const YEAR: i16 = crate::rooftop::YEAR;
/// Hours are stored unasked up to so many bytes.
const HOURS_BYTES: u64 = 1 << 30;
/// Values at even shares that the scale of colours is drawn up from.
const QUANTILES: usize = 101;
/// Shape of a chunk: a year of one building is four requests.
const CHUNK_ROWS: usize = 64;
const CHUNK_HOURS: usize = 2196;
/// Rows that the manifest names; of more it says how many and where their names are.
const ROWS_IN_MANIFEST: usize = 1000;
const MONTH_COLUMNS: [&str; 12] = [
    "kwh_jan", "kwh_feb", "kwh_mar", "kwh_apr", "kwh_may", "kwh_jun", "kwh_jul", "kwh_aug", "kwh_sep", "kwh_oct", "kwh_nov", "kwh_dec",
];

const COLUMNS: [Leaf; 31] = [
    ("id", Kind::Text, true),
    ("building", Kind::Text, true),
    ("layer", Kind::Text, true),
    ("plane", Kind::Count, true),
    ("area_m2", Kind::Real, true),
    ("usable_m2", Kind::Real, true),
    ("tilt_deg", Kind::Real, true),
    ("azimuth_deg", Kind::Real, true),
    ("ridge_m", Kind::Real, false),
    ("modules", Kind::Count, true),
    ("kwp", Kind::Real, true),
    ("kwh_year", Kind::Real, true),
    ("kwh_year_p50", Kind::Real, true),
    ("kwh_year_p90", Kind::Real, true),
    (MONTH_COLUMNS[0], Kind::Real, true),
    (MONTH_COLUMNS[1], Kind::Real, true),
    (MONTH_COLUMNS[2], Kind::Real, true),
    (MONTH_COLUMNS[3], Kind::Real, true),
    (MONTH_COLUMNS[4], Kind::Real, true),
    (MONTH_COLUMNS[5], Kind::Real, true),
    (MONTH_COLUMNS[6], Kind::Real, true),
    (MONTH_COLUMNS[7], Kind::Real, true),
    (MONTH_COLUMNS[8], Kind::Real, true),
    (MONTH_COLUMNS[9], Kind::Real, true),
    (MONTH_COLUMNS[10], Kind::Real, true),
    (MONTH_COLUMNS[11], Kind::Real, true),
    ("shading_loss", Kind::Real, true),
    ("sky_view", Kind::Real, true),
    ("poa_kwh_m2", Kind::Real, true),
    ("nature", Kind::Text, true),
    ("dataset", Kind::Text, true),
];

/// Whether the hours of each building are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HoursWanted {
    /// Where they are no more than a gigabyte.
    #[default]
    Auto,
    Always,
    Never,
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    pub roofs: Roofs,
    pub rows: u64,
    pub table_bytes: u64,
    /// Buildings with at least one module.
    pub series_rows: usize,
    /// Bytes of the roof book; none where it has no words for the system.
    pub book_bytes: u64,
    pub hours: bool,
}

/// How the answer was made, for its provenance.
#[derive(Clone, Debug)]
pub struct Made<'a> {
    pub weather: &'a Weather,
    pub model: &'a str,
    pub mount: &'a str,
    /// An answer of PVGIS to hold ours against.
    pub pvgis: Option<&'a PvgisAnswer>,
}

impl Made<'_> {
    /// Everything that a second person needs for the same numbers.
    pub fn parameters(&self, options: &RoofOptions) -> Json {
        let module = &options.module;
        let sureness = options.sureness;
        json!({
            "program": format!("jumeau {}", env!("CARGO_PKG_VERSION")),
            "weather": self.weather.origin.name(), "weather_title": self.weather.title, "weather_hours": self.weather.hours.len(),
            "site": { "lat": self.weather.site.lat, "lon": self.weather.site.lon, "elevation_m": self.weather.site.elevation_m },
            "sky_model": self.model, "mount": self.mount, "losses": options.system.losses, "losses_included": true,
            "inverter_efficiency": options.system.inverter_efficiency, "albedo": options.system.albedo,
            "module": { "long_m": module.long_m, "short_m": module.short_m, "kwp": module.kwp, "margin_m": module.margin_m, "gap_m": module.gap_m },
            "cell_m": options.cell_m, "directions": super::horizons::AZIMUTHS,
            "sigma": { "weather": sureness.weather, "resource": sureness.resource, "model": sureness.model },
            "foliage": { "in_leaf": options.foliage.in_leaf, "bare": options.foliage.bare },
            "azimuth": "clockwise from true north, degrees", "p90": "reached in nine years of ten", "nature": "simulated",
        })
    }
}

/// Computes all roofs of a territory and lays them into it.
///
/// # Errors
/// A finding when nothing can be computed or written; the territory is then as it was.
pub fn store(
    folder: &Path,
    manifest: &Manifest,
    made: &Made,
    options: &RoofOptions,
    hours: HoursWanted,
    progress: &dyn Progress,
) -> Result<Stored, Finding> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| {
        Finding::new("write-failed", Severity::Error, path.display().to_string()).object(path.display().to_string()).value(error)
    };
    let buildings: u64 = manifest.layers.iter().filter(|layer| layer.kind == crate::formats::territory::LayerKind::Buildings).map(|layer| layer.features).sum();
    let year = StoredYear::new(YEAR, &made.weather.hours);
    let size = year.as_ref().map_or(u64::MAX, |year| buildings.saturating_mul(year.hours as u64).saturating_mul(4));
    let with_hours = match hours {
        HoursWanted::Always => true,
        HoursWanted::Never => false,
        HoursWanted::Auto => size <= HOURS_BYTES,
    };
    let calendar = year.clone();
    let year = year.filter(|_| with_hours);
    let parameters = made.parameters(options);
    let key = key(manifest, &parameters, made.weather, with_hours);
    let mut spool = Spool::open(&folder.join(WORK), &key)?;
    let mut report = Report::default();
    let mut scene = scene::read(folder, manifest, &mut report, progress);
    let with_records = RoofOptions { records: true, ..options.clone() };
    let mut roofs = roofs_of(&scene, &folder.display().to_string(), (&made.weather.hours, made.weather.step_h), year.as_ref(), &with_records, &mut spool, progress)?;
    report.merge(std::mem::take(&mut roofs.report));
    roofs.report = report;
    if progress.cancelled() {
        return Err(Finding::new("solar-stopped", Severity::Error, folder.display().to_string()));
    }
    let part = folder.join(PART);
    let begun = if part.exists() { fs::remove_dir_all(&part) } else { Ok(()) };
    begun.and_then(|()| fs::create_dir_all(&part)).map_err(|error| failed(&part, &error))?;
    let land = Land::read(folder, manifest, &scene, None)?;
    let mut book = Book::new(&part.join(BOOK), &scene, &land, progress).map_err(|error| failed(&part, &error))?;
    let shared = super::book::shared(manifest, made.weather, options, &land);
    let of_plan = PlanLand::read(folder, manifest, LEAST_M2)?;
    let mut planner = Planner::new(&scene, &of_plan, LEAST_M2, if with_hours { None } else { Sunlight::new(shared.clone()) });
    // Buildings of the series in the order of the blocks: so a row of chunks needs no more than one block in memory.
    let mut with_modules: Vec<(String, [f64; 12])> = Vec::new();
    for block in spool.blocks() {
        let Some(done) = spool.read(*block) else {
            return Err(failed(&folder.join(WORK), block));
        };
        planner.take(&done);
        roofs.cell_m = roofs.cell_m.into_iter().chain(done.cell_m).reduce(f64::max);
        for roof in done.roofs {
            if roof.modules > 0 {
                if with_modules.last().is_none_or(|(building, _)| *building != roof.building) {
                    with_modules.push((roof.building.clone(), [0.0; 12]));
                }
                let Some((_, months)) = with_modules.last_mut() else { continue };
                months.iter_mut().zip(roof.kwh_month).for_each(|(sum, kwh)| *sum += kwh);
            }
            roofs.roofs.push(roof);
        }
        book.add(done.records).map_err(|error| failed(&part, &error))?;
    }
    if progress.cancelled() {
        return Err(Finding::new("solar-stopped", Severity::Error, folder.display().to_string()));
    }
    roofs.roofs.sort_by(|a, b| (&a.building, a.plane).cmp(&(&b.building, b.plane)));
    let book = book.finish(&shared).map_err(|error| failed(&part, &error))?;
    let mut left_out = land.left_out.clone();
    around::add(&mut left_out, &book.as_ref().map(|book| book.left_out.clone()).unwrap_or_default());
    around::told(&left_out, &folder.display().to_string()).for_each(|finding| roofs.report.push(finding));
    planner.cover_car_parks(&mut scene, made, calendar.as_ref(), options, progress);
    if progress.cancelled() {
        return Err(Finding::new("solar-stopped", Severity::Error, folder.display().to_string()));
    }
    let (weather, sources) = said_of(manifest, made);
    let (mut plan, shapes) = planner.finish(manifest.clock(), weather, sources);
    plan.pvgis = made.pvgis.map(|answer| compared(answer, made, options));
    plan.bytes().and_then(|bytes| fs::write(part.join(BOOK).join(roofplan::FILE), bytes)).map_err(|error| failed(&part, &error))?;
    let plan = SolarPlan { plan, shapes, report: Report::default() };
    let provenance = plan_files::provenance(&plan.plan, manifest, parameters.clone(), json!({ "least_area_m2": LEAST_M2 }));
    for file in roofplan::FILES {
        plan_files::export(&plan, &part.join(BOOK).join(file), &provenance).map_err(|error| failed(&part, &error))?;
    }
    let dataset = dataset(manifest, made, options);
    let [lon, lat, height] = manifest.origin;
    let frame = EnuFrame::at(LonLatH::new(lon, lat, height));
    let rows = table(&part.join("roofs.parquet"), &roofs.roofs, &frame, &parameters).map_err(|error| failed(&part, &error))?;
    let table_bytes = fs::metadata(part.join("roofs.parquet")).map_err(|error| failed(&part, &error))?.len();
    let mut values: Vec<f32> = with_modules.iter().flat_map(|(_, months)| months.map(|kwh| kwh as f32)).collect();
    values.sort_by(f32::total_cmp);
    let last = values.len().saturating_sub(1);
    let quantiles: Vec<f32> = (0..QUANTILES).filter_map(|share| values.get(share * last / (QUANTILES - 1))).copied().collect();
    let names: Vec<String> = with_modules.iter().map(|(building, _)| building.clone()).collect();
    if !names.is_empty() {
        let months = Group { folder: &part, name: "months", array: "kwh", unit: "kWh", title: "electricity from the roofs of a building in a month", dataset: &dataset, parameters: &parameters };
        let starts = month_axis(manifest).map(|axis| (0..12).filter_map(|step| axis.start_of(step)).map(|start| start.0).collect()).unwrap_or_default();
        let layout = Layout::new(names.len(), 12, 4096, 12).map_err(|fault| failed(&part, &fault))?;
        months
            .write(&names, starts, layout, &mut |row, step| with_modules.get(row).and_then(|(_, months)| months.get(step)).map_or(f32::NAN, |kwh| *kwh as f32))
            .map_err(|error| failed(&part, &error))?;
        if let Some(year) = &year {
            hours_group(&part, &names, year, &spool, &dataset, &parameters).map_err(|error| failed(&part, &error))?;
        }
    }
    place(folder, &part).map_err(|error| failed(&part, &error))?;
    let layers: BTreeSet<&LayerId> = roofs.roofs.iter().map(|roof| &roof.layer).collect();
    let layer = layers.first().map(|layer| (*layer).clone()).unwrap_or_else(|| LayerId::from("buildings"));
    let stored = Stored { rows, table_bytes, series_rows: names.len(), book_bytes: book.as_ref().map_or(0, |book| book.bytes), hours: year.is_some() && !names.is_empty(), roofs };
    let described = Described { dataset, layer, one_layer: stored.roofs.roofs.iter().all(|roof| Some(&roof.layer) == stored.roofs.roofs.first().map(|first| &first.layer)), names, quantiles, year, book };
    let manifest = described.into_manifest(manifest, &stored, made);
    let text = serde_json::to_vec_pretty(&manifest).map_err(|error| failed(folder, &error))?;
    let file = folder.join("territory.json");
    let new = folder.join("territory.json.part");
    fs::write(&new, text).and_then(|()| fs::rename(&new, &file)).map_err(|error| failed(&file, &error))?;
    spool.remove();
    Ok(stored)
}

/// Which question the blocks answer: not a name for people, only the same for the same.
fn key(manifest: &Manifest, parameters: &Json, weather: &Weather, hours: bool) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |bytes: &[u8]| bytes.iter().for_each(|byte| hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    for layer in &manifest.layers {
        add(format!("{}\n{}\n{}\n{}\n{}\n", layer.id, layer.tileset, layer.features, layer.tiles, layer.bytes).as_bytes());
    }
    add(format!("{:?}\n{parameters}\n{hours}\n", manifest.origin).as_bytes());
    for hour in &weather.hours {
        [hour.at.0 as f64, hour.sky.ghi, hour.sky.dni, hour.sky.dhi, hour.air_c, hour.wind_m_s].iter().for_each(|value| add(&value.to_le_bytes()));
    }
    format!("{hash:016x}")
}

/// The new folder in the old one's place.
fn place(folder: &Path, part: &Path) -> std::io::Result<()> {
    let whole = folder.join(FOLDER);
    if whole.exists() {
        fs::remove_dir_all(&whole)?;
    }
    fs::rename(part, whole)
}

fn dataset(manifest: &Manifest, made: &Made, options: &RoofOptions) -> Dataset {
    let weather = made.weather;
    let (origin, _) = weather.origin.sentence();
    let weather_name = if weather.title.is_empty() { origin.to_owned() } else { format!("{origin} « {} »", weather.title) };
    let of_buildings: BTreeSet<&DatasetId> = manifest
        .layers
        .iter()
        .filter(|layer| layer.kind == crate::formats::territory::LayerKind::Buildings)
        .flat_map(|layer| &layer.datasets)
        .collect();
    let sources: Vec<&str> =
        manifest.datasets.iter().filter(|set| of_buildings.contains(&set.id)).map(|set| set.attribution.as_str()).filter(|text| !text.is_empty()).collect();
    let date = weather.hours.last().map(|hour| hour.at.utc().year.to_string()).unwrap_or_default();
    Dataset {
        id: DatasetId::from(DATASET),
        title: "Potentiel solaire des toits".to_owned(),
        producer: "Jumeau".to_owned(),
        licence: "CC0 1.0".to_owned(),
        date,
        attribution: format!(
            "calcul Jumeau {}, valeurs simulées : {weather_name} ; ciel {}, {}, pertes {:.0} % ; toits d’après {}",
            env!("CARGO_PKG_VERSION"),
            told::sky_said(made.model, false),
            told::mount_said(made.mount, false),
            100.0 * options.system.losses,
            if sources.is_empty() { "le territoire".to_owned() } else { sources.join(" ; ") }
        ),
        nature: Nature::Simulated,
    }
}

fn table(path: &Path, roofs: &[Roof], frame: &EnuFrame, parameters: &Json) -> Result<u64, String> {
    let file = fs::File::create(path).map_err(|error| error.to_string())?;
    let mut writer = FeatureWriter::new(BufWriter::new(file), &COLUMNS).map_err(|error| error.to_string())?;
    for roof in roofs {
        if let Some(row) = row(roof, frame) {
            writer.push(&row).map_err(|error| error.to_string())?;
        }
    }
    writer.note("jumeau", parameters.to_string());
    let (rows, sink) = writer.finish().map_err(|error| error.to_string())?;
    sink.into_inner().map_err(|error| error.to_string())?;
    Ok(rows)
}

/// A plane as a row; `None` without an outline.
pub fn row(roof: &Roof, frame: &EnuFrame) -> Option<Row> {
    let lonlat = |p: &[f64; 3]| {
        let at = frame.to_ecef(DVec3::from_array(*p)).to_lonlath();
        [at.lon_deg, at.lat_deg, f64::NAN]
    };
    let rings: Vec<Vec<[f64; 3]>> = roof.outline.iter().map(|ring| ring.iter().map(lonlat).collect()).collect();
    let shape = shape_of(&rings, &roof.outline)?;
    let at = centre(&roof.outline)?;
    let at = lonlat(&at);
    let real = |value: f64| Value::Real(value);
    let count = |value: usize| Value::Count(i32::try_from(value).unwrap_or(i32::MAX));
    let mut values = vec![
        ("id", Value::Text(format!("{}/{}", roof.building, roof.plane))),
        ("building", Value::Text(roof.building.clone())),
        ("layer", Value::Text(roof.layer.to_string())),
        ("plane", count(roof.plane)),
        ("area_m2", real(roof.area_m2)),
        ("usable_m2", real(roof.usable_m2)),
        ("tilt_deg", real(roof.tilt)),
        ("azimuth_deg", real(roof.azimuth)),
        ("ridge_m", real(roof.ridge_m)),
        ("modules", count(roof.modules)),
        ("kwp", real(roof.kwp)),
        ("kwh_year", real(roof.kwh_year)),
        // The mean is the median of the normal distribution that the ranges are drawn from.
        ("kwh_year_p50", real(roof.kwh_year)),
        ("kwh_year_p90", real(roof.kwh_year_p90)),
        ("shading_loss", real(roof.shading_loss)),
        ("sky_view", real(roof.sky_view)),
        ("poa_kwh_m2", real(roof.poa_kwh_m2)),
        ("nature", Value::Text("simulated".to_owned())),
        ("dataset", Value::Text(DATASET.to_owned())),
    ];
    values.extend(MONTH_COLUMNS.into_iter().zip(roof.kwh_month.map(Value::Real)));
    Some(Row { shape, at: [at[0], at[1]], values })
}

/// Twice the signed area of a ring seen from above.
fn turn(ring: &[[f64; 3]]) -> f64 {
    ring.windows(2).map(|side| side[0][0] * side[1][1] - side[1][0] * side[0][1]).sum()
}

/// A polygon of one outer ring with its holes, or several where the plane is in pieces.
pub fn shape_of(rings: &[Vec<[f64; 3]>], local: &[Vec<[f64; 3]>]) -> Option<Shape> {
    let outer: Vec<usize> = (0..local.len()).filter(|at| local.get(*at).is_some_and(|ring| turn(ring) > 0.0)).collect();
    let mut polygons: Vec<Vec<Vec<[f64; 3]>>> = outer.iter().filter_map(|at| Some(vec![rings.get(*at)?.clone()])).collect();
    for (hole, ring) in local.iter().zip(rings).filter(|(hole, _)| turn(hole) < 0.0) {
        let at = *hole.first()?;
        let home = outer.iter().position(|outer| local.get(*outer).is_some_and(|ring| contains(ring, at))).unwrap_or(0);
        if let Some(polygon) = polygons.get_mut(home) {
            polygon.push(ring.clone());
        }
    }
    match polygons.len() {
        0 => None,
        1 => polygons.pop().map(Shape::Polygon),
        _ => Some(Shape::Many(polygons.into_iter().map(Shape::Polygon).collect())),
    }
}

/// Whether a closed ring goes round a point, seen from above.
pub fn contains(ring: &[[f64; 3]], [x, y, _]: [f64; 3]) -> bool {
    let crossings = ring.windows(2).filter(|side| {
        let ([ax, ay, _], [bx, by, _]) = (side[0], side[1]);
        (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
    });
    crossings.count() % 2 == 1
}

/// The middle of the largest ring's corners.
fn centre(outline: &[Vec<[f64; 3]>]) -> Option<[f64; 3]> {
    let ring = outline.iter().max_by(|a, b| turn(a).total_cmp(&turn(b)))?;
    let open = ring.get(..ring.len().checked_sub(1)?)?;
    let sum = open.iter().fold([0.0; 3], |sum: [f64; 3], p| [sum[0] + p[0], sum[1] + p[1], sum[2] + p[2]]);
    Some(sum.map(|x| x / open.len().max(1) as f64))
}

/// A Zarr group with one array of buildings by time.
struct Group<'a> {
    folder: &'a Path,
    name: &'a str,
    array: &'a str,
    unit: &'a str,
    title: &'a str,
    dataset: &'a Dataset,
    parameters: &'a Json,
}

impl Group<'_> {
    fn write(&self, names: &[String], starts: Vec<i64>, layout: Layout, value: &mut dyn FnMut(usize, usize) -> f32) -> Result<(), String> {
        let chunks: Vec<(usize, usize)> = layout.chunks().collect();
        self.metadata(names, starts, &layout)?;
        for at in chunks {
            self.chunk(&layout, at, value)?;
        }
        Ok(())
    }

    fn chunk(&self, layout: &Layout, at: (usize, usize), value: &mut dyn FnMut(usize, usize) -> f32) -> Result<(), String> {
        let (bytes, _) = layout.chunk(at, value);
        self.file(&format!("{}/{}", self.array, layout.path(at)), &bytes)
    }

    fn metadata(&self, names: &[String], starts: Vec<i64>, layout: &Layout) -> Result<(), String> {
        let said = json!({
            "long_name": self.title, "units": self.unit, "source": self.dataset.attribution, "nature": Nature::Simulated,
        });
        let array = layout.metadata(&About { dimensions: ["feature", "time"], attributes: said }).map_err(|fault| fault.to_string())?;
        let coordinates = [
            Coordinate { name: "feature", labels: Labels::Texts(names.to_vec()), attributes: json!({ "long_name": "id of the building" }) },
            Coordinate {
                name: "time",
                labels: Labels::Integers(starts),
                attributes: json!({
                    "long_name": "start of the step, UTC", "standard_name": "time", "units": "seconds since 1970-01-01 00:00:00", "calendar": "proleptic_gregorian",
                }),
            },
        ];
        let group = json!({
            "Conventions": "CF-1.11", "title": self.dataset.title, "institution": self.dataset.producer, "source": self.dataset.attribution,
            "license": self.dataset.licence, "nature": Nature::Simulated, "jumeau": self.parameters,
        });
        let files = zarr_group::write(&group, &coordinates, &[(self.array, array.as_slice())]).map_err(|fault| fault.to_string())?;
        for (path, bytes) in files {
            self.file(&path, &bytes)?;
        }
        self.file(&format!("{}/zarr.json", self.array), &array)
    }

    fn file(&self, path: &str, bytes: &[u8]) -> Result<(), String> {
        let whole = self.folder.join(self.name).join(path);
        let made = whole.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&whole, bytes)).map_err(|error| error.to_string())
    }
}

/// Hours of all buildings, a row of chunks at a time.
fn hours_group(part: &Path, names: &[String], year: &StoredYear, spool: &Spool, dataset: &Dataset, parameters: &Json) -> Result<(), String> {
    let group = Group { folder: part, name: "hours", array: "kw", unit: "kW", title: "mean power from the roofs of a building in an hour", dataset, parameters };
    let layout = Layout::new(names.len(), year.hours, CHUNK_ROWS, CHUNK_HOURS).map_err(|fault| fault.to_string())?;
    let starts = (0..year.hours as i64).map(|hour| year.start.0 + 3600 * hour).collect();
    group.metadata(names, starts, &layout)?;
    let (mut strip, mut rows): (usize, Vec<Vec<f32>>) = (0, Vec::new());
    for block in spool.blocks() {
        let done = spool.read(*block).ok_or_else(|| format!("block {block}"))?;
        for (_, hours) in done.hours {
            rows.push(hours);
            if rows.len() == layout.chunk_rows {
                write_strip(&group, &layout, strip, &rows)?;
                strip += 1;
                rows.clear();
            }
        }
    }
    if rows.is_empty() { Ok(()) } else { write_strip(&group, &layout, strip, &rows) }
}

fn write_strip(group: &Group, layout: &Layout, strip: usize, rows: &[Vec<f32>]) -> Result<(), String> {
    let first = strip * layout.chunk_rows;
    for step in 0..layout.steps.div_ceil(layout.chunk_steps) {
        group.chunk(layout, (strip, step), &mut |row, step| {
            rows.get(row.wrapping_sub(first)).and_then(|hours| hours.get(step)).copied().unwrap_or(f32::NAN)
        })?;
    }
    Ok(())
}

fn month_axis(manifest: &Manifest) -> Option<Axis> {
    let clock = manifest.clock();
    Some(Axis {
        id: MONTHS.to_owned(),
        start: clock.instant(YEAR, 1, 1, 0, 0)?,
        end: clock.instant(YEAR + 1, 1, 1, 0, 0)?,
        step: CalendarUnit::Month.usual_s(),
        calendar: Some(AxisCalendar { unit: AxisUnit::Calendar(CalendarUnit::Month), timezone: clock.name() }),
    })
}

/// What the manifest is to say.
struct Described {
    dataset: Dataset,
    layer: LayerId,
    one_layer: bool,
    names: Vec<String>,
    /// Of the months' values at even shares of all.
    quantiles: Vec<f32>,
    year: Option<StoredYear>,
    book: Option<Bound>,
}

impl Described {
    fn into_manifest(self, old: &Manifest, stored: &Stored, made: &Made) -> Manifest {
        let mut manifest = old.clone();
        manifest.tables.retain(|table| table.id != TABLE);
        manifest.series.retain(|series| series.dataset.as_str() != DATASET);
        let used: BTreeSet<String> = manifest.series.iter().map(|series| series.axis.clone()).collect();
        manifest.axes.retain(|axis| ![MONTHS, HOURS].contains(&axis.id.as_str()) || used.contains(&axis.id));
        manifest.tables.push(PropertyTable {
            id: TABLE.to_owned(),
            name: Name { fr: "Potentiel solaire des toits".to_owned(), en: "Solar potential of the roofs".to_owned() },
            path: format!("{FOLDER}/roofs.parquet"),
            rows: stored.rows,
            bytes: stored.table_bytes,
            layer: self.layer.clone(),
            by: "building".to_owned(),
            nature: Nature::Simulated,
            dataset: self.dataset.id.clone(),
        });
        let listed = self.names.len() <= ROWS_IN_MANIFEST;
        let series = |id: &str, path: &str, axis: &str, unit: &str, quantity: &str, typical_year: bool| Series {
            rows: if listed { self.names.clone() } else { Vec::new() },
            row_count: (!listed).then_some(self.names.len() as u64),
            labels: path.split_once('/').map(|(group, _)| format!("{FOLDER}/{group}/feature")),
            quantity: Some(quantity.to_owned()),
            layer: self.one_layer.then(|| self.layer.clone()),
            typical_year,
            ..Series::of(id, format!("{FOLDER}/{path}"), axis, unit, Nature::Simulated, self.dataset.id.clone())
        };
        let typical = made.weather.hours.iter().any(|hour| hour.at.utc().year != YEAR) || made.weather.origin == super::weather::Origin::Climatology;
        if let (Some(axis), false) = (month_axis(old), self.names.is_empty()) {
            manifest.series.push(Series { quantiles: self.quantiles, ..series(MONTHS, "months/kwh", MONTHS, "kWh", "Production solaire", typical) });
            manifest.axes.push(axis);
            if let Some(year) = &self.year {
                let end = Instant(year.start.0 + 3600 * year.hours as i64);
                let same = manifest.axes.iter().find(|axis| (axis.start, axis.end, axis.step, axis.calendar.is_none()) == (year.start, end, 3600, true));
                let id = same.map_or_else(|| HOURS.to_owned(), |axis| axis.id.clone());
                if same.is_none() {
                    manifest.axes.push(Axis { id: HOURS.to_owned(), start: year.start, end, step: 3600, calendar: None });
                }
                manifest.series.push(series(HOURS, "hours/kw", &id, "kW", "Production solaire", typical));
            }
        }
        manifest.roofs = self.book.as_ref().map(|book| RoofBook {
            path: format!("{FOLDER}/{BOOK}"),
            pages: book.pages,
            buildings: book.buildings,
            bytes: book.bytes,
            nature: Nature::Simulated,
            dataset: self.dataset.id.clone(),
            plan: Some(roofplan::FILE.to_owned()),
            files: roofplan::FILES.map(str::to_owned).to_vec(),
        });
        match manifest.datasets.iter_mut().find(|set| set.id == self.dataset.id) {
            Some(known) => *known = self.dataset,
            None => manifest.datasets.push(self.dataset),
        }
        manifest
    }
}
