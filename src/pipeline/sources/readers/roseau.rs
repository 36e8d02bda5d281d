//! roseau-load-flow's JSON: buses as points, lines as they run, in degrees. `jumeau flow` computes the same file under the same ids.

use super::{Content, Found, Head, Opened, Row, Table, Unread, short_name, whole};
use crate::formats::grid::roseau::{Bus, Document, Line};
use crate::formats::grid::{self, Document as Any};
use crate::formats::shape::{Shape, ShapeKind};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

/// Its lists of grounds and references stand at the beginning, and nobody else has them.
pub fn recognises(head: &Head) -> bool {
    let text = String::from_utf8_lossy(head.text());
    text.starts_with('{') && text.contains("\"version\"") && (text.contains("\"is_multiphase\"") || text.contains("\"potential_refs\""))
}

pub fn open(path: &Path) -> Opened {
    let bytes = whole(path)?;
    let document = match grid::read(&bytes) {
        Ok(Any::Roseau(document)) => Arc::new(document),
        Ok(_) => return Err(("source-unreadable", "roseau-load-flow".to_owned())),
        Err(fault) => return Err(("source-unreadable", format!("{} {} {}", fault.code, fault.object, fault.value))),
    };
    let table = |name: &str, kind| Found {
        file: short_name(path),
        table: Some(name.to_owned()),
        kind,
        crs: Some("EPSG:4326".to_owned()),
        columns: ["id", "class", "voltage", "lay", "fixture"].map(str::to_owned).to_vec(),
        content: Content::Table(Box::new(Elements { document: document.clone(), lines: kind == ShapeKind::Line })),
    };
    Ok(vec![table("buses", ShapeKind::Point), table("lines", ShapeKind::Line)])
}

struct Elements {
    document: Arc<Document>,
    lines: bool,
}

impl Table for Elements {
    fn read(&self, _mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let buses: HashMap<&str, &Bus> = self.document.buses.iter().map(|bus| (bus.id.as_str(), bus)).collect();
        if self.lines {
            self.document.lines.iter().for_each(|one| each(line(one, &buses)));
            return Ok(());
        }
        // Something is drawn from or fed into a post; all other buses are joints.
        let loads = self.document.loads.iter().map(|load| load.bus.as_str());
        let sources = self.document.sources.iter().map(|source| source.bus.as_str());
        let posts: HashSet<&str> = loads.chain(sources).collect();
        self.document.buses.iter().for_each(|one| each(bus(one, posts.contains(one.id.as_str()))));
        Ok(())
    }

    fn rows(&self) -> Option<u64> {
        Some(if self.lines { self.document.lines.len() } else { self.document.buses.len() } as u64)
    }
}

fn volts(bus: Option<&Bus>) -> Option<(&'static str, Cell)> {
    let volt = bus?.nominal_voltage?;
    Some(("voltage", Cell::Text(format!("{volt} V"))))
}

fn bus(bus: &Bus, is_post: bool) -> Row {
    let Some([lon, lat]) = bus.lonlat else {
        return Err(Unread { object: bus.id.clone(), reason: "geometry –".to_owned() });
    };
    let high = bus.nominal_voltage.is_some_and(|volt| volt > 1_000.0);
    let (class, fixture) = match (is_post, high) {
        (true, true) => ("poste", "substation"),
        (true, false) => ("point de livraison", "node"),
        (false, _) => ("jonction", "node"),
    };
    let mut values = vec![("id", Cell::Text(bus.id.clone())), ("class", Cell::Text(class.to_owned())), ("fixture", Cell::Text(fixture.to_owned()))];
    values.extend(volts(Some(bus)));
    Ok(Record { object: bus.id.clone(), shape: Some(Shape::Point([lon, lat, f64::NAN])), values })
}

fn line(line: &Line, buses: &HashMap<&str, &Bus>) -> Row {
    let end = |id: &str| buses.get(id).and_then(|bus| bus.lonlat);
    let path = if line.path.len() > 1 { line.path.clone() } else { end(&line.from).into_iter().chain(end(&line.to)).collect() };
    if path.len() < 2 {
        return Err(Unread { object: line.id.clone(), reason: format!("{} – {}", line.from, line.to) });
    }
    let points = path.into_iter().map(|[lon, lat]| [lon, lat, f64::NAN]).collect();
    // Types are called `U_AL_150`: underground, overhead, twisted in the air.
    let lay = match line.parameters.split(['_', ' ']).next() {
        Some("U" | "UNDERGROUND") => Some("underground"),
        Some("O" | "T" | "OVERHEAD" | "TWISTED") => Some("overhead"),
        _ => None,
    };
    let mut values = vec![("id", Cell::Text(line.id.clone())), ("class", Cell::Text(line.parameters.clone()))];
    values.extend(volts(buses.get(line.from.as_str()).copied()));
    values.extend(lay.map(|lay| ("lay", Cell::Text(lay.to_owned()))));
    Ok(Record { object: line.id.clone(), shape: Some(Shape::Line(points)), values })
}
