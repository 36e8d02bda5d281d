//! The search index of a territory: files small enough that a search downloads a few of them and never all.
//!
//! | file | holds |
//! |---|---|
//! | `index.bin` | communes, and which file has the words that begin with which letters |
//! | `words/N.bin` | the named things one of whose words begins with those letters |
//! | `numbers/N.bin` | the house numbers of some streets, those of one name side by side |
//! | `spelling.bin` | every word there is, for telling a slip of the pen from a word that is not there |
//!
//! Each begins with four letters and a version. Whole numbers are LEB128, texts have their length before them; every count is checked against the
//! bytes that are there, so nothing is allocated on a stranger's word. Longitudes and latitudes are ten-millionths of a degree.

use super::Fault;
use super::protobuf::{varint, zigzag};

/// Version of all four files.
pub const VERSION: u64 = 1;
/// Bytes of `index.bin` that are read at most.
pub const MAX_INDEX_BYTES: usize = 32 << 20;
/// Bytes of any other file.
pub const MAX_PART_BYTES: usize = 2 << 20;
/// Longest word of `spelling.bin`, bytes.
pub const MAX_WORD_BYTES: usize = 40;
/// Longest name, bytes.
pub const MAX_NAME_BYTES: usize = 400;

const INDEX: [u8; 4] = *b"JSIX";
const ENTRIES: [u8; 4] = *b"JSEN";
const NUMBERS: [u8; 4] = *b"JSNU";
const SPELLING: [u8; 4] = *b"JSSP";
/// Parts of a degree.
const PER_DEGREE: f64 = 1e7;

/// What a named thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Commune,
    /// A part of a commune: IRIS, quarter, hamlet.
    Quarter,
    Street,
    /// A park, a square, a named piece of land.
    Place,
    /// A building with a name of its own.
    Building,
    /// A stop of public transport.
    Stop,
    /// A line of public transport or of a network.
    Line,
    Water,
}

impl Kind {
    pub const ALL: [Self; 8] = [Self::Commune, Self::Quarter, Self::Street, Self::Place, Self::Building, Self::Stop, Self::Line, Self::Water];

    /// As JSON writes it; also the end of its i18n key `search-kind-…`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Commune => "commune",
            Self::Quarter => "quarter",
            Self::Street => "street",
            Self::Place => "place",
            Self::Building => "building",
            Self::Stop => "stop",
            Self::Line => "line",
            Self::Water => "water",
        }
    }

    fn code(self) -> u64 {
        Self::ALL.iter().position(|kind| *kind == self).unwrap_or(0) as u64
    }
}

/// A point: longitude and latitude in ten-millionths of a degree, ellipsoidal height of the ground in metres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Spot {
    pub lon: i32,
    pub lat: i32,
    pub height_m: i32,
}

impl Spot {
    pub fn at(lonlat: [f64; 2], height_m: f64) -> Self {
        // Saturating: a cast of a number out of range gives the nearest that fits, of none 0.
        let part = |degrees: f64| (degrees * PER_DEGREE).round() as i32;
        Self { lon: part(lonlat[0]), lat: part(lonlat[1]), height_m: height_m.round() as i32 }
    }

    pub fn lonlat(self) -> [f64; 2] {
        [f64::from(self.lon) / PER_DEGREE, f64::from(self.lat) / PER_DEGREE]
    }
}

/// A commune as addresses write it; one with several postcodes is several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Locality {
    pub name: String,
    /// INSEE code, may be empty.
    pub code: String,
    /// May be empty: only addresses tell it.
    pub postcode: String,
}

/// Which file has the things one of whose words begins so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// The first letters of a word, small and without accents; a word that ends there ends with [`END`]. Empty where one file has all words.
    pub prefix: String,
    /// All of them; else only the most important, and longer prefixes have files of their own.
    pub is_whole: bool,
    pub file: u32,
    /// Size of that file.
    pub bytes: u32,
}

/// Stands after the last letter of a word in [`Node::prefix`].
pub const END: char = '$';

/// `index.bin`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// Ids of the layers whose features entries name.
    pub layers: Vec<String>,
    pub localities: Vec<Locality>,
    /// Sorted by prefix, none twice.
    pub nodes: Vec<Node>,
    /// How many named things there are, and house numbers.
    pub entries: u32,
    pub addresses: u32,
    /// Size of `spelling.bin`.
    pub spelling_bytes: u32,
}

/// A feature of the territory.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Feature {
    /// Place in [`Index::layers`].
    pub layer: u32,
    pub id: String,
}

/// Something with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The same in every file that holds it.
    pub number: u32,
    pub kind: Kind,
    pub name: String,
    /// Place in [`Index::localities`].
    pub locality: Option<u32>,
    pub spot: Spot,
    /// From one end of it to the other.
    pub span_m: u32,
    /// More is more important among its kind.
    pub weight: u32,
    pub feature: Option<Feature>,
    /// Where its house numbers are.
    pub houses: Option<HouseList>,
}

/// A file of house numbers and the place of a street's list in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HouseList {
    pub file: u32,
    pub place: u32,
}

/// One house number.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct House {
    pub number: u32,
    /// `bis`, `ter`, `a` …; may be empty.
    pub suffix: String,
    pub spot: Spot,
    /// The building that stands there, if any; its layer is in the list.
    pub building: String,
    /// Another than the street's, where it has one of its own.
    pub postcode: String,
}

/// The houses of one street, by number and suffix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Houses {
    /// Place of the buildings' layer in [`Index::layers`].
    pub layer: u32,
    pub houses: Vec<House>,
}

/// Reads one value after the other; a fault where they end too soon.
struct Reader<'a> {
    left: &'a [u8],
    what: &'static str,
}

impl<'a> Reader<'a> {
    fn open(bytes: &'a [u8], what: &'static str, magic: [u8; 4], most: usize) -> Result<Self, Fault> {
        if bytes.len() > most {
            return Err(Fault::new("search-too-large", what, format!("{} > {most}", bytes.len())));
        }
        let Some(left) = bytes.strip_prefix(&magic) else {
            return Err(Fault::new("search-format", what, "…"));
        };
        let mut reader = Self { left, what };
        match reader.number()? {
            VERSION => Ok(reader),
            other => Err(Fault::new("search-version", what, other)),
        }
    }

    fn broken(&self) -> Fault {
        Fault::new("search-broken", self.what, format!("−{}", self.left.len()))
    }

    fn number(&mut self) -> Result<u64, Fault> {
        let mut left = self.left;
        let number = varint(&mut left).ok_or_else(|| self.broken())?;
        self.left = left;
        Ok(number)
    }

    fn small(&mut self) -> Result<u32, Fault> {
        u32::try_from(self.number()?).map_err(|_| self.broken())
    }

    fn signed(&mut self) -> Result<i32, Fault> {
        i32::try_from(zigzag(self.number()?)).map_err(|_| self.broken())
    }

    /// A count of things of at least one byte each.
    fn count(&mut self) -> Result<usize, Fault> {
        let count = usize::try_from(self.number()?).map_err(|_| self.broken())?;
        if count > self.left.len() { Err(self.broken()) } else { Ok(count) }
    }

    fn text(&mut self) -> Result<String, Fault> {
        let length = self.count()?;
        let (text, left) = self.left.split_at_checked(length).ok_or_else(|| self.broken())?;
        let text = std::str::from_utf8(text).map_err(|_| self.broken())?.to_owned();
        self.left = left;
        Ok(text)
    }

    fn list<T>(&mut self, mut one: impl FnMut(&mut Self) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let count = self.count()?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(one(self)?);
        }
        Ok(list)
    }

    /// A spot told by its way from another.
    fn spot(&mut self, from: Spot) -> Result<Spot, Fault> {
        let [lon, lat, height_m] = [self.signed()?, self.signed()?, self.signed()?];
        Ok(Spot { lon: from.lon.wrapping_add(lon), lat: from.lat.wrapping_add(lat), height_m: from.height_m.wrapping_add(height_m) })
    }

    /// A text told by how much of the one before it shares.
    fn after(&mut self, before: &str) -> Result<String, Fault> {
        let shared = usize::try_from(self.number()?).map_err(|_| self.broken())?;
        let mut text = before.get(..shared).ok_or_else(|| self.broken())?.to_owned();
        text.push_str(&self.text()?);
        if text.len() > MAX_NAME_BYTES { Err(self.broken()) } else { Ok(text) }
    }

    fn end(&self) -> Result<(), Fault> {
        if self.left.is_empty() { Ok(()) } else { Err(self.broken()) }
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn new(magic: [u8; 4]) -> Self {
        let mut writer = Self(magic.to_vec());
        writer.number(VERSION);
        writer
    }

    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn signed(&mut self, number: i32) {
        let number = i64::from(number);
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    fn text(&mut self, text: &str) {
        let text = cut(text, MAX_NAME_BYTES);
        self.number(text.len() as u64);
        self.0.extend(text.as_bytes());
    }

    fn spot(&mut self, spot: Spot, from: Spot) {
        self.signed(spot.lon.wrapping_sub(from.lon));
        self.signed(spot.lat.wrapping_sub(from.lat));
        self.signed(spot.height_m.wrapping_sub(from.height_m));
    }

    fn after(&mut self, text: &str, before: &str) {
        let text = cut(text, MAX_NAME_BYTES);
        let mut shared = text.bytes().zip(before.bytes()).take_while(|(a, b)| a == b).count();
        while !text.is_char_boundary(shared) || !before.is_char_boundary(shared) {
            shared -= 1;
        }
        self.number(shared as u64);
        let rest = text.get(shared..).unwrap_or_default();
        self.number(rest.len() as u64);
        self.0.extend(rest.as_bytes());
    }
}

/// The beginning of a text that fits, whole letters.
pub fn cut(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

impl Index {
    /// # Errors
    /// `search-format`, `search-version`, `search-too-large` or `search-broken`.
    pub fn read(bytes: &[u8]) -> Result<Self, Fault> {
        let mut reader = Reader::open(bytes, "index", INDEX, MAX_INDEX_BYTES)?;
        let [entries, addresses, spelling_bytes] = [reader.small()?, reader.small()?, reader.small()?];
        let layers = reader.list(Reader::text)?;
        let localities = reader.list(|reader| Ok(Locality { name: reader.text()?, code: reader.text()?, postcode: reader.text()? }))?;
        let mut before = String::new();
        let nodes = reader.list(|reader| {
            let prefix = reader.after(&before)?;
            before.clone_from(&prefix);
            let is_whole = reader.number()? != 0;
            Ok(Node { prefix, is_whole, file: reader.small()?, bytes: reader.small()? })
        })?;
        reader.end()?;
        // Looked up by halves.
        if nodes.windows(2).any(|pair| matches!(pair, [a, b] if a.prefix >= b.prefix)) {
            return Err(Fault::new("search-broken", "index", "≥"));
        }
        Ok(Self { layers, localities, nodes, entries, addresses, spelling_bytes })
    }

    pub fn write(&self) -> Vec<u8> {
        let mut writer = Writer::new(INDEX);
        [self.entries, self.addresses, self.spelling_bytes].iter().for_each(|number| writer.number(u64::from(*number)));
        writer.number(self.layers.len() as u64);
        self.layers.iter().for_each(|layer| writer.text(layer));
        writer.number(self.localities.len() as u64);
        for Locality { name, code, postcode } in &self.localities {
            [name, code, postcode].iter().for_each(|text| writer.text(text));
        }
        writer.number(self.nodes.len() as u64);
        let mut before = "";
        for node in &self.nodes {
            writer.after(&node.prefix, before);
            before = &node.prefix;
            [u64::from(node.is_whole), u64::from(node.file), u64::from(node.bytes)].iter().for_each(|number| writer.number(*number));
        }
        writer.0
    }

    /// The file for a word: whole, or the most important of those that begin so. `None` where no word begins so.
    pub fn node(&self, word: &str) -> Option<&Node> {
        let find = |prefix: &str| self.nodes.binary_search_by(|node| node.prefix.as_str().cmp(prefix)).ok().and_then(|at| self.nodes.get(at));
        // The longest beginning of the word that has a file; only a whole one answers for longer words.
        let ends = word.char_indices().map(|(at, letter)| at + letter.len_utf8()).rev().chain([0]);
        ends.filter_map(|end| find(word.get(..end)?)).next().filter(|node| node.is_whole || node.prefix == word)
    }
}

/// `words/N.bin`.
///
/// # Errors
/// As [`Index::read`].
pub fn read_entries(bytes: &[u8]) -> Result<Vec<Entry>, Fault> {
    let mut reader = Reader::open(bytes, "words", ENTRIES, MAX_PART_BYTES)?;
    let (mut number, mut from, mut name) = (0_u32, Spot::default(), String::new());
    let entries = reader.list(|reader| {
        number = number.checked_add(reader.small()?).ok_or_else(|| reader.broken())?;
        let kind = usize::try_from(reader.number()?).ok().and_then(|code| Kind::ALL.get(code)).copied().ok_or_else(|| reader.broken())?;
        name = reader.after(&name)?;
        let locality = reader.small()?.checked_sub(1);
        from = reader.spot(from)?;
        let [span_m, weight] = [reader.small()?, reader.small()?];
        let feature = match reader.small()?.checked_sub(1) {
            None => None,
            Some(layer) => Some(Feature { layer, id: reader.text()? }),
        };
        let houses = match reader.small()?.checked_sub(1) {
            None => None,
            Some(file) => Some(HouseList { file, place: reader.small()? }),
        };
        Ok(Entry { number, kind, name: name.clone(), locality, spot: from, span_m, weight, feature, houses })
    })?;
    reader.end()?;
    Ok(entries)
}

/// The counterpart of [`read_entries`]; entries in the order of their numbers.
pub fn write_entries<'a>(entries: impl ExactSizeIterator<Item = &'a Entry>) -> Vec<u8> {
    let mut writer = Writer::new(ENTRIES);
    writer.number(entries.len() as u64);
    let (mut number, mut from, mut name) = (0_u32, Spot::default(), "");
    for entry in entries {
        writer.number(u64::from(entry.number.saturating_sub(number)));
        number = entry.number;
        writer.number(entry.kind.code());
        writer.after(&entry.name, name);
        name = cut(&entry.name, MAX_NAME_BYTES);
        writer.number(entry.locality.map_or(0, |locality| u64::from(locality) + 1));
        writer.spot(entry.spot, from);
        from = entry.spot;
        writer.number(u64::from(entry.span_m));
        writer.number(u64::from(entry.weight));
        writer.number(entry.feature.as_ref().map_or(0, |feature| u64::from(feature.layer) + 1));
        if let Some(feature) = &entry.feature {
            writer.text(&feature.id);
        }
        writer.number(entry.houses.map_or(0, |houses| u64::from(houses.file) + 1));
        if let Some(houses) = entry.houses {
            writer.number(u64::from(houses.place));
        }
    }
    writer.0
}

/// `numbers/N.bin`: lists of houses by their place.
///
/// # Errors
/// As [`Index::read`].
pub fn read_houses(bytes: &[u8]) -> Result<Vec<Houses>, Fault> {
    let mut reader = Reader::open(bytes, "numbers", NUMBERS, MAX_PART_BYTES)?;
    let (mut from, mut building) = (Spot::default(), String::new());
    let lists = reader.list(|reader| {
        let layer = reader.small()?;
        let mut number = 0_u32;
        let houses = reader.list(|reader| {
            number = number.checked_add(reader.small()?).ok_or_else(|| reader.broken())?;
            let suffix = reader.text()?;
            from = reader.spot(from)?;
            let own = reader.after(&building)?;
            if !own.is_empty() {
                building.clone_from(&own);
            }
            Ok(House { number, suffix, spot: from, building: own, postcode: reader.text()? })
        })?;
        Ok(Houses { layer, houses })
    })?;
    reader.end()?;
    Ok(lists)
}

/// The counterpart of [`read_houses`]; houses in the order of their numbers.
pub fn write_houses(lists: &[Houses]) -> Vec<u8> {
    let mut writer = Writer::new(NUMBERS);
    writer.number(lists.len() as u64);
    let (mut from, mut building) = (Spot::default(), "");
    for list in lists {
        writer.number(u64::from(list.layer));
        writer.number(list.houses.len() as u64);
        let mut number = 0_u32;
        for house in &list.houses {
            writer.number(u64::from(house.number.saturating_sub(number)));
            number = house.number;
            writer.text(&house.suffix);
            writer.spot(house.spot, from);
            from = house.spot;
            if house.building.is_empty() {
                writer.number(0);
                writer.number(0);
            } else {
                writer.after(&house.building, building);
                building = cut(&house.building, MAX_NAME_BYTES);
            }
            writer.text(&house.postcode);
        }
    }
    writer.0
}

/// `spelling.bin`: all words in order.
///
/// # Errors
/// As [`Index::read`].
pub fn read_spelling(bytes: &[u8]) -> Result<Vec<String>, Fault> {
    let mut reader = Reader::open(bytes, "spelling", SPELLING, MAX_PART_BYTES)?;
    let mut before = String::new();
    let words = reader.list(|reader| {
        before = reader.after(&before)?;
        // A few bytes may stand for a long beginning that is shared: words are bounded so that all of them are.
        if before.len() > MAX_WORD_BYTES { Err(reader.broken()) } else { Ok(before.clone()) }
    })?;
    reader.end()?;
    Ok(words)
}

/// The counterpart of [`read_spelling`].
pub fn write_spelling<'a>(words: impl ExactSizeIterator<Item = &'a str>) -> Vec<u8> {
    let mut writer = Writer::new(SPELLING);
    writer.number(words.len() as u64);
    let mut before = "";
    for word in words.map(|word| cut(word, MAX_WORD_BYTES)) {
        writer.after(word, before);
        before = word;
    }
    writer.0
}

/// Where a part of the index lies, below the folder of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    Index,
    Words(u32),
    Numbers(u32),
    Spelling,
}

impl Part {
    pub fn path(self) -> String {
        match self {
            Self::Index => "index.bin".to_owned(),
            Self::Words(file) => format!("words/{file}.bin"),
            Self::Numbers(file) => format!("numbers/{file}.bin"),
            Self::Spelling => "spelling.bin".to_owned(),
        }
    }
}
