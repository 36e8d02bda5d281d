//! Search: what people type finds what they mean, from files of an index as a territory has them.

use jumeau::base::Rng;
use jumeau::formats::search::{Entry, Feature, House, HouseList, Houses, Index, Kind, Locality, MAX_PART_BYTES, Node, Part, Spot, read_entries, read_houses, read_spelling, write_entries, write_houses, write_spelling};
use jumeau::search::build::{Built, Named, build};
use jumeau::search::{Answer, Finder, Found, MAX_HITS, Remark};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Where the person looks: the church of Plouguin.
const HERE: [f64; 2] = [-4.5966, 48.5253];

fn houses(said: &str, spot: Spot) -> Vec<House> {
    let mut houses = Vec::new();
    for part in said.split(',').filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let digits = first.bytes().take_while(u8::is_ascii_digit).count();
        let (from, to): (u32, u32) = (first[..digits].parse().unwrap(), last.parse().unwrap_or_else(|_| first[..digits].parse().unwrap()));
        for number in from..=to {
            let spot = Spot { lon: spot.lon + 100 * number as i32, ..spot };
            houses.push(House { number, suffix: first[digits..].to_owned(), spot, building: format!("B{number}"), postcode: String::new() });
        }
    }
    houses
}

fn places() -> Vec<Named> {
    let table = include_str!("../data/search/places.tsv");
    let rows: Vec<Vec<&str>> = table.lines().map(|line| line.split('\t').collect()).collect();
    let communes: BTreeMap<&str, (&str, &str)> = rows.iter().filter(|row| row[0] == "commune").map(|row| (row[1], (row[2], row[3]))).collect();
    let place = |row: &Vec<&str>| {
        let is_commune = row[0] == "commune";
        let commune = if is_commune { row[1] } else { row[2] };
        let (code, postcode) = communes[commune];
        // A commune says its code where others say their commune.
        let own = if is_commune { row[3] } else if row[4].is_empty() { row[3] } else { row[4] };
        let at = if is_commune { 4 } else { row.len() - 3 };
        let spot = Spot::at([row[at].parse().unwrap(), row[at + 1].parse().unwrap()], 60.0);
        let numbers = houses(row.get(at + 2).copied().unwrap_or_default(), spot);
        Named {
            name: row[1].to_owned(),
            kind: Kind::ALL.into_iter().find(|kind| kind.id() == row[0]).unwrap(),
            locality: Some(Locality { name: commune.to_owned(), code: code.to_owned(), postcode: if own.is_empty() { postcode } else { own }.to_owned() }),
            spot,
            span_m: 200,
            weight: if is_commune { 1_000_000 } else { numbers.len() as u32 },
            feature: None,
            houses: numbers,
        }
    };
    rows.iter().map(place).collect()
}

/// Asks as a host does; with the answer, the bytes that were fetched for it.
fn ask(finder: &mut Finder, files: &BTreeMap<Part, Vec<u8>>, text: &str, near: [f64; 2]) -> (Answer, usize) {
    let mut fetched = 0;
    for _ in 0..6 {
        match finder.find(text, near) {
            Found::Answer(answer) => return (answer, fetched),
            Found::Needs(parts) => {
                assert!(!parts.is_empty(), "{text}: needs nothing");
                for part in parts {
                    let bytes = files.get(&part);
                    fetched += bytes.map_or(0, Vec::len);
                    finder.deliver(part, bytes.map(Vec::as_slice)).unwrap();
                }
            }
        }
    }
    panic!("{text}: asks for ever");
}

fn files(built: Built) -> BTreeMap<Part, Vec<u8>> {
    built.files.into_iter().collect()
}

#[test]
fn a_hundred_queries_find_what_they_mean() {
    let files = files(build(places(), "buildings"));
    let mut finder = Finder::default();
    let (mut asked, mut wrong) = (0, Vec::new());
    for line in include_str!("../data/search/queries.tsv").lines() {
        let mut fields = line.split('\t');
        let [query, label, detail] = [(); 3].map(|()| fields.next().unwrap_or_default());
        asked += 1;
        let (answer, _) = ask(&mut finder, &files, query, HERE);
        let first = answer.hits.first().map_or(("", ""), |hit| (hit.label.as_str(), hit.detail.as_str()));
        if first != (label, detail) {
            wrong.push(format!("{query}: {first:?}, not {:?}; {:?}", (label, detail), answer.hits.iter().map(|hit| &hit.label).collect::<Vec<_>>()));
        }
    }
    assert!(asked >= 100, "{asked}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_unknown_number_says_so_and_shows_the_street() {
    let files = files(build(places(), "buildings"));
    let mut finder = Finder::default();
    let mut remark = |query: &str| ask(&mut finder, &files, query, HERE).0.hits.first().map(|hit| (hit.remark, hit.is_house, hit.feature.clone()));
    let of = |id: &str| Some(("buildings".to_owned(), id.to_owned()));
    assert_eq!(remark("12 rue des lilas plouguin"), Some((Remark::None, true, of("B12"))));
    assert_eq!(remark("13 rue des lilas plouguin"), Some((Remark::NumberUnknown, false, None)));
    assert_eq!(remark("12 ter rue des lilas plouguin"), Some((Remark::OtherSuffix, true, of("B12"))));
    assert_eq!(remark("6 chemin de kerjean"), Some((Remark::NumberUnknown, false, None)));
    assert_eq!(remark("rue des lilas plouguin"), Some((Remark::None, false, None)));
}

#[test]
fn the_nearer_of_equals_goes_first() {
    let files = files(build(places(), "buildings"));
    let mut finder = Finder::default();
    for (near, town) in [(HERE, "29830 Plouguin"), ([-1.53, 47.25], "44300 Nantes"), ([-1.65, 47.21], "44800 Saint-Herblain")] {
        let (answer, _) = ask(&mut finder, &files, "rue des lilas", near);
        assert_eq!(answer.hits[0].detail, town);
        assert!(answer.hits.len() >= 3);
        let (answer, _) = ask(&mut finder, &files, "20 rue des lilas", near);
        assert_eq!(answer.hits[0].detail, "44300 Nantes", "a number that stands goes before a street that is near");
    }
}

#[test]
fn what_is_lost_is_said() {
    let files = files(build(places(), "buildings"));
    let mut finder = Finder::default();
    assert_eq!(finder.find("lilas", HERE), Found::Needs(vec![Part::Index]));
    finder.deliver(Part::Index, None).unwrap();
    let (answer, _) = ask(&mut finder, &files, "lilas", HERE);
    assert!(answer.is_partial && answer.hits.is_empty());
    finder.try_again();
    let (answer, _) = ask(&mut finder, &files, "lilas", HERE);
    assert!(!answer.is_partial && !answer.hits.is_empty());
    let mut finder = Finder::default();
    assert_eq!(finder.deliver(Part::Index, Some(b"nothing")).unwrap_err().code, "search-format");
}

/// A region of a hundred communes with four hundred streets each, which share their names as French streets do.
fn region() -> Vec<Named> {
    let mut rng = Rng::new(7);
    let syllables = ["ba", "ker", "lan", "mor", "ple", "tre", "gui", "ros", "quen", "vil", "le", "sau", "ber", "mon", "che", "dur", "fon", "gar", "hou", "jus"];
    let word = |rng: &mut Rng, count: usize| (0..count).map(|_| syllables[(rng.unit() * syllables.len() as f64) as usize]).collect::<String>();
    let common: Vec<String> = (0..200).map(|_| word(&mut rng, 3)).collect();
    let mut all = Vec::new();
    for commune in 0..100 {
        let name = word(&mut rng, 4);
        let locality = Locality { name: name.clone(), code: format!("{:05}", 22_000 + commune), postcode: format!("{:05}", 22_000 + 10 * (commune / 3)) };
        let corner = [-4.0 + 0.03 * f64::from(commune % 10), 48.0 + 0.03 * f64::from(commune / 10)];
        let at = |rng: &mut Rng| Spot::at([corner[0] + rng.range(0.0, 0.03), corner[1] + rng.range(0.0, 0.03)], 80.0);
        let spot = at(&mut rng);
        all.push(Named { name, kind: Kind::Commune, locality: Some(locality.clone()), spot, span_m: 4_000, weight: 1_000_000, feature: None, houses: Vec::new() });
        for street in 0..400 {
            let own = if street < 100 { common[(rng.unit() * 200.0) as usize].clone() } else { format!("{} {}", word(&mut rng, 2), word(&mut rng, 3)) };
            let spot = at(&mut rng);
            let numbers = houses(&format!("1-{}", 1 + (rng.unit() * 40.0) as u32), spot);
            all.push(Named { name: format!("Rue de {own}"), kind: Kind::Street, locality: Some(locality.clone()), spot, span_m: 300, weight: numbers.len() as u32, feature: None, houses: numbers });
        }
    }
    all
}

#[test]
fn a_large_territory_is_searched_in_small_pieces() {
    let all = region();
    let built = build(all.clone(), "buildings");
    assert!(built.entries > 40_000 && built.addresses > 500_000, "{} {}", built.entries, built.addresses);
    let files = files(built);
    let whole: usize = files.values().map(Vec::len).sum();
    let largest = files.iter().filter(|(part, _)| !matches!(part, Part::Index | Part::Spelling)).map(|(_, bytes)| bytes.len()).max().unwrap();
    let mut finder = Finder::default();
    let (_, first) = ask(&mut finder, &files, "x", HERE);
    let (mut most, mut sum, mut keys) = (0, 0, 0);
    for place in all.iter().step_by(4_001) {
        let commune = &place.locality.as_ref().unwrap().name;
        let text = if place.kind == Kind::Commune { place.name.clone() } else { format!("1 {} {commune}", place.name) };
        let mut typed = String::new();
        for letter in text.chars() {
            typed.push(letter);
            let (answer, bytes) = ask(&mut finder, &files, &typed, [-4.0, 48.0]);
            assert!(answer.hits.len() <= MAX_HITS);
            let spelled = if bytes > files[&Part::Spelling].len() { files[&Part::Spelling].len() } else { 0 };
            most = most.max(bytes - spelled);
            sum += bytes;
            keys += 1;
        }
        let (answer, _) = ask(&mut finder, &files, &text, [-4.0, 48.0]);
        let hit = &answer.hits[0];
        let expected = if place.kind == Kind::Commune { place.name.clone() } else { format!("1 {}", place.name.replace("Rue", "rue")) };
        assert_eq!((hit.label.as_str(), hit.detail.ends_with(commune.as_str()) || place.kind == Kind::Commune), (expected.as_str(), true), "{text}");
    }
    println!("index of {whole} bytes in {} files: first {first}, largest {largest}, spelling {}, a key at most {most}, on average {}", files.len(), files[&Part::Spelling].len(), sum / keys);
    assert!(largest < 200_000 && most < 400_000 && sum / keys < 20_000, "{largest} {most} {}", sum / keys);
}

fn spot() -> impl Strategy<Value = Spot> {
    (any::<i32>(), any::<i32>(), -500..9_000).prop_map(|(lon, lat, height_m)| Spot { lon, lat, height_m })
}

fn entry() -> impl Strategy<Value = Entry> {
    let feature = proptest::option::of((0..4_u32, "[A-Z0-9é]{0,24}").prop_map(|(layer, id)| Feature { layer, id }));
    let houses = proptest::option::of((0..9_u32, 0..99_u32).prop_map(|(file, place)| HouseList { file, place }));
    (proptest::sample::select(Kind::ALL.to_vec()), "[ -~éœ’]{0,40}", proptest::option::of(0..50_u32), spot(), 0..9_999_u32, any::<u32>(), feature, houses)
        .prop_map(|(kind, name, locality, spot, span_m, weight, feature, houses)| Entry { number: 0, kind, name, locality, spot, span_m, weight, feature, houses })
}

proptest! {
    #[test]
    fn entries_come_back(mut entries in prop::collection::vec(entry(), 0..20)) {
        entries.iter_mut().enumerate().for_each(|(number, entry)| entry.number = 3 * number as u32);
        prop_assert_eq!(read_entries(&write_entries(entries.iter())).unwrap(), entries);
    }

    #[test]
    fn houses_come_back(lists in prop::collection::vec(prop::collection::vec((0..9_999_u32, "(|bis|ter|a)", spot(), "[A-Zé]{0,8}", "(|29830)"), 0..12), 0..5)) {
        let lists: Vec<Houses> = lists.into_iter().map(|mut houses| {
            houses.sort();
            Houses { layer: 1, houses: houses.into_iter().map(|(number, suffix, spot, building, postcode)| House { number, suffix, spot, building, postcode }).collect() }
        }).collect();
        prop_assert_eq!(read_houses(&write_houses(&lists)).unwrap(), lists);
    }

    #[test]
    fn words_and_indexes_come_back(words in prop::collection::btree_set("[a-z0-9é]{1,12}", 0..40)) {
        let list: Vec<&str> = words.iter().map(String::as_str).collect();
        prop_assert_eq!(read_spelling(&write_spelling(list.clone().into_iter())).unwrap(), list.clone());
        let nodes = list.iter().enumerate().map(|(file, word)| Node { prefix: (*word).to_owned(), is_whole: file % 2 == 0, file: file as u32, bytes: 7 }).collect();
        let localities = vec![Locality { name: "Plouguin".to_owned(), code: "29196".to_owned(), postcode: String::new() }];
        let index = Index { layers: vec!["buildings".to_owned()], localities, nodes, entries: 9, addresses: 1, spelling_bytes: 3 };
        prop_assert_eq!(Index::read(&index.write()).unwrap(), index);
    }

    /// Damaged files are faults or other values, never a panic and never more than a few times their own size.
    #[test]
    fn damaged_files_do_no_harm(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        for (part, bytes) in build(places(), "buildings").files {
            let mut bad = bytes.clone();
            let at = at.index(bad.len());
            bad[at] = byte;
            bad.truncate(1 + cut.index(bad.len()));
            let mut finder = Finder::default();
            drop(finder.deliver(part, Some(&bad)));
            drop(finder.find("12 rue des lilas", HERE));
        }
    }

    /// Whatever is typed, there is an answer, and it has the words that were typed.
    #[test]
    fn anything_may_be_typed(text in "\\PC{0,60}") {
        let files = files(build(places(), "buildings"));
        let (answer, _) = ask(&mut Finder::default(), &files, &text, HERE);
        prop_assert!(answer.hits.len() <= MAX_HITS);
    }

    /// Every name finds itself, whatever its accents, its case and the order of its words; and with one slip in a long word too.
    #[test]
    fn a_name_finds_itself(which in any::<prop::sample::Index>(), seed in any::<u64>(), loud in any::<bool>(), slip in any::<bool>()) {
        let all = places();
        let place = &all[which.index(all.len())];
        let files = files(build(all.clone(), "buildings"));
        let mut rng = Rng::new(seed);
        let mut words: Vec<String> = place.name.split([' ', '-']).map(str::to_owned).collect();
        words.sort_by_cached_key(|_| rng.next_u64());
        if slip && let Some(long) = words.iter_mut().find(|word| word.chars().count() >= 6 && word.is_ascii()) {
            let at = 1 + (rng.unit() * (long.len() - 2) as f64) as usize;
            long.remove(at);
        }
        let mut text = words.join(" ");
        if loud {
            text = text.to_uppercase();
        }
        text.push(' ');
        let (answer, _) = ask(&mut Finder::default(), &files, &text, place.spot.lonlat());
        prop_assert!(answer.hits.iter().any(|hit| hit.label == place.name), "{text}: {:?}", answer.hits.iter().map(|hit| &hit.label).collect::<Vec<_>>());
    }

    /// The bytes do not depend on the order in which names come.
    #[test]
    fn an_index_does_not_depend_on_the_order(seed in any::<u64>()) {
        let mut shuffled = places();
        let mut rng = Rng::new(seed);
        shuffled.sort_by_cached_key(|_| rng.next_u64());
        prop_assert_eq!(build(shuffled, "buildings").files, build(places(), "buildings").files);
    }
}

/// Ids as long as a source may have them, a street of a hundred thousand numbers: no file is larger than its reader takes, and what went is told.
#[test]
fn no_file_is_larger_than_its_reader_takes() {
    // Nothing of one is the beginning of the next.
    let long = |number: usize, bytes: usize| format!("{} Longue {}", number * 7_919, "xyz ".repeat(bytes / 4));
    let named = |number: usize, houses: Vec<House>| Named {
        name: long(number, 260),
        kind: Kind::Street,
        locality: None,
        spot: Spot::at([-1.55, 47.2], 20.0),
        span_m: 100,
        weight: number as u32,
        feature: Some(("roads".to_owned(), long(number, 370))),
        houses,
    };
    let all: Vec<Named> = (0..4_000).map(|number| named(number, Vec::new())).collect();
    let built = build(all, "buildings");
    assert!(built.cut > 0);
    let mut most_important = false;
    for (part, bytes) in &built.files {
        assert!(bytes.len() <= MAX_PART_BYTES || *part == Part::Index, "{part:?}: {}", bytes.len());
        if matches!(part, Part::Words(_)) {
            most_important |= read_entries(bytes).unwrap().iter().any(|entry| entry.weight == 3_999);
        }
    }
    assert!(most_important);
    let many: Vec<House> = (0..40_000_u32).map(|number| House { number: number % 9_999, suffix: format!("s{}", number / 9_999), spot: Spot::at([-1.5 + 1e-5 * f64::from(number), 47.0 + 1e-5 * f64::from(number % 100)], 10.0), building: format!("{}{}", number * 7_919, "0".repeat(60)), postcode: "44000".to_owned() }).collect();
    let built = build(vec![named(1, many)], "buildings");
    assert_eq!(built.cut, 1);
    for (part, bytes) in &built.files {
        if matches!(part, Part::Numbers(_)) {
            assert!(read_houses(bytes).unwrap().iter().any(|list| list.houses.len() > 1_000));
        }
    }
}
