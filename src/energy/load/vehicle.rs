//! Electric vehicles: when they come and go, what they want, and how they are charged.
//!
//! A session is a stay at a plug: steps from arrival to departure, an energy drawn from the network (the charger's losses in it), a highest power. What a stay is too short for stays unmet, and is told.
//!
//! | charging | does |
//! |---|---|
//! | immediate | full power from arrival |
//! | off-peak | the allowed steps of the stay first, the others where these do not suffice |
//! | cheapest | the cheapest steps of the stay: the optimum of each session, and so of all |
//! | flat | all sessions together make the total as even as they can: the least sum of squares |
//! | within | never more than a limit together (a charging hub's connection): the least slack first |

use super::{LoadFault, Steps, within};
use crate::base::{Clock, Rng};
use crate::energy::calendar::{DayKind, day_kind};
use crate::energy::demand;

/// Most sessions of one study.
pub const MAX_SESSIONS: usize = 1_000_000;
/// Most rounds of [`Charging::Flat`]; a fleet needs some tens.
const MAX_ROUNDS: usize = 2_000;
/// A round that changes no power by more than this is the last, as a share of the highest power.
const STILL: f64 = 1e-11;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Session {
    /// First step at the plug, and the first one after.
    pub arrival: usize,
    pub departure: usize,
    pub energy_kwh: f64,
    pub power_kw: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Charging<'a> {
    Immediate,
    /// Steps in which charging is wanted.
    OffPeak(&'a [bool]),
    /// Price of each step.
    Cheapest(&'a [f64]),
    /// What else is drawn (negative: produced), kW.
    Flat(&'a [f64]),
    /// Of all sessions together, kW.
    Within(f64),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Charged {
    /// Of all sessions together, kW in each step.
    pub power_kw: Vec<f64>,
    /// Of each session, in their order, for the steps of its stay.
    pub sessions_kw: Vec<Vec<f64>>,
    /// What each session lacks at its departure, kWh.
    pub unmet_kwh: Vec<f64>,
}

/// # Errors
/// A [`LoadFault`] with what is impossible.
pub fn charge(
    sessions: &[Session],
    steps: usize,
    step_h: f64,
    charging: &Charging,
) -> Result<Charged, LoadFault> {
    check(sessions, steps, step_h, charging)?;
    let sessions_kw = match charging {
        Charging::Immediate => each(sessions, step_h, |stay| stay.collect()),
        Charging::OffPeak(allowed) => each(sessions, step_h, |stay| {
            let is_allowed = |step: &usize| allowed.get(*step).copied().unwrap_or(false);
            let (first, last): (Vec<usize>, Vec<usize>) = stay.partition(is_allowed);
            first.into_iter().chain(last).collect()
        }),
        Charging::Cheapest(price) => each(sessions, step_h, |stay| {
            let of = |step: &usize| price.get(*step).copied().unwrap_or(f64::INFINITY);
            let mut order: Vec<usize> = stay.collect();
            // Of equal prices the earlier.
            order.sort_by(|a, b| of(a).total_cmp(&of(b)).then(a.cmp(b)));
            order
        }),
        Charging::Flat(rest) => flat(sessions, step_h, rest),
        Charging::Within(limit_kw) => least_slack(sessions, steps, step_h, *limit_kw),
    };
    let mut power_kw = vec![0.0; steps];
    for (session, kw) in sessions.iter().zip(&sessions_kw) {
        add(&mut power_kw, session.arrival, kw, 1.0);
    }
    let unmet = sessions.iter().zip(&sessions_kw);
    Ok(Charged {
        unmet_kwh: unmet
            .map(|(session, kw)| (session.energy_kwh - kw.iter().sum::<f64>() * step_h).max(0.0))
            // Rounding of the last step is no lack.
            .map(|kwh| if kwh < 1e-9 { 0.0 } else { kwh })
            .collect(),
        power_kw,
        sessions_kw,
    })
}

fn check(
    sessions: &[Session],
    steps: usize,
    step_h: f64,
    charging: &Charging,
) -> Result<(), LoadFault> {
    if steps > super::steps::MAX_STEPS {
        return Err(LoadFault::Steps(steps));
    }
    if sessions.len() > MAX_SESSIONS {
        return Err(LoadFault::Value {
            name: "sessions",
            index: 0,
            value: sessions.len() as f64,
        });
    }
    within("step, hours", &[step_h], 1e-3..=24.0)?;
    for (index, session) in sessions.iter().enumerate() {
        let fault = |name, value| Err(LoadFault::Value { name, index, value });
        if session.departure > steps || session.arrival > session.departure {
            return fault("departure of session", session.departure as f64);
        }
        if !(0.0..=f64::MAX).contains(&session.energy_kwh) {
            return fault("energy of session", session.energy_kwh);
        }
        if !(0.0..=f64::MAX).contains(&session.power_kw) {
            return fault("power of session", session.power_kw);
        }
    }
    match charging {
        Charging::Immediate => Ok(()),
        Charging::OffPeak(allowed) => super::same_length("allowed", allowed.len(), steps),
        Charging::Cheapest(price) => {
            super::same_length("price", price.len(), steps)?;
            within("price", price, f64::MIN..=f64::MAX)
        }
        Charging::Flat(rest) => {
            super::same_length("rest", rest.len(), steps)?;
            within("rest", rest, f64::MIN..=f64::MAX)
        }
        Charging::Within(limit_kw) => within("limit", &[*limit_kw], 0.0..=f64::INFINITY),
    }
}

fn add(total: &mut [f64], from: usize, kw: &[f64], sign: f64) {
    for (slot, power) in total.iter_mut().skip(from).zip(kw) {
        *slot += sign * power;
    }
}

/// Each session for itself: its steps filled in an order of its own.
fn each(
    sessions: &[Session],
    step_h: f64,
    order: impl Fn(std::ops::Range<usize>) -> Vec<usize>,
) -> Vec<Vec<f64>> {
    sessions
        .iter()
        .map(|session| {
            let mut kw = vec![0.0; session.departure - session.arrival];
            let mut left = session.energy_kwh / step_h;
            for step in order(session.arrival..session.departure) {
                if left <= 0.0 {
                    break;
                }
                if let Some(slot) = kw.get_mut(step - session.arrival) {
                    *slot = left.min(session.power_kw);
                    left -= *slot;
                }
            }
            kw
        })
        .collect()
}

/// Sessions in turn pour their energy over the valleys that the others leave, until nothing moves: each turn is the exact least sum of squares for its session, and the sum over all only falls.
fn flat(sessions: &[Session], step_h: f64, rest: &[f64]) -> Vec<Vec<f64>> {
    let mut total = rest.to_vec();
    let mut sessions_kw: Vec<Vec<f64>> = sessions
        .iter()
        .map(|session| vec![0.0; session.departure - session.arrival])
        .collect();
    let highest = sessions.iter().map(|s| s.power_kw).fold(0.0, f64::max);
    for _ in 0..MAX_ROUNDS {
        let mut moved = 0.0_f64;
        for (session, kw) in sessions.iter().zip(&mut sessions_kw) {
            add(&mut total, session.arrival, kw, -1.0);
            let others = total
                .get(session.arrival..session.departure)
                .unwrap_or_default();
            let poured = pour(others, session.energy_kwh / step_h, session.power_kw);
            for (slot, new) in kw.iter_mut().zip(poured) {
                moved = moved.max((*slot - new).abs());
                *slot = new;
            }
            add(&mut total, session.arrival, kw, 1.0);
        }
        if moved <= STILL * highest {
            break;
        }
    }
    sessions_kw
}

/// Powers 0…`most` that add up to `sum` and make others + powers as even as can be: the water level in a basin of this floor.
fn pour(others: &[f64], sum: f64, most: f64) -> Vec<f64> {
    let count = others.len() as f64;
    if sum >= most * count {
        return vec![most; others.len()];
    }
    // The level at which the basin holds so much grows in straight pieces between floors and full steps.
    let held = |level: f64| {
        let steps = others.iter().map(|floor| (level - floor).clamp(0.0, most));
        steps.sum::<f64>()
    };
    let mut corners: Vec<f64> = others
        .iter()
        .flat_map(|floor| [*floor, floor + most])
        .collect();
    corners.sort_unstable_by(f64::total_cmp);
    let above = corners.partition_point(|corner| held(*corner) < sum);
    let low = above.checked_sub(1).and_then(|at| corners.get(at));
    let level = match (low, corners.get(above)) {
        (Some(&low), Some(&high)) => {
            let (at_low, at_high) = (held(low), held(high));
            let part = if at_high > at_low {
                (sum - at_low) / (at_high - at_low)
            } else {
                0.0
            };
            low + (high - low) * part
        }
        (None, Some(&first)) => first,
        _ => return vec![0.0; others.len()],
    };
    others
        .iter()
        .map(|floor| (level - floor).clamp(0.0, most))
        .collect()
}

/// Under a common limit the session whose stay leaves it the least time to spare comes first.
fn least_slack(sessions: &[Session], steps: usize, step_h: f64, limit_kw: f64) -> Vec<Vec<f64>> {
    let mut arrivals: Vec<usize> = (0..sessions.len()).collect();
    arrivals.sort_by_key(|&index| sessions.get(index).map(|s| s.arrival));
    let mut arrivals = arrivals.into_iter().peekable();
    let mut left: Vec<f64> = sessions.iter().map(|s| s.energy_kwh / step_h).collect();
    let mut sessions_kw: Vec<Vec<f64>> = sessions
        .iter()
        .map(|session| vec![0.0; session.departure - session.arrival])
        .collect();
    let mut present: Vec<usize> = Vec::new();
    for step in 0..steps {
        let arrives = |index: &usize| sessions.get(*index).is_some_and(|s| s.arrival <= step);
        while let Some(index) = arrivals.next_if(arrives) {
            present.push(index);
        }
        present.retain(|&index| {
            let wants = left.get(index).is_some_and(|left| *left > 0.0);
            wants && sessions.get(index).is_some_and(|s| s.departure > step)
        });
        let slack = |index: usize| match (sessions.get(index), left.get(index)) {
            (Some(session), Some(left)) if session.power_kw > 0.0 => {
                (session.departure - step) as f64 - left / session.power_kw
            }
            _ => f64::INFINITY,
        };
        present.sort_by(|a, b| slack(*a).total_cmp(&slack(*b)).then(a.cmp(b)));
        let mut room = limit_kw;
        for &index in &present {
            let (Some(session), Some(wanted)) = (sessions.get(index), left.get_mut(index)) else {
                continue;
            };
            let kw = wanted.min(session.power_kw).min(room);
            if let Some(slot) = sessions_kw
                .get_mut(index)
                .and_then(|of| of.get_mut(step - session.arrival))
            {
                *slot = kw;
                *wanted -= kw;
                room -= kw;
            }
        }
    }
    sessions_kw
}

/// Where vehicles are plugged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plug {
    /// From the evening to the next morning.
    Home,
    /// Over the working day.
    Work,
    /// An hour or so between morning and evening.
    Public,
}

/// Sessions of a public charging point in a day, and what each draws from the network, kWh. Our own estimate of a well-used point (nature: simulated).
pub const PUBLIC_SESSIONS: f64 = 3.0;
pub const PUBLIC_SESSION_KWH: f64 = 12.0;
/// Points of a station that are simulated; more of them behave alike.
const MOST_SIMULATED: u16 = 40;

/// What a public station of so many points of this power draws in each step, kW, never more than its points give together. Of one seed always the same.
///
/// # Errors
/// A [`LoadFault`] with what is impossible.
pub fn public_station(
    points: u16,
    point_kw: f64,
    steps: &Steps,
    clock: Clock,
    seed: u64,
) -> Result<Vec<f64>, LoadFault> {
    let simulated = points.min(MOST_SIMULATED);
    let fleet = Fleet {
        vehicles: (f64::from(simulated) * PUBLIC_SESSIONS).round() as usize,
        annual_kwh: PUBLIC_SESSION_KWH * 365.0,
        power_kw: point_kw,
        plugged_share: 1.0,
        plug: Plug::Public,
    };
    let times = f64::from(points) / f64::from(simulated.max(1));
    let sessions = fleet.sessions(steps, clock, seed)?;
    let limit = Charging::Within(f64::from(simulated) * point_kw);
    let charged = charge(&sessions, steps.count, steps.step_h(), &limit)?;
    Ok(charged.power_kw.into_iter().map(|kw| kw * times).collect())
}

/// Vehicles that behave alike. Means and spreads of arrival and departure are our own estimate (nature: simulated).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fleet {
    pub vehicles: usize,
    /// Energy of a vehicle over a year from the network, charger's losses included; some 12,000 km at 0.2 kWh make 2,400.
    pub annual_kwh: f64,
    pub power_kw: f64,
    /// Share of the days on which a vehicle is plugged in, 0…1.
    pub plugged_share: f64,
    pub plug: Plug,
}

impl Fleet {
    /// Sessions of all vehicles over these steps; their energies add up to the fleet's annual energy in proportion to the days.
    ///
    /// # Errors
    /// A [`LoadFault`] with what is impossible.
    pub fn sessions(
        &self,
        steps: &Steps,
        clock: Clock,
        seed: u64,
    ) -> Result<Vec<Session>, LoadFault> {
        within("annual energy", &[self.annual_kwh], 0.0..=1e6)?;
        within("power", &[self.power_kw], 0.0..=2000.0)?;
        within("plugged share", &[self.plugged_share], 0.0..=1.0)?;
        let days = steps.days(clock);
        let most = self.vehicles.saturating_mul(days.len());
        if most > MAX_SESSIONS {
            return Err(LoadFault::Value {
                name: "sessions",
                index: 0,
                value: most as f64,
            });
        }
        let mut rng = Rng::new(seed);
        let mut sessions = Vec::new();
        let step_min = steps.step_s as f64 / 60.0;
        for day in &days {
            let kind = day_kind(day.year, day.month, day.day);
            for _ in 0..self.vehicles {
                let (plugged, weight) = (rng.unit(), spread(&mut rng));
                let (arrival_h, stay_h) = self.habit(kind, &mut rng);
                let works = kind == DayKind::Weekday || self.plug != Plug::Work;
                if plugged >= self.plugged_share || !works {
                    continue;
                }
                let steps_of = |hours: f64| (hours * 60.0 / step_min) as usize;
                // Counted from the day's end, for days of 23 and 25 hours change before anybody arrives; the last day may have none.
                let is_cut = day.steps.end == steps.count
                    && (day.steps.len() as f64) * step_min < 23.0 * 60.0;
                let arrival = if is_cut {
                    Some(day.steps.start + steps_of(arrival_h))
                } else {
                    day.steps.end.checked_sub(steps_of(24.0 - arrival_h).max(1))
                };
                let Some(arrival) = arrival.filter(|at| day.steps.contains(at)) else {
                    continue;
                };
                let stay = ((stay_h * 60.0 / step_min).round() as usize).max(1);
                let departure = (arrival + stay).min(steps.count);
                if arrival < departure {
                    sessions.push(Session {
                        arrival,
                        departure,
                        energy_kwh: weight,
                        power_kw: self.power_kw,
                    });
                }
            }
        }
        let weights: f64 = sessions.iter().map(|s| s.energy_kwh).sum();
        if weights <= 0.0 {
            return Ok(sessions);
        }
        let year_h = demand::hours_of(clock.read(steps.at(steps.count / 2)).year) as f64;
        let year = steps.count as f64 * steps.step_h() / year_h;
        let all_kwh = self.annual_kwh * self.vehicles as f64 * year;
        for session in &mut sessions {
            session.energy_kwh *= all_kwh / weights;
        }
        Ok(sessions)
    }

    /// Hour of arrival by the clock and length of the stay.
    fn habit(&self, kind: DayKind, rng: &mut Rng) -> (f64, f64) {
        let arrives = |rng: &mut Rng, mean: f64, deviation: f64, low: f64, high: f64| {
            (mean + deviation * normal(rng)).clamp(low, high)
        };
        match (self.plug, kind) {
            (Plug::Home, DayKind::Weekday) => {
                let arrival = arrives(rng, 18.3, 1.6, 12.0, 23.5);
                (arrival, 24.0 + arrives(rng, 7.6, 0.9, 5.0, 11.0) - arrival)
            }
            (Plug::Home, _) => {
                let arrival = arrives(rng, 17.5, 2.8, 10.0, 23.5);
                (arrival, 24.0 + arrives(rng, 8.8, 1.6, 5.5, 13.0) - arrival)
            }
            (Plug::Work, _) => {
                let arrival = arrives(rng, 8.6, 0.8, 6.0, 12.0);
                (arrival, arrives(rng, 17.4, 1.0, 13.0, 21.0) - arrival)
            }
            (Plug::Public, _) => {
                let arrival = arrives(rng, 14.0, 3.3, 7.0, 21.5);
                (arrival, arrives(rng, 1.2, 0.6, 0.3, 4.0))
            }
        }
    }
}

/// Standard normal, by Box and Muller.
fn normal(rng: &mut Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.unit()).cos()
}

/// How much more or less than the mean a vehicle drove: many short ways, few long ones.
fn spread(rng: &mut Rng) -> f64 {
    (0.6 * normal(rng)).exp().clamp(0.1, 5.0)
}
