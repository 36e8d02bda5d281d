//! OSM XML (`.osm`): elements one by one, as the API, JOSM and Overpass write them.

use super::{About, Each, Element, Kind, Member, Node, Passes, Relation, Tags, Wanted, Way};
use crate::formats::Fault;
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use std::io::{BufRead, Seek};

/// Elements inside elements; real files have three.
const MAX_DEPTH: usize = 16;
/// Nodes of one way, and members of one relation; the API allows 2,000 and 32,000.
const MAX_PARTS: usize = 200_000;
/// Tags of one element; the API allows far fewer.
const MAX_TAGS: usize = 5_000;
/// Bytes of one key or value.
const MAX_TEXT: usize = 64 << 10;

/// True for the beginning of an OSM document; a list of changes (`osmChange`) is none.
pub fn recognises(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head);
    text.trim_start_matches('\u{FEFF}')
        .trim_start()
        .starts_with('<')
        && text.match_indices("<osm").any(|(at, _)| {
            text[at + 4..]
                .chars()
                .next()
                .is_none_or(|next| next.is_whitespace() || next == '>')
        })
}

/// A document that can be read again from its beginning.
pub struct Xml<R> {
    source: R,
    pub about: About,
}

impl<R: BufRead + Seek> Xml<R> {
    /// Reads as far as the root.
    ///
    /// # Errors
    /// When the root is not `osm`.
    pub fn open(source: R) -> Result<Self, Fault> {
        let mut xml = Self {
            source,
            about: About::default(),
        };
        xml.source
            .rewind()
            .map_err(|error| Fault::new("osm-read", "", error))?;
        let mut reader = Reader::from_reader(&mut xml.source);
        let mut buffer = Vec::new();
        let about = loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer).map_err(broken)? {
                Event::Start(start) | Event::Empty(start) => {
                    if start.name().as_ref() != "osm" {
                        return Err(Fault::new("osm-header", "", start.name().as_ref()));
                    }
                    let mut about = About::default();
                    for (key, value) in attributes(&start)? {
                        match key.as_str() {
                            "generator" => about.writer = Some(value),
                            // Overpass and osmium say which state of the data it is.
                            "timestamp" | "osm_base" => {
                                about.date = value.get(..10).map(str::to_owned)
                            }
                            _ => {}
                        }
                    }
                    break about;
                }
                Event::Eof => return Err(Fault::new("osm-header", "", "")),
                _ => {}
            }
        };
        xml.about = about;
        Ok(xml)
    }
}

impl<R: BufRead + Seek> Passes for Xml<R> {
    fn pass(&mut self, wanted: Wanted, each: Each) -> Result<(), Fault> {
        self.source
            .rewind()
            .map_err(|error| Fault::new("osm-read", "", error))?;
        let mut reader = Reader::from_reader(&mut self.source);
        let mut buffer = Vec::new();
        let mut depth = 0_usize;
        // The element that is open, where it is wanted.
        let mut open: Option<Open> = None;
        loop {
            buffer.clear();
            let event = reader.read_event_into(&mut buffer);
            let at = reader.buffer_position();
            match event.map_err(|error| Fault::new("osm-xml", format!("@{at}"), error))? {
                Event::Start(start) => {
                    depth += 1;
                    if depth > MAX_DEPTH {
                        return Err(Fault::new(
                            "osm-xml",
                            format!("@{at}"),
                            format!("> {MAX_DEPTH}"),
                        ));
                    }
                    if !begin(&start, depth, wanted, &mut open, each)? {
                        return Ok(());
                    }
                }
                Event::Empty(start) => {
                    let outer = depth == 1;
                    if !begin(&start, depth + 1, wanted, &mut open, each)?
                        || (outer && !finish(&mut open, each))
                    {
                        return Ok(());
                    }
                }
                Event::End(_) => {
                    depth = depth.saturating_sub(1);
                    if depth == 1 && !finish(&mut open, each) {
                        return Ok(());
                    }
                    if depth == 0 {
                        return Ok(());
                    }
                }
                Event::Eof => return Err(Fault::new("osm-truncated", format!("@{at}"), "")),
                _ => {}
            }
        }
    }
}

fn broken(error: quick_xml::Error) -> Fault {
    Fault::new("osm-xml", "", error)
}

struct Open {
    element: Element,
    /// Deleted, or too large to be true.
    gone: bool,
}

/// An element, or a part of the one that is open. `false` when `each` has had enough.
fn begin(
    start: &BytesStart,
    depth: usize,
    wanted: Wanted,
    open: &mut Option<Open>,
    each: Each,
) -> Result<bool, Fault> {
    let name = start.name();
    if depth == 2 {
        let kind = match name.as_ref() {
            "node" if wanted.nodes => Kind::Node,
            "way" if wanted.ways => Kind::Way,
            "relation" if wanted.relations => Kind::Relation,
            _ => {
                *open = None;
                return Ok(true);
            }
        };
        let found = attributes(start)?;
        let get = |key: &str| {
            found
                .iter()
                .find(|(known, _)| known == key)
                .map(|(_, value)| value.as_str())
        };
        let written = get("id").unwrap_or_default();
        let gone = get("visible") == Some("false") || get("action") == Some("delete");
        let mut unusable = |code, value: String| {
            *open = None;
            Ok(each(Err(Fault::new(
                code,
                format!("{}/{written}", kind.name()),
                value,
            ))))
        };
        let Ok(id) = written.parse::<i64>() else {
            return unusable("osm-number", written.to_owned());
        };
        let element = match kind {
            Kind::Node => {
                let place = |key: &str| {
                    get(key)
                        .and_then(|text| text.parse::<f64>().ok())
                        .filter(|v| v.is_finite())
                };
                match (place("lon"), place("lat")) {
                    (Some(lon_deg), Some(lat_deg)) => Element::Node(Node {
                        id,
                        lon_deg,
                        lat_deg,
                        tags: Tags::new(),
                    }),
                    // What is deleted has no place any more.
                    _ if gone => Element::Way(Way::default()),
                    _ => {
                        let value = format!(
                            "{} {}",
                            get("lon").unwrap_or("–"),
                            get("lat").unwrap_or("–")
                        );
                        return unusable("osm-number", value);
                    }
                }
            }
            Kind::Way => Element::Way(Way {
                id,
                ..Way::default()
            }),
            Kind::Relation => Element::Relation(Relation {
                id,
                ..Relation::default()
            }),
        };
        *open = Some(Open { element, gone });
        return Ok(true);
    }
    let Some(current) = open.as_mut().filter(|_| depth == 3) else {
        return Ok(true);
    };
    let attributes = attributes(start)?;
    let get = |key: &str| {
        attributes
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.as_str())
    };
    let number = |key: &str| get(key).and_then(|text| text.parse::<i64>().ok());
    match (name.as_ref(), &mut current.element) {
        ("tag", element) => {
            let tags = match element {
                Element::Node(node) => &mut node.tags,
                Element::Way(way) => &mut way.tags,
                Element::Relation(relation) => &mut relation.tags,
            };
            if let (Some(key), Some(value)) = (get("k"), get("v"))
                && tags.len() < MAX_TAGS
                && key.len() + value.len() <= MAX_TEXT
            {
                tags.push((key.to_owned(), value.to_owned()));
            }
        }
        ("nd", Element::Way(way)) => match number("ref") {
            Some(id) if way.nodes.len() < MAX_PARTS => {
                way.nodes.push(id);
                // Overpass' `out geom` writes the place here, and then no nodes at all.
                let place = |key: &str| {
                    get(key)
                        .and_then(|text| text.parse::<f64>().ok())
                        .filter(|v| v.is_finite())
                };
                if let (Some(lon), Some(lat)) = (place("lon"), place("lat")) {
                    way.positions.push([lon, lat]);
                }
            }
            _ => current.gone = true,
        },
        ("member", Element::Relation(relation)) => {
            let kind = match get("type") {
                Some("node") => Some(Kind::Node),
                Some("way") => Some(Kind::Way),
                Some("relation") => Some(Kind::Relation),
                _ => None,
            };
            match (kind, number("ref")) {
                (Some(kind), Some(id)) if relation.members.len() < MAX_PARTS => {
                    relation.members.push(Member {
                        kind,
                        id,
                        role: get("role").unwrap_or_default().to_owned(),
                    });
                }
                _ => current.gone = true,
            }
        }
        _ => {}
    }
    Ok(true)
}

fn finish(open: &mut Option<Open>, each: Each) -> bool {
    let Some(Open { mut element, gone }) = open.take() else {
        return true;
    };
    if gone {
        return true;
    }
    if let Element::Way(way) = &mut element
        && way.positions.len() != way.nodes.len()
    {
        way.positions.clear();
    }
    each(Ok(element))
}

fn attributes(start: &BytesStart) -> Result<Vec<(String, String)>, Fault> {
    let mut all = Vec::new();
    for attribute in start.attributes().with_checks(false).take(64) {
        let attribute =
            attribute.map_err(|error| Fault::new("osm-xml", start.name().as_ref(), error))?;
        let key: &str = attribute.key.as_ref();
        // A foreign entity is kept as it is written, never expanded.
        let value = unescape(&attribute.value)
            .map_or_else(|_| attribute.value.to_string(), |text| text.into_owned());
        all.push((key.to_owned(), value));
    }
    Ok(all)
}
