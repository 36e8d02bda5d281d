//! A proposal in the running viewer: put down, answered, drawn, moved by the pointer, sized, carried by its link.

use super::running::Running;
use bevy::prelude::With;
use jumeau::siting::file::to_geojson;
use jumeau::view::{Command, Language, Thing, Tool, shortcut_for, to_link};
use jumeau::viewer::siting::draw::Piece;
use jumeau::viewer::vocab::{SitingFacts, Standing};

fn pieces(running: &mut Running) -> usize {
    let world = running.app.world_mut();
    world.query_filtered::<(), With<Piece>>().iter(world).count()
}

fn ready(running: &mut Running) -> SitingFacts {
    for _ in 0..4_000 {
        running.frame();
        let facts = running.resource::<SitingFacts>();
        if facts.state == "ready" && facts.has_book {
            return facts.clone();
        }
    }
    let facts = running.resource::<SitingFacts>();
    panic!("never ready: {} {:?} book: {}", facts.state, facts.why, facts.has_book);
}

fn press(running: &mut Running, key: &str) {
    let command = shortcut_for(key).and_then(|shortcut| shortcut.command(running.state())).expect("a command");
    running.send(command);
    running.frame();
}

#[test]
fn a_proposal_is_put_down_answered_moved_and_taken_away() {
    let mut running = Running::nantes("");
    assert_eq!((running.resource::<SitingFacts>().state, pieces(&mut running)), ("", 0));
    running.send(Command::PlaceHere { tool: Tool::Solar });
    let facts = ready(&mut running);
    let answer = facts.answer.clone().expect("an answer");
    assert_eq!((answer.plant.solar_kwp, answer.moments.len()), (250.0, 24));
    // The territory's own demand is there, and the plant serves a part of it.
    assert!(answer.year.before.totals.consumption_kwh > 1e6 && answer.year.after.totals.self_sufficiency > 0.0);
    let fit = facts.fits[0].clone().expect("a post or a line");
    assert!(fit.post.as_ref().is_some_and(|post| post.made && post.distance_m < 2_000.0) && fit.line.is_some());
    assert!(facts.ms < 10_000.0);
    assert!(pieces(&mut running) == 2 && running.resource::<Standing>().things.len() == 1, "things, and their rings and ways");
    // By keys alone: a battery, larger, moved, the next one in hand, taken away.
    press(&mut running, "o");
    press(&mut running, "g");
    let before = running.state().proposal.placed[1].at;
    press(&mut running, "m");
    let placed = running.state().proposal.placed[1].clone();
    assert!(matches!(placed.thing, Thing::Battery { kwh, .. } if kwh == 2_500.0) && placed.at[0] > before[0]);
    assert_eq!(ready(&mut running).answer.expect("an answer").plant.battery_kwh, 2_500.0);
    press(&mut running, "w");
    press(&mut running, "w");
    assert_eq!(running.state().proposal.chosen, Some(0));
    press(&mut running, "Delete");
    assert_eq!(running.state().proposal.placed.len(), 1);
    // A limit, another language: the card follows at once.
    running.send(Command::SetSiteLimit { kw: Some(500.0) });
    running.send(Command::SetLanguage { language: Language::En });
    running.frame();
    let english = ready(&mut running);
    assert!(english.card.as_ref().is_some_and(|card| card.headline.iter().any(|line| line.name == "Hours of congestion")));
    // The link opens the same; so does its file, and a file that is none is said.
    let link = to_link(running.state());
    let same = jumeau::view::from_link(&link, running.state()).expect("a link");
    assert_eq!(same.proposal, running.state().proposal);
    let kept = to_geojson(&running.state().proposal).to_string();
    running.send(Command::SetProposal { proposal: Box::default() });
    running.frame();
    assert_eq!((running.resource::<SitingFacts>().state, pieces(&mut running)), ("", 0));
    running.send(Command::OpenProposal { geojson: kept });
    running.frame();
    running.frame();
    assert_eq!(running.state().proposal.placed, same.proposal.placed);
    running.send(Command::OpenProposal { geojson: "nothing".to_owned() });
    running.frame();
    assert!(running.facts().faults.iter().any(|fault| fault.key == "siting-unread"));
}

#[test]
fn a_click_puts_a_thing_down_and_a_drag_moves_it() {
    let mut running = Running::nantes("");
    running.send(Command::UseTool { tool: Some(Tool::Battery) });
    let middle = bevy::prelude::Vec2::new(320.0, 180.0);
    running.click(middle);
    running.frame();
    let proposal = running.state().proposal.clone();
    assert_eq!((proposal.placed.len(), proposal.chosen, proposal.tool), (1, Some(0), None));
    assert_eq!(running.state().selection, None, "the click was for the battery");
    // Where the camera looks, or on the roof that stands before it.
    let target = running.state().camera.target;
    assert!((proposal.placed[0].at[0] - target[0]).abs() < 3e-3 && (proposal.placed[0].at[1] - target[1]).abs() < 3e-3, "{:?} {target:?}", proposal.placed[0].at);
    ready(&mut running);
    let camera = running.state().camera;
    running.drag(bevy::input::mouse::MouseButton::Left, middle, bevy::prelude::Vec2::new(400.0, 200.0));
    running.frame();
    assert_ne!(running.state().proposal.placed[0].at, proposal.placed[0].at);
    assert_eq!((running.state().camera, running.state().selection.clone()), (camera, None), "the map stays");
}
