//! CityGML 1.0, 2.0 and 3.0, read as a stream of elements: only the object at hand is in memory.
//!
//! Written after OGC 08-007r1, 12-019 and 21-006r2. Elements are told by their local names: prefixes are free, and the three versions
//! use the same words for the same things (`boundedBy` and `boundary`, `consistsOfBuildingPart` and `buildingPart`).
//! A solid whose faces are links to boundary surfaces takes their geometry from there, once.

mod building;
mod encoding;

use super::citymodel::CityObject;
use building::Building;
use encoding::Decoded;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::io::BufRead;

/// Elements inside elements; real files stay under forty.
pub const MAX_DEPTH: usize = 200;
/// Characters of one attribute.
const MAX_TEXT: usize = 4_000;

/// What the document is, before its objects are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Local name of the root: `CityModel`, `IndoorFeatures`.
    pub root: String,
    /// Namespaces the root declares.
    pub namespaces: Vec<String>,
    /// The first `srsName`, as written.
    pub srs: Option<String>,
}

impl Outline {
    pub fn is_city(&self) -> bool {
        self.root == "CityModel"
    }

    /// IndoorGML describes rooms and ways through them; its `.gml` says nothing about that.
    pub fn is_indoor(&self) -> bool {
        self.root == "IndoorFeatures"
            || (!self.is_city() && self.namespaces.iter().any(|n| n.contains("indoorgml")))
    }

    /// `1.0`, `2.0`, `3.0`; empty when the namespaces do not say.
    pub fn version(&self) -> &'static str {
        for version in ["3.0", "2.0", "1.0"] {
            if self
                .namespaces
                .iter()
                .any(|n| n.contains("citygml") && n.ends_with(version))
            {
                return version;
            }
        }
        ""
    }
}

/// Why the document cannot be read on. What was read before stays valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CityGmlFault {
    #[error("the XML is broken at byte {at}: {detail}")]
    Xml { at: u64, detail: String },
    #[error("elements are nested more than {MAX_DEPTH} deep")]
    Depth,
    #[error("the document ends at byte {0}, in the middle of an element")]
    Truncated(u64),
}

/// Reads as far as the first `srsName`, which stands near the top in all but a few files.
///
/// # Errors
/// When the XML breaks before anything is known.
pub fn outline(source: impl BufRead) -> Result<Outline, CityGmlFault> {
    let mut reader = Reader::from_reader(Decoded::new(source));
    let mut buffer = Vec::new();
    let mut outline = Outline::default();
    loop {
        match next_event(&mut reader, &mut buffer)? {
            Event::Start(start) | Event::Empty(start) => {
                if outline.root.is_empty() {
                    outline.root = local(start.name().as_ref());
                    for attribute in start.attributes().with_checks(false).flatten().take(256) {
                        if attribute.key.as_ref().starts_with("xmlns") {
                            outline.namespaces.push(attribute.value.into_owned());
                        }
                    }
                    if !outline.is_city() {
                        return Ok(outline);
                    }
                }
                if let Some(srs) = attribute(&start, "srsName") {
                    outline.srs = Some(srs);
                    return Ok(outline);
                }
            }
            Event::Eof => return Ok(outline),
            _ => {}
        }
    }
}

/// The next piece of XML; what was in the buffer is gone.
fn next_event<'b>(
    reader: &mut Reader<impl BufRead>,
    buffer: &'b mut Vec<u8>,
) -> Result<Event<'b>, CityGmlFault> {
    buffer.clear();
    let event = reader.read_event_into(buffer);
    event.map_err(|error| CityGmlFault::Xml {
        at: reader.error_position(),
        detail: error.to_string(),
    })
}

/// Hands out every top-level object in the order of the document. `each` says whether to go on.
///
/// # Errors
/// A fault of the XML itself; the objects before it have been handed out.
pub fn read(
    source: impl BufRead,
    each: &mut dyn FnMut(CityObject) -> bool,
) -> Result<(), CityGmlFault> {
    let mut reader = Reader::from_reader(Decoded::new(source));
    let mut buffer = Vec::new();
    let mut state = State::default();
    loop {
        match next_event(&mut reader, &mut buffer)? {
            Event::Start(start) => state.start(&start)?,
            Event::Empty(start) => {
                state.start(&start)?;
                if let Some(object) = state.end()
                    && !each(object)
                {
                    return Ok(());
                }
            }
            Event::End(_) => {
                if let Some(object) = state.end()
                    && !each(object)
                {
                    return Ok(());
                }
            }
            Event::Text(text) => {
                if state.wants_text() {
                    state.text(&text);
                }
            }
            Event::CData(text) => {
                if state.wants_text() {
                    state.text(&text);
                }
            }
            Event::GeneralRef(name) => {
                if state.wants_text() {
                    state.text(entity(&name).as_str());
                }
            }
            Event::Eof => {
                return if state.stack.is_empty() {
                    Ok(())
                } else {
                    Err(CityGmlFault::Truncated(reader.buffer_position()))
                };
            }
            _ => {}
        }
    }
}

/// The five named entities and numbers; foreign ones are dropped, never expanded.
fn entity(name: &str) -> String {
    let named = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => match name.strip_prefix('#') {
            Some(number) => match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => number.parse().ok(),
            }
            .and_then(char::from_u32),
            None => None,
        },
    };
    named.map(String::from).unwrap_or_default()
}

fn local(name: &str) -> String {
    name.rsplit(':').next().unwrap_or(name).to_owned()
}

fn attribute(start: &BytesStart, wanted: &str) -> Option<String> {
    start
        .attributes()
        .with_checks(false)
        .flatten()
        .take(64)
        .find_map(|attribute| {
            let key: &str = attribute.key.as_ref();
            (key.rsplit(':').next() == Some(wanted))
                .then(|| attribute.value.replace("&amp;", "&").trim().to_owned())
        })
}

/// What an open element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Opened {
    /// Nothing of its own; its children may be.
    Plain,
    /// Everything inside is passed over.
    Skipped,
    Member,
    Object,
    Part,
    Semantic,
    Level,
    Solid,
    /// A solid's shell that bounds a hole inside it; a polygon's ring.
    Aggregate,
    Flipped,
    Polygon,
    Ring,
    Numbers,
    Leaf,
    GenericAttribute,
}

struct Element {
    name: String,
    opened: Opened,
    /// Elements inside, as far as seen: a leaf has none.
    children: bool,
}

#[derive(Default)]
struct State {
    stack: Vec<Element>,
    skipping: usize,
    object: Option<Building>,
    text: String,
}

impl State {
    fn start(&mut self, start: &BytesStart) -> Result<(), CityGmlFault> {
        if self.stack.len() >= MAX_DEPTH {
            return Err(CityGmlFault::Depth);
        }
        let name = local(start.name().as_ref());
        let opened = if self.skipping > 0 {
            self.skipping += 1;
            Opened::Skipped
        } else {
            self.open(&name, start)
        };
        if opened == Opened::Skipped && self.skipping == 0 {
            self.skipping = 1;
        }
        if let Some(parent) = self.stack.last_mut() {
            parent.children = true;
        }
        self.text.clear();
        self.stack.push(Element {
            name,
            opened,
            children: false,
        });
        Ok(())
    }

    fn open(&mut self, name: &str, start: &BytesStart) -> Opened {
        let depth = self.stack.len();
        let Some(building) = &mut self.object else {
            let parent = self.stack.last().map(|element| element.opened);
            if matches!(
                name,
                "cityObjectMember" | "featureMember" | "featureMembers" | "member"
            ) && depth == 1
            {
                return Opened::Member;
            }
            if parent == Some(Opened::Member) {
                let id = attribute(start, "id").unwrap_or_default();
                let whole = CityObject {
                    id,
                    kind: name.to_owned(),
                    ..CityObject::default()
                };
                self.object = Some(Building::begun(whole));
                return Opened::Object;
            }
            return Opened::Plain;
        };
        building.open(name, start, depth, self.stack.last())
    }

    fn wants_text(&self) -> bool {
        self.skipping == 0 && self.object.is_some()
    }

    fn text(&mut self, text: &str) {
        let numbers = self
            .stack
            .last()
            .is_some_and(|element| element.opened == Opened::Numbers);
        if numbers || self.text.len() + text.len() <= MAX_TEXT {
            self.text.push_str(text);
        }
    }

    fn end(&mut self) -> Option<CityObject> {
        let element = self.stack.pop()?;
        if self.skipping > 0 {
            self.skipping -= 1;
            return None;
        }
        let text = std::mem::take(&mut self.text);
        let depth = self.stack.len();
        let building = self.object.as_mut()?;
        if element.opened == Opened::Object {
            return self.object.take().map(Building::finish);
        }
        building.close(&element, &text, depth, self.stack.last());
        None
    }
}
