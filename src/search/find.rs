//! The parts of an index that are there, and what is found in them.

use super::query::{Asked, Fit, Query, Reading, Token, same_suffix};
use super::words;
use crate::formats::Fault;
use crate::formats::search::{END, Entry, Feature, House, HouseList, Houses, Index, Kind, Locality, Node, Part, Spot, read_entries, read_houses, read_spelling};
use std::collections::{BTreeMap, BTreeSet};

/// Most answers.
pub const MAX_HITS: usize = 8;
/// Files of words and of numbers that are kept.
const MAX_KEPT: usize = 48;
/// Files of words that one query asks for, and files of numbers.
const MAX_WORD_FILES: usize = 3;
const MAX_NUMBER_FILES: usize = 3;
/// Streets whose numbers are looked up.
const MAX_STREETS: usize = 12;
/// Words that a slip may have been meant for.
const MAX_MEANT: usize = 6;
/// Metres of a degree of latitude, near enough for telling what is nearer.
const METRES_PER_DEGREE: f64 = 111_200.0;

/// What is to be said of a hit beside its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remark {
    None,
    /// The street is known, the house number is not.
    NumberUnknown,
    /// The number stands there with another ending: 12 bis for 12.
    OtherSuffix,
}

impl Remark {
    /// As JSON writes it; also the end of its i18n key `search-remark-…`.
    pub fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NumberUnknown => "number-unknown",
            Self::OtherSuffix => "other-suffix",
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// `12 bis Rue des Lilas`.
    pub label: String,
    /// `29830 Plouguin`; may be empty.
    pub detail: String,
    pub kind: Kind,
    /// It is a house with a number.
    pub is_house: bool,
    pub remark: Remark,
    /// Longitude and latitude, degrees; ellipsoidal height of the ground, metres.
    pub at: [f64; 3],
    pub span_m: f64,
    /// Layer and id of the feature that it is, or that stands there.
    pub feature: Option<(String, String)>,
}

/// What was found for a query.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The best first.
    pub hits: Vec<Hit>,
    /// A part of the index could not be had: there may be more.
    pub is_partial: bool,
    /// There was something to look for.
    pub is_asked: bool,
}

/// What a finder says to a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// These parts are needed first; ask again when they are delivered.
    Needs(Vec<Part>),
    Answer(Answer),
}

/// Kept files of one sort, the least lately used leaves first.
struct Kept<T> {
    files: BTreeMap<u32, (u64, T)>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { files: BTreeMap::new() }
    }
}

impl<T> Kept<T> {
    fn put(&mut self, file: u32, now: u64, content: T) {
        if self.files.len() >= MAX_KEPT && !self.files.contains_key(&file) {
            let oldest = self.files.iter().min_by_key(|(_, (used, _))| *used).map(|(file, _)| *file);
            oldest.map(|file| self.files.remove(&file));
        }
        self.files.insert(file, (now, content));
    }

    fn touch(&mut self, file: u32, now: u64) {
        if let Some((used, _)) = self.files.get_mut(&file) {
            *used = now;
        }
    }

    fn get(&self, file: u32) -> Option<&T> {
        self.files.get(&file).map(|(_, content)| content)
    }
}

/// An index as far as it has been fetched.
#[derive(Default)]
pub struct Finder {
    index: Option<Index>,
    /// The words of each locality.
    localities: Vec<Vec<String>>,
    words: Kept<Vec<Entry>>,
    numbers: Kept<Vec<Houses>>,
    spelling: Option<Vec<String>>,
    /// Parts that could not be had.
    lost: BTreeSet<Part>,
    now: u64,
}

/// A thing that fits one reading of a query, before its house number is looked up.
#[derive(Clone, Debug)]
struct Match {
    entry: Entry,
    cost: u32,
    asked: Option<Asked>,
    metres: f64,
}

impl Finder {
    /// Hands in what was asked for.
    ///
    /// # Errors
    /// What is wrong with the bytes; the part then counts as lost.
    pub fn deliver(&mut self, part: Part, bytes: Option<&[u8]>) -> Result<(), Fault> {
        let taken = bytes.map_or(Ok(false), |bytes| self.take(part, bytes).map(|()| true));
        if !matches!(taken, Ok(true)) {
            self.lost.insert(part);
        }
        taken.map(|_| ())
    }

    /// Parts that could not be had may be asked for again.
    pub fn try_again(&mut self) {
        self.lost.clear();
    }

    pub fn index(&self) -> Option<&Index> {
        self.index.as_ref()
    }

    fn take(&mut self, part: Part, bytes: &[u8]) -> Result<(), Fault> {
        match part {
            Part::Index => {
                let index = Index::read(bytes)?;
                self.localities = index.localities.iter().map(|Locality { name, code, postcode }| {
                    let mut words = words::words(name);
                    words.extend([code, postcode].into_iter().filter(|code| !code.is_empty()).map(|code| words::plain(code)));
                    words
                }).collect();
                self.index = Some(index);
            }
            Part::Words(file) => self.words.put(file, self.now, read_entries(bytes)?),
            Part::Numbers(file) => self.numbers.put(file, self.now, read_houses(bytes)?),
            Part::Spelling => self.spelling = Some(read_spelling(bytes)?),
        }
        Ok(())
    }

    /// What fits a query, the nearest to a place (longitude, latitude) first among equals.
    pub fn find(&mut self, text: &str, near: [f64; 2]) -> Found {
        self.now += 1;
        let query = Query::read(text);
        if query.is_empty() {
            return Found::Answer(Answer::default());
        }
        let Some(index) = &self.index else {
            return if self.lost.contains(&Part::Index) {
                Found::Answer(Answer { is_partial: true, is_asked: true, ..Answer::default() })
            } else {
                Found::Needs(vec![Part::Index])
            };
        };
        let plain: Vec<Node> = self.files_for(index, &query).into_iter().cloned().collect();
        let mut needs = self.missing(&plain);
        if !needs.is_empty() {
            return Found::Needs(needs);
        }
        let mut files: Vec<u32> = plain.iter().map(|node| node.file).collect();
        let mut matches = self.matches(&files, &query, false, near);
        if matches.is_empty() {
            // Perhaps a slip of the pen: which words are there that are nearly these?
            let Some(meant) = self.meant(&query) else {
                if self.lost.contains(&Part::Spelling) {
                    return self.answer(matches);
                }
                return Found::Needs(vec![Part::Spelling]);
            };
            needs = self.missing(&meant);
            if !needs.is_empty() {
                return Found::Needs(needs);
            }
            files.extend(meant.iter().map(|node| node.file));
            matches = self.matches(&files, &query, true, near);
        }
        let mut numbers: Vec<u32> = matches.iter().filter(|found| found.asked.is_some()).take(MAX_STREETS).filter_map(|found| found.entry.houses).map(|houses| houses.file).collect();
        let mut seen = BTreeSet::new();
        numbers.retain(|file| seen.insert(*file));
        numbers.truncate(MAX_NUMBER_FILES);
        let needed: Vec<Part> = numbers.iter().filter(|file| self.numbers.get(**file).is_none()).map(|file| Part::Numbers(*file)).filter(|part| !self.lost.contains(part)).collect();
        if !needed.is_empty() {
            return Found::Needs(needed);
        }
        let answer = self.answer(matches);
        let now = self.now;
        for file in &files {
            self.words.touch(*file, now);
        }
        for file in &numbers {
            self.numbers.touch(*file, now);
        }
        answer
    }

    fn missing(&self, nodes: &[Node]) -> Vec<Part> {
        let mut parts: Vec<Part> = nodes.iter().filter(|node| self.words.get(node.file).is_none()).map(|node| Part::Words(node.file)).filter(|part| !self.lost.contains(part)).collect();
        parts.dedup();
        parts
    }

    /// The files in which everything is that the query can mean: those of its most telling word, or of all its words where any may be the commune's.
    fn files_for<'a>(&'a self, index: &'a Index, query: &Query) -> Vec<&'a Node> {
        let tokens: Vec<&Token> = query.tokens().into_iter().filter(|token| !token.is_small() && !token.is_type()).collect();
        let may_be_number = |token: &Token| query.readings.len() > 1 && query.readings.iter().any(|reading| !reading.tokens.contains(token));
        let is_locality = |token: &Token| self.localities.iter().flatten().any(|word| token.fits(word, false).is_some());
        let mut named: Vec<Vec<&Node>> = tokens.iter().filter(|token| !is_locality(token) && !may_be_number(token)).map(|token| nodes(index, token)).filter(|nodes| !nodes.is_empty()).collect();
        // All of what a word has, in the fewest bytes.
        named.sort_by_key(|nodes| (!nodes.iter().all(|node| node.is_whole), nodes.iter().map(|node| u64::from(node.bytes)).sum::<u64>()));
        let mut files: Vec<&Node> = match named.into_iter().next() {
            Some(best) => best,
            None => {
                let mut all: Vec<&Node> = tokens.iter().flat_map(|token| nodes(index, token)).collect();
                if all.is_empty() {
                    // `rue`, `place` and what else streets are called: some may be called nothing else.
                    all = query.tokens().into_iter().flat_map(|token| nodes(index, token)).collect();
                }
                all.sort_by_key(|node| (!node.is_whole, node.bytes));
                all
            }
        };
        let mut seen = BTreeSet::new();
        files.retain(|node| seen.insert(node.file));
        files.truncate(MAX_WORD_FILES);
        files
    }

    /// The files of the words that the query's may have been meant for; `None` until the list of words is there.
    fn meant(&self, query: &Query) -> Option<Vec<Node>> {
        let (index, spelling) = (self.index.as_ref()?, self.spelling.as_ref()?);
        let mut files: Vec<Node> = Vec::new();
        for token in query.tokens().into_iter().filter(|token| !token.is_small() && !token.is_type()) {
            let mut meant = 0;
            for word in spelling.iter().filter(|word| token.fits(word, true) == Some(Fit::Slip)) {
                if meant == MAX_MEANT {
                    break;
                }
                if let Some(node) = index.node(&format!("{word}{END}"))
                    && !files.iter().any(|known| known.file == node.file)
                {
                    meant += 1;
                    files.push(node.clone());
                }
            }
        }
        files.sort_by_key(|node| node.bytes);
        files.truncate(2 * MAX_WORD_FILES);
        Some(files)
    }

    /// Everything in these files that fits, the best first.
    fn matches(&self, files: &[u32], query: &Query, slips: bool, near: [f64; 2]) -> Vec<Match> {
        let mut found: Vec<(u32, f64, usize, &Entry)> = Vec::new();
        let mut seen: BTreeSet<u32> = BTreeSet::new();
        for entry in files.iter().filter_map(|file| self.words.get(*file)).flatten() {
            if !seen.insert(entry.number) {
                continue;
            }
            let locality = entry.locality.and_then(|at| self.localities.get(at as usize)).map_or(&[][..], Vec::as_slice);
            let words = words::words(&entry.name);
            // The best of those that ask for a number, and of those that do not: whether it is there is not known yet.
            for asks in [false, true] {
                let fits = query.readings.iter().enumerate().filter(|(_, reading)| reading.asked.is_some() == asks);
                let best = fits.filter_map(|(at, reading)| Some((cost(entry, &words, locality, reading, slips)?, at))).min();
                found.extend(best.map(|(cost, at)| (cost, metres(entry.spot, near), at, entry)));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(b.3.weight.cmp(&a.3.weight)).then(a.3.number.cmp(&b.3.number)).then(b.2.cmp(&a.2)));
        found.truncate(4 * MAX_STREETS);
        let one = |(cost, metres, at, entry): (u32, f64, usize, &Entry)| {
            let asked = query.readings.get(at).and_then(|reading| reading.asked.clone());
            Match { entry: entry.clone(), cost, asked, metres }
        };
        found.into_iter().map(one).collect()
    }

    fn answer(&self, matches: Vec<Match>) -> Found {
        let mut is_partial = self.lost.iter().any(|part| matches!(part, Part::Words(_) | Part::Index));
        let mut hits: Vec<(u32, f64, Hit)> = Vec::new();
        for Match { entry, mut cost, asked, metres } in matches {
            let mut hit = self.hit(&entry);
            if let Some(asked) = &asked {
                let list = entry.houses.map(|houses| (self.houses(houses), houses));
                match list {
                    Some((None, houses)) => is_partial |= self.lost.contains(&Part::Numbers(houses.file)),
                    Some((Some(list), _)) => match standing(list, asked) {
                        Some((house, remark)) => {
                            cost += if remark == Remark::None { 0 } else { OTHER_SUFFIX_COST };
                            self.move_in(&mut hit, &entry, list, house, remark);
                        }
                        None => hit.remark = Remark::NumberUnknown,
                    },
                    None => hit.remark = Remark::NumberUnknown,
                }
                if !hit.is_house {
                    cost += UNKNOWN_NUMBER_COST;
                }
            }
            hits.push((cost, metres, hit));
        }
        // A stable sort: what is equal stays in the order of the matches, a house before its street.
        hits.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.is_house.cmp(&a.2.is_house)).then(a.1.total_cmp(&b.1)));
        let mut shown: Vec<Hit> = Vec::new();
        for (_, _, hit) in hits {
            let again = |known: &&Hit| known.label == hit.label && known.detail == hit.detail && known.kind == hit.kind;
            if shown.len() < MAX_HITS && !shown.iter().any(|known| again(&known)) {
                shown.push(hit);
            }
        }
        Found::Answer(Answer { hits: shown, is_partial, is_asked: true })
    }

    fn houses(&self, list: HouseList) -> Option<&Houses> {
        self.numbers.get(list.file)?.get(list.place as usize)
    }

    fn hit(&self, entry: &Entry) -> Hit {
        let index = self.index.as_ref();
        let locality = entry.locality.and_then(|at| index?.localities.get(at as usize));
        let [lon, lat] = entry.spot.lonlat();
        Hit {
            label: entry.name.clone(),
            detail: locality.filter(|_| entry.kind != Kind::Commune || !locality.is_some_and(|known| known.postcode.is_empty())).map_or_else(String::new, |locality| {
                let name = if entry.kind == Kind::Commune { "" } else { &locality.name };
                [locality.postcode.as_str(), name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
            }),
            kind: entry.kind,
            is_house: false,
            remark: Remark::None,
            at: [lon, lat, f64::from(entry.spot.height_m)],
            span_m: f64::from(entry.span_m),
            feature: entry.feature.as_ref().and_then(|Feature { layer, id }| Some((index?.layers.get(*layer as usize)?.clone(), id.clone()))),
        }
    }

    /// The hit of a street becomes that of one of its houses.
    fn move_in(&self, hit: &mut Hit, entry: &Entry, list: &Houses, house: &House, remark: Remark) {
        let ending = if house.suffix.len() == 1 { house.suffix.to_uppercase() } else { house.suffix.clone() };
        let number = [house.number.to_string(), ending].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let mut first = entry.name.splitn(2, ' ');
        let (begins, rest) = (first.next().unwrap_or_default(), first.next());
        // `12 rue des Lilas`, but `12 Grande Rue`.
        let name = match rest {
            Some(rest) if words::is_type(&words::plain(begins)) => format!("{} {rest}", begins.to_lowercase()),
            _ => entry.name.clone(),
        };
        hit.label = format!("{number} {name}");
        let [lon, lat] = house.spot.lonlat();
        hit.at = [lon, lat, f64::from(house.spot.height_m)];
        hit.span_m = 0.0;
        hit.is_house = true;
        hit.remark = remark;
        hit.feature = None;
        let index = self.index.as_ref();
        if !house.building.is_empty() {
            hit.feature = index.and_then(|index| index.layers.get(list.layer as usize)).map(|layer| (layer.clone(), house.building.clone()));
        }
        if let Some(locality) = entry.locality.and_then(|at| index?.localities.get(at as usize)).filter(|_| !house.postcode.is_empty()) {
            hit.detail = format!("{} {}", house.postcode, locality.name);
        }
    }
}

/// A street whose number is not known stands behind one whose number is.
const UNKNOWN_NUMBER_COST: u32 = 8;
const OTHER_SUFFIX_COST: u32 = 4;
/// `avenue` asked for, and it is a street.
const OTHER_TYPE_COST: u32 = 6;
/// Slips in one query.
const MAX_SLIPS: usize = 1;

/// The house that was asked for, or one of the same number with another ending.
fn standing<'a>(list: &'a Houses, asked: &Asked) -> Option<(&'a House, Remark)> {
    let numbered = || list.houses.iter().filter(|house| house.number == asked.number);
    let exact = numbered().find(|house| house.suffix == asked.suffix).or_else(|| numbered().find(|house| same_suffix(&asked.suffix, &house.suffix)));
    exact.map(|house| (house, Remark::None)).or_else(|| numbered().next().map(|house| (house, Remark::OtherSuffix)))
}

/// The files that hold everything with a word of the query: two where the word may go on.
fn nodes<'a>(index: &'a Index, token: &Token) -> Vec<&'a Node> {
    let mut found: Vec<&Node> = Vec::new();
    for form in &token.forms {
        let ended = index.node(&format!("{form}{END}"));
        let begun = if token.is_open || ended.is_none() { index.node(form) } else { None };
        found.extend(begun);
        found.extend(ended.filter(|_| begun.is_none_or(|begun| !begun.is_whole)));
    }
    let mut seen = BTreeSet::new();
    found.retain(|node| seen.insert(node.file));
    found
}

/// How far a thing is from what a reading says; `None` when it is something else.
fn cost(entry: &Entry, name: &[String], locality: &[String], reading: &Reading, slips: bool) -> Option<u32> {
    let may_have_numbers = entry.houses.is_some() || matches!(entry.kind, Kind::Street | Kind::Place | Kind::Quarter);
    if reading.asked.is_some() && !may_have_numbers {
        return None;
    }
    let telling = words::telling(name);
    let mut used = vec![false; name.len()];
    let mut open: Vec<&Token> = Vec::new();
    let (mut cost, mut is_named, mut slipped) = (0, false, 0);
    // Words that are the same go first, so that no beginning takes what belongs to another.
    for token in &reading.tokens {
        let same = name.iter().zip(&used).position(|(word, used)| !used && token.fits(word, false) == Some(Fit::Same));
        match same {
            Some(at) => {
                used.get_mut(at).map(|used| *used = true)?;
                is_named |= name.get(at).is_some_and(|word| telling.contains(&word.as_str()));
            }
            None => open.push(token),
        }
    }
    for token in open {
        let in_name = name.iter().enumerate().filter(|(at, _)| used.get(*at) == Some(&false)).filter_map(|(at, word)| Some((token.fits(word, slips)?, at))).min();
        let in_locality = locality.iter().filter_map(|word| token.fits(word, slips)).min();
        match (in_name, in_locality) {
            (Some((fit, at)), other) if other.is_none_or(|other| fit <= other) => {
                used.get_mut(at).map(|used| *used = true)?;
                is_named |= name.get(at).is_some_and(|word| telling.contains(&word.as_str()));
                slipped += usize::from(fit == Fit::Slip);
                cost += fit.cost();
            }
            (_, Some(fit)) => {
                slipped += usize::from(fit == Fit::Slip);
                cost += fit.cost();
            }
            _ if token.is_small() => {}
            _ if tied_in(&entry.name, token, &mut used).is_some() => {
                is_named = true;
                cost += Fit::Begins.cost();
            }
            _ if token.is_type() => cost += OTHER_TYPE_COST,
            _ => return None,
        }
    }
    if !is_named || slipped > MAX_SLIPS {
        return None;
    }
    let left_over = name.iter().zip(&used).filter(|(word, used)| !**used && telling.contains(&word.as_str())).count();
    cost += u32::try_from(left_over.min(4)).unwrap_or(4);
    cost += match entry.kind {
        Kind::Commune => 0,
        Kind::Street | Kind::Place | Kind::Quarter | Kind::Building => 1,
        Kind::Stop | Kind::Water => 2,
        Kind::Line => 3,
    };
    Some(cost)
}

/// Marks the words that a word of the query ties together: `guisthau` for Guist’hau.
fn tied_in(name: &str, token: &Token, used: &mut [bool]) -> Option<()> {
    let (_, places) = words::tied(name).into_iter().find(|(word, _)| matches!(token.fits(word, false), Some(Fit::Same | Fit::Begins)))?;
    let parts = used.get_mut(places)?;
    parts.fill(true);
    Some(())
}

fn metres(spot: Spot, near: [f64; 2]) -> f64 {
    let [lon, lat] = spot.lonlat();
    let east = (lon - near[0]) * lat.to_radians().cos();
    let metres = METRES_PER_DEGREE * east.hypot(lat - near[1]);
    if metres.is_finite() { metres } else { 0.0 }
}
