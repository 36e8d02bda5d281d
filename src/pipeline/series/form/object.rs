//! Which columns say whose a row is, and whether columns are objects themselves.

use super::Form;
use super::look::Look;
use super::names::{GROUPS, OBJECTS, PARTS, QUANTITY_NAMES, REMARKS};
use crate::formats::series::day::weekday_named;
use crate::formats::series::plain_name;
use crate::formats::series::unit::Unit;
use std::collections::{BTreeMap, BTreeSet};

/// Words that are asked for among the territory's objects.
const MOST_WORDS: usize = 64;
/// Distances that are nearly all the same, of ten.
const NEARLY_ALL: usize = 9;

/// What the columns of a table say of whose a row is.
#[derive(Default)]
pub(super) struct Whose {
    pub id: Vec<usize>,
    /// The only column of words is the id, and nothing else says that it is one.
    pub is_guessed: bool,
    /// The only column of words, where it is none, and some of them.
    pub remark: Option<(usize, Vec<String>)>,
}

pub(super) fn id_of(look: &Look, form: &Form) -> Whose {
    let taken = |at: &usize| form.instant.columns.contains(at) || form.quantity == Some(*at) || form.unit == Some(*at) || look.seen(*at).filled == 0;
    if let Some(at) = look.named(OBJECTS).filter(|at| !taken(at)) {
        return Whose { id: vec![at], ..Whose::default() };
    }
    let Some(group) = look.named(GROUPS).filter(|at| !taken(at)) else {
        // A lone column of words names the rows.
        let words: Vec<usize> = (0..look.columns.len())
            .filter(|at| !taken(at) && !form.wall.is_some_and(|wall| wall.contains(at)))
            .filter(|at| look.seen(*at).numbers == 0 && look.seen(*at).stamps == 0 && look.seen(*at).hours == 0)
            .filter(|at| !look.half_reads(*at, &is_offset))
            .collect();
        return match words.as_slice() {
            [only] if is_remark(look, form, *only) => {
                let words: BTreeSet<String> = look.rows.iter().map(|row| look.text(row, *only)).filter(|text| !text.trim().is_empty()).take(MOST_WORDS).collect();
                Whose { remark: Some((*only, words.into_iter().collect())), ..Whose::default() }
            }
            [only] => Whose { id: vec![*only], is_guessed: true, remark: None },
            several => among(look, form, several),
        };
    };
    let mut id = vec![group];
    let mut last = look.plain.get(group).map(String::as_str).unwrap_or_default();
    for part in PARTS {
        // A sub-profile says its profile.
        if last == "sous_profil" && *part == "profil" {
            continue;
        }
        if let Some(at) = look.plain.iter().position(|plain| plain == part).filter(|at| !id.contains(at) && !taken(at)) {
            id.push(at);
            last = part;
        }
    }
    Whose { id, ..Whose::default() }
}

/// `+01:00`: what a clock is ahead, and no name.
fn is_offset(text: &str) -> bool {
    let digits = text.trim().strip_prefix(['+', '-']).map(|rest| rest.replace(':', ""));
    digits.is_some_and(|digits| matches!(digits.len(), 2 | 4) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Which of several columns of words say whose a row is: the first one that tells all rows of an instant apart, else all that do so together; those that are
/// called after a state or a quality only where nothing else does.
fn among(look: &Look, form: &Form, words: &[usize]) -> Whose {
    let values = |at: usize| look.rows.iter().map(|row| look.text(row, at)).collect::<BTreeSet<String>>();
    let is_called_remark = |at: usize| look.plain.get(at).is_some_and(|plain| plain.split('_').any(|word| REMARKS.contains(&word)));
    let telling: Vec<usize> = words.iter().copied().filter(|at| values(*at).len() > 1 && !is_remark(look, form, *at)).collect();
    let (called, plainly): (Vec<usize>, Vec<usize>) = telling.iter().partition(|at| is_called_remark(**at));
    let tells_apart = |list: &[usize]| {
        let mut seen: BTreeSet<(i64, Vec<String>)> = BTreeSet::new();
        let stamped = look.rows.iter().filter_map(|row| Some((look.stamp(row, &form.instant)?.seconds, list.iter().map(|at| look.text(row, *at)).collect())));
        stamped.fold(true, |is_apart, key| seen.insert(key) && is_apart)
    };
    let single = |of: &[usize]| of.iter().map(|at| vec![*at]).find(|list| tells_apart(list));
    let id = single(&plainly).or_else(|| Some(plainly.clone()).filter(|all| tells_apart(all))).or_else(|| single(&called)).unwrap_or(telling);
    Whose { is_guessed: !id.is_empty(), id, remark: None }
}

/// Whether words say something of their row and not whose it is: days of the week, what many rows lack, what changes to and fro along one run of stamps.
fn is_remark(look: &Look, form: &Form, words: usize) -> bool {
    let mut by_stamp: BTreeMap<i64, String> = BTreeMap::new();
    let (mut rows, mut filled, mut days, mut is_alone) = (0, 0, 0, true);
    for row in &look.rows {
        let Some(stamp) = look.stamp(row, &form.instant) else { continue };
        rows += 1;
        let text = look.text(row, words);
        if text.trim().is_empty() {
            continue;
        }
        filled += 1;
        days += usize::from(weekday_named(&text).is_some());
        // Two objects at one instant are what an id is for.
        is_alone &= by_stamp.insert(stamp.seconds, text).is_none();
    }
    if 10 * filled < NEARLY_ALL * rows || filled > 0 && 10 * days >= NEARLY_ALL * filled {
        return true;
    }
    let all: Vec<i64> = by_stamp.keys().copied().collect();
    let Some(step) = usual_distance(&all).filter(|_| is_alone) else { return false };
    let mut by_word: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    let mut runs = 0;
    let mut last = None;
    for (at, text) in &by_stamp {
        runs += usize::from(last != Some(text));
        last = Some(text);
        by_word.entry(text).or_default().push(*at);
    }
    // Words that hardly come again name nothing. One after the other, or in turn at a step of their own: objects that were measured so.
    let in_turn = || by_word.values().all(|stamps| usual_distance(stamps).is_some_and(|own| own > step));
    10 * by_word.len() >= NEARLY_ALL * by_stamp.len() || runs > by_word.len() && !in_turn()
}

/// The distance that nearly all stamps have.
fn usual_distance(stamps: &[i64]) -> Option<i64> {
    let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
    stamps.windows(2).for_each(|pair| *counts.entry(pair.iter().rev().copied().reduce(|last, first| last - first).unwrap_or(0)).or_default() += 1);
    let (distance, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    (10 * count >= NEARLY_ALL * (stamps.len() - 1)).then_some(distance)
}

/// What parts the values of one object, sector by sector: each part is a quantity of its own.
pub(super) fn part_of_object(look: &Look, form: &Form) -> Option<usize> {
    let [id] = form.id.as_slice() else { return None };
    if !look.plain.get(*id).is_some_and(|name| OBJECTS.contains(&name.as_str())) {
        return None;
    }
    look.named(PARTS).filter(|at| at != id && look.seen(*at).filled > 0)
}

/// Whether columns are called as objects of the territory are.
pub fn are_known(names: &[&str], is_known: &dyn Fn(&str) -> bool) -> bool {
    let known = names.iter().filter(|name| is_known(name) || is_known(&without_unit(name))).count();
    2 * known >= names.len() && known > 0
}

fn without_unit(name: &str) -> String {
    Unit::in_header(name).map_or_else(|| name.to_owned(), |(_, rest)| rest)
}

/// Whether the columns of a table without ids are objects: by the territory's ids, else by what they are called and measured in.
pub fn are_objects(names: &[&str], is_known: &dyn Fn(&str) -> bool) -> bool {
    if are_known(names, is_known) {
        return true;
    }
    let bare: Vec<String> = names.iter().map(|name| without_unit(name)).collect();
    let units: BTreeSet<&str> = names.iter().filter_map(|name| Some(Unit::in_header(name)?.0.symbol)).collect();
    let quantities = bare.iter().filter(|name| Unit::alone(name).is_some() || QUANTITY_NAMES.iter().any(|known| plain_name(name).split('_').any(|word| word == *known))).count();
    units.len() < 2 && 2 * quantities < names.len()
}
