//! Water from the high point, sewage to the low one, heat where it is dense.

use super::graph::{Graph, along, span};
use super::rules;
use super::sites::Site;
use super::tree::{self, Children};
use super::years::{self, Since};
use super::{Draft, Kind, Piece};
use crate::region::utility::{FixtureKind, Years};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Altitude of the ground at a place.
pub type Ground<'a> = dyn Fn([f64; 2]) -> f64 + 'a;

/// What hangs on each node, by some measure.
fn at_nodes(graph: &Graph, sites: &[Site], measure: &dyn Fn(&Site) -> f64) -> Vec<f64> {
    let mut sum = vec![0.0; graph.len()];
    for (site, tap) in sites.iter().zip(&graph.taps) {
        if let Some(slot) = tap.and_then(|tap| sum.get_mut(tap.node as usize)) {
            *slot += measure(site);
        }
    }
    sum
}

/// A tree to a root in each part of the streets, and what flows through each node towards it.
struct Drained {
    forest: super::graph::Forest,
    through: Vec<f64>,
}

impl Drained {
    fn of(graph: &Graph, own: Vec<f64>, roots: &[u32]) -> Self {
        let forest = graph.forest(roots);
        let mut through = own;
        for &node in forest.order.iter().rev() {
            let sum = through.get(node as usize).copied().unwrap_or(0.0);
            if let Some((up, _)) = forest.up.get(node as usize).copied().flatten()
                && let Some(slot) = through.get_mut(up as usize)
            {
                *slot += sum;
            }
        }
        Self { forest, through }
    }

    /// Since when the way to each node stands.
    fn since(&self, own: &[Since]) -> HashMap<u32, i16> {
        let up = |node: u32| self.forest.up.get(node as usize).copied().flatten().map(|(up, _)| up);
        years::since(&self.forest.order, &up, &|node| own.get(node as usize).copied().flatten())
    }

    fn at(&self, node: u32) -> f64 {
        self.through.get(node as usize).copied().unwrap_or(0.0)
    }

    /// The used nodes, parents first, and where runs end: at junctions and roots, and where `also` says.
    fn used(&self, also: &dyn Fn(u32, u32) -> bool) -> (Vec<u32>, HashSet<u32>) {
        let order: Vec<u32> = self.forest.order.iter().copied().filter(|node| self.at(*node) > 0.0).collect();
        let children = Children::of(&self.forest.up, &order);
        let mut stops = HashSet::new();
        for &node in &order {
            let below = children.at(node);
            let ends = below.len() != 1 || self.forest.up.get(node as usize).copied().flatten().is_none();
            if ends || below.first().is_some_and(|child| also(node, *child)) {
                stops.insert(node);
            }
        }
        (order, stops)
    }
}

/// In each part of the streets that serves anything, the served node that is best by an order.
fn roots(graph: &Graph, own: &[f64], better: &dyn Fn(u32, u32) -> bool) -> Vec<u32> {
    let served = |node: &u32| own.get(*node as usize).is_some_and(|sum| *sum > 0.0);
    graph
        .parts()
        .into_iter()
        .filter_map(|part| part.into_iter().filter(served).reduce(|best, node| if better(node, best) { node } else { best }))
        .collect()
}

pub fn water(graph: &Graph, sites: &[Site], ground: &Ground, draft: &mut Draft) {
    let own = at_nodes(graph, sites, &Site::people);
    let height = |node: u32| ground(graph.place(node));
    let tops = roots(graph, &own, &|a, b| height(a) > height(b));
    let drained = Drained::of(graph, own, &tops);
    let since = drained.since(&years::at_nodes(graph, sites, &|site| site.people() > 0.0));
    for (number, root) in tops.iter().enumerate() {
        let name = format!("Arrivée du réservoir {} · générée, non réelle", number + 1);
        draft.post(format!("eau-generee-reservoir-{}", number + 1), FixtureKind::Pump, Kind::Reservoir, name, graph.place(*root), since.get(root).copied());
    }
    let size = |node: u32| rules::pipe_mm(&rules::WATER_DN, rules::water_l_s(drained.at(node)), rules::WATER_M_S);
    let (order, stops) = drained.used(&|node, child| size(node) != size(child));
    let mut mains: Vec<Main> = Vec::new();
    let mut walked = 0.0;
    let mut hydrants = Vec::new();
    for run in tree::runs(graph, &drained.forest.up, &order, &|node| stops.contains(&node)) {
        let points = run.points(graph);
        let since = since.get(&run.from).copied();
        every(&points, rules::HYDRANT_EVERY_M, &mut walked, &mut |at| hydrants.push((at, since)));
        mains.push(Main { points, mm: size(run.from), since, length_m: run.length_m });
    }
    // A meshed network goes on when a pipe breaks: streets between two served ends close the loops.
    let used: HashSet<u32> = order.iter().copied().collect();
    let smallest = rules::WATER_DN.first().copied().unwrap_or(100.0);
    for (index, edge) in graph.edges.iter().enumerate() {
        let of_tree = |a: u32, b: u32| drained.forest.up.get(a as usize).copied().flatten() == Some((b, index as u32));
        if !edge.gap && used.contains(&edge.a) && used.contains(&edge.b) && !of_tree(edge.a, edge.b) && !of_tree(edge.b, edge.a) {
            let since = since.get(&edge.a).max(since.get(&edge.b)).copied();
            mains.push(Main { points: vec![graph.place(edge.a), graph.place(edge.b)], mm: smallest, since, length_m: edge.length_m });
        }
    }
    lay_mains(mains, draft);
    for (number, (at, since)) in hydrants.into_iter().enumerate() {
        let name = "Poteau d’incendie · généré, non réel".to_owned();
        draft.post(format!("eau-generee-poteau-{}", number + 1), FixtureKind::Valve, Kind::Hydrant, name, at, since);
    }
}

/// A main of drinking water, before it is drawn.
struct Main {
    points: Vec<[f64; 2]>,
    mm: f64,
    since: Since,
    length_m: f64,
}

/// A new main lies beside the one it replaces, metres.
const BESIDE_M: f64 = 0.7;

/// Draws the mains; the oldest are replaced in the planned years.
fn lay_mains(mains: Vec<Main>, draft: &mut Draft) {
    let ages: Vec<years::Aged> = mains.iter().map(|main| (main.since, main.length_m)).collect();
    for (number, (main, renewed)) in (1..).zip(mains.into_iter().zip(years::renewals(&ages))) {
        let pipe = Piece::pipe(main.mm, rules::WATER_DEPTH_M, "fonte ductile");
        if let Some(year) = renewed {
            let name = format!("Conduite d’eau potable renouvelée en {year} · générée, non réelle");
            let beside = main.points.iter().map(|at| at.map(|v| v + BESIDE_M)).collect();
            let planned = Years { works: Some(year - rules::WORKS), from: Some(year), to: None };
            draft.line(format!("eau-generee-{number}-{year}"), Kind::Water, name, beside, pipe.clone().years(planned));
        }
        let name = "Conduite d’eau potable · générée, non réelle".to_owned();
        draft.line(format!("eau-generee-{number}"), Kind::Water, name, main.points, pipe.years(Years { works: None, from: main.since, to: renewed }));
    }
}

pub fn sewer(graph: &Graph, sites: &[Site], ground: &Ground, draft: &mut Draft) {
    let own = at_nodes(graph, sites, &Site::people);
    let heights: Vec<f64> = (0..graph.len() as u32).map(|node| ground(graph.place(node))).collect();
    let height = |node: u32| heights.get(node as usize).copied().unwrap_or(0.0);
    let outlets = roots(graph, &own, &|a, b| height(a) < height(b));
    let drained = Drained::of(graph, own, &outlets);
    let since = drained.since(&years::at_nodes(graph, sites, &|site| site.people() > 0.0));
    let of_node = |node: u32| since.get(&node).copied();
    // What people draw comes back; infiltration is left out.
    let flow = |node: u32| rules::water_l_s(drained.at(node));
    let size = |node: u32| rules::gravity_mm(&rules::SEWER_DN, flow(node), rules::SEWER_SLOPE);
    let (order, stops) = drained.used(&|node, child| size(node) != size(child));
    // Inverts fall from the leaves to the outlet; where they get too deep a pump lifts them.
    let mut invert: BTreeMap<u32, f64> = BTreeMap::new();
    let mut pumps = Vec::new();
    for &node in order.iter().rev() {
        let shallow = height(node) - rules::SEWER_DEPTH_M;
        let mut here = invert.get(&node).copied().unwrap_or(shallow).min(shallow);
        if height(node) - here > rules::SEWER_DEEPEST_M {
            pumps.push(node);
            here = shallow;
        }
        invert.insert(node, here);
        if let Some((up, edge)) = drained.forest.up.get(node as usize).copied().flatten() {
            let falls = here - rules::SEWER_SLOPE * graph.edge(edge).length_m;
            invert.entry(up).and_modify(|known| *known = known.min(falls)).or_insert(falls);
        }
    }
    let (mut walked, mut manholes) = (0.0, Vec::new());
    for (number, run) in tree::runs(graph, &drained.forest.up, &order, &|node| stops.contains(&node)).into_iter().enumerate() {
        let depths = run.nodes.iter().filter_map(|node| Some(height(*node) - invert.get(node)?));
        let (sum, count) = depths.fold((0.0, 0.0), |(sum, count), depth| (sum + depth, count + 1.0));
        let points = run.points(graph);
        every(&points, rules::MANHOLE_EVERY_M, &mut walked, &mut |at| manholes.push((at, of_node(run.from))));
        let depth = if count > 0.0 { sum / count } else { rules::SEWER_DEPTH_M };
        let name = "Collecteur d’eaux usées · généré, non réel".to_owned();
        draft.line(format!("egout-genere-{}", number + 1), Kind::Sewer, name, points, Piece::pipe(size(run.from), depth, "grès").since(of_node(run.from)));
    }
    manholes.extend(stops.iter().filter(|node| drained.at(**node) > 0.0).map(|node| (graph.place(*node), of_node(*node))));
    manholes.sort_by(|(a, of_a), (b, of_b)| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])).then(of_a.cmp(of_b)));
    manholes.dedup_by_key(|(at, _)| *at);
    for (number, (at, since)) in manholes.into_iter().enumerate() {
        draft.post(format!("egout-genere-regard-{}", number + 1), FixtureKind::Node, Kind::Manhole, "Regard · généré, non réel".to_owned(), at, since);
    }
    for (number, node) in pumps.into_iter().enumerate() {
        let name = "Poste de relevage · généré, non réel".to_owned();
        draft.post(format!("egout-genere-relevage-{}", number + 1), FixtureKind::Pump, Kind::Pump, name, graph.place(node), of_node(node));
    }
}

pub fn heat(graph: &Graph, sites: &[Site], draft: &mut Draft) {
    let own = at_nodes(graph, sites, &|site| if site.heat_kwh >= rules::HEAT_CUSTOMER_KWH { site.heat_kwh } else { 0.0 });
    let at = |node: u32| own.get(node as usize).copied().unwrap_or(0.0);
    // The plant stands where most heat is asked for within a short way: the heaviest of squares of 250 m.
    let square = |node: u32| graph.place(node).map(|v| (v / 250.0).floor() as i64);
    let mut squares: BTreeMap<[i64; 2], f64> = BTreeMap::new();
    for node in 0..graph.len() as u32 {
        *squares.entry(square(node)).or_default() += at(node);
    }
    let of = |node: u32| (squares.get(&square(node)).copied().unwrap_or(0.0), at(node));
    let plants = roots(graph, &own, &|a, b| of(a) > of(b));
    let forest = graph.forest(&plants);
    // Branches that deliver too little for their length fall off, from the leaves upwards.
    let (mut heat, mut length) = (own.clone(), vec![0.0; graph.len()]);
    let mut kept: HashSet<u32> = HashSet::new();
    for &node in forest.order.iter().rev() {
        let Some((up, edge)) = forest.up.get(node as usize).copied().flatten() else { continue };
        let (kwh, way) = (heat.get(node as usize).copied().unwrap_or(0.0), length.get(node as usize).copied().unwrap_or(0.0) + graph.edge(edge).length_m);
        if kwh >= rules::HEAT_MWH_M * 1000.0 * way && kwh > 0.0 {
            kept.insert(node);
            if let (Some(sum), Some(whole)) = (heat.get_mut(up as usize), length.get_mut(up as usize)) {
                *sum += kwh;
                *whole += way;
            }
        }
    }
    // A branch whose own way up fell off is not reached.
    let mut through = vec![0.0; graph.len()];
    for &node in &forest.order {
        let reached = match forest.up.get(node as usize).copied().flatten() {
            None => plants.contains(&node),
            Some((up, _)) => kept.contains(&node) && through.get(up as usize).is_some_and(|sum| *sum > 0.0),
        };
        if let (true, Some(slot)) = (reached, through.get_mut(node as usize)) {
            *slot = heat.get(node as usize).copied().unwrap_or(0.0);
        }
    }
    let drained = Drained { forest, through };
    let since = drained.since(&years::at_nodes(graph, sites, &|site| site.heat_kwh >= rules::HEAT_CUSTOMER_KWH));
    let size = |node: u32| {
        let peak_kw = drained.at(node) / rules::HEAT_USE_H;
        // kW over 4.18 kJ/(kg·K) and the difference of temperature is litres a second.
        rules::pipe_mm(&rules::HEAT_DN, peak_kw / (4.18 * rules::HEAT_KELVIN), rules::HEAT_M_S)
    };
    let (order, stops) = drained.used(&|node, child| size(node) != size(child));
    let grown = growth(graph, &drained, &order);
    let mut number = 0;
    let mut heated: HashMap<u32, Years> = HashMap::new();
    for run in tree::runs(graph, &drained.forest.up, &order, &|node| stops.contains(&node)) {
        number += 1;
        // A run is laid as a whole: between the years of its ends.
        let laid = grown.get(&run.from).zip(grown.get(&run.to)).map(|(far, near)| (far + near) / 2);
        let from = laid.max(since.get(&run.from).copied());
        let years = Years { works: from.filter(|year| *year > rules::TODAY).map(|year| year - rules::WORKS), from, to: None };
        // Where runs meet, what comes from the plant was there before.
        for node in &run.nodes {
            let known = heated.entry(*node).or_insert(years);
            if years.from < known.from {
                *known = years;
            }
        }
        let name = "Réseau de chaleur, aller et retour · généré, non réel".to_owned();
        draft.line(format!("chaleur-generee-{number}"), Kind::Heat, name, run.points(graph), Piece::pipe(size(run.from), rules::HEAT_DEPTH_M, "acier pré-isolé").years(years));
    }
    for (number, (plant, years)) in plants.iter().filter_map(|plant| Some((plant, heated.get(plant)?))).enumerate() {
        let name = format!("Chaufferie {} · générée, non réelle", number + 1);
        draft.post(format!("chaleur-generee-chaufferie-{}", number + 1), FixtureKind::Substation, Kind::HeatPlant, name, graph.place(*plant), years.from);
    }
    for (site, tap) in sites.iter().zip(&graph.taps) {
        if let Some(tap) = tap
            && site.heat_kwh >= rules::HEAT_CUSTOMER_KWH
            && let Some(years) = heated.get(&tap.node)
        {
            let name = format!("Sous-station de {} · générée, non réelle", site.id);
            let way = vec![graph.place(tap.node), tap.wall];
            let years = if site.year > years.from { Years { from: site.year, ..Years::default() } } else { *years };
            draft.line(format!("chaleur-generee-branchement-{}", site.id), Kind::HeatService, name, way, Piece::pipe(40.0, rules::HEAT_DEPTH_M, "acier pré-isolé").years(years));
        }
    }
}

/// The year in which heat comes to each node: from its plant outwards at one pace, so that the farthest are still to come.
fn growth(graph: &Graph, drained: &Drained, order: &[u32]) -> HashMap<u32, i16> {
    let up = |node: u32| drained.forest.up.get(node as usize).copied().flatten();
    let mut ways: HashMap<u32, (u32, f64)> = HashMap::new();
    let mut farthest: HashMap<u32, f64> = HashMap::new();
    for &node in order {
        let (root, way_m) = up(node).and_then(|(up, edge)| ways.get(&up).map(|(root, way_m)| (*root, way_m + graph.edge(edge).length_m))).unwrap_or((node, 0.0));
        ways.insert(node, (root, way_m));
        let most = farthest.entry(root).or_default();
        *most = most.max(way_m);
    }
    let last = rules::PLANNED[rules::PLANNED.len() - 1];
    let year = |root: &u32, way_m: f64| {
        let share = farthest.get(root).filter(|most| **most > 0.0).map_or(0.0, |most| way_m / most);
        rules::HEAT_SINCE + (share * f64::from(last - rules::HEAT_SINCE)).round() as i16
    };
    ways.iter().map(|(node, (root, way_m))| (*node, year(root, *way_m))).collect()
}

/// Places at equal distances along lines that follow each other; `walked` is carried on.
pub fn every(points: &[[f64; 2]], apart_m: f64, walked: &mut f64, put: &mut dyn FnMut([f64; 2])) {
    for pair in points.windows(2) {
        let (Some(&a), Some(&b)) = (pair.first(), pair.last()) else { continue };
        let length = span(a, b);
        let mut next = apart_m - *walked;
        while next <= length {
            put(along(a, b, if length > 0.0 { next / length } else { 0.0 }));
            next += apart_m;
        }
        *walked = (*walked + length) % apart_m;
    }
}
