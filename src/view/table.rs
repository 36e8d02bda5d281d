//! Tables that a person carries away: values with where they come from, as CSV here, as Parquet where there is a writer for it.

use super::curve::{Calendar, Point};
use crate::base::{Clock, Instant, Nature};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt::Write;

/// Values of the charts that can be carried away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Values {
    /// The curves of the part of time that is drawn.
    Curves,
    /// All values by their height: the load-duration curve.
    Duration,
    /// The year as days and hours.
    Calendar,
    /// Sources and uses.
    Balance,
    /// The flow diagram.
    Flows,
}

impl Values {
    pub const ALL: [Self; 5] = [Self::Curves, Self::Duration, Self::Calendar, Self::Balance, Self::Flows];

    /// What a file of it is called, after whose it is; the curves are called by that alone.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Curves => "",
            Self::Duration => "-monotone",
            Self::Calendar => "-calendrier",
            Self::Balance => "-bilan",
            Self::Flows => "-flux",
        }
    }
}

/// What a table is written as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    #[default]
    Csv,
    Parquet,
}

impl Form {
    pub const ALL: [Self; 2] = [Self::Csv, Self::Parquet];

    /// What names of files end in.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv;charset=utf-8",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
}

/// What is said of a table, in the words of files, whatever language is spoken: keys and values, in their order.
pub type About = Vec<(Cow<'static, str>, String)>;

/// Whom values are owed to and what they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin<'a> {
    pub title: &'a str,
    pub territory: &'a str,
    pub unit: &'a str,
    pub nature: Nature,
    /// That it is of something made up; empty otherwise.
    pub made_up: &'a str,
    /// Title, producer, date and licence.
    pub source: &'a str,
    /// Of the data set, where it is one.
    pub licence: &'a str,
    pub attribution: &'a str,
    pub date: &'a str,
    pub method: &'a str,
    pub clock: Clock,
    /// The view that it was taken from.
    pub link: &'a str,
}

impl Origin<'_> {
    /// What is empty is not said.
    pub fn about(&self) -> About {
        let clock = self.clock.name();
        let said = [
            ("title", self.title),
            ("territory", self.territory),
            ("unit", self.unit),
            ("nature", nature_id(self.nature)),
            ("notice", self.made_up),
            ("source", self.source),
            ("licence", self.licence),
            ("attribution", self.attribution),
            ("date", self.date),
            ("method", self.method),
            ("timezone", &clock),
            ("link", self.link),
        ];
        said.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (Cow::Borrowed(key), value.to_owned())).collect()
    }
}

/// As files write it.
pub fn nature_id(nature: Nature) -> &'static str {
    match nature {
        Nature::Measured => "measured",
        Nature::Statistical => "statistical",
        Nature::Simulated => "simulated",
        Nature::Declared => "declared",
        Nature::Made => "made",
    }
}

/// What the rows of a table are of.
#[derive(Clone, Debug, PartialEq)]
pub enum Key {
    /// Steps or parts of time, by where they begin, and where the last one ends.
    Steps(Vec<Instant>, Option<Instant>),
    /// Local days, by their midnights.
    Days(Vec<Instant>),
    /// Values by their height, the highest first.
    Ranks,
    /// What goes from one named end to another.
    Pairs(Vec<[String; 2]>),
}

/// Columns of reals, `None` where there is no value, all as long as the key.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub key: Key,
    pub columns: Vec<(String, Vec<Option<f64>>)>,
}

impl Table {
    /// Names of columns are told apart where two are alike; one without a name is the sum, or the only one.
    pub fn new(key: Key, columns: Vec<(String, Vec<Option<f64>>)>) -> Self {
        let several = columns.len() > 1;
        let mut table = Self { key, columns: Vec::with_capacity(columns.len()) };
        for (name, values) in columns {
            let plain = if name.is_empty() { if several { "total".to_owned() } else { "value".to_owned() } } else { name };
            let mut unique = plain.clone();
            let mut number = 2;
            while ["utc", "local", "day", "rank", "from", "to"].contains(&unique.as_str()) || table.columns.iter().any(|(known, _)| *known == unique) {
                unique = format!("{plain} ({number})");
                number += 1;
            }
            let values = values.into_iter().map(|value| value.filter(|value| value.is_finite())).collect();
            table.columns.push((unique, values));
        }
        table
    }

    /// Curves of the same steps, the last of which ends at `end`.
    pub fn of_curves(curves: &[(String, Vec<Point>)], end: Instant) -> Self {
        let longest = curves.iter().map(|(_, points)| points).max_by_key(|points| points.len());
        let starts: Vec<Instant> = longest.into_iter().flatten().map(|point| point.at).collect();
        let column = |(name, points): &(String, Vec<Point>)| (name.clone(), (0..starts.len()).map(|step| points.get(step)?.value).collect());
        let columns = curves.iter().map(column).collect();
        Self::new(Key::Steps(starts, Some(end)), columns)
    }

    /// Values from the highest to the lowest, each with the share of the steps in which at least so much is there, percent.
    pub fn of_duration(sorted: &[f64]) -> Self {
        let share = |rank: usize| Some(100.0 * (rank + 1) as f64 / sorted.len() as f64);
        let columns = vec![("share_percent".to_owned(), (0..sorted.len()).map(share).collect()), ("value".to_owned(), sorted.iter().copied().map(Some).collect())];
        Self::new(Key::Ranks, columns)
    }

    /// A row for each local day, a column for each of its hours on the clock.
    pub fn of_calendar(sheet: &Calendar) -> Self {
        let column = |hour: usize| (format!("h{hour:02}"), sheet.hours.iter().map(|hours| *hours.get(hour)?).collect());
        Self::new(Key::Days(sheet.days.clone()), (0..24).map(column).collect())
    }

    pub fn rows(&self) -> usize {
        let longest = || self.columns.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
        match &self.key {
            Key::Steps(starts, _) => starts.len(),
            Key::Days(days) => days.len(),
            Key::Ranks => longest(),
            Key::Pairs(pairs) => pairs.len(),
        }
    }

    /// Where it comes from, as lines that begin with `#`; then the columns. Absent values are empty cells.
    pub fn csv(&self, about: &[(Cow<'static, str>, String)], clock: Clock) -> String {
        let mut text = String::new();
        for (name, value) in about {
            // One line each, whatever a title holds. Writing to a String cannot fail.
            let _ = writeln!(text, "# {}: {}", name.replace(['\r', '\n'], " "), value.replace(['\r', '\n'], " "));
        }
        if let Key::Steps(starts, Some(end)) = &self.key
            && let Some(start) = starts.first()
        {
            let _ = writeln!(text, "# period: {start}/{end}");
        }
        text.push_str(match self.key {
            Key::Steps(..) => "utc,local",
            Key::Days(_) => "day",
            Key::Ranks => "rank",
            Key::Pairs(_) => "from,to",
        });
        for (name, _) in &self.columns {
            text.push(',');
            text.push_str(&cell(name));
        }
        text.push('\n');
        for row in 0..self.rows() {
            let _ = match &self.key {
                Key::Steps(starts, _) => starts.get(row).map_or(Ok(()), |at| write!(text, "{at},{}", local(*at, clock))),
                Key::Days(days) => days.get(row).map_or(Ok(()), |at| text.write_str(&date(*at, clock))),
                Key::Ranks => write!(text, "{}", row + 1),
                Key::Pairs(pairs) => pairs.get(row).map_or(Ok(()), |[from, to]| write!(text, "{},{}", cell(from), cell(to))),
            };
            for (_, values) in &self.columns {
                text.push(',');
                if let Some(value) = values.get(row).copied().flatten() {
                    let _ = write!(text, "{value}");
                }
            }
            text.push('\n');
        }
        text
    }
}

/// The day on the clock of the place, as files write it.
pub fn date(at: Instant, clock: Clock) -> String {
    let local = clock.read(at);
    format!("{:04}-{:02}-{:02}", local.year, local.month, local.day)
}

/// On the clock of the place, with what parts it from UTC.
fn local(at: Instant, clock: Clock) -> String {
    let local = clock.read(at);
    let (sign, offset) = (if local.offset_s < 0 { '-' } else { '+' }, local.offset_s.abs() / 60);
    format!("{}T{:02}:{:02}{sign}{:02}:{:02}", date(at, clock), local.hour, local.minute, offset / 60, offset % 60)
}

/// Quoted where it must be; a name that a spreadsheet would take for a formula gets an apostrophe before it.
fn cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
