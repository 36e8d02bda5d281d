//! EPANET networks (`.inp`): what is connected to what and where it lies on the plan.
//!
//! Written after the EPANET 2.2 manual's chapter on the input file. Sections come in any order, a `;` begins a comment, words are separated
//! by white space. Lengths and diameters are in feet and inches or metres and millimetres, as the flow unit of `[OPTIONS]` tells.

use super::Fault;
use std::collections::BTreeMap;
use std::io::BufRead;

/// Elements of one network: the largest published ones have some hundred thousand.
const MAX_ELEMENTS: usize = 5_000_000;
/// Bytes of one line; the format itself allows 1,024 letters.
const MAX_LINE: u64 = 64 << 10;
/// Faults that are named one by one.
const MAX_FAULTS: usize = 10_000;

const FOOT_M: f64 = 0.3048;
const INCH_M: f64 = 0.0254;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeKind {
    Junction,
    Reservoir,
    Tank,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LinkKind {
    Pipe,
    Pump,
    Valve,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub id: String,
    pub kind: NodeKind,
    /// Metres; of a reservoir the head of its water.
    pub elevation_m: Option<f64>,
    /// On the plan, in whatever the plan is drawn.
    pub at: Option<[f64; 2]>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    pub id: String,
    pub kind: LinkKind,
    pub from: String,
    pub to: String,
    pub length_m: Option<f64>,
    pub diameter_m: Option<f64>,
    /// `PRV`, `TCV` …: of a valve.
    pub class: String,
    pub vertices: Vec<[f64; 2]>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    pub title: String,
    /// `GPM`, `CMH` …, in capitals; EPANET's own default is GPM.
    pub flow_unit: String,
    /// `H-W`, `D-W` or `C-M`.
    pub head_loss: String,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
    /// Lines of each section, in capitals, comments and blank lines not counted.
    pub lines: BTreeMap<String, usize>,
    /// What could not be read: code, element and value.
    pub faults: Vec<Fault>,
}

/// True for a text that begins, after comments, with a section of EPANET's.
pub fn recognises(head: &[u8]) -> bool {
    const FIRST: [&str; 8] = [
        "[TITLE]",
        "[JUNCTIONS]",
        "[RESERVOIRS]",
        "[TANKS]",
        "[PIPES]",
        "[OPTIONS]",
        "[COORDINATES]",
        "[TIMES]",
    ];
    let text = String::from_utf8_lossy(head.get(..head.len().min(4096)).unwrap_or_default())
        .to_uppercase();
    text.trim_start_matches('\u{FEFF}')
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with(';'))
        .is_some_and(|line| FIRST.iter().any(|section| line.starts_with(section)))
        // SWMM's files look alike: they have subcatchments, conduits and a flow routing.
        && !["[RAINGAGES]", "[SUBCATCHMENTS]", "[CONDUITS]", "FLOW_ROUTING"].iter().any(|word| text.contains(word))
}

/// # Errors
/// When the bytes cannot be read, or there is more than fits.
pub fn read(mut source: impl BufRead) -> Result<Network, Fault> {
    let mut network = Network {
        flow_unit: "GPM".to_owned(),
        head_loss: "H-W".to_owned(),
        ..Network::default()
    };
    let mut section = String::new();
    let mut places: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    let mut vertices: BTreeMap<String, Vec<[f64; 2]>> = BTreeMap::new();
    let (mut line, mut number, mut points) = (Vec::new(), 0_usize, 0_usize);
    loop {
        line.clear();
        let read = std::io::Read::take(&mut source, MAX_LINE)
            .read_until(b'\n', &mut line)
            .map_err(|error| Fault::new("epanet-read", "", error))?;
        if read == 0 {
            break;
        }
        number += 1;
        // Names may be in any code page; only ASCII matters to us.
        let text = String::from_utf8_lossy(&line);
        let text = text
            .trim_start_matches('\u{FEFF}')
            .split(';')
            .next()
            .unwrap_or_default()
            .trim();
        if text.is_empty() {
            continue;
        }
        if let Some(name) = text.strip_prefix('[') {
            section = name.trim_end_matches(']').trim().to_uppercase();
            if section == "END" {
                break;
            }
            continue;
        }
        *network.lines.entry(section.clone()).or_insert(0) += 1;
        let words: Vec<&str> = text.split_whitespace().collect();
        let word = |index: usize| words.get(index).copied().unwrap_or_default();
        let value = |index: usize| {
            word(index)
                .parse::<f64>()
                .ok()
                .filter(|value| value.is_finite())
        };
        if network.nodes.len() + network.links.len() + points > MAX_ELEMENTS {
            return Err(Fault::new(
                "epanet-limit",
                format!("#{number}"),
                MAX_ELEMENTS,
            ));
        }
        let place = || value(1).zip(value(2)).map(|(x, y)| [x, y]);
        let broken = |network: &mut Network| {
            if network.faults.len() < MAX_FAULTS {
                network.faults.push(Fault::new(
                    "epanet-line",
                    format!("[{section}] #{number}"),
                    text,
                ));
            }
        };
        match section.as_str() {
            "TITLE" if network.title.len() < 400 => {
                if !network.title.is_empty() {
                    network.title.push(' ');
                }
                network.title.push_str(text);
            }
            "OPTIONS" => match word(0).to_uppercase().as_str() {
                "UNITS" => network.flow_unit = word(1).to_uppercase(),
                "HEADLOSS" => network.head_loss = word(1).to_uppercase(),
                _ => {}
            },
            "JUNCTIONS" | "RESERVOIRS" | "TANKS" => {
                let kind = match section.as_str() {
                    "JUNCTIONS" => NodeKind::Junction,
                    "RESERVOIRS" => NodeKind::Reservoir,
                    _ => NodeKind::Tank,
                };
                network.nodes.push(Node {
                    id: word(0).to_owned(),
                    kind,
                    elevation_m: value(1),
                    at: None,
                });
            }
            "PIPES" | "PUMPS" | "VALVES" => {
                if words.len() < 3 {
                    broken(&mut network);
                    continue;
                }
                let (kind, length_m, diameter_m, class) = match section.as_str() {
                    "PIPES" => (LinkKind::Pipe, value(3), value(4), String::new()),
                    "PUMPS" => (LinkKind::Pump, None, None, String::new()),
                    _ => (LinkKind::Valve, None, value(3), word(4).to_uppercase()),
                };
                network.links.push(Link {
                    id: word(0).to_owned(),
                    kind,
                    from: word(1).to_owned(),
                    to: word(2).to_owned(),
                    length_m,
                    diameter_m,
                    class,
                    vertices: Vec::new(),
                });
            }
            "COORDINATES" => match place() {
                Some(at) => {
                    points += 1;
                    places.insert(word(0).to_owned(), at);
                }
                None => broken(&mut network),
            },
            "VERTICES" => match place() {
                Some(at) => {
                    points += 1;
                    vertices.entry(word(0).to_owned()).or_default().push(at);
                }
                None => broken(&mut network),
            },
            _ => {}
        }
    }
    let american = matches!(
        network.flow_unit.as_str(),
        "CFS" | "GPM" | "MGD" | "IMGD" | "AFD"
    );
    let (metre, small) = if american {
        (FOOT_M, INCH_M)
    } else {
        (1.0, 0.001)
    };
    for node in &mut network.nodes {
        node.elevation_m = node.elevation_m.map(|value| value * metre);
        node.at = places.get(&node.id).copied();
    }
    for link in &mut network.links {
        link.length_m = link.length_m.map(|value| value * metre);
        link.diameter_m = link.diameter_m.map(|value| value * small);
        link.vertices = vertices.remove(&link.id).unwrap_or_default();
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "; made by hand\n[PIPES]\n P1 J1 R1 100 12 100 0 Open ; in feet\n V\n[TITLE]\nTwo nodes\n\n[JUNCTIONS]\nJ1 10\n[RESERVOIRS]\n R1 50\n[COORDINATES]\nJ1 0 0\nR1 1 x\n[VERTICES]\nP1 0.5 0.25\n[END]\nnothing here\n";

    #[test]
    fn sections_in_any_order_and_american_units() {
        let network = read(SMALL.as_bytes()).unwrap();
        assert_eq!(network.title, "Two nodes");
        assert_eq!(network.nodes.len(), 2);
        let pipe = &network.links[0];
        assert!((pipe.length_m.unwrap() - 30.48).abs() < 1e-9);
        assert!((pipe.diameter_m.unwrap() - 0.3048).abs() < 1e-9);
        assert_eq!(pipe.vertices, [[0.5, 0.25]]);
        assert_eq!(network.nodes[0].at, Some([0.0, 0.0]));
        assert_eq!(network.nodes[1].at, None);
        // The pipe of one word, and the place that is none.
        assert_eq!(network.faults.len(), 2);
    }

    #[test]
    fn what_is_no_network_is_not_taken_for_one() {
        assert!(recognises(SMALL.as_bytes()));
        assert!(recognises(b"[title]\nx\n"));
        assert!(!recognises(b"[TITLE]\n\n[RAINGAGES]\n"));
        assert!(!recognises(b"[settings]\na = 1\n"));
        assert!(!recognises(b"id;name\n"));
    }
}
