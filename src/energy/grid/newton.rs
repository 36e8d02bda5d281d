//! Power flow by Newton–Raphson in polar coordinates, the Jacobian factored by a sparse LU with pivoting.
//!
//! For what [`super::sweep`] cannot do: voltage-held nodes, dense meshes, points near the limit of what the network can carry.
//! Equations: W. Tinney and C. Hart, IEEE Transactions on Power Apparatus and Systems 86(11), 1967; a step that makes the mismatch grow can be halved.

use super::network::Complex;
use super::plan::{Injection, Plan, Role};
use faer::linalg::solvers::Solve;
use faer::sparse::linalg::solvers::{Lu, SymbolicLu};
use faer::sparse::{Argsort, Pair, SparseColMat, SymbolicSparseColMat};
use faer::{Col, Mat};

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NewtonOptions {
    /// Largest power mismatch of a solution, per unit.
    pub tolerance_pu: f64,
    pub max_iterations: u32,
    /// Halves a step that makes the mismatch grow. Slower to give up, but in a large transmission grid the first full steps grow it on the way to the solution.
    pub damped: bool,
}

impl Default for NewtonOptions {
    fn default() -> Self {
        Self {
            tolerance_pu: 1e-11,
            max_iterations: 30,
            damped: false,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Solved {
    /// Of all nodes, in the turned frame.
    pub voltages: Vec<Complex>,
    pub iterations: u32,
    pub mismatch_pu: f64,
}

/// No solution was reached from this start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Diverged {
    pub iterations: u32,
    pub mismatch_pu: f64,
    /// Where the mismatch is largest.
    pub worst_node: usize,
}

/// The structure of the equations, made once for many solutions.
pub struct Newton {
    /// Unknown angle and magnitude of each node.
    angle: Vec<Option<usize>>,
    magnitude: Vec<Option<usize>>,
    unknowns: usize,
    pattern: SymbolicSparseColMat<usize>,
    order: Argsort<usize>,
    symbolic: SymbolicLu<usize>,
    values: Vec<f64>,
}

impl Newton {
    /// `None` when the structure cannot be factored, as with a node that nothing determines.
    pub fn of(plan: &Plan) -> Option<Self> {
        let nodes = plan.roles.len();
        let (mut angle, mut magnitude) = (vec![None; nodes], vec![None; nodes]);
        let mut unknowns = 0;
        // Side by side, so that the two equations of a node stay near each other.
        for (node, role) in plan.roles.iter().enumerate() {
            if !matches!(role, Role::Slack(_)) {
                angle[node] = Some(unknowns);
                unknowns += 1;
            }
            if matches!(role, Role::Free) {
                magnitude[node] = Some(unknowns);
                unknowns += 1;
            }
        }
        let mut pairs = Vec::new();
        let mut entry = |row: Option<usize>, col: Option<usize>| {
            if let (Some(row), Some(col)) = (row, col) {
                pairs.push(Pair { row, col });
            }
        };
        for node in 0..nodes {
            for other in std::iter::once(node).chain(plan.matrix.row(node).map(|(other, _)| other))
            {
                entry(angle[node], angle[other]);
                entry(angle[node], magnitude[other]);
                entry(magnitude[node], angle[other]);
                entry(magnitude[node], magnitude[other]);
            }
        }
        let (pattern, order) =
            SymbolicSparseColMat::try_new_from_indices(unknowns, unknowns, &pairs).ok()?;
        let symbolic = SymbolicLu::try_new(pattern.as_ref()).ok()?;
        Some(Self {
            angle,
            magnitude,
            unknowns,
            values: Vec::with_capacity(pairs.len()),
            pattern,
            order,
            symbolic,
        })
    }

    /// From `start`, or from the linearised flow at nominal voltages.
    pub fn solve(
        &mut self,
        plan: &Plan,
        injections: &[Injection],
        start: Option<&[Complex]>,
        options: NewtonOptions,
    ) -> Result<Solved, Diverged> {
        let nodes = plan.roles.len();
        let mut state = match start {
            Some(voltages) => State::of(plan, voltages),
            None => State::linear(plan, injections),
        };
        let mut mismatch = Mismatch::at(plan, injections, &state, self);
        let mut iterations = 0;
        while mismatch.worst > options.tolerance_pu {
            let failed = Diverged {
                iterations,
                mismatch_pu: mismatch.worst,
                worst_node: mismatch.node,
            };
            if iterations >= options.max_iterations || nodes == 0 {
                return self.settle(state, failed);
            }
            iterations += 1;
            let Some(step) = self.step(plan, injections, &state, &mismatch) else {
                return self.settle(state, failed);
            };
            let mut share = 1.0;
            let (next, found) = loop {
                let next = state.moved(self, &step, share);
                let found = Mismatch::at(plan, injections, &next, self);
                // The sum of squares, not the worst node: Newton lowers the former.
                if !options.damped
                    || found.squares <= mismatch.squares * (1.0 - 1e-4 * share)
                    || share < 0.05
                    || mismatch.worst < 1e-7
                {
                    break (next, found);
                }
                share *= 0.5;
            };
            // Rounding, not divergence: the last digits no longer improve.
            if mismatch.worst < ROUNDED_PU && found.worst >= 0.5 * mismatch.worst {
                if found.worst < mismatch.worst {
                    (state, mismatch) = (next, found);
                }
                break;
            }
            if !found.worst.is_finite() {
                return Err(Diverged {
                    iterations,
                    ..failed
                });
            }
            (state, mismatch) = (next, found);
        }
        Ok(Solved {
            voltages: state.voltages(),
            iterations,
            mismatch_pu: mismatch.worst,
        })
    }

    /// A state that is as good as numbers allow counts as solved.
    fn settle(&self, state: State, failed: Diverged) -> Result<Solved, Diverged> {
        if failed.mismatch_pu < ROUNDED_PU {
            return Ok(Solved {
                voltages: state.voltages(),
                iterations: failed.iterations,
                mismatch_pu: failed.mismatch_pu,
            });
        }
        Err(failed)
    }

    /// The Newton step, by unknown.
    fn step(
        &mut self,
        plan: &Plan,
        injections: &[Injection],
        state: &State,
        mismatch: &Mismatch,
    ) -> Option<Vec<f64>> {
        let turn = |s: Complex| Complex::new(s.im, -s.re);
        self.values.clear();
        let mut values = std::mem::take(&mut self.values);
        for (node, _) in plan.roles.iter().enumerate() {
            let here = state.voltage[node];
            let rows = (self.angle[node], self.magnitude[node]);
            let own = std::iter::once((node, plan.matrix.diagonal[node]));
            for (other, y) in own.chain(plan.matrix.row(node)) {
                let a = here * (y * state.voltage[other]).conj();
                // −j·A, and A / |V|.
                let mut by_angle = turn(a);
                let mut by_magnitude = a / state.vm[other];
                if other == node {
                    let whole = mismatch.power[node];
                    by_angle -= turn(whole);
                    by_magnitude += whole / state.vm[node];
                    let injection = &injections[node];
                    by_magnitude -=
                        injection.current + injection.impedance * (2.0 * state.vm[node]);
                }
                let columns = (self.angle[other], self.magnitude[other]);
                if rows.0.is_some() {
                    values.extend(columns.0.map(|_| by_angle.re));
                    values.extend(columns.1.map(|_| by_magnitude.re));
                }
                if rows.1.is_some() {
                    values.extend(columns.0.map(|_| by_angle.im));
                    values.extend(columns.1.map(|_| by_magnitude.im));
                }
            }
        }
        let jacobian =
            SparseColMat::new_from_argsort(self.pattern.clone(), &self.order, &values).ok();
        self.values = values;
        let lu = Lu::try_new_with_symbolic(self.symbolic.clone(), jacobian?.as_ref()).ok()?;
        let mut right = Col::<f64>::zeros(self.unknowns);
        for (node, difference) in mismatch.difference.iter().enumerate() {
            if let Some(row) = self.angle[node] {
                right[row] = -difference.re;
            }
            if let Some(row) = self.magnitude[node] {
                right[row] = -difference.im;
            }
        }
        lu.solve_in_place(&mut right);
        let step: Vec<f64> = right.iter().copied().collect();
        step.iter().all(|value| value.is_finite()).then_some(step)
    }
}

/// Below this a mismatch that no longer shrinks is rounding, per unit.
const ROUNDED_PU: f64 = 1e-9;

#[derive(Clone)]
struct State {
    vm: Vec<f64>,
    va: Vec<f64>,
    voltage: Vec<Complex>,
}

impl State {
    fn of(plan: &Plan, voltages: &[Complex]) -> Self {
        let mut state = Self {
            vm: Vec::with_capacity(voltages.len()),
            va: Vec::with_capacity(voltages.len()),
            voltage: voltages.to_vec(),
        };
        for (node, role) in plan.roles.iter().enumerate() {
            let voltage = match role {
                Role::Slack(voltage) => *voltage,
                _ => voltages.get(node).copied().unwrap_or(plan.start()),
            };
            let sound = voltage.norm() > 1e-3 && voltage.norm().is_finite();
            let magnitude = match role {
                Role::Held(magnitude) => *magnitude,
                _ if sound => voltage.norm(),
                _ => 1.0,
            };
            state.vm.push(magnitude);
            state.va.push(if sound { voltage.arg() } else { 0.0 });
        }
        state.refresh();
        state
    }

    /// Angles of the linearised flow θ = B⁻¹·P, magnitudes 1 or held.
    fn linear(plan: &Plan, injections: &[Injection]) -> Self {
        let start = plan.start();
        let mut voltages = vec![Complex::from_polar(1.0, start.arg()); plan.roles.len()];
        if let Some(angles) = linear_angles(plan, injections) {
            for (voltage, angle) in voltages.iter_mut().zip(angles) {
                *voltage = Complex::from_polar(1.0, angle);
            }
        }
        Self::of(plan, &voltages)
    }

    fn refresh(&mut self) {
        self.voltage.clear();
        let polar = self.vm.iter().zip(&self.va);
        self.voltage
            .extend(polar.map(|(&vm, &va)| Complex::from_polar(vm, va)));
    }

    fn moved(&self, newton: &Newton, step: &[f64], share: f64) -> Self {
        let mut next = self.clone();
        for (node, (vm, va)) in next.vm.iter_mut().zip(&mut next.va).enumerate() {
            if let Some(row) = newton.angle[node] {
                *va += share * step[row];
            }
            if let Some(row) = newton.magnitude[node] {
                *vm += share * step[row];
            }
        }
        next.refresh();
        next
    }

    fn voltages(self) -> Vec<Complex> {
        self.voltage
    }
}

struct Mismatch {
    /// V·(Y·V)* of each node.
    power: Vec<Complex>,
    /// What flows out less what is injected.
    difference: Vec<Complex>,
    worst: f64,
    node: usize,
    squares: f64,
}

impl Mismatch {
    fn at(plan: &Plan, injections: &[Injection], state: &State, newton: &Newton) -> Self {
        let nodes = plan.roles.len();
        let mut found = Self {
            power: Vec::with_capacity(nodes),
            difference: Vec::with_capacity(nodes),
            worst: 0.0,
            node: 0,
            squares: 0.0,
        };
        for node in 0..nodes {
            let here = state.voltage[node];
            // Differences first: Σ Y_ij·(V_j − V_i) + excess·V_i keeps the digits that Y_ii·V_i would round away.
            let mut current = plan.matrix.excess[node] * here;
            for (other, y) in plan.matrix.row(node) {
                current += y * (state.voltage[other] - here);
            }
            let power = here * current.conj();
            let difference = power - injections[node].at(state.vm[node]);
            found.power.push(power);
            found.difference.push(difference);
            let active = newton.angle[node].map_or(0.0, |_| difference.re);
            let reactive = newton.magnitude[node].map_or(0.0, |_| difference.im);
            let size = active.abs().max(reactive.abs());
            if size > found.worst || size.is_nan() {
                found.worst = size;
                found.node = node;
            }
            found.squares += active * active + reactive * reactive;
        }
        found
    }
}

fn linear_angles(plan: &Plan, injections: &[Injection]) -> Option<Vec<f64>> {
    let nodes = plan.roles.len();
    let mut unknown = vec![None; nodes];
    let mut count = 0;
    for (node, role) in plan.roles.iter().enumerate() {
        if !matches!(role, Role::Slack(_)) {
            unknown[node] = Some(count);
            count += 1;
        }
    }
    let mut triplets = Vec::new();
    let mut right = Mat::<f64>::zeros(count, 1);
    for node in 0..nodes {
        let Some(row) = unknown[node] else { continue };
        right[(row, 0)] += injections[node].at(1.0).re;
        let mut diagonal = 0.0;
        for (other, y) in plan.matrix.row(node) {
            // A shift that the turned frame could not take away, as in a loop with one phase shifter, remains between the two entries.
            let back = plan.matrix.row(other).find(|(column, _)| *column == node);
            let shift = back.map_or(0.0, |(_, back)| 0.5 * (y / back).arg());
            let z = (-y * Complex::from_polar(1.0, -shift)).inv();
            // A branch without reactance has no place in a linear flow of angles; its whole impedance stands for it.
            let susceptance = 1.0 / if z.im == 0.0 { z.norm() } else { z.im };
            diagonal += susceptance;
            right[(row, 0)] += susceptance * shift;
            match (unknown[other], plan.roles[other]) {
                (Some(col), _) => {
                    triplets.push(faer::sparse::Triplet::new(row, col, -susceptance));
                }
                (None, Role::Slack(voltage)) => right[(row, 0)] += susceptance * voltage.arg(),
                (None, _) => {}
            }
        }
        triplets.push(faer::sparse::Triplet::new(row, row, diagonal));
    }
    let matrix = SparseColMat::<usize, f64>::try_new_from_triplets(count, count, &triplets).ok()?;
    let lu = matrix.as_ref().sp_lu().ok()?;
    lu.solve_in_place(&mut right);
    let angles = (0..nodes)
        .map(|node| match (unknown[node], plan.roles[node]) {
            (Some(row), _) => right[(row, 0)],
            (None, Role::Slack(voltage)) => voltage.arg(),
            (None, _) => 0.0,
        })
        .collect::<Vec<_>>();
    angles
        .iter()
        .all(|angle| angle.is_finite() && angle.abs() < 100.0)
        .then_some(angles)
}
