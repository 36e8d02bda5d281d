//! A flow diagram (Sankey): nodes in columns, and bands between them as wide as what flows.
//!
//! One scale holds for the whole picture, so that widths can be compared across it. A flow that passes a column has a lane of its own there:
//! it goes beside the nodes, never behind them. The order of nodes is the caller's; bands are stacked so that none crosses another at its node.

use std::cmp::Ordering;

/// Nodes and flows of one picture; more could not be told apart.
pub const MAX_NODES: usize = 64;
pub const MAX_FLOWS: usize = 512;
/// Columns of one picture.
pub const MAX_COLUMNS: usize = 8;

/// From one node to another one farther right.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    pub from: usize,
    pub to: usize,
    pub value: f64,
}

/// The sheet that is drawn on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    pub width: f64,
    pub height: f64,
    pub node_width: f64,
    /// Between two nodes of a column.
    pub gap: f64,
}

/// Where a node stands; `y` grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Place {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    /// What goes through it: the greater of what comes in and what goes out.
    pub value: f64,
}

/// A part of a flow from one column to the next: it begins at `from` and ends at `to` (its upper edge), as thick all along.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Which flow it belongs to.
    pub flow: usize,
    pub from: [f64; 2],
    pub to: [f64; 2],
    pub thickness: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagram {
    /// In the order of the nodes; none of a node that nothing flows through.
    pub places: Vec<Option<Place>>,
    pub bands: Vec<Band>,
    /// Lengths of the sheet for one unit of value.
    pub scale: f64,
}

/// What is stacked in a column: a node, or the lane of a flow that passes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Item {
    Node(usize),
    Lane(usize),
}

/// Lays out nodes, told by the column of each, and flows.
///
/// Flows that are not finite and above nothing, that lead nowhere or to the left, and what is beyond the limits, are left out.
pub fn layout(columns: &[usize], flows: &[Flow], frame: &Frame) -> Diagram {
    let columns: Vec<usize> = columns.iter().take(MAX_NODES).map(|column| (*column).min(MAX_COLUMNS - 1)).collect();
    let column = |node: usize| columns.get(node).copied();
    let kept: Vec<(usize, Flow)> = flows
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, flow)| flow.value.is_finite() && flow.value > 0.0 && column(flow.from).zip(column(flow.to)).is_some_and(|(from, to)| from < to))
        .take(MAX_FLOWS)
        .collect();
    let mut through = vec![[0.0_f64; 2]; columns.len()];
    for (_, flow) in &kept {
        for (node, side) in [(flow.to, 0), (flow.from, 1)] {
            if let Some(sums) = through.get_mut(node) {
                sums[side] += flow.value;
            }
        }
    }
    let value = |node: usize| through.get(node).map_or(0.0, |[come, go]| come.max(*go));
    let last = columns.iter().copied().max().unwrap_or(0);
    let stacks: Vec<Vec<Item>> = (0..=last)
        .map(|at| {
            let nodes = (0..columns.len()).filter(|node| column(*node) == Some(at) && value(*node) > 0.0).map(Item::Node);
            let passes = |flow: &Flow| column(flow.from).zip(column(flow.to)).is_some_and(|(from, to)| (from + 1..to).contains(&at));
            nodes.chain(kept.iter().filter(|(_, flow)| passes(flow)).map(|(index, _)| Item::Lane(*index))).collect()
        })
        .collect();
    let of_flow = |index: usize| flows.get(index).map_or(0.0, |flow| flow.value);
    let size = |item: &Item| match item {
        Item::Node(node) => value(*node),
        Item::Lane(flow) => of_flow(*flow),
    };
    let gaps = |stack: &[Item]| frame.gap * stack.len().saturating_sub(1) as f64;
    let scales = stacks.iter().filter(|stack| !stack.is_empty()).map(|stack| (frame.height - gaps(stack)).max(0.0) / stack.iter().map(size).sum::<f64>());
    let scale = scales.fold(f64::INFINITY, f64::min);
    let mut diagram = Diagram { places: vec![None; columns.len()], bands: Vec::new(), scale: if scale.is_finite() { scale } else { 0.0 } };
    let scale = diagram.scale;
    let x = |at: usize| if last == 0 { 0.0 } else { (frame.width - frame.node_width) * at as f64 / last as f64 };
    // Upper edges of the lanes, by flow and column.
    let mut lanes: Vec<((usize, usize), f64)> = Vec::new();
    for (at, stack) in stacks.iter().enumerate() {
        let used = stack.iter().map(size).sum::<f64>() * scale + gaps(stack);
        let mut top = 0.5 * (frame.height - used);
        for item in stack {
            let height = size(item) * scale;
            match item {
                Item::Node(node) => {
                    if let Some(place) = diagram.places.get_mut(*node) {
                        *place = Some(Place { left: x(at), top, width: frame.node_width, height, value: value(*node) });
                    }
                }
                Item::Lane(flow) => lanes.push(((*flow, at), top)),
            }
            top += height + frame.gap;
        }
    }
    let lane = |flow: usize, at: usize| lanes.iter().find(|(key, _)| *key == (flow, at)).map(|(_, top)| *top);
    // The height at which a flow is seen from a node: of its next stop on that side.
    let stops = |index: usize, flow: &Flow, places: &[Option<Place>]| -> Option<Vec<f64>> {
        let (from, to) = column(flow.from).zip(column(flow.to))?;
        let top = |node: usize| places.get(node).copied().flatten().map(|place| place.top);
        let mut found = vec![top(flow.from)?];
        for at in from + 1..to {
            found.push(lane(index, at)?);
        }
        found.push(top(flow.to)?);
        Some(found)
    };
    let stops: Vec<Vec<f64>> = kept.iter().map(|(index, flow)| stops(*index, flow, &diagram.places).unwrap_or_default()).collect();
    let up = |a: f64, b: f64| a.partial_cmp(&b).unwrap_or(Ordering::Equal);
    // Upper edges at both ends, stacked at each node in the order of the other ends.
    let mut ends = vec![[0.0_f64; 2]; kept.len()];
    for node in 0..columns.len() {
        let Some(place) = diagram.places.get(node).copied().flatten() else { continue };
        for side in [0, 1] {
            let mut here: Vec<usize> = (0..kept.len()).filter(|at| kept.get(*at).is_some_and(|(_, flow)| if side == 0 { flow.from == node } else { flow.to == node })).collect();
            let seen = |at: &usize| stops.get(*at).and_then(|stops| if side == 0 { stops.get(1) } else { stops.len().checked_sub(2).and_then(|next| stops.get(next)) }).copied().unwrap_or(0.0);
            here.sort_by(|a, b| up(seen(a), seen(b)));
            let mut top = place.top;
            for at in here {
                if let (Some(end), Some((_, flow))) = (ends.get_mut(at), kept.get(at)) {
                    end[side] = top;
                    top += flow.value * scale;
                }
            }
        }
    }
    for (((index, flow), stops), [begin, end]) in kept.iter().zip(&stops).zip(&ends) {
        let Some(first) = column(flow.from) else { continue };
        let hops = stops.len().saturating_sub(1);
        for hop in 0..hops {
            let edge = |stop: usize| if stop == 0 { *begin } else if stop == hops { *end } else { stops.get(stop).copied().unwrap_or(0.0) };
            let (from, to) = ([x(first + hop) + frame.node_width, edge(hop)], [x(first + hop + 1), edge(hop + 1)]);
            diagram.bands.push(Band { flow: *index, from, to, thickness: flow.value * scale });
            // Across the column that is passed it goes straight on.
            if hop + 1 < hops {
                diagram.bands.push(Band { flow: *index, from: to, to: [to[0] + frame.node_width, to[1]], thickness: flow.value * scale });
            }
        }
    }
    diagram
}

/// Height of a band's edge at a share of its way: level at both ends.
pub fn bent(from: f64, to: f64, share: f64) -> f64 {
    let share = share.clamp(0.0, 1.0);
    from + (to - from) * share * share * (3.0 - 2.0 * share)
}

/// Where words of a picture go that would lie over each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Label {
    pub left: f64,
    /// Where its upper edge would be best.
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// The upper edges of labels, each as near as possible to where it would be best: inside a sheet of a height, and over none that stands before it in the
/// list. One for which there is no room stays where it is.
pub fn apart(labels: &[Label], height: f64) -> Vec<f64> {
    let mut placed: Vec<Label> = Vec::with_capacity(labels.len());
    for label in labels {
        let lowest = (height - label.height).max(0.0);
        let beside = |other: &&Label| label.left < other.left + other.width && other.left < label.left + label.width;
        let near: Vec<Label> = placed.iter().filter(beside).copied().collect();
        // Rounding must not take the room between two that just touch.
        let is_free = |top: f64| near.iter().all(|other| top + label.height <= other.top + 1e-6 || other.top + other.height <= top + 1e-6);
        let best = label.top.min(lowest).max(0.0);
        let moved = near.iter().flat_map(|other| [other.top - label.height, other.top + other.height]);
        let free = std::iter::once(best).chain(moved).filter(|top| (0.0..=lowest).contains(top) && is_free(*top));
        let top = free.min_by(|a, b| (a - label.top).abs().total_cmp(&(b - label.top).abs())).unwrap_or(best);
        placed.push(Label { top, ..*label });
    }
    placed.iter().map(|label| label.top).collect()
}
