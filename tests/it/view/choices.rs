//! What is chosen beside camera and clock: filters, roofs, colours, flows, areas; and its link.

use super::{do_all, limits, start};
use jumeau::view::colours::Palette;
use jumeau::view::*;

#[test]
fn a_filter_lets_through_what_it_says_and_stands_in_a_link() {
    let of = |name: &str, keep: Keep| Filter { attribute: Attribute { layer: "buildings".into(), name: name.to_owned() }, keep };
    let tall = of("height_m", Keep::Range { low: Some(12.0), high: None });
    assert!(tall.lets_through(Some(12.0), None) && !tall.lets_through(Some(11.9), None) && !tall.lets_through(None, Some("12")));
    let homes = of("usage", Keep::Values { values: vec!["Résidentiel".to_owned(), "à louer: 50 %, étage".to_owned()] });
    assert!(homes.lets_through(None, Some("Résidentiel")) && !homes.lets_through(None, Some("Annexe")) && !homes.lets_through(None, None));
    let shown = Attribute { layer: "buildings".into(), name: "usage".to_owned() };
    let state = do_all(&[Command::SetFilters { filters: vec![tall.clone(), homes.clone()] }, Command::ShowAttribute { attribute: Some(shown.clone()) }]);
    assert_eq!((state.theme, state.attribute.as_ref(), state.filters.len()), (Theme::Attribute, Some(&shown), 2));
    let link = to_link(&state);
    assert!(link.contains("&filter=buildings:height_m:range:12:,buildings:usage:values:R"), "{link}");
    assert_eq!(from_link(&link, &start()), Ok(state.clone()));
    // As a page says it.
    let said = r#"{"do":"set-filters","filters":[{"layer":"buildings","name":"height_m","by":"range","low":12.0}]}"#;
    assert_eq!(serde_json::from_str::<Command>(said).unwrap(), Command::SetFilters { filters: vec![tall.clone()] });
    // Two of one attribute, an empty one and one the wrong way round mean nothing.
    for wrong in [vec![tall.clone(), tall], vec![of("usage", Keep::Values { values: Vec::new() })], vec![of("year", Keep::Range { low: Some(2.0), high: Some(1.0) })]] {
        assert_eq!(apply(&state, &Command::SetFilters { filters: wrong }, &limits()).filters, state.filters);
    }
    let plain = apply(&state, &Command::ShowAttribute { attribute: None }, &limits());
    assert_eq!((plain.theme, plain.attribute), (Theme::None, None));
}

#[test]
fn another_building_has_its_own_planes_and_the_same_household() {
    let select = |id: &str| Command::Select { selection: Some(Selection { layer: "buildings".into(), id: id.to_owned() }) };
    let chosen = [
        select("a"),
        Command::SetRoofBattery { kwh: 5.04 },
        Command::SetRoofLoad { load: RoofLoad::Farm, kwh: Some(30_000.4) },
        Command::CoverRoofPlane { plane: 1, covered: false },
        Command::SetRoofModule { plane: 0, place: 3, on: false },
        Command::SetRoofModule { plane: 0, place: 4, on: false },
        Command::SetRoofModule { plane: 0, place: 4, on: true },
    ];
    let state = do_all(&chosen);
    assert_eq!(state.roof.to_string(), "farm,30000,5,0,,1,0-3");
    assert_eq!(RoofChoice::parse(&state.roof.to_string()), Some(state.roof.clone()));
    let other = apply(&state, &select("b"), &limits());
    assert_eq!(other.roof.to_string(), "farm,30000,5,0,,,");
    assert_eq!(apply(&state, &select("a"), &limits()).roof, state.roof, "the same building again changes nothing");
    // What is tried belongs to the building, and is in the link; another layout has other modules.
    let tried = [Command::FellRoofTree { tree: RoofTree::One(2) }, Command::SetRoofTerrain { bare: true }, Command::SetRoofLayout { lay: RoofLay::Landscape, margin_m: Some(0.52) }];
    let tried = tried.iter().fold(state.clone(), |state, command| apply(&state, command, &limits()));
    assert_eq!(tried.roof.to_string(), "farm,30000,5,0,,1,,landscape,0.5,2,bare");
    assert_eq!(RoofChoice::parse(&tried.roof.to_string()), Some(tried.roof.clone()));
    assert_eq!(apply(&tried, &select("b"), &limits()).roof.to_string(), "farm,30000,5,0,,,");
    assert_eq!(apply(&tried, &Command::ResetRoof, &limits()).roof.to_string(), "farm,30000,5,0,,,,best,,2,bare");
    assert_eq!(serde_json::from_str::<Command>(r#"{"do":"fell-roof-tree","tree":"all"}"#).unwrap(), Command::FellRoofTree { tree: RoofTree::All });
    let metered = apply(&state, &Command::RoofMeter { name: "m.csv".to_owned(), csv: Some("a".to_owned()) }, &limits());
    assert_eq!((metered.roof.load, metered.roof.load_kwh), (RoofLoad::Meter, None));
    assert_eq!(apply(&metered, &Command::RoofMeter { name: String::new(), csv: None }, &limits()).roof.load, RoofLoad::Household);
    for wrong in ["farm", "barn,,0,0,,,", "farm,x,0,0,,,", "farm,,0,2,,,", "farm,,0,0,,,0", "farm,,-1,0,,,", "farm,,0,0,,,,best", "farm,,0,0,,,,flat,,none,bare", "farm,,0,0,,,,best,,oak,bare", "farm,,0,0,,,,best,,none,hill"] {
        assert_eq!(RoofChoice::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn colours_part_where_a_series_is_best_in_its_middle_until_somebody_chooses() {
    let show = |id: &str| Command::ShowSeries { series: Some(id.to_owned()) };
    let palette = |commands: &[Command]| do_all(commands).scale.palette;
    assert_eq!(palette(&[show("tension")]), Palette::BlueOrange);
    assert_eq!(palette(&[show("tension"), show("courbes")]), Palette::default());
    assert_eq!(palette(&[show("tension"), Command::ShowSeries { series: None }]), Palette::default());
    let chosen = Command::SetScale { scale: Scale { palette: Palette::Blues, ..Scale::default() } };
    assert_eq!(palette(&[chosen.clone(), show("tension")]), Palette::Blues);
    assert_eq!(palette(&[show("tension"), chosen, show("courbes")]), Palette::Blues);
    // And classes of its own, until somebody chooses others.
    let breaks = |commands: &[Command]| do_all(commands).scale.breaks;
    assert_eq!(breaks(&[show("reste")]), Breaks::Manual { at: vec![0.0, 36.0, 250.0] });
    assert_eq!(breaks(&[show("reste"), show("courbes")]), Breaks::Smooth);
}

#[test]
fn the_flow_diagram_is_chosen_and_stands_in_the_link() {
    let state = do_all(&[Command::ShowFlows { shown: true }, Command::SetEquipped { percent: 250 }]);
    assert_eq!((state.flows.shown, state.flows.equipped_percent), (true, 100));
    let link = to_link(&state);
    assert!(link.contains("flows=1,100"), "{link}");
    assert_eq!(from_link(&link, &start()).unwrap().flows, state.flows);
    assert!(from_link("flows=1,300", &start()).is_err());
    // What it sums stands there too; links from before speak of the hour.
    for over in FlowSpan::ALL {
        let state = do_all(&[Command::ShowFlows { shown: true }, Command::SetEquipped { percent: 30 }, Command::SetFlowSpan { over }]);
        assert_eq!(from_link(&to_link(&state), &start()).unwrap().flows, state.flows);
    }
    assert_eq!(from_link("flows=1,30", &start()).unwrap().flows.over, FlowSpan::Hour);
    assert_eq!(from_link("flows=1,30,year", &start()).unwrap().flows.over, FlowSpan::Year);
    assert!(from_link("flows=1,30,week", &start()).is_err());
}

#[test]
fn an_area_is_drawn_corner_by_corner_and_stands_in_the_link() {
    let corner = |lon, lat| Command::AddCorner { at: [lon, lat] };
    let drawn = [Command::UseTool { tool: Some(Tool::Battery) }, Command::DrawArea { drawing: true }, corner(-1.56, 47.21), corner(-1.55, 47.21), corner(-1.55, 47.22)];
    let state = do_all(&drawn);
    assert!(state.area.drawing && state.proposal.tool.is_none(), "a click does one thing");
    assert_eq!(from_link(&to_link(&state), &start()).unwrap().area, state.area);
    let closed = apply(&state, &Command::DrawArea { drawing: false }, &limits());
    assert!(closed.area.is_closed() && closed.area.contains([-1.552, 47.212]));
    let link = to_link(&closed);
    assert!(link.ends_with("&area=-1.56:47.21,-1.55:47.21,-1.55:47.22"), "{link}");
    assert_eq!(from_link(&link, &start()).unwrap().area, closed.area);
    for wrong in ["area=-1.56:47.21,-1.55:47.21", "area=1,2,3", "area=drawn", "area=-1.56:47.21,x:47.21,-1.55:47.22", "area=-1.56:97.21,-1.55:47.21,-1.55:47.22"] {
        assert!(from_link(wrong, &start()).is_err(), "{wrong}");
    }
    // Escape takes back what is begun, not what is finished; corners leave one by one; outside of the territory is its edge.
    let escape = shortcut_for("Escape").unwrap();
    assert!(apply(&state, &escape.command(&state).unwrap(), &limits()).area.is_empty());
    assert_eq!(apply(&closed, &escape.command(&closed).unwrap(), &limits()).area, closed.area);
    let fewer = apply(&closed, &Command::RemoveCorner, &limits());
    assert!(fewer.area.drawing && fewer.area.corners.len() == 2);
    let far = apply(&start(), &Command::SetArea { corners: vec![[-9.0, 40.0], [9.0, 40.0], [9.0, 60.0]] }, &limits());
    assert_eq!(far.area.corners, [[-1.6, 47.19], [-1.52, 47.19], [-1.52, 47.24]]);
    let here = apply(&state, &Command::AddCornerHere, &limits());
    assert_eq!(here.area.corners.last(), Some(&[-1.5586, 47.2133]));
}

#[test]
fn values_are_written_as_csv_where_nothing_else_is_asked_for() {
    let read = |text: &str| serde_json::from_str::<Command>(text).ok();
    assert_eq!(read(r#"{"do":"save-values","of":"balance"}"#), Some(Command::SaveValues { of: Values::Balance, form: Form::Csv }));
    assert_eq!(read(r#"{"do":"save-values","of":"curves","form":"parquet"}"#), Some(Command::SaveValues { of: Values::Curves, form: Form::Parquet }));
    assert_eq!(read(r#"{"do":"save-values","of":"curves","form":"xlsx"}"#), None);
}
