//! Tier 1: the panels of time: heights, the strip of changes, the balance, typical days.

use super::panels::{click, desk};
use jumeau::base::{Instant, Interval, Language, Nature};
use jumeau::ui::{ChartText, LegendText};
use jumeau::view::life::Life;
use jumeau::view::typical::{Over, TypicalDay};
use jumeau::view::{Command, DrawnArea, Selection, Theme};
use jumeau::viewer::vocab::{AccountLine, AccountsFacts, AreaFacts, Change, Changes, Inside};
use egui_kittest::kittest::Queryable;
use std::sync::Arc;

#[test]
fn values_become_heights_by_a_switch_beside_the_legend() {
    let mut desk = desk(Language::Fr, |model| {
        model.state.theme = Theme::Demand;
        model.legend = Some(LegendText { title: "Demande".to_owned(), raise: Some((true, "Hauteur : 10 m pour 2 W/m²".to_owned())), ..LegendText::default() });
        model.state.raised = true;
    });
    assert!(desk.query_by_label("Hauteur : 10 m pour 2 W/m²").is_some());
    click(&mut desk, "Élever selon la valeur");
    assert_eq!(desk.state().asked, [Command::SetRaised { raised: false }]);
}

#[test]
fn a_line_of_the_strip_goes_to_its_year_and_its_place() {
    let change = |id: &str, name: &str, life: Life, year: i32| Change { layer: "buildings".into(), id: id.to_owned(), name: name.to_owned(), is_made_up: id == "ecole", life, year, at: [-1.55, 47.21, 60.0], span_m: 40.0 };
    let mut desk = desk(Language::En, |model| {
        model.state.theme = Theme::ConstructionYear;
        model.state.year = 2029;
        model.changes = Some(Changes {
            year: 2029,
            rows: vec![change("hangar", "Hangar 7", Life::new(None, Some(1962), Some(2033)), 2033), change("ecole", "Lime Tree School", Life::new(Some(2028), Some(2031), None), 2028)],
            more: 12,
        });
    });
    for part in ["What changes here from 2014 to 2044", "and 12 more changes", "Hangar 7 · in service in 1962, removed in 2033"] {
        assert!(desk.query_by_label(part).is_some(), "{part}");
    }
    // What is made up says so, above the strip and on its line.
    assert!(desk.query_by_label("generated, not real").is_some());
    click(&mut desk, "Lime Tree School · works from 2028, in service in 2031 · generated, not real");
    let selection = Some(Selection { layer: "buildings".into(), id: "ecole".to_owned() });
    assert_eq!(desk.state().asked, [Command::SetYear { year: 2028 }, Command::GoTo { at: [-1.55, 47.21, 60.0], span_m: 40.0, selection }]);
}

#[test]
fn the_balance_stands_beside_the_curves() {
    let start = Instant::parse("2026-06-20T22:00:00Z").unwrap();
    let line = |name: &str, is_source: bool, is_border: bool, of: &dyn Fn(i64) -> i64| AccountLine { name: name.to_owned(), nature: (!is_border).then_some(Nature::Simulated), source: if is_border { String::new() } else { "Enedis, 2025".to_owned() }, is_source, is_border, wh: (0..24).map(|hour| Some(of(hour))).collect() };
    let sun = |hour: i64| (9e6 * ((hour as f64 - 6.0) / 16.0 * std::f64::consts::PI).sin()).max(0.0) as i64;
    let uses = |hour: i64| 4_000_000 + 1_000_001 * (hour % 5);
    let mut desk = desk(Language::Fr, |model| {
        model.state.balance = true;
        model.accounts = Some(AccountsFacts {
            title: "Bilan du territoire, 21 juin 2026".to_owned(),
            starts: (0..24).map(|hour| start.plus_seconds(3600 * hour)).collect(),
            end: Some(start.plus_seconds(86_400)),
            lines: vec![
                line("Logements", false, false, &uses),
                line("Solaire en toiture", true, false, &sun),
                line("Importé", true, true, &|hour| (uses(hour) - sun(hour)).max(0)),
                line("Exporté", false, true, &|hour| (sun(hour) - uses(hour)).max(0)),
            ],
            omitted: vec!["Production éolienne".to_owned()],
            is_made_up: true,
            ..AccountsFacts::default()
        });
    });
    assert!(desk.query_all_by_label_contains("généré, non réel").next().is_some());
    for part in ["Bilan du territoire, 21 juin 2026", "Solaire en toiture", "Importé", "Hors du bilan, faute de mêmes pas de temps, de côté connu ou d’en couvrir la moitié, par hypothèse seulement, ou parce que la demande estimée des bâtiments les contient\u{a0}: Production éolienne"] {
        assert!(desk.query_by_label(part).is_some(), "{part}");
    }
    // Sources and uses come to the same.
    let all: i64 = (0..24).map(|hour| uses(hour) + (sun(hour) - uses(hour)).max(0)).sum();
    let said = format!("{:.0}\u{a0}MWh", all as f64 / 1e6);
    assert_eq!(desk.query_all_by_label(&said).count(), 2, "{said}");
    // Its source, and its files, by names that a screen reader can tell apart.
    assert!(desk.query_by_label_contains("Enedis, 2025").is_some());
    for form in ["CSV, le bilan", "Parquet, le bilan", "PNG, le bilan"] {
        assert!(desk.query_by_label(form).is_some(), "{form}");
    }
    click(&mut desk, "Bilan des sources et des usages");
    assert_eq!(desk.state().asked, [Command::ShowBalance { shown: false }]);
}

#[test]
fn typical_days_say_that_they_are_a_statistic() {
    let day = |season: usize, weekend: bool| TypicalDay { season, weekend, hours: std::array::from_fn(|hour| Some((4 - season) as f64 * (2.0 + ((hour as f64 - 6.0) / 3.8).sin()))), days: 64 };
    let mut desk = desk(Language::Fr, |model| {
        model.chart = Some(ChartText {
            title: "Production".to_owned(),
            unit: "MW".to_owned(),
            curves: vec![(String::new(), Vec::new())],
            typical_days: Arc::new(vec![day(0, false), day(0, true), day(2, false)]),
            over: Some(Over { mean: 12.5, sum: 300.0, known: 24, absent: 0 }),
            ..ChartText::default()
        });
    });
    desk.run();
    for part in ["hiver, semaine (64 jours)", "été, semaine (64 jours)"] {
        assert!(desk.query_by_label(part).is_some(), "{part}");
    }
    assert!(desk.query_all_by_label_contains("statistique").next().is_some());
    assert!(desk.query_all_by_label_contains("soit 300\u{a0}MWh").next().is_some());
}

/// Clicks what may lie below the window's lower edge.
fn reach(desk: &mut super::panels::Panels, label: &str) {
    desk.get_by_label(label).scroll_to_me();
    desk.run();
    click(desk, label);
}

#[test]
fn an_area_is_drawn_said_and_taken_away_from_its_panel() {
    let corners = vec![[-1.56, 47.21], [-1.55, 47.21], [-1.55, 47.22]];
    let mut bare = desk(Language::Fr, |_| {});
    reach(&mut bare, "Zone dessinée");
    reach(&mut bare, "Dessiner une zone");
    assert_eq!(bare.state().asked, [Command::DrawArea { drawing: true }]);
    let drawn = corners.clone();
    let mut drawing = desk(Language::Fr, |model| {
        model.state.area = DrawnArea { corners: drawn, drawing: true };
        model.area = AreaFacts { state: "drawing", ..AreaFacts::default() };
    });
    assert!(drawing.query_by_label_contains("3 coins. Cliquez").is_some());
    reach(&mut drawing, "Coin au centre de l’image");
    reach(&mut drawing, "Retirer le dernier coin");
    reach(&mut drawing, "Terminer");
    assert_eq!(drawing.state().asked, [Command::AddCornerHere, Command::RemoveCorner, Command::DrawArea { drawing: false }]);
    let mut ready = desk(Language::Fr, |model| {
        model.state.area = DrawnArea { corners, drawing: false };
        let inside = Inside { buildings: 12, homes: 8, is_secret: true, ..Inside::default() };
        model.area = AreaFacts { state: "ready", area_m2: 56_789.0, inside: Some(Arc::new(inside)), ..AreaFacts::default() };
    });
    for part in ["12 bâtiments, 8 logements", "5,68\u{a0}ha", "Moins de dix logements dans la zone"] {
        assert!(ready.query_by_label_contains(part).is_some(), "{part}");
    }
    reach(&mut ready, "Effacer la zone");
    assert_eq!(ready.state().asked, [Command::SetArea { corners: Vec::new() }]);
}

#[test]
fn the_mean_of_an_interval_is_offered_where_there_is_one() {
    let span = Interval { start: Instant(1_782_000_000), end: Instant(1_782_086_400) };
    let mut without = desk(Language::Fr, |model| model.state.theme = Theme::Demand);
    assert!(without.query_by_label("Moyenne de l’intervalle").is_none());
    without.run();
    let mut with = desk(Language::Fr, |model| (model.state.theme, model.state.span) = (Theme::Demand, Some(span)));
    click(&mut with, "Moyenne de l’intervalle");
    assert_eq!(with.state().asked, [Command::ShowMean { shown: true }]);
}
