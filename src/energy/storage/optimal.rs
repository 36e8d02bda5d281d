//! The best plan with perfect foresight, a linear programme.
//!
//! Variables of each step: imported, exported, charged, discharged, stored, and curtailed and unserved where limits may force them; all ≥ 0.
//! Interior point (clarabel) for long cases, simplex (microlp) for short ones; both run in the browser, unlike HiGHS.
//! Where selling pays more than buying costs, or a price is negative, a linear programme would buy and sell, or charge and discharge, at once and for ever. One meter does neither: in such steps ([`Turned`]) the direction is that of consumption less production, and the battery only charges. That is a sound plan, if not always the very best one; everywhere else the plan is optimal.
//! Where curtailment alone counts, energy lost in the battery is energy not thrown away, and the programme does lose some on purpose; the totals tell how much.
//! An interior point leaves some 1e-7 in idle variables: they are cut to their bounds, and what was charged and discharged at once is told in [`super::Totals::simultaneous_mwh`].

use super::{Battery, Case, CaseFault, Dispatch, Goal};
use good_lp::{
    Expression, ProblemVariables, ResolutionError, Solution, SolverModel, Variable, constraint,
    variable,
};

/// From here on the interior point is the faster one.
const LONG_STEPS: usize = 400;
/// What an unserved MWh costs a plan, €: above any price that is meant.
const UNSERVED_EUR_MWH: f64 = 20_000.0;
/// How much money matters where energy is the goal, MWh for each €: it decides between equals only.
const TIE: f64 = 1e-6;

struct Variables {
    imported: Vec<Variable>,
    exported: Vec<Variable>,
    charged: Vec<Variable>,
    discharged: Vec<Variable>,
    stored: Vec<Variable>,
    curtailed: Option<Vec<Variable>>,
    unserved: Option<Vec<Variable>>,
}

/// # Errors
/// A [`CaseFault`] when the case is impossible or the solver fails.
pub fn optimal(case: &Case) -> Result<Dispatch, CaseFault> {
    case.check()?;
    let mut problem = ProblemVariables::new();
    let variables = add_variables(case, &mut problem);
    let objective = objective(case, &variables);
    let constraints = constraints(case, &variables);
    let model = problem.minimise(objective);
    if case.steps() < LONG_STEPS {
        let mut model = model.using(good_lp::microlp);
        for constraint in constraints {
            model.add_constraint(constraint);
        }
        let solution = model.solve().map_err(fault)?;
        Ok(read(case, &variables, &solution))
    } else {
        let mut model = model.using(good_lp::clarabel);
        for constraint in constraints {
            model.add_constraint(constraint);
        }
        let solution = model.solve().map_err(fault)?;
        Ok(read(case, &variables, &solution))
    }
}

fn fault(error: ResolutionError) -> CaseFault {
    match error {
        ResolutionError::Infeasible => CaseFault::Infeasible,
        other => CaseFault::Solver(other.to_string()),
    }
}

fn add_variables(case: &Case, problem: &mut ProblemVariables) -> Variables {
    let steps = case.steps();
    let mut within = |limit: f64| {
        let free = variable().min(0.0);
        let bounded = if limit.is_finite() {
            free.max(limit)
        } else {
            free
        };
        problem.add_vector(bounded, steps)
    };
    let battery = case.battery.unwrap_or(NO_BATTERY);
    let limited = case.export_limit_mw.is_finite();
    Variables {
        imported: within(case.import_limit_mw),
        exported: within(case.export_limit_mw),
        charged: within(battery.charge_mw),
        discharged: within(battery.discharge_mw),
        stored: within(battery.energy_mwh),
        curtailed: (limited || case.curtailable || case.goal == Goal::Curtailment)
            .then(|| within(f64::INFINITY)),
        unserved: case
            .import_limit_mw
            .is_finite()
            .then(|| within(f64::INFINITY)),
    }
}

const NO_BATTERY: Battery = Battery {
    energy_mwh: 0.0,
    charge_mw: 0.0,
    discharge_mw: 0.0,
    charge_efficiency: 1.0,
    discharge_efficiency: 1.0,
    initial_mwh: 0.0,
    cyclic: true,
    degradation_eur_mwh: 0.0,
};

fn objective(case: &Case, variables: &Variables) -> Expression {
    let wear = case.battery.unwrap_or(NO_BATTERY).degradation_eur_mwh;
    let money = match case.goal {
        Goal::Cost => 1.0,
        Goal::Import | Goal::Curtailment => TIE,
    } * case.step_h;
    let mut sum = Expression::with_capacity(6 * case.steps());
    for step in 0..case.steps() {
        let bought = if case.goal == Goal::Import {
            case.step_h
        } else {
            0.0
        };
        sum.add_mul(
            money * case.import_price[step] + bought,
            variables.imported[step],
        );
        sum.add_mul(-money * case.export_price[step], variables.exported[step]);
        sum.add_mul(money * wear, variables.discharged[step]);
        if let Some(unserved) = &variables.unserved {
            sum.add_mul(case.step_h * UNSERVED_EUR_MWH, unserved[step]);
        }
        if let Some(curtailed) = &variables.curtailed
            && case.goal == Goal::Curtailment
        {
            sum.add_mul(case.step_h, curtailed[step]);
        }
    }
    sum
}

/// What prices turn upside down in a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turned {
    /// Buying and selling at once would pay.
    pub one_way: bool,
    /// Losing energy would pay.
    pub only_charges: bool,
}

impl Turned {
    pub fn of(case: &Case, step: usize) -> Self {
        // Prices decide between equals in every goal.
        let at = |prices: &[f64]| prices.get(step).copied().unwrap_or(0.0);
        let (buy, sell) = (at(&case.import_price), at(&case.export_price));
        let surplus = case.generation_mw.get(step) > case.load_mw.get(step);
        Self {
            one_way: sell > buy,
            only_charges: if surplus {
                sell < 0.0 || (buy < 0.0 && sell <= 0.0)
            } else {
                buy < 0.0
            },
        }
    }
}

fn constraints(case: &Case, variables: &Variables) -> Vec<good_lp::Constraint> {
    let battery = case.battery.unwrap_or(NO_BATTERY);
    let steps = case.steps();
    let mut constraints = Vec::with_capacity(3 * steps);
    for step in 0..steps {
        let mut balance = Expression::with_capacity(6);
        balance.add_mul(1.0, variables.imported[step]);
        balance.add_mul(-1.0, variables.exported[step]);
        balance.add_mul(-1.0, variables.charged[step]);
        balance.add_mul(1.0, variables.discharged[step]);
        if let Some(curtailed) = &variables.curtailed {
            balance.add_mul(-1.0, curtailed[step]);
            constraints.push(constraint!(curtailed[step] <= case.generation_mw[step]));
        }
        if let Some(unserved) = &variables.unserved {
            balance.add_mul(1.0, unserved[step]);
            constraints.push(constraint!(unserved[step] <= case.load_mw[step]));
        }
        let need = case.load_mw[step] - case.generation_mw[step];
        constraints.push(balance.eq(need));
        let turned = Turned::of(case, step);
        if turned.one_way {
            let idle = if need >= 0.0 {
                variables.exported[step]
            } else {
                variables.imported[step]
            };
            constraints.push(constraint!(idle <= 0.0));
        }
        if turned.only_charges {
            constraints.push(constraint!(variables.discharged[step] <= 0.0));
        }
        let mut change = Expression::with_capacity(4);
        change.add_mul(1.0, variables.stored[step]);
        change.add_mul(
            -case.step_h * battery.charge_efficiency,
            variables.charged[step],
        );
        change.add_mul(
            case.step_h / battery.discharge_efficiency,
            variables.discharged[step],
        );
        let before = match step.checked_sub(1) {
            Some(last) => Some(variables.stored[last]),
            None if battery.cyclic => Some(variables.stored[steps - 1]),
            None => None,
        };
        match before {
            Some(before) => {
                change.add_mul(-1.0, before);
                constraints.push(change.eq(0.0));
            }
            None => constraints.push(change.eq(battery.initial_mwh)),
        }
    }
    if !battery.cyclic && case.battery.is_some() {
        // Otherwise the plan sells what it was given.
        let last = variables.stored[steps - 1];
        constraints.push(constraint!(last >= battery.initial_mwh));
    }
    constraints
}

fn read(case: &Case, variables: &Variables, solution: &impl Solution) -> Dispatch {
    let battery = case.battery.unwrap_or(NO_BATTERY);
    let values = |list: &[Variable], most: f64| -> Vec<f64> {
        list.iter()
            .map(|&variable| {
                let value = solution.value(variable);
                if value < 1e-9 { 0.0 } else { value.min(most) }
            })
            .collect()
    };
    let nothing = || vec![0.0; case.steps()];
    let optional = |list: &Option<Vec<Variable>>| {
        list.as_ref()
            .map_or_else(nothing, |list| values(list, f64::INFINITY))
    };
    let mut plan = Dispatch {
        imported_mw: values(&variables.imported, case.import_limit_mw),
        exported_mw: values(&variables.exported, case.export_limit_mw),
        charged_mw: values(&variables.charged, battery.charge_mw),
        discharged_mw: values(&variables.discharged, battery.discharge_mw),
        stored_mwh: values(&variables.stored, battery.energy_mwh),
        curtailed_mw: optional(&variables.curtailed),
        unserved_mw: optional(&variables.unserved),
    };
    one_way(&mut plan);
    untangle(case, &battery, &mut plan);
    plan
}

/// One meter buys or sells. Where both prices are equal, and zero is what a case without prices has, both at once costs nothing and an interior point leaves hundreds of MWh of it; what is bought and sold in one step is taken away from both.
///
/// Never dearer: where selling pays more than buying costs, [`Turned::one_way`] has left one of the two idle.
fn one_way(plan: &mut Dispatch) {
    for (imported, exported) in plan.imported_mw.iter_mut().zip(&mut plan.exported_mw) {
        let both = imported.min(*exported);
        if both > 0.0 {
            *imported -= both;
            *exported -= both;
        }
    }
}

/// Charging and discharging at once only warms the battery: both are lowered so that what is stored stays the same, and what is saved is not bought, or is sold. An interior point leaves such loops where little depends on them.
///
/// Never dearer. Where the connection is full and production may be thrown away, it is, in place of being warmed away; where curtailment is what counts, such loops stay.
fn untangle(case: &Case, battery: &Battery, plan: &mut Dispatch) {
    let there_and_back = battery.charge_efficiency * battery.discharge_efficiency;
    let may_curtail = case.goal != Goal::Curtailment && (case.curtailable || case.export_limit_mw.is_finite());
    let powers = plan
        .charged_mw
        .iter_mut()
        .zip(&mut plan.discharged_mw)
        .zip(plan.imported_mw.iter_mut().zip(&mut plan.exported_mw));
    for (step, ((charged, discharged), (imported, exported))) in powers.enumerate() {
        let sells = case
            .export_price
            .get(step)
            .is_some_and(|price| *price >= 0.0);
        let buys = case
            .import_price
            .get(step)
            .is_some_and(|price| *price >= 0.0);
        let room = if sells && *imported <= 0.0 {
            (case.export_limit_mw - *exported).max(0.0)
        } else {
            0.0
        };
        let unbought = if buys { *imported } else { 0.0 };
        // Each MW of charging that goes saves so much.
        let saved = 1.0 - there_and_back;
        let loops = charged.min(*discharged / there_and_back);
        let most = if saved > 0.0 {
            (unbought + room) / saved
        } else {
            f64::INFINITY
        };
        let off = loops.min(most);
        if off > 0.0 {
            *charged = (*charged - off).max(0.0);
            *discharged = (*discharged - off * there_and_back).max(0.0);
            let less = (off * saved).min(unbought);
            *imported -= less;
            *exported += off * saved - less;
        }
        if may_curtail
            && saved > 0.0
            && let (Some(curtailed), Some(generation)) = (plan.curtailed_mw.get_mut(step), case.generation_mw.get(step))
        {
            let loops = charged.min(*discharged / there_and_back);
            let off = loops.min((generation - *curtailed).max(0.0) / saved);
            *charged = (*charged - off).max(0.0);
            *discharged = (*discharged - off * there_and_back).max(0.0);
            *curtailed += off * saved;
        }
    }
}
