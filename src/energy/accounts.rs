//! The accounts of a territory or of a thing, step by step, in whole watt-hours: what is made, by source; what is used, by use; what is stored; and what
//! passes the border.
//!
//! Watt-hours are whole numbers here. Rounded parts are added, never a rounded total compared with them, so that the sum of parts is the total at every
//! step and over every part of time, to the last watt-hour: sources = uses, always. [`super::balance`] answers the same question in real numbers for
//! models that need them.

use std::ops::Range;

/// On which side of the accounts an entry stands, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// Made inside: a source.
    Production,
    /// Given by stores: a source.
    Discharged,
    /// A use.
    Consumption,
    /// Taken by stores: a use.
    Charged,
}

impl Side {
    pub fn is_source(self) -> bool {
        matches!(self, Self::Production | Self::Discharged)
    }
}

/// One line of the accounts: energies of the steps; `None` where it is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub side: Side,
    /// What it is called, in whatever way the caller names things.
    pub name: String,
    pub wh: Vec<Option<i64>>,
}

/// What the lines leave over passes the border: it comes in, or it goes out, never both in one step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    pub entries: Vec<Entry>,
    pub imported_wh: Vec<Option<i64>>,
    pub exported_wh: Vec<Option<i64>>,
}

/// The largest energy of one step that is told, Wh: sums of many stay far from overflow.
const MOST_WH: f64 = 1e15;

/// A mean power over a step as whole watt-hours; absent where it is no number, or one that no territory has.
pub fn whole_wh(kw: f64, step_h: f64) -> Option<i64> {
    let wh = (kw * step_h * 1000.0).round();
    (wh.is_finite() && wh.abs() <= MOST_WH).then_some(wh as i64)
}

/// Closes the accounts. A line that is negative in a step stands on the other side of the border as it is: production of −3 Wh is what a plant draws.
///
/// Where a line is absent, so is the exchange: a part must not pass for the whole.
pub fn close(entries: Vec<Entry>) -> Accounts {
    let steps = entries.iter().map(|entry| entry.wh.len()).max().unwrap_or(0);
    let need = |step: usize| {
        entries.iter().try_fold(0_i64, |need, entry| {
            let wh = entry.wh.get(step).copied().flatten()?;
            if entry.side.is_source() { need.checked_sub(wh) } else { need.checked_add(wh) }
        })
    };
    let needs: Vec<Option<i64>> = (0..steps).map(need).collect();
    Accounts {
        imported_wh: needs.iter().map(|need| need.map(|need| need.max(0))).collect(),
        exported_wh: needs.iter().map(|need| need.map(|need| need.saturating_neg().max(0))).collect(),
        entries,
    }
}

impl Accounts {
    pub fn steps(&self) -> usize {
        self.imported_wh.len()
    }

    /// The sum of all lines of a side at a step; `None` where one of them is absent.
    pub fn total_wh(&self, side: Side, step: usize) -> Option<i64> {
        self.entries.iter().filter(|entry| entry.side == side).try_fold(0_i64, |sum, entry| sum.checked_add(entry.wh.get(step).copied().flatten()?))
    }

    /// Everything that comes in at a step, and everything that it goes to: always the same.
    pub fn both_sides_wh(&self, step: usize) -> Option<(i64, i64)> {
        let import = self.imported_wh.get(step).copied().flatten()?;
        let export = self.exported_wh.get(step).copied().flatten()?;
        let sources = [Side::Production, Side::Discharged].into_iter().try_fold(import, |sum, side| sum.checked_add(self.total_wh(side, step)?))?;
        let uses = [Side::Consumption, Side::Charged].into_iter().try_fold(export, |sum, side| sum.checked_add(self.total_wh(side, step)?))?;
        Some((sources, uses))
    }

    /// The accounts of both: exchanges between them vanish. Lines keep their names; those of one name and side become one.
    pub fn plus(&self, other: &Self) -> Self {
        let mut entries = self.entries.clone();
        for entry in &other.entries {
            match entries.iter_mut().find(|known| known.side == entry.side && known.name == entry.name) {
                Some(known) => {
                    let steps = known.wh.len().max(entry.wh.len());
                    let at = |list: &[Option<i64>], step: usize| list.get(step).copied().flatten();
                    known.wh = (0..steps).map(|step| at(&known.wh, step)?.checked_add(at(&entry.wh, step)?)).collect();
                }
                None => entries.push(entry.clone()),
            }
        }
        close(entries)
    }
}

/// Whether each step is closed: all of its lines are known.
pub fn closed<'a>(lines: impl Iterator<Item = &'a [Option<i64>]> + Clone) -> Vec<bool> {
    let steps = lines.clone().map(<[_]>::len).max().unwrap_or(0);
    (0..steps).map(|step| lines.clone().all(|line| matches!(line.get(step), Some(Some(_))))).collect()
}

/// The sum of a line over the steps that are closed, so that both sides stay the same where a value is absent.
pub fn over_closed(wh: &[Option<i64>], closed: &[bool]) -> i64 {
    wh.iter().zip(closed).filter(|(_, closed)| **closed).filter_map(|(wh, _)| *wh).fold(0, i64::saturating_add)
}

/// The sum of a line over steps, and in how many of them it is not known.
pub fn over(wh: &[Option<i64>]) -> (i64, usize) {
    let known = wh.iter().flatten().fold(0_i64, |sum, wh| sum.saturating_add(*wh));
    (known, wh.iter().filter(|wh| wh.is_none()).count())
}

/// The sums of a line over parts of its steps, each over those of its steps that are closed; `None` where none of them is. A part of one step is told as it is.
pub fn in_parts(wh: &[Option<i64>], closed: &[bool], parts: &[Range<usize>]) -> Vec<Option<i64>> {
    let of = |part: &Range<usize>| {
        let (wh, closed) = (wh.get(part.clone())?, closed.get(part.clone())?);
        match wh {
            [only] => *only,
            _ => closed.contains(&true).then(|| over_closed(wh, closed)),
        }
    };
    parts.iter().map(of).collect()
}

/// Step and mean kilowatts of the highest and of the lowest of energies, by the hours of their steps; the first where several are. `None` where none is known.
pub fn extremes(wh: &[Option<i64>], hours: &[f64]) -> Option<[(usize, f64); 2]> {
    let known = || wh.iter().zip(hours).enumerate().filter_map(|(step, (wh, hours))| Some((step, (*wh)? as f64 / 1000.0 / hours)).filter(|(_, kw)| kw.is_finite()));
    let first = known().next()?;
    Some([known().fold(first, |most, found| if found.1 > most.1 { found } else { most }), known().fold(first, |least, found| if found.1 < least.1 { found } else { least })])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(side: Side, name: &str, wh: &[i64]) -> Entry {
        Entry { side, name: name.to_owned(), wh: wh.iter().map(|wh| Some(*wh)).collect() }
    }

    #[test]
    fn what_is_not_made_comes_in_and_what_is_not_used_goes_out() {
        let accounts = close(vec![
            entry(Side::Production, "sun", &[0, 900, 400]),
            entry(Side::Consumption, "homes", &[300, 300, 300]),
            entry(Side::Consumption, "shops", &[50, 200, 0]),
            entry(Side::Charged, "battery", &[0, 100, 0]),
            entry(Side::Discharged, "battery", &[100, 0, 0]),
        ]);
        assert_eq!(accounts.imported_wh, [Some(250), Some(0), Some(0)]);
        assert_eq!(accounts.exported_wh, [Some(0), Some(300), Some(100)]);
        assert_eq!(accounts.both_sides_wh(1), Some((900, 900)));
        assert_eq!(over(&accounts.entries[0].wh), (1300, 0));
    }

    #[test]
    fn a_line_that_is_absent_leaves_no_exchange() {
        let mut line = entry(Side::Consumption, "homes", &[10, 10]);
        line.wh[1] = None;
        let accounts = close(vec![line, entry(Side::Production, "sun", &[4, 4])]);
        assert_eq!((accounts.imported_wh.clone(), accounts.exported_wh.clone()), (vec![Some(6), None], vec![Some(0), None]));
        assert_eq!(accounts.both_sides_wh(1), None);
        // A shorter line is absent where it ends.
        assert_eq!(close(vec![entry(Side::Consumption, "a", &[1, 2]), entry(Side::Consumption, "b", &[1])]).imported_wh, [Some(2), None]);
        assert_eq!((whole_wh(f64::NAN, 1.0), whole_wh(1e30, 1.0), whole_wh(1.2345, 0.5)), (None, None, Some(617)));
    }

    #[test]
    fn the_highest_and_the_lowest_go_by_power() {
        // A month of more energy is not one of more power.
        assert_eq!(extremes(&[Some(3_100), None, Some(2_900), Some(1_000)], &[31.0, 28.0, 28.0, 20.0]), Some([(2, 2.9 / 28.0), (3, 0.05)]));
        assert_eq!((extremes(&[None], &[1.0]), extremes(&[], &[])), (None, None));
        assert_eq!(in_parts(&[Some(1), None, Some(4), None], &[true, false, true, false], &[0..2, 2..3, 3..4]), [Some(1), Some(4), None]);
    }

    fn any_entry(steps: usize) -> impl Strategy<Value = Entry> {
        let side = proptest::sample::select(vec![Side::Production, Side::Discharged, Side::Consumption, Side::Charged]);
        // Powers with fractions of every size: rounding must not open the accounts.
        let values = proptest::collection::vec(proptest::option::weighted(0.97, -1e7..1e7_f64), steps);
        (side, "[a-d]", values).prop_map(|(side, name, kw)| Entry { side, name, wh: kw.into_iter().map(|kw| whole_wh(kw?, 0.25)).collect() })
    }

    proptest! {
        /// The sum of parts is the total at every step, to the last watt-hour; and over every part of time.
        #[test]
        fn the_sum_of_parts_is_the_total_at_every_step(entries in (1..40_usize).prop_flat_map(|steps| proptest::collection::vec(any_entry(steps), 1..9)), cut in 0..40_usize) {
            let accounts = close(entries);
            for step in 0..accounts.steps() {
                if let Some((sources, uses)) = accounts.both_sides_wh(step) {
                    prop_assert_eq!(sources, uses);
                    prop_assert_eq!(accounts.imported_wh[step].unwrap().min(accounts.exported_wh[step].unwrap()), 0);
                } else {
                    prop_assert!(accounts.entries.iter().any(|entry| entry.wh[step].is_none()));
                    prop_assert_eq!(accounts.imported_wh[step], None);
                }
            }
            // Over any part of time both sides are the same, whatever is absent in it.
            let lines = || accounts.entries.iter().map(|entry| entry.wh.as_slice()).chain([accounts.imported_wh.as_slice(), accounts.exported_wh.as_slice()]);
            let is_closed = closed(lines());
            let sum = |is_source: bool| accounts.entries.iter().filter(|entry| entry.side.is_source() == is_source).map(|entry| over_closed(&entry.wh, &is_closed)).sum::<i64>();
            prop_assert_eq!(sum(true) + over_closed(&accounts.imported_wh, &is_closed), sum(false) + over_closed(&accounts.exported_wh, &is_closed));
            for entry in &accounts.entries {
                let cut = cut.min(entry.wh.len());
                let (before, after, all) = (over(&entry.wh[..cut]), over(&entry.wh[cut..]), over(&entry.wh));
                prop_assert_eq!((before.0 + after.0, before.1 + after.1), all);
            }
        }

        /// Told by day or by month, both sides stay the same in every part, and the parts come to the whole.
        #[test]
        fn the_sum_of_parts_is_the_total_over_every_part_of_time(entries in (1..60_usize).prop_flat_map(|steps| proptest::collection::vec(any_entry(steps), 1..9)), of in 1..14_usize) {
            let accounts = close(entries);
            let lines: Vec<(bool, &[Option<i64>])> = accounts.entries.iter().map(|entry| (entry.side.is_source(), entry.wh.as_slice()))
                .chain([(true, accounts.imported_wh.as_slice()), (false, accounts.exported_wh.as_slice())]).collect();
            let is_closed = closed(lines.iter().map(|(_, wh)| *wh));
            let parts: Vec<Range<usize>> = (0..accounts.steps()).step_by(of).map(|start| start..(start + of).min(accounts.steps())).collect();
            let told: Vec<(bool, Vec<Option<i64>>)> = lines.iter().map(|(is_source, wh)| (*is_source, in_parts(wh, &is_closed, &parts))).collect();
            for (at, part) in parts.iter().enumerate() {
                let side = |is_source: bool| told.iter().filter(|(of, _)| *of == is_source).map(|(_, wh)| wh[at]).sum::<Option<i64>>();
                if is_closed[part.clone()].contains(&true) {
                    prop_assert_eq!(side(true), side(false));
                    prop_assert!(side(true).is_some());
                } else {
                    prop_assert!(told.iter().any(|(_, wh)| wh[at].is_none()));
                }
            }
            let parts_closed = closed(told.iter().map(|(_, wh)| wh.as_slice()));
            for ((_, wh), (_, parts)) in lines.iter().zip(&told) {
                prop_assert_eq!(over_closed(wh, &is_closed), over_closed(parts, &parts_closed));
            }
        }

        /// Two areas added are one: the order does not matter, and what one gives the other does not pass the border.
        #[test]
        fn accounts_add_up(steps in 1..20_usize, seed in any::<u64>()) {
            let mut rng = crate::base::Rng::new(seed);
            let mut area = || close([Side::Production, Side::Consumption].into_iter().map(|side| Entry { side, name: "x".to_owned(), wh: (0..steps).map(|_| whole_wh(rng.range(0.0, 1e5), 1.0)).collect() }).collect());
            let (a, b) = (area(), area());
            let (one, other) = (a.plus(&b), b.plus(&a));
            prop_assert_eq!(&one, &other);
            for step in 0..steps {
                let net = |accounts: &Accounts| accounts.imported_wh[step].unwrap() - accounts.exported_wh[step].unwrap();
                prop_assert_eq!(net(&one), net(&a) + net(&b));
                prop_assert!(one.imported_wh[step].unwrap() <= a.imported_wh[step].unwrap() + b.imported_wh[step].unwrap());
            }
        }
    }
}
