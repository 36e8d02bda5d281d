//! The flow diagram as it is told: nodes and flows, whom they are owed to, and the table that carries them away.

use crate::base::{Clock, Dataset, DatasetId, Instant, Nature};
use crate::i18n::Texts;
use crate::view::sankey::{Diagram, Flow};
use crate::view::table::{About, Key, Origin, Table, date};
use crate::view::{FlowSpan, ViewState, to_link};

/// What a flow diagram is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlowScope {
    #[default]
    Territory,
    Area,
    Building,
    /// The area that somebody drew.
    Drawn,
}

impl FlowScope {
    /// Its i18n key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Territory => "flows-territory",
            Self::Area => "flows-area",
            Self::Building => "flows-building",
            Self::Drawn => "flows-drawn",
        }
    }
}

/// What an end of a flow is; its colour follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlowKind {
    Sun,
    Wind,
    /// Made in a way that is not said.
    Made,
    Storage,
    Network,
    #[default]
    Area,
    Use,
    Losses,
    Curtailed,
}

impl FlowKind {
    /// As the page hears it.
    pub fn id(self) -> &'static str {
        match self {
            Self::Sun => "sun",
            Self::Wind => "wind",
            Self::Made => "made",
            Self::Storage => "storage",
            Self::Network => "network",
            Self::Area => "area",
            Self::Use => "use",
            Self::Losses => "losses",
            Self::Curtailed => "curtailed",
        }
    }

    /// sRGB, told apart by the common colour-blindnesses (Okabe and Ito 2008); every node is named beside it.
    pub fn colour(self) -> [u8; 3] {
        match self {
            Self::Sun => [230, 159, 0],
            Self::Wind => [86, 180, 233],
            Self::Made => [204, 121, 167],
            Self::Storage => [0, 158, 115],
            Self::Network => [120, 124, 130],
            Self::Area => [70, 74, 80],
            Self::Use => [0, 114, 178],
            Self::Losses => [160, 148, 130],
            Self::Curtailed => [213, 94, 0],
        }
    }
}

/// An end of a flow.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowNode {
    /// In the language of the state.
    pub name: String,
    pub kind: FlowKind,
    /// 0 sources, 1 what mixes, 2 uses.
    pub column: usize,
    /// kW, or kWh where the diagram is of a day or a year.
    pub kw: f64,
}

/// A flow diagram at the instant, or over the day or year around it.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowFacts {
    pub of: FlowScope,
    pub over: FlowSpan,
    /// From when to when it is summed; nothing where it is of the instant.
    pub period: Option<(Instant, Instant)>,
    /// Steps that were summed, of how many; in the others a part is not known.
    pub known: usize,
    pub steps: usize,
    pub nodes: Vec<FlowNode>,
    /// kW or kWh, from node to node.
    pub flows: Vec<Flow>,
    pub diagram: Diagram,
    /// What has no value, by name.
    pub absent: Vec<String>,
    pub is_waiting: bool,
    /// Whether there are roofs that may be taken to be equipped.
    pub can_equip: bool,
    pub datasets: Vec<DatasetId>,
}

impl FlowFacts {
    /// Whom its values are owed to; empty where nobody says.
    pub fn source(&self, datasets: &[Dataset], texts: &Texts) -> String {
        self.of_them(datasets).map(|dataset| texts.source(dataset)).collect::<Vec<_>>().join(" · ")
    }

    /// Whether something that nobody surveyed is a part of it.
    pub fn is_made_up(&self, datasets: &[Dataset]) -> bool {
        self.of_them(datasets).any(|dataset| dataset.nature == Nature::Made)
    }

    fn of_them<'a>(&self, datasets: &'a [Dataset]) -> impl Iterator<Item = &'a Dataset> {
        self.datasets.iter().filter_map(move |id| datasets.iter().find(|dataset| dataset.id == *id))
    }

    pub fn unit(&self) -> &'static str {
        if self.over == FlowSpan::Hour { "kW" } else { "kWh" }
    }

    /// What has no value in it, in a sentence; empty where all have one.
    pub fn omitted(&self, texts: &Texts) -> String {
        let key = if self.over == FlowSpan::Hour { "flows-absent" } else { "flows-absent-over" };
        if self.absent.is_empty() { String::new() } else { texts.text_with(key, &[("names", self.absent.join(", ").into())]) }
    }

    /// In how many steps all of it is known, in a sentence; empty where it is in all of them.
    pub fn gaps(&self, texts: &Texts) -> String {
        let values = [("known", (self.known as f64).into()), ("steps", (self.steps as f64).into())];
        if self.known < self.steps && !self.is_waiting { texts.text_with("flows-known", &values) } else { String::new() }
    }

    /// What it takes for granted, in a sentence; empty where that is nothing.
    pub fn assumption(&self, equipped_percent: u8, texts: &Texts) -> String {
        if self.can_equip && equipped_percent > 0 { texts.text_with("flows-assumed", &[("percent", f64::from(equipped_percent).into())]) } else { String::new() }
    }

    /// A row for each flow, in the order of the diagram's own table; energies are told to the last watt-hour.
    pub fn table(&self) -> Table {
        let name = |node: usize| self.nodes.get(node).map_or(String::new(), |node| node.name.clone());
        let pairs = self.flows.iter().map(|flow| [name(flow.from), name(flow.to)]).collect();
        Table::new(Key::Pairs(pairs), vec![(String::new(), self.flows.iter().map(|flow| Some(flow.value)).collect())])
    }

    /// What a file says of it; `source` and `made_up` as [`Self::source`] and [`Texts::made_up`] have them.
    pub fn about(&self, made_up: &str, source: &str, state: &ViewState, clock: Clock, texts: &Texts) -> About {
        let origin = Origin {
            title: &format!("{} · {}", texts.text("flows-title"), texts.text(self.of.key())),
            territory: &state.territory,
            unit: self.unit(),
            nature: Nature::Simulated,
            made_up,
            source,
            licence: "",
            attribution: "",
            date: "",
            method: &texts.text("flows-method"),
            clock,
            link: &format!("#{}", to_link(state)),
        };
        let mut about = origin.about();
        if let Some(of) = state.selection.as_ref().filter(|_| matches!(self.of, FlowScope::Area | FlowScope::Building)) {
            about.push(("selection".into(), format!("{}/{}", of.layer, of.id)));
        }
        match self.period {
            Some((from, to)) => {
                let local = date(from, clock);
                about.push(if self.over == FlowSpan::Year { ("year".into(), local.chars().take(4).collect()) } else { ("day".into(), local) });
                about.push(("period".into(), format!("{from}/{to}")));
            }
            None => about.push(("instant".into(), state.instant.to_string())),
        }
        let waits = if self.is_waiting { texts.text("legend-waiting") } else { String::new() };
        let said = [("assumption", self.assumption(state.flows.equipped_percent, texts)), ("absent", self.gaps(texts)), ("omitted", self.omitted(texts)), ("incomplete", waits)];
        about.extend(said.into_iter().filter(|(_, sentence)| !sentence.is_empty()).map(|(key, sentence)| (key.into(), sentence)));
        about
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Language;
    use crate::view::{Camera, Form, Limits, opening};
    use crate::viewer::{curves::carried::written, flows::FRAME};

    fn told() -> FlowFacts {
        let node = |name: &str, kind, column, kw| FlowNode { name: name.to_owned(), kind, column, kw };
        let flows = vec![Flow { from: 0, to: 2, value: 1234.567 }, Flow { from: 1, to: 2, value: 0.001 }, Flow { from: 2, to: 3, value: 1234.568 }];
        FlowFacts {
            of: FlowScope::Territory,
            over: FlowSpan::Day,
            period: Some((Instant(1_774_738_800), Instant(1_774_821_600))),
            known: 22,
            steps: 23,
            nodes: vec![node("Toits équipés (hypothèse)", FlowKind::Sun, 0, 1234.567), node("=Soutirage, du réseau", FlowKind::Network, 0, 0.001), node("Territoire", FlowKind::Area, 1, 1234.568), node("Logements", FlowKind::Use, 2, 1234.568)],
            diagram: crate::view::sankey::layout(&[0, 0, 1, 2], &flows, &FRAME),
            flows,
            absent: vec!["Batterie".to_owned()],
            is_waiting: false,
            can_equip: true,
            datasets: Vec::new(),
        }
    }

    fn state() -> ViewState {
        let instants = [Instant(1_767_222_000), Instant(1_798_758_000)];
        let home = Camera { target: [-1.55, 47.21, 0.0], distance_m: 1000.0, heading_deg: 0.0, pitch_deg: -30.0 };
        let limits = Limits { home, bounds_lonlat: [-1.6, 47.1, -1.5, 47.3], distance_m: [20.0, 20_000.0], instants, years: [2026, 2026], clock: Clock::Paris, series: Vec::new() };
        let mut state = opening("essai", Instant(1_774_774_800), &limits);
        state.flows.equipped_percent = 30;
        state
    }

    #[test]
    fn the_file_of_a_diagram_says_what_it_is_of_and_what_it_takes_for_granted() {
        let (told, texts) = (told(), Texts::new(Language::Fr));
        let about = told.about("généré, non réel", "Enedis, 2025", &state(), Clock::Paris, &texts);
        let of = |key: &str| about.iter().find(|(known, _)| *known == key).map_or("", |(_, value)| value.as_str());
        assert_eq!([of("title"), of("territory"), of("unit"), of("nature"), of("notice"), of("source")], ["Flux d’énergie · Territoire", "essai", "kWh", "simulated", "généré, non réel", "Enedis, 2025"]);
        // The day that loses an hour.
        assert_eq!([of("day"), of("period"), of("year"), of("instant")], ["2026-03-29", "2026-03-28T23:00:00Z/2026-03-29T22:00:00Z", "", ""]);
        assert!(of("absent").contains("22 pas de temps sur 23") && of("omitted").contains("Batterie") && of("assumption").contains("30"), "{about:?}");
        assert!(of("link").starts_with('#') && of("incomplete").is_empty());
        let year = FlowFacts { over: FlowSpan::Year, known: 23, absent: Vec::new(), ..told.clone() }.about("", "", &ViewState { flows: Default::default(), ..state() }, Clock::Paris, &texts);
        assert!(year.contains(&("year".into(), "2026".to_owned())) && !year.iter().any(|(key, _)| ["absent", "omitted", "assumption", "notice", "source"].contains(&&**key)), "{year:?}");
        let hour = FlowFacts { over: FlowSpan::Hour, period: None, is_waiting: true, ..told }.about("", "", &state(), Clock::Paris, &texts);
        assert!(hour.contains(&("unit".into(), "kW".to_owned())) && hour.contains(&("instant".into(), state().instant.to_string())) && hour.iter().any(|(key, _)| key == "incomplete"), "{hour:?}");
    }

    #[test]
    fn the_file_of_a_diagram_is_its_table_to_the_last_watt_hour() {
        let (told, texts) = (told(), Texts::new(Language::Fr));
        let (table, about) = (told.table(), told.about("", "", &state(), Clock::Paris, &texts));
        let csv = String::from_utf8(written(Form::Csv, &about, &table, Clock::Paris).unwrap()).unwrap();
        let rows: Vec<&str> = csv.lines().filter(|line| !line.starts_with(['#', '\u{feff}'])).collect();
        assert_eq!(rows, ["from,to,value", "Toits équipés (hypothèse),Territoire,1234.567", "\"'=Soutirage, du réseau\",Territoire,0.001", "Territoire,Logements,1234.568"]);
        assert_eq!(table.rows(), 3);
    }
}
