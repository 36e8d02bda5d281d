//! OpenStreetMap files, XML and PBF: nodes, ways and relations, and the shapes they make.
//!
//! | module | reads |
//! |---|---|
//! | [`pbf`] | blocks of Protocol Buffers, dense nodes, locations on ways |
//! | [`xml`] | `.osm` documents as the API, JOSM and Overpass write them |
//! | [`features`] | either, several times over, as points, lines and polygons in bounded memory |
//! | [`rings`] | the ways of a multipolygon as outer and inner rings |
//!
//! Elements come in the order of the file; a file may hold ways without their nodes and relations without their ways, because extracts cut.

pub mod features;
pub mod pbf;
pub mod rings;
pub mod xml;

use super::Fault;

/// Keys and values in the order of the file.
pub type Tags = Vec<(String, String)>;

/// The value of a tag.
pub fn tag<'a>(tags: &'a Tags, key: &str) -> Option<&'a str> {
    tags.iter()
        .find(|(known, _)| known == key)
        .map(|(_, value)| value.as_str())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Node,
    Way,
    Relation,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Way => "way",
            Self::Relation => "relation",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub id: i64,
    pub lon_deg: f64,
    pub lat_deg: f64,
    pub tags: Tags,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    pub id: i64,
    pub nodes: Vec<i64>,
    /// Longitude and latitude of each node, where the file carries them on the way itself; else empty.
    pub positions: Vec<[f64; 2]>,
    pub tags: Tags,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Relation {
    pub id: i64,
    pub members: Vec<Member>,
    pub tags: Tags,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub kind: Kind,
    pub id: i64,
    pub role: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Element {
    Node(Node),
    Way(Way),
    Relation(Relation),
}

/// Which elements a pass over the file is after; the others are not even decoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    pub nodes: bool,
    pub ways: bool,
    pub relations: bool,
}

impl Wanted {
    pub const ALL: Self = Self {
        nodes: true,
        ways: true,
        relations: true,
    };
    pub const NODES: Self = Self {
        nodes: true,
        ways: false,
        relations: false,
    };
    pub const WAYS: Self = Self {
        nodes: false,
        ways: true,
        relations: false,
    };
    pub const RELATIONS: Self = Self {
        nodes: false,
        ways: false,
        relations: true,
    };
}

/// Takes an element, or the fault of a part that was passed over; says whether to go on.
pub type Each<'a> = &'a mut dyn FnMut(Result<Element, Fault>) -> bool;

/// What the file says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The day of the data, `2024-05-06`, where it is stated.
    pub date: Option<String>,
    pub writer: Option<String>,
}

/// A file that can be gone through again and again.
pub trait Passes {
    /// # Errors
    /// A fault that ends the file; smaller ones go to `each`.
    fn pass(&mut self, wanted: Wanted, each: Each) -> Result<(), Fault>;
}
