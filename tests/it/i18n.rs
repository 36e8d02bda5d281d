//! Both languages say the same things, every key that the code names exists, and numbers read as people write them.

use jumeau::base::*;
use jumeau::i18n::{Arg, Texts, figure_line, keys};
use std::collections::BTreeSet;
use std::path::Path;

fn fr() -> Texts {
    Texts::new(Language::Fr)
}

fn en() -> Texts {
    Texts::new(Language::En)
}

/// Compares a text whose special spaces are written so that a reader can see them: `_` no-break, `'` narrow.
fn check(text: &str, expect: &str) {
    let expect = expect.replace('_', "\u{A0}").replace('\'', "\u{202F}");
    assert_eq!(text, expect);
}

#[test]
fn both_languages_have_the_same_keys() {
    let [french, english] = Language::ALL.map(keys);
    assert!(
        french.len() > 150,
        "the file was not read: {} keys",
        french.len()
    );
    assert_eq!(
        french, english,
        "fr.ftl and en.ftl differ, or differ in order"
    );
    let unique: BTreeSet<_> = french.iter().collect();
    assert_eq!(unique.len(), french.len(), "a key stands twice");
}

#[test]
fn every_message_parses_and_uses_the_same_arguments() {
    let [french, english] = [
        include_str!("../../assets/i18n/fr.ftl"),
        include_str!("../../assets/i18n/en.ftl"),
    ];
    for key in keys(Language::Fr) {
        assert!(
            fr().has(key) && en().has(key),
            "{key} is broken in one of the files"
        );
        let [a, b] = [french, english].map(|file| arguments(file, key));
        // The two ways of writing the hour are alternatives.
        if key != "time-of-day" {
            assert_eq!(a, b, "{key} uses other arguments in English");
        }
    }
}

fn arguments(file: &str, key: &str) -> BTreeSet<String> {
    let start = format!("{key} =");
    let mut lines = file.lines().skip_while(|line| !line.starts_with(&start));
    let first = lines.next().unwrap_or_default();
    let more = lines.take_while(|line| line.starts_with([' ', '}']));
    std::iter::once(first)
        .chain(more)
        .flat_map(|line| line.split('$').skip(1))
        .map(|rest| {
            rest.chars()
                .take_while(|c| c.is_ascii_alphanumeric())
                .collect()
        })
        .collect()
}

/// The families of keys; a text literal in `src/` that looks like one must be one.
const FAMILIES: [&str; 16] = [
    "amount-", "class-", "error-", "figure-", "key-", "legend-", "link-", "method-", "month-",
    "nature-", "range-", "source-", "speed-", "theme-", "ui-", "unit-",
];

#[test]
fn every_key_named_in_the_code_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let known: BTreeSet<_> = keys(Language::Fr).into_iter().collect();
    let mut seen = 0;
    let mut missing = Vec::new();
    for (path, text) in sources(&root) {
        // The importer has finding codes of its own, with a table of sentences beside them.
        if path.contains("/src/pipeline/") {
            continue;
        }
        // So have the commands that print the importer's sentences.
        let text = text.replace("messages::sentence(\"", "messages::sentence(\"importer:");
        for literal in text.split('"') {
            let is_key = FAMILIES.iter().any(|family| literal.starts_with(family))
                && !literal.ends_with('-')
                && literal
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if is_key {
                seen += 1;
                if !known.contains(literal) {
                    missing.push(format!("{literal} in {path}"));
                }
            }
        }
    }
    assert!(seen > 50, "the sources were not read: {seen} keys seen");
    assert!(
        missing.is_empty(),
        "add to assets/i18n/*.ftl:\n{}",
        missing.join("\n")
    );
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)
        .expect("src is readable")
        .flatten()
    {
        let path = entry.path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
            found.push((path.display().to_string(), text));
        }
    }
    found
}

#[test]
fn keys_made_of_ids_exist() {
    for theme in jumeau::view::Theme::ALL {
        assert!(fr().has(&format!("theme-{}", theme.id())));
        assert!(fr().has(&format!("theme-{}-help", theme.id())));
    }
    for shortcut in jumeau::view::shortcuts() {
        assert!(fr().has(shortcut.text), "{}", shortcut.text);
        assert!(
            shortcut.name_key().is_none_or(|key| fr().has(key)),
            "{}",
            shortcut.key
        );
    }
    for month in 1..=12 {
        assert!(fr().has(&format!("month-{month}")));
    }
    for language in Language::ALL {
        assert!(fr().has(&format!("ui-language-name-{}", language.code())));
    }
}

#[test]
fn french_punctuation_is_never_left_alone_at_a_line_start() {
    let file = include_str!("../../assets/i18n/fr.ftl");
    for line in file.lines().filter(|line| !line.starts_with('#')) {
        let line = line
            .split_once('=')
            .map_or(line, |(_, text)| text.trim_start());
        for wrong in [" :", " ;", " ?", " !", " »", "« ", " %", "'"] {
            assert!(!line.contains(wrong), "'{wrong}' in: {line}");
        }
    }
}

#[test]
fn a_missing_key_is_visible() {
    assert_eq!(fr().text("ui-no-such-thing"), "ui-no-such-thing");
    assert!(fr().text_with("link-value", &[]).contains("part"));
}

#[test]
fn numbers() {
    check(&fr().number(1234.5, 1), "1'234,5");
    check(&en().number(1234.5, 1), "1,234.5");
    check(&fr().number(1_234_567.0, 0), "1'234'567");
    check(&fr().number(999.0, 0), "999");
    check(&fr().number(-1234.56, 1), "−1'234,6");
    check(&fr().number(-0.04, 1), "0,0");
    check(&fr().number(0.5, 0), "1");
    check(&fr().number(2.5, 0), "3");
    check(&fr().number(f64::NAN, 1), "–");
    check(&en().number(f64::INFINITY, 0), "–");
    check(&en().number(1e15, 0), "1,000,000,000,000,000");
}

#[test]
fn quantities_scale_to_a_readable_unit() {
    use Unit::*;
    for (value, unit, french, english) in [
        (1234.5, KilowattHour, "1'234,5_kWh", "1,234.5_kWh"),
        (1234.0, KilowattHour, "1'234_kWh", "1,234_kWh"),
        (12_345.0, KilowattHour, "12,3_MWh", "12.3_MWh"),
        (
            123_456.0,
            KilowattHourPerYear,
            "123_MWh par an",
            "123_MWh a year",
        ),
        (12_345_678.0, KilowattHour, "12,3_GWh", "12.3_GWh"),
        (0.0, KilowattHour, "0_kWh", "0_kWh"),
        (4.26, Kilowatt, "4,3_kW", "4.3_kW"),
        (0.42, Kilowatt, "420_W", "420_W"),
        (12_345.0, Kilowatt, "12,3_MW", "12.3_MW"),
        (12.0, Metre, "12,0_m", "12.0_m"),
        (12_345.0, Metre, "12,3_km", "12.3_km"),
        (1234.4, SquareMetre, "1'234_m²", "1,234_m²"),
        (12.34, Percent, "12,3_%", "12.3%"),
        (35.0, Degree, "35°", "35°"),
        (1950.0, Year, "1950", "1950"),
        (3.0, One, "3", "3"),
        (1500.0, One, "1'500", "1,500"),
        (5.5, WattPerSquareMetre, "5,5_W/m²", "5.5_W/m²"),
    ] {
        check(&fr().quantity(value, unit), french);
        check(&en().quantity(value, unit), english);
    }
    check(
        &fr().range(3_912.0, 4_488.0, KilowattHourPerYear),
        "entre 3'910 et 4'490_kWh par an",
    );
    check(
        &fr().range(3_900.0, 4_500.0, KilowattHourPerYear),
        "entre 3'900 et 4'500_kWh par an",
    );
    check(
        &en().range(4_500.0, 3_900.0, KilowattHourPerYear),
        "between 3,900 and 4,500_kWh a year",
    );
    check(
        &fr().range(9_000.0, 15_000.0, KilowattHour),
        "entre 9 et 15_MWh",
    );
    check(
        &fr().estimate(41_234.0, KilowattHourPerYear),
        "41,2_MWh par an",
    );
    check(
        &fr().estimate(8_217.0, KilowattHourPerYear),
        "8'220_kWh par an",
    );
    check(&fr().speed(3600.0), "1_h par seconde");
    check(&fr().speed(90.0), "1,5_min par seconde");
    check(&en().speed(864_000.0), "10_days per second");
}

#[test]
fn dates() {
    let local = |text: &str| Clock::Paris.read(Instant::parse(text).expect("an instant"));
    check(
        &fr().date_time(local("2026-06-21T13:30:00Z")),
        "21_juin_2026, 15_h_30",
    );
    check(
        &en().date_time(local("2026-06-21T13:30:00Z")),
        "21_June_2026, 15:30",
    );
    check(
        &fr().date_time(local("2026-01-01T08:05:00Z")),
        "1er_janvier_2026, 9_h_05",
    );
    check(
        &en().date_time(local("2026-01-01T08:05:00Z")),
        "1_January_2026, 09:05",
    );
    for (iso, french, english) in [
        ("2025-06-15", "15_juin_2025", "15_June_2025"),
        ("2025-06-15T10:00:00Z", "15_juin_2025", "15_June_2025"),
        ("2025-06", "juin_2025", "June_2025"),
        ("2025", "2025", "2025"),
        ("été 2025", "été 2025", "été 2025"),
        ("2025-13-01", "2025-13-01", "2025-13-01"),
        ("", "", ""),
    ] {
        check(&fr().iso_date(iso), french);
        check(&en().iso_date(iso), english);
    }
}

#[test]
fn plurals_follow_the_language() {
    check(
        &fr().text_with("ui-progress", &[("count", 1usize.into())]),
        "Encore 1 morceau à charger…",
    );
    check(
        &fr().text_with("ui-progress", &[("count", 1200usize.into())]),
        "Encore 1'200 morceaux à charger…",
    );
    check(
        &en().text_with("ui-progress", &[("count", Arg::Number(0.0))]),
        "0 pieces still to load…",
    );
}

fn dataset() -> Dataset {
    Dataset {
        id: "bdtopo".into(),
        title: "BD TOPO".to_owned(),
        producer: "IGN".to_owned(),
        licence: "Licence Ouverte 2.0".to_owned(),
        date: "2025-06-15".to_owned(),
        attribution: "IGN – BD TOPO®, édition 2025-06-15".to_owned(),
        nature: Nature::Measured,
    }
}

fn figure(name: &str, amount: Amount, unit: Unit, nature: Nature) -> Figure {
    Figure {
        name: name.to_owned(),
        amount,
        unit,
        nature,
        provenance: Provenance {
            dataset: "bdtopo".into(),
            method: String::new(),
        },
        uncertainty: None,
    }
}

#[test]
fn a_figure_says_where_it_comes_from() {
    let mut demand = figure(
        "figure-demand-year",
        Amount::Number(41_234.0),
        Unit::KilowattHourPerYear,
        Nature::Simulated,
    );
    demand.provenance.method = "method-demand-year".to_owned();
    demand.uncertainty = Some(Uncertainty::Share(0.2));
    let line = figure_line(&demand, &[dataset()], &fr());
    check(&line.name, "Demande d’électricité");
    check(&line.value, "environ 41,2_MWh par an");
    check(&line.nature, "simulé");
    check(
        &line.source,
        "BD TOPO, IGN, 15_juin_2025, Licence Ouverte 2.0",
    );
    check(&line.uncertainty, "±_20_%");
    assert!(line.method.starts_with("Surface de plancher"));
    demand.uncertainty = Some(Uncertainty::Between(39_000.0, 45_000.0));
    check(
        &figure_line(&demand, &[], &en()).uncertainty,
        "between 39 and 45_MWh a year",
    );
    check(
        &figure_line(&demand, &[], &en()).source,
        "Source not stated",
    );
}

#[test]
fn figures_of_every_kind_have_words() {
    let line = |figure: &Figure| figure_line(figure, &[dataset()], &fr());
    let mut height = figure(
        "figure-height",
        Amount::Number(12.3),
        Unit::Metre,
        Nature::Measured,
    );
    height.uncertainty = Some(Uncertainty::Plus(1.0));
    check(&line(&height).value, "12,3_m");
    check(&line(&height).uncertainty, "±_1,0_m");
    check(
        &line(&figure(
            "figure-usage",
            Amount::Text("residential".into()),
            Unit::One,
            Nature::Declared,
        ))
        .value,
        "Habitation",
    );
    check(
        &line(&figure(
            "figure-usage",
            Amount::Text("caravan".into()),
            Unit::One,
            Nature::Declared,
        ))
        .value,
        "caravan",
    );
    check(
        &line(&figure(
            "figure-rnb",
            Amount::Text("residential".into()),
            Unit::One,
            Nature::Declared,
        ))
        .value,
        "residential",
    );
    check(
        &line(&figure(
            "figure-class",
            Amount::Text("tram".into()),
            Unit::One,
            Nature::Declared,
        ))
        .value,
        "Tramway",
    );
    check(
        &line(&figure(
            "figure-storeys",
            Amount::Number(0.0),
            Unit::One,
            Nature::Declared,
        ))
        .value,
        "0",
    );
    check(
        &line(&figure(
            "figure-year",
            Amount::Number(1950.0),
            Unit::Year,
            Nature::Simulated,
        ))
        .value,
        "1950",
    );
    let absent = line(&figure(
        "figure-storeys",
        Amount::Absent,
        Unit::One,
        Nature::Declared,
    ));
    check(&absent.value, "non renseigné");
    assert!(absent.absent);
    check(
        &line(&figure(
            "figure-height",
            Amount::Number(f64::NAN),
            Unit::Metre,
            Nature::Measured,
        ))
        .value,
        "non renseigné",
    );
}

#[test]
fn findings_have_sentences() {
    let known = Finding::new("water-outline-invalid", Severity::Warning, "water").object("Loire");
    check(
        &fr().finding(&known),
        "Le contour de l’eau «_Loire_» se croise lui-même_: il est laissé de côté.",
    );
    let unknown = Finding::new("moon-too-low", Severity::Warning, "sky").value(3);
    check(&en().finding(&unknown), "Finding “moon-too-low”: 3");
}
