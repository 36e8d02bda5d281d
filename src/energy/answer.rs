//! "My roof": what one roof answers, from the years of its planes, a load, a battery and dated facts.
//!
//! Everything is plain input; nothing is looked up. Ranges are quantiles of the normal distribution that [`Sureness`] states; every amount of money rests on a dated fact, and what is past its validity is said.

use super::economics::{Balance, Carbon, Earnings, Facts, Project, Use, Validity, carbon, earnings};
use super::storage::{self, Case, CaseFault, Goal, greedy::greedy};
use super::yields::Sureness;
use crate::base::Instant;

/// A plane and its year.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaneYear {
    /// Its number in its building.
    pub plane: usize,
    pub area_m2: f64,
    pub usable_m2: f64,
    pub modules: usize,
    pub kwp: f64,
    pub kwh_year: f64,
    pub kwh_month: [f64; 12],
}

/// A battery beside the meter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HomeBattery {
    pub capacity_kwh: f64,
    pub power_kw: f64,
    /// One way, 0.95 for 95 %.
    pub efficiency: f64,
}

impl HomeBattery {
    /// A lithium battery of today: empties in two hours, 90 % there and back.
    pub fn of_kwh(capacity_kwh: f64) -> Self {
        Self { capacity_kwh, power_kw: 0.5 * capacity_kwh, efficiency: 0.9_f64.sqrt() }
    }
}

/// What is asked of a roof.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The planes that are to be covered.
    pub planes: &'a [PlaneYear],
    /// kW of these planes and of the household, step by step over one year.
    pub production_kw: &'a [f64],
    pub load_kw: &'a [f64],
    pub step_h: f64,
    pub battery: Option<HomeBattery>,
    pub sureness: Sureness,
    /// The day on which facts are looked up.
    pub at: Instant,
    pub way: Use,
    /// Before tax; the dated fact `pv-cost` otherwise.
    pub cost_eur: Option<f64>,
    /// The building is a home.
    pub is_home: bool,
    /// Loss of output a year.
    pub ageing: f64,
}

/// The answer. Energies in kWh a year, money in EUR.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub area_m2: f64,
    pub usable_m2: f64,
    pub modules: usize,
    pub kwp: f64,
    pub kwh_year: f64,
    /// Reached in nine years of ten, and in one of ten.
    pub kwh_p90: f64,
    pub kwh_p10: f64,
    pub kwh_month: [f64; 12],
    pub balance: Balance,
    /// Share of production used on the spot, battery included.
    pub self_consumption: f64,
    /// Share of demand that the roof covers.
    pub self_sufficiency: f64,
    /// Largest difference of what came in and went out in any step, kWh.
    pub imbalance_kwh: f64,
    /// `None` where nobody says it and no dated fact does.
    pub cost_eur: Option<f64>,
    /// The cost is an assumption of ours.
    pub cost_assumed: bool,
    pub earnings: Earnings,
    /// The pay-back is that of the modules alone, without what the battery saves: its cost is not known.
    pub payback_without_battery: bool,
    pub carbon: Carbon,
}

impl Answer {
    /// An amount of money in it rests on a fact past its validity.
    pub fn is_dated(&self) -> bool {
        self.earnings.past().next().is_some()
    }

    /// Anything in it does: money or carbon.
    pub fn rests_on_past(&self) -> bool {
        facts_used(self).iter().any(|(_, validity)| *validity == Validity::Past)
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AnswerFault {
    #[error("production has {0} steps, load {1}")]
    Length(usize, usize),
    #[error("{0}")]
    Case(#[from] CaseFault),
}

/// Planes worth covering: their yield for each kWp is at least this share of the best plane's; none without a module.
pub fn worth_covering(planes: &[PlaneYear], least_share: f64) -> Vec<usize> {
    let yield_of = |plane: &PlaneYear| plane.kwh_year / plane.kwp;
    let best = planes.iter().filter(|plane| plane.kwp > 0.0).map(yield_of).fold(0.0, f64::max);
    planes.iter().filter(|plane| plane.kwp > 0.0 && yield_of(plane) >= least_share * best).map(|plane| plane.plane).collect()
}

/// # Errors
/// Series that do not fit, or values that are impossible.
pub fn answer(question: &Question, facts: &Facts) -> Result<Answer, AnswerFault> {
    let steps = question.production_kw.len();
    if steps != question.load_kw.len() {
        return Err(AnswerFault::Length(steps, question.load_kw.len()));
    }
    let sum = |of: fn(&PlaneYear) -> f64| question.planes.iter().map(of).sum::<f64>();
    let (kwp, kwh_year) = (sum(|p| p.kwp), sum(|p| p.kwh_year));
    // What is sold as a whole never passes the household's meter, nor a battery behind it.
    let battery = question.battery.filter(|battery| battery.capacity_kwh > 0.0 && question.way == Use::Surplus);
    let (balance, imbalance_kwh) = dispatched(question, battery)?;
    let known = facts.find("pv-cost", kwp, question.at).and_then(|(fact, validity)| Some((fact, validity, fact.value?))).filter(|_| question.cost_eur.is_none());
    let cost_eur = question.cost_eur.or(known.map(|(_, _, per_kwp)| per_kwp * kwp));
    let earned_by = |balance: &Balance| {
        let project = Project {
            kwp,
            cost_eur,
            is_home: question.is_home,
            own_use_kwh: balance.own_use,
            sold_kwh: balance.exported,
            way: question.way,
            ageing: question.ageing,
        };
        earnings(&project, facts, question.at)
    };
    let mut earned = earned_by(&balance);
    match known {
        Some((fact, validity, _)) => earned.used.push((fact.clone(), validity)),
        None if question.cost_eur.is_none() => earned.missing.push(facts.lack("pv-cost", kwp, question.at)),
        None => {}
    }
    // A quotation is for what is asked. The cost that we assume is that of modules: what a battery saves must not pay for them.
    let payback_without_battery = battery.is_some() && question.cost_eur.is_none();
    if payback_without_battery {
        earned.payback = earned_by(&dispatched(question, None)?.0).payback;
    }
    let mut kwh_month = [0.0; 12];
    for plane in question.planes {
        kwh_month.iter_mut().zip(plane.kwh_month).for_each(|(sum, kwh)| *sum += kwh);
    }
    let share = |part: f64, whole: f64| if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 };
    Ok(Answer {
        area_m2: sum(|p| p.area_m2),
        usable_m2: sum(|p| p.usable_m2),
        modules: question.planes.iter().map(|p| p.modules).sum(),
        kwp,
        kwh_year,
        kwh_p90: question.sureness.p90(kwh_year),
        kwh_p10: question.sureness.p10(kwh_year),
        kwh_month,
        self_consumption: share(balance.own_use, balance.produced),
        self_sufficiency: share(balance.own_use, balance.demanded),
        balance,
        imbalance_kwh,
        cost_eur,
        cost_assumed: question.cost_eur.is_none(),
        earnings: earned,
        payback_without_battery,
        carbon: carbon(kwh_year, facts, question.at),
    })
}

/// Own use first, then the battery, then the grid; or all to the grid.
fn dispatched(question: &Question, battery: Option<HomeBattery>) -> Result<(Balance, f64), AnswerFault> {
    let steps = question.production_kw.len();
    let mega = |values: &[f64]| values.iter().map(|kw| kw / 1000.0).collect::<Vec<f64>>();
    let case = Case {
        step_h: question.step_h,
        load_mw: mega(question.load_kw),
        generation_mw: mega(question.production_kw),
        import_price: vec![0.0; steps],
        export_price: vec![0.0; steps],
        import_limit_mw: f64::INFINITY,
        export_limit_mw: f64::INFINITY,
        curtailable: false,
        battery: battery.map(|battery| storage::Battery {
            energy_mwh: battery.capacity_kwh / 1000.0,
            charge_mw: battery.power_kw / 1000.0,
            discharge_mw: battery.power_kw / 1000.0,
            charge_efficiency: battery.efficiency,
            discharge_efficiency: battery.efficiency,
            initial_mwh: 0.0,
            cyclic: false,
            degradation_eur_mwh: 0.0,
        }),
        goal: Goal::Cost,
    };
    let kwh = |values: &[f64]| values.iter().sum::<f64>() * 1000.0 * question.step_h;
    let (produced, demanded) = (kwh(&case.generation_mw), kwh(&case.load_mw));
    if question.way == Use::TotalSale {
        case.check()?;
        return Ok((Balance { produced, demanded, own_use: 0.0, exported: produced, imported: demanded, stored_or_lost: 0.0 }, 0.0));
    }
    let done = greedy(&case)?;
    let (most, _) = done.imbalance(&case);
    let (exported, imported) = (kwh(&done.exported_mw), kwh(&done.imported_mw));
    let own_use = demanded - imported;
    let balance = Balance { produced, demanded, own_use, exported, imported, stored_or_lost: produced - own_use - exported };
    Ok((balance, most * 1000.0 * question.step_h))
}

/// Facts of an answer with their state, in the order of their use; each once.
pub fn facts_used(answer: &Answer) -> Vec<(&super::economics::Fact, Validity)> {
    let mut seen: Vec<(&super::economics::Fact, Validity)> = Vec::new();
    for (fact, validity) in answer.earnings.used.iter().chain(&answer.carbon.used) {
        if !seen.iter().any(|(known, _)| *known == fact) {
            seen.push((fact, *validity));
        }
    }
    seen
}
