//! From the source to the door: posts, low-voltage trees, feeders, ties between them.

use super::graph::{Forest, Graph, along, span};
use super::grid::{Grid, feature};
use super::rules::{self, CABLES, Cable};
use super::sites::Site;
use super::tree::{self, Amount, Children, Run};
use super::years::{Since, older, since};
use super::{Draft, Kind, Piece};
use crate::region::utility::FixtureKind;
use rstar::RTree;
use rstar::primitives::GeomWithData;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What hangs on one post.
#[derive(Clone, Debug, Default)]
struct Hanging {
    homes: f64,
    other_kva: f64,
    depth_m: f64,
}

impl Hanging {
    fn kva(&self) -> f64 {
        self.homes * rules::HOME_KVA * rules::coincidence(self.homes) + self.other_kva
    }
}

impl Amount for Hanging {
    fn add(&mut self, other: &Self) {
        self.homes += other.homes;
        self.other_kva += other.other_kva;
        self.depth_m = self.depth_m.max(other.depth_m);
    }

    fn farther(&self, by_m: f64) -> Self {
        Self { depth_m: self.depth_m + by_m, ..self.clone() }
    }

    fn is_none(&self) -> bool {
        self.homes <= 0.0 && self.other_kva <= 0.0
    }

    fn filling(&self) -> f64 {
        (self.kva() / (rules::DISTRICT_KVA * rules::POST_FILLING)).max(self.depth_m / rules::LOW_VOLTAGE_M)
    }
}

/// Power on a feeder, kVA.
#[derive(Clone, Debug, Default)]
struct Fed(f64);

impl Amount for Fed {
    fn add(&mut self, other: &Self) {
        self.0 += other.0;
    }

    fn farther(&self, _: f64) -> Self {
        self.clone()
    }

    fn is_none(&self) -> bool {
        self.0 <= 0.0
    }

    fn filling(&self) -> f64 {
        self.0 / rules::FEEDER_KVA
    }
}

/// A post, before it is in the grid.
struct Post {
    node: u32,
    at: [f64; 2],
    kva: f64,
    /// Of its year.
    kwh: f64,
    serves: Serves,
    /// Of the oldest that it serves; where none says, of the line that feeds it.
    since: Since,
    /// Its low-voltage busbar, once it is there.
    bus: i64,
}

enum Serves {
    /// Nodes of a part of the streets, parents before children.
    District(Vec<u32>),
    Customer(usize),
}

/// What else draws power: lamps, trams.
#[derive(Clone, Debug)]
pub struct Extra {
    pub at: [f64; 2],
    pub kwh: f64,
    pub profile: &'static str,
    pub layer: &'static str,
    pub feature: String,
}

pub fn lay(graph: &Graph, sites: &[Site], extras: &[Extra], draft: &mut Draft) -> Grid {
    let mut grid = Grid::default();
    let mut at_node: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, tap) in graph.taps.iter().enumerate() {
        if let Some(tap) = tap {
            at_node.entry(tap.node).or_default().push(index);
        }
    }
    let forest = graph.forest(&sources(graph, sites));
    let children = Children::of(&forest.up, &forest.order);
    let mut posts = posts(graph, &forest, &children, sites, &at_node);
    let hung = hung(&posts, extras);
    for (extra, post) in extras.iter().zip(&hung) {
        // Few against the homes on the same post.
        if let Some(post) = post.and_then(|index| posts.get_mut(index)) {
            post.kwh += extra.kwh;
            post.kva += extra.kwh / rules::FEEDER_USE_H / rules::POWER_FACTOR;
        }
    }
    high_voltage(graph, &forest, &children, &mut posts, &mut grid, draft);
    for post in &posts {
        match &post.serves {
            Serves::Customer(site) => {
                if let Some(site) = sites.get(*site) {
                    grid.load(post.bus, site.kwh, site.class.name(), "buildings", site.id.clone());
                }
            }
            Serves::District(nodes) => low_voltage(graph, &forest, sites, &at_node, post, nodes, &mut grid, draft),
        }
    }
    for (extra, post) in extras.iter().zip(hung) {
        if let Some(post) = post.and_then(|index| posts.get(index)) {
            grid.load(post.bus, extra.kwh, extra.profile, extra.layer, extra.feature.clone());
        }
    }
    grid
}

/// Nodes of the sources: in each part of the streets one for each 60 MVA, at the centre of what it feeds.
fn sources(graph: &Graph, sites: &[Site]) -> Vec<u32> {
    let mut weight = vec![0.0; graph.len()];
    for (site, tap) in sites.iter().zip(&graph.taps) {
        if let Some(slot) = tap.and_then(|tap| weight.get_mut(tap.node as usize)) {
            *slot += site.kwh;
        }
    }
    let of = |node: u32| weight.get(node as usize).copied().unwrap_or(0.0);
    let mut roots = Vec::new();
    for part in graph.parts() {
        let loaded: Vec<u32> = part.into_iter().filter(|node| of(*node) > 0.0).collect();
        let kva = loaded.iter().map(|node| of(*node)).sum::<f64>() / rules::FEEDER_USE_H / rules::POWER_FACTOR;
        let count = ((kva / rules::SOURCE_KVA).ceil().max(1.0) as usize).min(loaded.len());
        roots.extend(centres(graph, &loaded, &of, count));
    }
    roots.sort_unstable();
    roots.dedup();
    roots
}

/// Rounds in which centres settle; they hardly move after a few.
const SETTLING: usize = 12;

/// So many centres of weighted nodes, each the node nearest to the mean of what is nearest to it (Lloyd, from the farthest-first start).
fn centres(graph: &Graph, nodes: &[u32], weight: &dyn Fn(u32) -> f64, count: usize) -> Vec<u32> {
    let mean = |of: &mut dyn Iterator<Item = u32>| {
        let (mut sum, mut at) = (0.0, [0.0; 2]);
        for node in of {
            let (w, p) = (weight(node), graph.place(node));
            sum += w;
            at = [at[0] + w * p[0], at[1] + w * p[1]];
        }
        (sum > 0.0).then(|| at.map(|v| v / sum))
    };
    let near = |at: [f64; 2]| nodes.iter().copied().min_by(|a, b| span(graph.place(*a), at).total_cmp(&span(graph.place(*b), at)).then(a.cmp(b)));
    let Some(first) = mean(&mut nodes.iter().copied()) else { return Vec::new() };
    let mut at = vec![first];
    while at.len() < count {
        let gap = |node: u32| at.iter().map(|c| span(graph.place(node), *c)).fold(f64::INFINITY, f64::min);
        let Some(far) = nodes.iter().copied().max_by(|a, b| gap(*a).total_cmp(&gap(*b)).then(b.cmp(a))) else { break };
        at.push(graph.place(far));
    }
    for _ in 0..SETTLING {
        let mut mine: Vec<Vec<u32>> = vec![Vec::new(); at.len()];
        for &node in nodes {
            let here = graph.place(node);
            let best = at.iter().enumerate().min_by(|a, b| span(*a.1, here).total_cmp(&span(*b.1, here))).map_or(0, |(index, _)| index);
            if let Some(list) = mine.get_mut(best) {
                list.push(node);
            }
        }
        for (centre, list) in at.iter_mut().zip(&mine) {
            *centre = mean(&mut list.iter().copied()).unwrap_or(*centre);
        }
    }
    at.into_iter().filter_map(near).collect()
}

fn posts(graph: &Graph, forest: &Forest, children: &Children, sites: &[Site], at_node: &BTreeMap<u32, Vec<usize>>) -> Vec<Post> {
    let here = |node: u32| at_node.get(&node).map_or(&[] as &[usize], Vec::as_slice).iter().filter_map(|index| Some((*index, sites.get(*index)?)));
    let own = |node: u32| {
        let mut sum = Hanging::default();
        for (_, site) in here(node).filter(|(_, site)| !site.has_own_post()) {
            sum.homes += site.homes;
            sum.other_kva += site.other_kva();
        }
        sum
    };
    let part_of = tree::parts(graph, forest, children, &own);
    let mut districts: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for &node in &forest.order {
        if let Some(part) = part_of.get(node as usize).copied().flatten() {
            districts.entry(part).or_default().push(node);
        }
    }
    let mut posts = Vec::new();
    for nodes in districts.into_values() {
        let mut all = Hanging::default();
        nodes.iter().for_each(|node| all.add(&own(*node)));
        let Some(node) = tree::middle(forest, &nodes, &|node| own(node).kva()) else { continue };
        // On the pavement before a house, not in the middle of the street.
        let wall = here(node).next().and_then(|(index, _)| graph.taps.get(index).copied().flatten());
        let at = wall.map_or(graph.place(node), |tap| along(graph.place(node), tap.wall, 0.5));
        let kwh = nodes.iter().flat_map(|node| here(*node)).filter(|(_, site)| !site.has_own_post()).map(|(_, site)| site.kwh).sum();
        let served = || nodes.iter().flat_map(|node| here(*node)).map(|(_, site)| site).filter(|site| !site.has_own_post());
        let since = served().fold(None, |oldest, site| older(oldest, site.year));
        posts.push(Post { node, at, kva: all.kva(), kwh, since, serves: Serves::District(nodes), bus: 0 });
    }
    for (index, (site, tap)) in sites.iter().zip(&graph.taps).enumerate() {
        if let (true, Some(tap)) = (site.has_own_post(), tap) {
            let kva = site.homes * rules::HOME_KVA * rules::coincidence(site.homes) + site.other_kva();
            posts.push(Post { node: tap.node, at: along(graph.place(tap.node), tap.wall, 0.8), kva, kwh: site.kwh, since: site.year, serves: Serves::Customer(index), bus: 0 });
        }
    }
    posts
}

/// The post nearest to each of what else draws power.
fn hung(posts: &[Post], extras: &[Extra]) -> Vec<Option<usize>> {
    let tree = RTree::bulk_load(posts.iter().enumerate().map(|(index, post)| GeomWithData::new(post.at, index)).collect());
    extras.iter().map(|extra| tree.nearest_neighbor(&extra.at).map(|post| post.data)).collect()
}

/// Feeders from the sources to all posts, and the posts themselves.
fn high_voltage(graph: &Graph, forest: &Forest, children: &Children, posts: &mut [Post], grid: &mut Grid, draft: &mut Draft) {
    let mut at_node: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let mut used: BTreeSet<u32> = BTreeSet::new();
    for (index, post) in posts.iter().enumerate() {
        at_node.entry(post.node).or_default().push(index);
        let mut at = post.node;
        while used.insert(at)
            && let Some((up, _)) = forest.up.get(at as usize).copied().flatten()
        {
            at = up;
        }
    }
    let power = |node: u32| {
        let of = at_node.get(&node).into_iter().flatten().filter_map(|index| posts.get(*index));
        Fed(of.map(|post| post.kwh / rules::FEEDER_USE_H / rules::POWER_FACTOR).sum())
    };
    let part_of = tree::parts(graph, forest, children, &power);
    let up = |node: u32| forest.up.get(node as usize).copied().flatten().map(|(up, _)| up);
    let of_posts = |node: u32| at_node.get(&node).into_iter().flatten().filter_map(|index| posts.get(*index)).fold(None, |oldest, post| older(oldest, post.since));
    let of_all = since(&forest.order, &up, &of_posts);
    let roots: BTreeSet<u32> = used.iter().copied().filter(|node| forest.up.get(*node as usize).copied().flatten().is_none()).collect();
    let mut busbars: BTreeMap<u32, i64> = BTreeMap::new();
    for (number, &root) in roots.iter().enumerate() {
        let name = format!("Poste source {} · généré, non réel", number + 1);
        let bus = grid.node(20_000.0, graph.place(root), name.clone());
        let id = grid.source(bus, name.clone());
        draft.post(feature(id), FixtureKind::Substation, Kind::Source, name, graph.place(root), of_all.get(&root).copied());
        busbars.insert(root, bus);
    }
    // Feeders in the order of the nodes at which they begin.
    let feeders: BTreeSet<u32> = at_node.keys().filter_map(|node| part_of.get(*node as usize).copied().flatten()).collect();
    let mut buses: BTreeMap<(u32, u32), i64> = BTreeMap::new();
    let mut years: BTreeMap<(u32, u32), i16> = BTreeMap::new();
    for (number, &head) in feeders.iter().enumerate() {
        let feeder = format!("Départ HTA {} · généré, non réel", number + 1);
        let inside = |node: u32| part_of.get(node as usize).copied().flatten() == Some(head) && used.contains(&node);
        let nodes: Vec<u32> = within(children, head, &inside);
        // Below a node of the feeder, only what leads to a post.
        let branches = |node: u32| children.at(node).iter().filter(|child| inside(**child)).count();
        let is_stop = |node: u32| roots.contains(&node) || (inside(node) && (at_node.contains_key(&node) || branches(node) > 1));
        let mut order: Vec<u32> = nodes.clone();
        // The way from the source to the head belongs to the feeder too.
        let mut above = Vec::new();
        let mut at = head;
        while let Some((up, _)) = forest.up.get(at as usize).copied().flatten() {
            above.push(up);
            at = up;
        }
        above.reverse();
        above.append(&mut order);
        let Some(&root) = above.first() else { continue };
        let Some(&busbar) = busbars.get(&root) else { continue };
        buses.insert((head, root), busbar);
        let mut below: HashMap<u32, f64> = HashMap::new();
        for &node in nodes.iter().rev() {
            let sum = below.get(&node).copied().unwrap_or(0.0) + power(node).0;
            below.insert(node, sum);
            if let Some((up, _)) = forest.up.get(node as usize).copied().flatten() {
                *below.entry(up).or_default() += sum;
            }
        }
        // The way from the source passes what other feeders serve.
        let of_feeder = since(&above, &up, &|node| inside(node).then(|| of_posts(node)).flatten());
        years.extend(of_feeder.iter().map(|(node, year)| ((head, *node), *year)));
        let stops: BTreeSet<u32> = nodes.iter().copied().filter(|node| is_stop(*node)).chain([root]).collect();
        for run in tree::runs(graph, &forest.up, &above, &|node| stops.contains(&node)) {
            let to = match buses.get(&(head, run.from)) {
                Some(known) => *known,
                None => {
                    let bus = grid.node(20_000.0, graph.place(run.from), feeder.clone());
                    buses.insert((head, run.from), bus);
                    bus
                }
            };
            let Some(&from) = buses.get(&(head, run.to)) else { continue };
            let cable = trunk(below.get(&run.from).copied().unwrap_or(0.0));
            let id = grid.line((from, to), true, cable, 1, run.length_m, feeder.clone());
            draft.line(feature(id), Kind::HighVoltage, feeder.clone(), run.downwards(graph), Piece::cable(cable, 20_000.0).since(of_feeder.get(&run.from).copied()));
        }
    }
    for index in 0..posts.len() {
        let Some((node, at, kva, customer)) = posts.get(index).map(|post| (post.node, post.at, post.kva, matches!(post.serves, Serves::Customer(_)))) else { continue };
        let Some(head) = part_of.get(node as usize).copied().flatten() else { continue };
        let Some(&high) = buses.get(&(head, node)) else { continue };
        let kind = if customer { Kind::CustomerPost } else { Kind::Post };
        let name = format!("{} {} · généré, non réel", if customer { "Poste client" } else { "Poste HTA/BT" }, index + 1);
        let low = grid.node(400.0, at, name.clone());
        let largest = if customer { 1_000.0 } else { rules::DISTRICT_KVA };
        let id = grid.transformer((high, low), kva, largest, name.clone());
        let Some(post) = posts.get_mut(index) else { continue };
        (post.bus, post.since) = (low, post.since.or(years.get(&(head, node)).copied()));
        draft.post(feature(id), FixtureKind::Substation, kind, name, at, post.since);
        draft.rated(kva);
    }
    ties(graph, &buses, &years, &roots, grid, draft);
}

/// Nodes of a part from its head, parents first.
fn within(children: &Children, head: u32, inside: &dyn Fn(u32) -> bool) -> Vec<u32> {
    let mut nodes = vec![head];
    let mut next = 0;
    while let Some(&node) = nodes.get(next) {
        next += 1;
        nodes.extend(children.at(node).iter().copied().filter(|child| inside(*child)));
    }
    nodes
}

/// The cable of a feeder where so much hangs below: room for a neighbour in its trunk.
fn trunk(kva: f64) -> Cable {
    let [_, small, large] = CABLES;
    if kva > 0.3 * rules::FEEDER_KVA { large } else { small }
}

/// Normally open lines between feeders, the shortest first.
fn ties(graph: &Graph, buses: &BTreeMap<(u32, u32), i64>, years: &BTreeMap<(u32, u32), i16>, roots: &BTreeSet<u32>, grid: &mut Grid, draft: &mut Draft) {
    let mut of_node: BTreeMap<u32, (u32, i64)> = BTreeMap::new();
    for (&(head, node), &bus) in buses {
        if !roots.contains(&node) {
            of_node.entry(node).or_insert((head, bus));
        }
    }
    let starts: Vec<u32> = of_node.keys().copied().collect();
    let ways = graph.forest(&starts);
    let owner = |node: u32| ways.root.get(node as usize).copied().flatten().and_then(|root| Some((root, of_node.get(&root)?)));
    let mut best: BTreeMap<(u32, u32), (f64, u32, u32, u32)> = BTreeMap::new();
    for (index, edge) in graph.edges.iter().enumerate() {
        let (Some((root_a, (a, _))), Some((root_b, (b, _)))) = (owner(edge.a), owner(edge.b)) else { continue };
        if a == b {
            continue;
        }
        let cost = |node: u32| ways.cost_m.get(node as usize).copied().unwrap_or(f64::INFINITY);
        let (whole, pair) = (cost(edge.a) + edge.cost_m + cost(edge.b), (*a.min(b), *a.max(b)));
        let found = (whole, root_a, root_b, index as u32);
        if whole <= rules::TIE_M && best.get(&pair).is_none_or(|known| found.0 < known.0) {
            best.insert(pair, found);
        }
    }
    let mut all: Vec<((u32, u32), (f64, u32, u32, u32))> = best.into_iter().collect();
    all.sort_by(|x, y| x.1.0.total_cmp(&y.1.0).then(x.0.cmp(&y.0)));
    let mut count: BTreeMap<u32, usize> = BTreeMap::new();
    for ((a, b), (_, root_a, root_b, edge)) in all {
        let full = |feeder: u32, count: &BTreeMap<u32, usize>| count.get(&feeder).is_some_and(|ties| *ties >= rules::TIES);
        if full(a, &count) && full(b, &count) {
            continue;
        }
        let (Some((of_a, from)), Some((of_b, to))) = (of_node.get(&root_a), of_node.get(&root_b)) else { continue };
        let joint = graph.edge(edge);
        let way = |mut at: u32| {
            let (mut nodes, mut length) = (vec![at], 0.0);
            while let Some((up, edge)) = ways.up.get(at as usize).copied().flatten() {
                length += graph.edge(edge).length_m;
                nodes.push(up);
                at = up;
            }
            (nodes, length)
        };
        let ((mut nodes, before), (after, rest)) = (way(joint.a), way(joint.b));
        nodes.reverse();
        nodes.extend(after);
        let points: Vec<[f64; 2]> = nodes.iter().map(|node| graph.place(*node)).collect();
        let [_, small, _] = CABLES;
        let name = "Secours HTA, normalement ouvert · généré, non réel".to_owned();
        let id = grid.line((*from, *to), false, small, 1, before + joint.length_m + rest, name.clone());
        // It joins what stands on both sides.
        let since = years.get(&(*of_a, root_a)).max(years.get(&(*of_b, root_b))).copied();
        draft.line(feature(id), Kind::Tie, name, points, Piece::cable(small, 20_000.0).since(since));
        *count.entry(a).or_default() += 1;
        *count.entry(b).or_default() += 1;
    }
}

/// A line of the low voltage while its cable is chosen.
struct Low {
    run: Run,
    /// Index of the line above; none at the post.
    above: Option<usize>,
    kva: f64,
    size: usize,
    count: u32,
    /// Drop of this line alone.
    drop: f64,
}

impl Low {
    fn cable(&self) -> Cable {
        CABLES.get(self.size).copied().unwrap_or(CABLES[2])
    }

    /// ΔU/U = (R·P + X·Q) / U².
    fn set_drop(&mut self) {
        let (km, cable) = (self.run.length_m / 1000.0, self.cable());
        let ohm = (cable.r_ohm_km * rules::POWER_FACTOR + cable.x_ohm_km * rules::POWER_FACTOR * rules::TAN_PHI) * km / f64::from(self.count);
        self.drop = ohm * self.kva * 1000.0 / (400.0 * 400.0);
    }

    fn larger(&mut self) {
        if self.size + 1 < CABLES.len() {
            self.size += 1;
        } else {
            self.count += 1;
        }
        self.set_drop();
    }
}

/// Rounds in which lines that lose too much are made larger, and systems side by side.
const ENLARGING: usize = 6;
const MOST_SYSTEMS: u32 = 6;

#[expect(clippy::too_many_arguments, reason = "what is known, what is laid, where it goes")]
fn low_voltage(graph: &Graph, forest: &Forest, sites: &[Site], at_node: &BTreeMap<u32, Vec<usize>>, post: &Post, nodes: &[u32], grid: &mut Grid, draft: &mut Draft) {
    let here = |node: u32| {
        let indices = at_node.get(&node).map_or(&[] as &[usize], Vec::as_slice);
        indices.iter().filter_map(|index| Some((*index, sites.get(*index)?))).filter(|(_, site)| !site.has_own_post())
    };
    let (towards, order) = tree::rerooted(graph, &forest.up, nodes, post.node);
    // What hangs below each node, and which nodes are needed at all.
    let mut below: HashMap<u32, Hanging> = HashMap::new();
    let mut branches: HashMap<u32, usize> = HashMap::new();
    for &node in order.iter().rev() {
        let mut sum = below.remove(&node).unwrap_or_default();
        for (_, site) in here(node) {
            sum.homes += site.homes;
            sum.other_kva += site.other_kva();
        }
        if let (false, Some((up, _))) = (sum.is_none(), towards.get(&node)) {
            below.entry(*up).or_default().add(&sum);
            *branches.entry(*up).or_default() += 1;
        }
        below.insert(node, sum);
    }
    let of_site = |node: u32| here(node).fold((node == post.node).then_some(post.since).flatten(), |oldest, (_, site)| older(oldest, site.year));
    let years = since(&order, &|node| towards.get(&node).map(|(up, _)| *up), &of_site);
    let needed = |node: u32| below.get(&node).is_some_and(|sum| !sum.is_none());
    let is_stop = |node: u32| node == post.node || (needed(node) && (here(node).next().is_some() || branches.get(&node).is_some_and(|count| *count > 1)));
    let mut lines: Vec<Low> = Vec::new();
    let mut line_to: HashMap<u32, usize> = HashMap::new();
    for &from in order.iter().filter(|node| is_stop(**node)) {
        let mut run = Run { from, to: from, nodes: vec![from], length_m: 0.0 };
        while let Some(&(next, edge)) = towards.get(&run.to) {
            run.length_m += graph.edge(edge).length_m;
            run.nodes.push(next);
            run.to = next;
            if is_stop(next) {
                break;
            }
        }
        if run.to == from {
            continue;
        }
        let kva = below.get(&from).map_or(0.0, Hanging::kva);
        let ampere = kva / (3.0_f64.sqrt() * 0.4);
        let fits = CABLES.iter().position(|cable| ampere <= cable.ampere * rules::CABLE_FILLING);
        let least = usize::from(run.to == post.node);
        let count = if fits.is_some() { 1 } else { (ampere / (CABLES[2].ampere * rules::CABLE_FILLING)).ceil() as u32 };
        let above = line_to.get(&run.to).copied();
        let mut low = Low { run, above, kva, size: fits.unwrap_or(CABLES.len() - 1).max(least), count: count.max(1), drop: 0.0 };
        low.set_drop();
        line_to.insert(from, lines.len());
        lines.push(low);
    }
    for _ in 0..ENLARGING {
        let mut drops: Vec<f64> = Vec::with_capacity(lines.len());
        for line in &lines {
            let before = line.above.and_then(|above| drops.get(above)).copied().unwrap_or(0.0);
            drops.push(before + line.drop);
        }
        let mut grow: BTreeSet<usize> = BTreeSet::new();
        for (index, _) in drops.iter().enumerate().filter(|(_, drop)| **drop > rules::MOST_DROP) {
            let mut at = Some(index);
            while let Some(line) = at
                && grow.insert(line)
            {
                at = lines.get(line).and_then(|line| line.above);
            }
        }
        if grow.is_empty() {
            break;
        }
        for line in grow {
            if let Some(line) = lines.get_mut(line).filter(|line| line.count < MOST_SYSTEMS) {
                line.larger();
            }
        }
    }
    let mut buses: HashMap<u32, i64> = HashMap::from([(post.node, post.bus)]);
    let mut departures: HashMap<u32, usize> = HashMap::new();
    let mut departure_of: Vec<usize> = Vec::with_capacity(lines.len());
    for line in &lines {
        let departure = match line.above {
            Some(above) => departure_of.get(above).copied().unwrap_or(1),
            None => {
                let next = departures.len() + 1;
                *departures.entry(line.run.from).or_insert(next)
            }
        };
        departure_of.push(departure);
        let Some(&from) = buses.get(&line.run.to) else { continue };
        let name = format!("Départ BT {departure} · généré, non réel");
        let to = grid.node(400.0, graph.place(line.run.from), name.clone());
        buses.insert(line.run.from, to);
        let cable = line.cable();
        let id = grid.line((from, to), true, cable, line.count, line.run.length_m, name.clone());
        draft.line(feature(id), Kind::LowVoltage, name, line.run.downwards(graph), Piece::cable(cable, 400.0).since(years.get(&line.run.from).copied()));
    }
    for &node in &order {
        for (index, site) in here(node) {
            let (Some(&bus), Some(tap)) = (buses.get(&node), graph.taps.get(index).copied().flatten()) else { continue };
            grid.load(bus, site.kwh, site.class.name(), "buildings", site.id.clone());
            let way = vec![graph.place(node), tap.wall];
            let name = format!("Branchement de {} · généré, non réel", site.id);
            draft.line(format!("branchement-genere-{}", site.id), Kind::Service, name, way, Piece::volts(400.0).since(site.year.or(years.get(&node).copied())));
        }
    }
}
