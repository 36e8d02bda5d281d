//! Since when a made line stands, and what is planned: no line is younger than what hangs on it, and none is older than the oldest building it serves.

use super::graph::Graph;
use super::rules;
use super::sites::Site;
use std::collections::HashMap;

/// The year it serves from; none where no building on it says one: it always stands.
pub type Since = Option<i16>;

/// The earlier of two, as far as they are known.
pub fn older(a: Since, b: Since) -> Since {
    [a, b].into_iter().flatten().min()
}

/// The oldest of the buildings at each node, of those that count.
pub fn at_nodes(graph: &Graph, sites: &[Site], counts: &dyn Fn(&Site) -> bool) -> Vec<Since> {
    let mut of = vec![None; graph.len()];
    for (site, tap) in sites.iter().zip(&graph.taps).filter(|(site, _)| counts(site)) {
        if let Some(slot) = tap.and_then(|tap| of.get_mut(tap.node as usize)) {
            *slot = older(*slot, site.year);
        }
    }
    of
}

/// Of each node of a tree since when the way to it stands: the oldest of all that hangs on it; where nothing says, since the way above it does.
/// `order` has parents before children.
pub fn since(order: &[u32], up: &dyn Fn(u32) -> Option<u32>, own: &dyn Fn(u32) -> Since) -> HashMap<u32, i16> {
    let mut of: HashMap<u32, i16> = HashMap::new();
    for &node in order.iter().rev() {
        if let Some(year) = older(of.get(&node).copied(), own(node)) {
            of.insert(node, year);
            if let Some(up) = up(node) {
                of.entry(up).and_modify(|known| *known = year.min(*known)).or_insert(year);
            }
        }
    }
    for &node in order {
        if let (false, Some(year)) = (of.contains_key(&node), up(node).and_then(|up| of.get(&up).copied())) {
            of.insert(node, year);
        }
    }
    of
}

/// A line that may be laid anew: since when it stands, and its metres.
pub type Aged = (Since, f64);

/// The year in which each line is replaced, where it is: in each planned year the oldest of known age, until a share of the whole length is new.
pub fn renewals(lines: &[Aged]) -> Vec<Since> {
    let mut when = vec![None; lines.len()];
    let whole_m: f64 = lines.iter().map(|(_, length_m)| length_m).sum();
    let mut oldest: Vec<(i16, usize, f64)> = lines.iter().enumerate().filter_map(|(index, (since, length_m))| Some(((*since)?, index, *length_m))).collect();
    oldest.sort_by_key(|(since, index, _)| (*since, *index));
    let mut next = oldest.into_iter().peekable();
    for year in rules::PLANNED {
        let mut laid_m = 0.0;
        while laid_m < rules::RENEWED_A_YEAR * whole_m
            && let Some((_, index, length_m)) = next.next_if(|(since, ..)| year - since >= rules::RENEWED_AFTER)
        {
            laid_m += length_m;
            if let Some(slot) = when.get_mut(index) {
                *slot = Some(year);
            }
        }
    }
    when
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_as_old_as_the_oldest_below_it_and_what_is_unknown_as_old_as_the_way_above() {
        // 0 ─ 1 ─ 2, 1 ─ 3, 0 ─ 4
        let up = |node: u32| [None, Some(0), Some(1), Some(1), Some(0)][node as usize];
        let own = |node: u32| [None, Some(1990), Some(1950), None, None][node as usize];
        let of = since(&[0, 1, 4, 2, 3], &up, &own);
        assert_eq!([0, 1, 2, 3, 4].map(|node| of.get(&node).copied()), [1950, 1950, 1950, 1950, 1950].map(Some));
        assert!(since(&[0, 1, 4, 2, 3], &up, &|_| None).is_empty());
    }

    #[test]
    fn the_oldest_are_laid_anew_first_and_never_much_of_the_whole() {
        let lines: Vec<Aged> = (0..200).map(|index| ((index % 5 > 0).then_some(1900 + index), 10.0)).collect();
        let when = renewals(&lines);
        let renewed: Vec<usize> = when.iter().enumerate().filter_map(|(index, year)| year.map(|_| index)).collect();
        // Two lines of 10 m are the first to reach 0.67 % of 2 km.
        assert_eq!(renewed, [1, 2, 3, 4, 6, 7, 8, 9]);
        assert_eq!(when[1], Some(rules::PLANNED[0]));
        assert!(renewals(&[(Some(2010), 50.0), (None, 50.0)]).iter().all(Option::is_none), "neither what is young nor what nobody knows the age of");
    }
}
