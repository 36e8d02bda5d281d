//! The panels of rooms that have a folder of their own: search, "my roof", the flow diagram, proposals.

use super::panels::{building, click, desk};
use bevy_egui::egui;
use egui_kittest::kittest::Queryable;
use jumeau::view::{Command, Language, Selection};

fn hit(label: &str, remark: jumeau::search::Remark, feature: Option<(&str, &str)>) -> jumeau::search::Hit {
    jumeau::search::Hit {
        label: label.to_owned(),
        detail: "44000 Nantes".to_owned(),
        kind: jumeau::formats::search::Kind::Street,
        is_house: feature.is_some(),
        remark,
        at: [-1.55, 47.21, 60.0],
        span_m: 0.0,
        feature: feature.map(|(layer, id)| (layer.to_owned(), id.to_owned())),
    }
}

#[test]
fn an_address_is_typed_chosen_with_the_arrows_and_gone_to() {
    let hits = vec![
        hit("12 rue des Lilas", jumeau::search::Remark::None, Some(("buildings", "B12"))),
        hit("Rue des Lilas", jumeau::search::Remark::NumberUnknown, None),
    ];
    let answers = jumeau::ui::search::SearchModel { query: "12 rue".to_owned(), hits, is_waiting: false, is_partial: false, has_index: true };
    let mut desk = desk(Language::Fr, |model| model.search = Some(answers));
    let field = "Chercher une adresse, une rue, un lieu";
    desk.get_by_label(field).focus();
    desk.run();
    desk.get_by_label(field).type_text("12 rue");
    desk.run();
    assert!(desk.state().asked.contains(&Command::Find { query: "12 rue".to_owned() }), "{:?}", desk.state().asked);
    assert!(desk.query_all_by_label_contains("numéro inconnu, voici la rue").next().is_some());
    assert!(desk.query_by_label_contains("ne quitte cet appareil").is_some());
    desk.state_mut().asked.clear();
    desk.key_press(egui::Key::ArrowDown);
    desk.run();
    desk.key_press(egui::Key::ArrowUp);
    desk.run();
    desk.key_press(egui::Key::Enter);
    desk.run();
    let selection = Some(Selection { layer: "buildings".into(), id: "B12".to_owned() });
    assert_eq!(desk.state().asked, [Command::GoTo { at: [-1.55, 47.21, 60.0], span_m: 0.0, selection }]);
    assert!(desk.query_by_label_contains("ne quitte cet appareil").is_none(), "the list is closed");
}

#[test]
fn a_search_that_finds_nothing_says_what_to_try() {
    let nothing = jumeau::ui::search::SearchModel { query: "xyz".to_owned(), has_index: true, ..Default::default() };
    let mut desk = desk(Language::Fr, |model| model.search = Some(nothing));
    let field = "Chercher une adresse, une rue, un lieu";
    desk.get_by_label(field).focus();
    desk.run();
    desk.get_by_label(field).type_text("xyz");
    desk.run();
    assert!(desk.query_by_label_contains("essayez la rue sans numéro").is_some());
    desk.key_press(egui::Key::Escape);
    desk.run();
    assert!(desk.query_by_label_contains("essayez la rue sans numéro").is_none());
}

fn roof_text() -> jumeau::ui::RoofText {
    use jumeau::rooftop::card::{Card, Day, PlaneCard};
    use jumeau::rooftop::told::Line;
    let line = |key: &'static str, name: &str, value: &str| Line { key, name: name.to_owned(), value: value.to_owned(), origin: "simulé".to_owned() };
    let card = Card {
        figures: vec![line("production", "Production", "8 123 kWh/an (7 204 – 9 042)"), line("power", "Puissance", "7,74 kWc")],
        months: [600.0; 12],
        month_names: Default::default(),
        days: vec![Day::default(); 12],
        facts: Vec::new(),
        missing: Vec::new(),
        steps: Vec::new(),
        delay_months: 2,
        monuments: Vec::new(),
        listed: None,
        covisible: Some(true),
        co2: Vec::new(),
        sources: vec!["IGN".to_owned()],
        tried: Default::default(),
    };
    let plane = PlaneCard {
        plane: 0,
        name: "Pan 1 · sud · 30°".to_owned(),
        area_m2: 50.0,
        usable_m2: 40.0,
        tilt: 30.0,
        azimuth: 180.0,
        modules: 18,
        places: 18,
        kwp: 7.74,
        kwh_year: 8123.0,
        kwh_m2: 1450.0,
        shading_loss: 0.02,
        sky_view: 0.9,
        covered: true,
        colour: [250, 170, 30],
        outline: Vec::new(),
        modules_at: Vec::new(),
    };
    jumeau::ui::RoofText { state: "ready", planes: vec![plane], card: Some(card), dated: true, ..Default::default() }
}

#[test]
fn the_roof_has_its_card_and_asks_for_what_is_chosen() {
    for (language, title, sale, pump, dated) in [
        (Language::Fr, "Mon toit", "Tout vendre", "Pompe à chaleur", "Un fait daté a dépassé sa validité"),
        (Language::En, "My roof", "Sell all", "Heat pump", "A dated fact is past its validity"),
    ] {
        let mut desk = desk(language, |model| {
            model.state.selection = Some(building());
            model.roof = Some(roof_text());
        });
        assert!(desk.query_by_label(title).is_some());
        assert!(desk.query_by_label_contains(dated).is_some());
        assert!(desk.query_all_by_label_contains("7,74 kWc").next().is_some());
        // They may lie below the window's edge, where a pointer has to scroll to.
        for control in [sale, pump, "Pan 1 · sud · 30°"] {
            desk.get_by_label(control).click_accesskit();
            desk.run();
        }
        assert_eq!(desk.state().asked, [Command::SetRoofSale { all: true }, Command::SetRoofHeatPump { on: true, kwh: None }, Command::CoverRoofPlane { plane: 0, covered: false }]);
        assert!(desk.state().model.state.roof.uncovered.contains(&0));
    }
    let mut waiting = desk(Language::Fr, |model| {
        model.state.selection = Some(building());
        model.roof = Some(jumeau::ui::RoofText { state: "absent", message: Some("Ce bâtiment n’y est pas.".to_owned()), ..Default::default() });
    });
    waiting.run();
    assert!(waiting.query_by_label("Ce bâtiment n’y est pas.").is_some() && waiting.query_by_label("Tout vendre").is_none());
}

#[test]
fn power_flows_are_painted_read_and_chosen() {
    use jumeau::view::FlowSpan;
    use jumeau::view::sankey::{Flow, layout};
    use jumeau::viewer::flows::FRAME;
    use jumeau::viewer::vocab::{FlowFacts, FlowKind, FlowNode, FlowScope};
    let node = |name: &str, kind, column, kw| FlowNode { name: name.to_owned(), kind, column, kw };
    let flows = vec![Flow { from: 0, to: 2, value: 3_000.0 }, Flow { from: 1, to: 2, value: 500.0 }, Flow { from: 2, to: 3, value: 3_500.0 }];
    let mut desk = desk(Language::Fr, |model| {
        model.has_flows = true;
        model.state.flows.shown = true;
        model.flows = Some(jumeau::ui::FlowsText {
            facts: FlowFacts {
                of: FlowScope::Territory,
                over: FlowSpan::Hour,
                period: None,
                known: 1,
                steps: 1,
                nodes: vec![
                    node("Parc éolien", FlowKind::Wind, 0, 3_000.0), node("Soutirage", FlowKind::Network, 0, 500.0),
                    node("Territoire", FlowKind::Area, 1, 3_500.0), node("Logements", FlowKind::Use, 2, 3_500.0),
                ],
                diagram: layout(&[0, 0, 1, 2], &flows, &FRAME),
                flows,
                absent: vec!["Batterie".to_owned()],
                is_waiting: false,
                can_equip: true,
                datasets: Vec::new(),
            },
            made_up: "généré, non réel".to_owned(),
            nature: "simulé".to_owned(),
            nature_help: String::new(),
            source: "Jumeau".to_owned(),
        });
    });
    desk.run();
    // What is made up says so, here as in the list of layers.
    assert!(desk.query_all_by_label_contains("généré, non réel").count() >= 2);
    // The day and the year are a click away, and their amounts are energies.
    for (name, over) in [("L’énergie du jour choisi, de minuit à minuit", FlowSpan::Day), ("L’énergie de l’année choisie", FlowSpan::Year)] {
        click(&mut desk, name);
        assert_eq!(desk.state().asked.last(), Some(&Command::SetFlowSpan { over }));
        let model = &mut desk.state_mut().model;
        if let Some(flows) = &mut model.flows {
            (flows.facts.over, flows.facts.known, flows.facts.steps) = (over, 20, 24);
        }
        desk.run();
        assert!(desk.query_by_label_contains("Parc éolien 3\u{A0}MWh, Soutirage 500\u{A0}kWh").is_some());
        assert!(desk.query_by_label_contains("Somme de 20 pas de temps sur 24").is_some());
    }
    if let Some(flows) = &mut desk.state_mut().model.flows {
        flows.facts.over = FlowSpan::Hour;
    }
    desk.run();
    // Whoever does not see it hears it.
    assert!(desk.query_by_label_contains("Parc éolien 3\u{A0}MW, Soutirage 500\u{A0}kW").is_some());
    assert!(desk.query_by_label_contains("Sans valeur à cet instant\u{A0}: Batterie").is_some());
    desk.get_by_label("Voir les nombres").scroll_to_me();
    desk.run();
    click(&mut desk, "Voir les nombres");
    assert!(desk.query_all_by_label("3,5\u{A0}MW").next().is_some());
    for form in ["CSV, les flux", "Parquet, les flux", "PNG, les flux"] {
        assert!(desk.query_by_label(form).is_some(), "{form}");
    }
    // The switch and the title have the same name.
    desk.query_all_by_label("Flux d’énergie").next().expect("the switch").scroll_to_me();
    desk.run();
    desk.query_all_by_label("Flux d’énergie").next().expect("the switch").click();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::ShowFlows { shown: false }));
}

#[test]
fn a_proposal_is_put_down_sized_and_read() {
    use jumeau::rooftop::told::Line;
    use jumeau::siting::told::{Card, Row};
    use jumeau::view::{BatteryUse, Placed, Thing, Tool};
    let row = Row { key: "curtailed", name: "Écrêtement".to_owned(), values: ["0 kWh".to_owned(), "20 MWh".to_owned(), "7 MWh".to_owned()] };
    let line = |key, name: &str, value: &str| Line { key, name: name.to_owned(), value: value.to_owned(), origin: "simulé".to_owned() };
    let mut desk = desk(Language::Fr, |model| {
        model.state.proposal.placed = vec![Placed { at: [-1.56, 47.21], thing: Thing::Battery { kwh: 2_000.0, kw: 1_000.0 } }];
        model.siting = jumeau::ui::SitingText {
            state: "ready",
            card: Some(Card { headline: vec![line("avoided", "Écrêtement évité", "13 MWh")], year: vec![row.clone()], day: vec![row.clone()], hour: vec![row], money: vec![line("saved", "Achats évités", "12 €")], notes: vec!["Batterie : une note".to_owned()], dated: true }),
            fits: vec![vec!["Poste le plus proche : 12 m".to_owned()]],
            has_book: true,
            ..Default::default()
        };
    });
    desk.run();
    for said in ["13 MWh", "7 MWh", "Poste le plus proche", "Un prix a dépassé"] {
        assert!(desk.query_all_by_label_contains(said).next().is_some(), "{said}");
    }
    let battery = jumeau::i18n::Texts::new(Language::Fr).text("siting-place-here");
    for (label, expect) in [
        (format!("Batterie : {battery}"), Command::PlaceHere { tool: Tool::Battery }),
        (format!("Éolienne : {battery}"), Command::PlaceHere { tool: Tool::Turbine }),
    ] {
        desk.get_by_label(&label).click_accesskit();
        desk.run();
        assert_eq!(desk.state().asked.last(), Some(&expect));
    }
    // The turbine that was put down last is in hand: it goes north, and away.
    desk.get_by_label("nord").click_accesskit();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::MovePlaced { index: 2, east_m: 0.0, north_m: 25.0 }));
    desk.get_by_label("pour l’autoconsommation").click_accesskit();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::SetBatteryUse { battery_use: BatteryUse::OwnUse }));
    desk.get_by_label_contains("Enlever 3.").click_accesskit();
    desk.run();
    assert_eq!(desk.state().asked.last(), Some(&Command::RemovePlaced { index: 2 }));
    assert_eq!(desk.state().model.state.proposal.placed.len(), 2);
}
