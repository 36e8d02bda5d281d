//! Everything that reads bytes of others, against broken bytes: the doors of `fuzz/`, on a stable toolchain and in seconds.
//!
//! Bytes that once broke a door lie in `fuzz/corpus-regressions/<door>/`, each named after what it was. Beside them come seeds, changed
//! at random in ways that are the same on every machine. A fuzzer finds more; this finds again what it found.

#[path = "../../fuzz/src/doors.rs"]
mod doors;
#[path = "doors/growth.rs"]
mod growth;
#[cfg(feature = "pipeline")]
#[path = "../../fuzz/src/source_doors.rs"]
mod source_doors;

use crate::shared_data::shared;
use doors::Door;
use jumeau::base::Rng;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// Larger files make slow fuzzing and no better seeds.
const MAX_SEED_BYTES: u64 = 64 << 10;
/// Changed seeds for each door.
const MUTATIONS: usize = 120;
/// Bytes changed for each door, so that doors with large seeds take no longer.
const MUTATED_BYTES: usize = 2 << 20;

fn all_doors() -> Vec<Door> {
    #[cfg_attr(not(feature = "pipeline"), expect(unused_mut))]
    let mut doors = doors::DOORS.to_vec();
    #[cfg(feature = "pipeline")]
    doors.extend(source_doors::SOURCE_DOORS);
    doors
}

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// A door that panics says with which bytes.
fn open(door: Door, data: &[u8], what: &str) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| door.1(data))).map_err(|panic| {
        let said = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_default();
        let place = std::env::temp_dir().join(format!("jumeau-{}-broken", door.0));
        let _ = std::fs::write(&place, data);
        format!(
            "{} broke on {what} ({} bytes, kept at {}): {said}",
            door.0,
            data.len(),
            place.display()
        )
    })
}

#[test]
fn what_once_broke_a_door_breaks_none_any_more() {
    let folder = fuzz_folder().join("corpus-regressions");
    let mut faults = Vec::new();
    for door in all_doors() {
        for path in files_below(&folder.join(door.0)) {
            let data = std::fs::read(&path).unwrap();
            faults.extend(open(door, &data, &path.display().to_string()).err());
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_door_breaks_on_seeds_that_were_changed() {
    let table = seed_table();
    let mut faults = Vec::new();
    for door in all_doors() {
        let seeds = seeds_of(door.0, &table, &|_| None);
        assert!(
            !seeds.is_empty(),
            "{} has no seed in the repository",
            door.0
        );
        let seeds: Vec<Vec<u8>> = seeds
            .iter()
            .map(|path| std::fs::read(path).unwrap())
            .collect();
        for (number, seed) in seeds.iter().enumerate() {
            faults.extend(open(door, seed, &format!("its seed {number}")).err());
        }
        let mut rng = Rng::new(door.0.bytes().fold(7, |sum: u64, byte| {
            sum.wrapping_mul(31).wrapping_add(byte.into())
        }));
        let (changes, most_bytes) = match long_run(door.0) {
            Some(changes) => (changes, usize::MAX),
            None => (MUTATIONS, MUTATED_BYTES),
        };
        let mut bytes = 0;
        for number in 0..changes {
            let Some(seed) = pick(&seeds, &mut rng) else {
                break;
            };
            let other = pick(&seeds, &mut rng).unwrap_or(seed);
            let data = changed(seed, other, &mut rng);
            bytes += data.len();
            if bytes > most_bytes {
                break;
            }
            faults.extend(open(door, &data, &format!("change {number}")).err());
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// `JUMEAU_CHANGES=cloud:100000` changes the seeds of one door as often as that.
fn long_run(door: &str) -> Option<usize> {
    let asked = std::env::var("JUMEAU_CHANGES").ok()?;
    let (of, changes) = asked.split_once(':')?;
    changes.parse().ok().filter(|_| of == door)
}

/// Every door has a target, and every target a door; all names of the table are doors.
#[test]
fn doors_targets_and_seeds_are_the_same_list() {
    let manifest = std::fs::read_to_string(fuzz_folder().join("Cargo.toml")).unwrap();
    #[cfg_attr(not(feature = "pipeline"), expect(unused_mut))]
    let mut lists = vec![
        doors::DOORS
            .iter()
            .map(|door| door.0.to_owned())
            .collect::<Vec<_>>(),
    ];
    #[cfg(feature = "pipeline")]
    lists.push(
        source_doors::SOURCE_DOORS
            .iter()
            .map(|door| door.0.to_owned())
            .collect(),
    );
    for door in lists.iter().flatten() {
        let target = std::fs::read_to_string(fuzz_folder().join(format!("fuzz_targets/{door}.rs")))
            .unwrap_or_default();
        assert!(target.contains("fuzz_target!"), "{door} has no target");
        assert!(
            manifest.contains(&format!("name = \"{door}\"")),
            "{door} is not in fuzz/Cargo.toml"
        );
    }
    if cfg!(feature = "pipeline") {
        let known: Vec<_> = lists.iter().flatten().collect();
        for (door, _) in seed_table() {
            assert!(known.contains(&&door), "doors.txt names {door}");
        }
    }
}

/// With `JUMEAU_FUZZ_CORPUS` set, fills that folder with the seeds of every door, those from the shared data too.
#[test]
fn seeds_are_laid_out_for_the_fuzzer() {
    let Some(corpus) = std::env::var_os("JUMEAU_FUZZ_CORPUS").map(PathBuf::from) else {
        return;
    };
    let table = seed_table();
    for door in all_doors() {
        let folder = corpus.join(door.0);
        std::fs::create_dir_all(&folder).unwrap();
        for (number, path) in seeds_of(door.0, &table, &|pattern| shared(pattern))
            .iter()
            .enumerate()
        {
            std::fs::copy(path, folder.join(format!("seed-{number}"))).unwrap();
        }
    }
}

/// The patterns of each door.
fn seed_table() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(fuzz_folder().join("doors.txt")).unwrap();
    let mut table: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (door, pattern) = line.split_once(' ').unwrap();
        table
            .entry(door.to_owned())
            .or_default()
            .push(pattern.to_owned());
    }
    table
}

/// Seeds of our own making, fixtures of the repository and, where `elsewhere` knows them, files beside it.
fn seeds_of(
    door: &str,
    table: &BTreeMap<String, Vec<String>>,
    elsewhere: &dyn Fn(&str) -> Option<PathBuf>,
) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds = files_below(&fuzz_folder().join("seeds").join(door));
    for pattern in table.get(door).into_iter().flatten() {
        // `folder/**/*.ending`, `folder/*.ending` or a file: the ending and the folder are all that is asked.
        let folder: Vec<&str> = pattern
            .split('/')
            .take_while(|part| !part.contains('*'))
            .collect();
        let ending = pattern
            .rsplit('*')
            .next()
            .filter(|_| pattern.contains('*'))
            .unwrap_or_default();
        let deep = pattern.contains("**");
        let folder = folder.join("/");
        let place = if root.join(&folder).exists() {
            Some(root.join(&folder))
        } else {
            elsewhere(&folder)
        };
        let Some(place) = place else { continue };
        seeds.extend(files_below(&place).into_iter().filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            (deep || path == &place || path.parent() == Some(&place))
                && (ending == "." || name.ends_with(ending))
        }));
    }
    seeds.retain(|path| std::fs::metadata(path).is_ok_and(|meta| meta.len() <= MAX_SEED_BYTES));
    seeds
}

/// The file, or all files below the folder, in a stable order.
fn files_below(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let Ok(entries) = std::fs::read_dir(path) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.iter().flat_map(|path| files_below(path)).collect()
}

fn pick<'a>(list: &'a [Vec<u8>], rng: &mut Rng) -> Option<&'a Vec<u8>> {
    list.get(below(list.len(), rng))
}

fn below(end: usize, rng: &mut Rng) -> usize {
    (rng.next_u64() % end.max(1) as u64) as usize
}

/// Numbers that a length or an offset should not be, and words that begin something.
const WORDS: [&[u8]; 16] = [
    &[0xFF; 4],
    &[0xFF, 0xFF, 0xFF, 0x7F],
    &[0; 8],
    &[0, 0, 0, 0x80],
    &[0xFF; 8],
    b"1e308",
    b"-1",
    b"18446744073709551616",
    b"NaN",
    b"null",
    b"[[[[[[[[",
    b"{\"a\":",
    b"\"",
    b"<a>",
    b"\r\n\r\n",
    &[0xC3],
];

/// One to eight changes: a bit, a byte, a word over others, a word between others, a cut, a piece twice, a piece of another seed.
fn changed(seed: &[u8], other: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..=below(8, rng) {
        let at = below(data.len(), rng);
        let span = (at + 1 + below(32, rng)).min(data.len());
        match below(8, rng) {
            0 => {
                if let Some(byte) = data.get_mut(at) {
                    *byte ^= 1 << below(8, rng);
                }
            }
            1 => {
                if let Some(byte) = data.get_mut(at) {
                    *byte = rng.next_u64() as u8;
                }
            }
            2 => {
                let word = WORDS[below(WORDS.len(), rng)];
                for (to, from) in data.iter_mut().skip(at).zip(word) {
                    *to = *from;
                }
            }
            3 => {
                data.splice(at..at, WORDS[below(WORDS.len(), rng)].iter().copied());
            }
            4 => {
                data.drain(at..span);
            }
            5 => {
                let piece = data[at..span].to_vec();
                data.splice(at..at, piece);
            }
            6 => {
                let from = below(other.len(), rng);
                let piece = &other[from..(from + 1 + below(64, rng)).min(other.len())];
                data.splice(at..at, piece.iter().copied());
            }
            _ => data.truncate(at.max(1)),
        }
        if data.is_empty() {
            data.push(0);
        }
    }
    data
}
