//! CityJSON, CityJSONSeq and CityGML: the buildings of a city model, read object by object.

use super::{Content, Found, Head, Opened, Remark, Row, Table, Unread, short_name, whole};
use crate::base::Severity;
use crate::formats::citygml::{self, Outline};
use crate::formats::cityjson;
use crate::formats::citymodel::{AttributeValue, CityObject};
use crate::formats::shape::{Shape, ShapeKind};
use crate::geodesy::Crs;
use crate::pipeline::sources::open::crs as crs_of;
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// One line of a sequence: a cathedral takes some megabytes.
const MAX_LINE: u64 = 64 << 20;
/// Objects looked at to learn which attributes there are, before the rows are read.
const SAMPLE: usize = 500;
/// A larger CityGML file is refused; it is read as a stream, so this bounds time, not memory.
const MAX_GML_BYTES: u64 = 64 << 30;

pub fn is_cityjson(head: &Head) -> bool {
    let text = head.text();
    let has = |word: &str| {
        text.windows(word.len())
            .any(|window| window == word.as_bytes())
    };
    if !text.starts_with(b"{") {
        return false;
    }
    let named = head.path.to_string_lossy().to_lowercase();
    has("\"CityJSON\"")
        || has("\"CityJSONFeature\"")
        || has("\"CityObjects\"")
        // A document may begin with its numbers; the words then come far behind the first bytes.
        || (has("\"vertices\"") && !has("\"asset\"") && !has("\"FeatureCollection\""))
        || [".city.json", ".city.jsonl", ".cityjson", ".city.jsonseq"].iter().any(|end| named.ends_with(end))
}

pub fn is_citygml(head: &Head) -> bool {
    let text = head.text();
    let has = |word: &str| {
        text.windows(word.len())
            .any(|window| window == word.as_bytes())
    };
    text.starts_with(b"<")
        && (has("CityModel")
            || has("IndoorFeatures")
            || has("opengis.net/citygml")
            || has("indoorgml"))
}

pub fn open_cityjson(path: &Path) -> Opened {
    let unreadable = |error: std::io::Error| ("source-unreadable", error.to_string());
    // A sequence has its header alone on the first line.
    let file = File::open(path).map_err(unreadable)?;
    let mut lines = BufReader::new(file);
    let mut first = Vec::new();
    lines
        .by_ref()
        .take(MAX_LINE)
        .read_until(b'\n', &mut first)
        .map_err(unreadable)?;
    let more = first.ends_with(b"\n") && has_more(&mut lines).map_err(unreadable)?;
    if more && let Ok(header) = cityjson::parse_header(&first) {
        return Ok(vec![sequence(path, header)?]);
    }
    let document = cityjson::parse(&whole(path)?).map_err(|fault| ("source-unreadable", fault))?;
    let crs = document.header.crs.clone();
    let columns = columns(&document.objects);
    let swap = swapped(
        crs.as_deref(),
        document.objects.iter().find_map(first_point),
    );
    Ok(vec![found(
        path,
        crs,
        columns,
        City {
            source: Source::Document(document.objects),
            swap,
            remarks: RefCell::default(),
        },
    )])
}

/// True when anything but white space follows.
fn has_more(lines: &mut impl BufRead) -> std::io::Result<bool> {
    loop {
        let buffer = lines.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        if buffer.iter().any(|byte| !byte.is_ascii_whitespace()) {
            return Ok(true);
        }
        let length = buffer.len();
        lines.consume(length);
    }
}

fn sequence(path: &Path, header: cityjson::CityJson) -> Result<Found, (&'static str, String)> {
    let mut sample = header.objects.clone();
    read_sequence(path, &header, &mut |row| {
        if let Ok(object) = row {
            sample.push(object);
        }
        sample.len() < SAMPLE
    })
    .map_err(|reason| ("source-unreadable", reason))?;
    let crs = header.header.crs.clone();
    let swap = swapped(crs.as_deref(), sample.iter().find_map(first_point));
    let columns = columns(&sample);
    Ok(found(
        path,
        crs,
        columns,
        City {
            source: Source::Sequence(path.to_owned(), Box::new(header)),
            swap,
            remarks: RefCell::default(),
        },
    ))
}

/// Every object of a sequence; lines that are none are handed out as faults.
fn read_sequence(
    path: &Path,
    header: &cityjson::CityJson,
    each: &mut dyn FnMut(Result<CityObject, Unread>) -> bool,
) -> Result<(), String> {
    let mut lines = BufReader::new(File::open(path).map_err(|error| error.to_string())?);
    for object in &header.objects {
        if !each(Ok(object.clone())) {
            return Ok(());
        }
    }
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = lines
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)
            .map_err(|error| error.to_string())?;
        if read == 0 {
            break;
        }
        let text = line.trim_ascii();
        if number == 1 || text.is_empty() {
            continue;
        }
        match cityjson::parse_feature(text, &header.header) {
            Ok(objects) => {
                for object in objects {
                    if !each(Ok(object)) {
                        return Ok(());
                    }
                }
            }
            Err(reason) => {
                if !each(Err(Unread {
                    object: format!("#{number}"),
                    reason,
                })) {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

pub fn open_citygml(path: &Path) -> Opened {
    let unreadable = |error: std::io::Error| ("source-unreadable", error.to_string());
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > MAX_GML_BYTES {
        return Err(("file-too-large", length.to_string()));
    }
    let file = || File::open(path).map(BufReader::new);
    let outline: Outline = citygml::outline(file().map_err(unreadable)?)
        .map_err(|fault| ("source-unreadable", fault.to_string()))?;
    if outline.is_indoor() {
        return Err(("indoorgml-refused", outline.root));
    }
    if !outline.is_city() {
        return Err(("file-not-understood", outline.root));
    }
    let mut sample = Vec::new();
    // What breaks later is told when the rows are read.
    let _ = citygml::read(file().map_err(unreadable)?, &mut |object| {
        sample.push(object);
        sample.len() < SAMPLE
    });
    let swap = swapped(outline.srs.as_deref(), sample.iter().find_map(first_point));
    let columns = columns(&sample);
    Ok(vec![found(
        path,
        outline.srs,
        columns,
        City {
            source: Source::Gml(path.to_owned()),
            swap,
            remarks: RefCell::default(),
        },
    )])
}

fn found(path: &Path, crs: Option<String>, columns: Vec<String>, city: City) -> Found {
    Found {
        file: short_name(path),
        table: None,
        kind: ShapeKind::Shells,
        crs,
        columns,
        content: Content::Table(Box::new(city)),
    }
}

fn columns(objects: &[CityObject]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for object in objects.iter().filter(|object| object.is_building()) {
        for (name, _) in &object.attributes {
            if seen.insert(name.as_str()) {
                columns.push(name.clone());
            }
        }
    }
    columns
}

fn first_point(object: &CityObject) -> Option<[f64; 3]> {
    let geometry = &object.geometry;
    let face = geometry
        .shells
        .iter()
        .flat_map(|shell| &shell.faces)
        .chain(&geometry.outline)
        .next()?;
    face.rings.first()?.first().copied()
}

/// True when the first number is the northing or latitude.
///
/// The authority's order is what URNs and the addresses of definitions promise: latitude first for geographic systems (PLATEAU's 6697),
/// northing first for a few projected ones. Short names (`EPSG:4326`) and many files keep east first all the same; so a point that lies in
/// the system's area of use in one order only decides.
fn swapped(crs: Option<&str>, point: Option<[f64; 3]>) -> bool {
    let (Some(name), Some([x, y, _])) = (crs, point) else {
        return false;
    };
    let Ok(crs) = crs_of(name) else { return false };
    let lower = name.to_lowercase();
    let by_definition = lower.starts_with("urn:") || lower.contains("/def/crs");
    let promised = by_definition && !lower.contains("crs84") && north_first(&crs);
    let fits = |x: f64, y: f64| {
        let [west, south, east, north] = crs.area_of_use();
        let slack = 0.5;
        crs.to_lonlat(x, y).is_ok_and(|p| {
            (west - slack..=east + slack).contains(&p.lon_deg)
                && (south - slack..=north + slack).contains(&p.lat_deg)
        })
    };
    match (fits(x, y), fits(y, x)) {
        (true, false) => false,
        (false, true) => true,
        _ => promised,
    }
}

fn north_first(crs: &Crs) -> bool {
    let number = crs
        .code()
        .trim_start_matches("EPSG:")
        .parse()
        .unwrap_or(0_u32);
    crs.is_geographic() || matches!(number, 3034 | 3035 | 6669..=6687)
}

struct City {
    source: Source,
    /// Northing or latitude comes first in the file.
    swap: bool,
    remarks: RefCell<Vec<Remark>>,
}

enum Source {
    Document(Vec<CityObject>),
    Sequence(PathBuf, Box<cityjson::CityJson>),
    Gml(PathBuf),
}

impl Table for City {
    fn read(&self, mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let mut others: BTreeMap<String, usize> = BTreeMap::new();
        let mut number = 0;
        let mut take = |object: &CityObject, each: &mut dyn FnMut(Row)| {
            number += 1;
            if object.is_building() {
                self.remark(object, number);
                each(Ok(self.record(object, mapping, number)));
            } else {
                *others.entry(object.kind.clone()).or_insert(0) += 1;
            }
        };
        let mut broken = None;
        match &self.source {
            Source::Document(objects) => objects.iter().for_each(|object| take(object, each)),
            Source::Sequence(path, header) => read_sequence(path, header, &mut |row| {
                match row {
                    Ok(object) => take(&object, each),
                    Err(unread) => each(Err(unread)),
                }
                true
            })?,
            Source::Gml(path) => {
                let file = File::open(path).map_err(|error| error.to_string())?;
                broken = citygml::read(BufReader::new(file), &mut |object| {
                    take(&object, each);
                    true
                })
                .err();
            }
        }
        if let Some(fault) = broken {
            // What came before the break is kept; what came after is lost, and said.
            each(Err(Unread {
                object: format!("#{}", number + 1),
                reason: fault.to_string(),
            }));
        }
        for (kind, count) in others {
            self.remarks.borrow_mut().push(Remark {
                code: "city-object-left-out",
                severity: Severity::Info,
                object: kind,
                value: count.to_string(),
            });
        }
        Ok(())
    }

    fn remarks(&self) -> Vec<Remark> {
        self.remarks.take()
    }
}

impl City {
    fn remark(&self, object: &CityObject, number: usize) {
        for (code, value) in &object.faults {
            let mut remarks = self.remarks.borrow_mut();
            // Bounded as a report is: what is beyond is one more of the same.
            if remarks.len() < 100_000 {
                remarks.push(Remark {
                    code,
                    severity: Severity::Warning,
                    object: name_of(object, number),
                    value: value.clone(),
                });
            }
        }
    }

    fn record(&self, object: &CityObject, mapping: &Mapping, number: usize) -> Record {
        let mut shape = object.shape();
        if let (true, Some(shape)) = (self.swap, &mut shape) {
            let _ = shape.try_map(&mut |p: &mut [f64; 3]| -> Result<(), ()> {
                p.swap(0, 1);
                Ok(())
            });
        }
        if let Some(Shape::Many(parts)) = &mut shape {
            // Rings of an outline are closed like any other polygon's.
            for part in parts {
                if let Shape::Polygon(rings) = part {
                    for ring in rings {
                        ring.extend(ring.first().copied());
                    }
                }
            }
        }
        let name = name_of(object, number);
        let mut values = vec![("id", Cell::Text(name.clone()))];
        for (term, sources) in mapping {
            let cell = sources.iter().find_map(|source| {
                let (_, value) = object
                    .attributes
                    .iter()
                    .find(|(known, _)| known == source)?;
                cell(term, source, value)
            });
            if let Some(cell) = cell {
                values.push((term, cell));
            }
        }
        if let Some(lod) = object.geometry.lod {
            values.push(("lod", Cell::Number(lod)));
        }
        Record {
            object: name,
            shape,
            values,
        }
    }
}

fn name_of(object: &CityObject, number: usize) -> String {
    if object.id.is_empty() {
        format!("#{number}")
    } else {
        object.id.clone()
    }
}

fn cell(term: &str, source: &str, value: &AttributeValue) -> Option<Cell> {
    if matches!(term, "usage" | "usage2") {
        let text = match value {
            AttributeValue::Number(number) => number.to_string(),
            AttributeValue::Text(text) => text.trim().to_owned(),
            AttributeValue::Flag(_) => return None,
        };
        return Some(Cell::Text(
            use_of_code(source, &text).map_or(text, str::to_owned),
        ));
    }
    match value {
        AttributeValue::Number(number) => number.is_finite().then_some(Cell::Number(*number)),
        AttributeValue::Text(text) => (!text.trim().is_empty()).then(|| Cell::Text(text.clone())),
        AttributeValue::Flag(flag) => Some(Cell::Flag(*flag)),
    }
}

/// The code lists that city models use for uses: CityGML's own classes, the German surveys', PLATEAU's.
fn use_of_code(attribute: &str, code: &str) -> Option<&'static str> {
    // AdV: "31001_1010" is a dwelling house, 2xxx trade, 3xxx public.
    if let Some(number) = code.strip_prefix("31001_") {
        return Some(match number.as_bytes() {
            [b'1', ..] => "residential",
            [b'2', b'1', ..] => "industrial",
            [b'2', b'7', ..] => "agricultural",
            [b'2', ..] => "commercial",
            [b'3', b'0', b'4', ..] => "religious",
            [b'3', ..] => "public",
            _ => return None,
        });
    }
    let number: u32 = code.parse().ok()?;
    if attribute.eq_ignore_ascii_case("class") {
        // CityGML 2.0, annex C.1: _AbstractBuilding class.
        return Some(match number {
            1000 => "residential",
            1020 | 1030 | 1040 | 1070 | 1100 | 1120 | 1130 | 1140 => "commercial",
            1050 | 1060 => "sport",
            1080 => "religious",
            1090 => "agricultural",
            1150 | 1160 => "industrial",
            _ => return None,
        });
    }
    // PLATEAU's Building_usage.
    Some(match number {
        401..=404 | 421 | 422 => "commercial",
        411..=415 => "residential",
        431 | 441 | 452 => "industrial",
        451 => "agricultural",
        1000..=1080 => "residential",
        _ => return None,
    })
}
