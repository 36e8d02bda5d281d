//! Addresses and places that sources bring: read with the other records, kept beside them, joined to streets and buildings when the package is done.

use crate::base::{DatasetId, Severity};
use crate::formats::search::Kind;
use crate::pipeline::clean::{Fate, Source};
use crate::pipeline::shards::bytes::{Bytes, put_text};
use crate::pipeline::sources::declaration::Role;
use crate::pipeline::sources::record::Record;
use std::collections::{BTreeSet, HashMap};

/// Addresses and places of one territory.
pub const MAX_ROWS: usize = 8_000_000;
/// Names of streets, communes, datasets … in all.
const MAX_TEXTS: usize = 4_000_000;
/// Largest house number.
const MAX_NUMBER: u32 = 9_999;

/// An address; its texts are places in [`Register::texts`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    pub at: [f64; 2],
    pub number: u32,
    pub suffix: u32,
    /// The street, or the hamlet where houses have numbers without one.
    pub street: u32,
    pub commune: u32,
    pub code: u32,
    pub postcode: u32,
}

/// A place with a name.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceRow {
    pub at: [f64; 2],
    pub name: u32,
    pub kind: Kind,
    /// Inhabitants, where they are told.
    pub weight: u32,
    pub span_m: f64,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Register {
    pub texts: Vec<String>,
    pub rows: Vec<Row>,
    pub places: Vec<PlaceRow>,
    pub datasets: BTreeSet<DatasetId>,
    /// Beyond [`MAX_ROWS`].
    pub left_out: usize,
    known: HashMap<String, u32>,
}

/// What a record says, checked.
struct Address {
    at: [f64; 2],
    number: u32,
    suffix: String,
    street: String,
    commune: String,
    code: String,
    postcode: String,
}

/// How an address or place fares; what is wrong with it is said.
pub fn fate(record: &Record, source: &mut Source) -> Fate {
    let missing = if record.shape.as_ref().and_then(|shape| shape.first_position()).is_none() {
        Some("geometry-missing")
    } else if source.role == Role::Places {
        place_name(record).is_none().then_some("place-without-name")
    } else {
        read(record).is_none().then_some("address-incomplete")
    };
    match missing {
        None => Fate::Kept,
        Some(code) => {
            let said = ["number", "suffix", "street", "commune"].iter().filter_map(|term| record.text(term)).collect::<Vec<_>>().join(" ");
            let severity = if code == "place-without-name" { Severity::Info } else { Severity::Warning };
            source.finding(code, severity, &record.object, said);
            Fate::Rejected
        }
    }
}

fn read(record: &Record) -> Option<Address> {
    let [x, y, _] = record.shape.as_ref()?.first_position()?;
    // `12 bis` in one column, or `12` and `bis` in two; BAL writes 99999 for a hamlet without numbers.
    let number = record.text("number")?;
    let number = number.trim();
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = number.split_at_checked(digits)?;
    let rest = rest.trim_start_matches(".0").trim();
    let parsed: u32 = digits.parse().ok().filter(|number| *number <= MAX_NUMBER)?;
    let text = |term: &str| record.text(term).unwrap_or_default();
    let suffix = if rest.is_empty() { text("suffix") } else { rest.to_owned() };
    let street = record.text("street").or_else(|| record.text("hamlet"))?;
    Some(Address {
        at: [x, y],
        number: parsed,
        suffix: crate::search::words::plain(&suffix).chars().filter(|letter| letter.is_alphanumeric()).take(12).collect(),
        street: crate::search::words::written(&street),
        commune: text("commune"),
        code: five(text("code")),
        postcode: five(text("postcode")),
    })
}

/// Codes of five digits that a table read as a number have lost their first zero.
fn five(code: String) -> String {
    if (1..5).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_digit()) { format!("{code:0>5}") } else { code }
}

/// A place goes by its name, or by what it is where that says enough.
fn place_name(record: &Record) -> Option<String> {
    const TELLING: [&str; 10] = ["mairie", "église", "gendarmerie", "poste", "hôtel de département", "préfecture", "sous-préfecture", "gare voyageurs uniquement", "lycée", "collège"];
    let class = || record.text("class").filter(|class| TELLING.contains(&class.to_lowercase().as_str()));
    record.text("name").or_else(class).map(|name| crate::search::words::written(&name))
}

impl Register {
    fn text(&mut self, text: &str) -> u32 {
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        if self.texts.len() >= MAX_TEXTS {
            return 0;
        }
        let number = self.texts.len() as u32;
        self.known.insert(text.to_owned(), number);
        self.texts.push(text.to_owned());
        number
    }

    pub fn said(&self, number: u32) -> &str {
        self.texts.get(number as usize).map_or("", String::as_str)
    }

    /// Keeps an address or place; other roles are not its concern.
    pub fn note(&mut self, role: Role, record: &Record, dataset: &DatasetId) {
        if !role.is_of_names() {
            return;
        }
        if self.rows.len() + self.places.len() >= MAX_ROWS {
            self.left_out += 1;
            return;
        }
        if self.texts.is_empty() {
            self.text("");
        }
        if role == Role::Places {
            let Some((name, shape)) = place_name(record).zip(record.shape.as_ref()) else { return };
            let rings = shape.polygons().into_iter().flatten().flatten().copied();
            let bounds = crate::base::Bounds2::of(rings.chain(shape.lines().into_iter().flatten().copied()).chain(shape.points()).map(|[x, y, _]| [x, y]));
            if bounds.is_empty() {
                return;
            }
            let kind = record.text("class").map_or(Kind::Place, |class| kind_of(&class));
            let weight = record.number("people").filter(|people| (0.0..1e9).contains(people)).unwrap_or(0.0) as u32;
            let name = self.text(&name);
            let size = bounds.size();
            self.places.push(PlaceRow { at: bounds.centre(), name, kind, weight, span_m: size[0].hypot(size[1]) });
        } else {
            let Some(address) = read(record) else { return };
            let Address { at, number, suffix, street, commune, code, postcode } = address;
            let [suffix, street, commune, code, postcode] = [suffix, street, commune, code, postcode].map(|text| self.text(&text));
            self.rows.push(Row { at, number, suffix, street, commune, code, postcode });
        }
        if !self.datasets.contains(dataset) {
            self.datasets.insert(dataset.clone());
        }
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.places.is_empty()
    }

    pub fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend((self.texts.len() as u64).to_le_bytes());
        self.texts.iter().for_each(|text| put_text(bytes, text));
        bytes.extend((self.datasets.len() as u64).to_le_bytes());
        self.datasets.iter().for_each(|dataset| put_text(bytes, dataset.as_str()));
        bytes.extend((self.rows.len() as u64).to_le_bytes());
        for Row { at, number, suffix, street, commune, code, postcode } in &self.rows {
            at.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
            [number, suffix, street, commune, code, postcode].iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        }
        bytes.extend((self.places.len() as u64).to_le_bytes());
        for PlaceRow { at, name, kind, weight, span_m } in &self.places {
            [at[0], at[1], *span_m].iter().for_each(|value| bytes.extend(value.to_le_bytes()));
            [*name, *weight].iter().for_each(|value| bytes.extend(value.to_le_bytes()));
            bytes.push(Kind::ALL.iter().position(|known| known == kind).unwrap_or(0) as u8);
        }
    }

    pub fn take(bytes: &mut Bytes) -> Option<Self> {
        fn list<T>(bytes: &mut Bytes, mut one: impl FnMut(&mut Bytes) -> Option<T>) -> Option<Vec<T>> {
            let count = bytes.count()?;
            let mut list = Vec::new();
            for _ in 0..count {
                list.push(one(bytes)?);
            }
            Some(list)
        }
        let texts = list(bytes, |bytes| bytes.text().map(str::to_owned))?;
        let datasets = list(bytes, |bytes| bytes.text().map(DatasetId::from))?.into_iter().collect();
        let rows = list(bytes, |bytes| {
            let at = bytes.f64s()?;
            Some(Row { at, number: bytes.u32()?, suffix: bytes.u32()?, street: bytes.u32()?, commune: bytes.u32()?, code: bytes.u32()?, postcode: bytes.u32()? })
        })?;
        let places = list(bytes, |bytes| {
            let [x, y, span_m] = bytes.f64s()?;
            let [name, weight] = [bytes.u32()?, bytes.u32()?];
            Some(PlaceRow { at: [x, y], name, kind: *Kind::ALL.get(usize::from(bytes.u8()?))?, weight, span_m })
        })?;
        Some(Self { texts, rows, places, datasets, left_out: 0, known: HashMap::new() })
    }
}

/// What a gazetteer calls a place, in our terms.
fn kind_of(class: &str) -> Kind {
    let class = crate::search::words::plain(class);
    let says = |words: &[&str]| words.iter().any(|word| class.contains(word));
    if says(&["quartier", "lieu-dit", "lieu dit", "hameau", "habite", "village", "neighbourhood", "suburb", "hamlet", "locality"]) {
        Kind::Quarter
    } else if says(&["mairie", "eglise", "ecole", "lycee", "college", "chapelle", "chateau", "hopital", "poste", "gendarmerie", "prefecture", "musee", "theatre", "cathedrale", "palais", "caserne", "tribunal", "universit", "maison", "piscine", "gymnase"]) {
        Kind::Building
    } else if says(&["gare", "station", "arret", "aeroport"]) {
        Kind::Stop
    } else if says(&["riviere", "lac", "etang", "canal", "plage", "fleuve", "water"]) {
        Kind::Water
    } else {
        Kind::Place
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::shape::Shape;
    use crate::pipeline::sources::record::Cell;

    fn record(values: &[(&'static str, &str)]) -> Record {
        let values = values.iter().map(|(term, value)| (*term, Cell::Text((*value).to_owned()))).collect();
        Record { object: "1".to_owned(), shape: Some(Shape::Point([1.0, 2.0, 0.0])), values }
    }

    #[test]
    fn addresses_are_read_as_they_are_published() {
        let mut register = Register::default();
        let dataset = DatasetId::from("ban");
        for values in [
            vec![("number", "12"), ("suffix", "bis"), ("street", "Rue des Lilas"), ("commune", "Plouguin"), ("code", "29196"), ("postcode", "29830")],
            vec![("number", "12 BIS"), ("street", "RUE DES LILAS"), ("code", "1004"), ("postcode", "1500")],
            vec![("number", "99999"), ("hamlet", "Kerjean")],
            vec![("number", "4")],
            vec![("number", "quatre"), ("street", "Rue des Lilas")],
        ] {
            register.note(Role::Addresses, &record(&values), &dataset);
        }
        let said: Vec<String> = register.rows.iter().map(|row| format!("{}{} {} {} {}", row.number, register.said(row.suffix), register.said(row.street), register.said(row.code), register.said(row.postcode))).collect();
        assert_eq!(said, ["12bis Rue des Lilas 29196 29830", "12bis Rue des Lilas 01004 01500"]);
        let mut bytes = Vec::new();
        register.put(&mut bytes);
        let again = Register::take(&mut Bytes::new(&bytes)).unwrap();
        assert_eq!((again.rows, again.texts), (register.rows.clone(), register.texts.clone()));
        for end in 0..bytes.len() {
            assert!(Register::take(&mut Bytes::new(&bytes[..end])).is_none());
        }
    }
}
