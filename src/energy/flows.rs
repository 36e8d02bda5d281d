//! Where the power of an area comes from and where it goes, in one step or summed over many: the parts of its balance, named by whoever asks.
//!
//! Power in a network mixes: nobody can say which source fed which use. So all of it goes through the area, and only what is thrown away
//! goes by: it never reached the network. What the parts do not cover comes in, what they cannot use goes out ([`super::balance`]).

use super::accounts::{Entry, Side, close, closed, over_closed, whole_wh};
use super::balance::{Area, BalanceFault, Step, balance};

/// Mean powers of one step, kW, none negative. `K` is what whoever asks calls a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts<K> {
    /// What is made: name, power, and what of it is thrown away.
    pub made: Vec<(K, f64, f64)>,
    pub used: Vec<(K, f64)>,
    pub charged_kw: f64,
    pub discharged_kw: f64,
    /// In lines and transformers.
    pub losses_kw: f64,
}

impl<K> Default for Parts<K> {
    fn default() -> Self {
        Self { made: Vec::new(), used: Vec::new(), charged_kw: 0.0, discharged_kw: 0.0, losses_kw: 0.0 }
    }
}

/// An end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End<K> {
    Made(K),
    /// A store that gives.
    Discharged,
    /// From the network around.
    Imported,
    /// The area itself, where all mixes.
    Area,
    Used(K),
    /// A store that takes.
    Charged,
    Losses,
    /// To the network around.
    Exported,
    Curtailed,
}

/// Power from one end to another, kW.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow<K> {
    pub from: End<K>,
    pub to: End<K>,
    pub kw: f64,
}

impl<K: Copy> Parts<K> {
    /// The step closed by what comes in or goes out.
    ///
    /// # Errors
    /// A [`BalanceFault`] for a part that is impossible.
    pub fn step(&self) -> Result<Step, BalanceFault> {
        // One by one: two wrong parts may add up to something that looks right.
        for (name, kw) in self.made.iter().map(|(_, kw, _)| ("made", kw)).chain(self.used.iter().map(|(_, kw)| ("used", kw))) {
            if !(kw.is_finite() && *kw >= 0.0) {
                return Err(BalanceFault::Value { name, step: 0, value: *kw });
            }
        }
        for (step, (_, kw, curtailed)) in self.made.iter().enumerate() {
            if !(*curtailed >= 0.0 && curtailed <= kw) {
                return Err(BalanceFault::Curtailed { step, curtailed_kw: *curtailed, production_kw: *kw });
            }
        }
        let area = Area {
            step_h: 1.0,
            consumption_kw: vec![self.used.iter().map(|(_, kw)| kw).sum()],
            production_kw: vec![self.made.iter().map(|(_, kw, _)| kw).sum()],
            curtailed_kw: vec![self.made.iter().map(|(_, _, curtailed)| curtailed).sum::<f64>().min(self.made.iter().map(|(_, kw, _)| kw).sum())],
            charged_kw: vec![self.charged_kw],
            discharged_kw: vec![self.discharged_kw],
            losses_kw: vec![self.losses_kw],
            stored_kwh: (0.0, 0.0),
        };
        balance(&area)?.steps.first().copied().ok_or(BalanceFault::Steps(0))
    }

    /// All flows above nothing, sources first, in the order of the parts.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn flows(&self) -> Result<Vec<Flow<K>>, BalanceFault> {
        let step = self.step()?;
        let into = self.made.iter().map(|(name, kw, curtailed)| (End::Made(*name), kw - curtailed));
        let into = into.chain([(End::Discharged, self.discharged_kw), (End::Imported, step.imported_kw)]).map(|(from, kw)| Flow { from, to: End::Area, kw });
        let out = self.used.iter().map(|(name, kw)| (End::Used(*name), *kw));
        let out = out.chain([(End::Charged, self.charged_kw), (End::Losses, self.losses_kw), (End::Exported, step.exported_kw)]).map(|(to, kw)| Flow { from: End::Area, to, kw });
        let away = self.made.iter().map(|(name, _, curtailed)| Flow { from: End::Made(*name), to: End::Curtailed, kw: *curtailed });
        Ok(into.chain(out).chain(away).filter(|flow| flow.kw > 0.0).collect())
    }
}

/// The same over several steps: mean powers, kW, one for each step and NaN where one is not known.
#[derive(Clone, Debug, PartialEq)]
pub struct Course<K> {
    /// What is made: name, power, and what of it is thrown away.
    pub made: Vec<(K, Vec<f64>, Vec<f64>)>,
    pub used: Vec<(K, Vec<f64>)>,
    pub charged_kw: Vec<f64>,
    pub discharged_kw: Vec<f64>,
    /// In lines and transformers.
    pub losses_kw: Vec<f64>,
}

impl<K> Default for Course<K> {
    fn default() -> Self {
        Self { made: Vec::new(), used: Vec::new(), charged_kw: Vec::new(), discharged_kw: Vec::new(), losses_kw: Vec::new() }
    }
}

/// Energies from end to end, summed over the steps in which all parts are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums<K> {
    /// From, to, and whole watt-hours above nothing.
    pub flows: Vec<(End<K>, End<K>, i64)>,
    /// Steps that were summed, of how many.
    pub known: usize,
    pub steps: usize,
}

impl<K: Copy + PartialEq> Course<K> {
    /// What one step holds; empty parts are nothing.
    pub fn at(&self, step: usize) -> Parts<K> {
        let of = |list: &[f64]| list.get(step).copied().unwrap_or(0.0);
        Parts {
            made: self.made.iter().map(|(name, kw, curtailed)| (*name, of(kw), of(curtailed))).collect(),
            used: self.used.iter().map(|(name, kw)| (*name, of(kw))).collect(),
            charged_kw: of(&self.charged_kw),
            discharged_kw: of(&self.discharged_kw),
            losses_kw: of(&self.losses_kw),
        }
    }

    /// The accounts of all steps ([`super::accounts`]), each of so many hours: every part is rounded to a watt-hour in each step, so that sums over days are
    /// those of their hours and both sides are the same to the last one. A step in which a part is not known is left out of every sum.
    pub fn over(&self, hours: &[f64]) -> Sums<K> {
        let whole = |kw: &[f64]| -> Vec<Option<i64>> { hours.iter().enumerate().map(|(step, hours)| whole_wh(kw.get(step).copied().unwrap_or(f64::NAN), *hours)).collect() };
        let mut lines: Vec<(End<K>, bool, Vec<Option<i64>>)> = Vec::new();
        let mut away: Vec<(K, Vec<Option<i64>>)> = Vec::new();
        for (name, kw, curtailed) in &self.made {
            let made = whole(kw);
            // What is thrown away is never more than what is made.
            let curtailed: Vec<Option<i64>> = if curtailed.is_empty() { vec![Some(0); hours.len()] } else { whole(curtailed) };
            let curtailed: Vec<Option<i64>> = curtailed.iter().zip(&made).map(|(away, made)| Some((*away)?.clamp(0, (*made)?.max(0)))).collect();
            let fed = made.iter().zip(&curtailed).map(|(made, away)| Some((*made)? - (*away)?)).collect();
            lines.push((End::Made(*name), true, fed));
            away.push((*name, curtailed));
        }
        lines.extend(self.used.iter().map(|(name, kw)| (End::Used(*name), false, whole(kw))));
        for (end, is_source, kw) in [(End::Discharged, true, &self.discharged_kw), (End::Charged, false, &self.charged_kw), (End::Losses, false, &self.losses_kw)] {
            if !kw.is_empty() {
                lines.push((end, is_source, whole(kw)));
            }
        }
        let entry = |(_, is_source, wh): &(End<K>, bool, Vec<Option<i64>>)| Entry { side: if *is_source { Side::Production } else { Side::Consumption }, name: String::new(), wh: wh.clone() };
        let accounts = close(lines.iter().map(entry).collect());
        let is_closed = closed(lines.iter().map(|(_, _, wh)| wh.as_slice()));
        let mut flows: Vec<(End<K>, End<K>, i64)> = Vec::new();
        let mut add = |from: End<K>, to: End<K>, wh: i64| match flows.iter_mut().find(|(a, b, _)| (*a, *b) == (from, to)) {
            Some((.., sum)) => *sum = sum.saturating_add(wh),
            None => flows.push((from, to, wh)),
        };
        for (end, _, wh) in lines.iter().filter(|(_, is_source, _)| *is_source) {
            add(*end, End::Area, over_closed(wh, &is_closed));
        }
        add(End::Imported, End::Area, over_closed(&accounts.imported_wh, &is_closed));
        for (end, _, wh) in lines.iter().filter(|(_, is_source, _)| !*is_source) {
            add(End::Area, *end, over_closed(wh, &is_closed));
        }
        add(End::Area, End::Exported, over_closed(&accounts.exported_wh, &is_closed));
        for (name, wh) in &away {
            add(End::Made(*name), End::Curtailed, over_closed(wh, &is_closed));
        }
        flows.retain(|(.., wh)| *wh > 0);
        Sums { flows, known: is_closed.iter().filter(|closed| **closed).count(), steps: hours.len() }
    }
}
