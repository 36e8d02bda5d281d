//! GTFS tables (`stops.txt`, `shapes.txt` …): the places of a public transport feed, each table read as a stream.
//!
//! Written after the reference of GTFS Schedule. Columns come in any order, optional tables and columns may be missing, and times that are
//! missing are no fault here: nothing is computed from them.

use super::csv::Records;
use std::collections::{BTreeMap, HashMap};
use std::io::BufRead;

/// Points of all shapes of one feed: a country's take some ten million.
const MAX_POINTS: usize = 40_000_000;
/// Rows of a table that are kept: stops, trips, routes.
const MAX_ROWS: usize = 20_000_000;
/// Stops of one trip.
const MAX_STOPS: usize = 5_000;
/// Faults that are named one by one.
const MAX_FAULTS: usize = 10_000;

/// What could not be read: the row and the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    pub object: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    pub id: String,
    pub name: String,
    /// Longitude and latitude; inner nodes of stations may have none.
    pub at: Option<[f64; 2]>,
    /// 0 stop, 1 station, 2 entrance, 3 inner node, 4 boarding area.
    pub location_type: u8,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Route {
    pub short_name: String,
    pub long_name: String,
    pub kind: Option<u32>,
    pub colour: String,
}

impl Route {
    pub fn name(&self) -> String {
        let both = format!("{} {}", self.short_name, self.long_name);
        if self.short_name == self.long_name {
            self.short_name.clone()
        } else {
            both.trim().to_owned()
        }
    }

    /// The word for its vehicles, by the basic and the extended types.
    pub fn class(&self) -> &'static str {
        match self.kind {
            Some(0 | 900..=999) => "tram",
            Some(1 | 400..=699) => "metro",
            Some(2 | 100..=199) => "rail",
            Some(3 | 200..=299 | 700..=799) => "bus",
            Some(4 | 1000..=1099 | 1200..=1299) => "ferry",
            Some(5 | 6 | 1300..=1399) => "cable",
            Some(7 | 1400..=1499) => "funicular",
            Some(11 | 800..=899) => "trolleybus",
            Some(12) => "monorail",
            _ => "transit",
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trip {
    pub id: String,
    pub route: String,
    pub shape: String,
    pub direction: String,
}

/// Rows of one table: the values of the columns asked for, empty where there is none.
///
/// # Errors
/// The stream's own.
pub fn rows<const N: usize>(
    source: impl BufRead,
    columns: [&str; N],
    each: &mut dyn FnMut(usize, [&str; N]) -> bool,
) -> std::io::Result<()> {
    let mut records = Records::new(source, b',');
    let Some(Ok(names)) = records.next()? else {
        return Ok(());
    };
    let places = columns.map(|column| {
        names
            .iter()
            .position(|name| name.trim_ascii().eq_ignore_ascii_case(column.as_bytes()))
    });
    let mut number = 1;
    while let Some(record) = records.next()? {
        number += 1;
        let Ok(fields) = record else { continue };
        let texts = places.map(|place| {
            place
                .and_then(|at| fields.get(at))
                .map(|field| String::from_utf8_lossy(field))
                .unwrap_or_default()
        });
        let mut values = [""; N];
        for (value, text) in values.iter_mut().zip(&texts) {
            *value = text.trim();
        }
        if !each(number, values) {
            break;
        }
    }
    Ok(())
}

/// Whether the first line of a table names all of these columns.
pub fn has_columns(head: &[u8], columns: &[&str]) -> bool {
    let text = String::from_utf8_lossy(head);
    let first = text
        .trim_start_matches('\u{FEFF}')
        .lines()
        .next()
        .unwrap_or_default();
    let names: Vec<&str> = first
        .split(',')
        .map(|name| name.trim().trim_matches('"').trim())
        .collect();
    columns
        .iter()
        .all(|column| names.iter().any(|name| name.eq_ignore_ascii_case(column)))
}

fn place(lat: &str, lon: &str) -> Option<[f64; 2]> {
    let (lat, lon): (f64, f64) = (lat.parse().ok()?, lon.parse().ok()?);
    // 0, 0 is what a missing place becomes; no bus stops in the Gulf of Guinea.
    let somewhere = lat.abs() > 1e-6 || lon.abs() > 1e-6;
    ((-90.0..=90.0).contains(&lat) && (-180.0..=180.0).contains(&lon) && somewhere)
        .then_some([lon, lat])
}

/// # Errors
/// The stream's own.
pub fn stops(source: impl BufRead, faults: &mut Vec<RowFault>) -> std::io::Result<Vec<Stop>> {
    let mut stops = Vec::new();
    rows(
        source,
        [
            "stop_id",
            "stop_name",
            "stop_lat",
            "stop_lon",
            "location_type",
        ],
        &mut |number, [id, name, lat, lon, kind]| {
            let location_type = kind.parse().unwrap_or(0);
            let at = place(lat, lon);
            if at.is_none() && !(matches!(location_type, 3 | 4) && lat.is_empty() && lon.is_empty())
            {
                if faults.len() < MAX_FAULTS {
                    let object = if id.is_empty() {
                        format!("#{number}")
                    } else {
                        id.to_owned()
                    };
                    faults.push(RowFault {
                        object,
                        value: format!("{lat} {lon}"),
                    });
                }
            } else {
                stops.push(Stop {
                    id: id.to_owned(),
                    name: name.to_owned(),
                    at,
                    location_type,
                });
            }
            stops.len() < MAX_ROWS
        },
    )?;
    Ok(stops)
}

/// Lines by id, their points in order.
///
/// # Errors
/// The stream's own.
pub fn shapes(
    source: impl BufRead,
    faults: &mut Vec<RowFault>,
) -> std::io::Result<BTreeMap<String, Vec<[f64; 2]>>> {
    let mut shapes: BTreeMap<String, Vec<(f64, [f64; 2])>> = BTreeMap::new();
    let mut points = 0;
    rows(
        source,
        [
            "shape_id",
            "shape_pt_lat",
            "shape_pt_lon",
            "shape_pt_sequence",
        ],
        &mut |number, [id, lat, lon, sequence]| {
            match (
                place(lat, lon),
                sequence
                    .parse::<f64>()
                    .ok()
                    .filter(|value| value.is_finite()),
            ) {
                (Some(at), Some(sequence)) => {
                    points += 1;
                    match shapes.get_mut(id) {
                        Some(shape) => shape.push((sequence, at)),
                        None => {
                            shapes.insert(id.to_owned(), vec![(sequence, at)]);
                        }
                    }
                }
                _ => {
                    if faults.len() < MAX_FAULTS {
                        faults.push(RowFault {
                            object: format!("{id} #{number}"),
                            value: format!("{lat} {lon} {sequence}"),
                        });
                    }
                }
            }
            points < MAX_POINTS
        },
    )?;
    Ok(shapes
        .into_iter()
        .map(|(id, mut points)| {
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            (id, points.into_iter().map(|(_, at)| at).collect())
        })
        .collect())
}

/// # Errors
/// The stream's own.
pub fn routes(source: impl BufRead) -> std::io::Result<HashMap<String, Route>> {
    let mut routes = HashMap::new();
    let columns = [
        "route_id",
        "route_short_name",
        "route_long_name",
        "route_type",
        "route_color",
    ];
    rows(
        source,
        columns,
        &mut |_, [id, short, long, kind, colour]| {
            let route = Route {
                short_name: short.to_owned(),
                long_name: long.to_owned(),
                kind: kind.parse().ok(),
                colour: colour.to_owned(),
            };
            routes.insert(id.to_owned(), route);
            routes.len() < MAX_ROWS
        },
    )?;
    Ok(routes)
}

/// # Errors
/// The stream's own.
pub fn trips(source: impl BufRead) -> std::io::Result<Vec<Trip>> {
    let mut trips = Vec::new();
    rows(
        source,
        ["trip_id", "route_id", "shape_id", "direction_id"],
        &mut |_, [id, route, shape, direction]| {
            trips.push(Trip {
                id: id.to_owned(),
                route: route.to_owned(),
                shape: shape.to_owned(),
                direction: direction.to_owned(),
            });
            trips.len() < MAX_ROWS
        },
    )?;
    Ok(trips)
}

/// How many stops each trip has.
///
/// # Errors
/// The stream's own.
pub fn stop_counts(source: impl BufRead) -> std::io::Result<HashMap<String, u32>> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    rows(source, ["trip_id"], &mut |_, [trip]| {
        match counts.get_mut(trip) {
            Some(count) => *count = count.saturating_add(1),
            None => {
                counts.insert(trip.to_owned(), 1);
            }
        }
        counts.len() < MAX_ROWS
    })?;
    Ok(counts)
}

/// The stops of some trips, in order.
///
/// # Errors
/// The stream's own.
pub fn sequences(
    source: impl BufRead,
    wanted: &dyn Fn(&str) -> bool,
) -> std::io::Result<BTreeMap<String, Vec<String>>> {
    let mut sequences: BTreeMap<String, Vec<(f64, String)>> = BTreeMap::new();
    rows(
        source,
        ["trip_id", "stop_id", "stop_sequence"],
        &mut |_, [trip, stop, sequence]| {
            if wanted(trip) && !stop.is_empty() {
                let own = sequences.entry(trip.to_owned()).or_default();
                if own.len() < MAX_STOPS {
                    own.push((
                        sequence.parse().unwrap_or(own.len() as f64),
                        stop.to_owned(),
                    ));
                }
            }
            true
        },
    )?;
    Ok(sequences
        .into_iter()
        .map(|(trip, mut stops)| {
            stops.sort_by(|a, b| a.0.total_cmp(&b.0));
            (trip, stops.into_iter().map(|(_, stop)| stop).collect())
        })
        .collect())
}
