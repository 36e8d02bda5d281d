//! GTFS feeds, as folders or in archives: stops as points, routes as lines.
//!
//! A feed is many files; the one with the stops opens it (or the one with the shapes, where there are no stops), the others are its
//! companions. Lines come from `shapes.txt`; a feed without shapes gets straight lines from stop to stop of the longest trip of each route
//! and direction, marked as schematic.

use super::{CellRow, Content, Found, Head, Note, Opened, Remark, Row, Table, Unread, short_name};
use crate::base::{Clock, Dataset, DatasetId, Instant, Nature, Severity};
use crate::formats::gtfs::{self, Route, RowFault};
use crate::formats::gtfs_departures::{Departures, Tables};
use crate::formats::shape::{Shape, ShapeKind};
use crate::pipeline::sources::declaration::id_from;
use crate::pipeline::sources::open::{HEAD_BYTES, start_of};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

const STOPS: &str = "stops.txt";
const SHAPES: &str = "shapes.txt";
/// The tables of a feed, with those of its usual extensions.
const TABLES: [&str; 34] = [
    "agency.txt",
    "areas.txt",
    "attributions.txt",
    "booking_rules.txt",
    "calendar.txt",
    "calendar_dates.txt",
    "directions.txt",
    "fare_attributes.txt",
    "fare_leg_join_rules.txt",
    "fare_leg_rules.txt",
    "fare_media.txt",
    "fare_products.txt",
    "fare_rules.txt",
    "fare_transfer_rules.txt",
    "feed_info.txt",
    "frequencies.txt",
    "levels.txt",
    "licenses.txt",
    "location_group_stops.txt",
    "location_groups.txt",
    "networks.txt",
    "pathways.txt",
    "rider_categories.txt",
    "route_networks.txt",
    "routes.txt",
    SHAPES,
    "stop_areas.txt",
    "stop_times.txt",
    STOPS,
    "ticketing_deep_links.txt",
    "ticketing_identifiers.txt",
    "timeframes.txt",
    "transfers.txt",
    "trips.txt",
];
/// Names of routes that share one shape.
const MAX_NAMES: usize = 5;

pub fn recognises(head: &Head) -> bool {
    is_stops(head.path, head.bytes)
        || (is_shapes(head.path, head.bytes) && !sibling(head.path, STOPS, is_stops))
}

/// Another table of a feed.
pub fn is_companion(head: &Head) -> bool {
    let name = name_of(head.path);
    let known = TABLES.contains(&name.as_str()) || name == "translations.txt";
    known
        && !recognises(head)
        && (sibling(head.path, STOPS, is_stops) || sibling(head.path, SHAPES, is_shapes))
}

pub fn open_companion(_: &Path) -> Opened {
    Ok(Vec::new())
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

fn is_stops(path: &Path, head: &[u8]) -> bool {
    name_of(path) == STOPS && gtfs::has_columns(head, &["stop_id"]) && !head.contains(&0)
}

fn is_shapes(path: &Path, head: &[u8]) -> bool {
    name_of(path) == SHAPES && gtfs::has_columns(head, &["shape_id", "shape_pt_lat"])
}

fn sibling(path: &Path, name: &str, is: fn(&Path, &[u8]) -> bool) -> bool {
    let Some(beside) = path.parent().map(|folder| folder.join(name)) else {
        return false;
    };
    start_of(&beside, HEAD_BYTES).is_ok_and(|head| is(&beside, &head))
}

pub fn open(path: &Path) -> Opened {
    let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
    let mut found = Vec::new();
    let has = |table: &str| folder.join(table).is_file();
    let mut notes = vec![Note::new(
        "gtfs-licence-unknown",
        Severity::Warning,
        agencies(&folder).join(", "),
    )];
    if !has("stop_times.txt") {
        notes.push(Note::new(
            "gtfs-table-missing",
            Severity::Warning,
            "stop_times.txt",
        ));
    }
    if !has(SHAPES) {
        notes.push(Note::new("gtfs-shapes-missing", Severity::Info, ""));
    }
    let mut table = |name: &str, kind, columns: &[&str], lines, notes| {
        found.push(Found {
            file: short_name(path),
            table: Some(name.to_owned()),
            kind,
            crs: Some("OGC:CRS84".to_owned()),
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
            content: Content::Table(Box::new(Feed {
                folder: folder.clone(),
                lines,
                notes,
                remarks: RefCell::default(),
            })),
        });
    };
    if has(STOPS) {
        table(
            "stops",
            ShapeKind::Point,
            &["stop_id", "stop_name", "location_type"],
            false,
            std::mem::take(&mut notes),
        );
    }
    if has(SHAPES) || (has("stop_times.txt") && has("trips.txt") && has(STOPS)) {
        table(
            "routes",
            ShapeKind::Line,
            &["shape_id", "route_name", "route_type", "route_color"],
            true,
            std::mem::take(&mut notes),
        );
    }
    found.extend(timetable(path, &folder));
    Ok(found)
}

/// The departures of a feed that says when they are: a series of its stops.
fn timetable(path: &Path, folder: &Path) -> Option<Found> {
    let tables = Tables {
        calendar: reader(folder, "calendar.txt"),
        calendar_dates: reader(folder, "calendar_dates.txt"),
        trips: reader(folder, "trips.txt"),
        stop_times: reader(folder, "stop_times.txt"),
        frequencies: reader(folder, "frequencies.txt"),
    };
    // What cannot be read is told by the tables of stops and lines.
    let departures = Departures::read(tables).ok().filter(|departures| !departures.is_empty())?;
    let mut clock = None;
    if let Some(source) = reader(folder, "agency.txt") {
        let _ = gtfs::rows(source, ["agency_timezone"], &mut |_, [zone]| {
            clock = Clock::named(zone);
            clock.is_none()
        });
    }
    let mut notes = Vec::new();
    if departures.without_time > 0 {
        notes.push(Note::new("gtfs-times-missing", Severity::Info, departures.without_time.to_string()));
    }
    if departures.without_trip > 0 {
        notes.push(Note::new("gtfs-trips-unknown", Severity::Warning, departures.without_trip.to_string()));
    }
    if departures.after_end() > 0 {
        notes.push(Note::new("gtfs-after-last-day", Severity::Info, departures.after_end().to_string()));
    }
    if departures.more_days > 0 {
        notes.push(Note::new("gtfs-days-left-out", Severity::Info, departures.more_days.to_string()));
    }
    Some(Found {
        file: short_name(path),
        table: Some("departures".to_owned()),
        kind: ShapeKind::Other,
        crs: None,
        columns: TIMETABLE.iter().map(|column| (*column).to_owned()).collect(),
        content: Content::Table(Box::new(Timetable { departures, clock: clock.unwrap_or_default(), notes })),
    })
}

/// Columns of the table of departures, as series name them.
const TIMETABLE: [&str; 5] = ["id", "quantity", "timestamp_utc", "value", "unit"];

/// Departures as a long table: a row for each stop and hour.
struct Timetable {
    departures: Departures,
    clock: Clock,
    notes: Vec<Note>,
}

impl Table for Timetable {
    fn read(&self, _mapping: &Mapping, _each: &mut dyn FnMut(Row)) -> Result<(), String> {
        // Its rows lie nowhere; whoever wants them asks for cells.
        Ok(())
    }

    fn notes(&self) -> &[Note] {
        &self.notes
    }

    fn has_geometry(&self) -> bool {
        false
    }

    fn cells(&self, columns: &[(usize, &str)], each: &mut dyn FnMut(CellRow) -> bool) -> Result<(), String> {
        let mut number = 0;
        let mut cells: Vec<Option<Cell>> = Vec::with_capacity(columns.len());
        // Times of a feed are counted from noon minus twelve hours: on the days of 23 and 25 hours that is not midnight.
        let begins = |day: i64| {
            let local = Clock::Hours(0).read(Instant(day * 86_400));
            Some(self.clock.instant(local.year, local.month, local.day, 12, 0)?.0 - 12 * 3600)
        };
        self.departures.each(&begins, &mut |stop, at, count| {
            number += 1;
            cells.clear();
            cells.extend(columns.iter().map(|(_, name)| {
                Some(match *name {
                    "id" => Cell::Text(stop.to_owned()),
                    "quantity" => Cell::Text("départs".to_owned()),
                    "timestamp_utc" => Cell::Text(Instant(at).to_string()),
                    "value" => Cell::Number(f64::from(count)),
                    _ => Cell::Text("1".to_owned()),
                })
            }));
            each(Ok((number, &cells)))
        });
        Ok(())
    }
}

fn reader(folder: &Path, table: &str) -> Option<BufReader<File>> {
    File::open(folder.join(table)).ok().map(BufReader::new)
}

fn agencies(folder: &Path) -> Vec<String> {
    let mut names = BTreeSet::new();
    if let Some(source) = reader(folder, "agency.txt") {
        let _ = gtfs::rows(source, ["agency_name"], &mut |_, [name]| {
            if !name.is_empty() {
                names.insert(name.to_owned());
            }
            names.len() < 20
        });
    }
    names.into_iter().collect()
}

struct Feed {
    folder: PathBuf,
    /// Lines, or stops.
    lines: bool,
    notes: Vec<Note>,
    remarks: RefCell<Vec<Remark>>,
}

impl Table for Feed {
    fn read(&self, _mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        if self.lines {
            self.lines(each)
        } else {
            self.stops(each)
        }
        .map_err(|error| error.to_string())
    }

    fn notes(&self) -> &[Note] {
        &self.notes
    }

    fn remarks(&self) -> Vec<Remark> {
        self.remarks.take()
    }

    fn dataset(&self, _id: &DatasetId, file: &str) -> Option<Dataset> {
        // All feeds have a file of the same name: the archive or folder around it tells them apart.
        let folder = self
            .folder
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let around = match file.rsplit_once('/') {
            Some((around, _)) => around.to_owned(),
            None => folder.unwrap_or_else(|| "gtfs".to_owned()),
        };
        let agencies = agencies(&self.folder).join(", ");
        let mut date = String::new();
        if let Some(source) = reader(&self.folder, "feed_info.txt") {
            let _ = gtfs::rows(source, ["feed_start_date"], &mut |_, [day]| {
                if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
                    date = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
                }
                false
            });
        }
        Some(Dataset {
            id: DatasetId(id_from(&format!("gtfs-{around}"))),
            title: format!("GTFS {around}"),
            producer: if agencies.is_empty() {
                "non précisé".to_owned()
            } else {
                agencies.clone()
            },
            licence: "non précisée".to_owned(),
            date,
            attribution: if agencies.is_empty() {
                around
            } else {
                agencies
            },
            nature: Nature::Declared,
        })
    }
}

impl Feed {
    fn stops(&self, each: &mut dyn FnMut(Row)) -> std::io::Result<()> {
        let Some(source) = reader(&self.folder, STOPS) else {
            return Ok(());
        };
        let mut faults = Vec::new();
        let mut without_place = 0_usize;
        let mut seen = HashSet::new();
        for stop in gtfs::stops(source, &mut faults)? {
            let Some([lon, lat]) = stop.at else {
                without_place += 1;
                continue;
            };
            // An id that comes twice is one stop, or two that nothing tells apart.
            if !stop.id.is_empty() && !seen.insert(stop.id.clone()) {
                self.remark("gtfs-stop-twice", Severity::Warning, stop.id, String::new());
                continue;
            }
            let class = match stop.location_type {
                1 => "station",
                2 => "entrance",
                3 => "node",
                4 => "boarding area",
                _ => "stop",
            };
            let mut record = Record {
                object: stop.id.clone(),
                shape: Some(Shape::Point([lon, lat, f64::NAN])),
                values: vec![
                    ("class", Cell::Text(class.to_owned())),
                    ("id", Cell::Text(stop.id)),
                ],
            };
            if !stop.name.is_empty() {
                record.values.push(("name", Cell::Text(stop.name)));
            }
            each(Ok(record));
        }
        lost(faults, each);
        if without_place > 0 {
            self.remark(
                "gtfs-stop-without-place",
                Severity::Info,
                String::new(),
                without_place.to_string(),
            );
        }
        Ok(())
    }

    fn lines(&self, each: &mut dyn FnMut(Row)) -> std::io::Result<()> {
        let routes = match reader(&self.folder, "routes.txt") {
            Some(source) => gtfs::routes(source)?,
            None => HashMap::new(),
        };
        let trips = match reader(&self.folder, "trips.txt") {
            Some(source) => gtfs::trips(source)?,
            None => Vec::new(),
        };
        let mut faults = Vec::new();
        let mut drawn_routes: HashSet<&str> = HashSet::new();
        if let Some(source) = reader(&self.folder, SHAPES) {
            let shapes = gtfs::shapes(source, &mut faults)?;
            let mut of_shape: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for trip in trips.iter().filter(|trip| shapes.contains_key(&trip.shape)) {
                of_shape.entry(&trip.shape).or_default().insert(&trip.route);
                drawn_routes.insert(&trip.route);
            }
            for (id, points) in &shapes {
                if points.len() < 2 {
                    faults.push(RowFault {
                        object: id.clone(),
                        value: points.len().to_string(),
                    });
                    continue;
                }
                let own: Vec<&Route> = of_shape
                    .get(id.as_str())
                    .into_iter()
                    .flatten()
                    .filter_map(|route| routes.get(*route))
                    .collect();
                each(Ok(line(id.clone(), points, &own, None)));
            }
        }
        lost(faults, each);
        self.straight(&routes, &trips, &drawn_routes, each)
    }

    /// Lines from stop to stop, for routes that no shape draws.
    fn straight(
        &self,
        routes: &HashMap<String, Route>,
        trips: &[gtfs::Trip],
        drawn: &HashSet<&str>,
        each: &mut dyn FnMut(Row),
    ) -> std::io::Result<()> {
        let waiting: Vec<&gtfs::Trip> = trips
            .iter()
            .filter(|trip| !drawn.contains(trip.route.as_str()))
            .collect();
        let open = |table: &str| reader(&self.folder, table);
        let (Some(counted), Some(timed), Some(stops)) =
            (open("stop_times.txt"), open("stop_times.txt"), open(STOPS))
        else {
            return Ok(());
        };
        if waiting.is_empty() {
            return Ok(());
        }
        let counts = gtfs::stop_counts(counted)?;
        let mut longest: BTreeMap<(&str, &str), (u32, &str)> = BTreeMap::new();
        for trip in &waiting {
            let count = counts.get(&trip.id).copied().unwrap_or(0);
            let best = longest
                .entry((&trip.route, &trip.direction))
                .or_insert((0, ""));
            // Of equally long ones the first by name, so that the order of rows does not matter.
            if count > best.0 || (count == best.0 && count > 0 && trip.id.as_str() < best.1) {
                *best = (count, &trip.id);
            }
        }
        let wanted: HashSet<&str> = longest
            .values()
            .map(|(_, trip)| *trip)
            .filter(|trip| !trip.is_empty())
            .collect();
        let sequences = gtfs::sequences(timed, &|trip| wanted.contains(trip))?;
        let places: HashMap<String, [f64; 2]> = gtfs::stops(stops, &mut Vec::new())?
            .into_iter()
            .filter_map(|stop| Some((stop.id, stop.at?)))
            .collect();
        let mut count = 0_usize;
        for ((route, direction), (_, trip)) in longest {
            let Some(stops) = sequences.get(trip) else {
                continue;
            };
            let mut points: Vec<[f64; 2]> = stops
                .iter()
                .filter_map(|stop| places.get(stop).copied())
                .collect();
            points.dedup();
            if points.len() < 2 {
                continue;
            }
            count += 1;
            let name = if direction.is_empty() {
                route.to_owned()
            } else {
                format!("{route}/{direction}")
            };
            let own: Vec<&Route> = routes.get(route).into_iter().collect();
            each(Ok(line(name, &points, &own, Some("schematic"))));
        }
        if count > 0 {
            self.remark(
                "gtfs-lines-from-stops",
                Severity::Info,
                String::new(),
                count.to_string(),
            );
        }
        Ok(())
    }

    fn remark(&self, code: &'static str, severity: Severity, object: String, value: String) {
        self.remarks.borrow_mut().push(Remark {
            code,
            severity,
            object,
            value,
        });
    }
}

fn lost(faults: Vec<RowFault>, each: &mut dyn FnMut(Row)) {
    for fault in faults {
        each(Err(Unread {
            object: fault.object,
            reason: fault.value,
        }));
    }
}

fn line(id: String, points: &[[f64; 2]], routes: &[&Route], accuracy: Option<&str>) -> Record {
    let names: BTreeSet<String> = routes
        .iter()
        .map(|route| route.name())
        .filter(|name| !name.is_empty())
        .collect();
    let mut name = names
        .iter()
        .take(MAX_NAMES)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > MAX_NAMES {
        name.push('…');
    }
    let mut record = Record {
        object: id.clone(),
        shape: Some(Shape::Line(
            points.iter().map(|[x, y]| [*x, *y, f64::NAN]).collect(),
        )),
        values: vec![
            ("id", Cell::Text(id)),
            (
                "class",
                Cell::Text(
                    routes
                        .first()
                        .map_or("transit", |route| route.class())
                        .to_owned(),
                ),
            ),
        ],
    };
    if !name.is_empty() {
        record.values.push(("name", Cell::Text(name)));
    }
    if let Some(colour) = routes
        .iter()
        .map(|route| &route.colour)
        .find(|colour| !colour.is_empty())
    {
        record.values.push(("colour", Cell::Text(colour.clone())));
    }
    if let Some(accuracy) = accuracy {
        record
            .values
            .push(("accuracy", Cell::Text(accuracy.to_owned())));
    }
    record
}
