//! Where the power of an area comes from and where it goes, in one step: the parts of its balance, named by whoever asks.
//!
//! Power in a network mixes: nobody can say which source fed which use. So all of it goes through the area, and only what is thrown away
//! goes by: it never reached the network. What the parts do not cover comes in, what they cannot use goes out ([`super::balance`]).

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
