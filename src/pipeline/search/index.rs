//! Names of clean objects, addresses and places → the search index of a package.

use super::FOLDER;
use super::register::Register;
use crate::base::{Bounds2, DatasetId, Finding, Report, Severity};
use crate::formats::search::{House, Kind, Locality, Part, Spot};
use crate::formats::territory::SearchIndex;
use crate::pipeline::ImportFault;
use crate::pipeline::clean::Object;
use crate::pipeline::shards::file::write_whole;
use crate::pipeline::tile::kept;
use crate::region::utility::{FixtureKind, Utility};
use crate::region::{Area, AreaShape, AreaTheme, AttributeValue, Building, LineClass};
use crate::search::build::{Named, build};
use crate::search::words::{same_name, written};
use geo::{Contains, Distance, Euclidean, InteriorPoint, MultiPolygon, Point};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// A house number belongs to the building it lies in, or to the nearest one no farther than this.
pub const BUILDING_M: f64 = 25.0;
/// Pieces of one name nearer than this are one street; and an address belongs to a street that is no farther than this.
const STREET_M: f64 = 1_000.0;
/// Side of the squares in which addresses are looked up.
const CELL_M: f64 = 50.0;
/// A commune comes before all else of its name.
const COMMUNE_WEIGHT: u32 = 1_000_000;
/// Pieces of named lines and other named things that are kept.
const MAX_THINGS: usize = 8_000_000;

/// From the sources' system to degrees and ellipsoidal height.
pub type ToSpot<'a> = dyn Fn([f64; 2]) -> Option<Spot> + 'a;

/// A piece of a named line.
struct Piece {
    name: u32,
    kind: Kind,
    at: [f64; 2],
    bounds: Bounds2,
    length_m: f64,
}

struct Commune {
    name: String,
    code: String,
    outline: MultiPolygon<f64>,
    bounds: Bounds2,
    feature: Option<(String, String)>,
}

/// A named thing that stands for itself.
struct Thing {
    name: String,
    kind: Kind,
    at: [f64; 2],
    span_m: f64,
    weight: u32,
    feature: Option<(String, String)>,
}

/// Gathers names while objects pass by.
pub struct Names {
    register: Register,
    /// Addresses by the square they lie in.
    cells: HashMap<(i32, i32), Vec<u32>>,
    /// The nearest building of each address, and how far it is.
    homes: Vec<Option<(f64, String)>>,
    texts: Vec<String>,
    known: HashMap<String, u32>,
    pieces: Vec<Piece>,
    things: Vec<Thing>,
    communes: Vec<Commune>,
    datasets: BTreeSet<DatasetId>,
    /// Objects beyond [`MAX_THINGS`], with names or without.
    left_out: usize,
}

fn cell(at: [f64; 2]) -> (i32, i32) {
    let index = |value: f64| (value / CELL_M).floor() as i32;
    (index(at[0]), index(at[1]))
}

impl Names {
    pub fn new(register: Register) -> Self {
        let mut cells: HashMap<(i32, i32), Vec<u32>> = HashMap::new();
        for (number, row) in register.rows.iter().enumerate() {
            cells.entry(cell(row.at)).or_default().push(number as u32);
        }
        let homes = register.rows.iter().map(|_| None).collect();
        let datasets = register.datasets.clone();
        Self { register, cells, homes, texts: Vec::new(), known: HashMap::new(), pieces: Vec::new(), things: Vec::new(), communes: Vec::new(), datasets, left_out: 0 }
    }

    /// Takes the name of an object, and the addresses that belong to it.
    pub fn note(&mut self, object: &Object) {
        if self.pieces.len() + self.things.len() >= MAX_THINGS {
            self.left_out += 1;
            return;
        }
        match object {
            Object::Building(draft) => self.building(&draft.building),
            Object::Line(line) => {
                let kind = if matches!(line.class, LineClass::Tram | LineClass::Rail) { Kind::Line } else { Kind::Street };
                let points: Vec<[f64; 2]> = line.points.iter().map(|[x, y, _]| [*x, *y]).collect();
                self.line(line.name.as_deref(), kind, &points, &line.dataset);
            }
            Object::Conduit(conduit) if conduit.utility == Utility::Transit => self.line(conduit.name.as_deref(), Kind::Line, &conduit.points, &conduit.dataset),
            Object::Fixture(fixture) => {
                let kind = match fixture.kind {
                    FixtureKind::Stop => Kind::Stop,
                    FixtureKind::Plant => Kind::Place,
                    _ => return,
                };
                let feature = Some((fixture.utility.id().to_owned(), fixture.id.clone()));
                self.thing(fixture.name.as_deref(), kind, [fixture.at[0], fixture.at[1]], 0.0, feature, &fixture.dataset);
            }
            Object::Water(water) => {
                let Some(at) = water.outline.interior_point() else { return };
                let bounds = Bounds2::of(water.outline.exterior().0.iter().map(|at| [at.x, at.y]));
                // A river is many pools.
                let size = bounds.size();
                if let Some(name) = self.name(water.name.as_deref()) {
                    self.datasets.insert(water.dataset.clone());
                    self.pieces.push(Piece { name, kind: Kind::Water, at: [at.x(), at.y()], bounds, length_m: size[0].hypot(size[1]) });
                }
            }
            Object::Area(area) => self.area(area),
            Object::Conduit(_) | Object::Tree(_) => {}
        }
    }

    fn name(&mut self, name: Option<&str>) -> Option<u32> {
        let name = written(name?);
        if !name.chars().any(char::is_alphabetic) {
            return None;
        }
        if let Some(known) = self.known.get(&name) {
            return Some(*known);
        }
        let number = self.texts.len() as u32;
        self.known.insert(name.clone(), number);
        self.texts.push(name);
        Some(number)
    }

    fn line(&mut self, name: Option<&str>, kind: Kind, points: &[[f64; 2]], dataset: &DatasetId) {
        let Some(name) = self.name(name) else { return };
        let Some(at) = points.get(points.len() / 2) else { return };
        let length_m = points.windows(2).map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1])).sum();
        self.pieces.push(Piece { name, kind, at: *at, bounds: Bounds2::of(points.iter().copied()), length_m });
        if !self.datasets.contains(dataset) {
            self.datasets.insert(dataset.clone());
        }
    }

    fn thing(&mut self, name: Option<&str>, kind: Kind, at: [f64; 2], span_m: f64, feature: Option<(String, String)>, dataset: &DatasetId) {
        let Some(name) = name.map(written).filter(|name| name.chars().any(char::is_alphabetic)) else { return };
        self.things.push(Thing { name, kind, at, span_m, weight: 0, feature });
        if !self.datasets.contains(dataset) {
            self.datasets.insert(dataset.clone());
        }
    }

    fn building(&mut self, building: &Building) {
        let bounds = Bounds2::of(building.footprint.iter().flat_map(|polygon| &polygon.exterior().0).map(|at| [at.x, at.y]));
        if bounds.is_empty() {
            return;
        }
        let around = bounds.grown(BUILDING_M);
        let (low, high) = (cell(around.min), cell(around.max));
        for key in (low.0..=high.0).flat_map(|x| (low.1..=high.1).map(move |y| (x, y))) {
            for number in self.cells.get(&key).into_iter().flatten() {
                let Some((row, home)) = self.register.rows.get(*number as usize).zip(self.homes.get_mut(*number as usize)) else { continue };
                let at = Point::new(row.at[0], row.at[1]);
                if !around.contains(row.at) {
                    continue;
                }
                let away = if building.footprint.contains(&at) { 0.0 } else { building.footprint.iter().map(|polygon| Euclidean.distance(&at, polygon)).fold(f64::INFINITY, f64::min) };
                let nearer = home.as_ref().is_none_or(|(best, id)| away < *best || (away == *best && building.id < *id));
                if away <= BUILDING_M && nearer {
                    *home = Some((away, building.id.clone()));
                }
            }
        }
        const NAMES: [&str; 4] = ["nom", "name", "toponyme", "libelle"];
        let name = building.attributes.iter().find(|attribute| NAMES.iter().any(|name| attribute.name.eq_ignore_ascii_case(name)));
        if let Some(AttributeValue::Text(name)) = name.map(|attribute| &attribute.value) {
            let at = building.footprint.interior_point().map_or(bounds.centre(), |at| [at.x(), at.y()]);
            let size = bounds.size();
            self.thing(Some(name), Kind::Building, at, size[0].hypot(size[1]), Some((kept::BUILDINGS.to_owned(), building.id.clone())), &building.dataset);
        }
    }

    fn area(&mut self, area: &Area) {
        let kind = match area.theme {
            AreaTheme::Outline => Kind::Place,
            AreaTheme::Iris => Kind::Quarter,
            AreaTheme::Park | AreaTheme::PublicFacility => Kind::Place,
            _ => return,
        };
        let AreaShape::Surface(outline) = &area.shape else { return };
        let bounds = Bounds2::of(outline.iter().flat_map(|polygon| &polygon.exterior().0).map(|at| [at.x, at.y]));
        let feature = Some((area.theme.id().to_owned(), area.id.clone()));
        // An INSEE code: five characters. Wider outlines (an EPCI has nine digits) have names too, and addresses none of them.
        if area.theme == AreaTheme::Outline && area.code.len() == 5 {
            self.datasets.insert(area.dataset.clone());
            self.communes.push(Commune { name: area.name.clone(), code: area.code.clone(), outline: outline.clone(), bounds, feature });
            return;
        }
        let Some(at) = outline.interior_point() else { return };
        let size = bounds.size();
        self.thing(Some(&area.name), kind, [at.x(), at.y()], size[0].hypot(size[1]), feature, &area.dataset);
    }

    /// Writes the index below the package; `None` where nothing has a name. What did not fit into it is told.
    ///
    /// # Errors
    /// `write-failed`.
    pub fn write(mut self, package: &Path, to_spot: &ToSpot, report: &mut Report) -> Result<Option<SearchIndex>, ImportFault> {
        let datasets: Vec<DatasetId> = std::mem::take(&mut self.datasets).into_iter().collect();
        if self.left_out > 0 {
            report.push(Finding::new("addresses-too-many", Severity::Warning, "territory").value(self.left_out));
        }
        let built = build(self.named(to_spot), kept::BUILDINGS);
        if built.cut > 0 {
            report.push(Finding::new("addresses-cut", Severity::Warning, "territory").value(built.cut));
        }
        if built.entries == 0 {
            return Ok(None);
        }
        let (mut bytes, mut count) = (0, 0);
        for (part, content) in &built.files {
            write_whole(&package.join(FOLDER).join(part.path()), content)?;
            bytes += content.len() as u64;
            count += 1;
        }
        let index = built.files.iter().find(|(part, _)| *part == Part::Index).map_or(0, |(_, content)| content.len() as u64);
        Ok(Some(SearchIndex {
            path: FOLDER.to_owned(),
            names: u64::from(built.entries),
            addresses: u64::from(built.addresses),
            files: count,
            bytes,
            index_bytes: index,
            datasets,
        }))
    }

    fn commune_at(&self, at: [f64; 2], last: &mut usize) -> Option<&Commune> {
        let point = Point::new(at[0], at[1]);
        let holds = |commune: &Commune| commune.bounds.contains(at) && commune.outline.contains(&point);
        // Neighbours in the list are mostly neighbours on the ground.
        if let Some(commune) = self.communes.get(*last).filter(|commune| holds(commune)) {
            return Some(commune);
        }
        *last = self.communes.iter().position(holds)?;
        self.communes.get(*last)
    }

    fn named(&self, to_spot: &ToSpot) -> Vec<Named> {
        let mut all: Vec<Named> = Vec::new();
        let mut streets = self.streets();
        self.house_numbers(&mut streets, to_spot);
        let mut people: BTreeMap<&str, (u32, BTreeMap<&str, u32>)> = BTreeMap::new();
        for row in &self.register.rows {
            let (count, postcodes) = people.entry(self.register.said(row.code)).or_default();
            *count += 1;
            *postcodes.entry(self.register.said(row.postcode)).or_default() += 1;
        }
        // The postcode that most addresses of a commune have.
        let postcode_of = |code: &str| {
            let (_, postcodes) = people.get(code)?;
            postcodes.iter().max_by_key(|(postcode, count)| (**count, std::cmp::Reverse(**postcode))).map(|(postcode, _)| (*postcode).to_owned())
        };
        for street in streets {
            let Some(spot) = to_spot(street.at) else { continue };
            let locality = street.locality.map(|mut locality| {
                if locality.postcode.is_empty() {
                    locality.postcode = postcode_of(&locality.code).unwrap_or_default();
                }
                locality
            });
            let size = street.bounds.size();
            let weight = street.houses.len() as f64 + 0.01 * street.length_m;
            all.push(Named {
                name: street.name,
                kind: street.kind,
                locality,
                spot,
                span_m: size[0].hypot(size[1]).min(1e9) as u32,
                weight: weight.min(9e5) as u32,
                feature: None,
                houses: street.houses,
            });
        }
        let mut last = 0;
        let mut locality_at = |at: [f64; 2]| {
            let commune = self.commune_at(at, &mut last)?;
            Some(Locality { name: commune.name.clone(), code: commune.code.clone(), postcode: postcode_of(&commune.code).unwrap_or_default() })
        };
        for place in &self.register.places {
            let Some(spot) = to_spot(place.at) else { continue };
            all.push(Named {
                name: self.register.said(place.name).to_owned(),
                kind: place.kind,
                locality: locality_at(place.at),
                spot,
                span_m: place.span_m.min(1e9) as u32,
                weight: place.weight,
                feature: None,
                houses: Vec::new(),
            });
        }
        for thing in &self.things {
            let Some(spot) = to_spot(thing.at) else { continue };
            let locality = locality_at(thing.at);
            all.push(Named { name: thing.name.clone(), kind: thing.kind, locality, spot, span_m: thing.span_m.min(1e9) as u32, weight: thing.weight, feature: thing.feature.clone(), houses: Vec::new() });
        }
        for commune in &self.communes {
            let middle = commune.outline.interior_point().map_or(commune.bounds.centre(), |at| [at.x(), at.y()]);
            let Some(spot) = to_spot(middle) else { continue };
            let size = commune.bounds.size();
            let houses = people.get(commune.code.as_str()).map_or(0, |(count, _)| *count);
            all.push(Named {
                name: commune.name.clone(),
                kind: Kind::Commune,
                locality: Some(Locality { name: commune.name.clone(), code: commune.code.clone(), postcode: postcode_of(&commune.code).unwrap_or_default() }),
                spot,
                span_m: size[0].hypot(size[1]).min(1e9) as u32,
                weight: COMMUNE_WEIGHT.saturating_add(houses),
                feature: commune.feature.clone(),
                houses: Vec::new(),
            });
        }
        once_each(all)
    }

    /// Pieces of one name in one commune that lie near each other, as one.
    fn streets(&self) -> Vec<Street> {
        let mut last = 0;
        let mut groups: BTreeMap<(String, Kind, Option<String>), Vec<(&Piece, Option<Locality>)>> = BTreeMap::new();
        for piece in &self.pieces {
            let commune = self.commune_at(piece.at, &mut last);
            let locality = commune.map(|commune| Locality { name: commune.name.clone(), code: commune.code.clone(), postcode: String::new() });
            // A line or a river goes through many communes and is one.
            let locality = locality.filter(|_| piece.kind == Kind::Street);
            let name = self.texts.get(piece.name as usize).map_or("", String::as_str);
            groups.entry((same_name(name), piece.kind, locality.as_ref().map(|locality| locality.code.clone()))).or_default().push((piece, locality));
        }
        let mut streets = Vec::new();
        for ((same, kind, _), mut pieces) in groups {
            pieces.sort_by(|(a, _), (b, _)| a.at[0].total_cmp(&b.at[0]).then(a.at[1].total_cmp(&b.at[1])).then(a.length_m.total_cmp(&b.length_m)));
            let near = if kind == Kind::Street { STREET_M } else { f64::INFINITY };
            let mut mine: Vec<(Street, Vec<[f64; 2]>)> = Vec::new();
            for (piece, locality) in pieces {
                let joined = mine.iter_mut().find(|(street, _)| near.is_infinite() || street.bounds.grown(near).intersects(&piece.bounds));
                match joined {
                    Some((street, middles)) => {
                        street.bounds = street.bounds.union(piece.bounds);
                        street.length_m += piece.length_m;
                        middles.push(piece.at);
                    }
                    None => {
                        let name = self.texts.get(piece.name as usize).cloned().unwrap_or_default();
                        let street = Street { same: same.clone(), name, kind, locality, at: piece.at, bounds: piece.bounds, length_m: piece.length_m, houses: Vec::new() };
                        mine.push((street, vec![piece.at]));
                    }
                }
            }
            streets.extend(mine.into_iter().map(|(mut street, middles)| {
                // A point of the street itself: the middle of what holds it may lie beside it.
                let centre = street.bounds.centre();
                let away = |at: &[f64; 2]| (at[0] - centre[0]).hypot(at[1] - centre[1]);
                street.at = middles.into_iter().min_by(|a, b| away(a).total_cmp(&away(b))).unwrap_or(street.at);
                street
            }));
        }
        streets
    }

    /// Gives each address to its street: the one of its name in its commune that is nearest, or one of its own.
    fn house_numbers(&self, streets: &mut Vec<Street>, to_spot: &ToSpot) {
        let mut by_name: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, street) in streets.iter().enumerate().filter(|(_, street)| street.kind == Kind::Street) {
            by_name.entry(street.same.clone()).or_default().push(at);
        }
        let mut same: HashMap<u32, String> = HashMap::new();
        let mut own: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut postcodes: BTreeMap<usize, BTreeMap<u32, u32>> = BTreeMap::new();
        let mut living: Vec<(usize, u32)> = Vec::new();
        for (number, row) in self.register.rows.iter().enumerate() {
            let [street, commune, code] = [row.street, row.commune, row.code].map(|text| self.register.said(text));
            let name = same.entry(row.street).or_insert_with(|| same_name(street)).clone();
            let away = |at: &usize| streets.get(*at).map_or(f64::INFINITY, |street| distance(&street.bounds, row.at));
            let in_commune = |at: &&usize| streets.get(**at).and_then(|street| street.locality.as_ref()).is_none_or(|locality| code.is_empty() || locality.code == code);
            let drawn = by_name.get(&name).into_iter().flatten().filter(in_commune).filter(|at| away(at) <= STREET_M).min_by(|a, b| away(a).total_cmp(&away(b))).copied();
            let at = drawn.unwrap_or_else(|| {
                *own.entry((name.clone(), format!("{code} {commune}"))).or_insert_with(|| {
                    let locality = (!commune.is_empty()).then(|| Locality { name: commune.to_owned(), code: code.to_owned(), postcode: String::new() });
                    streets.push(Street { same: name, name: street.to_owned(), kind: Kind::Street, locality, at: row.at, bounds: Bounds2::EMPTY, length_m: 0.0, houses: Vec::new() });
                    streets.len() - 1
                })
            });
            *postcodes.entry(at).or_default().entry(row.postcode).or_default() += 1;
            living.push((at, number as u32));
        }
        let usual: BTreeMap<usize, u32> = postcodes.into_iter().filter_map(|(street, counts)| Some((street, counts.into_iter().max_by_key(|(text, count)| (*count, std::cmp::Reverse(*text)))?.0))).collect();
        for (at, number) in living {
            let Some((row, home)) = self.register.rows.get(number as usize).zip(self.homes.get(number as usize)) else { continue };
            let (Some(street), Some(spot)) = (streets.get_mut(at), to_spot(row.at)) else { continue };
            let [suffix, postcode, commune, code, name] = [row.suffix, row.postcode, row.commune, row.code, row.street].map(|text| self.register.said(text));
            let common = usual.get(&at).is_some_and(|usual| *usual == row.postcode);
            // What the source of addresses writes has accents and small letters where road data often have none.
            if street.houses.is_empty() && name.chars().any(char::is_lowercase) {
                street.name = name.to_owned();
            }
            let locality = street.locality.get_or_insert_with(|| Locality { name: commune.to_owned(), code: code.to_owned(), postcode: String::new() });
            if common && locality.postcode.is_empty() {
                locality.postcode = postcode.to_owned();
            }
            if !commune.is_empty() {
                locality.name = commune.to_owned();
            }
            street.bounds = street.bounds.union(Bounds2::of([row.at]));
            street.houses.push(House {
                number: row.number,
                suffix: suffix.to_owned(),
                spot,
                building: home.as_ref().map_or_else(String::new, |(_, id)| id.clone()),
                postcode: if common { String::new() } else { postcode.to_owned() },
            });
        }
    }
}

struct Street {
    same: String,
    name: String,
    kind: Kind,
    locality: Option<Locality>,
    at: [f64; 2],
    bounds: Bounds2,
    length_m: f64,
    houses: Vec<House>,
}

fn distance(bounds: &Bounds2, at: [f64; 2]) -> f64 {
    let away = |k: usize| (bounds.min[k] - at[k]).max(at[k] - bounds.max[k]).max(0.0);
    away(0).hypot(away(1))
}

/// Two sources often name the same place: the first of a name, kind and commune stays where they lie near each other.
fn once_each(all: Vec<Named>) -> Vec<Named> {
    const SAME_PLACE_M: f64 = 300.0;
    let mut groups: BTreeMap<(String, Kind, Option<Locality>), Vec<Named>> = BTreeMap::new();
    for one in all {
        let group = groups.entry((same_name(&one.name), one.kind, one.locality.clone())).or_default();
        let metres = |other: &Named| {
            let ([lon, lat], [east, north]) = (one.spot.lonlat(), other.spot.lonlat());
            111_200.0 * ((lon - east) * lat.to_radians().cos()).hypot(lat - north)
        };
        let again = one.kind != Kind::Street && group.iter().any(|known| metres(known) < SAME_PLACE_M);
        if !again {
            group.push(one);
        }
    }
    groups.into_values().flatten().collect()
}
