//! Time series: one plan, thousands of steps, each from the voltages of the one before.

use super::meter::Meter;
use super::network::{Complex, Network, Zip};
use super::newton::{Newton, NewtonOptions};
use super::plan::{Injection, Plan, PlanFault};
use super::sweep::{LANES, Sweep, Wide};

/// Most steps of a series: a year of minutes.
pub const MAX_STEPS: usize = 527_040;

/// Values in time and what they stand for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Profiles {
    pub steps: usize,
    /// Each of `steps` values.
    pub columns: Vec<Vec<f64>>,
    pub channels: Vec<Channel>,
}

/// One column drives one quantity of one element; a column may drive many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel {
    pub target: Target,
    pub quantity: Quantity,
    pub column: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Index into the network's loads.
    Load(usize),
    /// Index into its generators; only their active power can be driven.
    Generator(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// Times the power stated in the network.
    Factor,
    /// In place of the stated power; wins over a factor.
    ActiveMw,
    ReactiveMvar,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeriesOptions {
    /// Last change of any voltage, per unit.
    pub tolerance_pu: f64,
    pub max_iterations: u32,
    /// Reads loadings and losses too.
    pub loadings: bool,
    pub newton: NewtonOptions,
}

impl Default for SeriesOptions {
    fn default() -> Self {
        Self {
            tolerance_pu: 1e-8,
            max_iterations: 60,
            loadings: true,
            newton: NewtonOptions::default(),
        }
    }
}

/// Extremes of one step; NaN where it has no solution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub lowest_pu: f64,
    pub highest_pu: f64,
    /// Percent; of the branch nearest to its limit.
    pub loading_percent: f64,
    pub losses_mw: f64,
}

/// The worst of all steps: when and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worst {
    pub step: usize,
    /// Index of a bus or branch.
    pub place: usize,
    pub value: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    pub steps: Vec<Step>,
    pub lowest: Option<Worst>,
    pub highest: Option<Worst>,
    pub loading: Option<Worst>,
    /// Steps without a solution.
    pub failed: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SeriesFault {
    #[error(transparent)]
    Plan(#[from] PlanFault),
    #[error("{0} steps, at most {MAX_STEPS}")]
    TooLong(usize),
    #[error("column {column} has {found} values for {steps} steps")]
    Ragged {
        column: usize,
        found: usize,
        steps: usize,
    },
    #[error("column {column}, step {step}: not a finite number")]
    NotFinite { column: usize, step: usize },
    #[error("channel {0} names an element or a column that does not exist")]
    Dangling(usize),
}

/// The voltages of one solved step.
pub struct StepView<'a> {
    plan: &'a Plan,
    voltages: Voltages<'a>,
}

enum Voltages<'a> {
    Lane(&'a Sweep, usize),
    Nodes(&'a [Complex]),
}

impl StepView<'_> {
    /// V of a bus, per unit; `None` without supply.
    pub fn voltage(&self, bus: usize) -> Option<Complex> {
        let node = self.plan.topology.node(bus)?;
        let turned = match self.voltages {
            Voltages::Nodes(nodes) => nodes[node],
            Voltages::Lane(sweep, lane) => match self.plan.roles[node] {
                super::plan::Role::Slack(voltage) => voltage,
                _ => {
                    let unknown = sweep.factor.unknown[node] as usize;
                    sweep.origin() + sweep.drop[unknown].lane(lane)
                }
            },
        };
        Some(turned * Complex::from_polar(1.0, self.plan.topology.turn_rad[node]))
    }

    /// What a branch does in this step; nothing for one that does not exist, or has no impedance.
    pub fn branch(&self, network: &Network, branch: usize) -> super::flow::BranchFlow {
        match network.branches.get(branch) {
            Some(known) => {
                let (from, to) = (self.voltage(known.from), self.voltage(known.to));
                super::flow::branch_flow(network, known, from, to)
            }
            None => super::flow::BranchFlow::default(),
        }
    }
}

/// # Errors
/// A [`SeriesFault`] when network or profiles do not hold together; steps without solution are in the result.
pub fn series(
    network: &Network,
    profiles: &Profiles,
    options: &SeriesOptions,
) -> Result<Series, SeriesFault> {
    series_with(network, profiles, options, &mut |_, _| ())
}

/// The same, handing out each solved step's voltages, in order.
///
/// # Errors
/// As [`series`].
pub fn series_with(
    network: &Network,
    profiles: &Profiles,
    options: &SeriesOptions,
    observe: &mut dyn FnMut(usize, &StepView),
) -> Result<Series, SeriesFault> {
    check(network, profiles)?;
    let plan = Plan::of(network)?;
    let drives = drives(network, &plan, profiles);
    let mut done = Series {
        steps: Vec::with_capacity(profiles.steps),
        ..Series::default()
    };
    let Some(mut sweep) = Sweep::of(&plan) else {
        let mut steps = Steps::new(network, &plan, profiles, &drives, options);
        for step in 0..profiles.steps {
            steps.solve(step, &mut done, observe);
        }
        return Ok(done);
    };
    let meter = Meter::of(network, &plan, &sweep);
    for drive in &drives {
        let unknown = sweep.factor.unknown[drive.node] as usize;
        sweep.load(unknown);
        if drive.has_dependent() {
            sweep.dependent(unknown);
        }
    }
    let mut fallback: Option<Steps> = None;
    for first in (0..profiles.steps).step_by(LANES) {
        for drive in &drives {
            drive.fill(profiles, first, &mut sweep);
        }
        let swept = sweep.solve(options.tolerance_pu, options.max_iterations);
        let reading = meter.read(&sweep, options.loadings);
        let lanes = LANES.min(profiles.steps - first);
        let mut restart = false;
        for lane in 0..lanes {
            let step = first + lane;
            if !(swept.change[lane] <= options.tolerance_pu) {
                restart = true;
                fallback
                    .get_or_insert_with(|| Steps::new(network, &plan, profiles, &drives, options))
                    .solve(step, &mut done, observe);
                continue;
            }
            done.steps.push(Step {
                lowest_pu: reading.lowest_pu[lane],
                highest_pu: reading.highest_pu[lane],
                loading_percent: 100.0 * reading.loading[lane],
                losses_mw: reading.losses_mw[lane],
            });
            let bus = |highest| meter.extreme_bus(&sweep, lane, highest);
            let lowest = reading.lowest_pu[lane];
            worse(&mut done.lowest, step, lowest, |a, b| a < b, || bus(false));
            let highest = reading.highest_pu[lane];
            worse(&mut done.highest, step, highest, |a, b| a > b, || bus(true));
            let loading = 100.0 * reading.loading[lane];
            worse(
                &mut done.loading,
                step,
                loading,
                |a, b| a > b,
                || meter.extreme_branch(&sweep, lane),
            );
            let voltages = Voltages::Lane(&sweep, lane);
            observe(
                step,
                &StepView {
                    plan: &plan,
                    voltages,
                },
            );
        }
        if restart {
            // A lane that diverged must not be the next one's start.
            sweep.restart();
        }
    }
    Ok(done)
}

fn worse(
    worst: &mut Option<Worst>,
    step: usize,
    value: f64,
    beats: fn(f64, f64) -> bool,
    place: impl FnOnce() -> Option<usize>,
) {
    if worst.is_none_or(|known| beats(value, known.value))
        && let Some(place) = place()
    {
        *worst = Some(Worst { step, place, value });
    }
}

fn check(network: &Network, profiles: &Profiles) -> Result<(), SeriesFault> {
    if profiles.steps > MAX_STEPS {
        return Err(SeriesFault::TooLong(profiles.steps));
    }
    for (column, values) in profiles.columns.iter().enumerate() {
        if values.len() != profiles.steps {
            return Err(SeriesFault::Ragged {
                column,
                found: values.len(),
                steps: profiles.steps,
            });
        }
        if let Some(step) = values.iter().position(|value| !value.is_finite()) {
            return Err(SeriesFault::NotFinite { column, step });
        }
    }
    for (index, channel) in profiles.channels.iter().enumerate() {
        let known = match channel.target {
            Target::Load(load) => load < network.loads.len(),
            Target::Generator(generator) => generator < network.generators.len(),
        };
        if !known || channel.column >= profiles.columns.len() {
            return Err(SeriesFault::Dangling(index));
        }
    }
    Ok(())
}

/// Power of a node as a sum of columns: constant, growing with the voltage, with its square.
struct Drive {
    node: usize,
    parts: [Part; 3],
}

#[derive(Clone, Default)]
struct Part {
    constant: Complex,
    terms: Vec<(usize, Complex)>,
}

impl Part {
    fn add(&mut self, column: Option<usize>, factor: Complex) {
        if factor == Complex::new(0.0, 0.0) {
            return;
        }
        let Some(column) = column else {
            self.constant += factor;
            return;
        };
        match self.terms.iter_mut().find(|(known, _)| *known == column) {
            Some((_, sum)) => *sum += factor,
            None => self.terms.push((column, factor)),
        }
    }

    fn at(&self, profiles: &Profiles, step: usize) -> Complex {
        self.terms
            .iter()
            .fold(self.constant, |sum, &(column, factor)| {
                sum + factor * profiles.columns[column][step]
            })
    }

    fn wide(&self, profiles: &Profiles, first: usize) -> Wide {
        let mut wide = Wide::splat(self.constant);
        let last = profiles.steps - 1;
        for &(column, factor) in &self.terms {
            let values = &profiles.columns[column];
            for lane in 0..LANES {
                let value = values[(first + lane).min(last)];
                wide.re[lane] += factor.re * value;
                wide.im[lane] += factor.im * value;
            }
        }
        wide
    }

    fn is_zero(&self) -> bool {
        self.terms.is_empty() && self.constant == Complex::new(0.0, 0.0)
    }
}

impl Drive {
    fn has_dependent(&self) -> bool {
        !self.parts[1].is_zero() || !self.parts[2].is_zero()
    }

    fn fill(&self, profiles: &Profiles, first: usize, sweep: &mut Sweep) {
        let unknown = sweep.factor.unknown[self.node] as usize;
        sweep.power[unknown] = self.parts[0].wide(profiles, first);
        if self.has_dependent()
            && let Some(dependent) = sweep.dependent(unknown)
        {
            dependent.current = self.parts[1].wide(profiles, first);
            dependent.impedance = self.parts[2].wide(profiles, first);
        }
    }

    fn injection(&self, profiles: &Profiles, step: usize) -> Injection {
        Injection {
            power: self.parts[0].at(profiles, step),
            current: self.parts[1].at(profiles, step),
            impedance: self.parts[2].at(profiles, step),
        }
    }
}

/// The free or held nodes that any channel drives, with all power of the node.
fn drives(network: &Network, plan: &Plan, profiles: &Profiles) -> Vec<Drive> {
    let mut of_load = vec![[None; 3]; network.loads.len()];
    let mut of_generator = vec![[None; 2]; network.generators.len()];
    let mut driven = vec![false; plan.roles.len()];
    for channel in &profiles.channels {
        let column = Some(channel.column);
        let bus = match (channel.target, channel.quantity) {
            (Target::Load(load), quantity) => {
                let slot = match quantity {
                    Quantity::Factor => 0,
                    Quantity::ActiveMw => 1,
                    Quantity::ReactiveMvar => 2,
                };
                of_load[load][slot] = column;
                network.loads[load].bus
            }
            (Target::Generator(generator), quantity) => {
                match quantity {
                    Quantity::Factor => of_generator[generator][0] = column,
                    Quantity::ActiveMw => of_generator[generator][1] = column,
                    Quantity::ReactiveMvar => {}
                }
                network.generators[generator].bus
            }
        };
        if let Some(node) = plan.topology.node(bus) {
            driven[node] = !matches!(plan.roles[node], super::plan::Role::Slack(_));
        }
    }
    let mut parts: Vec<Option<[Part; 3]>> = driven
        .iter()
        .map(|&driven| driven.then(Default::default))
        .collect();
    let base = network.base_mva;
    for (load, [factor, active, reactive]) in network.loads.iter().zip(&of_load) {
        let node = plan.topology.node(load.bus).filter(|_| load.in_service);
        let Some(parts) = node.and_then(|node| parts[node].as_mut()) else {
            continue;
        };
        // A driven power is the column times −1 MW; otherwise what the network states, times the factor if there is one.
        let (p_column, p) = match active {
            Some(_) => (*active, -1.0 / base),
            None => (*factor, -load.p_mw / base),
        };
        let (q_column, q) = match reactive {
            Some(_) => (*reactive, -1.0 / base),
            None => (*factor, -load.q_mvar / base),
        };
        let Zip {
            current_p,
            impedance_p,
            current_q,
            impedance_q,
        } = load.zip;
        let shares = [
            (1.0 - current_p - impedance_p, 1.0 - current_q - impedance_q),
            (current_p, current_q),
            (impedance_p, impedance_q),
        ];
        for (part, (of_p, of_q)) in parts.iter_mut().zip(shares) {
            part.add(p_column, Complex::new(p * of_p, 0.0));
            part.add(q_column, Complex::new(0.0, q * of_q));
        }
    }
    for (generator, [factor, active]) in network.generators.iter().zip(&of_generator) {
        let node = plan
            .topology
            .node(generator.bus)
            .filter(|_| generator.in_service);
        if let Some([power, ..]) = node.and_then(|node| parts[node].as_mut()) {
            match active {
                Some(_) => power.add(*active, Complex::new(1.0 / base, 0.0)),
                None => power.add(*factor, Complex::new(generator.p_mw / base, 0.0)),
            }
        }
    }
    parts
        .into_iter()
        .enumerate()
        .filter_map(|(node, parts)| {
            Some(Drive {
                node,
                parts: parts?,
            })
        })
        .collect()
}

/// Step by step with Newton–Raphson: where nodes are held, or a sweep did not converge.
struct Steps<'a> {
    network: &'a Network,
    plan: &'a Plan,
    profiles: &'a Profiles,
    drives: &'a [Drive],
    options: &'a SeriesOptions,
    newton: Option<Newton>,
    injections: Vec<Injection>,
    last: Option<Vec<Complex>>,
}

impl<'a> Steps<'a> {
    fn new(
        network: &'a Network,
        plan: &'a Plan,
        profiles: &'a Profiles,
        drives: &'a [Drive],
        options: &'a SeriesOptions,
    ) -> Self {
        Self {
            network,
            plan,
            profiles,
            drives,
            options,
            newton: Newton::of(plan),
            injections: plan.injections.clone(),
            last: None,
        }
    }

    fn solve(&mut self, step: usize, done: &mut Series, observe: &mut dyn FnMut(usize, &StepView)) {
        for drive in self.drives {
            self.injections[drive.node] = drive.injection(self.profiles, step);
        }
        let options = self.options.newton;
        let solved = self.newton.as_mut().and_then(|newton| {
            let warm = self.last.as_deref();
            newton
                .solve(self.plan, &self.injections, warm, options)
                .or_else(|_| newton.solve(self.plan, &self.injections, None, options))
                .ok()
        });
        let Some(solved) = solved else {
            done.failed.push(step);
            done.steps.push(Step {
                lowest_pu: f64::NAN,
                highest_pu: f64::NAN,
                loading_percent: f64::NAN,
                losses_mw: f64::NAN,
            });
            return;
        };
        let method = super::flow::Method::Newton;
        let flow = super::flow::results(self.network, self.plan, &solved.voltages, 0, method);
        let buses = || {
            let seen = self.network.buses.iter().zip(&flow.voltages).enumerate();
            seen.filter(|(_, (bus, _))| !bus.internal)
                .filter_map(|(index, (_, voltage))| Some((index, (*voltage)?.norm())))
        };
        let order = |a: &(usize, f64), b: &(usize, f64)| a.1.total_cmp(&b.1);
        let (lowest, highest) = (buses().min_by(order), buses().max_by(order));
        let loading = flow
            .branches
            .iter()
            .enumerate()
            .filter_map(|(index, branch)| Some((index, branch.loading_percent?)))
            .max_by(order);
        done.steps.push(Step {
            lowest_pu: lowest.map_or(f64::NAN, |(_, vm)| vm),
            highest_pu: highest.map_or(f64::NAN, |(_, vm)| vm),
            loading_percent: loading.map_or(0.0, |(_, percent)| percent),
            losses_mw: flow.losses_mw,
        });
        for (worst, found, beats) in [
            (
                &mut done.lowest,
                lowest,
                (|a, b| a < b) as fn(f64, f64) -> bool,
            ),
            (&mut done.highest, highest, |a, b| a > b),
            (&mut done.loading, loading, |a, b| a > b),
        ] {
            if let Some((place, value)) = found {
                worse(worst, step, value, beats, || Some(place));
            }
        }
        let voltages = Voltages::Nodes(&solved.voltages);
        observe(
            step,
            &StepView {
                plan: self.plan,
                voltages,
            },
        );
        self.last = Some(solved.voltages);
    }
}
