//! Extremes of voltage and loading, and losses, read from eight steps at once.

use super::network::{BranchKind, Complex, Coupling, Network, Rating};
use super::plan::{Plan, Role, finite_or_none, turned};
use super::sweep::{LANES, Sweep, Wide};

/// The voltage of a branch's end: a place in the sweep, or a source.
#[derive(Clone, Copy, Debug)]
struct End {
    /// `usize::MAX` at sources.
    unknown: usize,
    /// Difference to the sweep's origin where it is a source.
    fixed: Complex,
}

/// A branch as the meter reads it, per unit and in the turned frame.
#[derive(Clone, Copy, Debug)]
struct Read {
    branch: u32,
    from: End,
    to: End,
    ff: Complex,
    ft: Complex,
    tf: Complex,
    tt: Complex,
    /// One over the squared limit of current, or of power; 0 without limit.
    from_limit: f64,
    to_limit: f64,
    by_power: bool,
    counts_as_loss: bool,
}

/// What a batch of steps showed, by lane.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    pub lowest_pu: [f64; LANES],
    pub highest_pu: [f64; LANES],
    /// Share of the rating, 1 at the limit.
    pub loading: [f64; LANES],
    pub losses_mw: [f64; LANES],
}

/// What to read of a network; made once.
#[derive(Clone, Debug)]
pub struct Meter {
    base_mva: f64,
    /// Unknowns that people see, with one of their buses.
    seen: Vec<(u32, u32)>,
    /// Voltage and bus of sources that people see.
    sources: Vec<(f64, u32)>,
    reads: Vec<Read>,
}

impl Meter {
    pub fn of(network: &Network, plan: &Plan, sweep: &Sweep) -> Self {
        let mut first_bus = vec![None; plan.roles.len()];
        for (bus, known) in network.buses.iter().enumerate() {
            if let Some(node) = plan.topology.node(bus).filter(|_| !known.internal) {
                first_bus[node].get_or_insert(bus as u32);
            }
        }
        let (mut seen, mut sources) = (Vec::new(), Vec::new());
        for (node, role) in plan.roles.iter().enumerate() {
            let Some(bus) = first_bus[node] else { continue };
            match role {
                Role::Slack(voltage) => sources.push((voltage.norm(), bus)),
                _ => seen.push((sweep.factor.unknown[node], bus)),
            }
        }
        let reads = network
            .branches
            .iter()
            .enumerate()
            .filter_map(|(index, _)| read(network, plan, sweep, index))
            .collect();
        Self {
            base_mva: network.base_mva,
            seen,
            sources,
            reads,
        }
    }

    /// Extremes of all lanes; `loadings` also reads branches, at about the cost of two iterations.
    pub fn read(&self, sweep: &Sweep, loadings: bool) -> Reading {
        let origin = sweep.origin();
        let (mut low, mut high) = ([f64::INFINITY; LANES], [0.0; LANES]);
        for &(vm, _) in &self.sources {
            for lane in 0..LANES {
                low[lane] = f64::min(low[lane], vm * vm);
                high[lane] = f64::max(high[lane], vm * vm);
            }
        }
        for &(unknown, _) in &self.seen {
            let squares = squares(&sweep.drop[unknown as usize], origin);
            for lane in 0..LANES {
                // Plain comparisons become vector minima; `f64::min` has to think of NaN.
                low[lane] = if squares[lane] < low[lane] {
                    squares[lane]
                } else {
                    low[lane]
                };
                high[lane] = if squares[lane] > high[lane] {
                    squares[lane]
                } else {
                    high[lane]
                };
            }
        }
        let (mut loading, mut losses) = ([0.0; LANES], [0.0; LANES]);
        if loadings {
            for read in &self.reads {
                let (share, loss) = read.measure(sweep, origin);
                for lane in 0..LANES {
                    loading[lane] = if share[lane] > loading[lane] {
                        share[lane]
                    } else {
                        loading[lane]
                    };
                    losses[lane] += loss[lane];
                }
            }
        }
        Reading {
            lowest_pu: low.map(f64::sqrt),
            highest_pu: high.map(f64::sqrt),
            loading: loading.map(f64::sqrt),
            losses_mw: losses.map(|loss| loss * self.base_mva),
        }
    }

    /// The bus of the lowest (or highest) voltage in a lane.
    pub fn extreme_bus(&self, sweep: &Sweep, lane: usize, highest: bool) -> Option<usize> {
        let origin = sweep.origin();
        let seen = self
            .seen
            .iter()
            .map(|&(unknown, bus)| (squares(&sweep.drop[unknown as usize], origin)[lane], bus));
        let sources = self.sources.iter().map(|&(vm, bus)| (vm * vm, bus));
        let all = seen.chain(sources);
        let order = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0);
        let found = if highest {
            all.max_by(order)
        } else {
            all.min_by(order)
        };
        found.map(|(_, bus)| bus as usize)
    }

    /// The branch nearest to its limit in a lane.
    pub fn extreme_branch(&self, sweep: &Sweep, lane: usize) -> Option<usize> {
        let origin = sweep.origin();
        self.reads
            .iter()
            .map(|read| (read.measure(sweep, origin).0[lane], read.branch))
            .filter(|(share, _)| *share > 0.0)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, branch)| branch as usize)
    }
}

fn squares(drop: &Wide, origin: Complex) -> [f64; LANES] {
    let mut squares = [0.0; LANES];
    for lane in 0..LANES {
        let (re, im) = (origin.re + drop.re[lane], origin.im + drop.im[lane]);
        squares[lane] = re * re + im * im;
    }
    squares
}

impl End {
    fn of(plan: &Plan, sweep: &Sweep, node: usize) -> Self {
        match plan.roles[node] {
            Role::Slack(voltage) => Self {
                unknown: usize::MAX,
                fixed: voltage - sweep.origin(),
            },
            _ => Self {
                unknown: sweep.factor.unknown[node] as usize,
                fixed: Complex::new(0.0, 0.0),
            },
        }
    }

    fn drop(&self, sweep: &Sweep) -> Wide {
        match sweep.drop.get(self.unknown) {
            Some(drop) => *drop,
            None => Wide::splat(self.fixed),
        }
    }
}

impl Read {
    /// Squared share of the limit, and losses per unit, by lane.
    fn measure(&self, sweep: &Sweep, origin: Complex) -> ([f64; LANES], [f64; LANES]) {
        let (from, to) = (self.from.drop(sweep), self.to.drop(sweep));
        let (from_rest, to_rest) = ((self.ff + self.ft) * origin, (self.tt + self.tf) * origin);
        let (mut share, mut loss) = ([0.0; LANES], [0.0; LANES]);
        for lane in 0..LANES {
            let (fr, fi) = (from.re[lane], from.im[lane]);
            let (tr, ti) = (to.re[lane], to.im[lane]);
            let from_re = from_rest.re + self.ff.re * fr - self.ff.im * fi + self.ft.re * tr
                - self.ft.im * ti;
            let from_im = from_rest.im
                + self.ff.re * fi
                + self.ff.im * fr
                + self.ft.re * ti
                + self.ft.im * tr;
            let to_re =
                to_rest.re + self.tf.re * fr - self.tf.im * fi + self.tt.re * tr - self.tt.im * ti;
            let to_im =
                to_rest.im + self.tf.re * fi + self.tf.im * fr + self.tt.re * ti + self.tt.im * tr;
            let (vfr, vfi) = (origin.re + fr, origin.im + fi);
            let (vtr, vti) = (origin.re + tr, origin.im + ti);
            let mut at_from = (from_re * from_re + from_im * from_im) * self.from_limit;
            let mut at_to = (to_re * to_re + to_im * to_im) * self.to_limit;
            if self.by_power {
                at_from *= vfr * vfr + vfi * vfi;
                at_to *= vtr * vtr + vti * vti;
            }
            share[lane] = if at_from > at_to { at_from } else { at_to };
            if self.counts_as_loss {
                loss[lane] = vfr * from_re + vfi * from_im + vtr * to_re + vti * to_im;
            }
        }
        (share, loss)
    }
}

fn read(network: &Network, plan: &Plan, sweep: &Sweep, index: usize) -> Option<Read> {
    let branch = network.branches.get(index)?;
    let Coupling::TwoPort(port) = &branch.coupling else {
        return None;
    };
    let none = Complex::new(0.0, 0.0);
    let from = plan
        .topology
        .node(branch.from)
        .filter(|_| branch.from_closed);
    let to = plan.topology.node(branch.to).filter(|_| branch.to_closed);
    let (from_node, to_node, [ff, ft, tf, tt]) = match (from, to) {
        (Some(from), Some(to)) => {
            let (a, b) = (plan.topology.turn_rad[from], plan.topology.turn_rad[to]);
            let port = turned(port, a, b);
            (from, to, [port.ff, port.ft, port.tf, port.tt])
        }
        (Some(from), None) => (
            from,
            from,
            [finite_or_none(port.seen_from()), none, none, none],
        ),
        (None, Some(to)) => (to, to, [none, none, none, finite_or_none(port.seen_to())]),
        (None, None) => return None,
    };
    let limit_pu = |ka: f64, bus: usize| {
        ka * 3.0_f64.sqrt() * network.buses[bus].nominal_kv / network.base_mva
    };
    let inverse_square = |limit: f64| {
        if limit > 0.0 && limit.is_finite() {
            (limit * limit).recip()
        } else {
            0.0
        }
    };
    let (from_limit, to_limit, by_power) = match branch.rating {
        Rating::None => (0.0, 0.0, false),
        Rating::Current { from_ka, to_ka } => (
            inverse_square(limit_pu(from_ka, branch.from)),
            inverse_square(limit_pu(to_ka, branch.to)),
            false,
        ),
        Rating::Power { mva } => {
            let limit = inverse_square(mva / network.base_mva);
            (limit, limit, true)
        }
    };
    Some(Read {
        branch: index as u32,
        from: End::of(plan, sweep, from_node),
        to: End::of(plan, sweep, to_node),
        ff,
        ft,
        tf,
        tt,
        from_limit,
        to_limit,
        by_power,
        counts_as_loss: branch.kind != BranchKind::Internal,
    })
}
