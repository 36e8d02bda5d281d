//! Tier 2: an area that is drawn, the mean of an interval, and networks through the years, in the viewer as it runs.

use super::running::Running;
use jumeau::base::{Instant, Interval};
use jumeau::view::{Command, Theme};
use jumeau::viewer::area::Outline;
use jumeau::viewer::material::{SceneUniform, SeriesUploads};
use jumeau::viewer::vocab::{AccountsFacts, AreaFacts, FlowScope};
use bevy::prelude::With;

/// Frames until an answer is there.
fn until<T>(running: &mut Running, what: &str, found: impl Fn(&Running) -> Option<T>) -> T {
    for _ in 0..5000 {
        running.frame();
        if let Some(found) = found(running) {
            return found;
        }
    }
    panic!("{what}: never; {:?} {:?}", running.resource::<AreaFacts>().state, running.facts().faults);
}

fn balance(running: &mut Running, of_area: bool) -> AccountsFacts {
    until(running, "a balance", |running| running.facts().accounts.clone().filter(|accounts| accounts.of_area == of_area && !accounts.is_waiting && !accounts.lines.is_empty()))
}

/// Whole watt-hours of what is used at each step, borders apart.
fn used(accounts: &AccountsFacts) -> Vec<i64> {
    let lines = || accounts.lines.iter().filter(|line| !line.is_source && !line.is_border);
    (0..accounts.starts.len()).map(|step| lines().map(|line| line.wh[step].expect("known")).sum()).collect()
}

#[test]
fn a_drawn_area_has_its_balance_its_curve_and_its_flows() {
    let mut running = Running::nantes("balance=1&flows=1,30");
    let whole = balance(&mut running, false);
    // Around all of it: the same as the territory, but for what belongs to no place.
    running.send(Command::SetArea { corners: vec![[-1.7, 47.1], [-1.4, 47.1], [-1.4, 47.3], [-1.7, 47.3]] });
    let inside = until(&mut running, "what lies inside", |running| running.resource::<AreaFacts>().inside.clone());
    assert!(inside.buildings > 8_000 && inside.homes > 10_000 && !inside.is_secret, "{} {}", inside.buildings, inside.homes);
    let all = balance(&mut running, true);
    let name = |accounts: &AccountsFacts, line: usize| accounts.lines[line].name.clone();
    assert_eq!(name(&all, 0), name(&whole, 0), "the classes of use come first");
    let homes = |accounts: &AccountsFacts| accounts.lines[0].wh.iter().map(|wh| wh.expect("known")).sum::<i64>();
    assert!((homes(&all) - homes(&whole)).abs() <= 24, "{} {}", homes(&all), homes(&whole));
    // Half of it and the other half are the whole, at every step.
    let half = |west: f64, east: f64| vec![[west, 47.1], [east, 47.1], [east, 47.3], [west, 47.3]];
    let mut sums = vec![0; 24];
    for corners in [half(-1.7, -1.5571234), half(-1.5571234, -1.4)] {
        running.send(Command::SetArea { corners });
        running.frame();
        until(&mut running, "the half", |running| (running.resource::<AreaFacts>().state == "ready").then_some(()));
        running.frame();
        let part = balance(&mut running, true);
        for (sum, wh) in sums.iter_mut().zip(used(&part)) {
            *sum += wh;
        }
    }
    for (sum, wh) in sums.iter().zip(used(&all)) {
        assert!((sum - wh).abs() <= 20, "{sum} {wh}: a watt-hour for each line at most");
    }
    let chart = until(&mut running, "a curve", |running| running.facts().chart.clone().filter(|chart| !chart.day.is_empty() && !chart.is_waiting));
    assert_eq!(chart.title.text(&jumeau::i18n::Texts::new(jumeau::base::Language::Fr)), "Demande d’électricité de la zone dessinée, par usage");
    let flows = until(&mut running, "flows", |running| running.facts().flows.clone().filter(|flows| !flows.is_waiting && flows.of == FlowScope::Drawn));
    assert!(flows.can_equip && !flows.flows.is_empty());
    // What is selected comes first; without it the area is meant again.
    let world = running.app.world_mut();
    assert_eq!(world.query_filtered::<(), With<Outline>>().iter(world).count(), 1);
    running.send(Command::SetArea { corners: Vec::new() });
    until(&mut running, "the territory again", |running| running.facts().accounts.clone().filter(|accounts| !accounts.of_area));
    let world = running.app.world_mut();
    assert_eq!(world.query_filtered::<(), With<Outline>>().iter(world).count(), 0);
}

#[test]
fn fewer_than_ten_homes_of_an_area_are_not_shown() {
    let mut running = Running::nantes("balance=1");
    balance(&mut running, false);
    // Some ten metres around the opening view's target hold a house or two.
    let mut found = None;
    'places: for east in 0..40 {
        for north in 0..20 {
            let (lon, lat) = (-1.565 + 0.0005 * f64::from(east), 47.212 + 0.0005 * f64::from(north));
            running.send(Command::SetArea { corners: vec![[lon, lat], [lon + 4e-4, lat], [lon + 4e-4, lat + 3e-4], [lon, lat + 3e-4]] });
            running.frame();
            let inside = until(&mut running, "what lies inside", |running| running.resource::<AreaFacts>().inside.clone());
            if inside.is_secret {
                found = Some(inside);
                break 'places;
            }
        }
    }
    let inside = found.expect("an area of few homes");
    assert!((1..10).contains(&inside.homes) && inside.demand.iter().any(|(row, _)| *row == 0));
    running.frame();
    let accounts = until(&mut running, "its balance", |running| running.facts().accounts.clone().filter(|accounts| accounts.of_area && accounts.is_secret));
    assert!(!accounts.lines.iter().any(|line| line.name == "Logements"), "{:?}", accounts.lines.iter().map(|line| &line.name).collect::<Vec<_>>());
}

#[test]
fn a_file_with_a_polygon_is_an_area_and_any_other_says_why_not() {
    let mut running = Running::nantes("");
    running.send(Command::OpenArea { geojson: r#"{"type":"Polygon","coordinates":[[[-1.56,47.21],[-1.55,47.21],[-1.55,47.22],[-1.56,47.21]]]}"#.to_owned() });
    running.frame();
    running.frame();
    assert!(running.state().area.is_closed());
    running.send(Command::OpenArea { geojson: "no".to_owned() });
    running.frame();
    assert!(running.facts().faults.iter().any(|fault| fault.key == "area-unreadable"));
    assert!(running.state().area.is_closed(), "what was drawn stays");
}

#[test]
fn an_interval_shows_its_mean_and_the_clock_its_instants() {
    let mut running = Running::nantes("theme=demand");
    let instant = running.resource::<SceneUniform>().overlay;
    let at = |text: &str| Instant::parse(text).expect("an instant");
    let day = Interval { start: at("2026-06-20T22:00:00Z"), end: at("2026-06-21T22:00:00Z") };
    running.send(Command::SetSpan { span: Some(day) });
    running.send(Command::ShowMean { shown: true });
    let legend = until(&mut running, "a mean", |running| running.facts().legend.clone().filter(|legend| legend.mean_over == Some(day) && !legend.is_waiting));
    assert!(!legend.is_outside && !legend.is_too_long);
    let uniform = running.resource::<SceneUniform>().overlay;
    assert!(uniform.y != instant.y && uniform.z == 1, "{uniform:?}");
    // Moving the clock changes nothing of it, and asks for nothing; a running clock shows its instants.
    let uploads = *running.resource::<SeriesUploads>();
    running.send(Command::StepInstant { seconds: 7200 });
    running.frame();
    assert_eq!(uniform, running.resource::<SceneUniform>().overlay);
    assert_eq!(uploads, *running.resource::<SeriesUploads>());
    running.send(Command::Play { playing: true });
    running.frame();
    running.frame();
    assert_ne!(running.resource::<SceneUniform>().overlay.z, 1);
    running.send(Command::Play { playing: false });
    running.send(Command::SetSpan { span: Some(Interval { start: at("1990-01-01T00:00:00Z"), end: at("2026-01-01T00:00:00Z") }) });
    running.frame();
    running.frame();
    // Of what the series reaches over; here that is nothing.
    assert!(running.facts().legend.as_ref().is_some_and(|legend| legend.mean_over.is_none_or(|of| of.start >= running.resource::<jumeau::viewer::vocab::Scene>().limits.instants[0])));
}

#[test]
fn networks_come_and_go_with_the_years() {
    let mut running = Running::nantes("theme=construction-year&y=2029");
    running.complete();
    let changes = until(&mut running, "the strip", |running| running.facts().changes.clone().filter(|changes| changes.rows.iter().any(|row| row.name.contains("(fictif)"))));
    let row = |name: &str| changes.rows.iter().find(|row| row.name.starts_with(name)).unwrap_or_else(|| panic!("{name} is not among {:?}", changes.rows.iter().map(|row| &row.name).collect::<Vec<_>>()));
    let tram = row("Prolongement du tramway").life;
    assert_eq!((tram.works, tram.from, tram.to), (Some(2028), Some(2032), None));
    running.send(Command::SetTheme { theme: Theme::None });
    running.frame();
    assert_eq!(running.facts().changes, None);
}
