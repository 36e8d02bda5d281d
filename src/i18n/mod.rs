//! Every word a person reads: French and English messages, numbers, units and dates.
//!
//! Messages live in `assets/i18n/*.ftl` ([Project Fluent](https://projectfluent.org)); the sentences of the viewer and its panels. Reports and command line have theirs beside the code that says them.
//! A test keeps both files to the same keys, and every key named in `src/` to an existing message.

mod dates;
mod figures;
mod names;
mod numbers;
pub use numbers::number;

pub use names::place_name;
pub use figures::{FigureText, figure_line};

use crate::base::{Finding, Language};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

const FR: &str = include_str!("../../assets/i18n/fr.ftl");
const EN: &str = include_str!("../../assets/i18n/en.ftl");

/// The texts of one language. Building it parses the whole file: keep it, and build another when the language changes.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

/// What a message's `{ $name }` stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Arg {
    Text(String),
    /// Written the language's way, and usable for plurals.
    Number(f64),
}

impl Texts {
    pub fn new(language: Language) -> Self {
        let (locale, source) = match language {
            Language::Fr => ("fr-FR", FR),
            Language::En => ("en-GB", EN),
        };
        // A broken message of a shipped file is left out and shows as its key; a test says which.
        let resource = match FluentResource::try_new(source.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        // It decides plurals only; both names are well formed.
        let locale: LanguageIdentifier = locale.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![locale]);
        // Isolation marks around arguments are for texts of mixed direction; they would end up in copied text.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(match language {
            Language::Fr => |value, _| written(value, Language::Fr),
            Language::En => |value, _| written(value, Language::En),
        }));
        // The only error is a key that stands twice: the first one counts.
        let _ = bundle.add_resource(resource);
        Self { language, bundle }
    }

    pub fn language(&self) -> Language {
        self.language
    }

    /// The message, or the key itself when there is none: a fault to be seen, not to be hidden.
    pub fn text(&self, key: &str) -> String {
        self.text_with(key, &[])
    }

    /// The message with its `{ $name }`s filled in.
    pub fn text_with(&self, key: &str, args: &[(&str, Arg)]) -> String {
        self.find(key, args).unwrap_or_else(|| key.to_owned())
    }

    pub fn has(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    /// The sentence of a finding: `finding-CODE` with `file`, `object` and `value`.
    pub fn finding(&self, finding: &Finding) -> String {
        let args = [
            ("code", finding.code.into()),
            ("file", finding.file.as_str().into()),
            ("object", finding.object.as_str().into()),
            ("value", finding.value.as_str().into()),
        ];
        self.find(&format!("finding-{}", finding.code), &args)
            .unwrap_or_else(|| self.text_with("finding-without-text", &args))
    }

    fn find(&self, key: &str, args: &[(&str, Arg)]) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut fluent = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            match value {
                Arg::Text(text) => fluent.set(*name, text.as_str()),
                Arg::Number(number) => fluent.set(*name, *number),
            }
        }
        // A missing argument shows as `{$name}`, which is as visible as a missing key.
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(&fluent), &mut errors);
        Some(text.into_owned())
    }
}

/// The keys of a language's file, in its order.
pub fn keys(language: Language) -> Vec<&'static str> {
    let source = match language {
        Language::Fr => FR,
        Language::En => EN,
    };
    source
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))
        .filter_map(|line| Some(line.split_once('=')?.0.trim()))
        .collect()
}

fn written(value: &FluentValue, language: Language) -> Option<String> {
    match value {
        FluentValue::Number(number) => {
            let decimals = if number.value.fract() == 0.0 { 0 } else { 1 };
            Some(numbers::number(number.value, decimals, language))
        }
        _ => None,
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Arg {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Arg {
    fn from(number: i32) -> Self {
        Self::Number(f64::from(number))
    }
}

impl From<usize> for Arg {
    /// Exact up to 2⁵³, beyond any count that is shown.
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}
