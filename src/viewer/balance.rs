//! The balance as it is told: lines of whole watt-hours, where they come from, and the table that carries them away.

use crate::base::{Clock, Instant, Nature};
use crate::energy::accounts::{closed, over_closed};
use crate::i18n::Texts;
use crate::view::table::{About, Key, Origin, Table, nature_id};

/// The balance of the territory, or of what is selected, over the part of time that is chosen on the ruler, else over the one that the clock is in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountsFacts {
    pub of: Option<crate::view::Selection>,
    pub title: String,
    /// It is that of the area that is drawn, and homes are left out of it for being too few.
    pub of_area: bool,
    pub is_secret: bool,
    /// Where parts begin, and where the last one ends: steps of the series, or where they are too many what `grain` says.
    pub starts: Vec<Instant>,
    pub end: Option<Instant>,
    pub grain: Option<crate::view::timeline::Span>,
    /// Hours of each part that are counted; those of a step where nothing says otherwise.
    pub counted_h: Vec<f64>,
    /// Steps that are counted nowhere, because a line is absent in them.
    pub open: usize,
    /// The highest and the lowest power of all uses inside, kW, and the steps that begin there.
    pub extremes: Option<[(Instant, f64); 2]>,
    /// Sources and uses; what passes the border last.
    pub lines: Vec<AccountLine>,
    /// Series of energy that are not in it: of other steps, or of a side that nothing tells.
    pub omitted: Vec<String>,
    pub is_made_up: bool,
    pub is_waiting: bool,
    /// More steps than are added up.
    pub is_too_long: bool,
}

impl AccountsFacts {
    /// Hours of a part: days and months of a calendar differ.
    pub fn hours(&self, at: usize) -> f64 {
        let lasts = || Some((self.starts.get(at + 1).copied().or(self.end)?.0 - self.starts.get(at)?.0) as f64 / 3600.0);
        self.counted_h.get(at).copied().or_else(lasts).filter(|hours| *hours > 0.0).unwrap_or(1.0)
    }

    /// It is no better known than the weakest of its lines.
    pub fn nature(&self) -> Nature {
        let natures = || self.lines.iter().filter_map(|line| line.nature);
        const FROM_WEAKEST: [Nature; 4] = [Nature::Made, Nature::Simulated, Nature::Statistical, Nature::Declared];
        FROM_WEAKEST.into_iter().find(|nature| natures().any(|of| of == *nature)).unwrap_or(if self.lines.is_empty() { Nature::Simulated } else { Nature::Measured })
    }

    /// Whom its values are owed to, each once.
    pub fn source(&self) -> String {
        let mut sources: Vec<&str> = Vec::new();
        for line in &self.lines {
            if !line.source.is_empty() && !sources.contains(&line.source.as_str()) {
                sources.push(&line.source);
            }
        }
        sources.join(" · ")
    }

    /// Lines of a side.
    pub fn side(&self, is_source: bool) -> impl Iterator<Item = &AccountLine> {
        self.lines.iter().filter(move |line| line.is_source == is_source)
    }

    /// Kilowatt-hours of each line, and the sums of both sides, in each part of time; and the hours that they are of.
    ///
    /// Watt-hours are whole: as decimals of kilowatt-hours they are told to the last of them.
    pub fn table(&self, texts: &Texts) -> Table {
        let kwh = |wh: Option<i64>| wh.map(|wh| wh as f64 / 1000.0);
        let mut columns = vec![("hours".to_owned(), (0..self.starts.len()).map(|at| Some(self.hours(at))).collect())];
        for is_source in [true, false] {
            columns.extend(self.side(is_source).map(|line| (column(line, texts), line.wh.iter().map(|wh| kwh(*wh)).collect())));
            let sum = |at: usize| self.side(is_source).try_fold(0_i64, |sum, line| sum.checked_add(line.wh.get(at).copied().flatten()?));
            columns.push((total(is_source, texts), (0..self.starts.len()).map(|at| kwh(sum(at))).collect()));
        }
        Table::new(Key::Steps(self.starts.clone(), self.end), columns)
    }

    /// What a file says of it: of each line its sum, as the panel has it, its nature and its source.
    pub fn about(&self, territory: &str, clock: Clock, link: &str, texts: &Texts) -> About {
        let (made_up, source, method) = (texts.made_up(self.is_made_up), self.source(), texts.text("accounts-method"));
        let origin = Origin {
            title: &self.title,
            territory,
            unit: "kWh",
            nature: self.nature(),
            made_up: &made_up,
            source: &source,
            licence: "",
            attribution: "",
            date: "",
            method: &method,
            clock,
            link,
        };
        let mut about = origin.about();
        let is_closed = closed(self.lines.iter().map(|line| line.wh.as_slice()));
        let sum = |line: &AccountLine| over_closed(&line.wh, &is_closed);
        let kwh = |wh: i64| if is_closed.contains(&true) { format!("{} kWh", wh as f64 / 1000.0) } else { texts.text("legend-no-data") };
        for is_source in [true, false] {
            for line in self.side(is_source) {
                let parts = [kwh(sum(line)), line.nature.map(nature_id).unwrap_or_default().to_owned(), line.source.clone()];
                about.push((format!("sum of {}", column(line, texts)).into(), parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")));
            }
            let all = self.side(is_source).map(sum).fold(0_i64, i64::saturating_add);
            about.push((format!("sum of {}", total(is_source, texts)).into(), kwh(all)));
        }
        if self.open > 0 {
            about.push(("absent".into(), texts.text_with("accounts-open", &[("count", (self.open as f64).into())])));
        }
        if !self.omitted.is_empty() {
            about.push(("omitted".into(), texts.text_with("accounts-omitted", &[("names", self.omitted.join(", ").into())])));
        }
        about
    }
}

/// A store may give and take under one name: the side stands before it.
fn column(line: &AccountLine, texts: &Texts) -> String {
    format!("{} · {}", side_name(line.is_source, texts), line.name)
}

fn total(is_source: bool, texts: &Texts) -> String {
    format!("{} · {}", side_name(is_source, texts), texts.text("chart-total"))
}

fn side_name(is_source: bool, texts: &Texts) -> String {
    texts.text(if is_source { "accounts-sources" } else { "accounts-uses" })
}

/// One line of a balance: whole watt-hours of each part.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountLine {
    pub name: String,
    /// What its values are, and whom they are owed to; nothing of what is left over.
    pub nature: Option<Nature>,
    pub source: String,
    pub is_source: bool,
    /// It passes the border: what is missing, or what is left.
    pub is_border: bool,
    pub wh: Vec<Option<i64>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Language;

    fn told() -> AccountsFacts {
        let line = |name: &str, is_source: bool, of: [Option<i64>; 3]| AccountLine { name: name.to_owned(), nature: Some(Nature::Measured), source: "RTE, 2026".to_owned(), is_source, is_border: false, wh: of.to_vec() };
        let border = |name: &str, is_source: bool, of: [Option<i64>; 3]| AccountLine { nature: None, source: String::new(), is_border: true, ..line(name, is_source, of) };
        AccountsFacts {
            title: "Bilan".to_owned(),
            starts: [0, 3600, 7200].map(|s| Instant(1_767_225_600 + s)).to_vec(),
            end: Some(Instant(1_767_225_600 + 10_800)),
            open: 1,
            omitted: vec!["Gaz".to_owned()],
            lines: vec![
                line("Batterie", false, [Some(1), Some(2_000_001), Some(9)]),
                AccountLine { nature: Some(Nature::Statistical), ..line("Batterie", true, [Some(1_234_567), None, Some(10)]) },
                border("Importé", true, [Some(0), None, Some(0)]),
                border("Exporté", false, [Some(1_234_566), None, Some(1)]),
            ],
            ..AccountsFacts::default()
        }
    }

    #[test]
    fn the_file_of_a_balance_comes_to_what_the_panel_says() {
        let (told, texts) = (told(), Texts::new(Language::Fr));
        let csv = told.table(&texts).csv(&told.about("nantes", Clock::Paris, "#v=1", &texts), Clock::Paris);
        let is_closed = closed(told.lines.iter().map(|line| line.wh.as_slice()));
        let rows: Vec<Vec<&str>> = csv.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(',').collect()).collect();
        let (names, rows) = rows.split_first().unwrap();
        assert_eq!(names, &["utc", "local", "hours", "Sources · Batterie", "Sources · Importé", "Sources · Somme", "Usages · Batterie", "Usages · Exporté", "Usages · Somme"]);
        // To the last watt-hour, over the rows in which nothing is absent.
        let wh = |text: &str| -> i64 { (text.parse::<f64>().unwrap() * 1000.0).round() as i64 };
        let sum = |name: &str| -> i64 {
            let at = names.iter().position(|known| *known == name).unwrap();
            rows.iter().filter(|row| !row.contains(&"")).map(|row| wh(row[at])).sum()
        };
        let said = |name: &str| csv.lines().find_map(|line| line.strip_prefix(&format!("# sum of {name}: "))).unwrap().split(" kWh").next().unwrap();
        for line in &told.lines {
            let name = column(line, &texts);
            assert_eq!((sum(&name), wh(said(&name))), (over_closed(&line.wh, &is_closed), over_closed(&line.wh, &is_closed)), "{name}");
        }
        assert_eq!((sum("Sources · Somme"), wh(said("Usages · Somme"))), (1_234_577, 1_234_577));
        assert_eq!((said("Sources · Batterie"), rows[1][5], rows[0][2]), ("1234.577", "", "1"));
        for line in ["# unit: kWh", "# nature: statistical", "# source: RTE, 2026", "# sum of Usages · Batterie: 0.01 kWh; measured; RTE, 2026", "# timezone: Europe/Paris", "# period: 2026-01-01T00:00:00Z/2026-01-01T03:00:00Z"] {
            assert!(csv.lines().any(|said| said == line), "{line}\n{csv}");
        }
        assert!(csv.contains("Gaz") && csv.contains("# absent: 1 "), "{csv}");
    }
}
