//! What felling a tree gives to the roofs beside: each record knows its own trees, and a tree is the same one where it stands at the same place.

use super::Thinning;
use super::prepare::{Sunlight, middle};
use super::told::{decimal, grouped};
use crate::formats::roofbook::{Record, ThinnedRecord, TreeRecord};
use std::collections::BTreeMap;

/// Neighbours that are asked for, and told of one by one.
pub const MOST: usize = 24;
const MOST_TOLD: usize = 8;
/// Two records speak of one tree that stands so near to itself, metres: places are kept in millimetres.
const SAME_M: f64 = 0.01;
/// What is told of as a change, kWh a year.
const LEAST_KWH: f64 = 1.0;

/// A roof whose year is another without a neighbour's trees, kWh.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    pub building: String,
    pub layer: String,
    pub before_kwh: f64,
    pub after_kwh: f64,
    /// Middle of its roof, in the local frame.
    pub at: [f64; 3],
}

impl Neighbour {
    pub fn more_kwh(&self) -> f64 {
        self.after_kwh - self.before_kwh
    }
}

/// The neighbours of a trial, in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Around {
    pub sentence: String,
    /// The one that gains most first; no more than are told.
    pub roofs: Vec<(Neighbour, String)>,
}

/// The trees of a record that are felled.
pub fn felled(record: &Record, thinning: Thinning) -> &[TreeRecord] {
    match thinning {
        Thinning::All => &record.trees,
        Thinning::Tree(number) => record.trees.get(number..number + 1).unwrap_or_default(),
    }
}

/// Buildings that may have these trees before their roofs, each once.
pub fn others(trees: &[TreeRecord]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for id in trees.iter().flat_map(|tree| &tree.others) {
        if out.len() < MOST && !out.contains(id) {
            out.push(id.clone());
        }
    }
    out
}

/// What the planes of a neighbour make without these trees; `None` where none of them takes its light.
///
/// All of its modules count, whatever is proposed. Where several trees stand one behind the other its gain is at least this: what only all of them hide is not known tree by tree.
pub fn gain(record: &Record, trees: &[TreeRecord], sunlight: &Sunlight) -> Option<Neighbour> {
    let same = |a: &TreeRecord, b: &TreeRecord| (a.at[0] - b.at[0]).hypot(a.at[1] - b.at[1]) <= SAME_M;
    let own: Vec<&TreeRecord> = record.trees.iter().filter(|tree| trees.iter().any(|felled| same(tree, felled))).collect();
    let thinned: Vec<&ThinnedRecord> = if own.len() == record.trees.len() { record.treeless.iter().collect() } else { own.iter().flat_map(|tree| &tree.thinned).collect() };
    if own.is_empty() || thinned.is_empty() {
        return None;
    }
    let mut by_plane: BTreeMap<usize, Vec<&ThinnedRecord>> = BTreeMap::new();
    thinned.into_iter().for_each(|one| by_plane.entry(one.plane).or_default().push(one));
    let year = |record: &Record| record.planes.iter().map(|own| own.kwh_year).sum::<f64>();
    let mut after = record.clone();
    for (plane, thinned) in by_plane {
        let Some(own) = after.planes.get_mut(plane) else { continue };
        for ThinnedRecord { directions, tops, .. } in thinned {
            for (view, tops) in own.views.iter_mut().zip(tops) {
                for (direction, top) in directions.iter().zip(tops) {
                    if let Some(kept) = view.tree_tops.get_mut(usize::from(*direction)) {
                        *kept = (*kept).min(*top);
                    }
                }
            }
        }
        sunlight.renew(own);
    }
    let found = Neighbour { building: record.building.clone(), layer: record.layer.clone(), before_kwh: year(record), after_kwh: year(&after), at: middle(record) };
    (found.more_kwh() >= LEAST_KWH).then_some(found)
}

/// The neighbours in words; nothing where none gains. `asked` is how many were asked: of [`MOST`] there may be more.
pub fn told(mut found: Vec<Neighbour>, asked: usize, english: bool) -> Option<Around> {
    found.sort_by(|a, b| b.more_kwh().total_cmp(&a.more_kwh()));
    let sum: f64 = found.iter().map(Neighbour::more_kwh).sum();
    let sum = grouped(sum, english);
    let at_least = asked >= MOST;
    let sentence = match (found.len(), english) {
        (0, _) => return None,
        (count, false) if at_least && count > 1 => format!("Au moins {count} toits voisins y gagnent : +{sum} kWh/an ensemble."),
        (count, true) if at_least && count > 1 => format!("At least {count} roofs beside gain: +{sum} kWh/year together."),
        (1, false) => format!("Un toit voisin y gagne : +{sum} kWh/an."),
        (1, true) => format!("One roof beside gains: +{sum} kWh/year."),
        (count, false) => format!("{count} toits voisins y gagnent : +{sum} kWh/an ensemble."),
        (count, true) => format!("{count} roofs beside gain: +{sum} kWh/year together."),
    };
    let roofs = found
        .into_iter()
        .take(MOST_TOLD)
        .map(|one| {
            let percent = if one.before_kwh > 0.0 { 100.0 * one.more_kwh() / one.before_kwh } else { 0.0 };
            let (more, percent) = (grouped(one.more_kwh(), english), decimal(percent, 1, english));
            let said = if english { format!("{}: +{more} kWh/year (+{percent}%)", one.building) } else { format!("{} : +{more} kWh/an (+{percent} %)", one.building) };
            (one, said)
        })
        .collect();
    Some(Around { sentence, roofs })
}
