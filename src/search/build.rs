//! Names and addresses → the files of an index. The same input gives the same bytes, in whatever order it comes.

use super::words;
use crate::formats::search::{END, Entry, Feature, House, HouseList, Houses, Index, Kind, Locality, MAX_NAME_BYTES, MAX_PART_BYTES, Node, Part, Spot, cut, write_entries, write_houses, write_spelling};
use std::collections::{BTreeMap, BTreeSet};

/// Things in one file of words: some twenty kilobytes.
const FILE_ENTRIES: usize = 500;
/// Of one word that very many things have, the most important.
const MOST_OF_A_WORD: usize = 4_000;
/// The most important of those that begin with letters too few for a file of their own.
const TOP: usize = 60;
/// House numbers in one file, unless one street has more.
const FILE_HOUSES: usize = 1_200;
/// Longest part of a word that tells files apart, letters.
const MAX_PREFIX: usize = 24;

/// Something with a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    pub name: String,
    pub kind: Kind,
    pub locality: Option<Locality>,
    pub spot: Spot,
    pub span_m: u32,
    /// More is more important among its kind: houses of a street, people of a commune.
    pub weight: u32,
    /// Layer and id.
    pub feature: Option<(String, String)>,
    pub houses: Vec<House>,
}

/// The files of an index, and what is told of it.
#[derive(Clone, Debug, Default)]
pub struct Built {
    pub files: Vec<(Part, Vec<u8>)>,
    pub entries: u32,
    pub addresses: u32,
    /// Files that would have been larger than a reader takes; the most important of theirs was kept.
    pub cut: usize,
}

/// Writes the index of these names; houses stand in buildings of `building_layer`.
pub fn build(mut named: Vec<Named>, building_layer: &str) -> Built {
    named.retain(|one| one.name.chars().any(char::is_alphanumeric));
    for one in &mut named {
        one.name = cut(&one.name, MAX_NAME_BYTES).to_owned();
        one.houses.sort();
        // Two streets of a commune may bear one name: only what is told twice goes.
        one.houses.dedup_by(|a, b| a.number == b.number && a.suffix == b.suffix && a.spot == b.spot);
    }
    // Streets of one name stand side by side, in every commune: their numbers are asked for together.
    named.sort_by_cached_key(|one| (words::same_name(&one.name), one.clone()));
    let mut files: Vec<(Part, Vec<u8>)> = Vec::new();
    let layers: Vec<String> = named.iter().filter_map(|one| one.feature.as_ref().map(|(layer, _)| layer.as_str())).chain(named.iter().any(|one| !one.houses.is_empty()).then_some(building_layer)).collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect();
    let layer = |id: &str| layers.iter().position(|known| known == id).and_then(|at| u32::try_from(at).ok()).unwrap_or(0);
    let localities: Vec<Locality> = named.iter().filter_map(|one| one.locality.clone()).collect::<BTreeSet<_>>().into_iter().collect();
    let mut entries: Vec<Entry> = Vec::with_capacity(named.len());
    let (mut lists, mut in_lists, mut number_files, mut addresses) = (Vec::new(), 0_usize, 0_u32, 0_usize);
    let mut cut_files = 0;
    for mut one in named {
        let mut houses = None;
        if one.houses.len() > FILE_HOUSES {
            cut_files += usize::from(shorten(&mut one.houses, layer(building_layer)));
        }
        if !one.houses.is_empty() {
            if in_lists > 0 && in_lists + one.houses.len() > FILE_HOUSES {
                files.push((Part::Numbers(number_files), write_houses(&std::mem::take(&mut lists))));
                number_files += 1;
                in_lists = 0;
            }
            houses = Some(HouseList { file: number_files, place: lists.len() as u32 });
            in_lists += one.houses.len();
            addresses += one.houses.len();
            lists.push(Houses { layer: layer(building_layer), houses: one.houses });
        }
        entries.push(Entry {
            number: entries.len() as u32,
            kind: one.kind,
            name: one.name,
            locality: one.locality.and_then(|known| localities.binary_search(&known).ok()).map(|at| at as u32),
            spot: one.spot,
            span_m: one.span_m,
            weight: one.weight,
            feature: one.feature.map(|(id, feature)| Feature { layer: layer(&id), id: feature }),
            houses,
        });
    }
    if !lists.is_empty() {
        files.push((Part::Numbers(number_files), write_houses(&lists)));
    }
    let mut by_word: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for entry in &entries {
        let tied = words::tied(&entry.name);
        let telling = words::words(&entry.name);
        let all: BTreeSet<&str> = words::telling(&telling).into_iter().chain(tied.iter().map(|(word, _)| word.as_str())).collect();
        for word in all {
            let word: String = word.chars().take(MAX_PREFIX).collect();
            by_word.entry(word).or_default().push(entry.number);
        }
    }
    let (spelling, is_cut) = spelling(&by_word);
    cut_files += usize::from(is_cut);
    let words: Vec<(String, Vec<u32>)> = by_word.into_iter().map(|(word, entries)| (format!("{word}{END}"), entries)).collect();
    let mut cutting = Cutting { entries: &entries, nodes: Vec::new(), files: Vec::new(), cut: 0 };
    cutting.below(&words, "");
    let Cutting { mut nodes, files: word_files, cut, .. } = cutting;
    nodes.sort_by(|a, b| a.prefix.cmp(&b.prefix));
    files.extend(word_files.into_iter().enumerate().map(|(file, bytes)| (Part::Words(file as u32), bytes)));
    let told = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let index = Index { layers, localities, nodes, entries: told(entries.len()), addresses: told(addresses), spelling_bytes: told(spelling.len()) };
    files.push((Part::Spelling, spelling));
    files.push((Part::Index, index.write()));
    files.sort_by_key(|(part, _)| *part);
    Built { files, entries: index.entries, addresses: index.addresses, cut: cut + cut_files }
}

/// The house numbers of one street, those that a file of their own can hold; whether some had to go.
fn shorten(houses: &mut Vec<House>, layer: u32) -> bool {
    let mut is_cut = false;
    while houses.len() > 1 && write_houses(&[Houses { layer, houses: houses.clone() }]).len() > MAX_PART_BYTES {
        houses.truncate(houses.len() / 2);
        is_cut = true;
    }
    is_cut
}

/// All words there are; where those are too many for one file, the ones that several things have.
fn spelling(by_word: &BTreeMap<String, Vec<u32>>) -> (Vec<u8>, bool) {
    let mut least = 1;
    loop {
        let words: Vec<&str> = by_word.iter().filter(|(_, things)| things.len() >= least).map(|(word, _)| word.as_str()).collect();
        let none_is_left = words.is_empty();
        let bytes = write_spelling(words.into_iter());
        if none_is_left || bytes.len() <= MAX_PART_BYTES {
            return (bytes, least > 1);
        }
        least *= 2;
    }
}

/// Words in the order of the alphabet, cut into files.
struct Cutting<'a> {
    entries: &'a [Entry],
    nodes: Vec<Node>,
    files: Vec<Vec<u8>>,
    /// Files that were too large.
    cut: usize,
}

impl Cutting<'_> {
    /// The words that begin with `prefix`: one file where they are few, else the most important of them and files for one letter more.
    fn below(&mut self, words: &[(String, Vec<u32>)], prefix: &str) {
        let all: BTreeSet<u32> = words.iter().flat_map(|(_, entries)| entries).copied().collect();
        if all.is_empty() {
            return;
        }
        if all.len() <= FILE_ENTRIES {
            return self.file(prefix, all, true);
        }
        if prefix.ends_with(END) {
            let is_whole = all.len() <= MOST_OF_A_WORD;
            let most = self.top(&all, &BTreeSet::new(), MOST_OF_A_WORD);
            return self.file(prefix, most, is_whole);
        }
        if !prefix.is_empty() {
            let ended = format!("{prefix}{END}");
            let same: BTreeSet<u32> = words.iter().filter(|(word, _)| *word == ended).flat_map(|(_, entries)| entries).copied().collect();
            let top = self.top(&all, &same, TOP);
            self.file(prefix, top, false);
        }
        let letter = |word: &str| word.get(prefix.len()..).and_then(|rest| rest.chars().next());
        let mut start = 0;
        while let Some((word, _)) = words.get(start) {
            let next = letter(word);
            let end = start + words.iter().skip(start).take_while(|(word, _)| letter(word) == next).count();
            if let (Some(next), Some(mine)) = (next, words.get(start..end)) {
                self.below(mine, &format!("{prefix}{next}"));
            }
            start = end;
        }
    }

    fn top(&self, all: &BTreeSet<u32>, first: &BTreeSet<u32>, most: usize) -> BTreeSet<u32> {
        let worth = |number: &u32| self.entries.get(*number as usize).map_or(0, |entry| entry.weight);
        let mut order: Vec<u32> = all.iter().copied().collect();
        order.sort_by_key(|number| (!first.contains(number), std::cmp::Reverse(worth(number)), *number));
        order.into_iter().take(most).collect()
    }

    fn file(&mut self, prefix: &str, mut numbers: BTreeSet<u32>, mut is_whole: bool) {
        let written = |numbers: &BTreeSet<u32>| {
            let entries: Vec<&Entry> = numbers.iter().filter_map(|number| self.entries.get(*number as usize)).collect();
            write_entries(entries.into_iter())
        };
        let mut is_cut = false;
        let mut bytes = written(&numbers);
        // Ids are as long as their sources have them: few things may be many bytes.
        while bytes.len() > MAX_PART_BYTES && !numbers.is_empty() {
            numbers = self.top(&numbers, &BTreeSet::new(), numbers.len() / 2);
            bytes = written(&numbers);
            (is_cut, is_whole) = (true, false);
        }
        self.cut += usize::from(is_cut);
        self.nodes.push(Node { prefix: prefix.to_owned(), is_whole, file: self.files.len() as u32, bytes: bytes.len() as u32 });
        self.files.push(bytes);
    }
}
