//! What the features in memory say of themselves: which attributes there are, between which numbers they lie, which kinds occur.
//!
//! Reads: [`Resident`]. Writes: [`Attributes`], and the list of them in [`SceneFacts`].
//! Every tile is counted once, when it comes; a feature that lies in tiles of several levels counts in each, so counts order kinds and are not told.

use super::resident::Resident;
use super::vocab::{DrawnCamera, KnownAttribute, Scene, SceneFacts, ViewerSystems};
use crate::base::Nature;
use crate::formats::gltf::{Column, Values};
use crate::stream::TileId;
use crate::view::Attribute;
use crate::view::attribute::MAX_KIND_BYTES;
use bevy::platform::collections::HashSet;
use bevy::prelude::*;
use std::collections::BTreeMap;

/// Attributes of one territory.
const MAX_ATTRIBUTES: usize = 256;
/// Kinds of one attribute; what has more of them is a name and no kind.
const MAX_KINDS: usize = 64;
/// Numbers that an attribute's scale is drawn up from, at most twice as many: those of a town.
const KEPT: usize = 16_384;
/// Rows that are counted in one frame.
const ROWS_A_FRAME: usize = 20_000;
/// Columns that name a feature or serve the picture.
const NO_ATTRIBUTES: [&str; 9] = ["id", "name", "dataset", "rnb", "demand_profile", "demand_spread", "roof_residual_m", "ground_m", "attributes"];

/// What is known of one attribute.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Numbers at even places of those met, sorted when they are asked for.
    numbers: Vec<f64>,
    every: u64,
    met: u64,
    low: f64,
    high: f64,
    kinds: BTreeMap<String, u64>,
    has_many: bool,
}

impl Seen {
    fn add_number(&mut self, number: f64) {
        (self.low, self.high) = if self.met == 0 { (number, number) } else { (self.low.min(number), self.high.max(number)) };
        self.every = self.every.max(1);
        if self.met % self.every == 0 {
            self.numbers.push(number);
            if self.numbers.len() > 2 * KEPT {
                let mut odd = false;
                self.numbers.retain(|_| {
                    odd = !odd;
                    odd
                });
                self.every = self.every.saturating_mul(2);
            }
        }
        self.met += 1;
    }

    fn add_kind(&mut self, text: &str) {
        self.met += 1;
        if let Some(count) = self.kinds.get_mut(text) {
            *count += 1;
        } else if self.kinds.len() < MAX_KINDS {
            self.kinds.insert(text.to_owned(), 1);
        } else {
            self.has_many = true;
        }
    }

    /// Kinds, those of the most features first; none of a number and of what has a kind for every feature.
    pub fn kinds(&self) -> Vec<&str> {
        if self.has_many {
            return Vec::new();
        }
        // What is too long to stand in a link is a text to read and no kind.
        let named = self.kinds.iter().filter(|(kind, _)| kind.len() <= MAX_KIND_BYTES && !kind.chars().any(char::is_control));
        let mut kinds: Vec<(&str, u64)> = named.map(|(kind, count)| (kind.as_str(), *count)).collect();
        kinds.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        kinds.into_iter().map(|(kind, _)| kind).collect()
    }

    pub fn is_text(&self) -> bool {
        !self.kinds.is_empty()
    }

    /// Whether [`Seen::sample`] is all of its numbers, of at most so many features: one that lies in tiles of several levels is met in each of them.
    pub fn is_complete(&self, features: u64) -> bool {
        self.every <= 1 && self.met <= features
    }

    /// Its numbers in order; of very many some, the lowest and the highest among them.
    pub fn sample(&self) -> Vec<f64> {
        let mut sorted = self.numbers.clone();
        if self.every > 1 && !self.is_text() {
            sorted.extend([self.low, self.high]);
        }
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// Whether colours or filters can be made of it.
    fn is_of_use(&self) -> bool {
        if self.is_text() { !self.has_many } else { self.low < self.high }
    }
}

#[derive(Resource, Default)]
pub struct Attributes {
    known: BTreeMap<Attribute, Seen>,
    counted: HashSet<(usize, TileId)>,
    /// Whether tiles in memory are still to be counted.
    pub is_behind: bool,
    /// Changes with what is known.
    pub changes: u64,
}

impl Attributes {
    pub fn get(&self, attribute: &Attribute) -> Option<&Seen> {
        self.known.get(attribute)
    }

    fn count(&mut self, layer: &crate::base::LayerId, column: &Column) {
        if NO_ATTRIBUTES.contains(&column.name.as_str()) {
            return;
        }
        let attribute = Attribute { layer: layer.clone(), name: column.name.clone() };
        if !attribute.is_sound() || self.known.len() >= MAX_ATTRIBUTES && !self.known.contains_key(&attribute) {
            return;
        }
        let seen = self.known.entry(attribute).or_default();
        match &column.values {
            Values::Text(texts) => texts.iter().filter(|text| !text.is_empty() && !says_nothing(&column.name, text)).for_each(|text| seen.add_kind(text)),
            Values::F32(numbers) => numbers.iter().filter(|x| x.is_finite()).for_each(|x| seen.add_number(f64::from(*x))),
            Values::F64(numbers) => numbers.iter().filter(|x| x.is_finite()).for_each(|x| seen.add_number(*x)),
            Values::U32(numbers) => numbers.iter().filter(|x| **x != u32::MAX).for_each(|x| seen.add_number(f64::from(*x))),
            odd @ (Values::Vectors { .. } | Values::Mixed(_)) => (0..odd.len()).filter_map(|row| odd.said(row)).for_each(|text| seen.add_kind(&text)),
        }
    }
}

pub struct AttributesPlugin;

impl Plugin for AttributesPlugin {
    fn build(&self, app: &mut App) {
        app.init_resource::<Attributes>()
            .add_systems(Update, gather.after(ViewerSystems::Apply).before(ViewerSystems::Prepare).run_if(resource_exists::<Scene>));
    }
}

fn gather(resident: Res<Resident>, drawn: Res<DrawnCamera>, mut attributes: ResMut<Attributes>, mut facts: ResMut<SceneFacts>, mut told: Local<u64>) {
    let (attributes, mut rows) = (attributes.bypass_change_detection(), 0);
    attributes.is_behind = false;
    'layers: for (at, layer) in resident.layers.iter().enumerate() {
        for (id, tile) in &layer.tiles {
            if tile.tables.is_empty() || attributes.counted.contains(&(at, *id)) {
                continue;
            }
            if rows >= ROWS_A_FRAME && !drawn.at_once {
                attributes.is_behind = true;
                break 'layers;
            }
            attributes.counted.insert((at, *id));
            for table in &tile.tables {
                rows += table.count;
                table.columns.iter().for_each(|column| attributes.count(&layer.id, column));
            }
            attributes.changes += 1;
        }
    }
    if *told != attributes.changes && !attributes.is_behind {
        *told = attributes.changes;
        let of_use = attributes.known.iter().filter(|(_, seen)| seen.is_of_use());
        let list: Vec<KnownAttribute> = of_use
            .map(|(attribute, seen)| {
                let mut kinds: Vec<String> = seen.kinds().into_iter().map(str::to_owned).collect();
                kinds.sort();
                KnownAttribute { attribute: attribute.clone(), range: (!seen.is_text()).then_some([seen.low, seen.high]), kinds }
            })
            .collect();
        if facts.attributes != list {
            facts.attributes = list;
        }
    }
}

/// What an attribute is called: a word of ours, else as its source calls it.
pub fn title(name: &str) -> super::vocab::Words {
    const OURS: [(&str, &str); 30] = [
        ("usage", "figure-usage"), ("usage2", "attribute-usage2"), ("height_m", "figure-height"), ("storeys", "figure-storeys"), ("dwellings", "figure-dwellings"),
        ("year", "figure-year"), ("footprint_m2", "figure-footprint"), ("floor_area_m2", "figure-floor-area"), ("demand_kwh_year", "figure-demand-year"),
        ("ridge_m", "attribute-ridge"), ("ridge_stated_m", "attribute-ridge-stated"), ("roof", "attribute-roof"), ("roof_method", "attribute-roof-method"),
        ("height_origin", "attribute-height-origin"), ("class", "attribute-class"), ("kind", "figure-utility-kind"), ("accuracy", "figure-accuracy"),
        ("material", "figure-material"), ("voltage_v", "figure-voltage"), ("diameter_m", "figure-diameter"), ("depth_m", "figure-depth"),
        ("width_m", "figure-road-width"), ("code", "figure-area-code"), ("area_m2", "figure-area"), ("works_year", "figure-works-year"), ("to_year", "figure-removed-year"),
        ("points", "figure-charging-points"), ("point_kw", "figure-charging-power"), ("level_m", "attribute-level"), ("crown_m", "attribute-crown"),
    ];
    OURS.iter().find(|(column, _)| *column == name).map_or_else(|| super::vocab::Words::Said(name.to_owned()), |(_, key)| super::vocab::Words::Key(key))
}

/// Whether a text of an attribute is only the word for there being none.
pub fn says_nothing(name: &str, text: &str) -> bool {
    matches!(name, "usage" | "usage2") && text == "unknown"
}

/// What kind of knowledge an attribute of ours is, where it is another one than its layer's.
pub fn nature(name: &str) -> Option<Nature> {
    match name {
        "usage" | "usage2" | "storeys" | "dwellings" | "year" | "works_year" | "to_year" => Some(Nature::Declared),
        "floor_area_m2" | "roof" | "roof_method" | "height_origin" | "ridge_m" | "level_m" => Some(Nature::Simulated),
        _ if name.starts_with("demand_") => Some(Nature::Simulated),
        _ => None,
    }
}

/// The unit that an attribute's name ends with.
pub fn unit(name: &str) -> super::vocab::Words {
    let said = match name {
        "year" | "works_year" | "to_year" => return super::vocab::Words::Key("unit-year"),
        _ if name.ends_with("_kwh_year") => return super::vocab::Words::Key("unit-kwh-year"),
        _ if name.ends_with("_m2") => "m²",
        _ if name.ends_with("_m") => "m",
        _ if name.ends_with("_v") => "V",
        _ if name.ends_with("_kw") => "kW",
        _ => "",
    };
    super::vocab::Words::Said(said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_numbers_are_told_by_few_and_names_are_no_kinds() {
        let mut seen = Seen::default();
        (0..100_000).for_each(|number| seen.add_number(f64::from(number)));
        let sample = seen.sample();
        assert!(sample.len() <= 2 * KEPT + 2 && (sample[0], sample[sample.len() - 1]) == (0.0, 99_999.0));
        let median = sample[sample.len() / 2];
        assert!((median - 50_000.0).abs() < 100.0, "{median}");
        let mut kinds = Seen::default();
        for kind in ["b", "a", "a", "c", "c", "c"] {
            kinds.add_kind(kind);
        }
        assert_eq!(kinds.kinds(), ["c", "a", "b"]);
        assert!(kinds.is_text() && kinds.sample().is_empty() && kinds.is_of_use());
        (0..100).for_each(|name| kinds.add_kind(&format!("n{name}")));
        assert!(kinds.kinds().is_empty() && !kinds.is_of_use());
    }
}
