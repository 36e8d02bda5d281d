//! What series are written with: clocks as pandas reads them, and texts of all kinds.

use jumeau::base::{Clock, Instant, Wall};
use jumeau::formats::series::sensorthings;
use jumeau::formats::series::stamp::{Part, Stamp, WallClock};
use jumeau::formats::series::unit::Unit;
use jumeau::formats::series::value::Value;
use proptest::prelude::*;
use std::path::Path;

/// Frozen from pandas; see `tests/data/series/make.py`.
#[test]
fn clocks_show_what_pandas_shows() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/series/clocks.json");
    let truth: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for (name, zone) in truth.as_object().unwrap() {
        let clock = Clock::named(name).unwrap();
        let mut wall = WallClock::new(clock);
        let (mut twice, mut once) = (0, 0);
        for sample in zone["samples"].as_array().unwrap() {
            let (shown, at) = (sample[0].as_str().unwrap(), Instant(sample[1].as_i64().unwrap()));
            let stamp = Stamp::parse(shown).unwrap();
            assert!(!stamp.absolute, "{shown}");
            match wall.read(stamp.seconds) {
                Wall::Once(found) => {
                    once += 1;
                    assert_eq!(found, at, "{name} {shown}");
                }
                Wall::Twice(first, second) => {
                    twice += 1;
                    assert!(at == first || at == second, "{name} {shown}");
                }
                Wall::Never => panic!("{name} {shown}"),
            }
        }
        // Two half-hours twice, each of three autumns, where there is a summer time.
        let changes = matches!(clock, Clock::Paris | Clock::Miquelon);
        assert_eq!(twice >= 12, changes, "{name}: {twice}");
        assert!(once > 500);
        for (year, half_hours) in zone["half_hours"].as_object().unwrap() {
            let start = |year: i16| clock.instant(year, 1, 1, 0, 0).unwrap().0;
            let year: i16 = year.parse().unwrap();
            assert_eq!((start(year + 1) - start(year)) / 1800, half_hours.as_i64().unwrap(), "{name} {year}");
        }
    }
}

const PARTS: [Part; 8] = [Part::Month, Part::Week, Part::Weekday, Part::Day, Part::Hour, Part::HourMinute, Part::Minute, Part::Second];

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,40}", digits in "[0-9TZ:+\\-/., h]{0,32}") {
        for text in [&text, &digits] {
            let _ = (Stamp::parse(text), Value::parse(text), Unit::parse(text), Unit::in_header(text));
            for date in ["2025", "2025-02", "2025-02-28", "2025-02-28 24:00", "2200", text] {
                let _ = PARTS.map(|part| Stamp::parse(date).and_then(|stamp| stamp.refined(part, text)));
            }
            let _ = sensorthings::read(text.as_bytes());
        }
    }

    #[test]
    fn an_instant_is_read_as_it_is_written(seconds in -5_000_000_000_i64..7_000_000_000) {
        let text = Instant(seconds).to_string();
        prop_assert_eq!(Stamp::parse(&text).map(|stamp| (stamp.seconds, stamp.absolute)), Some((seconds, true)));
        // Without its offset it is an hour on a wall that shows UTC.
        prop_assert_eq!(Stamp::parse(text.trim_end_matches('Z')).map(|stamp| (stamp.seconds, stamp.absolute)), Some((seconds, false)));
        let wall = Clock::Hours(3).wall(seconds);
        prop_assert_eq!(wall, Wall::Once(Instant(seconds - 3 * 3600)));
    }
}
