//! The straight skeleton of a footprint: hips over outlines of any shape, courtyards included.
//!
//! Every side of the outline moves inwards at the same speed; where corners meet they leave ridges, hips and valleys behind
//! (Aichholzer et al. 1995, "A novel type of skeleton for polygons"). The wave is followed event by event: a side shrinks to nothing,
//! or an inward corner runs into a side and parts the wave. All times are computed anew after each event: quadratic for each event,
//! but without queues that could disagree, and a footprint has some dozen corners.
//!
//! Degenerate outlines (parallel sides, several events at one place) are the rule in towns. They are processed one after another at the
//! same time; the finished faces are then measured against the outline, and a roof that does not fit exactly is refused.

use super::triangulate::ring_area2;

/// Outlines with more corners are not roofed this way.
pub const MOST_CORNERS: usize = 160;
/// Events nearer in time than this happen together, metres of inset.
const SAME_TIME: f64 = 1e-9;
/// Wave sides shorter than this are gone, metres.
const GONE_M: f64 = 1e-9;
/// Nodes closer than this are one, metres.
const WELD_M: f64 = 1e-6;
/// Faces may differ from their plane by so much, metres.
const FLAT_M: f64 = 1e-5;

/// The roof over one outline, for a slope of one: heights are distances from the eaves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Skeleton {
    /// `[x, y, distance]`; the corners of the outline come first, ring by ring.
    pub nodes: Vec<[f64; 3]>,
    pub faces: Vec<SkeletonFace>,
    /// Points on the outline where a gable rises: the side (by its first corner) and the node.
    pub gables: Vec<(usize, usize)>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SkeletonFace {
    /// The side it rises from, by its first corner.
    pub side: usize,
    /// Nodes, counter-clockwise from above, beginning with the side's two corners.
    pub ring: Vec<usize>,
}

impl Skeleton {
    /// The greatest distance from the eaves.
    pub fn deepest_m(&self) -> f64 {
        self.nodes.iter().map(|node| node[2]).fold(0.0, f64::max)
    }
}

/// Follows the wave of an outline: outer ring counter-clockwise, holes clockwise. `None` where the faces do not cover it exactly.
pub fn skeleton(rings: &[Vec<[f64; 2]>]) -> Option<Skeleton> {
    let mut wave = Wave::new(rings)?;
    wave.run()?;
    let skeleton = wave.faces()?;
    let area: f64 = rings.iter().map(|ring| ring_area2(ring)).sum();
    let mut covered = 0.0;
    for face in &skeleton.faces {
        let ring: Vec<[f64; 2]> = face.ring.iter().map(|i| flat(skeleton.nodes[*i])).collect();
        let own = ring_area2(&ring);
        if !(own > 0.0) {
            return None;
        }
        covered += own;
        let side = &wave.sides[face.side];
        let off = |i: &usize| {
            (dot(side.normal, flat(skeleton.nodes[*i])) - side.at - skeleton.nodes[*i][2]).abs()
        };
        if face.ring.iter().map(off).any(|off| !(off < FLAT_M)) {
            return None;
        }
    }
    (((covered - area) / area).abs() < 1e-6).then_some(skeleton)
}

/// Turns hipped ends into gables where a narrow end stands between two nearly parallel sides.
pub fn with_gables(mut skeleton: Skeleton, rings: &[Vec<[f64; 2]>], widest_m: f64) -> Skeleton {
    let Some(wave) = Wave::new(rings) else {
        return skeleton;
    };
    let ends: Vec<usize> = skeleton
        .faces
        .iter()
        .filter(|face| face.ring.len() == 3)
        .map(|face| face.side)
        .collect();
    let deepest = skeleton.deepest_m();
    for side in ends {
        let (before, after) = (wave.before[side], wave.after[side]);
        let (own, left, right) = (&wave.sides[side], &wave.sides[before], &wave.sides[after]);
        if own.length > widest_m || dot(left.direction, right.direction) > -0.9 || before == after {
            continue;
        }
        let Some(apex) = skeleton
            .faces
            .iter()
            .find(|face| face.side == side)
            .and_then(|face| face.ring.get(2))
            .copied()
        else {
            continue;
        };
        // The apex belongs to this end and to its two neighbours only; a pyramid has no ridge to prolong.
        let users: Vec<usize> = skeleton
            .faces
            .iter()
            .filter(|face| face.ring.contains(&apex))
            .map(|face| face.side)
            .collect();
        if users.len() != 3 || !users.contains(&before) || !users.contains(&after) {
            continue;
        }
        let Some(ridge) = ridge_end(&skeleton, before, after, apex) else {
            continue;
        };
        let (a, q) = (flat(skeleton.nodes[apex]), flat(skeleton.nodes[ridge]));
        let along = [a[0] - q[0], a[1] - q[1]];
        let approach = dot(own.normal, along);
        if !(approach < -1e-6) {
            continue;
        }
        let t = (own.at - dot(own.normal, a)) / approach;
        let foot = [a[0] + t * along[0], a[1] + t * along[1]];
        let share = dot(
            own.direction,
            [foot[0] - own.start[0], foot[1] - own.start[1]],
        ) / own.length;
        let height = dot(left.normal, foot) - left.at;
        if !(0.1..=0.9).contains(&share) || !(height > 0.05 && height < deepest + FLAT_M) {
            continue;
        }
        let node = skeleton.nodes.len();
        skeleton.nodes.push([foot[0], foot[1], height]);
        skeleton.faces.retain(|face| face.side != side);
        for face in skeleton
            .faces
            .iter_mut()
            .filter(|face| face.side == before || face.side == after)
        {
            for place in face.ring.iter_mut().filter(|place| **place == apex) {
                *place = node;
            }
        }
        skeleton.gables.push((side, node));
    }
    skeleton
}

/// The other end of the ridge between two faces that starts at `apex`.
fn ridge_end(skeleton: &Skeleton, before: usize, after: usize, apex: usize) -> Option<usize> {
    let neighbours = |side: usize| -> Option<[usize; 2]> {
        let ring = &skeleton.faces.iter().find(|face| face.side == side)?.ring;
        let at = ring.iter().position(|node| *node == apex)?;
        Some([
            ring[(at + ring.len() - 1) % ring.len()],
            ring[(at + 1) % ring.len()],
        ])
    };
    let (first, second) = (neighbours(before)?, neighbours(after)?);
    first.into_iter().find(|node| second.contains(node))
}

struct Side {
    start: [f64; 2],
    direction: [f64; 2],
    /// To the left: inwards.
    normal: [f64; 2],
    /// `normal · x` on the side itself.
    at: f64,
    length: f64,
}

/// A corner of the wave, between two sides of the outline.
#[derive(Clone, Debug)]
struct Corner {
    left: usize,
    right: usize,
    origin: [f64; 2],
    since: f64,
    velocity: [f64; 2],
    node: usize,
    next: usize,
    prev: usize,
    alive: bool,
    reflex: bool,
}

struct Wave {
    sides: Vec<Side>,
    before: Vec<usize>,
    after: Vec<usize>,
    corners: Vec<Corner>,
    nodes: Vec<[f64; 3]>,
    /// Two nodes and the two faces that meet there.
    arcs: Vec<([usize; 2], [usize; 2])>,
    now: f64,
}

enum Event {
    /// The wave side from this corner to its next is gone.
    Gone(usize),
    /// This corner runs into the wave side that begins at the other.
    Parted(usize, usize),
}

fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}

fn flat(p: [f64; 3]) -> [f64; 2] {
    [p[0], p[1]]
}

impl Wave {
    fn new(rings: &[Vec<[f64; 2]>]) -> Option<Self> {
        let count: usize = rings.iter().map(Vec::len).sum();
        if count < 3 || count > MOST_CORNERS {
            return None;
        }
        let mut wave = Self {
            sides: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            corners: Vec::new(),
            nodes: Vec::new(),
            arcs: Vec::new(),
            now: 0.0,
        };
        for ring in rings {
            let (first, n) = (wave.sides.len(), ring.len());
            if n < 3 {
                return None;
            }
            for (i, start) in ring.iter().enumerate() {
                let end = ring[(i + 1) % n];
                let along = [end[0] - start[0], end[1] - start[1]];
                let length = along[0].hypot(along[1]);
                if !(length > WELD_M) {
                    return None;
                }
                let direction = [along[0] / length, along[1] / length];
                let normal = [-direction[1], direction[0]];
                wave.sides.push(Side {
                    start: *start,
                    direction,
                    normal,
                    at: dot(normal, *start),
                    length,
                });
                wave.before.push(first + (i + n - 1) % n);
                wave.after.push(first + (i + 1) % n);
                wave.nodes.push([start[0], start[1], 0.0]);
            }
        }
        for side in 0..wave.sides.len() {
            let (left, start) = (wave.before[side], wave.sides[side].start);
            let corner = wave.corner(left, side, start, side);
            wave.corners.push(Corner {
                next: wave.after[side],
                prev: left,
                ..corner
            });
        }
        Some(wave)
    }

    /// A corner that leaves `node` now.
    fn corner(&self, left: usize, right: usize, origin: [f64; 2], node: usize) -> Corner {
        let (a, b) = (&self.sides[left], &self.sides[right]);
        let together = 1.0 + dot(a.normal, b.normal);
        // Sides that face each other meet everywhere at once: the corner waits for its loop to end.
        let velocity = if together < 1e-10 {
            [0.0; 2]
        } else {
            [
                (a.normal[0] + b.normal[0]) / together,
                (a.normal[1] + b.normal[1]) / together,
            ]
        };
        let turn = a.direction[0] * b.direction[1] - a.direction[1] * b.direction[0];
        Corner {
            left,
            right,
            origin,
            since: self.now,
            velocity,
            node,
            next: 0,
            prev: 0,
            alive: true,
            // Two sides in one line count: after a valley has closed, their joint may run into a side like any inward corner.
            reflex: turn < 1e-9 && dot(a.normal, b.normal) > -0.999_999,
        }
    }

    fn position(&self, corner: usize, time: f64) -> [f64; 2] {
        let c = &self.corners[corner];
        let dt = time - c.since;
        [
            c.origin[0] + dt * c.velocity[0],
            c.origin[1] + dt * c.velocity[1],
        ]
    }

    fn run(&mut self) -> Option<()> {
        let limit = 12 * self.sides.len() + 64;
        for _ in 0..limit {
            if !self.corners.iter().any(|corner| corner.alive) {
                return Some(());
            }
            let (time, event) = self.next_event()?;
            self.now = time;
            match event {
                Event::Gone(corner) => self.gone(corner),
                Event::Parted(corner, side_start) => self.parted(corner, side_start),
            }
        }
        None
    }

    fn next_event(&self) -> Option<(f64, Event)> {
        let mut best: Option<(f64, Event)> = None;
        let earlier = |time: f64, best: &Option<(f64, Event)>| {
            best.as_ref()
                .is_none_or(|(known, _)| time < known - SAME_TIME)
        };
        let alive = || {
            self.corners
                .iter()
                .enumerate()
                .filter(|(_, corner)| corner.alive)
        };
        for (index, corner) in alive() {
            let (here, there) = (
                self.position(index, self.now),
                self.position(corner.next, self.now),
            );
            let direction = self.sides[corner.right].direction;
            let length = dot(direction, [there[0] - here[0], there[1] - here[1]]);
            let next = &self.corners[corner.next];
            let rate = dot(
                direction,
                [
                    next.velocity[0] - corner.velocity[0],
                    next.velocity[1] - corner.velocity[1],
                ],
            );
            let time = if length <= GONE_M {
                if rate > 1e-9 {
                    continue;
                }
                self.now
            } else if rate < -1e-12 {
                self.now - length / rate
            } else {
                continue;
            };
            if earlier(time, &best) {
                best = Some((time, Event::Gone(index)));
            }
        }
        for (index, corner) in alive().filter(|(_, corner)| corner.reflex) {
            let here = self.position(index, self.now);
            for (start, wave_side) in alive() {
                let side = wave_side.right;
                if side == corner.left
                    || side == corner.right
                    || start == index
                    || wave_side.next == index
                {
                    continue;
                }
                let s = &self.sides[side];
                let gap = dot(s.normal, here) - s.at - self.now;
                let rate = dot(s.normal, corner.velocity) - 1.0;
                if gap < -1e-7 || rate >= -1e-12 {
                    continue;
                }
                let time = self.now + gap.max(0.0) / -rate;
                if !earlier(time, &best) {
                    continue;
                }
                let along = |p: [f64; 2]| dot(s.direction, p);
                let at = along(self.position(index, time));
                let (from, to) = (
                    along(self.position(start, time)),
                    along(self.position(wave_side.next, time)),
                );
                if at >= from - WELD_M && at <= to + WELD_M {
                    best = Some((time, Event::Parted(index, start)));
                }
            }
        }
        best
    }

    fn node(&mut self, at: [f64; 2]) -> usize {
        self.nodes.push([at[0], at[1], self.now]);
        self.nodes.len() - 1
    }

    /// What a corner leaves behind on its way to `node`.
    fn trace(&mut self, corner: usize, node: usize) {
        let c = &self.corners[corner];
        self.arcs.push(([c.node, node], [c.left, c.right]));
    }

    fn gone(&mut self, v: usize) {
        let w = self.corners[v].next;
        let (a, b) = (self.position(v, self.now), self.position(w, self.now));
        // A corner between facing sides waits where it is; the other one tells the place.
        let still = |corner: &Corner| corner.velocity == [0.0; 2];
        let at = match (still(&self.corners[v]), still(&self.corners[w])) {
            (true, false) => b,
            (false, true) => a,
            _ => [0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1])],
        };
        let node = self.node(at);
        self.trace(v, node);
        self.trace(w, node);
        let (before, after) = (self.corners[v].prev, self.corners[w].next);
        self.corners[v].alive = false;
        self.corners[w].alive = false;
        if before == w || after == v {
            return;
        }
        if before == after {
            self.trace(before, node);
            self.corners[before].alive = false;
            return;
        }
        let corner = self.corner(self.corners[v].left, self.corners[w].right, at, node);
        self.insert(corner, before, after);
    }

    fn parted(&mut self, v: usize, u: usize) {
        let w = self.corners[u].next;
        let side = self.corners[u].right;
        let at = self.position(v, self.now);
        let node = self.node(at);
        self.trace(v, node);
        let Corner {
            left,
            right,
            prev,
            next,
            ..
        } = self.corners[v].clone();
        self.corners[v].alive = false;
        let first = self.corner(left, side, at, node);
        let second = self.corner(side, right, at, node);
        self.insert(first, prev, w);
        self.insert(second, u, next);
    }

    /// Puts a corner between two others; a loop of two sides that is left lies flat and ends.
    fn insert(&mut self, corner: Corner, before: usize, after: usize) -> usize {
        let index = self.corners.len();
        self.corners.push(Corner {
            prev: before,
            next: after,
            ..corner
        });
        self.corners[before].next = index;
        self.corners[after].prev = index;
        if before == after {
            let at = self.position(before, self.now);
            let end = self.node(at);
            self.trace(before, end);
            self.arcs.push((
                [end, self.corners[index].node],
                [self.corners[index].left, self.corners[index].right],
            ));
            self.corners[before].alive = false;
            self.corners[index].alive = false;
        }
        index
    }

    /// The arcs as one ring for each side.
    fn faces(&self) -> Option<Skeleton> {
        // Nodes of one place are one node; corners of the outline keep their numbers.
        let mut nodes: Vec<[f64; 3]> = Vec::new();
        let mut names = Vec::with_capacity(self.nodes.len());
        for (index, node) in self.nodes.iter().enumerate() {
            let same = |known: &[f64; 3]| {
                (known[0] - node[0]).hypot(known[1] - node[1]) < WELD_M
                    && (known[2] - node[2]).abs() < WELD_M
            };
            let known = if index < self.sides.len() {
                None
            } else {
                nodes.iter().position(same)
            };
            names.push(known.unwrap_or(nodes.len()));
            if known.is_none() {
                nodes.push(*node);
            }
        }
        let mut of_side: Vec<Vec<[usize; 2]>> = vec![Vec::new(); self.sides.len()];
        for ([a, b], faces) in &self.arcs {
            let arc = [names[*a].min(names[*b]), names[*a].max(names[*b])];
            if arc[0] == arc[1] {
                continue;
            }
            for face in faces {
                // Two corners on the same way leave the same trace twice.
                if !of_side[*face].contains(&arc) {
                    of_side[*face].push(arc);
                }
            }
        }
        let mut faces = Vec::with_capacity(self.sides.len());
        for (side, mut arcs) in of_side.into_iter().enumerate() {
            let (start, end) = (side, self.after[side]);
            let mut ring = vec![start, end];
            let mut at = end;
            while at != start {
                let found = arcs.iter().position(|arc| arc.contains(&at))?;
                let [a, b] = arcs.swap_remove(found);
                at = if a == at { b } else { a };
                if at != start {
                    ring.push(at);
                }
            }
            if !arcs.is_empty() || ring.len() < 3 {
                return None;
            }
            faces.push(SkeletonFace { side, ring });
        }
        Some(Skeleton {
            nodes,
            faces,
            gables: Vec::new(),
        })
    }
}
