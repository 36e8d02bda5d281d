//! Tier 2: values as heights, years, and the balance, in the viewer as it runs.

use super::running::Running;
use jumeau::base::{Clock, Instant, Interval};
use jumeau::energy::accounts::{closed, over_closed};
use jumeau::formats::territory::LayerKind;
use jumeau::view::timeline::Span;
use jumeau::view::{Camera, Command, Theme};
use jumeau::viewer::anchor::Anchor;
use jumeau::viewer::lift::Lifts;
use jumeau::viewer::lives::Lives;
use jumeau::viewer::material::{SceneUniform, SeriesUploads};
use jumeau::viewer::resident::{Resident, nearest_raised};
use jumeau::viewer::vocab::{AccountsFacts, Words};
use glam::DVec3;

/// Metres from high above a place to what a ray straight down meets of buildings there, and which row that is.
fn below(running: &Running, place: DVec3, raised: bool) -> Option<(f64, String)> {
    let (resident, anchor) = (running.resource::<Resident>(), running.resource::<Anchor>());
    let ecef = anchor.ecef_from_world();
    let from = DVec3::new(place.x, 3000.0, place.z);
    let lifts = running.resource::<Lifts>();
    let lifting = lifts.0.as_ref().filter(|_| raised);
    let hit = nearest_raised(resident, lifting, ecef.transform_point3(from), ecef.transform_vector3(-DVec3::Y), |kind| kind == LayerKind::Buildings)?;
    let tile = resident.layers[hit.layer].tiles.get(&hit.tile)?;
    let mesh = &tile.meshes[hit.mesh];
    let id = tile.tables[mesh.table?].text("id", mesh.feature_ids.get(hit.vertex as usize)? as usize)?;
    Some((hit.distance, id.to_owned()))
}

#[test]
fn values_raise_buildings_and_clicks_meet_them_where_they_are() {
    let mut running = Running::nantes("theme=demand");
    let uploads = *running.resource::<SeriesUploads>();
    assert!(running.resource::<SceneUniform>().raise.x == 0.0 && running.resource::<Lifts>().0.is_none());
    let key = running.facts().legend.as_ref().and_then(|legend| legend.raise).expect("amounts can be heights");
    running.send(Command::SetRaised { raised: true });
    running.frame();
    // One number of the uniform: nothing is handed to the card for it.
    assert_eq!(uploads, *running.resource::<SeriesUploads>());
    let metres = f64::from(running.resource::<SceneUniform>().raise.x);
    assert!((metres * key.value_per_m - 1.0).abs() < 1e-6, "the legend says what the shader does");
    // Straight down on many places: what is met is higher by what the value says, and never lower.
    let lifting = running.resource::<Lifts>().0.clone().expect("heights for rays");
    let mut met = 0;
    for x in -12..12 {
        for z in -12..12 {
            let place = DVec3::new(f64::from(x) * 23.0, 0.0, f64::from(z) * 23.0);
            let (Some((low, id)), Some((high, raised))) = (below(&running, place, false), below(&running, place, true)) else { continue };
            if id != raised {
                continue;
            }
            let resident = running.resource::<Resident>();
            let layer = resident.layers.iter().find(|layer| layer.kind == LayerKind::Buildings).expect("buildings");
            let found = layer.tiles.values().filter(|tile| tile.shown).flat_map(|tile| &tile.tables).find_map(|table| Some((table, (0..table.count).find(|row| table.text("id", *row) == Some(&id))?)));
            let (table, row) = found.expect("its row");
            let wanted = f64::from(lifting.of(&layer.id, table, row));
            let rise = low - high;
            // A low annexe belongs to the foot and stays; a roof rises by the whole value; what joins them lies between.
            assert!((-0.2..wanted + 0.2).contains(&rise), "{id}: {rise} m for {wanted} m");
            met += usize::from(wanted > 1.0 && (rise - wanted).abs() < 0.2);
        }
    }
    assert!(met > 20, "{met} roofs were met where they are");
    running.send(Command::SetTheme { theme: Theme::ConstructionYear });
    running.frame();
    assert_eq!(running.resource::<SceneUniform>().raise.x, 0.0, "years are no amounts");
    assert!(running.resource::<Lifts>().0.is_none());
}

/// One clock for all layers: what stands and what is counted is of the year of the date, whatever the colours are.
#[test]
fn what_stands_is_of_the_year_of_the_date() {
    let mut running = Running::nantes("");
    let mut counted = |command: Command| {
        running.send(command);
        running.complete();
        for _ in 0..5 {
            running.frame();
        }
        let legend = running.facts().legend.clone().expect("a legend");
        let histogram = legend.histogram.expect("counted");
        (histogram.known + histogram.without, running.resource::<SceneUniform>().overlay_range.z, running.state().instant.to_string())
    };
    let (today, year, _) = counted(Command::SetTheme { theme: Theme::Demand });
    assert_eq!(year, 2026.0);
    let (then, year, date) = counted(Command::SetYear { year: 1930 });
    assert_eq!((year, &date[..4]), (1930.0, "1930"));
    assert!(then > 0 && then < today, "{then} then, {today} today");
    let (again, year, _) = counted(Command::StepClock { unit: jumeau::view::timeline::Span::Year, count: 96 });
    assert_eq!((again, year), (today, 2026.0));
}

#[test]
fn the_strip_lists_what_changes_around_the_year() {
    let mut running = Running::nantes("");
    assert_eq!(running.facts().changes, None);
    running.send(Command::SetTheme { theme: Theme::ConstructionYear });
    running.send(Command::SetYear { year: 1975 });
    running.complete();
    for _ in 0..4 {
        running.frame();
    }
    let changes = running.facts().changes.clone().expect("a strip");
    assert_eq!(changes.year, 1975);
    assert!(!changes.rows.is_empty() && changes.rows.len() <= 40);
    for row in &changes.rows {
        assert!(row.year.abs_diff(1975) <= 15 && row.life.changes().any(|year| year == row.year), "{row:?}");
        let [lon, lat, _] = row.at;
        assert!((-1.6..-1.5).contains(&lon) && (47.19..47.24).contains(&lat) && row.span_m > 1.0, "{row:?}");
    }
    // Works come first; houses without names share a line with those of the same years, and none is called by the word of a register.
    assert!(changes.rows.is_sorted_by_key(|row| row.life.works.is_none()));
    let shared: Vec<_> = changes.rows.iter().filter(|row| row.id.is_empty()).collect();
    assert!(!shared.is_empty() && shared.iter().all(|row| row.name.starts_with("Bâtiments\u{A0}: ")), "{:?}", changes.rows);
    assert!(shared.is_sorted_by_key(|row| row.life.changes().min()) && shared.iter().all(|row| row.span_m > 10.0));
    assert!(changes.rows.iter().all(|row| row.name != "residential" && !row.name.is_empty()));
    // What the strip says is what the tables say.
    let resident = running.resource::<Resident>();
    let one = &changes.rows[0];
    let layer = resident.layers.iter().find(|layer| layer.id == one.layer).expect("its layer");
    let lives = layer.tiles.values().flat_map(|tile| &tile.tables).flat_map(|table| (0..table.count).map(move |row| Lives::of(table).get(row)));
    assert!(lives.filter(|life| *life == one.life).count() > 0, "{one:?}");
    running.send(Command::SetTheme { theme: Theme::None });
    running.frame();
    assert_eq!(running.facts().changes, None);
}

#[test]
fn the_balance_closes_at_every_step_and_agrees_with_the_curves() {
    let mut running = Running::nantes("theme=demand");
    assert_eq!(running.facts().accounts, None);
    running.send(Command::ShowBalance { shown: true });
    let mut frames = 0;
    while running.facts().accounts.as_ref().is_none_or(|accounts| accounts.is_waiting || accounts.lines.is_empty()) || running.facts().chart.as_ref().is_none_or(|chart| chart.is_waiting) {
        running.frame();
        frames += 1;
        assert!(frames < 5000, "{:?}", running.facts().accounts);
    }
    running.frame();
    let accounts = running.facts().accounts.clone().expect("a balance");
    assert_eq!(accounts.starts.len(), 24);
    for step in 0..24 {
        let side = |is_source: bool| accounts.lines.iter().filter(|line| line.is_source == is_source).map(|line| line.wh[step]).sum::<Option<i64>>();
        assert_eq!(side(true), side(false), "step {step}");
        assert!(side(true).is_some_and(|wh| wh > 0));
    }
    let is_closed = closed(accounts.lines.iter().map(|line| line.wh.as_slice()));
    let sum = |is_source: bool| accounts.lines.iter().filter(|line| line.is_source == is_source).map(|line| over_closed(&line.wh, &is_closed)).sum::<i64>();
    assert_eq!(sum(true), sum(false));
    // The chart's sum of the demand is that of the balance, to the rounding of each line.
    let chart = running.facts().chart.clone().expect("a chart");
    let (_, total) = chart.day.last().filter(|_| chart.has_total).expect("a sum");
    for (step, point) in total.iter().enumerate() {
        let demand: i64 = chart.day.iter().filter(|(name, _)| !name.is_empty()).map(|(name, _)| accounts.lines.iter().find(|line| line.name == *name).expect("the same line").wh[step].expect("known")).sum();
        let kwh = demand as f64 / 1000.0;
        assert!((kwh - point.value.expect("a value")).abs() < 0.01, "step {step}: {kwh} ≠ {:?}", point.value);
    }
    running.send(Command::ShowBalance { shown: false });
    running.frame();
    assert_eq!(running.facts().accounts, None);
}

/// The balance over a part of time, once all of it is there.
fn balance_over(running: &mut Running, span: Interval) -> AccountsFacts {
    running.send(Command::SetSpan { span: Some(span) });
    for _ in 0..5000 {
        running.frame();
        if let Some(found) = running.facts().accounts.clone().filter(|accounts| accounts.end == Some(span.end) && accounts.starts.first() == Some(&span.start) && !accounts.is_waiting) {
            return found;
        }
    }
    panic!("{span:?}: {:?}", running.facts().accounts.as_ref().map(|accounts| (&accounts.title, accounts.is_waiting, accounts.is_too_long)));
}

#[test]
fn the_balance_of_a_part_of_time_is_of_all_of_it() {
    let mut running = Running::nantes("theme=demand&balance=1");
    let at = |text: &str| Instant::parse(text).expect("an instant");
    let over = |from: &str, to: &str| Interval { start: at(from), end: at(to) };
    // From the first of January to the last of March, by the clock of the place: 90 days, one of them with 23 hours.
    let quarter = over("2026-01-01T00:00:00Z", "2026-03-31T22:00:00Z");
    let whole = balance_over(&mut running, quarter);
    let title = whole.title.replace('\u{a0}', " ");
    assert!(title.starts_with("Bilan du territoire, du 1er janvier 2026, 1 h 00 au 1er avril 2026, 0"), "{title}");
    assert_eq!((whole.starts.len(), whole.grain), (90, Some(Span::Day)));
    assert!((whole.counted_h.iter().sum::<f64>() + whole.open as f64 - (90.0 * 24.0 - 2.0)).abs() < 1e-9, "{:?} {}", whole.counted_h, whole.open);
    for part in 0..whole.starts.len() {
        let side = |is_source: bool| whole.lines.iter().filter(|line| line.is_source == is_source).map(|line| line.wh[part]).sum::<Option<i64>>();
        assert_eq!(side(true), side(false), "part {part}");
    }
    let [peak, trough] = whole.extremes.expect("a peak and a trough");
    assert!(peak.1 > trough.1 && [peak.0, trough.0].iter().all(|at| (quarter.start..quarter.end).contains(at)), "{peak:?} {trough:?}");
    // Cut in two in the middle of an hour, both halves come to the whole but for the roundings of that hour.
    let cut = "2026-02-20T10:20:00Z";
    let (first, second) = (balance_over(&mut running, Interval { end: at(cut), ..quarter }), balance_over(&mut running, Interval { start: at(cut), ..quarter }));
    let sum = |accounts: &AccountsFacts, name: &str| accounts.lines.iter().filter(|line| line.name == name).flat_map(|line| line.wh.iter().flatten()).sum::<i64>();
    for line in whole.lines.iter().filter(|line| !line.is_border) {
        let both = sum(&first, &line.name) + sum(&second, &line.name);
        assert!((both - sum(&whole, &line.name)).abs() <= 1, "{}: {both} ≠ {}", line.name, sum(&whole, &line.name));
    }
    // The curve's own sum over it is the demand of the balance.
    balance_over(&mut running, quarter);
    let mut frames = 0;
    let chart = loop {
        running.frame();
        frames += 1;
        assert!(frames < 5000);
        if let Some(chart) = running.facts().chart.clone().filter(|chart| chart.over.is_some()) {
            break chart;
        }
    };
    let names: Vec<&String> = chart.day.iter().map(|(name, _)| name).filter(|name| !name.is_empty()).collect();
    let demand: i64 = names.iter().map(|name| sum(&whole, name)).sum();
    let kwh = chart.over.expect("a mean").sum;
    assert!((demand as f64 / 1000.0 - kwh).abs() < 1e-6 * kwh, "{demand} {kwh}");
    // The file says the same sums as the panel, and its rows come to them, to the last watt-hour.
    let texts = jumeau::i18n::Texts::new(jumeau::base::Language::Fr);
    let about = whole.about("nantes-centre", Clock::Paris, "", &texts);
    let table = whole.table(&texts);
    assert_eq!((table.rows(), table.columns[0].1.iter().flatten().sum::<f64>()), (90, whole.counted_h.iter().sum::<f64>()));
    let mut sums = 0;
    for (name, values) in table.columns.iter().skip(1) {
        let wh: i64 = values.iter().map(|kwh| (kwh.expect("known") * 1000.0).round() as i64).sum();
        let said = about.iter().find(|(key, _)| *key == format!("sum of {name}")).map(|(_, said)| said.clone()).expect("a sum");
        assert_eq!(said.split(' ').next(), Some((wh as f64 / 1000.0).to_string().as_str()), "{name}");
        if let Some(line) = whole.lines.iter().find(|line| name.ends_with(&format!(" · {}", line.name))) {
            assert_eq!(wh, sum(&whole, &line.name), "{name}");
            assert!(line.is_border || (said.contains("; simulated; ") && !line.source.is_empty()), "{said}");
            sums += 1;
        }
    }
    assert_eq!(sums, whole.lines.len());
    assert!(about.iter().any(|(key, value)| key == "source" && !value.is_empty()) && about.contains(&("unit".into(), "kWh".to_owned())));
    // The year is told by days too; without a chosen part it is the day of the clock again.
    let year = balance_over(&mut running, over("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"));
    assert_eq!((year.starts.len(), year.grain, year.is_too_long), (366, Some(Span::Day), false));
    running.send(Command::SetSpan { span: None });
    running.frame();
    assert_eq!(running.facts().accounts.as_ref().map(|accounts| accounts.starts.len()), Some(24));
}

#[test]
fn districts_stand_in_for_buildings_that_are_dots() {
    let mut running = Running::nantes("theme=demand");
    let near = running.state().camera;
    let areas = |running: &Running| {
        let layer = running.resource::<Resident>().layers.iter().find(|layer| layer.id.as_str() == "areas").expect("the districts");
        layer.tiles.values().any(|tile| tile.shown)
    };
    let note = |running: &Running| running.facts().legend.as_ref().map_or("", |legend| legend.note);
    assert!(running.state().hidden.contains(&"areas".into()) && !areas(&running));
    let by_building = running.facts().legend.clone().expect("a legend");
    assert_eq!((by_building.note, by_building.unit), ("", Words::Key("unit-watt-per-square-metre")));
    // Far away the districts are drawn, whose layer is switched off, and the legend says so; nobody has chosen anything.
    running.send(Command::LookAt { camera: Camera { distance_m: 9_000.0, ..near } });
    running.complete();
    assert_eq!(note(&running), "legend-gathered");
    assert!(areas(&running) && running.state().theme == Theme::Demand && running.state().hidden.contains(&"areas".into()));
    assert_ne!(running.facts().legend.as_ref().map(|legend| legend.title.clone()), Some(by_building.title.clone()));
    // Who wants buildings has them, however far.
    running.send(Command::SetGather { gather: false });
    running.complete();
    assert!(note(&running).is_empty() && !areas(&running));
    running.send(Command::SetGather { gather: true });
    running.send(Command::LookAt { camera: near });
    running.complete();
    assert_eq!(running.facts().legend.as_ref().map(|legend| legend.title.clone()), Some(by_building.title));
    // What is chosen is switched on with it.
    running.send(Command::ShowSeries { series: Some("demand-areas".to_owned()) });
    running.complete();
    assert!(areas(&running) && !running.state().hidden.contains(&"areas".into()));
}
