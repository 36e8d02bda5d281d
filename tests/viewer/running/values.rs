//! Attributes, filters, curves, flows and the clock: none of it moves a geometry.

use super::Running;
use bevy::prelude::{Assets, Mesh, Vec2};
use jumeau::base::Amount;
use jumeau::view::{Attribute, Command, Filter, Keep, Theme};
use jumeau::viewer::requests::Requests;
use jumeau::viewer::vocab::{FlowFacts, FlowScope, Scene};

fn all_meshes(running: &Running) -> Vec<bevy::asset::AssetId<Mesh>> {
    let mut ids: Vec<_> = running.app.world().resource::<Assets<Mesh>>().ids().collect();
    ids.sort();
    ids
}

/// An attribute becomes colours and a filter hides the rest, from the pointer and from the counts too; no geometry moves for either.
#[test]
fn running_attributes_and_filters_cost_no_geometry() {
    let mut running = Running::nantes("street");
    let at = Vec2::new(60.0, 190.0);
    running.click(at);
    let selection = running.state().selection.clone().expect("a building");
    running.send(Command::Select { selection: None });
    running.complete();
    let of = |name: &str| Attribute { layer: "buildings".into(), name: name.to_owned() };
    let known = |running: &Running, name: &str| running.facts().attributes.iter().find(|known| known.attribute == of(name)).cloned().expect("an attribute");
    let [low, high] = known(&running, "height_m").range.expect("numbers");
    assert!(low < high && known(&running, "usage").kinds.contains(&"residential".to_owned()), "{:?}", known(&running, "usage"));
    let before = all_meshes(&running);
    let counted = |running: &mut Running| {
        for _ in 0..20 {
            running.frame();
        }
        let legend = running.facts().legend.clone().expect("a legend");
        (legend.names.clone(), legend.colours.len(), legend.histogram.expect("a count"))
    };
    running.send(Command::ShowAttribute { attribute: Some(of("usage")) });
    let (names, colours, all) = counted(&mut running);
    assert!(names.contains(&"residential".to_owned()) && names.len() == colours && all.known > 100, "{names:?} {all:?}");
    // Only homes: one class has all, and there are as many of them as before.
    let homes = Filter { attribute: of("usage"), keep: Keep::Values { values: vec!["residential".to_owned()] } };
    running.send(Command::SetFilters { filters: vec![homes] });
    let (_, _, some) = counted(&mut running);
    let place = names.iter().position(|name| name == "residential").expect("homes");
    assert_eq!((some.known, some.counts[place]), (all.counts[place], all.counts[place]));
    // Nothing is so high: no building is left under the pointer.
    running.send(Command::SetFilters { filters: vec![Filter { attribute: of("height_m"), keep: Keep::Range { low: Some(high + 1.0), high: None } }] });
    running.frame();
    running.click(at);
    assert!(running.state().selection.as_ref().is_none_or(|selection| selection.layer.as_str() != "buildings"), "{:?}", running.state().selection);
    running.send(Command::SetFilters { filters: Vec::new() });
    running.frame();
    running.click(at);
    assert_eq!(running.state().selection.as_ref(), Some(&selection));
    assert_eq!(all_meshes(&running), before);
}

/// Moving the clock changes a uniform: no request, no new mesh, no tile asked for or dropped.
#[test]
fn running_time_costs_no_request_and_no_geometry() {
    let mut running = Running::nantes("");
    running.send(Command::SetTheme { theme: Theme::Demand });
    running.complete();
    for _ in 0..200 {
        running.frame();
    }
    assert!(running.facts().legend.is_some());
    let (before, shown) = (all_meshes(&running), running.facts().progress);
    for step in 0..50 {
        running.send(Command::StepInstant { seconds: 3600 * (1 + step) });
        assert_eq!(running.app.world().resource::<Requests>().waiting(), 0);
    }
    assert_eq!(all_meshes(&running), before);
    assert_eq!(running.facts().progress, shown);
}

/// The demand of the territory is a curve by use whose parts sum to the total at every step, and to the buildings' own figures.
#[test]
fn running_the_territory_has_a_curve_by_use() {
    let mut running = Running::nantes("");
    running.send(Command::SetTheme { theme: Theme::Demand });
    running.complete();
    for _ in 0..200 {
        running.frame();
    }
    let chart = running.facts().chart.clone().expect("a chart");
    assert!(chart.has_total && chart.day.len() > 3, "{:?}", chart.day.len());
    let (total, parts) = chart.day.split_last().expect("a total");
    for (step, point) in total.1.iter().enumerate() {
        let sum: f64 = parts.iter().map(|(_, points)| points[step].value.expect("a value")).sum();
        assert!((sum - point.value.expect("a total")).abs() <= 1e-9 * sum);
    }
    assert_eq!((chart.calendar.days.len(), chart.known, chart.absent), (365, 8760, 0));
    let (peak, trough) = (chart.peak.expect("a peak").1, chart.trough.expect("a trough").1);
    assert!(trough > 0.0 && trough < peak);
    let kwh: f64 = running.resource::<Scene>().manifest.features.as_ref().expect("features").demand.iter().map(|of| of.kwh_year).sum();
    let mean = chart.calendar.hours.iter().flatten().flatten().sum::<f64>() / chart.calendar.hours.iter().flatten().flatten().count() as f64;
    assert!((mean * 8760.0 / kwh - 1.0).abs() < 1e-3, "{mean} kW all year are {kwh} kWh");
}

fn settled(running: &mut Running) {
    running.complete();
    for _ in 0..200 {
        running.frame();
    }
}

/// A day in spring with 23 hours: to the last watt-hour.
fn sums_of_flows_are_those_of_their_hours_and_of_the_balance(running: &mut Running) {
    let midnight = jumeau::base::Instant::parse("2026-03-28T23:00:00Z").expect("an instant");
    let wh = |flows: &FlowFacts| flows.nodes.iter().map(|node| (node.name.clone(), node.column, (1000.0 * node.kw).round() as i64)).collect::<Vec<_>>();
    let mut hours: std::collections::BTreeMap<(usize, String), i64> = Default::default();
    for hour in 0..23 {
        running.send(Command::SetInstant { instant: midnight.plus_seconds(3600 * hour) });
        settled(running);
        for (name, column, wh) in wh(running.facts().flows.as_ref().expect("a diagram")) {
            *hours.entry((column, name)).or_default() += wh;
        }
    }
    running.send(Command::SetFlowSpan { over: jumeau::view::FlowSpan::Day });
    running.send(Command::ShowBalance { shown: true });
    settled(running);
    let day = running.facts().flows.clone().expect("a diagram");
    assert_eq!((day.is_waiting, day.known, day.steps), (false, 23, 23));
    let of_day = wh(&day);
    let side = |column: usize| of_day.iter().filter(|(_, of, _)| *of == column).map(|(.., wh)| wh).sum::<i64>();
    assert!(side(0) > 0 && side(0) == side(2), "{of_day:?}");
    // Uses that are shown one by one; what comes in is found from whole watt-hours here and from powers there.
    for (name, _, wh) in of_day.iter().filter(|(_, column, _)| *column == 2) {
        let others = jumeau::i18n::Texts::new(jumeau::base::Language::Fr).text("flows-others");
        assert!(hours[&(2, name.clone())] == *wh || *name == others && (hours[&(2, name.clone())] - wh).abs() <= 23 * 8, "{name} {wh} {:?}", hours[&(2, name.clone())]);
    }
    let accounts = running.facts().accounts.clone().expect("a balance");
    let mut compared = 0;
    for line in &accounts.lines {
        let total = line.wh.iter().flatten().sum::<i64>();
        if let Some((_, column, wh)) = of_day.iter().find(|(name, ..)| *name == line.name) {
            assert_eq!((*column, *wh), (if line.is_source { 0 } else { 2 }, total), "{}", line.name);
            compared += 1;
        }
    }
    // Where both have the same lines what comes in is the same too.
    let inner = accounts.lines.iter().filter(|line| !line.is_border).count();
    if compared == inner && of_day.iter().filter(|(_, column, _)| *column == 2).count() == inner {
        let imported: i64 = accounts.lines.iter().filter(|line| line.is_border && line.is_source).flat_map(|line| line.wh.iter().flatten()).sum();
        assert_eq!(side(0), imported);
    }
    // What is carried away is the diagram's own table: as much comes in as goes out, and each use is the balance's line, to the last watt-hour.
    let texts = jumeau::i18n::Texts::new(jumeau::base::Language::Fr);
    let table = day.table();
    let jumeau::view::table::Key::Pairs(pairs) = &table.key else { panic!("{:?}", table.key) };
    let kept: Vec<(&[String; 2], i64)> = pairs.iter().zip(&table.columns[0].1).map(|(pair, kwh)| (pair, (1000.0 * kwh.expect("a value")).round() as i64)).collect();
    let inside = texts.text("flows-territory");
    let through = |end: usize| kept.iter().filter(|(pair, _)| pair[end] == inside).map(|(_, wh)| wh).sum::<i64>();
    assert!(through(0) > 0 && through(0) == through(1), "{kept:?}");
    for line in accounts.lines.iter().filter(|line| !line.is_source && !line.is_border) {
        if let Some((_, wh)) = kept.iter().find(|(pair, _)| pair[1] == line.name) {
            assert_eq!(*wh, line.wh.iter().flatten().sum::<i64>(), "{}", line.name);
        }
    }
    assert!(compared >= 4, "{compared} of {:?}", accounts.lines.iter().map(|line| &line.name).collect::<Vec<_>>());
    running.send(Command::SetFlowSpan { over: jumeau::view::FlowSpan::Year });
    settled(running);
    let year = running.facts().flows.clone().expect("a diagram");
    assert!(!year.is_waiting && year.known == year.steps && year.steps >= 8_758, "{} of {}", year.known, year.steps);
    let of_year = wh(&year);
    let side = |column: usize| of_year.iter().filter(|(_, of, _)| *of == column).map(|(.., wh)| wh).sum::<i64>();
    assert!(side(0) == side(2) && side(2) > 200 * of_day.iter().filter(|(_, of, _)| *of == 2).map(|(.., wh)| wh).sum::<i64>(), "{of_year:?}");
    // Inside the year nothing is summed again.
    let drawn = running.facts().flows.clone();
    running.send(Command::SetInstant { instant: midnight.plus_seconds(86_400 * 40) });
    assert_eq!(running.facts().flows, drawn);
    running.send(Command::SetFlowSpan { over: jumeau::view::FlowSpan::Hour });
    running.send(Command::ShowBalance { shown: false });
    running.send(Command::SetInstant { instant: jumeau::base::Instant::parse("2026-06-15T03:00:00Z").expect("an instant") });
    settled(running);
}

#[test]
fn running_the_flow_diagram_follows_the_clock_and_what_is_selected() {
    let mut running = Running::nantes("street");
    assert!(running.facts().flows.is_none());
    running.send(Command::ShowFlows { shown: true });
    running.send(Command::SetInstant { instant: jumeau::base::Instant::parse("2026-01-15T18:00:00Z").expect("an instant") });
    settled(&mut running);
    let flows = running.facts().flows.clone().expect("a diagram");
    let sum = |flows: &FlowFacts, column: usize| flows.nodes.iter().filter(|node| node.column == column).map(|node| node.kw).sum::<f64>();
    assert!(!flows.is_waiting && flows.of == FlowScope::Territory);
    // What comes in goes out; without an assumption all of it comes from outside.
    assert!((sum(&flows, 0) - sum(&flows, 2)).abs() < 1e-9 * sum(&flows, 2), "{:?}", flows.nodes);
    assert_eq!(flows.nodes.iter().filter(|node| node.column == 0).count(), 1);
    // It is the demand that the curve by use has at that instant.
    running.send(Command::SetTheme { theme: Theme::Demand });
    settled(&mut running);
    let chart = running.facts().chart.clone().expect("a chart");
    let total = chart.day.last().and_then(|(_, points)| points.iter().find(|point| point.at == running.state().instant)).and_then(|point| point.value).expect("a value");
    let demand: f64 = total;
    let others: f64 = sum(&flows, 2) - demand;
    assert!(others > -1e-6 * demand && others < 0.5 * demand, "{demand} {others}");
    // Another hour, other flows.
    running.send(Command::SetInstant { instant: jumeau::base::Instant::parse("2026-06-15T03:00:00Z").expect("an instant") });
    settled(&mut running);
    let later = running.facts().flows.clone().expect("a diagram");
    assert!(sum(&later, 2) < sum(&flows, 2));
    sums_of_flows_are_those_of_their_hours_and_of_the_balance(&mut running);
    // Of a building, and gone when it is not asked for.
    running.click(Vec2::new(60.0, 190.0));
    settled(&mut running);
    let of_one = running.facts().flows.clone().expect("a diagram");
    assert_eq!(of_one.of, FlowScope::Building);
    assert!(sum(&of_one, 2) < 0.1 * sum(&later, 2));
    running.send(Command::ShowFlows { shown: false });
    running.frame();
    assert!(running.facts().flows.is_none());
}

/// The facts stay when their tile goes, and follow the clock.
#[test]
fn running_the_sheet_outlives_its_tile() {
    let mut running = Running::nantes("street");
    running.click(Vec2::new(60.0, 190.0));
    let demand = |running: &Running| {
        let now = running.facts().figures.iter().find(|figure| figure.name == "figure-demand-now");
        now.expect("a figure").amount.clone()
    };
    running.complete();
    let before = demand(&running);
    assert!(matches!(before, Amount::Number(_)), "{before:?}");
    let layer = running.state().selection.clone().expect("a building").layer;
    running.send(Command::ShowLayer { layer, visible: false });
    running.complete();
    running.send(Command::StepInstant { seconds: 6 * 3600 });
    running.frame();
    let after = demand(&running);
    assert!(matches!(after, Amount::Number(_)) && after != before, "{before:?} then {after:?}");
}
