//! EPANET networks: nodes as points, pipes, pumps and valves as lines, on a plan that no system of coordinates is stated for.

use super::{Content, Found, Head, Note, Opened, PLAN, Row, Table, Unread, short_name, whole};
use crate::base::Severity;
use crate::formats::epanet::{self, Link, LinkKind, Network, Node, NodeKind};
use crate::formats::shape::{Shape, ShapeKind};
use crate::pipeline::sources::record::{Cell, Record};
use crate::pipeline::sources::vocabulary::Mapping;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

pub fn recognises(head: &Head) -> bool {
    epanet::recognises(head.bytes)
}

pub fn open(path: &Path) -> Opened {
    let network = epanet::read(whole(path)?.as_slice())
        .map_err(|fault| (fault.code, format!("{} {}", fault.object, fault.value)))?;
    let count = |kind: NodeKind| {
        network
            .nodes
            .iter()
            .filter(|node| node.kind == kind)
            .count()
    };
    let links = |kind: LinkKind| {
        network
            .links
            .iter()
            .filter(|link| link.kind == kind)
            .count()
    };
    // As the sections are called, so that everybody finds the numbers in the file.
    let held = format!(
        "JUNCTIONS {}, RESERVOIRS {}, TANKS {}, PIPES {}, PUMPS {}, VALVES {}, {}, {}",
        count(NodeKind::Junction),
        count(NodeKind::Reservoir),
        count(NodeKind::Tank),
        links(LinkKind::Pipe),
        links(LinkKind::Pump),
        links(LinkKind::Valve),
        network.flow_unit,
        network.head_loss,
    );
    let mut notes = vec![Note::new("epanet-network", Severity::Info, held)];
    notes.extend(network.faults.iter().map(|fault| {
        Note::new(
            fault.code,
            Severity::Warning,
            format!("{} {}", fault.object, fault.value),
        )
    }));
    let network = Arc::new(network);
    let table = |name: &str, kind, notes| Found {
        file: short_name(path),
        table: Some(name.to_owned()),
        kind,
        crs: Some(PLAN.to_owned()),
        columns: ["id", "epanet_kind", "diameter"]
            .map(str::to_owned)
            .to_vec(),
        content: Content::Table(Box::new(Plan {
            network: network.clone(),
            links: kind == ShapeKind::Line,
            notes,
        })),
    };
    Ok(vec![
        table("nodes", ShapeKind::Point, notes),
        table("links", ShapeKind::Line, Vec::new()),
    ])
}

struct Plan {
    network: Arc<Network>,
    links: bool,
    notes: Vec<Note>,
}

impl Table for Plan {
    fn read(&self, _mapping: &Mapping, each: &mut dyn FnMut(Row)) -> Result<(), String> {
        let nodes: HashMap<&str, &Node> = self
            .network
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node))
            .collect();
        if self.links {
            for link in &self.network.links {
                each(self::link(link, &nodes));
            }
        } else {
            for node in &self.network.nodes {
                each(self::node(node));
            }
        }
        Ok(())
    }

    fn notes(&self) -> &[Note] {
        &self.notes
    }

    fn rows(&self) -> Option<u64> {
        Some(if self.links {
            self.network.links.len()
        } else {
            self.network.nodes.len()
        } as u64)
    }
}

fn node(node: &Node) -> Row {
    let Some([x, y]) = node.at else {
        return Err(Unread {
            object: node.id.clone(),
            reason: "[COORDINATES] –".to_owned(),
        });
    };
    let class = match node.kind {
        NodeKind::Junction => "junction",
        NodeKind::Reservoir => "reservoir",
        NodeKind::Tank => "tank",
    };
    Ok(Record {
        // A junction and a pipe may have the same number.
        object: format!("{class}/{}", node.id),
        shape: Some(Shape::Point([x, y, f64::NAN])),
        values: vec![
            ("id", Cell::Text(format!("{class}/{}", node.id))),
            ("class", Cell::Text(class.to_owned())),
        ],
    })
}

fn link(link: &Link, nodes: &HashMap<&str, &Node>) -> Row {
    let end = |id: &str| nodes.get(id).and_then(|node| node.at);
    let (Some(from), Some(to)) = (end(&link.from), end(&link.to)) else {
        return Err(Unread {
            object: link.id.clone(),
            reason: format!("{} – {}", link.from, link.to),
        });
    };
    let points: Vec<[f64; 3]> = std::iter::once(from)
        .chain(link.vertices.iter().copied())
        .chain(std::iter::once(to))
        .map(|[x, y]| [x, y, f64::NAN])
        .collect();
    let class = match link.kind {
        LinkKind::Pipe => "pipe".to_owned(),
        LinkKind::Pump => "pump".to_owned(),
        LinkKind::Valve if link.class.is_empty() => "valve".to_owned(),
        LinkKind::Valve => format!("valve {}", link.class),
    };
    let line = Shape::Line(points.clone());
    let shape = match (
        link.kind,
        points.get(points.len() / 2 - 1),
        points.get(points.len() / 2),
    ) {
        // A pump and a valve are things at a place as well.
        (LinkKind::Pump | LinkKind::Valve, Some(a), Some(b)) => Shape::Many(vec![
            line,
            Shape::Point([0.5 * (a[0] + b[0]), 0.5 * (a[1] + b[1]), f64::NAN]),
        ]),
        _ => line,
    };
    let word = class.split(' ').next().unwrap_or_default();
    let mut values = vec![
        ("id", Cell::Text(format!("{word}/{}", link.id))),
        ("class", Cell::Text(class.clone())),
    ];
    if let Some(diameter) = link.diameter_m {
        values.push(("diameter", Cell::Text(format!("{diameter} m"))));
    }
    Ok(Record {
        object: format!("{word}/{}", link.id),
        shape: Some(shape),
        values,
    })
}
