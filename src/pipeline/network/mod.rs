//! Files of electrical networks → [`Network`], with everything doubtful told; and flows back to JSON.
//!
//! The formats say what a file states, [`crate::energy::grid`] what a network does; here one becomes the other.
//!
//! | module | maps |
//! |---|---|
//! | [`pandapower`] | its tables, transformers as T as `runpp` does |
//! | [`powergrid`] | power-grid-model's components, in SI units |
//! | [`matpower`] | matrices per unit |
//! | [`roseau`] | three-phase elements to their positive sequence |
//! | [`answer`] | flows, series and capacities in the fields of the command line |
//! | [`study`] | feeders, outages, reinforcements and lines' years in the same fields |
//! | [`year`] | a computed year as a Zarr group |
//! | [`park`], [`dispatch`] | a wind park in its wakes, a battery's steps, and both as series of a territory |
//! | [`reach`] | where a plant could be connected |
//! | [`territory`] | the network of a territory through its year, kept beside its tiles |
//! | [`onto`] | a network of a file on the features of a territory that are drawn of it |
//! | [`year_check`] | some steps of a year solved again by themselves |
//! | [`messages`] | the sentences of this room's findings |

pub mod answer;
pub mod dispatch;
pub mod matpower;
pub mod messages;
pub mod onto;
pub mod pandapower;
pub mod pandapower_transformers;
pub mod park;
pub mod powergrid;
pub mod profiles;
pub mod reach;
pub mod roseau;
pub mod study;
pub mod territory;
pub mod year;
pub mod year_check;

use crate::base::{Finding, Report, Severity};
use crate::energy::grid::{
    Branch, BranchKind, Bus, Coupling, FlowOptions, Generator, Load, LoadKind, Network, Rating,
    Shunt, Source, TwoPort, Zip, check, flow,
};
use crate::formats::Fault;
use crate::formats::grid::{Document, Kind, read};
use std::collections::HashMap;

/// A network as read from a file.
#[derive(Clone, Debug)]
pub struct Opened {
    pub network: Network,
    pub kind: Kind,
    /// What the file and the network's own structure gave rise to.
    pub report: Report,
}

/// Reads a file of any known kind and checks the network.
///
/// # Errors
/// A [`Fault`] when the bytes hold no network.
pub fn open(bytes: &[u8], file: &str) -> Result<Opened, Fault> {
    let document = read(bytes)?;
    let kind = document.kind();
    let mut builder = Builder::new(file);
    match &document {
        Document::Pandapower(document) => pandapower::map(document, &mut builder),
        Document::PowerGrid(document) => powergrid::map(document, &mut builder)?,
        Document::Matpower(document) => matpower::map(document, &mut builder),
        Document::Roseau(document) => roseau::map(document, &mut builder),
    }
    let Builder {
        network,
        mut report,
        ..
    } = builder;
    for finding in check::network(&network, file) {
        report.push(finding);
    }
    let placed = network
        .buses
        .iter()
        .filter(|bus| bus.place.is_some())
        .count();
    let named = network.buses.iter().filter(|bus| !bus.internal).count();
    if placed < named {
        report.push(
            Finding::new("grid-place-missing", Severity::Info, file)
                .value(format!("{} / {named}", named - placed)),
        );
    }
    Ok(Opened {
        network,
        kind,
        report,
    })
}

/// All findings on the bytes of a network, whether it can be solved among them; `None` when they are no network at all.
pub fn findings(bytes: &[u8], file: &str) -> Option<Report> {
    match open(bytes, file) {
        Ok(mut opened) => {
            if let Err(fault) = flow(&opened.network, &FlowOptions::default()) {
                opened.report.push(check::fault(&fault, file));
            }
            Some(opened.report)
        }
        Err(fault) if fault.code == "network-unknown" => None,
        Err(fault) => {
            let mut report = Report::default();
            report.push(fault.finding(file));
            Some(report)
        }
    }
}

/// A network while it is put together.
pub struct Builder {
    pub network: Network,
    pub report: Report,
    pub file: String,
    buses: HashMap<String, usize>,
}

impl Builder {
    fn new(file: &str) -> Self {
        Self {
            network: Network {
                base_mva: 1.0,
                ..Network::default()
            },
            report: Report::default(),
            file: file.to_owned(),
            buses: HashMap::new(),
        }
    }

    pub fn tell(
        &mut self,
        code: &'static str,
        severity: Severity,
        object: impl Into<String>,
        value: impl std::fmt::Display,
    ) {
        let finding = Finding::new(code, severity, self.file.clone());
        self.report.push(finding.object(object).value(value));
    }

    /// A bus; of two with one name the first is kept, and the second is told by the check.
    pub fn bus(&mut self, bus: Bus) -> usize {
        let index = self.network.buses.len();
        self.buses.entry(bus.id.clone()).or_insert(index);
        self.network.buses.push(bus);
        index
    }

    /// The bus of a name, if there is one.
    pub fn known(&self, name: &str) -> Option<usize> {
        self.buses.get(name).copied()
    }

    /// The bus that an element names, or a finding.
    pub fn find(&mut self, name: &str, element: &str) -> Option<usize> {
        let found = self.known(name);
        if found.is_none() {
            self.tell("grid-bus-unknown", Severity::Error, element, name);
        }
        found
    }

    pub fn kv(&self, bus: usize) -> f64 {
        self.network
            .buses
            .get(bus)
            .map_or(1.0, |bus| bus.nominal_kv)
    }

    /// A branch between two buses, closed as `closed` says; without a two-port it is an ideal coupling.
    pub fn branch(
        &mut self,
        id: impl Into<String>,
        kind: BranchKind,
        (from, to): (usize, usize),
        closed: (bool, bool),
        two_port: Option<TwoPort>,
        rating: Rating,
    ) {
        self.network.branches.push(Branch {
            id: id.into(),
            kind,
            from,
            to,
            from_closed: closed.0,
            to_closed: closed.1,
            coupling: two_port.map_or(Coupling::Ideal, Coupling::TwoPort),
            rating,
        });
    }

    pub fn load(
        &mut self,
        id: impl Into<String>,
        kind: LoadKind,
        bus: usize,
        (p_mw, q_mvar): (f64, f64),
        zip: Zip,
        in_service: bool,
    ) {
        self.network.loads.push(Load {
            id: id.into(),
            kind,
            bus,
            p_mw,
            q_mvar,
            zip,
            in_service,
        });
    }

    pub fn generator(&mut self, id: impl Into<String>, bus: usize, p_mw: f64, vm_pu: f64) {
        self.network.generators.push(Generator {
            id: id.into(),
            bus,
            p_mw,
            vm_pu,
            in_service: true,
        });
    }

    pub fn source(&mut self, id: impl Into<String>, bus: usize, vm_pu: f64, va_deg: f64) {
        self.network.sources.push(Source {
            id: id.into(),
            bus,
            vm_pu,
            va_deg,
            in_service: true,
        });
    }

    /// Power at nominal voltage, MW and Mvar as consumed.
    pub fn shunt(&mut self, id: impl Into<String>, bus: usize, p_mw: f64, q_mvar: f64) {
        let base = self.network.base_mva;
        self.network.shunts.push(Shunt {
            id: id.into(),
            bus,
            g_pu: p_mw / base,
            b_pu: -q_mvar / base,
            in_service: true,
        });
    }
}

/// Current limits of both ends from one rated power, kA; parallel units and a derating are in `factor`.
pub fn rated_currents(sn_mva: f64, from_kv: f64, to_kv: f64, factor: f64) -> Rating {
    let ka = |kv: f64| sn_mva * factor / (3.0_f64.sqrt() * kv);
    Rating::Current {
        from_ka: ka(from_kv),
        to_ka: ka(to_kv),
    }
}
