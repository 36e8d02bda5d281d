//! OpenStreetMap, XML and PBF: buildings, roads, rails, water, trees and what belongs to networks, each with its own id.
//!
//! Tags become our terms here and not in the vocabulary, because OSM counts differently: `height` reaches to the ridge, `min_height` and
//! `building:part` make buildings that do not stand on the ground with all they have. Parts are read first and held until their building comes.

mod buildings;
mod solids;
mod tags;

use super::{Content, Found, Head, Opened, Remark, Row, Table, Unread, short_name};
use crate::base::{Dataset, DatasetId, Nature, Severity};
use crate::formats::Fault;
use crate::formats::osm::features::{self, Feature, Use};
use crate::formats::osm::pbf::{self, Pbf};
use crate::formats::osm::xml::{self, Xml};
use crate::formats::osm::{About, Kind, Passes, Tags, tag};
use crate::formats::shape::ShapeKind;
use crate::pipeline::sources::record::Record;
use crate::pipeline::sources::vocabulary::Mapping;
use buildings::Parts;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Kinds of things left out that are named; there are thousands of values.
const MAX_LEFT_OUT: usize = 60;
/// Remarks of one file; what is beyond is one more of the same.
const MAX_REMARKS: usize = 100_000;

pub fn is_pbf(head: &Head) -> bool {
    pbf::recognises(head.bytes)
}

pub fn is_xml(head: &Head) -> bool {
    xml::recognises(head.bytes)
}

pub fn open_pbf(path: &Path) -> Opened {
    let source = source(path)?;
    let pbf = Pbf::open(source).map_err(said)?;
    Ok(vec![found(path, Format::Pbf, pbf.about)])
}

pub fn open_xml(path: &Path) -> Opened {
    let source = source(path)?;
    let xml = Xml::open(source).map_err(said)?;
    Ok(vec![found(path, Format::Xml, xml.about)])
}

fn source(path: &Path) -> Result<BufReader<File>, (&'static str, String)> {
    File::open(path)
        .map(BufReader::new)
        .map_err(|error| ("source-unreadable", error.to_string()))
}

fn said(fault: Fault) -> (&'static str, String) {
    (
        fault.code,
        format!("{} {}", fault.object, fault.value)
            .trim()
            .to_owned(),
    )
}

fn found(path: &Path, format: Format, about: About) -> Found {
    Found {
        file: short_name(path),
        table: None,
        kind: ShapeKind::Other,
        crs: Some("OGC:CRS84".to_owned()),
        // What tells a mixed OSM file.
        columns: [
            "@id", "building", "highway", "railway", "natural", "waterway", "power",
        ]
        .map(str::to_owned)
        .to_vec(),
        content: Content::Table(Box::new(Elements {
            path: path.to_owned(),
            format,
            about,
            remarks: RefCell::default(),
        })),
    }
}

#[derive(Clone, Copy)]
enum Format {
    Pbf,
    Xml,
}

struct Elements {
    path: PathBuf,
    format: Format,
    about: About,
    remarks: RefCell<Vec<Remark>>,
}

impl Table for Elements {
    fn read(&self, _mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let source = source(&self.path).map_err(|(_, reason)| reason)?;
        let sentence = |fault: Fault| fault.to_string();
        match self.format {
            Format::Pbf => self.features(&mut Pbf::open(source).map_err(sentence)?, each),
            Format::Xml => self.features(&mut Xml::open(source).map_err(sentence)?, each),
        }
    }

    fn remarks(&self) -> Vec<Remark> {
        self.remarks.take()
    }

    fn dataset(&self, id: &DatasetId, file: &str) -> Option<Dataset> {
        Some(Dataset {
            id: id.clone(),
            title: format!("OpenStreetMap, {file}"),
            producer: "Contributeurs d’OpenStreetMap".to_owned(),
            licence: "ODbL 1.0".to_owned(),
            date: self.about.date.clone().unwrap_or_default(),
            attribution: "© OpenStreetMap contributors, ODbL".to_owned(),
            nature: Nature::Declared,
        })
    }
}

impl Elements {
    fn features(&self, source: &mut dyn Passes, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let mut parts = Parts::default();
        let held = features::read(
            source,
            &|kind, tags, closed| {
                if is_part(kind, tags, closed) {
                    Use::Area
                } else {
                    Use::No
                }
            },
            &mut |feature| {
                // Faults are met, and said, once more below.
                if let Ok(feature) = feature
                    && is_part_tags(&feature.tags)
                {
                    parts.add(feature);
                }
            },
        );
        if let Err(fault) = held {
            self.say(fault, Severity::Warning);
        }
        parts.settle();
        let left_out = RefCell::new(BTreeMap::<String, usize>::new());
        let result = features::read(
            source,
            &|kind, tags, closed| {
                let chosen = usage(kind, tags, closed);
                if chosen == Use::No && !tags.is_empty() {
                    note_left_out(kind, tags, &mut left_out.borrow_mut());
                }
                chosen
            },
            &mut |feature| match feature {
                Ok(feature) => self.feature(feature, &mut parts, each),
                Err(fault) => self.unread(fault, each),
            },
        );
        for feature in parts.alone() {
            self.remark(
                "osm-part-alone",
                Severity::Info,
                feature.name(),
                String::new(),
            );
            each(Ok(buildings::lone(feature)));
        }
        for (what, count) in left_out.into_inner() {
            self.remark(
                "osm-left-out",
                Severity::Info,
                what,
                count.div_ceil(2).to_string(),
            );
        }
        if let Err(fault) = result {
            // What came before the break is kept; what came after is lost, and said.
            self.say(fault, Severity::Error);
        }
        Ok(())
    }

    fn feature(&self, feature: Feature, parts: &mut Parts, each: &mut dyn FnMut(Row)) {
        if is_part_tags(&feature.tags) {
            return;
        }
        let record = match tag(&feature.tags, "building").filter(|value| *value != "no") {
            Some(_) => buildings::record(feature, parts),
            None => match tags::record(feature) {
                Some(record) => record,
                None => return,
            },
        };
        each(Ok(record));
    }

    /// A fault of one element is a lost record where the element would have been drawn, a remark otherwise.
    fn unread(&self, fault: Fault, each: &mut dyn FnMut(Row)) {
        match fault.code {
            "osm-node-missing" | "osm-place" => {
                self.remark(
                    fault.code,
                    Severity::Warning,
                    fault.object.clone(),
                    fault.value.clone(),
                );
                each(Err(Unread {
                    object: fault.object,
                    reason: fault.value,
                }));
            }
            "osm-member-missing" | "osm-ring-open" => self.say(fault, Severity::Warning),
            _ => self.say(fault, Severity::Error),
        }
    }

    fn say(&self, fault: Fault, severity: Severity) {
        self.remark(fault.code, severity, fault.object, fault.value);
    }

    fn remark(&self, code: &'static str, severity: Severity, object: String, value: String) {
        let mut remarks = self.remarks.borrow_mut();
        if remarks.len() < MAX_REMARKS {
            remarks.push(Remark {
                code,
                severity,
                object,
                value,
            });
        }
    }
}

fn is_part_tags(tags: &Tags) -> bool {
    tag(tags, "building:part").is_some_and(|value| value != "no")
        && tag(tags, "building").is_none_or(|value| value == "no")
}

fn is_part(kind: Kind, tags: &Tags, closed: bool) -> bool {
    kind != Kind::Node && closed && is_part_tags(tags)
}

/// What is drawn, and as what.
fn usage(kind: Kind, tags: &Tags, closed: bool) -> Use {
    let is =
        |key: &str, values: &[&str]| tag(tags, key).is_some_and(|value| values.contains(&value));
    let has = |key: &str| tag(tags, key).is_some_and(|value| value != "no");
    if kind == Kind::Node {
        return if tags::is_point(tags) {
            Use::Point
        } else {
            Use::No
        };
    }
    if closed {
        let water = is("natural", &["water"])
            || is("landuse", &["reservoir", "basin"])
            || is("waterway", &["riverbank", "dock"])
            || has("water");
        let plot = is("power", &["substation", "plant", "transformer"]) || is("amenity", &["charging_station"]);
        if has("building") || is_part(kind, tags, closed) || water || plot || tags::grounds(tags).is_some() {
            return Use::Area;
        }
    }
    if kind == Kind::Way && tags::is_line(tags) && !(closed && is("area", &["yes"])) {
        return Use::Line;
    }
    Use::No
}

fn note_left_out(kind: Kind, tags: &Tags, left_out: &mut BTreeMap<String, usize>) {
    const KEYS: [&str; 12] = [
        "building", "highway", "railway", "waterway", "power", "natural", "landuse", "leisure",
        "amenity", "barrier", "man_made", "aeroway",
    ];
    let Some(what) = KEYS
        .iter()
        .find_map(|key| Some(format!("{key}={}", tag(tags, key)?)))
    else {
        return;
    };
    // Ways are asked for twice: once for their nodes, once for themselves. So all are counted in halves.
    let halves = if kind == Kind::Way { 1 } else { 2 };
    let room = left_out.len() < MAX_LEFT_OUT;
    match left_out.get_mut(&what) {
        Some(count) => *count += halves,
        None if room => {
            left_out.insert(what, halves);
        }
        None => *left_out.entry("…".to_owned()).or_insert(0) += halves,
    }
}

/// A record of one role.
fn begun(feature: &Feature, role: &str) -> Record {
    use crate::pipeline::sources::record::Cell;
    let name = feature.name();
    let mut record = Record {
        object: name.clone(),
        shape: Some(feature.shape.clone()),
        values: vec![
            ("role", Cell::Text(role.to_owned())),
            ("id", Cell::Text(name)),
        ],
    };
    for key in ["name:fr", "name", "ref"] {
        if let Some(name) = tag(&feature.tags, key) {
            record.values.push(("name", Cell::Text(name.to_owned())));
            break;
        }
    }
    record
}
