//! Instants, years, and a clock that plays.

use super::{do_all, instant, limits, start};
use jumeau::base::Interval;
use jumeau::view::*;

#[test]
fn the_clock_goes_on_into_the_next_year() {
    let state = do_all(&[
        Command::SetInstant {
            instant: instant("2026-12-31T23:30:00Z"),
        },
        Command::StepInstant { seconds: 3600 },
    ]);
    assert_eq!((state.instant, state.year), (instant("2027-01-01T00:30:00Z"), 2027));
    let state = apply(&state, &Command::StepClock { unit: timeline::Span::Year, count: -1 }, &limits());
    assert_eq!((state.instant, state.year), (instant("2026-01-01T00:30:00Z"), 2026));
}

/// The date says the year of what is shown, however either of them was chosen.
#[test]
fn the_clock_and_the_years_are_one() {
    let state = do_all(&[Command::SetYear { year: 1990 }]);
    assert_eq!((state.instant, state.year), (instant("1990-06-21T13:30:00Z"), 1990));
    let state = do_all(&[Command::SetInstant { instant: instant("1950-12-31T23:30:00Z") }]);
    assert_eq!(state.year, 1951, "by the clock of the place");
    // Years that the territory does not have become the nearest that it has, in the same season.
    let state = do_all(&[Command::SetInstant { instant: instant("2150-06-21T13:30:00Z") }]);
    assert_eq!((state.year, state.instant), (2056, instant("2056-06-21T13:30:00Z")));
    let few = Limits { years: [1850, 2056], ..limits() };
    let state = apply(&start(), &Command::SetInstant { instant: instant("1812-10-19T12:00:00Z") }, &few);
    assert_eq!((state.year, few.clock.read(state.instant).month), (1850, 10));
    assert_eq!([9999, -5].map(|year| do_all(&[Command::SetYear { year }]).year), [2056, 1800]);
}

/// What is played may lie years ahead of all values, the ruler shows it, and the clock loops there.
#[test]
fn years_ahead_can_be_played_over_and_over() {
    let ahead = Interval { start: instant("2030-01-01T00:00:00Z"), end: instant("2032-01-01T00:00:00Z") };
    let state = do_all(&[Command::SetSpan { span: Some(ahead) }, Command::Play { playing: true }, Command::Tick { seconds: 1.0 }]);
    assert_eq!(state.span, Some(ahead));
    assert!((ahead.start..ahead.end).contains(&state.instant), "{}", state.instant);
    assert_eq!(limits().ruled(instant("2026-06-21T13:30:00Z"), Some(ahead)), [limits().instants[0], ahead.end]);
    assert_eq!(from_link(&to_link(&state), &start()).map(|state| state.span), Ok(Some(ahead)));
    // Beyond all years it is cut, and where nothing is left there is none.
    let far = |start: &str, end: &str| do_all(&[Command::SetSpan { span: Some(Interval { start: instant(start), end: instant(end) }) }]).span;
    assert_eq!(far("2030-01-01T00:00:00Z", "2190-01-01T00:00:00Z").map(|span| span.end), Some(limits().reach()[1]));
    assert_eq!(far("2190-01-01T00:00:00Z", "2191-01-01T00:00:00Z"), None);
}

/// Where years are the colours a playing clock goes on from one to the next; elsewhere it plays what has values over and over.
#[test]
fn a_playing_clock_moves_the_year() {
    let play = |theme: Theme, at: &str| {
        do_all(&[
            Command::SetTheme { theme },
            Command::SetInstant { instant: instant(at) },
            Command::Play { playing: true },
            Command::SetSpeed { speed: SPEED[1] },
            Command::Tick { seconds: 1.0 },
        ])
    };
    assert_eq!(play(Theme::ConstructionYear, "2026-12-28T12:00:00Z").year, 2027);
    assert_eq!(play(Theme::Demand, "2026-12-28T12:00:00Z").instant, instant("2026-01-07T12:00:00Z"));
    assert_eq!(play(Theme::Demand, "1990-12-28T12:00:00Z").year, 1991);
}

/// Years once had a clock of their own: links of then show what they showed.
#[test]
fn links_from_before_the_clock_had_the_years_still_open() {
    let open = |link: &str| apply(&start(), &Command::Restore { state: Box::new(from_link(link, &start()).expect("a link")) }, &limits());
    let old = open("t=2026-03-15T11:00:00Z&y=1990&theme=construction-year");
    assert_eq!((old.year, old.instant), (1990, instant("1990-03-15T11:00:00Z")));
    // Other colours were of the date.
    let old = open("t=2026-03-15T11:00:00Z&y=1990&theme=demand");
    assert_eq!((old.year, old.instant), (2026, instant("2026-03-15T11:00:00Z")));
    for theme in ["demand", "construction-year"] {
        assert_eq!(open(&format!("y=1990&theme={theme}")).instant, instant("1990-06-21T13:30:00Z"));
        let new = open(&format!("t=1990-06-21T13:30:00Z&theme={theme}"));
        assert_eq!((new.year, new.instant), (1990, instant("1990-06-21T13:30:00Z")));
    }
}

#[test]
fn only_a_playing_clock_ticks_and_it_loops() {
    let tick = Command::Tick { seconds: 0.5 };
    assert_eq!(do_all(&[tick.clone()]).instant, start().instant);
    let playing = do_all(&[Command::Play { playing: true }, tick.clone()]);
    assert_eq!(playing.instant, start().instant.plus_seconds(1800));
    let looped = do_all(&[
        Command::Play { playing: true },
        Command::SetInstant {
            instant: instant("2026-12-31T23:59:00Z"),
        },
        tick,
    ]);
    assert_eq!(looped.instant, instant("2026-01-01T00:29:00Z"));
}

#[test]
fn a_slow_clock_moves_at_a_high_frame_rate() {
    let mut commands = vec![
        Command::Play { playing: true },
        Command::SetSpeed { speed: 1.0 },
    ];
    commands.extend(vec![
        Command::Tick {
            seconds: 1.0 / 128.0
        };
        128 * 3
    ]);
    assert_eq!(do_all(&commands).instant, start().instant.plus_seconds(3));
}

#[test]
fn a_hidden_window_does_not_jump_in_time() {
    let state = do_all(&[
        Command::Play { playing: true },
        Command::Tick { seconds: 5000.0 },
    ]);
    assert_eq!(state.instant, start().instant.plus_seconds(3600));
}
