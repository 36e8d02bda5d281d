//! A figure as a person reads it: never a bare number.

use super::Texts;
use crate::base::{ABOUT, Amount, COLUMN, Dataset, Figure, Nature, Uncertainty, Unit};
use serde::{Deserialize, Serialize};

/// The words of one figure, ready to be shown by a panel or sent to a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureText {
    /// The figure's i18n key, for code that looks for one figure: `figure-rnb`.
    pub key: String,
    pub name: String,
    /// With its unit; an estimate says so ("environ").
    pub value: String,
    /// One word: `mesuré`, `simulé` …
    pub nature: String,
    /// What that word means, one sentence.
    pub nature_help: String,
    /// Title, producer, date and licence of the data set.
    pub source: String,
    /// How it was found, one sentence; empty when it stands in the data set as it is.
    pub method: String,
    /// `± 5 m`, `entre … et …`; empty where unknown.
    pub uncertainty: String,
    /// The data set's id; empty when the manifest does not list it.
    pub dataset: String,
    /// Known to be unknown.
    pub absent: bool,
    /// Of an object that is made up: its nature is said so.
    pub made_up: bool,
}

/// Figures whose text values are words of a list, and the family of their i18n keys.
const WORDS: [(&str, &str); 7] = [
    ("figure-usage", "usage"),
    ("figure-second-usage", "usage"),
    ("figure-class", "class"),
    ("figure-utility-kind", "utility-kind"),
    ("figure-accuracy", "accuracy"),
    ("attribute-roof-method", "roof-method"),
    ("figure-point-class", "point-class"),
];

/// Attributes whose kinds are words of a list, and the family of their i18n keys.
const KINDS: [(&str, &str); 8] = [
    ("usage", "usage"), ("usage2", "usage"), ("class", "class"), ("kind", "utility-kind"), ("accuracy", "accuracy"), ("roof_method", "roof-method"), ("roof", "roof-form"),
    ("height_origin", "height-origin"),
];

/// The words of a figure; `datasets` are the manifest's.
pub fn figure_line(figure: &Figure, datasets: &[Dataset], texts: &Texts) -> FigureText {
    let dataset = datasets
        .iter()
        .find(|dataset| dataset.id == figure.provenance.dataset);
    let made_up = figure.nature == Nature::Made && dataset.is_some_and(|dataset| dataset.nature == Nature::Made);
    let (nature, nature_help) = if made_up { MADE_UP } else { nature_keys(figure.nature) };
    let method = &figure.provenance.method;
    FigureText {
        key: figure.name.clone(),
        name: name(&figure.name, texts),
        value: value(figure, texts),
        nature: texts.text(nature),
        nature_help: texts.text(nature_help),
        source: dataset.map_or_else(
            || texts.text("source-unknown"),
            |dataset| source(dataset, texts),
        ),
        method: if method.is_empty() {
            String::new()
        } else {
            texts.text(method)
        },
        uncertainty: uncertainty(figure, texts),
        dataset: dataset.map_or_else(String::new, |dataset| dataset.id.to_string()),
        absent: figure.amount == Amount::Absent,
        made_up,
    }
}

impl Texts {
    /// One word for what kind of knowledge a number is.
    pub fn nature(&self, nature: Nature) -> String {
        self.text(nature_keys(nature).0)
    }

    /// What that word means, one sentence.
    pub fn nature_help(&self, nature: Nature) -> String {
        self.text(nature_keys(nature).1)
    }

    /// The words that stand wherever something made up shows; empty where nothing of it is.
    pub fn made_up(&self, is_so: bool) -> String {
        if is_so { self.text(MADE_UP.0) } else { String::new() }
    }

    /// What a kind of an attribute is called: a word of ours, else as its source calls it.
    pub fn kind(&self, attribute: &str, kind: &str) -> String {
        word(&KINDS, attribute, kind, self)
    }

    /// `BD TOPO, IGN, 15 juin 2025, Licence Ouverte 2.0`.
    pub fn source(&self, dataset: &Dataset) -> String {
        source(dataset, self)
    }
}

fn name(name: &str, texts: &Texts) -> String {
    if let Some(own) = name.strip_prefix(COLUMN) {
        return own.to_owned();
    }
    let about = ABOUT.iter().find_map(|about| Some((about.trim_end_matches(':'), name.strip_prefix(about)?)));
    about.map_or_else(|| texts.text(name), |(key, own)| texts.text_with(key, &[("name", own.into())]))
}

fn value(figure: &Figure, texts: &Texts) -> String {
    match &figure.amount {
        Amount::Number(number) if !number.is_finite() => texts.text("amount-absent"),
        Amount::Number(number) if is_estimate(figure.nature) && figure.unit != Unit::Year => texts
            .text_with(
                "amount-about",
                &[("value", texts.estimate(*number, figure.unit).into())],
            ),
        Amount::Number(number) => texts.quantity(*number, figure.unit),
        Amount::Text(text) => word(&WORDS, &figure.name, text, texts),
        Amount::Absent => texts.text("amount-absent"),
    }
}

/// The word of a list for a text, or the text itself.
fn word(families: &[(&str, &str)], name: &str, text: &str, texts: &Texts) -> String {
    let family = families.iter().find(|(known, _)| *known == name).map(|(_, family)| *family);
    family.map(|family| format!("{family}-{text}")).filter(|key| texts.has(key)).map_or_else(|| text.to_owned(), |key| texts.text(&key))
}

fn is_estimate(nature: Nature) -> bool {
    matches!(
        nature,
        Nature::Statistical | Nature::Simulated | Nature::Made
    )
}

fn uncertainty(figure: &Figure, texts: &Texts) -> String {
    match (figure.uncertainty, &figure.amount) {
        (Some(Uncertainty::Plus(half)), _) if half.is_finite() => {
            // Years are counted, not dated: ± 5, not ± the year 5.
            let unit = if figure.unit == Unit::Year {
                Unit::One
            } else {
                figure.unit
            };
            plus_minus(&texts.estimate(half.abs(), unit))
        }
        (Some(Uncertainty::Share(share)), _) if share.is_finite() => {
            let percent = (share * 100.0).abs();
            plus_minus(&texts.text_with(
                "percent-whole",
                &[("percent", texts.number(percent, 0).into())],
            ))
        }
        (Some(Uncertainty::Between(low, high)), _) if low.is_finite() && high.is_finite() => {
            if figure.unit == Unit::Year {
                texts.text_with(
                    "range-between",
                    &[
                        ("low", texts.quantity(low, Unit::Year).into()),
                        ("high", texts.quantity(high, Unit::Year).into()),
                    ],
                )
            } else {
                texts.range(low, high, figure.unit)
            }
        }
        _ => String::new(),
    }
}

fn plus_minus(amount: &str) -> String {
    format!("±\u{A0}{amount}")
}

/// What is not said leaves no comma.
fn source(dataset: &Dataset, texts: &Texts) -> String {
    let date = texts.iso_date(&dataset.date);
    let parts = [dataset.title.as_str(), &dataset.producer, &date, &dataset.licence];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// As [`nature_keys`], of what is made up and stands for nothing real.
const MADE_UP: (&str, &str) = ("made-up", "made-up-help");

/// i18n keys of a nature's word and of its explanation.
fn nature_keys(nature: Nature) -> (&'static str, &'static str) {
    match nature {
        Nature::Measured => ("nature-measured", "nature-measured-help"),
        Nature::Statistical => ("nature-statistical", "nature-statistical-help"),
        Nature::Simulated => ("nature-simulated", "nature-simulated-help"),
        Nature::Declared => ("nature-declared", "nature-declared-help"),
        Nature::Made => ("nature-made", "nature-made-help"),
    }
}
