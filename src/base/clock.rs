//! The civil clocks that territories live by.

use super::time::LocalDateTime;
use super::Instant;
use jiff::tz::{Offset, TimeZone};

/// A territory's clock. The rule sets are compiled in, never read from the machine, so that a picture is the same everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Clock {
    /// Metropolitan France, and its neighbours on the same clock.
    #[default]
    Paris,
    Guadeloupe,
    Martinique,
    Guyane,
    Miquelon,
    Reunion,
    Mayotte,
    Kerguelen,
    Noumea,
    Wallis,
    Tahiti,
    Marquesas,
    Gambier,
    /// So many whole hours east of UTC, all year: a place whose civil time nobody told us.
    Hours(i8),
}

/// The instants that the clock on the wall shows as one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wall {
    Once(Instant),
    /// The clock is set back: summer time first.
    Twice(Instant, Instant),
    /// The clock is set forward over it.
    Never,
}

/// Clocks with a rule set of their own, the IANA name of each, and where they are kept: `[west, south, east, north]` in degrees.
/// The first box that holds a place counts.
const KNOWN: [(Clock, &str, [f64; 4]); 13] = [
    (Clock::Guadeloupe, "America/Guadeloupe", [-63.3, 15.7, -60.8, 18.3]),
    (Clock::Martinique, "America/Martinique", [-61.4, 14.2, -60.6, 15.1]),
    (Clock::Guyane, "America/Cayenne", [-54.8, 2.0, -51.3, 6.2]),
    (Clock::Miquelon, "America/Miquelon", [-56.7, 46.5, -55.9, 47.3]),
    (Clock::Reunion, "Indian/Reunion", [55.0, -21.6, 56.0, -20.7]),
    (Clock::Mayotte, "Indian/Mayotte", [44.8, -13.2, 45.5, -12.4]),
    (Clock::Kerguelen, "Indian/Kerguelen", [68.0, -50.5, 71.5, -48.0]),
    (Clock::Noumea, "Pacific/Noumea", [158.0, -23.5, 172.5, -17.0]),
    (Clock::Wallis, "Pacific/Wallis", [-178.6, -14.8, -175.8, -12.8]),
    (Clock::Marquesas, "Pacific/Marquesas", [-141.5, -11.2, -138.0, -7.5]),
    (Clock::Gambier, "Pacific/Gambier", [-135.8, -23.8, -134.2, -22.5]),
    (Clock::Tahiti, "Pacific/Tahiti", [-155.5, -28.2, -135.8, -11.2]),
    (Clock::Paris, "Europe/Paris", [-5.6, 35.0, 24.0, 71.5]),
];

impl Clock {
    /// The clock of a place, degrees. Where no French territory and no neighbour is, the sun's hour stands for the civil one.
    pub fn at(lon_deg: f64, lat_deg: f64) -> Self {
        let holds = |[west, south, east, north]: [f64; 4]| {
            (west..=east).contains(&lon_deg) && (south..=north).contains(&lat_deg)
        };
        let known = KNOWN.iter().find(|(_, _, place)| holds(*place));
        // A cast of NaN is 0.
        known.map_or_else(|| Self::Hours((lon_deg / 15.0).round().clamp(-12.0, 12.0) as i8), |(clock, _, _)| *clock)
    }

    /// Whether nobody heats where it is kept: the overseas territories between the tropics.
    pub fn is_tropical(self) -> bool {
        !matches!(self, Self::Paris | Self::Miquelon | Self::Kerguelen | Self::Hours(_))
    }

    /// Its IANA name. Whole hours are called as IANA does, whose `Etc/GMT-9` is nine hours **east**.
    pub fn name(self) -> String {
        match self {
            Self::Hours(0) => "Etc/UTC".to_owned(),
            Self::Hours(hours) => format!("Etc/GMT{:+}", -i16::from(hours)),
            clock => KNOWN.iter().find(|(known, _, _)| *known == clock).map_or("Europe/Paris", |(_, name, _)| *name).to_owned(),
        }
    }

    /// The clock with an IANA name; `None` for those that are not compiled in.
    pub fn named(name: &str) -> Option<Self> {
        if let Some((clock, _, _)) = KNOWN.iter().find(|(_, known, _)| *known == name) {
            return Some(*clock);
        }
        if ["UTC", "Etc/UTC", "Etc/GMT"].contains(&name) {
            return Some(Self::Hours(0));
        }
        let west: i8 = name.strip_prefix("Etc/GMT")?.parse().ok()?;
        (-14..=12).contains(&west).then_some(Self::Hours(-west))
    }

    /// What it shows at an instant.
    pub fn read(self, instant: Instant) -> LocalDateTime {
        instant.in_zone(&self.zone())
    }

    /// The instant at which it shows a date and time. In the hour that exists twice the first is meant; in the hour that is skipped,
    /// the one after. `None` when no such date exists.
    pub fn instant(self, year: i16, month: i8, day: i8, hour: i8, minute: i8) -> Option<Instant> {
        let civil = jiff::civil::DateTime::new(year, month, day, hour, minute, 0, 0).ok()?;
        let zoned = civil.to_zoned(self.zone()).ok()?;
        Some(Instant(zoned.timestamp().as_second()))
    }

    /// What it shows at an instant, counted in seconds as if it were UTC.
    pub fn shown_s(self, instant: Instant) -> i64 {
        instant.0.saturating_add(i64::from(self.read(instant).offset_s))
    }

    /// What an hour of the clock on the wall stands for; `wall_s` is that date and time counted in seconds as if it were UTC.
    pub fn wall(self, wall_s: i64) -> Wall {
        use jiff::tz::AmbiguousOffset;
        let civil = jiff::Timestamp::from_second(wall_s).map(|timestamp| TimeZone::UTC.to_datetime(timestamp));
        let Ok(civil) = civil else { return Wall::Never };
        let at = |offset: Offset| Instant(wall_s - i64::from(offset.seconds()));
        match self.zone().to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => Wall::Once(at(offset)),
            AmbiguousOffset::Gap { .. } => Wall::Never,
            AmbiguousOffset::Fold { before, after } => Wall::Twice(at(before), at(after)),
        }
    }

    /// Where what begins at an hour on the wall begins: at the first of two, and after what is left out.
    pub fn begins(self, wall_s: i64) -> Option<Instant> {
        match self.wall(wall_s) {
            Wall::Once(at) | Wall::Twice(at, _) => Some(at),
            Wall::Never => self.wall_forward(wall_s),
        }
    }

    /// The instant of an hour on the wall, as [`Clock::instant`] has it: one that is left out moves forward.
    pub fn wall_forward(self, wall_s: i64) -> Option<Instant> {
        let at = Instant(wall_s).utc();
        self.instant(at.year, at.month, at.day, at.hour, at.minute)
    }

    fn zone(self) -> TimeZone {
        use jiff::tz::get;
        match self {
            Self::Paris => get!("Europe/Paris"),
            Self::Guadeloupe => get!("America/Guadeloupe"),
            Self::Martinique => get!("America/Martinique"),
            Self::Guyane => get!("America/Cayenne"),
            Self::Miquelon => get!("America/Miquelon"),
            Self::Reunion => get!("Indian/Reunion"),
            Self::Mayotte => get!("Indian/Mayotte"),
            Self::Kerguelen => get!("Indian/Kerguelen"),
            Self::Noumea => get!("Pacific/Noumea"),
            Self::Wallis => get!("Pacific/Wallis"),
            Self::Tahiti => get!("Pacific/Tahiti"),
            Self::Marquesas => get!("Pacific/Marquesas"),
            Self::Gambier => get!("Pacific/Gambier"),
            Self::Hours(hours) => TimeZone::fixed(Offset::constant(hours.clamp(-14, 14))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offsets(clock: Clock) -> [i32; 2] {
        ["2026-01-15T12:00:00Z", "2026-07-15T12:00:00Z"].map(|text| clock.read(Instant::parse(text).unwrap()).offset_s)
    }

    #[test]
    fn each_territory_has_the_offsets_of_the_iana_tables() {
        // Python's zoneinfo with tzdata, 15 January and 15 July 2026.
        for ([lon, lat], name, expect) in [
            ([-61.55, 16.25], "America/Guadeloupe", [-14_400, -14_400]),
            ([-63.08, 18.07], "America/Guadeloupe", [-14_400, -14_400]),
            ([-61.07, 14.6], "America/Martinique", [-14_400, -14_400]),
            ([-52.33, 4.92], "America/Cayenne", [-10_800, -10_800]),
            ([-56.18, 46.78], "America/Miquelon", [-10_800, -7_200]),
            ([55.45, -20.88], "Indian/Reunion", [14_400, 14_400]),
            ([45.23, -12.78], "Indian/Mayotte", [10_800, 10_800]),
            ([70.22, -49.35], "Indian/Kerguelen", [18_000, 18_000]),
            ([166.45, -22.27], "Pacific/Noumea", [39_600, 39_600]),
            ([-176.17, -13.28], "Pacific/Wallis", [43_200, 43_200]),
            ([-139.5, -9.78], "Pacific/Marquesas", [-34_200, -34_200]),
            ([-134.97, -23.12], "Pacific/Gambier", [-32_400, -32_400]),
            ([-149.57, -17.53], "Pacific/Tahiti", [-36_000, -36_000]),
            ([-1.55, 47.21], "Europe/Paris", [3_600, 7_200]),
            ([9.4, 42.2], "Europe/Paris", [3_600, 7_200]),
            // Elsewhere the sun's hour: Tokyo is nine hours east.
            ([139.7, 35.7], "Etc/GMT-9", [32_400, 32_400]),
            ([-74.0, 40.7], "Etc/GMT+5", [-18_000, -18_000]),
        ] {
            let clock = Clock::at(lon, lat);
            assert_eq!((clock.name().as_str(), offsets(clock)), (name, expect));
            assert_eq!(Clock::named(name), Some(clock));
        }
    }

    #[test]
    fn a_clock_nobody_knows_is_none_and_no_place_is_utc() {
        for name in ["", "Europe/Brume", "Etc/GMT-15", "Etc/GMT+13", "Etc/GMTx"] {
            assert_eq!(Clock::named(name), None, "{name}");
        }
        assert_eq!(Clock::at(f64::NAN, f64::NAN).name(), "Etc/UTC");
    }

    #[test]
    fn the_wall_says_once_twice_or_never() {
        let wall = |text: &str| Clock::Paris.wall(Instant::parse(text).unwrap().0);
        let at = |text: &str| Instant::parse(text).unwrap();
        assert_eq!(wall("2026-01-15T02:30:00Z"), Wall::Once(at("2026-01-15T01:30:00Z")));
        assert_eq!(wall("2026-03-29T02:30:00Z"), Wall::Never);
        assert_eq!(wall("2026-10-25T02:30:00Z"), Wall::Twice(at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")));
        assert_eq!(wall("2026-10-25T03:00:00Z"), Wall::Once(at("2026-10-25T02:00:00Z")));
    }

    #[test]
    fn the_skipped_hour_moves_forward_and_the_double_hour_is_the_first() {
        let skipped = Clock::Paris.instant(2026, 3, 29, 2, 30).unwrap();
        assert_eq!(skipped.to_string(), "2026-03-29T01:30:00Z");
        let double = Clock::Paris.instant(2026, 10, 25, 2, 30).unwrap();
        assert_eq!(double.to_string(), "2026-10-25T00:30:00Z");
    }
}
