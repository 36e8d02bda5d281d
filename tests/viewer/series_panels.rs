//! The panels of values: series, curves, classes, the part that is played, attributes and filters.

use super::panels::{click, copied, desk, instant};
use bevy_egui::egui;
use egui_kittest::kittest::{NodeT as _, Queryable};
use jumeau::base::Interval;
use jumeau::ui::{AttributeLine, ChartText, HistogramText, LegendText, SeriesLine};
use jumeau::view::colours::Palette;
use jumeau::view::curve::{Calendar, Point};
use jumeau::view::{Attribute, Breaks, Command, Filter, Keep, KnownSeries, Language, Scale, Theme};

fn series_line(id: &str, title: &str, on_features: bool) -> SeriesLine {
    SeriesLine {
        id: id.to_owned(),
        title: title.to_owned(),
        unit: "kW".to_owned(),
        on_features,
        extent: Interval { start: instant("2026-02-01T00:00:00Z"), end: instant("2026-12-01T00:00:00Z") },
        gaps: vec![Interval { start: instant("2026-04-01T00:00:00Z"), end: instant("2026-05-01T00:00:00Z") }],
    }
}

fn curves() -> ChartText {
    let start = instant("2026-06-20T22:00:00Z");
    let curve = |factor: f64| (0..24).map(|hour| Point { at: start.plus_seconds(3600 * hour), value: (hour != 5).then_some(factor * hour as f64) }).collect();
    ChartText {
        title: "Production".to_owned(),
        unit: "MW".to_owned(),
        made_up: String::new(),
        nature: "mesuré".to_owned(),
        nature_help: String::new(),
        source: "RTE, 2026".to_owned(),
        method: String::new(),
        curves: vec![("solaire".to_owned(), curve(1.0)), ("bois".to_owned(), curve(2.0)), (String::new(), curve(3.0))],
        end: Some(start.plus_seconds(86_400)),
        has_total: true,
        more_rows: 0,
        of_area: false,
        sorted: std::sync::Arc::new(vec![9.0, 7.0, 5.0, 2.0, 1.0]),
        duration: vec![9.0, 5.0, 1.0],
        known: 8000,
        absent: 760,
        peak: Some((instant("2026-01-12T17:00:00Z"), 9.0)),
        worst: vec![(instant("2026-02-03T18:00:00Z"), 8.5)],
        beyond: Some(3),
        trough: Some((instant("2026-08-15T03:00:00Z"), 1.0)),
        typical_days: Default::default(),
        over: None,
        calendar: std::sync::Arc::new(Calendar {
            days: (0..3).map(|day| instant("2026-01-11T23:00:00Z").plus_seconds(86_400 * day)).collect(),
            hours: (0..3).map(|day| std::array::from_fn(|hour| (hour != 5).then(|| f64::from(day) + hour as f64 / 10.0))).collect(),
        }),
        waiting: false,
        typical: false,
        series: "eco2mix".to_owned(),
        about: vec![("territory".into(), "nantes-centre".to_owned()), ("source".into(), "RTE, 2026".to_owned())],
    }
}

#[test]
fn series_are_offered_as_colours_and_as_curves() {
    let mut desk = desk(Language::Fr, |model| {
        model.series = vec![series_line("courbes", "Charge", true), series_line("eco2mix", "Production", false)];
        model.limits.series = vec![
            KnownSeries { id: "courbes".to_owned(), layer: Some("buildings".into()), parts: false, breaks: Vec::new() },
            KnownSeries { id: "eco2mix".to_owned(), layer: None, parts: false, breaks: Vec::new() },
        ];
    });
    click(&mut desk, "Charge");
    assert_eq!(desk.state().model.state.theme, Theme::Series);
    click(&mut desk, "Production");
    let state = &desk.state().model.state;
    assert_eq!((state.theme, state.series.as_deref()), (Theme::None, Some("eco2mix")));
}

/// A chart without any curve is of something that the series does not know: a sentence, and nothing to carry away.
#[test]
fn a_series_without_the_selected_object_says_so() {
    let mut desk = desk(Language::Fr, |model| {
        model.chart = Some(ChartText { title: "Charge".to_owned(), source: "RTE, 2026".to_owned(), ..ChartText::default() });
    });
    desk.run();
    assert!(desk.query_by_label("Charge").is_some());
    assert!(desk.query_by_label_contains("Pas de donnée").is_some());
    assert!(desk.query_by_label("CSV").is_none());
}

#[test]
fn a_typed_date_sets_the_clock_or_says_why_not() {
    let mut desk = desk(Language::Fr, |_| {});
    for (typed, expect) in [("demain", None), ("1er août 2026 9h15", Some("2026-08-01T07:15:00Z"))] {
        desk.get_by_label("Date et heure").focus();
        desk.run();
        desk.state_mut().memory.date = typed.to_owned();
        desk.run();
        desk.key_press(egui::Key::Enter);
        desk.run();
        match expect {
            None => assert!(desk.query_by_label_contains("ne se lit pas").is_some()),
            Some(expect) => assert_eq!(desk.state().model.state.instant, instant(expect)),
        }
    }
}

#[test]
fn curves_can_be_read_copied_and_followed() {
    let mut desk = desk(Language::Fr, |model| {
        model.state.series = Some("eco2mix".to_owned());
        model.chart = Some(curves());
    });
    desk.run();
    for part in ["Production", "solaire", "bois", "Somme", "Source\u{A0}: RTE, 2026"] {
        assert!(desk.query_all_by_label(part).next().is_some(), "{part}");
    }
    desk.get_by_label("Copier en CSV").scroll_to_me();
    desk.run();
    desk.get_by_label("Copier en CSV").click();
    for form in ["CSV", "Parquet", "PNG", "CSV, la courbe monotone", "Parquet, la courbe monotone", "PNG, l’année heure par heure", "CSV, l’année heure par heure"] {
        assert!(desk.query_by_label(form).is_some(), "{form}");
    }
    let copied = copied(&mut desk);
    assert!(copied.iter().any(|text| text.contains("# source: RTE, 2026\n# period: 2026-06-20T22:00:00Z/2026-06-21T22:00:00Z\nutc,local,solaire,bois,total\n2026-06-20T22:00:00Z,2026-06-21T00:00+02:00,0,0,0\n")), "{copied:?}");
    desk.get_by_label_contains("Maximum\u{A0}: 9").scroll_to_me();
    desk.run();
    desk.get_by_label_contains("Maximum\u{A0}: 9").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::SetInstant { instant: instant("2026-01-12T17:00:00Z") }));
    // The worst moments are ways to go there.
    assert!(desk.query_by_label_contains("3 pas de temps hors limites").is_some());
    desk.get_by_label_contains("8,5\u{A0}MW").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::SetInstant { instant: instant("2026-02-03T18:00:00Z") }));
    desk.get_by_label_contains("Minimum\u{A0}: 1").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::SetInstant { instant: instant("2026-08-15T03:00:00Z") }));
    // The year as a sheet says what it is, and a click on it goes to the hour.
    let sheet = desk.get_by_label_contains("Calendrier\u{A0}: Production");
    sheet.scroll_to_me();
    desk.run();
    desk.get_by_label_contains("Calendrier\u{A0}: Production").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::SetInstant { instant: instant("2026-01-13T12:00:00Z") }));
    desk.get_by_label("Voir les nombres").scroll_to_me();
    desk.run();
    click(&mut desk, "Voir les nombres");
    assert!(desk.query_all_by_label("pas de donnée").count() >= 3, "a gap has its word in every column");
}

#[test]
fn classes_of_a_legend_can_be_chosen() {
    let mut desk = desk(Language::En, |model| {
        model.state.theme = Theme::Demand;
        model.legend = Some(LegendText {
            title: "Load".to_owned(),
            classes: vec!["0 to 2".to_owned(), "2 to 9".to_owned()],
            colours: vec![[0, 32, 77], [255, 234, 70]],
            counts_classes: true,
            notice: "Values of this instant are on their way…".to_owned(),
            histogram: Some(HistogramText { counts: vec![1, 5, 0], said: "6 objects".to_owned() }),
            marks: vec!["Arrows: the way that power runs".to_owned()],
            ..LegendText::default()
        });
    });
    desk.run();
    for part in ["Arrows: the way that power runs", "0 to 2", "2 to 9", "Values of this instant are on their way…"] {
        assert!(desk.query_by_label(part).is_some(), "{part}");
    }
    // Folded, it keeps what the colours mean.
    click(&mut desk, "Fold the legend");
    assert!(desk.query_by_label("0 to 2").is_some() && desk.query_by_label("Load").is_some());
    assert!(desk.query_by_label("Change the scale").is_none() && desk.query_by_label("6 objects").is_none());
    click(&mut desk, "Unfold the legend");
    click(&mut desk, "Change the scale");
    click(&mut desk, "Jenks");
    click(&mut desk, "One class more");
    click(&mut desk, "Blue and orange");
    let scale = Scale { breaks: Breaks::Jenks { classes: 6 }, palette: Palette::BlueOrange };
    assert_eq!(desk.state().model.state.scale, scale);
}

#[test]
fn every_series_has_its_lane_with_its_name() {
    let mut desk = desk(Language::Fr, |model| {
        model.series = (1..=9).map(|meter| series_line(&format!("m{meter}"), &format!("Compteur {meter}"), true)).collect();
        model.limits.series = (1..=9).map(|meter| KnownSeries { id: format!("m{meter}"), layer: Some("buildings".into()), parts: false, breaks: Vec::new() }).collect();
    });
    assert!(desk.query_by_label_contains("Compteur 9\u{A0}:").is_none());
    click(&mut desk, "Séries (9)");
    for meter in [1, 5] {
        let said = desk.get_by_label_contains(&format!("Compteur {meter}\u{A0}:")).accesskit_node().label().unwrap_or_default().replace('\u{A0}', " ");
        assert_eq!(said, format!("Compteur {meter} : du 1er février 2026 au 1er décembre 2026, lacunes : 1"));
    }
    desk.get_by_label_contains("Compteur 3\u{A0}:").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::ShowSeries { series: Some("m3".to_owned()) }));
    // The last one is a scroll away.
    desk.get_by_label_contains("Compteur 9\u{A0}:").scroll_to_me();
    desk.run();
    desk.get_by_label_contains("Compteur 9\u{A0}:").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::ShowSeries { series: Some("m9".to_owned()) }));
    click(&mut desk, "Séries (9)");
    assert!(desk.query_by_label_contains("Compteur 9\u{A0}:").is_none());
}

#[test]
fn the_part_that_is_played_is_what_the_ruler_shows() {
    let mut desk = desk(Language::En, |model| model.series = vec![series_line("courbes", "Load", true)]);
    click(&mut desk, "Month");
    click(&mut desk, "Play what the ruler shows, over and over");
    let span = Interval { start: instant("2026-05-31T22:00:00Z"), end: instant("2026-06-30T22:00:00Z") };
    assert_eq!(desk.state().model.state.span, Some(span));
    click(&mut desk, "Play all of time");
    assert_eq!(desk.state().model.state.span, None);
    // Years ahead of all values too.
    desk.state_mut().model.state.instant = instant("2034-05-01T10:00:00Z");
    desk.run();
    click(&mut desk, "Year");
    click(&mut desk, "Play what the ruler shows, over and over");
    assert_eq!(desk.state().model.state.span, Some(Interval { start: instant("2033-12-31T23:00:00Z"), end: instant("2034-12-31T23:00:00Z") }));
}

#[test]
fn attributes_are_colours_and_filters() {
    let of = |layer: &str, name: &str| Attribute { layer: layer.into(), name: name.to_owned() };
    let line = |name: &str, title: &str, range, kinds: &[&str]| AttributeLine {
        attribute: of("buildings", name),
        title: title.to_owned(),
        range,
        kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(),
    };
    let mut desk = desk(Language::Fr, |model| {
        model.attributes = vec![line("height_m", "Bâtiments · Hauteur", Some([2.0, 40.0]), &[]), line("usage", "Bâtiments · Usage", None, &["annexe", "habitation"])];
        model.state.filters = vec![Filter { attribute: of("buildings", "usage"), keep: Keep::Values { values: vec!["annexe".to_owned(), "habitation".to_owned()] } }];
        model.state.attribute = Some(of("buildings", "usage"));
        model.state.theme = Theme::Attribute;
        model.legend = Some(LegendText { title: "Usage".to_owned(), classes: vec!["annexe".to_owned(), "Autres".to_owned()], colours: vec![[0, 114, 178], [96; 3]], ..LegendText::default() });
    });
    desk.run();
    for part in ["Filtres", "Bâtiments · Usage", "Autres"] {
        assert!(desk.query_all_by_label_contains(part).next().is_some(), "{part}");
    }
    desk.get_all_by_label("annexe").find(|node| node.accesskit_node().role() == egui::accesskit::Role::CheckBox).unwrap().click();
    desk.run();
    let only = vec![Filter { attribute: of("buildings", "usage"), keep: Keep::Values { values: vec!["habitation".to_owned()] } }];
    assert_eq!(desk.state().model.state.filters, only);
    // The last kind stays: a filter that lets nothing through says nothing.
    desk.get_all_by_label("habitation").find(|node| node.accesskit_node().role() == egui::accesskit::Role::CheckBox).unwrap().click();
    desk.run();
    assert_eq!(desk.state().model.state.filters, only);
    click(&mut desk, "Retirer le filtre «\u{A0}Bâtiments · Usage\u{A0}»");
    assert!(desk.state().model.state.filters.is_empty());
}
