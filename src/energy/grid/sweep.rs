//! Power flow by fixed point on the factored admittance matrix, eight time steps side by side.
//!
//! Each iteration turns the powers into currents at the last voltages, I = (S/U)*, and solves Y·U = I: on a tree this is one backward and one forward sweep.
//! It converges linearly, by about the relative voltage drop each time: five to eight iterations on a distribution grid; it does not find voltage-held nodes, nor points near collapse, for which there is [`super::newton`].
//!
//! Unknown is the difference W = U − U₀ to the source's voltage, so that a drop of 1e-6 keeps all its digits.

use super::factor::Factor;
use super::network::Complex;
use super::plan::{Plan, Role};

/// Time steps solved together: eight doubles fill a cache line for each of real and imaginary part, and any vector unit divides them evenly.
pub const LANES: usize = 8;

/// A complex number for each lane.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub struct Wide {
    pub re: [f64; LANES],
    pub im: [f64; LANES],
}

impl Wide {
    pub const ZERO: Self = Self {
        re: [0.0; LANES],
        im: [0.0; LANES],
    };

    pub fn splat(value: Complex) -> Self {
        Self {
            re: [value.re; LANES],
            im: [value.im; LANES],
        }
    }

    pub fn lane(&self, lane: usize) -> Complex {
        Complex::new(self.re[lane], self.im[lane])
    }

    #[inline(always)]
    fn add_scaled(&mut self, factor: Complex, by: &Self) {
        for lane in 0..LANES {
            self.re[lane] += factor.re * by.re[lane] - factor.im * by.im[lane];
            self.im[lane] += factor.re * by.im[lane] + factor.im * by.re[lane];
        }
    }
}

/// How a batch ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Swept {
    pub iterations: u32,
    /// Last change of any voltage, per unit, by lane; a lane that diverged holds no finite number or more than the tolerance.
    pub change: [f64; LANES],
}

/// Power that grows with the voltage, and with its square.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dependent {
    pub current: Wide,
    pub impedance: Wide,
}

/// What can be solved by sweeping, and its working memory: nothing is allocated after this.
#[derive(Clone, Debug)]
pub struct Sweep {
    pub factor: Factor,
    start: Complex,
    /// Constant part of the right side.
    constant: Vec<Complex>,
    /// Voltage-dependent shares of the loads, where there are any: a place in `dependents`.
    dependent: Vec<Option<u32>>,
    dependents: Vec<Dependent>,
    loaded: Vec<bool>,
    /// W of each unknown; kept from batch to batch as the next one's start.
    pub drop: Vec<Wide>,
    /// Injected constant power of each unknown.
    pub power: Vec<Wide>,
    current: Vec<Wide>,
}

impl Sweep {
    /// `None` when nodes are held, or the matrix cannot be factored this way.
    pub fn of(plan: &Plan) -> Option<Self> {
        if plan.has_held_nodes() {
            return None;
        }
        let factor = Factor::of(&plan.matrix, &plan.roles)?;
        let start = plan.start();
        let mut constant = Vec::with_capacity(factor.unknowns());
        let mut power = Vec::with_capacity(factor.unknowns());
        let mut dependent = Vec::with_capacity(factor.unknowns());
        let mut dependents = Vec::new();
        for &node in &factor.node {
            let node = node as usize;
            let mut right = -plan.matrix.excess[node] * start;
            for (other, y) in plan.matrix.row(node) {
                if let Role::Slack(voltage) = plan.roles[other] {
                    right -= y * (voltage - start);
                }
            }
            constant.push(right);
            let injection = plan.injections[node];
            power.push(Wide::splat(injection.power));
            dependent.push((!injection.is_constant()).then(|| {
                dependents.push(Dependent {
                    current: Wide::splat(injection.current),
                    impedance: Wide::splat(injection.impedance),
                });
                dependents.len() as u32 - 1
            }));
        }
        let unknowns = factor.unknowns();
        let none = Complex::new(0.0, 0.0);
        let loaded = power
            .iter()
            .zip(&dependent)
            .map(|(power, dependent)| power.lane(0) != none || dependent.is_some())
            .collect();
        Some(Self {
            factor,
            start,
            constant,
            dependent,
            dependents,
            loaded,
            drop: vec![Wide::ZERO; unknowns],
            power,
            current: vec![Wide::ZERO; unknowns],
        })
    }

    /// Says that the power of these unknowns will be written, so that they are no longer passed over.
    pub fn load(&mut self, unknown: usize) {
        if let Some(loaded) = self.loaded.get_mut(unknown) {
            *loaded = true;
        }
    }

    /// The voltage-dependent power of an unknown, made where there is none yet.
    pub fn dependent(&mut self, unknown: usize) -> Option<&mut Dependent> {
        let place = self.dependent.get_mut(unknown)?;
        let index = *place.get_or_insert_with(|| {
            self.dependents.push(Dependent {
                current: Wide::ZERO,
                impedance: Wide::ZERO,
            });
            self.dependents.len() as u32 - 1
        });
        self.dependents.get_mut(index as usize)
    }

    /// Forgets the last solution.
    pub fn restart(&mut self) {
        self.drop.fill(Wide::ZERO);
        self.current.fill(Wide::ZERO);
    }

    /// Voltage of the sources that every drop counts from.
    pub fn origin(&self) -> Complex {
        self.start
    }

    /// Solves for the powers in `power`, from the voltages in `drop`.
    pub fn solve(&mut self, tolerance_pu: f64, max_iterations: u32) -> Swept {
        let mut swept = Swept {
            iterations: 0,
            change: [f64::INFINITY; LANES],
        };
        while swept.iterations < max_iterations {
            swept.iterations += 1;
            self.forward();
            let squares = self.backward();
            swept.change = squares.map(f64::sqrt);
            if squares
                .iter()
                .all(|&square| square <= tolerance_pu * tolerance_pu)
            {
                break;
            }
            // A lane that left the plane never comes back.
            if swept.change.iter().any(|change| !change.is_finite()) {
                break;
            }
        }
        swept
    }

    /// Currents at the last voltages, eliminated towards the sources.
    fn forward(&mut self) {
        let factor = &self.factor;
        for k in 0..factor.node.len() {
            let mut right = self.current[k];
            let constant = self.constant[k];
            if self.loaded[k] {
                let drop = &self.drop[k];
                let mut power = self.power[k];
                if let Some(index) = self.dependent[k] {
                    let dependent = &self.dependents[index as usize];
                    add_dependent(&mut power, dependent, drop, self.start);
                }
                for lane in 0..LANES {
                    let re = self.start.re + drop.re[lane];
                    let im = self.start.im + drop.im[lane];
                    let inverse = 1.0 / (re * re + im * im);
                    right.re[lane] +=
                        constant.re + (power.re[lane] * re + power.im[lane] * im) * inverse;
                    right.im[lane] +=
                        constant.im + (power.re[lane] * im - power.im[lane] * re) * inverse;
                }
            } else {
                for lane in 0..LANES {
                    right.re[lane] += constant.re;
                    right.im[lane] += constant.im;
                }
            }
            self.current[k] = right;
            for entry in factor.start[k] as usize..factor.start[k + 1] as usize {
                let later = factor.later[entry] as usize;
                self.current[later].add_scaled(factor.lower[entry], &right);
            }
        }
    }

    /// Voltages from the sources outwards; squared changes by lane.
    fn backward(&mut self) -> [f64; LANES] {
        let factor = &self.factor;
        let mut worst = [0.0; LANES];
        for k in (0..factor.node.len()).rev() {
            let mut drop = Wide::ZERO;
            drop.add_scaled(factor.inverse[k], &self.current[k]);
            for entry in factor.start[k] as usize..factor.start[k + 1] as usize {
                let later = self.drop[factor.later[entry] as usize];
                drop.add_scaled(factor.upper[entry], &later);
            }
            let last = &mut self.drop[k];
            for lane in 0..LANES {
                let re = drop.re[lane] - last.re[lane];
                let im = drop.im[lane] - last.im[lane];
                let square = re * re + im * im;
                // NaN must win and stay; `max` would drop it.
                if square > worst[lane] || square.is_nan() {
                    worst[lane] = square;
                }
            }
            *last = drop;
            self.current[k] = Wide::ZERO;
        }
        worst
    }

    /// Voltages of all nodes in one lane, in the turned frame.
    pub fn voltages(&self, plan: &Plan, lane: usize) -> Vec<Complex> {
        (0..plan.roles.len())
            .map(|node| match plan.roles[node] {
                Role::Slack(voltage) => voltage,
                _ => self.start + self.drop[self.factor.unknown[node] as usize].lane(lane),
            })
            .collect()
    }
}

fn add_dependent(power: &mut Wide, dependent: &Dependent, drop: &Wide, start: Complex) {
    for lane in 0..LANES {
        let square = (start.re + drop.re[lane]).powi(2) + (start.im + drop.im[lane]).powi(2);
        let vm = square.sqrt();
        power.re[lane] += dependent.current.re[lane] * vm + dependent.impedance.re[lane] * square;
        power.im[lane] += dependent.current.im[lane] * vm + dependent.impedance.im[lane] * square;
    }
}
