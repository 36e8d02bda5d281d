//! The streets as a graph, with a node wherever a building is connected.

use geo::{Closest, ClosestPoint, LineString, Point};
use rstar::primitives::{GeomWithData, Line};
use rstar::{AABB, PointDistance, RTree};
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

/// Ends of streets nearer than this are one node, metres.
const SAME_M: f64 = 0.05;
/// A street that ends so near to another one joins it, metres.
const JOINS_M: f64 = 1.5;
/// Buildings connected so near to each other share a node, metres.
const SHARED_M: f64 = 10.0;
/// A building farther from every street is not connected, metres.
pub const SERVICE_M: f64 = 300.0;
/// Parts of the streets that do not touch are joined by a line of at most this, metres: the extract has cut the street between them.
const GAP_M: f64 = 600.0;
/// Neighbours looked at for a way out of a part.
const GAP_CANDIDATES: usize = 200;
/// A metre of a path, and of a way over land, counts as so many metres of street.
const PATH_COST: f64 = 1.5;
const GAP_COST: f64 = 3.0;
/// A building takes a path instead of a street only when that is nearer by this, metres.
const PATH_DETOUR_M: f64 = 15.0;
/// Most nodes of a graph.
pub const MAX_NODES: usize = 4_000_000;

/// A street as the networks see it.
#[derive(Clone, Debug)]
pub struct Street {
    pub points: Vec<[f64; 2]>,
    pub width_m: f64,
    /// For people on foot: pipes and cables take it where no street leads.
    pub path: bool,
}

/// What is served.
#[derive(Clone, Debug)]
pub struct Place {
    /// A corner ring; the connection ends where it comes nearest to the street.
    pub outline: Vec<[f64; 2]>,
    pub at: [f64; 2],
}

#[derive(Clone, Copy, Debug)]
pub struct Edge {
    pub a: u32,
    pub b: u32,
    pub length_m: f64,
    pub cost_m: f64,
    /// Over land where the data have no street.
    pub gap: bool,
}

/// Where a place meets the graph.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tap {
    pub node: u32,
    /// On the wall of the place.
    pub wall: [f64; 2],
}

#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub at: Vec<[f64; 2]>,
    pub edges: Vec<Edge>,
    first: Vec<u32>,
    /// (neighbour, edge)
    links: Vec<(u32, u32)>,
    /// Of each place, where it is near enough.
    pub taps: Vec<Option<Tap>>,
}

/// Shortest ways to roots: a tree for each root.
#[derive(Clone, Debug)]
pub struct Forest {
    /// Edge towards the root; `None` for roots and what no root reaches.
    pub up: Vec<Option<(u32, u32)>>,
    /// Which root each node belongs to.
    pub root: Vec<Option<u32>>,
    /// Nodes by distance, roots first.
    pub order: Vec<u32>,
    pub cost_m: Vec<f64>,
}

type Segment = GeomWithData<Line<[f64; 2]>, (u32, u32)>;

struct Piece {
    a: [f64; 2],
    b: [f64; 2],
    path: bool,
    cuts: Vec<(f64, u32)>,
}

impl Graph {
    /// `None` when there is no street, or too much of it.
    pub fn of(streets: &[Street], places: &[Place]) -> Option<Self> {
        let mut pieces: Vec<Piece> = Vec::new();
        for street in streets {
            for pair in street.points.windows(2) {
                let (Some(&a), Some(&b)) = (pair.first(), pair.last()) else { continue };
                if span(a, b) > SAME_M {
                    pieces.push(Piece { a, b, path: street.path, cuts: Vec::new() });
                }
            }
        }
        if pieces.is_empty() || pieces.len() + places.len() > MAX_NODES / 2 {
            return None;
        }
        let segments: Vec<Segment> = pieces
            .iter()
            .enumerate()
            .map(|(index, piece)| GeomWithData::new(Line::new(piece.a, piece.b), (index as u32, u32::from(piece.path))))
            .collect();
        let tree = RTree::bulk_load(segments);
        let mut graph = Self::default();
        let mut nodes: HashMap<(i64, i64), u32> = HashMap::new();
        let mut degree: HashMap<u32, (u32, u32)> = HashMap::new();
        let ends: Vec<[u32; 2]> = pieces
            .iter()
            .enumerate()
            .map(|(index, piece)| {
                [piece.a, piece.b].map(|at| {
                    let node = *nodes.entry(lattice(at)).or_insert_with(|| graph.node(at));
                    let seen = degree.entry(node).or_insert((0, index as u32));
                    seen.0 += 1;
                    node
                })
            })
            .collect();
        // Loose ends that nearly touch another street.
        let mut loose: Vec<(u32, u32)> = degree.iter().filter(|(_, (count, _))| *count == 1).map(|(node, (_, piece))| (*node, *piece)).collect();
        loose.sort_unstable();
        for (node, own) in loose {
            let Some(&at) = graph.at.get(node as usize) else { continue };
            let near = tree.locate_within_distance(at, JOINS_M * JOINS_M).filter(|segment| segment.data.0 != own);
            let nearest = near.min_by(|x, y| order(x.geom().distance_2(&at), y.geom().distance_2(&at)).then(x.data.cmp(&y.data)));
            let Some(piece) = nearest.and_then(|segment| pieces.get_mut(segment.data.0 as usize)) else { continue };
            let share = share_on(piece, at);
            if share > 0.0 && share < 1.0 {
                piece.cuts.push((share, node));
            }
        }
        // Places, each to the nearest street.
        let found: Vec<Option<(u32, f64)>> = places.iter().map(|place| nearest(&tree, place.at)).collect();
        let mut at_piece: HashMap<u32, Vec<(f64, usize)>> = HashMap::new();
        for (place, found) in found.iter().enumerate() {
            if let Some((piece, _)) = found
                && let (Some(piece_of), Some(known)) = (pieces.get(*piece as usize), places.get(place))
            {
                at_piece.entry(*piece).or_default().push((share_on(piece_of, known.at), place));
            }
        }
        graph.taps = vec![None; places.len()];
        for index in 0..pieces.len() {
            let (Some(mut here), Some(piece), Some(&[from, to])) = (at_piece.remove(&(index as u32)), pieces.get_mut(index), ends.get(index)) else { continue };
            here.sort_by(|x, y| order(x.0, y.0).then(x.1.cmp(&y.1)));
            let length = span(piece.a, piece.b);
            let mut last: Option<(f64, u32)> = None;
            for (share, place) in here {
                let node = if share * length < 0.5 * SHARED_M {
                    from
                } else if (1.0 - share) * length < 0.5 * SHARED_M {
                    to
                } else if let Some((at, node)) = last
                    && (share - at) * length < SHARED_M
                {
                    node
                } else {
                    let node = graph.node(along(piece.a, piece.b, share));
                    piece.cuts.push((share, node));
                    last = Some((share, node));
                    node
                };
                let (Some(tap), Some(known), Some(&at)) = (graph.taps.get_mut(place), places.get(place), graph.at.get(node as usize)) else { continue };
                *tap = Some(Tap { node, wall: wall(known, at) });
            }
        }
        for (piece, [from, to]) in pieces.iter_mut().zip(&ends) {
            piece.cuts.sort_by(|x, y| order(x.0, y.0).then(x.1.cmp(&y.1)));
            let mut before = *from;
            for node in piece.cuts.iter().map(|(_, node)| *node).chain([*to]) {
                graph.link(before, node, if piece.path { PATH_COST } else { 1.0 }, false);
                before = node;
            }
        }
        graph.join_parts();
        graph.index();
        Some(graph)
    }

    fn node(&mut self, at: [f64; 2]) -> u32 {
        self.at.push(at);
        (self.at.len() - 1) as u32
    }

    fn link(&mut self, a: u32, b: u32, cost: f64, gap: bool) {
        let (Some(&from), Some(&to)) = (self.at.get(a as usize), self.at.get(b as usize)) else { return };
        if a != b {
            let length_m = span(from, to);
            self.edges.push(Edge { a, b, length_m, cost_m: cost * length_m, gap });
        }
    }

    /// Lines over land between parts that do not touch, from the smallest part to what lies nearest.
    fn join_parts(&mut self) {
        let mut parts = Parts::new(self.at.len());
        for edge in &self.edges {
            parts.join(edge.a, edge.b);
        }
        let mut members: HashMap<u32, Vec<u32>> = HashMap::new();
        for node in 0..self.at.len() as u32 {
            members.entry(parts.find(node)).or_default().push(node);
        }
        let mut all: Vec<Vec<u32>> = members.into_values().collect();
        if all.len() < 2 {
            return;
        }
        all.sort_by_key(|nodes| (nodes.len(), nodes.first().copied()));
        all.pop();
        let tree = RTree::bulk_load(self.at.iter().enumerate().map(|(node, at)| GeomWithData::new(*at, node as u32)).collect());
        for nodes in all {
            let mut best: Option<(f64, u32, u32)> = None;
            for &node in &nodes {
                let Some(&at) = self.at.get(node as usize) else { continue };
                let own = parts.find(node);
                let mut near = tree.nearest_neighbor_iter_with_distance_2(&at).take(GAP_CANDIDATES);
                let found = near.find(|(other, _)| parts.find(other.data) != own);
                if let Some((other, square)) = found
                    && square <= GAP_M * GAP_M
                    && best.is_none_or(|known| (square, node, other.data) < known)
                {
                    best = Some((square, node, other.data));
                }
            }
            if let Some((_, a, b)) = best {
                self.link(a, b, GAP_COST, true);
                parts.join(a, b);
            }
        }
    }

    fn index(&mut self) {
        let mut count = vec![0_u32; self.at.len() + 1];
        for edge in &self.edges {
            for node in [edge.a, edge.b] {
                if let Some(slot) = count.get_mut(node as usize + 1) {
                    *slot += 1;
                }
            }
        }
        for place in 1..count.len() {
            let before = count.get(place - 1).copied().unwrap_or(0);
            if let Some(slot) = count.get_mut(place) {
                *slot += before;
            }
        }
        self.first = count.clone();
        self.links = vec![(0, 0); 2 * self.edges.len()];
        for (index, edge) in self.edges.iter().enumerate() {
            for (node, other) in [(edge.a, edge.b), (edge.b, edge.a)] {
                if let Some(next) = count.get_mut(node as usize)
                    && let Some(slot) = self.links.get_mut(*next as usize)
                {
                    *slot = (other, index as u32);
                    *next += 1;
                }
            }
        }
    }

    pub fn len(&self) -> usize {
        self.at.len()
    }

    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// (neighbour, edge) of a node.
    pub fn links(&self, node: u32) -> &[(u32, u32)] {
        let from = self.first.get(node as usize).copied().unwrap_or(0) as usize;
        let to = self.first.get(node as usize + 1).copied().unwrap_or(0) as usize;
        self.links.get(from..to).unwrap_or_default()
    }

    pub fn place(&self, node: u32) -> [f64; 2] {
        self.at.get(node as usize).copied().unwrap_or([0.0; 2])
    }

    pub fn edge(&self, edge: u32) -> Edge {
        self.edges.get(edge as usize).copied().unwrap_or(Edge { a: 0, b: 0, length_m: 0.0, cost_m: 0.0, gap: true })
    }

    /// Parts of the graph that do not touch, each by its nodes in order.
    pub fn parts(&self) -> Vec<Vec<u32>> {
        let mut parts = Parts::new(self.at.len());
        for edge in &self.edges {
            parts.join(edge.a, edge.b);
        }
        let mut place: HashMap<u32, usize> = HashMap::new();
        let mut all: Vec<Vec<u32>> = Vec::new();
        for node in 0..self.at.len() as u32 {
            let index = *place.entry(parts.find(node)).or_insert_with(|| {
                all.push(Vec::new());
                all.len() - 1
            });
            if let Some(part) = all.get_mut(index) {
                part.push(node);
            }
        }
        all
    }

    /// Shortest ways from every node to the nearest root; of equal ones the lower number counts.
    pub fn forest(&self, roots: &[u32]) -> Forest {
        let count = self.at.len();
        let mut forest = Forest { up: vec![None; count], root: vec![None; count], order: Vec::with_capacity(count), cost_m: vec![f64::INFINITY; count] };
        let mut done = vec![false; count];
        let mut heap = BinaryHeap::new();
        for &root in roots {
            if let (Some(cost), Some(of)) = (forest.cost_m.get_mut(root as usize), forest.root.get_mut(root as usize)) {
                *cost = 0.0;
                *of = Some(root);
                heap.push(Next { cost: 0.0, node: root });
            }
        }
        while let Some(Next { cost, node }) = heap.pop() {
            match done.get_mut(node as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            forest.order.push(node);
            let root = forest.root.get(node as usize).copied().flatten();
            for &(other, edge) in self.links(node) {
                let way = cost + self.edge(edge).cost_m;
                let at = other as usize;
                if forest.cost_m.get(at).is_some_and(|known| way < *known)
                    && let (Some(known), Some(up), Some(of)) = (forest.cost_m.get_mut(at), forest.up.get_mut(at), forest.root.get_mut(at))
                {
                    *known = way;
                    *up = Some((node, edge));
                    *of = root;
                    heap.push(Next { cost: way, node: other });
                }
            }
        }
        forest
    }
}

/// A node on its way into a tree, the nearest first.
struct Next {
    cost: f64,
    node: u32,
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        other.cost.total_cmp(&self.cost).then(other.node.cmp(&self.node))
    }
}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Next {}

struct Parts(Vec<u32>);

impl Parts {
    fn new(count: usize) -> Self {
        Self((0..count as u32).collect())
    }

    fn find(&mut self, node: u32) -> u32 {
        let mut at = node;
        while let Some(&up) = self.0.get(at as usize)
            && up != at
        {
            // Every second step is shortened on the way.
            let over = self.0.get(up as usize).copied().unwrap_or(up);
            if let Some(slot) = self.0.get_mut(at as usize) {
                *slot = over;
            }
            at = over;
        }
        at
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        if let Some(slot) = self.0.get_mut(a.max(b) as usize) {
            *slot = a.min(b);
        }
    }
}

/// The street a place is connected to; one for wheels wins over a path that is hardly nearer.
fn nearest(tree: &RTree<Segment>, at: [f64; 2]) -> Option<(u32, f64)> {
    let mut best: Option<(f64, u32)> = None;
    for (segment, square) in tree.nearest_neighbor_iter_with_distance_2(&at) {
        let distance = square.sqrt();
        if distance > SERVICE_M || best.is_some_and(|(known, _)| distance > known) {
            break;
        }
        let counted = distance + if segment.data.1 != 0 { PATH_DETOUR_M } else { 0.0 };
        if best.is_none_or(|known| (counted, segment.data.0) < known) {
            best = Some((counted, segment.data.0));
        }
    }
    best.map(|(distance, piece)| (piece, distance))
}

fn wall(place: &Place, from: [f64; 2]) -> [f64; 2] {
    let ring = LineString::from(place.outline.iter().map(|at| (at[0], at[1])).collect::<Vec<_>>());
    match ring.closest_point(&Point::new(from[0], from[1])) {
        Closest::SinglePoint(at) | Closest::Intersection(at) if at.x().is_finite() && at.y().is_finite() => [at.x(), at.y()],
        _ => place.at,
    }
}

fn share_on(piece: &Piece, at: [f64; 2]) -> f64 {
    let d = [piece.b[0] - piece.a[0], piece.b[1] - piece.a[1]];
    let square = d[0] * d[0] + d[1] * d[1];
    if square <= 0.0 {
        return 0.0;
    }
    (((at[0] - piece.a[0]) * d[0] + (at[1] - piece.a[1]) * d[1]) / square).clamp(0.0, 1.0)
}

pub fn along(a: [f64; 2], b: [f64; 2], share: f64) -> [f64; 2] {
    [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])]
}

pub fn span(a: [f64; 2], b: [f64; 2]) -> f64 {
    (b[0] - a[0]).hypot(b[1] - a[1])
}

fn lattice(at: [f64; 2]) -> (i64, i64) {
    ((at[0] / SAME_M).round() as i64, (at[1] / SAME_M).round() as i64)
}

fn order(a: f64, b: f64) -> Ordering {
    a.total_cmp(&b)
}

/// A search box around a point.
pub fn around(at: [f64; 2], by_m: f64) -> AABB<[f64; 2]> {
    AABB::from_corners([at[0] - by_m, at[1] - by_m], [at[0] + by_m, at[1] + by_m])
}
